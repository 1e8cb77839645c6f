//! Answers about a run as JSON: what all of them have, and how queries lie in them.

use std::path::Path;

use serde::Serialize;

use crate::data::Summary;
use crate::error::Result;

use super::arguments::Line;
use super::certificate::Certified;
use super::output;
use super::question::{Question, Run};
use super::shown::Query;

/// An answer: what every command says of a run, and what is its own.
#[derive(Debug, Serialize)]
pub(super) struct Answer<'a, B> {
    command: &'static str,
    run: &'a Path,
    method: String,
    unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    functional: Option<&'a str>,
    /// What was read of the files that are asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    read: Option<&'a Summary>,
    /// Whether an example counts with its share of the penalty.
    penalty: bool,
    #[serde(flatten)]
    certified: &'a Certified,
    #[serde(flatten)]
    body: B,
}

/// What is found for the queries: that of a fact stands by itself, rows are a list.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Queries<'a, F> {
    Fact {
        prediction: &'a Query,
        scope: Option<String>,
        #[serde(flatten)]
        found: &'a F,
    },
    Rows {
        left_out: usize,
        queries: Vec<Found<'a, &'a F>>,
    },
}

/// A query with what is found for it.
#[derive(Debug, Serialize)]
pub(super) struct Found<'a, F> {
    #[serde(flatten)]
    pub query: &'a Query,
    #[serde(flatten)]
    pub found: F,
}

impl<'a, F> Queries<'a, F> {
    pub fn of(line: &Line, run: &Run, question: &'a Question, found: &'a [F]) -> Self {
        match (question.queries.as_slice(), found) {
            ([prediction @ Query::Fact(_)], [found]) => {
                Self::Fact { prediction, scope: line.in_force(run.method.table, "scope"), found }
            }
            (queries, found) => {
                let queries = queries.iter().zip(found).map(|(query, found)| Found { query, found }).collect();
                Self::Rows { left_out: question.left_out, queries }
            }
        }
    }
}

/// The object of a command's answer by the method of a run.
pub(super) fn json(
    command: &'static str,
    run: &Run,
    question: Option<&Question>,
    certified: &Certified,
    body: impl Serialize,
) -> Result<String> {
    let method = match question {
        Some(_) => run.method.name.to_owned(),
        None => run.self_method(),
    };
    let (functional, penalty) = (question.map(|question| question.named.as_str()), run.model.shares_penalty()?);
    let read = question.and_then(|question| question.read.as_ref());
    let unit = run.method.unit;
    output::json(&Answer { command, run: &run.folder, method, unit, functional, read, penalty, certified, body })
}
