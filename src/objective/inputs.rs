//! Examples as a graph reads them.

use std::any::Any;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::tensor::{Array, Real};

/// The values of every input of a graph, for a number of examples.
///
/// One list a slot: all examples' values, concatenated. An input of numbers leaves its list of ids empty and the
/// other way round.
#[derive(Clone, Debug, Default)]
pub struct Inputs<T> {
    count: usize,
    reals: Vec<Numbers<T>>,
    indices: Vec<Vec<u32>>,
}

/// The numbers of an input: its own, or those of a dataset, which are many.
#[derive(Clone, Debug)]
enum Numbers<T> {
    Own(Vec<T>),
    Shared(Arc<Array<T>>),
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self::Own(Vec::new())
    }
}

impl<T: Real> Numbers<T> {
    fn values(&self) -> &[T] {
        match self {
            Self::Own(values) => values,
            Self::Shared(array) => array.values(),
        }
    }

    /// The numbers to change: a copy of shared ones.
    fn own(&mut self) -> &mut Vec<T> {
        if let Self::Shared(array) = self {
            *self = Self::Own(array.values().to_vec());
        }
        match self {
            Self::Own(values) => values,
            Self::Shared(_) => unreachable!("they were copied"),
        }
    }
}

impl<T: Real> PartialEq for Inputs<T> {
    fn eq(&self, other: &Self) -> bool {
        let same = |(some, others): (&Numbers<T>, &Numbers<T>)| some.values() == others.values();
        let alike = (self.count, self.reals.len(), &self.indices) == (other.count, other.reals.len(), &other.indices);
        alike && self.reals.iter().zip(&other.reals).all(same)
    }
}

impl<T: Real> Inputs<T> {
    /// So many examples, without any values yet.
    pub fn new(count: usize) -> Self {
        Self { count, reals: Vec::new(), indices: Vec::new() }
    }

    /// Gives an input of numbers its values.
    ///
    /// # Errors
    /// [`Error::Argument`] when the values cannot be shared out evenly among the examples.
    pub fn with_numbers(mut self, slot: usize, values: Vec<T>) -> Result<Self> {
        self.fits(values.len())?;
        self.reserve(slot);
        self.reals[slot] = Numbers::Own(values);
        Ok(self)
    }

    /// Gives an input of ids its values.
    ///
    /// # Errors
    /// [`Error::Argument`] when the ids cannot be shared out evenly among the examples.
    pub fn with_ids(mut self, slot: usize, ids: Vec<u32>) -> Result<Self> {
        self.fits(ids.len())?;
        self.reserve(slot);
        self.indices[slot] = ids;
        Ok(self)
    }

    fn fits(&self, len: usize) -> Result<()> {
        if len == 0 || self.count == 0 || !len.is_multiple_of(self.count) {
            let expected = format!("the same number, at least one, for each of {} examples", self.count);
            return Err(Error::argument("the number of values of an input", len, expected));
        }
        Ok(())
    }

    fn reserve(&mut self, slot: usize) {
        let slots = self.reals.len().max(slot + 1);
        self.reals.resize(slots, Numbers::default());
        self.indices.resize(slots, Vec::new());
    }

    /// The number of examples.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The number of slots that have values, or stand before one that has.
    pub fn slots(&self) -> usize {
        self.reals.len()
    }

    /// The numbers of an input, row-major, one row an example; empty for an input of ids.
    pub fn numbers(&self, slot: usize) -> &[T] {
        self.reals.get(slot).map_or(&[], Numbers::values)
    }

    /// The ids of an input, row-major, one row an example; empty for an input of numbers.
    pub fn ids(&self, slot: usize) -> &[u32] {
        self.indices.get(slot).map_or(&[], Vec::as_slice)
    }

    /// One example's numbers of an input.
    pub fn numbers_of(&self, slot: usize, example: usize) -> &[T] {
        one(self.numbers(slot), self.count, example)
    }

    /// One example's ids of an input.
    pub fn ids_of(&self, slot: usize, example: usize) -> &[u32] {
        one(self.ids(slot), self.count, example)
    }

    /// One example's numbers of an input, to change. Empty for an input of ids.
    pub fn numbers_of_mut(&mut self, slot: usize, example: usize) -> &mut [T] {
        let width = self.numbers(slot).len() / self.count.max(1);
        match self.reals.get_mut(slot) {
            Some(values) => &mut values.own()[example * width..(example + 1) * width],
            None => &mut [],
        }
    }

    /// One example's ids of an input, to change. Empty for an input of numbers.
    pub fn ids_of_mut(&mut self, slot: usize, example: usize) -> &mut [u32] {
        let width = self.ids(slot).len() / self.count.max(1);
        match self.indices.get_mut(slot) {
            Some(ids) => &mut ids[example * width..(example + 1) * width],
            None => &mut [],
        }
    }

