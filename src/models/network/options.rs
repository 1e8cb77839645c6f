//! How networks are made, and the presets.

use crate::data::{Dataset, Targets};
use crate::error::{Error, Result, listed, one_of};
use crate::objective::Convention;
use crate::options::{Options, options, words};
use crate::tensor::Precision;

use super::{Activation, Layer, NetworkLoss, NetworkSettings, TargetScale};

options! {
    /// Networks: linear, logistic, softmax, hinge, squared-hinge, mlp, cnn.
    #[table("network")]
    pub struct NetworkOptions {
        /// The loss of mlp and cnn, the others have their own; auto: squared for numbers, logistic for two classes, softmax for
        /// more.
        loss: Option<LossKind> = "auto",
        /// Whether the squared loss of mlp and cnn reads each target less the mean of those trained on, over their deviation, so
        /// that one learning rate and one penalty fit targets of any size; predictions are in the targets' own units.
        standardize_target: bool = "true",
        /// λ of the penalty (λ/2)|w|², on weights and not on intercepts. As the objective says it is a part of every example's
        /// loss or stands beside their sum, where it is the 1/C of liblinear and scikit-learn.
        l2: f64 = "0.01" in NOT_NEGATIVE,
        /// What linear, logistic, softmax, hinge and squared-hinge minimize: mean, the mean over the examples of their losses,
        /// each with the penalty, so that an example takes its share of the penalty along when it goes; or sum, the sum of the
        /// losses and one penalty, which stays as it is.
        objective: Convention = "mean",
        /// Whether the last layer has an intercept.
        intercept: bool = "true",
        /// The temperature t of the hinge t·log(1 + e^((1 − m)/t)); 0 is the hinge itself, which has no curvature.
        smoothing: f64 = "0.1" in NOT_NEGATIVE,
        /// The layers of mlp or cnn before the last, such as conv:8x5,tanh,max:2,dense:32,relu; auto: those of hidden for mlp,
        /// two convolutions for cnn.
        layers: Option<Vec<Layer>> = "auto",
        /// The sizes of the hidden layers of mlp, such as 64,32; auto: one of 64.
        hidden: Option<Vec<usize>> = "auto",
        /// What follows each hidden layer of mlp or convolution of cnn.
        activation: Activation = "tanh",
        /// The numbers to compute with.
        precision: Precision = "f64",
        /// The seed of the initial values; auto: that of the context.
        seed: Option<u64> = "auto",
    }
}

words! {
    "the loss";
    /// A loss without its constants.
    pub enum LossKind {
        /// [`NetworkLoss::Squared`].
        Squared = "squared",
        /// [`NetworkLoss::Logistic`].
        Logistic = "logistic",
        /// [`NetworkLoss::Softmax`].
        Softmax = "softmax",
        /// [`NetworkLoss::Hinge`].
        Hinge = "hinge",
        /// [`NetworkLoss::SquaredHinge`].
        SquaredHinge = "squared-hinge",
    }
}

impl LossKind {
    fn with(self, smoothing: f64) -> NetworkLoss {
        match self {
            Self::Squared => NetworkLoss::Squared,
            Self::Logistic => NetworkLoss::Logistic,
            Self::Softmax => NetworkLoss::Softmax,
            Self::Hinge => NetworkLoss::Hinge { smoothing },
            Self::SquaredHinge => NetworkLoss::SquaredHinge,
        }
    }
}

/// A network that can be chosen by name.
#[derive(Clone, Copy, Debug)]
pub struct NetworkPreset {
    /// The name.
    pub name: &'static str,
    /// The loss; none to follow the options and the targets.
    pub loss: Option<LossKind>,
    /// The layers before the last, for an activation.
    pub layers: fn(Activation) -> Vec<Layer>,
    /// The options that go with it beside those of every network.
    pub options: &'static [&'static str],
}

/// The networks that can be chosen by name.
pub const NETWORKS: [NetworkPreset; 7] = [
    linear("linear", LossKind::Squared, &["objective"]),
    linear("logistic", LossKind::Logistic, &["objective"]),
    linear("softmax", LossKind::Softmax, &["objective"]),
    linear("hinge", LossKind::Hinge, &["objective", "smoothing"]),
    linear("squared-hinge", LossKind::SquaredHinge, &["objective"]),
    NetworkPreset {
        name: "mlp",
        loss: None,
        layers: |activation| Layer::hidden(&[64], activation),
        options: &["loss", "standardize_target", "smoothing", "layers", "hidden", "activation"],
    },
    NetworkPreset {
        name: "cnn",
        loss: None,
        layers: |activation| Layer::convolutions(&[8, 16], activation),
        options: &["loss", "standardize_target", "smoothing", "layers", "activation"],
    },
];

