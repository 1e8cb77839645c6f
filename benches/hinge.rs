//! Influence on a loss with a kink: a linear machine trained with the hinge tells ones from sevens of MNIST, and for
//! test images it gets wrong the 100 most influential training images are removed in turn and it is trained again (Koh and
//! Liang, 2017, section 4.2). `cargo bench --bench hinge`; an argument: the most test images that are taken, by default all.
//!
//! Predictions come from the smooth hinge t ln(1 + exp((1 − m)/t)): first at the weights of the hinge itself, compared with
//! training the hinge again, as in the paper; then at the smooth loss's own minimum, compared with training that again.
//! For t = 0 derivatives are the hinge's own, zero at the kink. λ = 0.01, no intercept. The machine is trained in its
//! dual form to a violation of its optimality conditions of 1e-9, which no method for smooth functions reaches.
//!
//! Reads ../shared/data/mnist and says so when it is absent.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use ascribe::attribution::Fidelity;
use ascribe::attribution::influence::{Influence, Options};
use ascribe::data::{Pixels, Samples, Targets};
use ascribe::engine::Workers;
use ascribe::models::network::{NetworkFunctional, NetworkLoss, NetworkSettings};
use ascribe::objective::Inputs;
use ascribe::objective::{CompiledFunctional, Convention, Curvature, Derivatives};
use ascribe::solve::{Block, Cholesky, DenseMatrix as Matrix, Solver};
use ascribe::tensor::Array;
use ascribe::train::minimize::{self, Smooth};
use ascribe::{Error, Result};

const L2: f64 = 0.01;
const REMOVED: usize = 100;
const TEMPERATURES: [f64; 3] = [0.0, 0.001, 0.1];
/// The max-norm of the gradient at which the smooth hinge counts as minimized.
const GRADIENT: f64 = 1e-9;

fn main() -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/mnist");
    let (train, test) = match (ones_and_sevens(&folder, "train"), ones_and_sevens(&folder, "t10k")) {
        (Ok(train), Ok(test)) => (train, test),
        (Err(error), _) | (_, Err(error)) => {
            println!("nothing is measured without MNIST: {error}");
            return Ok(());
        }
    };
    let asked = std::env::args().filter_map(|text| text.parse().ok()).next().unwrap_or(usize::MAX);
    let context = Workers::new(std::thread::available_parallelism().map_or(1, usize::from))?;
    let (rows, test_rows) = (Rows::new(&train), Rows::new(&test));
    let start = Instant::now();
    let mut machine = Machine::new(&rows);
    let (rounds, violation) = machine.train(None)?;
    let free = machine.multipliers.iter().filter(|x| machine.is_free(**x)).count();
    let bounded = machine.multipliers.iter().filter(|x| **x >= machine.bound).count();
    println!(
        "hinge: {} images, {bounded} inside the margin, {free} on it, violation {violation:.1e} after {rounds} rounds, {:.1} s",
        rows.len(),
        start.elapsed().as_secs_f64()
    );
    let wrong: Vec<usize> = (0..test_rows.len()).filter(|row| test_rows.margin(*row, &machine.weights) < 0.0).collect();
    println!(
        "{} of {} test images are told wrong; taken: {:?}",
        wrong.len(),
        test_rows.len(),
        &wrong[..asked.min(wrong.len())]
    );
    let images: Vec<usize> = wrong.into_iter().take(asked).collect();
    println!("means over the test images; the Pearson correlation of each of them");
    println!("predicted with   trained again with  Pearson  Spearman  slope  largest error  largest change  above 0.9");
    let mut retrained: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for t in TEMPERATURES {
        let predictions = Predicted::of(&context, &train, &test, &images, t, &machine.weights)?;
        let start = Instant::now();
        let (mut times, mut most_rounds) = (0, 0);
        let mut table = Table::default();
        for (image, predicted) in images.iter().zip(predictions) {
            let hinge = |weights: &[f64]| (1.0 - test_rows.margin(*image, weights)).max(0.0);
            let mut truth = Vec::new();
            for example in &predicted.examples {
                if !retrained.contains_key(example) {
                    let mut again = machine.clone();
                    let (rounds, _) = again.train(Some(*example))?;
                    (times, most_rounds) = (times + 1, most_rounds.max(rounds));
                    retrained.insert(*example, again.weights);
                }
                truth.push(hinge(&retrained[example]) - hinge(&machine.weights));
            }
            table.push(&predicted.changes, &truth)?;
        }
        table.print(&format!("t = {t}"), "the hinge");
        let seconds = start.elapsed().as_secs_f64();
        eprintln!("  trained the hinge again {times} times in {seconds:.1} s, in at most {most_rounds} rounds");
    }
    for t in TEMPERATURES.into_iter().filter(|t| *t > 0.0) {
        smooth(&context, (&train, &rows), (&test, &test_rows), &images, t, &machine.weights)?;
    }
    Ok(())
}

