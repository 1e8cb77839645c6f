//! File formats that are read into [`Samples`].
//!
//! A format is one file here and one line in [`FORMATS`]: how training files are learned from, and how other files are then
//! read the same way.

mod arrays;
mod idx;
mod messages;
mod origin;
mod placed;
mod summary;
mod table;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use crate::error::{Error, Result, one_of};
use crate::options::{self, Options};

use super::{Samples, SelectOptions};

pub use arrays::{ArrayReading, NpyOptions};
pub use idx::{ImageOptions, Pixels};
pub use messages::{MessageOptions, Messages, WordEncoding, WordOptions, Words};
pub use origin::{Origin, OriginFile};
pub use summary::{Categorical, Dropped, Filled, Summary};
pub use table::{
    Dates, Decimal, Dialect, Encoding, EncodingOptions, Missing, Separator, Table, TableOptions, TextEncoding,
    Thousands, Unseen,
};

/// How files of one format become samples, as learned from the training files: what columns, levels, words and classes
/// mean.
pub trait FileKind: fmt::Debug + Send + Sync {
    /// Reads files as the training files were read, and says what was left out.
    ///
    /// # Errors
    /// [`Error::Argument`] for another number of files than the format has; what the reader reports.
    fn read(&self, files: &[PathBuf]) -> Result<(Samples, Summary)>;

    /// The names of the features of examples of this shape, or none where they have no names.
    fn feature_names(&self, shape: &[usize]) -> Vec<String>;

    /// What [`Format::restore`] makes the same reader of.
    fn manifest(&self) -> Value;
}

/// How other files are read, the samples of training files, and what was read.
pub type Learned = (Arc<dyn FileKind>, Samples, Summary);

/// How training files of a format are read by options, of which it takes its own, and how to read others is learned.
pub type Learn = fn(&[PathBuf], &Options) -> Result<Learned>;

/// A file format.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// Its name, in manifests and options.
    pub name: &'static str,
    /// Its options.
    pub table: &'static options::Table,
    /// Reads training files, and learns how to read others.
    pub learn: Learn,
    /// Restores what was learned from its manifest.
    pub restore: fn(Value) -> serde_json::Result<Arc<dyn FileKind>>,
}

/// All file formats.
pub const FORMATS: [Format; 4] = [table::FORMAT, idx::FORMAT, arrays::FORMAT, messages::FORMAT];

/// A format with what was learned from the training files. Serialized as `{"<format>": <manifest>}`.
#[derive(Clone, Debug)]
pub struct Reading {
    format: &'static str,
    kind: Arc<dyn FileKind>,
}

impl Reading {
    /// The name of the format.
    pub fn format(&self) -> &'static str {
        self.format
    }
}

impl Deref for Reading {
    type Target = dyn FileKind;

    fn deref(&self) -> &Self::Target {
        &*self.kind
    }
}

impl PartialEq for Reading {
    fn eq(&self, other: &Self) -> bool {
        self.format == other.format && self.kind.manifest() == other.kind.manifest()
    }
}

impl Serialize for Reading {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_map([(self.format, self.kind.manifest())])
    }
}

impl<'de> Deserialize<'de> for Reading {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let mut map = BTreeMap::<String, Value>::deserialize(deserializer)?;
        match (map.pop_first(), map.is_empty()) {
            (Some((name, manifest)), true) => {
                let format = find(&name).map_err(de::Error::custom)?;
                Ok(Self { format: format.name, kind: (format.restore)(manifest).map_err(de::Error::custom)? })
            }
            _ => Err(de::Error::custom("expected one file format")),
        }
    }
}

/// Files that samples were read from, and how.
#[derive(Clone, Debug)]
pub struct FileSource {
    /// The files as they were.
    pub origin: Origin,
    /// How they are read.
    pub reading: Reading,
    /// What was read; none of a run that was saved before that was kept.
    pub summary: Option<Summary>,
}

impl FileSource {
    /// Reads training files of a format, by its own options and those of choosing among samples.
    ///
    /// # Errors
    /// [`Error::Argument`] for an unknown format, another number of files than it has, or rows and classes that are not
    /// there; [`Error::Io`]; what the reader reports.
    pub fn learn(format: &str, files: &[PathBuf], options: &Options) -> Result<(Self, Samples)> {
        let (format, select) = (find(format)?, SelectOptions::read(options)?);
        let origin = Origin::of(files)?;
        let (kind, samples, mut summary) = (format.learn)(files, options)?;
        let samples = select.apply(samples)?;
        let samples =
            if select.is_open() { samples } else { samples.without_empty_classes(&mut summary.empty_classes) };
        let source = Self { origin, reading: Reading { format: format.name, kind }, summary: Some(summary) };
        Ok((source, samples))
    }
}

fn find(name: &str) -> Result<&'static Format> {
    let found = FORMATS.iter().find(|format| format.name == name);
    found.ok_or_else(|| one_of("the file format", name, FORMATS.iter().map(|format| format.name)))
}

/// The only file of a format that has one.
fn single<'f>(files: &'f [PathBuf], expected: &str) -> Result<&'f PathBuf> {
    match files {
        [file] => Ok(file),
        _ => Err(Error::argument("the number of files to read samples from", files.len(), expected)),
    }
}

fn restored<K: FileKind + de::DeserializeOwned + 'static>(manifest: Value) -> serde_json::Result<Arc<dyn FileKind>> {
    Ok(Arc::new(serde_json::from_value::<K>(manifest)?))
}
