//! Who does the work: a pool of threads that is owned, never global.

use crate::error::{Error, Result};

/// The threads that executions run on. One thread means the calling one, without a pool.
#[derive(Debug)]
pub struct Context {
    pool: Option<rayon::ThreadPool>,
    threads: usize,
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
            _ => Some(
                rayon::ThreadPoolBuilder::new()
                    .num_threads(threads)
                    .thread_name(|place| format!("ascribe-{place}"))
                    .build()
                    .map_err(|error| Error::Threads { threads, reason: error.to_string() })?,
            ),
        };
        Ok(Self { pool, threads })
    }

    /// A context that works on the calling thread.
    pub fn single() -> Self {
        Self { pool: None, threads: 1 }
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

    /// Runs `work` inside the pool, so that calls of [`Context::for_each`] within it need no hand-over.
    pub fn enter<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        match &self.pool {
            Some(pool) => pool.install(work),
            None => work(),
        }
    }
}
