//! Ledgers that are recorded from outside: the same as those of a training here for the same steps, and what is refused.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use ascribe::attribution::rollback::{CreditRule, Ledger, LedgerBuilder, Tracker};
use ascribe::data::TripleSet;
use ascribe::engine::{Monitor, Workers};
use ascribe::models::triples::{Candidates, Loss, Sides, TripleExamples, TripleTables, scorers};
use ascribe::objective::Objective;
use ascribe::train::{BatchStep, Observer, Optimizer, Reduction, Schedule, StepPlan, TrainerOptions, TrainingSpec};

use crate::common::{assert_close, flat, nations, random_triples};

/// A host that trains: it knows of each step the gradients and curvatures of its examples, and records them.
struct Host(LedgerBuilder<f64>);

impl Observer<f64> for Host {
    fn step(&mut self, step: &BatchStep<'_, f64>) {
        // What the header says of each optimizer: the step for a unit of gradient, all that moves later included.
        let together = match step.method {
            Optimizer::Sgd => Some(step.learning_rate),
            Optimizer::Momentum { decay } => Some(1.0 / (1.0 - decay) * step.learning_rate),
            _ => None,
        };
        let first = match step.method {
            Optimizer::Adam { beta1, .. } => 1.0 - beta1.powi(step.step as i32),
            _ => 1.0,
        };
        for c in step.contributions.iter() {
            let example = u64::from(step.examples[c.position as usize]);
            let rates = step.moved(c.parameter as usize).rate(c.row).iter();
            let units: Vec<f64> = rates.map(|rate| together.unwrap_or(-rate * first)).collect();
            let slopes = step.contributions.gradient(c).iter().zip(&units);
            let change: Vec<f64> = slopes.map(|(slope, unit)| -(unit * slope)).collect();
            let curved = step.contributions.curvature(c).iter().zip(&units);
            let curved: Vec<f64> = curved
                .map(|(curvature, unit)| if together.is_some() { *curvature } else { unit * curvature })
                .collect();
            let curvature = (self.0.rule() == CreditRule::Refill).then_some(&curved[..]);
            self.0.record(example, c.parameter as usize, u64::from(c.row), &change, curvature).unwrap();
        }
        self.0.end_step(together.unwrap_or(1.0)).unwrap();
    }
}

/// The ledger that training kept, and the one that the host recorded of the same steps.
fn both(
    data: &TripleSet,
    rule: CreditRule,
    method: Optimizer,
    batch: usize,
    learning_rate: f64,
) -> (Ledger<f64>, Ledger<f64>) {
    let counts = (data.entities.len(), data.relations.len());
    let (loss, sides) = (Loss::SampledSoftmax { negatives: 5 }, Sides::Both);
    let tables = TripleTables::new(scorers::by_name("distmult").unwrap(), counts.0, counts.1, 4).unwrap();
    let objective = Objective::of_triples(&tables, loss, sides).unwrap();
    let plan = Arc::new(StepPlan::with_curvature(&objective, Reduction::Sum).unwrap());
    let examples = TripleExamples::new(data.train.clone(), counts.0, loss, sides, 7, Candidates::EachEpoch).unwrap();
    let schedule = Schedule::InverseTime { decay: 0.1 };
    let options = TrainerOptions { method, learning_rate, schedule, epochs: 2, batch, seed: 7 };
    let spec = TrainingSpec::new(plan.clone(), options, tables.initial(0.5, 7).unwrap());
    let tracker = Tracker::new(&plan, &examples, method, rule).unwrap();
    let host = Host(LedgerBuilder::new(&plan, &examples, rule).unwrap());
    let mut training = spec.start(data.train.len(), None, (tracker, host)).unwrap();
    while !training.advance(u64::MAX, &examples, &Workers::single(), &Monitor::none()).unwrap() {}
    let steps = 2 * data.train.len().div_ceil(batch) as u64;
    let (tracker, Host(host)) = training.observer();
    assert_eq!(host.steps(), steps);
    assert_eq!(host.clamped(), tracker.clamped());
    (tracker.clone().into_ledger(), host.ledger().unwrap())
}

#[test]
fn recorded_steps_give_the_ledger_of_the_training_bit_for_bit() {
    let nations = nations();
    for rule in [CreditRule::Step, CreditRule::Refill] {
        for (batch, learning_rate) in [(1, 0.03), (16, 0.03), (1, 0.3)] {
            let (kept, recorded) = both(&nations, rule, Optimizer::Sgd, batch, learning_rate);
            assert!(kept.changes().iter().any(|change| change.abs() > 1e-3));
            let same = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits());
            assert!(same(kept.changes(), recorded.changes()), "{rule:?}, batches of {batch}, {learning_rate}");
            assert_eq!(kept.rows(), recorded.rows());
            // Summed in another order.
            assert_close(&flat(recorded.remainder()), &flat(kept.remainder()), 1e-12, &format!("{rule:?}, {batch}"));
        }
    }
}

#[test]
fn other_optimizers_are_recorded_by_the_step_for_a_unit_of_gradient() {
    let data = random_triples(12, 3, 60, 5);
    for method in [Optimizer::momentum(), Optimizer::adagrad(), Optimizer::adam(false), Optimizer::adam(true)] {
        for batch in [1, 7] {
            let (kept, recorded) = both(&data, CreditRule::Refill, method, batch, 0.01);
            assert!(kept.changes().iter().any(|change| change.abs() > 1e-3));
            assert_close(recorded.changes(), kept.changes(), 1e-10, &format!("{method:?}, batches of {batch}"));
        }
    }
}

