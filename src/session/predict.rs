//! What a model predicts: answers to queries of triples, and classes or numbers of samples.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::data::{Query, RowRange, Samples, Side, Summary, Targets};
use crate::error::{Error, Result, listed};
use crate::models::network::{NetworkFunctional, NetworkSettings, Prediction as Outputs, TargetKind};
use crate::models::triples::Ranking;
use crate::models::{PRESETS, network, triples};
use crate::tensor::{Real, RowMajor, either};

use super::{Context, Dataset, LogLevel, Model};

/// What a model of triples answers to a query: the entity of highest score, or one that was named.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// The head of the fact that the answer states.
    pub head: String,
    /// Its relation.
    pub relation: String,
    /// Its tail.
    pub tail: String,
    /// The end that was asked for: `head` or `tail`.
    pub asked: &'static str,
    /// The softmax probability of the answer among all entities.
    pub probability: f64,
    /// One and the number of entities with a higher score.
    pub rank: usize,
    /// The number of entities.
    pub candidates: usize,
    /// The first part of the data that states the fact: `train`, `valid` or `test`.
    pub stated_in: Option<&'static str>,
    /// The fact as a query to be explained.
    #[serde(skip)]
    pub query: Dataset,
}

impl Answer {
    /// The functional that the family calls so, of the end that was asked for; `probability` without a name.
    pub fn functional(&self, name: Option<&str>) -> String {
        let name = name.unwrap_or("probability");
        if self.asked == "head" { format!("head-{name}") } else { name.to_owned() }
    }
}

/// The target of a sample: the name of its class, or its number.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Target {
    /// A class.
    Class(String),
    /// A number.
    Number(f64),
    /// Not known.
    None,
}

impl Target {
    /// The target of a sample.
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

/// What a model predicts for a sample.
#[derive(Clone, Debug, Serialize)]
pub struct Prediction {
    /// The sample's row in its file.
    pub row: u64,
    /// What its file calls it, where that names rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its target, where the file gives one.
    pub target: Target,
    /// The class that the outputs speak for, or the number.
    pub predicted: Target,
    /// The probability of that class, where the model gives one.
    pub probability: Option<f64>,
}

/// Samples that a model is asked about, with what it predicts for them.
#[derive(Clone, Debug)]
pub struct Queries {
    /// The samples. Those without targets have the class that is predicted.
    pub data: Dataset,
    /// What the model predicts for each.
    pub predictions: Vec<Prediction>,
    /// How many samples were left out because a value is missing or the model does not know their class or a category.
    pub left_out: usize,
    /// What is not as the files have it, a sentence each: rows that were left out, and why; guesses; cells that were filled in.
    pub notes: Vec<String>,
    /// What was read of the files; none of training samples.
    pub read: Option<Summary>,
}

/// The models that can be trained on data of a format, by name; the first is taken where none is named.
pub fn models(format: &str) -> Vec<&'static str> {
    let family = if format == triples::FAMILY { triples::FAMILY } else { network::FAMILY };
    PRESETS.iter().filter(|preset| preset.family == family).map(|preset| preset.name).collect()
}

impl Model {
    /// Answers a query as it is typed: `HEAD,RELATION,?` or `?,RELATION,TAIL`. Without a target the answer is the entity of
    /// highest score.
    ///
    /// # Errors
    /// As [`Query::parse`]; [`Error::Unknown`] for a target that is no entity; [`Error::Unsupported`] for a model of another
    /// family.
    pub fn answer(&self, context: &Context, query: &str, target: Option<&str>) -> Result<Answer> {
        let set = self.data()?.triples()?.set();
        let query = Query::parse(query, set)?;
        let target = target.map(|name| set.entities.require("entity", name)).transpose()?;
        self.answer_to(context, query, target)
    }

    /// Answers a query by ids.
    ///
    /// # Errors
    /// [`Error::Argument`] for ids that are not there; [`Error::Unsupported`] for a model of another family.
    pub fn answer_to(&self, context: &Context, query: Query, target: Option<u32>) -> Result<Answer> {
        let scores: Vec<f64> = either!(&self.state, state => {
            let (mut ranking, parameters) = (Ranking::new(self.family.ranked()?)?, &state.parameters);
            let scores = ranking.scores(context.workers(), parameters, query.known, query.relation, query.side)?;
            scores.iter().map(|score| score.to_f64()).collect()
        });
        let target = target.unwrap_or_else(|| highest(&scores));
        let own = scores.get(target as usize).copied().unwrap_or(f64::NAN);
        let rank = 1 + scores.iter().filter(|score| **score > own).count();
        let data = self.data()?;
        let triples = data.triples()?;
        let set = triples.set();
        let triple = query.triple(target);
        // What was trained on may be a part of what was read.
        let parts = [("train", triples.list()), ("valid", &set.valid), ("test", &set.test)];
        let stated = parts.iter().find(|(_, list)| list.contains(&triple));
        let name = |id| set.entities.name(id).unwrap_or_default().to_owned();
        let mut answer = Answer {
            head: name(triple.head),
            relation: set.relations.name(triple.relation).unwrap_or_default().to_owned(),
            tail: name(triple.tail),
            asked: if query.side == Side::Tail { "tail" } else { "head" },
            probability: f64::NAN,
            rank,
            candidates: scores.len(),
            stated_in: stated.map(|(name, _)| *name),
            query: triples.with(vec![triple]).into(),
        };
        let probability = self.evaluate(context, &answer.query, Some(&answer.functional(None)))?;
        answer.probability = probability.first().copied().unwrap_or(f64::NAN);
        Ok(answer)
    }

