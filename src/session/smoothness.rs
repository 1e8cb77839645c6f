//! Whether a training is smooth in the weights of its examples: before any attribution, whether attribution can work.

use std::sync::Arc;

use crate::attribution::replay::Retrace;
use crate::engine::{Monitor, Progress, Workers};
use crate::error::Result;
use crate::objective::Reduction;
use crate::tensor::random::{Purpose, Stream};
use crate::tensor::{Array, Real, either};
use crate::train::{StepPlan, TrainingSpec, Trajectory, Untracked};

use super::{Context, Model};

/// What a smoothness says of attribution.
pub fn smoothness_in_words(smoothness: f64) -> &'static str {
    match smoothness {
        _ if smoothness >= 0.8 => {
            "parameters move steadily with the weights of examples; derivatives can predict removal"
        }
        _ if smoothness >= CHAOTIC_SMOOTHNESS => {
            "parameters move unsteadily with the weights of examples; compare predictions with retraining"
        }
        _ => "the training is chaotic; no attribution predicts removal",
    }
}

/// Below this smoothness a training is chaotic: all chaotic trainings of docs/fidelity.md lie below, and networks from 0.17 on have
/// been seen from which replay predicts removal.
pub const CHAOTIC_SMOOTHNESS: f64 = 0.1;

/// How far the weights are moved.
const NUDGE: f64 = 0.01;

/// The empirical metasmoothness of a model's training: it is done three times, with weights 1, 1 + h u and 1 + 2 h u of the
/// examples (u normal, h = 0.01), and the parameters' movement from the first to the second is compared with that from the second
/// to the third, each parameter by its sign and in proportion to its movement in all. 1: parameters move steadily with the
/// weights, and derivatives can predict removal. Near 0: the training is chaotic, and no attribution predicts it.
///
/// What was found is kept with the model, and in its folder when it is saved.
///
/// Engstrom and others, "Optimizing ML training with metagradient descent" (2025), definition 2.
///
/// # Errors
/// [`Error::Unsupported`](crate::Error::Unsupported) for a model that was not trained by steps of an optimizer alone;
/// [`Error::NotFinite`](crate::Error::NotFinite) when a training diverges; [`Error::Canceled`](crate::Error::Canceled).
pub fn smoothness(context: &Arc<Context>, model: &Model, monitor: &Monitor) -> Result<f64> {
    let workers = monitor.over(context.workers());
    let found = either!(&model.trajectory()?, trajectory => measure(trajectory, &workers, context.seed(), monitor)?);
    if let Some(record) = &model.record {
        // Another seed of the directions finds nearly the same: the first that was found stays.
        let _ = record.smoothness.set(found);
    }
    Ok(found)
}

impl Model {
    /// The smoothness of the training, where [`smoothness`] has measured it.
    pub fn smoothness(&self) -> Option<f64> {
        self.record.as_ref().and_then(|record| record.smoothness.get().copied())
    }
}

fn measure<T: Real>(trajectory: &Trajectory<T>, workers: &Workers, seed: u64, monitor: &Monitor) -> Result<f64> {
    let Trajectory { objective, spec, examples, end, .. } = trajectory;
    let reduction = match spec.plan.has_contributions() {
        true => Reduction::WeightedSum,
        false => Reduction::Mean,
    };
    let plan = Arc::new(StepPlan::new(objective, reduction)?);
    let spec = TrainingSpec { plan, stopping: None, ..spec.clone() };
    let mut normal = Stream::new(seed, Purpose::Data, 0, 0);
    let direction: Vec<f64> = (0..examples.len()).map(|_| normal.normal()).collect();
    let mut ends: Vec<Vec<Array<T>>> = Vec::with_capacity(3);
    for times in [0.0, 1.0, 2.0] {
        monitor.report(&Progress::new(c"training again", ends.len() as u64, Some(3)))?;
        let weights: Vec<f64> = direction.iter().map(|u| (1.0 + times * NUDGE * u).max(0.0)).collect();
        let mut training = spec.start(weights.len(), Some(&weights), Untracked)?;
        training.advance_to(*end, &**examples, workers, &Monitor::none())?;
        ends.push(training.parameters().to_vec());
    }
    let values = |place: usize| ends[place].iter().flat_map(Array::values).map(|x| x.to_f64());
    let (mut agreeing, mut total) = (0.0, 0.0);
    for ((a, b), c) in values(0).zip(values(1)).zip(values(2)) {
        let moved = (c - a).abs();
        total += moved;
        let sign = |x: f64| if x == 0.0 { 0.0 } else { x.signum() };
        agreeing += moved * sign(b - a) * sign(c - b);
    }
    // Where nothing moves, nothing is chaotic.
    Ok(if total > 0.0 { agreeing / total } else { 1.0 })
}
