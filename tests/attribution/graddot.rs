//! Inner products and cosines of gradients: by hand, by finite differences, and as what influence becomes under damping.
#![allow(clippy::unwrap_used)]

use crate::common::{assert_close, ids, numbers};

use std::sync::Arc;

use ascribe::engine::Monitor;
use ascribe::tensor::RowMajor;
use ascribe::{Attributor, Context, Dataset, Error, Model, Options};

const ROWS: usize = 12;
const L2: f64 = 0.3;
/// Weights and intercept, far from a minimum.
const POINT: [f64; 3] = [0.5, -0.25, 0.125];
/// Examples that are asked about.
const QUERIES: [usize; 3] = [1, 4, 9];
const METHODS: [&str; 2] = ["graddot", "gradcos"];

fn features() -> Vec<f64> {
    numbers(50, 2 * ROWS)
}

fn labels() -> Vec<u32> {
    ids(51, ROWS, 2)
}

fn data() -> Dataset {
    let mut data = Dataset::from_matrix(&RowMajor::new(&features(), ROWS, 2).unwrap(), None).unwrap();
    data.set_labels(&labels(), 2).unwrap();
    data
}

/// A logistic regression at a point.
fn model(point: [f64; 3], options: &Options) -> Model {
    let options = options.clone().with("l2", L2);
    let mut model = Model::new(&context(), "logistic", &data(), &options).unwrap();
    model.set_parameter(0, &point[..2]).unwrap();
    model.set_parameter(1, &point[2..]).unwrap();
    model
}

fn context() -> Arc<Context> {
    Arc::new(Context::default())
}

fn attributor(method: &str, options: &Options) -> Attributor {
    let model = model(POINT, &Options::new());
    Attributor::new(&context(), &model, Some(method), Some(&data()), options, &Monitor::none()).unwrap()
}

fn scores(attributor: &Attributor, functional: &str) -> Vec<Vec<f64>> {
    let queries = data().select(&QUERIES).unwrap();
    let found = attributor.explain(&queries, Some(functional), &Monitor::none()).unwrap();
    let of = |query| {
        let scores = found.scores(query).unwrap();
        assert!(scores.iter().map(|score| score.0).eq(0..ROWS as u64), "every example, ascending");
        scores.iter().map(|score| score.1).collect()
    };
    (0..QUERIES.len()).map(of).collect()
}

