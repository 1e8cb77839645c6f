//! Converted dfdx models against dfdx's own forward pass and tape.
//!
//! Every case compares outputs, two losses and their gradients by every parameter with dfdx, in `f32` and `f64`, and the
//! products of the Hessian with central differences of dfdx's gradient.
#![cfg(feature = "dfdx")]
#![allow(clippy::unwrap_used)]

use crate::common;
mod images;

use ascribe::autodiff::{gradient, hessian_vector_product};
use ascribe::engine::{Execution, Program, Values, Workers};
use ascribe::graph::{Graph, NodeId};
use ascribe::models::dfdx::{Builder, Converted, Layer, Value, convert, load_into};
use ascribe::tensor::{Array, Real};
use common::{array, numbers};
use dfdx::losses::{cross_entropy_with_logits_loss, mse_loss};
use dfdx::nn::builders::{
    Abs, AccurateGeLU, AvgPoolGlobal, Bias2D, Cos, DeviceBuildExt, Dropout, DropoutOneIn, Exp, FastGeLU,
    GeneralizedResidual, LayerNorm1D, LeakyReLU, Linear, Ln, LogSoftmax, MaxPoolGlobal, MinPoolGlobal,
    MultiHeadAttention, PReLU, PReLU1D, ReLU, Repeated, Reshape, Residual, Sigmoid, Sin, Softmax, Sqrt, Square, Tanh,
    TransformerEncoder, UnbiasedLinear,
};
use dfdx::nn::{
    BuildModule, Module, RecursiveWalker, TensorCollection, TensorOptions, TensorVisitor, ViewTensorName,
    ViewTensorRef, modules,
};
use dfdx::shapes::{Const, Dtype, HasShape, Rank1, Rank3, Shape};
use dfdx::tensor::{Cpu, Gradients, NoneTape, OwnedTape, Tensor, TensorFromVec, Trace};
use dfdx::tensor_ops::{Backward, Device};
use images::{Convolution, Flatten, Pool};

const BATCH: usize = 5;

/// The losses that both sides compute, as means: dfdx's over the batch and, for the squares, over the outputs.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Loss {
    CrossEntropy,
    Squares,
}

/// A module's trained tensors by name, or their gradients.
struct Collect<'a, T: Dtype> {
    gradients: Option<&'a Gradients<T, Cpu>>,
    names: Vec<String>,
    arrays: Vec<Array<T>>,
}

impl<T: Real + Dtype> TensorVisitor<T, Cpu> for Collect<'_, T>
where
    Cpu: Device<T>,
{
    type Viewer = (ViewTensorRef, ViewTensorName);
    type Err = ascribe::Error;
    type E2 = T;
    type D2 = Cpu;

    fn visit<S: Shape>(
        &mut self,
        options: TensorOptions<S, T, Cpu>,
        (tensor, name): (&Tensor<S, T, Cpu>, String),
    ) -> ascribe::Result<Option<Tensor<S, T, Cpu>>> {
        assert!(options.do_gradient_update);
        let values = self.gradients.map_or_else(|| tensor.as_vec(), |gradients| gradients.get(tensor).as_vec());
        self.names.push(name);
        self.arrays.push(Array::new(tensor.shape().concrete().as_ref(), values)?);
        Ok(None)
    }
}

fn collect<T, M>(module: &M, gradients: Option<&Gradients<T, Cpu>>) -> (Vec<String>, Vec<Array<T>>)
where
    T: Real + Dtype,
    Cpu: Device<T>,
    M: TensorCollection<T, Cpu>,
{
    let mut collected = Collect { gradients, names: Vec::new(), arrays: Vec::new() };
    M::iter_tensors(&mut RecursiveWalker { m: (module, String::new()), f: &mut collected }).unwrap();
    (collected.names, collected.arrays)
}

type Traced<S, T> = Tensor<S, T, Cpu, OwnedTape<T, Cpu>>;

