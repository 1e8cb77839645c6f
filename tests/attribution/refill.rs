//! The corrected ledger, against credits that are carried through the training one by one, with curvatures by differences.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use ascribe::attribution::rollback::{CreditRule, Tracker};
use ascribe::engine::{Monitor, Workers};
use ascribe::models::triples::{Loss, Sides, TripleTables, scorers};
use ascribe::objective::{Inputs, Objective};
use ascribe::tensor::Array;
use ascribe::train::{
    BatchStep, InputExamples, Observer, Optimizer, Reduction, Schedule, StepPlan, TrainerOptions, TrainingSpec,
};

use crate::common::{array, assert_close, flat, ids};

/// Heads are the first entities, candidates the others: no row is read as both.
const HEADS: usize = 4;
const ENTITIES: usize = 11;
const RELATIONS: usize = 3;
const DIMENSION: usize = 3;
const COUNT: usize = 26;
const CANDIDATES: usize = 5;

struct Case {
    scorer: &'static str,
    loss: Loss,
    spec: TrainingSpec<f64>,
    examples: InputExamples<f64>,
}

impl Case {
    fn new(scorer: &'static str, loss: Loss, method: Optimizer, batch: usize, learning_rate: f64) -> Self {
        let tables = TripleTables::new(scorers::by_name(scorer).unwrap(), ENTITIES, RELATIONS, DIMENSION).unwrap();
        let objective = Objective::of_triples(&tables, loss, Sides::Tails).unwrap();
        let plan = Arc::new(StepPlan::with_curvature(&objective, Reduction::Sum).unwrap());
        let tails = |seed, count| ids(seed, count, ENTITIES - HEADS).into_iter().map(|id| id + HEADS as u32);
        let each = loss.negatives() + 1;
        let candidates: Vec<u32> = tails(3, each * COUNT).collect();
        let truth = candidates.chunks(each).map(|some| some[0]).collect();
        let inputs = Inputs::new(COUNT).with_ids(0, ids(1, COUNT, HEADS)).unwrap();
        let inputs = inputs.with_ids(1, ids(2, COUNT, RELATIONS)).unwrap().with_ids(2, truth).unwrap();
        let inputs = if loss == Loss::FullSoftmax { inputs } else { inputs.with_ids(3, candidates).unwrap() };
        let examples = InputExamples::new(&plan, Arc::new(inputs)).unwrap();
        let options = TrainerOptions { method, learning_rate, schedule: Schedule::Constant, epochs: 3, batch, seed: 9 };
        let widths = scorers::by_name(scorer).unwrap().widths(DIMENSION);
        let initial = vec![array(&[ENTITIES, widths.0], 20), array(&[RELATIONS, widths.1], 21)];
        Self { scorer, loss, spec: TrainingSpec::new(plan, options, initial), examples }
    }

    /// The rows that an example reads: parameter and row.
    fn reads(&self, example: usize) -> (Vec<(usize, u32)>, Vec<u32>) {
        let inputs = self.examples.inputs();
        let (head, relation) = (inputs.ids_of(0, example)[0], inputs.ids_of(1, example)[0]);
        let candidates: Vec<u32> = match self.loss {
            Loss::FullSoftmax => (0..ENTITIES as u32).collect(),
            _ => inputs.ids_of(3, example).to_vec(),
        };
        let mut rows = vec![(0, head), (1, relation)];
        rows.extend(candidates.iter().map(|tail| (0, *tail)));
        rows.sort_unstable();
        rows.dedup();
        (rows, candidates)
    }

    fn scores(&self, values: &[Array<f64>], example: usize) -> Vec<f64> {
        let inputs = self.examples.inputs();
        let head = values[0].row(inputs.ids_of(0, example)[0] as usize);
        let relation = values[1].row(inputs.ids_of(1, example)[0] as usize);
        self.reads(example)
            .1
            .iter()
            .map(|tail| score(self.scorer, head, relation, values[0].row(*tail as usize)))
            .collect()
    }

    /// The diagonal of the example's Gauss-Newton matrix along a row, by differences of scores.
    fn curvature(&self, values: &[Array<f64>], example: usize, (parameter, row): (usize, u32)) -> Vec<f64> {
        let scores = self.scores(values, example);
        let largest = scores.iter().copied().fold(f64::MIN, f64::max);
        let total: f64 = scores.iter().map(|s| (s - largest).exp()).sum();
        let bce = matches!(self.loss, Loss::BinaryCrossEntropy { .. });
        let weight = |s: f64| {
            let chance = 1.0 / (1.0 + (-s).exp());
            if bce { chance * (1.0 - chance) } else { (s - largest).exp() / total }
        };
        let weights: Vec<f64> = scores.iter().map(|s| weight(*s)).collect();
        let mut moved = values.to_vec();
        let width = values[parameter].row(0).len();
        let each = (0..width).map(|place| {
            const STEP: f64 = 1e-5;
            let mut at = |by: f64| {
                moved[parameter].row_mut(row as usize)[place] += by;
                let scores = self.scores(&moved, example);
                moved[parameter].row_mut(row as usize)[place] -= by;
                scores
            };
            let slopes: Vec<f64> =
                at(STEP).iter().zip(at(-STEP)).map(|(up, down)| (up - down) / (2.0 * STEP)).collect();
            let squares: f64 = slopes.iter().zip(&weights).map(|(s, w)| w * s * s).sum();
            let mean: f64 = slopes.iter().zip(&weights).map(|(s, w)| w * s).sum();
            if bce { squares } else { squares - mean * mean }
        });
        each.collect()
    }
}

