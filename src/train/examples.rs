//! Examples that are the same in every epoch.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::graph::Element;
use crate::objective::{Examples, Inputs, Staged};
use crate::tensor::Real;

use super::plan::StepPlan;

/// Examples that are the same in every epoch, for any objective.
#[derive(Clone, Debug)]
pub struct InputExamples<T> {
    inputs: Arc<Inputs<T>>,
    /// How many inputs the objective has.
    slots: usize,
}

impl<T: Real> InputExamples<T> {
    /// Examples for an objective whose step was compiled.
    ///
    /// # Errors
    /// [`Error::Argument`] when there are no examples, or an input has not the ids or numbers that the objective reads.
    pub fn new(plan: &StepPlan<T>, inputs: Arc<Inputs<T>>) -> Result<Self> {
        let count = inputs.count();
        if count == 0 {
            return Err(Error::argument("the number of examples to train on", 0, "at least one"));
        }
        for (slot, (name, expected)) in plan.types.iter().enumerate() {
            let found = (inputs.ids(slot).len(), inputs.numbers(slot).len());
            let each = count * expected.shape.len();
            let wanted = if expected.element == Element::Index { (each, 0) } else { (0, each) };
            if !expected.per_example || found != wanted {
                let name = format!("the input {name:?} of {count} examples");
                let found = format!("{} ids and {} numbers", found.0, found.1);
                let expected = match expected.per_example {
                    true => format!("{} ids and {} numbers", wanted.0, wanted.1),
                    false => "an input that each example has its own of".into(),
                };
                return Err(Error::argument(name, found, expected));
            }
        }
        Ok(Self { inputs, slots: plan.inputs() })
    }

    /// The examples.
    pub fn inputs(&self) -> &Arc<Inputs<T>> {
        &self.inputs
    }
}

impl<T: Real> Examples<T> for InputExamples<T> {
    fn len(&self) -> usize {
        self.inputs.count()
    }

    fn stage(&self, _: usize, example: usize, staged: &mut Staged<T>) {
        for slot in 0..self.slots {
            staged.ids[slot].extend_from_slice(self.inputs.ids_of(slot, example));
            staged.numbers[slot].extend_from_slice(self.inputs.numbers_of(slot, example));
        }
    }
}