/// dfdx's loss, and its gradient by every parameter.
fn theirs<T, M, S, O>(module: &M, x: &Tensor<S, T, Cpu>, y: &[T], loss: Loss) -> (f64, Vec<Array<T>>)
where
    T: Real + Dtype,
    Cpu: Device<T>,
    S: Shape,
    O: Shape,
    M: Module<Traced<S, T>, Output = Traced<O, T>> + TensorCollection<T, Cpu>,
{
    let outputs = module.forward(x.leaky_trace());
    let targets = Cpu::default().tensor_from_vec(y.to_vec(), *outputs.shape());
    let value = match loss {
        Loss::CrossEntropy => cross_entropy_with_logits_loss(outputs, targets),
        Loss::Squares => mse_loss(outputs, targets),
    };
    let number = value.as_vec()[0].to_f64();
    (number, collect(module, Some(&value.backward())).1)
}

/// The same loss of one example, so that the sum over the batch is dfdx's mean.
fn ours<T>(converted: &mut Converted<T>, loss: Loss) -> NodeId {
    let g = &mut converted.graph;
    let outputs = converted.outputs;
    let sizes = g.shape(outputs).sizes().to_vec();
    let (last, count) = (sizes.len() - 1, sizes.iter().product::<usize>());
    let targets = g.input("targets", &sizes).unwrap();
    let (each, scale) = match loss {
        Loss::CrossEntropy => {
            let total = g.log_sum_exp(outputs, last).unwrap();
            let total = g.expand(total, last, sizes[last]).unwrap();
            let surprise = g.sub(total, outputs).unwrap();
            (g.mul(surprise, targets).unwrap(), sizes[last])
        }
        Loss::Squares => {
            let difference = g.sub(outputs, targets).unwrap();
            (g.mul(difference, difference).unwrap(), 1)
        }
    };
    let sum = g.sum_all(each).unwrap();
    g.scale(sum, scale as f64 / (count * BATCH) as f64).unwrap()
}

fn execute<T: Real>(graph: &Graph, outputs: &[NodeId], values: &Values<'_, T>) -> Execution<T> {
    let program = Program::compile(graph, outputs, &[]).unwrap();
    let mut execution = Execution::new(program, usize::MAX);
    execution.run(&Workers::single(), values, BATCH).unwrap();
    execution
}

/// Differences within `tolerance` of the largest value that was expected.
#[track_caller]
fn assert_close<T: Real>(found: &[T], expected: &[T], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let size = expected.iter().fold(0.0f64, |size, value| size.max(value.to_f64().abs()));
    for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
        let difference = (found.to_f64() - expected.to_f64()).abs();
        assert!(difference <= tolerance * size.max(1e-3), "{what}: {found} for {expected} at {place}, size {size}");
    }
}

// dfdx's elements have conversions of the same names.
fn nearest<T: Real>(x: f64) -> T {
    T::from_f64(x)
}

fn real<T: Real>(seed: u64, len: usize, low: f64, high: f64) -> Vec<T> {
    numbers(seed, len).into_iter().map(|x| T::from_f64(low + (high - low) * (x + 1.0) / 2.0)).collect()
}

/// A module with parameters drawn anew, so that none is left at zero or one.
fn drawn<T, M>(mut module: M, seed: u64) -> M
where
    T: Real + Dtype,
    Cpu: Device<T>,
    M: TensorCollection<T, Cpu>,
{
    let drawn: Vec<Array<T>> =
        collect(&module, None).1.iter().zip(seed..).map(|(old, seed)| array(old.shape(), seed)).collect();
    load_into(&mut module, &drawn).unwrap();
    assert_eq!(collect(&module, None).1, drawn);
    module
}

/// What dfdx says of a module with one loss.
struct Expected<T> {
    loss: Loss,
    outputs: Vec<T>,
    value: f64,
    gradients: Vec<Array<T>>,
    /// Central differences of the gradient along `directions`.
    differences: Option<Vec<Array<T>>>,
}

