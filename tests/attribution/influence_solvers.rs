//! Scores do not depend on how they are computed: the order of the rows, threads, memory, solver, precision, coordinates.
#![allow(clippy::unwrap_used)]

use crate::common::dense;

use std::sync::Arc;

use ascribe::Error;
use ascribe::attribution::influence::{Influence, Options};
use ascribe::engine::Workers;
use ascribe::graph::Graph;
use ascribe::models::network::{NetworkFunctional, NetworkLoss};
use ascribe::objective::{CompiledFunctional, Curvature, Derivatives};
use ascribe::objective::{Convention, Inputs, Objective};
use ascribe::solve::{Block, Damping, Lissa, Preconditioning, Solver};
use ascribe::tensor::Array;
use ascribe::tensor::random::{Purpose, Stream};

use dense::*;

const KIND: NetworkFunctional = NetworkFunctional::Loss;

/// The models other than least squares without a penalty.
fn penalized() -> Vec<ascribe::models::network::NetworkSettings> {
    cases().into_iter().filter(|settings| settings.l2 > 0.0).collect()
}

#[test]
fn repeated_rows_score_alike_and_halves_add_up() {
    let context = Workers::single();
    for settings in cases() {
        let (inputs, queries) = (rows(&settings, 30, 3), rows(&settings, 3, 5));
        let doubled = inputs.select(&(0..30).chain([4, 9]).collect::<Vec<_>>()).unwrap();
        let diagnostics = trained(&context, &settings, &doubled, None);
        let scalars = scalars(&settings, &diagnostics, KIND);
        let found = scores(diagnostics, &scalars, &queries, &direct());
        for row in found.chunks(32) {
            close(&[row[30], row[31]], &[row[4], row[9]], 1e-12, "repeated rows");
        }
        let diagnostics = trained(&context, &settings, &inputs, None);
        let theta = diagnostics.point();
        let whole = scores(diagnostics, &scalars, &queries, &direct());
        let halves = inputs.select(&(0..30).chain([7]).collect::<Vec<_>>()).unwrap();
        let weights: Vec<f64> = (0..31).map(|i| if i == 7 || i == 30 { 0.5 } else { 1.0 }).collect();
        let diagnostics = trained(&context, &settings, &halves, Some(&weights));
        close(&diagnostics.point(), &theta, 1e-10, "training with halves");
        let mut diagnostics = diagnostics;
        diagnostics.set_point(&theta).unwrap();
        let found = scores(diagnostics, &scalars, &queries, &direct());
        for (found, whole) in found.chunks(31).zip(whole.chunks(30)) {
            assert_eq!(found[7], found[30]);
            let mut joined = found[..30].to_vec();
            joined[7] += found[30];
            close(&joined, whole, 1e-12, &format!("{settings:?}"));
        }
    }
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let context = Workers::single();
    for settings in cases() {
        let (inputs, queries) = (rows(&settings, 300, 3), rows(&settings, 3, 5));
        let order: Vec<usize> = (0..300).map(|place| (place * 131 + 17) % 300).collect();
        let diagnostics = trained(&context, &settings, &inputs, None);
        let theta = diagnostics.point();
        let scalars = scalars(&settings, &diagnostics, KIND);
        let first = scores(diagnostics, &scalars, &queries, &direct());
        let mut other = derivatives(&context, &settings, &inputs.select(&order).unwrap(), None);
        other.set_point(&theta).unwrap();
        let second = scores(other, &scalars, &queries, &direct());
        for (first, second) in first.chunks(300).zip(second.chunks(300)) {
            let permuted: Vec<f64> = order.iter().map(|place| first[*place]).collect();
            close(second, &permuted, 1e-13, &format!("{settings:?}"));
        }
    }
}

