//! Models that score triples of a head, a relation and a tail.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::graph::{Graph, NodeId};
use crate::tensor::random::{Purpose, Stream};
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
}

/// The largest dimension that is taken for meant.
const MAX_DIMENSIONS: usize = 1 << 20;

/// A scorer with its tables: parameter 0 has a row for each entity, parameter 1 a row for each relation.
#[derive(Clone, Debug)]
pub struct TripleModel<T> {
    scorer: Arc<dyn TripleScorer>,
    dimension: usize,
    parameters: Arc<Vec<Array<T>>>,
}

impl<T: Real> TripleModel<T> {
    /// A model with rows drawn uniformly from −`half_width` to `half_width`.
    ///
    /// # Errors
    /// [`Error::Argument`] for a dimension of zero or beyond a million, tables that memory cannot hold, no entities or
    /// relations, or a half width that is not a positive number.
    pub fn new(
        scorer: Arc<dyn TripleScorer>,
        (entities, relations): (usize, usize),
        dimension: usize,
        half_width: f64,
        seed: u64,
    ) -> Result<Self> {
        if dimension == 0 || dimension > MAX_DIMENSIONS {
            return Err(Error::argument("the dimension", dimension, format!("1 to {MAX_DIMENSIONS}")));
        }
        for (count, name) in [(entities, "the number of entities"), (relations, "the number of relations")] {
            if count == 0 {
                return Err(Error::argument(name, 0, "at least one"));
            }
        }
        if !(half_width.is_finite() && half_width > 0.0) {
            return Err(Error::argument("the initial half width", half_width, "a positive number"));
        }
        let (entity_width, relation_width) = scorer.widths(dimension);
        let table = |rows: usize, width: usize, parameter: u64| -> Result<Array<T>> {
            let mut array = Array::try_zeros(&[rows, width])?;
            for row in 0..rows {
                // Keyed by the row, so that a table's beginning does not depend on its length.
                let mut stream = Stream::new(seed, Purpose::Initial, parameter, row as u64);
                for value in array.row_mut(row) {
                    *value = T::from_f64(stream.within(half_width));
                }
            }
            Ok(array)
        };
        let parameters = vec![table(entities, entity_width, 0)?, table(relations, relation_width, 1)?];
        Ok(Self { scorer, dimension, parameters: Arc::new(parameters) })
    }

    /// A model with tables that were trained before.
    ///
    /// # Errors
    /// [`Error::Argument`] when the tables are not two with the widths the scorer asks for.
    pub fn with_parameters(
        scorer: Arc<dyn TripleScorer>,
        dimension: usize,
        parameters: impl Into<Arc<Vec<Array<T>>>>,
    ) -> Result<Self> {
        let parameters = parameters.into();
        let (entity_width, relation_width) = scorer.widths(dimension);
        let fits = match parameters.as_slice() {
            [entities, relations] => {
                entities.shape().len() == 2
                    && relations.shape().len() == 2
                    && entities.row_width() == entity_width
                    && relations.row_width() == relation_width
            }
            _ => false,
        };
        if !fits {
            let found: Vec<_> = parameters.iter().map(Array::shape).collect();
            let name = format!("the tables of a {} model", scorer.name());
            let expected = format!("[entities, {entity_width}] and [relations, {relation_width}]");
            return Err(Error::argument(name, format!("{found:?}"), expected));
        }
        Ok(Self { scorer, dimension, parameters })
    }

    /// How the model scores.
    pub fn scorer(&self) -> &Arc<dyn TripleScorer> {
        &self.scorer
    }

    /// The dimension it was made with.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// The number of entities.
    pub fn entities(&self) -> usize {
        self.parameters[0].rows()
    }

    /// The number of relations.
    pub fn relations(&self) -> usize {
        self.parameters[1].rows()
    }

    /// The entity table and the relation table.
    pub fn parameters(&self) -> &[Array<T>] {
        &self.parameters
    }

    /// The entity table and the relation table, to share with those that outlive the model.
    pub fn shared_parameters(&self) -> Arc<Vec<Array<T>>> {
        self.parameters.clone()
    }

    /// The entity table and the relation table, to train; those that they were shared with keep what there was.
    pub fn parameters_mut(&mut self) -> &mut Vec<Array<T>> {
        Arc::make_mut(&mut self.parameters)
    }

    /// The same model with other tables of the same shapes.
    pub(crate) fn replaced(mut self, parameters: Vec<Array<T>>) -> Self {
        debug_assert!(self.parameters.iter().zip(&parameters).all(|(a, b)| a.shape() == b.shape()));
        self.parameters = Arc::new(parameters);
        self
    }

    /// Adds the two tables to a graph.
    pub(super) fn tables(&self, graph: &mut Graph) -> Result<(NodeId, NodeId)> {
        let entities = graph.parameter("entities", self.parameters[0].shape())?;
        let relations = graph.parameter("relations", self.parameters[1].shape())?;
        Ok((entities, relations))
    }
}
