//! One column as numbers.

use std::collections::HashMap;

use super::{EncodingOptions, Missing, Table, Unseen, is_missing};
use crate::data::Vocabulary;
use crate::{Error, Result};

/// The level that missing categories make together.
const MISSING_LEVEL: &str = "?";

/// How a column becomes features.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Feature {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Whether all rows of the training table have the same value.
    pub(super) constant: bool,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// The feature is (number - shift) / scale; `mean` stands for a missing number.
    Number { mean: Option<f64>, shift: f64, scale: f64 },
    /// One indicator for each of these levels; a dropped level has none.
    Levels { dropped: Option<String>, levels: Vec<String> },
}

/// A [`Feature`] with the place of each level, for a table whose column stands at `column`.
pub(super) struct Encoder<'f> {
    feature: &'f Feature,
    column: usize,
    /// The indicator of each level, none of the dropped one. Only ever asked for one level: its order is random and must not
    /// reach a result.
    levels: HashMap<&'f str, Option<usize>>,
}

impl Feature {
    pub(super) fn learn(table: &Table, column: usize, rows: &[usize], options: &EncodingOptions) -> Result<Self> {
        let name = table.name(column).to_owned();
        if table.is_numeric(column) {
            let numbers = rows.iter().filter_map(|row| number(table, *row, column).transpose());
            let numbers: Vec<f64> = numbers.collect::<Result<_>>()?;
            let Some(summary) = Summary::of(&numbers, rows.len()) else {
                let problem = if numbers.is_empty() {
                    format!("column {name:?} has no values")
                } else {
                    format!("the numbers of column {name:?} are too far apart for their mean to be computed")
                };
                return Err(Error::format(&table.path, None, problem, "remove the column or correct it"));
            };
            let constant = summary.least == summary.most;
            let scaled = options.standardize && !constant;
            let (shift, scale) = if scaled { (summary.mean, summary.deviation) } else { (0.0, 1.0) };
            let mean = (options.missing == Missing::Fill).then_some(summary.mean);
            return Ok(Self { name, kind: Kind::Number { mean, shift, scale }, constant });
        }
        let mut levels = rows.iter().map(|row| level(table.at(*row, column))).collect::<Vocabulary>().to_names();
        if levels.len() > options.most_levels {
            let most = options.most_levels;
            let problem = format!("column {name:?} has {} levels, at most {most} are allowed", levels.len());
            let hint = "remove the column if it only tells rows apart, or allow more levels";
            return Err(Error::format(&table.path, None, problem, hint));
        }
        let constant = levels.len() == 1;
        let dropped = options.drop_first_level.then(|| levels.remove(0));
        Ok(Self { name, kind: Kind::Levels { dropped, levels }, constant })
    }

    pub(super) fn width(&self) -> usize {
        match &self.kind {
            Kind::Number { .. } => 1,
            Kind::Levels { levels, .. } => levels.len(),
        }
    }

    pub(super) fn names(&self) -> Vec<String> {
        match &self.kind {
            Kind::Number { .. } => vec![self.name.clone()],
            Kind::Levels { levels, .. } => levels.iter().map(|level| format!("{}={level}", self.name)).collect(),
        }
    }

    pub(super) fn is_numeric(&self) -> bool {
        matches!(self.kind, Kind::Number { .. })
    }

    /// Prepares for a table whose column of this name stands at `column`.
    pub(super) fn encoder(&self, column: usize) -> Encoder<'_> {
        let levels = match &self.kind {
            Kind::Number { .. } => HashMap::new(),
            Kind::Levels { dropped, levels } => {
                let kept = levels.iter().enumerate().map(|(place, level)| (level.as_str(), Some(place)));
                dropped.iter().map(|level| (level.as_str(), None)).chain(kept).collect()
            }
        };
        Encoder { feature: self, column, levels }
    }
}

impl Encoder<'_> {
    /// Writes the features of a row into `out`, which holds zeros and is as long as the column is wide.
    pub(super) fn encode(&self, table: &Table, row: usize, unseen: Unseen, out: &mut [f64]) -> Result<()> {
        let cell = table.at(row, self.column);
        match &self.feature.kind {
            Kind::Number { mean, shift, scale } => {
                let value =
                    number(table, row, self.column)?.or(*mean).ok_or_else(|| missing(table, row, self.column))?;
                let feature = (value - shift) / scale;
                if !feature.is_finite() {
                    let problem = format!("{cell:?} becomes {feature} when it is standardized");
                    return Err(table.refuse(row, self.column, &problem, "correct it or do not standardize"));
                }
                out[0] = feature;
            }
            Kind::Levels { .. } => match self.levels.get(level(cell)) {
                Some(Some(place)) => out[*place] = 1.0,
                Some(None) => {}
                None if unseen == Unseen::Zeros => {}
                None => {
                    let problem = format!("{:?} is a category that the training table does not have", level(cell));
                    let hint = "correct it, leave the row out, or let unseen categories be zeros";
                    return Err(table.refuse(row, self.column, &problem, hint));
                }
            },
        }
        Ok(())
    }
}

/// The smallest and largest number of a column, its mean and its deviation.
struct Summary {
    least: f64,
    most: f64,
    mean: f64,
    deviation: f64,
}

impl Summary {
    /// None if there are no numbers or their range overflows.
    ///
    /// `rows` is how many rows there are with those whose number is missing, which stand at the mean.
    fn of(numbers: &[f64], rows: usize) -> Option<Self> {
        let least = numbers.iter().copied().reduce(f64::min)?;
        let most = numbers.iter().copied().reduce(f64::max)?;
        let range = most - least;
        if !range.is_finite() {
            return None;
        }
        if range == 0.0 {
            return Some(Self { least, most, mean: least, deviation: 0.0 });
        }
        // Between 0 and 1 neither sums nor squares overflow or vanish.
        let part = |number: &f64| (number - least) / range;
        let mean = numbers.iter().map(part).sum::<f64>() / numbers.len() as f64;
        let square = numbers.iter().map(|number| (part(number) - mean).powi(2)).sum::<f64>() / rows as f64;
        Some(Self { least, most, mean: least + range * mean, deviation: range * square.sqrt() })
    }
}

/// Whether a cell stands for an unknown value in a column of numbers or of categories.
pub(super) fn is_gap(cell: &str, numeric: bool) -> bool {
    is_missing(cell) || (numeric && cell.parse().is_ok_and(f64::is_nan))
}

/// The number in a cell, or none if it is missing.
pub(super) fn number(table: &Table, row: usize, column: usize) -> Result<Option<f64>> {
    let cell = table.at(row, column);
    if is_gap(cell, true) {
        return Ok(None);
    }
    let (problem, hint) = match cell.parse::<f64>() {
        Ok(value) if value.is_finite() => return Ok(Some(value)),
        Ok(_) => ("is not a finite number", "write a finite number, or ? if it is not known"),
        Err(_) => ("is not a number", "the column is to hold numbers: correct the cell"),
    };
    Err(table.refuse(row, column, &format!("{cell:?} {problem}"), hint))
}

pub(super) fn missing(table: &Table, row: usize, column: usize) -> Error {
    let problem = format!("the value is missing ({:?})", table.at(row, column));
    table.refuse(row, column, &problem, "give it, leave out rows with missing values, or fill in features (the option missing drop, the option missing fill)")
}

fn level(cell: &str) -> &str {
    if is_missing(cell) { MISSING_LEVEL } else { cell }
}
