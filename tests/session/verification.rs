//! The truth by retraining: against trainings that never saw the examples.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use ascribe::Error;
use ascribe::data::{Triple, TripleSet};
use ascribe::engine::{Monitor, Workers};
use ascribe::models::triples::{Loss, Sides, TripleExamples};
use ascribe::session::{Context, Dataset, Model, Options, Part, Trainer, true_changes};
use ascribe::tensor::Array;
use ascribe::train::{Optimizer, Position, Schedule, Stopping};
use common::naive::{self, Plan, Tables, score};
use common::triples::{Settings, TripleTraining};
use common::{assert_close, bits, random_triples};

use crate::fixtures::{assert_same, context, ledger, parameters, refused};

/// The settings of the modules below, and the options that are the same.
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

fn options() -> Options {
    let options = Options::new().with("learning_rate", 0.03).with("schedule", "linear");
    options.with("batch", 4).with("epochs", 5)
}

fn data() -> TripleSet {
    random_triples(13, 3, 70, 9)
}

fn untrained(data: &Dataset) -> Model {
    let options = Options::new().with("dimension", 4).with("negatives", 5);
    Model::new(&context(), "distmult", data, &options).unwrap()
}

fn train(data: &Dataset, options: &Options) -> Model {
    let mut model = untrained(data);
    model.fit(&context(), data, options, &Monitor::none()).unwrap();
    model
}

/// Every optimizer with its word.
const OPTIMIZERS: [(&str, Optimizer); 4] = [
    ("sgd", Optimizer::Sgd),
    ("adagrad", Optimizer::adagrad()),
    ("adam", Optimizer::adam(false)),
    ("adam-dense", Optimizer::adam(true)),
];

fn probability(tables: &Tables, query: [u32; 3]) -> f64 {
    let exponential = |tail| score("distmult", tables, Triple { head: query[0], relation: query[1], tail }).exp();
    exponential(query[2]) / (0..tables[0].len() as u32).map(exponential).sum::<f64>()
}

const QUERIES: [[u32; 3]; 3] = [[0, 0, 1], [5, 2, 5], [12, 1, 3]];

fn queries() -> Dataset {
    Dataset::from_triples(&QUERIES, 13, 3).unwrap()
}

/// What the functional is for these weights, from the formula.
fn expected(parameters: &[Array<f64>]) -> Vec<f64> {
    of_tables(&naive::tables(parameters))
}

fn of_tables(tables: &Tables) -> Vec<f64> {
    QUERIES.iter().map(|query| probability(tables, *query)).collect()
}

fn values(model: &Model) -> Vec<f64> {
    model.evaluate(&context(), &queries(), Some("probability")).unwrap()
}

fn changes(
    context: &Arc<Context>,
    model: &Model,
    removals: &[Vec<usize>],
    monitor: &Monitor,
) -> ascribe::Result<Vec<f64>> {
    true_changes(context, model, &queries(), Some("probability"), removals, monitor)
}

/// The functional after training without some examples.
fn without(model: &Model, examples: &[u32]) -> Vec<f64> {
    let removal = examples.iter().map(|example| *example as usize).collect();
    let found = changes(&context(), model, &[removal], &Monitor::none()).unwrap();
    values(model).iter().zip(found).map(|(before, change)| before + change).collect()
}

#[test]
fn removing_nothing_changes_nothing() {
    let set = data();
    let data = Dataset::of_triples(set.clone());
    for (word, optimizer) in OPTIMIZERS {
        let model = train(&data, &options().with("optimizer", word));
        let training = TripleTraining::<f64>::new(&Settings { optimizer, ..settings() }, &set);
        let again = training.train_without(&[], None, &Workers::new(2).unwrap()).unwrap();
        assert_same(&parameters(&model), &common::flat(&again), word);
        let before = values(&model);
        assert_close(&before, &expected(&again), 1e-14, "values of the full training");
        assert_eq!(without(&model, &[]), before);
        let found = changes(&context(), &model, &[vec![], vec![]], &Monitor::none()).unwrap();
        assert_same(&found, &[0.0; 6], "nothing is removed");
        let nothing = Dataset::from_triples(&[], 13, 3).unwrap();
        refused(
            true_changes(&context(), &model, &nothing, Some("probability"), &[vec![]], &Monitor::none()),
            "the number of queries is 0, expected at least one",
        );
    }
}

