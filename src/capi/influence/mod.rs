//! Influence functions.

pub use questions::*;
pub use what_if::*;

use core::ffi::c_char;

use crate::attribution::influence::Options;
use crate::objective::Curvature;
use crate::session::{Influence, InfluenceOptions};
use crate::solve::{Lissa, Preconditioning, Solver};

use super::context::{ascribe_context, host};
use super::dataset::ascribe_dataset;
use super::error::ascribe_error;
use super::guard::guard;
use super::handle::{self, Concept};
use super::input::{choice, size};
use super::model::{ascribe_model, seed};
use super::options::{self, fields};
use super::out::{Out, StructOut, TextOut};
use super::status::{Failure, ascribe_status};
use super::watch::{ascribe_watch, watch as obeyed};

/// The Hessian at a minimum, the Gauss-Newton matrix elsewhere.
pub const ASCRIBE_CURVATURE_AUTO: i32 = 0;
/// The Hessian; refused away from a minimum.
pub const ASCRIBE_CURVATURE_HESSIAN: i32 = 1;
/// The generalized Gauss-Newton matrix.
pub const ASCRIBE_CURVATURE_GAUSS_NEWTON: i32 = 2;
/// The empirical Fisher matrix.
pub const ASCRIBE_CURVATURE_FISHER: i32 = 3;

const CURVATURES: [(i32, Option<Curvature>); 4] = [
    (ASCRIBE_CURVATURE_AUTO, None),
    (ASCRIBE_CURVATURE_HESSIAN, Some(Curvature::Hessian)),
    (ASCRIBE_CURVATURE_GAUSS_NEWTON, Some(Curvature::GaussNewton)),
    (ASCRIBE_CURVATURE_FISHER, Some(Curvature::Fisher)),
];

/// What suits best.
pub const ASCRIBE_SOLVER_AUTO: i32 = 0;
/// The assembled matrix, factored.
pub const ASCRIBE_SOLVER_DIRECT: i32 = 1;
/// Conjugate gradients, query by query.
pub const ASCRIBE_SOLVER_CG: i32 = 2;
/// Conjugate gradients, all queries together.
pub const ASCRIBE_SOLVER_BLOCK_CG: i32 = 3;
/// Minimal residuals, which indefinite curvature does not stop.
pub const ASCRIBE_SOLVER_MINRES: i32 = 4;
/// The stochastic series of Agarwal et al., with all examples in each step.
pub const ASCRIBE_SOLVER_LISSA: i32 = 5;
/// Some eigenvectors by the method of Lanczos; see `rank`.
pub const ASCRIBE_SOLVER_LANCZOS: i32 = 6;
/// A randomized low-rank approximation; see `rank`.
pub const ASCRIBE_SOLVER_NYSTROM: i32 = 7;

/// A model with the curvature of its objective, ready to be asked. It keeps model and data as they were. Calls with the same handle
/// from several threads are answered one after the other.
pub struct ascribe_influence {
    _opaque: (),
}

impl Concept for ascribe_influence {
    type Value = Influence;
    const NAME: &'static str = "ascribe_influence";
}

/// How influence is computed; fill it with ascribe_influence_options_init().
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ascribe_influence_options {
    /// The size of this struct in bytes.
    pub struct_size: usize,
    /// ASCRIBE_CURVATURE_AUTO (the default), _HESSIAN, _GAUSS_NEWTON or _FISHER.
    pub curvature: i32,
    /// ASCRIBE_SOLVER_AUTO (the default) or another ASCRIBE_SOLVER_...
    pub solver: i32,
    /// Added to the diagonal of the curvature; 0 by default.
    pub damping: f64,
    /// The relative residual wanted of every solve; 1e-8 by default.
    pub tolerance: f64,
    /// The most steps of an iterative solver; 2000 by default.
    pub iterations: i64,
    /// The max-norm of the objective's gradient up to which the model counts as being at a minimum; 1e-4 by default.
    pub stationary: f64,
    /// The rank of ASCRIBE_SOLVER_LANCZOS and _NYSTROM; 50 by default.
    pub rank: i64,
    /// The bytes that matrices, and what is kept between products, may take; 2 GiB by default.
    pub memory: u64,
    /// How many queries are expected at once, on which the choice of a solver depends; 1 by default.
    pub queries: i64,
    /// The seed of probes and sketches; -1 (the default) for the context's.
    pub seed: i64,
}

