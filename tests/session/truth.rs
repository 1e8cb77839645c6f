//! True changes against trainings written here from the formulas, for every kind of model.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ascribe::Error;
use ascribe::engine::Monitor;
use ascribe::models::triples::{Candidates, TripleExamples};
use ascribe::models::triples::{Loss, Sides};
use ascribe::objective::Inputs;
use ascribe::objective::{Examples, Staged};
use ascribe::session::{Dataset, Model, Trainer, true_changes};
use ascribe::tensor::Precision;
use ascribe::tensor::random::{Purpose, Stream};
use ascribe::train::Optimizer;

use crate::common::naive::{self, Gradient, Plan, Rows, Tables};
use crate::common::{assert_close, ids, numbers, random_triples};
use crate::fixtures::{
    all, assert_same, classed, context, inputs, layered, machine, numbered, of_triples, parameters, refused, ridge,
    steps, to_minimum, triples,
};

/// Which examples are left out together.
const SETS: [&[usize]; 4] = [&[3], &[0, 11, 12], &[], &[7, 7]];

fn sets() -> Vec<Vec<usize>> {
    SETS.map(<[usize]>::to_vec).to_vec()
}

/// The order of every epoch: by a random number of each example's own.
fn orders(seed: u64, epochs: u64, examples: u32) -> Vec<Vec<u32>> {
    let key = |epoch, example: u32| Stream::new(seed, Purpose::Order, epoch, example.into()).next_u64();
    let order = |epoch| {
        let mut order: Vec<u32> = (0..examples).collect();
        order.sort_by_key(|example| key(epoch, *example));
        order
    };
    (0..epochs).map(order).collect()
}

/// A model's parameters as tables.
fn tables(model: &Model) -> Tables {
    let mut values = parameters(model).into_iter();
    let one = |place| {
        let shape = model.parameter_shape(place).unwrap();
        let width = shape[1..].iter().product();
        (0..shape[0]).map(|_| values.by_ref().take(width).collect()).collect()
    };
    (0..model.parameters()).map(one).collect()
}

/// A functional of a query, by the tables.
type Value<'a> = &'a dyn Fn(&Tables, usize) -> f64;

/// Trains naively with and without examples, and compares a value's changes with the true ones.
fn compare(
    model: &Model,
    data: &Dataset,
    (functional, value): (Option<&str>, Value<'_>),
    examples: &dyn Examples<f64>,
    gradient: Gradient<'_>,
) {
    let (context, options) = (context(), steps("sgd"));
    let mut trained = model.clone();
    trained.fit(&context, data, &options, &Monitor::none()).unwrap();
    let orders = orders(8, 4, data.len() as u32);
    let train = |left_out: &[usize]| {
        let plan = Plan { method: Optimizer::Sgd, batch: 3, orders: &orders, rate: &|_| 0.05, left_out };
        naive::train(tables(model), &plan, 5, examples, gradient).0
    };
    let whole = train(&[]);
    assert_close(&parameters(&trained), &naive::flat(&whole), 1e-11, "the training itself");
    let queries = data.select(&[2, 9, 20]).unwrap();
    let found = true_changes(&context, &trained, &queries, functional, &sets(), &Monitor::none()).unwrap();
    let expected = SETS.iter().flat_map(|set| {
        let without = train(set);
        let change = |query| value(&without, query) - value(&whole, query);
        [2, 9, 20].map(change)
    });
    assert_close(&found, &expected.collect::<Vec<f64>>(), 1e-11, "true changes");
}

#[test]
fn of_triples_by_sampled_softmax() {
    let (model, data) = (of_triples(Precision::F64), triples());
    let set = random_triples(17, 3, 80, 6);
    let loss = Loss::SampledSoftmax { negatives: 3 };
    let examples = TripleExamples::new(&set.train, 17, loss, Sides::Tails, 8, Candidates::EachEpoch).unwrap();
    let score = |tables: &Tables, query: usize| naive::score("distmult", tables, set.train[query]);
    compare(&model, &data, (Some("score"), &score), &examples, &naive::distmult_softmax);
}

/// Examples that are what inputs say, in every epoch.
struct Given<'a>(&'a Inputs<f64>);

