//! Which solver, and how far it shall go.

use std::ffi::CStr;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::engine::{Monitor, Progress};
use crate::error::{Error, Result};
use crate::options::text_option;

use super::{Damping, Lissa, Preconditioner};

/// A solver. [`Solver::WORDS`] are its spellings as text; [`Solver::describe`] gives its name in a sentence.
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

impl Solver {
    /// The words that [`Solver::from_str`] reads, R being a rank.
    pub const WORDS: &str = "direct, cg, cg:R, cg:blocks, block-cg, block-cg:R, block-cg:blocks, minres, lissa, lissa-published, lanczos:R or \
         nystrom:R";

    /// The solver's name in a sentence, for example "block conjugate gradients, Nyström preconditioner of rank 60".
    pub fn describe(&self) -> String {
        match self {
            Self::Direct => "direct".into(),
            Self::ConjugateGradient(preconditioning) => format!("conjugate gradients{}", preconditioning.describe()),
            Self::BlockConjugateGradient(preconditioning) => {
                format!("block conjugate gradients{}", preconditioning.describe())
            }
            Self::MinimalResidual => "MINRES".into(),
            Self::Lissa(_) => "LiSSA".into(),
            Self::Lanczos { rank } => format!("Lanczos approximation of rank {rank}"),
            Self::Nystrom { rank } => format!("Nyström approximation of rank {rank}"),
        }
    }
}

impl fmt::Display for Solver {
    /// The word for the solver; what words cannot say of it, such as a given preconditioner, is left out.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sketched = |preconditioning: &Preconditioning| match preconditioning {
            Preconditioning::Nystrom { rank } => format!(":{rank}"),
            Preconditioning::Blocks => ":blocks".into(),
            _ => String::new(),
        };
        match self {
            Self::Direct => formatter.write_str("direct"),
            Self::ConjugateGradient(preconditioning) => write!(formatter, "cg{}", sketched(preconditioning)),
            Self::BlockConjugateGradient(preconditioning) => write!(formatter, "block-cg{}", sketched(preconditioning)),
            Self::MinimalResidual => formatter.write_str("minres"),
            Self::Lissa(Lissa { damping: Damping::Added, .. }) => formatter.write_str("lissa"),
            Self::Lissa(Lissa { damping: Damping::Published, .. }) => formatter.write_str("lissa-published"),
            Self::Lanczos { rank } => write!(formatter, "lanczos:{rank}"),
            Self::Nystrom { rank } => write!(formatter, "nystrom:{rank}"),
        }
    }
}

impl FromStr for Solver {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        let unknown = || Error::argument("the solver", format!("{word:?}"), Self::WORDS);
        let lissa = |damping| Self::Lissa(Lissa { damping, ..Lissa::default() });
        let blocks = Preconditioning::Blocks;
        match word {
            "cg:blocks" => return Ok(Self::ConjugateGradient(blocks)),
            "block-cg:blocks" => return Ok(Self::BlockConjugateGradient(blocks)),
            _ => {}
        }
        let (name, rank) = match word.split_once(':') {
            Some((name, rank)) => (name, Some(rank.parse().ok().filter(|rank| *rank > 0).ok_or_else(unknown)?)),
            None => (word, None),
        };
        let preconditioning = rank.map_or(Preconditioning::None, |rank| Preconditioning::Nystrom { rank });
        Ok(match (name, rank) {
            ("direct", None) => Self::Direct,
            ("cg", _) => Self::ConjugateGradient(preconditioning),
            ("block-cg", _) => Self::BlockConjugateGradient(preconditioning),
            ("minres", None) => Self::MinimalResidual,
            ("lissa", None) => lissa(Damping::Added),
            ("lissa-published", None) => lissa(Damping::Published),
            ("lanczos", Some(rank)) => Self::Lanczos { rank },
            ("nystrom", Some(rank)) => Self::Nystrom { rank },
            _ => return Err(unknown()),
        })
    }
}

text_option!(Solver);

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
    /// What the operator knows of its inverse ([`Operator::blocks`](super::Operator::blocks)): of models whose outputs
    /// are linear in the parameters, a block for each output from a sample of the examples.
    Blocks,
    /// A preconditioner that was made before, for several solves.
    Given(Arc<dyn Preconditioner>),
}

impl Preconditioning {
    fn describe(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Diagonal(_) => ", diagonal preconditioner".into(),
            Self::Nystrom { rank } => format!(", Nyström preconditioner of rank {rank}"),
            Self::Blocks => ", a block for each output as preconditioner".into(),
            Self::Given(_) => ", given preconditioner".into(),
        }
    }
}

/// How far a solver goes.
#[derive(Clone, Debug)]
pub struct Options {
    /// The relative residual ‖b − (A + damping) x‖/‖b‖ wanted of each right-hand side.
    pub tolerance: f64,
    /// The most steps. A step is one pass over the data, for all right-hand sides.
    pub max_iterations: usize,
    /// The seed of sketches and probes.
    pub seed: u64,
    /// The operator is known to be positive semidefinite. Unless it is, conjugate gradients look at its spectrum first
    /// and refuse an indefinite one.
    pub semidefinite: bool,
    /// Hears of each step with the largest relative residual, as the method estimates it, and may cancel.
    pub monitor: Monitor,
}

impl Default for Options {
    fn default() -> Self {
        Self { tolerance: 1e-6, max_iterations: 2000, seed: 0, semidefinite: false, monitor: Monitor::none() }
    }
}

impl Options {
    pub(super) fn check(&self) -> Result<()> {
        if self.tolerance > 0.0 && self.tolerance < 1.0 {
            return Ok(());
        }
        Err(Error::argument("the tolerance", self.tolerance, "a number between zero and one"))
    }

    /// Reports `done` steps of a phase.
    pub(super) fn report(&self, phase: &'static CStr, done: usize, total: Option<usize>, residual: f64) -> Result<()> {
        let progress = Progress::new(phase, done as u64, total.map(|total| total as u64));
        self.monitor.report(&progress.with_value(residual))
    }
}
