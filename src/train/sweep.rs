//! Derivatives of outcomes carried back through a training's steps.

use std::ops::Range;
use std::sync::Arc;

use crate::engine::{Workers, vectorized};
use crate::error::{Error, Result};
use crate::solve::dot;
use crate::tensor::Real;

use super::linearized::{Linearized, LinearizedStep, StepCurvature};
use super::plan::StepPlan;
use super::pullback::Adjoint;
use super::tape::{PastState, PastStep, Tape};
use super::training::TrainingSpec;
use super::trajectory::{Trajectory, WeightDerivatives};

/// The most outcomes that one sweep carries.
const OUTCOMES: usize = 8;
/// What a sweep's derivatives may take before it carries fewer outcomes: several times a core's own cache, since outcomes that are
/// carried together undo each step but once.
const SWEEP_BYTES: usize = 1 << 24;

/// A reverse sweep through a training: the derivatives of some outcomes, carried back step by step. Sweeps share nothing, so
/// that each runs on a thread of its own and their number, which the outcomes and the model decide, changes no bit.
#[derive(Debug)]
pub(super) struct ReverseSweep<T> {
    count: usize,
    linearized: Linearized<T>,
    adjoint: Adjoint<T>,
    lengths: Lengths,
    at_end: Vec<f64>,
    state: Option<PastState<T>>,
    past: PastStep<T>,
    /// For each example the derivatives of the outcomes by its weight.
    by_weight: Vec<f64>,
    found: Result<()>,
}

impl<T: Real> ReverseSweep<T> {
    /// How many outcomes a sweep through trainings by a plan carries, if there are as many.
    pub fn outcomes(plan: &StepPlan<T>) -> usize {
        let dimension: usize = plan.shapes().iter().map(|(rows, width)| rows * width).sum();
        let bytes = dimension * (3 * size_of::<f64>() + 2 * size_of::<T>());
        (SWEEP_BYTES / bytes.max(1)).clamp(1, OUTCOMES)
    }

    /// Sweeps for `count` outcomes, of which the gradients at the end are given.
    pub fn all(
        trajectory: &Trajectory<T>,
        outcomes: &[Vec<f64>],
        count: usize,
        curvature: StepCurvature,
    ) -> Result<Vec<Self>> {
        let (spec, together) = (&trajectory.spec, Self::outcomes(&trajectory.spec.plan));
        let mut compiled: Vec<(usize, Arc<LinearizedStep<T>>)> = Vec::new();
        let mut sweeps = Vec::new();
        for start in (0..count).step_by(together) {
            let range = start..(start + together).min(count);
            let step = match compiled.iter().find(|(count, _)| *count == range.len()) {
                Some((_, step)) => step.clone(),
                None => {
                    let step = LinearizedStep::new(&trajectory.objective, &spec.plan, range.len(), Some(curvature))?;
                    compiled.push((range.len(), step.clone()));
                    step
                }
            };
            let adjoint = Adjoint::new(spec.options.method, by_rows(&spec.plan, outcomes, range.clone(), count));
            let lengths = Lengths::new(&adjoint, range.len(), spec);
            sweeps.push(Self {
                count: range.len(),
                linearized: Linearized::new(&step).on_one_lane(),
                at_end: lengths.squares.clone(),
                adjoint,
                lengths,
                state: None,
                past: PastStep::default(),
                by_weight: vec![0.0; range.len() * trajectory.examples.len()],
                found: Ok(()),
            });
        }
        Ok(sweeps)
    }

    /// Carries the derivatives back over a range of a tape's steps. What goes wrong is kept for [`ReverseSweep::check`].
    pub fn walk(&mut self, trajectory: &Trajectory<T>, tape: &Tape<T>, steps: Range<usize>, workers: &Workers) {
        if self.found.is_ok() {
            self.found = steps.rev().try_for_each(|place| self.step(trajectory, tape, place, workers));
        }
    }

    /// What went wrong.
    pub fn check(&mut self) -> Result<()> {
        std::mem::replace(&mut self.found, Ok(()))
    }

