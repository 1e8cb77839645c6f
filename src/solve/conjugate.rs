//! Conjugate gradients (Hestenes & Stiefel 1952), several right-hand sides side by side.

use crate::error::{Error, Result};

use super::dense::{add, dot, norm};
use super::refine::{Run, Task, met_negative};
use super::system::System;
use super::{Block, Preconditioner};

/// Runs each right-hand side by itself; what has converged leaves the block.
pub(super) fn conjugate_gradients(
    system: &mut System,
    preconditioner: Option<&dyn Preconditioner>,
    task: &Task,
) -> Result<Run> {
    let dimension = task.right.dimension();
    let mut correction = Block::zeros(dimension, task.right.count());
    let mut lengths: Vec<f64> = task.right.vectors().map(norm).collect();
    let mut active: Vec<usize> = (0..lengths.len()).filter(|&number| lengths[number] > task.targets[number]).collect();
    let mut residuals = task.right.clone();
    residuals.keep(&active);
    let mut images = Block::zeros(dimension, 0);
    precondition(preconditioner, &residuals, &mut images);
    let mut directions = images.clone();
    let mut squares: Vec<f64> = (0..active.len()).map(|at| dot(residuals.vector(at), images.vector(at))).collect();
    let mut iterations = 0;
    while !active.is_empty() && iterations < task.max_iterations {
        positive(&squares)?;
        // The images of the last step are used up; their memory takes the products.
        let products = &mut images;
        products.resize(active.len());
        system.apply(|spent| &mut spent.iterating, &directions, products)?;
        iterations += 1;
        let mut keep = Vec::new();
        for (at, &number) in active.iter().enumerate() {
            let (direction, product) = (directions.vector(at), products.vector(at));
            let curvature = dot(direction, product);
            if curvature <= 0.0 {
                let quotient = curvature / dot(direction, direction);
                // No curvature at all, to rounding: this right-hand side gets no further.
                if curvature >= -1e-12 * norm(direction) * norm(product) {
                    continue;
                }
                return Err(met_negative(system, task.options, quotient));
            }
            let step = squares[at] / curvature;
            add(step, direction, correction.vector_mut(number));
            add(-step, product, residuals.vector_mut(at));
            lengths[number] = norm(residuals.vector(at));
            if lengths[number] > task.targets[number] {
                keep.push(at);
            }
        }
        task.report(iterations, &lengths)?;
        if keep.len() < active.len() {
            residuals.keep(&keep);
            directions.keep(&keep);
            active = keep.iter().map(|&at| active[at]).collect();
            squares = keep.iter().map(|&at| squares[at]).collect();
        }
        precondition(preconditioner, &residuals, &mut images);
        for (at, square) in squares.iter_mut().enumerate() {
            let new = dot(residuals.vector(at), images.vector(at));
            let ratio = new / *square;
            *square = new;
            for (direction, image) in directions.vector_mut(at).iter_mut().zip(images.vector(at)) {
                *direction = image + ratio * *direction;
            }
        }
    }
    Ok(Run { correction, iterations, negative_curvature: None })
}

pub(super) fn precondition(preconditioner: Option<&dyn Preconditioner>, vectors: &Block, images: &mut Block) {
    images.resize(vectors.count());
    match preconditioner {
        None => images.values_mut().copy_from_slice(vectors.values()),
        Some(preconditioner) => preconditioner.apply(vectors, images),
    }
}

fn positive(squares: &[f64]) -> Result<()> {
    match squares.iter().find(|square| **square <= 0.0 || square.is_nan()) {
        None => Ok(()),
        Some(square) => Err(not_positive(*square)),
    }
}

/// The error for a preconditioner whose quadratic form has this value.
pub(super) fn not_positive(square: f64) -> Error {
    Error::argument("a quadratic form of the preconditioner", square, "a preconditioner that is positive definite")
}
