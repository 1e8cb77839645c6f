//! Training a model written as a graph: a factorization machine against a naive training written from its formulas, its
//! ledger, retraining without examples, and that a training can be cut up anywhere.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::ops::ControlFlow;
use std::sync::Arc;

use ascribe::attribution::rollback::{CreditRule, Ledger, Tracker};
use ascribe::engine::{Monitor, Workers};
use ascribe::graph::Graph;
use ascribe::objective::{Convention, Inputs, Objective, Owned};
use ascribe::objective::{Examples, Staged};
use ascribe::tensor::Array;
use ascribe::train::{
    Checkpoint, Checkpoints, InputExamples, Optimizer, Outcome, Position, Reduction, Schedule, StepPlan,
    TrainerOptions, Training, TrainingSpec, Untracked,
};
use ascribe::{Error, Result};
use common::naive::{self, Plan, Rows, Tables};
use common::{array, assert_close, bits, flat, ids, numbers};

const ROWS: usize = 7;
const WIDTH: usize = 3;
const COUNT: usize = 31;
const RATE: f64 = 0.05;
const L2: f64 = 0.1;
const ATTRIBUTIONS: [CreditRule; 2] = [CreditRule::Step, CreditRule::Momentum];

pub(super) fn methods() -> [Optimizer; 5] {
    [Optimizer::Sgd, Optimizer::momentum(), Optimizer::adagrad(), Optimizer::adam(false), Optimizer::adam(true)]
}

/// A training of any objective with or without a ledger, as often as one likes.
struct Job {
    spec: TrainingSpec<f64>,
    examples: InputExamples<f64>,
    attribution: Option<CreditRule>,
}

impl Job {
    fn new(
        objective: &Objective,
        initial: Vec<Array<f64>>,
        inputs: Inputs<f64>,
        (options, attribution): (TrainerOptions, Option<CreditRule>),
    ) -> Result<Self> {
        let plan = Arc::new(StepPlan::new(objective, Reduction::Sum)?);
        objective.check_parameters(&initial)?;
        let examples = InputExamples::new(&plan, Arc::new(inputs))?;
        let job = Self { spec: TrainingSpec::new(plan, options, initial), examples, attribution };
        job.start()?;
        Ok(job)
    }

    fn start(&self) -> Result<Training<f64, Option<Tracker<f64>>>> {
        let track = |rule| Tracker::new(&self.spec.plan, &self.examples, self.spec.options.method, rule);
        self.spec.start(COUNT, None, self.attribution.map(track).transpose()?)
    }

    fn train_without(&self, examples: &[u32], until: Option<Position>, workers: &Workers) -> Result<Vec<Array<f64>>> {
        self.spec.train_without(&self.examples, examples, until, workers)
    }
}

fn ledger(training: &Training<f64, Option<Tracker<f64>>>) -> Ledger<f64> {
    training.observer().clone().unwrap().into_ledger()
}

/// A factorization machine: users and items are rows of one table, with a number of each row's own and, if asked for, two
/// tags of an example that are rows of that table too, weights of two features, an intercept, and a penalty of everything.
#[derive(Clone, Copy)]
pub(super) struct Machine {
    pub full: bool,
}

