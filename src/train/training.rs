//! A whole training: epochs, evaluation, early stopping.

use std::sync::Arc;

use crate::engine::{Monitor, Progress, Workers};
use crate::error::{Error, Result};
use crate::objective::Examples;
use crate::tensor::{Array, Real};

use super::checkpoints::Checkpoint;
use super::observer::{Observer, Untracked};
use super::outcome::{EpochSummary, Outcome, Position, Stopping};
use super::plan::{Reduction, StepPlan};
use super::trainer::{Trainer, TrainerOptions};

/// Everything that determines a training but its examples.
#[derive(Clone, Debug)]
pub struct TrainingSpec<T> {
    /// What a step computes.
    pub plan: Arc<StepPlan<T>>,
    /// How steps are taken, and for how many epochs.
    pub options: TrainerOptions,
    /// When to stop early; needs an observer that evaluates.
    pub stopping: Option<Stopping>,
    /// The parameters before training.
    pub initial: Vec<Array<T>>,
    /// The weights of the examples; empty where all of them are one.
    pub weights: Vec<f64>,
}

impl<T: Real> TrainingSpec<T> {
    /// A training that does not stop early.
    pub fn new(plan: Arc<StepPlan<T>>, options: TrainerOptions, initial: Vec<Array<T>>) -> Self {
        Self { plan, options, stopping: None, initial, weights: Vec::new() }
    }

    /// The same with weights of the examples, all one if absent. Where the mean of a batch is followed, they are taken relative
    /// to their own mean: a batch then leads where the weighted mean of all losses does, on average, and steps are as long
    /// whatever the weights are measured in.
    #[must_use]
    pub fn weighted(mut self, weights: Option<&[f64]>) -> Self {
        let weights = weights.unwrap_or_default();
        let mean = match self.plan.reduction {
            Reduction::Sum => 1.0,
            _ => weights.iter().sum::<f64>() / weights.len() as f64,
        };
        self.weights = weights.iter().map(|weight| weight / mean).collect();
        self
    }

    /// A training at its beginning, on so many examples. `weights` are what each counts of its own weight, all one if absent.
    ///
    /// # Errors
    /// [`Error::Argument`] for options out of range, parameters that do not fit the objective, weights that are negative,
    /// not finite, not one for each example, all zero, or that the plan's [`Reduction`] does not have; for an interval or
    /// patience of zero.
    pub fn start<O: Observer<T>>(
        &self,
        examples: usize,
        weights: Option<&[f64]>,
        observer: O,
    ) -> Result<Training<T, O>> {
        let sizes: Vec<usize> = self.initial.iter().map(|array| array.values().len()).collect();
        let expected: Vec<usize> = self.plan.shapes().iter().map(|(rows, width)| rows * width).collect();
        if sizes != expected {
            let (found, expected) = (format!("{sizes:?}"), format!("{expected:?}"));
            return Err(Error::argument("the numbers in each parameter", found, expected));
        }
        self.options.check()?;
        if self.stopping.is_some_and(|stopping| stopping.every == 0 || stopping.patience == 0) {
            return Err(Error::argument("the interval or patience of early stopping", 0, "at least one"));
        }
        let weights = self.checked(examples, weights)?;
        let total_weight = if weights.is_empty() { examples as f64 } else { weights.iter().sum() };
        Ok(Training {
            trainer: Trainer::new(self.plan.clone(), self.options, weights),
            stopping: self.stopping,
            parameters: self.initial.clone(),
            observer,
            examples,
            total_weight,
            order: Vec::new(),
            at: Position::default(),
            loss: 0.0,
            best: None,
            worse: 0,
            outcome: Outcome::default(),
        })
    }

