//! Tables: columns of text, separated by commas or other signs.

mod column;
mod date;
mod dialect;
mod encoding;
mod options;
#[cfg(feature = "parquet")]
mod parquet;
mod reading;
mod roles;
mod target;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::data::Vocabulary;
use crate::data::source::{Source, not_text};
use crate::error::{Error, Result, quoted, shown};

pub use dialect::{Decimal, Dialect, Separator, TextEncoding, Thousands};
pub use encoding::Encoding;
pub use options::{Dates, EncodingOptions, Missing, TableOptions, Unseen};
pub(super) use reading::FORMAT;

/// The row that is added to a file to see whether its last quote was closed.
const END: &str = "end";

/// How many names a message lists before it stops.
const LISTED: usize = 30;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ColumnKind {
    /// Numbers, and missing values.
    Numbers,
    /// Numbers, and a few cells that are none: a mistake, or written in another way.
    Mixed,
    /// Categories.
    Categories,
}

/// A table as it is written: cells of text under the names of columns.
///
/// What a cell means is decided by an [`Encoding`], which is learned from one table and applied to
/// others, so a column means the same in all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    path: PathBuf,
    names: Vocabulary,
    /// How the file was written, nothing of it left open.
    dialect: Dialect,
    warning: Option<String>,
    kinds: Vec<ColumnKind>,
    /// Whether a column holds `+`, so that `-` is no missing value there.
    signs: Vec<bool>,
    /// All cells row by row, and where each ends.
    text: String,
    ends: Vec<usize>,
    /// The line that each row begins at, counted from one; zero in a file that has none.
    lines: Vec<usize>,
}

impl Table {
    /// Reads a table whose separator and encoding are found out, with a header and decimal points.
    ///
    /// # Errors
    /// As [`read_as`](Self::read_as).
    pub fn read(path: &Path) -> Result<Self> {
        Self::read_as(path, &Dialect::default())
    }

    /// Reads a table, which is decompressed if its name ends in `.gz`.
    ///
    /// A Parquet file is read, with the feature `parquet`, as its columns would be read if it were written as text: numbers in
    /// full precision, days and times as `2024-02-29 12:30:00`, what is null as an empty cell. The names of its columns are
    /// there whatever the dialect says of a header, and its separator and encoding mean nothing. Where a damaged file makes its reader
    /// panic, the panic is caught and becomes an error; Rust's hook has printed a line by then.
    ///
    /// The first line holds the names of the columns, if there is a header; each further one is a row with as many cells.
    /// Cells may stand in double quotes, where separators and line ends belong to the cell and a quote is doubled. Spaces
    /// and tabs at both ends of a cell are passed over, as are lines of nothing else. Lines end in LF or CRLF.
    ///
    /// Where the separator is not named, it is the comma, semicolon, tab or vertical bar that cuts the header and the first 100
    /// rows into equally many cells, at least two. Where the encoding is not named, it is that of the byte order mark; without
    /// one it is UTF-8, or Windows-1252 where the file is not valid UTF-8, with a warning.
    ///
    /// Rows count from 0 in the order of the file, and the header is not one of them.
    ///
    /// A cell is *missing* if it is empty or one of the usual words for that, which the option `missing_words` lists, or one of
    /// the words of the dialect; in a column that also holds `+`, `-` is a category. A column is *numeric* if every other cell
    /// of it is a number (`3`, `-0.5`, `1e-3`). Infinite numbers and other spellings of NaN count as numbers here and are
    /// refused where the table is encoded.
    ///
    /// A column of numbers with a few cells that are none is neither numeric nor categorical, and refused where it is
    /// encoded: one of which all cells look like numbers in some notation, or at least half are numbers, of which three or
    /// more differ and those are more than ten or most of them, while the cells that are none have at most half as many
    /// different values.
    ///
    /// # Errors
    /// [`Error::Io`] if the file cannot be read, [`Error::Format`] with the line for everything
    /// else: no header, no rows, a column without a name or with the name of another, a first line that looks like a row, a row
    /// with more or fewer cells, a quote that is never closed, a separator that is not certain, bytes that
    /// are not of the encoding, and compressed data that is damaged.
    pub fn read_as(path: &Path, dialect: &Dialect) -> Result<Self> {
        Self::parse(&mut Source::open(path)?, dialect)
    }

