//! How far to go along a direction.

use crate::error::Result;
use crate::solve::{add, dot};

use super::State;

/// The value must fall by this share of what the slope promises.
const DECREASE: f64 = 1e-4;

/// The slope must flatten to this share.
const FLATTENING: f64 = 0.9;

/// Below this share of the value, its changes are rounding, and the slopes decide (Hager & Zhang 2005).
const ROUNDING: f64 = 1e-11;

const MOST_EVALUATIONS: usize = 40;

impl State<'_, '_> {
    /// Moves along a direction to a point that satisfies the strong Wolfe conditions, or the approximate ones of Hager &
    /// Zhang where the value no longer resolves its changes. False when there is none: nothing has moved then.
    pub fn search(&mut self, direction: &[f64], first: f64) -> Result<bool> {
        let slope = dot(&self.gradient, direction);
        if slope >= 0.0 || !slope.is_finite() {
            return Ok(false);
        }
        let (mut low, mut low_slope) = (0.0, slope);
        let (mut high, mut high_slope) = (f64::INFINITY, None);
        let mut step = first;
        let mut point = vec![0.0; self.x.len()];
        let mut gradient = vec![0.0; self.x.len()];
        for _ in 0..MOST_EVALUATIONS {
            point.copy_from_slice(&self.x);
            add(step, direction, &mut point);
            let value = self.function.value_and_gradient(&point, &mut gradient)?;
            self.evaluations += 1;
            let here = dot(&gradient, direction);
            let finite = value.is_finite() && here.is_finite();
            let falls = finite && value <= self.value + DECREASE * step * slope;
            let level = finite && value <= self.value + ROUNDING * self.value.abs();
            let flat = here.abs() <= -FLATTENING * slope;
            // The decrease condition of a parabola, told by its slope at the end.
            let falls_by_slope = level && here <= (2.0 * DECREASE - 1.0) * slope;
            if flat && (falls || falls_by_slope) {
                self.x = point;
                self.value = value;
                self.gradient = gradient;
                return Ok(true);
            }
            if !finite {
                (high, high_slope) = (step, None);
            } else if here >= 0.0 {
                (high, high_slope) = (step, Some(here));
            } else if !falls && !level {
                (high, high_slope) = (step, None);
            } else {
                (low, low_slope) = (step, here);
            }
            step = next(low, low_slope, high, high_slope);
            if high.is_finite() && high - low <= f64::EPSILON * high {
                break;
            }
        }
        Ok(false)
    }
}

/// The next step to try: where the slope is zero by interpolation, well inside of the bracket; beyond, where it is open.
fn next(low: f64, low_slope: f64, high: f64, high_slope: Option<f64>) -> f64 {
    if high.is_infinite() {
        return 3.0 * low;
    }
    let share = high_slope.map_or(if low == 0.0 { 0.2 } else { 0.5 }, |slope| low_slope / (low_slope - slope));
    low + share.clamp(0.05, 0.95) * (high - low)
}
