//! Where calls run.

use core::ffi::{c_char, c_void};
use std::ffi::CString;
use std::sync::Arc;

use crate::engine::Workers;
use crate::session::{Context, LogLevel};

use super::error::ascribe_error;
use super::guard::{guard, quietly};
use super::handle::{self, Concept};
use super::input::{choice, size};
use super::options::{self, fields};
use super::out::Out;
use super::status::{Result, ascribe_status};

/// Something failed.
pub const ASCRIBE_LOG_ERROR: i32 = 1;
/// Something is doubtful, and results were made all the same.
pub const ASCRIBE_LOG_WARNING: i32 = 2;
/// The large steps of the work.
pub const ASCRIBE_LOG_INFO: i32 = 3;
/// Everything else.
pub const ASCRIBE_LOG_DEBUG: i32 = 4;

const LEVELS: [(i32, LogLevel); 4] = [
    (ASCRIBE_LOG_ERROR, LogLevel::Error),
    (ASCRIBE_LOG_WARNING, LogLevel::Warning),
    (ASCRIBE_LOG_INFO, LogLevel::Info),
    (ASCRIBE_LOG_DEBUG, LogLevel::Debug),
];

/// Hears a message: its level (ASCRIBE_LOG_...), the part of the library it comes from, and a sentence. Both texts are valid until
/// it returns. Called only on the thread whose call the message belongs to; must not throw or jump out.
pub type ascribe_log_fn =
    Option<unsafe extern "C" fn(level: i32, target: *const c_char, message: *const c_char, user_data: *mut c_void)>;

/// Is told that a log callback and its data are needed no more. Called on the thread that frees the last object that could log; must
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
    /// Hears messages; NULL (the default) for none. It and `log_data` must live as long as the context and what was made with it.
    pub log: ascribe_log_fn,
    /// Handed to `log`.
    pub log_data: *mut c_void,
    /// The last level that `log` hears; ASCRIBE_LOG_INFO by default.
    pub log_level: i32,
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
            log_level: ASCRIBE_LOG_INFO,
            log_free: None,
        }
    }
}

/// Where calls run: a pool of threads, the seed of random numbers, and who hears messages. NULL in its place means one thread (the
/// caller's), seed 42 and no messages. What is made with a context keeps its threads alive: it may be freed at any time.
pub struct ascribe_context {
    _opaque: (),
}

impl Concept for ascribe_context {
    type Value = Arc<Context>;
    const NAME: &'static str = "ascribe_context";
}

/// Where a log callback and its data stand.
struct LogSink {
    call: unsafe extern "C" fn(i32, *const c_char, *const c_char, *mut c_void),
    data: LogData,
}

/// What a log callback is handed, until nothing is left that could log.
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
    fn hear(&self, level: LogLevel, target: &str, message: &str) {
        let text = |text: &str| CString::new(text.replace('\0', "\u{fffd}")).unwrap_or_default();
        let (target, message) = (text(target), text(message));
        let number = LEVELS.iter().find(|(_, known)| *known == level).map_or(ASCRIBE_LOG_INFO, |(number, _)| *number);
        // SAFETY: the caller gave this function for this purpose, and lets it live as long as the context.
        unsafe { (self.call)(number, target.as_ptr(), message.as_ptr(), self.data.user_data) };
    }
}

/// The host behind a context, or the default one for NULL.
///
/// # Safety
/// As [`handle::shared`].
pub(super) unsafe fn host(context: *const ascribe_context) -> Result<Arc<Context>> {
    if context.is_null() {
        return Ok(Arc::default());
    }
    // SAFETY: as promised above.
    Ok(unsafe { handle::shared(context, "context")? }.clone())
}

/// Fills options of a context with the defaults.
///
/// Needs exclusive access to `options`.
///
/// @param options receives the defaults; NULL is left alone
/// @param size    sizeof(ascribe_context_options), as the caller was compiled; no more bytes are written
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_context_options_init(options: *mut ascribe_context_options, size: usize) {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { options::init(options, size) }
}

/// Makes a context and starts its threads.
///
/// @param options NULL for the defaults
/// @param context receives the context; free it with ascribe_context_free()
/// @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_context_new(
    options: *const ascribe_context_options,
    context: *mut *mut ascribe_context,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let options = options::read(options, "options")?;
            // From here on, a failure frees the data of the callback.
            let data = LogData { user_data: options.log_data, free: options.log_free };
            let context = Out::new(context, "context")?;
            let threads = size(options.threads, "options.threads")?;
            let level = choice(options.log_level, "options.log_level", &LEVELS)?;
            let mut host = Context::new(Workers::new(threads)?, options.seed);
            if let Some(call) = options.log {
                let sink = LogSink { call, data };
                host = host.with_sink(level, move |level, target, message| sink.hear(level, target, message));
            }
            let seed = options.seed;
            host.log(LogLevel::Debug, "context", format_args!("{threads} threads, seed {seed}"));
            context.put_new(Arc::new(host));
            Ok(())
        })
    }
}

/// Returns the number of threads of a context.
///
/// May be called from any thread at the same time.
///
/// @param context the context, or NULL
///
/// @return the number; 1 for NULL, 0 for an invalid handle
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_context_threads(context: *const ascribe_context) -> i64 {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    quietly(0, || unsafe { Ok(host(context)?.workers().threads() as i64) })
}

/// Frees a context. Its threads end when nothing that was made with it is left.
///
/// Needs exclusive access to `context`.
///
/// @param context the context; NULL is fine
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_context_free(context: *mut ascribe_context) {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { handle::free(context) }
}
