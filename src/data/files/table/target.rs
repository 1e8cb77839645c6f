//! The column that is to be learned.

use std::collections::HashMap;

use super::column::{is_gap, missing, number};
use super::{LISTED, Table};
use crate::data::{Targets, Task, Vocabulary};
use crate::error::{Error, Result, quoted};

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
            rows.iter().map(|row| table.at(*row, column)).collect::<Vocabulary>().to_names()
        };
        if let [only] = names.as_slice() {
            let problem = format!("column {:?} has one class only, {only:?}", table.name(column));
            let hint =
                "classes can be told apart only if there are two: add rows of another one or name another column";
            return Err(Error::format(&table.path, None, problem, hint));
        }
        Ok(Self::Classes { names, numeric })
    }

    pub(super) fn is_numeric(&self) -> bool {
        matches!(self, Self::Numbers | Self::Classes { numeric: true, .. })
    }

    pub(super) fn encode(&self, table: &Table, column: usize, rows: &[usize]) -> Result<Targets> {
        let number = |row| number(table, row, column)?.ok_or_else(|| missing(table, row, column));
        let unknown = |row, names: &[String]| {
            let problem = format!("{:?} is a class that the training table does not have", table.at(row, column));
            let known = quoted(names.iter(), LISTED);
            table.refuse(row, column, &problem, format!("correct it or leave the row out; the classes are {known}"))
        };
        let Self::Classes { names, numeric } = self else {
            return Ok(Targets::Numbers(rows.iter().map(|row| number(*row)).collect::<Result<_>>()?));
        };
        let numbers: Vec<f64> = names.iter().map(|name| name.parse().unwrap_or(f64::NAN) + 0.0).collect();
        let places: HashMap<&str, usize> =
            names.iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect();
        let label = |row: &usize| {
            let place = if *numeric {
                let value = number(*row)? + 0.0;
                numbers.binary_search_by(|other| other.total_cmp(&value)).ok()
            } else if is_gap(table.at(*row, column), false) {
                return Err(missing(table, *row, column));
            } else {
                places.get(table.at(*row, column)).copied()
            };
            place.and_then(|place| u32::try_from(place).ok()).ok_or_else(|| unknown(*row, names))
        };
        Ok(Targets::Classes { labels: rows.iter().map(label).collect::<Result<_>>()?, names: names.clone() })
    }
}
