//! Arrays of NumPy as a file format: features and labels in two `.npy` files, or in one `.npz` archive.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::data::npy::read_array;
use crate::data::npz::{Archive, is_archive};
use crate::data::source::Source;
use crate::data::{Samples, Targets, Task};
use crate::error::{Error, Result, quoted, shown};
use crate::options::options;
use crate::tensor::Array;

use super::placed::{self, Labeled};
use super::{FileKind, Format, Summary, restored};

/// What arrays of features and of labels are called in archives.
const FEATURES: [&str; 5] = ["features", "x", "X", "x_train", "data"];
const LABELS: [&str; 5] = ["labels", "y", "Y", "y_train", "targets"];

/// How many names a message has.
const LISTED: usize = 20;

options! {
    /// Reading arrays of NumPy.
    #[table("npy")]
    pub struct NpyOptions {
        /// What the labels are; auto: classes where they are integers or booleans, otherwise numbers.
        task: Option<Task> = "auto",
        /// The array of an archive that holds the features; auto: the one called features, x, X, x_train or data.
        features: Option<String> = "auto",
        /// The array of an archive that holds the labels; auto: the one called labels, y, Y, y_train or targets.
        labels: Option<String> = "auto",
    }
}

pub(super) const FORMAT: Format = Format {
    name: "npy",
    table: &NpyOptions::TABLE,
    learn: |files, options| {
        let NpyOptions { task, features, labels } = NpyOptions::read(options)?;
        let mut reading = ArrayReading { task, features, labels };
        let (samples, summary) = reading.read(files)?;
        // What the labels of the training data are, those of other files are too.
        reading.task = match &samples.targets {
            Targets::Numbers(_) => Some(Task::Numbers),
            Targets::Classes { .. } => Some(Task::Classes),
            Targets::None => task,
        };
        Ok((Arc::new(reading), samples, summary))
    },
    restore: restored::<ArrayReading>,
};

/// How arrays become samples.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArrayReading {
    /// What the labels are; none: as their elements have it.
    pub task: Option<Task>,
    /// The array of an archive that holds the features; none: by the usual names.
    pub features: Option<String>,
    /// The array of an archive that holds the labels; none: by the usual names, if there is one.
    pub labels: Option<String>,
}

impl ArrayReading {
    /// The files of features and labels.
    fn open(&self, files: &[PathBuf]) -> Result<(Source<'static>, Option<Source<'static>>)> {
        let wrong = || {
            let expected = "one .npz archive, or an .npy file of features and, behind it, one of labels";
            Error::argument("the number of files to read samples from", files.len(), expected)
        };
        let (first, second) = match files {
            [first] => (first, None),
            [first, second] => (first, Some(second)),
            _ => return Err(wrong()),
        };
        for file in files {
            if !is_archive(file)? {
                continue;
            }
            if second.is_some() {
                let hint = "name the archive alone, and its arrays (the option features, the option labels)";
                return Err(Error::format(file, None, "the file is an archive, beside another file", hint));
            }
            let archive = Archive::open(file)?;
            let features = chosen(&archive, file, ("features", &self.features, &FEATURES), true)?.unwrap_or_default();
            let labels = chosen(&archive, file, ("labels", &self.labels, &LABELS), self.labels.is_some())?;
            return Ok((archive.array(&features)?, labels.map(|labels| archive.array(&labels)).transpose()?));
        }
        for (option, given) in [("features", &self.features), ("labels", &self.labels)] {
            if given.is_some() {
                let found = format!("given for {}", first.display());
                return Err(Error::argument(
                    format!("the option {option:?}"),
                    found,
                    "an archive (.npz) to find it in",
                ));
            }
        }
        Ok((Source::open(first)?, second.map(|labels| Source::open(labels)).transpose()?))
    }
}

/// The array of an archive that is named, or has one of the usual names.
fn chosen(
    archive: &Archive,
    path: &Path,
    (option, named, usual): (&str, &Option<String>, &[&str]),
    required: bool,
) -> Result<Option<String>> {
    let has = |name: &str| archive.names().any(|known| known == name);
    let found = match named {
        Some(name) => Some(name.as_str()).filter(|name| has(name)),
        None => usual.iter().copied().find(|name| has(name)),
    };
    if found.is_some() || !required {
        return Ok(found.map(str::to_owned));
    }
    let problem = match named {
        Some(name) => format!("there is no array {}", shown(name)),
        None => format!("no array is called {}", usual.join(", ")),
    };
    let hint = format!("name one of {} (the option {option})", quoted(archive.names(), LISTED));
    Err(Error::format(path, None, problem, hint))
}

impl FileKind for ArrayReading {
    fn read(&self, files: &[PathBuf]) -> Result<(Samples, Summary)> {
        let (features, labels) = self.open(files)?;
        let path = features.path().to_path_buf();
        let (array, _) = read_array(features)?;
        let features = placed::samples_of(&path, array)?;
        let targets = match labels {
            None => Targets::None,
            Some(source) => {
                let labels = source.path().to_path_buf();
                let (array, whole) = read_array(source)?;
                let of = Labeled { path: &labels, values: one_each(&labels, &array)?, whole };
                of.targets(self.task, &path, features.rows())?
            }
        };
        let samples = Samples::new(features, targets)?;
        let summary = Summary::of(&samples);
        Ok((samples, summary))
    }

    fn feature_names(&self, shape: &[usize]) -> Vec<String> {
        placed::names(shape)
    }

    fn manifest(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// The values of an array that has one for each row.
fn one_each<'a>(path: &Path, labels: &'a Array<f64>) -> Result<&'a [f64]> {
    match labels.shape() {
        [_] | [_, 1] => Ok(labels.values()),
        shape => {
            let problem = format!("the labels have the shape {shape:?}");
            Err(Error::format(path, None, problem, "save one label for each row: an array with one axis"))
        }
    }
}
