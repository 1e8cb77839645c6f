//! Observers of a training.

use crate::engine::Workers;
use crate::error::Result;
use crate::tensor::{Array, Real};

use super::contributions::Contributions;
use super::optimizer::{Moved, Optimizer, Table, TableState};
use super::outcome::Position;

/// A step of a training, as an observer sees it.
#[derive(Debug)]
pub struct BatchStep<'a, T> {
    /// The optimizer.
    pub method: Optimizer,
    /// The number of the step, counted from one.
    pub step: u64,
    /// Where the training stands after it.
    pub position: Position,
    /// The optimizer's learning rate in this step.
    pub learning_rate: f64,
    /// The weighted sum of the losses of the batch's examples, before it.
    pub loss: f64,
    /// The examples of the batch. Where the mean of a batch is followed, those of weight zero are among them.
    pub examples: &'a [u32],
    /// What each of them added to the gradient of which rows; empty where the plan has no contributions
    /// ([`StepPlan::has_contributions`](super::StepPlan::has_contributions)).
    pub contributions: &'a Contributions<T>,
    pub(super) values: &'a [Array<T>],
    /// What each example's loss was multiplied by; empty where that is one.
    pub(super) shares: &'a [T],
    pub(super) tables: &'a [Table<T>],
}

impl<'a, T: Real> BatchStep<'a, T> {
    /// The number of parameters.
    pub fn parameters(&self) -> usize {
        self.tables.len()
    }

    /// The parameters after the step.
    pub fn values(&self) -> &'a [Array<T>] {
        self.values
    }

    /// How the rows of a parameter moved. A plan that follows the mean has each parameter as one row.
    #[inline]
    pub fn moved(&self, parameter: usize) -> Moved<'a, T> {
        Moved::new(&self.tables[parameter], self.method)
    }

    /// What the loss of the batch's example at `position` was multiplied by: its weight, and where the mean of the batch is
    /// followed, divided by the size of the batch.
    pub fn share(&self, position: usize) -> f64 {
        self.shares.get(position).map_or(1.0, |share| share.to_f64())
    }

    pub(super) fn state(&self) -> Vec<TableState<T>> {
        self.tables.iter().map(|table| table.state(self.method)).collect()
    }
}

/// Sees every step of a training, for example to keep a ledger.
///
/// An observer that can rate the parameters is what early stopping goes by. A pair of observers is an observer, and so is
/// one that may be absent.
pub trait Observer<T> {
    /// Called after the parameters moved in a step.
    fn step(&mut self, step: &BatchStep<'_, T>);

    /// Saves the present state as that of the best epoch so far.
    fn save(&mut self) {}

    /// Goes back to the state that was saved.
    fn restore(&mut self) {}

    /// Whether [`Observer::evaluate`] has an answer.
    fn evaluates(&self) -> bool {
        false
    }

    /// The quality of the parameters: higher is better. Called after epochs in which early stopping asks for it, and after
    /// the last.
    ///
    /// # Errors
    /// What evaluating meets; the training can then go on, and evaluates again.
    fn evaluate(&mut self, parameters: &[Array<T>], workers: &Workers) -> Result<Option<f64>> {
        let _ = (parameters, workers);
        Ok(None)
    }
}

impl<T, O: Observer<T> + ?Sized> Observer<T> for &mut O {
    #[inline(always)]
    fn step(&mut self, step: &BatchStep<'_, T>) {
        (**self).step(step);
    }

    fn save(&mut self) {
        (**self).save();
    }

    fn restore(&mut self) {
        (**self).restore();
    }

    fn evaluates(&self) -> bool {
        (**self).evaluates()
    }

    fn evaluate(&mut self, parameters: &[Array<T>], workers: &Workers) -> Result<Option<f64>> {
        (**self).evaluate(parameters, workers)
    }
}

/// An observer, or none.
impl<T, O: Observer<T>> Observer<T> for Option<O> {
    #[inline(always)]
    fn step(&mut self, step: &BatchStep<'_, T>) {
        if let Some(observer) = self {
            observer.step(step);
        }
    }

    fn save(&mut self) {
        if let Some(observer) = self {
            observer.save();
        }
    }

    fn restore(&mut self) {
        if let Some(observer) = self {
            observer.restore();
        }
    }

    fn evaluates(&self) -> bool {
        self.as_ref().is_some_and(O::evaluates)
    }

    fn evaluate(&mut self, parameters: &[Array<T>], workers: &Workers) -> Result<Option<f64>> {
        self.as_mut().map_or(Ok(None), |observer| observer.evaluate(parameters, workers))
    }
}

/// Both observers, the first before the second; the first that can evaluate does.
impl<T, A: Observer<T>, B: Observer<T>> Observer<T> for (A, B) {
    #[inline(always)]
    fn step(&mut self, step: &BatchStep<'_, T>) {
        self.0.step(step);
        self.1.step(step);
    }

    fn save(&mut self) {
        self.0.save();
        self.1.save();
    }

    fn restore(&mut self) {
        self.0.restore();
        self.1.restore();
    }

    fn evaluates(&self) -> bool {
        self.0.evaluates() || self.1.evaluates()
    }

    fn evaluate(&mut self, parameters: &[Array<T>], workers: &Workers) -> Result<Option<f64>> {
        match self.0.evaluates() {
            true => self.0.evaluate(parameters, workers),
            false => self.1.evaluate(parameters, workers),
        }
    }
}

/// No observer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Untracked;

impl<T> Observer<T> for Untracked {
    #[inline(always)]
    fn step(&mut self, _: &BatchStep<'_, T>) {}
}
