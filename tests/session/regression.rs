//! Networks that predict numbers, against least squares, finite differences and training again.

use std::sync::Arc;

use ascribe::engine::Workers;
use ascribe::models::network::{NetworkFunctional, NetworkSettings, TargetScale};
use ascribe::objective::{AnyInputs, CompiledFunctional, Derivatives, Evaluate, Inputs};
use ascribe::session::{Attributor, Dataset, Fidelity, Model, Monitor, Options, functionals, true_changes};
use ascribe::tensor::random::{Purpose, Stream};

use crate::common::numbers;
use crate::fixtures::{context, numbered, refused, rows_of, to_minimum};

/// Rows whose target is a bent function of them with noise, of a mean and a size that no network starts near.
fn prices(rows: usize, size: f64) -> Dataset {
    let features = numbers(3, 3 * rows);
    let mut stream = Stream::new(9, Purpose::Data, 0, 0);
    let mut target = |row: &[f64]| size * (40.0 + 2.0 * row[0] - row[1] + row[2] * row[0] + 0.3 * stream.normal());
    let targets: Vec<f64> = features.chunks(3).map(&mut target).collect();
    Dataset::from_matrix(&rows_of(&features, 3), Some(&targets)).unwrap()
}

/// Compares relative to the largest number.
#[track_caller]
fn near(found: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    let largest = expected.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    let off = found.iter().zip(expected).fold(0.0, |most: f64, (a, b)| most.max((a - b).abs()));
    assert!(found.len() == expected.len() && off <= tolerance * largest, "{what}: off by {off:e} of {largest:e}");
}

fn trained(kind: &str, data: &Dataset, options: Options, training: &Options) -> Model {
    let mut model = Model::new(&context(), kind, data, &options).unwrap();
    model.fit(&context(), data, training, &Monitor::none()).unwrap();
    model
}

fn small(rows: usize, size: f64) -> (Dataset, Model) {
    let data = prices(rows, size);
    let model = fitted(&data);
    (data, model)
}

fn fitted(data: &Dataset) -> Model {
    let training = Options::new().with("epochs", 30).with("batch", 6).with("learning_rate", 0.02).with("seed", 4);
    trained("mlp", data, Options::new().with("hidden", "5").with("l2", 0.001).with("seed", 2), &training)
}

fn scores(model: &Model, method: &str, functional: &str, queries: &Dataset) -> Vec<f64> {
    let options = Options::new();
    let made = Attributor::new(&context(), model, Some(method), None, &options, &Monitor::none()).unwrap();
    let found = made.explain(queries, Some(functional), &Monitor::none()).unwrap();
    let one = |query| found.scores(query).unwrap().iter().map(|(_, score)| *score).collect::<Vec<_>>();
    (0..queries.len()).flat_map(one).collect()
}

#[test]
fn without_hidden_layers_it_is_least_squares() {
    let context = context();
    let base = numbered(30, 10);
    let features = base.samples().unwrap().features.values().to_vec();
    let targets: Vec<f64> = base.targets().unwrap().iter().map(|y| 5e6 + 2e5 * y).collect();
    let data = Dataset::from_matrix(&rows_of(&features, 3), Some(&targets)).unwrap();
    let queries = data.select(&[2, 17]).unwrap();
    let flat = |l2: f64| Options::new().with("layers", "").with("l2", l2);
    let training = to_minimum();
    let linear = trained("linear", &data, Options::new().with("l2", 0.0), &training);
    let network = trained("mlp", &data, flat(0.0), &training);
    let of = |model: &Model| model.evaluate(&context, &data, Some("prediction")).unwrap();
    near(&of(&network), &of(&linear), 1e-10, "predictions");
    let mut outputs = vec![0.0; 30];
    network.predict(&context, &rows_of(&features, 3), &mut outputs).unwrap();
    near(&outputs, &of(&linear), 1e-10, "outputs are in the units of the targets");
    // What removing a row does to a prediction does not depend on the units of the loss.
    let of = |model: &Model| scores(model, "influence", "prediction", &queries);
    near(&of(&network), &of(&linear), 1e-7, "scores");
    // The loss is that of deviations.
    let scale = TargetScale::of(&targets);
    let of = |model: &Model| model.evaluate(&context, &data, Some("loss")).unwrap();
    let expected: Vec<f64> = of(&linear).iter().map(|loss| loss / scale.deviation.powi(2)).collect();
    near(&of(&network), &expected, 1e-9, "losses");
    // Without standardizing the penalty is that of the linear model too.
    let linear = trained("linear", &data, Options::new().with("l2", 0.1), &training);
    let network = trained("mlp", &data, flat(0.1).with("standardize_target", false), &training);
    near(&of(&network), &of(&linear), 1e-9, "losses with a penalty");
    let of = |model: &Model| scores(model, "influence", "loss", &queries);
    near(&of(&network), &of(&linear), 1e-7, "scores with a penalty");
}

