//! Models that were trained elsewhere: with their values, data and ledger they answer as if they had been trained here.
#![allow(clippy::unwrap_used)]

use ascribe::Error;
use ascribe::attribution::TrainingChange;
use ascribe::attribution::rollback::CreditRule;
use ascribe::engine::Monitor;
use ascribe::session::{Attributor, Dataset, LedgerBuilder, Model, Options, smoothness, true_changes};

use crate::common::random_triples;
use crate::fixtures::{context, data, refused};

fn values(model: &Model, parameter: usize) -> Vec<f64> {
    let mut found = vec![0.0; model.parameter_shape(parameter).unwrap().iter().product()];
    model.read_parameter(parameter, &mut found).unwrap();
    found
}

/// A model that was made alike, with the values of another.
fn with_values(kind: &str, examples: &Dataset, options: &Options, of: &Model) -> Model {
    let mut model = Model::new(&context(), kind, examples, options).unwrap();
    for parameter in 0..of.parameters() {
        model.set_parameter(parameter, &values(of, parameter)).unwrap();
    }
    model
}

fn scores(model: &Model, queries: &Dataset) -> Vec<Vec<(u64, f64)>> {
    // What a calibration measures is no part of the scores.
    let options = if model.ledger().is_ok() { Options::new().with("calibrate", 0) } else { Options::new() };
    let attributor = Attributor::new(&context(), model, None, None, &options, &Monitor::none()).unwrap();
    let found = attributor.explain(queries, None, &Monitor::none()).unwrap();
    (0..found.queries()).map(|query| found.scores(query).unwrap().to_vec()).collect()
}

/// The breast cancer table, standardized.
fn table() -> Dataset {
    let options = Options::new().with("task", "classes").with("standardize", true);
    Dataset::load("table", &[data("tables/breast_cancer.csv")], &options).unwrap()
}

#[test]
fn minimized_models_answer_as_if_they_were_trained_here() {
    let examples = table();
    for (kind, made) in [
        ("logistic", Options::new().with("l2", 0.01)),
        ("logistic", Options::new().with("l2", 1.0).with("objective", "sum")),
        ("softmax", Options::new().with("l2", 0.01)),
    ] {
        let mut trained = Model::new(&context(), kind, &examples, &made).unwrap();
        trained.fit(&context(), &examples, &Options::new(), &Monitor::none()).unwrap();
        let mut given = with_values(kind, &examples, &made, &trained);
        refused(given.training(), "of a model that was not trained");
        given.set_data(&context(), &examples, &Options::new(), &Monitor::none()).unwrap();
        let (found, expected) = (given.training().unwrap(), trained.training().unwrap());
        assert!(found.given && found.converged && found.finished && !expected.given && found.steps == 0);
        assert_eq!(found.objective, expected.objective);
        assert!(found.gradient_norm.unwrap() <= 1e-8);
        let queries = examples.select(&[3, 77, 400]).unwrap();
        assert_eq!(scores(&given, &queries), scores(&trained, &queries), "{kind}");
        let removed = [vec![5], vec![5, 70]];
        let changes = |model| true_changes(&context(), model, &queries, None, &removed, &Monitor::none()).unwrap();
        assert_eq!(changes(&given), changes(&trained), "{kind}");
        let what_if = |model: &Model| {
            let attributor = Attributor::new(&context(), model, None, None, &Options::new(), &Monitor::none()).unwrap();
            let until = Options::new().with("until", "retrained");
            let found = attributor.what_if(&queries, None, &[TrainingChange::Remove(5)], &until, &Monitor::none());
            found.unwrap().steps.pop().unwrap().changes
        };
        assert_eq!(what_if(&given), what_if(&trained), "{kind}");
        let folder = tempfile::tempdir().unwrap();
        given.save(folder.path()).unwrap();
        let loaded = Model::load(folder.path()).unwrap();
        assert_eq!(loaded.training().unwrap(), given.training().unwrap());
        assert_eq!(scores(&loaded, &queries), scores(&trained, &queries), "{kind}");
        let said = loaded.describe().unwrap();
        assert_eq!(
            (&said["result"]["given"], said["training"].as_object().unwrap().len()),
            (&true.into(), 1),
            "{said}"
        );
    }
}

#[test]
fn values_that_are_no_minimum_are_called_that() {
    let (examples, made) = (table(), Options::new().with("l2", 0.01));
    let mut trained = Model::new(&context(), "logistic", &examples, &made).unwrap();
    trained.fit(&context(), &examples, &Options::new(), &Monitor::none()).unwrap();
    // Where a training with another penalty ended, and one that ended early.
    let other = Options::new().with("l2", 0.1);
    let mut given = with_values("logistic", &examples, &other, &trained);
    given.set_data(&context(), &examples, &Options::new(), &Monitor::none()).unwrap();
    let found = given.training().unwrap();
    assert!(!found.converged && found.gradient_norm.unwrap() > 1e-3);
    assert!(found.hint.as_deref().unwrap().contains("the option l2, the option objective"), "{:?}", found.hint);
    let early = Options::new().with("gradient_tolerance", 1e-3);
    let mut rough = Model::new(&context(), "logistic", &examples, &made).unwrap();
    rough.fit(&context(), &examples, &early, &Monitor::none()).unwrap();
    let mut given = with_values("logistic", &examples, &made, &rough);
    given.set_data(&context(), &examples, &Options::new(), &Monitor::none()).unwrap();
    let strict = given.training().unwrap().clone();
    given.set_data(&context(), &examples, &early, &Monitor::none()).unwrap();
    let loose = given.training().unwrap().clone();
    assert!(!strict.converged && loose.converged && loose.hint.is_none());
    assert_eq!(strict.gradient_norm, loose.gradient_norm);
    // Nothing was moved.
    assert_eq!(values(&given, 0), values(&rough, 0));
    // Of other models nobody says that they are at a minimum, unless somebody does.
    let mut network = Model::new(&context(), "mlp", &examples, &Options::new()).unwrap();
    refused(
        network.set_data(&context(), &examples, &early, &Monitor::none()),
        "given for a model that is not minimized",
    );
    let minimum = early.clone().with("optimizer", "minimize");
    network.set_data(&context(), &examples, &minimum, &Monitor::none()).unwrap();
    assert!(network.training().unwrap().gradient_norm.is_some());
    let options = Options::new().with("learning_rate", 0.1);
    refused(
        given.set_data(&context(), &examples, &options, &Monitor::none()),
        "that happened elsewhere: learning_rate",
    );
    let iris = Options::new().with("task", "classes");
    let iris = Dataset::load("table", &[data("tables/iris.csv")], &iris).unwrap();
    refused(given.set_data(&context(), &iris, &Options::new(), &Monitor::none()), "features");
    assert_eq!(given.training().unwrap(), &loose);
}

