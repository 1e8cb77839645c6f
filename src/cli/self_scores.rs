//! `ascribe explain --self`: training examples by what their own loss would rise by without them.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use crate::session::{Context, REMOVAL};

use super::Outcome;
use super::arguments::Line;
use super::certificate::{Certified, Solve};
use super::explain::{numbers, plan};
use super::output::{self, Progress, number, or_unknown, table};
use super::question::Run;
use super::scores::Matrix;
use super::shown::{Example, headings};

/// The functional of an example's own loss, where a family has it.
const LOSS: &str = "loss";

/// The answer as JSON.
#[derive(Debug, Serialize)]
struct Ranked<'a> {
    command: &'static str,
    run: &'a PathBuf,
    method: String,
    unit: &'static str,
    #[serde(flatten)]
    certified: Certified,
    ranking: Vec<Own>,
    scores: Option<PathBuf>,
}

/// A training example with its own score.
#[derive(Debug, Serialize)]
struct Own {
    #[serde(flatten)]
    example: Example,
    self_influence: f64,
    loss: Option<f64>,
    solve: Option<Solve>,
}

/// Ranks the training examples by self-influence.
pub(super) fn rank(line: &Line, context: &Arc<Context>, run: &Run, most: usize, progress: Progress) -> Outcome {
    let data = run.data()?;
    let count = data.len();
    if line.has("plan") {
        return plan(line, context, run, count);
    }
    let path = line.paths("scores").and_then(|mut paths| paths.pop());
    let matrix = path.as_ref().map(|path| Matrix::create(path, 1, &numbers(run)?)).transpose()?;
    progress.at(format!("preparing {}", run.method.name));
    let monitor = progress.monitor();
    let attributor = run.attributor(line, context, count, &monitor)?;
    let own = attributor.self_scores(None, &monitor)?;
    if let Some(mut matrix) = matrix {
        matrix.write("self", &own)?;
        matrix.finish()?;
    }
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|a, b| own[*b].total_cmp(&own[*a]).then(a.cmp(b)));
    order.truncate(most);
    let shown = data.select(&order)?;
    let has_loss = run.model.family().functionals().contains(&LOSS);
    let losses = if has_loss { run.model.evaluate(context, &shown, Some(LOSS))? } else { Vec::new() };
    // The examples shown are solved for once more, so that they come with their residuals.
    let solved = match attributor.diagnostics().is_ok() {
        true => Some(attributor.self_certificate(&order, &monitor)?),
        false => None,
    };
    drop(progress);
    let mut ranking = Vec::with_capacity(order.len());
    for (number, place) in order.into_iter().enumerate() {
        ranking.push(Own {
            example: Example::of(data, place)?,
            self_influence: own[place],
            loss: losses.get(number).copied(),
            solve: solved.as_ref().map(|solved| Solve::by(solved, number)),
        });
    }
    let certified = Certified::of(line, run, &attributor)?;
    let removal = run.method.unit == REMOVAL;
    let method = if removal { "self-influence".to_owned() } else { format!("self-{}", run.method.name) };
    let ranked = Ranked {
        command: "explain",
        run: &run.folder,
        method,
        unit: run.method.unit,
        certified,
        ranking,
        scores: path,
    };
    if line.has("json") {
        return Ok(output::json(&ranked)?);
    }
    let (mut titles, what) = (headings(data).0.to_vec(), headings(data).1);
    let mut text = match removal {
        true => format!(
            "the {} of {count} training {what}s whose own loss is predicted to rise most without them:\n",
            ranked.ranking.len()
        ),
        false => format!(
            "the {} of {count} training {what}s of highest score for themselves, {}:\n",
            ranked.ranking.len(),
            run.method.unit
        ),
    };
    titles.extend(if removal { [">loss rises by", ">loss now"] } else { [">score", ">loss now"] });
    let row = |own: &Own| {
        let mut cells = own.example.cells();
        cells.extend([number(own.self_influence), or_unknown(own.loss)]);
        cells
    };
    text += &table(&titles, &ranked.ranking.iter().map(row).collect::<Vec<_>>());
    let solved = |own: &&Own| own.solve.as_ref().is_some_and(|solve| !solve.converged);
    if let Some(worst) = ranked.ranking.iter().find(solved).or(ranked.ranking.first())
        && let Some(solve) = &worst.solve
    {
        text += &format!("  {what} {}: {}\n", worst.example.number(), solve.in_words());
    }
    Ok(text + &ranked.certified.in_words())
}
