//! A training that was done, walked through again.

use std::fmt;
use std::sync::Arc;

use crate::engine::{Monitor, Progress, Workers};
use crate::error::{Error, Result};
use crate::objective::{Examples, Objective};
use crate::tensor::{Array, Real};

use super::checkpoints::{Checkpoint, thin};
use super::linearized::LinearizedStep;
use super::observer::Untracked;
use super::outcome::Position;
use super::pullback::Adjoint;
use super::tape::{PastStep, Tape};
use super::trainer::TrainerOptions;
use super::training::TrainingSpec;

/// A training that was done: all that it takes to do it again, and where it ended.
pub struct Trajectory<T> {
    /// What training minimized.
    pub objective: Objective,
    /// How it was done.
    pub spec: TrainingSpec<T>,
    /// On what.
    pub examples: Box<dyn Examples<T> + Send>,
    /// The position whose parameters were kept.
    pub end: Position,
    /// The parameters that were kept.
    pub kept: Arc<Vec<Array<T>>>,
    /// The mean loss of each epoch.
    pub losses: Vec<f64>,
}

impl<T> fmt::Debug for Trajectory<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trajectory").field("end", &self.end).finish_non_exhaustive()
    }
}

/// The derivatives of outcomes of a training by the weights of its examples.
#[derive(Clone, Debug)]
pub struct WeightDerivatives {
    /// For each outcome the derivative by every example's weight, one outcome after the other.
    pub by_weight: Vec<f64>,
    /// For each outcome the largest length that its derivative by the parameters had on the way back through the training,
    /// over its length at the end.
    pub growth: Vec<f64>,
}

impl<T: Real> Trajectory<T> {
    /// The derivatives of outcomes by the weight that each example has in every step of the training, exact for the training as it
    /// was done: order, batches, candidates and learning rates are the same for every weight.
    ///
    /// `outcomes` has the gradient of each outcome by the parameters at the end: for each parameter one outcome after the
    /// other. The training is done again, recorded within `memory` bytes and walked back; how much memory there is changes
    /// no bit.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when the training does not end at the parameters that were kept; [`Error::Argument`] for memory that
    /// is too small for one checkpoint; [`Error::NotFinite`] when a derivative overflows; [`Error::Canceled`].
    pub fn weight_derivatives(
        &self,
        outcomes: Vec<Vec<f64>>,
        count: usize,
        memory: usize,
        workers: &Workers,
        monitor: &Monitor,
    ) -> Result<WeightDerivatives> {
        let examples = self.examples.len();
        let mut found = WeightDerivatives { by_weight: vec![0.0; count * examples], growth: vec![1.0; count] };
        let mut step = LinearizedStep::new(&self.objective, &self.spec.plan, count)?;
        let mut adjoint = Adjoint::new(self.spec.options.method, outcomes);
        let mut lengths = Lengths::new(&adjoint, count, &self.spec);
        let at_end = lengths.squares.clone();
        let by_weight = &mut found.by_weight;
        self.walk_back(memory, workers, monitor, |past, parameters| {
            lengths.leave(&adjoint, past);
            adjoint.pull_back(self.spec.options.method, past, count, &mut step.directions);
            step.run(past, parameters, &*self.examples, workers, &mut adjoint.values, |position, slopes| {
                // The slope is that of the example's share of the loss, so by_weight is per unit of relative weight.
                let example = past.examples[position] as usize;
                for (outcome, slope) in slopes.iter().enumerate() {
                    by_weight[outcome * examples + example] += slope.to_f64();
                }
            })?;
            step.clear(past);
            lengths.enter(&adjoint, past)
        })?;
        for (growth, (largest, end)) in found.growth.iter_mut().zip(lengths.largest.iter().zip(at_end)) {
            *growth = if end > 0.0 { (largest / end).sqrt() } else { 1.0 };
        }
        Ok(found)
    }

