//! TracIn and its relatives: how the functional moved in the steps of each example, along the training that was done.
//!
//! * `tracin`: by how much the functional fell in the steps of an example, exactly; over all examples that is its fall in the
//!   whole training. Pruthi, Liu, Kale and Sundararajan, "Estimating training data influence by tracing gradient descent" (2020),
//!   the ideal of section 3.1, with any optimizer.
//! * `tracincp`: learning rate times inner product of gradients, summed over checkpoints (section 3.3 there).
//! * `gas`: the same with cosines of gradients over the size of a batch, also called CosIn: Hammoudeh and Lowd, "Identifying a
//!   training-set attack's target using renormalized influence estimation" (2022).
//!
//! None of them is a change by removal: an example with a positive score is a proponent of a loss, its steps lowered it.

use std::ops::Range;

use crate::error::{Error, Result};
use crate::objective::{AnyInputs, CompiledFunctional, Evaluate, Layout};
use crate::options::{Bytes, options};
use crate::solve::{Block, dot};
use crate::tensor::{Array, Real, either};
use crate::train::Trajectory;

use super::answer::{Attributed, Attribution};
use super::method::{Call, Method, MethodInfo, Question, Trained};
use super::replay::{AnyTrajectory, NEEDS, TOGETHER, by_parameter};

/// TracIn by name.
pub(super) static TRACIN: MethodInfo = MethodInfo {
    name: "tracin",
    unit: "fall of the functional in the example's steps",
    about: "TracIn, ideal: by how much the functional fell in the steps that the example took part in",
    needs: NEEDS,
    certifies: "that all scores together are the functional's fall in the whole training; no prediction of a change by removal",
    answers: &[],
    table: &TracInOptions::TABLE,
    prepare: |trained, options, _| {
        let memory = TracInOptions::read(options)?.memory.0;
        Ok(Box::new(TracIn { trained: trained.clone(), trajectory: trained.trajectory()?, memory }))
    },
};

/// TracInCP by name.
pub(super) static TRACINCP: MethodInfo = MethodInfo {
    name: "tracincp",
    unit: "learning rate times inner product of gradients, summed over checkpoints",
    about: "TracInCP: the inner product of the functional's gradient with the gradient of each example's loss, at checkpoints",
    needs: NEEDS,
    certifies: "nothing: it is no prediction of a change by removal",
    answers: &[],
    table: &TracInCpOptions::TABLE,
    prepare: |trained, options, _| {
        let checkpoints = TracInCpOptions::read(options)?.checkpoints;
        prepare(trained, Compared { info: &TRACINCP, checkpoints, cosine: false, by_layer: false })
    },
};

/// GAS by name.
pub(super) static GAS: MethodInfo = MethodInfo {
    name: "gas",
    unit: "learning rate over batch size times cosine of gradients, summed over checkpoints",
    about: "GAS, also called CosIn: the cosine of the functional's gradient with the gradient of each example's loss, at checkpoints",
    needs: NEEDS,
    certifies: "nothing: it is no prediction of a change by removal",
    answers: &[],
    table: &GasOptions::TABLE,
    prepare: |trained, options, _| {
        let GasOptions { checkpoints, by_layer } = GasOptions::read(options)?;
        prepare(trained, Compared { info: &GAS, checkpoints, cosine: true, by_layer })
    },
};

options! {
    /// TracIn: the fall of the functional in each example's steps.
    #[table("tracin")]
    struct TracInOptions {
        /// The memory for checkpoints and steps of the training while it is walked back, such as 2G.
        memory: Bytes = "2G",
    }
}

options! {
    /// TracInCP: inner products of gradients at checkpoints.
    #[table("tracincp")]
    struct TracInCpOptions {
        /// At how many ends of epochs gradients are compared, evenly over the training; auto: at all of them.
        checkpoints: Option<usize> = "auto" in COUNT,
    }
}

options! {
    /// GAS: cosines of gradients at checkpoints.
    #[table("gas")]
    struct GasOptions {
        /// At how many ends of epochs gradients are compared, evenly over the training; auto: at all of them.
        checkpoints: Option<usize> = "auto" in COUNT,
        /// Whether cosines are taken of each parameter alone and summed.
        by_layer: bool = "false",
    }
}

/// The most numbers of gradients that are held at once.
const HELD: usize = 1 << 24;

/// A model whose training is walked through with the functional in view.
#[derive(Debug)]
struct TracIn {
    trained: Trained,
    trajectory: AnyTrajectory,
    memory: usize,
}

impl Method for TracIn {
    fn info(&self) -> &'static MethodInfo {
        &TRACIN
    }

    fn explain(&self, question: &Question<'_>, call: &Call<'_>) -> Result<Attribution> {
        let queries = self.trained.queries(question)?;
        let functional = self.trained.family.functional(question.functional)?;
        let mut found = Vec::with_capacity(queries.count());
        either!(&self.trajectory, trajectory => {
            let layout = Layout::new(&trajectory.objective.graph, None)?;
            let functional = CompiledFunctional::new(&functional, &layout)?;
            for places in (0..queries.count()).collect::<Vec<_>>().chunks(TOGETHER) {
                let some = queries.select(places)?;
                let values = functional.values(&call.workers, &trajectory.kept, some.clone())?;
                let falls = trajectory.falls(places.len(), self.memory, &call.workers, call.monitor, |at, sloped| {
                    if !sloped {
                        return Ok((functional.values(&call.workers, at, some.clone())?, Vec::new()));
                    }
                    let (values, gradients) = functional.gradients(&call.workers, at, some.clone())?;
                    Ok((values, by_parameter(&layout, &gradients)))
                })?;
                found.extend(values.into_iter().zip(falls.chunks(trajectory.examples.len())).map(of_scores));
            }
        });
        Ok(Attribution { method: TRACIN.name, unit: TRACIN.unit, queries: found, certificate: None })
    }
}