#[test]
fn a_row_that_is_moved_twice_in_a_step_is_moved_by_the_sum() {
    let data = random_triples(9, 3, 20, 1);
    let counts = (data.entities.len(), data.relations.len());
    let tables = TripleTables::new(scorers::by_name("distmult").unwrap(), counts.0, counts.1, 2).unwrap();
    let (loss, sides) = (Loss::FullSoftmax, Sides::Tails);
    let objective = Objective::of_triples(&tables, loss, sides).unwrap();
    let plan = StepPlan::<f64>::with_curvature(&objective, Reduction::Sum).unwrap();
    let examples = TripleExamples::new(data.train.clone(), counts.0, loss, sides, 7, Candidates::EachEpoch).unwrap();
    let head = u64::from(data.train[3].head);
    let recorded = |parts: f64| {
        let mut builder = LedgerBuilder::new(&plan, &examples, CreditRule::Refill).unwrap();
        for step in 1..4 {
            for _ in 0..parts as usize {
                let (change, curvature) = (f64::from(step) / parts, 2.0 / parts);
                builder.record(3, 0, head, &[change; 2], Some(&[curvature; 2])).unwrap();
                builder.record(5, 0, head, &[0.0; 2], Some(&[1.0 / parts; 2])).unwrap();
            }
            builder.end_step(0.1).unwrap();
        }
        builder.ledger().unwrap()
    };
    assert_eq!(recorded(2.0), recorded(1.0));
}

#[test]
fn what_does_not_fit_is_refused_and_nothing_is_lost() {
    let data = random_triples(9, 3, 20, 1);
    let counts = (data.entities.len(), data.relations.len());
    let tables = TripleTables::new(scorers::by_name("distmult").unwrap(), counts.0, counts.1, 2).unwrap();
    let objective = Objective::of_triples(&tables, Loss::FullSoftmax, Sides::Tails).unwrap();
    let plan = StepPlan::<f64>::with_curvature(&objective, Reduction::Sum).unwrap();
    let (loss, sides) = (Loss::FullSoftmax, Sides::Tails);
    let examples = TripleExamples::new(data.train.clone(), counts.0, loss, sides, 7, Candidates::EachEpoch).unwrap();
    let mut refill = LedgerBuilder::new(&plan, &examples, CreditRule::Refill).unwrap();
    let head = u64::from(data.train[3].head);
    refill.record(3, 0, head, &[1.0, 2.0], Some(&[0.5, 0.0])).unwrap();
    let curved = Some(&[0.0, 0.0][..]);
    for (error, expected) in [
        (refill.record(20, 0, 0, &[0.0, 0.0], curved), "the example that moved a row is 20, expected one of 20"),
        (refill.record(3, 2, 0, &[0.0, 0.0], curved), "the parameter that moved is 2, expected one of 2"),
        (refill.record(3, 1, 3, &[0.0, 0.0], curved), "the row of parameter 1 that moved is 3, expected one of 3"),
        (refill.record(3, 0, 0, &[0.0], curved), "the length of a change is 1, expected 2"),
        (refill.record(3, 0, 0, &[0.0, 0.0], Some(&[0.0])), "the length of a curvature is 1, expected 2"),
        (refill.record(3, 0, 0, &[0.0, f64::NAN], curved), "a change is NaN at number 1 of row 0 of parameter 0"),
        (refill.record(3, 0, 0, &[0.0, 0.0], Some(&[-1.0, 0.0])), "a curvature is -1, expected zero or more"),
        (refill.record(3, 0, 0, &[0.0, 0.0], None), "the curvature of a change is left out, expected given"),
        (refill.end_epoch(), "how many changes are of a step that was not ended is 1, expected 0"),
        (refill.ledger().map(|_| ()), "how many changes are of a step that was not ended is 1, expected 0"),
        (refill.end_step(f64::NAN), "the learning rate of a step is NaN, expected zero or a positive number"),
    ] {
        let found = error.unwrap_err().to_string();
        assert!(found.starts_with(expected), "{found}");
    }
    refill.end_step(0.1).unwrap();
    refill.end_epoch().unwrap();
    let ledger = refill.ledger().unwrap();
    let slot = ledger.slots(3).find(|(_, parameter, row)| (*parameter, u64::from(*row)) == (0, head)).unwrap().0;
    // Its own curvature does not shrink its credit.
    assert_close(ledger.change(3, slot), &[1.0, 2.0], 1e-15, "the change of one step");
    assert_eq!((refill.steps(), refill.epochs()), (1, 1));
    // A later step of another example does, by 1 − 0.1 · 5 and not at all.
    let other = (0..20).find(|other| *other != 3).unwrap();
    refill.record(other, 0, head, &[0.0, 0.0], Some(&[5.0, 0.0])).unwrap();
    refill.end_step(0.1).unwrap();
    assert_close(refill.ledger().unwrap().change(3, slot), &[0.5, 2.0], 1e-15, "the change after another step");
    let mut step = LedgerBuilder::new(&plan, &examples, CreditRule::Step).unwrap();
    let error = step.record(3, 0, head, &[1.0, 2.0], curved).unwrap_err().to_string();
    assert!(error.starts_with("the curvature of a change is given, expected left out"), "{error}");
}
