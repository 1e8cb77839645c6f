//! Features and targets in other units: the same verdicts, and scores that change with the units alone.

use ascribe::session::compare_with_retraining;
use ascribe::tensor::{Precision, RowMajor};
use ascribe::{Attributor, Dataset, Error, Model, Monitor, Options, TrainingChange, WhatIf, true_changes};

use crate::common::{assert_close, numbers};
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

fn made(model: &Model) -> Attributor {
    Attributor::new(&context(), model, Some("influence"), None, &Options::new(), &Monitor::none()).unwrap()
}

/// Whether a model converged and counts as being at a minimum, and the scores of its first row.
fn scores(kind: &str, data: &Dataset, precision: Precision) -> (bool, bool, Vec<f64>) {
    let options = Options::new().with("precision", precision.choose("f32", "f64")).with("l2", 0.0);
    let mut model = Model::new(&context(), kind, data, &options).unwrap();
    model.fit(&context(), data, &Options::new(), &Monitor::none()).unwrap();
    let attributor = made(&model);
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

/// Rows whose targets are tiny are fitted as others are: no step at all was taken for them once.
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

/// A direct solver that is asked for and needs more than the memory is refused with what it needs.
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

/// A removal after which nothing determines a coefficient says so of the change; that of another row is answered.
#[test]
fn a_removal_that_leaves_a_column_empty_says_so() {
    let mut x = numbers(5, ROWS * COLUMNS);
    (0..ROWS).filter(|row| *row != 17).for_each(|row| x[row * COLUMNS + 2] = 0.0);
    let y = numbers(6, ROWS);
    let data = Dataset::from_matrix(&RowMajor::new(&x, ROWS, COLUMNS).unwrap(), Some(&y)).unwrap();
    let mut model = Model::new(&context(), "linear", &data, &Options::new().with("l2", 0.0)).unwrap();
    model.fit(&context(), &data, &Options::new(), &Monitor::none()).unwrap();
    let attributor = made(&model);
    let query = data.select(&[0]).unwrap();
    let without = |row| {
        let options = Options::new().with("until", "retrained");
        attributor.what_if(&query, None, &[TrainingChange::Remove(row)], &options, &Monitor::none())
    };
    let error = without(17).unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, Error::Undetermined { .. }), "{text}");
    assert!(text.contains("after this change of the training set") && text.contains("no row determines"), "{text}");
    let last = |found: WhatIf| found.steps.last().unwrap().clone();
    assert!(last(without(16).unwrap()).at_minimum);
    // It costs that row only.
    let sets = [vec![16], vec![17], vec![3]];
    let truth = true_changes(&context(), &model, &query, None, &sets, &Monitor::none()).unwrap();
    assert!(truth[1].is_nan(), "{truth:?}");
    let queries = (&query, None);
    let found = compare_with_retraining(&context(), &model, &attributor, queries, &sets, &Monitor::none()).unwrap();
    assert!(found[1].undetermined.as_ref().is_some_and(|why| why.contains("no row determines")), "{found:?}");
    for (row, place) in [(16, 0), (3, 2)] {
        assert_eq!((found[place].reached, &found[place].undetermined), (true, &None));
        assert_close(&found[place].truth, &last(without(row).unwrap()).changes, 1e-12, "the other rows");
        assert_close(&truth[place..=place], &found[place].truth, 1e-9, "either way to train again");
    }
}

/// Without the only row of a class there is no minimum, and what is reached on the way is not called one.
#[test]
fn a_removal_that_empties_a_class_has_no_minimum() {
    let mut x = numbers(7, ROWS * COLUMNS);
    // In the midst of the other class, so that no plane parts it from them.
    x[9 * COLUMNS..][..COLUMNS].fill(0.0);
    let view = RowMajor::new(&x, ROWS, COLUMNS).unwrap();
    let mut data = Dataset::from_matrix(&view, None).unwrap();
    let labels: Vec<u32> = (0..ROWS).map(|row| u32::from(row == 9)).collect();
    data.set_labels(&labels, 2).unwrap();
    let mut model = Model::new(&context(), "logistic", &data, &Options::new().with("l2", 1e-7)).unwrap();
    model.fit(&context(), &data, &Options::new(), &Monitor::none()).unwrap();
    assert!(model.training().unwrap().converged);
    let query = data.select(&[0]).unwrap();
    let options = Options::new().with("until", "retrained");
    let changes = [TrainingChange::Remove(9)];
    for options in [options, Options::new()] {
        let error = made(&model).what_if(&query, None, &changes, &options, &Monitor::none()).unwrap_err();
        assert!(matches!(error, Error::Undetermined { .. }) && error.to_string().contains("class \"1\""), "{error}");
    }
    let truth = true_changes(&context(), &model, &query, None, &[vec![9], vec![8]], &Monitor::none()).unwrap();
    assert!(truth[0].is_nan() && truth[1].is_finite(), "{truth:?}");
    // What is left of the other class counts as well: half of its weight is no class without rows.
    let changes = [TrainingChange::Reweight(9, 0.5)];
    made(&model).what_if(&query, None, &changes, &Options::new(), &Monitor::none()).unwrap();
}

/// Classes that a plane parts without a row have no minimum without it, though rows of both are left.
#[test]
fn a_removal_that_separates_classes_has_no_minimum() {
    let x: Vec<f64> = (0..ROWS).map(|row| row as f64 / ROWS as f64 - 0.5).collect();
    let mut data = Dataset::from_matrix(&RowMajor::new(&x, ROWS, 1).unwrap(), None).unwrap();
    let labels: Vec<u32> = (0..ROWS).map(|row| u32::from((row >= ROWS / 2) ^ (row == 3))).collect();
    data.set_labels(&labels, 2).unwrap();
    let mut model = Model::new(&context(), "logistic", &data, &Options::new().with("l2", 0.0)).unwrap();
    model.fit(&context(), &data, &Options::new(), &Monitor::none()).unwrap();
    let query = data.select(&[0]).unwrap();
    let options = Options::new().with("until", "retrained");
    let without = |row| made(&model).what_if(&query, None, &[TrainingChange::Remove(row)], &options, &Monitor::none());
    let error = without(3).unwrap_err();
    assert!(matches!(error, Error::Undetermined { .. }) && error.to_string().contains("no minimum"), "{error}");
    assert!(without(4).unwrap().steps.last().unwrap().at_minimum);
}
