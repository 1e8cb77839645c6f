//! Diagnostics of the objective at the model, and solving with its curvature.

use std::sync::Arc;

use crate::engine::{Monitor, Workers};
use crate::error::{Error, Result};
use crate::objective::{Curvature, CurvatureOperator, Evaluate};
use crate::solve::{
    self, Block, Certificate, Cholesky, LowRank, Monitored, Operator, Plan, Preconditioning, Products, Solution,
    Solver, Spectrum,
};
use crate::tensor::Precision;

use super::options::Options;
use super::plan::{self, Outlook};
use super::point::Point;

/// The lowest share of the highest eigenvalue below which a Gauss-Newton matrix's lowest is taken for rounding.
const ROUNDING: f64 = 1e-10;
/// How many vectors of a block a low-rank inverse is checked with.
const CHECKED: usize = 8;

/// What fitting found of the objective at the model, which decides what scores are worth.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Diagnostics {
    /// n: the number of examples.
    pub examples: usize,
    /// p: the number of parameters that may move.
    pub parameters: usize,
    /// The curvature that is used.
    pub curvature: Curvature,
    /// δ.
    pub damping: f64,
    /// The objective's value R(θ).
    #[serde(rename = "objective")]
    pub value: f64,
    /// The relative gradient.
    pub gradient_norm: f64,
    /// The Euclidean length of its gradient.
    pub gradient_length: f64,
    /// Whether the model counts as being at a minimum: the relative gradient is within [`Options::gradient_tolerance`].
    pub at_minimum: bool,
    /// The ends of the curvature's spectrum, without damping.
    #[serde(flatten)]
    pub spectrum: Spectrum,
    /// The solvers there are for it, the one that suits best first, with the reason.
    #[serde(skip)]
    pub plan: Plan,
    /// The solver that is used, in words: the plan's first, or the one given in the options.
    pub solver: String,
    /// The products that were spent before any query.
    #[serde(skip)]
    pub preparing: Products,
}

/// An objective at its minimum and its curvature, prepared for solves.
#[derive(Debug)]
pub struct Influence {
    pub(super) evaluator: Box<dyn Evaluate>,
    pub(super) options: Options,
    pub(super) diagnostics: Diagnostics,
    prepared: Prepared,
    /// The sizes that the gradient is measured by, coordinate by coordinate.
    pub(super) scale: Vec<f64>,
    /// The ends of the spectrum where every parameter has the same curvature of its own, once they were needed.
    pub(super) scaled_ends: Option<(f64, f64)>,
    /// The worst relative residual of any solve since fitting, and what to do about those that did not converge.
    worst: f64,
    hint: Option<String>,
}

/// What is made once for all solves.
#[derive(Debug)]
enum Prepared {
    Cholesky(Box<Cholesky>),
    /// Eigenvectors and eigenvalues, some of them.
    LowRank(LowRank),
    /// Nothing but a preconditioner, which is in the solver.
    Iterative(Solver),
}

impl Influence {
    /// Diagnoses the objective at the evaluator's point and prepares to solve with its curvature.
    ///
    /// # Errors
    /// [`Error::NotStationary`] when the Hessian is asked for away from a minimum; [`Error::Indefinite`] when the curvature
    /// has negative eigenvalues that damping does not cover and the solver needs none; [`Error::Singular`] when the
    /// direct solver meets directions without curvature, which iterative ones do not see; [`Error::NotFinite`] when the
    /// objective is not finite; [`Error::Argument`] for options that make no sense; [`Error::Canceled`].
    pub fn fit(evaluator: impl Into<Box<dyn Evaluate>>, options: &Options) -> Result<Self> {
        let mut evaluator = evaluator.into();
        let Point { value, gradient_norm, gradient_length, at_minimum, scale, curvature, damping } =
            Point::of(&mut *evaluator, options)?;
        let options = &Options { damping: Some(damping), ..options.clone() };
        let (dimension, examples) = (evaluator.dimension(), evaluator.examples());
        let mut outlook = Outlook::new(&mut *evaluator, options, curvature)?;
        let plan = outlook.plan(options);
        let chosen = options.solver.clone().unwrap_or_else(|| plan.chosen().solver.clone());
        let solver = chosen.describe();
        let (prepared, spectrum, preparing) = prepare(&mut *evaluator, curvature, chosen, &mut outlook, options)?;
        let needs_positive = !matches!(prepared, Prepared::Iterative(Solver::MinimalResidual));
        if needs_positive && spectrum.lowest + options.delta() < -ROUNDING * spectrum.highest.abs() {
            return Err(solve::indefinite(spectrum.lowest, options.delta()));
        }
        let diagnostics = Diagnostics {
            examples,
            parameters: dimension,
            curvature,
            damping,
            value,
            gradient_norm,
            gradient_length,
            at_minimum,
            spectrum,
            plan,
            solver,
            preparing,
        };
        Ok(Self {
            evaluator,
            options: options.clone(),
            diagnostics,
            prepared,
            scale,
            scaled_ends: None,
            worst: 0.0,
            hint: None,
        })
    }

