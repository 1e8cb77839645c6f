//! Functions of each element, and softmax.

use ::dfdx::nn::modules::{
    Abs, AccurateGeLU, Cos, Exp, FastGeLU, LeakyReLU, Ln, LogSoftmax, ReLU, Sigmoid, Sin, Softmax, Sqrt, Square, Tanh,
};
use ::dfdx::nn::prelu::{PReLU, PReLU1D};
use ::dfdx::shapes::{ConstDim, Dtype};
use ::dfdx::tensor_ops::Device;

use crate::error::Result;
use crate::graph::{Graph, NodeId};
use crate::tensor::Real;

use super::{Builder, Layer, Value};

macro_rules! elementwise {
    ($($module:ident => $function:expr;)*) => {
        $(impl<T> Layer<T> for $module {
            fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value> {
                builder.elementwise(input, $function)
            }
        })*
    };
}

elementwise! {
    ReLU => Graph::relu;
    FastGeLU => Graph::gelu_tanh;
    AccurateGeLU => Graph::gelu;
    Sigmoid => Graph::sigmoid;
    Tanh => Graph::tanh;
    Exp => Graph::exp;
    Ln => Graph::log;
    Sin => Graph::sin;
    Cos => Graph::cos;
    Sqrt => |graph: &mut Graph, x| graph.power(x, 0.5);
    Square => |graph: &mut Graph, x| graph.mul(x, x);
    Abs => Graph::abs;
}

// The old name of `FastGeLU`, which models may still have.
#[allow(deprecated)]
impl<T> Layer<T> for ::dfdx::nn::modules::GeLU {
    fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value> {
        FastGeLU.add_to(builder, input)
    }
}

impl<T: Real + Dtype> Layer<T> for LeakyReLU<T> {
    fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value> {
        builder.elementwise(input, |graph, x| leaky(graph, x, |graph, x| graph.scale(x, self.0.to_f64())))
    }
}

impl<T: Real + Dtype, D: Device<T>> Layer<T> for PReLU<T, D> {
    fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value> {
        let slope = builder.parameter("a", &self.a)?;
        builder.elementwise(input, |graph, x| leaky(graph, x, |graph, x| graph.mul(x, slope)))
    }
}

impl<C: ConstDim, T: Real + Dtype, D: Device<T>> Layer<T> for PReLU1D<C, T, D> {
    /// One slope for each place of the first axis, the channels.
    fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value> {
        let slope = builder.parameter("a", &self.a)?;
        let x = builder.node(input)?;
        let slope = builder.along_first("prelu", slope, x)?;
        Ok(leaky(builder.graph(), x, |graph, x| graph.mul(x, slope))?.into())
    }
}

/// max(x, 0) and what becomes of min(x, 0), exactly; at zero the slope is one for the first, as dfdx has it.
fn leaky(graph: &mut Graph, x: NodeId, scale: impl FnOnce(&mut Graph, NodeId) -> Result<NodeId>) -> Result<NodeId> {
    let opposite = graph.neg(x)?;
    let below = graph.step(opposite)?;
    let negative = graph.mul(x, below)?;
    let positive = graph.sub(x, negative)?;
    let scaled = scale(graph, negative)?;
    graph.add(positive, scaled)
}

impl<T> Layer<T> for Softmax {
    /// Along the last axis.
    fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value> {
        let x = builder.node(input)?;
        let axis = builder.last_axis(x);
        Ok(builder.graph().softmax(x, axis)?.into())
    }
}

impl<T> Layer<T> for LogSoftmax {
    /// Along the last axis.
    fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value> {
        let x = builder.node(input)?;
        let axis = builder.last_axis(x);
        let graph = builder.graph();
        let total = graph.log_sum_exp(x, axis)?;
        let total = graph.expand(total, axis, graph.shape(x).sizes()[axis])?;
        Ok(graph.sub(x, total)?.into())
    }
}
