//! Training: steps of an optimizer on batches, and minimization to the optimum.
//!
//! The trainer sees an objective (a per-example loss) and never which model it came from. One [`Training`] serves every
//! kind of model; the [`Reduction`] of a batch is its sum for tables of rows and its mean for networks. Each step is shown
//! to an [`Observer`]: a ledger, a recording of [`Checkpoints`], a [`Validation`], or several of them as a tuple. Epochs of
//! steps and minimization after them are two calls that the caller makes.
//!
//! Everything random is drawn from a stream keyed by the seed, the epoch and the example, so leaving an example out
//! changes nothing for the others.

mod checkpoints;
mod contributions;
mod examples;
mod linearized;
pub mod minimize;
mod observer;
mod optimizer;
mod outcome;
mod plan;
mod pullback;
mod recording;
mod schedule;
mod sweep;
mod tape;
mod trainer;
mod training;
mod trajectory;
mod validation;

pub use checkpoints::{Checkpoint, Checkpoints};
pub use contributions::{Contribution, Contributions};
pub use examples::InputExamples;
pub use linearized::StepCurvature;
pub use observer::{BatchStep, Observer, Untracked};
pub use optimizer::{Moved, Optimizer};
pub use outcome::{EpochSummary, Outcome, Position, Stopping};
pub use plan::{Reduction, StepPlan};
pub use recording::Recording;
pub use schedule::Schedule;
pub use tape::{PastRows, PastStep};
pub use trainer::TrainerOptions;
pub use training::{Training, TrainingSpec};
pub use trajectory::{Trajectory, WeightDerivatives};
pub use validation::Validation;
