//! Dense linear algebra, by `faer`: always on one thread, so that results do not depend on how many there are.

use std::time::Instant;

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor as llt;
use faer::linalg::evd::{self, ComputeEigenvectors};
use faer::linalg::matmul::matmul;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::linalg::solvers::Solve;
use faer::linalg::svd::{self, ComputeSvdVectors};
use faer::linalg::triangular_solve::{solve_lower_triangular_in_place, solve_upper_triangular_in_place};
use faer::prelude::{Reborrow, ReborrowMut};
use faer::{Accum, Mat, MatMut, MatRef, Par};

use crate::error::{Error, Result};

use super::Block;

/// The inner product. The order of the sum is fixed; eight sums at once keep the processor busy.
#[inline]
pub(crate) fn dot(left: &[f64], right: &[f64]) -> f64 {
    const LANES: usize = 8;
    let mut sums = [0.0; LANES];
    let (left_lanes, right_lanes) = (left.chunks_exact(LANES), right.chunks_exact(LANES));
    let rest: f64 = left_lanes.remainder().iter().zip(right_lanes.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in left_lanes.zip(right_lanes) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    (((a + b) + (c + d)) + ((e + f) + (g + h))) + rest
}

/// The Euclidean length, also where squares would overflow or vanish.
pub(crate) fn norm(vector: &[f64]) -> f64 {
    let square = dot(vector, vector);
    if (1e-280..1e280).contains(&square) {
        return square.sqrt();
    }
    let largest = vector.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    largest * vector.iter().map(|value| (value / largest).powi(2)).sum::<f64>().sqrt()
}

pub(crate) fn add(scale: f64, vector: &[f64], into: &mut [f64]) {
    for (into, value) in into.iter_mut().zip(vector) {
        *into += scale * value;
    }
}

/// Takes an orthonormal basis out of a vector, twice: once leaves what rounding brought back.
pub(super) fn remove_basis(basis: &Block, vector: &mut [f64]) {
    for _ in 0..2 {
        for known in basis.vectors() {
            add(-dot(known, vector), known, vector);
        }
    }
}

pub(super) fn scale(factor: f64, vector: &mut [f64]) {
    vector.iter_mut().for_each(|value| *value *= factor);
}

fn view(block: &Block) -> MatRef<'_, f64> {
    MatRef::from_column_major_slice(block.values(), block.dimension(), block.count())
}

fn view_mut(block: &mut Block) -> MatMut<'_, f64> {
    let (dimension, count) = (block.dimension(), block.count());
    MatMut::from_column_major_slice_mut(block.values_mut(), dimension, count)
}

fn square(values: &[f64]) -> MatRef<'_, f64> {
    let dimension = values.len().isqrt();
    MatRef::from_column_major_slice(values, dimension, dimension)
}

fn square_mut(values: &mut [f64]) -> MatMut<'_, f64> {
    let dimension = values.len().isqrt();
    MatMut::from_column_major_slice_mut(values, dimension, dimension)
}

/// The inner products of all vectors of `left` (rows) with all of `right` (columns).
pub(super) fn gram(left: &Block, right: &Block) -> Mat<f64> {
    let mut products = Mat::zeros(left.count(), right.count());
    matmul(products.as_mut(), Accum::Replace, view(left).transpose(), view(right), 1.0, Par::Seq);
    products
}

/// `into` += `factor` × the vectors of `block` combined by the columns of `coefficients`.
pub(super) fn combine(factor: f64, block: &Block, coefficients: MatRef<'_, f64>, into: &mut Block) {
    matmul(view_mut(into), Accum::Add, view(block), coefficients, factor, Par::Seq);
}

pub(super) fn product(left: MatRef<'_, f64>, right: MatRef<'_, f64>) -> Mat<f64> {
    let mut out = Mat::zeros(left.nrows(), right.ncols());
    matmul(out.as_mut(), Accum::Replace, left, right, 1.0, Par::Seq);
    out
}

pub(super) fn symmetrize(matrix: &mut Mat<f64>) {
    for column in 0..matrix.ncols() {
        for row in 0..column {
            let mean = 0.5 * (matrix[(row, column)] + matrix[(column, row)]);
            (matrix[(row, column)], matrix[(column, row)]) = (mean, mean);
        }
    }
}

/// The max-norm of a vector; NaN where a number is NaN, so that it never passes for small.
pub(crate) fn max_norm(vector: &[f64]) -> f64 {
    vector.iter().fold(0.0, |most: f64, x| if x.abs() > most || x.is_nan() { x.abs() } else { most })
}

