//! What was trained of a graph, in a folder of its own format.

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::attribution::rollback::Ledger;
use crate::data::{Column, Columns};
use crate::engine::Workers;
use crate::error::{Error, Result};
use crate::models::Family;
use crate::models::custom::{CustomModel, Description, other_graph};
use crate::objective::Derivatives;
use crate::run::malformed;
use crate::session::model::{Record, State};
use crate::session::{Dataset, Model};
use crate::store::{Contents, NamedArray, Values, commit, open};
use crate::tensor::{Array, Precision, Real};
use crate::train::{Outcome, Reduction, StepPlan};

use super::{Remarks, before};

/// The kind of folder, as its manifest names it.
pub(super) const FORMAT: &str = "graph";

/// What the manifest says. Arrays have numbers, as names of a graph may be anything.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    precision: Precision,
    graph: Description,
    /// The objective over the examples with the parameters, by which another graph with the same names is known.
    objective: Option<f64>,
    examples: usize,
    /// The names of the inputs that the data has, in its order.
    data: Vec<String>,
    ledger: bool,
    outcome: Option<Outcome>,
    trained: Remarks,
}

/// The objective over the data of a training.
fn objective<T: Real>(
    model: &Model,
    graph: &CustomModel,
    parameters: &[Array<T>],
    data: &Dataset,
) -> Result<Option<f64>> {
    let inputs = Arc::new(model.family.examples(data, 0)?);
    let objective = Arc::new(graph.objective()?);
    let mut derivatives = Derivatives::new(&Workers::single(), objective, parameters.to_vec(), inputs, None, None, 0)?;
    let mut slopes = vec![0.0; derivatives.dimension()];
    match derivatives.value_and_gradient(&mut slopes) {
        Ok(value) => Ok(Some(value)),
        // A training that was ended where it diverged can be saved too.
        Err(Error::NotFinite { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes what was trained.
pub(super) fn save<T: Real>(
    model: &Model,
    graph: &CustomModel,
    state: &State<T>,
    record: &Record,
    folder: &Path,
) -> Result<()> {
    let columns = record.data.columns()?;
    let manifest = Manifest {
        precision: T::PRECISION,
        graph: Description::of(graph),
        objective: objective(model, graph, &state.parameters, &record.data)?,
        examples: columns.count(),
        data: columns.names().map(str::to_owned).collect(),
        ledger: state.ledger.is_some(),
        outcome: record.outcome.clone(),
        trained: Remarks::of(model, record),
    };
    manifest.trained.write()?;
    let initial = before(model, state.initial.as_ref())?;
    let mut parameters = arrays("parameter", &state.parameters)?;
    parameters.extend(arrays("initial", &initial)?);
    let mut data = Vec::new();
    for (place, name) in columns.names().enumerate() {
        let values: Values = match columns.get(name) {
            Some(Column::Numbers(numbers)) => numbers.to_vec().into(),
            Some(Column::Ids(ids)) => ids.to_vec().into(),
            None => continue,
        };
        let shape = vec![columns.count(), values.len() / columns.count().max(1)];
        data.push(NamedArray::new(format!("input.{place}"), shape, values)?);
    }
    let mut files = vec![("model".to_owned(), parameters), ("data".to_owned(), data)];
    if let Some(ledger) = &state.ledger {
        let width = |len: usize| vec![ledger.examples(), len / ledger.examples().max(1)];
        let (changes, rows) = (ledger.changes(), ledger.rows());
        let mut held = arrays("remainder", ledger.remainder())?;
        held.push(NamedArray::new("changes", width(changes.len()), T::wrap(changes.to_vec()))?);
        held.push(NamedArray::new("rows", width(rows.len()), rows.to_vec())?);
        files.push(("ledger".to_owned(), held));
    }
    let manifest = serde_json::to_value(manifest)
        .map_err(|error| Error::argument("the training", error, "numbers that JSON can hold"))?;
    commit(folder, FORMAT, &Contents { manifest, files })
}

/// Arrays named by their places.
fn arrays<T: Real>(stem: &str, all: &[Array<T>]) -> Result<Vec<NamedArray>> {
    let one = |(place, array): (usize, &Array<T>)| {
        NamedArray::new(format!("{stem}.{place}"), array.shape().to_vec(), T::wrap(array.values().to_vec()))
    };
    all.iter().enumerate().map(one).collect()
}

/// Reads what was trained of the same graph: the state, the seed and the record of a model.
pub(super) fn restore<T: Real>(
    model: &Model,
    graph: &CustomModel,
    state: &State<T>,
    folder: &Path,
) -> Result<(State<T>, u64, Record)> {
    let mut contents = open(folder, FORMAT)?;
    let manifest = std::mem::take(&mut contents.manifest);
    let manifest: Manifest = serde_json::from_value(manifest).map_err(|error| malformed(folder, error.to_string()))?;
    let mut reader = Reader { folder, contents };
    if manifest.precision != T::PRECISION {
        let word = |precision| if precision == Precision::F32 { "f32" } else { "f64" };
        let (found, expected) = (word(T::PRECISION), word(manifest.precision));
        return Err(other_graph("the precision of the model", found, expected, folder));
    }
    Description::of(graph).check(&manifest.graph, folder)?;
    let parameters: Vec<Array<T>> = reader.arrays("model", "parameter", state.parameters.len())?;
    let initial: Vec<Array<T>> = reader.arrays("model", "initial", state.parameters.len())?;
    for array in [&parameters, &initial] {
        graph.objective()?.check_parameters(array).map_err(|error| malformed(folder, error.to_string()))?;
    }
    let data = reader.data(&manifest)?;
    let found = objective(model, graph, &parameters, &data)?;
    if let (Some(found), Some(saved)) = (found, manifest.objective)
        // Another machine or build may round otherwise.
        && (found - saved).abs() > if T::PRECISION == Precision::F32 { 1e-3 } else { 1e-9 } * (1.0 + saved.abs())
    {
        return Err(other_graph("the objective that the graph gives", found, saved, folder));
    }
    let mut ledger = None;
    if manifest.ledger {
        let NamedArray { values: Values::U32(rows), .. } = reader.take("ledger", "rows")? else {
            return Err(malformed(folder, "the rows of the ledger are no whole numbers"));
        };
        let changes = reader.array::<T>("ledger", "changes")?.into_values();
        let remainder = reader.arrays("ledger", "remainder", parameters.len())?;
        let plan = StepPlan::<T>::new(&graph.objective()?, Reduction::Sum)?;
        let read = Ledger::new(graph.objective()?.owned, rows, &plan.shapes())
            .and_then(|ledger| ledger.with_changes(changes, remainder))
            .map_err(|error| malformed(folder, error.to_string()))?;
        if read.examples() != manifest.examples {
            return Err(malformed(folder, "the ledger has another number of examples than the data"));
        }
        ledger = Some(Arc::new(read));
    }
    let mut restored = state.moved(Arc::new(parameters));
    (restored.ledger, restored.initial) = (ledger, Some(Arc::new(initial)));
    let Manifest { outcome, trained: Remarks { seed, options, training }, .. } = manifest;
    let record = Record { data, options, training, outcome, losses: Vec::new(), validation: None };
    Ok((restored, seed, record))
}

/// Gives the arrays of a folder.
struct Reader<'a> {
    folder: &'a Path,
    contents: Contents,
}

impl Reader<'_> {
    fn take(&mut self, stem: &str, name: &str) -> Result<NamedArray> {
        let file = self.contents.files.iter_mut().find(|(found, _)| found == stem);
        let array = file.and_then(|(_, arrays)| {
            let place = arrays.iter().position(|array| array.name == name)?;
            Some(arrays.swap_remove(place))
        });
        array.ok_or_else(|| malformed(self.folder, format!("the array {name:?} of {stem:?} is missing")))
    }

    fn array<T: Real>(&mut self, stem: &str, name: &str) -> Result<Array<T>> {
        let NamedArray { shape, values, .. } = self.take(stem, name)?;
        let values = values
            .into_numbers::<T>()
            .ok_or_else(|| malformed(self.folder, format!("the array {name:?} of {stem:?} is not {}", T::NAME)))?;
        Array::new(&shape, values).map_err(|error| malformed(self.folder, error.to_string()))
    }

    fn arrays<T: Real>(&mut self, stem: &str, name: &str, count: usize) -> Result<Vec<Array<T>>> {
        (0..count).map(|place| self.array(stem, &format!("{name}.{place}"))).collect()
    }

    fn data(&mut self, manifest: &Manifest) -> Result<Dataset> {
        let mut columns = Vec::new();
        for (place, name) in manifest.data.iter().enumerate() {
            let NamedArray { shape, values, .. } = self.take("data", &format!("input.{place}"))?;
            if shape.first() != Some(&manifest.examples) {
                return Err(malformed(self.folder, format!("the input {name:?} has another number of examples")));
            }
            let column = match values {
                Values::F64(numbers) => Column::Numbers(Arc::new(numbers)),
                Values::U32(ids) => Column::Ids(Arc::new(ids)),
                _ => return Err(malformed(self.folder, format!("the input {name:?} is of another type"))),
            };
            columns.push((name.clone(), column));
        }
        Ok(Columns::of(manifest.examples, columns).into())
    }
}
