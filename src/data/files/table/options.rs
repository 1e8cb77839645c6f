//! What is left to choose when a table becomes numbers.

use crate::data::Task;

/// How a table is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableOptions {
    /// The column to predict; the last if absent.
    pub target: Option<String>,
    /// What the target is. If absent: classes where it is text, or whole numbers with few different values.
    pub task: Option<Task>,
    /// Whether numeric columns are shifted and scaled to mean 0 and deviation 1.
    pub standardize: bool,
    /// What happens to rows with missing values.
    pub missing: Missing,
    /// Whether the first level of each categorical column has no indicator.
    pub drop_first_level: bool,
}

/// What happens to a row in which a value is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// The table is refused, and the message names the row and the column.
    #[default]
    Refuse,
    /// The row is left out. The others keep their numbers.
    Drop,
    /// A missing number becomes the mean of the column in the training table, and a missing category is a
    /// level of its own, `?`. The label is never filled in.
    Fill,
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
        Self {
            missing: Missing::Refuse,
            unseen: Unseen::Refuse,
            standardize: false,
            drop_first_level: false,
            most_levels: 1_000,
        }
    }
}
