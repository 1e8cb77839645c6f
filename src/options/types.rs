//! The types that options have.

use std::fmt;
use std::str::FromStr;

use super::{Kind, OPEN, Value};

/// The type of an option.
pub trait OptionValue: Sized {
    /// What it is to a caller.
    const KIND: Kind;

    /// Reads what a caller gave.
    ///
    /// # Errors
    /// What would be accepted.
    fn read(value: &Value) -> Result<Self, String>;

    /// What a caller could have given.
    fn write(&self) -> Value;

    /// As [`OptionValue::read`], for an option with this default: `auto` or `all`, it is also the word for leaving the
    /// option open.
    ///
    /// # Errors
    /// As [`OptionValue::read`].
    fn read_or_open(value: &Value, _default: &str) -> Result<Self, String> {
        Self::read(value)
    }

    /// As [`OptionValue::write`], for an option with this default.
    fn write_or_open(&self, _default: &str) -> Value {
        self.write()
    }

    /// The value as a number, to be compared with a range; none where there is none.
    fn number(&self) -> Option<f64> {
        None
    }
}

/// Which numbers an option accepts.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    low: f64,
    high: f64,
    /// Whether the ends do not belong to it.
    open: bool,
    /// The range in words.
    pub words: &'static str,
}

impl Range {
    /// Whatever the type holds.
    pub const ANY: Self = Self { low: f64::NEG_INFINITY, high: f64::INFINITY, open: false, words: "" };
    /// Every number that is finite.
    pub const FINITE: Self = Self { low: f64::NEG_INFINITY, high: f64::INFINITY, open: true, words: "a finite number" };
    /// Above zero.
    pub const POSITIVE: Self = Self { low: 0.0, high: f64::INFINITY, open: true, words: "a positive number" };
    /// Not below zero.
    pub const NOT_NEGATIVE: Self = Self { low: 0.0, high: f64::MAX, open: false, words: "zero or a positive number" };
    /// One and more.
    pub const COUNT: Self = Self { low: 1.0, high: f64::MAX, open: false, words: "1 or more" };
    /// Between zero and one.
    pub const FRACTION: Self = Self { low: 0.0, high: 1.0, open: true, words: "a number between 0 and 1" };

    pub(super) fn is_any(&self) -> bool {
        self.words.is_empty()
    }

    pub(super) fn holds(&self, number: f64) -> bool {
        match self.open {
            true => self.low < number && number < self.high,
            false => self.low <= number && number <= self.high,
        }
    }
}

impl OptionValue for f64 {
    const KIND: Kind = Kind::Number;

    fn read(value: &Value) -> Result<Self, String> {
        match value {
            Value::Number(number) => Ok(*number),
            Value::Integer(number) => Ok(*number as f64),
            Value::Text(text) => text.trim().parse().map_err(|_| "a number".into()),
            Value::Flag(_) => Err("a number".into()),
        }
    }

    fn write(&self) -> Value {
        Value::Number(*self)
    }

    fn number(&self) -> Option<f64> {
        Some(*self)
    }
}

/// A whole number that is not negative.
fn natural<T: TryFrom<i64> + FromStr>(value: &Value) -> Result<T, String> {
    /// Above this not every whole number is one of `f64`.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let whole = |number: f64| number.fract() == 0.0 && number.abs() <= EXACT;
    let found = match value {
        Value::Integer(number) => T::try_from(*number).ok(),
        // Languages without whole numbers have these.
        Value::Number(number) if whole(*number) => T::try_from(*number as i64).ok(),
        Value::Text(text) => text.trim().parse().ok(),
        _ => None,
    };
    found.ok_or_else(|| "a whole number from 0".into())
}

macro_rules! whole {
    ($($type:ty),+) => {$(
        impl OptionValue for $type {
            const KIND: Kind = Kind::Integer;

            fn read(value: &Value) -> Result<Self, String> {
                natural(value)
            }

            fn write(&self) -> Value {
                (*self).into()
            }

            fn number(&self) -> Option<f64> {
                Some(*self as f64)
            }
        }
    )+};
}

