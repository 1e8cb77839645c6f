//! Training of models of rows and images.
#![allow(clippy::unwrap_used)]

use std::ops::ControlFlow;
use std::sync::Arc;

use ascribe::engine::Workers;
use ascribe::models::network::{NetworkLoss, NetworkModel, NetworkSettings, TargetKind};
use ascribe::objective::Inputs;
use ascribe::tensor::random::{Purpose, Stream};
use ascribe::train::network::{DenseOptions, DenseProgress, DenseReport, DenseTraining, train};
use ascribe::train::{Optimizer, Schedule, TrainerOptions, minimize};
use ascribe::{Error, Result};

fn settings(features: &[usize], layers: &[&str], loss: NetworkLoss, l2: f64) -> NetworkSettings {
    let outputs = if loss == NetworkLoss::Softmax { 3 } else { 1 };
    let layers = layers.iter().map(|layer| layer.parse().unwrap()).collect();
    NetworkSettings { features: features.to_vec(), outputs, layers, loss, l2, intercept: true }
}

fn inputs(settings: &NetworkSettings, count: usize) -> Arc<Inputs<f64>> {
    let width: usize = settings.features.iter().product();
    let mut stream = Stream::new(7, Purpose::Data, 0, 0);
    let features: Vec<f64> = (0..count * width).map(|_| stream.normal()).collect();
    let sums: Vec<f64> = features.chunks(width).map(|row| row[0] * row[1] + row[2]).collect();
    let inputs = Inputs::new(count).with_numbers(0, features).unwrap();
    let inputs = match settings.target() {
        TargetKind::Number => inputs.with_numbers(1, sums),
        TargetKind::Sign => inputs.with_numbers(1, sums.iter().map(|x| x.signum()).collect()),
        TargetKind::Label => {
            inputs.with_ids(1, sums.iter().map(|x| if *x < -0.5 { 0 } else { 1 + u32::from(*x > 0.5) }).collect())
        }
    };
    Arc::new(inputs.unwrap())
}

fn options(method: Optimizer, learning_rate: f64, epochs: usize, batch: usize) -> DenseOptions {
    let trainer = TrainerOptions { method, learning_rate, schedule: Schedule::Constant, epochs, batch, seed: 5 };
    DenseOptions { trainer, polish: false, gradient: 1e-9, max_iterations: 500, memory: 1 << 24 }
}

fn run(
    settings: &NetworkSettings,
    inputs: &Arc<Inputs<f64>>,
    weights: Option<&[f64]>,
    options: &DenseOptions,
    threads: usize,
) -> Result<(Vec<f64>, DenseReport)> {
    let model = NetworkModel::<f64>::new(settings.clone(), 3)?;
    let context = Workers::new(threads)?;
    let (found, report) = train(&model, inputs, weights, options, &context, &mut |_| ControlFlow::Continue(()))?;
    Ok((found.iter().flat_map(|array| array.values().to_vec()).collect(), report))
}

fn apart(left: &[f64], right: &[f64]) -> f64 {
    assert_eq!(left.len(), right.len());
    left.iter().zip(right).fold(0.0, |most, (x, y)| f64::max(most, (x - y).abs()))
}

#[test]
fn losses_fall_and_threads_change_no_bit() {
    let network = settings(&[6], &["dense:16", "tanh"], NetworkLoss::Softmax, 0.001);
    let images = settings(&[6, 6, 1], &["conv:3x2", "relu", "max:2"], NetworkLoss::Softmax, 0.001);
    for settings in [network, images] {
        let inputs = inputs(&settings, 200);
        for method in [Optimizer::adam(true), Optimizer::adagrad(), Optimizer::Sgd] {
            let rate = if method == Optimizer::Sgd { 0.2 } else { 0.02 };
            let options = options(method, rate, 20, 32);
            let (first, report) = run(&settings, &inputs, None, &options, 1).unwrap();
            assert_eq!(report.losses.len(), 20);
            assert!(report.losses[19] < 0.9 * report.losses[0], "{method:?}: {:?}", report.losses);
            for threads in [2, 8] {
                let (again, other) = run(&settings, &inputs, None, &options, threads).unwrap();
                assert!(first.iter().zip(&again).all(|(x, y)| x.to_bits() == y.to_bits()), "{method:?}");
                assert_eq!(report.losses, other.losses);
            }
        }
    }
}

