//! A run and what it is asked, as the line says.

use std::path::PathBuf;
use std::sync::Arc;

use crate::data::{RowRange, Summary};
use crate::error::{Error, Result};
use crate::session::{Attributor, Context, Dataset, MethodInfo, Model, Monitor, Queries, REMOVAL};

use super::Failure;
use super::arguments::Line;
use super::certificate::Solve;
use super::output::number;
use super::shown::Query;

/// A run with the method that is to explain it.
#[derive(Debug)]
pub(super) struct Run {
    pub folder: PathBuf,
    pub model: Model,
    pub method: &'static MethodInfo,
}

impl Run {
    /// Loads the run, and refuses flags that do not go with its method.
    pub fn open(line: &Line) -> std::result::Result<Self, Failure> {
        let folder = line.path("run");
        let model = Model::load(&folder)?;
        let method = model.method(line.text("method"))?;
        line.check(&format!("--method {}", method.name))?;
        Ok(Self { folder, model, method })
    }

    pub fn data(&self) -> Result<&Dataset> {
        self.model.data()
    }

    /// What its method is called where examples are scored for themselves.
    pub fn self_method(&self) -> String {
        if self.method.unit == REMOVAL { "self-influence".to_owned() } else { format!("self-{}", self.method.name) }
    }

    /// The method ready for so many queries.
    pub fn attributor(
        &self,
        line: &Line,
        context: &Arc<Context>,
        queries: usize,
        monitor: &Monitor,
    ) -> Result<Attributor> {
        let mut options = line.options.only(self.method.table);
        if self.method.table.get("queries").is_some() {
            options.set("queries", queries);
        }
        Attributor::new(context, &self.model, Some(self.method.name), None, &options, monitor)
    }
}

/// What a run is asked.
#[derive(Debug)]
pub(super) struct Question {
    pub data: Dataset,
    /// The queries of `data` with what is predicted for them.
    pub queries: Vec<Query>,
    /// The functional by the name that the model has for it, and as it was typed.
    pub functional: String,
    pub named: String,
    pub left_out: usize,
    /// What is not as the files have it.
    pub notes: Vec<String>,
    /// What was read of the files, where there are some.
    pub read: Option<Summary>,
}

impl Question {
    /// What the line asks; where it names no queries, the training rows `own`.
    pub fn of(line: &Line, context: &Context, run: &Run, own: &[usize]) -> Result<Self> {
        let (model, typed) = (&run.model, line.text("functional"));
        let triples = run.data()?.triples().is_ok();
        // Which end a functional of triples is of, the query says.
        let known: Vec<&str> =
            model.family().functionals().into_iter().filter(|name| !name.starts_with("head-")).collect();
        let named = typed.unwrap_or(known[0]).to_owned();
        if !known.contains(&named.as_str()) {
            let what = format!("--functional for a run of {}", if triples { "triples" } else { "rows" });
            return Err(Error::argument(what, named, format!("one of {}", known.join(", "))));
        }
        let unsupported = |what: &str, kind: &str, hint: &str| Error::Unsupported {
            what: format!("{what} with {}, a run of {kind},", run.folder.display()),
            hint: hint.into(),
        };
        if triples {
            let hint = "ask it with --query HEAD,RELATION,?";
            let query =
                line.text("query").ok_or_else(|| unsupported("another question than --query", "triples", hint))?;
            let answer = model.answer(context, query, line.text("target"))?;
            let functional = answer.functional(Some(&named));
            return Ok(Self {
                data: answer.query.clone(),
                queries: vec![Query::Fact(answer)],
                functional,
                named,
                left_out: 0,
                notes: Vec::new(),
                read: None,
            });
        }
        if line.has("query") {
            return Err(unsupported("--query", "rows", "ask it with --test FILE"));
        }
        model.family().functional(Some(&named))?;
        let rows: Option<Vec<RowRange>> = line.list("test-rows");
        let Queries { data, predictions, left_out, notes, read } = match line.list::<PathBuf>("test") {
            Some(files) => model.queries(context, &files, rows.as_deref(), Some(&named))?,
            None => model.own_queries(context, own)?,
        };
        let queries = predictions.into_iter().map(Query::Row).collect();
        Ok(Self { data, queries, functional: named.clone(), named, left_out, notes, read })
    }

    /// A query with the functional and how it was solved for.
    pub fn heading(&self, query: &Query, value: f64, solve: Option<&Solve>) -> String {
        let solve = solve.map_or_else(String::new, |solve| format!("; {}", solve.in_words()));
        format!("{}\n  {} is {}{solve}", query.sentence(), self.noun(), number(value))
    }

    /// The functional in a sentence.
    pub fn noun(&self) -> String {
        format!("the {}", self.named.replace('-', " "))
    }
}

/// At least one example must be wanted.
pub(super) fn count(line: &Line, run: &Run) -> Result<usize> {
    let what = super::shown::headings(run.data()?).1;
    match line.number("k").unwrap_or_default() {
        0 => Err(Error::argument("-k", 0, format!("at least one {what}"))),
        count => Ok(count),
    }
}
