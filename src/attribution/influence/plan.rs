//! What is known of a solve before it, and which solver it speaks for.

use std::ffi::CStr;
use std::sync::Arc;
use std::time::Instant;

use crate::error::{Error, Result};
use crate::objective::{Curvature, CurvatureOperator, Evaluate};
use crate::solve::{
    self, Block, BlocksInfo, Candidate, Definiteness, Monitored, Operator, Plan, Preconditioner, Preconditioning,
    Probe, Solver, Spectrum, SystemInfo,
};

use super::options::Options;
use super::point::Point;

/// What the search for the ends of the spectrum is called.
pub(super) const PHASE: &CStr = c"extreme eigenvalues";

/// The share of the examples that solvers are tried on, the fewest for each column of a block, and the fewest and the most
/// of them.
const SHARE: usize = 10;
const A_COLUMN: usize = 8;
const FEWEST: usize = 2_000;
const MOST: usize = 20_000;
/// The most steps of a trial, and the fewest that tell how fast it goes.
const STEPS: usize = 30;
const LEAST: usize = 10;
/// The most right-hand sides of a trial.
const TRIED: usize = 5;
/// The share of a product that each further direction of a block costs, where outputs are linear and elsewhere. Round
/// numbers on the careful side of what `cargo bench --bench influence -- products` shows of ten directions.
const SHARED: f64 = 0.2;
const ALONE: f64 = 1.0;
/// Products for one query that making blocks may cost as much as; where they cost more, products are cheap.
const WORTH: f64 = 50.0;
/// Products, about, that the gradient and the sizes that it is measured by take, and what is kept for products.
const POINT: f64 = 4.0;
/// The seconds that a product is measured for.
const MEASURED: f64 = 0.02;

/// What is known before a solve.
#[derive(Debug)]
pub(super) struct Outlook {
    pub info: SystemInfo,
    /// The ends of the spectrum, where they were looked at.
    pub spectrum: Option<Spectrum>,
    /// What the matrix knows of its inverse, where it was made.
    pub blocks: Option<Arc<dyn Preconditioner>>,
}

impl Outlook {
    /// Looks at a curvature matrix at the evaluator's point as far as the choice of a solver is open: nothing decides it
    /// for small models, and a trial of conjugate gradients on a sample of the examples for others.
    pub fn new(evaluator: &mut dyn Evaluate, options: &Options, curvature: Curvature) -> Result<Self> {
        let (product_cost, operator_bytes) = evaluator.product_cost(curvature)?;
        let dimension = evaluator.dimension();
        let tolerance = options.tolerance(evaluator.precision());
        let open = options.solver.is_none() && dimension > solve::ALWAYS_DIRECT;
        let dense = evaluator.precision().choose(1.0, 0.5);
        let linear = evaluator.blocks_cost();
        let worth = product_cost * WORTH * (1.0 + SHARED * options.queries.saturating_sub(1) as f64);
        let cost = linear.filter(|cost| cost.bytes <= options.memory / 2 && cost.making * dense <= worth);
        let mut blocks = match &cost {
            Some(_) if open => evaluator.blocks(curvature, options.delta())?,
            _ => None,
        };
        let (mut spectrum, mut steps, mut tried) = (None, [None, None], 0.0);
        if let (Some(made), Some(cost)) = (&blocks, &cost) {
            // With blocks the outputs are linear: the curvature is positive where the loss is convex in them.
            match trial(evaluator, options, curvature, Some((made, cost.columns)))? {
                Some((found, products)) => (steps, tried) = (found, products),
                None => blocks = None,
            }
        }
        if open && blocks.is_none() {
            spectrum = Some(probe(evaluator, options, curvature)?);
        }
        let below = spectrum.map_or(0.0, |spectrum: Spectrum| (spectrum.lowest - spectrum.lowest_error).max(0.0));
        let definiteness = match (curvature, &spectrum) {
            (Curvature::GaussNewton | Curvature::Fisher, _) => Definiteness::Semidefinite,
            (_, Some(spectrum)) if spectrum.lowest + options.delta() > 0.0 => Definiteness::Semidefinite,
            (_, None) if blocks.is_some() => Definiteness::Semidefinite,
            _ => Definiteness::Unknown,
        };
        if open
            && blocks.is_none()
            && definiteness == Definiteness::Semidefinite
            && let Some((found, products)) = trial(evaluator, options, curvature, None)?
        {
            (steps, tried) = (found, products);
        }
        let [alone, with] = steps;
        let info = SystemInfo {
            dimension,
            right_sides: options.queries,
            tolerance,
            damping: options.delta() + below,
            highest: spectrum.map(|spectrum| spectrum.highest),
            definiteness,
            product_cost,
            further_direction: if linear.is_some() { SHARED } else { ALONE },
            blocks: cost.zip(with).map(|(cost, steps)| BlocksInfo {
                making: cost.making,
                applying: cost.applying,
                bytes: cost.bytes,
                steps,
            }),
            steps: alone,
            dense,
            spent: POINT + tried,
            assembly_cost: evaluator.matrix_cost(),
            operator_bytes,
            budget_bytes: options.memory,
        };
        Ok(Self { info, spectrum, blocks })
    }

