//! A few equations with as many unknowns, not symmetric.

use faer::linalg::solvers::Solve;
use faer::{Mat, MatRef};

/// Solves `matrix` x = `right`, the matrix given row after row. Singular systems give numbers that are not finite.
pub(crate) fn small_system(matrix: &[f64], right: &[f64]) -> Vec<f64> {
    let count = right.len();
    let matrix = MatRef::from_row_major_slice(matrix, count, count);
    let right = Mat::from_fn(count, 1, |row, _| right[row]);
    let solution = matrix.partial_piv_lu().solve(&right);
    (0..count).map(|row| solution[(row, 0)]).collect()
}
