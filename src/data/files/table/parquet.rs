//! Parquet files, as tables whose cells are what the values would be written as.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use parquet::basic::{LogicalType, TimeUnit};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::Type;

use super::{Decimal, Dialect, Table};
use crate::error::{Error, Result, quoted, shown};

/// What a file begins with.
const MAGIC: &[u8] = b"PAR1";

/// How data frames call the numbers of their rows, which they write as a column like any other.
const INDEX: &str = "__index_level_";

/// The microseconds from 1970 to the years 0 and 10 000, between which days can be written.
const WRITABLE: std::ops::Range<i64> = -62_167_219_200_000_000..253_402_300_800_000_000;

const MICROSECONDS_OF_A_DAY: i64 = 86_400_000_000;

/// Whether this is no text but Parquet.
pub(super) fn is_parquet(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// Reads a file that is all there.
///
/// # Errors
/// [`Error::Format`] for a file that is damaged, in a compression that is not read, without rows, or with columns of lists,
/// structures or bytes.
pub(super) fn read(path: PathBuf, bytes: Vec<u8>, dialect: &Dialect) -> Result<Table> {
    // The reader is written for files that a writer made, and where one was not may panic.
    let read = catch_unwind(AssertUnwindSafe(|| read_rows(&path, bytes, dialect)));
    read.unwrap_or_else(|_| Err(damaged(&path, "its parts contradict each other")))
}

fn damaged(path: &Path, finding: impl std::fmt::Display) -> Error {
    let hint = "write it again, compressed with snappy, gzip or zstd, or not at all, or save the table as CSV";
    Error::format(path, None, format!("the Parquet file cannot be read: {finding}"), hint)
}

fn read_rows(path: &Path, bytes: Vec<u8>, dialect: &Dialect) -> Result<Table> {
    let failed = |error: ParquetError| {
        let text = error.to_string();
        match text.split_once("Disabled feature at compile time: ") {
            Some((_, compression)) => damaged(path, format!("it is compressed with {compression}, which is not read")),
            None => damaged(path, text),
        }
    };
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).map_err(failed)?;
    let file = reader.metadata().file_metadata();
    let fields = file.schema_descr().root_schema().get_fields();
    let nested: Vec<&str> = fields.iter().filter(|field| !field.is_primitive()).map(|field| field.name()).collect();
    if !nested.is_empty() {
        let problem = format!("columns that hold lists or structures: {}", quoted(nested.into_iter(), super::LISTED));
        return Err(Error::format(path, None, problem, "write the table without them, or one value a column"));
    }
    // Separator and encoding are those of text, and how they are named does not matter here.
    let dialect = Dialect { separator: None, encoding: None, ..dialect.clone() };
    let mut table = Table { path: path.to_path_buf(), dialect, ..Table::default() };
    let columns: Vec<usize> = (0..fields.len()).filter(|place| !fields[*place].name().starts_with(INDEX)).collect();
    table.name_columns(columns.iter().map(|place| fields[*place].name().as_bytes()), 0)?;
    let left_out: Vec<&str> = fields.iter().map(|field| field.name()).filter(|name| name.starts_with(INDEX)).collect();
    if !left_out.is_empty() {
        let left_out = quoted(left_out.into_iter(), super::LISTED);
        table.warning = Some(format!("left out {left_out}, where data frames keep the numbers of their rows"));
    }
    // The file says how many rows there are, and a few bytes may say many.
    let rows = usize::try_from(file.num_rows()).unwrap_or(usize::MAX);
    let cells = rows.saturating_mul(table.kinds.len());
    if table.lines.try_reserve_exact(rows).is_err() || table.ends.try_reserve_exact(cells).is_err() {
        return Err(damaged(path, format!("{rows} rows of {} columns do not fit into memory", table.kinds.len())));
    }
    for (row, record) in reader.get_row_iter(None).map_err(failed)?.enumerate() {
        let record = record.map_err(failed)?;
        let values = record.into_columns();
        for (column, place) in columns.iter().skip(table.passed()).enumerate() {
            let cell = cell(&values[*place].1, &fields[*place], table.dialect.decimal).map_err(|problem| {
                let problem = format!("row {row}, column {}: {problem}", shown(table.name(column)));
                Error::format(path, None, problem, "write the column as numbers, text, days or times")
            })?;
            table.push(column, cell.trim_matches([' ', '\t']));
        }
        table.lines.push(0);
    }
    match table.lines.is_empty() {
        true => Err(Error::format(path, None, "there are no rows", "add rows")),
        false => Ok(table.classified()),
    }
}

/// A value as it would be written.
fn cell(value: &Field, field: &Type, decimal: Decimal) -> std::result::Result<String, String> {
    // What it is besides an integer is known to the column alone.
    let nanoseconds = matches!(
        field.get_basic_info().logical_type_ref(),
        Some(LogicalType::Timestamp(timestamp)) if timestamp.unit == TimeUnit::NANOS
    );
    let number = |text: String| match decimal {
        Decimal::Point => text,
        Decimal::Comma => text.replace('.', ","),
    };
    let moment = |microseconds: Option<i64>, written: Field| match microseconds {
        Some(microseconds) if WRITABLE.contains(&microseconds) => Ok(written.to_string()),
        _ => Err("a day before the year 0 or after the year 9999".to_owned()),
    };
    Ok(match value {
        Field::Null => String::new(),
        Field::Bool(value) => value.to_string(),
        Field::Byte(value) => value.to_string(),
        Field::Short(value) => value.to_string(),
        Field::Int(value) => value.to_string(),
        Field::Long(value) if nanoseconds => {
            let microseconds = value.div_euclid(1000);
            return moment(Some(microseconds), Field::TimestampMicros(microseconds));
        }
        Field::Long(value) => value.to_string(),
        Field::UByte(value) => value.to_string(),
        Field::UShort(value) => value.to_string(),
        Field::UInt(value) => value.to_string(),
        Field::ULong(value) => value.to_string(),
        // With all digits, so that a value of single precision is the same number in double.
        Field::Float16(value) => number(format!("{:?}", value.to_f64())),
        Field::Float(value) => number(format!("{:?}", f64::from(*value))),
        Field::Double(value) => number(format!("{value:?}")),
        Field::Decimal(_) => number(value.to_string()),
        Field::Str(text) => text.clone(),
        Field::Date(days) => {
            return moment(i64::from(*days).checked_mul(MICROSECONDS_OF_A_DAY), Field::Date(*days));
        }
        Field::TimestampMillis(milliseconds) => {
            return moment(milliseconds.checked_mul(1000), Field::TimestampMillis(*milliseconds));
        }
        Field::TimestampMicros(microseconds) => {
            return moment(Some(*microseconds), Field::TimestampMicros(*microseconds));
        }
        Field::TimeMillis(_) | Field::TimeMicros(_) => value.to_string(),
        Field::Bytes(bytes) => match bytes.as_utf8() {
            Ok(text) => text.to_owned(),
            Err(_) => return Err("bytes that are no text in UTF-8".to_owned()),
        },
        Field::Group(_) | Field::ListInternal(_) | Field::MapInternal(_) => {
            return Err("a list or a structure".to_owned());
        }
    })
}
