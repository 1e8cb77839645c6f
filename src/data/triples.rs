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

/// All true answers to a question, so that a ranking can pass over the other true ones.
///
/// It holds the triples of all three splits. The answers to a question are sorted and distinct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    tails: Answers,
    heads: Answers,
}

impl Known {
    /// The answers that the triples of `set` give.
    #[must_use]
    pub fn new(set: &TripleSet) -> Self {
        let all = || [&set.train, &set.valid, &set.test].into_iter().flatten();
        Self {
            tails: Answers::new(all().map(|t| ((t.relation, t.head), t.tail)).collect()),
            heads: Answers::new(all().map(|t| ((t.relation, t.tail), t.head)).collect()),
        }
    }

    /// Every tail known for a head and a relation, lowest id first.
    #[must_use]
    pub fn tails(&self, head: u32, relation: u32) -> &[u32] {
        self.tails.of((relation, head))
    }

    /// Every head known for a relation and a tail, lowest id first.
    #[must_use]
    pub fn heads(&self, relation: u32, tail: u32) -> &[u32] {
        self.heads.of((relation, tail))
    }
}

/// A map from a relation and an entity to a sorted list of entities, as three flat lists.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Answers {
    /// Sorted.
    questions: Vec<(u32, u32)>,
    /// Where the answers to the question in the same place end; they begin where the last ended.
    ends: Vec<usize>,
    answers: Vec<u32>,
}

impl Answers {
    fn new(mut pairs: Vec<((u32, u32), u32)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let mut index = Self { questions: Vec::new(), ends: Vec::new(), answers: Vec::with_capacity(pairs.len()) };
        for group in pairs.chunk_by(|left, right| left.0 == right.0) {
            index.questions.push(group[0].0);
            index.answers.extend(group.iter().map(|pair| pair.1));
            index.ends.push(index.answers.len());
        }
        index
    }

