//! Threads, which end with the last who holds them, and monitors, which end a call.
#![allow(clippy::unwrap_used)]

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use ascribe::engine::{Monitor, Progress, Workers};

#[test]
fn threads_have_ended_when_the_last_clone_is_gone() {
    /// Counts when its thread is at its end.
    struct AtEnd(Arc<AtomicUsize>);

    impl Drop for AtEnd {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    thread_local!(static AT_END: RefCell<Option<AtEnd>> = const { RefCell::new(None) });

    let ended = Arc::new(AtomicUsize::new(0));
    let workers = Workers::new(3).unwrap();
    let clone = workers.clone();
    // Nobody goes on before all three threads are at work.
    let all = Barrier::new(3);
    workers.for_each(&mut [(); 3], |()| {
        all.wait();
        AT_END.with(|at_end| *at_end.borrow_mut() = Some(AtEnd(ended.clone())));
    });
    drop(workers);
    assert_eq!(ended.load(Ordering::Relaxed), 0);
    drop(clone);
    assert_eq!(ended.load(Ordering::Relaxed), 3);
}

#[test]
fn the_last_clone_may_go_on_a_thread_of_its_own() {
    let workers = Workers::new(2).unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    let clone = workers.clone();
    let (ready, go) = std::sync::mpsc::channel::<()>();
    workers.enter(|| {
        rayon::spawn(move || {
            go.recv().unwrap();
            drop(clone);
            sender.send(()).unwrap();
        });
    });
    drop(workers);
    ready.send(()).unwrap();
    receiver.recv().unwrap();
}

#[test]
fn a_call_ends_where_the_listener_breaks_or_the_flag_is_set() {
    let heard = Arc::new(AtomicUsize::new(0));
    let counter = heard.clone();
    let stop = Arc::new(AtomicBool::new(false));
    let monitor = Monitor::none().with_stop(stop.clone()).with_listener(move |progress| {
        counter.fetch_add(1, Ordering::Relaxed);
        if progress.done == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(monitor.report(&Progress::new(c"training", 1, Some(3))).is_ok());
    let error = monitor.report(&Progress::new(c"training", 2, Some(3))).unwrap_err();
    assert_eq!(error.to_string(), "canceled by the caller at training 2 of 3");
    stop.store(true, Ordering::Relaxed);
    assert!(monitor.report(&Progress::new(c"training", 3, None)).is_err());
    assert_eq!(heard.load(Ordering::Relaxed), 2, "a stopped call tells nobody");
}
