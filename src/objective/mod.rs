//! What training minimizes ([`Objective`]) and what is asked of a model ([`Functional`]), and their derivatives over
//! examples: gradients, products with curvature matrices, directional derivatives of every example at once.
//!
//! The objective is R(θ) = (1/W) Σ wᵢ Lᵢ(θ), with Lᵢ the loss of example i and its share of the penalty, wᵢ its weight (one
//! unless said otherwise) and W the sum of the weights; or, with a [`Convention`] that gives no example a share,
//! (1/W) (Σ wᵢ ℓᵢ(θ) + P(θ)), where W stays what it was when weights change. Parameters are seen as one vector θ: those chosen, in the order of their
//! slots, each in row-major order.

mod any_inputs;
mod assembly;
mod blocks;
mod compiled;
mod derivatives;
mod evaluate;
mod examples;
mod functional;
mod inputs;
mod jacobians;
mod layout;
mod linear;
#[allow(clippy::module_inception)]
mod objective;
mod operator;
mod programs;
mod scale;

pub use crate::autodiff::Curvature;
pub use any_inputs::AnyInputs;
pub use blocks::BlocksCost;
pub use compiled::CompiledFunctional;
pub use derivatives::Derivatives;
pub use evaluate::Evaluate;
pub use examples::{EpochIds, Examples, Staged};
pub use functional::Functional;
pub use inputs::{InputSink, Inputs};
pub use jacobians::Jacobians;
pub use layout::Layout;
pub use objective::{Convention, Diagonal, Objective, Owned, Reduction};
pub use operator::CurvatureOperator;
pub(crate) use scale::median;
pub use scale::{gradient_scale, relative_norm};
