//! Gradient rollback: what training examples moved, and what a prediction would be had they not.
//!
//! Lawrence, Sztyler and Niepert, "Explaining neural matrix factorization with gradient rollback" (2021). Written from
//! the mathematics: while training, every example owns a slot for each distinct row it reads as itself, and the
//! [`Ledger`] sums the change that the example's own steps made to it. Taking that change back from the trained weights
//! predicts what the model would say without the example.

mod credit;
mod explain;
mod ledger;
mod tracker;

pub use explain::{Effort, ExplainOptions, Explainer, Explanation, Scope, Score};
pub use ledger::Ledger;
pub use tracker::{CreditRule, Tracker};
