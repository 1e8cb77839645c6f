//! The command line: the built program from end to end.
#![allow(clippy::unwrap_used)]

mod rows;
mod triples;
mod usage;