/// Adds Σ left rightᵀ over rows to the lower triangle of a matrix, column after column. `left` and `right` are
/// row-major, with rows as long as the matrix is wide.
pub(crate) fn add_outer_products(sum: &mut [f64], left: &[f64], right: &[f64]) {
    let mut sum = square_mut(sum);
    let width = sum.nrows();
    let rows = left.len().checked_div(width).unwrap_or(0);
    let left = MatRef::from_column_major_slice(left, width, rows);
    let right = MatRef::from_column_major_slice(right, width, rows);
    let (lower, whole) = (BlockStructure::TriangularLower, BlockStructure::Rectangular);
    triangular::matmul(sum.rb_mut(), lower, Accum::Add, left, whole, right.transpose(), whole, 1.0, Par::Seq);
}

/// The seconds that one multiplication takes in a product of matrices on this thread, measured for some milliseconds.
pub(crate) fn multiplication_seconds() -> f64 {
    const SIZE: usize = 256;
    let (left, mut sum) = (vec![1.0; SIZE * SIZE], vec![0.0; SIZE * SIZE]);
    let mut fastest = f64::INFINITY;
    for _ in 0..4 {
        let begun = Instant::now();
        add_outer_products(&mut sum, &left, &left);
        fastest = fastest.min(begun.elapsed().as_secs_f64());
    }
    // Half of the products, those below the diagonal.
    2.0 * fastest / (SIZE * SIZE * SIZE) as f64
}

pub(super) fn multiply(matrix: &[f64], directions: &Block, products: &mut Block) {
    matmul(view_mut(products), Accum::Replace, square(matrix), view(directions), 1.0, Par::Seq);
}

/// The products of a symmetric matrix, given by its strict upper triangle (column after column) and its diagonal.
pub(super) fn multiply_upper(matrix: &[f64], diagonal: &[f64], directions: &Block, products: &mut Block) {
    let dimension = diagonal.len();
    for number in 0..directions.count() {
        let (direction, product) = (directions.vector(number), products.vector_mut(number));
        product.fill(0.0);
        for (at, column) in matrix.chunks_exact(dimension.max(1)).enumerate() {
            let (above, value) = (&column[..at], direction[at]);
            product[at] += dot(above, &direction[..at]) + diagonal[at] * value;
            add(value, above, &mut product[..at]);
        }
    }
}

/// Replaces the lower triangle (of a symmetric matrix, column after column) by its Cholesky factor; the strict upper
/// triangle stays as it was. False when the matrix is not positive definite, and then the lower triangle is spoilt.
///
/// `faer` factors the blocks on the diagonal; its own factorization of the whole would use the upper triangle as memory.
pub(super) fn cholesky(matrix: &mut [f64]) -> bool {
    const WIDTH: usize = 128;
    let mut matrix = square_mut(matrix);
    let dimension = matrix.nrows();
    for first in (0..dimension).step_by(WIDTH) {
        let width = WIDTH.min(dimension - first);
        let mut panel = matrix.rb().submatrix(first, first, dimension - first, width).to_owned();
        let done = matrix.rb().submatrix(first, 0, dimension - first, first);
        matmul(panel.as_mut(), Accum::Add, done, done.subrows(0, width).transpose(), -1.0, Par::Seq);
        let (mut top, bottom) = panel.as_mut().split_at_row_mut(width);
        if !cholesky_of(top.rb_mut()) {
            return false;
        }
        solve_lower_triangular_in_place(top.rb(), bottom.transpose_mut(), Par::Seq);
        for column in 0..width {
            for row in column..dimension - first {
                matrix[(first + row, first + column)] = panel[(row, column)];
            }
        }
    }
    true
}

/// Replaces the lower triangle of a small symmetric matrix by its Cholesky factor and spoils the rest; false when it is
/// not positive definite.
pub(super) fn cholesky_of(matrix: MatMut<'_, f64>) -> bool {
    let dimension = matrix.nrows();
    let mut memory = MemBuffer::new(llt::cholesky_in_place_scratch::<f64>(dimension, Par::Seq, Default::default()));
    let stack = MemStack::new(&mut memory);
    llt::cholesky_in_place(matrix, Default::default(), Par::Seq, stack, Default::default()).is_ok()
}

/// Replaces vectors by L⁻¹ times them, L being the lower triangle.
pub(super) fn solve_lower(factor: &[f64], vectors: &mut Block) {
    solve_lower_triangular_in_place(square(factor), view_mut(vectors), Par::Seq);
}

/// Replaces vectors by L⁻ᵀ times them.
pub(super) fn solve_upper(factor: &[f64], vectors: &mut Block) {
    solve_upper_triangular_in_place(square(factor).transpose(), view_mut(vectors), Par::Seq);
}

