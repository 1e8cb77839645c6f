//! Reading a folder of any version: everything is checked before a model is made of it.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::attribution::rollback::Ledger;
use crate::error::{Error, Result, shown};
use crate::models::Family;
use crate::models::custom::other_graph;
use crate::session::model::{Record, State};
use crate::session::trainer::TrainingOptions;
use crate::store::{NamedArray, VERSION, Values, open_versioned, read_manifest};
use crate::tensor::{Array, Precision, Real};
use crate::train::{Checkpoint, Position, Recording, StepPlan};

use super::arrays::Arrays;
use super::manifest::{Manifest, Trained};
use super::{FORMAT, LEDGER, MODEL, PLACE, RECORDING, format1, is_code, objective};

/// What a folder holds, in the words of this format.
pub(super) struct Saved<'a> {
    pub manifest: Manifest,
    /// The seed that makes the values before training where the folder has none.
    pub initial: u64,
    pub arrays: Arrays<'a>,
}

impl<'a> Saved<'a> {
    /// Reads a folder and checks every byte of it.
    pub fn open(folder: &'a Path) -> Result<Self> {
        let (version, contents) = match open_versioned(folder, FORMAT) {
            // Models of graphs were once in a kind of folder of their own.
            Err(Error::Format { .. }) if read_manifest(folder, format1::GRAPH).is_ok() => {
                open_versioned(folder, format1::GRAPH)?
            }
            found => found?,
        };
        let arrays = Arrays { folder, files: contents.files };
        if version < VERSION {
            return format1::convert(contents.manifest, arrays);
        }
        let manifest = Manifest::read(folder, contents.manifest)?;
        Ok(Self { initial: manifest.seed, manifest, arrays })
    }

    /// The state and the record of a model of a family that has another state now.
    pub fn read<T: Real>(&mut self, family: &dyn Family, before: &State<T>) -> Result<(State<T>, Record)> {
        let trained = self.manifest.trained.take();
        let trained = trained.ok_or_else(|| self.arrays.malformed("the model was not trained"))?;
        let Trained { training, result, outcome, validation, calibration, smoothness, ledger, data } = trained;
        let smoothness = Arc::new(smoothness.map_or_else(OnceLock::new, OnceLock::from));
        let options: TrainingOptions = serde_json::from_value(training)
            .map_err(|error| self.arrays.malformed(format!("how it was trained: {error}")))?;
        if result.given
            && (outcome.is_some() || self.arrays.has(MODEL, "initial.0") || self.arrays.file(RECORDING).is_some())
        {
            return Err(self.arrays.malformed("the training happened elsewhere, and yet its steps are there"));
        }
        let parameters: Vec<Array<T>> = self.parameters(family, "parameter")?;
        // A graph may be built again to begin elsewhere.
        let initial = match is_code(family) || self.arrays.has(MODEL, "initial.0") {
            // Where a training elsewhere began is not known.
            _ if result.given => None,
            true => Some(self.parameters(family, "initial")?),
            // As large as the parameters, whose shapes are those of the family by now.
            false => Some(family.initial(self.initial).map_err(|error| self.arrays.foreign(&error))?),
        };
        let data = data.read(&mut self.arrays)?;
        // Counts of entities and classes, widths of features and inputs.
        let fits = family.accepts(&data).and_then(|()| family.queries::<T>(&data.select(&[0])?, None));
        fits.map_err(|error| self.arrays.foreign(&error))?;
        if is_code(family) {
            let found = objective(family, &parameters, &data).map_err(|error| self.arrays.foreign(&error))?;
            self.compare::<T>(found)?;
        }
        let ledger = ledger.then(|| self.ledger::<T>(family, data.len())).transpose()?;
        let recording = self.recording(&parameters)?;
        let (parameters, ledger) = (Arc::new(parameters), ledger.map(Arc::new));
        let state = match initial {
            Some(initial) => before.moved(Arc::new(initial)).trained(parameters, ledger).recorded(recording),
            None => before.moved(parameters).given(ledger),
        };
        Ok((state, Record { data, options, training: result, outcome, validation, calibration, smoothness }))
    }

