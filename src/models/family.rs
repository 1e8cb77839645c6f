//! What the layers above know of a model.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::data::Dataset;
use crate::error::{Error, Result, one_of, quoted};
use crate::graph::{Graph, NodeId};
use crate::objective::{AnyInputs, EpochIds, Functional, InputSink, Inputs, Layout, Objective};
use crate::tensor::random::{Purpose, Stream};
use crate::tensor::{Array, Real};

pub use crate::objective::Reduction;

use super::network;
use super::triples::{self, TripleTables};

/// A model without the values of its parameters: what is minimized, what can be explained, and how data becomes the inputs
/// of both. Nothing above this layer asks which family a model is of.
pub trait Family: Any + fmt::Debug + Send + Sync {
    /// The name of the family, in messages and manifests.
    fn name(&self) -> &'static str;

    /// What a constructor in [`FAMILIES`] makes the same model of; for models that are code, what must be the same of them.
    fn manifest(&self) -> Value;

    /// The parameters, in the order of the slots of [`Family::objective`]'s graph.
    ///
    /// # Errors
    /// As [`Family::objective`].
    fn parameters(&self) -> Result<Vec<Parameter>>;

    /// What training minimizes.
    ///
    /// # Errors
    /// What the graph's operations report.
    fn objective(&self) -> Result<Objective>;

    /// The names of the functionals; the first is the default.
    fn functionals(&self) -> Vec<&str>;

    /// A functional, by its name or the default one.
    ///
    /// # Errors
    /// [`Error::Argument`] for an unknown name; [`Error::Unsupported`] for a functional that this model does not have.
    fn functional(&self, name: Option<&str>) -> Result<Functional>;

    /// Checks that a dataset is one that this model can be trained on.
    ///
    /// # Errors
    /// [`Error::Argument`] for data of another kind or for a model of another size.
    fn accepts(&self, data: &Dataset) -> Result<()>;

    /// Stages examples for the objective. `seed` is that of sampled candidates.
    ///
    /// # Errors
    /// [`Error::Argument`] for data that does not fit, or is empty; [`Error::Unsupported`] where examples are others in every
    /// epoch; what the sink reports.
    fn stage_examples(&self, data: &Dataset, seed: u64, sink: &mut dyn InputSink) -> Result<()>;

    /// Stages queries for a functional.
    ///
    /// # Errors
    /// [`Error::Argument`] for data that does not fit, or is empty, or an unknown functional; what the sink reports.
    fn stage_queries(&self, data: &Dataset, functional: Option<&str>, sink: &mut dyn InputSink) -> Result<()>;

    /// Examples for training by steps that are drawn as they are needed, because they may differ from epoch to epoch; none
    /// where they are those of [`Family::stage_examples`].
    ///
    /// # Errors
    /// As [`Family::stage_examples`].
    fn epoch_ids(&self, _data: &Dataset, _seed: u64) -> Result<Option<Box<dyn EpochIds>>> {
        Ok(None)
    }

    /// How training by steps goes unless options say otherwise.
    fn training(&self) -> TrainingDefaults;

    /// Whether the objective is convex, so that minimizing it is the best training.
    fn is_convex(&self) -> bool {
        false
    }

    /// Whether the objective can be minimized: it is the same in every epoch.
    fn can_be_minimized(&self) -> bool {
        true
    }

    /// Whether training can stop early by the ranking of validation examples.
    fn can_stop_early(&self) -> bool {
        false
    }

    /// Why the curvature is singular along coordinates of the parameters in `layout`, in words of the data.
    ///
    /// # Errors
    /// [`Error::Argument`] for data of another kind.
    fn singularity(&self, _data: &Dataset, layout: &Layout, coordinates: &[usize]) -> Result<Singularity> {
        let within = coordinates.iter().filter(|place| **place < layout.dimension());
        let names: Vec<String> = within.map(|place| layout.describe(*place)).collect();
        Ok(Singularity::new(format!("{} depend on each other", quoted(names.iter(), SHOWN))))
    }

    /// Why examples whose weights change have an objective without a minimum afterwards, which had one before, where that is
    /// seen at once: in words that stand after "after this change of the training set", with the classes' names.
    fn without_minimum(&self, _classes: &[String], _examples: &AnyInputs, _weights: [&[f64]; 2]) -> Option<String> {
        None
    }

    /// The outputs as a graph of the features, for models that predict from samples.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for other models.
    fn predictor(&self) -> Result<Predictor> {
        Err(self.unsupported("predicting outputs", "evaluate a functional of queries instead"))
    }

    /// The tables to rank candidates by, for models of triples.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for other models.
    fn ranked(&self) -> Result<&TripleTables> {
        Err(self.unsupported("ranking candidates", "only models of triples rank them"))
    }

    /// The error for what this family does not have.
    fn unsupported(&self, what: &str, hint: &str) -> Error {
        Error::Unsupported { what: format!("{what} by a model of the family {}", self.name()), hint: hint.into() }
    }
}

impl dyn Family {
    /// The model as one of a certain family.
    pub fn downcast<F: Family>(&self) -> Option<&F> {
        (self as &dyn Any).downcast_ref()
    }

    /// The examples as [`Family::stage_examples`] stages them.
    ///
    /// # Errors
    /// As there.
    pub fn examples<T: Real>(&self, data: &Dataset, seed: u64) -> Result<Inputs<T>> {
        let mut inputs = Inputs::default();
        self.stage_examples(data, seed, &mut inputs)?;
        Ok(inputs)
    }