impl Machine {
    pub fn objective(self) -> Objective {
        let mut g = Graph::new();
        let table = g.parameter("rows", &[ROWS, WIDTH]).unwrap();
        let own = g.parameter("own", &[ROWS]).unwrap();
        let user = g.indices("user", &[]).unwrap();
        let item = g.indices("item", &[]).unwrap();
        let rating = g.input("rating", &[]).unwrap();
        let [u, i] = [user, item].map(|id| g.gather_rows(table, id).unwrap());
        let [bu, bi] = [user, item].map(|id| g.gather_rows(own, id).unwrap());
        let mut side = u;
        let mut score = g.add(bu, bi).unwrap();
        let mut penalty = None;
        if self.full {
            let weights = g.parameter("weights", &[2]).unwrap();
            let intercept = g.parameter("intercept", &[]).unwrap();
            let features = g.input("features", &[2]).unwrap();
            let tags = g.indices("tags", &[2]).unwrap();
            let tags = g.gather_rows(table, tags).unwrap();
            let tags = g.sum(tags, 0).unwrap();
            side = g.add(side, tags).unwrap();
            let linear = g.einsum("f,f->", weights, features).unwrap();
            score = g.add(score, linear).unwrap();
            score = g.add(score, intercept).unwrap();
            let squares = [table, weights].map(|p| {
                let square = g.mul(p, p).unwrap();
                g.sum_all(square).unwrap()
            });
            let sum = g.add(squares[0], squares[1]).unwrap();
            penalty = Some(g.scale(sum, L2 / 2.0).unwrap());
        }
        let product = g.einsum("d,d->", side, i).unwrap();
        score = g.add(score, product).unwrap();
        let residual = g.sub(score, rating).unwrap();
        let square = g.mul(residual, residual).unwrap();
        let mut loss = g.scale(square, 0.5).unwrap();
        if !self.full {
            // The penalty of the rows that an example reads.
            for row in [u, i] {
                let square = g.einsum("d,d->", row, row).unwrap();
                let square = g.scale(square, L2 / 2.0).unwrap();
                loss = g.add(loss, square).unwrap();
            }
        }
        let owned = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(parameter, input)| Owned { parameter, input });
        Objective {
            graph: g,
            loss,
            penalty,
            convention: Convention::Mean,
            outputs: None,
            owned: owned.to_vec(),
            diagonal: Vec::new(),
        }
    }

    /// The loss and gradient of one example, from the formulas.
    fn naive(self) -> impl Fn(&Tables, &Staged<f64>) -> (f64, Rows) {
        move |tables, staged| {
            let (user, item, rating) = (staged.ids[0][0], staged.ids[1][0], staged.numbers[2][0]);
            let (u, i) = (&tables[0][user as usize], &tables[0][item as usize]);
            let tags = if self.full { &staged.ids[4][..] } else { &[] };
            let side: Vec<f64> =
                (0..WIDTH).map(|d| u[d] + tags.iter().map(|t| tables[0][*t as usize][d]).sum::<f64>()).collect();
            let mut score = tables[1][user as usize][0] + tables[1][item as usize][0];
            score += (0..WIDTH).map(|d| side[d] * i[d]).sum::<f64>();
            let features = &staged.numbers.get(3).cloned().unwrap_or_default();
            if self.full {
                score += tables[2][0][0] * features[0] + tables[2][0][1] * features[1] + tables[3][0][0];
            }
            let e = score - rating;
            let mut loss = 0.5 * e * e;
            let mut rows = Rows::new();
            for row in std::iter::once(&user).chain(tags) {
                naive::add(&mut rows, 0, *row, i.iter().map(|x| e * x));
            }
            naive::add(&mut rows, 0, item, side.iter().map(|x| e * x));
            naive::add(&mut rows, 1, user, [e].into_iter());
            naive::add(&mut rows, 1, item, [e].into_iter());
            let penalized: Vec<u32> = if self.full { (0..ROWS as u32).collect() } else { vec![user, item] };
            for row in penalized {
                let values = &tables[0][row as usize];
                loss += L2 / 2.0 * values.iter().map(|x| x * x).sum::<f64>();
                naive::add(&mut rows, 0, row, values.iter().map(|x| L2 * x));
            }
            if self.full {
                loss += L2 / 2.0 * tables[2][0].iter().map(|x| x * x).sum::<f64>();
                naive::add(&mut rows, 2, 0, (0..2).map(|f| e * features[f] + L2 * tables[2][0][f]));
                naive::add(&mut rows, 3, 0, [e].into_iter());
            }
            (loss, rows)
        }
    }

    pub fn inputs(self) -> Inputs<f64> {
        let inputs = Inputs::new(COUNT).with_ids(0, ids(1, COUNT, ROWS)).unwrap();
        let inputs = inputs.with_ids(1, ids(2, COUNT, ROWS)).unwrap().with_numbers(2, numbers(3, COUNT)).unwrap();
        match self.full {
            false => inputs,
            true => {
                inputs.with_numbers(3, numbers(4, 2 * COUNT)).unwrap().with_ids(4, ids(5, 2 * COUNT, ROWS)).unwrap()
            }
        }
    }

    pub fn initial(self) -> Vec<Array<f64>> {
        let shapes: &[&[usize]] =
            if self.full { &[&[ROWS, WIDTH], &[ROWS], &[2], &[]] } else { &[&[ROWS, WIDTH], &[ROWS]] };
        shapes.iter().enumerate().map(|(slot, shape)| array(shape, 10 + slot as u64)).collect()
    }

    fn job(self, method: Optimizer, batch: usize, attribution: Option<CreditRule>) -> Job {
        let trainer =
            TrainerOptions { method, learning_rate: RATE, schedule: Schedule::Linear, epochs: 3, batch, seed: 6 };
        Job::new(&self.objective(), self.initial(), self.inputs(), (trainer, attribution)).unwrap()
    }

    fn naive_training(self, method: Optimizer, batch: usize, left_out: &[usize]) -> (Tables, Vec<naive::Step>) {
        let plan = Arc::new(StepPlan::<f64>::new(&self.objective(), Reduction::Sum).unwrap());
        let examples = Plain(self);
        let shapes = plan.shapes();
        let rows = |(array, (_, width)): (&Array<f64>, &(usize, usize))| {
            array.values().chunks(*width).map(<[f64]>::to_vec).collect()
        };
        let tables: Tables = self.initial().iter().zip(&shapes).map(rows).collect();
        let trainer = self.job(method, batch, None).spec.options;
        let orders: Vec<_> = (0..3).map(|epoch| trainer.order(epoch, COUNT)).collect();
        let rate = |t: f64| RATE * (1.0 - t / 3.0);
        let how = Plan { method, batch, orders: &orders, rate: &rate, left_out };
        naive::train(tables, &how, plan.inputs(), &examples, &self.naive())
    }

    fn owned_rows(self, example: usize) -> [(usize, usize); 4] {
        let inputs = self.inputs();
        let [user, item] = [0, 1].map(|slot| inputs.ids_of(slot, example)[0] as usize);
        [(0, user), (0, item), (1, user), (1, item)]
    }
}

