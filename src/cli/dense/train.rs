//! `ascribe train` on tables, images and messages.

use crate::tensor::{Precision, Real};
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use crate::data::{Encoding, Messages, Samples, Table, Targets, Task, WordEncoding};
use crate::engine::{Monitor, Workers};
use crate::error::{Error, Result};
use crate::run::dense::{self, Copied, Origin, Reading, only_classes};
use crate::run::{AnyRun, DenseJob, DenseRun, FORMAT};
use crate::store;

use crate::cli::arguments::{Plan, Rows, Source, Train};
use crate::cli::output::{self, Progress};

/// The answer as JSON: what `info` says of the run.
#[derive(Debug, Serialize)]
struct Trained<'a> {
    command: &'static str,
    run: &'a PathBuf,
    #[serde(flatten)]
    description: &'a Value,
}

/// Data as it was read, before training.
struct Read {
    origin: Origin,
    reading: Reading,
    data: Samples,
}

/// Trains and saves a run of rows.
pub(in crate::cli) fn train(options: &Train, source: &Source, workers: &Workers, json: bool) -> Result<String> {
    let plan = options.dense();
    // An hour of training is not to end at a folder that cannot be written.
    store::check(&options.out, FORMAT)?;
    let read = chosen(read(source, &plan)?, &plan)?;
    match plan.precision {
        Precision::F32 => train_as::<f32>(options, &plan, read, workers, json),
        Precision::F64 => train_as::<f64>(options, &plan, read, workers, json),
    }
}

fn read(source: &Source, plan: &Plan<'_>) -> Result<Read> {
    let (paths, network) = (paths(source), plan.network);
    let origin = Origin::of(&paths)?;
    let (reading, data) = match source {
        Source::Table(path, label) => {
            let table = Table::read(path)?;
            let task = if plan.numbers() { Task::Numbers } else { Task::Classes };
            let encoding = Encoding::learn(&table, label, task, &network.encoding())?;
            let data = encoding.encode(&table)?;
            (Reading::Table(encoding), data)
        }
        Source::Messages(path) => {
            let messages = Messages::read(path)?;
            let encoding = WordEncoding::learn(&messages, &network.words())?;
            let data = encoding.encode(&messages)?;
            (Reading::Messages(encoding), data)
        }
        Source::Images(..) | Source::Triples(_) => {
            let reading = Reading::Images(network.pixels);
            let data = reading.read(&paths)?;
            (reading, data)
        }
    };
    Ok(Read { origin, reading, data })
}

fn paths(source: &Source) -> Vec<PathBuf> {
    match source {
        Source::Images(images, labels) => vec![images.clone(), labels.clone()],
        Source::Table(path, _) | Source::Messages(path) | Source::Triples(path) => vec![path.clone()],
    }
}

/// The rows that are trained on.
fn chosen(mut read: Read, plan: &Plan<'_>) -> Result<Read> {
    let network = plan.network;
    if let Some(rows) = &network.rows {
        let mut places = Rows::places(rows, &read.data, &[], "a row to train on")?;
        places.sort_unstable();
        read.data = read.data.select(&places)?;
    }
    if let Some(classes) = &network.classes {
        read.data = only_classes(&read.data, classes)?;
    }
    if let Some(limit) = network.limit {
        let places: Vec<usize> = (0..read.data.len().min(limit)).collect();
        read.data = read.data.select(&places)?;
    }
    read.data.require_targets("the training data")?;
    if let ("logistic" | "hinge", Targets::Classes { names, .. }) = (plan.model, &read.data.targets)
        && names.len() != 2
    {
        let what = format!("the number of classes for the model {}", plan.model);
        let expected = "two: choose them with --classes, or train a softmax";
        return Err(Error::argument(what, format!("{} ({})", names.len(), names.join(", ")), expected));
    }
    Ok(read)
}

fn train_as<T: Real>(options: &Train, plan: &Plan<'_>, read: Read, workers: &Workers, json: bool) -> Result<String> {
    let Read { origin, reading, data } = read;
    let classes = match &data.targets {
        Targets::Classes { names, .. } => names.len(),
        _ => 0,
    };
    let job = DenseJob {
        model: plan.model.into(),
        network: plan.settings(&data.features.shape()[1..], classes)?,
        training: plan.training.clone(),
        seed: plan.seed,
        precision: plan.precision,
    };
    let inputs = Arc::new(job.network.inputs::<T>(&data)?);
    let convex = job.network.is_convex();
    let bar = Progress::new("training", if convex { job.training.max_iterations } else { job.training.epochs });
    let trained = dense::train(&job, &inputs, workers, &bar.monitor());
    drop(bar);
    let (model, fitted) = trained?;
    let copied = if plan.network.reference_data { Copied::Never } else { Copied::UnlessLarge };
    let run = DenseRun { job, origin, reading, data, copied, model, fitted, initial: None, remarks: None };
    run.save(&options.out)?;
    let description = AnyRun::describe(&options.out)?;
    if json {
        return output::json(&Trained { command: "train", run: &options.out, description: &description });
    }
    let mut text =
        format!("trained {} on {} rows of {} features", plan.model, run.data.len(), run.data.features.row_width());
    if !run.classes().is_empty() {
        text += &format!(" and {} classes", run.classes().len());
    }
    text += &format!("\n{}saved to {}\n", course(&run), output::plain(&options.out.display().to_string()));
    Ok(text)
}

/// How a training went, in a line or two.
fn course<T>(run: &DenseRun<T>) -> String {
    super::info::course(&run.fitted, &run.job)
}
