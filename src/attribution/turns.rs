//! Calls of several threads, one after the other.

use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread;
use std::time::Duration;

use crate::engine::Monitor;
use crate::error::{Error, Result};

/// Something that one call at a time works with.
#[derive(Debug)]
pub(super) struct Turns<S> {
    state: Mutex<S>,
    /// The thread that has the turn: a callback of its call must not wait for another.
    holder: Mutex<Option<usize>>,
}

thread_local! {
    /// Something that each thread has in another place.
    static PLACE: u8 = const { 0 };
}

/// The calling thread. The standard library's own name of it would be memory that is never freed on a thread of the context.
fn own_thread() -> usize {
    PLACE.with(|place| std::ptr::from_ref(place).addr())
}

/// A call's turn.
struct Held<'a, S> {
    state: MutexGuard<'a, S>,
    holder: &'a Mutex<Option<usize>>,
}

impl<S> Drop for Held<'_, S> {
    fn drop(&mut self) {
        *self.holder.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl<S> Turns<S> {
    pub fn new(state: S) -> Self {
        Self { state: Mutex::new(state), holder: Mutex::new(None) }
    }

    /// Works when the turn comes.
    ///
    /// # Errors
    /// [`Error::Internal`] after a panic; [`Error::Argument`] from a callback of the call that has the turn;
    /// [`Error::Canceled`] while it waits; what the work reports.
    pub fn with<R>(&self, monitor: &Monitor, work: impl FnOnce(&mut S) -> Result<R>) -> Result<R> {
        work(&mut self.lock(monitor)?.state)
    }

    /// Waits for its turn, as long as nothing stops the call.
    fn lock(&self, monitor: &Monitor) -> Result<Held<'_, S>> {
        const PAUSE: Duration = Duration::from_millis(1);
        let own = Some(own_thread());
        loop {
            match self.state.try_lock() {
                Ok(state) => {
                    *self.holder.lock().unwrap_or_else(PoisonError::into_inner) = own;
                    return Ok(Held { state, holder: &self.holder });
                }
                Err(TryLockError::Poisoned(_)) => {
                    let what = "a panic left the attributor unfinished".into();
                    return Err(Error::Internal { what, hint: "make a new one".into() });
                }
                Err(TryLockError::WouldBlock) => {}
            }
            if *self.holder.lock().unwrap_or_else(PoisonError::into_inner) == own {
                let expected = "another one, or to be asked when that call has returned";
                return Err(Error::argument("the attributor", "in use by the call whose callback this is", expected));
            }
            if monitor.stopped() {
                return Err(Error::Canceled { place: "its turn to ask the attributor".into() });
            }
            thread::sleep(PAUSE);
        }
    }
}
