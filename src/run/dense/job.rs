//! Training a model of rows by its settings.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::engine::{Monitor, Workers};
use crate::error::Result;
use crate::models::network::NetworkModel;
use crate::objective::Derivatives;
use crate::objective::Inputs;
use crate::solve;
use crate::tensor::{Array, Real};
use crate::train::minimize::{self, minimize_objective};
use crate::train::{InputExamples, Optimizer, Reduction, Schedule, StepPlan, TrainerOptions, TrainingSpec, Untracked};

use super::DenseJob;

/// The bytes that may be kept between products with the Hessian in training.
const MEMORY: usize = 1 << 30;

/// How a model of rows is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// The max-norm of the objective's gradient at which training ends.
    pub gradient: f64,
    /// The most steps of minimizing.
    #[serde(alias = "most_iterations")]
    pub max_iterations: usize,
    /// Whether a model that is not convex is minimized after its epochs; one that is convex is minimized anyway.
    pub polish: bool,
    /// How a model that is not convex is trained before.
    #[serde(alias = "optimiser")]
    pub optimizer: Optimizer,
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
    /// Steps of minimizing.
    pub iterations: usize,
    /// The objective at the end: mean loss and penalty.
    pub value: f64,
    /// The max-norm of its gradient there.
    pub gradient: f64,
    /// Whether that is within what was asked for, and the point a minimum.
    pub converged: bool,
    /// What to do when it is not.
    #[serde(alias = "remedy")]
    pub hint: Option<String>,
}

impl Fitted {
    /// Fills in where the objective stands that was not minimized.
    ///
    /// # Errors
    /// [`Error::NotFinite`](crate::Error::NotFinite) when the objective is not finite there; what running the graph reports.
    pub fn evaluate<T: Real>(
        &mut self,
        job: &DenseJob,
        parameters: Vec<Array<T>>,
        inputs: &Arc<Inputs<T>>,
        workers: &Workers,
    ) -> Result<()> {
        let objective = Arc::new(job.network.objective()?);
        let mut derivatives = Derivatives::new(workers, objective, parameters, inputs.clone(), None, None, 0)?;
        let mut slopes = vec![0.0; derivatives.dimension()];
        self.value = derivatives.value_and_gradient(&mut slopes)?;
        self.gradient = solve::max_norm(&slopes);
        self.converged = self.gradient <= job.training.gradient;
        self.hint = (!self.converged).then(|| "train longer, or minimize after the epochs".to_owned());
        Ok(())
    }
}

/// Trains a model on examples: by epochs of steps unless its objective is convex, and by minimization where it is or the
/// job asks for that.
///
/// # Errors
/// [`Error::Argument`](crate::Error::Argument) for settings or examples that do not fit;
/// [`Error::NotFinite`](crate::Error::NotFinite) when the training diverges; [`Error::Canceled`](crate::Error::Canceled)
/// when the monitor breaks; what running the graph reports.
pub fn train<T: Real>(
    job: &DenseJob,
    inputs: &Arc<Inputs<T>>,
    workers: &Workers,
    monitor: &Monitor,
) -> Result<(NetworkModel<T>, Fitted)> {
    let Training { gradient, max_iterations, polish, optimizer, learning_rate, schedule, batch, epochs } = job.training;
    let objective = Arc::new(job.network.objective()?);
    let mut parameters = NetworkModel::new(job.network.clone(), job.seed)?.parameters().to_vec();
    let mut fitted = Fitted::default();
    if !job.network.is_convex() {
        let options = TrainerOptions { method: optimizer, learning_rate, schedule, epochs, batch, seed: job.seed };
        let plan = Arc::new(StepPlan::new(&objective, Reduction::Mean)?);
        let examples = InputExamples::new(&plan, inputs.clone())?;
        let mut training = TrainingSpec::new(plan, options, parameters).start(inputs.count(), None, Untracked)?;
        training.advance(u64::MAX, &examples, workers, monitor)?;
        fitted.epochs = training.outcome().losses();
        parameters = training.into_parts().0;
    }
    if job.network.is_convex() || polish {
        let options = minimize::Options {
            gradient_tolerance: gradient,
            max_iterations,
            monitor: monitor.clone(),
            ..minimize::Options::default()
        };
        let mut derivatives = Derivatives::new(workers, objective, parameters, inputs.clone(), None, None, MEMORY)?;
        let found = minimize_objective(&mut derivatives, |at| job.network.is_separated(at), &options)?;
        parameters = derivatives.parameters().to_vec();
        fitted.iterations = found.iterations;
        (fitted.value, fitted.gradient) = (found.value, found.gradient_norm);
        (fitted.converged, fitted.hint) = (found.converged, found.hint);
    } else {
        fitted.evaluate(job, parameters.clone(), inputs, workers)?;
    }
    Ok((NetworkModel::with_parameters(job.network.clone(), parameters)?, fitted))
}
