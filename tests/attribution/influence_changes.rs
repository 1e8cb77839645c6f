//! Predictions for other training sets against training again on them, and what is refused.
#![allow(clippy::unwrap_used)]

use crate::common::dense;

use std::sync::Arc;

use ascribe::Error;
use ascribe::attribution::influence::{
    Attack, Change, Edit, Influence, Level, Options, Step, WhatIf, WhatIfOptions, attack,
};
use ascribe::engine::Workers;
use ascribe::models::network::{NetworkFunctional, NetworkLoss, NetworkSettings};
use ascribe::objective::Inputs;
use ascribe::objective::{CompiledFunctional, Curvature, Derivatives};
use ascribe::solve::Solver;
use proptest::prelude::*;

use dense::*;

const KIND: NetworkFunctional = NetworkFunctional::Loss;

fn until(until: Level) -> WhatIfOptions {
    WhatIfOptions { until, gradient_tolerance: Some(1e-13), ..WhatIfOptions::default() }
}

/// An example's edit, from weights of one.
fn edit(inputs: &Inputs<f64>, changes: &[Change]) -> ascribe::Result<Edit> {
    Edit::new(inputs, &vec![1.0; inputs.count()], changes)
}

fn removal(inputs: &Inputs<f64>, removed: &[usize]) -> Edit {
    edit(inputs, &removed.iter().map(|example| Change::Remove(*example)).collect::<Vec<_>>()).unwrap()
}

/// What training again on the edited set makes of the functional.
fn truth(influence: &Influence, scalars: &CompiledFunctional, queries: &Inputs<f64>, edit: &Edit) -> Vec<f64> {
    let diagnostics = influence.evaluator();
    let point = retrained(diagnostics, &edit.inputs, &edit.after);
    let before = values_at(diagnostics, scalars, queries, &diagnostics.point());
    difference(&values_at(diagnostics, scalars, queries, &point), &before)
}

#[test]
fn each_level_is_nearer_to_leaving_one_out() {
    let context = Workers::single();
    for loss in [NetworkLoss::Logistic, NetworkLoss::Softmax] {
        let settings = settings(loss, &[], 0.02);
        let (inputs, query) = (rows(&settings, 400, 3), rows(&settings, 1, 5));
        let diagnostics = trained(&context, &settings, &inputs, None);
        let scalars = scalars(&settings, &diagnostics, KIND);
        let mut influence = Influence::fit(diagnostics, &direct()).unwrap();
        let answer = influence.solve_queries(&scalars, &query).unwrap();
        let scores = influence.scores(&answer).unwrap();
        let chosen: Vec<usize> = (0..400).step_by(8).collect();
        let corrected = influence.leave_one_out(&answer, &chosen).unwrap();
        let levels = [Level::FirstOrder, Level::SecondOrder, Level::LeaveOneOut, Level::Newton, Level::Retrained];
        let (mut errors, mut square, mut product) = ([0.0; 5], 0.0, 0.0);
        for (example, corrected) in chosen.iter().zip(&corrected) {
            let edit = removal(&inputs, &[*example]);
            let truth = truth(&influence, &scalars, &query, &edit)[0];
            let found = influence.what_if(&scalars, &query, &edit, &until(Level::Retrained)).unwrap();
            let score = scores.row(0)[*example];
            square += score * score;
            product += score * truth;
            assert_eq!(found.steps.iter().map(|step| step.level).collect::<Vec<_>>(), levels);
            assert!((found.steps[0].changes[0] - score).abs() <= 1e-12 * score.abs().max(1e-4));
            assert!((found.steps[2].changes[0] - corrected.scores[0]).abs() <= 1e-12 * score.abs().max(1e-4));
            for (error, step) in errors.iter_mut().zip(&found.steps) {
                *error += (step.changes[0] - truth).powi(2);
            }
        }
        let (slope, scale) = (product / square, square.sqrt());
        let relative = errors.map(|error: f64| error.sqrt() / scale);
        println!("{loss:?}: slope {slope}, errors {relative:?}");
        assert!((slope - 1.0).abs() <= 0.03, "{slope}");
        assert!(relative[0] <= 0.05, "{relative:?}");
        assert!(relative[2] <= 0.5 * relative[0] && relative[1] <= 0.5 * relative[0], "{relative:?}");
        assert!(relative[3] < relative[2], "{relative:?}");
        assert!(relative[4] <= 1e-8, "{relative:?}");
    }
}

