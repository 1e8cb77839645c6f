//! `ascribe explain --self`: training examples by what their own loss would rise by without them.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use crate::session::{Context, REMOVAL, SelfMeasure};

use super::Outcome;
use super::answer;
use super::arguments::Line;
use super::certificate::{Certified, Solve};
use super::explain::{numbers, plan};
use super::output::{Progress, number, or_unknown};
use super::question::Run;
use super::scores::Matrix;
use super::shown::{Example, headings, table_of};

/// The functional of an example's own loss, where a family has it.
const LOSS: &str = "loss";

/// What this command says of its own.
#[derive(Debug, Serialize)]
struct Ranked {
    /// What is scored: an example's own loss.
    functional: &'static str,
    sign: &'static str,
    ranking: Vec<Own>,
    scores: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
struct Own {
    #[serde(flatten)]
    example: Example,
    self_influence: f64,
    loss: Option<f64>,
    solve: Option<Solve>,
}

pub(super) fn rank(line: &Line, context: &Arc<Context>, run: &Run, most: usize, progress: Progress) -> Outcome {
    let data = run.data()?;
    let count = data.len();
    if line.has("plan") {
        return plan(line, context, run, count);
    }
    let path = line.list::<PathBuf>("scores").and_then(|mut paths| paths.pop());
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
    let SelfMeasure { functional, unit, sign, penalty } = attributor.self_measure()?;
    if line.has("json") {
        let body = Ranked { functional, sign, ranking, scores: path };
        return Ok(answer::json("explain", run, None, &certified, body)?);
    }
    let (what, shown) = (headings(data).1, ranking.len());
    let (mut text, titles) = match unit == REMOVAL {
        true => (
            format!("the {shown} of {count} training {what}s whose own loss is predicted to rise most without them:\n"),
            [">loss rises by", ">loss now"],
        ),
        false => (
            format!("the {shown} of {count} training {what}s of highest score for themselves, {unit}:\n"),
            [">score", ">loss now"],
        ),
    };
    text += &format!("  scored is the {what}'s {functional}; unit of scores: {unit}; {sign}\n");
    if penalty {
        text += "  loss now is without the penalty\n";
    }
    let examples: Vec<&Example> = ranking.iter().map(|own| &own.example).collect();
    let scores = ranking.iter().map(|own| number(own.self_influence)).collect();
    let losses = ranking.iter().map(|own| or_unknown(own.loss)).collect();
    text += &table_of(data, &examples, titles.into_iter().zip([scores, losses]).collect());
    let unsolved = |own: &&Own| own.solve.as_ref().is_some_and(|solve| !solve.converged);
    if let Some(worst) = ranking.iter().find(unsolved).or(ranking.first())
        && let Some(solve) = &worst.solve
    {
        text += &format!("  {what} {}: {}\n", worst.example.number(), solve.in_words());
    }
    Ok(certified.leading() + &text + &certified.in_words())
}
