//! `ascribe explain`: which training examples a prediction is due to.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use crate::attribution::TAIL;
use crate::attribution::replay::{CHAOTIC, growth_in_words};
use crate::data::RowRange;
use crate::error::{Result, counted};
use crate::options::Options;
use crate::session::{
    Attribution, Attributor, CHAOTIC_SMOOTHNESS, Context, LeaveOneOutScores, Monitor, Order, REMOVAL, TrainingChange,
    smoothness_in_words,
};
use crate::solve::Plan;

use super::answer::{self, Queries};
use super::arguments::Line;
use super::certificate::{Certified, Solve};
use super::output::{self, Progress, change, number, or_unknown, plain};
use super::question::{Question, Run, count};
use super::scores::Matrix;
use super::shown::{Example, Query, headings, notes_in_words, table_of};
use super::{Outcome, self_scores};

/// So many queries are worked on between two signs of life.
const TOGETHER: usize = 32;

/// Up to so many examples are corrected by their leverage without being asked, where the curvature is factored.
const CORRECTED: usize = 400;

/// How many features of an example are shown.
const FEATURES: usize = 5;

/// What this command says of its own.
#[derive(Debug, Serialize)]
struct Explained<'a> {
    #[serde(flatten)]
    queries: Queries<'a, Found>,
    without: Option<Without>,
    scores: Option<Written>,
}

#[derive(Debug, Default, Serialize)]
struct Found {
    value: f64,
    considered: Option<usize>,
    /// Of methods that walk back through the training: how the derivative grew there, and what that says of the scores.
    growth: Option<f64>,
    reliability: Option<&'static str>,
    /// Of scores of gas: how heavy their upper tail is, by which the target of an attack may stand out.
    upper_tail: Option<f64>,
    solve: Option<Solve>,
    /// The examples of greatest score under the names of [`Query::lists`].
    #[serde(flatten)]
    effects: BTreeMap<&'static str, Option<Vec<Effect>>>,
}

#[derive(Debug, Serialize)]
struct Effect {
    #[serde(flatten)]
    example: Example,
    score: f64,
    /// The score, where it predicts the change that removing the example makes.
    change: Option<f64>,
    exact: bool,
    error_bound: Option<f64>,
    leverage: Option<f64>,
    leverage_is_high: Option<bool>,
    corrected_change: Option<f64>,
    inputs: Option<Vec<Feature>>,
}

/// What the functional would change by for each unit that a feature of a training row moves by. The unit is that of the
/// number the model reads.
#[derive(Debug, Serialize)]
struct Feature {
    feature: String,
    change_per_unit: f64,
}

/// The change that removing several examples together is predicted to make.
#[derive(Debug, Serialize)]
struct Without {
    examples: Vec<Example>,
    value: f64,
    change: f64,
}

#[derive(Debug, Serialize)]
struct Written {
    file: PathBuf,
    queries: usize,
    examples: usize,
}

struct Work<'w> {
    line: &'w Line,
    run: &'w Run,
    question: &'w Question,
    attributor: &'w Attributor,
    count: usize,
    /// Whether scores are predicted changes on removal.
    removal: bool,
    /// Whether scores are solved for.
    solved: bool,
    leverage: bool,
    features: Vec<String>,
}

