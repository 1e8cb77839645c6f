//! The repository itself: who may use whom in src/, the data that comes with the crate, and the scripts.
#![allow(clippy::unwrap_used)]

mod data_files;
mod modules;
#[cfg(unix)]
mod scripts;
