//! Other training sets than the one the model was trained on.

use core::ffi::c_char;

use super::ascribe_influence;
use crate::attribution::influence::{Level, Step, WhatIf, WhatIfOptions};
use crate::capi::dataset::ascribe_dataset;
use crate::capi::error::ascribe_error;
use crate::capi::guard::{guard, quietly};
use crate::capi::handle::{self, Concept};
use crate::capi::input::{choice, optional_text, size, slice};
use crate::capi::options::{self, fields};
use crate::capi::out::{Buffer, Out, Region, apart};
use crate::capi::status::{Failure, Result, ascribe_status};
use crate::capi::watch::{ascribe_watch, watch as obeyed};
use crate::session::{Dataset, TrainingChange};

/// The example is not there.
pub const ASCRIBE_CHANGE_REMOVE: i32 = 0;
/// The example has another weight: `weight`.
pub const ASCRIBE_CHANGE_REWEIGHT: i32 = 1;
/// The example is another one: `row` of `with`.
pub const ASCRIBE_CHANGE_REPLACE: i32 = 2;
/// An example more: `row` of `with`, with `weight`.
pub const ASCRIBE_CHANGE_ADD: i32 = 3;

/// The sum of scores.
pub const ASCRIBE_LEVEL_FIRST_ORDER: i32 = 0;
/// The same with what the changed examples do to the curvature, to its first order.
pub const ASCRIBE_LEVEL_SECOND_ORDER: i32 = 1;
/// One example removed, with its own curvature taken out exactly.
pub const ASCRIBE_LEVEL_LEVERAGE: i32 = 2;
/// One step of Newton's method on the changed training set.
pub const ASCRIBE_LEVEL_NEWTON: i32 = 3;
/// The optimum of the changed training set.
pub const ASCRIBE_LEVEL_RETRAINED: i32 = 4;

const LEVELS: [(i32, Level); 5] = [
    (ASCRIBE_LEVEL_FIRST_ORDER, Level::FirstOrder),
    (ASCRIBE_LEVEL_SECOND_ORDER, Level::SecondOrder),
    (ASCRIBE_LEVEL_LEVERAGE, Level::LeaveOneOut),
    (ASCRIBE_LEVEL_NEWTON, Level::Newton),
    (ASCRIBE_LEVEL_RETRAINED, Level::Retrained),
];

/// One change of the training set. It is an element of an array and never grows.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ascribe_change {
    /// ASCRIBE_CHANGE_...
    pub kind: i32,
    /// The example that changes, counted from 0; not looked at for one more.
    pub example: u64,
    /// The new weight, where the kind has one; examples have weight 1 otherwise.
    pub weight: f64,
    /// The dataset of the new example, where the kind has one.
    pub with: *const ascribe_dataset,
    /// The place of the new example in it, counted from 0.
    pub row: u64,
}

impl ascribe_change {
    /// # Safety
    /// `with` is as [`handle::shared`] asks, where the kind has one.
    unsafe fn read(self, place: usize) -> Result<TrainingChange> {
        let number = |number: u64, field: &str| {
            let name = format!("changes[{place}].{field}");
            usize::try_from(number)
                .map_err(|_| Failure::argument(format!("{name} is {number}, expected one that exists")))
        };
        // SAFETY: as promised above.
        let with = || -> Result<Dataset> {
            // SAFETY: as promised above.
            unsafe { Ok(handle::shared(self.with, &format!("changes[{place}].with"))?.clone()) }
        };
        Ok(match self.kind {
            ASCRIBE_CHANGE_REMOVE => TrainingChange::Remove(number(self.example, "example")?),
            ASCRIBE_CHANGE_REWEIGHT => TrainingChange::Reweight(number(self.example, "example")?, self.weight),
            ASCRIBE_CHANGE_REPLACE => {
                TrainingChange::Replace(number(self.example, "example")?, with()?, number(self.row, "row")?)
            }
            ASCRIBE_CHANGE_ADD => TrainingChange::Add(with()?, number(self.row, "row")?, self.weight),
            other => return Err(Failure::argument(format!("changes[{place}].kind is {other}, expected 0 to 3"))),
        })
    }
}

/// Predictions for a changed training set, level by level.
pub struct ascribe_what_if {
    _opaque: (),
}

impl Concept for ascribe_what_if {
    type Value = WhatIf;
    const NAME: &'static str = "ascribe_what_if";
}

/// How far a what-if goes; fill it with ascribe_what_if_options_init().
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ascribe_what_if_options {
    /// The size of this struct in bytes.
    pub struct_size: usize,
    /// The last level that is tried: ASCRIBE_LEVEL_NEWTON by default.
    pub until: i32,
    /// The levels end at the first whose estimated error is within this for every query; 0 (the default) for none.
    pub tolerance: f64,
    /// The max-norm of the gradient at which training again ends; 1e-10 by default.
    pub gradient: f64,
    /// The most steps of training again; 200 by default.
    pub iterations: i64,
}

fields!(ascribe_what_if_options { struct_size, until, tolerance, gradient, iterations });

impl Default for ascribe_what_if_options {
    fn default() -> Self {
        Self {
            struct_size: size_of::<Self>(),
            until: ASCRIBE_LEVEL_NEWTON,
            tolerance: 0.0,
            gradient: 1e-10,
            iterations: 200,
        }
    }
}