#[test]
fn threads_change_no_bit() {
    let settings = settings(NetworkLoss::Softmax, &["dense:4", "tanh"], 0.05);
    let (inputs, queries) = (rows(&settings, 3000, 3), rows(&settings, 40, 5));
    let theta = trained(&Workers::single(), &settings, &inputs, None).point();
    let methods = [
        Solver::Direct,
        Solver::BlockConjugateGradient(Preconditioning::Nystrom { rank: 6 }),
        Solver::MinimalResidual,
        Solver::Lanczos { rank: 10 },
    ];
    for method in methods {
        let mut first: Option<Vec<u64>> = None;
        for threads in [1, 2, 8] {
            let context = Workers::new(threads).unwrap();
            let mut diagnostics = derivatives(&context, &settings, &inputs, None);
            diagnostics.set_point(&theta).unwrap();
            let scalars = scalars(&settings, &diagnostics, KIND);
            let options = Options { solver: Some(method.clone()), ..Options::default() };
            let mut influence = Influence::fit(diagnostics, &options).unwrap();
            let answer = influence.solve_queries(&scalars, &queries).unwrap();
            let mut all = influence.scores(&answer).unwrap().values;
            all.extend(influence.self_influence(&[0, 1999]).unwrap());
            all.extend(influence.leave_one_out(&answer, &[5]).unwrap().remove(0).scores);
            let bits: Vec<u64> = all.iter().map(|x| x.to_bits()).collect();
            assert!(*first.get_or_insert_with(|| bits.clone()) == bits, "{method:?} on {threads} threads");
        }
    }
}

#[test]
fn memory_and_batches_of_queries_change_nothing() {
    let context = Workers::single();
    for settings in penalized() {
        let (inputs, queries) = (rows(&settings, 200, 3), rows(&settings, 41, 5));
        let diagnostics = trained(&context, &settings, &inputs, None);
        let scalars = scalars(&settings, &diagnostics, KIND);
        let (objective, examples) = (diagnostics.objective().clone(), diagnostics.inputs().clone());
        let parameters = diagnostics.parameters().to_vec();
        let truth = scores(diagnostics, &scalars, &queries, &direct());
        for memory in [0, 10_000, 2 << 30] {
            let diagnostics = || {
                let (parameters, examples) = (parameters.clone(), examples.clone());
                Derivatives::new(&context, objective.clone(), parameters, examples, None, None, memory).unwrap()
            };
            let options = Options { memory, tolerance: Some(1e-13), queries: 41, ..Options::default() };
            let found = scores(diagnostics(), &scalars, &queries, &options);
            close(&found, &truth, 1e-10, &format!("{memory} bytes, {settings:?}"));
            // One query by itself, and those behind the thirty-second.
            let mut influence = Influence::fit(diagnostics(), &options).unwrap();
            for some in [vec![3], vec![40, 33, 0]] {
                let answer = influence.solve_queries(&scalars, queries.select(&some).unwrap()).unwrap();
                let found = influence.scores(&answer).unwrap();
                for (place, query) in some.iter().enumerate() {
                    close(found.row(place), &truth[query * 200..(query + 1) * 200], 1e-10, "some queries");
                }
            }
        }
    }
}

#[test]
fn other_coordinates_of_the_features_change_nothing() {
    let context = Workers::single();
    // Not softmax: without a penalty its weights are determined up to a common vector only.
    for loss in [NetworkLoss::Squared, NetworkLoss::Logistic, NetworkLoss::Hinge { smoothing: 0.5 }] {
        let settings = settings(loss, &[], 0.0);
        let (inputs, queries) = (rows(&settings, 150, 3), rows(&settings, 4, 5));
        let turned = |inputs: &Inputs<f64>| {
            let mut turned = inputs.clone();
            for i in 0..inputs.count() {
                let x = inputs.numbers_of(0, i);
                // Triangular with 2, 0.5, −1, 3 on its diagonal, and mixed: invertible.
                let y = [2.0 * x[0] + x[3], 0.5 * x[1] - x[0], -x[2] + 0.3 * x[1], 3.0 * x[3]];
                turned.numbers_of_mut(0, i).copy_from_slice(&[y[2], y[0], y[3], y[1]]);
            }
            turned
        };
        let of = |inputs: &Inputs<f64>, queries: &Inputs<f64>| {
            let diagnostics = trained(&context, &settings, inputs, None);
            let scalars = scalars(&settings, &diagnostics, KIND);
            scores(diagnostics, &scalars, queries, &direct())
        };
        close(&of(&turned(&inputs), &turned(&queries)), &of(&inputs, &queries), 1e-8, &format!("{loss:?}"));
    }
}

