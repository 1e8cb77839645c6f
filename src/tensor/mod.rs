//! Dense arrays, matrix views, the two element types and random numbers: the floor every other module stands on.

mod array;
pub mod random;
mod real;
mod view;

pub use array::Array;
pub use real::{Numbers, Precision, Real};
pub use view::{MatrixView, RowMajor};
