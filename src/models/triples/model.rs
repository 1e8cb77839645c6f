//! Models that score triples of a head, a relation and a tail.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::graph::{Graph, NodeId};
use crate::models::{Initial, Parameter};
use crate::objective::Owned;
use crate::tensor::{Array, Real};

/// How a model of triples scores candidates, written in graph operations.
///
/// A higher score means a more plausible triple. Both functions must give the same score for the same triple. Candidates
/// may be looked up for each example or be the whole table; graph operations do not care.
///
/// ```
/// use ascribe::graph::{Graph, NodeId};
/// use ascribe::models::triples::TripleScorer;
///
/// /// The score of a triple is the product of head and tail, whatever the relation.
/// #[derive(Debug)]
/// struct Product;
///
/// impl TripleScorer for Product {
///     fn name(&self) -> &'static str {
///         "product"
///     }
///     fn tails(&self, graph: &mut Graph, head: NodeId, _: NodeId, tails: NodeId) -> ascribe::Result<NodeId> {
///         graph.einsum("d,cd->c", head, tails)
///     }
///     fn heads(&self, graph: &mut Graph, heads: NodeId, _: NodeId, tail: NodeId) -> ascribe::Result<NodeId> {
///         graph.einsum("d,cd->c", tail, heads)
///     }
/// }
/// ```
pub trait TripleScorer: std::fmt::Debug + Send + Sync {
    /// The name by which the model is chosen and saved.
    fn name(&self) -> &'static str;

    /// The numbers in an entity's row and in a relation's row for a dimension.
    fn widths(&self, dimension: usize) -> (usize, usize) {
        (dimension, dimension)
    }

    /// Scores candidate tails: `head` is one entity row, `relation` one relation row, `tails` is `[candidates, width]`.
    ///
    /// # Errors
    /// What the graph operations report.
    fn tails(&self, graph: &mut Graph, head: NodeId, relation: NodeId, tails: NodeId) -> Result<NodeId>;

    /// Scores candidate heads: `heads` is `[candidates, width]`, `relation` one relation row, `tail` one entity row.
    ///
    /// # Errors
    /// What the graph operations report.
    fn heads(&self, graph: &mut Graph, heads: NodeId, relation: NodeId, tail: NodeId) -> Result<NodeId>;

    /// The derivatives of scores by the rows of head, relation and tail, each `[candidates, width]`, or `[width]` where it is
    /// the same for all candidates. One of `head` and `tail` is `[candidates, width]`, the others are one row. None if that is
    /// not known: then no ledger can be corrected for curvature.
    ///
    /// # Errors
    /// What the graph operations report.
    fn slopes(&self, graph: &mut Graph, head: NodeId, relation: NodeId, tail: NodeId) -> Result<Option<[NodeId; 3]>> {
        let _ = (graph, head, relation, tail);
        Ok(None)
    }
}

/// Upper limit, to catch typing errors.
const MAX_DIMENSIONS: usize = 1 << 20;

/// A scorer with the sizes of its two tables, without their values.
#[derive(Clone, Debug)]
pub struct TripleTables {
    scorer: Arc<dyn TripleScorer>,
    dimension: usize,
    entities: usize,
    relations: usize,
}

impl TripleTables {
    /// Tables with a row for each entity and each relation.
    ///
    /// # Errors
    /// [`Error::Argument`] for a dimension of zero or beyond a million, or no entities or relations.
    pub fn new(scorer: Arc<dyn TripleScorer>, entities: usize, relations: usize, dimension: usize) -> Result<Self> {
        if dimension == 0 || dimension > MAX_DIMENSIONS {
            return Err(Error::argument("the dimension", dimension, format!("1 to {MAX_DIMENSIONS}")));
        }
        for (count, name) in [(entities, "the number of entities"), (relations, "the number of relations")] {
            if count == 0 {
                return Err(Error::argument(name, 0, "at least one"));
            }
        }
        Ok(Self { scorer, dimension, entities, relations })
    }

    /// How triples are scored.
    pub fn scorer(&self) -> &Arc<dyn TripleScorer> {
        &self.scorer
    }

    /// The dimension of an embedding.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// The number of entities.
    pub fn entities(&self) -> usize {
        self.entities
    }

    /// The number of relations.
    pub fn relations(&self) -> usize {
        self.relations
    }

    /// The tables as parameters: 0 has a row for each entity, 1 a row for each relation, drawn uniformly from
    /// −`half_width` to `half_width`.
    pub fn parameters(&self, half_width: f64) -> [Parameter; 2] {
        let initial = Initial::UniformRows(half_width);
        let [entities, relations] = self.shapes();
        let named = |(name, shape): (&str, [usize; 2])| Parameter { name: name.into(), shape: shape.into(), initial };
        [("entities", entities), ("relations", relations)].map(named)
    }

    /// Tables with rows drawn uniformly from −`half_width` to `half_width`.
    ///
    /// # Errors
    /// [`Error::Argument`] for tables that memory cannot hold, or a half width that is not a positive number.
    pub fn initial<T: Real>(&self, half_width: f64, seed: u64) -> Result<Vec<Array<T>>> {
        self.parameters(half_width).iter().zip(0..).map(|(table, slot)| table.draw(slot, seed)).collect()
    }

    fn shapes(&self) -> [[usize; 2]; 2] {
        let (entity_width, relation_width) = self.scorer.widths(self.dimension);
        [[self.entities, entity_width], [self.relations, relation_width]]
    }

    pub(super) fn add(&self, graph: &mut Graph) -> Result<(NodeId, NodeId)> {
        let [entities, relations] = self.shapes();
        Ok((graph.parameter("entities", &entities)?, graph.parameter("relations", &relations)?))
    }
}

impl Owned {
    /// The rows of head, relation and tail, which stand in inputs 0, 1 and 2.
    pub(super) fn of_triple() -> Vec<Self> {
        [(0, 0), (1, 1), (0, 2)].map(|(parameter, input)| Self { parameter, input }).into()
    }
}
