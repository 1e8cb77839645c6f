//! The boundary: nothing unwinds into C.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::error::ascribe_error;
use super::handle;
use super::status::{ASCRIBE_INTERNAL, ASCRIBE_OK, Failure, Result, ascribe_status};

/// Runs the body of a function; a failure or a panic becomes a status and, where `error` is given, an error object.
///
/// What the body borrowed exclusively is poisoned by a panic (see [`handle`]), so looking at half-changed values afterwards is
/// ruled out: that is what unwind safety asks for.
pub(super) unsafe fn guarded(error: *mut *mut ascribe_error, body: impl FnOnce() -> Result<()>) -> ascribe_status {
    let failure = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => return ASCRIBE_OK,
        Ok(Err(failure)) => failure,
        Err(panic) => Failure::new(ASCRIBE_INTERNAL, internal(panic)),
    };
    let status = failure.status;
    if !error.is_null() && error.is_aligned() {
        let object = handle::new::<ascribe_error>(failure.into());
        // SAFETY: the caller promised memory for a pointer, and it is aligned.
        unsafe { error.write(object) };
    }
    status
}

/// The body of an exported function that may fail: `guard!(error, { statements })`. Its statements may use what only promises hold.
macro_rules! guard {
    ($error:expr, $body:block) => {
        // SAFETY: the caller keeps the promises of the header's opening chapter.
        unsafe {
            $crate::capi::guard::guarded($error, || -> $crate::capi::status::Result<()> {
                $body
                Ok(())
            })
        }
    };
}
pub(super) use guard;

/// Runs the body of a function that cannot say why it failed; `fallback` is what it returns then.
pub(super) fn quietly<T>(fallback: T, body: impl FnOnce() -> Result<T>) -> T {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(value)) => value,
        Ok(Err(_)) | Err(_) => fallback,
    }
}

/// The body of an exported function that returns a number: `quiet!(fallback, expression)`, as [`guard!`].
macro_rules! quiet {
    ($fallback:expr, $value:expr) => {
        // SAFETY: the caller keeps the promises of the header's opening chapter.
        unsafe { $crate::capi::guard::quietly($fallback, || Ok($value)) }
    };
}
pub(super) use quiet;

/// The body of an exported function that frees an object: `free!(handle)`.
macro_rules! free {
    ($handle:expr) => {
        // SAFETY: the caller keeps the promises of the header's opening chapter.
        unsafe { $crate::capi::handle::free($handle) }
    };
}
pub(super) use free;

fn internal(panic: Box<dyn Any + Send>) -> String {
    let text = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (None, Some(text)) => text.as_str(),
        (None, None) => "no message",
    };
    format!("a fault of the library: {text}; please report it")
}

#[cfg(test)]
mod tests {
    use super::super::error::{ascribe_error_code, ascribe_error_free, ascribe_error_message};
    use super::*;
    use std::ffi::CStr;

    #[test]
    fn panics_become_a_status_with_their_text() {
        for (body, expected) in [
            ((|| panic!("a literal")) as fn() -> Result<()>, "a literal"),
            (|| panic!("a number: {}", 7), "a number: 7"),
            (|| std::panic::panic_any(3_u8), "no message"),
        ] {
            let mut error = std::ptr::null_mut();
            // SAFETY: `error` is memory for a pointer, and then the object that was put there.
            unsafe {
                assert_eq!(guarded(&mut error, body), ASCRIBE_INTERNAL);
                assert_eq!(ascribe_error_code(error), ASCRIBE_INTERNAL);
                let message = CStr::from_ptr(ascribe_error_message(error)).to_str().unwrap().to_owned();
                assert!(message.contains(expected), "{message}");
                ascribe_error_free(error);
                assert_eq!(guarded(std::ptr::null_mut(), body), ASCRIBE_INTERNAL);
            }
            assert_eq!(quietly(1, || body().map(|()| 2)), 1);
        }
    }
}
