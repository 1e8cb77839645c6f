//! What can be asked of a run of rows.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use crate::attribution::influence::{Level, Options};
use crate::data::RowRange;
use crate::models::network::NetworkFunctional;
use crate::objective::Curvature;
use crate::solve::Solver;

use super::numbers::{assignment, bytes, weight};
use super::one_of;

/// The rows that are asked about, and how the curvature is solved with.
#[derive(Args, Debug)]
#[command(next_help_heading = "Runs of rows")]
pub(in crate::cli) struct How {
    /// The rows to ask about: a table, images (with their labels behind them) or messages, as the run was trained on
    #[arg(long, value_name = "FILE", num_args = 1..=2, group = "asked")]
    pub test: Option<Vec<PathBuf>>,
    /// Ask about these rows of the file only, such as 1,5,9 or 0-99; rows count from 0
    #[arg(long, value_name = "ROWS", value_delimiter = ',', requires = "test")]
    pub rows: Option<Vec<RowRange>>,
    /// The relative residual wanted of every solve [default: 1e-8, of runs in f32 1e-5]
    #[arg(long, value_name = "X", conflicts_with = "query")]
    pub tolerance: Option<f64>,
    #[command(flatten)]
    pub fitting: Fitting,
}

/// How the curvature is solved with.
#[derive(Args, Debug)]
#[command(next_help_heading = "Runs of rows")]
pub(in crate::cli) struct Fitting {
    /// The solver: auto, direct, cg, block-cg (both also with :R, preconditioned by a Nyström sketch of rank R), minres,
    /// lissa, lissa-published, lanczos:R or nystrom:R
    #[arg(long, value_name = "NAME", default_value = "auto", value_parser = solver)]
    pub solver: ChosenSolver,
    /// The curvature; auto: the Hessian at a minimum, Gauss-Newton elsewhere
    #[arg(long, value_name = "NAME", default_value = "auto", value_parser = one_of(vec![
        ("auto", None), ("hessian", Some(Curvature::Hessian)), ("gauss-newton", Some(Curvature::GaussNewton)),
        ("fisher", Some(Curvature::Fisher)),
    ]))]
    pub curvature: Matrix,
    /// δ, added to the curvature's diagonal
    #[arg(long, value_name = "X", default_value_t = 0.0, allow_negative_numbers = true)]
    pub damping: f64,
    /// Only these parameters may move, such as "weights 2,intercept 2"
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub parameters: Option<Vec<String>>,
    /// The most steps of an iterative solver
    #[arg(long, value_name = "N", default_value_t = Options::default().max_iterations)]
    pub iterations: usize,
    /// The max-norm of the gradient up to which the model counts as being at a minimum
    #[arg(long, value_name = "X", default_value_t = Options::default().gradient_tolerance)]
    pub stationary: f64,
    /// The memory for matrices and for queries at once, such as 2G; more queries are worked off in blocks
    #[arg(long, value_name = "BYTES", default_value = "2G", value_parser = bytes)]
    pub memory: usize,
}

/// A curvature, or none to have it chosen. Under its own name, or it would be taken for an option that may be absent.
pub(in crate::cli) type Matrix = Option<Curvature>;

/// A solver, or none to have it chosen.
pub(in crate::cli) type ChosenSolver = Option<Solver>;

#[derive(Args, Debug)]
#[command(group(ArgGroup::new("change").required(true).multiple(true)))]
pub(in crate::cli) struct WhatIf {
    /// The folder of the run
    #[arg(value_name = "RUN")]
    pub run: PathBuf,
    /// The rows to ask about: a table, images (with their labels behind them) or messages, as the run was trained on; if
    /// absent the training rows that change, each as it was trained on
    #[arg(long, value_name = "FILE", num_args = 1..=2)]
    pub test: Option<Vec<PathBuf>>,
    /// Ask about these rows of the file only, such as 1,5,9 or 0-99; rows count from 0
    #[arg(long, value_name = "ROWS", value_delimiter = ',', requires = "test")]
    pub rows: Option<Vec<RowRange>>,
    /// Take these training rows out, such as 3,17
    #[arg(long, value_name = "ROWS", value_delimiter = ',', group = "change")]
    pub remove: Option<Vec<RowRange>>,
    /// Give training rows another label, such as 5=spam; may be given several times
    #[arg(long, value_name = "ROW=LABEL", value_parser = assignment, group = "change")]
    pub relabel: Option<Vec<(u64, String)>>,
    /// Give training rows another weight, such as 4=0.5; the others have 1
    #[arg(long, value_name = "ROW=WEIGHT", value_delimiter = ',', value_parser = weight, group = "change")]
    pub reweight: Option<Vec<(u64, f64)>>,
    /// The last level of accuracy to go to, cheapest first
    #[arg(long, value_name = "LEVEL", default_value = "newton", value_parser = one_of(Level::ALL.to_vec()))]
    pub until: Level,
    /// Stop at the first level whose estimated error is within this for every query
    #[arg(long, value_name = "X")]
    pub tolerance: Option<f64>,
    /// The number whose change is predicted
    #[arg(long, value_name = "NUMBER", default_value = "loss", value_parser = one_of(NetworkFunctional::ALL.to_vec()))]
    pub functional: NetworkFunctional,
    /// The relative residual wanted of every solve [default: 1e-8, of runs in f32 1e-5]
    #[arg(long, value_name = "X")]
    pub residual: Option<f64>,
    #[command(flatten)]
    pub fitting: Fitting,
}

impl Fitting {
    /// The options of influence, for so many queries.
    pub fn options(&self, tolerance: Option<f64>, queries: usize) -> Options {
        Options {
            curvature: self.curvature,
            damping: self.damping,
            solver: self.solver.clone(),
            tolerance,
            max_iterations: self.iterations,
            gradient_tolerance: self.stationary,
            memory: self.memory,
            queries,
            ..Options::default()
        }
    }
}

fn solver(text: &str) -> Result<ChosenSolver, String> {
    match text {
        "auto" => Ok(None),
        word => word.parse().map(Some).map_err(|_| format!("expected auto, {}", Solver::WORDS)),
    }
}
