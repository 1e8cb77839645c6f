//! Outputs that are linear in the chosen parameters: generalized linear models, and the last layer of any network.

use std::sync::Arc;

use crate::autodiff::Curvature;
use crate::engine::Program;
use crate::error::Result;
use crate::graph::{NodeId, Op};
use crate::objective::Objective;
use crate::tensor::Real;

use super::derivatives::Derivatives;
use super::jacobians::{OutputDerivatives, output_derivatives, units_of};
use super::layout::Layout;
use super::programs::{Draft, Point, run_once};

/// Outputs that are a matrix times features.
pub(super) struct Linear {
    /// The features: a per-example value `[d]`.
    pub features: NodeId,
    /// Which of the chosen parameters is the matrix, `[c, d]`.
    pub weights: usize,
    /// Which of them is the intercept, and for which outputs from this one on: the others have none.
    pub intercept: Option<(usize, usize)>,
    pub outputs: usize,
    pub width: usize,
}

impl Linear {
    /// The structure, where the objective has it.
    pub fn of(objective: &Objective, layout: &Layout) -> Option<Self> {
        let graph = &objective.graph;
        let outputs = objective.outputs?;
        let chosen: Vec<NodeId> = layout.slots().iter().map(|slot| graph.parameters()[*slot]).collect();
        let bare = |id: NodeId| if let Op::BroadcastBatch = graph.op(id) { graph.arguments(id)[0] } else { id };
        let place = |id: NodeId| chosen.iter().position(|parameter| *parameter == bare(id));
        let padded = |id: NodeId| match graph.op(bare(id)) {
            Op::Pad { axis: 0, start, size } => {
                let free = graph.arguments(bare(id))[0];
                (start + graph.shape(free).len() == *size).then(|| place(free)).flatten().map(|free| (free, *start))
            }
            _ => place(id).map(|intercept| (intercept, 0)),
        };
        let (product, intercept) = match (graph.op(outputs), graph.arguments(outputs)) {
            (Op::Add, &[a, b]) => match (padded(a), padded(b)) {
                (None, Some(intercept)) => (a, Some(intercept)),
                (Some(intercept), None) => (b, Some(intercept)),
                _ => return None,
            },
            _ => (outputs, None),
        };
        let Op::Einsum(contraction) = graph.op(product) else { return None };
        let &[left, right] = graph.arguments(product) else { return None };
        let (weights, features, letters, other) = match (place(left), place(right)) {
            (Some(weights), None) => (weights, right, &contraction.left, &contraction.right),
            (None, Some(weights)) => (weights, left, &contraction.right, &contraction.left),
            _ => return None,
        };
        let form = letters.len() == 2 && *contraction.out == letters[..1] && *other == letters[1..];
        let all = 1 + usize::from(intercept.is_some()) == chosen.len();
        if !form || !all || contraction.over_batch || !graph.is_per_example(features) {
            return None;
        }
        // The outputs must be the only way from the chosen parameters to the loss.
        let mut depends = vec![false; graph.len()];
        for id in graph.ids() {
            let through = id != outputs && graph.arguments(id).iter().any(|a| depends[a.index()]);
            depends[id.index()] = through || chosen.contains(&id);
        }
        if depends[objective.loss.index()] || depends[features.index()] {
            return None;
        }
        let &[outputs, width] = graph.shape(bare(chosen[weights])).sizes() else { return None };
        Some(Self { features, weights, intercept, outputs, width })
    }

    /// The features with a one for the intercept.
    pub fn columns(&self) -> usize {
        self.width + usize::from(self.intercept.is_some())
    }
}

/// Computes features and the loss's curvature by the outputs for some examples at a time.
pub(super) struct OutputCurvature<T> {
    program: Arc<Program<T>>,
    shared: Vec<Vec<T>>,
}

/// What [`OutputCurvature`] finds of some examples, row after row.
pub(super) struct Found {
    /// φ, with a one at the end where there is an intercept.
    pub features: Vec<f64>,
    /// w S: the example's weight times its loss's curvature by the outputs, c × c numbers.
    pub curvatures: Vec<f64>,
}

impl<T: Real> OutputCurvature<T> {
    pub fn new(derivatives: &Derivatives<T>, linear: &Linear) -> Result<Self> {
        let Derivatives { objective, layout, .. } = derivatives;
        let mut draft = Draft::new(objective, layout, 1)?;
        let outputs = objective.outputs.unwrap_or(objective.loss);
        let OutputDerivatives { gradient, hessian, .. } =
            output_derivatives(&mut draft.graph, objective.loss, outputs)?;
        let program = Program::compile(&draft.graph, &[linear.features, gradient, hessian], &[])?;
        let mut shared: Vec<Vec<T>> = vec![Vec::new(); layout.slots().len()];
        shared.push(units_of(linear.outputs));
        Ok(Self { program, shared })
    }

    /// Features and curvature of some examples.
    pub fn of(
        &self,
        derivatives: &Derivatives<T>,
        linear: &Linear,
        curvature: Curvature,
        examples: &[usize],
    ) -> Result<Found> {
        let Derivatives { objective, parameters, inputs, weights, workers, .. } = derivatives;
        let inputs = inputs.select(examples)?;
        let point = Point { parameters, inputs: &inputs, weights, shares: &[] };
        let slots = objective.graph.inputs().len();
        let execution = run_once(workers, self.program.clone(), point, slots, &self.shared)?;
        let (c, d) = (linear.outputs, linear.columns());
        let mut features = Vec::with_capacity(examples.len() * d);
        let mut curvatures = Vec::with_capacity(examples.len() * c * c);
        for (place, example) in examples.iter().enumerate() {
            let weight = weights[*example].to_f64();
            features.extend(execution.example(0, place).iter().map(|x| x.to_f64()));
            if linear.intercept.is_some() {
                features.push(1.0);
            }
            match curvature {
                Curvature::Fisher => {
                    let gradient = execution.example(1, place);
                    let product = |at: usize| gradient[at / c].to_f64() * gradient[at % c].to_f64();
                    curvatures.extend((0..c * c).map(|at| weight * product(at)));
                }
                _ => curvatures.extend(execution.example(2, place).iter().map(|x| weight * x.to_f64())),
            }
        }
        Ok(Found { features, curvatures })
    }
}
