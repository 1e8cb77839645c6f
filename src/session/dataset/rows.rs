//! Datasets of rows of numbers and of images.

use crate::tensor::{Array, MatrixView as Matrix, Real};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::data::{
    Encoding, EncodingOptions, Messages, Pixels, Samples, Table, Targets, Task, WordEncoding, WordOptions,
};
use crate::error::{Error, Result};
use crate::run::dense::{Origin, Reading, align_classes};

use super::{Content, Dataset};

/// Up to how many different targets a column of whole numbers is taken for classes.
const MAX_CLASSES: usize = 100;

/// Rows, and the files that they were read from.
#[derive(Clone, Debug)]
pub(in crate::session) struct Rows {
    pub dense: Arc<Samples>,
    pub source: Option<Arc<Source>>,
    /// Whether the files do not give these rows again: a label was changed, or may have been.
    pub altered: bool,
}

/// Files, and how they became rows.
#[derive(Clone, Debug)]
pub(in crate::session) struct Source {
    pub origin: Origin,
    pub reading: Reading,
}

/// How a table is read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableOptions {
    /// The column to be told; the last if absent.
    pub target: Option<String>,
    /// What the target is. If absent: classes where it is text, or whole numbers with few different values.
    pub task: Option<Task>,
    /// Whether numeric columns are shifted and scaled to mean 0 and deviation 1.
    pub standardize: bool,
}

impl Rows {
    pub fn select(&self, examples: &[usize]) -> Result<Self> {
        Ok(Self { dense: Arc::new(self.dense.select(examples)?), source: self.source.clone(), altered: self.altered })
    }

    pub fn describe(&self, example: usize) -> String {
        let row = self.dense.rows[example];
        match &self.dense.targets {
            Targets::Numbers(numbers) => format!("row {row}: target {}", numbers[example]),
            Targets::Classes { labels, names } => format!("row {row}: target {}", names[labels[example] as usize]),
            Targets::None => format!("row {row}"),
        }
    }
}

impl Dataset {
    /// Rows of a matrix, each with a number as its target. They are copied.
    ///
    /// # Errors
    /// [`Error::Argument`] for a matrix without rows or columns, or another number of targets than rows;
    /// [`Error::NotFinite`] with row and column for numbers that are not finite.
    pub fn from_matrix<E: Real>(features: &dyn Matrix<E>, targets: Option<&[f64]>) -> Result<Self> {
        let shape = [features.rows(), features.columns()];
        if shape.contains(&0) {
            return Err(Error::argument(
                "the matrix of features",
                format!("{} x {}", shape[0], shape[1]),
                "at least 1 x 1",
            ));
        }
        let mut array = Array::try_zeros(&shape)?;
        let mut row_values = vec![E::ZERO; shape[1]];
        for row in 0..shape[0] {
            features.read(row, &mut row_values);
            array.row_mut(row).iter_mut().zip(&row_values).for_each(|(to, from)| *to = from.to_f64());
        }
        let targets = targets.map_or(Targets::None, |targets| Targets::Numbers(targets.to_vec()));
        Ok(Self::of_dense(Samples::new(array, targets)?))
    }

    /// Rows of a table with a line of names, one row a line, separated by commas.
    ///
    /// # Errors
    /// What reading and encoding the table report.
    pub fn load_table(path: &Path, options: &TableOptions) -> Result<Self> {
        let table = Table::read(path)?;
        let names = table.names();
        let target = match &options.target {
            Some(target) => target.clone(),
            None => {
                let last = names.iter().next_back();
                last.ok_or_else(|| Error::argument("the number of columns of the table", 0, "at least two"))?.to_owned()
            }
        };
        let column = table.column(&target)?;
        let task = options.task.unwrap_or_else(|| guess(&table, column));
        let encoding = EncodingOptions { standardize: options.standardize, ..EncodingOptions::default() };
        let encoding = Encoding::learn(&table, &target, task, &encoding)?;
        let dense = encoding.encode(&table)?;
        Self::from_files(dense, &[path], Reading::Table(encoding))
    }

    /// Images of an idx file, values from 0 to 1, and their labels.
    ///
    /// # Errors
    /// What reading the files reports.
    pub fn load_images(images: &Path, labels: Option<&Path>) -> Result<Self> {
        let dense = Samples::read_idx(images, labels, Pixels::Unit)?;
        let paths: Vec<&Path> = std::iter::once(images).chain(labels).collect();
        Self::from_files(dense, &paths, Reading::Images(Pixels::Unit))
    }

