//! `ascribe train`.

use crate::tensor::{Precision, Real};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use crate::data::TripleSet;
use crate::engine::{Monitor, Workers};
use crate::error::{Error, Result};
use crate::models::triples::Metrics;
use crate::run::{FORMAT, Job, Run, Settings, TripleTraining};
use crate::store;
use crate::train::{Outcome, Position};

use super::arguments::Train;
use super::output::{self, Progress, number};

/// The answer as JSON.
#[derive(Debug, Serialize)]
struct Trained<'a> {
    command: &'static str,
    run: &'a PathBuf,
    settings: &'a Settings,
    entities: usize,
    relations: usize,
    triples: Counts,
    outcome: &'a Outcome,
    validation: &'a Option<Metrics>,
}

#[derive(Debug, Serialize)]
struct Counts {
    train: usize,
    valid: usize,
    test: usize,
}

/// Trains and saves a run of triples.
pub(super) fn train(options: &Train, triples: &Path, workers: &Workers, json: bool) -> Result<String> {
    let settings = options.settings();
    settings.check()?;
    // An hour of training is not to end at a folder that cannot be written.
    store::check(&options.out, FORMAT)?;
    let data = TripleSet::read(triples)?;
    match settings.precision {
        Precision::F32 => train_as::<f32>(options, &settings, &data, workers, json),
        Precision::F64 => train_as::<f64>(options, &settings, &data, workers, json),
    }
}

fn train_as<T: Real>(
    options: &Train,
    settings: &Settings,
    data: &TripleSet,
    workers: &Workers,
    json: bool,
) -> Result<String> {
    let job = Job::<T>::new(settings, data)?;
    let progress = Progress::new("training", settings.epochs);
    let mut training = job.start(Arc::new(data.clone()))?;
    let mut saved = None;
    let trained = train_saving(&mut training, options, (workers, &progress.monitor()), &mut saved);
    trained.map_err(|error| match (error, saved) {
        (Error::NotFinite { what, value, place, hint }, Some(epoch)) => {
            let hint = format!("{hint}; the run as it was after epoch {epoch} is in {}", options.out.display());
            Error::NotFinite { what, value, place, hint }
        }
        (error, _) => error,
    })?;
    let run = training.finish(workers)?;
    run.save(&options.out)?;
    drop(progress);
    answer(options, &run, json)
}

/// Trains to the end, saving the run after every so many epochs. The last epoch's run is saved with its metrics, elsewhere.
fn train_saving<T: Real>(
    training: &mut TripleTraining<T>,
    options: &Train,
    (workers, monitor): (&Workers, &Monitor),
    saved: &mut Option<usize>,
) -> Result<()> {
    if options.checkpoint_every == 0 {
        return training.advance(u64::MAX, workers, monitor).map(drop);
    }
    let mut epoch = options.checkpoint_every;
    while !training.advance_to(Position::after(epoch), workers, monitor)? {
        training.look().save(&options.out)?;
        *saved = Some(epoch);
        epoch += options.checkpoint_every;
    }
    Ok(())
}

fn answer<T>(options: &Train, run: &Run<T>, json: bool) -> Result<String> {
    let data = &run.data;
    if json {
        return output::json(&Trained {
            command: "train",
            run: &options.out,
            settings: &run.settings,
            entities: data.entities.len(),
            relations: data.relations.len(),
            triples: Counts { train: data.train.len(), valid: data.valid.len(), test: data.test.len() },
            outcome: &run.outcome,
            validation: &run.validation,
        });
    }
    Ok(format!(
        "trained {} on {} triples of {} entities and {} relations\n{}saved to {}\n",
        run.settings.model,
        data.train.len(),
        data.entities.len(),
        data.relations.len(),
        course(&run.outcome, run.validation.as_ref()),
        output::plain(&options.out.display().to_string())
    ))
}

/// How a training went, in a line or two.
pub(super) fn course(outcome: &Outcome, validation: Option<&Metrics>) -> String {
    let mut text = String::new();
    if let Some(last) = outcome.epochs.last() {
        text = format!("{} of {} epochs, mean loss of the last {}", last.epoch, last.epochs, number(last.loss));
        if let Some(best) = outcome.best_epoch {
            text += &format!(", kept epoch {best}");
        }
        text.push('\n');
    }
    if let Some(metrics) = validation {
        let hits: Vec<_> = metrics.hits.iter().map(|(k, share)| format!(", hits@{k} {}", number(*share))).collect();
        let mrr = number(metrics.mrr);
        text += &format!("validation: MRR {mrr}{}, over {} queries\n", hits.concat(), metrics.queries);
    }
    text
}
