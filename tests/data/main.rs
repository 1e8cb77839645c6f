//! What is read and what is kept: files, tables, and folders of saved runs.
#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;

mod readers;
mod store_damage;
#[cfg(unix)]
mod store_full_disk;
mod tables;
