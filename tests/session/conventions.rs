//! What an objective makes of its penalty when rows go, against training written here from the formulas: the mean, where
//! every row takes its share along, and the sum, which liblinear and scikit-learn minimize with C = 1/l2.

use ascribe::data::Targets;
use ascribe::engine::Monitor;
use ascribe::session::{Attributor, Dataset, Model, Options, Trainer, load};
use ascribe::solve::{Cholesky, DenseMatrix};

use crate::common::{assert_close, beside};
use crate::fixtures::{context, parameters, to_minimum};

/// The rows whose prediction is asked about.
const QUERIES: usize = 5;
/// 1/C.
const L2: f64 = 1.0;

/// Rows with a one at the end, and labels of ±1.
struct Rows {
    rows: Vec<Vec<f64>>,
    labels: Vec<f64>,
}

/// Σ over all rows but one of ln(1 + e^(−y x·θ)), and (λ/2)|w|²: its gradient.
fn gradient(data: &Rows, theta: &[f64], without: usize, penalty: f64) -> Vec<f64> {
    let last = theta.len() - 1;
    let mut sum: Vec<f64> = theta.iter().map(|x| penalty * x).collect();
    sum[last] = 0.0;
    for (row, y) in data.rows.iter().zip(&data.labels).enumerate().filter(|(at, _)| *at != without).map(|(_, row)| row)
    {
        let margin: f64 = row.iter().zip(theta).map(|(x, t)| x * t).sum();
        let slope = -y / (1.0 + (y * margin).exp());
        sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += slope * x);
    }
    sum
}

/// The curvature there, all rows counted, factored.
fn curvature(data: &Rows, theta: &[f64], penalty: f64) -> Cholesky {
    let p = theta.len();
    let mut matrix = vec![0.0; p * p];
    (0..p - 1).for_each(|k| matrix[k * p + k] = penalty);
    for row in &data.rows {
        let margin: f64 = row.iter().zip(theta).map(|(x, t)| x * t).sum();
        let bend = 1.0 / ((1.0 + margin.exp()) * (1.0 + (-margin).exp()));
        for (i, x) in row.iter().enumerate() {
            matrix[i * p..(i + 1) * p].iter_mut().zip(row).for_each(|(m, z)| *m += bend * x * z);
        }
    }
    Cholesky::new(DenseMatrix::new(p, matrix).unwrap(), 0.0).unwrap()
}

/// Trains without a row: from the minimum over all rows, by steps with the curvature there.
fn without(data: &Rows, theta: &[f64], row: usize, penalty: f64, factor: &Cholesky) -> Vec<f64> {
    let mut point = theta.to_vec();
    let largest = |slopes: &[f64]| slopes.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    let first = largest(&gradient(data, theta, row, penalty));
    for _ in 0..500 {
        let slopes = gradient(data, &point, row, penalty);
        // Of a row that is fitted well the change itself is small.
        if largest(&slopes) <= 1e-7 * first + 1e-12 {
            return point;
        }
        let slopes = ascribe::solve::Block::new(point.len(), 1, slopes).unwrap();
        let step = factor.solve(&slopes).unwrap();
        point.iter_mut().zip(step.values()).for_each(|(x, d)| *x -= d);
    }
    panic!("training without row {row} has not ended");
}

/// A logistic regression at its minimum, and the predicted change of each query's margin for each row.
fn predicted(data: &Dataset, queries: &[usize], objective: &str, l2: f64) -> (Vec<f64>, Vec<Vec<f64>>) {
    let (context, none) = (context(), Monitor::none());
    let options = Options::new().with("objective", objective).with("l2", l2);
    let model = Model::new(&context, "logistic", data, &options).unwrap();
    let mut trainer = Trainer::new(&context, &model, data, &to_minimum()).unwrap();
    trainer.run(&none).unwrap();
    let model = trainer.finish(&none).unwrap();
    let attributor = Attributor::new(&context, &model, Some("influence"), None, &Options::new(), &none).unwrap();
    let found = attributor.explain(&data.select(queries).unwrap(), Some("margin"), &none).unwrap();
    let scores = |query| found.scores(query).unwrap().iter().map(|(_, score)| *score).collect();
    (parameters(&model), (0..queries.len()).map(scores).collect())
}

