//! What the columns of a table mean, learned once and applied to any number of tables.

use std::collections::BTreeMap;

use super::super::summary::{Categorical, Filled, Summary};
use super::column::{Feature, is_gap, missing};
use super::roles::Roles;
use super::target::Target;
use super::{ColumnKind, Dialect, EncodingOptions, LISTED, Missing, Table, Unseen};
use crate::data::{Samples, Targets, Task};
use crate::error::{Error, Result, quoted, shown};
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
    /// How the training table was to be read, and others are.
    #[serde(default, skip_serializing_if = "is_default")]
    dialect: Dialect,
    /// The columns of the training table that are no features, which another table may have or not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    excluded: Vec<String>,
}

fn is_default(dialect: &Dialect) -> bool {
    *dialect == Dialect::default()
}

impl Encoding {
    /// Learns what the columns of the training table mean.
    ///
    /// All columns but `label` are features, in their order, unless the options name those that are. A numeric column is one
    /// feature; a categorical one is an indicator, 0 or 1, for each of its levels in the order in which they first appear.
    ///
    /// Classes have a fixed order: labels that are numbers are sorted ascending, others come in the
    /// order in which they first appear. `True` and `TRUE` are one class.
    ///
    /// # Errors
    /// [`Error::Format`] that names row and column of a value that is missing (as
    /// [`EncodingOptions::missing`] has it), NaN, infinite or, in a column of numbers or a label of [`Task::Numbers`], not a
    /// number; or if there is no such label column, or one that the options name, no other column, no row without missing values, one class
    /// only, a column with too many levels, one of dates, or one whose values are all missing.
    pub fn learn(table: &Table, label: &str, task: Task, options: &EncodingOptions) -> Result<Self> {
        let at = table.column(label)?;
        let roles = Roles::named(table, at, options)?;
        let columns = chosen(table, at, roles, options)?;
        if columns.is_empty() {
            let problem = match table.names().len() {
                1 => format!("{} is the only column", shown(label)),
                _ => format!("no column is left beside {}", shown(label)),
            };
            return Err(Error::format(&table.path, table.header_line(), problem, "add columns to predict it from"));
        }
        let gap = |row: usize, column: usize| {
            let name = table.name(column);
            let categories = options.categories.iter().any(|other| other == name);
            if roles.has(column) {
                return roles.is_gap(table, row, column);
            }
            let numeric = match column == at {
                true => task == Task::Numbers || table.is_numeric(at),
                false => {
                    !categories && table.kind(column) != ColumnKind::Categories
                        || options.numbers.iter().any(|other| other == name)
                }
            };
            if numeric { is_gap(table, row, column) } else { table.is_missing(row, column) }
        };
        let mut dropped = Summary::default();
        let needed: Vec<usize> = std::iter::once(at).chain(roles.weights).collect();
        let rows = keep(table, options.missing, &needed, &columns, gap, &mut dropped)?;
        roles.check(table, &rows)?;
        let target = Target::learn(table, at, &rows, task)?;
        let features = columns.iter().map(|column| Feature::learn(table, *column, &rows, options));
        let features = features.collect::<Result<Vec<_>>>()?.concat();
        let other = |column: &usize| *column != at && !roles.has(*column) && !columns.contains(column);
        let excluded = (0..table.names().len()).filter(other);
        let excluded = excluded.map(|column| table.name(column).to_owned()).collect();
        let (label, options) = (label.to_owned(), options.clone());
        let encoding = Self { label, target, features, options, dialect: table.dialect.clone(), excluded };
        if task == Task::Numbers {
            // A label that is not a number is found here and not when the table is encoded.
            encoding.target.encoder(table, at).encode(&rows)?;
        }
        Ok(encoding)
    }

    /// With how other tables are read.
    #[must_use]
    pub(super) fn with_dialect(self, dialect: Dialect) -> Self {
        Self { dialect, ..self }
    }

    /// How other tables are read.
    pub fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    /// Turns a table into features and targets.
    ///
    /// Its columns may come in another order than those of the training table. The label column may be left out; there are no
    /// targets then.
    ///
    /// # Errors
    /// As [`encode_rows`](Self::encode_rows).
    pub fn encode(&self, table: &Table) -> Result<Samples> {
        Ok(self.encode_rows(table)?.0)
    }

