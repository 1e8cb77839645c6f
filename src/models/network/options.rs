//! How networks are made, and the presets.

use crate::data::{Dataset, Targets, one_of};
use crate::error::{Error, Result};
use crate::tensor::Precision;

use super::{Activation, Layer, NetworkLoss, NetworkSettings};

/// How a network is made for the features and targets of a dataset.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkOptions {
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

impl Default for NetworkOptions {
    fn default() -> Self {
        Self { loss: None, l2: 0.01, intercept: true, layers: Vec::new(), precision: Precision::F64, seed: None }
    }
}

/// A network that can be chosen by name.
#[derive(Clone, Copy, Debug)]
pub struct NetworkPreset {
    /// The name.
    pub name: &'static str,
    /// The loss; none to follow the targets.
    pub loss: Option<NetworkLoss>,
    /// The layers before the last, for an activation.
    pub layers: fn(Activation) -> Vec<Layer>,
}

impl NetworkLoss {
    /// The temperature of the hinge: the least that has a curvature that can be solved with.
    pub const SMOOTHING: f64 = 0.1;
}

/// The networks that can be chosen by name.
pub const NETWORKS: [NetworkPreset; 6] = [
    NetworkPreset { name: "linear", loss: Some(NetworkLoss::Squared), layers: |_| Vec::new() },
    NetworkPreset { name: "logistic", loss: Some(NetworkLoss::Logistic), layers: |_| Vec::new() },
    NetworkPreset { name: "softmax", loss: Some(NetworkLoss::Softmax), layers: |_| Vec::new() },
    NetworkPreset {
        name: "hinge",
        loss: Some(NetworkLoss::Hinge { smoothing: NetworkLoss::SMOOTHING }),
        layers: |_| Vec::new(),
    },
    NetworkPreset { name: "mlp", loss: None, layers: |activation| Layer::hidden(&[64], activation) },
    NetworkPreset { name: "cnn", loss: None, layers: |activation| Layer::convolutions(&[8, 16], activation) },
];

impl NetworkPreset {
    /// The preset of a name.
    ///
    /// # Errors
    /// [`Error::Argument`] when there is none.
    pub fn named(name: &str) -> Result<&'static Self> {
        let found = NETWORKS.iter().find(|preset| preset.name == name);
        found.ok_or_else(|| one_of("the network", name, NETWORKS.iter().map(|preset| preset.name)))
    }

    /// Whether there are layers before the last.
    pub fn has_layers(&self) -> bool {
        !(self.layers)(Activation::default()).is_empty()
    }

    /// The options of this preset.
    pub fn options(&self) -> NetworkOptions {
        NetworkOptions { loss: self.loss, layers: (self.layers)(Activation::default()), ..NetworkOptions::default() }
    }
}

impl Layer {
    /// Hidden layers of these sizes, each with its activation.
    pub fn hidden(sizes: &[usize], activation: Activation) -> Vec<Self> {
        sizes.iter().flat_map(|size| [Self::Dense(*size), Self::Activation(activation)]).collect()
    }

    /// Convolutions with so many channels and windows of 5 × 5, each with its activation and the largest of 2 × 2.
    pub fn convolutions(channels: &[usize], activation: Activation) -> Vec<Self> {
        let block = |channels: &usize| {
            let convolution = Self::Convolution { channels: *channels, window: 5 };
            [convolution, Self::Activation(activation), Self::MaxPool(2)]
        };
        channels.iter().flat_map(block).collect()
    }
}

impl NetworkOptions {
    /// The network for the features and targets of a dataset.
    ///
    /// # Errors
    /// [`Error::Argument`] for options that make no network, targets that the loss cannot compare, or data without targets
    /// where no loss is given.
    pub fn settings(&self, data: &Dataset) -> Result<NetworkSettings> {
        let samples = data.samples()?;
        let classes = data.classes();
        let loss = match (self.loss, &samples.targets) {
            (Some(loss), _) => loss,
            (None, Targets::Numbers(_)) => NetworkLoss::Squared,
            (None, Targets::Classes { .. }) if classes.len() == 2 => NetworkLoss::Logistic,
            (None, Targets::Classes { .. }) => NetworkLoss::Softmax,
            (None, Targets::None) => {
                let expected = "numbers or classes that the loss can be chosen by; or give a loss";
                return Err(Error::argument("the targets of the dataset", "missing", expected));
            }
        };
        let outputs = if loss == NetworkLoss::Softmax { classes.len() } else { 1 };
        if loss == NetworkLoss::Softmax && outputs < 2 {
            let expected = "at least two for a softmax; set its labels";
            return Err(Error::argument("the number of classes of the dataset", outputs, expected));
        }
        let settings = NetworkSettings {
            features: samples.features.shape()[1..].to_vec(),
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
