//! What layers add themselves to.

use ::dfdx::shapes::{Dtype, HasShape, Shape};
use ::dfdx::tensor::{Storage, Tensor};

use crate::error::{Error, Result};
use crate::graph::{Graph, NodeId};
use crate::tensor::{Array, Real};

use super::Layer;

/// What stands between two layers: a node, and in which order an image's axes stand in it.
///
/// dfdx's images are channels first, the graph's image operations work channels last. A value stays as the last image
/// layer left it until another kind of layer asks for its [node](Builder::node).
#[derive(Clone, Copy, Debug)]
pub struct Value {
    node: NodeId,
    channels_last: bool,
}

impl From<NodeId> for Value {
    /// A node whose axes are in dfdx's order.
    fn from(node: NodeId) -> Self {
        Self { node, channels_last: false }
    }
}

/// A graph under construction with the parameters collected so far.
#[derive(Debug)]
pub struct Builder<T> {
    graph: Graph,
    parameters: Vec<Array<T>>,
    /// The names of the layers that lead to the current one.
    path: Vec<String>,
}

impl<T> Builder<T> {
    pub(super) fn new() -> Self {
        Self { graph: Graph::new(), parameters: Vec::new(), path: Vec::new() }
    }

    pub(super) fn finish(self) -> (Graph, Vec<Array<T>>) {
        (self.graph, self.parameters)
    }

    /// The graph, to add operations to. Parameters are added by [`Builder::parameter`] only.
    pub fn graph(&mut self) -> &mut Graph {
        &mut self.graph
    }

    /// Adds a tensor as a parameter named `name` within the current layer.
    ///
    /// # Errors
    /// [`Error::Argument`](crate::Error::Argument) when the layer has a parameter of that name, or the tensor no elements.
    pub fn parameter<S: Shape, D: Storage<T>>(&mut self, name: &str, tensor: &Tensor<S, T, D>) -> Result<NodeId>
    where
        T: Real + Dtype,
    {
        let sizes = tensor.shape().concrete();
        let path: Vec<&str> = self.path.iter().map(String::as_str).chain([name]).collect();
        let node = self.graph.parameter(&path.join("."), sizes.as_ref())?;
        self.parameters.push(Array::new(sizes.as_ref(), tensor.as_vec())?);
        Ok(node)
    }

    /// Adds a layer named `name` within the current one.
    ///
    /// # Errors
    /// What the layer reports.
    pub fn layer<L: Layer<T> + ?Sized>(&mut self, name: &str, layer: &L, input: Value) -> Result<Value> {
        self.path.push(name.to_owned());
        let output = layer.add_to(self, input);
        self.path.pop();
        output
    }

    /// The node of a value, with the axes in dfdx's order.
    ///
    /// # Errors
    /// None that the value itself could cause; a result so that graph code reads alike.
    pub fn node(&mut self, value: Value) -> Result<NodeId> {
        match value.channels_last {
            true => self.graph.permute(value.node, &[2, 0, 1]),
            false => Ok(value.node),
        }
    }

    /// An image as the graph's image operations take it: `[height, width, channels]`.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when the value is no image, `[channels, height, width]`.
    pub fn channels_last(&mut self, value: Value) -> Result<NodeId> {
        match value.channels_last {
            true => Ok(value.node),
            false if self.graph.shape(value.node).rank() != 3 => {
                let expected = "an image [channels, height, width]".into();
                Err(self.refuse("image layer", value.node, expected, "the layer works on images only"))
            }
            false => self.graph.permute(value.node, &[1, 2, 0]),
        }
    }

    /// What an operation makes of an image `[height, width, channels]`, one of the same order.
    pub(super) fn on_image(
        &mut self,
        input: Value,
        operation: impl FnOnce(&mut Graph, NodeId) -> Result<NodeId>,
    ) -> Result<Value> {
        let image = self.channels_last(input)?;
        Ok(Value { node: operation(&mut self.graph, image)?, channels_last: true })
    }

    /// A function of each element, for which the order of the axes does not matter.
    ///
    /// # Errors
    /// What `function` reports, and [`Error::Shape`] when it gives another shape than it is given.
    pub fn elementwise(
        &mut self,
        value: Value,
        function: impl FnOnce(&mut Graph, NodeId) -> Result<NodeId>,
    ) -> Result<Value> {
        let node = function(&mut self.graph, value.node)?;
        if self.graph.shape(node) != self.graph.shape(value.node) {
            let expected = self.graph.value_type(value.node).to_string();
            return Err(self.refuse("elementwise", node, expected, "an elementwise function keeps the shape"));
        }
        Ok(Value { node, ..value })
    }

    /// The sum of two values of the same shape.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when the shapes differ.
    pub fn add(&mut self, a: Value, b: Value) -> Result<Value> {
        let channels_last = a.channels_last && b.channels_last;
        let (a, b) = if channels_last { (a.node, b.node) } else { (self.node(a)?, self.node(b)?) };
        // The smaller one is not repeated, which dfdx would not do either.
        if self.graph.shape(a) != self.graph.shape(b) {
            let expected = self.graph.value_type(b).to_string();
            return Err(self.refuse("add", a, expected, "both must have the same shape"));
        }
        Ok(Value { node: self.graph.add(a, b)?, channels_last })
    }

    /// x Wᵀ + b along the last axis: `[…, in]` with weights `[out, in]` and a bias `[out]` gives `[…, out]`.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when the last axis is not `in`.
    pub fn linear(&mut self, input: Value, weight: NodeId, bias: Option<NodeId>) -> Result<Value> {
        let input = self.node(input)?;
        let mut sizes = self.graph.shape(input).sizes().to_vec();
        let product = match sizes.as_slice() {
            [] | [_] => self.graph.einsum("i,oi->o", input, weight)?,
            [leading @ .., width] => {
                let rows = self.graph.reshape(input, &[leading.iter().product(), *width])?;
                let product = self.graph.einsum("si,oi->so", rows, weight)?;
                if let (Some(last), Some(out)) = (sizes.last_mut(), self.graph.shape(weight).sizes().first()) {
                    *last = *out;
                }
                self.graph.reshape(product, &sizes)?
            }
        };
        Ok(bias.map_or(Ok(product), |bias| self.graph.add(product, bias))?.into())
    }

    pub(super) fn refuse(&self, operation: &'static str, input: NodeId, expected: String, reason: &str) -> Error {
        let left = self.graph.value_type(input).to_string();
        let layer = self.path.join(".");
        let node = match layer.is_empty() {
            true => self.graph.describe(input),
            false => format!("layer {layer}, {}", self.graph.describe(input)),
        };
        Error::Shape { node, operation, left, right: expected, reason: reason.into() }
    }
}
