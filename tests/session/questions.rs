//! Answers against the modules below, from several threads, and of matrices in any order.

use std::sync::Arc;

use ascribe::attribution::influence;
use ascribe::data::{Known, TripleSet};
use ascribe::engine::{Monitor, Workers};
use ascribe::models::network::{NetworkLoss, NetworkSettings};
use ascribe::models::triples::Ranking;
use ascribe::models::triples::scorers;
use ascribe::objective::{Convention, Curvature, Derivatives};
use ascribe::session::{Attributor, Context, Dataset, Model, Options, Order, Part, TrainingChange, load};
use ascribe::solve::Block;
use ascribe::tensor::{Array, MatrixView, Precision, Real};

use crate::common::triples::TripleModel;
use crate::common::{assert_close, numbers};
use crate::fixtures::{
    BOTH, Scattered, all, assert_same, classed, context, data, inputs, layered, machine, made, of_triples, parameters,
    refused, ridge, rows_of, steps, to_minimum, triples,
};

fn attributor(context: &Arc<Context>, model: &Model, method: &str, options: &Options) -> Attributor {
    Attributor::new(context, model, Some(method), None, options, &Monitor::none()).unwrap()
}

#[test]
fn probabilities_are_those_of_the_formula() {
    let context = context();
    let mut model = of_triples(Precision::F64);
    let data = triples();
    model.fit(&context, &data, &steps("sgd"), &Monitor::none()).unwrap();
    let values = parameters(&model);
    let entity = |id: u32| &values[4 * id as usize..][..4];
    let relation = |id: u32| &values[4 * (17 + id as usize)..][..4];
    let score = |h: u32, r: u32, t: u32| (0..4).map(|d| entity(h)[d] * relation(r)[d] * entity(t)[d]).sum::<f64>();
    let ask = |name| model.evaluate(&context, &data, name).unwrap();
    let of = |formula: &dyn Fn([u32; 3]) -> f64| -> Vec<f64> { data.triple_ids().unwrap().map(formula).collect() };
    let tails = of(&|[h, r, t]| score(h, r, t).exp() / (0..17).map(|t| score(h, r, t).exp()).sum::<f64>());
    let heads = of(&|[h, r, t]| score(h, r, t).exp() / (0..17).map(|h| score(h, r, t).exp()).sum::<f64>());
    assert_close(&ask(None), &tails, 1e-14, "the first functional is the probability");
    assert_close(&ask(Some("probability")), &tails, 1e-14, "probability");
    assert_close(&ask(Some("head-probability")), &heads, 1e-14, "head-probability");
    let logarithm = |values: &[f64]| values.iter().map(|value| value.ln()).collect::<Vec<_>>();
    assert_close(&ask(Some("log-probability")), &logarithm(&tails), 1e-13, "log-probability");
    assert_close(&ask(Some("head-log-probability")), &logarithm(&heads), 1e-13, "head-log-probability");
    let scores = of(&|[h, r, t]| score(h, r, t));
    assert_close(&ask(Some("score")), &scores, 1e-14, "score");
    assert_close(&ask(Some("head-score")), &scores, 1e-14, "head-score");
}

#[test]
fn ranks_are_those_of_the_module_below() {
    let context = context();
    let parts = ["train", "valid", "test"].map(|part| data(&format!("nations/{part}.tsv")));
    let all = load("triples", &parts, &Options::new()).unwrap();
    let test = all.part(Part::Test).unwrap();
    let model = Model::new(&context, "transe", &all, &Options::new().with("seed", 3)).unwrap();
    let set = TripleSet::read(&data("nations")).unwrap();
    let counts = (set.entities.len(), set.relations.len());
    let below = TripleModel::<f64>::new(scorers::by_name("transe").unwrap(), counts, 10, 0.5, 3).unwrap();
    let expected = Ranking::new(&below)
        .unwrap()
        .evaluate(&Workers::single(), below.parameters(), &set.test, &Known::new(&set), &[1, 3, 10])
        .unwrap();
    assert_eq!(model.ranking(&context, &all, &test).unwrap(), expected);
}

