//! What datasets hold, and parts of them.

use core::ffi::c_char;

use crate::session::Part;

use super::{ascribe_dataset, places};
use crate::capi::error::ascribe_error;
use crate::capi::guard::{guard, quietly};
use crate::capi::handle;
use crate::capi::input::{choice, text};
use crate::capi::out::{Buffer, Out, TextOut};
use crate::capi::status::{Failure, ascribe_status};

/// The triples to train on.
pub const ASCRIBE_PART_TRAIN: i32 = 0;

/// The triples to choose by, and to stop early by.
pub const ASCRIBE_PART_VALID: i32 = 1;

/// The triples to judge by.
pub const ASCRIBE_PART_TEST: i32 = 2;

const PARTS: [(i32, Part); 3] =
    [(ASCRIBE_PART_TRAIN, Part::Train), (ASCRIBE_PART_VALID, Part::Valid), (ASCRIBE_PART_TEST, Part::Test)];

/// Returns the number of examples.
///
/// @param dataset the dataset, or NULL
///
/// @return the number; 0 for NULL and invalid handles
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_len(dataset: *const ascribe_dataset) -> usize {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    quietly(0, || unsafe { Ok(handle::shared(dataset, "dataset")?.len()) })
}

/// Gives another part of triples that were read together, with the same names.
///
/// @param dataset a dataset of triples
/// @param part    ASCRIBE_PART_TRAIN, _VALID or _TEST
/// @param result  receives the dataset; free it with ascribe_dataset_free()
/// @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_part(
    dataset: *const ascribe_dataset,
    part: i32,
    result: *mut *mut ascribe_dataset,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let result = Out::new(result, "result")?;
            let dataset = handle::shared(dataset, "dataset")?;
            result.put_new(dataset.part(choice(part, "part", &PARTS)?)?);
            Ok(())
        })
    }
}

/// Gives some of the examples, in the order given; one may be taken several times.
///
/// @param dataset  the dataset
/// @param examples the examples, counted from 0
/// @param count    how many they are
/// @param result   receives the dataset; free it with ascribe_dataset_free()
/// @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_select(
    dataset: *const ascribe_dataset,
    examples: *const u64,
    count: usize,
    result: *mut *mut ascribe_dataset,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let result = Out::new(result, "result")?;
            let dataset = handle::shared(dataset, "dataset")?;
            result.put_new(dataset.select(&places(examples, count, "examples")?)?);
            Ok(())
        })
    }
}

/// Makes a dataset of one triple by names, to ask about.
///
/// @param dataset  a dataset of triples, which knows the names
/// @param head     the head's name
/// @param relation the relation's name
/// @param tail     the tail's name
/// @param result   receives the dataset; free it with ascribe_dataset_free()
/// @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_query(
    dataset: *const ascribe_dataset,
    head: *const c_char,
    relation: *const c_char,
    tail: *const c_char,
    result: *mut *mut ascribe_dataset,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let result = Out::new(result, "result")?;
            let dataset = handle::shared(dataset, "dataset")?;
            result.put_new(dataset.query(text(head, "head")?, text(relation, "relation")?, text(tail, "tail")?)?);
            Ok(())
        })
    }
}

/// Tells the ids of all triples.
///
/// @param dataset  a dataset of triples
/// @param triples  receives head, relation and tail of each triple, one triple behind the other
/// @param capacity how many ids there is room for, at least 3 * ascribe_dataset_len()
/// @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_triples(
    dataset: *const ascribe_dataset,
    triples: *mut u32,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let dataset = handle::shared(dataset, "dataset")?;
            let ids: Vec<u32> = dataset.triple_ids()?.flatten().collect();
            Buffer::new(triples, capacity, ids.len(), "triples")?.put(&ids);
            Ok(())
        })
    }
}

/// Tells an example in words: a triple by its names, a row by its number in the file and its target.
///
/// @param dataset  the dataset
/// @param example  the example, counted from 0
/// @param buffer   receives the text and a zero; NULL to ask for the length alone
/// @param capacity how many bytes there is room for, at least length + 1
/// @param length   receives the length in bytes, without the zero
/// @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_describe(
    dataset: *const ascribe_dataset,
    example: u64,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let out = TextOut::new(buffer, capacity, length)?;
            let dataset = handle::shared(dataset, "dataset")?;
            out.put(&dataset.describe(usize::try_from(example).unwrap_or(usize::MAX))?)?;
            Ok(())
        })
    }
}

/// Returns how many numbers a row has.
///
/// @param dataset the dataset, or NULL
///
/// @return the number; 0 for examples that are no rows, NULL and invalid handles
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_features(dataset: *const ascribe_dataset) -> usize {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    quietly(0, || unsafe { Ok(handle::shared(dataset, "dataset")?.features()) })
}

/// Returns the number of classes.
///
/// @param dataset the dataset, or NULL
///
/// @return the number; 0 where targets are no classes, for NULL and invalid handles
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_classes(dataset: *const ascribe_dataset) -> usize {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    quietly(0, || unsafe { Ok(handle::shared(dataset, "dataset")?.classes().len()) })
}

/// Tells the name of a class.
///
/// @param dataset  a dataset of rows with classes
/// @param label    the class, below ascribe_dataset_classes()
/// @param buffer   receives the text and a zero; NULL to ask for the length alone
/// @param capacity how many bytes there is room for, at least length + 1
/// @param length   receives the length in bytes, without the zero
/// @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_class_name(
    dataset: *const ascribe_dataset,
    label: u32,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let out = TextOut::new(buffer, capacity, length)?;
            let dataset = handle::shared(dataset, "dataset")?;
            let names = dataset.classes();
            let Some(name) = names.get(label as usize) else {
                return Err(Failure::argument(format!("label is {label}, expected a class below {}", names.len())));
            };
            out.put(name)?;
            Ok(())
        })
    }
}

/// Tells the class of every row.
///
/// @param dataset  a dataset of rows with classes
/// @param labels   receives the classes, by their places among the names
/// @param capacity how many there is room for, at least ascribe_dataset_len()
/// @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_labels(
    dataset: *const ascribe_dataset,
    labels: *mut u32,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let dataset = handle::shared(dataset, "dataset")?;
            let found = dataset.labels()?;
            Buffer::new(labels, capacity, found.len(), "labels")?.put(found);
            Ok(())
        })
    }
}

/// Tells the target of every row.
///
/// @param dataset  a dataset of rows whose targets are numbers
/// @param targets  receives the targets
/// @param capacity how many there is room for, at least ascribe_dataset_len()
/// @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_targets(
    dataset: *const ascribe_dataset,
    targets: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let dataset = handle::shared(dataset, "dataset")?;
            let found = dataset.targets()?;
            Buffer::new(targets, capacity, found.len(), "targets")?.put(found);
            Ok(())
        })
    }
}
