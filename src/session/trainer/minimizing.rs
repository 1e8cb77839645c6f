//! Minimizing an objective, some steps at a time.

use std::sync::Arc;

use crate::engine::{Monitor, Progress, Workers};
use crate::error::Result;
use crate::models::Family;
use crate::models::network::NetworkSettings;
use crate::objective::{Derivatives, Inputs, Objective};
use crate::tensor::{Array, Real};
use crate::train::minimize::{self, Minimum, minimize_objective};

use super::options::{Training, TrainingOptions};
use super::settings::MEMORY;

#[derive(Debug)]
pub(super) struct Minimizing<T> {
    family: Arc<dyn Family>,
    objective: Arc<Objective>,
    inputs: Arc<Inputs<T>>,
    weights: Option<Vec<f64>>,
    options: TrainingOptions,
    pub parameters: Vec<Array<T>>,
    pub steps: u64,
    /// Where the last steps ended.
    pub minimum: Option<Minimum>,
}

impl<T: Real> Minimizing<T> {
    pub fn new(
        family: Arc<dyn Family>,
        objective: Arc<Objective>,
        (inputs, weights): (Arc<Inputs<T>>, Option<Vec<f64>>),
        parameters: Vec<Array<T>>,
        options: &TrainingOptions,
    ) -> Self {
        Self { family, objective, inputs, weights, options: options.clone(), parameters, steps: 0, minimum: None }
    }

    /// Whether the minimum is reached, or no step is left, or none leads further.
    pub fn is_finished(&self) -> bool {
        let stuck = |found: &Minimum| found.converged || found.hint.is_some() && found.iterations == 0;
        self.steps >= self.options.max_iterations as u64 || self.minimum.as_ref().is_some_and(stuck)
    }

    pub fn advance(&mut self, steps: u64, workers: &Workers, monitor: &Monitor) -> Result<()> {
        if self.is_finished() || steps == 0 {
            return Ok(());
        }
        let (before, total) = (self.steps, self.options.max_iterations as u64);
        let options = minimize::Options {
            gradient_tolerance: self.options.tolerance(T::PRECISION),
            convex: self.family.is_convex(),
            max_iterations: steps.min(total - before) as usize,
            monitor: monitor.part(move |now| Progress { done: before + now.done, total: Some(total), ..*now }),
            ..minimize::Options::default()
        };
        let (objective, inputs, parameters) = (self.objective.clone(), self.inputs.clone(), self.parameters.clone());
        let weights = self.weights.as_deref();
        let mut derivatives = Derivatives::new(workers, objective, parameters, inputs, weights, None, MEMORY)?;
        let is_separated = |at: &mut Derivatives<T>| match self.family.downcast::<NetworkSettings>() {
            Some(settings) => settings.is_separated(at),
            None => Ok(false),
        };
        let found = minimize_objective(&mut derivatives, is_separated, &options)?;
        self.parameters = derivatives.parameters().to_vec();
        // A whole run that ends short of its steps has done what it can; one that was cut up may go on.
        self.steps = if steps >= total && !found.converged { total } else { before + found.iterations as u64 };
        self.minimum = Some(found);
        Ok(())
    }

    pub fn training(&self) -> Training {
        let found = self.minimum.as_ref();
        Training {
            steps: self.steps,
            objective: found.map(|found| found.value),
            gradient_norm: found.map(|found| found.gradient_norm),
            converged: found.is_some_and(|found| found.converged),
            finished: self.is_finished(),
            hint: found.and_then(|found| found.hint.clone()),
            ..Training::default()
        }
    }
}
