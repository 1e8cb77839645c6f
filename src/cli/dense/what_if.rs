//! `ascribe whatif`: what a prediction would be on another training set.

use crate::tensor::Real;
use std::path::PathBuf;

use serde::Serialize;

use crate::attribution::influence::{Change, Edit, Influence, Level, WhatIf as Prediction, WhatIfOptions};
use crate::data::RowRange;
use crate::engine::Workers;
use crate::error::{Error, Result};
use crate::models::network::NetworkFunctional;
use crate::objective::CompiledFunctional;
use crate::objective::Inputs;
use crate::run::{DenseRun, Run};

use crate::cli::OnRun;
use crate::cli::arguments::{self, name_of};
use crate::cli::output::{self, Progress, change, number, table};

use super::certificate::{Diagnostics, unconverged};
use super::{Query, Session, Target, named, passed_in_words, read_queries, require_minimum};

/// The answer as JSON.
#[derive(Debug, Serialize)]
struct Predicted<'a> {
    command: &'static str,
    run: &'a PathBuf,
    functional: &'static str,
    diagnostics: Diagnostics,
    changes: Vec<Changed>,
    tolerance: Option<f64>,
    reached: bool,
    converged: bool,
    hint: Option<&'a str>,
    left_out: usize,
    queries: Vec<Asked>,
    levels: Vec<Ladder>,
}

/// A change to the training set.
#[derive(Debug, Serialize)]
struct Changed {
    row: u64,
    target: Target,
    change: &'static str,
    label: Option<String>,
    weight: Option<f64>,
}

/// A query with its predictions, the last level's.
#[derive(Debug, Serialize)]
struct Asked {
    #[serde(flatten)]
    query: Query,
    before: f64,
    after: f64,
    change: f64,
    estimated_error: f64,
}

/// A level with its predictions for each query.
#[derive(Debug, Serialize)]
struct Ladder {
    level: Level,
    changes: Vec<f64>,
    estimated_errors: Vec<f64>,
    gradient: f64,
}

/// The command.
#[derive(Debug)]
pub(in crate::cli) struct WhatIf<'a> {
    pub options: &'a arguments::WhatIf,
    pub workers: Workers,
    pub json: bool,
}

impl OnRun for WhatIf<'_> {
    fn on<T: Real>(self, _: &Run<T>) -> Result<String> {
        Err(Error::Unsupported {
            what: format!("whatif with {}, a run of triples,", self.options.run.display()),
            hint: "ask it with explain --query HEAD,RELATION,? --without EXAMPLES".into(),
        })
    }

    fn on_rows<T: Real>(self, run: DenseRun<T>) -> Result<String> {
        let Self { options, workers, json } = self;
        let functional = options.functional;
        let (changes, changed) = changes(&run, options)?;
        if options.until == Level::Retrained {
            require_minimum(&run, &options.run)?;
        }
        let queries = match &options.test {
            Some(files) => read_queries(&run, &workers, files, options.rows.as_deref(), functional)?,
            None => {
                let place = |changed: &Changed| run.place(changed.row);
                run.own_queries(&workers, &changed.iter().map(place).collect::<Result<Vec<_>>>()?)?
            }
        };
        let session = Session::new(&run, &workers, &options.fitting, functional)?;
        let settings = options.fitting.options(options.residual, queries.data.len());
        let inputs = session.inputs.clone();
        let (mut influence, scalars, layout) = session.fit(&run, &options.run, &settings)?;
        let edit = Edit::new(&inputs, &vec![1.0; inputs.count()], &changes)?;
        let how = WhatIfOptions { until: options.until, tolerance: options.tolerance, ..WhatIfOptions::default() };
        // Half of the memory for two gradients of each query, there and where the prediction ends, and as many under way.
        let bytes = 8 * 4 * influence.diagnostics().parameters;
        let together = (settings.memory / 2 / bytes.max(1)).clamp(1, 4096);
        let found = in_blocks(&mut influence, &scalars, &queries.inputs, &edit, (&how, together));
        let found = found.map_err(|error| named(error, &run, &options.run, &layout))?;
        let Some(last) = found.last() else {
            return Err(Error::argument("the levels of prediction", "none", "at least one"));
        };
        let asked = |(place, query): (usize, Query)| Asked {
            query,
            before: found.before[place],
            after: found.before[place] + last.changes[place],
            change: last.changes[place],
            estimated_error: last.errors[place],
        };
        let asked = Query::all(&run, &queries).into_iter().enumerate().map(asked).collect();
        let ladder = found.steps.iter().map(|step| Ladder {
            level: step.level,
            changes: step.changes.clone(),
            estimated_errors: step.errors.clone(),
            gradient: step.gradient_norm,
        });
        let predicted = Predicted {
            command: "whatif",
            run: &options.run,
            functional: name_of(&NetworkFunctional::ALL, &functional),
            diagnostics: Diagnostics::of(&influence, &settings, &run.fitted),
            changes: changed,
            tolerance: options.tolerance,
            reached: found.reached,
            converged: influence.unconverged().is_none() && (last.level != Level::Retrained || last.at_minimum),
            hint: influence.unconverged(),
            left_out: queries.left_out,
            queries: asked,
            levels: ladder.collect(),
        };
        match json {
            true => output::json(&predicted),
            false => Ok(in_words(&predicted)),
        }
    }
}

