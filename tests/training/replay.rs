//! The derivative of a whole training by the weights of its examples, against trainings with other weights.
#![allow(clippy::unwrap_used)]

use std::ops::ControlFlow;
use std::sync::Arc;

use ascribe::Error;
use ascribe::engine::{Monitor, Workers};
use ascribe::objective::{Inputs, Objective};
use ascribe::tensor::Array;
use ascribe::train::{
    Checkpoint, InputExamples, Optimizer, Position, Recording, Reduction, Schedule, StepCurvature, StepPlan,
    TrainerOptions, TrainingSpec, Trajectory, Untracked, WeightDerivatives,
};

use crate::common::dense;
use crate::common::{assert_close, flat, numbers};
use crate::graph_training::{Machine, methods};

/// Plenty.
const MEMORY: usize = 1 << 28;

/// A training and, beside it, what its outcomes are: fixed sums of the parameters at the end.
struct Case {
    trajectory: Trajectory<f64>,
    examples: InputExamples<f64>,
    /// For each parameter one outcome after the other.
    outcomes: Vec<Vec<f64>>,
}

const OUTCOMES: usize = 11;

/// A learning rate at which every optimizer moves about as much.
fn rate(method: Optimizer) -> f64 {
    if let Optimizer::Momentum { decay } = method { 0.05 * (1.0 - decay) } else { 0.05 }
}

impl Case {
    fn new(
        objective: Objective,
        inputs: Inputs<f64>,
        initial: Vec<Array<f64>>,
        reduction: Reduction,
        options: TrainerOptions,
        end: Position,
    ) -> Self {
        let plan = Arc::new(StepPlan::new(&objective, reduction).unwrap());
        let examples = InputExamples::new(&plan, Arc::new(inputs)).unwrap();
        let outcomes = initial.iter().enumerate();
        let outcomes =
            outcomes.map(|(slot, array)| numbers(90 + slot as u64, OUTCOMES * array.values().len())).collect();
        let spec = TrainingSpec::new(plan, options, initial);
        let mut training = spec.start(examples.inputs().count(), None, Untracked).unwrap();
        training.advance_to(end, &examples, &Workers::single(), &Monitor::none()).unwrap();
        let (kept, losses) = (Arc::new(training.parameters().to_vec()), training.outcome().losses());
        let (boxed, recording) = (Box::new(examples.clone()), None);
        let trajectory = Trajectory { objective, spec, examples: boxed, end, kept, losses, recording };
        Self { trajectory, examples, outcomes }
    }

    /// What a recording of so many bytes keeps of the training.
    fn recording(&self, memory: usize) -> Recording<f64> {
        let Trajectory { spec, end, .. } = &self.trajectory;
        let mut training =
            spec.start(self.examples.inputs().count(), None, (Untracked, Recording::new(memory))).unwrap();
        training.advance_to(*end, &self.examples, &Workers::single(), &Monitor::none()).unwrap();
        training.observer().1.clone()
    }

    /// The factorization machine, to the second batch of its third epoch.
    fn machine(full: bool, method: Optimizer, batch: usize) -> Self {
        let machine = Machine { full };
        let options = TrainerOptions {
            method,
            learning_rate: rate(method),
            schedule: Schedule::Linear,
            epochs: 4,
            batch,
            seed: 6,
        };
        let end = Position { epochs: 2, batches: 2 };
        let (objective, initial) = (machine.objective(), machine.initial());
        Self::new(objective, machine.inputs(), initial, Reduction::WeightedSum, options, end)
    }

