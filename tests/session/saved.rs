//! Models in folders: what was saved answers as before, bit for bit, whatever the family.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use ascribe::Error;
use ascribe::engine::Monitor;
use ascribe::session::{
    Attribution, Attributor, Context, CustomModel, Dataset, Definition, Model, Options, Trainer, load, true_changes,
};
use ascribe::store::{commit, open};
use ascribe::tensor::{Precision, RowMajor};
use common::{ids, numbers, random_triples};
use tempfile::TempDir;

use crate::fixtures::{made, refused};

const PRECISIONS: [Precision; 2] = [Precision::F32, Precision::F64];

pub fn context() -> Arc<Context> {
    Arc::new(Context::default())
}

pub fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// Everything that a model says, in bits.
#[derive(Debug, PartialEq)]
pub struct Answers {
    parameters: Vec<Vec<u64>>,
    training: String,
    examples: Vec<String>,
    ledger: Option<Vec<Vec<u64>>>,
    rollback: Option<Vec<(u64, u64)>>,
    values: Vec<u64>,
    influence: Vec<(u64, u64)>,
    /// The true changes, or why there are none.
    truth: Result<Vec<u64>, String>,
}

fn explained(model: &Model, method: &str, options: &Options, queries: &Dataset) -> Attribution {
    let monitor = Monitor::default();
    let attributor = Attributor::new(&context(), model, Some(method), None, options, &monitor).unwrap();
    attributor.explain(queries, None, &monitor).unwrap()
}

pub fn parameters(model: &Model) -> Vec<Vec<u64>> {
    let read = |place| {
        let mut values = vec![0.0; model.parameter_shape(place).unwrap().iter().product()];
        model.read_parameter(place, &mut values).unwrap();
        bits(&values)
    };
    (0..model.parameters()).map(read).collect()
}

pub fn answers(model: &Model, queries: &Dataset) -> Answers {
    let (context, monitor) = (context(), Monitor::default());
    let scored = |scores: &[(u64, f64)]| -> Vec<(u64, u64)> {
        scores.iter().map(|(example, score)| (*example, score.to_bits())).collect()
    };
    let data = model.data().unwrap();
    let ledger = model.ledger().ok().map(|ledger| {
        let slots = (0..ledger.examples() as u64).flat_map(|example| {
            let count = ledger.slots(example).unwrap().len();
            let ledger = &ledger;
            (0..count).map(move |slot| {
                let place = ledger.slot(example, slot).unwrap();
                let mut all = vec![place.parameter as u64, place.row];
                all.extend(bits(&ledger.change(example, slot).unwrap()));
                all
            })
        });
        let mut all: Vec<Vec<u64>> = slots.collect();
        all.extend((0..model.parameters()).map(|parameter| bits(&ledger.remainder(parameter).unwrap())));
        all
    });
    let explained = |method: &str, options: &Options| -> Vec<(u64, u64)> {
        let found = explained(model, method, options, queries);
        (0..queries.len()).flat_map(|query| scored(found.scores(query).unwrap())).collect()
    };
    let rollback = ledger.is_some().then(|| explained("rollback", &Options::new()));
    let damped = Options::new().with("curvature", "gauss-newton").with("damping", 1.0);
    let removals = [vec![0], vec![3, 5], vec![]];
    Answers {
        parameters: parameters(model),
        training: format!("{:?}", model.training().unwrap()),
        examples: (0..data.len()).map(|example| data.describe(example).unwrap()).collect(),
        ledger,
        rollback,
        values: bits(&model.evaluate(&context, queries, None).unwrap()),
        influence: explained("influence", &damped),
        truth: match true_changes(&context, model, queries, None, &removals, &monitor) {
            Ok(changes) => Ok(bits(&changes)),
            // Where minimizing something that is not convex ended at no minimum.
            Err(error @ (Error::Indefinite { .. } | Error::NotStationary { .. } | Error::Singular { .. })) => {
                Err(error.to_string())
            }
            Err(error) => panic!("{error}"),
        },
    }
}

/// Saves, loads, compares, and does so again with what was loaded.
#[track_caller]
fn round_trip(model: &Model, queries: &Dataset) -> Model {
    let folder = TempDir::new().unwrap();
    let expected = answers(model, queries);
    model.save(folder.path()).unwrap();
    let loaded = Model::load(folder.path()).unwrap();
    assert_eq!(answers(&loaded, queries), expected);
    loaded.save(folder.path()).unwrap();
    let again = Model::load(folder.path()).unwrap();
    assert_eq!(answers(&again, queries), expected);
    again
}

