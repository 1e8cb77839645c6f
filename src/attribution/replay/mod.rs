//! The exact derivative of a training: what the outcome would be with less of an example in every step.
//!
//! Training is a map from the weights of its examples to the parameters at its end, with order, batches, candidates and
//! learning rates held. The derivative of a functional by an example's weight takes along that later steps of the other examples
//! answer to the change, which gradient rollback leaves out. It is computed backwards through the training, done again step by
//! step: reverse-mode differentiation of the whole run (Maclaurin, Duvenaud and Adams, "Gradient-based hyperparameter
//! optimization through reversible learning", 2015; of weights of examples: Hara, Nitanda and Maehara, "Data cleansing for models
//! trained with SGD", 2019).

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::engine::Progress;
use crate::error::{Error, Result};
use crate::objective::{AnyInputs, CompiledFunctional, Layout};
use crate::options::{Bytes, Options, options};
use crate::solve::Block;
use crate::tensor::{Either, either};
use crate::train::{StepCurvature, Trajectory};

use super::answer::{Attributed, Attribution, TrainingChange, WhatIf};
use super::method::{Call, Method, MethodInfo, Question, REMOVAL, Trained, questions};

mod dvemb;

pub(super) use dvemb::DVEMB;

/// What methods need that walk through a training.
pub(super) const NEEDS: &str =
    "training by steps of an optimizer that can be done again: its data, its options and its initial values";

/// Replay by name.
pub(super) static METHOD: MethodInfo = MethodInfo {
    name: "replay",
    unit: REMOVAL,
    about: "the exact derivative of the whole training run by each example's weight, at the weight one",
    needs: NEEDS,
    certifies: "the growth of the derivative on its way back: up to about 2 scores predict small changes of weight, near 2 to 5 they rank examples, \
                above 50 the training is chaotic",
    answers: &[questions::WHAT_IFS],
    table: &ReplayOptions::TABLE,
    prepare: |trained, options, _| {
        let options = ReplayOptions::read(options)?;
        let trajectory = trained.trajectory()?;
        Ok(Box::new(Replay::new(&METHOD, trained, trajectory, options.memory)))
    },
};

options! {
    /// Replay: the exact derivative of a training run.
    #[table("replay")]
    pub struct ReplayOptions {
        /// The memory for checkpoints and steps of the training while it is walked back, such as 2G. Less memory means that parts
        /// of the training are done again more often.
        memory: Bytes = "2G",
    }
}

/// A training in the precision of its model.
pub type AnyTrajectory = Either<Arc<Trajectory<f32>>, Arc<Trajectory<f64>>>;

/// Says how a model's training is done again, if it can be.
pub trait Retrace: fmt::Debug + Send + Sync {
    /// The training.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when it cannot be done again by steps.
    fn trajectory(&self) -> Result<AnyTrajectory>;
}

/// The numbers of f64 that a walk holds for each query and parameter: derivatives by value and optimizer's state, directions and
/// products, and where each query is walked back alone its own copy of the parameters and their state.
const NUMBERS: usize = 6;

/// The most queries that one walk through the training serves.
pub(super) const TOGETHER: usize = 32;

/// A model whose training can be done again.
#[derive(Debug)]
struct Replay {
    info: &'static MethodInfo,
    curvature: StepCurvature,
    trained: Trained,
    trajectory: AnyTrajectory,
    memory: usize,
    /// The last answer with what was asked, for groups of the same queries.
    last: Mutex<Option<Answered>>,
}

/// What was asked, and the answer.
#[derive(Debug)]
struct Answered {
    queries: AnyInputs,
    functional: Option<String>,
    answer: Vec<Attributed>,
}

/// Above this growth a training is chaotic.
pub const CHAOTIC: f64 = 50.0;

/// What the growth of a derivative on its way back through a training says of the scores.
pub fn growth_in_words(growth: f64) -> &'static str {
    match growth {
        _ if growth <= 2.0 => "scores predict changes that are small; whether removal is one, ascribe verify tells",
        _ if growth <= 5.0 => "scores rank examples; their sizes may be off",
        _ if growth <= CHAOTIC => "scores may be far off: compare with retraining",
        _ => "the training is chaotic: no derivative predicts removal",
    }
}

impl Replay {
    fn new(info: &'static MethodInfo, trained: &Trained, trajectory: AnyTrajectory, memory: Bytes) -> Self {
        let (trained, memory, last) = (trained.clone(), memory.0, Mutex::default());
        Self { info, curvature: StepCurvature::Hessian, trained, trajectory, memory, last }
    }

    /// The scores of all examples for every query; those of the last question are kept.
    fn answer(&self, question: &Question<'_>, call: &Call<'_>) -> Result<Vec<Attributed>> {
        let queries = self.trained.queries(question)?;
        let name = question.functional.map(str::to_owned);
        let last = || self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |last: &&Answered| (&last.queries, &last.functional) == (&queries, &name);
        if let Some(last) = last().as_ref().filter(same) {
            return Ok(last.answer.clone());
        }
        let answer = self.replayed(&queries, question, call)?;
        *last() = Some(Answered { queries, functional: name, answer: answer.clone() });
        Ok(answer)
    }
}

