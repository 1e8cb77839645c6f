//! Models of rows as runs.

use std::path::Path;
use std::sync::Arc;

use crate::data::Dense;
use crate::embed::dataset::{Content, Rows, Source};
use crate::embed::model::{Kind, Record, State};
use crate::embed::number::Number;
use crate::embed::trainer::{Descent, Training, TrainingOptions, of_rows, trainer_options};
use crate::embed::{Dataset, Model};
use crate::engine::Context;
use crate::error::Result;
use crate::model::Inputs;
use crate::model::dense::{DenseLoss, DenseModel, DenseSettings, Layer};
use crate::run::dense::{self, Copied, Fitted, Origin, Reading};
use crate::run::{DenseJob, DenseRun, same_bits};
use crate::tensor::Array;
use crate::train::TrainerOptions;

use super::{Loaded, Remarks, before};

/// A model as a run.
pub(super) fn run<T: Number>(
    model: &Model,
    settings: &DenseSettings,
    state: &State<T>,
    record: &Record,
) -> Result<DenseRun<T>> {
    let job = job::<T>(settings, &record.options);
    let Rows { dense, source, altered } = record.data.rows()?;
    let mut data = Dense::clone(dense);
    // Rows may be given flat to a model of images.
    let shape: Vec<usize> = std::iter::once(data.len()).chain(settings.features.iter().copied()).collect();
    let reshaped = data.features.shape() != shape;
    if reshaped {
        data.features = Array::new(&shape, data.features.into_values())?;
    }
    let (origin, reading, copied) = match source.as_deref() {
        None => (Origin { files: Vec::new() }, Reading::Arrays, Copied::Always),
        Some(Source { origin, reading }) => {
            let copied = if *altered || reshaped { Copied::Always } else { Copied::UnlessLarge };
            (origin.clone(), reading.clone(), copied)
        }
    };
    let initial = before(model, state.initial.as_ref())?;
    let made = DenseModel::<T>::new(settings.clone(), job.seed)?;
    Ok(DenseRun {
        fitted: fitted(model, &job, state, record)?,
        job,
        origin,
        reading,
        data,
        copied,
        model: DenseModel::with_parameters(settings.clone(), state.parameters.to_vec())?,
        initial: (!same_bits(made.parameters(), &initial)).then_some(initial),
        remarks: Some(Remarks::of(model, record).write()?),
    })
}

/// Options of a training in the words of the command line.
fn job<T: Number>(settings: &DenseSettings, options: &TrainingOptions) -> DenseJob {
    let TrainerOptions { method, learning_rate, schedule, epochs, batch, seed } = trainer_options(options);
    let (by_epochs, minimised) = of_rows(settings, options);
    let training = dense::Training {
        gradient: options.gradient,
        most_iterations: options.iterations,
        polish: minimised && !settings.is_convex(),
        optimiser: method,
        learning_rate,
        schedule,
        batch,
        // What is minimised at once goes through none.
        epochs: if by_epochs || settings.is_convex() { epochs } else { 0 },
    };
    DenseJob { model: called(settings).into(), network: settings.clone(), training, seed, precision: T::PRECISION }
}

/// What the command line calls such a model.
fn called(settings: &DenseSettings) -> &'static str {
    let windows = |layer: &Layer| matches!(layer, Layer::Convolution { .. });
    match settings.loss {
        _ if settings.layers.iter().any(windows) => "cnn",
        _ if !settings.is_convex() => "mlp",
        DenseLoss::Squared => "linear",
        DenseLoss::Logistic => "logistic",
        DenseLoss::Hinge { .. } => "hinge",
        DenseLoss::Softmax => "softmax",
    }
}

/// How the training went, in the words of the command line.
fn fitted<T: Number>(model: &Model, job: &DenseJob, state: &State<T>, record: &Record) -> Result<Fitted> {
    let Training { steps, objective, gradient, converged, remedy, .. } = record.training.clone();
    let mut fitted = Fitted { epochs: record.losses.clone(), ..Fitted::default() };
    match (objective, gradient) {
        (Some(value), Some(gradient)) => {
            let batches = record.data.len().div_ceil(job.training.batch.max(1)) as u64;
            fitted.iterations = steps.saturating_sub(batches * record.losses.len() as u64) as usize;
            (fitted.value, fitted.gradient) = (value, gradient);
            (fitted.converged, fitted.remedy) = (converged, remedy);
        }
        _ => {
            let inputs: Arc<Inputs<T>> = Arc::new(model.kind.examples(&record.data, 0)?);
            fitted.evaluate(job, state.parameters.to_vec(), &inputs, &Context::single())?;
        }
    }
    Ok(fitted)
}

/// The model of a run.
pub(super) fn load<T: Number>(folder: &Path, run: DenseRun<T>) -> Result<Loaded<T>> {
    let remarks = match &run.remarks {
        Some(remarks) => Remarks::read(folder, remarks.clone())?,
        None => of_run(&run),
    };
    let DenseRun { job, origin, reading, data, copied, model, fitted, initial, .. } = run;
    let initial = match initial {
        Some(initial) => initial,
        None => Arc::new(DenseModel::new(job.network.clone(), job.seed)?.parameters().to_vec()),
    };
    let state = State::loaded(Arc::new(model.parameters().to_vec()), None, initial);
    let source = (reading != Reading::Arrays).then(|| Arc::new(Source { origin, reading }));
    let rows = Rows { dense: Arc::new(data), source, altered: copied == Copied::Always };
    let Remarks { seed, options, training } = remarks;
    let data = Dataset { content: Content::Rows(rows) };
    let record = Record { data, options, training, outcome: None, losses: fitted.epochs, validation: None };
    Ok(Loaded { kind: Kind::Rows(job.network), seed, state, record })
}

/// What is known of a run of the command line.
fn of_run<T>(run: &DenseRun<T>) -> Remarks {
    let DenseRun { job, fitted, data, .. } = run;
    let dense::Training { gradient, most_iterations, polish, optimiser, learning_rate, schedule, batch, epochs } =
        job.training.clone();
    let convex = job.network.is_convex();
    let options = TrainingOptions {
        descent: if convex { Descent::Minimise } else { Descent::Steps(optimiser) },
        learning_rate,
        schedule,
        epochs,
        batch: Some(batch),
        gradient,
        iterations: most_iterations,
        polish,
        seed: Some(job.seed),
        ..TrainingOptions::default()
    };
    let minimised = convex || polish;
    let batches = fitted.epochs.len() * data.len().div_ceil(batch.max(1));
    let training = Training {
        steps: (batches + fitted.iterations) as u64,
        epochs: fitted.epochs.len() as u64,
        loss: fitted.epochs.last().copied(),
        objective: minimised.then_some(fitted.value),
        gradient: minimised.then_some(fitted.gradient),
        converged: minimised && fitted.converged,
        finished: true,
        best_epoch: None,
        remedy: fitted.remedy.clone().filter(|_| minimised),
    };
    Remarks { seed: job.seed, options, training }
}
