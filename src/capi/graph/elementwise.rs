//! Elementwise functions.

use crate::capi::error::ascribe_error;
use crate::capi::status::ascribe_status;

use super::{ascribe_graph, ascribe_node, one, two};

/// Adds eˣ of each element.
///
/// Fails with ASCRIBE_SHAPE when `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param node  receives the result: a value of the shape of `x`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `graph`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_exp(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.exp(x)?)) }
}

/// Adds the natural logarithm of each element.
///
/// Fails with ASCRIBE_SHAPE when `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param node  receives the result: a value of the shape of `x`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `graph`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_log(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.log(x)?)) }
}

/// Adds the hyperbolic tangent of each element.
///
/// Fails with ASCRIBE_SHAPE when `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param node  receives the result: a value of the shape of `x`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `graph`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_tanh(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.tanh(x)?)) }
}

/// Adds 1 / (1 + e⁻ˣ) of each element.
///
/// Fails with ASCRIBE_SHAPE when `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param node  receives the result: a value of the shape of `x`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `graph`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_sigmoid(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.sigmoid(x)?)) }
}

/// Adds ln(1 + eˣ) of each element, without overflow.
///
/// Fails with ASCRIBE_SHAPE when `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param node  receives the result: a value of the shape of `x`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `graph`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_softplus(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.softplus(x)?)) }
}

/// Adds the larger of 0 and each element; its derivative at 0 is 0.
///
/// Fails with ASCRIBE_SHAPE when `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param node  receives the result: a value of the shape of `x`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `graph`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_relu(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.relu(x)?)) }
}

/// Adds 1 where an element is positive, else 0. Its derivative is zero.
///
/// Fails with ASCRIBE_SHAPE when `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param node  receives the result: a value of the shape of `x`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `graph`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_step(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.step(x)?)) }
}

/// Adds the error function of each element, 2/√π times the integral of e^(−t²) for t from 0 to x.
///
/// Fails with ASCRIBE_SHAPE when `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param node  receives the result: a value of the shape of `x`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `graph`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_erf(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.erf(x)?)) }
}

/// Adds the sine of each element, in radians.
///
/// Fails with ASCRIBE_SHAPE when `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param node  receives the result: a value of the shape of `x`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `graph`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_sin(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.sin(x)?)) }
}

/// Adds the cosine of each element, in radians.
///
/// Fails with ASCRIBE_SHAPE when `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param node  receives the result: a value of the shape of `x`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `graph`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_cos(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.cos(x)?)) }
}

/// Adds the absolute value of each element; its derivative at 0 is 0.
///
/// Fails with ASCRIBE_SHAPE when `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param node  receives the result: a value of the shape of `x`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `graph`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_abs(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.abs(x)?)) }
}

/// Adds the sign of each element: −1, 0 or 1. Its derivative is zero.
///
/// Fails with ASCRIBE_SHAPE when `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param node  receives the result: a value of the shape of `x`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `graph`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_sign(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.sign(x)?)) }
}

/// Adds x·Φ(x) of each element, with the distribution function Φ of the normal distribution (Hendrycks and Gimpel
/// 2016).
///
/// Fails with ASCRIBE_SHAPE when `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param node  receives the result: a value of the shape of `x`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `graph`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_gelu(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.gelu(x)?)) }
}

/// Adds the approximation x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))) of ascribe_graph_gelu() of each element, from the
/// same paper.
///
/// Fails with ASCRIBE_SHAPE when `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param node  receives the result: a value of the shape of `x`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `graph`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_gelu_tanh(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.gelu_tanh(x)?)) }
}

/// Adds each element with its sign turned.
///
/// Fails with ASCRIBE_SHAPE when `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param node  receives the result: a value of the shape of `x`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `graph`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_neg(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.neg(x)?)) }
}

/// Adds c·x of each element.
///
/// Fails with ASCRIBE_SHAPE when `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param c     a constant
/// @param node  receives the result: a value of the shape of `x`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `graph`.
///
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
///
/// Fails with ASCRIBE_SHAPE when `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param c     a constant
/// @param node  receives the result: a value of the shape of `x`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `graph`.
///
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
///
/// Fails with ASCRIBE_SHAPE when `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param c     a constant
/// @param node  receives the result: a value of the shape of `x`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `graph`.
///
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
///
/// Fails with ASCRIBE_SHAPE when sizes differ and neither is one, or a value holds ids.
///
/// @param graph the graph to add to
/// @param a     the left value, of numbers
/// @param b     the right value, of numbers
/// @param node  receives the result: a value of the larger shape
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `graph`.
///
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
///
/// Fails with ASCRIBE_SHAPE when sizes differ and neither is one, or a value holds ids.
///
/// @param graph the graph to add to
/// @param a     the left value, of numbers
/// @param b     the right value, of numbers
/// @param node  receives the result: a value of the larger shape
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `graph`.
///
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
///
/// Fails with ASCRIBE_SHAPE when sizes differ and neither is one, or a value holds ids.
///
/// @param graph the graph to add to
/// @param a     the left value, of numbers
/// @param b     the right value, of numbers
/// @param node  receives the result: a value of the larger shape
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `graph`.
///
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
///
/// Fails with ASCRIBE_SHAPE when sizes differ and neither is one, or a value holds ids.
///
/// @param graph the graph to add to
/// @param a     the left value, of numbers
/// @param b     the right value, of numbers
/// @param node  receives the result: a value of the larger shape
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `graph`.
///
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
