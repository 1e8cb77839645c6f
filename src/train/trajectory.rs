//! A training that was done, walked through again.

use std::fmt;
use std::sync::Arc;

use crate::engine::{Monitor, Progress, Workers};
use crate::error::{Error, Result};
use crate::objective::{Examples, Objective};
use crate::tensor::{Array, Real};

use super::checkpoints::{Checkpoint, thin};
use super::linearized::{Linearized, LinearizedStep, StepCurvature};
use super::observer::Untracked;
use super::outcome::Position;
use super::pullback::Adjoint;
use super::recording::Recording;
use super::sweep::{ReverseSweep, by_rows};
use super::tape::{PastState, PastStep, Tape};
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
    /// What was recorded while it was done, if anything was.
    pub recording: Option<Arc<Recording<T>>>,
}

impl<T> fmt::Debug for Trajectory<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trajectory").field("end", &self.end).finish_non_exhaustive()
    }
}

/// So many numbers of a tape are walked back before the next progress is reported.
const SLICE: usize = 1 << 18;

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
        self.weight_derivatives_by(StepCurvature::Hessian, &outcomes, count, memory, workers, monitor)
    }

    /// How many outcomes are walked back side by side on a thread. Asked for in blocks of a multiple, outcomes are the same bit for
    /// bit, however large the blocks are.
    pub fn outcomes_together(&self) -> usize {
        ReverseSweep::outcomes(&self.spec.plan)
    }

    /// As [`Trajectory::weight_derivatives`], with what stands in for the Hessian of each step.
    ///
    /// # Errors
    /// As [`Trajectory::weight_derivatives`].
    pub fn weight_derivatives_by(
        &self,
        curvature: StepCurvature,
        outcomes: &[Vec<f64>],
        count: usize,
        memory: usize,
        workers: &Workers,
        monitor: &Monitor,
    ) -> Result<WeightDerivatives> {
        let total = self.steps();
        let mut sweeps = ReverseSweep::all(self, outcomes, count, curvature)?;
        self.segments(memory, workers, monitor, |tape| {
            let mut end = tape.len();
            while end > 0 {
                workers.check()?;
                let start = tape.back_from(end, SLICE);
                workers.for_each(&mut sweeps, |sweep| sweep.walk(self, tape, start..end, workers));
                sweeps.iter_mut().try_for_each(ReverseSweep::check)?;
                end = start;
                let done = total - tape.start() - start as u64;
                monitor.report(&Progress::new(c"replaying", done, Some(total)))?;
            }
            Ok(())
        })?;
        Ok(ReverseSweep::gather(sweeps, self.examples.len()))
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
        let step = LinearizedStep::new(&self.objective, &self.spec.plan, count, None)?;
        let mut step = Linearized::new(&step);
        let is_weighted = !self.spec.weights.is_empty();
        let (mut after, _) = outcomes(&self.kept, false)?;
        self.walk_back(memory, workers, monitor, |past, parameters| {
            let size = past.examples.len();
            let (before, gradients) = outcomes(parameters, size > 1)?;
            let mut along = vec![0.0; count * size];
            if size > 1 {
                let gradients = by_rows(&self.spec.plan, &gradients, 0..count, count);
                let mut adjoint: Adjoint<T> = Adjoint::new(self.spec.options.method, gradients);
                adjoint.pull_back(self.spec.options.method, past, count, &mut step.directions);
                step.run(past, parameters, &*self.examples, workers, &mut [], |position, slopes| {
                    let each = slopes.iter().enumerate();
                    each.for_each(|(outcome, slope)| along[outcome * size + position] = -slope.to_f64());
                })?;
                step.clear(past);
            }
            for outcome in 0..count {
                let along = &along[outcome * size..][..size];
                let left = before[outcome] - after[outcome] - along.iter().sum::<f64>();
                let shares: f64 = past.shares.iter().map(|share| share.to_f64()).sum();
                for (position, (example, along)) in past.examples.iter().zip(along).enumerate() {
                    let part = match past.shares.get(position) {
                        Some(share) if is_weighted => left * share.to_f64() / shares,
                        _ => left / size as f64,
                    };
                    falls[outcome * examples + *example as usize] += along + part;
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
        if *training.parameters() == **self.kept { Ok(()) } else { Err(self.other_end(workers)?) }
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
        let (total, mut past) = (self.steps(), PastStep::default());
        let mut state: Option<PastState<T>> = None;
        self.segments(memory, workers, monitor, |tape| {
            let state = state.get_or_insert_with(|| tape.state().clone());
            for place in (0..tape.len()).rev() {
                workers.check()?;
                tape.undo(place, state, &mut past);
                work(&past, state.values())?;
                monitor.report(&Progress::new(c"replaying", total - past.step + 1, Some(total)))?;
            }
            Ok(())
        })
    }

    /// The number of steps that led to the parameters that were kept.
    fn steps(&self) -> u64 {
        let TrainingSpec { options, weights, .. } = &self.spec;
        let batches = self.examples.len().div_ceil(options.batch);
        if !weights.contains(&0.0) {
            return (self.end.epochs * batches + self.end.batches) as u64;
        }
        // A batch in which no example counts is no step.
        let steps = |epoch: usize| {
            let most = if epoch < self.end.epochs { batches } else { self.end.batches };
            let order = options.order(epoch, self.examples.len());
            let counts = |batch: &[u32]| batch.iter().any(|example| weights[*example as usize] != 0.0);
            order.chunks(options.batch).take(most).filter(|batch| counts(batch)).count() as u64
        };
        (0..=self.end.epochs).map(steps).sum()
    }

    /// Calls `work` with tapes of the training, from the one with its last step to the one with its first.
    fn segments(
        &self,
        memory: usize,
        workers: &Workers,
        monitor: &Monitor,
        mut work: impl FnMut(&Tape<T>) -> Result<()>,
    ) -> Result<()> {
        let spec = TrainingSpec { stopping: None, ..self.spec.clone() };
        let recorded = self.recording.as_ref().map_or(&[][..], |recording| recording.checkpoints());
        let mut checkpoints: Vec<Checkpoint<T>> = Vec::new();
        let total = self.steps();
        let mut end = total;
        loop {
            let known = recorded.iter().rev().find(|checkpoint| checkpoint.step() < end);
            let from = checkpoints.last().into_iter().chain(known).max_by_key(|checkpoint| checkpoint.step());
            let tape = Tape::new(&spec, from, end, memory / 2);
            let mut training = spec.start(self.examples.len(), None, tape)?;
            if let Some(checkpoint) = from {
                training.resume(checkpoint)?;
            }
            let undone = total - end;
            let taken = monitor.part(move |_| Progress::new(c"replaying", undone, Some(total)));
            training.advance(end - training.steps(), &*self.examples, workers, &taken)?;
            let at_end = recorded.iter().find(|checkpoint| checkpoint.step() == end);
            let as_recorded = at_end.is_none_or(|recorded| recorded.equals(&training.checkpoint()));
            if !as_recorded || (end == total && *training.parameters() != **self.kept) {
                return Err(self.other_end(workers)?);
            }
            let (_, mut tape, _) = training.into_parts();
            checkpoints.append(&mut tape.checkpoints);
            let need = checkpoints.first().map_or(0, Checkpoint::bytes);
            if need > memory / 2 {
                let expected = format!("at least {} bytes, for one checkpoint of the training", 2 * need);
                return Err(Error::argument("the option \"memory\"", memory, expected));
            }
            thin(&mut checkpoints, memory / 2);
            work(&tape)?;
            if tape.start() == 0 {
                return Ok(());
            }
            end = tape.start();
            checkpoints.retain(|checkpoint| checkpoint.step() < tape.start());
        }
    }

    /// The refusal of a training that, done again, did not end at the parameters that were kept or came by no checkpoint that was
    /// recorded.
    fn other_end(&self, workers: &Workers) -> Result<Error> {
        let found = match self.first_difference(workers)? {
            Some(place) => format!("done again, the training differs first in {place}"),
            None => "done again, the training ends at other parameters".into(),
        };
        Ok(Error::Unsupported {
            what: format!("a replay of a training that cannot be repeated ({found})"),
            hint:
                "the parameters were changed after the training, or it was done on another processor: train again here"
                    .into(),
        })
    }

    /// Where losses of the training, done again from its beginning, first differ: the step where those were recorded, otherwise the
    /// epoch.
    fn first_difference(&self, workers: &Workers) -> Result<Option<String>> {
        let spec = TrainingSpec { stopping: None, ..self.spec.clone() };
        let mut training = spec.start(self.examples.len(), None, Recording::new(0))?;
        training.advance_to(self.end, &*self.examples, workers, &Monitor::none())?;
        if let Some(recording) = &self.recording {
            return Ok(recording.differs(training.observer().losses()).map(|step| format!("step {step}")));
        }
        let losses = training.outcome().losses();
        let differs = losses.iter().zip(&self.losses).position(|(a, b)| a.to_bits() != b.to_bits());
        Ok(differs.map(|epoch| format!("epoch {}", epoch + 1)))
    }
}
