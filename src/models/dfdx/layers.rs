//! Layers with weights.

use ::dfdx::nn::modules::{Bias2D, LayerNorm1D, Linear, UnbiasedLinear};
use ::dfdx::shapes::Dtype;
use ::dfdx::tensor_ops::Device;

use crate::error::{Error, Result};
use crate::graph::{Graph, NodeId};
use crate::tensor::Real;

use super::{Builder, Layer, Value};

impl<const I: usize, const O: usize, T: Real + Dtype, D: Device<T>> Layer<T> for Linear<I, O, T, D> {
    fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value> {
        let weight = builder.parameter("weight", &self.weight)?;
        let bias = builder.parameter("bias", &self.bias)?;
        builder.linear(input, weight, Some(bias))
    }
}

impl<const I: usize, const O: usize, T: Real + Dtype, D: Device<T>> Layer<T> for UnbiasedLinear<I, O, T, D> {
    fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value> {
        let weight = builder.parameter("weight", &self.weight)?;
        builder.linear(input, weight, None)
    }
}

impl<const C: usize, T: Real + Dtype, D: Device<T>> Layer<T> for Bias2D<C, T, D> {
    fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value> {
        let bias = builder.parameter("bias", &self.bias)?;
        let image = builder.channels_last(input)?;
        builder.spans_last("bias2d", image, bias)?;
        builder.on_image(input, |graph, image| graph.add(image, bias))
    }
}

impl<const M: usize, T: Real + Dtype, D: Device<T>> Layer<T> for LayerNorm1D<M, T, D> {
    /// (x − mean)/√(variance + ε) ⊙ γ + β along the last axis. Ba, Kiros and Hinton, "Layer Normalization" (2016).
    fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value> {
        let gamma = builder.parameter("gamma", &self.gamma)?;
        let beta = builder.parameter("beta", &self.beta)?;
        let x = builder.node(input)?;
        builder.spans_last("layer_norm", x, gamma)?;
        let mean = builder.mean_of_last(x)?;
        let centred = builder.graph().sub(x, mean)?;
        let square = builder.graph().mul(centred, centred)?;
        let variance = builder.mean_of_last(square)?;
        let graph = builder.graph();
        let shifted = graph.shift(variance, self.epsilon)?;
        let inverse = graph.power(shifted, -0.5)?;
        let normal = graph.mul(centred, inverse)?;
        let scaled = graph.mul(normal, gamma)?;
        Ok(graph.add(scaled, beta)?.into())
    }
}

impl<T> Builder<T> {
    /// The last axis; the first of none where there is none, so that the next operation reports it.
    pub(super) fn last_axis(&mut self, x: NodeId) -> usize {
        self.graph().shape(x).rank().saturating_sub(1)
    }

    /// The mean along the last axis, repeated along it.
    fn mean_of_last(&mut self, x: NodeId) -> Result<NodeId> {
        let axis = self.last_axis(x);
        let graph = self.graph();
        let sum = graph.sum(x, axis)?;
        let size = graph.shape(x).sizes()[axis];
        let mean = graph.scale(sum, 1.0 / size as f64)?;
        graph.expand(mean, axis, size)
    }

    /// Refuses a vector that the graph would repeat, or repeat the value for, along the last axis.
    fn spans_last(&mut self, operation: &'static str, x: NodeId, vector: NodeId) -> Result<()> {
        let last = |id, graph: &Graph| graph.shape(id).sizes().last().copied();
        let size = last(vector, self.graph());
        if last(x, self.graph()) != size {
            return Err(self.refuse_size(operation, x, vector));
        }
        Ok(())
    }

    /// A vector along the first axis of `like`, repeated along the others.
    pub(super) fn along_first(&mut self, operation: &'static str, vector: NodeId, like: NodeId) -> Result<NodeId> {
        let sizes = self.graph().shape(like).sizes().to_vec();
        if sizes.first() != self.graph().shape(vector).sizes().first() {
            return Err(self.refuse_size(operation, like, vector));
        }
        let mut vector = vector;
        for (axis, size) in sizes.iter().enumerate().skip(1) {
            vector = self.graph().expand(vector, axis, *size)?;
        }
        Ok(vector)
    }

    fn refuse_size(&mut self, operation: &'static str, x: NodeId, vector: NodeId) -> Error {
        let expected = format!("a layer of size {}", self.graph().shape(vector));
        self.refuse(operation, x, expected, "the axis it works along must have that size")
    }
}
