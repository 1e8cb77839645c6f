//! What can be asked of a model of triples.

use crate::error::Result;
use crate::graph::Graph;
use crate::objective::{Functional, Owned};
use crate::tensor::Real;

use super::model::TripleModel;

/// The scalar that is explained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FunctionalKind {
    /// The softmax probability of the target among all entities.
    #[default]
    Probability,
    /// The logarithm of that probability.
    LogProbability,
    /// The score of the target.
    Score,
}

impl Functional {
    /// The functional of a query for tails (`head, relation, ?`) or heads (`?, relation, tail`).
    ///
    /// Inputs: 0 the given entity, 1 the relation, 2 the target entity.
    ///
    /// # Errors
    /// What the model's graph operations report.
    pub fn of_triples<T: Real>(model: &TripleModel<T>, kind: FunctionalKind, tails: bool) -> Result<Self> {
        let mut graph = Graph::new();
        let g = &mut graph;
        let (entities, relations) = model.tables(g)?;
        let (given_id, relation_id, target_id) =
            (g.indices("given", &[])?, g.indices("relation", &[])?, g.indices("target", &[])?);
        let given = g.gather_rows(entities, given_id)?;
        let relation = g.gather_rows(relations, relation_id)?;
        let scores = match tails {
            true => model.scorer().tails(g, given, relation, entities)?,
            false => model.scorer().heads(g, entities, relation, given)?,
        };
        let target = g.gather(scores, target_id)?;
        let value = match kind {
            FunctionalKind::Score => target,
            FunctionalKind::LogProbability | FunctionalKind::Probability => {
                let total = g.log_sum_exp(scores, 0)?;
                let log_probability = g.sub(target, total)?;
                match kind {
                    FunctionalKind::Probability => g.exp(log_probability)?,
                    _ => log_probability,
                }
            }
        };
        let reads =
            vec![Owned { parameter: 0, input: 0 }, Owned { parameter: 1, input: 1 }, Owned { parameter: 0, input: 2 }];
        Ok(Self { graph, value, scores, reads })
    }
}