#[test]
fn a_training_may_be_cut_up_anywhere() {
    let settings = settings(&[4], &["dense:5", "tanh"], NetworkLoss::Softmax, 0.01);
    let inputs = inputs(&settings, 50);
    let weights: Vec<f64> = (0..50).map(|place| f64::from(place % 3)).collect();
    let options = DenseOptions { polish: true, ..options(Optimizer::adam(false), 0.02, 5, 8) };
    let (expected, report) = run(&settings, &inputs, Some(&weights), &options, 1).unwrap();
    let model = NetworkModel::<f64>::new(settings, 3).unwrap();
    let context = Workers::single();
    for steps in [1, 7, u64::MAX] {
        let mut training = DenseTraining::new(&model, inputs.clone(), Some(&weights), options).unwrap();
        let mut broken = 0;
        loop {
            match training.advance(steps, &context, &mut |_| ControlFlow::Break(())) {
                Ok(true) => break,
                Ok(false) => (),
                Err(error) => {
                    assert!(matches!(error, Error::Canceled { .. }), "{error}");
                    broken += 1;
                    assert_eq!(training.epochs().unwrap().losses(), &report.losses[..broken]);
                }
            }
        }
        let epochs = training.epochs().unwrap();
        // A batch of which every example has weight zero takes no step.
        assert_eq!((broken, epochs.total_steps()), (5, 35));
        assert!(epochs.is_finished() && (30..=35).contains(&epochs.steps()));
        // Minimizing may be broken off, too, and made again.
        assert!(training.finish(&context, &mut |_| ControlFlow::Break(())).is_err());
        let (found, course) = training.finish(&context, &mut |_| ControlFlow::Continue(())).unwrap();
        let found: Vec<f64> = found.iter().flat_map(|array| array.values().to_vec()).collect();
        assert!(found.iter().zip(&expected).all(|(x, y)| x.to_bits() == y.to_bits()), "{steps} steps at a time");
        assert_eq!(course.losses, report.losses);
    }
}

/// Ridge regression as any objective: its minimum by the normal equations, with an example of weight zero.
#[test]
fn any_objective_is_minimized_over_weighted_examples() {
    let settings = NetworkSettings { intercept: false, ..settings(&[3], &[], NetworkLoss::Squared, 0.3) };
    let inputs = inputs(&settings, 20);
    let mut weights = vec![1.0; 20];
    (weights[4], weights[9]) = (0.0, 2.5);
    let objective = Arc::new(settings.objective().unwrap());
    let start = vec![ascribe::tensor::Array::<f64>::zeros(&[1, 3])];
    let minimizing = minimize::Options { gradient: 1e-12, ..minimize::Options::default() };
    let context = Workers::single();
    let (found, minimum) =
        minimize::minimize_objective(&objective, start, &inputs, Some(&weights), 1 << 20, &minimizing, &context)
            .unwrap();
    assert!(minimum.converged && minimum.gradient <= 1e-12, "{minimum:?}");
    // Σ wᵢ (xᵢᵀθ − yᵢ) xᵢ + W λ θ = 0.
    let theta = found[0].values();
    let mut slope: Vec<f64> = theta.iter().map(|x| 0.3 * x * weights.iter().sum::<f64>()).collect();
    for (example, weight) in weights.iter().enumerate() {
        let (x, y) = (inputs.numbers_of(0, example), inputs.numbers_of(1, example)[0]);
        let residual: f64 = x.iter().zip(theta).map(|(x, t)| x * t).sum::<f64>() - y;
        slope.iter_mut().zip(x).for_each(|(sum, x)| *sum += weight * residual * x);
    }
    assert!(slope.iter().all(|part| part.abs() < 1e-10) && theta.iter().any(|x| x.abs() > 1e-2), "{slope:?}");
}

#[test]
fn a_step_is_the_rate_times_the_mean_gradient() {
    let settings = settings(&[4], &["dense:5", "tanh"], NetworkLoss::Squared, 0.1);
    let inputs = inputs(&settings, 30);
    let weights: Vec<f64> = (0..30).map(|place| (place % 3) as f64).collect();
    let (found, _) = run(&settings, &inputs, Some(&weights), &options(Optimizer::Sgd, 0.05, 1, 30), 1).unwrap();
    let model = NetworkModel::<f64>::new(settings.clone(), 3).unwrap();
    let context = Workers::single();
    let mut derivatives = ascribe::objective::Derivatives::new(
        &context,
        Arc::new(settings.objective().unwrap()),
        model.parameters().to_vec(),
        inputs,
        Some(&weights),
        None,
        1 << 20,
    )
    .unwrap();
    let mut point = derivatives.point();
    let mut gradient = vec![0.0; point.len()];
    derivatives.value_and_gradient(&mut gradient).unwrap();
    // The derivatives are per unit of weight, the mean of a batch per example.
    let weight: f64 = weights.iter().sum();
    point.iter_mut().zip(&gradient).for_each(|(x, g)| *x -= 0.05 * g * weight / 30.0);
    assert!(apart(&found, &point) < 1e-14);
}

#[test]
fn an_example_of_weight_zero_changes_nothing_for_the_others() {
    let settings = settings(&[4], &["dense:5", "tanh"], NetworkLoss::Squared, 0.1);
    let inputs = inputs(&settings, 40);
    let mut weights = vec![1.0; 40];
    weights[17] = 0.0;
    let options = options(Optimizer::adam(true), 0.01, 5, 8);
    let (without, _) = run(&settings, &inputs, Some(&weights), &options, 1).unwrap();
    let mut other = (*inputs).clone();
    other.numbers_of_mut(0, 17).fill(3.0);
    other.numbers_of_mut(1, 17)[0] = -50.0;
    let (still, _) = run(&settings, &Arc::new(other), Some(&weights), &options, 1).unwrap();
    assert_eq!(without, still);
    let (with, _) = run(&settings, &inputs, None, &options, 1).unwrap();
    assert!(apart(&with, &without) > 1e-6);
}

