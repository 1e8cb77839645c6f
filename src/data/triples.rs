//! Knowledge graphs: triples of head, relation and tail in tab-separated files.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, ErrorKind};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use crate::data::Vocabulary;
use crate::{Error, Result};

/// What may follow the name of a split, in the order in which a message lists them.
const ENDINGS: [&str; 4] = ["tsv", "txt", "tsv.gz", "txt.gz"];

/// What a line should be, for messages.
const FORM: &str = "write one triple a line: head, relation and tail with a tab between them";

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// One statement of a knowledge graph: the head has the relation to the tail.
///
/// Heads and tails are ids of [`TripleSet::entities`], relations of [`TripleSet::relations`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Triple {
    /// The entity that the statement is about.
    pub head: u32,
    /// What is said of it.
    pub relation: u32,
    /// The entity that it has the relation to.
    pub tail: u32,
}

/// A knowledge graph split for training, validation and test.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TripleSet {
    /// The names of heads and tails.
    pub entities: Vocabulary,
    /// The names of relations.
    pub relations: Vocabulary,
    /// The triples to learn from; a place in this list is the id of a training example.
    pub train: Vec<Triple>,
    /// The triples to choose options by; none if there was no such file.
    pub valid: Vec<Triple>,
    /// The triples to judge the result by; none if there was no such file.
    pub test: Vec<Triple>,
}

impl TripleSet {
    /// Reads the files `train`, `valid` and `test` of a folder.
    ///
    /// Each ends in `.tsv` or `.txt`, or in one of these and `.gz` if it is compressed with gzip.
    /// Only `train` has to be there. A line is `head<TAB>relation<TAB>tail` in UTF-8; it ends in
    /// LF or CRLF, and the file may begin with a byte order mark. Lines of nothing but spaces
    /// are passed over. Names are taken as they are, with their spaces and quotes. A triple that
    /// is written twice is two examples.
    ///
    /// Ids are given in the order of first occurrence, the head of a line before its tail, and
    /// `train` before `valid` before `test`. Entities that training has never seen thus have the
    /// highest ids.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the folder or a file cannot be read, [`Error::Format`] with file and line
    /// for everything else: no training file, two files for one split, a file without triples, a
    /// line without exactly three columns, an empty name, bytes that are not UTF-8, compressed
    /// data that is cut off or damaged, and more than 2^32 - 2 names.
    pub fn read(dir: &Path) -> Result<Self> {
        Self::read_with(dir, usize::MAX)
    }

    /// Reads the three splits from text, with lines as in the files of [`read`](Self::read).
    ///
    /// Only `train` has to hold triples.
    ///
    /// # Errors
    ///
    /// [`Error::Format`] with the split and line, as for files.
    pub fn from_text(train: &str, valid: &str, test: &str) -> Result<Self> {
        let mut set = Self::default();
        set.train = set.read_lines("train".into(), train.as_bytes(), usize::MAX, false)?;
        for (name, text) in [("valid", valid), ("test", test)] {
            if !text.is_empty() {
                let triples = set.read_lines(name.into(), text.as_bytes(), usize::MAX, false)?;
                *if name == "valid" { &mut set.valid } else { &mut set.test } = triples;
            }
        }
        Ok(set)
    }

    /// As [`read`](Self::read), with at most `capacity` entities and as many relations.
    fn read_with(dir: &Path, capacity: usize) -> Result<Self> {
        // A missing folder, or a file in its place, is reported in the system's own words.
        fs::read_dir(dir).map_err(Error::io("read", dir))?;
        let train = find(dir, "train")?.ok_or_else(|| {
            let wanted = ENDINGS.map(|ending| format!("train.{ending}"));
            Error::format(
                dir,
                None,
                format!("there are no triples to train on, looked for {}", wanted.join(", ")),
                "add one of them or name the folder that holds one",
            )
        })?;
        // All names are settled before the first file is read, so that a doubtful folder is
        // refused at once.
        let valid = find(dir, "valid")?;
        let test = find(dir, "test")?;

        let mut set = Self::default();
        set.train = set.read_file(train, capacity)?;
        if let Some(path) = valid {
            set.valid = set.read_file(path, capacity)?;
        }
        if let Some(path) = test {
            set.test = set.read_file(path, capacity)?;
        }
        Ok(set)
    }

    fn read_file(&mut self, path: PathBuf, capacity: usize) -> Result<Vec<Triple>> {
        let file = File::open(&path).map_err(Error::io("read", &path))?;
        let text = BufReader::new(file);
        if path.extension().is_some_and(|ending| ending == "gz") {
            // Gzip files may be joined end to end, so there may be more than one member.
            let text = BufReader::new(MultiGzDecoder::new(text));
            self.read_lines(path, text, capacity, true)
        } else {
            self.read_lines(path, text, capacity, false)
        }
    }

