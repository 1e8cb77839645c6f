//! Matrices in the caller's memory.

use std::marker::PhantomData;

use crate::tensor::MatrixView;

use super::input::{checked, size, value};
use super::out::Region;
use super::status::{Failure, Result};

/// A matrix of numbers in the caller's memory, which is read during a call and not kept. The element in row i and column j stands
/// at data[i * row_stride + j * col_stride], so row-major, column-major and transposed arrays and parts of larger ones are all
/// read where they lie. A stride may be 0 only along a size of at most 1, and must not be negative. `data` and the strides
/// are ignored when there are no elements.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ascribe_matrix {
    /// The element in row 0 and column 0.
    pub data: *const f64,
    /// The number of rows.
    pub rows: i64,
    /// The number of columns.
    pub cols: i64,
    /// How many elements the next row lies further on.
    pub row_stride: i64,
    /// How many elements the next column lies further on.
    pub col_stride: i64,
}

/// An ascribe_matrix of single-precision numbers.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ascribe_matrix_f32 {
    /// The element in row 0 and column 0.
    pub data: *const f32,
    /// The number of rows.
    pub rows: i64,
    /// The number of columns.
    pub cols: i64,
    /// How many elements the next row lies further on.
    pub row_stride: i64,
    /// How many elements the next column lies further on.
    pub col_stride: i64,
}

/// A matrix of the caller's whose numbers were checked. Elements are read one by one through the pointer: between them there
/// may be others that the caller is writing.
pub(super) struct View<'a, T> {
    data: *const T,
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
    /// How many elements lie from the first to the last one.
    extent: usize,
    name: &'static str,
    lifetime: PhantomData<&'a T>,
}

// SAFETY: the elements are only read, and stay as they are for the lifetime.
unsafe impl<T: Sync> Sync for View<'_, T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Send for View<'_, T> {}

impl<'a> View<'a, f64> {
    /// Checks a matrix.
    pub(super) unsafe fn new(matrix: *const ascribe_matrix, name: &'static str) -> Result<Self> {
        // SAFETY: as callers promise.
        let m = unsafe { value(matrix, name)? };
        Self::checked(m.data, [m.rows, m.cols], [m.row_stride, m.col_stride], name)
    }
}

impl<'a> View<'a, f32> {
    /// Checks a matrix.
    pub(super) unsafe fn new_f32(matrix: *const ascribe_matrix_f32, name: &'static str) -> Result<Self> {
        // SAFETY: as callers promise.
        let m = unsafe { value(matrix, name)? };
        Self::checked(m.data, [m.rows, m.cols], [m.row_stride, m.col_stride], name)
    }
}

impl<T: Copy> View<'_, T> {
    fn checked(data: *const T, sizes: [i64; 2], strides: [i64; 2], name: &'static str) -> Result<Self> {
        let [rows, columns] =
            [size(sizes[0], format_args!("{name}.rows"))?, size(sizes[1], format_args!("{name}.cols"))?];
        let too_large = || {
            let [down, along] = strides;
            Failure::argument(format!(
                "{name} has {rows} rows of {columns} with strides of {down} and {along}, expected what memory can hold"
            ))
        };
        let count = rows.checked_mul(columns).ok_or_else(too_large)?;
        let mut last = Some(0_usize);
        let mut steps = [0; 2];
        let axes = [(rows, strides[0], "row_stride"), (columns, strides[1], "col_stride")];
        for (step, (size, stride, field)) in steps.iter_mut().zip(axes) {
            if count > 0 && (stride < 0 || (stride == 0 && size > 1)) {
                let message = format!("{name}.{field} is {stride}, expected at least 1 along {size} elements");
                return Err(Failure::argument(message));
            }
            // Without elements strides are not looked at: those of rows without columns may well be 0.
            *step = usize::try_from(stride).unwrap_or_default();
            let distance = size.saturating_sub(1).checked_mul(*step);
            last = last.zip(distance).and_then(|(last, distance)| last.checked_add(distance));
        }
        let extent = if count == 0 { Some(0) } else { last.and_then(|last| last.checked_add(1)) };
        let extent = extent.ok_or_else(too_large)?;
        checked(data, count.max(extent), &format!("{name}.data"))?;
        let [row_stride, column_stride] = steps;
        Ok(Self { data, rows, columns, row_stride, column_stride, extent, name, lifetime: PhantomData })
    }

    /// The memory from the first element to the last.
    pub(super) fn region(&self) -> Region {
        Region::of(self.data, self.extent, self.name)
    }
}

impl<T: Copy + Sync> MatrixView<T> for View<'_, T> {
    fn rows(&self) -> usize {
        self.rows
    }

    fn columns(&self) -> usize {
        self.columns
    }

    fn contiguous(&self) -> Option<&[T]> {
        if self.extent == 0 {
            return Some(&[]);
        }
        let down = self.rows == 1 || self.row_stride == self.columns;
        let along = self.columns == 1 || self.column_stride == 1;
        // SAFETY: the elements are all that lie from the first to the last, and the matrix was checked.
        (down && along).then(|| unsafe { std::slice::from_raw_parts(self.data, self.extent) })
    }

    fn read(&self, first: usize, block: &mut [T]) {
        if self.columns == 0 {
            return;
        }
        let count = block.len() / self.columns;
        assert!(block.len() == count * self.columns, "a block is whole rows");
        assert!(first <= self.rows && count <= self.rows - first, "the rows of a block are rows of the matrix");
        for (row, block) in (first..).zip(block.chunks_exact_mut(self.columns)) {
            for (column, to) in block.iter_mut().enumerate() {
                // SAFETY: an element of the matrix, which was checked.
                *to = unsafe { self.data.add(row * self.row_stride + column * self.column_stride).read() };
            }
        }
    }
}
