//! Options of a training in the words of the modules below.

use crate::error::Result;
use crate::models::Family;
use crate::models::triples::TripleFamily;
use crate::run::Settings;
use crate::tensor::Precision;
use crate::train::{Optimizer, Reduction, TrainerOptions};

use super::options::{Descent, TrainingOptions};
use crate::session::Model;

/// The bytes that may be kept between products with the Hessian in training.
pub(super) const MEMORY: usize = 1 << 30;

/// Options with everything that was left open decided.
pub(super) fn resolved(model: &Model, options: &TrainingOptions) -> Result<TrainingOptions> {
    let family = &*model.family;
    let descent = match options.descent {
        Descent::Auto if family.is_convex() => Descent::Minimize,
        Descent::Auto => Descent::Steps(Optimizer::adam(false)),
        Descent::Minimize if !family.can_be_minimized() => {
            return Err(family.unsupported("minimizing", "train it by steps of an optimizer"));
        }
        descent => descent,
    };
    if options.stopping.is_some() && !family.can_stop_early() {
        let hint = "leave it out; validation triples are what it goes by";
        return Err(family.unsupported("early stopping", hint));
    }
    let batch = Some(options.batch.unwrap_or(family.training().batch));
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
    family: &TripleFamily,
    options: &TrainingOptions,
    precision: Precision,
) -> Settings {
    let TrainerOptions { method, learning_rate, schedule, epochs, batch, seed } = trainer_options(options);
    Settings {
        model: family.tables.scorer().name().into(),
        dimension: family.tables.dimension(),
        initial: family.initial,
        loss: family.loss,
        sides: family.sides,
        candidates: family.candidates,
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

/// Whether a model takes steps of an optimizer; for resolved options.
pub(in crate::session) fn by_optimizer(options: &TrainingOptions) -> bool {
    options.descent != Descent::Minimize
}

/// Whether a model is minimized, at once or after its epochs; for resolved options.
pub(in crate::session) fn minimized(family: &dyn Family, options: &TrainingOptions) -> bool {
    // Batches whose sum is followed are examples that own rows: their ledger ends with the epochs.
    let epochs = family.training().reduction == Reduction::Mean;
    !by_optimizer(options) || epochs && options.polish && !family.is_convex()
}
