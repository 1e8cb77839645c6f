//! Conjugate gradients, block conjugate gradients, MINRES and LiSSA against elimination.

#![allow(clippy::unwrap_used)]

use crate::systems;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ascribe::Error;
use ascribe::engine::Monitor;
use ascribe::solve::{
    Block, Damping, DenseMatrix, Diagonal, Lissa, LowRank, Operator, Options, Preconditioning, Probe, Solver, solve,
    spectrum,
};
use proptest::prelude::*;
use systems::{Source, Watched, dense_solve, inner, length, matrix_with, relative};

/// A positive matrix whose spectrum spans some orders of magnitude.
fn positive(dimension: usize, source: &mut Source) -> DenseMatrix {
    let spectrum: Vec<f64> = (0..dimension).map(|_| 10f64.powf(2.0 * source.uniform() - 1.0)).collect();
    matrix_with(&spectrum, source)
}

fn diagonal(matrix: &DenseMatrix, damping: f64) -> Vec<f64> {
    (0..matrix.dimension()).map(|at| matrix.values()[at * (matrix.dimension() + 1)] + damping).collect()
}

/// Every method for positive systems, with each preconditioner.
fn methods(matrix: &DenseMatrix, damping: f64) -> Vec<Solver> {
    let rank = matrix.dimension().div_ceil(3);
    let given = || Preconditioning::Given(Arc::new(Diagonal::new(diagonal(matrix, damping)).unwrap()));
    let each = [
        Preconditioning::None,
        Preconditioning::Diagonal(diagonal(matrix, damping)),
        Preconditioning::Nystrom { rank },
        given(),
    ];
    let mut all = vec![Solver::Direct, Solver::MinimalResidual];
    all.extend(each.iter().cloned().map(Solver::ConjugateGradient));
    all.extend(each.into_iter().map(Solver::BlockConjugateGradient));
    all
}

fn tight() -> Options {
    Options { tolerance: 1e-10, semidefinite: true, ..Options::default() }
}

