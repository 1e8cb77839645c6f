//! An approximate inverse of the curvature where the outputs are linear: one block for each output, from a sample of the
//! examples.
//!
//! The matrix has blocks Σ wᵢ Sᵢ[a, b] φᵢ φᵢᵀ. Those with a = b are factored and those between outputs are left out. For
//! losses that do not change when the same number is added to every output, as those of a softmax, that would be a poor
//! approximation: along directions that change all outputs alike the loss has no curvature at all, which only the blocks
//! left out say. There the penalty's curvature alone is taken, which is exact, and the blocks see what is left of a vector
//! without its mean over the outputs.

use std::sync::Arc;

use crate::autodiff::{Curvature, gradient, jvp_many};
use crate::engine::Program;
use crate::error::Result;
use crate::solve::{self, Block, Cholesky, DenseMatrix, Preconditioner};
use crate::tensor::random::{Purpose, Stream};
use crate::tensor::{Array, Real};

use super::derivatives::Derivatives;
use super::linear::{Found, Linear, OutputCurvature};
use super::programs::{Draft, Point, run_once};

/// Examples in the sample for each column of the features: what a block misses of the curvature then is a factor that
/// conjugate gradients make up for in some steps.
const EXAMPLES_A_COLUMN: usize = 4;
/// The fewest examples that are worth a choice.
const FEWEST: usize = 1000;
/// The most examples whose features are at hand at once.
const ROWS: usize = 1024;
/// The numbers that the examples' curvatures by the outputs may take at once.
const HESSIANS: usize = 1 << 18;

/// What [`Derivatives::blocks`] would cost.
#[derive(Clone, Copy, Debug)]
pub struct BlocksCost {
    /// The columns of a block, the intercept among them.
    pub columns: usize,
    /// The multiplications of making them.
    pub making: f64,
    /// The multiplications of applying them to one vector.
    pub applying: f64,
    /// The bytes they hold.
    pub bytes: usize,
}

/// One block for each output, factored.
#[derive(Debug)]
struct Blocks {
    dimension: usize,
    factors: Vec<Cholesky>,
    /// For each output, where its numbers lie: its row of the matrix, and its intercept.
    places: Vec<(usize, Option<usize>)>,
    width: usize,
    /// The curvature along directions that change a column of all outputs alike, where the loss has none there.
    alike: Option<Vec<f64>>,
}

