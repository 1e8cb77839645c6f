//! The direct solver, its factor, and what it says of matrices without one.

#![allow(clippy::unwrap_used)]

use crate::systems;

use ascribe::Error;
use ascribe::engine::Monitor;
use ascribe::solve::{Block, Cholesky, DenseMatrix, Options, Solver, assemble, eigenvalues, solve};
use proptest::prelude::*;
use systems::{Source, dense_solve, matrix_with, relative};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Elimination with pivoting, written here, says the same.
    #[test]
    fn direct_is_elimination(seed in 0u64..1000, dimension in 1usize..40, count in 0usize..6, damping in 0.0..2.0) {
        let mut source = Source::new(seed);
        let spectrum: Vec<f64> = (0..dimension).map(|_| 0.1 + source.uniform() * 10.0).collect();
        let mut matrix = matrix_with(&spectrum, &mut source);
        let right = source.block(dimension, count);
        let solution = solve(&mut matrix, damping, &right, &Solver::Direct, &Options::default()).unwrap();
        let truth = dense_solve(&matrix, damping, &right);
        prop_assert!(relative(&solution.x, &truth) < 1e-10);
        prop_assert!(solution.certificate.all_converged());
        let (products, found) = (solution.certificate.products, solution.certificate.spectrum.unwrap());
        prop_assert_eq!(products.assembling, dimension);
        prop_assert_eq!(products.checking, count);
        // The ends of the spectrum, which was chosen.
        let (lowest, highest) = (spectrum.iter().copied().fold(f64::INFINITY, f64::min), spectrum.iter().copied().fold(0.0, f64::max));
        prop_assert!((found.lowest - lowest).abs() < 1e-9 * highest, "{} {}", found.lowest, lowest);
        prop_assert!((found.highest - highest).abs() < 1e-6 * highest, "{} {}", found.highest, highest);
        let mut sorted = spectrum.clone();
        sorted.sort_by(f64::total_cmp);
        for (found, expected) in eigenvalues(&matrix).unwrap().iter().zip(&sorted) {
            prop_assert!((found - expected).abs() < 1e-11 * highest);
        }
    }

    /// The factor's other answers follow from the solution and the spectrum.
    #[test]
    fn factor_is_consistent(seed in 0u64..1000, dimension in 1usize..30) {
        let mut source = Source::new(seed);
        let spectrum: Vec<f64> = (0..dimension).map(|_| 0.5 + source.uniform() * 4.0).collect();
        let matrix = matrix_with(&spectrum, &mut source);
        let factor = Cholesky::new(matrix.clone(), 0.25).unwrap();
        let right = source.block(dimension, 3);
        let truth = dense_solve(&matrix, 0.25, &right);
        prop_assert!(relative(&factor.solve(&right).unwrap(), &truth) < 1e-11);
        for (number, form) in factor.quadratic_forms(&right).unwrap().into_iter().enumerate() {
            let expected: f64 = right.vector(number).iter().zip(truth.vector(number)).map(|(a, b)| a * b).sum();
            prop_assert!((form - expected).abs() < 1e-11 * expected);
        }
    }

    /// Assembling gives the matrix back, however many columns are made together.
    #[test]
    fn assembling_gives_the_matrix(seed in 0u64..1000, dimension in 0usize..20, together in 0usize..25) {
        let mut source = Source::new(seed);
        let spectrum: Vec<f64> = (0..dimension).map(|_| source.uniform() - 0.5).collect();
        let mut matrix = matrix_with(&spectrum, &mut source);
        let found = assemble(&mut matrix, together, &Monitor::none()).unwrap();
        prop_assert_eq!(found.values(), matrix.values());
    }

    /// A Gram matrix of columns of which some depend on others: these are named, whatever their units, and no others.
    #[test]
    fn dependent_columns_are_named(seed in 0u64..1000, independent in 3usize..12, units in -6i32..7) {
        let mut source = Source::new(seed);
        let rows = 50;
        let mut columns: Vec<Vec<f64>> = (0..independent).map(|_| source.vector(rows)).collect();
        // Column 1 + 2 × column 2, and column 0 twice.
        columns.push((0..rows).map(|row| columns[1][row] + 2.0 * columns[2][row]).collect());
        columns[0].iter_mut().for_each(|value| *value *= 10f64.powi(units));
        columns.push(columns[0].clone());
        let gram = columns.iter().flat_map(|a| {
            columns.iter().map(|b| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>()).collect::<Vec<_>>()
        });
        let matrix = DenseMatrix::new(columns.len(), gram.collect()).unwrap();
        match Cholesky::new(matrix.clone(), 0.0) {
            Err(Error::Singular { coordinates, .. }) => {
                prop_assert_eq!(coordinates, vec![0, 1, 2, independent, independent + 1]);
            }
            other => prop_assert!(false, "{:?}", other.map(|_| ())),
        }
        let largest = matrix.values().iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        prop_assert!(Cholesky::new(matrix, 1e-6 * largest).is_ok());
    }
}

