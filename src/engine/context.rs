//! Who does the work, and whether to go on: a pool of threads that is owned, never global, and a flag that stops it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, Result};

/// The threads that executions run on, and the flag they stop by. One thread means the calling one, without a pool.
///
/// A clone shares the threads and the flag.
#[derive(Clone, Debug)]
pub struct Context {
    pool: Option<Arc<rayon::ThreadPool>>,
    threads: usize,
    stop: Option<Arc<AtomicBool>>,
}

impl Context {
    /// The most threads that can be asked for. Starting many more would take minutes and gain nothing.
    pub const MOST_THREADS: usize = 1024;

    /// A context with this many threads.
    ///
    /// # Errors
    /// [`Error::Argument`] for no threads or more than [`Context::MOST_THREADS`]; [`Error::Threads`] when the system
    /// gives none.
    pub fn new(threads: usize) -> Result<Self> {
        if threads == 0 {
            return Err(Error::argument("the number of threads", 0, "at least one"));
        }
        if threads > Self::MOST_THREADS {
            let expected = format!("at most {}", Self::MOST_THREADS);
            return Err(Error::argument("the number of threads", threads, expected));
        }
        let pool = match threads {
            1 => None,
            _ => Some(Arc::new(
                rayon::ThreadPoolBuilder::new()
                    .num_threads(threads)
                    .thread_name(|place| format!("ascribe-{place}"))
                    .build()
                    .map_err(|error| Error::Threads { threads, reason: error.to_string() })?,
            )),
        };
        Ok(Self { pool, threads, stop: None })
    }

    /// A context that works on the calling thread.
    pub fn single() -> Self {
        Self { pool: None, threads: 1, stop: None }
    }

    /// A context that works on the calling thread and stops by the same flag.
    pub fn single_like(&self) -> Self {
        Self { stop: self.stop.clone(), ..Self::single() }
    }

    /// The same threads with a flag to stop by: once it is set, from whichever thread, long work ends within
    /// milliseconds with [`Error::Cancelled`]. What was worked on can be asked again after the flag was cleared or under
    /// another one. The flag takes the place of one that was given before.
    pub fn with_stop(&self, flag: Arc<AtomicBool>) -> Self {
        Self { stop: Some(flag), ..self.clone() }
    }

    /// Whether the flag to stop by is set.
    #[inline]
    pub fn stopped(&self) -> bool {
        self.stop.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed))
    }

    /// Ends the work when the flag to stop by is set.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when it is.
    #[inline]
    pub fn check(&self) -> Result<()> {
        self.check_at(|| "a pause between two steps".into())
    }

    /// As [`Context::check`], with the place that the error names.
    #[inline]
    pub(crate) fn check_at(&self, place: impl FnOnce() -> String) -> Result<()> {
        if self.stopped() { Err(Error::Cancelled { place: place() }) } else { Ok(()) }
    }

    /// The number of threads.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Calls `work` on each item, on all threads; the order is not fixed, so items must not share results.
    pub fn for_each<I: Send>(&self, items: &mut [I], work: impl Fn(&mut I) + Sync) {
        match &self.pool {
            Some(pool) if items.len() > 1 => pool.install(|| {
                use rayon::prelude::*;
                // One item is one unit of work: lanes are large.
                items.par_iter_mut().with_max_len(1).for_each(&work);
            }),
            _ => items.iter_mut().for_each(work),
        }
    }

    /// As [`Context::for_each`], but items whose turn comes after the flag to stop by was set are left as they are.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when items were left.
    pub fn try_for_each<I: Send>(&self, items: &mut [I], work: impl Fn(&mut I) + Sync) -> Result<()> {
        let count = items.len();
        // The flag may be cleared again before all is done: what counts is whether anything was left.
        let left = AtomicBool::new(false);
        self.for_each(items, |item| match self.stopped() {
            true => left.store(true, Ordering::Relaxed),
            false => work(item),
        });
        match left.into_inner() {
            true => Err(Error::Cancelled { place: format!("a pass over {count} pieces of work") }),
            false => Ok(()),
        }
    }

    /// Runs `work` inside the pool, so that calls of [`Context::for_each`] within it need no hand-over.
    pub fn enter<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        match &self.pool {
            Some(pool) => pool.install(work),
            None => work(),
        }
    }
}
