//! Everything that determines a training run but its data.

use serde::{Deserialize, Serialize};

use crate::attribution::rollback::CreditRule;
use crate::error::{Error, Result};
use crate::models::triples::Candidates;
use crate::models::triples::{Loss, Sides, scorers};
use crate::tensor::Precision;
use crate::train::{Optimizer, Schedule, Stopping, TrainerOptions};

/// Everything that determines a training run but its data. The same settings and data give the same bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The model's name, as [`scorers::by_name`] knows it.
    pub model: String,
    /// The dimension of an embedding.
    pub dimension: usize,
    /// Initial values are drawn uniformly from minus to plus this number.
    pub initial: f64,
    /// The loss.
    pub loss: Loss,
    /// Which places of a triple are compared with other candidates.
    pub sides: Sides,
    /// When candidates are drawn.
    pub candidates: Candidates,
    /// The optimizer.
    #[serde(alias = "optimiser")]
    pub optimizer: Optimizer,
    /// The learning rate at the beginning.
    pub learning_rate: f64,
    /// How the learning rate develops.
    pub schedule: Schedule,
    /// The number of examples in a batch; losses of a batch are summed.
    pub batch: usize,
    /// The number of epochs.
    pub epochs: usize,
    /// When to stop early.
    pub stopping: Option<Stopping>,
    /// The seed of everything random.
    pub seed: u64,
    /// Whose movement is whose under momentum.
    pub attribution: CreditRule,
    /// The element type.
    pub precision: Precision,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            model: "distmult".into(),
            dimension: 10,
            initial: 0.5,
            loss: Loss::SampledSoftmax { negatives: 13 },
            sides: Sides::Tails,
            candidates: Candidates::EachEpoch,
            optimizer: Optimizer::adam(false),
            learning_rate: 0.003,
            schedule: Schedule::Constant,
            batch: 1,
            epochs: 10,
            stopping: None,
            seed: 42,
            attribution: CreditRule::Momentum,
            precision: Precision::F64,
        }
    }
}

impl Settings {
    /// Checks what can be checked without data.
    ///
    /// # Errors
    /// [`Error::Argument`] naming the setting, what was found and what is expected.
    pub fn check(&self) -> Result<()> {
        scorers::by_name(&self.model)?;
        let positive = |name: &str, value: f64| match value.is_finite() && value > 0.0 {
            true => Ok(()),
            false => Err(Error::argument(name, value, "a positive number")),
        };
        positive("the learning rate", self.learning_rate)?;
        positive("the initial half width", self.initial)?;
        for (name, value) in
            [("the dimension", self.dimension), ("the batch size", self.batch), ("the number of epochs", self.epochs)]
        {
            if value == 0 {
                return Err(Error::argument(name, 0, "at least one"));
            }
        }
        self.loss.check()?;
        self.optimizer.check()?;
        self.schedule.check()
    }

    pub(crate) fn trainer_options(&self) -> TrainerOptions {
        TrainerOptions {
            method: self.optimizer,
            learning_rate: self.learning_rate,
            schedule: self.schedule,
            epochs: self.epochs,
            batch: self.batch,
            seed: self.seed,
        }
    }
}
