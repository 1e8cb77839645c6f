//! Influence functions of a model on its training data, or on other examples.

use crate::tensor::{MatrixView, Real};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread;
use std::time::Duration;

use crate::attribution::influence::{self, Change, Edit, WhatIf, WhatIfOptions};
use crate::error::{Error, Result};
use crate::objective::Inputs;
use crate::objective::{CompiledFunctional, Derivatives, Layout};
use crate::solve::Block;

use super::attribution::{Attributed, Attribution};
use super::model::State;
use super::number::{Either, either};
use super::{Context, Dataset, LogLevel, Model};
use crate::engine::{Monitor, Progress};

/// How many directions are copied and multiplied together.
const DIRECTIONS: usize = 32;
/// How many examples' self-influence is computed between two reports.
const EXAMPLES: usize = 512;

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

/// Where the objective stands, and how solves went since.
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

/// A model with the curvature of its objective, ready to be asked. Calls from several threads are answered one after the
/// other.
#[derive(Debug)]
pub struct Influence {
    context: Arc<Context>,
    model: Model,
    seed: u64,
    /// Known without waiting for a turn.
    examples: usize,
    asked: Mutex<Either<Asked<f32>, Asked<f64>>>,
    /// The thread whose call is being answered: a callback of that call must not wait for it.
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

/// The one call that is being answered.
struct Held<'a> {
    asked: MutexGuard<'a, Either<Asked<f32>, Asked<f64>>>,
    holder: &'a Mutex<Option<usize>>,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        *self.holder.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

#[derive(Debug)]
struct Asked<T> {
    influence: influence::Influence<T>,
    inputs: Arc<Inputs<T>>,
    layout: Layout,
    scalars: BTreeMap<String, Arc<CompiledFunctional>>,
}

impl Influence {
    /// Looks at the objective of a model over `data`, or over what it was trained on, and prepares to solve with its
    /// curvature.
    ///
    /// The model is kept as it is now: training it further does not change the answers.
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
        model.kind.fits(data)?;
        let seed = options.seed.unwrap_or(context.seed());
        let options = influence::Options { seed, watch: of_solving(monitor), ..options.core.clone() };
        // Candidates that are drawn once were drawn by the seed of the training.
        let drawn = model.record.as_ref().and_then(|record| record.options.seed).unwrap_or(model.seed);
        let asked = match &model.state {
            Either::Single(state) => Either::Single(Asked::new(context, model, state, data, drawn, &options, monitor)?),
            Either::Double(state) => Either::Double(Asked::new(context, model, state, data, drawn, &options, monitor)?),
        };
        either!(&asked, asked => tell(context, asked.influence.diagnostics()));
        let (asked, holder) = (Mutex::new(asked), Mutex::new(None));
        Ok(Self { context: context.clone(), model: model.clone(), seed: drawn, examples: data.len(), asked, holder })
    }

    /// Where the objective stands, and how solves went since.
    ///
    /// # Errors
    /// [`Error::Internal`] after a panic.
    pub fn diagnostics(&self) -> Result<Diagnostics> {
        Ok(either!(&*self.lock(&Monitor::none())?.asked, asked => Diagnostics {
            fitted: asked.influence.diagnostics().clone(),
            worst_residual: asked.influence.worst_residual(),
            unconverged: asked.influence.unconverged().map(str::to_owned),
            factored: asked.influence.is_factored(),
        }))
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
        self.with(monitor, |asked| match asked {
            Either::Single(asked) => asked.explain(&self.model, queries, functional, monitor),
            Either::Double(asked) => asked.explain(&self.model, queries, functional, monitor),
        })
    }

    /// The scores of some examples for every query with each one's own curvature taken out, query by query, and the
    /// examples' leverages. See [`influence::Influence::corrected`].
    ///
    /// # Errors
    /// As [`Influence::explain`], and [`Error::Argument`] for an example that is not there or an objective without outputs.
    pub fn corrected(
        &self,
        queries: &Dataset,
        functional: Option<&str>,
        examples: &[usize],
        monitor: &Monitor,
    ) -> Result<(Vec<f64>, Vec<f64>)> {
        self.with(monitor, |asked| {
            either!(asked, asked => {
                let (scalars, queries) = asked.question(&self.model, queries, functional)?;
                let answer = asked.influence.ask(&scalars, &queries)?;
                let found = asked.influence.corrected(&answer, examples)?;
                let scores = (0..queries.count()).flat_map(|query| found.iter().map(move |one| one.scores[query]));
                Ok((scores.collect(), found.iter().map(|one| one.leverage).collect()))
            })
        })
    }