#[test]
fn every_solver_gives_the_same_scores() {
    let context = Workers::single();
    for settings in penalized() {
        let inputs = rows(&settings, 60, 3);
        let mut diagnostics = trained(&context, &settings, &inputs, None);
        let scalars = scalars(&settings, &diagnostics, KIND);
        let theta = diagnostics.point();
        let p = theta.len();
        let hessian = matrix(&mut diagnostics, Curvature::Hessian);
        let diagonal: Vec<f64> = (0..p).map(|k| hessian[(k, k)]).collect();
        drop(diagnostics);
        let few = rows(&settings, 4, 5);
        let more = rows(&settings, p + 7, 6);
        // One query, repeated ones, and more than there are parameters.
        for queries in [few.select(&[2]).unwrap(), few.select(&[0, 1, 0, 3, 3, 0]).unwrap(), more] {
            let of = |method: Solver| {
                let mut diagnostics = derivatives(&context, &settings, &inputs, None);
                diagnostics.set_point(&theta).unwrap();
                let options = Options { solver: Some(method), tolerance: Some(1e-11), ..Options::default() };
                let mut influence = Influence::fit(diagnostics, &options).unwrap();
                let answer = influence.solve_queries(&scalars, &queries).unwrap();
                assert!(answer.solution.certificate.all_converged(), "{:?}", answer.solution.certificate);
                influence.scores(&answer).unwrap().values
            };
            let truth = of(Solver::Direct);
            for preconditioning in [
                Preconditioning::None,
                Preconditioning::Diagonal(diagonal.clone()),
                Preconditioning::Nystrom { rank: p / 2 },
            ] {
                for method in [
                    Solver::ConjugateGradient(preconditioning.clone()),
                    Solver::BlockConjugateGradient(preconditioning.clone()),
                ] {
                    close(&of(method.clone()), &truth, 1e-7, &format!("{method:?} of {settings:?}"));
                }
            }
            close(&of(Solver::MinimalResidual), &truth, 1e-7, &format!("MINRES of {settings:?}"));
        }
    }
}

#[test]
fn low_rank_at_full_rank_is_dense() {
    let context = Workers::single();
    for settings in cases() {
        let (inputs, queries) = (rows(&settings, 60, 3), rows(&settings, 5, 5));
        for damping in [0.0, 0.2] {
            let of = |method: Solver| {
                let diagnostics = trained(&context, &settings, &inputs, None);
                let scalars = scalars(&settings, &diagnostics, KIND);
                let options = Options { solver: Some(method), damping: Some(damping), ..Options::default() };
                let mut influence = Influence::fit(diagnostics, &options).unwrap();
                let answer = influence.solve_queries(&scalars, &queries).unwrap();
                let mut all = influence.scores(&answer).unwrap().values;
                all.extend(influence.self_influence(&[0, 7]).unwrap());
                all.extend(influence.leave_one_out(&answer, &[3]).unwrap().remove(0).scores);
                all
            };
            let p = trained(&context, &settings, &inputs, None).dimension();
            let truth = of(Solver::Direct);
            close(&of(Solver::Lanczos { rank: p }), &truth, 1e-9, &format!("Lanczos, {settings:?}, {damping}"));
            close(&of(Solver::Nystrom { rank: p }), &truth, 1e-9, &format!("Nyström, {settings:?}, {damping}"));
        }
    }
}

