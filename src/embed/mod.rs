//! What a host program holds: the face that the C interface shows of the rooms below, in safe Rust.
//!
//! Nothing here is computed that the rooms below do not compute. They are generic over the precision and have one type for
//! each kind of model; a host has one of each thing, chosen at run time.

mod definition;
mod host;
mod rows;
mod watch;

pub use definition::Definition;
pub use host::{Host, LogLevel};
pub use rows::{RowMajor, Rows};
pub use watch::{Event, Watch};
