//! One data file: named arrays in the safetensors format, streamed.
//!
//! The header is the crate's own; the arrays go past in blocks, so that neither writing nor reading
//! holds a second copy of them.

use super::{NamedArray, Values};
use safetensors::tensor::{Dtype, Metadata, TensorInfo};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::io::{Error, ErrorKind, Read, Result, Write};

/// The key under which a data file says who wrote it.
const MARK: &str = "ascribe";
/// The size of the header's length, and what the header is padded to.
const WORD: usize = 8;
/// What the format itself allows a header.
const MAX_HEADER: u64 = 100_000_000;
const BLOCK: usize = 1 << 16;

/// Writes `arrays` to `out`, the same bytes whatever their order.
pub(super) fn encode(arrays: &[NamedArray], mark: &str, out: &mut impl Write) -> Result<()> {
    // The order of the crate: the widest first, so that all are aligned, then by name.
    let mut arrays: Vec<&NamedArray> = arrays.iter().collect();
    arrays.sort_by_key(|array| (Reverse(array.values.dtype()), &array.name));
    let mut end = 0;
    let mut tensors = Vec::with_capacity(arrays.len());
    for array in &arrays {
        let dtype = array.values.dtype();
        let start = end;
        end += array.values.len() * (dtype.bitsize() / 8);
        let info = TensorInfo { dtype, shape: array.shape.clone(), data_offsets: (start, end) };
        tensors.push((array.name.clone(), info));
    }
    // One key only: the crate keeps these in a map whose order differs from run to run.
    let remarks = HashMap::from([(MARK.to_string(), mark.to_string())]);
    let metadata = Metadata::new(Some(remarks), tensors).map_err(Error::other)?;
    let mut header = serde_json::to_vec(&metadata)?;
    header.resize(header.len().next_multiple_of(WORD), b' ');
    if header.len() as u64 > MAX_HEADER {
        return Err(Error::other("the names of the arrays are too long"));
    }
    out.write_all(&(header.len() as u64).to_le_bytes())?;
    out.write_all(&header)?;
    for array in arrays {
        match &array.values {
            Values::F32(values) => write(out, values, f32::to_le_bytes)?,
            Values::F64(values) => write(out, values, f64::to_le_bytes)?,
            Values::U32(values) => write(out, values, u32::to_le_bytes)?,
            Values::U8(values) => out.write_all(values)?,
        }
    }
    Ok(())
}

/// Reads the arrays of a file of `length` bytes, in the order of their names.
///
/// The error is of kind [`ErrorKind::InvalidData`] where the bytes are at fault.
pub(super) fn decode(input: &mut impl Read, length: u64, mark: &str) -> Result<Vec<NamedArray>> {
    let (metadata, rest) = header(input, length)?;
    let found = mark_in(&metadata);
    if found != Some(mark) {
        return Err(invalid(format!("the header is marked {found:?}, expected {mark:?}")));
    }
    // The crate's own reader adds these up in a way that can overflow; as it has verified that each
    // array begins where the one before it ends, this is all that is left to verify.
    if metadata.data_len() as u64 != rest {
        return Err(invalid(format!("the header describes {} bytes of arrays, found {rest}", metadata.data_len())));
    }
    let mut arrays = Vec::new();
    for name in metadata.offset_keys() {
        let Some(info) = metadata.info(&name) else {
            continue;
        };
        let bytes = info.data_offsets.1 - info.data_offsets.0;
        let values = match info.dtype {
            Dtype::F32 => Values::F32(read(input, bytes, f32::from_le_bytes)?),
            Dtype::F64 => Values::F64(read(input, bytes, f64::from_le_bytes)?),
            Dtype::U32 => Values::U32(read(input, bytes, u32::from_le_bytes)?),
            Dtype::U8 => Values::U8(read(input, bytes, u8::from_le_bytes)?),
            other => {
                return Err(invalid(format!("array {name:?} has dtype {other}, expected F32, F64, U32 or U8")));
            }
        };
        let array = NamedArray::new(name, info.shape.clone(), values);
        arrays.push(array.map_err(|error| invalid(error.to_string()))?);
    }
    arrays.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(arrays)
}

/// The mark in the header of a file of `length` bytes, if it is a data file that bears one.
pub(super) fn read_mark(input: &mut impl Read, length: u64) -> Option<String> {
    let (metadata, _) = header(input, length).ok()?;
    mark_in(&metadata).map(str::to_string)
}

fn mark_in(metadata: &Metadata) -> Option<&str> {
    let remarks = metadata.metadata().as_ref()?;
    remarks.get(MARK).map(String::as_str)
}

/// The header of a file of `length` bytes, and how many bytes follow it.
fn header(input: &mut impl Read, length: u64) -> Result<(Metadata, u64)> {
    let too_short = || invalid("the header is longer than the file".into());
    let after_word = length.checked_sub(WORD as u64).ok_or_else(too_short)?;
    let mut word = [0; WORD];
    input.read_exact(&mut word)?;
    let size = u64::from_le_bytes(word);
    let rest = after_word.checked_sub(size).ok_or_else(too_short)?;
    if size > MAX_HEADER {
        return Err(invalid(format!("the header has {size} bytes")));
    }
    let mut header = vec![0; size as usize];
    input.read_exact(&mut header)?;
    let metadata =
        serde_json::from_slice(&header).map_err(|error| invalid(format!("the header is malformed: {error}")))?;
    Ok((metadata, rest))
}

fn write<T: Copy, const N: usize>(out: &mut impl Write, values: &[T], bytes: fn(T) -> [u8; N]) -> Result<()> {
    let mut block = Vec::with_capacity(BLOCK);
    for values in values.chunks(BLOCK / N) {
        block.clear();
        block.extend(values.iter().flat_map(|&value| bytes(value)));
        out.write_all(&block)?;
    }
    Ok(())
}

/// Reads `bytes` bytes, which the caller knows not to be more than the file has.
fn read<T, const N: usize>(input: &mut impl Read, bytes: usize, value: fn([u8; N]) -> T) -> Result<Vec<T>> {
    let mut values = Vec::new();
    values.try_reserve_exact(bytes / N).map_err(|_| Error::from(ErrorKind::OutOfMemory))?;
    let mut block = vec![0; BLOCK.min(bytes)];
    let mut left = bytes;
    while left > 0 {
        let block = &mut block[..BLOCK.min(left)];
        input.read_exact(block)?;
        values.extend(block.as_chunks().0.iter().map(|&bytes| value(bytes)));
        left -= block.len();
    }
    Ok(values)
}

fn invalid(problem: String) -> Error {
    Error::new(ErrorKind::InvalidData, problem)
}
