//! Which answers to a question are known to be true.
#![allow(clippy::unwrap_used)]

use ascribe::data::{Known, Triple, TripleSet};
use proptest::prelude::*;

fn triple(head: u32, relation: u32, tail: u32) -> Triple {
    Triple { head, relation, tail }
}

#[test]
fn known_answers_come_from_all_splits_sorted_and_once() {
    let set = TripleSet {
        train: vec![triple(0, 0, 2), triple(0, 0, 1), triple(0, 0, 2)],
        valid: vec![triple(3, 0, 2), triple(0, 1, 3)],
        test: vec![triple(0, 0, 0)],
        ..TripleSet::default()
    };
    let known = Known::new(&set);
    assert_eq!(known.tails(0, 0), [0, 1, 2]);
    assert_eq!(known.tails(0, 1), [3]);
    assert_eq!(known.tails(3, 0), [2]);
    assert_eq!(known.tails(1, 0), [0; 0]);
    assert_eq!(known.heads(0, 2), [0, 3]);
    assert_eq!(known.heads(1, 3), [0]);
    assert_eq!(known.heads(7, 7), [0; 0]);
    assert_eq!(Known::new(&TripleSet::default()).heads(0, 0), [0; 0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn known_answers_are_those_of_a_search(
        triples in prop::collection::vec((0u32..5, 0u32..3, 0u32..5), 0..40),
        cuts in (0usize..40, 0usize..40),
    ) {
        let all: Vec<Triple> = triples.iter().map(|&(h, r, t)| triple(h, r, t)).collect();
        let (first, second) = (cuts.0.min(cuts.1), cuts.0.max(cuts.1));
        let (first, second) = (first.min(all.len()), second.min(all.len()));
        let known = Known::new(&TripleSet {
            train: all[..first].to_vec(),
            valid: all[first..second].to_vec(),
            test: all[second..].to_vec(),
            ..TripleSet::default()
        });
        for relation in 0..4 {
            for entity in 0..6 {
                let tails: Vec<u32> =
                    (0..5).filter(|&t| all.contains(&triple(entity, relation, t))).collect();
                let heads: Vec<u32> =
                    (0..5).filter(|&h| all.contains(&triple(h, relation, entity))).collect();
                prop_assert_eq!(known.tails(entity, relation), tails);
                prop_assert_eq!(known.heads(relation, entity), heads);
            }
        }
    }
}
