//! Models that a host writes as a graph.

use crate::error::{Error, Result};
use crate::graph::{Element, Graph, NodeId, Shape, ValueType};
use crate::model::{Functional, Objective, Owned};
use crate::tensor::Array;
use crate::tensor::random::{Purpose, Stream};

use crate::embed::number::Number;

/// The functional that every graph has: the loss of an example, without penalty.
const LOSS: &str = "loss";

/// A graph with the roles of its values: what is minimised, which rows examples own, what can be asked.
#[derive(Clone, Debug)]
pub struct GraphModel {
    pub(in crate::embed) objective: Objective,
    functionals: Vec<(String, NodeId)>,
}

impl GraphModel {
    /// A model that minimises the mean of `loss`, a per-example scalar, and `penalty`, a shared one.
    ///
    /// # Errors
    /// [`Error::Argument`] for values of another type, or inputs and parameters without names or with the same one.
    pub fn new(graph: Graph, loss: NodeId, penalty: Option<NodeId>, outputs: Option<NodeId>) -> Result<Self> {
        require(&graph, loss, "the loss", true)?;
        if let Some(penalty) = penalty {
            require(&graph, penalty, "the penalty", false)?;
        }
        if let Some(outputs) = outputs {
            let found = graph.value_type(outputs);
            if !found.per_example || found.element == Element::Index {
                return Err(Error::argument("the type of the outputs", found, "per-example numbers"));
            }
        }
        for (ids, what) in [(graph.inputs(), "inputs"), (graph.parameters(), "parameters")] {
            let mut names: Vec<&str> = ids.iter().map(|id| graph.name(*id).unwrap_or_default()).collect();
            names.sort_unstable();
            if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
                return Err(Error::argument(
                    format!("the name of two {what}"),
                    format!("{:?}", pair[0]),
                    "a name of its own for each",
                ));
            }
            if names.first().is_some_and(|name| name.is_empty()) {
                return Err(Error::argument(
                    format!("the name of one of the {what}"),
                    "empty",
                    "a name of its own for each",
                ));
            }
        }
        if graph.parameters().is_empty() {
            return Err(Error::argument("the number of parameters of the graph", 0, "at least one"));
        }
        let objective = Objective { graph, loss, penalty, outputs, owned: Vec::new() };
        Ok(Self { objective, functionals: vec![(LOSS.into(), loss)] })
    }

    /// Says that an example owns the row of `parameter` that `ids` names: a slot of the ledger.
    ///
    /// # Errors
    /// [`Error::Argument`] when the one is no parameter or the other no input of one id for each example.
    pub fn own(&mut self, parameter: NodeId, ids: NodeId) -> Result<()> {
        let graph = &self.objective.graph;
        let Some(slot) = graph.parameters().iter().position(|id| *id == parameter) else {
            return Err(Error::argument(
                "what an example is to own a row of",
                describe(graph, parameter),
                "a parameter",
            ));
        };
        let input = graph.inputs().iter().position(|id| *id == ids);
        let one = graph.value_type(ids).element == Element::Index && graph.shape(ids).sizes().is_empty();
        let Some(input) = input.filter(|_| one) else {
            let expected = "an input of one id for each example";
            return Err(Error::argument("what names the row that an example owns", describe(graph, ids), expected));
        };
        let owned = Owned { parameter: slot, input };
        if !self.objective.owned.contains(&owned) {
            self.objective.owned.push(owned);
        }
        Ok(())
    }

    /// Names a per-example scalar that can be asked for and explained.
    ///
    /// # Errors
    /// [`Error::Argument`] for an empty name or one that is taken, or a value of another type.
    pub fn name_functional(&mut self, name: &str, node: NodeId) -> Result<()> {
        require(&self.objective.graph, node, &format!("the functional {name:?}"), true)?;
        if name.is_empty() || self.functionals.iter().any(|(other, _)| other == name) {
            return Err(Error::argument("the name of a functional", format!("{name:?}"), "a new name"));
        }
        self.functionals.push((name.to_owned(), node));
        Ok(())
    }

    /// What can be asked for: the loss, and what was named.
    pub fn functionals(&self) -> impl Iterator<Item = &str> {
        self.functionals.iter().map(|(name, _)| name.as_str())
    }

    /// A functional by its name; the loss if none is given.
    pub(in crate::embed) fn functional(&self, name: Option<&str>) -> Result<Functional> {
        let name = name.unwrap_or(LOSS);
        let Some((_, value)) = self.functionals.iter().find(|(found, _)| found == name) else {
            let known: Vec<&str> = self.functionals().collect();
            return Err(Error::argument("the functional", format!("{name:?}"), format!("one of {}", known.join(", "))));
        };
        let graph = &self.objective.graph;
        let inputs = read_by(graph, *value);
        let reads = self
            .objective
            .owned
            .iter()
            .filter(|owned| inputs.contains(&graph.inputs()[owned.input]))
            .copied()
            .collect();
        Ok(Functional { graph: graph.clone(), value: *value, scores: *value, reads })
    }

    /// Initial values.
    pub(super) fn initial<T: Number>(&self, half_width: f64, seed: u64) -> Result<Vec<Array<T>>> {
        if !(half_width.is_finite() && half_width > 0.0) {
            return Err(Error::argument("the initial half width", half_width, "a positive number"));
        }
        let graph = &self.objective.graph;
        let mut parameters = Vec::new();
        for (slot, id) in graph.parameters().iter().enumerate() {
            let mut array = Array::try_zeros(graph.shape(*id).sizes())?;
            // Keyed by the row, so that a table's beginning does not depend on its length.
            let width = array.values().len() / array.shape().first().copied().unwrap_or(1).max(1);
            for (row, values) in array.values_mut().chunks_mut(width.max(1)).enumerate() {
                let mut stream = Stream::new(seed, Purpose::Initial, slot as u64, row as u64);
                for value in values {
                    *value = T::from_f64((2.0 * stream.uniform() - 1.0) * half_width);
                }
            }
            parameters.push(array);
        }
        Ok(parameters)
    }
}

/// The inputs that a value depends on.
fn read_by(graph: &Graph, value: NodeId) -> Vec<NodeId> {
    let mut needed = vec![false; graph.ids().count()];
    let mut found = Vec::new();
    if let Some(last) = needed.get_mut(value.index()) {
        *last = true;
    }
    // Arguments stand before what uses them.
    for id in graph.ids().rev() {
        if !needed[id.index()] {
            continue;
        }
        if graph.inputs().contains(&id) {
            found.push(id);
        }
        for argument in graph.arguments(id) {
            needed[argument.index()] = true;
        }
    }
    found
}

fn describe(graph: &Graph, node: NodeId) -> String {
    match graph.name(node) {
        Some(name) => format!("{name:?}, {}", graph.value_type(node)),
        None => graph.value_type(node).to_string(),
    }
}

/// Refuses what is no scalar of numbers, per example or shared.
fn require(graph: &Graph, node: NodeId, what: &str, per_example: bool) -> Result<()> {
    let found = graph.value_type(node);
    let expected = ValueType::real(per_example, Shape::default());
    if *found == expected {
        return Ok(());
    }
    Err(Error::argument(format!("the type of {what}"), found, expected.to_string()))
}
