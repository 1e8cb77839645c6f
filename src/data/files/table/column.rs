//! One column as numbers.

use std::collections::HashMap;

use super::date::{self, Order, PARTS, Part, has_time, is_date};
use super::{ColumnKind, Dates, EncodingOptions, Missing, Table};
use crate::data::Vocabulary;
use crate::error::{Error, Result, shown};

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
    /// Of a number of a date where it is from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) date: Option<DatePart>,
}

/// A number of the dates of a column.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct DatePart {
    pub(super) column: String,
    part: Part,
    order: Order,
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
    /// The features of a column: one, or of dates one for each number that they have.
    pub(super) fn learn(table: &Table, column: usize, rows: &[usize], options: &EncodingOptions) -> Result<Vec<Self>> {
        let name = table.name(column).to_owned();
        let (numbers, categories) = (options.numbers.contains(&name), options.categories.contains(&name));
        if !categories
            && (numbers || table.kind(column) == ColumnKind::Mixed)
            && let Some(error) = table.no_number(column, rows)
        {
            return Err(error);
        }
        if numbers || !(categories || table.kind(column) == ColumnKind::Categories) {
            return Ok(vec![Self::of_numbers(table, (column, name, None), rows, options)?]);
        }
        let level = |row: &usize| match table.is_missing(*row, column) {
            true => MISSING_LEVEL,
            false => table.at(*row, column),
        };
        if !categories && let Some(first) = first_date(table, column, rows) {
            if options.dates == Dates::Refuse {
                return Err(refuse_dates(table, first, column));
            }
            return Self::of_dates(table, column, rows, options);
        }
        let mut levels = rows.iter().map(level).collect::<Vocabulary>().to_names();
        if levels.len() > options.most_levels {
            let most = options.most_levels;
            let problem = format!("column {} has {} levels, at most {most} are allowed", shown(&name), levels.len());
            let hint = "leave the column out if it only tells rows apart (the option exclude)";
            return Err(Error::format(&table.path, None, problem, hint));
        }
        let constant = levels.len() == 1;
        let dropped = options.drop_first_level.then(|| levels.remove(0));
        Ok(vec![Self { name, kind: Kind::Levels { dropped, levels }, constant, date: None }])
    }

    fn of_numbers(
        table: &Table,
        (column, name, date): (usize, String, Option<DatePart>),
        rows: &[usize],
        options: &EncodingOptions,
    ) -> Result<Self> {
        let numbers = rows.iter().filter_map(|row| value(table, *row, column, date.as_ref()).transpose());
        let numbers: Vec<f64> = numbers.collect::<Result<_>>()?;
        let Some(found) = Statistics::of(&numbers, rows.len()) else {
            let problem = if numbers.is_empty() {
                format!("column {} has no values", shown(&name))
            } else {
                format!("the numbers of column {} are too far apart for their mean to be computed", shown(&name))
            };
            let hint = "correct the column, or leave it out (the option exclude)";
            return Err(Error::format(&table.path, None, problem, hint));
        };
        let constant = found.least == found.most;
        let scaled = options.standardize && !constant;
        let (shift, scale) = if scaled { (found.mean, found.deviation) } else { (0.0, 1.0) };
        let mean = (options.missing == Missing::Fill).then_some(found.mean);
        Ok(Self { name, kind: Kind::Number { mean, shift, scale }, constant, date })
    }

    /// A feature for each number that the dates of a column have; the time of day only if some row has one.
    fn of_dates(table: &Table, column: usize, rows: &[usize], options: &EncodingOptions) -> Result<Vec<Self>> {
        let order = date::order(table, column, rows, options.dates)?;
        let timed = rows.iter().any(|row| has_time(table.at(*row, column)));
        let parts = PARTS.into_iter().filter(|(part, _)| *part != Part::Hour || timed);
        let feature = |(part, word): (Part, &str)| {
            let name = format!("{}.{word}", table.name(column));
            if table.names().id(&name).is_some() {
                let problem = format!("a number of the dates would be called {}, as a column is", shown(&name));
                return Err(Error::format(&table.path, table.header_line(), problem, "give that column another name"));
            }
            let date = DatePart { column: table.name(column).to_owned(), part, order };
            Self::of_numbers(table, (column, name, Some(date)), rows, options)
        };
        parts.map(feature).collect()
    }

    /// The column that it is from.
    pub(super) fn column(&self) -> &str {
        self.date.as_ref().map_or(&self.name, |date| &date.column)
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

    /// How many levels there are, with that which has no indicator.
    pub(super) fn levels(&self) -> usize {
        match &self.kind {
            Kind::Number { .. } => 0,
            Kind::Levels { dropped, levels } => levels.len() + usize::from(dropped.is_some()),
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
    /// Whether the value of a row is not known. What is a level is known.
    pub(super) fn is_gap(&self, table: &Table, row: usize) -> bool {
        let cell = table.at(row, self.column);
        match self.feature.kind {
            Kind::Number { .. } => is_gap(table, row, self.column),
            Kind::Levels { .. } => {
                table.dialect.is_missing(cell) && (cell == MISSING_LEVEL || !self.levels.contains_key(cell))
            }
        }
    }

    /// The category of a row that the training table does not have.
    pub(super) fn unseen<'t>(&self, table: &'t Table, row: usize) -> Option<&'t str> {
        let unseen = !self.feature.is_numeric() && self.level(table, row).is_none();
        unseen.then(|| table.at(row, self.column))
    }

    pub(super) fn refuse_unseen(&self, table: &Table, row: usize) -> Error {
        let problem =
            format!("{} is a category that the training table does not have", shown(table.at(row, self.column)));
        let hint = "correct it, leave the row out (the option unseen drop), or let unseen categories be zeros (the option unseen zeros)";
        table.refuse(row, self.column, &problem, hint)
    }

    /// The indicator of the level of a row: none where the level is unseen, none within where it has no indicator.
    fn level(&self, table: &Table, row: usize) -> Option<Option<usize>> {
        let cell = table.at(row, self.column);
        let missing = || table.dialect.is_missing(cell).then(|| self.levels.get(MISSING_LEVEL)).flatten();
        self.levels.get(cell).or_else(missing).copied()
    }

    /// Writes the features of a row into `out`, which holds zeros and is as long as the column is wide. A level that is
    /// unseen has no indicator.
    pub(super) fn encode(&self, table: &Table, row: usize, out: &mut [f64]) -> Result<()> {
        match &self.feature.kind {
            Kind::Number { mean, shift, scale } => {
                let known = value(table, row, self.column, self.feature.date.as_ref())?;
                let value = known.or(*mean).ok_or_else(|| missing(table, row, self.column))?;
                let feature = (value - shift) / scale;
                if !feature.is_finite() {
                    let cell = shown(table.at(row, self.column));
                    let problem = format!("{cell} becomes {feature} when it is standardized");
                    return Err(table.refuse(row, self.column, &problem, "correct it or do not standardize"));
                }
                out[0] = feature;
            }
            Kind::Levels { .. } => {
                if let Some(Some(place)) = self.level(table, row) {
                    out[place] = 1.0;
                }
            }
        }
        Ok(())
    }

    /// What missing values of the column become, in words.
    pub(super) fn fill(&self) -> String {
        match self.feature.kind {
            Kind::Number { mean, .. } => format!("the mean of the training table, {}", mean.unwrap_or(f64::NAN)),
            Kind::Levels { .. } => format!("the level {MISSING_LEVEL:?}"),
        }
    }
}

