//! Examples to train on, and queries to ask about: triples, rows, or the inputs of a graph.

mod columns;
mod rows;
mod triples;

use std::sync::Arc;

use crate::data::Samples;
use crate::error::{Error, Result};

pub use rows::TableOptions;
pub use triples::Part;

pub(super) use columns::{Column, Columns};
pub(super) use rows::{Rows, Source};
pub(super) use triples::Triples;

/// Examples to train on, or queries to ask about. Cloning is cheap: content is shared until it is changed.
#[derive(Clone, Debug)]
pub struct Dataset {
    pub(super) content: Content,
}

/// What examples are.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Triples(Triples),
    Rows(Rows),
    Columns(Columns),
}

impl Dataset {
    /// The number of examples.
    pub fn len(&self) -> usize {
        match &self.content {
            Content::Triples(triples) => triples.triples.len(),
            Content::Rows(rows) => rows.dense.len(),
            Content::Columns(columns) => columns.count(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Some of the examples, in the order given; one may be taken several times.
    ///
    /// # Errors
    /// [`Error::Argument`] for an example that is not there.
    pub fn select(&self, examples: &[usize]) -> Result<Self> {
        if let Some(example) = examples.iter().find(|example| **example >= self.len()) {
            return Err(Error::argument("an example", example, format!("one of {}, counted from 0", self.len())));
        }
        let content = match &self.content {
            Content::Triples(triples) => Content::Triples(triples.select(examples)),
            Content::Rows(rows) => Content::Rows(rows.select(examples)?),
            Content::Columns(columns) => Content::Columns(columns.select(examples)?),
        };
        Ok(Self { content })
    }

    /// An example in words: a triple by its names, a row by its number in the file and its target.
    ///
    /// # Errors
    /// [`Error::Argument`] for an example that is not there.
    pub fn describe(&self, example: usize) -> Result<String> {
        if example >= self.len() {
            return Err(Error::argument("an example", example, format!("one of {}, counted from 0", self.len())));
        }
        Ok(match &self.content {
            Content::Triples(triples) => triples.set().describe(triples.triples[example]),
            Content::Rows(rows) => rows.describe(example),
            Content::Columns(_) => format!("example {example}"),
        })
    }

    /// What examples are, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match &self.content {
            Content::Triples(_) => "triples",
            Content::Rows(_) => "rows",
            Content::Columns(_) => "inputs of a graph",
        }
    }

    pub(super) fn triples(&self) -> Result<&Triples> {
        match &self.content {
            Content::Triples(triples) => Ok(triples),
            _ => Err(self.other("triples")),
        }
    }

    pub(super) fn rows(&self) -> Result<&Rows> {
        match &self.content {
            Content::Rows(rows) => Ok(rows),
            _ => Err(self.other("rows")),
        }
    }

    pub(super) fn columns(&self) -> Result<&Columns> {
        match &self.content {
            Content::Columns(columns) => Ok(columns),
            _ => Err(self.other("inputs of a graph")),
        }
    }

    fn other(&self, expected: &str) -> Error {
        Error::argument("the dataset", format!("of {}", self.kind()), format!("one of {expected}"))
    }

    fn of_dense(dense: Samples) -> Self {
        Self { content: Content::Rows(Rows { dense: Arc::new(dense), source: None, altered: false }) }
    }
}
