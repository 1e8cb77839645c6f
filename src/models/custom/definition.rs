//! A model as its user writes it: a graph, the rows examples own, and what can be asked.

use crate::autodiff::{Cotangents, or_zeros, vjp};
use crate::error::{Error, Result};
use crate::graph::{Element, Graph, NodeId, Op};

/// A graph under construction, with what training and explaining must know of it besides the values.
#[derive(Clone, Debug, Default)]
pub struct Definition {
    graph: Graph,
    owned: Vec<(NodeId, NodeId)>,
    functionals: Vec<(String, NodeId)>,
}

impl Definition {
    /// The name of the functional that every model has.
    pub const LOSS: &'static str = "loss";

    /// A definition without values.
    pub fn new() -> Self {
        Self::default()
    }

    /// The graph.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The graph, to add to.
    pub fn graph_mut(&mut self) -> &mut Graph {
        &mut self.graph
    }

    /// Pairs of a parameter and the input whose ids name the row of it that an example owns, as they were given.
    pub fn owned(&self) -> &[(NodeId, NodeId)] {
        &self.owned
    }

    /// The functionals in the order they were named, without the loss.
    pub fn functionals(&self) -> &[(String, NodeId)] {
        &self.functionals
    }

    /// The node with this number.
    ///
    /// # Errors
    /// [`Error::Argument`] when the graph has fewer nodes.
    pub fn node(&self, number: u32, name: &str) -> Result<NodeId> {
        let count = self.graph.len();
        if (number as usize) < count {
            return Ok(self.graph.at(number as usize));
        }
        let found = format!("the number {number}");
        Err(Error::argument(name, found, format!("a value of this graph, which has {count} so far")))
    }

    /// The number of a node, by which a context knows it.
    pub fn number(&self, node: NodeId) -> u32 {
        node.index() as u32
    }

    /// Says that an example owns the row of `parameter` that `ids` names: a slot of the ledger.
    ///
    /// # Errors
    /// [`Error::Argument`] when `parameter` is not a parameter with rows, `ids` not an input of one id for each example,
    /// or the pair was given before.
    pub fn own(&mut self, parameter: NodeId, ids: NodeId) -> Result<()> {
        let graph = &self.graph;
        if !matches!(graph.op(parameter), Op::Parameter(_)) || graph.shape(parameter).rank() == 0 {
            let found = format!("{}, {}", graph.describe(parameter), graph.value_type(parameter));
            return Err(Error::argument("the parameter whose rows are owned", found, "a parameter with rows"));
        }
        let value_type = graph.value_type(ids);
        let is_input = matches!(graph.op(ids), Op::Input(_));
        if !is_input || value_type.element != Element::Index || value_type.shape.rank() != 0 {
            let found = format!("{}, {value_type}", graph.describe(ids));
            return Err(Error::argument("the ids of owned rows", found, "an input of one id for each example"));
        }
        if self.owned.contains(&(parameter, ids)) {
            let found = format!("{} by {}", graph.describe(parameter), graph.describe(ids));
            return Err(Error::argument("the owned row", found, "a pair that was not given before"));
        }
        self.owned.push((parameter, ids));
        Ok(())
    }

    /// Names a per-example scalar that can be predicted and explained.
    ///
    /// # Errors
    /// [`Error::Argument`] when the name is empty or taken, or `value` is no per-example scalar.
    pub fn functional(&mut self, name: &str, value: NodeId) -> Result<()> {
        if name.is_empty() || name == Self::LOSS || self.functionals.iter().any(|(other, _)| other == name) {
            let found = format!("{name:?}");
            return Err(Error::argument("the functional's name", found, "a name of its own; \"loss\" is always there"));
        }
        let value_type = self.graph.value_type(value);
        if value_type.element != Element::Real || !value_type.per_example || value_type.shape.rank() != 0 {
            let what = format!("the functional {}", self.graph.describe(value));
            return Err(Error::argument(what, value_type, "a per-example scalar"));
        }
        self.functionals.push((name.to_owned(), value));
        Ok(())
    }

    /// Adds the derivatives of a scalar by shared values, one of the same shape for each; a per-example scalar is summed
    /// over the batch.
    ///
    /// # Errors
    /// [`Error::Argument`] when `of` is no scalar of numbers or one of `by` is not shared.
    pub fn gradient(&mut self, of: NodeId, by: &[NodeId]) -> Result<Vec<NodeId>> {
        let graph = &mut self.graph;
        if graph.value_type(of).element != Element::Real || graph.shape(of).rank() != 0 {
            let what = format!("the value to differentiate, {}", graph.describe(of));
            return Err(Error::argument(what, graph.value_type(of), "a scalar"));
        }
        if let Some(wrong) = by.iter().find(|id| graph.is_per_example(**id)) {
            let what = format!("the value to differentiate by, {}", graph.describe(*wrong));
            return Err(Error::argument(what, graph.value_type(*wrong), "a shared value"));
        }
        let mut seed = graph.fill(1.0, &[])?;
        if graph.is_per_example(of) {
            seed = graph.broadcast_batch(seed)?;
        }
        let cotangents = vjp(graph, &[(of, seed)], by, Cotangents::Summed)?;
        or_zeros(graph, &cotangents, by)
    }
}
