//! The arrays of a folder, by the names of their files and their own.

use std::path::Path;

use crate::error::{Error, Result};
use crate::store::NamedArray;
use crate::tensor::{Array, Real};

use super::malformed;

/// Arrays named by their places: names of parameters may be anything.
pub(super) fn numbered<T: Real>(stem: &str, all: &[Array<T>]) -> Result<Vec<NamedArray>> {
    let one = |(place, array): (usize, &Array<T>)| {
        NamedArray::new(format!("{stem}.{place}"), array.shape().to_vec(), T::wrap(array.values().to_vec()))
    };
    all.iter().enumerate().map(one).collect()
}

/// The arrays that were read of a folder, to be taken one by one.
#[derive(Debug)]
pub(super) struct Arrays<'a> {
    pub folder: &'a Path,
    pub files: Vec<(String, Vec<NamedArray>)>,
}

impl Arrays<'_> {
    /// The arrays of a file; none where there is no such file.
    pub fn file(&mut self, file: &str) -> Option<&mut Vec<NamedArray>> {
        self.files.iter_mut().find(|(found, _)| found == file).map(|(_, arrays)| arrays)
    }

    pub fn has(&self, file: &str, name: &str) -> bool {
        self.files.iter().any(|(found, arrays)| found == file && arrays.iter().any(|array| array.name == name))
    }

    pub fn take(&mut self, file: &str, name: &str) -> Result<NamedArray> {
        let array = self.file(file).and_then(|arrays| {
            let place = arrays.iter().position(|array| array.name == name)?;
            Some(arrays.swap_remove(place))
        });
        array.ok_or_else(|| self.malformed(format!("the array {name:?} of {file:?} is missing")))
    }

    /// An array of the precision of the model.
    pub fn numbers<T: Real>(&mut self, file: &str, name: &str) -> Result<Array<T>> {
        let NamedArray { shape, values, .. } = self.take(file, name)?;
        let values = values
            .into_numbers::<T>()
            .ok_or_else(|| self.malformed(format!("the array {name:?} of {file:?} is not {}", T::NAME)))?;
        Array::new(&shape, values).map_err(|error| self.foreign(&error))
    }

    /// So many arrays of the precision of the model, named by their places.
    pub fn all<T: Real>(&mut self, file: &str, stem: &str, count: usize) -> Result<Vec<Array<T>>> {
        (0..count).map(|place| self.numbers(file, &format!("{stem}.{place}"))).collect()
    }

    pub fn malformed(&self, problem: impl Into<String>) -> Error {
        malformed(self.folder, problem)
    }

    /// What something made of the arrays does not accept.
    pub fn foreign(&self, error: &Error) -> Error {
        self.malformed(error.to_string())
    }
}
