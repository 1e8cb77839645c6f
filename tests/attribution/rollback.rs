//! Explanations by rollback against models whose tables really lack the changes.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::cmp::Ordering;
use std::sync::Arc;

use ascribe::attribution::rollback::{
    CreditRule, Effort, ExplainOptions, Explainer, Explanation, Ledger, Scope, Score, Tracker,
};
use ascribe::data::Triple;
use ascribe::engine::{Monitor, Workers};
use ascribe::graph::Graph;
use ascribe::models::triples::{FunctionalKind, Loss, scorers};
use ascribe::objective::{Functional, Inputs, Owned};
use ascribe::tensor::Array;
use ascribe::train::{Optimizer, Reduction, Schedule, StepPlan, TrainerOptions, TrainingSpec};
use common::naive::{self, Tables, score};
use common::triples::{Settings, TrainedTriples, TripleModel, TripleTraining};
use common::{Plain, random_triples, square_objective};

fn training(model: &str, settings: Settings) -> TripleTraining<f64> {
    TripleTraining::new(&Settings { model: model.into(), dimension: 4, ..settings }, &random_triples(17, 3, 80, 6))
}

fn trained(model: &str, settings: Settings) -> TrainedTriples<f64> {
    training(model, settings).train(&Workers::single(), &Monitor::none()).unwrap()
}

fn usual() -> Settings {
    Settings { learning_rate: 0.02, epochs: 4, batch: 3, ..Settings::default() }
}

fn all(effort: Effort) -> ExplainOptions {
    ExplainOptions { scope: Scope::All, effort, ..ExplainOptions::default() }
}

/// The functional of a query, from the formulas.
fn value(model: &str, tables: &Tables, kind: FunctionalKind, tails: bool, query: &[u32]) -> f64 {
    let scores: Vec<f64> = (0..tables[0].len() as u32)
        .map(|entity| {
            let (head, tail) = if tails { (query[0], entity) } else { (entity, query[0]) };
            score(model, tables, Triple { head, relation: query[1], tail })
        })
        .collect();
    let own = scores[query[2] as usize];
    let total: f64 = scores.iter().map(|s| s.exp()).sum();
    match kind {
        FunctionalKind::Score => own,
        FunctionalKind::LogProbability => own - total.ln(),
        FunctionalKind::Probability => own.exp() / total,
    }
}

/// The tables with what these examples changed taken away.
fn rolled_back(parameters: &[Array<f64>], ledger: &Ledger<f64>, examples: &[u32]) -> Tables {
    let mut tables = naive::tables(parameters);
    for example in examples {
        for (slot, parameter, row) in ledger.slots(*example as usize) {
            let change = ledger.change(*example as usize, slot);
            tables[parameter][row as usize].iter_mut().zip(change).for_each(|(w, change)| *w -= change);
        }
    }
    tables
}

const KINDS: [FunctionalKind; 3] = [FunctionalKind::Probability, FunctionalKind::LogProbability, FunctionalKind::Score];
/// The given entity, the relation, the target; one that asks for the given entity itself.
const QUERIES: [[u32; 3]; 3] = [[2, 0, 5], [9, 2, 0], [4, 1, 4]];

#[test]
fn exact_scores_are_those_of_really_modified_tables() {
    for name in scorers::NAMES {
        for attribution in [CreditRule::Step, CreditRule::Momentum] {
            let run = trained(name, Settings { attribution, ..usual() });
            let (parameters, ledger) = (run.model.parameters(), &run.ledger);
            for (kind, tails) in KINDS.into_iter().flat_map(|kind| [(kind, true), (kind, false)]) {
                let functional = Functional::of_triples(&run.model, kind, tails).unwrap();
                let explainer = Explainer::new(&functional, run.model.shared_parameters(), ledger.clone()).unwrap();
                for query in &QUERIES {
                    let what = format!("{name}, {attribution:?}, {kind:?}, {query:?}");
                    let found = explainer
                        .explain(&Workers::single(), &explainer.query(query).unwrap(), 0, &all(Effort::Exact))
                        .unwrap();
                    let base = value(name, &naive::tables(parameters), kind, tails, query);
                    assert!((found.value - base).abs() <= 1e-13 * (1.0 + base.abs()), "{what}: {}", found.value);
                    assert_eq!(found.scores.len(), 80);
                    assert!(found.scores.iter().any(|s| s.score.abs() > 1e-3), "{what}: some example matters");
                    for s in &found.scores {
                        let tables = rolled_back(parameters, ledger, &[s.example]);
                        let expected = value(name, &tables, kind, tails, query) - base;
                        assert!((s.score - expected).abs() <= 1e-12, "{what}: {s:?}, expected {expected}");
                        assert!(s.exact);
                    }
                }
            }
        }
    }
}

