//! Influence against independent truth: training again, closed forms of least squares, dense algebra.
#![allow(clippy::unwrap_used)]

use crate::common::dense;

use ascribe::attribution::influence::{Change, Edit, Influence, Level, Options, WhatIfOptions};
use ascribe::engine::Workers;
use ascribe::models::network::{NetworkFunctional, NetworkLoss, NetworkSettings};
use ascribe::objective::Inputs;
use ascribe::objective::{CompiledFunctional, Convention, Curvature, Derivatives};
use ascribe::solve::Block;
use faer::Mat;
use proptest::prelude::*;

use dense::*;

fn block(vector: &[f64]) -> Block {
    Block::new(vector.len(), 1, vector.to_vec()).unwrap()
}

#[test]
fn more_weight_moves_the_trained_parameters_as_predicted() {
    let context = Workers::single();
    for settings in cases() {
        let inputs = rows(&settings, 40, 3);
        let queries = rows(&settings, 3, 5);
        let diagnostics = trained(&context, &settings, &inputs, None);
        let scalars = scalars(&settings, &diagnostics, NetworkFunctional::Loss);
        let theta = diagnostics.point();
        let mut influence = Influence::fit(diagnostics, &direct()).unwrap();
        let answer = influence.solve_queries(&scalars, &queries).unwrap();
        let scores = influence.scores(&answer).unwrap();
        for example in [0, 17] {
            let step = 1e-3;
            let moved = |sign: f64| {
                let mut weights = vec![1.0; 40];
                weights[example] += sign * step;
                retrained(influence.evaluator(), &inputs, &weights)
            };
            let (up, down) = (moved(1.0), moved(-1.0));
            let truth: Vec<f64> = up.iter().zip(&down).map(|(u, d)| (u - d) / (2.0 * step)).collect();
            let at = |point: &[f64]| values_at(influence.evaluator(), &scalars, &queries, point);
            let changes: Vec<f64> = at(&up).iter().zip(at(&down)).map(|(u, d)| (u - d) / (2.0 * step)).collect();
            let gradient = influence.evaluator().gradients_of(&[example]).unwrap();
            let solved = influence.inverse(&gradient).unwrap().x;
            let predicted: Vec<f64> = solved.values().iter().map(|x| -x / 40.0).collect();
            close(&predicted, &truth, 1e-5, &format!("the parameters of {settings:?}"));
            let predicted: Vec<f64> = (0..3).map(|query| -scores.row(query)[example]).collect();
            close(&predicted, &changes, 1e-5, &format!("the functional of {settings:?}"));
        }
        assert_eq!(theta, influence.evaluator().point());
    }
}

#[test]
fn scores_are_dense_algebra_and_cancel_at_the_minimum() {
    let context = Workers::single();
    for settings in cases() {
        let inputs = rows(&settings, 40, 3);
        let queries = rows(&settings, 4, 5);
        for weighted in [false, true] {
            let weights: Option<Vec<f64>> = weighted.then(|| (0..40).map(|i| 0.5 + (i % 3) as f64).collect());
            for damping in [0.0, 0.3] {
                let mut diagnostics = trained(&context, &settings, &inputs, weights.as_deref());
                let scalars = scalars(&settings, &diagnostics, NetworkFunctional::Loss);
                let matrix = matrix(&mut diagnostics, Curvature::Hessian);
                let (_, v) = scalars.gradients(&context, diagnostics.parameters(), &queries).unwrap();
                let truth = dense_scores(&diagnostics, &matrix, damping, &v);
                // At the minimum the gradients of all examples cancel; beside their sum, with that of the penalty.
                let penalty: Vec<f64> = match settings.objective {
                    Convention::Mean => vec![0.0; diagnostics.dimension()],
                    Convention::Sum => diagnostics.penalty_gradient().unwrap(),
                };
                let penalty = solved(&matrix, damping, &penalty);
                let found = scores(diagnostics, &scalars, &queries, &Options { damping: Some(damping), ..direct() });
                close(&found, &truth, 1e-10, &format!("{settings:?}"));
                for (row, v) in found.chunks(40).zip(v.vectors()) {
                    let sum: f64 = row.iter().sum::<f64>() + dot(v, &penalty);
                    assert!(sum.abs() <= 1e-10 * norm(row), "{settings:?}: {sum:e} of {:e}", norm(row));
                }
            }
        }
    }
}

