//! Models built in [dfdx](https://docs.rs/dfdx/0.13), converted layer by layer (feature `dfdx`).
//!
//! dfdx differentiates once. A converted model is a [`Graph`], so it has exact derivatives of every order: Hessian-vector
//! products for influence functions, and each example's own gradient. Parameters keep dfdx's order, names and shapes.
//!
//! ```
//! use ascribe::models::dfdx::convert;
//! use dfdx::nn::builders::{DeviceBuildExt, Linear, Residual, Tanh};
//!
//! # fn main() -> ascribe::Result<()> {
//! type Network = (Linear<3, 4>, Tanh, Residual<(Linear<4, 4>, Tanh)>, Linear<4, 2>);
//! let module = dfdx::tensor::Cpu::default().build_module::<Network, f64>();
//! let converted = convert(&module, &[3])?;
//! assert_eq!(converted.graph.shape(converted.outputs).sizes(), [2]);
//! assert_eq!(converted.parameters[0].shape(), [4, 3]);
//! assert_eq!(converted.names().next(), Some("0.weight"));
//! # Ok(())
//! # }
//! ```
//!
//! # What is converted
//!
//! A layer that can be converted implements [`Layer`]; a model with one that cannot does not compile. Implemented for
//! dfdx's modules:
//!
//! - `Linear`, `UnbiasedLinear`, `Bias2D`, `LayerNorm1D`, `MultiHeadAttention`, `TransformerEncoderBlock`;
//! - the activations `ReLU`, `LeakyReLU`, `PReLU`, `PReLU1D`, `FastGeLU` (and the old `GeLU`), `AccurateGeLU`, `Sigmoid`,
//!   `Tanh`, `Softmax`, `LogSoftmax`, `Exp`, `Ln`, `Sin`, `Cos`, `Sqrt`, `Square`, `Abs`;
//! - `AvgPoolGlobal`, `MaxPoolGlobal`, `MinPoolGlobal`, `Reshape`;
//! - tuples, `()`, `Residual`, `GeneralizedResidual`, `Repeated`;
//! - `Dropout` and `DropoutOneIn`, which do nothing, as in dfdx's own `forward`: what is converted is the model that
//!   predicts.
//!
//! Not converted: batch normalization (what it makes of an example depends on the other examples, or on statistics that
//! are no parameters), `Embedding` (its inputs are ids), `SplitInto` and `AddInto` (several values at once), the decoding
//! half of the transformer, upscaling and transposed convolutions.
//!
//! dfdx has `Conv2D`, `MaxPool2D`, `AvgPool2D`, `MinPool2D` and `Flatten2D` only in builds with its feature `nightly`, which
//! today's compilers refuse. Modules of one's own that convolve or pool implement [`Layer`] with the image methods of
//! [`Builder`], in a few lines.
//!
//! # A wrong derivative in dfdx
//!
//! The derivative dfdx 0.13 has for `AccurateGeLU` lacks a factor 1/√2. Here it is right, so gradients of models with that
//! activation differ from dfdx's, and such a model was trained by dfdx with wrong gradients. `FastGeLU` is right in both.

mod activations;
mod attention;
mod builder;
mod compound;
mod image;
mod layers;
mod load;

pub use builder::{Builder, Value};
pub use load::load_into;

use ::dfdx::shapes::Dtype;

use crate::error::Result;
use crate::graph::{Graph, NodeId};
use crate::tensor::{Array, Real};

/// A layer that knows its own graph.
///
/// Implement it for a module of your own: give each tensor to [`Builder::parameter`] and each module to [`Builder::layer`],
/// in the order and by the names of the module's `TensorCollection`, and combine the results.
///
/// ```
/// use ascribe::models::dfdx::{Builder, Layer, Value};
/// use dfdx::nn::modules::Linear;
/// use dfdx::tensor::Cpu;
///
/// /// One layer gates another.
/// struct Gated {
///     gate: Linear<4, 2, f32, Cpu>,
///     content: Linear<4, 2, f32, Cpu>,
/// }
///
/// impl Layer<f32> for Gated {
///     fn add_to(&self, builder: &mut Builder<f32>, input: Value) -> ascribe::Result<Value> {
///         let gate = builder.layer("gate", &self.gate, input)?;
///         let content = builder.layer("content", &self.content, input)?;
///         let (gate, content) = (builder.node(gate)?, builder.node(content)?);
///         let gate = builder.graph().sigmoid(gate)?;
///         Ok(builder.graph().mul(gate, content)?.into())
///     }
/// }
/// ```
pub trait Layer<T> {
    /// Adds the layer's parameters and what it makes of one example's `input`.
    ///
    /// # Errors
    /// What the graph operations report, above all shapes that do not fit.
    fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value>;
}

/// A dfdx model as a graph with its parameters.
#[derive(Clone, Debug)]
pub struct Converted<T> {
    /// The graph. Input slot 0 is `features`; parameter slots are in dfdx's order.
    pub graph: Graph,
    /// The input of one example, in the shape that was given.
    pub features: NodeId,
    /// What the model makes of it, per example, images channels first as in dfdx.
    pub outputs: NodeId,
    /// The parameters by slot, in dfdx's own shapes.
    pub parameters: Vec<Array<T>>,
}

impl<T> Converted<T> {
    /// The parameters' names by slot: `1.0.weight` is the weight of the first layer within the second.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.graph.parameters().iter().map(|id| self.graph.name(*id).unwrap_or_default())
    }
}

/// Converts a dfdx module to a graph, with copies of its parameters.
///
/// `input_shape` is that of one example, without a batch axis; images are channels first, `[channels, height, width]`.
///
/// # Errors
/// [`Error::Shape`](crate::Error::Shape) when a layer does not fit what comes to it, and
/// [`Error::Argument`](crate::Error::Argument) for an input with a size of zero.
pub fn convert<T: Real + Dtype, M: Layer<T>>(module: &M, input_shape: &[usize]) -> Result<Converted<T>> {
    let mut builder = Builder::new();
    let features = builder.graph().input("features", input_shape)?;
    let outputs = module.add_to(&mut builder, features.into())?;
    let outputs = builder.node(outputs)?;
    let outputs = builder.graph().broadcast_batch(outputs)?;
    let (graph, parameters) = builder.finish();
    Ok(Converted { graph, features, outputs, parameters })
}
