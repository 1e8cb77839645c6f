//! A training step's derivative along directions.

use std::sync::Arc;

use crate::autodiff::jvp_many;
use crate::engine::{Execution, Operands, Program, Workers};
use crate::error::Result;
use crate::graph::{Graph, NodeId};
use crate::objective::{Examples, Objective, Staged};
use crate::tensor::{Array, Real};

use super::plan::{DenseTerm, Drafted, Reduction, SparseTerm, StepPlan, TableShape};
use super::tape::PastStep;

/// The matrix that directions are multiplied by, for the losses of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepCurvature {
    /// The Hessian, with which the derivative of a step is exact.
    Hessian,
    /// The empirical Fisher matrix: the sum of the outer products of the examples' gradients.
    Fisher,
}

/// The derivative of a step's losses and gradient along directions in the parameters, compiled: each example's inner product
/// of its gradient with a direction, and the product of the batch's curvature with it. One program gives both.
#[derive(Debug)]
pub(super) struct LinearizedStep<T> {
    program: Arc<Program<T>>,
    reduction: Reduction,
    count: usize,
    inputs: usize,
    /// The inputs that hold numbers, or may, beside the directions.
    numbers: usize,
    /// The outputs; none where nothing depends on a direction.
    loss: Option<usize>,
    sparse: Vec<(SparseTerm, usize)>,
    dense: Vec<(usize, usize)>,
    tables: Vec<TableShape>,
}

/// A linearized step with the memory it runs in.
#[derive(Debug)]
pub(super) struct Linearized<T> {
    step: Arc<LinearizedStep<T>>,
    execution: Execution<T>,
    staged: Staged<T>,
    /// For each row of each parameter as many directions as the step has.
    pub directions: Vec<Vec<T>>,
}

/// What a linearized step reads.
struct Along<'a, T> {
    parameters: &'a [Array<T>],
    staged: &'a Staged<T>,
    directions: &'a [Vec<T>],
}

impl<T: Real> Operands<T> for Along<'_, T> {
    fn parameter(&self, slot: usize) -> &[T] {
        self.parameters[slot].values()
    }

    fn real(&self, slot: usize) -> &[T] {
        match slot.checked_sub(self.staged.numbers.len()) {
            None => &self.staged.numbers[slot],
            Some(number) => &self.directions[number],
        }
    }

    fn index(&self, slot: usize) -> &[u32] {
        self.staged.ids.get(slot).map_or(&[], Vec::as_slice)
    }
}

impl<T: Real> LinearizedStep<T> {
    /// Compiles the derivative of a plan's step along `count` directions, with the products of a curvature or without.
    pub fn new(
        objective: &Objective,
        plan: &StepPlan<T>,
        count: usize,
        products: Option<StepCurvature>,
    ) -> Result<Arc<Self>> {
        let Drafted { mut graph, mut terms, losses, seed, .. } = match products {
            Some(StepCurvature::Fisher) => Drafted::with_seed(objective, plan.reduction)?,
            _ => Drafted::new(objective, plan.reduction)?,
        };
        let numbers = graph.inputs().len();
        if products.is_none() {
            terms.outputs.truncate(1);
            (terms.sparse, terms.dense) = (Vec::new(), Vec::new());
        }
        let parameters = graph.parameters().to_vec();
        let (mut tangents, mut directions) = (Vec::new(), Vec::new());
        for (number, (parameter, table)) in parameters.into_iter().zip(&plan.tables).enumerate() {
            // The directions of a row lie side by side, so that steps that read few rows touch little memory.
            let axis = usize::from(table.rows > 1);
            let mut sizes = graph.shape(parameter).sizes().to_vec();
            sizes.insert(axis, count);
            directions.push(graph.shared_input(&format!("the directions of parameter {number}"), &sizes)?);
            tangents.push((parameter, swap_rows(&mut graph, directions[number], axis)?));
        }
        let moved = match seed {
            None => jvp_many(&mut graph, &terms.outputs, &tangents, count)?,
            // An example's gradient times its slope: the derivative of the gradients by what they are multiplied by.
            Some(seed) => {
                let slopes = jvp_many(&mut graph, &losses, &tangents, count)?;
                let along: Vec<_> = slopes[0].map(|slopes| (seed, slopes)).into_iter().collect();
                let mut moved = jvp_many(&mut graph, &terms.outputs, &along, count)?;
                moved[0] = slopes[1];
                moved
            }
        };
        let mut outputs = Vec::new();
        let mut place = |node| {
            outputs.push(node);
            outputs.len() - 1
        };
        let loss = match moved[0] {
            Some(node) => Some(place(graph.broadcast_batch(node)?)),
            None => None,
        };
        let (mut sparse, mut dense) = (Vec::new(), Vec::new());
        for term in &terms.sparse {
            if let Some(node) = moved[term.output] {
                sparse.push((*term, place(graph.broadcast_batch(node)?)));
            }
        }
        for DenseTerm { parameter, total, .. } in &terms.dense {
            if let Some(node) = moved[*total] {
                let axis = usize::from(plan.tables[*parameter].rows > 1);
                dense.push((*parameter, place(swap_rows(&mut graph, node, axis)?)));
            }
        }
        let program = Program::compile(&graph, &outputs, &directions)?;
        let (reduction, inputs, tables) = (plan.reduction, plan.inputs(), plan.tables.clone());
        Ok(Arc::new(Self { program, reduction, count, inputs, numbers, loss, sparse, dense, tables }))
    }
}