fn score(scorer: &str, h: &[f64], r: &[f64], t: &[f64]) -> f64 {
    match scorer {
        "distmult" => h.iter().zip(r).zip(t).map(|((h, r), t)| h * r * t).sum(),
        "transe" => -h.iter().zip(r).zip(t).map(|((h, r), t)| (h + r - t) * (h + r - t)).sum::<f64>(),
        _ => {
            let half = h.len() / 2;
            let product = |d: usize| {
                let (re, im) = (h[d] * r[d] - h[half + d] * r[half + d], h[d] * r[half + d] + h[half + d] * r[d]);
                re * t[d] + im * t[half + d]
            };
            (0..half).map(product).sum()
        }
    }
}

/// Carries every example's credit through the steps.
struct Carried<'c> {
    case: &'c Case,
    before: Vec<Array<f64>>,
    /// By example and slot.
    credits: Vec<[Vec<f64>; 3]>,
    slots: Vec<[Option<(usize, u32)>; 3]>,
    shrunk: usize,
}

impl<'c> Carried<'c> {
    fn new(case: &'c Case) -> Self {
        let inputs = case.examples.inputs();
        let widths: Vec<usize> = case.spec.initial.iter().map(|array| array.row(0).len()).collect();
        let credits = vec![[vec![0.0; widths[0]], vec![0.0; widths[1]], vec![0.0; widths[0]]]; COUNT];
        let slots = (0..COUNT).map(|example| {
            let [head, relation, tail] = [0, 1, 2].map(|slot| inputs.ids_of(slot, example)[0]);
            [Some((0, head)), Some((1, relation)), (head != tail).then_some((0, tail))]
        });
        Self { case, before: case.spec.initial.clone(), credits, slots: slots.collect(), shrunk: 0 }
    }
}

impl Observer<f64> for Carried<'_> {
    fn step(&mut self, step: &BatchStep<'_, f64>) {
        let unit = |rate: f64| match step.method {
            Optimizer::Adam { beta1, .. } => -rate * (1.0 - beta1.powi(step.step as i32)),
            Optimizer::Momentum { decay } => -rate / (1.0 - decay),
            _ => -rate,
        };
        let of = |example: u32, row| {
            let read = self.case.reads(example as usize).0.contains(&row);
            let width = self.before[row.0].row(0).len();
            if read { self.case.curvature(&self.before, example as usize, row) } else { vec![0.0; width] }
        };
        for example in 0..COUNT {
            for slot in 0..3 {
                let Some((parameter, row)) = self.slots[example][slot] else { continue };
                let moved = step.moved(parameter);
                if !moved.touched().contains(&row) {
                    continue;
                }
                for place in 0..moved.width() {
                    let others = step.examples.iter().filter(|other| **other as usize != example);
                    let h: f64 = others.map(|other| of(*other, (parameter, row))[place]).sum();
                    let factor = (1.0 - unit(moved.rate(row)[place]) * h).max(1e-6);
                    self.shrunk += usize::from(factor < 0.9);
                    self.credits[example][slot][place] *= factor;
                }
            }
        }
        for contribution in step.contributions.iter() {
            let Some(slot) = contribution.slot else { continue };
            let rates = step.moved(contribution.parameter as usize).rate(contribution.row);
            let gradient = step.contributions.gradient(contribution);
            let example = step.examples[contribution.position as usize] as usize;
            for (place, credit) in self.credits[example][slot as usize].iter_mut().enumerate() {
                *credit -= unit(rates[place]) * gradient[place];
            }
        }
        self.before = step.values().to_vec();
    }
}

