//! Which solver, and how far it shall go.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::error::{Error, Result};

use super::{Lissa, Preconditioner};

/// A solver.
#[derive(Clone, Debug)]
pub enum Solver {
    /// Assembles the matrix and factors it ([`Cholesky`](super::Cholesky)).
    Direct,
    /// Conjugate gradients, each right-hand side by itself; all of them share each pass over the data.
    ConjugateGradient(Preconditioning),
    /// Conjugate gradients in the space that all right-hand sides span together.
    BlockConjugateGradient(Preconditioning),
    /// MINRES, which does not need positive curvature.
    MinimalResidual,
    /// The recursion of Koh & Liang (2017).
    Lissa(Lissa),
    /// The inverse of a low-rank approximation by Lanczos iteration ([`LowRank::lanczos`](super::LowRank::lanczos)).
    Lanczos {
        /// The number of eigenvectors.
        rank: usize,
    },
    /// The inverse of a low-rank approximation by randomized Nyström ([`LowRank::nystrom`](super::LowRank::nystrom)).
    Nystrom {
        /// The number of eigenvectors.
        rank: usize,
    },
}

impl fmt::Display for Solver {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct => formatter.write_str("direct"),
            Self::ConjugateGradient(preconditioning) => write!(formatter, "conjugate gradients{preconditioning}"),
            Self::BlockConjugateGradient(preconditioning) => {
                write!(formatter, "block conjugate gradients{preconditioning}")
            }
            Self::MinimalResidual => formatter.write_str("MINRES"),
            Self::Lissa(_) => formatter.write_str("LiSSA"),
            Self::Lanczos { rank } => write!(formatter, "Lanczos approximation of rank {rank}"),
            Self::Nystrom { rank } => write!(formatter, "Nyström approximation of rank {rank}"),
        }
    }
}

/// What conjugate gradients are preconditioned with.
#[derive(Clone, Debug, Default)]
pub enum Preconditioning {
    /// Nothing.
    #[default]
    None,
    /// Division by these numbers, all of them positive: for example the diagonal of A + damping.
    Diagonal(Vec<f64>),
    /// A Nyström approximation of this rank, made for this solve.
    Nystrom {
        /// The number of eigenvectors, each of which costs one product.
        rank: usize,
    },
    /// A preconditioner that was made before, for several solves.
    Given(Arc<dyn Preconditioner>),
}

/// Is told how far a solve has come, and says whether to go on.
pub type Watch<'a> = dyn Fn(&Progress) -> ControlFlow<()> + 'a;

impl fmt::Display for Preconditioning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Diagonal(_) => formatter.write_str(", diagonal preconditioner"),
            Self::Nystrom { rank } => write!(formatter, ", Nyström preconditioner of rank {rank}"),
            Self::Given(_) => formatter.write_str(", given preconditioner"),
        }
    }
}

/// How far a solver goes, and whom it tells.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The relative residual ‖b − (A + damping) x‖/‖b‖ wanted of each right-hand side.
    pub tolerance: f64,
    /// The most steps. A step is one pass over the data, for all right-hand sides.
    pub max_iterations: usize,
    /// The seed of sketches and probes.
    pub seed: u64,
    /// The operator is known to be positive semidefinite. Unless it is, conjugate gradients look at its spectrum first
    /// and refuse an indefinite one.
    pub semidefinite: bool,
    /// Called after each step, on the calling thread; it may ask to stop.
    pub progress: Option<&'a Watch<'a>>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { tolerance: 1e-6, max_iterations: 2000, seed: 0, semidefinite: false, progress: None }
    }
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Options")
            .field("tolerance", &self.tolerance)
            .field("max_iterations", &self.max_iterations)
            .field("seed", &self.seed)
            .field("semidefinite", &self.semidefinite)
            .finish_non_exhaustive()
    }
}

/// How far a solve has come.
#[derive(Clone, Debug)]
pub struct Progress {
    /// What is being done, for example `block conjugate gradients`.
    pub phase: &'static str,
    /// Steps done.
    pub iteration: usize,
    /// Products spent so far.
    pub products: usize,
    /// The largest relative residual as the method estimates it; NaN where it has none.
    pub residual: f64,
}

impl Options<'_> {
    pub(super) fn check(&self) -> Result<()> {
        if self.tolerance > 0.0 && self.tolerance < 1.0 {
            return Ok(());
        }
        Err(Error::argument("the tolerance", self.tolerance, "a number between zero and one"))
    }

    /// Tells the caller, who may stop.
    pub(crate) fn tell(&self, phase: &'static str, iteration: usize, products: usize, residual: f64) -> Result<()> {
        let Some(progress) = self.progress else { return Ok(()) };
        match progress(&Progress { phase, iteration, products, residual }) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::Canceled { place: format!("step {iteration} of {phase}") }),
        }
    }
}
