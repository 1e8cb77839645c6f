//! Influence functions on MNIST: `cargo bench --bench influence`, or with the parts wanted: `-- products solve`.
//!
//! Reads ../shared/data/mnist and says so when it is absent. Times are ratios measured in turn within one run, on one
//! thread; a product's share is the bare matrix products it must contain, by their time over its own.
#![allow(unsafe_code)]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use ascribe::Result;
use ascribe::curvature::{Curvature, Derivatives};
use ascribe::data::{Dense, Pixels};
use ascribe::engine::Context;
use ascribe::model::dense::{Activation, DenseLoss, DenseModel, DenseSettings, Layer};
use ascribe::solve::Block;
use ascribe::tensor::Real;
use ascribe::tensor::random::{Purpose, Stream};

const TURNS: usize = 7;

fn mnist(kind: &str) -> Result<Dense> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/mnist");
    let file = |what: &str| -> PathBuf { folder.join(format!("{kind}-{what}-ubyte.gz")) };
    Dense::read_idx(&file("images-idx3"), Some(&file("labels-idx1")), Pixels::Unit)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn noise<T: Real>(len: usize, seed: u64) -> Vec<T> {
    let mut stream = Stream::new(seed, Purpose::Data, 0, 0);
    (0..len).map(|_| T::from_f64(2.0 * stream.uniform() - 1.0)).collect()
}

/// One bare product of these sizes, row-major, on this thread.
fn bare<T: Real>((m, n, k): (usize, usize, usize), out: &mut [T], a: &[T], b: &[T]) {
    assert!(out.len() >= m * n && a.len() >= m * k && b.len() >= k * n);
    // SAFETY: the three matrices lie inside their slices, as was just checked.
    unsafe {
        let (out, a, b) = (out.as_mut_ptr(), a.as_ptr(), b.as_ptr());
        let (n_, k_) = (n as isize, k as isize);
        let none = gemm::Parallelism::None;
        gemm::gemm(m, n, k, out, 1, n_, false, a, 1, k_, b, 1, n_, T::ONE, T::ONE, false, false, false, none);
    }
}

fn softmax(images: &Dense, layers: Vec<Layer>, intercept: bool) -> DenseSettings {
    let shape = images.features.shape();
    let features = if layers.is_empty() || layers.contains(&Layer::Dense(256)) {
        vec![shape[1..].iter().product()]
    } else {
        shape[1..].to_vec()
    };
    DenseSettings { features, outputs: 10, layers, loss: DenseLoss::Softmax, l2: 0.01, intercept }
}

/// Times products with the Hessian of a model, one direction and ten at once, against the products they must contain.
fn products<T: Real>(settings: &DenseSettings, images: &Dense, contained: &[(usize, usize, usize)]) -> Result<()> {
    let context = Context::single();
    let model = DenseModel::<T>::new(settings.clone(), 1)?;
    let inputs = Arc::new(settings.inputs::<T>(images)?);
    let objective = Arc::new(settings.objective()?);
    let budget = 4 << 30;
    let mut derivatives =
        Derivatives::new(&context, objective, model.parameters().to_vec(), inputs, None, None, budget)?;
    let p = derivatives.dimension();
    let mut point = derivatives.point();
    point.iter_mut().zip(noise::<f64>(p, 3)).for_each(|(x, noise)| *x += 0.01 * noise);
    derivatives.set_point(&point)?;
    let largest = |f: fn(&(usize, usize, usize)) -> usize| contained.iter().map(f).max().unwrap_or(0);
    let mut out = vec![T::ZERO; largest(|(m, n, _)| m * n)];
    let a = noise::<T>(largest(|(m, _, k)| m * k), 5);
    let b = noise::<T>(largest(|(_, n, k)| n * k), 6);
    let (mut shares, mut together) = (Vec::new(), Vec::new());
    let mut gradient = vec![0.0; p];
    let mut against_gradient = Vec::new();
    let one = Block::new(p, 1, noise(p, 8))?;
    let ten = Block::new(p, 10, noise(p * 10, 9))?;
    let (mut into_one, mut into_ten) = (Block::zeros(p, 1), Block::zeros(p, 10));
    derivatives.products(Curvature::Hessian, &one, &mut into_one)?;
    derivatives.products(Curvature::Hessian, &ten, &mut into_ten)?;
    for _ in 0..TURNS {
        let start = Instant::now();
        contained.iter().for_each(|sizes| bare(*sizes, black_box(&mut out), &a, &b));
        let products = start.elapsed().as_secs_f64();
        let start = Instant::now();
        derivatives.products(Curvature::Hessian, &one, &mut into_one)?;
        let single = start.elapsed().as_secs_f64();
        let start = Instant::now();
        derivatives.products(Curvature::Hessian, &ten, &mut into_ten)?;
        let many = start.elapsed().as_secs_f64();
        let start = Instant::now();
        derivatives.value_and_gradient(&mut gradient)?;
        against_gradient.push(single / start.elapsed().as_secs_f64());
        shares.push(products / single);
        together.push(many / (10.0 * single));
    }
    let layers: Vec<String> = settings.layers.iter().map(ToString::to_string).collect();
    println!(
        "products, {} examples, layers [{}], p = {p}, {}: {:.0} % of the bare products' speed; ten directions at once {:.2} \
         of ten single ones; {:.2} times the gradient's time (medians of {TURNS} turns)",
        images.len(),
        layers.join(" "),
        T::NAME,
        100.0 * median(shares),
        median(together),
        median(against_gradient),
    );
    Ok(())
}

fn main() -> Result<()> {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let wants = |part: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == part);
    let images = match mnist("train") {
        Ok(images) => images,
        Err(error) => {
            println!("nothing is measured without MNIST: {error}");
            return Ok(());
        }
    };
    let first: Vec<usize> = (0..55_000).collect();
    let training = images.select(&first)?;
    if wants("products") {
        let contained = [(55_000, 10, 784), (10, 784, 55_000)];
        let settings = softmax(&training, Vec::new(), false);
        products::<f32>(&settings, &training, &contained)?;
        products::<f64>(&settings, &training, &contained)?;
    }
    if wants("mlp") {
        let n = images.len();
        let mut contained = vec![(n, 256, 784), (256, 784, n)];
        for _ in 0..2 {
            contained.extend([(n, 10, 256), (n, 256, 10), (10, 256, n)]);
        }
        let layers = vec![Layer::Dense(256), Layer::Activation(Activation::Tanh)];
        products::<f32>(&softmax(&images, layers, true), &images, &contained)?;
    }
    Ok(())
}