#[test]
fn credits_shrink_with_the_curvature_of_the_others_later_steps() {
    let mut shrunk = 0;
    for scorer in scorers::NAMES {
        for loss in
            [Loss::SampledSoftmax { negatives: CANDIDATES - 1 }, Loss::BinaryCrossEntropy { negatives: CANDIDATES - 1 }]
        {
            for (method, rate) in [
                (Optimizer::Sgd, 0.1),
                (Optimizer::momentum(), 0.01),
                (Optimizer::adagrad(), 0.1),
                (Optimizer::adam(false), 0.02),
                (Optimizer::adam(true), 0.02),
            ] {
                for batch in [1, 6] {
                    let case = Case::new(scorer, loss, method, batch, rate);
                    let tracker = Tracker::new(&case.spec.plan, &case.examples, method, CreditRule::Refill).unwrap();
                    let mut training = case.spec.start(COUNT, None, (tracker, Carried::new(&case))).unwrap();
                    training.advance(u64::MAX, &case.examples, &Workers::single(), &Monitor::none()).unwrap();
                    let (parameters, (tracker, carried), _) = training.into_parts();
                    let ledger = tracker.into_ledger();
                    let (mut found, mut expected) = (Vec::new(), Vec::new());
                    let mut sums = ledger.remainder().to_vec();
                    for example in 0..COUNT {
                        for (slot, parameter, row) in ledger.slots(example) {
                            found.extend_from_slice(ledger.change(example, slot));
                            expected.extend_from_slice(&carried.credits[example][slot]);
                            let sum = sums[parameter].row_mut(row as usize);
                            sum.iter_mut().zip(ledger.change(example, slot)).for_each(|(sum, x)| *sum += x);
                        }
                    }
                    let name = format!("{scorer}, {loss:?}, {method:?}, batch {batch}");
                    assert_close(&found, &expected, 1e-6, &name);
                    // With the remainder they are still the whole movement.
                    let moved: Vec<f64> =
                        flat(&parameters).iter().zip(flat(&case.spec.initial)).map(|(a, b)| a - b).collect();
                    assert_close(&flat(&sums), &moved, 1e-9, &name);
                    shrunk += carried.shrunk;
                }
            }
        }
    }
    assert!(shrunk > 1000, "only {shrunk} factors were below 0.9: nothing to see");
}

#[test]
fn segments_keep_long_trainings_finite() {
    for epochs in [3, 400] {
        let loss = Loss::SampledSoftmax { negatives: CANDIDATES - 1 };
        let mut case = Case::new("distmult", loss, Optimizer::Sgd, 1, 0.1);
        case.spec.options.epochs = epochs;
        let tracker = Tracker::new(&case.spec.plan, &case.examples, Optimizer::Sgd, CreditRule::Refill).unwrap();
        let mut training = case.spec.start(COUNT, None, tracker).unwrap();
        training.advance(u64::MAX, &case.examples, &Workers::single(), &Monitor::none()).unwrap();
        let ledger = training.into_parts().1.into_ledger();
        assert!(ledger.changes().iter().all(|x| x.is_finite()), "{epochs} epochs");
        assert!(ledger.changes().iter().any(|x| *x != 0.0), "{epochs} epochs");
    }
}

#[test]
fn a_full_softmax_reads_every_entity_once() {
    // Batch 1 of the same triples, once with every entity as a sampled candidate and once by the full softmax.
    let full = Case::new("distmult", Loss::FullSoftmax, Optimizer::Sgd, 1, 0.1);
    let mut sampled = Case::new("distmult", Loss::SampledSoftmax { negatives: ENTITIES - 1 }, Optimizer::Sgd, 1, 0.1);
    let inputs = full.examples.inputs();
    let truth: Vec<u32> = (0..COUNT).map(|example| inputs.ids_of(2, example)[0]).collect();
    let all = |truth: &u32| {
        let others = (0..ENTITIES as u32).filter(move |entity| entity != truth);
        std::iter::once(*truth).chain(others).collect::<Vec<_>>()
    };
    let candidates = truth.iter().flat_map(all).collect();
    let of = |slot| (0..COUNT).flat_map(|example| inputs.ids_of(slot, example).to_vec()).collect::<Vec<u32>>();
    let same = Inputs::new(COUNT).with_ids(0, of(0)).unwrap().with_ids(1, of(1)).unwrap();
    let same = same.with_ids(2, truth).unwrap().with_ids(3, candidates).unwrap();
    sampled.examples = InputExamples::new(&sampled.spec.plan, Arc::new(same)).unwrap();
    let ledger = |case: &Case| {
        let tracker = Tracker::new(&case.spec.plan, &case.examples, Optimizer::Sgd, CreditRule::Refill).unwrap();
        let mut training = case.spec.start(COUNT, None, tracker).unwrap();
        training.advance(u64::MAX, &case.examples, &Workers::single(), &Monitor::none()).unwrap();
        let ledger = training.into_parts().1.into_ledger();
        // Sampled, the row of the head is read as a candidate too: what it has of both is one curvature there.
        (0..COUNT).flat_map(|example| ledger.change(example, 1).to_vec()).collect::<Vec<f64>>()
    };
    assert_close(&ledger(&full), &ledger(&sampled), 1e-10, "relations");
}
