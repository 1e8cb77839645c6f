//! Networks as runs.

use std::path::Path;
use std::sync::Arc;

use crate::data::{FileSource, Origin, SampleSet, Samples};
use crate::engine::Workers;
use crate::error::Result;
use crate::models::network::{Layer, NetworkLoss, NetworkModel, NetworkSettings};
use crate::objective::Inputs;
use crate::run::dense::{self, Copied, Fitted};
use crate::run::{DenseJob, DenseRun, same_bits};
use crate::session::model::{Record, State};
use crate::session::trainer::{Descent, Training, TrainingOptions, by_optimizer, minimized, trainer_options};
use crate::session::{Dataset, Model};
use crate::tensor::{Array, Real};
use crate::train::TrainerOptions;

use super::{Loaded, Remarks, before};

/// A model as a run.
pub(super) fn run<T: Real>(
    model: &Model,
    settings: &NetworkSettings,
    state: &State<T>,
    record: &Record,
) -> Result<DenseRun<T>> {
    let job = job::<T>(settings, &record.options);
    let set = record.data.sample_set()?;
    let mut data = Samples::clone(set.samples());
    // Rows may be given flat to a model of images.
    let shape: Vec<usize> = std::iter::once(data.len()).chain(settings.features.iter().copied()).collect();
    let reshaped = data.features.shape() != shape;
    if reshaped {
        data.features = Array::new(&shape, data.features.into_values())?;
    }
    let (origin, reading, copied) = match set.source() {
        None => (Origin { files: Vec::new() }, None, Copied::Always),
        Some(FileSource { origin, reading }) => {
            let copied = if set.is_altered() || reshaped { Copied::Always } else { Copied::UnlessLarge };
            (origin.clone(), Some(reading.clone()), copied)
        }
    };
    let initial = before(model, state.initial.as_ref())?;
    let made = NetworkModel::<T>::new(settings.clone(), job.seed)?;
    Ok(DenseRun {
        fitted: fitted(model, &job, state, record)?,
        job,
        origin,
        reading,
        data,
        copied,
        model: NetworkModel::with_parameters(settings.clone(), state.parameters.to_vec())?,
        initial: (!same_bits(made.parameters(), &initial)).then_some(initial),
        remarks: Some(Remarks::of(model, record).write()?),
    })
}

/// Options of a training in the words of the command line.
fn job<T: Real>(settings: &NetworkSettings, options: &TrainingOptions) -> DenseJob {
    let TrainerOptions { method, learning_rate, schedule, epochs, batch, seed } = trainer_options(options);
    let training = dense::Training {
        gradient: options.gradient,
        max_iterations: options.iterations,
        polish: minimized(settings, options) && !settings.is_convex(),
        optimizer: method,
        learning_rate,
        schedule,
        batch,
        // What is minimized at once goes through none.
        epochs: if by_optimizer(options) || settings.is_convex() { epochs } else { 0 },
    };
    DenseJob { model: called(settings).into(), network: settings.clone(), training, seed, precision: T::PRECISION }
}

/// What the command line calls such a model.
fn called(settings: &NetworkSettings) -> &'static str {
    let windows = |layer: &Layer| matches!(layer, Layer::Convolution { .. });
    match settings.loss {
        _ if settings.layers.iter().any(windows) => "cnn",
        _ if !settings.is_convex() => "mlp",
        NetworkLoss::Squared => "linear",
        NetworkLoss::Logistic => "logistic",
        NetworkLoss::Hinge { .. } => "hinge",
        NetworkLoss::Softmax => "softmax",
    }
}

/// How the training went, in the words of the command line.
fn fitted<T: Real>(model: &Model, job: &DenseJob, state: &State<T>, record: &Record) -> Result<Fitted> {
    let Training { steps, objective, gradient, converged, hint, .. } = record.training.clone();
    let mut fitted = Fitted { epochs: record.losses.clone(), ..Fitted::default() };
    match (objective, gradient) {
        (Some(value), Some(gradient)) => {
            let batches = record.data.len().div_ceil(job.training.batch.max(1)) as u64;
            fitted.iterations = steps.saturating_sub(batches * record.losses.len() as u64) as usize;
            (fitted.value, fitted.gradient) = (value, gradient);
            (fitted.converged, fitted.hint) = (converged, hint);
        }
        _ => {
            let inputs: Arc<Inputs<T>> = Arc::new(model.family.examples(&record.data, 0)?);
            fitted.evaluate(job, state.parameters.to_vec(), &inputs, &Workers::single())?;
        }
    }
    Ok(fitted)
}

