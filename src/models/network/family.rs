//! Networks as a family.

use std::sync::Arc;

use serde_json::Value;

use crate::data::{Dataset, SampleSet, Targets};
use crate::error::{Error, Result, quoted};
use crate::models::family::{
    EXAMPLES, Family, Parameter, Predictor, QUERIES, Reduction, SHOWN, Singularity, TrainingDefaults, other_data, some,
};
use crate::objective::{Functional, InputSink, Layout, Objective};
use crate::solve::{Cholesky, DenseMatrix};

use super::{NetworkFunctional, NetworkLoss, NetworkSettings, TargetKind};

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
        let data = data.sample_set()?;
        if let NetworkLoss::Hinge { smoothing: 0.0 } = self.loss {
            let mut found = Singularity::new("a hinge that is not smoothed has no curvature".into());
            found.hints.push("train with the option smoothing above 0");
            return Ok(found);
        }
        let linear = self.layers.is_empty();
        let dependent = if linear { self.dependent_columns(data).unwrap_or_default() } else { Vec::new() };
        let free = linear && dependent.is_empty() && self.outputs > 1 && self.l2 == 0.0;
        if linear && dependent.is_empty() && self.l2 > 0.0 {
            let mut found = Singularity::new("beside features of this size rounding swallows the penalty".into());
            found.hints.push("scale the features (the option standardize)");
            return Ok(found);
        }
        let columns = self.columns(data, layout, coordinates);
        let mut found = Singularity::new(match (free, dependent.as_slice()) {
            (true, _) => "the weights of a softmax are not unique without a penalty".to_owned(),
            (_, []) if columns.len() == 1 => format!("no row determines {:?}", columns[0]),
            (_, []) => format!("{} depend on each other", quoted(columns.iter(), SHOWN)),
            (_, [one]) => format!("column {one:?} is zero in every row"),
            (_, columns) => format!("columns {} depend on each other", quoted(columns.iter(), SHOWN)),
        });
        if linear && !free {
            found.hints.push("remove all but one of each set of columns that depend on each other");
        }
        if self.l2 == 0.0 {
            found.hints.push("train with a penalty (the option l2)");
        }
        Ok(found)
    }

    fn predictor(&self) -> Result<Predictor> {
        let network = self.network()?;
        let features = self.features.iter().product();
        Ok(Predictor { graph: network.graph, outputs: network.predicted, features, count: self.outputs })
    }
}

impl NetworkSettings {
    /// The columns that coordinates belong to: features of the first layer by their names, others as the layout describes
    /// them.
    fn columns(&self, data: &SampleSet, layout: &Layout, coordinates: &[usize]) -> Vec<String> {
        let names = data.feature_names(&self.features);
        let direct = self.layers.is_empty();
        let mut columns: Vec<String> = Vec::new();
        for place in coordinates.iter().filter(|place| **place < layout.dimension()) {
            let (parameter, index) = layout.last_index(*place);
            let column = match names.get(index) {
                Some(name) if direct && parameter.starts_with("weights") => name.clone(),
                _ if direct && parameter.starts_with("intercept") => "the intercept".into(),
                _ => layout.describe(*place),
            };
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        columns
    }

    /// The columns of the data, and `the intercept` if the model has one, that are linear combinations of each other. None
    /// where there are none, or too many columns to look at.
    fn dependent_columns(&self, data: &SampleSet) -> Result<Vec<String>> {
        const MAX_COLUMNS: usize = 2000;
        let samples = data.samples();
        let mut names = data.feature_names(&self.features);
        let features = samples.features.row_width();
        let width = features + usize::from(self.intercept);
        if width > MAX_COLUMNS || names.len() != features {
            return Ok(Vec::new());
        }
        names.push("the intercept".into());
        let mut gram = vec![0.0; width * width];
        let mut row = vec![1.0; width];
        for place in 0..samples.len() {
            row[..features].copy_from_slice(samples.features.row(place));
            for (i, x) in row.iter().enumerate().filter(|(_, x)| **x != 0.0) {
                gram[i * width..=i * width + i].iter_mut().zip(&row).for_each(|(sum, y)| *sum += x * y);
            }
        }
        for i in 0..width {
            for j in 0..i {
                gram[j * width + i] = gram[i * width + j];
            }
        }
        match Cholesky::new(DenseMatrix::new(width, gram)?, 0.0) {
            Ok(_) => Ok(Vec::new()),
            Err(Error::Singular { coordinates, .. }) => {
                Ok(coordinates.into_iter().filter_map(|place| names.get(place).cloned()).collect())
            }
            // Rounding can make products of dependent columns look slightly negative.
            Err(Error::Indefinite { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}
