//! `ascribe explain` on runs of rows, by influence functions.

use crate::tensor::Real;
use std::path::PathBuf;

use serde::Serialize;

use crate::attribution::influence::{Influence, LeaveOneOut, Scores, Solved};
use crate::engine::Workers;
use crate::error::{Error, Result};
use crate::models::network::NetworkFunctional;
use crate::run::DenseRun;

use crate::cli::arguments::{Explain, Way, name_of};
use crate::cli::explain::check_count;
use crate::cli::output::{self, Progress, number, table};

use super::certificate::{Diagnostics, Solve, unconverged};
use super::scores::Matrix;
use super::{Query, Session, Target, at_once, own, passed_in_words, plan, read_queries};

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
    functional: &'static str,
    diagnostics: Diagnostics,
    converged: bool,
    hint: Option<&'a str>,
    left_out: usize,
    queries: Vec<Asked>,
    scores: Option<Written<'a>>,
}

/// A query with its scores.
#[derive(Debug, Serialize)]
struct Asked {
    #[serde(flatten)]
    query: Query,
    value: f64,
    solve: Solve,
    raising: Vec<Effect>,
    lowering: Vec<Effect>,
}

/// A training row with the change that its removal would bring.
#[derive(Debug, Serialize)]
struct Effect {
    row: u64,
    target: Target,
    change: f64,
    error_bound: Option<f64>,
    leverage: Option<f64>,
    leverage_is_high: Option<bool>,
    corrected_change: Option<f64>,
    inputs: Option<Vec<Feature>>,
}

/// What the functional would change by for each unit that a feature of a training row moves by. The unit is that of the
/// number the model reads: with `--standardize` a standard deviation of the column, of images 255 steps of a byte unless they
/// were trained on raw.
#[derive(Debug, Serialize)]
struct Feature {
    feature: String,
    change_per_unit: f64,
}

/// Where the matrix of scores is.
#[derive(Debug, Serialize)]
struct Written<'a> {
    file: &'a PathBuf,
    queries: usize,
    examples: usize,
}

/// What is common to all queries.
struct Work<'w, T> {
    run: &'w DenseRun<T>,
    options: &'w Explain,
    leverage: bool,
    names: Vec<String>,
}

/// Explains predictions of a run of rows.
pub(in crate::cli) fn explain<T: Real>(
    run: &DenseRun<T>,
    options: &Explain,
    workers: &Workers,
    json: bool,
) -> Result<String> {
    options.question.of_rows(&options.run)?;
    if options.method == Some(Way::Rollback) {
        let what = format!("gradient rollback on {}, a run of rows,", options.run.display());
        return Err(Error::Unsupported { what, hint: "leave --method out: influence functions explain it".into() });
    }
    check_count(options.k, "row")?;
    let Some(files) = &options.how.test else { return own::rank(run, options, workers, json) };
    let functional = options.explained.of_rows()?;
    let queries = read_queries(run, workers, files, options.how.rows.as_deref(), functional)?;
    let mut session = Session::new(run, workers, &options.how.fitting, functional)?;
    let settings = options.how.fitting.options(options.how.tolerance, queries.data.len());
    if options.plan {
        return plan::show(&options.run, &mut session, &settings, run, json);
    }
    let (mut influence, scalars, _) = session.fit(run, &options.run, &settings)?;
    let count = queries.data.len();
    let together = at_once(settings.memory, run.data.len(), influence.diagnostics().parameters);
    let mut matrix = match &options.scores {
        Some(path) => Some(Matrix::create(path, count, &run.data.rows)?),
        None => None,
    };
    let leverage = options.leverage || (influence.is_factored() && 2 * options.k * count <= CORRECTED);
    let work = Work { run, options, leverage, names: run.sample_set().feature_names(&run.job.network.features) };
    let described = Query::all(run, &queries);
    let mut asked = Vec::with_capacity(count);
    let bar = Progress::new("queries", count);
    let places: Vec<usize> = (0..count).collect();
    for block in places.chunks(together) {
        let answer = influence.solve_queries(&scalars, queries.inputs.select(block)?)?;
        let scores = influence.scores(&answer)?;
        for (number, place) in block.iter().enumerate() {
            if let Some(matrix) = &mut matrix {
                matrix.write(queries.data.rows[*place], scores.row(number))?;
            }
        }
        asked.extend(work.block(&mut influence, &answer, &scores, &described[block[0]..][..block.len()])?);
        bar.set(asked.len(), String::new());
    }
    if let Some(matrix) = matrix {
        matrix.finish()?;
    }
    drop(bar);
    let scores = options.scores.as_ref().map(|file| Written { file, queries: count, examples: run.data.len() });
    let explained = Explained {
        command: "explain",
        run: &options.run,
        method: "influence",
        functional: name_of(&NetworkFunctional::ALL, &functional),
        diagnostics: Diagnostics::of(&influence, &settings, &run.fitted),
        converged: influence.unconverged().is_none(),
        hint: influence.unconverged(),
        left_out: queries.left_out,
        queries: asked,
        scores,
    };
    match json {
        true => output::json(&explained),
        false => Ok(in_words(&explained)),
    }
}

