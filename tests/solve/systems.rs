//! Matrices with known spectra, and elimination to compare with. Nothing here comes from the library's solvers.

#![allow(dead_code)]

use ascribe::solve::{Block, DenseMatrix, Operator};
use ascribe::tensor::random::{Purpose, Stream};

/// Random numbers for tests.
pub struct Source(Stream);

impl Source {
    pub fn new(seed: u64) -> Self {
        Self(Stream::new(seed, Purpose::Data, 77, 0))
    }

    pub fn uniform(&mut self) -> f64 {
        self.0.uniform()
    }

    pub fn normal(&mut self) -> f64 {
        self.0.normal()
    }

    pub fn vector(&mut self, dimension: usize) -> Vec<f64> {
        (0..dimension).map(|_| self.normal()).collect()
    }

    pub fn block(&mut self, dimension: usize, count: usize) -> Block {
        Block::new(dimension, count, self.vector(dimension * count)).unwrap()
    }
}

pub fn inner(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The Euclidean length, in units of the largest entry: squares of small ones would be nothing.
pub fn length(a: &[f64]) -> f64 {
    let largest = a.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    if largest == 0.0 { 0.0 } else { largest * a.iter().map(|value| (value / largest).powi(2)).sum::<f64>().sqrt() }
}

/// A symmetric matrix with this spectrum in random directions: a product of random reflections.
pub fn matrix_with(spectrum: &[f64], source: &mut Source) -> DenseMatrix {
    let dimension = spectrum.len();
    let mut matrix = vec![0.0; dimension * dimension];
    for (at, value) in spectrum.iter().enumerate() {
        matrix[at * (dimension + 1)] = *value;
    }
    for _ in 0..if dimension > 1 { 3 } else { 0 } {
        let mut v = source.vector(dimension);
        let size = length(&v);
        v.iter_mut().for_each(|value| *value /= size);
        // H M H with H = I − 2vvᵀ.
        let image: Vec<f64> = matrix.chunks(dimension).map(|row| inner(row, &v)).collect();
        let form = inner(&image, &v);
        for row in 0..dimension {
            for column in 0..dimension {
                matrix[row * dimension + column] +=
                    -2.0 * v[row] * image[column] - 2.0 * image[row] * v[column] + 4.0 * form * v[row] * v[column];
            }
        }
    }
    for row in 0..dimension {
        for column in 0..row {
            matrix[column * dimension + row] = matrix[row * dimension + column];
        }
    }
    DenseMatrix::new(dimension, matrix).unwrap()
}

/// (A + damping)⁻¹ B by Gaussian elimination with partial pivoting.
pub fn dense_solve(matrix: &DenseMatrix, damping: f64, right: &Block) -> Block {
    let dimension = matrix.dimension();
    let mut rows: Vec<Vec<f64>> = (0..dimension)
        .map(|row| {
            let mut values = matrix.values()[row * dimension..(row + 1) * dimension].to_vec();
            values[row] += damping;
            values.extend(right.vectors().map(|vector| vector[row]));
            values
        })
        .collect();
    for at in 0..dimension {
        let pivot = (at..dimension).max_by(|&a, &b| rows[a][at].abs().total_cmp(&rows[b][at].abs())).unwrap();
        rows.swap(at, pivot);
        let top = rows[at].clone();
        for (number, row) in rows.iter_mut().enumerate() {
            if number != at {
                let factor = row[at] / top[at];
                row.iter_mut().zip(&top).skip(at).for_each(|(value, top)| *value -= factor * top);
            }
        }
    }
    let mut x = Block::zeros(dimension, right.count());
    for number in 0..right.count() {
        for (at, row) in rows.iter().enumerate() {
            x.vector_mut(number)[at] = row[dimension + number] / row[at];
        }
    }
    x
}

/// The largest relative difference of a vector from the truth.
pub fn relative(found: &Block, truth: &Block) -> f64 {
    assert_eq!((found.dimension(), found.count()), (truth.dimension(), truth.count()));
    let mut worst = 0.0_f64;
    for (found, truth) in found.vectors().zip(truth.vectors()) {
        let difference: Vec<f64> = found.iter().zip(truth).map(|(a, b)| a - b).collect();
        let size = length(truth);
        worst = worst.max(length(&difference) / if size > 0.0 { size } else { 1.0 });
    }
    worst
}

/// An operator that counts its calls and may spoil a product.
pub struct Watched<'a> {
    pub inner: &'a mut DenseMatrix,
    pub calls: usize,
    pub products: usize,
    pub spoilt_at: Option<usize>,
}

impl<'a> Watched<'a> {
    pub fn new(inner: &'a mut DenseMatrix) -> Self {
        Self { inner, calls: 0, products: 0, spoilt_at: None }
    }
}

impl Operator for Watched<'_> {
    fn dimension(&self) -> usize {
        self.inner.dimension()
    }

    fn apply(&mut self, directions: &Block, products: &mut Block) -> ascribe::Result<()> {
        self.calls += 1;
        self.products += directions.count();
        self.inner.apply(directions, products)?;
        if self.spoilt_at == Some(self.calls) {
            products.values_mut()[0] = f64::INFINITY;
        }
        Ok(())
    }
}
