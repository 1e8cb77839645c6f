//! Methods that walk through the training: replay against removal, TracIn's sum, cosines at checkpoints, and what cannot be walked.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use ascribe::engine::Monitor;
use ascribe::session::{compare_with_retraining, smoothness};
use ascribe::tensor::RowMajor;
use ascribe::{Attributor, Context, Dataset, Error, Fidelity, Model, Options, true_changes};

use crate::common::{assert_close, ids, numbers};

const ROWS: usize = 60;
const CLASSES: usize = 3;

fn context() -> Arc<Context> {
    Arc::new(Context::default())
}

fn data() -> Dataset {
    let features = numbers(50, 4 * ROWS);
    let noise = ids(51, ROWS, 9);
    // Mostly by two features, some at random.
    let label = |row: usize| match noise[row] {
        0 => row as u32 % CLASSES as u32,
        _ => u32::from(features[4 * row] > 0.0) + u32::from(features[4 * row + 1] > 0.3),
    };
    let mut data = Dataset::from_matrix(&RowMajor::new(&features, ROWS, 4).unwrap(), None).unwrap();
    data.set_labels(&(0..ROWS).map(label).collect::<Vec<_>>(), CLASSES as u32).unwrap();
    data
}

fn network(optimizer: &str, batch: i64, precision: &str) -> Model {
    let options = Options::new().with("hidden", "6").with("precision", precision).with("l2", 0.001);
    let mut model = Model::new(&context(), "mlp", &data(), &options).unwrap();
    let rate = if optimizer == "sgd" { 0.2 } else { 0.01 };
    let training = Options::new().with("optimizer", optimizer).with("batch", batch).with("epochs", 4_i64);
    model.fit(&context(), &data(), &training.with("learning_rate", rate), &Monitor::none()).unwrap();
    model
}

fn attributor(model: &Model, method: &str, options: &Options) -> Result<Attributor, Error> {
    Attributor::new(&context(), model, Some(method), None, options, &Monitor::none())
}

fn scores(model: &Model, method: &str, options: &Options, queries: &Dataset) -> Vec<Vec<f64>> {
    let found = attributor(model, method, options).unwrap().explain(queries, None, &Monitor::none()).unwrap();
    (0..queries.len()).map(|query| found.scores(query).unwrap().iter().map(|score| score.1).collect()).collect()
}

/// Wide enough that products of several directions go another way than those of one.
#[test]
fn memory_changes_no_bit_of_a_replay() {
    let options = Options::new().with("hidden", "70").with("precision", "f32");
    let mut model = Model::new(&context(), "mlp", &data(), &options).unwrap();
    let training = Options::new().with("optimizer", "adam").with("batch", 40).with("epochs", 2);
    model.fit(&context(), &data(), &training, &Monitor::none()).unwrap();
    let queries = data().select(&(0..21).collect::<Vec<_>>()).unwrap();
    let expected = scores(&model, "replay", &Options::new(), &queries);
    for memory in ["32K", "100K", "1M"] {
        assert_eq!(scores(&model, "replay", &Options::new().with("memory", memory), &queries), expected, "{memory}");
    }
}

#[test]
fn replay_predicts_removal_from_a_network() {
    let queries = data().select(&[3, 11, 40]).unwrap();
    for (optimizer, precision) in [("sgd", "f64"), ("adam", "f64"), ("adam", "f32")] {
        let model = network(optimizer, 8, precision);
        let predicted = scores(&model, "replay", &Options::new(), &queries);
        let removals: Vec<Vec<usize>> = (0..ROWS).map(|example| vec![example]).collect();
        let truth = true_changes(&context(), &model, &queries, None, &removals, &Monitor::none()).unwrap();
        for (query, predicted) in predicted.iter().enumerate() {
            let truth: Vec<f64> = truth.chunks(queries.len()).map(|changes| changes[query]).collect();
            let found = Fidelity::of(predicted, &truth).unwrap();
            let (pearson, ratio) = (found.pearson.unwrap(), found.ratio.unwrap());
            assert!(pearson > 0.97 && (0.85..1.2).contains(&ratio), "{optimizer} {precision} {query}: {found:?}");
        }
    }
}

#[test]
fn replay_of_either_precision_agrees() {
    let queries = data().select(&[3, 11]).unwrap();
    // From the same values: those of f32 are exact in f64.
    let single = scores(&network("sgd", 8, "f32"), "replay", &Options::new(), &queries);
    let double = scores(&network("sgd", 8, "f64"), "replay", &Options::new(), &queries);
    for (single, double) in single.iter().zip(&double) {
        assert!(Fidelity::of(single, double).unwrap().pearson.unwrap() > 0.9999);
    }
}