    /// Turns a table into features and targets, and says which rows were left out and which cells filled in.
    ///
    /// # Errors
    /// [`Error::Format`] that names columns that are missing or too many, or row and column of a
    /// value that cannot be used: missing, NaN, infinite, not a number in a numeric column, or a category or class
    /// that the training table does not have (as [`EncodingOptions::unseen`] has it); or if no row is left.
    /// [`Error::Argument`] if memory cannot hold the features.
    pub fn encode_rows(&self, table: &Table) -> Result<(Samples, Summary)> {
        let label = table.names().id(&self.label).map(|id| id as usize);
        let roles = Roles::of(table, &self.options);
        let columns = self.columns(table, label, roles)?;
        let encoders: Vec<_> =
            self.features.iter().zip(&columns).map(|(feature, column)| feature.encoder(*column)).collect();
        let target = label.map(|column| self.target.encoder(table, column));
        let of_column: BTreeMap<usize, usize> =
            columns.iter().enumerate().map(|(place, column)| (*column, place)).collect();
        let gap = |row: usize, column: usize| match of_column.get(&column) {
            Some(place) => encoders[*place].is_gap(table, row),
            None if roles.has(column) => roles.is_gap(table, row, column),
            None => target.as_ref().is_some_and(|target| target.is_gap(row)),
        };
        let needed: Vec<usize> = label.into_iter().chain(roles.weights).collect();
        let mut summary = Summary { rows: table.rows(), ..Summary::default() };
        let mut rows = keep(table, self.options.missing, &needed, &columns, gap, &mut summary)?;
        let mut unseen = Vec::new();
        for row in &rows {
            let name = |column: usize| shown(table.name(column));
            let category = (encoders.iter().zip(&columns))
                .filter(|_| self.options.unseen != Unseen::Zeros)
                .find_map(|(encoder, column)| encoder.unseen(table, *row).map(|cell| (encoder, *column, cell)));
            let class = target.as_ref().map(|target| target.unseen(*row)).transpose()?.flatten();
            let reason = match (category, class, &target) {
                (Some((encoder, ..)), ..) if self.options.unseen == Unseen::Refuse => {
                    return Err(encoder.refuse_unseen(table, *row));
                }
                (Some((_, column, cell)), ..) => {
                    format!("the training data has no category {} in {}", shown(cell), name(column))
                }
                (None, Some(_), Some(target)) if self.options.unseen == Unseen::Refuse => {
                    return Err(target.refuse_unseen(*row));
                }
                (None, Some(cell), _) => format!("the training data has no class {}", shown(cell)),
                (None, None, _) => continue,
            };
            summary.drop_row(*row, reason);
            unseen.push(*row);
        }
        rows.retain(|row| unseen.binary_search(row).is_err());
        if rows.is_empty() {
            let problem = format!("no row is left: {}", summary.sentences().first().cloned().unwrap_or_default());
            let hint = "correct the rows, or let unseen categories be zeros (the option unseen zeros)";
            return Err(Error::format(&table.path, None, problem, hint));
        }
        if self.options.missing == Missing::Fill {
            for (encoder, feature) in encoders.iter().zip(&self.features) {
                let cells = rows.iter().filter(|row| encoder.is_gap(table, **row)).count();
                if cells > 0 {
                    let column = feature.name.clone();
                    summary.filled.push(Filled { column, cells, with: encoder.fill() });
                }
            }
        }
        self.describe(table, &mut summary);
        let mut features = Array::try_zeros(&[rows.len(), self.width()])?;
        for (to, row) in rows.iter().enumerate() {
            let mut rest = features.row_mut(to);
            for (encoder, feature) in encoders.iter().zip(&self.features) {
                let (out, after) = rest.split_at_mut(feature.width());
                encoder.encode(table, *row, out)?;
                rest = after;
            }
        }
        let targets = target.map_or(Ok(Targets::None), |target| target.encode(&rows))?;
        let (weights, ids) = (roles.weights(table, &rows)?, roles.ids(table, &rows));
        let rows = rows.into_iter().map(|row| row as u64).collect();
        Ok((Samples { features: features.into(), targets, rows, weights, ids }, summary))
    }

