//! Attributing the predictions of a trained model, by any method.

use std::sync::Arc;

use once_cell::sync::OnceCell;
use serde_json::{Value, json};

use crate::attribution::influence::{AttackOptions, WhatIfTable};
use crate::attribution::replay::{AnyTrajectory, Retrace};
use crate::attribution::rollback::ExplainOptions;
use crate::attribution::{
    self, Attacked, Attribution, Call, Diagnostics, LeaveOneOutScores, METHODS, Method, MethodInfo, Question, Trained,
    TrainingChange, WhatIf, method,
};
use crate::engine::Monitor;
use crate::error::{Error, Result};
use crate::options::Options;
use crate::solve::{Block, Certificate, Plan};
use crate::tensor::{Either, MatrixView, Real, either, map_either};
use crate::train::Trajectory;

use super::calibration::{self, Calibration};
use super::model::{OTHER_METHODS, Record, State};
use super::options::accept;
use super::smoothness::smoothness_in_words;
use super::trainer::{by_steps, minimized};
use super::{Context, Dataset, LogLevel, Model};

/// How many directions are copied and multiplied together.
const DIRECTIONS: usize = 32;

/// A trained model, ready to attribute its predictions to training examples by a method. May be asked by several threads at
/// once.
#[derive(Debug)]
pub struct Attributor {
    context: Arc<Context>,
    pub(super) trained: Trained,
    options: Options,
    method: Box<dyn Method>,
    pub(super) model: Model,
    /// What was measured of the method's predictions, once the first was asked for.
    calibration: OnceCell<Option<Calibration>>,
}

/// The methods there are.
pub fn methods() -> &'static [&'static MethodInfo] {
    &METHODS
}

/// A plan as JSON, without seconds: they differ from call to call, and who asks for a length first and then for the text
/// must get the same text.
pub fn describe_plan(plan: &Plan) -> Value {
    let mut plan = plan.clone();
    plan.candidates.iter_mut().for_each(|candidate| candidate.seconds = None);
    json!(plan)
}

impl Model {
    /// The model as methods see it, over the examples it was trained on or others.
    fn trained(&self, given: Option<&Dataset>) -> Result<Trained> {
        let data = match given {
            Some(data) => data,
            None => self.data()?,
        };
        let parameters = map_either!(&self.state, state => state.parameters.clone());
        let ledger = match &self.state {
            Either::Single(state) => state.ledger.clone().map(Either::Single),
            Either::Double(state) => state.ledger.clone().map(Either::Double),
        };
        // Candidates that are drawn once were drawn by the seed of the training.
        let seed = self.record.as_ref().and_then(|record| record.options.seed).unwrap_or(self.seed);
        let retrace = match given {
            None => Some(Arc::new(self.clone()) as Arc<dyn Retrace>),
            Some(_) => None,
        };
        Ok(Trained { family: self.family.clone(), parameters, ledger, retrace, data: data.clone(), seed })
    }

    /// The training that the model is from, to be done again.
    fn again<T: Real>(&self, state: &State<T>, record: &Record) -> Result<Trajectory<T>> {
        if minimized(&*self.family, &record.options) {
            return Err(Error::Unsupported {
                what: "a replay of a model that was minimized".into(),
                hint: "use the method influence, or train it by steps of an optimizer alone".into(),
            });
        }
        let initial = state.initial.clone().ok_or_else(|| self.no_steps("a replay", OTHER_METHODS))?;
        let (spec, examples) = by_steps(&*self.family, &initial, &record.data, &record.options, false)?;
        let outcome = record.outcome.clone().unwrap_or_default();
        let (end, losses, kept) = (outcome.kept(), outcome.losses(), state.parameters.clone());
        let (objective, recording) = (self.family.objective()?, state.recording.clone());
        Ok(Trajectory { objective, spec, examples, end, kept, losses, recording })
    }
}

impl Retrace for Model {
    fn trajectory(&self) -> Result<AnyTrajectory> {
        let record = self.record.as_deref().ok_or_else(|| self.untrained("a replay"))?;
        Ok(map_either!(&self.state, state => Arc::new(self.again(state, record)?)))
    }
}

impl Model {
    /// The method of a name; without one rollback where there is a ledger, and otherwise influence.
    ///
    /// # Errors
    /// [`Error::Argument`] for an unknown method.
    pub fn method(&self, name: Option<&str>) -> Result<&'static MethodInfo> {
        let ledger = either!(&self.state, state => state.ledger.is_some());
        method(name.unwrap_or(if ledger { "rollback" } else { "influence" }))
    }
}

