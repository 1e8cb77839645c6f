//! The agreement of predicted with true changes, on numbers whose agreement is known.
#![allow(clippy::unwrap_used)]

use ascribe::Fidelity;

#[test]
fn a_line_is_perfect_but_its_slope_tells() {
    let truth = [1.0, 2.0, 3.0, 5.0];
    let predicted: Vec<f64> = truth.iter().map(|t| 2.0 * t + 1.0).collect();
    let fidelity = Fidelity::of(&predicted, &truth).unwrap();
    assert!((fidelity.pearson.unwrap() - 1.0).abs() < 1e-15);
    assert!((fidelity.spearman.unwrap() - 1.0).abs() < 1e-15);
    assert!((fidelity.slope.unwrap() - 0.5).abs() < 1e-15);
    assert_eq!(fidelity.maximum_error, 6.0);
}

#[test]
fn known_values() {
    // By hand: x = 1 2 3 4, y = 1 3 2 4: Pearson and Spearman 0.8.
    let fidelity = Fidelity::of(&[1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 2.0, 4.0]).unwrap();
    assert!((fidelity.pearson.unwrap() - 0.8).abs() < 1e-15);
    assert!((fidelity.spearman.unwrap() - 0.8).abs() < 1e-15);
    // Ties have their mean rank, whatever they are compared with: Spearman is Pearson of the ranks.
    let (tied, ranks) = ([2.0, 1.0, 2.0, 3.0], [2.5, 1.0, 2.5, 4.0]);
    for other in [[1.0, 2.0, 3.0, 4.0], [2.0, 1.0, 4.0, 3.0], [1.0, 4.0, 3.0, 2.0]] {
        let spearman = Fidelity::of(&tied, &other).unwrap().spearman.unwrap();
        assert!((spearman - Fidelity::of(&ranks, &other).unwrap().pearson.unwrap()).abs() < 1e-15);
    }
}

#[test]
fn what_does_not_vary_has_no_correlation() {
    let fidelity = Fidelity::of(&[0.0, 0.0], &[1.0, 2.0]).unwrap();
    assert_eq!((fidelity.pearson, fidelity.slope), (None, None));
    assert!(Fidelity::of(&[1.0], &[]).is_err());
}
