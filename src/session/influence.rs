//! Influence functions of a model on its training data, or on other examples.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread;
use std::time::Duration;

use crate::attribution::influence::{self, Change, Edit, WhatIf, WhatIfOptions};
use crate::engine::Monitor;
use crate::error::{Error, Result};
use crate::objective::{AnyInputs, CompiledFunctional, Derivatives, Evaluate};
use crate::solve::Block;
use crate::tensor::{MatrixView, Precision, Real};

use super::attribution::{Attributed, Attribution};
use super::model::State;
use super::number::either;
use super::{Context, Dataset, LogLevel, Model};

/// How many directions are copied and multiplied together.
const DIRECTIONS: usize = 32;

/// How influence is computed.
#[derive(Clone, Debug, Default)]
pub struct InfluenceOptions {
    /// Everything but the seed.
    pub core: influence::Options,
    /// The seed of probes and sketches; the context's if absent.
    pub seed: Option<u64>,
}

/// A change of the training set; new examples are rows of other datasets.
#[derive(Clone, Debug)]
pub enum TrainingChange {
    /// The example is not there.
    Remove(usize),
    /// The example has another weight.
    Reweight(usize, f64),
    /// The example is another one: a row of a dataset.
    Replace(usize, Dataset, usize),
    /// An example more: a row of a dataset, with a weight.
    Add(Dataset, usize, f64),
}

/// What fitting found, and how solves went since.
#[derive(Clone, Debug)]
pub struct Diagnostics {
    /// What fitting found.
    pub fitted: influence::Diagnostics,
    /// The worst relative residual of any solve since.
    pub worst_residual: f64,
    /// What to do about solves that did not reach their tolerance; none when all did.
    pub unconverged: Option<String>,
    /// Whether the curvature was factored.
    pub factored: bool,
}

/// A model with the curvature of its objective, prepared for solves. Calls from several threads take turns.
#[derive(Debug)]
pub struct Influence {
    context: Arc<Context>,
    model: Model,
    seed: u64,
    /// Known without waiting for a turn.
    examples: usize,
    fitted: Mutex<Fitted>,
    /// The thread that has the turn: a callback of its call must not wait for another.
    holder: Mutex<Option<usize>>,
}

thread_local! {
    /// Something that each thread has in another place.
    static PLACE: u8 = const { 0 };
}

/// The calling thread. The standard library's own name of it would be memory that is never freed on a thread of the context.
fn own_thread() -> usize {
    PLACE.with(|place| std::ptr::from_ref(place).addr())
}

/// A call's turn.
struct Held<'a> {
    fitted: MutexGuard<'a, Fitted>,
    holder: &'a Mutex<Option<usize>>,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        *self.holder.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// The curvature with the functionals that were compiled so far, by their names.
#[derive(Debug)]
struct Fitted {
    influence: influence::Influence,
    functionals: BTreeMap<String, Arc<CompiledFunctional>>,
}

impl Influence {
    /// Diagnoses the objective of a model over `data`, or over what it was trained on, and prepares to solve with its
    /// curvature.
    ///
    /// The model is kept as it is now: training it further does not change the results.
    ///
    /// # Errors
    /// As [`influence::Influence::fit`]; [`Error::Unsupported`] for a model that was not trained, where no data is given;
    /// [`Error::Argument`] for data that does not fit the model; [`Error::Canceled`].
    pub fn new(
        context: &Arc<Context>,
        model: &Model,
        data: Option<&Dataset>,
        options: &InfluenceOptions,
        monitor: &Monitor,
    ) -> Result<Self> {
        let data = match data {
            Some(data) => data,
            None => model.data()?,
        };
        let seed = options.seed.unwrap_or(context.seed());
        let options = influence::Options { seed, monitor: monitor.clone(), ..options.core.clone() };
        // Candidates that are drawn once were drawn by the seed of the training.
        let drawn = model.record.as_ref().and_then(|record| record.options.seed).unwrap_or(model.seed);
        let evaluator = either!(&model.state, state => evaluator(context, model, state, (data, drawn), &options)?);
        let influence = influence::Influence::fit(evaluator, &options)?;
        log(context, influence.diagnostics());
        let mut fitted = Fitted { influence, functionals: BTreeMap::new() };
        fitted.obey(context, &Monitor::none());
        let (fitted, holder) = (Mutex::new(fitted), Mutex::new(None));
        Ok(Self { context: context.clone(), model: model.clone(), seed: drawn, examples: data.len(), fitted, holder })
    }

