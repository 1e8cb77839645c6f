//! Labeled messages as bags of words.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use serde_json::Value;

use crate::data::source::{Lines, Source};
use crate::data::{Samples, Targets, Vocabulary};
use crate::error::{Error, Result, quoted, shown};
use crate::options::{Options, options, text_option};
use crate::tensor::Array;

use super::{Dialect, FileKind, Format, Learned, Summary, Table, restored, single};

const MAX_BUCKETS: usize = 1 << 24;

/// How many classes a message lists.
const LISTED: usize = 30;

/// Messages, each with the label that it was given, if any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Messages {
    path: PathBuf,
    texts: Vec<String>,
    /// None if the messages have no labels.
    labels: Option<Vec<String>>,
    lines: Vec<usize>,
}

impl Messages {
    /// Reads `label<TAB>message` from each line of a file, which is decompressed if its name ends in `.gz`.
    ///
    /// A line is split at its first tab; further tabs, quotes and commas belong to the message, which may be
    /// empty. The file is UTF-8, may begin with a byte order mark, and its lines end in LF or CRLF. Lines of
    /// nothing but spaces are passed over: rows count messages from 0, not lines.
    ///
    /// # Errors
    /// [`Error::Io`] if the file cannot be read, [`Error::Format`] with the line if there are no messages, a line
    /// has no tab or no label before it, bytes are not UTF-8 or compressed data is damaged.
    pub fn read(path: &Path) -> Result<Self> {
        Self::parse(Source::open(path)?.lines(), true)
    }

    /// Reads a message without a label from each line of a file.
    ///
    /// # Errors
    /// As for [`read`](Self::read), but a line needs no tab.
    pub fn read_unlabeled(path: &Path) -> Result<Self> {
        Self::parse(Source::open(path)?.lines(), false)
    }

    /// Reads `label<TAB>message` from each line of a text, which is called `name` in messages.
    ///
    /// # Errors
    /// [`Error::Format`], as for files.
    pub fn from_text(name: &str, text: &str) -> Result<Self> {
        Self::parse(Source::text(name, text).lines(), true)
    }

    fn of_table(path: &Path, table: &Table, text: &str, label: Option<&str>) -> Result<Self> {
        let (text, label) = (table.column(text)?, label.map(|label| table.column(label)).transpose()?);
        let column =
            |column: usize| (0..table.rows()).map(move |row| table.cell(row, column).unwrap_or_default().to_owned());
        let lines: Vec<usize> = (0..table.rows()).map(|row| table.line(row).unwrap_or_default()).collect();
        let labels: Option<Vec<String>> = label.map(|label| column(label).collect());
        if let Some(row) = labels.iter().flatten().position(String::is_empty) {
            let hint = "give it one, or leave the row out";
            return Err(Error::format(path, Some(lines[row]), format!("row {row}: there is no label"), hint));
        }
        Ok(Self { path: path.to_path_buf(), texts: column(text).collect(), labels, lines })
    }

    fn parse(mut lines: Lines<'_>, labeled: bool) -> Result<Self> {
        let path = lines.path().to_path_buf();
        let (mut texts, mut labels, mut places) = (Vec::new(), Vec::new(), Vec::new());
        while let Some((line, text)) = lines.next()? {
            let message = if labeled {
                let hint = "write the label, a tab and the message";
                let refuse = |problem| Error::format(&path, Some(line), problem, hint);
                let (label, message) = text.split_once('\t').ok_or_else(|| refuse("there is no tab"))?;
                let label = label.trim_matches(' ');
                if label.is_empty() {
                    return Err(refuse("there is no label before the tab"));
                }
                labels.push(label.to_owned());
                message
            } else {
                text
            };
            texts.push(message.to_owned());
            places.push(line);
        }
        if texts.is_empty() {
            return Err(Error::format(path, None, "the file holds no messages", "write one into each line"));
        }
        Ok(Self { path, texts, labels: labeled.then_some(labels), lines: places })
    }

    /// How many messages there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there are no messages.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The text of a message.
    pub fn text(&self, row: usize) -> Option<&str> {
        self.texts.get(row).map(String::as_str)
    }

    /// The label of a message, if it has one.
    pub fn label(&self, row: usize) -> Option<&str> {
        self.labels.as_ref()?.get(row).map(String::as_str)
    }

    /// The rows whose label and message together are no repetition of an earlier row, in order.
    ///
    /// A message that is in the training data and in the test data makes the test too easy:
    /// [`select`](Samples::select) these before splitting.
    pub fn distinct(&self) -> Vec<usize> {
        let mut seen = HashMap::new();
        (0..self.len()).filter(|row| seen.insert((self.label(*row), &self.texts[*row]), ()).is_none()).collect()
    }
}

