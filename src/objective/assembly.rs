//! The curvature matrix itself.
//!
//! Where the outputs are a matrix of chosen parameters times features that do not depend on them, and perhaps an intercept,
//! the matrix consists of blocks Σ wᵢ Sᵢ[a, b] φᵢ φᵢᵀ, one for each pair of outputs: that is generalized linear models, and the
//! last layer of any network. It costs one symmetric product for each pair instead of a product for each parameter.

use crate::autodiff::{Curvature, gradient, jvp_many};
use crate::engine::{Monitor, Program, Progress};
use crate::error::Result;
use crate::graph::NodeId;
use crate::solve::{self, Block, DenseMatrix};
use crate::tensor::{Array, Real};

use super::derivatives::Derivatives;
use super::linear::{Found, Linear, OutputCurvature};
use super::operator::CurvatureOperator;
use super::programs::{Draft, Point, run_once};

/// The most examples whose features are at hand at once.
const ROWS: usize = 2048;
/// The multiplications of one pair's product with them, so that a caller who wants to stop need not wait for long.
const PAIR_WORK: usize = 1 << 27;
/// The numbers that the examples' curvatures by the outputs may take at once.
const HESSIANS: usize = 1 << 18;
/// How many unit vectors are multiplied at once where there is no structure.
const TOGETHER: usize = 32;

/// One pair of outputs and the sum of its weighted products, lower triangle.
struct Pair {
    a: usize,
    b: usize,
    sum: Vec<f64>,
}

impl<T: Real> Derivatives<T> {
    /// A curvature matrix of R, assembled.
    ///
    /// # Errors
    /// As [`Derivatives::products`]; [`Error::Argument`](crate::Error::Argument) for more parameters than a matrix can have;
    /// [`Error::Canceled`](crate::Error::Canceled).
    pub fn matrix(&mut self, curvature: Curvature, monitor: &Monitor) -> Result<DenseMatrix> {
        match Linear::of(&self.objective, &self.layout) {
            Some(linear) => self.structured(&linear, curvature, monitor),
            None => solve::assemble(&mut CurvatureOperator::new(self, curvature), TOGETHER, monitor),
        }
    }

    /// The multiplications that [`Derivatives::matrix`] costs, about; none where it takes a product for each parameter.
    pub fn matrix_cost(&self) -> Option<f64> {
        let linear = Linear::of(&self.objective, &self.layout)?;
        let pairs = (linear.outputs * (linear.outputs + 1) / 2) as f64;
        Some(pairs * (linear.columns() as f64).powi(2) * self.inputs.count() as f64 / 2.0)
    }

    fn structured(&mut self, linear: &Linear, curvature: Curvature, monitor: &Monitor) -> Result<DenseMatrix> {
        let by_outputs = OutputCurvature::new(self, linear)?;
        let (c, d) = (linear.outputs, linear.columns());
        let pair = |(a, b)| Ok(Pair { a, b, sum: Array::try_zeros(&[d, d])?.into_values() });
        let both = (0..c).flat_map(|a| (0..=a).map(move |b| (a, b)));
        let mut pairs = both.map(pair).collect::<Result<Vec<Pair>>>()?;
        let examples: Vec<usize> = (0..self.inputs.count()).collect();
        for some in examples.chunks((PAIR_WORK / (d * d)).min(HESSIANS / (c * c)).clamp(1, ROWS)) {
            let Found { features, curvatures } = by_outputs.of(self, linear, curvature, some)?;
            self.workers.try_for_each(&mut pairs, |pair| {
                let mut scaled = Vec::with_capacity(features.len());
                for (row, curvature) in features.chunks_exact(d).zip(curvatures.chunks_exact(c * c)) {
                    let factor = curvature[pair.a * c + pair.b];
                    scaled.extend(row.iter().map(|x| factor * x));
                }
                solve::add_outer_products(&mut pair.sum, &scaled, &features);
            })?;
            let done = some.last().map_or(0, |last| last + 1);
            monitor.report(&Progress::new(c"assembling", done as u64, Some(examples.len() as u64)))?;
        }
        let mut matrix = self.penalty_matrix()?;
        let p = self.dimension();
        let start = |number: usize| self.layout.start(number);
        let at = |output: usize, column: usize| match linear.intercept {
            Some((intercept, first)) if column == linear.width => {
                output.checked_sub(first).map(|output| start(intercept) + output)
            }
            _ => Some(start(linear.weights) + output * linear.width + column),
        };
        for Pair { a, b, sum, .. } in &pairs {
            for i in 0..d {
                for j in 0..d {
                    // Each block is symmetric; its lower triangle was summed, column after column.
                    let value = sum[i.min(j) * d + i.max(j)] / self.total_weight;
                    let (Some(row), Some(column)) = (at(*a, i), at(*b, j)) else { continue };
                    matrix[row * p + column] += value;
                    if a != b {
                        matrix[column * p + row] += value;
                    }
                }
            }
        }
        DenseMatrix::new(p, matrix)
    }

    /// The second derivative of the penalty as it counts in R, p × p numbers.
    fn penalty_matrix(&self) -> Result<Vec<f64>> {
        let p = self.dimension();
        let mut matrix = Array::try_zeros(&[p, p])?.into_values();
        let Some(penalty) = self.objective.penalty else { return Ok(matrix) };
        let mut first = 0;
        while first < p {
            let count = TOGETHER.min(p - first);
            let mut draft = Draft::new(&self.objective, &self.layout, count)?;
            let each = draft.graph.broadcast_batch(penalty)?;
            let slopes = gradient(&mut draft.graph, each, &draft.parameters)?;
            let tangents = draft.tangents();
            let hessians = jvp_many(&mut draft.graph, &slopes, &tangents, count)?;
            let known: Vec<(usize, NodeId)> =
                hessians.into_iter().enumerate().filter_map(|(number, row)| Some((number, row?))).collect();
            if known.is_empty() {
                return Ok(matrix);
            }
            let nodes: Vec<NodeId> = known.iter().map(|(_, node)| *node).collect();
            let program = Program::compile(&draft.graph, &nodes, &[])?;
            let mut units = Block::zeros(p, count);
            (0..count).for_each(|place| units.vector_mut(place)[first + place] = 1.0);
            let mut parts = Vec::new();
            self.layout.split(&units, 0, count, &mut parts);
            let one = self.inputs.select(&[0])?;
            let point = Point { parameters: &self.parameters, inputs: &one, weights: &[T::ONE], shares: &[] };
            let execution = run_once(&self.workers, program, point, self.objective.graph.inputs().len(), &parts)?;
            let mut rows = Block::zeros(p, count);
            for (output, (number, _)) in known.iter().enumerate() {
                self.layout.join(*number, execution.shared(output), &mut rows, (0, count), self.penalty_factor());
            }
            matrix[first * p..(first + count) * p].copy_from_slice(rows.values());
            first += count;
        }
        Ok(matrix)
    }
}
