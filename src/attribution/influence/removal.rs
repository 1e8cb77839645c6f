//! Training again without examples where the model is at a minimum of its objective.

use crate::error::Result;
use crate::objective::{AnyInputs, CompiledFunctional};

use super::{Change, Edit, Influence, Level, WhatIfOptions};

/// What removing examples does to a functional, for each query.
#[derive(Clone, Debug, PartialEq)]
pub struct Removal {
    /// The change by one step of Newton's method; none where that step could not be made.
    pub newton: Vec<f64>,
    /// The true change: the functional at the changed objective's own minimum.
    pub truth: Vec<f64>,
    /// Whether that minimum was reached.
    pub reached: bool,
}

/// Trains again without examples and compares the functional with what it was: the examples' weights are set to zero, and
/// the objective is minimized from where one step of Newton's method leads.
///
/// # Errors
/// As [`Edit::new`] and [`Influence::what_if`].
pub fn removal(
    influence: &mut Influence,
    functional: &CompiledFunctional,
    queries: impl Into<AnyInputs>,
    examples: &[usize],
) -> Result<Removal> {
    let changes: Vec<Change> = examples.iter().map(|example| Change::Remove(*example)).collect();
    let evaluator = influence.evaluator();
    let edit = Edit::new(evaluator.inputs(), &evaluator.weights(), &changes)?;
    let options = WhatIfOptions { until: Level::Retrained, ..WhatIfOptions::default() };
    let found = influence.what_if(functional, queries, &edit, &options)?;
    let step = |level| found.steps.iter().find(move |step| step.level == level);
    let changes = |level| step(level).map_or_else(Vec::new, |step| step.changes.clone());
    let reached = step(Level::Retrained).is_some_and(|step| step.at_minimum);
    Ok(Removal { newton: changes(Level::Newton), truth: changes(Level::Retrained), reached })
}