    /// Weights as numbers of the model's precision, as minimization has them.
    fn checked(&self, examples: usize, weights: Option<&[f64]>) -> Result<Vec<f64>> {
        for weights in [weights.unwrap_or_default(), &self.weights] {
            if !weights.is_empty() && weights.len() != examples {
                let expected = format!("{examples}, one for each example");
                return Err(Error::argument("the number of weights", weights.len(), expected));
            }
        }
        let weights: Vec<f64> = match (weights, self.weights.as_slice()) {
            (None, own) => own.to_vec(),
            (Some(weights), []) => weights.to_vec(),
            (Some(weights), own) => weights.iter().zip(own).map(|(weight, own)| weight * own).collect(),
        };
        let weights: Vec<f64> = weights.into_iter().map(|x| T::from_f64(x).to_f64()).collect();
        let only = self.plan.reduction == Reduction::Sum;
        let fits = |weight: f64| weight >= 0.0 && weight.is_finite() && (!only || weight == 0.0 || weight == 1.0);
        if let Some(place) = weights.iter().position(|weight| !fits(*weight)) {
            let expected = if only { "zero or one for this reduction" } else { "zero or a positive number" };
            return Err(Error::argument(format!("the weight of example {place}"), weights[place], expected));
        }
        if examples == 0 || !weights.is_empty() && weights.iter().all(|weight| *weight == 0.0) {
            return Err(Error::argument("the number of examples to train on", 0, "at least one"));
        }
        Ok(weights)
    }

    /// Trains again without some of the examples, to the end or a position of the full training, and returns the
    /// parameters. Everything else is as in the full training: the initial values, the order and the batches of the other
    /// examples, and the learning rate at each position. There is no early stopping: the position says where to end.
    ///
    /// # Errors
    /// [`Error::Argument`] when an example does not exist or none remains; [`Error::NotFinite`] when the training diverges;
    /// [`Error::Canceled`] when the workers are stopped.
    pub fn train_without<E: Examples<T> + ?Sized>(
        &self,
        examples: &E,
        without: &[u32],
        until: Option<Position>,
        workers: &Workers,
    ) -> Result<Vec<Array<T>>> {
        let mut weights = vec![1.0; examples.len()];
        for example in without {
            match weights.get_mut(*example as usize) {
                Some(weight) => *weight = 0.0,
                None => {
                    let expected = format!("an example below {}", examples.len());
                    return Err(Error::argument("an example to leave out", example, expected));
                }
            }
        }
        let mut training = self.start(examples.len(), Some(&weights), Untracked)?;
        training.stopping = None;
        let end = until.unwrap_or(training.end());
        training.advance_to(end, examples, workers, &Monitor::none())?;
        Ok(training.parameters)
    }
}

/// A training of any model under way: optimizer, parameters, observer and position. It can be interrupted after any step
/// and go on from there.
///
/// Examples, threads and monitor are given anew to each [`Training::advance`]. The parameters, and what the observer sees,
/// are the same bytes however the training is cut up.
#[derive(Debug)]
pub struct Training<T, O> {
    trainer: Trainer<T>,
    stopping: Option<Stopping>,
    parameters: Vec<Array<T>>,
    observer: O,
    /// The number of examples and the sum of their weights.
    examples: usize,
    total_weight: f64,
    /// The order of the epoch, once it has begun.
    order: Vec<u32>,
    at: Position,
    /// The sum of the epoch's losses so far.
    loss: f64,
    best: Option<(f64, Vec<Array<T>>)>,
    /// The evaluations since the best.
    worse: usize,
    outcome: Outcome,
}

impl<T: Real, O: Observer<T>> Training<T, O> {
    /// Takes at most `steps` steps, and returns whether the training is at its end. It may stop in the middle of an epoch;
    /// what belongs to the end of an epoch (evaluation, progress) is done with its last step.
    ///
    /// With early stopping, parameters and observer are at the end what they were after the best evaluation. The monitor
    /// has the progress of each epoch with its mean loss and quality; a break ends the call with [`Error::Canceled`]. After
    /// that, as after a canceled evaluation or step, the training stands at the last step that was completed and can go on
    /// from there.
    ///
    /// # Errors
    /// [`Error::NotFinite`] when a loss or parameter becomes NaN or infinite; [`Error::Argument`] for another number of
    /// examples, ids outside their tables, or early stopping without an observer that evaluates; [`Error::Canceled`]; what
    /// evaluating reports.
    pub fn advance<E: Examples<T> + ?Sized>(
        &mut self,
        steps: u64,
        examples: &E,
        workers: &Workers,
        monitor: &Monitor,
    ) -> Result<bool> {
        self.run((steps, self.end()), examples, workers, monitor)
    }

