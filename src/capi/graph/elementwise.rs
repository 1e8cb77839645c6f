//! Operations on one value, and element by element on two.

use super::*;

/// The operations on one value, by their words.
const UNARY: [(&str, fn(&mut Graph, NodeId) -> crate::Result<NodeId>); 18] = [
    ("exp", Graph::exp),
    ("log", Graph::log),
    ("tanh", Graph::tanh),
    ("sigmoid", Graph::sigmoid),
    ("softplus", Graph::softplus),
    ("relu", Graph::relu),
    ("step", Graph::step),
    ("erf", Graph::erf),
    ("sin", Graph::sin),
    ("cos", Graph::cos),
    ("abs", Graph::abs),
    ("sign", Graph::sign),
    ("gelu", Graph::gelu),
    ("gelu_tanh", Graph::gelu_tanh),
    ("neg", Graph::neg),
    ("sum_all", Graph::sum_all),
    ("batch_sum", Graph::batch_sum),
    ("broadcast_batch", Graph::broadcast_batch),
];

/// Adds an operation on one value: a function of each element, which keeps the shape, or one of the last three.
/// Needs exclusive access to `graph`.
///
///   "exp"              eˣ
///   "log"              the natural logarithm
///   "tanh"             the hyperbolic tangent
///   "sigmoid"          1 / (1 + e⁻ˣ)
///   "softplus"         ln(1 + eˣ), without overflow
///   "relu"             the larger of 0 and x; its derivative at 0 is 0
///   "step"             1 where x is positive, else 0; its derivative is zero
///   "erf"              the error function, 2/√π times the integral of e^(−t²) for t from 0 to x
///   "sin"              the sine, in radians
///   "cos"              the cosine, in radians
///   "abs"              the absolute value; its derivative at 0 is 0
///   "sign"             −1, 0 or 1; its derivative is zero
///   "gelu"             x·Φ(x), with the distribution function Φ of the normal distribution (Hendrycks and Gimpel 2016)
///   "gelu_tanh"        its approximation x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))), from the same paper
///   "neg"              −x
///   "sum_all"          the sum of all elements of each example's value, or of a shared value: a scalar
///   "batch_sum"        the sum of a per-example value over all examples: a shared value of its shape
///   "broadcast_batch"  a shared value as one for each example: a per-example value of its shape
///
/// Fails with ASCRIBE_INVALID_ARGUMENT for another word, and with ASCRIBE_SHAPE when `x` holds ids or, with "batch_sum", is shared, so
/// that there is nothing to sum over.
///
/// @param graph     the graph to add to
/// @param operation the operation, by its word
/// @param x         a value of numbers
/// @param node      receives the result
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_unary(
    graph: *mut ascribe_graph,
    operation: *const c_char,
    x: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, x, node, error, |graph, x| Ok(word(operation, "operation", &UNARY)?(graph, x)?)) }
}

/// The operations with a constant, by their words.
const WITH_CONSTANT: [(&str, fn(&mut Graph, NodeId, f64) -> crate::Result<NodeId>); 3] =
    [("scale", Graph::scale), ("shift", Graph::shift), ("power", Graph::power)];

/// Adds an operation of each element with a constant.
/// Needs exclusive access to `graph`.
///
///   "scale"  c·x
///   "shift"  x + c
///   "power"  x to the power of c
///
/// Fails with ASCRIBE_INVALID_ARGUMENT for another word or when `c` is not finite, and with ASCRIBE_SHAPE when `x` holds ids.
///
/// @param graph     the graph to add to
/// @param operation the operation, by its word
/// @param x         a value of numbers
/// @param c         the constant
/// @param node      receives the result: a value of the shape of `x`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_with_constant(
    graph: *mut ascribe_graph,
    operation: *const c_char,
    x: ascribe_node,
    c: f64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, x, node, error, |graph, x| Ok(word(operation, "operation", &WITH_CONSTANT)?(graph, x, c)?)) }
}

/// The operations on two values, by their words.
const BINARY: [(&str, fn(&mut Graph, NodeId, NodeId) -> crate::Result<NodeId>); 4] =
    [("add", Graph::add), ("sub", Graph::sub), ("mul", Graph::mul), ("div", Graph::div)];

/// Adds an operation on two values, element by element. The smaller value is repeated along leading axes and axes of size one, and a
/// shared value for every example.
/// Needs exclusive access to `graph`.
///
///   "add"  a + b
///   "sub"  a − b
///   "mul"  a·b
///   "div"  a / b
///
/// Fails with ASCRIBE_INVALID_ARGUMENT for another word, and with ASCRIBE_SHAPE when sizes differ and neither is one, or a value holds
/// ids.
///
/// @param graph     the graph to add to
/// @param operation the operation, by its word
/// @param a         the left value, of numbers
/// @param b         the right value, of numbers
/// @param node      receives the result: a value of the larger shape
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_binary(
    graph: *mut ascribe_graph,
    operation: *const c_char,
    a: ascribe_node,
    b: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        two(graph, [("a", a), ("b", b)], node, error, |graph, a, b| {
            Ok(word(operation, "operation", &BINARY)?(graph, a, b)?)
        })
    }
}
