//! Attribution: rollback with its ledger, influence with its curvature.
#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;

mod builder;
mod curvature;
mod fidelity;
mod graddot;
mod influence_bounds;
mod influence_changes;
mod influence_exact;
mod influence_precision;
mod influence_solvers;
mod ledger;
mod networks;
mod refill;
mod rollback;
mod trajectory;
mod watching;
