//! Examples as rows of numbers, with what they are to be told from.

use crate::tensor::Array;
use crate::tensor::random::{Purpose, Stream};
use crate::{Error, Result};

/// What a model is to say of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// One of several classes.
    Classes,
    /// A number.
    Numbers,
}

/// What is known of the rows of a [`Samples`], in their order.
#[derive(Clone, Debug, PartialEq)]
pub enum Targets {
    /// A number for each row.
    Numbers(Vec<f64>),
    /// A class for each row.
    Classes {
        /// The class of each row, a place in `names`.
        labels: Vec<u32>,
        /// The names of all classes, also of those that no row has.
        names: Vec<String>,
    },
    /// Nothing: the rows can be asked about and not learned from.
    None,
}

/// Rows of numbers to learn from or to ask about.
///
/// Every reader of dense data ends here. All features are finite.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    /// The features, one row for each example: `[rows, columns]` for tables and words,
    /// `[rows, height, width, channels]` for images.
    pub features: Array<f64>,
    /// The target of each row.
    pub targets: Targets,
    /// Where each row stands in its file, counted from 0. Rows that were left out leave gaps, so
    /// that a report always speaks of the rows that the reader of the file sees.
    pub rows: Vec<u64>,
}

impl Samples {
    /// Puts arrays together, as rows 0, 1, 2, ... of no file.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] if the features have no columns, there are more or fewer targets than rows or a label has no name,
    /// [`Error::NotFinite`] with row and column if a feature or target is NaN or infinite.
    pub fn new(features: Array<f64>, targets: Targets) -> Result<Self> {
        if features.shape().len() < 2 || features.shape().contains(&0) {
            let found = format!("of shape {:?}", features.shape());
            return Err(Error::argument("the array of features", found, "rows and at least one column"));
        }
        let rows = features.rows();
        let (found, unnamed) = match &targets {
            Targets::Numbers(numbers) => (numbers.len(), None),
            Targets::Classes { labels, names } => {
                (labels.len(), labels.iter().find(|label| **label as usize >= names.len()))
            }
            Targets::None => (rows, None),
        };
        if found != rows {
            return Err(Error::argument(
                "the number of targets",
                found,
                format!("{rows}, one for each row of features"),
            ));
        }
        if let Some(label) = unnamed {
            return Err(Error::argument("a label", label, "the place of a class among the names"));
        }
        let hint = "leave the row out or give it a number";
        let width = features.row_width();
        if let Some(at) = features.values().iter().position(|value| !value.is_finite()) {
            return Err(Error::NotFinite {
                what: "a feature",
                value: features.values()[at],
                place: format!("row {}, column {} (both counted from 0)", at / width, at % width),
                hint: hint.into(),
            });
        }
        if let Targets::Numbers(numbers) = &targets
            && let Some(row) = numbers.iter().position(|value| !value.is_finite())
        {
            return Err(Error::NotFinite {
                what: "a target",
                value: numbers[row],
                place: format!("row {row} (counted from 0)"),
                hint: hint.into(),
            });
        }
        Ok(Self { features, targets, rows: (0..rows as u64).collect() })
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows at these places, in this order; a place may be named more than once.
    ///
    /// Places are those in this set, not in the file, and the rows keep their numbers in the file.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] if there is no such place, or if memory cannot hold the rows.
    pub fn select(&self, places: &[usize]) -> Result<Self> {
        if let Some(place) = places.iter().find(|place| **place >= self.len()) {
            return Err(Error::argument("a place", place, format!("one of the {} rows, counted from 0", self.len())));
        }
        let mut shape = self.features.shape().to_vec();
        shape[0] = places.len();
        let mut features = Array::try_zeros(&shape)?;
        for (to, from) in places.iter().enumerate() {
            features.row_mut(to).copy_from_slice(self.features.row(*from));
        }
        let targets = match &self.targets {
            Targets::Numbers(numbers) => Targets::Numbers(places.iter().map(|place| numbers[*place]).collect()),
            Targets::Classes { labels, names } => {
                Targets::Classes { labels: places.iter().map(|place| labels[*place]).collect(), names: names.clone() }
            }
            Targets::None => Targets::None,
        };
        Ok(Self { features, targets, rows: places.iter().map(|place| self.rows[*place]).collect() })
    }

    /// Takes `count` rows out at random: what stays, and what was taken.
    ///
    /// Which rows these are depends on `seed` and their numbers in the file alone: a row has the
    /// same fate beside other rows, up to the count. Both parts keep the order of the file.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] if there are fewer than `count` rows, or if memory cannot hold both parts.
    pub fn split(&self, count: usize, seed: u64) -> Result<(Self, Self)> {
        if count > self.len() {
            return Err(Error::argument("the number of rows to take", count, format!("at most {}", self.len())));
        }
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by_cached_key(|place| {
            let row = self.rows[*place];
            (Stream::new(seed, Purpose::Data, 0, row).next_u64(), row)
        });
        let mut taken = order.split_off(self.len() - count);
        order.sort_unstable();
        taken.sort_unstable();
        Ok((self.select(&order)?, self.select(&taken)?))
    }

    /// Refuses rows that nothing can be learned from: `what` names them in the message.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] if there are no rows or no targets, or if all rows are of one class.
    pub fn require_targets(&self, what: &str) -> Result<()> {
        let expected = "at least two rows that differ in what is to be learned";
        match &self.targets {
            _ if self.is_empty() => Err(Error::argument(what, "without rows", expected)),
            Targets::None => Err(Error::argument(what, "without targets", "a target for each row")),
            Targets::Classes { labels, names } if labels.iter().all(|label| *label == labels[0]) => Err(
                Error::argument(what, format!("of one class only, {:?}", names[labels[0] as usize]), "at least two"),
            ),
            _ => Ok(()),
        }
    }
}
