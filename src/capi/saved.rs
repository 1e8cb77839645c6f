//! Models in folders.

use std::path::Path;

use crate::session::Model;

use super::*;

/// Saves a trained model with its data, its ledger and how it was trained, replacing what was saved there. A process that is
/// killed at any moment leaves the old or the new.
/// May be called from any thread at the same time.
///
/// The folders are those of the command line: `ascribe explain`, `ascribe verify` and `ascribe info` read them too. Of a graph everything
/// but the graph is saved.
///
/// @param model  a model that was trained
/// @param folder the path of the folder, in UTF-8; it is created where it is absent, and must otherwise be empty or hold what
///               was saved before
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_save(
    model: *const ascribe_model,
    folder: *const c_char,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        handle::shared(model, "model")?.save(Path::new(text(folder, "folder")?))?;
    })
}

/// Loads a model that was saved, or trained by `ascribe train`, with its data and, where there is one, its
/// ledger. Every byte is checked. Models of graphs are restored with ascribe_model_restore() instead.
/// May be called from any thread at the same time.
///
/// @param folder the path of the folder, in UTF-8
/// @param model  receives the model; free it with ascribe_model_free()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_load(
    folder: *const c_char,
    model: *mut *mut ascribe_model,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        Out::new(model, "model")?.put_new(Model::load(Path::new(text(folder, "folder")?))?);
    })
}

/// Restores a model of a graph: it gets the values, data, ledger and training that a model of the same graph was saved with. Where
/// parameters, inputs or owned rows differ, the error says which; the model is then what it was.
/// Needs exclusive access to `model`.
///
/// @param model  a model made of the same graph, in the same precision
/// @param folder the path of the folder, in UTF-8
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_restore(
    model: *mut ascribe_model,
    folder: *const c_char,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        handle::exclusive(model, "model")?.restore(Path::new(text(folder, "folder")?))?;
    })
}

/// Gets a description of a saved model as JSON, as ascribe_model_describe() does of one in memory, without reading its arrays.
/// May be called from any thread at the same time.
///
/// @param folder   the path of the folder, in UTF-8
/// @param buffer   receives the text and a zero; NULL to get the length alone
/// @param capacity how many bytes fit in the buffer, at least length + 1
/// @param length   receives the length in bytes, without the zero
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_inspect(
    folder: *const c_char,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        TextOut::new(buffer, capacity, length)?
            .put(&Model::inspect(Path::new(text(folder, "folder")?))?.to_string())?;
    })
}
