//! Influence functions as a method.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::attribution::answer::{
    Attacked, Attributed, Attribution, Diagnostics, LeaveOneOutScores, TrainingChange, WhatIf, WhatIfStep,
};
use crate::attribution::method::{Call, Method, MethodInfo, Question, REMOVAL, Trained, questions};
use crate::attribution::turns::Turns;
use crate::engine::{Monitor, Progress};
use crate::error::{Error, Result};
use crate::models::Singularity;
use crate::objective::{AnyInputs, CompiledFunctional, Layout};
use crate::options::{Options, options};
use crate::solve::{Block, Certificate, Plan};
use crate::tensor::Either;
use crate::train::minimize;

use super::plan::plan;
use super::what_if::undetermined;
use super::{Attack, Change, Edit, Influence, InfluenceOptions, Level, Solved, WhatIfOptions, attack};

/// Influence functions by name.
pub(in crate::attribution) static METHOD: MethodInfo = MethodInfo {
    name: "influence",
    unit: REMOVAL,
    about: "influence functions: one Newton step of the objective's curvature, solved for to a certified residual",
    needs: "a model at or near a minimum of an objective that is the same in every epoch",
    certifies: "the residual of every solve, error bounds of scores, leverages, and retraining by what-if",
    answers: &[
        questions::SELF_SCORES,
        questions::SELF_CERTIFICATES,
        questions::LEAVE_ONE_OUT,
        questions::ERROR_BOUNDS,
        questions::INPUT_EFFECTS,
        questions::WHAT_IFS,
        questions::ATTACKS,
        questions::PRODUCTS,
        questions::DIAGNOSTICS,
    ],
    table: &InfluenceOptions::TABLE,
    prepare: |trained, options, call| Ok(Box::new(Prepared::new(trained, options, call)?)),
};

options! {
    /// What-ifs: the functional on another training set, from the cheapest level to the last that is wanted.
    #[table("what-if")]
    pub struct WhatIfTable {
        /// The last level of accuracy to go to, cheapest first; auto: the last up to newton that does not estimate its own errors to be
        /// larger in sum than the one before, and with target_error newton.
        until: Option<Level> = "auto",
        /// Stop at the first level whose estimated error is within this for every query; auto: go on to the last.
        target_error: Option<f64> = "auto" in POSITIVE,
        /// The relative gradient at which training again ends; auto: 1e-10, of models in f32 1e-5.
        retraining_tolerance: Option<f64> = "auto" in POSITIVE,
        /// The most steps of training again.
        retraining_iterations: usize = "200",
    }
}

options! {
    /// Attacks on the training set: perturbing examples so that a functional rises.
    #[table("attack")]
    pub struct AttackOptions {
        /// By how much a number moves in a round.
        step: f64 = "0.02" in POSITIVE,
        /// How many rounds, each of which ends with training again.
        rounds: usize = "10",
        /// The lowest that a number may become.
        low: f64 = "0" in FINITE,
        /// The highest that a number may become.
        high: f64 = "1" in FINITE,
        /// The most by which a number may differ from what it was; auto: anything.
        radius: Option<f64> = "auto" in NOT_NEGATIVE,
        /// The relative gradient at which training again ends; auto: 1e-8, of models in f32 1e-5.
        retraining_tolerance: Option<f64> = "auto" in POSITIVE,
    }
}

/// One part in so many of the memory is for what is kept between products.
const KEPT: usize = 4;

/// A model with the curvature of its objective, prepared for solves.
#[derive(Debug)]
struct Prepared {
    trained: Trained,
    options: InfluenceOptions,
    dimension: usize,
    fitted: Turns<Fitted>,
    /// What to do about a solve that did not converge, known without a turn.
    hint: Mutex<Option<String>>,
}

/// The curvature with the functionals that were compiled so far, by their names.
#[derive(Debug)]
struct Fitted {
    influence: Influence,
    functionals: BTreeMap<Option<String>, Arc<CompiledFunctional>>,
    /// The queries that were solved for last: scores, bounds and leave-one-out scores are asked for one after the other.
    last: Option<(Option<String>, AnyInputs, Solved)>,
}

