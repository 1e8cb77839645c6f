//! Images, channels last: windows over them, convolutions, and pooling.
//!
//! A convolution is the windows of an image times weights: one matrix product, which a batch of images makes taller. Its
//! derivatives are products with the same windows and sums of overlapping windows, so no rules of its own are needed.

use crate::error::{Error, Result};
use crate::graph::nodes::{Graph, NodeId};
use crate::graph::op::Op;
use crate::graph::types::Shape;

impl Graph {
    /// Adds the windows of an image: `image` of shape `[height, width, channels]` gives `[rows, columns, window height,
    /// window width, channels]`, where a window lies wholly within the image and the next begins `stride` further on.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when `image` has not three axes, a window or stride is zero, the window is
    /// larger than the image, or the windows have more elements than memory can hold.
    pub fn unfold(&mut self, image: NodeId, window: [usize; 2], stride: [usize; 2]) -> Result<NodeId> {
        let sizes = self.windows("unfold", image, window, stride)?;
        if in_order(&self.shape(image).sizes()[..2], window, stride) {
            return self.reshape(image, &sizes);
        }
        self.moved(Op::Unfold { window, stride }, &[image], Shape::new(&sizes))
    }

    /// Adds the image of `height` and `width` that overlapping windows sum to, the transpose of [`Graph::unfold`]:
    /// `windows` of shape `[rows, columns, window height, window width, channels]` give `[height, width, channels]`.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when these are not the windows of an image of that size.
    pub fn fold(&mut self, windows: NodeId, height: usize, width: usize, stride: [usize; 2]) -> Result<NodeId> {
        self.real("fold", windows)?;
        let &[rows, columns, tall, wide, channels] = self.shape(windows).sizes() else {
            let reason = "windows have the axes [rows, columns, window height, window width, channels]".into();
            return Err(self.mismatch("fold", windows, "five axes".into(), reason));
        };
        let window = [tall, wide];
        let found = self.places("fold", windows, [height, width], window, stride)?;
        if found != [rows, columns] {
            let reason = format!("such an image has {found:?} windows of {window:?} with a stride of {stride:?}");
            return Err(self.mismatch("fold", windows, format!("an image of [{height}, {width}]"), reason));
        }
        let sizes = [height, width, channels];
        self.holdable("fold", windows, &sizes)?;
        if in_order(&[height, width], window, stride) {
            return self.reshape(windows, &sizes);
        }
        let value_type = self.reshaped(windows, Shape::new(&sizes));
        self.linear(Op::Fold { height, width, stride }, &[windows], value_type)
    }

    /// Adds the convolution (in the sense of neural networks: the weights are not turned round) of `image`, `[height,
    /// width, channels]`, with `weights`, `[filters, window height, window width, channels]`: `[rows, columns, filters]`.
    ///
    /// `padding` zeros stand on either side of the rows and of the columns.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when the channels differ, the axes are not these, a stride is zero, the window
    /// is larger than the padded image, or memory cannot hold the windows.
    pub fn convolve2d(
        &mut self,
        image: NodeId,
        weights: NodeId,
        stride: [usize; 2],
        padding: [usize; 2],
    ) -> Result<NodeId> {
        let [height, width, channels] = self.image("convolve2d", image)?;
        self.real("convolve2d", weights)?;
        let &[_, tall, wide, depth] = self.shape(weights).sizes() else {
            let reason = "weights have the axes [filters, window height, window width, channels]".into();
            return Err(self.mismatch("convolve2d", weights, "four axes".into(), reason));
        };
        if depth != channels {
            let reason = format!("the image has {channels} channels and the weights have {depth}");
            return Err(self.pair_mismatch("convolve2d", image, weights, reason));
        }
        let padded = |size: usize, zeros: usize| zeros.checked_mul(2).and_then(|zeros| size.checked_add(zeros));
        let (Some(rows), Some(columns)) = (padded(height, padding[0]), padded(width, padding[1])) else {
            return Err(self.mismatch("convolve2d", image, format!("a padding of {padding:?}"), TOO_LARGE.into()));
        };
        let [down, along] = self.places("convolve2d", image, [rows, columns], [tall, wide], stride)?;
        self.holdable("convolve2d", image, &[rows, columns, channels])?;
        self.holdable("convolve2d", image, &[down, along, tall, wide, channels])?;
        self.holdable("convolve2d", image, &[down, along, self.shape(weights).sizes()[0]])?;
        let image = self.pad(image, 0, padding[0], rows)?;
        let image = self.pad(image, 1, padding[1], columns)?;
        let windows = self.unfold(image, [tall, wide], stride)?;
        self.einsum("yxijc,oijc->yxo", windows, weights)
    }

