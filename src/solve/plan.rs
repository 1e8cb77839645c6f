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
    /// The multiplications that assembling the matrix costs, about; if absent, a product for each row.
    pub assembly_cost: Option<f64>,
    /// Bytes that the operator itself holds.
    pub operator_bytes: usize,
    /// Bytes that all of it may take.
    pub budget_bytes: usize,
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
    /// Multiplications in all, about.
    #[serde(skip)]
    pub cost: f64,
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
/// 1. A matrix of at most 1 000 rows is assembled and factored: exact, and every later question is cheap. So is one of up
///    to 10 000 rows that fits the budget, when that costs less than iterating for all right-hand sides.
/// 2. Where curvature is known to be indefinite: MINRES.
/// 3. Several right-hand sides: block conjugate gradients, with a Nyström preconditioner of [`preconditioner_rank`].
/// 4. One: conjugate gradients.
///
/// Iterations are reckoned as a share of the classical bound, (√κ/2) ln(2/tolerance) steps.
pub fn plan(info: &SystemInfo) -> Plan {
    let direct = direct(info);
    let iterative = if info.definiteness == Definiteness::Indefinite {
        vec![minres(info)]
    } else if info.right_sides > 1 {
        vec![block(info), single(info), minres(info)]
    } else {
        vec![single(info), block(info), minres(info)]
    };
    let dimension = info.dimension;
    let why = match info.definiteness {
        Definiteness::Indefinite => "the curvature is indefinite, which conjugate gradients cannot solve".to_owned(),
        _ if info.right_sides > 1 => {
            format!("{} right-hand sides help each other in one block", info.right_sides)
        }
        _ => "a sketch would not pay for one right-hand side".to_owned(),
    };
    let cheaper = direct.cost <= iterative[0].cost;
    let (first_is_direct, reason) = match &direct.excluded {
        None if dimension <= ALWAYS_DIRECT => {
            (true, format!("{dimension} parameters are few: the exact answer is cheap"))
        }
        None if cheaper => {
            (true, "factoring the matrix once costs less than iterating for all right-hand sides".to_owned())
        }
        None => (false, format!("assembling the matrix would cost more than iterating; {why}")),
        Some(excluded) => (false, format!("no direct solution ({excluded}); {why}")),
    };
    let mut candidates = iterative;
    candidates.insert(if first_is_direct { 0 } else { candidates.len() }, direct);
    Plan { dimension, candidates, reason }
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
    Candidate {
        solver: Solver::Direct,
        name: Solver::Direct.describe(),
        products: p + info.right_sides,
        cost: info.assembly_cost.unwrap_or(size * info.product_cost)
            + info.right_sides as f64 * info.product_cost
            + size.powi(3) / 6.0
            + info.right_sides as f64 * size * size,
        bytes,
        together: info.right_sides.max(1),
        excluded,
    }
}

fn block(info: &SystemInfo) -> Candidate {
    let rank = preconditioner_rank(info.dimension, info.right_sides, condition(info));
    let preconditioning = if rank > 0 { Preconditioning::Nystrom { rank } } else { Preconditioning::None };
    let saved = if info.right_sides < 2 {
        ALONE
    } else if rank > 0 {
        SKETCHED
    } else {
        SHARED
    };
    iterative(info, Solver::BlockConjugateGradient(preconditioning), saved, 6, rank)
}

fn single(info: &SystemInfo) -> Candidate {
    iterative(info, Solver::ConjugateGradient(Preconditioning::None), ALONE, 5, 0)
}

fn minres(info: &SystemInfo) -> Candidate {
    // Indefinite spectra are folded at zero: about twice the steps.
    iterative(info, Solver::MinimalResidual, 2.0 * ALONE, 8, 0)
}

fn iterative(info: &SystemInfo, solver: Solver, saved: f64, blocks: usize, rank: usize) -> Candidate {
    let classical = 0.5 * condition(info).sqrt() * (2.0 / info.tolerance).ln();
    let steps = (saved * classical).ceil().clamp(1.0, info.dimension.max(1) as f64) as usize;
    let count = info.right_sides;
    let probing =
        if info.definiteness == Definiteness::Unknown && !matches!(solver, Solver::MinimalResidual) { 30 } else { 0 };
    let products = count * (steps + 1) + rank + probing;
    let fixed = info.operator_bytes.saturating_add(vectors(info.dimension, 2 * rank));
    let fitting = info.budget_bytes.saturating_sub(fixed) / vectors(info.dimension, blocks + 2).max(1);
    let together = fitting.min(count).clamp(1, TOGETHER);
    let bytes = fixed.saturating_add(vectors(info.dimension, (blocks + 2) * together));
    let excluded =
        (bytes > info.budget_bytes).then(|| format!("{} needed, {} allowed", Bytes(bytes), Bytes(info.budget_bytes)));
    let around = (2 * (blocks + rank / together.max(1)) * info.dimension) as f64;
    Candidate {
        name: solver.describe(),
        solver,
        products,
        cost: products as f64 * (info.product_cost + around),
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
