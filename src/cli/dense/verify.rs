//! `ascribe verify` on runs of rows: training again without the rows of greatest effect.

use crate::tensor::Real;
use std::path::PathBuf;

use serde::Serialize;

use crate::attribution::influence::Influence;
use crate::engine::Workers;
use crate::error::{Error, Result};
use crate::models::network::NetworkFunctional;
use crate::objective::AnyInputs;
use crate::run::DenseRun;
use crate::verify::{Fidelity, removal};

use crate::cli::arguments::{self, name_of};
use crate::cli::explain::check_count;
use crate::cli::output::{self, Progress, number, table};
use crate::cli::verify::FEWEST;

use super::certificate::{Diagnostics, Solve, unconverged};
use super::{Query, Session, Target, named, passed_in_words, read_queries, require_minimum};

/// The answer as JSON.
#[derive(Debug, Serialize)]
struct Verified<'a> {
    command: &'static str,
    run: &'a PathBuf,
    method: &'static str,
    functional: &'static str,
    diagnostics: Diagnostics,
    converged: bool,
    hint: Option<&'a str>,
    left_out: usize,
    queries: Vec<Asked>,
    fidelity: Option<Fidelity>,
    corrected_fidelity: Option<Fidelity>,
}

/// A query with the rows of greatest effect.
#[derive(Debug, Serialize)]
struct Asked {
    #[serde(flatten)]
    query: Query,
    value: f64,
    solve: Solve,
    rows: Vec<Pair>,
    together: Option<Together>,
}

/// The change on removal of one row, as predicted and as it is.
#[derive(Debug, Serialize)]
struct Pair {
    row: u64,
    target: Target,
    predicted_change: f64,
    corrected_change: f64,
    leverage: f64,
    leverage_is_high: bool,
    true_change: f64,
    retrained: bool,
}

/// The change on removal of all rows together.
#[derive(Debug, Serialize)]
struct Together {
    rows: Vec<u64>,
    predicted_change: f64,
    newton_change: f64,
    true_change: f64,
    retrained: bool,
}

/// Compares predicted with true changes.
pub(in crate::cli) fn verify<T: Real>(
    run: &DenseRun<T>,
    options: &arguments::Verify,
    workers: &Workers,
    json: bool,
) -> Result<String> {
    options.question.of_rows(&options.run)?;
    check_count(options.k, "row")?;
    if options.k >= run.data.len() {
        let expected = format!("fewer than the {} training rows: something must be left to train on", run.data.len());
        return Err(Error::argument("-k", options.k, expected));
    }
    require_minimum(run, &options.run)?;
    let Some(files) = &options.how.test else {
        return Err(Error::argument("--test", "missing", "a file of rows to ask about"));
    };
    let functional = options.explained.of_rows()?;
    let queries = read_queries(run, workers, files, options.how.rows.as_deref(), functional)?;
    let session = Session::new(run, workers, &options.how.fitting, functional)?;
    let settings = options.how.fitting.options(options.how.tolerance, queries.data.len());
    let (mut influence, scalars, layout) = session.fit(run, &options.run, &settings)?;
    let bar = Progress::new("retraining", queries.data.len() * (options.k + 1));
    let mut done = 0;
    let mut asked = Vec::new();
    for (number, query) in Query::all(run, &queries).into_iter().enumerate() {
        // One query at a time: training again takes so much longer that nothing is lost, and memory is bounded.
        let one = AnyInputs::from(queries.inputs.select(&[number])?);
        let answer = influence.solve_queries(&scalars, &one)?;
        let scores = influence.scores(&answer)?;
        let row = scores.row(0);
        let mut examples: Vec<usize> = (0..row.len()).collect();
        examples.sort_by(|a, b| row[*b].abs().total_cmp(&row[*a].abs()).then(a.cmp(b)));
        examples.truncate(options.k);
        // The truth: the changed objective's own minimum, and the functional there.
        let mut without = |influence: &mut Influence, some: &[usize]| -> Result<(f64, f64, bool)> {
            let found = removal(influence, &scalars, &one, some);
            let found = found.map_err(|error| named(error, run, &options.run, &layout))?;
            done += 1;
            bar.set(done, String::new());
            let of = |changes: &[f64]| changes.first().copied().unwrap_or(f64::NAN);
            Ok((of(&found.newton), of(&found.truth), found.reached))
        };
        let corrected = influence.leave_one_out(&answer, &examples)?;
        let mut rows = Vec::with_capacity(examples.len());
        for (example, leverage) in examples.iter().zip(&corrected) {
            let (_, true_change, retrained) = without(&mut influence, &[*example])?;
            rows.push(Pair {
                row: run.data.rows[*example],
                target: Target::of(&run.data, *example),
                predicted_change: row[*example],
                corrected_change: leverage.scores[0],
                leverage: leverage.leverage,
                leverage_is_high: leverage.is_high(),
                true_change,
                retrained,
            });
        }
        let together = match examples.len() {
            0 | 1 => None,
            _ => {
                let (newton_change, true_change, retrained) = without(&mut influence, &examples)?;
                let predicted_change = examples.iter().map(|example| row[*example]).sum();
                let rows = examples.iter().map(|example| run.data.rows[*example]).collect();
                Some(Together { rows, predicted_change, newton_change, true_change, retrained })
            }
        };
        let solve = Solve::of(&answer.solution.certificate, 0);
        asked.push(Asked { query, value: answer.values[0], solve, rows, together });
    }
    drop(bar);
    let pairs: Vec<&Pair> = asked.iter().flat_map(|asked| &asked.rows).collect();
    let truth: Vec<f64> = pairs.iter().map(|pair| pair.true_change).collect();
    let fidelity = |predicted: fn(&Pair) -> f64| -> Result<Option<Fidelity>> {
        let predicted: Vec<f64> = pairs.iter().map(|pair| predicted(pair)).collect();
        if pairs.len() >= FEWEST { Fidelity::of(&predicted, &truth).map(Some) } else { Ok(None) }
    };
    let (plain, corrected) = (fidelity(|pair| pair.predicted_change)?, fidelity(|pair| pair.corrected_change)?);
    let retrained = pairs.iter().all(|pair| pair.retrained)
        && asked.iter().filter_map(|asked| asked.together.as_ref()).all(|together| together.retrained);
    let verified = Verified {
        command: "verify",
        run: &options.run,
        method: "influence",
        functional: name_of(&NetworkFunctional::ALL, &functional),
        diagnostics: Diagnostics::of(&influence, &settings, &run.fitted),
        converged: retrained && influence.unconverged().is_none(),
        hint: influence.unconverged(),
        left_out: queries.left_out,
        queries: asked,
        fidelity: plain,
        corrected_fidelity: corrected,
    };
    match json {
        true => output::json(&verified),
        false => Ok(in_words(&verified)),
    }
}

