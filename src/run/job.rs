//! Training a model of triples by its settings, with or without some of the examples.

use std::sync::Arc;

use serde_json::Value;

use crate::attribution::rollback::{Ledger, Tracker};
use crate::data::{Triple, TripleSet};
use crate::engine::{Monitor, Workers};
use crate::error::Result;
use crate::models::triples::{Metrics, TripleExamples};
use crate::models::triples::{TripleModel, scorers};
use crate::objective::Examples;
use crate::objective::Objective;
use crate::tensor::{Array, Real};
use crate::train::{Outcome, Position, Reduction, StepPlan, TrainingSpec, Validation};

use super::settings::Settings;
use super::training::TripleTraining;

/// A training that is ready to begin, as often as one likes.
#[derive(Debug)]
pub struct Job<T> {
    pub(super) settings: Settings,
    pub(super) initial: TripleModel<T>,
    /// The initial values, where they are not those that the settings make.
    pub(super) given: Option<Arc<Vec<Array<T>>>>,
    spec: TrainingSpec<T>,
    examples: TripleExamples<'static>,
}

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
    /// [`Error::Argument`](crate::Error::Argument) for settings that cannot be trained by, or data without training triples.
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
        let plan = StepPlan::new(&Objective::of_triples(&initial, settings.loss, settings.sides)?, Reduction::Sum)?;
        let Settings { loss, sides, seed, candidates, stopping, .. } = *settings;
        let examples = TripleExamples::new(triples.to_vec(), initial.entities(), loss, sides, seed, candidates)?;
        let parameters = initial.parameters().to_vec();
        let spec = TrainingSpec::new(Arc::new(plan), settings.trainer_options(), parameters);
        let spec = TrainingSpec { stopping, ..spec };
        Ok(Self { settings: settings.clone(), initial, given, spec, examples })
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
        let tracker =
            Tracker::new(&self.spec.plan, &self.examples, self.settings.optimizer, self.settings.attribution)?;
        let observer = (tracker, Validation::new(&self.initial, &data)?);
        let count = Examples::<T>::len(&self.examples);
        Ok(TripleTraining::new(self, data, self.examples.clone(), self.spec.start(count, None, observer)?))
    }

    /// Trains with a ledger, evaluating on the validation triples where there are any.
    ///
    /// # Errors
    /// [`Error::NotFinite`](crate::Error::NotFinite) when the training diverges;
    /// [`Error::Canceled`](crate::Error::Canceled) when the monitor breaks.
    pub fn train(&self, data: &TripleSet, workers: &Workers, monitor: &Monitor) -> Result<Run<T>> {
        let mut training = self.start(Arc::new(data.clone()))?;
        training.advance(u64::MAX, workers, monitor)?;
        training.finish(workers)
    }

    /// Trains again without some of the examples, as [`TrainingSpec::train_without`].
    ///
    /// # Errors
    /// As [`TrainingSpec::train_without`].
    pub fn train_without(&self, examples: &[u32], until: Option<Position>, workers: &Workers) -> Result<Vec<Array<T>>> {
        self.spec.train_without(&self.examples, examples, until, workers)
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