fn world() -> (Dataset, Options) {
    let options = Options::new().with("dimension", 4).with("precision", "f64");
    (Dataset::of_triples(random_triples(11, 3, 60, 2)), options)
}

/// The ledger of a training, recorded from outside in one step for each change.
fn recorded(model: &Model, examples: &Dataset, of: &Model) -> LedgerBuilder {
    let (mut builder, ledger) = (LedgerBuilder::new(model, examples, CreditRule::Step).unwrap(), of.ledger().unwrap());
    for example in 0..ledger.examples() as u64 {
        for slot in 0..ledger.slots(example).unwrap().len() {
            let place = ledger.slot(example, slot).unwrap();
            let change = ledger.change(example, slot).unwrap();
            builder.record(example, place.parameter, place.row, &change, None).unwrap();
        }
        builder.end_step(0.1).unwrap();
    }
    builder.end_epoch().unwrap();
    builder
}

#[test]
fn ledgers_from_elsewhere_are_explained_as_those_from_here() {
    let (examples, made) = world();
    let mut trained = Model::new(&context(), "distmult", &examples, &made).unwrap();
    let options = Options::new().with("optimizer", "sgd").with("learning_rate", 0.1);
    trained.fit(&context(), &examples, &options, &Monitor::none()).unwrap();
    let mut given = with_values("distmult", &examples, &made, &trained);
    let builder = recorded(&given, &examples, &trained);
    given.set_ledger(&builder).unwrap();
    let found = given.training().unwrap();
    assert!(found.given && found.finished && !found.converged);
    assert_eq!((found.steps, found.epochs), (60, 1));
    let queries = examples.select(&[3, 41]).unwrap();
    assert_eq!(scores(&given, &queries), scores(&trained, &queries));
    // By default a few true removals are measured: not where nobody can train again.
    let attributor = Attributor::new(&context(), &given, None, None, &Options::new(), &Monitor::none()).unwrap();
    attributor.explain(&queries, None, &Monitor::none()).unwrap();
    assert_eq!(attributor.describe().unwrap()["calibration"], serde_json::Value::Null);
    let folder = tempfile::tempdir().unwrap();
    given.save(folder.path()).unwrap();
    let mut loaded = Model::load(folder.path()).unwrap();
    assert_eq!(scores(&loaded, &queries), scores(&trained, &queries));
    for model in [&given, &loaded] {
        let removed = [vec![5]];
        let words = "of a model that was trained elsewhere";
        let error = refused(true_changes(&context(), model, &queries, None, &removed, &Monitor::none()), words);
        assert!(matches!(error, Error::Unsupported { .. }));
        refused(smoothness(&context(), model, &Monitor::none()), words);
        refused(model.clone().calibrate(&context(), 3, &Monitor::none()), words);
        for method in ["replay", "tracin", "tracincp"] {
            let made = Attributor::new(&context(), model, Some(method), None, &Options::new(), &Monitor::none());
            let asked = made.and_then(|made| made.explain(&queries, None, &Monitor::none()).map(|_| ()));
            refused(asked, words);
        }
    }
    // Other values, and the ledger is gone; trained on from there, the model is one from here.
    let first = values(&loaded, 0);
    loaded.set_parameter(0, &first).unwrap();
    refused(loaded.ledger(), "of a model that was not trained");
    loaded.fit(&context(), &examples, &options, &Monitor::none()).unwrap();
    assert!(!loaded.training().unwrap().given);
    true_changes(&context(), &loaded, &queries, None, &[vec![5]], &Monitor::none()).unwrap();
}

#[test]
fn ledgers_of_other_models_are_refused() {
    let (examples, made) = world();
    let model = Model::new(&context(), "distmult", &examples, &made).unwrap();
    let builder = LedgerBuilder::new(&model, &examples, CreditRule::Refill).unwrap();
    for (kind, other) in [
        ("transe", made.clone()),
        ("distmult", made.clone().with("dimension", 5)),
        ("distmult", made.clone().with("precision", "f32")),
    ] {
        let mut other = Model::new(&context(), kind, &examples, &other).unwrap();
        refused(other.set_ledger(&builder), "the model to give a ledger is another: its ");
        refused(other.training(), "of a model that was not trained");
    }
    let rows = table();
    let logistic = Model::new(&context(), "logistic", &rows, &Options::new()).unwrap();
    refused(LedgerBuilder::new(&logistic, &rows, CreditRule::Step), "the number of rows that an example owns is 0");
    refused(LedgerBuilder::new(&model, &rows, CreditRule::Step), "triples");
}
