//! What is left to choose when a table becomes numbers.

use crate::data::Task;
use crate::options::{options, words};

options! {
    /// Reading a table.
    #[table("table")]
    pub struct TableOptions {
        /// The column to predict; auto: the last.
        label: Option<String> = "auto",
        /// What the column to predict holds; auto: classes where it is text, or whole numbers with few different values.
        task: Option<Task> = "auto",
        /// Shift and scale numeric columns to mean 0 and deviation 1; by default nothing is scaled.
        standardize: bool = "false",
        /// What happens to rows in which a value is missing: refuse the table, drop the row, or fill in the mean of a column of
        /// numbers and a level of its own for categories.
        missing: Missing = "refuse",
        /// Give the first level of each categorical column no indicator, so that without a penalty the weights are unique.
        drop_first_level: bool = "false",
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

/// What happens to a category that the training table does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unseen {
    /// The table is refused, and the message names the row, the column and the category.
    #[default]
    Refuse,
    /// All indicators of the column are zero.
    Zeros,
}

/// How an [`Encoding`](super::Encoding) is learned.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct EncodingOptions {
    /// What happens to rows with missing values, in the training table and in others.
    pub missing: Missing,
    /// What happens to categories that only another table has.
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
    /// The most levels that a categorical column may have. A column of names or keys would otherwise become
    /// as many features as there are rows.
    pub most_levels: usize,
}

impl Default for EncodingOptions {
    fn default() -> Self {
        let (missing, unseen) = (Missing::Refuse, Unseen::Refuse);
        Self { missing, unseen, standardize: false, drop_first_level: false, most_levels: 1_000 }
    }
}
