//! `ascribe explain`, and what `verify` and `demo` share with it: a question to a run.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::attribution::rollback::{ExplainOptions, Explainer, Scope, Score};
use crate::data::{Query, Side, TripleSet};
use crate::engine::Workers;
use crate::error::{Error, Result};
use crate::models::triples::FunctionalKind;
use crate::models::triples::Ranking;
use crate::objective::{Functional, Inputs};
use crate::run::{DenseRun, Run};
use crate::tensor::Real;

use super::arguments::{self, FUNCTIONALS, Question, Way, name_of};
use super::output::{self, Fact, Names, change, noun, number, table};
use super::{OnRun, dense};

/// What a model answers to a query.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Prediction {
    #[serde(flatten)]
    pub triple: Names,
    pub asked: &'static str,
    pub probability: f64,
    pub rank: usize,
    pub candidates: usize,
    pub stated_in: Option<&'static str>,
}

/// A question to a run: a query, the answer to be explained and the functional.
#[derive(Debug)]
pub(super) struct Asked<T> {
    pub prediction: Prediction,
    pub kind: FunctionalKind,
    pub functional: Functional,
    pub explainer: Explainer<T>,
    /// The inputs of the functional.
    pub query: Inputs<T>,
}

impl<T: Real> Asked<T> {
    /// Asks a run as the command line says.
    pub fn from_line(
        workers: &Workers,
        run: &Run<T>,
        folder: &Path,
        question: &Question,
        kind: FunctionalKind,
    ) -> Result<Self> {
        let query = Query::parse(question.of_triples(folder)?, &run.data)?;
        let target = match &question.target {
            Some(name) => Some(run.data.entities.require("entity", name)?),
            None => None,
        };
        Self::new(workers, run, query, target, kind)
    }

    /// Asks a run; without a target, for the answer of highest score.
    pub fn new(
        workers: &Workers,
        run: &Run<T>,
        query: Query,
        target: Option<u32>,
        kind: FunctionalKind,
    ) -> Result<Self> {
        let parameters = run.model.parameters();
        let mut ranking = Ranking::new(&run.model)?;
        let scores = ranking.scores(workers, parameters, query.known, query.relation, query.side)?;
        let target = target.unwrap_or_else(|| highest(scores));
        let own = scores.get(target as usize).map_or(f64::NAN, |score| score.to_f64());
        let rank = 1 + scores.iter().filter(|score| score.to_f64() > own).count();
        let candidates = scores.len();
        let tails = query.side == Side::Tail;
        let explainer = |kind| -> Result<(Functional, Explainer<T>)> {
            let functional = Functional::of_triples(&run.model, kind, tails)?;
            let explainer = Explainer::new(&functional, run.model.shared_parameters(), run.ledger.clone())?;
            Ok((functional, explainer))
        };
        let (functional, asked) = explainer(kind)?;
        let inputs = asked.query(&[query.known, query.relation, target])?;
        let probability = match kind {
            FunctionalKind::Probability => asked.value(workers, &inputs, 0)?,
            _ => explainer(FunctionalKind::Probability)?.1.value(workers, &inputs, 0)?,
        };
        let triple = query.triple(target);
        let splits = [("train", &run.data.train), ("valid", &run.data.valid), ("test", &run.data.test)];
        let stated = splits.iter().find(|(_, triples)| triples.contains(&triple));
        let prediction = Prediction {
            triple: Names::of(&run.data, triple),
            asked: if tails { "tail" } else { "head" },
            probability,
            rank,
            candidates,
            stated_in: stated.map(|(name, _)| *name),
        };
        Ok(Self { prediction, kind, functional, explainer: asked, query: inputs })
    }

    /// The prediction in a line or two.
    pub fn sentence(&self, value: f64) -> String {
        let Prediction { triple, asked, probability, rank, candidates, stated_in } = &self.prediction;
        let stated = match stated_in {
            Some("train") => "a fact it was trained on",
            Some("valid") => "a fact of the validation set",
            Some(_) => "a fact of the test set",
            None => "not among the facts given",
        };
        let mut text = format!(
            "prediction: {triple}\n  the {asked} was asked for; probability {}, rank {rank} of {candidates}; {stated}\n",
            number(*probability)
        );
        if self.kind != FunctionalKind::Probability {
            text += &format!("  {} is {}\n", noun(self.kind), number(value));
        }
        text
    }
}

/// The first of the highest scores.
pub(super) fn highest<T: Real>(scores: &[T]) -> u32 {
    let mut best = 0;
    for (place, score) in scores.iter().enumerate() {
        if *score > scores[best] {
            best = place;
        }
    }
    best as u32
}

/// At least one fact must be asked for.
pub(super) fn check_count(k: usize, what: &str) -> Result<()> {
    match k {
        0 => Err(Error::argument("-k", 0, format!("at least one {what}"))),
        _ => Ok(()),
    }
}

