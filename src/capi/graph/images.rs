//! Images: windows, convolutions and pooling. An image is a value of shape [height, width, channels].

use super::*;

/// Two sizes, down and along.
fn pair(down: i64, along: i64, name: &str) -> Result<[usize; 2]> {
    Ok([size(down, format_args!("{name}_height"))?, size(along, format_args!("{name}_width"))?])
}

/// Adds the windows of an image, which lie wholly within it.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when `image` has not three axes, a window or stride is zero, the window is larger than the
/// image, or memory could not hold the windows.
///
/// @param graph         the graph to add to
/// @param image         a value of shape [height, width, channels]
/// @param window_height the height of a window, at least 1
/// @param window_width  the width of a window, at least 1
/// @param stride_height how far the next window lies down, at least 1
/// @param stride_width  how far the next window lies along, at least 1
/// @param node          receives the result: the windows: [rows, columns, window height, window width, channels]
/// @param error         NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_unfold(
    graph: *mut ascribe_graph,
    image: ascribe_node,
    window_height: i64,
    window_width: i64,
    stride_height: i64,
    stride_width: i64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        one(graph, ("image", image), node, error, |graph, image| {
            let window = pair(window_height, window_width, "window")?;
            Ok(graph.unfold(image, window, pair(stride_height, stride_width, "stride")?)?)
        })
    }
}

/// Adds the image that overlapping windows sum to. It is the transpose of ascribe_graph_unfold().
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when these are not the windows of an image of that size.
///
/// @param graph         the graph to add to
/// @param windows       a value of shape [rows, columns, window height, window width, channels]
/// @param height        the height of the image
/// @param width         the width of the image
/// @param stride_height how far the next window lies down, at least 1
/// @param stride_width  how far the next window lies along, at least 1
/// @param node          receives the result: the image: [height, width, channels]
/// @param error         NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_fold(
    graph: *mut ascribe_graph,
    windows: ascribe_node,
    height: i64,
    width: i64,
    stride_height: i64,
    stride_width: i64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        one(graph, ("windows", windows), node, error, |graph, windows| {
            let [height, width] = [size(height, "height")?, size(width, "width")?];
            Ok(graph.fold(windows, height, width, pair(stride_height, stride_width, "stride")?)?)
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
/// @param error          NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
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
        two(graph, ("image", image), ("weights", weights), node, error, |graph, image, weights| {
            let stride = pair(stride_height, stride_width, "stride")?;
            Ok(graph.convolve2d(image, weights, stride, pair(padding_height, padding_width, "padding")?)?)
        })
    }
}

/// Adds the largest element of each window and channel of an image; see ascribe_graph_max() for ties and for what is
/// not finite.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when `image` has not three axes, a window or stride is zero, the window is larger than the
/// image, or memory could not hold the windows.
///
/// @param graph         the graph to add to
/// @param image         a value of shape [height, width, channels]
/// @param window_height the height of a window, at least 1
/// @param window_width  the width of a window, at least 1
/// @param stride_height how far the next window lies down, at least 1
/// @param stride_width  how far the next window lies along, at least 1
/// @param node          receives the result: an image: [rows, columns, channels]
/// @param error         NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_max_pool2d(
    graph: *mut ascribe_graph,
    image: ascribe_node,
    window_height: i64,
    window_width: i64,
    stride_height: i64,
    stride_width: i64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        one(graph, ("image", image), node, error, |graph, image| {
            let window = pair(window_height, window_width, "window")?;
            Ok(graph.max_pool2d(image, window, pair(stride_height, stride_width, "stride")?)?)
        })
    }
}

/// Adds the mean of each window and channel of an image.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when `image` has not three axes, a window or stride is zero, the window is larger than the
/// image, or memory could not hold the windows.
///
/// @param graph         the graph to add to
/// @param image         a value of shape [height, width, channels]
/// @param window_height the height of a window, at least 1
/// @param window_width  the width of a window, at least 1
/// @param stride_height how far the next window lies down, at least 1
/// @param stride_width  how far the next window lies along, at least 1
/// @param node          receives the result: an image: [rows, columns, channels]
/// @param error         NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_average_pool2d(
    graph: *mut ascribe_graph,
    image: ascribe_node,
    window_height: i64,
    window_width: i64,
    stride_height: i64,
    stride_width: i64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        one(graph, ("image", image), node, error, |graph, image| {
            let window = pair(window_height, window_width, "window")?;
            Ok(graph.average_pool2d(image, window, pair(stride_height, stride_width, "stride")?)?)
        })
    }
}