#[test]
fn removal_is_retraining_without_the_steps() {
    let set = data();
    let data = Dataset::of_triples(set.clone());
    for (word, optimizer) in [OPTIMIZERS[0], OPTIMIZERS[2], OPTIMIZERS[3]] {
        let settings = Settings { optimizer, ..settings() };
        let model = train(&data, &options().with("optimizer", word));
        let training = TripleTraining::<f64>::new(&settings, &set);
        // A naive training that skips the examples, in the order of the full one.
        let order = |epoch| settings.trainer().order(epoch, set.train.len());
        let orders: Vec<_> = (0..settings.epochs).map(order).collect();
        let examples =
            TripleExamples::new(&set.train, 13, settings.loss, Sides::Tails, settings.seed, settings.candidates)
                .unwrap();
        for removed in [vec![17], vec![0, 1, 2, 3, 69], (0..70).step_by(2).collect::<Vec<u32>>()] {
            let left_out: Vec<usize> = removed.iter().map(|e| *e as usize).collect();
            let rate = |t: f64| 0.03 * (1.0 - t / 5.0);
            let plan = Plan { method: optimizer, batch: 4, orders: &orders, rate: &rate, left_out: &left_out };
            let initial = naive::tables(training.initial.parameters());
            let (weights, _) = naive::train(initial, &plan, 4, &examples, &naive::distmult_softmax);
            let found = without(&model, &removed);
            assert_close(&found, &of_tables(&weights), 1e-10, &format!("{word} without {removed:?}"));
            let parameters = training.train_without(&removed, None, &Workers::single()).unwrap();
            assert_close(&found, &expected(&parameters), 1e-14, "the weights of a training without them");
        }
    }
}

#[test]
fn retraining_ends_with_the_epoch_that_was_kept() {
    let mut set = data();
    set.valid = set.train.iter().step_by(5).map(|t| Triple { head: t.tail, tail: t.head, ..*t }).collect();
    let data = Dataset::of_triples(set.clone());
    let settings =
        Settings { learning_rate: 0.3, epochs: 30, stopping: Some(Stopping { every: 1, patience: 4 }), ..settings() };
    let model = train(&data, &options().with("learning_rate", 0.3).with("epochs", 30).with("patience", 4));
    let course = model.training().unwrap();
    let (best, done) = (course.best_epoch.unwrap(), course.epochs as usize);
    assert!(best < done && done < 30, "stopped early: kept {best} of {done}");

    let context = Workers::single();
    let training = TripleTraining::<f64>::new(&settings, &set);
    let below = training.train(&context, &Monitor::none()).unwrap();
    assert_same(&parameters(&model), &common::flat(below.model.parameters()), "the same training");
    assert_eq!((below.outcome.best_epoch, below.outcome.epochs.len()), (Some(best), done));
    let highest = below.outcome.epochs.iter().filter_map(|e| e.quality).fold(0.0, f64::max);
    assert_eq!(below.validation.as_ref().map(|v| v.mrr), Some(highest));
    let ranked = model.ranking(&crate::fixtures::context(), &data, &data.part(Part::Valid).unwrap()).unwrap();
    assert_eq!(ranked.mrr, highest);

    let before = values(&model);
    assert_close(&before, &expected(below.model.parameters()), 1e-14, "values of the weights kept");
    assert_eq!(without(&model, &[]), before);
    let limited = training.train_without(&[9], Some(Position { epochs: best, batches: 0 }), &context).unwrap();
    let whole = training.train_without(&[9], None, &context).unwrap();
    assert!(bits(&limited) != bits(&whole));
    assert_close(&without(&model, &[9]), &expected(&limited), 1e-14, "without example 9");
}

