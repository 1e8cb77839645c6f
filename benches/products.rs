//! Hessian-vector products as a share of the bare matrix products they must contain.
//!
//! `cargo bench --bench products`. One thread; forward and backward state cached; product and bare products in turn, the
//! share is the median over the turns. An MLP 784-256-10 must contain two products in its first layer and six in its
//! second; DistMult with a softmax over all entities must contain six. A convolution is three products (forward and back by
//! both operands); a Hessian-vector product has the last two and the forward one again and, behind the first layer, each
//! with the other operand moved. The small network's time is also given against that of its gradient.
#![allow(unsafe_code)]

use std::hint::black_box;
use std::time::Instant;

use ascribe::Result;
use ascribe::autodiff::{gradient, hessian_vector_product};
use ascribe::engine::{Execution, Program, Values, Workers};
use ascribe::graph::{Graph, NodeId};
use ascribe::models::triples::{Loss, Sides, TripleTables, scorers};
use ascribe::objective::Objective;
use ascribe::tensor::{Array, Real};
use criterion::Criterion;

/// A Hessian-vector product that is ready to be repeated, and the shapes (m, n, k) of the products it must contain.
struct Case<T> {
    name: String,
    graph: Graph,
    /// The gradient, where its time is of interest.
    gradient: Vec<NodeId>,
    products: Vec<NodeId>,
    directions: Vec<NodeId>,
    parameters: Vec<Array<T>>,
    reals: Vec<(usize, Vec<T>)>,
    ids: Vec<(usize, Vec<u32>)>,
    examples: usize,
    contained: Vec<(usize, usize, usize)>,
}

fn noise<T: Real>(len: usize, scale: f64, seed: u64) -> Vec<T> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 53) as f64 * 2.0 - 1.0
    };
    (0..len).map(|_| T::from_f64(scale * next())).collect()
}

fn directions(graph: &mut Graph) -> Result<Vec<NodeId>> {
    let parameters = graph.parameters().to_vec();
    parameters
        .iter()
        .map(|parameter| {
            let name = format!("direction of {}", graph.name(*parameter).unwrap_or_default());
            let shape = graph.shape(*parameter).clone();
            graph.shared_input(&name, shape.sizes())
        })
        .collect()
}

fn mlp<T: Real>(examples: usize) -> Result<Case<T>> {
    let (inputs, hidden, classes) = (784, 256, 10);
    let mut graph = Graph::new();
    let g = &mut graph;
    let w1 = g.parameter("first weights", &[inputs, hidden])?;
    let b1 = g.parameter("first bias", &[hidden])?;
    let w2 = g.parameter("second weights", &[hidden, classes])?;
    let b2 = g.parameter("second bias", &[classes])?;
    let x = g.input("pixels", &[inputs])?;
    let label = g.indices("label", &[])?;
    let a = g.einsum("i,ih->h", x, w1)?;
    let a = g.add(a, b1)?;
    let h = g.tanh(a)?;
    let z = g.einsum("h,hc->c", h, w2)?;
    let z = g.add(z, b2)?;
    let total = g.log_sum_exp(z, 0)?;
    let own = g.gather(z, label)?;
    let loss = g.sub(total, own)?;
    let directions = directions(g)?;
    let products = hessian_vector_product(g, loss, &[w1, b1, w2, b2], &directions)?;
    let mut contained = vec![(examples, hidden, inputs), (inputs, hidden, examples)];
    for _ in 0..2 {
        contained.extend([(examples, classes, hidden), (examples, hidden, classes), (hidden, classes, examples)]);
    }
    let shapes: Vec<Vec<usize>> = [w1, b1, w2, b2].iter().map(|id| graph.shape(*id).sizes().to_vec()).collect();
    let parameters = shapes
        .iter()
        .enumerate()
        .map(|(place, shape)| Array::new(shape, noise(shape.iter().product(), 0.05, place as u64)))
        .collect::<Result<_>>()?;
    Ok(Case {
        name: format!("MLP 784-256-10, {}, {examples} examples", T::NAME),
        graph,
        gradient: Vec::new(),
        products,
        directions,
        parameters,
        reals: vec![(0, noise(examples * inputs, 1.0, 7))],
        ids: vec![(1, (0..examples as u32).map(|i| i * 7 % 10).collect())],
        examples,
        contained,
    })
}

