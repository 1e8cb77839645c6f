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
        check_object(&self.manifest)?;
        let mut stems = HashSet::new();
        for (stem, arrays) in &self.files {
            if !is_stem(stem) {
                return Err(Error::argument(
                    "the stem of a file",
                    format!("{stem:?}"),
                    "at least one of the characters a-z, 0-9, - and _ and no others",
                ));
            }
            if !stems.insert(stem) {
                return Err(Error::argument(
                    "the stem of a file",
                    format!("{stem:?} twice"),
                    "a stem of its own for each file",
                ));
            }
            let mut names = HashSet::new();
            for array in arrays {
                array.check()?;
                if !names.insert(&array.name) {
                    return Err(Error::argument(
                        format!("the name of an array in {stem:?}"),
                        format!("{:?} twice", array.name),
                        "a name of its own for each array",
                    ));
                }
            }
        }
        Ok(())
    }
}

fn check_object(manifest: &Value) -> Result<()> {
    let found = match manifest {
        Value::Object(_) => return Ok(()),
        Value::Array(_) => "a JSON array".into(),
        other => other.to_string(),
    };
    Err(Error::argument("the manifest", found, "a JSON object"))
}

/// Whether `stem` can begin a file name anywhere: no separators, no dots, and no capitals, which
/// some file systems do not tell apart.
pub(super) fn is_stem(stem: &str) -> bool {
    !stem.is_empty() && stem.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refusal(manifest: Value, files: Vec<(&str, Vec<NamedArray>)>) -> String {
        let files = files.into_iter().map(|(stem, a)| (stem.into(), a));
        let contents = Contents { manifest, files: files.collect() };
        contents.check().unwrap_err().to_string()
    }

    #[test]
    fn what_cannot_be_written_is_refused() {
        let array = |name| NamedArray::new(name, vec![1], vec![1u32]).unwrap();
        assert_eq!(refusal(json!([1]), vec![]), "the manifest is a JSON array, expected a JSON object");
        assert!(refusal(json!(null), vec![]).starts_with("the manifest is null"));
        for stem in ["", "..", "a/b", "a\\b", "Model", "a.b"] {
            assert!(refusal(json!({}), vec![(stem, vec![])]).starts_with("the stem of a file is"));
        }
        assert!(
            refusal(json!({}), vec![("m", vec![]), ("m", vec![])]).contains("is \"m\" twice"),
            "two files of one stem"
        );
        assert!(
            refusal(json!({}), vec![("m", vec![array("a"), array("a")])])
                .contains("the name of an array in \"m\" is \"a\" twice")
        );
        // The fields are public: an array may have changed since it was made.
        let mut changed = array("a");
        changed.shape.push(2);
        assert!(refusal(json!({}), vec![("m", vec![changed])]).contains("the shape of array"));
        let same_name = vec![("m".into(), vec![array("a")]), ("n".into(), vec![array("a")])];
        let contents = Contents { manifest: json!({}), files: same_name };
        contents.check().unwrap();
    }
}
