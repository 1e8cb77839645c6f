//! The ledger: what it sums to, how updates are attributed, and who owns which row.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::collections::BTreeMap;
use std::sync::Arc;

use ascribe::attribution::rollback::{CreditRule, Ledger, Tracker};
use ascribe::data::{Triple, TripleSet};
use ascribe::engine::{Monitor, Workers};
use ascribe::models::triples::{Candidates, TripleExamples};
use ascribe::models::triples::{Loss, Sides, scorers};
use ascribe::objective::Examples;
use ascribe::objective::Objective;
use ascribe::tensor::Array;
use ascribe::train::{BatchStep, Observer, Optimizer, Reduction, Schedule, StepPlan, TrainerOptions, TrainingSpec};
use common::naive::{self, Gradient, Plan, Rows, Step};
use common::triples::{Settings, TripleModel, TripleTraining};
use common::{Plain, assert_close, flat, random_triples, square_objective};

const ATTRIBUTIONS: [CreditRule; 2] = [CreditRule::Step, CreditRule::Momentum];

fn methods() -> [Optimizer; 5] {
    [Optimizer::Sgd, Optimizer::momentum(), Optimizer::adagrad(), Optimizer::adam(false), Optimizer::adam(true)]
}

/// The changes of all examples' slots, summed by row, with the remainder.
fn sums(ledger: &Ledger<f64>) -> Vec<Array<f64>> {
    let mut sums = ledger.remainder().to_vec();
    for example in 0..ledger.examples() {
        for (slot, parameter, row) in ledger.slots(example) {
            let change = ledger.change(example, slot);
            sums[parameter].row_mut(row as usize).iter_mut().zip(change).for_each(|(sum, x)| *sum += x);
        }
    }
    sums
}

/// Changes and remainder together are what training did to the weights.
#[test]
fn changes_and_remainder_are_the_whole_movement() {
    let data = random_triples(9, 3, 40, 1);
    for method in methods() {
        for attribution in ATTRIBUTIONS {
            for (batch, loss, sides) in [
                (1, Loss::SampledSoftmax { negatives: 4 }, Sides::Tails),
                (7, Loss::SampledSoftmax { negatives: 4 }, Sides::Both),
                (40, Loss::BinaryCrossEntropy { negatives: 2 }, Sides::Heads),
                (1, Loss::FullSoftmax, Sides::Both),
                (6, Loss::FullSoftmax, Sides::Tails),
            ] {
                for model in scorers::NAMES {
                    let settings = Settings {
                        model: model.into(),
                        dimension: 3,
                        loss,
                        sides,
                        optimizer: method,
                        attribution,
                        batch,
                        learning_rate: 0.01,
                        schedule: Schedule::InverseTime { decay: 0.1 },
                        epochs: 12,
                        ..Settings::default()
                    };
                    let training = TripleTraining::<f64>::new(&settings, &data);
                    let run = training.train(&Workers::single(), &Monitor::none()).unwrap();
                    let (w0, w) = (flat(training.initial.parameters()), flat(run.model.parameters()));
                    let moved: Vec<f64> = w.iter().zip(&w0).map(|(w, w0)| w - w0).collect();
                    assert!(moved.iter().any(|x| x.abs() > 1e-3));
                    let what = format!("{method:?}, {attribution:?}, batches of {batch}, {loss:?}, {model}");
                    assert_close(&flat(&sums(&run.ledger)), &moved, 1e-10, &what);
                }
            }
        }
    }
}

/// A training with a ledger beside the naive one of the same steps.
struct Pair {
    ledger: Ledger<f64>,
    moved: Vec<f64>,
    steps: Vec<Step>,
    triples: Vec<Triple>,
}

struct Training<'a> {
    objective: &'a Objective,
    parameters: Vec<Array<f64>>,
    examples: &'a dyn Examples<f64>,
    triples: &'a [Triple],
    gradient: Gradient<'a>,
}

