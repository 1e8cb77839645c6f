//! Training against a naive one written from the formulas, and what must hold however it is cut up.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use ascribe::attribution::rollback::{CreditRule, Tracker};
use ascribe::data::{Triple, TripleSet};
use ascribe::engine::{Monitor, Workers};
use ascribe::models::triples::{Candidates, TripleExamples};
use ascribe::models::triples::{Loss, Sides, scorers};
use ascribe::objective::Objective;
use ascribe::tensor::{Array, Real};
use ascribe::train::{
    BatchStep, Observer, Optimizer, Outcome, Position, Reduction, Schedule, StepPlan, Stopping, TrainerOptions,
    Training, TrainingSpec, Untracked,
};
use common::naive::{self, Plan, Rows};
use common::triples::{Settings, TripleModel, TripleTraining};
use common::{assert_close, bits, flat, random_triples};

const LOSS: Loss = Loss::SampledSoftmax { negatives: 5 };
const EPOCHS: usize = 2;
const RATE: f64 = 0.05;
const SEED: u64 = 11;

fn methods() -> [Optimizer; 4] {
    [Optimizer::Sgd, Optimizer::adagrad(), Optimizer::adam(false), Optimizer::adam(true)]
}

/// An observer that rates parameters.
struct Rating<F>(F);

impl<F: FnMut(&[Array<f64>]) -> ascribe::Result<f64>> Observer<f64> for Rating<F> {
    fn step(&mut self, _: &BatchStep<'_, f64>) {}

    fn evaluates(&self) -> bool {
        true
    }

    fn evaluate(&mut self, parameters: &[Array<f64>], _: &Workers) -> ascribe::Result<Option<f64>> {
        (self.0)(parameters).map(Some)
    }
}

/// A DistMult model with everything that trains it.
struct Bench {
    data: TripleSet,
    model: TripleModel<f64>,
    plan: Arc<StepPlan<f64>>,
}

impl Bench {
    fn new() -> Self {
        let data = random_triples(11, 3, 60, 5);
        let model = TripleModel::new(scorers::by_name("distmult").unwrap(), (11, 3), 4, 0.7, 9).unwrap();
        let plan = Arc::new(
            StepPlan::new(&Objective::of_triples(&model, LOSS, Sides::Tails).unwrap(), Reduction::Sum).unwrap(),
        );
        Self { data, model, plan }
    }

    fn examples(&self) -> TripleExamples<'_> {
        TripleExamples::new(&self.data.train, 11, LOSS, Sides::Tails, SEED, Candidates::EachEpoch).unwrap()
    }

    fn options(&self, method: Optimizer, batch: usize, schedule: Schedule) -> TrainingSpec<f64> {
        let trainer = TrainerOptions { method, learning_rate: RATE, schedule, epochs: EPOCHS, batch, seed: SEED };
        TrainingSpec::new(self.plan.clone(), trainer, self.model.parameters().to_vec())
    }

    fn orders(&self, spec: &TrainingSpec<f64>) -> Vec<Vec<u32>> {
        (0..spec.options.epochs).map(|epoch| spec.options.order(epoch, self.data.train.len())).collect()
    }

    /// The weights and the mean losses of each epoch.
    fn train<O: Observer<f64>>(
        &self,
        spec: &TrainingSpec<f64>,
        left_out: &[usize],
        observer: &mut O,
    ) -> (Vec<Array<f64>>, Outcome) {
        let weights: Vec<f64> = (0..60).map(|e| if left_out.contains(&e) { 0.0 } else { 1.0 }).collect();
        let mut training = spec.start(60, Some(&weights), observer).unwrap();
        assert!(training.advance(u64::MAX, &self.examples(), &Workers::single(), &Monitor::none()).unwrap());
        let (parameters, _, outcome) = training.into_parts();
        (parameters, outcome)
    }

    fn naive(
        &self,
        options: &TrainingSpec<f64>,
        rate: &dyn Fn(f64) -> f64,
        left_out: &[usize],
    ) -> (naive::Tables, Vec<naive::Step>) {
        let TrainerOptions { method, batch, .. } = options.options;
        let plan = Plan { method, batch, orders: &self.orders(options), rate, left_out };
        let initial = naive::tables(self.model.parameters());
        naive::train(initial, &plan, 4, &self.examples(), &naive::distmult_softmax)
    }
}

