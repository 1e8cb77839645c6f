//! Lanczos iteration with full reorthogonalization: the spectrum's ends, and bases for low-rank approximations.

use faer::Mat;

use crate::error::{Error, Result};
use crate::tensor::random::{Purpose as Draw, Stream};

use super::dense::{dot, eigen, norm, remove_basis, scale};
use super::system::{Purpose, System};
use super::{Block, Operator};

/// The ends of a spectrum, as far as they were found.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Spectrum {
    /// The lowest Ritz value: never below the lowest eigenvalue, but for rounding.
    #[serde(rename = "lowest_eigenvalue")]
    pub lowest: f64,
    /// The highest Ritz value: never above the highest eigenvalue, but for rounding.
    #[serde(rename = "highest_eigenvalue")]
    pub highest: f64,
    /// There is an eigenvalue this close to `lowest`.
    pub lowest_error: f64,
    /// There is an eigenvalue this close to `highest`.
    pub highest_error: f64,
    /// Products spent on it.
    #[serde(skip)]
    pub products: usize,
}

/// How closely to look at a spectrum.
#[derive(Clone, Copy, Debug)]
pub struct Probe {
    /// The steps that are made in any case, each of one product.
    pub steps: usize,
    /// The most steps: it goes on until the lowest eigenvalue is seen to be positive, or is known within `accuracy`.
    pub max_steps: usize,
    /// The relative error wanted of the lowest eigenvalue.
    pub accuracy: f64,
    /// The seed of the first direction.
    pub seed: u64,
}

impl Default for Probe {
    fn default() -> Self {
        Self { steps: 30, max_steps: 300, accuracy: 0.005, seed: 0 }
    }
}

/// The ends of the spectrum of an operator.
///
/// With a random first direction Ritz values near the ends of the spectrum come close to eigenvalues after few steps;
/// small eigenvalues in a crowd of others take many.
///
/// # Errors
/// What the operator's products meet; [`Error::Argument`] for no steps.
pub fn spectrum(operator: &mut dyn Operator, probe: &Probe) -> Result<Spectrum> {
    let mut system = System::new(operator, 0.0);
    probe_system(&mut system, probe)
}

pub(super) fn probe_system(system: &mut System, probe: &Probe) -> Result<Spectrum> {
    if probe.steps == 0 {
        return Err(Error::argument("the number of steps", 0, "at least one"));
    }
    let mut basis = Basis::new(system.dimension(), probe.seed);
    loop {
        let goal = if basis.steps() < probe.steps { probe.steps } else { basis.steps() + 10 };
        basis.grow(system, goal.min(probe.steps.max(probe.max_steps)), |spent| &mut spent.probing, false)?;
        let found = basis.ends()?;
        let positive = found.lowest - found.lowest_error >= 0.0;
        let known = positive || found.lowest_error <= probe.accuracy * found.lowest.abs();
        if known || basis.complete || basis.steps() >= probe.max_steps {
            return Ok(found);
        }
    }
}

/// An orthonormal basis in which A is tridiagonal.
pub(super) struct Basis {
    /// One vector more than there were steps, but for the last when the basis is complete.
    pub vectors: Block,
    diagonal: Vec<f64>,
    off_diagonal: Vec<f64>,
    /// Nothing is left outside, or nothing that a single first direction reaches.
    pub complete: bool,
    stream: Stream,
}

impl Basis {
    pub fn new(dimension: usize, seed: u64) -> Self {
        Self {
            vectors: Block::zeros(dimension, 0),
            diagonal: Vec::new(),
            off_diagonal: Vec::new(),
            complete: dimension == 0,
            stream: Stream::new(seed, Draw::Probe, 0, 0),
        }
    }

    pub fn steps(&self) -> usize {
        self.diagonal.len()
    }

    /// Goes on to this many steps. Where an invariant subspace is exhausted it goes on with a new direction when
    /// `beyond` is set, and otherwise stops.
    pub fn grow(&mut self, system: &mut System, steps: usize, purpose: Purpose, beyond: bool) -> Result<()> {
        let dimension = system.dimension();
        if self.vectors.count() == 0 && !self.complete {
            self.complete = !self.start();
        }
        let (mut direction, mut product) = (Block::zeros(dimension, 1), Block::zeros(dimension, 1));
        while self.steps() < steps && !self.complete {
            let last = self.steps();
            direction.values_mut().copy_from_slice(self.vectors.vector(last));
            system.apply_undamped(purpose, &direction, &mut product)?;
            let length = norm(product.values());
            let next = product.values_mut();
            self.diagonal.push(dot(direction.values(), next));
            remove_basis(&self.vectors, next);
            let rest = norm(next);
            // What is left after the basis has been taken out is rounding.
            if rest > 1e-13 * length.max(self.largest()) && last + 1 < dimension {
                scale(1.0 / rest, next);
                self.vectors.push(next);
                self.off_diagonal.push(rest);
            } else {
                self.off_diagonal.push(0.0);
                self.complete = !(beyond && last + 1 < dimension && self.start());
            }
        }
        Ok(())
    }

    /// The largest entry of the tridiagonal matrix: about the size of the operator.
    fn largest(&self) -> f64 {
        self.diagonal.iter().chain(&self.off_diagonal).fold(0.0, |largest: f64, value| largest.max(value.abs()))
    }

    /// A new direction outside of the basis; false when there is none.
    fn start(&mut self) -> bool {
        let mut vector: Vec<f64> = (0..self.vectors.dimension()).map(|_| self.stream.normal()).collect();
        let before = norm(&vector);
        remove_basis(&self.vectors, &mut vector);
        let length = norm(&vector);
        if length <= 1e-10 * before {
            return false;
        }
        scale(1.0 / length, &mut vector);
        remove_basis(&self.vectors, &mut vector);
        let length = norm(&vector);
        scale(1.0 / length, &mut vector);
        self.vectors.push(&vector);
        true
    }

    /// The eigenvalues of the tridiagonal matrix, ascending, its eigenvectors, and the size of what couples it to the
    /// rest of the space.
    pub fn ritz(&self) -> Result<(Vec<f64>, Mat<f64>, f64)> {
        let steps = self.steps();
        let matrix = Mat::from_fn(steps, steps, |row, column| match row.abs_diff(column) {
            0 => self.diagonal[row],
            1 => self.off_diagonal[row.min(column)],
            _ => 0.0,
        });
        let (values, vectors) = eigen(matrix.as_ref())?;
        Ok((values, vectors, self.off_diagonal.last().copied().unwrap_or(0.0)))
    }

    fn ends(&self) -> Result<Spectrum> {
        let (values, vectors, coupling) = self.ritz()?;
        let Some(last) = values.len().checked_sub(1) else {
            return Err(Error::argument("the dimension of the operator", 0, "at least one"));
        };
        let error = |at: usize| (coupling * vectors[(last, at)]).abs();
        Ok(Spectrum {
            lowest: values[0],
            highest: values[last],
            lowest_error: error(0),
            highest_error: error(last),
            products: self.steps(),
        })
    }
}
