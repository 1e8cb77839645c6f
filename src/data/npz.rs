//! NumPy's `.npz` files: ZIP archives of `.npy` files, stored or deflated.
//!
//! Written from the description of the ZIP format (APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3): the directory at the end says
//! where each member begins.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::bufread::DeflateDecoder;

use crate::{Error, Result};

use super::source::Source;

/// How a ZIP file begins.
const MAGIC: &[u8] = b"PK\x03\x04";
const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END_64: &[u8] = b"PK\x06\x06";
const LOCATOR_64: &[u8] = b"PK\x06\x07";

/// The bytes of the record at the end, before a comment of up to 65535 bytes.
const END_LENGTH: u64 = 22;
const LOCATOR_LENGTH: u64 = 20;

/// Bytes and at once the largest directory that is read: archives of arrays have few members.
const LARGEST_DIRECTORY: u64 = 1 << 24;

/// No deflated byte stands for more: 258 bytes in two bits.
const MOST_EXPANSION: u64 = 1032;

const AGAIN: &str = "the archive is damaged: write it again with numpy.savez";

/// An archive whose directory was read.
#[derive(Debug)]
pub(super) struct Archive {
    path: PathBuf,
    members: Vec<Member>,
}

#[derive(Clone, Debug)]
struct Member {
    name: String,
    method: u16,
    encrypted: bool,
    crc32: u32,
    compressed: u64,
    size: u64,
    offset: u64,
}

/// Whether a file begins as an archive does.
pub(super) fn is_archive(path: &Path) -> Result<bool> {
    let mut start = Vec::new();
    let file = File::open(path).map_err(Error::io("read", path))?;
    file.take(MAGIC.len() as u64).read_to_end(&mut start).map_err(Error::io("read", path))?;
    Ok(start == MAGIC)
}

fn number(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(width)?)?;
    Some(bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

impl Archive {
    /// Reads the directory of an archive.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Format`] for one that is damaged or cut off.
    pub fn open(path: &Path) -> Result<Self> {
        let damaged = |what: &str| Error::format(path, None, format!("the archive {what}"), AGAIN);
        let mut file = File::open(path).map_err(Error::io("read", path))?;
        let length = file.seek(SeekFrom::End(0)).map_err(Error::io("read", path))?;
        let tail = length.min(END_LENGTH + LOCATOR_LENGTH + u64::from(u16::MAX));
        let end = read_at(&mut file, path, length - tail, tail)?;
        // The end may be followed by a comment, whose length it says, and which may look like an end.
        let is_end = |at: &usize| {
            let comment = end[*at..].starts_with(END).then(|| number(&end, at + 20, 2)).flatten();
            comment.is_some_and(|comment| *at as u64 + END_LENGTH + comment == tail)
        };
        let at = (0..end.len()).rev().find(is_end).ok_or_else(|| damaged("has no directory at its end"))?;
        let cut = || damaged("ends within its directory");
        let (mut size, mut offset) =
            (number(&end, at + 12, 4).ok_or_else(cut)?, number(&end, at + 16, 4).ok_or_else(cut)?);
        let locator = at.checked_sub(LOCATOR_LENGTH as usize).map(|start| &end[start..at]);
        if let Some(locator) = locator.filter(|locator| locator.starts_with(LOCATOR_64)) {
            let record = number(locator, 8, 8).filter(|place| *place < length).ok_or_else(cut)?;
            let record = read_at(&mut file, path, record, 56)?;
            if !record.starts_with(END_64) {
                return Err(damaged("has no directory where it says"));
            }
            size = number(&record, 40, 8).ok_or_else(cut)?;
            offset = number(&record, 48, 8).ok_or_else(cut)?;
        }
        if size > LARGEST_DIRECTORY || offset.checked_add(size).is_none_or(|end| end > length) {
            return Err(damaged("claims a directory outside of the file"));
        }
        let directory = read_at(&mut file, path, offset, size)?;
        let (mut rest, mut members) = (directory.as_slice(), Vec::new());
        while rest.starts_with(DIRECTORY_ENTRY) {
            let (member, after) = Member::parse(rest).ok_or_else(cut)?;
            members.push(member);
            rest = after;
        }
        Ok(Self { path: path.to_path_buf(), members })
    }

    /// The names of the arrays.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.members.iter().map(|member| member.name.strip_suffix(".npy").unwrap_or(&member.name))
    }

    /// The file of an array.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Format`] for an array that is not there, is encrypted or compressed in another way, or claims more
    /// bytes than there can be.
    pub fn array(&self, name: &str) -> Result<Source<'static>> {
        let place = self.names().position(|known| known == name);
        let refuse = |problem: String, hint: &str| Error::format(&self.path, None, problem, hint);
        let member = place.map(|place| &self.members[place]);
        let member = member.ok_or_else(|| refuse(format!("there is no array {name:?}"), AGAIN))?;
        let path = self.path.join(&member.name);
        let refuse = |problem: &str, hint: &str| Error::format(&path, None, problem, hint);
        if member.encrypted {
            return Err(refuse("the array is encrypted", "write the archive with numpy.savez"));
        }
        let mut file = File::open(&self.path).map_err(Error::io("read", &self.path))?;
        let length = file.seek(SeekFrom::End(0)).map_err(Error::io("read", &self.path))?;
        let start = read_at(&mut file, &self.path, member.offset.min(length), 30)?;
        let (name, extra) = match (start.starts_with(MAGIC), number(&start, 26, 2), number(&start, 28, 2)) {
            (true, Some(name), Some(extra)) => (name, extra),
            _ => return Err(refuse("the array is not where the directory of the archive says", AGAIN)),
        };
        let begin = member.offset + 30 + name + extra;
        if begin.checked_add(member.compressed).is_none_or(|end| end > length) {
            return Err(refuse("the archive ends before the array does", AGAIN));
        }
        file.seek(SeekFrom::Start(begin)).map_err(Error::io("read", &self.path))?;
        let bytes = BufReader::new(file.take(member.compressed));
        let inner: Box<dyn Read> = match member.method {
            0 if member.size == member.compressed => Box::new(bytes),
            8 if member.size <= MOST_EXPANSION.saturating_mul(member.compressed) => {
                Box::new(DeflateDecoder::new(bytes))
            }
            0 | 8 => return Err(refuse("the array claims more bytes than there can be", AGAIN)),
            _ => {
                let hint = "write the archive with numpy.savez or numpy.savez_compressed";
                return Err(refuse("the array is compressed in a way that is not read", hint));
            }
        };
        let checked = Checked { inner, left: member.size, sum: crc32fast::Hasher::new(), crc32: member.crc32 };
        Ok(Source::part(path, Box::new(BufReader::new(checked)), AGAIN))
    }
}

