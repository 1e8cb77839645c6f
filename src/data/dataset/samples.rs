//! Datasets of samples.

use std::path::PathBuf;
use std::sync::Arc;

use crate::data::{FileSource, Origin, Samples, Targets};
use crate::error::{Error, Result, listed};
use crate::options::Options;
use crate::tensor::{MatrixView, Real};

use super::{Content, Dataset, copied};

/// Samples, and the files that they were read from.
#[derive(Clone, Debug)]
pub struct SampleSet {
    samples: Arc<Samples>,
    source: Option<Arc<FileSource>>,
    altered: bool,
}

impl SampleSet {
    /// Samples that were read from files, or given as arrays. `altered` says that the files do not give them again.
    pub fn new(samples: Samples, source: Option<FileSource>, altered: bool) -> Self {
        Self { samples: Arc::new(samples), source: source.map(Arc::new), altered }
    }

    /// The samples.
    pub fn samples(&self) -> &Samples {
        &self.samples
    }

    /// The files that they were read from.
    pub fn source(&self) -> Option<&FileSource> {
        self.source.as_deref()
    }

    /// Whether the files do not give these samples again: a label was changed, or may have been.
    pub fn is_altered(&self) -> bool {
        self.altered
    }

    /// The names of the features of a sample of this shape: as the files name them, otherwise by their columns.
    pub fn feature_names(&self, shape: &[usize]) -> Vec<String> {
        match (&self.source, shape) {
            (Some(source), _) => source.reading.feature_names(shape),
            (None, [columns]) => (0..*columns).map(|column| format!("column {column}")).collect(),
            (None, _) => Vec::new(),
        }
    }

    pub(super) fn select(&self, examples: &[usize]) -> Result<Self> {
        Ok(Self { samples: Arc::new(self.samples.select(examples)?), ..self.clone() })
    }

    pub(super) fn describe(&self, example: usize) -> String {
        let row = match &self.samples.ids {
            Some(ids) => format!("{} ({})", self.samples.rows[example], ids[example]),
            None => self.samples.rows[example].to_string(),
        };
        match &self.samples.targets {
            Targets::Numbers(numbers) => format!("row {row}: target {}", numbers[example]),
            Targets::Classes { labels, names } => format!("row {row}: target {}", names[labels[example] as usize]),
            Targets::None => format!("row {row}"),
        }
    }
}

impl Dataset {
    /// Samples of training files in one of the [`FORMATS`](crate::data::FORMATS): `table` (one file), `images` or `npy`
    /// (images or arrays, and their labels if there are any) or `messages` (one file).
    ///
    /// # Errors
    /// As [`FileSource::learn`].
    pub fn load(format: &str, files: &[PathBuf], options: &Options) -> Result<Self> {
        let (source, samples) = FileSource::learn(format, files, options)?;
        Ok(SampleSet::new(samples, Some(source), false).into())
    }

    /// Rows of a matrix, each with a number as its target. They are copied.
    ///
    /// # Errors
    /// [`Error::Argument`] for a matrix without rows or columns, or another number of targets than rows;
    /// [`Error::NotFinite`] with row and column for numbers that are not finite.
    pub fn from_matrix<E: Real>(features: &dyn MatrixView<E>, targets: Option<&[f64]>) -> Result<Self> {
        let (rows, columns) = (features.rows(), features.columns());
        if rows == 0 || columns == 0 {
            return Err(Error::argument("the matrix of features", format!("{rows} x {columns}"), "at least 1 x 1"));
        }
        let targets = targets.map_or(Targets::None, |targets| Targets::Numbers(targets.to_vec()));
        Ok(Samples::new(copied(features)?, targets)?.into())
    }

