//! How a table is written: its separator, its encoding, its header, its numbers and its words for a missing value.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::data::source::{COMPRESSED, looks_compressed};
use crate::error::{Error, Result, shown};
use crate::options::{text_option, words};

/// What stands for a value that is not known, in every column.
const MISSING: [&str; 13] = ["", "?", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "null", "NULL", "Null", "None", "-"];

/// The separators tried where none is named.
const SEPARATORS: [Separator; 4] = [Separator(b','), Separator(b';'), Separator(b'\t'), Separator(b'|')];

/// The words for separators that are hard to type.
const NAMED: [(&str, u8); 4] = [("comma", b','), ("semicolon", b';'), ("tab", b'\t'), ("pipe", b'|')];

/// How many records are looked at to find the separator.
const SAMPLED: usize = 100;

/// Spaces that groups of digits are written with.
const SPACES: [char; 4] = [' ', '\u{a0}', '\u{2009}', '\u{202f}'];

/// What stands between two cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Separator(u8);

impl FromStr for Separator {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let named = NAMED.iter().find(|(name, _)| *name == text).map(|(_, byte)| *byte);
        let typed = match text.as_bytes() {
            [byte]
                if (byte.is_ascii_punctuation() && !matches!(byte, b'"' | b'.' | b'-' | b'+'))
                    || matches!(byte, b' ' | b'\t') =>
            {
                Some(*byte)
            }
            _ => None,
        };
        named.or(typed).map(Self).ok_or_else(|| {
            Error::argument("the separator", shown(text), "comma, semicolon, tab, pipe, or one sign that no number has")
        })
    }
}

impl fmt::Display for Separator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NAMED.iter().find(|(_, byte)| *byte == self.0) {
            Some((name, _)) => f.pad(name),
            None => write!(f, "{}", char::from(self.0)),
        }
    }
}

impl From<Separator> for String {
    fn from(separator: Separator) -> Self {
        separator.to_string()
    }
}

impl TryFrom<String> for Separator {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

text_option!(Separator);

impl Separator {
    pub(super) fn byte(self) -> u8 {
        self.0
    }
}

words! {
    "the decimal sign";
    /// What stands between a whole number and its decimals.
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum Decimal {
        /// `1.5`
        #[default]
        Point = "point",
        /// `1,5`
        Comma = "comma",
    }
}

words! {
    "what groups thousands";
    /// What stands between groups of three digits.
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum Thousands {
        /// `1234`
        #[default]
        None = "none",
        /// `1,234`
        Comma = "comma",
        /// `1.234`
        Point = "point",
        /// `1 234`
        Space = "space",
        /// `1'234`
        Apostrophe = "apostrophe",
    }
}

impl Thousands {
    fn is(self, sign: char) -> bool {
        match self {
            Self::None => false,
            Self::Comma => sign == ',',
            Self::Point => sign == '.',
            Self::Space => SPACES.contains(&sign),
            Self::Apostrophe => matches!(sign, '\'' | '\u{2019}'),
        }
    }
}

words! {
    "the encoding";
    /// Which characters the bytes of a file are.
    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum TextEncoding {
        /// UTF-8.
        #[serde(rename = "utf-8")]
        Utf8 = "utf-8",
        /// ISO 8859-1.
        #[serde(rename = "latin-1")]
        Latin1 = "latin-1",
        /// Latin-1 with the Euro sign and typographic quotes, as Windows writes it.
        #[serde(rename = "windows-1252")]
        Windows1252 = "windows-1252",
        /// UTF-16 in the byte order of its mark, little-endian without one.
        #[serde(rename = "utf-16")]
        Utf16 = "utf-16",
    }
}

/// How a table is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Dialect {
    /// What stands between cells; none: found from the header and the first rows.
    pub separator: Option<Separator>,
    /// The decimal sign.
    pub decimal: Decimal,
    /// What groups thousands.
    pub thousands: Thousands,
    /// The encoding; none: that of the mark at the beginning, otherwise UTF-8, or Windows-1252 if it is not valid UTF-8.
    pub encoding: Option<TextEncoding>,
    /// Whether the first line holds the names of the columns, which otherwise are x1, x2 and so on; none: it does, and a
    /// line that looks like a row is refused.
    pub header: Option<bool>,
    /// Whether the first column only numbers the rows and is passed over.
    pub index_column: bool,
    /// Further words for a missing value.
    pub missing_words: Vec<String>,
}

impl Dialect {
    /// Refuses what does not go together.
    pub(super) fn check(&self) -> Result<()> {
        let sign = if self.decimal == Decimal::Point { '.' } else { ',' };
        if self.thousands.is(sign) {
            let found = format!("{} like the option decimal", self.thousands);
            return Err(Error::argument("the option \"thousands\"", found, "another sign than that of decimals"));
        }
        Ok(())
    }

