//! `ascribe explain --plan`: what solving would cost.

use crate::tensor::Real;
use std::path::PathBuf;

use serde::Serialize;

use crate::attribution::influence::{self, Options};
use crate::error::Result;
use crate::objective::Curvature;
use crate::run::DenseRun;
use crate::solve;

use crate::cli::output;

use super::Session;

/// The answer as JSON.
#[derive(Debug, Serialize)]
struct Planned<'a> {
    command: &'static str,
    run: &'a PathBuf,
    method: &'static str,
    examples: usize,
    parameters: usize,
    queries: usize,
    reason: String,
    candidates: Vec<Candidate>,
}

/// One way to solve.
#[derive(Debug, Serialize)]
struct Candidate {
    solver: String,
    products: usize,
    bytes: usize,
    queries_at_once: usize,
    excluded: Option<String>,
}

/// Shows what each solver would cost.
pub(super) fn show<T: Real>(
    folder: &PathBuf,
    session: &mut Session<T>,
    options: &Options,
    run: &DenseRun<T>,
    json: bool,
) -> Result<String> {
    // Whether the model is at a minimum is not looked at here, so the costlier products are reckoned with.
    let curvature = options.curvature.unwrap_or(Curvature::Hessian);
    let plan = influence::plan(&mut session.derivatives, options, curvature, None)?;
    let candidate = |candidate: &solve::Candidate| Candidate {
        solver: candidate.name.clone(),
        products: candidate.products,
        bytes: candidate.bytes,
        queries_at_once: candidate.together,
        excluded: candidate.excluded.clone(),
    };
    let planned = Planned {
        command: "explain",
        run: folder,
        method: "plan",
        examples: run.data.len(),
        parameters: session.layout.dimension(),
        queries: options.queries,
        reason: plan.reason.clone(),
        candidates: plan.candidates.iter().map(candidate).collect(),
    };
    match json {
        true => output::json(&planned),
        false => Ok(format!(
            "{} examples, {} parameters, {} queries; a product is one pass over the examples\n{plan}",
            planned.examples, planned.parameters, planned.queries
        )),
    }
}
