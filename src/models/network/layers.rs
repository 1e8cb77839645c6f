//! Layers: what stands between features and outputs.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::graph::{Graph, NodeId};
use crate::options::words;

words! {
    "the activation";
    /// An elementwise function between layers.
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum Activation {
        /// tanh x.
        #[default]
        Tanh = "tanh",
        /// max(x, 0).
        Relu = "relu",
        /// x · Φ(x) with Φ the normal distribution function. Hendrycks and Gimpel (2016).
        Gelu = "gelu",
        /// ln(1 + eˣ).
        Softplus = "softplus",
        /// 1 / (1 + e⁻ˣ).
        Sigmoid = "sigmoid",
    }
}

impl Activation {
    fn add(self, graph: &mut Graph, x: NodeId) -> Result<NodeId> {
        match self {
            Self::Tanh => graph.tanh(x),
            Self::Relu => graph.relu(x),
            Self::Gelu => graph.gelu(x),
            Self::Softplus => graph.softplus(x),
            Self::Sigmoid => graph.sigmoid(x),
        }
    }
}

/// One step from features to outputs. Images are `[height, width, channels]`.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// A matrix product, on all features as one list.
    Dense(usize),
    /// A convolution with this many channels out and a square window, without padding.
    Convolution {
        /// Channels of the result.
        channels: usize,
        /// The side of the window.
        window: usize,
    },
    /// An elementwise function.
    Activation(Activation),
    /// The largest value in each of the square windows, which do not overlap.
    MaxPool(usize),
    /// The mean of each of the square windows, which do not overlap.
    AveragePool(usize),
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dense(size) => write!(f, "dense:{size}"),
            Self::Convolution { channels, window } => write!(f, "conv:{channels}x{window}"),
            Self::Activation(activation) => write!(f, "{activation}"),
            Self::MaxPool(window) => write!(f, "max:{window}"),
            Self::AveragePool(window) => write!(f, "average:{window}"),
        }
    }
}

impl FromStr for Layer {
    type Err = Error;

    /// Reads `dense:64`, `conv:8x5` (channels × window), `max:2`, `average:2` or an activation's name.
    fn from_str(text: &str) -> Result<Self> {
        let refuse = || {
            let names = Activation::ALL.map(|(name, _)| name).join(", ");
            let expected = format!("dense:64, conv:8x5, max:2, average:2, {names}");
            Error::argument("a layer", format!("{text:?}"), expected)
        };
        let size = |text: &str| text.parse::<usize>().ok().filter(|size| *size > 0).ok_or_else(refuse);
        match text.split_once(':') {
            None => text.parse().map(Self::Activation).map_err(|_| refuse()),
            Some(("dense", count)) => Ok(Self::Dense(size(count)?)),
            Some(("max", window)) => Ok(Self::MaxPool(size(window)?)),
            Some(("average", window)) => Ok(Self::AveragePool(size(window)?)),
            Some(("conv", sizes)) => {
                let (channels, window) = sizes.split_once('x').ok_or_else(refuse)?;
                Ok(Self::Convolution { channels: size(channels)?, window: size(window)? })
            }
            Some(_) => Err(refuse()),
        }
    }
}

pub(super) struct Stack<'g> {
    pub graph: &'g mut Graph,
    /// Parameters of weights, which a penalty sees, and of intercepts, which it does not.
    pub weights: Vec<NodeId>,
    pub intercepts: Vec<NodeId>,
    /// The layers with parameters so far: their numbers are in the parameters' names.
    depth: usize,
}

impl<'g> Stack<'g> {
    pub fn new(graph: &'g mut Graph) -> Self {
        Self { graph, weights: Vec::new(), intercepts: Vec::new(), depth: 0 }
    }

    /// Adds a layer behind `x`.
    pub fn add(&mut self, layer: Layer, x: NodeId) -> Result<NodeId> {
        match layer {
            Layer::Dense(size) => self.dense(x, size, size),
            Layer::Convolution { channels, window } => {
                let depth = self.image(layer, x)?[2];
                let weights = self.parameter("weights", &[channels, window, window, depth])?;
                let y = self.graph.convolve2d(x, weights, [1, 1], [0, 0])?;
                let intercept = self.intercept(channels)?;
                self.graph.add(y, intercept)
            }
            Layer::Activation(activation) => activation.add(self.graph, x),
            Layer::MaxPool(window) => {
                self.image(layer, x)?;
                self.graph.max_pool2d(x, [window; 2], [window; 2])
            }
            Layer::AveragePool(window) => {
                self.image(layer, x)?;
                self.graph.average_pool2d(x, [window; 2], [window; 2])
            }
        }
    }

    /// The last layer, or one in between: a matrix product, and `intercepts` intercepts for the last of its outputs.
    pub fn dense(&mut self, x: NodeId, size: usize, intercepts: usize) -> Result<NodeId> {
        let features = self.graph.shape(x).len();
        let x = self.graph.reshape(x, &[features])?;
        let weights = self.parameter("weights", &[size, features])?;
        let y = self.graph.einsum("d,cd->c", x, weights)?;
        if intercepts == 0 {
            return Ok(y);
        }
        let free = self.intercept(intercepts)?;
        let intercept = self.graph.pad(free, 0, size - intercepts, size)?;
        self.graph.add(y, intercept)
    }

    fn parameter(&mut self, name: &str, sizes: &[usize]) -> Result<NodeId> {
        self.depth += 1;
        let weights = self.graph.parameter(&format!("{name} {}", self.depth), sizes)?;
        self.weights.push(weights);
        Ok(weights)
    }

    fn intercept(&mut self, size: usize) -> Result<NodeId> {
        let intercept = self.graph.parameter(&format!("intercept {}", self.depth), &[size])?;
        self.intercepts.push(intercept);
        Ok(intercept)
    }

    fn image(&self, layer: Layer, x: NodeId) -> Result<[usize; 3]> {
        <[usize; 3]>::try_from(self.graph.shape(x).sizes()).map_err(|_| {
            let found = format!("a value of shape {}", self.graph.shape(x));
            Error::argument(format!("what the layer {layer} reads"), found, "an image: height, width, channels")
        })
    }
}
