//! How far an answer can be trusted, as JSON and in words.

use serde::Serialize;

use crate::attribution::influence::{Influence, Options};
use crate::objective::Curvature;
use crate::run::dense::Fitted;
use crate::solve::Certificate;

use crate::cli::output::number;

/// Where the model stands.
#[derive(Clone, Debug, Serialize)]
pub(in crate::cli) struct Diagnostics {
    examples: usize,
    parameters: usize,
    curvature: Curvature,
    damping: f64,
    solver: String,
    objective: f64,
    gradient: f64,
    gradient_length: f64,
    pub at_minimum: bool,
    training_hint: Option<String>,
    residual: f64,
    lowest_eigenvalue: f64,
    lowest_error: f64,
    highest_eigenvalue: f64,
    highest_error: f64,
}

impl Diagnostics {
    /// The diagnostics after an answer, so that the residual is the worst of all its solves.
    pub fn of(influence: &Influence, options: &Options, fitted: &Fitted) -> Self {
        let diagnostics = influence.diagnostics();
        let solver = match &options.solver {
            Some(_) => format!("{}, as asked for", diagnostics.solver),
            None => format!("{}: {}", diagnostics.solver, diagnostics.plan.reason),
        };
        Self {
            examples: diagnostics.examples,
            parameters: diagnostics.parameters,
            curvature: diagnostics.curvature,
            damping: diagnostics.damping,
            solver,
            objective: diagnostics.value,
            gradient: diagnostics.gradient_norm,
            gradient_length: diagnostics.gradient_length,
            // A gradient can be small where there is no minimum, as far out on separable classes: training knows.
            at_minimum: diagnostics.at_minimum && fitted.converged,
            training_hint: training_hint(fitted).map(str::to_owned),
            residual: influence.worst_residual(),
            lowest_eigenvalue: diagnostics.spectrum.lowest,
            lowest_error: diagnostics.spectrum.lowest_error,
            highest_eigenvalue: diagnostics.spectrum.highest,
            highest_error: diagnostics.spectrum.highest_error,
        }
    }

    /// A few lines.
    pub fn in_words(&self) -> String {
        let curvature = match self.curvature {
            Curvature::Hessian => "the Hessian",
            Curvature::GaussNewton => "the Gauss-Newton matrix",
            Curvature::Fisher => "the empirical Fisher matrix",
        };
        let mut text = format!(
            "\ncertificate: {} examples, {} parameters; {curvature} with damping {}, eigenvalues {} to {}\n",
            self.examples,
            self.parameters,
            if self.damping == 0.0 { "0".into() } else { format!("{:e}", self.damping) },
            number(self.lowest_eigenvalue),
            number(self.highest_eigenvalue),
        );
        text += &format!("  solver: {}\n", self.solver);
        text += &format!("  relative residual of the worst of all solves: {:.1e}\n", self.residual);
        text += &match self.at_minimum {
            true => format!("  at a minimum: the max-norm of the gradient is {}\n", number(self.gradient)),
            false => format!(
                "  WARNING: not at a minimum (the max-norm of the gradient is {}): the scores say what a step of \
                 training would change, not what training to the end would; {}\n",
                number(self.gradient),
                self.training_hint.as_deref().unwrap_or("train further")
            ),
        };
        text
    }
}

/// What to do about a training that did not end at a minimum; none if it did.
pub(in crate::cli) fn training_hint(fitted: &Fitted) -> Option<&str> {
    (!fitted.converged).then(|| fitted.hint.as_deref().unwrap_or("train longer, or ask for less with --gradient"))
}

/// How well one query was solved for.
#[derive(Clone, Debug, Serialize)]
pub(in crate::cli) struct Solve {
    pub converged: bool,
    residual: f64,
    relative_residual: f64,
    tolerance: f64,
    damping: f64,
    negative_curvature: Option<f64>,
    hint: Option<String>,
}

impl Solve {
    /// The solve of one of the right-hand sides.
    pub fn of(certificate: &Certificate, number: usize) -> Self {
        let converged = certificate.converged[number];
        Self {
            converged,
            residual: certificate.residuals[number],
            relative_residual: certificate.relative_residuals[number],
            tolerance: certificate.tolerance,
            damping: certificate.damping,
            negative_curvature: certificate.negative_curvature,
            hint: certificate.hint.clone().filter(|_| !converged),
        }
    }

    /// A line.
    pub fn in_words(&self) -> String {
        let size = format!("{:.1e}", self.relative_residual);
        let mut text = match self.converged {
            true => format!("solved to a relative residual of {size}\n"),
            false => format!(
                "NOT CONVERGED: relative residual {size}, wanted {:e}; what follows is partial; {}\n",
                self.tolerance,
                self.hint.as_deref().unwrap_or("use another solver or more steps")
            ),
        };
        if let Some(curvature) = self.negative_curvature {
            text += &format!("  negative curvature was met: {}\n", number(curvature));
        }
        text
    }
}

/// A warning where some solve, of whatever the answer needed, fell short.
pub(in crate::cli) fn unconverged(hint: Option<&str>) -> String {
    hint.map_or(String::new(), |hint| {
        format!("  NOT CONVERGED: some solves fell short, what was computed from them is partial; {hint}\n")
    })
}
