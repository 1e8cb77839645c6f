//! L-BFGS: the inverse Hessian from the last steps (Nocedal, 1980; Liu and Nocedal, 1989).

use std::collections::VecDeque;

use crate::error::Result;

use super::descent::{Descent, End, Place, add, dot, norm};
use super::line_search::search;
use super::{Minimum, Options, Smooth};

/// How many steps in a row may gain nothing.
const PATIENCE: usize = 50;
/// Pairs with less curvature than this share of what the two lengths allow are noise.
const LEAST_CURVATURE: f64 = 1e-14;

/// Pairs of a step and what it changed the gradient by: an approximation of the inverse Hessian.
#[derive(Clone, Debug)]
pub(super) struct Memory {
    pairs: VecDeque<Pair>,
    capacity: usize,
}

#[derive(Clone, Debug)]
struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    curvature: f64,
}

impl Memory {
    pub fn new(capacity: usize) -> Self {
        Self { pairs: VecDeque::new(), capacity: capacity.max(1) }
    }

    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    pub fn clear(&mut self) {
        self.pairs.clear();
    }

    /// Adds a pair, unless its curvature is not positive; the oldest gives way.
    pub fn push(&mut self, step: Vec<f64>, change: Vec<f64>) {
        let curvature = dot(&step, &change);
        let least = LEAST_CURVATURE * norm(&step) * norm(&change);
        if curvature.is_nan() || curvature <= least {
            return;
        }
        if self.pairs.len() == self.capacity {
            self.pairs.pop_front();
        }
        self.pairs.push_back(Pair { step, change, curvature });
    }

    /// Multiplies by the approximate inverse Hessian: the two-loop recursion.
    pub fn apply(&self, vector: &mut [f64]) {
        let mut shares = Vec::with_capacity(self.pairs.len());
        for pair in self.pairs.iter().rev() {
            let share = dot(&pair.step, vector) / pair.curvature;
            add(-share, &pair.change, vector);
            shares.push(share);
        }
        if let Some(last) = self.pairs.back() {
            let scale = last.curvature / dot(&last.change, &last.change);
            vector.iter_mut().for_each(|x| *x *= scale);
        }
        for (pair, share) in self.pairs.iter().zip(shares.into_iter().rev()) {
            let back = dot(&pair.change, vector) / pair.curvature;
            add(share - back, &pair.step, vector);
        }
    }
}

/// Minimizes by L-BFGS, which needs no products with the Hessian.
///
/// A point that is not as good as was asked for is no error: [`Minimum::converged`] says so, and
/// [`Minimum::hint`] what to do.
///
/// # Errors
/// [`Error::Argument`](crate::Error::Argument) for a start of another dimension or a gradient that is not positive;
/// [`Error::NotFinite`](crate::Error::NotFinite) when the function is not finite at the start;
/// [`Error::Canceled`](crate::Error::Canceled) when the monitor breaks; what the function reports.
pub fn lbfgs(function: &mut dyn Smooth, start: &[f64], options: &Options) -> Result<Minimum> {
    let (mut descent, mut place) = Descent::start(function, start, options)?;
    let mut memory = Memory::new(options.memory);
    let mut end = None;
    while end.is_none() && !descent.converged(&place) && !descent.exhausted() {
        match step(&mut descent, &place, &mut memory)? {
            Some(next) => {
                place = next;
                end = descent.step(&place, PATIENCE)?;
            }
            None => end = Some(End::Stalled),
        }
    }
    if descent.converged(&place) {
        end = None;
    }
    Ok(descent.finish(place, end))
}

/// One step; none when neither the memory nor the gradient leads down.
fn step(descent: &mut Descent, place: &Place, memory: &mut Memory) -> Result<Option<Place>> {
    loop {
        let mut direction: Vec<f64> = place.gradient.iter().map(|x| -x).collect();
        memory.apply(&mut direction);
        // Without memory nothing is known of scales: a step of length one is tried, or less.
        let first = if memory.is_empty() { (1.0 / norm(&direction)).min(1.0) } else { 1.0 };
        if let Some(next) = search(descent, place, &direction, first)? {
            let step = next.x.iter().zip(&place.x).map(|(new, old)| new - old).collect();
            let change = next.gradient.iter().zip(&place.gradient).map(|(new, old)| new - old).collect();
            memory.push(step, change);
            return Ok(Some(next));
        }
        if memory.is_empty() {
            return Ok(None);
        }
        memory.clear();
    }
}
