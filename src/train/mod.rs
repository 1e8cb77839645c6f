//! Training: optimizers on rows and dense parameters, the loop, sampling of candidates, ranking.
//!
//! The trainer sees an objective (a per-example loss and row lookups) and never which model it came from. Each step tells
//! an [`Observer`] exactly what every example contributed and how every row moved, which is all a ledger needs.
//!
//! Everything random is drawn from a stream keyed by the seed, the epoch and the example, so leaving an example out
//! changes nothing for the others.

mod contributions;
mod examples;
mod fit;
mod fitting;
pub mod minimize;
pub mod network;
mod optimizer;
mod plan;
mod schedule;
mod trainer;

pub use contributions::{Contribution, Contributions};
pub use examples::InputExamples;
pub use fit::{Evaluation, FitOptions, Moment, Outcome, Progress, Report, Stopping, fit};
pub use fitting::Fitting;
pub use optimizer::{Moved, Optimizer};
pub use plan::StepPlan;
pub use schedule::Schedule;
pub use trainer::{BatchStep, Observer, Trainer, TrainerOptions, Untracked};
