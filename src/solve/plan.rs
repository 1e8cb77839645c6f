//! Which solver to take, and what it will cost.

use std::fmt;

use serde::Serialize;

use super::{Preconditioning, Solver};

/// What is known before a solve.
#[derive(Clone, Debug)]
pub struct SystemInfo {
    /// The numbers in a vector, p.
    pub dimension: usize,
    /// Right-hand sides that will be solved, all batches together.
    pub right_sides: usize,
    /// The relative residual wanted.
    pub tolerance: f64,
    /// Damping, and with it whatever is known to lie below the whole spectrum, such as a penalty's λ.
    pub damping: f64,
    /// The highest eigenvalue, where it is known.
    pub highest: Option<f64>,
    /// What is known of the signs of the eigenvalues.
    pub definiteness: Definiteness,
    /// The multiplications of one product with the operator, about; those of the vectors around it are added.
    pub product_cost: f64,
    /// What each direction beyond the first adds to a product with several, as a share of a product with one.
    pub further_direction: f64,
    /// The time of a multiplication of dense algebra as a share of one of a product.
    pub dense: f64,
    /// Products that are spent before any solver: on gradients, and on trials.
    pub spent: f64,
    /// What the operator knows of its inverse ([`Operator::blocks`](super::Operator::blocks)), if anything.
    pub blocks: Option<BlocksInfo>,
    /// The steps that conjugate gradients take, where they were tried; reckoned from the condition if absent.
    pub steps: Option<usize>,
    /// The multiplications that assembling the matrix costs, about; if absent, a product for each row.
    pub assembly_cost: Option<f64>,
    /// Bytes that the operator itself holds.
    pub operator_bytes: usize,
    /// Bytes that all of it may take.
    pub budget_bytes: usize,
}

/// A preconditioner that the operator makes itself.
#[derive(Clone, Copy, Debug)]
pub struct BlocksInfo {
    /// The multiplications of making it.
    pub making: f64,
    /// The multiplications of applying it to a vector.
    pub applying: f64,
    /// The bytes it holds.
    pub bytes: usize,
    /// The steps that conjugate gradients take with it.
    pub steps: usize,
}

/// What is known of the signs of eigenvalues.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Definiteness {
    /// Nothing.
    #[default]
    Unknown,
    /// None is negative: Gauss-Newton, Fisher, a convex loss.
    Semidefinite,
    /// Some are negative even with the damping.
    Indefinite,
}

/// Work, counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Work {
    /// Products, in units of one with a single direction.
    pub products: f64,
    /// Multiplications of dense algebra on all threads.
    pub dense: f64,
    /// Multiplications of dense algebra on one thread.
    pub alone: f64,
}

impl Work {
    /// In multiplications of a product.
    fn cost(&self, info: &SystemInfo) -> f64 {
        self.products * info.product_cost + info.dense * (self.dense + self.alone)
    }

    /// So many times as much.
    pub fn times(&self, factor: f64) -> Self {
        Self { products: factor * self.products, dense: factor * self.dense, alone: factor * self.alone }
    }
}

/// One way to solve.
#[derive(Clone, Debug, Serialize)]
pub struct Candidate {
    /// The solver.
    #[serde(skip)]
    pub solver: Solver,
    /// Its name in a sentence.
    #[serde(rename = "solver")]
    pub name: String,
    /// Products with one direction each, about.
    pub products: usize,
    /// What it takes, about.
    #[serde(skip)]
    pub work: Work,
    /// The seconds that it takes here, about, where a product was measured: [`Plan::measured`].
    pub seconds: Option<f64>,
    /// The most bytes held at once, the operator's included.
    pub bytes: usize,
    /// Right-hand sides solved at once, so that vectors fit the budget.
    #[serde(rename = "queries_at_once")]
    pub together: usize,
    /// Why it cannot be taken.
    pub excluded: Option<String>,
}

/// The solver that was chosen, with the reason and what else there was.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// The numbers in a vector, p.
    #[serde(skip)]
    pub dimension: usize,
    /// All candidates; the chosen one is the first.
    pub candidates: Vec<Candidate>,
    /// Why the first one was chosen.
    pub reason: String,
}

/// Models up to this many parameters are always solved directly, if memory allows.
pub(crate) const ALWAYS_DIRECT: usize = 1000;

/// Beyond this the factorization takes too long, whatever the number of right-hand sides.
const NEVER_DIRECT: usize = 10_000;

