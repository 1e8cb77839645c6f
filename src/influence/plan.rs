//! Which solver suits the questions that are to come.

use crate::curvature::{Curvature, Derivatives};
use crate::solve::{Plan, Signs, Situation, plan};
use crate::tensor::Real;

use super::options::Options;

/// Chooses among solvers for an objective and the number of queries that the options expect, with what each would cost.
/// Without a curvature in the options nothing is taken for granted of its signs.
pub fn plan_for<T: Real>(derivatives: &Derivatives<'_, T>, options: &Options) -> Plan {
    let (examples, dimension) = (derivatives.inputs().count(), derivatives.dimension());
    plan(&Situation {
        dimension,
        right_sides: options.queries.max(1),
        tolerance: options.tolerance,
        damping: options.damping,
        highest: None,
        signs: match options.curvature {
            Some(Curvature::GaussNewton | Curvature::Fisher) => Signs::Semidefinite,
            Some(Curvature::Hessian) | None => Signs::Unknown,
        },
        // Forward and back again, a parameter read once each: that of a linear model, and the order of others'.
        product_cost: 2.0 * examples as f64 * dimension as f64,
        operator_bytes: 0,
        budget_bytes: options.memory,
    })
}