#[test]
fn logistic_scores_are_the_textbook_formula() {
    let (l2, n) = (0.02, 60);
    let settings = settings(NetworkLoss::Logistic, &[], l2);
    let (inputs, queries) = (rows(&settings, n, 8), rows(&settings, 2, 9));
    let context = Workers::single();
    let diagnostics = trained(&context, &settings, &inputs, None);
    let theta = diagnostics.point();
    let p = FEATURES + 1;
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    let penalty = |k: usize| if k < FEATURES { l2 } else { 0.0 };
    // ∂ln(1 + e^(−yθx)) = −y σ(−yθx) x, with the second derivative σ(θx)σ(−θx) xxᵀ.
    let slope = |inputs: &Inputs<f64>, i: usize| {
        let (row, y) = (row_of(inputs, i), inputs.numbers(1)[i]);
        let factor = -y * sigmoid(-y * dot(&theta, &row));
        row.iter().map(|x| factor * x).collect::<Vec<f64>>()
    };
    let mut hessian = Mat::<f64>::zeros(p, p);
    for i in 0..n {
        let row = row_of(&inputs, i);
        let output = dot(&theta, &row);
        for (a, x) in row.iter().enumerate() {
            for (b, y) in row.iter().enumerate() {
                hessian[(a, b)] += sigmoid(output) * sigmoid(-output) * x * y / n as f64;
            }
        }
    }
    (0..p).for_each(|k| hessian[(k, k)] += penalty(k));
    let mut truth = Vec::new();
    for query in 0..2 {
        let s = solved(&hessian, 0.0, &slope(&queries, query));
        for i in 0..n {
            let gradient: Vec<f64> =
                slope(&inputs, i).iter().zip(&theta).enumerate().map(|(k, (g, t))| g + penalty(k) * t).collect();
            truth.push(dot(&s, &gradient) / n as f64);
        }
    }
    let scalars = scalars(&settings, &diagnostics, NetworkFunctional::Loss);
    let found = scores(diagnostics, &scalars, &queries, &direct());
    close(&found, &truth, 1e-11, "logistic regression");
}

/// A change as a test draws it: what kind, which example, and a number.
fn edit(inputs: &Inputs<f64>, drawn: &[(u8, usize, f64)]) -> (Edit, Inputs<f64>, Vec<f64>) {
    let mut other = inputs.clone();
    let mut weights = vec![1.0; inputs.count()];
    let mut touched = vec![false; inputs.count()];
    let mut changes = Vec::new();
    for (kind, example, number) in drawn {
        let example = example % inputs.count();
        if *kind < 3 && std::mem::replace(&mut touched[example], true) {
            continue;
        }
        let mut row = inputs.select(&[example]).unwrap();
        match kind {
            0 => changes.push(Change::Remove(example)),
            1 => changes.push(Change::Reweight(example, number.abs())),
            _ => {
                row.numbers_of_mut(1, 0)[0] = *number;
                row.numbers_of_mut(0, 0)[0] -= number;
                changes.push(if *kind == 2 {
                    Change::Replace(example, (&row).into())
                } else {
                    Change::Add((&row).into(), 0.7)
                });
            }
        }
        match kind {
            0 => weights[example] = 0.0,
            1 => weights[example] = number.abs(),
            2 => {
                weights[example] = 0.0;
                other.append(&row).unwrap();
                weights.push(1.0);
            }
            _ => {
                other.append(&row).unwrap();
                weights.push(0.7);
            }
        }
    }
    (Edit::new(inputs, &vec![1.0; inputs.count()], &changes).unwrap(), other, weights)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Least squares is quadratic: one Newton step is training again, whatever changes.
    #[test]
    fn newton_is_exact_for_least_squares(
        drawn in prop::collection::vec((0u8..4, 0usize..40, -2.0f64..2.0), 1..12),
        seed in 0u64..1000,
        ridge in prop::bool::ANY,
    ) {
        let l2 = if ridge { 0.1 } else { 0.0 };
        let settings = settings(NetworkLoss::Squared, &[], l2);
        let inputs = rows(&settings, 40, seed);
        let queries = rows(&settings, 3, seed + 1);
        let context = Workers::single();
        let diagnostics = trained(&context, &settings, &inputs, None);
        close(&diagnostics.point(), &least_squares(&inputs, &[1.0; 40], l2), 1e-12, "training");
        let scalars = scalars(&settings, &diagnostics, NetworkFunctional::Output);
        let (edit, other, weights) = edit(&inputs, &drawn);
        let truth = least_squares(&other, &weights, l2);
        let mut influence = Influence::fit(diagnostics, &direct()).unwrap();
        let before = values_at(influence.evaluator(), &scalars, &queries, &influence.evaluator().point());
        let after = values_at(influence.evaluator(), &scalars, &queries, &truth);
        let found = influence.what_if(&scalars, &queries, &edit, &WhatIfOptions::default()).unwrap();
        let last = found.last().unwrap();
        prop_assert_eq!(last.level, Level::Newton);
        close(&last.parameters, &truth, 1e-11, "the parameters");
        let changes = difference(&after, &before);
        let off = largest(&difference(&last.changes, &changes));
        prop_assert!(off <= 1e-11 * largest(&after).max(1.0), "{:e}", off);
    }
}