    fn of(&self, question: (u32, u32)) -> &[u32] {
        match self.questions.binary_search(&question) {
            Ok(place) => {
                let start = if place == 0 { 0 } else { self.ends[place - 1] };
                &self.answers[start..self.ends[place]]
            }
            Err(_) => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;
    use std::io::Write;
    use tempfile::TempDir;

    fn folder(files: &[(&str, &[u8])]) -> TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            fs::write(dir.path().join(name), bytes).unwrap();
        }
        dir
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn read(files: &[(&str, &[u8])]) -> TripleSet {
        TripleSet::read(folder(files).path()).unwrap()
    }

    fn train(bytes: impl AsRef<[u8]>) -> TripleSet {
        read(&[("train.tsv", bytes.as_ref())])
    }

    /// The message for these files, with the folder written as `DIR`.
    fn refused(files: &[(&str, &[u8])]) -> String {
        let dir = folder(files);
        let error = TripleSet::read(dir.path()).unwrap_err();
        error.to_string().replace(dir.path().to_str().unwrap(), "DIR")
    }

    fn triple(head: u32, relation: u32, tail: u32) -> Triple {
        Triple { head, relation, tail }
    }

    #[test]
    fn ids_follow_the_reading_order_of_the_splits() {
        let set = read(&[
            ("test.txt", b"new\tnear\tuk\n"),
            ("valid.tsv", b"cuba\tfar\tusa"),
            ("train.tsv", b"usa\tnear\tuk\nuk\tnear\tusa\n"),
        ]);
        assert!(set.entities.iter().eq(["usa", "uk", "cuba", "new"]));
        assert!(set.relations.iter().eq(["near", "far"]));
        assert_eq!(set.train, [triple(0, 0, 1), triple(1, 0, 0)]);
        assert_eq!(set.valid, [triple(2, 1, 0)]);
        assert_eq!(set.test, [triple(3, 0, 1)]);
        assert_eq!(set.describe(set.valid[0]), "cuba far usa");
        assert_eq!(set.describe(triple(9, 1, 0)), "#9 far usa");
    }

    #[test]
    fn validation_and_test_are_optional() {
        let set = train("a\tr\tb\n");
        assert_eq!(set.train.len(), 1);
        assert!(set.valid.is_empty() && set.test.is_empty());
    }

    #[test]
    fn text_is_read_like_files() {
        let files = [("train.tsv", "a\tr\tb\n"), ("valid.tsv", "b\tr\tc\n"), ("test.tsv", "c\tr\ta\n")];
        let set = TripleSet::from_text(files[0].1, files[1].1, files[2].1).unwrap();
        assert_eq!(set, read(&files.map(|(name, text)| (name, text.as_bytes()))));
        assert_eq!(TripleSet::from_text(files[0].1, "", "").unwrap(), train(files[0].1));
        let error = TripleSet::from_text("a\tr\tb\n", "a\tr\n", "").unwrap_err();
        assert!(error.to_string().starts_with("valid, line 1: found 2 columns"), "{error}");
    }

    #[test]
    fn repeated_triples_stay_separate_examples() {
        assert_eq!(train("a\tr\tb\na\tr\tb\n").train, [triple(0, 0, 1); 2]);
    }

    #[test]
    fn names_are_taken_as_they_are() {
        let set =
            train(" Washington,  D.C. \t\"capital of\"\tÅland\u{feff}\n\u{feff}x\t\"capital of\"\tÅland\u{feff}\n");
        assert!(set.entities.iter().eq([" Washington,  D.C. ", "Åland\u{feff}", "\u{feff}x"]));
        assert!(set.relations.iter().eq(["\"capital of\""]));
    }

    #[test]
    fn line_ends_blank_lines_and_the_mark_make_no_difference() {
        let plain = train("a\tr\tb\nb\tr\ta\n");
        for text in [
            "a\tr\tb\r\nb\tr\ta\r\n",
            "a\tr\tb\nb\tr\ta",
            "a\tr\tb\r\nb\tr\ta\r",
            "\u{feff}a\tr\tb\nb\tr\ta\n",
            "\n\na\tr\tb\n\r\n   \nb\tr\ta\n\n\n",
            "\u{feff}\r\na\tr\tb\nb\tr\ta\n",
        ] {
            assert_eq!(train(text), plain, "{text:?}");
        }
    }

    #[test]
    fn compressed_files_are_read_with_all_their_members() {
        let plain = train("a\tr\tb\nb\tr\ta\n");
        let whole = gzip(b"a\tr\tb\nb\tr\ta\n");
        let joined = [gzip(b"a\tr\tb\nb\t"), gzip(b"r\ta\n")].concat();
        assert_eq!(read(&[("train.tsv.gz", &whole)]), plain);
        assert_eq!(read(&[("train.txt.gz", &joined)]), plain);
    }

    #[test]
    fn a_missing_folder_is_a_plain_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("none");
        match TripleSet::read(&path) {
            Err(Error::Io { action: "read", path: found, source }) => {
                assert_eq!(found, path);
                assert_eq!(source.kind(), ErrorKind::NotFound);
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_file_for_a_folder_and_a_folder_for_a_file_are_plain_errors() {
        let dir = folder(&[("file", b"a\tr\tb\n")]);
        let error = TripleSet::read(&dir.path().join("file"));
        assert!(matches!(error, Err(Error::Io { .. })), "{error:?}");
        for name in ["train.tsv", "train.tsv.gz"] {
            let dir = tempfile::tempdir().unwrap();
            fs::create_dir(dir.path().join(name)).unwrap();
            match TripleSet::read(dir.path()) {
                Err(Error::Io { path, .. }) => assert!(path.ends_with(name)),
                other => panic!("{other:?}"),
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_is_not_passed_over() {
        let dir = folder(&[("train.tsv", b"a\tr\tb\n")]);
        std::os::unix::fs::symlink("nowhere", dir.path().join("valid.tsv")).unwrap();
        match TripleSet::read(dir.path()) {
            Err(Error::Io { path, .. }) => assert!(path.ends_with("valid.tsv")),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_missing_training_file_is_named_in_all_its_forms() {
        assert_eq!(
            refused(&[("valid.tsv", b"a\tr\tb\n")]),
            "DIR: there are no triples to train on, looked for train.tsv, train.txt, \
             train.tsv.gz, train.txt.gz; add one of them or name the folder that holds one"
        );
    }

    #[test]
    fn two_files_for_one_split_are_both_named() {
        let line = b"a\tr\tb\n".as_slice();
        assert_eq!(
            refused(&[("train.txt", line), ("train.tsv", line)]),
            "DIR: train.tsv and train.txt each claim to be the split train; keep one of them"
        );
        assert_eq!(
            refused(&[("train.txt", b"wrong"), ("test.tsv", line), ("test.tsv.gz", line)]),
            "DIR: test.tsv and test.tsv.gz each claim to be the split test; keep one of them"
        );
    }

    #[test]
    fn a_file_without_triples_is_refused() {
        for text in ["", "\n \r\n", "\u{feff}"] {
            assert_eq!(
                refused(&[("train.tsv", text.as_bytes())]),
                "DIR/train.tsv: the file holds no triples; write one triple a line: head, \
                 relation and tail with a tab between them, or remove the file if the split is \
                 not needed"
            );
        }
        let message = refused(&[("train.tsv", b"a\tr\tb\n"), ("valid.tsv.gz", &gzip(b""))]);
        assert!(message.starts_with("DIR/valid.tsv.gz: the file holds no triples"));
    }

    #[test]
    fn a_line_needs_exactly_three_columns() {
        for (line, found, remedy) in [
            ("a\tr", "2 columns", "write one triple a line"),
            ("a\tr\tb\t", "4 columns", "write one triple a line"),
            ("a\tr\tb\tc\td", "5 columns", "write one triple a line"),
            ("a b\tr", "2 columns", "write one triple a line"),
            ("abc", "1 column", "write one triple a line"),
            ("a,r,b", "1 column", "columns are separated by tabs"),
            ("a r b", "1 column", "columns are separated by tabs"),
        ] {
            let text = format!("a\tr\tb\n\n{line}\nrest");
            let message = refused(&[("train.tsv", text.as_bytes())]);
            let expected = format!("DIR/train.tsv, line 3: found {found}, expected 3; {remedy}");
            assert!(message.starts_with(&expected), "{message}");
        }
    }

    #[test]
    fn an_empty_name_is_refused() {
        for (line, what) in
            [("\tr\tb", "head"), ("a\t\tb", "relation"), ("a\tr\t", "tail"), ("a\t \tb", "relation"), ("\t\t", "head")]
        {
            assert_eq!(
                refused(&[("train.tsv", format!("{line}\r\n").as_bytes())]),
                format!("DIR/train.tsv, line 1: the {what} is empty; give it a name or remove the line")
            );
        }
    }

    #[test]
    fn bytes_that_are_not_utf8_are_found() {
        let latin = b"\xef\xbb\xbfa\tr\tb\na\tr\t\xe9t\xe9\n";
        for (name, bytes) in [("train.tsv", latin.to_vec()), ("train.tsv.gz", gzip(latin))] {
            assert_eq!(
                refused(&[(name, &bytes)]),
                format!(
                    "DIR/{name}, line 2: the byte 0xe9 at offset 13 of the text is not valid \
                     UTF-8; save the file as UTF-8"
                )
            );
        }
        assert!(refused(&[("train.tsv", b"\xef\xbb\xbfab\xff\t")]).contains("0xff at offset 5 "));
        let utf16: Vec<u8> = "\u{feff}a\tr\tb\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(refused(&[("train.tsv", &utf16)]).ends_with("like UTF-16: save it as UTF-8"));
        let message = refused(&[("train.tsv", &gzip(b"a\tr\tb\n"))]);
        assert!(message.ends_with("looks compressed: add .gz to its name"));
    }

    #[test]
    fn a_damaged_compressed_file_is_refused() {
        let text: String = (0..500).map(|i| format!("a{i}\tr\tb{i}\n")).collect();
        let whole = gzip(text.as_bytes());
        // All but the check sum, half, and a part of the header.
        for length in [whole.len() - 1, whole.len() - 8, whole.len() / 2, 5] {
            let message = refused(&[("train.tsv.gz", &whole[..length])]);
            assert!(message.starts_with("DIR/train.tsv.gz, line "), "{message}");
            assert!(
                message.ends_with(
                    ": the compressed data ends too early; copy or compress the file again, it is \
                     not complete"
                ),
                "{message}"
            );
        }
        let mut wrong = whole.clone();
        wrong[whole.len() - 6] ^= 1;
        for bytes in [text.as_bytes(), &wrong] {
            let message = refused(&[("train.tsv.gz", bytes)]);
            assert!(message.contains(": the compressed data cannot be read: "), "{message}");
            assert!(message.ends_with("take .gz off its name if it is not compressed"), "{message}");
        }
    }

    #[test]
    fn more_names_than_ids_are_refused() {
        let dir = folder(&[("train.tsv", b"a\tr\tb\nb\ts\ta\na\tr\tc\n")]);
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

    #[test]
    fn known_answers_come_from_all_splits_sorted_and_once() {
        let set = TripleSet {
            train: vec![triple(0, 0, 2), triple(0, 0, 1), triple(0, 0, 2)],
            valid: vec![triple(3, 0, 2), triple(0, 1, 3)],
            test: vec![triple(0, 0, 0)],
            ..TripleSet::default()
        };
        let known = Known::new(&set);
        assert_eq!(known.tails(0, 0), [0, 1, 2]);
        assert_eq!(known.tails(0, 1), [3]);
        assert_eq!(known.tails(3, 0), [2]);
        assert_eq!(known.tails(1, 0), [0; 0]);
        assert_eq!(known.heads(0, 2), [0, 3]);
        assert_eq!(known.heads(1, 3), [0]);
        assert_eq!(known.heads(7, 7), [0; 0]);
        assert_eq!(Known::new(&TripleSet::default()).heads(0, 0), [0; 0]);
    }

    /// Names as a file can hold them: no tab, no line end, not only blanks. A carriage return at
    /// the end of a line and a mark at its beginning would be taken for those of the file.
    fn a_name() -> impl Strategy<Value = String> {
        prop_oneof!["[a-c]", "[ a-z,\"'?#]{1,8}", "\\PC{1,6}", Just("naïve 名前, \"x\"".to_owned())]
            .prop_filter("blank", |name| !name.trim().is_empty() && !name.contains('\u{feff}'))
    }

    fn rows() -> impl Strategy<Value = Vec<[String; 3]>> {
        prop::collection::vec([a_name(), a_name(), a_name()], 1..20)
    }

    fn written(rows: &[[String; 3]], end: &str) -> Vec<u8> {
        let lines: Vec<String> = rows.iter().map(|row| row.join("\t") + end).collect();
        lines.concat().into_bytes()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_written_is_read(rows in rows()) {
            let set = train(written(&rows, "\n"));
            prop_assert_eq!(set.train.len(), rows.len());
            for (triple, row) in set.train.iter().zip(&rows) {
                prop_assert_eq!(set.describe(*triple), row.join(" "));
                prop_assert_eq!(set.entities.id(&row[0]), Some(triple.head));
                prop_assert_eq!(set.relations.id(&row[1]), Some(triple.relation));
                prop_assert_eq!(set.entities.id(&row[2]), Some(triple.tail));
            }
            prop_assert_eq!(&train(written(&rows, "\r\n")), &set);
            prop_assert_eq!(&train(written(&rows, "\r\n\r\n")), &set);
            let compressed = gzip(&written(&rows, "\n"));
            prop_assert_eq!(&read(&[("train.txt.gz", &compressed)]), &set);
        }

        #[test]
        fn known_answers_are_those_of_a_search(
            triples in prop::collection::vec((0u32..5, 0u32..3, 0u32..5), 0..40),
            cuts in (0usize..40, 0usize..40),
        ) {
            let all: Vec<Triple> = triples.iter().map(|&(h, r, t)| triple(h, r, t)).collect();
            let (first, second) = (cuts.0.min(cuts.1), cuts.0.max(cuts.1));
            let (first, second) = (first.min(all.len()), second.min(all.len()));
            let known = Known::new(&TripleSet {
                train: all[..first].to_vec(),
                valid: all[first..second].to_vec(),
                test: all[second..].to_vec(),
                ..TripleSet::default()
            });
            for relation in 0..4 {
                for entity in 0..6 {
                    let tails: Vec<u32> =
                        (0..5).filter(|&t| all.contains(&triple(entity, relation, t))).collect();
                    let heads: Vec<u32> =
                        (0..5).filter(|&h| all.contains(&triple(h, relation, entity))).collect();
                    prop_assert_eq!(known.tails(entity, relation), tails);
                    prop_assert_eq!(known.heads(relation, entity), heads);
                }
            }
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(
            prop_oneof![Just(b'\t'), Just(b'\n'), Just(b'\r'), Just(b'a'), any::<u8>()], 0..60,
        )) {
            let plain = folder(&[("train.tsv", &bytes)]);
            if let Ok(set) = TripleSet::read(plain.path()) {
                prop_assert!(!set.train.is_empty());
            }
            let compressed = folder(&[("train.tsv.gz", &bytes)]);
            prop_assert!(TripleSet::read(compressed.path()).is_err());
        }
    }
}
