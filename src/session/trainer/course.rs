//! The ways of training in one precision.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::attribution::rollback::Ledger;
use crate::engine::Workers;
use crate::engine::{self, Monitor};
use crate::error::{Error, Result};
use crate::models::triples::TripleModel;
use crate::run::graph::{GraphJob, GraphTraining};
use crate::run::{Job, TripleTraining};
use crate::session::Dataset;
use crate::session::Model;
use crate::session::model::{Kind, State, TripleKind};
use crate::tensor::{Array, Real};
use crate::train::network::{DenseProgress, Epochs};
use crate::train::{Outcome, Progress};

use super::minimizing::Minimizing;
use super::options::{Descent, Training, TrainingOptions};
use super::settings::{graph_settings, of_rows, trainer_options, triple_settings};

/// A training under way.
#[derive(Debug)]
pub(super) enum Course<T> {
    Triples(Box<TripleTraining<T>>),
    Graph(Box<GraphTraining<T>>),
    /// Epochs of batches of rows, and what follows them.
    Epochs(Box<Epochs<T>>, Option<Box<Minimizing<T>>>),
    Minimizing(Box<Minimizing<T>>),
}

/// A training of triples from the values that the tables have.
pub(in crate::session) fn triple_job<T: Real>(
    kind: &TripleKind,
    initial: &Arc<Vec<Array<T>>>,
    data: &Dataset,
    options: &TrainingOptions,
) -> Result<Job<T>> {
    let triples = data.triples()?;
    let (found, expected) = ((triples.entities(), triples.relations()), (kind.entities, kind.relations));
    if found != expected {
        let found = format!("{} and {}", found.0, found.1);
        let expected = format!("{} and {}, for which the model was made", expected.0, expected.1);
        return Err(Error::argument("the numbers of entities and relations of the dataset", found, expected));
    }
    let initial: TripleModel<T> = kind.model(initial)?;
    Job::from_model(&triple_settings(kind, options, T::PRECISION), initial, &triples.triples)
}

impl<T: Real> Course<T> {
    pub fn new(model: &Model, state: &State<T>, data: &Dataset, options: &TrainingOptions) -> Result<Self> {
        let seed = options.seed.unwrap_or_default();
        let parameters = || state.parameters.to_vec();
        if let Kind::Triples(kind) = &*model.kind {
            let job = triple_job(kind, &state.parameters, data, options)?;
            return Ok(Self::Triples(Box::new(job.start(Arc::new(data.triples()?.as_set()))?)));
        }
        let objective = Arc::new(model.kind.objective(&state.parameters)?);
        let inputs = Arc::new(model.kind.examples(data, seed)?);
        let minimizing =
            |parameters| Minimizing::new(model.kind.clone(), objective.clone(), inputs.clone(), parameters, options);
        Ok(match &*model.kind {
            Kind::Graph(graph) if options.descent != Descent::Minimize => {
                let settings = graph_settings(options, !graph.objective.owned.is_empty());
                Self::Graph(Box::new(GraphJob::new(objective, parameters(), inputs, settings)?.start()?))
            }
            Kind::Rows(settings) if of_rows(settings, options).0 => {
                let after = of_rows(settings, options).1.then(|| Box::new(minimizing(Vec::new())));
                let epochs = Epochs::new(&objective, parameters(), inputs.clone(), None, trainer_options(options))?;
                Self::Epochs(Box::new(epochs), after)
            }
            _ => Self::Minimizing(Box::new(minimizing(parameters()))),
        })
    }

