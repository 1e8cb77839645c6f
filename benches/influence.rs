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
use ascribe::attribution::Fidelity;
use ascribe::attribution::influence::{Change, Edit, Influence, Level, Options, WhatIfOptions};
use ascribe::data::{Encoding, EncodingOptions, Pixels, Samples, Table, Task};
use ascribe::engine::Workers;
use ascribe::models::network::{Activation, Layer, NetworkFunctional, NetworkLoss, NetworkSettings};
use ascribe::objective::Inputs;
use ascribe::objective::{CompiledFunctional, Convention, Curvature, Derivatives, Layout};
use ascribe::solve::{Block, Preconditioning, Solver};
use ascribe::tensor::random::{Purpose, Stream};
use ascribe::tensor::{Array, Real};
use ascribe::train::minimize;

const TURNS: usize = 7;
/// The bytes that matrices and what is kept between products may take.
const BUDGET: usize = 4 << 30;

fn mnist(kind: &str) -> Result<Samples> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/mnist");
    let file = |what: &str| -> PathBuf { folder.join(format!("{kind}-{what}-ubyte.gz")) };
    Samples::read_idx(&file("images-idx3"), Some(&file("labels-idx1")), Pixels::Unit)
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

fn softmax(images: &Samples, layers: Vec<Layer>, intercept: bool) -> NetworkSettings {
    let shape = images.features.shape();
    let features = if layers.is_empty() || layers.contains(&Layer::Dense(256)) {
        vec![shape[1..].iter().product()]
    } else {
        shape[1..].to_vec()
    };
    NetworkSettings {
        features,
        outputs: 10,
        layers,
        loss: NetworkLoss::Softmax,
        l2: 0.01,
        intercept,
        objective: Convention::Mean,
        target_scale: None,
    }
}

/// Times products with the Hessian of a model, one direction and ten at once, against the products they must contain.
fn products<T: Real>(settings: &NetworkSettings, images: &Samples, contained: &[(usize, usize, usize)]) -> Result<()> {
    let context = Workers::single();
    let inputs = Arc::new(settings.inputs::<T>(images)?);
    let objective = Arc::new(settings.objective()?);
    let mut derivatives = Derivatives::new(&context, objective, settings.initial(1)?, inputs, None, None, BUDGET)?;
    let p = derivatives.dimension();
    let mut point = derivatives.point();
    point.iter_mut().zip(noise::<f64>(p, 3)).for_each(|(x, noise)| *x += 0.01 * noise);
    derivatives.set_point(&point)?;
    let largest = |f: fn(&(usize, usize, usize)) -> usize| contained.iter().map(f).max().unwrap_or(0);
    let mut out = vec![T::ZERO; largest(|(m, n, _)| m * n)];
    let a = noise::<T>(largest(|(m, _, k)| m * k), 5);
    let b = noise::<T>(largest(|(_, n, k)| n * k), 6);
    let (mut shares, mut together, mut times) = (Vec::new(), Vec::new(), Vec::new());
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
        times.push(1e3 * single);
    }
    let layers: Vec<String> = settings.layers.iter().map(ToString::to_string).collect();
    println!(
        "products, {} examples, layers [{}], p = {p}, {}: {:.0} % of the bare products' speed; ten directions at once {:.2} \
         of ten single ones; {:.2} times the gradient's time; {:.0} ms (medians of {TURNS} turns); {:.0} MB kept of {:.0} \
         MB allowed",
        images.len(),
        layers.join(" "),
        T::NAME,
        100.0 * median(shares),
        median(together),
        median(against_gradient),
        median(times),
        derivatives.product_cost(Curvature::Hessian)?.1 as f64 / 1e6,
        BUDGET as f64 / 1e6,
    );
    Ok(())
}

/// Softmax regression at its minimum: its parameters.
fn trained(context: &Workers, settings: &NetworkSettings, inputs: &Arc<Inputs<f64>>) -> Result<Vec<Array<f64>>> {
    let objective = Arc::new(settings.objective()?);
    let start = settings.initial(1)?;
    let mut derivatives = Derivatives::new(context, objective, start, inputs.clone(), None, None, BUDGET)?;
    let options = minimize::Options { gradient_tolerance: 1e-8, ..minimize::Options::default() };
    let begin = Instant::now();
    let from = derivatives.point();
    let found = minimize::minimize(&mut derivatives, &from, &options)?;
    derivatives.set_point(&found.x)?;
    println!(
        "training: gradient {:.1e} after {} steps, {} evaluations and {} products, {:.1} s",
        found.gradient_norm,
        found.iterations,
        found.evaluations,
        found.products,
        begin.elapsed().as_secs_f64()
    );
    Ok(derivatives.parameters().to_vec())
}

