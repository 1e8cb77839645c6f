//! What a caller gives.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::error::{Error, Result, one_of};

use super::{OptionValue, Range, Table};

/// A value as a caller gives it. Which of them an option takes, its type says; each may be given as text too.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// A floating-point number.
    Number(f64),
    /// A whole number.
    Integer(i64),
    /// True or false.
    Flag(bool),
    /// Text.
    Text(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Text(text) => write!(f, "{text:?}"),
        }
    }
}

macro_rules! from {
    ($($type:ty => $variant:ident),+ $(,)?) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::$variant(value.into())
            }
        }
    )+};
}

from!(f64 => Number, i64 => Integer, i32 => Integer, bool => Flag, &str => Text, String => Text);

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::from(number as u64)
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        // Text holds every number of this type.
        i64::try_from(number).map_or_else(|_| Self::Text(number.to_string()), Self::Integer)
    }
}

/// Options as a caller gives them: those that differ from their defaults.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Options(BTreeMap<String, Value>);

impl Options {
    /// No options: the defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives an option a value. Whether there is such an option, what they are given to says.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    /// The same options with one more.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.set(name, value);
        self
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The options by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The value that an option was given.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Those that a table has.
    #[must_use]
    pub fn only(&self, table: &Table) -> Self {
        let of = self.0.iter().filter(|(name, _)| table.get(name).is_some());
        Self(of.map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    /// The value of an option of a table.
    pub(crate) fn read<T: OptionValue>(&self, table: &Table, name: &'static str, range: Range) -> Result<T> {
        let Some(spec) = table.get(name) else {
            return Err(one_of("the option", name, table.names()));
        };
        let refuse = |found: &Value, expected: String| Error::argument(format!("the option {name:?}"), found, expected);
        let default = Value::Text(spec.default.to_owned());
        let given = self.get(name).unwrap_or(&default);
        let value = T::read_or_open(given, spec.default).map_err(|expected| {
            let expected = if range.is_any() { expected } else { range.words.to_owned() };
            refuse(given, with_open(spec.open(), expected))
        })?;
        match value.number() {
            Some(number) if !range.holds(number) => Err(refuse(given, with_open(spec.open(), range.words.to_owned()))),
            _ => Ok(value),
        }
    }
}

fn with_open(open: Option<&str>, expected: String) -> String {
    match open {
        Some(open) if !expected.contains(open) => format!("{expected}, or {open}"),
        _ => expected,
    }
}
