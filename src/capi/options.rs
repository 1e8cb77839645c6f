//! Options by name.

use crate::session::{self, Options, Value};

use super::*;

/// Options by name: what a model is, how it is trained, how it is explained. One object may hold options of several functions only where
/// all of them know the names; NULL stands for the defaults everywhere. ascribe_options_describe() lists what there is.
pub struct ascribe_options {
    _opaque: (),
}

concept!(ascribe_options, Options);

/// The options behind a handle, or none of them for NULL.
pub(super) unsafe fn options_of(options: *const ascribe_options) -> Result<Options> {
    // SAFETY: as callers promise.
    let given = unsafe { handle::optional(options, "options")? };
    Ok(given.map(|options| options.clone()).unwrap_or_default())
}

/// Sets an option, or fails with the nearest names there are.
unsafe fn set(
    options: *mut ascribe_options,
    name: *const c_char,
    value: impl FnOnce() -> Result<Value>,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let mut options = handle::exclusive(options, "options")?;
        let name = text(name, "name")?;
        session::check_option(name)?;
        options.set(name, value()?);
    })
}

/// Makes a set of options that are all at their defaults.
/// May be called from any thread at the same time.
///
/// @param options receives the options; free them with ascribe_options_free()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_options_new(
    options: *mut *mut ascribe_options,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        Out::new(options, "options")?.put_new(Options::new());
    })
}

/// Sets an option to a number. Whole numbers are set this way as well.
/// Needs exclusive access to `options`.
///
/// Fails with ASCRIBE_INVALID_ARGUMENT for a name that no function knows, and says the nearest that is known. Whether the function that is
/// given the options knows the name, and whether the value is within the range, is checked there.
///
/// @param options the options
/// @param name    the option's name; copied
/// @param value   its value
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_options_set_number(
    options: *mut ascribe_options,
    name: *const c_char,
    value: f64,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { set(options, name, || Ok(value.into()), error) }
}

/// Sets an option to a whole number.
/// Needs exclusive access to `options`.
///
/// Fails as ascribe_options_set_number() does.
///
/// @param options the options
/// @param name    the option's name; copied
/// @param value   its value
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_options_set_integer(
    options: *mut ascribe_options,
    name: *const c_char,
    value: i64,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { set(options, name, || Ok(value.into()), error) }
}

/// Sets an option that is on or off.
/// Needs exclusive access to `options`.
///
/// Fails as ascribe_options_set_number() does.
///
/// @param options the options
/// @param name    the option's name; copied
/// @param value   1 for on, 0 for off
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_options_set_flag(
    options: *mut ascribe_options,
    name: *const c_char,
    value: i32,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { set(options, name, || Ok(truth(value, "value")?.into()), error) }
}

/// Sets an option to a word, a text or a list; numbers and flags may be given as text as well: "0.01", "2G", "true", "auto".
/// Needs exclusive access to `options`.
///
/// Fails as ascribe_options_set_number() does.
///
/// @param options the options
/// @param name    the option's name; copied
/// @param value   its value; copied
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_options_set_text(
    options: *mut ascribe_options,
    name: *const c_char,
    value: *const c_char,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { set(options, name, || Ok(text(value, "value")?.into()), error) }
}

/// Gets a description of options as JSON: {"table": "training", "about": "...", "options": [{"name": "epochs", "type": "integer", "default":
/// "auto", "range": "1 or more", "words": null, "about": "..."}, ...]}.
/// May be called from any thread at the same time.
///
/// @param table    the name of a table of options, or NULL to get the list of their names
/// @param buffer   receives the text and a zero; NULL to get the length alone
/// @param capacity how many bytes fit in the buffer, at least length + 1
/// @param length   receives the length in bytes, without the zero
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_options_describe(
    table: *const c_char,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let out = TextOut::new(buffer, capacity, length)?;
        out.put(&session::describe_options(optional_text(table, "table")?)?.to_string())?;
    })
}

/// Frees options. What was made with them stays as it is.
/// Needs exclusive access to `options`.
///
/// @param options the options; NULL is fine
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_options_free(options: *mut ascribe_options) {
    free!(options);
}