/// The examples as the lists that they are made of have them.
struct Plain(Machine);

impl Examples<f64> for Plain {
    fn len(&self) -> usize {
        COUNT
    }

    fn stage(&self, _: usize, example: usize, staged: &mut Staged<f64>) {
        let pair = 2 * example..2 * example + 2;
        staged.ids[0].push(ids(1, COUNT, ROWS)[example]);
        staged.ids[1].push(ids(2, COUNT, ROWS)[example]);
        staged.numbers[2].push(numbers(3, COUNT)[example]);
        if self.0.full {
            staged.numbers[3].extend_from_slice(&numbers(4, 2 * COUNT)[pair.clone()]);
            staged.ids[4].extend_from_slice(&ids(5, 2 * COUNT, ROWS)[pair]);
        }
    }
}

const MACHINES: [Machine; 2] = [Machine { full: false }, Machine { full: true }];

/// Parameters, ledger, and how it went, of a training in pieces of so many steps.
fn trained(job: &Job, steps: u64) -> (Vec<Array<f64>>, Option<Ledger<f64>>, Outcome) {
    let mut training = job.start().unwrap();
    while !training.advance(steps, &job.examples, &Workers::single(), &Monitor::none()).unwrap() {}
    let (parameters, tracker, outcome) = training.into_parts();
    (parameters, tracker.map(Tracker::into_ledger), outcome)
}

#[test]
fn optimizers_follow_their_formulas() {
    for machine in MACHINES {
        for method in methods() {
            for batch in [1, 7, COUNT] {
                let what = format!("{method:?}, batches of {batch}, full {}", machine.full);
                let job = machine.job(method, batch, None);
                let (found, _, outcome) = trained(&job, u64::MAX);
                let (expected, steps) = machine.naive_training(method, batch, &[]);
                assert_close(&flat(&found), &naive::flat(&expected), 1e-12, &what);
                let mean = steps.iter().map(|step| step.loss).sum::<f64>() / COUNT as f64;
                assert!((outcome.epochs.iter().map(|epoch| epoch.loss).sum::<f64>() - mean).abs() < 1e-12, "{what}");
                for left_out in [vec![4], vec![0, 1, 2, 3, 30]] {
                    let without: Vec<u32> = left_out.iter().map(|example| *example as u32).collect();
                    let found = job.train_without(&without, None, &Workers::single()).unwrap();
                    let (expected, _) = machine.naive_training(method, batch, &left_out);
                    assert_close(&flat(&found), &naive::flat(&expected), 1e-12, &format!("{what} without {without:?}"));
                }
            }
        }
    }
}