    fn step(&mut self, trajectory: &Trajectory<T>, tape: &Tape<T>, place: usize, workers: &Workers) -> Result<()> {
        let Self { count, linearized, adjoint, lengths, state, past, by_weight, .. } = self;
        let state = state.get_or_insert_with(|| tape.state().clone());
        tape.undo(place, state, past);
        lengths.leave(adjoint, past);
        adjoint.pull_back(trajectory.spec.options.method, past, *count, &mut linearized.directions);
        let examples = &*trajectory.examples;
        linearized.run(past, state.values(), examples, workers, &mut adjoint.values, |position, slopes| {
            // The slope is that of the example's share of the loss, so by_weight is per unit of relative weight.
            let example = past.examples[position] as usize;
            let sums = &mut by_weight[example * *count..][..*count];
            sums.iter_mut().zip(slopes).for_each(|(sum, slope)| *sum += slope.to_f64());
        })?;
        linearized.clear(past);
        lengths.enter(adjoint, past)
    }

    /// What sweeps over a whole training found.
    pub fn gather(sweeps: Vec<Self>, examples: usize) -> WeightDerivatives {
        let mut gathered = WeightDerivatives { by_weight: Vec::new(), growth: Vec::new() };
        for Self { count, by_weight, lengths, at_end, .. } in sweeps {
            for outcome in 0..count {
                gathered.by_weight.extend((0..examples).map(|example| by_weight[example * count + outcome]));
            }
            gathered.growth.extend(lengths.largest.iter().zip(at_end).map(|(largest, end)| match end > 0.0 {
                true => (largest / end).sqrt(),
                false => 1.0,
            }));
        }
        gathered
    }
}

/// Some of `count` gradients, which have for each parameter one outcome after the other, so that each row has its outcomes side
/// by side.
pub(super) fn by_rows<T: Real>(
    plan: &StepPlan<T>,
    outcomes: &[Vec<f64>],
    range: Range<usize>,
    count: usize,
) -> Vec<Vec<f64>> {
    let of = |(values, (rows, width)): (&Vec<f64>, (usize, usize))| {
        let size = values.len() / count;
        let row = |row: usize| range.clone().flat_map(move |outcome| &values[outcome * size + row * width..][..width]);
        (0..rows).flat_map(row).copied().collect()
    };
    outcomes.iter().zip(plan.shapes()).map(of).collect()
}

/// The squared lengths of derivatives by the parameters, kept up to date as rows change and summed anew in every epoch.
#[derive(Debug)]
struct Lengths {
    squares: Vec<f64>,
    largest: Vec<f64>,
    widths: Vec<usize>,
    /// Whether every parameter is one row, so that all of it moves in every step.
    whole: bool,
    epoch: usize,
}

impl Lengths {
    fn new<T: Real>(adjoint: &Adjoint<T>, count: usize, spec: &TrainingSpec<T>) -> Self {
        let shapes = spec.plan.shapes();
        let (widths, whole) = (shapes.iter().map(|shape| shape.1).collect(), shapes.iter().all(|shape| shape.0 == 1));
        let mut lengths =
            Self { squares: vec![0.0; count], largest: vec![0.0; count], widths, whole, epoch: usize::MAX };
        lengths.sum(adjoint);
        lengths.largest.clone_from(&lengths.squares);
        lengths
    }

    fn sum<T>(&mut self, adjoint: &Adjoint<T>) {
        self.squares.fill(0.0);
        for (values, width) in adjoint.values.iter().zip(&self.widths) {
            add_squares(&mut self.squares, values, *width, 1.0);
        }
    }

    /// Adds the squares of the rows that a step moved, times a sign.
    fn add<T>(&mut self, adjoint: &Adjoint<T>, past: &PastStep<T>, sign: f64) {
        for ((moved, values), width) in past.moved.iter().zip(&adjoint.values).zip(&self.widths) {
            let size = self.squares.len() * width;
            for (row, _) in &moved.rows {
                add_squares(&mut self.squares, &values[*row as usize * size..][..size], *width, sign);
            }
        }
    }

    /// Before a step is taken back.
    fn leave<T>(&mut self, adjoint: &Adjoint<T>, past: &PastStep<T>) {
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
    fn enter<T>(&mut self, adjoint: &Adjoint<T>, past: &PastStep<T>) -> Result<()> {
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

/// Adds to each outcome's sum the squares of its part of rows, times a sign.
fn add_squares(sums: &mut [f64], rows: &[f64], width: usize, sign: f64) {
    vectorized!(|| {
        for row in rows.chunks_exact(sums.len() * width) {
            for (sum, part) in sums.iter_mut().zip(row.chunks_exact(width)) {
                *sum += sign * dot(part, part);
            }
        }
    });
}