impl Attributor {
    /// Prepares a method for a model over `data`, or over what it was trained on. Without a name it is rollback where there is
    /// a ledger and no other data, and otherwise influence.
    ///
    /// The model is kept as it is now: training it further does not change the answers.
    ///
    /// # Errors
    /// [`Error::Argument`] for an unknown method, an option that it does not have or a value out of range, and data that
    /// does not fit the model; [`Error::Unsupported`] for a model that lacks what the method needs; what the method reports:
    /// influence [`Error::NotStationary`] and [`Error::Indefinite`]; [`Error::Canceled`].
    pub fn new(
        context: &Arc<Context>,
        model: &Model,
        name: Option<&str>,
        data: Option<&Dataset>,
        options: &Options,
        monitor: &Monitor,
    ) -> Result<Self> {
        let trained = model.trained(data)?;
        // The ledger is that of the training: of other examples it says nothing.
        let info = model.method(name.or(data.map(|_| "influence")))?;
        accept(options, &[info.table], &format!("the method {}", info.name))?;
        if trained.ledger.is_some() && data.is_some() && info.name == "rollback" {
            let hint = "leave the other examples out: the ledger is that of the training";
            return Err(Error::Unsupported { what: "rollback over other examples".into(), hint: hint.into() });
        }
        let method = (info.prepare)(&trained, options, &call(context, monitor))?;
        let attributor = Self {
            context: context.clone(),
            trained,
            options: options.clone(),
            method,
            model: model.clone(),
            calibration: OnceCell::new(),
        };
        attributor.log_diagnostics();
        Ok(attributor)
    }

    /// What each solver would cost for influence; solves nothing.
    ///
    /// # Errors
    /// As [`Attributor::new`].
    pub fn plan(
        context: &Arc<Context>,
        model: &Model,
        data: Option<&Dataset>,
        options: &Options,
        monitor: &Monitor,
    ) -> Result<Plan> {
        accept(options, &[method("influence")?.table], "the method influence")?;
        attribution::influence::plan_for(&model.trained(data)?, options, &call(context, monitor))
    }

