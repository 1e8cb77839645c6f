//! The command line: the built program from end to end.
#![allow(clippy::unwrap_used)]

mod curvature;
mod elsewhere;
mod reading;
mod regression;
mod rows;
mod triples;
mod usage;