pub fn triples() -> Dataset {
    Dataset::of_triples(random_triples(9, 3, 40, 5))
}

pub fn triple_model(data: &Dataset, precision: Precision) -> Model {
    let options = made(precision).with("dimension", 3).with("loss", "full-softmax").with("seed", 7);
    Model::new(&context(), "complex", data, &options).unwrap()
}

/// Options whose every number must survive.
pub fn by_steps(optimizer: &str) -> Options {
    Options::new()
        .with("optimizer", optimizer)
        .with("learning_rate", 0.1 / 3.0)
        .with("schedule", format!("exponential:{}", 0.1 + 0.7))
        .with("epochs", 3)
        .with("batch", 4)
}

fn minimum(precision: Precision) -> Options {
    let tolerance = if precision == Precision::F32 { 1e-4 } else { 1e-9 };
    Options::new().with("optimizer", "minimize").with("gradient_tolerance", tolerance)
}

pub fn fit(model: &mut Model, data: &Dataset, options: &Options) {
    model.fit(&context(), data, options, &Monitor::default()).unwrap();
}

#[test]
fn models_of_triples_answer_as_before() {
    for precision in PRECISIONS {
        let data = triples();
        let mut model = triple_model(&data, precision);
        fit(&mut model, &data, &by_steps("adam-dense"));
        let queries = data.select(&[1, 2]).unwrap();
        round_trip(&model, &queries);
        // From given values, by another seed, on a part of the triples, and ended between two batches.
        let part = data.select(&(5..30).collect::<Vec<_>>()).unwrap();
        let options = by_steps("adagrad").with("seed", 11);
        let mut trainer = Trainer::new(&context(), &model, &part, &options).unwrap();
        trainer.step(10, &Monitor::default()).unwrap();
        let again = round_trip(&trainer.model(), &queries);
        // What is trained by default options afterwards is the same, too.
        let mut models = [trainer.model(), again];
        models.iter_mut().for_each(|model| fit(model, &part, &Options::new()));
        assert_eq!(parameters(&models[0]), parameters(&models[1]));
    }
}

#[test]
fn what_was_recorded_of_a_training_is_kept() {
    for precision in PRECISIONS {
        let data = triples();
        let queries = data.select(&[1, 2]).unwrap();
        let replayed = |model: &Model| -> Vec<u64> {
            let found = explained(model, "replay", &Options::new(), &queries);
            (0..2)
                .flat_map(|query| {
                    found.scores(query).unwrap().iter().map(|(_, score)| score.to_bits()).collect::<Vec<_>>()
                })
                .collect()
        };
        let trained = |memory: &str| {
            let mut model = triple_model(&data, precision);
            fit(&mut model, &data, &by_steps("adam").with("record", memory));
            model
        };
        let expected = replayed(&trained("0"));
        for memory in ["1", "2K", "1M"] {
            let model = trained(memory);
            assert_eq!(replayed(&model), expected, "{memory}");
            assert_eq!(replayed(&round_trip(&model, &queries)), expected, "{memory}");
        }
    }
}

#[test]
fn triples_that_stopped_early_end_there_again() {
    let mut set = random_triples(9, 3, 40, 5);
    set.valid = set.train[..6].to_vec();
    let data = Dataset::of_triples(set);
    let mut model = triple_model(&data, Precision::F64);
    let options = by_steps("adagrad").with("patience", 1).with("epochs", 60).with("learning_rate", 0.2);
    fit(&mut model, &data, &options);
    assert!(model.training().unwrap().best_epoch.is_some());
    round_trip(&model, &data.select(&[4]).unwrap());
}

fn matrix(rows: usize, columns: usize) -> Vec<f64> {
    numbers(3, rows * columns)
}

pub fn rows(classes: u32) -> Dataset {
    let features = matrix(24, 4);
    let targets = numbers(4, 24);
    let mut data = Dataset::from_matrix(&RowMajor::new(&features, 24, 4).unwrap(), Some(&targets)).unwrap();
    if classes > 0 {
        data.set_labels(&ids(8, 24, classes as usize), classes).unwrap();
    }
    data
}