impl<T: Real> Derivatives<T> {
    /// An approximate inverse of a curvature matrix of R with damping; none where the outputs are not linear in the
    /// parameters, or a block has directions without positive curvature.
    ///
    /// # Errors
    /// What running the graph reports; [`Error::Canceled`](crate::Error::Canceled).
    pub fn blocks(&self, curvature: Curvature, damping: f64) -> Result<Option<Arc<dyn Preconditioner>>> {
        let Some(linear) = Linear::of(&self.objective, &self.layout) else { return Ok(None) };
        let (c, d) = (linear.outputs, linear.columns());
        let by_outputs = OutputCurvature::new(self, &linear)?;
        let sample = self.sample(blocks_sample(d), 0);
        let sum = |output| Ok((output, Array::try_zeros(&[d, d])?.into_values()));
        let mut sums = (0..c).map(sum).collect::<Result<Vec<(usize, Vec<f64>)>>>()?;
        let rounding = T::PRECISION.choose(f64::from(f32::EPSILON), f64::EPSILON);
        let (mut largest, mut shift, mut total) = (0.0_f64, 0.0_f64, 0.0);
        for some in sample.chunks((HESSIANS / (c * c)).clamp(1, ROWS)) {
            let Found { features, curvatures } = by_outputs.of(self, &linear, curvature, some)?;
            total += some.iter().map(|example| self.weights[*example].to_f64()).sum::<f64>();
            largest = largest.max(solve::max_norm(&curvatures));
            shift = curvatures.chunks_exact(c).map(|row| row.iter().sum::<f64>().abs()).fold(shift, f64::max);
            self.workers.try_for_each(&mut sums, |(output, sum)| {
                let mut scaled = Vec::with_capacity(features.len());
                for (row, curvature) in features.chunks_exact(d).zip(curvatures.chunks_exact(c * c)) {
                    let factor = curvature[*output * (c + 1)];
                    scaled.extend(row.iter().map(|x| factor * x));
                }
                solve::add_outer_products(sum, &scaled, &features);
            })?;
        }
        let penalty = self.penalty_diagonal()?;
        let start = |number: usize| self.layout.start(number);
        let place = |output: usize| {
            let intercept = linear.intercept.and_then(|(slot, first)| Some(start(slot) + output.checked_sub(first)?));
            (start(linear.weights) + output * linear.width, intercept)
        };
        let places: Vec<_> = (0..c).map(place).collect();
        let own = |at: usize| penalty[at].max(0.0);
        let mut blocks: Vec<(usize, Vec<f64>, Option<Cholesky>)> =
            sums.into_iter().map(|(output, sum)| (output, sum, None)).collect();
        self.workers.try_for_each(&mut blocks, |(output, sum, factor)| {
            let (row, intercept) = places[*output];
            let size = linear.width + usize::from(intercept.is_some());
            // The lower triangle was summed, column after column.
            let value = |i: usize, j: usize| sum[i.min(j) * d + i.max(j)] / total;
            let mut values: Vec<f64> = (0..size * size).map(|at| value(at / size, at % size)).collect();
            for at in 0..size {
                let own = if at < linear.width { own(row + at) } else { intercept.map_or(0.0, own) };
                values[at * (size + 1)] += own;
            }
            *factor = DenseMatrix::new(size, values).and_then(|matrix| Cholesky::new(matrix, damping)).ok();
        })?;
        let factors: Option<Vec<Cholesky>> = blocks.into_iter().map(|(_, _, factor)| factor).collect();
        let Some(factors) = factors else { return Ok(None) };
        // Of an example that is classified with certainty only rounding is left: it is that of the others' sizes.
        let cancels = c > 1 && shift <= 64.0 * c as f64 * rounding * largest;
        let alike = cancels.then(|| {
            let mean =
                |column: usize| places.iter().map(|(row, _)| own(row + column)).sum::<f64>() / c as f64 + damping;
            // Without a penalty nothing moves there, and any number will do.
            (0..linear.width).map(mean).map(|mean| if mean > 0.0 { mean } else { 1.0 }).collect()
        });
        let (dimension, width) = (self.dimension(), linear.width);
        Ok(Some(Arc::new(Blocks { dimension, factors, places, width, alike })))
    }

    /// What [`Derivatives::blocks`] would cost; none where there are none.
    pub fn blocks_cost(&self) -> Option<BlocksCost> {
        let linear = Linear::of(&self.objective, &self.layout)?;
        let (c, d) = (linear.outputs as f64, linear.columns() as f64);
        let sample = blocks_sample(linear.columns()).min(self.inputs.count()) as f64;
        Some(BlocksCost {
            columns: linear.columns(),
            making: c * d * d * (sample / 2.0 + d / 6.0) + sample * c * c,
            applying: c * d * d,
            bytes: linear
                .outputs
                .saturating_mul(linear.columns().saturating_pow(2))
                .saturating_mul(2 * size_of::<f64>()),
        })
    }

    /// Some examples that count, in order; all of them where there are no more. `draw` numbers the samples.
    pub fn sample(&self, count: usize, draw: u64) -> Vec<usize> {
        let mut all: Vec<usize> = (0..self.inputs.count()).filter(|at| self.weights[*at] > T::ZERO).collect();
        if all.len() > count {
            let mut stream = Stream::new(0, Purpose::Data, draw, 0);
            for at in 0..count {
                let left = u32::try_from(all.len() - at).unwrap_or(u32::MAX);
                all.swap(at, at + stream.below(left) as usize);
            }
            all.truncate(count);
            all.sort_unstable();
        }
        all
    }

