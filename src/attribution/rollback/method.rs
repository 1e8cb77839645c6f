//! Gradient rollback as a method.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::attribution::answer::{Attributed, Attribution, TrainingChange, WhatIf};
use crate::attribution::method::{AnyLedger, Call, Method, MethodInfo, Question, REMOVAL, Trained, questions};
use crate::engine::Progress;
use crate::error::{Error, Result};
use crate::options::Options;
use crate::tensor::{Either, either};

use super::{ExplainOptions, Explainer};

/// What to do about a model without a ledger.
pub(crate) const NO_LEDGER: &str =
    "train it by steps with a ledger: a model of triples, or a graph whose examples own rows";

/// Gradient rollback by name.
pub(in crate::attribution) static METHOD: MethodInfo = MethodInfo {
    name: "rollback",
    unit: REMOVAL,
    about: "gradient rollback: what the example's own steps did to the rows it reads is taken back",
    needs: "a ledger, which training by steps keeps of models whose examples own rows",
    certifies: "nothing: later steps answer to a removal, which it leaves out; compare with retraining",
    answers: &[questions::WHAT_IFS],
    table: &ExplainOptions::TABLE,
    prepare: |trained, options, _| {
        let Some(ledger) = trained.ledger.clone() else {
            let what = "rollback of a model without a ledger".into();
            return Err(Error::Unsupported { what, hint: NO_LEDGER.into() });
        };
        let options = ExplainOptions::read(options)?;
        Ok(Box::new(Rollback { trained: trained.clone(), ledger, options, explainers: Mutex::default() }))
    },
};

/// An explainer in the precision of its model.
type AnyExplainer = Either<Explainer<f32>, Explainer<f64>>;

#[derive(Debug)]
struct Rollback {
    trained: Trained,
    ledger: AnyLedger,
    options: ExplainOptions,
    /// Those that were made so far, by their functional.
    explainers: Mutex<BTreeMap<Option<String>, Arc<AnyExplainer>>>,
}

impl Rollback {
    fn explainer(&self, functional: Option<&str>) -> Result<Arc<AnyExplainer>> {
        let name = functional.map(str::to_owned);
        // Explainers are only ever added, so a panic elsewhere leaves the map whole.
        let mut explainers = self.explainers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = explainers.get(&name) {
            return Ok(found.clone());
        }
        let functional = self.trained.family.functional(functional)?;
        let made = Arc::new(match (&self.trained.parameters, &self.ledger) {
            (Either::Single(values), Either::Single(ledger)) => {
                Either::Single(Explainer::new(&functional, values.clone(), ledger.clone())?)
            }
            (Either::Double(values), Either::Double(ledger)) => {
                Either::Double(Explainer::new(&functional, values.clone(), ledger.clone())?)
            }
            _ => return Err(Error::argument("the ledger", "of another precision", "that of the model")),
        });
        explainers.insert(name, made.clone());
        Ok(made)
    }
}

impl Method for Rollback {
    fn info(&self) -> &'static MethodInfo {
        &METHOD
    }

    fn explain(&self, question: &Question<'_>, call: &Call<'_>) -> Result<Attribution> {
        let explainer = self.explainer(question.functional)?;
        let mut queries = Vec::with_capacity(question.queries.len());
        either!(&*explainer, explainer => {
            let inputs = self.trained.family.queries(question.queries, question.functional)?;
            for query in 0..inputs.count() {
                let found = explainer.scores(&call.workers, &inputs, query, &self.options)?;
                let first_order = found.scores.iter().filter(|score| !score.exact);
                queries.push(Attributed {
                    value: found.value,
                    first_order: first_order.map(|score| score.example.into()).collect(),
                    scores: found.scores.iter().map(|score| (score.example.into(), score.score)).collect(),
                    growth: None,
                });
                let (done, total) = (query as u64 + 1, inputs.count() as u64);
                call.monitor.report(&Progress::new(c"explaining", done, Some(total)))?;
            }
        });
        Ok(Attribution { method: METHOD.name, unit: METHOD.unit, queries, certificate: None })
    }

    fn what_if(
        &self,
        question: &Question<'_>,
        changes: &[TrainingChange],
        options: &Options,
        call: &Call<'_>,
    ) -> Result<WhatIf> {
        WhatIf::refuse_options(METHOD.name, options)?;
        let removed = |change: &TrainingChange| match change {
            TrainingChange::Remove(example) => u32::try_from(*example)
                .map_err(|_| Error::argument("an example to take back", example, "one that is in the ledger")),
            _ => Err(Error::Unsupported {
                what: "a change other than removal by the method rollback".into(),
                hint: "influence has them".into(),
            }),
        };
        let removed = changes.iter().map(removed).collect::<Result<Vec<_>>>()?;
        let explainer = self.explainer(question.functional)?;
        let (mut before, mut changed) = (Vec::new(), Vec::new());
        either!(&*explainer, explainer => {
            let inputs = self.trained.family.queries(question.queries, question.functional)?;
            for query in 0..inputs.count() {
                let value = explainer.value(&call.workers, &inputs, query)?;
                changed.push(explainer.without(&call.workers, &inputs, query, &removed)? - value);
                before.push(value);
            }
        });
        Ok(WhatIf::at_once(METHOD.name, before, changed))
    }
}