/// Fills options of a what-if with the defaults.
///
/// @param options receives the defaults; NULL is left alone
/// @param size    sizeof(ascribe_what_if_options), as the caller was compiled; no more bytes are written
///
/// Needs exclusive access to `options`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_what_if_options_init(options: *mut ascribe_what_if_options, size: usize) {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { options::init(options, size) }
}
/// Predicts the functional for queries on a changed training set, from the cheapest level to the one asked for.
///
/// @param influence  what is asked
/// @param queries    the queries
/// @param functional what is asked for, by its name (see the opening chapter), or NULL for the first there is
/// @param changes    the changes, all together
/// @param count      how many they are, at least 1
/// @param options    NULL for the defaults
/// @param watch      what the call obeys, or NULL
/// @param what_if    receives the predictions; free them with ascribe_what_if_free()
/// @param error      NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_influence_what_if(
    influence: *const ascribe_influence,
    queries: *const ascribe_dataset,
    functional: *const c_char,
    changes: *const ascribe_change,
    count: usize,
    options: *const ascribe_what_if_options,
    watch: *const ascribe_watch,
    what_if: *mut *mut ascribe_what_if,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let what_if = Out::new(what_if, "what_if")?;
            let influence = handle::shared(influence, "influence")?;
            let queries = handle::shared(queries, "queries")?;
            let functional = optional_text(functional, "functional")?;
            let changes: Result<Vec<TrainingChange>> = slice(changes, count, "changes")?
                .iter()
                .enumerate()
                .map(|(place, change)| change.read(place))
                .collect();
            let options = options::read(options, "options")?;
            if !(options.tolerance >= 0.0 && options.tolerance.is_finite()) {
                let message = format!("options.tolerance is {}, expected 0 or a positive number", options.tolerance);
                return Err(Failure::argument(message));
            }
            let options = WhatIfOptions {
                until: choice(options.until, "options.until", &LEVELS)?,
                tolerance: (options.tolerance > 0.0).then_some(options.tolerance),
                gradient_tolerance: Some(options.gradient),
                max_iterations: size(options.iterations, "options.iterations")?,
            };
            what_if.put_new(influence.what_if(&queries, functional, &changes?, &options, &obeyed(watch)?)?);
            Ok(())
        })
    }
}
fn level(what_if: &WhatIf, place: usize) -> Result<&Step> {
    let levels = what_if.steps.len();
    let unknown = || Failure::argument(format!("place is {place}, expected one of {levels} levels, counted from 0"));
    what_if.steps.get(place).ok_or_else(unknown)
}

/// Returns the number of queries.
///
/// @param what_if the predictions, or NULL
///
/// @return the number; 0 for NULL and invalid handles
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_what_if_queries(what_if: *const ascribe_what_if) -> usize {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    quietly(0, || unsafe { Ok(handle::shared(what_if, "what_if")?.before.len()) })
}
/// Returns the number of levels that were tried.
///
/// @param what_if the predictions, or NULL
///
/// @return the number; 0 for NULL and invalid handles
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_what_if_levels(what_if: *const ascribe_what_if) -> usize {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    quietly(0, || unsafe { Ok(handle::shared(what_if, "what_if")?.steps.len()) })
}
/// Returns whether the last level is within the tolerance.
///
/// @param what_if the predictions, or NULL
///
/// @return 1 if it is, or none was given; 0 otherwise, for NULL and invalid handles
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_what_if_reached(what_if: *const ascribe_what_if) -> i32 {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    quietly(0, || unsafe { Ok(i32::from(handle::shared(what_if, "what_if")?.reached)) })
}
/// Tells the functional of each query as it is now.
///
/// @param what_if  the predictions
/// @param values   receives a value for each query
/// @param capacity how many there is room for
/// @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_what_if_before(
    what_if: *const ascribe_what_if,
    values: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let what_if = handle::shared(what_if, "what_if")?;
            Buffer::new(values, capacity, what_if.before.len(), "values")?.put(&what_if.before);
            Ok(())
        })
    }
}
/// Tells a level, the changes of the functional that it predicts, and estimates of their errors.
///
/// @param what_if  the predictions
/// @param place    the level by its place, cheapest first, counted from 0
/// @param level    receives the level: ASCRIBE_LEVEL_...
/// @param changes  receives the predicted change for each query; or NULL
/// @param errors   receives the estimated error for each query; or NULL
/// @param capacity how many there is room for in each, at least the number of queries
/// @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_what_if_level(
    what_if: *const ascribe_what_if,
    place: usize,
    level: *mut i32,
    changes: *mut f64,
    errors: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let level_region = Region::of(level.cast_const(), 1, "level");
            let level_out = Out::new(level, "level")?;
            let what_if = handle::shared(what_if, "what_if")?;
            let step = self::level(&what_if, place)?;
            let changes = Buffer::wanted(changes, capacity, step.changes.len(), "changes")?;
            let errors = Buffer::wanted(errors, capacity, step.errors.len(), "errors")?;
            let buffers = changes.iter().chain(&errors).map(Buffer::region);
            apart(&buffers.chain([level_region]).collect::<Vec<_>>())?;
            if let Some(changes) = changes {
                changes.put(&step.changes);
            }
            if let Some(errors) = errors {
                errors.put(&step.errors);
            }
            level_out.put(LEVELS.iter().find(|(_, known)| *known == step.level).map_or(-1, |(number, _)| *number));
            Ok(())
        })
    }
}
/// Tells the parameters that a level predicts, all of them one behind the other.
///
/// @param what_if  the predictions
/// @param place    the level by its place, cheapest first, counted from 0
/// @param values   receives p numbers
/// @param capacity how many there is room for
/// @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_what_if_parameters(
    what_if: *const ascribe_what_if,
    place: usize,
    values: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let what_if = handle::shared(what_if, "what_if")?;
            let step = level(&what_if, place)?;
            Buffer::new(values, capacity, step.parameters.len(), "values")?.put(&step.parameters);
            Ok(())
        })
    }
}
/// Frees predictions.
///
/// @param what_if the predictions; NULL is fine
///
/// Needs exclusive access to `what_if`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_what_if_free(what_if: *mut ascribe_what_if) {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { handle::free(what_if) }
}
