//! Models of rows at their minimum, tables to train them on, and dense algebra to compare with.
#![allow(dead_code)]
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use ascribe::attribution::influence::{Influence, Options};
use ascribe::data::{Encoding, EncodingOptions, Table, Task};
use ascribe::engine::Workers;
use ascribe::models::network::{NetworkFunctional, NetworkLoss, NetworkSettings, TargetKind};
use ascribe::objective::{AnyInputs, CompiledFunctional, Convention, Curvature, Derivatives, Evaluate, Inputs};
use ascribe::solve::{Block, Solver};
use ascribe::tensor::Real;
use ascribe::tensor::random::{Purpose, Stream};
use ascribe::train::minimize;
use faer::Mat;
use faer::linalg::solvers::Solve;

pub const FEATURES: usize = 4;

/// A model of rows. Softmax has no intercept: a constant added to all of them would be a direction without curvature.
pub fn settings(loss: NetworkLoss, layers: &[&str], l2: f64) -> NetworkSettings {
    let softmax = loss == NetworkLoss::Softmax;
    let layers = layers.iter().map(|layer| layer.parse().unwrap()).collect();
    let outputs = if softmax { 3 } else { 1 };
    NetworkSettings {
        features: vec![FEATURES],
        outputs,
        layers,
        loss,
        l2,
        intercept: !softmax,
        objective: Convention::Mean,
        target_scale: None,
    }
}

/// Every loss without layers, networks of rows, and a network of images.
pub fn cases() -> Vec<NetworkSettings> {
    let mut images = settings(NetworkLoss::Softmax, &["conv:2x2", "tanh", "average:2"], 0.05);
    images.features = vec![5, 5, 1];
    vec![
        settings(NetworkLoss::Squared, &[], 0.0),
        settings(NetworkLoss::Squared, &[], 0.1),
        settings(NetworkLoss::Logistic, &[], 0.02),
        settings(NetworkLoss::Hinge { smoothing: 0.3 }, &[], 0.05),
        settings(NetworkLoss::Softmax, &[], 0.05),
        settings(NetworkLoss::Squared, &["dense:3", "tanh"], 0.05),
        settings(NetworkLoss::Softmax, &["dense:4", "tanh"], 0.05),
        images,
        NetworkSettings { objective: Convention::Sum, ..settings(NetworkLoss::Squared, &[], 3.0) },
        NetworkSettings { objective: Convention::Sum, ..settings(NetworkLoss::Logistic, &[], 0.8) },
        NetworkSettings { objective: Convention::Sum, ..settings(NetworkLoss::Softmax, &[], 2.0) },
    ]
}

