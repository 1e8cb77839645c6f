//! Parameters back into a module.

use ::dfdx::nn::{RecursiveWalker, TensorCollection, TensorOptions, TensorVisitor, ViewTensorMut};
use ::dfdx::shapes::{Dtype, HasShape, Shape};
use ::dfdx::tensor::Tensor;
use ::dfdx::tensor_ops::Device;

use crate::error::{Error, Result};
use crate::tensor::{Array, Real};

/// Writes parameters into a dfdx module, in the order in which [`convert`](super::convert) gives them.
///
/// The module gets new tensors: an optimizer that has seen the old ones starts afresh with these. Nothing is written when
/// the parameters do not fit.
///
/// # Errors
/// [`Error::Argument`] when the number of parameters or a shape is not the module's, or the device has no memory left.
pub fn load_into<T: Real + Dtype, D: Device<T>, M: TensorCollection<T, D>>(
    module: &mut M,
    parameters: &[Array<T>],
) -> Result<()> {
    let mut walk = |write| -> Result<usize> {
        let mut visit = Visit { parameters, seen: 0, write };
        M::iter_tensors(&mut RecursiveWalker { m: &mut *module, f: &mut visit })?;
        Ok(visit.seen)
    };
    let count = walk(false)?;
    if count != parameters.len() {
        return Err(Error::argument("the number of parameters", parameters.len(), count.to_string()));
    }
    walk(true).map(|_| ())
}

/// Goes through the trained tensors: compares each with the parameter meant for it, or puts that in its place.
struct Visit<'a, T> {
    parameters: &'a [Array<T>],
    seen: usize,
    write: bool,
}

impl<T: Real + Dtype, D: Device<T>> TensorVisitor<T, D> for Visit<'_, T> {
    type Viewer = ViewTensorMut;
    type Err = Error;
    type E2 = T;
    type D2 = D;

    fn visit<S: Shape>(
        &mut self,
        options: TensorOptions<S, T, D>,
        tensor: &mut Tensor<S, T, D>,
    ) -> Result<Option<Tensor<S, T, D>>> {
        if !options.do_gradient_update {
            return Ok(None);
        }
        if let Some(array) = self.parameters.get(self.seen) {
            let sizes = tensor.shape().concrete();
            if array.shape() != sizes.as_ref() {
                let (found, expected) = (format!("{:?}", array.shape()), format!("{:?}", sizes.as_ref()));
                return Err(Error::argument(format!("the shape of parameter {}", self.seen), found, expected));
            }
            if self.write {
                let values = array.values().to_vec();
                // Not a copy into the old tensor: that may be a view, whose memory has another order.
                *tensor = tensor.device().try_tensor_from_vec(values, *tensor.shape()).map_err(|error| {
                    let name = format!("parameter {} on the module's device", self.seen);
                    Error::argument(name, format!("{error:?}"), "memory for it")
                })?;
            }
        }
        self.seen += 1;
        Ok(None)
    }
}
