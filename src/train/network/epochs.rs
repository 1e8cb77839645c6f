//! Epochs of batches, each a step along the mean gradient of its examples.

use std::sync::Arc;

use crate::autodiff::gradient;
use crate::engine::{Execution, Operands, Program, Workers};
use crate::error::{Error, Result};
use crate::objective::{Inputs, Objective};
use crate::tensor::{Array, Real};

use super::{DenseProgress, Tell};
use crate::objective::Staged;
use crate::train::fit::Moment;
use crate::train::optimizer::Table;
use crate::train::plan::TableShape;
use crate::train::trainer::{TrainerOptions, order};

/// Epochs of batches of any objective, that can be interrupted after any step and go on from there: the same bytes however
/// they are cut up.
#[derive(Debug)]
pub struct Epochs<T> {
    options: TrainerOptions,
    inputs: Arc<Inputs<T>>,
    weights: Vec<f64>,
    execution: Execution<T>,
    tables: Vec<Table<T>>,
    parameters: Vec<Array<T>>,
    /// A batch as the program reads it: the objective's inputs, and behind them the examples' shares of the mean.
    staged: Staged<T>,
    /// The order of the epoch, once it has begun.
    order: Vec<u32>,
    at: Moment,
    /// The sum of the epoch's losses so far.
    sum: f64,
    steps: u64,
    losses: Vec<f64>,
}

/// The examples' weights, all one if absent.
pub(super) fn weights_of(count: usize, weights: Option<&[f64]>) -> Result<Vec<f64>> {
    if count == 0 {
        return Err(Error::argument("the number of examples", 0, "at least one"));
    }
    let weights = weights.map_or_else(|| vec![1.0; count], <[f64]>::to_vec);
    if weights.len() != count {
        return Err(Error::argument("the number of weights", weights.len(), format!("{count}, one an example")));
    }
    if let Some(place) = weights.iter().position(|weight| !(*weight >= 0.0 && weight.is_finite())) {
        let name = format!("the weight of example {place}");
        return Err(Error::argument(name, weights[place], "zero or a positive number"));
    }
    let total: f64 = weights.iter().sum();
    if total <= 0.0 {
        return Err(Error::argument("the sum of the weights", total, "a positive number: some example must count"));
    }
    Ok(weights)
}

struct Batch<'a, T> {
    parameters: &'a [Array<T>],
    staged: &'a Staged<T>,
}

impl<T: Real> Operands<T> for Batch<'_, T> {
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

impl<T: Real> Epochs<T> {
    /// Training at its beginning, from these parameters. `weights` are the examples' weights, all one if absent.
    ///
    /// # Errors
    /// [`Error::Argument`] for options, parameters or weights that do not fit; what the graph's operations report.
    pub fn new(
        objective: &Objective,
        parameters: Vec<Array<T>>,
        inputs: Arc<Inputs<T>>,
        weights: Option<&[f64]>,
        options: TrainerOptions,
    ) -> Result<Self> {
        options.check()?;
        objective.check_parameters(&parameters)?;
        // In the precision of the model, as minimizing has them.
        let weights = weights_of(inputs.count(), weights)?.into_iter().map(|x| T::from_f64(x).to_f64()).collect();
        let mut graph = objective.graph.clone();
        let total = objective.total(&mut graph)?;
        let share = graph.input("the share of an example", &[])?;
        let shared = graph.mul(share, total)?;
        let slots = graph.parameters().to_vec();
        let mut outputs = vec![shared];
        outputs.extend(gradient(&mut graph, shared, &slots)?);
        let execution = Execution::new(Program::compile(&graph, &outputs, &[])?, 0);
        let shape = |array: &Array<T>| TableShape { rows: 1, width: array.values().len() };
        Ok(Self {
            tables: parameters.iter().map(|array| Table::new(shape(array), options.method)).collect(),
            staged: Staged::new(graph.inputs().len()),
            options,
            inputs,
            weights,
            execution,
            parameters,
            order: Vec::new(),
            at: Moment { epochs: 0, batches: 0 },
            sum: 0.0,
            steps: 0,
            losses: Vec::new(),
        })
    }

