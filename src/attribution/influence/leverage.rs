//! What the first order leaves out of a single example: its own share of the curvature.

use crate::error::Result;
use crate::objective::{Curvature, linearize};
use crate::solve::{self, Block, dot};
use crate::tensor::Real;

use super::answer::Answer;
use super::fitted::Influence;

/// The leverage of an example, and its scores with it taken into account.
#[derive(Clone, Debug, PartialEq)]
pub struct Leverage {
    /// The example.
    pub example: usize,
    /// The trace of the example's leverage matrix S J (Σ H)⁻¹ Jᵀ, which is h of regression where there is one output.
    /// First-order scores of examples above 0.1 are too small by more than a tenth.
    pub leverage: f64,
    /// The corrected score for each query.
    pub scores: Vec<f64>,
}

impl Leverage {
    /// The leverage from which first-order scores are not to be trusted.
    pub const HIGH: f64 = 0.1;

    /// Whether first-order scores of this example are not to be trusted.
    pub fn is_high(&self) -> bool {
        self.leverage.is_nan() || self.leverage > Self::HIGH
    }
}

impl<T: Real> Influence<T> {
    /// The scores of some examples with each one's own curvature taken out of the matrix: one Newton step towards the
    /// optimum without the example, by the Sherman-Morrison-Woodbury identity. With one output that is score / (1 − h).
    ///
    /// Exact for a quadratic loss but for the example's share 1/n of the penalty's curvature; of a Hessian the part is taken
    /// out that the outputs' slopes make, which is all of it where outputs are linear in the parameters. An example that
    /// alone determines the model somewhere has a leverage of one and scores that are not finite. With M = W (H + δI), J the
    /// Jacobian of the example's c outputs, S the loss's second derivative there and A = J M⁻¹ Jᵀ, removing it moves the
    /// parameters by (M − JᵀSJ)⁻¹ g = u + M⁻¹ Jᵀ (I − SA)⁻¹ S J u with u = M⁻¹ g. Each example costs c solves: triangular
    /// ones with a factored matrix.
    ///
    /// # Errors
    /// [`Error::Argument`](crate::Error::Argument) when the objective names no outputs or an example is not there; what
    /// the solver reports.
    pub fn corrected(&mut self, answer: &Answer, examples: &[usize]) -> Result<Vec<Leverage>> {
        let objective = self.derivatives.objective().clone();
        let outputs = objective.outputs.map_or(1, |outputs| objective.graph.shape(outputs).len());
        let penalty = self.derivatives.penalty_gradient()?;
        let pull = self.inverse(&Block::new(penalty.len(), 1, penalty.clone())?)?.x;
        let mut found = Vec::with_capacity(examples.len());
        let weights = self.derivatives.weights();
        let total = self.derivatives.total_weight();
        for some in examples.chunks(self.rows_at_once(3 * outputs)) {
            for (example, share) in some.iter().zip(self.shares(some, pull.values())?) {
                let weight = weights[*example];
                let score = |direction: &[f64]| {
                    let along: Vec<f64> = share.rows.vectors().map(|row| dot(row, direction)).collect();
                    let slope = dot(&along, &share.slopes) + dot(&penalty, direction);
                    (weight * slope + dot(&along, &share.solved)) / total
                };
                let scores = answer.solution.x.vectors().map(score).collect();
                found.push(Leverage { example: *example, leverage: share.leverage, scores });
            }
            self.options.tell("leverage", found.len())?;
        }
        Ok(found)
    }

