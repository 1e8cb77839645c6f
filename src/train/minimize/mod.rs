//! Minimizing a smooth function of one vector to a small gradient.

mod descent;
mod lbfgs;
mod line_search;
mod newton;

pub use lbfgs::lbfgs;
pub use newton::newton;

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::engine::Workers;
use crate::error::Result;
use crate::objective::{Curvature, Derivatives};
use crate::objective::{Inputs, Objective};
use crate::solve::Block;
use crate::tensor::{Array, Real};

/// A function with a gradient, and products with its Hessian.
pub trait Smooth {
    /// The numbers in a point.
    fn dimension(&self) -> usize;

    /// The value at a point, and the gradient there into `gradient`.
    ///
    /// # Errors
    /// What computing it may meet.
    fn value_and_gradient(&mut self, point: &[f64], gradient: &mut [f64]) -> Result<f64>;

    /// Writes the products of the Hessian at a point with directions.
    ///
    /// # Errors
    /// What computing them may meet.
    fn products(&mut self, point: &[f64], directions: &Block, products: &mut Block) -> Result<()>;

    /// The relative precision that values and gradients are computed in.
    fn precision(&self) -> f64 {
        f64::EPSILON
    }
}

/// What is told of each step, and may ask to stop.
pub type Watch<'a> = dyn Fn(&Progress) -> ControlFlow<()> + 'a;

/// How far to go, and whom to tell.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The largest part of the gradient at which a point counts as the minimum.
    pub gradient: f64,
    /// The most steps.
    pub max_iterations: usize,
    /// The pairs of steps and gradient changes that L-BFGS remembers.
    pub memory: usize,
    /// Called after each step, on the calling thread; it may ask to stop.
    pub progress: Option<&'a Watch<'a>>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { gradient: 1e-8, max_iterations: 1000, memory: 20, progress: None }
    }
}

/// How far minimizing has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Steps done.
    pub iteration: usize,
    /// The value there.
    pub value: f64,
    /// The largest part of the gradient there.
    pub gradient: f64,
}

/// Where minimizing ended.
#[derive(Clone, Debug)]
pub struct Minimum {
    /// The point.
    pub x: Vec<f64>,
    /// The value there.
    pub value: f64,
    /// The largest part of the gradient there.
    pub gradient: f64,
    /// Steps done.
    pub iterations: usize,
    /// Evaluations of value and gradient.
    pub evaluations: usize,
    /// Products with the Hessian.
    pub products: usize,
    /// Whether the gradient is as small as was asked for, and the point a minimum.
    pub converged: bool,
    /// What to do when it is not.
    pub hint: Option<String>,
}

/// Up to so many parameters Newton's method alone is best: it assembles the matrix.
const FEW: usize = 600;
/// The share of the first gradient at which Newton's method takes over.
const MODERATE: f64 = 1e-2;

/// Minimizes by what is best for a smooth function with one minimum: Newton's method for few parameters, otherwise first
/// L-BFGS and near the minimum Newton's method.
///
/// # Errors
/// As [`newton`].
pub fn minimize(function: &mut dyn Smooth, start: &[f64], options: &Options) -> Result<Minimum> {
    if start.len() <= FEW {
        return newton(function, start, options);
    }
    let mut gradient = vec![0.0; start.len()];
    if start.len() == function.dimension() {
        function.value_and_gradient(start, &mut gradient)?;
    }
    let steepest = gradient.iter().fold(0.0, |most, part| f64::max(most, part.abs()));
    let moderate = Options { gradient: options.gradient.max(MODERATE * steepest), ..*options };
    let first = lbfgs(function, start, &moderate)?;
    let done = first.iterations;
    let tell = |progress: &Progress| {
        let progress = Progress { iteration: progress.iteration + done, ..*progress };
        options.progress.map_or(ControlFlow::Continue(()), |tell| tell(&progress))
    };
    let max_iterations = options.max_iterations - done.min(options.max_iterations);
    let last = newton(function, &first.x, &Options { max_iterations, progress: Some(&tell), ..*options })?;
    Ok(Minimum {
        iterations: last.iterations + done,
        evaluations: last.evaluations + first.evaluations + 1,
        products: last.products + first.products,
        ..last
    })
}

/// Minimizes an objective over its examples by all its parameters, from these, and gives the parameters at the end.
///
/// `weights` are the examples' weights, all one if absent; training again without an example is a weight of zero. `budget` is
/// how many bytes may be spent on what is kept between products with the Hessian.
///
/// # Errors
/// As [`Derivatives::new`] and [`minimize`].
pub fn minimize_objective<T: Real>(
    objective: &Arc<Objective>,
    parameters: Vec<Array<T>>,
    inputs: &Arc<Inputs<T>>,
    weights: Option<&[f64]>,
    budget: usize,
    options: &Options,
    workers: &Workers,
) -> Result<(Vec<Array<T>>, Minimum)> {
    let (objective, inputs) = (objective.clone(), inputs.clone());
    let mut derivatives = Derivatives::new(workers, objective, parameters, inputs, weights, None, budget)?;
    let found = descend(&mut derivatives, options)?;
    Ok((derivatives.parameters().to_vec(), found))
}

/// Minimizes from where the derivatives are, and moves them to where that ended.
pub(super) fn descend<T: Real>(derivatives: &mut Derivatives<T>, options: &Options) -> Result<Minimum> {
    let start = derivatives.point();
    let found = minimize(derivatives, &start, options)?;
    derivatives.set_point(&found.x)?;
    Ok(found)
}

impl<T: Real> Smooth for Derivatives<T> {
    fn dimension(&self) -> usize {
        Derivatives::dimension(self)
    }

    fn value_and_gradient(&mut self, point: &[f64], gradient: &mut [f64]) -> Result<f64> {
        self.move_to(point)?;
        Derivatives::value_and_gradient(self, gradient)
    }

    fn products(&mut self, point: &[f64], directions: &Block, products: &mut Block) -> Result<()> {
        self.move_to(point)?;
        Derivatives::products(self, Curvature::Hessian, directions, products)
    }

    fn precision(&self) -> f64 {
        if size_of::<T>() == size_of::<f32>() { f32::EPSILON.into() } else { f64::EPSILON }
    }
}
