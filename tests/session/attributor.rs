//! Attributors of any method: what rollback says of removal, who answers what, and effects of inputs against training again.

use std::sync::Arc;
use std::thread;

use ascribe::Error;
use ascribe::attribution::rollback::Explainer;
use ascribe::engine::{Monitor, Workers};
use ascribe::models::triples::{FunctionalKind, Loss};
use ascribe::objective::Functional;
use ascribe::session::{Attributor, Dataset, Model, Options, TrainingChange, methods};
use ascribe::tensor::Precision;

use crate::common::triples::{Settings, TripleTraining};
use crate::common::{assert_close, numbers, random_triples};
use crate::fixtures::{
    assert_same, context, inputs, layered, machine, numbered, of_triples, refused, ridge, rows_of, steps, to_minimum,
    triples,
};

fn attributor(model: &Model, method: Option<&str>, options: &Options) -> ascribe::Result<Attributor> {
    Attributor::new(&context(), model, method, None, options, &Monitor::none())
}

fn removals(examples: &[usize]) -> Vec<TrainingChange> {
    examples.iter().map(|example| TrainingChange::Remove(*example)).collect()
}

/// A model of triples, and the explainer below of the same training.
fn both_levels() -> (Model, Dataset, TripleTraining<f64>) {
    let set = random_triples(17, 3, 80, 6);
    let data = Dataset::of_triples(set.clone());
    let options = Options::new().with("dimension", 4).with("negatives", 5);
    let mut model = Model::new(&context(), "distmult", &data, &options).unwrap();
    let training = Options::new().with("learning_rate", 0.02).with("epochs", 4).with("batch", 3);
    let training = training.with("attribution", "momentum");
    model.fit(&context(), &data, &training, &Monitor::none()).unwrap();
    let loss = Loss::SampledSoftmax { negatives: 5 };
    let settings = Settings { dimension: 4, loss, learning_rate: 0.02, epochs: 4, batch: 3, ..Settings::default() };
    (model, data, TripleTraining::new(&settings, &set))
}

#[test]
fn rollback_of_removals_is_that_of_the_module_below() {
    let (model, data, training) = both_levels();
    let run = training.train(&Workers::single(), &Monitor::none()).unwrap();
    let rollback = attributor(&model, Some("rollback"), &Options::new()).unwrap();
    let (queries, kinds) =
        ([7, 22, 61], [("probability", FunctionalKind::Probability), ("score", FunctionalKind::Score)]);
    for (name, kind) in kinds {
        let functional = Functional::of_triples(&run.model, kind, true).unwrap();
        let explainer = Explainer::new(&functional, run.model.shared_parameters(), run.ledger.clone()).unwrap();
        // Triple 8 repeats triple 4; an example that is named twice is removed once.
        for removed in [vec![], vec![7], vec![4, 8], vec![3, 10, 3, 61, 8, 79], (0..80).collect()] {
            let asked = data.select(&queries).unwrap();
            let changes = removals(&removed);
            let found = rollback.what_if(&asked, Some(name), &changes, &Options::new(), &Monitor::none()).unwrap();
            assert_eq!((found.steps.len(), found.reached), (1, true));
            let step = &found.steps[0];
            assert_eq!((step.level, step.parameters.len(), step.at_minimum), ("rollback", 0, false));
            assert!(step.errors.len() == 3 && step.errors.iter().all(|error| error.is_nan()));
            assert!(step.gradient_norm.is_nan());
            let examples: Vec<u32> = removed.iter().map(|example| *example as u32).collect();
            let (mut before, mut expected) = (Vec::new(), Vec::new());
            for query in queries {
                let triple = run.data.train[query];
                let inputs = explainer.query(&[triple.head, triple.relation, triple.tail]).unwrap();
                let workers = Workers::single();
                before.push(explainer.value(&workers, &inputs, 0).unwrap());
                let without = explainer.without(&workers, &inputs, 0, &examples).unwrap();
                expected.push(without - before[before.len() - 1]);
            }
            assert_same(&found.before, &before, name);
            assert_same(&step.changes, &expected, name);
            assert!(removed.is_empty() || expected.iter().any(|change| change.abs() > 1e-4));
        }
    }
    let asked = data.select(&[7]).unwrap();
    let ask = |changes: &[TrainingChange], options: &Options| {
        rollback.what_if(&asked, None, changes, options, &Monitor::none())
    };
    refused(ask(&removals(&[80]), &Options::new()), "an example to take back is 80");
    for change in [
        TrainingChange::Reweight(1, 2.0),
        TrainingChange::Replace(1, data.clone(), 2),
        TrainingChange::Add(data.clone(), 2, 1.0),
    ] {
        let error = refused(ask(&[change], &Options::new()), "influence has them");
        assert!(matches!(error, Error::Unsupported { .. }));
    }
    refused(ask(&removals(&[1]), &Options::new().with("until", "newton")), "the option \"until\"");
}

