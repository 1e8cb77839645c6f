//! Training step by step.

use crate::session::{Trainer, Training};

use super::*;

/// A training under way.
pub struct ascribe_trainer {
    _opaque: (),
}

concept!(ascribe_trainer, Trainer);

/// How far a training has come, or how it went.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ascribe_training {
    /// The size of this struct in bytes.
    pub struct_size: usize,
    /// Steps taken: batches, or steps of minimizing.
    pub steps: u64,
    /// Epochs that were completed.
    pub epochs: u64,
    /// The mean loss of the last completed epoch; NaN where there is none.
    pub loss: f64,
    /// The objective where minimizing ended, with its penalty; NaN where there was none.
    pub objective: f64,
    /// The relative gradient there; NaN where there was none.
    pub gradient_norm: f64,
    /// 1 if minimizing reached its tolerance.
    pub converged: i32,
    /// 1 if nothing is left to do.
    pub finished: i32,
    /// The epoch, counted from 1, whose weights early stopping kept; -1 where there was none.
    pub best_epoch: i64,
    /// With a ledger by refill: the share of shrinking factors that had to be clamped above zero, from 0 to 1; where it is not
    /// small, steps were too large for the ledger to follow. NaN without such a ledger.
    pub clamped: f64,
    /// 1 if the training happened elsewhere: the values were given, see ascribe_model_set_data().
    pub given: i32,
}

fields!(ascribe_training {
    struct_size,
    steps,
    epochs,
    loss,
    objective,
    gradient_norm,
    converged,
    finished,
    best_epoch,
    clamped,
    given
});

impl From<&Training> for ascribe_training {
    fn from(training: &Training) -> Self {
        Self {
            struct_size: size_of::<Self>(),
            steps: training.steps,
            epochs: training.epochs,
            loss: training.loss.unwrap_or(f64::NAN),
            objective: training.objective.unwrap_or(f64::NAN),
            gradient_norm: training.gradient_norm.unwrap_or(f64::NAN),
            converged: i32::from(training.converged),
            finished: i32::from(training.finished),
            best_epoch: training.best_epoch.map_or(-1, |epoch| epoch as i64),
            clamped: training.clamped.unwrap_or(f64::NAN),
            given: i32::from(training.given),
        }
    }
}

/// Begins a training of a model from the values that it has. The model itself stays as it is; ascribe_trainer_model() gives
/// the trained one. Options are of the table "training".
/// May be called from any thread at the same time.
///
/// @param context NULL for the default one
/// @param model   the model
/// @param data    the examples
/// @param options NULL for the defaults
/// @param trainer receives the training; free it with ascribe_trainer_free()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_trainer_new(
    context: *const ascribe_context,
    model: *const ascribe_model,
    data: *const ascribe_dataset,
    options: *const ascribe_options,
    trainer: *mut *mut ascribe_trainer,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let trainer = Out::new(trainer, "trainer")?;
        let host = host(context)?;
        let model = handle::shared(model, "model")?;
        let data = handle::shared(data, "data")?;
        trainer.put_new(Trainer::new(&host, &model, &data, &options_of(options)?)?);
    })
}

/// Takes some steps, or all that are left. With an optimizer the bytes do not depend on how a training is cut up; minimizing begins anew
/// with each call from where the last one ended. After ASCRIBE_CANCELED the training can go on.
/// A training that ends with a mean loss of many times that at its beginning has diverged: ASCRIBE_NOT_CONVERGED, of a loss that is not
/// finite ASCRIBE_NOT_FINITE, and the message names the learning rate. A loss that merely did not improve is no failure.
/// Needs exclusive access to `trainer`.
///
/// @param trainer the training
/// @param steps   how many steps to take at most: batches, or steps of minimizing; UINT64_MAX to train to the end
/// @param monitor progress and cancellation, or NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_trainer_step(
    trainer: *mut ascribe_trainer,
    steps: u64,
    monitor: *const ascribe_monitor,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        handle::exclusive(trainer, "trainer")?.step(steps, &monitor_of(monitor)?)?;
    })
}

/// Gets how far a training has come.
/// May be called from any thread at the same time.
///
/// @param trainer  the training
/// @param training receives the result as far as its struct_size says
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_trainer_training(
    trainer: *const ascribe_trainer,
    training: *mut ascribe_training,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        StructOut::new(training, "training")?.put((&handle::shared(trainer, "trainer")?.training()).into());
    })
}

/// Gets the model as it is now, with the data and, where there is one, the ledger. The training can go on.
/// May be called from any thread at the same time.
///
/// @param trainer the training
/// @param model   receives the model; free it with ascribe_model_free()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_trainer_model(
    trainer: *const ascribe_trainer,
    model: *mut *mut ascribe_model,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        Out::new(model, "model")?.put_new(handle::shared(trainer, "trainer")?.model());
    })
}

/// Frees a training. Models that it gave stay.
/// Needs exclusive access to `trainer`.
///
/// @param trainer the training; NULL is fine
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_trainer_free(trainer: *mut ascribe_trainer) {
    free!(trainer);
}
