//! The truth: what really changes when examples are left out and the model is trained again.
//!
//! Retraining is aligned: initial values, order, candidates and learning rates of the remaining examples are those of the
//! full training, so the only difference is the absence of the examples. Whatever a method predicts can be checked on the
//! user's own model with [`Truth`], and how well it does is a [`Fidelity`], never a correlation alone.

mod fidelity;
mod removal;
mod truth;

pub use fidelity::Fidelity;
pub use removal::{Removal, removal};
pub use truth::Truth;
