//! How far an answer can be trusted, as JSON and in words.

use serde::Serialize;
use serde_json::Value;

use crate::attribution::influence;
use crate::error::{Error, Result};
use crate::session::{Attribution, Attributor};
use crate::solve::Certificate;

use super::arguments::{Line, with_flag_names};
use super::output::number;
use super::question::Run;

/// What was found of the objective at the model, and how the solves of an answer went.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Certified {
    diagnostics: Option<Diagnostics>,
    /// How the method's predictions agree with true removals, where that was measured.
    calibration: Option<Value>,
    /// The smoothness of the training, where that was measured.
    smoothness: Option<Value>,
    /// Whether all solves converged.
    pub converged: bool,
    /// What to do about the first that did not.
    pub hint: Option<String>,
}

/// What fitting found, with what training and the solves since say of it.
#[derive(Clone, Debug, Serialize)]
struct Diagnostics {
    #[serde(flatten)]
    fitted: influence::Diagnostics,
    training_hint: Option<String>,
    residual: f64,
}

impl Certified {
    /// After an answer, so that the residual is the worst of all its solves. Nothing is certified of methods that solve
    /// nothing.
    pub fn of(line: &Line, run: &Run, attributor: &Attributor) -> Result<Self> {
        let described = attributor.describe()?;
        let [calibration, smoothness] = ["calibration", "smoothness"].map(|name| described.get(name).cloned());
        let found = match attributor.diagnostics() {
            Err(Error::Unsupported { .. }) => {
                return Ok(Self { diagnostics: None, calibration, smoothness, converged: true, hint: None });
            }
            found => found?,
        };
        let (mut fitted, hint) = (found.fitted, found.unconverged);
        let chosen = line.text("solver").is_some_and(|solver| solver != "auto");
        fitted.solver += &format!("{} {}", if chosen { "," } else { ":" }, fitted.plan.reason);
        let training_hint = run.model.training_hint();
        // A gradient can be small where there is no minimum, as far out on separable classes: training knows.
        fitted.at_minimum &= training_hint.is_none();
        let diagnostics = Some(Diagnostics { fitted, training_hint, residual: found.worst_residual });
        Ok(Self { diagnostics, calibration, smoothness, converged: hint.is_none(), hint })
    }

    /// What stands before an answer of a model that is not at a minimum.
    pub fn leading(&self) -> String {
        let Some(Diagnostics { fitted, training_hint, .. }) = &self.diagnostics else { return String::new() };
        let text = match fitted.at_minimum {
            true => String::new(),
            false => format!(
                "NOT AT A MINIMUM (the relative gradient is {}): predictions say what a step of training would change, not what \
                 training to the end would; {}\n\n",
                number(fitted.gradient_norm),
                training_hint.as_deref().unwrap_or("train further")
            ),
        };
        with_flag_names(&text)
    }

    pub fn in_words(&self) -> String {
        let Some(Diagnostics { fitted, residual, .. }) = &self.diagnostics else { return String::new() };
        let mut text = format!(
            "\ncertificate: {} examples, {} parameters; {} curvature with damping {}, eigenvalues {} to {}\n",
            fitted.examples,
            fitted.parameters,
            fitted.curvature,
            if fitted.damping == 0.0 { "0".into() } else { format!("{:e}", fitted.damping) },
            number(fitted.spectrum.lowest),
            number(fitted.spectrum.highest),
        );
        text += &format!("  solver: {}\n", fitted.solver);
        text += &format!("  relative residual of the worst of all solves: {residual:.1e}\n");
        let gradient_norm = number(fitted.gradient_norm);
        let not = if fitted.at_minimum { "" } else { "not " };
        text += &format!("  {not}at a minimum: the relative gradient is {gradient_norm}\n");
        if let Some(hint) = &self.hint {
            text +=
                &format!("  NOT CONVERGED: some solves fell short, what was computed from them is partial; {hint}\n");
        }
        with_flag_names(&text)
    }
}

/// How well one query was solved for.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Solve {
    pub converged: bool,
    residual: f64,
    relative_residual: f64,
    tolerance: f64,
    damping: f64,
    negative_curvature: Option<f64>,
    hint: Option<String>,
}

impl Solve {
    /// The solve of one of the queries; none where nothing was solved.
    pub fn of(attribution: &Attribution, query: usize) -> Option<Self> {
        attribution.certificate(query).ok().map(|certificate| Self::by(certificate, query))
    }

    pub fn by(certificate: &Certificate, place: usize) -> Self {
        let converged = certificate.converged[place];
        Self {
            converged,
            residual: certificate.residuals[place],
            relative_residual: certificate.relative_residuals[place],
            tolerance: certificate.tolerance,
            damping: certificate.damping,
            negative_curvature: certificate.negative_curvature,
            hint: certificate.hint.clone().filter(|_| !converged),
        }
    }

    pub fn in_words(&self) -> String {
        let size = format!("{:.1e}", self.relative_residual);
        let mut text = match self.converged {
            true => format!("solved to a relative residual of {size}"),
            false => format!(
                "NOT CONVERGED: relative residual {size}, wanted {:e}; what follows is partial; {}",
                self.tolerance,
                self.hint.as_deref().unwrap_or("use another solver or more steps")
            ),
        };
        if let Some(curvature) = self.negative_curvature {
            text += &format!("; negative curvature was met: {}", number(curvature));
        }
        with_flag_names(&text)
    }
}
