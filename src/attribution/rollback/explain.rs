//! Explaining a prediction by taking training examples' changes back.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex};

use once_cell::sync::OnceCell;

use crate::autodiff::gradient;
use crate::engine::{Execution, Operands, Program, RowPatches, Workers};
use crate::error::{Error, Result};
use crate::graph::Rewriter;
use crate::objective::{Functional, Inputs};
use crate::options::{options, text_option, words};
use crate::tensor::{Array, Real};

use super::ledger::Ledger;

/// Candidates evaluated in one run: enough to fill the cores, few enough to hold.
const BLOCK: usize = 4096;
/// Candidates from which preselection pays.
const MANY: usize = 20_000;

words! {
    "the scope";
    /// Which training examples are considered.
    #[derive(Default)]
    pub enum Scope {
        /// Those that own an entity row the query names: the given entity's or the target's.
        Entities = "entities",
        /// Those that own an entity or relation row the query names.
        #[default]
        EntitiesAndRelation = "entities+relation",
        /// All.
        All = "all",
    }
}

text_option!(Effort);

/// How scores are computed: as words `auto`, `exact`, `linear` and `hybrid:N`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Effort {
    /// Exactly up to twenty thousand candidates, otherwise the five hundred that matter most to first order.
    #[default]
    Auto,
    /// The functional is evaluated without each candidate's changes.
    Exact,
    /// To first order: minus the inner product of the functional's gradient with the changes.
    Linear,
    /// To first order, and then exactly for the `rerank` candidates of greatest effect.
    Hybrid {
        /// How many are evaluated exactly.
        rerank: usize,
    },
}

impl fmt::Display for Effort {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => formatter.write_str("auto"),
            Self::Exact => formatter.write_str("exact"),
            Self::Linear => formatter.write_str("linear"),
            Self::Hybrid { rerank } => write!(formatter, "hybrid:{rerank}"),
        }
    }
}

impl FromStr for Effort {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        let hybrid = |count: &str| count.parse().ok().map(|rerank| Self::Hybrid { rerank });
        match word {
            "auto" => Ok(Self::Auto),
            "exact" => Ok(Self::Exact),
            "linear" => Ok(Self::Linear),
            _ => word.strip_prefix("hybrid:").and_then(hybrid).ok_or_else(|| {
                Error::argument("the effort", format!("{word:?}"), "one of auto, exact, linear or hybrid:N")
            }),
        }
    }
}

options! {
    /// Gradient rollback.
    #[table("rollback")]
    #[derive(Copy)]
    pub struct ExplainOptions {
        /// Which examples are considered: those that share an entity with the query, or the relation too, or all of them.
        scope: Scope = "entities+relation",
        /// How scores are computed: exact, linear (to first order), hybrid:N (linear, then the first N exactly), or auto, which
        /// is exact up to twenty thousand candidates and hybrid:500 beyond.
        effort: Effort = "auto",
        /// How many true removals, each a training again, measure what is predicted from models of triples; what was measured
        /// before, when the model was trained by the command line, counts.
        calibrate: usize = "1",
    }
}

/// The predicted change of the functional if an example were removed from training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// The training example.
    pub example: u32,
    /// The functional without the example minus the functional.
    pub score: f64,
    /// Whether the functional was evaluated; otherwise the score is of first order.
    pub exact: bool,
}

/// What a prediction is due to.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The functional of the trained model.
    pub value: f64,
    /// Every candidate, the greatest effect first; equal effects by example.
    pub scores: Vec<Score>,
}

impl Explanation {
    /// The `k` candidates whose removal lowers the functional most: what supports it.
    pub fn supporting(&self, k: usize) -> Vec<Score> {
        self.scores.iter().filter(|s| s.score < 0.0).take(k).copied().collect()
    }

    /// The `k` candidates whose removal raises the functional most: what speaks against it.
    pub fn opposing(&self, k: usize) -> Vec<Score> {
        self.scores.iter().filter(|s| s.score > 0.0).take(k).copied().collect()
    }
}

