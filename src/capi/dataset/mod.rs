//! Examples to train on, and queries to ask about.

use core::ffi::c_char;

pub use look::*;
pub use read::*;

use crate::session::Dataset;

use crate::capi::error::ascribe_error;
use crate::capi::guard::guard;
use crate::capi::handle::{self, Concept};
use crate::capi::input::{slice, text};
use crate::capi::out::Out;
use crate::capi::status::{Failure, Result, ascribe_status};
use crate::capi::view::{View, ascribe_matrix, ascribe_matrix_f32};

/// Examples to train on, or queries to ask about: triples, rows of numbers with or without targets, or the inputs of a graph. What
/// it is made of is copied. Models and explanations that were made with it keep it as it was.
pub struct ascribe_dataset {
    _opaque: (),
}

impl Concept for ascribe_dataset {
    type Value = Dataset;
    const NAME: &'static str = "ascribe_dataset";
}

/// The examples that an array names, as places.
///
/// # Safety
/// As [`slice`].
pub(super) unsafe fn places(examples: *const u64, count: usize, name: &str) -> Result<Vec<usize>> {
    // SAFETY: as promised above.
    let examples = unsafe { slice(examples, count, name)? };
    let place = |example: &u64| {
        usize::try_from(*example)
            .map_err(|_| Failure::argument(format!("{name} has {example}, expected an example that exists")))
    };
    examples.iter().map(place).collect()
}

/// Makes a dataset of triples by ids. Entities and relations are named by their numbers.
///
/// @param triples   head, relation and tail of each triple, one triple behind the other: 3 * count ids; copied
/// @param count     the number of triples
/// @param entities  the number of entities; heads and tails are below it
/// @param relations the number of relations; every relation is below it
/// @param dataset   receives the dataset; free it with ascribe_dataset_free()
/// @param error     NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_from_triples(
    triples: *const u32,
    count: usize,
    entities: u32,
    relations: u32,
    dataset: *mut *mut ascribe_dataset,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let dataset = Out::new(dataset, "dataset")?;
            let ids = slice(triples, count.saturating_mul(3), "triples")?;
            let (triples, _) = ids.as_chunks::<3>();
            dataset.put_new(Dataset::from_triples(triples, entities, relations)?);
            Ok(())
        })
    }
}

/// Makes a dataset of rows. For classes, give no targets and call ascribe_dataset_set_labels().
///
/// @param features     a row for each example; copied
/// @param targets      a number for each row, or NULL; copied
/// @param target_count how many targets there are: the number of rows, or 0 without targets
/// @param dataset      receives the dataset; free it with ascribe_dataset_free()
/// @param error        NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_from_matrix(
    features: *const ascribe_matrix,
    targets: *const f64,
    target_count: usize,
    dataset: *mut *mut ascribe_dataset,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let dataset = Out::new(dataset, "dataset")?;
            let features = View::new(features, "features")?;
            let targets = match targets.is_null() {
                true if target_count > 0 => {
                    return Err(Failure::argument(format!("targets is NULL, expected {target_count} elements")));
                }
                true => None,
                false => Some(slice(targets, target_count, "targets")?),
            };
            dataset.put_new(Dataset::from_matrix(&features, targets)?);
            Ok(())
        })
    }
}

/// Makes a dataset of rows. For classes, give no targets and call ascribe_dataset_set_labels().
///
/// @param features     a row for each example; copied
/// @param targets      a number for each row, or NULL; copied
/// @param target_count how many targets there are: the number of rows, or 0 without targets
/// @param dataset      receives the dataset; free it with ascribe_dataset_free()
/// @param error        NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_from_matrix_f32(
    features: *const ascribe_matrix_f32,
    targets: *const f64,
    target_count: usize,
    dataset: *mut *mut ascribe_dataset,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let dataset = Out::new(dataset, "dataset")?;
            let features = View::new_f32(features, "features")?;
            let targets = match targets.is_null() {
                true if target_count > 0 => {
                    return Err(Failure::argument(format!("targets is NULL, expected {target_count} elements")));
                }
                true => None,
                false => Some(slice(targets, target_count, "targets")?),
            };
            dataset.put_new(Dataset::from_matrix(&features, targets)?);
            Ok(())
        })
    }
}

/// Makes a dataset for a model of a graph: so many examples, whose inputs are then to be set by ascribe_dataset_set_numbers()
/// and ascribe_dataset_set_ids().
///
/// @param count   the number of examples, at least 1
/// @param dataset receives the dataset; free it with ascribe_dataset_free()
/// @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_new(
    count: usize,
    dataset: *mut *mut ascribe_dataset,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let dataset = Out::new(dataset, "dataset")?;
            dataset.put_new(Dataset::of_inputs(count)?);
            Ok(())
        })
    }
}

/// Sets an input of numbers of every example.
///
/// @param dataset a dataset of inputs
/// @param input   the input's name in the graph
/// @param values  a row for each example, with the elements of the input in row-major order; copied
/// @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `dataset`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_set_numbers(
    dataset: *mut ascribe_dataset,
    input: *const c_char,
    values: *const ascribe_matrix,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let mut dataset = handle::exclusive(dataset, "dataset")?;
            let input = text(input, "input")?;
            let values = View::new(values, "values")?;
            dataset.set_numbers(input, &values)?;
            Ok(())
        })
    }
}

/// Sets an input of numbers of every example.
///
/// @param dataset a dataset of inputs
/// @param input   the input's name in the graph
/// @param values  a row for each example, with the elements of the input in row-major order; copied
/// @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `dataset`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_set_numbers_f32(
    dataset: *mut ascribe_dataset,
    input: *const c_char,
    values: *const ascribe_matrix_f32,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let mut dataset = handle::exclusive(dataset, "dataset")?;
            let input = text(input, "input")?;
            let values = View::new_f32(values, "values")?;
            dataset.set_numbers(input, &values)?;
            Ok(())
        })
    }
}

/// Sets an input of ids of every example.
///
/// @param dataset a dataset of inputs
/// @param input   the input's name in the graph
/// @param ids     the ids of all examples, one example behind the other: count * width ids; copied
/// @param count   the number of examples
/// @param width   the number of ids of one example
/// @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `dataset`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_set_ids(
    dataset: *mut ascribe_dataset,
    input: *const c_char,
    ids: *const u32,
    count: usize,
    width: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let mut dataset = handle::exclusive(dataset, "dataset")?;
            let input = text(input, "input")?;
            if count != dataset.len() {
                return Err(Failure::argument(format!(
                    "count is {count}, expected {}, the examples of the dataset",
                    dataset.len()
                )));
            }
            let ids = slice(ids, count.saturating_mul(width), "ids")?;
            dataset.set_ids(input, ids, width)?;
            Ok(())
        })
    }
}

/// Gives every row a class. Names are kept where there are that many; otherwise classes are named by their numbers.
///
/// @param dataset a dataset of rows
/// @param labels  the class of each row; copied
/// @param count   the number of labels: that of rows
/// @param classes the number of classes, at least 2; every label is below it
/// @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `dataset`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_set_labels(
    dataset: *mut ascribe_dataset,
    labels: *const u32,
    count: usize,
    classes: u32,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let mut dataset = handle::exclusive(dataset, "dataset")?;
            dataset.set_labels(slice(labels, count, "labels")?, classes)?;
            Ok(())
        })
    }
}

/// Frees a dataset.
///
/// @param dataset the dataset; NULL is fine
///
/// Needs exclusive access to `dataset`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_free(dataset: *mut ascribe_dataset) {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { handle::free(dataset) }
}

// Here and not above, because the header has things in this order.
mod read;

mod look;
