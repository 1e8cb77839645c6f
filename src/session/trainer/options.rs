//! How models are trained, and how it went.

use serde::{Deserialize, Serialize};

use crate::attribution::rollback::CreditRule;
use crate::train::{Optimizer, Schedule, Stopping};

/// What moves the parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Descent {
    /// Newton's method and L-BFGS where the objective is convex, otherwise lazy Adam.
    #[default]
    Auto,
    /// Steps of an optimizer, batch after batch.
    Steps(Optimizer),
    /// Newton's method and L-BFGS to the optimum. Not for triples.
    #[serde(alias = "minimise")]
    Minimize,
}

/// How a model is trained.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingOptions {
    /// What moves the parameters.
    pub descent: Descent,
    /// The learning rate at the beginning.
    pub learning_rate: f64,
    /// How it develops.
    pub schedule: Schedule,
    /// How often training goes through all examples.
    pub epochs: usize,
    /// The examples in a batch; that of the [family](crate::models::Family::training) if absent.
    pub batch: Option<usize>,
    /// Whether a ledger is kept, where examples own rows.
    pub track: bool,
    /// Whose movement is whose in the ledger.
    pub attribution: CreditRule,
    /// When to stop early, by the validation triples.
    pub stopping: Option<Stopping>,
    /// The max-norm of the gradient at which minimizing ends.
    pub gradient: f64,
    /// The most steps of minimizing.
    pub iterations: usize,
    /// Whether a network with layers is minimized after its epochs.
    pub polish: bool,
    /// The seed of order and candidates; the model's if absent.
    pub seed: Option<u64>,
}

impl Default for TrainingOptions {
    fn default() -> Self {
        Self {
            descent: Descent::Auto,
            learning_rate: 0.003,
            schedule: Schedule::Constant,
            epochs: 10,
            batch: None,
            track: true,
            attribution: CreditRule::Momentum,
            stopping: None,
            gradient: 1e-8,
            iterations: 1000,
            polish: false,
            seed: None,
        }
    }
}

/// How far a training has come, or how it went.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// Steps taken: batches, or steps of minimizing.
    pub steps: u64,
    /// Epochs that were completed.
    pub epochs: u64,
    /// The mean loss of the last completed epoch.
    pub loss: Option<f64>,
    /// The objective where minimizing ended: mean loss and penalty.
    pub objective: Option<f64>,
    /// The max-norm of its gradient there.
    pub gradient: Option<f64>,
    /// Whether minimizing reached its tolerance.
    pub converged: bool,
    /// Whether nothing is left to do.
    pub finished: bool,
    /// The epoch, counted from one, whose weights early stopping kept.
    pub best_epoch: Option<usize>,
    /// What to do about a training that did not converge.
    #[serde(alias = "remedy")]
    pub hint: Option<String>,
}
