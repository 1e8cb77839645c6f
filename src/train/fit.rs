//! A whole training: epochs, evaluation, early stopping.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::engine::Workers;
use crate::error::Result;
use crate::tensor::{Array, Real};

use super::fitting::Fitting;
use super::plan::StepPlan;
use super::trainer::{Observer, TrainerOptions};
use crate::objective::Examples;

/// When to stop before the last epoch.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopping {
    /// How many epochs lie between two evaluations.
    pub every: usize,
    /// How many evaluations in a row may be no better than the best before training stops.
    pub patience: usize,
}

/// How a whole training goes.
#[derive(Clone, Copy, Debug)]
pub struct FitOptions {
    /// How the steps are taken, and for how many epochs.
    pub trainer: TrainerOptions,
    /// When to stop early; needs an evaluation.
    pub stopping: Option<Stopping>,
    /// Train only that many of the epochs; the learning rate still develops as for all of them.
    pub limit: Option<usize>,
}

/// A quality of parameters: higher is better.
pub type Evaluation<'a, T> = &'a mut dyn FnMut(&[Array<T>]) -> Result<f64>;

/// Who is told after each epoch; a break ends the training.
pub type Report<'a, T, O> = &'a mut dyn FnMut(&Progress, &[Array<T>], &mut O) -> Result<ControlFlow<()>>;

/// What is reported after an epoch.
#[derive(serde::Serialize, serde::Deserialize, Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// The epochs done.
    pub epoch: usize,
    /// The epochs asked for.
    pub epochs: usize,
    /// The mean loss of the epoch's examples.
    pub loss: f64,
    /// The evaluation, where this epoch had one.
    pub quality: Option<f64>,
    /// The steps taken since the beginning.
    pub steps: u64,
}

/// How a training went.
#[derive(serde::Serialize, serde::Deserialize, Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// What was reported after each epoch.
    pub epochs: Vec<Progress>,
    /// The epoch, counted from one, whose weights and ledger were kept, when training could stop early.
    pub best_epoch: Option<usize>,
    /// The batches after those epochs, when training was ended in the middle of one.
    #[serde(default, skip_serializing_if = "is_none")]
    pub batches: usize,
}

fn is_none(batches: &usize) -> bool {
    *batches == 0
}

impl Outcome {
    /// The moment of the training whose weights and ledger were kept.
    pub fn kept(&self) -> Moment {
        match self.best_epoch {
            Some(epochs) => Moment { epochs, batches: 0 },
            None => Moment { epochs: self.epochs.len(), batches: self.batches },
        }
    }
}

/// A moment of a training, between two batches. Batches count that take no step because their examples are left out, so
/// that trainings with and without them have the same moments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// The epochs done.
    pub epochs: usize,
    /// The batches done of the epoch that follows.
    pub batches: usize,
}

/// Trains `parameters` in place.
///
/// With early stopping, weights and observer end as they were after the best evaluation. `report` is called after each
/// epoch with the state of things, on the calling thread; a break ends the training with [`Error::Canceled`].
///
/// [`Error::Canceled`]: crate::Error::Canceled
///
/// # Errors
/// As [`Fitting::new`] and [`Fitting::advance`].
#[allow(clippy::too_many_arguments)]
pub fn fit<T: Real, E: Examples<T> + ?Sized, O: Observer<T>>(
    plan: &Arc<StepPlan<T>>,
    options: &FitOptions,
    parameters: &mut [Array<T>],
    examples: &E,
    left_out: &[bool],
    workers: &Workers,
    observer: &mut O,
    evaluate: Option<Evaluation<'_, T>>,
    report: Report<'_, T, O>,
) -> Result<Outcome> {
    let given = (parameters.to_vec(), observer);
    let mut fitting = Fitting::new(plan.clone(), *options, given, examples.len(), left_out.to_vec())?;
    let mut told = |progress: &Progress, weights: &[Array<T>], observer: &mut &mut O| -> Result<ControlFlow<()>> {
        report(progress, weights, observer)
    };
    let ended = fitting.advance(u64::MAX, examples, workers, evaluate, &mut told);
    parameters.clone_from_slice(fitting.parameters());
    ended.map(|_| fitting.outcome().clone())
}
