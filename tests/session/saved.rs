//! Models in folders: what was saved answers as before, bit for bit; folders of the command line are read, and it reads
//! those of embedded models; what does not fit is refused and nothing is changed by it.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::fs;
use std::ops::ControlFlow;
use std::sync::Arc;

use ascribe::Error;
use ascribe::attribution::influence;
use ascribe::attribution::rollback::ExplainOptions;
use ascribe::data::{Origin, Samples, Targets};
use ascribe::engine::{Monitor, Workers};
use ascribe::models::network::{Activation, Layer, NetworkLoss, NetworkSettings};
use ascribe::models::triples::{FunctionalKind, Loss};
use ascribe::objective::Curvature;
use ascribe::objective::Functional;
use ascribe::run::dense::{self, Copied, Fitted};
use ascribe::run::{AnyRun, DenseJob, DenseRun, Job, Settings};
use ascribe::session::{
    Context, CustomModel, CustomOptions, Dataset, Definition, Descent, Influence, InfluenceOptions, Model,
    NetworkOptions, Rollback, TableOptions, Trainer, TrainingOptions, TripleOptions, true_changes,
};
use ascribe::tensor::{Precision, RowMajor};
use ascribe::train::{Optimizer, Schedule, Stopping};
use ascribe::verify::Truth;
use common::{ids, numbers, random_triples};
use tempfile::TempDir;

const PRECISIONS: [Precision; 2] = [Precision::F32, Precision::F64];

