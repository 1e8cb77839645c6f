//! Models of triples as runs.

use std::path::Path;
use std::sync::Arc;

use crate::error::Result;
use crate::models::Family;
use crate::models::triples::{TripleFamily, TripleModel, TripleTables};
use crate::run::{Job, Run, Settings};
use crate::session::model::{Record, State};
use crate::session::rollback::ledger_of;
use crate::session::trainer::{Descent, Training, TrainingOptions, triple_settings};
use crate::session::{Dataset, Model};
use crate::tensor::Real;
use crate::train::Outcome;

use super::{Loaded, Remarks, before};

/// A model as a run.
pub(super) fn run<T: Real>(model: &Model, family: &TripleFamily, state: &State<T>, record: &Record) -> Result<Run<T>> {
    let initial = before(model, state.initial.as_ref())?;
    let scorer = family.tables.scorer().clone();
    let settings = triple_settings(family, &record.options, T::PRECISION);
    let tables = TripleModel::with_parameters(scorer.clone(), family.tables.dimension(), initial.clone())?;
    let job = Job::from_model(&settings, tables, record.data.triples()?.list())?;
    Ok(Run {
        settings: job.settings().clone(),
        data: record.data.triples()?.as_set(),
        model: TripleModel::with_parameters(scorer, family.tables.dimension(), state.parameters.clone())?,
        ledger: ledger_of(model, state)?,
        outcome: record.outcome.clone().unwrap_or_default(),
        validation: record.validation.clone(),
        initial: job.given().cloned(),
        remarks: Some(Remarks::of(model, record).write()?),
    })
}

/// The model of a run.
pub(super) fn load<T: Real>(folder: &Path, run: Run<T>) -> Result<Loaded<T>> {
    let Run { settings, data, model, ledger, outcome, validation, initial, remarks } = run;
    let remarks = match remarks {
        Some(remarks) => Remarks::read(folder, remarks)?,
        None => of_settings(&settings, &outcome),
    };
    let tables: TripleTables = (*model).clone();
    let Settings { initial: half_width, loss, sides, candidates, .. } = settings;
    let family: Arc<dyn Family> = Arc::new(TripleFamily { tables, initial: half_width, loss, sides, candidates });
    let initial = match initial {
        Some(initial) => initial,
        None => Arc::new(family.initial(settings.seed)?),
    };
    let state = State::loaded(model.shared_parameters(), Some(ledger), initial);
    let Remarks { seed, options, training } = remarks;
    let data = Dataset::of_triples(data);
    let record = Record { data, options, training, outcome: Some(outcome), losses: Vec::new(), validation };
    Ok(Loaded { family, seed, state, record })
}

/// What is known of a run of the command line.
fn of_settings(settings: &Settings, outcome: &Outcome) -> Remarks {
    let options = TrainingOptions {
        descent: Descent::Steps(settings.optimizer),
        learning_rate: settings.learning_rate,
        schedule: settings.schedule,
        epochs: settings.epochs,
        batch: Some(settings.batch),
        attribution: settings.attribution,
        stopping: settings.stopping,
        seed: Some(settings.seed),
        ..TrainingOptions::default()
    };
    let last = outcome.epochs.last();
    let training = Training {
        steps: last.map_or(0, |progress| progress.steps) + outcome.batches as u64,
        epochs: outcome.epochs.len() as u64,
        loss: last.map(|progress| progress.loss),
        finished: outcome.epochs.len() >= settings.epochs || outcome.best_epoch.is_some(),
        best_epoch: outcome.best_epoch,
        ..Training::default()
    };
    Remarks { seed: settings.seed, options, training }
}
