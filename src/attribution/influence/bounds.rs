//! By how much scores can be off: the solve, what training left, and rounding.
//!
//! Scores are those of the minimum θ*, and the model stands at θ. With the step d = −H⁻¹ ∇R to θ*, the solution x for a
//! query of gradient v should have been x + u, u = H⁻¹ (v(θ + d) − H(θ + d) x), and an example's score
//! (wᵢ/W) (x + u)ᵀ gᵢ(θ + d). By how much that differs from the score as it was computed is what solve, training and
//! rounding did to it together, to first order. All of it is computed in `f64`, whatever the model's precision. Where the
//! model is not at a minimum there is no θ* nearby, and nothing is said of training.

use crate::error::{Error, Result};
use crate::objective::{AnyInputs, CompiledFunctional, Curvature, CurvatureOperator, Evaluate};
use crate::solve::{self, Block, Operator, Solution, norm};

use super::influence::Influence;
use super::solved::Solved;

/// The relative residual of solves for d and u. What is left of them is a part of the bound.
const TOLERANCE: f64 = 1e-2;
/// Where more than this share of d was not solved for, nothing is known.
const FAR: f64 = 0.1;
/// What is found to first order is taken so many times, for what lies beyond.
const BEYOND: f64 = 2.0;
/// The second order as a multiple of the first one's square, both as shares of the query's gradient: generous, for what no
/// derivative was taken of.
const SECOND: f64 = 10.0;
/// Roundings of a product, in units of the precision.
const ROUNDINGS: f64 = 16.0;

/// How long vectors are. With a factor each coordinate is measured by the root of its own curvature, so that bounds do not
/// depend on the units of features; without one, as it is.
struct Measure {
    roots: Option<Vec<f64>>,
    /// The ends of the spectrum, damping included, in these coordinates.
    lowest: f64,
    highest: f64,
}

impl Measure {
    /// The length of a gradient.
    fn slope(&self, vector: &[f64]) -> f64 {
        match &self.roots {
            Some(roots) => vector.iter().zip(roots).map(|(x, root)| (x / root).powi(2)).sum::<f64>().sqrt(),
            None => norm(vector),
        }
    }

    /// The length of a step of the parameters.
    fn step(&self, vector: &[f64]) -> f64 {
        match &self.roots {
            Some(roots) => vector.iter().zip(roots).map(|(x, root)| (x * root).powi(2)).sum::<f64>().sqrt(),
            None => norm(vector),
        }
    }
}

/// What the scores of some queries would be at the minimum.
struct There {
    /// gᵢ(θ + d) of each example.
    gradients: Block,
    /// u for each query.
    moves: Block,
    /// For each query, the most that (H(θ + d)) (x + u) can differ from v(θ + d).
    residuals: Vec<f64>,
    /// What was not solved for of d, as a share of it.
    missing: f64,
}

impl Influence {
    /// The most by which the scores of some examples can differ from those at the minimum of the objective, for each
    /// query: because the solve was not exact, because training ended before the minimum, and because of rounding. None
    /// where the curvature is not known to be positive.
    ///
    /// At a minimum it is twice what one more step of solve and training, in `f64`, changes the score by, and what that
    /// step leaves: ‖r‖‖gᵢ‖ wᵢ / (W (λ_min + δ)) of its residual r, with a factor in coordinates in which every parameter has
    /// the same curvature of its own, whatever the units of the features. Elsewhere, with damping and with another curvature
    /// than the Hessian, that of the solve alone. Nothing is said of what the first order leaves out;
    /// see [`Influence::leave_one_out`] and [`Influence::what_if`].
    ///
    /// # Errors
    /// [`Error::Argument`] for an example that is not there, or queries that were not solved for; what the solver reports.
    pub fn error_bounds(
        &mut self,
        (functional, queries): (&CompiledFunctional, &AnyInputs),
        solved: &Solved,
        examples: &[usize],
    ) -> Result<Vec<Vec<Option<f64>>>> {
        let count = solved.solution.certificate.residuals.len();
        if queries.count() != count {
            return Err(Error::argument("the number of queries", queries.count(), format!("the {count} solved for")));
        }
        let gradients = self.evaluator.gradients_of(examples)?;
        let measure = self.measure()?;
        let unknown = || vec![vec![None; examples.len()]; count];
        if measure.lowest.is_nan() || measure.lowest <= 0.0 || examples.is_empty() {
            return Ok(unknown());
        }
        // With damping, or another curvature, a solve does not lead to the minimum.
        let leads = self.diagnostics.curvature == Curvature::Hessian && self.diagnostics.damping == 0.0;
        let there = match self.diagnostics.at_minimum && leads {
            true => match self.there(&measure, functional, queries, solved, examples) {
                Ok(there) if there.missing > FAR => return Ok(unknown()),
                // Singular to rounding: met here and not by the solve for the queries.
                Err(Error::Indefinite { .. }) => return Ok(unknown()),
                there => Some(there?),
            },
            false => None,
        };
        let (weights, total) = (self.evaluator.weights(), self.evaluator.total_weight());
        let precision = self.precision();
        let left = match &there {
            Some(there) => there.residuals.clone(),
            None => {
                let mut left = self.residuals(&measure, &solved.gradients, &solved.solution)?;
                for (query, left) in left.iter_mut().enumerate() {
                    let (x, v) = (solved.solution.x.vector(query), solved.gradients.vector(query));
                    *left += ROUNDINGS * precision * (measure.highest * measure.step(x) + measure.slope(v));
                }
                left
            }
        };
        let mut all = Vec::with_capacity(count);
        for (query, residual) in left.into_iter().enumerate() {
            let x = solved.solution.x.vector(query);
            let size = measure.step(x);
            let bound = |(place, gradient): (usize, &[f64])| {
                let mut bound = (residual / measure.lowest + ROUNDINGS * precision * size) * measure.slope(gradient);
                if let Some(there) = &there {
                    let (u, after) = (there.moves.vector(query), there.gradients.vector(place));
                    let parts = x.iter().zip(u).zip(gradient.iter().zip(after));
                    let moved: Vec<f64> = gradient.iter().zip(after).map(|(before, after)| after - before).collect();
                    bound += there.missing * size * measure.slope(&moved);
                    let change: f64 = parts.map(|((x, u), (before, after))| x * (after - before) + u * after).sum();
                    bound += BEYOND * change.abs();
                }
                Some(bound * weights[examples[place]] / total)
            };
            all.push(gradients.vectors().enumerate().map(bound).collect());
        }
        Ok(all)
    }