fn of_scores((value, scores): (f64, &[f64])) -> Attributed {
    let scores = scores.iter().enumerate().map(|(example, score)| (example as u64, *score)).collect();
    Attributed { value, scores, ..Attributed::default() }
}

/// How gradients are compared.
#[derive(Clone, Copy, Debug)]
struct Compared {
    info: &'static MethodInfo,
    checkpoints: Option<usize>,
    cosine: bool,
    by_layer: bool,
}

/// A model whose gradients are compared at checkpoints of its training.
#[derive(Debug)]
struct AtCheckpoints {
    trained: Trained,
    trajectory: AnyTrajectory,
    how: Compared,
}

fn prepare(trained: &Trained, how: Compared) -> Result<Box<dyn Method>> {
    let trajectory = trained.trajectory()?;
    if either!(&trajectory, trajectory => trajectory.end.epochs) == 0 {
        return Err(Error::Unsupported {
            what: format!("{} of a training without a whole epoch", how.info.name),
            hint: "train for an epoch at least; checkpoints are their ends".into(),
        });
    }
    Ok(Box::new(AtCheckpoints { trained: trained.clone(), trajectory, how }))
}

impl Method for AtCheckpoints {
    fn info(&self) -> &'static MethodInfo {
        self.how.info
    }

    fn explain(&self, question: &Question<'_>, call: &Call<'_>) -> Result<Attribution> {
        let queries = self.trained.queries(question)?;
        let mut evaluator = self.trained.evaluator(call, None, 0)?;
        let found = either!(&self.trajectory, trajectory => {
            self.compared(trajectory, &mut *evaluator, &queries, question, call)?
        });
        let (method, unit) = (self.how.info.name, self.how.info.unit);
        Ok(Attribution { method, unit, queries: found, certificate: None })
    }
}

impl AtCheckpoints {
    fn compared<T: Real>(
        &self,
        trajectory: &Trajectory<T>,
        evaluator: &mut dyn Evaluate,
        queries: &AnyInputs,
        question: &Question<'_>,
        call: &Call<'_>,
    ) -> Result<Vec<Attributed>> {
        let functional = self.trained.functional(question, evaluator)?;
        let values = evaluator.functional_values(&functional, queries)?;
        let (examples, layout) = (evaluator.examples(), evaluator.layout().clone());
        let mut scores = vec![0.0; values.len() * examples];
        let last = trajectory.end.epochs;
        let count = self.how.checkpoints.unwrap_or(last).min(last);
        // The last epoch is always among them.
        let epochs: Vec<usize> = (1..=count).map(|place| (place * last).div_ceil(count)).collect();
        let batch = if self.how.cosine { trajectory.spec.options.batch.min(examples) as f64 } else { 1.0 };
        let layers: Vec<Range<usize>> = match self.how.by_layer {
            true => layout
                .shapes()
                .iter()
                .enumerate()
                .map(|(number, shape)| layout.start(number)..layout.start(number) + shape.iter().product::<usize>())
                .collect(),
            false => std::iter::once(0..layout.dimension()).collect(),
        };
        trajectory.at_epochs(&epochs, &call.workers, call.monitor, |parameters: &[Array<T>], rate| {
            evaluator.set_point(&layout.flatten(parameters))?;
            let lengths = if self.how.cosine { lengths(evaluator, &layers)? } else { Vec::new() };
            let (_, gradients) = evaluator.functional_gradients(&functional, queries)?;
            for (layer, range) in layers.iter().enumerate() {
                let mut part = Block::zeros(gradients.dimension(), gradients.count());
                for query in 0..gradients.count() {
                    part.vector_mut(query)[range.clone()].copy_from_slice(&gradients.vector(query)[range.clone()]);
                }
                let norms: Vec<f64> = part.vectors().map(|vector| dot(vector, vector).sqrt()).collect();
                evaluator.directional(&part, &mut |example, first, slopes| {
                    for (place, slope) in slopes.iter().enumerate() {
                        let query = first + place;
                        let by = match self.how.cosine {
                            true => norms[query] * lengths[example * layers.len() + layer],
                            false => 1.0,
                        };
                        // Nothing points along a vector of length zero.
                        let compared = if by > 0.0 { slope / by } else { 0.0 };
                        let compared = match self.how.cosine {
                            true => compared.clamp(-1.0, 1.0),
                            // Its steps were as much longer.
                            false => trajectory.spec.weights.get(example).unwrap_or(&1.0) * compared,
                        };
                        scores[query * examples + example] += rate / batch * compared;
                    }
                })?;
            }
            Ok(())
        })?;
        Ok(values.into_iter().zip(scores.chunks(examples.max(1))).map(of_scores).collect())
    }
}

/// The length of each example's gradient by each layer, example after example.
fn lengths(evaluator: &dyn Evaluate, layers: &[Range<usize>]) -> Result<Vec<f64>> {
    let examples: Vec<usize> = (0..evaluator.examples()).collect();
    let mut lengths = Vec::with_capacity(examples.len() * layers.len());
    for some in examples.chunks((HELD / evaluator.dimension().max(1)).clamp(1, 512)) {
        evaluator.workers().check()?;
        for gradient in evaluator.gradients_of(some)?.vectors() {
            lengths.extend(layers.iter().map(|range| dot(&gradient[range.clone()], &gradient[range.clone()]).sqrt()));
        }
    }
    Ok(lengths)
}
