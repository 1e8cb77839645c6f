//! The matrix itself, and its Cholesky factor.

use crate::engine::Monitor;
use crate::error::{Error, Result};
use crate::tensor::Array;

use super::dense::{self, cholesky, dot};
use super::lanczos::{Probe, probe_system};
use super::options::Options;
use super::refine::indefinite;
use super::singular::dependent;
use super::system::{System, check_damping};
use super::{Block, DenseMatrix, Operator, Preconditioner, Spectrum};

/// A coordinate whose curvature is explained by those before it up to this share is taken to depend on them.
const DEPENDENT: f64 = 1e-13;

/// The matrix of an operator, from its products with all unit vectors, `together` at a time. The mean of the matrix and
/// its transpose, so that it is symmetric to the last bit.
///
/// # Errors
/// What the operator's products meet; [`Error::Argument`] when the matrix has more numbers than there are;
/// [`Error::Canceled`].
pub fn assemble(operator: &mut dyn Operator, together: usize, monitor: &Monitor) -> Result<DenseMatrix> {
    let options = Options { monitor: monitor.clone(), ..Options::default() };
    assemble_system(&mut System::new(operator, 0.0), together, &options)
}

pub(super) fn assemble_system(system: &mut System, together: usize, options: &Options) -> Result<DenseMatrix> {
    let dimension = system.dimension();
    if dimension.checked_mul(dimension).is_none_or(|count| count > isize::MAX as usize / size_of::<f64>()) {
        return Err(Error::argument("the dimension of a matrix", dimension, "one whose square fits memory"));
    }
    let mut values = Array::try_zeros(&[dimension, dimension])?.into_values();
    let together = together.clamp(1, dimension.max(1));
    let mut products = Block::zeros(dimension, 0);
    let mut directions = Block::zeros(dimension, 0);
    let mut first = 0;
    while first < dimension {
        let count = together.min(dimension - first);
        directions.resize(0);
        directions.resize(count);
        products.resize(count);
        for at in 0..count {
            directions.vector_mut(at)[first + at] = 1.0;
        }
        system.apply_undamped(|spent| &mut spent.assembling, &directions, &mut products)?;
        values[first * dimension..(first + count) * dimension].copy_from_slice(products.values());
        first += count;
        options.report(c"assembling", first, Some(dimension), f64::NAN)?;
    }
    for row in 0..dimension {
        for column in 0..row {
            let mean = 0.5 * (values[row * dimension + column] + values[column * dimension + row]);
            values[row * dimension + column] = mean;
            values[column * dimension + row] = mean;
        }
    }
    DenseMatrix::new(dimension, values)
}

/// All eigenvalues of a matrix, ascending.
///
/// # Errors
/// [`Error::Unsupported`] when they cannot be found, as for a matrix with numbers that are not finite.
pub fn eigenvalues(matrix: &DenseMatrix) -> Result<Vec<f64>> {
    dense::eigenvalues(matrix.values())
}

/// The Cholesky factor L of A + damping = LLᵀ, to be used for any number of right-hand sides.
#[derive(Clone, Debug)]
pub struct Cholesky {
    /// L in the lower triangle, column after column; the strict upper triangle is that of the matrix.
    values: Vec<f64>,
    /// The diagonal of A + damping.
    diagonal: Vec<f64>,
    damping: f64,
}

impl Cholesky {
    /// Factors a matrix with damping added to its diagonal, in the matrix's own memory.
    ///
    /// # Errors
    /// [`Error::Indefinite`] with the lowest eigenvalue; [`Error::Singular`] with the coordinates that depend on each
    /// other; [`Error::NotFinite`] when the matrix has such numbers.
    pub fn new(matrix: DenseMatrix, damping: f64) -> Result<Self> {
        check_damping(damping)?;
        let dimension = matrix.dimension();
        if let Some(at) = matrix.values().iter().position(|value| !value.is_finite()) {
            return Err(Error::NotFinite {
                what: "the curvature",
                value: matrix.values()[at],
                place: format!("row {}, column {}", at / dimension, at % dimension),
                hint: "look for parameters or data that are not finite, or for losses that overflow".into(),
            });
        }
        let mut values = matrix.into_values();
        let mut diagonal = Vec::with_capacity(dimension);
        for at in 0..dimension {
            values[at * (dimension + 1)] += damping;
            diagonal.push(values[at * (dimension + 1)]);
        }
        let factored = cholesky(&mut values);
        let mut factor = Self { values, diagonal, damping };
        let regular = |at: usize| {
            let pivot = factor.values[at * (dimension + 1)];
            pivot * pivot > DEPENDENT * factor.diagonal[at]
        };
        if factored && (0..dimension).all(regular) {
            return Ok(factor);
        }
        factor.restore();
        Err(factor.refusal())
    }

    /// The numbers in a vector.
    pub fn dimension(&self) -> usize {
        self.diagonal.len()
    }

    /// The damping in it.
    pub fn damping(&self) -> f64 {
        self.damping
    }

    /// (A + damping)⁻¹ times each vector.
    ///
    /// # Errors
    /// [`Error::Argument`] when the vectors have another dimension.
    pub fn solve(&self, right: &Block) -> Result<Block> {
        let mut solution = self.half_solve(right)?;
        dense::solve_upper(&self.values, &mut solution);
        Ok(solution)
    }

    /// L⁻¹ times each vector: its squared length is the quadratic form of the inverse.
    ///
    /// # Errors
    /// [`Error::Argument`] when the vectors have another dimension.
    pub fn half_solve(&self, right: &Block) -> Result<Block> {
        if right.dimension() != self.dimension() {
            let expected = format!("{}, the dimension of the matrix", self.dimension());
            return Err(Error::argument("the dimension of the right-hand sides", right.dimension(), expected));
        }
        let mut solution = right.clone();
        dense::solve_lower(&self.values, &mut solution);
        Ok(solution)
    }

