//! Samples: rows of features, with a target each.

use std::sync::Arc;

use crate::error::{Error, Result, listed, shown};
use crate::options::words;
use crate::tensor::Array;
use crate::tensor::random::{Purpose, Stream};

words! {
    "the task";
    /// What is to be predicted for a row.
    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum Task {
        /// One of several classes.
        Classes = "classes",
        /// A number.
        Numbers = "numbers",
    }
}

/// The targets of the rows of [`Samples`], in their order.
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
    /// Unlabeled.
    None,
}

/// Rows of features, to learn from or to ask about. All features are finite.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    /// The features, one row for each example: `[rows, columns]` for tables and words,
    /// `[rows, height, width, channels]` for images.
    pub features: Arc<Array<f64>>,
    /// The target of each row.
    pub targets: Targets,
    /// Where each row stands in its file, counted from 0. Rows that were left out leave gaps, so
    /// that a report always speaks of the rows that the reader of the file sees.
    pub rows: Vec<u64>,
    /// How much each row counts: zero or a positive number. All count alike if absent.
    pub weights: Option<Vec<f64>>,
    /// What each row is called in its file, where that says so.
    pub ids: Option<Vec<String>>,
}

impl Samples {
    /// Builds samples from arrays; rows are numbered 0, 1, 2, ...
    ///
    /// # Errors
    /// [`Error::Argument`] if the features have no columns, there are more or fewer targets than rows or a label has no name,
    /// [`Error::NotFinite`] with row and column if a feature or target is NaN or infinite.
    pub fn new(features: impl Into<Arc<Array<f64>>>, targets: Targets) -> Result<Self> {
        let features = features.into();
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
        let width = features.row_width();
        finite("a feature", features.values(), "leave the row out or give it a number", |at| {
            format!("row {}, column {} (both counted from 0)", at / width, at % width)
        })?;
        if let Targets::Numbers(numbers) = &targets {
            let place = |row| format!("row {row} (counted from 0)");
            finite("a target", numbers, "leave the row out or give it a number", place)?;
        }
        Ok(Self { features, targets, rows: (0..rows as u64).collect(), weights: None, ids: None })
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows at these places, in this order; a place may be named more than once.
    ///
    /// Places are those in this set, not in the file, and the rows keep their numbers in the file.
    ///
    /// # Errors
    /// [`Error::Argument`] if there is no such place, or if memory cannot hold the rows.
    pub fn select(&self, places: &[usize]) -> Result<Self> {
        if let Some(place) = places.iter().find(|place| **place >= self.len()) {
            return Err(Error::argument("a place", place, format!("one of the {} rows, counted from 0", self.len())));
        }
        if places.len() == self.len() && places.iter().enumerate().all(|(at, place)| at == *place) {
            return Ok(self.clone());
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
        let weights = self.weights.as_ref().map(|weights| places.iter().map(|place| weights[*place]).collect());
        let ids = self.ids.as_ref().map(|ids| places.iter().map(|place| ids[*place].clone()).collect());
        let (features, rows) = (Arc::new(features), places.iter().map(|place| self.rows[*place]).collect());
        Ok(Self { features, targets, rows, weights, ids })
    }

    /// Takes `count` rows out at random: what stays, and what was taken.
    ///
    /// Which rows these are depends on `seed` and their numbers in the file alone: a row has the
    /// same fate beside other rows, up to the count. Both parts keep the order of the file.
    ///
    /// # Errors
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
    /// [`Error::Argument`] if there are no rows or no targets, or if all rows are of one class.
    pub fn require_targets(&self, what: &str) -> Result<()> {
        let expected = "at least two rows that differ in what is to be learned";
        match &self.targets {
            _ if self.is_empty() => Err(Error::argument(what, "without rows", expected)),
            Targets::None => Err(Error::argument(what, "without targets", "a target for each row")),
            Targets::Classes { labels, names } if labels.iter().all(|label| *label == labels[0]) => {
                Err(Error::argument(
                    what,
                    format!("of one class only, {}", shown(&names[labels[0] as usize])),
                    "at least two",
                ))
            }
            _ => Ok(()),
        }
    }

    /// The place of a row, by its number in the file; `what` names it in the message.
    ///
    /// # Errors
    /// [`Error::Argument`] for a row that is not there.
    pub fn place_of(&self, row: u64, what: &str) -> Result<usize> {
        // Rows are in the order of the file, unless somebody put the data together otherwise.
        let found = self.rows.binary_search(&row).ok().or_else(|| self.rows.iter().position(|other| *other == row));
        found.ok_or_else(|| {
            let expected = match (self.rows.iter().min(), self.rows.iter().max()) {
                (Some(first), Some(last)) if (last - first + 1) as usize == self.len() => {
                    format!("one of rows {first} to {last} (rows count from 0)")
                }
                (Some(first), Some(last)) => {
                    let count = self.len();
                    format!("one of the {count} rows between {first} and {last} that were kept (rows count from 0)")
                }
                _ => "a row of data that has some".into(),
            };
            Error::argument(what, row, expected)
        })
    }

    /// The names of the classes; none where targets are no classes.
    pub fn classes(&self) -> &[String] {
        match &self.targets {
            Targets::Classes { names, .. } => names,
            _ => &[],
        }
    }

    /// The rows of some classes only. `classes` become the names, in this order.
    ///
    /// # Errors
    /// [`Error::Argument`] for a class that is not there, or named twice, or targets that are no classes.
    pub fn only_classes(&self, classes: &[String]) -> Result<Self> {
        let Targets::Classes { labels, names } = &self.targets else {
            let found = listed(classes.iter());
            return Err(Error::argument("the classes to keep", found, "none: the targets are no classes"));
        };
        let mut new = vec![None; names.len()];
        for (place, class) in classes.iter().enumerate() {
            let Some(old) = names.iter().position(|name| name == class) else {
                return Err(Error::argument("a class", shown(class), format!("one of {}", listed(names.iter()))));
            };
            if new[old].replace(place as u32).is_some() {
                return Err(Error::argument("a class", format!("{}, named twice", shown(class)), "each once"));
            }
        }
        let kept: Vec<usize> = (0..self.len()).filter(|place| new[labels[*place] as usize].is_some()).collect();
        let mut chosen = self.select(&kept)?;
        if let Targets::Classes { labels, names } = &mut chosen.targets {
            labels.iter_mut().for_each(|label| *label = new[*label as usize].unwrap_or(0));
            *names = classes.to_vec();
        }
        Ok(chosen)
    }

    /// The same rows without the classes that none of them has, whose names are added to `empty`.
    #[must_use]
    pub(super) fn without_empty_classes(mut self, empty: &mut Vec<String>) -> Self {
        if let Targets::Classes { labels, names } = &mut self.targets {
            let mut taken = vec![false; names.len()];
            labels.iter().for_each(|label| taken[*label as usize] = true);
            let before = |label: u32| taken[..label as usize].iter().filter(|taken| **taken).count() as u32;
            let places: Vec<u32> = (0..names.len() as u32).map(before).collect();
            labels.iter_mut().for_each(|label| *label = places[*label as usize]);
            let mut places = taken.iter();
            empty.extend(names.extract_if(.., |_| places.next() == Some(&false)));
        }
        self
    }

    /// Renumbers the classes as in `classes`: the same names in the same order. Returns the places of the rows whose class
    /// is none of them.
    pub fn align_classes(&mut self, classes: &[String]) -> Vec<usize> {
        let Targets::Classes { labels, names } = &mut self.targets else { return Vec::new() };
        let new: Vec<Option<u32>> =
            names.iter().map(|name| classes.iter().position(|class| class == name).map(|place| place as u32)).collect();
        let foreign = |place: &usize| new[labels[*place] as usize].is_none();
        let others = (0..labels.len()).filter(foreign).collect();
        labels.iter_mut().for_each(|label| *label = new[*label as usize].unwrap_or(0));
        *names = classes.to_vec();
        others
    }
}

/// Refuses the first number that is not finite; `place` says where it stands.
pub(super) fn finite(
    what: &'static str,
    numbers: &[f64],
    hint: &str,
    place: impl FnOnce(usize) -> String,
) -> Result<()> {
    match numbers.iter().position(|number| !number.is_finite()) {
        None => Ok(()),
        Some(at) => Err(Error::NotFinite { what, value: numbers[at], place: place(at), hint: hint.into() }),
    }
}