#[test]
fn a_set_is_taken_back_as_the_sum_of_its_changes() {
    for name in scorers::NAMES {
        let run = trained(name, usual());
        let parameters = run.model.parameters();
        for tails in [true, false] {
            let functional = Functional::of_triples(&run.model, FunctionalKind::Probability, tails).unwrap();
            let explainer = Explainer::new(&functional, run.model.shared_parameters(), run.ledger.clone()).unwrap();
            let everything: Vec<u32> = (0..80).collect();
            // Triple 8 repeats triple 4, so that its rows are taken back from twice.
            for set in [vec![], vec![7], vec![4, 8], vec![3, 10, 4, 61, 8, 79], everything] {
                for query in &QUERIES {
                    let tables = rolled_back(parameters, &run.ledger, &set);
                    let expected = value(name, &tables, FunctionalKind::Probability, tails, query);
                    let mut doubled = set.clone();
                    doubled.extend(set.iter().rev());
                    for set in [&set, &doubled] {
                        let found =
                            explainer.without(&Workers::single(), &explainer.query(query).unwrap(), 0, set).unwrap();
                        assert!((found - expected).abs() <= 1e-12, "{name}, {set:?}: {found} v {expected}");
                    }
                }
            }
        }
    }
}

/// To first order: the central difference of the exact score of a ledger made small.
#[test]
fn linear_scores_are_the_derivative_of_exact_ones() {
    for name in scorers::NAMES {
        let run = trained(name, usual());
        let scaled = |factor: f64| {
            let changes = run.ledger.changes().iter().map(|x| x * factor).collect();
            Ledger::clone(&run.ledger).with_changes(changes, run.ledger.remainder().to_vec()).unwrap()
        };
        let step = 1e-5;
        let (above, below) = (scaled(step), scaled(-step));
        for (kind, tails) in KINDS.into_iter().flat_map(|kind| [(kind, true), (kind, false)]) {
            let functional = Functional::of_triples(&run.model, kind, tails).unwrap();
            let explain = |ledger: &Ledger<f64>, query: &[u32], effort| {
                let explainer = Explainer::new(&functional, run.model.shared_parameters(), ledger.clone()).unwrap();
                let mut scores = explainer
                    .explain(&Workers::single(), &explainer.query(query).unwrap(), 0, &all(effort))
                    .unwrap()
                    .scores;
                scores.sort_by_key(|s| s.example);
                scores
            };
            for query in &QUERIES {
                let linear = explain(&run.ledger, query, Effort::Linear);
                let sides = (explain(&above, query, Effort::Exact), explain(&below, query, Effort::Exact));
                for ((linear, above), below) in linear.iter().zip(sides.0).zip(sides.1) {
                    let slope = (above.score - below.score) / (2.0 * step);
                    let what = format!("{name}, {kind:?}, {query:?}: {linear:?} v {slope}");
                    assert!((linear.score - slope).abs() <= 1e-9 && !linear.exact, "{what}");
                }
            }
        }
    }
}

fn is_ordered(scores: &[Score]) -> bool {
    scores.windows(2).all(|pair| match pair[0].score.abs().total_cmp(&pair[1].score.abs()) {
        Ordering::Greater => true,
        Ordering::Equal => pair[0].example < pair[1].example,
        Ordering::Less => false,
    })
}

fn of(scores: &[Score], example: u32) -> Score {
    *scores.iter().find(|s| s.example == example).unwrap()
}

#[test]
fn hybrid_scores_are_exact_for_the_greatest_and_linear_for_the_rest() {
    let run = trained("distmult", usual());
    let functional = Functional::of_triples(&run.model, FunctionalKind::Probability, true).unwrap();
    let explainer = Explainer::new(&functional, run.model.shared_parameters(), run.ledger.clone()).unwrap();
    let explain = |effort| {
        explainer.explain(&Workers::single(), &explainer.query(&QUERIES[0]).unwrap(), 0, &all(effort)).unwrap()
    };
    let (exact, linear) = (explain(Effort::Exact), explain(Effort::Linear));
    assert_eq!(explain(Effort::Auto), exact);
    assert!(is_ordered(&exact.scores) && is_ordered(&linear.scores));
    for rerank in [0, 1, 13, 80, 1000] {
        let hybrid = explain(Effort::Hybrid { rerank });
        assert!(is_ordered(&hybrid.scores), "rerank {rerank}");
        assert_eq!((hybrid.scores.len(), hybrid.value), (80, exact.value));
        for (place, preselected) in linear.scores.iter().enumerate() {
            let found = of(&hybrid.scores, preselected.example);
            assert_eq!(found.exact, place < rerank);
            match place < rerank {
                true => assert!((found.score - of(&exact.scores, found.example).score).abs() <= 1e-15),
                false => assert_eq!(found, *preselected),
            }
        }
    }
}

