//! Minimizing a smooth function of one vector to a small gradient.

mod descent;
mod lbfgs;
mod line_search;
mod newton;
mod relative;

pub use lbfgs::lbfgs;
pub use newton::newton;
pub use relative::{Scaled, relative_minimum};

use crate::engine::{Monitor, Progress};
use crate::error::Result;
use crate::objective::{AnyInputs, Curvature, Derivatives, Evaluate};
use crate::solve::Block;
use crate::tensor::{Precision, Real};

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

/// How far to go, and what to report to.
#[derive(Clone, Debug)]
pub struct Options {
    /// The max-norm of the gradient at which a point counts as the minimum; of an objective the relative gradient.
    pub gradient_tolerance: f64,
    /// Whether an objective has one minimum at most. Only then is it minimized in coordinates in which single examples contribute
    /// alike: elsewhere other coordinates lead to other minima, perhaps far from the start.
    pub convex: bool,
    /// The most steps.
    pub max_iterations: usize,
    /// The pairs of steps and gradient changes that L-BFGS remembers.
    pub memory: usize,
    /// Has the progress of each step, with the value there; a break ends minimization.
    pub monitor: Monitor,
}

/// The relative gradient at which minimizing an objective ends where no other is asked for.
pub fn gradient_tolerance(precision: Precision) -> f64 {
    precision.choose(1e-5, 1e-8)
}

impl Default for Options {
    fn default() -> Self {
        Self {
            gradient_tolerance: gradient_tolerance(Precision::F64),
            convex: true,
            max_iterations: 1000,
            memory: 20,
            monitor: Monitor::none(),
        }
    }
}

/// Where minimizing ended.
#[derive(Clone, Debug)]
pub struct Minimum {
    /// The point.
    pub x: Vec<f64>,
    /// The value there.
    pub value: f64,
    /// The max-norm of the gradient there; of an objective the relative gradient.
    pub gradient_norm: f64,
    /// Steps done.
    pub iterations: usize,
    /// Evaluations of value and gradient.
    pub evaluations: usize,
    /// Products with the Hessian.
    pub products: usize,
    /// Whether the gradient is as small as was asked for, and the point a minimum.
    pub converged: bool,
    /// Whether the value was seen to fall forever: there is no minimum.
    pub unbounded: bool,
    /// What to do when the point is no minimum.
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
    let moderate =
        Options { gradient_tolerance: options.gradient_tolerance.max(MODERATE * steepest), ..options.clone() };
    let first = lbfgs(function, start, &moderate)?;
    let done = first.iterations;
    let total = options.max_iterations as u64;
    let monitor = options.monitor.part(move |progress| Progress {
        done: progress.done + done as u64,
        total: Some(total),
        ..*progress
    });
    let max_iterations = options.max_iterations - done.min(options.max_iterations);
    let last = newton(function, &first.x, &Options { max_iterations, monitor, ..options.clone() })?;
    Ok(Minimum {
        iterations: last.iterations + done,
        evaluations: last.evaluations + first.evaluations + 1,
        products: last.products + first.products,
        ..last
    })
}

/// Minimizes an objective over its weighted examples from where the derivatives are, and moves them to where that ended.
/// Retraining without an example is a weight of zero.
///
/// `is_separated` is asked at what looks like a minimum whether classes are separated there, so that larger parameters are
/// always better: [`NetworkSettings::is_separated`](crate::models::network::NetworkSettings::is_separated) for networks.
///
/// # Errors
/// As [`minimize`], and what `is_separated` reports.
pub fn minimize_objective<T: Real>(
    derivatives: &mut Derivatives<T>,
    is_separated: impl FnOnce(&mut Derivatives<T>) -> Result<bool>,
    options: &Options,
) -> Result<Minimum> {
    let mut found = relative_minimum(derivatives, minimize, options)?;
    // Not where less was asked for.
    let closely = options.gradient_tolerance <= gradient_tolerance(Precision::F32);
    if T::PRECISION == Precision::F32 && found.converged && closely {
        let done = found.iterations as u64;
        let total = Some(options.max_iterations as u64);
        let monitor = options.monitor.part(move |now| Progress { done, total, ..*now });
        if let Some(exact) = polish(derivatives, &Options { monitor, ..options.clone() })? {
            (found.value, found.gradient_norm) = (exact.value, exact.gradient_norm);
            found.x = derivatives.point();
        }
    }
    if found.converged && is_separated(derivatives)? {
        (found.converged, found.unbounded) = (false, true);
        found.hint = Some(
            "the classes can be separated, so that larger weights are always better: there is no minimum; add a penalty \
             (the option l2 above zero)"
                .into(),
        );
    }
    Ok(found)
}

/// Goes on in `f64` from where single precision ends, by steps that are not counted, to what is found there before it is
/// rounded. What is left of a gradient in single
/// precision moves scores by far more than rounding the parameters of the minimum does.
fn polish<T: Real>(derivatives: &mut Derivatives<T>, options: &Options) -> Result<Option<Minimum>> {
    /// From so near few steps are enough, or rounding allows none.
    const STEPS: usize = 20;
    let (inputs, weights) = (AnyInputs::from(derivatives.inputs().clone()), derivatives.weights());
    let mut exact = derivatives.in_f64(&inputs, &weights, 0)?;
    let options =
        Options { gradient_tolerance: gradient_tolerance(Precision::F64), max_iterations: STEPS, ..options.clone() };
    let found = relative_minimum(&mut exact, newton, &options)?;
    if !found.converged {
        return Ok(None);
    }
    derivatives.set_point(&found.x)?;
    Ok(Some(found))
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
        epsilon(T::PRECISION)
    }
}

/// An objective over its examples of either precision, to be minimized.
#[derive(Debug)]
pub struct Evaluated<'e>(pub &'e mut dyn Evaluate);

impl Smooth for Evaluated<'_> {
    fn dimension(&self) -> usize {
        self.0.dimension()
    }

    fn value_and_gradient(&mut self, point: &[f64], gradient: &mut [f64]) -> Result<f64> {
        self.0.move_to(point)?;
        self.0.value_and_gradient(gradient)
    }

    fn products(&mut self, point: &[f64], directions: &Block, products: &mut Block) -> Result<()> {
        self.0.move_to(point)?;
        self.0.products(Curvature::Hessian, directions, products)
    }

    fn precision(&self) -> f64 {
        epsilon(self.0.precision())
    }
}

/// The distance from one to the next number.
fn epsilon(precision: Precision) -> f64 {
    match precision {
        Precision::F32 => f32::EPSILON.into(),
        Precision::F64 => f64::EPSILON,
    }
}