#[test]
fn outputs_are_those_of_the_formula_in_any_order_and_precision() {
    let context = context();
    let features = numbers(7, 3 * 50);
    for precision in BOTH {
        let mut model = ridge(precision);
        model.set_parameter(0, &[0.5, -1.5, 2.0]).unwrap();
        model.set_parameter(1, &[0.25]).unwrap();
        let of_row = |x: &[f64]| 0.5 * x[0] - 1.5 * x[1] + 2.0 * x[2] + 0.25;
        let expected: Vec<f64> = features.chunks(3).map(of_row).collect();
        let tolerance = if precision == Precision::F64 { 1e-14 } else { 1e-5 };
        let mut found = vec![0.0; 50];
        model.predict(&context, &rows_of(&features, 3), &mut found).unwrap();
        assert_close(&found, &expected, tolerance, "outputs");
        let single: Vec<f32> = features.iter().map(|x| *x as f32).collect();
        let mut of_single = vec![0.0; 50];
        model.predict(&context, &rows_of(&single, 3), &mut of_single).unwrap();
        assert_close(&of_single, &expected, 1e-5, "outputs for features of single precision");
        if precision == Precision::F32 {
            assert_same(&of_single, &found, "features are rounded to the model's precision");
        }
        for by_columns in [false, true] {
            let mut other = vec![0.0; 50];
            model.predict(&context, &Scattered::new(&features, 3, by_columns, f64::NAN), &mut other).unwrap();
            assert_same(&other, &found, "features in another order");
            model.predict(&context, &Scattered::new(&single, 3, by_columns, f32::NAN), &mut other).unwrap();
            assert_same(&other, &of_single, "single features in another order");
        }
    }
    let model = layered(Precision::F64);
    let mut wrong = features.clone();
    wrong[3 * 20 + 1] = f64::NEG_INFINITY;
    for by_columns in [false, true] {
        let rows = Scattered::new(&wrong, 3, by_columns, 0.0);
        refused(model.predict(&context, &rows, &mut [0.0; 150]), "row 20, column 1 (both counted from 0)");
    }
    refused(
        model.predict(&context, &rows_of(&features, 5), &mut [0.0; 90]),
        "the number of columns of the features is 5",
    );
    refused(model.predict(&context, &rows_of(&features, 3), &mut [0.0; 149]), "the length of the output is 149");
    refused(
        machine(Precision::F64).predict(&context, &rows_of(&features, 3), &mut [0.0; 50]),
        "predicting outputs by a model of the family custom is not supported",
    );
}

/// More rows than are read at once.
#[test]
fn blocks_of_rows_are_the_rows() {
    let context = context();
    let rows = 70_000;
    let features = numbers(8, 3 * rows);
    let model = layered(Precision::F64);
    let mut whole = vec![0.0; 3 * rows];
    model.predict(&context, &rows_of(&features, 3), &mut whole).unwrap();
    let mut scattered = vec![0.0; 3 * rows];
    model.predict(&context, &Scattered::new(&features, 3, true, f64::NAN), &mut scattered).unwrap();
    assert_same(&scattered, &whole, "blocks");
    for row in [0, 21_844, 21_845, 21_846, 43_690, rows - 1] {
        let mut one = [0.0; 3];
        model.predict(&context, &rows_of(&features[3 * row..][..3], 3), &mut one).unwrap();
        assert_same(&one, &whole[3 * row..][..3], "a row alone");
    }
}

