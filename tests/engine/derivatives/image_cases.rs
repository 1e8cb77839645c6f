//! The cases of `derivatives.rs` that work on images.

use ascribe::Result;
use ascribe::graph::{Graph, NodeId};

use super::{Case, Leaves, total};

/// An image `[rows, width, width]` that every parameter moves.
fn image(g: &mut Graph, l: Leaves) -> Result<NodeId> {
    let lit = g.mul(l.p, l.x)?;
    g.einsum("hw,c->hwc", lit, l.w)
}

/// Weights `[rows, 2, 2, width]` that every parameter moves.
fn weights(g: &mut Graph, l: Leaves) -> Result<NodeId> {
    let (tall, wide) = (g.slice(l.p, 1, 0, 2)?, g.slice(l.w, 0, 0, 2)?);
    let windows = g.einsum("oi,j->oij", tall, wide)?;
    let colors = g.cos(l.w)?;
    g.einsum("oij,c->oijc", windows, colors)
}

/// Adds numbers that lie far apart, so that no small step changes which is the largest.
fn apart(g: &mut Graph, v: NodeId) -> Result<NodeId> {
    let shape = g.shape(v).clone();
    // Prime to the number of places, so that no height comes twice.
    let stride = [7, 5, 3].into_iter().find(|stride| !shape.len().is_multiple_of(*stride)).unwrap_or(1);
    let mut steps = g.fill(0.0, &[1])?;
    for place in 1..shape.len() {
        let height = place * stride % shape.len();
        let step = g.fill(9.0 * height as f64, &[1])?;
        steps = g.concatenate(steps, step, 0)?;
    }
    let steps = g.reshape(steps, shape.sizes())?;
    g.add(v, steps)
}

pub const CASES: &[(&str, Case)] = &[
    ("unfold", |g, l, _| {
        let y = image(g, l)?;
        let y = g.unfold(y, [2, 2], [1, 1])?;
        total(g, y)
    }),
    ("unfold with strides", |g, l, s| {
        let y = image(g, l)?;
        let y = g.unfold(y, [2, 1], [s.rows / 2, 2])?;
        total(g, y)
    }),
    ("fold", |g, l, s| {
        let lit = g.mul(l.p, l.x)?;
        let y = g.einsum("yx,j->yxj", lit, l.w)?;
        let y = g.reshape(y, &[s.rows, s.width, 1, s.width, 1])?;
        let y = g.fold(y, s.rows, s.width + s.width - 1, [1, 1])?;
        total(g, y)
    }),
    ("fold with strides", |g, l, s| {
        let lit = g.mul(l.p, l.x)?;
        let y = g.einsum("yx,i->yxi", lit, l.w)?;
        let y = g.reshape(y, &[s.rows, s.width, s.width, 1, 1])?;
        let y = g.fold(y, 2 * (s.rows - 1) + s.width + 1, 3 * (s.width - 1) + 1, [2, 3])?;
        total(g, y)
    }),
    ("argmax_mask", |g, l, _| {
        let y = g.mul(l.p, l.x)?;
        let y = apart(g, y)?;
        let y = g.argmax_mask(y, 0)?;
        let y = g.mul(y, l.p)?;
        total(g, y)
    }),
    ("max of the first axis", |g, l, _| {
        let y = g.mul(l.p, l.x)?;
        let y = apart(g, y)?;
        let y = g.max(y, 0)?;
        total(g, y)
    }),
    ("max of the last axis", |g, l, _| {
        let y = g.mul(l.p, l.x)?;
        let y = apart(g, y)?;
        let y = g.max(y, 1)?;
        total(g, y)
    }),
    ("convolve2d", |g, l, _| {
        let (image, weights) = (image(g, l)?, weights(g, l)?);
        let y = g.convolve2d(image, weights, [1, 1], [0, 0])?;
        total(g, y)
    }),
    ("convolve2d with strides and padding", |g, l, _| {
        let (image, weights) = (image(g, l)?, weights(g, l)?);
        let y = g.convolve2d(image, weights, [2, 1], [1, 2])?;
        total(g, y)
    }),
    ("max_pool2d", |g, l, _| {
        let y = image(g, l)?;
        let y = apart(g, y)?;
        let y = g.max_pool2d(y, [2, 2], [2, 1])?;
        total(g, y)
    }),
    ("average_pool2d", |g, l, _| {
        let y = image(g, l)?;
        let y = g.average_pool2d(y, [2, 2], [1, 2])?;
        total(g, y)
    }),
];