    /// The solvers there are, first the one that is taken.
    pub fn plan(&self, options: &Options) -> Plan {
        let mut plan = solve::plan(&self.info);
        if let Some(asked) = &options.solver {
            asked_for(&mut plan, asked, self.info.dimension * size_of::<f64>());
        }
        plan
    }
}

/// The ends of the spectrum of a curvature matrix.
pub(super) fn probe(evaluator: &mut dyn Evaluate, options: &Options, curvature: Curvature) -> Result<Spectrum> {
    let probe = Probe { seed: options.seed, ..Probe::default() };
    let operator = &mut CurvatureOperator::new(evaluator, curvature);
    solve::spectrum(&mut Monitored::new(operator, PHASE, &options.monitor), &probe)
}

/// The steps that conjugate gradients take, alone and with blocks: tried on a sample of the examples, with the gradients
/// of some of them, and about how many products over all examples that took; none where the curvature is seen not to be
/// positive. Where the trial ends before the residual is small the same rate is taken to go on; none where it got
/// nowhere.
fn trial(
    evaluator: &dyn Evaluate,
    options: &Options,
    curvature: Curvature,
    blocks: Option<(&Arc<dyn Preconditioner>, usize)>,
) -> Result<Option<([Option<usize>; 2], f64)>> {
    let columns = blocks.map_or(0, |(_, columns)| columns);
    let count = (evaluator.examples() / SHARE).max(A_COLUMN * columns).clamp(FEWEST, MOST);
    let sample = evaluator.sample(count, 1);
    let weights = evaluator.weights();
    let weights: Vec<f64> = sample.iter().map(|example| weights[*example]).collect();
    let mut smaller = evaluator.with_examples(&evaluator.inputs().select(&sample)?, &weights, options.memory / 8)?;
    // About nine vectors for each right-hand side.
    let fitting = options.memory / 2 / (9 * size_of::<f64>() * evaluator.dimension()).max(1);
    let tried: Vec<usize> = (0..sample.len().min(options.queries.min(TRIED).min(fitting).max(1))).collect();
    let mut right = smaller.gradients_of(&tried)?;
    let penalty = smaller.share_gradient()?;
    let dimension = penalty.len();
    (0..tried.len()).for_each(|place| solve::add(-1.0, &penalty, right.vector_mut(place)));
    let (mut positive, mut spent) = (true, 0);
    let mut steps = |preconditioning: Preconditioning, most: usize| -> Result<Option<usize>> {
        let solver = match tried.len() {
            1 => Solver::ConjugateGradient(preconditioning),
            _ => Solver::BlockConjugateGradient(preconditioning),
        };
        let solving = solve::Options { max_iterations: most, ..options.solving(smaller.precision()) };
        let operator = &mut CurvatureOperator::new(&mut *smaller, curvature);
        let operator = &mut Monitored::new(operator, c"planning", &options.monitor);
        let found = match solve::solve(operator, options.delta(), &right, &solver, &solving) {
            Ok(found) => found.certificate,
            Err(Error::Indefinite { .. }) => {
                positive = false;
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        spent += found.iterations;
        let worst = found.relative_residuals.iter().fold(0.0, |worst: f64, residual| worst.max(*residual));
        if found.all_converged() || worst == 0.0 {
            return Ok(Some(found.iterations.max(1)));
        }
        let rate = worst.ln() / solving.tolerance.ln();
        let all = found.iterations as f64 / rate;
        Ok((rate > 0.0).then(|| all.ceil().clamp(1.0, dimension as f64) as usize))
    };
    let with = match blocks {
        Some((blocks, _)) => steps(Preconditioning::Given(blocks.clone()), STEPS)?,
        None => None,
    };
    // No more than tell whether they are as few alone.
    let alone = steps(Preconditioning::None, with.map_or(STEPS, |with| with.clamp(LEAST, STEPS)))?;
    let with = with.map(|steps| {
        // A sample's curvature has a wider spectrum than that of all: of independent columns, seen through what
        // blocks leave, by these factors (Marchenko & Pastur 1967). Steps go by the root of the condition.
        let spread = |examples: usize| {
            let root = (columns as f64 / examples.max(1) as f64).sqrt();
            (1.0 + root) / (1.0 - root).max(0.1)
        };
        let share = spread(evaluator.examples()) / spread(sample.len());
        ((steps as f64 * share.min(1.0)).ceil() as usize).max(1)
    });
    let share = sample.len() as f64 / evaluator.examples().max(1) as f64;
    Ok(positive.then_some(([alone, with], share * (spent * tried.len()) as f64)))
}

/// Puts a solver that was asked for first, whatever else there is.
fn asked_for(plan: &mut Plan, asked: &Solver, vector_bytes: usize) {
    let known = |solver: &Solver| plan.candidates.iter().find(|one| one.solver.to_string() == solver.to_string());
    let candidate = known(asked).cloned().or_else(|| {
        // What is not among the candidates does as the one that it is a kind of, and more.
        let (like, rank) = match asked {
            Solver::ConjugateGradient(Preconditioning::Nystrom { rank }) => {
                (known(&Solver::ConjugateGradient(Preconditioning::None)), *rank)
            }
            Solver::BlockConjugateGradient(Preconditioning::Nystrom { rank }) => {
                let block = |one: &&Candidate| matches!(one.solver, Solver::BlockConjugateGradient(_));
                (plan.candidates.iter().find(block), *rank)
            }
            Solver::Lanczos { rank } | Solver::Nystrom { rank } => (None, *rank),
            _ => (None, 0),
        };
        let like = like.or(plan.candidates.first())?;
        let bytes = like.bytes.saturating_add(vector_bytes.saturating_mul(2 * rank));
        let products = match asked {
            Solver::Lanczos { .. } | Solver::Nystrom { .. } => rank + like.together,
            _ => like.products + rank,
        };
        Some(Candidate {
            solver: asked.clone(),
            name: asked.describe(),
            products,
            work: like.work.times(products as f64 / like.products.max(1) as f64),
            bytes,
            excluded: None,
            ..like.clone()
        })
    });
    plan.candidates.retain(|one| one.solver.to_string() != asked.to_string());
    plan.candidates.splice(0..0, candidate);
    plan.reason = "as asked for".into();
}

/// The solvers there are at the evaluator's point, first the one that [`Influence::fit`](super::Influence::fit) would take,
/// with the seconds that each takes here.
///
/// # Errors
/// As there, before it solves.
pub fn plan(evaluator: &mut dyn Evaluate, options: &Options) -> Result<Plan> {
    let Point { curvature, damping, .. } = Point::of(evaluator, options)?;
    let options = &Options { damping: Some(damping), ..options.clone() };
    let outlook = Outlook::new(evaluator, options, curvature)?;
    let dimension = evaluator.dimension();
    let threads = evaluator.workers().threads();
    let operator = &mut CurvatureOperator::new(evaluator, curvature);
    let direction = Block::new(dimension, 1, vec![1.0; dimension])?;
    let mut product = Block::zeros(dimension, 1);
    // The first product computes what is kept for all others.
    operator.apply(&direction, &mut product)?;
    let (begun, mut count) = (Instant::now(), 0);
    while count == 0 || begun.elapsed().as_secs_f64() < MEASURED {
        operator.apply(&direction, &mut product)?;
        count += 1;
    }
    let seconds = begun.elapsed().as_secs_f64() / f64::from(count);
    Ok(outlook.plan(options).measured(seconds, solve::multiplication_seconds(), threads))
}