/// What the ledger sums to, and every rule of attribution against one that remembers every gradient.
#[test]
fn ledgers_sum_to_the_movement_and_credit_as_the_rules_say() {
    for machine in MACHINES {
        for method in methods() {
            for (batch, attribution) in [1, 7].into_iter().flat_map(|b| ATTRIBUTIONS.map(|a| (b, a))) {
                let what = format!("{method:?}, {attribution:?}, batches of {batch}, full {}", machine.full);
                let (parameters, ledger, _) = trained(&machine.job(method, batch, Some(attribution)), u64::MAX);
                let ledger = ledger.unwrap();
                let mut sums = ledger.remainder().to_vec();
                for (example, (slot, parameter, row)) in (0..COUNT).flat_map(|e| ledger.slots(e).map(move |s| (e, s))) {
                    let change = ledger.change(example, slot);
                    sums[parameter].row_mut(row as usize).iter_mut().zip(change).for_each(|(sum, x)| *sum += x);
                }
                let moved: Vec<f64> =
                    flat(&parameters).iter().zip(flat(&machine.initial())).map(|(w, w0)| w - w0).collect();
                assert_close(&flat(&sums), &moved, 1e-12, &what);

                let steps = machine.naive_training(method, batch, &[]).1;
                let owns = |example: usize, row| machine.owned_rows(example).contains(&row);
                let expected = match attribution {
                    CreditRule::Step => naive::step_changes(&steps, method, &owns),
                    CreditRule::Momentum | CreditRule::Refill => naive::momentum_changes(&steps, method, &owns),
                };
                assert_eq!(expected.len(), COUNT);
                for (example, rows) in &expected {
                    assert_eq!(rows.len(), ledger.slots(*example).count(), "{what}: the rows of example {example}");
                    for (slot, parameter, row) in ledger.slots(*example) {
                        let credited = &rows[&(parameter, row as usize)];
                        assert_close(ledger.change(*example, slot), credited, 1e-10, &format!("{what}, {example}"));
                    }
                }
            }
        }
    }
}

/// Where every row that is read is owned, taking back examples of the last batch is training without them.
#[test]
fn rolling_back_the_last_batch_is_true_removal() {
    let machine = Machine { full: false };
    for batch in [1, 9] {
        let mut job = machine.job(Optimizer::Sgd, batch, Some(CreditRule::Momentum));
        job.spec.options.epochs = 1;
        let (parameters, ledger, _) = trained(&job, u64::MAX);
        let ledger = ledger.unwrap();
        let order = job.spec.options.order(0, COUNT);
        let last = order.chunks(batch).last().unwrap();
        for set in [&last[..1], last] {
            let mut back = parameters.clone();
            for example in set {
                for (slot, parameter, row) in ledger.slots(*example as usize) {
                    let change = ledger.change(*example as usize, slot);
                    back[parameter].row_mut(row as usize).iter_mut().zip(change).for_each(|(x, c)| *x -= c);
                }
            }
            let without = job.train_without(set, None, &Workers::single()).unwrap();
            assert!(common::furthest(&flat(&without), &flat(&parameters)).0 > 1e-4, "the step matters");
            assert_close(&flat(&back), &flat(&without), 1e-12, &format!("batches of {batch} without {set:?}"));
        }
    }
}

#[test]
fn a_training_may_be_cut_up_anywhere() {
    for (machine, method) in [(MACHINES[0], Optimizer::adam(false)), (MACHINES[1], Optimizer::adam(true))] {
        for attribution in ATTRIBUTIONS {
            let job = machine.job(method, 4, Some(attribution));
            let (parameters, ledger, outcome) = trained(&job, u64::MAX);
            let ledger = ledger.unwrap();
            for steps in [1, 7, COUNT.div_ceil(4) as u64] {
                let (found, other, course) = trained(&job, steps);
                let other = other.unwrap();
                let what = format!("{method:?}, {attribution:?}, {steps} steps at a time");
                assert!(bits(&found) == bits(&parameters), "{what}");
                assert!(
                    ledger.changes().iter().zip(other.changes()).all(|(x, y)| x.to_bits() == y.to_bits()),
                    "{what}"
                );
                assert!(bits(ledger.remainder()) == bits(other.remainder()), "{what}");
                assert_eq!(course, outcome, "{what}");
            }
        }
    }
}