    fn read_lines(
        &mut self,
        path: PathBuf,
        mut text: impl BufRead,
        capacity: usize,
        compressed: bool,
    ) -> Result<Vec<Triple>> {
        let mut triples = Vec::new();
        let mut buffer = Vec::new();
        let mut offset = 0;
        for line in 1.. {
            let start = offset;
            buffer.clear();
            offset += text.read_until(b'\n', &mut buffer).map_err(|source| {
                if compressed { damaged(&path, line, source) } else { Error::io("read", &path)(source) }
            })?;
            if buffer.is_empty() {
                break;
            }
            let (before, bytes) = content(&buffer, line);
            let text = std::str::from_utf8(bytes).map_err(|error| {
                let wrong = error.valid_up_to();
                not_text(&path, line, start + before + wrong, bytes, wrong)
            })?;
            if text.bytes().all(|byte| byte == b' ') {
                continue;
            }
            let columns =
                columns(text).map_err(|(problem, remedy)| Error::format(&path, Some(line), problem, remedy))?;
            let id = |vocabulary: &mut Vocabulary, kind, name| {
                vocabulary.insert(name, capacity).ok_or_else(|| {
                    Error::format(
                        &path,
                        Some(line),
                        format!("{name:?} is one {kind} too many, {} are held", vocabulary.len()),
                        "use a smaller part of the graph",
                    )
                })
            };
            let [head, relation, tail] = columns;
            triples.push(Triple {
                head: id(&mut self.entities, "entity", head)?,
                relation: id(&mut self.relations, "relation", relation)?,
                tail: id(&mut self.entities, "entity", tail)?,
            });
        }
        if triples.is_empty() {
            return Err(Error::format(
                path,
                None,
                "the file holds no triples",
                format!("{FORM}, or remove the file if the split is not needed"),
            ));
        }
        Ok(triples)
    }

    /// The names of head, relation and tail with a space between them.
    ///
    /// An id that has no name is written as `#` and its number.
    #[must_use]
    pub fn describe(&self, triple: Triple) -> String {
        fn name(vocabulary: &Vocabulary, id: u32) -> Cow<'_, str> {
            vocabulary.name(id).map_or_else(|| Cow::Owned(format!("#{id}")), Cow::Borrowed)
        }
        format!(
            "{} {} {}",
            name(&self.entities, triple.head),
            name(&self.relations, triple.relation),
            name(&self.entities, triple.tail)
        )
    }
}

/// The file of a split, if there is one.
fn find(dir: &Path, split: &str) -> Result<Option<PathBuf>> {
    let mut found = Vec::new();
    for ending in ENDINGS {
        let name = format!("{split}.{ending}");
        // A link that leads nowhere counts as present: to open it gives the better message.
        match fs::symlink_metadata(dir.join(&name)) {
            Ok(_) => found.push(name),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(Error::io("read", dir.join(name))(error)),
        }
    }
    match found.as_slice() {
        [] => Ok(None),
        [name] => Ok(Some(dir.join(name))),
        names => Err(Error::format(
            dir,
            None,
            format!("{} each claim to be the split {split}", names.join(" and ")),
            "keep one of them",
        )),
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

/// The three names of a line, or what is wrong with it and the remedy.
fn columns(text: &str) -> std::result::Result<[&str; 3], (String, &'static str)> {
    let mut parts = text.split('\t');
    let [Some(head), Some(relation), Some(tail), None] = std::array::from_fn(|_| parts.next()) else {
        let found = text.split('\t').count();
        let noun = if found == 1 { "column" } else { "columns" };
        let remedy = if found == 1 && text.contains([',', ' ', ';']) {
            "columns are separated by tabs, not by commas or spaces: put a tab between head and \
             relation and one between relation and tail"
        } else {
            FORM
        };
        return Err((format!("found {found} {noun}, expected 3"), remedy));
    };
    for (name, what) in [(head, "head"), (relation, "relation"), (tail, "tail")] {
        if name.trim().is_empty() {
            return Err((format!("the {what} is empty"), "give it a name or remove the line"));
        }
    }
    Ok([head, relation, tail])
}

/// The error for bytes that are not UTF-8, the first of them at `wrong` in the line.
fn not_text(path: &Path, line: usize, offset: usize, bytes: &[u8], wrong: usize) -> Error {
    // A first line that begins as a gzip file does, and a mark of the other common encoding.
    let remedy = match bytes {
        [0x1f, 0x8b, ..] if line == 1 => "the file looks compressed: add .gz to its name",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] if line == 1 => "the file looks like UTF-16: save it as UTF-8",
        _ => "save the file as UTF-8",
    };
    Error::format(
        path,
        Some(line),
        format!("the byte {:#04x} at offset {offset} of the text is not valid UTF-8", bytes[wrong]),
        remedy,
    )
}

/// The error for a compressed file that could not be read on at `line`.
fn damaged(path: &Path, line: usize, source: io::Error) -> Error {
    // What has a number comes from the system and not from the decoder.
    if source.raw_os_error().is_some() {
        return Error::io("read", path)(source);
    }
    let (problem, remedy) = if source.kind() == ErrorKind::UnexpectedEof {
        ("the compressed data ends too early".to_owned(), "copy or compress the file again, it is not complete")
    } else {
        (
            format!("the compressed data cannot be read: {source}"),
            "copy or compress the file again, or take .gz off its name if it is not compressed",
        )
    };
    Error::format(path, Some(line), problem, remedy)
}

#[cfg(test)]
mod tests;
