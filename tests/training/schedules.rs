//! Learning rates as time goes on.

use ascribe::train::Schedule;

#[test]
fn rates_follow_their_formulas() {
    assert_eq!(Schedule::Constant.rate(0.3, 7.5, 10), 0.3);
    assert!((Schedule::Linear.rate(0.3, 2.5, 10) - 0.225).abs() < 1e-15);
    assert_eq!(Schedule::Linear.rate(0.3, 12.0, 10), 0.0);
    assert!((Schedule::Exponential { factor: 0.5 }.rate(0.3, 2.0, 10) - 0.075).abs() < 1e-15);
    assert!((Schedule::InverseTime { decay: 0.5 }.rate(0.3, 2.0, 10) - 0.15).abs() < 1e-15);
}

#[test]
fn impossible_decays_are_refused() {
    for factor in [0.0, -1.0, 1.5, f64::NAN] {
        assert!(Schedule::Exponential { factor }.check().is_err());
    }
    for decay in [-0.1, f64::INFINITY, f64::NAN] {
        assert!(Schedule::InverseTime { decay }.check().is_err());
    }
}
