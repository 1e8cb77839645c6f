//! Approximations A ≈ UΛUᵀ of low rank, and the inverse of UΛUᵀ + damping by Woodbury's formula.

use crate::error::{Error, Result};
use crate::tensor::random::{Purpose as Draw, Stream};

use super::dense::{self, cholesky_of, combine, dot, eigen, gram, left_singular, norm};
use super::lanczos::Basis;
use super::options::Options;
use super::refine::{Findings, certified, indefinite, lengths};
use super::system::{System, check_damping};
use super::{Block, Operator, Preconditioner, Solution};

/// A ≈ UΛUᵀ with orthonormal vectors U. Made once, it serves any number of right-hand sides and any damping.
#[derive(Clone, Debug)]
pub struct LowRank {
    vectors: Block,
    values: Vec<f64>,
}

impl LowRank {
    /// From orthonormal vectors and their values, which is not checked further.
    ///
    /// # Errors
    /// [`Error::Argument`] when there are not as many values as vectors.
    pub fn new(vectors: Block, values: Vec<f64>) -> Result<Self> {
        if vectors.count() != values.len() {
            return Err(Error::argument("the number of eigenvalues", values.len(), vectors.count().to_string()));
        }
        Ok(Self { vectors, values })
    }

    /// The `rank` eigenvalues of largest size that Lanczos iteration (for a symmetric operator the same as Arnoldi's) finds
    /// in 2 × `rank` + 10 steps, each of one product. Negative ones are kept.
    ///
    /// # Errors
    /// What the products meet; [`Error::Argument`] when the rank is zero or above the dimension.
    pub fn lanczos(operator: &mut dyn Operator, rank: usize, seed: u64) -> Result<Self> {
        let options = Options { seed, ..Options::default() };
        Self::lanczos_of(&mut System::new(operator, 0.0), rank, &options)
    }

    pub(super) fn lanczos_of(system: &mut System, rank: usize, options: &Options) -> Result<Self> {
        check_rank(rank, system.dimension())?;
        let steps = (2 * rank + 10).min(system.dimension());
        let mut basis = Basis::new(system.dimension(), options.seed);
        while basis.steps() < steps && !basis.complete {
            let next = basis.steps() + 1;
            basis.grow(system, next, |spent| &mut spent.sketching, true)?;
            options.report(c"low-rank approximation", next, Some(steps), f64::NAN)?;
        }
        let (values, vectors, _) = basis.ritz()?;
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&a, &b| values[b].abs().total_cmp(&values[a].abs()).then(a.cmp(&b)));
        order.truncate(rank);
        let chosen = faer::Mat::from_fn(values.len(), order.len(), |row, at| vectors[(row, order[at])]);
        basis.vectors.resize(values.len());
        let mut combined = Block::zeros(system.dimension(), order.len());
        combine(1.0, &basis.vectors, chosen.as_ref(), &mut combined);
        Ok(Self { vectors: combined, values: order.into_iter().map(|at| values[at]).collect() })
    }

    /// The randomized Nyström approximation (Frangella, Tropp & Udell 2021) of a positive semidefinite operator, from
    /// `rank` products.
    ///
    /// # Errors
    /// What the products meet; [`Error::Argument`] when the rank is zero or above the dimension; [`Error::Indefinite`] when
    /// a direction of negative curvature is among the sketch.
    pub fn nystrom(operator: &mut dyn Operator, rank: usize, seed: u64) -> Result<Self> {
        let options = Options { seed, ..Options::default() };
        Self::nystrom_of(&mut System::new(operator, 0.0), rank, &options)
    }

    pub(super) fn nystrom_of(system: &mut System, rank: usize, options: &Options) -> Result<Self> {
        let dimension = system.dimension();
        check_rank(rank, dimension)?;
        let mut stream = Stream::new(options.seed, Draw::Probe, 2, 0);
        let drawn = (0..dimension * rank).map(|_| stream.normal()).collect();
        let mut test = Block::new(dimension, rank, drawn)?;
        left_singular(&mut test)?;
        let mut sketch = Block::zeros(dimension, rank);
        system.apply_undamped(|spent| &mut spent.sketching, &test, &mut sketch)?;
        options.report(c"low-rank approximation", 1, Some(1), f64::NAN)?;
        let size = norm(sketch.values());
        if size == 0.0 {
            return Ok(Self { vectors: test, values: vec![0.0; rank] });
        }
        let mut core = gram(&test, &sketch);
        dense::symmetrize(&mut core);
        let (curvatures, _) = eigen(core.as_ref())?;
        if curvatures[0] < -1e-10 * size {
            return Err(indefinite(curvatures[0], system.damping));
        }
        // A shift that rounding cannot undo keeps the factorization stable; it is taken back below.
        let mut shift = f64::EPSILON * size;
        let factor = loop {
            let mut shifted = core.clone();
            for at in 0..rank {
                shifted[(at, at)] += shift;
            }
            if cholesky_of(shifted.as_mut()) {
                break shifted;
            }
            shift *= 4.0;
        };
        dense::add(shift, test.values(), sketch.values_mut());
        drop(test);
        dense::divide_right(&mut sketch, &factor);
        let values = left_singular(&mut sketch)?;
        let values = values.into_iter().map(|value| (value * value - shift).max(0.0)).collect();
        Ok(Self { vectors: sketch, values })
    }

    /// The numbers in a vector.
    pub fn dimension(&self) -> usize {
        self.vectors.dimension()
    }

    /// The eigenvectors U.
    pub fn vectors(&self) -> &Block {
        &self.vectors
    }

    /// The eigenvalues Λ, those of largest size first.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// (UΛUᵀ + damping)⁻¹ times each vector. Without damping this is the pseudo-inverse: what is outside of U is dropped,
    /// as nothing is known of its curvature, and so are eigenvalues that are zero to rounding.
    ///
    /// # Errors
    /// [`Error::Argument`] for vectors of another dimension or bad damping.
    pub fn solve(&self, damping: f64, right: &Block) -> Result<Block> {
        let inverses = self.inverses(damping, right)?;
        let outside = if damping > 0.0 { 1.0 / damping } else { 0.0 };
        let mut coordinates = gram(&self.vectors, right);
        for number in 0..right.count() {
            for (at, inverse) in inverses.iter().enumerate() {
                coordinates[(at, number)] *= inverse - outside;
            }
        }
        let mut solution = Block::zeros(right.dimension(), right.count());
        dense::add(outside, right.values(), solution.values_mut());
        combine(1.0, &self.vectors, coordinates.as_ref(), &mut solution);
        Ok(solution)
    }

    /// gᵀ(UΛUᵀ + damping)⁻¹g of each vector, with the same meaning of no damping as [`LowRank::solve`].
    ///
    /// # Errors
    /// [`Error::Argument`] for vectors of another dimension or bad damping.
    pub fn quadratic_forms(&self, damping: f64, vectors: &Block) -> Result<Vec<f64>> {
        let inverses = self.inverses(damping, vectors)?;
        let coordinates = gram(&self.vectors, vectors);
        let outside = if damping > 0.0 { 1.0 / damping } else { 0.0 };
        let form = |number: usize| {
            let inside = |at: usize| coordinates[(at, number)] * coordinates[(at, number)];
            let vector = vectors.vector(number);
            let rest = (dot(vector, vector) - (0..inverses.len()).map(inside).sum::<f64>()).max(0.0);
            outside * rest + inverses.iter().enumerate().map(|(at, inverse)| inverse * inside(at)).sum::<f64>()
        };
        Ok((0..vectors.count()).map(form).collect())
    }

    /// The preconditioner (λ + damping) U(Λ + damping)⁻¹Uᵀ + (I − UUᵀ), λ being the lowest of Λ.
    ///
    /// # Errors
    /// [`Error::Argument`] when Λ + damping is not positive.
    pub fn preconditioner(self, damping: f64) -> Result<LowRankPreconditioner> {
        check_damping(damping)?;
        let lowest = self.values.iter().copied().fold(f64::INFINITY, f64::min) + damping;
        let highest = self.values.iter().copied().fold(0.0, f64::max) + damping;
        // No damping and a rank beyond the operator's: directions without curvature stay as they are.
        let floor = lowest.max(1e-14 * highest);
        if lowest < -1e-10 * highest || highest <= 0.0 {
            return Err(Error::argument("the lowest eigenvalue of a preconditioner", lowest, "a positive number"));
        }
        let factors = self.values.iter().map(|value| floor / (value + damping).max(floor) - 1.0).collect();
        Ok(LowRankPreconditioner { vectors: self.vectors, factors })
    }

    /// The inverse of each eigenvalue with damping, and zero for those without curvature when there is no damping.
    fn inverses(&self, damping: f64, vectors: &Block) -> Result<Vec<f64>> {
        check_damping(damping)?;
        if vectors.dimension() != self.dimension() {
            let expected = format!("{}, the dimension of the approximation", self.dimension());
            return Err(Error::argument("the dimension of the vectors", vectors.dimension(), expected));
        }
        let largest = self.values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        let inverse = |value: &f64| {
            let curvature = value + damping;
            if curvature.abs() <= 1e-13 * largest { 0.0 } else { 1.0 / curvature }
        };
        Ok(self.values.iter().map(inverse).collect())
    }
}

