//! A training in one precision: steps of an optimizer, minimization, or one after the other.

use std::fmt;
use std::sync::Arc;

use crate::attribution::rollback::{CreditRule, Tracker};
use crate::engine::{Monitor, Workers};
use crate::error::{Error, Result};
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
    /// The mean loss that the last is compared with; NaN where that is not finite. None before the first step.
    reference: Option<f64>,
    /// The mean loss at the end, once it was looked at.
    last: Option<f64>,
}

/// How many times the mean loss at the beginning a training may end at. One that merely got nowhere stays far below.
const DIVERGED: f64 = 10.0;

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
    if objective.fixed_penalty().is_some() {
        let found = "sum, for a training by steps";
        let expected = "mean: the steps follow means over batches; or no optimizer, which minimizes the sum";
        return Err(Error::argument("the objective", found, expected));
    }
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
        Ok(Self { training, examples, reference: None, last: None })
    }

    /// Looks at the losses before the first step, of the parameters as they are and as the family makes them: who goes on
    /// from a model that is trained begins at a loss that says little.
    fn begin(&mut self, model: &Model, workers: &Workers) -> Result<()> {
        if self.reference.is_some() {
            return Ok(());
        }
        let now = self.training.parameters().to_vec();
        let initial = model.family.initial(model.seed)?;
        let mut reference: f64 = 0.0;
        for parameters in [&now, &initial].into_iter().take(if now == initial { 1 } else { 2 }) {
            reference = match self.training.mean_loss(parameters, &*self.examples, workers) {
                Ok(loss) => reference.max(loss),
                // The first step finds that too, and says at which example.
                Err(Error::NotFinite { .. }) => f64::NAN,
                Err(error) => return Err(error),
            };
        }
        self.reference = Some(reference);
        Ok(())
    }

    /// Refuses a training that ended where its loss is not finite or many times what it was.
    fn check_end(&mut self, workers: &Workers) -> Result<()> {
        let last = match self.last {
            Some(last) => last,
            None => {
                let parameters = self.training.parameters().to_vec();
                self.training.mean_loss(&parameters, &*self.examples, workers)?
            }
        };
        self.last = Some(last);
        self.check()
    }

    fn check(&self) -> Result<()> {
        match (self.reference, self.last) {
            // Of a loss that may be negative nobody knows how large is too large.
            (Some(reference), Some(last)) if reference > 0.0 && last > DIVERGED * reference => {
                Err(self.training.diverged(reference, last))
            }
            _ => Ok(()),
        }
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

    pub fn advance(&mut self, model: &Model, steps: u64, workers: &Workers, monitor: &Monitor) -> Result<()> {
        let mut left = steps;
        if let Some(taken) = &mut self.steps {
            taken.begin(model, workers)?;
            let Steps { training, examples, .. } = &mut *taken;
            let before = training.steps();
            if !training.advance(steps, &**examples, workers, monitor)? {
                return Ok(());
            }
            left -= training.steps() - before;
            taken.check_end(workers)?;
        }
        let Some(minimizing) = &mut self.minimizing else { return Ok(()) };
        if let Some(steps) = &self.steps
            && minimizing.parameters.is_empty()
        {
            minimizing.parameters = steps.training.parameters().to_vec();
        }
        minimizing.advance(left, workers, monitor)
    }

    /// Refuses a training that was found to have diverged.
    pub fn check(&self) -> Result<()> {
        self.steps.as_ref().map_or(Ok(()), Steps::check)
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
