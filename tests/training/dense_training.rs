//! Training of models of rows and images.
#![allow(clippy::unwrap_used)]

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ascribe::engine::{Monitor, Workers};
use ascribe::models::network::{NetworkLoss, NetworkSettings, TargetKind};
use ascribe::objective::{Convention, Derivatives, Inputs, Objective};
use ascribe::tensor::Array;
use ascribe::tensor::random::{Purpose, Stream};
use ascribe::train::minimize::{self, Minimum, minimize_objective};
use ascribe::train::{
    BatchStep, InputExamples, Observer, Optimizer, Reduction, Schedule, StepPlan, TrainerOptions, Training,
    TrainingSpec, Untracked,
};
use ascribe::{Error, Result};

fn settings(features: &[usize], layers: &[&str], loss: NetworkLoss, l2: f64) -> NetworkSettings {
    let outputs = if loss == NetworkLoss::Softmax { 3 } else { 1 };
    let layers = layers.iter().map(|layer| layer.parse().unwrap()).collect();
    NetworkSettings {
        features: features.to_vec(),
        outputs,
        layers,
        loss,
        l2,
        intercept: true,
        objective: Convention::Mean,
        target_scale: None,
    }
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

/// How a network is trained: by steps unless its objective is convex, and by minimization where it is or that is asked for.
#[derive(Clone, Copy)]
struct DenseOptions {
    trainer: TrainerOptions,
    refine: bool,
    gradient: f64,
}

#[derive(Debug)]
struct DenseReport {
    losses: Vec<f64>,
    minimum: Option<Minimum>,
}

struct DenseTraining {
    settings: NetworkSettings,
    objective: Arc<Objective>,
    inputs: Arc<Inputs<f64>>,
    weights: Option<Vec<f64>>,
    options: DenseOptions,
    initial: Vec<Array<f64>>,
    steps: Option<(Training<f64, Untracked>, InputExamples<f64>)>,
}

impl DenseTraining {
    fn new(
        settings: &NetworkSettings,
        inputs: Arc<Inputs<f64>>,
        weights: Option<&[f64]>,
        options: DenseOptions,
    ) -> Result<Self> {
        let settings = settings.clone();
        let objective = Arc::new(settings.objective()?);
        let initial = settings.initial(3)?;
        let steps = match settings.is_convex() {
            true => None,
            false => {
                let plan = Arc::new(StepPlan::new(&objective, Reduction::Mean)?);
                let examples = InputExamples::new(&plan, inputs.clone())?;
                let spec = TrainingSpec::new(plan, options.trainer, initial.clone());
                Some((spec.start(inputs.count(), weights, Untracked)?, examples))
            }
        };
        let weights = weights.map(<[f64]>::to_vec);
        Ok(Self { settings, objective, inputs, weights, options, initial, steps })
    }

    fn advance(&mut self, steps: u64, workers: &Workers, monitor: &Monitor) -> Result<bool> {
        let Some((training, examples)) = &mut self.steps else { return Ok(true) };
        training.advance(steps, examples, workers, monitor)
    }

    fn finish(&self, workers: &Workers, monitor: &Monitor) -> Result<(Vec<Array<f64>>, DenseReport)> {
        let training = self.steps.as_ref().map(|(training, _)| training);
        let parameters = training.map_or(&self.initial[..], Training::parameters).to_vec();
        let losses = training.map_or_else(Vec::new, |training| training.outcome().losses());
        if training.is_some() && !self.options.refine {
            return Ok((parameters, DenseReport { losses, minimum: None }));
        }
        let (objective, inputs) = (self.objective.clone(), self.inputs.clone());
        let mut at = Derivatives::new(workers, objective, parameters, inputs, self.weights.as_deref(), None, 1 << 24)?;
        let options = minimize::Options {
            gradient_tolerance: self.options.gradient,
            max_iterations: 500,
            monitor: monitor.clone(),
            ..minimize::Options::default()
        };
        let found = minimize_objective(&mut at, |at| self.settings.is_separated(at), &options)?;
        Ok((at.parameters().to_vec(), DenseReport { losses, minimum: Some(found) }))
    }
}

fn train(
    settings: &NetworkSettings,
    inputs: &Arc<Inputs<f64>>,
    weights: Option<&[f64]>,
    options: &DenseOptions,
    workers: &Workers,
    monitor: &Monitor,
) -> Result<(Vec<Array<f64>>, DenseReport)> {
    let mut training = DenseTraining::new(settings, inputs.clone(), weights, *options)?;
    training.advance(u64::MAX, workers, monitor)?;
    training.finish(workers, monitor)
}

fn options(method: Optimizer, learning_rate: f64, epochs: usize, batch: usize) -> DenseOptions {
    let trainer = TrainerOptions { method, learning_rate, schedule: Schedule::Constant, epochs, batch, seed: 5 };
    DenseOptions { trainer, refine: false, gradient: 1e-9 }
}

fn run(
    settings: &NetworkSettings,
    inputs: &Arc<Inputs<f64>>,
    weights: Option<&[f64]>,
    options: &DenseOptions,
    threads: usize,
) -> Result<(Vec<f64>, DenseReport)> {
    let context = Workers::new(threads)?;
    let (found, report) = train(settings, inputs, weights, options, &context, &Monitor::none())?;
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
    let options = DenseOptions { refine: true, ..options(Optimizer::adam(false), 0.02, 5, 8) };
    let (expected, report) = run(&settings, &inputs, Some(&weights), &options, 1).unwrap();
    let context = Workers::single();
    let breaking = Monitor::none().with_listener(|_| ControlFlow::Break(()));
    for steps in [1, 7, u64::MAX] {
        let mut training = DenseTraining::new(&settings, inputs.clone(), Some(&weights), options).unwrap();
        let mut broken = 0;
        loop {
            match training.advance(steps, &context, &breaking) {
                Ok(true) => break,
                Ok(false) => (),
                Err(error) => {
                    assert!(matches!(error, Error::Canceled { .. }), "{error}");
                    broken += 1;
                    assert_eq!(training.steps.as_ref().unwrap().0.outcome().losses(), report.losses[..broken]);
                }
            }
        }
        let epochs = &training.steps.as_ref().unwrap().0;
        // A batch of which every example has weight zero takes no step.
        assert_eq!((broken, epochs.total_steps()), (5, 35));
        assert!(epochs.is_finished() && (30..=35).contains(&epochs.steps()));
        // Minimizing may be broken off, too, and made again.
        assert!(training.finish(&context, &breaking).is_err());
        let (found, course) = training.finish(&context, &Monitor::none()).unwrap();
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
    let minimizing = minimize::Options { gradient_tolerance: 1e-12, ..minimize::Options::default() };
    let context = Workers::single();
    let mut at = Derivatives::new(&context, objective, start, inputs.clone(), Some(&weights), None, 1 << 20).unwrap();
    let minimum = minimize_objective(&mut at, |_| Ok(false), &minimizing).unwrap();
    let found = at.parameters();
    assert!(minimum.converged && minimum.gradient_norm <= 1e-12, "{minimum:?}");
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
    let initial = settings.initial::<f64>(3).unwrap();
    let context = Workers::single();
    let mut derivatives = ascribe::objective::Derivatives::new(
        &context,
        Arc::new(settings.objective().unwrap()),
        initial,
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
fn refining_brings_a_network_to_a_small_gradient() {
    let settings = settings(&[4], &["dense:4", "tanh"], NetworkLoss::Softmax, 0.01);
    let inputs = inputs(&settings, 80);
    let options = DenseOptions { refine: true, ..options(Optimizer::adam(true), 0.02, 10, 16) };
    let (_, report) = run(&settings, &inputs, None, &options, 2).unwrap();
    let minimum = report.minimum.unwrap();
    assert!(minimum.converged && minimum.gradient_norm <= 1e-9, "{minimum:?}");
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
        let told = Arc::new(AtomicUsize::new(0));
        let counter = told.clone();
        let stop = &Monitor::none().with_listener(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
            ControlFlow::Break(())
        });
        let options = options(Optimizer::Sgd, 0.1, 4, 10);
        let error = train(&settings, &inputs, None, &options, &Workers::single(), stop).unwrap_err();
        assert!(matches!(error, Error::Canceled { .. }), "{error}");
        assert_eq!(told.load(Ordering::Relaxed), 1);
    }
    let inputs = inputs(&deep, 30);
    let error = run(&deep, &inputs, None, &options(Optimizer::Sgd, 0.1, 4, 0), 1).unwrap_err();
    assert!(error.to_string().contains("the batch size is 0"), "{error}");
    let error = run(&deep, &inputs, None, &options(Optimizer::Sgd, 1e200, 9, 10), 1).unwrap_err();
    assert!(matches!(error, Error::NotFinite { .. }), "{error}");
}

/// Sees steps of networks: rates, shares and movement, but no contributions.
#[derive(Default)]
struct Witness {
    steps: u64,
    moved: Vec<f64>,
}

impl Observer<f64> for Witness {
    fn step(&mut self, step: &BatchStep<'_, f64>) {
        self.steps += 1;
        assert_eq!((step.step, step.contributions.iter().count()), (self.steps, 0));
        let number = (self.steps - 1) as usize;
        assert_eq!((step.position.epochs, step.position.batches), (number / 4, number % 4 + 1));
        let time = (number / 4) as f64 + (number % 4 * 8) as f64 / 30.0;
        assert_eq!(step.learning_rate, 0.05 * (1.0 - time / 3.0));
        for (place, example) in step.examples.iter().enumerate() {
            assert_eq!(step.share(place), f64::from(example % 3) / step.examples.len() as f64);
        }
        let rows = (0..step.parameters()).flat_map(|parameter| {
            let moved = step.moved(parameter);
            assert_eq!(moved.rows(), [0]);
            moved.rate(0).iter().zip(moved.momentum(0)).map(|(rate, momentum)| rate * momentum)
        });
        let rows: Vec<f64> = rows.collect();
        self.moved.resize(rows.len(), 0.0);
        self.moved.iter_mut().zip(rows).for_each(|(sum, x)| *sum += x);
    }
}

#[test]
fn observers_see_steps_of_networks() {
    let settings = settings(&[4], &["dense:5", "tanh"], NetworkLoss::Squared, 0.1);
    let inputs = inputs(&settings, 30);
    let weights: Vec<f64> = (0..30).map(|place| f64::from(place % 3)).collect();
    let initial = settings.initial::<f64>(3).unwrap();
    let plan = Arc::new(StepPlan::new(&settings.objective().unwrap(), Reduction::Mean).unwrap());
    assert!(!plan.has_contributions());
    let examples = InputExamples::new(&plan, inputs).unwrap();
    for method in [Optimizer::Sgd, Optimizer::adam(true), Optimizer::adam(false), Optimizer::adagrad()] {
        let options = TrainerOptions { schedule: Schedule::Linear, ..options(method, 0.05, 3, 8).trainer };
        let spec = TrainingSpec::new(plan.clone(), options, initial.clone());
        let mut training = spec.start(30, Some(&weights), (Untracked, Witness::default())).unwrap();
        training.advance(u64::MAX, &examples, &Workers::single(), &Monitor::none()).unwrap();
        let (found, (_, witness), _) = training.into_parts();
        let moved = found.iter().zip(&initial).flat_map(|(new, old)| {
            new.values().iter().zip(old.values()).map(|(new, old)| new - old).collect::<Vec<_>>()
        });
        assert!(apart(&witness.moved, &moved.collect::<Vec<_>>()) < 1e-12, "{method:?}");
        assert_eq!(witness.steps, 12);
    }
}

/// Retraining without an example is a weight of zero, for networks as for tables of rows.
#[test]
fn retraining_without_an_example_gives_it_weight_zero() {
    let settings = settings(&[4], &["dense:5", "tanh"], NetworkLoss::Softmax, 0.1);
    let inputs = inputs(&settings, 40);
    let options = options(Optimizer::adam(true), 0.01, 5, 8);
    let mut weights = vec![1.0; 40];
    (weights[17], weights[3]) = (0.0, 0.0);
    let (expected, _) = run(&settings, &inputs, Some(&weights), &options, 1).unwrap();
    let initial = settings.initial::<f64>(3).unwrap();
    let plan = Arc::new(StepPlan::new(&settings.objective().unwrap(), Reduction::Mean).unwrap());
    let examples = InputExamples::new(&plan, inputs).unwrap();
    let spec = TrainingSpec::new(plan, options.trainer, initial);
    let found = spec.train_without(&examples, &[17, 3], None, &Workers::single()).unwrap();
    let found: Vec<f64> = found.iter().flat_map(|array| array.values().to_vec()).collect();
    assert!(found.iter().zip(&expected).all(|(x, y)| x.to_bits() == y.to_bits()));
}
