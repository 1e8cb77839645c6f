//! Models, data and questions of any kind behind one face, against the rooms below it and against closed forms.
#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;

mod datasets;
mod fixtures;
mod format1;
mod models;
mod questions;
mod saved;
mod training;
mod truth;
mod verification;
