//! What the outputs of a network say.

use super::NetworkLoss;

/// What a network predicts for a sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// The outputs.
    pub outputs: Vec<f64>,
    /// The class they speak for; none if the network predicts a number.
    pub label: Option<u32>,
    /// Its probability; none if the network gives none.
    pub probability: Option<f64>,
}

impl Prediction {
    /// The prediction of outputs that were trained with a loss.
    pub fn of(loss: NetworkLoss, outputs: Vec<f64>) -> Self {
        let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
        let two = |x: f64| Some(u32::from(x > 0.0));
        let (label, probability) = match (loss, outputs.as_slice()) {
            (NetworkLoss::Logistic, [x]) => (two(*x), Some(sigmoid(x.abs()))),
            (NetworkLoss::Hinge { .. } | NetworkLoss::SquaredHinge, [x]) => (two(*x), None),
            (NetworkLoss::Softmax, scores) => {
                let mut best = 0;
                for (place, score) in scores.iter().enumerate() {
                    if *score > scores[best] {
                        best = place;
                    }
                }
                let total: f64 = scores.iter().map(|score| (score - scores[best]).exp()).sum();
                (Some(best as u32), Some(1.0 / total))
            }
            _ => (None, None),
        };
        Self { outputs, label, probability }
    }
}