#[test]
fn a_training_can_be_looked_at_and_broken_off() {
    let machine = Machine { full: true };
    let job = machine.job(Optimizer::adam(true), 4, Some(CreditRule::Momentum));
    let (parameters, expected, _) = trained(&job, u64::MAX);
    let context = Workers::single();
    let mut training = job.start().unwrap();
    let breaking = Monitor::none().with_listener(|_| ControlFlow::Break(()));
    let total = training.total_steps();
    assert_eq!(total, 3 * 8);
    for done in 1..=total {
        // Every report breaks; the next call goes on.
        let broken = training.advance(1, &job.examples, &context, &breaking);
        assert_eq!(matches!(broken, Err(Error::Canceled { .. })), done % 8 == 0, "{broken:?}");
        assert_eq!(training.steps(), done);
        assert_eq!(training.position(), Position { epochs: done as usize / 8, batches: done as usize % 8 });
        let moved = |ledger: &Ledger<f64>| -> f64 {
            let slots = (0..COUNT).flat_map(|e| ledger.slots(e).map(move |(slot, ..)| ledger.change(e, slot)));
            slots.flatten().sum::<f64>() + flat(ledger.remainder()).iter().sum::<f64>()
        };
        // Looking settles a copy: it says what moved up to now, and the training's own bytes do not notice.
        let now = flat(training.parameters()).iter().sum::<f64>() - flat(&machine.initial()).iter().sum::<f64>();
        assert!((moved(&ledger(&training)) - now).abs() < 1e-10, "after {done} steps");
        // Retraining without nobody ends at the same moment.
        let again = job.train_without(&[], Some(training.outcome().kept()), &context).unwrap();
        assert!(bits(&again) == bits(training.parameters()), "after {done} steps");
    }
    assert!(training.advance(u64::MAX, &job.examples, &context, &Monitor::none()).unwrap());
    let (found, tracker, outcome) = training.into_parts();
    assert!(bits(&found) == bits(&parameters));
    assert!(expected.unwrap() == tracker.unwrap().into_ledger());
    assert_eq!((outcome.epochs.len(), outcome.batches), (3, 0));
}

/// Examples of which one names a row that is not there.
struct Spoilt(InputExamples<f64>, usize);

impl Examples<f64> for Spoilt {
    fn len(&self) -> usize {
        Examples::len(&self.0)
    }

    fn stage(&self, epoch: usize, example: usize, staged: &mut Staged<f64>) {
        self.0.stage(epoch, example, staged);
        if example == self.1 {
            *staged.ids[0].last_mut().unwrap() = ROWS as u32;
        }
    }
}

/// A step that fails in the engine, as one that is canceled there does, has changed nothing.
#[test]
fn a_step_that_failed_can_be_taken_again() {
    let machine = Machine { full: true };
    let job = machine.job(Optimizer::adam(false), 4, Some(CreditRule::Momentum));
    let (parameters, ledger, outcome) = trained(&job, u64::MAX);
    let mut training = job.start().unwrap();
    let (examples, monitor) = (&job.examples, Monitor::none());
    let context = Workers::single();
    for example in [17, 3] {
        let error = training.advance(u64::MAX, &Spoilt(examples.clone(), example), &context, &monitor).unwrap_err();
        assert!(error.to_string().contains("expected an id below 7"), "{error}");
        training.advance(5, examples, &context, &monitor).unwrap();
    }
    assert!(training.advance(u64::MAX, examples, &context, &monitor).unwrap());
    let (found, tracker, course) = training.into_parts();
    assert!(bits(&found) == bits(&parameters));
    assert!(tracker.unwrap().into_ledger() == ledger.unwrap());
    assert_eq!(course, outcome);
}

