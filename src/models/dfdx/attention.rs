//! The encoding half of the transformer. Vaswani and others, "Attention Is All You Need" (2017).

use ::dfdx::nn::modules::{MultiHeadAttention, TransformerEncoderBlock};
use ::dfdx::shapes::Dtype;
use ::dfdx::tensor_ops::Device;

use crate::error::Result;
use crate::graph::NodeId;
use crate::tensor::Real;

use super::{Builder, Layer, Value};

impl<const M: usize, const H: usize, const K: usize, const V: usize, T: Real + Dtype, D: Device<T>> Layer<T>
    for MultiHeadAttention<M, H, K, V, T, D>
{
    /// Each place of a sequence `[places, M]` attends to all of them.
    fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value> {
        let queries = builder.layer("w_q", &self.w_q, input)?;
        let keys = builder.layer("w_k", &self.w_k, input)?;
        let values = builder.layer("w_v", &self.w_v, input)?;
        let (queries, keys) = (heads(builder, queries, H)?, heads(builder, keys, H)?);
        let values = heads(builder, values, H)?;
        let graph = builder.graph();
        let scores = graph.einsum("shk,thk->hst", queries, keys)?;
        let scores = graph.scale(scores, 1.0 / ((K / H) as f64).sqrt())?;
        let weights = graph.softmax(scores, 2)?;
        let mixed = graph.einsum("hst,thv->shv", weights, values)?;
        let places = graph.shape(mixed).sizes()[0];
        let mixed = graph.reshape(mixed, &[places, V])?;
        builder.layer("w_o", &self.w_o, mixed.into())
    }
}

/// `[places, width]` as `[places, heads, width / heads]`.
fn heads<T>(builder: &mut Builder<T>, value: Value, heads: usize) -> Result<NodeId> {
    let node = builder.node(value)?;
    match *builder.graph().shape(node).sizes() {
        [places, width] if heads > 0 => builder.graph().reshape(node, &[places, heads, width / heads]),
        _ => {
            let reason = "it works on a sequence of vectors, with at least one head";
            Err(builder.refuse("attention", node, "[places, width]".into(), reason))
        }
    }
}

impl<const M: usize, const H: usize, const F: usize, T: Real + Dtype, D: Device<T>> Layer<T>
    for TransformerEncoderBlock<M, H, F, T, D>
{
    fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value> {
        let attended = builder.layer("self_attn", &self.self_attn, input)?;
        let sum = builder.add(attended, input)?;
        let normal = builder.layer("norm1", &self.norm1, sum)?;
        let fed = builder.layer("ff", &self.ff, normal)?;
        builder.layer("norm2", &self.norm2, fed)
    }
}
