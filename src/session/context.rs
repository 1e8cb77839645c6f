//! Where calls run: threads, the seed of random numbers, and who hears what happens.

use std::fmt;

use crate::engine::Workers;
use crate::error::Result;

/// How much a message matters; a sink hears its own level and those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// Something failed.
    Error,
    /// Something is doubtful, and results were made all the same.
    Warning,
    /// The large steps of the work.
    Info,
    /// Everything else.
    Debug,
}

/// Takes a level, the part of the library that logs, and a message.
type Sink = Box<dyn Fn(LogLevel, &str, &str) + Send + Sync>;

/// Where calls run: threads, the seed of whatever is given none of its own, and a sink of messages.
pub struct Context {
    workers: Workers,
    seed: u64,
    sink: Option<(LogLevel, Sink)>,
}

impl Context {
    /// The seed of a context that is given none.
    pub const DEFAULT_SEED: u64 = 42;

    /// A context without a sink.
    pub fn new(workers: Workers, seed: u64) -> Self {
        Self { workers, seed, sink: None }
    }

    /// A context of so many threads, or of all cores, with the default seed.
    ///
    /// # Errors
    /// As [`Workers::new`].
    pub fn with_threads(threads: Option<usize>) -> Result<Self> {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from).min(Workers::MAX_THREADS);
        Ok(Self::new(Workers::new(threads.unwrap_or_else(cores))?, Self::DEFAULT_SEED))
    }

    /// The context with a sink that hears messages up to a level, on the thread whose call they belong to.
    #[must_use]
    pub fn with_sink(self, level: LogLevel, sink: impl Fn(LogLevel, &str, &str) + Send + Sync + 'static) -> Self {
        Self { sink: Some((level, Box::new(sink))), ..self }
    }

    /// The threads.
    pub fn workers(&self) -> &Workers {
        &self.workers
    }

    /// The seed of whatever is given none of its own.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Tells the sink, if it listens to that level; the text is made only then. Must be called on the calling thread.
    pub fn log(&self, level: LogLevel, target: &str, message: fmt::Arguments<'_>) {
        if let Some((most, sink)) = &self.sink
            && level <= *most
        {
            sink(level, target, &message.to_string());
        }
    }
}

impl Default for Context {
    /// One thread (the caller's), seed 42, no sink.
    fn default() -> Self {
        Self::new(Workers::single(), Self::DEFAULT_SEED)
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = self.sink.as_ref().map(|(level, _)| level);
        f.debug_struct("Context")
            .field("workers", &self.workers)
            .field("seed", &self.seed)
            .field("level", &level)
            .finish_non_exhaustive()
    }
}
