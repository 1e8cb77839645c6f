//! Folders of the store, and those that it would not write itself: made by hand from the description of their format.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use ascribe::Error;
use ascribe::store::{Contents, NamedArray, VERSION, commit};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::seal;

/// The names in a folder, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A folder where these arrays are committed as the file `model`, and the path of that file.
pub fn committed(arrays: &[NamedArray]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let contents = Contents { manifest: json!({"steps": 3}), files: vec![("model".into(), arrays.to_vec())] };
    commit(folder.path(), "run", &contents).unwrap();
    let file = names(folder.path()).into_iter().find(|name| name.starts_with("model-")).unwrap();
    let file = folder.path().join(file);
    (folder, file)
}

/// What a manifest says of a data file of these bytes.
pub fn entry(stem: &str, bytes: &[u8]) -> Value {
    let crc32 = format!("{:08x}", crc32fast::hash(bytes));
    json!({"stem": stem, "file": format!("{stem}-{crc32}.safetensors"), "bytes": bytes.len(), "crc32": crc32})
}

/// A manifest, without the checksum that [`seal`] gives it.
pub fn manifest(kind: &str, files: &[Value], content: Value) -> Value {
    let format = format!("ascribe {kind}");
    json!({"format": format, "version": VERSION, "crc32": "", "files": files, "content": content})
}

/// Puts a data file of these bytes into a folder, with a manifest that vouches for them.
pub fn vouch(folder: &Path, kind: &str, bytes: &[u8]) {
    let entry = entry("model", bytes);
    fs::write(folder.join(entry["file"].as_str().unwrap()), bytes).unwrap();
    seal(folder, manifest(kind, &[entry], json!({})));
}

/// The bytes of a data file: a header, and what follows it.
pub fn data_file(header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

/// A data file without arrays that bears a mark.
pub fn marked(mark: &str) -> Vec<u8> {
    data_file(&json!({"__metadata__": {"ascribe": mark}}).to_string(), b"")
}

/// What an error says is wrong with a file.
#[track_caller]
pub fn problem(error: Error) -> String {
    match error {
        Error::Format { problem, .. } => problem,
        other => panic!("{other}"),
    }
}
