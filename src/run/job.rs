//! Training a model of triples by its settings, with or without some of the examples.

use std::ops::ControlFlow;
use std::sync::Arc;

use serde_json::Value;

use crate::attribution::rollback::{Ledger, Tracker};
use crate::data::{Triple, TripleSet};
use crate::engine::Workers;
use crate::error::{Error, Result};
use crate::models::triples::{Metrics, TripleExamples};
use crate::models::triples::{TripleModel, scorers};
use crate::objective::Examples;
use crate::objective::Objective;
use crate::tensor::{Array, Real};
use crate::train::{FitOptions, Fitting, Moment, Outcome, Progress, Report, StepPlan, Untracked};

use super::settings::Settings;
use super::training::TripleTraining;

/// A training that is ready to begin, as often as one likes.
#[derive(Debug)]
pub struct Job<T> {
    pub(super) settings: Settings,
    pub(super) initial: TripleModel<T>,
    /// The initial values, where they are not those that the settings make.
    pub(super) given: Option<Arc<Vec<Array<T>>>>,
    plan: Arc<StepPlan<T>>,
    pub(super) triples: Arc<[Triple]>,
}

/// Who is told after each epoch, with a look at the run as it would be if training ended now; a break ends it.
pub type Watch<'a, T> = &'a mut dyn FnMut(&Progress, &dyn Fn() -> Run<T>) -> Result<ControlFlow<()>>;

/// A trained model with everything that explains it.
#[derive(Clone, Debug)]
pub struct Run<T> {
    /// The settings it was trained by.
    pub settings: Settings,
    /// The data it was trained on.
    pub data: TripleSet,
    /// The trained model.
    pub model: TripleModel<T>,
    /// What every example's own steps did.
    pub ledger: Arc<Ledger<T>>,
    /// How the training went.
    pub outcome: Outcome,
    /// The ranking of the validation triples, where there are any, by the weights kept.
    pub validation: Option<Metrics>,
    /// The tables before training, where they are not those that the settings make.
    pub initial: Option<Arc<Vec<Array<T>>>>,
    /// What the program that trained it wants to remember beside; kept as it is.
    pub remarks: Option<Value>,
}

impl<T: Real> Run<T> {
    /// The training that the run comes from.
    ///
    /// # Errors
    /// As [`Job::new`].
    pub fn job(&self) -> Result<Job<T>> {
        let Some(initial) = &self.initial else { return Job::new(&self.settings, &self.data) };
        let scorer = self.model.scorer().clone();
        let initial = TripleModel::with_parameters(scorer, self.settings.dimension, initial.clone())?;
        Job::from_model(&self.settings, initial, &self.data.train)
    }
}

impl<T: Real> Job<T> {
    /// Prepares a training.
    ///
    /// # Errors
    /// [`Error::Argument`] for settings that cannot be trained by, or data without training triples.
    pub fn new(settings: &Settings, data: &TripleSet) -> Result<Self> {
        let scorer = scorers::by_name(&settings.model)?;
        let counts = (data.entities.len(), data.relations.len());
        let initial = TripleModel::new(scorer, counts, settings.dimension, settings.initial, settings.seed)?;
        Self::prepare(settings, initial, None, &data.train)
    }

    /// Prepares a training from the values that a model has.
    ///
    /// # Errors
    /// As [`Job::new`].
    pub fn from_model(settings: &Settings, initial: TripleModel<T>, triples: &[Triple]) -> Result<Self> {
        settings.check()?;
        let counts = (initial.entities(), initial.relations());
        let scorer = initial.scorer().clone();
        let made = TripleModel::new(scorer, counts, settings.dimension, settings.initial, settings.seed)?;
        let given = (!same_bits(made.parameters(), initial.parameters())).then(|| initial.shared_parameters());
        Self::prepare(settings, initial, given, triples)
    }

    fn prepare(
        settings: &Settings,
        initial: TripleModel<T>,
        given: Option<Arc<Vec<Array<T>>>>,
        triples: &[Triple],
    ) -> Result<Self> {
        settings.check()?;
        let objective = Objective::of_triples(&initial, settings.loss, settings.sides)?;
        let plan = Arc::new(StepPlan::new(&objective)?);
        let job = Self { settings: settings.clone(), initial, given, plan, triples: triples.into() };
        job.examples()?;
        Ok(job)
    }