    pub fn advance(&mut self, steps: u64, workers: &Workers, monitor: &Monitor) -> Result<()> {
        let tell = |progress: &Progress| monitor.tell(&as_event(progress));
        match self {
            Self::Triples(training) => {
                training.advance(steps, workers, &mut |progress, _| Ok(tell(progress)))?;
            }
            Self::Graph(training) => {
                training.advance(steps, workers, &mut |progress| tell(progress))?;
            }
            Self::Epochs(epochs, after) => {
                let before = epochs.steps();
                let done = epochs.advance(steps, workers, &mut |progress| match progress {
                    DenseProgress::Epoch { epoch, epochs, loss } => {
                        let event = engine::Progress::new(c"training", *epoch as u64, Some(*epochs as u64));
                        monitor.tell(&event.with_value(*loss))
                    }
                    DenseProgress::Step { .. } => ControlFlow::Continue(()),
                })?;
                if let (true, Some(minimizing)) = (done, after) {
                    if minimizing.parameters.is_empty() {
                        minimizing.parameters = epochs.parameters().to_vec();
                    }
                    minimizing.advance(steps - (epochs.steps() - before), workers, monitor)?;
                }
            }
            Self::Minimizing(minimizing) => minimizing.advance(steps, workers, monitor)?,
        }
        Ok(())
    }

    pub fn parameters(&self) -> &[Array<T>] {
        match self {
            Self::Triples(training) => training.fitting().parameters(),
            Self::Graph(training) => training.fitting().parameters(),
            Self::Epochs(_, Some(minimizing)) if minimizing.minimum.is_some() => &minimizing.parameters,
            Self::Epochs(epochs, _) => epochs.parameters(),
            Self::Minimizing(minimizing) => &minimizing.parameters,
        }
    }

    pub fn ledger(&self) -> Option<Ledger<T>> {
        match self {
            Self::Triples(training) => Some(training.ledger()),
            Self::Graph(training) => training.ledger(),
            _ => None,
        }
    }

    /// What steps of an optimizer with a ledger reported.
    pub fn outcome(&self) -> Option<Outcome> {
        match self {
            Self::Triples(training) => Some(training.outcome()),
            Self::Graph(training) => Some(training.fitting().outcome().clone()),
            _ => None,
        }
    }

    /// The mean losses of epochs of rows.
    pub fn losses(&self) -> Vec<f64> {
        if let Self::Epochs(epochs, _) = self { epochs.losses().to_vec() } else { Vec::new() }
    }

    pub fn training(&self) -> Training {
        match self {
            Self::Triples(training) => {
                let fitting = training.fitting();
                of_steps(fitting.steps(), &training.outcome(), fitting.is_finished())
            }
            Self::Graph(training) => {
                let fitting = training.fitting();
                of_steps(fitting.steps(), fitting.outcome(), fitting.is_finished())
            }
            Self::Epochs(epochs, after) => {
                let minimized = after.as_ref().map(|minimizing| of_minimum(minimizing)).unwrap_or_default();
                Training {
                    steps: epochs.steps() + minimized.steps,
                    epochs: epochs.losses().len() as u64,
                    loss: epochs.losses().last().copied(),
                    finished: epochs.is_finished() && (after.is_none() || minimized.finished),
                    ..minimized
                }
            }
            Self::Minimizing(minimizing) => of_minimum(minimizing),
        }
    }
}

fn as_event(progress: &Progress) -> engine::Progress {
    engine::Progress {
        value: progress.loss,
        quality: progress.quality.unwrap_or(f64::NAN),
        ..engine::Progress::new(c"training", progress.epoch as u64, Some(progress.epochs as u64))
    }
}

fn of_steps(steps: u64, outcome: &Outcome, finished: bool) -> Training {
    let last = outcome.epochs.last();
    Training {
        steps,
        epochs: outcome.epochs.len() as u64,
        loss: last.map(|progress| progress.loss),
        finished,
        best_epoch: outcome.best_epoch,
        ..Training::default()
    }
}

fn of_minimum<T: Real>(minimizing: &Minimizing<T>) -> Training {
    let found = minimizing.minimum.as_ref();
    Training {
        steps: minimizing.steps,
        objective: found.map(|found| found.value),
        gradient: found.map(|found| found.gradient),
        converged: found.is_some_and(|found| found.converged),
        finished: minimizing.is_finished(),
        hint: found.and_then(|found| found.hint.clone()),
        ..Training::default()
    }
}
