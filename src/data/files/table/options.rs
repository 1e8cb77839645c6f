//! What is left to choose when a table becomes numbers.

use super::{Decimal, Dialect, Separator, TextEncoding, Thousands};
use crate::data::Task;
use crate::options::{options, words};

options! {
    /// Reading a table.
    #[table("table")]
    pub struct TableOptions {
        /// The column to predict; auto: the last.
        label: Option<String> = "auto",
        /// What the column to predict holds; auto: what the loss needs of models that have one (linear predicts numbers), otherwise
        /// classes where it is text, or whole numbers with few different values that lie close together or are two.
        task: Option<Task> = "auto",
        /// Shift and scale numeric columns to mean 0 and deviation 1; by default nothing is scaled.
        standardize: bool = "false",
        /// What happens to rows in which a value is missing: refuse the table, drop the row, or fill in the mean of a column of
        /// numbers and a level of its own for categories.
        missing: Missing = "refuse",
        /// Further words for a missing value, with commas between them; auto: those that always are, an empty cell, ?, -, NA,
        /// N/A, n/a, `#N/A`, NaN, nan, null, NULL, Null and None.
        missing_words: Option<Vec<String>> = "auto",
        /// What happens to rows of another table with categories or labels that the training table does not have: refuse the
        /// table, drop the row, or take no indicator for the category (a row of an unseen label is dropped).
        unseen: Unseen = "drop",
        /// Give the first level of each categorical column no indicator, so that without a penalty the weights are unique.
        drop_first_level: bool = "false",
        /// The columns to take for features, with commas between them.
        columns: Option<Vec<String>> = "all",
        /// Columns to leave out, such as dates and keys, with commas between them; auto: none.
        exclude: Option<Vec<String>> = "auto",
        /// The column that says how much each row counts, zero or a positive number, which is no feature; auto: all rows count
        /// alike.
        weights: Option<String> = "auto",
        /// The column that says what each row is called, which is no feature; auto: rows have numbers only.
        id: Option<String> = "auto",
        /// Columns that hold numbers, so that every other cell is refused, with commas between them; auto: those with numbers in
        /// nearly all cells.
        numbers: Option<Vec<String>> = "auto",
        /// Columns whose cells are categories whatever they look like, with commas between them; auto: those without numbers
        /// in nearly all cells.
        categories: Option<Vec<String>> = "auto",
        /// What becomes of columns of dates: refuse them, or expand each into numbers (year, month, day, weekday from 1 for Monday,
        /// and the hour where there are times); day-first and month-first say what 1/2/2024 is where that is open.
        dates: Dates = "refuse",
        /// What stands between cells: comma, semicolon, tab, pipe, or one sign; auto: the one of these four that cuts the header
        /// and the first rows into equally many cells.
        separator: Option<Separator> = "auto",
        /// The decimal sign of numbers.
        decimal: Decimal = "point",
        /// What stands between groups of three digits.
        thousands: Thousands = "none",
        /// Which characters the bytes are; auto: those of the byte order mark, otherwise UTF-8, or windows-1252 with a warning.
        encoding: Option<TextEncoding> = "auto",
        /// Whether the first line holds the names of the columns, which otherwise are x1, x2 and so on; auto: it does, and is refused
        /// if it looks like a row.
        header: Option<bool> = "auto",
        /// Leave out the first column, which only numbers the rows and may have no name.
        index_column: bool = "false",
    }
}

impl TableOptions {
    pub(super) fn dialect(&self) -> Dialect {
        let Self { separator, decimal, thousands, encoding, header, index_column, .. } = *self;
        let missing_words = self.missing_words.clone().unwrap_or_default();
        Dialect { separator, decimal, thousands, encoding, header, index_column, missing_words }
    }

    pub(super) fn encoding_options(&self) -> EncodingOptions {
        let Self { missing, unseen, standardize, drop_first_level, dates, .. } = *self;
        let list = |names: &Option<Vec<String>>| names.clone().unwrap_or_default();
        EncodingOptions {
            missing,
            unseen,
            standardize,
            drop_first_level,
            dates,
            columns: self.columns.clone(),
            exclude: list(&self.exclude),
            weights: self.weights.clone(),
            id: self.id.clone(),
            numbers: list(&self.numbers),
            categories: list(&self.categories),
            ..EncodingOptions::default()
        }
    }
}

words! {
    "what happens to missing values";
    /// What happens to a row in which a value is missing.
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum Missing {
        /// The table is refused, and the message names the row and the column.
        #[default]
        Refuse = "refuse",
        /// The row is left out. The others keep their numbers.
        Drop = "drop",
        /// A missing number becomes the mean of the column in the training table, and a missing category is a level of its
        /// own, `?`. The label is never filled in.
        Fill = "fill",
    }
}

words! {
    "what happens to unseen categories";
    /// What happens to a row with a category or label that the training table does not have.
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum Unseen {
        /// The table is refused, and the message names the row, the column and the category.
        Refuse = "refuse",
        /// The row is left out, and the summary says so. The others keep their numbers.
        #[default]
        Drop = "drop",
        /// All indicators of the column are zero. A row with an unseen label is left out.
        Zeros = "zeros",
    }
}

words! {
    "what becomes of dates";
    /// What becomes of a column of dates.
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum Dates {
        /// The table is refused, and the message names the row and the column.
        #[default]
        Refuse = "refuse",
        /// The column becomes numbers: year, month, day, weekday, and the hour where there are times of day. Whether days come
        /// before months is found where some date tells.
        Expand = "expand",
        /// The same, and of two numbers before a year the first is the day.
        DayFirst = "day-first",
        /// The same, and of two numbers before a year the first is the month.
        MonthFirst = "month-first",
    }
}

/// How an [`Encoding`](super::Encoding) is learned.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct EncodingOptions {
    /// What happens to rows with missing values, in the training table and in others.
    pub missing: Missing,
    /// What happens to categories and labels that only another table has.
    pub unseen: Unseen,
    /// Whether numeric columns are shifted and scaled to mean 0 and deviation 1 in the training table (the deviation over n,
    /// not n - 1, of the column after missing values were filled in). Other tables are shifted and scaled by the same
    /// numbers. Indicators stay 0 and 1, and columns that are constant in the training table stay as they are:
    /// [`Encoding::constant`](super::Encoding::constant) names them.
    pub standardize: bool,
    /// Whether the first level of each categorical column has no indicator. By default every level has one. The
    /// indicators of a column then add up to one in every row, so beside an intercept or another categorical column
    /// they are collinear: without a penalty (λ = 0) the weights have no unique optimum and the
    /// curvature is singular. A penalty settles it; this option does too, as far as levels are concerned.
    pub drop_first_level: bool,
    /// What becomes of columns of dates.
    pub dates: Dates,
    /// The most levels that a categorical column may have. A column of names or keys would otherwise become
    /// as many features as there are rows.
    pub most_levels: usize,
    /// The columns that are features; all but the label if none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<String>>,
    /// Columns that are no features.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    /// The column of weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<String>,
    /// The column of names of rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Columns that hold numbers: a cell that is none is refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<String>,
    /// Columns whose cells are categories also where they are numbers or dates.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
}

impl Default for EncodingOptions {
    fn default() -> Self {
        Self {
            missing: Missing::default(),
            unseen: Unseen::default(),
            standardize: false,
            drop_first_level: false,
            dates: Dates::default(),
            most_levels: 1_000,
            columns: None,
            exclude: Vec::new(),
            weights: None,
            id: None,
            numbers: Vec::new(),
            categories: Vec::new(),
        }
    }
}