/// Which features words become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Words {
    /// One feature for each of the most frequent words, the most frequent first and equally frequent ones in
    /// the order of their characters. Other words are passed over.
    Vocabulary {
        /// How many words at most.
        most: usize,
        /// How often a word occurs at least, in all messages together.
        least_count: usize,
    },
    /// A word goes into the feature whose number is its hash modulo `buckets`: FNV-1a of 64 bits over the word's UTF-8
    /// bytes (G. Fowler, L. C. Noll, K.-P. Vo). Words that meet in a bucket are added up.
    Hashing {
        /// How many features there are, from 1 to 2^24.
        buckets: usize,
    },
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vocabulary { most, .. } => write!(f, "{most}"),
            Self::Hashing { buckets } => write!(f, "hash:{buckets}"),
        }
    }
}

impl FromStr for Words {
    type Err = Error;

    /// Reads `N`, the number of most frequent words that occur twice, or `hash:N`, a number of buckets.
    fn from_str(text: &str) -> Result<Self> {
        let expected = "a number of words, or hash:N for N buckets";
        let refuse = |_| Error::argument("the words", format!("{text:?}"), expected);
        match text.strip_prefix("hash:") {
            Some(buckets) => Ok(Self::Hashing { buckets: buckets.parse().map_err(refuse)? }),
            None => Ok(Self::Vocabulary { most: text.parse().map_err(refuse)?, least_count: 2 }),
        }
    }
}

text_option!(Words);

impl Default for Words {
    /// The 1 000 most frequent words that occur twice.
    fn default() -> Self {
        Self::Vocabulary { most: 1_000, least_count: 2 }
    }
}

/// How messages become features.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct WordOptions {
    /// Which features words become.
    pub words: Words,
    /// Whether a feature says only that its words occur (0 or 1) and not how often.
    pub binary: bool,
    /// Whether each row is divided by its Euclidean length. A row of zeros stays as it is.
    pub normalize: bool,
}

/// What the words of messages become, learned once and applied to any number of files.
///
/// A word is a longest run of alphabetic and numeric characters as Unicode has them (`char::is_alphanumeric`), in lower
/// case (`char::to_lowercase`); all other characters separate words. `Don't 4get!` has the words `don`, `t` and `4get`.
///
/// ```
/// use ascribe::data::{Messages, WordEncoding, WordOptions, Words};
///
/// let train = Messages::from_text("train", "ham\tSee you, see!\nspam\tYou won\n")?;
/// let words = Words::Vocabulary { most: 2, least_count: 1 };
/// let encoding = WordEncoding::learn(&train, &WordOptions { words, ..WordOptions::default() })?;
/// assert_eq!(encoding.feature_names(), ["see", "you"]);
/// assert_eq!(encoding.encode(&train)?.features.values(), [2.0, 1.0, 0.0, 1.0]);
/// # Ok::<(), ascribe::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct WordEncoding {
    /// The words that are features; none if words are hashed.
    vocabulary: Vec<String>,
    classes: Vec<String>,
    options: WordOptions,
    /// The columns that messages are read from; none: each line is a label, a tab and a message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    columns: Option<MessageColumns>,
}

/// The columns of a file of messages with a header.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
struct MessageColumns {
    text: String,
    label: String,
}

impl WordEncoding {
    /// Learns the words and the classes of training messages.
    ///
    /// Classes come in the order in which they first appear.
    ///
    /// # Errors
    /// [`Error::Format`] if the messages have no labels or one class only, or if no word is frequent
    /// enough; [`Error::Argument`] if there are to be no words or buckets.
    pub fn learn(messages: &Messages, options: &WordOptions) -> Result<Self> {
        let refuse = |problem: String, hint: &str| Err(Error::format(&messages.path, None, problem, hint));
        let Some(labels) = &messages.labels else {
            return refuse("the messages have no labels".into(), "read messages with labels to learn from");
        };
        let classes = labels.iter().collect::<Vocabulary>().to_names();
        if let [only] = classes.as_slice() {
            let hint = "classes can be told apart only if there are two: add messages of another one";
            return refuse(format!("there is one class only, {}", shown(only)), hint);
        }
        let vocabulary = match options.words {
            Words::Hashing { buckets } if buckets == 0 || buckets > MAX_BUCKETS => {
                return Err(Error::argument("buckets", buckets, format!("from 1 to {MAX_BUCKETS}")));
            }
            Words::Hashing { .. } => Vec::new(),
            Words::Vocabulary { most: 0, .. } => return Err(Error::argument("most", 0, "at least 1")),
            Words::Vocabulary { most, least_count } => {
                let mut found = Vocabulary::new();
                let mut counts: Vec<usize> = Vec::new();
                for text in &messages.texts {
                    for_each_word(text, |word| {
                        let id = found.intern(word) as usize;
                        counts.resize(counts.len().max(id + 1), 0);
                        counts[id] += 1;
                    });
                }
                let mut ranked: Vec<_> = found
                    .iter()
                    .zip(counts)
                    .filter(|(_, count)| *count >= least_count)
                    .map(|(word, count)| (Reverse(count), word))
                    .collect();
                if ranked.is_empty() {
                    return refuse(format!("no word occurs {least_count} times"), "ask for a smaller count");
                }
                ranked.sort_unstable();
                ranked.into_iter().take(most).map(|(_, word)| word.to_owned()).collect()
            }
        };
        Ok(Self { vocabulary, classes, options: *options, columns: None })
    }