#[test]
fn groups_need_more_than_the_first_order() {
    let context = Workers::single();
    let settings = settings(NetworkLoss::Logistic, &[], 0.02);
    let inputs = rows(&settings, 200, 3);
    let queries = rows(&settings, 5, 5);
    let mut by_score: Vec<usize> = (0..200).collect();
    by_score.sort_by(|a, b| inputs.numbers_of(0, *a)[0].total_cmp(&inputs.numbers_of(0, *b)[0]));
    // A tenth at random, a fifth at random, a tenth and a fifth that lie together.
    let groups = [
        (0..200).step_by(10).collect::<Vec<_>>(),
        (0..200).step_by(5).collect(),
        by_score[..20].to_vec(),
        by_score[..40].to_vec(),
    ];
    for group in groups {
        let diagnostics = trained(&context, &settings, &inputs, None);
        let scalars = scalars(&settings, &diagnostics, KIND);
        let mut influence = Influence::fit(diagnostics, &direct()).unwrap();
        let edit = removal(&inputs, &group);
        let truth = truth(&influence, &scalars, &queries, &edit);
        let found = influence.what_if(&scalars, &queries, &edit, &until(Level::Retrained)).unwrap();
        let off = |level: usize| norm(&difference(&found.steps[level].changes, &truth)) / norm(&truth);
        println!("{} removed: {} {} {} {:e}", group.len(), off(0), off(1), off(2), off(3));
        assert!(off(1) < off(0), "second order {} and first {}", off(1), off(0));
        assert!(off(2) < 0.5 * off(0), "Newton {} and first order {}", off(2), off(0));
        assert!(off(3) <= 1e-9);
    }
}

#[test]
fn the_second_order_has_an_error_of_the_third() {
    // Reweighting by ε: the first order is off by O(ε²), the second by O(ε³), both in a functional linear in θ and of
    // least squares, where the only reason is the curvature.
    let context = Workers::single();
    let settings = settings(NetworkLoss::Squared, &[], 0.1);
    let (inputs, queries) = (rows(&settings, 40, 3), rows(&settings, 3, 5));
    let diagnostics = trained(&context, &settings, &inputs, None);
    let scalars = scalars(&settings, &diagnostics, NetworkFunctional::Output);
    let mut influence = Influence::fit(diagnostics, &direct()).unwrap();
    let mut off = |step: f64| {
        let changes: Vec<Change> = (0..10).map(|i| Change::Reweight(3 * i, 1.0 + step * (1 + i % 3) as f64)).collect();
        let edit = edit(&inputs, &changes).unwrap();
        let truth = truth(&influence, &scalars, &queries, &edit);
        let found = influence.what_if(&scalars, &queries, &edit, &until(Level::SecondOrder)).unwrap();
        [0, 1].map(|level| norm(&difference(&found.steps[level].changes, &truth)))
    };
    let (large, small) = (off(0.02), off(0.01));
    let order = [0, 1].map(|level: usize| (large[level] / small[level]).log2());
    assert!((order[0] - 2.0).abs() <= 0.1 && (order[1] - 3.0).abs() <= 0.1, "{order:?}");
}

fn change() -> impl Strategy<Value = (u8, usize, f64)> {
    (0u8..4, 0usize..60, -1.5f64..1.5)
}