    /// A network with a penalty, by means of batches.
    fn network(method: Optimizer, batch: usize) -> Self {
        let settings = &dense::cases()[1];
        let inputs = dense::rows(settings, 23, 4);
        let objective = settings.objective().unwrap();
        let sizes = objective.graph.parameters().iter().map(|id| objective.graph.shape(*id).sizes().to_vec());
        let initial = sizes.enumerate().map(|(slot, shape)| crate::common::array(&shape, 50 + slot as u64)).collect();
        let schedule = Schedule::InverseTime { decay: 0.3 };
        let options = TrainerOptions { method, learning_rate: rate(method), schedule, epochs: 3, batch, seed: 8 };
        Self::new(objective, inputs, initial, Reduction::Mean, options, Position::after(3))
    }

    fn derivatives(&self, memory: usize, threads: usize) -> WeightDerivatives {
        let workers = Workers::new(threads).unwrap();
        let (outcomes, monitor) = (self.outcomes.clone(), Monitor::none());
        self.trajectory.weight_derivatives(outcomes, OUTCOMES, memory, &workers, &monitor).unwrap()
    }

    /// The outcomes of a training with these weights.
    fn outcomes_with(&self, weights: &[f64]) -> Vec<f64> {
        let mut training = self.trajectory.spec.start(weights.len(), Some(weights), Untracked).unwrap();
        training.advance_to(self.trajectory.end, &self.examples, &Workers::single(), &Monitor::none()).unwrap();
        let of = |outcome: usize| {
            let each = training.parameters().iter().zip(&self.outcomes).map(|(array, sums)| {
                let size = array.values().len();
                array.values().iter().zip(&sums[outcome * size..]).map(|(x, c)| x * c).sum::<f64>()
            });
            each.sum()
        };
        (0..OUTCOMES).map(of).collect()
    }

    /// Central differences of the outcomes along a direction in the weights.
    fn differences(&self, direction: impl Fn(usize) -> f64) -> Vec<f64> {
        const STEP: f64 = 1e-5;
        let count = self.examples.inputs().count();
        let at = |sign: f64| {
            let weights: Vec<f64> = (0..count).map(|example| 1.0 + sign * STEP * direction(example)).collect();
            self.outcomes_with(&weights)
        };
        let (up, down) = (at(1.0), at(-1.0));
        up.iter().zip(down).map(|(up, down)| (up - down) / (2.0 * STEP)).collect()
    }
}

fn cases() -> Vec<(String, Case)> {
    let mut cases = Vec::new();
    for method in methods().into_iter().chain([Optimizer::adamw(false, 0.7), Optimizer::adamw(true, 0.7)]) {
        for batch in [1, 8] {
            for full in [false, true] {
                cases.push((format!("{method:?}, batch {batch}, full {full}"), Case::machine(full, method, batch)));
            }
            cases.push((format!("{method:?}, batch {batch}, network"), Case::network(method, batch)));
        }
    }
    cases
}

/// What differences may be off by: a millionth of the largest.
fn relative(expected: &[f64]) -> f64 {
    // Adagrad does not answer to all weights together: what is left there is rounding.
    1e-6 * expected.iter().fold(1e-3, |largest: f64, x| largest.max(x.abs()))
}

#[test]
fn the_derivative_by_a_weight_is_that_of_the_whole_training() {
    for (name, case) in cases() {
        let count = case.examples.inputs().count();
        let found = case.derivatives(MEMORY, 1);
        for example in [0, 7, 22] {
            let expected = case.differences(|other| f64::from(u8::from(other == example)));
            let found: Vec<f64> = (0..OUTCOMES).map(|outcome| found.by_weight[outcome * count + example]).collect();
            assert_close(&found, &expected, relative(&expected), &format!("{name}, example {example}"));
        }
        // Scaling all weights together.
        let expected = case.differences(|_| 1.0);
        let found: Vec<f64> = found.by_weight.chunks(count).map(|slopes| slopes.iter().sum()).collect();
        assert_close(&found, &expected, relative(&expected), &format!("{name}, all"));
    }
}

