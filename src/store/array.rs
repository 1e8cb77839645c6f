//! Arrays with a name and a shape.

use crate::tensor::{Numbers, Real};
use crate::{Error, Result};
use safetensors::Dtype;

/// The numbers of an array, in row-major order.
///
/// Two are equal when they are of one type and the same bit for bit: a NaN equals itself and `0.0`
/// does not equal `-0.0`.
#[derive(Debug, Clone)]
pub enum Values {
    /// 32-bit floats.
    F32(Vec<f32>),
    /// 64-bit floats.
    F64(Vec<f64>),
    /// 32-bit unsigned integers.
    U32(Vec<u32>),
    /// Bytes.
    U8(Vec<u8>),
}

impl Values {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::F32(values) => values.len(),
            Self::F64(values) => values.len(),
            Self::U32(values) => values.len(),
            Self::U8(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The type of one value, in the words of safetensors.
    pub(super) fn dtype(&self) -> Dtype {
        match self {
            Self::F32(_) => Dtype::F32,
            Self::F64(_) => Dtype::F64,
            Self::U32(_) => Dtype::U32,
            Self::U8(_) => Dtype::U8,
        }
    }
}

impl PartialEq for Values {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::F32(a), Self::F32(b)) => a.iter().map(|x| x.to_bits()).eq(b.iter().map(|x| x.to_bits())),
            (Self::F64(a), Self::F64(b)) => a.iter().map(|x| x.to_bits()).eq(b.iter().map(|x| x.to_bits())),
            (Self::U32(a), Self::U32(b)) => a == b,
            (Self::U8(a), Self::U8(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Values {}

impl From<Vec<f32>> for Values {
    fn from(values: Vec<f32>) -> Self {
        Self::F32(values)
    }
}

impl From<Numbers> for Values {
    fn from(numbers: Numbers) -> Self {
        match numbers {
            Numbers::F32(values) => Self::F32(values),
            Numbers::F64(values) => Self::F64(values),
        }
    }
}

impl Values {
    /// The numbers of an element type; none where the values are of another.
    pub fn into_numbers<T: Real>(self) -> Option<Vec<T>> {
        match self {
            Self::F32(values) => T::unwrap(Numbers::F32(values)),
            Self::F64(values) => T::unwrap(Numbers::F64(values)),
            _ => None,
        }
    }
}

impl From<Vec<f64>> for Values {
    fn from(values: Vec<f64>) -> Self {
        Self::F64(values)
    }
}

impl From<Vec<u32>> for Values {
    fn from(values: Vec<u32>) -> Self {
        Self::U32(values)
    }
}

impl From<Vec<u8>> for Values {
    fn from(values: Vec<u8>) -> Self {
        Self::U8(values)
    }
}

/// An array with a name and a shape.
///
/// NaN and infinities are kept as they are: a store that refused them could not hold what went
/// wrong. An array may be empty; a shape of no dimensions holds one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedArray {
    /// The name, unique within its file.
    pub name: String,
    /// The dimensions, outermost first.
    pub shape: Vec<usize>,
    /// The values, as many as the product of the dimensions.
    pub values: Values,
}

impl NamedArray {
    /// An array of `values`, which must be as many as the product of `shape`.
    pub fn new(name: impl Into<String>, shape: Vec<usize>, values: impl Into<Values>) -> Result<Self> {
        let array = Self { name: name.into(), shape, values: values.into() };
        array.check()?;
        Ok(array)
    }

    /// The fields are public, so that [`super::commit`] checks again what [`NamedArray::new`] did.
    pub(super) fn check(&self) -> Result<()> {
        // The second is where safetensors keeps its own remarks.
        if self.name.is_empty() || self.name == "__metadata__" {
            return Err(Error::argument(
                "the name of an array",
                format!("{:?}", self.name),
                "a name of at least one character other than \"__metadata__\"",
            ));
        }
        let product = self.shape.iter().copied().try_fold(1, usize::checked_mul);
        if product != Some(self.values.len()) {
            return Err(Error::argument(
                format!("the shape of array {:?}", self.name),
                format!("{:?} for {} values", self.shape, self.values.len()),
                "dimensions whose product is the number of values",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_must_fit_the_values() {
        assert!(NamedArray::new("a", vec![2, 3], vec![0f32; 6]).is_ok());
        assert!(NamedArray::new("a", vec![], vec![0f32]).is_ok());
        assert!(NamedArray::new("a", vec![4, 0], Vec::<u32>::new()).is_ok());
        let error = NamedArray::new("a", vec![2, 3], vec![0f64; 5]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the shape of array \"a\" is [2, 3] for 5 values, expected dimensions whose product \
             is the number of values"
        );
        // A product that wraps round to the right number.
        assert!(NamedArray::new("a", vec![1 << 63, 2], Vec::<u32>::new()).is_err());
        assert!(NamedArray::new("a", vec![], Vec::<u32>::new()).is_err());
    }

    #[test]
    fn names_must_be_usable() {
        for name in ["", "__metadata__"] {
            let error = NamedArray::new(name, vec![1], vec![0f32]).unwrap_err();
            assert!(error.to_string().contains("the name of an array"));
        }
    }

    #[test]
    fn equality_is_bitwise() {
        let quiet = Values::from(vec![f64::NAN]);
        assert_eq!(quiet, quiet.clone());
        assert_ne!(quiet, vec![f64::from_bits(f64::NAN.to_bits() | 1)].into());
        assert_ne!(Values::from(vec![0f32]), vec![-0f32].into());
        assert_ne!(Values::from(vec![0f32]), vec![0u32].into());
        assert_ne!(Values::from(vec![0f32]), vec![0f32, 0.0].into());
    }
}
