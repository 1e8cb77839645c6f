//! Weights and names of rows: closed forms, duplicates, saved runs, and training by steps written here from the formulas.

use std::fs;

use ascribe::engine::Monitor;
use ascribe::session::{Attributor, Dataset, Model, Options, Trainer, TrainingChange, true_changes};

use crate::common::assert_close;
use crate::fixtures::{assert_same, context, parameters, to_minimum};

const L2: f64 = 0.1;

/// Two features, a target, a weight and a name for each row.
const ROWS: [([f64; 2], f64, f64); 6] = [
    ([1.0, -2.0], 1.5, 1.0),
    ([0.5, 3.0], -0.5, 2.0),
    ([-1.5, 0.25], 2.0, 0.5),
    ([2.0, 1.0], 0.25, 0.0),
    ([-0.75, -1.0], 3.0, 1.25),
    ([0.25, 0.5], -1.0, 3.0),
];

/// A table of rows, each so many times, with weights where they are asked for.
fn table(copies: &[(usize, usize)], weight: Option<fn(f64) -> f64>) -> Dataset {
    let mut text = format!("name,a,b,{}y\n", weight.map_or("", |_| "w,"));
    for (row, count) in copies {
        let ([a, b], y, w) = ROWS[*row];
        let w = weight.map_or(String::new(), |weight| format!("{},", weight(w)));
        (0..*count).for_each(|_| text += &format!("r{row},{a},{b},{w}{y}\n"));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    fs::write(&path, text).unwrap();
    let options = Options::new().with("label", "y").with("task", "numbers").with("id", "name");
    let options = if weight.is_some() { options.with("weights", "w") } else { options };
    ascribe::session::load("table", &[path], &options).unwrap()
}

fn each() -> Vec<(usize, usize)> {
    (0..ROWS.len()).map(|row| (row, 1)).collect()
}

fn trained(data: &Dataset, options: &Options) -> Model {
    let model = Model::new(&context(), "linear", data, &Options::new().with("l2", L2)).unwrap();
    let mut trainer = Trainer::new(&context(), &model, data, options).unwrap();
    trainer.run(&Monitor::none()).unwrap();
    trainer.finish(&Monitor::none()).unwrap()
}

fn exactly() -> Options {
    to_minimum().with("gradient_tolerance", 1e-13)
}

/// The minimum of Σ wᵢ (½(xᵢ·θ − yᵢ)² + (λ/2)|θ|²), the intercept, which comes last, not penalized.
fn least_squares(weights: &[f64]) -> Vec<f64> {
    let mut system = [[0.0; 4]; 3];
    for (([a, b], y, _), w) in ROWS.iter().zip(weights) {
        let row = [*a, *b, 1.0];
        for i in 0..3 {
            (0..3).for_each(|j| system[i][j] += w * row[i] * row[j]);
            system[i][i] += if i < 2 { w * L2 } else { 0.0 };
            system[i][3] += w * row[i] * y;
        }
    }
    for i in 0..3 {
        let pivot = system[i];
        for (_, row) in system.iter_mut().enumerate().filter(|(other, _)| *other != i) {
            let factor = row[i] / pivot[i];
            row.iter_mut().zip(pivot).for_each(|(x, p)| *x -= factor * p);
        }
    }
    (0..3).map(|i| system[i][3] / system[i][i]).collect()
}

fn weights() -> Vec<f64> {
    ROWS.iter().map(|(_, _, weight)| *weight).collect()
}

fn scores(model: &Model, method: &str, query: &Dataset) -> Vec<f64> {
    let none = Monitor::none();
    let attributor = Attributor::new(&context(), model, Some(method), None, &Options::new(), &none).unwrap();
    let found = attributor.explain(query, Some("loss"), &none).unwrap();
    found.scores(0).unwrap().iter().map(|(_, score)| *score).collect()
}

/// A row that is asked about.
fn query() -> Dataset {
    table(&[(4, 1)], None)
}

#[test]
fn minimized_models_are_weighted_least_squares() {
    let data = table(&each(), Some(|w| w));
    assert_eq!(data.weights(), Some(weights().as_slice()));
    assert_eq!(data.feature_names(), ["a", "b"]);
    assert_eq!(data.describe(2).unwrap(), "row 2 (r2): target 2");
    let model = trained(&data, &exactly());
    assert_close(&parameters(&model), &least_squares(&weights()), 1e-9, "parameters");
    // The unit of the weights is nothing.
    let other = trained(&table(&each(), Some(|w| 1e3 * w)), &exactly());
    assert_close(&parameters(&other), &parameters(&model), 1e-9, "other units");
}

#[test]
fn a_weight_of_two_is_the_row_twice_and_of_zero_none() {
    let one =
        trained(&table(&each(), Some(|w| if w == 2.0 { 2.0 } else { f64::from(u8::from(w != 0.0)) })), &exactly());
    let twice = trained(&table(&[(0, 1), (1, 2), (2, 1), (4, 1), (5, 1)], None), &exactly());
    assert_close(&parameters(&one), &parameters(&twice), 1e-9, "parameters");
    for method in ["influence", "graddot"] {
        let (one, twice) = (scores(&one, method, &query()), scores(&twice, method, &query()));
        let expected = [twice[0], twice[1] + twice[2], twice[3], 0.0, twice[4], twice[5]];
        assert_close(&one, &expected, 1e-9, method);
    }
}

#[test]
fn removal_is_of_the_row_as_weighted() {
    let model = trained(&table(&each(), Some(|w| w)), &exactly());
    let loss = |parameters: &[f64]| {
        let ([a, b], y, _) = ROWS[4];
        0.5 * (a * parameters[0] + b * parameters[1] + parameters[2] - y).powi(2)
    };
    let (context, none, query) = (context(), Monitor::none(), query());
    let sets: Vec<Vec<usize>> = (0..ROWS.len()).map(|row| vec![row]).collect();
    let found = true_changes(&context, &model, &query, Some("loss"), &sets, &none).unwrap();
    let expected = |removed: usize, to: f64| {
        let mut weights = weights();
        weights[removed] = to;
        loss(&least_squares(&weights)) - loss(&parameters(&model))
    };
    let truth: Vec<f64> = (0..ROWS.len()).map(|row| expected(row, 0.0)).collect();
    assert_close(&found, &truth, 1e-8, "training again");
    assert_eq!(found[3], 0.0, "it did not count before");
    let attributor = Attributor::new(&context, &model, Some("influence"), None, &Options::new(), &none).unwrap();
    let until = Options::new().with("until", "retrained");
    for (row, weight) in [(5, 1.0), (3, 4.0), (1, 2.0)] {
        let change = [TrainingChange::Reweight(row, weight)];
        let found = attributor.what_if(&query, Some("loss"), &change, &until, &none).unwrap();
        assert_close(&found.steps.last().unwrap().changes, &[expected(row, weight)], 1e-8, "another weight");
    }
    // Away from zero, a score is the derivative by what is left of the weight.
    let (scores, by) = (scores(&model, "influence", &query), 1e-5);
    for (row, weight) in weights().into_iter().enumerate().filter(|(_, weight)| *weight > 0.0) {
        let slope = (expected(row, weight * (1.0 - by)) - expected(row, weight * (1.0 + by))) / (2.0 * by);
        assert_close(&[scores[row]], &[slope], 1e-6, "a score");
    }
    assert_eq!(scores[3], 0.0);
}

#[test]
fn saved_runs_keep_weights_and_names() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("t.csv");
    fs::write(&table, "k,w,a,y\nx,1,0,1\ny,2.5,1,2\nz,0,2,2\nu,1,3,5\n").unwrap();
    let options = Options::new().with("task", "numbers").with("id", "k").with("weights", "w");
    let data = ascribe::session::load("table", &[table], &options).unwrap();
    let model = trained(&data, &exactly());
    for (name, by_reference) in [("copy", false), ("reference", true)] {
        let run = folder.path().join(name);
        if by_reference { model.save_by_reference(&run) } else { model.save(&run) }.unwrap();
        let loaded = Model::load(&run).unwrap();
        assert_eq!(loaded.data().unwrap().samples().unwrap(), data.samples().unwrap(), "{name}");
        assert_same(&scores(&loaded, "influence", &data), &scores(&model, "influence", &data), name);
        assert_eq!(Model::inspect(&run).unwrap()["data"]["weighted"], true);
    }
}