#[test]
fn models_of_rows_answer_as_before() {
    for precision in PRECISIONS {
        let refined = by_steps("adam").with("refine", true);
        let refined = refined.with("gradient_tolerance", if precision == Precision::F32 { 1e-4 } else { 1e-9 });
        for (classes, kind, options) in [
            (0, "linear", minimum(precision)),
            (2, "logistic", minimum(precision)),
            (3, "softmax", minimum(precision)),
            (2, "logistic", by_steps("sgd")),
            (3, "mlp", by_steps("adam")),
            (2, "mlp", refined),
            (0, "mlp", minimum(precision)),
        ] {
            let data = rows(classes);
            let mut given = made(precision).with("l2", 0.05).with("seed", 9);
            if kind == "mlp" {
                given.set("layers", "dense:3,tanh");
            }
            let mut model = Model::new(&context(), kind, &data, &given).unwrap();
            let queries = data.select(&[0, 7]).unwrap();
            fit(&mut model, &data, &options);
            round_trip(&model, &queries);
            // From given values, by another seed, on rows in another order of which one is there twice.
            let data = data.select(&[3, 9, 4, 4, 20, 1, 0, 11, 12, 15]).unwrap();
            fit(&mut model, &data, &options.clone().with("seed", 2));
            let again = round_trip(&model, &queries);
            let mut models = [model, again];
            models.iter_mut().for_each(|model| fit(model, &data, &options));
            assert_eq!(parameters(&models[0]), parameters(&models[1]));
        }
    }
}

#[test]
fn flat_rows_of_a_model_of_images_are_kept() {
    let folder = TempDir::new().unwrap();
    let (images, labels) = (folder.path().join("images"), folder.path().join("labels"));
    let mut bytes = vec![0, 0, 8, 3, 0, 0, 0, 6, 0, 0, 0, 3, 0, 0, 0, 3];
    bytes.extend(ids(1, 54, 256).iter().map(|byte| *byte as u8));
    fs::write(&images, bytes).unwrap();
    fs::write(&labels, [0, 0, 8, 1, 0, 0, 0, 6, 0, 1, 0, 1, 1, 0]).unwrap();
    let pictures = load("images", &[images, labels], &Options::new()).unwrap();
    let options = Options::new().with("l2", 0.1).with("layers", "conv:2x2,tanh,max:2");
    let mut model = Model::new(&context(), "cnn", &pictures, &options).unwrap();
    let features = matrix(8, 9);
    let mut data = Dataset::from_matrix(&RowMajor::new(&features, 8, 9).unwrap(), None).unwrap();
    data.set_labels(&ids(5, 8, 2), 2).unwrap();
    fit(&mut model, &data, &by_steps("sgd"));
    round_trip(&model, &pictures);
    fit(&mut model, &pictures, &by_steps("sgd"));
    let run = folder.path().join("run");
    round_trip(&model, &pictures).save(&run).unwrap();
    assert_eq!(Model::inspect(&run).unwrap()["kind"], "cnn");
}

/// A graph whose examples own a user and an item.
fn definition(items: usize, owns_items: bool, weight: f64) -> CustomModel {
    let mut definition = Definition::new();
    let g = definition.graph_mut();
    let users = g.parameter("users", &[5, 2]).unwrap();
    let table = g.parameter("items", &[items, 2]).unwrap();
    let mean = g.parameter("mean", &[1]).unwrap();
    let [user, item] = ["user", "item"].map(|name| g.indices(name, &[]).unwrap());
    let rating = g.input("rating", &[]).unwrap();
    let (u, i) = (g.gather_rows(users, user).unwrap(), g.gather_rows(table, item).unwrap());
    let product = g.einsum("d,d->", u, i).unwrap();
    let mean = g.sum_all(mean).unwrap();
    let prediction = g.add(product, mean).unwrap();
    let error = g.sub(prediction, rating).unwrap();
    let square = g.mul(error, error).unwrap();
    let loss = g.scale(square, weight).unwrap();
    let sums = [users, table].map(|rows| {
        let squares = g.mul(rows, rows).unwrap();
        g.sum_all(squares).unwrap()
    });
    let sum = g.add(sums[0], sums[1]).unwrap();
    let penalty = g.scale(sum, 0.05).unwrap();
    definition.own(users, user).unwrap();
    if owns_items {
        definition.own(table, item).unwrap();
    }
    definition.functional("prediction", prediction).unwrap();
    CustomModel::new(&definition, loss, Some(penalty), Some(prediction)).unwrap()
}

