//! Graphs and what runs them: operations, derivatives, row patches, images, and models that come from dfdx.
#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;

mod builder;
mod contraction;
mod derivatives;
#[cfg(feature = "dfdx")]
mod dfdx;
mod engine;
mod graph_errors;
mod image_operations;
mod patches;
mod random;
mod workers;
