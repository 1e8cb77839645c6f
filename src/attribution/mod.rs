//! Methods of training-data attribution.
//!
//! A [`Method`] is prepared by its name for a [trained model](Trained) and answers questions about its predictions: the scores of
//! training examples ([`Attribution`]) and, as far as it can, leave-one-out scores, what-ifs and more. It is one folder here and one
//! line in [`METHODS`]; the command line and every language have it by its name. [`MethodInfo`] says which unit its scores have.
//!
//! | method | what a score is |
//! |---|---|
//! | [`influence`] | the predicted change by removal, by the curvature of the objective at its minimum |
//! | [`rollback`] | the predicted change by removal, by the ledger of the training |
//! | [`replay`] | the predicted change by removal, by the derivative of the whole training run |
//! | `tracin`, `tracincp`, `gas` | how the functional moved in the example's steps, no prediction of a change |
//! | `graddot`, `gradcos` | the inner product or cosine of gradients, no prediction of a change |
//!
//! [`Fidelity`] says how well predicted changes agree with true ones.

mod answer;
mod fidelity;
mod graddot;
pub mod influence;
mod method;
pub mod replay;
pub mod rollback;
mod tail;
mod tracin;
mod turns;

pub use answer::{
    Attacked, Attribution, Diagnostics, LeaveOneOutScores, Order, TAIL, TrainingChange, WhatIf, WhatIfStep,
};
pub use fidelity::Fidelity;
pub use method::{AnyLedger, AnyParameters, Call, METHODS, Method, MethodInfo, Question, REMOVAL, Trained, method};
