//! Files as they are opened by every reader of this module: plain or compressed with gzip.

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use crate::{Error, Result};

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// How the bytes of a gzip file begin.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What to do about a compressed file whose name does not say so.
pub(super) const COMPRESSED: &str = "the file looks compressed: add .gz to its name";

/// The bytes of a file or of a text, with the name that messages give them.
pub(super) struct Source<'a> {
    path: PathBuf,
    /// What to do about data that cannot be decompressed; none of plain bytes.
    compressed: Option<&'static str>,
    bytes: Box<dyn BufRead + 'a>,
}

const OF_GZIP: &str = "copy or compress the file again, or take .gz off its name if it is not compressed";

impl<'a> Source<'a> {
    /// Opens a file, and decompresses it if its name ends in `.gz`.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = BufReader::new(File::open(path).map_err(Error::io("read", path))?);
        let compressed = path.extension().is_some_and(|ending| ending == "gz");
        // Gzip files may be joined end to end, so there may be more than one member.
        let bytes: Box<dyn BufRead> =
            if compressed { Box::new(BufReader::new(MultiGzDecoder::new(file))) } else { Box::new(file) };
        Ok(Self { path: path.to_path_buf(), compressed: compressed.then_some(OF_GZIP), bytes })
    }

    /// The bytes of a text that is called `name` in messages.
    pub(super) fn text(name: impl Into<PathBuf>, text: &'a str) -> Self {
        Self { path: name.into(), compressed: None, bytes: Box::new(text.as_bytes()) }
    }

    /// The bytes of a part of an archive; `hint` says what to do where they cannot be read.
    pub(super) fn part(path: PathBuf, bytes: Box<dyn BufRead + 'a>, hint: &'static str) -> Self {
        Self { path, compressed: Some(hint), bytes }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads up to `most` bytes; fewer only if there are no more.
    pub(super) fn take(&mut self, most: u64) -> Result<Vec<u8>> {
        let mut found = Vec::new();
        self.bytes.by_ref().take(most).read_to_end(&mut found).map_err(|source| self.failed(None, source))?;
        Ok(found)
    }

    pub(super) fn lines(self) -> Lines<'a> {
        Lines { source: self, buffer: Vec::new(), offset: 0, line: 0 }
    }

    fn failed(&self, line: Option<usize>, source: io::Error) -> Error {
        // What has a number comes from the system and not from the decoder.
        let Some(hint) = self.compressed.filter(|_| source.raw_os_error().is_none()) else {
            return Error::io("read", &self.path)(source);
        };
        if source.kind() == ErrorKind::UnexpectedEof {
            let hint = "copy or compress the file again, it is not complete";
            return Error::format(&self.path, line, "the compressed data ends too early", hint);
        }
        Error::format(&self.path, line, format!("the compressed data cannot be read: {source}"), hint)
    }
}

/// The lines of a text, without their ends and without those of nothing but spaces.
pub(super) struct Lines<'a> {
    source: Source<'a>,
    buffer: Vec<u8>,
    offset: usize,
    line: usize,
}

impl Lines<'_> {
    /// The next line and its number, counted from one over all lines of the file.
    ///
    /// A line ends in LF or CRLF, and the first may begin with a byte order mark. Errors are those
    /// of the file and, with offset, bytes that are not UTF-8.
    pub(super) fn next(&mut self) -> Result<Option<(usize, &str)>> {
        let start = loop {
            let start = self.offset;
            self.line += 1;
            self.buffer.clear();
            let read = self.source.bytes.read_until(b'\n', &mut self.buffer);
            self.offset += read.map_err(|source| self.source.failed(Some(self.line), source))?;
            if self.buffer.is_empty() {
                return Ok(None);
            }
            if !content(&self.buffer, self.line).1.iter().all(|byte| *byte == b' ') {
                break start;
            }
        };
        let (before, bytes) = content(&self.buffer, self.line);
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let wrong = error.valid_up_to();
            let (byte, place) = (bytes[wrong], start + before + wrong);
            let problem = format!("the byte {byte:#04x} at offset {place} of the text is not valid UTF-8");
            Error::format(&self.source.path, Some(self.line), problem, not_text(bytes, self.line == 1))
        })?;
        Ok(Some((self.line, text)))
    }

    pub(super) fn path(&self) -> &Path {
        &self.source.path
    }
}

/// A line without its end and, in the first line, without the byte order mark; before it, how
/// many bytes were left out at the beginning.
fn content(buffer: &[u8], line: usize) -> (usize, &[u8]) {
    let bytes = buffer
        .strip_suffix(b"\r\n")
        .or_else(|| buffer.strip_suffix(b"\n"))
        // The last line of a file with CRLF ends may have lost its LF.
        .or_else(|| buffer.strip_suffix(b"\r"))
        .unwrap_or(buffer);
    match bytes.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) if line == 1 => (BYTE_ORDER_MARK.len(), rest),
        _ => (0, bytes),
    }
}

pub(super) fn looks_compressed(bytes: &[u8]) -> bool {
    bytes.starts_with(&GZIP)
}

/// What to do about bytes that are not UTF-8; `first` if the file begins with them.
pub(super) fn not_text(bytes: &[u8], first: bool) -> &'static str {
    // A file that begins as a gzip file does, and a mark of the other common encoding.
    match bytes {
        _ if first && looks_compressed(bytes) => COMPRESSED,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] if first => "the file looks like UTF-16: save it as UTF-8",
        _ => "save the file as UTF-8",
    }
}
