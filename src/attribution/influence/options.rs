//! How influence is computed.

use std::ffi::CStr;

use crate::engine::{Monitor, Progress};
use crate::error::{Error, Result};
use crate::objective::Curvature;
use crate::options::{Bytes, options};
use crate::solve::{self, Solver};
use crate::tensor::Precision;

/// How influence is computed.
#[derive(Clone, Debug)]
pub struct Options {
    /// The curvature. If absent: the Hessian where the objective is at a minimum, Gauss-Newton otherwise.
    pub curvature: Option<Curvature>,
    /// δ, added to the curvature's diagonal. If absent 0, but a share of the mean eigenvalue of a Gauss-Newton or Fisher
    /// matrix whose outputs are not linear in the parameters.
    pub damping: Option<f64>,
    /// The solver; chosen by [`plan`](crate::solve::plan) if absent.
    pub solver: Option<Solver>,
    /// The relative residual wanted of every solve. If absent 1e-8, of models in `f32` 1e-5: their products are off by
    /// about 1e-7 each, and no solve would reach less.
    pub tolerance: Option<f64>,
    /// The most steps of an iterative solver.
    pub max_iterations: usize,
    /// The relative gradient of the objective up to which the model counts as being at a minimum.
    pub gradient_tolerance: f64,
    /// The bytes that matrices and what is kept between products may take.
    pub memory: usize,
    /// How many queries are expected at once; the choice of a solver depends on it.
    pub queries: usize,
    /// The seed of probes and sketches.
    pub seed: u64,
    /// Hears of fitting and of everything after it, and may cancel.
    pub monitor: Monitor,
}

options! {
    /// Influence functions.
    #[table("influence")]
    pub struct InfluenceOptions {
        /// The curvature of the objective that is solved with: hessian; gauss-newton, which takes the outputs as linear in
        /// the parameters; fisher, the mean of the outer products of the examples' loss gradients. The last two take the penalty by its exact
        /// Hessian, λ on the weights, and leave it out of gradients; auto: the Hessian at a minimum, Gauss-Newton elsewhere.
        curvature: Option<Curvature> = "auto",
        /// The solver: auto, direct, cg, block-cg (both also with :R, preconditioned by a Nyström sketch of rank R, or with
        /// :blocks, by a block for each output where outputs are linear), minres, lissa, lissa-published, lanczos:R or
        /// nystrom:R.
        solver: Option<Solver> = "auto",
        /// δ, added to the diagonal of the curvature; auto: 0, but 0.3 of the mean eigenvalue for a Gauss-Newton or Fisher matrix
        /// of outputs that are not seen to be linear in the parameters, as of networks with hidden layers and custom models.
        damping: Option<f64> = "auto" in NOT_NEGATIVE,
        /// The relative residual wanted of every solve; auto: 1e-8, of models in f32 1e-5.
        tolerance: Option<f64> = "auto" in FRACTION,
        /// The most steps of an iterative solver.
        solver_iterations: usize = "2000",
        /// The relative gradient of the objective up to which the model counts as being at a minimum.
        gradient_tolerance: f64 = "1e-4" in NOT_NEGATIVE,
        /// Only these parameters may move, such as "weights 2,intercept 2".
        parameters: Option<Vec<String>> = "all",
        /// The memory for matrices and for what is kept between products, such as 2G.
        memory: Bytes = "2G",
        /// How many queries are expected at once, on which the choice of a solver depends.
        queries: usize = "1",
        /// The seed of probes and sketches; auto: that of the context.
        seed: Option<u64> = "auto",
    }
}

impl InfluenceOptions {
    /// The options with a seed where none is given, and a monitor.
    pub fn options(&self, seed: u64, monitor: &Monitor) -> Options {
        Options {
            curvature: self.curvature,
            damping: self.damping,
            solver: self.solver.clone(),
            tolerance: self.tolerance,
            max_iterations: self.solver_iterations,
            gradient_tolerance: self.gradient_tolerance,
            memory: self.memory.0,
            queries: self.queries,
            seed: self.seed.unwrap_or(seed),
            monitor: monitor.clone(),
        }
    }
}

impl Default for Options {
    /// The defaults of [`InfluenceOptions`], with the seed 0.
    fn default() -> Self {
        InfluenceOptions::default().options(0, &Monitor::none())
    }
}

impl Options {
    /// The tolerance of solves.
    pub(super) fn tolerance(&self, precision: Precision) -> f64 {
        self.tolerance.unwrap_or(precision.choose(1e-5, 1e-8))
    }

    /// δ, once it is known.
    pub(super) fn delta(&self) -> f64 {
        self.damping.unwrap_or_default()
    }

    /// The options of solvers. The probe when fitting has looked for negative curvature already.
    pub(super) fn solving(&self, precision: Precision) -> solve::Options {
        solve::Options {
            tolerance: self.tolerance(precision),
            max_iterations: self.max_iterations,
            seed: self.seed,
            semidefinite: true,
            monitor: self.monitor.clone(),
        }
    }

    /// Reports `done` of `total` pieces of work.
    pub(super) fn report(&self, phase: &'static CStr, done: usize, total: usize) -> Result<()> {
        self.monitor.report(&Progress::new(phase, done as u64, Some(total as u64)))
    }

    pub(super) fn check(&self) -> Result<()> {
        if let Some(damping) = self.damping.filter(|damping| !(*damping >= 0.0 && damping.is_finite())) {
            return Err(Error::argument("the damping", damping, "zero or a positive number"));
        }
        if let Some(tolerance) = self.tolerance.filter(|tolerance| !(*tolerance > 0.0 && *tolerance < 1.0)) {
            return Err(Error::argument("the tolerance", tolerance, "a number between 0 and 1"));
        }
        if !(self.gradient_tolerance >= 0.0 && self.gradient_tolerance.is_finite()) {
            let name = "the bound of a minimum's gradient";
            return Err(Error::argument(name, self.gradient_tolerance, "zero or more"));
        }
        Ok(())
    }
}
