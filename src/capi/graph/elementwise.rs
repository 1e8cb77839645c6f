//! Elementwise functions.

use crate::graph::{Graph, NodeId};

use super::*;

/// Adds a function of each element of a value.
type Unary = fn(&mut Graph, NodeId) -> crate::Result<NodeId>;

/// The functions of each element, by their words.
const UNARY: [(&str, Unary); 15] = [
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
];

/// Adds a function of each element.
/// Needs exclusive access to `graph`.
///
///   "exp"        eˣ
///   "log"        the natural logarithm
///   "tanh"       the hyperbolic tangent
///   "sigmoid"    1 / (1 + e⁻ˣ)
///   "softplus"   ln(1 + eˣ), without overflow
///   "relu"       the larger of 0 and x; its derivative at 0 is 0
///   "step"       1 where x is positive, else 0; its derivative is zero
///   "erf"        the error function, 2/√π times the integral of e^(−t²) for t from 0 to x
///   "sin"        the sine, in radians
///   "cos"        the cosine, in radians
///   "abs"        the absolute value; its derivative at 0 is 0
///   "sign"       −1, 0 or 1; its derivative is zero
///   "gelu"       x·Φ(x), with the distribution function Φ of the normal distribution (Hendrycks and Gimpel 2016)
///   "gelu_tanh"  its approximation x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))), from the same paper
///   "neg"        −x
///
/// Fails with ASCRIBE_INVALID_ARGUMENT for another word, and with ASCRIBE_SHAPE when `x` holds ids.
///
/// @param graph     the graph to add to
/// @param operation the function, by its word
/// @param x         a value of numbers
/// @param node      receives the result: a value of the shape of `x`
/// @param error     NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_unary(
    graph: *mut ascribe_graph,
    operation: *const c_char,
    x: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        one(graph, ("x", x), node, error, |graph, x| {
            let operation = word(operation, "operation", &UNARY)?;
            Ok(operation(graph, x)?)
        })
    }
}

/// Adds c·x of each element.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when `x` holds ids, and with ASCRIBE_INVALID_ARGUMENT when `c` is not finite.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param c     a constant
/// @param node  receives the result: a value of the shape of `x`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_scale(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    c: f64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.scale(x, c)?)) }
}

/// Adds x + c of each element.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when `x` holds ids, and with ASCRIBE_INVALID_ARGUMENT when `c` is not finite.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param c     a constant
/// @param node  receives the result: a value of the shape of `x`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_shift(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    c: f64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.shift(x, c)?)) }
}

/// Adds each element to the power of c.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when `x` holds ids, and with ASCRIBE_INVALID_ARGUMENT when `c` is not finite.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param c     a constant
/// @param node  receives the result: a value of the shape of `x`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_power(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    c: f64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.power(x, c)?)) }
}

/// Adds a + b, element by element. The smaller value is repeated along leading axes and axes of size one, and a shared
/// value for every example.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when sizes differ and neither is one, or a value holds ids.
///
/// @param graph the graph to add to
/// @param a     the left value, of numbers
/// @param b     the right value, of numbers
/// @param node  receives the result: a value of the larger shape
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_add(
    graph: *mut ascribe_graph,
    a: ascribe_node,
    b: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { two(graph, ("a", a), ("b", b), node, error, |graph, a, b| Ok(graph.add(a, b)?)) }
}

/// Adds a − b, element by element. The smaller value is repeated along leading axes and axes of size one, and a shared
/// value for every example.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when sizes differ and neither is one, or a value holds ids.
///
/// @param graph the graph to add to
/// @param a     the left value, of numbers
/// @param b     the right value, of numbers
/// @param node  receives the result: a value of the larger shape
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_sub(
    graph: *mut ascribe_graph,
    a: ascribe_node,
    b: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { two(graph, ("a", a), ("b", b), node, error, |graph, a, b| Ok(graph.sub(a, b)?)) }
}

/// Adds a·b, element by element. The smaller value is repeated along leading axes and axes of size one, and a shared
/// value for every example.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when sizes differ and neither is one, or a value holds ids.
///
/// @param graph the graph to add to
/// @param a     the left value, of numbers
/// @param b     the right value, of numbers
/// @param node  receives the result: a value of the larger shape
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_mul(
    graph: *mut ascribe_graph,
    a: ascribe_node,
    b: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { two(graph, ("a", a), ("b", b), node, error, |graph, a, b| Ok(graph.mul(a, b)?)) }
}

/// Adds a / b, element by element. The smaller value is repeated along leading axes and axes of size one, and a shared
/// value for every example.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when sizes differ and neither is one, or a value holds ids.
///
/// @param graph the graph to add to
/// @param a     the left value, of numbers
/// @param b     the right value, of numbers
/// @param node  receives the result: a value of the larger shape
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_div(
    graph: *mut ascribe_graph,
    a: ascribe_node,
    b: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { two(graph, ("a", a), ("b", b), node, error, |graph, a, b| Ok(graph.div(a, b)?)) }
}