impl Method for Replay {
    fn info(&self) -> &'static MethodInfo {
        self.info
    }

    fn explain(&self, question: &Question<'_>, call: &Call<'_>) -> Result<Attribution> {
        let queries = self.answer(question, call)?;
        Ok(Attribution { method: self.info.name, unit: self.info.unit, queries, certificate: None })
    }

    fn what_if(
        &self,
        question: &Question<'_>,
        changes: &[TrainingChange],
        options: &Options,
        call: &Call<'_>,
    ) -> Result<WhatIf> {
        WhatIf::refuse_options(self.info.name, options)?;
        let own = |example: usize| {
            self.trained.data.weights().and_then(|weights| weights.get(example)).copied().unwrap_or(1.0)
        };
        let weight = |change: &TrainingChange| match change {
            TrainingChange::Remove(example) => Ok((*example, -1.0)),
            TrainingChange::Reweight(example, weight) if own(*example) == *weight => Ok((*example, 0.0)),
            TrainingChange::Reweight(example, _) if own(*example) == 0.0 => Err(Error::Unsupported {
                what: format!(
                    "giving example {example}, whose weight is zero, another by the method {}",
                    self.info.name
                ),
                hint: "influence does that".into(),
            }),
            TrainingChange::Reweight(example, weight) => Ok((*example, weight / own(*example) - 1.0)),
            _ => Err(Error::Unsupported {
                what: format!("a change other than removal or another weight by the method {}", self.info.name),
                hint: "influence has them".into(),
            }),
        };
        // An example that is named twice is removed once.
        let changes = changes.iter().map(weight).collect::<Result<BTreeMap<_, _>>>()?;
        self.trained.check(&changes.keys().copied().collect::<Vec<_>>())?;
        let answer = self.answer(question, call)?;
        // A score is the change for the example's weight less.
        let change =
            |query: &Attributed| changes.iter().map(|(example, by)| -by * query.scores[*example].1).sum::<f64>();
        let (before, changed) = answer.iter().map(|query| (query.value, change(query))).unzip();
        Ok(WhatIf::at_once(self.info.name, before, changed))
    }

    fn describe(&self) -> Result<Value> {
        let end = either!(&self.trajectory, trajectory => trajectory.end);
        Ok(json!({ "epochs": end.epochs, "batches_after": end.batches }))
    }
}

impl Replay {
    fn replayed(&self, queries: &AnyInputs, question: &Question<'_>, call: &Call<'_>) -> Result<Vec<Attributed>> {
        let functional = self.trained.family.functional(question.functional)?;
        let mut answered = Vec::with_capacity(queries.count());
        either!(&self.trajectory, trajectory => {
            let layout = Layout::new(&trajectory.objective.graph, None)?;
            let functional = CompiledFunctional::new(&functional, &layout)?;
            let affordable = self.memory / 8 / (NUMBERS * size_of::<f64>() * layout.dimension());
            // Whole sweeps, so that memory changes no bit; one takes little whatever the model.
            let sweep = trajectory.outcomes_together();
            let together = (affordable.min(TOGETHER) / sweep * sweep).max(sweep);
            let places: Vec<usize> = (0..queries.count()).collect();
            let blocks = places.len().div_ceil(together) as u64;
            for (block, places) in places.chunks(together).enumerate() {
                let monitor = call.monitor.part(move |now| Progress {
                    done: block as u64 * now.total.unwrap_or(0) + now.done,
                    total: now.total.map(|total| total * blocks),
                    ..*now
                });
                let (values, gradients) =
                    functional.gradients(&call.workers, &trajectory.kept, queries.select(places)?)?;
                let outcomes = by_parameter(&layout, &gradients);
                let (count, memory) = (places.len(), self.memory);
                let (curvature, workers) = (self.curvature, &call.workers);
                let found =
                    trajectory.weight_derivatives_by(curvature, &outcomes, count, memory, workers, &monitor)?;
                let examples = found.by_weight.len() / count;
                for (query, value) in values.into_iter().enumerate() {
                    let slopes = &found.by_weight[query * examples..][..examples];
                    let scores = slopes.iter().enumerate().map(|(example, slope)| (example as u64, -slope)).collect();
                    // Of another curvature the growth says nothing of the training.
                    let growth = (curvature == StepCurvature::Hessian).then(|| found.growth[query]);
                    answered.push(Attributed { value, scores, growth, ..Attributed::default() });
                }
            }
        });
        Ok(answered)
    }
}

/// Gradients cut into parameters: for each of them one vector after the other.
pub(super) fn by_parameter(layout: &Layout, gradients: &Block) -> Vec<Vec<f64>> {
    let sizes = layout.shapes().iter().map(|shape| shape.iter().product::<usize>());
    let cut = |(number, size): (usize, usize)| {
        gradients.vectors().flat_map(|vector| vector[layout.start(number)..][..size].to_vec()).collect()
    };
    sizes.enumerate().map(cut).collect()
}

impl Trained {
    /// The training that the model is from.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when there is none that can be done again.
    pub fn trajectory(&self) -> Result<AnyTrajectory> {
        let retrace = self.retrace.as_ref().ok_or_else(|| Error::Unsupported {
            what: "a replay of a model whose training is not known or was on other examples".into(),
            hint: "train it by steps of an optimizer, or use the method influence".into(),
        })?;
        retrace.trajectory()
    }
}