pub fn graph_model(items: usize, owns_items: bool, weight: f64, precision: Precision) -> Model {
    let options = made(precision).with("initial", 0.5).with("seed", 3);
    Model::custom(&context(), definition(items, owns_items, weight), &options).unwrap()
}

pub fn ratings() -> Dataset {
    let mut data = Dataset::of_inputs(20).unwrap();
    data.set_ids("user", &ids(1, 20, 5), 1).unwrap();
    data.set_numbers("rating", &RowMajor::new(&matrix(20, 1), 20, 1).unwrap()).unwrap();
    data.set_ids("item", &ids(2, 20, 4), 1).unwrap();
    data
}

#[test]
fn models_of_graphs_answer_as_before_once_restored() {
    for precision in PRECISIONS {
        let data = ratings();
        let queries = data.select(&[2, 6]).unwrap();
        let (steps, minimize) = (by_steps("adam-dense"), minimum(precision));
        for options in [steps.clone(), steps.clone().with("ledger", false).with("seed", 1), minimize.clone()] {
            let mut model = graph_model(4, true, 0.5, precision);
            fit(&mut model, &data, &steps);
            fit(&mut model, &data, &options);
            let expected = answers(&model, &queries);
            assert_eq!(expected.ledger.is_some(), options == steps);
            // Turned factors fit as well, so there is no one minimum to train to again.
            assert!(expected.truth.is_ok() || options == minimize, "{:?}", expected.truth);
            let folder = TempDir::new().unwrap();
            model.save(folder.path()).unwrap();
            let mut restored = graph_model(4, true, 0.5, precision);
            restored.restore(folder.path()).unwrap();
            assert_eq!(answers(&restored, &queries), expected);
            // A model that would begin elsewhere.
            let wider = made(precision).with("initial", 0.7).with("seed", 4);
            let mut wider = Model::custom(&context(), definition(4, true, 0.5), &wider).unwrap();
            wider.restore(folder.path()).unwrap();
            assert_eq!(answers(&wider, &queries), expected);
            // Over what was saved before, with a model that was trained otherwise.
            restored.save(folder.path()).unwrap();
            let mut trained = graph_model(4, true, 0.5, precision);
            fit(&mut trained, &data, &by_steps("sgd"));
            trained.restore(folder.path()).unwrap();
            assert_eq!(answers(&trained, &queries), expected);
            let mut models = [model, trained];
            models.iter_mut().for_each(|model| fit(model, &data, &Options::new()));
            assert_eq!(parameters(&models[0]), parameters(&models[1]));
        }
    }
}

#[test]
fn another_graph_is_refused_and_says_what_differs() {
    let data = ratings();
    let mut model = graph_model(4, true, 0.5, Precision::F64);
    fit(&mut model, &data, &by_steps("sgd"));
    let folder = TempDir::new().unwrap();
    model.save(folder.path()).unwrap();
    let queries = data.select(&[0]).unwrap();
    for (mut other, words) in [
        (graph_model(5, true, 0.5, Precision::F64), vec!["parameter 1", "\"items\"", "[5, 2]", "[4, 2]"]),
        (graph_model(4, false, 0.5, Precision::F64), vec!["owned row 1", "missing", "\"items\" by \"item\""]),
        (graph_model(4, true, 0.5, Precision::F32), vec!["the precision", "f32", "f64"]),
        (graph_model(4, true, 0.75, Precision::F64), vec!["the objective"]),
    ] {
        fit(&mut other, &data, &by_steps("adagrad"));
        let before = answers(&other, &queries);
        let error = other.restore(folder.path()).unwrap_err().to_string();
        for word in words.into_iter().chain([folder.path().to_str().unwrap()]) {
            assert!(error.contains(word), "{word}: {error}");
        }
        assert_eq!(answers(&other, &queries), before);
    }
    // A functional that the folder knows is missing; one more is fine.
    let bare = |extra: bool| {
        let mut definition = Definition::new();
        let g = definition.graph_mut();
        let x = g.input("x", &[]).unwrap();
        let w = g.parameter("w", &[]).unwrap();
        let (s, b) = (g.broadcast_batch(w).unwrap(), g.mul(w, w).unwrap());
        let product = g.mul(s, x).unwrap();
        let error = g.sub(product, x).unwrap();
        let loss = g.mul(error, error).unwrap();
        if extra {
            definition.functional("product", product).unwrap();
        }
        let graph = CustomModel::new(&definition, loss, Some(b), Some(product)).unwrap();
        Model::custom(&context(), graph, &Options::new()).unwrap()
    };
    let mut numbers = Dataset::of_inputs(3).unwrap();
    numbers.set_numbers("x", &RowMajor::new(&[1.0, 2.0, 0.1], 3, 1).unwrap()).unwrap();
    for extra in [false, true] {
        let folder = TempDir::new().unwrap();
        let mut model = bare(extra);
        fit(&mut model, &numbers, &minimum(Precision::F64));
        model.save(folder.path()).unwrap();
        let mut other = bare(!extra);
        match (extra, other.restore(folder.path())) {
            (false, result) => {
                result.unwrap();
                let queries = numbers.select(&[1]).unwrap();
                let removals = [vec![1], vec![0, 2]];
                let truth =
                    |model| true_changes(&context(), model, &queries, None, &removals, &Monitor::default()).unwrap();
                assert_eq!(bits(&truth(&other)), bits(&truth(&model)));
                assert!(truth(&model).iter().all(|change| change.abs() > 1e-3), "{:?}", truth(&model));
            }
            (true, result) => assert!(result.unwrap_err().to_string().contains("product among them")),
        }
    }
}

