//! Training, at once or step by step.

use crate::attribution::rollback::CreditRule;
use crate::session::{Descent, Trainer, Training, TrainingOptions};
use crate::train::{Optimizer, Schedule, Stopping};

use super::context::{ascribe_context, host};
use super::dataset::ascribe_dataset;
use super::error::ascribe_error;
use super::guard::guard;
use super::handle::{self, Concept};
use super::input::{choice, flag, size};
use super::model::{ascribe_model, seed};
use super::options::{self, fields};
use super::out::{Out, StructOut};
use super::status::{Result, ascribe_status};
use super::watch::{ascribe_watch, watch as obeyed};

/// Lazy Adam for triples, graphs and rows with layers; other rows are minimized.
pub const ASCRIBE_METHOD_AUTO: i32 = 0;
/// Stochastic gradient descent.
pub const ASCRIBE_METHOD_SGD: i32 = 1;
/// Adagrad.
pub const ASCRIBE_METHOD_ADAGRAD: i32 = 2;
/// Adam that moves only the rows of a step.
pub const ASCRIBE_METHOD_ADAM: i32 = 3;
/// Adam that moves every row that was ever touched.
pub const ASCRIBE_METHOD_ADAM_DENSE: i32 = 4;
/// Newton's method and L-BFGS to the optimum; for rows and graphs.
pub const ASCRIBE_METHOD_MINIMIZE: i32 = 5;

const METHODS: [(i32, Descent); 6] = [
    (ASCRIBE_METHOD_AUTO, Descent::Auto),
    (ASCRIBE_METHOD_SGD, Descent::Steps(Optimizer::Sgd)),
    (ASCRIBE_METHOD_ADAGRAD, Descent::Steps(Optimizer::Adagrad { epsilon: 1e-10 })),
    (ASCRIBE_METHOD_ADAM, Descent::Steps(Optimizer::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, dense: false })),
    (
        ASCRIBE_METHOD_ADAM_DENSE,
        Descent::Steps(Optimizer::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, dense: true }),
    ),
    (ASCRIBE_METHOD_MINIMIZE, Descent::Minimize),
];

/// The same learning rate throughout.
pub const ASCRIBE_SCHEDULE_CONSTANT: i32 = 0;
/// Down to zero at the end.
pub const ASCRIBE_SCHEDULE_LINEAR: i32 = 1;
/// Times `schedule_value` in each epoch.
pub const ASCRIBE_SCHEDULE_EXPONENTIAL: i32 = 2;
/// Divided by 1 + `schedule_value` times the epochs so far.
pub const ASCRIBE_SCHEDULE_INVERSE_TIME: i32 = 3;

/// Each example is credited with what its gradients move, now and through momentum later.
pub const ASCRIBE_ATTRIBUTION_MOMENTUM: i32 = 0;
/// All movement of a row in an example's own step is the example's.
pub const ASCRIBE_ATTRIBUTION_STEP: i32 = 1;

const ATTRIBUTIONS: [(i32, CreditRule); 2] =
    [(ASCRIBE_ATTRIBUTION_MOMENTUM, CreditRule::Momentum), (ASCRIBE_ATTRIBUTION_STEP, CreditRule::Step)];

/// A training under way.
pub struct ascribe_trainer {
    _opaque: (),
}

impl Concept for ascribe_trainer {
    type Value = Trainer;
    const NAME: &'static str = "ascribe_trainer";
}

/// How a model is trained; fill it with ascribe_training_options_init().
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ascribe_training_options {
    /// The size of this struct in bytes.
    pub struct_size: usize,
    /// What moves the parameters: ASCRIBE_METHOD_AUTO (the default) or another ASCRIBE_METHOD_...
    pub method: i32,
    /// How the learning rate develops: ASCRIBE_SCHEDULE_CONSTANT (the default), _LINEAR, _EXPONENTIAL or _INVERSE_TIME.
    pub schedule: i32,
    /// Whose movement is whose under momentum: ASCRIBE_ATTRIBUTION_MOMENTUM (the default) or _STEP.
    pub attribution: i32,
    /// The learning rate at the beginning: of an example for triples and graphs, of the mean of a batch for rows; 0.003 by
    /// default.
    pub learning_rate: f64,
    /// What the schedule needs; 1 by default.
    pub schedule_value: f64,
    /// How often training goes through all examples; 10 by default.
    pub epochs: i64,
    /// The examples in a batch; 0 (the default) for 1 with triples and graphs and 64 with rows.
    pub batch: i64,
    /// 1 (the default) to keep a ledger of a graph whose examples own rows, or 0; of triples it is always kept.
    pub track: i32,
    /// Evaluate the validation triples after so many epochs to stop early; 0 (the default) for never.
    pub stop_every: i64,
    /// How many evaluations in a row may be no better than the best; 3 by default.
    pub patience: i64,
    /// The max-norm of the gradient at which minimizing ends; 1e-8 by default.
    pub gradient: f64,
    /// The most steps of minimizing; 1000 by default.
    pub iterations: i64,
    /// 1 to minimize a model of rows with layers after its epochs; 0 by default.
    pub polish: i32,
    /// The seed of order and candidates; -1 (the default) for the model's.
    pub seed: i64,
}

