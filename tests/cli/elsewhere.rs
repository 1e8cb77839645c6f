//! Runs whose training happened elsewhere: saved by a host, and asked from the command line.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use ascribe::attribution::rollback::CreditRule;
use ascribe::engine::Monitor;
use ascribe::session::{Context, Dataset, LedgerBuilder, Model, Options, load};

use crate::rows::{object, refused, said, temporary};

fn context() -> Arc<Context> {
    Arc::new(Context::default())
}

/// A model made alike, with the values of another.
fn copied(kind: &str, data: &Dataset, made: &Options, from: &Model) -> Model {
    let mut model = Model::new(&context(), kind, data, made).unwrap();
    for parameter in 0..from.parameters() {
        let mut values = vec![0.0; from.parameter_shape(parameter).unwrap().iter().product()];
        from.read_parameter(parameter, &mut values).unwrap();
        model.set_parameter(parameter, &values).unwrap();
    }
    model
}

fn trained(kind: &str, data: &Dataset, made: &Options, training: &Options) -> Model {
    let mut model = Model::new(&context(), kind, data, made).unwrap();
    model.fit(&context(), data, training, &Monitor::none()).unwrap();
    model
}

#[test]
fn values_of_a_host_are_asked_as_a_run() {
    let folder = temporary();
    let folder = folder.path();
    let file = folder.join("t.csv");
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/tables/breast_cancer.csv"), &file).unwrap();
    let options = Options::new().with("task", "classes").with("standardize", true);
    let data = Dataset::load("table", &[file], &options).unwrap();
    let made = Options::new().with("l2", 0.01);
    let here = trained("logistic", &data, &made, &Options::new());
    here.save(&folder.join("here")).unwrap();
    let mut given = copied("logistic", &data, &made, &here);
    given.set_data(&context(), &data, &Options::new(), &Monitor::none()).unwrap();
    given.save(&folder.join("given")).unwrap();
    let shown = said(folder, "info given");
    assert!(shown.contains("trained elsewhere: its values were given\n"), "{shown}");
    assert!(shown.contains("\nobjective ") && !shown.contains("minimized:"), "{shown}");
    assert!(!shown.contains("epochs") && !shown.contains("learning rate"), "{shown}");
    for question in [
        "explain {} --test t.csv --test-rows 3 -k 5",
        "verify {} --test t.csv --test-rows 3 -k 4",
        "whatif {} --test t.csv --test-rows 3 --remove 5 --until retrained",
    ] {
        let [mut here, mut given] = ["here", "given"].map(|run| object(folder, &question.replace("{}", run)));
        [&mut here, &mut given].into_iter().for_each(|answer| {
            answer.as_object_mut().unwrap().remove("run").unwrap();
        });
        assert_eq!(here, given, "{question}");
    }
    // With another penalty these values are no minimum.
    let other = Options::new().with("l2", 1.0);
    let mut away = copied("logistic", &data, &other, &here);
    away.set_data(&context(), &data, &Options::new(), &Monitor::none()).unwrap();
    away.save(&folder.join("away")).unwrap();
    let shown = said(folder, "info away");
    assert!(
        shown.contains("WARNING: not at the minimum that was asked for: the parameters that were given"),
        "{shown}"
    );
    assert!(
        shown.contains("--l2") && shown.contains("--objective") && shown.contains("--gradient-tolerance"),
        "{shown}"
    );
    refused(
        folder,
        "verify away --test t.csv --test-rows 3",
        &["not at a minimum", "the parameters that were given are no minimum"],
    );
}

#[test]
fn ledgers_of_a_host_are_asked_as_a_run() {
    let folder = temporary();
    let folder = folder.path();
    let nations = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/nations");
    let data = load("triples", &[nations], &Options::new()).unwrap();
    let made = Options::new().with("dimension", 4);
    let here = trained("distmult", &data, &made, &Options::new().with("epochs", 2));
    let mut given = copied("distmult", &data, &made, &here);
    let mut builder = LedgerBuilder::new(&given, &data, CreditRule::Step).unwrap();
    let ledger = here.ledger().unwrap();
    for example in 0..ledger.examples() as u64 {
        for (place, slot) in ledger.slots(example).unwrap().into_iter().enumerate() {
            let change = ledger.change(example, place).unwrap();
            builder.record(example, slot.parameter, slot.row, &change, None).unwrap();
        }
        builder.end_step(0.1).unwrap();
    }
    builder.end_epoch().unwrap();
    given.set_ledger(&builder).unwrap();
    given.save(&folder.join("given")).unwrap();
    let shown = said(folder, "info given");
    let words = "trained elsewhere: its values were given, and so was its ledger, of 1592 steps\n";
    assert!(shown.contains(words), "{shown}");
    assert!(!shown.contains("mean loss"), "{shown}");
    let shown = said(folder, "explain given --query uk,embassy,? -k 3");
    assert!(shown.contains("predicted") && shown.contains("trained elsewhere"), "{shown}");
    refused(
        folder,
        "verify given --query uk,embassy,? -k 3",
        &["of a model that was trained elsewhere", "train it here"],
    );
    refused(folder, "explain given --query uk,embassy,? --method replay", &["of a model that was trained elsewhere"]);
}
