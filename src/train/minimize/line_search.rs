//! A step along a direction.
//!
//! The conditions are those of Wolfe (strong), or near a minimum, where rounding hides a decrease of the value, the
//! approximate ones of Hager and Zhang, "A new conjugate gradient method with guaranteed descent and an efficient line
//! search" (2005), which look at slopes only.

use crate::error::Result;

use super::descent::{Descent, Place, add, dot};

/// The share of the decrease that the slope promises and a step must bring.
const DECREASE: f64 = 0.1;
/// The share of the slope that may be left at the end of a step.
const SLOPE_LEFT: f64 = 0.9;
/// The most evaluations for a step.
const MAX_EVALUATIONS: usize = 25;
/// How far into an interval a guess is moved from its ends.
const MARGIN: f64 = 0.05;

/// An end of the interval that holds a good step.
struct Bound {
    step: f64,
    /// The slope there; absent where only the value is known to be too high.
    slope: Option<f64>,
}

/// A point along `direction` that is better, first trying the step `first`; none when there is none to be found.
///
/// At a kink, where slopes jump, the best point before it is taken.
pub(super) fn search(descent: &mut Descent, from: &Place, direction: &[f64], first: f64) -> Result<Option<Place>> {
    let slope = dot(&from.gradient, direction);
    if !(slope < 0.0 && slope.is_finite()) {
        return Ok(None);
    }
    let highest = from.value + descent.noise(from.value);
    let mut low = Bound { step: 0.0, slope: Some(slope) };
    let mut best: Option<Place> = None;
    let mut high: Option<Bound> = None;
    let (mut step, mut width) = (first, f64::INFINITY);
    for _ in 0..MAX_EVALUATIONS {
        let mut x = from.x.clone();
        add(step, direction, &mut x);
        let place = descent.evaluate(x)?;
        let end = dot(&place.gradient, direction);
        let near = place.is_finite() && place.value <= highest;
        if near {
            let enough = place.value <= from.value + DECREASE * step * slope;
            if (enough && end.abs() <= -SLOPE_LEFT * slope)
                || (end >= SLOPE_LEFT * slope && end <= (2.0 * DECREASE - 1.0) * slope)
            {
                return Ok(Some(place));
            }
        }
        if near && end < 0.0 {
            low = Bound { step, slope: Some(end) };
            if place.value < from.value {
                best = Some(place);
            }
        } else {
            high = Some(Bound { step, slope: (place.is_finite() && end >= 0.0).then_some(end) });
        }
        step = match &high {
            None => 4.0 * step,
            Some(high) => {
                let before = width;
                width = high.step - low.step;
                if width <= 1e-15 * high.step {
                    break;
                }
                let share = match (low.slope, high.slope) {
                    // Halving where the secant does not shorten the interval.
                    _ if width > 0.5 * before => 0.5,
                    (Some(left), Some(right)) => left / (left - right),
                    _ => 0.25,
                };
                low.step + share.clamp(MARGIN, 1.0 - MARGIN) * width
            }
        };
    }
    Ok(best)
}