    /// The step of the parameters that removing one example causes, by the same identity: (M − JᵀSJ)⁻¹ g.
    pub(super) fn leverage_step(&mut self, example: usize) -> Result<Vec<f64>> {
        let penalty = self.derivatives.penalty_gradient()?;
        let pull = self.inverse(&Block::new(penalty.len(), 1, penalty.clone())?)?.x;
        let mut push = penalty;
        let weight = self.derivatives.weights()[example];
        let total = self.derivatives.total_weight();
        for share in self.shares(&[example], pull.values())? {
            for (row, (slope, solved)) in share.rows.vectors().zip(share.slopes.iter().zip(&share.solved)) {
                // w g + Jᵀ (I − SA)⁻¹ S J u, over w: the factor is put back below.
                push.iter_mut().zip(row).for_each(|(x, j)| *x += j * (slope + solved / weight));
            }
        }
        let step = self.inverse(&Block::new(push.len(), 1, push)?)?.x;
        Ok(step.values().iter().map(|x| x * weight / total).collect())
    }

    /// What the identity needs of some examples; `pull` is (H + δI)⁻¹ times the penalty's gradient.
    fn shares(&mut self, examples: &[usize], pull: &[f64]) -> Result<Vec<Share>> {
        let seen = linearize(&self.derivatives, examples)?;
        let c = seen.outputs;
        let total = self.derivatives.total_weight();
        let weights = self.derivatives.weights();
        // A = (L⁻¹Jᵀ)ᵀ(L⁻¹Jᵀ)/W with a factor, and J (H⁻¹Jᵀ)/W without.
        let solved = match self.factor() {
            Some(factor) => factor.half_solve(&seen.jacobians)?,
            None => self.inverse(&seen.jacobians)?.x,
        };
        let left = if self.factor().is_some() { &solved } else { &seen.jacobians };
        let mut shares = Vec::with_capacity(examples.len());
        for (place, example) in examples.iter().enumerate() {
            let weight = weights[*example];
            let at = |output: usize| place * c + output;
            let inner = |i: usize, j: usize| dot(left.vector(at(i)), solved.vector(at(j))) / total;
            let a: Vec<f64> = (0..c * c).map(|k| inner(k / c, k % c)).collect();
            let slopes = seen.slopes[place * c..][..c].to_vec();
            // The example's share of the matrix that is inverted: of a Fisher matrix it is r rᵀ in the outputs.
            let bend = |k: usize| match self.diagnostics.curvature {
                Curvature::Fisher => slopes[k / c] * slopes[k % c],
                Curvature::Hessian | Curvature::GaussNewton => seen.bends[place * c * c + k],
            };
            let bends: Vec<f64> = (0..c * c).map(|k| weight * bend(k)).collect();
            // J u = w (A r + J M⁻¹ ∇penalty).
            let own: Vec<f64> = (0..c)
                .map(|i| {
                    let penalty = dot(seen.jacobians.vector(at(i)), pull) / total;
                    weight * (dot(&a[i * c..][..c], &slopes) + penalty)
                })
                .collect();
            let matrix = multiply(&bends, &a, c);
            let pushed: Vec<f64> = (0..c).map(|i| dot(&bends[i * c..][..c], &own)).collect();
            let complement: Vec<f64> =
                (0..c * c).map(|k| if k / c == k % c { 1.0 - matrix[k] } else { -matrix[k] }).collect();
            let p = seen.jacobians.dimension();
            shares.push(Share {
                leverage: (0..c).map(|i| matrix[i * c + i]).sum(),
                rows: Block::new(p, c, seen.jacobians.values()[at(0) * p..at(c) * p].to_vec())?,
                solved: solve::small_system(&complement, &pushed),
                slopes,
            });
        }
        Ok(shares)
    }
}

/// One example's share of the curvature, as the identity sees it.
struct Share {
    leverage: f64,
    /// J.
    rows: Block,
    /// r.
    slopes: Vec<f64>,
    /// (I − SA)⁻¹ S J u.
    solved: Vec<f64>,
}

/// The product of two matrices of c × c.
fn multiply(a: &[f64], b: &[f64], c: usize) -> Vec<f64> {
    let mut product = vec![0.0; c * c];
    for i in 0..c {
        for k in 0..c {
            for j in 0..c {
                product[i * c + j] += a[i * c + k] * b[k * c + j];
            }
        }
    }
    product
}
