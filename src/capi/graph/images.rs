//! Images: windows, pooling and convolutions. An image is a value of shape [height, width, channels].

use super::*;

/// Two sizes, down and along.
fn pair(down: i64, along: i64, name: &str) -> Result<[usize; 2]> {
    Ok([size(down, format_args!("{name}_height"))?, size(along, format_args!("{name}_width"))?])
}

/// The operations with windows, by their words.
const WINDOWS: [(&str, fn(&mut Graph, NodeId, [usize; 2], [usize; 2]) -> crate::Result<NodeId>); 4] = [
    ("unfold", Graph::unfold),
    ("fold", |graph, windows, [height, width], stride| graph.fold(windows, height, width, stride)),
    ("max_pool2d", Graph::max_pool2d),
    ("average_pool2d", Graph::average_pool2d),
];

/// Adds an operation with the windows of an image, which lie wholly within it. An image is a value of shape [height, width, channels],
/// its windows one of shape [rows, columns, window height, window width, channels].
/// Needs exclusive access to `graph`.
///
///   "unfold"          the windows of an image
///   "fold"            the image that overlapping windows sum to: the transpose of "unfold"
///   "max_pool2d"      the largest element of each window and channel, as "max" of ascribe_graph_along_axis(): [rows, columns, channels]
///   "average_pool2d"  the mean of each window and channel: [rows, columns, channels]
///
/// Fails with ASCRIBE_INVALID_ARGUMENT for another word, and with ASCRIBE_SHAPE when `x` has not these axes, a size or stride is zero,
/// the window is larger than the image, the windows are not those of an image of that size, or memory could not hold the result.
///
/// @param graph         the graph to add to
/// @param operation     the operation, by its word
/// @param x             an image; with "fold" windows
/// @param size_height   the height of a window, at least 1; with "fold" that of the image
/// @param size_width    the width of a window, at least 1; with "fold" that of the image
/// @param stride_height how far the next window lies down, at least 1
/// @param stride_width  how far the next window lies along, at least 1
/// @param node          receives the result
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_windows(
    graph: *mut ascribe_graph,
    operation: *const c_char,
    x: ascribe_node,
    size_height: i64,
    size_width: i64,
    stride_height: i64,
    stride_width: i64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        one(graph, x, node, error, |graph, x| {
            let operation = word(operation, "operation", &WINDOWS)?;
            let size = pair(size_height, size_width, "size")?;
            Ok(operation(graph, x, size, pair(stride_height, stride_width, "stride")?)?)
        })
    }
}

/// Adds the convolution of an image with weights, in the sense of neural networks: the weights are not turned round.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when the channels differ, the axes are not these, a stride is zero, the window is larger
/// than the padded image, or memory could not hold the windows.
///
/// @param graph          the graph to add to
/// @param image          a value of shape [height, width, channels]
/// @param weights        a value of shape [filters, window height, window width, channels]
/// @param stride_height  how far the next window lies down, at least 1
/// @param stride_width   how far the next window lies along, at least 1
/// @param padding_height how many rows of zeros stand above and below the image
/// @param padding_width  how many columns of zeros stand on either side of it
/// @param node           receives the result: an image with the filters as channels: [rows, columns, filters]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_convolve2d(
    graph: *mut ascribe_graph,
    image: ascribe_node,
    weights: ascribe_node,
    stride_height: i64,
    stride_width: i64,
    padding_height: i64,
    padding_width: i64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        two(graph, [("image", image), ("weights", weights)], node, error, |graph, image, weights| {
            let stride = pair(stride_height, stride_width, "stride")?;
            Ok(graph.convolve2d(image, weights, stride, pair(padding_height, padding_width, "padding")?)?)
        })
    }
}
