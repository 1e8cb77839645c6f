//! What can be asked for. Numbers that make no sense pass here: the library refuses them, and says why.

mod network;
mod numbers;
mod question;
mod rows;
mod train;

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::models::triples::FunctionalKind;

pub(super) use network::Plan;
pub(super) use question::{Explain, Question, Verify, Way};
pub(super) use rows::{Fitting, WhatIf};
pub(super) use train::{Source, Train};

/// Which training examples a prediction is due to, and what would change without them.
#[derive(Debug, Parser)]
#[command(name = "ascribe", version)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub command: Command,
    /// Write exactly one JSON object to standard output; docs/json.md describes it
    #[arg(long, global = true)]
    pub json: bool,
    /// How many threads to use: all cores if absent; the results are the same for any number
    #[arg(long, global = true, value_name = "N")]
    pub threads: Option<usize>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Train a model of triples, rows, images or messages, and keep what explaining it needs
    Train(Box<Train>),
    /// Say which training examples speak for and against a prediction
    Explain(Box<Explain>),
    /// Say what a prediction would be on another training set: without rows, with other labels or weights
    #[command(name = "whatif")]
    WhatIf(Box<WhatIf>),
    /// Train again without the most important examples and compare the true changes with the predicted ones
    Verify(Box<Verify>),
    /// Show the settings of a run, its sizes and how it went
    Info(Info),
    /// Train on a small graph of countries, explain a prediction and check the explanation
    Demo,
}

impl Arguments {
    /// Reads the arguments of the program.
    pub fn read<I, S>(arguments: I) -> Result<Self, clap::Error>
    where
        I: IntoIterator<Item = S>,
        S: Into<std::ffi::OsString> + Clone,
    {
        let read = Self::try_parse_from(arguments)?;
        let fits = match &read.command {
            Command::Train(train) => train.check(),
            _ => Ok(()),
        };
        // What depends on several options together is wrong usage all the same.
        fits.map_err(|problem| Self::command().error(ErrorKind::ArgumentConflict, problem))?;
        Ok(read)
    }
}

#[derive(Args, Debug)]
pub(super) struct Info {
    /// The folder of the run
    #[arg(value_name = "RUN")]
    pub run: PathBuf,
}

/// The functionals by name.
pub(super) const FUNCTIONALS: [(&str, FunctionalKind); 3] = [
    ("probability", FunctionalKind::Probability),
    ("log-probability", FunctionalKind::LogProbability),
    ("score", FunctionalKind::Score),
];

/// The name of one of the choices.
pub(super) fn name_of<T: PartialEq>(choices: &[(&'static str, T)], value: &T) -> &'static str {
    choices.iter().find(|(_, choice)| choice == value).map_or("", |(name, _)| name)
}

fn one_of<T: Clone + Send + Sync + 'static>(choices: Vec<(&'static str, T)>) -> impl TypedValueParser<Value = T> {
    let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
    PossibleValuesParser::new(names).map(move |chosen| {
        let found = choices.iter().find(|(name, _)| *name == chosen);
        found.expect("only the names of choices come through").1.clone()
    })
}
