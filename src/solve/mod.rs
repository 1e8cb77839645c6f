//! Linear systems with a symmetric operator: the operator's interface and the vectors it works on.
//!
//! Nothing here knows what an operator stands for. Vectors are `f64` whatever a model's precision is, so that residuals
//! and certificates mean what they say.

mod block;
mod operator;

pub use block::Block;
pub use operator::{Dense, Operator};