    /// The self-influence of some examples, or of all.
    ///
    /// # Errors
    /// [`Error::Argument`] for an example that is not there; what the solver reports; [`Error::Canceled`].
    pub fn self_influence(&self, examples: Option<&[usize]>, monitor: &Monitor) -> Result<Vec<f64>> {
        self.with(monitor, |asked| {
            either!(asked, asked => {
                let all: Vec<usize>;
                let examples = match examples {
                    Some(examples) => examples,
                    None => {
                        all = (0..asked.inputs.count()).collect();
                        &all
                    }
                };
                if let Some(example) = examples.iter().find(|example| **example >= asked.inputs.count()) {
                    let expected = format!("one of {}, counted from 0", asked.inputs.count());
                    return Err(Error::argument("an example", example, expected));
                }
                let mut found = Vec::with_capacity(examples.len());
                for some in examples.chunks(EXAMPLES) {
                    found.extend(asked.influence.self_influence(some)?);
                    scored(monitor, found.len(), examples.len())?;
                }
                Ok(found)
            })
        })
    }

    /// Predicts the functional for queries on a changed training set, from the cheapest level to the one asked for.
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
        if !(options.gradient > 0.0 && options.gradient.is_finite()) {
            let expected = "a positive number";
            return Err(Error::argument("the gradient at which training again ends", options.gradient, expected));
        }
        self.with(monitor, |asked| {
            either!(asked, asked => {
                let (scalars, queries) = asked.question(&self.model, queries, functional)?;
                let changes: Result<Vec<_>> =
                    changes.iter().map(|change| as_read(&self.model, change, self.seed)).collect();
                let weights = asked.influence.derivatives().weights();
                let edit = Edit::new(&asked.inputs, &weights, &changes?)?;
                asked.influence.what_if(&scalars, &queries, &edit, options)
            })
        })
    }

    /// The products of the curvature with directions, the rows of a matrix; row after row, without damping. After an error
    /// some of them may have been written.
    ///
    /// # Errors
    /// [`Error::Argument`] for directions that have not p numbers, or room for another number of products;
    /// [`Error::NotFinite`] for directions that are not finite; [`Error::Canceled`].
    pub fn products<E: Real>(&self, directions: &dyn MatrixView<E>, into: &mut [f64], monitor: &Monitor) -> Result<()> {
        self.with(monitor, |asked| {
            either!(asked, asked => asked.in_blocks(directions, into, |influence, block| influence.products(&block)))
        })
    }

    /// The products of the inverse of curvature and damping with directions, the rows of a matrix; row after row.
    ///
    /// # Errors
    /// As [`Influence::products`], and what the solver reports. Solves that did not converge are told by
    /// [`Influence::diagnostics`].
    pub fn inverse_products<E: Real>(
        &self,
        directions: &dyn MatrixView<E>,
        into: &mut [f64],
        monitor: &Monitor,
    ) -> Result<()> {
        self.with(monitor, |asked| {
            either!(asked, asked => asked.in_blocks(directions, into, |influence, block| {
                Ok(influence.inverse(&block)?.x)
            }))
        })
    }

    /// Does work with what stops it and who is told of it, and forgets both afterwards.
    fn with<R>(
        &self,
        monitor: &Monitor,
        work: impl FnOnce(&mut Either<Asked<f32>, Asked<f64>>) -> Result<R>,
    ) -> Result<R> {
        let mut held = self.lock(monitor)?;
        let asked = &mut *held.asked;
        either!(&mut *asked, asked => asked.obey(&self.context, monitor));
        let doubtful = either!(&*asked, asked => asked.influence.unconverged().is_some());
        let result = work(asked);
        let hint = either!(&mut *asked, asked => {
            asked.obey(&self.context, &Monitor::default());
            asked.influence.unconverged().map(str::to_owned)
        });
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
            match self.asked.try_lock() {
                Ok(asked) => {
                    *self.holder.lock().unwrap_or_else(PoisonError::into_inner) = own;
                    return Ok(Held { asked, holder: &self.holder });
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

/// Tells the log what scores are worth.
fn tell(context: &Context, diagnostics: &influence::Diagnostics) {
    let influence::Diagnostics { curvature, solver, gradient, .. } = diagnostics;
    context.log(LogLevel::Info, "influence", format_args!("{curvature:?} curvature, {solver}"));
    if !diagnostics.stationary {
        let doubt = "scores say less away from a minimum, train further";
        context.log(LogLevel::Warning, "influence", format_args!("a part of the gradient is {gradient:e}: {doubt}"));
    }
}

/// A change with its examples as the objective reads them.
fn as_read<T: Real>(model: &Model, change: &TrainingChange, seed: u64) -> Result<Change<T>> {
    let one = |data: &Dataset, row: &usize| model.kind.examples(&data.select(&[*row])?, seed);
    Ok(match change {
        TrainingChange::Remove(example) => Change::Remove(*example),
        TrainingChange::Reweight(example, weight) => Change::Reweight(*example, *weight),
        TrainingChange::Replace(example, data, row) => Change::Replace(*example, one(data, row)?),
        TrainingChange::Add(data, row, weight) => Change::Add(one(data, row)?, *weight),
    })
}

/// Tells how many of something were scored.
fn scored(monitor: &Monitor, done: usize, total: usize) -> Result<()> {
    monitor.report(&Progress::new(c"scoring", done as u64, Some(total as u64)))
}

impl<T: Real> Asked<T> {
    fn new(
        context: &Arc<Context>,
        model: &Model,
        state: &State<T>,
        data: &Dataset,
        seed: u64,
        options: &influence::Options,
        monitor: &Monitor,
    ) -> Result<Self> {
        let objective = Arc::new(model.kind.objective(&state.parameters)?);
        let inputs = Arc::new(model.kind.examples(data, seed)?);
        let layout = Layout::new(&objective.graph, None)?;
        let workers = monitor.over(context.workers());
        let parameters = state.parameters.to_vec();
        let derivatives =
            Derivatives::new(&workers, objective, parameters, inputs.clone(), None, None, options.memory)?;
        let influence = influence::Influence::fit(derivatives, options)?;
        let mut asked = Self { influence, inputs, layout, scalars: BTreeMap::new() };
        asked.obey(context, &Monitor::default());
        Ok(asked)
    }

    fn obey(&mut self, context: &Arc<Context>, monitor: &Monitor) {
        self.influence.set_workers(&monitor.over(context.workers()));
        self.influence.set_watch(of_solving(monitor));
    }

    /// The functional and the queries as it reads them.
    fn question(
        &mut self,
        model: &Model,
        queries: &Dataset,
        functional: Option<&str>,
    ) -> Result<(Arc<CompiledFunctional>, Inputs<T>)> {
        let inputs = model.kind.queries(queries, functional)?;
        let name = format!("{functional:?}");
        if let Some(found) = self.scalars.get(&name) {
            return Ok((found.clone(), inputs));
        }
        let parameters = Arc::new(self.influence.derivatives().parameters().to_vec());
        let scalars =
            Arc::new(CompiledFunctional::new(&model.kind.functional(&parameters, functional)?, &self.layout)?);
        self.scalars.insert(name, scalars.clone());
        Ok((scalars, inputs))
    }

    fn explain(
        &mut self,
        model: &Model,
        queries: &Dataset,
        functional: Option<&str>,
        monitor: &Monitor,
    ) -> Result<Attribution> {
        let (scalars, inputs) = self.question(model, queries, functional)?;
        let answer = self.influence.ask(&scalars, &inputs)?;
        let scores = self.influence.scores(&answer)?;
        scored(monitor, inputs.count(), inputs.count())?;
        let numbered = |row: &[f64]| row.iter().enumerate().map(|(example, score)| (example as u64, *score)).collect();
        let one = |query| Attributed { value: answer.values[query], scores: numbered(scores.row(query)) };
        let queries = (0..inputs.count()).map(one).collect();
        Ok(Attribution { queries, certificate: Some(answer.solution.certificate) })
    }

    /// Works on some rows of a matrix at a time, so that it is never copied as a whole.
    fn in_blocks<E: Real>(
        &mut self,
        directions: &dyn MatrixView<E>,
        into: &mut [f64],
        mut work: impl FnMut(&mut influence::Influence<T>, Block) -> Result<Block>,
    ) -> Result<()> {
        let (count, dimension) = (directions.rows(), self.layout.dimension());
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

/// The callback as solvers call it.
fn of_solving(monitor: &Monitor) -> Option<influence::Watch> {
    let monitor = monitor.clone();
    Some(influence::Watch::new(move |at| {
        monitor.tell(&Progress::new(c"solving", at.iteration as u64, None).with_value(at.residual))
    }))
}
