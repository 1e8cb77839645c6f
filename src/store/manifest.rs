//! The manifest: which data files make up a commit, and what the caller has to say of them.

use super::contents::is_stem;
use super::sum::Summed;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

pub(super) const FILE: &str = "run.json";
/// The version of the whole folder, data files included: 2 since what is kept of a model is the same for every family.
pub const VERSION: u64 = 2;
/// The oldest version that can be read. Its container is the same; what the caller put into it is not.
const OLDEST: u64 = 1;

/// The content of `run.json`.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    format: String,
    pub version: u64,
    /// Of the compact JSON of `[files, content]` with sorted keys.
    crc32: String,
    /// The data files, in the caller's order.
    pub files: Vec<Entry>,
    /// The caller's own.
    pub content: Value,
}

/// A data file.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// What the caller calls it.
    pub stem: String,
    /// Its name in the folder.
    pub file: String,
    /// Its length.
    pub bytes: u64,
    /// Its checksum, as eight hexadecimal digits.
    pub crc32: String,
}

impl Entry {
    /// The file of `stem` that holds what went through `sum`.
    pub fn new<T>(stem: &str, sum: &Summed<T>) -> Self {
        let crc32 = sum.crc32();
        Self { stem: stem.into(), file: format!("{stem}-{crc32}.safetensors"), bytes: sum.count(), crc32 }
    }
}

/// What the data files of this kind and a version are marked with.
pub(super) fn mark(kind: &str, version: u64) -> String {
    format!("{kind} {version}")
}

/// Whether a mark is that of a data file of this kind, in any version that can be read.
pub(super) fn is_mark(found: &str, kind: &str) -> bool {
    (OLDEST..=VERSION).any(|version| found == mark(kind, version))
}

/// What to do about a damaged file.
pub(super) fn restore(kind: &str) -> String {
    format!("restore it from a copy or write the {kind} again")
}

fn name_another(kind: &str) -> String {
    format!("name the {kind} folder that was written")
}

impl Manifest {
    /// A manifest of these files, sealed by its checksum.
    pub fn new(kind: &str, files: Vec<Entry>, mut content: Value) -> Self {
        // Whether a map keeps the order of insertion is for the whole program to choose: without
        // this, what one program wrote another would take for damaged.
        content.sort_all_objects();
        let mut manifest =
            Self { format: format!("ascribe {kind}"), version: VERSION, crc32: String::new(), files, content };
        manifest.crc32 = manifest.checksum();
        manifest
    }

    fn checksum(&self) -> String {
        let mut sum = Summed::new(io::sink());
        // A sink takes everything; were it not so, the checksums would differ and tell.
        let _ = serde_json::to_writer(&mut sum, &(&self.files, &self.content));
        sum.crc32()
    }

    /// The bytes of `run.json`.
    pub fn encode(&self) -> io::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Whether this commit has a file called `name`.
    pub fn names(&self, name: &str) -> bool {
        self.files.iter().any(|entry| entry.file == name)
    }

    /// Reads the bytes of the file at `path`.
    pub fn decode(bytes: &[u8], path: &Path, kind: &str) -> Result<Self> {
        let damaged = |problem: String| Error::format(path, None, problem, restore(kind));
        let value: Value = serde_json::from_slice(bytes).map_err(|error| {
            damaged(if error.is_eof() {
                format!("the file is cut short in line {}", error.line())
            } else {
                format!("the file is not JSON: {error}")
            })
        })?;
        let expected = format!("ascribe {kind}");
        let format = value.get("format").and_then(Value::as_str);
        if format != Some(&expected) {
            let found = format.map_or("there is no format".to_owned(), |format| format!("the format is {format:?}"));
            let problem = format!("{found}, expected {expected:?}");
            return Err(Error::format(path, None, problem, name_another(kind)));
        }
        match value.get("version").and_then(Value::as_u64) {
            Some(OLDEST..=VERSION) => {}
            Some(version) => return Err(other_version(version, path, kind)),
            None => return Err(damaged("there is no version number".into())),
        }
        let mut manifest: Self =
            serde_json::from_value(value).map_err(|error| damaged(format!("the manifest is malformed: {error}")))?;
        manifest.content.sort_all_objects();
        manifest.check().map_err(damaged)?;
        Ok(manifest)
    }

    fn check(&self) -> std::result::Result<(), String> {
        let found = self.checksum();
        if self.crc32 != found {
            return Err(format!("the file is damaged or was edited: its crc32 is {found}, expected {}", self.crc32));
        }
        if !self.content.is_object() {
            return Err("the content is not a JSON object".into());
        }
        for (index, entry) in self.files.iter().enumerate() {
            if entry.file.contains(['/', '\\']) || entry.file.contains("..") {
                return Err(format!("the file {:?} is outside the folder", entry.file));
            }
            let expected = format!("{}-{}.safetensors", entry.stem, entry.crc32);
            if !is_stem(&entry.stem) || !is_crc32(&entry.crc32) || entry.file != expected {
                return Err(format!(
                    "the file {:?} is not named after its stem {:?} and crc32 {:?}",
                    entry.file, entry.stem, entry.crc32
                ));
            }
            if self.files[..index].iter().any(|e| e.stem == entry.stem) {
                return Err(format!("the stem {:?} occurs twice", entry.stem));
            }
        }
        Ok(())
    }
}

/// Whether `text` is a checksum as this store writes it.
pub(super) fn is_crc32(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn other_version(version: u64, path: &Path, kind: &str) -> Error {
    let hint = if version > VERSION {
        format!("use a newer build, or write the {kind} again with this one")
    } else {
        format!("write the {kind} again with this build")
    };
    let supported = format!("{OLDEST} to {VERSION}");
    Error::Version { path: path.into(), what: "format", found: version.to_string(), supported, hint }
}

pub(super) fn read(folder: &Path, kind: &str) -> Result<Manifest> {
    let found = fs::metadata(folder).map_err(Error::io("read", folder))?;
    let none = |problem: String| Error::format(folder, None, problem, name_another(kind));
    if !found.is_dir() {
        return Err(none("this is not a folder".into()));
    }
    let path = folder.join(FILE);
    let bytes = fs::read(&path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => none(format!("this is not a {kind} folder: it holds no file {FILE}")),
        _ => Error::io("read", &path)(error),
    })?;
    Manifest::decode(&bytes, &path, kind)
}
