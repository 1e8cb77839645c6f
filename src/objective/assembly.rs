//! The curvature matrix itself.
//!
//! Where the outputs are a matrix of chosen parameters times features that do not depend on them, and perhaps an intercept,
//! the matrix consists of blocks Σ wᵢ Sᵢ[a, b] φᵢ φᵢᵀ, one for each pair of outputs: that is generalized linear models, and the
//! last layer of any network. It costs one symmetric product for each pair instead of a product for each parameter.

use crate::autodiff::{Curvature, gradient, jvp_many};
use crate::engine::{Monitor, Program, Progress};
use crate::error::Result;
use crate::graph::{NodeId, Op};
use crate::objective::Objective;
use crate::solve::{self, Block, DenseMatrix};
use crate::tensor::Real;

use super::derivatives::Derivatives;
use super::jacobians::{OutputDerivatives, output_derivatives, units_of};
use super::layout::Layout;
use super::operator::CurvatureOperator;
use super::programs::{Draft, Point, run_once};

/// The most examples whose features are at hand at once.
const ROWS: usize = 2048;
/// The multiplications of one pair's product with them, so that a caller who wants to stop need not wait for long.
const PAIR_WORK: usize = 1 << 27;
/// The numbers that the examples' curvatures by the outputs may take at once.
const HESSIANS: usize = 1 << 21;
/// How many unit vectors are multiplied at once where there is no structure.
const TOGETHER: usize = 32;

/// Outputs that are a matrix times features.
struct Linear {
    /// The features: a per-example value `[d]`.
    features: NodeId,
    /// Which of the chosen parameters is the matrix, `[c, d]`.
    weights: usize,
    /// Which of them is the intercept, and for which outputs from this one on: the others have none.
    intercept: Option<(usize, usize)>,
    outputs: usize,
    width: usize,
}

impl Linear {
    /// The structure, where the objective has it.
    fn of(objective: &Objective, layout: &Layout) -> Option<Self> {
        let graph = &objective.graph;
        let outputs = objective.outputs?;
        let chosen: Vec<NodeId> = layout.slots().iter().map(|slot| graph.parameters()[*slot]).collect();
        let bare = |id: NodeId| if let Op::BroadcastBatch = graph.op(id) { graph.arguments(id)[0] } else { id };
        let place = |id: NodeId| chosen.iter().position(|parameter| *parameter == bare(id));
        let padded = |id: NodeId| match graph.op(bare(id)) {
            Op::Pad { axis: 0, start, size } => {
                let free = graph.arguments(bare(id))[0];
                (start + graph.shape(free).len() == *size).then(|| place(free)).flatten().map(|free| (free, *start))
            }
            _ => place(id).map(|intercept| (intercept, 0)),
        };
        let (product, intercept) = match (graph.op(outputs), graph.arguments(outputs)) {
            (Op::Add, &[a, b]) => match (padded(a), padded(b)) {
                (None, Some(intercept)) => (a, Some(intercept)),
                (Some(intercept), None) => (b, Some(intercept)),
                _ => return None,
            },
            _ => (outputs, None),
        };
        let Op::Einsum(contraction) = graph.op(product) else { return None };
        let &[left, right] = graph.arguments(product) else { return None };
        let (weights, features, letters, other) = match (place(left), place(right)) {
            (Some(weights), None) => (weights, right, &contraction.left, &contraction.right),
            (None, Some(weights)) => (weights, left, &contraction.right, &contraction.left),
            _ => return None,
        };
        let form = letters.len() == 2 && *contraction.out == letters[..1] && *other == letters[1..];
        let all = 1 + usize::from(intercept.is_some()) == chosen.len();
        if !form || !all || contraction.over_batch || !graph.is_per_example(features) {
            return None;
        }
        // The outputs must be the only way from the chosen parameters to the loss.
        let mut depends = vec![false; graph.len()];
        for id in graph.ids() {
            let through = id != outputs && graph.arguments(id).iter().any(|a| depends[a.index()]);
            depends[id.index()] = through || chosen.contains(&id);
        }
        if depends[objective.loss.index()] || depends[features.index()] {
            return None;
        }
        let &[outputs, width] = graph.shape(bare(chosen[weights])).sizes() else { return None };
        Some(Self { features, weights, intercept, outputs, width })
    }

