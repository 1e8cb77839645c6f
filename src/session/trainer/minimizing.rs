//! Minimizing an objective, some steps at a time.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::engine::Workers;
use crate::engine::{Monitor, Progress};
use crate::error::Result;
use crate::models::network::NetworkModel;
use crate::objective::{Inputs, Objective};
use crate::session::model::Kind;
use crate::tensor::{Array, Real};
use crate::train::minimize::{self, Minimum, minimize_objective};
use crate::train::network::{DenseProgress, DenseTraining};

use super::options::TrainingOptions;
use super::settings::{MEMORY, dense_options};

/// An objective on its way to the minimum.
#[derive(Debug)]
pub(super) struct Minimizing<T> {
    kind: Arc<Kind>,
    objective: Arc<Objective>,
    inputs: Arc<Inputs<T>>,
    options: TrainingOptions,
    pub parameters: Vec<Array<T>>,
    /// Steps taken.
    pub steps: u64,
    /// Where the last steps ended.
    pub minimum: Option<Minimum>,
}

impl<T: Real> Minimizing<T> {
    pub fn new(
        kind: Arc<Kind>,
        objective: Arc<Objective>,
        inputs: Arc<Inputs<T>>,
        parameters: Vec<Array<T>>,
        options: &TrainingOptions,
    ) -> Self {
        Self { kind, objective, inputs, options: *options, parameters, steps: 0, minimum: None }
    }

    /// Whether the minimum is reached, or no step is left, or none leads further.
    pub fn is_finished(&self) -> bool {
        let stuck = |found: &Minimum| found.converged || found.hint.is_some() && found.iterations == 0;
        self.steps >= self.options.iterations as u64 || self.minimum.as_ref().is_some_and(stuck)
    }

    pub fn advance(&mut self, steps: u64, workers: &Workers, monitor: &Monitor) -> Result<()> {
        if self.is_finished() || steps == 0 {
            return Ok(());
        }
        let total = self.options.iterations as u64;
        let most = steps.min(total - self.steps) as usize;
        let before = self.steps;
        let tell = |iteration: usize, value: f64| {
            monitor.tell(&Progress::new(c"minimizing", before + iteration as u64, Some(total)).with_value(value))
        };
        let (parameters, found) = self.descend(most, workers, &tell)?;
        self.parameters = parameters;
        // A whole run that ends short of its steps has done what it can; one that was cut up may go on.
        self.steps = if steps >= total && !found.converged { total } else { before + found.iterations as u64 };
        self.minimum = Some(found);
        Ok(())
    }

    fn descend(
        &self,
        most: usize,
        workers: &Workers,
        tell: &dyn Fn(usize, f64) -> ControlFlow<()>,
    ) -> Result<(Vec<Array<T>>, Minimum)> {
        if let Kind::Rows(settings) = &*self.kind
            && settings.is_convex()
        {
            // This looks also whether the classes can be separated, so that there is no minimum.
            let model = NetworkModel::with_parameters(settings.clone(), self.parameters.clone())?;
            let training = DenseTraining::new(&model, self.inputs.clone(), None, dense_options(&self.options, most))?;
            let (parameters, report) = training.finish(workers, &mut |event| match event {
                DenseProgress::Step { iteration, value, .. } => tell(*iteration, *value),
                DenseProgress::Epoch { .. } => ControlFlow::Continue(()),
            })?;
            if let Some(found) = report.minimum {
                return Ok((parameters, found));
            }
        }
        let watch = |at: &minimize::Progress| tell(at.iteration, at.value);
        let options = minimize::Options {
            gradient: self.options.gradient,
            max_iterations: most,
            progress: Some(&watch),
            ..minimize::Options::default()
        };
        let parameters = self.parameters.clone();
        minimize_objective(&self.objective, parameters, &self.inputs, None, MEMORY, &options, workers)
    }
}