/// Leave-one-out of least squares: a random table and a real one.
fn regressions(l2: f64) -> Vec<(ascribe::models::network::NetworkSettings, Inputs<f64>)> {
    let own = settings(NetworkLoss::Squared, &[], l2);
    let inputs = rows(&own, 40, 2);
    let mut all = vec![(own, inputs)];
    all.extend(table("diabetes.csv", 1, NetworkLoss::Squared, l2));
    all
}

#[test]
fn least_squares_has_its_diagnostics() {
    let context = Workers::single();
    for (settings, inputs) in regressions(0.0) {
        let n = inputs.count();
        let inverse_times = |row: &[f64]| solved(&normal_matrix(&inputs, &vec![1.0; n], 0.0), 0.0, row);
        let theta = least_squares(&inputs, &vec![1.0; n], 0.0);
        let p = theta.len();
        let residual = |i: usize| inputs.numbers(1)[i] - dot(&theta, &row_of(&inputs, i));
        let variance: f64 = (0..n).map(|i| residual(i).powi(2)).sum::<f64>() / (n - p) as f64;
        let diagnostics = trained(&context, &settings, &inputs, None);
        let scalars = scalars(&settings, &diagnostics, NetworkFunctional::Output);
        let mut influence = Influence::fit(diagnostics, &direct()).unwrap();
        let answer = influence.solve_queries(&scalars, &inputs).unwrap();
        let chosen: Vec<usize> = (0..n).step_by(7).collect();
        let found = influence.leave_one_out(&answer, &chosen).unwrap();
        for (example, found) in chosen.iter().zip(&found) {
            let row = row_of(&inputs, *example);
            let (solved, e) = (inverse_times(&row), residual(*example));
            let h = dot(&row, &solved);
            close(&[found.leverage], &[h], 1e-11, "the leverage");
            assert_eq!((found.example, found.is_high()), (*example, h > 0.1));
            // Without the example its own residual is e/(1 − h): the output has moved by e − e/(1 − h).
            let left_out = e - found.scores[*example];
            assert!((left_out - e / (1.0 - h)).abs() <= 1e-11 * variance.sqrt(), "{left_out} and {}", e / (1.0 - h));
            let cook = found.scores.iter().map(|moved| moved * moved).sum::<f64>() / (p as f64 * variance);
            let truth = e * e * h / (p as f64 * variance * (1.0 - h).powi(2));
            assert!((cook - truth).abs() <= 1e-11 * truth.max(1.0 / n as f64), "{cook} and {truth}");
            let dfbeta: Vec<f64> = solved.iter().map(|x| x * e / (1.0 - h)).collect();
            let removal =
                Edit::new(influence.evaluator().inputs(), &vec![1.0; n], &[Change::Remove(*example)]).unwrap();
            let queries = inputs.select(&[*example]).unwrap();
            let steps = influence.what_if(&scalars, &queries, &removal, &WhatIfOptions::default()).unwrap().steps;
            let levels: Vec<Level> = steps.iter().map(|step| step.level).collect();
            assert_eq!(levels, [Level::FirstOrder, Level::SecondOrder, Level::LeaveOneOut, Level::Newton]);
            for step in &steps[2..] {
                let moved = difference(&theta, &step.parameters);
                let off = largest(&difference(&moved, &dfbeta)) / largest(&theta);
                assert!(off <= 1e-11, "DFBETA of {:?}: {off:e}", step.level);
            }
        }
    }
}

