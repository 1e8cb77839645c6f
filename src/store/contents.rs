//! What a folder holds.

use super::NamedArray;
use crate::{Error, Result};
use serde_json::Value;
use std::collections::HashSet;

/// What a folder holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// A JSON object; its numbers are finite, as JSON knows no others.
    pub manifest: Value,
    /// The arrays of each data file under the file's stem, for example `model`.
    ///
    /// [`super::open`] gives the files in the order in which they were committed, and the arrays of
    /// each in the order of their names.
    pub files: Vec<(String, Vec<NamedArray>)>,
}

impl Contents {
    /// Whether this can be written and read back.
    pub(super) fn check(&self) -> Result<()> {
        match &self.manifest {
            Value::Object(_) => {}
            Value::Array(_) => return Err(Error::argument("the manifest", "a JSON array", "a JSON object")),
            other => return Err(Error::argument("the manifest", other, "a JSON object")),
        }
        let mut stems = HashSet::new();
        for (stem, arrays) in &self.files {
            if !is_stem(stem) {
                let expected = "at least one of the characters a-z, 0-9, - and _ and no others";
                return Err(Error::argument("the stem of a file", format!("{stem:?}"), expected));
            }
            if !stems.insert(stem) {
                let found = format!("{stem:?} twice");
                return Err(Error::argument("the stem of a file", found, "a stem of its own for each file"));
            }
            let mut names = HashSet::new();
            for array in arrays {
                array.check()?;
                if !names.insert(&array.name) {
                    let (what, found) =
                        (format!("the name of an array in {stem:?}"), format!("{:?} twice", array.name));
                    return Err(Error::argument(what, found, "a name of its own for each array"));
                }
            }
        }
        Ok(())
    }
}

/// Whether `stem` can begin a file name anywhere: no separators, no dots, and no capitals, which
/// some file systems do not tell apart.
pub(super) fn is_stem(stem: &str) -> bool {
    !stem.is_empty() && stem.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
}
