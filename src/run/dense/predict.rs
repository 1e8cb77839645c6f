//! Asking a trained model about rows.

use std::path::{Path, PathBuf};

use crate::data::{Samples, Targets};
use crate::engine::{Execution, Program, Values, Workers};
use crate::error::{Error, Result};
use crate::models::network::{NetworkFunctional, Prediction, TargetKind};
use crate::objective::Inputs;
use crate::tensor::Real;

use super::DenseRun;

/// Rows to ask a run about.
#[derive(Clone, Debug)]
pub struct Queries<T> {
    /// The rows, with the classes of the run. Rows without targets have what the model predicts, if that is a class.
    pub data: Samples,
    /// The rows as the run's graphs read them.
    pub inputs: Inputs<T>,
    /// What the model says of each.
    pub predictions: Vec<Prediction>,
    /// Whether the file gave the targets.
    pub labeled: bool,
    /// How many rows of classes that the run does not know were passed over, where all rows were taken.
    pub left_out: usize,
}

/// Chooses places of data, knowing which are of unknown classes.
pub type Choice<'a> = &'a dyn Fn(&Samples, &[usize]) -> Result<Vec<usize>>;

impl<T: Real> DenseRun<T> {
    /// Reads rows to ask about as the training data was read. `choose` is given the data and the places of rows whose class
    /// the run does not know, and says which places to ask about; to choose one of the latter is an error. If it is absent
    /// all but these are taken.
    ///
    /// # Errors
    /// What the readers report; [`Error::Argument`] for images of another size, a chosen row whose class the run does not
    /// know, or no rows at all.
    pub fn queries(&self, workers: &Workers, files: &[PathBuf], choose: Option<Choice<'_>>) -> Result<Queries<T>> {
        let first = files.first().map_or(Path::new(""), PathBuf::as_path);
        let reading = self.reading.as_ref().ok_or_else(|| Error::Unsupported {
            what: "reading rows from files like those of a run whose rows were given as arrays".into(),
            hint: "ask about its training rows, or ask the program that trained it".into(),
        })?;
        let mut data = reading.read(files)?;
        let (found, expected) = (&data.features.shape()[1..], self.job.network.features.as_slice());
        if found != expected {
            let name = format!("the shape of a row of {}", first.display());
            return Err(Error::argument(name, format!("{found:?}"), format!("{expected:?}, as in training")));
        }
        let foreign = match &self.data.targets {
            Targets::Classes { names, .. } => data.align_classes(names),
            _ => Vec::new(),
        };
        let left_out = if choose.is_none() { foreign.len() } else { 0 };
        let places = match choose {
            Some(choose) => choose(&data, &foreign)?,
            None => (0..data.len()).filter(|place| foreign.binary_search(place).is_err()).collect(),
        };
        if let Some(place) = places.iter().find(|place| foreign.binary_search(place).is_ok()) {
            let what = format!("row {} of {}", data.rows[*place], first.display());
            return Err(Error::argument(what, "of a class that the run does not know", self.classes().join(", ")));
        }
        if places.is_empty() {
            let what = format!("the number of rows of {} to ask about", first.display());
            return Err(Error::argument(what, 0, "at least one row of a class that the run knows"));
        }
        let mut data = data.select(&places)?;
        let mut inputs = self.job.network.inputs(&data)?;
        let predictions = self.predict(workers, &inputs)?;
        let labeled = data.targets != Targets::None;
        if !labeled && self.job.network.target() != TargetKind::Number {
            let labels = predictions.iter().map(|prediction| prediction.label.unwrap_or(0)).collect();
            data.targets = Targets::Classes { labels, names: self.classes().to_vec() };
            inputs = self.job.network.inputs(&data)?;
        }
        Ok(Queries { data, inputs, predictions, labeled, left_out })
    }

    /// Training rows to ask about, by their places.
    ///
    /// # Errors
    /// [`Error::Argument`] for a place that is not there; what running the graph reports.
    pub fn own_queries(&self, workers: &Workers, places: &[usize]) -> Result<Queries<T>> {
        let data = self.data.select(places)?;
        let inputs = self.job.network.inputs(&data)?;
        let predictions = self.predict(workers, &inputs)?;
        Ok(Queries { data, inputs, predictions, labeled: true, left_out: 0 })
    }

    /// The names of the classes; none if targets are numbers.
    pub fn classes(&self) -> &[String] {
        self.data.classes()
    }

    /// What the model says of rows.
    ///
    /// # Errors
    /// What running the graph reports.
    pub fn predict(&self, workers: &Workers, inputs: &Inputs<T>) -> Result<Vec<Prediction>> {
        let network = &self.job.network;
        let functional = network.functional(NetworkFunctional::Loss)?;
        let program = Program::compile(&functional.graph, &[functional.scores], &[])?;
        let mut execution = Execution::new(program, 0);
        let mut operands = Values::new(self.model.parameters()).with_real(0, inputs.numbers(0));
        operands = match network.target() {
            TargetKind::Label => operands.with_index(1, inputs.ids(1)),
            TargetKind::Number | TargetKind::Sign => operands.with_real(1, inputs.numbers(1)),
        };
        execution.run(workers, &operands, inputs.count())?;
        let outputs = |row| execution.example(0, row).iter().map(|x| x.to_f64()).collect();
        Ok((0..inputs.count()).map(|row| Prediction::of(network.loss, outputs(row))).collect())
    }

    /// A training row with another target, as the run's graphs read it: the name of a class, or a number.
    ///
    /// # Errors
    /// [`Error::Argument`] for a row that is not there, a class that the run does not know or what is no number.
    pub fn relabeled(&self, row: u64, target: &str) -> Result<(usize, Inputs<T>)> {
        let place = self.data.place_of(row, "a row to relabel")?;
        let mut data = self.data.select(&[place])?;
        let name = format!("the label of row {row}");
        match &mut data.targets {
            Targets::Numbers(numbers) => {
                let number = target.parse::<f64>().ok().filter(|number| number.is_finite());
                numbers[0] = number.ok_or_else(|| Error::argument(name, format!("{target:?}"), "a finite number"))?;
            }
            Targets::Classes { labels, names } => {
                let found = names.iter().position(|class| class == target);
                let expected = || format!("one of {}", names.join(", "));
                labels[0] = found.ok_or_else(|| Error::argument(name, format!("{target:?}"), expected()))? as u32;
            }
            Targets::None => {}
        }
        Ok((place, self.job.network.inputs(&data)?))
    }
}
