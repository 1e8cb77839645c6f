//! Minimizing: against direct solutions, closed forms and between methods.
#![allow(clippy::unwrap_used)]

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ascribe::engine::{Monitor, Workers};
use ascribe::models::network::{NetworkLoss, NetworkSettings};
use ascribe::objective::Inputs;
use ascribe::objective::{Convention, Derivatives};
use ascribe::solve::{Block, Cholesky, DenseMatrix, Operator};
use ascribe::tensor::Array;
use ascribe::tensor::random::{Purpose, Stream};
use ascribe::train::minimize::{Minimum, Options, Smooth, lbfgs, minimize, newton};
use ascribe::{Error, Result};

type Minimizer = fn(&mut dyn Smooth, &[f64], &Options) -> Result<Minimum>;

const MINIMIZERS: [(&str, Minimizer); 3] = [("newton", newton), ("lbfgs", lbfgs), ("minimize", minimize)];

fn within(gradient: f64, max_iterations: usize) -> Options {
    Options { gradient_tolerance: gradient, max_iterations, ..Options::default() }
}

fn largest(vector: impl IntoIterator<Item = f64>) -> f64 {
    vector.into_iter().fold(0.0, |most, x| f64::max(most, x.abs()))
}

fn normals(count: usize, seed: u64) -> Vec<f64> {
    let mut stream = Stream::new(seed, Purpose::Data, 0, 0);
    (0..count).map(|_| stream.normal()).collect()
}

/// ½ xᵀAx − bᵀx.
struct Quadratic {
    matrix: DenseMatrix,
    right: Vec<f64>,
}

impl Quadratic {
    /// A matrix with eigenvalues from one down to 1/`condition`, turned by reflections.
    fn new(dimension: usize, condition: f64) -> Self {
        let mut values = vec![0.0; dimension * dimension];
        for place in 0..dimension {
            values[place * (dimension + 1)] = condition.powf(-(place as f64) / (dimension - 1) as f64);
        }
        for seed in 0..3 {
            let mirror = normals(dimension, 100 + seed);
            let square: f64 = mirror.iter().map(|x| x * x).sum();
            for _ in 0..2 {
                // (I − 2vvᵀ/vᵀv) A, then transposed: twice makes it symmetric again.
                let mut shares = vec![0.0; dimension];
                for row in 0..dimension {
                    for column in 0..dimension {
                        shares[column] += mirror[row] * values[row * dimension + column];
                    }
                }
                let mut turned = vec![0.0; dimension * dimension];
                for row in 0..dimension {
                    for column in 0..dimension {
                        turned[column * dimension + row] =
                            values[row * dimension + column] - 2.0 / square * mirror[row] * shares[column];
                    }
                }
                values = turned;
            }
        }
        let mut matrix = DenseMatrix::new(dimension, values).unwrap();
        let mut right = Block::zeros(dimension, 1);
        matrix.apply(&Block::new(dimension, 1, normals(dimension, 5)).unwrap(), &mut right).unwrap();
        Self { matrix, right: right.values().to_vec() }
    }
}

impl Smooth for Quadratic {
    fn dimension(&self) -> usize {
        self.right.len()
    }

    fn value_and_gradient(&mut self, point: &[f64], gradient: &mut [f64]) -> Result<f64> {
        let point = Block::new(point.len(), 1, point.to_vec())?;
        let mut product = Block::zeros(self.right.len(), 1);
        self.matrix.apply(&point, &mut product)?;
        let mut value = 0.0;
        for (place, slope) in gradient.iter_mut().enumerate() {
            let (x, ax, b) = (point.values()[place], product.values()[place], self.right[place]);
            *slope = ax - b;
            value += 0.5 * x * ax - b * x;
        }
        Ok(value)
    }

    fn products(&mut self, _: &[f64], directions: &Block, products: &mut Block) -> Result<()> {
        self.matrix.apply(directions, products)
    }
}

/// Rosenbrock's valley in pairs of numbers: Σ 100 (y − x²)² + (1 − x)².
struct Valley(usize);

impl Smooth for Valley {
    fn dimension(&self) -> usize {
        self.0
    }