    /// Takes at most `steps` steps, and tells whether all epochs are done. It may stop in the middle of an epoch.
    ///
    /// A step follows the **mean** gradient of the examples that its batch has, times their weights. `progress` is called
    /// after each epoch; a break ends the call, and training can go on from there, as it can after a step that was canceled.
    ///
    /// # Errors
    /// [`Error::Argument`] for inputs that do not fit the objective; [`Error::NotFinite`] when a loss or weight becomes NaN
    /// or infinite; [`Error::Canceled`] when `progress` asks to stop.
    pub fn advance(&mut self, steps: u64, workers: &Workers, progress: Tell<'_>) -> Result<bool> {
        let last = self.steps.saturating_add(steps);
        while !self.is_finished() {
            if self.at.batches == self.batches() {
                self.end_epoch(&mut *progress)?;
                continue;
            }
            if self.order.is_empty() {
                self.order = order(self.options.seed, self.at.epochs, self.inputs.count());
            }
            let start = self.at.batches * self.options.batch;
            let end = self.order.len().min(start + self.options.batch);
            if self.order[start..end].iter().any(|example| self.weights[*example as usize] != 0.0) {
                if self.steps == last {
                    return Ok(false);
                }
                self.step(start, end, workers)?;
            }
            self.at.batches += 1;
        }
        Ok(true)
    }

    /// Takes a step on some of the epoch's order. One that fails has changed nothing.
    fn step(&mut self, start: usize, end: usize, workers: &Workers) -> Result<()> {
        let Self { options, inputs, weights, execution, staged, order, .. } = self;
        let members = &order[start..end];
        let width = staged.ids.len() - 1;
        staged.clear();
        for example in members.iter().map(|example| *example as usize) {
            for slot in 0..width {
                staged.numbers[slot].extend_from_slice(inputs.numbers_of(slot, example));
                staged.ids[slot].extend_from_slice(inputs.ids_of(slot, example));
            }
            staged.numbers[width].push(T::from_f64(weights[example] / members.len() as f64));
        }
        execution.run(workers, &Batch { parameters: &self.parameters, staged }, members.len())?;
        let mut sum = self.sum;
        for (position, example) in members.iter().enumerate() {
            let loss = execution.example(0, position)[0].to_f64() * members.len() as f64;
            if !loss.is_finite() {
                let place = format!("step {} (epoch {}, example {example})", self.steps + 1, self.at.epochs + 1);
                return Err(diverged("the loss", loss, place, options));
            }
            sum += loss;
        }
        (self.sum, self.steps) = (sum, self.steps + 1);
        let time = self.at.epochs as f64 + start as f64 / order.len() as f64;
        let rate = options.schedule.rate(options.learning_rate, time, options.epochs);
        for (slot, (table, array)) in self.tables.iter_mut().zip(&mut self.parameters).enumerate() {
            table.clear();
            table.add_whole(execution.shared(1 + slot), members.len() as u32);
            table.apply(options.method, rate, self.steps, array.values_mut());
        }
        Ok(())
    }

    fn end_epoch(&mut self, progress: Tell<'_>) -> Result<()> {
        let (epoch, epochs) = (self.at.epochs + 1, self.options.epochs);
        if let Some(value) = self.parameters.iter().flat_map(|array| array.values()).find(|x| !x.is_finite()) {
            let place = format!("step {} (epoch {epoch})", self.steps);
            return Err(diverged("a weight", value.to_f64(), place, &self.options));
        }
        let loss = self.sum / self.weights.iter().sum::<f64>();
        self.losses.push(loss);
        self.at = Moment { epochs: epoch, batches: 0 };
        self.order.clear();
        self.sum = 0.0;
        if progress(&DenseProgress::Epoch { epoch, epochs, loss }).is_break() {
            return Err(Error::Canceled { place: format!("epoch {epoch} of {epochs}") });
        }
        Ok(())
    }

    /// Whether all epochs are done.
    pub fn is_finished(&self) -> bool {
        self.at.epochs >= self.options.epochs
    }

    /// The batches of an epoch.
    fn batches(&self) -> usize {
        self.inputs.count().div_ceil(self.options.batch)
    }

    /// How far the epochs have come.
    pub fn moment(&self) -> Moment {
        self.at
    }

    /// The steps taken.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The steps of all epochs. There may be fewer, where all examples of a batch have weight zero.
    pub fn total_steps(&self) -> u64 {
        self.options.epochs as u64 * self.batches() as u64
    }

    /// The weighted mean of the examples' losses in each epoch done, penalty included, each as its batch met it.
    pub fn losses(&self) -> &[f64] {
        &self.losses
    }

    /// The parameters as they are now.
    pub fn parameters(&self) -> &[Array<T>] {
        &self.parameters
    }

    /// The parameters as they are now.
    pub fn into_parameters(self) -> Vec<Array<T>> {
        self.parameters
    }
}

fn diverged(what: &'static str, value: f64, place: String, options: &TrainerOptions) -> Error {
    let hint = format!("lower the learning rate (it was {}) or scale the features", options.learning_rate);
    Error::NotFinite { what, value, place, hint }
}