    /// Whether a cell stands for a value that is not known.
    pub(super) fn is_missing(&self, cell: &str) -> bool {
        MISSING.contains(&cell) || self.missing_words.iter().any(|word| word == cell)
    }

    /// The number that a cell holds.
    pub(super) fn number(&self, cell: &str) -> Option<f64> {
        match (self.decimal, self.thousands) {
            (Decimal::Point, Thousands::None) => cell.parse().ok(),
            (decimal, thousands) => number(cell, decimal, thousands),
        }
    }

    /// What would make a cell a number that is none now, in words; none if it does not look like one.
    pub(super) fn remedy(&self, cell: &str) -> Option<String> {
        const OTHERS: [(Decimal, Thousands, &str); 7] = [
            (Decimal::Point, Thousands::None, "the option decimal point"),
            (Decimal::Comma, Thousands::None, "the option decimal comma"),
            (Decimal::Point, Thousands::Comma, "the option thousands comma"),
            (Decimal::Comma, Thousands::Point, "the option decimal comma with the option thousands point"),
            (Decimal::Point, Thousands::Space, "the option thousands space"),
            (Decimal::Comma, Thousands::Space, "the option decimal comma with the option thousands space"),
            (Decimal::Point, Thousands::Apostrophe, "the option thousands apostrophe"),
        ];
        if !cell.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | ',' | '$' | '€' | '£')) {
            return None;
        }
        let mut found: Vec<String> = Vec::new();
        for (decimal, thousands, words) in OTHERS {
            let Some(value) = number(cell, decimal, thousands) else { continue };
            // The shorter of two ways to the same number is named.
            let meaning = format!(" if it is {value}");
            if found.iter().all(|other| !other.ends_with(&meaning)) {
                found.push(format!("{words}{meaning}"));
            }
        }
        if !found.is_empty() {
            return Some(format!("correct it, or name how numbers are written ({})", found.join(", or ")));
        }
        let bare = cell.trim_start_matches(['$', '€', '£']).trim_end_matches(['%', '$', '€', '£']).trim();
        let value = self.number(bare).filter(|_| bare != cell)?;
        let share = if cell.ends_with('%') { format!(" or as the share {}", value / 100.0) } else { String::new() };
        Some(format!("write the number alone, as {bare}{share}, in every cell of the column"))
    }

    /// The text of a file and the encoding that it was read by, with a warning where that is a guess.
    pub(super) fn decode<'b>(
        &self,
        path: &Path,
        bytes: &'b [u8],
    ) -> Result<(Cow<'b, [u8]>, TextEncoding, Option<String>)> {
        let refuse = |problem: String, hint: &str| Err(Error::format(path, None, problem, hint));
        if looks_compressed(bytes) {
            return refuse("the file is not text".to_owned(), COMPRESSED);
        }
        const AS_TEXT: &str = "save the table as CSV";
        for (magic, what, hint) in [
            ("PK\u{3}\u{4}", "a workbook or another archive", AS_TEXT),
            ("PAR1", "Parquet", "save the table as CSV, or build with the feature parquet"),
            ("\u{89}HDF", "HDF5", AS_TEXT),
        ] {
            if bytes.starts_with(magic.as_bytes()) {
                return refuse(format!("the file is not text but {what}"), hint);
            }
        }
        // The mark of UTF-8 says nothing of the text, whatever its encoding.
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let marked = matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
        if self.encoding.is_none() && !marked && bytes.contains(&0) {
            return refuse(
                "the file holds bytes of zero".to_owned(),
                "if it is UTF-16, name its encoding (the option encoding utf-16)",
            );
        }
        let encoding = match self.encoding {
            Some(encoding) => encoding,
            None if marked => TextEncoding::Utf16,
            None if std::str::from_utf8(bytes).is_ok() => TextEncoding::Utf8,
            None => TextEncoding::Windows1252,
        };
        let text = match encoding {
            TextEncoding::Utf8 => Cow::Borrowed(bytes),
            TextEncoding::Latin1 => Cow::Owned(encoding_rs::mem::decode_latin1(bytes).into_owned().into_bytes()),
            TextEncoding::Windows1252 => {
                // Bytes that are no character of this encoding.
                let wrong = |byte: &u8| matches!(byte, 0 | 0x81 | 0x8d | 0x8f | 0x90 | 0x9d);
                if let Some(at) = bytes.iter().position(wrong) {
                    let line = 1 + bytes[..at].iter().filter(|byte| **byte == b'\n').count();
                    let problem = format!("the byte {:#04x} is text neither in UTF-8 nor in Windows-1252", bytes[at]);
                    let hint = "save the file as UTF-8, or name its encoding (the option encoding)";
                    return Err(Error::format(path, Some(line), problem, hint));
                }
                let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
                Cow::Owned(text.into_owned().into_bytes())
            }
            TextEncoding::Utf16 => {
                let (kind, rest) = match bytes {
                    [0xfe, 0xff, rest @ ..] => (encoding_rs::UTF_16BE, rest),
                    [0xff, 0xfe, rest @ ..] => (encoding_rs::UTF_16LE, rest),
                    rest => (encoding_rs::UTF_16LE, rest),
                };
                let Some(text) = kind.decode_without_bom_handling_and_without_replacement(rest) else {
                    return refuse(
                        "the file is not valid UTF-16".to_owned(),
                        "name its encoding (the option encoding)",
                    );
                };
                Cow::Owned(text.into_owned().into_bytes())
            }
        };
        let guessed = self.encoding.is_none() && encoding == TextEncoding::Windows1252;
        let warning = guessed.then(|| {
            let wrong = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
            let line = 1 + bytes[..wrong].iter().filter(|byte| **byte == b'\n').count();
            format!("the file is not valid UTF-8 (line {line}) and was read as windows-1252; if that is wrong, name its encoding with the option encoding")
        });
        Ok((text, encoding, warning))
    }

    /// The separator of a text: the only one that cuts the header and the first rows into equally many cells.
    pub(super) fn separator(&self, path: &Path, text: &[u8]) -> Result<Separator> {
        if let Some(separator) = self.separator {
            return Ok(separator);
        }
        let cut = SEPARATORS.map(|separator| (separator, cells(text, separator)));
        let even: Vec<&(Separator, Cut)> = cut.iter().filter(|(_, cut)| cut.header > 1 && cut.even).collect();
        match even.as_slice() {
            [(only, _)] => return Ok(*only),
            [] => {}
            [(one, first), (other, second), ..] => {
                let problem = format!(
                    "the columns may be separated by {one} ({} of them) or by {other} ({} of them)",
                    first.header, second.header
                );
                return Err(Error::format(path, Some(1), problem, "name the separator (the option separator)"));
            }
        }
        // No cut is even: that of the most cells in the header names the row that does not fit. Text has commas and bars.
        let comma = &cut[0].1;
        let most = cut[..3]
            .iter()
            .filter(|(_, cut)| cut.header > 1)
            .max_by_key(|(separator, cut)| (cut.header, separator.0 == b','));
        Ok(most.filter(|_| comma.header > 1 || comma.even).map_or(SEPARATORS[0], |(separator, _)| *separator))
    }
}

