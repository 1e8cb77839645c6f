//! The ledger of a training that a host runs itself, in either precision.

use std::sync::Arc;

use crate::attribution::AnyLedger;
use crate::attribution::rollback::{self, CreditRule};
use crate::error::{Error, Result};
use crate::models::Family;
use crate::options::Options;
use crate::tensor::{Either, Precision, Real, either, map_either};

use super::model::State;
use super::trainer::{by_steps, resolved};
use super::{Dataset, Model};

/// A ledger that is written step by step by whoever trains a model's parameters with code of their own.
///
/// It has a slot for each row that an example owns in the model, as the ledger of a training here. What is recorded for other
/// rows is movement that no example owns. Once the training has ended, the model is given its parameters and then, by
/// [`Model::set_ledger`], what was recorded.
#[derive(Debug)]
pub struct LedgerBuilder {
    family: Arc<dyn Family>,
    precision: Precision,
    data: Dataset,
    held: Either<rollback::LedgerBuilder<f32>, rollback::LedgerBuilder<f64>>,
}

impl LedgerBuilder {
    /// A ledger without changes, for a training of a model's parameters on `data`.
    ///
    /// By [`CreditRule::Step`] or [`CreditRule::Momentum`] changes add up as they are recorded; by [`CreditRule::Refill`] each
    /// comes with its curvature, and later steps of the others answer to it.
    ///
    /// # Errors
    /// [`Error::Argument`] for data that does not fit the model, and for a model whose examples own no rows.
    pub fn new(model: &Model, data: &Dataset, rule: CreditRule) -> Result<Self> {
        model.family.accepts(data)?;
        fn empty<T: Real>(
            model: &Model,
            state: &State<T>,
            data: &Dataset,
            rule: CreditRule,
        ) -> Result<rollback::LedgerBuilder<T>> {
            // By steps, whatever the family is trained by here.
            let options = resolved(model, &Options::new().with("optimizer", "sgd"))?;
            let (spec, examples) = by_steps(&*model.family, &state.parameters, data, &options, false)?;
            rollback::LedgerBuilder::new(&spec.plan, &*examples, rule)
        }
        let held = map_either!(&model.state, state => empty(model, state, data, rule)?);
        Ok(Self { family: model.family.clone(), precision: model.precision(), data: data.clone(), held })
    }

    /// Records that an example moved a row of a parameter in the step under way, by `change`: of plain gradient descent, minus
    /// the learning rate times the gradient of the example's loss.
    ///
    /// By the rule refill, `curvature` is that of the example's loss along each number of the row: the diagonal of its
    /// Gauss-Newton matrix, zero or more. After an error nothing of it is recorded.
    ///
    /// # Errors
    /// [`Error::Argument`] for an example, a parameter or a row that is not there, another number of numbers than the row has,
    /// and a curvature that is negative, lacking, or not asked for; [`Error::NotFinite`].
    pub fn record(
        &mut self,
        example: u64,
        parameter: usize,
        row: u64,
        change: &[f64],
        curvature: Option<&[f64]>,
    ) -> Result<()> {
        either!(&mut self.held, builder => builder.record(example, parameter, row, change, curvature))
    }

    /// Ends the step under way, which was taken with a learning rate, by which curvatures count; without curvatures it is not
    /// looked at.
    ///
    /// # Errors
    /// [`Error::Argument`] for a learning rate that is negative or not finite.
    pub fn end_step(&mut self, learning_rate: f64) -> Result<()> {
        either!(&mut self.held, builder => builder.end_step(learning_rate))
    }

    /// Counts an epoch.
    ///
    /// # Errors
    /// [`Error::Argument`] while a step is under way.
    pub fn end_epoch(&mut self) -> Result<()> {
        either!(&mut self.held, builder => builder.end_epoch())
    }

    /// The steps that were ended.
    pub fn steps(&self) -> u64 {
        either!(&self.held, builder => builder.steps())
    }

    /// The epochs that were ended.
    pub fn epochs(&self) -> u64 {
        either!(&self.held, builder => builder.epochs())
    }

    /// What was recorded so far.
    pub(super) fn ledger(&self) -> Result<AnyLedger> {
        Ok(map_either!(&self.held, builder => Arc::new(builder.ledger()?)))
    }

    pub(super) fn rule(&self) -> CreditRule {
        either!(&self.held, builder => builder.rule())
    }

    pub(super) fn clamped(&self) -> Option<f64> {
        either!(&self.held, builder => builder.clamped())
    }

    pub(super) fn data(&self) -> &Dataset {
        &self.data
    }

    /// Refuses a model of which this is no ledger.
    pub(super) fn check_model(&self, model: &Model) -> Result<()> {
        if self.precision != model.precision() {
            let word = |precision| if precision == Precision::F32 { "f32" } else { "f64" };
            let of = format!(
                "its precision is {}, and that of the ledger's {}",
                word(model.precision()),
                word(self.precision)
            );
            return Err(self.of_another_model(&of));
        }
        let same = Arc::ptr_eq(&self.family, &model.family)
            || self.family.name() == model.family.name() && self.family.manifest() == model.family.manifest();
        if same { Ok(()) } else { Err(self.of_another_model("its kind, sizes or options differ")) }
    }

    pub(super) fn of_another_model(&self, what: &str) -> Error {
        let expected = "that which the ledger was begun for, or one that is made alike";
        Error::argument("the model to give a ledger", format!("another: {what}"), expected)
    }
}