/// A preconditioner that flattens the top of the spectrum.
#[derive(Clone, Debug)]
pub struct LowRankPreconditioner {
    vectors: Block,
    factors: Vec<f64>,
}

impl Preconditioner for LowRankPreconditioner {
    fn dimension(&self) -> usize {
        self.vectors.dimension()
    }

    fn apply(&self, vectors: &Block, out: &mut Block) {
        let mut coordinates = gram(&self.vectors, vectors);
        for number in 0..vectors.count() {
            for (at, factor) in self.factors.iter().enumerate() {
                coordinates[(at, number)] *= factor;
            }
        }
        out.values_mut().copy_from_slice(vectors.values());
        combine(1.0, &self.vectors, coordinates.as_ref(), out);
    }
}

/// Solves with an approximation and measures what it leaves.
pub(super) fn solve_low_rank(system: &mut System, low: &LowRank, right: &Block, options: &Options) -> Result<Solution> {
    let x = low.solve(system.damping, right)?;
    let mut residual = Block::zeros(right.dimension(), right.count());
    system.residual(right, &x, &mut residual)?;
    let lengths = lengths(right);
    let lowest = low.values.iter().copied().fold(f64::INFINITY, f64::min) + system.damping;
    let negative_curvature = (lowest < 0.0).then_some(lowest);
    let findings = Findings { iterations: 0, negative_curvature, spectrum: None };
    let mut solution = certified(system, options, x, &residual, &lengths, findings);
    if let Some(hint) = &mut solution.certificate.hint {
        let rank = low.values.len();
        *hint = format!(
            "rank {rank} leaves more than the tolerance; raise the rank, or use it to precondition conjugate gradients"
        );
    }
    Ok(solution)
}

fn check_rank(rank: usize, dimension: usize) -> Result<()> {
    if rank == 0 || rank > dimension {
        let expected = format!("between one and {dimension}, the dimension of the operator");
        return Err(Error::argument("the rank", rank, expected));
    }
    Ok(())
}
