//! Training a model of rows by its settings.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::curvature::Derivatives;
use crate::engine::Context;
use crate::error::Result;
use crate::model::Inputs;
use crate::model::dense::DenseModel;
use crate::tensor::Real;
use crate::train::dense::{DenseOptions, DenseTraining, Tell};
use crate::train::{Method, Schedule, TrainerOptions};

use super::DenseJob;

/// The bytes that may be kept between products with the Hessian in training.
const MEMORY: usize = 1 << 30;

/// How a model of rows is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// The largest part of the objective's gradient at which training ends.
    pub gradient: f64,
    /// The most steps of minimising.
    pub most_iterations: usize,
    /// Whether a model that is not convex is minimised after its epochs; one that is convex is minimised anyway.
    pub polish: bool,
    /// How a model that is not convex is trained before.
    pub optimiser: Method,
    /// The learning rate of that, for the mean of a batch.
    pub learning_rate: f64,
    /// How the learning rate falls.
    pub schedule: Schedule,
    /// The examples in a batch.
    pub batch: usize,
    /// How often that goes through all examples.
    pub epochs: usize,
}

/// How a training of rows went.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fitted {
    /// The mean loss of each epoch.
    pub epochs: Vec<f64>,
    /// Steps of minimising.
    pub iterations: usize,
    /// The objective at the end: mean loss and penalty.
    pub value: f64,
    /// The largest part of its gradient there.
    pub gradient: f64,
    /// Whether that is within what was asked for, and the point a minimum.
    pub converged: bool,
    /// What to do when it is not.
    pub remedy: Option<String>,
}

/// Trains a model on examples.
///
/// # Errors
/// [`Error::Argument`](crate::Error::Argument) for settings or examples that do not fit;
/// [`Error::NotFinite`](crate::Error::NotFinite) when the training diverges; [`Error::Cancelled`](crate::Error::Cancelled)
/// when `progress` breaks; what running the graph reports.
pub fn train<T: Real>(
    job: &DenseJob,
    inputs: &Arc<Inputs<T>>,
    context: &Context,
    progress: Tell<'_>,
) -> Result<(DenseModel<T>, Fitted)> {
    let mut training = start(job, inputs)?;
    training.advance(u64::MAX, context, progress)?;
    finish(job, &training, context, progress)
}

/// Begins a training that can be interrupted after any step of its epochs and go on from there.
///
/// # Errors
/// [`Error::Argument`](crate::Error::Argument) for settings or examples that do not fit.
pub fn start<T: Real>(job: &DenseJob, inputs: &Arc<Inputs<T>>) -> Result<DenseTraining<T>> {
    let Training { gradient, most_iterations, polish, optimiser, learning_rate, schedule, batch, epochs } =
        job.training.clone();
    let trainer = TrainerOptions { method: optimiser, learning_rate, schedule, epochs, batch, seed: job.seed };
    let options = DenseOptions { trainer, polish, gradient, most_iterations, memory: MEMORY };
    DenseTraining::new(&DenseModel::new(job.network.clone(), job.seed)?, inputs.clone(), None, options)
}

/// Minimises from where a training has come to, if its job asks for that, and gives the model.
///
/// # Errors
/// As [`DenseTraining::finish`].
pub fn finish<T: Real>(
    job: &DenseJob,
    training: &DenseTraining<T>,
    context: &Context,
    progress: Tell<'_>,
) -> Result<(DenseModel<T>, Fitted)> {
    let (parameters, report) = training.finish(context, progress)?;
    let mut fitted = Fitted { epochs: report.losses, ..Fitted::default() };
    match report.minimum {
        Some(found) => {
            fitted.iterations = found.iterations;
            (fitted.value, fitted.gradient) = (found.value, found.gradient);
            (fitted.converged, fitted.remedy) = (found.converged, found.remedy);
        }
        None => {
            let objective = Arc::new(job.network.objective()?);
            let mut derivatives =
                Derivatives::new(context, objective, parameters.clone(), training.inputs().clone(), None, None, 0)?;
            let mut slopes = vec![0.0; derivatives.dimension()];
            fitted.value = derivatives.value_and_gradient(&mut slopes)?;
            fitted.gradient = slopes.iter().fold(0.0, |most, part| f64::max(most, part.abs()));
            fitted.converged = fitted.gradient <= job.training.gradient;
            fitted.remedy = (!fitted.converged).then(|| "train longer, or minimise after the epochs".to_owned());
        }
    }
    Ok((DenseModel::with_parameters(job.network.clone(), parameters)?, fitted))
}
