//! Options of a training in the words of the rooms below.

use crate::error::{Error, Result};
use crate::models::network::NetworkSettings;
use crate::run::Settings;
use crate::tensor::Precision;
use crate::train::{Optimizer, TrainerOptions};

use super::options::{Descent, TrainingOptions};
use crate::session::Model;
use crate::session::model::{Kind, TripleKind};

/// The bytes that may be kept between products with the Hessian in training.
pub(super) const MEMORY: usize = 1 << 30;
/// The examples in a batch of rows.
const BATCH_OF_ROWS: usize = 32;

/// Options with everything that was left open decided.
pub(super) fn resolved(model: &Model, options: &TrainingOptions) -> Result<TrainingOptions> {
    let kind = &*model.kind;
    let steps = Descent::Steps(Optimizer::adam(false));
    let descent = match (options.descent, kind) {
        (Descent::Auto, Kind::Rows(settings)) if settings.is_convex() => Descent::Minimize,
        (Descent::Auto, _) => steps,
        (Descent::Minimize, Kind::Triples(_)) => {
            return Err(Error::Unsupported {
                what: "minimizing a model of triples".into(),
                hint: "train it by steps of an optimizer".into(),
            });
        }
        (descent, _) => descent,
    };
    if options.stopping.is_some() && !matches!(kind, Kind::Triples(_)) {
        return Err(Error::Unsupported {
            what: format!("early stopping of a model of {}", kind.name()),
            hint: "leave it out; validation triples are what it goes by".into(),
        });
    }
    let default = if matches!(kind, Kind::Rows(_)) { BATCH_OF_ROWS } else { 1 };
    let batch = Some(options.batch.unwrap_or(default));
    Ok(TrainingOptions { descent, batch, seed: Some(options.seed.unwrap_or(model.seed)), ..*options })
}

/// How steps are taken; for resolved options.
pub(in crate::session) fn trainer_options(options: &TrainingOptions) -> TrainerOptions {
    let method = if let Descent::Steps(method) = options.descent { method } else { Optimizer::adam(false) };
    TrainerOptions {
        method,
        learning_rate: options.learning_rate,
        schedule: options.schedule,
        epochs: options.epochs,
        batch: options.batch.unwrap_or(1),
        seed: options.seed.unwrap_or_default(),
    }
}

/// The settings of a training of triples.
pub(in crate::session) fn triple_settings(
    kind: &TripleKind,
    options: &TrainingOptions,
    precision: Precision,
) -> Settings {
    let TrainerOptions { method, learning_rate, schedule, epochs, batch, seed } = trainer_options(options);
    Settings {
        model: kind.scorer.name().into(),
        dimension: kind.dimension,
        initial: kind.initial,
        loss: kind.loss,
        sides: kind.sides,
        candidates: kind.candidates,
        optimizer: method,
        learning_rate,
        schedule,
        batch,
        epochs,
        stopping: options.stopping,
        seed,
        attribution: options.attribution,
        precision,
    }
}

/// Whether a model takes steps of an optimizer, and whether it is minimized (after them); for resolved options.
pub(in crate::session) fn ways(kind: &Kind, options: &TrainingOptions) -> (bool, bool) {
    match kind {
        Kind::Rows(settings) => of_rows(settings, options),
        _ => (options.descent != Descent::Minimize, options.descent == Descent::Minimize),
    }
}

/// Whether a model of rows goes through epochs of batches, and whether it is minimized (after them).
pub(in crate::session) fn of_rows(settings: &NetworkSettings, options: &TrainingOptions) -> (bool, bool) {
    match options.descent {
        Descent::Minimize => (false, true),
        _ => (true, options.polish && !settings.is_convex()),
    }
}
