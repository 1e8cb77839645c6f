//! Image layers in dfdx operations that exist without its feature `nightly`, each with its conversion.
//!
//! Windows are gathered by index, so nothing here has anything in common with how the graph convolves.

use ascribe::Result;
use ascribe::models::dfdx::{Builder, Layer, Value};
use ascribe::tensor::Real;
use dfdx::nn::{Module, ModuleVisitor, TensorCollection, TensorOptions, ZeroSizedModule};
use dfdx::shapes::{Axes2, Axes3, Axis, Const, Dtype, HasShape, Rank4, Shape};
use dfdx::tensor::{Cpu, CpuError, Merge, NoneTape, Tape, Tensor, TensorFromVec};
use dfdx::tensor_ops::{Device, GatherTo, MaxTo, MeanTo, MinTo, PermuteTo, ReshapeTo, TryMatMul, TryMul};

/// A convolution of `C` channels by `O` filters of `K` by `K` with stride `S` between `P` zeros.
#[derive(Clone, Debug)]
pub struct Convolution<
    const C: usize,
    const O: usize,
    const K: usize,
    const S: usize,
    const P: usize,
    E: Dtype,
    D: Device<E>,
> {
    weight: Tensor<Rank4<O, C, K, K>, E, D>,
}

impl<const C: usize, const O: usize, const K: usize, const S: usize, const P: usize, E: Dtype, D: Device<E>>
    TensorCollection<E, D> for Convolution<C, O, K, S, P, E, D>
{
    type To<E2: Dtype, D2: Device<E2>> = Convolution<C, O, K, S, P, E2, D2>;

    fn iter_tensors<V: ModuleVisitor<Self, E, D>>(
        visitor: &mut V,
    ) -> std::result::Result<Option<Self::To<V::E2, V::D2>>, V::Err> {
        visitor.visit_fields(
            Self::tensor("weight", |s| &s.weight, |s| &mut s.weight, TensorOptions::reset_to_ones()),
            |weight| Convolution { weight },
        )
    }
}

impl<const C: usize, const O: usize, const K: usize, const S: usize, const P: usize, T: Real + Dtype> Layer<T>
    for Convolution<C, O, K, S, P, T, Cpu>
where
    Cpu: Device<T>,
{
    fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value> {
        let weight = builder.parameter("weight", &self.weight)?;
        builder.convolve2d(input, weight, [S, S], [P, P])
    }
}

type Image<const C: usize, T, Tp> = Tensor<(usize, Const<C>, usize, usize), T, Cpu, Tp>;

/// For each window place of each channel and window: the pixel's index in `[channels, height, width]`, if it is one.
struct Windows {
    rows: usize,
    columns: usize,
    /// Ordered by channel, place in the window, row and column.
    pixels: Vec<Option<usize>>,
}

impl Windows {
    fn new([channels, height, width]: [usize; 3], size: usize, stride: usize, padding: usize) -> Self {
        let count = |length: usize| (length + 2 * padding - size) / stride + 1;
        let (rows, columns) = (count(height), count(width));
        let mut pixels = Vec::new();
        for channel in 0..channels {
            for place in 0..size * size {
                for window in 0..rows * columns {
                    let y = (window / columns * stride + place / size).checked_sub(padding).filter(|y| *y < height);
                    let x = (window % columns * stride + place % size).checked_sub(padding).filter(|x| *x < width);
                    pixels.push(y.zip(x).map(|(y, x)| (channel * height + y) * width + x));
                }
            }
        }
        Self { rows, columns, pixels }
    }

    /// The pixels of each example: `[windows' elements, batch]`, with zeros for what lies outside.
    fn of<S: Shape, T: Real + Dtype, Tp: Tape<T, Cpu> + Merge<NoneTape>>(
        &self,
        x: Tensor<S, T, Cpu, Tp>,
        batch: usize,
    ) -> Tensor<(usize, usize), T, Cpu, Tp>
    where
        Cpu: Device<T>,
    {
        let device = Cpu::default();
        let len = self.pixels.len();
        let pixels = x.shape().num_elements() / batch;
        let flat = x.reshape_like(&(batch, pixels)).permute::<(usize, usize), Axes2<1, 0>>();
        let ids: Vec<usize> = self.pixels.iter().map(|pixel| pixel.unwrap_or(0)).collect();
        let inside = self.pixels.iter().flat_map(|pixel| {
            let weight = if pixel.is_some() { <T as Real>::ONE } else { T::ZERO };
            std::iter::repeat_n(weight, batch)
        });
        let inside: Tensor<(usize, usize), T, Cpu> = device.tensor_from_vec(inside.collect(), (len, batch));
        let gathered: Tensor<(usize, usize), T, Cpu, Tp> = flat.gather(device.tensor_from_vec(ids, (len,)));
        gathered.try_mul(inside).unwrap()
    }
}

