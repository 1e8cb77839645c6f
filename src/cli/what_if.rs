//! `ascribe whatif`: what a prediction would be on another training set.

use std::sync::Arc;

use serde::Serialize;

use crate::data::RowRange;
use crate::error::{Error, Result};
use crate::session::{Context, TrainingChange, WhatIfStep, table};

use super::Outcome;
use super::answer::{self, Found};
use super::arguments::Line;
use super::certificate::Certified;
use super::output::{self, Progress, change, number, or_unknown, plain};
use super::question::{Question, Run};
use super::shown::{Example, in_words as target_in_words, named, notes_in_words};

/// What this command says of its own.
#[derive(Debug, Serialize)]
struct Predicted<'a> {
    changes: &'a [Changed],
    target_error: Option<f64>,
    reached: bool,
    left_out: usize,
    #[serde(skip)]
    notes: &'a [String],
    queries: Vec<Found<'a, Prediction>>,
    levels: &'a [WhatIfStep],
}

#[derive(Debug, Serialize)]
struct Changed {
    #[serde(flatten)]
    example: Example,
    change: &'static str,
    label: Option<String>,
    weight: Option<f64>,
}

/// The last level's prediction for a query.
#[derive(Debug, Serialize)]
struct Prediction {
    before: f64,
    after: f64,
    change: f64,
    estimated_error: f64,
}

pub(super) fn what_if(line: &Line, context: &Arc<Context>) -> Outcome {
    let progress = Progress::new("loading");
    let run = Run::open(line)?;
    let (places, changes, changed) = changes(line, &run)?;
    if line.text("until") == Some("retrained") {
        run.model.require_minimum()?;
    }
    let question = Question::of(line, context, &run, &places)?;
    progress.at(format!("preparing {}", run.method.name));
    let monitor = progress.monitor();
    let attributor = run.attributor(line, context, question.data.len(), &monitor)?;
    progress.at("predicting".into());
    let options = line.options.only(table("what-if")?);
    let functional = Some(question.functional.as_str());
    let found = attributor.what_if(&question.data, functional, &changes, &options, &monitor)?;
    drop(progress);
    let Some(last) = found.steps.last() else {
        return Err(Error::argument("the levels of prediction", "none", "at least one").into());
    };
    let mut certified = Certified::of(line, &run, &attributor)?;
    let partial = last.level == "retrained" && !last.at_minimum;
    certified.converged &= !partial;
    let prediction = |place: usize| Prediction {
        before: found.before[place],
        after: found.before[place] + last.changes[place],
        change: last.changes[place],
        estimated_error: last.errors[place],
    };
    let queries = question.queries.iter().enumerate();
    let predicted = Predicted {
        changes: &changed,
        target_error: line.text("target_error").and_then(|text| text.parse().ok()),
        reached: found.reached,
        left_out: question.left_out,
        notes: &question.notes,
        queries: queries.map(|(place, query)| Found { query, found: prediction(place) }).collect(),
        levels: &found.steps,
    };
    if line.has("json") {
        return Ok(answer::json("whatif", &run, Some(&question), &certified, predicted)?);
    }
    Ok(certified.leading() + &in_words(&predicted, &question.noun()) + &certified.in_words())
}

