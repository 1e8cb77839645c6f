//! The steps of a training, recorded so that they can be undone.

use crate::tensor::{Array, Real};

use super::checkpoints::{Checkpoint, thin};
use super::observer::{BatchStep, Observer};
use super::training::TrainingSpec;

/// Set in a row's number where the row has a gradient in the step and does not only move on.
const TOUCHED: u32 = 1 << 31;

/// An observer that remembers of each step what it overwrote: the rows that moved, with the optimizer's state. Backwards
/// from the last step, [`Tape::undo`] gives the parameters and the state at every step again, bit for bit.
///
/// Beyond `memory` bytes the tape begins anew at a checkpoint, from which the steps before can be taken again. The step
/// numbered `end` is always on it.
#[derive(Debug)]
pub(super) struct Tape<T> {
    memory: usize,
    end: u64,
    widths: Vec<usize>,
    values: Vec<Array<T>>,
    momentum: Vec<Vec<T>>,
    second: Vec<Vec<T>>,
    steps: Vec<Recorded>,
    examples: Vec<u32>,
    shares: Vec<T>,
    rows: Vec<u32>,
    /// For each row that moved: its gradient, and what its values, momentum and second moment were before.
    numbers: Vec<T>,
    /// The step that the tape begins after.
    start: u64,
    /// Where the tape began anew, as far as they take no more memory than the tape.
    pub checkpoints: Vec<Checkpoint<T>>,
}

/// Where a step's part of the tape begins.
#[derive(Debug)]
struct Recorded {
    step: u64,
    epoch: usize,
    learning_rate: f64,
    examples: usize,
    shares: usize,
    rows: usize,
    numbers: usize,
    /// The rows that moved in each parameter.
    moved: Vec<u32>,
}

/// A step that was undone, with the optimizer's state after it.
#[derive(Clone, Debug, Default)]
pub struct PastStep<T> {
    /// The number of the step, counted from one.
    pub step: u64,
    /// The epoch, counted from zero.
    pub epoch: usize,
    /// The optimizer's learning rate.
    pub learning_rate: f64,
    /// The examples of the batch.
    pub examples: Vec<u32>,
    /// What each one's loss was multiplied by; empty where that is one.
    pub shares: Vec<T>,
    /// How the rows of each parameter moved.
    pub moved: Vec<PastRows<T>>,
}

/// The rows of a parameter that moved in a step, concatenated.
#[derive(Clone, Debug, Default)]
pub struct PastRows<T> {
    /// The rows, each with whether it has a gradient in the step.
    pub rows: Vec<(u32, bool)>,
    /// The batch's gradient.
    pub gradient: Vec<T>,
    /// The momentum after the step; empty for optimizers without.
    pub momentum: Vec<T>,
    /// The second moment after the step; empty for optimizers without.
    pub second: Vec<T>,
}

impl<T: Real> Tape<T> {
    /// An empty tape that begins with a training, or at a checkpoint of it, and is to have its step `end`.
    pub fn new(spec: &TrainingSpec<T>, from: Option<&Checkpoint<T>>, end: u64, memory: usize) -> Self {
        let parameters = from.map_or(&*spec.initial, Checkpoint::parameters);
        let method = spec.options.method;
        let zeros =
            |used: bool| parameters.iter().map(move |array| vec![T::ZERO; if used { array.values().len() } else { 0 }]);
        let (momentum, second) = match from {
            Some(checkpoint) => checkpoint.moments().map(|(first, second)| (first.to_vec(), second.to_vec())).unzip(),
            None => (zeros(method.momentum_decay() > 0.0).collect(), zeros(method.has_second_moment()).collect()),
        };
        let start = from.map_or(0, Checkpoint::step);
        Self {
            memory,
            end,
            widths: spec.plan.shapes().iter().map(|(_, width)| *width).collect(),
            values: parameters.to_vec(),
            momentum,
            second,
            steps: Vec::new(),
            examples: Vec::new(),
            shares: Vec::new(),
            rows: Vec::new(),
            numbers: Vec::new(),
            start,
            checkpoints: Vec::new(),
        }
    }

    /// The step that the tape begins after.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// The parameters: after the last step, or before the last that was undone.
    pub fn values(&self) -> &[Array<T>] {
        &self.values
    }

