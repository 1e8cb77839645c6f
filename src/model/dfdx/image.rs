//! Images: `[channels, height, width]` between the layers, as in dfdx.

use ::dfdx::nn::modules::AvgPoolGlobal;

use crate::error::Result;
use crate::graph::NodeId;

use super::{Builder, Layer, Value};

impl<T> Layer<T> for AvgPoolGlobal {
    fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value> {
        let (places, count) = builder.places(input)?;
        let sum = builder.graph().sum(places, 0)?;
        Ok(builder.graph().scale(sum, 1.0 / count as f64)?.into())
    }
}

impl<T> Builder<T> {
    /// An image's pixels in one axis: `[height · width, channels]`, and how many there are.
    fn places(&mut self, input: Value) -> Result<(NodeId, usize)> {
        let image = self.channels_last(input)?;
        let sizes = self.graph().shape(image).sizes();
        let (count, channels) = (sizes[0] * sizes[1], sizes[2]);
        Ok((self.graph().reshape(image, &[count, channels])?, count))
    }
}
