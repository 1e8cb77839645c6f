//! Datasets from files.

use core::ffi::c_char;
use std::path::{Path, PathBuf};

use crate::data::Task;
use crate::session::{Dataset, TableOptions};

use super::ascribe_dataset;
use crate::capi::error::ascribe_error;
use crate::capi::guard::guard;
use crate::capi::handle;
use crate::capi::input::{choice, flag, optional_text, slice, text};
use crate::capi::options::{self, fields};
use crate::capi::out::Out;
use crate::capi::status::{Result, ascribe_status};

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
                ..TableOptions::default()
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
