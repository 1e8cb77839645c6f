//! Programs that read an objective's parameters, examples and weights.

use std::sync::Arc;

use crate::engine::{Execution, Operands, Program, Workers};
use crate::error::Result;
use crate::graph::{Graph, NodeId};
use crate::objective::{Inputs, Objective};
use crate::tensor::{Array, Real};

use super::layout::Layout;

/// An objective's graph with what derivatives need beside it.
pub(super) struct Draft {
    pub graph: Graph,
    /// The loss of one example and its share of the penalty.
    pub total: NodeId,
    /// The same times the example's weight, and what falls to it of a penalty that is no example's: summed over the examples
    /// that is W R.
    pub weighted: NodeId,
    /// The weight of an example.
    pub weight: NodeId,
    /// How much of the penalty falls to an example: its weight where it has a share.
    pub share: NodeId,
    /// The chosen parameters.
    pub parameters: Vec<NodeId>,
    /// For each chosen parameter, `count` directions.
    pub directions: Vec<NodeId>,
}

impl Draft {
    pub fn new(objective: &Objective, layout: &Layout, count: usize) -> Result<Self> {
        let mut graph = objective.graph.clone();
        let total = objective.total(&mut graph)?;
        let weight = graph.input("the weight of an example", &[])?;
        let mut share = graph.input("the part of a fixed penalty", &[])?;
        let mut weighted = graph.mul(weight, total)?;
        match objective.fixed_penalty() {
            Some(penalty) => {
                let each = graph.broadcast_batch(penalty)?;
                let part = graph.mul(share, each)?;
                weighted = graph.add(weighted, part)?;
            }
            None => share = weight,
        }
        let parameters: Vec<NodeId> = layout.slots().iter().map(|slot| graph.parameters()[*slot]).collect();
        let mut directions = Vec::new();
        for (number, shape) in layout.shapes().iter().enumerate() {
            let mut sizes = vec![count];
            sizes.extend(shape);
            directions.push(graph.shared_input(&format!("the directions of parameter {number}"), &sizes)?);
        }
        Ok(Self { graph, total, weighted, weight, share, parameters, directions })
    }

    pub fn tangents(&self) -> Vec<(NodeId, NodeId)> {
        self.parameters.iter().copied().zip(self.directions.iter().copied()).collect()
    }

    /// Compiles the draft; what does not depend on the directions is computed once.
    pub fn compile<T: Real>(&self, objective: &Objective, outputs: &[NodeId], budget: usize) -> Result<Ready<T>> {
        let program = Program::compile(&self.graph, outputs, &self.directions)?;
        Ok(Ready {
            execution: Execution::new(program, budget),
            slots: objective.graph.inputs().len(),
            directions: Vec::new(),
            prepared: false,
        })
    }
}

/// A program of directions with the memory it runs in.
#[derive(Debug)]
pub(super) struct Ready<T> {
    pub execution: Execution<T>,
    /// The objective's own inputs; the weight comes next, the part of a fixed penalty, then the directions.
    slots: usize,
    pub directions: Vec<Vec<T>>,
    pub prepared: bool,
}

impl<T: Real> Ready<T> {
    /// Runs the program along the directions it holds.
    pub fn run(&mut self, workers: &Workers, point: Point<'_, T>) -> Result<()> {
        let operands = Along { point, slots: self.slots, directions: &self.directions };
        if !self.prepared {
            self.execution.prepare(workers, &operands, point.inputs.count())?;
            self.prepared = true;
        }
        self.execution.repeat(workers, &operands)
    }
}

/// Parameters, examples and weights, and the parts of a fixed penalty where they are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point<'a, T> {
    pub parameters: &'a [Array<T>],
    pub inputs: &'a Inputs<T>,
    pub weights: &'a [T],
    pub shares: &'a [T],
}

struct Along<'a, T> {
    point: Point<'a, T>,
    slots: usize,
    directions: &'a [Vec<T>],
}

impl<T: Real> Operands<T> for Along<'_, T> {
    fn parameter(&self, slot: usize) -> &[T] {
        self.point.parameters.get(slot).map_or(&[], Array::values)
    }

    fn real(&self, slot: usize) -> &[T] {
        match slot.checked_sub(self.slots) {
            None => self.point.inputs.numbers(slot),
            Some(0) => self.point.weights,
            Some(1) => self.point.shares,
            Some(number) => self.directions.get(number - 2).map_or(&[], Vec::as_slice),
        }
    }

    fn index(&self, slot: usize) -> &[u32] {
        self.point.inputs.ids(slot)
    }
}

/// Runs a program without directions once.
pub(super) fn run_once<T: Real>(
    workers: &Workers,
    program: Arc<Program<T>>,
    point: Point<'_, T>,
    slots: usize,
    shared: &[Vec<T>],
) -> Result<Execution<T>> {
    let mut execution = Execution::new(program, 0);
    let operands = Along { point, slots, directions: shared };
    execution.run(workers, &operands, point.inputs.count())?;
    Ok(execution)
}
