//! Functionals of queries, and how directional derivatives depend on inputs.

use std::sync::Arc;

use crate::autodiff::{Cotangents, jvp_many, per_example_gradient, vjp};
use crate::engine::{Program, Workers};
use crate::error::{Error, Result};
use crate::graph::NodeId;
use crate::objective::Functional;
use crate::solve::Block;
use crate::tensor::{Array, Real};

use super::any_inputs::AnyInputs;
use super::derivatives::Derivatives;
use super::layout::Layout;
use super::programs::{Draft, Point, run_once};

/// A functional ready to be evaluated and differentiated for queries.
///
/// Both are done in f64 whatever the model's precision is: queries are few, and what is asked for are small differences of
/// values.
#[derive(Debug)]
pub struct CompiledFunctional {
    value: Arc<Program<f64>>,
    gradient: Arc<Program<f64>>,
    /// For each chosen parameter the output that is its gradient; none where the functional does not read it.
    places: Vec<Option<usize>>,
    slots: usize,
    layout: Layout,
}

impl CompiledFunctional {
    /// Compiles a functional; its graph must have the parameters of the objective in the same slots.
    ///
    /// # Errors
    /// [`Error::Argument`] when it has not, or its value is no per-example scalar.
    pub fn new(functional: &Functional, layout: &Layout) -> Result<Self> {
        let mut graph = functional.graph.clone();
        let found = Layout::new(&graph, None)?;
        let known = |slot: &usize| found.slots().contains(slot);
        let parameters: Vec<NodeId> = match layout.slots().iter().all(known) {
            true => layout.slots().iter().map(|slot| graph.parameters()[*slot]).collect(),
            false => {
                return Err(Error::argument("the functional's parameters", "fewer", "those of the objective"));
            }
        };
        let gradients = per_example_gradient(&mut graph, functional.value, &parameters)?;
        let mut outputs = vec![functional.value];
        let mut places = Vec::new();
        for gradient in gradients {
            places.push(gradient.map(|_| outputs.len()));
            if let Some(gradient) = gradient {
                outputs.push(graph.broadcast_batch(gradient)?);
            }
        }
        Ok(Self {
            value: Program::compile(&graph, &[functional.value], &[])?,
            gradient: Program::compile(&graph, &outputs, &[])?,
            places,
            slots: graph.inputs().len(),
            layout: layout.clone(),
        })
    }

    /// The functional's value for each query.
    ///
    /// # Errors
    /// What running the graph reports, for example queries with another number of features.
    pub fn values<T: Real>(
        &self,
        workers: &Workers,
        parameters: &[Array<T>],
        queries: impl Into<AnyInputs>,
    ) -> Result<Vec<f64>> {
        let (parameters, queries) = (parameters_in_f64(parameters), queries.into().to());
        let point = Point { parameters: &parameters, inputs: &queries, weights: &[], shares: &[] };
        let execution = run_once(workers, self.value.clone(), point, self.slots, &[])?;
        Ok((0..queries.count()).map(|query| execution.example(0, query)[0].to_f64()).collect())
    }

    /// The functional's value and gradient for each query.
    ///
    /// # Errors
    /// As [`CompiledFunctional::values`].
    pub fn gradients<T: Real>(
        &self,
        workers: &Workers,
        parameters: &[Array<T>],
        queries: impl Into<AnyInputs>,
    ) -> Result<(Vec<f64>, Block)> {
        let (parameters, queries) = (parameters_in_f64(parameters), queries.into().to());
        let point = Point { parameters: &parameters, inputs: &queries, weights: &[], shares: &[] };
        let execution = run_once(workers, self.gradient.clone(), point, self.slots, &[])?;
        let mut block = Block::zeros(self.layout.dimension(), queries.count());
        for query in 0..queries.count() {
            for (number, place) in self.places.iter().enumerate() {
                if let Some(place) = place {
                    self.layout.join(number, execution.example(*place, query), &mut block, (query, 1), 1.0);
                }
            }
        }
        Ok(((0..queries.count()).map(|query| execution.example(0, query)[0].to_f64()).collect(), block))
    }
}

/// Parameters in f64.
pub(super) fn parameters_in_f64<T: Real>(parameters: &[Array<T>]) -> Vec<Array<f64>> {
    let convert = |array: &Array<T>| Array::from_fn(array.shape(), |place| array.values()[place].to_f64());
    parameters.iter().map(convert).collect()
}

impl<T: Real> Derivatives<T> {
    /// The derivatives by an input of the examples' directional derivatives: for each of the examples given the numbers of
    /// the input, ∂/∂x (direction · ∂L/∂θ).
    ///
    /// # Errors
    /// [`Error::Argument`] for an input that is not one of numbers, a direction of another length, or an example that is not
    /// there; what running the graph reports.
    pub fn input_effects(&self, direction: &[f64], input: usize, examples: &[usize]) -> Result<Vec<Vec<f64>>> {
        let objective = &self.objective;
        let mut draft = Draft::new(objective, &self.layout, 1)?;
        let known = objective.graph.inputs().get(input).copied();
        let Some(node) = known.filter(|node| objective.graph.value_type(*node).element == crate::graph::Element::Real)
        else {
            return Err(Error::argument("the input", input, "the slot of an input of numbers"));
        };
        let block = Block::new(direction.len(), 1, direction.to_vec())?;
        self.fits(&block)?;
        let inputs = self.inputs.select(examples)?;
        let tangents = draft.tangents();
        let Some(moved) = jvp_many(&mut draft.graph, &[draft.total], &tangents, 1)?[0] else {
            return Ok(vec![Vec::new(); examples.len()]);
        };
        let moved = draft.graph.broadcast_batch(moved)?;
        let one = draft.graph.fill(1.0, &[1])?;
        let one = draft.graph.broadcast_batch(one)?;
        let width = objective.graph.shape(node).len();
        let Some(effect) = vjp(&mut draft.graph, &[(moved, one)], &[node], Cotangents::Summed)?[0] else {
            return Ok(vec![vec![0.0; width]; examples.len()]);
        };
        let program = Program::compile(&draft.graph, &[effect], &[])?;
        let mut parts = Vec::new();
        self.layout.split(&block, 0, 1, &mut parts);
        let weights = vec![T::ONE; examples.len()];
        let point = Point { parameters: &self.parameters, inputs: &inputs, weights: &weights, shares: &[] };
        let execution = run_once(&self.workers, program, point, objective.graph.inputs().len(), &parts)?;
        let row = |place: usize| execution.example(0, place).iter().map(|x| x.to_f64()).collect();
        Ok((0..examples.len()).map(row).collect())
    }
}
