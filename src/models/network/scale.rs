//! The units of the targets of a regression.

use crate::error::{Error, Result};
use crate::graph::{Graph, NodeId};

/// The mean and deviation of the targets that a regression was made for. The loss reads targets less the mean, over the
/// deviation, so that steps of one learning rate and one penalty do the same at every scale; predictions are in the targets'
/// own units. It belongs to the model: training again without an example does not change it.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TargetScale {
    /// The mean.
    pub mean: f64,
    /// The deviation over n; 1 where all targets are the same.
    pub deviation: f64,
}

impl TargetScale {
    /// The scale of some targets.
    pub fn of(targets: &[f64]) -> Self {
        let largest = targets.iter().fold(0.0, |most: f64, target| most.max(target.abs()));
        if largest == 0.0 {
            return Self { mean: 0.0, deviation: 1.0 };
        }
        // By the largest, so that neither a sum nor a square overflows.
        let count = targets.len() as f64;
        let mean = targets.iter().map(|target| target / largest).sum::<f64>() / count;
        let square: f64 = targets.iter().map(|target| (target / largest - mean).powi(2)).sum();
        let deviation = largest * (square / count).sqrt();
        // What rounding alone leaves is no deviation.
        let constant = targets.iter().all(|target| *target == targets[0]) || !deviation.is_normal();
        Self { mean: mean * largest, deviation: if constant { 1.0 } else { deviation } }
    }

    pub(super) fn check(self) -> Result<()> {
        let Self { mean, deviation } = self;
        if mean.is_finite() && deviation.is_finite() && deviation > 0.0 {
            return Ok(());
        }
        let found = format!("a mean of {mean} and a deviation of {deviation}");
        Err(Error::argument("the scale of the targets", found, "finite numbers, the deviation positive"))
    }

    /// A target as the loss reads it.
    pub fn standardized(self, target: f64) -> f64 {
        (target - self.mean) / self.deviation
    }

    /// Outputs in the units of the targets.
    pub(super) fn undone(self, graph: &mut Graph, outputs: NodeId) -> Result<NodeId> {
        let scaled = graph.scale(outputs, self.deviation)?;
        graph.shift(scaled, self.mean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_of_any_size_have_a_mean_and_a_deviation() {
        for scale in [1.0, 1e-300, 1e150, 1e307] {
            let found = TargetScale::of(&[scale, 3.0 * scale, 5.0 * scale, 7.0 * scale]);
            assert!((found.mean / scale - 4.0).abs() < 1e-12, "{scale}: {found:?}");
            assert!((found.deviation / scale - 5f64.sqrt()).abs() < 1e-12, "{scale}: {found:?}");
        }
        assert_eq!(TargetScale::of(&[0.1, 0.1, 0.1]).deviation, 1.0);
        assert_eq!(TargetScale::of(&[0.0, 0.0]), TargetScale { mean: 0.0, deviation: 1.0 });
        assert!(TargetScale { mean: 0.0, deviation: 0.0 }.check().is_err());
    }
}
