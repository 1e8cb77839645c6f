//! Which training examples a prediction is owed to, and what would change without them.

#![warn(missing_docs)]

pub mod data;
mod error;
pub mod store;
pub mod tensor;

pub use error::{Error, Result};
