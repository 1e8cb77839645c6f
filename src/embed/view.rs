//! Matrices that belong to somebody else.

use std::ops::Range;

use crate::error::{Error, Result};
use crate::tensor::Real;

use super::number::Number;

/// A matrix that is borrowed, by its strides: element (r, c) is `data[r · row_stride + c · column_stride]`.
///
/// Row-major and column-major matrices, their transposes and their parts are all such views; nothing is copied to make one.
#[derive(Clone, Copy, Debug)]
pub struct MatrixView<'a, E> {
    data: &'a [E],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

impl<'a, E: Number> MatrixView<'a, E> {
    /// A view of `data`, which reaches at least to the last element.
    ///
    /// # Errors
    /// [`Error::Argument`] when the data is shorter than the view, or elements share a place.
    pub fn new(data: &'a [E], (rows, columns): (usize, usize), strides: (usize, usize)) -> Result<Self> {
        let (row_stride, column_stride) = strides;
        let last = |count: usize, stride: usize| count.saturating_sub(1).checked_mul(stride);
        let extent = match rows == 0 || columns == 0 {
            true => Some(0),
            false => last(rows, row_stride)
                .zip(last(columns, column_stride))
                .and_then(|(down, along)| down.checked_add(along)?.checked_add(1)),
        };
        if extent.is_none_or(|extent| extent > data.len()) {
            let found = format!("{rows} x {columns} with strides {row_stride} and {column_stride}");
            return Err(Error::argument("a matrix", found, format!("at most {} elements", data.len())));
        }
        if (rows > 1 && row_stride == 0) || (columns > 1 && column_stride == 0) {
            let found = format!("{row_stride} and {column_stride}");
            return Err(Error::argument(
                "the strides of a matrix",
                found,
                "at least one, so that no two elements share a place",
            ));
        }
        Ok(Self { data, rows, columns, row_stride, column_stride })
    }

    /// A matrix whose rows stand one behind the other.
    ///
    /// # Errors
    /// [`Error::Argument`] when `data` has fewer than rows · columns elements.
    pub fn row_major(data: &'a [E], rows: usize, columns: usize) -> Result<Self> {
        Self::new(data, (rows, columns), (columns.max(1), 1))
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// An element.
    fn at(&self, row: usize, column: usize) -> E {
        self.data[row * self.row_stride + column * self.column_stride]
    }

    /// The rows of a range as they lie in memory, where they lie one behind the other and are of the type wanted.
    pub fn as_rows<T: Number>(&self, rows: Range<usize>) -> Option<&'a [T]> {
        let dense = self.column_stride == 1 || self.columns == 1;
        let joined = self.row_stride == self.columns || self.rows <= 1;
        if !dense || !joined || rows.end > self.rows {
            return None;
        }
        T::same(&self.data[rows.start * self.columns..rows.end * self.columns])
    }

    /// Copies the rows of a range, one behind the other, converting them on the way.
    pub fn read_rows<T: Real>(&self, rows: Range<usize>, into: &mut Vec<T>) {
        into.clear();
        into.reserve(rows.len() * self.columns);
        for row in rows {
            into.extend((0..self.columns).map(|column| T::from_f64(self.at(row, column).to_f64())));
        }
    }

    /// All elements in row-major order, converted.
    pub fn to_vec<T: Real>(&self) -> Vec<T> {
        let mut values = Vec::new();
        self.read_rows(0..self.rows, &mut values);
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strides_reach_every_layout() {
        let data: Vec<f64> = (0..12).map(f64::from).collect();
        let rows = MatrixView::row_major(&data, 3, 4).unwrap();
        let columns = MatrixView::new(&data, (4, 3), (1, 4)).unwrap();
        for r in 0..3 {
            for c in 0..4 {
                assert_eq!(rows.at(r, c), columns.at(c, r));
            }
        }
        assert_eq!(rows.as_rows::<f64>(1..3), Some(&data[4..12]));
        assert_eq!(rows.as_rows::<f32>(1..3), None);
        assert_eq!(columns.as_rows::<f64>(0..1), None);
        let mut block: Vec<f32> = Vec::new();
        columns.read_rows(1..3, &mut block);
        assert_eq!(block, [1.0, 5.0, 9.0, 2.0, 6.0, 10.0]);
        let part = MatrixView::new(&data[1..], (2, 2), (4, 2)).unwrap();
        assert_eq!(part.to_vec::<f64>(), [1.0, 3.0, 5.0, 7.0]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let data = [0.0f64; 6];
        assert!(MatrixView::new(&data, (2, 3), (3, 1)).is_ok());
        assert!(MatrixView::new(&data, (3, 3), (3, 1)).is_err());
        assert!(MatrixView::new(&data, (usize::MAX, 2), (2, 1)).is_err());
        assert!(MatrixView::new(&data, (2, 2), (usize::MAX, 1)).is_err());
        assert!(MatrixView::new(&data, (2, 3), (0, 1)).is_err());
        assert!(MatrixView::new(&data, (1, 3), (0, 1)).is_ok());
        assert!(MatrixView::new(&data[..0], (0, usize::MAX), (1, 1)).is_ok());
    }
}
