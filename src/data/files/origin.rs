//! The files that data was read from, so that it can be seen whether they are still the same.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// A file as it was when it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OriginFile {
    /// Its path; absolute where the system could tell.
    pub path: PathBuf,
    /// Its length.
    pub bytes: u64,
    /// The CRC32 of its bytes, as eight hexadecimal digits.
    pub crc32: String,
}

/// The files that data was read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The files, in the order in which they were named.
    pub files: Vec<OriginFile>,
}

impl Origin {
    /// Looks at files that are about to be read.
    ///
    /// # Errors
    /// [`Error::Io`] for a file that cannot be read.
    pub fn of(paths: &[PathBuf]) -> Result<Self> {
        let look = |path: &PathBuf| {
            let (bytes, crc32) = sum(path)?;
            let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            Ok(OriginFile { path, bytes, crc32 })
        };
        Ok(Self { files: paths.iter().map(look).collect::<Result<_>>()? })
    }

    /// The paths.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.files.iter().map(|file| file.path.clone()).collect()
    }

    /// Refuses files that are gone or not what they were.
    ///
    /// # Errors
    /// [`Error::Io`] for a file that cannot be read, [`Error::Format`] for one that has changed.
    pub fn verify(&self) -> Result<()> {
        for file in &self.files {
            let (bytes, crc32) = sum(&file.path)?;
            if (bytes, &crc32) != (file.bytes, &file.crc32) {
                let problem = format!(
                    "the training data has changed: {bytes} bytes of crc32 {crc32}, expected {} bytes of crc32 {}",
                    file.bytes, file.crc32
                );
                return Err(Error::format(&file.path, None, problem, "put the file back as it was, or train again"));
            }
        }
        Ok(())
    }
}

fn sum(path: &Path) -> Result<(u64, String)> {
    let mut file = File::open(path).map_err(Error::io("read", path))?;
    let mut hasher = crc32fast::Hasher::new();
    let (mut buffer, mut bytes) = (vec![0; 1 << 16], 0);
    loop {
        match file.read(&mut buffer).map_err(Error::io("read", path))? {
            0 => return Ok((bytes, format!("{:08x}", hasher.finalize()))),
            count => {
                hasher.update(&buffer[..count]);
                bytes += count as u64;
            }
        }
    }
}
