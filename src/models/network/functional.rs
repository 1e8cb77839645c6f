//! Losses and the scalars that are explained.

use crate::error::{Error, Result};
use crate::graph::NodeId;
use crate::options::words;

use super::{Network, NetworkLoss};

/// What a target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKind {
    /// A number.
    Number,
    /// ±1, as a number: the second class is positive.
    Sign,
    /// The label of a class, an id.
    Label,
}

words! {
    "the functional";
    /// The scalar of a sample that is explained.
    #[derive(Default)]
    pub enum NetworkFunctional {
        /// The loss against the row's target, without penalty.
        #[default]
        Loss = "loss",
        /// The number that is predicted, in the units of the targets. For regressions (a squared loss).
        Prediction = "prediction",
        /// The probability p of the row's target. For logistic and softmax models.
        Probability = "probability",
        /// ln p, the logarithm of that probability, which is minus the loss.
        LogProbability = "log-probability",
        /// By how much the target is preferred. With two classes y · output, y = ±1, which of a logistic model is ln(p / (1 − p));
        /// of a softmax the same log-odds, of the target against all other classes together.
        Margin = "margin",
        /// The output itself, in favor of the second class; of a regression the prediction. For models with one output.
        Output = "output",
    }
}

impl NetworkFunctional {
    /// The functional of a name; the default one without a name.
    ///
    /// # Errors
    /// [`Error::Argument`] when there is none.
    pub fn named(name: Option<&str>) -> Result<Self> {
        name.map_or(Ok(Self::default()), str::parse)
    }

    /// Whether it means something of models of a loss.
    pub fn is_of(self, loss: NetworkLoss) -> bool {
        match self {
            Self::Loss => true,
            Self::Prediction => loss == NetworkLoss::Squared,
            Self::Probability | Self::LogProbability => matches!(loss, NetworkLoss::Logistic | NetworkLoss::Softmax),
            Self::Margin => loss != NetworkLoss::Squared,
            Self::Output => loss != NetworkLoss::Softmax,
        }
    }

    /// The names of those that mean something of models of a loss; the first is the default.
    pub fn of(loss: NetworkLoss) -> Vec<&'static str> {
        Self::ALL.iter().filter(|(_, functional)| functional.is_of(loss)).map(|(name, _)| *name).collect()
    }

    /// What it is, for lists of them.
    pub fn about(self) -> &'static str {
        match self {
            Self::Loss => "the loss against the row's target, without the penalty",
            Self::Prediction => "of regressions: the number that is predicted, in the units of the targets",
            Self::Probability => "of logistic and softmax models: the probability p of the row's target",
            Self::LogProbability => "ln p, which is minus the loss",
            Self::Margin => {
                "of classes: by how much the target is preferred; with two classes y times the output, y = 1 for the second \
                 class and -1 for the first; of a softmax ln(p / (1 - p)), the log-odds of the target against all other classes \
                 together"
            }
            Self::Output => {
                "of models with one output: that output, which speaks for the second class where it is positive; of \
                 regressions the prediction"
            }
        }
    }

    /// Whether it reads the target of a sample.
    pub fn reads_target(self) -> bool {
        !matches!(self, Self::Prediction | Self::Output)
    }
}

/// Adds the loss of one example, without penalty.
pub(super) fn loss(network: &mut Network, loss: NetworkLoss) -> Result<NodeId> {
    match loss {
        NetworkLoss::Squared => {
            let output = single(network)?;
            let residual = network.graph.sub(output, network.target)?;
            let square = network.graph.mul(residual, residual)?;
            network.graph.scale(square, 0.5)
        }
        NetworkLoss::Logistic => {
            let margin = margin(network)?;
            let against = network.graph.neg(margin)?;
            network.graph.softplus(against)
        }
        NetworkLoss::Hinge { smoothing } => {
            let short = shortfall(network)?;
            let graph = &mut network.graph;
            if smoothing == 0.0 {
                return graph.relu(short);
            }
            let scaled = graph.scale(short, 1.0 / smoothing)?;
            let soft = graph.softplus(scaled)?;
            graph.scale(soft, smoothing)
        }
        NetworkLoss::SquaredHinge => {
            let short = shortfall(network)?;
            let short = network.graph.relu(short)?;
            network.graph.mul(short, short)
        }
        NetworkLoss::Softmax => {
            let log_probability = log_softmax(network)?;
            network.graph.neg(log_probability)
        }
    }
}

pub(super) fn value(network: &mut Network, of: NetworkLoss, kind: NetworkFunctional) -> Result<NodeId> {
    match (kind, of) {
        (NetworkFunctional::Loss, _) => loss(network, of),
        (NetworkFunctional::LogProbability, NetworkLoss::Logistic | NetworkLoss::Softmax) => {
            let loss = loss(network, of)?;
            network.graph.neg(loss)
        }
        (NetworkFunctional::Probability, NetworkLoss::Logistic) => {
            let margin = margin(network)?;
            network.graph.sigmoid(margin)
        }
        (NetworkFunctional::Probability, NetworkLoss::Softmax) => {
            let log_probability = log_softmax(network)?;
            network.graph.exp(log_probability)
        }
        (NetworkFunctional::Margin, NetworkLoss::Logistic | NetworkLoss::Hinge { .. } | NetworkLoss::SquaredHinge) => {
            margin(network)
        }
        (NetworkFunctional::Margin, NetworkLoss::Softmax) => {
            // ln p − ln(1 − p), with ln(1 − p) as the others' share: their scores with the target's taken far below.
            let own = network.graph.gather(network.outputs, network.target)?;
            let classes = network.graph.shape(network.outputs).len();
            let far = network.graph.fill(-1e9, &[])?;
            let out = network.graph.scatter(far, network.target, classes)?;
            let others = network.graph.add(network.outputs, out)?;
            let others = network.graph.log_sum_exp(others, 0)?;
            network.graph.sub(own, others)
        }
        (NetworkFunctional::Prediction | NetworkFunctional::Output, _) if kind.is_of(of) => {
            network.graph.reshape(network.predicted, &[])
        }
        _ => {
            let kinds = if of == NetworkLoss::Squared { "a regression" } else { "a model of this loss" };
            let hint = format!("explain one of {} instead", NetworkFunctional::of(of).join(", "));
            Err(Error::Unsupported { what: format!("the {kind} of {kinds}"), hint })
        }
    }
}

fn single(network: &mut Network) -> Result<NodeId> {
    network.graph.reshape(network.outputs, &[])
}

/// y · output.
fn margin(network: &mut Network) -> Result<NodeId> {
    let output = single(network)?;
    network.graph.mul(output, network.target)
}

/// 1 − y · output, positive where the margin is short of one.
fn shortfall(network: &mut Network) -> Result<NodeId> {
    let margin = margin(network)?;
    let against = network.graph.neg(margin)?;
    network.graph.shift(against, 1.0)
}

fn log_softmax(network: &mut Network) -> Result<NodeId> {
    let own = network.graph.gather(network.outputs, network.target)?;
    let total = network.graph.log_sum_exp(network.outputs, 0)?;
    network.graph.sub(own, total)
}