    fn value_and_gradient(&mut self, point: &[f64], gradient: &mut [f64]) -> Result<f64> {
        let mut value = 0.0;
        for (point, gradient) in point.chunks(2).zip(gradient.chunks_mut(2)) {
            let (x, above) = (point[0], point[1] - point[0] * point[0]);
            value += 100.0 * above * above + (1.0 - x) * (1.0 - x);
            gradient[0] = -400.0 * x * above - 2.0 * (1.0 - x);
            gradient[1] = 200.0 * above;
        }
        Ok(value)
    }

    fn products(&mut self, point: &[f64], directions: &Block, products: &mut Block) -> Result<()> {
        for number in 0..directions.count() {
            let images = products.vector_mut(number).chunks_mut(2);
            for ((point, direction), image) in point.chunks(2).zip(directions.vector(number).chunks(2)).zip(images) {
                let (x, y) = (point[0], point[1]);
                image[0] = (1200.0 * x * x - 400.0 * y + 2.0) * direction[0] - 400.0 * x * direction[1];
                image[1] = -400.0 * x * direction[0] + 200.0 * direction[1];
            }
        }
        Ok(())
    }
}

#[test]
fn quadratics_are_solved_as_by_a_factor() {
    // The larger one is above what Newton's method assembles.
    for (dimension, condition) in [(2, 10.0), (40, 1e4), (700, 1e3)] {
        let mut quadratic = Quadratic::new(dimension, condition);
        let right = Block::new(dimension, 1, quadratic.right.clone()).unwrap();
        let truth = Cholesky::new(quadratic.matrix.clone(), 0.0).unwrap().solve(&right).unwrap();
        let scale = largest(truth.values().iter().copied());
        let start = normals(dimension, 9);
        for (name, method) in MINIMIZERS {
            let found = method(&mut quadratic, &start, &within(1e-12, 5000)).unwrap();
            assert!(found.converged, "{name}, {dimension}: {found:?}");
            let error = largest(found.x.iter().zip(truth.values()).map(|(x, y)| x - y));
            // A gradient of 1e-12 leaves up to √p · condition times as much in the point.
            assert!(error <= 1e-12 * scale.max(condition), "{name}, {dimension}: {error:e} of {scale:e}");
        }
    }
}

#[test]
fn newton_solves_a_well_conditioned_quadratic_to_the_last_digits() {
    let mut quadratic = Quadratic::new(30, 10.0);
    let right = Block::new(30, 1, quadratic.right.clone()).unwrap();
    let truth = Cholesky::new(quadratic.matrix.clone(), 0.0).unwrap().solve(&right).unwrap();
    let found = newton(&mut quadratic, &[0.0; 30], &within(1e-12, 10)).unwrap();
    assert!(largest(found.x.iter().zip(truth.values()).map(|(x, y)| x - y)) <= 1e-12, "{found:?}");
    assert!(found.iterations <= 2 && found.products == 30, "{found:?}");
}

#[test]
fn ill_conditioned_quadratics_reach_a_small_gradient() {
    for dimension in [100, 650] {
        let mut quadratic = Quadratic::new(dimension, 1e8);
        for (name, method) in [MINIMIZERS[0], MINIMIZERS[2]] {
            let found = method(&mut quadratic, &vec![0.0; dimension], &within(1e-8, 300)).unwrap();
            assert!(found.converged, "{name}, {dimension}: {} {:?}", found.gradient_norm, found.hint);
            let mut gradient = vec![0.0; dimension];
            quadratic.value_and_gradient(&found.x, &mut gradient).unwrap();
            assert!(largest(gradient) <= 1e-8);
        }
    }
}

#[test]
fn the_bottom_of_the_valley_is_found() {
    for dimension in [2, 10, 800] {
        let start: Vec<f64> = [-1.2, 1.0].repeat(dimension / 2);
        for (name, method) in MINIMIZERS {
            let found = method(&mut Valley(dimension), &start, &within(1e-10, 2000)).unwrap();
            assert!(found.converged, "{name}, {dimension}: {} {:?}", found.gradient_norm, found.hint);
            assert!(largest(found.x.iter().map(|x| x - 1.0)) <= 1e-9, "{name}, {dimension}");
        }
    }
}

