//! Training of models of rows and images.
//!
//! Where the objective is convex it is minimised; otherwise there are epochs of batches, and after them, if asked for,
//! minimising from where they ended. The gradient of a batch is the **mean** over the examples that it has in the full
//! training, times their weights, so the learning rate does not depend on the size of a batch. An example of weight zero
//! leaves order, batches and means of the others as they are.

use std::cell::RefCell;
use std::f64::consts::LN_2;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::autodiff::gradient;
use crate::curvature::Derivatives;
use crate::engine::{Context, Execution, Operands, Program};
use crate::error::{Error, Result};
use crate::model::Inputs;
use crate::model::dense::{DenseLoss, DenseModel, DenseSettings};
use crate::tensor::{Array, Real};

use super::minimise::{self, Minimum, minimise};
use super::optimiser::Table;
use super::plan::TableShape;
use super::trainer::{TrainerOptions, order};

/// How a model of rows or images is trained.
#[derive(Clone, Copy, Debug)]
pub struct DenseOptions {
    /// The epochs of batches, for objectives that are not convex. The learning rate is that of the mean of a batch.
    pub trainer: TrainerOptions,
    /// Whether to minimise after the epochs. A convex objective is always minimised.
    pub polish: bool,
    /// The largest part of the gradient at which minimising ends.
    pub gradient: f64,
    /// The most steps of minimising.
    pub most_iterations: usize,
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
    /// After a step of minimising.
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
    /// The mean loss of each epoch; none where the objective was minimised at once.
    pub losses: Vec<f64>,
    /// Where minimising ended, and what to do when that is no minimum.
    pub minimum: Option<Minimum>,
}

/// Trains a model, from the parameters that it has.
///
/// `weights` are the examples' weights, all one if absent. `progress` is called on the calling thread.
///
/// # Errors
/// [`Error::Argument`] for inputs, weights or options that do not fit; [`Error::NotFinite`] when a loss or weight becomes
/// NaN or infinite; [`Error::Cancelled`] when `progress` asks to stop.
pub fn train<T: Real>(
    model: &DenseModel<T>,
    inputs: &Arc<Inputs<T>>,
    weights: Option<&[f64]>,
    options: &DenseOptions,
    context: &Context,
    progress: &mut dyn FnMut(&DenseProgress) -> ControlFlow<()>,
) -> Result<(Vec<Array<T>>, DenseReport)> {
    let settings = model.settings();
    let objective = Arc::new(settings.objective()?);
    let parameters = model.parameters().to_vec();
    // This also checks inputs and weights, and compiles nothing yet.
    let mut derivatives =
        Derivatives::new(context, objective, parameters, inputs.clone(), weights, None, options.memory)?;
    let mut report = DenseReport::default();
    if !settings.is_convex() {
        let mut parameters = derivatives.parameters().to_vec();
        report.losses = epochs(settings, &mut parameters, inputs, &derivatives.weights(), options, context, progress)?;
        let point = derivatives.layout().flatten(&parameters);
        derivatives.set_point(&point)?;
    }
    if settings.is_convex() || options.polish {
        let progress = RefCell::new(progress);
        let tell = |at: &minimise::Progress| {
            let step = DenseProgress::Step { iteration: at.iteration, value: at.value, gradient: at.gradient };
            (*progress.borrow_mut())(&step)
        };
        let minimising = minimise::Options {
            gradient: options.gradient,
            most_iterations: options.most_iterations,
            progress: Some(&tell),
            ..minimise::Options::default()
        };
        let start = derivatives.point();
        let mut found = minimise(&mut derivatives, &start, &minimising)?;
        derivatives.set_point(&found.x)?;
        if found.converged && is_separated(settings, &mut derivatives)? {
            found.converged = false;
            found.remedy = Some(
                "the classes can be separated, so that larger weights are always better: there is no minimum; add a \
                 penalty (l2 above zero)"
                    .into(),
            );
        }
        report.minimum = Some(found);
    }
    Ok((derivatives.parameters().to_vec(), report))
}

/// Whether every example is on its own side of a linear model without penalty: then no parameters are the best.
fn is_separated<T: Real>(settings: &DenseSettings, derivatives: &mut Derivatives<T>) -> Result<bool> {
    let boundary = match settings.loss {
        // A softmax that gives the true class more than a half has it in front.
        DenseLoss::Logistic | DenseLoss::Softmax => LN_2,
        DenseLoss::Hinge { smoothing } if smoothing > 0.0 => 1.0 + smoothing * (-1.0 / smoothing).exp().ln_1p(),
        _ => return Ok(false),
    };
    if settings.l2 > 0.0 || !settings.is_convex() {
        return Ok(false);
    }
    let losses = derivatives.losses()?;
    Ok(losses.iter().zip(derivatives.weights()).all(|(loss, weight)| weight == 0.0 || *loss < boundary))
}

