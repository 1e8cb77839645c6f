//! Models by name.

use crate::error::{Result, one_of};

use super::network::{self, NETWORKS};
use super::triples::{self, scorers::SCORERS};

/// A model that can be chosen by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// The name.
    pub name: &'static str,
    /// The family that it is of.
    pub family: &'static str,
}

/// All models that can be chosen by name: scorers of triples, then networks.
pub const PRESETS: [Preset; SCORERS.len() + NETWORKS.len()] = {
    let mut all = [Preset { name: "", family: "" }; SCORERS.len() + NETWORKS.len()];
    let mut place = 0;
    while place < all.len() {
        all[place] = if place < SCORERS.len() {
            Preset { name: SCORERS[place].0, family: triples::FAMILY }
        } else {
            Preset { name: NETWORKS[place - SCORERS.len()].name, family: network::FAMILY }
        };
        place += 1;
    }
    all
};

/// The preset of a name.
///
/// # Errors
/// [`Error::Argument`](crate::Error::Argument) when there is none.
pub fn preset(name: &str) -> Result<Preset> {
    let found = PRESETS.iter().find(|preset| preset.name == name);
    found.copied().ok_or_else(|| one_of("the model", name, PRESETS.iter().map(|preset| preset.name)))
}