    fn bytes(&self) -> usize {
        size_of_val(self.numbers.as_slice())
            + size_of_val(self.shares.as_slice())
            + size_of_val(self.rows.as_slice())
            + size_of_val(self.examples.as_slice())
            + self.steps.len() * (size_of::<Recorded>() + self.values.len() * size_of::<u32>())
    }

    fn begin_anew(&mut self, checkpoint: Checkpoint<T>) {
        self.start = checkpoint.step();
        self.checkpoints.push(checkpoint);
        thin(&mut self.checkpoints, self.memory);
        self.steps.clear();
        self.examples.clear();
        self.shares.clear();
        self.rows.clear();
        self.numbers.clear();
    }

    /// Undoes the last step on the tape and describes it; false when there is none.
    pub fn undo(&mut self, past: &mut PastStep<T>) -> bool {
        let Some(recorded) = self.steps.pop() else { return false };
        (past.step, past.epoch, past.learning_rate) = (recorded.step, recorded.epoch, recorded.learning_rate);
        past.examples.clear();
        past.examples.extend(self.examples.drain(recorded.examples..));
        past.shares.clear();
        past.shares.extend(self.shares.drain(recorded.shares..));
        past.moved.resize_with(self.values.len(), PastRows::default);
        let (mut row_at, mut number) = (recorded.rows, recorded.numbers);
        for (parameter, count) in recorded.moved.iter().enumerate() {
            let PastRows { rows, gradient, momentum, second } = &mut past.moved[parameter];
            rows.clear();
            [&mut *gradient, &mut *momentum, &mut *second].into_iter().for_each(Vec::clear);
            let width = self.widths[parameter];
            let [values, first, moments] =
                [self.values[parameter].values_mut(), &mut self.momentum[parameter], &mut self.second[parameter]];
            for row in &self.rows[row_at..row_at + *count as usize] {
                let (row, touched) = (row & !TOUCHED, row & TOUCHED != 0);
                rows.push((row, touched));
                let range = row as usize * width..(row as usize + 1) * width;
                let mut next = || {
                    number += width;
                    &self.numbers[number - width..number]
                };
                gradient.extend_from_slice(next());
                values[range.clone()].copy_from_slice(next());
                if !first.is_empty() {
                    momentum.extend_from_slice(&first[range.clone()]);
                    first[range.clone()].copy_from_slice(next());
                }
                if !moments.is_empty() {
                    second.extend_from_slice(&moments[range.clone()]);
                    moments[range].copy_from_slice(next());
                }
            }
            row_at += *count as usize;
        }
        self.rows.truncate(recorded.rows);
        self.numbers.truncate(recorded.numbers);
        true
    }
}

impl<T: Real> Observer<T> for Tape<T> {
    fn step(&mut self, step: &BatchStep<'_, T>) {
        let mut recorded = Recorded {
            step: step.step,
            epoch: step.position.epochs,
            learning_rate: step.learning_rate,
            examples: self.examples.len(),
            shares: self.shares.len(),
            rows: self.rows.len(),
            numbers: self.numbers.len(),
            moved: Vec::with_capacity(self.values.len()),
        };
        self.examples.extend_from_slice(step.examples);
        self.shares.extend_from_slice(step.shares);
        for parameter in 0..self.values.len() {
            let (moved, width) = (step.moved(parameter), self.widths[parameter]);
            let new = step.values[parameter].values();
            let (values, first, moments) =
                (self.values[parameter].values_mut(), &mut self.momentum[parameter], &mut self.second[parameter]);
            recorded.moved.push(moved.rows().len() as u32);
            for row in moved.rows() {
                let touched = moved.sharers(*row) > 0;
                self.rows.push(if touched { row | TOUCHED } else { *row });
                self.numbers.extend_from_slice(moved.gradient(*row));
                let range = *row as usize * width..(*row as usize + 1) * width;
                let mut replace = |old: &mut [T], new: &[T]| {
                    self.numbers.extend_from_slice(old);
                    old.copy_from_slice(new);
                };
                replace(&mut values[range.clone()], &new[range.clone()]);
                if !first.is_empty() {
                    replace(&mut first[range.clone()], moved.momentum(*row));
                }
                if !moments.is_empty() {
                    replace(&mut moments[range], moved.second(*row));
                }
            }
        }
        self.steps.push(recorded);
        if self.bytes() > self.memory && step.step < self.end {
            self.begin_anew(Checkpoint::after(step));
        }
    }
}
