//! The columns that are neither features nor targets: how much rows count, and what they are called.

use super::column::is_gap;
use super::{EncodingOptions, Table};
use crate::error::{Error, Result, shown};

/// Where these columns stand in a table.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Roles {
    pub weights: Option<usize>,
    id: Option<usize>,
}

impl Roles {
    /// In the training table, which must have them, beside the label.
    pub fn named(table: &Table, label: usize, options: &EncodingOptions) -> Result<Self> {
        let mut taken = vec![(label, "as the column to predict")];
        let mut place = |option: &str, name: &Option<String>, words: &'static str| {
            let Some(name) = name else { return Ok(None) };
            let column = table.column(name)?;
            if let Some((_, other)) = taken.iter().find(|(taken, _)| *taken == column) {
                let found = format!("{}, which is named {other} too", shown(name));
                return Err(Error::argument(format!("the option {option:?}"), found, "a column of its own"));
            }
            if options.columns.iter().flatten().any(|feature| feature == name) {
                let found = format!("{}, which the option columns has too", shown(name));
                return Err(Error::argument(format!("the option {option:?}"), found, "a column that is no feature"));
            }
            taken.push((column, words));
            Ok(Some(column))
        };
        let weights = place("weights", &options.weights, "as the column of weights")?;
        Ok(Self { weights, id: place("id", &options.id, "as the column of names")? })
    }

    /// In another table, which may have them or not.
    pub fn of(table: &Table, options: &EncodingOptions) -> Self {
        let place = |name: &Option<String>| Some(table.names().id(name.as_deref()?)? as usize);
        Self { weights: place(&options.weights), id: place(&options.id) }
    }

    pub fn has(self, column: usize) -> bool {
        [self.weights, self.id].contains(&Some(column))
    }

    /// Whether a row has no weight where it needs one.
    pub fn is_gap(self, table: &Table, row: usize, column: usize) -> bool {
        self.weights == Some(column) && is_gap(table, row, column)
    }

    /// How much some rows count.
    pub fn weights(self, table: &Table, rows: &[usize]) -> Result<Option<Vec<f64>>> {
        let Some(column) = self.weights else { return Ok(None) };
        let weight = |row: &usize| {
            let cell = table.at(*row, column);
            let number = table.dialect.number(cell).filter(|number| *number >= 0.0 && number.is_finite());
            number.ok_or_else(|| {
                let hint = "correct it, or name another column of weights (the option weights)";
                table.refuse(
                    *row,
                    column,
                    &format!("{} is no weight, which is zero or a positive number", shown(cell)),
                    hint,
                )
            })
        };
        rows.iter().map(weight).collect::<Result<Vec<f64>>>().map(Some)
    }

    /// Refuses weights by which nothing counts, or more than a number can hold.
    pub fn check(self, table: &Table, rows: &[usize]) -> Result<()> {
        let (Some(weights), Some(column)) = (self.weights(table, rows)?, self.weights) else { return Ok(()) };
        let total: f64 = weights.iter().sum();
        if total > 0.0 && total.is_finite() {
            return Ok(());
        }
        let what = if total > 0.0 { "have no finite sum" } else { "are all zero" };
        let problem = format!("the weights in column {} {what}", shown(table.name(column)));
        let hint = "some row must count: correct them, or name another column of weights (the option weights)";
        Err(Error::format(&table.path, None, problem, hint))
    }

    /// What some rows are called.
    pub fn ids(self, table: &Table, rows: &[usize]) -> Option<Vec<String>> {
        let column = self.id?;
        Some(rows.iter().map(|row| table.at(*row, column).to_owned()).collect())
    }
}
