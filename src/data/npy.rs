//! NumPy's `.npy` files: one array of numbers.
//!
//! Written from the format's description in NumPy's documentation (`numpy.lib.format`, versions 1.0 to 3.0): six bytes of
//! magic, two of version, the length of the header in two or four bytes, the header as a Python
//! dictionary, the elements.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use crate::data::source::{COMPRESSED, Source, looks_compressed};
use crate::tensor::{Array, Precision, Real};
use crate::{Error, Result};

mod header;

pub(super) use header::Element;
use header::Header;

const MAGIC: &[u8] = b"\x93NUMPY";

/// The header of an array without fields is about a hundred bytes; more than this is damage.
const LONGEST_HEADER: usize = 10_000;

const BLOCK: usize = 1 << 16;

/// Reads an array from an `.npy` file, which is decompressed if its name ends in `.gz`.
///
/// Elements may be `f4`, `f8`, signed and unsigned integers of 1 to 8 bytes, or booleans (0 and 1), in either byte
/// order; the array may be in C or Fortran order, and is in C order as a result. Values are as they
/// are in the file: NaN and infinity are passed on, [`Samples::new`](crate::data::Samples::new) refuses them.
///
/// # Errors
/// [`Error::Io`] if the file cannot be read; [`Error::Format`] if it is no `.npy` file, if its header is damaged, if
/// its elements are of another kind, if it has fewer or more bytes than its header says, if an
/// integer has no exact `f64` (its place is named), and if compressed data is damaged;
/// [`Error::Argument`] if memory cannot hold the array.
pub fn read_npy(path: &Path) -> Result<Array<f64>> {
    Ok(read_array(Source::open(path)?)?.0)
}

/// The array of an `.npy` file, and whether its elements are integers or booleans.
pub(super) fn read_array(mut source: Source<'_>) -> Result<(Array<f64>, bool)> {
    let path = source.path().to_path_buf();
    let refuse = |problem: String, hint: &str| Error::format(&path, None, problem, hint);
    let again = "copy the file again, it is not complete";
    let start = source.take(8)?;
    if start.len() < 8 || !start.starts_with(MAGIC) {
        let hint = if looks_compressed(&start) { COMPRESSED } else { "write it with numpy.save" };
        return Err(refuse("the file does not begin as an .npy file does".into(), hint));
    }
    let length = match start[6..] {
        [1, 0] => 2,
        [2 | 3, 0] => 4,
        _ => {
            let problem = format!("the version of the format is {}.{}", start[6], start[7]);
            return Err(refuse(problem, "write it with numpy.save, whose versions 1.0 to 3.0 are read"));
        }
    };
    let length = source.take(length)?.iter().rev().fold(0usize, |sum, byte| sum << 8 | usize::from(*byte));
    if length > LONGEST_HEADER {
        let problem = format!("the header claims to be {length} bytes long");
        return Err(refuse(problem, "the file is damaged or holds records: save a plain array of numbers"));
    }
    let text = source.take(length as u64)?;
    if text.len() < length {
        return Err(refuse("the file ends within its header".into(), again));
    }
    let header = Header::parse(&text).map_err(|(problem, hint)| refuse(problem, hint))?;

    let size = header.element.size();
    let damaged =
        || refuse(format!("the header claims the shape {:?}", header.shape), "the file is damaged: save it again");
    // Sizes beside a zero are multiplied too, by those who ask for the width of a row.
    let most = header.shape.iter().try_fold(1usize, |product, size| product.checked_mul(*size.max(&1)));
    let bytes = most.and_then(|most| most.checked_mul(size)).ok_or_else(damaged)?;
    let count = if header.shape.contains(&0) { 0 } else { bytes / size };
    // What the header claims is believed only as the bytes come in.
    let mut values = Vec::new();
    while values.len() < count {
        let wanted = BLOCK.min((count - values.len()) * size);
        let block = source.take(wanted as u64)?;
        if values.try_reserve(wanted / size).is_err() {
            let found = format!("of shape {:?}", header.shape);
            return Err(Error::argument("an array", found, "one that fits into memory"));
        }
        for element in block.chunks_exact(size) {
            let Some(value) = header.element.value(element) else {
                let problem = format!("the integer at place {} cannot be held exactly as f64", values.len());
                return Err(refuse(problem, "save the array as float64 if the nearest number will do"));
            };
            values.push(value);
        }
        if block.len() < wanted {
            let found = format!("{} elements follow the header", values.len());
            return Err(refuse(format!("{found}, its shape {:?} makes {count}", header.shape), again));
        }
    }
    if !source.take(1)?.is_empty() {
        let problem = format!("more bytes follow the header than its shape {:?} makes", header.shape);
        return Err(refuse(problem, "the file is damaged: save it again"));
    }
    let values = if header.fortran { transpose(&header.shape, &values) } else { values };
    Ok((Array::new(&header.shape, values)?, !matches!(header.element, Element::Float { .. })))
}

/// The elements of an array in C order, from those in Fortran order.
fn transpose(shape: &[usize], values: &[f64]) -> Vec<f64> {
    let value = |place: usize| {
        let (mut rest, mut stride, mut from) = (place, values.len(), 0);
        for size in shape.iter().rev() {
            stride /= size;
            from += rest % size * stride;
            rest /= size;
        }
        values[from]
    };
    (0..values.len()).map(value).collect()
}

