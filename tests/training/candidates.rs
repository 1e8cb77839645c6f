//! The candidates that an example is contrasted with.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use ascribe::data::Triple;
use ascribe::models::triples::{Candidates, Loss, Sides, TripleExamples};
use ascribe::objective::{Examples, Staged};

fn triples() -> Vec<Triple> {
    (0..20).map(|i| Triple { head: i % 5, relation: i % 3, tail: (i * 7) % 5 }).collect()
}

fn staged(examples: &TripleExamples<'_>, epoch: usize, example: usize) -> Vec<Vec<u32>> {
    let mut staged = Staged::<f64>::new(5);
    examples.stage(epoch, example, &mut staged);
    staged.ids
}

#[test]
fn candidates_begin_with_the_truth_and_never_repeat_it() {
    let triples = triples();
    let loss = Loss::SampledSoftmax { negatives: 30 };
    let examples = TripleExamples::new(&triples, 5, loss, Sides::Both, 1, Candidates::EachEpoch).unwrap();
    for (example, triple) in triples.iter().enumerate() {
        let inputs = staged(&examples, 2, example);
        for (candidates, truth) in [(&inputs[3], triple.tail), (&inputs[4], triple.head)] {
            assert_eq!(candidates.len(), 31);
            assert_eq!(candidates[0], truth);
            assert!(candidates[1..].iter().all(|c| *c != truth && *c < 5));
            let distinct: BTreeSet<_> = candidates.iter().collect();
            assert_eq!(distinct.len(), 5, "thirty draws from four entities meet them all");
        }
    }
}

#[test]
fn candidates_are_drawn_once_or_each_epoch() {
    let triples = triples();
    let loss = Loss::SampledSoftmax { negatives: 13 };
    for (candidates, same) in [(Candidates::Once, true), (Candidates::EachEpoch, false)] {
        let examples = TripleExamples::new(&triples, 5, loss, Sides::Tails, 1, candidates).unwrap();
        assert_eq!(staged(&examples, 0, 4) == staged(&examples, 1, 4), same);
    }
}
