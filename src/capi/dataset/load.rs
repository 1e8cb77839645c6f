//! Datasets from files.

use crate::session;

use super::*;

/// Reads a dataset from files. A file whose name ends in .gz is compressed. Options are of the table of the format's name, and "select"
/// for all but triples.
/// May be called from any thread at the same time.
///
///   "triples"   a folder with train.tsv, valid.tsv and test.tsv, or one to three such files in this order; one triple a line: head,
///               relation and tail with tabs between them. The dataset has the triples to train on; ascribe_dataset_part() gets the others.
///   "table"     a table: values separated by commas, with a line of names; columns of text become indicators
///   "images"    images and, as a second file, their labels, in the idx format of MNIST
///   "npy"       features and, as a second file, labels, each an .npy file of NumPy; or one .npz archive of both
///   "messages"  messages with their classes, one a line (class, tab, message), as counts of their words
///
/// @param format  the format: "triples", "table", "images", "npy" or "messages"
/// @param paths   the paths of the files, in UTF-8
/// @param count   the number of paths
/// @param options NULL for the defaults
/// @param dataset receives the dataset; free it with ascribe_dataset_free()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_load(
    format: *const c_char,
    paths: *const *const c_char,
    count: usize,
    options: *const ascribe_options,
    dataset: *mut *mut ascribe_dataset,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let dataset = Out::new(dataset, "dataset")?;
        let (format, paths) = (text(format, "format")?, paths_of(paths, count, "paths")?);
        dataset.put_new(session::load(format, &paths, &options_of(options)?)?);
    })
}

/// Reads examples from files as those of another dataset were read: the same columns, levels, scaling, words and classes. For
/// test data.
/// May be called from any thread at the same time.
///
/// @param like    a dataset that was read from a table, images, arrays or messages
/// @param paths   the paths of the files, in UTF-8: one table, or images or arrays and labels, or messages
/// @param count   the number of paths
/// @param dataset receives the dataset; free it with ascribe_dataset_free()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_dataset_load_like(
    like: *const ascribe_dataset,
    paths: *const *const c_char,
    count: usize,
    dataset: *mut *mut ascribe_dataset,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let dataset = Out::new(dataset, "dataset")?;
        dataset.put_new(handle::shared(like, "like")?.load_like(&paths_of(paths, count, "paths")?)?);
    })
}
