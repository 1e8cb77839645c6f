//! The truth: models trained again without some of their examples.

use std::sync::Arc;

use crate::attribution::influence::{self, removal};
use crate::engine::{Execution, Program, Workers};
use crate::error::{Error, Result};
use crate::objective::{AnyInputs, CompiledFunctional, Derivatives, Inputs, Layout};
use crate::tensor::{Array, Real, either};

use super::model::{Record, State, operands};
use super::trainer::{MEMORY, by_steps, minimized};
use super::{Context, Dataset, Model};
use crate::engine::{Monitor, Progress};

/// The true changes of a functional for the removal of each set of examples, query by query, one set behind the other.
///
/// Everything else is as in the training: initial values, order, candidates, the other members of batches, the learning rate
/// at each moment, the moment of its end. A model that was minimized is minimized again from where one step of Newton's method
/// leads; where it is not convex that may be another minimum than the one nearest to where it was.
///
/// # Errors
/// [`Error::Unsupported`] for a model that was not trained, or whose epochs were not finished;
/// [`Error::NotStationary`] for one that was minimized and is not at a minimum; [`Error::Argument`] for an example that is
/// not there, or when none remains; [`Error::NotFinite`] when a training diverges; [`Error::Canceled`].
pub fn true_changes(
    context: &Arc<Context>,
    model: &Model,
    queries: &Dataset,
    functional: Option<&str>,
    removals: &[Vec<usize>],
    monitor: &Monitor,
) -> Result<Vec<f64>> {
    let record = model.record.as_deref().ok_or_else(|| model.untrained("training again"))?;
    let examples = record.data.len();
    for removal in removals {
        if let Some(example) = removal.iter().find(|example| **example >= examples) {
            let expected = format!("one of {examples}, counted from 0");
            return Err(Error::argument("an example to leave out", example, expected));
        }
    }
    // An example that is named twice is left out once.
    let removals: Vec<Vec<usize>> = removals.iter().map(|removal| distinct(removal)).collect();
    let workers = monitor.over(context.workers());
    either!(&model.state, state => {
        let asked = Asked::new(model, state, queries, functional)?;
        asked.changes(&workers, record, &removals, monitor)
    })
}

fn distinct(examples: &[usize]) -> Vec<usize> {
    let mut examples = examples.to_vec();
    examples.sort_unstable();
    examples.dedup();
    examples
}

/// Trains again without some examples, and gives the parameters.
type Retrain<'r, T> = &'r (dyn Fn(&[usize], &Workers) -> Result<Vec<Array<T>>> + Sync);

/// A functional of queries, to be evaluated with several parameters.
struct Asked<'a, T> {
    model: &'a Model,
    state: &'a State<T>,
    functional: Option<&'a str>,
    inputs: Inputs<T>,
    program: Arc<Program<T>>,
}

impl<'a, T: Real> Asked<'a, T> {
    fn new(model: &'a Model, state: &'a State<T>, queries: &Dataset, functional: Option<&'a str>) -> Result<Self> {
        let inputs = model.family.queries(queries, functional)?;
        let asked = model.family.functional(functional)?;
        let program = Program::compile(&asked.graph, &[asked.value], &[])?;
        Ok(Self { model, state, functional, inputs, program })
    }

    fn values(&self, workers: &Workers, parameters: &[Array<T>]) -> Result<Vec<f64>> {
        let mut execution = Execution::new(self.program.clone(), 0);
        execution.run(workers, &operands(parameters, &self.inputs), self.inputs.count())?;
        Ok((0..self.inputs.count()).map(|query| execution.example(0, query)[0].to_f64()).collect())
    }

    fn changes(
        &self,
        workers: &Workers,
        record: &Record,
        removals: &[Vec<usize>],
        monitor: &Monitor,
    ) -> Result<Vec<f64>> {
        let Self { model, state, .. } = self;
        let options = &record.options;
        let end = record.outcome.as_ref().map(|outcome| outcome.kept());
        let initial = state.initial.clone().ok_or_else(|| model.untrained("training again"))?;
        let ids = |removal: &[usize]| removal.iter().map(|example| *example as u32).collect::<Vec<_>>();
        if minimized(&*model.family, options) {
            return self.by_minimizing(workers, record, removals, monitor);
        }
        let (spec, examples) = by_steps(&*model.family, &initial, &record.data, options)?;
        self.by_steps(workers, removals, monitor, &|removal, workers| {
            spec.train_without(&*examples, &ids(removal), end, workers)
        })
    }

    /// One training a set, on all threads; each is small and runs on one of them. Blocks let the caller look in between.
    fn by_steps(
        &self,
        workers: &Workers,
        removals: &[Vec<usize>],
        monitor: &Monitor,
        retrain: Retrain<'_, T>,
    ) -> Result<Vec<f64>> {
        let before = self.values(workers, &self.state.parameters)?;
        let mut changes = Vec::with_capacity(removals.len() * before.len());
        for block in removals.chunks(4 * workers.threads()) {
            let mut work: Vec<_> = block.iter().map(|removal| (removal, Ok(Vec::new()))).collect();
            workers.try_for_each(&mut work, |(removal, result)| {
                let alone = workers.single_like();
                *result = retrain(removal, &alone).and_then(|parameters| self.values(&alone, &parameters));
            })?;
            for (_, result) in work {
                changes.extend(result?.iter().zip(&before).map(|(after, before)| after - before));
            }
            report(monitor, changes.len() / before.len(), removals.len())?;
        }
        Ok(changes)
    }

    fn by_minimizing(
        &self,
        workers: &Workers,
        record: &Record,
        removals: &[Vec<usize>],
        monitor: &Monitor,
    ) -> Result<Vec<f64>> {
        let Self { model, state, .. } = self;
        let objective = Arc::new(model.family.objective()?);
        let inputs: Arc<Inputs<T>> = Arc::new(model.family.examples(&record.data, 0)?);
        let layout = Layout::new(&objective.graph, None)?;
        let scalars = CompiledFunctional::new(&model.family.functional(self.functional)?, &layout)?;
        let parameters = state.parameters.to_vec();
        let derivatives = Derivatives::new(workers, objective, parameters, inputs, None, None, MEMORY)?;
        let mut influence =
            influence::Influence::fit(derivatives, &influence::Options::default()).map_err(without_damping)?;
        let queries = AnyInputs::from(&self.inputs);
        let mut changes = Vec::with_capacity(removals.len() * self.inputs.count());
        for (place, set) in removals.iter().enumerate() {
            match set.as_slice() {
                [] => changes.extend(vec![0.0; self.inputs.count()]),
                set => {
                    let found = removal(&mut influence, &scalars, &queries, set)?;
                    changes.extend(found.truth);
                }
            }
            report(monitor, place + 1, removals.len())?;
        }
        Ok(changes)
    }
}

/// Training again has no damping to ask for.
fn without_damping(error: Error) -> Error {
    let hint = "training again from such a minimum is not defined; train with a penalty".to_owned();
    match error {
        Error::Singular { coordinates, .. } => Error::Singular { coordinates, hint },
        Error::Indefinite { lowest, damping, .. } => Error::Indefinite { lowest, damping, hint },
        error => error,
    }
}

fn report(monitor: &Monitor, done: usize, total: usize) -> Result<()> {
    monitor.report(&Progress::new(c"retraining", done as u64, Some(total as u64)))
}
