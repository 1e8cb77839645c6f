//! `ascribe explain --self`: training rows by what their own loss would rise by without them.

use crate::tensor::Real;
use std::path::PathBuf;

use serde::Serialize;

use crate::engine::Workers;
use crate::error::Result;
use crate::models::network::NetworkFunctional;
use crate::run::DenseRun;

use crate::cli::arguments::Explain;
use crate::cli::output::{self, Progress, number, table};

use super::certificate::{Diagnostics, Solve, unconverged};
use super::scores::Matrix;
use super::{Session, Target, plan};

/// How many rows are worked on between two looks at the progress bar.
const TOGETHER: usize = 4096;

/// The answer as JSON.
#[derive(Debug, Serialize)]
struct Ranked<'a> {
    command: &'static str,
    run: &'a PathBuf,
    method: &'static str,
    diagnostics: Diagnostics,
    converged: bool,
    hint: Option<&'a str>,
    ranking: Vec<Own>,
    scores: Option<&'a PathBuf>,
}

/// A training row with its self-influence.
#[derive(Debug, Serialize)]
struct Own {
    row: u64,
    target: Target,
    self_influence: f64,
    loss: f64,
    solve: Solve,
}

/// Ranks the training rows by self-influence.
pub(super) fn rank<T: Real>(run: &DenseRun<T>, options: &Explain, workers: &Workers, json: bool) -> Result<String> {
    let functional = NetworkFunctional::Loss;
    let mut session = Session::new(run, workers, &options.how.fitting, functional)?;
    let count = run.data.len();
    let settings = options.how.fitting.options(options.how.tolerance, count);
    if options.plan {
        return plan::show(&options.run, &mut session, &settings, run, json);
    }
    let inputs = session.inputs.clone();
    let (mut influence, scalars, _) = session.fit(run, &options.run, &settings)?;
    let bar = Progress::new("rows", count);
    let places: Vec<usize> = (0..count).collect();
    let mut own = Vec::with_capacity(count);
    for block in places.chunks(TOGETHER) {
        own.extend(influence.self_influence(block)?);
        bar.set(own.len(), String::new());
    }
    drop(bar);
    let losses = scalars.values(workers, run.model.parameters(), &inputs)?;
    if let Some(path) = &options.scores {
        let mut matrix = Matrix::create(path, 1, &run.data.rows)?;
        matrix.write_named("self", &own)?;
        matrix.finish()?;
    }
    let mut order = places;
    order.sort_by(|a, b| own[*b].total_cmp(&own[*a]).then(a.cmp(b)));
    order.truncate(options.k);
    // The rows shown are solved for once more, as a query is, so that they come with their residuals.
    let gradients = influence.evaluator().gradients_of(&order)?;
    let certificate = influence.inverse(&gradients)?.certificate;
    let one = |(number, place): (usize, usize)| Own {
        row: run.data.rows[place],
        target: Target::of(&run.data, place),
        self_influence: own[place],
        loss: losses[place],
        solve: Solve::of(&certificate, number),
    };
    let ranked = Ranked {
        command: "explain",
        run: &options.run,
        method: "self-influence",
        diagnostics: Diagnostics::of(&influence, &settings, &run.fitted),
        converged: influence.unconverged().is_none(),
        hint: influence.unconverged(),
        ranking: order.into_iter().enumerate().map(one).collect(),
        scores: options.scores.as_ref(),
    };
    if json {
        return output::json(&ranked);
    }
    let row = |own: &Own| [own.row.to_string(), own.target.to_string(), number(own.self_influence), number(own.loss)];
    let rows: Vec<[String; 4]> = ranked.ranking.iter().map(row).collect();
    let mut text =
        format!("the {} of {count} training rows whose own loss would rise most without them:\n", rows.len());
    text += &table([">row", "target", ">loss rises by", ">loss now"], &rows);
    if let Some(worst) = ranked.ranking.iter().find(|own| !own.solve.converged).or(ranked.ranking.first()) {
        text += &format!("  row {}: {}", worst.row, worst.solve.in_words());
    }
    text += &ranked.diagnostics.in_words();
    text += &unconverged(ranked.hint);
    Ok(text)
}