fn sizes<S: Shape>(shape: &S) -> [usize; 4] {
    shape.concrete().as_ref().try_into().unwrap()
}

impl<
    const C: usize,
    const O: usize,
    const K: usize,
    const ST: usize,
    const P: usize,
    S: Shape,
    T: Real + Dtype,
    Tp: Tape<T, Cpu> + Merge<NoneTape> + Merge<Tp>,
> Module<Tensor<S, T, Cpu, Tp>> for Convolution<C, O, K, ST, P, T, Cpu>
where
    Cpu: Device<T>,
{
    type Output = Image<O, T, Tp>;
    type Error = CpuError;

    fn try_forward(&self, x: Tensor<S, T, Cpu, Tp>) -> std::result::Result<Self::Output, CpuError> {
        let [batch, channels, height, width] = sizes(x.shape());
        let windows = Windows::new([channels, height, width], K, ST, P);
        let (rows, columns) = (windows.rows, windows.columns);
        let depth = C * K * K;
        let gathered = windows.of(x, batch).reshape_like(&(depth, rows * columns * batch));
        let weight: Tensor<(usize, usize), T, Cpu, Tp> = self.weight.retaped::<Tp>().reshape_like(&(O, depth));
        let product: Tensor<(usize, usize), T, Cpu, Tp> = weight.try_matmul(gathered)?;
        let product = product.reshape_like(&(O, rows * columns, batch));
        let product = product.permute::<(usize, usize, usize), Axes3<2, 0, 1>>();
        Ok(product.reshape_like(&(batch, Const, rows, columns)))
    }
}

/// The largest (`KIND` 1), smallest (−1) or mean (0) element of each window of `K` by `K`, stride `S`, of `C` channels.
#[derive(Clone, Debug, Default)]
pub struct Pool<const C: usize, const K: usize, const S: usize, const KIND: i32>;

impl<const C: usize, const K: usize, const S: usize, const KIND: i32> ZeroSizedModule for Pool<C, K, S, KIND> {}

impl<T, const C: usize, const K: usize, const S: usize, const KIND: i32> Layer<T> for Pool<C, K, S, KIND> {
    fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value> {
        match KIND {
            1 => builder.max_pool2d(input, [K, K], [S, S]),
            -1 => builder.min_pool2d(input, [K, K], [S, S]),
            _ => builder.average_pool2d(input, [K, K], [S, S]),
        }
    }
}

impl<
    const C: usize,
    const K: usize,
    const ST: usize,
    const KIND: i32,
    S: Shape,
    T: Real + Dtype,
    Tp: Tape<T, Cpu> + Merge<NoneTape>,
> Module<Tensor<S, T, Cpu, Tp>> for Pool<C, K, ST, KIND>
where
    Cpu: Device<T>,
{
    type Output = Image<C, T, Tp>;
    type Error = CpuError;

    fn try_forward(&self, x: Tensor<S, T, Cpu, Tp>) -> std::result::Result<Self::Output, CpuError> {
        let [batch, channels, height, width] = sizes(x.shape());
        let windows = Windows::new([channels, height, width], K, ST, 0);
        let (rows, columns) = (windows.rows, windows.columns);
        let gathered = windows.of(x, batch).reshape_like(&(C, K * K, rows * columns * batch));
        let pooled: Tensor<(usize, usize), T, Cpu, Tp> = match KIND {
            1 => gathered.max::<_, Axis<1>>(),
            -1 => gathered.min::<_, Axis<1>>(),
            _ => gathered.mean::<_, Axis<1>>(),
        };
        let pooled = pooled.reshape_like(&(C, rows * columns, batch));
        let pooled = pooled.permute::<(usize, usize, usize), Axes3<2, 0, 1>>();
        Ok(pooled.reshape_like(&(batch, Const, rows, columns)))
    }
}

/// Every example as one vector of `N` elements.
#[derive(Clone, Debug, Default)]
pub struct Flatten<const N: usize>;

impl<const N: usize> ZeroSizedModule for Flatten<N> {}

impl<T, const N: usize> Layer<T> for Flatten<N> {
    fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value> {
        builder.flatten(input)
    }
}

impl<const N: usize, S: Shape, T: Real + Dtype, Tp: Tape<T, Cpu>> Module<Tensor<S, T, Cpu, Tp>> for Flatten<N>
where
    Cpu: Device<T>,
{
    type Output = Tensor<(usize, Const<N>), T, Cpu, Tp>;
    type Error = CpuError;

    fn try_forward(&self, x: Tensor<S, T, Cpu, Tp>) -> std::result::Result<Self::Output, CpuError> {
        let [batch, ..] = sizes(x.shape());
        Ok(x.reshape_like(&(batch, Const)))
    }
}
