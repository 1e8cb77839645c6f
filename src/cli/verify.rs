//! `ascribe verify`: training again without the examples of greatest effect.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use crate::attribution::METHODS;
use crate::error::{Error, Result};
use crate::session::{
    Attributor, Context, Fidelity, Order, REMOVAL, compare_with_retraining, smoothness, smoothness_in_words,
};

use super::Outcome;
use super::answer::{self, Queries};
use super::arguments::{Line, with_flag_names};
use super::certificate::{Certified, Solve};
use super::output::{self, Progress, number, or_unknown, table};
use super::question::{Question, Run, count};
use super::shown::{Example, Query, headings, notes_in_words};

/// From this many examples on, an agreement means something.
const FEWEST: usize = 3;

/// What this command says of its own.
#[derive(Debug, Serialize)]
struct Verified<'a> {
    #[serde(flatten)]
    queries: Queries<'a, Found>,
    fidelity: Option<Judged>,
    corrected_fidelity: Option<Judged>,
}

#[derive(Debug, Serialize)]
struct Found {
    value: f64,
    solve: Option<Solve>,
    /// One list: `facts` or `rows`.
    #[serde(flatten)]
    pairs: BTreeMap<&'static str, Vec<Pair>>,
    together: Option<Together>,
}

/// The change on removal of one example, as predicted and as it is.
#[derive(Debug, Serialize)]
struct Pair {
    #[serde(flatten)]
    example: Example,
    predicted_change: f64,
    corrected_change: Option<f64>,
    leverage: Option<f64>,
    leverage_is_high: Option<bool>,
    true_change: Option<f64>,
    retrained: bool,
    /// Why there is no answer, where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    undetermined: Option<String>,
}

/// The change on removal of all of them together.
#[derive(Debug, Serialize)]
struct Together {
    /// One list of numbers: `examples` or `rows`.
    #[serde(flatten)]
    numbers: BTreeMap<&'static str, Vec<u64>>,
    predicted_change: Option<f64>,
    newton_change: Option<f64>,
    true_change: Option<f64>,
    retrained: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    undetermined: Option<String>,
}

/// Whether attribution can work, as JSON.
#[derive(Debug, Serialize)]
struct Smoothness<'a> {
    command: &'static str,
    run: &'a Path,
    smoothness: f64,
    verdict: &'static str,
    /// Why it is not kept with the run, where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_kept: Option<String>,
}

/// An agreement with what it says of the predictions.
#[derive(Debug, Serialize)]
struct Judged {
    #[serde(flatten)]
    fidelity: Fidelity,
    verdict: String,
}

impl Judged {
    fn of(fidelity: Fidelity) -> Self {
        Self { fidelity, verdict: fidelity.verdict() }
    }
}

impl Found {
    fn pairs(&self) -> impl Iterator<Item = &Pair> {
        self.pairs.values().flatten()
    }
}