impl<T: Real> Work<'_, T> {
    /// The examples of greatest effect for each query of a block.
    fn block(
        &self,
        influence: &mut Influence,
        answer: &Solved,
        scores: &Scores,
        queries: &[Query],
    ) -> Result<Vec<Asked>> {
        let mut shown: Vec<[Vec<usize>; 2]> = Vec::with_capacity(queries.len());
        for query in 0..queries.len() {
            let (mut raising, mut lowering) = scores.extremes(query, self.options.k);
            let row = scores.row(query);
            raising.retain(|example| row[*example] > 0.0);
            lowering.retain(|example| row[*example] < 0.0);
            shown.push([raising, lowering]);
        }
        let mut all: Vec<usize> = shown.iter().flatten().flatten().copied().collect();
        all.sort_unstable();
        all.dedup();
        let corrected = if self.leverage { influence.leave_one_out(answer, &all)? } else { Vec::new() };
        let mut asked = Vec::with_capacity(queries.len());
        for (number, (query, lists)) in queries.iter().zip(shown).enumerate() {
            let [raising, lowering] = lists
                .map(|examples| self.effects(influence, answer, (number, scores.row(number)), &examples, &corrected));
            let solve = Solve::of(&answer.solution.certificate, number);
            let value = answer.values[number];
            asked.push(Asked { query: query.clone(), value, solve, raising: raising?, lowering: lowering? });
        }
        Ok(asked)
    }

    fn effects(
        &self,
        influence: &Influence,
        answer: &Solved,
        (query, scores): (usize, &[f64]),
        examples: &[usize],
        corrected: &[LeaveOneOut],
    ) -> Result<Vec<Effect>> {
        if examples.is_empty() {
            return Ok(Vec::new());
        }
        let bounds = influence.error_bounds(answer, query, examples)?;
        let direction = answer.solution.x.vector(query);
        let inputs = match self.options.inputs {
            true => influence.evaluator().input_effects(direction, 0, examples)?,
            false => Vec::new(),
        };
        let effect = |(place, example): (usize, &usize)| {
            let leverage = corrected.binary_search_by_key(example, |leverage| leverage.example);
            let leverage = leverage.ok().map(|found| &corrected[found]);
            let inputs = inputs.get(place).map(|effects| self.features(effects));
            Effect {
                row: self.run.data.rows[*example],
                target: Target::of(&self.run.data, *example),
                change: scores[*example],
                error_bound: bounds[place],
                leverage: leverage.map(|leverage| leverage.leverage),
                leverage_is_high: leverage.map(LeaveOneOut::is_high),
                corrected_change: leverage.map(|leverage| leverage.scores[query]),
                inputs,
            }
        };
        Ok(examples.iter().enumerate().map(effect).collect())
    }

    /// The features that matter most.
    fn features(&self, effects: &[f64]) -> Vec<Feature> {
        let mut order: Vec<usize> = (0..effects.len()).collect();
        order.sort_by(|a, b| effects[*b].abs().total_cmp(&effects[*a].abs()).then(a.cmp(b)));
        order.truncate(FEATURES);
        let name = |place: usize| self.names.get(place).cloned().unwrap_or_else(|| format!("feature {place}"));
        // The functional moves by −sᵀ ∂ₓ∂_θ L, over n: a training row is one of so many.
        let share = -1.0 / self.run.data.len() as f64;
        order
            .into_iter()
            .map(|place| Feature { feature: name(place), change_per_unit: share * effects[place] })
            .collect()
    }
}

fn in_words(answer: &Explained<'_>) -> String {
    let noun = format!("the {}", answer.functional.replace('-', " "));
    let mut text = passed_in_words(answer.left_out);
    for asked in &answer.queries {
        text += &format!("{}\n  {noun} is {}; {}", asked.query.sentence(), number(asked.value), asked.solve.in_words());
        for (word, effects) in [("raises", &asked.raising), ("lowers", &asked.lowering)] {
            if effects.is_empty() {
                text += &format!("\nno training row {word} {noun} by its removal\n");
                continue;
            }
            text += &format!(
                "\nwithout one of these training rows {noun} {}:\n",
                if word == "raises" { "rises" } else { "falls" }
            );
            text += &effects_in_words(effects);
        }
        text.push('\n');
    }
    text = text.trim_end().to_owned() + "\n";
    text += &answer.diagnostics.in_words();
    text += &unconverged(answer.hint);
    if let Some(written) = &answer.scores {
        text += &format!(
            "  all scores, {} queries by {} training rows, are in {}\n",
            written.queries,
            written.examples,
            output::plain(&written.file.display().to_string())
        );
    }
    text
}

fn effects_in_words(effects: &[Effect]) -> String {
    let shown = |value: Option<f64>| value.map_or_else(|| "unknown".into(), number);
    let marked = |effect: &Effect| match effect.leverage_is_high {
        Some(true) => format!("{} HIGH", shown(effect.leverage)),
        _ => shown(effect.leverage),
    };
    let mut text = match effects.iter().any(|effect| effect.leverage.is_some()) {
        true => {
            let row = |e: &Effect| {
                let corrected = shown(e.corrected_change);
                [e.row.to_string(), e.target.to_string(), number(e.change), corrected, shown(e.error_bound), marked(e)]
            };
            let rows: Vec<[String; 6]> = effects.iter().map(row).collect();
            table([">row", "target", ">by", ">corrected", ">solve off by", "leverage"], &rows)
        }
        false => {
            let row = |e: &Effect| [e.row.to_string(), e.target.to_string(), number(e.change), shown(e.error_bound)];
            let rows: Vec<[String; 4]> = effects.iter().map(row).collect();
            table([">row", "target", ">by", ">solve off by"], &rows)
        }
    };
    for effect in effects {
        let Some(inputs) = &effect.inputs else { continue };
        let list: Vec<String> = inputs
            .iter()
            .map(|feature| format!("{} {}", output::plain(&feature.feature), number(feature.change_per_unit)))
            .collect();
        text += &format!(
            "  change for each unit of a feature of row {}, as the model reads it (standardized: a deviation): {}\n",
            effect.row,
            list.join(", ")
        );
    }
    text
}
