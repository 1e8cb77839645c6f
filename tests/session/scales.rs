//! Features and targets in other units: the same verdicts, and scores that change with the units alone.

use ascribe::tensor::{Precision, RowMajor};
use ascribe::{Attributor, Dataset, Error, Model, Monitor, Options};

use crate::common::numbers;
use crate::fixtures::{BOTH, context};

const ROWS: usize = 60;
const COLUMNS: usize = 4;

/// Rows whose features are multiplied, each column by its own number, and targets that are.
fn rows(features: [f64; COLUMNS], target: f64) -> Dataset {
    let x = numbers(1, ROWS * COLUMNS);
    let noise = numbers(2, ROWS);
    let sum = |row: usize| x[row * COLUMNS..][..COLUMNS].iter().sum::<f64>() + 0.5 * noise[row] + 2.0;
    let y: Vec<f64> = (0..ROWS).map(|row| target * sum(row)).collect();
    let x: Vec<f64> = x.iter().enumerate().map(|(place, x)| x * features[place % COLUMNS]).collect();
    let view = RowMajor::new(&x, ROWS, COLUMNS).unwrap();
    Dataset::from_matrix(&view, Some(&y)).unwrap()
}

/// Whether a model converged and counts as being at a minimum, and the scores of its first row.
fn scores(kind: &str, data: &Dataset, precision: Precision) -> (bool, bool, Vec<f64>) {
    let options = Options::new().with("precision", precision.choose("f32", "f64")).with("l2", 0.0);
    let mut model = Model::new(&context(), kind, data, &options).unwrap();
    model.fit(&context(), data, &Options::new(), &Monitor::none()).unwrap();
    let attributor =
        Attributor::new(&context(), &model, Some("influence"), None, &Options::new(), &Monitor::none()).unwrap();
    let at_minimum = attributor.describe().unwrap()["at_minimum"].as_bool().unwrap();
    let found = attributor.explain(&data.select(&[0]).unwrap(), Some("loss"), &Monitor::none()).unwrap();
    let scores = found.scores(0).unwrap().iter().map(|(_, score)| *score).collect();
    (model.training().unwrap().converged, at_minimum, scores)
}

#[test]
fn units_change_nothing_but_units() {
    for precision in BOTH {
        let (converged, at_minimum, plain) = scores("linear", &rows([1.0; COLUMNS], 1.0), precision);
        assert!(converged && at_minimum);
        let most = plain.iter().fold(0.0_f64, |most, score| most.max(score.abs()));
        let tolerance = precision.choose(1e-3, 1e-8) * most;
        for (features, target) in [
            ([1e-8; COLUMNS], 1.0),
            ([1e8; COLUMNS], 1.0),
            ([1.0; COLUMNS], 1e-8),
            ([1.0; COLUMNS], 1e8),
            ([1e-4; COLUMNS], 1e-4),
            ([1e-3, 1.0, 10.0, 1e3], 1e6),
        ] {
            let (converged, at_minimum, scaled) = scores("linear", &rows(features, target), precision);
            assert!(converged && at_minimum, "{features:?} {target:e} in {precision:?}");
            for (scaled, plain) in scaled.iter().zip(&plain) {
                // Half the squared error changes with the square of the target.
                let error = (scaled / (target * target) - plain).abs();
                assert!(error <= tolerance, "{features:?} {target:e} in {precision:?}: {scaled} {plain}");
            }
        }
    }
}

/// Least squares by normal equations of rows whose targets are tiny: no step at all was taken for them once.
#[test]
fn tiny_targets_are_fitted() {
    let data = rows([1.0; COLUMNS], 1e-9);
    let mut model = Model::new(&context(), "linear", &data, &Options::new().with("l2", 0.0)).unwrap();
    model.fit(&context(), &data, &Options::new(), &Monitor::none()).unwrap();
    let mut weights = [0.0; COLUMNS];
    model.read_parameter(0, &mut weights).unwrap();
    for weight in weights {
        // All are one but for the noise, half as large and of sixty rows.
        assert!((weight / 1e-9 - 1.0).abs() < 0.3, "{weight:e}");
    }
}

/// An asked-for direct solver that would take more memory than there is to be is refused with what it needs.
#[test]
fn a_direct_solver_beyond_the_memory_is_refused() {
    let data = rows([1.0; COLUMNS], 1.0);
    let mut model = Model::new(&context(), "linear", &data, &Options::new()).unwrap();
    model.fit(&context(), &data, &Options::new(), &Monitor::none()).unwrap();
    let options = Options::new().with("solver", "direct").with("memory", "100");
    let found = Attributor::new(&context(), &model, Some("influence"), None, &options, &Monitor::none())
        .and_then(|made| made.explain(&data.select(&[0]).unwrap(), None, &Monitor::none()).map(|_| ()));
    let error = found.unwrap_err();
    assert!(matches!(error, Error::Argument { .. }) && error.to_string().contains("memory"), "{error}");
}
