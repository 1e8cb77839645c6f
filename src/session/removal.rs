//! Comparing what a method predicts for removed examples with what training without them does.

use std::sync::Arc;

use crate::attribution::Trained;
use crate::data::Column;
use crate::engine::Monitor;
use crate::error::{Error, Result};
use crate::options::Options;
use crate::tensor::Either;

use super::trainer::minimized;
use super::{Attributor, Context, Dataset, Model, TrainingChange, true_changes};

/// What removing some examples together does to a functional, for each query.
#[derive(Clone, Debug, PartialEq)]
pub struct Removal {
    /// The change that the method predicts: by influence to first order.
    pub predicted: Vec<f64>,
    /// The change by one step of Newton's method; none where no minimum is followed.
    pub newton: Vec<f64>,
    /// The true change, by training again.
    pub truth: Vec<f64>,
    /// Whether training again ended where it should: at the changed objective's minimum, if the model was at one.
    pub reached: bool,
    /// Why there is no answer, as where there is no minimum without the examples: then nothing else is known, and all changes
    /// are NaN.
    pub undetermined: Option<String>,
}

/// Compares the changes that an attributor of a model predicts for sets of removed examples with the true ones.
///
/// A model that was minimized is minimized again; one that was trained by steps takes the same steps again.
///
/// # Errors
/// [`Error::Argument`] for an attributor of another model, or over other examples than the model was trained on; as
/// [`Attributor::what_if`] and [`true_changes`]; [`Error::Unsupported`] as [`Model::require_minimum`].
pub fn compare_with_retraining(
    context: &Arc<Context>,
    model: &Model,
    attributor: &Attributor,
    (queries, functional): (&Dataset, Option<&str>),
    sets: &[Vec<usize>],
    monitor: &Monitor,
) -> Result<Vec<Removal>> {
    check_together(attributor, model)?;
    model.require_minimum()?;
    let influence = attributor.method().name == "influence";
    let minimized = influence && model.is_minimized();
    let options = match (influence, minimized) {
        (_, true) => Options::new().with("until", "retrained"),
        (true, false) => Options::new().with("until", "first-order"),
        (false, _) => Options::new(),
    };
    let mut all = Vec::with_capacity(sets.len());
    for set in sets {
        let changes: Vec<TrainingChange> = set.iter().map(|example| TrainingChange::Remove(*example)).collect();
        let found = match attributor.what_if(queries, functional, &changes, &options, monitor) {
            Err(error @ (Error::Undetermined { .. } | Error::Indefinite { .. })) if minimized => {
                let unknown = vec![f64::NAN; queries.len()];
                all.push(Removal {
                    predicted: unknown.clone(),
                    newton: Vec::new(),
                    truth: unknown,
                    reached: false,
                    undetermined: Some(error.to_string()),
                });
                continue;
            }
            found => found?,
        };
        let changes = |level: &str| {
            found.steps.iter().find(|step| step.level == level).map_or_else(Vec::new, |step| step.changes.clone())
        };
        let last = found.steps.last();
        all.push(Removal {
            predicted: found.steps.first().map_or_else(Vec::new, |step| step.changes.clone()),
            newton: changes("newton"),
            truth: changes("retrained"),
            reached: !minimized || last.is_some_and(|step| step.level == "retrained" && step.at_minimum),
            undetermined: None,
        });
    }
    // After the predictions: a method that makes none is refused before anything is trained again.
    if !minimized {
        let truth = true_changes(context, model, queries, functional, sets, monitor)?;
        for (removal, truth) in all.iter_mut().zip(truth.chunks(queries.len().max(1))) {
            removal.truth = truth.to_vec();
        }
    }
    Ok(all)
}

/// Refuses an attributor that says nothing of the model that is trained again.
fn check_together(attributor: &Attributor, model: &Model) -> Result<()> {
    let Trained { parameters, data, .. } = &attributor.trained;
    let same_values = match (parameters, &model.state) {
        (Either::Single(own), Either::Single(state)) => own == &state.parameters,
        (Either::Double(own), Either::Double(state)) => own == &state.parameters,
        _ => false,
    };
    let found = match (same_values, same_examples(data, model.data()?)) {
        (true, true) => return Ok(()),
        (false, _) => "of a model with other values of the parameters",
        (true, false) => "over other examples than the model was trained on",
    };
    let expected = "one of the model that is trained again: make a new attributor of it, without other data";
    Err(Error::argument("the attributor", found, expected))
}

fn same_examples(some: &Dataset, others: &Dataset) -> bool {
    if let (Ok(some), Ok(others)) = (some.samples(), others.samples()) {
        return some == others;
    }
    if let (Ok(some), Ok(others)) = (some.triples(), others.triples()) {
        return some.list() == others.list();
    }
    let (Ok(some), Ok(others)) = (some.columns(), others.columns()) else { return false };
    let same = |name| match (some.get(name), others.get(name)) {
        (Some(Column::Numbers(some)), Some(Column::Numbers(others))) => some == others,
        (Some(Column::Ids(some)), Some(Column::Ids(others))) => some == others,
        _ => false,
    };
    some.count() == others.count() && some.names().eq(others.names()) && some.names().all(same)
}

impl Model {
    fn is_minimized(&self) -> bool {
        self.record.as_ref().is_some_and(|record| minimized(&*self.family, &record.options))
    }

    /// What to do about a training that was to end at a minimum and did not; none if it did, or was no minimization.
    pub fn training_hint(&self) -> Option<String> {
        let training = self.record.as_ref().filter(|_| self.is_minimized()).map(|record| &record.training)?;
        let default = || "train longer, or ask for less with the option gradient_tolerance".to_owned();
        (!training.converged).then(|| training.hint.clone().unwrap_or_else(default))
    }

    /// Refuses to compare training again with a model that was minimized and is not at its minimum: away from it the two
    /// differ whatever is removed.
    ///
    /// # Errors
    /// [`Error::Unsupported`] with what to do about it.
    pub fn require_minimum(&self) -> Result<()> {
        let Some(hint) = self.training_hint() else { return Ok(()) };
        let norm = self.training()?.gradient_norm.unwrap_or(f64::NAN);
        let what = format!(
            "training again to compare with a model that is not at a minimum (the relative gradient is {norm:.3e})"
        );
        Err(Error::Unsupported { what, hint })
    }
}