/// The change of each query's margin for each row that is left out, row after row, with a penalty.
fn changes(data: &Rows, theta: &[f64], queries: &[usize], penalty: f64) -> Vec<f64> {
    let factor = curvature(data, theta, L2);
    let of = |removed: usize| -> Vec<f64> {
        let again = without(data, theta, removed, penalty, &factor);
        let change = |query: &usize| {
            let own = data.rows[*query].iter().zip(again.iter().zip(theta));
            data.labels[*query] * own.map(|(x, (after, before))| x * (after - before)).sum::<f64>()
        };
        queries.iter().map(change).collect()
    };
    let (n, of) = (data.rows.len(), &of);
    std::thread::scope(|scope| {
        let half = scope.spawn(move || (0..n / 2).flat_map(of).collect::<Vec<f64>>());
        let other: Vec<f64> = (n / 2..n).flat_map(of).collect();
        [half.join().unwrap(), other].concat()
    })
}

/// The share of predictions that have the sign of the true change.
fn equal_signs(scores: &[Vec<f64>], changes: &[f64]) -> f64 {
    // Below that the training again is rounding.
    let least = 1e-10 * changes.iter().fold(0.0, |most: f64, change| most.max(change.abs()));
    let counted: Vec<usize> = (0..changes.len()).filter(|at| changes[*at].abs() > least).collect();
    assert!(counted.len() > changes.len() * 9 / 10, "{} of {} changes to compare", counted.len(), changes.len());
    let score = |at: usize| scores[at % scores.len()][at / scores.len()];
    let equal = counted.iter().filter(|at| changes[**at].signum() == score(**at).signum()).count();
    equal as f64 / counted.len() as f64
}

#[test]
fn signs_of_removals_are_those_of_training_again_in_either_convention() {
    for file in ["breast_cancer.csv", "spambase.csv.gz"] {
        let Some(path) = beside(&format!("tabular/{file}")) else { return };
        let label = if file.starts_with("spam") { "spam" } else { "target" };
        let options = Options::new().with("label", label).with("standardize", true);
        let data = load("table", &[path], &options).unwrap();
        let samples = data.samples().unwrap();
        let Targets::Classes { labels, .. } = &samples.targets else { panic!("classes") };
        let n = data.len();
        let rows = Rows {
            rows: (0..n).map(|at| samples.features.row(at).iter().copied().chain([1.0]).collect()).collect(),
            labels: labels.iter().map(|class| if *class == 1 { 1.0 } else { -1.0 }).collect(),
        };
        let queries: Vec<usize> = (0..QUERIES).map(|query| query * n / QUERIES).collect();
        let (theta, sum) = predicted(&data, &queries, "sum", L2);
        let (same, mean) = predicted(&data, &queries, "mean", L2 / n as f64);
        assert_close(&same, &theta, 1e-9, "both objectives have one minimum");
        assert!(gradient(&rows, &theta, n, L2).iter().all(|x| x.abs() < 1e-6), "it is that of the formula");
        // The penalty stays, or a row takes its share along.
        let stays = changes(&rows, &theta, &queries, L2);
        let goes = changes(&rows, &theta, &queries, L2 * (n - 1) as f64 / n as f64);
        let (of_sum, of_mean) = (equal_signs(&sum, &stays), equal_signs(&mean, &goes));
        let crossed = equal_signs(&mean, &stays);
        println!("{file}: {of_sum:.4} of the signs of the sum, {of_mean:.4} of the mean, {crossed:.4} crossed");
        assert!(of_sum >= 0.99 && of_mean >= 0.99, "{file}: {of_sum} and {of_mean}");
        assert!(crossed < 0.9, "{file}: conventions that make no difference, {crossed}");
    }
}

#[test]
fn a_sum_is_only_minimized() {
    let data = crate::fixtures::numbered(12, 1);
    let context = context();
    let sum = Options::new().with("objective", "sum");
    let error = Model::new(&context, "mlp", &data, &sum).unwrap_err().to_string();
    assert!(
        error.contains("\"objective\"") && error.contains("linear, logistic, softmax, hinge, squared-hinge"),
        "{error}"
    );
    let model = Model::new(&context, "linear", &data, &sum).unwrap();
    let error =
        Trainer::new(&context, &model, &data, &Options::new().with("optimizer", "sgd")).unwrap_err().to_string();
    assert!(error.contains("by steps") && error.contains("mean"), "{error}");
}
