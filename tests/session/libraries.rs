//! Models of other libraries: with the options that docs/other_libraries.md names the same objective has its minimum at the same place,
//! and its rows the same effect. What the libraries end at is in libraries/expected.json, written by libraries/make.py.
#![allow(clippy::unwrap_used)]

use ascribe::data::Targets;
use ascribe::engine::Monitor;
use ascribe::session::{Attributor, Dataset, Model, Options, true_changes};
use serde_json::Value;

use crate::fixtures::{context, data, parameters, rows_of, to_minimum};

/// C of liblinear, LIBSVM and scikit-learn.
const C: f64 = 0.5;

fn expected(name: &str) -> Vec<f64> {
    let all: Value = serde_json::from_str(include_str!("libraries/expected.json")).unwrap();
    let found = all.pointer(&format!("/{}", name.replace(" > ", "/"))).unwrap_or_else(|| panic!("{name}"));
    found.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

fn table(name: &str, options: &[(&str, &str)]) -> Dataset {
    let options = options.iter().fold(Options::new(), |options, (name, value)| options.with(name, *value));
    Dataset::load("table", &[data(&format!("tables/{name}.csv"))], &options).unwrap()
}

fn cancer() -> Dataset {
    table("breast_cancer", &[("task", "classes"), ("standardize", "true")])
}

/// The same rows with a column of ones, which is how liblinear has an intercept.
fn beside_ones(from: &Dataset, less: &[f64]) -> Dataset {
    let samples = from.samples().unwrap();
    let width = samples.features.shape()[1];
    let row = |row: usize| {
        let row = samples.features.row(row).iter().enumerate();
        row.map(|(column, value)| value - less.get(column).copied().unwrap_or(0.0)).chain([1.0]).collect::<Vec<_>>()
    };
    let rows: Vec<f64> = (0..from.len()).flat_map(row).collect();
    let mut data = Dataset::from_matrix(&rows_of(&rows, width + 1), None).unwrap();
    let Targets::Classes { labels, names } = &samples.targets else { panic!("classes") };
    data.set_labels(labels, names.len() as u32).unwrap();
    data
}

fn trained(kind: &str, data: &Dataset, options: &[(&str, &str)]) -> Model {
    let options = options.iter().fold(Options::new(), |options, (name, value)| options.with(name, *value));
    let mut model = Model::new(&context(), kind, data, &options).unwrap();
    model.fit(&context(), data, &to_minimum(), &Monitor::none()).unwrap();
    model
}

#[track_caller]
fn same(model: &Model, name: &str, tolerance: f64) {
    let (found, expected) = (parameters(model), expected(&format!("parameters > {name}")));
    let size = expected.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    assert_eq!(found.len(), expected.len(), "{name}");
    for (place, (found, expected)) in found.iter().zip(&expected).enumerate() {
        assert!((found - expected).abs() <= tolerance * size, "{name}, number {place}: {found}, expected {expected}");
    }
}

#[test]
fn liblinear_libsvm_and_scikit_learn_divide_by_c() {
    let (cancer, l2) = (cancer(), (1.0 / C).to_string());
    let sum = [("objective", "sum"), ("l2", l2.as_str())];
    same(&trained("logistic", &cancer, &sum), "scikit-learn LogisticRegression", 1e-8);
    // With a penalty of the intercept: it is a feature like the others.
    let ones = beside_ones(&cancer, &[]);
    let penalized = [sum[0], sum[1], ("intercept", "false")];
    same(&trained("logistic", &ones, &penalized), "liblinear -s 0 -B 1", 1e-5);
    same(&trained("squared-hinge", &ones, &penalized), "liblinear -s 2 -B 1", 1e-5);
    // A hinge that is smoothed a little has its minimum a little beside it.
    let smoothed = [sum[0], sum[1], ("smoothing", "0.001")];
    same(&trained("hinge", &cancer, &smoothed), "LIBSVM -s 0 -t 0", 1e-2);
}

#[test]
fn three_classes_have_the_same_weights_but_for_what_cancels() {
    let iris = table("iris", &[("task", "classes")]);
    let l2 = (1.0 / C).to_string();
    let model = trained("softmax", &iris, &[("objective", "sum"), ("l2", l2.as_str())]);
    let (found, expected) =
        (parameters(&model), expected("parameters > scikit-learn LogisticRegression, three classes"));
    let (weights, intercepts) = expected.split_at(12);
    // scikit-learn's intercepts sum to zero, the first of ours is zero: adding a number to all of them changes nothing.
    let shifted: Vec<f64> = intercepts[1..].iter().map(|value| value - intercepts[0]).collect();
    for (found, expected) in found.iter().zip(weights.iter().chain(&shifted)) {
        assert!((found - expected).abs() < 1e-8, "{found}, expected {expected}");
    }
}

#[test]
fn regressions_and_what_has_no_penalty() {
    let sepal = table("iris", &[("label", "sepal_length_cm"), ("task", "numbers"), ("exclude", "target")]);
    same(&trained("linear", &sepal, &[("objective", "sum"), ("l2", "2")]), "scikit-learn Ridge", 1e-9);
    same(&trained("linear", &sepal, &[("l2", "0")]), "statsmodels OLS", 1e-9);
    let columns = ("columns", "sepal_length_cm,sepal_width_cm");
    let two = table("iris", &[("task", "classes"), ("classes", "1,2"), columns]);
    same(&trained("logistic", &two, &[("l2", "0")]), "statsmodels Logit", 1e-7);
    // The decay is λ of the mean, and of the intercept too.
    let samples = two.samples().unwrap();
    let mean =
        |column: usize| (0..two.len()).map(|row| samples.features.row(row)[column]).sum::<f64>() / two.len() as f64;
    let ones = beside_ones(&two, &[mean(0), mean(1)]);
    let decayed = trained("logistic", &ones, &[("l2", "0.05"), ("intercept", "false")]);
    same(&decayed, "weight decay of torch.optim.SGD", 1e-9);
}

/// scikit-learn's own training without each of 569 rows in turn.
#[test]
fn single_rows_have_the_effect_that_training_without_them_has() {
    let data = cancer();
    let query = data.select(&[0]).unwrap();
    for (objective, l2) in [("sum", 1.0 / C), ("mean", 1.0 / (C * data.len() as f64))] {
        let expected = expected(&format!("without > {objective}"));
        let model = trained("logistic", &data, &[("objective", objective), ("l2", l2.to_string().as_str())]);
        let attributor = Attributor::new(&context(), &model, None, None, &Options::new(), &Monitor::none()).unwrap();
        let found = attributor.explain(&query, Some("output"), &Monitor::none()).unwrap();
        let scores = found.scores(0).unwrap();
        let agree = scores.iter().zip(&expected).filter(|((_, score), truth)| score.signum() == truth.signum()).count();
        assert!(agree as f64 >= 0.99 * expected.len() as f64, "{objective}: {agree} signs of {}", expected.len());
        let mut largest: Vec<usize> = (0..expected.len()).collect();
        largest.sort_by(|a, b| expected[*b].abs().total_cmp(&expected[*a].abs()));
        let sets: Vec<Vec<usize>> = largest[..20].iter().map(|row| vec![*row]).collect();
        let truth = true_changes(&context(), &model, &query, Some("output"), &sets, &Monitor::none()).unwrap();
        for (row, truth) in largest.iter().zip(&truth) {
            let expected = expected[*row];
            assert!((truth - expected).abs() <= 1e-6 * expected.abs(), "{objective}, row {row}: {truth}, {expected}");
        }
        println!(
            "{objective}: {agree} of {} signs are those of scikit-learn's own training without the row",
            expected.len()
        );
    }
}
