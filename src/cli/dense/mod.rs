//! Runs of rows: tables, images and messages.

pub(super) mod certificate;
pub(super) mod explain;
pub(super) mod info;
mod own;
mod plan;
mod scores;
pub(super) mod train;
pub(super) mod verify;
pub(super) mod what_if;

use crate::tensor::Real;
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use crate::attribution::influence::{Influence, Options};
use crate::data::{RowRange, Samples, Targets};
use crate::engine::Workers;
use crate::error::{Error, Result};
use crate::models::Family;
use crate::models::network::{NetworkFunctional, Prediction, TargetKind};
use crate::objective::Inputs;
use crate::objective::{CompiledFunctional, Derivatives, Layout};
use crate::run::DenseRun;
use crate::run::dense::Queries;

use super::arguments::Fitting;
use super::output::{number, plain};

/// A row's target as it is shown: the name of its class, or its number.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum Target {
    Class(String),
    Number(f64),
    None,
}

impl Target {
    /// The target of a row.
    pub fn of(data: &Samples, place: usize) -> Self {
        match &data.targets {
            Targets::Numbers(numbers) => numbers.get(place).map_or(Self::None, |number| Self::Number(*number)),
            Targets::Classes { labels, names } => {
                let name = labels.get(place).and_then(|label| names.get(*label as usize));
                name.map_or(Self::None, |name| Self::Class(name.clone()))
            }
            Targets::None => Self::None,
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Class(name) => f.write_str(&plain(name)),
            Self::Number(value) => f.write_str(&number(*value)),
            Self::None => f.write_str("-"),
        }
    }
}

/// A row that is asked about.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Query {
    pub row: u64,
    pub target: Target,
    pub predicted: Target,
    pub probability: Option<f64>,
}

impl Query {
    /// All rows that are asked about.
    pub fn all<T: Real>(run: &DenseRun<T>, queries: &Queries<T>) -> Vec<Self> {
        let one = |(place, prediction): (usize, &Prediction)| {
            let predicted = match prediction.label {
                Some(label) => {
                    run.classes().get(label as usize).map_or(Target::None, |name| Target::Class(name.clone()))
                }
                None => prediction.outputs.first().map_or(Target::None, |output| Target::Number(*output)),
            };
            let target = if queries.labeled { Target::of(&queries.data, place) } else { Target::None };
            let (row, probability) = (queries.data.rows[place], prediction.probability);
            Self { row, target, predicted, probability }
        };
        queries.predictions.iter().enumerate().map(one).collect()
    }

    /// The row in a line.
    pub fn sentence(&self) -> String {
        let sure = self.probability.map_or(String::new(), |p| format!(" with probability {}", number(p)));
        let target = match &self.target {
            Target::None => "no target given, so what is predicted stands for it".to_owned(),
            target => format!("target {target}"),
        };
        format!("row {}: {target}, predicted {}{sure}", self.row, self.predicted)
    }
}

/// The rows that are asked about, for a functional that can be asked of them.
pub(super) fn read_queries<T: Real>(
    run: &DenseRun<T>,
    workers: &Workers,
    files: &[PathBuf],
    rows: Option<&[RowRange]>,
    functional: NetworkFunctional,
) -> Result<Queries<T>> {
    let in_ranges = Cell::new(0);
    let choose = rows.map(|rows| {
        let in_ranges = &in_ranges;
        move |data: &Samples, foreign: &[usize]| {
            in_ranges.set(RowRange::passed_over(rows, data, foreign));
            RowRange::places(rows, data, foreign, "a row to ask about")
        }
    });
    let mut queries = match &choose {
        Some(choose) => run.queries(workers, files, Some(choose))?,
        None => run.queries(workers, files, None)?,
    };
    queries.left_out += in_ranges.get();
    if !queries.labeled && run.job.network.target() == TargetKind::Number && functional != NetworkFunctional::Output {
        let expected = "numbers to compare with; or ask for --functional output";
        return Err(Error::argument("the targets of the rows to ask about", "missing", expected));
    }
    Ok(queries)
}

/// A line about rows that were not asked about.
pub(super) fn passed_in_words(left_out: usize) -> String {
    match left_out {
        0 => String::new(),
        1 => "1 row of a class that the run does not know was left out\n\n".into(),
        count => format!("{count} rows of classes that the run does not know were left out\n\n"),
    }
}

/// Refuses to train again what was not at a minimum before: the two could not be compared.
pub(super) fn require_minimum<T: Real>(run: &DenseRun<T>, folder: &Path) -> Result<()> {
    match certificate::training_hint(&run.fitted) {
        None => Ok(()),
        Some(hint) => Err(Error::Unsupported {
            what: format!(
                "training again to compare with {}, which is not at a minimum (the max-norm of the gradient is {}),",
                folder.display(),
                number(run.fitted.gradient)
            ),
            hint: hint.into(),
        }),
    }
}

/// A run with its examples and the functional, ready to be fitted.
pub(super) struct Session<T> {
    pub inputs: Arc<Inputs<T>>,
    pub scalars: CompiledFunctional,
    pub layout: Layout,
    derivatives: Derivatives<T>,
}

/// What can be asked, the functional, and the names of the parameters.
type Fitted = (Influence, CompiledFunctional, Layout);

impl<T: Real> Session<T> {
    pub fn new(run: &DenseRun<T>, workers: &Workers, fitting: &Fitting, functional: NetworkFunctional) -> Result<Self> {
        let network = &run.job.network;
        let objective = Arc::new(network.objective()?);
        let inputs = Arc::new(network.inputs(&run.data)?);
        let named = fitting.parameters.as_deref();
        let layout = Layout::new(&objective.graph, named)?;
        let scalars = CompiledFunctional::new(&network.functional(functional)?, &layout)?;
        let parameters = run.model.parameters().to_vec();
        let derivatives =
            Derivatives::new(workers, objective, parameters, inputs.clone(), None, named, fitting.memory)?;
        Ok(Self { inputs, scalars, layout, derivatives })
    }

    /// Looks at the curvature, and says in the words of the data where it does not hold.
    ///
    /// Names are for [`named`], to say the same of curvature that is met later.
    pub fn fit(self, run: &DenseRun<T>, folder: &Path, options: &Options) -> Result<Fitted> {
        let Self { scalars, layout, derivatives, .. } = self;
        match Influence::fit(derivatives, options) {
            Ok(influence) => Ok((influence, scalars, layout)),
            Err(error) => Err(named(error, run, folder, &layout)),
        }
    }
}

/// An error of singular curvature with the names of columns.
pub(super) fn named<T: Real>(error: Error, run: &DenseRun<T>, folder: &Path, layout: &Layout) -> Error {
    let Error::Singular { coordinates, .. } = &error else { return error };
    let found = run.job.network.singularity(&run.dataset(), layout, coordinates).unwrap_or_default();
    let or = if found.hints.is_empty() { "" } else { ", or " };
    let hint = format!("{}{or}add damping (--damping)", found.hints.join(", "));
    Error::format(folder, None, found.problem, hint)
}

/// How many queries are worked on at once: a quarter of the memory may go into vectors for them and into their scores.
pub(super) fn at_once(memory: usize, examples: usize, parameters: usize) -> usize {
    // The functional's gradient, the solution, and about six vectors of an iterative solver.
    let bytes = 8 * (examples + 8 * parameters);
    (memory / 4 / bytes.max(1)).clamp(1, 4096)
}
