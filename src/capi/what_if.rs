//! Other training sets than the one the model was trained on.

use crate::session::{Dataset, TrainingChange, WhatIf, WhatIfStep};

use super::*;

/// One change of the training set, an element of an array whose elements all have the same struct_size.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ascribe_change {
    /// The size of this struct in bytes.
    pub struct_size: usize,
    /// "remove" (the example is not there), "reweight" (it has another weight), "replace" (it is another one: `row` of `data`) or "add"
    /// (there is one more: `row` of `data`, with `weight`).
    pub kind: *const c_char,
    /// The example that changes, counted from 0; ignored for one more.
    pub example: u64,
    /// The dataset of the new example; ignored where the kind has none.
    pub data: *const ascribe_dataset,
    /// The new example by its place in `data`, counted from 0; ignored where the kind has none.
    pub row: u64,
    /// The new weight; ignored where the kind has none. Examples have weight 1 otherwise.
    pub weight: f64,
}

fields!(ascribe_change { struct_size, kind, example, data, row, weight });

impl Default for ascribe_change {
    fn default() -> Self {
        let (kind, data) = (std::ptr::null(), std::ptr::null());
        Self { struct_size: size_of::<Self>(), kind, example: 0, data, row: 0, weight: 1.0 }
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Remove,
    Reweight,
    Replace,
    Add,
}

const KINDS: [(&str, Kind); 4] =
    [("remove", Kind::Remove), ("reweight", Kind::Reweight), ("replace", Kind::Replace), ("add", Kind::Add)];

impl ascribe_change {
    /// # Safety
    /// `kind` is a text, and `data` is as [`handle::shared`] asks where the kind has one.
    unsafe fn read(self, place: usize) -> Result<TrainingChange> {
        let name = |field: &str| format!("changes[{place}].{field}");
        let example = || index(self.example, name("example"));
        let data = || -> Result<(Dataset, usize)> {
            // SAFETY: as callers promise.
            let data = unsafe { handle::shared(self.data, &name("data"))? }.clone();
            Ok((data, index(self.row, name("row"))?))
        };
        // SAFETY: as callers promise.
        Ok(match unsafe { word(self.kind, &name("kind"), &KINDS)? } {
            Kind::Remove => TrainingChange::Remove(example()?),
            Kind::Reweight => TrainingChange::Reweight(example()?, self.weight),
            Kind::Replace => {
                let (data, row) = data()?;
                TrainingChange::Replace(example()?, data, row)
            }
            Kind::Add => {
                let (data, row) = data()?;
                TrainingChange::Add(data, row, self.weight)
            }
        })
    }
}

/// Predictions for a changed training set, level by level.
pub struct ascribe_what_if {
    _opaque: (),
}

concept!(ascribe_what_if, WhatIf);

/// Predicts the functional for queries on a changed training set, level by level, from the cheapest up to the option `until`. Options are of
/// the table "what-if". With "rollback", "replay" and "dvemb" there is one level, without options; with "rollback" examples can only be removed, with
/// "replay" removed or reweighted.
/// May be called from any thread at the same time.
///
/// @param attributor an attributor of the method "influence", "rollback" or "replay"
/// @param queries    the queries
/// @param functional the functional, by its name (see FUNCTIONALS above), or NULL for the first there is
/// @param changes    the changes, all together
/// @param count      how many they are, at least 1
/// @param options    NULL for the defaults
/// @param monitor    progress and cancellation, or NULL
/// @param what_if    receives the predictions; free them with ascribe_what_if_free()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attributor_what_if(
    attributor: *const ascribe_attributor,
    queries: *const ascribe_dataset,
    functional: *const c_char,
    changes: *const ascribe_change,
    count: usize,
    options: *const ascribe_options,
    monitor: *const ascribe_monitor,
    what_if: *mut *mut ascribe_what_if,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let what_if = Out::new(what_if, "what_if")?;
        let Question { attributor, queries, functional } = question(attributor, queries, functional)?;
        let changes = versioned::read_array(changes, count, "changes")?;
        let changes: Result<Vec<_>> =
            changes.into_iter().enumerate().map(|(place, change)| change.read(place)).collect();
        let (options, monitor) = (options_of(options)?, monitor_of(monitor)?);
        what_if.put_new(attributor.what_if(&queries, functional, &changes?, &options, &monitor)?);
    })
}

fn step(what_if: &WhatIf, level: usize) -> Result<&WhatIfStep> {
    let levels = what_if.steps.len();
    let unknown = || Failure::argument(format!("level is {level}, expected one of {levels}, counted from 0"));
    what_if.steps.get(level).ok_or_else(unknown)
}