pub(super) fn explain(line: &Line, context: &Arc<Context>) -> Outcome {
    let progress = Progress::new("loading");
    let run = Run::open(line)?;
    let count = count(line, &run)?;
    if line.has("self") {
        return self_scores::rank(line, context, &run, count, progress);
    }
    let question = Question::of(line, context, &run, &[])?;
    let (queries, data) = (question.data.len(), run.data()?);
    if line.has("plan") {
        return plan(line, context, &run, queries);
    }
    let path = line.list::<PathBuf>("scores").and_then(|mut paths| paths.pop());
    let mut matrix = path.as_ref().map(|path| Matrix::create(path, queries, &numbers(&run)?)).transpose()?;
    progress.at(format!("preparing {}", run.method.name));
    let monitor = progress.monitor();
    let attributor = run.attributor(line, context, queries, &monitor)?;
    let diagnostics = attributor.diagnostics().ok();
    let factored = diagnostics.as_ref().is_some_and(|found| found.factored);
    let work = Work {
        line,
        run: &run,
        question: &question,
        attributor: &attributor,
        count,
        removal: run.method.unit == REMOVAL,
        solved: diagnostics.is_some(),
        leverage: line.has("leverage") || factored && count.saturating_mul(2 * queries) <= CORRECTED,
        features: data.feature_names(),
    };
    let mut found = Vec::with_capacity(queries);
    let mut without = None;
    if let Some(examples) = line.list("without") {
        let (value, removed) = work.without(&examples, &monitor)?;
        let effects = question.queries[0].lists().map(|name| (name, None)).into();
        found.push(Found { value, effects, ..Found::default() });
        without = Some(removed);
    } else {
        let places: Vec<usize> = (0..queries).collect();
        for block in places.chunks(TOGETHER) {
            progress.at(format!("query {} of {queries}", block[0] + 1));
            found.extend(work.block(block, matrix.as_mut(), &monitor)?);
        }
    }
    if let Some(matrix) = matrix {
        matrix.finish()?;
    }
    drop(progress);
    let certified = Certified::of(line, &run, &attributor)?;
    let scores = path.map(|file| Written { file, queries, examples: data.len() });
    if line.has("json") {
        let queries = Queries::of(line, &run, &question, &found);
        let body = Explained { queries, without, scores };
        return Ok(answer::json("explain", &run, Some(&question), &certified, body)?);
    }
    let mut text = certified.leading() + &notes_in_words(&question.notes);
    text += &match &without {
        Some(without) => work.without_in_words(found[0].value, without)?,
        None => work.in_words(&found)?,
    };
    text += &certified.in_words();
    if let Some(Written { file, queries, examples }) = scores {
        let file = plain(&file.display().to_string());
        let queries = if queries == 1 { "1 query".to_owned() } else { format!("{queries} queries") };
        let examples = counted(examples, "training example");
        text += &format!("  all scores, {queries} by {examples}, are in {file}\n");
    }
    Ok(text)
}

pub(super) fn numbers(run: &Run) -> Result<Vec<u64>> {
    let data = run.data()?;
    match data.samples() {
        Ok(samples) => Ok(samples.rows.clone()),
        Err(_) => Ok((0..data.len() as u64).collect()),
    }
}

/// What each solver would cost, as JSON.
#[derive(Debug, Serialize)]
struct Planned<'a> {
    command: &'static str,
    run: &'a PathBuf,
    method: &'static str,
    examples: usize,
    parameters: usize,
    queries: usize,
    #[serde(flatten)]
    plan: &'a Plan,
}

pub(super) fn plan(line: &Line, context: &Arc<Context>, run: &Run, queries: usize) -> Outcome {
    let options = line.options.only(run.method.table).with("queries", queries);
    let plan = &Attributor::plan(context, &run.model, None, &options, &Monitor::none())?;
    let (examples, parameters) = (run.data()?.len(), plan.dimension);
    if line.has("json") {
        let run = &run.folder;
        let planned = Planned { command: "explain", run, method: "plan", examples, parameters, queries, plan };
        return Ok(output::json(&planned)?);
    }
    Ok(format!(
        "{examples} examples, {parameters} parameters, {queries} queries; a product is one pass over the examples\n{plan}"
    ))
}

