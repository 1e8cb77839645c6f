//! A training that can be interrupted after any step and go on from there.

use std::sync::Arc;

use crate::engine::Workers;
use crate::error::{Error, Result};
use crate::tensor::{Array, Real};

use super::fit::{Evaluation, FitOptions, Moment, Outcome, Progress, Report};
use super::plan::StepPlan;
use super::trainer::{Observer, Place, Trainer};
use crate::objective::Examples;

/// A training under way: the trainer, the weights, the observer and how far they have come.
///
/// Examples, threads, evaluation and reports are given anew to each [`Fitting::advance`]. The weights, and what the observer
/// is told, are the same bytes however the training is cut up.
#[derive(Debug)]
pub struct Fitting<T, O> {
    trainer: Trainer<T>,
    options: FitOptions,
    parameters: Vec<Array<T>>,
    observer: O,
    /// The number of examples, and which of them are left out.
    examples: usize,
    left_out: Vec<bool>,
    /// The order of the epoch, once it has begun.
    order: Vec<u32>,
    at: Moment,
    /// The sum of the epoch's losses so far.
    loss: f64,
    best: Option<(f64, Vec<Array<T>>)>,
    /// The evaluations since the best.
    worse: usize,
    outcome: Outcome,
}

impl<T: Real, O: Observer<T>> Fitting<T, O> {
    /// A training at its beginning: from these parameters, with somebody who is told of every step. Examples for which
    /// `left_out` holds are skipped; it may be shorter than the list of examples.
    ///
    /// # Errors
    /// As [`Trainer::new`]; [`Error::Argument`] for parameters that do not fit the objective, when all examples are left
    /// out, or for an interval or patience of none.
    pub fn new(
        plan: Arc<StepPlan<T>>,
        options: FitOptions,
        (parameters, observer): (Vec<Array<T>>, O),
        examples: usize,
        mut left_out: Vec<bool>,
    ) -> Result<Self> {
        let sizes: Vec<usize> = parameters.iter().map(|array| array.values().len()).collect();
        let expected: Vec<usize> = plan.shapes().iter().map(|(rows, width)| rows * width).collect();
        if sizes != expected {
            let (found, expected) = (format!("{sizes:?}"), format!("{expected:?}"));
            return Err(Error::argument("the numbers in each parameter", found, expected));
        }
        let trainer = Trainer::new(plan, options.trainer)?;
        left_out.truncate(examples);
        if left_out.iter().filter(|out| **out).count() == examples {
            return Err(Error::argument("the number of examples to train on", 0, "at least one"));
        }
        if options.stopping.is_some_and(|stopping| stopping.every == 0 || stopping.patience == 0) {
            return Err(Error::argument("the interval or patience of early stopping", 0, "at least one"));
        }
        let at = Moment { epochs: 0, batches: 0 };
        Ok(Self {
            trainer,
            options,
            parameters,
            observer,
            examples,
            left_out,
            order: Vec::new(),
            at,
            loss: 0.0,
            best: None,
            worse: 0,
            outcome: Outcome::default(),
        })
    }

    /// Takes at most `steps` steps, and tells whether the training is at its end. It may stop in the middle of an epoch;
    /// what belongs to the end of an epoch (evaluation, report) is done with its last step.
    ///
    /// With early stopping, weights and observer are at the end what they were after the best evaluation. `report` is
    /// called after each epoch with the state of things, on the calling thread; a break ends the call with
    /// [`Error::Canceled`]. After that, as after a canceled evaluation or step, the training stands at the last step that
    /// was completed and can go on from there.
    ///
    /// # Errors
    /// As [`Trainer::epoch`]; [`Error::Argument`] for another number of examples, or early stopping without evaluation;
    /// [`Error::Canceled`]; what `evaluate` and `report` give.
    pub fn advance<E: Examples<T> + ?Sized>(
        &mut self,
        steps: u64,
        examples: &E,
        workers: &Workers,
        evaluate: Option<Evaluation<'_, T>>,
        report: Report<'_, T, O>,
    ) -> Result<bool> {
        self.run((steps, self.end()), examples, workers, evaluate, report)
    }

    /// As [`Fitting::advance`], but up to a moment of the training, if it is not past that.
    ///
    /// # Errors
    /// As [`Fitting::advance`].
    pub fn advance_to<E: Examples<T> + ?Sized>(
        &mut self,
        moment: Moment,
        examples: &E,
        workers: &Workers,
        evaluate: Option<Evaluation<'_, T>>,
        report: Report<'_, T, O>,
    ) -> Result<bool> {
        self.run((u64::MAX, moment), examples, workers, evaluate, report)
    }

