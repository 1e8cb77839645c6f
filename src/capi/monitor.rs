//! Progress and cancellation of long calls.

use core::ffi::{c_char, c_void};
use std::ops::ControlFlow;

use crate::engine::{Monitor, Progress};

use super::*;

/// How far a long call has come. Passed to a callback and valid until it returns; a later library may append fields.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ascribe_progress {
    /// The size of this struct in bytes.
    pub struct_size: usize,
    /// The phase of the work, in a word or two: "training", "minimizing", "solving", ...; always valid.
    pub phase: *const c_char,
    /// How much of it is done.
    pub done: u64,
    /// How much there is to do; 0 when that is not known.
    pub total: u64,
    /// The loss, objective or residual; NaN where there is none.
    pub value: f64,
    /// The quality that an evaluation found; NaN where there was none.
    pub quality: f64,
}

/// Called as a long call makes progress; anything but 0 ends that call with ASCRIBE_CANCELED. Called only on the thread that made the
/// call; must not throw or jump out. It may make other calls, also with objects the call was given as const, but a call that needs
/// exclusive access to an object in use fails.
pub type ascribe_progress_fn =
    Option<unsafe extern "C" fn(event: *const ascribe_progress, user_data: *mut c_void) -> i32>;

/// Progress and cancellation of a long call; fill it with ascribe_monitor_init(). NULL in its place stands for neither.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ascribe_monitor {
    /// The size of this struct in bytes.
    pub struct_size: usize,
    /// Called as the call makes progress; NULL (the default) for no callback.
    pub progress: ascribe_progress_fn,
    /// Passed to `progress`.
    pub progress_data: *mut c_void,
    /// Ends the call when it is set; NULL (the default) for none.
    pub cancel: *const ascribe_cancel,
}

fields!(ascribe_monitor { struct_size, progress, progress_data, cancel });

impl Default for ascribe_monitor {
    fn default() -> Self {
        Self {
            struct_size: size_of::<Self>(),
            progress: None,
            progress_data: std::ptr::null_mut(),
            cancel: std::ptr::null(),
        }
    }
}

/// Fills a monitor with the defaults: no callback, and no flag that ends the call.
/// Needs exclusive access to `monitor`.
///
/// @param monitor receives the defaults; NULL is left alone
/// @param size    sizeof(ascribe_monitor), as the caller was compiled; no more bytes are written
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_monitor_init(monitor: *mut ascribe_monitor, size: usize) {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { versioned::init(monitor, size) }
}

/// A callback with its data.
struct Listener {
    call: unsafe extern "C" fn(event: *const ascribe_progress, user_data: *mut c_void) -> i32,
    user_data: *mut c_void,
}

// SAFETY: the modules below call listeners on the thread that made the call and on no other, and forget them when it ends.
unsafe impl Send for Listener {}
// SAFETY: as above.
unsafe impl Sync for Listener {}

impl Listener {
    fn call(&self, event: &Progress) -> ControlFlow<()> {
        let event = progress_of(event);
        // SAFETY: the caller gave this function for this purpose.
        match unsafe { (self.call)(&event, self.user_data) } {
            0 => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    }
}

/// The monitor of a call: the flag is taken from its handle, which may be freed meanwhile.
///
/// # Safety
/// `monitor` is NULL or points to a monitor, whose callback may be called until the call ends.
pub(super) unsafe fn monitor_of(monitor: *const ascribe_monitor) -> Result<Monitor> {
    // SAFETY: as callers promise.
    let given = unsafe { versioned::read(monitor, "monitor")? };
    let mut monitor = Monitor::none();
    if !given.cancel.is_null() {
        // SAFETY: as callers promise.
        monitor = monitor.with_stop(unsafe { handle::shared(given.cancel, "monitor.cancel")? }.clone());
    }
    if let Some(call) = given.progress {
        let listener = Listener { call, user_data: given.progress_data };
        monitor = monitor.with_listener(move |event| listener.call(event));
    }
    Ok(monitor)
}

fn progress_of(event: &Progress) -> ascribe_progress {
    ascribe_progress {
        struct_size: size_of::<ascribe_progress>(),
        phase: event.phase.as_ptr(),
        done: event.done,
        total: event.total.unwrap_or(0),
        value: event.value,
        quality: event.quality,
    }
}