#[test]
fn targets_of_any_size_train_alike() {
    let context = context();
    let (data, model) = small(24, 1.0);
    let predicted = model.evaluate(&context, &data, Some("prediction")).unwrap();
    let spread = TargetScale::of(data.targets().unwrap()).deviation;
    let off = predicted.iter().zip(data.targets().unwrap()).map(|(a, b)| (a - b).powi(2)).sum::<f64>() / 24.0;
    assert!(off.sqrt() < 0.4 * spread, "{off} {spread}");
    for size in [1e-9, 1e9] {
        let (data, other) = small(24, size);
        let found: Vec<f64> = model_values(&other, &data).iter().map(|value| value / size).collect();
        near(&found, &predicted, 1e-6, "predictions");
        let of = |model: &Model| model.training().unwrap().loss.unwrap();
        assert!((of(&other) / of(&model) - 1.0).abs() < 1e-6, "{} {}", of(&other), of(&model));
    }
    // Targets that are all one number have no deviation.
    let flat = Dataset::from_matrix(&rows_of(&numbers(3, 12), 3), Some(&[7.0; 4])).unwrap();
    let model = trained("mlp", &flat, Options::new().with("seed", 1), &Options::new().with("epochs", 1));
    assert!(model_values(&model, &flat).iter().all(|value| (value - 7.0).abs() < 3.0));
}

fn model_values(model: &Model, data: &Dataset) -> Vec<f64> {
    model.evaluate(&context(), data, Some("prediction")).unwrap()
}

#[test]
fn gradients_of_its_functionals_are_finite_differences() {
    let (data, model) = small(24, 1e4);
    let settings: &NetworkSettings = model.family().downcast().unwrap();
    assert!(settings.target_scale.is_some());
    let inputs: Inputs<f64> = settings.inputs(data.samples().unwrap()).unwrap();
    let objective = Arc::new(settings.objective().unwrap());
    let start = settings.initial(3).unwrap();
    let workers = Workers::single();
    let mut derivatives =
        Derivatives::new(&workers, objective, start, Arc::new(inputs.clone()), None, None, 1 << 24).unwrap();
    let queries = AnyInputs::from(&inputs.select(&[1, 8]).unwrap());
    for (kind, size) in [(NetworkFunctional::Prediction, 1e4), (NetworkFunctional::Loss, 1.0)] {
        let functional = CompiledFunctional::new(&settings.functional(kind).unwrap(), derivatives.layout()).unwrap();
        let at = derivatives.point();
        let gradients = Evaluate::functional_gradients(&derivatives, &functional, &queries).unwrap().1;
        for place in 0..at.len() {
            let mut value = |sign: f64| {
                let mut moved = at.clone();
                moved[place] += sign * 1e-6;
                derivatives.set_point(&moved).unwrap();
                Evaluate::functional_gradients(&derivatives, &functional, &queries).unwrap().0
            };
            let (above, below) = (value(1.0), value(-1.0));
            for query in 0..2 {
                let slope = (above[query] - below[query]) / 2e-6;
                let found = gradients.vector(query)[place];
                assert!((slope - found).abs() < 1e-6 * size, "{kind} {query} {place}: {slope} {found}");
            }
        }
        derivatives.set_point(&at).unwrap();
    }
}

