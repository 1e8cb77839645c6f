//! What an explanation explains: a scalar of a query.

use crate::error::Result;
use crate::graph::{Graph, NodeId};
use crate::tensor::Real;

use super::objective::Owned;
use super::triple::TripleModel;

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

/// A scalar of a query, as a graph: what is asked of a model.
///
/// Inputs: 0 the given entity, 1 the relation, 2 the target entity.
#[derive(Clone, Debug)]
pub struct Functional {
    /// The graph, whose parameters are those of the model.
    pub graph: Graph,
    /// The scalar.
    pub value: NodeId,
    /// The scores of all entities in the place that is asked for.
    pub scores: NodeId,
    /// The rows that the inputs name.
    pub reads: Vec<Owned>,
}

impl Functional {
    /// The functional of a query for tails (`head, relation, ?`) or heads (`?, relation, tail`).
    ///
    /// # Errors
    /// What the model's graph operations report.
    pub fn of_triples<T: Real>(model: &TripleModel<T>, kind: FunctionalKind, tails: bool) -> Result<Self> {
        let mut graph = Graph::new();
        let g = &mut graph;
        let (entities, relations) = model.tables(g)?;
        let (given_id, relation_id, target_id) =
            (g.indices("given", &[])?, g.indices("relation", &[])?, g.indices("target", &[])?);
        let given = g.lookup(entities, given_id)?;
        let relation = g.lookup(relations, relation_id)?;
        let scores = match tails {
            true => model.scorer().tails(g, given, relation, entities)?,
            false => model.scorer().heads(g, entities, relation, given)?,
        };
        let target = g.pick(scores, target_id)?;
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
