//! Whether this process is a child of the one that something was made in: a fork copies memory, and no threads.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many forks lie between this process and the one that loaded the library.
static GENERATION: AtomicU64 = AtomicU64::new(0);

/// A process, as told apart from its children by fork.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Process(u64);

impl Process {
    /// The process that this is, if the system tells of forks from now on.
    ///
    /// Not its number: a child in a namespace of its own may have that of its parent.
    pub(super) fn current() -> std::io::Result<Self> {
        watch()?;
        Ok(Self(GENERATION.load(Ordering::Relaxed)))
    }

    /// Whether this process is still that one.
    #[inline]
    pub(super) fn is_current(self) -> bool {
        self.0 == GENERATION.load(Ordering::Relaxed)
    }
}

#[cfg(unix)]
#[allow(unsafe_code)]
fn watch() -> std::io::Result<()> {
    /// Called in a child before its fork returns, where little more than this is allowed.
    extern "C" fn forked() {
        GENERATION.fetch_add(1, Ordering::Relaxed);
    }
    static WATCHED: OnceLock<i32> = OnceLock::new();
    // SAFETY: the function only counts, which is allowed in a child of a process with threads. Where libraries can be unloaded
    // (glibc), the system forgets it when this one is.
    match WATCHED.get_or_init(|| unsafe { libc::pthread_atfork(None, None, Some(forked)) }) {
        0 => Ok(()),
        code => Err(std::io::Error::from_raw_os_error(*code)),
    }
}

#[cfg(not(unix))]
fn watch() -> std::io::Result<()> {
    Ok(())
}
