//! Models that a context writes as a graph.

use crate::error::{Error, Result};
use crate::graph::{Element, Graph, NodeId, Shape, ValueType};
use crate::objective::{Functional, Objective, Owned};
use crate::tensor::random::{Purpose, Stream};
use crate::tensor::{Array, Real};

use crate::session::Definition;

/// A graph with the roles of its values: what is minimized, which rows examples own, what can be asked.
#[derive(Clone, Debug)]
pub struct GraphModel {
    pub(in crate::session) objective: Objective,
    functionals: Vec<(String, NodeId)>,
}

impl GraphModel {
    /// A model that minimizes the mean of `loss`, a per-example scalar, and `penalty`, a shared one. `outputs` are the
    /// values through which the loss depends on the parameters; without them there is no Gauss-Newton matrix.
    ///
    /// # Errors
    /// [`Error::Argument`] for values of another type, or a graph without parameters.
    pub fn new(
        definition: &Definition,
        loss: NodeId,
        penalty: Option<NodeId>,
        outputs: Option<NodeId>,
    ) -> Result<Self> {
        let graph = definition.graph().clone();
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
        if graph.parameters().is_empty() {
            return Err(Error::argument("the number of parameters of the graph", 0, "at least one"));
        }
        let place = |ids: &[NodeId], wanted: NodeId| ids.iter().position(|id| *id == wanted);
        let owned = definition.owned().iter().filter_map(|(parameter, ids)| {
            let parameter = place(graph.parameters(), *parameter)?;
            Some(Owned { parameter, input: place(graph.inputs(), *ids)? })
        });
        let owned = owned.collect();
        let mut functionals = vec![(Definition::LOSS.to_owned(), loss)];
        functionals.extend_from_slice(definition.functionals());
        Ok(Self { objective: Objective { graph, loss, penalty, outputs, owned }, functionals })
    }

    /// What can be asked for: the loss, and what was named.
    pub fn functionals(&self) -> impl Iterator<Item = &str> {
        self.functionals.iter().map(|(name, _)| name.as_str())
    }

    /// A functional by its name; the loss if none is given.
    pub(in crate::session) fn functional(&self, name: Option<&str>) -> Result<Functional> {
        let name = name.unwrap_or(Definition::LOSS);
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
    pub(super) fn initial<T: Real>(&self, half_width: f64, seed: u64) -> Result<Vec<Array<T>>> {
        if !(T::from_f64(half_width).is_finite() && half_width > 0.0) {
            let expected = "a positive number that the model's precision holds";
            return Err(Error::argument("the initial half width", half_width, expected));
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
                    *value = T::from_f64(stream.within(half_width));
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

/// Refuses what is no scalar of numbers, per example or shared.
fn require(graph: &Graph, node: NodeId, what: &str, per_example: bool) -> Result<()> {
    let found = graph.value_type(node);
    let expected = ValueType::real(per_example, Shape::default());
    if *found == expected {
        return Ok(());
    }
    Err(Error::argument(format!("the type of {what}"), found, expected.to_string()))
}
