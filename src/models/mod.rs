//! Models: a [`Family`] is all that the layers above know of one. [`triples`] for knowledge graphs and recommenders,
//! [`network`] for linear models, multilayer perceptrons and convolutional networks, [`custom`] for graphs of the user's
//! own.

pub mod custom;
#[cfg(feature = "dfdx")]
pub mod dfdx;
mod family;
pub mod network;
mod presets;
pub mod triples;

pub use family::{
    FAMILIES, Family, FamilyEntry, Initial, Parameter, Predictor, Reduction, Singularity, TrainingDefaults, restore,
};
pub use presets::{PRESETS, Preset, preset};
