//! Models of the user's own, written as a graph.

mod definition;
mod family;
mod manifest;

pub use definition::Definition;
pub use family::{CustomModel, CustomOptions, FAMILY};
pub use manifest::Description;
pub(crate) use manifest::other_graph;
