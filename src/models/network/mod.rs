//! Networks: models of samples, from a linear regression to a small convolutional network.

mod family;
mod functional;
mod layers;
mod options;
mod prediction;
mod scale;
mod singular;

pub use family::FAMILY;
pub(super) use family::restore;
pub use functional::{NetworkFunctional, TargetKind};
pub use layers::{Activation, Layer};
pub use options::{LossKind, NETWORKS, NetworkOptions, NetworkPreset};
pub use prediction::Prediction;
pub use scale::TargetScale;

use std::f64::consts::LN_2;

use crate::data::{Samples, Targets};
use crate::error::{Error, Result};
use crate::graph::{Graph, NodeId};
use crate::models::family::{Family, Initial, Parameter};
use crate::objective::{Convention, Derivatives, Functional, InputSink, Inputs, Objective};
use crate::tensor::{Array, Real};

use layers::Stack;

/// How outputs are compared with targets.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NetworkLoss {
    /// ½ (output − target)²; of standardized targets ½ ((output − target) / deviation)².
    Squared,
    /// ln(1 + e^(−y · output)) with y = ±1.
    Logistic,
    /// The hinge max(0, 1 − y · output), smoothed: t ln(1 + e^((1 − y · output) / t)); t = 0 is the hinge itself.
    Hinge {
        /// The temperature t.
        smoothing: f64,
    },
    /// The square max(0, 1 − y · output)² of the hinge: the default of liblinear.
    SquaredHinge,
    /// Cross-entropy of the softmax of the outputs, one for each class.
    Softmax,
}

/// What a network is: everything but the values of its parameters.
///
/// Its graphs have two inputs: slot 0 the features, slot 1 the target, a number or a label as [`NetworkSettings::target`]
/// says.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkSettings {
    /// The shape of one example's features: `[columns]`, or `[height, width, channels]` of an image.
    pub features: Vec<usize>,
    /// The number of outputs: classes of a softmax, otherwise one.
    pub outputs: usize,
    /// The layers before the last, which is always dense.
    pub layers: Vec<Layer>,
    /// How outputs are compared with targets.
    pub loss: NetworkLoss,
    /// λ of the penalty (λ/2)|w|²; on weights, not on intercepts.
    pub l2: f64,
    /// Whose the penalty is.
    #[serde(default, skip_serializing_if = "Convention::is_mean")]
    pub objective: Convention,
    /// Whether the last layer has an intercept. That of a softmax's first class is zero: adding one number to all of them
    /// changes no probability, so one of them must be given for the others to be determined.
    pub intercept: bool,
    /// The mean and deviation of the targets that a squared loss was made for; none where it reads them as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_scale: Option<TargetScale>,
}

impl NetworkSettings {
    /// What a target is: a number, ±1, or the label of a class.
    pub fn target(&self) -> TargetKind {
        match self.loss {
            NetworkLoss::Squared => TargetKind::Number,
            NetworkLoss::Logistic | NetworkLoss::Hinge { .. } | NetworkLoss::SquaredHinge => TargetKind::Sign,
            NetworkLoss::Softmax => TargetKind::Label,
        }
    }

    /// Whether the objective is convex: no layers before the last.
    pub fn is_convex(&self) -> bool {
        self.layers.iter().all(|layer| matches!(layer, Layer::AveragePool(_)))
    }

    /// Whether every example is on its own side of a linear model without penalty: then no parameters are the best.
    ///
    /// # Errors
    /// What computing the losses reports.
    pub fn is_separated<T: Real>(&self, derivatives: &mut Derivatives<T>) -> Result<bool> {
        let boundary = match self.loss {
            // A softmax that gives the true class more than a half has it in front.
            NetworkLoss::Logistic | NetworkLoss::Softmax => LN_2,
            NetworkLoss::Hinge { smoothing } if smoothing > 0.0 => 1.0 + smoothing * (-1.0 / smoothing).exp().ln_1p(),
            _ => return Ok(false),
        };
        if self.l2 > 0.0 || !self.is_convex() {
            return Ok(false);
        }
        let losses = derivatives.losses()?;
        Ok(losses.iter().zip(derivatives.weights()).all(|(loss, weight)| weight == 0.0 || *loss < boundary))
    }