/// A ledger made by hand: `examples` triples in turn, each with the same changes as every other of its rows.
fn by_hand(model: &TripleModel<f64>, examples: usize) -> Ledger<f64> {
    let owned = [(0, 0), (1, 1), (0, 2)].map(|(parameter, input)| Owned { parameter, input });
    let triple = |e: usize| [(e * 5 % 7) as u32, (e % 2) as u32, (e * 3 % 7) as u32];
    let shapes: Vec<_> = model.parameters().iter().map(|p| (p.rows(), p.row_width())).collect();
    let ledger = Ledger::new(owned.to_vec(), (0..examples).flat_map(triple).collect(), &shapes).unwrap();
    let changes = (0..examples).flat_map(|e| common::numbers(e as u64 % 14, 9)).map(|x| 0.1 * x).collect();
    let remainder = ledger.remainder().to_vec();
    ledger.with_changes(changes, remainder).unwrap()
}

#[test]
fn many_candidates_are_preselected_and_ties_are_ordered_by_example() {
    let model = TripleModel::<f64>::new(scorers::by_name("distmult").unwrap(), (7, 2), 3, 0.8, 3).unwrap();
    let functional = Functional::of_triples(&model, FunctionalKind::Probability, true).unwrap();
    for (examples, exact) in [(20_000, 20_000), (20_001, 500)] {
        let ledger = by_hand(&model, examples);
        let explainer = Explainer::new(&functional, model.shared_parameters(), ledger.clone()).unwrap();
        let found = explainer
            .explain(&Workers::single(), &explainer.query(&[0, 1, 3]).unwrap(), 0, &all(Effort::Auto))
            .unwrap();
        assert_eq!(found.scores.len(), examples);
        assert_eq!(found.scores.iter().filter(|s| s.exact).count(), exact);
        assert!(is_ordered(&found.scores));
        let linear = explainer
            .explain(&Workers::single(), &explainer.query(&[0, 1, 3]).unwrap(), 0, &all(Effort::Linear))
            .unwrap();
        assert!(is_ordered(&linear.scores));
        // Every fourteenth example is the same one again.
        let ties = linear.scores.windows(2).filter(|pair| pair[0].score == pair[1].score).count();
        assert!(ties >= examples - 14, "{ties} ties");
        let again = explainer
            .explain(&Workers::new(2).unwrap(), &explainer.query(&[0, 1, 3]).unwrap(), 0, &all(Effort::Auto))
            .unwrap();
        assert!(again == found, "the same bits on two threads");
    }
}

#[test]
fn scopes_are_the_owners_of_the_rows_the_query_names() {
    let run = trained("distmult", Settings { epochs: 1, ..usual() });
    for tails in [true, false] {
        let functional = Functional::of_triples(&run.model, FunctionalKind::Probability, tails).unwrap();
        let explainer = Explainer::new(&functional, run.model.shared_parameters(), run.ledger.clone()).unwrap();
        for query in &QUERIES {
            let [given, relation, target] = *query;
            let entity = |t: &Triple| [t.head, t.tail].iter().any(|e| *e == given || *e == target);
            let select = |chosen: &dyn Fn(&Triple) -> bool| -> Vec<u32> {
                (0..80).filter(|e| chosen(&run.data.train[*e as usize])).collect()
            };
            let entities = select(&|t| entity(t));
            let either = select(&|t| entity(t) || t.relation == relation);
            assert!(entities.len() > 5 && entities.len() < either.len() && either.len() < 80);
            let expected =
                [(Scope::Entities, entities), (Scope::EntitiesAndRelation, either), (Scope::All, (0..80).collect())];
            for (scope, expected) in expected {
                assert_eq!(
                    explainer.candidates(&explainer.query(query).unwrap(), 0, scope).unwrap(),
                    expected,
                    "{scope:?}"
                );
                for effort in [Effort::Exact, Effort::Linear, Effort::Hybrid { rerank: 3 }] {
                    let options = ExplainOptions { scope, effort, ..ExplainOptions::default() };
                    let found =
                        explainer.explain(&Workers::single(), &explainer.query(query).unwrap(), 0, &options).unwrap();
                    let mut examples: Vec<u32> = found.scores.iter().map(|s| s.example).collect();
                    examples.sort_unstable();
                    assert_eq!(examples, expected, "{scope:?}, {effort:?}");
                }
            }
        }
    }
}

