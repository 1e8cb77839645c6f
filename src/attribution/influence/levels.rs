//! How far a what-if goes, and what it found at each level.

use crate::error::{Error, Result};
use crate::options::words;
use crate::tensor::Precision;

use super::WhatIfTable;

words! {
    "the level";
    /// How a prediction was made, cheapest first.
    #[derive(PartialOrd, Ord)]
    pub enum Level {
        /// vᵀΔθ with Δθ = −M⁻¹ Σ Δwᵢ gᵢ: the sum of the scores.
        FirstOrder = "first-order",
        /// The same with what the changed examples do to the curvature, to its first order:
        /// Δθ = −M⁻¹ΔG + M⁻¹ ΔM M⁻¹ΔG.
        SecondOrder = "second-order",
        /// One example removed, with its own curvature taken out exactly; see
        /// [`Influence::leave_one_out`](super::Influence::leave_one_out).
        LeaveOneOut = "leave-one-out",
        /// One step of Newton's method on the changed training set, and the functional evaluated there.
        Newton = "newton",
        /// The optimum of the changed training set, found from there, and the functional evaluated there.
        Retrained = "retrained",
    }
}

/// A prediction at one level.
#[derive(Clone, Debug)]
pub struct Step {
    /// How it was made.
    pub level: Level,
    /// The predicted change of the functional for each query.
    pub changes: Vec<f64>,
    /// An estimate of what the prediction is off by, for each query: how far the functional still moves when it is evaluated
    /// and two more, cheaper, Newton steps are made from where the prediction ended, up and down added.
    pub errors: Vec<f64>,
    /// The chosen parameters at the end.
    pub parameters: Vec<f64>,
    /// The relative gradient of the changed objective there, without what training had left of it before.
    pub gradient_norm: f64,
    /// Whether that is within `WhatIfOptions::gradient_tolerance`.
    pub at_minimum: bool,
}

/// How far to go.
#[derive(Clone, Copy, Debug)]
pub struct WhatIfOptions {
    /// The last level that is tried.
    pub until: Level,
    /// If given, refinement ends at the first level whose estimated error is within it for every query.
    pub tolerance: Option<f64>,
    /// The relative gradient at which training again ends. If absent 1e-10, of models in `f32` 1e-5.
    pub gradient_tolerance: Option<f64>,
    /// The most steps of training again.
    pub max_iterations: usize,
}

impl From<WhatIfTable> for WhatIfOptions {
    fn from(table: WhatIfTable) -> Self {
        Self {
            until: table.until.unwrap_or(Level::Newton),
            tolerance: table.target_error,
            gradient_tolerance: table.retraining_tolerance,
            max_iterations: table.retraining_iterations,
        }
    }
}

impl Default for WhatIfOptions {
    /// The defaults of [`WhatIfTable`].
    fn default() -> Self {
        WhatIfTable::default().into()
    }
}

impl WhatIfOptions {
    pub(super) fn gradient_tolerance(&self, precision: Precision) -> Result<f64> {
        let tolerance = self.gradient_tolerance.unwrap_or(precision.choose(1e-5, 1e-10));
        if tolerance > 0.0 && tolerance.is_finite() {
            return Ok(tolerance);
        }
        Err(Error::argument("the gradient at which training again ends", tolerance, "a positive number"))
    }
}

/// Predictions for a changed training set.
#[derive(Clone, Debug)]
pub struct WhatIf {
    /// The functional for each query as it is now.
    pub before: Vec<f64>,
    /// The levels, cheapest first.
    pub steps: Vec<Step>,
    /// Whether the last level is within the tolerance asked for; true where none was.
    pub reached: bool,
}

impl WhatIf {
    /// The best prediction.
    pub fn last(&self) -> Option<&Step> {
        self.steps.last()
    }

    /// Leaves out levels at the end that estimate themselves to be worse, over all queries, than the level before.
    #[must_use]
    pub fn without_worse(mut self) -> Self {
        let error = |step: &Step| step.errors.iter().sum::<f64>();
        while let [.., before, last] = self.steps.as_slice()
            && (error(last).is_nan() || error(last) > error(before))
        {
            self.steps.pop();
        }
        self
    }
}
