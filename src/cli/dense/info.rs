//! `ascribe info` of a run of rows.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::data::OriginFile;
use crate::error::{Error, Result};
use crate::run::DenseJob;
use crate::run::dense::Fitted;

use crate::cli::info::in_words;
use crate::cli::output::{self, number, plain};

/// The answer as JSON.
#[derive(Debug, Serialize)]
struct Described<'a> {
    command: &'static str,
    run: &'a PathBuf,
    #[serde(flatten)]
    description: &'a Value,
}

/// What a run of rows says of itself.
#[derive(Debug, Deserialize)]
struct Description {
    job: DenseJob,
    data: Data,
    fitted: Fitted,
}

#[derive(Debug, Deserialize)]
struct Data {
    kind: String,
    files: Vec<OriginFile>,
    copied: bool,
    rows: usize,
    features: Vec<usize>,
    classes: Option<Vec<String>>,
}

/// Describes a run.
pub(in crate::cli) fn info(run: &PathBuf, description: &Value, json: bool) -> Result<String> {
    if json {
        return output::json(&Described { command: "info", run, description });
    }
    let malformed = |error: serde_json::Error| {
        Error::format(run, None, error.to_string(), "read the run with the build that wrote it")
    };
    let Description { job, data, fitted } = serde_json::from_value(description.clone()).map_err(malformed)?;
    let shape: Vec<String> = data.features.iter().map(ToString::to_string).collect();
    let mut text = format!(
        "{}: {} rows of {} features ({})\n",
        plain(&run.display().to_string()),
        data.rows,
        shape.join(" × "),
        data.kind
    );
    if let Some(classes) = &data.classes {
        text += &format!("classes: {}\n", plain(&classes.join(", ")));
    }
    for file in &data.files {
        text += &format!("read from {} (crc32 {})\n", plain(&file.path.display().to_string()), file.crc32);
    }
    text += match data.copied {
        true => "the run holds a copy of the features\n",
        false => "the run holds no copy of the features: these files are read again\n",
    };
    text += &course(&fitted, &job);
    let Value::Object(settings) = serde_json::to_value(&job).map_err(malformed)? else { return Ok(text) };
    let mut rows: Vec<[String; 2]> = Vec::new();
    for (name, value) in &settings {
        match value {
            Value::Object(fields) => {
                rows.extend(fields.iter().map(|(name, value)| [name.replace('_', " "), in_words(value)]));
            }
            value => rows.push([name.replace('_', " "), in_words(value)]),
        }
    }
    text.push('\n');
    text += &output::table(["setting", "value"], &rows);
    Ok(text)
}

/// How a training went, in a line or two.
pub(super) fn course(fitted: &Fitted, job: &DenseJob) -> String {
    let mut text = String::new();
    if let Some(last) = fitted.epochs.last() {
        text += &format!("{} epochs, mean loss of the last {}\n", fitted.epochs.len(), number(*last));
    }
    let end = match fitted.converged {
        true => String::new(),
        false => format!(
            "\nWARNING: not at the minimum that was asked for ({:e}): {}",
            job.training.gradient,
            fitted.hint.as_deref().unwrap_or("train longer, or ask for less")
        ),
    };
    text += &format!(
        "{} steps of minimizing: objective {}, max-norm of its gradient {:.1e}{end}\n",
        fitted.iterations,
        number(fitted.value),
        fitted.gradient
    );
    text
}