fn settings(features: usize, outputs: usize, loss: NetworkLoss, l2: f64) -> NetworkSettings {
    NetworkSettings {
        features: vec![features],
        outputs,
        layers: Vec::new(),
        loss,
        l2,
        intercept: true,
        objective: Convention::Mean,
        target_scale: None,
    }
}

fn derivatives(context: &Workers, settings: &NetworkSettings, inputs: Inputs<f64>) -> Derivatives<f64> {
    let objective = Arc::new(settings.objective().unwrap());
    Derivatives::new(context, objective, settings.initial(1).unwrap(), Arc::new(inputs), None, None, 1 << 26).unwrap()
}

/// Random rows whose classes overlap.
fn random_rows(count: usize, width: usize, classes: u32, seed: u64) -> (Vec<f64>, Vec<u32>) {
    let features = normals(count * width, seed);
    let noise = normals(count * classes as usize, seed + 1);
    let pull = normals(width * classes as usize, seed + 2);
    let labels = features.chunks(width).zip(noise.chunks(classes as usize)).map(|(row, noise)| {
        let score = |class: usize| {
            let pull = &pull[class * width..(class + 1) * width];
            3.0 * noise[class] + row.iter().zip(pull).map(|(x, y)| x * y).sum::<f64>()
        };
        (0..classes).max_by(|a, b| score(*a as usize).total_cmp(&score(*b as usize))).unwrap()
    });
    let labels = labels.collect();
    (features, labels)
}

fn signs(labels: &[u32]) -> Vec<f64> {
    labels.iter().map(|label| if *label == 1 { 1.0 } else { -1.0 }).collect()
}

/// All methods from several starts meet in one point with a gradient of 1e-10.
fn one_optimum(settings: &NetworkSettings, inputs: &Inputs<f64>, same: f64, what: &str) {
    let context = Workers::single();
    let mut objective = derivatives(&context, settings, inputs.clone());
    let dimension = objective.dimension();
    let mut first: Option<Vec<f64>> = None;
    for start in [vec![0.0; dimension], normals(dimension, 21)] {
        for (name, method) in MINIMIZERS {
            let found = method(&mut objective, &start, &within(1e-10, 3000)).unwrap();
            let Minimum { gradient_norm: gradient, iterations, evaluations, products, .. } = found;
            println!("{what}, {name}: {gradient:e} after {iterations}, {evaluations} and {products}");
            assert!(found.converged && found.gradient_norm <= 1e-10, "{what}, {name}: {gradient} {:?}", found.hint);
            let mut slopes = vec![0.0; dimension];
            Smooth::value_and_gradient(&mut objective, &found.x, &mut slopes).unwrap();
            assert!(largest(slopes) <= 1e-10);
            let expected = first.get_or_insert_with(|| found.x.clone());
            let error = largest(found.x.iter().zip(expected.iter()).map(|(x, y)| x - y));
            assert!(error <= same, "{what}, {name}: {error:e}");
        }
    }
}

#[test]
fn logistic_regression_has_one_optimum() {
    let (features, labels) = random_rows(400, 30, 2, 5);
    let inputs = Inputs::new(400).with_numbers(0, features).unwrap().with_numbers(1, signs(&labels)).unwrap();
    one_optimum(&settings(30, 1, NetworkLoss::Logistic, 0.001), &inputs, 1e-6, "logistic");
}

#[test]
fn softmax_regression_has_one_optimum() {
    // Without intercept: a constant added to all of them changes nothing, so they have no one optimum.
    let (features, labels) = random_rows(300, 8, 4, 3);
    let inputs = Inputs::new(300).with_numbers(0, features).unwrap().with_ids(1, labels).unwrap();
    let settings = NetworkSettings { intercept: false, ..settings(8, 4, NetworkLoss::Softmax, 0.01) };
    one_optimum(&settings, &inputs, 1e-7, "softmax");
}