#[test]
fn optimizers_follow_their_formulas() {
    let bench = Bench::new();
    for method in methods() {
        for batch in [1, 7, 60] {
            let options = bench.options(method, batch, Schedule::Constant);
            let (found, outcome) = bench.train(&options, &[], &mut Untracked);
            let (expected, steps) = bench.naive(&options, &|_| RATE, &[]);
            assert_ne!(flat(&found), flat(bench.model.parameters()));
            assert_close(&flat(&found), &naive::flat(&expected), 1e-12, &format!("{method:?}, batches of {batch}"));
            let losses: Vec<f64> = outcome.epochs.iter().map(|e| e.loss).collect();
            let per_epoch = steps.len() / EPOCHS;
            let mean = |steps: &[naive::Step]| steps.iter().map(|s| s.loss).sum::<f64>() / 60.0;
            assert_close(&losses, &steps.chunks(per_epoch).map(mean).collect::<Vec<_>>(), 1e-12, "losses");
            assert_eq!(outcome.epochs[1].steps as usize, steps.len());
        }
    }
}

#[test]
fn constants_of_adam_are_used() {
    let bench = Bench::new();
    for dense in [false, true] {
        let method = Optimizer::Adam { beta1: 0.5, beta2: 0.8, epsilon: 1e-2, dense, weight_decay: 0.0 };
        let options = bench.options(method, 3, Schedule::Constant);
        let (found, _) = bench.train(&options, &[], &mut Untracked);
        let (expected, _) = bench.naive(&options, &|_| RATE, &[]);
        assert_close(&flat(&found), &naive::flat(&expected), 1e-12, "Adam with other constants");
    }
}

#[test]
fn schedules_follow_their_formulas() {
    let bench = Bench::new();
    type Rate = fn(f64) -> f64;
    let schedules: [(Schedule, Rate); 3] = [
        (Schedule::Linear, |t| RATE * (1.0 - t / EPOCHS as f64)),
        (Schedule::Exponential { factor: 0.3 }, |t| RATE * (t * 0.3f64.ln()).exp()),
        (Schedule::InverseTime { decay: 1.5 }, |t| RATE / (1.0 + 1.5 * t)),
    ];
    let constant = bench.naive(&bench.options(Optimizer::Sgd, 7, Schedule::Constant), &|_| RATE, &[]).0;
    for (schedule, rate) in schedules {
        let options = bench.options(Optimizer::Sgd, 7, schedule);
        let (found, _) = bench.train(&options, &[], &mut Untracked);
        let (expected, _) = bench.naive(&options, &rate, &[]);
        assert_close(&flat(&found), &naive::flat(&expected), 1e-12, &format!("{schedule:?}"));
        assert!(common::furthest(&flat(&found), &naive::flat(&constant)).0 > 1e-3, "{schedule:?} takes effect");
    }
}

/// Records each step as the naive training does: every example with its own gradient.
#[derive(Default)]
struct Recorder(Vec<BTreeMap<usize, Rows>>);

impl Observer<f64> for Recorder {
    fn step(&mut self, step: &BatchStep<'_, f64>) {
        let mut examples: BTreeMap<usize, Rows> = BTreeMap::new();
        let mut sums = Rows::new();
        for c in step.contributions.iter() {
            let key = (c.parameter as usize, c.row as usize);
            let gradient = step.contributions.gradient(c).to_vec();
            let sum = sums.entry(key).or_insert_with(|| vec![0.0; gradient.len()]);
            sum.iter_mut().zip(&gradient).for_each(|(sum, x)| *sum += x);
            let rows = examples.entry(step.examples[c.position as usize] as usize).or_default();
            assert!(rows.insert(key, gradient).is_none(), "one contribution for each row");
        }
        assert_eq!(step.parameters(), 2);
        for parameter in 0..2 {
            let moved = step.moved(parameter);
            assert_eq!(moved.touched().len(), sums.keys().filter(|k| k.0 == parameter).count());
            for row in moved.touched() {
                let key = (parameter, *row as usize);
                assert_close(moved.gradient(*row), &sums[&key], 1e-14, "the gradient of the batch");
                let sharers = examples.values().filter(|rows| rows.contains_key(&key)).count();
                assert_eq!(moved.sharers(*row) as usize, sharers);
            }
        }
        self.0.push(examples);
    }
}

