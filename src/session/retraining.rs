//! The truth: models trained again without some of their examples.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::attribution::influence::{self, removal};
use crate::engine::{Monitor, Progress, Workers};
use crate::error::{Error, Result};
use crate::objective::{AnyInputs, CompiledFunctional, Derivatives, Inputs, Layout};
use crate::tensor::{Real, either};

use super::model::{Evaluation, OTHER_TRUTH, Record, State};
use super::trainer::{MEMORY, by_steps, minimized};
use super::{Context, Dataset, Model};

/// The true changes of a functional for the removal of each set of examples, query by query, one set behind the other.
///
/// Everything else is as in the training: initial values, order, candidates, the other members of batches, the learning rate
/// at each moment, the moment of its end. A model that was minimized is minimized again from where one step of Newton's method
/// leads; where it is not convex that may be another minimum than the one nearest to where it was. Where there is no minimum
/// without a set, or it was not reached, its changes are NaN.
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
            return Err(Error::missing("an example to leave out", example, examples));
        }
    }
    // An example that is named twice is left out once.
    let distinct = |removal: &Vec<usize>| BTreeSet::from_iter(removal.iter().copied()).into_iter().collect();
    let removals: Vec<Vec<usize>> = removals.iter().map(distinct).collect();
    let workers = monitor.over(context.workers());
    either!(&model.state, state => {
        let evaluation = Evaluation::new(model, state, queries, functional)?;
        Retraining { model, state, record, functional, evaluation, workers, monitor }.changes(&removals)
    })
}

/// What training again starts from, and the functional that it is to change.
struct Retraining<'a, T> {
    model: &'a Model,
    state: &'a State<T>,
    record: &'a Record,
    functional: Option<&'a str>,
    evaluation: Evaluation<T>,
    workers: Workers,
    monitor: &'a Monitor,
}

impl<T: Real> Retraining<'_, T> {
    fn changes(&self, removals: &[Vec<usize>]) -> Result<Vec<f64>> {
        match minimized(&*self.model.family, &self.record.options) {
            true => self.by_minimizing(removals),
            false => self.by_steps(removals),
        }
    }

    /// One training a set, on all threads; each is small and runs on one of them. Blocks let the caller look in between.
    fn by_steps(&self, removals: &[Vec<usize>]) -> Result<Vec<f64>> {
        let Self { model, state, record, evaluation, workers, .. } = self;
        let initial = state.initial.clone().ok_or_else(|| model.no_steps("training again", OTHER_TRUTH))?;
        let (spec, examples) = by_steps(&*model.family, &initial, &record.data, &record.options, false)?;
        let end = record.outcome.as_ref().map(|outcome| outcome.kept());
        let before = evaluation.values(workers, &state.parameters)?;
        let mut changes = Vec::with_capacity(removals.len() * before.len());
        for block in removals.chunks(4 * workers.threads()) {
            let mut work: Vec<_> = block.iter().map(|removal| (removal, Ok(Vec::new()))).collect();
            workers.try_for_each(&mut work, |(removal, result)| {
                let alone = workers.single_like();
                let ids: Vec<u32> = removal.iter().map(|example| *example as u32).collect();
                let parameters = spec.train_without(&*examples, &ids, end, &alone);
                *result = parameters.and_then(|parameters| evaluation.values(&alone, &parameters));
            })?;
            for (_, result) in work {
                changes.extend(result?.iter().zip(&before).map(|(after, before)| after - before));
            }
            self.report(changes.len() / before.len(), removals.len())?;
        }
        Ok(changes)
    }

    fn by_minimizing(&self, removals: &[Vec<usize>]) -> Result<Vec<f64>> {
        let Self { model, state, record, evaluation, workers, .. } = self;
        let objective = Arc::new(model.family.objective()?);
        let inputs: Arc<Inputs<T>> = Arc::new(model.family.examples(&record.data, 0)?);
        let layout = Layout::new(&objective.graph, None)?;
        let functional = CompiledFunctional::new(&model.family.functional(self.functional)?, &layout)?;
        let parameters = state.parameters.to_vec();
        let derivatives =
            Derivatives::new(workers, objective, parameters, inputs, record.data.weights(), None, MEMORY)?;
        let mut influence =
            influence::Influence::fit(derivatives, &influence::Options::default()).map_err(without_damping)?;
        let queries = AnyInputs::from(&evaluation.inputs);
        let mut changes = Vec::with_capacity(removals.len() * evaluation.inputs.count());
        for (place, set) in removals.iter().enumerate() {
            match set.as_slice() {
                [] => changes.extend(vec![0.0; evaluation.inputs.count()]),
                set => changes.extend(match removal(&mut influence, &functional, &queries, set) {
                    Ok(found) if found.reached => found.truth,
                    Ok(_) | Err(Error::Undetermined { .. } | Error::Singular { .. } | Error::Indefinite { .. }) => {
                        vec![f64::NAN; evaluation.inputs.count()]
                    }
                    Err(error) => return Err(error),
                }),
            }
            self.report(place + 1, removals.len())?;
        }
        Ok(changes)
    }

    fn report(&self, done: usize, total: usize) -> Result<()> {
        self.monitor.report(&Progress::new(c"retraining", done as u64, Some(total as u64)))
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
