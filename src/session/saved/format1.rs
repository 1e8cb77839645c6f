//! Folders of version 1, in the words of today: triples and networks were different runs, graphs a kind of folder of their
//! own.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::attribution::rollback::CreditRule;
use crate::data::{Origin, Reading};
use crate::error::Result;
use crate::models::network::{self, NetworkSettings};
use crate::models::triples::{self, Candidates, Loss, Metrics, Sides};
use crate::models::{Family, custom};
use crate::options::Bytes;
use crate::session::trainer::{Descent, Training, TrainingOptions};
use crate::store::{NamedArray, Values};
use crate::tensor::Precision;
use crate::train::{EpochSummary, Optimizer, Outcome, Schedule, Stopping};

use super::arrays::Arrays;
use super::data::{DataManifest, Source};
use super::features::Copy;
use super::manifest::{Manifest, Trained};
use super::reading::Saved;
use super::{DATA, LEDGER, MODEL};

pub(super) const GRAPH: &str = "graph";

/// What a program that trained a model left in the manifest, if it was not the command line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Remarks {
    seed: u64,
    options: Options,
    training: Training,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Method {
    #[default]
    Auto,
    Steps(Optimizer),
    #[serde(alias = "minimise")]
    Minimize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    descent: Method,
    learning_rate: f64,
    schedule: Schedule,
    epochs: usize,
    batch: Option<usize>,
    track: bool,
    attribution: CreditRule,
    stopping: Option<Stopping>,
    gradient: f64,
    iterations: usize,
    polish: bool,
    seed: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Triples {
    settings: Settings,
    entities: Vec<String>,
    relations: Vec<String>,
    outcome: Outcome,
    validation: Option<Metrics>,
    #[serde(default)]
    remarks: Option<Remarks>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    model: String,
    dimension: usize,
    initial: f64,
    loss: Loss,
    sides: Sides,
    candidates: Candidates,
    #[serde(alias = "optimiser")]
    optimizer: Optimizer,
    learning_rate: f64,
    schedule: Schedule,
    batch: usize,
    epochs: usize,
    stopping: Option<Stopping>,
    seed: u64,
    attribution: CreditRule,
    precision: Precision,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    #[serde(rename = "kind")]
    _kind: String,
    job: Job,
    origin: Origin,
    /// A word for samples that were given as arrays.
    reading: Value,
    classes: Option<Vec<String>>,
    shape: Vec<usize>,
    copy: Copy,
    fitted: Fitted,
    #[serde(default)]
    remarks: Option<Remarks>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Job {
    model: String,
    network: NetworkSettings,
    training: JobTraining,
    seed: u64,
    precision: Precision,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JobTraining {
    gradient: f64,
    #[serde(alias = "most_iterations")]
    max_iterations: usize,
    polish: bool,
    #[serde(alias = "optimiser")]
    optimizer: Optimizer,
    learning_rate: f64,
    schedule: Schedule,
    batch: usize,
    epochs: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fitted {
    /// The mean loss of each epoch.
    epochs: Vec<f64>,
    iterations: usize,
    value: f64,
    gradient: f64,
    converged: bool,
    #[serde(alias = "remedy")]
    hint: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Graph {
    precision: Precision,
    graph: Value,
    objective: Option<f64>,
    examples: usize,
    data: Vec<String>,
    ledger: bool,
    outcome: Option<Outcome>,
    trained: Remarks,
}

impl Options {
    fn today(self) -> TrainingOptions {
        let Self { learning_rate, schedule, batch, attribution, stopping, seed, .. } = self;
        let optimizer = match self.descent {
            Method::Auto => None,
            Method::Steps(optimizer) => Some(Descent::Steps(optimizer)),
            Method::Minimize => Some(Descent::Minimize),
        };
        TrainingOptions {
            optimizer,
            learning_rate,
            weight_decay: None,
            schedule,
            batch,
            // What is minimized goes through none.
            epochs: Some(self.epochs.max(1)),
            ledger: self.track,
            attribution: Some(attribution),
            record: Bytes(0),
            patience: stopping.map(|stopping| stopping.patience),
            evaluate_every: stopping.map_or(1, |stopping| stopping.every),
            gradient_tolerance: Some(self.gradient),
            max_iterations: self.iterations,
            refine: self.polish,
            seed,
        }
    }
}

/// The seed of the model, how it was trained and how that went.
type Known = (u64, TrainingOptions, Training);

impl Remarks {
    fn today(self) -> Known {
        (self.seed, self.options.today(), self.training)
    }
}

pub(super) fn convert(content: Value, arrays: Arrays<'_>) -> Result<Saved<'_>> {
    if content.get("graph").is_some() {
        let graph = parse(&arrays, content)?;
        return of_graph(graph, arrays);
    }
    if content.get("kind").and_then(Value::as_str) == Some("rows") {
        let rows = parse(&arrays, content)?;
        return of_rows(rows, arrays);
    }
    let triples = parse(&arrays, content)?;
    of_triples(triples, arrays)
}

fn parse<M: DeserializeOwned>(arrays: &Arrays<'_>, content: Value) -> Result<M> {
    serde_json::from_value(content).map_err(|error| arrays.malformed(error.to_string()))
}

/// What was trained of a model, of which all but the data is at hand.
fn trained(arrays: &Arrays<'_>, (seed, options, result): Known, data: DataManifest) -> Result<(u64, Trained)> {
    let training = serde_json::to_value(options).map_err(|error| arrays.malformed(error.to_string()))?;
    Ok((
        seed,
        Trained {
            training,
            result,
            outcome: None,
            validation: None,
            calibration: None,
            smoothness: None,
            ledger: false,
            data,
        },
    ))
}

fn rename(arrays: &mut Arrays<'_>, file: &str, names: &[(String, String)]) {
    for array in arrays.file(file).into_iter().flatten() {
        if let Some((_, new)) = names.iter().find(|(old, _)| *old == array.name) {
            array.name.clone_from(new);
        }
    }
}

fn of_graph(graph: Graph, arrays: Arrays<'_>) -> Result<Saved<'_>> {
    let Graph { precision, graph: model, objective, examples, data, ledger, outcome, trained: remarks } = graph;
    let (seed, known) = trained(&arrays, remarks.today(), DataManifest::Columns { examples, columns: data })?;
    let trained = Some(Trained { outcome, ledger, ..known });
    let family = custom::FAMILY.to_owned();
    let manifest = Manifest { kind: family.clone(), family, model, precision, seed, trained, objective };
    Ok(Saved { manifest, initial: seed, arrays })
}

fn of_triples(triples: Triples, mut arrays: Arrays<'_>) -> Result<Saved<'_>> {
    let Triples { settings, entities, relations, outcome, validation, remarks } = triples;
    let Settings { dimension, initial, loss, sides, candidates, precision, seed: initial_seed, .. } = settings;
    let model = json!({
        "scorer": settings.model,
        "entities": entities.len(),
        "relations": relations.len(),
        "dimension": dimension,
        "initial": initial,
        "loss": loss,
        "sides": sides,
        "candidates": candidates,
    });
    let known = remarks.map_or_else(|| of_settings(&settings, &outcome), Remarks::today);
    let places = ["entities", "relations"].into_iter().enumerate();
    let names: Vec<_> = places
        .flat_map(|(place, name)| {
            [
                (name.to_owned(), format!("parameter.{place}")),
                (format!("initial.{name}"), format!("initial.{place}")),
                (format!("remainder.{name}"), format!("remainder.{place}")),
            ]
        })
        .collect();
    rename(&mut arrays, MODEL, &names);
    rename(&mut arrays, LEDGER, &names);
    let mut counts = [0; 3];
    if let Some((file, _)) = arrays.files.iter_mut().find(|(file, _)| file == "triples") {
        DATA.clone_into(file);
    }
    for (name, count) in ["train", "valid", "test"].into_iter().zip(&mut counts) {
        let found = arrays.file(DATA).and_then(|found| found.iter().find(|array| array.name == name));
        *count = found.and_then(|array| array.shape.first()).copied().unwrap_or(0);
    }
    // An example owned the rows of its head, its relation and its tail.
    let train = arrays.file(DATA).and_then(|found| found.iter().find(|array| array.name == "train"));
    if let Some(NamedArray { shape, values: Values::U32(ids), .. }) = train {
        let rows = NamedArray::new("rows", shape.clone(), ids.clone())?;
        arrays.file(LEDGER).into_iter().for_each(|ledger| ledger.push(rows.clone()));
    }
    let (seed, known) = trained(&arrays, known, DataManifest::Triples { counts, entities, relations })?;
    let trained = Some(Trained { outcome: Some(outcome), validation, ledger: true, ..known });
    let (family, kind) = (triples::FAMILY.to_owned(), settings.model);
    let manifest = Manifest { family, kind, model, precision, seed, trained, objective: None };
    Ok(Saved { manifest, initial: initial_seed, arrays })
}

/// What is known of triples that the command line trained.
fn of_settings(settings: &Settings, outcome: &Outcome) -> Known {
    let Settings { optimizer, learning_rate, schedule, epochs, batch, attribution, stopping, seed, .. } = *settings;
    let options = TrainingOptions {
        optimizer: Some(Descent::Steps(optimizer)),
        learning_rate,
        schedule,
        epochs: Some(epochs.max(1)),
        batch: Some(batch),
        attribution: Some(attribution),
        patience: stopping.map(|stopping| stopping.patience),
        evaluate_every: stopping.map_or(1, |stopping| stopping.every),
        gradient_tolerance: Some(1e-8),
        max_iterations: 1000,
        seed: Some(seed),
        ..TrainingOptions::default()
    };
    let last = outcome.epochs.last();
    let training = Training {
        steps: last.map_or(0, |progress| progress.steps) + outcome.batches as u64,
        epochs: outcome.epochs.len() as u64,
        loss: last.map(|progress| progress.loss),
        finished: outcome.epochs.len() >= epochs || outcome.best_epoch.is_some(),
        best_epoch: outcome.best_epoch,
        ..Training::default()
    };
    (seed, options, training)
}

fn of_rows(rows: Rows, mut arrays: Arrays<'_>) -> Result<Saved<'_>> {
    let Rows { job, origin, reading, classes, shape, copy, fitted, remarks, .. } = rows;
    let source = match reading.as_str() {
        Some("arrays") => None,
        _ => Some(Source { origin, reading: parse::<Reading>(&arrays, reading)?, summary: None }),
    };
    // Parameters had their names.
    let parameters = job.network.parameters().map_err(|error| arrays.foreign(&error))?;
    let names = parameters.iter().enumerate().flat_map(|(place, parameter)| {
        [
            (parameter.name.clone(), format!("parameter.{place}")),
            (format!("initial.{}", parameter.name), format!("initial.{place}")),
        ]
    });
    rename(&mut arrays, MODEL, &names.collect::<Vec<_>>());
    let batches = shape.first().map_or(0, |rows| rows.div_ceil(job.training.batch.max(1)));
    let epoch = |(place, loss): (usize, &f64)| EpochSummary {
        epoch: place + 1,
        epochs: job.training.epochs,
        loss: *loss,
        quality: None,
        steps: ((place + 1) * batches) as u64,
    };
    let epochs: Vec<_> = fitted.epochs.iter().enumerate().map(epoch).collect();
    let outcome = (!epochs.is_empty()).then(|| Outcome { epochs, ..Outcome::default() });
    let known = remarks.map_or_else(|| of_job(&job, fitted, batches), Remarks::today);
    let data = DataManifest::Samples { shape, classes, source, copy, weighted: false, ids: None };
    let (seed, known) = trained(&arrays, known, data)?;
    let Job { model: kind, network, seed: initial, precision, .. } = job;
    let trained = Some(Trained { outcome, ..known });
    let family = network::FAMILY.to_owned();
    let manifest = Manifest { family, kind, model: network.manifest(), precision, seed, trained, objective: None };
    Ok(Saved { manifest, initial, arrays })
}

/// What is known of a network that the command line trained.
fn of_job(job: &Job, fitted: Fitted, batches: usize) -> Known {
    let JobTraining { gradient, max_iterations, polish, optimizer, learning_rate, schedule, batch, epochs } =
        job.training;
    let convex = job.network.is_convex();
    let options = TrainingOptions {
        optimizer: Some(if convex { Descent::Minimize } else { Descent::Steps(optimizer) }),
        learning_rate,
        schedule,
        epochs: Some(epochs.max(1)),
        batch: Some(batch),
        gradient_tolerance: Some(gradient),
        max_iterations,
        refine: polish,
        seed: Some(job.seed),
        ..TrainingOptions::default()
    };
    let minimized = convex || polish;
    let training = Training {
        steps: (fitted.epochs.len() * batches + fitted.iterations) as u64,
        epochs: fitted.epochs.len() as u64,
        loss: fitted.epochs.last().copied(),
        objective: minimized.then_some(fitted.value),
        gradient_norm: minimized.then_some(fitted.gradient),
        converged: minimized && fitted.converged,
        finished: true,
        best_epoch: None,
        clamped: None,
        given: false,
        hint: fitted.hint.filter(|_| minimized),
    };
    (job.seed, options, training)
}
