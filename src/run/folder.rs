//! A run on disk: which kind it is; of triples: settings, names, outcome in the manifest; triples, model and ledger in files beside it.

use std::path::Path;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::attribution::rollback::Ledger;
use crate::data::{Triple, TripleSet, Vocabulary};
use crate::error::{Error, Result};
use crate::models::triples::Metrics;
use crate::models::triples::{TripleModel, scorers};
use crate::objective::Owned;
use crate::store::{Contents, NamedArray, Values, commit, open, read_manifest};
use crate::tensor::{Array, Precision, Real};
use crate::train::Outcome;

use super::dense::{self, DenseRun};
use super::job::Run;
use super::settings::Settings;

/// The kind of folder, as its manifest names it.
pub const FORMAT: &str = "run";

/// The arrays of the tables before training, which are there when the settings make others.
const INITIAL: [&str; 2] = ["initial.entities", "initial.relations"];

/// What the manifest of a run says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    settings: Settings,
    entities: Vec<String>,
    relations: Vec<String>,
    outcome: Outcome,
    validation: Option<Metrics>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    remarks: Option<Value>,
}

/// A run of either kind and element type.
#[derive(Clone, Debug)]
pub enum AnyRun {
    /// Of triples, in single precision.
    F32(Run<f32>),
    /// Of triples, in double precision.
    F64(Run<f64>),
    /// Of rows, in single precision.
    DenseF32(DenseRun<f32>),
    /// Of rows, in double precision.
    DenseF64(DenseRun<f64>),
}

impl AnyRun {
    /// Loads a run and checks every byte of it.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Format`] or [`Error::Version`], which name the file and the hint.
    pub fn load(folder: &Path) -> Result<Self> {
        let contents = open(folder, FORMAT)?;
        if is_dense(&contents.manifest) {
            let manifest: dense::Manifest = manifest(folder, &contents.manifest)?;
            let loader = Loader { folder, contents, manifest };
            return Ok(match loader.manifest.job.precision {
                Precision::F32 => Self::DenseF32(loader.dense_run()?),
                Precision::F64 => Self::DenseF64(loader.dense_run()?),
            });
        }
        let manifest: Manifest = manifest(folder, &contents.manifest)?;
        let loader = Loader { folder, contents, manifest };
        Ok(match loader.manifest.settings.precision {
            Precision::F32 => Self::F32(loader.run()?),
            Precision::F64 => Self::F64(loader.run()?),
        })
    }

    /// The settings of a run, how it went and how large it is, without reading its arrays.
    ///
    /// # Errors
    /// As [`AnyRun::load`].
    pub fn describe(folder: &Path) -> Result<Value> {
        let content = read_manifest(folder, FORMAT)?;
        if is_dense(&content) {
            return Ok(manifest::<dense::Manifest>(folder, &content)?.describe());
        }
        let manifest: Manifest = manifest(folder, &content)?;
        Ok(json!({
            "kind": "triples",
            "settings": manifest.settings,
            "entities": manifest.entities.len(),
            "relations": manifest.relations.len(),
            "outcome": manifest.outcome,
            "validation": manifest.validation,
        }))
    }
}

impl<T: Real> Run<T> {
    /// Saves the run, replacing the one in `folder`. A process that is killed leaves the old run or the new one.
    ///
    /// # Errors
    /// [`Error::Io`] when the folder cannot be written; what was there before is then still whole.
    pub fn save(&self, folder: &Path) -> Result<()> {
        let manifest = Manifest {
            settings: self.settings.clone(),
            entities: self.data.entities.iter().map(str::to_owned).collect(),
            relations: self.data.relations.iter().map(str::to_owned).collect(),
            outcome: self.outcome.clone(),
            validation: self.validation.clone(),
            remarks: self.remarks.clone(),
        };
        let table = |name: &str, array: &Array<T>| {
            NamedArray::new(name, array.shape().to_vec(), T::wrap(array.values().to_vec()))
        };
        let triples = |name: &str, triples: &[Triple]| {
            let ids = triples.iter().flat_map(|t| [t.head, t.relation, t.tail]).collect();
            NamedArray::new(name, vec![triples.len(), 3], Values::U32(ids))
        };
        let [entities, relations] = self.model.parameters() else {
            return Err(Error::argument("the number of tables", self.model.parameters().len(), "two"));
        };
        let mut model = vec![table("entities", entities)?, table("relations", relations)?];
        for (name, array) in INITIAL.iter().zip(self.initial.iter().flat_map(|tables| tables.iter())) {
            model.push(table(name, array)?);
        }
        let examples = self.ledger.examples();
        let changes = self.ledger.changes().to_vec();
        let shape = vec![examples, changes.len() / examples.max(1)];
        let contents = Contents {
            manifest: serde_json::to_value(manifest)
                .map_err(|error| Error::argument("the settings", error, "numbers that JSON can hold"))?,
            files: vec![
                (
                    "triples".into(),
                    vec![
                        triples("train", &self.data.train)?,
                        triples("valid", &self.data.valid)?,
                        triples("test", &self.data.test)?,
                    ],
                ),
                ("model".into(), model),
                (
                    "ledger".into(),
                    vec![
                        NamedArray::new("changes", shape, T::wrap(changes))?,
                        table("remainder.entities", &self.ledger.remainder()[0])?,
                        table("remainder.relations", &self.ledger.remainder()[1])?,
                    ],
                ),
            ],
        };
        commit(folder, FORMAT, &contents)
    }
}