/// Compares everything for one module; `shape` is that of a batch.
fn check<T, M, S, O>(module: M, shape: S, seed: u64, tolerance: f64)
where
    T: Real + Dtype,
    Cpu: Device<T>,
    S: Shape,
    O: Shape,
    M: Module<Traced<S, T>, Output = Traced<O, T>> + Layer<T> + TensorCollection<T, Cpu>,
{
    let module = &mut drawn(module, seed);
    let sizes = shape.concrete();
    let x = real::<T>(seed, shape.num_elements(), -1.5, 1.5);
    let features = Cpu::default().tensor_from_vec(x.clone(), shape);
    let outputs = module.forward(features.leaky_trace()).as_vec();
    let y = real::<T>(seed + 1, outputs.len(), 0.0, 1.0);
    let (names, parameters) = collect(module, None);
    let directions: Vec<Array<T>> = parameters.iter().zip(seed + 2..).map(|(p, seed)| array(p.shape(), seed)).collect();
    let converted = convert::<T, _>(module, &sizes.as_ref()[1..]).unwrap();
    assert_eq!(converted.parameters, parameters);
    assert_eq!(converted.names().collect::<Vec<_>>(), names);
    for loss in [Loss::CrossEntropy, Loss::Squares] {
        let (value, gradients) = theirs(module, &features, &y, loss);
        let gradient = |module: &M| theirs(module, &features, &y, loss).1;
        let differences = (T::NAME == "f64").then(|| differences(module, &directions, gradient));
        let expected = Expected { loss, outputs: outputs.clone(), value, gradients, differences };
        compare(converted.clone(), [&x, &y], &directions, &expected, tolerance);
    }
}

/// Compares a converted module with what dfdx says.
fn compare<T: Real>(
    mut converted: Converted<T>,
    [x, y]: [&[T]; 2],
    directions: &[Array<T>],
    expected: &Expected<T>,
    tolerance: f64,
) {
    let loss = expected.loss;
    let value = ours(&mut converted, loss);
    let names: Vec<String> = converted.names().map(String::from).collect();
    let Converted { graph, outputs, parameters, .. } = &mut converted;
    let slots = graph.parameters().to_vec();
    let mut nodes = vec![*outputs, graph.batch_sum(value).unwrap()];
    nodes.extend(gradient(graph, value, &slots).unwrap());
    let mut leaves = Vec::new();
    for (slot, direction) in directions.iter().enumerate() {
        leaves.push(graph.shared_input(&format!("direction {slot}"), direction.shape()).unwrap());
    }
    nodes.extend(hessian_vector_product(graph, value, &slots, &leaves).unwrap());
    let mut values = Values::new(parameters).with_real(0, x).with_real(1, y);
    for (slot, direction) in directions.iter().enumerate() {
        values.set_real(2 + slot, direction.values());
    }
    let execution = execute(graph, &nodes, &values);

    let mut found = vec![T::ZERO; y.len()];
    execution.copy_examples(0, &mut found);
    assert_close(&found, &expected.outputs, tolerance, "the outputs");
    assert_close(execution.shared(1), &[T::from_f64(expected.value)], tolerance, "the loss");
    for (slot, gradient) in expected.gradients.iter().enumerate() {
        let what = format!("{loss:?}, the gradient by {}", names[slot]);
        assert_close(execution.shared(2 + slot), gradient.values(), tolerance, &what);
    }
    let together = |arrays: &[&[T]]| arrays.concat();
    if let Some(differences) = &expected.differences {
        let found: Vec<&[T]> = (0..names.len()).map(|slot| execution.shared(2 + names.len() + slot)).collect();
        let expected: Vec<&[T]> = differences.iter().map(Array::values).collect();
        let what = format!("{loss:?}, the product of the Hessian");
        assert_close(&together(&found), &together(&expected), 1e-5, &what);
    }
}

/// Central differences of `gradient` along the directions; the module is left as it was.
fn differences<T, M>(module: &mut M, directions: &[Array<T>], gradient: impl Fn(&M) -> Vec<Array<T>>) -> Vec<Array<T>>
where
    T: Real + Dtype,
    Cpu: Device<T>,
    M: TensorCollection<T, Cpu>,
{
    let step = 1e-5;
    let parameters = collect(module, None).1;
    let mut at = |distance: f64| {
        let moved: Vec<Array<T>> = parameters
            .iter()
            .zip(directions)
            .map(|(p, v)| Array::from_fn(p.shape(), |i| p.values()[i] + nearest::<T>(distance) * v.values()[i]))
            .collect();
        load_into(module, &moved).unwrap();
        gradient(module)
    };
    let (ahead, behind) = (at(step), at(-step));
    load_into(module, &parameters).unwrap();
    let slope = |a: T, b: T| (a - b) / nearest::<T>(2.0 * step);
    ahead.iter().zip(&behind).map(|(a, b)| Array::from_fn(a.shape(), |i| slope(a.values()[i], b.values()[i]))).collect()
}

