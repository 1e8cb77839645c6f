//! Minimisers against minima that are known, or checked by other means.

#![allow(clippy::unwrap_used)]

mod systems;

use std::ops::ControlFlow;

use ascribe::solve::{Block, Dense, Operator};
use ascribe::train::minimise::{MinimiseOptions, MinimiseReport, Smooth, lbfgs, newton};
use ascribe::{Error, Result};
use proptest::prelude::*;
use systems::{Source, dense_solve, inner, matrix_with, relative};

/// ½xᵀAx − bᵀx.
struct Quadratic(Dense, Vec<f64>);

impl Smooth for Quadratic {
    fn dimension(&self) -> usize {
        self.1.len()
    }

    fn value_and_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        for (gradient, row) in gradient.iter_mut().zip(self.0.values().chunks(x.len())) {
            *gradient = inner(row, x);
        }
        let value = 0.5 * inner(gradient, x) - inner(&self.1, x);
        gradient.iter_mut().zip(&self.1).for_each(|(gradient, b)| *gradient -= b);
        Ok(value)
    }

    fn hessian<'a>(&'a mut self, _: &[f64]) -> Result<Box<dyn Operator + 'a>> {
        Ok(Box::new(self.0.clone()))
    }
}

/// The mean of log(1 + exp(−y wᵀx)) + (λ/2)|w|², rows of features one behind the other.
struct Logistic {
    rows: Vec<Vec<f64>>,
    signs: Vec<f64>,
    penalty: f64,
}

impl Logistic {
    fn new(count: usize, dimension: usize, spread: f64, source: &mut Source) -> Self {
        let rows: Vec<Vec<f64>> = (0..count)
            .map(|_| {
                (0..dimension).map(|at| source.normal() * 10f64.powf(-spread * at as f64 / dimension as f64)).collect()
            })
            .collect();
        let signs = rows.iter().map(|row| if row[0] + source.normal() > 0.0 { 1.0 } else { -1.0 }).collect();
        Self { rows, signs, penalty: 1e-3 }
    }
}

impl Smooth for Logistic {
    fn dimension(&self) -> usize {
        self.rows[0].len()
    }

    fn value_and_gradient(&mut self, w: &[f64], gradient: &mut [f64]) -> Result<f64> {
        let n = self.rows.len() as f64;
        gradient.iter_mut().zip(w).for_each(|(gradient, w)| *gradient = self.penalty * w);
        let mut value = 0.5 * self.penalty * inner(w, w);
        for (row, sign) in self.rows.iter().zip(&self.signs) {
            let margin = sign * inner(row, w);
            value += (if margin > 0.0 { (-margin).exp().ln_1p() } else { margin.exp().ln_1p() - margin }) / n;
            let slope = -sign / (1.0 + margin.exp()) / n;
            gradient.iter_mut().zip(row).for_each(|(gradient, x)| *gradient += slope * x);
        }
        Ok(value)
    }

    fn hessian<'a>(&'a mut self, w: &[f64]) -> Result<Box<dyn Operator + 'a>> {
        let (p, n) = (w.len(), self.rows.len() as f64);
        let mut values = vec![0.0; p * p];
        for row in &self.rows {
            let share = 1.0 / (1.0 + (-inner(row, w)).exp());
            for (at, value) in values.iter_mut().enumerate() {
                *value += share * (1.0 - share) * row[at / p] * row[at % p] / n;
            }
        }
        (0..p).for_each(|at| values[at * (p + 1)] += self.penalty);
        Ok(Box::new(Dense::new(p, values)?))
    }
}

/// The sum of 100(x₂ − x₁²)² + (1 − x₁)² over neighbouring pairs of numbers.
struct Rosenbrock(usize);

impl Smooth for Rosenbrock {
    fn dimension(&self) -> usize {
        self.0
    }

    fn value_and_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        gradient.fill(0.0);
        let mut value = 0.0;
        for at in 0..x.len() - 1 {
            let (over, short) = (x[at + 1] - x[at] * x[at], 1.0 - x[at]);
            value += 100.0 * over * over + short * short;
            gradient[at] += -400.0 * over * x[at] - 2.0 * short;
            gradient[at + 1] += 200.0 * over;
        }
        Ok(value)
    }

    fn hessian<'a>(&'a mut self, x: &[f64]) -> Result<Box<dyn Operator + 'a>> {
        let p = x.len();
        let mut values = vec![0.0; p * p];
        for at in 0..p - 1 {
            values[at * (p + 1)] += 1200.0 * x[at] * x[at] - 400.0 * x[at + 1] + 2.0;
            values[(at + 1) * (p + 1)] += 200.0;
            values[at * p + at + 1] -= 400.0 * x[at];
            values[(at + 1) * p + at] -= 400.0 * x[at];
        }
        Ok(Box::new(Dense::new(p, values)?))
    }
}

