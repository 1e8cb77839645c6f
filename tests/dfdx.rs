//! Converted dfdx models against dfdx's own forward pass and tape.
//!
//! Every case compares outputs, two losses and their gradients by every parameter with dfdx, in `f32` and `f64`, and the
//! products of the Hessian with central differences of dfdx's gradient.
#![cfg(feature = "dfdx")]
#![allow(clippy::unwrap_used)]

mod common;

use ascribe::autodiff::{gradient, hessian_vector_product};
use ascribe::engine::{Context, Execution, Program, Values};
use ascribe::graph::{Graph, NodeId};
use ascribe::model::dfdx::{Converted, Layer, convert, load_into};
use ascribe::tensor::{Array, Real};
use common::{array, numbers};
use dfdx::losses::{cross_entropy_with_logits_loss, mse_loss};
use dfdx::nn::builders::{
    Abs, AccurateGeLU, AvgPoolGlobal, Bias2D, Cos, DeviceBuildExt, Dropout, DropoutOneIn, Exp, FastGeLU,
    GeneralizedResidual, LayerNorm1D, LeakyReLU, Linear, Ln, LogSoftmax, MultiHeadAttention, PReLU, PReLU1D, ReLU,
    Repeated, Reshape, Residual, Sigmoid, Sin, Softmax, Sqrt, Square, Tanh, TransformerEncoder, UnbiasedLinear,
};
use dfdx::nn::{
    BuildOnDevice, Module, RecursiveWalker, TensorCollection, TensorOptions, TensorVisitor, ViewTensorName,
    ViewTensorRef,
};
use dfdx::shapes::{Const, Dtype, HasShape, Rank1, Shape};
use dfdx::tensor::{Cpu, Gradients, NoneTape, OwnedTape, Tensor, TensorFromVec, Trace};
use dfdx::tensor_ops::{Backward, Device};

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
    execution.run(&Context::single(), values, BATCH).unwrap();
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

fn size_of_number<T: Real>(x: T) -> f64 {
    x.abs().to_f64()
}

fn real<T: Real>(seed: u64, len: usize, low: f64, high: f64) -> Vec<T> {
    numbers(seed, len).into_iter().map(|x| T::from_f64(low + (high - low) * (x + 1.0) / 2.0)).collect()
}

/// A module with parameters that are drawn anew, so that none is left at zero or one.
fn drawn<T, M>(seed: u64) -> M::Built
where
    T: Real + Dtype,
    Cpu: Device<T>,
    M: BuildOnDevice<Cpu, T>,
    M::Built: TensorCollection<T, Cpu>,
{
    let mut module = Cpu::default().build_module::<M, T>();
    let drawn: Vec<Array<T>> =
        collect(&module, None).1.iter().zip(seed..).map(|(old, seed)| array(old.shape(), seed)).collect();
    load_into(&mut module, &drawn).unwrap();
    assert_eq!(collect(&module, None).1, drawn);
    module
}

