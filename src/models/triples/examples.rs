//! Triples as a trainer is fed with them.

use std::borrow::Cow;

use crate::data::Triple;
use crate::error::{Error, Result};
use crate::objective::{EpochIds, Examples, Staged};
use crate::options::words;
use crate::tensor::random::{Purpose, Stream};

use super::loss::{Loss, Sides};

words! {
    "when candidates are drawn";
    /// When the sampled candidates of an example are drawn.
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "snake_case", deny_unknown_fields)]
    pub enum Candidates {
        /// Anew in every epoch.
        #[default]
        EachEpoch = "each-epoch",
        /// Once; every epoch uses the same.
        Once = "once",
    }
}

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
        let major = if self.candidates == Candidates::Once { 0 } else { epoch as u64 + 1 };
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
