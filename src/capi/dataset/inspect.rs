//! What datasets hold, and parts of them.

use crate::session::Part;

use super::*;

/// Returns the number of examples.
/// May be called from any thread at the same time.
///
/// @param dataset the dataset, or NULL
/// @return the number; 0 for NULL and invalid handles
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_len(dataset: *const ascribe_dataset) -> usize {
    quiet!(0, handle::shared(dataset, "dataset")?.len())
}

/// Gets another part of triples that were read together, with the same names.
/// May be called from any thread at the same time.
///
/// @param dataset a dataset of triples
/// @param part    "train" (to train on), "valid" (to stop early by) or "test" (to judge by)
/// @param result  receives the dataset; free it with ascribe_dataset_free()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_part(
    dataset: *const ascribe_dataset,
    part: *const c_char,
    result: *mut *mut ascribe_dataset,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let result = Out::new(result, "result")?;
        let dataset = handle::shared(dataset, "dataset")?;
        let parts = [("train", Part::Train), ("valid", Part::Valid), ("test", Part::Test)];
        result.put_new(dataset.part(word(part, "part", &parts)?)?);
    })
}

/// Gets some of the examples, in the order given; one may be taken several times.
/// May be called from any thread at the same time.
///
/// @param dataset  the dataset
/// @param examples the examples, counted from 0
/// @param count    how many they are
/// @param result   receives the dataset; free it with ascribe_dataset_free()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_select(
    dataset: *const ascribe_dataset,
    examples: *const u64,
    count: usize,
    result: *mut *mut ascribe_dataset,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let result = Out::new(result, "result")?;
        result.put_new(handle::shared(dataset, "dataset")?.select(&examples_of(examples, count, "examples")?)?);
    })
}

/// Makes a dataset of one triple by names: a query.
/// May be called from any thread at the same time.
///
/// @param dataset  a dataset of triples, which knows the names
/// @param head     the head's name
/// @param relation the relation's name
/// @param tail     the tail's name
/// @param result   receives the dataset; free it with ascribe_dataset_free()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_query(
    dataset: *const ascribe_dataset,
    head: *const c_char,
    relation: *const c_char,
    tail: *const c_char,
    result: *mut *mut ascribe_dataset,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let result = Out::new(result, "result")?;
        let dataset = handle::shared(dataset, "dataset")?;
        result.put_new(dataset.query(text(head, "head")?, text(relation, "relation")?, text(tail, "tail")?)?);
    })
}

/// Gets the ids of all triples.
/// May be called from any thread at the same time.
///
/// @param dataset  a dataset of triples
/// @param triples  receives head, relation and tail of each triple, row-major
/// @param capacity how many ids fit, at least 3 * ascribe_dataset_len()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_triples(
    dataset: *const ascribe_dataset,
    triples: *mut u32,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let ids: Vec<u32> = handle::shared(dataset, "dataset")?.triple_ids()?.flatten().collect();
        put_array(triples, capacity, &ids, "triples")?;
    })
}

/// Gets an example in words: a triple by its names, a row by its number in the file and its target.
/// May be called from any thread at the same time.
///
/// @param dataset  the dataset
/// @param example  the example, counted from 0
/// @param buffer   receives the text and a zero; NULL to get the length alone
/// @param capacity how many bytes fit in the buffer, at least length + 1
/// @param length   receives the length in bytes, without the zero
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_describe(
    dataset: *const ascribe_dataset,
    example: u64,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let out = TextOut::new(buffer, capacity, length)?;
        let example = usize::try_from(example).unwrap_or(usize::MAX);
        out.put(&handle::shared(dataset, "dataset")?.describe(example)?)?;
    })
}

/// Returns how many numbers a row has.
/// May be called from any thread at the same time.
///
/// @param dataset the dataset, or NULL
/// @return the number; 0 for examples that are no rows, NULL and invalid handles
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_features(dataset: *const ascribe_dataset) -> usize {
    quiet!(0, handle::shared(dataset, "dataset")?.features())
}

/// Returns the number of classes.
/// May be called from any thread at the same time.
///
/// @param dataset the dataset, or NULL
/// @return the number; 0 where targets are no classes, for NULL and invalid handles
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_classes(dataset: *const ascribe_dataset) -> usize {
    quiet!(0, handle::shared(dataset, "dataset")?.classes().len())
}

/// Gets the name of a class.
/// May be called from any thread at the same time.
///
/// @param dataset  a dataset of rows with classes
/// @param label    the class, below ascribe_dataset_classes()
/// @param buffer   receives the text and a zero; NULL to get the length alone
/// @param capacity how many bytes fit in the buffer, at least length + 1
/// @param length   receives the length in bytes, without the zero
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_class_name(
    dataset: *const ascribe_dataset,
    label: u32,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let out = TextOut::new(buffer, capacity, length)?;
        let dataset = handle::shared(dataset, "dataset")?;
        let names = dataset.classes();
        let Some(name) = names.get(label as usize) else {
            return Err(Failure::argument(format!("label is {label}, expected a class below {}", names.len())));
        };
        out.put(name)?;
    })
}

/// Gets the class of every row.
/// May be called from any thread at the same time.
///
/// @param dataset  a dataset of rows with classes
/// @param labels   receives the classes, by their places among the names
/// @param capacity how many fit, at least ascribe_dataset_len()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_labels(
    dataset: *const ascribe_dataset,
    labels: *mut u32,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        put_array(labels, capacity, handle::shared(dataset, "dataset")?.labels()?, "labels")?;
    })
}

/// Gets the target of every row.
/// May be called from any thread at the same time.
///
/// @param dataset  a dataset of rows whose targets are numbers
/// @param targets  receives the targets
/// @param capacity how many fit, at least ascribe_dataset_len()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_targets(
    dataset: *const ascribe_dataset,
    targets: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        put_array(targets, capacity, handle::shared(dataset, "dataset")?.targets()?, "targets")?;
    })
}

/// Frees a dataset.
/// Needs exclusive access to `dataset`.
///
/// @param dataset the dataset; NULL is fine
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_free(dataset: *mut ascribe_dataset) {
    free!(dataset);
}