/// Test images that the model gets wrong, in the order of the file.
fn misclassified(
    context: &Workers,
    settings: &NetworkSettings,
    parameters: &[Array<f64>],
    test: &Samples,
) -> Result<Vec<usize>> {
    let queries = settings.inputs::<f64>(test)?;
    let functional = settings.functional(NetworkFunctional::Margin)?;
    let layout = Layout::new(&functional.graph, None)?;
    let margins = CompiledFunctional::new(&functional, &layout)?.values(context, parameters, &queries)?;
    // Less than even odds against all others together, and wrong for certain below this.
    Ok((0..margins.len()).filter(|place| margins[*place] < -1.0).collect())
}

/// Ten queries together: products spent, and the time of the parts.
fn solve_ten(context: &Workers, fitted: &Fitted, method: Option<Solver>) -> Result<()> {
    let objective = Arc::new(fitted.settings.objective()?);
    let derivatives =
        Derivatives::new(context, objective, fitted.parameters.clone(), fitted.inputs.clone(), None, None, BUDGET)?;
    let options = Options { solver: method, tolerance: Some(1e-6), queries: 10, memory: BUDGET, ..Options::default() };
    let begin = Instant::now();
    let mut influence = Influence::fit(derivatives, &options)?;
    let fitting = begin.elapsed().as_secs_f64();
    let functional = fitted.settings.functional(NetworkFunctional::Loss)?;
    let scalars = CompiledFunctional::new(&functional, influence.evaluator().layout())?;
    let queries = fitted.settings.inputs::<f64>(&fitted.test.select(&fitted.wrong[..10])?)?;
    let begin = Instant::now();
    let answer = influence.solve_queries(&scalars, &queries)?;
    let solving = begin.elapsed().as_secs_f64();
    let begin = Instant::now();
    let scores = influence.scores(&answer)?;
    let scoring = begin.elapsed().as_secs_f64();
    let certificate = &answer.solution.certificate;
    let spent = certificate.products.total() + influence.diagnostics().preparing.total();
    let worst = certificate.relative_residuals.iter().fold(0.0f64, |m, x| m.max(*x));
    println!(
        "solve: {}\n  10 queries, relative residual at most {worst:.1e}, {:.1} products a query (probing {}, sketching {}, \
         steps {}), {} scores; fitting {fitting:.1} s, solving {solving:.1} s, scoring {scoring:.2} s on {} threads",
        influence.diagnostics().plan.to_string().trim_end(),
        spent as f64 / 10.0,
        influence.diagnostics().preparing.probing,
        influence.diagnostics().preparing.sketching,
        certificate.products.iterating,
        scores.values.len(),
        context.threads(),
    );
    println!(
        "  spectrum {:.4} to {:.3}, gradient {:.1e}, all converged: {}",
        influence.diagnostics().spectrum.lowest,
        influence.diagnostics().spectrum.highest,
        influence.diagnostics().gradient_norm,
        certificate.all_converged()
    );
    Ok(())
}

/// The 50 most influential images for a misclassified one, each removed and the model trained again.
fn truth(context: &Workers, fitted: &Fitted) -> Result<()> {
    let objective = Arc::new(fitted.settings.objective()?);
    let derivatives =
        Derivatives::new(context, objective, fitted.parameters.clone(), fitted.inputs.clone(), None, None, BUDGET)?;
    let options = Options { solver: Some(Solver::Direct), memory: BUDGET, ..Options::default() };
    let begin = Instant::now();
    let mut influence = Influence::fit(derivatives, &options)?;
    println!("truth: matrix assembled and factored in {:.1} s", begin.elapsed().as_secs_f64());
    let functional = fitted.settings.functional(NetworkFunctional::Loss)?;
    let scalars = CompiledFunctional::new(&functional, influence.evaluator().layout())?;
    let query = fitted.settings.inputs::<f64>(&fitted.test.select(&fitted.wrong[..1])?)?;
    let answer = influence.solve_queries(&scalars, &query)?;
    let scores = influence.scores(&answer)?;
    let row = scores.row(0);
    let mut order: Vec<usize> = (0..row.len()).collect();
    order.sort_by(|a, b| row[*b].abs().total_cmp(&row[*a].abs()).then(a.cmp(b)));
    order.truncate(50);
    let corrected = influence.leave_one_out(&answer, &order)?;
    let weights = influence.evaluator().weights();
    let settings =
        WhatIfOptions { until: Level::Retrained, gradient_tolerance: Some(1e-11), ..WhatIfOptions::default() };
    let (mut first, mut leverage, mut second, mut newton, mut exact) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let begin = Instant::now();
    for (example, corrected) in order.iter().zip(&corrected) {
        let edit = Edit::new(&fitted.inputs, &weights, &[Change::Remove(*example)])?;
        let seen = influence.what_if(&scalars, &query, &edit, &settings)?;
        let at = |level: Level| seen.steps.iter().find(|s| s.level == level).map_or(f64::NAN, |s| s.changes[0]);
        first.push(row[*example]);
        leverage.push(corrected.scores[0]);
        second.push(at(Level::SecondOrder));
        newton.push(at(Level::Newton));
        exact.push(at(Level::Retrained));
    }
    println!("truth: 50 retrainings, {:.1} s", begin.elapsed().as_secs_f64());
    let highest = corrected.iter().fold(0.0f64, |m, c| m.max(c.leverage));
    println!("  test image {}, largest leverage {highest:.3}", fitted.wrong[0]);
    for (name, predicted) in
        [("first order", first), ("second order", second), ("leverage", leverage), ("Newton", newton)]
    {
        let fidelity = Fidelity::of(&predicted, &exact)?;
        println!("  {name}: {fidelity:?}");
    }
    Ok(())
}

