//! Models and losses against the formulas: scores, losses, their gradients, and ranks.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::sync::Arc;

use ascribe::data::{Known, Side, Triple};
use ascribe::engine::{Execution, Monitor, Program, Values, Workers};
use ascribe::models::triples::{Candidates, Ranking, TripleExamples};
use ascribe::models::triples::{FunctionalKind, Loss, Sides, scorers};
use ascribe::objective::{Examples, Staged};
use ascribe::objective::{Functional, Objective};
use ascribe::train::{Optimizer, Reduction, Schedule, StepPlan, TrainerOptions, TrainingSpec, Untracked};
use common::naive::{self, Tables, score};
use common::triples::TripleModel;
use common::{assert_close, flat, random_triples};

fn candidate(triple: Triple, tails: bool, entity: u32) -> Triple {
    if tails { Triple { tail: entity, ..triple } } else { Triple { head: entity, ..triple } }
}

#[test]
fn scores_follow_their_formulas_and_both_forms_agree() {
    for name in scorers::NAMES {
        let model = TripleModel::<f64>::new(scorers::by_name(name).unwrap(), (7, 3), 5, 0.9, 1).unwrap();
        let tables = naive::tables(model.parameters());
        let mut ranking = Ranking::new(&model).unwrap();
        let context = Workers::single();
        for (given, relation) in (0..7).flat_map(|e| (0..3).map(move |r| (e, r))) {
            for (side, tails) in [(Side::Tail, true), (Side::Head, false)] {
                let found = ranking.scores(&context, model.parameters(), given, relation, side).unwrap();
                let ends = Triple { head: given, relation, tail: given };
                let expected: Vec<f64> = (0..7).map(|e| score(name, &tables, candidate(ends, tails, e))).collect();
                assert_close(found, &expected, 1e-14, name);
            }
        }
        assert!(model.scorer().name() == name && model.dimension() == 5);
    }
}

#[test]
fn functionals_follow_their_formulas() {
    for name in scorers::NAMES {
        let model = TripleModel::<f64>::new(scorers::by_name(name).unwrap(), (7, 3), 5, 0.9, 1).unwrap();
        let tables = naive::tables(model.parameters());
        for tails in [true, false] {
            let ends = Triple { head: 4, relation: 2, tail: 4 };
            let scores: Vec<f64> = (0..7).map(|e| score(name, &tables, candidate(ends, tails, e))).collect();
            let total = scores.iter().map(|s| s.exp()).sum::<f64>();
            for (kind, expected) in [
                (FunctionalKind::Score, scores[6]),
                (FunctionalKind::Probability, scores[6].exp() / total),
                (FunctionalKind::LogProbability, scores[6] - total.ln()),
            ] {
                let functional = Functional::of_triples(&model, kind, tails).unwrap();
                let program = Program::compile(&functional.graph, &[functional.value], &[]).unwrap();
                let mut execution = Execution::new(program, 0);
                let values =
                    Values::new(model.parameters()).with_index(0, &[4]).with_index(1, &[2]).with_index(2, &[6]);
                execution.run(&Workers::single(), &values, 1).unwrap();
                assert_close(execution.example(0, 0), &[expected], 1e-14, &format!("{name}, {kind:?}"));
            }
        }
    }
}

/// The loss of one example from its formula; `inputs` are the ids it was staged with.
fn naive_loss(model: &str, tables: &Tables, loss: Loss, sides: Sides, inputs: &[Vec<u32>]) -> f64 {
    let triple = Triple { head: inputs[0][0], relation: inputs[1][0], tail: inputs[2][0] };
    let mut total = 0.0;
    let mut next = 3;
    for tails in [true, false] {
        if !(if tails { sides.tails() } else { sides.heads() }) {
            continue;
        }
        let candidates: Vec<u32> = match loss {
            Loss::FullSoftmax => (0..tables[0].len() as u32).collect(),
            _ => inputs[next].clone(),
        };
        next += 1;
        let scores: Vec<f64> = candidates.iter().map(|e| score(model, tables, candidate(triple, tails, *e))).collect();
        let truth = score(model, tables, triple);
        total += match loss {
            Loss::BinaryCrossEntropy { .. } => {
                let sigmoid = |s: f64| 1.0 / (1.0 + (-s).exp());
                -sigmoid(truth).ln() - scores[1..].iter().map(|s| (1.0 - sigmoid(*s)).ln()).sum::<f64>()
            }
            _ => scores.iter().map(|s| s.exp()).sum::<f64>().ln() - truth,
        };
    }
    total
}

