//! Leave-one-out scores: the first order with a single example's own curvature taken out.

use crate::error::Result;
use crate::objective::{Curvature, Jacobians};
use crate::solve::{self, Block, dot};

use super::influence::Influence;
use super::solved::Solved;

/// An example's leverage and leave-one-out scores.
#[derive(Clone, Debug, PartialEq)]
pub struct LeaveOneOut {
    /// The example.
    pub example: usize,
    /// The trace of the example's leverage matrix S J (Σ H)⁻¹ Jᵀ, which is h of regression where there is one output.
    /// First-order scores of examples above 0.1 are too small by more than a tenth.
    pub leverage: f64,
    /// The leave-one-out score for each query.
    pub scores: Vec<f64>,
}

impl LeaveOneOut {
    /// The leverage from which first-order scores are not to be trusted.
    pub const HIGH: f64 = 0.1;

    /// Whether first-order scores of this example are not to be trusted.
    pub fn is_high(&self) -> bool {
        self.leverage.is_nan() || self.leverage > Self::HIGH
    }
}

impl Influence {
    /// The scores of some examples with each one's own curvature taken out of the matrix: one Newton step towards the
    /// optimum without the example, by the Sherman-Morrison-Woodbury identity. With one output that is score / (1 − h).
    ///
    /// Exact for a quadratic loss but for the example's share 1/n of the penalty's curvature, where it has one; of a Hessian the part is taken
    /// out that the gradients by the outputs make, which is all of it where outputs are linear in the parameters. An example
    /// that alone determines the model somewhere has a leverage of one and scores that are not finite. With M = W (H + δI), J
    /// the Jacobian of the example's c outputs, S the loss's second derivative there and A = J M⁻¹ Jᵀ, removing it moves the
    /// parameters by (M − JᵀSJ)⁻¹ g = u + M⁻¹ Jᵀ (I − SA)⁻¹ S J u with u = M⁻¹ g. Each example costs c solves: triangular
    /// ones with a factored matrix.
    ///
    /// # Errors
    /// [`Error::Argument`](crate::Error::Argument) when the objective names no outputs or an example is not there; what
    /// the solver reports.
    pub fn leave_one_out(&mut self, solved: &Solved, examples: &[usize]) -> Result<Vec<LeaveOneOut>> {
        let objective = self.evaluator.objective().clone();
        let outputs = objective.outputs.map_or(1, |outputs| objective.graph.shape(outputs).len());
        let (penalty, penalty_step) = self.penalty()?;
        let mut found = Vec::with_capacity(examples.len());
        let weights = self.evaluator.weights();
        let total = self.evaluator.total_weight();
        for some in examples.chunks(self.rows_at_once(3 * outputs)) {
            for (example, removal) in some.iter().zip(self.removals(some, &penalty_step)?) {
                let weight = weights[*example];
                let score = |direction: &[f64]| {
                    let along: Vec<f64> = removal.jacobian.vectors().map(|row| dot(row, direction)).collect();
                    let slope = dot(&along, &removal.output_gradient) + dot(&penalty, direction);
                    (weight * slope + dot(&along, &removal.correction)) / total
                };
                let scores = solved.solution.x.vectors().map(score).collect();
                found.push(LeaveOneOut { example: *example, leverage: removal.leverage, scores });
            }
            self.options.report(c"leave-one-out", found.len(), examples.len())?;
        }
        Ok(found)
    }