/// Swaps the axis of directions with that of rows, if `axis` is one.
fn swap_rows(graph: &mut Graph, node: NodeId, axis: usize) -> Result<NodeId> {
    let mut axes: Vec<usize> = (0..graph.shape(node).rank()).collect();
    axes.swap(0, axis);
    graph.permute(node, &axes)
}

impl<T: Real> Linearized<T> {
    /// Memory for a step whose directions are zero.
    pub fn new(step: &Arc<LinearizedStep<T>>) -> Self {
        let sizes = step.tables.iter().map(|table| step.count * table.rows * table.width);
        Self {
            execution: Execution::new(step.program.clone(), 0),
            staged: Staged::new(step.numbers),
            directions: sizes.map(|size| vec![T::ZERO; size]).collect(),
            step: step.clone(),
        }
    }

    /// The same on one thread, beside others.
    pub fn on_one_lane(self) -> Self {
        Self { execution: self.execution.on_one_lane(), ..self }
    }

    /// Runs the derivative of a step at the parameters before it. `slopes` has the place of an example in the batch and the
    /// derivatives of its share of the loss along the directions; the products of the curvature are added to `products`, which
    /// lie as the directions do.
    pub fn run<E: Examples<T> + ?Sized>(
        &mut self,
        past: &PastStep<T>,
        parameters: &[Array<T>],
        examples: &E,
        workers: &Workers,
        products: &mut [Vec<f64>],
        mut slopes: impl FnMut(usize, &[T]),
    ) -> Result<()> {
        let Self { step, execution, staged, directions } = self;
        staged.clear();
        for example in &past.examples {
            examples.stage(past.epoch, *example as usize, staged);
        }
        if step.reduction != Reduction::Sum {
            staged.numbers[step.inputs].extend_from_slice(&past.shares);
        }
        let operands = Along { parameters, staged, directions };
        execution.run(workers, &operands, past.examples.len())?;
        if let Some(loss) = step.loss {
            (0..past.examples.len()).for_each(|position| slopes(position, execution.example(loss, position)));
        }
        for (term, output) in &step.sparse {
            let width = step.tables[term.parameter].width;
            let into = &mut products[term.parameter];
            for position in 0..past.examples.len() {
                let ids = &staged.ids[term.input][position * term.count..][..term.count];
                let rows = execution.example(*output, position).chunks_exact(width);
                for (place, row) in rows.enumerate() {
                    let (direction, id) = (place / term.count, ids[place % term.count] as usize);
                    add(&mut into[(id * step.count + direction) * width..][..width], row);
                }
            }
        }
        for (parameter, output) in &step.dense {
            add(&mut products[*parameter], execution.shared(*output));
        }
        Ok(())
    }

    /// Sets the directions back to zero where a step had rows.
    pub fn clear(&mut self, past: &PastStep<T>) {
        let count = self.step.count;
        for ((moved, table), directions) in past.moved.iter().zip(&self.step.tables).zip(&mut self.directions) {
            let size = count * table.width;
            moved.rows.iter().for_each(|(row, _)| directions[*row as usize * size..][..size].fill(T::ZERO));
        }
    }
}

/// Adds numbers to sums.
fn add<T: Real>(sums: &mut [f64], numbers: &[T]) {
    sums.iter_mut().zip(numbers).for_each(|(sum, x)| *sum += x.to_f64());
}
