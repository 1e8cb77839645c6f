//! What models are made by.

use crate::data::Targets;
use crate::error::{Error, Result};
use crate::models::network::{Layer, NetworkLoss, NetworkSettings};
use crate::models::triples::Candidates;
use crate::models::triples::{Loss, Sides};
use crate::session::Dataset;
use crate::tensor::Precision;

/// What a model of triples is.
#[derive(Clone, Debug, PartialEq)]
pub struct TripleOptions {
    /// The model's name, as [`scorers::by_name`](crate::models::triples::scorers::by_name) knows it.
    pub kind: String,
    /// The dimension of an embedding.
    pub dimension: usize,
    /// Initial values are drawn uniformly from minus to plus this number.
    pub initial: f64,
    /// The loss.
    pub loss: Loss,
    /// Which places of a triple are compared with other candidates.
    pub sides: Sides,
    /// When candidates are drawn.
    pub candidates: Candidates,
    /// The element type.
    pub precision: Precision,
    /// The seed of initial values; the context's if absent.
    pub seed: Option<u64>,
}

impl Default for TripleOptions {
    fn default() -> Self {
        Self {
            kind: "distmult".into(),
            dimension: 10,
            initial: 0.5,
            loss: Loss::SampledSoftmax { negatives: 13 },
            sides: Sides::Tails,
            candidates: Candidates::EachEpoch,
            precision: Precision::F64,
            seed: None,
        }
    }
}

/// What a model of rows is.
#[derive(Clone, Debug, PartialEq)]
pub struct RowOptions {
    /// The loss. If absent it follows the targets: squared for numbers, logistic for two classes, softmax for more.
    pub loss: Option<NetworkLoss>,
    /// λ of the penalty (λ/2)|w|² inside every example's loss; on weights, not on intercepts.
    pub l2: f64,
    /// Whether the last layer has an intercept.
    pub intercept: bool,
    /// The layers before the last, which is always dense.
    pub layers: Vec<Layer>,
    /// The element type.
    pub precision: Precision,
    /// The seed of initial values; the context's if absent.
    pub seed: Option<u64>,
}

impl Default for RowOptions {
    fn default() -> Self {
        Self { loss: None, l2: 0.0, intercept: true, layers: Vec::new(), precision: Precision::F64, seed: None }
    }
}

impl RowOptions {
    /// The settings of a model for these data.
    pub(super) fn settings(&self, data: &Dataset) -> Result<NetworkSettings> {
        let dense = &data.rows()?.dense;
        let classes = data.classes().len();
        let loss = match (self.loss, &dense.targets) {
            (Some(loss), _) => loss,
            (None, Targets::Numbers(_)) => NetworkLoss::Squared,
            (None, Targets::Classes { .. }) if classes == 2 => NetworkLoss::Logistic,
            (None, Targets::Classes { .. }) => NetworkLoss::Softmax,
            (None, Targets::None) => {
                let expected = "numbers or classes that the loss can be chosen by; or give a loss";
                return Err(Error::argument("the targets of the dataset", "missing", expected));
            }
        };
        let outputs = if loss == NetworkLoss::Softmax { classes } else { 1 };
        if loss == NetworkLoss::Softmax && classes < 2 {
            return Err(Error::argument(
                "the number of classes of the dataset",
                classes,
                "at least two for a softmax; set its labels",
            ));
        }
        let settings = NetworkSettings {
            features: dense.features.shape()[1..].to_vec(),
            outputs,
            layers: self.layers.clone(),
            loss,
            l2: self.l2,
            intercept: self.intercept,
        };
        settings.check()?;
        Ok(settings)
    }
}

/// What a model of a graph is, beside the graph.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GraphOptions {
    /// Initial values are drawn uniformly from minus to plus this number.
    pub initial: f64,
    /// The element type.
    pub precision: Precision,
    /// The seed of initial values; the context's if absent.
    pub seed: Option<u64>,
}

impl Default for GraphOptions {
    fn default() -> Self {
        Self { initial: 0.1, precision: Precision::F64, seed: None }
    }
}
