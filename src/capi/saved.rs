//! Models in folders.

use core::ffi::c_char;
use std::path::Path;

use crate::session::Model;

use super::error::ascribe_error;
use super::guard::guard;
use super::handle;
use super::input::text;
use super::model::ascribe_model;
use super::out::Out;
use super::status::ascribe_status;

/// Saves a trained model with its data, its ledger and how it was trained, replacing what was saved there. A process that is
/// killed at any moment leaves the old or the new.
///
/// Models of triples and rows become runs, which `ascribe explain`, `ascribe verify` and `ascribe info` read too. Of a graph
/// everything but the graph is saved.
///
/// @param model  a model that was trained
/// @param folder the path of the folder, in UTF-8; it is created where it is absent, and must otherwise be empty or hold what
///               was saved before
/// @param error  NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_save(
    model: *const ascribe_model,
    folder: *const c_char,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let model = handle::shared(model, "model")?;
            model.save(Path::new(text(folder, "folder")?))?;
            Ok(())
        })
    }
}
/// Loads a model of triples or rows that was saved, or trained by `ascribe train`, with its data and, where there is one, its
/// ledger. Every byte is checked. Models of graphs are restored, with ascribe_model_restore().
///
/// @param folder the path of the folder, in UTF-8
/// @param model  receives the model; free it with ascribe_model_free()
/// @param error  NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_load(
    folder: *const c_char,
    model: *mut *mut ascribe_model,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let model = Out::new(model, "model")?;
            model.put_new(Model::load(Path::new(text(folder, "folder")?))?);
            Ok(())
        })
    }
}
/// Gives a model of a graph the values, data, ledger and training that a model of the same graph was saved with. Where
/// parameters, inputs or owned rows differ, the error says which; the model is then what it was.
///
/// @param model  a model made of the same graph, in the same precision
/// @param folder the path of the folder, in UTF-8
/// @param error  NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `model`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_restore(
    model: *mut ascribe_model,
    folder: *const c_char,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let mut model = handle::exclusive(model, "model")?;
            model.restore(Path::new(text(folder, "folder")?))?;
            Ok(())
        })
    }
}