/// Explains queries of one functional of a trained model by its ledger.
///
/// It owns what it needs, and several threads may ask one explainer at once: none waits for another.
#[derive(Debug)]
pub struct Explainer<T> {
    parameters: Arc<Vec<Array<T>>>,
    ledger: Arc<Ledger<T>>,
    patched: Arc<Program<T>>,
    /// Buffers that no run uses at the moment.
    idle: Mutex<Vec<Execution<T>>>,
    /// The gradient of the functional: compiled when a score of first order is first asked for.
    sensitivity: OnceCell<Arc<Program<T>>>,
    functional: Functional,
    /// For each parameter and row the examples that own it, ascending.
    owners: BTreeMap<(usize, u32), Vec<u32>>,
}

struct Question<'a, T> {
    parameters: &'a [Array<T>],
    inputs: Inputs<T>,
    patches: Vec<RowPatches<T>>,
}

impl<T: Real> Operands<T> for Question<'_, T> {
    fn parameter(&self, slot: usize) -> &[T] {
        self.parameters.get(slot).map_or(&[], Array::values)
    }

    fn real(&self, slot: usize) -> &[T] {
        self.inputs.numbers(slot)
    }

    fn index(&self, slot: usize) -> &[u32] {
        self.inputs.ids(slot)
    }

    fn patches(&self, parameter: usize) -> Option<&RowPatches<T>> {
        self.patches.get(parameter)
    }
}

impl<T: Real> Explainer<T> {
    /// Compiles a functional with its rows patched.
    ///
    /// # Errors
    /// [`Error::Argument`] when the ledger and the parameters do not belong together.
    pub fn new(
        functional: &Functional,
        parameters: impl Into<Arc<Vec<Array<T>>>>,
        ledger: impl Into<Arc<Ledger<T>>>,
    ) -> Result<Self> {
        let (parameters, ledger) = (parameters.into(), ledger.into());
        let mut graph = functional.graph.clone();
        for (slot, id) in graph.parameters().to_vec().into_iter().enumerate() {
            let found = parameters.get(slot).map(Array::shape);
            if found != Some(graph.shape(id).sizes()) {
                let name = format!("the shape of parameter {slot}");
                return Err(Error::argument(name, format!("{found:?}"), graph.shape(id).to_string()));
            }
        }
        for rest in ledger.remainder().iter().zip(parameters.iter()) {
            // A parameter that is never looked up is one row to the ledger.
            let rows = rest.0.rows() == 1 || rest.0.row_width() == rest.1.row_width();
            if rest.0.values().len() != rest.1.values().len() || !rows {
                let found = format!("{:?}", rest.0.shape());
                return Err(Error::argument("the ledger's table", found, format!("{:?}", rest.1.shape())));
            }
        }
        let tables = graph.parameters().to_vec();
        let mut replacements = Vec::new();
        // Rows of other parameters are nobody's, so they are never taken back.
        let owned = |slot: &usize| ledger.owned().iter().any(|owned| owned.parameter == *slot);
        for slot in (0..tables.len()).filter(owned) {
            replacements.push((tables[slot], graph.patched(tables[slot])?));
        }
        let value = Rewriter::new(&graph, &replacements).rewrite(&mut graph, functional.value)?;
        let patched = Program::compile(&graph, &[value], &[])?;
        let mut owners: BTreeMap<(usize, u32), Vec<u32>> = BTreeMap::new();
        for example in 0..ledger.examples() {
            for (_, parameter, row) in ledger.slots(example) {
                owners.entry((parameter, row)).or_default().push(example as u32);
            }
        }
        Ok(Self {
            parameters,
            ledger,
            patched,
            idle: Mutex::new(Vec::new()),
            sensitivity: OnceCell::new(),
            functional: functional.clone(),
            owners,
        })
    }

    /// The training examples that one of several queries considers, ascending.
    ///
    /// # Errors
    /// [`Error::Argument`] when there is no such query.
    pub fn candidates(&self, queries: &Inputs<T>, query: usize, scope: Scope) -> Result<Vec<u32>> {
        Ok(self.considered(&queries.select(&[query])?, scope))
    }