/// L-BFGS, Newton by factoring, Newton by conjugate gradients.
fn all_ways(function: &mut dyn Smooth, start: &[f64], tolerance: f64) -> Vec<(Vec<f64>, MinimiseReport)> {
    let options = MinimiseOptions { tolerance, most_iterations: 5000, ..MinimiseOptions::default() };
    let truncated = MinimiseOptions { direct: 0, ..options };
    vec![
        lbfgs(function, start, &options).unwrap(),
        newton(function, start, &options).unwrap(),
        newton(function, start, &truncated).unwrap(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn quadratics_end_at_their_solution(seed in 0u64..1000, dimension in 1usize..30, orders in 0.0f64..4.0) {
        let mut source = Source::new(seed);
        let spectrum: Vec<f64> = (0..dimension).map(|_| 10f64.powf(-orders * source.uniform())).collect();
        let matrix = matrix_with(&spectrum, &mut source);
        let right = source.block(dimension, 1);
        let truth = dense_solve(&matrix, 0.0, &right);
        let mut function = Quadratic(matrix, right.values().to_vec());
        for (x, report) in all_ways(&mut function, &source.vector(dimension), 1e-11) {
            prop_assert!(report.converged, "{report:?}");
            let found = Block::new(dimension, 1, x).unwrap();
            prop_assert!(relative(&found, &truth) < 1e-10 * 10f64.powf(orders), "{report:?}");
        }
    }

    /// Logistic regression, features of very different size: gradients vanish to 1e-11, and all ways end at one point.
    #[test]
    fn logistic_regression_ends_at_its_optimum(seed in 0u64..1000, dimension in 1usize..12, spread in 0.0f64..2.0) {
        let mut source = Source::new(seed);
        let mut function = Logistic::new(60, dimension, spread, &mut source);
        let found = all_ways(&mut function, &vec![0.0; dimension], 1e-12);
        for (x, report) in &found {
            prop_assert!(report.converged, "{report:?}");
            let mut gradient = vec![0.0; dimension];
            let value = function.value_and_gradient(x, &mut gradient).unwrap();
            prop_assert!(gradient.iter().all(|entry| entry.abs() <= 1e-12));
            prop_assert_eq!(value, report.value);
            // The penalty makes it strictly convex: the distance is at most the gradient's length over λ.
            let difference: Vec<f64> = x.iter().zip(&found[0].0).map(|(a, b)| a - b).collect();
            prop_assert!(inner(&difference, &difference).sqrt() < 1e-8);
        }
    }

    #[test]
    fn curved_valleys_are_followed(dimension in 2usize..12, seed in 0u64..100) {
        let mut source = Source::new(seed);
        // Near the global minimum: longer chains have another.
        let start: Vec<f64> = (0..dimension).map(|_| 1.0 + 0.5 * source.normal().clamp(-1.0, 1.0)).collect();
        for (x, report) in all_ways(&mut Rosenbrock(dimension), &start, 1e-10) {
            prop_assert!(report.converged, "{report:?}");
            prop_assert!(x.iter().all(|entry| (entry - 1.0).abs() < 1e-8), "{x:?}");
        }
    }
}

#[test]
fn the_classical_start_is_no_obstacle() {
    for (x, report) in all_ways(&mut Rosenbrock(2), &[-1.2, 1.0], 1e-11) {
        assert!(report.converged && report.iterations <= 50, "{report:?}");
        assert!(x.iter().all(|entry| (entry - 1.0).abs() < 1e-9), "{x:?}");
    }
}

/// A separable double well, from where its curvature is negative: ¼(x² − 1)² for each number.
struct Wells(usize);

impl Smooth for Wells {
    fn dimension(&self) -> usize {
        self.0
    }

    fn value_and_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        gradient.iter_mut().zip(x).for_each(|(gradient, x)| *gradient = x * (x * x - 1.0));
        Ok(x.iter().map(|x| 0.25 * (x * x - 1.0).powi(2)).sum())
    }

    fn hessian<'a>(&'a mut self, x: &[f64]) -> Result<Box<dyn Operator + 'a>> {
        let p = x.len();
        let values = (0..p * p).map(|at| if at / p == at % p { 3.0 * x[at / p] * x[at / p] - 1.0 } else { 0.0 });
        Ok(Box::new(Dense::new(p, values.collect())?))
    }
}

#[test]
fn negative_curvature_is_left_downhill() {
    for (x, report) in all_ways(&mut Wells(3), &[0.1, -0.2, 0.05], 1e-12) {
        assert!(report.converged && report.iterations < 30, "{report:?}");
        assert!(x.iter().all(|x| (x.abs() - 1.0).abs() < 1e-11), "{x:?}");
    }
}

#[test]
fn what_does_not_converge_is_marked() {
    let options = MinimiseOptions { most_iterations: 3, ..MinimiseOptions::default() };
    for minimise in [lbfgs, newton] {
        let (_, report) = minimise(&mut Rosenbrock(4), &[-1.2, 1.0, -1.2, 1.0], &options).unwrap();
        assert!(!report.converged && report.iterations == 3);
        assert!(report.remedy.unwrap().contains("more iterations"));
    }
    // Rounding: no gradient of this function is below its last digits.
    let mut source = Source::new(1);
    let mut function = Logistic::new(60, 5, 0.0, &mut source);
    let none = MinimiseOptions { tolerance: 0.0, most_iterations: 10_000, ..MinimiseOptions::default() };
    for minimise in [lbfgs, newton] {
        let (_, report) = minimise(&mut function, &[0.0; 5], &none).unwrap();
        assert!(report.gradient < 1e-14, "{report:?}");
    }
}

#[test]
fn callers_can_stop_and_bad_starts_are_named() {
    let stop = |_: &ascribe::train::minimise::MinimiseProgress| ControlFlow::Break(());
    let options = MinimiseOptions { progress: Some(&stop), ..MinimiseOptions::default() };
    for minimise in [lbfgs, newton] {
        let error = minimise(&mut Rosenbrock(2), &[-1.2, 1.0], &options).unwrap_err();
        assert!(matches!(error, Error::Cancelled { .. }), "{error}");
        let error = minimise(&mut Rosenbrock(2), &[f64::NAN, 1.0], &options).unwrap_err();
        assert!(matches!(error, Error::NotFinite { .. }), "{error}");
        let error = minimise(&mut Rosenbrock(2), &[1.0], &options).unwrap_err();
        assert!(error.to_string().contains("start is 1, expected 2"), "{error}");
    }
}