#[test]
fn what_was_trained_from_given_values_is_trained_again_from_them() {
    let folder = TempDir::new().unwrap();
    let data = triples();
    let mut model = triple_model(&data, Precision::F64);
    let queries = data.select(&[2]).unwrap();
    for given in [false, true] {
        fit(&mut model, &data, &by_steps("adam-dense"));
        model.save(folder.path()).unwrap();
        // Values that the seed makes are not in the folder.
        let contents = open(folder.path(), "run").unwrap();
        let (_, arrays) = contents.files.iter().find(|(file, _)| file == "model").unwrap();
        assert_eq!(arrays.iter().any(|array| array.name == "initial.0"), given);
        let loaded = Model::load(folder.path()).unwrap();
        let removals = [vec![0], vec![2, 9], vec![]];
        let truth = |model| true_changes(&context(), model, &queries, None, &removals, &Monitor::default()).unwrap();
        let found = truth(&loaded);
        assert_eq!(bits(&found), bits(&truth(&model)));
        // Trained again on everything, it is what it was.
        assert_eq!(found[2].to_bits(), 0);
        let described = Model::inspect(folder.path()).unwrap();
        assert_eq!((&described["family"], &described["model"]["dimension"]), (&"triples".into(), &3.into()));
    }
}

#[test]
fn the_ranking_of_the_validation_triples_stays() {
    let mut set = random_triples(9, 3, 40, 5);
    set.valid = set.train[..6].to_vec();
    let data = Dataset::of_triples(set);
    let options = by_steps("sgd").with("epochs", 4);
    let mut trainer = Trainer::new(&context(), &triple_model(&data, Precision::F64), &data, &options).unwrap();
    trainer.run(&Monitor::default()).unwrap();
    let model = trainer.finish(&Monitor::default()).unwrap();
    let training = model.training().unwrap();
    assert_eq!((training.steps, training.epochs, training.finished), (40, 4, true));
    let expected = model.describe().unwrap();
    assert_eq!(expected["outcome"]["epochs"].as_array().unwrap().len(), 4);
    assert_eq!(expected["outcome"]["epochs"][3]["loss"].as_f64(), training.loss);
    let ranking = model.ranking(&context(), &data, &data.part(ascribe::session::Part::Valid).unwrap()).unwrap();
    assert_eq!(expected["validation"], serde_json::to_value(ranking).unwrap());
    let loaded = round_trip(&model, &data.select(&[1]).unwrap());
    assert_eq!(loaded.describe().unwrap(), expected);
}