/// One step of gradient descent over all examples gives their loss and, as minus the movement, its gradient.
#[test]
fn losses_and_gradients_follow_the_formulas() {
    let data = random_triples(6, 2, 12, 3);
    for name in scorers::NAMES {
        let model = TripleModel::<f64>::new(scorers::by_name(name).unwrap(), (6, 2), 3, 0.9, 4).unwrap();
        for loss in
            [Loss::FullSoftmax, Loss::SampledSoftmax { negatives: 4 }, Loss::BinaryCrossEntropy { negatives: 4 }]
        {
            for sides in [Sides::Tails, Sides::Heads, Sides::Both] {
                let what = format!("{name}, {loss:?}, {sides:?}");
                let objective = Objective::of_triples(&model, loss, sides).unwrap();
                let plan = Arc::new(StepPlan::new(&objective, Reduction::Sum).unwrap());
                let examples = TripleExamples::new(&data.train, 6, loss, sides, 8, Candidates::Once).unwrap();
                let staged: Vec<Vec<Vec<u32>>> = (0..12)
                    .map(|example| {
                        let mut staged = Staged::<f64>::new(plan.inputs());
                        examples.stage(0, example, &mut staged);
                        staged.ids
                    })
                    .collect();
                let total = |tables: &Tables| -> f64 {
                    staged.iter().map(|inputs| naive_loss(name, tables, loss, sides, inputs)).sum()
                };
                let options = TrainerOptions {
                    method: Optimizer::Sgd,
                    learning_rate: 1.0,
                    schedule: Schedule::Constant,
                    epochs: 1,
                    batch: 12,
                    seed: 0,
                };
                let spec = TrainingSpec::new(plan.clone(), options, model.parameters().to_vec());
                let mut training = spec.start(12, None, Untracked).unwrap();
                training.advance(u64::MAX, &examples, &Workers::single(), &Monitor::none()).unwrap();
                let (parameters, _, outcome) = training.into_parts();
                let found = 12.0 * outcome.epochs[0].loss;
                let mut tables = naive::tables(model.parameters());
                assert!((found - total(&tables)).abs() < 1e-12, "{what}: {found} v {}", total(&tables));
                let before = flat(model.parameters());
                let movement: Vec<f64> = flat(&parameters).iter().zip(&before).map(|(w, w0)| w0 - w).collect();
                assert_close(&movement, &differences(&mut tables, &total), 1e-8, &what);
            }
        }
    }
}

/// The derivative by every weight, by central differences of two widths.
fn differences(tables: &mut Tables, total: &dyn Fn(&Tables) -> f64) -> Vec<f64> {
    let mut slopes = Vec::new();
    for table in 0..tables.len() {
        for row in 0..tables[table].len() {
            for d in 0..tables[table][row].len() {
                let kept = tables[table][row][d];
                let mut at = |moved: f64| {
                    tables[table][row][d] = kept + moved;
                    total(tables)
                };
                let [coarse, fine] = [2e-3, 1e-3].map(|h| (at(h) - at(-h)) / (2.0 * h));
                slopes.push((4.0 * fine - coarse) / 3.0);
                tables[table][row][d] = kept;
            }
        }
    }
    slopes
}

#[test]
fn ranks_are_those_of_a_plain_count() {
    let data = common::nations();
    let known = Known::new(&data);
    let all = [data.train.clone(), data.valid.clone(), data.test.clone()].concat();
    for name in scorers::NAMES {
        let mut model = TripleModel::<f64>::new(scorers::by_name(name).unwrap(), (14, 55), 6, 0.5, 2).unwrap();
        // Two entities alike, so that ties occur, and half as many digits, so that ties are the same in both countings.
        let copied = model.parameters()[0].row(3).to_vec();
        model.parameters_mut()[0].row_mut(8).copy_from_slice(&copied);
        let tables = naive::tables(model.parameters());
        let (mut reciprocal, mut hits) = (0.0, [0.0; 3]);
        for triple in &data.test {
            for tails in [true, false] {
                let own = score(name, &tables, *triple);
                let (mut above, mut equal) = (0.0, 0.0);
                for other in (0..14).map(|e| candidate(*triple, tails, e)) {
                    let known_true = other == *triple || all.contains(&other);
                    let score = score(name, &tables, other);
                    above += f64::from(u8::from(!known_true && score > own));
                    equal += f64::from(u8::from(!known_true && score == own));
                }
                let rank = 1.0 + above + equal / 2.0;
                reciprocal += 1.0 / rank;
                for (hits, k) in hits.iter_mut().zip([1.0, 3.0, 10.0]) {
                    *hits += f64::from(u8::from(rank <= k));
                }
            }
        }
        let queries = 2.0 * data.test.len() as f64;
        for threads in [1, 2] {
            let context = Workers::new(threads).unwrap();
            let mut ranking = Ranking::new(&model).unwrap();
            let found = ranking.evaluate(&context, model.parameters(), &data.test, &known, &[1, 3, 10]).unwrap();
            assert_eq!(found.queries, 402);
            assert!(
                (found.mrr - reciprocal / queries).abs() < 1e-14,
                "{name}: {} v {}",
                found.mrr,
                reciprocal / queries
            );
            let expected: Vec<_> = [1, 3, 10].into_iter().zip(hits.map(|h| h / queries)).collect();
            assert_eq!(found.hits, expected, "{name}");
        }
    }
}
