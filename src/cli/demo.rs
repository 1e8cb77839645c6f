//! `ascribe demo`: all of it on a small graph of countries, in memory.

use serde::Serialize;

use crate::attribution::rollback::{ExplainOptions, Score};
use crate::data::{Query, Side, TripleSet};
use crate::engine::Workers;
use crate::error::{Error, Result};
use crate::models::triples::FunctionalKind;
use crate::models::triples::{Metrics, Ranking};
use crate::run::{Job, Run, Settings};

use super::explain::{Asked, Prediction, highest};
use super::output::{self, Fact, Progress, number};
use super::verify::changes;

const TRAIN: &str = include_str!("../../data/nations/train.tsv");
const VALID: &str = include_str!("../../data/nations/valid.tsv");
const TEST: &str = include_str!("../../data/nations/test.tsv");

/// Source and terms, as data/nations/README.md states them.
const SOURCE: &str = "Nations, how 14 countries of the years 1950 to 1965 dealt with each other: observations of R. J. \
                      Rummel (Dimensionality of Nations), made into relations by C. Kemp and others (AAAI 2006), files \
                      of PyKEEN 1.11.1; no source states a license for the data: use it for research and testing.";

/// A supporting fact whose removal is predicted to lower a probability by this much is worth telling of.
const CLEAR: f64 = 0.05;

/// Predicted and true change differ by less than this part of the true one: they are said to agree.
const CLOSE: f64 = 0.25;

/// The answer as JSON.
#[derive(Debug, Serialize)]
struct Demonstrated<'a> {
    command: &'static str,
    source: &'static str,
    settings: &'a Settings,
    validation: &'a Option<Metrics>,
    prediction: &'a Prediction,
    fact: &'a Fact,
    predicted_change: f64,
    true_change: f64,
}

/// Trains, explains and checks.
pub(super) fn demo(workers: &Workers, json: bool) -> Result<String> {
    let data = TripleSet::from_text(TRAIN, VALID, TEST)?;
    let settings = Settings::default();
    let progress = Progress::new("training", settings.epochs);
    let run = Job::<f64>::new(&settings, &data)?.train(&data, workers, &progress.monitor())?;
    drop(progress);
    let (asked, support) = choose(workers, &run)?;
    let truth = changes(workers, &run, &asked, &[vec![support.example]])?;
    let answer = Demonstrated {
        command: "demo",
        source: SOURCE,
        settings: &run.settings,
        validation: &run.validation,
        prediction: &asked.prediction,
        fact: &Fact::of(&run.data, support.example)?,
        predicted_change: support.score,
        true_change: truth.first().copied().unwrap_or(f64::NAN),
    };
    match json {
        true => output::json(&answer),
        false => Ok(in_words(&answer, &run)),
    }
}

/// The first test triple whose tail comes first and that has a clear support, or the one of clearest support.
fn choose(workers: &Workers, run: &Run<f64>) -> Result<(Asked<f64>, Score)> {
    let mut ranking = Ranking::new(&run.model)?;
    let mut clearest: Option<(Asked<f64>, Score)> = None;
    for triple in &run.data.test {
        let scores = ranking.scores(workers, run.model.parameters(), triple.head, triple.relation, Side::Tail)?;
        if highest(scores) != triple.tail {
            continue;
        }
        let query = Query { known: triple.head, relation: triple.relation, side: Side::Tail };
        let asked = Asked::new(workers, run, query, Some(triple.tail), FunctionalKind::Probability)?;
        let explanation = asked.explainer.explain(workers, &asked.query, 0, &ExplainOptions::default())?;
        let Some(support) = explanation.supporting(1).first().copied() else { continue };
        let clear = support.score <= -CLEAR;
        if clearest.as_ref().is_none_or(|(_, most)| support.score < most.score) {
            clearest = Some((asked, support));
        }
        if clear {
            break;
        }
    }
    clearest.ok_or_else(|| Error::argument("the number of test triples predicted", 0, "at least one to explain"))
}

fn in_words(answer: &Demonstrated<'_>, run: &Run<f64>) -> String {
    let Demonstrated { prediction, fact, predicted_change, true_change, .. } = answer;
    let before = prediction.probability;
    let moves = |change: f64| {
        let verb = if change < 0.0 { "falls" } else { "rises" };
        format!("{verb} from {} to {}", number(before), number(before + change))
    };
    let ratio = predicted_change / true_change;
    let verdict = if (predicted_change - true_change).abs() <= CLOSE * true_change.abs() {
        "they agree closely".into()
    } else if ratio > 0.0 {
        format!("the direction is right, the size is not: predicted is {ratio:.1} times the true change")
    } else {
        "they do not even agree in direction".into()
    };
    let mrr = run.validation.as_ref().map_or_else(|| "unknown".into(), |metrics| number(metrics.mrr));
    format!(
        "{SOURCE}\n\ntrained {} of dimension {} on {} triples for {} epochs: validation MRR {mrr}\n\n\
         Asked for the tail of \"{} {} ?\", the model says \"{}\" with probability {}. This is true, and the model was \
         not trained on it.\n\n\
         predicted: without \"{}\" the probability of \"{}\" {}\n\
         retrained: without \"{}\" it {}\n\
         predicted change {}, true change {}: {verdict}.\n",
        run.settings.model,
        run.settings.dimension,
        run.data.train.len(),
        run.settings.epochs,
        prediction.triple.head,
        prediction.triple.relation,
        prediction.triple.tail,
        number(before),
        fact.triple,
        prediction.triple,
        moves(*predicted_change),
        fact.triple,
        moves(*true_change),
        number(*predicted_change),
        number(*true_change),
    )
}