impl Prepared {
    fn new(trained: &Trained, options: &Options, call: &Call<'_>) -> Result<Self> {
        let options = InfluenceOptions::read(options)?;
        let core = options.options(call.seed, call.monitor);
        let evaluator = trained.evaluator(call, options.parameters.as_deref(), core.memory / KEPT)?;
        let (dimension, layout) = (evaluator.dimension(), evaluator.layout().clone());
        let influence = Influence::fit(evaluator, &core).map_err(|error| in_words(error, trained, &layout))?;
        let mut fitted = Fitted { influence, functionals: BTreeMap::new(), last: None };
        // The monitor belongs to this call.
        fitted.influence.set_monitor(&Monitor::none());
        let (trained, fitted, hint) = (trained.clone(), Turns::new(fitted), Mutex::new(None));
        Ok(Self { trained, options, dimension, fitted, hint })
    }

    /// Works under the monitor of a call, which is let go afterwards.
    fn with<R>(&self, call: &Call<'_>, work: impl FnOnce(&mut Fitted) -> Result<R>) -> Result<R> {
        self.fitted.with(call.monitor, |fitted| {
            fitted.influence.set_workers(&call.workers);
            fitted.influence.set_monitor(call.monitor);
            let result = work(fitted);
            fitted.influence.set_monitor(&Monitor::none());
            let hint = fitted.influence.unconverged().map(str::to_owned);
            *self.hint.lock().unwrap_or_else(PoisonError::into_inner) = hint;
            // The curvature of the model itself has been found regular.
            result.map_err(|error| of_change(error, &self.trained, fitted.influence.evaluator().layout()))
        })
    }

    /// How many queries are worked on at once: a quarter of the memory may go into vectors for them and into their scores.
    fn at_once(&self) -> usize {
        // The functional's gradient, the solution, and about six vectors of an iterative solver.
        let bytes = 8 * (self.trained.data.len() + 8 * self.dimension);
        (self.options.memory.0 / 4 / bytes.max(1)).clamp(1, 4096)
    }

    /// Solves for queries, some of them at a time.
    fn solve(
        &self,
        question: &Question<'_>,
        call: &Call<'_>,
        mut work: impl FnMut(&mut Influence, &Solved, (&CompiledFunctional, &AnyInputs)) -> Result<()>,
    ) -> Result<()> {
        self.with(call, |fitted| {
            let (functional, queries) = fitted.read(&self.trained, question)?;
            let (count, together) = (queries.count(), self.at_once());
            let places: Vec<usize> = (0..count).collect();
            for block in places.chunks(together) {
                let some = if block.len() == count { queries.clone() } else { queries.select(block)? };
                let solved = fitted.solved(question.functional, &functional, &some)?;
                work(&mut fitted.influence, &solved, (&functional, &some))?;
                fitted.last = Some((question.functional.map(str::to_owned), some, solved));
                if count > together {
                    let done = (block[0] + block.len()) as u64;
                    call.monitor.report(&Progress::new(c"queries", done, Some(count as u64)))?;
                }
            }
            Ok(())
        })
    }

    fn change(&self, change: &TrainingChange) -> Result<Change> {
        let one = |data: &crate::data::Dataset, row: usize| -> Result<AnyInputs> {
            let (data, family, seed) = (data.select(&[row])?, &self.trained.family, self.trained.seed);
            Ok(match &self.trained.parameters {
                Either::Single(_) => family.examples::<f32>(&data, seed)?.into(),
                Either::Double(_) => family.examples::<f64>(&data, seed)?.into(),
            })
        };
        Ok(match change {
            TrainingChange::Remove(example) => Change::Remove(*example),
            TrainingChange::Reweight(example, weight) => Change::Reweight(*example, *weight),
            TrainingChange::Replace(example, data, row) => Change::Replace(*example, one(data, *row)?),
            TrainingChange::Add(data, row, weight) => Change::Add(one(data, *row)?, *weight),
        })
    }
}

impl Fitted {
    /// A functional, compiled when it is first needed, and queries as it reads them.
    fn read(&mut self, trained: &Trained, question: &Question<'_>) -> Result<(Arc<CompiledFunctional>, AnyInputs)> {
        let queries = trained.queries(question)?;
        let name = question.functional.map(str::to_owned);
        if let Some(found) = self.functionals.get(&name) {
            return Ok((found.clone(), queries));
        }
        let compiled = Arc::new(trained.functional(question, self.influence.evaluator())?);
        self.functionals.insert(name, compiled.clone());
        Ok((compiled, queries))
    }