/// Memory decides how many outcomes are walked back at once.
#[test]
fn outcomes_do_not_depend_on_what_is_asked_beside_them() {
    for (name, case) in cases() {
        let count = case.examples.inputs().count();
        let all = case.derivatives(MEMORY, 1);
        for some in [0..1, 2..5, 1..10] {
            let part = |sums: &Vec<f64>| {
                let size = sums.len() / OUTCOMES;
                sums[some.start * size..some.end * size].to_vec()
            };
            let outcomes = case.outcomes.iter().map(part).collect();
            let (workers, monitor) = (Workers::single(), Monitor::none());
            let found = case.trajectory.weight_derivatives(outcomes, some.len(), MEMORY, &workers, &monitor).unwrap();
            let bits = |values: &[f64]| -> Vec<u64> { values.iter().map(|x| x.to_bits()).collect() };
            let expected = &all.by_weight[some.start * count..some.end * count];
            assert_eq!(bits(&found.by_weight), bits(expected), "{name}, {some:?}");
            assert_eq!(bits(&found.growth), bits(&all.growth[some]), "{name}");
        }
    }
}

#[test]
fn memory_and_threads_change_no_bit() {
    for (name, case) in cases() {
        let bits = |found: WeightDerivatives| -> Vec<u64> {
            found.by_weight.iter().chain(&found.growth).map(|x| x.to_bits()).collect()
        };
        let expected = bits(case.derivatives(MEMORY, 1));
        for (memory, threads) in [(1 << 14, 1), (1 << 12, 2), (MEMORY, 2)] {
            assert_eq!(bits(case.derivatives(memory, threads)), expected, "{name}, {memory} bytes, {threads} threads");
        }
    }
}

/// With the Fisher matrix the derivative is that of the formula, with gradients from single steps of one example alone.
#[test]
fn fisher_matrices_may_stand_for_hessians() {
    for (batch, network) in [(1, false), (8, false), (8, true)] {
        let case = match network {
            true => Case::network(Optimizer::Sgd, batch),
            false => Case::machine(true, Optimizer::Sgd, batch),
        };
        let (count, whole) = (case.examples.inputs().count(), case.recording(MEMORY));
        let Trajectory { spec, kept, end, .. } = &case.trajectory;
        let start = spec.start(count, None, Untracked).unwrap().checkpoint();
        // Every step is recorded, so a checkpoint's place is its step.
        let before: Vec<&Checkpoint<f64>> = std::iter::once(&start).chain(whole.checkpoints()).collect();
        assert_eq!(before.len(), end.epochs * count.div_ceil(batch) + end.batches + 1);
        let dimension = flat(kept).len();
        let outcome = |outcome: usize| -> Vec<f64> {
            let part = |(array, sums): (&Array<f64>, &Vec<f64>)| {
                let size = array.values().len();
                sums[outcome * size..][..size].to_vec()
            };
            kept.iter().zip(&case.outcomes).flat_map(part).collect()
        };
        let mut adjoints: Vec<Vec<f64>> = (0..OUTCOMES).map(outcome).collect();
        let mut expected = vec![vec![0.0; count]; OUTCOMES];
        for pair in before.windows(2).rev() {
            let [before, after] = pair else { unreachable!() };
            let place = before.step() as usize;
            let in_epoch = count.div_ceil(batch);
            let order = spec.options.order(place / in_epoch, count);
            let members = order.chunks(batch).nth(place % in_epoch).unwrap();
            let share = if network { 1.0 / members.len() as f64 } else { 1.0 };
            let moved: Vec<Vec<f64>> = members
                .iter()
                .map(|example| {
                    let mut weights = vec![0.0; count];
                    weights[*example as usize] = 1.0;
                    let mut training = spec.start(count, Some(&weights), Untracked).unwrap();
                    training.resume(before).unwrap();
                    training
                        .advance_to(after.position(), &case.examples, &Workers::single(), &Monitor::none())
                        .unwrap();
                    flat(training.parameters()).iter().zip(flat(before.parameters())).map(|(a, b)| a - b).collect()
                })
                .collect();
            for (adjoint, expected) in adjoints.iter_mut().zip(&mut expected) {
                let slopes: Vec<f64> =
                    moved.iter().map(|moved| moved.iter().zip(&*adjoint).map(|(d, l)| d * l).sum()).collect();
                for ((example, slope), moved) in members.iter().zip(&slopes).zip(&moved) {
                    expected[*example as usize] += slope;
                    for place in 0..dimension {
                        adjoint[place] -= slope * moved[place] / (share * after.learning_rate());
                    }
                }
            }
        }
        let (workers, monitor) = (Workers::single(), Monitor::none());
        let found = case
            .trajectory
            .weight_derivatives_by(StepCurvature::Fisher, &case.outcomes, OUTCOMES, MEMORY, &workers, &monitor)
            .unwrap();
        for (found, expected) in found.by_weight.chunks(count).zip(&expected) {
            assert_close(found, expected, 1e-9, &format!("batch {batch}, network {network}"));
        }
    }
}