    /// What fitting found, and how solves went since.
    ///
    /// # Errors
    /// [`Error::Internal`] after a panic.
    pub fn diagnostics(&self) -> Result<Diagnostics> {
        let held = self.lock(&Monitor::none())?;
        let influence = &held.fitted.influence;
        Ok(Diagnostics {
            fitted: influence.diagnostics().clone(),
            worst_residual: influence.worst_residual(),
            unconverged: influence.unconverged().map(str::to_owned),
            factored: influence.is_factored(),
        })
    }

    /// The number of examples.
    pub fn examples(&self) -> usize {
        self.examples
    }

    /// The scores of all examples for every query.
    ///
    /// # Errors
    /// [`Error::Argument`] for an unknown functional or queries that do not fit; what solver and graph report;
    /// [`Error::Canceled`].
    pub fn explain(&self, queries: &Dataset, functional: Option<&str>, monitor: &Monitor) -> Result<Attribution> {
        self.with(monitor, |fitted| {
            let (functional, queries) = fitted.read(&self.model, queries, functional)?;
            let solved = fitted.influence.solve_queries(&functional, &queries)?;
            let scores = fitted.influence.scores(&solved)?;
            let one = |query| {
                let scores = scores.row(query).iter().enumerate();
                let scores = scores.map(|(example, score)| (example as u64, *score)).collect();
                Attributed { value: solved.values[query], scores }
            };
            let queries = (0..queries.count()).map(one).collect();
            Ok(Attribution { queries, certificate: Some(solved.solution.certificate) })
        })
    }

    /// The scores of some examples for every query with each one's own curvature taken out, query by query, and the
    /// examples' leverages. See [`influence::Influence::leave_one_out`].
    ///
    /// # Errors
    /// As [`Influence::explain`], and [`Error::Argument`] for an example that is not there or an objective without outputs.
    pub fn leave_one_out(
        &self,
        queries: &Dataset,
        functional: Option<&str>,
        examples: &[usize],
        monitor: &Monitor,
    ) -> Result<(Vec<f64>, Vec<f64>)> {
        self.with(monitor, |fitted| {
            let (functional, queries) = fitted.read(&self.model, queries, functional)?;
            let solved = fitted.influence.solve_queries(&functional, &queries)?;
            let found = fitted.influence.leave_one_out(&solved, examples)?;
            let scores = (0..queries.count()).flat_map(|query| found.iter().map(move |one| one.scores[query]));
            Ok((scores.collect(), found.iter().map(|one| one.leverage).collect()))
        })
    }

    /// The self-influence of some examples, or of all.
    ///
    /// # Errors
    /// [`Error::Argument`] for an example that is not there; what the solver reports; [`Error::Canceled`].
    pub fn self_influence(&self, examples: Option<&[usize]>, monitor: &Monitor) -> Result<Vec<f64>> {
        let examples = examples.map_or_else(|| (0..self.examples).collect(), <[usize]>::to_vec);
        if let Some(example) = examples.iter().find(|example| **example >= self.examples) {
            let expected = format!("one of {}, counted from 0", self.examples);
            return Err(Error::argument("an example", example, expected));
        }
        self.with(monitor, |fitted| fitted.influence.self_influence(&examples))
    }

    /// Predicts the functional for queries on a changed training set, from the cheapest level to the last that is wanted.
    ///
    /// # Errors
    /// As [`influence::Influence::what_if`], and [`Error::Argument`] for rows that do not fit the model.
    pub fn what_if(
        &self,
        queries: &Dataset,
        functional: Option<&str>,
        changes: &[TrainingChange],
        options: &WhatIfOptions,
        monitor: &Monitor,
    ) -> Result<WhatIf> {
        self.with(monitor, |fitted| {
            let (functional, queries) = fitted.read(&self.model, queries, functional)?;
            let changes: Result<Vec<_>> = changes.iter().map(|change| self.change(change)).collect();
            let evaluator = fitted.influence.evaluator();
            let edit = Edit::new(evaluator.inputs(), &evaluator.weights(), &changes?)?;
            fitted.influence.what_if(&functional, &queries, &edit, options)
        })
    }