#[test]
fn threads_change_no_bit() {
    let run = trained("complex", usual());
    let functional = Functional::of_triples(&run.model, FunctionalKind::Probability, false).unwrap();
    let explainer = Explainer::new(&functional, run.model.shared_parameters(), run.ledger.clone()).unwrap();
    for effort in [Effort::Exact, Effort::Linear, Effort::Hybrid { rerank: 9 }] {
        let explain = |threads| {
            explainer
                .explain(&Workers::new(threads).unwrap(), &explainer.query(&QUERIES[1]).unwrap(), 0, &all(effort))
                .unwrap()
        };
        let bits =
            |e: &Explanation| -> Vec<(u32, u64)> { e.scores.iter().map(|s| (s.example, s.score.to_bits())).collect() };
        let single = explain(1);
        for threads in [2, 8] {
            assert_eq!(bits(&explain(threads)), bits(&single), "{effort:?} on {threads} threads");
        }
    }
}

#[test]
fn support_lowers_and_opposition_raises_what_is_explained() {
    let run = trained("distmult", usual());
    let functional = Functional::of_triples(&run.model, FunctionalKind::Probability, true).unwrap();
    let explainer = Explainer::new(&functional, run.model.shared_parameters(), run.ledger.clone()).unwrap();
    let found =
        explainer.explain(&Workers::single(), &explainer.query(&QUERIES[0]).unwrap(), 0, &all(Effort::Exact)).unwrap();
    let (support, opposition) = (found.supporting(5), found.opposing(5));
    assert!(support.len() == 5 && opposition.len() == 5);
    assert!(is_ordered(&support) && is_ordered(&opposition));
    for s in &support {
        assert!(
            explainer.without(&Workers::single(), &explainer.query(&QUERIES[0]).unwrap(), 0, &[s.example]).unwrap()
                < found.value
        );
    }
    for s in &opposition {
        assert!(
            explainer.without(&Workers::single(), &explainer.query(&QUERIES[0]).unwrap(), 0, &[s.example]).unwrap()
                > found.value
        );
    }
    let rest = |sign: f64| found.scores.iter().filter(|s| s.score * sign > 0.0).count();
    assert_eq!((found.supporting(99).len(), found.opposing(99).len()), (rest(-1.0), rest(1.0)));
}

/// The step of an example that is visited once and last is all it ever did. Its own score reads only rows it owns.
#[test]
fn rolling_back_the_last_step_is_true_removal() {
    for (name, negatives) in scorers::NAMES.into_iter().flat_map(|name| [(name, 1), (name, 13)]) {
        let settings = Settings {
            optimizer: Optimizer::Sgd,
            batch: 1,
            epochs: 1,
            loss: Loss::SampledSoftmax { negatives },
            learning_rate: 0.3,
            ..usual()
        };
        let training = training(name, settings.clone());
        let run = training.train(&Workers::single(), &Monitor::none()).unwrap();
        let functional = Functional::of_triples(&run.model, FunctionalKind::Score, true).unwrap();
        let options = TrainerOptions {
            method: Optimizer::Sgd,
            learning_rate: 0.1,
            schedule: Schedule::Constant,
            epochs: 1,
            batch: 1,
            seed: settings.seed,
        };
        let last = *options.order(0, 80).last().unwrap();
        let triple = run.data.train[last as usize];
        let query = vec![triple.head, triple.relation, triple.tail];
        let context = Workers::single();
        let explainer = Explainer::new(&functional, run.model.shared_parameters(), run.ledger.clone()).unwrap();
        let predicted = explainer.without(&context, &explainer.query(&query).unwrap(), 0, &[last]).unwrap();
        let scores = explainer.explain(&context, &explainer.query(&query).unwrap(), 0, &all(Effort::Exact)).unwrap();
        let without = training.train_without(&[last], None, &context).unwrap();
        let retrained = Explainer::new(&functional, without, run.ledger.clone()).unwrap();
        let removed = retrained.value(&context, &explainer.query(&query).unwrap(), 0).unwrap();
        assert!((removed - scores.value).abs() > 1e-3, "{name}: the step matters");
        assert!((predicted - removed).abs() <= 1e-12, "{name}: {predicted} v {removed}");
        let score = of(&scores.scores, last).score;
        assert!((score - (removed - scores.value)).abs() <= 1e-12, "{name}: {score}");
    }
}