    fn considered(&self, query: &Inputs<T>, scope: Scope) -> Vec<u32> {
        if scope == Scope::All {
            return (0..self.ledger.examples() as u32).collect();
        }
        let mut found: Vec<u32> = Vec::new();
        for read in &self.functional.reads {
            // The first parameter's rows are the entities.
            if scope == Scope::EntitiesAndRelation || read.parameter == 0 {
                for row in query.ids(read.input) {
                    found.extend(self.owners.get(&(read.parameter, *row)).into_iter().flatten());
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Explains the functional at one of several queries, whose inputs may be numbers as well as ids. Inputs that the
    /// functional does not read may be absent.
    ///
    /// # Errors
    /// [`Error::Argument`] when there is no such query, an input that is read has not the length it should have, or an id
    /// lies outside the tables; [`Error::Canceled`] when the context was told to stop.
    pub fn explain(
        &self,
        workers: &Workers,
        queries: &Inputs<T>,
        query: usize,
        options: &ExplainOptions,
    ) -> Result<Explanation> {
        let mut explanation = self.scores(workers, queries, query, options)?;
        explanation.scores.sort_by(by_effect);
        Ok(explanation)
    }

    /// As [`Explainer::explain`], but with the scores in the order of the examples.
    ///
    /// # Errors
    /// As [`Explainer::explain`].
    pub fn scores(
        &self,
        workers: &Workers,
        queries: &Inputs<T>,
        query: usize,
        options: &ExplainOptions,
    ) -> Result<Explanation> {
        let query = &queries.select(&[query])?;
        let candidates = self.considered(query, options.scope);
        let effort = match options.effort {
            Effort::Auto if candidates.len() <= MANY => Effort::Exact,
            Effort::Auto => Effort::Hybrid { rerank: 500 },
            effort => effort,
        };
        let value = self.value(workers, query, 0)?;
        let mut scores = match effort {
            Effort::Exact => self.exact(workers, query, value, &candidates)?,
            _ => self.linear(workers, query, &candidates)?,
        };
        if let Effort::Hybrid { rerank } = effort {
            let mut ordered = scores.clone();
            ordered.sort_by(by_effect);
            let first: Vec<u32> = ordered.iter().take(rerank).map(|score| score.example).collect();
            for exact in self.exact(workers, query, value, &first)? {
                let place = scores.partition_point(|score| score.example < exact.example);
                scores[place] = exact;
            }
        }
        Ok(Explanation { value, scores })
    }

    /// The functional of the trained model at one of several queries.
    ///
    /// # Errors
    /// As [`Explainer::explain`].
    pub fn value(&self, workers: &Workers, queries: &Inputs<T>, query: usize) -> Result<f64> {
        self.without(workers, queries, query, &[])
    }

    /// The functional at one of several queries with the changes of all these examples taken back together.
    ///
    /// # Errors
    /// As [`Explainer::explain`]; [`Error::Argument`] when an example is not in the ledger.
    pub fn without(&self, workers: &Workers, queries: &Inputs<T>, query: usize, examples: &[u32]) -> Result<f64> {
        let query = queries.select(&[query])?;
        let mut question = self.question(&query, 1)?;
        let mut rows: BTreeMap<(usize, u32), Vec<T>> = BTreeMap::new();
        let mut distinct = examples.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        for example in distinct {
            let example = example as usize;
            if example >= self.ledger.examples() {
                let expected = format!("an example below {}", self.ledger.examples());
                return Err(Error::argument("an example to take back", example, expected));
            }
            for (slot, parameter, row) in self.ledger.slots(example) {
                let trained = || self.parameters[parameter].row(row as usize).to_vec();
                let values = rows.entry((parameter, row)).or_insert_with(trained);
                for (value, change) in values.iter_mut().zip(self.ledger.change(example, slot)) {
                    *value -= *change;
                }
            }
        }
        for ((parameter, row), values) in rows {
            question.patches[parameter].push_row(row, values);
        }
        question.patches.iter_mut().for_each(RowPatches::end_example);
        self.running(|execution| {
            execution.run(workers, &question, 1)?;
            Ok(execution.example(0, 0)[0].to_f64())
        })
    }

    fn running<R>(&self, work: impl FnOnce(&mut Execution<T>) -> Result<R>) -> Result<R> {
        let idle = lock(&self.idle).pop();
        let mut execution = idle.unwrap_or_else(|| Execution::new(self.patched.clone(), 0));
        let result = work(&mut execution);
        lock(&self.idle).push(execution);
        result
    }

    fn exact(&self, workers: &Workers, query: &Inputs<T>, value: f64, candidates: &[u32]) -> Result<Vec<Score>> {
        let mut scores = Vec::with_capacity(candidates.len());
        self.running(|execution| {
            for block in candidates.chunks(BLOCK) {
                let mut question = self.question(query, block.len())?;
                for example in block {
                    for (slot, parameter, row) in self.ledger.slots(*example as usize) {
                        let values = self.parameters[parameter].row(row as usize).iter();
                        let changes = self.ledger.change(*example as usize, slot);
                        question.patches[parameter].push_row(row, values.zip(changes).map(|(w, change)| *w - *change));
                    }
                    question.patches.iter_mut().for_each(RowPatches::end_example);
                }
                execution.run(workers, &question, block.len())?;
                scores.extend(block.iter().enumerate().map(|(place, example)| Score {
                    example: *example,
                    score: execution.example(0, place)[0].to_f64() - value,
                    exact: true,
                }));
            }
            Ok(())
        })?;
        Ok(scores)
    }

    fn linear(&self, workers: &Workers, query: &Inputs<T>, candidates: &[u32]) -> Result<Vec<Score>> {
        let program = self.sensitivity.get_or_try_init(|| {
            let mut graph = self.functional.graph.clone();
            let tables = graph.parameters().to_vec();
            let derivatives = gradient(&mut graph, self.functional.value, &tables)?;
            Program::compile(&graph, &derivatives, &[])
        })?;
        let mut execution = Execution::new(program.clone(), 0);
        let mut question = self.question(query, 1)?;
        question.patches.clear();
        execution.run(workers, &question, 1)?;
        let slopes: Vec<&[T]> = (0..self.parameters.len()).map(|parameter| execution.shared(parameter)).collect();
        let mut blocks: Vec<(&[u32], Vec<Score>)> = candidates.chunks(BLOCK).map(|block| (block, Vec::new())).collect();
        workers.try_for_each(&mut blocks, |(block, scores)| {
            scores.extend(block.iter().map(|example| {
                let mut sum = 0.0;
                for (slot, parameter, row) in self.ledger.slots(*example as usize) {
                    let changes = self.ledger.change(*example as usize, slot);
                    let slope = &slopes[parameter][row as usize * changes.len()..][..changes.len()];
                    sum += slope.iter().zip(changes).map(|(s, c)| s.to_f64() * c.to_f64()).sum::<f64>();
                }
                Score { example: *example, score: -sum, exact: false }
            }));
        })?;
        Ok(blocks.into_iter().flat_map(|(_, scores)| scores).collect())
    }

    /// A query by its ids, one for each input of the functional.
    ///
    /// # Errors
    /// [`Error::Argument`] for another number of ids.
    pub fn query(&self, query: &[u32]) -> Result<Inputs<T>> {
        let inputs = self.functional.reads.iter().map(|read| read.input + 1).max().unwrap_or(0);
        if query.len() != inputs {
            return Err(Error::argument("the number of ids of the query", query.len(), inputs.to_string()));
        }
        let mut ids = query.iter().enumerate();
        ids.try_fold(Inputs::new(1), |inputs, (slot, id)| inputs.with_ids(slot, vec![*id]))
    }

    fn question(&self, query: &Inputs<T>, examples: usize) -> Result<Question<'_, T>> {
        Ok(Question {
            parameters: &self.parameters,
            inputs: query.select(&vec![0; examples])?,
            patches: self.parameters.iter().map(|p| RowPatches::new(p.row_width())).collect(),
        })
    }
}

fn by_effect(a: &Score, b: &Score) -> Ordering {
    b.score.abs().total_cmp(&a.score.abs()).then(a.example.cmp(&b.example))
}

/// Idle buffers are overwritten before use, so a poisoned lock is harmless.
fn lock<E>(mutex: &Mutex<E>) -> std::sync::MutexGuard<'_, E> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