/// Changes to a training set, no example twice.
fn changes(settings: &NetworkSettings, inputs: &Inputs<f64>, drawn: &[(u8, usize, f64)]) -> Vec<Change> {
    let mut touched = vec![false; inputs.count()];
    let mut changes = Vec::new();
    for (kind, example, number) in drawn {
        if std::mem::replace(&mut touched[*example], true) {
            continue;
        }
        let mut row = inputs.select(&[*example]).unwrap();
        match settings.loss {
            NetworkLoss::Softmax => row.ids_of_mut(1, 0)[0] = (row.ids_of(1, 0)[0] + 1) % 3,
            _ => row.numbers_of_mut(1, 0)[0] *= -1.0,
        }
        row.numbers_of_mut(0, 0)[1] += number;
        changes.push(match kind {
            0 => Change::Remove(*example),
            1 => Change::Reweight(*example, 1.0 + number / 2.0),
            2 => Change::Replace(*example, row.into()),
            _ => Change::Add(row.into(), number.abs()),
        });
    }
    changes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// What a level says of its own error is what training again shows.
    #[test]
    fn estimated_errors_are_honest(
        drawn in prop::collection::vec(change(), 1..4),
        seed in 0u64..1000,
        softmax in prop::bool::ANY,
        tolerance in prop::sample::select(vec![1e-2, 1e-4, 1e-6, 1e-9]),
    ) {
        let settings = settings(if softmax { NetworkLoss::Softmax } else { NetworkLoss::Logistic }, &[], 0.05);
        let (inputs, queries) = (rows(&settings, 60, seed), rows(&settings, 2, seed + 1));
        let context = Workers::single();
        let diagnostics = trained(&context, &settings, &inputs, None);
        let scalars = scalars(&settings, &diagnostics, KIND);
        let mut influence = Influence::fit(diagnostics, &direct()).unwrap();
        let edit = edit(&inputs, &changes(&settings, &inputs, &drawn)).unwrap();
        let truth = truth(&influence, &scalars, &queries, &edit);
        let whole = influence.what_if(&scalars, &queries, &edit, &until(Level::Retrained)).unwrap();
        prop_assert!(whole.reached);
        for step in &whole.steps {
            for (query, truth) in truth.iter().enumerate() {
                let (change, error) = (step.changes[query], step.errors[query]);
                let off = (change - truth).abs();
                let told = format!("{:?}: off by {off:e}, said {error:e}, truth {truth:e}", step.level);
                prop_assert!(off <= 3.0 * error + 1e-12, "{}", told);
            }
        }
        // With a tolerance the ladder ends at the first level that is within it.
        let options = WhatIfOptions { tolerance: Some(tolerance), ..until(Level::Retrained) };
        let found = influence.what_if(&scalars, &queries, &edit, &options).unwrap();
        prop_assert!(found.reached);
        let within = |errors: &[f64]| errors.iter().all(|error| *error <= tolerance);
        let (last, before) = found.steps.split_last().unwrap();
        prop_assert!(within(&last.errors) && before.iter().all(|step| !within(&step.errors)));
        for (step, other) in found.steps.iter().zip(&whole.steps) {
            prop_assert_eq!(step.level, other.level);
            prop_assert_eq!(&step.changes, &other.changes);
        }
        prop_assert!(largest(&difference(&last.changes, &truth)) <= 3.0 * tolerance);
    }
}

#[test]
fn a_tolerance_out_of_reach_is_marked() {
    let context = Workers::single();
    let settings = settings(NetworkLoss::Logistic, &[], 0.02);
    let (inputs, queries) = (rows(&settings, 60, 3), rows(&settings, 2, 5));
    let diagnostics = trained(&context, &settings, &inputs, None);
    let scalars = scalars(&settings, &diagnostics, KIND);
    let mut influence = Influence::fit(diagnostics, &direct()).unwrap();
    let options = WhatIfOptions { tolerance: Some(1e-15), ..until(Level::SecondOrder) };
    let found = influence.what_if(&scalars, &queries, &removal(&inputs, &[0, 1, 2]), &options).unwrap();
    assert!(!found.reached && found.steps.len() == 2);
}

#[test]
fn iterative_solvers_predict_changes_as_the_direct_one() {
    use ascribe::solve::Preconditioning::None as Plain;
    let context = Workers::single();
    let settings = settings(NetworkLoss::Softmax, &["dense:4", "tanh"], 0.05);
    let (inputs, queries) = (rows(&settings, 60, 3), rows(&settings, 2, 5));
    let edit = removal(&inputs, &[4]);
    let of = |method: Solver| {
        let diagnostics = trained(&context, &settings, &inputs, None);
        let scalars = scalars(&settings, &diagnostics, KIND);
        let options = Options { solver: Some(method), tolerance: Some(1e-12), ..Options::default() };
        let mut influence = Influence::fit(diagnostics, &options).unwrap();
        let found = influence.what_if(&scalars, &queries, &edit, &until(Level::Newton)).unwrap();
        found.steps.iter().flat_map(|step| step.changes.clone()).collect::<Vec<f64>>()
    };
    let truth = of(Solver::Direct);
    assert_eq!(truth.len(), 8);
    for method in [Solver::ConjugateGradient(Plain), Solver::BlockConjugateGradient(Plain), Solver::MinimalResidual] {
        close(&of(method.clone()), &truth, 1e-9, &format!("{method:?}"));
    }
}

