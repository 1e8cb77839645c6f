//! A run of rows on disk: what it is in the manifest; rows and parameters in files beside it.

use crate::tensor::{Array, Real};
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::data::{Origin, Reading, Samples, Targets};
use crate::error::{Error, Result};
use crate::models::network::NetworkModel;
use crate::store::{Contents, NamedArray, Values, commit};

use super::features::{COPIED_UP_TO, Copy};
use super::{Copied, DenseJob, DenseRun, Fitted};
use crate::run::folder::{FORMAT, Loader, malformed};

/// What the manifest of a run of rows calls its kind.
pub const DENSE: &str = "rows";

/// What the manifest says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::run) struct Manifest {
    kind: String,
    pub job: DenseJob,
    origin: Origin,
    #[serde(with = "reading")]
    reading: Option<Reading>,
    classes: Option<Vec<String>>,
    /// The shape of the features, rows first.
    shape: Vec<usize>,
    copy: Copy,
    fitted: Fitted,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    remarks: Option<Value>,
}

/// What stands for a format in the manifest of samples that were given as arrays.
const ARRAYS: &str = "arrays";

/// A reading, or [`ARRAYS`].
mod reading {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{ARRAYS, Reading};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Reading(Reading),
        Arrays(String),
    }

    pub fn serialize<S: Serializer>(reading: &Option<Reading>, serializer: S) -> Result<S::Ok, S::Error> {
        match reading {
            Some(reading) => reading.serialize(serializer),
            None => serializer.serialize_str(ARRAYS),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Reading>, D::Error> {
        match Written::deserialize(deserializer)? {
            Written::Reading(reading) => Ok(Some(reading)),
            Written::Arrays(word) if word == ARRAYS => Ok(None),
            Written::Arrays(word) => Err(serde::de::Error::custom(format!("unknown file format {word:?}"))),
        }
    }
}

/// What the name of an array of parameters before training begins with.
const INITIAL: &str = "initial.";

impl Manifest {
    /// The description of a run, without its arrays.
    pub fn describe(&self) -> Value {
        json!({
            "kind": self.kind,
            "job": self.job,
            "data": {
                "kind": self.reading.as_ref().map_or(ARRAYS, Reading::format),
                "files": self.origin.files,
                "copied": self.copy != Copy::None,
                "rows": self.shape.first(),
                "features": self.shape.get(1..),
                "classes": self.classes,
            },
            "fitted": self.fitted,
        })
    }
}

impl<T: Real> DenseRun<T> {
    /// Saves the run, replacing the one in `folder`. A process that is killed leaves the old run or the new one.
    ///
    /// # Errors
    /// [`Error::Io`] when the folder cannot be written; what was there before is then still whole.
    pub fn save(&self, folder: &Path) -> Result<()> {
        let features = &self.data.features;
        let copy = match (Copy::of(features.values()), self.copied) {
            (copy, Copied::Always) => copy,
            (copy, Copied::UnlessLarge) if copy.bytes() * features.values().len() <= COPIED_UP_TO => copy,
            _ => Copy::None,
        };
        let (targets, classes): (Values, _) = match &self.data.targets {
            Targets::Numbers(numbers) => (numbers.clone().into(), None),
            Targets::Classes { labels, names } => (labels.clone().into(), Some(names.clone())),
            Targets::None => return Err(Error::argument("the training rows", "without targets", "a target each")),
        };
        let count = self.data.len();
        let row = |row: &u64| {
            u32::try_from(*row).map_err(|_| Error::argument("a row", row, "one of the first 4294967296 of its file"))
        };
        let rows = self.data.rows.iter().map(row).collect::<Result<Vec<_>>>()?;
        let mut arrays =
            vec![NamedArray::new("rows", vec![count], rows)?, NamedArray::new("targets", vec![count], targets)?];
        if copy != Copy::None {
            arrays.push(NamedArray::new("features", features.shape().to_vec(), copy.write(features.values()))?);
        }
        let manifest = Manifest {
            kind: DENSE.into(),
            job: self.job.clone(),
            origin: self.origin.clone(),
            reading: self.reading.clone(),
            classes,
            shape: features.shape().to_vec(),
            copy,
            fitted: self.fitted.clone(),
            remarks: self.remarks.clone(),
        };
        let names = self.model.parameter_names()?;
        let initial = self.initial.as_deref().map_or(&[][..], Vec::as_slice);
        let mut parameters = Vec::new();
        for (prefix, arrays) in [("", self.model.parameters()), (INITIAL, initial)] {
            for (name, array) in names.iter().zip(arrays) {
                let values = T::wrap(array.values().to_vec());
                parameters.push(NamedArray::new(format!("{prefix}{name}"), array.shape().to_vec(), values)?);
            }
        }
        let contents = Contents {
            manifest: serde_json::to_value(manifest)
                .map_err(|error| Error::argument("the settings", error, "numbers that JSON can hold"))?,
            files: vec![("data".into(), arrays), ("model".into(), parameters)],
        };
        commit(folder, FORMAT, &contents)
    }
}

impl Loader<'_, Manifest> {
    /// Puts the run together.
    pub(in crate::run) fn dense_run<T: Real>(mut self) -> Result<DenseRun<T>> {
        let folder = self.folder;
        let foreign = |error: Error| malformed(folder, error.to_string());
        let manifest = self.manifest.clone();
        let Values::U32(rows) = self.take("data", "rows")?.values else {
            return Err(malformed(folder, "the numbers of rows are no whole numbers"));
        };
        let targets = match (self.take("data", "targets")?.values, manifest.classes.clone()) {
            (Values::F64(numbers), None) => Targets::Numbers(numbers),
            (Values::U32(labels), Some(names)) => Targets::Classes { labels, names },
            _ => return Err(malformed(folder, "the targets are not what the manifest says")),
        };
        let rows: Vec<u64> = rows.into_iter().map(u64::from).collect();
        let features = match manifest.copy {
            Copy::None => read_again(&manifest, &rows, &targets)?,
            copy => {
                let array = self.take("data", "features")?;
                let values = copy.read(array.values);
                let values = values.ok_or_else(|| malformed(folder, "the features are of another type"))?;
                Array::new(&array.shape, values).map_err(foreign)?
            }
        };
        if features.shape() != manifest.shape
            || features.rows() != rows.len()
            || manifest.shape.get(1..) != Some(&manifest.job.network.features)
        {
            let problem = format!("the features have the shape {:?} for {} rows", features.shape(), rows.len());
            return Err(malformed(folder, problem));
        }
        // Lengths, labels and numbers that are not finite are looked at here.
        let mut data = Samples::new(features, targets).map_err(foreign)?;
        data.rows = rows;
        let network = manifest.job.network.clone();
        let blank = NetworkModel::<T>::new(network.clone(), 0).map_err(foreign)?;
        let names = blank.parameter_names().map_err(foreign)?;
        let parameters = names.iter().map(|name| self.table::<T>("model", name)).collect::<Result<Vec<_>>>()?;
        let mut initial = None;
        let before: Vec<String> = names.iter().map(|name| format!("{INITIAL}{name}")).collect();
        if before.first().is_some_and(|name| self.has("model", name)) {
            let arrays = before.iter().map(|name| self.table::<T>("model", name)).collect::<Result<Vec<_>>>()?;
            // Shapes are looked at here.
            NetworkModel::with_parameters(network.clone(), arrays.clone()).map_err(foreign)?;
            initial = Some(Arc::new(arrays));
        }
        let model = NetworkModel::with_parameters(network, parameters).map_err(foreign)?;
        let Manifest { job, origin, reading, copy, fitted, remarks, .. } = manifest;
        let copied = if copy == Copy::None { Copied::Never } else { Copied::Always };
        Ok(DenseRun { job, origin, reading, data, copied, model, fitted, initial, remarks })
    }
}

/// The features of rows from the files they came from, which must be as they were.
fn read_again(manifest: &Manifest, rows: &[u64], targets: &Targets) -> Result<Array<f64>> {
    let files = manifest.origin.paths();
    let Some(reading) = &manifest.reading else {
        let expected = "a copy of samples that were given as arrays";
        return Err(Error::argument("the features of the run", "missing", expected));
    };
    manifest.origin.verify()?;
    let mut data = reading.read(&files)?;
    if let Some(classes) = &manifest.classes
        && !data.align_classes(classes).is_empty()
    {
        data = reading.read(&files)?.only_classes(classes)?;
    }
    let places = rows.iter().map(|row| data.place_of(*row, "a training row")).collect::<Result<Vec<_>>>()?;
    let data = data.select(&places)?;
    // The checksums fit, so this only differs if the reader does: another build.
    if data.targets != *targets {
        let first = manifest.origin.files.first().map(|file| file.path.clone()).unwrap_or_default();
        return Err(Error::format(first, None, "this build reads other targets from it", "train again"));
    }
    Ok(data.features)
}