/// A test that compares a module on batches of a shape, for several seeds; dfdx's builders take the element type later.
macro_rules! agrees {
    ($($name:ident: $network:ty, [$($size:expr),+] $(in $single:ident)?;)*) => {
        $(#[test]
        fn $name() {
            let shape = (Const::<BATCH>, $(Const::<{ $size }>),+);
            for seed in [11, 1011, 2011] {
                agrees!(@one f64, $network, shape, seed, 1e-12);
                $(agrees!(@one $single, $network, shape, seed, 1e-5);)?
            }
        })*
    };
    (@one $element:ident, $network:ty, $shape:ident, $seed:ident, $tolerance:expr) => {{
        check(Cpu::default().build_module::<$network, $element>(), $shape, $seed, $tolerance);
    }};
}

agrees! {
    one_layer: Linear<4, 3>, [4] in f32;
    without_bias: (UnbiasedLinear<4, 5>, Tanh, UnbiasedLinear<5, 3>), [4];
    relu: (Linear<4, 6>, ReLU, Linear<6, 3>), [4] in f32;
    leaky_relu: (Linear<4, 6>, LeakyReLU<f64>, Linear<6, 3>), [4];
    prelu_of_one_slope: (Linear<4, 6>, PReLU, Linear<6, 3>), [4];
    fast_gelu: (Linear<4, 6>, FastGeLU, Linear<6, 3>), [4] in f32;
    sigmoid: (Linear<4, 6>, Sigmoid, Linear<6, 3>), [4];
    tanh: (Linear<4, 6>, Tanh, Linear<6, 3>), [4] in f32;
    softmax: (Linear<4, 6>, Softmax, Linear<6, 3>), [4];
    log_softmax: (Linear<4, 6>, LogSoftmax, Linear<6, 3>), [4];
    exp: (Linear<4, 6>, Exp, Linear<6, 3>), [4];
    ln: (Linear<4, 6>, Sigmoid, Ln, Linear<6, 3>), [4];
    sin: (Linear<4, 6>, Sin, Linear<6, 3>), [4];
    cos: (Linear<4, 6>, Cos, Linear<6, 3>), [4];
    sqrt: (Linear<4, 6>, Exp, Sqrt, Linear<6, 3>), [4];
    square: (Linear<4, 6>, Square, Linear<6, 3>), [4];
    abs: (Linear<4, 6>, Abs, Linear<6, 3>), [4];
    six_layers: (Linear<4, 6>, Tanh, Linear<6, 5>, Sigmoid, Linear<5, 4>, Sin), [4];
    nested_tuples: ((Linear<4, 6>, (Tanh, Linear<6, 5>)), ((Sigmoid,), Linear<5, 3>)), [4];
    residual: (Linear<4, 6>, Residual<(Tanh, Linear<6, 6>)>, Tanh, Linear<6, 3>), [4] in f32;
    residual_in_residual: (Residual<(Linear<4, 4>, Residual<(Tanh, Linear<4, 4>)>)>, Linear<4, 3>), [4];
    generalized_residual: (GeneralizedResidual<(Linear<4, 6>, Tanh), Linear<4, 6>>, Linear<6, 3>), [4];
    repeated: (Repeated<(Linear<4, 4>, Tanh), 3>, Linear<4, 3>), [4];
    layer_norm_on_sequences: (Linear<4, 6>, LayerNorm1D<6>, Softmax, Linear<6, 3>), [7, 4] in f32;
    attention_with_other_widths: MultiHeadAttention<4, 2, 6, 8>, [3, 4];
    transformer_encoder: (TransformerEncoder<4, 2, 6, 2>, Linear<4, 3>), [5, 4] in f32;
    global_average: (Bias2D<3>, Tanh, AvgPoolGlobal, Linear<3, 4>), [3, 4, 5] in f32;
    global_maximum: (Bias2D<3>, Tanh, MaxPoolGlobal, Linear<3, 4>), [3, 4, 5];
    global_minimum: (Bias2D<3>, Tanh, MinPoolGlobal, Linear<3, 4>), [3, 4, 5];
    slopes_by_channel: (Bias2D<3>, PReLU1D<Const<3>>, AvgPoolGlobal, Linear<3, 4>), [3, 4, 5];
    residual_of_images: (Residual<(Bias2D<3>, Tanh)>, Residual<Sin>, AvgPoolGlobal, Linear<3, 4>), [3, 4, 5];
    images_to_the_end: (Bias2D<3>, Tanh), [3, 4, 5];
}