    /// As [`Training::advance`], but up to a position of the training, if it is not past that.
    ///
    /// # Errors
    /// As [`Training::advance`].
    pub fn advance_to<E: Examples<T> + ?Sized>(
        &mut self,
        position: Position,
        examples: &E,
        workers: &Workers,
        monitor: &Monitor,
    ) -> Result<bool> {
        self.run((u64::MAX, position), examples, workers, monitor)
    }

    fn run<E: Examples<T> + ?Sized>(
        &mut self,
        (steps, until): (u64, Position),
        examples: &E,
        workers: &Workers,
        monitor: &Monitor,
    ) -> Result<bool> {
        if examples.len() != self.examples {
            return Err(Error::argument("the number of examples", examples.len(), self.examples.to_string()));
        }
        if self.stopping.is_some() && !self.observer.evaluates() {
            return Err(Error::argument("early stopping", "asked for without validation data", "some to evaluate on"));
        }
        let last = self.trainer.steps.saturating_add(steps);
        while !self.is_over() {
            if self.at.batches == self.batches() {
                self.end_epoch(workers, monitor)?;
                continue;
            }
            if self.at >= until {
                return Ok(false);
            }
            if self.order.is_empty() {
                self.order = self.trainer.options.order(self.at.epochs, self.examples);
            }
            let Self { trainer, parameters, observer, order, at, .. } = self;
            if trainer.choose(*at, order) {
                if trainer.steps == last {
                    return Ok(false);
                }
                self.loss += trainer.step(*at, parameters, examples, workers, observer)?;
            }
            self.at.batches += 1;
            self.outcome.batches = self.at.batches;
        }
        if let Some((_, parameters)) = self.best.take() {
            self.parameters = parameters;
            self.observer.restore();
        }
        Ok(true)
    }

    /// What follows the last batch of an epoch. Nothing is changed before the evaluation, which may fail, is done.
    fn end_epoch(&mut self, workers: &Workers, monitor: &Monitor) -> Result<()> {
        self.trainer.check_finite(self.at.epochs, &self.parameters)?;
        let (epoch, epochs) = (self.at.epochs + 1, self.trainer.options.epochs);
        let due = epoch == epochs || self.stopping.is_some_and(|stopping| epoch.is_multiple_of(stopping.every));
        let quality = if due { self.observer.evaluate(&self.parameters, workers)? } else { None };
        let loss = self.loss / self.total_weight;
        self.outcome.epochs.push(EpochSummary { epoch, epochs, loss, quality, steps: self.steps() });
        self.outcome.batches = 0;
        if let (Some(_), Some(quality)) = (self.stopping, quality) {
            if self.best.as_ref().is_none_or(|(highest, _)| quality > *highest) {
                self.best = Some((quality, self.parameters.clone()));
                self.outcome.best_epoch = Some(epoch);
                self.observer.save();
                self.worse = 0;
            } else {
                self.worse += 1;
            }
        }
        self.at = Position::after(epoch);
        self.order.clear();
        self.loss = 0.0;
        let progress = Progress::new(c"training", epoch as u64, Some(epochs as u64)).with_value(loss);
        if monitor.notify(&Progress { quality: quality.unwrap_or(f64::NAN), ..progress }).is_break() {
            return Err(Error::Canceled { place: format!("epoch {epoch} of {epochs}") });
        }
        Ok(())
    }

    /// Whether no step is left. The best parameters may still have to be taken back.
    fn is_over(&self) -> bool {
        self.at >= self.end() || self.stopping.is_some_and(|stopping| self.worse >= stopping.patience)
    }

    /// The mean loss of the first examples of the first epoch at some parameters, by which one sees whether a training went
    /// down or diverged. Nothing is moved.
    ///
    /// # Errors
    /// [`Error::NotFinite`] when a loss is; [`Error::Canceled`].
    pub fn mean_loss<E: Examples<T> + ?Sized>(
        &mut self,
        parameters: &[Array<T>],
        examples: &E,
        workers: &Workers,
    ) -> Result<f64> {
        /// Enough to tell a mean from ten times as much, and little beside an epoch.
        const MOST: usize = 256;
        let mut which = self.trainer.options.order(0, self.examples);
        which.truncate(MOST);
        self.trainer.mean_loss(&which, parameters, examples, workers)
    }