/// Writes a matrix into an `.npy` file in blocks of rows, so that it never has to be in memory as a whole.
///
/// The file is written beside its place, under its name and `.part`, and moved there by
/// [`finish`](Self::finish): under its own name it is whole or not there. Without `finish` nothing is left.
///
/// ```
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("scores.npy");
/// use ascribe::data::{NpyWriter, read_npy};
///
/// let mut file = NpyWriter::<f32>::create(&path, 3, 2)?;
/// file.write(&[1.0, 2.0])?;
/// file.write(&[3.0, 4.0, 5.0, 6.0])?;
/// file.finish()?;
/// assert_eq!(read_npy(&path)?.shape(), [3, 2]);
/// # Ok::<(), ascribe::Error>(())
/// ```
#[derive(Debug)]
pub struct NpyWriter<T> {
    path: PathBuf,
    part: PathBuf,
    /// None once the file is finished.
    file: Option<BufWriter<File>>,
    columns: usize,
    /// How many values are still to come.
    left: usize,
    element: PhantomData<T>,
}

impl<T: Real> NpyWriter<T> {
    /// Begins a file for a matrix of so many rows and columns.
    ///
    /// # Errors
    /// [`Error::Io`] if the file cannot be written, [`Error::Argument`] if there are more values than
    /// can be counted or `path` names no file.
    pub fn create(path: &Path, rows: usize, columns: usize) -> Result<Self> {
        let left = rows.checked_mul(columns).ok_or_else(|| {
            Error::argument("the size of a matrix", format!("{rows} by {columns}"), "one that can be counted")
        })?;
        let Some(name) = path.file_name() else {
            return Err(Error::argument("the file to write", path.display(), "the name of a file"));
        };
        let mut part = name.to_owned();
        part.push(".part");
        let part = path.with_file_name(part);
        let file = Some(BufWriter::new(File::create(&part).map_err(Error::io("write", &part))?));
        let mut writer = Self { path: path.to_path_buf(), part, file, columns, left, element: PhantomData };
        writer.put(&header::write(size_of::<T>(), rows, columns))?;
        Ok(writer)
    }

    /// Writes the next rows, whole ones in row-major order.
    ///
    /// # Errors
    /// [`Error::Argument`] if the values are no whole rows or more than were announced,
    /// [`Error::Io`] if the file cannot be written.
    pub fn write(&mut self, values: &[T]) -> Result<()> {
        // Of nothing only nothing is a multiple.
        if !values.len().is_multiple_of(self.columns) || values.len() > self.left {
            let found = format!("of {} values", values.len());
            let expected = format!("whole rows of {} values, at most {} values in all", self.columns, self.left);
            return Err(Error::argument("a block of rows", found, expected));
        }
        for value in values {
            match T::PRECISION {
                // The value is an f32, which goes through f64 unchanged.
                Precision::F32 => self.put(&(value.to_f64() as f32).to_le_bytes())?,
                Precision::F64 => self.put(&value.to_f64().to_le_bytes())?,
            }
        }
        self.left -= values.len();
        Ok(())
    }

    /// Ends the file and gives it its name; a file of that name is replaced.
    ///
    /// # Errors
    /// [`Error::Argument`] if rows are missing, [`Error::Io`] if the file cannot be written. No file is left then.
    pub fn finish(mut self) -> Result<()> {
        if self.left > 0 {
            let found = format!("{} values short", self.left);
            return Err(Error::argument("the matrix", found, "all rows that were announced"));
        }
        if let Some(file) = &mut self.file {
            file.flush().map_err(Error::io("write", &self.part))?;
        }
        fs::rename(&self.part, &self.path).map_err(Error::io("write", &self.path))?;
        self.file = None;
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        match &mut self.file {
            Some(file) => file.write_all(bytes).map_err(Error::io("write", &self.part)),
            None => Ok(()),
        }
    }
}

impl<T> Drop for NpyWriter<T> {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // Nothing more can be done about a part that cannot be removed.
            let _ = fs::remove_file(&self.part);
        }
    }
}

impl Element {
    /// The bytes of an element.
    pub(super) fn size(self) -> usize {
        match self {
            Self::Bool => 1,
            Self::Float { bytes, .. } | Self::Integer { bytes, .. } => bytes,
        }
    }

    /// The value of an element, or none if it has no exact `f64`.
    pub(super) fn value(self, element: &[u8]) -> Option<f64> {
        match self {
            Self::Bool => Some(f64::from(u8::from(element[0] != 0))),
            Self::Float { bytes: 4, big } => Some(f32::from_bits(bits(element, big) as u32).into()),
            Self::Float { big, .. } => Some(f64::from_bits(bits(element, big))),
            Self::Integer { bytes, signed, big } => {
                let bits = bits(element, big);
                let spare = 64 - 8 * bytes as u32;
                let integer = if signed { i128::from((bits << spare) as i64 >> spare) } else { i128::from(bits) };
                let value = integer as f64;
                (value as i128 == integer).then_some(value)
            }
        }
    }
}

fn bits(element: &[u8], big: bool) -> u64 {
    let push = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
    if big { element.iter().fold(0, push) } else { element.iter().rev().fold(0, push) }
}