    /// Some of the examples, in the order given; one may be taken several times.
    ///
    /// # Errors
    /// [`Error::Argument`] for an example that is not there.
    pub fn select(&self, examples: &[usize]) -> Result<Self> {
        if let Some(example) = examples.iter().find(|example| **example >= self.count) {
            let expected = format!("one of {}, counted from 0", self.count);
            return Err(Error::argument("an example", example, expected));
        }
        let pick = |numbers: &Numbers<T>| {
            Numbers::Own(examples.iter().flat_map(|e| one(numbers.values(), self.count, *e)).copied().collect())
        };
        let pick_ids = |ids: &Vec<u32>| examples.iter().flat_map(|e| one(ids, self.count, *e)).copied().collect();
        Ok(Self {
            count: examples.len(),
            reals: self.reals.iter().map(pick).collect(),
            indices: self.indices.iter().map(pick_ids).collect(),
        })
    }

    /// Adds the examples of another list behind these.
    ///
    /// # Errors
    /// [`Error::Argument`] when an input has another width there.
    pub fn append(&mut self, other: &Self) -> Result<()> {
        if self.count > 0 && other.count > 0 {
            for slot in 0..self.reals.len().max(other.reals.len()) {
                let widths =
                    |inputs: &Self| (inputs.numbers(slot).len() / inputs.count, inputs.ids(slot).len() / inputs.count);
                if widths(self) != widths(other) {
                    let (found, expected) = (widths(other), widths(self));
                    let name = format!("the numbers and ids of input {slot} of an added example");
                    return Err(Error::argument(name, format!("{found:?}"), format!("{expected:?}")));
                }
            }
        }
        if !other.reals.is_empty() {
            self.reserve(other.reals.len() - 1);
        }
        for (own, more) in self.reals.iter_mut().zip(&other.reals) {
            own.own().extend_from_slice(more.values());
        }
        for (own, more) in self.indices.iter_mut().zip(&other.indices) {
            own.extend_from_slice(more);
        }
        self.count += other.count;
        Ok(())
    }

    /// The same examples in a precision, without a copy where that is theirs.
    pub fn cast<U: Real>(self: &Arc<Self>) -> Arc<Inputs<U>> {
        let same = (self as &dyn Any).downcast_ref::<Arc<Inputs<U>>>();
        same.map_or_else(|| Arc::new(self.convert()), Arc::clone)
    }

    /// The same examples in another precision.
    pub fn convert<U: Real>(&self) -> Inputs<U> {
        let convert =
            |numbers: &Numbers<T>| Numbers::Own(numbers.values().iter().map(|x| U::from_f64(x.to_f64())).collect());
        Inputs { count: self.count, reals: self.reals.iter().map(convert).collect(), indices: self.indices.clone() }
    }
}

/// Receives examples, input after input, and stores them in its own precision.
pub trait InputSink {
    /// Begins anew, for so many examples.
    fn begin(&mut self, count: usize);

    /// The values of an input of numbers: those of all examples, concatenated.
    ///
    /// # Errors
    /// [`Error::Argument`] when the values cannot be shared out evenly among the examples; [`Error::NotFinite`] for one that
    /// the precision cannot hold.
    fn set_numbers(&mut self, slot: usize, values: &[f64]) -> Result<()>;

    /// The same of finite numbers that are shared where they have the precision wanted.
    ///
    /// # Errors
    /// As [`InputSink::set_numbers`].
    fn share_numbers(&mut self, slot: usize, values: &Arc<Array<f64>>) -> Result<()> {
        self.set_numbers(slot, values.values())
    }

    /// The values of an input of ids: those of all examples, concatenated.
    ///
    /// # Errors
    /// [`Error::Argument`] when the ids cannot be shared out evenly among the examples.
    fn set_ids(&mut self, slot: usize, ids: Vec<u32>) -> Result<()>;
}

impl<T: Real> InputSink for Inputs<T> {
    fn begin(&mut self, count: usize) {
        *self = Self::new(count);
    }

    fn set_numbers(&mut self, slot: usize, values: &[f64]) -> Result<()> {
        self.fits(values.len())?;
        let mut converted = Array::try_zeros(&[values.len()])?.into_values();
        converted.iter_mut().zip(values).for_each(|(x, value)| *x = T::from_f64(*value));
        if let Some(place) = converted.iter().position(|number| !number.is_finite()) {
            let width = values.len() / self.count;
            return Err(Error::NotFinite {
                what: "a number of the dataset in single precision",
                value: converted[place].to_f64(),
                place: format!("example {}, element {} (both counted from 0)", place / width, place % width),
                hint: "scale the numbers, or make the model in double precision".into(),
            });
        }
        self.reserve(slot);
        self.reals[slot] = Numbers::Own(converted);
        Ok(())
    }

    fn share_numbers(&mut self, slot: usize, values: &Arc<Array<f64>>) -> Result<()> {
        let Some(same) = (values as &dyn Any).downcast_ref::<Arc<Array<T>>>() else {
            return self.set_numbers(slot, values.values());
        };
        self.fits(values.values().len())?;
        self.reserve(slot);
        self.reals[slot] = Numbers::Shared(Arc::clone(same));
        Ok(())
    }

    fn set_ids(&mut self, slot: usize, ids: Vec<u32>) -> Result<()> {
        self.fits(ids.len())?;
        self.reserve(slot);
        self.indices[slot] = ids;
        Ok(())
    }
}

fn one<V>(values: &[V], count: usize, example: usize) -> &[V] {
    let width = values.len() / count.max(1);
    &values[example * width..(example + 1) * width]
}
