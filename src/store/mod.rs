//! A folder on disk that is committed atomically: JSON and named arrays, and nothing else.
//!
//! A folder holds one *commit*: the manifest `run.json` and the data files that it names, each in
//! the safetensors format with its checksum in its name. [`commit`] puts all of it in place with
//! one rename of the manifest, so that a process killed at any moment, or a disk that fills up,
//! leaves the previous commit or the new one. [`open`] verifies every byte that it returns.
//!
//! Files beside them are left alone, save those that a killed commit left: `.ascribe-*.tmp`, and
//! data files that carry the store's mark and that no manifest names.
//!
//! # Two at once
//!
//! Commits to the same folder wait for each other on the advisory lock of `.ascribe.lock`; the last
//! one wins. On a file system without locks they must be kept apart by the caller. Readers take no
//! lock: [`open`] starts again when a commit replaced the folder under it.
//!
//! ```
//! use ascribe::store::{Contents, NamedArray, commit, open};
//!
//! let parent = tempfile::tempdir()?;
//! let folder = parent.path().join("run");
//! let contents = Contents {
//!     manifest: serde_json::json!({"steps": 100}),
//!     files: vec![(
//!         "model".into(),
//!         vec![NamedArray::new("bias", vec![2], vec![0.5f32, -1.0])?],
//!     )],
//! };
//! commit(&folder, "run", &contents)?;
//! assert_eq!(open(&folder, "run")?, contents);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod array;
mod commit;
mod contents;
mod folder;
mod manifest;
mod open;
mod sum;
mod tensors;

pub use array::{NamedArray, Values};
pub use commit::commit;
pub use contents::Contents;
pub use folder::{check, remove};
pub use manifest::VERSION;
pub use open::{open, open_versioned, read_manifest};
