//! Products of curvature matrices with directions.

use crate::error::{Error, Result};
use crate::graph::{Graph, NodeId};
use crate::options::named;

use super::{Cotangents, gradient, jvp, jvp_many, loss_seed, or_zeros, vjp};

/// A matrix that says how a sum of losses bends.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Curvature {
    /// The Hessian: exact second derivatives; indefinite where the loss is not convex in the parameters.
    Hessian,
    /// The generalized Gauss-Newton matrix Σ Jᵀ (∂²loss/∂outputs²) J with J the Jacobian of the outputs: positive
    /// semidefinite for a loss that is convex in the outputs, and the Hessian where they are linear in the parameters.
    /// Schraudolph, "Fast curvature matrix-vector products" (2002).
    GaussNewton,
    /// The empirical Fisher matrix Σ g gᵀ of the examples' gradients: always positive semidefinite.
    Fisher,
}

impl Curvature {
    /// All of them with their words.
    pub const ALL: [(&'static str, Self); 3] =
        [("hessian", Self::Hessian), ("gauss-newton", Self::GaussNewton), ("fisher", Self::Fisher)];
}

named!(Curvature, "the curvature");

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
    hessian(graph, loss, &pairs(parameters, directions)?, None)
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
    gauss_newton(graph, loss, outputs, &pairs(parameters, directions)?, None)
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
    let tangents = pairs(parameters, directions)?;
    graph.all_known([loss, weight].iter().chain(&outputs).chain(parameters).chain(directions))?;
    match curvature {
        Curvature::Hessian => {
            let weighted = graph.mul(weight, loss)?;
            hessian(graph, weighted, &tangents, Some(count))
        }
        Curvature::GaussNewton => {
            let Some(outputs) = outputs else {
                let expected = "the node through which the loss depends on the parameters";
                return Err(Error::argument("the outputs of a Gauss-Newton product", "absent", expected));
            };
            let weighted = graph.mul(weight, loss)?;
            gauss_newton(graph, weighted, outputs, &tangents, Some(count))
        }
        Curvature::Fisher => {
            loss_seed(graph, loss)?;
            let Some(slopes) = forward(graph, loss, &tangents, Some(count))? else {
                return zeros(graph, &tangents);
            };
            let slopes = graph.mul(slopes, weight)?;
            pull_back(graph, loss, slopes, &tangents, Some(count))
        }
    }
}

type Tangents = [(NodeId, NodeId)];

fn hessian(graph: &mut Graph, loss: NodeId, tangents: &Tangents, count: Option<usize>) -> Result<Vec<NodeId>> {
    let parameters: Vec<NodeId> = tangents.iter().map(|(parameter, _)| *parameter).collect();
    let gradient = gradient(graph, loss, &parameters)?;
    let products = match count {
        None => jvp(graph, &gradient, tangents)?,
        Some(count) => jvp_many(graph, &gradient, tangents, count)?,
    };
    let directions: Vec<NodeId> = tangents.iter().map(|(_, direction)| *direction).collect();
    or_zeros(graph, &products, &directions)
}

fn gauss_newton(
    graph: &mut Graph,
    loss: NodeId,
    outputs: NodeId,
    tangents: &Tangents,
    count: Option<usize>,
) -> Result<Vec<NodeId>> {
    if !graph.is_per_example(outputs) {
        let name = format!("the outputs {}", graph.describe(outputs));
        return Err(Error::argument(name, graph.value_type(outputs), "a per-example value"));
    }
    let seed = loss_seed(graph, loss)?;
    let moved = forward(graph, outputs, tangents, count)?;
    let slope = vjp(graph, &[(loss, seed)], &[outputs], Cotangents::Summed)?[0];
    let (Some(moved), Some(slope)) = (moved, slope) else { return zeros(graph, tangents) };
    // Only the outputs move here: this is the loss's own curvature, without that of the outputs.
    match forward(graph, slope, &[(outputs, moved)], count)? {
        Some(bent) => pull_back(graph, outputs, bent, tangents, count),
        None => zeros(graph, tangents),
    }
}

fn forward(graph: &mut Graph, output: NodeId, tangents: &Tangents, count: Option<usize>) -> Result<Option<NodeId>> {
    Ok(match count {
        None => jvp(graph, &[output], tangents)?[0],
        Some(count) => jvp_many(graph, &[output], tangents, count)?[0],
    })
}

/// The parameters' cotangents from those of an output, one for each direction.
///
/// A reverse pass is linear in its seed, so its forward derivative along many seeds is that pass for each of them, and no
/// second set of reverse rules is needed.
fn pull_back(
    graph: &mut Graph,
    output: NodeId,
    cotangent: NodeId,
    tangents: &Tangents,
    count: Option<usize>,
) -> Result<Vec<NodeId>> {
    let parameters: Vec<NodeId> = tangents.iter().map(|(parameter, _)| *parameter).collect();
    let directions: Vec<NodeId> = tangents.iter().map(|(_, direction)| *direction).collect();
    let products = match count {
        None => vjp(graph, &[(output, cotangent)], &parameters, Cotangents::Summed)?,
        Some(count) => {
            let shape = graph.shape(output).clone();
            // Only the derivative by it is used, so no run ever asks for its value.
            let seed = graph.input(&format!("the seed at {}", graph.len()), shape.sizes())?;
            let back = vjp(graph, &[(output, seed)], &parameters, Cotangents::Summed)?;
            let back = or_zeros(graph, &back, &parameters)?;
            jvp_many(graph, &back, &[(seed, cotangent)], count)?
        }
    };
    or_zeros(graph, &products, &directions)
}

fn zeros(graph: &mut Graph, tangents: &Tangents) -> Result<Vec<NodeId>> {
    tangents.iter().map(|(_, direction)| graph.fill(0.0, graph.shape(*direction).clone().sizes())).collect()
}

/// Each parameter with the direction it moves in.
fn pairs(parameters: &[NodeId], directions: &[NodeId]) -> Result<Vec<(NodeId, NodeId)>> {
    if parameters.len() != directions.len() {
        let expected = format!("{}, one for each parameter", parameters.len());
        return Err(Error::argument("the number of directions", directions.len(), expected));
    }
    Ok(parameters.iter().copied().zip(directions.iter().copied()).collect())
}