    fn run<E: Examples<T> + ?Sized>(
        &mut self,
        (steps, until): (u64, Moment),
        examples: &E,
        workers: &Workers,
        mut evaluate: Option<Evaluation<'_, T>>,
        report: Report<'_, T, O>,
    ) -> Result<bool> {
        if examples.len() != self.examples {
            return Err(Error::argument("the number of examples", examples.len(), self.examples.to_string()));
        }
        if self.options.stopping.is_some() && evaluate.is_none() {
            return Err(Error::argument("early stopping", "asked for without validation data", "some to evaluate on"));
        }
        let last = self.trainer.steps().saturating_add(steps);
        while !self.is_over() {
            if self.at.batches == self.batches() {
                self.end_epoch(&mut evaluate, &mut *report)?;
                continue;
            }
            if self.at >= until {
                return Ok(false);
            }
            if self.order.is_empty() {
                self.order = self.trainer.order(self.at.epochs, self.examples);
            }
            let Moment { epochs: epoch, batches: number } = self.at;
            let place = Place { epoch, number, order: &self.order, left_out: &self.left_out };
            if self.trainer.choose(&place) {
                if self.trainer.steps() == last {
                    return Ok(false);
                }
                let Self { trainer, parameters, observer, .. } = self;
                self.loss += trainer.step(&place, parameters, examples, workers, observer)?;
            }
            self.at.batches += 1;
            self.outcome.batches = self.at.batches;
        }
        if let Some((_, weights)) = self.best.take() {
            self.parameters = weights;
            self.observer.restore();
        }
        Ok(true)
    }

    /// What follows the last batch of an epoch. Nothing is changed before the evaluation, which may fail, is done.
    fn end_epoch(&mut self, evaluate: &mut Option<Evaluation<'_, T>>, report: Report<'_, T, O>) -> Result<()> {
        self.trainer.check_weights(self.at.epochs, &self.parameters)?;
        let epoch = self.at.epochs + 1;
        let is_last = epoch == self.end().epochs;
        let due = is_last || self.options.stopping.is_some_and(|stopping| epoch.is_multiple_of(stopping.every));
        let quality = match evaluate {
            Some(evaluate) if due => Some(evaluate(&self.parameters)?),
            _ => None,
        };
        let used = self.examples - self.left_out.iter().filter(|out| **out).count();
        let epochs = self.options.trainer.epochs;
        let progress = Progress { epoch, epochs, loss: self.loss / used as f64, quality, steps: self.steps() };
        self.outcome.epochs.push(progress);
        self.outcome.batches = 0;
        if let (Some(_), Some(quality)) = (self.options.stopping, quality) {
            if self.best.as_ref().is_none_or(|(highest, _)| quality > *highest) {
                self.best = Some((quality, self.parameters.clone()));
                self.outcome.best_epoch = Some(epoch);
                self.observer.save();
                self.worse = 0;
            } else {
                self.worse += 1;
            }
        }
        self.at = Moment { epochs: epoch, batches: 0 };
        self.order.clear();
        self.loss = 0.0;
        if report(&progress, &self.parameters, &mut self.observer)?.is_break() {
            return Err(Error::Canceled { place: format!("epoch {epoch} of {epochs}") });
        }
        Ok(())
    }

    /// Whether no step is left. The best weights may still have to be taken back.
    fn is_over(&self) -> bool {
        self.at >= self.end() || self.options.stopping.is_some_and(|stopping| self.worse >= stopping.patience)
    }

    /// Whether the training is at its end.
    pub fn is_finished(&self) -> bool {
        self.is_over() && self.best.is_none()
    }

    /// The batches of an epoch.
    fn batches(&self) -> usize {
        self.examples.div_ceil(self.options.trainer.batch)
    }

    /// How far the training has come.
    pub fn moment(&self) -> Moment {
        self.at
    }

    /// Where it ends, unless it stops early.
    fn end(&self) -> Moment {
        let epochs = self.options.trainer.epochs;
        Moment { epochs: self.options.limit.map_or(epochs, |limit| limit.min(epochs)), batches: 0 }
    }

    /// The steps taken.
    pub fn steps(&self) -> u64 {
        self.trainer.steps()
    }

    /// The steps of the whole training. There may be fewer, where it stops early or all examples of a batch are left out.
    pub fn total_steps(&self) -> u64 {
        self.end().epochs as u64 * self.batches() as u64
    }

    /// The weights as they are now.
    pub fn parameters(&self) -> &[Array<T>] {
        &self.parameters
    }

    /// Who is told of every step.
    pub fn observer(&self) -> &O {
        &self.observer
    }

    /// What was reported of each epoch up to now, and which of them was the best.
    ///
    /// Before the end, the weights are still the latest and not those of the best epoch.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// The weights, the observer and how the training went, as they are now.
    pub fn into_parts(self) -> (Vec<Array<T>>, O, Outcome) {
        (self.parameters, self.observer, self.outcome)
    }
}
