//! What every method of minimizing does: evaluate, count, report, notice when nothing is gained.

use crate::engine::Progress;
use crate::error::{Error, Result};
use crate::solve::{Block, Operator};

use super::{Minimum, Options, Smooth};

/// A step has gained something when the max-norm of the gradient is this much below the lowest before.
const GAINED: f64 = 0.9;

/// A point with the value and the gradient there.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub x: Vec<f64>,
    pub value: f64,
    pub gradient: Vec<f64>,
}

impl Place {
    /// The max-norm of the gradient.
    pub fn gradient_norm(&self) -> f64 {
        largest(&self.gradient)
    }

    pub fn is_finite(&self) -> bool {
        self.value.is_finite() && self.gradient.iter().all(|part| part.is_finite())
    }
}

/// Why minimizing ended before the gradient was small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Iterations,
    Stalled,
    Runaway,
}

impl End {
    fn hint(self) -> &'static str {
        match self {
            Self::Iterations => {
                "allow more iterations (the option max_iterations) or a larger gradient (the option gradient_tolerance), or \
                 scale the features to similar sizes (the option standardize)"
            }
            Self::Stalled => {
                "the value falls no further in this precision: compute in f64 (the option precision f64), allow a \
                 larger gradient (the option gradient_tolerance), or smooth the kinks (hinge, ReLU) of the loss"
            }
            Self::Runaway => {
                "the objective falls forever along some direction, as when classes can be separated: there is no \
                 minimum; add a penalty (the option l2 above zero)"
            }
        }
    }
}

/// A minimization under way.
pub(super) struct Descent<'f, 'o> {
    pub function: &'f mut dyn Smooth,
    pub options: &'o Options,
    pub iterations: usize,
    pub evaluations: usize,
    pub products: usize,
    lowest_value: f64,
    lowest_gradient: f64,
    idle: usize,
}

impl<'f, 'o> Descent<'f, 'o> {
    /// Starts at a point.
    ///
    /// # Errors
    /// [`Error::Argument`] for a start of another dimension or a gradient that is not positive; [`Error::NotFinite`] when
    /// the function is not finite at the start.
    pub fn start(function: &'f mut dyn Smooth, start: &[f64], options: &'o Options) -> Result<(Self, Place)> {
        if start.len() != function.dimension() {
            let expected = format!("{}, the dimension of the function", function.dimension());
            return Err(Error::argument("the length of the start", start.len(), expected));
        }
        let tolerance = options.gradient_tolerance;
        if !(tolerance > 0.0 && tolerance.is_finite()) {
            return Err(Error::argument("the gradient to be reached", tolerance, "a positive number"));
        }
        let mut descent = Self {
            function,
            options,
            iterations: 0,
            evaluations: 0,
            products: 0,
            lowest_value: f64::INFINITY,
            lowest_gradient: f64::INFINITY,
            idle: 0,
        };
        let place = descent.evaluate(start.to_vec())?;
        if !place.is_finite() {
            let (what, value) = match place.gradient.iter().find(|part| !part.is_finite()) {
                Some(part) if place.value.is_finite() => ("the gradient", *part),
                _ => ("the objective", place.value),
            };
            let hint = "start from smaller parameters, or look for data that are not finite".into();
            return Err(Error::NotFinite { what, value, place: "the start of minimizing".into(), hint });
        }
        (descent.lowest_value, descent.lowest_gradient) = (place.value, place.gradient_norm());
        Ok((descent, place))
    }

    /// Value and gradient at a point, finite or not.
    pub fn evaluate(&mut self, x: Vec<f64>) -> Result<Place> {
        let mut gradient = vec![0.0; x.len()];
        let value = self.function.value_and_gradient(&x, &mut gradient)?;
        self.evaluations += 1;
        Ok(Place { x, value, gradient })
    }

    /// By how much values may differ from rounding alone.
    pub fn noise(&self, value: f64) -> f64 {
        1e3 * self.function.precision() * value.abs()
    }

    pub fn converged(&self, place: &Place) -> bool {
        place.gradient_norm() <= self.options.gradient_tolerance
    }

    /// Counts and reports a step; whether to end before the gradient is small, as after `patience` steps that
    /// gained neither value nor gradient.
    ///
    /// # Errors
    /// [`Error::Canceled`] when the caller asks to stop.
    pub fn step(&mut self, place: &Place, patience: usize) -> Result<Option<End>> {
        self.iterations += 1;
        let (value, gradient) = (place.value, place.gradient_norm());
        let (done, total) = (self.iterations as u64, Some(self.options.max_iterations as u64));
        self.options.monitor.report(&Progress { phase: c"minimizing", done, total, value, quality: gradient })?;
        self.idle += 1;
        if value < self.lowest_value - self.noise(self.lowest_value) {
            self.lowest_value = value;
            self.idle = 0;
        }
        if gradient < GAINED * self.lowest_gradient {
            self.lowest_gradient = gradient;
            self.idle = 0;
        }
        Ok((self.idle >= patience).then_some(End::Stalled))
    }

    pub fn exhausted(&self) -> bool {
        self.iterations >= self.options.max_iterations
    }

    pub fn finish(self, place: Place, end: Option<End>) -> Minimum {
        let gradient_norm = place.gradient_norm();
        let converged = end.is_none() && gradient_norm <= self.options.gradient_tolerance;
        let hint = (!converged).then(|| end.unwrap_or(End::Iterations).hint().to_owned());
        Minimum {
            x: place.x,
            value: place.value,
            gradient_norm,
            iterations: self.iterations,
            evaluations: self.evaluations,
            products: self.products,
            converged,
            unbounded: end == Some(End::Runaway),
            hint,
        }
    }
}

/// The Hessian at a point.
pub(super) struct HessianAt<'d, 'f, 'o> {
    pub descent: &'d mut Descent<'f, 'o>,
    pub point: &'d [f64],
}

impl Operator for HessianAt<'_, '_, '_> {
    fn dimension(&self) -> usize {
        self.point.len()
    }

    fn apply(&mut self, directions: &Block, products: &mut Block) -> Result<()> {
        self.descent.products += directions.count();
        self.descent.function.products(self.point, directions, products)
    }
}

/// The largest size of a number, those that are none aside.
pub(super) fn largest(vector: &[f64]) -> f64 {
    vector.iter().fold(0.0, |most, part| f64::max(most, part.abs()))
}

/// The sum of products, in eight runs so that it can be vectorized.
pub(super) fn dot(left: &[f64], right: &[f64]) -> f64 {
    let (left, right) = (left.chunks_exact(8), right.chunks_exact(8));
    let rest: f64 = left.remainder().iter().zip(right.remainder()).map(|(x, y)| x * y).sum();
    let mut sums = [0.0; 8];
    for (x, y) in left.zip(right) {
        for place in 0..8 {
            sums[place] += x[place] * y[place];
        }
    }
    rest + sums.iter().sum::<f64>()
}

/// Adds a multiple of a vector to another.
pub(super) fn add(scale: f64, vector: &[f64], into: &mut [f64]) {
    into.iter_mut().zip(vector).for_each(|(sum, x)| *sum += scale * x);
}

pub(super) fn norm(vector: &[f64]) -> f64 {
    dot(vector, vector).sqrt()
}