    /// Reads samples to ask about, as the training data was read. Without rows all are taken but those of classes that the
    /// model does not know; of a range of rows they are passed over too.
    ///
    /// # Errors
    /// What the readers report; [`Error::Unsupported`] for a model whose samples were given as arrays; [`Error::Argument`]
    /// for samples of another shape, a single row whose class the model does not know, no rows at all, or samples without
    /// targets where the functional needs them.
    pub fn queries(
        &self,
        context: &Context,
        files: &[PathBuf],
        rows: Option<&[RowRange]>,
        functional: Option<&str>,
    ) -> Result<Queries> {
        let training = self.data()?.sample_set()?;
        let settings = self.network()?;
        let first = files.first().map_or(Path::new(""), PathBuf::as_path);
        let source = training.source().ok_or_else(|| Error::Unsupported {
            what: "reading rows from files like those of a run whose rows were given as arrays".into(),
            hint: "ask about its training rows, or ask the program that trained it".into(),
        })?;
        let (mut samples, summary) = source.reading.read(files)?;
        let mut notes = summary.notes();
        let (found, expected) = (&samples.features.shape()[1..], settings.features.as_slice());
        if found != expected {
            let name = format!("the shape of a row of {}", first.display());
            return Err(Error::argument(name, format!("{found:?}"), format!("{expected:?}, as in training")));
        }
        let classes = training.samples().classes();
        let foreign = if classes.is_empty() { Vec::new() } else { samples.align_classes(classes) };
        let (places, left_out) = match rows {
            Some(rows) => (
                RowRange::places(rows, &samples, &foreign, "a row to ask about")
                    .map_err(|error| with_notes(error, &notes))?,
                RowRange::passed_over(rows, &samples, &foreign),
            ),
            None => {
                let known = |place: &usize| foreign.binary_search(place).is_err();
                ((0..samples.len()).filter(known).collect(), foreign.len())
            }
        };
        if let Some(place) = places.iter().find(|place| foreign.binary_search(place).is_ok()) {
            let what = format!("row {} of {}", samples.rows[*place], first.display());
            return Err(Error::argument(what, "of a class that the run does not know", listed(classes.iter())));
        }
        notes.extend(match left_out {
            0 => None,
            1 => Some("1 row of a class that the run does not know was left out".to_owned()),
            count => Some(format!("{count} rows of classes that the run does not know were left out")),
        });
        notes.iter().for_each(|note| context.log(LogLevel::Warning, "reading", format_args!("{note}")));
        let left_out = left_out + rows.map_or_else(|| summary.dropped(), |rows| summary.dropped_in(rows));
        if places.is_empty() {
            let what = format!("the number of rows of {} to ask about", first.display());
            let error = Error::argument(what, 0, "at least one row of a class that the run knows");
            return Err(with_notes(error, &notes));
        }
        let mut samples = samples.select(&places)?;
        let labeled = samples.targets != Targets::None;
        if !labeled && settings.target() == TargetKind::Number && NetworkFunctional::named(functional)?.reads_target() {
            let expected = "numbers to compare with; or ask for --functional prediction";
            return Err(Error::argument("the targets of the rows to ask about", "missing", expected));
        }
        let outputs = self.outputs_of(context, settings, &samples)?;
        let predictions = predictions(&samples, classes, &outputs);
        if !labeled && settings.target() != TargetKind::Number {
            let labels = outputs.iter().map(|outputs| outputs.label.unwrap_or(0)).collect();
            samples.targets = Targets::Classes { labels, names: classes.to_vec() };
        }
        Ok(Queries { data: samples.into(), predictions, left_out, notes, read: Some(summary) })
    }

