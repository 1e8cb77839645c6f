//! Training of models of rows and images.
//!
//! Where the objective is convex it is minimized; otherwise there are epochs of batches, and after them, if asked for,
//! minimizing from where they ended. The gradient of a batch is the **mean** over the examples that it has in the full
//! training, times their weights, so the learning rate does not depend on the size of a batch. An example of weight zero
//! leaves order, batches and means of the others as they are.

use std::cell::RefCell;
use std::f64::consts::LN_2;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::engine::Workers;
use crate::error::Result;
use crate::models::network::{NetworkLoss, NetworkModel, NetworkSettings};
use crate::objective::Derivatives;
use crate::objective::{Inputs, Objective};
use crate::tensor::{Array, Real};

use super::minimize::{self, Minimum, descend};
use super::trainer::TrainerOptions;

mod epochs;

pub use epochs::Epochs;

/// Who is told how far training has come, on the calling thread; a break ends the call.
pub type Tell<'a> = &'a mut dyn FnMut(&DenseProgress) -> ControlFlow<()>;

/// How a model of rows or images is trained.
#[derive(Clone, Copy, Debug)]
pub struct DenseOptions {
    /// The epochs of batches, for objectives that are not convex. The learning rate is that of the mean of a batch.
    pub trainer: TrainerOptions,
    /// Whether to minimize after the epochs. A convex objective is always minimized.
    pub polish: bool,
    /// The largest part of the gradient at which minimizing ends.
    pub gradient: f64,
    /// The most steps of minimizing.
    pub max_iterations: usize,
    /// How many bytes may be spent on what is kept between products with the Hessian.
    pub memory: usize,
}

/// How far training has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DenseProgress {
    /// After an epoch of batches.
    Epoch {
        /// The epochs done.
        epoch: usize,
        /// The epochs asked for.
        epochs: usize,
        /// The weighted mean of the examples' losses, penalty included, each as its batch met it.
        loss: f64,
    },
    /// After a step of minimizing.
    Step {
        /// The steps done.
        iteration: usize,
        /// The objective.
        value: f64,
        /// The largest part of its gradient.
        gradient: f64,
    },
}

/// How training went.
#[derive(Clone, Debug, Default)]
pub struct DenseReport {
    /// The mean loss of each epoch; none where the objective was minimized at once.
    pub losses: Vec<f64>,
    /// Where minimizing ended, and what to do when that is no minimum.
    pub minimum: Option<Minimum>,
}

/// Trains a model, from the parameters that it has.
///
/// `weights` are the examples' weights, all one if absent. `progress` is called on the calling thread.
///
/// # Errors
/// As [`DenseTraining::new`], [`DenseTraining::advance`] and [`DenseTraining::finish`].
pub fn train<T: Real>(
    model: &NetworkModel<T>,
    inputs: &Arc<Inputs<T>>,
    weights: Option<&[f64]>,
    options: &DenseOptions,
    workers: &Workers,
    progress: Tell<'_>,
) -> Result<(Vec<Array<T>>, DenseReport)> {
    let mut training = DenseTraining::new(model, inputs.clone(), weights, *options)?;
    training.advance(u64::MAX, workers, progress)?;
    training.finish(workers, progress)
}

/// A training of a model of rows or images that can be interrupted after any step of its epochs and go on from there.
#[derive(Debug)]
pub struct DenseTraining<T> {
    settings: NetworkSettings,
    objective: Arc<Objective>,
    initial: Vec<Array<T>>,
    inputs: Arc<Inputs<T>>,
    weights: Vec<f64>,
    options: DenseOptions,
    /// None where the objective is convex.
    epochs: Option<Epochs<T>>,
}

impl<T: Real> DenseTraining<T> {
    /// A training at its beginning, from the parameters that the model has. `weights` are the examples' weights, all one if
    /// absent.
    ///
    /// # Errors
    /// As [`Epochs::new`], and what the graph's operations report.
    pub fn new(
        model: &NetworkModel<T>,
        inputs: Arc<Inputs<T>>,
        weights: Option<&[f64]>,
        options: DenseOptions,
    ) -> Result<Self> {
        let settings = model.settings().clone();
        let objective = Arc::new(settings.objective()?);
        let initial = model.parameters().to_vec();
        let weights = epochs::weights_of(inputs.count(), weights)?;
        let epochs = match settings.is_convex() {
            true => None,
            false => Some(Epochs::new(&objective, initial.clone(), inputs.clone(), Some(&weights), options.trainer)?),
        };
        Ok(Self { settings, objective, initial, inputs, weights, options, epochs })
    }

