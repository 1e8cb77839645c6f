//! `ascribe info`.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::data::Summary;
use crate::error::counted;
use crate::session::Model;

use super::Outcome;
use super::arguments::{Line, with_flag_names};
use super::output::{self, number, plain};

/// The share of clamped factors from which it is worth a word.
const CLAMPED: f64 = 0.01;

pub(super) fn info(line: &Line) -> Outcome {
    let run = line.path("run");
    let description = Model::inspect(&run)?;
    if line.has("json") {
        return Ok(output::json(&described("info", &run, description))?);
    }
    let data = &description["data"];
    let mut text = format!(
        "{}: {} ({})\n",
        plain(&run.display().to_string()),
        in_words(&description["kind"]),
        in_words(&description["family"])
    );
    let count = |name: &str| data[name].as_u64().unwrap_or_default();
    if data["entities"].is_u64() {
        let (valid, test) = (count("valid"), count("test"));
        text += &format!(
            "{} entities, {} relations; {} triples, {valid} to validate by and {test} to test by\n",
            count("entities"),
            count("relations"),
            count("examples")
        );
    } else {
        let list = |value: &Value, between| -> String {
            value.as_array().map_or(String::new(), |list| list.iter().map(in_words).collect::<Vec<_>>().join(between))
        };
        text += &format!(
            "{} of {} features ({})\n",
            counted(count("examples") as usize, "row"),
            list(&data["features"], " × "),
            data["format"].as_str().unwrap_or("arrays")
        );
        if data["classes"].is_array() {
            text += &format!("classes: {}\n", list(&data["classes"], ", "));
        }
        for file in data["files"].as_array().into_iter().flatten() {
            text += &format!("read from {} (crc32 {})\n", in_path(&file["path"]), in_words(&file["crc32"]));
        }
        text += &read_in_words(data);
        text += match data["copied"].as_bool() {
            Some(true) => "the run holds a copy of the features\n",
            _ => "the run holds no copy of the features: these files are read again\n",
        };
    }
    text += &training_in_words(&description);
    let mut rows = vec![];
    for settings in [&data["reading"], &description["model"], &description["training"]] {
        for (name, value) in settings.as_object().into_iter().flatten() {
            rows.push(vec![name.replace('_', " "), in_words(value)]);
        }
    }
    for (title, name) in [("precision", "precision"), ("seed of the model", "seed")] {
        rows.push(vec![title.to_owned(), in_words(&description[name])]);
    }
    text.push('\n');
    Ok(text + &output::table(&["setting", "value"], &rows))
}

/// What is said of a run, as JSON.
pub(super) fn described(command: &str, run: &Path, description: Value) -> Value {
    let mut object = Map::new();
    object.insert("command".into(), command.into());
    object.insert("run".into(), json!(run));
    if let Value::Object(description) = description {
        object.extend(description);
    }
    object.into()
}

/// What was read of the files of a dataset, a line for each thing there is to say.
pub(super) fn read_in_words(data: &Value) -> String {
    let summary = serde_json::from_value::<Option<Summary>>(data["read"].clone()).ok().flatten();
    let sentences = summary.map(|summary| summary.sentences()).unwrap_or_default();
    sentences.iter().map(|sentence| format!("{}\n", plain(&with_flag_names(sentence)))).collect()
}

/// How a training went, in a line or two.
pub(super) fn training_in_words(description: &Value) -> String {
    let (result, training) = (&description["result"], &description["training"]);
    let shown = |value: &Value| value.as_f64().map_or_else(|| "unknown".into(), number);
    let mut text = String::new();
    let given = result["given"] == true;
    if given {
        let steps = result["steps"].as_u64().unwrap_or(0);
        let ledger = match description["ledger"] == true {
            true => format!(", and so was its ledger, of {steps} steps"),
            false => String::new(),
        };
        text += &format!("trained elsewhere: its values were given{ledger}\n");
    }
    if let Some(epochs) = result["epochs"].as_u64().filter(|epochs| *epochs > 0 && !given) {
        let of = training["epochs"].as_u64().map(|of| format!(" of {of}")).unwrap_or_default();
        text += &format!("{epochs}{of} epochs, mean loss of the last {}", shown(&result["loss"]));
        text += &result["best_epoch"].as_u64().map(|best| format!(", kept epoch {best}")).unwrap_or_default();
        text.push('\n');
    }
    let scale = &description["model"]["target_scale"];
    if scale.is_object() {
        text += &format!(
            "the loss reads a target less {} over {}, the mean and deviation of those trained on; predictions are in the units of \
             the targets\n",
            shown(&scale["mean"]),
            shown(&scale["deviation"])
        );
    }
    if let Some(clamped) = result["clamped"].as_f64().filter(|share| *share > CLAMPED) {
        let remedy = match given {
            true => "train there with a smaller learning rate",
            false => "train with a smaller --learning-rate",
        };
        text += &format!(
            "WARNING: {}% of the ledger's shrinking factors were clamped: steps are too large for it to follow; {remedy}\n",
            number(100.0 * clamped)
        );
    }
    if result["objective"].is_number() {
        let minimized = if given { "" } else { "minimized: " };
        text += &format!(
            "{minimized}objective {}, relative gradient {}\n",
            shown(&result["objective"]),
            shown(&result["gradient_norm"])
        );
        if result["converged"] == false {
            let hint = result["hint"].as_str().unwrap_or("train longer, or ask for less with --gradient-tolerance");
            text += &format!("WARNING: not at the minimum that was asked for: {}\n", with_flag_names(hint));
        }
    }
    let validation = &description["validation"];
    if validation.is_object() {
        let hit = |pair: &Value| format!(", hits@{} {}", pair[0], shown(&pair[1]));
        let hits: String = validation["hits"].as_array().into_iter().flatten().map(hit).collect();
        text +=
            &format!("validation: MRR {}{hits}, over {} queries\n", shown(&validation["mrr"]), validation["queries"]);
    }
    text
}

fn in_path(value: &Value) -> String {
    plain(value.as_str().unwrap_or_default())
}

/// `{"adam": {"beta1": 0.9}}` as `adam, beta1 0.9`.
fn in_words(value: &Value) -> String {
    match value {
        Value::Null => "none".into(),
        Value::String(text) => plain(&text.replace('_', " ")),
        Value::Array(list) => list.iter().map(in_words).collect::<Vec<_>>().join(", "),
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