impl Training<'_> {
    fn pair(&self, method: Optimizer, attribution: CreditRule, batch: usize, epochs: usize) -> Pair {
        let plan = Arc::new(StepPlan::new(self.objective, Reduction::Sum).unwrap());
        let trainer =
            TrainerOptions { method, learning_rate: 0.02, schedule: Schedule::Constant, epochs, batch, seed: 4 };
        let tracker = Tracker::new(&plan, self.examples, method, attribution).unwrap();
        let spec = TrainingSpec::new(plan.clone(), trainer, self.parameters.clone());
        let mut training = spec.start(self.examples.len(), None, tracker).unwrap();
        training.advance(u64::MAX, self.examples, &Workers::single(), &Monitor::none()).unwrap();
        let (parameters, tracker, _) = training.into_parts();

        let moved = flat(&parameters).iter().zip(flat(&self.parameters)).map(|(w, w0)| w - w0).collect();
        let (ledger, triples) = (tracker.into_ledger(), self.triples.to_vec());
        if epochs > 100 {
            // Where training has converged, Adam divides rounding by rounding: no two programs agree.
            return Pair { ledger, moved, steps: Vec::new(), triples };
        }
        let orders: Vec<_> = (0..epochs).map(|epoch| trainer.order(epoch, self.examples.len())).collect();
        let naive_plan = Plan { method, batch, orders: &orders, rate: &|_| 0.02, left_out: &[] };
        let initial = naive::tables(&self.parameters);
        let (weights, steps) = naive::train(initial, &naive_plan, plan.inputs(), self.examples, self.gradient);
        assert_close(&flat(&parameters), &naive::flat(&weights), 1e-10, "the naive training is the same one");
        Pair { ledger, moved, steps, triples }
    }
}

