//! Tables as a file format.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use super::super::{FileKind, Format, Learned, Summary, restored, single};
use super::{ColumnKind, Encoding, Table, TableOptions};
use crate::data::{Samples, Task};
use crate::error::{Error, Result, shown};
use crate::options::Options;

/// Up to so many different whole numbers in a column are taken for classes.
const MAX_CLASSES: usize = 100;

const EXPECTED: &str = "one table";

pub(in crate::data::files) const FORMAT: Format =
    Format { name: "table", table: &TableOptions::TABLE, learn, restore: restored::<Encoding> };

fn learn(files: &[PathBuf], options: &Options) -> Result<Learned> {
    let options = TableOptions::read(options)?;
    let dialect = options.dialect();
    let table = Table::read_as(single(files, EXPECTED)?, &dialect)?;
    let taken = |name: &&str| ![&options.weights, &options.id].into_iter().flatten().any(|other| other == name);
    let target = options.label.as_deref().or_else(|| table.names().iter().rev().find(taken));
    let target = target.ok_or_else(|| Error::argument("the number of columns of the table", 0, "at least two"))?;
    let column = table.column(target)?;
    let task = options.task.unwrap_or_else(|| guess(&table, column));
    let guessed = options.task.is_none() && task == Task::Classes && table.kind(column) == ColumnKind::Numbers;
    let encoding = Encoding::learn(&table, target, task, &options.encoding_options())?.with_dialect(dialect);
    let (samples, mut summary) = encoding.encode_rows(&table)?;
    let classes = samples.classes().len();
    // Two numbers are classes, more may be either.
    if guessed && classes > 2 {
        summary.warnings.push(format!(
            "the column {} of whole numbers is taken for {classes} classes; give the option task numbers to predict a number",
            shown(target)
        ));
    }
    Ok((Arc::new(encoding), samples, summary))
}

/// Whether a column holds classes: text, or few different whole numbers that lie close together as codes of classes do, or
/// are two.
fn guess(table: &Table, column: usize) -> Task {
    match table.kind(column) {
        ColumnKind::Categories => return Task::Classes,
        // Whichever cell is no number is refused.
        ColumnKind::Mixed => return Task::Numbers,
        ColumnKind::Numbers => {}
    }
    let (mut seen, mut ends) = (BTreeSet::new(), [f64::INFINITY, f64::NEG_INFINITY]);
    for row in (0..table.rows()).filter(|row| !table.is_missing(*row, column)) {
        match table.dialect().number(table.at(row, column)) {
            Some(number) if number.fract() == 0.0 => {
                ends = [ends[0].min(number), ends[1].max(number)];
                seen.insert((number + 0.0).to_bits())
            }
            _ => return Task::Numbers,
        };
        if seen.len() > MAX_CLASSES {
            return Task::Numbers;
        }
    }
    // Of 50, 150 and 250 something is counted or measured; 3, 5 and 7 may be names.
    let close = seen.len() <= 2 || ends[1] - ends[0] < 2.0 * seen.len() as f64;
    if close && seen.len() * 2 <= table.rows() { Task::Classes } else { Task::Numbers }
}

impl FileKind for Encoding {
    fn read(&self, files: &[PathBuf]) -> Result<(Samples, Summary)> {
        self.encode_rows(&Table::read_as(single(files, EXPECTED)?, self.dialect())?)
    }

    fn feature_names(&self, _: &[usize]) -> Vec<String> {
        self.feature_names()
    }

    fn manifest(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}