    fn examples(&self) -> Result<TripleExamples<'_>> {
        examples(&self.settings, self.initial.entities(), &self.triples)
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The tables before training, where they are not those that the settings make.
    pub fn given(&self) -> Option<&Arc<Vec<Array<T>>>> {
        self.given.as_ref()
    }

    /// The model before training.
    pub fn initial(&self) -> &TripleModel<T> {
        &self.initial
    }

    /// Begins a training with a ledger on the data that the job was made of.
    ///
    /// # Errors
    /// What compiling the scores reports.
    pub fn start(&self, data: Arc<TripleSet>) -> Result<TripleTraining<T>> {
        let examples = self.examples()?;
        let tracker = Tracker::new(&self.plan, &examples, self.settings.optimizer, self.settings.attribution)?;
        let given = (self.initial.parameters().to_vec(), tracker);
        let fitting =
            Fitting::new(self.plan.clone(), self.settings.fit_options(), given, self.triples.len(), Vec::new())?;
        TripleTraining::new(self, data, fitting)
    }

    /// Trains with a ledger, evaluating on the validation triples where there are any. `report` is called after each
    /// epoch with the state of things, on the calling thread; to break ends the training.
    ///
    /// # Errors
    /// [`Error::NotFinite`] when the training diverges; [`Error::Canceled`] when `report` broke.
    pub fn train(&self, data: &TripleSet, workers: &Workers, report: Watch<'_, T>) -> Result<Run<T>> {
        let mut training = self.start(Arc::new(data.clone()))?;
        training.advance(u64::MAX, workers, report)?;
        training.finish(workers)
    }

    /// Trains again without some of the examples and gives the weights. Everything else is as in the full training: the
    /// initial values, the order and the candidates of the other examples, the learning rate at each moment, and with
    /// `until` the moment whose weights were kept.
    ///
    /// # Errors
    /// [`Error::Argument`] when an example does not exist or none remains; [`Error::NotFinite`] when it diverges.
    pub fn train_without(&self, examples: &[u32], until: Option<Moment>, workers: &Workers) -> Result<Vec<Array<T>>> {
        let options = FitOptions { stopping: None, ..self.settings.fit_options() };
        let initial = self.initial.parameters().to_vec();
        train_without(&self.plan, &options, initial, &self.examples()?, examples, until, workers)
    }
}

/// Whether arrays are the same bit for bit: zeros of either sign differ.
pub(crate) fn same_bits<T: Real>(some: &[Array<T>], others: &[Array<T>]) -> bool {
    let same = |a: &Array<T>, b: &Array<T>| {
        // Every number of either type is one of f64.
        let bits = |array: &Array<T>| array.values().iter().map(|x| x.to_f64().to_bits()).collect::<Vec<_>>();
        a.shape() == b.shape() && bits(a) == bits(b)
    };
    some.len() == others.len() && some.iter().zip(others).all(|(a, b)| same(a, b))
}

/// The examples that settings make of triples.
pub(super) fn examples<'a>(settings: &Settings, entities: usize, triples: &'a [Triple]) -> Result<TripleExamples<'a>> {
    let Settings { loss, sides, seed, candidates, .. } = *settings;
    TripleExamples::new(triples, entities, loss, sides, seed, candidates)
}

/// Trains without some of the examples, up to a moment of the full training or to its end.
pub(super) fn train_without<T: Real, E: Examples<T>>(
    plan: &Arc<StepPlan<T>>,
    options: &FitOptions,
    initial: Vec<Array<T>>,
    examples: &E,
    without: &[u32],
    until: Option<Moment>,
    workers: &Workers,
) -> Result<Vec<Array<T>>> {
    let mut left_out = vec![false; examples.len()];
    for example in without {
        match left_out.get_mut(*example as usize) {
            Some(out) => *out = true,
            None => {
                let expected = format!("an example below {}", examples.len());
                return Err(Error::argument("an example to leave out", example, expected));
            }
        }
    }
    let mut fitting = Fitting::new(plan.clone(), *options, (initial, Untracked), examples.len(), left_out)?;
    let report: Report<'_, T, Untracked> = &mut |_, _, _| Ok(ControlFlow::Continue(()));
    match until {
        Some(moment) => fitting.advance_to(moment, examples, workers, None, report)?,
        None => fitting.advance(u64::MAX, examples, workers, None, report)?,
    };
    Ok(fitting.into_parts().0)
}
