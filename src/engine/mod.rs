//! Running graphs: programs, kernels, chunks and threads.
//!
//! A [`Program`] is a graph compiled for some outputs. An [`Execution`] is a program with the memory it runs in: it cuts a
//! batch into chunks, gives each of a fixed number of *lanes* a contiguous range of chunks, lets threads work on lanes and
//! adds the lanes' sums in order. Lanes depend on the number of examples and never on the number of threads, so results
//! are the same bytes for any number of threads.

mod compile;
mod execution;
mod forks;
mod fusion;
mod instruction;
mod kernels;
mod liveness;
mod monitor;
mod operands;
mod program;
mod workers;

pub use execution::Execution;
pub(crate) use kernels::{Once, vectorized};
pub use monitor::{Listener, Monitor, Progress};
pub use operands::{Operands, RowPatches, Values};
pub use program::Program;
pub use workers::Workers;
