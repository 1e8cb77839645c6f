//! What is kept of a training so that it can be walked through again.

use crate::tensor::{Array, Real};

use super::checkpoints::{Checkpoint, Checkpoints};
use super::observer::{BatchStep, Observer};
use super::optimizer::TableState;
use super::outcome::Position;

/// The most checkpoints that are kept: parts of a training so short are soon done again.
const MOST: usize = 64;

/// An observer that keeps the loss of every step, and checkpoints within a number of bytes.
#[derive(Clone, Debug)]
pub struct Recording<T> {
    losses: Vec<f64>,
    checkpoints: Checkpoints<T>,
    memory: usize,
    best: usize,
}

impl<T: Real> Recording<T> {
    /// An empty recording with checkpoints of at most so many bytes: none where that is too little for one.
    pub fn new(memory: usize) -> Self {
        Self { losses: Vec::new(), checkpoints: Checkpoints::new(1, memory).at_most(MOST), memory, best: 0 }
    }

    /// The recording of these losses and checkpoints, oldest first.
    pub fn of(losses: Vec<f64>, checkpoints: Vec<Checkpoint<T>>) -> Self {
        let best = losses.len();
        Self { losses, checkpoints: Checkpoints::of(checkpoints), memory: usize::MAX, best }
    }

    /// The weighted sum of the batch's losses before each step.
    pub fn losses(&self) -> &[f64] {
        &self.losses
    }

    /// The checkpoints, oldest first.
    pub fn checkpoints(&self) -> &[Checkpoint<T>] {
        let recorded = self.checkpoints.recorded();
        // One is always kept, until it is known how much it takes.
        if recorded.first().is_some_and(|first| first.bytes() > self.memory) { &[] } else { recorded }
    }

    /// The first step, counted from one, whose loss was another than in this recording.
    pub fn differs(&self, losses: &[f64]) -> Option<usize> {
        let same = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits();
        self.losses.iter().zip(losses).position(|pair| !same(pair)).map(|place| place + 1)
    }
}

impl<T: Real> Observer<T> for Recording<T> {
    fn step(&mut self, step: &BatchStep<'_, T>) {
        self.losses.push(step.loss);
        self.checkpoints.step(step);
    }

    fn save(&mut self) {
        self.best = self.losses.len();
        Observer::<T>::save(&mut self.checkpoints);
    }

    fn restore(&mut self) {
        self.losses.truncate(self.best);
        Observer::<T>::restore(&mut self.checkpoints);
    }
}

impl<T: Real> Checkpoint<T> {
    /// Its numbers, one behind the other, and for each parameter how many there are of momentum and second moment, how many rows
    /// ever moved, and which.
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
