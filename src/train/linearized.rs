//! A training step's derivative along directions.

use crate::autodiff::jvp_many;
use crate::engine::{Execution, Operands, Program, Workers};
use crate::error::Result;
use crate::objective::{Examples, Objective, Staged};
use crate::tensor::{Array, Real};

use super::plan::{DenseTerm, Drafted, Reduction, SparseTerm, StepPlan};
use super::tape::PastStep;

/// The derivative of a step's losses and gradient along directions in the parameters: each example's inner product of its
/// gradient with a direction, and the product of the Hessian of the batch's loss with it. One program gives both.
#[derive(Debug)]
pub(super) struct LinearizedStep<T> {
    execution: Execution<T>,
    reduction: Reduction,
    count: usize,
    inputs: usize,
    /// The outputs; none where nothing depends on a direction.
    loss: Option<usize>,
    sparse: Vec<(SparseTerm, usize)>,
    dense: Vec<(usize, usize)>,
    widths: Vec<usize>,
    staged: Staged<T>,
    /// For each parameter `count` directions, one after the other.
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
    /// Compiles the derivative of a plan's step along `count` directions, which are zero.
    pub fn new(objective: &Objective, plan: &StepPlan<T>, count: usize) -> Result<Self> {
        let Drafted { mut graph, terms, .. } = Drafted::new(objective, plan.reduction)?;
        let parameters = graph.parameters().to_vec();
        let (mut tangents, mut directions) = (Vec::new(), Vec::new());
        for (number, parameter) in parameters.into_iter().enumerate() {
            let mut sizes = vec![count];
            sizes.extend(graph.shape(parameter).sizes());
            let name = format!("the directions of parameter {number}");
            directions.push(graph.shared_input(&name, &sizes)?);
            tangents.push((parameter, directions[number]));
        }
        let moved = jvp_many(&mut graph, &terms.outputs, &tangents, count)?;
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
                dense.push((*parameter, place(node)));
            }
        }
        let program = Program::compile(&graph, &outputs, &directions)?;
        let shares = usize::from(plan.reduction != Reduction::Sum);
        let sizes = plan.tables.iter().map(|table| table.rows * table.width);
        Ok(Self {
            execution: Execution::new(program, 0),
            reduction: plan.reduction,
            count,
            inputs: plan.inputs(),
            loss,
            sparse,
            dense,
            widths: plan.tables.iter().map(|table| table.width).collect(),
            staged: Staged::new(plan.inputs() + shares),
            directions: sizes.map(|size| vec![T::ZERO; count * size]).collect(),
        })
    }

    /// Runs the derivative of a step at the parameters before it. `slopes` has the place of an example in the batch and the
    /// derivatives of its share of the loss along the directions; the products of the Hessian are added to `products`.
    pub fn run<E: Examples<T> + ?Sized>(
        &mut self,
        past: &PastStep<T>,
        parameters: &[Array<T>],
        examples: &E,
        workers: &Workers,
        products: &mut [Vec<f64>],
        mut slopes: impl FnMut(usize, &[T]),
    ) -> Result<()> {
        self.staged.clear();
        for example in &past.examples {
            examples.stage(past.epoch, *example as usize, &mut self.staged);
        }
        if self.reduction != Reduction::Sum {
            self.staged.numbers[self.inputs].extend_from_slice(&past.shares);
        }
        let Self { execution, staged, directions, count, .. } = self;
        let operands = Along { parameters, staged, directions };
        execution.run(workers, &operands, past.examples.len())?;
        if let Some(loss) = self.loss {
            (0..past.examples.len()).for_each(|position| slopes(position, execution.example(loss, position)));
        }
        for (term, output) in &self.sparse {
            let width = self.widths[term.parameter];
            let into = &mut products[term.parameter];
            let size = into.len() / *count;
            for position in 0..past.examples.len() {
                let ids = &self.staged.ids[term.input][position * term.count..][..term.count];
                let rows = execution.example(*output, position).chunks_exact(width);
                for (place, row) in rows.enumerate() {
                    let (outcome, id) = (place / term.count, ids[place % term.count] as usize);
                    for (sum, x) in into[outcome * size + id * width..][..width].iter_mut().zip(row) {
                        *sum += x.to_f64();
                    }
                }
            }
        }
        for (parameter, output) in &self.dense {
            for (sum, x) in products[*parameter].iter_mut().zip(execution.shared(*output)) {
                *sum += x.to_f64();
            }
        }
        Ok(())
    }

    /// Sets the directions back to zero where a step had rows.
    pub fn clear(&mut self, past: &PastStep<T>) {
        for (parameter, moved) in past.moved.iter().enumerate() {
            let (width, directions) = (self.widths[parameter], &mut self.directions[parameter]);
            let size = directions.len() / self.count;
            for (row, _) in &moved.rows {
                for outcome in 0..self.count {
                    directions[outcome * size + *row as usize * width..][..width].fill(T::ZERO);
                }
            }
        }
    }
}
