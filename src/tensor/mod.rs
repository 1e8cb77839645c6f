//! Dense arrays and the two element types, the floor every other room stands on.

mod array;
mod real;

pub use array::Array;
pub use real::Real;
