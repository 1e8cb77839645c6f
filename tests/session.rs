//! Models, data and questions of any kind behind one face, against the rooms below it and against closed forms.
#![allow(clippy::unwrap_used)]

mod common;

#[path = "session/datasets.rs"]
mod datasets;
#[path = "session/fixtures.rs"]
mod fixtures;
#[path = "session/models.rs"]
mod models;
#[path = "session/questions.rs"]
mod questions;
#[path = "session/training.rs"]
mod training;
#[path = "session/truth.rs"]
mod truth;
