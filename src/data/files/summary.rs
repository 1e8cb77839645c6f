//! What was read from files: what was kept, left out, filled in and guessed.

use serde::{Deserialize, Serialize};

use crate::data::RowRange;
use crate::error::{counted, quoted};

use super::Samples;

/// How many rows of a kind are named.
const NAMED: usize = 5;

/// How many names a sentence has.
const LISTED: usize = 10;

/// How many reasons are told apart, and what the others are.
const REASONS: usize = 20;
const OTHERS: &str = "the training data does not have their categories or classes";

/// What was read from files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "snake_case")]
pub struct Summary {
    /// How many rows the files hold.
    pub rows: usize,
    /// Rows that were left out, by the reason.
    pub dropped: Vec<Dropped>,
    /// All rows that were left out, by their numbers in the file; known only where they were just read.
    #[serde(skip)]
    pub(crate) left_out: Vec<u64>,
    /// Missing cells that were filled in, by the column.
    pub filled: Vec<Filled>,
    /// How many columns of a table are numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numeric: Option<usize>,
    /// The columns of a table whose dates became numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<String>,
    /// The categorical columns of a table.
    pub categorical: Vec<Categorical>,
    /// The columns of a table that are no features.
    pub excluded: Vec<String>,
    /// The column that says how much each row of a table counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<String>,
    /// The column that says what each row of a table is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What separates the cells of a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub separator: Option<String>,
    /// Which characters the bytes are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Classes that no row has, and that therefore are none.
    pub empty_classes: Vec<String>,
    /// What was guessed and may be wrong, a sentence each.
    pub warnings: Vec<String>,
}

/// Rows that were left out for one reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "snake_case")]
pub struct Dropped {
    /// Why.
    pub reason: String,
    /// How many.
    pub count: usize,
    /// The first of them, by their numbers in the file.
    pub rows: Vec<u64>,
}

/// Missing cells of a column that were filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "snake_case")]
pub struct Filled {
    /// The column.
    pub column: String,
    /// How many.
    pub cells: usize,
    /// By what, in words.
    pub with: String,
}

/// A categorical column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "snake_case")]
pub struct Categorical {
    /// The column.
    pub column: String,
    /// How many levels it has.
    pub levels: usize,
}

impl Summary {
    /// Of samples that are all there is in a file.
    pub fn of(samples: &Samples) -> Self {
        Self { rows: samples.len(), ..Self::default() }
    }

    /// How many rows were left out.
    pub fn dropped(&self) -> usize {
        self.dropped.iter().map(|dropped| dropped.count).sum()
    }

    /// How many of the rows in some ranges were left out when they were read.
    pub(crate) fn dropped_in(&self, ranges: &[RowRange]) -> usize {
        let named = |row: &&u64| ranges.iter().any(|range| (range.first..=range.last).contains(*row));
        self.left_out.iter().filter(named).count()
    }

    /// Notes that a row was left out.
    pub(super) fn drop_row(&mut self, row: usize, reason: String) {
        let full = self.dropped.len() >= REASONS && self.dropped.iter().all(|dropped| dropped.reason != reason);
        let reason = if full { OTHERS.to_owned() } else { reason };
        let known = self.dropped.iter().position(|dropped| dropped.reason == reason);
        let at = known.unwrap_or_else(|| {
            self.dropped.push(Dropped { reason, ..Dropped::default() });
            self.dropped.len() - 1
        });
        self.left_out.push(row as u64);
        let dropped = &mut self.dropped[at];
        dropped.count += 1;
        if dropped.rows.len() < NAMED {
            dropped.rows.push(row as u64);
        }
    }

    /// Sentences about what is not as the files have it: guesses, rows that were left out, cells that were filled in.
    pub fn notes(&self) -> Vec<String> {
        let mut all: Vec<String> = self.warnings.iter().map(|warning| format!("WARNING: {warning}")).collect();
        for Dropped { reason, count, rows } in &self.dropped {
            let named: Vec<String> = rows.iter().map(u64::to_string).collect();
            let more = if *count > rows.len() { ", ..." } else { "" };
            let noun = if *count == 1 { "row" } else { "rows" };
            let of = counted(self.rows, "row");
            all.push(format!("left out {count} of {of}: {reason} ({noun} {}{more})", named.join(", ")));
        }
        for Filled { column, cells, with } in self.filled.iter().take(LISTED) {
            let cells = counted(*cells, "missing cell");
            all.push(format!("filled {cells} of {} with {with}", quoted([column].into_iter(), 1)));
        }
        if self.filled.len() > LISTED {
            all.push(format!("filled missing cells of {}", counted(self.filled.len() - LISTED, "more column")));
        }
        all
    }

    /// Sentences about all of it, those that matter most first.
    pub fn sentences(&self) -> Vec<String> {
        let mut all = self.notes();
        if !self.empty_classes.is_empty() {
            let noun = if self.empty_classes.len() == 1 { "class" } else { "classes" };
            all.push(format!("no row is of the {noun} {}", quoted(self.empty_classes.iter(), LISTED)));
        }
        if let Some(numeric) = self.numeric {
            let mut sentence = format!("columns: {numeric} of numbers");
            if !self.categorical.is_empty() {
                let list = self
                    .categorical
                    .iter()
                    .take(LISTED)
                    .map(|one| format!("{} ({})", quoted([&one.column].into_iter(), 1), one.levels));
                let more = self.categorical.len().saturating_sub(LISTED);
                let more = (more > 0).then(|| format!("and {more} more"));
                let list: Vec<String> = list.chain(more).collect();
                sentence +=
                    &format!(", {} of categories with so many levels: {}", self.categorical.len(), list.join(", "));
            }
            if !self.dates.is_empty() {
                sentence += &format!(", {} of dates: {}", self.dates.len(), quoted(self.dates.iter(), LISTED));
            }
            if !self.excluded.is_empty() {
                sentence += &format!("; left out {}", quoted(self.excluded.iter(), LISTED));
            }
            for (what, column) in [("weights", &self.weights), ("names of rows", &self.id)] {
                if let Some(column) = column {
                    sentence += &format!("; {what} from {}", quoted([column].into_iter(), 1));
                }
            }
            all.push(sentence);
        }
        let written = [("separator", &self.separator), ("encoding", &self.encoding)];
        let written: Vec<String> =
            written.iter().filter_map(|(what, word)| word.as_ref().map(|word| format!("{what} {word}"))).collect();
        if !written.is_empty() {
            all.push(format!("read with the {}", written.join(" and the ")));
        }
        all
    }
}
