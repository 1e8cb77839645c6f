//! An objective where the model stands, and which curvature is solved with there: one question for plans and for what then
//! solves.

use crate::error::{Error, Result};
use crate::objective::{Curvature, Evaluate, gradient_scale, relative_norm};
use crate::solve::{self, Block};
use crate::tensor::random::{Purpose, Stream};

use super::options::Options;

/// An objective at the evaluator's point, and the curvature that is solved with there.
pub(super) struct Point {
    pub value: f64,
    pub gradient_norm: f64,
    pub gradient_length: f64,
    pub at_minimum: bool,
    /// The sizes that the gradient is measured by, coordinate by coordinate.
    pub scale: Vec<f64>,
    pub curvature: Curvature,
    /// δ.
    pub damping: f64,
}

/// The share of the mean eigenvalue that damps the curvature of networks: with it training without half of the rows is
/// predicted better than without in `cargo test --test attribution networks`; see docs/methods.md.
const DAMPED: f64 = 0.3;
/// The vectors that the mean eigenvalue is estimated by.
const PROBES: usize = 8;

impl Point {
    /// # Errors
    /// As [`Influence::fit`](super::Influence::fit) before it solves.
    pub fn of(evaluator: &mut dyn Evaluate, options: &Options) -> Result<Self> {
        options.check()?;
        let mut gradient = vec![0.0; evaluator.dimension()];
        let value = evaluator.value_and_gradient(&mut gradient)?;
        let steepest = solve::max_norm(&gradient);
        if !value.is_finite() || !steepest.is_finite() {
            return Err(Error::NotFinite {
                what: "the objective or its gradient",
                value: if value.is_finite() { steepest } else { value },
                place: "the model's parameters".into(),
                hint: "train again with a smaller learning rate or a penalty".into(),
            });
        }
        let scale = gradient_scale(evaluator)?;
        let gradient_norm = relative_norm(&gradient, &scale);
        let at_minimum = gradient_norm <= options.gradient_tolerance;
        let away = || Error::NotStationary { gradient: gradient_norm, bound: options.gradient_tolerance };
        let curvature = match options.curvature {
            Some(Curvature::Hessian) if !at_minimum => return Err(away()),
            Some(curvature) => curvature,
            None if at_minimum => Curvature::Hessian,
            None if evaluator.objective().outputs.is_some() => Curvature::GaussNewton,
            None => return Err(away()),
        };
        let gradient_length = gradient.iter().map(|x| x * x).sum::<f64>().sqrt();
        let damping = match (options.damping, curvature) {
            (Some(damping), _) => damping,
            (None, Curvature::Hessian) => 0.0,
            // The matrix is then all of the Hessian.
            (None, _) if evaluator.blocks_cost().is_some() => 0.0,
            (None, _) => DAMPED * mean_eigenvalue(evaluator, curvature, options.seed)?,
        };
        Ok(Self { value, gradient_norm, gradient_length, at_minimum, scale, curvature, damping })
    }
}

/// The mean of the eigenvalues of a curvature matrix: that of vᵀ H v over random signs, per parameter (Hutchinson 1990).
fn mean_eigenvalue(evaluator: &mut dyn Evaluate, curvature: Curvature, seed: u64) -> Result<f64> {
    let dimension = evaluator.dimension();
    let mut stream = Stream::new(seed, Purpose::Probe, 2, 0);
    let (mut direction, mut product) = (Block::zeros(dimension, 1), Block::zeros(dimension, 1));
    let mut sum = 0.0;
    for _ in 0..PROBES {
        direction.values_mut().fill_with(|| if stream.uniform() < 0.5 { -1.0 } else { 1.0 });
        evaluator.products(curvature, &direction, &mut product)?;
        sum += solve::dot(direction.values(), product.values());
    }
    if !sum.is_finite() {
        return Err(Error::NotFinite {
            what: "a product with the curvature",
            value: sum,
            place: "the model's parameters".into(),
            hint: "train again with a smaller learning rate or a penalty".into(),
        });
    }
    Ok((sum / (dimension * PROBES) as f64).max(0.0))
}
