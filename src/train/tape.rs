//! The steps of a training, recorded so that they can be undone.

use crate::tensor::{Array, Real};

use super::checkpoints::{Checkpoint, thin};
use super::observer::{BatchStep, Observer};
use super::training::TrainingSpec;

/// Set in a row's number where the row has a gradient in the step and does not only move on.
const TOUCHED: u32 = 1 << 31;

/// An observer that remembers of each step what it overwrote: the rows that moved, with the optimizer's state. Backwards
/// from the last step, [`Tape::undo`] gives the parameters and the state at every step again, bit for bit; any number of
/// walks may read one tape.
///
/// Beyond `memory` bytes the tape begins anew at a checkpoint, from which the steps before can be taken again. The step
/// numbered `end` is always on it.
#[derive(Debug)]
pub(super) struct Tape<T> {
    memory: usize,
    end: u64,
    widths: Vec<usize>,
    state: PastState<T>,
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

/// The parameters and the optimizer's state as they were between two steps.
#[derive(Clone, Debug)]
pub(super) struct PastState<T> {
    values: Vec<Array<T>>,
    momentum: Vec<Vec<T>>,
    second: Vec<Vec<T>>,
}

impl<T> PastState<T> {
    /// The parameters.
    pub fn values(&self) -> &[Array<T>] {
        &self.values
    }
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
            state: PastState { values: parameters.to_vec(), momentum, second },
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

    /// The state after the last step.
    pub fn state(&self) -> &PastState<T> {
        &self.state
    }

    /// The number of steps on the tape.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// The first of the steps before `end` that wrote at most so many numbers together; one before `end` at least.
    pub fn back_from(&self, end: usize, numbers: usize) -> usize {
        let upto = self.steps.get(end).map_or(self.numbers.len(), |step| step.numbers);
        self.steps[..end].partition_point(|step| step.numbers + numbers < upto).min(end.saturating_sub(1))
    }

    fn bytes(&self) -> usize {
        size_of_val(self.numbers.as_slice())
            + size_of_val(self.shares.as_slice())
            + size_of_val(self.rows.as_slice())
            + size_of_val(self.examples.as_slice())
            + self.steps.len() * (size_of::<Recorded>() + self.state.values.len() * size_of::<u32>())
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

    /// Undoes the step at a place of the tape, which is the last that `state` has, and describes it.
    pub fn undo(&self, place: usize, state: &mut PastState<T>, past: &mut PastStep<T>) {
        let recorded = &self.steps[place];
        let next = self.steps.get(place + 1);
        (past.step, past.epoch, past.learning_rate) = (recorded.step, recorded.epoch, recorded.learning_rate);
        past.examples.clear();
        let end = next.map_or(self.examples.len(), |next| next.examples);
        past.examples.extend_from_slice(&self.examples[recorded.examples..end]);
        past.shares.clear();
        let end = next.map_or(self.shares.len(), |next| next.shares);
        past.shares.extend_from_slice(&self.shares[recorded.shares..end]);
        past.moved.resize_with(state.values.len(), PastRows::default);
        let (mut row_at, mut number) = (recorded.rows, recorded.numbers);
        for (parameter, count) in recorded.moved.iter().enumerate() {
            let PastRows { rows, gradient, momentum, second } = &mut past.moved[parameter];
            rows.clear();
            [&mut *gradient, &mut *momentum, &mut *second].into_iter().for_each(Vec::clear);
            let width = self.widths[parameter];
            let [values, first, moments] =
                [state.values[parameter].values_mut(), &mut state.momentum[parameter], &mut state.second[parameter]];
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
            moved: Vec::with_capacity(self.state.values.len()),
        };
        self.examples.extend_from_slice(step.examples);
        self.shares.extend_from_slice(step.shares);
        let PastState { values, momentum, second } = &mut self.state;
        for parameter in 0..values.len() {
            let (moved, width) = (step.moved(parameter), self.widths[parameter]);
            let new = step.values[parameter].values();
            let (values, first, moments) =
                (values[parameter].values_mut(), &mut momentum[parameter], &mut second[parameter]);
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
