//! Images: `[channels, height, width]` between the layers, as in dfdx.

use ::dfdx::nn::modules::{AvgPoolGlobal, MaxPoolGlobal, MinPoolGlobal};

use crate::error::Result;
use crate::graph::NodeId;

use super::{Builder, Layer, Value};

impl<T> Layer<T> for AvgPoolGlobal {
    fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value> {
        let (pixels, count) = builder.pixels(input)?;
        let sum = builder.graph().sum(pixels, 0)?;
        Ok(builder.graph().scale(sum, 1.0 / count as f64)?.into())
    }
}

impl<T> Layer<T> for MaxPoolGlobal {
    fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value> {
        let (pixels, _) = builder.pixels(input)?;
        Ok(builder.graph().max(pixels, 0)?.into())
    }
}

impl<T> Layer<T> for MinPoolGlobal {
    fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value> {
        let (pixels, _) = builder.pixels(input)?;
        let graph = builder.graph();
        let opposite = graph.neg(pixels)?;
        let largest = graph.max(opposite, 0)?;
        Ok(graph.neg(largest)?.into())
    }
}

/// Layers on images: `[channels, height, width]` gives `[channels, rows, columns]`.
impl<T> Builder<T> {
    /// The convolution of an image with weights `[filters, channels, window height, window width]`, dfdx's order.
    ///
    /// `padding` zeros stand on either side of the rows and of the columns. There is no dilation and there are no groups.
    ///
    /// # Errors
    /// As [`Graph::convolve2d`](crate::graph::Graph::convolve2d).
    pub fn convolve2d(
        &mut self,
        input: Value,
        weights: NodeId,
        stride: [usize; 2],
        padding: [usize; 2],
    ) -> Result<Value> {
        self.on_image(input, |graph, image| {
            let weights = graph.permute(weights, &[0, 2, 3, 1])?;
            graph.convolve2d(image, weights, stride, padding)
        })
    }

    /// The largest element of each window and channel. Of several that are equal the first has all of the derivative; dfdx
    /// divides it among them.
    ///
    /// # Errors
    /// As [`Graph::max_pool2d`](crate::graph::Graph::max_pool2d).
    pub fn max_pool2d(&mut self, input: Value, window: [usize; 2], stride: [usize; 2]) -> Result<Value> {
        self.on_image(input, |graph, image| graph.max_pool2d(image, window, stride))
    }

    /// The smallest element of each window and channel.
    ///
    /// # Errors
    /// As [`Builder::max_pool2d`].
    pub fn min_pool2d(&mut self, input: Value, window: [usize; 2], stride: [usize; 2]) -> Result<Value> {
        let opposite = self.elementwise(input, |graph, x| graph.neg(x))?;
        let largest = self.max_pool2d(opposite, window, stride)?;
        self.elementwise(largest, |graph, x| graph.neg(x))
    }

    /// The mean of each window and channel.
    ///
    /// # Errors
    /// As [`Graph::average_pool2d`](crate::graph::Graph::average_pool2d).
    pub fn average_pool2d(&mut self, input: Value, window: [usize; 2], stride: [usize; 2]) -> Result<Value> {
        self.on_image(input, |graph, image| graph.average_pool2d(image, window, stride))
    }

    /// All elements in one axis, in dfdx's order: channel by channel.
    ///
    /// # Errors
    /// None that the value itself could cause; a result so that graph code reads alike.
    pub fn flatten(&mut self, input: Value) -> Result<Value> {
        let node = self.node(input)?;
        let len = self.graph().shape(node).len();
        Ok(self.graph().reshape(node, &[len])?.into())
    }

    /// An image's pixels in one axis: `[height · width, channels]`, and how many there are.
    fn pixels(&mut self, input: Value) -> Result<(NodeId, usize)> {
        let image = self.channels_last(input)?;
        let sizes = self.graph().shape(image).sizes();
        let (count, channels) = (sizes[0] * sizes[1], sizes[2]);
        Ok((self.graph().reshape(image, &[count, channels])?, count))
    }
}