pub(super) fn verify(line: &Line, context: &Arc<Context>) -> Outcome {
    let progress = Progress::new("loading");
    let run = Run::open(line)?;
    if line.has("smoothness") {
        progress.at("training three times with nudged weights".into());
        let found = smoothness(context, &run.model, &progress.monitor())?;
        drop(progress);
        // A folder that cannot be written is no reason not to say it.
        let not_kept = run.model.save(&run.folder).err().map(|error| error.to_string());
        let (run, smoothness, verdict) = (&run.folder, found, smoothness_in_words(found));
        return Ok(match line.has("json") {
            true => output::json(&Smoothness { command: "verify", run, smoothness, verdict, not_kept })?,
            false => {
                let note = not_kept.map(|why| format!("  not kept with the run: {why}\n")).unwrap_or_default();
                format!("smoothness of the training: {} of 1: {verdict}\n{note}", number(smoothness))
            }
        });
    }
    let count = count(line, &run)?;
    let (data, what) = (run.data()?, headings(run.data()?).1);
    if count >= data.len() {
        let expected = format!("fewer than the {} training {what}s: something must be left to train on", data.len());
        return Err(Error::argument("-k", count, expected).into());
    }
    if run.method.unit != REMOVAL {
        let removing: Vec<&str> =
            METHODS.iter().filter(|method| method.unit == REMOVAL).map(|method| method.name).collect();
        return Err(Error::Unsupported {
            what: format!("comparing scores of the unit {:?} with training again", run.method.unit),
            hint: format!("choose a --method whose unit is removal: {}", removing.join(", ")),
        }
        .into());
    }
    run.model.require_minimum()?;
    let question = Question::of(line, context, &run, &[])?;
    progress.at(format!("preparing {}", run.method.name));
    let attributor = run.attributor(line, context, question.data.len(), &progress.monitor())?;
    let queries = question.queries.len();
    let mut found = Vec::with_capacity(queries);
    for query in 0..queries {
        progress.at(format!("query {} of {queries}: training again without up to {count} {what}s", query + 1));
        found.push(one(context, (&run, &attributor), &question, (query, count), &progress)?);
    }
    drop(progress);
    // Those that there is a truth to compare with.
    let pairs: Vec<(&Pair, f64)> =
        found.iter().flat_map(Found::pairs).filter_map(|pair| Some((pair, pair.true_change?))).collect();
    let truth: Vec<f64> = pairs.iter().map(|(_, truth)| *truth).collect();
    let fidelity = |predicted: fn(&Pair) -> Option<f64>| -> Result<Option<Fidelity>> {
        match pairs.iter().map(|(pair, _)| predicted(pair)).collect::<Option<Vec<f64>>>() {
            Some(predicted) if pairs.len() >= FEWEST => Fidelity::of(&predicted, &truth).map(Some),
            _ => Ok(None),
        }
    };
    let plain = fidelity(|pair| Some(pair.predicted_change))?;
    let corrected = fidelity(|pair| pair.corrected_change)?;
    let mut certified = Certified::of(line, &run, &attributor)?;
    certified.converged &= pairs.iter().all(|(pair, _)| pair.retrained)
        && found
            .iter()
            .filter_map(|found| found.together.as_ref())
            .all(|all| all.retrained || all.undetermined.is_some());
    if line.has("json") {
        let queries = Queries::of(line, &run, &question, &found);
        let body = Verified { queries, fidelity: plain.map(Judged::of), corrected_fidelity: corrected.map(Judged::of) };
        return Ok(answer::json("verify", &run, Some(&question), &certified, body)?);
    }
    let mut text = notes_in_words(&question.notes);
    for (query, found) in question.queries.iter().zip(&found) {
        text += &in_words(&run, &question, query, found)?;
    }
    for (which, fidelity) in [("predicted", &plain), ("leave-one-out", &corrected)] {
        let Some(fidelity) = fidelity else { continue };
        text += &format!(
            "fidelity of {which} changes over {} single {what}s: {}\n  true over predicted change {} (least squares), Pearson \
             {}, Spearman {}, slope with an intercept {}, greatest error {}\n",
            fidelity.count,
            fidelity.verdict(),
            or_unknown(fidelity.ratio),
            or_unknown(fidelity.pearson),
            or_unknown(fidelity.spearman),
            or_unknown(fidelity.slope),
            number(fidelity.maximum_error)
        );
    }
    Ok(certified.leading() + text.trim_end() + "\n" + &certified.in_words())
}

