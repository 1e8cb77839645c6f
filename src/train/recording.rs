//! What is kept of a training so that it can be walked through again.

use crate::tensor::Real;

use super::checkpoints::{Checkpoint, Checkpoints};
use super::observer::{BatchStep, Observer};

/// The most checkpoints that are recorded: parts of a training so short are soon done again.
const MAX_CHECKPOINTS: usize = 64;

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
        Self { losses: Vec::new(), checkpoints: Checkpoints::new(1, memory).at_most(MAX_CHECKPOINTS), memory, best: 0 }
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