impl Examples<f64> for Given<'_> {
    fn len(&self) -> usize {
        self.0.count()
    }

    fn stage(&self, _: usize, example: usize, staged: &mut Staged<f64>) {
        for slot in 0..self.0.slots() {
            staged.ids[slot].extend_from_slice(self.0.ids_of(slot, example));
            staged.numbers[slot].extend_from_slice(self.0.numbers_of(slot, example));
        }
    }
}

fn machine_inputs() -> Inputs<f64> {
    let inputs = Inputs::new(40).with_ids(0, ids(1, 40, 6)).unwrap().with_ids(1, ids(2, 40, 5)).unwrap();
    inputs.with_numbers(2, numbers(3, 40)).unwrap()
}

fn machine_score(tables: &Tables, a: u32, b: u32) -> f64 {
    tables[0][a as usize][0] * tables[1][b as usize][0]
}

/// The gradient of one example's half square and the penalty.
fn machine_gradient(tables: &Tables, staged: &Staged<f64>) -> (f64, Rows) {
    let (a, b, y) = (staged.ids[0][0], staged.ids[1][0], staged.numbers[2][0]);
    let residual = machine_score(tables, a, b) - y;
    let mut rows = Rows::new();
    naive::add(&mut rows, 0, a, tables[1][b as usize].iter().map(|x| residual * x));
    naive::add(&mut rows, 1, b, tables[0][a as usize].iter().map(|x| residual * x));
    let mut loss = 0.5 * residual * residual;
    for (table, all) in tables.iter().enumerate() {
        for (row, values) in all.iter().enumerate() {
            naive::add(&mut rows, table, row as u32, values.iter().map(|x| 0.02 * x));
            loss += 0.01 * values.iter().map(|x| x * x).sum::<f64>();
        }
    }
    (loss, rows)
}

#[test]
fn of_a_graph_by_steps() {
    let made = machine_inputs();
    let (a, b) = (made.ids(0).to_vec(), made.ids(1).to_vec());
    let score = |tables: &Tables, query: usize| machine_score(tables, a[query], b[query]);
    let (model, data) = (machine(Precision::F64), inputs());
    compare(&model, &data, (Some("score"), &score), &Given(&made), &machine_gradient);
}

/// The truth is found by descending, slowly and surely.
#[test]
fn of_a_graph_at_its_minimum() {
    let (context, data, made) = (context(), inputs(), machine_inputs());
    let mut model = machine(Precision::F64);
    model.fit(&context, &data, &to_minimum(), &Monitor::none()).unwrap();
    let descend = |left_out: &[usize]| {
        let mut tables = tables(&model);
        for _ in 0..4000 {
            let mut sum = Rows::new();
            let kept: Vec<usize> = (0..40).filter(|example| !left_out.contains(example)).collect();
            for example in &kept {
                let mut staged = Staged::new(3);
                Given(&made).stage(0, *example, &mut staged);
                for ((table, row), values) in machine_gradient(&tables, &staged).1 {
                    naive::add(&mut sum, table, row as u32, values.iter().map(|x| x / kept.len() as f64));
                }
            }
            let steepest = sum.values().flatten().fold(0.0, |most, part| f64::max(most, part.abs()));
            if steepest < 1e-13 {
                break;
            }
            for ((table, row), values) in sum {
                tables[table][row].iter_mut().zip(values).for_each(|(x, g)| *x -= 0.8 * g);
            }
        }
        tables
    };
    let value = |tables: &Tables, query: usize| machine_score(tables, made.ids(0)[query], made.ids(1)[query]);
    let whole = descend(&[]);
    assert_close(&parameters(&model), &naive::flat(&whole), 1e-8, "the minimum itself");
    let queries = data.select(&[2, 9, 20]).unwrap();
    let found = true_changes(&context, &model, &queries, Some("score"), &[vec![3], vec![20], vec![]], &Monitor::none())
        .unwrap();
    let expected = [&[3][..], &[20], &[]].into_iter().flat_map(|set| {
        let without = descend(set);
        [2, 9, 20].map(|query| value(&without, query) - value(&whole, query))
    });
    assert_close(&found, &expected.collect::<Vec<f64>>(), 1e-8, "true changes");
}

