//! How models are trained, and how it went.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::attribution::rollback::CreditRule;
use crate::options::{Bytes, Options, named, options};
use crate::tensor::Precision;
use crate::train::{Optimizer, Schedule, Stopping, minimize};

/// What moves the parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Descent {
    /// Steps of an optimizer, batch after batch.
    Steps(Optimizer),
    /// Newton's method and L-BFGS to the optimum. Not for triples.
    Minimize,
}

/// The weight decay of AdamW without another.
const WEIGHT_DECAY: f64 = 0.01;

impl Descent {
    /// All of them with their words.
    pub const ALL: [(&'static str, Self); 8] = [
        ("sgd", Self::Steps(Optimizer::Sgd)),
        ("momentum", Self::Steps(Optimizer::momentum())),
        ("adagrad", Self::Steps(Optimizer::adagrad())),
        ("adam", Self::Steps(Optimizer::adam(false))),
        ("adam-dense", Self::Steps(Optimizer::adam(true))),
        ("adamw", Self::Steps(Optimizer::adamw(false, WEIGHT_DECAY))),
        ("adamw-dense", Self::Steps(Optimizer::adamw(true, WEIGHT_DECAY))),
        ("minimize", Self::Minimize),
    ];
}

named!(Descent, "the optimizer");

options! {
    /// Training.
    #[table("training")]
    #[derive(PartialEq)]
    pub struct TrainingOptions {
        /// What moves the parameters: an optimizer (of triples and graphs, adam moves only what a step touches, adam-dense all
        /// that was ever touched), or minimize for Newton's method and L-BFGS to the optimum; auto: minimize where the objective
        /// is convex, otherwise adam.
        optimizer: Option<Descent> = "auto",
        /// The learning rate at the beginning: of an example for triples and graphs, of the mean of a batch for networks.
        learning_rate: f64 = "0.003" in POSITIVE,
        /// How much weights decay with adamw, decoupled from the loss: in a step by the learning rate times this; auto: 0.01.
        weight_decay: Option<f64> = "auto" in NOT_NEGATIVE,
        /// How the learning rate develops: constant, linear (down to zero at the end), exponential:FACTOR (each epoch) or
        /// inverse:DECAY.
        schedule: Schedule = "constant",
        /// How many examples make a batch; auto: 1 for triples and graphs, 64 for networks.
        batch: Option<usize> = "auto" in COUNT,
        /// How often training goes through all examples; auto: 10 times for triples and graphs, 20 for networks.
        epochs: Option<usize> = "auto" in COUNT,
        /// Whether a ledger is kept where examples own rows, as rollback needs it.
        ledger: bool = "true",
        /// What the ledger credits an example with: what is left of its updates after the later steps of the others have answered
        /// (refill), what its gradients moved, in later steps through momentum too (momentum), or what moved in its own steps
        /// (step); auto: refill where the model knows its curvature by rows, as models of triples do, otherwise momentum.
        attribution: Option<CreditRule> = "auto",
        /// The memory for checkpoints of the steps, which are kept with the model beside the loss of each step: replay then need not
        /// begin anew, and says which step went otherwise on another machine; 0: nothing is recorded.
        record: Bytes = "0",
        /// Stop when the validation MRR was no better than the best so many times in a row, and keep the best; auto: do not stop
        /// early.
        patience: Option<usize> = "auto" in COUNT,
        /// How many epochs lie between two evaluations for patience.
        evaluate_every: usize = "1" in COUNT,
        /// The relative gradient at which minimizing ends; auto: 1e-8, of models in f32 1e-5.
        gradient_tolerance: Option<f64> = "auto" in POSITIVE,
        /// The most steps of minimizing.
        max_iterations: usize = "1000",
        /// Minimize mlp and cnn after their epochs.
        refine: bool = "false",
        /// The seed of order and candidates; auto: that of the model.
        seed: Option<u64> = "auto",
    }
}

impl TrainingOptions {
    /// The relative gradient at which minimizing a model of a precision ends.
    pub fn tolerance(&self, precision: Precision) -> f64 {
        self.gradient_tolerance.unwrap_or_else(|| minimize::gradient_tolerance(precision))
    }

    /// When to stop early, if at all.
    pub fn stopping(&self) -> Option<Stopping> {
        self.patience.map(|patience| Stopping { every: self.evaluate_every, patience })
    }
}

/// As a JSON object with a member for each option.
impl Serialize for TrainingOptions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.write().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for TrainingOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut options = Options::new();
        for (name, value) in serde_json::Map::deserialize(deserializer)? {
            if Self::TABLE.get(&name).is_none() {
                return Err(de::Error::custom(format!("unknown option {name:?} of a training")));
            }
            match value {
                serde_json::Value::Bool(flag) => options.set(&name, flag),
                serde_json::Value::String(text) => options.set(&name, text),
                serde_json::Value::Number(number) => match number.as_i64() {
                    Some(whole) => options.set(&name, whole),
                    None => options.set(&name, number.as_f64().unwrap_or(f64::NAN)),
                },
                _ => return Err(de::Error::custom(format!("the option {name:?} has no value"))),
            }
        }
        Self::read(&options).map_err(de::Error::custom)
    }
}

/// How far a training has come, or how it went. Folders of version 1 have two other names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// Steps taken: batches, or steps of minimizing.
    pub steps: u64,
    /// Epochs that were completed.
    pub epochs: u64,
    /// The mean loss of the last completed epoch.
    pub loss: Option<f64>,
    /// The objective where minimizing ended, with its penalty.
    pub objective: Option<f64>,
    /// The relative gradient there.
    #[serde(alias = "gradient")]
    pub gradient_norm: Option<f64>,
    /// Whether minimizing reached its tolerance.
    pub converged: bool,
    /// Whether nothing is left to do.
    pub finished: bool,
    /// The epoch, counted from one, whose weights early stopping kept.
    pub best_epoch: Option<usize>,
    /// With a ledger by refill: the share of shrinking factors that had to be clamped above zero. Where it is not small, steps
    /// were too large for the ledger to follow.
    #[serde(default)]
    pub clamped: Option<f64>,
    /// Whether the training happened elsewhere: the parameters were given.
    #[serde(default)]
    pub given: bool,
    /// What to do about a training that did not converge.
    #[serde(alias = "remedy")]
    pub hint: Option<String>,
}
