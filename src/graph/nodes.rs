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

    /// For each node up to the last of `targets` whether one of them depends on it.
    pub(crate) fn needed(&self, targets: &[NodeId]) -> Vec<bool> {
        let mut needed = vec![false; targets.iter().map(|id| id.index() + 1).max().unwrap_or(0)];
        targets.iter().for_each(|id| needed[id.index()] = true);
        for index in (0..needed.len()).rev() {
            if needed[index] {
                self.nodes[index].arguments.iter().for_each(|argument| needed[argument.index()] = true);
            }
        }
        needed
    }

    pub(crate) fn at(&self, index: usize) -> NodeId {
        debug_assert!(index < self.nodes.len());
        NodeId(index as u32)
    }

    /// Whether a node is one of this graph, as far as its number says. What is asked of other nodes panics; whatever adds
    /// to the graph refuses them.
    pub fn contains(&self, id: NodeId) -> bool {
        id.index() < self.nodes.len()
    }

    /// Refuses a node of another graph: the one place where ids are checked.
    pub(crate) fn known(&self, id: NodeId) -> Result<()> {
        if self.contains(id) {
            return Ok(());
        }
        let expected = format!("one of the {} nodes of this graph", self.len());
        Err(Error::argument("a node", format!("%{}", id.0), expected))
    }

    pub(crate) fn all_known<'i>(&self, ids: impl IntoIterator<Item = &'i NodeId>) -> Result<()> {
        ids.into_iter().try_for_each(|id| self.known(*id))
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
        self.names.get(id.index())?.as_deref()
    }

    /// Gives a node a name for error messages; a node of another graph gets none.
    pub fn set_name(&mut self, id: NodeId, name: impl Into<String>) {
        if let Some(known) = self.names.get_mut(id.index()) {
            *known = Some(name.into());
        }
    }

    /// How messages speak of a node: `%7`, with its name where it has one.
    pub fn describe(&self, id: NodeId) -> String {
        match self.name(id) {
            Some(name) => format!("%{} ({name})", id.0),
            None => format!("%{}", id.0),
        }
    }

    /// Adds a trained parameter, shared by all examples.
    ///
    /// # Errors
    /// [`Error::Argument`] when the name is taken, a size is zero, or there are more elements than memory can hold.
    pub fn parameter(&mut self, name: &str, sizes: &[usize]) -> Result<NodeId> {
        let op = Op::Parameter(self.parameters.len() as u32);
        let id = self.leaf(name, op, ValueType::real(false, Shape::new(sizes)))?;
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
        let id = self.leaf(name, Op::Input(self.inputs.len() as u32), value_type)?;
        self.inputs.push(id);
        Ok(id)
    }

    fn leaf(&mut self, name: &str, op: Op, value_type: ValueType) -> Result<NodeId> {
        if self.parameters.iter().chain(&self.inputs).any(|id| self.name(*id) == Some(name)) {
            let what = format!("the name of a new {}", op.name());
            return Err(Error::argument(what, format!("{name:?}, which is taken"), "a name of its own"));
        }
        let shape = &value_type.shape;
        if shape.refusal().is_some() {
            let (found, expected) = if shape.sizes().contains(&0) {
                (shape.to_string(), "sizes of at least one".into())
            } else if shape.rank() > Shape::MAX_AXES {
                (format!("of {} axes", shape.rank()), format!("{} at most", Shape::MAX_AXES))
            } else {
                (shape.to_string(), "sizes that memory can hold".into())
            };
            return Err(Error::argument(format!("the shape of {name}"), found, expected));
        }
        let id = self.node(op, &[], value_type)?;
        self.set_name(id, name);
        Ok(id)
    }

    /// Adds the parameter as each example sees it, for programs that are run with row patches.
    ///
    /// # Errors
    /// [`Error::Argument`] when `parameter` is not a parameter with rows.
    pub fn patched(&mut self, parameter: NodeId) -> Result<NodeId> {
        self.known(parameter)?;
        let slot = match self.op(parameter) {
            Op::Parameter(slot) if self.shape(parameter).rank() > 0 => *slot,
            op => {
                let what = format!("the table to patch, {}", self.describe(parameter));
                return Err(Error::argument(what, op.name(), "a parameter with rows"));
            }
        };
        let id = self.node(Op::Patched(slot), &[], ValueType::real(true, self.shape(parameter).clone()))?;
        self.names[id.index()] = self.names[parameter.index()].clone();
        Ok(id)
    }

    /// Adds a shared value that is the same number everywhere.
    ///
    /// # Errors
    /// [`Error::Argument`] when the number is not finite; [`Error::Shape`] when a size is zero, there are more than
    /// [`Shape::MAX_AXES`] axes or more elements than memory can hold.
    pub fn fill(&mut self, value: f64, sizes: &[usize]) -> Result<NodeId> {
        finite("a constant", value)?;
        self.filled(value, ValueType::real(false, Shape::new(sizes)))
    }

    /// The same number everywhere, in any type.
    pub(crate) fn filled(&mut self, value: f64, mut value_type: ValueType) -> Result<NodeId> {
        let spread = std::mem::replace(&mut value_type.per_example, false);
        let id = self.node(Op::Fill(Constant::new(value)), &[], value_type.clone())?;
        match spread {
            true => self.node(Op::BroadcastBatch, &[id], ValueType { per_example: true, ..value_type }),
            false => Ok(id),
        }
    }

    /// The number a node is filled with, where it is one.
    pub(crate) fn fill_value(&self, id: NodeId) -> Option<f64> {
        match self.op(id) {
            Op::Fill(constant) => Some(constant.value()),
            Op::BroadcastBatch => self.fill_value(self.arguments(id)[0]),
            _ => None,
        }
    }

    /// Adds a node, or finds the equal one. Every node is made here, so no node has a shape that cannot be.
    ///
    /// # Errors
    /// [`Error::Shape`] for a shape that no value can have; [`Error::Argument`] for more nodes than there are ids.
    pub(crate) fn node(&mut self, op: Op, arguments: &[NodeId], value_type: ValueType) -> Result<NodeId> {
        if let Some(reason) = value_type.shape.refusal() {
            let operands: Vec<String> = arguments.iter().map(|id| self.value_type(*id).to_string()).collect();
            let right = match value_type.shape.rank() > Shape::MAX_AXES {
                true => format!("a result of {} axes", value_type.shape.rank()),
                false => format!("a result of {}", value_type.shape),
            };
            let (node, left) = (format!("%{}", self.nodes.len()), operands.join(" and "));
            return Err(Error::Shape { node, operation: op.name(), left, right, reason: reason.into() });
        }
        let node = Node { op, arguments: arguments.to_vec(), value_type };
        if let Some(id) = self.known.get(&node) {
            return Ok(*id);
        }
        let Ok(number) = u32::try_from(self.nodes.len()) else {
            return Err(Error::argument("the number of nodes", self.nodes.len(), "fewer than four milliards"));
        };
        let id = NodeId(number);
        self.known.insert(node.clone(), id);
        self.nodes.push(node);
        self.names.push(None);
        Ok(id)
    }
}

pub(super) fn finite(name: &str, value: f64) -> Result<()> {
    if value.is_finite() { Ok(()) } else { Err(Error::argument(name, value, "a finite number")) }
}
