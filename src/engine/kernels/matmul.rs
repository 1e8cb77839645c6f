//! The bare matrix product: one call of the `gemm` crate behind checked extents.
//!
//! This is the engine's only `unsafe` code: the crate takes pointers and strides.
#![allow(unsafe_code)]

use crate::tensor::Real;

/// A matrix that lies in memory: its elements, and how far apart neighbors lie along the two axes.
pub(super) struct Matrix<S> {
    pub values: S,
    pub row_stride: usize,
    pub column_stride: usize,
}

impl<T, S: std::ops::Deref<Target = [T]>> Matrix<S> {
    /// Whether a matrix of these sizes lies inside the values.
    fn holds(&self, rows: usize, columns: usize) -> bool {
        // Checked: a sum that wraps around would let a huge matrix pass for a small one.
        let down = (rows - 1).checked_mul(self.row_stride);
        let along = (columns - 1).checked_mul(self.column_stride);
        let last = down.zip(along).and_then(|(down, along)| down.checked_add(along));
        last.is_some_and(|last| last < self.values.len())
    }
}

/// out = a · b, or out += a · b with `accumulate`; a is m × k and b is k × n, none of them zero. On the calling thread.
///
/// # Panics
/// When a slice is shorter than its matrix spans.
pub(super) fn multiply<T: Real>(
    (m, n, k): (usize, usize, usize),
    out: Matrix<&mut [T]>,
    a: Matrix<&[T]>,
    b: Matrix<&[T]>,
    accumulate: bool,
) {
    assert!(m > 0 && n > 0 && k > 0, "an empty matrix has no elements to point at");
    assert!(out.holds(m, n), "the result lies inside its slice");
    assert!(a.holds(m, k), "the left matrix lies inside its slice");
    assert!(b.holds(k, n), "the right matrix lies inside its slice");
    // SAFETY: the three matrices lie inside their slices, as was just checked; `out` is borrowed exclusively, so it
    // overlaps neither operand.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            out.values.as_mut_ptr(),
            out.column_stride as isize,
            out.row_stride as isize,
            accumulate,
            a.values.as_ptr(),
            a.column_stride as isize,
            a.row_stride as isize,
            b.values.as_ptr(),
            b.column_stride as isize,
            b.row_stride as isize,
            T::ONE,
            T::ONE,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_whose_extent_wraps_around_is_not_held() {
        let values = [0.0; 1024];
        let matrix = Matrix { values: &values[..], row_stride: 1, column_stride: 4 };
        assert!(matrix.holds(4, 256));
        assert!(!matrix.holds(4, 257));
        assert!(!matrix.holds(4, (1 << 62) + 256));
        assert!(!matrix.holds(usize::MAX, 2));
    }
}
