//! Training: triples, rows and images, graphs; losses; and work that is told to stop.
#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;

mod candidates;
mod dense_training;
mod graph_training;
mod losses;
mod replay;
mod schedules;
mod stopping;
mod training;
