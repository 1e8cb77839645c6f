//! Explanation by taking back what the ledger says.

use std::sync::Arc;

use crate::attribution::rollback::{ExplainOptions, Explainer, Ledger};
use crate::error::{Error, Result};

use super::attribution::{Attributed, Attribution};
use super::model::State;
use super::number::{Either, either};
use super::{Context, Dataset, Model};
use crate::engine::{Monitor, Progress};
use crate::tensor::Real;

/// A functional of a trained model, ready to be explained by its ledger. May be asked by several threads at once.
#[derive(Debug)]
pub struct Rollback {
    context: Arc<Context>,
    model: Model,
    functional: Option<String>,
    explainer: Either<Explainer<f32>, Explainer<f64>>,
}

/// The ledger of a model.
pub(super) fn ledger_of<T: Real>(model: &Model, state: &State<T>) -> Result<Arc<Ledger<T>>> {
    let hint = "train it by steps with a ledger: a model of triples, or a graph whose examples own rows";
    let missing = || Error::Unsupported { what: "rollback of a model without a ledger".into(), hint: hint.into() };
    model.training()?;
    state.ledger.clone().ok_or_else(missing)
}

impl Rollback {
    /// Prepares to explain a functional of a model, by its name; the first there is if none is given.
    ///
    /// The model is kept as it is now: training it further does not change the answers.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a model without a ledger; [`Error::Argument`] for an unknown functional.
    pub fn new(context: &Arc<Context>, model: &Model, functional: Option<&str>) -> Result<Self> {
        fn explainer<T: Real>(model: &Model, state: &State<T>, name: Option<&str>) -> Result<Explainer<T>> {
            let ledger = ledger_of(model, state)?;
            Explainer::new(&model.family.functional(name)?, state.parameters.clone(), ledger)
        }
        let explainer = match &model.state {
            Either::Single(state) => Either::Single(explainer(model, state, functional)?),
            Either::Double(state) => Either::Double(explainer(model, state, functional)?),
        };
        Ok(Self {
            context: context.clone(),
            model: model.clone(),
            functional: functional.map(str::to_owned),
            explainer,
        })
    }

    /// Explains each query: examples that own a row it reads, with the change that taking them back makes.
    ///
    /// # Errors
    /// [`Error::Argument`] for queries that do not fit the model; [`Error::Canceled`].
    pub fn explain(&self, queries: &Dataset, options: &ExplainOptions, monitor: &Monitor) -> Result<Attribution> {
        let workers = monitor.over(self.context.workers());
        let mut found = Vec::with_capacity(queries.len());
        either!(&self.explainer, explainer => {
            let inputs = self.model.family.queries(queries, self.functional.as_deref())?;
            for query in 0..inputs.count() {
                let explanation = explainer.scores(&workers, &inputs, query, options)?;
                let scores =
                    explanation.scores.iter().map(|score| (u64::from(score.example), score.score)).collect();
                found.push(Attributed { value: explanation.value, scores });
                let (done, total) = (query as u64 + 1, inputs.count() as u64);
                monitor.report(&Progress::new(c"explaining", done, Some(total)))?;
            }
        });
        Ok(Attribution { queries: found, certificate: None })
    }

    /// The functional of each query with all of these examples taken back together.
    ///
    /// # Errors
    /// [`Error::Argument`] for queries that do not fit the model or an example that is not in the ledger.
    pub fn without(&self, queries: &Dataset, examples: &[u32]) -> Result<Vec<f64>> {
        either!(&self.explainer, explainer => {
            let inputs = self.model.family.queries(queries, self.functional.as_deref())?;
            let value = |query| explainer.without(self.context.workers(), &inputs, query, examples);
            (0..inputs.count()).map(value).collect()
        })
    }
}