#[test]
fn one_visit_at_the_end_is_taken_back_exactly() {
    // One epoch at batch 1: the last example's step is answered by none.
    let machine = Machine { full: false };
    let options = TrainerOptions {
        method: Optimizer::Sgd,
        learning_rate: 0.05,
        schedule: Schedule::Constant,
        epochs: 1,
        batch: 1,
        seed: 6,
    };
    let (objective, end) = (machine.objective(), Position::after(1));
    let case = Case::new(objective, machine.inputs(), machine.initial(), Reduction::WeightedSum, options, end);
    let count = case.examples.inputs().count();
    let last = *options.order(0, count).last().unwrap() as usize;
    let mut weights = vec![1.0; count];
    let whole = case.outcomes_with(&weights);
    weights[last] = 0.0;
    let without = case.outcomes_with(&weights);
    let found = case.derivatives(MEMORY, 1);
    let predicted: Vec<f64> = (0..OUTCOMES).map(|outcome| -found.by_weight[outcome * count + last]).collect();
    let truth: Vec<f64> = without.iter().zip(whole).map(|(a, b)| a - b).collect();
    assert_close(&predicted, &truth, 1e-12, "the last example");
}

#[test]
fn another_end_is_refused_with_the_epoch_that_differs() {
    let mut case = Case::machine(true, Optimizer::Sgd, 1);
    case.trajectory.losses[1] += 1e-9;
    let mut moved = case.trajectory.kept.to_vec();
    moved[0].values_mut()[3] += 1e-9;
    case.trajectory.kept = Arc::new(moved);
    let found = case.trajectory.weight_derivatives(
        case.outcomes.clone(),
        OUTCOMES,
        MEMORY,
        &Workers::single(),
        &Monitor::none(),
    );
    let Err(Error::Unsupported { what, .. }) = found else { panic!("{found:?}") };
    assert!(what.contains("differs first in epoch 2"), "{what}");
}

#[test]
fn recordings_change_no_bit() {
    for (name, mut case) in cases() {
        let expected = case.derivatives(MEMORY, 1);
        let each = case.recording(MEMORY).checkpoints().last().unwrap().bytes();
        for (memory, checkpoints) in [(0, 0..1), (each, 1..2), (5 * each, 2..6), (MEMORY, 6..65)] {
            let recording = case.recording(memory);
            assert!(checkpoints.contains(&recording.checkpoints().len()), "{name}, {memory}: {checkpoints:?}");
            case.trajectory.recording = Some(Arc::new(recording));
            for memory in [1 << 14, MEMORY] {
                let found = case.derivatives(memory, 1);
                assert_eq!(found.by_weight, expected.by_weight, "{name}");
                assert_eq!(found.growth, expected.growth, "{name}");
            }
        }
    }
}