    /// Queries solved for: those of the last time where they are the same. Others are forgotten before the solve, so that
    /// no more than one block is held.
    fn solved(&mut self, name: Option<&str>, functional: &CompiledFunctional, queries: &AnyInputs) -> Result<Solved> {
        let last = self.last.take().filter(|(of, known, _)| of.as_deref() == name && known == queries);
        match last {
            Some((.., solved)) => Ok(solved),
            None => self.influence.solve_queries(functional, queries),
        }
    }
}

/// An error of singular curvature in the words of the data.
fn in_words(error: Error, trained: &Trained, layout: &Layout) -> Error {
    with_singularity(error, trained, layout, |found| {
        let hints: Vec<&str> = found.hints.iter().copied().chain(["add damping (the option damping)"]).collect();
        Error::Undetermined { what: found.problem, hint: hints.join(", or ") }
    })
}

/// The same of an objective that a change of the training set made singular.
fn of_change(error: Error, trained: &Trained, layout: &Layout) -> Error {
    with_singularity(error, trained, layout, |found| {
        let hint = "keep one of the rows that go, as they alone determine it, or train with a penalty (the option l2)";
        undetermined(&found.problem, hint)
    })
}

fn with_singularity(error: Error, trained: &Trained, layout: &Layout, say: impl FnOnce(Singularity) -> Error) -> Error {
    let Error::Singular { coordinates, hint } = error else { return error };
    match trained.family.singularity(&trained.data, layout, &coordinates) {
        Ok(found) => say(found),
        Err(_) => Error::Singular { coordinates, hint },
    }
}

fn plain(found: super::WhatIf) -> WhatIf {
    let step = |step: super::Step| WhatIfStep {
        level: Level::ALL.iter().find(|(_, level)| *level == step.level).map_or("", |(word, _)| word),
        changes: step.changes,
        errors: step.errors,
        parameters: step.parameters,
        gradient_norm: step.gradient_norm,
        at_minimum: step.at_minimum,
    };
    WhatIf { before: found.before, steps: found.steps.into_iter().map(step).collect(), reached: found.reached }
}

/// Predicts for any number of queries, so many at once. The levels are the same for all of them, as if they had been asked
/// together.
fn in_blocks(
    influence: &mut Influence,
    functional: &CompiledFunctional,
    queries: &AnyInputs,
    edit: &Edit,
    (options, together): (&WhatIfOptions, usize),
) -> Result<super::WhatIf> {
    if queries.count() <= together {
        return influence.what_if(functional, queries, edit, options);
    }
    let places: Vec<usize> = (0..queries.count()).collect();
    let mut to = |level: Level| -> Result<super::WhatIf> {
        let options = WhatIfOptions { until: level, tolerance: None, ..*options };
        let mut whole = super::WhatIf { before: Vec::new(), steps: Vec::new(), reached: true };
        for block in places.chunks(together) {
            let found = influence.what_if(functional, queries.select(block)?, edit, &options)?;
            whole.before.extend(found.before);
            if whole.steps.is_empty() {
                whole.steps = found.steps;
            } else {
                for (step, more) in whole.steps.iter_mut().zip(found.steps) {
                    step.changes.extend(more.changes);
                    step.errors.extend(more.errors);
                }
            }
        }
        Ok(whole)
    };
    let Some(tolerance) = options.tolerance else { return to(options.until) };
    let mut levels = Level::ALL.iter().map(|(_, level)| *level).take_while(|level| *level <= options.until);
    loop {
        let level = levels.next().unwrap_or(options.until);
        let found = to(level)?;
        let reached = found.last().is_some_and(|last| last.errors.iter().all(|error| *error <= tolerance));
        if reached || level == options.until {
            return Ok(super::WhatIf { reached, ..found });
        }
    }
}