fields!(ascribe_influence_options {
    struct_size,
    curvature,
    solver,
    damping,
    tolerance,
    iterations,
    stationary,
    rank,
    memory,
    queries,
    seed
});

impl Default for ascribe_influence_options {
    fn default() -> Self {
        Self {
            struct_size: size_of::<Self>(),
            curvature: ASCRIBE_CURVATURE_AUTO,
            solver: ASCRIBE_SOLVER_AUTO,
            damping: 0.0,
            tolerance: 1e-8,
            iterations: 2000,
            stationary: 1e-4,
            rank: 50,
            memory: 2 << 30,
            queries: 1,
            seed: -1,
        }
    }
}

/// Fills options of influence with the defaults.
///
/// @param options receives the defaults; NULL is left alone
/// @param size    sizeof(ascribe_influence_options), as the caller was compiled; no more bytes are written
///
/// Needs exclusive access to `options`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_influence_options_init(options: *mut ascribe_influence_options, size: usize) {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { options::init(options, size) }
}
/// Looks at the objective of a model over a dataset, and prepares to solve with its curvature.
///
/// @param context   NULL for the default one
/// @param model     the model
/// @param data      the examples, or NULL for those the model was trained on
/// @param options   NULL for the defaults
/// @param watch     what the call obeys, or NULL
/// @param influence receives what can be asked; free it with ascribe_influence_free()
/// @param error     NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_influence_new(
    context: *const ascribe_context,
    model: *const ascribe_model,
    data: *const ascribe_dataset,
    options: *const ascribe_influence_options,
    watch: *const ascribe_watch,
    influence: *mut *mut ascribe_influence,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let influence = Out::new(influence, "influence")?;
            let host = host(context)?;
            let model = handle::shared(model, "model")?;
            let data = if data.is_null() { None } else { Some(handle::shared(data, "data")?) };
            let options = options::read(options, "options")?;
            let rank = size(options.rank, "options.rank")?;
            let solvers = [
                (ASCRIBE_SOLVER_AUTO, None),
                (ASCRIBE_SOLVER_DIRECT, Some(Solver::Direct)),
                (ASCRIBE_SOLVER_CG, Some(Solver::ConjugateGradient(Preconditioning::None))),
                (ASCRIBE_SOLVER_BLOCK_CG, Some(Solver::BlockConjugateGradient(Preconditioning::None))),
                (ASCRIBE_SOLVER_MINRES, Some(Solver::MinimalResidual)),
                (ASCRIBE_SOLVER_LISSA, Some(Solver::Lissa(Lissa::default()))),
                (ASCRIBE_SOLVER_LANCZOS, Some(Solver::Lanczos { rank })),
                (ASCRIBE_SOLVER_NYSTROM, Some(Solver::Nystrom { rank })),
            ];
            let number = options.solver;
            let solver = solvers.iter().find(|(known, _)| *known == number).map(|(_, solver)| solver.clone());
            let core = Options {
                curvature: choice(options.curvature, "options.curvature", &CURVATURES)?,
                damping: options.damping,
                solver: solver
                    .ok_or_else(|| Failure::argument(format!("options.solver is {number}, expected one of 0 to 7")))?,
                tolerance: Some(options.tolerance),
                max_iterations: size(options.iterations, "options.iterations")?,
                gradient_tolerance: options.stationary,
                memory: usize::try_from(options.memory).unwrap_or(usize::MAX),
                queries: size(options.queries, "options.queries")?,
                ..Options::default()
            };
            let options = InfluenceOptions { core, seed: seed(options.seed) };
            influence.put_new(Influence::new(&host, &model, data.as_deref(), &options, &obeyed(watch)?)?);
            Ok(())
        })
    }
}
/// Where the objective of a model stands, and how solves went since.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ascribe_standing {
    /// The size of this struct in bytes.
    pub struct_size: usize,
    /// The number of examples.
    pub examples: u64,
    /// p: the number of parameters.
    pub parameters: u64,
    /// The curvature that is used: ASCRIBE_CURVATURE_...
    pub curvature: i32,
    /// 1 if the model is at a minimum.
    pub stationary: i32,
    /// What is added to the curvature's diagonal.
    pub damping: f64,
    /// The objective: mean loss and penalty.
    pub value: f64,
    /// The max-norm of its gradient.
    pub gradient: f64,
    /// The length of its gradient.
    pub gradient_length: f64,
    /// About the lowest eigenvalue of the curvature, without damping.
    pub lowest: f64,
    /// About the highest.
    pub highest: f64,
    /// Products with the curvature that were spent to prepare.
    pub products: u64,
    /// The worst relative residual of any solve since.
    pub worst_residual: f64,
    /// 1 if every solve since reached its tolerance.
    pub converged: i32,
    /// 1 if the curvature was factored, so that every further solve is cheap and exact but for rounding.
    pub factored: i32,
}

