//! One training step after the other.

use std::sync::Arc;

use crate::engine::{Execution, Operands, Workers};
use crate::error::{Error, Result};
use crate::tensor::random::{Purpose, Stream};
use crate::tensor::{Array, Real};

use super::contributions::Contributions;
use super::observer::{BatchStep, Observer};
use super::optimizer::{Optimizer, Table};
use super::outcome::Position;
use super::plan::{Reduction, StepPlan};
use super::schedule::Schedule;
use crate::objective::{Examples, Staged};

/// How steps are taken.
#[derive(Clone, Copy, Debug)]
pub struct TrainerOptions {
    /// The optimizer.
    pub method: Optimizer,
    /// The learning rate at the beginning, for the sum or the mean of a batch as the plan's [`Reduction`] says.
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
    /// The order in which an epoch visits the examples: by a random number of each example's own, so that leaving one out
    /// does not change the order of the others.
    pub fn order(&self, epoch: usize, examples: usize) -> Vec<u32> {
        let key = |example: u32| Stream::new(self.seed, Purpose::Order, epoch as u64, example.into()).next_u64();
        let mut keyed: Vec<(u64, u32)> = (0..examples as u32).map(|example| (key(example), example)).collect();
        keyed.sort_unstable();
        keyed.into_iter().map(|(_, example)| example).collect()
    }

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

/// What takes the steps of a training: the optimizer's state and buffers.
#[derive(Debug)]
pub(super) struct Trainer<T> {
    pub plan: Arc<StepPlan<T>>,
    pub options: TrainerOptions,
    /// The weights of the examples, as numbers of the model's precision; empty where all of them are one.
    pub weights: Vec<f64>,
    pub tables: Vec<Table<T>>,
    /// The steps taken.
    pub steps: u64,
    execution: Execution<T>,
    contributions: Contributions<T>,
    /// A batch as the program reads it: the objective's inputs, and behind them the examples' shares where there are any.
    staged: Staged<T>,
    batch: Vec<u32>,
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

impl<T: Real> Trainer<T> {
    /// A trainer before its first step. Weights are one for each example, or none where all of them are one.
    pub fn new(plan: Arc<StepPlan<T>>, options: TrainerOptions, weights: Vec<f64>) -> Self {
        let shares = usize::from(plan.reduction != Reduction::Sum);
        let curved = plan.curvature.is_some();
        Self {
            execution: Execution::new(plan.program.clone(), 0),
            contributions: Contributions::new(&plan.tables),
            tables: plan.tables.iter().map(|shape| Table::new(*shape, options.method, curved)).collect(),
            staged: Staged::new(plan.inputs() + shares),
            batch: Vec::new(),
            steps: 0,
            plan,
            options,
            weights,
        }
    }

    fn weight(&self, example: u32) -> f64 {
        self.weights.get(example as usize).copied().unwrap_or(1.0)
    }

    /// Takes up the examples of the batch that follows a position; whether there is a step to take.
    pub fn choose(&mut self, at: Position, order: &[u32]) -> bool {
        let size = self.options.batch;
        let members = &order[at.batches * size..];
        let members = &members[..members.len().min(size)];
        let mut batch = std::mem::take(&mut self.batch);
        batch.clear();
        let counts = |example: &&u32| self.weight(**example) != 0.0;
        let any = match self.plan.reduction {
            Reduction::Mean => {
                batch.extend(members);
                members.iter().any(|example| counts(&example))
            }
            _ => {
                batch.extend(members.iter().filter(counts));
                !batch.is_empty()
            }
        };
        self.batch = batch;
        any
    }

    /// Takes a step on the examples that were chosen and returns the weighted sum of their losses. A step that fails has
    /// changed nothing and can be taken again.
    pub fn step<E: Examples<T> + ?Sized, O: Observer<T>>(
        &mut self,
        at: Position,
        parameters: &mut [Array<T>],
        examples: &E,
        workers: &Workers,
        observer: &mut O,
    ) -> Result<f64> {
        self.stage(at.epochs, examples);
        let operands = StepOperands { parameters, staged: &self.staged };
        self.execution.run(workers, &operands, self.batch.len())?;
        let loss = self.loss(at.epochs)?;
        self.gather(self.batch.len());
        self.steps += 1;
        let time = at.epochs as f64 + (at.batches * self.options.batch) as f64 / examples.len() as f64;
        let rate = self.options.schedule.rate(self.options.learning_rate, time, self.options.epochs);
        for (table, weights) in self.tables.iter_mut().zip(&mut *parameters) {
            table.apply(self.options.method, rate, self.steps, weights.values_mut());
        }
        observer.step(&BatchStep {
            method: self.options.method,
            step: self.steps,
            position: Position { batches: at.batches + 1, ..at },
            learning_rate: rate,
            loss,
            examples: &self.batch,
            contributions: &self.contributions,
            values: parameters,
            shares: self.staged.numbers.get(self.plan.inputs()).map_or(&[], Vec::as_slice),
            tables: &self.tables,
        });
        Ok(loss)
    }