    /// vᵀ(A + damping)⁻¹v of each vector.
    ///
    /// # Errors
    /// [`Error::Argument`] when the vectors have another dimension.
    pub fn quadratic_forms(&self, vectors: &Block) -> Result<Vec<f64>> {
        Ok(self.half_solve(vectors)?.vectors().map(|half| dot(half, half)).collect())
    }

    /// The ends of the spectrum of A, without damping, by Lanczos iteration on the inverse and on the matrix; the lowest
    /// eigenvalue, which stands alone in the inverse, comes out as exact as rounding lets it. Costs some fifty solutions and no product with
    /// the operator.
    ///
    /// # Errors
    /// [`Error::Argument`] for a matrix without rows.
    pub fn spectrum(&self) -> Result<Spectrum> {
        let probe = Probe { steps: 50, max_steps: 50, ..Probe::default() };
        let inverse = probe_system(&mut System::new(&mut Inverse(self), 0.0), &probe)?;
        let forward = probe_system(&mut System::new(&mut Forward(self), 0.0), &probe)?;
        // If |1/λ − θ| ≤ e then |λ − 1/θ| ≤ e/(θ(θ − e)).
        let (theta, error) = (inverse.highest, inverse.highest_error);
        let lowest_error = if error < theta { error / (theta * (theta - error)) } else { f64::INFINITY };
        Ok(Spectrum {
            lowest: 1.0 / theta - self.damping,
            highest: forward.highest - self.damping,
            lowest_error,
            highest_error: forward.highest_error,
            products: 0,
        })
    }

    /// The roots of the diagonal of the matrix with damping.
    pub fn roots(&self) -> Vec<f64> {
        self.diagonal.iter().map(|value| value.sqrt()).collect()
    }

    /// The lowest eigenvalue of the matrix with damping once its diagonal is scaled to ones, less what it may be off by, and
    /// the highest. Other units of the coordinates change neither. Costs some hundred solutions.
    ///
    /// # Errors
    /// [`Error::Argument`] for a matrix without rows.
    pub fn scaled_spectrum(&self) -> Result<(f64, f64)> {
        let roots = self.roots();
        let probe = Probe { steps: 50, max_steps: 50, ..Probe::default() };
        let scaled = &mut Scaled { of: Inverse(self), by: &roots };
        let inverse = probe_system(&mut System::new(scaled, 0.0), &probe)?;
        let shrunk: Vec<f64> = roots.iter().map(|root| root.recip()).collect();
        let scaled = &mut Scaled { of: Forward(self), by: &shrunk };
        let forward = probe_system(&mut System::new(scaled, 0.0), &probe)?;
        Ok((1.0 / (inverse.highest + inverse.highest_error), forward.highest))
    }

    /// Makes it the matrix again, from the triangle that factoring leaves alone.
    fn restore(&mut self) {
        let dimension = self.dimension();
        for column in 0..dimension {
            self.values[column * (dimension + 1)] = self.diagonal[column];
            for row in column + 1..dimension {
                self.values[column * dimension + row] = self.values[row * dimension + column];
            }
        }
    }

    /// Why the matrix, which has been restored, has no factor.
    fn refusal(self) -> Error {
        let damping = self.damping;
        let dimension = self.dimension();
        let found = DenseMatrix::new(dimension, self.values).and_then(|mut matrix| {
            // Damping is in the matrix already.
            let spectrum = probe_system(&mut System::new(&mut matrix, 0.0), &Probe::default())?;
            let negative = spectrum.lowest < -1e-10 * spectrum.highest.abs().max(spectrum.lowest.abs());
            if negative {
                return Ok(indefinite(spectrum.lowest - damping, damping));
            }
            let hint = "remove all but one of each set that depends on the others, or add damping or a penalty \
                        (the option damping, the option l2)";
            Ok(Error::Singular { coordinates: dependent(matrix)?, hint: hint.into() })
        });
        found.unwrap_or_else(|error| error)
    }
}

impl Preconditioner for Cholesky {
    fn dimension(&self) -> usize {
        self.diagonal.len()
    }

    fn apply(&self, vectors: &Block, out: &mut Block) {
        out.values_mut().copy_from_slice(vectors.values());
        dense::solve_each(&self.values, out);
    }
}

struct Inverse<'a>(&'a Cholesky);

impl Operator for Inverse<'_> {
    fn dimension(&self) -> usize {
        self.0.dimension()
    }

    fn apply(&mut self, directions: &Block, products: &mut Block) -> Result<()> {
        Preconditioner::apply(self.0, directions, products);
        Ok(())
    }
}

/// D A D of an operator A and a diagonal matrix D.
struct Scaled<'a, A> {
    of: A,
    by: &'a [f64],
}

impl<A: Operator> Operator for Scaled<'_, A> {
    fn dimension(&self) -> usize {
        self.of.dimension()
    }

    fn apply(&mut self, directions: &Block, products: &mut Block) -> Result<()> {
        let scale = |block: &mut Block| {
            for number in 0..block.count() {
                block.vector_mut(number).iter_mut().zip(self.by).for_each(|(x, by)| *x *= by);
            }
        };
        let mut scaled = directions.clone();
        scale(&mut scaled);
        self.of.apply(&scaled, products)?;
        scale(products);
        Ok(())
    }
}

struct Forward<'a>(&'a Cholesky);

impl Operator for Forward<'_> {
    fn dimension(&self) -> usize {
        self.0.dimension()
    }

    fn apply(&mut self, directions: &Block, products: &mut Block) -> Result<()> {
        dense::multiply_upper(&self.0.values, &self.0.diagonal, directions, products);
        Ok(())
    }
}
