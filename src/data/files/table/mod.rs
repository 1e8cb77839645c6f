//! Tables: comma-separated columns with a header.

mod column;
mod encoding;
mod options;
mod reading;
mod target;

use std::path::{Path, PathBuf};

use crate::data::Vocabulary;
use crate::data::source::{COMPRESSED, Source, looks_compressed, not_text};
use crate::error::{Error, Result, quoted};

pub use encoding::Encoding;
pub use options::{EncodingOptions, Missing, TableOptions, Unseen};
pub(super) use reading::FORMAT;

/// The row that is added to a file to see whether its last quote was closed.
const END: &str = "end";

/// How many names a message lists before it stops.
const LISTED: usize = 30;

/// A table as it is written: cells of text under the names of columns.
///
/// What a cell means is decided by an [`Encoding`], which is learned from one table and applied to
/// others, so a column means the same in all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    path: PathBuf,
    names: Vocabulary,
    numeric: Vec<bool>,
    /// All cells row by row, and where each ends.
    text: String,
    ends: Vec<usize>,
    /// The line that each row begins at, counted from one.
    lines: Vec<usize>,
}

impl Table {
    /// Reads a CSV file, which is decompressed if its name ends in `.gz`.
    ///
    /// The first line holds the names of the columns; each further one is a row with as many cells. Cells are separated
    /// by commas and may stand in double quotes, where commas and line ends belong to the cell and a
    /// quote is doubled. Spaces and tabs at both ends of a cell are passed over, as are lines of nothing
    /// else.
    /// The file is UTF-8, may begin with a byte order mark, and its lines end in LF or CRLF.
    ///
    /// Rows count from 0 in the order of the file, and the header is not one of them.
    ///
    /// A cell is *missing* if it is empty, `?`, `NA`, `nan`, `NaN` or `null`. A column is *numeric*
    /// if every other cell of it is a number as Rust reads one (`3`, `-0.5`, `1e-3`), and
    /// categorical if not. Infinite numbers and other spellings of NaN count as numbers here and are refused where the
    /// table is encoded.
    ///
    /// # Errors
    /// [`Error::Io`] if the file cannot be read, [`Error::Format`] with the line for everything
    /// else: no header, no rows, a column without a name or with the name of another, a first line that holds
    /// numbers only, a row with more or fewer cells, a quote that is never closed, bytes that
    /// are not UTF-8, and compressed data that is damaged.
    pub fn read(path: &Path) -> Result<Self> {
        Self::parse(&mut Source::open(path)?)
    }

    /// Reads a table from text, which is called `name` in messages.
    ///
    /// # Errors
    /// [`Error::Format`], as for files.
    pub fn from_text(name: &str, text: &str) -> Result<Self> {
        Self::parse(&mut Source::text(name, text))
    }

    fn parse(source: &mut Source<'_>) -> Result<Self> {
        let bytes = source.take(u64::MAX)?;
        let path = source.path().to_path_buf();
        if looks_compressed(&bytes) {
            return Err(Error::format(path, None, "the file is not text", COMPRESSED));
        }
        let end = format!("\n{END}\n");
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(std::io::Read::chain(bytes.as_slice(), end.as_bytes()));
        let mut lines = LineCount { bytes: &bytes, at: 0, line: 1 };
        let mut record = csv::ByteRecord::new();
        let mut table = Self { path, ..Self::default() };
        loop {
            let start = reader.position().byte();
            let more = reader.read_byte_record(&mut record).map_err(|error| {
                Error::format(&table.path, None, format!("the table cannot be read: {error}"), "write it as CSV")
            })?;
            if !more {
                break;
            }
            let line = lines.at_record(start);
            // Beyond the file there is only the row that was added, or one whose quote swallowed it.
            if reader.position().byte() > bytes.len() as u64 + 1 {
                if record.len() == 1 && &record[0] == END.as_bytes() {
                    break;
                }
                let problem = "a double quote opens in this row and is never closed";
                let hint = "close it, or write a quote that belongs to a cell twice and the cell in quotes";
                return Err(Error::format(table.path, Some(line), problem, hint));
            }
            if table.numeric.is_empty() { table.header(&record, line)? } else { table.row(&record, line)? }
        }
        let (problem, hint) = match (table.numeric.is_empty(), table.lines.is_empty()) {
            (true, _) => (
                "the file is empty",
                "write the names of the columns into the first line and a row into each further one",
            ),
            (_, true) => (
                "there are no rows below the header",
                "add rows; if the first line is one, add a line with the names of the columns above it",
            ),
            _ => return Ok(table),
        };
        Err(Error::format(table.path, None, problem, hint))
    }

    fn header(&mut self, record: &csv::ByteRecord, line: usize) -> Result<()> {
        let refuse = |path: &Path, problem: String, hint: &str| Err(Error::format(path, Some(line), problem, hint));
        for (column, cell) in record.iter().enumerate() {
            let name = self.decode(cell, line, || format!("the name of column {}", column + 1))?;
            if name.is_empty() {
                let problem = format!("column {} of {} has no name", column + 1, record.len());
                return refuse(&self.path, problem, "give it one, or remove the column if it only counts the rows");
            }
            if let Some(first) = self.names.id(name) {
                let problem = format!("columns {} and {} are both called {name:?}", first + 1, column + 1);
                return refuse(&self.path, problem, "give each column a name of its own");
            }
            self.names.intern(name);
        }
        if self.names.iter().all(|name| name.parse::<f64>().is_ok()) {
            let problem = "the first line holds only numbers, expected the names of columns".to_owned();
            return refuse(&self.path, problem, "add a line with the names of the columns above it");
        }
        if record.len() == 1 && record[0].iter().any(|byte| matches!(byte, b';' | b'\t')) {
            let problem = "the header is one column without a comma".to_owned();
            return refuse(&self.path, problem, "separate columns by commas, not by semicolons or tabs");
        }
        self.numeric = vec![true; record.len()];
        Ok(())
    }

