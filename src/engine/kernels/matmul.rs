//! The bare matrix product: one call of the `gemm` crate behind checked extents.
//!
//! This is the engine's only `unsafe` code: the crate takes pointers and strides.
#![allow(unsafe_code)]

use crate::tensor::Real;

/// How far apart neighbours lie along the two axes of a matrix, in elements.
#[derive(Clone, Copy)]
pub(super) struct Strides {
    pub row: usize,
    pub column: usize,
}

impl Strides {
    /// The number of elements a matrix of these sizes spans.
    fn extent(self, rows: usize, columns: usize) -> usize {
        (rows - 1) * self.row + (columns - 1) * self.column + 1
    }
}

/// out = a · b, or out += a · b with `accumulate`; a is m × k and b is k × n, none of them zero. On the calling thread.
///
/// # Panics
/// When a slice is shorter than its matrix spans.
pub(super) fn multiply<T: Real>(
    (m, n, k): (usize, usize, usize),
    out: &mut [T],
    out_strides: Strides,
    a: &[T],
    a_strides: Strides,
    b: &[T],
    b_strides: Strides,
    accumulate: bool,
) {
    assert!(m > 0 && n > 0 && k > 0, "an empty matrix has no elements to point at");
    assert!(out_strides.extent(m, n) <= out.len(), "the result lies inside its slice");
    assert!(a_strides.extent(m, k) <= a.len(), "the left matrix lies inside its slice");
    assert!(b_strides.extent(k, n) <= b.len(), "the right matrix lies inside its slice");
    // SAFETY: the three matrices lie inside their slices, as was just checked; `out` is borrowed exclusively, so it
    // overlaps neither operand.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            out.as_mut_ptr(),
            out_strides.column as isize,
            out_strides.row as isize,
            accumulate,
            a.as_ptr(),
            a_strides.column as isize,
            a_strides.row as isize,
            b.as_ptr(),
            b_strides.column as isize,
            b_strides.row as isize,
            T::ONE,
            T::ONE,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}
