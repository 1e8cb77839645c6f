//! Networks as a family.

use std::sync::Arc;

use serde_json::Value;

use crate::data::{Dataset, Targets};
use crate::error::{Error, Result, shown};
use crate::models::family::{
    EXAMPLES, Family, Parameter, Predictor, QUERIES, Reduction, Singularity, TrainingDefaults, other_data, some,
};
use crate::objective::{AnyInputs, Functional, InputSink, Layout, Objective};

use super::{NetworkFunctional, NetworkLoss, NetworkSettings, TargetKind, singular};

/// The name of the family.
pub const FAMILY: &str = "network";

pub(in crate::models) fn restore(manifest: Value) -> Result<Arc<dyn Family>> {
    let expected = "one that this build wrote";
    let settings: NetworkSettings = serde_json::from_value(manifest)
        .map_err(|error| Error::argument("the manifest of a network", error, expected))?;
    settings.check()?;
    Ok(Arc::new(settings))
}

impl Family for NetworkSettings {
    fn name(&self) -> &'static str {
        FAMILY
    }

    fn manifest(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    fn parameters(&self) -> Result<Vec<Parameter>> {
        Ok(self.network()?.parameters(self.is_convex()))
    }

    fn objective(&self) -> Result<Objective> {
        self.objective()
    }

    fn functionals(&self) -> Vec<&str> {
        NetworkFunctional::of(self.loss)
    }

    fn functional(&self, name: Option<&str>) -> Result<Functional> {
        self.functional(NetworkFunctional::named(name)?)
    }

    fn accepts(&self, data: &Dataset) -> Result<()> {
        data.samples().map(|_| ()).map_err(|_| other_data(self, data))
    }

    fn stage_examples(&self, data: &Dataset, _: u64, sink: &mut dyn InputSink) -> Result<()> {
        some(data, EXAMPLES)?;
        let samples = data.samples()?;
        // One class or one sample is poor data and no wrong data.
        if samples.targets == Targets::None {
            samples.require_targets("the dataset")?;
        }
        self.stage(samples, sink)
    }

    fn stage_queries(&self, data: &Dataset, functional: Option<&str>, sink: &mut dyn InputSink) -> Result<()> {
        some(data, QUERIES)?;
        let functional = NetworkFunctional::named(functional)?;
        let samples = data.samples()?;
        if samples.targets == Targets::None && functional.reads_target() {
            let expected = match self.target() {
                TargetKind::Number => "a target for each query, or the functional \"prediction\"",
                _ => "a target for each query, or the functional \"output\"",
            };
            return Err(Error::argument("the targets of the queries", "missing", expected));
        }
        self.stage(samples, sink)
    }

    fn training(&self) -> TrainingDefaults {
        TrainingDefaults { reduction: Reduction::Mean, batch: 64, epochs: 20 }
    }

    fn is_convex(&self) -> bool {
        self.is_convex()
    }

    fn singularity(&self, data: &Dataset, layout: &Layout, coordinates: &[usize]) -> Result<Singularity> {
        singular::diagnosis(self, data.sample_set()?, layout, coordinates)
    }

    fn without_minimum(&self, classes: &[String], examples: &AnyInputs, weights: [&[f64]; 2]) -> Option<String> {
        // A weight may stay finite under a penalty, and an intercept has none. A hinge has its minimum where no row is short.
        let is_kinked = matches!(self.loss, NetworkLoss::Hinge { smoothing: 0.0 } | NetworkLoss::SquaredHinge);
        if !self.intercept && self.l2 > 0.0 || is_kinked {
            return None;
        }
        let count = if self.target() == TargetKind::Label { self.outputs } else { 2 };
        let mut left = vec![[0.0; 2]; count];
        for example in 0..examples.count() {
            let class = match self.target() {
                TargetKind::Number => return None,
                TargetKind::Sign => usize::from(examples.numbers_of(1, example).first() == Some(&1.0)),
                TargetKind::Label => examples.id_of(1, example)? as usize,
            };
            let sums = left.get_mut(class)?;
            sums.iter_mut().zip(weights).for_each(|(sum, weights)| *sum += weights[example]);
        }
        let emptied = left.iter().position(|[before, after]| *before > 0.0 && *after == 0.0)?;
        let class = classes.get(emptied).map_or_else(|| emptied.to_string(), |name| shown(name));
        Some(format!(
            "no row of the class {class} is left: without it the objective has no minimum, as the others can always be told from it better"
        ))
    }

    fn predictor(&self) -> Result<Predictor> {
        let network = self.network()?;
        let features = self.features.iter().product();
        Ok(Predictor { graph: network.graph, outputs: network.predicted, features, count: self.outputs })
    }
}