    fn parameters<T: Real>(&mut self, family: &dyn Family, name: &str) -> Result<Vec<Array<T>>> {
        let expected = family.parameters().map_err(|error| self.arrays.foreign(&error))?;
        let found = self.arrays.all::<T>(MODEL, name, expected.len())?;
        for (place, (array, parameter)) in found.iter().zip(&expected).enumerate() {
            if array.shape() != parameter.shape {
                let (found, expected) = (array.shape(), &parameter.shape);
                let problem = format!("the array \"{name}.{place}\" has the shape {found:?}, the model {expected:?}");
                return Err(self.arrays.malformed(problem));
            }
            if let Some(at) = array.values().iter().position(|value| !value.is_finite()) {
                let (value, of) = (array.values()[at], shown(&parameter.name));
                let problem = format!("the array \"{name}.{place}\" of the parameter {of} is {value} at place {at}");
                let hint = "the training diverged, or the file was changed: train again with a lower learning rate \
                            (the option learning_rate)";
                return Err(Error::format(self.arrays.folder, None, problem, hint));
            }
        }
        Ok(found)
    }

    /// What was recorded of the training, if anything was.
    fn recording<T: Real>(&mut self, parameters: &[Array<T>]) -> Result<Option<Recording<T>>> {
        if self.arrays.file(RECORDING).is_none() {
            return Ok(None);
        }
        let shapes: Vec<&[usize]> = parameters.iter().map(Array::shape).collect();
        let losses = self.arrays.numbers::<f64>(RECORDING, "losses")?.into_values();
        let places = self.arrays.numbers::<f64>(RECORDING, "places")?.into_values();
        let mut checkpoints = Vec::new();
        for (number, place) in places.chunks(PLACE).enumerate() {
            let numbers = self.arrays.numbers::<T>(RECORDING, &format!("numbers.{number}"))?.into_values();
            let rows = self.arrays.take(RECORDING, &format!("rows.{number}"))?.values;
            let checkpoint = match (place, rows) {
                ([step, epochs, batches, rate], Values::U32(rows)) => {
                    let position = Position { epochs: *epochs as usize, batches: *batches as usize };
                    Checkpoint::from_parts(&shapes, (*step as u64, position, *rate), &numbers, &rows)
                }
                _ => None,
            };
            let fits =
                checkpoint.ok_or_else(|| self.arrays.malformed(format!("checkpoint {number} is of another model")));
            checkpoints.push(fits?);
        }
        Ok(Some(Recording::of(losses, checkpoints)))
    }

    /// Refuses a graph with another objective than that which was saved.
    fn compare<T: Real>(&self, found: Option<f64>) -> Result<()> {
        let (Some(found), Some(saved)) = (found, self.manifest.objective) else { return Ok(()) };
        // Another machine or build may round otherwise.
        let tolerance = if T::PRECISION == Precision::F32 { 1e-3 } else { 1e-9 };
        if (found - saved).abs() > tolerance * (1.0 + saved.abs()) {
            return Err(other_graph("the objective that the graph gives", found, saved, self.arrays.folder));
        }
        Ok(())
    }

    fn ledger<T: Real>(&mut self, family: &dyn Family, examples: usize) -> Result<Ledger<T>> {
        let NamedArray { values: Values::U32(rows), .. } = self.arrays.take(LEDGER, "rows")? else {
            return Err(self.arrays.malformed("the rows of the ledger are no whole numbers"));
        };
        let changes = self.arrays.numbers::<T>(LEDGER, "changes")?.into_values();
        let objective = family.objective().map_err(|error| self.arrays.foreign(&error))?;
        let plan = StepPlan::<T>::new(&objective, family.training().reduction);
        let shapes = plan.map_err(|error| self.arrays.foreign(&error))?.shapes();
        let remainder = self.arrays.all(LEDGER, "remainder", shapes.len())?;
        // Rows are looked at here, and that there are as many of them and of their changes as examples have.
        let read = Ledger::new(objective.owned, rows, &shapes)
            .and_then(|ledger| ledger.with_changes(changes, remainder))
            .map_err(|error| self.arrays.foreign(&error))?;
        if read.examples() != examples {
            return Err(self.arrays.malformed("the ledger has another number of examples than the data"));
        }
        Ok(read)
    }
}
