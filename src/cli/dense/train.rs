//! `ascribe train` on tables, images and messages.

use crate::tensor::{Precision, Real};
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use crate::data::{Dataset, FileSource, Origin};
use crate::engine::Workers;
use crate::error::{Error, Result};
use crate::run::dense::{self, Copied};
use crate::run::{AnyRun, DenseJob, DenseRun, FORMAT};
use crate::store;

use crate::cli::arguments::{Plan, Source, Train};
use crate::cli::output::{self, Progress};

/// The answer as JSON: what `info` says of the run.
#[derive(Debug, Serialize)]
struct Trained<'a> {
    command: &'static str,
    run: &'a PathBuf,
    #[serde(flatten)]
    description: &'a Value,
}

/// Trains and saves a run of rows.
pub(in crate::cli) fn train(options: &Train, source: &Source, workers: &Workers, json: bool) -> Result<String> {
    let plan = options.dense();
    // An hour of training is not to end at a folder that cannot be written.
    store::check(&options.out, FORMAT)?;
    let data = read(source, &plan)?;
    match plan.precision {
        Precision::F32 => train_as::<f32>(options, &plan, &data, workers, json),
        Precision::F64 => train_as::<f64>(options, &plan, &data, workers, json),
    }
}

fn read(source: &Source, plan: &Plan<'_>) -> Result<Dataset> {
    let (format, files) = match source {
        Source::Table(path) => ("table", vec![path.clone()]),
        Source::Messages(path) => ("messages", vec![path.clone()]),
        Source::Images(images, labels) => ("images", vec![images.clone(), labels.clone()]),
        Source::Triples(path) => ("triples", vec![path.clone()]),
    };
    let data = Dataset::load(format, &files, &plan.reading())?;
    data.samples()?.require_targets("the training data")?;
    if let ("logistic" | "hinge", classes) = (plan.model, data.classes())
        && classes.len() != 2
    {
        let what = format!("the number of classes for the model {}", plan.model);
        let expected = "two: choose them with --classes, or train a softmax";
        return Err(Error::argument(what, format!("{} ({})", classes.len(), classes.join(", ")), expected));
    }
    Ok(data)
}

fn train_as<T: Real>(
    options: &Train,
    plan: &Plan<'_>,
    data: &Dataset,
    workers: &Workers,
    json: bool,
) -> Result<String> {
    let job = DenseJob {
        model: plan.model.into(),
        network: plan.options()?.settings(data)?,
        training: plan.training.clone(),
        seed: plan.seed,
        precision: plan.precision,
    };
    let set = data.sample_set()?;
    let (origin, reading) = match set.source().cloned() {
        Some(FileSource { origin, reading }) => (origin, Some(reading)),
        None => (Origin { files: Vec::new() }, None),
    };
    let data = set.samples().clone();
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