#[test]
fn replay_predicts_what_training_again_finds() {
    // A row that was not trained on: what removing a row does to its own loss is far from linear.
    let all = prices(25, 1e4);
    let (data, queries) = (all.select(&(0..24).collect::<Vec<_>>()).unwrap(), all.select(&[24]).unwrap());
    let model = fitted(&data);
    let removals: Vec<Vec<usize>> = (0..24).map(|example| vec![example]).collect();
    let truth =
        |functional| true_changes(&context(), &model, &queries, Some(functional), &removals, &Monitor::none()).unwrap();
    for functional in ["prediction", "loss"] {
        let found = Fidelity::of(&scores(&model, "replay", functional, &queries), &truth(functional)).unwrap();
        let (pearson, ratio) = (found.pearson.unwrap(), found.ratio.unwrap());
        assert!(pearson > 0.95 && (0.7..1.5).contains(&ratio), "{functional}: {found:?}");
    }
    for method in ["tracin", "tracincp", "gas", "influence", "graddot", "gradcos"] {
        let found = scores(&model, method, "prediction", &queries);
        assert!(found.len() == 24 && found.iter().all(|score| score.is_finite()), "{method}");
    }
}

#[test]
fn functionals_are_those_of_a_number() {
    let (data, model) = small(12, 1.0);
    let monitor = Monitor::none();
    assert_eq!(model.family().functionals(), ["loss", "prediction", "output"]);
    let made = Attributor::new(&context(), &model, Some("influence"), None, &Options::new(), &monitor).unwrap();
    for name in ["probability", "log-probability", "margin"] {
        let expected = format!("the {name} of a regression is not supported: explain one of loss, prediction, output");
        refused(made.explain(&data, Some(name), &monitor), &expected);
    }
    let bare = Dataset::from_matrix(&rows_of(&numbers(3, 6), 3), None).unwrap();
    made.explain(&bare, Some("prediction"), &monitor).unwrap();
    refused(made.explain(&bare, Some("loss"), &monitor), "the functional \"prediction\"");
    // Every functional of every model is in the list that help and pages are made of.
    let names: Vec<&str> = functionals().iter().filter(|one| one.family == "network").map(|one| one.name).collect();
    assert_eq!(names, NetworkFunctional::ALL.map(|(name, _)| name));
    let error = Model::new(&context(), "linear", &data, &Options::new().with("standardize_target", true));
    refused(error, "one of mlp, cnn");
    let classes = Options::new().with("loss", "softmax");
    refused(Model::new(&context(), "mlp", &data, &classes), "the number of classes of the dataset is 0");
}

#[test]
fn images_have_numbers_too() {
    use ascribe::data::{Samples, Targets};
    use ascribe::tensor::Array;
    let pixels = Array::new(&[12, 4, 4, 1], numbers(5, 12 * 16)).unwrap();
    let targets: Vec<f64> = pixels.values().chunks(16).map(|image| 1000.0 + 50.0 * image[5]).collect();
    let data = Dataset::from(Samples::new(pixels, Targets::Numbers(targets.clone())).unwrap());
    let options = Options::new().with("layers", "conv:2x3,tanh,max:2").with("seed", 3);
    let training = Options::new().with("epochs", 60).with("learning_rate", 0.03).with("batch", 4);
    let model = trained("cnn", &data, options, &training);
    let scale = TargetScale::of(&targets);
    let off: f64 = model_values(&model, &data).iter().zip(&targets).map(|(a, b)| (a - b).powi(2)).sum();
    assert!((off / 12.0).sqrt() < 0.6 * scale.deviation, "{off} {scale:?}");
}