#[test]
fn what_does_not_fit_is_refused() {
    let machine = Machine { full: true };
    let settings = (machine.job(Optimizer::Sgd, 4, None).spec.options, None);
    let refused = |objective: Objective, initial, inputs, settings| {
        Job::new(&objective, initial, inputs, settings).err().unwrap().to_string()
    };
    let some = Inputs::new(COUNT).with_ids(0, ids(1, COUNT, ROWS)).unwrap();
    let error = refused(machine.objective(), machine.initial(), some, settings);
    assert_eq!(error, "the input \"item\" of 31 examples is 0 ids and 0 numbers, expected 31 ids and 0 numbers");
    let both = machine.inputs().with_numbers(0, numbers(1, COUNT)).unwrap();
    let error = refused(machine.objective(), machine.initial(), both, settings);
    assert_eq!(error, "the input \"user\" of 31 examples is 31 ids and 31 numbers, expected 31 ids and 0 numbers");
    let error = refused(machine.objective(), machine.initial()[1..].to_vec(), machine.inputs(), settings);
    assert_eq!(error, "the parameters' shapes is [[7], [2], []], expected [[7, 3], [7], [2], []]");
    let tracked = (settings.0, Some(CreditRule::Step));
    let nobodys = Objective { owned: Vec::new(), ..machine.objective() };
    let error = refused(nobodys, machine.initial(), machine.inputs(), tracked);
    assert!(error.starts_with("the number of rows that an example owns is 0, expected one at least"), "{error}");
    let far = machine.inputs().with_ids(1, vec![ROWS as u32; COUNT]).unwrap();
    let error = refused(machine.objective(), machine.initial(), far.clone(), tracked);
    assert_eq!(error, "row of slot 1 of example 0 is 7, expected a row below 7");
    let job = Job::new(&machine.objective(), machine.initial(), far, settings).unwrap();
    let error = job.start().unwrap().advance(1, &job.examples, &Workers::single(), &Monitor::none());
    let error = error.unwrap_err().to_string();
    assert!(error.contains("expected an id below 7"), "{error}");
    let job = machine.job(Optimizer::Sgd, 4, None);
    let error = job.train_without(&[31], None, &Workers::single()).unwrap_err().to_string();
    assert_eq!(error, "an example to leave out is 31, expected an example below 31");
    let all: Vec<u32> = (0..COUNT as u32).collect();
    assert!(job.train_without(&all, None, &Workers::single()).is_err());
}

impl Machine {
    /// One step of SGD at a rate of one on all examples: what it takes from the parameters is the gradient.
    fn gradient(self, reduction: Reduction, inputs: Inputs<f64>, weights: Option<&[f64]>) -> Vec<f64> {
        let plan = Arc::new(StepPlan::new(&self.objective(), reduction).unwrap());
        let batch = inputs.count();
        let examples = InputExamples::new(&plan, Arc::new(inputs)).unwrap();
        let (method, schedule) = (Optimizer::Sgd, Schedule::Constant);
        let options = TrainerOptions { method, learning_rate: 1.0, schedule, epochs: 1, batch, seed: 6 };
        let spec = TrainingSpec::new(plan, options, self.initial());
        let mut training = spec.start(batch, weights, Untracked).unwrap();
        training.advance(1, &examples, &Workers::single(), &Monitor::none()).unwrap();
        let moved = flat(training.parameters());
        flat(&self.initial()).iter().zip(moved).map(|(before, after)| before - after).collect()
    }
}

/// The weighted sum of a batch against finite differences, repeated examples, and examples left out.
#[test]
fn weights_of_a_sum_multiply_losses() {
    for machine in MACHINES {
        let weights: Vec<f64> = (0..COUNT).map(|example| [1.0, 2.0, 0.0, 1.0, 1.0][example % 5]).collect();
        let found = machine.gradient(Reduction::WeightedSum, machine.inputs(), Some(&weights));
        // Weight two is the example twice, zero is not at all.
        let repeated: Vec<usize> = (0..COUNT).flat_map(|example| vec![example; weights[example] as usize]).collect();
        let twice = machine.gradient(Reduction::Sum, machine.inputs().select(&repeated).unwrap(), None);
        assert_close(&found, &twice, 1e-12, "examples that are repeated");

        let fractions: Vec<f64> = (0..COUNT).map(|example| (example % 4) as f64 * 0.7).collect();
        let found = machine.gradient(Reduction::WeightedSum, machine.inputs(), Some(&fractions));
        let (naive, examples) = (machine.naive(), Plain(machine));
        let shapes = StepPlan::<f64>::new(&machine.objective(), Reduction::Sum).unwrap().shapes();
        let total = |point: &[f64]| -> f64 {
            let mut values = point;
            let tables: Tables = shapes
                .iter()
                .map(|(rows, width)| {
                    let (own, rest) = values.split_at(rows * width);
                    values = rest;
                    own.chunks(*width).map(<[f64]>::to_vec).collect()
                })
                .collect();
            let loss = |(example, weight): (usize, &f64)| {
                let mut staged = Staged::new(5);
                examples.stage(0, example, &mut staged);
                weight * naive(&tables, &staged).0
            };
            fractions.iter().enumerate().map(loss).sum()
        };
        let point = flat(&machine.initial());
        let differences: Vec<f64> = (0..point.len())
            .map(|place| {
                let at = |step: f64| {
                    let mut point = point.clone();
                    point[place] += step;
                    total(&point)
                };
                (at(1e-5) - at(-1e-5)) / 2e-5
            })
            .collect();
        assert_close(&found, &differences, 1e-7, "finite differences");
        // Weights of one change nothing but rounding; a mean divides by the size of the batch.
        let ones = machine.gradient(Reduction::WeightedSum, machine.inputs(), Some(&[1.0; COUNT]));
        assert_close(&ones, &machine.gradient(Reduction::Sum, machine.inputs(), None), 1e-14, "weights of one");
        let mean = machine.gradient(Reduction::Mean, machine.inputs(), Some(&fractions));
        let mean: Vec<f64> = mean.iter().map(|x| x * COUNT as f64).collect();
        assert_close(&mean, &found, 1e-12, "the mean times the batch");
    }
}

