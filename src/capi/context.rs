//! Where calls run.

use core::ffi::{c_char, c_void};
use std::ffi::CString;
use std::sync::Arc;

use crate::engine::Workers;
use crate::session::{Context, LogLevel};

use super::*;

const LEVELS: [(&str, LogLevel); 4] =
    [("error", LogLevel::Error), ("warning", LogLevel::Warning), ("info", LogLevel::Info), ("debug", LogLevel::Debug)];

/// Receives a message: its level ("error", "warning", "info" or "debug"), the part of the library it comes from, and a sentence. The
/// texts are valid until it returns. Called only on the thread whose call the message belongs to; must not throw or jump out.
pub type ascribe_log_fn = Option<
    unsafe extern "C" fn(level: *const c_char, target: *const c_char, message: *const c_char, user_data: *mut c_void),
>;

/// Frees what a log callback was passed, when nothing can log any more. Called on the thread that frees the last object that could log; must
/// not throw or jump out, nor call this library.
pub type ascribe_log_free_fn = Option<unsafe extern "C" fn(user_data: *mut c_void)>;

/// Settings of a context; fill them with ascribe_context_options_init().
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ascribe_context_options {
    /// The size of this struct in bytes.
    pub struct_size: usize,
    /// How many threads work, 1 to 1024; with 1 (the default) it is the calling thread. Results are the same bytes for any number.
    pub threads: i64,
    /// The seed of whatever is given none of its own; 42 by default.
    pub seed: u64,
    /// Receives messages; NULL (the default) for none. It and `log_data` must live as long as the context and what was made with it.
    pub log: ascribe_log_fn,
    /// Passed to `log`.
    pub log_data: *mut c_void,
    /// The last level that `log` receives, in the order "error", "warning", "info", "debug"; NULL (the default) for "info".
    pub log_level: *const c_char,
    /// NULL (the default), or called once with `log_data` when the context and everything that was made with it are freed, or when
    /// ascribe_context_new() fails after it has read these options; at once where `log` is NULL.
    pub log_free: ascribe_log_free_fn,
}

fields!(ascribe_context_options { struct_size, threads, seed, log, log_data, log_level, log_free });

impl Default for ascribe_context_options {
    fn default() -> Self {
        Self {
            struct_size: size_of::<Self>(),
            threads: 1,
            seed: Context::DEFAULT_SEED,
            log: None,
            log_data: std::ptr::null_mut(),
            log_level: std::ptr::null(),
            log_free: None,
        }
    }
}

/// Where calls run: a pool of threads, the seed of random numbers, and a log callback. NULL in its place means one thread (the
/// caller's), seed 42 and no messages. What is made with a context keeps its threads alive: it may be freed at any time.
pub struct ascribe_context {
    _opaque: (),
}

concept!(ascribe_context, Arc<Context>);

/// A log callback with its data.
struct LogSink {
    call: unsafe extern "C" fn(*const c_char, *const c_char, *const c_char, *mut c_void),
    data: LogData,
}

/// What a log callback is passed, until nothing is left that could log.
struct LogData {
    user_data: *mut c_void,
    free: ascribe_log_free_fn,
}

impl Drop for LogData {
    fn drop(&mut self) {
        if let Some(free) = self.free {
            // SAFETY: the caller gave this function for this purpose, and it is called once.
            unsafe { free(self.user_data) };
        }
    }
}

// SAFETY: the callback is only called, with its data, on threads that the caller makes calls from, as documented.
unsafe impl Send for LogSink {}
// SAFETY: as above.
unsafe impl Sync for LogSink {}

impl LogSink {
    fn log(&self, level: LogLevel, target: &str, message: &str) {
        let text = |text: &str| CString::new(text.replace('\0', "\u{fffd}")).unwrap_or_default();
        let word = LEVELS.iter().find(|(_, known)| *known == level).map_or("info", |(word, _)| word);
        let (level, target, message) = (text(word), text(target), text(message));
        // SAFETY: the caller gave this function for this purpose, and lets it live as long as the context.
        unsafe { (self.call)(level.as_ptr(), target.as_ptr(), message.as_ptr(), self.data.user_data) };
    }
}

/// The host behind a context, or the default one for NULL.
pub(super) unsafe fn host(context: *const ascribe_context) -> Result<Arc<Context>> {
    // SAFETY: as callers promise.
    let context = unsafe { handle::optional(context, "context")? };
    Ok(context.map(|context| context.clone()).unwrap_or_default())
}

/// Fills options of a context with the defaults.
/// Needs exclusive access to `options`.
///
/// @param options receives the defaults; NULL is left alone
/// @param size    sizeof(ascribe_context_options), as the caller was compiled; no more bytes are written
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_context_options_init(options: *mut ascribe_context_options, size: usize) {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { versioned::init(options, size) }
}

/// Makes a context and starts its threads.
/// May be called from any thread at the same time.
///
/// @param options NULL for the defaults
/// @param context receives the context; free it with ascribe_context_free()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_context_new(
    options: *const ascribe_context_options,
    context: *mut *mut ascribe_context,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let options = versioned::read(options, "options")?;
        // From here on, a failure frees the data of the callback.
        let data = LogData { user_data: options.log_data, free: options.log_free };
        let context = Out::new(context, "context")?;
        let threads = size(options.threads, "options.threads")?;
        let level = match options.log_level.is_null() {
            true => LogLevel::Info,
            false => word(options.log_level, "options.log_level", &LEVELS)?,
        };
        let mut host = Context::new(Workers::new(threads)?, options.seed);
        if let Some(call) = options.log {
            let sink = LogSink { call, data };
            host = host.with_sink(level, move |level, target, message| sink.log(level, target, message));
        }
        host.log(LogLevel::Debug, "context", format_args!("{threads} threads, seed {}", options.seed));
        context.put_new(Arc::new(host));
    })
}

/// Returns the number of threads of a context.
/// May be called from any thread at the same time.
///
/// @param context the context, or NULL
/// @return the number; 1 for NULL, 0 for an invalid handle
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_context_threads(context: *const ascribe_context) -> i64 {
    quiet!(0, host(context)?.workers().threads() as i64)
}

/// Frees a context. Its threads end when nothing that was made with it is left.
/// Needs exclusive access to `context`.
///
/// @param context the context; NULL is fine
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_context_free(context: *mut ascribe_context) {
    free!(context);
}
