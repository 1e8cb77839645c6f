//! Who hears what a context logs.
#![allow(clippy::unwrap_used)]

use std::sync::{Arc, Mutex};

use ascribe::session::{Context, LogLevel};

#[test]
fn a_sink_hears_its_own_level_and_those_before_it() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let kept = heard.clone();
    let context = Context::default().with_sink(LogLevel::Warning, move |level, target, message| {
        kept.lock().unwrap().push((level, target.to_owned(), message.to_owned()));
    });
    context.log(LogLevel::Info, "embed", format_args!("not heard"));
    context.log(LogLevel::Warning, "embed", format_args!("{} of 2", 1));
    context.log(LogLevel::Error, "solve", format_args!("heard"));
    let expected = [
        (LogLevel::Warning, "embed".to_owned(), "1 of 2".to_owned()),
        (LogLevel::Error, "solve".to_owned(), "heard".to_owned()),
    ];
    assert_eq!(*heard.lock().unwrap(), expected);
}
