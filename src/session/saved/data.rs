//! The data of a training in a folder: triples, samples or named columns.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::data::{
    Column, Columns, FileSource, Origin, Reading, SampleSet, Samples, Summary, Targets, Triple, TripleSet, Vocabulary,
};
use crate::error::{Error, Result};
use crate::session::Dataset;
use crate::store::{NamedArray, Values};
use crate::tensor::Array;

use super::DATA;
use super::arrays::Arrays;
use super::features::Copy;

/// The arrays of the examples of a knowledge graph.
const TRIPLES: [&str; 3] = ["train", "valid", "test"];

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum DataManifest {
    /// Triples, with those that they were read together with.
    Triples { counts: [usize; 3], entities: Vec<String>, relations: Vec<String> },
    /// Samples: the shape of the features, examples first; the names of the classes; the files that they are from.
    Samples {
        shape: Vec<usize>,
        classes: Option<Vec<String>>,
        source: Option<Source>,
        copy: Copy,
        /// Whether there is an array of weights; most runs have none, and do not say so.
        #[serde(default, skip_serializing_if = "is_false")]
        weighted: bool,
        /// What each row is called.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ids: Option<Vec<String>>,
    },
    /// Columns by the names of the inputs that read them, in their order.
    Columns { examples: usize, columns: Vec<String> },
}

fn is_false(word: &bool) -> bool {
    !word
}

/// Files that samples were read from, and how.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    pub origin: Origin,
    pub reading: Reading,
    /// What was read; runs of before do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Box<Summary>>,
}

/// The settings in what was learned of how to read files: what is short, and not what the columns and words are.
fn settings(manifest: &Value) -> Value {
    let mut all = serde_json::Map::new();
    for (name, value) in manifest.as_object().into_iter().flatten() {
        match (name.as_str(), value) {
            ("target", Value::Object(_)) => drop(all.insert("task".into(), "classes".into())),
            ("target", _) => drop(all.insert("task".into(), "numbers".into())),
            ("options" | "dialect", Value::Object(nested)) => {
                all.extend(nested.iter().map(|(name, value)| (name.replace('-', "_"), value.clone())));
            }
            (_, Value::String(_) | Value::Bool(_) | Value::Number(_)) => {
                all.insert(name.replace('-', "_"), value.clone());
            }
            _ => {}
        }
    }
    all.into()
}

impl DataManifest {
    /// What there is to say of a dataset whose features are copied if they have at most `most` bytes.
    pub fn of(data: &Dataset, most: usize) -> Result<Self> {
        if let Ok(triples) = data.triples() {
            let set = triples.set();
            let names = |names: &Vocabulary| names.iter().map(str::to_owned).collect();
            return Ok(Self::Triples {
                counts: [triples.list(), &set.valid, &set.test].map(<[Triple]>::len),
                entities: names(&set.entities),
                relations: names(&set.relations),
            });
        }
        if let Ok(columns) = data.columns() {
            let names = columns.names().map(str::to_owned).collect();
            return Ok(Self::Columns { examples: columns.count(), columns: names });
        }
        let set = data.sample_set()?;
        let Samples { features, targets, weights, ids, .. } = set.samples();
        let copy = Copy::of(features.values());
        let gives_again = set.source().is_some() && !set.is_altered();
        let left = gives_again && copy.bytes() * features.values().len() > most;
        let source = |source: &FileSource| Source {
            origin: source.origin.clone(),
            reading: source.reading.clone(),
            summary: source.summary.clone().map(Box::new),
        };
        Ok(Self::Samples {
            shape: features.shape().to_vec(),
            classes: match targets {
                Targets::Classes { names, .. } => Some(names.clone()),
                Targets::Numbers(_) | Targets::None => None,
            },
            source: set.source().map(source),
            copy: if left { Copy::None } else { copy },
            weighted: weights.is_some(),
            ids: ids.clone(),
        })
    }

    /// What is said of the data without long lists of names.
    pub fn describe(&self) -> Value {
        match self {
            Self::Triples { counts: [train, valid, test], entities, relations } => json!({
                "kind": "triples",
                "examples": train,
                "valid": valid,
                "test": test,
                "entities": entities.len(),
                "relations": relations.len(),
            }),
            Self::Samples { shape, classes, source, copy, weighted, .. } => json!({
                "kind": "samples",
                "examples": shape.first(),
                "features": shape.get(1..),
                "classes": classes,
                "format": source.as_ref().map(|source| source.reading.format()),
                "files": source.as_ref().map_or(&[][..], |source| &source.origin.files),
                "reading": source.as_ref().map(|source| settings(&source.reading.manifest())),
                "read": source.as_ref().and_then(|source| source.summary.as_ref()),
                "copied": *copy != Copy::None,
                "weighted": weighted,
            }),
            Self::Columns { examples, columns } => json!({
                "kind": "columns",
                "examples": examples,
                "columns": columns,
            }),
        }
    }

