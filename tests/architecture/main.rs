//! The repository itself: who may use whom in src/, and the data that comes with the crate.
#![allow(clippy::unwrap_used)]

mod data_files;
mod rooms;
