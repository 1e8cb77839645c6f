//! Which curvature is solved with and by which solver: one question for plans and for what then solves.

use crate::error::{Error, Result};
use crate::objective::{Curvature, Evaluate, gradient_scale, relative_norm};
use crate::solve::{self, Candidate, Plan, Preconditioning, Solver};

use super::options::Options;
use super::plan::plan;

/// An objective at the evaluator's point, and the curvature that is solved with there.
pub(super) struct Point {
    pub value: f64,
    pub gradient_norm: f64,
    pub gradient_length: f64,
    pub at_minimum: bool,
    /// The sizes that the gradient is measured by, coordinate by coordinate.
    pub scale: Vec<f64>,
    pub curvature: Curvature,
}

impl Point {
    /// # Errors
    /// As [`Influence::fit`](super::Influence::fit) before it solves.
    pub fn of(evaluator: &mut dyn Evaluate, options: &Options) -> Result<Self> {
        options.check()?;
        let mut gradient = vec![0.0; evaluator.dimension()];
        let value = evaluator.value_and_gradient(&mut gradient)?;
        let steepest = solve::max_norm(&gradient);
        if !value.is_finite() || !steepest.is_finite() {
            return Err(Error::NotFinite {
                what: "the objective or its gradient",
                value: if value.is_finite() { steepest } else { value },
                place: "the model's parameters".into(),
                hint: "train again with a smaller learning rate or a penalty".into(),
            });
        }
        let scale = gradient_scale(evaluator)?;
        let gradient_norm = relative_norm(&gradient, &scale);
        let at_minimum = gradient_norm <= options.gradient_tolerance;
        let away = || Error::NotStationary { gradient: gradient_norm, bound: options.gradient_tolerance };
        let curvature = match options.curvature {
            Some(Curvature::Hessian) if !at_minimum => return Err(away()),
            Some(curvature) => curvature,
            None if at_minimum => Curvature::Hessian,
            None if evaluator.objective().outputs.is_some() => Curvature::GaussNewton,
            None => return Err(away()),
        };
        let gradient_length = gradient.iter().map(|x| x * x).sum::<f64>().sqrt();
        Ok(Self { value, gradient_norm, gradient_length, at_minimum, scale, curvature })
    }
}

/// The solvers there are at the evaluator's point, first the one that [`Influence::fit`](super::Influence::fit) would take.
///
/// # Errors
/// As there, before it solves.
pub(super) fn plan_at(evaluator: &mut dyn Evaluate, options: &Options) -> Result<Plan> {
    let curvature = Point::of(evaluator, options)?.curvature;
    plan(evaluator, options, curvature)
}

/// Puts a solver that was asked for first, whatever else there is.
pub(super) fn asked_for(plan: &mut Plan, asked: &Solver, vector_bytes: usize) {
    let known = |solver: &Solver| plan.candidates.iter().find(|one| one.solver.to_string() == solver.to_string());
    let candidate = known(asked).cloned().or_else(|| {
        // What is not among the candidates does as the one that it is a kind of, and more.
        let (like, rank) = match asked {
            Solver::ConjugateGradient(Preconditioning::Nystrom { rank }) => {
                (known(&Solver::ConjugateGradient(Preconditioning::None)), *rank)
            }
            Solver::BlockConjugateGradient(Preconditioning::Nystrom { rank }) => {
                let block = |one: &&Candidate| matches!(one.solver, Solver::BlockConjugateGradient(_));
                (plan.candidates.iter().find(block), *rank)
            }
            Solver::Lanczos { rank } | Solver::Nystrom { rank } => (None, *rank),
            _ => (None, 0),
        };
        let like = like.or(plan.candidates.first())?;
        let bytes = like.bytes.saturating_add(vector_bytes.saturating_mul(2 * rank));
        let products = match asked {
            Solver::Lanczos { .. } | Solver::Nystrom { .. } => rank + like.together,
            _ => like.products + rank,
        };
        Some(Candidate {
            solver: asked.clone(),
            name: asked.describe(),
            products,
            work: like.work.times(products as f64 / like.products.max(1) as f64),
            bytes,
            excluded: None,
            ..like.clone()
        })
    });
    plan.candidates.retain(|one| one.solver.to_string() != asked.to_string());
    plan.candidates.splice(0..0, candidate);
    plan.reason = "as asked for".into();
}
