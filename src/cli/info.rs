//! `ascribe info`.

use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::models::triples::Metrics;
use crate::run::dense::DENSE;
use crate::run::{AnyRun, Settings};
use crate::train::Outcome;

use super::arguments::Info;
use super::output;
use super::train::course;

/// The answer as JSON.
#[derive(Debug, Serialize)]
struct Described<'a> {
    command: &'static str,
    run: &'a PathBuf,
    #[serde(flatten)]
    description: &'a Description,
}

/// What a run says of itself.
#[derive(Debug, Serialize, serde::Deserialize)]
struct Description {
    kind: String,
    settings: Settings,
    entities: usize,
    relations: usize,
    outcome: Outcome,
    validation: Option<Metrics>,
}

/// Describes a run.
pub(super) fn info(options: &Info, json: bool) -> Result<String> {
    let malformed = |error: serde_json::Error| {
        Error::format(&options.run, None, error.to_string(), "read the run with the build that wrote it")
    };
    let description = AnyRun::describe(&options.run)?;
    if description.get("kind").and_then(Value::as_str) == Some(DENSE) {
        return super::dense::info::info(&options.run, &description, json);
    }
    let description: Description = serde_json::from_value(description).map_err(malformed)?;
    if json {
        return output::json(&Described { command: "info", run: &options.run, description: &description });
    }
    let Description { settings, entities, relations, outcome, validation, .. } = &description;
    let mut text =
        format!("{}: {entities} entities, {relations} relations\n", output::plain(&options.run.display().to_string()));
    text += &course(outcome, validation.as_ref());
    let Value::Object(settings) = serde_json::to_value(settings).map_err(malformed)? else { return Ok(text) };
    let rows: Vec<[String; 2]> =
        settings.iter().map(|(name, value)| [name.replace('_', " "), in_words(value)]).collect();
    text.push('\n');
    text += &output::table(["setting", "value"], &rows);
    Ok(text)
}

/// `{"adam": {"beta1": 0.9}}` as `adam, beta1 0.9`.
pub(super) fn in_words(value: &Value) -> String {
    match value {
        Value::Null => "none".into(),
        Value::String(text) => output::plain(&text.replace('_', " ")),
        Value::Object(fields) => {
            let word = |(name, value): (&String, &Value)| match value {
                Value::Object(_) => format!("{}, {}", name.replace('_', " "), in_words(value)),
                _ => format!("{} {}", name.replace('_', " "), in_words(value)),
            };
            fields.iter().map(word).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}
