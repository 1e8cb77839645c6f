//! Training again without some examples, to compare predictions with the truth.

use crate::session::{self, Fidelity};

use super::*;

/// Trains a model again without each of some sets of examples, with everything else as it was (initial values, order,
/// candidates), and gets the true changes of a functional. What was minimized is minimized again, from where one step of
/// Newton's method leads; where the objective is not convex that may be another minimum. Where there is no minimum without a set,
/// or it was not reached, its changes are NaN.
/// May be called from any thread at the same time.
///
/// @param context    NULL for the default one
/// @param model      a model that was trained
/// @param queries    the queries
/// @param functional the functional, by its name (see FUNCTIONALS above), or NULL for the first there is
/// @param examples   the examples of all sets, counted from 0, set by set
/// @param offsets    where each set begins among the examples, and where the last one ends: sets + 1 numbers, ascending from
///                   0
/// @param sets       the number of sets
/// @param monitor    progress and cancellation, or NULL
/// @param changes    receives the change for each query of each set, set by set: sets * queries numbers
/// @param capacity   how many fit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_retraining_changes(
    context: *const ascribe_context,
    model: *const ascribe_model,
    queries: *const ascribe_dataset,
    functional: *const c_char,
    examples: *const u64,
    offsets: *const usize,
    sets: usize,
    monitor: *const ascribe_monitor,
    changes: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let host = host(context)?;
        let model = handle::shared(model, "model")?;
        let queries = handle::shared(queries, "queries")?;
        let functional = optional_text(functional, "functional")?;
        let offsets = slice(offsets, sets.saturating_add(1), "offsets")?;
        let ascending = offsets.first() == Some(&0) && offsets.is_sorted();
        let Some(count) = offsets.last().copied().filter(|_| ascending) else {
            return Err(Failure::argument(
                "offsets are not ascending from 0, expected where each set begins and the last ends",
            ));
        };
        let examples = examples_of(examples, count, "examples")?;
        let removals: Vec<Vec<usize>> = offsets.windows(2).map(|ends| examples[ends[0]..ends[1]].to_vec()).collect();
        let wanted = sets.saturating_mul(queries.len());
        let changes = Buffer::new(changes, capacity, wanted, "changes")?;
        changes.put(&session::true_changes(&host, &model, &queries, functional, &removals, &monitor_of(monitor)?)?);
    })
}

/// How well predicted changes agree with true ones. A correlation alone hides wrong sizes, so there is the slope too.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ascribe_fidelity {
    /// The size of this struct in bytes.
    pub struct_size: usize,
    /// Pearson's correlation; NaN where one side does not vary.
    pub pearson: f64,
    /// Spearman's correlation of ranks; NaN where one side does not vary.
    pub spearman: f64,
    /// The slope of true by predicted change; NaN where predictions do not vary.
    pub slope: f64,
    /// The largest difference.
    pub maximum_error: f64,
    /// The number of pairs that were compared.
    pub count: u64,
}

fields!(ascribe_fidelity { struct_size, pearson, spearman, slope, maximum_error, count });

/// Compares predicted changes with true ones; pairs whose true change is NaN are left out, and refused where all are.
/// May be called from any thread at the same time.
///
/// @param predicted the predicted changes
/// @param truth     the true changes
/// @param count     how many pairs there are
/// @param fidelity  receives the result as far as its struct_size says
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_retraining_fidelity(
    predicted: *const f64,
    truth: *const f64,
    count: usize,
    fidelity: *mut ascribe_fidelity,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let out = StructOut::new(fidelity, "fidelity")?;
        let found = Fidelity::of(slice(predicted, count, "predicted")?, slice(truth, count, "truth")?)?;
        let number = |value: Option<f64>| value.unwrap_or(f64::NAN);
        out.put(ascribe_fidelity {
            struct_size: size_of::<ascribe_fidelity>(),
            pearson: number(found.pearson),
            spearman: number(found.spearman),
            slope: number(found.slope),
            maximum_error: found.maximum_error,
            count: found.count as u64,
        });
    })
}
