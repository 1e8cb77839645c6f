//! The truth by retraining: against trainings that never saw the examples.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::ops::ControlFlow;
use std::sync::Arc;

use ascribe::Error;
use ascribe::data::{Triple, TripleSet};
use ascribe::engine::{Monitor, Progress, Workers};
use ascribe::models::triples::TripleExamples;
use ascribe::models::triples::{FunctionalKind, Loss, Sides};
use ascribe::objective::Functional;
use ascribe::run::{Job, Run, Settings};
use ascribe::tensor::Array;
use ascribe::train::{Optimizer, Position, Schedule, Stopping, TrainerOptions};
use ascribe::verify::Truth;
use common::naive::{self, Plan, Tables, score};
use common::{assert_close, bits, random_triples};

fn settings() -> Settings {
    Settings {
        dimension: 4,
        loss: Loss::SampledSoftmax { negatives: 5 },
        learning_rate: 0.03,
        schedule: Schedule::Linear,
        batch: 4,
        epochs: 5,
        ..Settings::default()
    }
}

fn data() -> TripleSet {
    random_triples(13, 3, 70, 9)
}

fn train(settings: &Settings, data: &TripleSet) -> Run<f64> {
    Job::new(settings, data).unwrap().train(data, &Workers::single(), &Monitor::none()).unwrap()
}

fn probability(tables: &Tables, query: &[u32]) -> f64 {
    let exponential = |tail| score("distmult", tables, Triple { head: query[0], relation: query[1], tail }).exp();
    exponential(query[2]) / (0..tables[0].len() as u32).map(exponential).sum::<f64>()
}

fn queries() -> Vec<Vec<u32>> {
    vec![vec![0, 0, 1], vec![5, 2, 5], vec![12, 1, 3]]
}

/// What the functional is for these weights, from the formula.
fn expected(parameters: &[Array<f64>]) -> Vec<f64> {
    queries().iter().map(|query| probability(&naive::tables(parameters), query)).collect()
}

fn functional(run: &Run<f64>) -> Functional {
    Functional::of_triples(&run.model, FunctionalKind::Probability, true).unwrap()
}

#[test]
fn removing_nothing_changes_nothing() {
    for optimizer in [Optimizer::Sgd, Optimizer::adagrad(), Optimizer::adam(false), Optimizer::adam(true)] {
        let run = train(&Settings { optimizer, ..settings() }, &data());
        let job = Job::<f64>::new(&run.settings, &run.data).unwrap();
        let again = job.train_without(&[], None, &Workers::new(2).unwrap()).unwrap();
        assert!(bits(&again) == bits(run.model.parameters()), "{optimizer:?}: the same bits");
        let functional = functional(&run);
        let truth = Truth::new(&run, &functional).unwrap();
        let context = Workers::single();
        let before = truth.values(&context, &queries()).unwrap();
        assert_close(&before, &expected(run.model.parameters()), 1e-14, "values of the full training");
        assert_eq!(truth.without(&context, &[], &queries()).unwrap(), before);
        let changes = truth.changes(&context, &[vec![], vec![]], &queries(), &mut |_| ControlFlow::Continue(()));
        assert_eq!(changes.unwrap(), vec![vec![0.0; 3]; 2]);
        assert_eq!(truth.values(&context, &[]).unwrap(), Vec::<f64>::new());
    }
}

