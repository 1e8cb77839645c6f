//! Smooth functions to their minimum, as near as rounding allows.
//!
//! Influence is a statement about the optimum: a convex model is trained until its gradient is nothing, by
//! [L-BFGS](lbfgs) from gradients alone or by [Newton's method](newton) with Hessian products.

mod lbfgs;
mod line_search;
mod newton;

use std::fmt;
use std::ops::ControlFlow;

use crate::error::{Error, Result};
use crate::solve::Operator;

pub use lbfgs::lbfgs;
pub use newton::newton;

/// A function with a continuous gradient.
pub trait Smooth {
    /// The numbers it takes.
    fn dimension(&self) -> usize;

    /// The value at `x`; writes the gradient.
    ///
    /// # Errors
    /// What evaluating may meet. A value that is not finite is none: the step is shortened.
    fn value_and_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64>;

    /// The Hessian at `x`, by its products.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where it has none, and what evaluating may meet.
    fn hessian<'a>(&'a mut self, x: &[f64]) -> Result<Box<dyn Operator + 'a>>;
}

/// How far to go, and whom to tell.
#[derive(Clone, Copy)]
pub struct MinimiseOptions<'a> {
    /// The largest entry of the gradient, in size, that counts as none.
    pub tolerance: f64,
    /// The most iterations.
    pub most_iterations: usize,
    /// Pairs of steps and changes of the gradient that L-BFGS remembers.
    pub memory: usize,
    /// Up to this dimension Newton's method assembles and factors the Hessian.
    pub direct: usize,
    /// Called after each iteration, on the calling thread; it may ask to stop.
    pub progress: Option<&'a MinimiseWatch<'a>>,
}

/// Is told how far a minimisation has come, and says whether to go on.
pub type MinimiseWatch<'a> = dyn Fn(&MinimiseProgress) -> ControlFlow<()> + 'a;

impl Default for MinimiseOptions<'_> {
    fn default() -> Self {
        Self { tolerance: 1e-8, most_iterations: 1000, memory: 12, direct: 500, progress: None }
    }
}

impl fmt::Debug for MinimiseOptions<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MinimiseOptions")
            .field("tolerance", &self.tolerance)
            .field("most_iterations", &self.most_iterations)
            .field("memory", &self.memory)
            .field("direct", &self.direct)
            .finish_non_exhaustive()
    }
}

/// How far a minimisation has come.
#[derive(Clone, Copy, Debug)]
pub struct MinimiseProgress {
    /// Iterations done.
    pub iteration: usize,
    /// The value.
    pub value: f64,
    /// The largest entry of the gradient, in size.
    pub gradient: f64,
}

/// How a minimisation ended.
#[derive(Clone, Debug)]
pub struct MinimiseReport {
    /// Iterations.
    pub iterations: usize,
    /// Evaluations of value and gradient.
    pub evaluations: usize,
    /// Hessian products.
    pub products: usize,
    /// The value reached.
    pub value: f64,
    /// The largest entry of the gradient there, in size.
    pub gradient: f64,
    /// Whether that is within the tolerance.
    pub converged: bool,
    /// What to do when it is not.
    pub remedy: Option<String>,
}

/// A point with what is known there, and the account of how it was reached.
struct State<'a, 'b> {
    function: &'a mut dyn Smooth,
    options: &'a MinimiseOptions<'b>,
    x: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
    iterations: usize,
    evaluations: usize,
    products: usize,
}

impl<'a, 'b> State<'a, 'b> {
    fn new(function: &'a mut dyn Smooth, start: &[f64], options: &'a MinimiseOptions<'b>) -> Result<Self> {
        let dimension = function.dimension();
        if start.len() != dimension {
            return Err(Error::argument("the length of the start", start.len(), dimension.to_string()));
        }
        if !(options.tolerance.is_finite() && options.tolerance >= 0.0) {
            return Err(Error::argument("the tolerance", options.tolerance, "a finite number, zero or more"));
        }
        let mut gradient = vec![0.0; dimension];
        let value = function.value_and_gradient(start, &mut gradient)?;
        let state =
            Self { function, options, x: start.to_vec(), value, gradient, iterations: 0, evaluations: 1, products: 0 };
        if !value.is_finite() || !state.size().is_finite() {
            return Err(Error::NotFinite {
                what: "the objective or its gradient",
                value,
                place: "the start".into(),
                remedy: "look for data that are not finite, or start from smaller parameters".into(),
            });
        }
        Ok(state)
    }

    /// The largest entry of the gradient, in size; NaN when there is one.
    fn size(&self) -> f64 {
        largest(&self.gradient)
    }

    fn done(&self) -> bool {
        self.size() <= self.options.tolerance || self.iterations >= self.options.most_iterations
    }

    /// Counts an iteration and tells the caller, who may stop.
    fn tell(&mut self) -> Result<()> {
        self.iterations += 1;
        let Some(progress) = self.options.progress else { return Ok(()) };
        let told = MinimiseProgress { iteration: self.iterations, value: self.value, gradient: self.size() };
        match progress(&told) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => {
                Err(Error::Cancelled { place: format!("iteration {} of the minimisation", self.iterations) })
            }
        }
    }

    fn report(self) -> (Vec<f64>, MinimiseReport) {
        let gradient = self.size();
        let converged = gradient <= self.options.tolerance;
        let remedy = (!converged).then(|| {
            let advice = if self.iterations >= self.options.most_iterations {
                "allow more iterations, scale the features, or raise the penalty"
            } else {
                "rounding allows no further step: ask for a larger tolerance, scale the features, or compute in f64"
            };
            format!("the gradient is {gradient:.1e} and not {:.1e}: {advice}", self.options.tolerance)
        });
        let report = MinimiseReport {
            iterations: self.iterations,
            evaluations: self.evaluations,
            products: self.products,
            value: self.value,
            gradient,
            converged,
            remedy,
        };
        (self.x, report)
    }
}

fn largest(vector: &[f64]) -> f64 {
    vector.iter().fold(0.0, |largest: f64, value| if value.is_nan() { f64::NAN } else { largest.max(value.abs()) })
}
