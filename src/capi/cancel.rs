//! Flags that end long calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;

/// A flag that ends long calls: given to them in an ascribe_monitor, set by ascribe_cancel_request() from anywhere. One flag may
/// serve many calls.
pub struct ascribe_cancel {
    _opaque: (),
}

concept!(ascribe_cancel, Arc<AtomicBool>);

/// Makes a flag that is not set.
/// May be called from any thread at the same time.
///
/// @param cancel receives the flag; free it with ascribe_cancel_free()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_cancel_new(
    cancel: *mut *mut ascribe_cancel,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        Out::new(cancel, "cancel")?.put_new(Arc::default());
    })
}

/// Sets a flag: calls that have it end with ASCRIBE_CANCELED within milliseconds, as does every later one until
/// ascribe_cancel_reset(). NULL and invalid handles are left alone.
/// Safe from a signal handler.
///
/// @param cancel the flag
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_cancel_request(cancel: *const ascribe_cancel) {
    // SAFETY: the caller keeps the promises of the header's opening chapter; a flag is never borrowed alone.
    if let Some(flag) = unsafe { handle::peek(cancel) } {
        flag.store(true, Ordering::Relaxed);
    }
}

/// Clears a flag. NULL and invalid handles are left alone.
/// Safe from a signal handler.
///
/// @param cancel the flag
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_cancel_reset(cancel: *const ascribe_cancel) {
    // SAFETY: the caller keeps the promises of the header's opening chapter; a flag is never borrowed alone.
    if let Some(flag) = unsafe { handle::peek(cancel) } {
        flag.store(false, Ordering::Relaxed);
    }
}

/// Returns whether a flag is set.
/// Safe from a signal handler.
///
/// @param cancel the flag
/// @return 1 when it is set, else 0, also for NULL and invalid handles
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_cancel_requested(cancel: *const ascribe_cancel) -> i32 {
    // SAFETY: the caller keeps the promises of the header's opening chapter; a flag is never borrowed alone.
    unsafe { handle::peek(cancel) }.map_or(0, |flag| i32::from(flag.load(Ordering::Relaxed)))
}

/// Frees a flag. Calls that have it go on, and cannot be ended by it any more.
/// Needs exclusive access to `cancel`.
///
/// @param cancel the flag; NULL is fine
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_cancel_free(cancel: *mut ascribe_cancel) {
    free!(cancel);
}
