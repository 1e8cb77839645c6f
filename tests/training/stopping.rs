//! Work that is told to stop: it ends, and what was worked on is as good as before.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use ascribe::autodiff::{gradient, hessian_vector_product};
use ascribe::engine::{Execution, Monitor, Operands, Program, RowPatches, Values, Workers};
use ascribe::graph::Graph;
use ascribe::session::{Context, Dataset, Model, Options, true_changes};
use ascribe::tensor::Array;
use ascribe::{Error, Result};
use common::triples::{Settings, TrainedTriples, TripleTraining};
use common::{array, bits, ids, numbers, random_triples};

const ROWS: usize = 40;
const WIDTH: usize = 12;
const EXAMPLES: usize = 3000;

/// Operands that set a flag when they are read for the so-manieth time.
struct Wire<'a> {
    values: Values<'a, f64>,
    left: AtomicUsize,
    flag: Arc<AtomicBool>,
}

impl<'a> Wire<'a> {
    fn new(values: &Values<'a, f64>, reads: usize, flag: &Arc<AtomicBool>) -> Self {
        flag.store(false, Ordering::Relaxed);
        Self { values: values.clone(), left: AtomicUsize::new(reads), flag: flag.clone() }
    }

    fn read(&self) {
        let count = |left: usize| Some(left.saturating_sub(1));
        if self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, count) == Ok(1) {
            self.flag.store(true, Ordering::Relaxed);
        }
    }
}

impl Operands<f64> for Wire<'_> {
    fn parameter(&self, slot: usize) -> &[f64] {
        self.read();
        self.values.parameter(slot)
    }

    fn real(&self, slot: usize) -> &[f64] {
        self.read();
        self.values.real(slot)
    }

    fn index(&self, slot: usize) -> &[u32] {
        self.values.index(slot)
    }

    fn patches(&self, parameter: usize) -> Option<&RowPatches<f64>> {
        self.values.patches(parameter)
    }
}

/// A loss with its gradient and the product of its Hessian with a varying direction.
fn program() -> Result<Arc<Program<f64>>> {
    let mut g = Graph::new();
    let table = g.parameter("table", &[ROWS, WIDTH])?;
    let x = g.input("features", &[WIDTH])?;
    let label = g.indices("label", &[])?;
    let direction = g.shared_input("direction", &[ROWS, WIDTH])?;
    let bounded = g.tanh(table)?;
    let scores = g.einsum("cd,d->c", bounded, x)?;
    let total = g.log_sum_exp(scores, 0)?;
    let own = g.gather(scores, label)?;
    let loss = g.sub(total, own)?;
    let sum = g.batch_sum(loss)?;
    let mut outputs = vec![loss, sum];
    outputs.extend(gradient(&mut g, loss, &[table])?);
    outputs.extend(hessian_vector_product(&mut g, loss, &[table], &[direction])?);
    Program::compile(&g, &outputs, &[direction])
}

fn results(execution: &Execution<f64>) -> Vec<u64> {
    let losses = (0..EXAMPLES).flat_map(|example| execution.example(0, example));
    losses.chain((1..4).flat_map(|output| execution.shared(output))).map(|x| x.to_bits()).collect()
}

fn canceled<V: std::fmt::Debug>(result: Result<V>) -> bool {
    match result {
        Ok(_) => false,
        Err(Error::Canceled { place }) => !place.is_empty(),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn an_execution_that_was_stopped_anywhere_runs_again() {
    let program = program().unwrap();
    let parameters = [array(&[ROWS, WIDTH], 1)];
    let (x, labels) = (numbers(2, EXAMPLES * WIDTH), ids(3, EXAMPLES, ROWS));
    let direction = numbers(4, ROWS * WIDTH);
    let values = Values::new(&parameters).with_real(0, &x).with_index(1, &labels).with_real(2, &direction);
    let mut fresh = Execution::new(program.clone(), 0);
    fresh.run(&Workers::single(), &values, EXAMPLES).unwrap();
    let expected = results(&fresh);

    let flag = Arc::new(AtomicBool::new(false));
    for (threads, budget) in [(1, 0), (1, 1 << 30), (2, 0), (2, 1 << 30)] {
        let context = Workers::new(threads).unwrap().with_stop(flag.clone());
        let mut execution = Execution::new(program.clone(), budget);
        let mut stops = 0;
        for reads in 1.. {
            let wire = Wire::new(&values, reads, &flag);
            if !canceled(execution.run(&context, &wire, EXAMPLES)) {
                break;
            }
            stops += 1;
            flag.store(false, Ordering::Relaxed);
            // Whatever was prepared is still good, or said not to be.
            if let Err(error) = execution.repeat(&context, &values) {
                assert!(error.to_string().contains("not prepared"), "{error}");
                execution.run(&context, &values, EXAMPLES).unwrap();
            }
            assert!(results(&execution) == expected, "after stop {stops} on {threads} threads, budget {budget}");
        }
        // Every lane reads in every chunk.
        assert!(stops > 20, "{stops} stops on {threads} threads");
    }
}

#[test]
fn a_flag_that_was_set_and_cleared_again_does_not_hide_what_is_missing() {
    let flag = Arc::new(AtomicBool::new(false));
    for threads in [1, 2] {
        let context = Workers::new(threads).unwrap().with_stop(flag.clone());
        let mut items = vec![0; 9];
        let done = AtomicUsize::new(0);
        // Set by the first, cleared by nobody until the pass is over: later items stay as they are.
        let result = context.try_for_each(&mut items, |item| {
            *item = 1;
            flag.store(done.fetch_add(1, Ordering::Relaxed) == 0, Ordering::Relaxed);
        });
        let left = items.contains(&0);
        assert_eq!(canceled(result), left);
        assert!(threads > 1 || left);
        flag.store(false, Ordering::Relaxed);
        assert!(!canceled(context.try_for_each(&mut items, |item| *item = 1)));
    }
    let clone = Workers::single().with_stop(flag.clone()).clone();
    let bare = Workers::single();
    flag.store(true, Ordering::Relaxed);
    assert!(clone.stopped() && canceled(clone.check()) && canceled(clone.single_like().check()));
    assert!(!bare.stopped() && bare.check().is_ok());
}

fn training(epochs: usize) -> TripleTraining<f64> {
    let settings = Settings { dimension: 4, batch: 4, epochs, ..Settings::default() };
    TripleTraining::new(&settings, &random_triples(13, 3, 70, 9))
}

/// Sets the flag from another thread once told to.
fn from_another_thread<R>(flag: &Arc<AtomicBool>, work: impl FnOnce(Box<dyn Fn() + Send + Sync>) -> R) -> R {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            if told.recv().is_ok() {
                flag.store(true, Ordering::Relaxed);
            }
        });
        work(Box::new(move || tell.send(()).unwrap_or(())))
    })
}

