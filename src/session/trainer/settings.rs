//! Options of a training in the words of the modules below.

use crate::attribution::rollback::CreditRule;
use crate::error::{Error, Result};
use crate::models::Family;
use crate::options::Options;
use crate::session::Model;
use crate::session::options::accept;
use crate::train::{Optimizer, Reduction, TrainerOptions};

use super::options::{Descent, TrainingOptions};

/// The bytes that may be kept between products with the Hessian in training.
pub(in crate::session) const MEMORY: usize = 1 << 30;

/// Options with everything that was left open decided.
pub(in crate::session) fn resolved(model: &Model, given: &Options) -> Result<TrainingOptions> {
    let family = &*model.family;
    accept(given, &[&TrainingOptions::TABLE], "training")?;
    let options = TrainingOptions::read(given)?;
    let optimizer = match options.optimizer {
        None if family.is_convex() => Descent::Minimize,
        None => Descent::Steps(Optimizer::adam(false)),
        Some(Descent::Minimize) if !family.can_be_minimized() => {
            return Err(family.unsupported("minimizing", "train it by steps of an optimizer"));
        }
        Some(descent) => descent,
    };
    if let (Some(_), false) = (options.weight_decay, is_adamw(optimizer)) {
        let expected = "left out, or beside adamw or adamw-dense as the option optimizer";
        return Err(Error::argument("the option \"weight_decay\"", "given for another optimizer", expected));
    }
    if options.patience.is_some() && !family.can_stop_early() {
        let hint = "leave patience out; validation triples are what it goes by";
        return Err(family.unsupported("early stopping", hint));
    }
    if options.patience.is_none() && options.evaluate_every != TrainingOptions::default().evaluate_every {
        let expected = "left out, or beside the option patience";
        return Err(Error::argument("the option \"evaluate_every\"", "given without patience", expected));
    }
    if options.refine && family.training().reduction != Reduction::Mean {
        let hint = "leave refine out; it goes with mlp and cnn";
        return Err(family.unsupported("minimizing after the epochs", hint));
    }
    let defaults = family.training();
    Ok(TrainingOptions {
        optimizer: Some(optimizer),
        batch: Some(options.batch.unwrap_or(defaults.batch)),
        epochs: Some(options.epochs.unwrap_or(defaults.epochs)),
        gradient_tolerance: Some(options.tolerance(model.precision())),
        seed: Some(options.seed.unwrap_or(model.seed)),
        attribution: Some(match options.attribution {
            Some(rule) => rule,
            None if family.objective()?.diagonal.is_empty() => CreditRule::Momentum,
            None => CreditRule::Refill,
        }),
        ..options
    })
}

/// Whether weights decay in the steps.
fn is_adamw(descent: Descent) -> bool {
    matches!(descent, Descent::Steps(method) if method.kept(1.0) != 1.0)
}

/// How steps are taken; for resolved options.
pub(in crate::session) fn trainer_options(options: &TrainingOptions) -> TrainerOptions {
    let method = match (options.optimizer, options.weight_decay) {
        (Some(Descent::Steps(Optimizer::Adam { dense, .. })), Some(decay)) => Optimizer::adamw(dense, decay),
        (Some(Descent::Steps(method)), _) => method,
        _ => Optimizer::adam(false),
    };
    TrainerOptions {
        method,
        learning_rate: options.learning_rate,
        schedule: options.schedule,
        epochs: options.epochs.unwrap_or(1),
        batch: options.batch.unwrap_or(1),
        seed: options.seed.unwrap_or_default(),
    }
}

/// Whether a model takes steps of an optimizer; for resolved options.
pub(in crate::session) fn by_optimizer(options: &TrainingOptions) -> bool {
    options.optimizer != Some(Descent::Minimize)
}

/// Whether a model is minimized, at once or after its epochs; for resolved options.
pub(in crate::session) fn minimized(family: &dyn Family, options: &TrainingOptions) -> bool {
    // Batches whose sum is followed are examples that own rows: their ledger ends with the epochs.
    let epochs = family.training().reduction == Reduction::Mean;
    !by_optimizer(options) || epochs && options.refine && !family.is_convex()
}