    /// Reads files as those of this dataset were read: the same columns, levels, scaling, words and classes.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a dataset that was not read from files; [`Error::Argument`] for a class that it does not
    /// know; what the readers report.
    pub fn load_like(&self, files: &[PathBuf]) -> Result<Self> {
        let Some(source) = self.sample_set()?.source() else {
            return Err(Error::Unsupported {
                what: "reading files like a dataset that was given as a matrix".into(),
                hint: "give the other rows as a matrix too".into(),
            });
        };
        let (mut samples, summary) = source.reading.read(files)?;
        let foreign = samples.align_classes(self.classes());
        if let Some(place) = foreign.first() {
            let what = format!("the class of row {}", samples.rows[*place]);
            return Err(Error::argument(what, "unknown", format!("one of {}", listed(self.classes().iter()))));
        }
        let source = FileSource { origin: Origin::of(files)?, reading: source.reading.clone(), summary: Some(summary) };
        Ok(SampleSet::new(samples, Some(source), false).into())
    }

    /// How much each example counts; none where all count alike.
    pub fn weights(&self) -> Option<&[f64]> {
        self.samples().ok()?.weights.as_deref()
    }

    /// The number of features of a sample; zero where examples are no samples.
    pub fn features(&self) -> usize {
        self.samples().map_or(0, |samples| samples.features.row_width())
    }

    /// The names of the features; none where they have none.
    pub fn feature_names(&self) -> Vec<String> {
        let names = |set: &SampleSet| set.feature_names(&set.samples().features.shape()[1..]);
        self.sample_set().map_or_else(|_| Vec::new(), names)
    }

    /// The names of the classes; none where targets are no classes.
    pub fn classes(&self) -> &[String] {
        self.samples().map_or(&[], Samples::classes)
    }

    /// The class of every row, a place in [`Dataset::classes`].
    ///
    /// # Errors
    /// [`Error::Argument`] when the dataset's targets are no classes.
    pub fn labels(&self) -> Result<&[u32]> {
        match &self.samples()?.targets {
            Targets::Classes { labels, .. } => Ok(labels),
            Targets::Numbers(_) => {
                Err(Error::argument("the targets", "numbers", "classes; ask for the targets instead"))
            }
            Targets::None => Err(Error::argument("the targets", "missing", "classes")),
        }
    }

    /// The target of every row.
    ///
    /// # Errors
    /// [`Error::Argument`] when the dataset's targets are no numbers.
    pub fn targets(&self) -> Result<&[f64]> {
        match &self.samples()?.targets {
            Targets::Numbers(numbers) => Ok(numbers),
            Targets::Classes { .. } => {
                Err(Error::argument("the targets", "classes", "numbers; ask for the labels instead"))
            }
            Targets::None => Err(Error::argument("the targets", "missing", "numbers")),
        }
    }

    /// Gives every row a class. Names are kept where there are so many; otherwise the classes are named by their numbers.
    ///
    /// Copies of the dataset keep the labels they have.
    ///
    /// # Errors
    /// [`Error::Argument`] for another number of labels than rows, fewer than two classes, or a label that is none of them.
    pub fn set_labels(&mut self, labels: &[u32], classes: u32) -> Result<()> {
        let count = self.samples()?.len();
        if labels.len() != count {
            return Err(Error::argument("the number of labels", labels.len(), format!("{}, one for each row", count)));
        }
        if classes < 2 {
            return Err(Error::argument("the number of classes", classes, "at least two"));
        }
        if let Some(place) = labels.iter().position(|label| *label >= classes) {
            let what = format!("the label of row {place}");
            return Err(Error::argument(what, labels[place], format!("a class below {classes}")));
        }
        // Each class has a name, so their number must be one that is meant.
        let limit = labels.len().saturating_mul(2).max(1 << 16);
        if classes as usize > limit {
            return Err(Error::argument("the number of classes", classes, format!("at most {limit} for these rows")));
        }
        let names = match self.classes() {
            names if names.len() == classes as usize => names.to_vec(),
            _ => (0..classes).map(|class| class.to_string()).collect(),
        };
        if let Content::Samples(set) = &mut self.content {
            set.altered = true;
            Arc::make_mut(&mut set.samples).targets = Targets::Classes { labels: labels.to_vec(), names };
        }
        Ok(())
    }
}