#[test]
fn removal_is_retraining_without_the_steps() {
    for optimizer in [Optimizer::Sgd, Optimizer::adam(false), Optimizer::adam(true)] {
        let settings = Settings { optimizer, ..settings() };
        let (data, context) = (data(), Workers::single());
        let run = train(&settings, &data);
        let functional = functional(&run);
        let truth = Truth::new(&run, &functional).unwrap();
        let job = Job::<f64>::new(&settings, &data).unwrap();
        // A naive training that skips the examples, in the order of the full one.
        let options = TrainerOptions {
            method: optimizer,
            learning_rate: settings.learning_rate,
            schedule: settings.schedule,
            epochs: settings.epochs,
            batch: settings.batch,
            seed: settings.seed,
        };
        let orders: Vec<_> = (0..settings.epochs).map(|epoch| options.order(epoch, data.train.len())).collect();
        let examples =
            TripleExamples::new(&data.train, 13, settings.loss, Sides::Tails, settings.seed, settings.candidates)
                .unwrap();
        for set in [vec![17], vec![0, 1, 2, 3, 69], (0..70).step_by(2).collect::<Vec<u32>>()] {
            let left_out: Vec<usize> = set.iter().map(|e| *e as usize).collect();
            let rate = |t: f64| 0.03 * (1.0 - t / 5.0);
            let plan = Plan { method: optimizer, batch: 4, orders: &orders, rate: &rate, left_out: &left_out };
            let initial = naive::tables(job.initial().parameters());
            let (weights, _) = naive::train(initial, &plan, 4, &examples, &naive::distmult_softmax);
            let found = truth.without(&context, &set, &queries()).unwrap();
            let naive: Vec<f64> = queries().iter().map(|query| probability(&weights, query)).collect();
            assert_close(&found, &naive, 1e-10, &format!("{optimizer:?} without {set:?}"));
            let parameters = job.train_without(&set, None, &context).unwrap();
            assert_close(&found, &expected(&parameters), 1e-14, "the weights that the job gives");
        }
    }
}

#[test]
fn retraining_ends_with_the_epoch_that_was_kept() {
    let mut data = data();
    data.valid = data.train.iter().step_by(5).map(|t| Triple { head: t.tail, tail: t.head, ..*t }).collect();
    let settings =
        Settings { learning_rate: 0.3, epochs: 30, stopping: Some(Stopping { every: 1, patience: 4 }), ..settings() };
    let run = train(&settings, &data);
    let best = run.outcome.best_epoch.unwrap();
    let done = run.outcome.epochs.len();
    assert!(best < done && done < 30, "stopped early: kept {best} of {done}");
    let highest = run.outcome.epochs.iter().filter_map(|e| e.quality).fold(0.0, f64::max);
    assert_eq!(run.validation.as_ref().map(|v| v.mrr), Some(highest));

    let functional = functional(&run);
    let truth = Truth::new(&run, &functional).unwrap();
    let context = Workers::single();
    let before = truth.values(&context, &queries()).unwrap();
    assert_close(&before, &expected(run.model.parameters()), 1e-14, "values of the weights kept");
    assert_eq!(truth.without(&context, &[], &queries()).unwrap(), before);
    let job = Job::<f64>::new(&settings, &data).unwrap();
    let limited = job.train_without(&[9], Some(Position { epochs: best, batches: 0 }), &context).unwrap();
    let whole = job.train_without(&[9], None, &context).unwrap();
    assert!(bits(&limited) != bits(&whole));
    assert_close(&truth.without(&context, &[9], &queries()).unwrap(), &expected(&limited), 1e-14, "without example 9");
}

#[test]
fn many_changes_at_once_are_those_one_by_one() {
    let run = train(&settings(), &data());
    let functional = functional(&run);
    let truth = Truth::new(&run, &functional).unwrap();
    let single = Workers::single();
    let before = truth.values(&single, &queries()).unwrap();
    let mut removals: Vec<Vec<u32>> = (0..21).map(|e| vec![e]).collect();
    removals.push(vec![4, 8, 8, 30]);
    let one_by_one: Vec<Vec<f64>> = removals
        .iter()
        .map(|set| {
            let after = truth.without(&single, set, &queries()).unwrap();
            after.iter().zip(&before).map(|(after, before)| after - before).collect()
        })
        .collect();
    assert!(one_by_one.iter().all(|changes| changes.iter().any(|x| x.abs() > 1e-6)));
    for threads in [1, 2, 8] {
        let mut told = Vec::new();
        let mut report = |done| {
            told.push(done);
            ControlFlow::Continue(())
        };
        let context = Workers::new(threads).unwrap();
        assert_eq!(truth.changes(&context, &removals, &queries(), &mut report).unwrap(), one_by_one);
        let block = 4 * threads;
        let expected: Vec<usize> = (1..=22usize.div_ceil(block)).map(|n| (n * block).min(22)).collect();
        assert_eq!(told, expected, "{threads} threads");
    }
}

