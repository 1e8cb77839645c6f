//! How models are trained, and how it went.

use crate::rollback::Attribution;
use crate::train::{Method, Schedule, Stopping};

/// What moves the parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Descent {
    /// Lazy Adam for triples and graphs; rows are minimised where that is convex, otherwise trained by Adam.
    #[default]
    Auto,
    /// Steps of an optimiser, batch after batch.
    Steps(Method),
    /// Newton's method and L-BFGS to the optimum. For rows and graphs.
    Minimise,
}

/// How a model is trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrainingOptions {
    /// What moves the parameters.
    pub descent: Descent,
    /// The learning rate at the beginning.
    pub learning_rate: f64,
    /// How it develops.
    pub schedule: Schedule,
    /// How often training goes through all examples.
    pub epochs: usize,
    /// The examples in a batch. If absent: one for triples and graphs, 32 for rows.
    pub batch: Option<usize>,
    /// Whether a ledger is kept, where examples own rows.
    pub track: bool,
    /// Whose movement is whose in the ledger.
    pub attribution: Attribution,
    /// When to stop early, by the validation triples.
    pub stopping: Option<Stopping>,
    /// The largest part of the gradient at which minimising ends.
    pub gradient: f64,
    /// The most steps of minimising.
    pub iterations: usize,
    /// Whether a model of rows with layers is minimised after its epochs.
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
            attribution: Attribution::Momentum,
            stopping: None,
            gradient: 1e-8,
            iterations: 1000,
            polish: false,
            seed: None,
        }
    }
}

/// How far a training has come, or how it went.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Training {
    /// Steps taken: batches, or steps of minimising.
    pub steps: u64,
    /// Epochs that were completed.
    pub epochs: u64,
    /// The mean loss of the last completed epoch.
    pub loss: Option<f64>,
    /// The objective where minimising ended: mean loss and penalty.
    pub objective: Option<f64>,
    /// The largest part of its gradient there.
    pub gradient: Option<f64>,
    /// Whether minimising reached its tolerance.
    pub converged: bool,
    /// Whether nothing is left to do.
    pub finished: bool,
    /// The epoch, counted from one, whose weights early stopping kept.
    pub best_epoch: Option<usize>,
    /// What to do about a training that did not converge.
    pub remedy: Option<String>,
}