fn distmult<T: Real>(examples: usize) -> Result<Case<T>> {
    let (entities, relations, width) = (2000, 50, 100);
    let model = TripleTables::new(scorers::by_name("distmult")?, entities, relations, width)?;
    let objective = Objective::of_triples(&model, Loss::FullSoftmax, Sides::Tails)?;
    let mut graph = objective.graph;
    let parameters = graph.parameters().to_vec();
    let directions = directions(&mut graph)?;
    let products = hessian_vector_product(&mut graph, objective.loss, &parameters, &directions)?;
    let mut contained = Vec::new();
    for _ in 0..2 {
        contained.extend([(examples, entities, width), (examples, width, entities), (entities, width, examples)]);
    }
    let ids = |below: u32, step: u32| (0..examples as u32).map(|i| i * step % below).collect::<Vec<u32>>();
    Ok(Case {
        name: format!("DistMult 2000 entities, width 100, full softmax, {}, {examples} examples", T::NAME),
        graph,
        gradient: Vec::new(),
        products,
        directions,
        parameters: model.initial(0.3, 1)?,
        reals: Vec::new(),
        ids: vec![(0, ids(2000, 17)), (1, ids(50, 3)), (2, ids(2000, 29))],
        examples,
        contained,
    })
}

/// 28×28 images, two convolutions of 5×5 with maximum pooling, and ten classes.
fn convolutional<T: Real>(examples: usize) -> Result<Case<T>> {
    let mut graph = Graph::new();
    let g = &mut graph;
    let shapes: [&[usize]; 6] = [&[8, 5, 5, 1], &[8], &[16, 5, 5, 8], &[16], &[256, 10], &[10]];
    let names = ["first weights", "first bias", "second weights", "second bias", "dense weights", "dense bias"];
    let parameters =
        names.iter().zip(shapes).map(|(name, shape)| g.parameter(name, shape)).collect::<Result<Vec<_>>>()?;
    let image = g.input("pixels", &[28, 28, 1])?;
    let label = g.indices("label", &[])?;
    let mut y = image;
    for layer in 0..2 {
        y = g.convolve2d(y, parameters[2 * layer], [1, 1], [0, 0])?;
        y = g.add(y, parameters[2 * layer + 1])?;
        y = g.tanh(y)?;
        y = g.max_pool2d(y, [2, 2], [2, 2])?;
    }
    let y = g.reshape(y, &[256])?;
    let z = g.einsum("i,ic->c", y, parameters[4])?;
    let z = g.add(z, parameters[5])?;
    let total = g.log_sum_exp(z, 0)?;
    let own = g.gather(z, label)?;
    let loss = g.sub(total, own)?;
    let directions = directions(g)?;
    let slopes = gradient(g, loss, &parameters)?;
    let products = hessian_vector_product(g, loss, &parameters, &directions)?;
    let (first, second) = (examples * 24 * 24, examples * 8 * 8);
    let mut contained = vec![(first, 8, 25), (8, 25, first)];
    for _ in 0..2 {
        contained.extend([(second, 16, 200), (second, 200, 16), (16, 200, second)]);
        contained.extend([(examples, 10, 256), (examples, 256, 10), (256, 10, examples)]);
    }
    let parameters = shapes
        .iter()
        .enumerate()
        .map(|(place, shape)| Array::new(shape, noise(shape.iter().product(), 0.1, place as u64)))
        .collect::<Result<_>>()?;
    Ok(Case {
        name: format!("CNN 28×28, 5×5×8, 5×5×16, 10 classes, {}, {examples} examples", T::NAME),
        graph,
        gradient: slopes,
        products,
        directions,
        parameters,
        reals: vec![(0, noise(examples * 784, 1.0, 7))],
        ids: vec![(1, (0..examples as u32).map(|i| i * 7 % 10).collect())],
        examples,
        contained,
    })
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

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn measure<T: Real>(case: &Case<T>, criterion: &mut Criterion) -> Result<()> {
    let context = Workers::single();
    let vectors: Vec<Vec<T>> =
        case.parameters.iter().enumerate().map(|(i, p)| noise(p.values().len(), 1.0, 90 + i as u64)).collect();
    let mut values = Values::new(&case.parameters);
    for (slot, ids) in &case.ids {
        values = values.with_index(*slot, ids);
    }
    for (slot, reals) in &case.reals {
        values.set_real(*slot, reals);
    }
    let inputs = case.graph.inputs();
    for (direction, vector) in case.directions.iter().zip(&vectors) {
        let slot = inputs.iter().position(|input| input == direction).unwrap_or_default();
        values.set_real(slot, vector);
    }
    let program = Program::compile(&case.graph, &case.products, &case.directions)?;
    let cached = program.cached_bytes_per_example() * case.examples;
    let mut execution = Execution::new(program, usize::MAX);
    execution.prepare(&context, &values, case.examples)?;
    let largest = |f: fn(&(usize, usize, usize)) -> usize| case.contained.iter().map(f).max().unwrap_or(0);
    let mut out = vec![T::ZERO; largest(|(m, n, _)| m * n)];
    let a = noise::<T>(largest(|(m, _, k)| m * k), 1.0, 5);
    let b = noise::<T>(largest(|(_, n, k)| n * k), 1.0, 6);
    let mut group = criterion.benchmark_group(&case.name);
    group.sample_size(10);
    group.bench_function("Hessian-vector product", |bencher| {
        bencher.iter(|| execution.repeat(&context, &values).expect("operands fit"));
    });
    group.bench_function("bare products", |bencher| {
        bencher.iter(|| case.contained.iter().for_each(|sizes| bare(*sizes, black_box(&mut out), &a, &b)));
    });
    group.finish();
    let turns = 9;
    let mut shares = Vec::new();
    for _ in 0..turns {
        let start = Instant::now();
        case.contained.iter().for_each(|sizes| bare(*sizes, black_box(&mut out), &a, &b));
        let products = start.elapsed().as_secs_f64();
        let start = Instant::now();
        execution.repeat(&context, &values)?;
        shares.push(products / start.elapsed().as_secs_f64());
    }
    println!(
        "{}: {:.0} % of the bare products' speed (median of {turns} turns), {:.0} MB cached",
        case.name,
        100.0 * median(&mut shares),
        cached as f64 / 1e6
    );
    if case.gradient.is_empty() {
        return Ok(());
    }
    let mut slope = Execution::new(Program::compile(&case.graph, &case.gradient, &[])?, 0);
    slope.run(&context, &values, case.examples)?;
    let (mut times, mut ratios) = ([Vec::new(), Vec::new()], Vec::new());
    for _ in 0..turns {
        let start = Instant::now();
        slope.run(&context, &values, case.examples)?;
        let gradient = start.elapsed().as_secs_f64();
        let start = Instant::now();
        execution.repeat(&context, &values)?;
        let product = start.elapsed().as_secs_f64();
        times[0].push(gradient);
        times[1].push(product);
        ratios.push(product / gradient);
    }
    println!(
        "{}: {:.2} times the gradient's time ({:.0} ms to {:.0} ms, medians of {turns} turns)",
        case.name,
        median(&mut ratios),
        1e3 * median(&mut times[1]),
        1e3 * median(&mut times[0])
    );
    Ok(())
}

fn main() -> Result<()> {
    let mut criterion = Criterion::default().configure_from_args();
    measure(&mlp::<f32>(20_000)?, &mut criterion)?;
    measure(&mlp::<f64>(20_000)?, &mut criterion)?;
    measure(&distmult::<f32>(1_000)?, &mut criterion)?;
    measure(&distmult::<f64>(1_000)?, &mut criterion)?;
    measure(&convolutional::<f32>(4_000)?, &mut criterion)?;
    measure(&convolutional::<f64>(4_000)?, &mut criterion)?;
    criterion.final_summary();
    Ok(())
}