#[test]
fn checkpoints_survive_being_taken_apart() {
    for (name, case) in cases() {
        let recording = case.recording(MEMORY);
        let shapes: Vec<&[usize]> = case.trajectory.kept.iter().map(Array::shape).collect();
        for checkpoint in recording.checkpoints() {
            let (numbers, rows) = checkpoint.to_parts();
            let place = (checkpoint.step(), checkpoint.position(), checkpoint.learning_rate());
            let made = |numbers: &[f64], rows: &[u32]| Checkpoint::from_parts(&shapes, place, numbers, rows);
            assert_eq!(made(&numbers, &rows).as_ref(), Some(checkpoint), "{name}");
            assert_eq!(made(&numbers[1..], &rows), None, "{name}");
            assert_eq!(made(&numbers, &rows[1..]), None, "{name}");
            assert_eq!(made(&[&numbers[..], &[0.0]].concat(), &rows), None, "{name}");
        }
    }
}

#[test]
fn another_way_is_refused_with_the_step_that_differs() {
    let mut case = Case::network(Optimizer::adam(true), 8);
    let recording = case.recording(MEMORY);
    let mut losses = recording.losses().to_vec();
    losses[4] += 1e-9;
    let moved = |checkpoint: &Checkpoint<f64>| {
        let (mut numbers, rows) = checkpoint.to_parts();
        // Those after the step that was another.
        numbers[0] += if checkpoint.step() > 4 { 1e-9 } else { 0.0 };
        let shapes: Vec<&[usize]> = checkpoint.parameters().iter().map(Array::shape).collect();
        let place = (checkpoint.step(), checkpoint.position(), checkpoint.learning_rate());
        Checkpoint::from_parts(&shapes, place, &numbers, &rows).unwrap()
    };
    let other = Recording::of(losses, recording.checkpoints().iter().map(moved).collect());
    case.trajectory.recording = Some(Arc::new(other));
    let (workers, monitor) = (Workers::single(), Monitor::none());
    let found =
        case.trajectory.weight_derivatives(case.outcomes.clone(), OUTCOMES, MEMORY, &workers, &monitor).unwrap_err();
    assert!(found.to_string().contains("differs first in step 5"), "{found}");
}

#[test]
fn memory_below_a_checkpoint_is_refused_with_what_is_needed() {
    let case = Case::machine(true, Optimizer::adam(true), 1);
    let ask = |memory| {
        let (workers, monitor) = (Workers::single(), Monitor::none());
        case.trajectory.weight_derivatives(case.outcomes.clone(), OUTCOMES, memory, &workers, &monitor)
    };
    let message = ask(100).unwrap_err().to_string();
    let needed: usize = message.split_whitespace().find_map(|word| word.parse().ok().filter(|n| *n > 100)).unwrap();
    assert!(ask(needed - 1).is_err(), "{message}");
    assert!(ask(needed).is_ok(), "{message}");
}

#[test]
fn a_canceled_replay_can_be_asked_for_again() {
    let case = Case::machine(true, Optimizer::adam(false), 8);
    let expected = case.derivatives(MEMORY, 1).by_weight;
    let monitor = Monitor::none().with_listener(|progress| match progress.done {
        3.. => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    let canceled =
        case.trajectory.weight_derivatives(case.outcomes.clone(), OUTCOMES, MEMORY, &Workers::single(), &monitor);
    assert!(matches!(canceled, Err(Error::Canceled { .. })), "{canceled:?}");
    assert_eq!(case.derivatives(MEMORY, 1).by_weight, expected);
}

#[test]
fn growth_is_at_least_one_and_that_of_a_linear_training_is_one() {
    for (name, case) in cases() {
        assert!(case.derivatives(MEMORY, 1).growth.iter().all(|growth| *growth >= 1.0 - 1e-12), "{name}");
    }
    let case = Case::machine(true, Optimizer::Sgd, 1);
    assert_eq!(flat(&case.trajectory.kept).len(), case.outcomes.iter().map(Vec::len).sum::<usize>() / OUTCOMES);
}
