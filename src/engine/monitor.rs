//! Progress of long work, and its cancellation.

use std::ffi::CStr;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, Result};

use super::workers::Workers;

/// How far a long call has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// What is being done, in one word.
    pub phase: &'static CStr,
    /// How much of it is done.
    pub done: u64,
    /// How much there is to do, where that is known.
    pub total: Option<u64>,
    /// The loss, objective or residual; NaN where there is none.
    pub value: f64,
    /// The quality that an evaluation found, or the relative gradient in minimizing; NaN where there is none.
    pub quality: f64,
}

impl Progress {
    /// Progress without numbers.
    pub fn new(phase: &'static CStr, done: u64, total: Option<u64>) -> Self {
        Self { phase, done, total, value: f64::NAN, quality: f64::NAN }
    }

    /// The progress with the loss, objective or residual.
    #[must_use]
    pub fn with_value(self, value: f64) -> Self {
        Self { value, ..self }
    }
}

/// A progress callback, called on the thread that made the call; [`ControlFlow::Break`] cancels the call.
pub type Listener = Arc<dyn Fn(&Progress) -> ControlFlow<()> + Send + Sync>;

/// A progress callback, called on the calling thread, and a cancellation flag that any thread may set.
#[derive(Clone, Default)]
pub struct Monitor {
    listener: Option<Listener>,
    stop: Option<Arc<AtomicBool>>,
}

impl Monitor {
    /// A monitor without callback or flag.
    pub fn none() -> Self {
        Self::default()
    }

    /// The monitor with a progress callback; a break cancels the call.
    #[must_use]
    pub fn with_listener(self, listener: impl Fn(&Progress) -> ControlFlow<()> + Send + Sync + 'static) -> Self {
        Self { listener: Some(Arc::new(listener)), ..self }
    }

    /// The monitor with a flag that cancels the call once it is set.
    #[must_use]
    pub fn with_stop(self, stop: Arc<AtomicBool>) -> Self {
        Self { stop: Some(stop), ..self }
    }

    /// The monitor for a part of a longer work: the callback sees the progress as `change` makes it.
    #[must_use]
    pub fn part(&self, change: impl Fn(&Progress) -> Progress + Send + Sync + 'static) -> Self {
        let listener = self
            .listener
            .clone()
            .map(|listener| -> Listener { Arc::new(move |progress: &Progress| listener(&change(progress))) });
        Self { listener, stop: self.stop.clone() }
    }

    /// Whether the flag is set.
    pub fn stopped(&self) -> bool {
        self.stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed))
    }

    /// Calls the callback; a break asks the work to stop.
    pub fn notify(&self, progress: &Progress) -> ControlFlow<()> {
        if self.stopped() {
            return ControlFlow::Break(());
        }
        self.listener.as_ref().map_or(ControlFlow::Continue(()), |listener| listener(progress))
    }

    /// Calls the callback.
    ///
    /// # Errors
    /// [`Error::Canceled`] when it broke or the flag is set.
    pub fn report(&self, progress: &Progress) -> Result<()> {
        match self.notify(progress) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => {
                let of = progress.total.map(|total| format!(" of {total}")).unwrap_or_default();
                Err(Error::Canceled { place: format!("{} {}{of}", progress.phase.to_string_lossy(), progress.done) })
            }
        }
    }

    /// The workers with the flag.
    pub fn over(&self, workers: &Workers) -> Workers {
        match &self.stop {
            Some(flag) => workers.with_stop(flag.clone()),
            None => workers.clone(),
        }
    }
}

impl fmt::Debug for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Monitor").field("listener", &self.listener.is_some()).field("stop", &self.stop).finish()
    }
}