#[test]
fn lissa_solves_with_the_damping_it_states() {
    let context = Workers::single();
    for settings in penalized() {
        let (inputs, queries) = (rows(&settings, 60, 3), rows(&settings, 3, 5));
        let diagnostics = || trained(&context, &settings, &inputs, None);
        let scalars = scalars(&settings, &diagnostics(), KIND);
        for (convention, scale) in
            [(Damping::Added, None), (Damping::Published, None), (Damping::Published, Some(20.0))]
        {
            let lissa = Lissa { damping: convention, scale, ..Lissa::default() };
            let options = Options {
                solver: Some(Solver::Lissa(lissa)),
                damping: Some(0.02),
                tolerance: Some(1e-7),
                max_iterations: 100_000,
                ..Options::default()
            };
            let mut influence = Influence::fit(diagnostics(), &options).unwrap();
            let answer = influence.solve_queries(&scalars, &queries).unwrap();
            let found = influence.scores(&answer).unwrap().values;
            let stated = answer.solution.certificate.damping;
            assert!(answer.solution.certificate.all_converged());
            match (convention, scale) {
                (Damping::Added, _) => assert_eq!(stated, 0.02),
                (Damping::Published, Some(scale)) => assert!((stated - 0.02 * scale).abs() <= 1e-15 * scale),
                (Damping::Published, None) => assert!(stated > 0.0 && stated != 0.02),
            }
            let solver = Some(Solver::ConjugateGradient(Preconditioning::None));
            let options = Options { solver, damping: Some(stated), tolerance: Some(1e-11), ..Options::default() };
            close(&found, &scores(diagnostics(), &scalars, &queries, &options), 1e-4, &format!("{lissa:?}"));
        }
    }
}

fn single_precision(array: &Array<f64>) -> Array<f32> {
    Array::new(array.shape(), array.values().iter().map(|x| *x as f32).collect()).unwrap()
}

#[test]
fn single_precision_ranks_as_double_does() {
    let context = Workers::new(2).unwrap();
    let settings = settings(NetworkLoss::Logistic, &[], 0.01);
    let mut all = vec![(settings.clone(), rows(&settings, 400, 2))];
    all.extend(table("breast_cancer.csv", 1, NetworkLoss::Logistic, 0.01));
    all.extend(table("digits.csv", 10, NetworkLoss::Softmax, 0.01));
    for (settings, inputs) in all {
        let (n, queries) = (inputs.count(), inputs.select(&[3, 100, 250]).unwrap());
        let diagnostics = trained(&context, &settings, &inputs, None);
        let parameters: Vec<Array<f32>> = diagnostics.parameters().iter().map(single_precision).collect();
        let double = scalars(&settings, &diagnostics, KIND);
        let single: CompiledFunctional =
            CompiledFunctional::new(&settings.functional(KIND).unwrap(), diagnostics.layout()).unwrap();
        let objective = diagnostics.objective().clone();
        let mut influence = Influence::fit(diagnostics, &direct()).unwrap();
        let answer = influence.solve_queries(&double, &queries).unwrap();
        let truth = influence.scores(&answer).unwrap();
        let examples = Arc::new(inputs.convert::<f32>());
        let diagnostics = Derivatives::new(&context, objective, parameters, examples, None, None, 1 << 24).unwrap();
        let mut influence = Influence::fit(diagnostics, &direct()).unwrap();
        let answer = influence.solve_queries(&single, queries.convert::<f32>()).unwrap();
        let found = influence.scores(&answer).unwrap();
        for query in 0..3 {
            close(found.row(query), truth.row(query), 1e-4, "single precision");
            assert_eq!(found.extremes(query, 20), truth.extremes(query, 20), "query {query} of {n} rows");
        }
    }
}

/// ½θᵀDθ + xᵢ·θ with Σxᵢ = 0: a saddle at zero where D is not positive.
fn saddle(context: &Workers, bends: &[f64]) -> Derivatives<f64> {
    let p = bends.len();
    let mut g = Graph::new();
    let x = g.input("x", &[p]).unwrap();
    let theta = g.parameter("theta", &[p]).unwrap();
    let mut loss = g.einsum("d,d->", x, theta).unwrap();
    let square = g.mul(theta, theta).unwrap();
    for (k, bend) in bends.iter().enumerate() {
        let part = g.slice(square, 0, k, 1).unwrap();
        let part = g.reshape(part, &[]).unwrap();
        let part = g.scale(part, bend / 2.0).unwrap();
        loss = g.add(loss, part).unwrap();
    }
    let objective = Objective {
        graph: g,
        loss,
        penalty: None,
        convention: Convention::Mean,
        outputs: None,
        owned: Vec::new(),
        diagonal: Vec::new(),
    };
    let mut stream = Stream::new(1, Purpose::Data, 0, 0);
    let half: Vec<f64> = (0..10 * p).map(|_| stream.normal()).collect();
    let numbers = half.iter().copied().chain(half.iter().map(|x| -x)).collect();
    let inputs = Arc::new(Inputs::new(20).with_numbers(0, numbers).unwrap());
    let parameters = vec![Array::try_zeros(&[p]).unwrap()];
    Derivatives::new(context, Arc::new(objective), parameters, inputs, None, None, 0).unwrap()
}