/// Right-hand sides of the awkward kinds: zero, repeated, dependent, nearly equal, of very different size.
fn awkward(dimension: usize, kinds: &[u8], source: &mut Source) -> Block {
    let mut values: Vec<Vec<f64>> = Vec::new();
    for kind in kinds {
        let fresh = source.vector(dimension);
        let last = values.last().cloned().unwrap_or_else(|| fresh.clone());
        values.push(match kind {
            0 => vec![0.0; dimension],
            1 => last,
            2 => (0..dimension).map(|at| values.iter().map(|vector| vector[at]).sum()).collect(),
            3 => last.iter().zip(&fresh).map(|(last, fresh)| last + 1e-9 * fresh).collect(),
            4 => fresh.iter().map(|value| value * 1e-150).collect(),
            5 => fresh.iter().map(|value| value * 1e120).collect(),
            _ => fresh,
        });
    }
    Block::new(dimension, kinds.len(), values.concat()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    /// Property 11: all methods agree with elimination, for right-hand sides of all kinds, more than there are numbers
    /// included; residuals are the true ones.
    #[test]
    fn methods_agree(
        seed in 0u64..10_000,
        dimension in 1usize..30,
        kinds in proptest::collection::vec(0u8..9, 0..12),
        damping in 0.0..0.5,
    ) {
        let mut source = Source::new(seed);
        let mut matrix = positive(dimension, &mut source);
        let right = awkward(dimension, &kinds, &mut source);
        let truth = dense_solve(&matrix, damping, &right);
        for method in methods(&matrix, damping) {
            let solution = solve(&mut matrix, damping, &right, &method, &tight()).unwrap();
            let difference = relative(&solution.x, &truth);
            prop_assert!(difference < 1e-7, "{method:?}: {difference}");
            let certificate = &solution.certificate;
            prop_assert!(certificate.all_converged(), "{method:?}: {certificate:?}");
            prop_assert!(certificate.hint.is_none());
            // The residual, computed here.
            let mut image = Block::zeros(dimension, right.count());
            matrix.apply(&solution.x, &mut image).unwrap();
            for number in 0..right.count() {
                let b = right.vector(number);
                let residual: Vec<f64> = (0..dimension)
                    .map(|at| b[at] - image.vector(number)[at] - damping * solution.x.vector(number)[at])
                    .collect();
                let size = length(b);
                prop_assert!((length(&residual) - certificate.residuals[number]).abs() <= 1e-12 * size);
            }
        }
    }

    /// The certificate's bound holds, and is stated for solves that stop early too.
    #[test]
    fn certificates_bound_the_error(seed in 0u64..10_000, dimension in 2usize..40, steps in 1usize..12, damping in 0.0..0.3) {
        let mut source = Source::new(seed);
        let mut matrix = positive(dimension, &mut source);
        let right = source.block(dimension, 3);
        let truth = dense_solve(&matrix, damping, &right);
        let lowest = ascribe::solve::eigenvalues(&matrix).unwrap()[0];
        let options = Options { max_iterations: steps, semidefinite: true, ..Options::default() };
        for method in methods(&matrix, damping) {
            let solution = solve(&mut matrix, damping, &right, &method, &options).unwrap();
            for number in 0..3 {
                let g = source.vector(dimension);
                let error = (inner(solution.x.vector(number), &g) - inner(truth.vector(number), &g)).abs();
                let bound = solution.certificate.error_bound(number, length(&g), lowest).unwrap();
                let rounding = 1e-11 * length(&g) * length(truth.vector(number));
                prop_assert!(error <= bound * (1.0 + 1e-9) + rounding, "{method:?}: {error} > {bound}");
            }
        }
    }

    /// Property 13: LiSSA in both conventions is the system with the damping it states.
    #[test]
    fn lissa_states_its_damping(seed in 0u64..1000, dimension in 1usize..20, damping in 0.02..0.3) {
        let mut source = Source::new(seed);
        let mut matrix = positive(dimension, &mut source);
        let right = source.block(dimension, 2);
        for convention in [Damping::Added, Damping::Published] {
            for scale in [None, Some(25.0)] {
                let method = Solver::Lissa(Lissa { damping: convention, scale, ..Lissa::default() });
                let options = Options { tolerance: 1e-6, max_iterations: 20_000, ..Options::default() };
                let solution = solve(&mut matrix, damping, &right, &method, &options).unwrap();
                let stated = solution.certificate.damping;
                match (convention, scale) {
                    (Damping::Added, _) => prop_assert_eq!(stated, damping),
                    (Damping::Published, Some(scale)) => prop_assert_eq!(stated, damping * scale),
                    (Damping::Published, None) => prop_assert!(stated > damping * 0.1),
                }
                let direct = Solver::ConjugateGradient(Preconditioning::None);
                let same = solve(&mut matrix, stated, &right, &direct, &tight()).unwrap();
                prop_assert!(relative(&solution.x, &same.x) < 1e-4);
                prop_assert!(solution.certificate.all_converged());
            }
        }
    }

    /// MINRES solves indefinite systems and tells of the negative curvature it met.
    #[test]
    fn minres_solves_indefinite_systems(seed in 0u64..1000, dimension in 2usize..30) {
        let mut source = Source::new(seed);
        let spectrum: Vec<f64> = (0..dimension)
            .map(|at| if at % 3 == 0 { -0.5 - source.uniform() } else { 0.5 + 3.0 * source.uniform() })
            .collect();
        let mut matrix = matrix_with(&spectrum, &mut source);
        let right = source.block(dimension, 3);
        let truth = dense_solve(&matrix, 0.1, &right);
        let solution = solve(&mut matrix, 0.1, &right, &Solver::MinimalResidual, &tight()).unwrap();
        prop_assert!(relative(&solution.x, &truth) < 1e-7);
        let lowest = spectrum.iter().copied().fold(f64::INFINITY, f64::min) + 0.1;
        let met = solution.certificate.negative_curvature.unwrap();
        prop_assert!(met < 0.0 && met >= lowest - 1e-9, "{met} {lowest}");
    }

    /// Property 15: the lowest eigenvalue of an indefinite matrix is found within 1 %, and too little damping refused.
    #[test]
    fn indefinite_curvature_is_refused(seed in 0u64..1000, dimension in 20usize..120, depth in 0.02f64..0.5) {
        let mut source = Source::new(seed);
        let spectrum: Vec<f64> =
            (0..dimension).map(|at| if at == 0 { -depth } else { 20.0 * source.uniform().powi(4) }).collect();
        let mut matrix = matrix_with(&spectrum, &mut source);
        let found = spectrum_of(&mut matrix);
        prop_assert!((found + depth).abs() < 0.01 * depth, "{found}");
        let right = source.block(dimension, 2);
        for method in [Solver::ConjugateGradient(Preconditioning::None), Solver::BlockConjugateGradient(Preconditioning::None)] {
            for semidefinite in [false, true] {
                let options = Options { semidefinite, tolerance: 1e-9, ..Options::default() };
                let error = solve(&mut matrix, 0.5 * depth, &right, &method, &options).unwrap_err();
                let Error::Indefinite { lowest, .. } = error else { panic!("{error}") };
                prop_assert!((lowest + depth).abs() < 0.01 * depth, "{lowest}");
                prop_assert!(solve(&mut matrix, 1.1 * depth, &right, &method, &options).is_ok());
            }
        }
    }

    /// Property 12: an approximation of full rank with Woodbury's formula is the inverse.
    #[test]
    fn full_rank_is_dense(seed in 0u64..1000, dimension in 1usize..30, damping in 0.05..2.0, repeated in any::<bool>()) {
        let mut source = Source::new(seed);
        let spectrum: Vec<f64> =
            (0..dimension).map(|_| if repeated { 2.0 } else { 0.1 + 5.0 * source.uniform() }).collect();
        let mut matrix = matrix_with(&spectrum, &mut source);
        let right = source.block(dimension, 3);
        let truth = dense_solve(&matrix, damping, &right);
        for method in [Solver::Lanczos { rank: dimension }, Solver::Nystrom { rank: dimension }] {
            let solution = solve(&mut matrix, damping, &right, &method, &tight()).unwrap();
            let difference = relative(&solution.x, &truth);
            prop_assert!(difference < 1e-9, "{method:?}: {difference}");
        }
        for low in [LowRank::lanczos(&mut matrix, dimension, 1).unwrap(), LowRank::nystrom(&mut matrix, dimension, 1).unwrap()] {
            for (number, form) in low.quadratic_forms(damping, &right).unwrap().into_iter().enumerate() {
                let expected = inner(right.vector(number), truth.vector(number));
                prop_assert!((form - expected).abs() < 1e-9 * expected, "{form} {expected}");
            }
        }
    }
}

fn spectrum_of(matrix: &mut DenseMatrix) -> f64 {
    spectrum(matrix, &Probe::default()).unwrap().lowest
}

/// A matrix of low rank is its own approximation, and its inverse with damping that of Woodbury.
#[test]
fn low_rank_is_found() {
    let mut source = Source::new(3);
    let mut spectrum = vec![0.0; 80];
    spectrum[..5].copy_from_slice(&[9.0, 7.0, 4.0, 2.0, 1.0]);
    let mut matrix = matrix_with(&spectrum, &mut source);
    let right = source.block(80, 4);
    let truth = dense_solve(&matrix, 0.01, &right);
    for method in [Solver::Lanczos { rank: 5 }, Solver::Nystrom { rank: 5 }] {
        let solution = solve(&mut matrix, 0.01, &right, &method, &Options::default()).unwrap();
        assert!(relative(&solution.x, &truth) < 1e-9, "{method:?}");
        assert!(solution.certificate.all_converged());
    }
    let too_low = solve(&mut matrix, 0.01, &right, &Solver::Nystrom { rank: 2 }, &Options::default()).unwrap();
    assert!(!too_low.certificate.all_converged());
    assert!(too_low.certificate.hint.unwrap().contains("rank"));
    let error = solve(&mut matrix, 0.01, &right, &Solver::Nystrom { rank: 81 }, &Options::default()).unwrap_err();
    assert!(error.to_string().contains("rank"), "{error}");
}

/// What does not converge is marked, with the residual it has.
#[test]
fn too_few_steps_are_marked() {
    let mut source = Source::new(4);
    let mut matrix = positive(60, &mut source);
    let right = source.block(60, 2);
    let options = Options { max_iterations: 3, semidefinite: true, ..Options::default() };
    for method in methods(&matrix, 0.0) {
        if matches!(method, Solver::Direct) {
            continue;
        }
        let solution = solve(&mut matrix, 0.0, &right, &method, &options).unwrap();
        let certificate = &solution.certificate;
        assert!(!certificate.all_converged(), "{method:?}");
        assert_eq!(certificate.iterations, 3);
        assert!(certificate.relative_residuals.iter().all(|residual| *residual > 1e-6 && residual.is_finite()));
        assert!(certificate.hint.as_ref().unwrap().contains("more steps"), "{certificate:?}");
    }
}

/// What depends on other right-hand sides costs a block solve nothing.
#[test]
fn only_independent_directions_are_multiplied() {
    let mut source = Source::new(12);
    let mut matrix = positive(60, &mut source);
    // Zero, one, the same, another, the sum of all.
    let right = awkward(60, &[0, 9, 1, 9, 2], &mut source);
    for preconditioning in [Preconditioning::None, Preconditioning::Diagonal(diagonal(&matrix, 0.1))] {
        let method = Solver::BlockConjugateGradient(preconditioning);
        let certificate = solve(&mut matrix, 0.1, &right, &method, &tight()).unwrap().certificate;
        assert!(certificate.all_converged());
        assert!(certificate.products.iterating <= 2 * certificate.iterations, "{certificate:?}");
    }
}

#[test]
fn callers_can_stop() {
    let mut source = Source::new(5);
    let mut matrix = positive(40, &mut source);
    let right = source.block(40, 2);
    let mut all = methods(&matrix, 0.1);
    all.push(Solver::Lissa(Lissa::default()));
    for method in all {
        let seen = Arc::new(AtomicUsize::new(0));
        let heard = seen.clone();
        let monitor = Monitor::none().with_listener(move |_| {
            heard.fetch_add(1, Ordering::Relaxed);
            ControlFlow::Break(())
        });
        let options = Options { monitor, ..Options::default() };
        let error = solve(&mut matrix, 0.1, &right, &method, &options).unwrap_err();
        assert!(matches!(error, Error::Canceled { .. }), "{method:?}: {error}");
        assert_eq!(seen.load(Ordering::Relaxed), 1);
    }
}

#[test]
fn products_are_counted_and_watched() {
    let mut source = Source::new(6);
    let mut matrix = positive(40, &mut source);
    let right = source.block(40, 3);
    let mut all = methods(&matrix, 0.1);
    all.extend([Solver::Lissa(Lissa::default()), Solver::Lanczos { rank: 10 }, Solver::Nystrom { rank: 10 }]);
    for method in all {
        let mut watched = Watched::new(&mut matrix);
        let solution = solve(&mut watched, 0.1, &right, &method, &Options::default()).unwrap();
        assert_eq!(solution.certificate.products.total(), watched.products, "{method:?}");
        // Every call may be the one that goes wrong.
        let calls = watched.calls;
        for spoilt in 1..=calls {
            let mut watched = Watched { spoilt_at: Some(spoilt), ..Watched::new(&mut matrix) };
            let error = solve(&mut watched, 0.1, &right, &method, &Options::default()).unwrap_err();
            assert!(matches!(error, Error::NotFinite { .. }), "{method:?}, call {spoilt}: {error}");
            assert!(error.to_string().contains("product"), "{error}");
        }
    }
}

#[test]
fn the_same_bits_again() {
    let mut source = Source::new(7);
    let mut matrix = positive(50, &mut source);
    let right = source.block(50, 4);
    let mut all = methods(&matrix, 0.1);
    all.extend([Solver::Lissa(Lissa::default()), Solver::Lanczos { rank: 10 }, Solver::Nystrom { rank: 10 }]);
    for method in all {
        let options = Options { seed: 3, ..Options::default() };
        let first = solve(&mut matrix, 0.1, &right, &method, &options).unwrap();
        let again = solve(&mut matrix, 0.1, &right, &method, &options).unwrap();
        assert_eq!(first.x, again.x, "{method:?}");
    }
}

#[test]
fn lissa_diverges_with_an_error() {
    let mut source = Source::new(8);
    let mut matrix = matrix_with(&[1.0, 2.0, 30.0], &mut source);
    let right = source.block(3, 1);
    let method = Solver::Lissa(Lissa { scale: Some(2.0), ..Lissa::default() });
    let error = solve(&mut matrix, 0.1, &right, &method, &Options::default()).unwrap_err();
    assert!(matches!(error, Error::Diverged { .. }), "{error}");
    assert!(error.to_string().contains("scale"), "{error}");
}

/// Averages over samples that are unbiased come near the answer.
#[test]
fn lissa_takes_samples() {
    struct Sampled(DenseMatrix, Vec<DenseMatrix>);
    impl Operator for Sampled {
        fn dimension(&self) -> usize {
            self.0.dimension()
        }
        fn apply(&mut self, directions: &Block, products: &mut Block) -> ascribe::Result<()> {
            self.0.apply(directions, products)
        }
        fn apply_sample(&mut self, draw: u64, directions: &Block, products: &mut Block) -> ascribe::Result<()> {
            let count = self.1.len() as u64;
            self.1[(draw % count) as usize].apply(directions, products)
        }
    }
    let mut source = Source::new(9);
    let parts: Vec<DenseMatrix> = (0..8).map(|_| positive(10, &mut source)).collect();
    let mean = (0..100).map(|at| parts.iter().map(|part| part.values()[at]).sum::<f64>() / 8.0).collect();
    let mean = DenseMatrix::new(10, mean).unwrap();
    let right = source.block(10, 1);
    let truth = dense_solve(&mean, 0.5, &right);
    let method = Solver::Lissa(Lissa { scale: Some(200.0), sampled: true, repeats: 2, ..Lissa::default() });
    let options = Options { tolerance: 0.05, max_iterations: 4000, ..Options::default() };
    let solution = solve(&mut Sampled(mean, parts), 0.5, &right, &method, &options).unwrap();
    assert!(relative(&solution.x, &truth) < 0.05);
    assert_eq!(solution.certificate.products.iterating, 8000);
    assert!(solution.certificate.residuals[0] > 1e-9);
}

#[test]
fn bad_arguments_are_named() {
    let mut matrix = DenseMatrix::new(2, vec![1.0, 0.0, 0.0, 1.0]).unwrap();
    let right = Block::zeros(3, 1);
    let method = Solver::MinimalResidual;
    let error = |matrix: &mut DenseMatrix, right: &Block, damping: f64, method: &Solver, options: &Options| {
        solve(matrix, damping, right, method, options).unwrap_err().to_string()
    };
    assert!(error(&mut matrix, &right, 0.0, &method, &Options::default()).contains("right-hand sides is 3"));
    let right = Block::zeros(2, 1);
    assert!(error(&mut matrix, &right, -1.0, &method, &Options::default()).contains("damping is -1"));
    assert!(error(&mut matrix, &right, f64::NAN, &method, &Options::default()).contains("damping is NaN"));
    let none = Options { tolerance: 0.0, ..Options::default() };
    assert!(error(&mut matrix, &right, 0.0, &method, &none).contains("tolerance is 0"));
    let short = Solver::ConjugateGradient(Preconditioning::Diagonal(vec![1.0]));
    assert!(error(&mut matrix, &right, 0.0, &short, &Options::default()).contains("preconditioner is 1"));
    let negative = Solver::ConjugateGradient(Preconditioning::Diagonal(vec![1.0, -1.0]));
    assert!(error(&mut matrix, &right, 0.0, &negative, &Options::default()).contains("preconditioner is -1"));
    let bad = Block::new(2, 1, vec![1.0, f64::INFINITY]).unwrap();
    assert!(error(&mut matrix, &bad, 0.0, &method, &Options::default()).contains("coordinate 1 of number 0"));
}