#[test]
fn weight_two_is_the_example_twice() {
    for loss in
        [NetworkLoss::Squared, NetworkLoss::Logistic, NetworkLoss::Softmax, NetworkLoss::Hinge { smoothing: 0.2 }]
    {
        // A constant added to all intercepts of a softmax changes nothing: without them there is one optimum.
        let intercept = loss != NetworkLoss::Softmax;
        let settings = NetworkSettings { intercept, ..settings(&[4], &[], loss, 0.05) };
        let inputs = inputs(&settings, 50);
        let mut weights = vec![1.0; 50];
        weights[9] = 2.0;
        let twice: Vec<usize> = (0..50).chain([9]).collect();
        let twice = Arc::new(inputs.select(&twice).unwrap());
        let options = DenseOptions { gradient: 1e-12, ..options(Optimizer::Sgd, 0.1, 1, 10) };
        let (weighted, report) = run(&settings, &inputs, Some(&weights), &options, 1).unwrap();
        let minimum = report.minimum.unwrap();
        assert!(minimum.converged && report.losses.is_empty(), "{loss:?}: {minimum:?}");
        let (repeated, _) = run(&settings, &twice, None, &options, 1).unwrap();
        assert!(apart(&weighted, &repeated) < 1e-9, "{loss:?}: {:e}", apart(&weighted, &repeated));
        let (once, _) = run(&settings, &inputs, None, &options, 1).unwrap();
        assert!(apart(&weighted, &once) > 1e-5);
    }
}

#[test]
fn polishing_brings_a_network_to_a_small_gradient() {
    let settings = settings(&[4], &["dense:4", "tanh"], NetworkLoss::Softmax, 0.01);
    let inputs = inputs(&settings, 80);
    let options = DenseOptions { polish: true, ..options(Optimizer::adam(true), 0.02, 10, 16) };
    let (_, report) = run(&settings, &inputs, None, &options, 2).unwrap();
    let minimum = report.minimum.unwrap();
    assert!(minimum.converged && minimum.gradient <= 1e-9, "{minimum:?}");
    assert!(minimum.value < report.losses[9]);
}

#[test]
fn separable_classes_without_penalty_are_told_from_a_minimum() {
    for loss in [NetworkLoss::Logistic, NetworkLoss::Hinge { smoothing: 0.1 }] {
        let settings = settings(&[2], &[], loss, 0.0);
        let features = vec![1.0, 0.0, 2.0, 1.0, -1.0, 0.5, -2.0, -1.0];
        let inputs = Inputs::new(4).with_numbers(0, features).unwrap();
        let inputs = Arc::new(inputs.with_numbers(1, vec![1.0, 1.0, -1.0, -1.0]).unwrap());
        for gradient in [1e-3, 1e-8] {
            let options = DenseOptions { gradient, ..options(Optimizer::Sgd, 0.1, 1, 10) };
            let (_, report) = run(&settings, &inputs, None, &options, 1).unwrap();
            let minimum = report.minimum.unwrap();
            assert!(!minimum.converged, "{loss:?}: {minimum:?}");
            assert!(minimum.hint.as_ref().unwrap().contains("penalty"), "{loss:?}: {minimum:?}");
        }
    }
}

#[test]
fn callers_may_stop_and_impossible_options_are_refused() {
    let deep = settings(&[4], &["dense:4", "tanh"], NetworkLoss::Squared, 0.01);
    for settings in [deep.clone(), settings(&[4], &[], NetworkLoss::Logistic, 0.01)] {
        let inputs = inputs(&settings, 30);
        let model = NetworkModel::<f64>::new(settings, 3).unwrap();
        let mut told: Vec<DenseProgress> = Vec::new();
        let stop = &mut |progress: &DenseProgress| {
            told.push(*progress);
            ControlFlow::Break(())
        };
        let options = options(Optimizer::Sgd, 0.1, 4, 10);
        let error = train(&model, &inputs, None, &options, &Workers::single(), stop).unwrap_err();
        assert!(matches!(error, Error::Canceled { .. }), "{error}");
        assert_eq!(told.len(), 1);
    }
    let inputs = inputs(&deep, 30);
    let error = run(&deep, &inputs, None, &options(Optimizer::Sgd, 0.1, 4, 0), 1).unwrap_err();
    assert!(error.to_string().contains("the batch size is 0"), "{error}");
    let error = run(&deep, &inputs, None, &options(Optimizer::Sgd, 1e200, 9, 10), 1).unwrap_err();
    assert!(matches!(error, Error::NotFinite { .. }), "{error}");
}
