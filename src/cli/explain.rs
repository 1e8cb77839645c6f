//! `ascribe explain`: which training examples a prediction is due to.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use crate::data::RowRange;
use crate::error::Result;
use crate::options::Options;
use crate::session::{
    Attribution, Attributor, Context, LeaveOneOutScores, Monitor, Order, REMOVAL, TrainingChange, describe_plan,
};

use super::arguments::Line;
use super::certificate::{Certified, Solve};
use super::output::{self, Progress, change, number, or_unknown, plain, table};
use super::question::{Question, Run, count};
use super::scores::Matrix;
use super::shown::{Asked, Example, headings, left_out_in_words};
use super::{Outcome, self_scores};

/// So many queries are worked on between two signs of life.
const TOGETHER: usize = 32;

/// Up to so many examples are corrected by their leverage without being asked, where the curvature is factored.
const CORRECTED: usize = 400;

/// How many features of an example are shown.
const FEATURES: usize = 5;

/// The answer as JSON.
#[derive(Debug, Serialize)]
struct Explained<'a> {
    command: &'static str,
    run: &'a PathBuf,
    method: &'static str,
    unit: &'static str,
    functional: &'a str,
    #[serde(flatten)]
    certified: Certified,
    #[serde(flatten)]
    answer: Answer<'a>,
}

/// The part that differs: one fact, or any number of rows.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Answer<'a> {
    Fact {
        prediction: &'a Asked,
        value: f64,
        scope: Option<String>,
        considered: Option<usize>,
        solve: Option<Solve>,
        supporting: Option<Vec<Effect>>,
        opposing: Option<Vec<Effect>>,
        without: Option<Without>,
        scores: Option<Written>,
    },
    Rows {
        left_out: usize,
        queries: Vec<Row<'a>>,
        scores: Option<Written>,
    },
}

/// A row that is asked about, with its scores.
#[derive(Debug, Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    asked: &'a Asked,
    value: f64,
    solve: Option<Solve>,
    raising: Vec<Effect>,
    lowering: Vec<Effect>,
}

/// A query with the examples of greatest score.
#[derive(Debug)]
struct Found {
    value: f64,
    considered: usize,
    solve: Option<Solve>,
    /// Above zero, the highest first.
    positive: Vec<Effect>,
    /// Below zero, the lowest first.
    negative: Vec<Effect>,
}

/// A training example with its score.
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

/// Where the matrix of scores is.
#[derive(Debug, Serialize)]
struct Written {
    file: PathBuf,
    queries: usize,
    examples: usize,
}

/// What is common to all queries.
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

