//! Explanation by rollback.

use core::ffi::c_char;

use crate::attribution::rollback::{Effort, ExplainOptions, Scope};
use crate::session::Rollback;

use super::attribution::ascribe_attribution;
use super::context::{ascribe_context, host};
use super::dataset::ascribe_dataset;
use super::error::ascribe_error;
use super::guard::guard;
use super::handle::{self, Concept};
use super::input::{choice, optional_text, size, slice};
use super::model::ascribe_model;
use super::options::{self, fields};
use super::out::{Buffer, Out};
use super::status::{Failure, Result, ascribe_status};
use super::watch::{ascribe_watch, watch as obeyed};

/// Examples that own any row the query reads.
pub const ASCRIBE_SCOPE_ALL_READ: i32 = 0;
/// Examples that own a row of the first parameter that the query reads: of triples, an entity's.
pub const ASCRIBE_SCOPE_ENTITIES: i32 = 1;
/// All examples.
pub const ASCRIBE_SCOPE_ALL: i32 = 2;

const SCOPES: [(i32, Scope); 3] = [
    (ASCRIBE_SCOPE_ALL_READ, Scope::EntitiesAndRelation),
    (ASCRIBE_SCOPE_ENTITIES, Scope::Entities),
    (ASCRIBE_SCOPE_ALL, Scope::All),
];

/// Exactly up to twenty thousand examples, otherwise as ASCRIBE_EFFORT_HYBRID.
pub const ASCRIBE_EFFORT_AUTO: i32 = 0;
/// The functional is evaluated without each example's changes.
pub const ASCRIBE_EFFORT_EXACT: i32 = 1;
/// To first order: minus the inner product of the functional's gradient with the changes.
pub const ASCRIBE_EFFORT_LINEAR: i32 = 2;
/// To first order, and then exactly for the examples of greatest effect.
pub const ASCRIBE_EFFORT_HYBRID: i32 = 3;

/// A functional of a trained model, ready to be explained by its ledger. It keeps the model as it was.
pub struct ascribe_rollback {
    _opaque: (),
}

impl Concept for ascribe_rollback {
    type Value = Rollback;
    const NAME: &'static str = "ascribe_rollback";
}

/// How rollback explains; fill it with ascribe_rollback_options_init().
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ascribe_rollback_options {
    /// The size of this struct in bytes.
    pub struct_size: usize,
    /// Which examples are considered: ASCRIBE_SCOPE_ALL_READ (the default), _ENTITIES or _ALL.
    pub scope: i32,
    /// How scores are computed: ASCRIBE_EFFORT_AUTO (the default), _EXACT, _LINEAR or _HYBRID.
    pub effort: i32,
    /// How many are computed exactly by ASCRIBE_EFFORT_HYBRID; 500 by default.
    pub rerank: i64,
}

fields!(ascribe_rollback_options { struct_size, scope, effort, rerank });

impl Default for ascribe_rollback_options {
    fn default() -> Self {
        Self { struct_size: size_of::<Self>(), scope: ASCRIBE_SCOPE_ALL_READ, effort: ASCRIBE_EFFORT_AUTO, rerank: 500 }
    }
}

/// Fills options of rollback with the defaults.
///
/// @param options receives the defaults; NULL is left alone
/// @param size    sizeof(ascribe_rollback_options), as the caller was compiled; no more bytes are written
///
/// Needs exclusive access to `options`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_rollback_options_init(options: *mut ascribe_rollback_options, size: usize) {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { options::init(options, size) }
}
/// Prepares to explain a functional of a model by its ledger.
///
/// @param context    NULL for the default one
/// @param model      a model of triples, or of a graph whose examples own rows, that was trained with a ledger
/// @param functional what is asked for, by its name (see the opening chapter), or NULL for the first there is
/// @param rollback   receives what can be asked; free it with ascribe_rollback_free()
/// @param error      NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_rollback_new(
    context: *const ascribe_context,
    model: *const ascribe_model,
    functional: *const c_char,
    rollback: *mut *mut ascribe_rollback,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let rollback = Out::new(rollback, "rollback")?;
            let host = host(context)?;
            let model = handle::shared(model, "model")?;
            rollback.put_new(Rollback::new(&host, &model, optional_text(functional, "functional")?)?);
            Ok(())
        })
    }
}
/// Explains queries: for each, the change of the functional that taking back each example's own changes makes.
///
/// @param rollback    what is asked
/// @param queries     the queries
/// @param options     NULL for the defaults
/// @param watch       what the call obeys, or NULL
/// @param attribution receives the scores; free them with ascribe_attribution_free()
/// @param error       NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_rollback_explain(
    rollback: *const ascribe_rollback,
    queries: *const ascribe_dataset,
    options: *const ascribe_rollback_options,
    watch: *const ascribe_watch,
    attribution: *mut *mut ascribe_attribution,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let attribution = Out::new(attribution, "attribution")?;
            let rollback = handle::shared(rollback, "rollback")?;
            let queries = handle::shared(queries, "queries")?;
            let options = options::read(options, "options")?;
            let rerank = size(options.rerank, "options.rerank")?;
            let efforts = [
                (ASCRIBE_EFFORT_AUTO, Effort::Auto),
                (ASCRIBE_EFFORT_EXACT, Effort::Exact),
                (ASCRIBE_EFFORT_LINEAR, Effort::Linear),
                (ASCRIBE_EFFORT_HYBRID, Effort::Hybrid { rerank }),
            ];
            let options = ExplainOptions {
                scope: choice(options.scope, "options.scope", &SCOPES)?,
                effort: choice(options.effort, "options.effort", &efforts)?,
            };
            attribution.put_new(rollback.explain(&queries, &options, &obeyed(watch)?)?);
            Ok(())
        })
    }
}
/// Tells the functional of each query with the changes of some examples taken back together.
///
/// @param rollback what is asked
/// @param queries  the queries
/// @param examples the examples, counted from 0
/// @param count    how many they are
/// @param values   receives a value for each query
/// @param capacity how many there is room for, at least the number of queries
/// @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_rollback_without(
    rollback: *const ascribe_rollback,
    queries: *const ascribe_dataset,
    examples: *const u64,
    count: usize,
    values: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let rollback = handle::shared(rollback, "rollback")?;
            let queries = handle::shared(queries, "queries")?;
            let examples: Result<Vec<u32>> = slice(examples, count, "examples")?
                .iter()
                .map(|example| {
                    let unknown =
                        || Failure::argument(format!("examples has {example}, expected an example that exists"));
                    u32::try_from(*example).map_err(|_| unknown())
                })
                .collect();
            let values = Buffer::new(values, capacity, queries.len(), "values")?;
            values.put(&rollback.without(&queries, &examples?)?);
            Ok(())
        })
    }
}
/// Frees what can be asked. Scores stay.
///
/// @param rollback what can be asked; NULL is fine
///
/// Needs exclusive access to `rollback`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_rollback_free(rollback: *mut ascribe_rollback) {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { handle::free(rollback) }
}
