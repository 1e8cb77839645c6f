//! The three kinds of models, and what each makes of data and questions.

use std::sync::Arc;

use crate::data::{Targets, Triple};
use crate::error::{Error, Result};
use crate::graph::{Element, Graph};
use crate::models::network::{NetworkFunctional, NetworkSettings};
use crate::models::triples::{Candidates, TripleExamples};
use crate::models::triples::{FunctionalKind, Loss, Sides, TripleModel, TripleScorer};
use crate::objective::{Examples, Staged};
use crate::objective::{Functional, Inputs, Objective};
use crate::session::Dataset;
use crate::session::dataset::{Column, Content};
use crate::tensor::{Array, Real};

use super::GraphModel;

/// What a model is, without the values of its parameters.
#[derive(Clone, Debug)]
pub(in crate::session) enum Kind {
    Triples(TripleKind),
    Rows(NetworkSettings),
    Graph(GraphModel),
}

/// What a model of triples is.
#[derive(Clone, Debug)]
pub(in crate::session) struct TripleKind {
    pub scorer: Arc<dyn TripleScorer>,
    pub entities: usize,
    pub relations: usize,
    pub dimension: usize,
    pub initial: f64,
    pub loss: Loss,
    pub sides: Sides,
    pub candidates: Candidates,
}

/// What can be asked of a model of triples: the scalar, and whether tails are the candidates.
const OF_TRIPLES: [(&str, FunctionalKind, bool); 6] = [
    ("probability", FunctionalKind::Probability, true),
    ("log-probability", FunctionalKind::LogProbability, true),
    ("score", FunctionalKind::Score, true),
    ("head-probability", FunctionalKind::Probability, false),
    ("head-log-probability", FunctionalKind::LogProbability, false),
    ("head-score", FunctionalKind::Score, false),
];

fn of_triples(name: Option<&str>) -> Result<(FunctionalKind, bool)> {
    let name = name.unwrap_or(OF_TRIPLES[0].0);
    let found = OF_TRIPLES.iter().find(|(known, ..)| *known == name);
    found.map(|(_, kind, tails)| (*kind, *tails)).ok_or_else(|| unknown(name, OF_TRIPLES.iter().map(|known| known.0)))
}

fn of_rows(name: Option<&str>) -> Result<NetworkFunctional> {
    let name = name.unwrap_or(NetworkFunctional::ALL[0].0);
    let found = NetworkFunctional::ALL.iter().find(|(known, _)| *known == name);
    found.map(|(_, kind)| *kind).ok_or_else(|| unknown(name, NetworkFunctional::ALL.iter().map(|known| known.0)))
}

fn unknown<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let known: Vec<&str> = known.collect();
    Error::argument("the functional", format!("{name:?}"), format!("one of {}", known.join(", ")))
}

impl TripleKind {
    /// The model with tables of values.
    pub fn model<T: Real>(&self, parameters: &Arc<Vec<Array<T>>>) -> Result<TripleModel<T>> {
        TripleModel::with_parameters(self.scorer.clone(), self.dimension, parameters.clone())
    }

    /// Refuses ids that the tables do not have.
    fn check(&self, triples: &[Triple]) -> Result<()> {
        let (entities, relations) = (self.entities as u32, self.relations as u32);
        let fits = |t: &Triple| t.head < entities && t.tail < entities && t.relation < relations;
        match triples.iter().position(|triple| !fits(triple)) {
            None => Ok(()),
            Some(place) => {
                let Triple { head, relation, tail } = triples[place];
                let expected = format!("ids below {entities} and {relations}, for which the model was made");
                Err(Error::argument(
                    format!("triple {place} of the dataset"),
                    format!("{head} {relation} {tail}"),
                    expected,
                ))
            }
        }
    }