/// The gradient of ln(1 + e^(−y m)) with m = w · x + b is −y σ(−y m) (x, 1); that of the penalty is λ (w, 0).
fn loss_gradient(example: usize, penalty: f64) -> Vec<f64> {
    let (x, y) = (&features()[2 * example..][..2], if labels()[example] == 1 { 1.0 } else { -1.0 });
    let margin = y * (POINT[0] * x[0] + POINT[1] * x[1] + POINT[2]);
    let slope = -y / (1.0 + margin.exp());
    vec![slope * x[0] + penalty * POINT[0], slope * x[1] + penalty * POINT[1], slope]
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

fn length(vector: &[f64]) -> f64 {
    dot(vector, vector).sqrt()
}

/// A gradient by central differences of two widths.
fn differences(value: impl Fn([f64; 3]) -> f64) -> Vec<f64> {
    let slope = |place: usize| {
        let at = |step: f64| {
            let mut point = POINT;
            point[place] += step;
            value(point)
        };
        let [coarse, fine] = [2e-3, 1e-3].map(|step| (at(step) - at(-step)) / (2.0 * step));
        (4.0 * fine - coarse) / 3.0
    };
    (0..3).map(slope).collect()
}

/// The value of a functional of an example at a point, as the model has it.
fn value(functional: &str, example: usize, point: [f64; 3]) -> f64 {
    let query = data().select(&[example]).unwrap();
    model(point, &Options::new()).evaluate(&context(), &query, Some(functional)).unwrap()[0]
}

#[test]
fn they_are_those_of_the_formula() {
    let (dots, cosines) = (attributor("graddot", &Options::new()), attributor("gradcos", &Options::new()));
    for (query, (found, cosines)) in scores(&dots, "loss").iter().zip(scores(&cosines, "loss")).enumerate() {
        let asked = loss_gradient(QUERIES[query], 0.0);
        let own: Vec<Vec<f64>> = (0..ROWS).map(|example| loss_gradient(example, L2)).collect();
        let expected: Vec<f64> = own.iter().map(|own| dot(&asked, own)).collect();
        assert_close(found, &expected, 1e-15, "inner products");
        assert!(expected.iter().any(|score| *score > 0.1) && expected.iter().any(|score| *score < -0.01));
        let expected: Vec<f64> = own.iter().map(|own| dot(&asked, own) / (length(&asked) * length(own))).collect();
        assert_close(&cosines, &expected, 1e-14, "cosines");
    }
}

#[test]
fn they_are_those_of_finite_differences() {
    for functional in ["loss", "probability", "margin", "output"] {
        let dots = scores(&attributor("graddot", &Options::new()), functional);
        let cosines = scores(&attributor("gradcos", &Options::new()), functional);
        for (place, query) in QUERIES.into_iter().enumerate() {
            let asked = differences(|point| value(functional, query, point));
            for example in 0..ROWS {
                let penalty = |point: [f64; 3]| L2 / 2.0 * (point[0] * point[0] + point[1] * point[1]);
                let own = differences(|point| value("loss", example, point) + penalty(point));
                let product = dot(&asked, &own);
                let what = format!("{functional} of {query} by {example}");
                assert_close(&[dots[place][example]], &[product], 1e-10, &what);
                assert_close(&[cosines[place][example]], &[product / (length(&asked) * length(&own))], 1e-9, &what);
            }
        }
    }
}

#[test]
fn cosines_are_cosines() {
    let model = model(POINT, &Options::new());
    // An example repeated is along itself, and one whose label is flipped, without the penalty, against itself.
    for functional in ["loss", "margin", "output"] {
        for row in scores(&attributor("gradcos", &Options::new()), functional) {
            assert!(row.iter().all(|cosine| (-1.0..=1.0).contains(cosine)), "{row:?}");
        }
    }
    let free = Options::new().with("l2", 0.0);
    let mut free = Model::new(&context(), "logistic", &data(), &free).unwrap();
    free.set_parameter(0, &POINT[..2]).unwrap();
    free.set_parameter(1, &POINT[2..]).unwrap();
    let method = Some("gradcos");
    let along = Attributor::new(&context(), &free, method, Some(&data()), &Options::new(), &Monitor::none()).unwrap();
    let mut flipped = data();
    flipped.set_labels(&labels().iter().map(|label| 1 - label).collect::<Vec<u32>>(), 2).unwrap();
    for example in 0..ROWS {
        let one = |data: &Dataset| {
            let query = data.select(&[example]).unwrap();
            along.explain(&query, Some("loss"), &Monitor::none()).unwrap().scores(0).unwrap()[example].1
        };
        let (same, other) = (one(&data()), one(&flipped));
        assert!((1.0 - same).abs() < 1e-15 && same <= 1.0, "{same}");
        assert!((1.0 + other).abs() < 1e-15 && other >= -1.0, "{other}");
    }
    // What has no gradient points nowhere.
    let mut still = model.clone();
    still.set_parameter(0, &[0.0, 0.0]).unwrap();
    still.set_parameter(1, &[0.0]).unwrap();
    let zero = RowMajor::new(&[0.0, 0.0], 1, 2).unwrap();
    let mut nothing = Dataset::from_matrix(&zero, None).unwrap();
    nothing.set_labels(&[0], 2).unwrap();
    let options = Options::new().with("parameters", "weights 1");
    let found = Attributor::new(&context(), &still, method, Some(&nothing), &options, &Monitor::none()).unwrap();
    assert_eq!(found.self_scores(None, &Monitor::none()).unwrap(), [0.0]);
    let scores = found.explain(&data().select(&[0]).unwrap(), None, &Monitor::none()).unwrap();
    assert_eq!(scores.scores(0).unwrap(), [(0, 0.0)]);
}

#[test]
fn self_scores_are_squares_and_ones() {
    let expected: Vec<f64> = (0..ROWS).map(|example| loss_gradient(example, L2)).map(|g| dot(&g, &g)).collect();
    let dots = attributor("graddot", &Options::new());
    assert_close(&dots.self_scores(None, &Monitor::none()).unwrap(), &expected, 1e-15, "squares");
    let some = dots.self_scores(Some(&[7, 2, 7]), &Monitor::none()).unwrap();
    assert_close(&some, &[7, 2, 7].map(|example| expected[example]), 1e-15, "some of them");
    let ones = attributor("gradcos", &Options::new()).self_scores(None, &Monitor::none()).unwrap();
    assert_eq!(ones, [1.0; ROWS]);
    for method in METHODS {
        let error = attributor(method, &Options::new()).self_scores(Some(&[ROWS]), &Monitor::none()).unwrap_err();
        assert_eq!(error.to_string(), "an example is 12, expected one of 12, counted from 0");
    }
}

#[test]
fn only_some_parameters_may_be_compared() {
    let options = Options::new().with("parameters", "weights 1");
    let expected =
        |example: usize, query: usize| dot(&loss_gradient(QUERIES[query], 0.0)[..2], &loss_gradient(example, L2)[..2]);
    for (query, found) in scores(&attributor("graddot", &options), "loss").iter().enumerate() {
        let expected: Vec<f64> = (0..ROWS).map(|example| expected(example, query)).collect();
        assert_close(found, &expected, 1e-15, "the weights alone");
    }
    let all = Options::new().with("parameters", "all");
    assert_eq!(scores(&attributor("graddot", &all), "loss"), scores(&attributor("graddot", &Options::new()), "loss"));
    let both = Options::new().with("parameters", "weights 1, intercept 1");
    assert_eq!(scores(&attributor("graddot", &both), "loss"), scores(&attributor("graddot", &all), "loss"));
    let wrong = Options::new().with("parameters", "weights 9");
    let model = model(POINT, &Options::new());
    let error = Attributor::new(&context(), &model, Some("graddot"), Some(&data()), &wrong, &Monitor::none());
    assert!(error.unwrap_err().to_string().contains("weights 9"));
}

/// (w / W) vᵀ (H + δI)⁻¹ g tends to vᵀ g w / (W δ).
#[test]
fn influence_under_great_damping_tends_to_them() {
    let damping = 1e7;
    for functional in ["loss", "margin"] {
        let dots = scores(&attributor("graddot", &Options::new()), functional);
        let options =
            Options::new().with("damping", damping).with("curvature", "gauss-newton").with("solver", "direct");
        let influence = scores(&attributor("influence", &options), functional);
        for (dots, influence) in dots.iter().zip(&influence) {
            let size = dots.iter().fold(0.0, |most, x| f64::max(most, x.abs()));
            let scaled: Vec<f64> = influence.iter().map(|score| score * ROWS as f64 * damping).collect();
            assert_close(&scaled, dots, 1e-6 * size, functional);
        }
    }
}

#[test]
fn both_precisions_and_any_threads_agree() {
    let queries = data().select(&QUERIES).unwrap();
    for method in METHODS {
        let explained = |precision: &str, threads: usize| {
            let context = Arc::new(Context::new(ascribe::engine::Workers::new(threads).unwrap(), 42));
            let model = model(POINT, &Options::new().with("precision", precision));
            let options = Options::new();
            let found = Attributor::new(&context, &model, Some(method), Some(&data()), &options, &Monitor::none());
            let found = found.unwrap().explain(&queries, None, &Monitor::none()).unwrap();
            (0..3)
                .flat_map(|query| found.scores(query).unwrap().iter().map(|score| score.1).collect::<Vec<_>>())
                .collect::<Vec<f64>>()
        };
        let single = explained("f64", 1);
        assert_eq!(explained("f64", 2), single, "the same bits on two threads");
        assert_close(&explained("f32", 1), &single, 1e-6, "single precision");
        assert_eq!(explained("f32", 2), explained("f32", 1));
    }
}

/// More queries than one pass over the examples serves.
#[test]
fn many_queries_are_those_one_by_one() {
    let many: Vec<usize> = (0..70).map(|place| (5 * place) % ROWS).collect();
    for method in METHODS {
        let attributor = attributor(method, &Options::new());
        let together = attributor.explain(&data().select(&many).unwrap(), None, &Monitor::none()).unwrap();
        assert_eq!(together.queries(), 70);
        for (query, example) in many.iter().enumerate() {
            let alone = attributor.explain(&data().select(&[*example]).unwrap(), None, &Monitor::none()).unwrap();
            let of = |found: &[(u64, f64)]| found.iter().map(|score| score.1).collect::<Vec<f64>>();
            assert_close(&of(together.scores(query).unwrap()), &of(alone.scores(0).unwrap()), 1e-15, method);
            assert_eq!(together.value(query).unwrap(), alone.value(0).unwrap());
        }
    }
}

#[test]
fn they_say_what_they_are() {
    for (method, unit) in [("graddot", "inner product of gradients"), ("gradcos", "cosine of gradients")] {
        let attributor = attributor(method, &Options::new());
        assert_eq!((attributor.method().name, attributor.method().unit), (method, unit));
        let found = attributor.explain(&data(), None, &Monitor::none()).unwrap();
        assert_eq!((found.method(), found.unit(), found.queries()), (method, unit, ROWS));
        assert!(found.first_order(0).unwrap().is_empty());
        assert!(matches!(found.certificate(0), Err(Error::Unsupported { .. })));
        let described = attributor.describe().unwrap();
        assert_eq!((&described["method"], &described["unit"]), (&method.into(), &unit.into()));
        assert_eq!(described["examples"], ROWS);
    }
}

#[test]
fn candidates_that_are_drawn_anew_have_no_gradients() {
    let data = Dataset::from_triples(&[[0, 0, 1], [1, 0, 2], [2, 1, 0]], 3, 2).unwrap();
    let model = |options: &Options| {
        let mut model = Model::new(&context(), "distmult", &data, options).unwrap();
        model.fit(&context(), &data, &Options::new(), &Monitor::none()).unwrap();
        model
    };
    for method in METHODS {
        let prepare =
            |model: &Model| Attributor::new(&context(), model, Some(method), None, &Options::new(), &Monitor::none());
        let error = prepare(&model(&Options::new())).unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. }), "{error}");
        assert!(error.to_string().contains("draw candidates once"), "{error}");
        for options in [Options::new().with("candidates", "once"), Options::new().with("loss", "full-softmax")] {
            let found = prepare(&model(&options)).unwrap().explain(&data, Some("score"), &Monitor::none()).unwrap();
            assert!(found.scores(0).unwrap().iter().all(|(_, score)| score.is_finite() && *score != 0.0));
        }
    }
}

#[test]
fn many_queries_are_the_queries_one_by_one() {
    let many: Vec<usize> = (0..70).map(|query| query % ROWS).collect();
    for method in METHODS {
        let attributor = attributor(method, &Options::new());
        let together = attributor.explain(&data().select(&many).unwrap(), Some("loss"), &Monitor::none()).unwrap();
        for (place, query) in many.iter().enumerate() {
            let alone = attributor.explain(&data().select(&[*query]).unwrap(), Some("loss"), &Monitor::none()).unwrap();
            assert_eq!(together.value(place).unwrap(), alone.value(0).unwrap());
            let pairs = together.scores(place).unwrap().iter().zip(alone.scores(0).unwrap());
            pairs.for_each(|(one, other)| assert!((one.1 - other.1).abs() <= 1e-14, "{method}: {one:?} {other:?}"));
        }
    }
}
