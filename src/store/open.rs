//! Reading a folder, with every byte of it verified.

use super::manifest::{self, Entry, Manifest, restore};
use super::sum::Summed;
use super::{Contents, NamedArray, tensors};
use crate::{Error, Result};
use std::fs::{self, File};
use std::io::{self, BufReader, ErrorKind};
use std::path::Path;

/// Reads what was committed to `folder`.
///
/// The files come in the order in which they were committed, their arrays in the order of their
/// names. Any file that is missing, cut short, damaged or of another kind or version is an error.
pub fn open(folder: &Path, kind: &str) -> Result<Contents> {
    open_versioned(folder, kind).map(|(_, contents)| contents)
}

/// As [`open`], with the [version](super::VERSION) that the folder was written in.
pub fn open_versioned(folder: &Path, kind: &str) -> Result<(u64, Contents)> {
    loop {
        let manifest = manifest::read(folder, kind)?;
        match read_files(folder, kind, &manifest) {
            Ok(files) => return Ok((manifest.version, Contents { manifest: manifest.content, files })),
            // A commit that came meanwhile deletes what is being read: its own is to be read then.
            Err(_) if manifest::read(folder, kind).is_ok_and(|now| now != manifest) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Reads the version of `folder` and what the caller put into its manifest, without its arrays.
///
/// The data files are not looked at: they may be missing or damaged.
pub fn read_manifest(folder: &Path, kind: &str) -> Result<(u64, serde_json::Value)> {
    let manifest = manifest::read(folder, kind)?;
    Ok((manifest.version, manifest.content))
}

fn read_files(folder: &Path, kind: &str, manifest: &Manifest) -> Result<Vec<(String, Vec<NamedArray>)>> {
    let entries = manifest.files.iter();
    entries.map(|entry| Ok((entry.stem.clone(), read_file(folder, kind, entry, manifest.version)?))).collect()
}

fn read_file(folder: &Path, kind: &str, entry: &Entry, version: u64) -> Result<Vec<NamedArray>> {
    let path = folder.join(&entry.file);
    let damaged = |problem: String| Error::format(&path, None, problem, restore(kind));
    let found = fs::metadata(&path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => damaged(format!("the file is missing, {} names it", manifest::FILE)),
        _ => Error::io("read", &path)(error),
    })?;
    if !found.is_file() {
        return Err(damaged("this is not a file".into()));
    }
    if found.len() != entry.bytes {
        let how = if found.len() < entry.bytes { "cut short" } else { "too long" };
        return Err(damaged(format!("the file is {how}: found {} bytes, expected {}", found.len(), entry.bytes)));
    }
    let file = File::open(&path).map_err(Error::io("read", &path))?;
    let mut sum = Summed::new(BufReader::new(file));
    let decoded = tensors::decode(&mut sum, entry.bytes, &manifest::mark(kind, version));
    // Whatever the decoder made of the bytes, the checksum of all of them has the first word.
    io::copy(&mut sum, &mut io::sink()).map_err(Error::io("read", &path))?;
    if sum.crc32() != entry.crc32 {
        return Err(damaged(format!("the file is damaged: its crc32 is {}, expected {}", sum.crc32(), entry.crc32)));
    }
    decoded.map_err(|error| match error.kind() {
        ErrorKind::InvalidData => damaged(error.to_string()),
        _ => Error::io("read", &path)(error),
    })
}