/// The Hessian of the mean of half squares and the penalty: XᵀX / n with the intercept's column, and l2 on the weights.
#[test]
fn products_are_those_of_the_formula_in_any_order() {
    let context = context();
    for precision in BOTH {
        let values = numbers(30, 3 * 30);
        let data = Dataset::from_matrix(&rows_of(&values, 3), Some(&numbers(31, 30))).unwrap();
        let mut model = Model::new(&context, "linear", &data, &made(precision).with("l2", 0.1)).unwrap();
        let gradient = if precision == Precision::F64 { 1e-10 } else { 1e-5 };
        let training = to_minimum().with("gradient_tolerance", gradient);
        model.fit(&context, &data, &training, &Monitor::none()).unwrap();
        let influence = attributor(&context, &model, "influence", &Options::new());
        let names: Vec<String> = (0..2).map(|place| model.parameter_name(place).unwrap()).collect();
        assert!(names[0].starts_with("weights") && names[1].starts_with("intercept"), "{names:?}");
        let row = |i: usize| [values[3 * i], values[3 * i + 1], values[3 * i + 2], 1.0];
        let hessian = |i: usize, j: usize| {
            (0..30).map(|k| row(k)[i] * row(k)[j]).sum::<f64>() / 30.0 + if i == j && i < 3 { 0.1 } else { 0.0 }
        };
        // More directions than are taken at once.
        let directions = numbers(32, 4 * 70);
        let expected: Vec<f64> = directions
            .chunks(4)
            .flat_map(|d| (0..4).map(|i| (0..4).map(|j| hessian(i, j) * d[j]).sum()).collect::<Vec<f64>>())
            .collect();
        let tolerance = if precision == Precision::F64 { 1e-13 } else { 1e-5 };
        let mut products = vec![0.0; 280];
        influence.products(&rows_of(&directions, 4), &mut products, &Monitor::none()).unwrap();
        assert_close(&products, &expected, tolerance, "products");
        let mut back = vec![0.0; 280];
        influence.inverse_products(&rows_of(&products, 4), &mut back, &Monitor::none()).unwrap();
        assert_close(&back, &directions, 1e3 * tolerance, "inverse products");
        for by_columns in [false, true] {
            let mut other = vec![0.0; 280];
            let scattered = Scattered::new(&directions, 4, by_columns, f64::NAN);
            influence.products(&scattered, &mut other, &Monitor::none()).unwrap();
            assert_same(&other, &products, "products of scattered directions");
            let scattered = Scattered::new(&products, 4, by_columns, f64::NAN);
            influence.inverse_products(&scattered, &mut other, &Monitor::none()).unwrap();
            assert_same(&other, &back, "inverse products of scattered directions");
        }
        let mut wrong = directions.clone();
        wrong[4 * 50 + 2] = f64::NAN;
        let asked = influence.products(&rows_of(&wrong, 4), &mut [0.0; 280], &Monitor::none());
        refused(asked, "row 50, column 2 (both counted from 0)");
        refused(influence.products(&rows_of(&wrong, 5), &mut [0.0; 280], &Monitor::none()), "the number of columns");
        refused(influence.products(&rows_of(&wrong, 4), &mut [0.0; 279], &Monitor::none()), "the length of the output");
        // An error leaves everything ready to be asked again.
        let mut again = vec![0.0; 280];
        influence.products(&rows_of(&directions, 4), &mut again, &Monitor::none()).unwrap();
        assert_same(&again, &products, "asked again");
    }
}

/// Numbers in another precision than the model's are widened, not the other way round.
#[test]
fn directions_of_either_precision_are_the_same_numbers() {
    let context = context();
    let mut model = ridge(Precision::F64);
    model.fit(&context, &crate::fixtures::numbered(30, 10), &to_minimum(), &Monitor::none()).unwrap();
    let influence = attributor(&context, &model, "influence", &Options::new());
    let single: Vec<f32> = numbers(3, 8).iter().map(|x| *x as f32).collect();
    let double: Vec<f64> = single.iter().map(|x| f64::from(*x)).collect();
    fn ask<E: Real>(influence: &Attributor, directions: &dyn MatrixView<E>) -> Vec<f64> {
        let mut found = vec![0.0; 8];
        influence.products(directions, &mut found, &Monitor::none()).unwrap();
        found
    }
    assert_same(&ask(&influence, &rows_of(&single, 4)), &ask(&influence, &rows_of(&double, 4)), "directions");
}

