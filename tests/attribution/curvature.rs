//! Derivatives of objectives over examples: against finite differences and against each other.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use ascribe::engine::{Monitor, Workers};
use ascribe::models::Family;
use ascribe::models::network::{Activation, Layer, NetworkFunctional, NetworkLoss, NetworkSettings, TargetKind};
use ascribe::objective::Inputs;
use ascribe::objective::{CompiledFunctional, Convention, Curvature, CurvatureOperator, Derivatives};
use ascribe::solve::{self, Block, Cholesky, Operator};
use ascribe::tensor::random::{Purpose, Stream};

const FEATURES: usize = 4;

fn settings(loss: NetworkLoss, layers: &[Layer], l2: f64) -> NetworkSettings {
    let outputs = if loss == NetworkLoss::Softmax { 3 } else { 1 };
    NetworkSettings {
        features: vec![FEATURES],
        outputs,
        layers: layers.to_vec(),
        loss,
        l2,
        intercept: true,
        objective: Convention::Mean,
        target_scale: None,
    }
}

fn cases() -> Vec<NetworkSettings> {
    let hidden =
        [Layer::Dense(5), Layer::Activation(Activation::Tanh), Layer::Dense(3), Layer::Activation(Activation::Gelu)];
    vec![
        settings(NetworkLoss::Squared, &[], 0.0),
        settings(NetworkLoss::Squared, &hidden, 0.1),
        settings(NetworkLoss::Logistic, &[], 0.1),
        settings(NetworkLoss::Hinge { smoothing: 0.2 }, &[], 0.1),
        settings(NetworkLoss::Softmax, &[], 0.1),
        settings(NetworkLoss::Softmax, &hidden, 0.05),
        images(),
    ]
}

/// A small network of every layer for images.
fn images() -> NetworkSettings {
    let layers = ["conv:3x2", "softplus", "max:2", "conv:2x2", "sigmoid", "average:1"];
    let layers = layers.map(|layer| layer.parse().unwrap()).to_vec();
    NetworkSettings {
        features: vec![5, 6, 2],
        outputs: 3,
        layers,
        loss: NetworkLoss::Softmax,
        l2: 0.1,
        intercept: true,
        objective: Convention::Mean,
        target_scale: None,
    }
}

fn width(settings: &NetworkSettings) -> usize {
    settings.features.iter().product()
}

fn inputs(settings: &NetworkSettings, count: usize, seed: u64) -> Inputs<f64> {
    let mut stream = Stream::new(seed, Purpose::Data, 0, 0);
    let features = (0..count * width(settings)).map(|_| stream.normal()).collect();
    let inputs = Inputs::new(count).with_numbers(0, features).unwrap();
    match settings.target() {
        TargetKind::Number => inputs.with_numbers(1, (0..count).map(|_| stream.normal()).collect()),
        TargetKind::Sign => {
            inputs.with_numbers(1, (0..count).map(|_| 2.0 * f64::from(stream.below(2)) - 1.0).collect())
        }
        TargetKind::Label => inputs.with_ids(1, (0..count).map(|_| stream.below(3)).collect()),
    }
    .unwrap()
}

fn vectors(dimension: usize, count: usize, seed: u64) -> Block {
    let mut stream = Stream::new(seed, Purpose::Probe, 0, 0);
    Block::new(dimension, count, (0..dimension * count).map(|_| stream.normal()).collect()).unwrap()
}

fn weights(count: usize) -> Vec<f64> {
    (0..count).map(|place| 0.5 + (place % 3) as f64).collect()
}

