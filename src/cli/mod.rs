//! The command line: arguments in, the session's calls, tables or JSON out.
//!
//! Nothing is computed or decided here. A command gives back all that it has to say as one string, so that standard output
//! holds a whole answer or nothing; what goes wrong is one line on standard error.

mod answer;
mod arguments;
mod certificate;
mod demo;
mod explain;
mod info;
mod options;
mod output;
mod question;
mod scores;
mod self_scores;
mod shown;
mod train;
mod verify;
mod what_if;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use crate::error::Error;
use crate::session::Context;

use arguments::Line;

/// Why there is no answer.
#[derive(Debug)]
enum Failure {
    /// The line says what cannot be.
    Usage(clap::Error),
    /// The work failed; what is left of it, a sentence says.
    Work(Box<Error>, String),
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Self {
        Self::Usage(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Work(error.into(), String::new())
    }
}

/// An answer, or why there is none.
type Outcome = Result<String, Failure>;

/// Runs the program with these arguments, the first of which is its name, and gives its exit code: 0 for success, 1 for
/// a failure, which one line on standard error names, 2 for wrong usage.
pub fn run<I, S>(arguments: I) -> ExitCode
where
    I: IntoIterator<Item = S>,
    S: Into<OsString> + Clone,
{
    let answer = Line::read(arguments).map_err(Failure::from).and_then(|line| execute(&line));
    match answer.and_then(|answer| Ok(output::print(&answer)?)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Work(error, left)) => {
            output::complain(&error, &left);
            ExitCode::FAILURE
        }
        Err(Failure::Usage(error)) => {
            // Help for a reader that is gone is no failure.
            let _ = error.print();
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
        }
    }
}

fn execute(line: &Line) -> Outcome {
    let context = Arc::new(Context::with_threads(line.number("threads"))?);
    match line.command.as_str() {
        "train" => train::train(line, &context),
        "explain" => explain::explain(line, &context),
        "whatif" => what_if::what_if(line, &context),
        "verify" => verify::verify(line, &context),
        "info" => info::info(line),
        "options" => options::options(line),
        _ => demo::demo(line, &context),
    }
}