#[test]
fn several_threads_ask_one_rollback_of_several_functionals() {
    for precision in [Precision::F64, Precision::F32] {
        let mut model = of_triples(precision);
        model.fit(&context(), &triples(), &steps("adam"), &Monitor::none()).unwrap();
        let names = ["probability", "log-probability", "score", "head-probability", "head-score"];
        let ask = |rollback: &Attributor, turn: usize| {
            let (name, query) = (names[turn % names.len()], turn % 11);
            let asked = triples().select(&[query, query + 3]).unwrap();
            let found = rollback.explain(&asked, Some(name), &Monitor::none()).unwrap();
            let changes = removals(&[query, 40]);
            let what_if = rollback.what_if(&asked, Some(name), &changes, &Options::new(), &Monitor::none()).unwrap();
            let scores = found.scores(1).unwrap().iter().map(|score| score.1);
            [found.value(0).unwrap(), what_if.steps[0].changes[1]].into_iter().chain(scores).collect::<Vec<f64>>()
        };
        // One question after the other by one attributor; all at once by another, which has compiled nothing yet.
        let quiet = attributor(&model, None, &Options::new()).unwrap();
        let expected: Vec<Vec<f64>> = (0..40).map(|turn| ask(&quiet, turn)).collect();
        let busy = attributor(&model, None, &Options::new()).unwrap();
        thread::scope(|scope| {
            for start in 0..6 {
                let (busy, expected, ask) = (&busy, &expected, &ask);
                scope.spawn(move || {
                    for turn in 0..40 {
                        let turn = (turn + 7 * start) % 40;
                        assert_same(&ask(busy, turn), &expected[turn], "asked at the same time");
                    }
                });
            }
        });
    }
}

#[test]
fn questions_without_an_answer_name_a_method_that_has_one() {
    let (mut model, data) = (machine(Precision::F64), inputs());
    model.fit(&context(), &data, &steps("sgd"), &Monitor::none()).unwrap();
    let (query, monitor, none) = (data.select(&[1]).unwrap(), Monitor::none(), Options::new());
    let answers = |method: &str| {
        let made = attributor(&model, Some(method), &none).unwrap();
        let mut room = vec![0.0; model.dimension()];
        let directions = numbers(3, model.dimension());
        let directions = rows_of(&directions, model.dimension());
        [
            ("self scores", made.self_scores(Some(&[1]), &monitor).err()),
            ("leave-one-out scores", made.leave_one_out(&query, None, &[1], &monitor).err()),
            ("error bounds of scores", made.error_bounds(&query, None, &[1], &monitor).err()),
            ("effects of inputs", made.input_effects(&query, None, Some("y"), &[1], &monitor).err()),
            ("what-ifs", made.what_if(&query, None, &removals(&[1]), &none, &monitor).err()),
            ("attacks on the training set", made.attack(&query, None, Some("y"), &[1], &none, &monitor).err()),
            ("products with the curvature", made.products(&directions, &mut room, &monitor).err()),
            ("products with the curvature", made.inverse_products(&directions, &mut room, &monitor).err()),
            ("diagnostics of the objective", made.diagnostics().err()),
        ]
    };
    for (method, answered) in
        [("rollback", &["what-ifs"][..]), ("graddot", &["self scores"]), ("gradcos", &["self scores"])]
    {
        for (question, error) in answers(method) {
            if answered.contains(&question) {
                assert!(error.is_none(), "{method}, {question}: {error:?}");
                continue;
            }
            let error = error.unwrap_or_else(|| panic!("{method} answers {question}"));
            let others = match (method, question) {
                ("rollback", "self scores") => "influence, graddot and gradcos have them",
                (_, "what-ifs") => "rollback, influence, replay and dvemb have them",
                _ => "influence has them",
            };
            let expected = format!("{question} by the method {method} is not supported: {others}");
            assert!(matches!(error, Error::Unsupported { .. }));
            assert_eq!(error.to_string(), expected);
        }
    }
    // The method that is named has them, where the model is one that it goes with.
    let mut model = ridge(Precision::F64);
    model.fit(&context(), &numbered(30, 10), &to_minimum(), &Monitor::none()).unwrap();
    let (made, query) = (attributor(&model, Some("influence"), &none).unwrap(), numbered(2, 70));
    assert_eq!(made.self_scores(Some(&[1]), &monitor).unwrap().len(), 1);
    assert_eq!(made.leave_one_out(&query, None, &[1, 2], &monitor).unwrap().scores.len(), 4);
    assert_eq!(made.error_bounds(&query, None, &[1, 2], &monitor).unwrap().len(), 4);
    assert_eq!(made.input_effects(&query, None, None, &[1, 2], &monitor).unwrap().len(), 4);
    assert_eq!(made.what_if(&query, None, &removals(&[1]), &none, &monitor).unwrap().steps.len(), 4);
    let attacked = made.attack(&query, None, None, &[1, 2], &none.clone().with("rounds", 2), &monitor).unwrap();
    assert_eq!((attacked.values.len(), attacked.data.len()), (3, 2));
    assert!(made.diagnostics().unwrap().fitted.at_minimum);
}