/// Derivatives at a random point, with weights that are not all one.
fn derivatives(context: &Workers, settings: &NetworkSettings, count: usize) -> Derivatives<f64> {
    let initial = settings.initial::<f64>(1).unwrap();
    let examples = Arc::new(inputs(settings, count, 7));
    let objective = Arc::new(settings.objective().unwrap());
    let weights = weights(count);
    let mut derivatives =
        Derivatives::new(context, objective, initial, examples, Some(&weights), None, 1 << 24).unwrap();
    let mut point = derivatives.point();
    let mut stream = Stream::new(3, Purpose::Probe, 1, 0);
    point.iter_mut().for_each(|x| *x += 0.3 * stream.normal());
    derivatives.set_point(&point).unwrap();
    derivatives
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn close(found: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    let scale = expected.iter().fold(1e-3f64, |m, x| m.max(x.abs()));
    for (place, (x, y)) in found.iter().zip(expected).enumerate() {
        assert!((x - y).abs() <= tolerance * scale, "{what}, place {place}: {x} and {y}");
    }
    assert_eq!(found.len(), expected.len());
}

/// The gradient at a point moved along a direction.
fn moved_gradient(derivatives: &mut Derivatives<f64>, at: &[f64], direction: &[f64], step: f64) -> Vec<f64> {
    let moved: Vec<f64> = at.iter().zip(direction).map(|(x, d)| x + step * d).collect();
    derivatives.set_point(&moved).unwrap();
    let mut gradient = vec![0.0; at.len()];
    derivatives.value_and_gradient(&mut gradient).unwrap();
    gradient
}

#[test]
fn gradients_are_central_differences_of_values() {
    let context = Workers::single();
    for settings in cases() {
        let mut derivatives = derivatives(&context, &settings, 9);
        let at = derivatives.point();
        let mut gradient = vec![0.0; at.len()];
        derivatives.value_and_gradient(&mut gradient).unwrap();
        let step = 1e-6;
        for place in 0..at.len() {
            let mut value = |sign: f64| {
                let mut moved = at.clone();
                moved[place] += sign * step;
                derivatives.set_point(&moved).unwrap();
                derivatives.value_and_gradient(&mut vec![0.0; at.len()]).unwrap()
            };
            let slope = (value(1.0) - value(-1.0)) / (2.0 * step);
            assert!((slope - gradient[place]).abs() < 1e-7, "{settings:?} {place}: {slope} and {}", gradient[place]);
        }
    }
}

#[test]
fn hessian_products_are_central_differences_of_gradients() {
    let context = Workers::single();
    for settings in cases() {
        let mut derivatives = derivatives(&context, &settings, 9);
        let at = derivatives.point();
        for count in [1, 3] {
            let directions = vectors(at.len(), count, 5);
            let mut products = Block::zeros(at.len(), count);
            derivatives.set_point(&at).unwrap();
            derivatives.products(Curvature::Hessian, &directions, &mut products).unwrap();
            for (direction, product) in directions.vectors().zip(products.vectors()) {
                let step = 1e-5;
                let up = moved_gradient(&mut derivatives, &at, direction, step);
                let down = moved_gradient(&mut derivatives, &at, direction, -step);
                let slope: Vec<f64> = up.iter().zip(&down).map(|(u, d)| (u - d) / (2.0 * step)).collect();
                close(product, &slope, 1e-6, &format!("{settings:?}"));
            }
        }
    }
}

#[test]
fn many_directions_at_once_are_each_direction_alone() {
    let context = Workers::single();
    for settings in cases() {
        let mut derivatives = derivatives(&context, &settings, 13);
        let p = derivatives.dimension();
        // More than one program takes at once.
        let directions = vectors(p, 41, 2);
        for curvature in [Curvature::Hessian, Curvature::GaussNewton, Curvature::Fisher] {
            let mut together = Block::zeros(p, 41);
            derivatives.products(curvature, &directions, &mut together).unwrap();
            for number in [0, 7, 31, 32, 40] {
                let alone = Block::new(p, 1, directions.vector(number).to_vec()).unwrap();
                let mut product = Block::zeros(p, 1);
                derivatives.products(curvature, &alone, &mut product).unwrap();
                close(together.vector(number), product.values(), 1e-12, &format!("{curvature:?} of {settings:?}"));
            }
        }
    }
}

#[test]
fn every_curvature_matrix_is_what_its_examples_say() {
    let context = Workers::single();
    for settings in cases() {
        let mut derivatives = derivatives(&context, &settings, 9);
        let p = derivatives.dimension();
        let examples: Vec<usize> = (0..9).collect();
        let seen = derivatives.jacobians(&examples).unwrap();
        let weights = weights(9);
        let total: f64 = weights.iter().sum();
        let gradients = derivatives.gradients_of(&examples).unwrap();
        let direction = vectors(p, 1, 4);
        // The penalty bends the objective alike for every curvature: that of no weight at all.
        let mut bent = vec![0.0; p];
        let mut without = settings.clone();
        without.l2 = 0.0;
        if settings.l2 > 0.0 {
            let free = Arc::new(without.objective().unwrap());
            let mut free = Derivatives::new(
                &context,
                free,
                derivatives.parameters().to_vec(),
                derivatives.inputs().clone(),
                Some(&weights),
                None,
                0,
            )
            .unwrap();
            let (mut with, mut less) = (Block::zeros(p, 1), Block::zeros(p, 1));
            derivatives.products(Curvature::Hessian, &direction, &mut with).unwrap();
            free.products(Curvature::Hessian, &direction, &mut less).unwrap();
            bent = with.values().iter().zip(less.values()).map(|(a, b)| a - b).collect();
            let whole: Vec<f64> = free.gradients_of(&examples).unwrap().values().to_vec();
            for place in 0..9 {
                let back: Vec<f64> = (0..p)
                    .map(|k| {
                        (0..seen.outputs)
                            .map(|output| {
                                seen.rows.vector(place * seen.outputs + output)[k]
                                    * seen.gradients[place * seen.outputs + output]
                            })
                            .sum()
                    })
                    .collect();
                close(&back, &whole[place * p..(place + 1) * p], 1e-12, "Jᵀ r");
            }
        }
        let mut expected = bent.clone();
        let mut fisher = bent;
        let c = seen.outputs;
        for (place, weight) in weights.iter().enumerate() {
            let rows: Vec<&[f64]> = (0..c).map(|output| seen.rows.vector(place * c + output)).collect();
            let along: Vec<f64> = rows.iter().map(|row| dot(row, direction.values())).collect();
            for (output, row) in rows.iter().enumerate() {
                let bend = dot(&seen.hessians[(place * c + output) * c..][..c], &along);
                for (x, j) in expected.iter_mut().zip(*row) {
                    *x += weight / total * bend * j;
                }
            }
            let slope = &seen.gradients[place * c..][..c];
            let gradient: Vec<f64> =
                (0..p).map(|k| (0..c).map(|output| rows[output][k] * slope[output]).sum()).collect();
            let along = dot(&gradient, direction.values());
            for (x, g) in fisher.iter_mut().zip(&gradient) {
                *x += weight / total * along * g;
            }
        }
        let mut product = Block::zeros(p, 1);
        derivatives.products(Curvature::GaussNewton, &direction, &mut product).unwrap();
        close(product.values(), &expected, 1e-11, "Gauss-Newton");
        derivatives.products(Curvature::Fisher, &direction, &mut product).unwrap();
        close(product.values(), &fisher, 1e-11, "Fisher");
        if settings.is_convex() {
            derivatives.products(Curvature::Hessian, &direction, &mut product).unwrap();
            close(product.values(), &expected, 1e-10, "Hessian of a linear model");
        }
        // The examples' gradients add up to the objective's, and give the directional derivatives.
        let mut gradient = vec![0.0; p];
        derivatives.value_and_gradient(&mut gradient).unwrap();
        let sum: Vec<f64> = (0..p).map(|k| (0..9).map(|i| weights[i] / total * gradients.vector(i)[k]).sum()).collect();
        close(&gradient, &sum, 1e-12, "gradient");
        let directions = vectors(p, 3, 8);
        derivatives
            .directional(&directions, |example, first, values| {
                for (place, value) in values.iter().enumerate() {
                    let expected = dot(gradients.vector(example), directions.vector(first + place));
                    assert!((value - expected).abs() < 1e-12 * (1.0 + expected.abs()), "{value} and {expected}");
                }
            })
            .unwrap();
    }
}

#[test]
fn assembled_matrices_have_the_products_of_their_operators() {
    let context = Workers::new(2).unwrap();
    let mut all = cases();
    for loss in [NetworkLoss::Squared, NetworkLoss::Softmax] {
        let mut without = settings(loss, &[], 0.3);
        without.intercept = false;
        all.push(without);
    }
    for settings in all {
        let mut derivatives = derivatives(&context, &settings, 11);
        let p = derivatives.dimension();
        for curvature in [Curvature::Hessian, Curvature::GaussNewton, Curvature::Fisher] {
            let direction = vectors(p, 2, 3);
            let (mut expected, mut found) = (Block::zeros(p, 2), Block::zeros(p, 2));
            derivatives.products(curvature, &direction, &mut expected).unwrap();
            derivatives.matrix(curvature, &Monitor::none()).unwrap().apply(&direction, &mut found).unwrap();
            close(found.values(), expected.values(), 1e-12, &format!("{curvature:?} of {settings:?}"));
        }
    }
    // The last layer of a network alone is a generalized linear model on what the layers below make.
    let settings = cases().pop().unwrap();
    let initial = settings.initial::<f64>(1).unwrap();
    let names = settings.parameters().unwrap().into_iter().rev().take(2).map(|parameter| parameter.name);
    let names: Vec<String> = names.collect();
    let objective = Arc::new(settings.objective().unwrap());
    let examples = Arc::new(inputs(&settings, 9, 2));
    let mut last = Derivatives::new(&context, objective, initial, examples, None, Some(&names), 0).unwrap();
    let p = last.dimension();
    assert!(last.matrix_cost().is_some(), "the structure is seen");
    let direction = vectors(p, 1, 3);
    let (mut expected, mut found) = (Block::zeros(p, 1), Block::zeros(p, 1));
    last.products(Curvature::Hessian, &direction, &mut expected).unwrap();
    last.matrix(Curvature::Hessian, &Monitor::none()).unwrap().apply(&direction, &mut found).unwrap();
    close(found.values(), expected.values(), 1e-12, "the last layer");
}

#[test]
fn a_softmax_with_intercepts_is_determined() {
    let context = Workers::single();
    let settings = settings(NetworkLoss::Softmax, &[], 0.1);
    let mut derivatives = derivatives(&context, &settings, 30);
    // Without the penalty on them, intercepts of all classes could be shifted together.
    let matrix = derivatives.matrix(Curvature::Hessian, &Monitor::none()).unwrap();
    let lowest = Cholesky::new(matrix, 0.0).unwrap().spectrum().unwrap().lowest;
    assert!(lowest > 1e-3, "{lowest}");
}

#[test]
fn threads_and_budgets_change_no_bit() {
    for settings in cases() {
        let mut seen: Option<Vec<u64>> = None;
        for threads in [1, 2, 8] {
            let context = Workers::new(threads).unwrap();
            let mut derivatives = derivatives(&context, &settings, 2000);
            let p = derivatives.dimension();
            let mut products = Block::zeros(p, 4);
            derivatives.products(Curvature::Hessian, &vectors(p, 4, 1), &mut products).unwrap();
            let bits: Vec<u64> = products.values().iter().map(|x| x.to_bits()).collect();
            assert!(seen.as_ref().is_none_or(|seen| *seen == bits), "{threads} threads");
            seen = Some(bits);
        }
    }
}

#[test]
fn effects_of_inputs_are_central_differences() {
    let context = Workers::single();
    for settings in cases() {
        let mut derivatives = derivatives(&context, &settings, 5);
        let p = derivatives.dimension();
        let direction = vectors(p, 1, 6);
        let effects = derivatives.input_effects(direction.values(), 0, &[3, 1]).unwrap();
        let original = derivatives.inputs().clone();
        for (place, example) in [3, 1].into_iter().enumerate() {
            for (feature, found) in effects[place].iter().enumerate() {
                let step = 1e-5;
                let mut slope = |sign: f64| {
                    let mut moved = (*original).clone();
                    moved.numbers_of_mut(0, example)[feature] += sign * step;
                    derivatives.set_examples(Arc::new(moved), None).unwrap();
                    let mut found = 0.0;
                    derivatives
                        .directional(&direction, |e, _, values| {
                            if e == example {
                                found = values[0]
                            }
                        })
                        .unwrap();
                    found
                };
                let expected = (slope(1.0) - slope(-1.0)) / (2.0 * step);
                assert!((found - expected).abs() < 1e-6 * (1.0 + expected.abs()), "{found} and {expected}");
            }
        }
    }
}

#[test]
fn functionals_have_the_gradients_of_central_differences() {
    let context = Workers::single();
    for settings in cases() {
        let mut derivatives = derivatives(&context, &settings, 5);
        let queries = inputs(&settings, 3, 11);
        for (name, kind) in NetworkFunctional::ALL {
            let Ok(functional) = settings.functional(kind) else { continue };
            let scalars = CompiledFunctional::new(&functional, derivatives.layout()).unwrap();
            let at = derivatives.point();
            let (values, gradients) = scalars.gradients(&context, derivatives.parameters(), &queries).unwrap();
            let direction = vectors(at.len(), 1, 9);
            let step = 1e-6;
            let mut moved = |sign: f64| {
                let moved: Vec<f64> = at.iter().zip(direction.values()).map(|(x, d)| x + sign * step * d).collect();
                derivatives.set_point(&moved).unwrap();
                scalars.values(&context, derivatives.parameters(), &queries).unwrap()
            };
            let (up, down) = (moved(1.0), moved(-1.0));
            derivatives.set_point(&at).unwrap();
            assert_eq!(values, scalars.values(&context, derivatives.parameters(), &queries).unwrap());
            for query in 0..3 {
                let expected = (up[query] - down[query]) / (2.0 * step);
                let found = dot(gradients.vector(query), direction.values());
                assert!(
                    (found - expected).abs() < 1e-6 * (1.0 + expected.abs()),
                    "{name} of {settings:?}: {found} and {expected}"
                );
            }
        }
    }
}

#[test]
fn bad_input_is_refused() {
    let context = Workers::single();
    let settings = settings(NetworkLoss::Softmax, &[], 0.1);
    let initial = settings.initial::<f64>(1).unwrap();
    let objective = Arc::new(settings.objective().unwrap());
    let examples = Arc::new(inputs(&settings, 4, 1));
    let make = |weights: Option<&[f64]>, named: Option<&[String]>| {
        Derivatives::new(&context, objective.clone(), initial.clone(), examples.clone(), weights, named, 0).map(|_| ())
    };
    assert!(make(Some(&[1.0; 3]), None).unwrap_err().to_string().contains("the number of weights is 3"));
    assert!(make(Some(&[0.0; 4]), None).is_err());
    assert!(make(Some(&[1.0, -1.0, 1.0, 1.0]), None).unwrap_err().to_string().contains("example 1"));
    let error = make(None, Some(&["wights".to_owned()])).unwrap_err().to_string();
    assert!(error.contains("weights 1") && error.contains("wights"), "{error}");
    make(None, Some(&["intercept 1".to_owned()])).unwrap();
}

/// A softmax does not see what is added to all outputs: blocks that leave that out take less than half of the steps, also
/// where some examples are classified with certainty and rounding is all that is left of their curvature.
#[test]
fn blocks_see_what_a_softmax_does_not() {
    let mut settings = settings(NetworkLoss::Softmax, &[], 1e-4);
    settings.features = vec![40];
    let features = vectors(40, 400, 5);
    let labels = (0..400).map(|row| row % 3).collect();
    let examples = Inputs::new(400).with_numbers(0, features.values().to_vec()).unwrap().with_ids(1, labels).unwrap();
    let (workers, objective) = (Workers::single(), Arc::new(settings.objective().unwrap()));
    let initial = settings.initial(1).unwrap();
    let mut derivatives = Derivatives::new(&workers, objective, initial, Arc::new(examples), None, None, 0).unwrap();
    let p = derivatives.dimension();
    // Outputs are some tens apart.
    let point: Vec<f64> = vectors(p, 1, 6).values().iter().map(|x| 3.0 * x).collect();
    derivatives.set_point(&point).unwrap();
    let right = derivatives.gradients_of(&[0, 1]).unwrap();
    let mut solved = |word: &str| {
        let options = solve::Options { semidefinite: true, tolerance: 1e-8, ..solve::Options::default() };
        let operator = &mut CurvatureOperator::new(&mut derivatives, Curvature::Hessian);
        let found = solve::solve(operator, 0.0, &right, &word.parse().unwrap(), &options).unwrap();
        assert!(found.certificate.all_converged());
        (found.certificate.iterations, found.x)
    };
    let ((alone, truth), (with, x)) = (solved("cg"), solved("cg:blocks"));
    close(x.values(), truth.values(), 1e-5, "the solution");
    assert!(2 * with < alone, "{with} steps with blocks, {alone} without");
}