    /// Turns messages into features, and into targets if they have labels.
    ///
    /// # Errors
    /// [`Error::Format`] with the line for a label that the training messages do not have,
    /// [`Error::Argument`] if memory cannot hold the features.
    pub fn encode(&self, messages: &Messages) -> Result<Samples> {
        let places: HashMap<&str, usize> = self.vocabulary.iter().map(String::as_str).zip(0..).collect();
        let width = self.width();
        let place = |word: &str| match self.options.words {
            Words::Vocabulary { .. } => places.get(word).copied(),
            // The remainder is below a number that is a usize.
            Words::Hashing { .. } => fnv(word).checked_rem(width as u64).map(|place| place as usize),
        };
        let mut features = Array::try_zeros(&[messages.len(), width])?;
        for (row, text) in messages.texts.iter().enumerate() {
            let out = features.row_mut(row);
            for_each_word(text, |word| {
                if let Some(place) = place(word) {
                    out[place] = if self.options.binary { 1.0 } else { out[place] + 1.0 };
                }
            });
            if self.options.normalize {
                let length = out.iter().map(|value| value * value).sum::<f64>().sqrt();
                if length > 0.0 {
                    out.iter_mut().for_each(|value| *value /= length);
                }
            }
        }
        let class = |(row, label): (usize, &String)| {
            self.classes.iter().position(|class| class == label).map(|place| place as u32).ok_or_else(|| {
                let classes = quoted(self.classes.iter(), LISTED);
                let problem = format!("row {row}: {} is a class that the training messages do not have", shown(label));
                let hint = format!("correct it or leave the row out; the classes are {classes}");
                Error::format(&messages.path, Some(messages.lines[row]), problem, hint)
            })
        };
        let targets = match &messages.labels {
            None => Targets::None,
            Some(labels) => {
                let labels = labels.iter().enumerate().map(class).collect::<Result<_>>()?;
                Targets::Classes { labels, names: self.classes.clone() }
            }
        };
        Ok(Samples {
            features: features.into(),
            targets,
            rows: (0..messages.len() as u64).collect(),
            weights: None,
            ids: None,
        })
    }

    /// How many features a message has.
    pub fn width(&self) -> usize {
        match self.options.words {
            Words::Vocabulary { .. } => self.vocabulary.len(),
            Words::Hashing { buckets } => buckets,
        }
    }

    /// The names of the features: the words, or `bucket 0`, `bucket 1`, ....
    pub fn feature_names(&self) -> Vec<String> {
        match self.options.words {
            Words::Vocabulary { .. } => self.vocabulary.clone(),
            Words::Hashing { buckets } => (0..buckets).map(|bucket| format!("bucket {bucket}")).collect(),
        }
    }

    /// The names of the classes.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// What was chosen when this was learned.
    pub fn options(&self) -> &WordOptions {
        &self.options
    }
}

options! {
    /// Reading messages.
    #[table("messages")]
    pub struct MessageOptions {
        /// The features of messages: the N most frequent words that occur twice, or hash:N buckets.
        words: Words = "1000",
        /// The column that holds the message, of a file of columns with a header; auto: each line is a label, a tab and a message.
        text: Option<String> = "auto",
        /// The column that holds the label, of a file of columns with a header; auto: the only one beside that of the message.
        label: Option<String> = "auto",
    }
}

pub(super) const FORMAT: Format =
    Format { name: "messages", table: &MessageOptions::TABLE, learn, restore: restored::<WordEncoding> };

const EXPECTED: &str = "one file of messages";

