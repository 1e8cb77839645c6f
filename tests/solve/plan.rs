//! The choice of a solver, and what a block solve with sketching saves.

#![allow(clippy::unwrap_used)]

use crate::systems;

use ascribe::solve::{
    Block, BlocksInfo, Definiteness, Operator, Options, Preconditioning, Solver, SystemInfo, plan, preconditioner_rank,
    solve,
};
use proptest::prelude::*;
use systems::Source;

fn info() -> SystemInfo {
    SystemInfo {
        dimension: 7840,
        right_sides: 10,
        tolerance: 1e-6,
        damping: 0.01,
        highest: Some(20.0),
        definiteness: Definiteness::Semidefinite,
        product_cost: 2.0 * 55_000.0 * 7840.0,
        assembly_cost: None,
        further_direction: 0.3,
        dense: 0.5,
        spent: 0.0,
        blocks: None,
        steps: None,
        operator_bytes: 200_000_000,
        budget_bytes: 2_000_000_000,
    }
}

#[test]
fn rules_hold() {
    let few = SystemInfo { dimension: 800, right_sides: 1, ..info() };
    assert!(matches!(plan(&few).chosen().solver, Solver::Direct));
    let ten = plan(&info());
    assert!(
        matches!(ten.chosen().solver, Solver::BlockConjugateGradient(Preconditioning::Nystrom { rank: 60 })),
        "{ten}"
    );
    let easy = plan(&SystemInfo { highest: Some(2.0), ..info() });
    assert!(matches!(easy.chosen().solver, Solver::BlockConjugateGradient(Preconditioning::None)), "{easy}");
    let one = plan(&SystemInfo { right_sides: 1, ..info() });
    assert!(matches!(one.chosen().solver, Solver::ConjugateGradient(Preconditioning::None)), "{one}");
    // Thousands of questions are worth a factorization.
    let many = plan(&SystemInfo { right_sides: 5000, ..info() });
    assert!(matches!(many.chosen().solver, Solver::Direct), "{many}");
    let small = plan(&SystemInfo { right_sides: 5000, budget_bytes: 400_000_000, ..info() });
    assert!(matches!(small.chosen().solver, Solver::BlockConjugateGradient(_)), "{small}");
    assert!(small.to_string().contains("not possible: "), "{small}");
    let indefinite = plan(&SystemInfo { definiteness: Definiteness::Indefinite, dimension: 500, ..info() });
    assert!(matches!(indefinite.chosen().solver, Solver::MinimalResidual), "{indefinite}");
    // A preconditioner of the operator's own is taken where its steps pay for it, and only there.
    let own = |steps| Some(BlocksInfo { making: 1e9, applying: 6e6, bytes: 50_000_000, steps });
    for (steps, pays) in [(10, true), (4000, false)] {
        let made = plan(&SystemInfo { blocks: own(steps), steps: Some(100), ..info() });
        let taken = matches!(made.chosen().solver, Solver::BlockConjugateGradient(Preconditioning::Blocks));
        assert!(made.candidates.len() == 4 && taken == pays, "{made}");
    }
    // Threads help products and not what one thread does alone.
    let few = SystemInfo { assembly_cost: Some(1e12), ..few };
    let [one, four] = [1, 4].map(|threads| plan(&few).measured(1.0, 1e-9, threads).chosen().seconds.unwrap());
    assert!(four < one && four > one / 4.0, "{one} {four}");
    let text = ten.to_string();
    assert!(text.contains("products") && text.contains("MB") && text.contains("direct"), "{text}");
}

proptest! {
    /// Every plan can be written, holds all methods, and what it chose fits whenever something does.
    #[test]
    fn plans_are_sound(
        dimension in 0usize..10_000_000,
        right_sides in 0usize..100_000,
        budget_bytes in any::<usize>(),
        operator_bytes in any::<usize>(),
        known in any::<bool>(),
        damping in 0.0..1.0,
    ) {
        let highest = known.then_some(3.0);
        let made = plan(&SystemInfo { dimension, right_sides, budget_bytes, operator_bytes, highest, damping, ..info() });
        prop_assert_eq!(made.candidates.len(), 3);
        prop_assert!(!made.to_string().is_empty());
        prop_assert!(made.chosen().together >= 1);
        if made.candidates.iter().any(|candidate| candidate.excluded.is_none() && matches!(candidate.solver, Solver::Direct)) {
            prop_assert!(dimension <= 10_000);
        }
        prop_assert!(preconditioner_rank(dimension, right_sides, 1e4) <= dimension);
    }
}

/// A diagonal operator: what a solver does depends on the spectrum and the right-hand sides, not on the basis.
struct Spectrum(Vec<f64>);

impl Operator for Spectrum {
    fn dimension(&self) -> usize {
        self.0.len()
    }

    fn apply(&mut self, directions: &Block, products: &mut Block) -> ascribe::Result<()> {
        for number in 0..directions.count() {
            let both = products.vector_mut(number).iter_mut().zip(directions.vector(number));
            both.zip(&self.0).for_each(|((product, direction), value)| *product = direction * value);
        }
        Ok(())
    }
}

/// Ten queries on a spectrum like that of softmax regression: where conjugate gradients take about seventy products
/// for each, the planned method takes at most forty, sketching included.
#[test]
fn sharing_saves_products() {
    let dimension = 7840;
    let mut source = Source::new(1);
    let spectrum: Vec<f64> = (0..dimension).map(|k| 0.01 + 2.0 * (1.0 + k as f64 / 9.0).powf(-1.2)).collect();
    let mut right = Block::zeros(dimension, 10);
    for number in 0..10 {
        for (value, curvature) in right.vector_mut(number).iter_mut().zip(&spectrum) {
            *value = source.normal() * curvature.sqrt();
        }
    }
    let mut operator = Spectrum(spectrum);
    let options = Options { semidefinite: true, ..Options::default() };
    let mut spent = |method: &Solver| {
        let solution = solve(&mut operator, 0.0, &right, method, &options).unwrap();
        assert!(solution.certificate.all_converged());
        solution.certificate.products.total() as f64 / 10.0
    };
    let alone = spent(&Solver::ConjugateGradient(Preconditioning::None));
    let planned = spent(&plan(&SystemInfo { highest: Some(2.0), ..info() }).chosen().solver);
    assert!((60.0..80.0).contains(&alone), "{alone}");
    assert!(planned <= 40.0, "{planned}");
}

#[test]
fn solvers_are_read_and_written() {
    for word in [
        "direct",
        "cg",
        "cg:7",
        "block-cg",
        "cg:blocks",
        "block-cg:blocks",
        "block-cg:5",
        "minres",
        "lissa",
        "lissa-published",
        "lanczos:9",
        "nystrom:20",
    ] {
        assert_eq!(word.parse::<Solver>().unwrap().to_string(), word);
    }
    let sketched = "block-cg:5".parse().unwrap();
    assert!(matches!(sketched, Solver::BlockConjugateGradient(Preconditioning::Nystrom { rank: 5 })));
    assert_eq!(sketched.describe(), "block conjugate gradients, Nyström preconditioner of rank 5");
    for word in ["", "auto", "direct:3", "lanczos", "lanczos:0", "lanczos:x", "qr"] {
        let error = word.parse::<Solver>().unwrap_err().to_string();
        assert!(error.contains("block-cg:R"), "{error}");
    }
}