/// Predicted and true changes of the smooth loss at its own minimum.
fn smooth(
    context: &Workers,
    (train, rows): (&Samples, &Rows),
    (test, test_rows): (&Samples, &Rows),
    images: &[usize],
    t: f64,
    start: &[f64],
) -> Result<()> {
    let options = minimize::Options { gradient_tolerance: GRADIENT, ..minimize::Options::default() };
    // From the hinge's weights a small temperature is a long way: it is approached in steps.
    let (mut weights, mut temperature, mut steps) = (start.to_vec(), 0.1f64.max(t), 0);
    loop {
        let minimum = minimize::newton(&mut SmoothHinge::new(rows, temperature, None), &weights, &options)?;
        (weights, steps) = (minimum.x, steps + minimum.iterations);
        if temperature <= t {
            check(minimum.gradient_norm)?;
            break;
        }
        temperature = (temperature / 4.0).max(t);
    }
    let predictions = Predicted::of(context, train, test, images, t, &weights)?;
    let mut retrained: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    let clock = Instant::now();
    let (mut again, mut products, mut most) = (0, 0, 0.0f64);
    let mut table = Table::default();
    for (image, predicted) in images.iter().zip(predictions) {
        let mut truth = Vec::new();
        for (example, step) in predicted.examples.iter().zip(predicted.steps.vectors()) {
            if !retrained.contains_key(example) {
                let start: Vec<f64> = weights.iter().zip(step).map(|(w, step)| w + step).collect();
                let mut loss = SmoothHinge::new(rows, t, Some(*example));
                let minimum = minimize::newton(&mut loss, &start, &options)?;
                (again, products) = (again + minimum.iterations, products + minimum.products);
                most = most.max(minimum.gradient_norm);
                retrained.insert(*example, minimum.x);
            }
            let of = |weights: &[f64]| soft_hinge(test_rows.margin(*image, weights), t);
            truth.push(of(&retrained[example]) - of(&weights));
        }
        table.push(&predicted.changes, &truth)?;
    }
    table.print(&format!("t = {t}, own"), &format!("t = {t}"));
    check(most)?;
    let times = retrained.len() as f64;
    eprintln!(
        "  trained t = {t} in {steps} steps of Newton's method, again {times} times in {:.1} s, {:.1} steps and {:.0} \
         products each, gradient at most {most:.1e}",
        clock.elapsed().as_secs_f64(),
        again as f64 / times,
        products as f64 / times,
    );
    Ok(())
}

fn check(gradient: f64) -> Result<()> {
    if gradient <= GRADIENT {
        return Ok(());
    }
    let hint = "raise the temperature".into();
    Err(Error::Unsupported { what: format!("training that ends at a gradient of {gradient:e}"), hint })
}

/// Agreement for each of the test images.
#[derive(Default)]
struct Table {
    found: Vec<Fidelity>,
    /// The largest true change.
    largest: f64,
}

impl Table {
    fn push(&mut self, predicted: &[f64], truth: &[f64]) -> Result<()> {
        self.found.push(Fidelity::of(predicted, truth)?);
        self.largest = truth.iter().fold(self.largest, |most, change| most.max(change.abs()));
        Ok(())
    }

    fn print(&self, with: &str, against: &str) {
        let of = |part: fn(&Fidelity) -> Option<f64>| -> Vec<f64> { self.found.iter().filter_map(part).collect() };
        let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
        let pearson = of(|found| found.pearson);
        let each: Vec<String> = pearson.iter().map(|pearson| format!("{pearson:.2}")).collect();
        let above = pearson.iter().filter(|pearson| **pearson > 0.9).count();
        let error = self.found.iter().map(|found| found.maximum_error).fold(0.0, f64::max);
        println!(
            "{with:<15}  {against:<18}  {:>7.3}  {:>8.3}  {:>5.2}  {error:>13.2e}  {:>14.2e}  {above} of {}\n    {}",
            mean(pearson),
            mean(of(|found| found.spearman)),
            mean(of(|found| found.slope)),
            self.largest,
            self.found.len(),
            each.join(" ")
        );
    }
}