    /// A change with its examples as the objective reads them.
    fn change(&self, change: &TrainingChange) -> Result<Change> {
        let (model, seed) = (&self.model, self.seed);
        let one = |data: &Dataset, row: &usize| -> Result<AnyInputs> {
            let data = data.select(&[*row])?;
            Ok(match model.precision() {
                Precision::F32 => model.family.examples::<f32>(&data, seed)?.into(),
                Precision::F64 => model.family.examples::<f64>(&data, seed)?.into(),
            })
        };
        Ok(match change {
            TrainingChange::Remove(example) => Change::Remove(*example),
            TrainingChange::Reweight(example, weight) => Change::Reweight(*example, *weight),
            TrainingChange::Replace(example, data, row) => Change::Replace(*example, one(data, row)?),
            TrainingChange::Add(data, row, weight) => Change::Add(one(data, row)?, *weight),
        })
    }

    /// The products of the curvature with directions, the rows of a matrix; row-major, without damping. After an error
    /// some of them may have been written.
    ///
    /// # Errors
    /// [`Error::Argument`] for directions that have not p numbers, or room for another number of products;
    /// [`Error::NotFinite`] for directions that are not finite; [`Error::Canceled`].
    pub fn products<E: Real>(&self, directions: &dyn MatrixView<E>, into: &mut [f64], monitor: &Monitor) -> Result<()> {
        self.with(monitor, |fitted| fitted.in_blocks(directions, into, |influence, block| influence.products(&block)))
    }

    /// The products of the inverse of curvature and damping with directions, the rows of a matrix; row-major.
    ///
    /// # Errors
    /// As [`Influence::products`], and what the solver reports. [`Influence::diagnostics`] says which
    /// solves did not converge.
    pub fn inverse_products<E: Real>(
        &self,
        directions: &dyn MatrixView<E>,
        into: &mut [f64],
        monitor: &Monitor,
    ) -> Result<()> {
        self.with(monitor, |fitted| {
            fitted.in_blocks(directions, into, |influence, block| Ok(influence.inverse(&block)?.x))
        })
    }

    /// Works under a monitor, which is let go afterwards.
    fn with<R>(&self, monitor: &Monitor, work: impl FnOnce(&mut Fitted) -> Result<R>) -> Result<R> {
        let mut held = self.lock(monitor)?;
        let fitted = &mut *held.fitted;
        fitted.obey(&self.context, monitor);
        let doubtful = fitted.influence.unconverged().is_some();
        let result = work(fitted);
        fitted.obey(&self.context, &Monitor::none());
        let hint = fitted.influence.unconverged().map(str::to_owned);
        drop(held);
        if let (false, Some(hint)) = (doubtful, hint) {
            self.context.log(LogLevel::Warning, "influence", format_args!("a solve did not converge: {hint}"));
        }
        result
    }

    /// Waits for its turn, as long as nothing stops the call.
    fn lock(&self, monitor: &Monitor) -> Result<Held<'_>> {
        const PAUSE: Duration = Duration::from_millis(1);
        let own = Some(own_thread());
        loop {
            match self.fitted.try_lock() {
                Ok(fitted) => {
                    *self.holder.lock().unwrap_or_else(PoisonError::into_inner) = own;
                    return Ok(Held { fitted, holder: &self.holder });
                }
                Err(TryLockError::Poisoned(_)) => {
                    let what = "a panic left the influence object unfinished".into();
                    return Err(Error::Internal { what, hint: "make a new one".into() });
                }
                Err(TryLockError::WouldBlock) => {}
            }
            if *self.holder.lock().unwrap_or_else(PoisonError::into_inner) == own {
                let expected = "another one, or to be asked when that call has returned";
                return Err(Error::argument("the influence", "in use by the call whose callback this is", expected));
            }
            if monitor.stopped() {
                return Err(Error::Canceled { place: "its turn to ask the influence".into() });
            }
            thread::sleep(PAUSE);
        }
    }
}

