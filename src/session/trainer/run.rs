//! A training in one precision: steps of an optimizer, minimization, or one after the other.

use std::fmt;
use std::sync::Arc;

use crate::attribution::rollback::{CreditRule, Tracker};
use crate::engine::{Monitor, Workers};
use crate::error::Result;
use crate::models::Family;
use crate::objective::Examples;
use crate::session::Dataset;
use crate::session::Model;
use crate::session::model::State;
use crate::tensor::{Array, Real};
use crate::train::{self, InputExamples, Outcome, Recording, StepPlan, TrainingSpec, Validation};

use super::minimizing::Minimizing;
use super::options::{Training, TrainingOptions};
use super::settings::{by_optimizer, minimized, trainer_options};

#[derive(Debug)]
pub(super) struct Run<T> {
    before: State<T>,
    /// None where the objective is minimized at once.
    steps: Option<Steps<T>>,
    /// Minimization at once or after the steps, which then give it the parameters.
    minimizing: Option<Minimizing<T>>,
}

/// A ledger, an evaluation and a recording, where there are any.
type Observers<T> = (Option<Tracker<T>>, (Option<Validation<T>>, Option<Recording<T>>));

struct Steps<T> {
    training: train::Training<T, Observers<T>>,
    examples: Box<dyn Examples<T> + Send>,
}

impl<T: fmt::Debug> fmt::Debug for Steps<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Steps").field("training", &self.training).finish_non_exhaustive()
    }
}

/// How a model of any family is trained by steps of an optimizer, and on which examples; for resolved options.
pub(in crate::session) fn by_steps<T: Real>(
    family: &dyn Family,
    initial: &Arc<Vec<Array<T>>>,
    data: &Dataset,
    options: &TrainingOptions,
    tracked: bool,
) -> Result<(TrainingSpec<T>, Box<dyn Examples<T> + Send>)> {
    let (objective, reduction) = (family.objective()?, family.training().reduction);
    let plan = Arc::new(match tracked && options.attribution == Some(CreditRule::Refill) {
        true => StepPlan::with_curvature(&objective, reduction)?,
        false => StepPlan::new(&objective, reduction)?,
    });
    let seed = options.seed.unwrap_or_default();
    let examples: Box<dyn Examples<T> + Send> = match family.epoch_ids(data, seed)? {
        Some(ids) => Box::new(ids),
        None => Box::new(InputExamples::new(&plan, Arc::new(family.examples(data, seed)?))?),
    };
    let spec = TrainingSpec::new(plan, trainer_options(options), initial.to_vec()).weighted(data.weights());
    Ok((TrainingSpec { stopping: options.stopping(), ..spec }, examples))
}

impl<T: Real> Steps<T> {
    fn new(model: &Model, state: &State<T>, data: &Dataset, options: &TrainingOptions) -> Result<Self> {
        let (spec, examples) = by_steps(&*model.family, &state.parameters, data, options, options.ledger)?;
        let ranked = model.family.ranked().ok();
        let tracked = options.ledger && !spec.plan.owned().is_empty();
        let rule = options.attribution.unwrap_or_default();
        let track = || Tracker::new(&spec.plan, &*examples, spec.options.method, rule);
        let tracker = tracked.then(track).transpose()?;
        let validation = match ranked {
            Some(tables) => Validation::new(tables, &data.triples()?.as_set())?,
            None => None,
        };
        let recording = (options.record.0 > 0).then(|| Recording::new(options.record.0));
        let training = spec.start(examples.len(), None, (tracker, (validation, recording)))?;
        Ok(Self { training, examples })
    }
}

impl<T: Real> Run<T> {
    pub fn new(model: &Model, state: &State<T>, data: &Dataset, options: &TrainingOptions) -> Result<Self> {
        let by_steps = by_optimizer(options);
        let steps = by_steps.then(|| Steps::new(model, state, data, options)).transpose()?;
        let minimizing = |parameters| -> Result<Minimizing<T>> {
            let objective = Arc::new(model.family.objective()?);
            let inputs = Arc::new(model.family.examples(data, options.seed.unwrap_or_default())?);
            let examples = (inputs, data.weights().map(<[f64]>::to_vec));
            Ok(Minimizing::new(model.family.clone(), objective, examples, parameters, options))
        };
        let start = if by_steps { Vec::new() } else { state.parameters.to_vec() };
        let minimized = minimized(&*model.family, options);
        Ok(Self { before: state.clone(), steps, minimizing: minimized.then(|| minimizing(start)).transpose()? })
    }

    pub fn advance(&mut self, steps: u64, workers: &Workers, monitor: &Monitor) -> Result<()> {
        let mut left = steps;
        if let Some(Steps { training, examples }) = &mut self.steps {
            let before = training.steps();
            if !training.advance(steps, &**examples, workers, monitor)? {
                return Ok(());
            }
            left -= training.steps() - before;
        }
        let Some(minimizing) = &mut self.minimizing else { return Ok(()) };
        if let Some(steps) = &self.steps
            && minimizing.parameters.is_empty()
        {
            minimizing.parameters = steps.training.parameters().to_vec();
        }
        minimizing.advance(left, workers, monitor)
    }

    pub fn state(&self) -> State<T> {
        // Cloned: what is pending must not be settled earlier because somebody looks.
        let training = self.steps.as_ref().map(|steps| &steps.training);
        let tracker = training.and_then(|training| training.observer().0.clone());
        let ledger = tracker.map(|tracker| Arc::new(tracker.into_ledger()));
        // Copied at the end alone: a recording may be large.
        let ended = training.filter(|training| training.is_finished());
        let recording = ended.and_then(|training| training.observer().1.1.clone());
        self.before.trained(Arc::new(self.parameters().to_vec()), ledger).recorded(recording)
    }

    fn parameters(&self) -> &[Array<T>] {
        match (&self.steps, &self.minimizing) {
            (Some(steps), Some(minimizing)) if minimizing.minimum.is_none() => steps.training.parameters(),
            (Some(steps), None) => steps.training.parameters(),
            (_, Some(minimizing)) => &minimizing.parameters,
            (None, None) => &[],
        }
    }

    pub fn outcome(&self) -> Option<Outcome> {
        self.steps.as_ref().map(|steps| steps.training.outcome())
    }

    pub fn training(&self) -> Training {
        let minimized = self.minimizing.as_ref().map(Minimizing::training);
        let finished = minimized.as_ref().is_none_or(|minimized| minimized.finished);
        let minimized = minimized.unwrap_or_default();
        let Some(Steps { training, .. }) = &self.steps else { return minimized };
        let outcome = training.outcome();
        Training {
            steps: training.steps() + minimized.steps,
            epochs: outcome.epochs.len() as u64,
            loss: outcome.epochs.last().map(|epoch| epoch.loss),
            finished: training.is_finished() && finished,
            best_epoch: outcome.best_epoch,
            clamped: training.observer().0.as_ref().and_then(Tracker::clamped),
            ..minimized
        }
    }
}
