//! Contractions against a plain loop over every letter, for random specifications and shapes.
#![allow(clippy::unwrap_used)]

use crate::common;

use ascribe::engine::{Execution, Program, Values, Workers};
use ascribe::graph::Graph;
use ascribe::tensor::Array;
use common::numbers;
use proptest::prelude::*;

/// A letter's part: in the left operand, in the right, in the result.
const ROLES: [(bool, bool, bool); 4] =
    [(true, true, true), (true, false, true), (false, true, true), (true, true, false)];

#[derive(Clone, Debug)]
struct Case {
    /// Role and size of each letter.
    letters: Vec<(usize, usize)>,
    /// Where each letter comes in the left operand, the right and the result: by these keys.
    keys: Vec<[u32; 3]>,
    /// Whether the left and the right operand are per-example, and whether the batch is summed.
    batch: (bool, bool, bool),
    examples: usize,
    seed: u64,
}

impl Case {
    /// The letters of one part in their order.
    fn part(&self, part: usize) -> Vec<usize> {
        let stands = |letter: &usize| {
            let role = ROLES[self.letters[*letter].0];
            [role.0, role.1, role.2][part]
        };
        let mut letters: Vec<usize> = (0..self.letters.len()).filter(stands).collect();
        letters.sort_by_key(|letter| self.keys[*letter][part]);
        letters
    }

    fn sizes(&self, part: usize) -> Vec<usize> {
        self.part(part).into_iter().map(|letter| self.letters[letter].1).collect()
    }

    fn spec(&self) -> String {
        let text = |part| self.part(part).into_iter().map(|l| (b'p' + l as u8) as char).collect::<String>();
        format!("{},{}->{}", text(0), text(1), text(2))
    }

    /// How far a step along each letter moves in a part.
    fn strides(&self, part: usize) -> Vec<usize> {
        let mut strides = vec![0; self.letters.len()];
        let mut stride = 1;
        for letter in self.part(part).into_iter().rev() {
            strides[letter] = stride;
            stride *= self.letters[letter].1;
        }
        strides
    }
}

fn check(case: &Case) {
    let (left, right, over_batch) = case.batch;
    let sizes = [case.sizes(0), case.sizes(1), case.sizes(2)];
    let len = sizes.clone().map(|s| s.iter().product::<usize>());
    let count = |own: bool| if own { case.examples } else { 1 };
    let a = numbers(case.seed, len[0] * count(left));
    let b = numbers(case.seed + 1, len[1] * count(right));

    let mut g = Graph::new();
    let mut leaf = |name, own, sizes: &[usize]| match own {
        true => g.input(name, sizes).unwrap(),
        false => g.shared_input(name, sizes).unwrap(),
    };
    let (x, y) = (leaf("a", left, &sizes[0]), leaf("b", right, &sizes[1]));
    let product = match over_batch {
        true => g.contract_over_batch(&case.spec(), x, y).unwrap(),
        false => g.einsum(&case.spec(), x, y).unwrap(),
    };
    assert_eq!(g.shape(product).sizes(), sizes[2]);
    let program = Program::compile(&g, &[product], &[]).unwrap();
    let mut execution = Execution::new(program, 0);
    // Other numbers first, so that what a run leaves behind would show in the next.
    let none: &[Array<f64>] = &[];
    let others = (numbers(case.seed + 2, a.len()), numbers(case.seed + 3, b.len()));
    let values = Values::new(none).with_real(0, &others.0).with_real(1, &others.1);
    execution.run(&Workers::single(), &values, case.examples).unwrap();
    let values = Values::new(none).with_real(0, &a).with_real(1, &b);
    execution.run(&Workers::single(), &values, case.examples).unwrap();

    let kept = (left || right) && !over_batch;
    let mut found = vec![0.0; len[2] * count(kept)];
    match kept {
        true => execution.copy_examples(0, &mut found),
        false => found.copy_from_slice(execution.shared(0)),
    }

    let mut expected = vec![0.0; found.len()];
    let mut scale = vec![0.0; found.len()];
    let strides = [0, 1, 2].map(|part| case.strides(part));
    let everything: usize = case.letters.iter().map(|(_, size)| size).product();
    for example in 0..count(left || right) {
        let own = |is: bool, len: usize| if is { example * len } else { 0 };
        for number in 0..everything {
            let mut rest = number;
            let mut places = [own(left, len[0]), own(right, len[1]), own(kept, len[2])];
            for (letter, (_, size)) in case.letters.iter().enumerate() {
                let at = rest % size;
                rest /= size;
                places.iter_mut().zip(&strides).for_each(|(place, strides)| *place += at * strides[letter]);
            }
            let term = a[places[0]] * b[places[1]];
            expected[places[2]] += term;
            scale[places[2]] += term.abs();
        }
    }
    for (place, found) in found.iter().enumerate() {
        let error = (found - expected[place]).abs();
        assert!(
            error <= 1e-14 * (1.0 + scale[place]),
            "{case:?} ({}): element {place} is {found}, expected {}",
            case.spec(),
            expected[place]
        );
    }
}

fn cases(
    letters: std::ops::Range<usize>,
    sizes: std::ops::Range<usize>,
    examples: std::ops::Range<usize>,
) -> impl Strategy<Value = Case> {
    let letter = ((0usize..4, sizes), any::<[u32; 3]>());
    let batch = prop_oneof![
        Just((false, false, false)),
        Just((true, false, false)),
        Just((false, true, false)),
        Just((true, true, false)),
        Just((true, false, true)),
        Just((false, true, true)),
        Just((true, true, true)),
    ];
    (prop::collection::vec(letter, letters), batch, examples, 0u64..1000).prop_map(
        |(letters, batch, examples, seed)| {
            let (letters, keys) = letters.into_iter().unzip();
            Case { letters, keys, batch, examples, seed }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn small_products(case in cases(0..6, 1..5, 1..7)) {
        check(&case);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn products_on_both_sides_of_the_matrix_kernel(case in cases(2..4, 3..20, 1..40)) {
        check(&case);
    }
}

/// Every way in which the batch and one letter of each kind can take part, at sizes just around where the kernel changes.
#[test]
fn each_combination_of_batches() {
    for (left, right) in [(false, false), (true, false), (false, true), (true, true)] {
        for over_batch in [false, true] {
            if over_batch && !(left || right) {
                continue;
            }
            for (m, n, k) in
                [(16, 16, 15), (16, 16, 16), (17, 19, 16), (3, 40, 40), (40, 3, 40), (40, 40, 3), (4, 4, 300)]
            {
                for examples in [1, 30] {
                    for order in 0..8u32 {
                        let flip = |bit: u32| if order >> bit & 1 == 1 { u32::MAX } else { 0 };
                        let case = Case {
                            letters: vec![(1, m), (2, n), (3, k)],
                            keys: vec![[flip(0), 0, flip(2)], [0, flip(1), 1], [1, 1, 0]],
                            batch: (left, right, over_batch),
                            examples: if m * n * k > 6000 { examples.min(3) } else { examples },
                            seed: 3,
                        };
                        check(&case);
                    }
                }
            }
        }
    }
}