    /// The queries as [`Family::stage_queries`] stages them.
    ///
    /// # Errors
    /// As there.
    pub fn queries<T: Real>(&self, data: &Dataset, functional: Option<&str>) -> Result<Inputs<T>> {
        let mut inputs = Inputs::default();
        self.stage_queries(data, functional, &mut inputs)?;
        Ok(inputs)
    }

    /// Parameters with initial values.
    ///
    /// # Errors
    /// As [`Parameter::draw`].
    pub fn initial<T: Real>(&self, seed: u64) -> Result<Vec<Array<T>>> {
        self.parameters()?.iter().enumerate().map(|(slot, parameter)| parameter.draw(slot, seed)).collect()
    }
}

/// A parameter of a model, without its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// How its initial values are made.
    pub initial: Initial,
}

/// How initial values are made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Initial {
    /// All zero.
    Zeros,
    /// Uniformly from minus to plus this number, all from one stream.
    Uniform(f64),
    /// Uniformly from minus to plus this number, each row from a stream of its own: the beginning of a table does not depend
    /// on its length.
    UniformRows(f64),
}

impl Parameter {
    /// The parameters of a graph, each with its initial values by its slot.
    pub(super) fn of_graph(graph: &Graph, initial: impl Fn(NodeId) -> Initial) -> Vec<Self> {
        let of = |id: &NodeId| Self {
            name: graph.name(*id).unwrap_or_default().to_owned(),
            shape: graph.shape(*id).sizes().to_vec(),
            initial: initial(*id),
        };
        graph.parameters().iter().map(of).collect()
    }

    /// Initial values for the parameter of a slot. Single precision has the same numbers, rounded.
    ///
    /// # Errors
    /// [`Error::Argument`] for values that memory or the precision cannot hold.
    pub fn draw<T: Real>(&self, slot: usize, seed: u64) -> Result<Array<T>> {
        let mut array = Array::try_zeros(&self.shape)?;
        let (half_width, width) = match self.initial {
            Initial::Zeros => return Ok(array),
            Initial::Uniform(half_width) => (half_width, array.values().len()),
            Initial::UniformRows(half_width) => {
                (half_width, array.values().len() / self.shape.first().copied().unwrap_or(1).max(1))
            }
        };
        if !(half_width > 0.0 && T::from_f64(half_width).is_finite()) {
            let expected = "a positive number that the model's precision holds";
            return Err(Error::argument("the initial half width", half_width, expected));
        }
        for (row, values) in array.values_mut().chunks_mut(width.max(1)).enumerate() {
            let mut stream = Stream::new(seed, Purpose::Initial, slot as u64, row as u64);
            values.iter_mut().for_each(|value| *value = T::from_f64(stream.within(half_width)));
        }
        Ok(array)
    }
}

/// How training by steps goes unless options say otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrainingDefaults {
    /// What the losses of a batch are combined into.
    pub reduction: Reduction,
    /// The number of examples in a batch.
    pub batch: usize,
    /// How often training goes through all examples.
    pub epochs: usize,
}

/// The outputs of a model as a graph of its features.
#[derive(Clone, Debug)]
pub struct Predictor {
    /// The graph: input 0 is the features of a sample.
    pub graph: Graph,
    /// The outputs of a sample.
    pub outputs: NodeId,
    /// The number of features.
    pub features: usize,
    /// The number of outputs.
    pub count: usize,
}

/// Why a curvature is singular, and what to do about it besides damping.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Singularity {
    /// What is wrong.
    pub problem: String,
    /// What removes it; empty where only damping does.
    pub hints: Vec<&'static str>,
}

impl Singularity {
    pub(super) fn new(problem: String) -> Self {
        Self { problem: format!("the curvature is singular: {problem}"), hints: Vec::new() }
    }
}

/// How many names a message lists before it stops.
pub(super) const SHOWN: usize = 20;

/// How messages speak of the size of a dataset to train on, and of one to ask about.
pub(super) const EXAMPLES: &str = "the number of examples of the dataset";
pub(super) const QUERIES: &str = "the number of queries";

pub(super) fn some(data: &Dataset, what: &str) -> Result<()> {
    if data.is_empty() { Err(Error::argument(what, 0, "at least one")) } else { Ok(()) }
}

/// A dataset of another kind than a model reads.
pub(super) fn other_data(family: &dyn Family, data: &Dataset) -> Error {
    let expected = format!("one for a model of the family {}", family.name());
    Error::argument("the dataset", format!("of {}", data.kind()), expected)
}

/// A family as manifests know it.
#[derive(Clone, Copy, Debug)]
pub struct FamilyEntry {
    /// Its name.
    pub name: &'static str,
    /// Makes the model of a manifest.
    pub restore: fn(Value) -> Result<Arc<dyn Family>>,
}

/// The families whose models can be made from their manifest. A model of one's own is code: it is built again and its
/// manifest compared.
pub const FAMILIES: [FamilyEntry; 2] = [
    FamilyEntry { name: triples::FAMILY, restore: triples::restore },
    FamilyEntry { name: network::FAMILY, restore: network::restore },
];

/// The model of a manifest.
///
/// # Errors
/// [`Error::Argument`] for an unknown family or a manifest that is none of its models.
pub fn restore(family: &str, manifest: Value) -> Result<Arc<dyn Family>> {
    let entry = FAMILIES.iter().find(|entry| entry.name == family);
    let entry = entry.ok_or_else(|| one_of("the family of the model", family, FAMILIES.iter().map(|e| e.name)))?;
    (entry.restore)(manifest)
}
