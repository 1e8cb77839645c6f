//! Images and labels in the IDX format of the MNIST files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use crate::data::npy::Element;
use crate::data::source::{COMPRESSED, Source, looks_compressed};
use crate::data::{Samples, Targets};
use crate::options::{options, words};
use crate::tensor::Array;
use crate::{Error, Result};

use super::placed::{self, Labeled};
use super::{FileKind, Format, Summary, restored};

/// The types of elements, by the third byte of a file.
const ELEMENTS: [(u8, Element); 6] = [
    (0x08, Element::Integer { bytes: 1, signed: false, big: true }),
    (0x09, Element::Integer { bytes: 1, signed: true, big: true }),
    (0x0b, Element::Integer { bytes: 2, signed: true, big: true }),
    (0x0c, Element::Integer { bytes: 4, signed: true, big: true }),
    (0x0d, Element::Float { bytes: 4, big: true }),
    (0x0e, Element::Float { bytes: 8, big: true }),
];

/// The columns of a file of labels of QMNIST, of which the first is the class.
const QMNIST: usize = 8;

words! {
    "the pixels";
    /// What the bytes of an image become. Numbers of other types stay as they are.
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum Pixels {
        /// A byte divided by 255: from 0 to 1.
        #[default]
        Unit = "unit",
        /// The byte itself: from 0 to 255.
        Raw = "raw",
    }
}

options! {
    /// Reading images.
    #[table("images")]
    pub struct ImageOptions {
        /// What the bytes of an image become: divided by 255 (unit), or as they are (raw); numbers of other types stay as they are.
        pixels: Pixels = "unit",
    }
}

pub(super) const FORMAT: Format = Format {
    name: "images",
    table: &ImageOptions::TABLE,
    learn: |files, options| {
        let pixels = ImageOptions::read(options)?.pixels;
        let (samples, summary) = pixels.read(files)?;
        Ok((Arc::new(pixels), samples, summary))
    },
    restore: restored::<Pixels>,
};

impl FileKind for Pixels {
    fn read(&self, files: &[PathBuf]) -> Result<(Samples, Summary)> {
        let samples = match files {
            [images] => Samples::read_idx(images, None, *self)?,
            [images, labels] => Samples::read_idx(images, Some(labels), *self)?,
            _ => {
                let expected = "the images and, behind them, their labels";
                return Err(Error::argument("the number of files to read samples from", files.len(), expected));
            }
        };
        let summary = Summary::of(&samples);
        Ok((samples, summary))
    }

    fn feature_names(&self, shape: &[usize]) -> Vec<String> {
        placed::names(shape)
    }

