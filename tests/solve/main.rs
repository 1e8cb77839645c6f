//! Linear systems and minima: direct, iterative, what is planned, and what is found.
#![allow(clippy::unwrap_used)]

mod systems;

mod direct;
mod iterative;
mod minimize;
mod plan;
