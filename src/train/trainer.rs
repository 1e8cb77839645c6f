//! One training step after the other.

use std::sync::Arc;

use crate::engine::{Execution, Operands, Workers};
use crate::error::{Error, Result};
use crate::tensor::random::{Purpose, Stream};
use crate::tensor::{Array, Real};

use super::contributions::Contributions;
use super::optimizer::{Moved, Optimizer, Table};
use super::plan::StepPlan;
use super::schedule::Schedule;
use crate::objective::{Examples, Staged};

/// How a trainer trains.
#[derive(Clone, Copy, Debug)]
pub struct TrainerOptions {
    /// The optimizer.
    pub method: Optimizer,
    /// The learning rate at the beginning; the loss of a batch is the sum of its examples' losses, but in [`network`]
    /// their mean.
    ///
    /// [`network`]: super::network
    pub learning_rate: f64,
    /// How the learning rate develops.
    pub schedule: Schedule,
    /// How many epochs the training is to last, for schedules that end.
    pub epochs: usize,
    /// The number of examples in a batch.
    pub batch: usize,
    /// The seed of the order of examples.
    pub seed: u64,
}

impl TrainerOptions {
    pub(super) fn check(&self) -> Result<()> {
        if !(self.learning_rate.is_finite() && self.learning_rate > 0.0) {
            return Err(Error::argument("the learning rate", self.learning_rate, "a positive number"));
        }
        if self.batch == 0 {
            return Err(Error::argument("the batch size", 0, "at least one"));
        }
        if self.epochs == 0 {
            return Err(Error::argument("the number of epochs", 0, "at least one"));
        }
        self.method.check()?;
        self.schedule.check()
    }
}

/// What an observer is told of a step.
#[derive(Debug)]
pub struct BatchStep<'a, T> {
    /// The optimizer.
    pub method: Optimizer,
    /// The examples of the batch.
    pub examples: &'a [u32],
    /// What each of them added to the gradient of which rows.
    pub contributions: &'a Contributions<T>,
    tables: &'a [Table<T>],
}

impl<'a, T: Real> BatchStep<'a, T> {
    /// The number of parameters.
    pub fn parameters(&self) -> usize {
        self.tables.len()
    }

    /// How the rows of a parameter moved.
    #[inline]
    pub fn moved(&self, parameter: usize) -> Moved<'a, T> {
        Moved::new(&self.tables[parameter], self.method)
    }
}

/// Who is told of every step, for example to keep a ledger.
pub trait Observer<T> {
    /// Called after the rows of a batch moved.
    fn step(&mut self, step: &BatchStep<'_, T>);

    /// Remembers the present state as the best so far.
    fn save(&mut self) {}

    /// Goes back to the state remembered.
    fn restore(&mut self) {}
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
}

/// Somebody is told, or nobody.
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
}

/// Nobody is told.
#[derive(Clone, Copy, Debug, Default)]
pub struct Untracked;

impl<T> Observer<T> for Untracked {
    #[inline(always)]
    fn step(&mut self, _: &BatchStep<'_, T>) {}
}

/// The state of a training: optimizer, buffers and how far it has come.
#[derive(Debug)]
pub struct Trainer<T> {
    plan: Arc<StepPlan<T>>,
    options: TrainerOptions,
    execution: Execution<T>,
    tables: Vec<Table<T>>,
    contributions: Contributions<T>,
    staged: Staged<T>,
    batch: Vec<u32>,
    steps: u64,
}

struct StepOperands<'a, T> {
    parameters: &'a [Array<T>],
    staged: &'a Staged<T>,
}

impl<T: Real> Operands<T> for StepOperands<'_, T> {
    fn parameter(&self, slot: usize) -> &[T] {
        self.parameters[slot].values()
    }

    fn real(&self, slot: usize) -> &[T] {
        &self.staged.numbers[slot]
    }

    fn index(&self, slot: usize) -> &[u32] {
        &self.staged.ids[slot]
    }
}

/// A batch of an epoch.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub epoch: usize,
    /// The number of the batch in the epoch.
    pub number: usize,
    /// The order of the epoch.
    pub order: &'a [u32],
    /// The examples that are skipped.
    pub left_out: &'a [bool],
}

/// The order in which an epoch visits the examples, by a random number of each example's own.
pub(super) fn order(seed: u64, epoch: usize, examples: usize) -> Vec<u32> {
    let key = |example: u32| Stream::new(seed, Purpose::Order, epoch as u64, example.into()).next_u64();
    let mut keyed: Vec<(u64, u32)> = (0..examples as u32).map(|example| (key(example), example)).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, example)| example).collect()
}

impl<T: Real> Trainer<T> {
    /// A trainer at its beginning.
    ///
    /// # Errors
    /// [`Error::Argument`] for a learning rate that is not a positive number, an empty batch or no epochs.
    pub fn new(plan: Arc<StepPlan<T>>, options: TrainerOptions) -> Result<Self> {
        options.check()?;
        let tables = plan.tables.iter().map(|shape| Table::new(*shape, options.method)).collect();
        Ok(Self {
            execution: Execution::new(plan.program.clone(), 0),
            contributions: Contributions::new(&plan.tables),
            tables,
            staged: Staged::new(plan.inputs()),
            batch: Vec::new(),
            steps: 0,
            plan,
            options,
        })
    }

    /// How many steps were taken.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The options.
    pub fn options(&self) -> &TrainerOptions {
        &self.options
    }

