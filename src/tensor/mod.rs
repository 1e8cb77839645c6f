//! Dense arrays.

pub mod random;