    /// Takes at most `steps` steps of the epochs of batches, and tells whether they are done: at once where there are none.
    ///
    /// # Errors
    /// As [`Epochs::advance`].
    pub fn advance(&mut self, steps: u64, workers: &Workers, progress: Tell<'_>) -> Result<bool> {
        self.epochs.as_mut().map_or(Ok(true), |epochs| epochs.advance(steps, workers, progress))
    }

    /// The epochs of batches, for objectives that are not convex.
    pub fn epochs(&self) -> Option<&Epochs<T>> {
        self.epochs.as_ref()
    }

    /// The examples.
    pub fn inputs(&self) -> &Arc<Inputs<T>> {
        &self.inputs
    }

    /// The parameters as they are now.
    pub fn parameters(&self) -> &[Array<T>] {
        self.epochs.as_ref().map_or(&self.initial, Epochs::parameters)
    }

    /// Minimizes from where the epochs of batches have come to, if that is asked for or the objective is convex, and gives
    /// the parameters. The training itself stays where it is.
    ///
    /// # Errors
    /// [`Error::Argument`](crate::Error::Argument) for inputs or options that do not fit; [`Error::NotFinite`] when
    /// the objective is not finite there; [`Error::Canceled`] when `progress` asks to stop.
    ///
    /// [`Error::NotFinite`]: crate::Error::NotFinite
    /// [`Error::Canceled`]: crate::Error::Canceled
    pub fn finish(&self, workers: &Workers, progress: Tell<'_>) -> Result<(Vec<Array<T>>, DenseReport)> {
        let Self { settings, objective, inputs, weights, options, .. } = self;
        let parameters = self.parameters().to_vec();
        let losses = self.epochs.as_ref().map_or_else(Vec::new, |epochs| epochs.losses().to_vec());
        if !(settings.is_convex() || options.polish) {
            return Ok((parameters, DenseReport { losses, minimum: None }));
        }
        let progress = RefCell::new(progress);
        let tell = |at: &minimize::Progress| {
            let step = DenseProgress::Step { iteration: at.iteration, value: at.value, gradient: at.gradient };
            (*progress.borrow_mut())(&step)
        };
        let minimizing = minimize::Options {
            gradient: options.gradient,
            max_iterations: options.max_iterations,
            progress: Some(&tell),
            ..minimize::Options::default()
        };
        let (objective, inputs) = (objective.clone(), inputs.clone());
        let mut derivatives =
            Derivatives::new(workers, objective, parameters, inputs, Some(weights), None, options.memory)?;
        let mut found = descend(&mut derivatives, &minimizing)?;
        if found.converged && is_separated(settings, &mut derivatives)? {
            found.converged = false;
            found.hint = Some(
                "the classes can be separated, so that larger weights are always better: there is no minimum; add a \
                 penalty (l2 above zero)"
                    .into(),
            );
        }
        Ok((derivatives.parameters().to_vec(), DenseReport { losses, minimum: Some(found) }))
    }
}

/// Whether every example is on its own side of a linear model without penalty: then no parameters are the best.
fn is_separated<T: Real>(settings: &NetworkSettings, derivatives: &mut Derivatives<T>) -> Result<bool> {
    let boundary = match settings.loss {
        // A softmax that gives the true class more than a half has it in front.
        NetworkLoss::Logistic | NetworkLoss::Softmax => LN_2,
        NetworkLoss::Hinge { smoothing } if smoothing > 0.0 => 1.0 + smoothing * (-1.0 / smoothing).exp().ln_1p(),
        _ => return Ok(false),
    };
    if settings.l2 > 0.0 || !settings.is_convex() {
        return Ok(false);
    }
    let losses = derivatives.losses()?;
    Ok(losses.iter().zip(derivatives.weights()).all(|(loss, weight)| weight == 0.0 || *loss < boundary))
}