    /// What fitting found.
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// The objective at the model.
    pub fn evaluator(&self) -> &dyn Evaluate {
        &*self.evaluator
    }

    /// The worst relative residual of any solve since fitting: for queries, leave-one-out, self-influence or changes.
    pub fn worst_residual(&self) -> f64 {
        self.worst
    }

    /// What to do about solves since fitting that did not reach their tolerance; none when all did. Where there is
    /// something, what was computed from those solves is a part of the answer only.
    pub fn unconverged(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    pub(super) fn record(&mut self, certificate: &Certificate) {
        self.worst = certificate.relative_residuals.iter().fold(self.worst, |worst, residual| worst.max(*residual));
        if !certificate.all_converged() {
            self.record_hint(certificate.hint.clone().unwrap_or_else(|| "allow more steps".into()));
        }
    }

    pub(super) fn record_hint(&mut self, hint: String) {
        self.hint.get_or_insert(hint);
    }

    /// What [`Influence::worst_residual`] and [`Influence::unconverged`] say, to be put back after a solve that is no part
    /// of an answer.
    pub(super) fn worst_and_hint(&self) -> (f64, Option<String>) {
        (self.worst, self.hint.clone())
    }

    pub(super) fn set_worst_and_hint(&mut self, kept: (f64, Option<String>)) {
        (self.worst, self.hint) = kept;
    }

    /// Whether the curvature was factored, so that every further solve is cheap and exact but for rounding.
    pub fn is_factored(&self) -> bool {
        self.factor().is_some()
    }

    /// Takes other threads, or the same with another flag to stop by, for everything from now on.
    pub fn set_workers(&mut self, workers: &Workers) {
        self.evaluator.set_workers(workers);
    }

    /// Takes another monitor of solves and passes over the examples. What it cancels ends with [`Error::Canceled`] and can
    /// be repeated.
    pub fn set_monitor(&mut self, monitor: &Monitor) {
        self.options.monitor = monitor.clone();
    }

    /// The curvature times each vector, without damping.
    ///
    /// # Errors
    /// [`Error::Argument`] when vectors have not p numbers; what running the graph reports.
    pub fn products(&mut self, vectors: &Block) -> Result<Block> {
        let mut products = Block::zeros(vectors.dimension(), vectors.count());
        self.evaluator.products(self.diagnostics.curvature, vectors, &mut products)?;
        Ok(products)
    }

    /// Gives the evaluator back.
    pub fn into_evaluator(self) -> Box<dyn Evaluate> {
        self.evaluator
    }

    /// (H + δI)⁻¹ times each vector, with a certificate.
    ///
    /// A solve that does not converge is no error: its certificate says what was reached.
    ///
    /// # Errors
    /// [`Error::Argument`] when vectors have not p numbers; what products and solver report.
    pub fn inverse(&mut self, vectors: &Block) -> Result<Solution> {
        self.evaluator.workers().check()?;
        let damping = self.diagnostics.damping;
        let options = self.options.solving(self.evaluator.precision());
        let mut operator = CurvatureOperator::new(&mut *self.evaluator, self.diagnostics.curvature);
        let x = match &self.prepared {
            Prepared::Cholesky(factor) => factor.solve(vectors)?,
            Prepared::LowRank(low_rank) => low_rank.solve(damping, vectors)?,
            Prepared::Iterative(solver) => {
                let mut solution = solve::solve(&mut operator, damping, vectors, solver, &options)?;
                solution.certificate.spectrum.get_or_insert(self.diagnostics.spectrum);
                self.record(&solution.certificate);
                return Ok(solution);
            }
        };
        let certificate = certify(&mut operator, damping, vectors, &x, options.tolerance, self.diagnostics.spectrum)?;
        self.record(&certificate);
        Ok(Solution { x, certificate })
    }

    pub(super) fn factor(&self) -> Option<&Cholesky> {
        match &self.prepared {
            Prepared::Cholesky(factor) => Some(factor),
            _ => None,
        }
    }

    /// The solver for another matrix that is nearly this one, and whether that solves to rounding.
    pub(super) fn nearby(&self) -> (Solver, bool) {
        match &self.prepared {
            Prepared::Cholesky(factor) => {
                (Solver::ConjugateGradient(Preconditioning::Given(Arc::new(Cholesky::clone(factor)))), true)
            }
            Prepared::LowRank(_) => (Solver::ConjugateGradient(Preconditioning::None), false),
            Prepared::Iterative(solver) => (solver.clone(), false),
        }
    }

    /// vᵀ (H + δI)⁻¹ v of each vector.
    pub(super) fn quadratic_forms(&mut self, vectors: &Block) -> Result<Vec<f64>> {
        match &self.prepared {
            Prepared::Cholesky(factor) => factor.quadratic_forms(vectors),
            Prepared::LowRank(low_rank) => {
                let forms = low_rank.quadratic_forms(self.diagnostics.damping, vectors)?;
                // Some of them are checked: each check costs a product.
                let few = vectors.count().min(CHECKED);
                let sample =
                    Block::new(vectors.dimension(), few, vectors.values()[..few * vectors.dimension()].to_vec())?;
                self.inverse(&sample)?;
                Ok(forms)
            }
            Prepared::Iterative(_) => {
                let solved = self.inverse(vectors)?.x;
                Ok(vectors.vectors().zip(solved.vectors()).map(|(a, b)| solve::dot(a, b)).collect())
            }
        }
    }
}

/// What all solves share, the ends of the spectrum, and the products that they took.
fn prepare(
    evaluator: &mut dyn Evaluate,
    curvature: Curvature,
    solver: Solver,
    outlook: &mut Outlook,
    options: &Options,
) -> Result<(Prepared, Spectrum, Products)> {
    let (damping, seed) = (options.delta(), options.seed);
    let mut spent = Products::default();
    if let Solver::Direct = solver {
        let needed = solve::direct_bytes(evaluator.dimension());
        if needed > options.memory {
            let found = format!("direct, which needs {needed} bytes for {} parameters", evaluator.dimension());
            let expected = format!(
                "one within the memory of {} bytes: give it more (the option memory), or take cg or block-cg",
                options.memory
            );
            return Err(Error::argument("the solver", found, expected));
        }
        // What single precision rounds of a matrix the inverse makes larger by its condition.
        let matrix = match evaluator.precision() {
            Precision::F32 => {
                evaluator.in_f64(&evaluator.inputs(), &evaluator.weights(), 0)?.matrix(curvature, &options.monitor)?
            }
            Precision::F64 => evaluator.matrix(curvature, &options.monitor)?,
        };
        evaluator.workers().check()?;
        let factor = Cholesky::new(matrix, damping)?;
        let spectrum = factor.spectrum()?;
        spent.assembling = evaluator.dimension();
        return Ok((Prepared::Cholesky(Box::new(factor)), spectrum, spent));
    }
    let by_blocks = matches!(
        solver,
        Solver::ConjugateGradient(Preconditioning::Blocks) | Solver::BlockConjugateGradient(Preconditioning::Blocks)
    );
    let blocks = match outlook.blocks.take().filter(|_| by_blocks) {
        None if by_blocks => {
            let needed = evaluator.blocks_cost().ok_or_else(solve::no_blocks)?.bytes;
            if needed > options.memory {
                let found = format!("one with blocks, which need {needed} bytes");
                let expected = format!(
                    "one within the memory of {} bytes: give it more (the option memory), or take cg or block-cg without \
                     blocks",
                    options.memory
                );
                return Err(Error::argument("the solver", found, expected));
            }
            Some(evaluator.blocks(curvature, damping)?.ok_or_else(solve::no_blocks)?)
        }
        known => known,
    };
    let spectrum = match (outlook.spectrum, &blocks) {
        (Some(spectrum), _) => spectrum,
        (None, Some(blocks)) => {
            let operator = &mut CurvatureOperator::new(evaluator, curvature);
            let operator = &mut Monitored::new(operator, plan::PHASE, &options.monitor);
            solve::spectrum_near(operator, &**blocks, seed)?
        }
        (None, None) => plan::probe(evaluator, options, curvature)?,
    };
    let operator = &mut CurvatureOperator::new(evaluator, curvature);
    let operator = &mut Monitored::new(operator, c"low-rank approximation", &options.monitor);
    spent.probing = spectrum.products;
    let prepared = match solver {
        Solver::Lanczos { rank } => {
            spent.sketching = rank;
            Prepared::LowRank(LowRank::lanczos(operator, rank, seed)?)
        }
        Solver::Nystrom { rank } => {
            spent.sketching = rank;
            Prepared::LowRank(LowRank::nystrom(operator, rank, seed)?)
        }
        // One sketch serves every solve.
        Solver::ConjugateGradient(Preconditioning::Nystrom { rank }) => {
            spent.sketching = rank;
            Prepared::Iterative(Solver::ConjugateGradient(sketch(operator, rank, options)?))
        }
        Solver::BlockConjugateGradient(Preconditioning::Nystrom { rank }) => {
            spent.sketching = rank;
            Prepared::Iterative(Solver::BlockConjugateGradient(sketch(operator, rank, options)?))
        }
        Solver::ConjugateGradient(Preconditioning::Blocks) => {
            Prepared::Iterative(Solver::ConjugateGradient(blocks.map_or(Preconditioning::None, Preconditioning::Given)))
        }
        Solver::BlockConjugateGradient(Preconditioning::Blocks) => {
            let given = blocks.map_or(Preconditioning::None, Preconditioning::Given);
            Prepared::Iterative(Solver::BlockConjugateGradient(given))
        }
        solver => Prepared::Iterative(solver),
    };
    Ok((prepared, spectrum, spent))
}

fn sketch(operator: &mut dyn Operator, rank: usize, options: &Options) -> Result<Preconditioning> {
    let low_rank = LowRank::nystrom(operator, rank, options.seed)?;
    Ok(Preconditioning::Given(Arc::new(low_rank.preconditioner(options.delta())?)))
}

/// The certificate of a solution that a factor gave, from one more product a vector.
pub(super) fn certify(
    operator: &mut dyn Operator,
    damping: f64,
    right: &Block,
    x: &Block,
    tolerance: f64,
    spectrum: Spectrum,
) -> Result<Certificate> {
    let mut products = Block::zeros(right.dimension(), right.count());
    operator.apply(x, &mut products)?;
    let (mut residuals, mut relative_residuals) = (Vec::new(), Vec::new());
    for number in 0..right.count() {
        let (right, x, product) = (right.vector(number), x.vector(number), products.vector(number));
        let square: f64 = right.iter().zip(x).zip(product).map(|((b, x), ax)| (b - ax - damping * x).powi(2)).sum();
        let length = right.iter().map(|b| b * b).sum::<f64>().sqrt();
        residuals.push(square.sqrt());
        relative_residuals.push(if length > 0.0 { square.sqrt() / length } else { 0.0 });
    }
    let converged: Vec<bool> = relative_residuals.iter().map(|residual| *residual <= tolerance).collect();
    let hint = converged
        .contains(&false)
        .then(|| "rounding limits this solve: use f64, add damping, or accept a larger tolerance".to_owned());
    Ok(Certificate {
        damping,
        residuals,
        relative_residuals,
        converged,
        tolerance,
        iterations: 0,
        products: Products { checking: right.count(), ..Products::default() },
        spectrum: Some(spectrum),
        negative_curvature: None,
        hint,
    })
}
