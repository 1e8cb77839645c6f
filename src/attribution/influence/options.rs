//! How influence is computed.

use std::ffi::CStr;

use crate::engine::{Monitor, Progress};
use crate::error::{Error, Result};
use crate::objective::Curvature;
use crate::solve::{self, Solver};
use crate::tensor::Precision;

/// How influence is computed.
#[derive(Clone, Debug)]
pub struct Options {
    /// The curvature. If absent: the Hessian where the objective is at a minimum, Gauss-Newton otherwise.
    pub curvature: Option<Curvature>,
    /// δ, added to the curvature's diagonal.
    pub damping: f64,
    /// The solver; chosen by [`plan`](crate::solve::plan) if absent.
    pub solver: Option<Solver>,
    /// The relative residual wanted of every solve. If absent 1e-8, of models in `f32` 1e-5: their products are off by
    /// about 1e-7 each, and no solve would reach less.
    pub tolerance: Option<f64>,
    /// The most steps of an iterative solver.
    pub max_iterations: usize,
    /// The max-norm of the objective's gradient up to which the model counts as being at a minimum.
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

impl Default for Options {
    fn default() -> Self {
        Self {
            curvature: None,
            damping: 0.0,
            solver: None,
            tolerance: None,
            max_iterations: 2000,
            gradient_tolerance: 1e-4,
            memory: 2 << 30,
            queries: 1,
            seed: 0,
            monitor: Monitor::none(),
        }
    }
}

impl Options {
    /// The tolerance of solves.
    pub(super) fn tolerance(&self, precision: Precision) -> f64 {
        self.tolerance.unwrap_or(match precision {
            Precision::F32 => 1e-5,
            Precision::F64 => 1e-8,
        })
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
        if !(self.damping >= 0.0 && self.damping.is_finite()) {
            return Err(Error::argument("the damping", self.damping, "zero or a positive number"));
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