#[test]
fn influence_on_other_data_is_that_of_the_module_below() {
    let context = context();
    let mut model = layered(Precision::F64);
    model.fit(&context, &classed(30, 20), &steps("adam"), &Monitor::none()).unwrap();
    let other = classed(12, 77);
    let options = Options::new().with("curvature", "gauss-newton").with("damping", 0.1).with("seed", 9);
    let found = Attributor::new(&context, &model, Some("influence"), Some(&other), &options, &Monitor::none()).unwrap();
    let settings = NetworkSettings {
        features: vec![3],
        outputs: 3,
        layers: vec![
            ascribe::models::network::Layer::Dense(4),
            ascribe::models::network::Layer::Activation(ascribe::models::network::Activation::Tanh),
        ],
        loss: NetworkLoss::Softmax,
        l2: 0.01,
        intercept: true,
        objective: Convention::Mean,
        target_scale: None,
    };
    let dense = ascribe::data::Samples::new(
        Array::new(&[12, 3], numbers(77, 36)).unwrap(),
        ascribe::data::Targets::Classes { labels: other.labels().unwrap().to_vec(), names: other.classes().to_vec() },
    );
    let inputs = Arc::new(settings.inputs::<f64>(&dense.unwrap()).unwrap());
    let mut values = parameters(&model).into_iter();
    let arrays = (0..model.parameters()).map(|place| {
        let shape = model.parameter_shape(place).unwrap().to_vec();
        let length = shape.iter().product();
        Array::new(&shape, values.by_ref().take(length).collect()).unwrap()
    });
    let objective = Arc::new(settings.objective().unwrap());
    let options = influence::Options {
        curvature: Some(Curvature::GaussNewton),
        damping: Some(0.1),
        seed: 9,
        ..influence::Options::default()
    };
    let derivatives =
        Derivatives::new(&Workers::single(), objective, arrays.collect(), inputs, None, None, options.memory).unwrap();
    let mut below = influence::Influence::fit(derivatives, &options).unwrap();
    let all: Vec<usize> = (0..12).collect();
    let own = found.self_scores(None, &Monitor::none()).unwrap();
    assert_same(&own, &below.self_influence(&all).unwrap(), "self-influence");
    assert_same(&found.self_scores(Some(&[7, 2]), &Monitor::none()).unwrap(), &[own[7], own[2]], "some");
    refused(found.self_scores(Some(&[12]), &Monitor::none()), "an example is 12, expected one of 12");
    let p = below.evaluator().dimension();
    let directions = numbers(5, 2 * p);
    let mut products = vec![0.0; 2 * p];
    found.products(&rows_of(&directions, p), &mut products, &Monitor::none()).unwrap();
    let expected = below.products(&Block::new(p, 2, directions).unwrap()).unwrap();
    assert_same(&products, expected.values(), "products");
    let diagnostics = found.diagnostics().unwrap();
    assert_eq!(diagnostics.fitted.value, below.diagnostics().value);
    assert_eq!((diagnostics.fitted.examples, found.examples()), (12, 12));
}

