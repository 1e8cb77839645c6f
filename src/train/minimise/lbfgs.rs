//! L-BFGS (Nocedal 1980; Nocedal & Wright, Numerical Optimization, 2006, section 7.2).

use std::collections::VecDeque;

use crate::error::Result;
use crate::solve::{add, dot};

use super::{MinimiseOptions, MinimiseReport, Smooth, State};

/// A step, the change of the gradient over it, and the inverse of their inner product.
struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    inverse: f64,
}

/// Minimises from `start`, by gradients alone. Not to converge is no error: the report says so.
///
/// # Errors
/// What evaluating the function meets; [`Error::NotFinite`](crate::Error::NotFinite) when it is not finite at the start;
/// [`Error::Cancelled`](crate::Error::Cancelled) when the callback asks to stop; [`Error::Argument`](crate::Error::Argument) for
/// a start of another length.
pub fn lbfgs(
    function: &mut dyn Smooth,
    start: &[f64],
    options: &MinimiseOptions,
) -> Result<(Vec<f64>, MinimiseReport)> {
    let mut state = State::new(function, start, options)?;
    let mut pairs: VecDeque<Pair> = VecDeque::new();
    while !state.done() {
        let direction = direction(&state.gradient, &pairs);
        let first = if pairs.is_empty() { 1.0 / dot(&state.gradient, &state.gradient).sqrt().max(1.0) } else { 1.0 };
        let (x, gradient) = (state.x.clone(), state.gradient.clone());
        if !state.search(&direction, first)? {
            // Old pairs may have spoilt the direction: once more along the gradient itself.
            if pairs.is_empty() {
                break;
            }
            pairs.clear();
            continue;
        }
        let step: Vec<f64> = state.x.iter().zip(&x).map(|(new, old)| new - old).collect();
        let change: Vec<f64> = state.gradient.iter().zip(&gradient).map(|(new, old)| new - old).collect();
        let product = dot(&step, &change);
        if product > f64::EPSILON * dot(&change, &change).sqrt() * dot(&step, &step).sqrt() {
            if pairs.len() == options.memory.max(1) {
                pairs.pop_front();
            }
            pairs.push_back(Pair { step, change, inverse: 1.0 / product });
        }
        state.tell()?;
    }
    Ok(state.report())
}

/// Minus the approximate inverse Hessian times the gradient: the two loops.
fn direction(gradient: &[f64], pairs: &VecDeque<Pair>) -> Vec<f64> {
    let mut direction: Vec<f64> = gradient.iter().map(|value| -value).collect();
    let mut shares = Vec::with_capacity(pairs.len());
    for pair in pairs.iter().rev() {
        let share = pair.inverse * dot(&pair.step, &direction);
        add(-share, &pair.change, &mut direction);
        shares.push(share);
    }
    if let Some(last) = pairs.back() {
        let scale = 1.0 / (last.inverse * dot(&last.change, &last.change));
        direction.iter_mut().for_each(|value| *value *= scale);
    }
    for (pair, share) in pairs.iter().zip(shares.into_iter().rev()) {
        let other = pair.inverse * dot(&pair.change, &direction);
        add(share - other, &pair.step, &mut direction);
    }
    direction
}