/// The changes that were asked for, in the order remove, relabel, reweight: places, changes, and how they are shown.
fn changes(line: &Line, run: &Run) -> Result<(Vec<usize>, Vec<TrainingChange>, Vec<Changed>)> {
    let model = &run.model;
    let mut found: Vec<(usize, TrainingChange, Changed)> = Vec::new();
    let of = |place: usize, change| -> Result<Changed> {
        Ok(Changed { example: Example::of(run.data()?, place)?, change, label: None, weight: None })
    };
    let one = |number: u64, what: &str| -> Result<usize> {
        Ok(model.examples(&[RowRange { first: number, last: number }], what)?[0])
    };
    let kind = if run.data()?.samples().is_ok() { "row" } else { "fact" };
    let removed: Vec<RowRange> = line.list("remove").unwrap_or_default();
    for place in model.examples(&removed, &format!("a {kind} to remove"))? {
        found.push((place, TrainingChange::Remove(place), of(place, "remove")?));
    }
    for (row, label) in line.list::<(u64, String)>("relabel").unwrap_or_default() {
        let place = one(row, &format!("a {kind} to relabel"))?;
        let change = TrainingChange::Replace(place, model.relabeled(place, &label)?, 0);
        found.push((place, change, Changed { label: Some(label), ..of(place, "relabel")? }));
    }
    for (row, weight) in line.list::<(u64, f64)>("reweight").unwrap_or_default() {
        let place = one(row, &format!("a {kind} to reweight"))?;
        let changed = Changed { weight: Some(weight), ..of(place, "reweight")? };
        found.push((place, TrainingChange::Reweight(place, weight), changed));
    }
    let mut places: Vec<usize> = found.iter().map(|(place, ..)| *place).collect();
    places.sort_unstable();
    // The library counts places, and who asks counts rows of the file.
    if let Some(pair) = places.windows(2).find(|pair| pair[0] == pair[1]) {
        let number = Example::of(run.data()?, pair[0])?.number();
        return Err(Error::argument(
            format!("a training {kind}"),
            format!("{number}, changed twice"),
            "one change each",
        ));
    }
    let places = found.iter().map(|(place, ..)| *place).collect();
    let (changes, changed) = found.into_iter().map(|(_, change, changed)| (change, changed)).unzip();
    Ok((places, changes, changed))
}

/// A weight in as few characters as give it back.
fn shortest(weight: f64) -> String {
    if weight == 0.0 || (1e-4..1e7).contains(&weight.abs()) { weight.to_string() } else { format!("{weight:e}") }
}

fn done(changed: &Changed) -> String {
    let what = match &changed.example {
        Example::Row { row, id, .. } => named(*row, id.as_deref()),
        Example::Fact { example, head, relation, tail } => plain(&format!("fact {example} ({head} {relation} {tail})")),
    };
    match (&changed.label, changed.weight, &changed.example) {
        (Some(label), _, Example::Row { target, .. }) => {
            format!("{what} has the label {} (now {})", plain(label), target_in_words(target))
        }
        (_, Some(weight), _) => format!("{what} has the weight {}", shortest(weight)),
        _ => format!("{what} is removed"),
    }
}

fn in_words(answer: &Predicted<'_>, noun: &str) -> String {
    const NAMED: usize = 10;
    let mut all: Vec<String> = answer.changes.iter().take(NAMED).map(done).collect();
    if answer.changes.len() > NAMED {
        all.push(format!("{} more are changed ({} in all)", answer.changes.len() - NAMED, answer.changes.len()));
    }
    let mut text = notes_in_words(answer.notes) + &format!("if {}:\n", all.join(", "));
    for (place, Found { query, found }) in answer.queries.iter().enumerate() {
        let Prediction { before, after, change: by, .. } = found;
        text += &format!("\n{}\n  {noun} {} (from {})\n", query.sentence(), change(*by, *after), number(*before));
        let row = |level: &WhatIfStep| {
            let error = or_unknown(Some(level.errors[place]).filter(|error| !error.is_nan()));
            let short = level.level == "retrained" && !level.at_minimum;
            let name = if short { "retrained, short of the minimum" } else { level.level };
            vec![name.to_owned(), number(level.changes[place]), error]
        };
        let rows: Vec<Vec<String>> = answer.levels.iter().map(row).collect();
        text += &output::table(&["level", ">predicted change", ">off by about"], &rows);
    }
    if !answer.reached {
        text +=
            "\nWARNING: --target-error was not reached at the last level: go further with --until, or ask for less\n";
    }
    text
}