#[test]
fn ridge_keeps_the_share_of_the_penalty() {
    let (context, l2) = (Workers::single(), 0.1);
    for (settings, inputs) in regressions(l2) {
        let n = inputs.count();
        let weights = vec![1.0; n];
        let theta = least_squares(&inputs, &weights, l2);
        let diagnostics = trained(&context, &settings, &inputs, None);
        let scalars = scalars(&settings, &diagnostics, NetworkFunctional::Output);
        let mut influence = Influence::fit(diagnostics, &direct()).unwrap();
        let answer = influence.solve_queries(&scalars, &inputs).unwrap();
        for example in [0, 5, n - 1] {
            let found = &influence.leave_one_out(&answer, &[example]).unwrap()[0];
            let row = row_of(&inputs, example);
            let residual = dot(&theta, &row) - inputs.numbers(1)[example];
            let p = theta.len();
            let gradient: Vec<f64> =
                (0..p).map(|k| residual * row[k] + if k + 1 < p { l2 * theta[k] } else { 0.0 }).collect();
            // All of the penalty stays in the matrix, and only the example's own curvature leaves it.
            let whole = normal_matrix(&inputs, &weights, l2);
            let rest = Mat::from_fn(p, p, |i, j| whole[(i, j)] - row[i] * row[j]);
            let step = solved(&rest, 0.0, &gradient);
            let truth: Vec<f64> = (0..n).map(|j| dot(&step, &row_of(&inputs, j))).collect();
            close(&found.scores, &truth, 1e-11, "with the whole penalty");
            // What it leaves out is the share 1/n.
            let again = least_squares(&inputs, &without(n, &[example]), l2);
            let exact: Vec<f64> = (0..n).map(|j| dot(&difference(&again, &theta), &row_of(&inputs, j))).collect();
            close(&found.scores, &exact, 2.0 / n as f64, "training again");
        }
    }
}

#[test]
fn a_penalty_beside_the_sum_stays_as_it_is() {
    let (context, l2) = (Workers::single(), 3.0);
    for (settings, inputs) in regressions(l2) {
        let settings = NetworkSettings { objective: Convention::Sum, ..settings };
        let n = inputs.count();
        // The mean with λ = l2/n is the same objective as the sum; what differs is what happens to λ without a row.
        let theta = least_squares(&inputs, &vec![1.0; n], l2 / n as f64);
        let diagnostics = trained(&context, &settings, &inputs, None);
        close(&diagnostics.point(), &theta, 1e-11, "the minimum of the sum");
        let scalars = scalars(&settings, &diagnostics, NetworkFunctional::Output);
        let mut influence = Influence::fit(diagnostics, &direct()).unwrap();
        let answer = influence.solve_queries(&scalars, &inputs).unwrap();
        let rows: Vec<usize> = vec![0, 5, n - 1];
        let left_out = influence.leave_one_out(&answer, &rows).unwrap();
        for (example, found) in rows.into_iter().zip(left_out) {
            let again = least_squares(&inputs, &without(n, &[example]), l2 / (n - 1) as f64);
            let exact: Vec<f64> = (0..n).map(|j| dot(&difference(&again, &theta), &row_of(&inputs, j))).collect();
            close(&found.scores, &exact, 1e-10, "leaving a row out is exact");
            let changes = [Change::Remove(example)];
            let edit = Edit::new(&inputs, &vec![1.0; n], &changes).unwrap();
            let options = WhatIfOptions { until: Level::Retrained, ..WhatIfOptions::default() };
            let steps = influence.what_if(&scalars, &inputs, &edit, &options).unwrap().steps;
            for step in steps.iter().filter(|step| step.level >= Level::LeaveOneOut) {
                close(&step.changes, &exact, 1e-9, &format!("{:?}", step.level));
            }
        }
    }
}