#[test]
fn a_group_is_the_sum_of_its_examples_and_is_compared_with_retraining() {
    let (model, queries) = (network("adam", 8, "f64"), data().select(&[3]).unwrap());
    let replay = attributor(&model, "replay", &Options::new()).unwrap();
    let sets = [vec![5], vec![9], vec![5, 9]];
    let found =
        compare_with_retraining(&context(), &model, &replay, (&queries, None), &sets, &Monitor::none()).unwrap();
    let sum = found[0].predicted[0] + found[1].predicted[0];
    assert!((found[2].predicted[0] - sum).abs() <= 1e-15 + 1e-12 * sum.abs());
    assert!(found.iter().all(|removal| removal.truth.len() == 1 && removal.truth[0] != 0.0));
}

#[test]
fn all_falls_together_are_the_functionals_fall() {
    let queries = data().select(&[3, 11, 40]).unwrap();
    for optimizer in ["sgd", "adagrad", "adam", "adam-dense"] {
        for batch in [1, 8] {
            let model = network(optimizer, batch, "f64");
            let start = Model::new(
                &context(),
                "mlp",
                &data(),
                &Options::new().with("hidden", "6").with("precision", "f64").with("l2", 0.001),
            )
            .unwrap();
            let before = start.evaluate(&context(), &queries, None).unwrap();
            let after = model.evaluate(&context(), &queries, None).unwrap();
            let expected: Vec<f64> = before.iter().zip(&after).map(|(before, after)| before - after).collect();
            let found = scores(&model, "tracin", &Options::new(), &queries);
            let sums: Vec<f64> = found.iter().map(|scores| scores.iter().sum()).collect();
            assert_close(&sums, &expected, 1e-12, &format!("{optimizer}, batch {batch}"));
        }
    }
}

#[test]
fn one_checkpoint_is_the_comparison_at_the_end() {
    let (model, queries) = (network("sgd", 8, "f64"), data().select(&[3, 11]).unwrap());
    let one = Options::new().with("checkpoints", 1_i64);
    for (method, at_end, factor) in [("tracincp", "graddot", 0.2), ("gas", "gradcos", 0.2 / 8.0)] {
        let found = scores(&model, method, &one, &queries).concat();
        let expected: Vec<f64> =
            scores(&model, at_end, &Options::new(), &queries).concat().iter().map(|score| factor * score).collect();
        assert_close(&found, &expected, 1e-12, method);
    }
    // By layer each cosine is within one, and there are four parameters.
    let layers = scores(&model, "gas", &one.with("by_layer", true), &queries).concat();
    assert!(layers.iter().all(|score| score.abs() <= 4.0 * 0.2 / 8.0 + 1e-12));
    assert!(layers.iter().any(|score| score.abs() > 0.2 / 8.0));
}

#[test]
fn what_cannot_be_done_again_is_refused_with_what_can() {
    let queries = data().select(&[3]).unwrap();
    let refused = |found: Result<Attributor, Error>, word: &str| {
        let message = found.map(|_| ()).unwrap_err().to_string();
        assert!(message.contains(word), "{message}");
    };
    for method in ["replay", "tracin", "tracincp", "gas"] {
        let untrained = Model::new(&context(), "mlp", &data(), &Options::new()).unwrap();
        refused(attributor(&untrained, method, &Options::new()), "train");
        let trained = network("sgd", 8, "f64");
        let other = Some(&queries);
        refused(
            Attributor::new(&context(), &trained, Some(method), other, &Options::new(), &Monitor::none()),
            "influence",
        );
        let mut minimized = Model::new(&context(), "softmax", &data(), &Options::new().with("l2", 0.1)).unwrap();
        minimized.fit(&context(), &data(), &Options::new(), &Monitor::none()).unwrap();
        refused(attributor(&minimized, method, &Options::new()), "influence");
    }
}

#[test]
fn a_steady_training_is_smooth() {
    let model = network("sgd", 8, "f64");
    assert_eq!(model.smoothness(), None);
    let found = smoothness(&context(), &model, &Monitor::none()).unwrap();
    assert!((0.9..=1.0).contains(&found), "{found}");
    // It stays with the model, in its folder too, and is said with what methods say.
    let folder = tempfile::TempDir::new().unwrap();
    model.save(folder.path()).unwrap();
    let loaded = Model::load(folder.path()).unwrap();
    assert_eq!((model.smoothness(), loaded.smoothness()), (Some(found), Some(found)));
    assert_eq!(Model::inspect(folder.path()).unwrap()["smoothness"], found);
    let described = attributor(&loaded, "replay", &Options::new()).unwrap().describe().unwrap();
    assert_eq!(described["smoothness"]["smoothness"], found);
    assert!(described["smoothness"]["verdict"].as_str().unwrap().contains("steadily"), "{described}");
}