#[test]
fn changes_that_make_no_sense_are_refused() {
    let settings = settings(NetworkLoss::Logistic, &[], 0.02);
    let inputs = rows(&settings, 10, 3);
    let mut wide = settings.clone();
    wide.features = vec![FEATURES + 1];
    let (one, other) = (inputs.select(&[1]).unwrap(), rows(&wide, 1, 4));
    let refused: [(Vec<Change>, &str); 9] = [
        (vec![], "none"),
        (vec![Change::Remove(3), Change::Remove(3)], "3, changed twice"),
        (vec![Change::Reweight(2, 0.5), Change::Replace(2, (&one).into())], "2, changed twice"),
        (vec![Change::Remove(10)], "a changed example is 10"),
        (vec![Change::Reweight(0, -1.0)], "a weight is -1"),
        (vec![Change::Add(one.into(), f64::NAN)], "a weight is NaN"),
        (vec![Change::Replace(0, (&inputs).into())], "10 examples"),
        (vec![Change::Add(other.into(), 1.0)], "input 0 of an added example"),
        ((0..10).map(Change::Remove).collect(), "the examples that are left"),
    ];
    for (changes, told) in refused {
        let error = edit(&inputs, &changes).unwrap_err();
        assert!(matches!(error, Error::Argument { .. }) && error.to_string().contains(told), "{error}");
    }
    let error = Edit::new(Arc::new(inputs), &[1.0; 9], &[Change::Remove(9)]).unwrap_err();
    assert!(matches!(error, Error::Argument { .. }) && error.to_string().contains("the number of weights"), "{error}");
}

#[test]
fn bad_questions_are_refused() {
    let context = Workers::single();
    let settings = settings(NetworkLoss::Logistic, &[], 0.02);
    let (inputs, queries) = (rows(&settings, 30, 3), rows(&settings, 2, 5));
    let diagnostics = trained(&context, &settings, &inputs, None);
    let scalars = scalars(&settings, &diagnostics, KIND);
    let mut influence = Influence::fit(diagnostics, &direct()).unwrap();
    let mut wide = settings.clone();
    wide.features = vec![FEATURES + 1];
    for queries in [rows(&wide, 2, 5), rows(&wide, 4, 5)] {
        let error = influence.solve_queries(&scalars, &queries).unwrap_err();
        assert!(matches!(error, Error::Argument { .. }), "{error}");
    }
    let answer = influence.solve_queries(&scalars, &queries).unwrap();
    for error in [
        influence.self_influence(&[30]).unwrap_err(),
        influence.leave_one_out(&answer, &[0, 31]).unwrap_err(),
        influence.error_bounds((&scalars, &queries.clone().into()), &answer, &[99]).unwrap_err(),
        influence.error_bounds((&scalars, &rows(&settings, 4, 5).into()), &answer, &[0]).unwrap_err(),
    ] {
        assert!(matches!(error, Error::Argument { .. }), "{error}");
    }
    // An edit of another training set.
    let other = removal(&inputs.select(&[0, 1, 2]).unwrap(), &[1]);
    let error = influence.what_if(&scalars, &queries, &other, &WhatIfOptions::default()).unwrap_err();
    assert!(matches!(error, Error::Argument { .. }), "{error}");
    for options in [
        Options { damping: Some(-0.1), ..Options::default() },
        Options { damping: Some(f64::NAN), ..Options::default() },
        Options { tolerance: Some(0.0), ..Options::default() },
        Options { gradient_tolerance: f64::NAN, ..Options::default() },
    ] {
        let error = Influence::fit(trained(&context, &settings, &inputs, None), &options).unwrap_err();
        assert!(matches!(error, Error::Argument { .. }), "{error}");
    }
    // Training again away from a minimum compares nothing.
    let away = derivatives(&context, &settings, &inputs, None);
    let mut influence = Influence::fit(away, &Options { damping: Some(0.1), ..direct() }).unwrap();
    let edit = removal(&inputs, &[1]);
    let error = influence.what_if(&scalars, &queries, &edit, &until(Level::Retrained)).unwrap_err();
    assert!(matches!(error, Error::NotStationary { .. }), "{error}");
    assert!(influence.what_if(&scalars, &queries, &edit, &until(Level::Newton)).is_ok());
}

#[test]
fn models_without_meaning_are_refused() {
    let context = Workers::single();
    let settings = settings(NetworkLoss::Squared, &[], 0.0);
    let mut inputs = rows(&settings, 30, 3);
    for i in 0..30 {
        let row = inputs.numbers_of_mut(0, i);
        row[3] = row[0] - 2.0 * row[1];
    }
    let collinear = || derivatives(&context, &settings, &inputs, None);
    let error = Influence::fit(collinear(), &Options { gradient_tolerance: 1e9, ..direct() }).unwrap_err();
    let Error::Singular { coordinates, .. } = &error else { panic!("{error}") };
    assert_eq!(coordinates, &[0, 1, 3]);
    assert!(Influence::fit(collinear(), &Options { gradient_tolerance: 1e9, damping: Some(0.1), ..direct() }).is_ok());
    for bad in [f64::NAN, f64::INFINITY] {
        let mut diagnostics = derivatives(&context, &settings, &rows(&settings, 30, 3), None);
        let mut point = diagnostics.point();
        point[2] = bad;
        diagnostics.set_point(&point).unwrap();
        for curvature in [None, Some(Curvature::Hessian), Some(Curvature::GaussNewton)] {
            let parameters = diagnostics.parameters().to_vec();
            let (objective, inputs) = (diagnostics.objective().clone(), diagnostics.inputs().clone());
            let diagnostics = Derivatives::new(&context, objective, parameters, inputs, None, None, 0).unwrap();
            let error = Influence::fit(diagnostics, &Options { curvature, ..Options::default() }).unwrap_err();
            assert!(matches!(error, Error::NotFinite { .. }), "{error}");
        }
    }
}

