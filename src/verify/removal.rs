//! Training again without examples where the model is at a minimum of its objective.

use std::sync::Arc;

use crate::attribution::influence::{Change, Edit, Influence, Level, WhatIfOptions};
use crate::error::Result;
use crate::objective::CompiledFunctional;
use crate::objective::Inputs;
use crate::tensor::Real;

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
/// `inputs` and `weights` are the training set of `influence`. Training again ends where no part of the gradient, without
/// what training had left of it before, is greater than `gradient`.
///
/// # Errors
/// As [`Edit::new`] and [`Influence::what_if`].
pub fn removal<T: Real>(
    influence: &mut Influence<T>,
    scalars: &CompiledFunctional,
    queries: &Inputs<T>,
    (inputs, weights): (&Arc<Inputs<T>>, &[f64]),
    examples: &[usize],
    gradient: f64,
) -> Result<Removal> {
    let changes: Vec<Change<T>> = examples.iter().map(|example| Change::Remove(*example)).collect();
    let edit = Edit::new(inputs, weights, &changes)?;
    let how = WhatIfOptions { until: Level::Retrained, gradient, ..WhatIfOptions::default() };
    let found = influence.what_if(scalars, queries, &edit, &how)?;
    let step = |level| found.steps.iter().find(move |step| step.level == level);
    let changes = |level| step(level).map_or_else(Vec::new, |step| step.changes.clone());
    let reached = step(Level::Retrained).is_some_and(|step| step.gradient <= gradient);
    Ok(Removal { newton: changes(Level::Newton), truth: changes(Level::Retrained), reached })
}

/// The largest part of a gradient at which training again ends, by the precision of the model.
pub fn retrained_to<T: Real>() -> f64 {
    if size_of::<T>() == 4 { 1e-5 } else { 1e-10 }
}
