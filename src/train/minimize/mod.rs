//! Minimizing a smooth function of one vector to a small gradient.

mod descent;
mod lbfgs;
mod line_search;
mod newton;

pub use lbfgs::lbfgs;
pub use newton::newton;

use crate::engine::{Monitor, Progress};
use crate::error::Result;
use crate::objective::{Curvature, Derivatives, Evaluate, gradient_scale, relative_norm};
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
    if found.converged && is_separated(derivatives)? {
        found.converged = false;
        found.hint = Some(
            "the classes can be separated, so that larger weights are always better: there is no minimum; add a penalty \
             (the option l2 above zero)"
                .into(),
        );
    }
    Ok(found)
}

/// How often the gradient is measured anew by what single examples contribute where the last ended.
const ROUNDS: usize = 5;

/// Minimizes an objective from where it is to a relative gradient, a convex one in coordinates in which single examples contribute
/// alike, so that features and targets in other units are minimized by the same steps to the same end. The objective is left
/// where that is.
///
/// # Errors
/// What the way to minimize reports.
pub fn relative_minimum(
    objective: &mut dyn Evaluate,
    way: impl Fn(&mut dyn Smooth, &[f64], &Options) -> Result<Minimum>,
    options: &Options,
) -> Result<Minimum> {
    let mut scale = gradient_scale(objective)?;
    if !options.convex {
        let mut sizes = scale.clone();
        sizes.sort_by(f64::total_cmp);
        scale.fill(sizes.get(sizes.len() / 2).copied().unwrap_or(1.0));
    }
    let (mut done, mut rounds): (Option<Minimum>, usize) = (None, 0);
    let mut gradient = vec![0.0; objective.dimension()];
    loop {
        let before = done.as_ref().map_or(0, |done| done.iterations);
        let total = Some(options.max_iterations as u64);
        let monitor = options.monitor.part(move |now| Progress { done: now.done + before as u64, total, ..*now });
        let options = Options { max_iterations: options.max_iterations - before, monitor, ..options.clone() };
        let point = objective.point();
        let mut evaluated = Evaluated(objective);
        let mut scaled = Scaled { function: &mut evaluated, scale: &scale };
        let start = scaled.scaled(&point);
        let found = way(&mut scaled, &start, &options)?;
        let x = scaled.point(&found.x);
        objective.set_point(&x)?;
        let mut found = Minimum { x, ..found };
        if let Some(done) = done {
            found.iterations += done.iterations;
            found.evaluations += done.evaluations;
            found.products += done.products;
        }
        if !found.converged {
            return Ok(found);
        }
        // What single examples contribute has become less on the way.
        let now = gradient_scale(objective)?;
        objective.value_and_gradient(&mut gradient)?;
        found.gradient_norm = relative_norm(&gradient, &now);
        if options.convex {
            scale = now;
        } else {
            // The same coordinates, and nearer.
            let nearer = 0.5 * options.gradient_tolerance / found.gradient_norm;
            scale.iter_mut().for_each(|scale| *scale *= nearer);
        }
        found.converged = found.gradient_norm <= options.gradient_tolerance;
        rounds += 1;
        if found.converged || rounds == ROUNDS || found.iterations >= options.max_iterations {
            // As the gradient, so what examples contribute to it: nothing is reached, or rounding is all that is left.
            found.hint = (!found.converged).then(|| descent::NOTHING_REACHED.into());
            return Ok(found);
        }
        done = Some(found);
    }
}

/// A function in coordinates of other units: a coordinate times its scale.
pub struct Scaled<'f> {
    /// The function.
    pub function: &'f mut dyn Smooth,
    /// A positive number for each coordinate.
    pub scale: &'f [f64],
}

impl Scaled<'_> {
    /// A point in the function's own units.
    pub fn point(&self, scaled: &[f64]) -> Vec<f64> {
        scaled.iter().zip(self.scale).map(|(x, scale)| x / scale).collect()
    }

    /// A point of the function's own units.
    pub fn scaled(&self, point: &[f64]) -> Vec<f64> {
        point.iter().zip(self.scale).map(|(x, scale)| x * scale).collect()
    }
}

impl Smooth for Scaled<'_> {
    fn dimension(&self) -> usize {
        self.function.dimension()
    }

    fn value_and_gradient(&mut self, point: &[f64], gradient: &mut [f64]) -> Result<f64> {
        let value = self.function.value_and_gradient(&self.point(point), gradient)?;
        gradient.iter_mut().zip(self.scale).for_each(|(x, scale)| *x /= scale);
        Ok(value)
    }

    fn products(&mut self, point: &[f64], directions: &Block, products: &mut Block) -> Result<()> {
        let inner = directions.vectors().flat_map(|direction| self.point(direction)).collect();
        let directions = Block::new(directions.dimension(), directions.count(), inner)?;
        self.function.products(&self.point(point), &directions, products)?;
        for product in products.values_mut().chunks_exact_mut(self.scale.len().max(1)) {
            product.iter_mut().zip(self.scale).for_each(|(x, scale)| *x /= scale);
        }
        Ok(())
    }

    fn precision(&self) -> f64 {
        self.function.precision()
    }
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