/// The same where every row that is read is owned: any functional of any query, and any examples of the last batch.
#[test]
fn rolling_back_the_last_batch_is_true_removal() {
    let data = random_triples(17, 3, 80, 6);
    let model = TripleModel::<f64>::new(scorers::by_name("distmult").unwrap(), (17, 3), 4, 0.9, 8).unwrap();
    let plan = Arc::new(StepPlan::<f64>::new(&square_objective(&[17, 4], &[3, 4], 0.5), Reduction::Sum).unwrap());
    let examples = Plain(&data.train);
    let context = Workers::single();
    for batch in [1, 9] {
        let trainer = TrainerOptions {
            method: Optimizer::Sgd,
            learning_rate: 0.2,
            schedule: Schedule::Linear,
            epochs: 1,
            batch,
            seed: 3,
        };
        let tracker = Tracker::new(&plan, &examples, Optimizer::Sgd, CreditRule::Momentum).unwrap();
        let spec = TrainingSpec::new(plan.clone(), trainer, model.parameters().to_vec());
        let mut training = spec.start(80, None, tracker).unwrap();
        training.advance(u64::MAX, &examples, &context, &Monitor::none()).unwrap();
        let (weights, tracker, _) = training.into_parts();
        let ledger = tracker.into_ledger();
        let order = trainer.order(0, 80);
        let last = order.chunks(batch).last().unwrap();
        let mut sets: Vec<Vec<u32>> = last.iter().map(|e| vec![*e]).collect();
        sets.push(last.to_vec());
        for set in sets {
            let without = spec.train_without(&examples, &set, None, &context).unwrap();
            for tails in [true, false] {
                let functional = Functional::of_triples(&model, FunctionalKind::Probability, tails).unwrap();
                let explainer = Explainer::new(&functional, weights.clone(), ledger.clone()).unwrap();
                for query in &QUERIES {
                    let predicted = explainer.without(&context, &explainer.query(query).unwrap(), 0, &set).unwrap();
                    let truth = value("distmult", &naive::tables(&without), FunctionalKind::Probability, tails, query);
                    assert!((predicted - truth).abs() <= 1e-12, "{set:?}: {predicted} v {truth}");
                }
            }
        }
    }
}

#[test]
fn queries_and_ledgers_that_do_not_fit_are_refused() {
    let run = trained("distmult", Settings { epochs: 1, ..usual() });
    let functional = Functional::of_triples(&run.model, FunctionalKind::Probability, true).unwrap();
    let explainer = Explainer::new(&functional, run.model.shared_parameters(), run.ledger.clone()).unwrap();
    let context = Workers::single();
    let explain = |query: &[u32]| {
        let query = explainer.query(query)?;
        explainer.explain(&context, &query, 0, &all(Effort::Auto))
    };
    let explain = |query: &[u32]| explain(query).unwrap_err().to_string();
    assert_eq!(explain(&[0, 0]), "the number of ids of the query is 2, expected 3");
    assert_eq!(explain(&[0, 3, 0]), "id 0 of the input \"relation\" is 3, expected an id below 3");
    assert_eq!(explain(&[0, 0, 17]), "id 0 of the input \"target\" is 17, expected an id below 17");
    let error =
        explainer.without(&context, &explainer.query(&QUERIES[0]).unwrap(), 0, &[5, 80]).unwrap_err().to_string();
    assert_eq!(error, "an example to take back is 80, expected an example below 80");
    let other = TripleModel::<f64>::new(scorers::by_name("distmult").unwrap(), (17, 3), 5, 0.9, 8).unwrap();
    assert!(Explainer::new(&functional, other.shared_parameters(), run.ledger.clone()).is_err());
    let functional = Functional::of_triples(&other, FunctionalKind::Score, true).unwrap();
    assert!(Explainer::new(&functional, other.shared_parameters(), run.ledger.clone()).is_err());
}