/// Explains predictions.
pub(super) fn explain(line: &Line, context: &Arc<Context>) -> Outcome {
    let progress = Progress::new("loading");
    let run = Run::open(line)?;
    let count = count(line, &run)?;
    if line.has("self") {
        return self_scores::rank(line, context, &run, count, progress);
    }
    let question = Question::of(line, context, &run, &[])?;
    let (queries, data) = (question.queries.len(), run.data()?);
    if line.has("plan") {
        return plan(line, context, &run, queries);
    }
    let mut matrix = match line.paths("scores") {
        Some(paths) => Some(Matrix::create(&paths[0], queries, &numbers(&run)?)?),
        None => None,
    };
    progress.at(format!("preparing {}", run.method.name));
    let monitor = progress.monitor();
    let attributor = run.attributor(line, context, queries, &monitor)?;
    let found = attributor.diagnostics().ok();
    let cheap = found.as_ref().is_some_and(|found| found.factored) && count.saturating_mul(2 * queries) <= CORRECTED;
    let work = Work {
        line,
        run: &run,
        question: &question,
        attributor: &attributor,
        count,
        removal: run.method.unit == REMOVAL,
        solved: found.is_some(),
        leverage: line.has("leverage") || cheap,
        features: data.feature_names(),
    };
    let scope = line.in_force(run.method.table, "scope");
    let mut found = Vec::with_capacity(queries);
    let mut without = None;
    if let Some(examples) = line.list("without") {
        without = Some(work.without(&examples, &monitor)?);
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
    let written =
        line.paths("scores").map(|mut paths| Written { file: paths.remove(0), queries, examples: data.len() });
    if !line.has("json") {
        let mut text = left_out_in_words(question.left_out);
        text += &match &without {
            Some((before, without)) => work.without_in_words(*before, without)?,
            None => work.in_words(&found)?,
        };
        text += &certified.in_words();
        if let Some(Written { file, queries, examples }) = written {
            let file = plain(&file.display().to_string());
            text += &format!("  all scores, {queries} queries by {examples} training examples, are in {file}\n");
        }
        return Ok(text);
    }
    let answer = match question.asked.as_slice() {
        [prediction @ Asked::Fact(_)] => {
            let (value, without) = without.map_or((f64::NAN, None), |(value, without)| (value, Some(without)));
            let mut answer = Answer::Fact {
                prediction,
                value,
                scope,
                considered: None,
                solve: None,
                supporting: None,
                opposing: None,
                without,
                scores: written,
            };
            if let (Some(one), Answer::Fact { value, considered, solve, supporting, opposing, .. }) =
                (found.pop(), &mut answer)
            {
                (*value, *considered, *solve) = (one.value, Some(one.considered), one.solve);
                (*supporting, *opposing) = (Some(one.negative), Some(one.positive));
            }
            answer
        }
        asked => {
            let row = |(asked, found): (_, Found)| {
                let Found { value, solve, positive, negative, .. } = found;
                Row { asked, value, solve, raising: positive, lowering: negative }
            };
            let queries = asked.iter().zip(found).map(row).collect();
            Answer::Rows { left_out: question.left_out, queries, scores: written }
        }
    };
    let (method, unit) = (run.method.name, run.method.unit);
    let functional = &question.named;
    Ok(output::json(&Explained { command: "explain", run: &run.folder, method, unit, functional, certified, answer })?)
}

/// The numbers of all training examples.
pub(super) fn numbers(run: &Run) -> Result<Vec<u64>> {
    let data = run.data()?;
    match data.samples() {
        Ok(samples) => Ok(samples.rows.clone()),
        Err(_) => Ok((0..data.len() as u64).collect()),
    }
}

/// Shows what each solver would cost.
pub(super) fn plan(line: &Line, context: &Arc<Context>, run: &Run, queries: usize) -> Outcome {
    let options = line.options.only(run.method.table).with("queries", queries);
    let plan = Attributor::plan(context, &run.model, None, &options, &Monitor::none())?;
    let examples = run.data()?.len();
    if line.has("json") {
        let mut planned = serde_json::json!({
            "command": "explain",
            "run": run.folder,
            "method": "plan",
            "examples": examples,
            "parameters": plan.dimension,
            "queries": queries,
        });
        if let (Some(planned), serde_json::Value::Object(described)) = (planned.as_object_mut(), describe_plan(&plan)) {
            planned.extend(described);
        }
        return Ok(output::json(&planned)?);
    }
    let parameters = plan.dimension;
    Ok(format!(
        "{examples} examples, {parameters} parameters, {queries} queries; a product is one pass over the examples\n{plan}"
    ))
}

impl Work<'_> {
    /// Some queries with the examples of greatest score for each; their scores go into the matrix.
    fn block(&self, block: &[usize], matrix: Option<&mut Matrix>, monitor: &Monitor) -> Result<Vec<Found>> {
        let Self { attributor, question, .. } = self;
        let queries = question.queries.select(block)?;
        let functional = Some(question.functional.as_str());
        let attribution = attributor.explain(&queries, functional, monitor)?;
        if let Some(matrix) = matrix {
            let examples = self.run.data()?.len();
            for (number, place) in block.iter().enumerate() {
                let mut row = vec![f64::NAN; examples];
                attribution.scores(number)?.iter().for_each(|(example, score)| row[*example as usize] = *score);
                matrix.write(&self.row_name(*place), &row)?;
            }
        }
        let top = |query, order| -> Result<Vec<(usize, f64)>> {
            let found = attribution.top(query, order, self.count)?;
            Ok(found.into_iter().map(|(example, score)| (example as usize, score)).collect())
        };
        let mut shown = Vec::with_capacity(block.len());
        for query in 0..block.len() {
            shown.push([top(query, Order::Positive)?, top(query, Order::Negative)?]);
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
        let mut found = Vec::with_capacity(block.len());
        for (query, lists) in shown.into_iter().enumerate() {
            let inputs = match self.line.has("inputs") {
                true => {
                    let examples: Vec<usize> = lists.iter().flatten().map(|(example, _)| *example).collect();
                    attributor.input_effects(&queries.select(&[query])?, functional, None, &examples, monitor)?
                }
                false => Vec::new(),
            };
            let mut inputs = inputs.iter().map(|effects| self.most_important(effects));
            let [positive, negative] = lists.map(|list| {
                let effect =
                    |(example, score)| self.effect(&attribution, (query, example, score), &extra, inputs.next());
                list.into_iter().map(effect).collect::<Result<Vec<_>>>()
            });
            found.push(Found {
                value: attribution.value(query)?,
                considered: attribution.scores(query)?.len(),
                solve: Solve::of(&attribution, query),
                positive: positive?,
                negative: negative?,
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

    /// What a query is called in the file of scores.
    fn row_name(&self, query: usize) -> String {
        match &self.question.asked[query] {
            Asked::Row(prediction) => prediction.row.to_string(),
            Asked::Fact(_) => query.to_string(),
        }
    }

    /// The functional now, and with some examples removed together.
    fn without(&self, numbers: &[RowRange], monitor: &Monitor) -> Result<(f64, Without)> {
        let examples = self.run.model.examples(numbers, "an example to remove")?;
        let changes: Vec<TrainingChange> = examples.iter().map(|example| TrainingChange::Remove(*example)).collect();
        let Question { queries, functional, .. } = self.question;
        let found = self.attributor.what_if(queries, Some(functional), &changes, &Options::new(), monitor)?;
        let before = found.before.first().copied().unwrap_or(f64::NAN);
        let change = found.steps.last().and_then(|step| step.changes.first().copied()).unwrap_or(f64::NAN);
        let data = self.run.data()?;
        let examples = examples.into_iter().map(|example| Example::of(data, example)).collect::<Result<_>>()?;
        Ok((before, Without { examples, value: before + change, change }))
    }

    fn without_in_words(&self, before: f64, without: &Without) -> Result<String> {
        let (headings, _) = headings(self.run.data()?);
        let rows: Vec<_> = without.examples.iter().map(Example::cells).collect();
        Ok(format!(
            "{}\n\nwithout these together {} {} (from {}):\n{}",
            self.question.asked[0].sentence(),
            self.question.noun(),
            change(without.change, without.value),
            number(before),
            table(&headings, &rows)
        ))
    }

    fn in_words(&self, found: &[Found]) -> Result<String> {
        let noun = self.question.noun();
        let data = self.run.data()?;
        let what = headings(data).1;
        let method = self.run.method;
        let mut text = String::new();
        for (asked, found) in self.question.asked.iter().zip(found) {
            text += &format!("{}\n  {noun} is {}", asked.sentence(), number(found.value));
            if let Some(solve) = &found.solve {
                text += &format!("; {}", solve.in_words());
            }
            text +=
                &format!("\n  {} of {} training examples considered by {}", found.considered, data.len(), method.name);
            text += &format!("; unit of scores: {}\n", method.unit);
            let lists =
                [(&found.negative, "supporting", "lowest", "fall"), (&found.positive, "opposing", "highest", "rise")];
            for (effects, word, end, verb) in lists {
                let title = match (self.removal, asked) {
                    (true, Asked::Fact(_)) => {
                        format!("{word}: without one of these {what}s {noun} is predicted to {verb}")
                    }
                    (true, Asked::Row(_)) => {
                        format!("without one of these training {what}s {noun} is predicted to {verb}")
                    }
                    (false, _) => format!("training {what}s of {end} score"),
                };
                text += &match effects.is_empty() {
                    true => format!("\n{title}: none\n"),
                    false => format!("\n{title}:\n{}", self.effects_in_words(effects, found.value)?),
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
        let marked = |effect: &Effect| match effect.leverage_is_high {
            Some(true) => format!("{} HIGH", or_unknown(effect.leverage)),
            _ => or_unknown(effect.leverage),
        };
        type Cell<'c> = Box<dyn Fn(&Effect) -> String + 'c>;
        let mut columns: Vec<(&str, Cell<'_>)> = Vec::new();
        if self.removal {
            let about = |effect: &Effect| if effect.exact || self.solved { "" } else { "about " };
            columns.push((">by", Box::new(move |effect| format!("{}{}", about(effect), number(effect.score)))));
            columns.push((">to", Box::new(move |effect| number(value + effect.score))));
        } else {
            columns.push((">score", Box::new(|effect| number(effect.score))));
        }
        if self.leverage {
            columns.push((">leave-one-out", Box::new(|effect| or_unknown(effect.corrected_change))));
        }
        if self.solved {
            columns.push((">solve off by", Box::new(|effect| or_unknown(effect.error_bound))));
        }
        if self.leverage {
            columns.push(("leverage", Box::new(marked)));
        }
        let mut titles = headings(self.run.data()?).0.to_vec();
        titles.extend(columns.iter().map(|(title, _)| *title));
        let row = |effect: &Effect| {
            let mut cells = effect.example.cells();
            cells.extend(columns.iter().map(|(_, cell)| cell(effect)));
            cells
        };
        let rows: Vec<Vec<String>> = effects.iter().map(row).collect();
        let mut text = table(&titles, &rows);
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
