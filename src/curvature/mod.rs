//! Derivatives of an objective over its examples: gradients, products with curvature matrices, directional derivatives of
//! every example at once.
//!
//! The objective is R(θ) = (1/W) Σ wᵢ Lᵢ(θ), with Lᵢ the loss of example i and the penalty, wᵢ its weight (one unless said
//! otherwise) and W the sum of the weights. Parameters are seen as one vector θ: those chosen, in the order of their
//! slots, each in row-major order.

mod assembly;
mod derivatives;
mod effects;
mod layout;
mod linearised;
mod operator;
mod programs;

pub use crate::autodiff::Curvature;
pub use derivatives::Derivatives;
pub(crate) use effects::parameters_in_f64;
pub use effects::{Scalars, input_effects};
pub use layout::Layout;
pub use linearised::{Linearised, gradients_of, linearise};
pub use operator::CurvatureOperator;