/// Softmax regression on the digits of ../shared/data/tabular: everything from the trained model to the answer.
fn small() -> Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/tabular/digits.csv");
    let table = match Table::read(&path) {
        Ok(table) => table,
        Err(error) => {
            println!("small: not measured: {error}");
            return Ok(());
        }
    };
    let encoding = Encoding::learn(&table, "target", Task::Classes, &EncodingOptions::default())?;
    let mut rows = encoding.encode(&table)?;
    Arc::make_mut(&mut rows.features).values_mut().iter_mut().for_each(|x| *x /= 16.0);
    let settings = softmax(&rows, Vec::new(), true);
    let inputs = Arc::new(settings.inputs::<f64>(&rows)?);
    let context = Workers::new(2)?;
    let parameters = trained(&context, &settings, &inputs)?;
    let objective = Arc::new(settings.objective()?);
    let (mut times, mut shares) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let begin = Instant::now();
        let derivatives =
            Derivatives::new(&context, objective.clone(), parameters.clone(), inputs.clone(), None, None, BUDGET)?;
        let mut influence = Influence::fit(derivatives, &Options::default())?;
        let fitting = begin.elapsed().as_secs_f64();
        let functional = settings.functional(NetworkFunctional::Loss)?;
        let scalars = CompiledFunctional::new(&functional, influence.evaluator().layout())?;
        let query = settings.inputs::<f64>(&rows.select(&[5])?)?;
        let answer = influence.solve_queries(&scalars, &query)?;
        black_box(influence.scores(&answer)?);
        times.push(1e3 * begin.elapsed().as_secs_f64());
        shares.push(1e3 * (begin.elapsed().as_secs_f64() - fitting));
    }
    println!(
        "small: {} rows, {} parameters, exact: {:.1} ms from the trained model to all scores of a query, {:.1} ms of them \
         after the matrix is factored (medians of {TURNS} turns)",
        rows.len(),
        parameters.iter().map(|array| array.values().len()).sum::<usize>(),
        median(times),
        median(shares)
    );
    Ok(())
}

/// A model at its minimum, with what to ask it.
struct Fitted {
    settings: NetworkSettings,
    parameters: Vec<Array<f64>>,
    inputs: Arc<Inputs<f64>>,
    test: Samples,
    wrong: Vec<usize>,
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
    if wants("solve") || wants("truth") {
        let settings = softmax(&training, Vec::new(), false);
        let inputs = Arc::new(settings.inputs::<f64>(&training)?);
        let context = Workers::new(2)?;
        let parameters = trained(&context, &settings, &inputs)?;
        let test = mnist("t10k")?;
        let wrong = misclassified(&context, &settings, &parameters, &test)?;
        let fitted = Fitted { settings, parameters, inputs, test, wrong };
        if wants("solve") {
            for method in [
                None,
                Some(Solver::BlockConjugateGradient(Preconditioning::None)),
                Some(Solver::BlockConjugateGradient(Preconditioning::Nystrom { rank: 50 })),
                Some(Solver::ConjugateGradient(Preconditioning::None)),
            ] {
                solve_ten(&context, &fitted, method)?;
            }
        }
        if wants("truth") {
            truth(&context, &fitted)?;
        }
    }
    if wants("small") {
        small()?;
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
    if wants("cnn") {
        let few = images.select(&first[..10_000])?;
        let n = few.len();
        let (one, two) = (n * 24 * 24, n * 8 * 8);
        let mut contained = vec![(one, 8, 25), (8, 25, one)];
        for _ in 0..2 {
            contained.extend([(two, 16, 200), (two, 200, 16), (16, 200, two)]);
            contained.extend([(n, 10, 256), (n, 256, 10), (256, 10, n)]);
        }
        let layers = ["conv:8x5", "tanh", "max:2", "conv:16x5", "tanh", "max:2"];
        let layers = layers.iter().map(|layer| layer.parse()).collect::<Result<Vec<Layer>>>()?;
        products::<f32>(&softmax(&few, layers, true), &few, &contained)?;
    }
    Ok(())
}