/// The most influential examples on a test image by the smooth hinge at some weights.
struct Predicted {
    examples: Vec<usize>,
    /// The predicted change of the test loss, for each of them.
    changes: Vec<f64>,
    /// The predicted change of the weights, for each of them.
    steps: Block,
}

impl Predicted {
    /// For each of some test images.
    fn of(
        context: &Workers,
        train: &Samples,
        test: &Samples,
        images: &[usize],
        t: f64,
        weights: &[f64],
    ) -> Result<Vec<Self>> {
        let settings = NetworkSettings {
            features: vec![train.features.row_width()],
            outputs: 1,
            layers: Vec::new(),
            loss: NetworkLoss::Hinge { smoothing: t },
            l2: L2,
            intercept: false,
            objective: Convention::Mean,
            target_scale: None,
        };
        let inputs: Arc<Inputs<f64>> = Arc::new(settings.inputs(train)?);
        let count = inputs.count() as f64;
        let parameters = vec![Array::new(&[1, weights.len()], weights.to_vec())?];
        let objective = Arc::new(settings.objective()?);
        let derivatives = Derivatives::new(context, objective, parameters, inputs, None, None, 1 << 30)?;
        // The hinge's weights are no minimum of a smooth one, which the Hessian would be refused for. The curvature of a linear
        // model with a convex loss is the same either way.
        let options =
            Options { curvature: Some(Curvature::GaussNewton), solver: Some(Solver::Direct), ..Options::default() };
        let scalars = CompiledFunctional::new(&settings.functional(NetworkFunctional::Loss)?, derivatives.layout())?;
        let start = Instant::now();
        let mut influence = Influence::fit(derivatives, &options)?;
        let answer = influence.solve_queries(&scalars, settings.inputs::<f64>(&test.select(images)?)?)?;
        let scores = influence.scores(&answer)?;
        eprintln!("  influence at t = {t}: {:.1} s", start.elapsed().as_secs_f64());
        let mut found = Vec::new();
        for query in 0..images.len() {
            let row = scores.row(query);
            let mut examples: Vec<usize> = (0..row.len()).collect();
            examples.sort_by(|a, b| row[*b].abs().total_cmp(&row[*a].abs()).then(a.cmp(b)));
            examples.truncate(REMOVED);
            let changes = examples.iter().map(|example| row[*example]).collect();
            let gradients = influence.evaluator().gradients_of(&examples)?;
            let mut steps = influence.inverse(&gradients)?.x;
            steps.values_mut().iter_mut().for_each(|x| *x /= count);
            found.push(Self { examples, changes, steps });
        }
        Ok(found)
    }
}

/// The images of ones and sevens.
fn ones_and_sevens(folder: &Path, kind: &str) -> Result<Samples> {
    let file = |what: &str| -> PathBuf { folder.join(format!("{kind}-{what}-ubyte.gz")) };
    let images = Samples::read_idx(&file("images-idx3"), Some(&file("labels-idx1")), Pixels::Unit)?;
    let Targets::Classes { labels, .. } = &images.targets else {
        return Err(Error::argument("the targets", "no classes", "digits"));
    };
    let places: Vec<usize> = (0..images.len()).filter(|place| [1, 7].contains(&labels[*place])).collect();
    let mut chosen = images.select(&places)?;
    let labels = places.iter().map(|place| u32::from(labels[*place] == 7)).collect();
    chosen.targets = Targets::Classes { labels, names: vec!["1".into(), "7".into()] };
    Ok(chosen)
}

/// Images times their signs, without the black pixels.
struct Rows {
    starts: Vec<usize>,
    places: Vec<usize>,
    values: Vec<f64>,
    width: usize,
}

impl Rows {
    fn new(images: &Samples) -> Self {
        let width = images.features.row_width();
        let mut rows = Self { starts: vec![0], places: Vec::new(), values: Vec::new(), width };
        let labels = if let Targets::Classes { labels, .. } = &images.targets { &labels[..] } else { &[] };
        for (row, label) in labels.iter().enumerate() {
            let sign = if *label == 1 { 1.0 } else { -1.0 };
            for (place, value) in images.features.row(row).iter().enumerate().filter(|(_, value)| **value != 0.0) {
                rows.places.push(place);
                rows.values.push(sign * value);
            }
            rows.starts.push(rows.places.len());
        }
        rows
    }

    fn len(&self) -> usize {
        self.starts.len() - 1
    }