/// Features and an intercept's column, and targets of [`numbered`].
fn design() -> (Vec<[f64; 4]>, Vec<f64>) {
    let rows = numbers(10, 90).chunks(3).map(|x| [x[0], x[1], x[2], 1.0]).collect();
    (rows, numbers(11, 30))
}

/// w = (XᵀX / m + l2)⁻¹ Xᵀy / m over the m rows that are left, without a penalty of the intercept.
fn closed_form(left_out: &[usize]) -> Vec<f64> {
    let (rows, targets) = design();
    let kept: Vec<usize> = (0..30).filter(|row| !left_out.contains(row)).collect();
    let share = 1.0 / kept.len() as f64;
    let mut matrix = [[0.0; 5]; 4];
    for i in 0..4 {
        for j in 0..4 {
            matrix[i][j] = kept.iter().map(|k| rows[*k][i] * rows[*k][j]).sum::<f64>() * share;
        }
        matrix[i][i] += if i < 3 { 0.1 } else { 0.0 };
        matrix[i][4] = kept.iter().map(|k| rows[*k][i] * targets[*k]).sum::<f64>() * share;
    }
    // Gauss and Jordan; the matrix is positive definite.
    for i in 0..4 {
        let pivot = matrix[i];
        for (k, row) in matrix.iter_mut().enumerate() {
            let factor = row[i] / pivot[i];
            for j in 0..5 {
                row[j] = if k == i { pivot[j] / pivot[i] } else { row[j] - factor * pivot[j] };
            }
        }
    }
    matrix.iter().map(|row| row[4]).collect()
}

fn output(w: &[f64], row: usize) -> f64 {
    design().0[row].iter().zip(w).map(|(x, w)| x * w).sum()
}

#[test]
fn of_rows_at_their_minimum() {
    let (context, data) = (context(), numbered(30, 10));
    let mut model = ridge(Precision::F64);
    model.fit(&context, &data, &to_minimum(), &Monitor::none()).unwrap();
    let whole = closed_form(&[]);
    assert_close(&parameters(&model), &whole, 1e-9, "the minimum itself");
    let queries = data.select(&[2, 9, 20]).unwrap();
    let found = true_changes(&context, &model, &queries, Some("output"), &sets()[..3], &Monitor::none()).unwrap();
    let expected = SETS[..3].iter().flat_map(|set| {
        let without = closed_form(set);
        [2, 9, 20].map(|query| output(&without, query) - output(&whole, query))
    });
    assert_close(&found, &expected.collect::<Vec<f64>>(), 1e-9, "true changes");
}

/// Each step follows the mean gradient of the examples that the batch has in the full training.
#[test]
fn of_rows_by_epochs() {
    let (context, data) = (context(), numbered(30, 10));
    let mut model = ridge(Precision::F64);
    model.fit(&context, &data, &steps("sgd"), &Monitor::none()).unwrap();
    let (rows, targets) = design();
    let train = |left_out: &[usize]| {
        let mut w = vec![0.0; 4];
        for batch in orders(8, 4, 30).iter().flat_map(|order| order.chunks(3)) {
            let mut gradient = vec![0.0; 4];
            for row in batch.iter().map(|row| *row as usize).filter(|row| !left_out.contains(row)) {
                let residual = rows[row].iter().zip(&w).map(|(x, w)| x * w).sum::<f64>() - targets[row];
                for i in 0..4 {
                    let penalty = if i < 3 { 0.1 * w[i] } else { 0.0 };
                    gradient[i] += (residual * rows[row][i] + penalty) / batch.len() as f64;
                }
            }
            w.iter_mut().zip(gradient).for_each(|(w, g)| *w -= 0.05 * g);
        }
        w
    };
    let whole = train(&[]);
    assert_close(&parameters(&model), &whole, 1e-13, "the training itself");
    let queries = data.select(&[2, 9, 20]).unwrap();
    let found = true_changes(&context, &model, &queries, Some("output"), &sets(), &Monitor::none()).unwrap();
    let expected = SETS.iter().flat_map(|set| {
        let without = train(set);
        [2, 9, 20].map(|query| output(&without, query) - output(&whole, query))
    });
    assert_close(&found, &expected.collect::<Vec<f64>>(), 1e-13, "true changes");
}