#[test]
fn contributions_are_the_examples_own_gradients() {
    let bench = Bench::new();
    for batch in [1, 7, 60] {
        let options = bench.options(Optimizer::Sgd, batch, Schedule::Constant);
        let mut recorder = Recorder::default();
        bench.train(&options, &[], &mut recorder);
        let (_, steps) = bench.naive(&options, &|_| RATE, &[]);
        assert_eq!(recorder.0.len(), steps.len());
        for (found, step) in recorder.0.iter().zip(steps) {
            assert_eq!(found.len(), step.gradients.len());
            for (example, expected) in &step.gradients {
                assert!(found[example].keys().eq(expected.keys()), "the rows example {example} reads");
                for (row, gradient) in &found[example] {
                    assert_close(gradient, &expected[row], 1e-12, &format!("example {example}, row {row:?}"));
                }
            }
        }
    }
}

#[test]
fn leaving_examples_out_skips_their_steps_and_nothing_else() {
    let bench = Bench::new();
    for method in methods() {
        for (batch, left_out) in [(1, vec![17]), (7, vec![17]), (7, vec![0, 3, 44, 59]), (60, vec![5])] {
            let options = bench.options(method, batch, Schedule::Linear);
            let (found, outcome) = bench.train(&options, &left_out, &mut Untracked);
            let rate = |t: f64| RATE * (1.0 - t / EPOCHS as f64);
            let (expected, steps) = bench.naive(&options, &rate, &left_out);
            let what = format!("{method:?}, batches of {batch} without {left_out:?}");
            assert_close(&flat(&found), &naive::flat(&expected), 1e-12, &what);
            let mean = steps.iter().map(|s| s.loss).sum::<f64>() / (60 - left_out.len()) as f64;
            assert!((outcome.epochs.iter().map(|e| e.loss).sum::<f64>() - mean).abs() < 1e-12, "losses, {what}");
        }
    }
}

/// The order is by a number of each example's own, so that of fewer examples is the same without the others.
#[test]
fn orders_are_permutations_that_do_not_depend_on_the_others() {
    let bench = Bench::new();
    let trainer = bench.options(Optimizer::Sgd, 1, Schedule::Constant).options;
    let mut seen = std::collections::BTreeSet::new();
    for epoch in 0..20 {
        let order = trainer.order(epoch, 500);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..500));
        let fewer: Vec<u32> = order.iter().copied().filter(|e| *e < 100).collect();
        assert_eq!(trainer.order(epoch, 100), fewer);
        assert!(seen.insert(order), "every epoch has its own order");
    }
}

fn same_bytes_on_any_threads<T: Real>() {
    let data = random_triples(90, 4, 300, 2);
    for (loss, attribution, method) in [
        (Loss::FullSoftmax, CreditRule::Momentum, Optimizer::adam(false)),
        (Loss::SampledSoftmax { negatives: 60 }, CreditRule::Step, Optimizer::adam(true)),
    ] {
        let settings = Settings {
            dimension: 16,
            loss,
            sides: Sides::Both,
            optimizer: method,
            attribution,
            batch: 64,
            epochs: 2,
            ..Settings::default()
        };
        let training = TripleTraining::<T>::new(&settings, &data);
        let train = |threads| {
            let run = training.train(&Workers::new(threads).unwrap(), &Monitor::none()).unwrap();
            let changes: Vec<u64> = run.ledger.changes().iter().map(|x| x.to_f64().to_bits()).collect();
            (bits(run.model.parameters()), changes, bits(run.ledger.remainder()), run.outcome)
        };
        let single = train(1);
        for threads in [2, 8] {
            assert!(train(threads) == single, "{} with {loss:?} on {threads} threads", T::NAME);
        }
    }
}

#[test]
fn threads_change_no_bit_in_double_precision() {
    same_bytes_on_any_threads::<f64>();
}

#[test]
fn threads_change_no_bit_in_single_precision() {
    same_bytes_on_any_threads::<f32>();
}

