//! Reading datasets from files.

use std::path::PathBuf;

use crate::data::{Dataset, FORMATS, SelectOptions, Task, TripleSet};
use crate::error::{Error, Result, one_of};
use crate::models::network::{LossKind, NetworkOptions, NetworkPreset};
use crate::options::{OptionValue, Options, Value};

use super::options::accept;

/// The format of triples, beside [`FORMATS`].
const TRIPLES: &str = "triples";

/// Reads training data as [`load`] does, for a kind of model; options of other things are passed over. Where the task of a
/// table is left open and the kind of model has one loss, that decides.
///
/// # Errors
/// As [`load`], and [`Error::Argument`] for samples without targets or of one class only.
pub fn load_for(kind: &str, format: &str, files: &[PathBuf], options: &Options) -> Result<Dataset> {
    let mut reading = Options::new();
    let tables = FORMATS.iter().map(|format| format.table).chain([&SelectOptions::TABLE]);
    for table in tables {
        options.only(table).iter().for_each(|(name, value)| reading.set(name, value.clone()));
    }
    let open = |given: Option<&Value>| given.is_none_or(|value| *value == Value::Text("auto".into()));
    if FORMATS.iter().any(|known| known.name == format && known.table.get("task").is_some())
        && open(reading.get("task"))
    {
        let loss = NetworkPreset::named(kind)?.loss.or(NetworkOptions::read(options)?.loss);
        let task = loss.map(|loss| if loss == LossKind::Squared { Task::Numbers } else { Task::Classes });
        reading.set("task", task.write());
    }
    let data = load(format, files, &reading)?;
    if let Ok(samples) = data.samples() {
        samples.require_targets("the training data")?;
    }
    Ok(data)
}

/// Reads training data from files of a format: `triples` (the folder with train.tsv and, if there are any, valid.tsv and
/// test.tsv; or these files one by one), `table`, `images` (and their labels), `npy` (features and labels, or one archive) or
/// `messages`.
///
/// # Errors
/// [`Error::Argument`] for an unknown format, an option that it does not have, or another number of files than it has;
/// [`Error::Io`] and [`Error::Format`] for files that cannot be read.
pub fn load(format: &str, files: &[PathBuf], options: &Options) -> Result<Dataset> {
    let by = format!("files of the format {format}");
    if format == TRIPLES {
        accept(options, &[], &by)?;
        return Ok(Dataset::of_triples(match files {
            [folder] if folder.is_dir() => TripleSet::read(folder)?,
            [train] => TripleSet::read_files(train, None, None)?,
            [train, valid] => TripleSet::read_files(train, Some(valid), None)?,
            [train, valid, test] => TripleSet::read_files(train, Some(valid), Some(test))?,
            _ => {
                let expected = "one folder, or the files of training, validation and test triples";
                return Err(Error::argument("the number of files of triples", files.len(), expected));
            }
        }));
    }
    let Some(known) = FORMATS.iter().find(|known| known.name == format) else {
        return Err(one_of("the file format", format, FORMATS.iter().map(|format| format.name).chain([TRIPLES])));
    };
    accept(options, &[known.table, &SelectOptions::TABLE], &by)?;
    Dataset::load(format, files, options)
}