    /// Takes one more step of training, and of the solves at where it leads.
    fn there(
        &mut self,
        measure: &Measure,
        functional: &CompiledFunctional,
        queries: &AnyInputs,
        solved: &Solved,
        examples: &[usize],
    ) -> Result<There> {
        let x = &solved.solution.x;
        let (dimension, count) = (x.dimension(), x.count());
        let (inputs, weights) = (self.evaluator.inputs(), self.evaluator.weights());
        let mut exact: Box<dyn Evaluate> = self.evaluator.in_f64(&inputs, &weights, self.options.memory / 8)?.into();
        let mut gradient = vec![0.0; dimension];
        exact.value_and_gradient(&mut gradient)?;
        let (steepness, right) = (measure.slope(&gradient), Block::new(dimension, 1, gradient)?);
        let (step, left) = self.roughly(measure, &right)?;
        // Solvers that stop early, and those of low rank, may be far from the tolerance.
        let missing = if steepness > 0.0 { (left[0] / steepness).max(TOLERANCE) } else { 0.0 };
        let mut point = exact.point();
        solve::add(-1.0, step.vector(0), &mut point);
        exact.set_point(&point)?;
        let (_, mut right) = exact.functional_gradients(functional, queries)?;
        let mut products = Block::zeros(dimension, count);
        CurvatureOperator::new(&mut *exact, Curvature::Hessian).apply(x, &mut products)?;
        solve::add(-1.0, products.values(), right.values_mut());
        let (moves, mut residuals) = self.roughly(measure, &right)?;
        let highest = measure.highest;
        for (query, residual) in residuals.iter_mut().enumerate() {
            let (v, right) = (measure.slope(solved.gradients.vector(query)), measure.slope(right.vector(query)));
            // What d was not solved to, and the second order: the minimum is not at θ + d, and the curvature is that of θ.
            let share = if v > 0.0 { (SECOND * right / v).min(1.0) + missing } else { missing };
            let single = self.precision() * highest * measure.step(moves.vector(query));
            let double = f64::EPSILON * (highest * measure.step(x.vector(query)) + v);
            *residual += share * right + ROUNDINGS * (single + double);
        }
        Ok(There { gradients: exact.gradients_of(examples)?, moves, residuals, missing })
    }

    /// Solutions to [`TOLERANCE`], which are no part of an answer, with the lengths of their residuals.
    fn roughly(&mut self, measure: &Measure, right: &Block) -> Result<(Block, Vec<f64>)> {
        let asked = self.options.tolerance.replace(TOLERANCE);
        let kept = self.worst_and_hint();
        let found = self.inverse(right);
        self.options.tolerance = asked;
        self.set_worst_and_hint(kept);
        let found = found?;
        let residuals = self.residuals(measure, right, &found)?;
        Ok((found.x, residuals))
    }

    /// The lengths of the residuals of solutions.
    fn residuals(&mut self, measure: &Measure, right: &Block, found: &Solution) -> Result<Vec<f64>> {
        if measure.roots.is_none() {
            return Ok(found.certificate.residuals.clone());
        }
        let mut left = self.products(&found.x)?;
        solve::add(self.diagnostics.damping, found.x.values(), left.values_mut());
        solve::add(-1.0, right.values(), left.values_mut());
        Ok(left.vectors().map(|residual| measure.slope(residual)).collect())
    }

    /// The coordinates to measure lengths in.
    fn measure(&mut self) -> Result<Measure> {
        let (spectrum, damping) = (self.diagnostics.spectrum, self.diagnostics.damping);
        let Some(factor) = self.factor() else {
            // The Ritz value lies above the eigenvalue; by its error at most, where one is this close.
            let lowest = spectrum.lowest - spectrum.lowest_error + damping;
            return Ok(Measure { roots: None, lowest, highest: spectrum.highest.abs() });
        };
        let roots = factor.roots();
        let (lowest, highest) = match self.scaled_ends {
            Some(known) => known,
            None => factor.scaled_spectrum()?,
        };
        self.scaled_ends = Some((lowest, highest));
        Ok(Measure { roots: Some(roots), lowest, highest })
    }

    fn precision(&self) -> f64 {
        self.evaluator.precision().choose(f64::from(f32::EPSILON), f64::EPSILON)
    }
}
