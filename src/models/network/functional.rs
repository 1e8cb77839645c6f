//! Losses and the scalars that are explained.

use crate::data::one_of;
use crate::error::{Error, Result};
use crate::graph::NodeId;

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

/// The scalar of a sample that is explained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NetworkFunctional {
    /// The loss against the row's target, without penalty.
    #[default]
    Loss,
    /// The probability of the row's target. For logistic and softmax models.
    Probability,
    /// The logarithm of that probability.
    LogProbability,
    /// By how much the target is preferred: y · output with two classes; with more, the log-odds of the target against
    /// all others together.
    Margin,
    /// The output itself. For models with one output.
    Output,
}

impl NetworkFunctional {
    /// Every scalar with its name.
    pub const ALL: [(&'static str, Self); 5] = [
        ("loss", Self::Loss),
        ("probability", Self::Probability),
        ("log-probability", Self::LogProbability),
        ("margin", Self::Margin),
        ("output", Self::Output),
    ];

    /// The functional of a name; the default one without a name.
    ///
    /// # Errors
    /// [`Error::Argument`] when there is none.
    pub fn named(name: Option<&str>) -> Result<Self> {
        let name = name.unwrap_or(Self::ALL[0].0);
        let found = Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind);
        found.ok_or_else(|| one_of("the functional", name, Self::ALL.iter().map(|known| known.0)))
    }

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, other)| *other == self).map_or("", |(name, _)| name)
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
            let margin = margin(network)?;
            let graph = &mut network.graph;
            let against = graph.neg(margin)?;
            let short = graph.shift(against, 1.0)?;
            if smoothing == 0.0 {
                return graph.relu(short);
            }
            let scaled = graph.scale(short, 1.0 / smoothing)?;
            let soft = graph.softplus(scaled)?;
            graph.scale(soft, smoothing)
        }
        NetworkLoss::Softmax => {
            let log_probability = log_softmax(network)?;
            network.graph.neg(log_probability)
        }
    }
}

/// Adds a scalar to be explained.
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
        (NetworkFunctional::Margin, NetworkLoss::Logistic | NetworkLoss::Hinge { .. }) => margin(network),
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
        (NetworkFunctional::Output, _) if network.graph.shape(network.outputs).len() == 1 => single(network),
        _ => Err(Error::Unsupported {
            what: format!("the {} of a model of this loss", kind.name()),
            hint: "explain its loss instead".into(),
        }),
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

fn log_softmax(network: &mut Network) -> Result<NodeId> {
    let own = network.graph.gather(network.outputs, network.target)?;
    let total = network.graph.log_sum_exp(network.outputs, 0)?;
    network.graph.sub(own, total)
}
