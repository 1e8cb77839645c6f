//! What the columns of a table mean, learned once and applied to any number of tables.

use super::column::{Feature, is_gap, missing};
use super::target::Target;
use super::{EncodingOptions, LISTED, Missing, Table};
use crate::data::{Samples, Targets, Task};
use crate::error::{Error, Result, quoted};
use crate::tensor::Array;

/// How the columns of a table become features and targets.
///
/// It is learned from the training table and saved with the model, so that a query is read as
/// the training data was.
///
/// ```
/// use ascribe::data::{Encoding, EncodingOptions, Table, Targets, Task};
///
/// let train = Table::from_text("train", "size,color,price\n1.5,red,10\n2,blue,12\n")?;
/// let encoding = Encoding::learn(&train, "price", Task::Numbers, &EncodingOptions::default())?;
/// assert_eq!(encoding.feature_names(), ["size", "color=red", "color=blue"]);
/// assert_eq!(encoding.encode(&train)?.targets, Targets::Numbers(vec![10.0, 12.0]));
///
/// let query = Table::from_text("query", "color,size\nblue,3\n")?;
/// assert_eq!(encoding.encode(&query)?.features.values(), [3.0, 0.0, 1.0]);
/// # Ok::<(), ascribe::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Encoding {
    label: String,
    target: Target,
    features: Vec<Feature>,
    options: EncodingOptions,
}

impl Encoding {
    /// Learns what the columns of the training table mean.
    ///
    /// All columns but `label` are features, in their order. A numeric column is one feature; a categorical one is an
    /// indicator, 0 or 1, for each of its levels in the order in which they first appear.
    ///
    /// Classes have a fixed order: labels that are numbers are sorted ascending, others come in the
    /// order in which they first appear.
    ///
    /// # Errors
    /// [`Error::Format`] that names row and column of a value that is missing (as
    /// [`EncodingOptions::missing`] has it), NaN, infinite or, for a label of [`Task::Numbers`], not a number; or if there is no such
    /// label column, no other column, no row without missing values, one class only, a column with too
    /// many levels, or one whose values are all missing.
    pub fn learn(table: &Table, label: &str, task: Task, options: &EncodingOptions) -> Result<Self> {
        let at = table.column(label)?;
        let columns: Vec<usize> = (0..table.names().len()).filter(|column| *column != at).collect();
        if columns.is_empty() {
            let problem = format!("{label:?} is the only column");
            return Err(Error::format(&table.path, Some(1), problem, "add columns to predict it from"));
        }
        let gap = |row: usize, column: usize| {
            let numeric = table.is_numeric(column) || (column == at && task == Task::Numbers);
            is_gap(table.at(row, column), numeric)
        };
        let rows = keep(table, options.missing, Some(at), &columns, gap)?;
        let target = Target::learn(table, at, &rows, task)?;
        let features = columns.iter().map(|column| Feature::learn(table, *column, &rows, options));
        let features = features.collect::<Result<Vec<_>>>()?;
        let encoding = Self { label: label.to_owned(), target, features, options: options.clone() };
        if task == Task::Numbers {
            // A label that is not a number is found here and not when the table is encoded.
            encoding.target.encode(table, at, &rows)?;
        }
        Ok(encoding)
    }

    /// Turns a table into features and targets.
    ///
    /// Its columns may come in another order than those of the training table. The label column may be left out; there are no
    /// targets then.
    ///
    /// # Errors
    /// [`Error::Format`] that names columns that are missing or too many, or row and column of a
    /// value that cannot be used: missing, NaN, infinite, not a number in a numeric column, a category or class
    /// that the training table does not have. [`Error::Argument`] if memory cannot hold the features.
    pub fn encode(&self, table: &Table) -> Result<Samples> {
        let label = table.names().id(&self.label).map(|id| id as usize);
        let columns = self.columns(table, label)?;
        let features_at = || self.features.iter().zip(&columns);
        let mut numeric = vec![self.target.is_numeric(); table.names().len()];
        features_at().for_each(|(feature, column)| numeric[*column] = feature.is_numeric());
        let gap = |row: usize, column: usize| is_gap(table.at(row, column), numeric[column]);
        let rows = keep(table, self.options.missing, label, &columns, gap)?;
        let encoders: Vec<_> = features_at().map(|(feature, column)| feature.encoder(*column)).collect();
        let mut features = Array::try_zeros(&[rows.len(), self.width()])?;
        for (to, row) in rows.iter().enumerate() {
            let mut rest = features.row_mut(to);
            for (encoder, feature) in encoders.iter().zip(&self.features) {
                let (out, after) = rest.split_at_mut(feature.width());
                encoder.encode(table, *row, self.options.unseen, out)?;
                rest = after;
            }
        }
        let targets = label.map_or(Ok(Targets::None), |column| self.target.encode(table, column, &rows))?;
        Ok(Samples { features, targets, rows: rows.into_iter().map(|row| row as u64).collect() })
    }

