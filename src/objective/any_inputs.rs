//! Examples in the precision of their model.

use std::any::Any;
use std::sync::Arc;

use crate::error::Result;
use crate::tensor::{Precision, Real};

use super::inputs::Inputs;

/// The values of every input of a graph for a number of examples, in either precision. Cloning is cheap.
#[derive(Clone, Debug, PartialEq)]
pub enum AnyInputs {
    /// In single precision.
    F32(Arc<Inputs<f32>>),
    /// In double precision.
    F64(Arc<Inputs<f64>>),
}

/// Evaluates the same expression for either precision.
macro_rules! either {
    ($value:expr, $inputs:ident => $body:expr) => {
        match $value {
            AnyInputs::F32($inputs) => $body,
            AnyInputs::F64($inputs) => $body,
        }
    };
}

impl AnyInputs {
    /// The precision of the numbers.
    pub fn precision(&self) -> Precision {
        match self {
            Self::F32(_) => Precision::F32,
            Self::F64(_) => Precision::F64,
        }
    }

    /// The number of examples.
    pub fn count(&self) -> usize {
        either!(self, inputs => inputs.count())
    }

    /// The examples in the precision wanted, without a copy where that is theirs.
    pub fn to<T: Real>(&self) -> Arc<Inputs<T>> {
        either!(self, inputs => inputs.cast())
    }

    /// As [`Inputs::select`].
    ///
    /// # Errors
    /// As [`Inputs::select`].
    pub fn select(&self, examples: &[usize]) -> Result<Self> {
        either!(self, inputs => Ok(inputs.select(examples)?.into()))
    }

    /// As [`Inputs::append`]; numbers of the other precision are converted.
    ///
    /// # Errors
    /// As [`Inputs::append`].
    pub fn append(&mut self, other: &Self) -> Result<()> {
        either!(self, inputs => Arc::make_mut(inputs).append(&other.to()))
    }

    /// One example's id of an input; none of an input of numbers.
    pub fn id_of(&self, slot: usize, example: usize) -> Option<u32> {
        either!(self, inputs => inputs.ids(slot).get(example).copied())
    }

    /// One example's numbers of an input; empty for an input of ids.
    pub fn numbers_of(&self, slot: usize, example: usize) -> Vec<f64> {
        either!(self, inputs => inputs.numbers_of(slot, example).iter().map(|x| x.to_f64()).collect())
    }

    /// Changes one example's numbers of an input.
    pub fn set_numbers_of(&mut self, slot: usize, example: usize, numbers: &[f64]) {
        either!(self, inputs => {
            let own = Arc::make_mut(inputs).numbers_of_mut(slot, example);
            own.iter_mut().zip(numbers).for_each(|(own, x)| *own = Real::from_f64(*x));
        });
    }
}

impl<T: Real> From<Arc<Inputs<T>>> for AnyInputs {
    fn from(inputs: Arc<Inputs<T>>) -> Self {
        match (&inputs as &dyn Any).downcast_ref() {
            Some(single) => Self::F32(Arc::clone(single)),
            None => Self::F64(inputs.cast()),
        }
    }
}

impl<T: Real> From<&Arc<Inputs<T>>> for AnyInputs {
    fn from(inputs: &Arc<Inputs<T>>) -> Self {
        inputs.clone().into()
    }
}

impl<T: Real> From<Inputs<T>> for AnyInputs {
    fn from(inputs: Inputs<T>) -> Self {
        Arc::new(inputs).into()
    }
}

impl<T: Real> From<&Inputs<T>> for AnyInputs {
    /// Copies the examples; those behind an [`Arc`] are shared.
    fn from(inputs: &Inputs<T>) -> Self {
        inputs.clone().into()
    }
}

impl From<&AnyInputs> for AnyInputs {
    fn from(inputs: &AnyInputs) -> Self {
        inputs.clone()
    }
}