/// Replaces each vector by (L Lᵀ)⁻¹ times it, column by column, so that the factor is read twice whatever there is to
/// solve for: `faer`'s solves are made for many vectors. The bits of one do not depend on the others.
pub(super) fn solve_each(factor: &[f64], vectors: &mut Block) {
    let dimension = vectors.dimension();
    for (at, column) in factor.chunks_exact(dimension.max(1)).enumerate() {
        for number in 0..vectors.count() {
            let (above, below) = vectors.vector_mut(number).split_at_mut(at + 1);
            above[at] /= column[at];
            add(-above[at], &column[at + 1..], below);
        }
    }
    for (at, column) in factor.chunks_exact(dimension.max(1)).enumerate().rev() {
        for number in 0..vectors.count() {
            let (above, below) = vectors.vector_mut(number).split_at_mut(at + 1);
            above[at] = (above[at] - dot(&column[at + 1..], below)) / column[at];
        }
    }
}

/// Replaces the columns of `right` by (L Lᵀ)⁻¹ times them.
pub(super) fn solve_small(factor: &Mat<f64>, right: &mut Mat<f64>) {
    solve_lower_triangular_in_place(factor.as_ref(), right.as_mut(), Par::Seq);
    solve_upper_triangular_in_place(factor.transpose(), right.as_mut(), Par::Seq);
}

/// Replaces the rows of `block`, seen as a matrix of one column per vector, by their product with L⁻ᵀ.
pub(super) fn divide_right(block: &mut Block, factor: &Mat<f64>) {
    solve_lower_triangular_in_place(factor.as_ref(), view_mut(block).transpose_mut(), Par::Seq);
}

/// The eigenvalues of a symmetric matrix, ascending, and its eigenvectors as columns.
pub(super) fn eigen(matrix: MatRef<'_, f64>) -> Result<(Vec<f64>, Mat<f64>)> {
    let mut vectors = Mat::zeros(matrix.nrows(), matrix.nrows());
    let values = decomposed(matrix, Some(vectors.as_mut()))?;
    Ok((values, vectors))
}

/// The eigenvalues alone of a symmetric matrix, ascending.
pub(super) fn eigenvalues(matrix: &[f64]) -> Result<Vec<f64>> {
    decomposed(square(matrix), None)
}

fn decomposed(matrix: MatRef<'_, f64>, vectors: Option<MatMut<'_, f64>>) -> Result<Vec<f64>> {
    let dimension = matrix.nrows();
    let mut values = vec![0.0; dimension];
    let wanted = if vectors.is_some() { ComputeEigenvectors::Yes } else { ComputeEigenvectors::No };
    let scratch = evd::self_adjoint_evd_scratch::<f64>(dimension, wanted, Par::Seq, Default::default());
    let mut memory = MemBuffer::new(scratch);
    let diagonal = faer::diag::DiagMut::from_slice_mut(&mut values);
    evd::self_adjoint_evd(matrix, diagonal, vectors, Par::Seq, MemStack::new(&mut memory), Default::default())
        .map_err(|_| undecomposed())?;
    Ok(values)
}

/// The left singular vectors, which replace the block, and the singular values, descending. Needs no more vectors than
/// they have numbers.
pub(super) fn left_singular(block: &mut Block) -> Result<Vec<f64>> {
    let (dimension, count) = (block.dimension(), block.count());
    let mut values = vec![0.0; count];
    let mut left = Block::zeros(dimension, count);
    let scratch = svd::svd_scratch::<f64>(
        dimension,
        count,
        ComputeSvdVectors::Thin,
        ComputeSvdVectors::No,
        Par::Seq,
        Default::default(),
    );
    let mut memory = MemBuffer::new(scratch);
    svd::svd(
        view(block),
        faer::diag::DiagMut::from_slice_mut(&mut values),
        Some(view_mut(&mut left)),
        None,
        Par::Seq,
        MemStack::new(&mut memory),
        Default::default(),
    )
    .map_err(|_| undecomposed())?;
    *block = left;
    Ok(values)
}

/// Solves `matrix` x = `right`, the matrix given row after row. Singular systems give numbers that are not finite.
pub(crate) fn small_system(matrix: &[f64], right: &[f64]) -> Vec<f64> {
    let count = right.len();
    let matrix = MatRef::from_row_major_slice(matrix, count, count);
    let solution = matrix.partial_piv_lu().solve(&Mat::from_fn(count, 1, |row, _| right[row]));
    (0..count).map(|row| solution[(row, 0)]).collect()
}

fn undecomposed() -> Error {
    Error::Unsupported {
        what: "a matrix whose eigenvalues cannot be found".into(),
        hint: "look for values that are not finite or differ by hundreds of orders of magnitude".into(),
    }
}
