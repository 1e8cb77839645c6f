//! What a solver returns: the solution, and what is known of its error.

use super::{Block, Spectrum};

/// Products of the operator with one direction each, by what they were for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Products {
    /// In the iterations themselves.
    pub iterating: usize,
    /// For assembling the matrix.
    pub assembling: usize,
    /// For the sketch behind a low-rank approximation or a preconditioner.
    pub sketching: usize,
    /// For estimates of the spectrum.
    pub probing: usize,
    /// For the residuals that the certificate holds.
    pub checking: usize,
}

impl Products {
    /// All of them.
    pub fn total(&self) -> usize {
        self.iterating + self.assembling + self.sketching + self.probing + self.checking
    }
}

/// How far a solution can be trusted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Certificate {
    /// The damping of the system that was solved. It is what was asked for, but for [`Lissa`](super::Lissa) in the
    /// published convention.
    pub damping: f64,
    /// The length of b − (A + damping) x for each right-hand side, with x as it is returned.
    pub residuals: Vec<f64>,
    /// The same divided by the length of b; zero for b = 0.
    pub relative_residuals: Vec<f64>,
    /// Whether each relative residual is within the tolerance.
    pub converged: Vec<bool>,
    /// The tolerance.
    pub tolerance: f64,
    /// Steps of the method. One step multiplies the operator with several directions at once.
    pub iterations: usize,
    /// Products spent.
    pub products: Products,
    /// The extreme eigenvalues of A, without damping, where the method looked for them.
    pub spectrum: Option<Spectrum>,
    /// The lowest Rayleigh quotient of A + damping that was met, if it was negative.
    pub negative_curvature: Option<f64>,
    /// What to do when something did not converge.
    pub hint: Option<String>,
}

impl Certificate {
    /// Adds the certificate of further right-hand sides of the same system.
    pub fn append(&mut self, more: &Self) {
        self.residuals.extend_from_slice(&more.residuals);
        self.relative_residuals.extend_from_slice(&more.relative_residuals);
        self.converged.extend_from_slice(&more.converged);
        self.iterations = self.iterations.max(more.iterations);
        self.products.iterating += more.products.iterating;
        self.products.assembling += more.products.assembling;
        self.products.sketching += more.products.sketching;
        self.products.probing += more.products.probing;
        self.products.checking += more.products.checking;
        self.negative_curvature = match (self.negative_curvature, more.negative_curvature) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        if self.hint.is_none() {
            self.hint.clone_from(&more.hint);
        }
    }

    /// Whether every right-hand side converged.
    pub fn all_converged(&self) -> bool {
        self.converged.iter().all(|converged| *converged)
    }

    /// The most by which an inner product of solution number `system` with a vector of this length can differ from that
    /// of the exact solution: ‖r‖‖g‖/(λ + damping), where λ is a lower bound of the eigenvalues of A (for a positive
    /// semidefinite operator, zero is one). None where A + damping is not known to be positive definite.
    pub fn error_bound(&self, system: usize, length: f64, lowest: f64) -> Option<f64> {
        let curvature = lowest + self.damping;
        (curvature > 0.0).then(|| self.residuals[system] * length / curvature)
    }
}

/// Solutions of one system for several right-hand sides.
#[derive(Clone, Debug)]
pub struct Solution {
    /// One vector for each right-hand side.
    pub x: Block,
    /// What is known of their error.
    pub certificate: Certificate,
}
