//! Options, each declared once.
//!
//! A [`Table`] lists the options of one thing: name, type, default, range, a sentence. The macro `options!` declares a struct and
//! its table together, and everything that knows of an option reads the table: the check, the message with the nearest
//! name, the flag and the help of the command line, docs/options.md, and the setters of the C interface. What a caller
//! gives is an [`Options`]: names with values of whichever type the caller's language has.

mod declare;
mod types;
mod value;

pub(crate) use declare::{named, options, text_option, words};
pub use types::{Bytes, OptionValue, Range};
pub use value::{Options, Value};

use serde_json::json;

/// The options of one thing.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// What it is that has these options, in a sentence.
    pub about: &'static str,
    /// The options, in the order in which they are shown.
    pub options: &'static [OptionSpec],
}

/// An option: everything that is known of it without a value.
#[derive(Clone, Copy, Debug)]
pub struct OptionSpec {
    /// Its name.
    pub name: &'static str,
    /// The type of its value.
    pub kind: Kind,
    /// The default as one would type it; `auto` or `all` where it is decided by what it goes with, as `about` says.
    pub default: &'static str,
    /// Which numbers it accepts, where those are not all that its type has.
    pub range: &'static str,
    /// What it is.
    pub about: &'static str,
    /// Whether a value is of its type and form, or what would be; ranges are left to who reads it.
    pub check: fn(&Value) -> Result<(), String>,
}

/// The type of an option's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A floating-point number.
    Number,
    /// A whole number.
    Integer,
    /// True or false.
    Flag,
    /// Text, whose form its description gives.
    Text,
    /// One of some words.
    Word(&'static [&'static str]),
}

impl Kind {
    /// The name of the type.
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Flag => "flag",
            Self::Text => "text",
            Self::Word(_) => "word",
        }
    }
}

impl OptionSpec {
    /// The word that stands for leaving the option open, where there is one.
    pub fn open(&self) -> Option<&'static str> {
        OPEN.iter().find(|word| **word == self.default).copied()
    }

    /// The words that can be chosen from, the one for leaving it open first; none for other types.
    pub fn words(&self) -> Vec<&'static str> {
        match self.kind {
            Kind::Word(words) => {
                let open = self.open().filter(|open| !words.contains(open));
                open.into_iter().chain(words.iter().copied()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Which numbers it accepts, in words; none for what is no number.
    pub fn range(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Integer if self.range.is_empty() => Some("0 or more"),
            _ => (!self.range.is_empty()).then_some(self.range),
        }
    }

    fn describe(&self) -> serde_json::Value {
        let words = self.words();
        json!({
            "name": self.name,
            "type": self.kind.name(),
            "default": self.default,
            "range": self.range(),
            "words": (!words.is_empty()).then_some(words),
            "about": self.about,
        })
    }
}

impl Table {
    /// An option by its name.
    pub fn get(&self, name: &str) -> Option<&'static OptionSpec> {
        self.options.iter().find(|option| option.name == name)
    }

    /// The names of the options.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.options.iter().map(|option| option.name)
    }

    /// The options in force where some are given, as a JSON object: what was given, otherwise the defaults as one would type
    /// them.
    pub fn in_force(&self, given: &Options) -> serde_json::Value {
        let value = |option: &OptionSpec| match given.get(option.name) {
            Some(value) => json!(value),
            None => option.default.into(),
        };
        serde_json::Value::Object(self.options.iter().map(|option| (option.name.to_owned(), value(option))).collect())
    }

    /// The table as JSON: name, description and options.
    pub fn describe(&self) -> serde_json::Value {
        let options: Vec<_> = self.options.iter().map(OptionSpec::describe).collect();
        json!({ "table": self.name, "about": self.about, "options": options })
    }
}

/// What stands for an option that is left open.
const OPEN: [&str; 2] = ["auto", "all"];