#[test]
fn softmax_regression_with_intercepts_reaches_a_small_gradient() {
    let (features, labels) = random_rows(300, 8, 4, 3);
    let inputs = Inputs::new(300).with_numbers(0, features).unwrap().with_ids(1, labels).unwrap();
    let settings = settings(8, 4, NetworkLoss::Softmax, 0.01);
    let context = Workers::single();
    let mut objective = derivatives(&context, &settings, inputs);
    let start = vec![0.0; objective.dimension()];
    for (name, method) in MINIMIZERS {
        let found = method(&mut objective, &start, &within(1e-10, 1000)).unwrap();
        assert!(found.converged, "{name}: {} {:?}", found.gradient_norm, found.hint);
    }
}

#[test]
fn softmax_regression_is_minimized_without_the_matrix() {
    let (features, labels) = random_rows(900, 64, 10, 6);
    let inputs = Inputs::new(900).with_numbers(0, features).unwrap().with_ids(1, labels).unwrap();
    let settings = settings(64, 10, NetworkLoss::Softmax, 0.01);
    let context = Workers::single();
    let mut objective = derivatives(&context, &settings, inputs);
    let start = vec![0.0; objective.dimension()];
    assert!(start.len() > 600);
    let values = MINIMIZERS.map(|(name, method)| {
        let found = method(&mut objective, &start, &within(1e-10, 1000)).unwrap();
        assert!(found.converged, "{name}: {} {:?}", found.gradient_norm, found.hint);
        found.value
    });
    assert!(largest(values.map(|value| value - values[0])) <= 1e-13, "{values:?}");
}

#[test]
fn smooth_hinges_have_one_optimum() {
    let (features, labels) = random_rows(200, 6, 2, 8);
    let inputs = Inputs::new(200).with_numbers(0, features).unwrap().with_numbers(1, signs(&labels)).unwrap();
    one_optimum(&settings(6, 1, NetworkLoss::Hinge { smoothing: 0.1 }, 0.01), &inputs, 1e-7, "hinge");
}

#[test]
fn ridge_regression_is_its_closed_form() {
    let (count, width, l2) = (120, 7, 0.3);
    let features = normals(count * width, 1);
    let targets = normals(count, 2);
    // Per example ½ (w·x + b − y)² + ½ λ|w|²: (XᵀX/n + λ J) (w, b) = Xᵀy/n with a column of ones and J without its place.
    let row = |place: usize| features[place * width..][..width].iter().copied().chain([1.0]).collect::<Vec<f64>>();
    let normal = faer::Mat::from_fn(width + 1, width + 1, |i, j| {
        let sum: f64 = (0..count).map(|place| row(place)[i] * row(place)[j]).sum();
        sum / count as f64 + if i == j && i < width { l2 } else { 0.0 }
    });
    let right = faer::Mat::from_fn(width + 1, 1, |i, _| {
        (0..count).map(|place| row(place)[i] * targets[place]).sum::<f64>() / count as f64
    });
    use faer::linalg::solvers::Solve;
    let truth = normal.partial_piv_lu().solve(&right);
    let inputs =
        Inputs::new(count).with_numbers(0, features.clone()).unwrap().with_numbers(1, targets.clone()).unwrap();
    let context = Workers::single();
    let mut objective = derivatives(&context, &settings(width, 1, NetworkLoss::Squared, l2), inputs);
    for (name, method) in MINIMIZERS {
        let found = method(&mut objective, &vec![0.0; width + 1], &within(1e-12, 500)).unwrap();
        assert!(found.converged, "{name}: {found:?}");
        let error = largest(found.x.iter().enumerate().map(|(place, x)| x - truth[(place, 0)]));
        assert!(error <= 1e-11, "{name}: {error:e}");
    }
}

