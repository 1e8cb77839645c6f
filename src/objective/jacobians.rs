//! Examples one by one: gradients, Jacobians of the outputs and the loss's curvature there.

use crate::autodiff::{Cotangents, jvp_many, per_example_gradient, vjp};
use crate::engine::Program;
use crate::error::{Error, Result};
use crate::graph::{Graph, NodeId};
use crate::solve::Block;
use crate::tensor::Real;

use super::derivatives::Derivatives;
use super::programs::{Draft, Point, run_once};

/// What some examples do to the objective, seen through the model's outputs.
///
/// With J the Jacobian of an example's `outputs` numbers, its loss has the gradient Jᵀ r and the Gauss-Newton matrix
/// Jᵀ S J.
#[derive(Clone, Debug)]
pub struct Jacobians {
    /// The number of outputs, c.
    pub outputs: usize,
    /// The rows of every example's Jacobian: c vectors an example.
    pub rows: Block,
    /// r: the gradient of the loss by the outputs, c numbers an example.
    pub gradients: Vec<f64>,
    /// S: the Hessian of the loss by the outputs, c × c numbers an example.
    pub hessians: Vec<f64>,
}

/// A loss as a function of the outputs.
pub(super) struct OutputDerivatives {
    /// The gradient by the outputs, per-example.
    pub gradient: NodeId,
    /// The Hessian by the outputs, per-example: one row an output.
    pub hessian: NodeId,
    /// The input to be given [`units_of`] the outputs.
    pub units: NodeId,
}

/// Adds a loss's first and second derivatives by the outputs.
pub(super) fn output_derivatives(graph: &mut Graph, loss: NodeId, outputs: NodeId) -> Result<OutputDerivatives> {
    let shape = graph.shape(outputs).clone();
    let count = shape.len();
    let mut sizes = vec![count];
    sizes.extend(shape.sizes());
    let units = graph.shared_input("one direction for each output", &sizes)?;
    let one = graph.fill(1.0, &[])?;
    let one = graph.broadcast_batch(one)?;
    let gradient = vjp(graph, &[(loss, one)], &[outputs], Cotangents::Summed)?[0];
    let hessian = match gradient {
        Some(gradient) => jvp_many(graph, &[gradient], &[(outputs, units)], count)?[0],
        None => None,
    };
    let mut per_example = |value: Option<NodeId>, sizes: &[usize]| {
        let value = value.map_or_else(|| graph.fill(0.0, sizes), Ok)?;
        graph.broadcast_batch(value)
    };
    Ok(OutputDerivatives {
        gradient: per_example(gradient, shape.sizes())?,
        hessian: per_example(hessian, &sizes)?,
        units,
    })
}

/// One direction for each of `count` outputs.
pub(super) fn units_of<T: Real>(count: usize) -> Vec<T> {
    (0..count * count).map(|place| if place / count == place % count { T::ONE } else { T::ZERO }).collect()
}

impl<T: Real> Derivatives<T> {
    /// The gradients gᵢ of the loss of some examples and their shares of the penalty, one vector each.
    ///
    /// # Errors
    /// [`Error::Argument`] for an example that is not there; what running the graph reports.
    pub fn gradients_of(&self, examples: &[usize]) -> Result<Block> {
        let mut draft = Draft::new(&self.objective, &self.layout, 1)?;
        let gradients = per_example_gradient(&mut draft.graph, draft.total, &draft.parameters)?;
        let mut block = Block::zeros(self.dimension(), examples.len());
        let mut outputs = Vec::new();
        let mut numbers = Vec::new();
        for (number, gradient) in gradients.into_iter().enumerate() {
            if let Some(gradient) = gradient {
                outputs.push(draft.graph.broadcast_batch(gradient)?);
                numbers.push(number);
            }
        }
        if outputs.is_empty() || examples.is_empty() {
            return Ok(block);
        }
        let inputs = self.inputs.select(examples)?;
        let program = Program::compile(&draft.graph, &outputs, &[])?;
        let weights = vec![T::ONE; examples.len()];
        let point = Point { parameters: &self.parameters, inputs: &inputs, weights: &weights, shares: &[] };
        let slots = self.objective.graph.inputs().len();
        let execution = run_once(&self.workers, program, point, slots, &[])?;
        for place in 0..examples.len() {
            for (output, number) in numbers.iter().enumerate() {
                self.layout.join(*number, execution.example(output, place), &mut block, (place, 1), 1.0);
            }
        }
        Ok(block)
    }

    /// The Jacobians of some examples, with the loss's derivatives by the outputs.
    ///
    /// # Errors
    /// [`Error::Argument`] when the objective names no outputs, or for an example that is not there; what running the graph
    /// reports.
    pub fn jacobians(&self, examples: &[usize]) -> Result<Jacobians> {
        let objective = &self.objective;
        let Some(outputs) = objective.outputs else {
            let expected = "the node through which the loss depends on the parameters";
            return Err(Error::argument("the objective's outputs", "absent", expected));
        };
        let mut draft = Draft::new(objective, &self.layout, 1)?;
        let Draft { graph, parameters, .. } = &mut draft;
        let shape = graph.shape(outputs).clone();
        let count = shape.len();
        let OutputDerivatives { gradient, hessian, units } = output_derivatives(graph, objective.loss, outputs)?;
        let seed = graph.input("the seed at the outputs", shape.sizes())?;
        // A reverse pass is linear in its seed: its derivative along one direction an output is the Jacobian.
        let back = vjp(graph, &[(outputs, seed)], parameters, Cotangents::PerExample)?;
        let mut compiled = vec![gradient, hessian];
        let mut numbers = Vec::new();
        for (number, back) in back.into_iter().enumerate() {
            if let Some(back) = back
                && let Some(rows) = jvp_many(graph, &[back], &[(seed, units)], count)?[0]
            {
                compiled.push(graph.broadcast_batch(rows)?);
                numbers.push(number);
            }
        }
        let inputs = self.inputs.select(examples)?;
        let program = Program::compile(graph, &compiled, &[])?;
        let weights = vec![T::ONE; examples.len()];
        let point = Point { parameters: &self.parameters, inputs: &inputs, weights: &weights, shares: &[] };
        // Behind the weight and the part of a fixed penalty stand the directions of the draft, which are not read, and then the units.
        let mut shared: Vec<Vec<T>> = vec![Vec::new(); self.layout.slots().len()];
        shared.push(units_of(count));
        let slots = objective.graph.inputs().len();
        let execution = run_once(&self.workers, program, point, slots, &shared)?;
        let mut jacobians = Block::zeros(self.dimension(), examples.len() * count);
        let (mut gradients, mut hessians) = (Vec::new(), Vec::new());
        for place in 0..examples.len() {
            gradients.extend(execution.example(0, place).iter().map(|x| x.to_f64()));
            hessians.extend(execution.example(1, place).iter().map(|x| x.to_f64()));
            for (output, number) in numbers.iter().enumerate() {
                let rows = execution.example(2 + output, place);
                self.layout.join(*number, rows, &mut jacobians, (place * count, count), 1.0);
            }
        }
        Ok(Jacobians { outputs: count, rows: jacobians, gradients, hessians })
    }
}