/// The parameters after some steps of gradient descent over all rows together, whose weights are taken relative to their mean.
fn descended(weights: &[f64], mean: f64, rate: f64, steps: usize) -> Vec<f64> {
    let mut at = [0.0; 3];
    for _ in 0..steps {
        let mut slope = [0.0; 3];
        for (([a, b], y, _), w) in ROWS.iter().zip(weights) {
            let residual = a * at[0] + b * at[1] + at[2] - y;
            let own = [residual * a + L2 * at[0], residual * b + L2 * at[1], residual];
            slope.iter_mut().zip(own).for_each(|(sum, x)| *sum += w / mean / ROWS.len() as f64 * x);
        }
        at.iter_mut().zip(slope).for_each(|(x, slope)| *x -= rate * slope);
    }
    at.to_vec()
}

#[test]
fn steps_follow_the_weighted_mean() {
    let steps = Options::new().with("optimizer", "sgd").with("learning_rate", 0.1);
    let steps = steps.with("epochs", 7).with("batch", ROWS.len()).with("seed", 3);
    let model = trained(&table(&each(), Some(|w| w)), &steps);
    let (weights, query) = (weights(), query());
    let mean = weights.iter().sum::<f64>() / weights.len() as f64;
    assert_close(&parameters(&model), &descended(&weights, mean, 0.1, 7), 1e-12, "parameters");
    let loss = |weights: &[f64]| {
        let (at, ([a, b], y, _)) = (descended(weights, mean, 0.1, 7), ROWS[4]);
        0.5 * (a * at[0] + b * at[1] + at[2] - y).powi(2)
    };
    let with = |row: usize, times: f64| {
        let mut changed = weights.clone();
        changed[row] *= times;
        loss(&changed)
    };
    let found = true_changes(&context(), &model, &query, Some("loss"), &[vec![1], vec![3, 5]], &Monitor::none());
    let mut both = weights.clone();
    (both[3], both[5]) = (0.0, 0.0);
    let truth = [with(1, 0.0) - loss(&weights), loss(&both) - loss(&weights)];
    assert_close(&found.unwrap(), &truth, 1e-12, "training again");
    let slope = |row| (with(row, 1.0 - 1e-5) - with(row, 1.0 + 1e-5)) / 2e-5;
    let slopes: Vec<f64> = (0..ROWS.len()).map(slope).collect();
    assert_close(&scores(&model, "replay", &query), &slopes, 1e-8, "replay");
    let fell: f64 = scores(&model, "tracin", &query).iter().sum();
    let ([..], y, _) = ROWS[4];
    assert_close(&[fell], &[0.5 * y * y - loss(&weights)], 1e-12, "tracin is the fall of the loss");
    // Batches without a row that counts are no steps, and are not looked for when the training is walked back.
    let single = steps.with("batch", 1).with("epochs", 2);
    let model = trained(&table(&each(), Some(|w| w)), &single);
    assert_eq!(model.training().unwrap().steps, 10);
    assert_eq!(scores(&model, "replay", &query)[3], 0.0);
    let none = Monitor::none();
    let attributor = Attributor::new(&context(), &model, Some("replay"), None, &Options::new(), &none).unwrap();
    let half = [TrainingChange::Reweight(1, 1.0)];
    let found = attributor.what_if(&query, Some("loss"), &half, &Options::new(), &none).unwrap();
    let score = scores(&model, "replay", &query)[1];
    assert_close(&found.steps[0].changes, &[0.5 * score], 1e-14, "half of the weight is half of the removal");
}
