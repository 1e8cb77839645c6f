//! Minimizing to a relative gradient: the same steps to the same end whatever the units of features and targets.

use crate::engine::Progress;
use crate::error::Result;
use crate::objective::{Evaluate, gradient_scale, median, relative_norm};
use crate::solve::Block;

use super::{Evaluated, Minimum, Options, Smooth};

/// Of a gradient that falls no faster than what single examples contribute to it.
const NOTHING_REACHED: &str = "the gradient falls no faster than what single examples contribute to it: there may be \
    no minimum; add a penalty (the option l2 above zero), or allow a larger gradient (the option gradient_tolerance)";

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
        let one = median(scale.clone());
        scale.fill(one);
    }
    let (mut done, mut rounds): (Option<Minimum>, usize) = (None, 0);
    let mut gradient = vec![0.0; objective.dimension()];
    loop {
        let before = done.as_ref().map_or(0, |done| done.iterations);
        let total = Some(options.max_iterations as u64);
        let monitor = options.monitor.part(move |now| Progress { done: now.done + before as u64, total, ..*now });
        let left = Options { max_iterations: options.max_iterations - before, monitor, ..options.clone() };
        let point = objective.point();
        let mut evaluated = Evaluated(objective);
        let mut scaled = Scaled { function: &mut evaluated, scale: &scale };
        let start = scaled.scaled(&point);
        let found = way(&mut scaled, &start, &left)?;
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
            found.hint = (!found.converged).then(|| NOTHING_REACHED.into());
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
