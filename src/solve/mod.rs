//! Linear systems with a symmetric operator: (A + damping) X = B, with what is known of the error.
//!
//! Nothing here knows what an operator stands for. Vectors are `f64` whatever a model's precision is, so that residuals
//! and certificates mean what they say. Everything runs on the calling thread, but for what the operator does itself; the
//! same seed gives the same bits.
//!
//! ```
//! use ascribe::solve::{Block, DenseMatrix, Solver, Options, solve};
//!
//! # fn main() -> ascribe::Result<()> {
//! let mut operator = DenseMatrix::new(2, vec![2.0, 1.0, 1.0, 3.0])?;
//! let right = Block::new(2, 1, vec![1.0, 0.0])?;
//! let solution = solve(&mut operator, 0.5, &right, &Solver::Direct, &Options::default())?;
//! assert!(solution.certificate.all_converged());
//! // (2.5, 1; 1, 3.5) has the determinant 7.75.
//! assert!((solution.x.vector(0)[0] - 3.5 / 7.75).abs() < 1e-14);
//! # Ok(())
//! # }
//! ```

mod block;
mod block_conjugate;
mod certificate;
mod conjugate;
mod davidson;
mod dense;
mod direct;
mod lanczos;
mod lissa;
mod low_rank;
mod minres;
mod operator;
mod options;
mod plan;
mod preconditioner;
mod refine;
mod singular;
mod system;

use std::sync::Arc;

use crate::error::{Error, Result};

pub use block::Block;
pub use certificate::{Certificate, Products, Solution};
pub use davidson::spectrum_near;
pub use direct::{Cholesky, assemble, eigenvalues};
pub use lanczos::{Probe, Spectrum, spectrum};
pub use lissa::{Damping, Lissa};
pub use low_rank::{LowRank, LowRankPreconditioner};
pub(crate) use operator::Monitored;
pub use operator::{DenseMatrix, Operator};
pub use options::{Options, Preconditioning, Solver};
pub(crate) use plan::ALWAYS_DIRECT;
pub use plan::{BlocksInfo, Candidate, Definiteness, Plan, SystemInfo, Work, direct_bytes, plan, preconditioner_rank};
pub use preconditioner::{Diagonal, Preconditioner};

pub(crate) use dense::{add, add_outer_products, dot, max_norm, multiplication_seconds, norm, small_system};
pub(crate) use refine::indefinite;

use block_conjugate::block_conjugate_gradients;
use conjugate::conjugate_gradients;
use low_rank::solve_low_rank;
use minres::minimal_residual;
use refine::{Run, refine, refuse_indefinite};
use system::System;

/// How many unit vectors are multiplied at once when a matrix is assembled.
const TOGETHER: usize = 64;

/// Solves (A + damping) X = `right` for a symmetric operator A.
///
/// A solve that does not reach the tolerance is no error: its certificate says what was reached, and what to do.
///
/// # Errors
/// [`Error::Argument`] for what does not fit; [`Error::NotFinite`] when a product or a right-hand side is not finite;
/// [`Error::Indefinite`] when the method needs positive curvature and there is a direction without; [`Error::Singular`]
/// from the direct method, with the coordinates; [`Error::Diverged`] from LiSSA; [`Error::Canceled`]; and whatever the operator's products meet.
pub fn solve(
    operator: &mut dyn Operator,
    damping: f64,
    right: &Block,
    solver: &Solver,
    options: &Options,
) -> Result<Solution> {
    system::check(operator, damping, right)?;
    options.check()?;
    let mut system = System::new(operator, damping);
    let system = &mut system;
    match solver {
        Solver::Direct => {
            let factor = Cholesky::new(direct::assemble_system(system, TOGETHER, options)?, damping)?;
            let spectrum = if factor.dimension() > 0 { Some(factor.spectrum()?) } else { None };
            refine(system, right, options, spectrum, |_, task| {
                Ok(Run { correction: factor.solve(task.right)?, iterations: 1, negative_curvature: None })
            })
        }
        Solver::ConjugateGradient(preconditioning) => {
            let spectrum = refuse_indefinite(system, options)?;
            let preconditioner = prepare(preconditioning, system, options)?;
            refine(system, right, options, spectrum, |system, task| {
                conjugate_gradients(system, preconditioner.as_deref(), task)
            })
        }
        Solver::BlockConjugateGradient(preconditioning) => {
            let spectrum = refuse_indefinite(system, options)?;
            let preconditioner = prepare(preconditioning, system, options)?;
            refine(system, right, options, spectrum, |system, task| {
                block_conjugate_gradients(system, preconditioner.as_deref(), task)
            })
        }
        Solver::Lissa(settings) => lissa::lissa(system, right, settings, options),
        Solver::MinimalResidual => refine(system, right, options, None, minimal_residual),
        Solver::Lanczos { rank } => {
            let low = LowRank::lanczos_of(system, *rank, options)?;
            solve_low_rank(system, &low, right, options)
        }
        Solver::Nystrom { rank } => {
            let low = LowRank::nystrom_of(system, *rank, options)?;
            solve_low_rank(system, &low, right, options)
        }
    }
}

/// The error where [`Operator::blocks`] has none.
pub(crate) fn no_blocks() -> Error {
    let found = "one with blocks, which this matrix does not have";
    Error::argument("the solver", found, "cg or block-cg without blocks: blocks are of models whose outputs are linear")
}

fn prepare(
    preconditioning: &Preconditioning,
    system: &mut System,
    options: &Options,
) -> Result<Option<Arc<dyn Preconditioner>>> {
    let preconditioner: Arc<dyn Preconditioner> = match preconditioning {
        Preconditioning::None => return Ok(None),
        Preconditioning::Diagonal(values) => Arc::new(Diagonal::new(values.clone())?),
        Preconditioning::Given(given) => Arc::clone(given),
        Preconditioning::Blocks => system.blocks()?.ok_or_else(no_blocks)?,
        Preconditioning::Nystrom { rank } => {
            Arc::new(LowRank::nystrom_of(system, *rank, options)?.preconditioner(system.damping)?)
        }
    };
    if preconditioner.dimension() != system.dimension() {
        let expected = format!("{}, the dimension of the operator", system.dimension());
        return Err(Error::argument("the dimension of the preconditioner", preconditioner.dimension(), expected));
    }
    Ok(Some(preconditioner))
}
