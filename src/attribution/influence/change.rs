//! Other training sets than the one the model was trained on.

use std::collections::BTreeSet;

use crate::error::{Error, Result};
use crate::objective::AnyInputs;

/// One change to the training set.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The example is not there.
    Remove(usize),
    /// The example has another weight.
    Reweight(usize, f64),
    /// The example is another one, with the same weight: another label, other features, or both.
    Replace(usize, AnyInputs),
    /// An example more, with a weight.
    Add(AnyInputs, f64),
}

/// A changed training set: the examples there were and those that are new, with the weights before and after.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The examples there were, then the new ones.
    pub inputs: AnyInputs,
    /// The weights before: zero for the new examples.
    pub before: Vec<f64>,
    /// The weights after: zero for what was removed or replaced.
    pub after: Vec<f64>,
}

impl Edit {
    /// Applies changes to a training set.
    ///
    /// # Errors
    /// [`Error::Argument`] for no changes, not one weight for each example, an example that is not there or is changed
    /// twice, a weight that is negative, a new example that is not exactly one or has inputs of other widths, or nothing
    /// left to train on.
    pub fn new(inputs: impl Into<AnyInputs>, weights: &[f64], changes: &[Change]) -> Result<Self> {
        let inputs = inputs.into();
        if changes.is_empty() {
            return Err(Error::argument("the changes", "none", "at least one"));
        }
        if weights.len() != inputs.count() {
            let expected = format!("{}, one an example", inputs.count());
            return Err(Error::argument("the number of weights", weights.len(), expected));
        }
        let mut edit = Self { inputs: inputs.clone(), before: weights.to_vec(), after: weights.to_vec() };
        let mut touched = BTreeSet::new();
        for change in changes {
            let old = match change {
                Change::Remove(example) | Change::Reweight(example, _) | Change::Replace(example, _) => Some(*example),
                Change::Add(..) => None,
            };
            if let Some(example) = old {
                if example >= inputs.count() {
                    return Err(Error::missing("a changed example", example, inputs.count()));
                }
                if !touched.insert(example) {
                    return Err(Error::argument(
                        "example",
                        format!("{example}, changed twice"),
                        "one change an example",
                    ));
                }
            }
            match change {
                Change::Remove(example) => edit.after[*example] = 0.0,
                Change::Reweight(example, weight) => {
                    edit.after[*example] = check_weight(*weight)?;
                }
                Change::Replace(example, new) => {
                    edit.after[*example] = 0.0;
                    edit.push(new, weights[*example])?;
                }
                Change::Add(new, weight) => edit.push(new, check_weight(*weight)?)?,
            }
        }
        if edit.after.iter().sum::<f64>() <= 0.0 {
            return Err(Error::argument("the examples that are left", "none", "at least one of positive weight"));
        }
        Ok(edit)
    }

    fn push(&mut self, new: &AnyInputs, weight: f64) -> Result<()> {
        if new.count() != 1 {
            return Err(Error::argument("a new example", format!("{} examples", new.count()), "exactly one"));
        }
        self.inputs.append(new)?;
        self.before.push(0.0);
        self.after.push(weight);
        Ok(())
    }

    /// By how much each weight changes.
    pub fn difference(&self) -> Vec<f64> {
        self.after.iter().zip(&self.before).map(|(after, before)| after - before).collect()
    }

    /// The examples whose weight changes.
    pub fn changed(&self) -> Vec<usize> {
        (0..self.after.len()).filter(|example| self.after[*example] != self.before[*example]).collect()
    }
}

fn check_weight(weight: f64) -> Result<f64> {
    if weight >= 0.0 && weight.is_finite() {
        return Ok(weight);
    }
    Err(Error::argument("a weight", weight, "zero or a positive number"))
}
