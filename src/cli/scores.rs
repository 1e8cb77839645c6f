//! The whole matrix of scores in a file: a row for each query, a column for each training row.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::data::NpyWriter;
use crate::error::{Error, Result};

/// A file that is written in blocks of queries and is whole or not there.
pub(super) enum Matrix {
    Npy(NpyWriter<f64>),
    Csv(Csv),
}

/// A CSV file under way, beside its place.
pub(super) struct Csv {
    path: PathBuf,
    part: PathBuf,
    /// None once the file is finished.
    file: Option<BufWriter<File>>,
}

impl Matrix {
    /// Begins a file for the scores of these training rows.
    ///
    /// A CSV file begins with a line of `row` and the numbers of the training rows, and each line with the query's.
    ///
    /// # Errors
    /// [`Error::Argument`] for a name that ends in neither `.npy` nor `.csv`, [`Error::Io`] if it cannot be written.
    pub fn create(path: &Path, queries: usize, examples: &[u64]) -> Result<Self> {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("npy") => Ok(Self::Npy(NpyWriter::create(path, queries, examples.len())?)),
            Some("csv") => {
                let part = path.with_extension("csv.part");
                let file = File::create(&part).map_err(Error::io("write", path))?;
                let mut csv = Csv { path: path.to_path_buf(), part, file: Some(BufWriter::new(file)) };
                let line: String = examples.iter().map(|row| format!(",{row}")).collect();
                csv.line(&format!("row{line}\n"))?;
                Ok(Self::Csv(csv))
            }
            _ => Err(Error::argument("--scores", path.display(), "a file whose name ends in .npy or .csv")),
        }
    }

    /// Writes the scores of the next query under its name.
    pub fn write(&mut self, name: &str, scores: &[f64]) -> Result<()> {
        match self {
            Self::Npy(file) => file.write(scores),
            Self::Csv(csv) => {
                let mut line = name.to_owned();
                // Numbers are written so that they read back exactly.
                scores.iter().for_each(|score| line += &format!(",{score:?}"));
                line.push('\n');
                csv.line(&line)
            }
        }
    }

    /// Ends the file and gives it its name.
    pub fn finish(self) -> Result<()> {
        match self {
            Self::Npy(file) => file.finish(),
            Self::Csv(mut csv) => {
                if let Some(mut file) = csv.file.take() {
                    let written = file.flush().and_then(|()| fs::rename(&csv.part, &csv.path));
                    written.map_err(|error| {
                        let _ = fs::remove_file(&csv.part);
                        Error::io("write", &csv.path)(error)
                    })?;
                }
                Ok(())
            }
        }
    }
}

impl Csv {
    fn line(&mut self, line: &str) -> Result<()> {
        match &mut self.file {
            Some(file) => file.write_all(line.as_bytes()).map_err(Error::io("write", &self.path)),
            None => Ok(()),
        }
    }
}

impl Drop for Csv {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // Nothing more can be done about a part that cannot be removed.
            let _ = fs::remove_file(&self.part);
        }
    }
}