/// What a separator makes of a text.
struct Cut {
    /// The cells of the header.
    header: usize,
    /// Whether the first rows have as many.
    even: bool,
}

fn cells(text: &[u8], separator: Separator) -> Cut {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator.0).from_reader(text);
    let (mut record, mut cut) = (csv::ByteRecord::new(), Cut { header: 0, even: true });
    for _ in 0..SAMPLED {
        if !reader.read_byte_record(&mut record).unwrap_or(false) {
            break;
        }
        if record.iter().flatten().all(|byte| matches!(byte, b' ' | b'\t')) {
            continue;
        }
        match cut.header {
            0 => cut.header = record.len(),
            header => cut.even &= record.len() == header,
        }
    }
    cut
}

/// A number with its decimals behind one sign and its thousands grouped by another, which may be left out.
fn number(cell: &str, decimal: Decimal, thousands: Thousands) -> Option<f64> {
    let (sign, body) = match cell.as_bytes().first() {
        Some(b'-') => ("-", &cell[1..]),
        Some(b'+') => ("", &cell[1..]),
        _ => ("", cell),
    };
    if !body.contains(|c: char| c.is_ascii_digit()) {
        return cell.parse().ok();
    }
    let point = if decimal == Decimal::Point { '.' } else { ',' };
    let end = body.find([point, 'e', 'E']).unwrap_or(body.len());
    let (whole, rest) = body.split_at(end);
    let mut groups = whole.split(|c| thousands.is(c));
    let first = groups.next().unwrap_or_default();
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let mut text = format!("{sign}{first}");
    let mut grouped = false;
    for group in groups {
        if group.len() != 3 || !digits(group) {
            return None;
        }
        grouped = true;
        text += group;
    }
    if !digits(first) || (grouped && !(1..=3).contains(&first.len())) {
        return None;
    }
    match rest.strip_prefix(point) {
        Some(rest) => {
            text.push('.');
            text += rest;
        }
        None => text += rest,
    }
    text.parse().ok()
}
