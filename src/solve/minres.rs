//! MINRES (Paige & Saunders 1975): smallest residuals for a symmetric operator that may be indefinite.

use crate::error::Result;

use super::Block;
use super::dense::{add, dot, norm, scale};
use super::refine::{Run, Task};
use super::system::System;

/// What one right-hand side carries from step to step.
struct State {
    number: usize,
    /// The last coupling of the Lanczos iteration, and the entries of the tridiagonal matrix so far.
    coupling: f64,
    diagonal: Vec<f64>,
    off_diagonal: Vec<f64>,
    /// The last two rotations.
    cosines: [f64; 2],
    sines: [f64; 2],
    /// The length of the residual, with the sign the rotations give it.
    residual: f64,
}

/// Runs each right-hand side by itself; what has converged leaves the block.
pub(super) fn minimal_residual(system: &mut System, task: &Task) -> Result<Run> {
    let dimension = task.right.dimension();
    let mut correction = Block::zeros(dimension, task.right.count());
    let mut lengths: Vec<f64> = task.right.vectors().map(norm).collect();
    let mut active: Vec<State> = (0..lengths.len())
        .filter(|&number| lengths[number] > task.targets[number])
        .map(|number| State::new(number, lengths[number]))
        .collect();
    // Lanczos vectors of this step and the last, and the last two directions of the solution.
    let numbers: Vec<usize> = active.iter().map(|state| state.number).collect();
    let mut vectors = task.right.clone();
    vectors.keep(&numbers);
    for (at, state) in active.iter().enumerate() {
        scale(1.0 / state.residual, vectors.vector_mut(at));
    }
    let mut before = Block::zeros(dimension, active.len());
    let mut directions = [before.clone(), before.clone()];
    let mut products = before.clone();
    let mut lowest = f64::INFINITY;
    let mut iterations = 0;
    while !active.is_empty() && iterations < task.max_iterations {
        system.apply(|spent| &mut spent.iterating, &vectors, &mut products)?;
        iterations += 1;
        let mut keep = Vec::new();
        for (at, state) in active.iter_mut().enumerate() {
            let next = products.vector_mut(at);
            let vector = vectors.vector(at);
            let size = norm(next);
            add(-state.coupling, before.vector(at), next);
            let diagonal = dot(vector, next);
            add(-diagonal, vector, next);
            let coupling = norm(next);
            let exhausted = coupling <= 1e-14 * size;
            // The new column of the tridiagonal matrix under the rotations before.
            let beyond = state.sines[0] * state.coupling;
            let above = state.cosines[0] * state.coupling;
            let upper = state.cosines[1] * above + state.sines[1] * diagonal;
            let reduced = -state.sines[1] * above + state.cosines[1] * diagonal;
            let pivot = libm::hypot(reduced, if exhausted { 0.0 } else { coupling });
            state.diagonal.push(diagonal);
            state.off_diagonal.push(coupling);
            if pivot <= 1e-14 * size {
                // Singular, and b has a part that no product reaches: this is the least residual there is.
                lowest = lowest.min(state.lowest());
                continue;
            }
            let (cosine, sine) = (reduced / pivot, if exhausted { 0.0 } else { coupling / pivot });
            let [older, newer] = &mut directions;
            // The oldest direction is used up; the new one takes its place and the two change roles below.
            for (((old, new), vector), into) in older
                .vector_mut(at)
                .iter_mut()
                .zip(newer.vector(at))
                .zip(vector)
                .zip(correction.vector_mut(state.number))
            {
                *old = (vector - upper * new - beyond * *old) / pivot;
                *into += cosine * state.residual * *old;
            }
            state.residual *= -sine;
            state.cosines = [state.cosines[1], cosine];
            state.sines = [state.sines[1], sine];
            state.coupling = coupling;
            lengths[state.number] = state.residual.abs();
            if lengths[state.number] > task.targets[state.number] && !exhausted {
                scale(1.0 / coupling, next);
                keep.push(at);
            } else {
                lowest = lowest.min(state.lowest());
            }
        }
        directions.swap(0, 1);
        task.report(iterations, &lengths)?;
        // The vectors of this step become the last ones, and the products the new ones.
        std::mem::swap(&mut before, &mut vectors);
        std::mem::swap(&mut vectors, &mut products);
        if keep.len() < active.len() {
            [&mut before, &mut vectors, &mut products]
                .into_iter()
                .chain(&mut directions)
                .for_each(|block| block.keep(&keep));
            let mut at = 0;
            active.retain(|_| {
                at += 1;
                keep.binary_search(&(at - 1)).is_ok()
            });
        }
    }
    lowest = active.iter().map(State::lowest).fold(lowest, f64::min);
    Ok(Run { correction, iterations, negative_curvature: (lowest < 0.0).then_some(lowest) })
}

impl State {
    fn new(number: usize, length: f64) -> Self {
        Self {
            number,
            coupling: 0.0,
            diagonal: Vec::new(),
            off_diagonal: Vec::new(),
            cosines: [1.0; 2],
            sines: [0.0; 2],
            residual: length,
        }
    }

    /// The lowest eigenvalue of the tridiagonal matrix, by bisection: a Rayleigh quotient that was met. Rounding of zero
    /// counts as zero.
    fn lowest(&self) -> f64 {
        let radius = |at: usize| {
            let left = if at > 0 { self.off_diagonal[at - 1] } else { 0.0 };
            let right = if at + 1 < self.diagonal.len() { self.off_diagonal[at] } else { 0.0 };
            left.abs() + right.abs()
        };
        let size = (0..self.diagonal.len()).map(|at| self.diagonal[at].abs() + radius(at)).fold(0.0, f64::max);
        let (mut low, mut high) = (-size, size);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if self.any_below(middle) { high = middle } else { low = middle }
        }
        if high.abs() <= 1e-12 * size { 0.0 } else { high }
    }

    /// Whether an eigenvalue lies below, by the signs of the pivots of the shifted matrix.
    fn any_below(&self, shift: f64) -> bool {
        let mut pivot = 1.0;
        for (at, diagonal) in self.diagonal.iter().enumerate() {
            let coupling = if at > 0 { self.off_diagonal[at - 1] } else { 0.0 };
            pivot = diagonal - shift - coupling * coupling / pivot;
            if pivot < 0.0 {
                return true;
            }
            if pivot == 0.0 {
                pivot = f64::MIN_POSITIVE;
            }
        }
        false
    }
}