    /// What columns there are and how the table is written.
    fn describe(&self, table: &Table, summary: &mut Summary) {
        let is_column = |feature: &&Feature| feature.is_numeric() && feature.date.is_none();
        summary.numeric = Some(self.features.iter().filter(is_column).count());
        let mut dates: Vec<&str> =
            self.features.iter().filter(|feature| feature.date.is_some()).map(Feature::column).collect();
        dates.dedup();
        summary.dates = dates.into_iter().map(str::to_owned).collect();
        summary.categorical = (self.features.iter().filter(|feature| !feature.is_numeric()))
            .map(|feature| Categorical { column: feature.name.clone(), levels: feature.levels() })
            .collect();
        summary.excluded.clone_from(&self.excluded);
        summary.weights.clone_from(&self.options.weights);
        summary.id.clone_from(&self.options.id);
        summary.separator = table.dialect.separator.map(|separator| separator.to_string());
        summary.encoding = table.dialect.encoding.map(|encoding| encoding.to_string());
        summary.warnings.extend(table.warning().map(str::to_owned));
    }

    /// The column of each feature, if the table has these and no others but the label.
    fn columns(&self, table: &Table, label: Option<usize>, roles: Roles) -> Result<Vec<usize>> {
        let place = |feature: &Feature| table.names().id(feature.column()).map(|id| id as usize);
        let places: Vec<Option<usize>> = self.features.iter().map(place).collect();
        let mut lacking: Vec<&str> = (self.features.iter().zip(&places))
            .filter_map(|(feature, place)| place.is_none().then_some(feature.column()))
            .collect();
        lacking.dedup();
        let columns: Vec<usize> = places.into_iter().flatten().collect();
        let extra: Vec<&str> = (table.names().iter().enumerate())
            .filter_map(|(place, name)| {
                (Some(place) != label && !roles.has(place) && !columns.contains(&place)).then_some(name)
            })
            .filter(|name| !self.excluded.iter().any(|excluded| excluded == name))
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
        Err(Error::format(&table.path, table.header_line(), problems.join("; "), hint))
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

/// The columns that are features, by the options.
fn chosen(table: &Table, label: usize, roles: Roles, options: &EncodingOptions) -> Result<Vec<usize>> {
    let taken =
        options.columns.as_ref().map(|names| names.iter().map(|name| table.column(name)).collect::<Result<Vec<_>>>());
    let taken = taken.transpose()?;
    let out = options.exclude.iter().map(|name| table.column(name)).collect::<Result<Vec<_>>>()?;
    let columns: Vec<usize> = (0..table.names().len())
        .filter(|column| *column != label && !roles.has(*column) && !out.contains(column))
        .filter(|column| taken.as_ref().is_none_or(|taken| taken.contains(column)))
        .collect();
    if out.contains(&label) {
        let found = format!("with the column to predict, {}", shown(table.name(label)));
        return Err(Error::argument("the option \"exclude\"", found, "columns of features"));
    }
    for (option, names) in [("numbers", &options.numbers), ("categories", &options.categories)] {
        for name in names {
            if !columns.contains(&table.column(name)?) {
                let found = format!("with {}, which is no feature", shown(name));
                return Err(Error::argument(format!("the option {option:?}"), found, "columns of features"));
            }
        }
    }
    if let Some(both) = options.numbers.iter().find(|name| options.categories.contains(name)) {
        let found = format!("with {}, like the option categories", shown(both));
        return Err(Error::argument("the option \"numbers\"", found, "each column in one of them"));
    }
    Ok(columns)
}

/// The rows that are encoded, or the error for the first value that is missing and may not be: `needed` columns are never
/// filled in.
fn keep(
    table: &Table,
    rule: Missing,
    needed: &[usize],
    columns: &[usize],
    gap: impl Fn(usize, usize) -> bool,
    summary: &mut Summary,
) -> Result<Vec<usize>> {
    let mut rows = Vec::with_capacity(table.rows());
    for row in 0..table.rows() {
        let feature = || columns.iter().copied().find(|column| gap(row, *column));
        let found = needed.iter().copied().find(|column| gap(row, *column));
        let found = if rule == Missing::Fill { found } else { found.or_else(feature) };
        match found {
            None => rows.push(row),
            Some(_) if rule == Missing::Drop => summary.drop_row(row, "a value is missing".to_owned()),
            Some(column) => return Err(missing(table, row, column)),
        }
    }
    if rows.is_empty() {
        let hint = "give the missing values, or fill them in instead of leaving rows out";
        return Err(Error::format(&table.path, None, "a value is missing in every row", hint));
    }
    Ok(rows)
}