#[test]
fn a_column_of_zeros_is_named() {
    let matrix = DenseMatrix::new(3, vec![2.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 2.0]).unwrap();
    let error = Cholesky::new(matrix, 0.0).unwrap_err();
    assert!(matches!(&error, Error::Singular { coordinates, .. } if coordinates == &[1]), "{error}");
    assert!(error.to_string().contains("parameters 1 depend"), "{error}");
    let nothing = Cholesky::new(DenseMatrix::new(2, vec![0.0; 4]).unwrap(), 0.0).unwrap_err();
    assert!(matches!(&nothing, Error::Singular { coordinates, .. } if coordinates == &[0, 1]), "{nothing}");
}

#[test]
fn indefinite_matrices_are_refused_with_their_lowest_eigenvalue() {
    let mut source = Source::new(5);
    let spectrum: Vec<f64> = (0..60).map(|at| -0.3 + 0.2 * f64::from(at)).collect();
    let mut matrix = matrix_with(&spectrum, &mut source);
    let right = source.block(60, 2);
    let error = solve(&mut matrix, 0.1, &right, &Solver::Direct, &Options::default()).unwrap_err();
    let Error::Indefinite { lowest, damping, hint } = &error else { panic!("{error}") };
    assert!((lowest + 0.3).abs() < 0.003, "{lowest}");
    assert_eq!(*damping, 0.1);
    for word in ["Gauss-Newton", "damping above", "MINRES", "optimum"] {
        assert!(hint.contains(word), "{hint}");
    }
    assert!(solve(&mut matrix, 0.31, &right, &Solver::Direct, &Options::default()).is_ok());
}

#[test]
fn numbers_that_are_not_finite_are_named() {
    let mut matrix = DenseMatrix::new(2, vec![1.0, f64::NAN, f64::NAN, 1.0]).unwrap();
    let right = Block::new(2, 1, vec![1.0, 1.0]).unwrap();
    let error = solve(&mut matrix, 0.0, &right, &Solver::Direct, &Options::default()).unwrap_err();
    assert!(matches!(error, Error::NotFinite { value, .. } if value.is_nan()), "{error}");
    let error = Cholesky::new(matrix, 0.0).unwrap_err();
    assert!(error.to_string().contains("row 0, column 1"), "{error}");
}

#[test]
fn nothing_has_a_solution() {
    let mut empty = DenseMatrix::new(0, vec![]).unwrap();
    let solution = solve(&mut empty, 1.0, &Block::zeros(0, 2), &Solver::Direct, &Options::default()).unwrap();
    assert_eq!((solution.x.dimension(), solution.x.count()), (0, 2));
}

/// Larger than the blocks in which it is factored and assembled; what fails in a later block is described as well.
#[test]
fn several_blocks_are_one_matrix() {
    let mut source = Source::new(11);
    let mut spectrum: Vec<f64> = (0..300).map(|_| 0.2 + source.uniform()).collect();
    let mut matrix = matrix_with(&spectrum, &mut source);
    let right = source.block(300, 2);
    let solution = solve(&mut matrix, 0.1, &right, &Solver::Direct, &Options::default()).unwrap();
    assert!(relative(&solution.x, &dense_solve(&matrix, 0.1, &right)) < 1e-12);
    spectrum[7] = -0.4;
    let matrix = matrix_with(&spectrum, &mut source);
    let Error::Indefinite { lowest, .. } = Cholesky::new(matrix, 0.1).unwrap_err() else { panic!() };
    assert!((lowest + 0.4).abs() < 0.004, "{lowest}");
    // The last column is the sum of two others.
    let columns: Vec<Vec<f64>> = (0..299).map(|_| source.vector(400)).collect();
    let last: Vec<f64> = columns[3].iter().zip(&columns[200]).map(|(a, b)| a + b).collect();
    let columns: Vec<Vec<f64>> = columns.into_iter().chain([last]).collect();
    let gram = (0..300 * 300).map(|at| systems::inner(&columns[at / 300], &columns[at % 300])).collect();
    let error = Cholesky::new(DenseMatrix::new(300, gram).unwrap(), 0.0).unwrap_err();
    assert!(matches!(&error, Error::Singular { coordinates, .. } if coordinates == &[3, 200, 299]), "{error}");
}
