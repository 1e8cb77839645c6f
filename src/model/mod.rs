//! What a model is to everyone above: losses and functionals as graphs, and the rows that examples own.
//!
//! Training sees an [`Objective`]: a per-example loss and the row lookups through which an example owns rows. Explaining
//! sees a [`Functional`]: a scalar of a query. Neither says which model it came from.
//!
//! Models of triples are written as a [`TripleScorer`]: two short functions in graph operations.

pub mod dense;
#[cfg(feature = "dfdx")]
pub mod dfdx;
mod functional;
mod inputs;
mod objective;
mod triple;
pub mod zoo;

pub use functional::{Functional, FunctionalKind};
pub use inputs::Inputs;
pub use objective::{Loss, Objective, Owned, Sides};
pub use triple::{TripleModel, TripleScorer};