#[test]
fn separable_classes_without_penalty_have_no_minimum() {
    let features = normals(100 * 3, 4);
    let targets = features.chunks(3).map(|row| (row[0] - 2.0 * row[1] + 0.5).signum()).collect();
    let inputs = Inputs::new(100).with_numbers(0, features).unwrap().with_numbers(1, targets).unwrap();
    let context = Workers::single();
    let mut objective = derivatives(&context, &settings(3, 1, NetworkLoss::Logistic, 0.0), inputs);
    for gradient in [1e-6, 1e-10, 1e-200] {
        for (name, method) in [MINIMIZERS[0], MINIMIZERS[2]] {
            let found = method(&mut objective, &[0.0; 4], &within(gradient, 200)).unwrap();
            assert!(!found.converged, "{name}: {found:?}");
            assert!(found.hint.as_ref().unwrap().contains("penalty"), "{name}: {found:?}");
        }
    }
}

#[test]
fn kinks_end_without_convergence_and_with_a_remedy() {
    let (features, labels) = random_rows(80, 3, 2, 8);
    let inputs = Inputs::new(80).with_numbers(0, features).unwrap().with_numbers(1, signs(&labels)).unwrap();
    let context = Workers::single();
    let mut objective = derivatives(&context, &settings(3, 1, NetworkLoss::Hinge { smoothing: 0.0 }, 0.1), inputs);
    for (name, method) in MINIMIZERS {
        let found = method(&mut objective, &[0.0; 4], &within(1e-8, 1000)).unwrap();
        assert!(!found.converged && found.evaluations < 6000, "{name}: {found:?}");
        assert!(found.hint.as_ref().unwrap().contains("kinks"), "{name}: {found:?}");
        // How near it comes is not promised, but a hinge without any fit is 1.
        assert!(found.value < 0.99, "{name}: {found:?}");
    }
}

#[test]
fn single_precision_ends_where_its_rounding_begins() {
    let (features, labels) = random_rows(300, 8, 2, 3);
    let inputs = Inputs::new(300).with_numbers(0, features).unwrap().with_numbers(1, signs(&labels)).unwrap();
    let settings = settings(8, 1, NetworkLoss::Logistic, 0.01);
    let objective = Arc::new(settings.objective().unwrap());
    let parameters: Vec<Array<f32>> = settings.initial(1).unwrap();
    let context = Workers::single();
    let mut objective =
        Derivatives::new(&context, objective, parameters, Arc::new(inputs.convert()), None, None, 1 << 24).unwrap();
    for (name, method) in MINIMIZERS {
        let found = method(&mut objective, &[0.0; 9], &within(1e-12, 1000)).unwrap();
        assert!(found.gradient_norm < 1e-5 && found.iterations < 200, "{name}: {found:?}");
        assert!(found.converged || found.hint.unwrap().contains("f64"), "{name}");
    }
}

#[test]
fn callers_are_told_and_may_stop() {
    for (name, method) in MINIMIZERS {
        let seen = Arc::new(AtomicU64::new(0));
        let counter = seen.clone();
        let monitor = Monitor::none().with_listener(move |progress| {
            let count = 1 + counter.fetch_add(1, Ordering::Relaxed);
            assert_eq!((progress.phase, progress.done, progress.total), (c"minimizing", count, Some(1000)), "{name}");
            if count == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let options = Options { monitor, ..within(1e-10, 1000) };
        let error = method(&mut Valley(2), &[-1.2, 1.0], &options).unwrap_err();
        assert!(matches!(error, Error::Canceled { .. }), "{name}: {error}");
        assert_eq!(seen.load(Ordering::Relaxed), 3, "{name}");
        let few = method(&mut Valley(2), &[-1.2, 1.0], &within(1e-10, 3)).unwrap();
        assert!(!few.converged && few.iterations == 3 && few.hint.is_some(), "{name}: {few:?}");
    }
}

#[test]
fn what_cannot_be_minimized_is_refused() {
    for (_, method) in MINIMIZERS {
        let error = method(&mut Valley(2), &[1.0], &Options::default()).unwrap_err();
        assert!(error.to_string().contains("the length of the start is 1"), "{error}");
        let error = method(&mut Valley(2), &[f64::NAN, 1.0], &Options::default()).unwrap_err();
        assert!(matches!(error, Error::NotFinite { .. }), "{error}");
        let error = method(&mut Valley(2), &[0.0, 1.0], &within(0.0, 5)).unwrap_err();
        assert!(error.to_string().contains("expected a positive number"), "{error}");
    }
}