    /// Reads a table from text, which is called `name` in messages.
    ///
    /// # Errors
    /// [`Error::Format`], as for files.
    pub fn from_text(name: &str, text: &str) -> Result<Self> {
        Self::parse(&mut Source::text(name, text), &Dialect::default())
    }

    fn parse(source: &mut Source<'_>, dialect: &Dialect) -> Result<Self> {
        dialect.check()?;
        let bytes = source.take(u64::MAX)?;
        let path = source.path().to_path_buf();
        #[cfg(feature = "parquet")]
        if parquet::is_parquet(&bytes) {
            return parquet::read(path, bytes, dialect);
        }
        let (bytes, encoding, warning) = dialect.decode(&path, &bytes)?;
        let bytes: &[u8] = &bytes;
        let separator = dialect.separator(&path, bytes)?;
        let header = dialect.header != Some(false);
        let dialect = Dialect { separator: Some(separator), encoding: Some(encoding), ..dialect.clone() };
        let strict = dialect.header.is_none();
        let end = format!("\n{END}\n");
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator.byte())
            .from_reader(std::io::Read::chain(bytes, end.as_bytes()));
        let mut lines = LineCount { bytes, at: 0, line: 1 };
        let mut record = csv::ByteRecord::new();
        let mut table = Self { path, dialect, warning, ..Self::default() };
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
            if !table.kinds.is_empty() {
                table.row(&record, line)?;
            } else if is_blank(&record) {
                // As below the header.
            } else if header {
                table.header(&record, line, strict)?;
            } else {
                table.number_columns(record.len(), line)?;
                table.row(&record, line)?;
            }
        }
        let (problem, hint) = match (table.kinds.is_empty(), table.lines.is_empty()) {
            (true, _) => (
                "the file is empty",
                "write the names of the columns into the first line and a row into each further one",
            ),
            (_, true) => (
                "there are no rows below the header",
                "add rows; if the first line is one, add a line with the names of the columns above it, or number the columns (the option header false)",
            ),
            _ => return Ok(table.classified()),
        };
        Err(Error::format(table.path, None, problem, hint))
    }

    /// The table with all its rows.
    fn classified(mut self) -> Self {
        for column in 0..self.kinds.len() {
            if self.kinds[column] == ColumnKind::Categories {
                self.kinds[column] = self.classify(column);
            }
        }
        self
    }

    /// How many columns at the beginning of a line are passed over.
    fn passed(&self) -> usize {
        usize::from(self.dialect.index_column)
    }

    /// Calls the columns x1, x2 and so on.
    fn number_columns(&mut self, cells: usize, line: usize) -> Result<()> {
        let columns = cells.saturating_sub(self.passed());
        if columns == 0 {
            return Err(self.only_an_index(line));
        }
        for column in 1..=columns {
            self.names.intern(&format!("x{column}"));
        }
        self.kinds = vec![ColumnKind::Numbers; columns];
        self.signs = vec![false; columns];
        Ok(())
    }

    fn only_an_index(&self, line: usize) -> Error {
        let hint = "leave out the option index_column, or name the separator (the option separator)";
        Error::format(&self.path, at(line), "there is one column only, and it numbers the rows", hint)
    }

    /// Takes the names of the columns, and refuses those that are none.
    fn name_columns<'c>(&mut self, cells: impl ExactSizeIterator<Item = &'c [u8]>, line: usize) -> Result<()> {
        let refuse = |path: &Path, problem: String, hint: &str| Err(Error::format(path, at(line), problem, hint));
        let columns = cells.len();
        for (column, cell) in cells.enumerate().skip(self.passed()) {
            let name = self.decode(cell, line, || format!("the name of column {}", column + 1))?.to_owned();
            if name.is_empty() {
                let problem = format!("column {} of {columns} has no name", column + 1);
                let hint = match column {
                    0 => "give it one, or leave it out if it only counts the rows (the option index_column)",
                    _ => "give it one, or remove the column",
                };
                return refuse(&self.path, problem, hint);
            }
            if let Some(first) = self.names.id(&name) {
                let first = first as usize + 1 + self.passed();
                let problem = format!("columns {first} and {} are both called {}", column + 1, shown(&name));
                return refuse(&self.path, problem, "give each column a name of its own");
            }
            self.names.intern(&name);
        }
        if self.names.is_empty() {
            return Err(self.only_an_index(line));
        }
        self.kinds = vec![ColumnKind::Numbers; self.names.len()];
        self.signs = vec![false; self.names.len()];
        Ok(())
    }

    fn header(&mut self, record: &csv::ByteRecord, line: usize, strict: bool) -> Result<()> {
        let refuse = |path: &Path, problem: String, hint: &str| Err(Error::format(path, Some(line), problem, hint));
        let cells: Vec<&[u8]> = record.iter().collect();
        self.name_columns(cells.into_iter(), line)?;
        if strict {
            let hint = "add a line with the names of the columns above it, or number the columns (the option header false); if these are names, say so (the option header true)";
            let numbers: Vec<f64> = self.names.iter().filter_map(|name| self.dialect.number(name)).collect();
            if numbers.len() == self.names.len() {
                let problem = "the first line holds only numbers, expected the names of columns".to_owned();
                return refuse(&self.path, problem, hint);
            }
            // Years and places are names, and ascend.
            let names = numbers.iter().all(|number| number.fract() == 0.0) && numbers.is_sorted();
            if let Some(name) = self.names.iter().find(|name| self.dialect.number(name).is_some()).filter(|_| !names) {
                let problem =
                    format!("the first line looks like a row, expected the names of columns: {}", shown(name));
                return refuse(&self.path, problem, hint);
            }
        }
        if record.len() == 1 && record[0].iter().any(|byte| matches!(byte, b';' | b'\t')) {
            let problem = format!("the header is one column, without a {} between cells", self.separator());
            let hint = "give all rows as many cells as the header, or name what separates them (the option separator)";
            return refuse(&self.path, problem, hint);
        }
        Ok(())
    }

    fn separator(&self) -> String {
        self.dialect.separator.map_or_else(String::new, |separator| separator.to_string())
    }

    fn row(&mut self, record: &csv::ByteRecord, line: usize) -> Result<()> {
        let row = self.lines.len();
        let expected = self.kinds.len() + self.passed();
        if expected > 1 && is_blank(record) {
            return Ok(());
        }
        if record.len() != expected {
            let what = if self.dialect.header == Some(false) { "the first row" } else { "the header" };
            let problem = format!("row {row} has {} cells, {what} has {expected}", record.len());
            let separator = self.separator();
            let hint = format!("give each column one cell, and put a cell that holds a {separator} in double quotes");
            return Err(Error::format(&self.path, Some(line), problem, hint));
        }
        for (column, cell) in record.iter().skip(self.passed()).enumerate() {
            let cell =
                self.decode(cell, line, || format!("the cell at row {row}, column {}", shown(self.name(column))))?;
            self.push(column, cell);
        }
        self.lines.push(line);
        Ok(())
    }

    /// Appends the next cell, which is in this column.
    fn push(&mut self, column: usize, cell: &str) {
        if self.kinds[column] == ColumnKind::Numbers
            && !self.dialect.is_missing(cell)
            && self.dialect.number(cell).is_none()
        {
            self.kinds[column] = ColumnKind::Categories;
        }
        self.signs[column] |= cell == "+";
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    /// Whether a column with cells that are no numbers is meant to hold numbers: the rule of [`read_as`](Self::read_as).
    fn classify(&self, column: usize) -> ColumnKind {
        let (mut cells, mut numbers, mut alike) = (0usize, 0usize, 0usize);
        let (mut values, mut others) = (HashSet::new(), HashSet::new());
        for row in (0..self.rows()).filter(|row| !self.is_missing(*row, column)) {
            let cell = self.at(row, column);
            cells += 1;
            if let Some(value) = self.dialect.number(cell) {
                numbers += 1;
                values.insert((value + 0.0).to_bits());
                continue;
            }
            alike += usize::from(self.dialect.remedy(cell).is_some());
            others.insert(cell);
        }
        let differ = values.len() > 10 || 2 * values.len() > numbers;
        let few = 2 * numbers >= cells && values.len() >= 3 && differ && 2 * others.len() <= values.len();
        match numbers + alike == cells || few {
            true => ColumnKind::Mixed,
            false => ColumnKind::Categories,
        }
    }

    /// The error for the first cell of some rows that is no number, where a column is to hold numbers.
    fn no_number(&self, column: usize, rows: &[usize]) -> Option<Error> {
        let wrong =
            |row: &&usize| !self.is_missing(**row, column) && self.dialect.number(self.at(**row, column)).is_none();
        rows.iter().find(wrong).map(|row| self.refuse_number(*row, column))
    }

    fn refuse_number(&self, row: usize, column: usize) -> Error {
        let cell = self.at(row, column);
        let hint = self.dialect.remedy(cell).unwrap_or_else(|| {
            "the column is to hold numbers: correct it, or list it as a word for a missing value (the option missing_words)".into()
        });
        let rest = "or take the column for categories (the option categories) or leave it out (the option exclude); the column to predict may be taken for classes (the option task classes)";
        self.refuse(row, column, &format!("{} is not a number", shown(cell)), format!("{hint}, {rest}"))
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

    /// How it is written: what was found where the separator or the encoding was left open.
    pub fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    /// What was guessed and may be wrong, in a sentence.
    pub fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
    }

    /// Whether every cell of a column is a number or missing; false for a column that is not there.
    pub fn is_numeric(&self, column: usize) -> bool {
        self.kinds.get(column) == Some(&ColumnKind::Numbers)
    }

    fn kind(&self, column: usize) -> ColumnKind {
        self.kinds.get(column).copied().unwrap_or(ColumnKind::Categories)
    }

    /// Whether a cell stands for a value that is not known.
    fn is_missing(&self, row: usize, column: usize) -> bool {
        let cell = self.at(row, column);
        self.dialect.is_missing(cell) && !(cell == "-" && self.signs[column])
    }

    /// A cell as it is written, without its quotes and the spaces around it.
    pub fn cell(&self, row: usize, column: usize) -> Option<&str> {
        (row < self.rows() && column < self.kinds.len()).then(|| self.at(row, column))
    }

    /// The line of the file that a row begins at, counted from one; none of a file that has no lines.
    pub fn line(&self, row: usize) -> Option<usize> {
        self.lines.get(row).and_then(|line| at(*line))
    }

    /// The line of the names of the columns; none where the file has no lines.
    fn header_line(&self) -> Option<usize> {
        self.lines.first().is_none_or(|line| *line > 0).then_some(1)
    }

    /// The rows in which a cell is missing, in order.
    pub fn rows_with_missing(&self) -> Vec<usize> {
        let columns = 0..self.kinds.len();
        (0..self.rows()).filter(|row| columns.clone().any(|column| self.is_missing(*row, column))).collect()
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
            Error::format(&self.path, self.header_line(), format!("there is no column {}", shown(name)), hint)
        })
    }

    fn at(&self, row: usize, column: usize) -> &str {
        let cell = row * self.kinds.len() + column;
        let start = if cell == 0 { 0 } else { self.ends[cell - 1] };
        &self.text[start..self.ends[cell]]
    }

    fn name(&self, column: usize) -> &str {
        self.names.iter().nth(column).unwrap_or_default()
    }

    fn refuse(&self, row: usize, column: usize, problem: &str, hint: impl Into<String>) -> Error {
        let problem = format!("row {row}, column {}: {problem}", shown(self.name(column)));
        Error::format(&self.path, self.line(row), problem, hint)
    }
}

/// A line as messages have it: none in a file without lines.
fn at(line: usize) -> Option<usize> {
    (line > 0).then_some(line)
}

/// Whether a line holds nothing but spaces and tabs.
fn is_blank(record: &csv::ByteRecord) -> bool {
    record.len() == 1 && record[0].iter().all(|byte| matches!(byte, b' ' | b'\t'))
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