/// The model of a run.
pub(super) fn load<T: Real>(folder: &Path, run: DenseRun<T>) -> Result<Loaded<T>> {
    let remarks = match &run.remarks {
        Some(remarks) => Remarks::read(folder, remarks.clone())?,
        None => of_run(&run),
    };
    let DenseRun { job, origin, reading, data, copied, model, fitted, initial, .. } = run;
    let initial = match initial {
        Some(initial) => initial,
        None => Arc::new(NetworkModel::new(job.network.clone(), job.seed)?.parameters().to_vec()),
    };
    let state = State::loaded(Arc::new(model.parameters().to_vec()), None, initial);
    let source = reading.map(|reading| FileSource { origin, reading });
    let data = Dataset::from(SampleSet::new(data, source, copied == Copied::Always));
    let Remarks { seed, options, training } = remarks;
    let record = Record { data, options, training, outcome: None, losses: fitted.epochs, validation: None };
    Ok(Loaded { family: Arc::new(job.network), seed, state, record })
}

/// What is known of a run of the command line.
fn of_run<T>(run: &DenseRun<T>) -> Remarks {
    let DenseRun { job, fitted, data, .. } = run;
    let dense::Training { gradient, max_iterations, polish, optimizer, learning_rate, schedule, batch, epochs } =
        job.training.clone();
    let convex = job.network.is_convex();
    let options = TrainingOptions {
        descent: if convex { Descent::Minimize } else { Descent::Steps(optimizer) },
        learning_rate,
        schedule,
        epochs,
        batch: Some(batch),
        gradient,
        iterations: max_iterations,
        polish,
        seed: Some(job.seed),
        ..TrainingOptions::default()
    };
    let minimized = convex || polish;
    let batches = fitted.epochs.len() * data.len().div_ceil(batch.max(1));
    let training = Training {
        steps: (batches + fitted.iterations) as u64,
        epochs: fitted.epochs.len() as u64,
        loss: fitted.epochs.last().copied(),
        objective: minimized.then_some(fitted.value),
        gradient: minimized.then_some(fitted.gradient),
        converged: minimized && fitted.converged,
        finished: true,
        best_epoch: None,
        hint: fitted.hint.clone().filter(|_| minimized),
    };
    Remarks { seed: job.seed, options, training }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Monitor;
    use crate::session::number::Either;
    use crate::session::{Context, NetworkOptions, TableOptions};

    #[test]
    fn only_rows_that_files_give_again_may_be_left_to_them() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rows.csv");
        std::fs::write(&file, "a,b,c\n1,2,no\n3,1,yes\n2,2,no\n0,4,yes\n").unwrap();
        let context = Arc::new(Context::default());
        let data = Dataset::load_table(&file, &TableOptions::default()).unwrap();
        let mut relabeled = data.clone();
        relabeled.set_labels(&[0, 0, 1, 1], 2).unwrap();
        let part = data.select(&[3, 1, 0]).unwrap();
        let part_of_relabeled = relabeled.select(&[3, 1, 0]).unwrap();
        for (data, expected) in [
            (&data, Copied::UnlessLarge),
            (&part, Copied::UnlessLarge),
            (&relabeled, Copied::Always),
            (&part_of_relabeled, Copied::Always),
        ] {
            let mut model =
                Model::network(&context, data, &NetworkOptions { l2: 0.1, ..NetworkOptions::default() }).unwrap();
            model.fit(&context, data, &TrainingOptions::default(), &Monitor::default()).unwrap();
            let (Some(settings), Either::Double(state), Some(record)) =
                (model.family.downcast(), &model.state, model.record.as_deref())
            else {
                panic!("a trained network in double precision")
            };
            let run = run(&model, settings, state, record).unwrap();
            assert_eq!(run.copied, expected);
            // What may be left to the files is left to them here, and comes back the same.
            let copied = if run.copied == Copied::UnlessLarge { Copied::Never } else { run.copied };
            let path = folder.path().join("run");
            DenseRun { copied, ..run }.save(&path).unwrap();
            let loaded = Model::load(&path).unwrap();
            assert_eq!(loaded.data().unwrap().samples().unwrap(), data.samples().unwrap());
            assert_eq!(loaded.data().unwrap().sample_set().unwrap().is_altered(), copied == Copied::Always);
        }
    }
}
