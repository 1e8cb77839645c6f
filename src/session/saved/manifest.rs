//! What the manifest of a folder says, which is also what a model says of itself.

use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::models::triples::Metrics;
use crate::session::model::Record;
use crate::session::trainer::Training;
use crate::session::{Calibration, Model};
use crate::tensor::{Precision, either};
use crate::train::Outcome;

use super::data::DataManifest;
use super::malformed;

/// Lists with more elements are described by their length.
const LONG: usize = 100;

/// What a folder says of a model besides its arrays.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub family: String,
    /// The name of the preset, or that of the family.
    pub kind: String,
    /// What the family makes the same model of, or compares a graph with.
    pub model: Value,
    pub precision: Precision,
    /// The seed of the model, which may differ from that of the training.
    pub seed: u64,
    /// None of a model that was not trained.
    pub trained: Option<Trained>,
    /// The objective over the examples with the parameters, where the model is code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objective: Option<f64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Trained {
    /// The options, as they serialize.
    pub training: Value,
    pub result: Training,
    pub outcome: Option<Outcome>,
    pub validation: Option<Metrics>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smoothness: Option<f64>,
    pub ledger: bool,
    pub data: DataManifest,
}

impl Trained {
    /// The options that had a part in the training.
    fn used(&self) -> Value {
        let Value::Object(mut options) = self.training.clone() else { return self.training.clone() };
        if self.result.given {
            let minimized = self.result.objective.is_some();
            options.retain(|name, _| match name.as_str() {
                "gradient_tolerance" => minimized,
                "attribution" => self.ledger,
                _ => false,
            });
            return Value::Object(options);
        }
        let word = |name: &str| options.get(name).map(|value| value.to_string().trim_matches('"').to_owned());
        let (optimizer, patience) = (word("optimizer").unwrap_or_default(), word("patience"));
        let (by_steps, minimized) = (optimizer != "minimize", self.result.objective.is_some());
        let (decays, stops) = (optimizer.starts_with("adamw"), patience.is_some_and(|word| word != "auto"));
        let (keeps_ledger, records) = (word("ledger").is_none_or(|word| word != "false"), word("record"));
        let records = records.is_some_and(|bytes| bytes != "0");
        options.retain(|name, _| match name.as_str() {
            "learning_rate" | "schedule" | "batch" | "epochs" | "seed" => by_steps,
            "weight_decay" => decays,
            // Where there could have been one and none was wanted.
            "ledger" => self.ledger || !keeps_ledger,
            "attribution" => self.ledger,
            "record" => by_steps && records,
            "patience" | "evaluate_every" => stops,
            "gradient_tolerance" | "max_iterations" => minimized,
            "refine" => by_steps && minimized,
            _ => true,
        });
        Value::Object(options)
    }
}

impl Manifest {
    /// What there is to say of a model whose features are copied if they have at most so many bytes.
    pub fn of(model: &Model, most: usize) -> Result<Self> {
        let trained = |record: &Record| {
            Ok(Trained {
                training: to_json(&record.options)?,
                result: record.training.clone(),
                outcome: record.outcome.clone(),
                validation: record.validation.clone(),
                calibration: record.calibration.clone(),
                smoothness: record.smoothness.get().copied(),
                ledger: either!(&model.state, state => state.ledger.is_some()),
                data: DataManifest::of(&record.data, most)?,
            })
        };
        Ok(Self {
            family: model.family.name().into(),
            kind: model.kind().into(),
            model: model.family.manifest(),
            precision: model.precision(),
            seed: model.seed,
            trained: model.record.as_deref().map(trained).transpose()?,
            objective: None,
        })
    }

    pub fn read(folder: &Path, content: Value) -> Result<Self> {
        serde_json::from_value(content).map_err(|error| malformed(folder, error.to_string()))
    }

    /// The answer of [`Model::describe`].
    pub fn describe(&self) -> Result<Value> {
        let Self { family, kind, model, precision, seed, trained, .. } = self;
        let data = trained.as_ref().map(|trained| trained.data.describe());
        Ok(json!({
            "family": family,
            "kind": kind,
            "model": shortened(model),
            "precision": precision,
            "seed": seed,
            "training": trained.as_ref().map(Trained::used),
            "result": to_json(&trained.as_ref().map(|trained| &trained.result))?,
            "outcome": to_json(&trained.as_ref().map(|trained| &trained.outcome))?,
            "validation": to_json(&trained.as_ref().map(|trained| &trained.validation))?,
            "calibration": to_json(&trained.as_ref().and_then(|trained| trained.calibration.as_ref()))?,
            "smoothness": trained.as_ref().and_then(|trained| trained.smoothness),
            "ledger": trained.as_ref().map(|trained| trained.ledger),
            "data": data,
        }))
    }
}

/// A value with the length of each long list in its place.
fn shortened(value: &Value) -> Value {
    match value {
        Value::Array(list) if list.len() > LONG => list.len().into(),
        Value::Array(list) => list.iter().map(shortened).collect(),
        Value::Object(map) => map.iter().map(|(name, value)| (name.clone(), shortened(value))).collect(),
        other => other.clone(),
    }
}

/// Refuses what JSON does not give back: numbers that are not finite.
pub(super) fn check_exact(record: &Record) -> Result<()> {
    exact(&record.options)?;
    exact(&record.training)?;
    exact(&record.outcome)?;
    exact(&record.validation)?;
    exact(&record.calibration)
}

fn exact<V: Serialize + DeserializeOwned + PartialEq>(value: &V) -> Result<()> {
    let back = to_json(value).ok().and_then(|json| serde_json::from_value::<V>(json).ok());
    match back.as_ref() == Some(value) {
        true => Ok(()),
        false => Err(Error::argument("a number of the training", "not finite", "finite numbers, to be saved")),
    }
}

fn to_json(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| Error::argument("the training", error, "numbers that JSON can hold"))
}