#[test]
fn layer_norm_of_one_vector_each() {
    type Network = (Linear<4, 6>, LayerNorm1D<6>, Tanh, Linear<6, 3>);
    check(Cpu::default().build_module::<Network, f64>(), (Const::<BATCH>, Const::<4>), 5, 1e-11);
}

/// Convolutions with stride and padding, a residual of images, and a flattening whose order matters.
type Images<T> = (
    (Convolution<2, 3, 3, 1, 1, T, Cpu>, modules::Bias2D<3, T, Cpu>, Tanh),
    Residual<Convolution<3, 3, 3, 1, 1, T, Cpu>>,
    (Pool<3, 2, 2, 1>, Convolution<3, 4, 2, 2, 0, T, Cpu>, Sigmoid),
    (Pool<4, 2, 1, 0>, Flatten<8>),
    modules::Linear<8, 3, T, Cpu>,
);

/// The smallest elements of overlapping windows.
type Smallest<T> = (Convolution<2, 3, 3, 2, 0, T, Cpu>, Pool<3, 3, 1, -1>, Flatten<18>, modules::Linear<18, 3, T, Cpu>);

#[test]
fn images() {
    let shape = (Const::<BATCH>, Const::<2>, Const::<12>, Const::<10>);
    for seed in [3, 1003, 2003] {
        check(<Images<f64> as BuildModule<Cpu, f64>>::build(&Cpu::default()), shape, seed, 1e-12);
        check(<Images<f32> as BuildModule<Cpu, f32>>::build(&Cpu::default()), shape, seed, 1e-5);
        check(<Smallest<f64> as BuildModule<Cpu, f64>>::build(&Cpu::default()), shape, seed, 1e-12);
    }
}

#[test]
fn dropout_does_nothing_and_reshapes_are_of_one_example() {
    type Network = (Linear<4, 12>, Dropout, Reshape<Rank3<3, 2, 2>>, DropoutOneIn<2>, MaxPoolGlobal);
    let module = drawn(Cpu::default().build_module::<Network, f64>(), 8);
    let converted = convert::<f64, _>(&module, &[4]).unwrap();
    let x = real::<f64>(1, BATCH * 4, -1.0, 1.0);
    let values = Values::new(&converted.parameters).with_real(0, &x);
    let execution = execute(&converted.graph, &[converted.outputs], &values);
    for (example, x) in x.chunks(4).enumerate() {
        let x: Tensor<Rank1<4>, f64, Cpu, NoneTape> = Cpu::default().tensor_from_vec(x.to_vec(), Default::default());
        assert_close(execution.example(0, example), &module.forward(x).as_vec(), 1e-12, "the outputs");
    }
}