    /// Messages with their classes, one a line (`label<TAB>message`), as counts of their words.
    ///
    /// # Errors
    /// What reading the file reports.
    pub fn load_messages(path: &Path) -> Result<Self> {
        let messages = Messages::read(path)?;
        let encoding = WordEncoding::learn(&messages, &WordOptions::default())?;
        let dense = encoding.encode(&messages)?;
        Self::from_files(dense, &[path], Reading::Messages(encoding))
    }

    /// Reads files as those of this dataset were read: the same columns, levels, scaling, words and classes.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a dataset that was not read from files; [`Error::Argument`] for a class that it does not
    /// know; what the readers report.
    pub fn load_like(&self, files: &[PathBuf]) -> Result<Self> {
        let Some(source) = &self.rows()?.source else {
            return Err(Error::Unsupported {
                what: "reading files like a dataset that was given as a matrix".into(),
                hint: "give the other rows as a matrix too".into(),
            });
        };
        let mut dense = source.reading.read(files)?;
        let foreign = align_classes(&mut dense, self.classes());
        if let Some(place) = foreign.first() {
            let what = format!("the class of row {}", dense.rows[*place]);
            return Err(Error::argument(what, "unknown", format!("one of {}", self.classes().join(", "))));
        }
        let source = Source { origin: Origin::of(files)?, reading: source.reading.clone() };
        Ok(Self {
            content: Content::Rows(Rows { dense: Arc::new(dense), source: Some(Arc::new(source)), altered: false }),
        })
    }

    fn from_files(dense: Samples, paths: &[&Path], reading: Reading) -> Result<Self> {
        let paths: Vec<PathBuf> = paths.iter().map(|path| path.to_path_buf()).collect();
        let source = Source { origin: Origin::of(&paths)?, reading };
        Ok(Self {
            content: Content::Rows(Rows { dense: Arc::new(dense), source: Some(Arc::new(source)), altered: false }),
        })
    }

    /// The numbers in a row; zero where examples are no rows.
    pub fn features(&self) -> usize {
        self.rows().map_or(0, |rows| rows.dense.features.row_width())
    }

    /// The names of the classes; none where targets are no classes.
    pub fn classes(&self) -> &[String] {
        match &self.content {
            Content::Rows(Rows { dense, .. }) => match &dense.targets {
                Targets::Classes { names, .. } => names,
                _ => &[],
            },
            _ => &[],
        }
    }

    /// The class of every row, a place in [`Dataset::classes`].
    ///
    /// # Errors
    /// [`Error::Argument`] when the dataset's targets are no classes.
    pub fn labels(&self) -> Result<&[u32]> {
        match &self.rows()?.dense.targets {
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
        match &self.rows()?.dense.targets {
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
        let rows = self.rows()?;
        if labels.len() != rows.dense.len() {
            return Err(Error::argument(
                "the number of labels",
                labels.len(),
                format!("{}, one for each row", rows.dense.len()),
            ));
        }
        if classes < 2 {
            return Err(Error::argument("the number of classes", classes, "at least two"));
        }
        if let Some(place) = labels.iter().position(|label| *label >= classes) {
            return Err(Error::argument(
                format!("the label of row {place}"),
                labels[place],
                format!("a class below {classes}"),
            ));
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
        if let Content::Rows(rows) = &mut self.content {
            rows.altered = true;
            Arc::make_mut(&mut rows.dense).targets = Targets::Classes { labels: labels.to_vec(), names };
        }
        Ok(())
    }
}

/// Whether a column holds classes: text, or few different whole numbers.
fn guess(table: &Table, column: usize) -> Task {
    if !table.is_numeric(column) {
        return Task::Classes;
    }
    let mut seen = std::collections::BTreeSet::new();
    for row in 0..table.rows() {
        let Some(cell) = table.cell(row, column) else { continue };
        match cell.trim().parse::<f64>() {
            Ok(number) if number.fract() == 0.0 => seen.insert(number.to_bits()),
            _ => return Task::Numbers,
        };
        if seen.len() > MAX_CLASSES {
            return Task::Numbers;
        }
    }
    if seen.len() * 2 <= table.rows() { Task::Classes } else { Task::Numbers }
}
