//! Trainings of triples by their settings, put together from the modules that do the work.

use std::ops::Deref;
use std::sync::Arc;

use ascribe::Result;
use ascribe::attribution::rollback::{CreditRule, Ledger, Tracker};
use ascribe::data::TripleSet;
use ascribe::engine::{Monitor, Workers};
use ascribe::models::triples::{Candidates, Loss, Metrics, Sides, TripleExamples, TripleScorer, TripleTables, scorers};
use ascribe::objective::Objective;
use ascribe::tensor::{Array, Real};
use ascribe::train::{
    Optimizer, Outcome, Position, Reduction, Schedule, StepPlan, Stopping, TrainerOptions, Training, TrainingSpec,
    Validation,
};

/// A scorer with its tables.
#[derive(Clone, Debug)]
pub struct TripleModel<T> {
    tables: TripleTables,
    parameters: Arc<Vec<Array<T>>>,
}

impl<T> Deref for TripleModel<T> {
    type Target = TripleTables;

    fn deref(&self) -> &TripleTables {
        &self.tables
    }
}

impl<T: Real> TripleModel<T> {
    pub fn new(
        scorer: Arc<dyn TripleScorer>,
        (entities, relations): (usize, usize),
        dimension: usize,
        half_width: f64,
        seed: u64,
    ) -> Result<Self> {
        let tables = TripleTables::new(scorer, entities, relations, dimension)?;
        Ok(Self { parameters: Arc::new(tables.initial(half_width, seed)?), tables })
    }

    pub fn parameters(&self) -> &[Array<T>] {
        &self.parameters
    }

    pub fn shared_parameters(&self) -> Arc<Vec<Array<T>>> {
        self.parameters.clone()
    }

    pub fn parameters_mut(&mut self) -> &mut Vec<Array<T>> {
        Arc::make_mut(&mut self.parameters)
    }
}

/// Everything that determines a training of triples but its data.
#[derive(Clone, Debug)]
pub struct Settings {
    pub model: String,
    pub dimension: usize,
    pub initial: f64,
    pub loss: Loss,
    pub sides: Sides,
    pub candidates: Candidates,
    pub optimizer: Optimizer,
    pub learning_rate: f64,
    pub schedule: Schedule,
    pub batch: usize,
    pub epochs: usize,
    pub stopping: Option<Stopping>,
    /// Of everything random.
    pub seed: u64,
    pub attribution: CreditRule,
}

impl Default for Settings {
    /// What the tables of options have, with the seed of a context that is given none.
    fn default() -> Self {
        Self {
            model: "distmult".into(),
            dimension: 10,
            initial: 0.5,
            loss: Loss::SampledSoftmax { negatives: 13 },
            sides: Sides::Tails,
            candidates: Candidates::EachEpoch,
            optimizer: Optimizer::adam(false),
            learning_rate: 0.003,
            schedule: Schedule::Constant,
            batch: 1,
            epochs: 10,
            stopping: None,
            seed: 42,
            attribution: CreditRule::Momentum,
        }
    }
}

impl Settings {
    pub fn trainer(&self) -> TrainerOptions {
        let Self { optimizer: method, learning_rate, schedule, epochs, batch, seed, .. } = *self;
        TrainerOptions { method, learning_rate, schedule, epochs, batch, seed }
    }
}

/// A training that is ready to begin, as often as one likes.
pub struct TripleTraining<T> {
    pub settings: Settings,
    pub data: TripleSet,
    pub initial: TripleModel<T>,
    pub spec: TrainingSpec<T>,
    pub examples: TripleExamples<'static>,
}

/// A trained model with what was recorded.
#[derive(Clone, Debug)]
pub struct TrainedTriples<T> {
    pub data: TripleSet,
    pub model: TripleModel<T>,
    pub ledger: Arc<Ledger<T>>,
    pub outcome: Outcome,
    /// How the validation triples rank, where there are any.
    pub validation: Option<Metrics>,
}

/// A ledger, and an evaluation where there are validation triples.
pub type Observers<T> = (Tracker<T>, Option<Validation<T>>);

impl<T: Real> TripleTraining<T> {
    pub fn new(settings: &Settings, data: &TripleSet) -> Self {
        let Settings { dimension, initial, loss, sides, candidates, stopping, seed, .. } = *settings;
        let counts = (data.entities.len(), data.relations.len());
        let scorer = scorers::by_name(&settings.model).unwrap();
        let initial = TripleModel::new(scorer, counts, dimension, initial, seed).unwrap();
        let objective = Objective::of_triples(&initial, loss, sides).unwrap();
        let plan = Arc::new(StepPlan::new(&objective, Reduction::Sum).unwrap());
        let examples = TripleExamples::new(data.train.clone(), counts.0, loss, sides, seed, candidates).unwrap();
        let spec = TrainingSpec::new(plan, settings.trainer(), initial.parameters().to_vec());
        let spec = TrainingSpec { stopping, ..spec };
        Self { settings: settings.clone(), data: data.clone(), initial, spec, examples }
    }

    pub fn start(&self) -> Result<Training<T, Observers<T>>> {
        let Settings { optimizer, attribution, .. } = self.settings;
        let tracker = Tracker::new(&self.spec.plan, &self.examples, optimizer, attribution)?;
        let observers = (tracker, Validation::new(&self.initial, &self.data)?);
        self.spec.start(self.data.train.len(), None, observers)
    }

    pub fn train(&self, workers: &Workers, monitor: &Monitor) -> Result<TrainedTriples<T>> {
        let mut training = self.start()?;
        training.advance(u64::MAX, &self.examples, workers, monitor)?;
        self.finish(training, workers)
    }

    /// What the training would be if it ended now.
    pub fn trained(&self, training: &Training<T, Observers<T>>) -> TrainedTriples<T> {
        let (tables, parameters) = (self.initial.tables.clone(), Arc::new(training.parameters().to_vec()));
        TrainedTriples {
            data: self.data.clone(),
            model: TripleModel { tables, parameters },
            ledger: Arc::new(training.observer().0.clone().into_ledger()),
            outcome: training.outcome(),
            validation: None,
        }
    }

    /// Ends the training where it is.
    pub fn finish(&self, training: Training<T, Observers<T>>, workers: &Workers) -> Result<TrainedTriples<T>> {
        let trained = self.trained(&training);
        let (parameters, (_, validation), _) = training.into_parts();
        let validation = validation.map(|mut validation| validation.metrics(&parameters, workers)).transpose()?;
        Ok(TrainedTriples { validation, ..trained })
    }

    pub fn train_without(&self, examples: &[u32], until: Option<Position>, workers: &Workers) -> Result<Vec<Array<T>>> {
        self.spec.train_without(&self.examples, examples, until, workers)
    }
}
