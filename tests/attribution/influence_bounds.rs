//! The stated error of a score, against the scores at the minimum: solve, training and rounding together.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use ascribe::attribution::influence::{Influence, Options};
use ascribe::engine::Workers;
use ascribe::models::network::{NetworkFunctional, NetworkLoss, NetworkSettings};
use ascribe::objective::{CompiledFunctional, Convention, Curvature, Derivatives, Evaluate, Inputs};
use ascribe::solve::Solver;
use ascribe::tensor::random::{Purpose, Stream};
use ascribe::tensor::{Array, Real};
use ascribe::train::minimize;

use crate::common::dense;

const ROWS: usize = 100;
const QUERIES: usize = 10;
const FEATURES: usize = 5;
const SOLVERS: [&str; 6] = ["direct", "cg", "block-cg", "block-cg:3", "block-cg:blocks", "minres"];

/// Rows with columns of sizes up to `spread` apart, two of them nearly the same.
fn rows(settings: &NetworkSettings, count: usize, seed: u64, spread: f64) -> Inputs<f64> {
    let mut stream = Stream::new(seed, Purpose::Data, 7, 0);
    let size = |column: usize| spread.powf(column as f64 / (FEATURES - 1) as f64 - 0.5);
    let (mut features, mut targets, mut labels) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..count {
        let mut row: Vec<f64> = (0..FEATURES).map(|_| stream.normal()).collect();
        row[1] = row[0] + 0.01 * row[1];
        let sum = row[0] - row[2] + 0.5 * row[3] + stream.normal();
        targets.push(if settings.loss == NetworkLoss::Logistic {
            if sum > 0.0 { 1.0 } else { -1.0 }
        } else {
            3.0 * sum
        });
        labels.push(if sum > 0.7 { 2 } else { u32::from(sum > -0.5) });
        // Numbers that single precision holds exactly.
        features.extend(row.iter().enumerate().map(|(column, x)| f64::from((x * size(column)) as f32)));
    }
    let inputs = Inputs::new(count).with_numbers(0, features).unwrap();
    match settings.loss {
        NetworkLoss::Softmax => inputs.with_ids(1, labels).unwrap(),
        _ => inputs.with_numbers(1, targets.iter().map(|y| f64::from(*y as f32)).collect()).unwrap(),
    }
}

fn derivatives<T: Real>(settings: &NetworkSettings, inputs: &Inputs<f64>) -> Derivatives<T> {
    let objective = Arc::new(settings.objective().unwrap());
    let inputs = Arc::new(inputs.convert::<T>());
    Derivatives::new(&Workers::single(), objective, settings.initial(1).unwrap(), inputs, None, None, 1 << 20).unwrap()
}

/// The parameters where training ends at a relative gradient.
fn trained<T: Real>(settings: &NetworkSettings, inputs: &Inputs<f64>, gradient: f64) -> Vec<Array<T>> {
    let mut derivatives = derivatives::<T>(settings, inputs);
    let options = minimize::Options { gradient_tolerance: gradient, convex: true, ..minimize::Options::default() };
    let found = minimize::relative_minimum(&mut derivatives, minimize::newton, &options).unwrap();
    derivatives.set_point(&found.x).unwrap();
    derivatives.parameters().to_vec()
}

/// The scores at the minimum: Newton's method and elimination in dense algebra, from where training ended.
fn truth(settings: &NetworkSettings, inputs: &Inputs<f64>, queries: &Inputs<f64>, start: &[f64]) -> Vec<f64> {
    let mut exact = derivatives::<f64>(settings, inputs);
    let mut point = start.to_vec();
    for _ in 0..8 {
        exact.set_point(&point).unwrap();
        let mut gradient = vec![0.0; point.len()];
        exact.value_and_gradient(&mut gradient).unwrap();
        let step = dense::solved(&dense::matrix(&mut exact, Curvature::Hessian), 0.0, &gradient);
        point.iter_mut().zip(step).for_each(|(x, step)| *x -= step);
    }
    exact.set_point(&point).unwrap();
    let scalars = dense::scalars(settings, &exact, NetworkFunctional::Loss);
    let (_, gradients) = exact.functional_gradients(&scalars, &queries.clone().into()).unwrap();
    let matrix = dense::matrix(&mut exact, Curvature::Hessian);
    dense::dense_scores(&exact, &matrix, 0.0, &gradients)
}

/// How many scores were compared, and how often the stated error was exceeded, with the worst case in words.
#[derive(Default)]
struct Tally {
    scores: usize,
    exceeded: usize,
    worst: (f64, String),
    /// How many bounds are below a hundredth of the largest score of their query.
    telling: usize,
}