    /// Checks everything that does not need the graph.
    ///
    /// # Errors
    /// [`Error::Argument`] for a negative penalty or temperature, or a number of outputs that the loss cannot compare.
    pub fn check(&self) -> Result<()> {
        if !(self.l2 >= 0.0 && self.l2.is_finite()) {
            return Err(Error::argument("the penalty l2", self.l2, "zero or a positive number"));
        }
        if let NetworkLoss::Hinge { smoothing } = self.loss
            && !(smoothing >= 0.0 && smoothing.is_finite())
        {
            return Err(Error::argument("the hinge's smoothing", smoothing, "zero or a positive number"));
        }
        let fits = if self.loss == NetworkLoss::Softmax { self.outputs >= 2 } else { self.outputs == 1 };
        if !fits {
            let expected = "one for a number or two classes, at least two for a softmax";
            return Err(Error::argument("the number of outputs", self.outputs, expected));
        }
        match self.target_scale {
            Some(_) if self.loss != NetworkLoss::Squared => {
                return Err(Error::argument("the scale of the targets", "given for classes", "none"));
            }
            Some(scale) => scale.check()?,
            None => {}
        }
        if self.features.iter().try_fold(1usize, |n, size| n.checked_mul(*size)).is_none_or(|n| n == 0) {
            let found = format!("{:?}", self.features);
            return Err(Error::argument("the shape of the features", found, "sizes of at least one"));
        }
        Ok(())
    }

    /// Parameters with the initial values of [`Family::parameters`], in the order of the graph's slots.
    ///
    /// # Errors
    /// As [`NetworkSettings::objective`]; [`Error::Argument`] for parameters that memory cannot hold.
    pub fn initial<T: Real>(&self, seed: u64) -> Result<Vec<Array<T>>> {
        (self as &dyn Family).initial(seed)
    }

    /// Samples as [`NetworkSettings::stage`] stages them.
    ///
    /// # Errors
    /// As there.
    pub fn inputs<T: Real>(&self, samples: &Samples) -> Result<Inputs<T>> {
        let mut inputs = Inputs::default();
        self.stage(samples, &mut inputs)?;
        Ok(inputs)
    }

    /// Stages samples for the graphs of this network: input 0 is the features, input 1 the target.
    ///
    /// Samples without targets get the target zero, +1 or class 0; only functionals that do not read it make sense of them.
    ///
    /// # Errors
    /// [`Error::Argument`] when the samples have other features, or targets of another kind or other classes; what the sink
    /// reports.
    pub fn stage(&self, samples: &Samples, sink: &mut dyn InputSink) -> Result<()> {
        let (count, width) = (samples.len(), self.features.iter().product::<usize>());
        if samples.features.row_width() != width {
            let expected = format!("{width}, as the model was trained with");
            return Err(Error::argument("the number of features", samples.features.row_width(), expected));
        }
        sink.begin(count);
        sink.share_numbers(0, &samples.features)?;
        let classes = if self.outputs == 1 { 2 } else { self.outputs };
        match (self.target(), &samples.targets) {
            (TargetKind::Number, Targets::Numbers(numbers)) => match self.target_scale {
                // In f64, before the model's precision rounds: the mean may be far larger than the deviation.
                Some(scale) => {
                    let standardized: Vec<f64> = numbers.iter().map(|number| scale.standardized(*number)).collect();
                    sink.set_numbers(1, &standardized)
                }
                None => sink.set_numbers(1, numbers),
            },
            (TargetKind::Sign | TargetKind::Label, Targets::Classes { names, .. }) if names.len() != classes => {
                Err(Error::argument("the number of classes", names.len(), format!("{classes} for this model")))
            }
            (TargetKind::Sign, Targets::Classes { labels, .. }) => {
                let signs: Vec<f64> = labels.iter().map(|label| if *label == 1 { 1.0 } else { -1.0 }).collect();
                sink.set_numbers(1, &signs)
            }
            (TargetKind::Label, Targets::Classes { labels, .. }) => sink.set_ids(1, labels.clone()),
            (TargetKind::Number, Targets::None) => sink.set_numbers(1, &vec![0.0; count]),
            (TargetKind::Sign, Targets::None) => sink.set_numbers(1, &vec![1.0; count]),
            (TargetKind::Label, Targets::None) => sink.set_ids(1, vec![0; count]),
            (_, Targets::Classes { .. }) => {
                Err(Error::argument("the targets", "classes", "numbers, which this model predicts"))
            }
            (_, Targets::Numbers(_)) => {
                Err(Error::argument("the targets", "numbers", "classes, which this model tells apart"))
            }
        }
    }

