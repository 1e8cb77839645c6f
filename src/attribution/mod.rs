//! Ways to attribute a prediction to training examples.

pub mod influence;
pub mod rollback;
