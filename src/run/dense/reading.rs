//! How files become rows: learned from the training data, and what queries are read by.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::data::{Encoding, Messages, Pixels, Samples, Table, Targets, WordEncoding};
use crate::error::{Error, Result};

/// How files become rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// A table, by what its columns mean.
    Table(Encoding),
    /// Images and, if there are any, their labels.
    Images(Pixels),
    /// Messages, by what their words become.
    Messages(WordEncoding),
    /// The rows were given as arrays: there are no files.
    Arrays,
}

impl Reading {
    /// Reads files: a table; images and perhaps labels; messages, with labels or without any.
    ///
    /// # Errors
    /// [`Error::Argument`] for another number of files than these; [`Error::Unsupported`] for rows that were given as arrays;
    /// what the readers report.
    pub fn read(&self, files: &[PathBuf]) -> Result<Samples> {
        match (self, files) {
            (Self::Table(encoding), [table]) => encoding.encode(&Table::read(table)?),
            (Self::Images(pixels), [images]) => Samples::read_idx(images, None, *pixels),
            (Self::Images(pixels), [images, labels]) => Samples::read_idx(images, Some(labels), *pixels),
            (Self::Messages(encoding), [messages]) => encoding.encode(&read_messages(messages)?),
            (Self::Arrays, _) => Err(Error::Unsupported {
                what: "reading rows from files like those of a run whose rows were given as arrays".into(),
                hint: "ask about its training rows, or ask the program that trained it".into(),
            }),
            _ => {
                let expected = match self {
                    Self::Images(_) => "the images and, behind them, their labels",
                    Self::Table(_) => "one table",
                    Self::Messages(_) => "one file of messages",
                    Self::Arrays => "none",
                };
                Err(Error::argument("the number of files to read rows from", files.len(), expected))
            }
        }
    }

    /// The names of the features, for examples of this shape.
    pub fn feature_names(&self, shape: &[usize]) -> Vec<String> {
        match (self, shape) {
            (Self::Table(encoding), _) => encoding.feature_names(),
            (Self::Messages(encoding), _) => encoding.feature_names(),
            (Self::Images(_), [height, width, ..]) => (0..height * width)
                .map(|pixel| format!("pixel {},{}", pixel / width.max(&1), pixel % width.max(&1)))
                .collect(),
            (Self::Arrays, [columns]) => (0..*columns).map(|column| format!("column {column}")).collect(),
            (Self::Images(_) | Self::Arrays, _) => Vec::new(),
        }
    }

    /// What kind of files these are, in a word.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Table(_) => "table",
            Self::Images(_) => "images",
            Self::Messages(_) => "messages",
            Self::Arrays => "arrays",
        }
    }
}

/// Messages with labels, or without if no line has a tab.
fn read_messages(path: &Path) -> Result<Messages> {
    let plain = Messages::read_unlabeled(path)?;
    let labeled = (0..plain.len()).any(|row| plain.text(row).is_some_and(|text| text.contains('\t')));
    if labeled { Messages::read(path) } else { Ok(plain) }
}

/// Rows of some classes only, named and numbered as they are.
///
/// Rows of other classes are left out. `classes` become the names, in this order.
///
/// # Errors
/// [`Error::Argument`] for a class that is not there, or named twice, or targets that are no classes.
pub fn only_classes(data: &Samples, classes: &[String]) -> Result<Samples> {
    let Targets::Classes { labels, names } = &data.targets else {
        return Err(Error::argument("the classes to keep", format!("{classes:?}"), "none: the targets are no classes"));
    };
    let mut new = vec![None; names.len()];
    for (place, class) in classes.iter().enumerate() {
        let Some(old) = names.iter().position(|name| name == class) else {
            return Err(Error::argument("a class", format!("{class:?}"), format!("one of {}", names.join(", "))));
        };
        if new[old].replace(place as u32).is_some() {
            return Err(Error::argument("a class", format!("{class:?}, named twice"), "each once"));
        }
    }
    let kept: Vec<usize> = (0..data.len()).filter(|place| new[labels[*place] as usize].is_some()).collect();
    let mut chosen = data.select(&kept)?;
    if let Targets::Classes { labels, names } = &mut chosen.targets {
        labels.iter_mut().for_each(|label| *label = new[*label as usize].unwrap_or(0));
        *names = classes.to_vec();
    }
    Ok(chosen)
}

/// Gives rows the classes of a run: the same names in the same order. The places of rows of other classes are told.
pub fn align_classes(data: &mut Samples, classes: &[String]) -> Vec<usize> {
    let Targets::Classes { labels, names } = &mut data.targets else { return Vec::new() };
    let new: Vec<Option<u32>> =
        names.iter().map(|name| classes.iter().position(|class| class == name).map(|place| place as u32)).collect();
    let foreign = |place: &usize| new[labels[*place] as usize].is_none();
    let others = (0..labels.len()).filter(foreign).collect();
    labels.iter_mut().for_each(|label| *label = new[*label as usize].unwrap_or(0));
    *names = classes.to_vec();
    others
}