#[test]
fn explanations_do_not_depend_on_who_asks_at_the_same_time() {
    let context = context();
    for precision in BOTH {
        for (name, mut model, data, options) in all(precision).into_iter().filter(|one| !one.0.contains("row")).take(2)
        {
            model.fit(&context, &data, &options, &Monitor::none()).unwrap();
            let efforts = ["exact", "linear", "hybrid:2"].map(|effort| {
                attributor(&context, &model, "rollback", &Options::new().with("scope", "all").with("effort", effort))
            });
            let ask = |query: usize, effort: usize| {
                let (queries, rollback) = (data.select(&[query]).unwrap(), &efforts[effort]);
                let found = rollback.explain(&queries, None, &Monitor::none()).unwrap();
                let removed = [query, 3].map(TrainingChange::Remove);
                let changed = rollback.what_if(&queries, None, &removed, &Options::new(), &Monitor::none()).unwrap();
                (found.value(0).unwrap(), found.scores(0).unwrap().to_vec(), changed.steps[0].changes.clone())
            };
            let questions: Vec<_> = (0..12).flat_map(|query| [0, 1, 2].map(|effort| (query, effort))).collect();
            let expected: Vec<_> = questions.iter().map(|(query, effort)| ask(*query, *effort)).collect();
            std::thread::scope(|scope| {
                for thread in 0..4 {
                    let (questions, expected, ask) = (&questions, &expected, &ask);
                    scope.spawn(move || {
                        for place in 0..questions.len() {
                            let place = (place * 5 + thread * 11) % questions.len();
                            let (query, effort) = questions[place];
                            assert!(ask(query, effort) == expected[place], "{name}: question {place}");
                        }
                    });
                }
            });
            // The model may go on while its explanations stay.
            model.fit(&context, &data, &options, &Monitor::none()).unwrap();
            assert!(ask(questions[0].0, questions[0].1) == expected[0], "{name}");
        }
    }
}

#[test]
fn scores_are_listed_by_example_and_ordered_on_demand() {
    let context = context();
    let (mut model, data) = (machine(Precision::F64), inputs());
    model.fit(&context, &data, &steps("sgd"), &Monitor::none()).unwrap();
    let values = model.evaluate(&context, &data, Some("score")).unwrap();
    for effort in ["exact", "linear", "hybrid:3", "auto"] {
        for scope in ["all", "entities", "entities+relation"] {
            let options = Options::new().with("scope", scope).with("effort", effort);
            let rollback = attributor(&context, &model, "rollback", &options);
            let found = rollback.explain(&data, Some("score"), &Monitor::none()).unwrap();
            for (query, value) in values.iter().enumerate() {
                assert_eq!(found.value(query).unwrap(), *value);
                let scores = found.scores(query).unwrap();
                assert!(scores.windows(2).all(|pair| pair[0].0 < pair[1].0), "{effort}, {scope}");
                let mut sorted = scores.to_vec();
                sorted.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
                assert_eq!(found.top(query, Order::Largest, 5).unwrap(), sorted[..5.min(sorted.len())]);
                // Those of first order are named; the others were evaluated.
                let first_order = match effort {
                    "linear" => scores.len(),
                    "hybrid:3" => scores.len() - 3.min(scores.len()),
                    _ => 0,
                };
                assert_eq!(found.first_order(query).unwrap().len(), first_order, "{effort}, {scope}");
                if scope == "all" && effort == "exact" {
                    let alone = |example| {
                        let (query, removed) = (data.select(&[query]).unwrap(), [TrainingChange::Remove(example)]);
                        let found =
                            rollback.what_if(&query, Some("score"), &removed, &Options::new(), &Monitor::none());
                        value + found.unwrap().steps[0].changes[0]
                    };
                    let alone: Vec<f64> = (0..40).map(alone).collect();
                    let expected: Vec<f64> = scores.iter().map(|(_, score)| value + score).collect();
                    assert_close(&alone, &expected, 1e-15, "one taken back");
                }
            }
        }
    }
    let rollback = attributor(&context, &model, "rollback", &Options::new());
    refused(rollback.explain(&triples(), Some("score"), &Monitor::none()), "the dataset is of triples");
    let beyond = [TrainingChange::Remove(40)];
    let asked = rollback.what_if(&data, Some("score"), &beyond, &Options::new(), &Monitor::none());
    refused(asked, "an example to take back is 40");
    refused(
        rollback.explain(&data, Some("nothing"), &Monitor::none()),
        "the functional is \"nothing\", expected one of loss, score",
    );
}
