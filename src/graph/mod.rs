//! What can be computed: a graph of typed nodes, closed under differentiation.
//!
//! A [`Graph`] is a list of nodes in topological order. A value is *per-example* (it has an implicit batch axis that is
//! never written in a shape) or *shared* (parameters, constants). Summing a per-example value over the batch is the
//! transpose of using a shared value in every example; that pair is how gradients of parameters arise.
//!
//! Shape errors are found when a node is added; equal nodes are one node; products with one, sums with zero and the like
//! are removed as they arise, so what derivative rules emit stays small.
//!
//! ```
//! use ascribe::graph::Graph;
//!
//! # fn main() -> ascribe::Result<()> {
//! let mut graph = Graph::new();
//! let weights = graph.parameter("weights", &[3])?;
//! let features = graph.input("features", &[3])?;
//! let target = graph.input("target", &[])?;
//! let prediction = graph.einsum("d,d->", features, weights)?;
//! let residual = graph.sub(prediction, target)?;
//! let square = graph.power(residual, 2.0)?;
//! let loss = graph.scale(square, 0.5)?;
//! assert_eq!(graph.value_type(loss).to_string(), "per-example []");
//! # Ok(())
//! # }
//! ```

mod build;
mod contraction;
mod nodes;
mod op;
mod rewrite;
mod types;

pub use contraction::Contraction;
pub use nodes::{Graph, NodeId};
pub use op::{Constant, Op, Unary};
pub use rewrite::Rewriter;
pub use types::{Element, Shape, ValueType};