/// The answer as JSON.
#[derive(Debug, Serialize)]
struct Explained<'a> {
    command: &'static str,
    run: &'a PathBuf,
    prediction: &'a Prediction,
    functional: &'static str,
    value: f64,
    scope: &'static str,
    considered: Option<usize>,
    supporting: Option<Vec<Effect>>,
    opposing: Option<Vec<Effect>>,
    without: Option<Without>,
}

/// A fact with the change that its removal would bring.
#[derive(Debug, Serialize)]
struct Effect {
    #[serde(flatten)]
    fact: Fact,
    change: f64,
    exact: bool,
}

/// The change that the removal of several facts together would bring.
#[derive(Debug, Serialize)]
struct Without {
    examples: Vec<Fact>,
    value: f64,
    change: f64,
}

/// The command.
#[derive(Debug)]
pub(super) struct Explain<'a> {
    pub options: &'a arguments::Explain,
    pub workers: Workers,
    pub json: bool,
}

impl OnRun for Explain<'_> {
    fn on_rows<T: Real>(self, run: DenseRun<T>) -> Result<String> {
        dense::explain::explain(&run, self.options, &self.workers, self.json)
    }

    fn on<T: Real>(self, run: &Run<T>) -> Result<String> {
        let Self { options, workers, json } = self;
        let question = &options.question;
        check_count(options.k, "fact")?;
        if options.method == Some(Way::Influence) {
            question.of_triples(&options.run)?;
            let what = format!("influence functions on {}, a run of triples,", options.run.display());
            return Err(Error::Unsupported { what, hint: "leave --method out: rollback explains it".into() });
        }
        let kind = options.explained.of_triples()?;
        let asked = Asked::from_line(&workers, run, &options.run, question, kind)?;
        let mut answer = Explained {
            command: "explain",
            run: &options.run,
            prediction: &asked.prediction,
            functional: name_of(&FUNCTIONALS, &kind),
            value: f64::NAN,
            scope: name_of(&Scope::ALL, &question.scope),
            considered: None,
            supporting: None,
            opposing: None,
            without: None,
        };
        if let Some(examples) = &options.without {
            answer.value = asked.explainer.value(&workers, &asked.query, 0)?;
            let value = asked.explainer.without(&workers, &asked.query, 0, examples)?;
            let mut distinct = examples.clone();
            distinct.sort_unstable();
            distinct.dedup();
            let examples = distinct.into_iter().map(|example| Fact::of(&run.data, example)).collect::<Result<_>>()?;
            answer.without = Some(Without { examples, value, change: value - answer.value });
        } else {
            let how = ExplainOptions { scope: question.scope, effort: options.effort };
            let explanation = asked.explainer.explain(&workers, &asked.query, 0, &how)?;
            answer.value = explanation.value;
            answer.considered = Some(explanation.scores.len());
            answer.supporting = Some(effects(&run.data, &explanation.supporting(options.k))?);
            answer.opposing = Some(effects(&run.data, &explanation.opposing(options.k))?);
        }
        match json {
            true => output::json(&answer),
            false => Ok(asked.sentence(answer.value) + &in_words(&answer, asked.kind, run.data.train.len())),
        }
    }
}

fn effects(data: &TripleSet, scores: &[Score]) -> Result<Vec<Effect>> {
    let effect = |s: &Score| Ok(Effect { fact: Fact::of(data, s.example)?, change: s.score, exact: s.exact });
    scores.iter().map(effect).collect()
}

fn in_words(answer: &Explained<'_>, kind: FunctionalKind, examples: usize) -> String {
    let noun = noun(kind);
    let mut text = String::new();
    if let Some(Without { examples, value, change: by }) = &answer.without {
        let rows: Vec<_> = examples.iter().map(|f| [f.example.to_string(), f.triple.to_string()]).collect();
        text += &format!("\nwithout these together {noun} {} (from {}):\n", change(*by, *value), number(answer.value));
        return text + &table([">example", "fact"], &rows);
    }
    if let Some(considered) = answer.considered {
        text += &format!("  {considered} of {examples} training examples considered\n");
    }
    for (title, effects) in [("supporting", &answer.supporting), ("opposing", &answer.opposing)] {
        let Some(effects) = effects else { continue };
        if effects.is_empty() {
            text += &format!("\n{title}: none\n");
            continue;
        }
        let row = |e: &Effect| {
            let about = if e.exact { "" } else { "about: " };
            let words = format!("{about}{}", change(e.change, answer.value + e.change));
            [e.fact.example.to_string(), e.fact.triple.to_string(), words]
        };
        let rows: Vec<_> = effects.iter().map(row).collect();
        text += &format!("\n{title}:\n");
        text += &table([">example", "fact", &format!("without it {noun}")], &rows);
    }
    text
}
