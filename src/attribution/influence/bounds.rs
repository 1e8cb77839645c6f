//! By how much scores can be off: the solve, what training left, and rounding.
//!
//! Scores are those of the minimum θ*, and the model stands at θ. With the step d = −H⁻¹ ∇R to θ*, the solution x for a
//! query of gradient v should have been x + u, u = H⁻¹ (v(θ + d) − H(θ + d) x), and an example's score
//! (wᵢ/W) (x + u)ᵀ gᵢ(θ + d). By how much that differs from the score as it was computed is what solve, training and
//! rounding did to it together, to first order. All of it is computed in `f64`, whatever the model's precision. Where the
//! model is not at a minimum there is no θ* nearby, and nothing is said of training.

use crate::error::{Error, Result};
use crate::objective::{AnyInputs, CompiledFunctional, Curvature, CurvatureOperator, Evaluate};
use crate::solve::{self, Block, Operator, norm};

use super::influence::Influence;
use super::solved::Solved;

/// The relative residual of solves for d and u. What is left of them is a part of the bound.
const TOLERANCE: f64 = 1e-3;
/// Where more than this share of d was not solved for, nothing is known.
const FAR: f64 = 0.1;
/// What is found to first order is taken so many times, for what lies beyond.
const BEYOND: f64 = 2.0;
/// The second order as a multiple of the first one's square, both as shares of the query's gradient: generous, for what no
/// derivative was taken of.
const SECOND: f64 = 10.0;
/// Roundings of a product, in units of the precision.
const ROUNDINGS: f64 = 16.0;

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
    /// step leaves: ‖r‖‖gᵢ‖ wᵢ / (W (λ_min + δ)) of its residual r. Elsewhere, with damping and with another curvature
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
        let spectrum = self.diagnostics.spectrum;
        // The Ritz value lies above the eigenvalue; by its error at most, where one is this close.
        let lowest = spectrum.lowest - spectrum.lowest_error + solved.solution.certificate.damping;
        let unknown = || vec![vec![None; examples.len()]; count];
        if lowest <= 0.0 || examples.is_empty() {
            return Ok(unknown());
        }
        // With damping, or another curvature, a solve does not lead to the minimum.
        let leads = self.diagnostics.curvature == Curvature::Hessian && self.diagnostics.damping == 0.0;
        let there = match self.diagnostics.at_minimum && leads {
            true => match self.there(functional, queries, solved, examples) {
                Ok(there) if there.missing > FAR => return Ok(unknown()),
                // Singular to rounding: met here and not by the solve for the queries.
                Err(Error::Indefinite { .. }) => return Ok(unknown()),
                there => Some(there?),
            },
            false => None,
        };
        let (weights, total) = (self.evaluator.weights(), self.evaluator.total_weight());
        let precision = self.precision();
        let mut all = Vec::with_capacity(count);
        for query in 0..count {
            let (x, v) = (solved.solution.x.vector(query), solved.gradients.vector(query));
            let size = norm(x);
            let residual = match &there {
                Some(there) => there.residuals[query],
                None => {
                    let rounding = ROUNDINGS * precision * (spectrum.highest.abs() * size + norm(v));
                    solved.solution.certificate.residuals[query] + rounding
                }
            };
            let bound = |(place, gradient): (usize, &[f64])| {
                let mut bound = (residual / lowest + ROUNDINGS * precision * size) * norm(gradient);
                if let Some(there) = &there {
                    let (u, after) = (there.moves.vector(query), there.gradients.vector(place));
                    let parts = x.iter().zip(u).zip(gradient.iter().zip(after));
                    let moved: f64 = gradient.iter().zip(after).map(|(before, after)| (after - before).powi(2)).sum();
                    bound += there.missing * size * moved.sqrt();
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
        functional: &CompiledFunctional,
        queries: &AnyInputs,
        solved: &Solved,
        examples: &[usize],
    ) -> Result<There> {
        let x = &solved.solution.x;
        let (dimension, count) = (x.dimension(), x.count());
        let (inputs, weights) = (self.evaluator.inputs(), self.evaluator.weights());
        let mut exact: Box<dyn Evaluate> = self.evaluator.in_f64(&inputs, &weights, self.options.memory / 2)?.into();
        let mut gradient = vec![0.0; dimension];
        exact.value_and_gradient(&mut gradient)?;
        let (steepness, right) = (norm(&gradient), Block::new(dimension, 1, gradient)?);
        let (step, left) = self.roughly(&right)?;
        // Solvers that stop early, and those of low rank, may be far from the tolerance.
        let missing = if steepness > 0.0 { (left[0] / steepness).max(TOLERANCE) } else { 0.0 };
        let mut point = exact.point();
        solve::add(-1.0, step.vector(0), &mut point);
        exact.set_point(&point)?;
        let (_, mut right) = exact.functional_gradients(functional, queries)?;
        let mut products = Block::zeros(dimension, count);
        CurvatureOperator::new(&mut *exact, Curvature::Hessian).apply(x, &mut products)?;
        solve::add(-1.0, products.values(), right.values_mut());
        let (moves, mut residuals) = self.roughly(&right)?;
        let highest = self.diagnostics.spectrum.highest.abs();
        for (query, residual) in residuals.iter_mut().enumerate() {
            let (v, right) = (norm(solved.gradients.vector(query)), norm(right.vector(query)));
            // What d was not solved to, and the second order: the minimum is not at θ + d, and the curvature is that of θ.
            let share = if v > 0.0 { (SECOND * right / v).min(1.0) + missing } else { missing };
            let single = self.precision() * highest * norm(moves.vector(query));
            let double = f64::EPSILON * (highest * norm(x.vector(query)) + v);
            *residual += share * right + ROUNDINGS * (single + double);
        }
        Ok(There { gradients: exact.gradients_of(examples)?, moves, residuals, missing })
    }

    /// Solutions to [`TOLERANCE`], which are no part of an answer, with the lengths of their residuals.
    fn roughly(&mut self, right: &Block) -> Result<(Block, Vec<f64>)> {
        let asked = self.options.tolerance.replace(TOLERANCE);
        let kept = self.worst_and_hint();
        let found = self.inverse(right);
        self.options.tolerance = asked;
        self.set_worst_and_hint(kept);
        let found = found?;
        Ok((found.x, found.certificate.residuals))
    }

    fn precision(&self) -> f64 {
        self.evaluator.precision().choose(f64::from(f32::EPSILON), f64::EPSILON)
    }
}