/// Random rows whose targets follow them with much noise, so that classes overlap.
pub fn rows(settings: &NetworkSettings, count: usize, seed: u64) -> Inputs<f64> {
    let width: usize = settings.features.iter().product();
    let mut stream = Stream::new(seed, Purpose::Data, 0, 0);
    let features: Vec<f64> = (0..count * width).map(|_| stream.normal()).collect();
    let slope = |class: usize, feature: usize| ((3 * class + 2 * feature + 1) as f64).sin();
    let mut score = |row: usize, class: usize| {
        let sum: f64 = (0..width).map(|k| slope(class, k) * features[row * width + k]).sum();
        sum / (width as f64).sqrt() + stream.normal()
    };
    let inputs = Inputs::new(count);
    let inputs = match settings.target() {
        TargetKind::Number => inputs.with_numbers(1, (0..count).map(|row| score(row, 0)).collect()),
        TargetKind::Sign => inputs.with_numbers(1, (0..count).map(|row| score(row, 0).signum()).collect()),
        TargetKind::Label => {
            let label = |row: usize| {
                let scores: Vec<f64> = (0..settings.outputs).map(|class| score(row, class)).collect();
                (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap() as u32
            };
            inputs.with_ids(1, (0..count).map(label).collect())
        }
    };
    inputs.unwrap().with_numbers(0, features).unwrap()
}

/// A real table, standardized, and a model for it. The files lie beside the repository; where they do not, there is none.
pub fn table(file: &str, outputs: usize, loss: NetworkLoss, l2: f64) -> Option<(NetworkSettings, Inputs<f64>)> {
    let path = super::beside(&format!("tabular/{file}"))?;
    let table = Table::read(&path).unwrap();
    let task = if loss == NetworkLoss::Squared { Task::Numbers } else { Task::Classes };
    let options = EncodingOptions { standardize: true, ..EncodingOptions::default() };
    let encoding = Encoding::learn(&table, "target", task, &options).unwrap();
    let rows = encoding.encode(&table).unwrap();
    let features = vec![rows.features.row_width()];
    let intercept = loss != NetworkLoss::Softmax;
    let settings = NetworkSettings {
        features,
        outputs,
        layers: Vec::new(),
        loss,
        l2,
        intercept,
        objective: Convention::Mean,
        target_scale: None,
    };
    let inputs = settings.inputs(&rows).unwrap();
    Some((settings, inputs))
}

/// Derivatives at the model's first parameters.
pub fn derivatives<T: Real>(
    context: &Workers,
    settings: &NetworkSettings,
    inputs: &Inputs<T>,
    weights: Option<&[f64]>,
) -> Derivatives<T> {
    let objective = Arc::new(settings.objective().unwrap());
    let inputs = Arc::new(inputs.clone());
    Derivatives::new(context, objective, settings.initial(1).unwrap(), inputs, weights, None, 1 << 26).unwrap()
}

/// Moves to the minimum, as near as rounding allows.
pub fn train(derivatives: &mut Derivatives<f64>) -> Vec<f64> {
    let start = derivatives.point();
    let mut slopes = vec![0.0; start.len()];
    let at_zero = vec![0.0; start.len()];
    derivatives.set_point(&at_zero).unwrap();
    derivatives.value_and_gradient(&mut slopes).unwrap();
    let options = minimize::Options { gradient_tolerance: 2e-14, max_iterations: 500, ..minimize::Options::default() };
    let found = minimize::newton(derivatives, &start, &options).unwrap();
    // Rounding is that of the terms which the gradient is the sum of.
    let scale = largest(&slopes).max(1.0);
    assert!(
        found.gradient_norm <= 1e-12 * scale,
        "{:e} after {}: {:?}",
        found.gradient_norm,
        found.iterations,
        found.hint
    );
    derivatives.set_point(&found.x).unwrap();
    found.x
}

/// Derivatives at the minimum.
pub fn trained(
    context: &Workers,
    settings: &NetworkSettings,
    inputs: &Inputs<f64>,
    weights: Option<&[f64]>,
) -> Derivatives<f64> {
    let mut derivatives = derivatives(context, settings, inputs, weights);
    train(&mut derivatives);
    derivatives
}

/// The parameters after training on other examples, from where the model stands.
pub fn retrained(from: &dyn Evaluate, inputs: impl Into<AnyInputs>, weights: &[f64]) -> Vec<f64> {
    train(&mut from.in_f64(&inputs.into(), weights, 1 << 26).unwrap())
}

/// The weights of so many examples without some.
pub fn without(count: usize, removed: &[usize]) -> Vec<f64> {
    (0..count).map(|example| if removed.contains(&example) { 0.0 } else { 1.0 }).collect()
}

pub fn scalars(settings: &NetworkSettings, of: &Derivatives<f64>, kind: NetworkFunctional) -> CompiledFunctional {
    CompiledFunctional::new(&settings.functional(kind).unwrap(), of.layout()).unwrap()
}

/// The values of a functional for queries at a point.
pub fn values_at(of: &dyn Evaluate, scalars: &CompiledFunctional, queries: &Inputs<f64>, point: &[f64]) -> Vec<f64> {
    let mut there = of.in_f64(&of.inputs(), &of.weights(), 0).unwrap();
    there.set_point(point).unwrap();
    scalars.values(there.workers(), there.parameters(), queries).unwrap()
}

/// Solving directly.
pub fn direct() -> Options {
    Options { solver: Some(Solver::Direct), ..Options::default() }
}

/// All scores of all queries, query after query.
pub fn scores(
    derivatives: Derivatives<f64>,
    scalars: &CompiledFunctional,
    queries: &Inputs<f64>,
    options: &Options,
) -> Vec<f64> {
    let mut influence = Influence::fit(derivatives, options).unwrap();
    let answer = influence.solve_queries(scalars, queries).unwrap();
    influence.scores(&answer).unwrap().values
}

/// A curvature matrix, from its products with unit vectors.
pub fn matrix(derivatives: &mut Derivatives<f64>, curvature: Curvature) -> Mat<f64> {
    let p = derivatives.dimension();
    let mut units = Block::zeros(p, p);
    (0..p).for_each(|k| units.vector_mut(k)[k] = 1.0);
    let mut products = Block::zeros(p, p);
    derivatives.products(curvature, &units, &mut products).unwrap();
    Mat::from_fn(p, p, |row, column| products.vector(column)[row])
}

/// (A + damping)⁻¹ b by elimination.
pub fn solved(matrix: &Mat<f64>, damping: f64, right: &[f64]) -> Vec<f64> {
    let p = matrix.nrows();
    let damped = Mat::from_fn(p, p, |row, column| matrix[(row, column)] + if row == column { damping } else { 0.0 });
    let x = damped.partial_piv_lu().solve(&Mat::from_fn(p, 1, |row, _| right[row]));
    (0..p).map(|row| x[(row, 0)]).collect()
}

/// (wᵢ/W) vᵀ (A + damping)⁻¹ gᵢ of every example for every query, by dense algebra.
pub fn dense_scores(of: &Derivatives<f64>, matrix: &Mat<f64>, damping: f64, gradients: &Block) -> Vec<f64> {
    let count = of.inputs().count();
    let own = of.gradients_of(&(0..count).collect::<Vec<_>>()).unwrap();
    let (weights, total) = (of.weights(), of.total_weight());
    let mut found = Vec::new();
    for v in gradients.vectors() {
        let s = solved(matrix, damping, v);
        found.extend(own.vectors().zip(&weights).map(|(g, w)| w / total * dot(&s, g)));
    }
    found
}

/// The parameters that minimize ½Σ wᵢ(xᵢ·θ − yᵢ)² + ½Wλ|θ without intercept|², by the normal equations.
pub fn least_squares(inputs: &Inputs<f64>, weights: &[f64], l2: f64) -> Vec<f64> {
    let width = inputs.numbers(0).len() / inputs.count();
    let (normal, mut right) = (normal_matrix(inputs, weights, l2), vec![0.0; width + 1]);
    for (example, weight) in weights.iter().enumerate() {
        for (k, x) in row_of(inputs, example).iter().enumerate() {
            right[k] += weight * x * inputs.numbers(1)[example];
        }
    }
    solved(&normal, 0.0, &right)
}

/// Σ wᵢxᵢxᵢᵀ + Wλ, the penalty not on the intercept.
pub fn normal_matrix(inputs: &Inputs<f64>, weights: &[f64], l2: f64) -> Mat<f64> {
    let width = inputs.numbers(0).len() / inputs.count();
    let total: f64 = weights.iter().sum();
    let mut normal = Mat::zeros(width + 1, width + 1);
    for (example, weight) in weights.iter().enumerate() {
        let row = row_of(inputs, example);
        for i in 0..=width {
            for j in 0..=width {
                normal[(i, j)] += weight * row[i] * row[j];
            }
        }
    }
    (0..width).for_each(|k| normal[(k, k)] += total * l2);
    normal
}

/// An example's features and a one for the intercept.
pub fn row_of(inputs: &Inputs<f64>, example: usize) -> Vec<f64> {
    inputs.numbers_of(0, example).iter().copied().chain([1.0]).collect()
}

pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

pub fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

pub fn largest(a: &[f64]) -> f64 {
    a.iter().fold(0.0, |most, x| if x.is_nan() { f64::NAN } else { f64::max(most, x.abs()) })
}

pub fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(x, y)| x - y).collect()
}

/// Compares with the truth, relative to its largest number.
#[track_caller]
pub fn close(found: &[f64], truth: &[f64], tolerance: f64, what: &str) {
    let error = largest(&difference(found, truth)) / largest(truth).max(f64::MIN_POSITIVE);
    assert!(error <= tolerance, "{what}: off by {error:e} of the largest, {tolerance:e} allowed");
}