#[test]
fn a_saddle_is_reported_with_its_lowest_eigenvalue() {
    let context = Workers::single();
    let bends: Vec<f64> = (0..40).map(|k| 2.0 - 0.04 * k as f64).chain([-0.5]).collect();
    let conjugate = Solver::ConjugateGradient(Preconditioning::None);
    let methods = [
        Solver::Direct,
        conjugate.clone(),
        Solver::BlockConjugateGradient(Preconditioning::None),
        Solver::Lanczos { rank: 5 },
        Solver::Lissa(Lissa::default()),
    ];
    for method in methods {
        for damping in [0.0, 0.3, 0.49] {
            let options = Options { solver: Some(method.clone()), damping: Some(damping), ..Options::default() };
            let error = Influence::fit(saddle(&context, &bends), &options).unwrap_err();
            let Error::Indefinite { lowest, damping: told, hint } = &error else { panic!("{error}") };
            assert!((lowest + 0.5).abs() <= 0.005, "{method:?}: {lowest}");
            assert_eq!(*told, damping);
            assert!(hint.contains("MINRES") && hint.contains("Gauss-Newton"), "{hint}");
        }
    }
    let right = Block::new(41, 1, vec![1.0; 41]).unwrap();
    for (method, damping) in [(Solver::Direct, 0.6), (conjugate, 0.6), (Solver::MinimalResidual, 0.0)] {
        let options = Options {
            solver: Some(method.clone()),
            damping: Some(damping),
            tolerance: Some(1e-12),
            ..Options::default()
        };
        let mut influence = Influence::fit(saddle(&context, &bends), &options).unwrap();
        assert!((influence.diagnostics().spectrum.lowest + 0.5).abs() <= 0.005, "{method:?}");
        let solution = influence.inverse(&right).unwrap();
        let truth: Vec<f64> = bends.iter().map(|bend| 1.0 / (bend + damping)).collect();
        close(solution.x.values(), &truth, 1e-10, &format!("{method:?}"));
        let met = solution.certificate.negative_curvature;
        assert_eq!(met.is_some_and(|met| met < 0.0), damping == 0.0, "{method:?}: {met:?}");
    }
}

#[test]
fn away_from_the_minimum_gauss_newton_is_the_default() {
    let context = Workers::single();
    let settings = settings(NetworkLoss::Softmax, &["dense:4", "tanh"], 0.01);
    let inputs = rows(&settings, 60, 3);
    let diagnostics = || {
        let mut diagnostics = derivatives(&context, &settings, &inputs, None);
        let point: Vec<f64> = diagnostics.point().iter().enumerate().map(|(k, x)| 2.0 * x + (k as f64).sin()).collect();
        diagnostics.set_point(&point).unwrap();
        diagnostics
    };
    let hessian = matrix(&mut diagnostics(), Curvature::Hessian);
    let lowest = hessian.self_adjoint_eigenvalues(faer::Side::Lower).unwrap()[0];
    assert!(lowest < -0.01, "{lowest}");
    // Each coordinate by the deviation of what examples contribute, and by the penalty's curvature.
    let gradient = {
        let (mut at, mut gradient) = (diagnostics(), vec![0.0; hessian.nrows()]);
        let value = at.value_and_gradient(&mut gradient).unwrap();
        let (penalty, all) = (at.penalty_gradient().unwrap(), at.gradients_of(&(0..60).collect::<Vec<_>>()).unwrap());
        let relative = |j: usize| {
            let of_penalty = if penalty[j] == 0.0 { 0.0 } else { 2.0 * value * settings.l2 };
            let variance = all.vectors().map(|g| (g[j] - gradient[j]).powi(2)).sum::<f64>() / 60.0;
            (gradient[j] / (variance + of_penalty).sqrt()).abs()
        };
        (0..gradient.len()).map(relative).fold(0.0, f64::max)
    };
    let asked = Options { curvature: Some(Curvature::Hessian), ..Options::default() };
    let error = Influence::fit(diagnostics(), &asked).unwrap_err();
    let Error::NotStationary { gradient: found, bound } = error else { panic!("{error}") };
    assert!((found - gradient).abs() <= 1e-9 * gradient && bound == 1e-4, "{found} {gradient}");
    let fitted = Influence::fit(diagnostics(), &Options::default()).unwrap();
    assert_eq!((fitted.diagnostics().curvature, fitted.diagnostics().at_minimum), (Curvature::GaussNewton, false));
    for solver in [Solver::Direct, Solver::ConjugateGradient(Preconditioning::None)] {
        for share in [0.0, 0.95] {
            let damping = -share * lowest;
            let options = Options {
                gradient_tolerance: 1e9,
                solver: Some(solver.clone()),
                damping: Some(damping),
                ..asked.clone()
            };
            let error = Influence::fit(diagnostics(), &options).unwrap_err();
            let Error::Indefinite { lowest: found, .. } = error else { panic!("{error}") };
            assert!((found - lowest).abs() <= 0.01 * -lowest, "{found} and {lowest}");
        }
        let options =
            Options { gradient_tolerance: 1e9, solver: Some(solver), damping: Some(-1.05 * lowest), ..asked.clone() };
        assert!(Influence::fit(diagnostics(), &options).is_ok());
    }
}

