//! Ready-made models, each a few functions in graph operations: [`triples`] for knowledge graphs and recommenders,
//! [`network`] for linear models, multilayer perceptrons and convolutional networks.

#[cfg(feature = "dfdx")]
pub mod dfdx;
pub mod network;
pub mod triples;