    /// The arrays of the dataset that this was said of.
    pub fn arrays(&self, data: &Dataset) -> Result<Vec<NamedArray>> {
        match self {
            Self::Triples { .. } => {
                let triples = data.triples()?;
                let (list, set) = (triples.list(), triples.set());
                let one = |(name, triples): (&str, &[Triple])| {
                    let ids: Vec<u32> = triples.iter().flat_map(|t| [t.head, t.relation, t.tail]).collect();
                    NamedArray::new(name, vec![triples.len(), 3], ids)
                };
                TRIPLES.into_iter().zip([list, &set.valid, &set.test]).map(one).collect()
            }
            Self::Samples { copy, .. } => samples(data.samples()?, *copy),
            Self::Columns { columns: names, .. } => {
                let columns = data.columns()?;
                let one = |(place, name): (usize, &String)| {
                    let values: Values = match columns.get(name) {
                        Some(Column::Numbers(numbers)) => numbers.to_vec().into(),
                        Some(Column::Ids(ids)) => ids.to_vec().into(),
                        None => Vec::<u32>::new().into(),
                    };
                    let shape = vec![columns.count(), values.len() / columns.count().max(1)];
                    NamedArray::new(format!("input.{place}"), shape, values)
                };
                names.iter().enumerate().map(one).collect()
            }
        }
    }

    pub fn read(self, arrays: &mut Arrays<'_>) -> Result<Dataset> {
        match self {
            Self::Triples { counts, entities, relations } => read_triples(arrays, counts, entities, relations),
            Self::Samples { shape, classes, source, copy, weighted, ids } => {
                let samples = read_samples(arrays, &shape, (classes, weighted, ids), source.as_ref(), copy)?;
                let source = source.map(|Source { origin, reading, summary }| FileSource {
                    origin,
                    reading,
                    summary: summary.map(|summary| *summary),
                });
                // Whether the files give copies again is not known.
                Ok(SampleSet::new(samples, source, copy != Copy::None).into())
            }
            Self::Columns { examples, columns } => read_columns(arrays, examples, columns),
        }
    }
}

fn samples(samples: &Samples, copy: Copy) -> Result<Vec<NamedArray>> {
    let Samples { features, targets, rows, weights, .. } = samples;
    let targets: Values = match targets {
        Targets::Numbers(numbers) => numbers.clone().into(),
        Targets::Classes { labels, .. } => labels.clone().into(),
        Targets::None => return Err(Error::argument("the training rows", "without targets", "a target each")),
    };
    let row = |row: &u64| {
        u32::try_from(*row).map_err(|_| Error::argument("a row", row, "one of the first 4294967296 of its file"))
    };
    let rows = rows.iter().map(row).collect::<Result<Vec<_>>>()?;
    let count = rows.len();
    let mut arrays =
        vec![NamedArray::new("rows", vec![count], rows)?, NamedArray::new("targets", vec![count], targets)?];
    if let Some(weights) = weights {
        arrays.push(NamedArray::new("weights", vec![count], weights.clone())?);
    }
    if copy != Copy::None {
        arrays.push(NamedArray::new("features", features.shape().to_vec(), copy.write(features.values()))?);
    }
    Ok(arrays)
}

fn read_triples(
    arrays: &mut Arrays<'_>,
    counts: [usize; 3],
    entities: Vec<String>,
    relations: Vec<String>,
) -> Result<Dataset> {
    let entities = Vocabulary::from_names(entities).map_err(|error| arrays.foreign(&error))?;
    let relations = Vocabulary::from_names(relations).map_err(|error| arrays.foreign(&error))?;
    let mut set = TripleSet { entities, relations, ..TripleSet::default() };
    let mut lists = [Vec::new(), Vec::new(), Vec::new()];
    for ((name, count), list) in TRIPLES.into_iter().zip(counts).zip(&mut lists) {
        let NamedArray { shape, values: Values::U32(ids), .. } = arrays.take(DATA, name)? else {
            return Err(arrays.malformed(format!("the triples {name:?} are no ids")));
        };
        if shape != [count, 3] {
            return Err(
                arrays.malformed(format!("the triples {name:?} have the shape {shape:?}, expected [{count}, 3]"))
            );
        }
        let known = (set.entities.len() as u32, set.relations.len() as u32);
        for &[head, relation, tail] in ids.as_chunks().0 {
            if head >= known.0 || relation >= known.1 || tail >= known.0 {
                let ids = [head, relation, tail];
                return Err(arrays.malformed(format!("the triples {name:?} name ids that do not exist: {ids:?}")));
            }
            list.push(Triple { head, relation, tail });
        }
    }
    [set.train, set.valid, set.test] = lists;
    Ok(Dataset::of_triples(set))
}