#[test]
fn rows_of_files_remember_them() {
    let folder = TempDir::new().unwrap();
    let (file, run) = (folder.path().join("rows.csv"), folder.path().join("run"));
    let features = matrix(24, 2);
    let line = |row: usize| format!("{},{},{}\n", features[2 * row], features[2 * row + 1], ["no", "yes"][row % 3 / 2]);
    fs::write(&file, "a,b,c\n".to_owned() + &(0..24).map(line).collect::<String>()).unwrap();
    let data = load("table", std::slice::from_ref(&file), &Options::new()).unwrap();
    let mut model = Model::new(&context(), "logistic", &data, &Options::new().with("l2", 0.1)).unwrap();
    fit(&mut model, &data, &Options::new());
    let loaded = round_trip(&model, &data.select(&[0, 2]).unwrap());
    // Other rows of such a file can still be read.
    let like = loaded.data().unwrap().load_like(std::slice::from_ref(&file)).unwrap();
    assert_eq!(like.describe(5).unwrap(), data.describe(5).unwrap());

    // A folder whose features are read again from the file does so.
    model.save(&run).unwrap();
    leave_to_files(&run);
    let described = Model::inspect(&run).unwrap();
    assert_eq!(described["data"]["copied"], false);
    assert_eq!(described["data"]["files"][0]["path"], file.to_str().unwrap());
    let mut model = Model::load(&run).unwrap();
    assert_eq!(model.data().unwrap().samples().unwrap(), data.samples().unwrap());
    // But with other labels the file would not give the same rows.
    let mut data = model.data().unwrap().clone();
    data.set_labels(&ids(2, 24, 2), 2).unwrap();
    fit(&mut model, &data, &Options::new());
    model.save(&run).unwrap();
    fs::remove_file(&file).unwrap();
    let queries = data.select(&[3]).unwrap();
    assert_eq!(answers(&Model::load(&run).unwrap(), &queries), answers(&model, &queries));
    assert!(model.data().unwrap().load_like(&[file]).is_err());
}

#[test]
fn only_rows_that_files_give_again_may_be_left_to_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows.csv");
    fs::write(&file, "a,b,c\n1,2,no\n3,1,yes\n2,2,no\n0,4,yes\n").unwrap();
    let context = context();
    let data = load("table", &[file], &Options::new()).unwrap();
    let mut relabeled = data.clone();
    relabeled.set_labels(&[0, 0, 1, 1], 2).unwrap();
    let part = data.select(&[3, 1, 0]).unwrap();
    let part_of_relabeled = relabeled.select(&[3, 1, 0]).unwrap();
    for (data, altered) in [(&data, false), (&part, false), (&relabeled, true), (&part_of_relabeled, true)] {
        let options = Options::new().with("l2", 0.1);
        let mut model = Model::new(&context, "logistic", data, &options).unwrap();
        model.fit(&context, data, &Options::new(), &Monitor::default()).unwrap();
        let path = folder.path().join("run");
        // What may be left to the files is left to them where nothing may be copied, and comes back the same.
        for (save, copied) in [(Model::save_by_reference as fn(&Model, &Path) -> _, altered), (Model::save, true)] {
            save(&model, &path).unwrap();
            assert_eq!(Model::inspect(&path).unwrap()["data"]["copied"], copied);
            let loaded = Model::load(&path).unwrap();
            assert_eq!(loaded.data().unwrap().samples().unwrap(), data.samples().unwrap());
            assert_eq!(loaded.data().unwrap().sample_set().unwrap().is_altered(), copied);
        }
    }
}

/// Takes the features out of a folder, as if they had been too many to copy.
pub fn leave_to_files(folder: &Path) {
    let mut contents = open(folder, "run").unwrap();
    let (_, arrays) = contents.files.iter_mut().find(|(file, _)| file == "data").unwrap();
    arrays.retain(|array| array.name != "features");
    contents.manifest["trained"]["data"]["copy"] = "none".into();
    commit(folder, "run", &contents).unwrap();
}

#[test]
fn options_that_no_folder_can_hold_are_refused() {
    let data = rows(2);
    let mut model = Model::new(&context(), "logistic", &data, &Options::new().with("l2", 0.1)).unwrap();
    for rate in [f64::NAN, f64::INFINITY] {
        let options = Options::new().with("learning_rate", rate);
        refused(model.fit(&context(), &data, &options, &Monitor::default()), "the option \"learning_rate\"");
    }
    // JSON has no whole numbers of this size everywhere.
    fit(&mut model, &data, &Options::new().with("seed", u64::MAX));
    round_trip(&model, &data.select(&[1]).unwrap());
}
