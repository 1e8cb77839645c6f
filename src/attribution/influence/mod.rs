//! Influence functions: what a functional of the model would be, had the training examples been others.
//!
//! Koh and Liang, "Understanding black-box predictions via influence functions" (2017), on exact derivatives, with every
//! solve certified. Every score is the predicted change of the functional *if the example were removed* and the model
//! trained again, 1/n included: score(i) = (wᵢ/W) vᵀ (H + δI)⁻¹ gᵢ, with v the functional's gradient, gᵢ that of the
//! example's loss and penalty, and H the curvature of the objective. The example's own weight wᵢ is one unless said
//! otherwise and W is the sum of the weights.
//!
//! [`Influence::fit`] looks at the objective where the model stands and refuses where the mathematics does not hold;
//! [`Influence::solve_queries`] solves for queries; [`Influence::scores`] scores every example for every query in one forward pass.
//! [`Influence::leave_one_out`] goes beyond the first order for single examples, and
//! [`what_if`](Influence::what_if) for any set of changes by Newton's step and by training again.

mod attack;
mod bounds;
mod change;
#[allow(clippy::module_inception)]
mod influence;
mod leave_one_out;
mod levels;
mod method;
mod options;
mod plan;
mod point;
mod removal;
mod solved;
mod what_if;

pub use attack::{Attack, Attacked, attack};
pub use change::{Change, Edit};
pub use influence::{Diagnostics, Influence};
pub use leave_one_out::LeaveOneOut;
pub use levels::{Level, Step, WhatIf, WhatIfOptions};
pub(super) use method::METHOD;
pub use method::{AttackOptions, WhatIfTable, plan_for};
pub use options::{InfluenceOptions, Options};
pub use plan::plan;
pub use removal::{Removal, removal};
pub use solved::{Scores, Solved};
