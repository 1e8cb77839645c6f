//! Triples as a trainer is fed with them.

use std::borrow::Cow;

use crate::data::Triple;
use crate::error::{Error, Result};
use crate::objective::{EpochIds, Examples, Staged};
use crate::options::named;
use crate::tensor::random::{Purpose, Stream};

use super::loss::{Loss, Sides};

/// When the sampled candidates of an example are drawn.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Candidates {
    /// Anew in every epoch.
    #[default]
    EachEpoch,
    /// Once; every epoch uses the same.
    Once,
}

impl Candidates {
    /// Both with their words.
    pub const ALL: [(&'static str, Self); 2] = [("each-epoch", Self::EachEpoch), ("once", Self::Once)];
}

named!(Candidates, "when candidates are drawn");

/// Triples with sampled candidates, for the inputs of [`Objective::of_triples`](crate::objective::Objective::of_triples).
///
/// Candidates are drawn uniformly, with replacement, from all entities but the true one.
#[derive(Clone, Debug)]
pub struct TripleExamples<'a> {
    triples: Cow<'a, [Triple]>,
    entities: u32,
    negatives: usize,
    sides: Sides,
    seed: u64,
    candidates: Candidates,
}

impl<'a> TripleExamples<'a> {
    /// Examples for a loss, of triples that are borrowed or owned.
    ///
    /// # Errors
    /// [`Error::Argument`] when there are no triples, or candidates are to be drawn from a single entity.
    pub fn new(
        triples: impl Into<Cow<'a, [Triple]>>,
        entities: usize,
        loss: Loss,
        sides: Sides,
        seed: u64,
        candidates: Candidates,
    ) -> Result<Self> {
        let triples = triples.into();
        if triples.is_empty() {
            return Err(Error::argument("the number of training triples", 0, "at least one"));
        }
        let negatives = loss.negatives();
        if negatives > 0 && entities < 2 {
            return Err(Error::argument("the number of entities", entities, "at least two to draw candidates from"));
        }
        Ok(Self { triples, entities: entities as u32, negatives, sides, seed, candidates })
    }

    /// The same examples with a copy of the triples.
    pub fn into_owned(self) -> TripleExamples<'static> {
        TripleExamples { triples: Cow::Owned(self.triples.into_owned()), ..self }
    }

    fn draw(&self, stream: &mut Stream, truth: u32, out: &mut Vec<u32>) {
        out.push(truth);
        for _ in 0..self.negatives {
            // One entity fewer, and those from the true one on moved up by one.
            let drawn = stream.below(self.entities - 1);
            out.push(drawn + u32::from(drawn >= truth));
        }
    }
}

impl<T> Examples<T> for TripleExamples<'_> {
    fn len(&self) -> usize {
        self.count()
    }

    fn stage(&self, epoch: usize, example: usize, staged: &mut Staged<T>) {
        self.stage_ids(epoch, example, &mut staged.ids);
    }
}

impl EpochIds for TripleExamples<'_> {
    fn count(&self) -> usize {
        self.triples.len()
    }

    fn stage_ids(&self, epoch: usize, example: usize, inputs: &mut [Vec<u32>]) {
        let triple = self.triples[example];
        inputs[0].push(triple.head);
        inputs[1].push(triple.relation);
        inputs[2].push(triple.tail);
        if self.negatives == 0 {
            return;
        }
        let major = match self.candidates {
            Candidates::EachEpoch => epoch as u64 + 1,
            Candidates::Once => 0,
        };
        let mut stream = Stream::new(self.seed, Purpose::Negative, major, example as u64);
        let mut next = 3;
        if self.sides.tails() {
            self.draw(&mut stream, triple.tail, &mut inputs[next]);
            next += 1;
        }
        if self.sides.heads() {
            self.draw(&mut stream, triple.head, &mut inputs[next]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
                let distinct: std::collections::BTreeSet<_> = candidates.iter().collect();
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
}
