//! Datasets from arrays.

use crate::session::Dataset;
use crate::tensor::Real;

use super::*;

/// Makes a dataset of the rows of a matrix, with targets where there are any.
unsafe fn from_matrix<T: Real>(features: &View<'_, T>, targets: *const f64, count: usize) -> Result<Dataset> {
    // SAFETY: as callers promise.
    let given = unsafe { slice(targets, count, "targets")? };
    let targets = (!targets.is_null()).then_some(given);
    Ok(Dataset::from_matrix(features, targets)?)
}

/// Makes a dataset of triples by ids. Entities and relations are named by their numbers.
/// May be called from any thread at the same time.
///
/// @param triples   head, relation and tail of each triple, row-major: 3 * count ids; copied
/// @param count     the number of triples
/// @param entities  the number of entities; heads and tails are below it
/// @param relations the number of relations; every relation is below it
/// @param dataset   receives the dataset; free it with ascribe_dataset_free()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_from_triples(
    triples: *const u32,
    count: usize,
    entities: u32,
    relations: u32,
    dataset: *mut *mut ascribe_dataset,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let dataset = Out::new(dataset, "dataset")?;
        let ids = slice(triples, count.saturating_mul(3), "triples")?;
        let (triples, _) = ids.as_chunks::<3>();
        dataset.put_new(Dataset::from_triples(triples, entities, relations)?);
    })
}

/// Makes a dataset of rows. For classes, give no targets and call ascribe_dataset_set_labels().
/// May be called from any thread at the same time.
///
/// @param features     a row for each example; copied
/// @param targets      a number for each row, or NULL; copied
/// @param target_count how many targets there are: the number of rows, or 0 without targets
/// @param dataset      receives the dataset; free it with ascribe_dataset_free()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_from_matrix(
    features: *const ascribe_matrix,
    targets: *const f64,
    target_count: usize,
    dataset: *mut *mut ascribe_dataset,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        Out::new(dataset, "dataset")?.put_new(from_matrix(&View::new(features, "features")?, targets, target_count)?);
    })
}

/// Makes a dataset of rows. For classes, give no targets and call ascribe_dataset_set_labels().
/// May be called from any thread at the same time.
///
/// @param features     a row for each example; copied
/// @param targets      a number for each row, or NULL; copied
/// @param target_count how many targets there are: the number of rows, or 0 without targets
/// @param dataset      receives the dataset; free it with ascribe_dataset_free()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_from_matrix_f32(
    features: *const ascribe_matrix_f32,
    targets: *const f64,
    target_count: usize,
    dataset: *mut *mut ascribe_dataset,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let dataset = Out::new(dataset, "dataset")?;
        dataset.put_new(from_matrix(&View::new_f32(features, "features")?, targets, target_count)?);
    })
}

/// Makes a dataset for a model of a graph: so many examples, whose inputs are then to be set by ascribe_dataset_set_numbers()
/// and ascribe_dataset_set_ids().
/// May be called from any thread at the same time.
///
/// @param count   the number of examples, at least 1
/// @param dataset receives the dataset; free it with ascribe_dataset_free()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_new(
    count: usize,
    dataset: *mut *mut ascribe_dataset,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        Out::new(dataset, "dataset")?.put_new(Dataset::of_inputs(count)?);
    })
}

/// Sets an input of numbers of every example.
/// Needs exclusive access to `dataset`.
///
/// @param dataset a dataset of inputs
/// @param input   the input's name in the graph
/// @param values  a row for each example, with the elements of the input in row-major order; copied
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_set_numbers(
    dataset: *mut ascribe_dataset,
    input: *const c_char,
    values: *const ascribe_matrix,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let mut dataset = handle::exclusive(dataset, "dataset")?;
        dataset.set_numbers(text(input, "input")?, &View::new(values, "values")?)?;
    })
}

/// Sets an input of numbers of every example.
/// Needs exclusive access to `dataset`.
///
/// @param dataset a dataset of inputs
/// @param input   the input's name in the graph
/// @param values  a row for each example, with the elements of the input in row-major order; copied
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_set_numbers_f32(
    dataset: *mut ascribe_dataset,
    input: *const c_char,
    values: *const ascribe_matrix_f32,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let mut dataset = handle::exclusive(dataset, "dataset")?;
        dataset.set_numbers(text(input, "input")?, &View::new_f32(values, "values")?)?;
    })
}

/// Sets an input of ids of every example.
/// Needs exclusive access to `dataset`.
///
/// @param dataset a dataset of inputs
/// @param input   the input's name in the graph
/// @param ids     the ids of all examples, row-major: count * width ids; copied
/// @param count   the number of examples
/// @param width   the number of ids of one example
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_set_ids(
    dataset: *mut ascribe_dataset,
    input: *const c_char,
    ids: *const u32,
    count: usize,
    width: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
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
    })
}

/// Gets every row a class. Names are kept where there are that many; otherwise classes are named by their numbers.
/// Needs exclusive access to `dataset`.
///
/// @param dataset a dataset of rows
/// @param labels  the class of each row; copied
/// @param count   the number of labels: that of rows
/// @param classes the number of classes, at least 2; every label is below it
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_set_labels(
    dataset: *mut ascribe_dataset,
    labels: *const u32,
    count: usize,
    classes: u32,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        handle::exclusive(dataset, "dataset")?.set_labels(slice(labels, count, "labels")?, classes)?;
    })
}
