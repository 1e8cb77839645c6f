//! How far a training has come and how it went.

/// When to stop before the last epoch.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopping {
    /// How many epochs lie between two evaluations.
    pub every: usize,
    /// How many evaluations in a row may be no better than the best before training stops.
    pub patience: usize,
}

/// A position in a training, between two batches. Batches without a step, because all their examples have weight zero,
/// count too, so that trainings with and without some examples have the same positions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The epochs done.
    pub epochs: usize,
    /// The batches done of the epoch that follows.
    pub batches: usize,
}

impl Position {
    /// The position after so many whole epochs.
    pub fn after(epochs: usize) -> Self {
        Self { epochs, batches: 0 }
    }
}

/// What is known after an epoch.
#[derive(serde::Serialize, serde::Deserialize, Clone, Copy, Debug, PartialEq)]
pub struct EpochSummary {
    /// The epochs done.
    pub epoch: usize,
    /// The epochs asked for.
    pub epochs: usize,
    /// The weighted mean of the examples' losses, penalty included, each as its batch met it.
    pub loss: f64,
    /// The evaluation, where this epoch had one.
    pub quality: Option<f64>,
    /// The steps taken since the beginning.
    pub steps: u64,
}

/// How a training went.
#[derive(serde::Serialize, serde::Deserialize, Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// The epochs done.
    pub epochs: Vec<EpochSummary>,
    /// The epoch, counted from one, whose parameters and ledger were kept, when training could stop early.
    pub best_epoch: Option<usize>,
    /// The batches after those epochs, when training was ended in the middle of one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub batches: usize,
}

fn is_zero(batches: &usize) -> bool {
    *batches == 0
}

impl Outcome {
    /// The position whose parameters and ledger were kept.
    pub fn kept(&self) -> Position {
        match self.best_epoch {
            Some(epochs) => Position::after(epochs),
            None => Position { epochs: self.epochs.last().map_or(0, |last| last.epoch), batches: self.batches },
        }
    }

    /// The mean loss of each epoch.
    pub fn losses(&self) -> Vec<f64> {
        self.epochs.iter().map(|epoch| epoch.loss).collect()
    }
}
