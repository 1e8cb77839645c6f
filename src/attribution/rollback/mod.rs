//! Gradient rollback: what training examples moved, and what a prediction would be had they not.
//!
//! Lawrence, Sztyler and Niepert, "Explaining neural matrix factorization with gradient rollback" (2021). Written from
//! the mathematics: while training, every example owns a slot for each distinct row it reads as itself, and the
//! [`Ledger`] sums the change that the example's own steps made to it. Taking that change back from the trained weights
//! predicts what the model would say without the example.
//!
//! It is a prediction, and on trained models its size can be far too large: in a training without the example the later steps
//! of the others would have answered to its absence, which no ledger holds. Compare with retraining before relying on a size.

mod builder;
mod credit;
mod explain;
mod ledger;
mod method;
mod refill;
mod tracker;

pub use builder::LedgerBuilder;
pub use explain::{Effort, ExplainOptions, Explainer, Explanation, Scope, Score};
pub use ledger::Ledger;
pub(super) use method::METHOD;
pub(crate) use method::NO_LEDGER;
pub use tracker::{CreditRule, Tracker};