/// Whether a manifest is that of a run of rows.
fn is_dense(content: &Value) -> bool {
    content.get("kind").and_then(Value::as_str) == Some(dense::DENSE)
}

fn manifest<M: DeserializeOwned>(folder: &Path, value: &Value) -> Result<M> {
    serde_json::from_value(value.clone()).map_err(|error| malformed(folder, error.to_string()))
}

/// The checksums fit but the content does not: written by something else, or by another build.
pub(crate) fn malformed(folder: &Path, problem: impl Into<String>) -> Error {
    Error::format(folder, None, problem, "train again, or read the run with the build that wrote it")
}

pub(super) struct Loader<'a, M> {
    pub folder: &'a Path,
    contents: Contents,
    pub manifest: M,
}

impl<M> Loader<'_, M> {
    pub fn take(&mut self, stem: &str, name: &str) -> Result<NamedArray> {
        let file = self.contents.files.iter_mut().find(|(found, _)| found == stem);
        let array = file.and_then(|(_, arrays)| {
            let place = arrays.iter().position(|array| array.name == name)?;
            Some(arrays.swap_remove(place))
        });
        array.ok_or_else(|| malformed(self.folder, format!("the array {name:?} of {stem:?} is missing")))
    }

    pub fn has(&self, stem: &str, name: &str) -> bool {
        self.contents.files.iter().any(|(found, arrays)| found == stem && arrays.iter().any(|a| a.name == name))
    }

    pub fn table<T: Real>(&mut self, stem: &str, name: &str) -> Result<Array<T>> {
        let array = self.take(stem, name)?;
        let values = array
            .values
            .into_numbers::<T>()
            .ok_or_else(|| malformed(self.folder, format!("the array {name:?} of {stem:?} is not {}", T::NAME)))?;
        Array::new(&array.shape, values).map_err(|error| malformed(self.folder, error.to_string()))
    }
}

impl Loader<'_, Manifest> {
    fn triples(&mut self, name: &str) -> Result<Vec<Triple>> {
        let Values::U32(ids) = self.take("triples", name)?.values else {
            return Err(malformed(self.folder, format!("the triples {name:?} are no ids")));
        };
        let (entities, relations) = (self.manifest.entities.len() as u32, self.manifest.relations.len() as u32);
        ids.chunks(3)
            .map(|ids| match *ids {
                [head, relation, tail] if head < entities && relation < relations && tail < entities => {
                    Ok(Triple { head, relation, tail })
                }
                _ => Err(malformed(self.folder, format!("the triples {name:?} name ids that do not exist: {ids:?}"))),
            })
            .collect()
    }

    fn run<T: Real>(mut self) -> Result<Run<T>> {
        let folder = self.folder;
        let foreign = |error: Error| malformed(folder, error.to_string());
        let data = TripleSet {
            entities: Vocabulary::from_names(std::mem::take(&mut self.manifest.entities)).map_err(foreign)?,
            relations: Vocabulary::from_names(std::mem::take(&mut self.manifest.relations)).map_err(foreign)?,
            ..TripleSet::default()
        };
        self.manifest.entities = data.entities.iter().map(str::to_owned).collect();
        self.manifest.relations = data.relations.iter().map(str::to_owned).collect();
        let data = TripleSet {
            train: self.triples("train")?,
            valid: self.triples("valid")?,
            test: self.triples("test")?,
            ..data
        };
        let settings = self.manifest.settings.clone();
        settings.check().map_err(foreign)?;
        let scorer = scorers::by_name(&settings.model).map_err(foreign)?;
        let tables = vec![self.table::<T>("model", "entities")?, self.table::<T>("model", "relations")?];
        let model = TripleModel::with_parameters(scorer, settings.dimension, tables).map_err(foreign)?;
        if model.entities() != data.entities.len() || model.relations() != data.relations.len() {
            return Err(malformed(folder, "the tables have other numbers of rows than there are names"));
        }
        let mut initial = None;
        if self.has("model", INITIAL[0]) {
            let tables = INITIAL.iter().map(|name| self.table::<T>("model", name)).collect::<Result<Vec<_>>>()?;
            if tables.iter().map(Array::shape).ne(model.parameters().iter().map(Array::shape)) {
                return Err(malformed(folder, "the tables before training have other shapes than those after it"));
            }
            initial = Some(Arc::new(tables));
        }
        let shapes: Vec<_> = model.parameters().iter().map(|p| (p.rows(), p.row_width())).collect();
        let rows = data.train.iter().flat_map(|t| [t.head, t.relation, t.tail]).collect();
        let owned = [(0, 0), (1, 1), (0, 2)].map(|(parameter, input)| Owned { parameter, input });
        let changes = self.table::<T>("ledger", "changes")?.into_values();
        let remainder =
            vec![self.table::<T>("ledger", "remainder.entities")?, self.table::<T>("ledger", "remainder.relations")?];
        let ledger = Ledger::new(owned.to_vec(), rows, &shapes)
            .and_then(|ledger| ledger.with_changes(changes, remainder))
            .map_err(foreign)?;
        let Manifest { outcome, validation, remarks, .. } = self.manifest;
        Ok(Run { settings, data, model, ledger: Arc::new(ledger), outcome, validation, initial, remarks })
    }
}
