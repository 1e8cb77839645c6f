//! The values of a model's parameters.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::tensor::{Array, Real, either, map_either};

use super::{Model, State};

impl Model {
    /// The number of parameters: tables and arrays.
    pub fn parameters(&self) -> usize {
        either!(&self.state, state => state.parameters.len())
    }

    /// p: the numbers in all parameters together.
    pub fn dimension(&self) -> usize {
        either!(&self.state, state => state.parameters.iter().map(|array| array.values().len()).sum())
    }

    /// The name of a parameter.
    ///
    /// # Errors
    /// [`Error::Argument`] for one that is not there.
    pub fn parameter_name(&self, parameter: usize) -> Result<String> {
        self.check(parameter)?;
        Ok(self.family.parameters()?.swap_remove(parameter).name)
    }

    /// The sizes of a parameter.
    ///
    /// # Errors
    /// [`Error::Argument`] for one that is not there.
    pub fn parameter_shape(&self, parameter: usize) -> Result<&[usize]> {
        self.check(parameter)?;
        Ok(either!(&self.state, state => state.parameters[parameter].shape()))
    }

    /// The values of a parameter in row-major order, `into` being as long as it has numbers.
    ///
    /// # Errors
    /// [`Error::Argument`] for a parameter that is not there or has another number of values.
    pub fn read_parameter(&self, parameter: usize, into: &mut [f64]) -> Result<()> {
        self.check(parameter)?;
        either!(&self.state, state => {
            let values = state.parameters[parameter].values();
            if values.len() != into.len() {
                return Err(Error::argument("the number of values", into.len(), format!("{}, as the parameter has", values.len())));
            }
            into.iter_mut().zip(values).for_each(|(to, from)| *to = from.to_f64());
        });
        Ok(())
    }

    /// Gives a parameter other values, in row-major order. What training left (data, ledger) is forgotten: it belongs to
    /// the values that were.
    ///
    /// # Errors
    /// [`Error::Argument`] for a parameter that is not there or has another number of values; [`Error::NotFinite`] for
    /// values that are not finite.
    pub fn set_parameter(&mut self, parameter: usize, values: &[f64]) -> Result<()> {
        self.check(parameter)?;
        if let Some(place) = values.iter().position(|value| !value.is_finite()) {
            let hint = "give finite values".to_owned();
            return Err(Error::NotFinite {
                what: "a value",
                value: values[place],
                place: format!("place {place}"),
                hint,
            });
        }
        fn set<T: Real>(state: &State<T>, parameter: usize, values: &[f64]) -> Result<State<T>> {
            let mut parameters = state.parameters.clone();
            let array: &mut Array<T> = &mut Arc::make_mut(&mut parameters)[parameter];
            if array.values().len() != values.len() {
                let expected = format!("{}, as the parameter has", array.values().len());
                return Err(Error::argument("the number of values", values.len(), expected));
            }
            for (place, (to, from)) in array.values_mut().iter_mut().zip(values).enumerate() {
                *to = T::from_f64(*from);
                if !to.is_finite() {
                    let hint = "give smaller values, or make the model in double precision".to_owned();
                    let place = format!("place {place} in single precision");
                    return Err(Error::NotFinite { what: "a value", value: to.to_f64(), place, hint });
                }
            }
            Ok(state.moved(parameters))
        }
        self.state = map_either!(&self.state, state => set(state, parameter, values)?);
        self.record = None;
        Ok(())
    }

    /// The number of outputs of a model that predicts from samples; zero for others.
    pub fn outputs(&self) -> usize {
        self.family.predictor().map_or(0, |predictor| predictor.count)
    }

    fn check(&self, parameter: usize) -> Result<()> {
        let count = self.parameters();
        if parameter < count { Ok(()) } else { Err(Error::missing("a parameter", parameter, count)) }
    }
}