    /// The step of the parameters that removing one example causes, by the same identity: (M − JᵀSJ)⁻¹ g.
    pub(super) fn leave_one_out_step(&mut self, example: usize) -> Result<Vec<f64>> {
        let (mut gradient, penalty_step) = self.penalty()?;
        let weight = self.evaluator.weights()[example];
        let total = self.evaluator.total_weight();
        if weight == 0.0 {
            return Ok(vec![0.0; gradient.len()]);
        }
        for removal in self.removals(&[example], &penalty_step)? {
            let outputs = removal.output_gradient.iter().zip(&removal.correction);
            for (row, (slope, correction)) in removal.jacobian.vectors().zip(outputs) {
                // w g + Jᵀ (I − SA)⁻¹ S J u, over w: the factor is put back below.
                gradient.iter_mut().zip(row).for_each(|(x, j)| *x += j * (slope + correction / weight));
            }
        }
        let step = self.inverse(&Block::new(gradient.len(), 1, gradient)?)?.x;
        Ok(step.values().iter().map(|x| x * weight / total).collect())
    }

    /// The gradient of an example's share of the penalty, and (H + δI)⁻¹ times it.
    fn penalty(&mut self) -> Result<(Vec<f64>, Vec<f64>)> {
        let penalty = self.evaluator.share_gradient()?;
        let step = self.inverse(&Block::new(penalty.len(), 1, penalty.clone())?)?.x;
        Ok((penalty, step.values().to_vec()))
    }

    /// What the identity needs of some examples; `penalty_step` is (H + δI)⁻¹ times the penalty's gradient.
    fn removals(&mut self, examples: &[usize], penalty_step: &[f64]) -> Result<Vec<Removal>> {
        let Jacobians { outputs: c, rows, gradients, hessians } = self.evaluator.jacobians(examples)?;
        let total = self.evaluator.total_weight();
        let weights = self.evaluator.weights();
        // A = (L⁻¹Jᵀ)ᵀ(L⁻¹Jᵀ)/W with a factor, and J (H⁻¹Jᵀ)/W without.
        let solved = match self.factor() {
            Some(factor) => factor.half_solve(&rows)?,
            None => self.inverse(&rows)?.x,
        };
        let left = if self.factor().is_some() { &solved } else { &rows };
        let mut removals = Vec::with_capacity(examples.len());
        for (place, example) in examples.iter().enumerate() {
            let weight = weights[*example];
            let at = |output: usize| place * c + output;
            let inner = |i: usize, j: usize| dot(left.vector(at(i)), solved.vector(at(j))) / total;
            let a: Vec<f64> = (0..c * c).map(|k| inner(k / c, k % c)).collect();
            let output_gradient = gradients[place * c..][..c].to_vec();
            // The example's own part of the matrix that is inverted: of a Fisher matrix it is r rᵀ in the outputs.
            let own = |k: usize| match self.diagnostics.curvature {
                Curvature::Fisher => output_gradient[k / c] * output_gradient[k % c],
                Curvature::Hessian | Curvature::GaussNewton => hessians[place * c * c + k],
            };
            let output_hessian: Vec<f64> = (0..c * c).map(|k| weight * own(k)).collect();
            // J u = w (A r + J M⁻¹ ∇penalty).
            let output_step: Vec<f64> = (0..c)
                .map(|i| {
                    let penalty = dot(rows.vector(at(i)), penalty_step) / total;
                    weight * (dot(&a[i * c..][..c], &output_gradient) + penalty)
                })
                .collect();
            let matrix = multiply(&output_hessian, &a, c);
            let right: Vec<f64> = (0..c).map(|i| dot(&output_hessian[i * c..][..c], &output_step)).collect();
            let complement: Vec<f64> =
                (0..c * c).map(|k| if k / c == k % c { 1.0 - matrix[k] } else { -matrix[k] }).collect();
            let p = rows.dimension();
            removals.push(Removal {
                leverage: (0..c).map(|i| matrix[i * c + i]).sum(),
                jacobian: Block::new(p, c, rows.values()[at(0) * p..at(c) * p].to_vec())?,
                correction: solve::small_system(&complement, &right),
                output_gradient,
            });
        }
        Ok(removals)
    }
}

/// What the identity needs of one example.
struct Removal {
    leverage: f64,
    /// J.
    jacobian: Block,
    /// r.
    output_gradient: Vec<f64>,
    /// (I − SA)⁻¹ S J u.
    correction: Vec<f64>,
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