    /// Which method it is.
    pub fn method(&self) -> &'static MethodInfo {
        self.method.info()
    }

    /// The number of examples.
    pub fn examples(&self) -> usize {
        self.trained.data.len()
    }

    /// The examples.
    pub fn data(&self) -> &Dataset {
        &self.trained.data
    }

    /// What was found of the objective at the model, and how solves went since.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a method without a curvature; [`Error::Internal`] after a panic.
    pub fn diagnostics(&self) -> Result<Diagnostics> {
        self.method.diagnostics()
    }

    /// The method, the unit of its scores, its options, and what is known of it for this model, as JSON.
    ///
    /// # Errors
    /// [`Error::Internal`] after a panic.
    pub fn describe(&self) -> Result<Value> {
        let MethodInfo { name, unit, about, needs, certifies, .. } = *self.method();
        let mut all = json!({
            "method": name, "unit": unit, "about": about, "needs": needs, "certifies": certifies,
            "examples": self.examples(), "options": self.method().table.in_force(&self.options),
        });
        if self.method().has_self_scores() {
            all["self_scores"] = json!(self.self_measure()?);
        }
        if let Some(calibration) = self.calibration() {
            all["calibration"] = json!({
                "removals": calibration.removals, "fidelity": calibration.fidelity,
                "verdict": calibration.fidelity.verdict(),
            });
        }
        if let Some(smoothness) = self.model.smoothness() {
            all["smoothness"] = json!({ "smoothness": smoothness, "verdict": smoothness_in_words(smoothness) });
        }
        if let (Some(all), Value::Object(more)) = (all.as_object_mut(), self.method.describe()?) {
            all.extend(more);
        }
        Ok(all)
    }

    /// The scores of examples for every query. The first explanation by rollback measures its predictions by as many true removals as
    /// the option `calibrate` says, unless that was done before.
    ///
    /// # Errors
    /// [`Error::Argument`] for an unknown functional or queries that do not fit; what the method reports;
    /// [`Error::Canceled`].
    pub fn explain(&self, queries: &Dataset, functional: Option<&str>, monitor: &Monitor) -> Result<Attribution> {
        let found = self.ask(monitor, |call| self.method.explain(&Question { queries, functional }, call))?;
        if self.calibration.get().is_none() {
            // Not under the cell's lock: a callback of the retraining may ask this attributor. Two that ask at once find the same.
            let _ = self.calibration.set(self.calibrated(monitor)?);
        }
        Ok(found)
    }

    /// What was measured of the method's predictions by true removals: for rollback on triples, by the first explanation at the
    /// latest, or before by [`Model::calibrate`]. None of methods that are not measured so.
    pub fn calibration(&self) -> Option<&Calibration> {
        self.calibration.get().and_then(Option::as_ref)
    }

    fn calibrated(&self, monitor: &Monitor) -> Result<Option<Calibration>> {
        if self.method().name != "rollback" {
            return Ok(None);
        }
        let wanted = ExplainOptions::read(&self.options)?.calibrate.min(self.examples().saturating_sub(1));
        match self.model.calibration().filter(|known| known.removals >= wanted) {
            Some(known) => Ok(Some(known.clone())),
            None => calibration::measured(&self.context, &self.model, wanted, monitor),
        }
    }

    /// The score of each of some examples, or of all, for its own loss: by influence, how much that would rise without it.
    ///
    /// # Errors
    /// [`Error::Argument`] for an example that is not there; [`Error::Unsupported`]; [`Error::Canceled`].
    pub fn self_scores(&self, examples: Option<&[usize]>, monitor: &Monitor) -> Result<Vec<f64>> {
        let examples = examples.map_or_else(|| (0..self.examples()).collect(), <[usize]>::to_vec);
        self.trained.check(&examples)?;
        self.ask(monitor, |call| self.method.self_scores(&examples, call))
    }

    /// How the solves behind the self scores of some examples went.
    ///
    /// # Errors
    /// As [`Attributor::self_scores`].
    pub fn self_certificate(&self, examples: &[usize], monitor: &Monitor) -> Result<Certificate> {
        self.trained.check(examples)?;
        self.ask(monitor, |call| self.method.self_certificate(examples, call))
    }

    /// The scores of some examples for every query with each one's own curvature taken out, query by query, and the
    /// examples' leverages. See [`Influence::leave_one_out`](attribution::influence::Influence::leave_one_out).
    ///
    /// # Errors
    /// As [`Attributor::explain`], and [`Error::Argument`] for an example that is not there or an objective without outputs.
    pub fn leave_one_out(
        &self,
        queries: &Dataset,
        functional: Option<&str>,
        examples: &[usize],
        monitor: &Monitor,
    ) -> Result<LeaveOneOutScores> {
        self.trained.check(examples)?;
        self.ask(monitor, |call| self.method.leave_one_out(&Question { queries, functional }, examples, call))
    }

    /// The most by which the scores of some examples can differ from those at the minimum of the objective, because solves
    /// are not exact, training ended before the minimum, and numbers are rounded, query by query; NaN where that is not
    /// known. With damping, with another curvature than the Hessian, and of a model that is not at a minimum: because solves
    /// are not exact.
    ///
    /// # Errors
    /// As [`Attributor::leave_one_out`].
    pub fn error_bounds(
        &self,
        queries: &Dataset,
        functional: Option<&str>,
        examples: &[usize],
        monitor: &Monitor,
    ) -> Result<Vec<f64>> {
        self.trained.check(examples)?;
        self.ask(monitor, |call| self.method.error_bounds(&Question { queries, functional }, examples, call))
    }

    /// For each query and example, query by query, the change of the functional for each unit that a number of an input of the
    /// example is changed by (I_pert of Koh and Liang). The input is the first one, the features of samples, if none is named.
    ///
    /// # Errors
    /// As [`Attributor::leave_one_out`], and [`Error::Argument`] for an input that is not there or holds ids.
    pub fn input_effects(
        &self,
        queries: &Dataset,
        functional: Option<&str>,
        input: Option<&str>,
        examples: &[usize],
        monitor: &Monitor,
    ) -> Result<Vec<Vec<f64>>> {
        self.trained.check(examples)?;
        let question = Question { queries, functional };
        self.ask(monitor, |call| self.method.input_effects(&question, input, examples, call))
    }

    /// The numbers that an example has of an input; the first one, the features of samples, if none is named.
    ///
    /// # Errors
    /// [`Error::Argument`] for an input that is not there or holds ids; [`Error::Unsupported`].
    pub fn input_width(&self, input: Option<&str>) -> Result<usize> {
        self.method.input_width(input)
    }

    /// Predicts a functional for queries on a changed training set. By influence, from the cheapest level to the last that is
    /// wanted; by rollback with removed examples' changes taken back together.
    ///
    /// # Errors
    /// As [`Attributor::explain`], and [`Error::Argument`] for changes that do not fit.
    pub fn what_if(
        &self,
        queries: &Dataset,
        functional: Option<&str>,
        changes: &[TrainingChange],
        options: &Options,
        monitor: &Monitor,
    ) -> Result<WhatIf> {
        accept(options, &[&WhatIfTable::TABLE], "a what-if")?;
        let question = Question { queries, functional };
        self.ask(monitor, |call| self.method.what_if(&question, changes, options, call))
    }

    /// Perturbs an input of some examples so that the sum of a functional over the queries rises. See
    /// [`attack`](attribution::influence::attack).
    ///
    /// # Errors
    /// As [`Attributor::input_effects`], and [`Error::Argument`] for examples named twice or an empty range.
    pub fn attack(
        &self,
        queries: &Dataset,
        functional: Option<&str>,
        input: Option<&str>,
        examples: &[usize],
        options: &Options,
        monitor: &Monitor,
    ) -> Result<Attacked> {
        accept(options, &[&AttackOptions::TABLE], "an attack")?;
        self.trained.check(examples)?;
        let question = Question { queries, functional };
        self.ask(monitor, |call| self.method.attack(&question, input, examples, options, call))
    }

    /// The products of the curvature with directions, the rows of a matrix; row-major, without damping. After an error
    /// some of them may have been written.
    ///
    /// # Errors
    /// [`Error::Argument`] for directions that have not p numbers, or an output of another length;
    /// [`Error::NotFinite`] for directions that are not finite; [`Error::Unsupported`]; [`Error::Canceled`].
    pub fn products<E: Real>(&self, directions: &dyn MatrixView<E>, into: &mut [f64], monitor: &Monitor) -> Result<()> {
        self.in_blocks(directions, into, false, monitor)
    }

    /// The products of the inverse of curvature and damping with directions, the rows of a matrix; row-major.
    ///
    /// # Errors
    /// As [`Attributor::products`], and what the solver reports. [`Attributor::diagnostics`] says which solves did not
    /// converge.
    pub fn inverse_products<E: Real>(
        &self,
        directions: &dyn MatrixView<E>,
        into: &mut [f64],
        monitor: &Monitor,
    ) -> Result<()> {
        self.in_blocks(directions, into, true, monitor)
    }

    /// Works on some rows of a matrix at a time, so that it is never copied as a whole.
    fn in_blocks<E: Real>(
        &self,
        directions: &dyn MatrixView<E>,
        into: &mut [f64],
        inverse: bool,
        monitor: &Monitor,
    ) -> Result<()> {
        let (count, dimension) = (directions.rows(), self.method.dimension()?);
        if directions.columns() != dimension {
            let expected = format!("{dimension}, one for each parameter");
            return Err(Error::argument("the number of columns of the directions", directions.columns(), expected));
        }
        if count.checked_mul(dimension) != Some(into.len()) {
            let expected = format!("{dimension} for each of {count} directions");
            return Err(Error::argument("the length of the output", into.len(), expected));
        }
        let mut read = Vec::new();
        for first in (0..count).step_by(DIRECTIONS) {
            let range = first..(first + DIRECTIONS).min(count);
            read.resize(range.len() * dimension, E::ZERO);
            directions.read(first, &mut read);
            let values: Vec<f64> = read.iter().map(|value| value.to_f64()).collect();
            if let Some(at) = values.iter().position(|value| !value.is_finite()) {
                let (row, column) = (first + at / dimension, at % dimension);
                return Err(Error::NotFinite {
                    what: "a direction",
                    value: values[at],
                    place: format!("row {row}, column {column} (both counted from 0)"),
                    hint: "give finite numbers".into(),
                });
            }
            let block = Block::new(dimension, range.len(), values)?;
            let block = self.ask(monitor, |call| self.method.products(block, inverse, call))?;
            into[range.start * dimension..range.end * dimension].copy_from_slice(block.values());
        }
        Ok(())
    }

    /// Asks the method, and logs a solve that did not converge.
    fn ask<R>(&self, monitor: &Monitor, work: impl FnOnce(&Call<'_>) -> Result<R>) -> Result<R> {
        let doubtful = self.method.hint().is_some();
        let result = work(&call(&self.context, monitor));
        if let (false, Some(hint)) = (doubtful, self.method.hint()) {
            self.context.log(LogLevel::Warning, "influence", format_args!("a solve did not converge: {hint}"));
        }
        result
    }

    /// Logs what scores are worth.
    fn log_diagnostics(&self) {
        let Ok(Diagnostics { fitted, .. }) = self.method.diagnostics() else { return };
        let (curvature, solver, norm) = (fitted.curvature, &fitted.solver, fitted.gradient_norm);
        self.context.log(LogLevel::Info, "influence", format_args!("{curvature:?} curvature, {solver}"));
        if !fitted.at_minimum {
            let doubt = "scores say less away from a minimum, train further";
            let message = format_args!("the relative gradient is {norm:e}: {doubt}");
            self.context.log(LogLevel::Warning, "influence", message);
        }
    }
}

fn call<'c>(context: &Context, monitor: &'c Monitor) -> Call<'c> {
    Call { workers: monitor.over(context.workers()), seed: context.seed(), monitor }
}
