//! What is read and what is kept: files, tables, and folders of saved runs.
#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;

mod arrays;
mod columns;
mod dialects;
mod errors;
mod known;
#[cfg(feature = "parquet")]
mod parquet;
mod queries;
mod readers;
mod select;
mod store;
mod store_commit;
mod store_contents;
mod store_damage;
mod store_folder;
#[cfg(unix)]
mod store_full_disk;
mod store_manifest;
mod store_open;
mod store_tensors;
mod tables;
mod triples;
mod vocabulary;