#[test]
fn self_influence_is_dense_algebra() {
    let context = Workers::single();
    for settings in cases() {
        let inputs = rows(&settings, 40, 4);
        let weights: Vec<f64> = (0..40).map(|i| 0.5 + (i % 4) as f64).collect();
        let mut diagnostics = trained(&context, &settings, &inputs, Some(&weights));
        let hessian = matrix(&mut diagnostics, Curvature::Hessian);
        let chosen = [3, 0, 39, 3];
        let gradients = diagnostics.gradients_of(&chosen).unwrap();
        let total: f64 = weights.iter().sum();
        let form = |(example, g): (&usize, &[f64])| weights[*example] / total * dot(g, &solved(&hessian, 0.05, g));
        let truth: Vec<f64> = chosen.iter().zip(gradients.vectors()).map(form).collect();
        let options = Options { damping: Some(0.05), tolerance: Some(1e-12), ..direct() };
        let found = Influence::fit(diagnostics, &options).unwrap().self_influence(&chosen).unwrap();
        close(&found, &truth, 1e-10, &format!("{settings:?}"));
    }
}

#[test]
fn some_parameters_alone_are_a_block_of_the_matrix() {
    let context = Workers::single();
    let settings = settings(NetworkLoss::Squared, &["dense:3", "tanh"], 0.05);
    let (inputs, queries) = (rows(&settings, 40, 4), rows(&settings, 3, 5));
    let mut whole = trained(&context, &settings, &inputs, None);
    let hessian = matrix(&mut whole, Curvature::Hessian);
    // The whole vector is weights 1 (12), intercept 1 (3), weights 2 (3), intercept 2 (1).
    assert_eq!(whole.layout().names(), ["weights 1", "intercept 1", "weights 2", "intercept 2"]);
    for (names, places) in [
        (vec!["weights 2".to_owned(), "intercept 2".to_owned()], (15..19).collect::<Vec<usize>>()),
        (vec!["intercept 2".to_owned(), "weights 1".to_owned()], (0..12).chain([18]).collect()),
    ] {
        let part = Derivatives::new(
            &context,
            whole.objective().clone(),
            whole.parameters().to_vec(),
            whole.inputs().clone(),
            None,
            Some(&names),
            1 << 20,
        )
        .unwrap();
        let all: CompiledFunctional = scalars(&settings, &whole, NetworkFunctional::Loss);
        let (_, v) = all.gradients(&context, whole.parameters(), &queries).unwrap();
        let own = whole.gradients_of(&(0..40).collect::<Vec<_>>()).unwrap();
        let some = |vector: &[f64]| places.iter().map(|place| vector[*place]).collect::<Vec<f64>>();
        let corner = Mat::from_fn(places.len(), places.len(), |i, j| hessian[(places[i], places[j])]);
        let mut truth = Vec::new();
        for v in v.vectors() {
            let s = solved(&corner, 0.0, &some(v));
            truth.extend(own.vectors().map(|g| dot(&s, &some(g)) / 40.0));
        }
        let few = scalars(&settings, &part, NetworkFunctional::Loss);
        close(&scores(part, &few, &queries, &direct()), &truth, 1e-10, &format!("{names:?}"));
    }
}

