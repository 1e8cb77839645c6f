//! `ascribe explain` and `ascribe verify`, of runs of either kind.

use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{ArgGroup, Args};

use crate::attribution::rollback::{Effort, Scope};
use crate::error::{Error, Result as Checked};
use crate::models::network::NetworkFunctional;
use crate::models::triples::FunctionalKind;

use super::rows::How;
use super::{FUNCTIONALS, one_of};

/// What `explain` and `verify` have in common: a question to a run of triples.
#[derive(Args, Debug)]
#[command(next_help_heading = "Runs of triples")]
pub(in crate::cli) struct Question {
    /// HEAD,RELATION,? or ?,RELATION,TAIL, with double quotes around a name that holds a comma
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true, group = "asked", conflicts_with = "Fitting")]
    pub query: Option<String>,
    /// The answer to explain: the one of highest score if absent
    #[arg(long, value_name = "NAME", allow_hyphen_values = true, conflicts_with = "test")]
    pub target: Option<String>,
    /// Which examples are considered: those that share an entity with the fact, or the relation too, or all
    #[arg(long, value_name = "SCOPE", default_value = "entities+relation", conflicts_with = "test",
        value_parser = one_of(Scope::ALL.to_vec()))]
    pub scope: Scope,
}

/// The number whose change is predicted.
#[derive(Args, Debug)]
pub(in crate::cli) struct Explained {
    /// The number whose change is predicted; of triples probability (if absent), log-probability or score; of rows loss (if
    /// absent), probability, log-probability, margin or output
    #[arg(long, value_name = "NUMBER", value_parser = PossibleValuesParser::new(functionals()), hide_possible_values = true)]
    functional: Option<String>,
}

#[derive(Args, Debug)]
#[command(group(ArgGroup::new("asked").required(true)))]
pub(in crate::cli) struct Explain {
    /// The folder of the run
    #[arg(value_name = "RUN")]
    pub run: PathBuf,
    /// How examples are scored: by gradient rollback (of triples) or by influence functions (of rows)
    #[arg(long, value_name = "NAME", value_parser = one_of(vec![
        ("rollback", Way::Rollback), ("influence", Way::Influence),
    ]))]
    pub method: Option<Way>,
    /// How many examples to show for and against
    #[arg(short, value_name = "N", default_value_t = 10)]
    pub k: usize,
    #[command(flatten)]
    pub explained: Explained,
    #[command(flatten)]
    pub question: Question,
    /// How scores are computed: auto, exact, linear (to first order) or hybrid:N (linear, then the first N exactly)
    #[arg(long, value_name = "HOW", default_value = "auto", conflicts_with_all = ["test", "own"], value_parser = effort,
        help_heading = "Runs of triples")]
    pub effort: Effort,
    /// Examples to take back together, such as 3,17, instead of one by one
    #[arg(long, value_name = "EXAMPLES", value_delimiter = ',', conflicts_with_all = ["test", "own"],
        help_heading = "Runs of triples")]
    pub without: Option<Vec<u32>>,
    /// Rank all training rows by self-influence: how much each one's own loss would rise without it
    #[arg(long = "self", group = "asked", conflicts_with_all = ["rows", "functional"], help_heading = "Runs of rows")]
    pub own: bool,
    #[command(flatten)]
    pub how: How,
    /// Show what solving would cost, with each solver, and do not solve
    #[arg(long, conflicts_with = "query", help_heading = "Runs of rows")]
    pub plan: bool,
    /// Correct the changes of the examples shown by their leverage; without it that is done where it costs little
    #[arg(long, conflicts_with_all = ["query", "own"], help_heading = "Runs of rows")]
    pub leverage: bool,
    /// Show which features of the examples shown matter most
    #[arg(long, conflicts_with_all = ["query", "own"], help_heading = "Runs of rows")]
    pub inputs: bool,
    /// Write all scores, a row for each query and a column for each training row, to this file: .npy or .csv
    #[arg(long, value_name = "FILE", conflicts_with = "query", help_heading = "Runs of rows")]
    pub scores: Option<PathBuf>,
}

/// How examples are scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Way {
    Rollback,
    Influence,
}

#[derive(Args, Debug)]
#[command(group(ArgGroup::new("asked").required(true)))]
pub(in crate::cli) struct Verify {
    /// The folder of the run
    #[arg(value_name = "RUN")]
    pub run: PathBuf,
    /// How many examples to train without, those of greatest effect first
    #[arg(short, value_name = "N", default_value_t = 5)]
    pub k: usize,
    #[command(flatten)]
    pub explained: Explained,
    #[command(flatten)]
    pub question: Question,
    #[command(flatten)]
    pub how: How,
}

impl Question {
    /// The query, which a run of triples must be asked with.
    pub fn of_triples(&self, run: &Path) -> Checked<&str> {
        self.query.as_deref().ok_or_else(|| Error::Unsupported {
            what: format!("--test, --self or --method influence with {}, a run of triples,", run.display()),
            hint: "ask it with --query HEAD,RELATION,?".into(),
        })
    }

    /// Refuses a query to a run of rows.
    pub fn of_rows(&self, run: &Path) -> Checked<()> {
        match &self.query {
            None => Ok(()),
            Some(_) => Err(Error::Unsupported {
                what: format!("--query with {}, a run of rows,", run.display()),
                hint: "ask it with --test FILE or --self".into(),
            }),
        }
    }
}

impl Explained {
    /// The functional of a triple.
    pub fn of_triples(&self) -> Checked<FunctionalKind> {
        choose(self.functional.as_deref(), &FUNCTIONALS, "a run of triples")
    }

    /// The functional of a row.
    pub fn of_rows(&self) -> Checked<NetworkFunctional> {
        choose(self.functional.as_deref(), &NetworkFunctional::ALL, "a run of rows")
    }
}

fn choose<T: Copy + Default>(name: Option<&str>, choices: &[(&str, T)], what: &str) -> Checked<T> {
    let Some(name) = name else { return Ok(T::default()) };
    choices.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind).ok_or_else(|| {
        let names: Vec<&str> = choices.iter().map(|(known, _)| *known).collect();
        Error::argument(format!("--functional for {what}"), name, format!("one of {}", names.join(", ")))
    })
}

/// The names of all functionals.
fn functionals() -> Vec<&'static str> {
    let mut names: Vec<&str> = NetworkFunctional::ALL.iter().map(|(name, _)| *name).collect();
    names.extend(FUNCTIONALS.iter().map(|(name, _)| *name));
    names.sort_unstable();
    names.dedup();
    names
}

fn effort(text: &str) -> Result<Effort, String> {
    text.parse().map_err(|_| "expected auto, exact, linear or hybrid:N".to_owned())
}