#[test]
fn error_bounds_hold_against_the_exact_solve() {
    let context = Workers::single();
    for settings in penalized() {
        let (inputs, queries) = (rows(&settings, 60, 3), rows(&settings, 3, 5));
        let weights: Vec<f64> = (0..60).map(|i| 0.5 + (i % 4) as f64).collect();
        let diagnostics = || trained(&context, &settings, &inputs, Some(&weights));
        let scalars = scalars(&settings, &diagnostics(), KIND);
        let truth = scores(diagnostics(), &scalars, &queries, &direct());
        let everyone: Vec<usize> = (0..60).collect();
        for tolerance in [0.3, 1e-2, 1e-4] {
            for preconditioning in [Preconditioning::None, Preconditioning::Nystrom { rank: 3 }] {
                let solver = Some(Solver::BlockConjugateGradient(preconditioning));
                let options = Options { solver, tolerance: Some(tolerance), ..Options::default() };
                let mut influence = Influence::fit(diagnostics(), &options).unwrap();
                let answer = influence.solve_queries(&scalars, &queries).unwrap();
                let found = influence.scores(&answer).unwrap();
                let mut worst = 0.0f64;
                let all = influence.error_bounds((&scalars, &queries.clone().into()), &answer, &everyone).unwrap();
                for (query, bounds) in all.into_iter().enumerate() {
                    for (example, bound) in bounds.into_iter().enumerate() {
                        let bound = bound.expect("the curvature is positive");
                        let off = (found.row(query)[example] - truth[query * 60 + example]).abs();
                        assert!(off <= bound + 1e-14, "{off:e} is above {bound:e}");
                        worst = worst.max(off / bound.max(1e-14));
                    }
                }
                assert!(worst > 1e-3, "a bound that says nothing: {worst}");
            }
        }
    }
}

#[test]
fn too_few_steps_are_marked() {
    let context = Workers::single();
    let settings = settings(NetworkLoss::Softmax, &[], 0.05);
    let (inputs, queries) = (rows(&settings, 60, 3), rows(&settings, 2, 5));
    let diagnostics = trained(&context, &settings, &inputs, None);
    let scalars = scalars(&settings, &diagnostics, KIND);
    let solver = Some(Solver::ConjugateGradient(Preconditioning::None));
    let options = Options { solver, max_iterations: 2, ..Options::default() };
    let answer = Influence::fit(diagnostics, &options).unwrap().solve_queries(&scalars, &queries).unwrap();
    let certificate = &answer.solution.certificate;
    assert_eq!(certificate.converged, [false, false]);
    assert!(certificate.relative_residuals.iter().all(|residual| *residual > 1e-8 && *residual < 1.0));
    assert!(certificate.hint.as_ref().unwrap().contains("allow more steps"), "{:?}", certificate.hint);
}
