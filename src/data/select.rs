//! Which rows of a file are used.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::options::options;

use super::Samples;

/// Rows of a file by their numbers, which count from 0: written `5`, or `10-19` with both ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowRange {
    /// The first row.
    pub first: u64,
    /// The last row.
    pub last: u64,
}

impl FromStr for RowRange {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let refuse = |_| Error::argument("a row", format!("{text:?}"), "a number from 0, or two with - between them");
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let (first, last) = (first.trim().parse().map_err(refuse)?, last.trim().parse().map_err(refuse)?);
        if first > last {
            return Err(Error::argument("a range of rows", format!("{text:?}"), "one that ends after it begins"));
        }
        Ok(Self { first, last })
    }
}

impl fmt::Display for RowRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.first == self.last {
            true => write!(f, "{}", self.first),
            false => write!(f, "{}-{}", self.first, self.last),
        }
    }
}

impl RowRange {
    /// The places of rows in data, in the order given; a row that is named twice comes once. Of a range, rows that the
    /// data does not have and those of the `passed` places, ascending, are passed over, as long as one is left.
    ///
    /// # Errors
    /// [`Error::Argument`] for a row, or a whole range, that is not there.
    pub fn places(ranges: &[Self], data: &Samples, passed: &[usize], what: &str) -> Result<Vec<usize>> {
        let mut chosen = vec![false; data.len()];
        let mut places = Vec::new();
        for range in ranges {
            let Self { first, last } = range;
            let found: Vec<usize> = match first == last {
                true => vec![data.place_of(*first, what)?],
                false => {
                    let wanted = |place: &usize| range.holds(data, *place) && passed.binary_search(place).is_err();
                    (0..data.len()).filter(wanted).collect()
                }
            };
            if found.is_empty() {
                return Err(Error::argument(what, format!("{first}-{last}"), "a range that holds a row there is"));
            }
            places.extend(found.into_iter().filter(|place| !std::mem::replace(&mut chosen[*place], true)));
        }
        Ok(places)
    }

    /// How many of the `passed` places, which [`RowRange::places`] passes over, are in the ranges.
    pub fn passed_over(ranges: &[Self], data: &Samples, passed: &[usize]) -> usize {
        passed.iter().filter(|place| ranges.iter().any(|range| range.holds(data, **place))).count()
    }

    fn holds(&self, data: &Samples, place: usize) -> bool {
        (self.first..=self.last).contains(&data.rows[place])
    }
}

options! {
    /// Choosing among the samples of a file.
    #[table("select")]
    pub struct SelectOptions {
        /// These rows only, such as 0-99,150; rows count from 0 in file order and keep their numbers.
        rows: Option<Vec<RowRange>> = "all",
        /// Rows of these classes only, such as 1,7; of two, the second is the positive one.
        classes: Option<Vec<String>> = "all",
        /// The first so many of the rows that are left.
        limit: Option<usize> = "all",
    }
}

impl SelectOptions {
    /// Whether all rows are taken, or those of classes that are named.
    pub(super) fn is_open(&self) -> bool {
        self.rows.is_none() && self.limit.is_none()
    }

    /// The samples that are used.
    ///
    /// # Errors
    /// [`Error::Argument`] for rows or classes that are not there.
    pub fn apply(&self, mut samples: Samples) -> Result<Samples> {
        if let Some(rows) = &self.rows {
            let mut places = RowRange::places(rows, &samples, &[], "a row to use")?;
            places.sort_unstable();
            samples = samples.select(&places)?;
        }
        if let Some(classes) = &self.classes {
            samples = samples.only_classes(classes)?;
        }
        if let Some(limit) = self.limit.filter(|limit| *limit < samples.len()) {
            samples = samples.select(&(0..limit).collect::<Vec<_>>())?;
        }
        Ok(samples)
    }
}