    fn row(&mut self, record: &csv::ByteRecord, line: usize) -> Result<()> {
        let row = self.lines.len();
        if record.len() == 1 && self.numeric.len() > 1 && record[0].iter().all(|byte| matches!(byte, b' ' | b'\t')) {
            return Ok(());
        }
        if record.len() != self.numeric.len() {
            let problem = format!("row {row} has {} cells, the header has {}", record.len(), self.numeric.len());
            let hint = "give each column one cell, and put a cell that holds a comma in double quotes";
            return Err(Error::format(&self.path, Some(line), problem, hint));
        }
        for (column, cell) in record.iter().enumerate() {
            let cell = self.decode(cell, line, || format!("the cell at row {row}, column {:?}", self.name(column)))?;
            self.numeric[column] &= is_missing(cell) || cell.parse::<f64>().is_ok();
            self.text.push_str(cell);
            self.ends.push(self.text.len());
        }
        self.lines.push(line);
        Ok(())
    }

    fn decode<'c>(&self, cell: &'c [u8], line: usize, what: impl FnOnce() -> String) -> Result<&'c str> {
        let text = std::str::from_utf8(cell).map_err(|error| {
            let byte = cell[error.valid_up_to()];
            let problem = format!("{} holds the byte {byte:#04x}, which is not valid UTF-8", what());
            Error::format(&self.path, Some(line), problem, not_text(cell, self.names.is_empty()))
        })?;
        Ok(text.trim_matches([' ', '\t']))
    }

    /// How many rows there are, without the header.
    pub fn rows(&self) -> usize {
        self.lines.len()
    }

    /// The names of the columns, each with its place as id.
    pub fn names(&self) -> &Vocabulary {
        &self.names
    }

    /// Whether every cell of a column is a number or missing; false for a column that is not there.
    pub fn is_numeric(&self, column: usize) -> bool {
        self.numeric.get(column).copied().unwrap_or(false)
    }

    /// A cell as it is written, without its quotes and the spaces around it.
    pub fn cell(&self, row: usize, column: usize) -> Option<&str> {
        (row < self.rows() && column < self.numeric.len()).then(|| self.at(row, column))
    }

    /// The line of the file that a row begins at, counted from one.
    pub fn line(&self, row: usize) -> Option<usize> {
        self.lines.get(row).copied()
    }

    /// The rows in which a cell is missing, in order.
    pub fn rows_with_missing(&self) -> Vec<usize> {
        let columns = 0..self.numeric.len();
        (0..self.rows()).filter(|row| columns.clone().any(|column| is_missing(self.at(*row, column)))).collect()
    }

    /// The place of a column.
    ///
    /// # Errors
    /// [`Error::Format`] with the most similar names and a list of all, up to 30.
    pub fn column(&self, name: &str) -> Result<usize> {
        self.names.id(name).map(|id| id as usize).ok_or_else(|| {
            let nearest = self.names.nearest(name);
            let meant = match nearest.as_slice() {
                [] => String::new(),
                names => format!("did you mean {}? ", quoted(names.iter(), LISTED)),
            };
            let hint = format!("{meant}The columns are {}", quoted(self.names.iter(), LISTED));
            Error::format(&self.path, Some(1), format!("there is no column {name:?}"), hint)
        })
    }

    fn at(&self, row: usize, column: usize) -> &str {
        let cell = row * self.numeric.len() + column;
        let start = if cell == 0 { 0 } else { self.ends[cell - 1] };
        &self.text[start..self.ends[cell]]
    }

    fn name(&self, column: usize) -> &str {
        self.names.iter().nth(column).unwrap_or_default()
    }

    fn refuse(&self, row: usize, column: usize, problem: &str, hint: impl Into<String>) -> Error {
        let problem = format!("row {row}, column {:?}: {problem}", self.name(column));
        Error::format(&self.path, self.line(row), problem, hint)
    }
}

/// Whether a cell stands for a value that is not known.
fn is_missing(cell: &str) -> bool {
    matches!(cell, "" | "?" | "NA" | "nan" | "NaN" | "null")
}

/// Counts lines up to the records of a CSV file.
///
/// The parser's own count stands before the empty lines that it passes over and before the LF of
/// the CRLF that ended the record above.
struct LineCount<'b> {
    bytes: &'b [u8],
    at: usize,
    line: usize,
}

impl LineCount<'_> {
    /// The line of the record that begins at the first byte from `start` on that ends no line.
    fn at_record(&mut self, start: u64) -> usize {
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        while let Some(byte) = self.bytes.get(self.at)
            && (self.at < start || matches!(byte, b'\r' | b'\n'))
        {
            let ends = *byte == b'\n' || (*byte == b'\r' && self.bytes.get(self.at + 1) != Some(&b'\n'));
            self.line += usize::from(ends);
            self.at += 1;
        }
        self.line
    }
}
