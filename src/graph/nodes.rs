//! The arena of nodes and its leaves.

use std::collections::HashMap;

use crate::error::{Error, Result};

use super::op::{Constant, Op};
use super::types::{Element, Shape, ValueType};

/// A node of a [`Graph`]: a small id, valid for the graph that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Node {
    op: Op,
    arguments: Vec<NodeId>,
    value_type: ValueType,
}

/// A list of typed nodes in topological order: arguments always precede their users.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    nodes: Vec<Node>,
    names: Vec<Option<String>>,
    parameters: Vec<NodeId>,
    inputs: Vec<NodeId>,
    // Only ever asked for one key, never iterated: hash order reaches no result.
    known: HashMap<Node, NodeId>,
}

impl Graph {
    /// A graph without nodes.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are no nodes.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Every node, arguments before their users.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        (0..self.nodes.len() as u32).map(NodeId)
    }

    /// The node at a place of the list.
    pub(crate) fn at(&self, index: usize) -> NodeId {
        debug_assert!(index < self.nodes.len());
        NodeId(index as u32)
    }

    /// What a node computes.
    pub fn op(&self, id: NodeId) -> &Op {
        &self.nodes[id.index()].op
    }

    /// What a node computes it from.
    pub fn arguments(&self, id: NodeId) -> &[NodeId] {
        &self.nodes[id.index()].arguments
    }

    /// The type of a node's value.
    pub fn value_type(&self, id: NodeId) -> &ValueType {
        &self.nodes[id.index()].value_type
    }

    /// The shape of a node's value, without the batch axis.
    pub fn shape(&self, id: NodeId) -> &Shape {
        &self.nodes[id.index()].value_type.shape
    }

    /// Whether every example has its own value of a node.
    pub fn is_per_example(&self, id: NodeId) -> bool {
        self.nodes[id.index()].value_type.per_example
    }

    /// The parameters in the order of their slots.
    pub fn parameters(&self) -> &[NodeId] {
        &self.parameters
    }

    /// The inputs in the order of their slots.
    pub fn inputs(&self) -> &[NodeId] {
        &self.inputs
    }

    /// The name of a leaf, or of a node that was given one.
    pub fn name(&self, id: NodeId) -> Option<&str> {
        self.names[id.index()].as_deref()
    }

    /// Gives a node a name for error messages.
    pub fn set_name(&mut self, id: NodeId, name: impl Into<String>) {
        self.names[id.index()] = Some(name.into());
    }

    /// How messages speak of a node: `%7`, with its name where it has one.
    pub fn describe(&self, id: NodeId) -> String {
        match self.name(id) {
            Some(name) => format!("%{} ({name})", id.0),
            None => format!("%{}", id.0),
        }
    }

    /// The input with a name.
    ///
    /// # Errors
    /// [`Error::Argument`] when there is none.
    pub fn input_named(&self, name: &str) -> Result<NodeId> {
        self.inputs.iter().copied().find(|id| self.name(*id) == Some(name)).ok_or_else(|| {
            Error::argument("the input's name", format!("{name:?}"), "the name of an input of the graph")
        })
    }

    /// Adds a trained parameter, shared by all examples.
    ///
    /// # Errors
    /// [`Error::Argument`] when the name is taken, a size is zero, or there are more elements than memory can hold.
    pub fn parameter(&mut self, name: &str, sizes: &[usize]) -> Result<NodeId> {
        let slot = self.parameters.len() as u32;
        let value_type = ValueType::real(false, Shape::new(sizes));
        let id = self.leaf(name, Op::Parameter(slot), value_type)?;
        self.parameters.push(id);
        Ok(id)
    }

    /// Adds an input of numbers that every example has its own of.
    ///
    /// # Errors
    /// [`Error::Argument`] when the name is taken, a size is zero, or there are more elements than memory can hold.
    pub fn input(&mut self, name: &str, sizes: &[usize]) -> Result<NodeId> {
        self.any_input(name, ValueType::real(true, Shape::new(sizes)))
    }

    /// Adds an input of numbers that all examples share, for example a direction.
    ///
    /// # Errors
    /// [`Error::Argument`] when the name is taken, a size is zero, or there are more elements than memory can hold.
    pub fn shared_input(&mut self, name: &str, sizes: &[usize]) -> Result<NodeId> {
        self.any_input(name, ValueType::real(false, Shape::new(sizes)))
    }

    /// Adds an input of ids or labels that every example has its own of.
    ///
    /// # Errors
    /// [`Error::Argument`] when the name is taken, a size is zero, or there are more elements than memory can hold.
    pub fn indices(&mut self, name: &str, sizes: &[usize]) -> Result<NodeId> {
        self.any_input(name, ValueType { element: Element::Index, per_example: true, shape: Shape::new(sizes) })
    }

    fn any_input(&mut self, name: &str, value_type: ValueType) -> Result<NodeId> {
        let slot = self.inputs.len() as u32;
        let id = self.leaf(name, Op::Input(slot), value_type)?;
        self.inputs.push(id);
        Ok(id)
    }

    fn leaf(&mut self, name: &str, op: Op, value_type: ValueType) -> Result<NodeId> {
        let leaves = self.parameters.iter().chain(&self.inputs);
        if leaves.into_iter().any(|id| self.name(*id) == Some(name)) {
            return Err(Error::argument(
                format!("the name of a new {}", op.name()),
                format!("{name:?}, which is taken"),
                "a name of its own",
            ));
        }
        check_sizes(name, &value_type.shape)?;
        let id = self.node(op, &[], value_type);
        self.set_name(id, name);
        Ok(id)
    }

    /// Adds the parameter as each example sees it, for programs that are run with row patches.
    ///
    /// # Errors
    /// [`Error::Argument`] when `parameter` is not a parameter with rows.
    pub fn patched(&mut self, parameter: NodeId) -> Result<NodeId> {
        match self.op(parameter) {
            Op::Parameter(slot) if self.shape(parameter).rank() >= 1 => {
                let slot = *slot;
                let value_type = ValueType::real(true, self.shape(parameter).clone());
                let name = self.name(parameter).map(str::to_owned);
                let id = self.node(Op::Patched(slot), &[], value_type);
                if let Some(name) = name {
                    self.set_name(id, name);
                }
                Ok(id)
            }
            op => Err(Error::argument(
                format!("the table to patch, {}", self.describe(parameter)),
                op.name(),
                "a parameter with rows",
            )),
        }
    }

    /// Adds a shared value that is the same number everywhere.
    ///
    /// # Errors
    /// [`Error::Argument`] when a size is zero, or there are more elements than memory can hold.
    pub fn fill(&mut self, value: f64, sizes: &[usize]) -> Result<NodeId> {
        let shape = Shape::new(sizes);
        check_sizes("a filled value", &shape)?;
        Ok(self.filled(value, ValueType::real(false, shape)))
    }

    /// The same number everywhere, in any type.
    pub(crate) fn filled(&mut self, value: f64, mut value_type: ValueType) -> NodeId {
        let spread = std::mem::replace(&mut value_type.per_example, false);
        let id = self.node(Op::Fill(Constant::new(value)), &[], value_type.clone());
        if spread {
            value_type.per_example = true;
            self.node(Op::Spread, &[id], value_type)
        } else {
            id
        }
    }

    /// The number a node is filled with, where it is one.
    pub(crate) fn fill_value(&self, id: NodeId) -> Option<f64> {
        match self.op(id) {
            Op::Fill(constant) => Some(constant.value()),
            Op::Spread => self.fill_value(self.arguments(id)[0]),
            _ => None,
        }
    }

    /// Adds a node, or finds the equal one.
    pub(crate) fn node(&mut self, op: Op, arguments: &[NodeId], value_type: ValueType) -> NodeId {
        let node = Node { op, arguments: arguments.to_vec(), value_type };
        if let Some(id) = self.known.get(&node) {
            return *id;
        }
        let id = NodeId(self.nodes.len() as u32);
        self.known.insert(node.clone(), id);
        self.nodes.push(node);
        self.names.push(None);
        id
    }
}

fn check_sizes(name: &str, shape: &Shape) -> Result<()> {
    let expected = match shape {
        shape if shape.sizes().contains(&0) => "sizes of at least one",
        shape if !shape.is_holdable() => "sizes that memory can hold",
        _ => return Ok(()),
    };
    Err(Error::argument(format!("the shape of {name}"), shape, expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_whose_number_of_elements_wraps_around_are_refused() {
        let mut graph = Graph::new();
        for sizes in [&[(1 << 62) + 256, 4][..], &[usize::MAX], &[1 << 32, 1 << 32]] {
            assert!(graph.parameter("table", sizes).is_err(), "{sizes:?}");
            assert!(graph.input("values", sizes).is_err(), "{sizes:?}");
            assert!(graph.fill(1.0, sizes).is_err(), "{sizes:?}");
        }
        assert!(graph.parameter("table", &[1 << 20, 1 << 10]).is_ok());
    }
}