/// Sketched vectors for each right-hand side of a preconditioned block solve: measured on spectra like those of softmax
/// regression, from five to ten save more products than they cost.
const SKETCH: usize = 6;

/// The most that a sketch grows to: it is kept while all right-hand sides are solved.
const MAX_SKETCH: usize = 300;

/// The steps that conjugate gradients really take, as a share of the classical bound: alone, for several right-hand sides in
/// one block, and with a sketch. Round numbers on the careful side of what `cargo bench --bench influence -- solve` shows.
const ALONE: f64 = 0.55;
const SHARED: f64 = 0.25;
const SKETCHED: f64 = 0.2;

/// By how much a multiplication is slower in dense algebra that reads its matrix for one vector, and for some, than in
/// products of matrices.
const FOR_ONE: f64 = 8.0;
const FOR_SOME: f64 = 2.0;

/// Solutions that the ends of the spectrum of a factored matrix take.
const ENDS: f64 = 50.0;

/// Products that look at the ends of the spectrum before an iteration: by Lanczos iteration, and with blocks.
const PROBING: usize = 40;
const BLOCK_PROBING: usize = 20;

/// The condition taken for granted where the highest eigenvalue is not known.
const CONDITION: f64 = 1e4;

/// Up to this condition a sketch does not pay.
const WELL_CONDITIONED: f64 = 500.0;

/// Right-hand sides solved together at most; beyond this small dense algebra begins to weigh.
const TOGETHER: usize = 32;

/// The rank of the Nyström preconditioner for this many right-hand sides; zero when it would not pay.
///
/// A sketch is shared by all of them, and block conjugate gradients find the same directions by themselves: where the
/// condition of A + damping is at most some hundreds there is nothing left to save. (Softmax regression on 5 000 MNIST
/// images, λ = 0.01, condition 200, ten queries to 1e-6: 50 products a query for conjugate gradients, 23 for the block,
/// 29 with a sketch of 60. Spectra of condition 2 000: 181 and 52 and 43.)
pub fn preconditioner_rank(dimension: usize, right_sides: usize, condition: f64) -> usize {
    match right_sides {
        0 | 1 => 0,
        _ if condition <= WELL_CONDITIONED => 0,
        count => SKETCH.saturating_mul(count).min(MAX_SKETCH).min(dimension / 4),
    }
}

/// Chooses a solver.
///
/// 1. A matrix of at most 1 000 rows is assembled and factored: exact, and every later question is cheap.
/// 2. Where curvature is known to be indefinite: MINRES.
/// 3. Otherwise whatever costs least of: the factored matrix, up to 10 000 rows; conjugate gradients, for several
///    right-hand sides in one block; the same with a preconditioner, which is the operator's own blocks, where it has
///    some, and for several right-hand sides a Nyström sketch of [`preconditioner_rank`] where it has none.
///
/// All of them must fit the budget. Costs are counted and not timed, so that the choice is the same on every machine and
/// for any number of threads.
pub fn plan(info: &SystemInfo) -> Plan {
    let mut candidates = vec![direct(info), conjugate(info), minres(info)];
    if let Some(blocks) = &info.blocks {
        candidates.push(with_blocks(info, blocks));
    }
    let indefinite = info.definiteness == Definiteness::Indefinite;
    let few = info.dimension <= ALWAYS_DIRECT;
    let rank = |candidate: &Candidate| match candidate.solver {
        Solver::MinimalResidual => usize::from(!indefinite) * 2,
        // Where nothing fits, what takes the least memory still works.
        Solver::Direct if candidate.excluded.is_some() => 4,
        Solver::Direct if few => 0,
        _ => 1 + usize::from(indefinite) * 2,
    };
    candidates.sort_by(|a, b| {
        let excluded = a.excluded.is_some().cmp(&b.excluded.is_some());
        excluded.then(rank(a).cmp(&rank(b))).then(a.work.cost(info).total_cmp(&b.work.cost(info)))
    });
    let chosen = &candidates[0];
    let without = candidates.iter().find(|one| matches!(one.solver, Solver::Direct));
    let reason = match (&chosen.solver, without.and_then(|direct| direct.excluded.as_ref())) {
        (Solver::Direct, _) if few => format!("{} parameters are few: the exact answer is cheap", info.dimension),
        (Solver::Direct, _) => {
            "factoring the matrix once costs less than iterating for all right-hand sides".to_owned()
        }
        (Solver::MinimalResidual, _) if indefinite => {
            "the curvature is indefinite, which conjugate gradients cannot solve".to_owned()
        }
        (_, Some(excluded)) => format!("it costs least of what is possible (direct is not: {excluded})"),
        (_, None) => "it costs least".to_owned(),
    };
    Plan { dimension: info.dimension, candidates, reason }
}