#[test]
fn what_cannot_be_left_out_is_refused() {
    let context = context();
    for (name, mut model, data, options) in all(Precision::F64) {
        model.fit(&context, &data, &options, &Monitor::none()).unwrap();
        let queries = data.select(&[0]).unwrap();
        let ask =
            |removals: &[Vec<usize>], watch: &Monitor| true_changes(&context, &model, &queries, None, removals, watch);
        let beyond = format!("an example to leave out is {0}, expected one of {0}, counted from 0", data.len());
        refused(ask(&[vec![0], vec![1, data.len()]], &Monitor::none()), &beyond);
        let everything = ask(&[(0..data.len()).collect()], &Monitor::none());
        assert!(matches!(everything, Err(Error::Argument { .. })), "{name}: {everything:?}");
        assert_eq!(ask(&[], &Monitor::none()).unwrap(), [0.0; 0], "{name}");
        let nothing = ask(&[vec![]], &Monitor::none()).unwrap();
        assert_same(&nothing, &[0.0], name);
        let stopped = Monitor::none().with_stop(Arc::new(AtomicBool::new(true)));
        assert!(matches!(ask(&[vec![0]], &stopped), Err(Error::Canceled { .. })), "{name}");
        let broken = Monitor::none().with_listener(|event| {
            assert_eq!(event.phase, c"retraining");
            ControlFlow::Break(())
        });
        assert!(matches!(ask(&[vec![0]], &broken), Err(Error::Canceled { .. })), "{name}");
        // One set after the other or all at once.
        let together = ask(&[vec![1], vec![2, 3]], &Monitor::none()).unwrap();
        let alone =
            [ask(&[vec![1]], &Monitor::none()).unwrap(), ask(&[vec![2, 3]], &Monitor::none()).unwrap()].concat();
        assert_same(&together, &alone, name);
        assert!(together.iter().all(|change| *change != 0.0), "{name}: {together:?}");
        refused(
            true_changes(&context, &model, &queries, Some("x"), &[vec![0]], &Monitor::none()),
            "the functional is \"x\"",
        );
    }
}

#[test]
fn trainings_that_were_not_finished_are_compared_where_they_are() {
    let context = context();
    let stopped = |model: &Model, data: &Dataset| {
        let mut trainer = Trainer::new(&context, model, data, &steps("sgd")).unwrap();
        trainer.step(9, &Monitor::none()).unwrap();
        trainer.model()
    };
    let models = [
        (of_triples(Precision::F64), triples()),
        (machine(Precision::F64), inputs()),
        (layered(Precision::F64), classed(30, 20)),
    ];
    for (model, data) in models {
        let half = stopped(&model, &data);
        let queries = data.select(&[0, 1]).unwrap();
        // Nothing is left out, so the training ends in the same place.
        let found = true_changes(&context, &half, &queries, None, &[vec![]], &Monitor::none()).unwrap();
        assert_same(&found, &[0.0; 2], "nothing left out");
        let found = true_changes(
            &context,
            &half,
            &data,
            None,
            &[vec![orders(8, 1, data.len() as u32)[0][0] as usize]],
            &Monitor::none(),
        );
        assert!(found.unwrap().iter().any(|change| *change != 0.0));
    }
}
