//! Who does the work, and whether to go on: a pool of threads that is owned, never global, and a flag that stops it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use super::forks::Process;
use crate::error::{Error, Result};

/// The threads that executions run on, and the flag they stop by. One thread means the calling one, without a pool.
///
/// A clone shares the threads and the flag. The threads have ended when the last one is gone. A child of `fork` has none of
/// its parent's threads: there all work is done by the calling one, with the same results.
#[derive(Clone, Debug)]
pub struct Workers {
    pool: Option<Arc<Pool>>,
    threads: usize,
    stop: Option<Arc<AtomicBool>>,
}

impl Workers {
    /// The most threads that can be asked for. Starting many more would take minutes and gain nothing.
    pub const MAX_THREADS: usize = 1024;

    /// A context with this many threads.
    ///
    /// # Errors
    /// [`Error::Argument`] for no threads or more than [`Workers::MAX_THREADS`]; [`Error::Threads`] when the system
    /// gives none.
    pub fn new(threads: usize) -> Result<Self> {
        if threads == 0 {
            return Err(Error::argument("the number of threads", 0, "at least one"));
        }
        if threads > Self::MAX_THREADS {
            let expected = format!("at most {}", Self::MAX_THREADS);
            return Err(Error::argument("the number of threads", threads, expected));
        }
        let pool = match threads {
            1 => None,
            _ => Some(Arc::new(Pool::new(threads)?)),
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
    /// milliseconds with [`Error::Canceled`]. What was worked on can be asked again after the flag was cleared or under
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
    /// [`Error::Canceled`] when it is.
    #[inline]
    pub fn check(&self) -> Result<()> {
        self.check_at(|| "a pause between two steps".into())
    }

    /// As [`Workers::check`], with the place that the error names.
    #[inline]
    pub(crate) fn check_at(&self, place: impl FnOnce() -> String) -> Result<()> {
        if self.stopped() { Err(Error::Canceled { place: place() }) } else { Ok(()) }
    }

    /// The threads, where they are.
    #[inline]
    fn pool(&self) -> Option<&Pool> {
        self.pool.as_deref().filter(|pool| pool.process.is_current())
    }

    /// The number of threads.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Calls `work` on each item, on all threads; the order is not fixed, so items must not share results.
    pub fn for_each<I: Send>(&self, items: &mut [I], work: impl Fn(&mut I) + Sync) {
        match self.pool() {
            Some(pool) if items.len() > 1 => pool.rayon().install(|| {
                use rayon::prelude::*;
                // One item is one unit of work: lanes are large.
                items.par_iter_mut().with_max_len(1).for_each(&work);
            }),
            _ => items.iter_mut().for_each(work),
        }
    }

    /// As [`Workers::for_each`], but items whose turn comes after the flag to stop by was set are left as they are.
    ///
    /// # Errors
    /// [`Error::Canceled`] when items were left.
    pub fn try_for_each<I: Send>(&self, items: &mut [I], work: impl Fn(&mut I) + Sync) -> Result<()> {
        let count = items.len();
        // The flag may be cleared again before all is done: what counts is whether anything was left.
        let left = AtomicBool::new(false);
        self.for_each(items, |item| match self.stopped() {
            true => left.store(true, Ordering::Relaxed),
            false => work(item),
        });
        match left.into_inner() {
            true => Err(Error::Canceled { place: format!("a pass over {count} pieces of work") }),
            false => Ok(()),
        }
    }

    /// Runs `work` inside the pool, so that calls of [`Workers::for_each`] within it need no hand-over.
    pub fn enter<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        match self.pool() {
            Some(pool) => pool.rayon().install(work),
            None => work(),
        }
    }
}

/// Threads that are waited for: a host may unload this library, or look for leaks, once it has freed everything.
#[derive(Debug)]
struct Pool {
    /// None only while it is dropped.
    rayon: Option<rayon::ThreadPool>,
    handles: Mutex<Vec<JoinHandle<()>>>,
    /// Where the threads run.
    process: Process,
}

impl Pool {
    fn new(threads: usize) -> Result<Self> {
        let no_threads = |error: &dyn std::fmt::Display| Error::Threads { threads, reason: error.to_string() };
        // Before there are threads: a fork from here on is heard of.
        let process = Process::current().map_err(|error| no_threads(&error))?;
        let mut handles = Vec::with_capacity(threads);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).spawn_handler(|thread| {
            let name = format!("ascribe-{}", thread.index());
            handles.push(std::thread::Builder::new().name(name).spawn(|| thread.run())?);
            Ok(())
        });
        match pool.build() {
            Ok(pool) => Ok(Self { rayon: Some(pool), handles: Mutex::new(handles), process }),
            Err(error) => {
                // Those that had begun end by themselves.
                join(handles);
                Err(no_threads(&error))
            }
        }
    }

    fn rayon(&self) -> &rayon::ThreadPool {
        self.rayon.as_ref().expect("a pool that is not being dropped has threads")
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        if !self.process.is_current() {
            // There is nobody to tell and nobody to wait for, and a lock may be held by a thread that is not here.
            std::mem::forget(self.rayon.take());
            let handles = std::mem::take(self.handles.get_mut().unwrap_or_else(PoisonError::into_inner));
            handles.into_iter().for_each(std::mem::forget);
            return;
        }
        // The last context may go on one of its own threads. Then the others end only after the work that is under way there.
        let own = self.rayon().current_thread_index().is_some();
        // Tells the threads to end once there is no work.
        self.rayon = None;
        if !own {
            join(std::mem::take(self.handles.get_mut().unwrap_or_else(PoisonError::into_inner)));
        }
    }
}

fn join(handles: Vec<JoinHandle<()>>) {
    for handle in handles {
        // Panics were met where the work was.
        let _ = handle.join();
    }
}
