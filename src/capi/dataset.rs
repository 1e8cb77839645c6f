//! Examples to train on, and queries to ask about.

use core::ffi::c_char;
use std::path::{Path, PathBuf};

use crate::data::Task;
use crate::embed::{Dataset, Part, TableOptions};

use super::error::ascribe_error;
use super::guard::{guard, quietly};
use super::handle::{self, Concept};
use super::input::{choice, flag, optional_text, slice, text};
use super::options::{self, fields};
use super::out::{Buffer, Out, TextOut};
use super::status::{Failure, Result, ascribe_status};
use super::view::{View, ascribe_matrix, ascribe_matrix_f32};

/// The triples to train on.
pub const ASCRIBE_PART_TRAIN: i32 = 0;
/// The triples to choose by, and to stop early by.
pub const ASCRIBE_PART_VALID: i32 = 1;
/// The triples to judge by.
pub const ASCRIBE_PART_TEST: i32 = 2;

const PARTS: [(i32, Part); 3] =
    [(ASCRIBE_PART_TRAIN, Part::Train), (ASCRIBE_PART_VALID, Part::Valid), (ASCRIBE_PART_TEST, Part::Test)];

/// Targets of a table are classes where they are text or few different whole numbers, otherwise numbers.
pub const ASCRIBE_TARGETS_AUTO: i32 = 0;
/// Targets of a table are classes.
pub const ASCRIBE_TARGETS_CLASSES: i32 = 1;
/// Targets of a table are numbers.
pub const ASCRIBE_TARGETS_NUMBERS: i32 = 2;

const TARGETS: [(i32, Option<Task>); 3] = [
    (ASCRIBE_TARGETS_AUTO, None),
    (ASCRIBE_TARGETS_CLASSES, Some(Task::Classes)),
    (ASCRIBE_TARGETS_NUMBERS, Some(Task::Numbers)),
];

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
            let ids = slice(triples, count.checked_mul(3).unwrap_or(usize::MAX), "triples")?;
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
            let ids = slice(ids, count.checked_mul(width).unwrap_or(usize::MAX), "ids")?;
            dataset.set_ids(input, ids, width)?;
            Ok(())
        })
    }
}
/// Reads triples from files: one triple a line, head, relation and tail with tabs between them, in UTF-8; a name that ends in
/// .gz is compressed. The dataset has the triples to train on; ascribe_dataset_part() gives the others.
///
/// @param train   the file of triples to train on
/// @param valid   the file of triples to stop early by, or NULL
/// @param test    the file of triples to judge by, or NULL
/// @param dataset receives the dataset; free it with ascribe_dataset_free()
/// @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_load_triples(
    train: *const c_char,
    valid: *const c_char,
    test: *const c_char,
    dataset: *mut *mut ascribe_dataset,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let dataset = Out::new(dataset, "dataset")?;
            let train = Path::new(text(train, "train")?);
            let (valid, test) =
                (optional_text(valid, "valid")?.map(Path::new), optional_text(test, "test")?.map(Path::new));
            dataset.put_new(Dataset::load_triples(train, valid, test)?);
            Ok(())
        })
    }
}
/// How a table is read; fill it with ascribe_table_options_init().
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ascribe_table_options {
    /// The size of this struct in bytes.
    pub struct_size: usize,
    /// The name of the column to be told from the others; NULL (the default) for the last.
    pub target: *const c_char,
    /// What the target is: ASCRIBE_TARGETS_AUTO (the default), _CLASSES or _NUMBERS.
    pub targets: i32,
    /// 1 to shift and scale numeric columns to mean 0 and deviation 1; 0 by default.
    pub standardize: i32,
}

fields!(ascribe_table_options { struct_size, target, targets, standardize });

impl Default for ascribe_table_options {
    fn default() -> Self {
        Self { struct_size: size_of::<Self>(), target: std::ptr::null(), targets: ASCRIBE_TARGETS_AUTO, standardize: 0 }
    }
}

/// Fills options of a table with the defaults.
///
/// @param options receives the defaults; NULL is left alone
/// @param size    sizeof(ascribe_table_options), as the caller was compiled; no more bytes are written
///
/// Needs exclusive access to `options`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_table_options_init(options: *mut ascribe_table_options, size: usize) {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { options::init(options, size) }
}
/// Reads rows from a table: values separated by commas, with a line of names; columns of text become indicators; a name that
/// ends in .gz is compressed.
///
/// @param path    the file
/// @param options NULL for the defaults
/// @param dataset receives the dataset; free it with ascribe_dataset_free()
/// @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_load_table(
    path: *const c_char,
    options: *const ascribe_table_options,
    dataset: *mut *mut ascribe_dataset,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let dataset = Out::new(dataset, "dataset")?;
            let path = Path::new(text(path, "path")?);
            let options = options::read(options, "options")?;
            let options = TableOptions {
                target: optional_text(options.target, "options.target")?.map(str::to_owned),
                task: choice(options.targets, "options.targets", &TARGETS)?,
                standardize: flag(options.standardize, "options.standardize")?,
            };
            dataset.put_new(Dataset::load_table(path, &options)?);
            Ok(())
        })
    }
}
/// Reads images, and their labels, from files in the idx format of MNIST; values are divided by 255. A name that ends in .gz
/// is compressed.
///
/// @param images  the file of images
/// @param labels  the file of labels, or NULL
/// @param dataset receives the dataset; free it with ascribe_dataset_free()
/// @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_load_images(
    images: *const c_char,
    labels: *const c_char,
    dataset: *mut *mut ascribe_dataset,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let dataset = Out::new(dataset, "dataset")?;
            let images = Path::new(text(images, "images")?);
            let labels = optional_text(labels, "labels")?.map(Path::new);
            dataset.put_new(Dataset::load_images(images, labels)?);
            Ok(())
        })
    }
}
/// Reads messages with their classes, one a line (class, tab, message), as counts of their words.
///
/// @param path    the file
/// @param dataset receives the dataset; free it with ascribe_dataset_free()
/// @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_load_messages(
    path: *const c_char,
    dataset: *mut *mut ascribe_dataset,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let dataset = Out::new(dataset, "dataset")?;
            dataset.put_new(Dataset::load_messages(Path::new(text(path, "path")?))?);
            Ok(())
        })
    }
}
/// Reads rows from files as those of another dataset were read: the same columns, levels, scaling, words and classes. For
/// test data.
///
/// @param like    a dataset of rows that was read from files
/// @param paths   the files: one table, or images and labels, or messages
/// @param count   the number of files
/// @param dataset receives the dataset; free it with ascribe_dataset_free()
/// @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_load_like(
    like: *const ascribe_dataset,
    paths: *const *const c_char,
    count: usize,
    dataset: *mut *mut ascribe_dataset,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let dataset = Out::new(dataset, "dataset")?;
            let like = handle::shared(like, "like")?;
            let paths: Result<Vec<PathBuf>> = slice(paths, count, "paths")?
                .iter()
                .enumerate()
                .map(|(place, path)| Ok(PathBuf::from(text(*path, &format!("paths[{place}]"))?)))
                .collect();
            dataset.put_new(like.load_like(&paths?)?);
            Ok(())
        })
    }
}
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
