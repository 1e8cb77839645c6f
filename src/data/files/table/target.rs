//! The column that is to be learned.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::column::{is_gap, missing, number};
use super::{LISTED, Table};
use crate::data::{Targets, Task};
use crate::error::{Error, Result, quoted, shown};

/// How the label column becomes targets.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Target {
    Numbers,
    Classes {
        names: Vec<String>,
        /// Whether the names are numbers, so that `1` and `1.0` are one class.
        numeric: bool,
    },
}

impl Target {
    pub(super) fn learn(table: &Table, column: usize, rows: &[usize], task: Task) -> Result<Self> {
        if task == Task::Numbers {
            return Ok(Self::Numbers);
        }
        let numeric = table.is_numeric(column);
        let names = if numeric {
            let mut found: Vec<(f64, &str)> = Vec::new();
            for row in rows {
                let value = number(table, *row, column)?.ok_or_else(|| missing(table, *row, column))?;
                // Adding zero makes the two zeros one.
                found.push((value + 0.0, table.at(*row, column)));
            }
            // The sort is stable, so a class is called as its first row calls it.
            found.sort_by(|a, b| a.0.total_cmp(&b.0));
            found.dedup_by_key(|(value, _)| *value);
            found.into_iter().map(|(_, name)| name.to_owned()).collect::<Vec<_>>()
        } else {
            let mut seen = HashSet::new();
            let names = rows.iter().map(|row| table.at(*row, column)).filter(|name| seen.insert(same(name)));
            names.map(str::to_owned).collect()
        };
        if let [only] = names.as_slice() {
            let problem = format!("column {} has one class only, {}", shown(table.name(column)), shown(only));
            let hint =
                "classes can be told apart only if there are two: add rows of another one or name another column";
            return Err(Error::format(&table.path, None, problem, hint));
        }
        Ok(Self::Classes { names, numeric })
    }

    pub(super) fn is_numeric(&self) -> bool {
        matches!(self, Self::Numbers | Self::Classes { numeric: true, .. })
    }

    /// For the rows of a table whose label stands at `column`.
    pub(super) fn encoder<'t>(&'t self, table: &'t Table, column: usize) -> TargetEncoder<'t> {
        let places = match self {
            Self::Classes { names, numeric: false } => {
                names.iter().enumerate().map(|(place, name)| (same(name), place)).collect()
            }
            _ => HashMap::new(),
        };
        let numbers = match self {
            Self::Classes { names, numeric: true } => {
                names.iter().map(|name| table.dialect.number(name).unwrap_or(f64::NAN) + 0.0).collect()
            }
            _ => Vec::new(),
        };
        TargetEncoder { target: self, table, column, places, numbers }
    }
}

/// A [`Target`] with the place of each class, for one table.
pub(super) struct TargetEncoder<'t> {
    target: &'t Target,
    table: &'t Table,
    column: usize,
    places: HashMap<Cow<'t, str>, usize>,
    numbers: Vec<f64>,
}

impl TargetEncoder<'_> {
    /// Whether the label of a row is not known. The name of a class is known.
    pub(super) fn is_gap(&self, row: usize) -> bool {
        let cell = self.table.at(row, self.column);
        match self.target.is_numeric() {
            true => is_gap(self.table, row, self.column),
            false => self.table.dialect.is_missing(cell) && !self.places.contains_key(&same(cell)),
        }
    }

    /// The class of a row; none if the training table does not have it, or classes are not learned.
    fn place(&self, row: usize) -> Result<Option<usize>> {
        let (table, column) = (self.table, self.column);
        match self.target {
            Target::Numbers => Ok(None),
            Target::Classes { numeric: true, .. } => {
                // What is no number is no class either, and a mistake where all classes are numbers.
                if !is_gap(table, row, column) && table.dialect.number(table.at(row, column)).is_none() {
                    return Ok(None);
                }
                let value = number(table, row, column)?.ok_or_else(|| missing(table, row, column))? + 0.0;
                Ok(self.numbers.binary_search_by(|other| other.total_cmp(&value)).ok())
            }
            Target::Classes { numeric: false, .. } if self.is_gap(row) => Err(missing(table, row, column)),
            Target::Classes { numeric: false, .. } => Ok(self.places.get(&same(table.at(row, column))).copied()),
        }
    }

    /// The label of a row that the training table does not have.
    pub(super) fn unseen(&self, row: usize) -> Result<Option<&str>> {
        let unseen = !matches!(self.target, Target::Numbers) && self.place(row)?.is_none();
        Ok(unseen.then(|| self.table.at(row, self.column)))
    }

    pub(super) fn refuse_unseen(&self, row: usize) -> Error {
        let problem =
            format!("{} is a class that the training table does not have", shown(self.table.at(row, self.column)));
        let known = match self.target {
            Target::Classes { names, .. } => quoted(names.iter(), LISTED),
            Target::Numbers => String::new(),
        };
        let hint = format!("correct it or leave the row out (the option unseen drop); the classes are {known}");
        self.table.refuse(row, self.column, &problem, hint)
    }

    pub(super) fn encode(&self, rows: &[usize]) -> Result<Targets> {
        let Target::Classes { names, .. } = self.target else {
            let (table, column) = (self.table, self.column);
            let number = |row: &usize| number(table, *row, column)?.ok_or_else(|| missing(table, *row, column));
            return Ok(Targets::Numbers(rows.iter().map(number).collect::<Result<_>>()?));
        };
        let label = |row: &usize| {
            let place = self.place(*row)?.and_then(|place| u32::try_from(place).ok());
            place.ok_or_else(|| self.refuse_unseen(*row))
        };
        Ok(Targets::Classes { labels: rows.iter().map(label).collect::<Result<_>>()?, names: names.clone() })
    }
}

/// What classes of one name have in common: `TRUE` and `True` are one.
fn same(name: &str) -> Cow<'_, str> {
    match ["true", "false"].iter().any(|word| word.eq_ignore_ascii_case(name)) {
        true => Cow::Owned(name.to_ascii_lowercase()),
        false => Cow::Borrowed(name),
    }
}