/// The row of the first date of a column of which at least half the cells are dates: each would become a level.
fn first_date(table: &Table, column: usize, rows: &[usize]) -> Option<usize> {
    let known = || rows.iter().filter(|row| !table.is_missing(**row, column));
    let dates = || known().filter(|row| is_date(table.at(**row, column)));
    let first = dates().next()?;
    (2 * dates().count() >= known().count()).then_some(*first)
}

fn refuse_dates(table: &Table, row: usize, column: usize) -> Error {
    let problem = format!("{} is a date, and each would become a category", shown(table.at(row, column)));
    let hint = "make numbers of dates (the option dates expand), leave the column out (the option exclude), or take it for categories (the option categories)";
    table.refuse(row, column, &problem, hint)
}

/// The smallest and largest number of a column, its mean and its deviation.
struct Statistics {
    least: f64,
    most: f64,
    mean: f64,
    deviation: f64,
}

impl Statistics {
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

/// Whether the value of a cell is not known in a column of numbers.
pub(super) fn is_gap(table: &Table, row: usize, column: usize) -> bool {
    let cell = table.at(row, column);
    table.dialect.is_missing(cell) || table.dialect.number(cell).is_some_and(f64::is_nan)
}

/// The number in a cell, or that of its date; none if it is missing.
fn value(table: &Table, row: usize, column: usize, of: Option<&DatePart>) -> Result<Option<f64>> {
    match of {
        None => number(table, row, column),
        Some(_) if is_gap(table, row, column) => Ok(None),
        Some(date) => date::part(table, row, column, date.part, date.order).map(Some),
    }
}

/// The number in a cell, or none if it is missing.
pub(super) fn number(table: &Table, row: usize, column: usize) -> Result<Option<f64>> {
    if is_gap(table, row, column) {
        return Ok(None);
    }
    match table.dialect.number(table.at(row, column)) {
        Some(value) if value.is_finite() => Ok(Some(value)),
        Some(_) => {
            let problem = format!("{} is not a finite number", shown(table.at(row, column)));
            Err(table.refuse(row, column, &problem, "write a finite number, or ? if it is not known"))
        }
        None => Err(table.refuse_number(row, column)),
    }
}

pub(super) fn missing(table: &Table, row: usize, column: usize) -> Error {
    let problem = format!("the value is missing ({})", shown(table.at(row, column)));
    table.refuse(row, column, &problem, "give it, leave out rows with missing values, or fill in features (the option missing drop, the option missing fill)")
}
