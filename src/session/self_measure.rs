//! What the score of an example for itself measures.

use serde::Serialize;

use crate::error::Result;
use crate::objective::Convention;

use super::{Attributor, Model, REMOVAL};

/// What the score of an example for itself measures, by a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SelfMeasure {
    /// The functional, which is the example's own: its loss, with its share of the penalty where there is one.
    pub functional: &'static str,
    /// The unit of the scores.
    pub unit: &'static str,
    /// What the sign says.
    pub sign: &'static str,
    /// Whether the functional and the example's gradient hold its share of the penalty.
    pub penalty: bool,
}

impl Model {
    /// Whether an example counts with a share of a penalty: in the mean with λ every example's loss carries the penalty, and
    /// removing the example removes its share. Scores of all methods are of that.
    ///
    /// # Errors
    /// What the graph's operations report.
    pub fn shares_penalty(&self) -> Result<bool> {
        Ok(self.family().objective()?.shares_penalty())
    }

    /// What becomes of the penalty when an example goes; nothing where there is none.
    ///
    /// # Errors
    /// What the graph's operations report.
    pub fn penalty_in_words(&self) -> Result<Option<&'static str>> {
        let objective = self.family().objective()?;
        Ok(objective.penalty.map(|_| match objective.convention {
            Convention::Mean => "an example counts with its share of the penalty",
            Convention::Sum => "the penalty stays as it is without an example",
        }))
    }
}

impl Attributor {
    /// What [`Attributor::self_scores`] measures.
    ///
    /// # Errors
    /// What the graph's operations report.
    pub fn self_measure(&self) -> Result<SelfMeasure> {
        let penalty = self.model.shares_penalty()?;
        let unit = self.method().unit;
        Ok(SelfMeasure {
            functional: if penalty { "own loss with its share of the penalty" } else { "own loss" },
            unit,
            sign: match (unit == REMOVAL, self.method().name) {
                (true, _) => "positive: it is predicted to rise without the example",
                (_, "gradcos") => "1 wherever the example has a gradient, otherwise 0",
                _ => "never negative: the squared length of the example's gradient, times its weight",
            },
            penalty,
        })
    }
}