    /// The order in which an epoch visits the examples: by a random number of each example's own, so that leaving one out
    /// does not change the order of the others.
    pub fn order(&self, epoch: usize, examples: usize) -> Vec<u32> {
        order(self.options.seed, epoch, examples)
    }

    /// Trains one epoch and gives the sum of the losses. Examples for which `left_out` holds are skipped; batches keep the
    /// other examples they would have had, and the learning rate follows the time of the full training.
    ///
    /// # Errors
    /// [`Error::NotFinite`] when a loss or weight becomes NaN or infinite; the parameters are then of no use.
    pub fn epoch<E: Examples<T> + ?Sized, O: Observer<T>>(
        &mut self,
        epoch: usize,
        parameters: &mut [Array<T>],
        examples: &E,
        left_out: &[bool],
        workers: &Workers,
        observer: &mut O,
    ) -> Result<f64> {
        let order = &self.order(epoch, examples.len());
        let mut total = 0.0;
        for number in 0..order.len().div_ceil(self.options.batch) {
            let place = Place { epoch, number, order, left_out };
            if self.choose(&place) {
                total += self.step(&place, parameters, examples, workers, observer)?;
            }
        }
        self.check_weights(epoch, parameters)?;
        Ok(total)
    }

    /// Takes up the examples of a batch; whether there are any.
    pub(super) fn choose(&mut self, place: &Place<'_>) -> bool {
        let size = self.options.batch;
        let members = &place.order[place.number * size..];
        let members = &members[..members.len().min(size)];
        self.batch.clear();
        self.batch.extend(members.iter().filter(|e| !place.left_out.get(**e as usize).copied().unwrap_or(false)));
        !self.batch.is_empty()
    }

    /// Takes a step on the examples that were chosen and gives the sum of their losses. A step that fails has changed
    /// nothing and can be taken again.
    pub(super) fn step<E: Examples<T> + ?Sized, O: Observer<T>>(
        &mut self,
        place: &Place<'_>,
        parameters: &mut [Array<T>],
        examples: &E,
        workers: &Workers,
        observer: &mut O,
    ) -> Result<f64> {
        let epoch = place.epoch;
        let time = epoch as f64 + (place.number * self.options.batch) as f64 / place.order.len() as f64;
        self.staged.clear();
        for example in &self.batch {
            examples.stage(epoch, *example as usize, &mut self.staged);
        }
        let operands = StepOperands { parameters, staged: &self.staged };
        self.execution.run(workers, &operands, self.batch.len())?;
        let mut total = 0.0;
        for (position, example) in self.batch.iter().enumerate() {
            let loss = self.execution.example(0, position)[0];
            if !loss.is_finite() {
                let place = format!("step {} (epoch {}, example {example})", self.steps + 1, epoch + 1);
                return Err(self.diverged("the loss", loss.to_f64(), place));
            }
            total += loss.to_f64();
        }
        self.gather(self.batch.len());
        self.steps += 1;
        let rate = self.options.schedule.rate(self.options.learning_rate, time, self.options.epochs);
        for (table, weights) in self.tables.iter_mut().zip(parameters) {
            table.apply(self.options.method, rate, self.steps, weights.values_mut());
        }
        observer.step(&BatchStep {
            method: self.options.method,
            examples: &self.batch,
            contributions: &self.contributions,
            tables: &self.tables,
        });
        Ok(total)
    }

    /// Checks the weights after an epoch.
    pub(super) fn check_weights(&self, epoch: usize, parameters: &[Array<T>]) -> Result<()> {
        for (parameter, values) in parameters.iter().enumerate() {
            if let Some(place_of) = values.values().iter().position(|x| !x.is_finite()) {
                let place = format!(
                    "place {place_of} of parameter {parameter} after step {} (epoch {})",
                    self.steps,
                    epoch + 1
                );
                return Err(self.diverged("a weight", values.values()[place_of].to_f64(), place));
            }
        }
        Ok(())
    }

    fn diverged(&self, what: &'static str, value: f64, place: String) -> Error {
        let hint = format!("lower the learning rate (it was {}) or the initial half width", self.options.learning_rate);
        Error::NotFinite { what, value, place, hint }
    }

    /// Collects what the examples add to which rows, and sums it over the batch.
    fn gather(&mut self, examples: usize) {
        let Self { plan, execution, tables, contributions, staged, .. } = self;
        contributions.clear();
        tables.iter_mut().for_each(Table::clear);
        for position in 0..examples {
            contributions.begin_example();
            for term in &plan.sparse {
                let rows = execution.example(term.output, position);
                let width = plan.tables[term.parameter].width;
                let ids = &staged.ids[term.input][position * term.count..][..term.count];
                for (row, gradient) in ids.iter().zip(rows.chunks_exact(width)) {
                    contributions.add(position as u32, term.parameter, *row, gradient);
                }
            }
            for (slot, owned) in plan.owned.iter().enumerate() {
                let row = staged.ids[owned.input][position];
                contributions.own(position as u32, owned.parameter, row, slot as u32);
            }
        }
        for contribution in contributions.iter() {
            let table = &mut tables[contribution.parameter as usize];
            table.add(contribution.row, contributions.gradient(contribution));
        }
        // What touches every row was summed over the batch by the program; the examples' own rows of it follow.
        for term in &plan.dense {
            tables[term.parameter].add_whole(execution.shared(term.total), examples as u32);
            for position in 0..examples {
                for (slot, output) in &term.own {
                    contributions.add_own(position as u32, *slot as u32, execution.example(*output, position));
                }
            }
        }
    }
}