    /// Adds the largest element of each window and channel: `[height, width, channels]` gives `[rows, columns, channels]`.
    /// See [`Graph::max`] for ties and for what is not finite.
    ///
    /// # Errors
    /// As [`Graph::unfold`].
    pub fn max_pool2d(&mut self, image: NodeId, window: [usize; 2], stride: [usize; 2]) -> Result<NodeId> {
        let windows = self.flat_windows("max_pool2d", image, window, stride)?;
        self.max(windows, 2)
    }

    /// Adds the mean of each window and channel: `[height, width, channels]` gives `[rows, columns, channels]`.
    ///
    /// # Errors
    /// As [`Graph::unfold`].
    pub fn average_pool2d(&mut self, image: NodeId, window: [usize; 2], stride: [usize; 2]) -> Result<NodeId> {
        let windows = self.flat_windows("average_pool2d", image, window, stride)?;
        let sum = self.sum(windows, 2)?;
        self.scale(sum, 1.0 / (window[0] as f64 * window[1] as f64))
    }

    /// Windows with both their axes as one: `[rows, columns, elements, channels]`.
    fn flat_windows(
        &mut self,
        operation: &'static str,
        image: NodeId,
        window: [usize; 2],
        stride: [usize; 2],
    ) -> Result<NodeId> {
        let [rows, columns, tall, wide, channels] = self.windows(operation, image, window, stride)?;
        let windows = self.unfold(image, window, stride)?;
        self.reshape(windows, &[rows, columns, tall * wide, channels])
    }

    /// The shape of the windows of an image.
    fn windows(
        &self,
        operation: &'static str,
        image: NodeId,
        window: [usize; 2],
        stride: [usize; 2],
    ) -> Result<[usize; 5]> {
        let [height, width, channels] = self.image(operation, image)?;
        let [rows, columns] = self.places(operation, image, [height, width], window, stride)?;
        let sizes = [rows, columns, window[0], window[1], channels];
        self.holdable(operation, image, &sizes)?;
        Ok(sizes)
    }

    fn image(&self, operation: &'static str, a: NodeId) -> Result<[usize; 3]> {
        self.real(operation, a)?;
        match *self.shape(a).sizes() {
            [height, width, channels] => Ok([height, width, channels]),
            _ => {
                let reason = "an image has the axes [height, width, channels]".into();
                Err(self.mismatch(operation, a, "three axes".into(), reason))
            }
        }
    }

    /// How many windows there are down and along an image of these sizes.
    fn places(
        &self,
        operation: &'static str,
        a: NodeId,
        sizes: [usize; 2],
        window: [usize; 2],
        stride: [usize; 2],
    ) -> Result<[usize; 2]> {
        let wrong = |reason: String| -> Error {
            self.mismatch(operation, a, format!("windows of {window:?} with a stride of {stride:?}"), reason)
        };
        if window.contains(&0) || stride.contains(&0) {
            return Err(wrong("windows and strides are at least one".into()));
        }
        if window[0] > sizes[0] || window[1] > sizes[1] {
            return Err(wrong(format!("the window must lie within {sizes:?}")));
        }
        Ok([0, 1].map(|axis| (sizes[axis] - window[axis]) / stride[axis] + 1))
    }

    fn holdable(&self, operation: &'static str, a: NodeId, sizes: &[usize]) -> Result<()> {
        let bytes = sizes.iter().try_fold(size_of::<f64>(), |bytes, size| bytes.checked_mul(*size));
        match bytes {
            Some(bytes) if bytes <= isize::MAX as usize => Ok(()),
            _ => Err(self.mismatch(operation, a, format!("a result of {sizes:?}"), TOO_LARGE.into())),
        }
    }
}

const TOO_LARGE: &str = "there would be more elements than memory can hold";

/// Whether the windows hold the image's elements in their order, each once.
fn in_order(sizes: &[usize], window: [usize; 2], stride: [usize; 2]) -> bool {
    window == sizes || (window == [1, 1] && stride == [1, 1])
}
