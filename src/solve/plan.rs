//! Which solver to take, and what it will cost.

use std::fmt;

use super::{Preconditioning, Solver};

/// What is known before a solve.
#[derive(Clone, Debug)]
pub struct Situation {
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
    pub signs: Signs,
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
pub enum Signs {
    /// Nothing.
    #[default]
    Unknown,
    /// None is negative: Gauss-Newton, Fisher, a convex loss.
    Semidefinite,
    /// Some are negative even with the damping.
    Indefinite,
}

/// One way to solve.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The solver.
    pub method: Solver,
    /// Its name.
    pub name: String,
    /// Products with one direction each, about.
    pub products: usize,
    /// Multiplications in all, about.
    pub cost: f64,
    /// The most bytes held at once, the operator's included.
    pub bytes: usize,
    /// Right-hand sides solved at once, so that vectors fit the budget.
    pub together: usize,
    /// Why it cannot be taken.
    pub excluded: Option<String>,
}

/// The solver that was chosen, with the reason and what else there was.
#[derive(Clone, Debug)]
pub struct Plan {
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
pub fn plan(situation: &Situation) -> Plan {
    let direct = direct(situation);
    let iterative = if situation.signs == Signs::Indefinite {
        vec![minres(situation)]
    } else if situation.right_sides > 1 {
        vec![block(situation), single(situation), minres(situation)]
    } else {
        vec![single(situation), block(situation), minres(situation)]
    };
    let dimension = situation.dimension;
    let why = match situation.signs {
        Signs::Indefinite => "the curvature is indefinite, which conjugate gradients cannot solve".to_owned(),
        _ if situation.right_sides > 1 => {
            format!("{} right-hand sides help each other in one block", situation.right_sides)
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
    Plan { candidates, reason }
}

fn direct(situation: &Situation) -> Candidate {
    let p = situation.dimension;
    let matrix = p.saturating_mul(p).saturating_mul(size_of::<f64>());
    let bytes = situation.operator_bytes.saturating_add(matrix).saturating_add(vectors(p, 2 * p.min(64)));
    let size = p as f64;
    let excluded = if situation.signs == Signs::Indefinite {
        Some("the curvature is indefinite".to_owned())
    } else if p > NEVER_DIRECT {
        Some(format!("{p} parameters are more than {NEVER_DIRECT}"))
    } else if bytes > situation.budget_bytes {
        Some(format!("{} needed, {} allowed", Bytes(bytes), Bytes(situation.budget_bytes)))
    } else {
        None
    };
    Candidate {
        method: Solver::Direct,
        name: Solver::Direct.to_string(),
        products: p + situation.right_sides,
        cost: situation.assembly_cost.unwrap_or(size * situation.product_cost)
            + situation.right_sides as f64 * situation.product_cost
            + size.powi(3) / 6.0
            + situation.right_sides as f64 * size * size,
        bytes,
        together: situation.right_sides.max(1),
        excluded,
    }
}

fn block(situation: &Situation) -> Candidate {
    let rank = preconditioner_rank(situation.dimension, situation.right_sides, condition(situation));
    let preconditioning = if rank > 0 { Preconditioning::Nystrom { rank } } else { Preconditioning::None };
    let saved = if situation.right_sides < 2 {
        ALONE
    } else if rank > 0 {
        SKETCHED
    } else {
        SHARED
    };
    iterative(situation, Solver::BlockConjugateGradient(preconditioning), saved, 6, rank)
}

fn single(situation: &Situation) -> Candidate {
    let method = Solver::ConjugateGradient(Preconditioning::None);
    iterative(situation, method, ALONE, 5, 0)
}

fn minres(situation: &Situation) -> Candidate {
    // Indefinite spectra are folded at zero: about twice the steps.
    iterative(situation, Solver::MinimalResidual, 2.0 * ALONE, 8, 0)
}

fn iterative(situation: &Situation, method: Solver, saved: f64, blocks: usize, rank: usize) -> Candidate {
    let classical = 0.5 * condition(situation).sqrt() * (2.0 / situation.tolerance).ln();
    let steps = (saved * classical).ceil().clamp(1.0, situation.dimension.max(1) as f64) as usize;
    let count = situation.right_sides;
    let probing = if situation.signs == Signs::Unknown && !matches!(method, Solver::MinimalResidual) { 30 } else { 0 };
    let products = count * (steps + 1) + rank + probing;
    let fixed = situation.operator_bytes.saturating_add(vectors(situation.dimension, 2 * rank));
    let fitting = situation.budget_bytes.saturating_sub(fixed) / vectors(situation.dimension, blocks + 2).max(1);
    let together = fitting.min(count).clamp(1, TOGETHER);
    let bytes = fixed.saturating_add(vectors(situation.dimension, (blocks + 2) * together));
    let excluded = (bytes > situation.budget_bytes)
        .then(|| format!("{} needed, {} allowed", Bytes(bytes), Bytes(situation.budget_bytes)));
    let around = (2 * (blocks + rank / together.max(1)) * situation.dimension) as f64;
    Candidate {
        name: method.to_string(),
        method,
        products,
        cost: products as f64 * (situation.product_cost + around),
        bytes,
        together,
        excluded,
    }
}

/// The condition of A + damping, as far as it is known.
fn condition(situation: &Situation) -> f64 {
    match situation.highest {
        Some(highest) if situation.damping > 0.0 && highest > 0.0 => (highest + situation.damping) / situation.damping,
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
