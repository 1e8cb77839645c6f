//! Dense arrays, the two element types and random numbers: the floor every other room stands on.

mod array;
pub mod random;
mod real;

pub use array::Array;
pub use real::Real;