    fn of(&self, row: usize) -> impl Iterator<Item = (usize, f64)> {
        let range = self.starts[row]..self.starts[row + 1];
        self.places[range.clone()].iter().copied().zip(self.values[range].iter().copied())
    }

    /// y wᵀx.
    fn margin(&self, row: usize, weights: &[f64]) -> f64 {
        self.of(row).map(|(place, value)| value * weights[place]).sum()
    }

    /// w += factor · y x.
    fn add(&self, row: usize, factor: f64, weights: &mut [f64]) {
        self.of(row).for_each(|(place, value)| weights[place] += factor * value);
    }
}

/// The hinge in its dual form: w = Σ αᵢ yᵢ xᵢ with 0 ≤ αᵢ ≤ 1/(λn) minimizes ½|w|² − Σ αᵢ. Where αᵢ is at its upper end the
/// margin is at most one, where it is zero at least one, and in between exactly one.
#[derive(Clone)]
struct Machine<'r> {
    rows: &'r Rows,
    bound: f64,
    multipliers: Vec<f64>,
    weights: Vec<f64>,
}

impl<'r> Machine<'r> {
    fn new(rows: &'r Rows) -> Self {
        Self { rows, bound: 1.0, multipliers: vec![0.0; rows.len()], weights: vec![0.0; rows.width] }
    }

    fn is_free(&self, multiplier: f64) -> bool {
        multiplier > 0.0 && multiplier < self.bound
    }

    /// Trains from where it stands, without one example if asked to: the rounds it took, and by how much a margin is on
    /// the wrong side of one at the end.
    fn train(&mut self, without: Option<usize>) -> Result<(usize, f64)> {
        const ROUNDS: usize = 2_000;
        const SWEEPS: usize = 20;
        const ENOUGH: f64 = 1e-9;
        let count = self.rows.len() - usize::from(without.is_some());
        let bound = 1.0 / (L2 * count as f64);
        for multiplier in &mut self.multipliers {
            // Those at their end stay there.
            *multiplier = if *multiplier >= self.bound { bound } else { multiplier.min(bound) };
        }
        self.bound = bound;
        if let Some(example) = without {
            self.multipliers[example] = 0.0;
        }
        self.add_up();
        let others: Vec<usize> = (0..self.rows.len()).filter(|row| Some(*row) != without).collect();
        let squares: Vec<f64> = (0..self.rows.len()).map(|row| self.rows.of(row).map(|(_, x)| x * x).sum()).collect();
        let mut violation = f64::INFINITY;
        for round in 0..ROUNDS {
            let margins: Vec<f64> = others.iter().map(|row| self.rows.margin(*row, &self.weights)).collect();
            let violated = |(row, margin): (&usize, &f64)| match self.multipliers[*row] {
                0.0 => 1.0 - margin,
                x if x >= bound => margin - 1.0,
                _ => (margin - 1.0).abs(),
            };
            violation = others.iter().zip(&margins).map(violated).fold(0.0, f64::max);
            if violation <= ENOUGH {
                return Ok((round, violation));
            }
            let works = |(row, margin): (&usize, &f64)| (self.multipliers[*row] > 0.0 || *margin < 1.0).then_some(*row);
            let working: Vec<usize> = others.iter().zip(&margins).filter_map(works).collect();
            // Each multiplier in turn to where it is best beside the others: finds who is at which end.
            for _ in 0..SWEEPS {
                for row in &working {
                    let short = 1.0 - self.rows.margin(*row, &self.weights);
                    let old = self.multipliers[*row];
                    let new = (old + short / squares[*row]).clamp(0.0, bound);
                    if new != old {
                        self.rows.add(*row, new - old, &mut self.weights);
                        self.multipliers[*row] = new;
                    }
                }
            }
            self.leap(&working)?;
        }
        let hint = "allow more rounds".into();
        Err(Error::Unsupported { what: format!("a margin off by {violation:e} after {ROUNDS} rounds"), hint })
    }

    /// w from the multipliers.
    fn add_up(&mut self) {
        self.weights.fill(0.0);
        for (row, multiplier) in self.multipliers.iter().enumerate().filter(|(_, multiplier)| **multiplier > 0.0) {
            self.rows.add(row, *multiplier, &mut self.weights);
        }
    }

    /// ½|w|² − Σ α.
    fn value(&self) -> f64 {
        0.5 * self.weights.iter().map(|w| w * w).sum::<f64>() - self.multipliers.iter().sum::<f64>()
    }

