//! Operations on images and the axes they stand on, against plain loops and closed values.
#![allow(clippy::unwrap_used)]

use crate::common;

use ascribe::Result;
use ascribe::autodiff::{gradient, hessian_vector_product};
use ascribe::engine::{Execution, Program, Values, Workers};
use ascribe::graph::{Graph, NodeId, Op};
use ascribe::tensor::{Array, Real};
use common::{array, assert_close, bits, flat, ids, numbers};
use proptest::prelude::*;

/// The value of a node that is made of per-example inputs, all examples' one behind the other.
fn value<T: Real>(g: &Graph, node: NodeId, inputs: &[&[T]], examples: usize) -> Vec<T> {
    let mut values = Values::default();
    inputs.iter().enumerate().for_each(|(slot, input)| values.set_real(slot, input));
    let mut execution = Execution::new(Program::compile(g, &[node], &[]).unwrap(), 0);
    execution.run(&Workers::single(), &values, examples).unwrap();
    let mut out = vec![T::ZERO; g.shape(node).len() * examples];
    execution.copy_examples(0, &mut out);
    out
}

/// An image's element, zero beside the image.
fn pixel(image: &[f64], [height, width, channels]: [usize; 3], y: isize, x: isize, c: usize) -> f64 {
    if y < 0 || x < 0 || y as usize >= height || x as usize >= width {
        return 0.0;
    }
    image[(y as usize * width + x as usize) * channels + c]
}

#[derive(Clone, Copy, Debug)]
struct Layer {
    image: [usize; 3],
    filters: usize,
    window: [usize; 2],
    stride: [usize; 2],
    padding: [usize; 2],
}

impl Layer {
    fn places(&self) -> [usize; 2] {
        [0, 1].map(|axis| (self.image[axis] + 2 * self.padding[axis] - self.window[axis]) / self.stride[axis] + 1)
    }

    /// The elements of each window, by place, row, column and channel.
    fn windows(&self, image: &[f64]) -> Vec<f64> {
        let [rows, columns] = self.places();
        let mut out = Vec::new();
        for (y, x) in (0..rows).flat_map(|y| (0..columns).map(move |x| (y, x))) {
            for (i, j) in (0..self.window[0]).flat_map(|i| (0..self.window[1]).map(move |j| (i, j))) {
                let at = |place: usize, inside: usize, axis: usize| {
                    (place * self.stride[axis] + inside) as isize - self.padding[axis] as isize
                };
                out.extend((0..self.image[2]).map(|c| pixel(image, self.image, at(y, i, 0), at(x, j, 1), c)));
            }
        }
        out
    }
}

fn layers() -> impl Strategy<Value = Layer> {
    let pair = |most: usize| [1..=most, 1..=most];
    (pair(9), 1usize..5, 1usize..6, pair(4), pair(3), [0usize..3, 0usize..3]).prop_map(
        |([height, width], channels, filters, window, stride, padding)| Layer {
            image: [height, width, channels],
            filters,
            window: [window[0].min(height + 2 * padding[0]), window[1].min(width + 2 * padding[1])],
            stride,
            padding,
        },
    )
}