fields!(ascribe_standing {
    struct_size,
    examples,
    parameters,
    curvature,
    stationary,
    damping,
    value,
    gradient,
    gradient_length,
    lowest,
    highest,
    products,
    worst_residual,
    converged,
    factored,
});

/// Tells where the objective stands, which decides what scores are worth, and how solves went since.
///
/// @param influence what is asked
/// @param diagnostics  receives the result as far as its struct_size says
/// @param error     NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_influence_standing(
    influence: *const ascribe_influence,
    diagnostics: *mut ascribe_standing,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let out = StructOut::new(diagnostics, "diagnostics")?;
            let found = handle::shared(influence, "influence")?.diagnostics()?;
            let fitted = &found.fitted;
            let curvature = CURVATURES.iter().find(|(_, known)| *known == Some(fitted.curvature));
            out.put(ascribe_standing {
                struct_size: size_of::<ascribe_standing>(),
                examples: fitted.examples as u64,
                parameters: fitted.parameters as u64,
                curvature: curvature.map_or(ASCRIBE_CURVATURE_AUTO, |(number, _)| *number),
                stationary: i32::from(fitted.at_minimum),
                damping: fitted.damping,
                value: fitted.value,
                gradient: fitted.gradient_norm,
                gradient_length: fitted.gradient_length,
                lowest: fitted.spectrum.lowest,
                highest: fitted.spectrum.highest,
                products: fitted.preparing.total() as u64,
                worst_residual: found.worst_residual,
                converged: i32::from(found.unconverged.is_none()),
                factored: i32::from(found.factored),
            });
            Ok(())
        })
    }
}
/// Tells in words how it solves and, where a solve did not reach its tolerance, what to do about that.
///
/// @param influence what is asked
/// @param buffer    receives the text and a zero; NULL to ask for the length alone
/// @param capacity  how many bytes there is room for, at least length + 1
/// @param length    receives the length in bytes, without the zero
/// @param error     NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_influence_solver(
    influence: *const ascribe_influence,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let out = TextOut::new(buffer, capacity, length)?;
            let found = handle::shared(influence, "influence")?.diagnostics()?;
            let hint = found.unconverged.map(|hint| format!("; a solve did not converge: {hint}")).unwrap_or_default();
            out.put(&format!("{}{hint}", found.fitted.solver))?;
            Ok(())
        })
    }
}
/// Frees what can be asked. Scores stay.
///
/// @param influence what can be asked; NULL is fine
///
/// Needs exclusive access to `influence`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_influence_free(influence: *mut ascribe_influence) {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { handle::free(influence) }
}

// Here and not above, because the header has things in this order.
mod questions;

mod what_if;