/// Returns the number of queries.
/// May be called from any thread at the same time.
///
/// @param what_if the predictions, or NULL
/// @return the number; 0 for NULL and invalid handles
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_what_if_queries(what_if: *const ascribe_what_if) -> usize {
    quiet!(0, handle::shared(what_if, "what_if")?.before.len())
}

/// Returns the number of levels that were tried.
/// May be called from any thread at the same time.
///
/// @param what_if the predictions, or NULL
/// @return the number; 0 for NULL and invalid handles
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_what_if_levels(what_if: *const ascribe_what_if) -> usize {
    quiet!(0, handle::shared(what_if, "what_if")?.steps.len())
}

/// Returns whether the last level is within the tolerance.
/// May be called from any thread at the same time.
///
/// @param what_if the predictions, or NULL
/// @return 1 if it is, or none was given; 0 otherwise, for NULL and invalid handles
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_what_if_reached(what_if: *const ascribe_what_if) -> i32 {
    quiet!(0, i32::from(handle::shared(what_if, "what_if")?.reached))
}

/// Gets the functional of each query as it is now.
/// May be called from any thread at the same time.
///
/// @param what_if  the predictions
/// @param values   receives a value for each query
/// @param capacity how many fit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_what_if_before(
    what_if: *const ascribe_what_if,
    values: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        put_array(values, capacity, &handle::shared(what_if, "what_if")?.before, "values")?;
    })
}

/// Gets the name of a level: "first-order", "second-order", "leave-one-out", "newton", "retrained" or, of the other methods, "rollback"
/// or "replay".
/// May be called from any thread at the same time.
///
/// @param what_if  the predictions
/// @param level    the level by its place, cheapest first, counted from 0
/// @param buffer   receives the text and a zero; NULL to get the length alone
/// @param capacity how many bytes fit in the buffer, at least length + 1
/// @param length   receives the length in bytes, without the zero
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_what_if_level_name(
    what_if: *const ascribe_what_if,
    level: usize,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let what_if = handle::shared(what_if, "what_if")?;
        TextOut::new(buffer, capacity, length)?.put(step(&what_if, level)?.level)?;
    })
}

/// Gets the changes of the functional that a level predicts, estimates of their errors, and how near a minimum of the changed objective
/// its parameters are.
/// May be called from any thread at the same time.
///
/// @param what_if       the predictions
/// @param level         the level by its place, cheapest first, counted from 0
/// @param changes       receives the predicted change for each query; or NULL
/// @param errors        receives the estimated error for each query, NaN where none is known; or NULL
/// @param capacity      how many fit in each, at least the number of queries
/// @param gradient_norm receives the relative gradient of the changed objective, NaN where it is not known; or NULL
/// @param at_minimum    receives 1 where that counts as a minimum, else 0; or NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_what_if_changes(
    what_if: *const ascribe_what_if,
    level: usize,
    changes: *mut f64,
    errors: *mut f64,
    capacity: usize,
    gradient_norm: *mut f64,
    at_minimum: *mut i32,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let what_if = handle::shared(what_if, "what_if")?;
        let step = step(&what_if, level)?;
        let changes = Buffer::optional(changes, capacity, step.changes.len(), "changes")?;
        let errors = Buffer::optional(errors, capacity, step.errors.len(), "errors")?;
        let gradient_norm = Out::optional(gradient_norm, "gradient_norm")?;
        let at_minimum = Out::optional(at_minimum, "at_minimum")?;
        apart(&[changes.region(), errors.region(), gradient_norm.region(), at_minimum.region()])?;
        changes.put(&step.changes);
        errors.put(&step.errors);
        gradient_norm.put(step.gradient_norm);
        at_minimum.put(i32::from(step.at_minimum));
    })
}

/// Gets the parameters that a level predicts, all of them, concatenated.
/// May be called from any thread at the same time.
///
/// Fails with ASCRIBE_UNSUPPORTED for "rollback", "replay" and "dvemb", which predict none.
///
/// @param what_if  the predictions
/// @param level    the level by its place, cheapest first, counted from 0
/// @param values   receives p numbers
/// @param capacity how many fit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_what_if_parameters(
    what_if: *const ascribe_what_if,
    level: usize,
    values: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let what_if = handle::shared(what_if, "what_if")?;
        let step = step(&what_if, level)?;
        if step.parameters.is_empty() {
            return Err(Failure::new(ASCRIBE_UNSUPPORTED, format!("level {} predicts no parameters", step.level)));
        }
        put_array(values, capacity, &step.parameters, "values")?;
    })
}

/// Frees predictions.
/// Needs exclusive access to `what_if`.
///
/// @param what_if the predictions; NULL is fine
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_what_if_free(what_if: *mut ascribe_what_if) {
    free!(what_if);
}