#[test]
fn the_method_is_chosen_by_what_the_model_has() {
    let of = |mut model: Model, data: &Dataset, options: &Options| {
        model.fit(&context(), data, options, &Monitor::none()).unwrap();
        attributor(&model, None, &Options::new()).unwrap().method().name
    };
    assert_eq!(of(of_triples(Precision::F64), &triples(), &steps("adam")), "rollback");
    assert_eq!(of(machine(Precision::F32), &inputs(), &steps("sgd")), "rollback");
    assert_eq!(of(machine(Precision::F64), &inputs(), &to_minimum()), "influence");
    assert_eq!(of(ridge(Precision::F64), &numbered(30, 10), &to_minimum()), "influence");
    let mut model = machine(Precision::F64);
    model.fit(&context(), &inputs(), &steps("sgd").with("ledger", false), &Monitor::none()).unwrap();
    let error = refused(attributor(&model, Some("rollback"), &Options::new()), "rollback of a model without a ledger");
    assert!(matches!(error, Error::Unsupported { .. }));
    refused(attributor(&model, Some("rolback"), &Options::new()), "did you mean \"rollback\"?");
    refused(attributor(&ridge(Precision::F64), None, &Options::new()), "train it first");
    let mut model = of_triples(Precision::F64);
    model.fit(&context(), &triples(), &steps("adam"), &Monitor::none()).unwrap();
    let other =
        Attributor::new(&context(), &model, Some("rollback"), Some(&triples()), &Options::new(), &Monitor::none());
    refused(other, "rollback over other examples is not supported");
    let names: Vec<&str> = methods().iter().map(|method| method.name).collect();
    let known = ["rollback", "influence", "replay", "dvemb", "tracin", "tracincp", "gas", "graddot", "gradcos"];
    assert_eq!(names, known);
    assert!(methods().iter().all(|method| method.table.name == method.name));
}

/// w = (XᵀX / n + l2)⁻¹ Xᵀy / n with an intercept that is not penalized, as a model at its minimum has it.
fn closed_form(rows: &[f64], targets: &[f64]) -> [f64; 4] {
    let count = targets.len();
    let row = |k: usize| [rows[3 * k], rows[3 * k + 1], rows[3 * k + 2], 1.0];
    let mut matrix = [[0.0; 5]; 4];
    for (i, line) in matrix.iter_mut().enumerate() {
        for (j, value) in line.iter_mut().enumerate() {
            let other = |k: usize| if j < 4 { row(k)[j] } else { targets[k] };
            *value = (0..count).map(|k| row(k)[i] * other(k)).sum::<f64>() / count as f64;
        }
        line[i] += if i < 3 { 0.1 } else { 0.0 };
    }
    // Gauss and Jordan; the matrix is positive definite.
    for i in 0..4 {
        let pivot = matrix[i];
        for (k, line) in matrix.iter_mut().enumerate() {
            let factor = line[i] / pivot[i];
            for j in 0..5 {
                line[j] = if k == i { pivot[j] / pivot[i] } else { line[j] - factor * pivot[j] };
            }
        }
    }
    matrix.map(|line| line[4])
}