fn check_layer(layer: Layer, examples: usize, seed: u64) {
    let Layer { image: sizes, filters, window, stride, padding } = layer;
    let len = sizes.iter().product::<usize>();
    let images = numbers(seed, len * examples);
    let size = window[0] * window[1] * sizes[2];
    let weights = array::<f64>(&[filters, window[0], window[1], sizes[2]], seed + 1);
    let mut g = Graph::new();
    let image = g.input("image", &sizes).unwrap();
    let w = g.parameter("weights", &[filters, window[0], window[1], sizes[2]]).unwrap();
    let y = g.convolve2d(image, w, stride, padding).unwrap();
    let [rows, columns] = layer.places();
    assert_eq!(g.shape(y).sizes(), [rows, columns, filters]);
    let parameters = [weights];
    let run = |threads: usize| {
        let values = Values::new(&parameters).with_real(0, &images);
        let mut execution = Execution::new(Program::compile(&g, &[y], &[]).unwrap(), 0);
        execution.run(&Workers::new(threads).unwrap(), &values, examples).unwrap();
        let mut out = vec![0.0; g.shape(y).len() * examples];
        execution.copy_examples(0, &mut out);
        out
    };
    let expected: Vec<f64> = images
        .chunks(len)
        .flat_map(|image| {
            let windows = layer.windows(image);
            let of = |window: &[f64], f: usize| -> f64 {
                window.iter().zip(&parameters[0].values()[f * size..]).map(|(x, w)| x * w).sum()
            };
            windows.chunks(size).flat_map(|w| (0..filters).map(|f| of(w, f)).collect::<Vec<_>>()).collect::<Vec<_>>()
        })
        .collect();
    let found = run(1);
    assert_close(&found, &expected, 1e-13 * size as f64, &format!("{layer:?}"));
    assert_eq!(found, run(2), "{layer:?}");
    assert_eq!(found, run(8), "{layer:?}");
    // Pooling, and the pair of transposes: ⟨unfold x, y⟩ = ⟨x, fold y⟩, where the windows lie within the image.
    let within = Layer { padding: [0, 0], window: [window[0].min(sizes[0]), window[1].min(sizes[1])], ..layer };
    let window = within.window;
    let (unfolded, largest, mean) = (
        g.unfold(image, window, stride).unwrap(),
        g.max_pool2d(image, window, stride).unwrap(),
        g.average_pool2d(image, window, stride).unwrap(),
    );
    let weighted = g.input("weighted", g.shape(unfolded).clone().sizes()).unwrap();
    let folded = g.fold(weighted, sizes[0], sizes[1], stride).unwrap();
    let (inside, wide) = (window[0] * window[1], g.shape(unfolded).len());
    let windows: Vec<f64> = images.chunks(len).flat_map(|image| within.windows(image)).collect();
    assert_eq!(value(&g, unfolded, &[&images], examples), windows, "{layer:?}");
    let pooled = |f: &dyn Fn(&[f64]) -> f64| -> Vec<f64> {
        let each = |window: &[f64], c: usize| f(&window.iter().skip(c).step_by(sizes[2]).copied().collect::<Vec<_>>());
        windows
            .chunks(inside * sizes[2])
            .flat_map(|window| (0..sizes[2]).map(|c| each(window, c)).collect::<Vec<_>>())
            .collect()
    };
    let expected = pooled(&|window| window.iter().copied().fold(f64::NEG_INFINITY, f64::max));
    assert_eq!(value(&g, largest, &[&images], examples), expected, "{layer:?}");
    let expected = pooled(&|window| window.iter().sum::<f64>() / inside as f64);
    assert_close(&value(&g, mean, &[&images], examples), &expected, 1e-14, &format!("{layer:?}"));
    let other = numbers(seed + 2, wide * examples);
    let back = value(&g, folded, &[&images, &other], examples);
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let (left, right) = (product(&windows, &other), product(&images, &back));
    assert!((left - right).abs() <= 1e-12 * (wide * examples) as f64, "{layer:?}: {left} and {right}");
}

