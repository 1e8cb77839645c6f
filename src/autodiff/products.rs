//! Products of curvature matrices with directions.

use crate::error::{Error, Result};
use crate::graph::{Graph, NodeId};
use crate::options::words;

use super::forward::push;
use super::{Cotangents, gradient, loss_seed, or_zeros, vjp};

words! {
    "the curvature";
    /// A matrix that says how a sum of losses bends.
    #[derive(PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "kebab-case", deny_unknown_fields)]
    pub enum Curvature {
        /// The Hessian: exact second derivatives; indefinite where the loss is not convex in the parameters.
        Hessian = "hessian",
        /// The generalized Gauss-Newton matrix Σ Jᵀ (∂²loss/∂outputs²) J with J the Jacobian of the outputs: positive
        /// semidefinite for a loss that is convex in the outputs, and the Hessian where they are linear in the
        /// parameters. Schraudolph, "Fast curvature matrix-vector products" (2002).
        GaussNewton = "gauss-newton",
        /// The empirical Fisher matrix Σ g gᵀ of the examples' gradients: always positive semidefinite.
        Fisher = "fisher",
    }
}

/// Adds the product of the Hessian of `Σ_examples loss` by `parameters` with the directions given, one for each.
///
/// # Errors
/// [`Error::Argument`] when `loss` is not a per-example scalar or a direction has another shape than its parameter.
pub fn hessian_vector_product(
    graph: &mut Graph,
    loss: NodeId,
    parameters: &[NodeId],
    directions: &[NodeId],
) -> Result<Vec<NodeId>> {
    Directions::new(graph, parameters, directions, None)?.hessian(loss)
}

/// Adds the product of the generalized Gauss-Newton matrix of `Σ_examples loss` by `parameters` with the directions given.
///
/// `outputs` is the per-example value through which the loss depends on the parameters; see [`Curvature::GaussNewton`].
///
/// # Errors
/// [`Error::Argument`] when `loss` is not a per-example scalar, `outputs` is shared, or a direction has another shape than
/// its parameter.
pub fn gauss_newton_product(
    graph: &mut Graph,
    loss: NodeId,
    outputs: NodeId,
    parameters: &[NodeId],
    directions: &[NodeId],
) -> Result<Vec<NodeId>> {
    Directions::new(graph, parameters, directions, None)?.gauss_newton(loss, outputs)
}

/// Adds the products of a curvature matrix of `Σ_examples weight · loss` with `count` directions at once.
///
/// `weight` and `loss` are per-example scalars. Each direction node has its parameter's shape with a first axis of `count`
/// more, and so have the results. `outputs` is needed for [`Curvature::GaussNewton`] only.
///
/// # Errors
/// [`Error::Argument`] when a value has not the type said here, or `outputs` is absent and needed.
pub fn curvature_products(
    graph: &mut Graph,
    curvature: Curvature,
    (loss, weight, outputs): (NodeId, NodeId, Option<NodeId>),
    parameters: &[NodeId],
    directions: &[NodeId],
    count: usize,
) -> Result<Vec<NodeId>> {
    let mut along = Directions::new(graph, parameters, directions, Some(count))?;
    along.graph.all_known([loss, weight].iter().chain(&outputs).chain(parameters).chain(directions))?;
    match curvature {
        Curvature::Hessian => {
            let weighted = along.graph.mul(weight, loss)?;
            along.hessian(weighted)
        }
        Curvature::GaussNewton => {
            let Some(outputs) = outputs else {
                let expected = "the node through which the loss depends on the parameters";
                return Err(Error::argument("the outputs of a Gauss-Newton product", "absent", expected));
            };
            let weighted = along.graph.mul(weight, loss)?;
            along.gauss_newton(weighted, outputs)
        }
        Curvature::Fisher => {
            loss_seed(along.graph, loss)?;
            let Some(slopes) = along.moved(loss)? else { return along.zeros() };
            let slopes = along.graph.mul(slopes, weight)?;
            along.pull_back(loss, slopes)
        }
    }
}

/// The directions in which parameters move, each with its parameter: one for each, or `count` at once.
struct Directions<'g> {
    graph: &'g mut Graph,
    parameters: &'g [NodeId],
    directions: &'g [NodeId],
    tangents: Vec<(NodeId, NodeId)>,
    count: Option<usize>,
}

impl<'g> Directions<'g> {
    fn new(
        graph: &'g mut Graph,
        parameters: &'g [NodeId],
        directions: &'g [NodeId],
        count: Option<usize>,
    ) -> Result<Self> {
        if parameters.len() != directions.len() {
            let expected = format!("{}, one for each parameter", parameters.len());
            return Err(Error::argument("the number of directions", directions.len(), expected));
        }
        let tangents = parameters.iter().copied().zip(directions.iter().copied()).collect();
        Ok(Self { graph, parameters, directions, tangents, count })
    }

    fn hessian(self, loss: NodeId) -> Result<Vec<NodeId>> {
        let gradient = gradient(self.graph, loss, self.parameters)?;
        let products = push(self.graph, &gradient, &self.tangents, self.count)?;
        or_zeros(self.graph, &products, self.directions)
    }

    fn gauss_newton(mut self, loss: NodeId, outputs: NodeId) -> Result<Vec<NodeId>> {
        if !self.graph.is_per_example(outputs) {
            let name = format!("the outputs {}", self.graph.describe(outputs));
            return Err(Error::argument(name, self.graph.value_type(outputs), "a per-example value"));
        }
        let seed = loss_seed(self.graph, loss)?;
        let moved = self.moved(outputs)?;
        let slope = vjp(self.graph, &[(loss, seed)], &[outputs], Cotangents::Summed)?[0];
        let (Some(moved), Some(slope)) = (moved, slope) else { return self.zeros() };
        // Only the outputs move here: this is the loss's own curvature, without that of the outputs.
        match push(self.graph, &[slope], &[(outputs, moved)], self.count)?[0] {
            Some(bent) => self.pull_back(outputs, bent),
            None => self.zeros(),
        }
    }

    fn moved(&mut self, output: NodeId) -> Result<Option<NodeId>> {
        Ok(push(self.graph, &[output], &self.tangents, self.count)?[0])
    }

    /// The parameters' cotangents from those of an output, one for each direction.
    ///
    /// A reverse pass is linear in its seed, so its forward derivative along many seeds is that pass for each of them,
    /// and no second set of reverse rules is needed.
    fn pull_back(self, output: NodeId, cotangent: NodeId) -> Result<Vec<NodeId>> {
        let Self { graph, parameters, directions, count, .. } = self;
        let products = match count {
            None => vjp(graph, &[(output, cotangent)], parameters, Cotangents::Summed)?,
            Some(_) => {
                let shape = graph.shape(output).clone();
                // Only the derivative by it is used, so no run ever asks for its value.
                let seed = graph.input(&format!("the seed at {}", graph.len()), shape.sizes())?;
                let back = vjp(graph, &[(output, seed)], parameters, Cotangents::Summed)?;
                let back = or_zeros(graph, &back, parameters)?;
                push(graph, &back, &[(seed, cotangent)], count)?
            }
        };
        or_zeros(graph, &products, directions)
    }

    fn zeros(self) -> Result<Vec<NodeId>> {
        self.directions.iter().map(|id| self.graph.fill(0.0, self.graph.shape(*id).clone().sizes())).collect()
    }
}