fields!(ascribe_training_options {
    struct_size,
    method,
    schedule,
    attribution,
    learning_rate,
    schedule_value,
    epochs,
    batch,
    track,
    stop_every,
    patience,
    gradient,
    iterations,
    polish,
    seed
});

impl Default for ascribe_training_options {
    fn default() -> Self {
        Self {
            struct_size: size_of::<Self>(),
            method: ASCRIBE_METHOD_AUTO,
            schedule: ASCRIBE_SCHEDULE_CONSTANT,
            attribution: ASCRIBE_ATTRIBUTION_MOMENTUM,
            learning_rate: 0.003,
            schedule_value: 1.0,
            epochs: 10,
            batch: 0,
            track: 1,
            stop_every: 0,
            patience: 3,
            gradient: 1e-8,
            iterations: 1000,
            polish: 0,
            seed: -1,
        }
    }
}

/// Fills options of a training with the defaults.
///
/// @param options receives the defaults; NULL is left alone
/// @param size    sizeof(ascribe_training_options), as the caller was compiled; no more bytes are written
///
/// Needs exclusive access to `options`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_training_options_init(options: *mut ascribe_training_options, size: usize) {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { options::init(options, size) }
}
impl ascribe_training_options {
    fn read(self) -> Result<TrainingOptions> {
        let value = self.schedule_value;
        let schedules = [
            (ASCRIBE_SCHEDULE_CONSTANT, Schedule::Constant),
            (ASCRIBE_SCHEDULE_LINEAR, Schedule::Linear),
            (ASCRIBE_SCHEDULE_EXPONENTIAL, Schedule::Exponential { factor: value }),
            (ASCRIBE_SCHEDULE_INVERSE_TIME, Schedule::InverseTime { decay: value }),
        ];
        let (batch, every) = (size(self.batch, "options.batch")?, size(self.stop_every, "options.stop_every")?);
        let patience = size(self.patience, "options.patience")?;
        Ok(TrainingOptions {
            descent: choice(self.method, "options.method", &METHODS)?,
            learning_rate: self.learning_rate,
            schedule: choice(self.schedule, "options.schedule", &schedules)?,
            epochs: size(self.epochs, "options.epochs")?,
            batch: (batch > 0).then_some(batch),
            track: flag(self.track, "options.track")?,
            attribution: choice(self.attribution, "options.attribution", &ATTRIBUTIONS)?,
            stopping: (every > 0).then_some(Stopping { every, patience }),
            gradient: self.gradient,
            iterations: size(self.iterations, "options.iterations")?,
            polish: flag(self.polish, "options.polish")?,
            seed: seed(self.seed),
        })
    }
}

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
    /// The objective where minimizing ended: mean loss and penalty; NaN where there was none.
    pub objective: f64,
    /// The max-norm of its gradient there; NaN where there was none.
    pub gradient: f64,
    /// 1 if minimizing reached its tolerance.
    pub converged: i32,
    /// 1 if nothing is left to do.
    pub finished: i32,
    /// The epoch, counted from 1, whose weights early stopping kept; -1 where there was none.
    pub best_epoch: i64,
}

fields!(ascribe_training { struct_size, steps, epochs, loss, objective, gradient, converged, finished, best_epoch });

impl From<&Training> for ascribe_training {
    fn from(training: &Training) -> Self {
        Self {
            struct_size: size_of::<Self>(),
            steps: training.steps,
            epochs: training.epochs,
            loss: training.loss.unwrap_or(f64::NAN),
            objective: training.objective.unwrap_or(f64::NAN),
            gradient: training.gradient.unwrap_or(f64::NAN),
            converged: i32::from(training.converged),
            finished: i32::from(training.finished),
            best_epoch: training.best_epoch.map_or(-1, |epoch| epoch as i64),
        }
    }
}

