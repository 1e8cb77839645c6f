//! A few equations with as many unknowns, not symmetric.

use faer::linalg::solvers::Solve;
use faer::{Mat, MatRef};

use crate::error::{Error, Result};

/// Solves `matrix` x = `right`, the matrix given row after row.
pub(crate) fn small_system(matrix: &[f64], right: &[f64]) -> Result<Vec<f64>> {
    let count = right.len();
    let matrix = MatRef::from_row_major_slice(matrix, count, count);
    let right = Mat::from_fn(count, 1, |row, _| right[row]);
    let solution = matrix.partial_piv_lu().solve(&right);
    let found: Vec<f64> = (0..count).map(|row| solution[(row, 0)]).collect();
    match found.iter().find(|x| !x.is_finite()) {
        None => Ok(found),
        Some(value) => Err(Error::NotFinite {
            what: "a correction by leverage",
            value: *value,
            place: "an example whose leverage is one".into(),
            remedy: "the model is determined by this example alone there: add a penalty or damping".into(),
        }),
    }
}