/// Predicts for any number of queries, so many at once. The levels are the same for all of them, as if they had been asked
/// together.
fn in_blocks<T: Real>(
    influence: &mut Influence,
    scalars: &CompiledFunctional,
    queries: &Inputs<T>,
    edit: &Edit,
    (how, together): (&WhatIfOptions, usize),
) -> Result<Prediction> {
    if queries.count() <= together {
        return influence.what_if(scalars, queries, edit, how);
    }
    let places: Vec<usize> = (0..queries.count()).collect();
    let bar = Progress::new("queries", places.len());
    let mut to = |level: Level| -> Result<Prediction> {
        let how = WhatIfOptions { until: level, tolerance: None, ..*how };
        let mut whole = Prediction { before: Vec::new(), steps: Vec::new(), reached: true };
        for block in places.chunks(together) {
            let found = influence.what_if(scalars, &queries.select(block)?, edit, &how)?;
            whole.before.extend(found.before);
            if whole.steps.is_empty() {
                whole.steps = found.steps;
            } else {
                for (step, more) in whole.steps.iter_mut().zip(found.steps) {
                    step.changes.extend(more.changes);
                    step.errors.extend(more.errors);
                }
            }
            bar.set(whole.before.len(), String::new());
        }
        Ok(whole)
    };
    let Some(tolerance) = how.tolerance else { return to(how.until) };
    let mut levels = Level::ALL.iter().map(|(_, level)| *level).take_while(|level| *level <= how.until);
    loop {
        let level = levels.next().unwrap_or(how.until);
        let found = to(level)?;
        let reached = found.last().is_some_and(|last| last.errors.iter().all(|error| *error <= tolerance));
        if reached || level == how.until {
            return Ok(Prediction { reached, ..found });
        }
    }
}

/// The changes that were asked for, in the order remove, relabel, reweight.
fn changes<T: Real>(run: &DenseRun<T>, options: &arguments::WhatIf) -> Result<(Vec<Change>, Vec<Changed>)> {
    let mut found: Vec<(usize, Change, Changed)> = Vec::new();
    let data = &run.data;
    let of = |place: usize, change| Changed {
        row: data.rows[place],
        target: Target::of(data, place),
        change,
        label: None,
        weight: None,
    };
    for place in RowRange::places(options.remove.as_deref().unwrap_or(&[]), data, &[], "a row to remove")? {
        found.push((place, Change::Remove(place), of(place, "remove")));
    }
    for (row, label) in options.relabel.iter().flatten() {
        let (place, new) = run.relabeled(*row, label)?;
        let changed = Changed { label: Some(label.clone()), ..of(place, "relabel") };
        found.push((place, Change::Replace(place, new.into()), changed));
    }
    for (row, weight) in options.reweight.iter().flatten() {
        let place = data.place_of(*row, "a row to reweight")?;
        let changed = Changed { weight: Some(*weight), ..of(place, "reweight") };
        found.push((place, Change::Reweight(place, *weight), changed));
    }
    let mut places: Vec<usize> = found.iter().map(|(place, ..)| *place).collect();
    places.sort_unstable();
    // The library counts places, and who asks counts rows of the file.
    if let Some(pair) = places.windows(2).find(|pair| pair[0] == pair[1]) {
        let row = format!("{}, changed twice", data.rows[pair[0]]);
        return Err(Error::argument("a training row", row, "one change a row"));
    }
    Ok(found.into_iter().map(|(_, change, changed)| (change, changed)).unzip())
}

/// A weight in as few characters as give it back.
fn shortest(weight: f64) -> String {
    if weight == 0.0 || (1e-4..1e7).contains(&weight.abs()) { weight.to_string() } else { format!("{weight:e}") }
}

fn in_words(answer: &Predicted<'_>) -> String {
    let noun = format!("the {}", answer.functional.replace('-', " "));
    const NAMED: usize = 10;
    let mut done: Vec<String> = answer
        .changes
        .iter()
        .take(NAMED)
        .map(|changed| match (&changed.label, changed.weight) {
            (Some(label), _) => {
                format!("row {} has the label {} (it is {})", changed.row, output::plain(label), changed.target)
            }
            (_, Some(weight)) => format!("row {} has the weight {}", changed.row, shortest(weight)),
            _ => format!("row {} is removed", changed.row),
        })
        .collect();
    if answer.changes.len() > NAMED {
        done.push(format!("{} more rows are changed ({} in all)", answer.changes.len() - NAMED, answer.changes.len()));
    }
    let mut text = passed_in_words(answer.left_out) + &format!("if {}:\n", done.join(", "));
    for (place, asked) in answer.queries.iter().enumerate() {
        text += &format!(
            "\n{}\n  {noun} {} (from {})\n",
            asked.query.sentence(),
            change(asked.change, asked.after),
            number(asked.before)
        );
        let row = |level: &Ladder| {
            [level.level.to_string(), number(level.changes[place]), number(level.estimated_errors[place])]
        };
        let rows: Vec<[String; 3]> = answer.levels.iter().map(row).collect();
        text += &table(["level", ">change", ">off by about"], &rows);
    }
    if !answer.reached {
        text +=
            "\nWARNING: the tolerance was not reached at the last level: go further with --until, or ask for less\n";
    }
    if !answer.converged && answer.hint.is_none() {
        text += "\nWARNING: training again did not reach the minimum: what is called retrained is partial\n";
    }
    text + &answer.diagnostics.in_words() + &unconverged(answer.hint)
}
