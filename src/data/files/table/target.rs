//! The column that is to be learned.

use std::collections::HashMap;

use super::column::{is_gap, missing, number};
use super::{Table, quoted};
use crate::data::{Targets, Task, Vocabulary};
use crate::{Error, Result};

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
    /// Learns the label column from the rows that are kept.
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
            found.into_iter().map(|(_, name)| name.to_owned()).collect()
        } else {
            let mut found = Vocabulary::new();
            for row in rows {
                found.intern(table.at(*row, column));
            }
            found.iter().map(str::to_owned).collect::<Vec<_>>()
        };
        if let [only] = names.as_slice() {
            return Err(Error::format(
                &table.path,
                None,
                format!("column {:?} has one class only, {only:?}", table.name(column)),
                "classes can be told apart only if there are two: add rows of another one or name another column",
            ));
        }
        Ok(Self::Classes { names, numeric })
    }

    /// Whether a cell stands for an unknown label.
    pub(super) fn is_missing(&self, cell: &str) -> bool {
        is_gap(cell, matches!(self, Self::Numbers | Self::Classes { numeric: true, .. }))
    }

    /// The targets of these rows.
    pub(super) fn encode(&self, table: &Table, column: usize, rows: &[usize]) -> Result<Targets> {
        let number = |row| number(table, row, column)?.ok_or_else(|| missing(table, row, column));
        let unknown = |row, names: &[String]| {
            let problem = format!("{:?} is a class that the training table does not have", table.at(row, column));
            let known = quoted(names.iter().map(String::as_str));
            table.refuse(row, column, &problem, format!("correct it or leave the row out; the classes are {known}"))
        };
        match self {
            Self::Numbers => {
                let numbers: Result<_> = rows.iter().map(|row| number(*row)).collect();
                Ok(Targets::Numbers(numbers?))
            }
            Self::Classes { names, numeric } => {
                let label = |place: usize| u32::try_from(place).ok();
                let labels: Result<_> = if *numeric {
                    let values: Vec<f64> = names.iter().map(|name| name.parse().unwrap_or(f64::NAN) + 0.0).collect();
                    let find = |row| {
                        let value = number(row)? + 0.0;
                        let place = values.binary_search_by(|other| other.total_cmp(&value)).ok();
                        place.and_then(label).ok_or_else(|| unknown(row, names))
                    };
                    rows.iter().map(|row| find(*row)).collect()
                } else {
                    let places: HashMap<&str, usize> =
                        names.iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect();
                    let find = |row| {
                        let cell = table.at(row, column);
                        if self.is_missing(cell) {
                            return Err(missing(table, row, column));
                        }
                        places.get(cell).copied().and_then(label).ok_or_else(|| unknown(row, names))
                    };
                    rows.iter().map(|row| find(*row)).collect()
                };
                Ok(Targets::Classes { labels: labels?, names: names.clone() })
            }
        }
    }
}