fn one(
    context: &Arc<Context>,
    (run, attributor): (&Run, &Attributor),
    question: &Question,
    (query, count): (usize, usize),
    progress: &Progress,
) -> Result<Found> {
    let monitor = progress.monitor();
    let (data, functional) = (run.data()?, Some(question.functional.as_str()));
    let query = question.data.select(&[query])?;
    let attribution = attributor.explain(&query, functional, &monitor)?;
    let top = attribution.top(0, Order::Largest, count)?;
    if top.is_empty() {
        return Err(Error::argument("the number of examples considered", 0, "at least one; try --scope all"));
    }
    let examples: Vec<usize> = top.iter().map(|(example, _)| *example as usize).collect();
    let corrected = match attribution.certificate(0) {
        Ok(_) => Some(attributor.leave_one_out(&query, functional, &examples, &monitor)?),
        Err(_) => None,
    };
    let mut sets: Vec<Vec<usize>> = examples.iter().map(|example| vec![*example]).collect();
    if examples.len() > 1 {
        sets.push(examples.clone());
    }
    let mut removals = compare_with_retraining(context, &run.model, attributor, (&query, functional), &sets, &monitor)?;
    let together = (removals.len() > examples.len()).then(|| removals.pop()).flatten();
    let mut pairs = Vec::with_capacity(examples.len());
    for (place, (removal, (_, score))) in removals.iter().zip(&top).enumerate() {
        let corrected = corrected.as_ref();
        pairs.push(Pair {
            example: Example::of(data, examples[place])?,
            predicted_change: *score,
            corrected_change: corrected.map(|found| found.scores[place]),
            leverage: corrected.map(|found| found.leverages[place]),
            leverage_is_high: corrected.map(|found| found.is_high(place)),
            true_change: known(removal.truth[0]),
            retrained: removal.reached,
            undetermined: removal.undetermined.clone(),
        });
    }
    let numbers: Vec<u64> = pairs.iter().map(|pair| pair.example.number()).collect();
    let [list, list_of_numbers] = if data.samples().is_ok() { ["rows"; 2] } else { ["facts", "examples"] };
    let together = together.map(|all| Together {
        numbers: [(list_of_numbers, numbers)].into(),
        predicted_change: known(all.predicted[0]),
        newton_change: all.newton.first().copied(),
        true_change: known(all.truth[0]),
        retrained: all.reached,
        undetermined: all.undetermined,
    });
    let pairs = [(list, pairs)].into();
    Ok(Found { value: attribution.value(0)?, solve: Solve::of(&attribution, 0), pairs, together })
}

/// A change that is not NaN.
fn known(change: f64) -> Option<f64> {
    Some(change).filter(|change| !change.is_nan())
}

fn in_words(run: &Run, question: &Question, query: &Query, found: &Found) -> Result<String> {
    let noun = question.noun();
    let (mut titles, what) = headings(run.data()?);
    let text = question.heading(query, found.value, found.solve.as_ref());
    let mark = |retrained: bool, undetermined: Option<&String>, high: bool| match (undetermined, retrained, high) {
        (Some(_), ..) => "see below".to_owned(),
        (_, false, _) => "partial: the minimum was not reached".to_owned(),
        (.., true) => "leverage is high".to_owned(),
        _ => String::new(),
    };
    let corrected = found.pairs().any(|pair| pair.corrected_change.is_some());
    let line = |mut cells: Vec<String>, changes: [Option<f64>; 2], between: Option<f64>, mark: String| {
        cells.push(or_unknown(changes[0]));
        if corrected {
            cells.push(or_unknown(between));
        }
        cells.extend([or_unknown(changes[1]), mark]);
        cells
    };
    let row = |pair: &Pair| {
        let mark = mark(pair.retrained, pair.undetermined.as_ref(), pair.leverage_is_high == Some(true));
        line(pair.example.cells(), [Some(pair.predicted_change), pair.true_change], pair.corrected_change, mark)
    };
    let mut rows: Vec<Vec<String>> = found.pairs().map(row).collect();
    if let Some(all) = &found.together {
        let between = if corrected { " (between: by Newton's step)" } else { "" };
        let mut cells = vec![String::new(); titles.len()];
        cells[0] = "all".to_owned();
        cells[titles.len() - 1] = format!("of them together{between}");
        let mark = mark(all.retrained, all.undetermined.as_ref(), false);
        rows.push(line(cells, [all.predicted_change, all.true_change], all.newton_change, mark));
    }
    titles.push(">predicted");
    if corrected {
        titles.push(">leave-one-out");
    }
    titles.extend([">true", ""]);
    let of_pair = |pair: &Pair| Some(format!("  {what} {}: {}\n", pair.example.number(), pair.undetermined.as_ref()?));
    let mut notes: String = found.pairs().filter_map(of_pair).collect();
    if let Some(why) = found.together.as_ref().and_then(|all| all.undetermined.as_ref()) {
        notes += &format!("  all together: {why}\n");
    }
    Ok(format!(
        "{text}\n\nchange of {noun} without the {what}, as predicted by {} and after training again:\n{}{}\n",
        run.method.name,
        table(&titles, &rows),
        with_flag_names(&notes)
    ))
}