/// Each unit of each number of an example: the slope of the functional of the model that is trained again.
#[test]
fn effects_of_inputs_are_slopes_of_training_again() {
    let (rows, targets) = (numbers(10, 90), numbers(11, 30));
    let mut model = ridge(Precision::F64);
    model.fit(&context(), &numbered(30, 10), &to_minimum(), &Monitor::none()).unwrap();
    let influence = attributor(&model, Some("influence"), &Options::new()).unwrap();
    let (asked, goals) = (numbers(70, 6), numbers(71, 2));
    let queries = numbered(2, 70);
    let examples = [3, 0, 29];
    for functional in ["output", "loss"] {
        let value = |rows: &[f64], targets: &[f64], query: usize| {
            let (w, x) = (closed_form(rows, targets), &asked[3 * query..][..3]);
            let output = w[0] * x[0] + w[1] * x[1] + w[2] * x[2] + w[3];
            if functional == "output" { output } else { 0.5 * (output - goals[query]) * (output - goals[query]) }
        };
        for (input, width) in [(None, 3), (Some("features"), 3), (Some("target"), 1)] {
            let found =
                influence.input_effects(&queries, Some(functional), input, &examples, &Monitor::none()).unwrap();
            assert_eq!((found.len(), influence.input_width(input).unwrap()), (6, width));
            for (query, (place, example)) in (0..2).flat_map(|q| examples.iter().enumerate().map(move |e| (q, e))) {
                let slope = |number: usize| {
                    let at = |step: f64| {
                        let (mut rows, mut targets) = (rows.clone(), targets.clone());
                        match width {
                            3 => rows[3 * example + number] += step,
                            _ => targets[*example] += step,
                        }
                        value(&rows, &targets, query)
                    };
                    let [coarse, fine] = [2e-3, 1e-3].map(|step| (at(step) - at(-step)) / (2.0 * step));
                    (4.0 * fine - coarse) / 3.0
                };
                let expected: Vec<f64> = (0..width).map(slope).collect();
                assert!(expected.iter().any(|slope| slope.abs() > 1e-4));
                let what = format!("{functional} of query {query} by {input:?} of example {example}");
                assert_close(&found[query * examples.len() + place], &expected, 1e-9, &what);
            }
        }
    }
    let ask = |input, examples: &[usize]| influence.input_effects(&queries, None, input, examples, &Monitor::none());
    refused(ask(Some("feature"), &[1]), "the input is \"feature\"");
    refused(ask(None, &[1, 30]), "an example is 30, expected one of 30, counted from 0");
    // Ids cannot be moved a little.
    let mut classes = layered(Precision::F64);
    let data = crate::fixtures::classed(30, 20);
    classes.fit(&context(), &data, &steps("adam"), &Monitor::none()).unwrap();
    let options = Options::new().with("curvature", "gauss-newton").with("damping", 0.1);
    let made = attributor(&classes, Some("influence"), &options).unwrap();
    assert!(made.input_effects(&data, None, Some("target"), &[1], &Monitor::none()).is_err());
    assert!(made.input_width(Some("target")).is_err());
}

/// A model is kept as it is when it is attributed, and attributors outlive what they were made of.
#[test]
fn attributors_keep_what_they_need() {
    let (model, data, _) = both_levels();
    let mut model = Arc::new(model);
    let rollback = attributor(&model, None, &Options::new()).unwrap();
    let query = data.select(&[5]).unwrap();
    let before = rollback.explain(&query, None, &Monitor::none()).unwrap();
    Arc::get_mut(&mut model).unwrap().fit(&context(), &data, &steps("sgd"), &Monitor::none()).unwrap();
    drop((model, data));
    let after = rollback.explain(&query, None, &Monitor::none()).unwrap();
    assert_eq!(after.scores(0).unwrap(), before.scores(0).unwrap());
    assert_eq!((rollback.examples(), rollback.data().len()), (80, 80));
}

/// The first explanation by rollback trains again; a callback of that may ask the same attributor.
#[test]
fn a_callback_of_the_first_explanation_may_ask_too() {
    let mut model = of_triples(Precision::F64);
    model.fit(&context(), &triples(), &steps("adam"), &Monitor::none()).unwrap();
    let made = std::sync::Arc::new(attributor(&model, Some("rollback"), &Options::new()).unwrap());
    let (inner, asked) = (made.clone(), std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0)));
    let count = asked.clone();
    let monitor = Monitor::none().with_listener(move |progress| {
        if progress.phase == c"retraining" {
            inner.explain(&triples().select(&[0]).unwrap(), None, &Monitor::none()).unwrap();
            count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
        std::ops::ControlFlow::Continue(())
    });
    made.explain(&triples().select(&[1]).unwrap(), None, &monitor).unwrap();
    assert!(asked.load(std::sync::atomic::Ordering::Relaxed) > 0);
    assert_eq!(made.calibration().unwrap().removals, 1);
}
