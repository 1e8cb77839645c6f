//! How influence is computed.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::objective::Curvature;
use crate::solve::{self, Progress, Solver};

/// Is told how far long work has come, on the thread that asked for it, and says whether to go on.
///
/// A clone is the same watch.
#[derive(Clone)]
pub struct Watch(Arc<Told>);

type Told = dyn Fn(&Progress) -> ControlFlow<()> + Send + Sync;

impl Watch {
    /// A watch that calls `told`; a break ends the work with [`Error::Canceled`].
    pub fn new(told: impl Fn(&Progress) -> ControlFlow<()> + Send + Sync + 'static) -> Self {
        Self(Arc::new(told))
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Watch")
    }
}

/// How influence is computed.
#[derive(Clone, Debug)]
pub struct Options {
    /// The curvature. If absent: the Hessian where the objective is at a minimum, Gauss-Newton otherwise.
    pub curvature: Option<Curvature>,
    /// δ, added to the curvature's diagonal.
    pub damping: f64,
    /// The solver; chosen by [`plan`](crate::solve::plan) if absent.
    pub solver: Option<Solver>,
    /// The relative residual wanted of every solve.
    pub tolerance: f64,
    /// The most steps of an iterative solver.
    pub max_iterations: usize,
    /// The largest part of the gradient of the objective up to which it counts as being at a minimum.
    pub stationary: f64,
    /// The bytes that matrices and what is kept between products may take.
    pub memory: usize,
    /// How many queries are expected at once; the choice of a solver depends on it.
    pub queries: usize,
    /// The seed of probes and sketches.
    pub seed: u64,
    /// Who is told how far fitting and everything after it has come.
    pub watch: Option<Watch>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            curvature: None,
            damping: 0.0,
            solver: None,
            tolerance: 1e-8,
            max_iterations: 2000,
            stationary: 1e-4,
            memory: 2 << 30,
            queries: 1,
            seed: 0,
            watch: None,
        }
    }
}

impl Options {
    /// What the solvers are told. The probe when fitting has looked for negative curvature already.
    pub(super) fn solving(&self) -> solve::Options<'_> {
        solve::Options {
            tolerance: self.tolerance,
            max_iterations: self.max_iterations,
            seed: self.seed,
            semidefinite: true,
            progress: self.watching(),
        }
    }

    /// The watch as solvers know it.
    pub(super) fn watching(&self) -> Option<&solve::Watch<'_>> {
        self.watch.as_ref().map(|watch| &*watch.0 as &solve::Watch<'_>)
    }

    /// Tells of `done` pieces of work.
    pub(super) fn tell(&self, phase: &'static str, done: usize) -> Result<()> {
        self.solving().tell(phase, done, 0, f64::NAN)
    }

    pub(super) fn check(&self) -> Result<()> {
        if !(self.damping >= 0.0 && self.damping.is_finite()) {
            return Err(Error::argument("the damping", self.damping, "zero or a positive number"));
        }
        if !(self.tolerance > 0.0 && self.tolerance < 1.0) {
            return Err(Error::argument("the tolerance", self.tolerance, "a number between 0 and 1"));
        }
        if !(self.stationary >= 0.0 && self.stationary.is_finite()) {
            return Err(Error::argument("the bound of a minimum's gradient", self.stationary, "zero or more"));
        }
        Ok(())
    }
}
