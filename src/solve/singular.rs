//! Which coordinates make a matrix singular.

use crate::error::Result;
use crate::tensor::random::{Purpose as Draw, Stream};

use super::dense::{cholesky, combine, eigen, gram, left_singular, multiply_upper, solve_lower, solve_upper};
use super::{Block, DenseMatrix};

/// The most directions that are looked for. Random combinations of more directions still take part in all coordinates
/// that these do.
const DIRECTIONS: usize = 16;

/// Below this the curvature along a direction is nothing, for a matrix with a diagonal of ones.
const NOTHING: f64 = 1e-10;

/// A coordinate takes part when its share is this much of the largest; what rounding leaves is far smaller.
const SHARE: f64 = 1e-6;

/// The coordinates of directions without curvature in a positive semidefinite matrix, ascending.
///
/// The matrix is scaled to a diagonal of ones, so that units of the coordinates do not matter, and a few inverse
/// iterations with a tiny shift blow up what has no curvature.
pub(super) fn dependent(matrix: DenseMatrix) -> Result<Vec<usize>> {
    use crate::solve::Operator;
    let dimension = matrix.dimension();
    let mut values = matrix.into_values();
    let diagonal: Vec<f64> = (0..dimension).map(|at| values[at * (dimension + 1)]).collect();
    let largest = diagonal.iter().fold(0.0_f64, |largest, value| largest.max(*value));
    let empty: Vec<usize> =
        (0..dimension).filter(|&at| diagonal[at] <= f64::MIN_POSITIVE.max(1e-300 * largest)).collect();
    let scales: Vec<f64> = diagonal
        .iter()
        .enumerate()
        .map(|(at, value)| if empty.contains(&at) { 0.0 } else { value.sqrt().recip() })
        .collect();
    for column in 0..dimension {
        for row in 0..dimension {
            values[column * dimension + row] *= scales[row] * scales[column];
        }
    }
    let original = values.clone();
    let mut shift = 1e-12;
    loop {
        for at in 0..dimension {
            values[at * (dimension + 1)] = 1.0 + shift;
        }
        if cholesky(&mut values) || shift > 1.0 {
            break;
        }
        shift *= 10.0;
        values.copy_from_slice(&original);
    }
    let mut found = vec![0.0; dimension];
    for &at in &empty {
        found[at] = 1.0;
    }
    let mut stream = Stream::new(0, Draw::Probe, 1, 0);
    let count = DIRECTIONS.min(dimension);
    let drawn = (0..dimension * count).map(|_| stream.normal()).collect();
    let mut directions = Block::new(dimension, count, drawn)?;
    for _ in 0..4 {
        solve_lower(&values, &mut directions);
        solve_upper(&values, &mut directions);
        left_singular(&mut directions)?;
    }
    let mut products = Block::zeros(dimension, count);
    multiply_upper(&original, &vec![1.0; dimension], &directions, &mut products);
    let (curvatures, vectors) = eigen(gram(&directions, &products).as_ref())?;
    let flat = curvatures.iter().filter(|curvature| **curvature <= NOTHING).count();
    // At least one, unless coordinates without any curvature are reason enough.
    let flat = if empty.is_empty() { flat.max(1) } else { flat };
    let mut null = Block::zeros(dimension, flat);
    combine(1.0, &directions, vectors.as_ref().subcols(0, flat), &mut null);
    for direction in null.vectors() {
        for (found, value) in found.iter_mut().zip(direction) {
            *found += value * value;
        }
    }
    let largest = found.iter().fold(0.0_f64, |largest, share| largest.max(*share));
    Ok((0..dimension).filter(|&at| found[at] > SHARE * largest).collect())
}