/// The bytes that putting a matrix of so many rows together and factoring it takes.
pub fn direct_bytes(dimension: usize) -> usize {
    // Half of the matrix a second time while it is put together from blocks.
    let matrix = dimension.saturating_mul(dimension).saturating_mul(size_of::<f64>() * 3 / 2);
    matrix.saturating_add(vectors(dimension, 2 * dimension.min(64)))
}

fn direct(info: &SystemInfo) -> Candidate {
    let p = info.dimension;
    let bytes = info.operator_bytes.saturating_add(direct_bytes(p));
    let size = p as f64;
    let excluded = if info.definiteness == Definiteness::Indefinite {
        Some("the curvature is indefinite".to_owned())
    } else if p > NEVER_DIRECT {
        Some(format!("{p} parameters are more than {NEVER_DIRECT}"))
    } else if bytes > info.budget_bytes {
        Some(format!("{} needed, {} allowed", Bytes(bytes), Bytes(info.budget_bytes)))
    } else {
        None
    };
    let (right_sides, squares) = (info.right_sides as f64, size * size);
    let (assembly, dense) = match info.assembly_cost {
        Some(dense) => (0.0, dense),
        None => (several(info, p), 0.0),
    };
    let alone = squares * size / 6.0 + (2.0 * ENDS * FOR_ONE + right_sides) * squares;
    let checked = several(info, info.right_sides);
    Candidate {
        solver: Solver::Direct,
        name: Solver::Direct.describe(),
        products: p + info.right_sides,
        work: Work { products: info.spent + assembly + checked, dense, alone },
        seconds: None,
        bytes,
        together: info.right_sides.max(1),
        excluded,
    }
}

/// A product with several directions at once, in units of one with a single direction.
fn several(info: &SystemInfo, directions: usize) -> f64 {
    match directions {
        0 => 0.0,
        count => 1.0 + info.further_direction * (count - 1) as f64,
    }
}

fn conjugate(info: &SystemInfo) -> Candidate {
    // Sketches are an alternative to blocks of the operator's own.
    let rank = match info.blocks {
        Some(_) => 0,
        None => preconditioner_rank(info.dimension, info.right_sides, condition(info)),
    };
    let preconditioning = if rank > 0 { Preconditioning::Nystrom { rank } } else { Preconditioning::None };
    let (solver, share, vectors) = match info.right_sides {
        0 | 1 => (Solver::ConjugateGradient(preconditioning), ALONE, 5),
        _ if rank > 0 => (Solver::BlockConjugateGradient(preconditioning), SKETCHED, 6),
        _ => (Solver::BlockConjugateGradient(preconditioning), SHARED, 6),
    };
    let steps = if rank > 0 { None } else { info.steps };
    let preparing = Work { products: several(info, rank) + PROBING as f64, ..Work::default() };
    let work =
        Iteration { steps: steps.unwrap_or_else(|| reckoned(info, share)), vectors, rank, ..Iteration::default() };
    iterative(info, solver, Iteration { preparing, products: rank + PROBING, ..work })
}

fn with_blocks(info: &SystemInfo, blocks: &BlocksInfo) -> Candidate {
    let (solver, vectors) = match info.right_sides {
        0 | 1 => (Solver::ConjugateGradient(Preconditioning::Blocks), 5),
        _ => (Solver::BlockConjugateGradient(Preconditioning::Blocks), 7),
    };
    let preparing = Work { products: BLOCK_PROBING as f64, dense: blocks.making, alone: 0.0 };
    let (products, applying, steps) = (BLOCK_PROBING, blocks.applying, blocks.steps);
    iterative(info, solver, Iteration { steps, vectors, preparing, products, applying, bytes: blocks.bytes, rank: 0 })
}

fn minres(info: &SystemInfo) -> Candidate {
    // Indefinite spectra are folded at zero: about twice the steps.
    let steps = info.steps.map_or_else(|| reckoned(info, 2.0 * ALONE), |steps| 2 * steps);
    let preparing = Work { products: PROBING as f64, ..Work::default() };
    let work = Iteration { steps, vectors: 8, preparing, products: PROBING, ..Iteration::default() };
    iterative(info, Solver::MinimalResidual, work)
}