/// Compares everything for one module; `shape` is that of a batch.
fn check<T, M, S, O>(module: &mut M, shape: S, seed: u64, tolerance: f64)
where
    T: Real + Dtype,
    Cpu: Device<T>,
    S: Shape,
    O: Shape,
    M: Module<Traced<S, T>, Output = Traced<O, T>> + Module<Tensor<S, T, Cpu, NoneTape>, Output = Tensor<O, T, Cpu>>,
    M: Layer<T> + TensorCollection<T, Cpu>,
{
    let sizes = shape.concrete();
    let x = real::<T>(seed, shape.num_elements(), -1.5, 1.5);
    let features = Cpu::default().tensor_from_vec(x.clone(), shape);
    for loss in [Loss::CrossEntropy, Loss::Squares] {
        let mut converted = convert::<T, _>(module, &sizes.as_ref()[1..]).unwrap();
        let (names, parameters) = collect(module, None);
        assert_eq!(converted.parameters, parameters);
        assert_eq!(converted.names().collect::<Vec<_>>(), names);

        let value = ours(&mut converted, loss);
        let Converted { graph, outputs, .. } = &mut converted;
        let y = real::<T>(seed + 1, BATCH * graph.shape(*outputs).len(), 0.0, 1.0);
        let slots = graph.parameters().to_vec();
        let mut nodes = vec![*outputs, graph.batch_sum(value).unwrap()];
        nodes.extend(gradient(graph, value, &slots).unwrap());
        let directions: Vec<Array<T>> =
            parameters.iter().zip(seed + 2..).map(|(p, seed)| array(p.shape(), seed)).collect();
        let leaves: Vec<NodeId> = directions
            .iter()
            .enumerate()
            .map(|(slot, v)| graph.shared_input(&format!("direction {slot}"), v.shape()).unwrap())
            .collect();
        let products = hessian_vector_product(graph, value, &slots, &leaves).unwrap();
        nodes.extend(&products);
        let mut values = Values::new(&parameters).with_real(0, &x).with_real(1, &y);
        for (slot, direction) in directions.iter().enumerate() {
            values.set_real(2 + slot, direction.values());
        }
        let execution = execute(graph, &nodes, &values);

        let predicted: Tensor<O, T, Cpu> = module.forward(features.clone());
        let mut found = vec![T::ZERO; y.len()];
        execution.copy_examples(0, &mut found);
        assert_close(&found, &predicted.as_vec(), tolerance, "the outputs");
        let (number, gradients) = theirs(module, &features, &y, loss);
        assert_close(execution.shared(1), &[nearest(number)], tolerance, "the loss");
        for (slot, expected) in gradients.iter().enumerate() {
            let what = format!("{loss:?}, the gradient by {}", names[slot]);
            assert_close(execution.shared(2 + slot), expected.values(), tolerance, &what);
        }
        if T::NAME == "f64" {
            let differences = differences(module, &directions, |module| theirs(module, &features, &y, loss).1);
            let size = differences.iter().flat_map(|v| v.values()).fold(0.0f64, |a, b| a.max(size_of_number(*b)));
            for (slot, expected) in differences.iter().enumerate() {
                for (found, expected) in execution.shared(2 + names.len() + slot).iter().zip(expected.values()) {
                    let difference = size_of_number(*found - *expected);
                    let what = format!("{loss:?}, the product for {}", names[slot]);
                    assert!(difference <= 1e-5 * size.max(1e-3), "{what}: {found} for {expected}, size {size}");
                }
            }
        }
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
    ahead
        .iter()
        .zip(&behind)
        .map(|(a, b)| Array::from_fn(a.shape(), |i| slope(a.values()[i], b.values()[i])))
        .collect()
}

/// A test that compares a module on batches of a shape in both element types for several seeds.
macro_rules! agrees {
    ($($name:ident: $network:ty, [$($size:expr),+];)*) => {
        $(#[test]
        fn $name() {
            for seed in [11, 1011, 2011] {
                let shape = (Const::<BATCH>, $(Const::<{ $size }>),+);
                {
                    type Element = f32;
                    check(&mut drawn::<Element, $network>(seed), shape, seed, 1e-5);
                }
                {
                    type Element = f64;
                    check(&mut drawn::<Element, $network>(seed), shape, seed, 1e-12);
                }
            }
        })*
    };
}

agrees! {
    one_layer: Linear<4, 3>, [4];
    without_bias: (UnbiasedLinear<4, 5>, Tanh, UnbiasedLinear<5, 3>), [4];
    relu: (Linear<4, 6>, ReLU, Linear<6, 3>), [4];
    leaky_relu: (Linear<4, 6>, LeakyReLU<Element>, Linear<6, 3>), [4];
    prelu_of_one_slope: (Linear<4, 6>, PReLU, Linear<6, 3>), [4];
    fast_gelu: (Linear<4, 6>, FastGeLU, Linear<6, 3>), [4];
    sigmoid: (Linear<4, 6>, Sigmoid, Linear<6, 3>), [4];
    tanh: (Linear<4, 6>, Tanh, Linear<6, 3>), [4];
    softmax: (Linear<4, 6>, Softmax, Linear<6, 3>), [4];
    log_softmax: (Linear<4, 6>, LogSoftmax, Linear<6, 3>), [4];
    exp: (Linear<4, 6>, Exp, Linear<6, 3>), [4];
    ln: (Linear<4, 6>, Sigmoid, Ln, Linear<6, 3>), [4];
    sin: (Linear<4, 6>, Sin, Linear<6, 3>), [4];
    cos: (Linear<4, 6>, Cos, Linear<6, 3>), [4];
    sqrt: (Linear<4, 6>, Exp, Sqrt, Linear<6, 3>), [4];
    square: (Linear<4, 6>, Square, Linear<6, 3>), [4];
    abs: (Linear<4, 6>, Abs, Linear<6, 3>), [4];
    layer_norm: (Linear<4, 6>, LayerNorm1D<6>, Tanh, Linear<6, 3>), [4];
    six_layers: (Linear<4, 6>, Tanh, Linear<6, 5>, Sigmoid, Linear<5, 4>, Sin), [4];
    nested_tuples: ((Linear<4, 6>, (Tanh, Linear<6, 5>)), (), ((Sigmoid,), Linear<5, 3>)), [4];
    residual: (Linear<4, 6>, Residual<(Tanh, Linear<6, 6>)>, Tanh, Linear<6, 3>), [4];
    residual_in_residual: (Residual<(Linear<4, 4>, Residual<(Tanh, Linear<4, 4>)>)>, Linear<4, 3>), [4];
    generalized_residual: (GeneralizedResidual<(Linear<4, 6>, Tanh), Linear<4, 6>>, Linear<6, 3>), [4];
    repeated: (Repeated<(Linear<4, 4>, Tanh), 3>, Linear<4, 3>), [4];
    linear_on_sequences: (Linear<4, 6>, Tanh, Linear<6, 3>), [7, 4];
    layer_norm_on_sequences: (Linear<4, 6>, LayerNorm1D<6>, Softmax, Linear<6, 3>), [7, 4];
    attention: (MultiHeadAttention<4, 2>, Linear<4, 3>), [7, 4];
    attention_with_other_widths: MultiHeadAttention<4, 2, 6, 8>, [3, 4];
    transformer_encoder: (TransformerEncoder<4, 2, 6, 2>, Linear<4, 3>), [5, 4];
    global_average: (Bias2D<3>, Tanh, AvgPoolGlobal, Linear<3, 4>), [3, 4, 5];
    slopes_by_channel: (Bias2D<3>, PReLU1D<Const<3>>, AvgPoolGlobal, Linear<3, 4>), [3, 4, 5];
    residual_of_images: (Residual<(Bias2D<3>, Tanh)>, Residual<Sin>, AvgPoolGlobal, Linear<3, 4>), [3, 4, 5];
    images_to_the_end: (Bias2D<3>, Tanh), [3, 4, 5];
}
