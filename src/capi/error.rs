//! Why a call failed, as an object.

use core::ffi::c_char;
use std::ffi::CString;

use super::guard::{free, quietly};
use super::handle::{self, concept};
use super::status::{ASCRIBE_INVALID_HANDLE, ASCRIBE_OK, Failure, ascribe_status};

/// Why a call failed: a status and a sentence that names the argument, what was found and what was expected. A call makes one
/// only when it fails and was given somewhere to put it.
pub struct ascribe_error {
    _opaque: (),
}

concept!(ascribe_error, Report);

/// What an error object holds.
pub(super) struct Report {
    status: ascribe_status,
    message: CString,
}

impl From<Failure> for Report {
    fn from(failure: Failure) -> Self {
        // A message may quote names from files, which may hold anything but must not end it early.
        let message = failure.message.replace('\0', "\u{fffd}");
        Self { status: failure.status, message: CString::new(message).unwrap_or_default() }
    }
}

/// Returns the status of an error.
/// May be called from any thread at the same time.
///
/// @param error the error, or NULL
/// @return the status the failed call returned; ASCRIBE_OK for NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_error_code(error: *const ascribe_error) -> ascribe_status {
    if error.is_null() {
        return ASCRIBE_OK;
    }
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { quietly(ASCRIBE_INVALID_HANDLE, || Ok(handle::shared(error, "error")?.status)) }
}

/// Returns the message of an error: a sentence in English, without an end of line.
/// May be called from any thread at the same time.
///
/// @param error the error, or NULL
/// @return a text that is valid until the error is freed; an empty one for NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_error_message(error: *const ascribe_error) -> *const c_char {
    if error.is_null() {
        return c"".as_ptr();
    }
    // SAFETY: the caller keeps the promises of the header's opening chapter; the text lies in the error's own memory.
    unsafe { quietly(c"not an ascribe_error".as_ptr(), || Ok(handle::shared(error, "error")?.message.as_ptr())) }
}

/// Frees an error.
/// Needs exclusive access to `error`.
///
/// @param error the error; NULL is fine
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_error_free(error: *mut ascribe_error) {
    free!(error);
}