#[test]
fn training_stops_and_begins_again() {
    let flag = Arc::new(AtomicBool::new(true));
    let context = Workers::new(2).unwrap().with_stop(flag.clone());
    let training = training(4);
    let go = Monitor::none();
    assert!(canceled(training.train(&context, &go)));
    assert!(canceled(training.train_without(&[1], None, &context)));
    flag.store(false, Ordering::Relaxed);
    let expected = training.train(&Workers::single(), &go).unwrap();

    // So many epochs take hours: only the flag can end them.
    let endless = self::training(100_000_000);
    let stopped = from_another_thread(&flag, |tell| {
        let monitor = Monitor::none().with_listener(move |_| {
            tell();
            ControlFlow::Continue(())
        });
        endless.train(&context, &monitor)
    });
    assert!(canceled(stopped));
    flag.store(false, Ordering::Relaxed);
    let again = training.train(&context, &go).unwrap();
    let tables = |run: &TrainedTriples<f64>| -> Vec<Array<f64>> { run.model.parameters().to_vec() };
    assert!(bits(&tables(&again)) == bits(&tables(&expected)));
    assert!(again.ledger.changes() == expected.ledger.changes());
}

#[test]
fn retraining_passes_the_flag_on() {
    let data = Dataset::of_triples(random_triples(13, 3, 70, 9));
    let plain = Arc::new(Context::default());
    let mut model = Model::new(&plain, "distmult", &data, &Options::new().with("dimension", 4)).unwrap();
    model.fit(&plain, &data, &Options::new().with("batch", 4).with("epochs", 4), &Monitor::none()).unwrap();
    let removals: Vec<Vec<usize>> = (0..30).map(|example| vec![example]).collect();
    let query = Dataset::from_triples(&[[0, 0, 1]], 13, 3).unwrap();
    let changes = |context: &Arc<Context>, removals: &[Vec<usize>], monitor: &Monitor| {
        true_changes(context, &model, &query, Some("probability"), removals, monitor)
    };
    let expected = changes(&plain, &removals, &Monitor::none()).unwrap();
    let flag = Arc::new(AtomicBool::new(true));
    for threads in [1, 2] {
        let workers = Workers::new(threads).unwrap();
        // The flag of the threads, and that of the call.
        let of_threads = Arc::new(Context::new(workers.with_stop(flag.clone()), 42));
        let of_call = Arc::new(Context::new(workers, 42));
        for (context, monitor) in [(of_threads, Monitor::none()), (of_call, Monitor::none().with_stop(flag.clone()))] {
            flag.store(true, Ordering::Relaxed);
            assert!(canceled(changes(&context, &removals, &monitor)));
            assert!(canceled(changes(&context, &[vec![1]], &monitor)));
            flag.store(false, Ordering::Relaxed);
            // Between blocks nobody asks but the retrainings themselves.
            let hand = flag.clone();
            let set = monitor.clone().with_listener(move |progress| {
                hand.store(progress.done >= 8, Ordering::Relaxed);
                ControlFlow::Continue(())
            });
            assert!(canceled(changes(&context, &removals, &set)));
            flag.store(false, Ordering::Relaxed);
            assert_eq!(changes(&context, &removals, &monitor).unwrap(), expected);
        }
    }

    // So many retrainings take hours, and so does a single one of so many epochs: only the flag can end them.
    let context = Arc::new(Context::new(Workers::new(2).unwrap().with_stop(flag.clone()), 42));
    let many = vec![vec![1]; 2_000_000];
    let stopped = from_another_thread(&flag, |tell| {
        tell();
        changes(&context, &many, &Monitor::none())
    });
    assert!(canceled(stopped));
    flag.store(false, Ordering::Relaxed);
    let endless = training(100_000_000);
    let stopped = from_another_thread(&flag, |tell| {
        tell();
        endless.train_without(&[1], None, context.workers())
    });
    assert!(canceled(stopped));
}