    /// Training samples to ask about, by their places.
    ///
    /// # Errors
    /// [`Error::Argument`] for a place that is not there; [`Error::Unsupported`] for a model of another family.
    pub fn own_queries(&self, context: &Context, examples: &[usize]) -> Result<Queries> {
        let data = self.data()?.select(examples)?;
        let samples = data.samples()?;
        let outputs = self.outputs_of(context, self.network()?, samples)?;
        let predictions = predictions(samples, samples.classes(), &outputs);
        Ok(Queries { data, predictions, left_out: 0, notes: Vec::new(), read: None })
    }

    /// The training examples of some numbers: rows of samples have that of their file, others their place.
    ///
    /// # Errors
    /// [`Error::Argument`] for a number, or a whole range of them, that is not there.
    pub fn examples(&self, numbers: &[RowRange], what: &str) -> Result<Vec<usize>> {
        let data = self.data()?;
        if let Ok(samples) = data.samples() {
            return RowRange::places(numbers, samples, &[], what);
        }
        let count = data.len() as u64;
        let mut chosen: Vec<usize> = Vec::new();
        for RowRange { first, last } in numbers {
            if *first >= count {
                return Err(Error::argument(what, first, format!("an example below {count}")));
            }
            chosen.extend(*first as usize..=(*last).min(count - 1) as usize);
        }
        chosen.sort_unstable();
        chosen.dedup();
        Ok(chosen)
    }

    /// A training sample with another target: the name of a class, or a number.
    ///
    /// # Errors
    /// [`Error::Argument`] for an example that is not there, a class that the model does not know or what is no number.
    pub fn relabeled(&self, example: usize, target: &str) -> Result<Dataset> {
        let mut samples = self.data()?.select(&[example])?.samples()?.clone();
        let name = format!("the label of row {}", samples.rows[0]);
        match &mut samples.targets {
            Targets::Numbers(numbers) => {
                let number = target.parse::<f64>().ok().filter(|number| number.is_finite());
                numbers[0] = number.ok_or_else(|| Error::argument(name, format!("{target:?}"), "a finite number"))?;
            }
            Targets::Classes { labels, names } => {
                let found = names.iter().position(|class| class == target);
                let found = found.or_else(|| names.iter().position(|class| means(class, target)));
                let expected = || format!("one of {}", listed(names.iter()));
                labels[0] = found.ok_or_else(|| Error::argument(name, format!("{target:?}"), expected()))? as u32;
            }
            Targets::None => {}
        }
        Ok(samples.into())
    }

    fn network(&self) -> Result<&NetworkSettings> {
        self.family.downcast().ok_or_else(|| self.family.unsupported("predicting samples", "ask about triples instead"))
    }

    /// The outputs for samples, with what they say.
    fn outputs_of(&self, context: &Context, settings: &NetworkSettings, samples: &Samples) -> Result<Vec<Outputs>> {
        let (rows, width) = (samples.len(), samples.features.row_width());
        let mut values = vec![0.0; rows * settings.outputs];
        self.predict(context, &RowMajor::new(samples.features.values(), rows, width)?, &mut values)?;
        Ok(values.chunks(settings.outputs).map(|outputs| Outputs::of(settings.loss, outputs.to_vec())).collect())
    }
}

fn predictions(samples: &Samples, classes: &[String], outputs: &[Outputs]) -> Vec<Prediction> {
    let one = |(place, outputs): (usize, &Outputs)| {
        let class = |label: u32| classes.get(label as usize).map(|name| Target::Class(name.clone()));
        let predicted = match outputs.label {
            Some(label) => class(label),
            None => outputs.outputs.first().map(|output| Target::Number(*output)),
        };
        Prediction {
            row: samples.rows[place],
            id: samples.ids.as_ref().map(|ids| ids[place].clone()),
            target: Target::of(samples, place),
            predicted: predicted.unwrap_or(Target::None),
            probability: outputs.probability,
        }
    };
    outputs.iter().enumerate().map(one).collect()
}

/// Whether another spelling of a class was typed, as files may have it: `1.0` for `1`, `FALSE` for `False`.
fn means(class: &str, typed: &str) -> bool {
    match (class.parse::<f64>(), typed.parse::<f64>()) {
        (Ok(one), Ok(other)) => one == other,
        _ => ["true", "false"].iter().any(|word| [class, typed].iter().all(|name| word.eq_ignore_ascii_case(name))),
    }
}

fn highest(scores: &[f64]) -> u32 {
    let mut best = 0;
    for (place, score) in scores.iter().enumerate() {
        if *score > scores[best] {
            best = place;
        }
    }
    best as u32
}

/// An error about rows with what was left out when they were read, which may be why they are not there.
fn with_notes(error: Error, notes: &[String]) -> Error {
    match error {
        Error::Argument { name, found, expected } if !notes.is_empty() => {
            Error::Argument { name, found, expected: format!("{expected}; {}", notes.join("; ")) }
        }
        error => error,
    }
}