const fn linear(name: &'static str, loss: LossKind, options: &'static [&'static str]) -> NetworkPreset {
    NetworkPreset { name, loss: Some(loss), layers: |_| Vec::new(), options }
}

/// The options that do not go with every network.
const OF_SOME: [&str; 7] = ["objective", "loss", "standardize_target", "smoothing", "layers", "hidden", "activation"];

impl NetworkPreset {
    /// The preset of a name.
    ///
    /// # Errors
    /// [`Error::Argument`] when there is none.
    pub fn named(name: &str) -> Result<&'static Self> {
        let found = NETWORKS.iter().find(|preset| preset.name == name);
        found.ok_or_else(|| one_of("the network", name, NETWORKS.iter().map(|preset| preset.name)))
    }

    /// Refuses options that do not go with this network.
    ///
    /// # Errors
    /// [`Error::Argument`] that names the networks which have the option, or what excludes it.
    pub fn check(&self, given: &Options) -> Result<()> {
        let has = |preset: &Self, name: &str| preset.options.contains(&name);
        if let Some(name) = OF_SOME.iter().find(|name| given.get(name).is_some() && !has(self, name)) {
            let those: Vec<&str> = NETWORKS.iter().filter(|other| has(other, name)).map(|other| other.name).collect();
            let found = format!("given for the model {}", self.name);
            return Err(Error::argument(format!("the option {name:?}"), found, format!("one of {}", those.join(", "))));
        }
        match ["hidden", "activation"].iter().find(|name| given.get(name).is_some()) {
            Some(name) if given.get("layers").is_some() => {
                let what = format!("the option {name:?}");
                Err(Error::argument(what, "given beside layers", "one of them, layers says all"))
            }
            _ => Ok(()),
        }
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
    /// The network of a preset for the features and targets of a dataset.
    ///
    /// # Errors
    /// [`Error::Argument`] for options that make no network, targets that the loss cannot compare, or data without targets
    /// where no loss is given.
    pub fn settings(&self, preset: &NetworkPreset, data: &Dataset) -> Result<NetworkSettings> {
        let samples = data.samples()?;
        let classes = data.classes();
        let kind = match (preset.loss.or(self.loss), &samples.targets) {
            (Some(loss), _) => loss,
            (None, Targets::Numbers(_)) => LossKind::Squared,
            (None, Targets::Classes { .. }) if classes.len() == 2 => LossKind::Logistic,
            (None, Targets::Classes { .. }) => LossKind::Softmax,
            (None, Targets::None) => {
                let expected = "numbers or classes that the loss can be chosen by; or give a loss";
                return Err(Error::argument("the targets of the dataset", "missing", expected));
            }
        };
        if let (LossKind::Logistic | LossKind::Hinge | LossKind::SquaredHinge, Targets::Classes { .. }) =
            (kind, &samples.targets)
            && classes.len() != 2
        {
            let what = format!("the number of classes for the model {}", preset.name);
            let found = format!("{} ({})", classes.len(), listed(classes.iter()));
            return Err(Error::argument(what, found, "two: choose them with the option classes, or take a softmax"));
        }
        let outputs = if kind == LossKind::Softmax { classes.len() } else { 1 };
        if kind == LossKind::Softmax && outputs < 2 {
            let expected = "at least two for a softmax; set its labels";
            return Err(Error::argument("the number of classes of the dataset", outputs, expected));
        }
        let layers = match (&self.layers, &self.hidden) {
            (Some(layers), _) => layers.clone(),
            (None, Some(sizes)) => Layer::hidden(sizes, self.activation),
            (None, None) => (preset.layers)(self.activation),
        };
        let target_scale = match &samples.targets {
            // Least squares has its optimum at any scale, and its losses in the units of the targets.
            Targets::Numbers(numbers)
                if kind == LossKind::Squared && preset.loss.is_none() && self.standardize_target =>
            {
                Some(TargetScale::of(numbers))
            }
            _ => None,
        };
        let settings = NetworkSettings {
            features: samples.features.shape()[1..].to_vec(),
            outputs,
            layers,
            loss: kind.with(self.smoothing),
            l2: self.l2,
            objective: self.objective,
            intercept: self.intercept,
            target_scale,
        };
        settings.check()?;
        Ok(settings)
    }
}