fn context() -> Arc<Context> {
    Arc::new(Context::default())
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// Everything that a model says, in bits.
#[derive(Debug, PartialEq)]
struct Answers {
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

fn parameters(model: &Model) -> Vec<Vec<u64>> {
    let read = |place| {
        let mut values = vec![0.0; model.parameter_shape(place).unwrap().iter().product()];
        model.read_parameter(place, &mut values).unwrap();
        bits(&values)
    };
    (0..model.parameters()).map(read).collect()
}

fn answers(model: &Model, queries: &Dataset) -> Answers {
    let (context, watch) = (context(), Monitor::default());
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
    let rollback = ledger.is_some().then(|| {
        let rollback = Rollback::new(&context, model, None).unwrap();
        let found = rollback.explain(queries, &ExplainOptions::default(), &watch).unwrap();
        (0..queries.len()).flat_map(|query| scored(found.scores(query).unwrap())).collect()
    });
    let core =
        influence::Options { curvature: Some(Curvature::GaussNewton), damping: 1.0, ..influence::Options::default() };
    let options = InfluenceOptions { core, seed: None };
    let influence = Influence::new(&context, model, None, &options, &watch).unwrap();
    let found = influence.explain(queries, None, &watch).unwrap();
    let removals = [vec![0], vec![3, 5], vec![]];
    Answers {
        parameters: parameters(model),
        training: format!("{:?}", model.training().unwrap()),
        examples: (0..data.len()).map(|example| data.describe(example).unwrap()).collect(),
        ledger,
        rollback,
        values: bits(&model.evaluate(&context, queries, None).unwrap()),
        influence: (0..queries.len()).flat_map(|query| scored(found.scores(query).unwrap())).collect(),
        truth: match true_changes(&context, model, queries, None, &removals, &watch) {
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

fn triples() -> Dataset {
    Dataset::of_triples(random_triples(9, 3, 40, 5))
}

fn triple_options(precision: Precision) -> TripleOptions {
    TripleOptions {
        kind: "complex".into(),
        dimension: 3,
        loss: Loss::FullSoftmax,
        precision,
        seed: Some(7),
        ..TripleOptions::default()
    }
}

/// Options whose every number must survive.
fn by_steps(method: Optimizer) -> TrainingOptions {
    TrainingOptions {
        descent: Descent::Steps(method),
        learning_rate: 0.1 / 3.0,
        schedule: Schedule::Exponential { factor: 0.1 + 0.7 },
        epochs: 3,
        batch: Some(4),
        ..TrainingOptions::default()
    }
}

fn fit(model: &mut Model, data: &Dataset, options: &TrainingOptions) {
    model.fit(&context(), data, options, &Monitor::default()).unwrap();
}

#[test]
fn models_of_triples_answer_as_before() {
    for precision in PRECISIONS {
        let data = triples();
        let mut model = Model::triples(&context(), &data, &triple_options(precision)).unwrap();
        fit(&mut model, &data, &by_steps(Optimizer::adam(true)));
        let queries = data.select(&[1, 2]).unwrap();
        round_trip(&model, &queries);
        // From given values, by another seed, on a part of the triples, and ended between two batches.
        let part = data.select(&(5..30).collect::<Vec<_>>()).unwrap();
        let options = TrainingOptions { seed: Some(11), ..by_steps(Optimizer::adagrad()) };
        let mut trainer = Trainer::new(&context(), &model, &part, &options).unwrap();
        trainer.step(10, &Monitor::default()).unwrap();
        let again = round_trip(&trainer.model(), &queries);
        // What is trained by default options afterwards is the same, too.
        let mut models = [trainer.model(), again];
        models.iter_mut().for_each(|model| fit(model, &part, &TrainingOptions::default()));
        assert_eq!(parameters(&models[0]), parameters(&models[1]));
    }
}

#[test]
fn triples_that_stopped_early_end_there_again() {
    let mut set = random_triples(9, 3, 40, 5);
    set.valid = set.train[..6].to_vec();
    let data = Dataset::of_triples(set);
    let mut model = Model::triples(&context(), &data, &triple_options(Precision::F64)).unwrap();
    let stopping = Some(Stopping { every: 1, patience: 1 });
    let options = TrainingOptions { stopping, epochs: 60, learning_rate: 0.2, ..by_steps(Optimizer::adagrad()) };
    fit(&mut model, &data, &options);
    assert!(model.training().unwrap().best_epoch.is_some());
    round_trip(&model, &data.select(&[4]).unwrap());
}

fn matrix(rows: usize, columns: usize) -> Vec<f64> {
    numbers(3, rows * columns)
}

fn rows(classes: u32) -> Dataset {
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
    let layers = vec![Layer::Dense(3), Layer::Activation(Activation::Tanh)];
    for precision in PRECISIONS {
        let gradient = if precision == Precision::F32 { 1e-4 } else { 1e-9 };
        let minimize = TrainingOptions { gradient, ..TrainingOptions::default() };
        let polished = TrainingOptions { polish: true, gradient, ..by_steps(Optimizer::adam(false)) };
        let at_once = TrainingOptions { descent: Descent::Minimize, ..minimize };
        for (classes, layers, options) in [
            (0, Vec::new(), minimize),
            (2, Vec::new(), minimize),
            (3, Vec::new(), minimize),
            (2, Vec::new(), by_steps(Optimizer::Sgd)),
            (3, layers.clone(), by_steps(Optimizer::adam(false))),
            (2, layers.clone(), polished),
            (0, layers.clone(), at_once),
        ] {
            let data = rows(classes);
            let settings = NetworkOptions { l2: 0.05, layers, precision, seed: Some(9), ..NetworkOptions::default() };
            let mut model = Model::network(&context(), &data, &settings).unwrap();
            let queries = data.select(&[0, 7]).unwrap();
            fit(&mut model, &data, &options);
            round_trip(&model, &queries);
            // From given values, by another seed, on rows in another order of which one is there twice.
            let data = data.select(&[3, 9, 4, 4, 20, 1, 0, 11, 12, 15]).unwrap();
            fit(&mut model, &data, &TrainingOptions { seed: Some(2), ..options });
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
    let pictures = Dataset::load_images(&images, Some(&labels)).unwrap();
    let layers =
        vec![Layer::Convolution { channels: 2, window: 2 }, Layer::Activation(Activation::Tanh), Layer::MaxPool(2)];
    let options = NetworkOptions { l2: 0.1, layers, ..NetworkOptions::default() };
    let mut model = Model::network(&context(), &pictures, &options).unwrap();
    let features = matrix(8, 9);
    let mut data = Dataset::from_matrix(&RowMajor::new(&features, 8, 9).unwrap(), None).unwrap();
    data.set_labels(&ids(5, 8, 2), 2).unwrap();
    fit(&mut model, &data, &by_steps(Optimizer::Sgd));
    round_trip(&model, &pictures);
    fit(&mut model, &pictures, &by_steps(Optimizer::Sgd));
    let run = folder.path().join("run");
    round_trip(&model, &pictures).save(&run).unwrap();
    assert_eq!(AnyRun::describe(&run).unwrap()["job"]["model"], "cnn");
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

fn graph_model(items: usize, owns_items: bool, weight: f64, precision: Precision) -> Model {
    let options = CustomOptions { precision, initial: 0.5, seed: Some(3) };
    Model::custom(&context(), definition(items, owns_items, weight), &options).unwrap()
}

fn ratings() -> Dataset {
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
        let minimize = TrainingOptions {
            descent: Descent::Minimize,
            gradient: if precision == Precision::F32 { 1e-4 } else { 1e-9 },
            ..TrainingOptions::default()
        };
        let steps = by_steps(Optimizer::adam(true));
        for options in [steps, TrainingOptions { track: false, seed: Some(1), ..steps }, minimize] {
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
            // Over what was saved before, with a model that was trained otherwise.
            restored.save(folder.path()).unwrap();
            let mut trained = graph_model(4, true, 0.5, precision);
            fit(&mut trained, &data, &by_steps(Optimizer::Sgd));
            trained.restore(folder.path()).unwrap();
            assert_eq!(answers(&trained, &queries), expected);
            let mut models = [model, trained];
            models.iter_mut().for_each(|model| fit(model, &data, &TrainingOptions::default()));
            assert_eq!(parameters(&models[0]), parameters(&models[1]));
        }
    }
}

#[test]
fn another_graph_is_refused_and_says_what_differs() {
    let data = ratings();
    let mut model = graph_model(4, true, 0.5, Precision::F64);
    fit(&mut model, &data, &by_steps(Optimizer::Sgd));
    let folder = TempDir::new().unwrap();
    model.save(folder.path()).unwrap();
    let queries = data.select(&[0]).unwrap();
    for (mut other, words) in [
        (graph_model(5, true, 0.5, Precision::F64), vec!["parameter 1", "\"items\"", "[5, 2]", "[4, 2]"]),
        (graph_model(4, false, 0.5, Precision::F64), vec!["owned row 1", "missing", "\"items\" by \"item\""]),
        (graph_model(4, true, 0.5, Precision::F32), vec!["the precision", "f32", "f64"]),
        (graph_model(4, true, 0.75, Precision::F64), vec!["the objective"]),
    ] {
        fit(&mut other, &data, &by_steps(Optimizer::adagrad()));
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
        Model::custom(&context(), graph, &CustomOptions::default()).unwrap()
    };
    let mut numbers = Dataset::of_inputs(3).unwrap();
    numbers.set_numbers("x", &RowMajor::new(&[1.0, 2.0, 0.1], 3, 1).unwrap()).unwrap();
    for extra in [false, true] {
        let folder = TempDir::new().unwrap();
        let mut model = bare(extra);
        let minimize = TrainingOptions { descent: Descent::Minimize, ..TrainingOptions::default() };
        fit(&mut model, &numbers, &minimize);
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
fn kinds_of_folders_are_told_apart() {
    let (run, graph) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let data = triples();
    let mut of_triples = Model::triples(&context(), &data, &triple_options(Precision::F64)).unwrap();
    let untrained = of_triples.save(run.path()).unwrap_err().to_string();
    assert_eq!(untrained, "saving a model that was not trained is not supported: train it first");
    assert_eq!(fs::read_dir(run.path()).unwrap().count(), 0);
    fit(&mut of_triples, &data, &by_steps(Optimizer::Sgd));
    of_triples.save(run.path()).unwrap();
    let mut of_graph = graph_model(4, true, 0.5, Precision::F64);
    fit(&mut of_graph, &ratings(), &by_steps(Optimizer::Sgd));
    of_graph.save(graph.path()).unwrap();

    let error = Model::load(graph.path()).unwrap_err();
    assert!(matches!(error, Error::Unsupported { .. }), "{error}");
    assert!(error.to_string().contains("build the same graph") && error.to_string().contains("restore"), "{error}");
    let error = of_triples.restore(run.path()).unwrap_err().to_string();
    assert!(error.contains("one of triples") && error.contains("loaded"), "{error}");
    assert!(matches!(of_graph.restore(run.path()), Err(Error::Format { .. })));
    // Neither replaces the other, nor what is somebody else's.
    assert!(matches!(of_triples.save(graph.path()), Err(Error::Format { .. })));
    assert!(matches!(of_graph.save(run.path()), Err(Error::Format { .. })));
    let foreign = TempDir::new().unwrap();
    fs::write(foreign.path().join("letter.txt"), "dear").unwrap();
    for model in [&of_triples, &of_graph] {
        assert!(matches!(model.save(foreign.path()), Err(Error::Format { .. })));
    }
    assert!(matches!(Model::load(foreign.path()), Err(Error::Format { .. })));
    assert!(matches!(Model::load(&foreign.path().join("none")), Err(Error::Io { .. })));
    Model::load(run.path()).unwrap();
    graph_model(4, true, 0.5, Precision::F64).restore(graph.path()).unwrap();
}

#[test]
fn no_damage_goes_unnoticed() {
    let (run, graph, table) = (TempDir::new().unwrap(), TempDir::new().unwrap(), TempDir::new().unwrap());
    let data = triples();
    let mut model = Model::triples(&context(), &data, &triple_options(Precision::F32)).unwrap();
    fit(&mut model, &data, &by_steps(Optimizer::Sgd));
    // Twice, so that the values before training are in the folder too.
    fit(&mut model, &data, &by_steps(Optimizer::Sgd));
    model.save(run.path()).unwrap();
    let mut model = graph_model(4, true, 0.5, Precision::F64);
    fit(&mut model, &ratings(), &by_steps(Optimizer::Sgd));
    model.save(graph.path()).unwrap();
    let data = rows(3);
    let mut model =
        Model::network(&context(), &data, &NetworkOptions { l2: 0.1, ..NetworkOptions::default() }).unwrap();
    fit(&mut model, &data, &TrainingOptions::default());
    model.save(table.path()).unwrap();
    for (folder, is_graph) in [(run, false), (table, false), (graph, true)] {
        let read = || match is_graph {
            true => graph_model(4, true, 0.5, Precision::F64).restore(folder.path()),
            false => Model::load(folder.path()).map(|_| ()),
        };
        read().unwrap();
        let mut damaged = 0;
        for entry in fs::read_dir(folder.path()).unwrap() {
            let path = entry.unwrap().path();
            let whole = fs::read(&path).unwrap();
            if whole.is_empty() {
                continue;
            }
            for place in [0, whole.len() / 3, whole.len() / 2, whole.len() - 2] {
                let mut bytes = whole.clone();
                bytes[place] ^= 4;
                fs::write(&path, &bytes).unwrap();
                let error = read().expect_err("a flipped bit");
                assert!(matches!(error, Error::Format { .. } | Error::Version { .. }), "{error}");
                damaged += 1;
            }
            fs::write(&path, &whole[..whole.len() - 1]).unwrap();
            // The manifest's last byte is the end of its line.
            if path.extension().is_some_and(|ending| ending == "safetensors") {
                assert!(matches!(read(), Err(Error::Format { .. })));
            }
            fs::write(&path, &whole).unwrap();
        }
        assert!(damaged >= 12);
        read().unwrap();
    }
}

#[test]
fn the_command_line_retrains_triples_from_given_values() {
    let folder = TempDir::new().unwrap();
    let data = triples();
    let mut model = Model::triples(&context(), &data, &triple_options(Precision::F64)).unwrap();
    let queries = data.select(&[2]).unwrap();
    for given in [false, true] {
        fit(&mut model, &data, &by_steps(Optimizer::adam(true)));
        model.save(folder.path()).unwrap();
        let AnyRun::F64(run) = AnyRun::load(folder.path()).unwrap() else { panic!("in double precision") };
        assert_eq!(run.initial.is_some(), given);
        let functional = Functional::of_triples(&run.model, FunctionalKind::Probability, true).unwrap();
        let truth = Truth::new(&run, &functional).unwrap();
        let ids: Vec<u32> = queries.triple_ids().unwrap().flatten().collect();
        let removals = [vec![0], vec![2, 9]];
        let mut quiet = |_| ControlFlow::Continue(());
        let found = truth.changes(&Workers::single(), &removals, &[ids], &mut quiet).unwrap().concat();
        let removals = [vec![0], vec![2, 9]];
        let expected = true_changes(&context(), &model, &queries, None, &removals, &Monitor::default()).unwrap();
        assert_eq!(bits(&found), bits(&expected));
        let described = AnyRun::describe(folder.path()).unwrap();
        assert_eq!((&described["kind"], &described["settings"]["dimension"]), (&"triples".into(), &3.into()));
        // Trained from here on, a run says of itself what it was trained from.
        let job = run.job().unwrap();
        let again = job.train(&run.data, &Workers::single(), &Monitor::none()).unwrap();
        assert_eq!(again.initial, run.initial);
        assert_eq!(again.model.parameters(), run.model.parameters());
    }
}

#[test]
fn runs_of_triples_of_the_command_line_are_loaded() {
    let folder = TempDir::new().unwrap();
    let data = random_triples(9, 3, 40, 5);
    let settings = Settings { loss: Loss::FullSoftmax, epochs: 4, seed: 8, ..Settings::default() };
    let job = Job::<f64>::new(&settings, &data).unwrap();
    let mut run = job.train(&data, &Workers::single(), &Monitor::none()).unwrap();
    assert!(run.initial.is_none());
    run.save(folder.path()).unwrap();
    let model = Model::load(folder.path()).unwrap();
    let training = model.training().unwrap();
    assert_eq!((training.steps, training.epochs, training.finished), (160, 4, true));
    assert_eq!(training.loss, run.outcome.epochs.last().map(|epoch| epoch.loss));

    // The same training by an embedded model.
    let options = TripleOptions { loss: Loss::FullSoftmax, seed: Some(8), ..TripleOptions::default() };
    let dataset = Dataset::of_triples(data);
    let mut embedded = Model::triples(&context(), &dataset, &options).unwrap();
    fit(&mut embedded, &dataset, &TrainingOptions { epochs: 4, ..TrainingOptions::default() });
    let queries = dataset.select(&[0, 8]).unwrap();
    assert_eq!(answers(&round_trip(&model, &queries), &queries), answers(&embedded, &queries));

    // What it says of itself stays.
    run.validation = Some(ascribe::models::triples::Metrics { mrr: 0.25, ..some_metrics() });
    run.save(folder.path()).unwrap();
    Model::load(folder.path()).unwrap().save(folder.path()).unwrap();
    let AnyRun::F64(again) = AnyRun::load(folder.path()).unwrap() else { panic!("in double precision") };
    assert_eq!((again.settings, again.outcome, again.validation), (run.settings, run.outcome, run.validation));
    assert!(again.initial.is_none());
}

fn some_metrics() -> ascribe::models::triples::Metrics {
    let data = triples();
    let model = Model::triples(&context(), &data, &triple_options(Precision::F64)).unwrap();
    model.ranking(&context(), &data, &data).unwrap()
}

fn dense_run(layers: Vec<Layer>, polish: bool) -> DenseRun<f64> {
    let features = ascribe::tensor::Array::new(&[24, 4], matrix(24, 4)).unwrap();
    let names = vec!["no".into(), "yes".into()];
    let data = Samples::new(features, Targets::Classes { labels: ids(8, 24, 2), names }).unwrap();
    let network = NetworkSettings {
        features: vec![4],
        outputs: 1,
        layers,
        loss: NetworkLoss::Logistic,
        l2: 0.05,
        intercept: true,
    };
    let training = dense::Training {
        gradient: 1e-9,
        max_iterations: 500,
        polish,
        optimizer: Optimizer::adam(false),
        learning_rate: 0.01,
        schedule: Schedule::Linear,
        batch: 5,
        epochs: 3,
    };
    let job = DenseJob { model: "logistic".into(), network, training, seed: 6, precision: Precision::F64 };
    let inputs = Arc::new(job.network.inputs(&data).unwrap());
    let (model, fitted) = dense::train(&job, &inputs, &Workers::single(), &Monitor::none()).unwrap();
    DenseRun {
        job,
        origin: Origin { files: Vec::new() },
        reading: None,
        data,
        copied: Copied::Always,
        model,
        fitted,
        initial: None,
        remarks: None,
    }
}

#[test]
fn runs_of_rows_of_the_command_line_are_loaded() {
    let layers = || vec![Layer::Dense(3), Layer::Activation(Activation::Tanh)];
    let folder = TempDir::new().unwrap();
    for (layers, polish) in [(Vec::new(), false), (layers(), false), (layers(), true)] {
        let run = dense_run(layers.clone(), polish);
        run.save(folder.path()).unwrap();
        let model = Model::load(folder.path()).unwrap();

        let data = rows(2);
        let options = NetworkOptions { l2: 0.05, layers, seed: Some(6), ..NetworkOptions::default() };
        let mut embedded = Model::network(&context(), &data, &options).unwrap();
        let options = TrainingOptions {
            learning_rate: 0.01,
            schedule: Schedule::Linear,
            epochs: 3,
            batch: Some(5),
            gradient: 1e-9,
            iterations: 500,
            polish,
            ..TrainingOptions::default()
        };
        fit(&mut embedded, &data, &options);
        let queries = data.select(&[0, 8]).unwrap();
        let (mut found, expected) = (answers(&round_trip(&model, &queries), &queries), answers(&embedded, &queries));
        // The classes have other names here.
        found.examples = expected.examples.clone();
        assert_eq!(found, expected);

        // What the command line says of both folders is the same.
        model.save(folder.path()).unwrap();
        let AnyRun::DenseF64(again) = AnyRun::load(folder.path()).unwrap() else { panic!("in double precision") };
        let Fitted { value, gradient, .. } = run.fitted;
        assert_eq!(
            (again.fitted.value.to_bits(), again.fitted.gradient.to_bits()),
            (value.to_bits(), gradient.to_bits())
        );
        assert_eq!((again.fitted, again.data), (run.fitted, run.data));
        assert_eq!(again.job.training, run.job.training);
        assert!(again.initial.is_none());
    }
}

#[test]
fn rows_of_files_remember_them() {
    let folder = TempDir::new().unwrap();
    let (file, run) = (folder.path().join("rows.csv"), folder.path().join("run"));
    let features = matrix(24, 2);
    let line = |row: usize| format!("{},{},{}\n", features[2 * row], features[2 * row + 1], ["no", "yes"][row % 3 / 2]);
    fs::write(&file, "a,b,c\n".to_owned() + &(0..24).map(line).collect::<String>()).unwrap();
    let data = Dataset::load_table(&file, &TableOptions::default()).unwrap();
    let mut model =
        Model::network(&context(), &data, &NetworkOptions { l2: 0.1, ..NetworkOptions::default() }).unwrap();
    fit(&mut model, &data, &TrainingOptions::default());
    let loaded = round_trip(&model, &data.select(&[0, 2]).unwrap());
    // Other rows of such a file can still be read.
    let like = loaded.data().unwrap().load_like(std::slice::from_ref(&file)).unwrap();
    assert_eq!(like.describe(5).unwrap(), data.describe(5).unwrap());

    // A run whose features are read again from the file does so after loading and saving, too.
    model.save(&run).unwrap();
    let AnyRun::DenseF64(mut by_reference) = AnyRun::load(&run).unwrap() else { panic!("in double precision") };
    assert_eq!(by_reference.copied, Copied::Always);
    by_reference.copied = Copied::Never;
    by_reference.save(&run).unwrap();
    let mut model = Model::load(&run).unwrap();
    assert_eq!(AnyRun::describe(&run).unwrap()["data"]["copied"], false);
    // But with other labels the file would not give the same rows.
    let mut data = model.data().unwrap().clone();
    data.set_labels(&ids(2, 24, 2), 2).unwrap();
    fit(&mut model, &data, &TrainingOptions::default());
    model.save(&run).unwrap();
    fs::remove_file(&file).unwrap();
    let queries = data.select(&[3]).unwrap();
    assert_eq!(answers(&Model::load(&run).unwrap(), &queries), answers(&model, &queries));
    assert!(model.data().unwrap().load_like(&[file]).is_err());
}

/// The program answers about rows that were given as arrays, as far as that takes no files.
#[cfg(feature = "cli")]
#[test]
fn the_program_reads_what_was_embedded() {
    fn said(folder: &std::path::Path, words: &[&str]) -> (Option<i32>, String) {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_ascribe"));
        let output = program.args(words).current_dir(folder).output().unwrap();
        (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    }
    let folder = TempDir::new().unwrap();
    let data = rows(3);
    let mut model =
        Model::network(&context(), &data, &NetworkOptions { l2: 0.1, ..NetworkOptions::default() }).unwrap();
    fit(&mut model, &data, &TrainingOptions::default());
    model.save(&folder.path().join("rows")).unwrap();
    let (code, text) = said(folder.path(), &["info", "rows"]);
    assert!(code == Some(0) && text.contains("24 rows of 4 features (arrays)") && text.contains("softmax"), "{text}");
    let (code, text) = said(folder.path(), &["explain", "rows", "--self", "--json"]);
    assert_eq!(code, Some(0), "{text}");
    let answer: serde_json::Value = serde_json::from_str(&text).unwrap();
    let influence =
        Influence::new(&context(), &model, None, &InfluenceOptions::default(), &Monitor::default()).unwrap();
    let own = influence.self_influence(None, &Monitor::default()).unwrap();
    for row in answer["ranking"].as_array().unwrap() {
        let expected = own[row["row"].as_u64().unwrap() as usize];
        assert!((row["self_influence"].as_f64().unwrap() - expected).abs() <= 1e-9 * expected.abs(), "{row}");
    }
    fs::write(folder.path().join("test.csv"), "a\n1\n").unwrap();
    let (code, text) = said(folder.path(), &["explain", "rows", "--test", "test.csv"]);
    assert!(code == Some(1) && text.contains("given as arrays") && text.contains("training rows"), "{text}");

    let data = triples();
    let mut model = Model::triples(&context(), &data, &triple_options(Precision::F64)).unwrap();
    (0..2).for_each(|_| fit(&mut model, &data, &by_steps(Optimizer::adagrad())));
    model.save(&folder.path().join("triples")).unwrap();
    let query = data.describe(0).unwrap().split(' ').take(2).collect::<Vec<_>>().join(",") + ",?";
    let (code, text) = said(folder.path(), &["verify", "triples", "--query", &query, "-k", "2", "--json"]);
    assert_eq!(code, Some(0), "{text}");
    let answer: serde_json::Value = serde_json::from_str(&text).unwrap();
    let facts = answer["facts"].as_array().unwrap();
    let removals: Vec<Vec<usize>> = facts.iter().map(|fact| vec![fact["example"].as_u64().unwrap() as usize]).collect();
    let [head, relation, tail] = ["head", "relation", "tail"].map(|part| answer["prediction"][part].as_str().unwrap());
    let query = data.query(head, relation, tail).unwrap();
    let expected = true_changes(&context(), &model, &query, None, &removals, &Monitor::default()).unwrap();
    let found: Vec<f64> = facts.iter().map(|fact| fact["true_change"].as_f64().unwrap()).collect();
    assert_eq!(bits(&found), bits(&expected));
}

#[test]
fn options_that_no_folder_can_hold_are_refused() {
    let data = rows(2);
    let mut model =
        Model::network(&context(), &data, &NetworkOptions { l2: 0.1, ..NetworkOptions::default() }).unwrap();
    fit(&mut model, &data, &TrainingOptions { learning_rate: f64::NAN, ..TrainingOptions::default() });
    let folder = TempDir::new().unwrap();
    let error = model.save(&folder.path().join("run")).unwrap_err().to_string();
    assert!(error.contains("not finite"), "{error}");
}
