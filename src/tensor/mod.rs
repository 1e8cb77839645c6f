//! Dense arrays, matrix views, the two element types and random numbers: the floor every other module stands on.

mod array;
mod either;
mod exponential;
pub mod random;
mod real;
mod view;

pub use array::Array;
pub use either::Either;
pub(crate) use either::{either, map_either};
pub use real::{Numbers, Precision, Real};
pub use view::{MatrixView, RowMajor};