#[test]
fn weights_that_do_not_fit_are_refused() {
    let job = MACHINES[0].job(Optimizer::Sgd, 4, None);
    let refused = |weights: &[f64]| job.spec.start(COUNT, Some(weights), Untracked).err().unwrap().to_string();
    assert_eq!(refused(&[1.0]), "the number of weights is 1, expected 31, one for each example");
    let mut weights = vec![1.0; COUNT];
    weights[2] = 2.0;
    assert_eq!(refused(&weights), "the weight of example 2 is 2, expected zero or one for this reduction");
    weights[2] = f64::NAN;
    assert!(refused(&weights).starts_with("the weight of example 2 is NaN"));
    assert_eq!(refused(&[0.0; COUNT]), "the number of examples to train on is 0, expected at least one");
    // Without contributions there is nothing to keep a ledger of.
    let plan = StepPlan::<f64>::new(&MACHINES[0].objective(), Reduction::Mean).unwrap();
    let error = Tracker::new(&plan, &job.examples, Optimizer::Sgd, CreditRule::Step).unwrap_err().to_string();
    assert!(error.contains("their mean, expected their sum"), "{error}");
}

/// From every checkpoint the training's own end is reached, bit for bit.
#[test]
fn trainings_go_on_from_checkpoints() {
    let context = Workers::single();
    for (machine, method) in MACHINES.into_iter().flat_map(|machine| methods().map(|method| (machine, method))) {
        let Job { spec, examples, .. } = machine.job(method, 4, None);
        let mut training = spec.start(COUNT, None, (Checkpoints::new(5, usize::MAX), Untracked)).unwrap();
        training.advance(u64::MAX, &examples, &context, &Monitor::none()).unwrap();
        let (expected, (checkpoints, _), outcome) = training.into_parts();
        let steps: Vec<u64> = checkpoints.recorded().iter().map(Checkpoint::step).collect();
        assert_eq!(steps, [5, 10, 15, 20]);
        for checkpoint in checkpoints.recorded() {
            let mut other = spec.start(COUNT, None, Untracked).unwrap();
            other.resume(checkpoint).unwrap();
            assert_eq!((other.steps(), other.position()), (checkpoint.step(), checkpoint.position()));
            assert!(other.checkpoint().parameters() == checkpoint.parameters());
            other.advance(u64::MAX, &examples, &context, &Monitor::none()).unwrap();
            let what = format!("{method:?} from step {}, full {}", checkpoint.step(), machine.full);
            assert!(bits(other.parameters()) == bits(&expected), "{what}");
            assert_eq!(other.outcome().kept(), outcome.kept(), "{what}");
            assert_eq!(other.steps(), 24);
        }
        // A bound on memory makes the recording coarser.
        let bytes = checkpoints.recorded()[3].bytes();
        let mut training = spec.start(COUNT, None, Checkpoints::new(1, 5 * bytes)).unwrap();
        training.advance(u64::MAX, &examples, &context, &Monitor::none()).unwrap();
        let steps: Vec<u64> = training.observer().recorded().iter().map(Checkpoint::step).collect();
        assert_eq!((steps, training.observer().every()), (vec![8, 16, 24], 8));
    }
    let checkpoint = MACHINES[0].job(Optimizer::adam(true), 4, None).start().unwrap().checkpoint();
    let mut other = MACHINES[1].job(Optimizer::adam(true), 4, None).start().unwrap();
    assert!(other.resume(&checkpoint).unwrap_err().to_string().starts_with("a checkpoint is of another training"));
    let mut other = MACHINES[0].job(Optimizer::Sgd, 4, None).start().unwrap();
    assert!(other.resume(&checkpoint).is_err());
}