impl Work<'_> {
    /// Some queries with the examples of greatest score for each; their scores go into the matrix.
    fn block(&self, block: &[usize], matrix: Option<&mut Matrix>, monitor: &Monitor) -> Result<Vec<Found>> {
        let Self { attributor, question, .. } = self;
        let queries = question.data.select(block)?;
        let functional = Some(question.functional.as_str());
        let attribution = attributor.explain(&queries, functional, monitor)?;
        if let Some(matrix) = matrix {
            let examples = self.run.data()?.len();
            for (number, place) in block.iter().enumerate() {
                let mut row = vec![f64::NAN; examples];
                attribution.scores(number)?.iter().for_each(|(example, score)| row[*example as usize] = *score);
                matrix.write(&question.queries[*place].row_name(*place), &row)?;
            }
        }
        let top = |query, order| -> Result<Vec<(usize, f64)>> {
            let found = attribution.top(query, order, self.count)?;
            Ok(found.into_iter().map(|(example, score)| (example as usize, score)).collect())
        };
        let mut shown = Vec::with_capacity(block.len());
        for query in 0..block.len() {
            shown.push([top(query, Order::Negative)?, top(query, Order::Positive)?]);
        }
        let mut all: Vec<usize> = shown.iter().flatten().flatten().map(|(example, _)| *example).collect();
        all.sort_unstable();
        all.dedup();
        let mut extra = Extra { examples: all, ..Extra::default() };
        if self.solved && !extra.examples.is_empty() {
            extra.bounds = attributor.error_bounds(&queries, functional, &extra.examples, monitor)?;
        }
        if self.leverage && !extra.examples.is_empty() {
            extra.corrected = Some(attributor.leave_one_out(&queries, functional, &extra.examples, monitor)?);
        }
        let tailed = self.run.method.name == "gas";
        let mut found = Vec::with_capacity(block.len());
        for (query, lists) in shown.into_iter().enumerate() {
            let mut inputs = Vec::new();
            if self.line.has("inputs") {
                let examples: Vec<usize> = lists.iter().flatten().map(|(example, _)| *example).collect();
                // One query has been solved for already; of several each is solved for by itself.
                let one = queries.select(&[query])?;
                inputs = attributor.input_effects(&one, functional, None, &examples, monitor)?;
            }
            let mut inputs = inputs.iter().map(|effects| self.most_important(effects));
            let mut effects = BTreeMap::new();
            for (name, list) in question.queries[block[query]].lists().into_iter().zip(lists) {
                let effect =
                    |(example, score)| self.effect(&attribution, (query, example, score), &extra, inputs.next());
                effects.insert(name, Some(list.into_iter().map(effect).collect::<Result<Vec<_>>>()?));
            }
            found.push(Found {
                value: attribution.value(query)?,
                considered: Some(attribution.scores(query)?.len()),
                growth: attribution.growth(query)?,
                reliability: attribution.growth(query)?.map(growth_in_words),
                upper_tail: if tailed { attribution.upper_tail(query, TAIL)? } else { None },
                solve: Solve::of(&attribution, query),
                effects,
            });
        }
        Ok(found)
    }

    fn effect(
        &self,
        attribution: &Attribution,
        (query, example, score): (usize, usize, f64),
        extra: &Extra,
        inputs: Option<Vec<Feature>>,
    ) -> Result<Effect> {
        let place = extra.examples.binary_search(&example).unwrap_or_default();
        let at = |values: &[f64]| values.get(query * extra.examples.len() + place).copied();
        let corrected = extra.corrected.as_ref();
        Ok(Effect {
            example: Example::of(self.run.data()?, example)?,
            score,
            change: self.removal.then_some(score),
            exact: self.removal
                && !self.solved
                && attribution.first_order(query)?.binary_search(&(example as u64)).is_err(),
            error_bound: at(&extra.bounds).filter(|bound| !bound.is_nan()),
            leverage: corrected.map(|found| found.leverages[place]),
            leverage_is_high: corrected.map(|found| found.is_high(place)),
            corrected_change: corrected.and_then(|found| at(&found.scores)),
            inputs,
        })
    }

    /// The features that matter most.
    fn most_important(&self, effects: &[f64]) -> Vec<Feature> {
        let mut order: Vec<usize> = (0..effects.len()).collect();
        order.sort_by(|a, b| effects[*b].abs().total_cmp(&effects[*a].abs()).then(a.cmp(b)));
        order.truncate(FEATURES);
        let name = |place: usize| self.features.get(place).cloned().unwrap_or_else(|| format!("feature {place}"));
        let feature = |place| Feature { feature: name(place), change_per_unit: effects[place] };
        order.into_iter().map(feature).collect()
    }

    /// The functional now, and with some examples removed together.
    fn without(&self, numbers: &[RowRange], monitor: &Monitor) -> Result<(f64, Without)> {
        let examples = self.run.model.examples(numbers, "an example to remove")?;
        let changes: Vec<TrainingChange> = examples.iter().map(|example| TrainingChange::Remove(*example)).collect();
        let Question { data: queries, functional, .. } = self.question;
        let found = self.attributor.what_if(queries, Some(functional), &changes, &Options::new(), monitor)?;
        let before = found.before.first().copied().unwrap_or(f64::NAN);
        let change = found.steps.last().and_then(|step| step.changes.first().copied()).unwrap_or(f64::NAN);
        let data = self.run.data()?;
        let examples = examples.into_iter().map(|example| Example::of(data, example)).collect::<Result<_>>()?;
        Ok((before, Without { examples, value: before + change, change }))
    }

    fn without_in_words(&self, before: f64, without: &Without) -> Result<String> {
        Ok(format!(
            "{}\n\nwithout these together {} {} (from {}):\n{}",
            self.question.queries[0].sentence(),
            self.question.noun(),
            change(without.change, without.value),
            number(before),
            table_of(self.run.data()?, &without.examples.iter().collect::<Vec<_>>(), Vec::new())
        ))
    }

    fn in_words(&self, found: &[Found]) -> Result<String> {
        let noun = self.question.noun();
        let data = self.run.data()?;
        let what = headings(data).1;
        let (method, penalty) = (self.run.method, self.run.model.penalty_in_words()?);
        let mut text = String::new();
        for (query, found) in self.question.queries.iter().zip(found) {
            let smoothness = self.run.model.smoothness();
            let chaotic = smoothness.is_some_and(|smoothness| smoothness < CHAOTIC_SMOOTHNESS);
            if chaotic || found.growth.is_some_and(|growth| growth > CHAOTIC) {
                text += "CHAOTIC: no method of first order predicts removal from this training; use ascribe verify\n";
            }
            text += &self.question.heading(query, found.value, found.solve.as_ref());
            text += &format!(
                "\n  {} of {} training examples considered by {}; unit of scores: {}{}\n",
                found.considered.unwrap_or_default(),
                data.len(),
                method.name,
                method.unit,
                penalty.map(|penalty| format!("; {penalty}")).unwrap_or_default()
            );
            if let (Some(growth), Some(reliability)) = (found.growth, found.reliability) {
                text += &format!(
                    "  the derivative grew {growth:.1} times on its way back through the training: {reliability}\n"
                );
            }
            if let Some(tail) = found.upper_tail {
                let of = format!("the {TAIL}th largest score less the median, over the spread");
                text +=
                    &format!("  upper tail: {} ({of}); the target of an attack may stand out by it\n", number(tail));
            }
            if method.name == "rollback" {
                text += &match self.attributor.calibration() {
                    Some(calibration) => format!("  all changes are predicted, {}\n", calibration.in_words()),
                    None if self.run.model.training().is_ok_and(|training| training.given) => {
                        "  all changes are predicted, and cannot be measured here: the model was trained elsewhere\n"
                            .to_owned()
                    }
                    None => "  all changes are predicted, and not measured: ascribe verify trains again\n".to_owned(),
                };
            }
            if let Some(smoothness) = smoothness {
                let verdict = smoothness_in_words(smoothness);
                text += &format!("  smoothness of the training: {} of 1: {verdict}\n", number(smoothness));
            }
            for (word, [end, verb]) in query.lists().into_iter().zip([["lowest", "fall"], ["highest", "rise"]]) {
                let title = match (self.removal, query) {
                    (true, Query::Fact(_)) => {
                        format!("{word}: without one of these {what}s {noun} is predicted to {verb}")
                    }
                    (true, Query::Row(_)) => {
                        format!("without one of these training {what}s {noun} is predicted to {verb}")
                    }
                    (false, _) => format!("training {what}s of {end} score"),
                };
                text += &match found.effects[word].as_deref().unwrap_or_default() {
                    [] => format!("\n{title}: none\n"),
                    effects => format!("\n{title}:\n{}", self.effects_in_words(effects, found.value)?),
                };
            }
            text.push('\n');
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
        Ok(text)
    }

    /// A table of examples, with the columns that there are.
    fn effects_in_words(&self, effects: &[Effect], value: f64) -> Result<String> {
        let mut columns = Vec::new();
        let mut column = |title: &'static str, cell: &dyn Fn(&Effect) -> String| {
            columns.push((title, effects.iter().map(cell).collect::<Vec<_>>()));
        };
        if self.removal {
            let about = |effect: &Effect| if effect.exact || self.solved { "" } else { "about " };
            column(">by", &|effect| format!("{}{}", about(effect), number(effect.score)));
            column(">to", &|effect| number(value + effect.score));
        } else {
            column(">score", &|effect| number(effect.score));
        }
        if self.leverage {
            column(">leave-one-out", &|effect| or_unknown(effect.corrected_change));
        }
        if self.solved {
            column(">off by at most", &|effect| or_unknown(effect.error_bound));
        }
        if self.leverage {
            let mark = |effect: &Effect| if effect.leverage_is_high == Some(true) { " HIGH" } else { "" };
            column("leverage", &|effect| or_unknown(effect.leverage) + mark(effect));
        }
        let examples: Vec<&Example> = effects.iter().map(|effect| &effect.example).collect();
        let mut text = table_of(self.run.data()?, &examples, columns);
        for effect in effects {
            let Some(inputs) = &effect.inputs else { continue };
            let feature =
                |feature: &Feature| format!("{} {}", plain(&feature.feature), number(feature.change_per_unit));
            let list: Vec<String> = inputs.iter().map(feature).collect();
            text += &format!(
                "  predicted change for each unit of a feature of row {}, as the model reads it: {}\n",
                effect.example.number(),
                list.join(", ")
            );
        }
        Ok(text)
    }
}

/// What is known of the examples shown, ascending, beyond their scores; numbers are query by query.
#[derive(Debug, Default)]
struct Extra {
    examples: Vec<usize>,
    bounds: Vec<f64>,
    corrected: Option<LeaveOneOutScores>,
}
