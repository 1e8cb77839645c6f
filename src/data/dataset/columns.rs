//! Datasets of named columns, each for the input of that name.

use std::sync::Arc;

use crate::data::samples::finite;
use crate::error::{Error, Result};
use crate::tensor::{MatrixView, Real};

use super::{Content, Dataset, copied};

/// The values of inputs, each by its name.
#[derive(Clone, Debug)]
pub struct Columns {
    count: usize,
    columns: Arc<Vec<(String, Column)>>,
}

/// The values of one input: those of all examples, concatenated.
#[derive(Clone, Debug)]
pub enum Column {
    /// Numbers.
    Numbers(Arc<Vec<f64>>),
    /// Ids.
    Ids(Arc<Vec<u32>>),
}

impl Columns {
    /// The number of examples.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The column of a name.
    pub fn get(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|(found, _)| found == name).map(|(_, column)| column)
    }

    /// The names of the columns, in the order in which they were set.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// Columns that have `count` examples each.
    pub(crate) fn of(count: usize, columns: Vec<(String, Column)>) -> Self {
        Self { count, columns: Arc::new(columns) }
    }

    pub(super) fn select(&self, examples: &[usize]) -> Result<Self> {
        fn pick<V: Copy>(values: &[V], count: usize, examples: &[usize]) -> Result<Arc<Vec<V>>> {
            let width = values.len() / count.max(1);
            let mut picked = Vec::new();
            if width.checked_mul(examples.len()).is_none_or(|room| picked.try_reserve_exact(room).is_err()) {
                let found = format!("{} of {width} elements each", examples.len());
                return Err(Error::argument("the number of examples", found, "no more than memory can hold"));
            }
            examples.iter().for_each(|e| picked.extend_from_slice(&values[e * width..(e + 1) * width]));
            Ok(Arc::new(picked))
        }
        let columns = self.columns.iter().map(|(name, column)| {
            let column = match column {
                Column::Numbers(values) => Column::Numbers(pick(values, self.count, examples)?),
                Column::Ids(values) => Column::Ids(pick(values, self.count, examples)?),
            };
            Ok((name.clone(), column))
        });
        Ok(Self { count: examples.len(), columns: Arc::new(columns.collect::<Result<_>>()?) })
    }
}

impl Dataset {
    /// So many examples for a model of the user's own, without values yet: each of its inputs is to be set.
    ///
    /// # Errors
    /// [`Error::Argument`] for no examples, or more than ids can number.
    pub fn of_inputs(count: usize) -> Result<Self> {
        if count == 0 || u32::try_from(count).is_err() {
            return Err(Error::argument("the number of examples", count, "1 to 4294967295"));
        }
        Ok(Columns { count, columns: Arc::default() }.into())
    }

    /// Sets an input of numbers: a row for each example, with as many columns as the input has elements in row-major order.
    /// Values are copied.
    ///
    /// # Errors
    /// [`Error::Argument`] for another number of rows than examples, or no columns; [`Error::NotFinite`] for values that are
    /// not finite.
    pub fn set_numbers<E: Real>(&mut self, input: &str, values: &dyn MatrixView<E>) -> Result<()> {
        let count = self.columns()?.count;
        if values.rows() != count || values.columns() == 0 {
            let found = format!("{} x {}", values.rows(), values.columns());
            let expected = format!("{count} rows, one for each example");
            return Err(Error::argument(format!("the values of input {input:?}"), found, expected));
        }
        let values = copied(values)?.into_values();
        let width = values.len() / count;
        finite("a value of an input", &values, "leave the example out or give it a number", |place| {
            format!("example {}, element {} of {input:?} (counted from 0)", place / width, place % width)
        })?;
        self.put(input, Column::Numbers(Arc::new(values)));
        Ok(())
    }

    /// Sets an input of ids: `width` for each example, concatenated.
    ///
    /// # Errors
    /// [`Error::Argument`] when there are not `width` for each example.
    pub fn set_ids(&mut self, input: &str, ids: &[u32], width: usize) -> Result<()> {
        let count = self.columns()?.count;
        if width == 0 || count.checked_mul(width) != Some(ids.len()) {
            let expected = format!("{width} for each of {count} examples, at least one");
            return Err(Error::argument(format!("the number of ids of input {input:?}"), ids.len(), expected));
        }
        self.put(input, Column::Ids(Arc::new(ids.to_vec())));
        Ok(())
    }

    fn put(&mut self, input: &str, column: Column) {
        let Content::Columns(Columns { columns, .. }) = &mut self.content else { return };
        let columns = Arc::make_mut(columns);
        match columns.iter_mut().find(|(found, _)| found == input) {
            Some((_, old)) => *old = column,
            None => columns.push((input.to_owned(), column)),
        }
    }
}