whole!(usize, u64);

impl OptionValue for bool {
    const KIND: Kind = Kind::Flag;

    fn read(value: &Value) -> Result<Self, String> {
        match value {
            Value::Flag(flag) => Ok(*flag),
            Value::Integer(0) => Ok(false),
            Value::Integer(1) => Ok(true),
            Value::Text(text) if matches!(text.as_str(), "true" | "1") => Ok(true),
            Value::Text(text) if matches!(text.as_str(), "false" | "0") => Ok(false),
            _ => Err("true or false".into()),
        }
    }

    fn write(&self) -> Value {
        Value::Flag(*self)
    }
}

impl OptionValue for String {
    const KIND: Kind = Kind::Text;

    fn read(value: &Value) -> Result<Self, String> {
        match value {
            Value::Text(text) => Ok(text.clone()),
            Value::Integer(number) => Ok(number.to_string()),
            _ => Err("text".into()),
        }
    }

    fn write(&self) -> Value {
        Value::Text(self.clone())
    }
}

/// What may be left open.
impl<T: OptionValue> OptionValue for Option<T> {
    const KIND: Kind = T::KIND;

    fn read(value: &Value) -> Result<Self, String> {
        Self::read_or_open(value, OPEN[0])
    }

    fn write(&self) -> Value {
        self.write_or_open(OPEN[0])
    }

    fn read_or_open(value: &Value, default: &str) -> Result<Self, String> {
        match value {
            Value::Text(text) if text == default && OPEN.contains(&default) => Ok(None),
            value => T::read(value).map(Some),
        }
    }

    fn write_or_open(&self, default: &str) -> Value {
        self.as_ref().map_or_else(|| default.into(), T::write)
    }

    fn number(&self) -> Option<f64> {
        self.as_ref().and_then(T::number)
    }
}

/// A list, with commas between its members.
impl<T: FromStr + fmt::Display> OptionValue for Vec<T>
where
    T::Err: fmt::Display,
{
    const KIND: Kind = Kind::Text;

    fn read(value: &Value) -> Result<Self, String> {
        let text = String::read(value)?;
        let one = |member: &str| {
            member.trim().parse().map_err(|error: T::Err| format!("a list with commas between its members ({error})"))
        };
        text.split(',').filter(|member| !member.trim().is_empty()).map(one).collect()
    }

    fn write(&self) -> Value {
        Value::Text(self.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))
    }
}

/// A number of bytes: `2G`, `512M`, `64K`, or without a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes(pub usize);

impl Bytes {
    const UNITS: [(char, u32); 4] = [('K', 10), ('M', 20), ('G', 30), ('T', 40)];
}

impl OptionValue for Bytes {
    const KIND: Kind = Kind::Text;

    fn read(value: &Value) -> Result<Self, String> {
        let expected = || "a number of bytes, or one with K, M, G or T behind it".to_owned();
        let Value::Text(text) = value else { return natural(value).map(Self).map_err(|_| expected()) };
        let upper = text.trim().to_ascii_uppercase();
        let unit = Self::UNITS.iter().find(|(letter, _)| upper.ends_with(*letter));
        let digits = unit.and_then(|(letter, _)| upper.strip_suffix(*letter)).unwrap_or(&upper);
        let number: usize = digits.parse().map_err(|_| expected())?;
        let bytes = number.checked_mul(1 << unit.map_or(0, |(_, bits)| *bits)).ok_or_else(expected)?;
        Ok(Self(bytes))
    }

    fn write(&self) -> Value {
        let even = |bits: u32| self.0 > 0 && self.0.is_multiple_of(1 << bits);
        match Self::UNITS.iter().rev().find(|(_, bits)| even(*bits)) {
            Some((letter, bits)) => Value::Text(format!("{}{letter}", self.0 >> bits)),
            None => self.0.into(),
        }
    }
}