#[test]
fn many_changes_at_once_are_those_one_by_one() {
    let model = train(&Dataset::of_triples(data()), &options());
    let mut removals: Vec<Vec<usize>> = (0..21).map(|e| vec![e]).collect();
    removals.push(vec![4, 8, 8, 30]);
    let alone = |set: &Vec<usize>| changes(&context(), &model, std::slice::from_ref(set), &Monitor::none()).unwrap();
    let one_by_one: Vec<f64> = removals.iter().flat_map(alone).collect();
    assert!(one_by_one.chunks(3).all(|changes| changes.iter().any(|x| x.abs() > 1e-6)));
    for threads in [1, 2, 8] {
        let told = Arc::new(Mutex::new(Vec::new()));
        let kept = told.clone();
        let report = Monitor::none().with_listener(move |progress| {
            assert_eq!((progress.phase, progress.total), (c"retraining", Some(22)));
            kept.lock().unwrap().push(progress.done);
            ControlFlow::Continue(())
        });
        let context = Arc::new(Context::new(Workers::new(threads).unwrap(), Context::DEFAULT_SEED));
        assert_same(&changes(&context, &model, &removals, &report).unwrap(), &one_by_one, "at once");
        let block = 4 * threads as u64;
        let expected: Vec<u64> = (1..=22u64.div_ceil(block)).map(|n| (n * block).min(22)).collect();
        assert_eq!(*told.lock().unwrap(), expected, "{threads} threads");
    }
}

#[test]
fn the_caller_may_stop_and_is_told_what_is_wrong() {
    let (set, host) = (data(), context());
    let data = Dataset::of_triples(set.clone());
    let model = train(&data, &options());
    let removals: Vec<Vec<usize>> = (0..20).map(|e| vec![e]).collect();
    let asked = Arc::new(Mutex::new(0));
    let count = asked.clone();
    let stopped = changes(
        &host,
        &model,
        &removals,
        &Monitor::none().with_listener(move |progress| {
            *count.lock().unwrap() += 1;
            if progress.done >= 8 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }),
    );
    let Err(Error::Canceled { place }) = stopped else { panic!("{stopped:?}") };
    assert_eq!((place.as_str(), *asked.lock().unwrap()), ("retraining 8 of 20", 2));

    let message = |removal: Vec<usize>| changes(&host, &model, &[removal], &Monitor::none()).unwrap_err().to_string();
    assert_eq!(message(vec![3, 70]), "an example to leave out is 70, expected one of 70, counted from 0");
    assert_eq!(message((0..70).collect()), "the number of examples to train on is 0, expected at least one");
    let error = |examples: &[u32]| {
        let training = TripleTraining::<f64>::new(&settings(), &set);
        training.train_without(examples, None, &Workers::single()).unwrap_err().to_string()
    };
    assert_eq!(error(&[3, 70]), "an example to leave out is 70, expected an example below 70");
    assert_eq!(error(&(0..70).collect::<Vec<_>>()), "the number of examples to train on is 0, expected at least one");
    let foreign = Dataset::from_triples(&[[0, 0, 0], [0, 3, 0]], 13, 4).unwrap();
    refused(
        true_changes(&host, &model, &foreign, None, &[vec![1]], &Monitor::none()),
        "triple 1 of the dataset is 0 3 0, expected ids below 13 and 3",
    );
    // One removal that cannot be makes the whole fail.
    assert!(changes(&host, &model, &[vec![1], vec![99]], &Monitor::none()).is_err());

    let second = Monitor::none().with_listener(|progress| match progress.done {
        2 => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    let mut trainer = Trainer::new(&host, &untrained(&data), &data, &options()).unwrap();
    let stopped = trainer.run(&second);
    assert_eq!(trainer.training().epochs, 2);
    let Err(Error::Canceled { place }) = stopped else { panic!("{stopped:?}") };
    assert_eq!(place, "epoch 2 of 5");
}

/// Looking at a training in between shows what one that ends there gives, and changes nothing.
#[test]
fn looking_changes_nothing() {
    let data = Dataset::of_triples(data());
    for word in ["adagrad", "adam", "adam-dense"] {
        let options = options().with("optimizer", word).with("schedule", "constant");
        let plain = train(&data, &options);
        let mut seen = Vec::new();
        let mut trainer = Trainer::new(&context(), &untrained(&data), &data, &options).unwrap();
        for epoch in 1..=5 {
            trainer.step(70u64.div_ceil(4), &Monitor::none()).unwrap();
            assert_eq!(trainer.training().epochs, epoch);
            seen.push(trainer.model());
        }
        let watched = trainer.finish(&Monitor::none()).unwrap();
        assert_same(&parameters(&watched), &parameters(&plain), word);
        assert_same(&ledger(&watched), &ledger(&plain), word);
        let shorter = train(&data, &options.with("epochs", 3));
        assert_same(&parameters(&seen[2]), &parameters(&shorter), word);
        assert_same(&ledger(&seen[2]), &ledger(&shorter), word);
    }
}
