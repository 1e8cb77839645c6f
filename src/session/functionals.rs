//! The functionals there are, with what each is.

use crate::models::network::{self, NetworkFunctional};
use crate::models::triples::{self, FunctionalKind};

/// A functional by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunctionalInfo {
    /// The family of the models that have it: of networks the loss decides which of them.
    pub family: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
}

/// The functionals of the families that have names for them; the first of a family is its default. Graphs of one's own name
/// theirs, after `loss`.
pub fn functionals() -> Vec<FunctionalInfo> {
    let of_triples = FunctionalKind::ALL.iter().map(|(name, kind, tails)| FunctionalInfo {
        family: triples::FAMILY,
        name,
        about: kind.about(*tails),
    });
    let of_networks = NetworkFunctional::ALL.iter().map(|(name, functional)| FunctionalInfo {
        family: network::FAMILY,
        name,
        about: functional.about(),
    });
    of_triples.chain(of_networks).collect()
}