#[test]
fn early_stopping_restores_weights_and_ledger_of_the_best_epoch() {
    let bench = Bench::new();
    // The second evaluation is the best; a tie with it is no better, so patience ends after the fifth.
    let qualities = [0.3, 0.7, 0.7, 0.1, 0.6, 0.9];
    for method in methods() {
        for attribution in [CreditRule::Step, CreditRule::Momentum] {
            let track = || Tracker::new(&bench.plan, &bench.examples(), method, attribution).expect("rows that exist");
            let mut options = bench.options(method, 7, Schedule::Linear);
            options.options.epochs = 12;
            options.stopping = Some(Stopping { every: 2, patience: 3 });
            let mut asked = 0;
            let evaluate = Rating(|_: &[Array<f64>]| {
                asked += 1;
                Ok(qualities[asked - 1])
            });
            let mut stopped = (track(), evaluate);
            let (weights, outcome) = bench.train(&options, &[], &mut stopped);
            let stopped = stopped.0;
            assert_eq!((outcome.best_epoch, outcome.epochs.len(), asked), (Some(4), 10, 5));
            let told: Vec<_> = outcome.epochs.iter().filter_map(|e| e.quality).collect();
            assert_eq!(told, qualities[..5]);

            options.stopping = None;
            let mut training = options.start(60, None, track()).unwrap();
            let context = Workers::single();
            let ended = training.advance_to(Position::after(4), &bench.examples(), &context, &Monitor::none());
            assert!(!ended.unwrap());
            let (expected, limited, outcome) = training.into_parts();
            assert_eq!((outcome.best_epoch, outcome.epochs.len()), (None, 4));
            assert!(bits(&weights) == bits(&expected), "{method:?}: the weights of the fourth epoch");
            let (stopped, limited) = (stopped.into_ledger(), limited.into_ledger());
            let what = format!("{method:?}, {attribution:?}");
            // Saving settles pending momentum, which only rounds differently.
            let pending = method.momentum_decay() > 0.0 && attribution == CreditRule::Momentum;
            let tolerance = if pending { 1e-12 } else { 0.0 };
            assert_close(stopped.changes(), limited.changes(), tolerance, &what);
            assert_close(&flat(stopped.remainder()), &flat(limited.remainder()), tolerance, &what);
        }
    }
}

/// Early stopping, evaluation and the ledger of momentum do not notice where a training is cut up, nor that reports break.
#[test]
fn a_training_may_be_cut_up_anywhere() {
    let mut data = random_triples(11, 3, 60, 5);
    data.valid = data.train.iter().step_by(5).map(|t| Triple { head: t.tail, tail: t.head, ..*t }).collect();
    let settings = Settings {
        dimension: 4,
        batch: 7,
        learning_rate: 0.1,
        epochs: 30,
        stopping: Some(Stopping { every: 2, patience: 2 }),
        ..Settings::default()
    };
    let prepared = TripleTraining::<f64>::new(&settings, &data);
    let (context, examples) = (Workers::single(), &prepared.examples);
    let whole = prepared.train(&context, &Monitor::none()).unwrap();
    let (best, done) = (whole.outcome.best_epoch.unwrap(), whole.outcome.epochs.len());
    assert!(best < done && done < 30, "stopped early: kept {best} of {done}");
    let breaking = Monitor::none().with_listener(|_| ControlFlow::Break(()));
    for steps in [1, 7, 9, u64::MAX] {
        let mut training = prepared.start().unwrap();
        let mut broken = 0;
        loop {
            match training.advance(steps, examples, &context, &breaking) {
                Ok(true) => break,
                Ok(false) => (),
                Err(error) => {
                    assert!(matches!(error, ascribe::Error::Canceled { .. }), "{error}");
                    broken += 1;
                }
            }
        }
        assert_eq!(broken, done);
        assert!(training.is_finished());
        let run = prepared.finish(training, &context).unwrap();
        assert!(bits(run.model.parameters()) == bits(whole.model.parameters()), "{steps} steps at a time");
        assert!(run.ledger == whole.ledger, "{steps} steps at a time");
        assert_eq!((run.outcome, run.validation), (whole.outcome.clone(), whole.validation.clone()));
    }
    // An end in the middle of an epoch is one that can be trained again to.
    let mut training = prepared.start().unwrap();
    assert!(!training.advance(4 * 9 + 5, examples, &context, &Monitor::none()).unwrap());
    let seen = prepared.trained(&training);
    let run = prepared.finish(training, &context).unwrap();
    assert!(bits(seen.model.parameters()) == bits(run.model.parameters()) && seen.ledger == run.ledger);
    assert_eq!((run.outcome.epochs.len(), run.outcome.batches, run.outcome.best_epoch), (4, 5, None));
    let again = prepared.train_without(&[], Some(run.outcome.kept()), &context).unwrap();
    assert!(bits(&again) == bits(run.model.parameters()));
    let kept = prepared.train_without(&[], Some(whole.outcome.kept()), &context).unwrap();
    assert!(bits(&kept) == bits(whole.model.parameters()));
}