    /// By how much outcomes fell in the steps that each example took part in, one outcome after the other; over all examples it is
    /// the fall of the outcome in the whole training. `outcomes` has the values of `count` outcomes at some parameters, and their
    /// gradients where these are asked for.
    ///
    /// The fall of a step with several examples is divided by the fall along each one's part of it; what is left of the fall
    /// (curvature, momentum of earlier steps) is divided equally.
    ///
    /// # Errors
    /// As [`Trajectory::weight_derivatives`]; what computing the outcomes reports.
    pub fn falls(
        &self,
        count: usize,
        memory: usize,
        workers: &Workers,
        monitor: &Monitor,
        mut outcomes: impl FnMut(&[Array<T>], bool) -> Result<(Vec<f64>, Vec<Vec<f64>>)>,
    ) -> Result<Vec<f64>> {
        let examples = self.examples.len();
        let mut falls = vec![0.0; count * examples];
        let mut step = LinearizedStep::new(&self.objective, &self.spec.plan, count)?;
        let (mut after, _) = outcomes(&self.kept, false)?;
        let mut products: Vec<Vec<f64>> = step.directions.iter().map(|numbers| vec![0.0; numbers.len()]).collect();
        self.walk_back(memory, workers, monitor, |past, parameters| {
            let size = past.examples.len();
            let (before, gradients) = outcomes(parameters, size > 1)?;
            let mut along = vec![0.0; count * size];
            if size > 1 {
                let mut adjoint = Adjoint::new(self.spec.options.method, gradients);
                adjoint.pull_back(self.spec.options.method, past, count, &mut step.directions);
                step.run(past, parameters, &*self.examples, workers, &mut products, |position, slopes| {
                    let each = slopes.iter().enumerate();
                    each.for_each(|(outcome, slope)| along[outcome * size + position] = -slope.to_f64());
                })?;
                step.clear(past);
            }
            for outcome in 0..count {
                let along = &along[outcome * size..][..size];
                let left = before[outcome] - after[outcome] - along.iter().sum::<f64>();
                for (example, along) in past.examples.iter().zip(along) {
                    falls[outcome * examples + *example as usize] += along + left / size as f64;
                }
            }
            after = before;
            Ok(())
        })?;
        Ok(falls)
    }

    /// Calls `work` with the parameters at the end of some epochs, counted from one and ascending, and the learning rate of the step
    /// that led there.
    ///
    /// # Errors
    /// As [`Trajectory::weight_derivatives`]; what the work reports.
    pub fn at_epochs(
        &self,
        epochs: &[usize],
        workers: &Workers,
        monitor: &Monitor,
        mut work: impl FnMut(&[Array<T>], f64) -> Result<()>,
    ) -> Result<()> {
        let spec = TrainingSpec { stopping: None, ..self.spec.clone() };
        let mut training = spec.start(self.examples.len(), None, Untracked)?;
        let batches = self.examples.len().div_ceil(spec.options.batch);
        for (place, epoch) in epochs.iter().enumerate() {
            training.advance_to(Position::after(*epoch), &*self.examples, workers, &Monitor::none())?;
            let last = (batches - 1) * spec.options.batch;
            let time = epoch.saturating_sub(1) as f64 + last as f64 / self.examples.len() as f64;
            let TrainerOptions { schedule, learning_rate, epochs: all, .. } = spec.options;
            work(training.parameters(), schedule.rate(learning_rate, time, all))?;
            monitor.report(&Progress::new(c"checkpoints", place as u64 + 1, Some(epochs.len() as u64)))?;
        }
        training.advance_to(self.end, &*self.examples, workers, &Monitor::none())?;
        self.compare(training.parameters(), &training.outcome().losses())
    }

    /// Calls `work` with each step, from the last to the first, and the parameters before it.
    ///
    /// # Errors
    /// As [`Trajectory::weight_derivatives`]; what the work reports.
    pub fn walk_back(
        &self,
        memory: usize,
        workers: &Workers,
        monitor: &Monitor,
        mut work: impl FnMut(&PastStep<T>, &[Array<T>]) -> Result<()>,
    ) -> Result<()> {
        let spec = TrainingSpec { stopping: None, ..self.spec.clone() };
        let mut past = PastStep::default();
        let mut checkpoints: Vec<Checkpoint<T>> = Vec::new();
        // All examples have weight one, so every batch is a step.
        let batches = self.examples.len().div_ceil(spec.options.batch);
        let total = (self.end.epochs * batches + self.end.batches) as u64;
        let mut end = total;
        loop {
            let from = checkpoints.last();
            let tape = Tape::new(&spec, from, end, memory / 2);
            let mut training = spec.start(self.examples.len(), None, tape)?;
            if let Some(checkpoint) = from {
                training.resume(checkpoint)?;
            }
            training.advance(end - training.steps(), &*self.examples, workers, &Monitor::none())?;
            if end == total {
                self.compare(training.parameters(), &training.outcome().losses())?;
            }
            let (_, mut tape, _) = training.into_parts();
            checkpoints.append(&mut tape.checkpoints);
            let need = checkpoints.first().map_or(0, Checkpoint::bytes);
            if need > memory / 2 {
                let expected = format!("at least {} bytes, for one checkpoint of the training", 2 * need);
                return Err(Error::argument("the option \"memory\"", memory, expected));
            }
            thin(&mut checkpoints, memory / 2);
            while tape.undo(&mut past) {
                workers.check()?;
                work(&past, tape.values())?;
                monitor.report(&Progress::new(c"replaying", total - past.step + 1, Some(total)))?;
            }
            if tape.start() == 0 {
                return Ok(());
            }
            end = tape.start();
            checkpoints.retain(|checkpoint| checkpoint.step() < tape.start());
        }
    }