    fn ids<T: Real>(triples: &[Triple], ids: [fn(&Triple) -> u32; 3]) -> Result<Inputs<T>> {
        let mut inputs = Inputs::new(triples.len());
        for (slot, id) in ids.iter().enumerate() {
            inputs = inputs.with_ids(slot, triples.iter().map(id).collect())?;
        }
        Ok(inputs)
    }
}

impl Kind {
    /// What kind it is, for messages.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Triples(_) => "triples",
            Self::Rows(_) => "rows",
            Self::Graph(_) => "a graph",
        }
    }

    /// What training minimizes.
    pub fn objective<T: Real>(&self, parameters: &Arc<Vec<Array<T>>>) -> Result<Objective> {
        match self {
            Self::Triples(kind) => Objective::of_triples(&kind.model(parameters)?, kind.loss, kind.sides),
            Self::Rows(settings) => settings.objective(),
            Self::Graph(graph) => Ok(graph.objective.clone()),
        }
    }

    /// What is explained, by its name; the first there is if none is given.
    pub fn functional<T: Real>(&self, parameters: &Arc<Vec<Array<T>>>, name: Option<&str>) -> Result<Functional> {
        match self {
            Self::Triples(kind) => {
                let (scalar, tails) = of_triples(name)?;
                Functional::of_triples(&kind.model(parameters)?, scalar, tails)
            }
            Self::Rows(settings) => settings.functional(of_rows(name)?),
            Self::Graph(graph) => graph.functional(name),
        }
    }

    /// Examples as the objective reads them. `seed` is that of the candidates of triples.
    pub fn examples<T: Real>(&self, data: &Dataset, seed: u64) -> Result<Inputs<T>> {
        if data.is_empty() {
            return Err(Error::argument("the number of examples of the dataset", 0, "at least one"));
        }
        match self {
            Self::Triples(kind) => {
                let triples = &data.triples()?.triples;
                kind.check(triples)?;
                if kind.loss.negatives() > 0 && kind.candidates == Candidates::EachEpoch {
                    return Err(Error::Unsupported {
                        what: "an objective over examples whose candidates are drawn anew in every epoch".into(),
                        hint: "draw candidates once, or use the full softmax".into(),
                    });
                }
                let TripleKind { entities, loss, sides, candidates, .. } = kind;
                let examples = TripleExamples::new(&triples[..], *entities, *loss, *sides, seed, *candidates)?;
                staged(&examples, triples.len(), 3 + usize::from(sides.tails()) + usize::from(sides.heads()))
            }
            Self::Rows(settings) => {
                data.rows()?.dense.require_targets("the dataset").or_else(|error| {
                    match data.rows()?.dense.targets {
                        // One class or one row is poor data and no wrong data.
                        Targets::None => Err(error),
                        _ => Ok(()),
                    }
                })?;
                finite(settings.inputs(&data.rows()?.dense)?)
            }
            Self::Graph(graph) => finite(named(&graph.objective.graph, data, true)?),
        }
    }

    /// Queries as a functional reads them.
    pub fn queries<T: Real>(&self, data: &Dataset, functional: Option<&str>) -> Result<Inputs<T>> {
        if data.is_empty() {
            return Err(Error::argument("the number of queries", 0, "at least one"));
        }
        match self {
            Self::Triples(kind) => {
                let triples = &data.triples()?.triples;
                kind.check(triples)?;
                let (_, tails) = of_triples(functional)?;
                TripleKind::ids(
                    triples,
                    match tails {
                        true => [|t| t.head, |t| t.relation, |t| t.tail],
                        false => [|t| t.tail, |t| t.relation, |t| t.head],
                    },
                )
            }
            Self::Rows(settings) => {
                let kind = of_rows(functional)?;
                if data.rows()?.dense.targets == Targets::None && kind != NetworkFunctional::Output {
                    let expected = "a target for each query, or the functional \"output\"";
                    return Err(Error::argument("the targets of the queries", "missing", expected));
                }
                finite(settings.inputs(&data.rows()?.dense)?)
            }
            Self::Graph(graph) => finite(named(&graph.objective.graph, data, false)?),
        }
    }
}

