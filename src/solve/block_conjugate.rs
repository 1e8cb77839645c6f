//! Conjugate gradients in the Krylov space of all right-hand sides together.
//!
//! The residuals are kept as R = QΦ with QᵀMQ = I, M being the preconditioner (Dubrulle, "Retooling the method of block
//! conjugate gradients", 2001, there without M). With W = Q − AP(PᵀAP)⁻¹ and W = Q'S:
//!
//! ```text
//! X ← X + P (PᵀAP)⁻¹ Φ,   Φ ← SΦ,   P ← MQ' + P Sᵀ
//! ```
//!
//! S may have fewer rows than columns: where W loses rank, directions leave the block and nothing else changes. P always
//! has full rank, as Q'ᵀP = I, so that right-hand sides may be zero, repeated, dependent or more than there are numbers.

use faer::Mat;

use crate::error::Result;

use super::conjugate::{not_positive, precondition};
use super::dense::{add, cholesky_of, combine, dot, eigen, gram, norm, product, scale, solve_small, symmetrize};
use super::refine::{Run, Task, met_negative};
use super::system::System;
use super::{Block, Preconditioner};

/// What remains of a vector after projection must be larger than this, relative to the vector (and to one, the length of
/// those before it), to be more than rounding.
const RANK: f64 = 1e-13;

/// Runs all right-hand sides together until all have converged.
pub(super) fn block_conjugate_gradients(
    system: &mut System,
    preconditioner: Option<&dyn Preconditioner>,
    task: &Task,
) -> Result<Run> {
    let (dimension, count) = (task.right.dimension(), task.right.count());
    let mut correction = Block::zeros(dimension, count);
    let before: Vec<f64> = task.right.vectors().map(norm).collect();
    let active: Vec<usize> = (0..count).filter(|&number| before[number] > task.targets[number]).collect();
    let mut basis = task.right.clone();
    basis.keep(&active);
    // All of one length, so that none is taken for rounding beside another.
    for (at, &number) in active.iter().enumerate() {
        scale(1.0 / before[number], basis.vector_mut(at));
    }
    let mut images = preconditioner.map(|preconditioner| image(preconditioner, &basis));
    let first = orthonormalize(&mut basis, images.as_mut())?;
    let mut coordinates = Mat::from_fn(first.nrows(), count, |row, number| {
        active.iter().position(|&other| other == number).map_or(0.0, |at| first[(row, at)] * before[number])
    });
    let mut directions = images.as_ref().unwrap_or(&basis).clone();
    let mut products = Block::zeros(dimension, directions.count());
    let mut iterations = 0;
    while basis.count() > 0 && iterations < task.max_iterations {
        system.apply(|spent| &mut spent.iterating, &directions, &mut products)?;
        iterations += 1;
        let mut curvature = gram(&directions, &products);
        symmetrize(&mut curvature);
        let mut factor = curvature.clone();
        if !cholesky_of(factor.as_mut()) {
            match lowest_quotient(&directions, &curvature)? {
                Some(quotient) => return Err(met_negative(system, task.options, quotient)),
                None => break,
            }
        }
        let mut inverse = Mat::identity(directions.count(), directions.count());
        solve_small(&factor, &mut inverse);
        let steps = product(inverse.as_ref(), coordinates.as_ref());
        combine(1.0, &directions, steps.as_ref(), &mut correction);
        combine(-1.0, &products, inverse.as_ref(), &mut basis);
        if let (Some(preconditioner), Some(images)) = (preconditioner, images.as_mut()) {
            precondition(Some(preconditioner), &basis, images);
        }
        let rotation = orthonormalize(&mut basis, images.as_mut())?;
        coordinates = product(rotation.as_ref(), coordinates.as_ref());
        let lengths = residual_lengths(&basis, images.is_some(), &coordinates);
        task.report(iterations, &lengths)?;
        if lengths.iter().zip(task.targets).all(|(length, target)| length <= target) {
            break;
        }
        // The products are used up; their memory takes the next directions.
        products.resize(basis.count());
        products.values_mut().copy_from_slice(images.as_ref().unwrap_or(&basis).values());
        combine(1.0, &directions, rotation.transpose(), &mut products);
        std::mem::swap(&mut directions, &mut products);
        products.resize(basis.count());
    }
    Ok(Run { correction, iterations, negative_curvature: None })
}