    /// Refuses a training that did not end at the parameters that were kept.
    fn compare(&self, parameters: &[Array<T>], losses: &[f64]) -> Result<()> {
        let same = |(a, b): (&Array<T>, &Array<T>)| a.values().iter().zip(b.values()).all(|(a, b)| a == b);
        if parameters.iter().zip(self.kept.iter()).all(same) {
            return Ok(());
        }
        let differs = losses.iter().zip(&self.losses).position(|(a, b)| a.to_bits() != b.to_bits());
        let found = match differs {
            Some(epoch) => format!("done again, the training differs first in epoch {}", epoch + 1),
            None => "done again, the training ends at other parameters".into(),
        };
        Err(Error::Unsupported {
            what: format!("a replay of a training that cannot be repeated ({found})"),
            hint:
                "the parameters were changed after the training, or it was done on another processor: train again here"
                    .into(),
        })
    }
}

/// The squared lengths of derivatives by the parameters, kept up to date as rows change and summed anew in every epoch.
struct Lengths {
    squares: Vec<f64>,
    largest: Vec<f64>,
    widths: Vec<usize>,
    /// Whether every parameter is one row, so that all of it moves in every step.
    whole: bool,
    epoch: usize,
}

impl Lengths {
    fn new<T: Real>(adjoint: &Adjoint, count: usize, spec: &TrainingSpec<T>) -> Self {
        let shapes = spec.plan.shapes();
        let (widths, whole) = (shapes.iter().map(|shape| shape.1).collect(), shapes.iter().all(|shape| shape.0 == 1));
        let mut lengths =
            Self { squares: vec![0.0; count], largest: vec![0.0; count], widths, whole, epoch: usize::MAX };
        lengths.sum(adjoint);
        lengths.largest.clone_from(&lengths.squares);
        lengths
    }

    fn sum(&mut self, adjoint: &Adjoint) {
        let count = self.squares.len();
        for (outcome, square) in self.squares.iter_mut().enumerate() {
            let part = |values: &Vec<f64>| {
                let size = values.len() / count;
                values[outcome * size..][..size].iter().map(|x| x * x).sum::<f64>()
            };
            *square = adjoint.values.iter().map(part).sum();
        }
    }

    /// Adds the squares of the rows that a step moved, times a sign.
    fn add<T>(&mut self, adjoint: &Adjoint, past: &PastStep<T>, sign: f64) {
        let count = self.squares.len();
        for (parameter, moved) in past.moved.iter().enumerate() {
            let (values, width) = (&adjoint.values[parameter], self.widths[parameter]);
            let size = values.len() / count;
            for (outcome, square) in self.squares.iter_mut().enumerate() {
                for (row, _) in &moved.rows {
                    let row = &values[outcome * size + *row as usize * width..][..width];
                    *square += sign * row.iter().map(|x| x * x).sum::<f64>();
                }
            }
        }
    }

    /// Before a step is taken back.
    fn leave<T>(&mut self, adjoint: &Adjoint, past: &PastStep<T>) {
        if self.whole {
            return;
        }
        if past.epoch != self.epoch {
            self.epoch = past.epoch;
            self.sum(adjoint);
        }
        self.add(adjoint, past, -1.0);
    }

    /// After a step was taken back.
    fn enter<T>(&mut self, adjoint: &Adjoint, past: &PastStep<T>) -> Result<()> {
        if self.whole {
            self.sum(adjoint)
        } else {
            self.add(adjoint, past, 1.0)
        }
        for (largest, square) in self.largest.iter_mut().zip(&self.squares) {
            if !square.is_finite() {
                return Err(Error::NotFinite {
                    what: "the derivative of the outcome by the parameters",
                    value: *square,
                    place: format!("step {}, on the way back; it had grown {:e} times", past.step, largest.sqrt()),
                    hint: "this training is chaotic, no derivative predicts it: lower the learning rate, or compare with retraining".into(),
                });
            }
            *largest = largest.max(*square);
        }
        Ok(())
    }
}
