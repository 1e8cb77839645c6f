//! A whole training: epochs, evaluation, early stopping.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::engine::Context;
use crate::error::{Error, Result};
use crate::tensor::{Array, Real};

use super::examples::Examples;
use super::plan::StepPlan;
use super::trainer::{Observer, Trainer, TrainerOptions};

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
}

/// Trains `parameters` in place.
///
/// With early stopping, weights and observer end as they were after the best evaluation. `report` is called after each
/// epoch with the state of things, on the calling thread; a break ends the training with [`Error::Cancelled`].
///
/// # Errors
/// As [`Trainer::epoch`]; [`Error::Argument`] when all examples are left out, or stopping is asked for without evaluation.
#[allow(clippy::too_many_arguments)]
pub fn fit<T: Real, E: Examples + ?Sized, O: Observer<T>>(
    plan: &Arc<StepPlan<T>>,
    options: &FitOptions,
    parameters: &mut [Array<T>],
    examples: &E,
    left_out: &[bool],
    context: &Context,
    observer: &mut O,
    mut evaluate: Option<Evaluation<'_, T>>,
    report: Report<'_, T, O>,
) -> Result<Outcome> {
    let mut trainer = Trainer::new(plan.clone(), options.trainer)?;
    let used = examples.len() - left_out.iter().take(examples.len()).filter(|out| **out).count();
    if used == 0 {
        return Err(Error::argument("the number of examples to train on", 0, "at least one"));
    }
    if let Some(stopping) = options.stopping {
        if evaluate.is_none() {
            return Err(Error::argument("early stopping", "asked for without validation data", "some to evaluate on"));
        }
        if stopping.every == 0 || stopping.patience == 0 {
            return Err(Error::argument("the interval or patience of early stopping", 0, "at least one"));
        }
    }
    let epochs = options.trainer.epochs;
    let mut outcome = Outcome::default();
    let mut best: Option<(f64, Vec<Array<T>>)> = None;
    let mut worse = 0;
    let last = options.limit.map_or(epochs, |limit| limit.min(epochs));
    for epoch in 0..last {
        let loss = trainer.epoch(epoch, parameters, examples, left_out, context, observer)? / used as f64;
        let due = match options.stopping {
            Some(stopping) => (epoch + 1) % stopping.every == 0 || epoch + 1 == last,
            None => epoch + 1 == last,
        };
        let quality = match &mut evaluate {
            Some(evaluate) if due => Some(evaluate(parameters)?),
            _ => None,
        };
        let progress = Progress { epoch: epoch + 1, epochs, loss, quality, steps: trainer.steps() };
        outcome.epochs.push(progress);
        if let (Some(_), Some(quality)) = (options.stopping, quality) {
            if best.as_ref().is_none_or(|(highest, _)| quality > *highest) {
                best = Some((quality, parameters.to_vec()));
                outcome.best_epoch = Some(epoch + 1);
                observer.save();
                worse = 0;
            } else {
                worse += 1;
            }
        }
        if report(&progress, parameters, observer)?.is_break() {
            return Err(Error::Cancelled { place: format!("epoch {} of {epochs}", epoch + 1) });
        }
        if options.stopping.is_some_and(|stopping| worse >= stopping.patience) {
            break;
        }
    }
    if let Some((_, weights)) = best {
        parameters.clone_from_slice(&weights);
        observer.restore();
    }
    Ok(outcome)
}
