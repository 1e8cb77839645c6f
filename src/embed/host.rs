//! Placeholder until merged.
use crate::engine::Context;
/// Threads and seed.
#[derive(Debug)]
pub struct Host {
    /// Threads.
    pub context: Context,
    /// Seed.
    pub seed: u64,
}