fn compare<T: Real>(settings: &NetworkSettings, seed: u64, spread: f64, gradient: f64, tally: &mut Tally) {
    let (inputs, queries) = (rows(settings, ROWS, seed, spread), rows(settings, QUERIES, seed + 1000, spread));
    let parameters = trained::<T>(settings, &inputs, gradient);
    let single = Arc::new(inputs.convert::<T>());
    let mut exact: Option<Vec<f64>> = None;
    for word in SOLVERS {
        let solver: Solver = word.parse().unwrap();
        let objective = Arc::new(settings.objective().unwrap());
        let at =
            Derivatives::new(&Workers::single(), objective, parameters.clone(), single.clone(), None, None, 1 << 20)
                .unwrap();
        let scalars: CompiledFunctional =
            CompiledFunctional::new(&settings.functional(NetworkFunctional::Loss).unwrap(), at.layout()).unwrap();
        let truth = exact.get_or_insert_with(|| truth(settings, &inputs, &queries, &at.point()));
        let Ok(mut influence) = Influence::fit(at, &Options { solver: Some(solver), ..Options::default() }) else {
            continue;
        };
        if !influence.diagnostics().at_minimum || influence.diagnostics().curvature != Curvature::Hessian {
            continue;
        }
        let asked = queries.clone().into();
        // What is singular to rounding is refused.
        let Ok(solved) = influence.solve_queries(&scalars, queries.clone()) else { continue };
        let scores = influence.scores(&solved).unwrap();
        let bounds = influence.error_bounds((&scalars, &asked), &solved, &(0..ROWS).collect::<Vec<_>>()).unwrap();
        for (query, bounds) in bounds.iter().enumerate() {
            let largest = dense::largest(&truth[query * ROWS..][..ROWS]);
            for (example, bound) in bounds.iter().enumerate() {
                let Some(bound) = bound else { continue };
                let off = (scores.row(query)[example] - truth[query * ROWS + example]).abs();
                tally.scores += 1;
                tally.telling += usize::from(*bound < 0.01 * largest);
                tally.exceeded += usize::from(off > *bound);
                if off / bound > tally.worst.0 {
                    let case = format!(
                        "{off:e} above {bound:e} of {largest:e}: {word}, {:?}, {:?} l2 {:e}, seed {seed}, spread {spread:e}, \
                         gradient {gradient:e}",
                        T::PRECISION,
                        settings.loss,
                        settings.l2
                    );
                    tally.worst = (off / bound, case);
                }
            }
        }
    }
}

fn exceeded(seeds: u64) -> Tally {
    let mut tally = Tally::default();
    for seed in 0..seeds {
        for loss in [NetworkLoss::Squared, NetworkLoss::Logistic, NetworkLoss::Softmax] {
            let outputs = if loss == NetworkLoss::Softmax { 3 } else { 1 };
            for l2 in [1e-6, 1e-4, 1e-2, 1.0] {
                let features = vec![FEATURES];
                let settings = NetworkSettings {
                    features,
                    outputs,
                    layers: Vec::new(),
                    loss,
                    l2,
                    intercept: true,
                    objective: Convention::Mean,
                    target_scale: None,
                };
                for (spread, gradient) in [(1.0, 1e-8), (1.0, 5e-5), (1e3, 1e-8), (1e3, 1e-5)] {
                    compare::<f64>(&settings, seed, spread, gradient, &mut tally);
                    compare::<f32>(&settings, seed, spread, gradient.max(1e-5), &mut tally);
                }
            }
        }
    }
    tally
}

#[test]
fn stated_errors_hold_at_the_minimum() {
    let tally = exceeded(2);
    assert_eq!(tally.exceeded, 0, "of {}: {:?}", tally.scores, tally.worst);
    assert!(tally.scores > 1_000_000, "{}", tally.scores);
    // A bound that is never exceeded because it says nothing would pass.
    assert!(10 * tally.telling > 9 * tally.scores, "{} of {}", tally.telling, tally.scores);
    assert!(tally.worst.0 > 0.1, "{:?}", tally.worst);
}

/// With a factor, features in other units change bounds no more than scores.
#[test]
fn bounds_with_a_factor_do_not_depend_on_units() {
    let settings = NetworkSettings {
        features: vec![FEATURES],
        outputs: 1,
        layers: Vec::new(),
        loss: NetworkLoss::Squared,
        l2: 0.0,
        intercept: true,
        objective: Convention::Mean,
        target_scale: None,
    };
    let (inputs, queries) = (rows(&settings, ROWS, 3, 1.0), rows(&settings, QUERIES, 5, 1.0));
    let bounds = |powers: [i32; FEATURES]| {
        let in_units = |inputs: &Inputs<f64>| {
            let numbers = inputs.numbers(0).iter().enumerate();
            let numbers = numbers.map(|(at, x)| x * 2.0_f64.powi(powers[at % FEATURES])).collect();
            let targets = inputs.numbers(1).to_vec();
            Inputs::new(inputs.count()).with_numbers(0, numbers).unwrap().with_numbers(1, targets).unwrap()
        };
        let (inputs, queries) = (in_units(&inputs), in_units(&queries));
        let mut at = derivatives::<f64>(&settings, &inputs);
        dense::train(&mut at);
        let scalars = dense::scalars(&settings, &at, NetworkFunctional::Loss);
        let options = Options { solver: Some(Solver::Direct), ..Options::default() };
        let mut influence = Influence::fit(at, &options).unwrap();
        let solved = influence.solve_queries(&scalars, queries.clone()).unwrap();
        let largest = dense::largest(&influence.scores(&solved).unwrap().values);
        let examples: Vec<usize> = (0..ROWS).collect();
        let found = influence.error_bounds((&scalars, &queries.into()), &solved, &examples).unwrap();
        let widest = found.iter().flatten().fold(0.0_f64, |widest, bound| widest.max(bound.unwrap()));
        (largest, widest)
    };
    let (own, other) = (bounds([0; FEATURES]), bounds([20, -20, 0, 30, -30][..FEATURES].try_into().unwrap()));
    assert!((own.0 / other.0 - 1.0).abs() < 1e-6, "scores: {own:?} and {other:?}");
    assert!(own.1 < 1e-6 * own.0 && other.1 < 10.0 * own.1, "bounds: {own:?} and {other:?}");
}