/// Refuses numbers that the model's precision cannot hold: those of datasets are finite in double precision.
fn finite<T: Real>(inputs: Inputs<T>) -> Result<Inputs<T>> {
    for slot in 0..inputs.slots() {
        let numbers = inputs.numbers(slot);
        if let Some(place) = numbers.iter().position(|number| !number.is_finite()) {
            let width = numbers.len() / inputs.count();
            return Err(Error::NotFinite {
                what: "a number of the dataset in single precision",
                value: numbers[place].to_f64(),
                place: format!("example {}, element {} (both counted from 0)", place / width, place % width),
                hint: "scale the numbers, or make the model in double precision".into(),
            });
        }
    }
    Ok(inputs)
}

/// Triples with the candidates that they always have.
fn staged<T: Real>(examples: &TripleExamples<'_>, count: usize, slots: usize) -> Result<Inputs<T>> {
    let mut staged = Staged::<T>::new(slots);
    for example in 0..count {
        examples.stage(0, example, &mut staged);
    }
    let mut inputs = Inputs::new(count);
    for (slot, ids) in staged.ids.into_iter().enumerate().filter(|(_, ids)| !ids.is_empty()) {
        inputs = inputs.with_ids(slot, ids)?;
    }
    Ok(inputs)
}

/// The inputs of a graph by their names. Training needs all of them; the engine says which of them a query lacks.
fn named<T: Real>(graph: &Graph, data: &Dataset, all: bool) -> Result<Inputs<T>> {
    let columns = data.columns()?;
    let known: Vec<&str> = graph.inputs().iter().map(|id| graph.name(*id).unwrap_or_default()).collect();
    if let Some(name) = columns.names().find(|name| !known.contains(name)) {
        let expected = format!("one of the graph's: {}", known.join(", "));
        return Err(Error::argument("an input of the dataset", format!("{name:?}"), expected));
    }
    let mut inputs = Inputs::new(columns.count());
    for (slot, (id, name)) in graph.inputs().iter().zip(&known).enumerate() {
        let value_type = graph.value_type(*id);
        let width = graph.shape(*id).len();
        let (values, is_ids) = match columns.get(name) {
            Some(Column::Numbers(values)) => (values.len(), false),
            Some(Column::Ids(ids)) => (ids.len(), true),
            None if all => {
                return Err(Error::argument(
                    format!("the input {name:?} of the dataset"),
                    "missing",
                    value_type.to_string(),
                ));
            }
            None => continue,
        };
        if is_ids != (value_type.element == Element::Index) || values != width * columns.count() {
            let found =
                format!("{} {} for each example", values / columns.count(), if is_ids { "ids" } else { "numbers" });
            return Err(Error::argument(format!("the input {name:?} of the dataset"), found, value_type.to_string()));
        }
        inputs = match columns.get(name) {
            Some(Column::Numbers(values)) => {
                inputs.with_numbers(slot, values.iter().map(|x| T::from_f64(*x)).collect())?
            }
            Some(Column::Ids(ids)) => inputs.with_ids(slot, ids.to_vec())?,
            None => inputs,
        };
    }
    Ok(inputs)
}

/// What the dataset of a model of this kind is made of.
impl Kind {
    /// Refuses data of another kind, in words of the model.
    pub fn fits(&self, data: &Dataset) -> Result<()> {
        let same = matches!(
            (self, &data.content),
            (Self::Triples(_), Content::Triples(_))
                | (Self::Rows(_), Content::Rows(_))
                | (Self::Graph(_), Content::Columns(_))
        );
        match same {
            true => Ok(()),
            false => Err(Error::argument(
                "the dataset",
                format!("of {}", data.kind()),
                format!("one for a model of {}", self.name()),
            )),
        }
    }
}
