//! How far an answer can be trusted, as JSON and in words.

use serde::Serialize;

use crate::curvature::Curvature;
use crate::influence::{Influence, Options};
use crate::run::dense::Fitted;
use crate::solve::Certificate;
use crate::tensor::Real;

use crate::cli::output::number;

/// The name of a curvature.
pub(in crate::cli) fn name(curvature: Curvature) -> &'static str {
    match curvature {
        Curvature::Hessian => "hessian",
        Curvature::GaussNewton => "gauss-newton",
        Curvature::Fisher => "fisher",
    }
}

/// Where the model stands.
#[derive(Clone, Debug, Serialize)]
pub(in crate::cli) struct Standing {
    examples: usize,
    parameters: usize,
    curvature: &'static str,
    damping: f64,
    solver: String,
    objective: f64,
    gradient: f64,
    gradient_length: f64,
    pub at_minimum: bool,
    training_remedy: Option<String>,
    residual: f64,
    lowest_eigenvalue: f64,
    lowest_error: f64,
    highest_eigenvalue: f64,
    highest_error: f64,
}

impl Standing {
    /// The standing after an answer, so that the residual is the worst of all its solves.
    pub fn of<T: Real>(influence: &Influence<T>, options: &Options, fitted: &Fitted) -> Self {
        let standing = influence.standing();
        let solver = match &options.solver {
            Some(_) => format!("{}, as asked for", standing.solver),
            None => format!("{}: {}", standing.solver, standing.plan.reason),
        };
        Self {
            examples: standing.examples,
            parameters: standing.parameters,
            curvature: name(standing.curvature),
            damping: standing.damping,
            solver,
            objective: standing.value,
            gradient: standing.gradient,
            gradient_length: standing.gradient_length,
            // A gradient can be small where there is no minimum, as far out on separable classes: training knows.
            at_minimum: standing.stationary && fitted.converged,
            training_remedy: training_remedy(fitted).map(str::to_owned),
            residual: influence.worst_residual(),
            lowest_eigenvalue: standing.spectrum.lowest,
            lowest_error: standing.spectrum.lowest_error,
            highest_eigenvalue: standing.spectrum.highest,
            highest_error: standing.spectrum.highest_error,
        }
    }

    /// A few lines.
    pub fn in_words(&self) -> String {
        let curvature = match self.curvature {
            "hessian" => "the Hessian",
            "gauss-newton" => "the Gauss-Newton matrix",
            _ => "the empirical Fisher matrix",
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
            true => format!("  at a minimum: the greatest part of the gradient is {}\n", number(self.gradient)),
            false => format!(
                "  WARNING: not at a minimum (the greatest part of the gradient is {}): the scores say what a step of \
                 training would change, not what training to the end would; {}\n",
                number(self.gradient),
                self.training_remedy.as_deref().unwrap_or("train further")
            ),
        };
        text
    }
}

/// What to do about a training that did not end at a minimum; none if it did.
pub(in crate::cli) fn training_remedy(fitted: &Fitted) -> Option<&str> {
    (!fitted.converged).then(|| fitted.remedy.as_deref().unwrap_or("train longer, or ask for less with --gradient"))
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
    remedy: Option<String>,
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
            remedy: certificate.remedy.clone().filter(|_| !converged),
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
                self.remedy.as_deref().unwrap_or("use another solver or more steps")
            ),
        };
        if let Some(curvature) = self.negative_curvature {
            text += &format!("  negative curvature was met: {}\n", number(curvature));
        }
        text
    }
}

/// A warning where some solve, of whatever the answer needed, fell short.
pub(in crate::cli) fn unconverged(remedy: Option<&str>) -> String {
    remedy.map_or(String::new(), |remedy| {
        format!("  NOT CONVERGED: some solves fell short, what was computed from them is partial; {remedy}\n")
    })
}