    /// The mean loss, by weight, of some examples as the first epoch has them, at some parameters. Nothing is moved.
    pub fn mean_loss<E: Examples<T> + ?Sized>(
        &mut self,
        which: &[u32],
        parameters: &[Array<T>],
        examples: &E,
        workers: &Workers,
    ) -> Result<f64> {
        /// Batches of one are many small runs.
        const TOGETHER: usize = 64;
        let (mut total, mut weight) = (0.0, 0.0);
        for some in which.chunks(self.options.batch.max(TOGETHER)) {
            self.batch = some.to_vec();
            self.stage(0, examples);
            let operands = StepOperands { parameters, staged: &self.staged };
            self.execution.run(workers, &operands, self.batch.len())?;
            total += self.loss(0)?;
            weight += some.iter().map(|example| self.weight(*example)).sum::<f64>();
        }
        Ok(total / weight)
    }

    fn stage<E: Examples<T> + ?Sized>(&mut self, epoch: usize, examples: &E) {
        self.staged.clear();
        for example in &self.batch {
            examples.stage(epoch, *example as usize, &mut self.staged);
        }
        if self.plan.reduction != Reduction::Sum {
            let size = self.mean_over();
            for place in 0..self.batch.len() {
                let share = T::from_f64(self.weight(self.batch[place]) / size);
                self.staged.numbers[self.plan.inputs()].push(share);
            }
        }
    }

    /// The number that the losses of the batch are divided by.
    fn mean_over(&self) -> f64 {
        if self.plan.reduction == Reduction::Mean { self.batch.len() as f64 } else { 1.0 }
    }

    /// The weighted sum of the batch's losses.
    fn loss(&self, epoch: usize) -> Result<f64> {
        let size = self.mean_over();
        let mut total = 0.0;
        for (position, example) in self.batch.iter().enumerate() {
            let loss = self.execution.example(0, position)[0].to_f64() * size;
            if !loss.is_finite() {
                let place = format!("step {} (epoch {}, example {example})", self.steps + 1, epoch + 1);
                return Err(self.diverged("the loss", loss, place));
            }
            total += loss;
        }
        Ok(total)
    }

    /// Checks the parameters after an epoch.
    pub fn check_finite(&self, epoch: usize, parameters: &[Array<T>]) -> Result<()> {
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
        Error::NotFinite { what, value, place, hint: self.hint() }
    }

    /// What to do about a training that diverged.
    pub fn hint(&self) -> String {
        let other = match self.plan.reduction {
            Reduction::Mean => "scale the features",
            _ => "the initial half width",
        };
        format!("lower the learning rate (it was {}; the option learning_rate) or {other}", self.options.learning_rate)
    }

    /// Collects what the examples add to which rows, and sums it over the batch.
    fn gather(&mut self, examples: usize) {
        let Self { plan, execution, tables, contributions, staged, .. } = self;
        tables.iter_mut().for_each(Table::clear);
        if plan.has_contributions() {
            contributions.clear();
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
                if let Some(terms) = &plan.curvature {
                    contributions.begin_curvatures();
                    for (squares, mean) in &terms.sparse {
                        for (term, of_mean) in [Some(squares), mean.as_ref()].into_iter().flatten().zip([false, true]) {
                            let width = plan.tables[term.parameter].width;
                            let ids = &staged.ids[term.input][position * term.count..][..term.count];
                            let rows = execution.example(term.output, position).chunks_exact(width);
                            for (row, values) in ids.iter().zip(rows) {
                                contributions.add_curvature(term.parameter, *row, values, of_mean);
                            }
                        }
                    }
                    let share = staged.numbers.get(plan.inputs()).map_or(T::ONE, |shares| shares[position]);
                    contributions.end_curvatures(share);
                }
                for (slot, owned) in plan.owned.iter().enumerate() {
                    let row = staged.ids[owned.input][position];
                    contributions.own(position as u32, owned.parameter, row, slot as u32);
                }
            }
            for contribution in contributions.iter() {
                let table = &mut tables[contribution.parameter as usize];
                table.add(contribution.row, contributions.gradient(contribution));
                if plan.curvature.is_some() {
                    table.add_curvature(contribution.row, contributions.curvature(contribution));
                }
            }
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
        if plan.curvature.is_some() {
            self.gather_whole_curvature(examples);
        }
    }

    /// Collects the curvature along parameters that are read as a whole.
    fn gather_whole_curvature(&mut self, examples: usize) {
        let Self { plan, execution, tables, contributions, .. } = self;
        let Some(terms) = &plan.curvature else { return };
        contributions.begin_curvatures();
        for term in &terms.dense {
            tables[term.parameter].add_whole_curvature(execution.shared(term.total));
            for position in 0..examples {
                for (slot, output) in &term.own {
                    contributions.add_own_curvature(
                        position as u32,
                        *slot as u32,
                        execution.example(*output, position),
                    );
                }
            }
        }
    }
}
