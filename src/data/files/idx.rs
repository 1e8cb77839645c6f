//! Images and labels in the IDX format of the MNIST files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use crate::data::source::{COMPRESSED, Source, looks_compressed};
use crate::data::{Samples, Targets};
use crate::options::{options, words};
use crate::tensor::Array;
use crate::{Error, Result};

use super::{FileKind, Format, Summary, restored};

/// How a file of unsigned bytes with three axes begins.
const IMAGES: u32 = 0x0000_0803;
/// How a file of unsigned bytes with one axis begins.
const LABELS: u32 = 0x0000_0801;

words! {
    "the pixels";
    /// What the bytes of an image become.
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
        /// What the bytes of an image become: divided by 255 (unit), or as they are (raw).
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
        let [height, width, ..] = shape else { return Vec::new() };
        let name = |pixel| format!("pixel {},{}", pixel / width.max(&1), pixel % width.max(&1));
        (0..height * width).map(name).collect()
    }

    fn manifest(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

impl Samples {
    /// Reads images, and their labels if there are any, from IDX files of unsigned bytes.
    ///
    /// A file is decompressed if its name ends in `.gz`. Features have the shape `[images, height, width, 1]`. A label is
    /// its own class, named by its number; there are as many classes as different labels, in ascending order.
    ///
    /// The format: big-endian words of 32 bits, first the magic number (2051 for images, 2049 for
    /// labels), then the length of each axis, then the bytes in row-major order.
    ///
    /// # Errors
    /// [`Error::Io`] if a file cannot be read; [`Error::Format`] if its magic number is another, if it has
    /// fewer or more bytes than its header says, if there are no images or they have no pixels, if there are more or fewer labels than
    /// images (both files are named), and if compressed data is damaged; [`Error::Argument`] if memory cannot
    /// hold the images.
    pub fn read_idx(images: &Path, labels: Option<&Path>, pixels: Pixels) -> Result<Self> {
        let ([count, height, width], bytes) = read(images, IMAGES, "images")?;
        if bytes.is_empty() {
            let problem = format!("there are {count} images of {height} by {width} pixels");
            return Err(Error::format(images, None, problem, "name a file that holds images"));
        }
        let targets = match labels {
            None => Targets::None,
            Some(path) => {
                let ([found], labels) = read(path, LABELS, "labels")?;
                if found != count {
                    let problem = format!("there are {found} labels, but {} holds {count} images", images.display());
                    return Err(Error::format(path, None, problem, "name two files that belong together"));
                }
                // A number below the largest that no image has is no class: letters count from 1.
                let known: BTreeSet<u8> = labels.iter().copied().collect();
                let mut places = [0; 256];
                known.iter().zip(0..).for_each(|(label, place)| places[usize::from(*label)] = place);
                Targets::Classes {
                    labels: labels.into_iter().map(|label| places[usize::from(label)]).collect(),
                    names: known.iter().map(u8::to_string).collect(),
                }
            }
        };
        let mut features = Array::try_zeros(&[count, height, width, 1])?;
        let scale = if pixels == Pixels::Unit { 255.0 } else { 1.0 };
        for (value, byte) in features.values_mut().iter_mut().zip(&bytes) {
            *value = f64::from(*byte) / scale;
        }
        Ok(Self { features, targets, rows: (0..count as u64).collect() })
    }
}

/// The lengths of the axes and the bytes of a file.
fn read<const AXES: usize>(path: &Path, magic: u32, what: &str) -> Result<([usize; AXES], Vec<u8>)> {
    let mut source = Source::open(path)?;
    let refuse = |problem: String, hint: &str| Error::format(path, None, problem, hint);
    let again = "copy the file again, it is not complete";
    let head = source.take(4 * (1 + AXES as u64))?;
    if looks_compressed(&head) {
        return Err(refuse("the file does not begin as an IDX file does".into(), COMPRESSED));
    }
    let mut words = head.as_chunks().0.iter().map(|word| u32::from_be_bytes(*word));
    let found = words.next().ok_or_else(|| refuse(format!("the file has {} bytes only", head.len()), again))?;
    if found != magic {
        let hint = match found {
            IMAGES => "the file holds images: name them first and then the labels",
            LABELS => "the file holds labels: name the images first and then them",
            _ => "name an IDX file of unsigned bytes",
        };
        return Err(refuse(format!("the magic number is {found}, {what} have {magic}"), hint));
    }
    let mut sizes = [0; AXES];
    for size in &mut sizes {
        let word = words.next().ok_or_else(|| refuse(format!("the header ends after {} bytes", head.len()), again))?;
        *size = word as usize;
    }
    let expected = sizes.iter().try_fold(1usize, |product, size| product.checked_mul(*size)).ok_or_else(|| {
        refuse(format!("the header claims {what} of the sizes {sizes:?}"), "the header is damaged: copy the file again")
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
    Ok((sizes, bytes))
}
