//! What became of a call.

use core::ffi::c_char;
use std::ffi::CStr;

use crate::error::Error;

/// What became of a call: ASCRIBE_OK or one of the other constants. Numbers are stable and never used again; a later library
/// may have more.
pub type ascribe_status = i32;

/// The call did what it says, and every output was received.
pub const ASCRIBE_OK: ascribe_status = 0;
/// An argument or option has a value that cannot be used; the message names it.
pub const ASCRIBE_INVALID_ARGUMENT: ascribe_status = 1;
/// The shapes of values of a graph do not fit.
pub const ASCRIBE_SHAPE: ascribe_status = 2;
/// A progress callback or a cancel token ended the call.
pub const ASCRIBE_CANCELED: ascribe_status = 3;
/// The operating system refused to read or write.
pub const ASCRIBE_IO: ascribe_status = 4;
/// A file's content is not what its format asks for.
pub const ASCRIBE_FORMAT: ascribe_status = 5;
/// A file was written in a version of its format that this library does not read.
pub const ASCRIBE_WRONG_VERSION: ascribe_status = 6;
/// An iteration or a training diverged.
pub const ASCRIBE_NOT_CONVERGED: ascribe_status = 7;
/// A number became NaN or infinite.
pub const ASCRIBE_NOT_FINITE: ascribe_status = 8;
/// The mathematics or the library does not cover this case.
pub const ASCRIBE_UNSUPPORTED: ascribe_status = 9;
/// The system has not enough memory or threads.
pub const ASCRIBE_OUT_OF_RESOURCES: ascribe_status = 10;
/// A handle was freed, is of another type, or is none at all.
pub const ASCRIBE_INVALID_HANDLE: ascribe_status = 11;
/// The library has a fault: a panic was caught, or an object was left half-changed by one.
pub const ASCRIBE_INTERNAL: ascribe_status = 12;
/// A name or id is not known.
pub const ASCRIBE_NOT_FOUND: ascribe_status = 13;
/// The model is not at a minimum, which the method supposes.
pub const ASCRIBE_NOT_STATIONARY: ascribe_status = 14;
/// The curvature is indefinite or singular, or a changed training set leaves no minimum.
pub const ASCRIBE_CURVATURE: ascribe_status = 15;

/// Why a call failed.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) status: ascribe_status,
    pub(super) message: String,
}

/// What the bodies of this module return.
pub(super) type Result<T> = core::result::Result<T, Failure>;

impl Failure {
    pub(super) fn new(status: ascribe_status, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    /// An argument that cannot be used; the message names it, what was found and what was expected.
    pub(super) fn argument(message: impl Into<String>) -> Self {
        Self::new(ASCRIBE_INVALID_ARGUMENT, message)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { status: status_of(&error), message: error.to_string() }
    }
}

/// The status of an error. No wildcard: a new variant does not compile until it is numbered.
fn status_of(error: &Error) -> ascribe_status {
    match error {
        Error::Shape { .. } => ASCRIBE_SHAPE,
        Error::Argument { .. } => ASCRIBE_INVALID_ARGUMENT,
        Error::Io { .. } => ASCRIBE_IO,
        Error::Format { .. } => ASCRIBE_FORMAT,
        Error::Version { .. } => ASCRIBE_WRONG_VERSION,
        Error::Unknown { .. } => ASCRIBE_NOT_FOUND,
        Error::NotFinite { .. } => ASCRIBE_NOT_FINITE,
        Error::Unsupported { .. } => ASCRIBE_UNSUPPORTED,
        Error::NotStationary { .. } => ASCRIBE_NOT_STATIONARY,
        Error::Internal { .. } => ASCRIBE_INTERNAL,
        Error::Indefinite { .. } | Error::Singular { .. } | Error::Undetermined { .. } => ASCRIBE_CURVATURE,
        Error::Diverged { .. } => ASCRIBE_NOT_CONVERGED,
        Error::Canceled { .. } => ASCRIBE_CANCELED,
        Error::Threads { .. } => ASCRIBE_OUT_OF_RESOURCES,
    }
}

/// Returns a status in words, for example "invalid argument".
/// May be called from any thread at the same time.
///
/// @param status any number
/// @return a text that is always valid; "unknown status" for a number that this library does not know
#[unsafe(no_mangle)]
pub extern "C" fn ascribe_status_name(status: ascribe_status) -> *const c_char {
    let name: &'static CStr = match status {
        ASCRIBE_OK => c"ok",
        ASCRIBE_INVALID_ARGUMENT => c"invalid argument",
        ASCRIBE_SHAPE => c"shapes do not fit",
        ASCRIBE_CANCELED => c"canceled",
        ASCRIBE_IO => c"input or output failed",
        ASCRIBE_FORMAT => c"wrong format",
        ASCRIBE_WRONG_VERSION => c"wrong version",
        ASCRIBE_NOT_CONVERGED => c"not converged",
        ASCRIBE_NOT_FINITE => c"not finite",
        ASCRIBE_UNSUPPORTED => c"unsupported",
        ASCRIBE_OUT_OF_RESOURCES => c"out of resources",
        ASCRIBE_INVALID_HANDLE => c"invalid handle",
        ASCRIBE_INTERNAL => c"internal error",
        ASCRIBE_NOT_FOUND => c"not found",
        ASCRIBE_NOT_STATIONARY => c"not at a minimum",
        ASCRIBE_CURVATURE => c"indefinite or singular curvature",
        _ => c"unknown status",
    };
    name.as_ptr()
}