    /// All free multipliers at once to where their margins are one, as far as they may go.
    fn leap(&mut self, working: &[usize]) -> Result<()> {
        let free: Vec<usize> = working.iter().copied().filter(|row| self.is_free(self.multipliers[*row])).collect();
        if free.is_empty() || free.len() > self.rows.width {
            return Ok(());
        }
        let mut products = vec![0.0; free.len() * free.len()];
        let mut image = vec![0.0; self.rows.width];
        for (i, row) in free.iter().enumerate() {
            image.fill(0.0);
            self.rows.add(*row, 1.0, &mut image);
            for (j, other) in free[..=i].iter().enumerate() {
                let product = self.rows.margin(*other, &image);
                (products[i * free.len() + j], products[j * free.len() + i]) = (product, product);
            }
        }
        let short = free.iter().map(|row| 1.0 - self.rows.margin(*row, &self.weights)).collect();
        // Like images depend on each other; so little damping costs a round at most.
        let factor = Cholesky::new(Matrix::new(free.len(), products)?, 1e-9)?;
        let step = factor.solve(&Block::new(free.len(), 1, short)?)?;
        let (before, old) = (self.value(), self.multipliers.clone());
        let mut reach = 1.0f64;
        for (row, step) in free.iter().zip(step.values()) {
            let room = if *step > 0.0 { self.bound - old[*row] } else { old[*row] };
            reach = reach.min(if *step == 0.0 { 1.0 } else { room / step.abs() });
        }
        // All the way and back into the range if that is better than to the first end.
        for share in [1.0, reach] {
            for (row, step) in free.iter().zip(step.values()) {
                self.multipliers[*row] = (old[*row] + share * step).clamp(0.0, self.bound);
            }
            self.add_up();
            if self.value() <= before {
                break;
            }
        }
        Ok(())
    }
}

/// t ln(1 + exp((1 − m)/t)).
fn soft_hinge(margin: f64, t: f64) -> f64 {
    let x = (1.0 - margin) / t;
    t * (x.max(0.0) + (-x.abs()).exp().ln_1p())
}

/// The smooth hinge with its penalty over all rows, or all but one.
struct SmoothHinge<'r> {
    rows: &'r Rows,
    t: f64,
    without: Option<usize>,
    /// A point and the rows that have curvature there: most are far from the kink.
    known: (Vec<f64>, Vec<(usize, f64)>),
}

impl<'r> SmoothHinge<'r> {
    fn new(rows: &'r Rows, t: f64, without: Option<usize>) -> Self {
        Self { rows, t, without, known: Default::default() }
    }

    /// 1 / (1 + exp(−(1 − m)/t)): less the derivative by the margin.
    fn slope(&self, margin: f64) -> f64 {
        1.0 / (1.0 + ((margin - 1.0) / self.t).exp())
    }

    fn examples(&self) -> impl Iterator<Item = usize> {
        (0..self.rows.len()).filter(|row| Some(*row) != self.without)
    }

    fn count(&self) -> f64 {
        (self.rows.len() - usize::from(self.without.is_some())) as f64
    }
}

impl Smooth for SmoothHinge<'_> {
    fn dimension(&self) -> usize {
        self.rows.width
    }

    fn value_and_gradient(&mut self, point: &[f64], gradient: &mut [f64]) -> Result<f64> {
        gradient.iter_mut().zip(point).for_each(|(g, w)| *g = L2 * w);
        let mut sum = 0.0;
        for row in self.examples() {
            let margin = self.rows.margin(row, point);
            sum += soft_hinge(margin, self.t);
            let slope = self.slope(margin);
            if slope > 0.0 {
                self.rows.add(row, -slope / self.count(), gradient);
            }
        }
        Ok(sum / self.count() + 0.5 * L2 * point.iter().map(|w| w * w).sum::<f64>())
    }

    fn products(&mut self, point: &[f64], directions: &Block, products: &mut Block) -> Result<()> {
        if self.known.0 != point {
            let bend = |row: usize| {
                let slope = self.slope(self.rows.margin(row, point));
                (row, slope * (1.0 - slope) / (self.t * self.count()))
            };
            let bends = self.examples().map(bend).filter(|(_, bend)| *bend > 1e-18).collect();
            self.known = (point.to_vec(), bends);
        }
        products.values_mut().iter_mut().zip(directions.values()).for_each(|(out, x)| *out = L2 * x);
        for (row, bend) in &self.known.1 {
            for number in 0..directions.count() {
                let along = self.rows.margin(*row, directions.vector(number));
                self.rows.add(*row, bend * along, products.vector_mut(number));
            }
        }
        Ok(())
    }
}
