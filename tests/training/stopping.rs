//! Work that is told to stop: it ends, and what was worked on is as good as before.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use ascribe::autodiff::{gradient, hessian_vector_product};
use ascribe::engine::{Execution, Monitor, Operands, Program, RowPatches, Values, Workers};
use ascribe::graph::Graph;
use ascribe::models::triples::FunctionalKind;
use ascribe::objective::Functional;
use ascribe::run::{Job, Run, Settings};
use ascribe::tensor::Array;
use ascribe::verify::Truth;
use ascribe::{Error, Result};
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

fn job(epochs: usize) -> (Job<f64>, ascribe::data::TripleSet) {
    let data = random_triples(13, 3, 70, 9);
    let settings = Settings { dimension: 4, batch: 4, epochs, ..Settings::default() };
    (Job::new(&settings, &data).unwrap(), data)
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
    let (job, data) = job(4);
    let go = Monitor::none();
    assert!(canceled(job.train(&data, &context, &go)));
    assert!(canceled(job.train_without(&[1], None, &context)));
    flag.store(false, Ordering::Relaxed);
    let expected = job.train(&data, &Workers::single(), &go).unwrap();

    // So many epochs take hours: only the flag can end them.
    let (endless, _) = self::job(100_000_000);
    let stopped = from_another_thread(&flag, |tell| {
        let monitor = Monitor::none().with_listener(move |_| {
            tell();
            ControlFlow::Continue(())
        });
        endless.train(&data, &context, &monitor)
    });
    assert!(canceled(stopped));
    flag.store(false, Ordering::Relaxed);
    let again = job.train(&data, &context, &go).unwrap();
    let tables = |run: &Run<f64>| -> Vec<Array<f64>> { run.model.parameters().to_vec() };
    assert!(bits(&tables(&again)) == bits(&tables(&expected)));
    assert!(again.ledger.changes() == expected.ledger.changes());
}

#[test]
fn verification_passes_the_flag_on() {
    let (job, data) = job(4);
    let go = Monitor::none();
    let run = job.train(&data, &Workers::single(), &go).unwrap();
    let functional = Functional::of_triples(&run.model, FunctionalKind::Probability, true).unwrap();
    let truth = Truth::new(&run, &functional).unwrap();
    let (removals, queries) = ((0..30).map(|e| vec![e]).collect::<Vec<_>>(), vec![vec![0, 0, 1]]);
    let mut report = |_| ControlFlow::Continue(());
    let expected = truth.changes(&Workers::single(), &removals, &queries, &mut report).unwrap();
    let flag = Arc::new(AtomicBool::new(true));
    for threads in [1, 2] {
        let context = Workers::new(threads).unwrap().with_stop(flag.clone());
        flag.store(true, Ordering::Relaxed);
        assert!(canceled(truth.changes(&context, &removals, &queries, &mut report)));
        assert!(canceled(truth.without(&context, &[1], &queries)));
        flag.store(false, Ordering::Relaxed);
        // Between blocks nobody asks but the retrainings themselves.
        let mut set = |done: usize| {
            flag.store(done >= 8, Ordering::Relaxed);
            ControlFlow::Continue(())
        };
        assert!(canceled(truth.changes(&context, &removals, &queries, &mut set)));
        flag.store(false, Ordering::Relaxed);
        assert_eq!(truth.changes(&context, &removals, &queries, &mut report).unwrap(), expected);
    }

    // Retrainings that take hours: only the flag can end them.
    let mut endless = run.clone();
    endless.settings.epochs = 100_000_000;
    endless.outcome.best_epoch = Some(100_000_000);
    let truth = Truth::new(&endless, &functional).unwrap();
    let context = Workers::new(2).unwrap().with_stop(flag.clone());
    let stopped = from_another_thread(&flag, |tell| {
        tell();
        truth.changes(&context, &removals, &queries, &mut report)
    });
    assert!(canceled(stopped));
}