#[test]
fn the_caller_may_stop_and_is_told_what_is_wrong() {
    let run = train(&settings(), &data());
    let functional = functional(&run);
    let truth = Truth::new(&run, &functional).unwrap();
    let context = Workers::single();
    let removals: Vec<Vec<u32>> = (0..20).map(|e| vec![e]).collect();
    let mut asked = 0;
    let stopped = truth.changes(&context, &removals, &queries(), &mut |done| {
        asked += 1;
        if done >= 8 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let Err(Error::Canceled { place }) = stopped else { panic!("{stopped:?}") };
    assert_eq!((place.as_str(), asked), ("retraining 8 of 20", 2));

    let message = |result: ascribe::Result<Vec<f64>>| result.unwrap_err().to_string();
    let error = message(truth.without(&context, &[3, 70], &queries()));
    assert_eq!(error, "an example to leave out is 70, expected an example below 70");
    let error = message(truth.without(&context, &(0..70).collect::<Vec<_>>(), &queries()));
    assert_eq!(error, "the number of examples to train on is 0, expected at least one");
    assert_eq!(message(truth.values(&context, &[vec![0, 0]])), "the number of ids of a query is 2, expected 3");
    let error = message(truth.values(&context, &[vec![0, 0, 0], vec![0, 3, 0]]));
    assert_eq!(error, "id 1 of the input \"relation\" is 3, expected an id below 3");
    // One removal that cannot be makes the whole fail.
    let mut go = |_| ControlFlow::Continue(());
    assert!(truth.changes(&context, &[vec![1], vec![99]], &queries(), &mut go).is_err());

    let job = Job::<f64>::new(&run.settings, &run.data).unwrap();
    let second = |progress: &Progress| match progress.done {
        2 => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    let mut training = job.start(Arc::new(run.data.clone())).unwrap();
    let stopped = training.advance(u64::MAX, &context, &Monitor::none().with_listener(second));
    assert_eq!(training.look().outcome.epochs.len(), 2);
    let Err(Error::Canceled { place }) = stopped else { panic!("{stopped:?}") };
    assert_eq!(place, "epoch 2 of 5");
}

/// Looking at a run in between shows what a training that ends there gives, and changes nothing.
#[test]
fn looking_changes_nothing() {
    let (data, context) = (data(), Workers::single());
    for optimizer in [Optimizer::adagrad(), Optimizer::adam(false), Optimizer::adam(true)] {
        let settings = Settings { optimizer, schedule: Schedule::Constant, ..settings() };
        let plain = train(&settings, &data);
        let mut seen = Vec::new();
        let mut training = Job::<f64>::new(&settings, &data).unwrap().start(Arc::new(data.clone())).unwrap();
        for epoch in 1..=5 {
            training.advance_to(Position { epochs: epoch, batches: 0 }, &context, &Monitor::none()).unwrap();
            seen.push(training.look());
        }
        let watched = training.finish(&context).unwrap();
        assert!(bits(watched.model.parameters()) == bits(plain.model.parameters()));
        assert_eq!(watched.ledger, plain.ledger);
        assert_eq!(seen.len(), 5);
        let shorter = train(&Settings { epochs: 3, ..settings }, &data);
        assert!(bits(seen[2].model.parameters()) == bits(shorter.model.parameters()));
        assert_eq!(seen[2].ledger, shorter.ledger);
    }
}