    /// The row sums of the second derivative of the penalty as it counts in R: its diagonal, where it takes parameters one by one.
    fn penalty_diagonal(&self) -> Result<Vec<f64>> {
        let mut found = Block::zeros(self.dimension(), 1);
        let Some(penalty) = self.objective.penalty else { return Ok(found.values().to_vec()) };
        let mut draft = Draft::new(&self.objective, &self.layout, 1)?;
        let each = draft.graph.broadcast_batch(penalty)?;
        let slopes = gradient(&mut draft.graph, each, &draft.parameters)?;
        let tangents = draft.tangents();
        let (mut numbers, mut nodes) = (Vec::new(), Vec::new());
        for (number, bend) in jvp_many(&mut draft.graph, &slopes, &tangents, 1)?.into_iter().enumerate() {
            if let Some(bend) = bend {
                numbers.push(number);
                nodes.push(bend);
            }
        }
        if nodes.is_empty() {
            return Ok(found.values().to_vec());
        }
        let program = Program::compile(&draft.graph, &nodes, &[])?;
        let ones = Block::new(self.dimension(), 1, vec![1.0; self.dimension()])?;
        let mut parts = Vec::new();
        self.layout.split(&ones, 0, 1, &mut parts);
        let one = self.inputs.select(&[0])?;
        let point = Point { parameters: &self.parameters, inputs: &one, weights: &[T::ONE], shares: &[] };
        let execution = run_once(&self.workers, program, point, self.objective.graph.inputs().len(), &parts)?;
        for (output, number) in numbers.into_iter().enumerate() {
            self.layout.join(number, execution.shared(output), &mut found, (0, 1), self.penalty_factor());
        }
        Ok(found.values().to_vec())
    }
}

fn blocks_sample(columns: usize) -> usize {
    columns.saturating_mul(EXAMPLES_A_COLUMN).max(FEWEST)
}

impl Preconditioner for Blocks {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn apply(&self, vectors: &Block, out: &mut Block) {
        let (count, outputs) = (vectors.count(), self.factors.len());
        let mut means = vec![0.0; self.width * count];
        if self.alike.is_some() {
            for (vector, mean) in vectors.vectors().zip(means.chunks_exact_mut(self.width.max(1))) {
                for (row, _) in &self.places {
                    solve::add(1.0 / outputs as f64, &vector[*row..row + self.width], mean);
                }
            }
        }
        let mut sums = vec![0.0; self.width * count];
        for (factor, (row, intercept)) in self.factors.iter().zip(&self.places) {
            let mut part = Block::zeros(factor.dimension(), count);
            for number in 0..count {
                let (vector, part) = (vectors.vector(number), part.vector_mut(number));
                let mean = &means[number * self.width..(number + 1) * self.width];
                for (at, part) in part[..self.width].iter_mut().enumerate() {
                    *part = vector[row + at] - mean[at];
                }
                if let Some(intercept) = intercept {
                    part[self.width] = vector[*intercept];
                }
            }
            let mut solved = Block::zeros(factor.dimension(), count);
            Preconditioner::apply(factor, &part, &mut solved);
            for number in 0..count {
                let (solved, out) = (solved.vector(number), out.vector_mut(number));
                out[*row..row + self.width].copy_from_slice(&solved[..self.width]);
                if let Some(intercept) = intercept {
                    out[*intercept] = solved[self.width];
                }
                let sum = &mut sums[number * self.width..(number + 1) * self.width];
                solve::add(1.0 / outputs as f64, &solved[..self.width], sum);
            }
        }
        let Some(alike) = &self.alike else { return };
        for number in 0..count {
            let out = out.vector_mut(number);
            let (mean, sum) = (&means[number * self.width..], &sums[number * self.width..]);
            for (row, _) in &self.places {
                for at in 0..self.width {
                    out[row + at] += mean[at] / alike[at] - sum[at];
                }
            }
        }
    }
}
