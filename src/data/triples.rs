//! Knowledge graphs: triples of head, relation and tail in tab-separated files.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::data::Vocabulary;
use crate::data::source::{Lines, Source};
use crate::{Error, Result};

/// What may follow the name of a split, in the order in which a message lists them.
const ENDINGS: [&str; 4] = ["tsv", "txt", "tsv.gz", "txt.gz"];

const FORM: &str = "write one triple a line: head, relation and tail with a tab between them";

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
    /// [`Error::Io`] if the folder or a file cannot be read, [`Error::Format`] with file and line
    /// for everything else: no training file, two files for one split, a file without triples, a
    /// line without exactly three columns, an empty name, bytes that are not UTF-8, compressed
    /// data that is cut off or damaged, and more than 2^32 - 2 names.
    pub fn read(dir: &Path) -> Result<Self> {
        Self::read_with(dir, usize::MAX)
    }

    /// Reads the splits from files of any name, with lines as in those of [`read`](Self::read).
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_files(train: &Path, valid: Option<&Path>, test: Option<&Path>) -> Result<Self> {
        Self::of([Some(train), valid, test].map(|path| path.map(Source::open)), usize::MAX)
    }

    /// Reads the three splits from text, with lines as in the files of [`read`](Self::read).
    ///
    /// Only `train` has to hold triples.
    ///
    /// # Errors
    /// [`Error::Format`] with the split and line, as for files.
    pub fn from_text(train: &str, valid: &str, test: &str) -> Result<Self> {
        let split = |(name, text)| (name == "train" || !str::is_empty(text)).then(|| Ok(Source::text(name, text)));
        Self::of([("train", train), ("valid", valid), ("test", test)].map(split), usize::MAX)
    }

    /// As [`read`](Self::read), with at most `capacity` entities and as many relations.
    fn read_with(dir: &Path, capacity: usize) -> Result<Self> {
        // A missing folder, or a file in its place, is reported in the system's own words.
        fs::read_dir(dir).map_err(Error::io("read", dir))?;
        let train = find(dir, "train")?.ok_or_else(|| {
            let wanted = ENDINGS.map(|ending| format!("train.{ending}")).join(", ");
            let problem = format!("there are no triples to train on, looked for {wanted}");
            Error::format(dir, None, problem, "add one of them or name the folder that holds one")
        })?;
        // All names are settled before the first file is read, so that a doubtful folder is
        // refused at once.
        let splits = [Some(train), find(dir, "valid")?, find(dir, "test")?];
        Self::of(splits.map(|path| path.map(|path| Source::open(&path))), capacity)
    }

    /// Reads the splits that there are, one after the other.
    fn of(splits: [Option<Result<Source<'_>>>; 3], capacity: usize) -> Result<Self> {
        let mut set = Self::default();
        let mut lists = [const { Vec::new() }; 3];
        for (list, source) in lists.iter_mut().zip(splits) {
            if let Some(source) = source {
                *list = set.read_lines(source?.lines(), capacity)?;
            }
        }
        [set.train, set.valid, set.test] = lists;
        Ok(set)
    }

    fn read_lines(&mut self, mut lines: Lines<'_>, capacity: usize) -> Result<Vec<Triple>> {
        let path = lines.path().to_path_buf();
        let mut triples = Vec::new();
        while let Some((line, text)) = lines.next()? {
            let [head, relation, tail] =
                columns(text).map_err(|(problem, hint)| Error::format(&path, Some(line), problem, hint))?;
            let id = |vocabulary: &mut Vocabulary, kind, name| {
                vocabulary.insert(name, capacity).ok_or_else(|| {
                    let problem = format!("{name:?} is one {kind} too many, {} are held", vocabulary.len());
                    Error::format(&path, Some(line), problem, "use a smaller part of the graph")
                })
            };
            triples.push(Triple {
                head: id(&mut self.entities, "entity", head)?,
                relation: id(&mut self.relations, "relation", relation)?,
                tail: id(&mut self.entities, "entity", tail)?,
            });
        }
        if triples.is_empty() {
            let hint = format!("{FORM}, or remove the file if the split is not needed");
            return Err(Error::format(path, None, "the file holds no triples", hint));
        }
        Ok(triples)
    }

    /// The names of head, relation and tail with a space between them.
    ///
    /// An id that has no name is written as `#` and its number.
    pub fn describe(&self, triple: Triple) -> String {
        let name = |vocabulary: &Vocabulary, id| vocabulary.name(id).map_or_else(|| format!("#{id}"), str::to_owned);
        let (head, tail) = (name(&self.entities, triple.head), name(&self.entities, triple.tail));
        format!("{head} {} {tail}", name(&self.relations, triple.relation))
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
        names => {
            let problem = format!("{} each claim to be the split {split}", names.join(" and "));
            Err(Error::format(dir, None, problem, "keep one of them"))
        }
    }
}

/// The three names of a line, or what is wrong with it and the hint.
fn columns(text: &str) -> std::result::Result<[&str; 3], (String, &'static str)> {
    let mut parts = text.split('\t');
    let [Some(head), Some(relation), Some(tail), None] = std::array::from_fn(|_| parts.next()) else {
        let found = text.split('\t').count();
        let noun = if found == 1 { "column" } else { "columns" };
        let hint = if found == 1 && text.contains([',', ' ', ';']) {
            "columns are separated by tabs, not by commas or spaces: put a tab between head and \
             relation and one between relation and tail"
        } else {
            FORM
        };
        return Err((format!("found {found} {noun}, expected 3"), hint));
    };
    for (name, what) in [(head, "head"), (relation, "relation"), (tail, "tail")] {
        if name.trim().is_empty() {
            return Err((format!("the {what} is empty"), "give it a name or remove the line"));
        }
    }
    Ok([head, relation, tail])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_names_than_ids_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("train.tsv"), "a\tr\tb\nb\ts\ta\na\tr\tc\n").unwrap();
        assert!(TripleSet::read_with(dir.path(), 3).is_ok());
        let error = TripleSet::read_with(dir.path(), 2).unwrap_err().to_string();
        assert!(
            error.ends_with(
                "train.tsv, line 3: \"c\" is one entity too many, 2 are held; use a smaller part \
                 of the graph"
            ),
            "{error}"
        );
        let error = TripleSet::read_with(dir.path(), 1).unwrap_err().to_string();
        assert!(error.contains("line 1: \"b\" is one entity too many, 1"));
    }
}