#[test]
fn every_curvature_scores_as_its_matrix_says() {
    let context = Workers::single();
    for settings in cases() {
        let (inputs, queries) = (rows(&settings, 30, 4), rows(&settings, 2, 5));
        let untrained = || {
            let mut diagnostics = derivatives(&context, &settings, &inputs, None);
            let point: Vec<f64> =
                diagnostics.point().iter().enumerate().map(|(k, x)| x + 0.2 * (k as f64).cos()).collect();
            diagnostics.set_point(&point).unwrap();
            diagnostics
        };
        let diagnostics = untrained();
        let examples: Vec<usize> = (0..30).collect();
        let (p, seen) = (diagnostics.dimension(), diagnostics.jacobians(&examples).unwrap());
        let c = seen.outputs;
        let jacobian = |i: usize, output: usize| seen.rows.vector(i * c + output);
        let penalized = |k: usize| diagnostics.layout().describe(k).starts_with("weights");
        let mut gauss_newton = Mat::<f64>::zeros(p, p);
        let l2 = if settings.objective == Convention::Sum { settings.l2 / 30.0 } else { settings.l2 };
        (0..p).filter(|k| penalized(*k)).for_each(|k| gauss_newton[(k, k)] += l2);
        let mut fisher = gauss_newton.clone();
        for i in 0..30 {
            let bend = |a: usize, b: usize| seen.hessians[(i * c + a) * c + b];
            let slope: Vec<f64> =
                (0..p).map(|k| (0..c).map(|a| jacobian(i, a)[k] * seen.gradients[i * c + a]).sum()).collect();
            for k in 0..p {
                for l in 0..p {
                    for a in 0..c {
                        for b in 0..c {
                            gauss_newton[(k, l)] += jacobian(i, a)[k] * bend(a, b) * jacobian(i, b)[l] / 30.0;
                        }
                    }
                    fisher[(k, l)] += slope[k] * slope[l] / 30.0;
                }
            }
        }
        let scalars = scalars(&settings, &diagnostics, NetworkFunctional::Loss);
        let (_, v) = scalars.gradients(&context, diagnostics.parameters(), &queries).unwrap();
        for (curvature, matrix) in [(Curvature::GaussNewton, &gauss_newton), (Curvature::Fisher, &fisher)] {
            let truth = dense_scores(&diagnostics, matrix, 0.1, &v);
            let options = Options { damping: Some(0.1), curvature: Some(curvature), ..direct() };
            close(&scores(untrained(), &scalars, &queries, &options), &truth, 1e-10, &format!("{curvature:?}"));
        }
    }
}

#[test]
fn effects_of_inputs_are_those_of_training_again() {
    let context = Workers::single();
    for settings in cases() {
        let (inputs, query) = (rows(&settings, 40, 6), rows(&settings, 1, 7));
        let diagnostics = trained(&context, &settings, &inputs, None);
        let scalars = scalars(&settings, &diagnostics, NetworkFunctional::Loss);
        let mut influence = Influence::fit(diagnostics, &direct()).unwrap();
        let answer = influence.solve_queries(&scalars, &query).unwrap();
        let s = answer.solution.x.vector(0);
        let effects = influence.evaluator().input_effects(s, 0, &[11]).unwrap();
        let width = effects[0].len();
        let (step, mut truth, mut slopes) = (1e-3, Vec::new(), Vec::new());
        for feature in 0..width {
            let moved = |by: f64| {
                let mut moved = inputs.clone();
                moved.numbers_of_mut(0, 11)[feature] += by;
                moved
            };
            let value = |by: f64| {
                let point = retrained(influence.evaluator(), moved(by), &[1.0; 40]);
                values_at(influence.evaluator(), &scalars, &query, &point)[0]
            };
            truth.push((value(step) - value(-step)) / (2.0 * step));
            // The score itself with the solved direction held.
            let score = |by: f64| {
                let mut other = derivatives(&context, &settings, &moved(by), None);
                other.set_point(&influence.evaluator().point()).unwrap();
                let mut found = 0.0;
                let keep = |example: usize, _: usize, slopes: &[f64]| {
                    if example == 11 {
                        found = slopes[0] / 40.0;
                    }
                };
                other.directional(&block(s), keep).unwrap();
                found
            };
            slopes.push((score(1e-5) - score(-1e-5)) / 2e-5);
        }
        let predicted: Vec<f64> = effects[0].iter().map(|effect| -effect / 40.0).collect();
        close(&predicted, &truth, 1e-4, &format!("training again, {settings:?}"));
        let predicted: Vec<f64> = effects[0].iter().map(|effect| effect / 40.0).collect();
        close(&predicted, &slopes, 1e-6, &format!("the score, {settings:?}"));
    }
}
