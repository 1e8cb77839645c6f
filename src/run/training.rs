//! A training of triples under way.

use std::sync::Arc;

use crate::attribution::rollback::Tracker;
use crate::data::TripleSet;
use crate::engine::{Monitor, Workers};
use crate::error::Result;
use crate::models::triples::{TripleExamples, TripleModel};
use crate::tensor::{Array, Real};
use crate::train::{Position, Training, Validation};

use super::job::{Job, Run};
use super::settings::Settings;

/// A ledger, and an evaluation where there are validation triples.
type Observers<T> = (Tracker<T>, Option<Validation<T>>);

/// A training of triples with a ledger that can be interrupted after any step and go on from there;
/// [`Job::start`](super::Job::start) begins one.
#[derive(Debug)]
pub struct TripleTraining<T> {
    settings: Settings,
    initial: TripleModel<T>,
    given: Option<Arc<Vec<Array<T>>>>,
    data: Arc<TripleSet>,
    examples: TripleExamples<'static>,
    training: Training<T, Observers<T>>,
}

impl<T: Real> TripleTraining<T> {
    pub(super) fn new(
        job: &Job<T>,
        data: Arc<TripleSet>,
        examples: TripleExamples<'static>,
        training: Training<T, Observers<T>>,
    ) -> Self {
        let Job { settings, initial, given, .. } = job;
        Self { settings: settings.clone(), initial: initial.clone(), given: given.clone(), data, examples, training }
    }

    /// As [`Training::advance`].
    ///
    /// # Errors
    /// As [`Training::advance`].
    pub fn advance(&mut self, steps: u64, workers: &Workers, monitor: &Monitor) -> Result<bool> {
        self.training.advance(steps, &self.examples, workers, monitor)
    }

    /// As [`Training::advance_to`].
    ///
    /// # Errors
    /// As [`Training::advance`].
    pub fn advance_to(&mut self, position: Position, workers: &Workers, monitor: &Monitor) -> Result<bool> {
        self.training.advance_to(position, &self.examples, workers, monitor)
    }

    /// The run as it would be if training ended now, but without a ranking of the validation triples.
    pub fn look(&self) -> Run<T> {
        // Cloned: what is pending must not be settled earlier because somebody looks.
        let ledger = self.training.observer().0.clone().into_ledger();
        Run {
            settings: self.settings.clone(),
            data: (*self.data).clone(),
            model: self.initial.clone().replaced(self.training.parameters().to_vec()),
            ledger: Arc::new(ledger),
            outcome: self.training.outcome(),
            validation: None,
            initial: self.given.clone(),
            remarks: None,
        }
    }

    /// The training itself: how far it has come, and the weights as they are now.
    pub fn training(&self) -> &Training<T, Observers<T>> {
        &self.training
    }

    /// Ends the training where it is, and ranks the validation triples where there are any.
    ///
    /// Where early stopping was asked for, an end before the training's own keeps the latest weights.
    ///
    /// # Errors
    /// What ranking reports.
    pub fn finish(self, workers: &Workers) -> Result<Run<T>> {
        let run = self.look();
        let (parameters, (_, validation), _) = self.training.into_parts();
        let metrics = validation.map(|mut validation| validation.metrics(&parameters, workers)).transpose()?;
        Ok(Run { validation: metrics, ..run })
    }
}