impl Method for Prepared {
    fn info(&self) -> &'static MethodInfo {
        &METHOD
    }

    fn explain(&self, question: &Question<'_>, call: &Call<'_>) -> Result<Attribution> {
        let mut queries = Vec::with_capacity(question.queries.len());
        let mut certificate: Option<Certificate> = None;
        self.solve(question, call, |influence, solved, _| {
            let scores = influence.scores(solved)?;
            for (place, value) in solved.values.iter().enumerate() {
                let row = scores.row(place).iter().enumerate();
                let scores = row.map(|(example, score)| (example as u64, *score)).collect();
                queries.push(Attributed { value: *value, scores, ..Attributed::default() });
            }
            match &mut certificate {
                Some(all) => all.append(&solved.solution.certificate),
                None => certificate = Some(solved.solution.certificate.clone()),
            }
            Ok(())
        })?;
        Ok(Attribution { method: METHOD.name, unit: METHOD.unit, queries, certificate })
    }

    fn self_scores(&self, examples: &[usize], call: &Call<'_>) -> Result<Vec<f64>> {
        self.with(call, |fitted| fitted.influence.self_influence(examples))
    }

    fn self_certificate(&self, examples: &[usize], call: &Call<'_>) -> Result<Certificate> {
        self.with(call, |fitted| {
            let gradients = fitted.influence.evaluator().gradients_of(examples)?;
            Ok(fitted.influence.inverse(&gradients)?.certificate)
        })
    }

    fn leave_one_out(&self, question: &Question<'_>, examples: &[usize], call: &Call<'_>) -> Result<LeaveOneOutScores> {
        let (mut scores, mut leverages) = (Vec::new(), Vec::new());
        self.solve(question, call, |influence, solved, _| {
            let found = influence.leave_one_out(solved, examples)?;
            let queries = 0..solved.values.len();
            scores.extend(queries.flat_map(|query| found.iter().map(move |one| one.scores[query])));
            leverages = found.iter().map(|one| one.leverage).collect();
            Ok(())
        })?;
        Ok(LeaveOneOutScores { scores, leverages })
    }

    fn error_bounds(&self, question: &Question<'_>, examples: &[usize], call: &Call<'_>) -> Result<Vec<f64>> {
        let mut bounds = Vec::new();
        self.solve(question, call, |influence, solved, asked| {
            for found in influence.error_bounds(asked, solved, examples)? {
                bounds.extend(found.into_iter().map(|bound| bound.unwrap_or(f64::NAN)));
            }
            Ok(())
        })?;
        Ok(bounds)
    }

    fn input_effects(
        &self,
        question: &Question<'_>,
        input: Option<&str>,
        examples: &[usize],
        call: &Call<'_>,
    ) -> Result<Vec<Vec<f64>>> {
        let slot = self.trained.input(input)?;
        let mut effects = Vec::new();
        self.solve(question, call, |influence, solved, _| {
            // The functional moves by −sᵀ ∂ₓ∂_θ L times what the example is of the whole.
            let (weights, total) = (influence.evaluator().weights(), influence.evaluator().total_weight());
            for direction in solved.solution.x.vectors() {
                let found = influence.evaluator().input_effects(direction, slot, examples)?;
                effects.extend(found.into_iter().zip(examples).map(|(one, example)| {
                    let share = -weights[*example] / total;
                    one.into_iter().map(|effect| share * effect).collect::<Vec<f64>>()
                }));
            }
            Ok(())
        })?;
        Ok(effects)
    }

    fn input_width(&self, input: Option<&str>) -> Result<usize> {
        self.trained.input_width(input)
    }

    fn what_if(
        &self,
        question: &Question<'_>,
        changes: &[TrainingChange],
        options: &Options,
        call: &Call<'_>,
    ) -> Result<WhatIf> {
        let table = WhatIfTable::read(options)?;
        let best = table.until.is_none() && table.target_error.is_none();
        let options = WhatIfOptions::from(table);
        // Half of the memory for two gradients of each query, there and where the prediction ends, and as many under way.
        let together = (self.options.memory.0 / 2 / (8 * 4 * self.dimension).max(1)).clamp(1, 4096);
        let changes = changes.iter().map(|change| self.change(change)).collect::<Result<Vec<_>>>()?;
        self.with(call, |fitted| {
            let (functional, queries) = fitted.read(&self.trained, question)?;
            let evaluator = fitted.influence.evaluator();
            let edit = Edit::new(evaluator.inputs(), &evaluator.weights(), &changes)?;
            let (family, classes) = (&self.trained.family, self.trained.data.classes());
            let at_minimum = fitted.influence.diagnostics().at_minimum;
            if at_minimum
                && let Some(problem) = family.without_minimum(classes, &edit.inputs, [&edit.before, &edit.after])
            {
                return Err(undetermined(&problem, "keep one of them"));
            }
            let mut to = |until| {
                let options = WhatIfOptions { until, ..options };
                in_blocks(&mut fitted.influence, &functional, &queries, &edit, (&options, together))
            };
            let found = match to(options.until) {
                // No Newton step leads to a minimum, and the levels before say what they say.
                Err(Error::Indefinite { .. }) if best => to(Level::LeaveOneOut)?,
                found => found?,
            };
            Ok(plain(if best { found.without_worse() } else { found }))
        })
    }

    fn attack(
        &self,
        question: &Question<'_>,
        input: Option<&str>,
        examples: &[usize],
        options: &Options,
        call: &Call<'_>,
    ) -> Result<Attacked> {
        let AttackOptions { step, rounds, low, high, radius, retraining_tolerance } = AttackOptions::read(options)?;
        let core = self.options.options(call.seed, call.monitor);
        let slot = self.trained.input(input)?;
        let plan = Attack {
            examples: examples.to_vec(),
            input: slot,
            step,
            rounds,
            range: (low, high),
            radius,
            gradient_tolerance: retraining_tolerance.unwrap_or(minimize::gradient_tolerance(self.trained.precision())),
        };
        let evaluator = self.trained.evaluator(call, self.options.parameters.as_deref(), core.memory / KEPT)?;
        let functional = self.trained.functional(question, &*evaluator)?;
        let (queries, layout) = (self.trained.queries(question)?, evaluator.layout().clone());
        let found = attack(evaluator, &functional, queries, &plan, &core)
            .map_err(|error| in_words(error, &self.trained, &layout))?;
        let numbers: Vec<f64> = examples.iter().flat_map(|example| found.inputs.numbers_of(slot, *example)).collect();
        let width = self.input_width(input)?;
        let data = self.trained.data.select(examples)?.with_numbers(input, width, &numbers)?;
        Ok(Attacked { values: found.values, data, hint: found.hint })
    }

    fn products(&self, directions: Block, inverse: bool, call: &Call<'_>) -> Result<Block> {
        self.with(call, |fitted| match inverse {
            true => Ok(fitted.influence.inverse(&directions)?.x),
            false => fitted.influence.products(&directions),
        })
    }

    fn dimension(&self) -> Result<usize> {
        Ok(self.dimension)
    }

    fn diagnostics(&self) -> Result<Diagnostics> {
        self.fitted.with(&Monitor::none(), |fitted| {
            let influence = &fitted.influence;
            Ok(Diagnostics {
                fitted: influence.diagnostics().clone(),
                worst_residual: influence.worst_residual(),
                unconverged: influence.unconverged().map(str::to_owned),
                factored: influence.is_factored(),
            })
        })
    }

    fn hint(&self) -> Option<String> {
        self.hint.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn describe(&self) -> Result<Value> {
        let Diagnostics { fitted, worst_residual, unconverged, factored } = self.diagnostics()?;
        Ok(json!({
            "curvature": fitted.curvature.to_string(),
            "solver": fitted.solver,
            "damping": fitted.damping,
            "gradient_norm": fitted.gradient_norm,
            "at_minimum": fitted.at_minimum,
            "factored": factored,
            "worst_residual": worst_residual,
            "converged": unconverged.is_none(),
            "hint": unconverged,
            "plan": fitted.plan,
        }))
    }
}

/// What each solver would cost for influence on a model; solves nothing.
///
/// # Errors
/// As [`Influence::fit`] before it solves.
pub fn plan_for(trained: &Trained, options: &Options, call: &Call<'_>) -> Result<Plan> {
    let options = InfluenceOptions::read(options)?;
    let core = options.options(call.seed, call.monitor);
    let mut evaluator = trained.evaluator(call, options.parameters.as_deref(), core.memory / KEPT)?;
    plan(&mut *evaluator, &core)
}