    fn manifest(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

impl Samples {
    /// Reads images, and their labels if there are any, from IDX files.
    ///
    /// A file is decompressed if its name ends in `.gz`. Features have the shape `[images, height, width, channels]`, with one
    /// channel where the file has three axes, or are rows of numbers where it has two. A label that is an integer is its own
    /// class, named by its number; there are as many classes as different labels, in ascending order. Labels of floating point
    /// are numbers. Of eight integers a row, as QMNIST has them, the first is the class.
    ///
    /// The format: two bytes of zero, the type of an element (unsigned and signed bytes, integers of 2 and 4 bytes, `f32`,
    /// `f64`), the number of axes, the length of each in a big-endian word, then the elements in row-major order.
    ///
    /// # Errors
    /// [`Error::Io`] if a file cannot be read; [`Error::Format`] if it does not begin so, has another number of axes, or
    /// fewer or more bytes than its header says, if there are no images or they have no pixels, if a number is not finite, if
    /// there are more or fewer labels than images (both files are named), and if compressed data is damaged;
    /// [`Error::Argument`] if memory cannot hold the images.
    pub fn read_idx(images: &Path, labels: Option<&Path>, pixels: Pixels) -> Result<Self> {
        let of_images = Idx::read(images)?;
        if !(2..=4).contains(&of_images.sizes.len()) {
            let hint = match of_images.sizes.len() {
                1 => "the file holds labels: name the images first and then them",
                _ => "name an IDX file of images",
            };
            return Err(of_images.axes(images, "images have two to four", hint));
        }
        if let [count, height, width, ..] = of_images.sizes[..]
            && of_images.bytes.is_empty()
        {
            let problem = format!("there are {count} images of {height} by {width} pixels");
            return Err(Error::format(images, None, problem, "name a file that holds images"));
        }
        let mut features = placed::samples_of(images, of_images.array(images)?)?;
        if pixels == Pixels::Unit && of_images.element == ELEMENTS[0].1 {
            features.values_mut().iter_mut().for_each(|value| *value /= 255.0);
        }
        let targets = match labels {
            None => Targets::None,
            Some(path) => {
                let labels = Idx::read(path)?;
                let each = match labels.sizes[..] {
                    [_] | [_, 1] => 1,
                    [_, QMNIST] => QMNIST,
                    _ => {
                        let hint = "the file holds images: name them first and then the labels";
                        return Err(labels.axes(
                            path,
                            "labels have one, or two with the class in the first of 8 columns",
                            hint,
                        ));
                    }
                };
                let array = labels.array(path)?;
                let values: Vec<f64> = array.values().iter().step_by(each).copied().collect();
                let whole = matches!(labels.element, Element::Integer { .. });
                Labeled { path, values: &values, whole }.targets(None, images, features.rows())?
            }
        };
        Self::new(features, targets)
    }
}

/// A file as it is.
struct Idx {
    element: Element,
    sizes: Vec<usize>,
    bytes: Vec<u8>,
}

impl Idx {
    fn read(path: &Path) -> Result<Self> {
        let mut source = Source::open(path)?;
        let refuse = |problem: String, hint: &str| Error::format(path, None, problem, hint);
        let again = "copy the file again, it is not complete";
        let head = source.take(4)?;
        if looks_compressed(&head) {
            return Err(refuse("the file does not begin as an IDX file does".into(), COMPRESSED));
        }
        let &[first, second, kind, axes] = head.as_slice() else {
            return Err(refuse(format!("the file has {} bytes only", head.len()), again));
        };
        let known = ELEMENTS.iter().find(|(code, _)| *code == kind && [first, second] == [0, 0] && axes > 0);
        let Some(&(_, element)) = known else {
            let hint = "name an IDX file, such as those of MNIST";
            return Err(refuse(format!("the file begins with the bytes {head:?}"), hint));
        };
        let words = source.take(4 * u64::from(axes))?;
        if words.len() < 4 * usize::from(axes) {
            return Err(refuse(format!("the header ends after {} bytes", 4 + words.len()), again));
        }
        let sizes: Vec<usize> = words.as_chunks().0.iter().map(|word| u32::from_be_bytes(*word) as usize).collect();
        let expected = sizes.iter().try_fold(element.size(), |product, size| product.checked_mul(*size));
        let expected = expected.ok_or_else(|| {
            refuse(format!("the header claims the sizes {sizes:?}"), "the header is damaged: copy the file again")
        })?;
        // What the header claims is believed only as the bytes come in.
        let bytes = source.take(expected as u64)?;
        if bytes.len() < expected {
            let problem = format!("{} bytes follow the header, its sizes {sizes:?} make {expected}", bytes.len());
            return Err(refuse(problem, again));
        }
        if !source.take(1)?.is_empty() {
            let problem = format!("more bytes follow the header than the {expected} of its sizes {sizes:?}");
            return Err(refuse(problem, "the header and the data do not belong together: copy the file again"));
        }
        Ok(Self { element, sizes, bytes })
    }

    /// The refusal of a file with another number of axes.
    fn axes(&self, path: &Path, expected: &str, hint: &str) -> Error {
        let found = self.sizes.len();
        let noun = if found == 1 { "axis" } else { "axes" };
        Error::format(path, None, format!("the file has {found} {noun}, {expected}"), hint)
    }

    fn array(&self, path: &Path) -> Result<Array<f64>> {
        let mut array = Array::try_zeros(&self.sizes)?;
        let elements = self.bytes.chunks_exact(self.element.size());
        for (place, (value, element)) in array.values_mut().iter_mut().zip(elements).enumerate() {
            let found = self.element.value(element);
            *value = found.ok_or_else(|| {
                let hint = "save numbers that a number of 64 bits holds";
                Error::format(path, None, format!("the integer at place {place} cannot be held exactly"), hint)
            })?;
        }
        Ok(array)
    }
}