fn read_samples(
    arrays: &mut Arrays<'_>,
    shape: &[usize],
    (classes, weighted, ids): (Option<Vec<String>>, bool, Option<Vec<String>>),
    source: Option<&Source>,
    copy: Copy,
) -> Result<Samples> {
    let Values::U32(rows) = arrays.take(DATA, "rows")?.values else {
        return Err(arrays.malformed("the numbers of rows are no whole numbers"));
    };
    let rows: Vec<u64> = rows.into_iter().map(u64::from).collect();
    let targets = match (arrays.take(DATA, "targets")?.values, classes) {
        (Values::F64(numbers), None) => Targets::Numbers(numbers),
        (Values::U32(labels), Some(names)) => Targets::Classes { labels, names },
        _ => return Err(arrays.malformed("the targets are not what the manifest says")),
    };
    let weights = match weighted.then(|| arrays.take(DATA, "weights")).transpose()?.map(|array| array.values) {
        None => None,
        Some(Values::F64(weights))
            if weights.len() == rows.len() && weights.iter().all(|weight| *weight >= 0.0 && weight.is_finite()) =>
        {
            Some(weights)
        }
        Some(_) => return Err(arrays.malformed("the weights of rows are not one number for each, zero or positive")),
    };
    if ids.as_ref().is_some_and(|ids| ids.len() != rows.len()) {
        return Err(arrays.malformed("the names of rows are not one for each"));
    }
    let features = match (copy, source) {
        (Copy::None, Some(source)) => read_again(arrays, source, &rows, &targets)?,
        (Copy::None, None) => return Err(arrays.malformed("there are neither features nor files that they are from")),
        (copy, _) => {
            let array = arrays.take(DATA, "features")?;
            let values =
                copy.read(array.values)?.ok_or_else(|| arrays.malformed("the features are of another type"))?;
            Arc::new(Array::new(&array.shape, values).map_err(|error| arrays.foreign(&error))?)
        }
    };
    if features.shape() != shape || features.rows() != rows.len() {
        let problem = format!("the features have the shape {:?} for {} rows", features.shape(), rows.len());
        return Err(arrays.malformed(problem));
    }
    // Lengths, labels and numbers that are not finite are looked at here.
    let mut samples = Samples::new(features, targets).map_err(|error| arrays.foreign(&error))?;
    samples.rows = rows;
    Ok(Samples { weights, ids, ..samples })
}

/// The features of rows from the files they came from, which must be as they were.
fn read_again(arrays: &Arrays<'_>, source: &Source, rows: &[u64], targets: &Targets) -> Result<Arc<Array<f64>>> {
    let foreign = |error: Error| arrays.foreign(&error);
    let Source { origin, reading, .. } = source;
    let files = origin.paths();
    origin.verify()?;
    let (mut data, _) = reading.read(&files)?;
    if let Targets::Classes { names, .. } = targets
        && !data.align_classes(names).is_empty()
    {
        data = reading.read(&files)?.0.only_classes(names).map_err(foreign)?;
    }
    let places = rows.iter().map(|row| data.place_of(*row, "a training row")).collect::<Result<Vec<_>>>();
    let data = places.and_then(|places| data.select(&places)).map_err(foreign)?;
    // The checksums fit, so this only differs if the reader does: another build.
    if data.targets != *targets {
        let first = origin.files.first().map(|file| file.path.clone()).unwrap_or_default();
        return Err(Error::format(first, None, "this build reads other targets from it", "train again"));
    }
    Ok(data.features)
}

fn read_columns(arrays: &mut Arrays<'_>, examples: usize, names: Vec<String>) -> Result<Dataset> {
    let mut columns = Vec::new();
    for (place, name) in names.into_iter().enumerate() {
        let NamedArray { shape, values, .. } = arrays.take(DATA, &format!("input.{place}"))?;
        if shape.first() != Some(&examples) || values.is_empty() {
            return Err(arrays.malformed(format!("the input {name:?} has another number of examples")));
        }
        let column = match values {
            Values::F64(numbers) if numbers.iter().all(|number| number.is_finite()) => {
                Column::Numbers(Arc::new(numbers))
            }
            Values::F64(_) => {
                return Err(arrays.malformed(format!("the input {name:?} has numbers that are not finite")));
            }
            Values::U32(ids) => Column::Ids(Arc::new(ids)),
            _ => return Err(arrays.malformed(format!("the input {name:?} is of another type"))),
        };
        columns.push((name, column));
    }
    Ok(Columns::of(examples, columns).into())
}
