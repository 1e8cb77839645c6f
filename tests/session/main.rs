//! Models, data and questions of any kind behind one face, against the modules below it and against closed forms.
#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;

mod attributor;
mod context;
mod conventions;
mod datasets;
mod definitions;
mod diverging;
mod elsewhere;
mod fixtures;
mod folders;
mod format1;
mod libraries;
mod models;
mod options;
mod options_page;
mod precisions;
mod predictions;
#[cfg(feature = "cli")]
mod program;
mod questions;
mod regression;
mod saved;
mod scales;
mod training;
mod truth;
mod verification;
mod weights;
