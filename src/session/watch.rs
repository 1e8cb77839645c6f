//! What a long call tells its caller, and how the caller ends it.

use std::ffi::CStr;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::attribution::influence;
use crate::engine::Workers;
use crate::error::{Error, Result};

/// How far a long call has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// What is being done, in one word.
    pub phase: &'static CStr,
    /// How much of it is done.
    pub done: u64,
    /// How much there is to do, where that is known.
    pub total: Option<u64>,
    /// The loss, objective or residual; NaN where there is none.
    pub value: f64,
    /// The quality that an evaluation found; NaN where there was none.
    pub quality: f64,
}

impl Event {
    /// An event without numbers.
    pub fn new(phase: &'static CStr, done: u64, total: Option<u64>) -> Self {
        Self { phase, done, total, value: f64::NAN, quality: f64::NAN }
    }

    /// The event with the loss, objective or residual.
    #[must_use]
    pub fn with_value(self, value: f64) -> Self {
        Self { value, ..self }
    }
}

/// Is told by a [`Watch`], on the thread that made the call and on no other; to break ends the call.
pub type Listener = Arc<dyn Fn(&Event) -> ControlFlow<()> + Send + Sync>;

/// What a long call obeys: a listener, called on the calling thread, and a flag that any thread may set.
#[derive(Clone, Default)]
pub struct Watch {
    listener: Option<Listener>,
    stop: Option<Arc<AtomicBool>>,
}

impl Watch {
    /// A watch that nobody hears and nothing stops.
    pub fn none() -> Self {
        Self::default()
    }

    /// The watch with a listener; to break ends the call.
    #[must_use]
    pub fn with_listener(self, listener: impl Fn(&Event) -> ControlFlow<()> + Send + Sync + 'static) -> Self {
        Self { listener: Some(Arc::new(listener)), ..self }
    }

    /// The watch with a flag that ends the call once it is set.
    #[must_use]
    pub fn with_stop(self, stop: Arc<AtomicBool>) -> Self {
        Self { stop: Some(stop), ..self }
    }

    /// Whether the flag is set.
    pub fn stopped(&self) -> bool {
        self.stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed))
    }

    /// Tells the listener, and says whether to go on.
    pub fn tell(&self, event: &Event) -> ControlFlow<()> {
        if self.stopped() {
            return ControlFlow::Break(());
        }
        self.listener.as_ref().map_or(ControlFlow::Continue(()), |listener| listener(event))
    }

    /// Tells the listener.
    ///
    /// # Errors
    /// [`Error::Canceled`] when it broke or the flag is set.
    pub fn report(&self, event: &Event) -> Result<()> {
        match self.tell(event) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => {
                let of = event.total.map(|total| format!(" of {total}")).unwrap_or_default();
                Err(Error::Canceled { place: format!("{} {}{of}", event.phase.to_string_lossy(), event.done) })
            }
        }
    }

    /// A workers that obeys the flag.
    pub(super) fn over(&self, workers: &Workers) -> Workers {
        match &self.stop {
            Some(flag) => workers.with_stop(flag.clone()),
            None => workers.clone(),
        }
    }

    /// The listener as solvers tell it.
    pub(super) fn of_solving(&self) -> Option<influence::Watch> {
        let listener = self.listener.clone()?;
        Some(influence::Watch::new(move |at| {
            listener(&Event::new(c"solving", at.iteration as u64, None).with_value(at.residual))
        }))
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("listener", &self.listener.is_some()).field("stop", &self.stop).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[test]
    fn a_call_ends_where_the_listener_breaks_or_the_flag_is_set() {
        let heard = Arc::new(AtomicUsize::new(0));
        let counter = heard.clone();
        let stop = Arc::new(AtomicBool::new(false));
        let watch = Watch::none().with_stop(stop.clone()).with_listener(move |event| {
            counter.fetch_add(1, Ordering::Relaxed);
            if event.done == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(watch.report(&Event::new(c"training", 1, Some(3))).is_ok());
        let error = watch.report(&Event::new(c"training", 2, Some(3))).unwrap_err();
        assert_eq!(error.to_string(), "canceled by the caller at training 2 of 3");
        stop.store(true, Ordering::Relaxed);
        assert!(watch.report(&Event::new(c"training", 3, None)).is_err());
        assert_eq!(heard.load(Ordering::Relaxed), 2, "a stopped call tells nobody");
    }
}