fn image(preconditioner: &dyn Preconditioner, vectors: &Block) -> Block {
    let mut images = Block::zeros(vectors.dimension(), vectors.count());
    preconditioner.apply(vectors, &mut images);
    images
}

/// Replaces vectors W by Q with QᵀMQ = I and returns S with W = QS; `images` holds MW and becomes MQ. Q has as many
/// vectors as the rank of W.
fn orthonormalize(vectors: &mut Block, mut images: Option<&mut Block>) -> Result<Mat<f64>> {
    let count = vectors.count();
    let mut rotation = Mat::zeros(count, count);
    let mut rank = 0;
    for number in 0..count {
        let mut vector = vectors.vector(number).to_vec();
        let mut image = images.as_ref().map(|images| images.vector(number).to_vec());
        let before = length(&vector, image.as_deref())?;
        // Twice: once leaves what rounding brought back.
        for _ in 0..2 {
            for other in 0..rank {
                let against = images.as_ref().map_or(vectors.vector(other), |images| images.vector(other));
                let share = dot(against, &vector);
                rotation[(other, number)] += share;
                add(-share, vectors.vector(other), &mut vector);
                if let (Some(image), Some(images)) = (image.as_mut(), images.as_ref()) {
                    add(-share, images.vector(other), image);
                }
            }
        }
        let threshold = RANK * before.max(1.0);
        // Rounding can make what is left of nothing a little negative.
        let rest =
            if norm(&vector) > threshold * RANK { length(&vector, image.as_deref()).unwrap_or(0.0) } else { 0.0 };
        if rest > threshold {
            rotation[(rank, number)] = rest;
            scale(1.0 / rest, &mut vector);
            vectors.vector_mut(rank).copy_from_slice(&vector);
            if let (Some(mut image), Some(images)) = (image, images.as_mut()) {
                scale(1.0 / rest, &mut image);
                images.vector_mut(rank).copy_from_slice(&image);
            }
            rank += 1;
        }
    }
    vectors.resize(rank);
    if let Some(images) = images {
        images.resize(rank);
    }
    rotation.truncate(rank, count);
    Ok(rotation)
}

/// The length of a vector in the norm of the preconditioner.
fn length(vector: &[f64], image: Option<&[f64]>) -> Result<f64> {
    let Some(image) = image else { return Ok(norm(vector)) };
    let square = dot(vector, image);
    if square < 0.0 || square.is_nan() {
        return Err(not_positive(square));
    }
    Ok(square.sqrt())
}

/// The lengths of the residuals QΦ.
fn residual_lengths(basis: &Block, preconditioned: bool, coordinates: &Mat<f64>) -> Vec<f64> {
    let column = |matrix: &Mat<f64>, at: usize| -> Vec<f64> { matrix.col(at).iter().copied().collect() };
    if !preconditioned {
        return (0..coordinates.ncols()).map(|at| norm(&column(coordinates, at))).collect();
    }
    let images = product(gram(basis, basis).as_ref(), coordinates.as_ref());
    (0..coordinates.ncols()).map(|at| dot(&column(coordinates, at), &column(&images, at)).max(0.0).sqrt()).collect()
}

/// The Rayleigh quotient of the combination of directions that makes the curvature lowest; none when that is zero to
/// rounding.
fn lowest_quotient(directions: &Block, curvature: &Mat<f64>) -> Result<Option<f64>> {
    let (values, vectors) = eigen(curvature.as_ref())?;
    let (Some(&lowest), Some(&highest)) = (values.first(), values.last()) else { return Ok(None) };
    if lowest >= -1e-12 * highest.abs() {
        return Ok(None);
    }
    let mut direction = Block::zeros(directions.dimension(), 1);
    combine(1.0, directions, vectors.as_ref().subcols(0, 1), &mut direction);
    Ok(Some(lowest / dot(direction.values(), direction.values())))
}
