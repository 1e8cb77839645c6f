//! The ends of a spectrum where an approximate inverse is known (Davidson 1975).
//!
//! A subspace grows by two directions a step: the approximate inverse times the residual of the lowest Ritz pair, and the
//! residual of the highest. Small eigenvalues in a crowd, which Lanczos iteration needs hundreds of products for, are found
//! in some tens.

use crate::error::{Error, Result};
use crate::tensor::random::{Purpose, Stream};

use super::dense::{add, combine, eigen, gram, norm, remove_basis, scale, symmetrize};
use super::system::System;
use super::{Block, Operator, Preconditioner, Spectrum};

/// The most steps, each of two products.
const STEPS: usize = 30;
/// The error of the lowest eigenvalue, as a share of it, at which it is known well enough to be divided by.
const LOWEST: f64 = 0.1;
/// The same of the highest.
const HIGHEST: f64 = 0.01;
/// Steps of the power method with the approximate inverse, which cost no product, for a first guess at the lowest.
const GUESSES: usize = 20;

/// The ends of the spectrum of an operator whose inverse `near` is like.
///
/// # Errors
/// What the operator's products meet; [`Error::Argument`] for an operator without rows.
pub fn spectrum_near(operator: &mut dyn Operator, near: &dyn Preconditioner, seed: u64) -> Result<Spectrum> {
    let mut system = System::new(operator, 0.0);
    let dimension = system.dimension();
    if dimension == 0 {
        return Err(Error::argument("the dimension of the operator", 0, "at least one"));
    }
    let mut stream = Stream::new(seed, Purpose::Probe, 0, 0);
    let random: Vec<f64> = (0..dimension).map(|_| stream.normal()).collect();
    let mut guess = Block::new(dimension, 1, random.clone())?;
    for _ in 0..GUESSES {
        let mut image = Block::zeros(dimension, 1);
        near.apply(&guess, &mut image);
        let length = norm(image.vector(0));
        if !(length > 0.0 && length.is_finite()) {
            break;
        }
        scale(1.0 / length, image.vector_mut(0));
        guess = image;
    }
    let mut next = [guess.vector(0).to_vec(), random];
    let mut basis = Block::zeros(dimension, 0);
    let mut images = Block::zeros(dimension, 0);
    loop {
        let known = basis.count();
        for vector in &mut next {
            extend(&mut basis, vector);
        }
        let count = basis.count() - known;
        if count > 0 {
            let mut directions = Block::zeros(dimension, count);
            directions.values_mut().copy_from_slice(&basis.values()[known * dimension..]);
            let mut products = Block::zeros(dimension, count);
            system.apply(|spent| &mut spent.probing, &directions, &mut products)?;
            images.resize(basis.count());
            images.values_mut()[known * dimension..].copy_from_slice(products.values());
        }
        let mut small = gram(&basis, &images);
        symmetrize(&mut small);
        let (values, vectors) = eigen(small.as_ref())?;
        let last = values.len() - 1;
        let residual = |at: usize| -> Block {
            let (mut residual, mut vector) = (Block::zeros(dimension, 1), Block::zeros(dimension, 1));
            combine(1.0, &images, vectors.as_ref().subcols(at, 1), &mut residual);
            combine(1.0, &basis, vectors.as_ref().subcols(at, 1), &mut vector);
            add(-values[at], vector.values(), residual.values_mut());
            residual
        };
        let (low, high) = (residual(0), residual(last));
        let found = Spectrum {
            lowest: values[0],
            highest: values[last],
            lowest_error: norm(low.values()),
            highest_error: norm(high.values()),
            products: system.products.probing,
        };
        let close =
            found.lowest_error <= LOWEST * found.lowest.abs() && found.highest_error <= HIGHEST * found.highest.abs();
        if close || count == 0 || system.products.probing >= 2 * STEPS {
            return Ok(found);
        }
        let mut step = Block::zeros(dimension, 1);
        near.apply(&low, &mut step);
        next = [step.vector(0).to_vec(), high.vector(0).to_vec()];
    }
}

/// Adds what is new in a vector to an orthonormal basis.
fn extend(basis: &mut Block, vector: &mut [f64]) {
    let before = norm(vector);
    remove_basis(basis, vector);
    let length = norm(vector);
    if !(length > 1e-10 * before && length.is_finite()) {
        return;
    }
    scale(1.0 / length, vector);
    basis.push(vector);
}