    /// The column of each feature, if the table has these and no others but the label.
    fn columns(&self, table: &Table, label: Option<usize>) -> Result<Vec<usize>> {
        let place = |feature: &Feature| table.names().id(&feature.name).map(|id| id as usize);
        let places: Vec<Option<usize>> = self.features.iter().map(place).collect();
        let lacking: Vec<&str> = (self.features.iter().zip(&places))
            .filter_map(|(feature, place)| place.is_none().then_some(feature.name.as_str()))
            .collect();
        let columns: Vec<usize> = places.into_iter().flatten().collect();
        let extra: Vec<&str> = (table.names().iter().enumerate())
            .filter_map(|(place, name)| (Some(place) != label && !columns.contains(&place)).then_some(name))
            .collect();
        let problems: Vec<String> = [
            ("the training table has columns that this one lacks", lacking),
            ("columns that the training table does not have", extra),
        ]
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(problem, names)| format!("{problem}: {}", quoted(names.into_iter(), LISTED)))
        .collect();
        if problems.is_empty() {
            return Ok(columns);
        }
        let hint = "give it the same columns; only the label may be left out";
        Err(Error::format(&table.path, Some(1), problems.join("; "), hint))
    }

    /// How many features a row has.
    pub fn width(&self) -> usize {
        self.features.iter().map(Feature::width).sum()
    }

    /// The names of the features: those of numeric columns, and `column=level` for indicators.
    pub fn feature_names(&self) -> Vec<String> {
        self.features.iter().flat_map(Feature::names).collect()
    }

    /// The name of the label column.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The names of the classes; none if the target is a number.
    pub fn classes(&self) -> Option<&[String]> {
        match &self.target {
            Target::Numbers => None,
            Target::Classes { names, .. } => Some(names),
        }
    }

    /// The columns that have one value in all rows of the training table, in order.
    ///
    /// They tell nothing about the target. Beside an intercept they are collinear with it, so without a penalty the
    /// curvature is singular.
    pub fn constant(&self) -> Vec<&str> {
        self.features.iter().filter(|feature| feature.constant).map(|feature| feature.name.as_str()).collect()
    }

    /// What was chosen when this was learned.
    pub fn options(&self) -> &EncodingOptions {
        &self.options
    }
}

/// The rows that are encoded, or the error for the first value that is missing and may not be.
fn keep(
    table: &Table,
    rule: Missing,
    label: Option<usize>,
    columns: &[usize],
    gap: impl Fn(usize, usize) -> bool,
) -> Result<Vec<usize>> {
    let mut rows = Vec::with_capacity(table.rows());
    for row in 0..table.rows() {
        let feature = || columns.iter().copied().find(|column| gap(row, *column));
        let found = match rule {
            Missing::Fill => label.filter(|column| gap(row, *column)),
            Missing::Refuse | Missing::Drop => label.filter(|column| gap(row, *column)).or_else(feature),
        };
        match found {
            None => rows.push(row),
            Some(_) if rule == Missing::Drop => {}
            Some(column) => return Err(missing(table, row, column)),
        }
    }
    if rows.is_empty() {
        let hint = "give the missing values, or fill them in instead of leaving rows out";
        return Err(Error::format(&table.path, None, "a value is missing in every row", hint));
    }
    Ok(rows)
}
