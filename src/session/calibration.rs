//! Measuring what a ledger predicts by a few true removals.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::engine::Monitor;
use crate::error::Result;
use crate::options::Options;
use crate::tensor::random::{Purpose, Stream};

use super::model::OTHER_TRUTH;
use super::{Attributor, Context, Fidelity, Model, TrainingChange, true_changes};

/// The predictions that are compared for each removal.
const QUERIES: usize = 16;

/// How changes that rollback predicts agree with true ones, measured on a few examples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// How many examples were removed, each by a training without it.
    pub removals: usize,
    /// The agreement over the removed examples and the predictions that were compared for each.
    pub fidelity: Fidelity,
}

impl Calibration {
    /// What was measured, in a sentence.
    pub fn in_words(&self) -> String {
        let Self { removals, fidelity } = self;
        let number = |value: Option<f64>| value.map_or("unknown".to_owned(), |value| format!("{value:.2}"));
        format!(
            "measured on {} predictions of {removals} true removal{}: {} (Pearson {}, true over predicted change {})",
            fidelity.count,
            if *removals == 1 { "" } else { "s" },
            fidelity.verdict(),
            number(fidelity.pearson),
            number(fidelity.ratio),
        )
    }
}

impl Model {
    /// What was measured of the predictions of the ledger; none before [`Model::calibrate`].
    pub fn calibration(&self) -> Option<&Calibration> {
        self.record.as_ref().and_then(|record| record.calibration.as_ref())
    }

    /// Measures what rollback predicts: some examples are removed, each by a training without it, and the changes of the
    /// predictions that share most rows with the example are compared with the predicted ones. The examples are the same for the
    /// same seed of the model. Nothing is measured of models that are not of triples.
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::Error::Unsupported) for a model without a ledger, or one that was trained elsewhere;
    /// [`Error::Canceled`](crate::Error::Canceled).
    pub fn calibrate(&mut self, context: &Arc<Context>, removals: usize, monitor: &Monitor) -> Result<()> {
        if self.training()?.given {
            return Err(self.no_steps("a calibration", OTHER_TRUTH));
        }
        let found = measured(context, self, removals, monitor)?;
        if let (Some(found), Some(record)) = (found, self.record.as_mut()) {
            Arc::make_mut(record).calibration = Some(found);
        }
        Ok(())
    }
}

/// The measurement of [`Model::calibrate`]; none where there is nothing to measure.
pub(super) fn measured(
    context: &Arc<Context>,
    model: &Model,
    removals: usize,
    monitor: &Monitor,
) -> Result<Option<Calibration>> {
    let (data, ledger) = (model.data()?, model.ledger()?);
    let removals = removals.min(data.len().saturating_sub(1));
    // A training that happened elsewhere cannot be done again.
    if removals == 0 || data.triples().is_err() || model.training()?.given {
        return Ok(None);
    }
    let options = Options::new().with("calibrate", 0_i64);
    let attributor = Attributor::new(context, model, Some("rollback"), None, &options, monitor)?;
    let mut left: Vec<usize> = (0..data.len()).collect();
    let mut stream = Stream::new(model.seed, Purpose::Data, 0, 0);
    let (mut predicted, mut truth) = (Vec::new(), Vec::new());
    for _ in 0..removals {
        let removed = left.swap_remove(stream.below(left.len() as u32) as usize);
        let rows = |example: usize| -> Result<Vec<(usize, u64)>> {
            Ok(ledger.slots(example as u64)?.iter().map(|slot| (slot.parameter, slot.row)).collect())
        };
        let own = rows(removed)?;
        let shared = |example| Ok(rows(example)?.iter().filter(|row| own.contains(row)).count());
        let mut nearest = (0..data.len()).map(|example| Ok((shared(example)?, example))).collect::<Result<Vec<_>>>()?;
        nearest.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        nearest.truncate(QUERIES);
        let queries = data.select(&nearest.iter().map(|(_, example)| *example).collect::<Vec<_>>())?;
        let change = [TrainingChange::Remove(removed)];
        let found = attributor.what_if(&queries, None, &change, &Options::new(), monitor)?;
        predicted.extend(found.steps.into_iter().next().map_or_else(Vec::new, |step| step.changes));
        truth.extend(true_changes(context, model, &queries, None, &[vec![removed]], monitor)?);
    }
    Ok(Some(Calibration { removals, fidelity: Fidelity::of(&predicted, &truth)? }))
}