fn in_words(answer: &Verified<'_>) -> String {
    let noun = format!("the {}", answer.functional.replace('-', " "));
    let mut text = passed_in_words(answer.left_out);
    for asked in &answer.queries {
        text += &format!("{}\n  {noun} is {}; {}", asked.query.sentence(), number(asked.value), asked.solve.in_words());
        let mark = |retrained: bool, high: bool| match (retrained, high) {
            (false, _) => "partial: the minimum was not reached".to_owned(),
            (_, true) => "leverage is high".to_owned(),
            _ => String::new(),
        };
        let row = |pair: &Pair| {
            let [predicted, corrected, truth] =
                [pair.predicted_change, pair.corrected_change, pair.true_change].map(number);
            [
                pair.row.to_string(),
                pair.target.to_string(),
                predicted,
                corrected,
                truth,
                mark(pair.retrained, pair.leverage_is_high),
            ]
        };
        let mut rows: Vec<[String; 6]> = asked.rows.iter().map(row).collect();
        if let Some(all) = &asked.together {
            let [predicted, newton, truth] = [all.predicted_change, all.newton_change, all.true_change].map(number);
            rows.push([
                "all".into(),
                "(by Newton's step)".into(),
                predicted,
                newton,
                truth,
                mark(all.retrained, false),
            ]);
        }
        text += &format!("\nchange of {noun} without the row, as predicted and after training again:\n");
        text += &table([">row", "target", ">predicted", ">corrected", ">true", ""], &rows);
        text.push('\n');
    }
    for (what, fidelity) in [("predicted", &answer.fidelity), ("corrected", &answer.corrected_fidelity)] {
        let Some(fidelity) = fidelity else { continue };
        let shown = |value: Option<f64>| value.map_or_else(|| "undefined".into(), number);
        text += &format!(
            "fidelity of {what} over {} single rows: Pearson {}, Spearman {}, slope {}, greatest error {}\n",
            fidelity.count,
            shown(fidelity.pearson),
            shown(fidelity.spearman),
            shown(fidelity.slope),
            number(fidelity.maximum_error)
        );
    }
    text.trim_end().to_owned() + "\n" + &answer.diagnostics.in_words() + &unconverged(answer.hint)
}
