//! Models of any family, in either precision.

mod elsewhere;
mod evaluate;
mod parameters;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::attribution::rollback::Ledger;
use crate::engine::Program;
use crate::error::{Error, Result};
use crate::models::Family;
use crate::models::custom::{CustomModel, CustomOptions};
use crate::models::network::{NetworkOptions, NetworkPreset};
use crate::models::triples::{Metrics, TripleFamily, TripleOptions};
use crate::models::{preset, triples};
use crate::options::{Options, Table};
use crate::tensor::{Array, Either, Precision, Real};
use crate::train::{Outcome, Recording};

use super::options::accept;
use super::trainer::{Training, TrainingOptions};
use super::{Calibration, Context, Dataset};

pub(super) use elsewhere::{OTHER_METHODS, OTHER_TRUTH};
pub(super) use evaluate::Evaluation;

/// A model with the values of its parameters and, once it is trained, its data and ledger.
///
/// Cloning is cheap: values are shared until they are changed.
#[derive(Clone, Debug)]
pub struct Model {
    pub(super) kind: String,
    pub(super) family: Arc<dyn Family>,
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
    /// The ranking of the validation triples, where a folder had one.
    pub validation: Option<Metrics>,
    /// How the ledger's predictions agree with true removals, where that was measured.
    pub calibration: Option<Calibration>,
    /// The smoothness of the training, once it was measured.
    pub smoothness: Arc<OnceLock<f64>>,
}

impl Record {
    /// Of a training without epochs.
    pub fn of(data: Dataset, options: TrainingOptions, training: Training) -> Self {
        let (outcome, validation, calibration) = (None, None, None);
        Self { data, options, training, outcome, validation, calibration, smoothness: Arc::default() }
    }
}

/// What a model holds in one precision.
#[derive(Clone, Debug)]
pub(super) struct State<T> {
    pub parameters: Arc<Vec<Array<T>>>,
    pub ledger: Option<Arc<Ledger<T>>>,
    /// The values before the last training: where training again begins.
    pub initial: Option<Arc<Vec<Array<T>>>>,
    /// What was recorded of the last training, if anything was.
    pub recording: Option<Arc<Recording<T>>>,
    /// Programs that were compiled for this kind of model, by what they compute.
    programs: Arc<Mutex<BTreeMap<String, Arc<Program<T>>>>>,
}

impl<T: Real> State<T> {
    pub fn new(parameters: Vec<Array<T>>) -> Self {
        Self {
            parameters: Arc::new(parameters),
            ledger: None,
            initial: None,
            recording: None,
            programs: Arc::default(),
        }
    }

    /// The same model with other parameters, as if it had never been trained.
    pub fn moved(&self, parameters: Arc<Vec<Array<T>>>) -> Self {
        Self { parameters, ledger: None, initial: None, recording: None, programs: self.programs.clone() }
    }

    /// The same model trained from here.
    pub fn trained(&self, parameters: Arc<Vec<Array<T>>>, ledger: Option<Arc<Ledger<T>>>) -> Self {
        let (initial, programs) = (Some(self.parameters.clone()), self.programs.clone());
        Self { parameters, ledger, initial, recording: None, programs }
    }

    /// The same model with the ledger, if there is one, of a training that happened elsewhere.
    pub fn given(&self, ledger: Option<Arc<Ledger<T>>>) -> Self {
        Self { ledger, ..self.moved(self.parameters.clone()) }
    }

    /// The same with what was recorded of the training.
    pub fn recorded(self, recording: Option<Recording<T>>) -> Self {
        Self { recording: recording.map(Arc::new), ..self }
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

/// The name of the kind of models that are graphs.
pub(super) const CUSTOM: &str = "custom";

impl Model {
    /// A model of a kind for the entities and relations, or the features and targets, of `data`, which it does not keep. The
    /// kinds are those of [`PRESETS`](crate::models::PRESETS).
    ///
    /// # Errors
    /// [`Error::Argument`] for an unknown kind, an option that it does not have or a value out of range, and data that it
    /// cannot be made for.
    pub fn new(context: &Context, kind: &str, data: &Dataset, options: &Options) -> Result<Self> {
        let found = preset(kind)?;
        let of = |table: &Table| accept(options, &[table], &format!("the model {kind}"));
        if found.family == triples::FAMILY {
            of(&TripleOptions::TABLE)?;
            let made = TripleOptions::read(options)?;
            let family = TripleFamily::new(kind, data, &made)?;
            if family.loss.negatives() == 0 && options.get("negatives").is_some() {
                let expected = "left out, or one of sampled-softmax, bce as the loss";
                return Err(Error::argument(
                    "the option \"negatives\"",
                    "given beside the loss full-softmax",
                    expected,
                ));
            }
            return Self::of_family(kind, Arc::new(family), made.precision, made.seed.unwrap_or(context.seed()));
        }
        of(&NetworkOptions::TABLE)?;
        let preset = NetworkPreset::named(kind)?;
        preset.check(options)?;
        let made = NetworkOptions::read(options)?;
        let settings = made.settings(preset, data)?;
        Self::of_family(kind, Arc::new(settings), made.precision, made.seed.unwrap_or(context.seed()))
    }

    /// A model of the user's own.
    ///
    /// # Errors
    /// [`Error::Argument`] for an option that such models do not have or a value out of range.
    pub fn custom(context: &Context, model: CustomModel, options: &Options) -> Result<Self> {
        accept(options, &[&CustomOptions::TABLE], "a graph")?;
        let made = CustomOptions::read(options)?;
        let family = model.with_initial(made.initial);
        Self::of_family(CUSTOM, Arc::new(family), made.precision, made.seed.unwrap_or(context.seed()))
    }

    /// A model of a family, with initial values of a seed.
    ///
    /// # Errors
    /// As [`Parameter::draw`](crate::models::Parameter::draw); what the graph's operations report.
    pub fn of_family(kind: &str, family: Arc<dyn Family>, precision: Precision, seed: u64) -> Result<Self> {
        let state = match precision {
            Precision::F32 => Either::Single(State::new(family.initial(seed)?)),
            Precision::F64 => Either::Double(State::new(family.initial(seed)?)),
        };
        Ok(Self { kind: kind.to_owned(), family, seed, state, record: None })
    }

    /// The name of the kind of model: one of [`PRESETS`](crate::models::PRESETS), or `custom`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// What the model is, without the values of its parameters.
    pub fn family(&self) -> &Arc<dyn Family> {
        &self.family
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
