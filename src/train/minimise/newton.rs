//! Newton's method: with the factored Hessian where it is small, and with truncated conjugate gradients elsewhere (Dembo &
//! Steihaug 1983, with the forcing terms of Eisenstat & Walker 1996).

use crate::error::{Error, Result};
use crate::solve::{Block, Dense, Factor, Operator, add, assemble, dot};

use super::{MinimiseOptions, MinimiseReport, Smooth, State};

/// Unit vectors multiplied at once when the Hessian is assembled.
const TOGETHER: usize = 64;

/// The loosest linear solve: looser ones follow curved valleys in many short steps.
const MOST_FORCING: f64 = 0.1;

/// Minimises from `start`, with Hessian products. Not to converge is no error: the report says so.
///
/// # Errors
/// As [`lbfgs`](super::lbfgs), and what the Hessian's products meet.
pub fn newton(
    function: &mut dyn Smooth,
    start: &[f64],
    options: &MinimiseOptions,
) -> Result<(Vec<f64>, MinimiseReport)> {
    let mut state = State::new(function, start, options)?;
    let mut before = state.size();
    let mut forcing: f64 = MOST_FORCING;
    while !state.done() {
        let (direction, products) = {
            let gradient = &state.gradient;
            let mut hessian = state.function.hessian(&state.x)?;
            if gradient.len() <= options.direct {
                factored(hessian.as_mut(), gradient)?
            } else {
                truncated(hessian.as_mut(), gradient, forcing)?
            }
        };
        state.products += products;
        if !state.search(&direction, 1.0)? {
            let steepest: Vec<f64> = state.gradient.iter().map(|value| -value).collect();
            if !state.search(&steepest, 1.0 / dot(&steepest, &steepest).sqrt().max(1.0))? {
                break;
            }
        }
        let now = state.size();
        // Ask for more of the linear solve the faster the gradient falls.
        forcing = (0.9 * (now / before).powi(2)).clamp(1e-8, MOST_FORCING);
        before = now;
        state.tell()?;
    }
    Ok(state.report())
}

/// The Newton direction by factoring, damped as much as it takes to be positive; and the products spent.
fn factored(hessian: &mut dyn Operator, gradient: &[f64]) -> Result<(Vec<f64>, usize)> {
    let matrix = assemble(hessian, TOGETHER)?;
    let size =
        (0..matrix.dimension()).map(|at| matrix.values()[at * (matrix.dimension() + 1)].abs()).fold(0.0, f64::max);
    let mut damping = 0.0;
    loop {
        match Factor::new(Dense::clone(&matrix), damping) {
            Ok(factor) => {
                let right = Block::new(gradient.len(), 1, gradient.iter().map(|value| -value).collect())?;
                return Ok((factor.solve(&right)?.values().to_vec(), gradient.len()));
            }
            Err(Error::Indefinite { lowest, .. }) => damping = (10.0 * damping).max(-1.5 * lowest).max(1e-10 * size),
            Err(Error::Singular { .. }) => damping = (10.0 * damping).max(1e-10 * size).max(f64::MIN_POSITIVE),
            Err(error) => return Err(error),
        }
    }
}

/// A Newton direction by conjugate gradients, up to this relative residual or to a direction of negative curvature; and the
/// products spent.
fn truncated(hessian: &mut dyn Operator, gradient: &[f64], forcing: f64) -> Result<(Vec<f64>, usize)> {
    let dimension = gradient.len();
    let mut solution = vec![0.0; dimension];
    let mut residual: Vec<f64> = gradient.iter().map(|value| -value).collect();
    let mut direction = Block::new(dimension, 1, residual.clone())?;
    let mut product = Block::zeros(dimension, 1);
    let mut square = dot(&residual, &residual);
    let goal = forcing * forcing * square;
    let mut products = 0;
    while square > goal && products < 10 * dimension {
        hessian.apply(&direction, &mut product)?;
        products += 1;
        let curvature = dot(direction.values(), product.values());
        if curvature.is_nan() {
            return Err(Error::NotFinite {
                what: "a product of the Hessian",
                value: curvature,
                place: format!("product {products} of a Newton step"),
                remedy: "look for losses that overflow".into(),
            });
        }
        if curvature <= f64::EPSILON * dot(direction.values(), direction.values()) {
            // Downhill without an end. What is there already is a direction; nothing makes the caller go straight down.
            break;
        }
        let step = square / curvature;
        add(step, direction.values(), &mut solution);
        add(-step, product.values(), &mut residual);
        let new = dot(&residual, &residual);
        let ratio = new / square;
        square = new;
        for (direction, residual) in direction.values_mut().iter_mut().zip(&residual) {
            *direction = residual + ratio * *direction;
        }
    }
    Ok((solution, products))
}