/// A batch as a program reads it: the model's inputs, and behind them the examples' shares of the mean.
struct Batch<'a, T> {
    parameters: &'a [Array<T>],
    numbers: &'a [Vec<T>],
    ids: &'a [Vec<u32>],
}

impl<T: Real> Operands<T> for Batch<'_, T> {
    fn parameter(&self, slot: usize) -> &[T] {
        self.parameters[slot].values()
    }

    fn real(&self, slot: usize) -> &[T] {
        &self.numbers[slot]
    }

    fn index(&self, slot: usize) -> &[u32] {
        self.ids.get(slot).map_or(&[], Vec::as_slice)
    }
}

/// Trains all epochs and gives the mean loss of each.
fn epochs<T: Real>(
    settings: &DenseSettings,
    parameters: &mut [Array<T>],
    inputs: &Inputs<T>,
    weights: &[f64],
    options: &DenseOptions,
    context: &Context,
    progress: &mut dyn FnMut(&DenseProgress) -> ControlFlow<()>,
) -> Result<Vec<f64>> {
    let options = &options.trainer;
    options.check()?;
    let objective = settings.objective()?;
    let mut graph = objective.graph.clone();
    let total = objective.total(&mut graph)?;
    let share = graph.input("the share of an example", &[])?;
    let shared = graph.mul(share, total)?;
    let slots = graph.parameters().to_vec();
    let mut outputs = vec![shared];
    outputs.extend(gradient(&mut graph, shared, &slots)?);
    let mut execution: Execution<T> = Execution::new(Program::compile(&graph, &outputs, &[])?, 0);
    let shape = |array: &Array<T>| TableShape { rows: 1, width: array.values().len() };
    let mut tables: Vec<Table<T>> = parameters.iter().map(|array| Table::new(shape(array), options.method)).collect();
    let width = objective.graph.inputs().len();
    let mut numbers: Vec<Vec<T>> = vec![Vec::new(); width + 1];
    let mut ids: Vec<Vec<u32>> = vec![Vec::new(); width];
    let weight: f64 = weights.iter().sum();
    let (mut losses, mut steps) = (Vec::with_capacity(options.epochs), 0);
    for epoch in 0..options.epochs {
        let order = order(options.seed, epoch, inputs.count());
        let mut sum = 0.0;
        for (number, members) in order.chunks(options.batch).enumerate() {
            if members.iter().all(|example| weights[*example as usize] == 0.0) {
                continue;
            }
            numbers.iter_mut().for_each(Vec::clear);
            ids.iter_mut().for_each(Vec::clear);
            for example in members.iter().map(|example| *example as usize) {
                for slot in 0..width {
                    numbers[slot].extend_from_slice(inputs.numbers_of(slot, example));
                    ids[slot].extend_from_slice(inputs.ids_of(slot, example));
                }
                numbers[width].push(T::from_f64(weights[example] / members.len() as f64));
            }
            let batch = Batch { parameters, numbers: &numbers, ids: &ids };
            execution.run(context, &batch, members.len())?;
            steps += 1;
            for (position, example) in members.iter().enumerate() {
                let loss = execution.example(0, position)[0].to_f64() * members.len() as f64;
                if !loss.is_finite() {
                    let place = format!("step {steps} (epoch {}, example {example})", epoch + 1);
                    return Err(diverged("the loss", loss, place, options));
                }
                sum += loss;
            }
            let time = epoch as f64 + (number * options.batch) as f64 / order.len() as f64;
            let rate = options.schedule.rate(options.learning_rate, time, options.epochs);
            for (slot, (table, array)) in tables.iter_mut().zip(parameters.iter_mut()).enumerate() {
                table.clear();
                table.add_whole(execution.shared(1 + slot), members.len() as u32);
                table.apply(options.method, rate, steps, array.values_mut());
            }
        }
        if let Some(value) = parameters.iter().flat_map(|array| array.values()).find(|x| !x.is_finite()) {
            let place = format!("step {steps} (epoch {})", epoch + 1);
            return Err(diverged("a weight", value.to_f64(), place, options));
        }
        losses.push(sum / weight);
        let told = DenseProgress::Epoch { epoch: epoch + 1, epochs: options.epochs, loss: sum / weight };
        if progress(&told).is_break() {
            return Err(Error::Cancelled { place: format!("epoch {} of {}", epoch + 1, options.epochs) });
        }
    }
    Ok(losses)
}

fn diverged(what: &'static str, value: f64, place: String, options: &TrainerOptions) -> Error {
    let remedy = format!("lower the learning rate (it was {}) or scale the features", options.learning_rate);
    Error::NotFinite { what, value, place, remedy }
}