/// Trains a model from the values that it has, and keeps the data and, where there is one, the ledger with it. A training
/// that fails or is canceled leaves the model as it was.
///
/// @param model   the model
/// @param context NULL for the default one
/// @param data    the examples
/// @param options NULL for the defaults
/// @param watch   what the call obeys, or NULL
/// @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `model`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_fit(
    model: *mut ascribe_model,
    context: *const ascribe_context,
    data: *const ascribe_dataset,
    options: *const ascribe_training_options,
    watch: *const ascribe_watch,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let mut model = handle::exclusive(model, "model")?;
            let host = host(context)?;
            let data = handle::shared(data, "data")?;
            let options = options::read(options, "options")?.read()?;
            model.fit(&host, &data, &options, &obeyed(watch)?)?;
            Ok(())
        })
    }
}
/// Tells how the last training of a model went.
///
/// @param model    a model that was trained
/// @param training receives the result as far as its struct_size says
/// @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_training(
    model: *const ascribe_model,
    training: *mut ascribe_training,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let training = StructOut::new(training, "training")?;
            training.put(handle::shared(model, "model")?.training()?.into());
            Ok(())
        })
    }
}
/// Begins a training of a model from the values that it has. The model itself stays as it is; ascribe_trainer_model() gives
/// the trained one.
///
/// @param context NULL for the default one
/// @param model   the model
/// @param data    the examples
/// @param options NULL for the defaults
/// @param trainer receives the training; free it with ascribe_trainer_free()
/// @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_trainer_new(
    context: *const ascribe_context,
    model: *const ascribe_model,
    data: *const ascribe_dataset,
    options: *const ascribe_training_options,
    trainer: *mut *mut ascribe_trainer,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let trainer = Out::new(trainer, "trainer")?;
            let host = host(context)?;
            let model = handle::shared(model, "model")?;
            let data = handle::shared(data, "data")?;
            let options = options::read(options, "options")?.read()?;
            trainer.put_new(Trainer::new(&host, &model, &data, &options)?);
            Ok(())
        })
    }
}
/// Takes some steps. With an optimizer the bytes do not depend on how a training is cut up; minimizing begins anew with each
/// call from where the last one ended. After ASCRIBE_CANCELED the training can go on.
///
/// @param trainer the training
/// @param steps   how many steps to take at most: batches, or steps of minimizing
/// @param watch   what the call obeys, or NULL
/// @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `trainer`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_trainer_step(
    trainer: *mut ascribe_trainer,
    steps: u64,
    watch: *const ascribe_watch,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            handle::exclusive(trainer, "trainer")?.step(steps, &obeyed(watch)?)?;
            Ok(())
        })
    }
}
/// Trains to the end. After ASCRIBE_CANCELED the training can go on.
///
/// @param trainer the training
/// @param watch   what the call obeys, or NULL
/// @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `trainer`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_trainer_run(
    trainer: *mut ascribe_trainer,
    watch: *const ascribe_watch,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            handle::exclusive(trainer, "trainer")?.run(&obeyed(watch)?)?;
            Ok(())
        })
    }
}
/// Tells how far a training has come.
///
/// @param trainer  the training
/// @param training receives the result as far as its struct_size says
/// @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_trainer_training(
    trainer: *const ascribe_trainer,
    training: *mut ascribe_training,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let training = StructOut::new(training, "training")?;
            training.put((&handle::shared(trainer, "trainer")?.training()).into());
            Ok(())
        })
    }
}
/// Gives the model as it is now, with the data and, where there is one, the ledger. The training can go on.
///
/// @param trainer the training
/// @param model   receives the model; free it with ascribe_model_free()
/// @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_trainer_model(
    trainer: *const ascribe_trainer,
    model: *mut *mut ascribe_model,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let model = Out::new(model, "model")?;
            model.put_new(handle::shared(trainer, "trainer")?.model());
            Ok(())
        })
    }
}
/// Frees a training. Models that it gave stay.
///
/// @param trainer the training; NULL is fine
///
/// Needs exclusive access to `trainer`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_trainer_free(trainer: *mut ascribe_trainer) {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { handle::free(trainer) }
}
