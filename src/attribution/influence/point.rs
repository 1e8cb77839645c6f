//! An objective where the model stands, and which curvature is solved with there: one question for plans and for what then
//! solves.

use crate::error::{Error, Result};
use crate::objective::{Curvature, Evaluate, gradient_scale, relative_norm};
use crate::solve;

use super::options::Options;

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
