//! What is trained and asked: models of triples, of rows and of graphs, in either precision.

mod ask;
mod graph;
mod kind;
mod options;
mod parameters;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::attribution::rollback::Ledger;
use crate::engine::Program;
use crate::error::{Error, Result};
use crate::models::network::NetworkModel;
use crate::models::triples::Metrics;
use crate::models::triples::{TripleModel, scorers};
use crate::tensor::{Array, Precision, Real};
use crate::train::Outcome;

use super::number::Either;
use super::trainer::{Training, TrainingOptions};
use super::{Context, Dataset};

pub use graph::GraphModel;
pub use options::{GraphOptions, RowOptions, TripleOptions};

pub(super) use ask::operands;
pub(super) use kind::{Kind, TripleKind};

/// A model with the values of its parameters and, once it is trained, its data and ledger.
///
/// Cloning is cheap: values are shared until they are changed.
#[derive(Clone, Debug)]
pub struct Model {
    pub(super) kind: Arc<Kind>,
    pub(super) seed: u64,
    pub(super) state: Either<State<f32>, State<f64>>,
    pub(super) record: Option<Arc<Record>>,
}

/// What a training leaves beside the parameters.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub data: Dataset,
    pub options: TrainingOptions,
    pub training: Training,
    /// How steps of an optimizer went: where training again ends.
    pub outcome: Option<Outcome>,
    /// The mean losses of the epochs.
    pub losses: Vec<f64>,
    /// The ranking of the validation triples, where a folder had one.
    pub validation: Option<Metrics>,
}

/// What a model holds in one precision.
#[derive(Clone, Debug)]
pub(super) struct State<T> {
    pub parameters: Arc<Vec<Array<T>>>,
    pub ledger: Option<Arc<Ledger<T>>>,
    /// The values before the last training: where training again begins.
    pub initial: Option<Arc<Vec<Array<T>>>>,
    /// Programs that were compiled for this kind of model, by what they compute.
    programs: Arc<Mutex<BTreeMap<String, Arc<Program<T>>>>>,
}

impl<T: Real> State<T> {
    pub fn new(parameters: Vec<Array<T>>) -> Self {
        Self { parameters: Arc::new(parameters), ledger: None, initial: None, programs: Arc::default() }
    }

    /// What was read from a folder.
    pub fn loaded(parameters: Arc<Vec<Array<T>>>, ledger: Option<Arc<Ledger<T>>>, initial: Arc<Vec<Array<T>>>) -> Self {
        Self { parameters, ledger, initial: Some(initial), programs: Arc::default() }
    }

    /// The same model with other parameters, as if it had never been trained.
    pub fn moved(&self, parameters: Arc<Vec<Array<T>>>) -> Self {
        Self { parameters, ledger: None, initial: None, programs: self.programs.clone() }
    }

    /// The same model trained from here.
    pub fn trained(&self, parameters: Arc<Vec<Array<T>>>, ledger: Option<Arc<Ledger<T>>>) -> Self {
        Self { parameters, ledger, initial: Some(self.parameters.clone()), programs: self.programs.clone() }
    }

    /// A program that is compiled when it is first asked for.
    pub fn program(&self, name: &str, compile: impl FnOnce() -> Result<Arc<Program<T>>>) -> Result<Arc<Program<T>>> {
        // Programs are only ever added, so a panic elsewhere leaves the map whole.
        let mut programs = self.programs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(program) = programs.get(name) {
            return Ok(program.clone());
        }
        let program = compile()?;
        programs.insert(name.to_owned(), program.clone());
        Ok(program)
    }
}

impl Model {
    /// A model of triples for the entities and relations of `data`, which it does not keep.
    ///
    /// # Errors
    /// [`Error::Argument`] for options that make no model.
    pub fn triples(context: &Context, data: &Dataset, options: &TripleOptions) -> Result<Self> {
        options.loss.check()?;
        let triples = data.triples()?;
        let kind = TripleKind {
            scorer: scorers::by_name(&options.kind)?,
            entities: triples.entities(),
            relations: triples.relations(),
            dimension: options.dimension,
            initial: options.initial,
            loss: options.loss,
            sides: options.sides,
            candidates: options.candidates,
        };
        let seed = options.seed.unwrap_or(context.seed());
        fn initial<T: Real>(kind: &TripleKind, seed: u64) -> Result<State<T>> {
            let counts = (kind.entities, kind.relations);
            if !T::from_f64(kind.initial).is_finite() {
                let expected = "a positive number that the model's precision holds";
                return Err(Error::argument("the initial half width", kind.initial, expected));
            }
            let model = TripleModel::<T>::new(kind.scorer.clone(), counts, kind.dimension, kind.initial, seed)?;
            Ok(State::new(model.parameters().to_vec()))
        }
        let state = match options.precision {
            Precision::F32 => Either::Single(initial(&kind, seed)?),
            Precision::F64 => Either::Double(initial(&kind, seed)?),
        };
        Ok(Self { kind: Arc::new(Kind::Triples(kind)), seed, state, record: None })
    }

    /// A model of rows for the features and classes of `data`, which it does not keep.
    ///
    /// # Errors
    /// [`Error::Argument`] for options that make no model, or data without targets where no loss is given.
    pub fn rows(context: &Context, data: &Dataset, options: &RowOptions) -> Result<Self> {
        let settings = options.settings(data)?;
        let seed = options.seed.unwrap_or(context.seed());
        let state = match options.precision {
            Precision::F32 => {
                Either::Single(State::new(NetworkModel::new(settings.clone(), seed)?.parameters().to_vec()))
            }
            Precision::F64 => {
                Either::Double(State::new(NetworkModel::new(settings.clone(), seed)?.parameters().to_vec()))
            }
        };
        Ok(Self { kind: Arc::new(Kind::Rows(settings)), seed, state, record: None })
    }

    /// A model of a graph. Initial values are drawn uniformly within the half width that the options give.
    ///
    /// # Errors
    /// [`Error::Argument`] for a half width that is no positive number, or parameters that memory cannot hold.
    pub fn graph(context: &Context, graph: GraphModel, options: &GraphOptions) -> Result<Self> {
        let seed = options.seed.unwrap_or(context.seed());
        let state = match options.precision {
            Precision::F32 => Either::Single(State::new(graph.initial(options.initial, seed)?)),
            Precision::F64 => Either::Double(State::new(graph.initial(options.initial, seed)?)),
        };
        Ok(Self { kind: Arc::new(Kind::Graph(graph)), seed, state, record: None })
    }

    /// The data that the model was trained on.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a model that was not trained.
    pub fn data(&self) -> Result<&Dataset> {
        self.record.as_ref().map(|record| &record.data).ok_or_else(|| self.untrained("its data"))
    }

    /// How the last training went.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a model that was not trained.
    pub fn training(&self) -> Result<&Training> {
        self.record.as_ref().map(|record| &record.training).ok_or_else(|| self.untrained("its training"))
    }

    /// The element type.
    pub fn precision(&self) -> Precision {
        match self.state {
            Either::Single(_) => Precision::F32,
            Either::Double(_) => Precision::F64,
        }
    }

    pub(super) fn untrained(&self, what: &str) -> Error {
        Error::Unsupported { what: format!("{what}, of a model that was not trained,"), hint: "train it first".into() }
    }
}