#[test]
fn a_functional_may_read_numbers_beside_ids() {
    let run = trained("distmult", usual());
    let [entities, relations] = run.model.parameters() else { panic!("two tables") };
    let mut g = Graph::new();
    let table = g.parameter("entities", entities.shape()).unwrap();
    g.parameter("relations", relations.shape()).unwrap();
    g.input("not read", &[3]).unwrap();
    let features = g.input("features", &[entities.row_width()]).unwrap();
    let ids = g.indices("entity", &[]).unwrap();
    let row = g.gather_rows(table, ids).unwrap();
    let value = g.einsum("d,d->", row, features).unwrap();
    let reads = vec![Owned { parameter: 0, input: 2 }];
    let functional = Functional { graph: g, value, scores: value, reads };
    let explainer = Explainer::new(&functional, run.model.shared_parameters(), run.ledger.clone()).unwrap();
    let width = entities.row_width();
    let numbers: Vec<f64> = (0..2 * width).map(|place| (place as f64).sin()).collect();
    let queries = Inputs::new(2).with_numbers(1, numbers.clone()).unwrap().with_ids(2, vec![5, 9]).unwrap();
    let context = Workers::single();
    for (query, entity) in [5, 9].into_iter().enumerate() {
        let along = |tables: &Tables| -> f64 {
            tables[0][entity].iter().zip(&numbers[query * width..]).map(|(w, x)| w * x).sum()
        };
        let base = along(&naive::tables(run.model.parameters()));
        assert!((explainer.value(&context, &queries, query).unwrap() - base).abs() < 1e-13);
        for scope in [Scope::Entities, Scope::EntitiesAndRelation] {
            let owners: Vec<u32> = (0..80)
                .filter(|e| run.ledger.slots(*e as usize).any(|(_, p, row)| (p, row as usize) == (0, entity)))
                .collect();
            assert!(!owners.is_empty() && owners.len() < 80);
            assert_eq!(explainer.candidates(&queries, query, scope).unwrap(), owners);
        }
        for effort in [Effort::Exact, Effort::Linear, Effort::Hybrid { rerank: 3 }] {
            let found = explainer.explain(&context, &queries, query, &all(effort)).unwrap();
            assert_eq!(found.scores.len(), 80);
            assert!(found.scores[0].score.abs() > 1e-3);
            for s in &found.scores {
                let tables = rolled_back(run.model.parameters(), &run.ledger, &[s.example]);
                let expected = along(&tables) - base;
                assert!((s.score - expected).abs() < 1e-12, "{s:?}, expected {expected}");
                let without = explainer.without(&context, &queries, query, &[s.example]).unwrap();
                assert!((without - along(&tables)).abs() < 1e-12);
            }
        }
    }
    let message = |inputs: &Inputs<f64>, query: usize| {
        explainer.explain(&context, inputs, query, &all(Effort::Auto)).unwrap_err().to_string()
    };
    assert_eq!(message(&queries, 2), "an example is 2, expected one of 2, counted from 0");
    let missing = Inputs::new(1).with_ids(2, vec![5]).unwrap();
    assert_eq!(
        message(&missing, 0),
        format!("the number of values of the input \"features\" is 0, expected {width} for 1 examples")
    );
    assert!(explainer.candidates(&queries, 2, Scope::All).is_err());
}

#[test]
fn several_threads_ask_one_explainer() {
    fn shared<S: Send + Sync>(_: &S) {}
    let run = trained("complex", usual());
    let functional = Functional::of_triples(&run.model, FunctionalKind::Probability, true).unwrap();
    let explainer = Explainer::new(&functional, run.model.shared_parameters(), run.ledger.clone()).unwrap();
    shared(&explainer);
    shared(&Workers::single());
    shared(&run.ledger);
    let options = all(Effort::Exact);
    let expected: Vec<Explanation> = QUERIES
        .iter()
        .map(|query| explainer.explain(&Workers::single(), &explainer.query(query).unwrap(), 0, &options).unwrap())
        .collect();
    // The explainer outlives the run.
    drop(run);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (explainer, expected, options) = (&explainer, &expected, &options);
            scope.spawn(move || {
                let context = Workers::new(1 + thread % 2).unwrap();
                for turn in 0..20 {
                    let number = (thread + turn) % QUERIES.len();
                    let found =
                        explainer.explain(&context, &explainer.query(&QUERIES[number]).unwrap(), 0, options).unwrap();
                    assert_eq!(found, expected[number]);
                }
            });
        }
    });
}
