//! `ascribe verify`.

use crate::tensor::Real;
use std::ops::ControlFlow;
use std::path::PathBuf;

use serde::Serialize;

use crate::attribution::rollback::{Effort, ExplainOptions, Scope};
use crate::engine::Workers;
use crate::error::{Error, Result};
use crate::run::{DenseRun, Run};
use crate::verify::{Fidelity, Truth};

use super::arguments::{self, FUNCTIONALS, name_of};
use super::explain::{Asked, Prediction, check_count};
use super::output::{self, Fact, Progress, noun, number, table};
use super::{OnRun, dense};

/// From this many facts on, an agreement means something.
pub(super) const FEWEST: usize = 3;

/// The answer as JSON.
#[derive(Debug, Serialize)]
struct Verified<'a> {
    command: &'static str,
    run: &'a PathBuf,
    prediction: &'a Prediction,
    functional: &'static str,
    value: f64,
    scope: &'static str,
    facts: Vec<Pair>,
    together: Option<Together>,
    fidelity: Option<Fidelity>,
}

/// The change on removal of one fact, as predicted and as it is.
#[derive(Debug, Serialize)]
struct Pair {
    #[serde(flatten)]
    fact: Fact,
    predicted_change: f64,
    true_change: f64,
}

/// The change on removal of all facts together.
#[derive(Debug, Serialize)]
struct Together {
    examples: Vec<u32>,
    predicted_change: f64,
    true_change: f64,
}

/// The command.
#[derive(Debug)]
pub(super) struct Verify<'a> {
    pub options: &'a arguments::Verify,
    pub workers: Workers,
    pub json: bool,
}

impl OnRun for Verify<'_> {
    fn on_rows<T: Real>(self, run: DenseRun<T>) -> Result<String> {
        dense::verify::verify(&run, self.options, &self.workers, self.json)
    }

    fn on<T: Real>(self, run: &Run<T>) -> Result<String> {
        let Self { options, workers, json } = self;
        let question = &options.question;
        check_count(options.k, "fact")?;
        let kind = options.explained.of_triples()?;
        let asked = Asked::from_line(&workers, run, &options.run, question, kind)?;
        let how = ExplainOptions { scope: question.scope, effort: Effort::Auto };
        let explanation = asked.explainer.explain(&workers, &asked.query, 0, &how)?;
        let chosen = &explanation.scores[..options.k.min(explanation.scores.len())];
        if chosen.is_empty() {
            return Err(Error::argument("the number of examples considered", 0, "at least one; try --scope all"));
        }
        let examples: Vec<u32> = chosen.iter().map(|score| score.example).collect();
        let mut removals: Vec<Vec<u32>> = examples.iter().map(|example| vec![*example]).collect();
        if examples.len() > 1 {
            removals.push(examples.clone());
        }
        let truth = changes(&workers, run, &asked, &removals)?;
        let facts = chosen.iter().zip(&truth).map(|(score, true_change)| {
            let fact = Fact::of(&run.data, score.example)?;
            Ok(Pair { fact, predicted_change: score.score, true_change: *true_change })
        });
        let facts = facts.collect::<Result<Vec<_>>>()?;
        let together = match truth.get(examples.len()) {
            Some(true_change) => {
                let predicted_change =
                    asked.explainer.without(&workers, &asked.query, 0, &examples)? - explanation.value;
                Some(Together { examples, predicted_change, true_change: *true_change })
            }
            None => None,
        };
        let (predicted, of_facts): (Vec<f64>, Vec<f64>) =
            facts.iter().map(|pair| (pair.predicted_change, pair.true_change)).unzip();
        let fidelity = match facts.len() >= FEWEST {
            true => Some(Fidelity::of(&predicted, &of_facts)?),
            false => None,
        };
        let answer = Verified {
            command: "verify",
            run: &options.run,
            prediction: &asked.prediction,
            functional: name_of(&FUNCTIONALS, &kind),
            value: explanation.value,
            scope: name_of(&Scope::ALL, &question.scope),
            facts,
            together,
            fidelity,
        };
        match json {
            true => output::json(&answer),
            false => Ok(asked.sentence(answer.value) + &in_words(&answer, noun(asked.kind))),
        }
    }
}

/// The true change for each set of examples, by training again.
pub(super) fn changes<T: Real>(
    workers: &Workers,
    run: &Run<T>,
    asked: &Asked<T>,
    removals: &[Vec<u32>],
) -> Result<Vec<f64>> {
    let progress = Progress::new("retraining", removals.len());
    let truth = Truth::new(run, &asked.functional)?;
    let ids = (0..asked.query.slots()).flat_map(|slot| asked.query.ids(slot)).copied().collect();
    let changes = truth.changes(workers, removals, &[ids], &mut |done| {
        progress.set(done, String::new());
        ControlFlow::Continue(())
    })?;
    Ok(changes.into_iter().flatten().collect())
}

fn in_words(answer: &Verified<'_>, noun: &str) -> String {
    let mut rows: Vec<[String; 4]> = answer
        .facts
        .iter()
        .map(|pair| {
            let Fact { example, triple } = &pair.fact;
            [example.to_string(), triple.to_string(), number(pair.predicted_change), number(pair.true_change)]
        })
        .collect();
    if let Some(all) = &answer.together {
        let numbers = [number(all.predicted_change), number(all.true_change)];
        let [predicted, truth] = numbers;
        rows.push([String::new(), "all of them together".into(), predicted, truth]);
    }
    let mut text = format!("\nchange of {noun} without the fact, as predicted and after training again:\n");
    text += &table([">example", "fact", ">predicted", ">true"], &rows);
    if let Some(fidelity) = &answer.fidelity {
        let shown = |value: Option<f64>| value.map_or_else(|| "undefined".into(), number);
        text += &format!(
            "\nfidelity over {} single facts: Pearson {}, Spearman {}, slope {}, greatest error {}\n",
            fidelity.count,
            shown(fidelity.pearson),
            shown(fidelity.spearman),
            shown(fidelity.slope),
            number(fidelity.maximum_error)
        );
    }
    text
}
