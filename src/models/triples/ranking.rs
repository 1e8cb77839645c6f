//! How well true triples rank among all candidates.

use crate::data::{Known, Side, Triple};
use crate::engine::{Execution, Program, Values, Workers};
use crate::error::{Error, Result};
use crate::models::triples::{FunctionalKind, TripleTables};
use crate::objective::Functional;
use crate::tensor::{Array, Real};

/// The bytes that one block of scores may take.
const BLOCK_BYTES: usize = 1 << 26;

/// Filtered ranking metrics: other triples known to be true do not count against a candidate, and ties count half.
#[derive(serde::Serialize, serde::Deserialize, Clone, Debug, PartialEq)]
pub struct Metrics {
    /// The mean of one over the rank.
    pub mrr: f64,
    /// Pairs of k and the share of queries whose rank is at most k.
    pub hits: Vec<(usize, f64)>,
    /// The number of queries: two for each triple.
    pub queries: usize,
}

/// Programs that rank the candidates of queries.
#[derive(Debug)]
pub struct Ranking<T> {
    /// For heads and for tails.
    sides: [Execution<T>; 2],
    entities: usize,
}

impl<T: Real> Ranking<T> {
    /// Compiles the scores of a model.
    ///
    /// # Errors
    /// What the model's graph operations report.
    pub fn new(model: &TripleTables) -> Result<Self> {
        let compile = |tails: bool| -> Result<Execution<T>> {
            let functional = Functional::of_triples(model, FunctionalKind::Score, tails)?;
            Ok(Execution::new(Program::compile(&functional.graph, &[functional.scores], &[])?, 0))
        };
        Ok(Self { sides: [compile(false)?, compile(true)?], entities: model.entities() })
    }

    /// The scores of all entities for one query: the given entity, the relation, and the side that is asked for.
    ///
    /// # Errors
    /// [`Error::Argument`] when an id lies outside the tables; [`Error::NotFinite`] for scores that are too large.
    pub fn scores(
        &mut self,
        workers: &Workers,
        parameters: &[Array<T>],
        given: u32,
        relation: u32,
        side: Side,
    ) -> Result<&[T]> {
        Ok(self.run(workers, parameters, &[given], &[relation], side)?.example(0, 0))
    }

    fn run(
        &mut self,
        workers: &Workers,
        parameters: &[Array<T>],
        given: &[u32],
        relation: &[u32],
        side: Side,
    ) -> Result<&Execution<T>> {
        let queries = Values::new(parameters).with_index(0, given).with_index(1, relation);
        let execution = &mut self.sides[side as usize];
        execution.run(workers, &queries, given.len())?;
        for query in 0..given.len() {
            // NaN is above nothing, so the true entity would come first.
            let scores = execution.example(0, query);
            if let Some(candidate) = scores.iter().position(|score| !score.is_finite()) {
                let (known, relation) = (given[query], relation[query]);
                let side = if side == Side::Tail { "tail" } else { "head" };
                return Err(Error::NotFinite {
                    what: "a score",
                    value: scores[candidate].to_f64(),
                    place: format!("entity {candidate} as the {side} of entity {known} by relation {relation}"),
                    hint: "the parameters are too large to rank by: train with a lower learning rate (the option learning_rate)"
                        .into(),
                });
            }
        }
        Ok(execution)
    }

    /// Ranks each triple's tail among all tails and its head among all heads.
    ///
    /// # Errors
    /// As [`Ranking::scores`].
    pub fn evaluate(
        &mut self,
        workers: &Workers,
        parameters: &[Array<T>],
        triples: &[Triple],
        known: &Known,
        hits_at: &[usize],
    ) -> Result<Metrics> {
        let mut reciprocal = 0.0;
        let mut hits = vec![0usize; hits_at.len()];
        let block = (BLOCK_BYTES / (self.entities * size_of::<T>())).max(1);
        for triples in triples.chunks(block) {
            for side in [Side::Tail, Side::Head] {
                let given = |t: &Triple| if side == Side::Tail { t.head } else { t.tail };
                let (given, relation): (Vec<u32>, Vec<u32>) = triples.iter().map(|t| (given(t), t.relation)).unzip();
                let scored = self.run(workers, parameters, &given, &relation, side)?;
                for (place, triple) in triples.iter().enumerate() {
                    let (target, others) = match side {
                        Side::Tail => (triple.tail, known.tails(triple.head, triple.relation)),
                        Side::Head => (triple.head, known.heads(triple.relation, triple.tail)),
                    };
                    let rank = rank(scored.example(0, place), target, others);
                    reciprocal += 1.0 / rank;
                    for (hits, k) in hits.iter_mut().zip(hits_at) {
                        *hits += usize::from(rank <= *k as f64);
                    }
                }
            }
        }
        let queries = 2 * triples.len();
        let share = |count: f64| if queries == 0 { 0.0 } else { count / queries as f64 };
        Ok(Metrics {
            mrr: share(reciprocal),
            hits: hits_at.iter().zip(hits).map(|(k, hits)| (*k, share(hits as f64))).collect(),
            queries,
        })
    }
}

/// The rank of the target among all candidates but the others known to be true; the mean of the places it ties for.
fn rank<T: Real>(scores: &[T], target: u32, others: &[u32]) -> f64 {
    let own = scores[target as usize];
    let (mut above, mut equal) = (0usize, 0usize);
    for (candidate, score) in scores.iter().enumerate() {
        if candidate == target as usize || others.binary_search(&(candidate as u32)).is_ok() {
            continue;
        }
        above += usize::from(*score > own);
        equal += usize::from(*score == own);
    }
    1.0 + above as f64 + equal as f64 / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_filtered_and_ties_count_half() {
        let scores = [0.5, 0.9, 0.5, 0.1, 0.7];
        assert_eq!(rank(&scores, 1, &[]), 1.0);
        assert_eq!(rank(&scores, 0, &[]), 3.5);
        assert_eq!(rank(&scores, 0, &[1]), 2.5);
        assert_eq!(rank(&scores, 0, &[1, 2, 4]), 1.0);
        assert_eq!(rank(&scores, 3, &[]), 5.0);
    }
}