fn learn(files: &[PathBuf], options: &Options) -> Result<Learned> {
    let MessageOptions { words, text, label } = MessageOptions::read(options)?;
    let path = single(files, EXPECTED)?;
    let (messages, columns, warning) = match (text, label) {
        (None, None) => (Messages::read(path)?, None, None),
        (None, Some(_)) => {
            let expected = "given beside the option text, the column of the message";
            return Err(Error::argument("the option \"label\"", "given alone", expected));
        }
        (Some(text), label) => {
            let table = Table::read_as(path, &Dialect { header: Some(true), ..Dialect::default() })?;
            table.column(&text)?;
            let mut others = table.names().iter().filter(|name| **name != *text);
            let label = match (label, others.next(), others.next()) {
                (Some(label), ..) => label,
                (None, Some(only), None) => only.to_owned(),
                (None, other, _) => {
                    let problem = match other {
                        None => "there is no column beside that of the message",
                        Some(_) => "several columns may be that of the label",
                    };
                    let hint =
                        format!("name it (the option label): the columns are {}", quoted(table.names().iter(), LISTED));
                    return Err(Error::format(path, Some(1), problem, hint));
                }
            };
            let messages = Messages::of_table(path, &table, &text, Some(&label))?;
            (messages, Some(MessageColumns { text, label }), table.warning().map(str::to_owned))
        }
    };
    let encoding = WordEncoding::learn(&messages, &WordOptions { words, ..WordOptions::default() })?;
    let encoding = WordEncoding { columns, ..encoding };
    let samples = encoding.encode(&messages)?;
    let summary = Summary { warnings: warning.into_iter().collect(), ..Summary::of(&samples) };
    Ok((Arc::new(encoding), samples, summary))
}

impl FileKind for WordEncoding {
    /// Messages with labels, or without if no line has a tab, or no column is that of labels. Rows of a label that the
    /// training messages do not have are left out.
    fn read(&self, files: &[PathBuf]) -> Result<(Samples, Summary)> {
        let path = single(files, EXPECTED)?;
        let mut summary = Summary::default();
        let messages = match &self.columns {
            Some(MessageColumns { text, label }) => {
                let table = Table::read_as(path, &Dialect { header: Some(true), ..Dialect::default() })?;
                summary.warnings.extend(table.warning().map(str::to_owned));
                let labeled = table.names().id(label).is_some();
                Messages::of_table(path, &table, text, labeled.then_some(label))?
            }
            None => {
                let plain = Messages::read_unlabeled(path)?;
                let labeled = plain.texts.iter().any(|text| text.contains('\t'));
                if labeled { Messages::read(path)? } else { plain }
            }
        };
        summary.rows = messages.len();
        let known: HashSet<&String> = self.classes.iter().collect();
        let mut rows = Vec::new();
        for row in 0..messages.len() {
            match messages.label(row) {
                Some(label) if !known.contains(&label.to_owned()) => {
                    summary.drop_row(row, format!("the training data has no class {}", shown(label)));
                }
                _ => rows.push(row),
            }
        }
        if rows.is_empty() {
            let problem = format!("no row is left: {}", summary.notes().last().cloned().unwrap_or_default());
            let hint = format!("the classes are {}", quoted(self.classes.iter(), LISTED));
            return Err(Error::format(path, None, problem, hint));
        }
        let kept = |all: &[String]| rows.iter().map(|row| all[*row].clone()).collect::<Vec<_>>();
        let messages = match rows.len() == messages.len() {
            true => messages,
            false => Messages {
                texts: kept(&messages.texts),
                labels: messages.labels.as_deref().map(kept),
                lines: rows.iter().map(|row| messages.lines[*row]).collect(),
                path: messages.path,
            },
        };
        let mut samples = self.encode(&messages)?;
        samples.rows = rows.into_iter().map(|row| row as u64).collect();
        Ok((samples, summary))
    }

    fn feature_names(&self, _: &[usize]) -> Vec<String> {
        self.feature_names()
    }

    fn manifest(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// Calls `found` with each word of a text, in order.
fn for_each_word(text: &str, mut found: impl FnMut(&str)) {
    let mut word = String::new();
    for run in text.split(|letter: char| !letter.is_alphanumeric()).filter(|run| !run.is_empty()) {
        word.clear();
        word.extend(run.chars().flat_map(char::to_lowercase));
        found(&word);
    }
}

/// FNV-1a of 64 bits.
fn fnv(word: &str) -> u64 {
    word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_published_one() {
        // From the test vectors of the authors' own code, draft-eastlake-fnv.
        assert_eq!(fnv(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv("a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv("foobar"), 0x8594_4171_f739_67e8);
    }
}
