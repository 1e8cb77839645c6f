//! Tables as a file format.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use super::super::{FileKind, Format, restored, single};
use super::{Encoding, EncodingOptions, Table, TableOptions};
use crate::data::{Samples, Task};
use crate::error::{Error, Result};
use crate::options::Options;

/// Up to so many different whole numbers in a column are taken for classes.
const MAX_CLASSES: usize = 100;

const EXPECTED: &str = "one table";

pub(in crate::data::files) const FORMAT: Format =
    Format { name: "table", table: &TableOptions::TABLE, learn, restore: restored::<Encoding> };

fn learn(files: &[PathBuf], options: &Options) -> Result<(Arc<dyn FileKind>, Samples)> {
    let options = TableOptions::read(options)?;
    let table = Table::read(single(files, EXPECTED)?)?;
    let target = options.label.as_deref().or_else(|| table.names().iter().next_back());
    let target = target.ok_or_else(|| Error::argument("the number of columns of the table", 0, "at least two"))?;
    let column = table.column(target)?;
    let task = options.task.unwrap_or_else(|| guess(&table, column));
    let TableOptions { standardize, missing, drop_first_level, .. } = options;
    let options = EncodingOptions { standardize, missing, drop_first_level, ..EncodingOptions::default() };
    let encoding = Encoding::learn(&table, target, task, &options)?;
    let samples = encoding.encode(&table)?;
    Ok((Arc::new(encoding), samples))
}

/// Whether a column holds classes: text, or few different whole numbers.
fn guess(table: &Table, column: usize) -> Task {
    if !table.is_numeric(column) {
        return Task::Classes;
    }
    let mut seen = BTreeSet::new();
    for row in 0..table.rows() {
        match table.at(row, column).trim().parse::<f64>() {
            Ok(number) if number.fract() == 0.0 => seen.insert(number.to_bits()),
            _ => return Task::Numbers,
        };
        if seen.len() > MAX_CLASSES {
            return Task::Numbers;
        }
    }
    if seen.len() * 2 <= table.rows() { Task::Classes } else { Task::Numbers }
}

impl FileKind for Encoding {
    fn read(&self, files: &[PathBuf]) -> Result<Samples> {
        self.encode(&Table::read(single(files, EXPECTED)?)?)
    }

    fn feature_names(&self, _: &[usize]) -> Vec<String> {
        self.feature_names()
    }

    fn manifest(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}