fn squares(data: &TripleSet, check: impl Fn(&Training<'_>)) {
    let parameters: Vec<Array<f64>> = vec![common::array(&[9, 4], 1), common::array(&[3, 4], 2)];
    let objective = square_objective(&[9, 4], &[3, 4], 0.4);
    let (examples, gradient) = (Plain(&data.train), naive::distmult_square(0.4));
    let triples = &data.train;
    check(&Training { objective: &objective, parameters, examples: &examples, triples, gradient: &gradient });
}

fn sampled(data: &TripleSet, check: impl Fn(&Training<'_>)) {
    let loss = Loss::SampledSoftmax { negatives: 4 };
    let model = TripleModel::<f64>::new(scorers::by_name("distmult").unwrap(), (9, 3), 4, 0.8, 6).unwrap();
    let objective = Objective::of_triples(&model, loss, Sides::Tails).unwrap();
    let triples = &data.train;
    let examples = TripleExamples::new(triples, 9, loss, Sides::Tails, 4, Candidates::EachEpoch).unwrap();
    let (parameters, gradient) = (model.parameters().to_vec(), &naive::distmult_softmax);
    check(&Training { objective: &objective, parameters, examples: &examples, triples, gradient });
}

/// Where every row that is read is owned, nothing is left over, but what dense Adam moves outside an example's own step.
#[test]
fn nothing_remains_where_every_row_is_owned() {
    squares(&random_triples(9, 3, 30, 2), |training| {
        let short = |dense| Optimizer::Adam { beta1: 0.6, beta2: 0.99, epsilon: 1e-8, dense, weight_decay: 0.0 };
        for method in methods().into_iter().chain([short(false), short(true)]) {
            for attribution in ATTRIBUTIONS {
                for batch in [1, 7, 30] {
                    let epochs = if batch == 30 { 700 } else { 40 };
                    let pair = training.pair(method, attribution, batch, epochs);
                    let what = format!("{method:?}, {attribution:?}, batches of {batch}");
                    assert_close(&flat(&sums(&pair.ledger)), &pair.moved, 1e-10, &what);
                    let remainder = flat(pair.ledger.remainder());
                    let all_touched_always = batch == 30;
                    if method.moves_all_rows() && attribution == CreditRule::Step && !all_touched_always {
                        assert!(remainder.iter().any(|x| x.abs() > 1e-3), "{what}: rows drift between steps");
                    } else {
                        assert_close(&remainder, &vec![0.0; remainder.len()], 1e-10, &what);
                    }
                }
            }
        }
    });
}

fn owned_rows(triple: Triple) -> [(usize, usize); 3] {
    [(0, triple.head as usize), (1, triple.relation as usize), (0, triple.tail as usize)]
}

/// The changes in the ledger as rows of each example; a row without a slot is not there.
fn rows_of(ledger: &Ledger<f64>) -> BTreeMap<usize, Rows> {
    let rows = |example| {
        ledger
            .slots(example)
            .map(|(slot, parameter, row)| ((parameter, row as usize), ledger.change(example, slot).to_vec()))
            .collect()
    };
    (0..ledger.examples()).map(|example| (example, rows(example))).collect()
}

fn assert_credited(pair: &Pair, expected: &BTreeMap<usize, Rows>, what: &str) {
    let found = rows_of(&pair.ledger);
    assert_eq!(found.len(), expected.len());
    for (example, rows) in expected {
        assert!(rows.keys().eq(found[example].keys()), "{what}: the rows of example {example}");
        for (row, change) in rows {
            let (what, size) = (format!("{what}, example {example}, row {row:?}"), change.iter().map(|x| x.abs()));
            let size = size.fold(1.0, f64::max);
            assert_close(&found[example][row], change, 1e-10 * size, &what);
        }
    }
}

/// Every rule of attribution against one that remembers every gradient and follows it through every later step.
#[test]
fn movement_is_credited_as_the_rules_say() {
    let data = random_triples(9, 3, 30, 3);
    let check = |training: &Training<'_>| {
        let short = |dense| Optimizer::Adam { beta1: 0.5, beta2: 0.9, epsilon: 1e-8, dense, weight_decay: 0.0 };
        for method in methods().into_iter().chain([short(false), short(true)]) {
            for batch in [1, 7] {
                let epochs = if batch == 1 { 13 } else { 30 };
                for attribution in ATTRIBUTIONS {
                    let pair = training.pair(method, attribution, batch, epochs);
                    let owns = |example: usize, row| owned_rows(pair.triples[example]).contains(&row);
                    let expected = match attribution {
                        CreditRule::Step => naive::step_changes(&pair.steps, method, &owns),
                        CreditRule::Momentum | CreditRule::Refill => {
                            naive::momentum_changes(&pair.steps, method, &owns)
                        }
                    };
                    assert_credited(&pair, &expected, &format!("{method:?}, {attribution:?}, batches of {batch}"));
                }
            }
        }
    };
    sampled(&data, check);
    squares(&data, check);
}

#[test]
fn a_self_loop_has_one_slot_for_its_entity() {
    let data = random_triples(9, 3, 30, 2);
    let loops: Vec<usize> = (0..30).filter(|e| data.train[*e].head == data.train[*e].tail).collect();
    assert!(loops.len() >= 4);
    sampled(&data, |training| {
        let ledger = training.pair(Optimizer::adam(false), CreditRule::Momentum, 1, 2).ledger;
        for (example, triple) in data.train.iter().enumerate() {
            let slots: Vec<_> = ledger.slots(example).collect();
            let mut expected = vec![(0, 0, triple.head), (1, 1, triple.relation)];
            if triple.head != triple.tail {
                expected.push((2, 0, triple.tail));
            } else {
                assert!(ledger.change(example, 2).iter().all(|x| *x == 0.0), "nothing lies in the slot not used");
            }
            assert_eq!(slots, expected);
            assert!(slots.iter().all(|(slot, ..)| ledger.change(example, *slot).iter().any(|x| *x != 0.0)));
        }
    });
}

#[test]
fn repeated_triples_have_changes_of_their_own() {
    let data = random_triples(9, 3, 30, 2);
    let twin = |e: usize| (0..e).find(|other| data.train[*other] == data.train[e]);
    let twins: Vec<(usize, usize)> = (0..30).filter_map(|e| Some((twin(e)?, e))).collect();
    assert!(twins.len() >= 3);
    squares(&data, |training| {
        let single = training.pair(Optimizer::Sgd, CreditRule::Step, 1, 2).ledger;
        // In one batch of everything, twins contribute the same; one after the other, they do not.
        let together = training.pair(Optimizer::Sgd, CreditRule::Step, 30, 2).ledger;
        for (a, b) in &twins {
            for slot in 0..2 {
                assert_ne!(single.change(*a, slot), single.change(*b, slot));
                assert_eq!(together.change(*a, slot), together.change(*b, slot));
            }
        }
    });
}

/// A tracker, and the steps it was told of.
struct Witness(Tracker<f64>, Vec<Step>);

impl Observer<f64> for Witness {
    fn step(&mut self, step: &BatchStep<'_, f64>) {
        let mut gradients: BTreeMap<usize, Rows> = BTreeMap::new();
        for c in step.contributions.iter() {
            let rows = gradients.entry(step.examples[c.position as usize] as usize).or_default();
            rows.insert((c.parameter as usize, c.row as usize), step.contributions.gradient(c).to_vec());
        }
        let (mut rates, mut momenta) = (Rows::new(), Rows::new());
        for parameter in 0..step.parameters() {
            let moved = step.moved(parameter);
            for row in moved.rows() {
                rates.insert((parameter, *row as usize), moved.rate(*row).to_vec());
                momenta.insert((parameter, *row as usize), moved.momentum(*row).to_vec());
            }
        }
        let gradients = gradients.into_iter().collect();
        self.1.push(Step { gradients, rates, momenta, loss: 0.0 });
        self.0.step(step);
    }
}

/// First gradients that are next to nothing make Adam's first rates huge; what comes later must not drown in them.
#[test]
fn tiny_first_gradients_do_not_spoil_later_credit() {
    let data = random_triples(9, 3, 30, 3);
    for distance in [1e-3, 1e-6, 1e-9] {
        for dense in [false, true] {
            let objective = square_objective(&[9, 2], &[3, 2], 2.0 - distance);
            let plan = Arc::new(StepPlan::new(&objective, Reduction::Sum).unwrap());
            let (method, examples) = (Optimizer::adam(dense), Plain(&data.train));
            let trainer = TrainerOptions {
                method,
                learning_rate: 0.02,
                schedule: Schedule::Constant,
                epochs: 4,
                batch: 1,
                seed: 4,
            };
            let tracker = Tracker::new(&plan, &examples, method, CreditRule::Momentum).unwrap();
            let parameters = [9, 3].map(|rows| Array::from_fn(&[rows, 2], |_| 1.0)).to_vec();
            let spec = TrainingSpec::new(plan, trainer, parameters);
            let mut training = spec.start(data.train.len(), None, Witness(tracker, Vec::new())).unwrap();
            training.advance(u64::MAX, &examples, &Workers::single(), &Monitor::none()).unwrap();
            let (_, witness, _) = training.into_parts();
            let owns = |example: usize, row| owned_rows(data.train[example]).contains(&row);
            let expected = naive::momentum_changes(&witness.1, Optimizer::adam(true), &owns);
            let found = rows_of(&witness.0.into_ledger());
            for (example, row, change) in expected.iter().flat_map(|(e, rows)| rows.iter().map(move |(r, c)| (e, r, c)))
            {
                let what = format!("distance {distance:e}, dense {dense}, example {example}, row {row:?}");
                assert_close(&found[example][row], change, 1e-6, &what);
            }
        }
    }
}

/// The ledger of single precision is that of double precision to single precision's digits.
#[test]
fn single_precision_credits_as_double_precision_does() {
    let data = random_triples(40, 3, 200, 7);
    for attribution in ATTRIBUTIONS {
        for (method, learning_rate) in
            [(Optimizer::Sgd, 0.02), (Optimizer::adam(false), 1e-3), (Optimizer::adam(true), 1e-3)]
        {
            let settings = Settings { optimizer: method, learning_rate, attribution, epochs: 5, ..Settings::default() };
            let context = Workers::single();
            let double = TripleTraining::<f64>::new(&settings, &data);
            let double = double.train(&context, &Monitor::none()).unwrap().ledger;
            let single = TripleTraining::<f32>::new(&settings, &data);
            let single = single.train(&context, &Monitor::none()).unwrap().ledger;
            let found: Vec<f64> = single.changes().iter().map(|x| f64::from(*x)).collect();
            let size = double.changes().iter().fold(0.0f64, |m, x| m.max(x.abs()));
            assert_close(&found, double.changes(), 1e-4 * size, &format!("{method:?}, {attribution:?}"));
        }
    }
}

#[test]
fn ledgers_that_do_not_fit_are_refused() {
    let owned = square_objective(&[4, 2], &[3, 2], 0.0).owned;
    let new = |rows: &[u32]| Ledger::<f64>::new(owned.clone(), rows.to_vec(), &[(4, 2), (3, 2)]);
    let ledger = new(&[3, 2, 0, 1, 0, 1]).unwrap();
    assert_eq!((ledger.examples(), ledger.changes().len()), (2, 12));
    let error = new(&[0, 0, 0, 0]).unwrap_err().to_string();
    assert_eq!(error, "the number of owned rows is 4, expected a multiple of 3, the rows an example owns");
    let error = new(&[0, 0, 0, 1, 3, 1]).unwrap_err().to_string();
    assert_eq!(error, "row of slot 1 of example 1 is 3, expected a row below 3");
    let remainder = ledger.remainder().to_vec();
    assert!(ledger.clone().with_changes(vec![1.0; 12], remainder.clone()).is_ok());
    assert!(ledger.clone().with_changes(vec![1.0; 11], remainder.clone()).is_err());
    assert!(ledger.with_changes(vec![1.0; 12], remainder[..1].to_vec()).is_err());
}