    /// The graph with features, target and outputs, before any loss.
    fn network(&self) -> Result<Network> {
        self.check()?;
        let mut graph = Graph::new();
        let mut x = graph.input("features", &self.features)?;
        let target = match self.target() {
            TargetKind::Label => graph.indices("target", &[])?,
            TargetKind::Number | TargetKind::Sign => graph.input("target", &[])?,
        };
        let mut stack = Stack::new(&mut graph);
        for layer in &self.layers {
            x = stack.add(*layer, x)?;
        }
        let free = if self.loss == NetworkLoss::Softmax { self.outputs - 1 } else { self.outputs };
        let outputs = stack.dense(x, self.outputs, if self.intercept { free } else { 0 })?;
        let (weights, intercepts) = (stack.weights, stack.intercepts);
        let predicted = match self.target_scale {
            Some(scale) => scale.undone(&mut graph, outputs)?,
            None => outputs,
        };
        Ok(Network { graph, target, outputs, predicted, weights, intercepts })
    }

    /// What training minimizes.
    ///
    /// # Errors
    /// As [`NetworkSettings::check`], and what the graph's operations report of layers that do not fit.
    pub fn objective(&self) -> Result<Objective> {
        let mut network = self.network()?;
        let loss = functional::loss(&mut network, self.loss)?;
        let graph = &mut network.graph;
        let mut penalty = None;
        if self.l2 > 0.0 {
            for weights in &network.weights {
                let square = graph.mul(*weights, *weights)?;
                let sum = graph.sum_all(square)?;
                penalty = Some(penalty.map_or(Ok(sum), |other| graph.add(other, sum))?);
            }
        }
        let penalty = penalty.map(|squares| graph.scale(squares, self.l2 / 2.0)).transpose()?;
        Ok(Objective {
            graph: network.graph,
            loss,
            penalty,
            convention: self.objective,
            outputs: Some(network.outputs),
            owned: Vec::new(),
            diagonal: Vec::new(),
        })
    }

    /// A scalar of a row, to be explained.
    ///
    /// # Errors
    /// As [`NetworkSettings::objective`]; [`Error::Unsupported`] for a scalar that this loss has no meaning of.
    pub fn functional(&self, kind: NetworkFunctional) -> Result<Functional> {
        let mut network = self.network()?;
        let value = functional::value(&mut network, self.loss, kind)?;
        Ok(Functional { graph: network.graph, value, scores: network.outputs, reads: Vec::new() })
    }
}

struct Network {
    graph: Graph,
    target: NodeId,
    /// What the loss reads.
    outputs: NodeId,
    /// The outputs in the units of the targets.
    predicted: NodeId,
    weights: Vec<NodeId>,
    intercepts: Vec<NodeId>,
}

impl Network {
    /// The parameters: zeros where the objective is convex, otherwise weights drawn uniformly from ±√(6 / (inputs +
    /// outputs)) (Glorot and Bengio, 2010) and intercepts of zero.
    fn parameters(&self, convex: bool) -> Vec<Parameter> {
        Parameter::of_graph(&self.graph, |id| {
            if convex || self.intercepts.contains(&id) {
                return Initial::Zeros;
            }
            let sizes = self.graph.shape(id).sizes();
            let window: usize = sizes.get(1..sizes.len() - 1).map_or(1, |window| window.iter().product());
            let inputs: usize = sizes[1..].iter().product();
            Initial::Uniform((6.0 / (inputs + sizes[0] * window) as f64).sqrt())
        })
    }
}
