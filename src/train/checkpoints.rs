//! Recording parameters while training.

use crate::tensor::{Array, Real};

use super::observer::{BatchStep, Observer};
use super::optimizer::TableState;
use super::outcome::Position;

/// Everything that the steps after a position depend on, examples apart: a training can go on from it
/// ([`Training::resume`](super::Training::resume)).
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint<T> {
    pub(super) step: u64,
    pub(super) position: Position,
    pub(super) learning_rate: f64,
    pub(super) parameters: Vec<Array<T>>,
    pub(super) state: Vec<TableState<T>>,
}

impl<T: Real> Checkpoint<T> {
    /// That after a step.
    pub(super) fn after(step: &BatchStep<'_, T>) -> Self {
        Self {
            step: step.step,
            position: step.position,
            learning_rate: step.learning_rate,
            parameters: step.values().to_vec(),
            state: step.state(),
        }
    }

    /// Momentum and second moment of each parameter; empty for optimizers without.
    pub(super) fn moments(&self) -> impl Iterator<Item = (&[T], &[T])> {
        self.state.iter().map(TableState::moments)
    }

    /// The number of steps that led to it.
    pub fn step(&self) -> u64 {
        self.step
    }

    /// Its position in the training.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The learning rate of the step that led to it; of the next step where a training was asked for its checkpoint.
    pub fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    /// The parameters.
    pub fn parameters(&self) -> &[Array<T>] {
        &self.parameters
    }

    /// The bytes that it takes.
    pub fn bytes(&self) -> usize {
        let numbers: usize = self.parameters.iter().map(|array| array.values().len()).sum();
        numbers * size_of::<T>() + self.state.iter().map(TableState::bytes).sum::<usize>()
    }

    /// Its numbers, concatenated (each parameter's values, momentum and second moment), and for each parameter the lengths of momentum
    /// and second moment, the number of rows that ever moved, and those rows.
    pub fn to_parts(&self) -> (Vec<T>, Vec<u32>) {
        let (mut numbers, mut rows) = (Vec::new(), Vec::new());
        for (array, state) in self.parameters.iter().zip(&self.state) {
            let (first, second) = state.moments();
            [array.values(), first, second].into_iter().for_each(|part| numbers.extend_from_slice(part));
            rows.extend([first.len(), second.len(), state.rows().len()].map(|len| len as u32));
            rows.extend_from_slice(state.rows());
        }
        (numbers, rows)
    }

    /// The checkpoint of parameters of these shapes, after so many steps that led to a position, of its parts; none where they do not
    /// fit. Whether it is one of a training is seen when that goes on from it.
    pub fn from_parts(
        shapes: &[&[usize]],
        (step, position, learning_rate): (u64, Position, f64),
        numbers: &[T],
        rows: &[u32],
    ) -> Option<Self> {
        let (mut numbers, mut rows) = (numbers, rows);
        let (mut parameters, mut state) = (Vec::new(), Vec::new());
        for shape in shapes {
            let mut next = |len: usize| numbers.split_off(..len).map(<[T]>::to_vec);
            let [first, second, count] = *rows.split_off(..3)? else { return None };
            parameters.push(Array::new(shape, next(shape.iter().product())?).ok()?);
            let (first, second) = (next(first as usize)?, next(second as usize)?);
            state.push(TableState::new(first, second, rows.split_off(..count as usize)?.to_vec()));
        }
        let whole = numbers.is_empty() && rows.is_empty();
        whole.then_some(Self { step, position, learning_rate, parameters, state })
    }

    /// Whether another checkpoint has the same numbers.
    pub(super) fn equals(&self, other: &Self) -> bool {
        self.parameters == other.parameters && self.state == other.state
    }
}

/// Drops every second checkpoint, never the last, until the rest take at most so many bytes or one is left.
pub(super) fn thin<T: Real>(checkpoints: &mut Vec<Checkpoint<T>>, most: usize) {
    let each = checkpoints.first().map_or(0, Checkpoint::bytes);
    while checkpoints.len() > 1 && checkpoints.len() * each > most {
        let mut place = checkpoints.len();
        checkpoints.retain(|_| {
            place -= 1;
            place.is_multiple_of(2)
        });
    }
}

/// Records a checkpoint after every so many steps, within a number of bytes.
///
/// When they are used up, every second checkpoint is dropped and the interval doubles, so that those that are kept lie
/// evenly over the training. One checkpoint is always kept, whatever it takes.
#[derive(Clone, Debug)]
pub struct Checkpoints<T> {
    every: u64,
    memory: usize,
    max: usize,
    recorded: Vec<Checkpoint<T>>,
    bytes: usize,
    /// The last step seen, and that of the best epoch.
    latest: u64,
    best: u64,
}

impl<T: Real> Checkpoints<T> {
    /// A recording after every `every` steps, at least one, of at most `memory` bytes.
    pub fn new(every: u64, memory: usize) -> Self {
        Self { every: every.max(1), memory, max: usize::MAX, recorded: Vec::new(), bytes: 0, latest: 0, best: 0 }
    }

    /// The same of at most so many checkpoints, at least one.
    #[must_use]
    pub fn at_most(self, count: usize) -> Self {
        Self { max: count.max(1), ..self }
    }

    /// Checkpoints that were recorded before, oldest first.
    pub(super) fn of(recorded: Vec<Checkpoint<T>>) -> Self {
        let bytes = recorded.iter().map(Checkpoint::bytes).sum();
        Self { recorded, bytes, ..Self::new(u64::MAX, usize::MAX) }
    }

    /// The number of steps between two checkpoints, by now.
    pub fn every(&self) -> u64 {
        self.every
    }

    /// The checkpoints, oldest first.
    pub fn recorded(&self) -> &[Checkpoint<T>] {
        &self.recorded
    }

    fn keep(&mut self, which: impl Fn(&Checkpoint<T>) -> bool) {
        self.recorded.retain(which);
        self.bytes = self.recorded.iter().map(Checkpoint::bytes).sum();
    }
}

impl<T: Real> Observer<T> for Checkpoints<T> {
    fn step(&mut self, step: &BatchStep<'_, T>) {
        self.latest = step.step;
        if !step.step.is_multiple_of(self.every) {
            return;
        }
        self.recorded.push(Checkpoint::after(step));
        self.bytes += self.recorded.last().map_or(0, Checkpoint::bytes);
        while (self.bytes > self.memory || self.recorded.len() > self.max) && self.recorded.len() > 1 {
            self.every *= 2;
            let every = self.every;
            self.keep(|checkpoint| checkpoint.step.is_multiple_of(every));
        }
    }

    fn save(&mut self) {
        self.best = self.latest;
    }

    fn restore(&mut self) {
        let best = self.best;
        self.keep(|checkpoint| checkpoint.step <= best);
    }
}
