//! Samples whose features are numbers at places and not columns with names, with one label each.

use std::path::Path;

use crate::data::{Targets, Task};
use crate::error::{Error, Result};
use crate::tensor::Array;

/// Features as a model reads them: rows of numbers, or of images `[height, width, channels]`.
///
/// One axis is one number a row, three are images of one channel, and more than four are rows of numbers.
///
/// # Errors
/// [`Error::Format`] for none, or numbers that are not finite.
pub(super) fn samples_of(path: &Path, array: Array<f64>) -> Result<Array<f64>> {
    if array.shape().is_empty() || array.values().is_empty() {
        let problem = format!("the features have the shape {:?}", array.shape());
        return Err(Error::format(path, None, problem, "name a file with a row of numbers for each example"));
    }
    let width = array.row_width();
    if let Some(place) = array.values().iter().position(|value| !value.is_finite()) {
        let problem = format!(
            "number {} of row {} (both counted from 0) is {}",
            place % width,
            place / width,
            array.values()[place]
        );
        return Err(Error::format(path, None, problem, "leave the row out or give it a number"));
    }
    let shape = match *array.shape() {
        [rows] => vec![rows, 1],
        [rows, height, width] => vec![rows, height, width, 1],
        [_, _] | [_, _, _, _] => return Ok(array),
        _ => vec![array.rows(), width],
    };
    Array::new(&shape, array.into_values())
}

/// The names of the features of a sample of some shape.
pub(super) fn names(shape: &[usize]) -> Vec<String> {
    match *shape {
        [columns] => (0..columns).map(|column| format!("column {column}")).collect(),
        [height, width, 1] => {
            (0..height * width).map(|pixel| format!("pixel {},{}", pixel / width, pixel % width)).collect()
        }
        [height, width, channels] => {
            let name = |at: usize| {
                let pixel = at / channels;
                format!("pixel {},{} channel {}", pixel / width, pixel % width, at % channels)
            };
            (0..height * width * channels).map(name).collect()
        }
        _ => Vec::new(),
    }
}

/// Labels as they are read.
pub(super) struct Labeled<'l> {
    pub path: &'l Path,
    pub values: &'l [f64],
    /// Whether they are integers.
    pub whole: bool,
}

impl Labeled<'_> {
    /// The targets of so many rows of another file. A class is named by its number; there are as many as different labels, in
    /// ascending order. A number below the largest that no row has is no class: letters count from 1.
    ///
    /// # Errors
    /// [`Error::Format`] for another number of labels, labels that are not finite, or classes that are no whole numbers.
    pub fn targets(&self, task: Option<Task>, features: &Path, rows: usize) -> Result<Targets> {
        let Self { path, values, whole } = *self;
        let refuse = |problem: String, hint: &str| Err(Error::format(path, None, problem, hint));
        if values.len() != rows {
            let (labels, images) = (values.len(), features.display());
            let problem = format!("there are {labels} labels, but {images} holds {rows} rows");
            return refuse(problem, "name two files that belong together");
        }
        let task = task.unwrap_or(if whole { Task::Classes } else { Task::Numbers });
        let fits = |value: f64| value.is_finite() && (task == Task::Numbers || value.fract() == 0.0);
        if let Some(place) = values.iter().position(|value| !fits(*value)) {
            let value = values[place];
            return match task {
                Task::Numbers => refuse(format!("the label of row {place} is {value}"), "give it a finite number"),
                Task::Classes => {
                    let problem = format!("the label of row {place} is {value}, and classes are whole numbers");
                    refuse(problem, "correct it, or take the labels for numbers (the option task numbers)")
                }
            };
        }
        if task == Task::Numbers {
            return Ok(Targets::Numbers(values.to_vec()));
        }
        // Adding zero makes the two zeros one.
        let mut known: Vec<f64> = values.iter().map(|value| value + 0.0).collect();
        known.sort_by(f64::total_cmp);
        known.dedup();
        let place = |value: &f64| known.partition_point(|other| other < value) as u32;
        Ok(Targets::Classes {
            labels: values.iter().map(place).collect(),
            names: known.iter().map(f64::to_string).collect(),
        })
    }
}
