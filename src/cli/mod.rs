//! The command line: arguments in, the library's calls, tables or JSON out.
//!
//! Nothing is computed here. A command gives back all that it has to say as one string, so that standard output holds a
//! whole answer or nothing; what goes wrong is one line on standard error.

mod arguments;
mod demo;
mod dense;
mod explain;
mod info;
mod output;
mod train;
mod verify;

use crate::tensor::Real;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use crate::engine::Workers;
use crate::error::Result;
use crate::run::{AnyRun, DenseRun, Run};

use arguments::{Arguments, Command, Source};

/// Runs the program with these arguments, the first of which is its name, and gives its exit code: 0 for success, 1 for
/// a failure, of which one line on standard error tells, 2 for wrong usage.
pub fn run<I, S>(arguments: I) -> ExitCode
where
    I: IntoIterator<Item = S>,
    S: Into<OsString> + Clone,
{
    let arguments = match Arguments::read(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help for a reader that is gone is no failure.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    match execute(&arguments).and_then(|answer| output::print(&answer)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn execute(arguments: &Arguments) -> Result<String> {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from).min(Workers::MAX_THREADS);
    let threads = arguments.threads.unwrap_or_else(cores);
    let workers = Workers::new(threads)?;
    let json = arguments.json;
    match &arguments.command {
        Command::Train(options) => match options.source() {
            Source::Triples(folder) => train::train(options, &folder, &workers, json),
            source => dense::train::train(options, &source, &workers, json),
        },
        Command::Explain(options) => on_run(&options.run, explain::Explain { options, workers, json }),
        Command::WhatIf(options) => on_run(&options.run, dense::what_if::WhatIf { options, workers, json }),
        Command::Verify(options) => on_run(&options.run, verify::Verify { options, workers, json }),
        Command::Info(options) => info::info(options, json),
        Command::Demo => demo::demo(&workers, json),
    }
}

/// What is done with a run, whatever its kind and element type.
trait OnRun: Sized {
    fn on<T: Real>(self, run: &Run<T>) -> Result<String>;
    fn on_rows<T: Real>(self, run: DenseRun<T>) -> Result<String>;
}

fn on_run(folder: &Path, command: impl OnRun) -> Result<String> {
    match AnyRun::load(folder)? {
        AnyRun::F32(run) => command.on(&run),
        AnyRun::F64(run) => command.on(&run),
        AnyRun::DenseF32(run) => command.on_rows(run),
        AnyRun::DenseF64(run) => command.on_rows(run),
    }
}