/// An evaluation that is canceled is made again when training goes on.
#[test]
fn a_canceled_evaluation_loses_nothing() {
    let bench = Bench::new();
    let mut options = bench.options(Optimizer::adam(false), 7, Schedule::Constant);
    options.options.epochs = 6;
    options.stopping = Some(Stopping { every: 1, patience: 9 });
    let quality = |weights: &[Array<f64>]| -weights[0].values()[0].abs();
    let mut evaluate = Rating(|weights: &[Array<f64>]| Ok(quality(weights)));
    let (expected, outcome) = bench.train(&options, &[], &mut evaluate);
    let mut asked = 0;
    let moody = Rating(|weights: &[Array<f64>]| {
        asked += 1;
        match asked % 2 {
            1 => Err(ascribe::Error::Canceled { place: "an evaluation".into() }),
            _ => Ok(quality(weights)),
        }
    });
    let mut training = options.start(60, None, moody).unwrap();
    let context = Workers::single();
    let mut broken = 0;
    while training.advance(u64::MAX, &bench.examples(), &context, &Monitor::none()).is_err() {
        broken += 1;
    }
    assert_eq!(broken, 6);
    assert!(bits(training.parameters()) == bits(&expected));
    assert_eq!(training.outcome(), outcome);
}

#[test]
fn trainings_that_cannot_be_are_refused() {
    let bench = Bench::new();
    let refused = |change: &dyn Fn(&mut TrainingSpec<f64>), weights: Option<&[f64]>| {
        let mut spec = bench.options(Optimizer::Sgd, 1, Schedule::Constant);
        change(&mut spec);
        let training = spec.start(60, weights, Untracked);
        let advance = |mut training: Training<f64, Untracked>| {
            training.advance(u64::MAX, &bench.examples(), &Workers::single(), &Monitor::none())
        };
        training.and_then(advance).unwrap_err().to_string()
    };
    type Change<'a> = &'a dyn Fn(&mut TrainingSpec<f64>);
    let cases: [(Change<'_>, &str); 5] = [
        (&|o| o.options.learning_rate = f64::NAN, "the learning rate is NaN, expected a positive number"),
        (&|o| o.options.batch = 0, "the batch size is 0, expected at least one"),
        (&|o| o.options.epochs = 0, "the number of epochs is 0, expected at least one"),
        (&|o| o.options.schedule = Schedule::Exponential { factor: 2.0 }, "the decay factor is 2"),
        (&|o| o.stopping = Some(Stopping { every: 1, patience: 1 }), "early stopping is asked for without validation"),
    ];
    for (change, message) in cases {
        let error = refused(change, None);
        assert!(error.starts_with(message), "{error}");
    }
    let error = refused(&|o| o.options.learning_rate = 1e200, None);
    assert!(error.contains("lower the learning rate") && error.contains("epoch 1"), "{error}");
    let error = refused(&|_| (), Some(&[0.0; 60]));
    assert_eq!(error, "the number of examples to train on is 0, expected at least one");
    let triples: [Triple; 0] = [];
    assert!(TripleExamples::new(&triples, 5, LOSS, Sides::Tails, 0, Candidates::Once).is_err());
    let own = [Triple { head: 0, relation: 0, tail: 0 }];
    assert!(TripleExamples::new(&own, 1, LOSS, Sides::Tails, 0, Candidates::Once).is_err());
}