#[test]
fn an_attack_raises_the_loss_within_its_limits() {
    let context = Workers::single();
    let settings = settings(NetworkLoss::Logistic, &[], 0.05);
    let (inputs, queries) = (rows(&settings, 60, 3), rows(&settings, 3, 5));
    for (radius, range) in [(Some(0.25), (-2.0, 2.0)), (None, (-1.0, 1.0)), (None, (-9.0, 9.0))] {
        let mut inputs = inputs.clone();
        for i in 0..60 {
            inputs.numbers_of_mut(0, i).iter_mut().for_each(|x| *x = x.clamp(range.0, range.1));
        }
        let diagnostics = trained(&context, &settings, &inputs, None);
        let scalars = scalars(&settings, &diagnostics, KIND);
        let chosen = vec![2, 40, 17, 18];
        let wanted = Attack {
            examples: chosen.clone(),
            input: 0,
            step: 0.1,
            rounds: 6,
            range,
            radius,
            gradient_tolerance: 1e-10,
        };
        let found = attack(diagnostics, &scalars, &queries, &wanted, &Options::default()).unwrap();
        assert_eq!(found.values.len(), 7);
        // The first steps are too short to leave what the gradient says.
        assert!(found.values[1] > found.values[0] && found.values[6] > found.values[1], "{:?}", found.values);
        for i in 0..60 {
            for (x, before) in found.inputs.numbers_of(0, i).iter().zip(inputs.numbers_of(0, i)) {
                let moved = (x - before).abs();
                assert!((range.0..=range.1).contains(x));
                assert!(moved <= radius.unwrap_or(0.6) + 1e-12 && (chosen.contains(&i) || moved == 0.0), "{moved}");
            }
        }
        // The values are those of training again on what is returned.
        let again = trained(&context, &settings, &found.inputs.to(), None);
        let values = values_at(&again, &scalars, &queries, &again.point());
        let sum: f64 = values.iter().sum();
        assert!((sum - found.values[6]).abs() <= 1e-7, "{sum} and {}", found.values[6]);
        close(&found.parameters, &again.point(), 1e-7, "the parameters");
        for bad in [
            Attack { range: (1.0, -1.0), ..wanted.clone() },
            Attack { step: 0.0, ..wanted.clone() },
            Attack { step: f64::NAN, ..wanted.clone() },
            Attack { examples: vec![60], ..wanted.clone() },
            Attack { input: 7, ..wanted.clone() },
            Attack { radius: Some(-0.1), ..wanted.clone() },
            Attack { radius: Some(f64::NAN), ..wanted.clone() },
        ] {
            let diagnostics = trained(&context, &settings, &inputs, None);
            let error = attack(diagnostics, &scalars, &queries, &bad, &Options::default()).unwrap_err();
            assert!(matches!(error, Error::Argument { .. }), "{error}");
        }
    }
}

#[test]
fn a_level_that_estimates_itself_to_be_worse_is_not_the_answer() {
    let step = |level, errors: &[f64]| Step {
        level,
        changes: vec![0.0; errors.len()],
        errors: errors.to_vec(),
        parameters: Vec::new(),
        gradient_norm: 0.0,
        at_minimum: false,
    };
    let found = |newton: &[f64]| WhatIf {
        before: vec![0.0; 2],
        steps: vec![
            step(Level::FirstOrder, &[0.4, 0.4]),
            step(Level::SecondOrder, &[0.3, 0.1]),
            step(Level::Newton, newton),
        ],
        reached: true,
    };
    let answer = |newton: &[f64]| found(newton).without_worse().last().unwrap().level;
    assert_eq!(answer(&[0.1, 0.1]), Level::Newton);
    // Over all queries, not each for itself.
    assert_eq!(answer(&[0.0, 0.3]), Level::Newton);
    assert_eq!(answer(&[0.3, 0.2]), Level::SecondOrder);
    assert_eq!(answer(&[f64::NAN, 0.0]), Level::SecondOrder);
}