/// Logs what scores are worth.
fn log(context: &Context, diagnostics: &influence::Diagnostics) {
    let influence::Diagnostics { curvature, solver, gradient_norm, .. } = diagnostics;
    context.log(LogLevel::Info, "influence", format_args!("{curvature:?} curvature, {solver}"));
    if !diagnostics.at_minimum {
        let doubt = "scores say less away from a minimum, train further";
        let message = format_args!("the max-norm of the gradient is {gradient_norm:e}: {doubt}");
        context.log(LogLevel::Warning, "influence", message);
    }
}

/// The objective of a model over a dataset, whose candidates are drawn by a seed.
fn evaluator<T: Real>(
    context: &Context,
    model: &Model,
    state: &State<T>,
    (data, seed): (&Dataset, u64),
    options: &influence::Options,
) -> Result<Box<dyn Evaluate>> {
    let objective = Arc::new(model.family.objective()?);
    let inputs = Arc::new(model.family.examples(data, seed)?);
    let workers = options.monitor.over(context.workers());
    let parameters = state.parameters.to_vec();
    Ok(Derivatives::new(&workers, objective, parameters, inputs, None, None, options.memory)?.into())
}

impl Fitted {
    fn obey(&mut self, context: &Context, monitor: &Monitor) {
        self.influence.set_workers(&monitor.over(context.workers()));
        self.influence.set_monitor(monitor);
    }

    /// A functional, compiled when it is first needed, and queries as it reads them.
    fn read(
        &mut self,
        model: &Model,
        queries: &Dataset,
        functional: Option<&str>,
    ) -> Result<(Arc<CompiledFunctional>, AnyInputs)> {
        let queries: AnyInputs = match model.precision() {
            Precision::F32 => model.family.queries::<f32>(queries, functional)?.into(),
            Precision::F64 => model.family.queries::<f64>(queries, functional)?.into(),
        };
        let name = format!("{functional:?}");
        if let Some(found) = self.functionals.get(&name) {
            return Ok((found.clone(), queries));
        }
        let functional = model.family.functional(functional)?;
        let compiled = Arc::new(CompiledFunctional::new(&functional, self.influence.evaluator().layout())?);
        self.functionals.insert(name, compiled.clone());
        Ok((compiled, queries))
    }

    /// Works on some rows of a matrix at a time, so that it is never copied as a whole.
    fn in_blocks<E: Real>(
        &mut self,
        directions: &dyn MatrixView<E>,
        into: &mut [f64],
        mut work: impl FnMut(&mut influence::Influence, Block) -> Result<Block>,
    ) -> Result<()> {
        let (count, dimension) = (directions.rows(), self.influence.evaluator().dimension());
        if directions.columns() != dimension {
            let expected = format!("{dimension}, one for each parameter");
            return Err(Error::argument("the number of columns of the directions", directions.columns(), expected));
        }
        if count.checked_mul(dimension) != Some(into.len()) {
            let expected = format!("{dimension} for each of {count} directions");
            return Err(Error::argument("the room for products", into.len(), expected));
        }
        let mut read = Vec::new();
        for first in (0..count).step_by(DIRECTIONS) {
            let range = first..(first + DIRECTIONS).min(count);
            read.resize(range.len() * dimension, E::ZERO);
            directions.read(first, &mut read);
            let values: Vec<f64> = read.iter().map(|value| value.to_f64()).collect();
            if let Some(place) = values.iter().position(|value| !value.is_finite()) {
                return Err(Error::NotFinite {
                    what: "a direction",
                    value: values[place],
                    place: format!(
                        "row {}, column {} (both counted from 0)",
                        first + place / dimension,
                        place % dimension
                    ),
                    hint: "give finite numbers".into(),
                });
            }
            let block = work(&mut self.influence, Block::new(dimension, range.len(), values)?)?;
            into[range.start * dimension..range.end * dimension].copy_from_slice(block.values());
        }
        Ok(())
    }
}
