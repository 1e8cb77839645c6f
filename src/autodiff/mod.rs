//! Derivatives as graphs: forward mode ([`jvp`]), reverse mode ([`vjp`]) and what is composed of them.
//!
//! Each operation has two short rules written in graph operations, so whatever a rule emits has both rules again. A
//! Hessian-vector product is the forward derivative of the gradient; mixed and third derivatives are further compositions.
//!
//! The pattern (a closed set of operations; derivative rules written in the operations themselves) is that of
//! Pearlmutter, "Fast exact multiplication by the Hessian" (1994), for products and of Griewank and Walther, "Evaluating
//! Derivatives" (2008), for the two modes.

mod forward;
mod products;
mod reverse;

pub use forward::{jvp, jvp_many};
pub use products::{Curvature, curvature_products, gauss_newton_product, hessian_vector_product};
pub use reverse::{Cotangents, vjp};

use crate::error::{Error, Result};
use crate::graph::{Graph, NodeId, Unary};

/// Adds the gradient of `Σ_examples loss` by each of `parameters`; a parameter the loss does not read gives zeros.
///
/// `loss` is a per-example scalar. The gradients are shared values of the parameters' shapes: sums over the batch, not
/// means.
///
/// # Errors
/// [`Error::Argument`] when `loss` is not a per-example scalar.
pub fn gradient(graph: &mut Graph, loss: NodeId, parameters: &[NodeId]) -> Result<Vec<NodeId>> {
    let seed = loss_seed(graph, loss)?;
    let cotangents = vjp(graph, &[(loss, seed)], parameters, Cotangents::Summed)?;
    or_zeros(graph, &cotangents, parameters)
}

/// Adds the gradient of each example's own loss by each of `parameters`: per-example values of the parameters' shapes.
///
/// None where the loss does not read the parameter. Row lookups give per-example scatters, which users of this function
/// take apart instead of running.
///
/// # Errors
/// [`Error::Argument`] when `loss` is not a per-example scalar.
pub fn per_example_gradient(graph: &mut Graph, loss: NodeId, parameters: &[NodeId]) -> Result<Vec<Option<NodeId>>> {
    let seed = loss_seed(graph, loss)?;
    vjp(graph, &[(loss, seed)], parameters, Cotangents::PerExample)
}

fn loss_seed(graph: &mut Graph, loss: NodeId) -> Result<NodeId> {
    graph.known(loss)?;
    if !graph.is_per_example(loss) || graph.shape(loss).rank() != 0 {
        let found = graph.value_type(loss).to_string();
        let name = format!("the loss {}", graph.describe(loss));
        return Err(Error::argument(name, found, "a per-example scalar"));
    }
    let one = graph.fill(1.0, &[])?;
    graph.broadcast_batch(one)
}

/// The values, and zeros of the type of `like` for those that are none.
pub(crate) fn or_zeros(graph: &mut Graph, values: &[Option<NodeId>], like: &[NodeId]) -> Result<Vec<NodeId>> {
    let mut zeros = |like: &NodeId| graph.filled(0.0, graph.value_type(*like).clone());
    values.iter().zip(like).map(|(value, like)| value.map_or_else(|| zeros(like), Ok)).collect()
}

/// A tangent or cotangent times the derivative of an elementwise function y(x); none where that is zero everywhere.
///
/// Both modes use it: an elementwise function's Jacobian is diagonal and so its own transpose.
fn through(graph: &mut Graph, unary: Unary, x: NodeId, y: NodeId, change: NodeId) -> Result<Option<NodeId>> {
    let slope = match unary {
        Unary::Scale(c) => return graph.scale(change, c.value()).map(Some),
        Unary::Shift(_) => return Ok(Some(change)),
        Unary::Power(c) => {
            let lower = graph.power(x, c.value() - 1.0)?;
            graph.scale(lower, c.value())?
        }
        Unary::Exp => y,
        Unary::Log => graph.power(x, -1.0)?,
        Unary::Tanh => {
            let square = graph.mul(y, y)?;
            let negative = graph.neg(square)?;
            graph.shift(negative, 1.0)?
        }
        Unary::Sigmoid => {
            let square = graph.mul(y, y)?;
            graph.sub(y, square)?
        }
        Unary::Softplus => graph.sigmoid(x)?,
        Unary::Relu => graph.step(x)?,
        Unary::Erf => {
            let square = graph.mul(x, x)?;
            let negative = graph.neg(square)?;
            let bell = graph.exp(negative)?;
            graph.scale(bell, std::f64::consts::FRAC_2_SQRT_PI)?
        }
        Unary::Sin => graph.cos(x)?,
        Unary::Cos => {
            let sine = graph.sin(x)?;
            graph.neg(sine)?
        }
        Unary::Abs => graph.sign(x)?,
        Unary::Step | Unary::Sign => return Ok(None),
    };
    graph.mul(change, slope).map(Some)
}