    /// The error for a training whose mean loss became so many times what it was.
    pub fn diverged(&self, before: f64, after: f64) -> Error {
        let place = format!("a mean loss of {after:.3e}, from {before:.3e} at the beginning");
        Error::Diverged { what: "the training", place, hint: self.trainer.hint() }
    }

    /// Whether the training is at its end.
    pub fn is_finished(&self) -> bool {
        self.is_over() && self.best.is_none()
    }

    /// The batches of an epoch.
    fn batches(&self) -> usize {
        self.examples.div_ceil(self.trainer.options.batch)
    }

    /// How far the training has come.
    pub fn position(&self) -> Position {
        self.at
    }

    /// Where it ends, unless it stops early.
    fn end(&self) -> Position {
        Position::after(self.trainer.options.epochs)
    }

    /// The steps taken.
    pub fn steps(&self) -> u64 {
        self.trainer.steps
    }

    /// The steps of the whole training. There may be fewer, where it stops early or all examples of a batch have weight
    /// zero.
    pub fn total_steps(&self) -> u64 {
        self.end().epochs as u64 * self.batches() as u64
    }

    /// The parameters as they are now.
    pub fn parameters(&self) -> &[Array<T>] {
        &self.parameters
    }

    /// The observer.
    pub fn observer(&self) -> &O {
        &self.observer
    }

    /// How the training went, as if it ended now: unless it is at its end, the parameters are the latest and not those of
    /// the best epoch.
    pub fn outcome(&self) -> Outcome {
        let best_epoch = self.outcome.best_epoch.filter(|_| self.is_finished());
        Outcome { best_epoch, ..self.outcome.clone() }
    }

    /// The parameters, the observer and how the training went, as they are now.
    pub fn into_parts(self) -> (Vec<Array<T>>, O, Outcome) {
        let outcome = self.outcome();
        (self.parameters, self.observer, outcome)
    }

    /// The parameters and the optimizer's state as they are now.
    pub fn checkpoint(&self) -> Checkpoint<T> {
        let method = self.trainer.options.method;
        let time = self.at.epochs as f64 + (self.at.batches * self.trainer.options.batch) as f64 / self.examples as f64;
        let TrainerOptions { learning_rate, schedule, epochs, .. } = self.trainer.options;
        Checkpoint {
            step: self.trainer.steps,
            position: self.at,
            learning_rate: schedule.rate(learning_rate, time, epochs),
            parameters: self.parameters.clone(),
            state: self.trainer.tables.iter().map(|table| table.state(method)).collect(),
        }
    }

    /// Goes to a checkpoint of this training, or of another one of the same plan, options and examples, from which the same
    /// steps lead to the same bytes. The observer stays as it is, early stopping forgets its best, and the loss of an epoch
    /// that the checkpoint lies in is that of its remaining steps.
    ///
    /// # Errors
    /// [`Error::Argument`] for a checkpoint of another objective or optimizer, or past the end.
    pub fn resume(&mut self, checkpoint: &Checkpoint<T>) -> Result<()> {
        let Checkpoint { step, position, parameters, state, .. } = checkpoint;
        let method = self.trainer.options.method;
        let same = |(old, new): (&Array<T>, &Array<T>)| old.shape() == new.shape();
        if parameters.len() != self.parameters.len()
            || !self.parameters.iter().zip(parameters).all(same)
            || !self.trainer.tables.iter().zip(state).all(|(table, state)| table.fits(state, method))
            || *position > self.end()
            || position.batches > self.batches()
        {
            let expected = "one of a training of the same objective, optimizer, examples and epochs";
            return Err(Error::argument("a checkpoint", "of another training", expected));
        }
        for (values, from) in self.parameters.iter_mut().zip(parameters) {
            values.values_mut().copy_from_slice(from.values());
        }
        self.trainer.tables.iter_mut().zip(state).for_each(|(table, state)| table.set_state(state));
        self.trainer.steps = *step;
        (self.at, self.loss, self.best, self.worse) = (*position, 0.0, None, 0);
        self.order.clear();
        self.outcome.epochs.retain(|epoch| epoch.epoch <= position.epochs);
        (self.outcome.batches, self.outcome.best_epoch) = (position.batches, None);
        Ok(())
    }
}