proptest! {
    #[test]
    fn convolution_and_pooling_are_what_loops_give(layer in layers(), examples in 1usize..20, seed in any::<u64>()) {
        check_layer(layer, examples, seed);
    }

    #[test]
    fn permuted_elements_stand_where_their_indices_say(
        sizes in prop::collection::vec(prop_oneof![Just(1usize), 2usize..5, Just(19)], 1..5),
        order in any::<u64>(), examples in 1usize..4,
    ) {
        let rank = sizes.len();
        let mut axes: Vec<usize> = (0..rank).collect();
        axes.sort_by_key(|axis| order.rotate_left(13 * *axis as u32).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut g = Graph::new();
        let x = g.input("x", &sizes).unwrap();
        let y = g.permute(x, &axes).unwrap();
        prop_assert_eq!(g.shape(y).sizes(), axes.iter().map(|axis| sizes[*axis]).collect::<Vec<_>>());
        let len: usize = sizes.iter().product();
        let data = numbers(order, len * examples);
        let y = g.shift(y, 0.5).unwrap();
        let found = value(&g, y, &[&data], examples);
        for (place, found) in found.iter().enumerate() {
            let (mut rest, mut from) = (place % len, place / len * len);
            for axis in axes.iter().rev() {
                from += rest % sizes[*axis] * sizes[axis + 1..].iter().product::<usize>();
                rest /= sizes[*axis];
            }
            prop_assert_eq!(*found, data[from] + 0.5);
        }
    }
}

#[test]
fn layers_that_fill_several_lanes_and_chunks() {
    let layer = Layer { image: [12, 11, 3], filters: 5, window: [5, 3], stride: [1, 2], padding: [2, 0] };
    check_layer(layer, 700, 3);
}

#[test]
fn permutations_that_do_nothing_or_undo_each_other_vanish() {
    let mut g = Graph::new();
    let x = g.input("x", &[2, 3, 1, 4]).unwrap();
    assert_eq!(g.permute(x, &[0, 1, 2, 3]).unwrap(), x);
    let turned = g.permute(x, &[3, 0, 2, 1]).unwrap();
    assert_eq!(g.permute(turned, &[1, 3, 2, 0]).unwrap(), x);
    let once = g.permute(turned, &[0, 2, 1, 3]).unwrap();
    assert_eq!(g.arguments(once), [x]);
    let moved = g.permute(x, &[2, 0, 1, 3]).unwrap();
    assert_eq!((g.op(moved), g.shape(moved).sizes()), (&Op::Reshape, &[1, 2, 3, 4][..]));
    let fill = g.fill(2.5, &[2, 3]).unwrap();
    let turned = g.permute(fill, &[1, 0]).unwrap();
    assert_eq!(turned, g.fill(2.5, &[3, 2]).unwrap());
    // Windows that are the image itself.
    let image = g.input("image", &[4, 5, 2]).unwrap();
    for (window, stride) in [([1, 1], [1, 1]), ([4, 5], [3, 1])] {
        let windows = g.unfold(image, window, stride).unwrap();
        assert_eq!(*g.op(windows), Op::Reshape);
        assert_eq!(g.fold(windows, 4, 5, stride).unwrap(), image);
    }
}

/// Abramowitz and Stegun, "Handbook of Mathematical Functions" (1964), table 7.1, and Φ from it.
#[test]
fn gelu_and_the_error_function_have_their_closed_values() {
    let mut g = Graph::new();
    let x = g.input("x", &[]).unwrap();
    let (erf, gelu, tanh) = (g.erf(x).unwrap(), g.gelu(x).unwrap(), g.gelu_tanh(x).unwrap());
    let points = [0.0, 0.5, 1.0, 2.0, -1.0];
    let known = [0.0, 0.5204998778, 0.8427007929, 0.9953222650, -0.8427007929];
    assert_close(&value(&g, erf, &[&points], 5), &known, 1e-10, "erf");
    // Φ(1) = 0.841344746068543, Φ(2) = 0.977249868051821, Φ(1/2) = 0.691462461274013.
    let known = [0.0, 0.3457312306370065, 0.841344746068543, 1.954499736103642, -0.158655253931457];
    assert_close(&value(&g, gelu, &[&points], 5), &known, 1e-14, "gelu");
    let single: Vec<f64> = value(&g, gelu, &[&points.map(|x| x as f32)], 5).into_iter().map(f64::from).collect();
    assert_close(&single, &known, 1e-6, "gelu in single precision");
    let approximate = value(&g, tanh, &[&points], 5);
    assert_close(&approximate, &known, 1e-3, "gelu by tanh is near");
    let by_hand = points
        .map(|x: f64| 0.5 * x * (1.0 + ((2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x.powi(3))).tanh()));
    assert_close(&approximate, &by_hand, 1e-15, "gelu by tanh");
}

/// The slope of erf at x is 2/√π·e^{−x²}, and that of gelu Φ(x) + x·φ(x).
#[test]
fn the_slopes_of_gelu_and_the_error_function_have_their_closed_values() {
    for (gelu, at, known) in [
        (false, 0.0, std::f64::consts::FRAC_2_SQRT_PI),
        (false, -1.5, std::f64::consts::FRAC_2_SQRT_PI * (-2.25f64).exp()),
        (true, 1.0, 0.841344746068543 + 0.241970724519143),
        (true, 0.0, 0.5),
    ] {
        let mut g = Graph::new();
        let p = g.parameter("p", &[]).unwrap();
        let y = if gelu { g.gelu(p).unwrap() } else { g.erf(p).unwrap() };
        let loss = g.broadcast_batch(y).unwrap();
        let slope = gradient(&mut g, loss, &[p]).unwrap();
        let parameters = [Array::new(&[], vec![at]).unwrap()];
        let mut execution = Execution::new(Program::compile(&g, &slope, &[]).unwrap(), 0);
        execution.run(&Workers::single(), &Values::new(&parameters), 1).unwrap();
        assert_close(execution.shared(0), &[known], 1e-14, "slope");
    }
}

#[test]
fn of_equal_elements_the_first_is_the_peak_and_has_the_derivative() {
    let mut g = Graph::new();
    let x = g.input("x", &[2, 3]).unwrap();
    let nan = f64::NAN;
    let data = [1.0, 4.0, 4.0, 1.0, 5.0, 2.0, -0.0, 0.0, -1.0, 7.0, nan, 8.0];
    let (down, along) = (g.argmax_mask(x, 0).unwrap(), g.argmax_mask(x, 1).unwrap());
    let expected = [1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0];
    assert_eq!(value(&g, down, &[&data], 2), expected);
    let expected = [0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0];
    assert_eq!(value(&g, along, &[&data], 2), expected);
    let largest = g.max(x, 1).unwrap();
    let found = value(&g, largest, &[&data], 2);
    assert_eq!(found[..3], [4.0, 5.0, 0.0]);
    assert!(found[3].is_nan(), "NaN is not passed over");
    let largest = g.max(x, 0).unwrap();
    let found = value(&g, largest, &[&data], 2);
    assert!(found[4].is_nan() && found[..4] == [1.0, 5.0, 4.0, 7.0] && found[5] == 8.0, "{found:?}");
    // Everything equal in a window: the first alone has the derivative.
    let mut g = Graph::new();
    let p = g.parameter("image", &[3, 3, 1]).unwrap();
    let x = g.input("x", &[]).unwrap();
    let pooled = g.max_pool2d(p, [2, 2], [1, 1]).unwrap();
    let total = g.sum_all(pooled).unwrap();
    let loss = g.mul(total, x).unwrap();
    let slope = gradient(&mut g, loss, &[p]).unwrap();
    let parameters = [Array::new(&[3, 3, 1], vec![2.0; 9]).unwrap()];
    let mut execution = Execution::new(Program::compile(&g, &slope, &[]).unwrap(), 0);
    execution.run(&Workers::single(), &Values::new(&parameters).with_real(0, &[1.0, 2.0]), 2).unwrap();
    assert_eq!(execution.shared(0), [3.0, 3.0, 0.0, 3.0, 3.0, 0.0, 0.0, 0.0, 0.0]);
}

/// A small network for images: its gradient and the products with its Hessian.
struct Network {
    graph: Graph,
    gradient: Vec<NodeId>,
    products: Vec<NodeId>,
    directions: Vec<NodeId>,
}

const SHAPES: [&[usize]; 4] = [&[3, 3, 3, 2], &[3], &[4, 2, 2, 3], &[16, 5]];

fn network() -> Result<Network> {
    let mut g = Graph::new();
    let names = ["first", "bias", "second", "dense"];
    let parameters =
        names.iter().zip(SHAPES).map(|(name, shape)| g.parameter(name, shape)).collect::<Result<Vec<_>>>()?;
    let image = g.input("image", &[9, 9, 2])?;
    let label = g.indices("label", &[])?;
    let y = g.convolve2d(image, parameters[0], [1, 1], [1, 1])?;
    let y = g.add(y, parameters[1])?;
    let y = g.tanh(y)?;
    let y = g.average_pool2d(y, [3, 3], [2, 2])?;
    let y = g.convolve2d(y, parameters[2], [1, 1], [0, 0])?;
    let y = g.tanh(y)?;
    let y = g.max_pool2d(y, [2, 2], [1, 1])?;
    let y = g.reshape(y, &[16])?;
    let scores = g.einsum("i,ic->c", y, parameters[3])?;
    let total = g.log_sum_exp(scores, 0)?;
    let own = g.gather(scores, label)?;
    let loss = g.sub(total, own)?;
    let directions = names
        .iter()
        .zip(SHAPES)
        .map(|(name, shape)| g.shared_input(&format!("{name} direction"), shape))
        .collect::<Result<Vec<_>>>()?;
    let slopes = gradient(&mut g, loss, &parameters)?;
    let products = hessian_vector_product(&mut g, loss, &parameters, &directions)?;
    Ok(Network { graph: g, gradient: slopes, products, directions })
}

struct Data<T> {
    parameters: Vec<Array<T>>,
    images: Vec<T>,
    labels: Vec<u32>,
    examples: usize,
}

impl<T: Real> Data<T> {
    fn new(examples: usize) -> Self {
        Self {
            parameters: SHAPES.iter().enumerate().map(|(place, shape)| array(shape, place as u64)).collect(),
            images: numbers(9, examples * 162).into_iter().map(T::from_f64).collect(),
            labels: ids(10, examples, 5),
            examples,
        }
    }

    fn run(
        &self,
        n: &Network,
        outputs: &[NodeId],
        direction: &[Array<T>],
        threads: usize,
        budget: Option<usize>,
    ) -> Vec<Array<T>> {
        let mut values = Values::new(&self.parameters).with_real(0, &self.images).with_index(1, &self.labels);
        for (place, direction) in direction.iter().enumerate() {
            values.set_real(2 + place, direction.values());
        }
        let varying = if budget.is_some() { &n.directions[..] } else { &[] };
        let mut execution = Execution::new(Program::compile(&n.graph, outputs, varying).unwrap(), budget.unwrap_or(0));
        let context = Workers::new(threads).unwrap();
        execution.prepare(&context, &values, self.examples).unwrap();
        (0..2).for_each(|_| execution.repeat(&context, &values).unwrap());
        let read = |output: usize| {
            let shared = execution.shared(output);
            Array::new(&[shared.len()], shared.to_vec()).unwrap()
        };
        (0..outputs.len()).map(read).collect()
    }
}

fn directions<T: Real>(seed: u64) -> Vec<Array<T>> {
    SHAPES.iter().enumerate().map(|(place, shape)| array(shape, seed + place as u64)).collect()
}

fn inner(a: &[Array<f64>], b: &[Array<f64>]) -> f64 {
    flat(a).iter().zip(flat(b)).map(|(a, b)| a * b).sum()
}

#[test]
fn the_hessian_of_a_small_network_is_symmetric_and_the_slope_of_its_gradient() {
    let n = network().unwrap();
    let data = Data::<f64>::new(30);
    let (one, other) = (directions(50), directions(60));
    let (left, right) = (data.run(&n, &n.products, &one, 1, None), data.run(&n, &n.products, &other, 1, None));
    let scale = inner(&left, &left).sqrt() * inner(&other, &other).sqrt();
    let apart = (inner(&other, &left) - inner(&one, &right)).abs();
    assert!(apart <= 1e-13 * scale, "{apart:e} of {scale}");
    // Central differences of the gradient, at a step so small that no maximum moves to another place.
    let moved = |step: f64| {
        let mut data = Data::<f64>::new(30);
        for (parameter, direction) in data.parameters.iter_mut().zip(&one) {
            let pairs = parameter.values_mut().iter_mut().zip(direction.values());
            pairs.for_each(|(value, d)| *value += step * d);
        }
        flat(&data.run(&n, &n.gradient, &one, 1, None))
    };
    let step = 1e-5;
    let slope: Vec<f64> = moved(step).iter().zip(moved(-step)).map(|(a, b)| (a - b) / (2.0 * step)).collect();
    let size = slope.iter().fold(0.0f64, |m, x| m.max(x.abs()));
    assert_close(&flat(&left), &slope, 1e-7 * size, "the product against differences");
}

fn the_same_bytes<T: Real>() {
    let n = network().unwrap();
    for examples in [1, 5, 300] {
        let data = Data::<T>::new(examples);
        let along = directions(70);
        let plain = data.run(&n, &n.products, &along, 1, None);
        assert!(flat(&plain).iter().all(|x| x.is_finite()));
        for threads in [2, 8] {
            assert!(bits(&plain) == bits(&data.run(&n, &n.products, &along, threads, None)), "{threads} threads");
        }
        let split = data.run(&n, &n.products, &along, 1, Some(0));
        for (threads, budget) in [(1, 1 << 30), (2, 0), (8, 0), (2, 1 << 30)] {
            let found = data.run(&n, &n.products, &along, threads, Some(budget));
            assert!(bits(&split) == bits(&found), "{threads} threads, {budget} bytes");
        }
    }
}

#[test]
fn threads_and_what_is_kept_change_no_bit() {
    the_same_bytes::<f64>();
    the_same_bytes::<f32>();
}

/// Of what the products with the Hessian of one convolution keep, nothing is as large as the windows.
#[test]
fn windows_are_computed_again_and_not_kept() {
    let mut g = Graph::new();
    let w = g.parameter("weights", &[3, 5, 5, 2]).unwrap();
    let v = g.shared_input("direction", &[3, 5, 5, 2]).unwrap();
    let image = g.input("image", &[20, 20, 2]).unwrap();
    let y = g.convolve2d(image, w, [1, 1], [2, 2]).unwrap();
    let y = g.tanh(y).unwrap();
    let loss = g.sum_all(y).unwrap();
    let products = hessian_vector_product(&mut g, loss, &[w], &[v]).unwrap();
    let program = Program::<f64>::compile(&g, &products, &[v]).unwrap();
    // A few values of the convolution's result and no windows, which are 50 numbers for each of its three.
    let (result, windows) = (20 * 20 * 3 * 8, 20 * 20 * 50 * 8);
    let kept = program.cached_bytes_per_example();
    assert!(kept > 0 && kept <= 3 * result && 3 * result < windows, "{kept} bytes");
    let data = numbers(1, 7 * 800);
    let (parameters, along) = ([array(&[3, 5, 5, 2], 2)], numbers(3, 150));
    let run = |program: std::sync::Arc<Program<f64>>, budget: usize| {
        let values = Values::new(&parameters).with_real(0, &along).with_real(1, &data);
        let mut execution = Execution::new(program, budget);
        execution.prepare(&Workers::single(), &values, 7).unwrap();
        execution.repeat(&Workers::single(), &values).unwrap();
        execution.shared(0).to_vec()
    };
    let plain = run(Program::compile(&g, &products, &[]).unwrap(), 0);
    assert_eq!(run(program.clone(), 0), run(program.clone(), 1 << 30));
    assert_close(&run(program, 1 << 30), &plain, 1e-11, "split against whole");
}

/// A value that is read again and is a result as well, and one that is made again of one that is made again.
#[test]
fn what_is_computed_again_may_be_a_result_too() {
    let mut g = Graph::new();
    let x = g.input("x", &[4, 4, 1]).unwrap();
    let v = g.shared_input("v", &[9, 4]).unwrap();
    let bent = g.tanh(x).unwrap();
    let padded = g.pad(bent, 0, 0, 5).unwrap();
    let padded = g.slice(padded, 0, 0, 4).unwrap();
    let windows = g.unfold(padded, [2, 2], [1, 1]).unwrap();
    let flat = g.reshape(windows, &[9, 4]).unwrap();
    let moved = g.mul(flat, v).unwrap();
    let own = g.sum_all(windows).unwrap();
    let outputs = [windows, moved, own, flat];
    let split = Program::<f64>::compile(&g, &outputs, &[v]).unwrap();
    let whole = Program::<f64>::compile(&g, &outputs, &[]).unwrap();
    let (data, along) = (numbers(1, 16 * 40), numbers(2, 36));
    let values = Values::default().with_real(0, &data).with_real(1, &along);
    let run = |program: std::sync::Arc<Program<f64>>, budget: usize| {
        let mut execution = Execution::new(program, budget);
        execution.prepare(&Workers::new(2).unwrap(), &values, 40).unwrap();
        execution.repeat(&Workers::new(2).unwrap(), &values).unwrap();
        let read = |output: usize| {
            let mut all = vec![0.0; g.shape(outputs[output]).len() * 40];
            execution.copy_examples(output, &mut all);
            all
        };
        [0, 1, 2, 3].map(read)
    };
    let expected = run(whole, 0);
    for budget in [0, 1 << 30] {
        assert_eq!(run(split.clone(), budget), expected);
    }
}