impl Member {
    /// A member, and what follows it in the directory.
    fn parse(entry: &[u8]) -> Option<(Self, &[u8])> {
        let short = |at: usize| number(entry, at, 2);
        let [name, extra, comment] = [28, 30, 32].map(|at| short(at).map(|length| length as usize));
        let (name, extra, comment) = (name?, extra?, comment?);
        let mut member = Self {
            name: String::from_utf8_lossy(entry.get(46..46 + name)?).into_owned(),
            method: short(10)? as u16,
            encrypted: short(8)? & 1 != 0,
            crc32: number(entry, 16, 4)? as u32,
            compressed: number(entry, 20, 4)?,
            size: number(entry, 24, 4)?,
            offset: number(entry, 42, 4)?,
        };
        // What four bytes do not hold stands in an extra field, in this order.
        let mut fields = entry.get(46 + name..46 + name + extra)?;
        while let (Some(kind), Some(length)) = (number(fields, 0, 2), number(fields, 2, 2)) {
            let field = fields.get(4..4 + length as usize)?;
            let mut at = 0;
            for value in [&mut member.size, &mut member.compressed, &mut member.offset] {
                if kind == 1 && *value == u64::from(u32::MAX) {
                    *value = number(field, at, 8)?;
                    at += 8;
                }
            }
            fields = &fields[4 + length as usize..];
        }
        Some((member, entry.get(46 + name + extra + comment..)?))
    }
}

fn read_at(file: &mut File, path: &Path, start: u64, length: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(start)).map_err(Error::io("read", path))?;
    file.by_ref().take(length).read_to_end(&mut bytes).map_err(Error::io("read", path))?;
    Ok(bytes)
}

/// The bytes of a member, no more than it is said to have, whose checksum is compared where they end.
struct Checked {
    inner: Box<dyn Read>,
    left: u64,
    sum: crc32fast::Hasher,
    crc32: u32,
}

impl Read for Checked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what);
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if self.left == 0 {
            let sum = std::mem::take(&mut self.sum).finalize();
            let whole = std::mem::replace(&mut self.crc32, 0) == sum || buffer.is_empty();
            return if whole { Ok(0) } else { Err(wrong("its checksum is another")) };
        }
        let read = self.inner.read(&mut buffer[..most])?;
        if read == 0 && most > 0 {
            return Err(wrong("it ends too early"));
        }
        self.sum.update(&buffer[..read]);
        self.left -= read as u64;
        Ok(read)
    }
}