/// The steps of conjugate gradients as a share of the classical bound, (√κ/2) ln(2/tolerance).
fn reckoned(info: &SystemInfo, share: f64) -> usize {
    let classical = 0.5 * condition(info).sqrt() * (2.0 / info.tolerance).ln();
    (share * classical).ceil().clamp(1.0, info.dimension.max(1) as f64) as usize
}

/// What an iterative solver does.
#[derive(Default)]
struct Iteration {
    steps: usize,
    /// Vectors held for each right-hand side.
    vectors: usize,
    /// What comes before the first step, and its products.
    preparing: Work,
    products: usize,
    /// The cost and the memory of a preconditioner.
    applying: f64,
    bytes: usize,
    /// The rank of a sketch.
    rank: usize,
}

fn iterative(info: &SystemInfo, solver: Solver, work: Iteration) -> Candidate {
    let count = info.right_sides;
    let sketch = vectors(info.dimension, 2 * work.rank);
    let fixed = info.operator_bytes.saturating_add(sketch).saturating_add(work.bytes);
    let fitting = info.budget_bytes.saturating_sub(fixed) / vectors(info.dimension, work.vectors + 2).max(1);
    let together = fitting.min(count).clamp(1, TOGETHER);
    let bytes = fixed.saturating_add(vectors(info.dimension, (work.vectors + 2) * together));
    let excluded =
        (bytes > info.budget_bytes).then(|| format!("{} needed, {} allowed", Bytes(bytes), Bytes(info.budget_bytes)));
    let passes = (count as f64 / together as f64).max(1.0) * (work.steps + 1) as f64;
    // What reads each number once for each vector is as slow as memory is.
    let around = FOR_ONE * 2.0 * (work.vectors + together + work.rank / together.max(1)) as f64 * info.dimension as f64;
    let each = around + if together <= 2 { FOR_ONE } else { FOR_SOME } * work.applying;
    Candidate {
        name: solver.describe(),
        solver,
        products: count * (work.steps + 1) + work.products,
        work: Work {
            products: info.spent + passes * several(info, together) + work.preparing.products,
            dense: work.preparing.dense,
            alone: work.preparing.alone + passes * together as f64 * each,
        },
        seconds: None,
        bytes,
        together,
        excluded,
    }
}

/// The condition of A + damping, as far as it is known.
fn condition(info: &SystemInfo) -> f64 {
    match info.highest {
        Some(highest) if info.damping > 0.0 && highest > 0.0 => (highest + info.damping) / info.damping,
        _ => CONDITION,
    }
}

fn vectors(dimension: usize, count: usize) -> usize {
    dimension.saturating_mul(count).saturating_mul(size_of::<f64>())
}

impl Plan {
    /// The plan with seconds, by those that one product takes with so many threads and a multiplication of dense algebra
    /// with one.
    pub fn measured(mut self, product: f64, multiplication: f64, threads: usize) -> Self {
        for candidate in &mut self.candidates {
            let Work { products, dense, alone } = candidate.work;
            let dense = dense / threads.max(1) as f64 + alone;
            candidate.seconds = Some(products * product + dense * multiplication);
        }
        self
    }

    /// The solver that was chosen.
    pub fn chosen(&self) -> &Candidate {
        &self.candidates[0]
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}: {}", self.chosen().name, self.reason)?;
        for candidate in &self.candidates {
            write!(
                formatter,
                "  {}: about {} products, {}",
                candidate.name,
                candidate.products,
                Bytes(candidate.bytes)
            )?;
            if let Some(seconds) = candidate.seconds {
                write!(formatter, ", {seconds:.2} s")?;
            }
            match &candidate.excluded {
                Some(excluded) => writeln!(formatter, " (not possible: {excluded})")?,
                None => writeln!(formatter, ", {} right-hand sides at once", candidate.together)?,
            }
        }
        Ok(())
    }
}

/// Bytes as people read them.
struct Bytes(usize);

impl fmt::Display for Bytes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
        let mut value = self.0 as f64 / 1e3;
        let mut unit = 0;
        while value >= 1e3 && unit + 1 < UNITS.len() {
            value /= 1e3;
            unit += 1;
        }
        write!(formatter, "{value:.1} {}", UNITS[unit])
    }
}
