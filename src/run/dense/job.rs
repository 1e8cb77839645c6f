//! Training a model of rows by its settings.

use std::ops::ControlFlow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::curvature::Derivatives;
use crate::engine::Context;
use crate::error::Result;
use crate::model::Inputs;
use crate::model::dense::DenseModel;
use crate::tensor::Real;
use crate::train::{Method, minimise};

use super::DenseJob;

/// How a model of rows is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// The largest part of the objective's gradient at which training ends.
    pub gradient: f64,
    /// The most steps of minimising.
    pub most_iterations: usize,
    /// How a model that is not convex is trained before.
    pub optimiser: Method,
    /// The learning rate of that.
    pub learning_rate: f64,
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
    /// Whether that is within what was asked for.
    pub converged: bool,
}

/// How far a training has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The step or epoch.
    pub step: usize,
    /// The loss or objective.
    pub value: f64,
}

/// Trains a model on examples.
///
/// # Errors
/// [`Error::Argument`] for settings or examples that do not fit; what running the graph reports.
pub fn train<T: Real>(
    job: &DenseJob,
    inputs: &Arc<Inputs<T>>,
    context: &Context,
    progress: &dyn Fn(&Progress) -> ControlFlow<()>,
) -> Result<(DenseModel<T>, Fitted)> {
    let model = DenseModel::<T>::new(job.network.clone(), job.seed)?;
    let objective = Arc::new(job.network.objective()?);
    let mut derivatives =
        Derivatives::new(context, objective, model.parameters().to_vec(), inputs.clone(), None, None, 1 << 30)?;
    let start = derivatives.point();
    let tell = |now: &minimise::Progress| progress(&Progress { step: now.iteration, value: now.value });
    let options = minimise::Options {
        gradient: job.training.gradient,
        most_iterations: job.training.most_iterations,
        progress: Some(&tell),
        ..minimise::Options::default()
    };
    let found = minimise::minimise(&mut derivatives, &start, &options)?;
    derivatives.set_point(&found.x)?;
    let model = DenseModel::with_parameters(job.network.clone(), derivatives.parameters().to_vec())?;
    let fitted = Fitted {
        epochs: Vec::new(),
        iterations: found.iterations,
        value: found.value,
        gradient: found.gradient,
        converged: found.converged,
    };
    Ok((model, fitted))
}
