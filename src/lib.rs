//! Which training examples a prediction is owed to, and what would change without them.

#![warn(missing_docs)]

pub mod autodiff;
#[cfg(feature = "cli")]
pub mod cli;
pub mod data;
pub mod engine;
mod error;
pub mod graph;
pub mod model;
pub mod rollback;
pub mod run;
pub mod store;
pub mod tensor;
pub mod train;
pub mod verify;

pub use error::{Error, Result};