    /// The features with a one for the intercept.
    fn columns(&self) -> usize {
        self.width + usize::from(self.intercept.is_some())
    }
}

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

    /// The multiplications that [`Derivatives::matrix`] costs, about, when one product costs `product`.
    pub fn matrix_cost(&self, product: f64) -> f64 {
        match Linear::of(&self.objective, &self.layout) {
            Some(linear) => {
                let pairs = (linear.outputs * (linear.outputs + 1) / 2) as f64;
                pairs * (linear.columns() as f64).powi(2) * self.inputs.count() as f64 / 2.0
            }
            None => product * self.dimension() as f64,
        }
    }

    fn structured(&mut self, linear: &Linear, curvature: Curvature, monitor: &Monitor) -> Result<DenseMatrix> {
        let mut draft = Draft::new(&self.objective, &self.layout, 1)?;
        let outputs = self.objective.outputs.unwrap_or(self.objective.loss);
        let OutputDerivatives { gradient, hessian, .. } =
            output_derivatives(&mut draft.graph, self.objective.loss, outputs)?;
        let program = Program::compile(&draft.graph, &[linear.features, gradient, hessian], &[])?;
        let (c, d) = (linear.outputs, linear.columns());
        let mut shared: Vec<Vec<T>> = vec![Vec::new(); self.layout.slots().len()];
        shared.push(units_of(c));
        let pair = |a: usize, b: usize| Pair { a, b, sum: vec![0.0; d * d] };
        let mut pairs: Vec<Pair> = (0..c).flat_map(|a| (0..=a).map(move |b| (a, b))).map(|(a, b)| pair(a, b)).collect();
        let examples: Vec<usize> = (0..self.inputs.count()).collect();
        for some in examples.chunks((PAIR_WORK / (d * d)).min(HESSIANS / (c * c)).clamp(1, ROWS)) {
            let inputs = self.inputs.select(some)?;
            let point = Point { parameters: &self.parameters, inputs: &inputs, weights: &self.weights };
            let slots = self.objective.graph.inputs().len();
            let execution = run_once(&self.workers, program.clone(), point, slots, &shared)?;
            let mut features = Vec::with_capacity(some.len() * d);
            let mut hessians = Vec::with_capacity(some.len() * c * c);
            for (place, example) in some.iter().enumerate() {
                let weight = self.weights[*example].to_f64();
                features.extend(execution.example(0, place).iter().map(|x| x.to_f64()));
                if linear.intercept.is_some() {
                    features.push(1.0);
                }
                match curvature {
                    Curvature::Fisher => {
                        let gradient = execution.example(1, place);
                        let product = |at: usize| gradient[at / c].to_f64() * gradient[at % c].to_f64();
                        hessians.extend((0..c * c).map(|at| weight * product(at)));
                    }
                    _ => hessians.extend(execution.example(2, place).iter().map(|x| weight * x.to_f64())),
                }
            }
            self.workers.try_for_each(&mut pairs, |pair| {
                let mut scaled = Vec::with_capacity(features.len());
                for (row, hessian) in features.chunks_exact(d).zip(hessians.chunks_exact(c * c)) {
                    let factor = hessian[pair.a * c + pair.b];
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

    /// The second derivative of the penalty, p × p numbers.
    fn penalty_matrix(&self) -> Result<Vec<f64>> {
        let p = self.dimension();
        let mut matrix = vec![0.0; p * p];
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
            let point = Point { parameters: &self.parameters, inputs: &one, weights: &[T::ONE] };
            let execution = run_once(&self.workers, program, point, self.objective.graph.inputs().len(), &parts)?;
            let mut rows = Block::zeros(p, count);
            for (output, (number, _)) in known.iter().enumerate() {
                self.layout.join(*number, execution.shared(output), &mut rows, (0, count), 1.0);
            }
            matrix[first * p..(first + count) * p].copy_from_slice(rows.values());
            first += count;
        }
        Ok(matrix)
    }
}
