//! Models, data and questions of any kind behind one face, against the rooms below it and against closed forms.
#![allow(clippy::unwrap_used)]

mod common;

#[path = "embed/datasets.rs"]
mod datasets;
#[path = "embed/fixtures.rs"]
mod fixtures;
#[path = "embed/models.rs"]
mod models;
#[path = "embed/questions.rs"]
mod questions;
#[path = "embed/training.rs"]
mod training;
#[path = "embed/truth.rs"]
mod truth;