/// dfdx's own derivative of this activation is wrong, so only its values are the truth here.
#[test]
fn accurate_gelu_has_the_derivative_that_dfdx_has_not() {
    type Network = (Linear<4, 6>, AccurateGeLU, Linear<6, 3>);
    let mut module = drawn(Cpu::default().build_module::<Network, f64>(), 21);
    let shape = (Const::<BATCH>, Const::<4>);
    let x = real::<f64>(1, BATCH * 4, -1.5, 1.5);
    let y = real::<f64>(2, BATCH * 3, 0.0, 1.0);
    let features = Cpu::default().tensor_from_vec(x.clone(), shape);
    let loss = Loss::Squares;
    let mut converted = convert::<f64, _>(&module, &[4]).unwrap();
    let value = ours(&mut converted, loss);
    let slots = converted.graph.parameters().to_vec();
    let mut nodes = vec![converted.outputs];
    nodes.extend(gradient(&mut converted.graph, value, &slots).unwrap());
    let values = Values::new(&converted.parameters).with_real(0, &x).with_real(1, &y);
    let execution = execute(&converted.graph, &nodes, &values);
    let mut found = vec![0.0; y.len()];
    execution.copy_examples(0, &mut found);
    assert_close(&found, &module.forward(features.clone()).as_vec(), 1e-12, "the outputs");

    let directions: Vec<Array<f64>> =
        converted.parameters.iter().zip(50..).map(|(p, seed)| array(p.shape(), seed)).collect();
    let along = |gradient: &dyn Fn(usize) -> Vec<f64>| -> f64 {
        let each = directions.iter().enumerate();
        each.map(|(slot, v)| gradient(slot).iter().zip(v.values()).map(|(a, b)| a * b).sum::<f64>()).sum()
    };
    let ours = along(&|slot| execution.shared(1 + slot).to_vec());
    let wrong = theirs(&module, &features, &y, loss).1;
    let wrong = along(&|slot| wrong[slot].values().to_vec());
    let losses = |module: &_| vec![Array::new(&[], vec![theirs(module, &features, &y, loss).0]).unwrap()];
    let truth = differences(&mut module, &directions, losses)[0].values()[0];
    assert_close(&[ours], &[truth], 1e-8, "the slope of the loss");
    assert!((wrong - truth).abs() > 1e-3 * truth.abs(), "dfdx has put its derivative right: {wrong}, {truth}");
}

/// A layer of one's own that takes a sum for an elementwise function.
struct Summing;

impl Layer<f64> for Summing {
    fn add_to(&self, builder: &mut Builder<f64>, input: Value) -> ascribe::Result<Value> {
        builder.elementwise(input, |graph, x| graph.sum(x, 0))
    }
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let module = Cpu::default().build_module::<(Linear<4, 6>, (Tanh, Bias2D<3>)), f64>();
    let text = convert::<f64, _>(&module, &[5]).unwrap_err().to_string();
    assert!(text.contains("0.weight"), "{text}");
    let text = convert::<f64, _>(&module, &[4]).unwrap_err().to_string();
    assert!(text.contains("layer 1.1") && text.contains("[channels, height, width]"), "{text}");
    assert!(convert::<f64, _>(&module, &[0]).is_err());
    let headless = <modules::MultiHeadAttention<4, 0, 4, 4, f64, Cpu> as BuildModule<Cpu, f64>>::build(&Cpu::default());
    assert!(convert::<f64, _>(&headless, &[3, 4]).is_err());
    assert!(convert::<f64, _>(&Summing, &[3, 4]).unwrap_err().to_string().contains("keeps the shape"));
    for sizes in [&[2, 5, 6][..], &[1, 5, 6]] {
        let module = Cpu::default().build_module::<Bias2D<3>, f64>();
        assert!(convert::<f64, _>(&module, sizes).is_err(), "{sizes:?}");
    }
}

#[test]
fn parameters_that_do_not_fit_leave_the_module_as_it_was() {
    let mut module = Cpu::default().build_module::<(Linear<4, 6>, Tanh, Linear<6, 3>), f64>();
    let before = collect(&module, None).1;
    let mut wrong = before.iter().map(|p| array::<f64>(p.shape(), 1)).collect::<Vec<_>>();
    assert!(load_into(&mut module, &wrong[..3]).is_err());
    wrong[3] = array(&[4], 1);
    let text = load_into(&mut module, &wrong).unwrap_err().to_string();
    assert!(text.contains("parameter 3"), "{text}");
    wrong[3] = array(&[3], 1);
    wrong.push(array(&[1], 1));
    assert!(load_into(&mut module, &wrong).is_err());
    assert_eq!(collect(&module, None).1, before);
}
