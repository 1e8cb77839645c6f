//! Arrays with a name and a shape.

use crate::tensor::{Numbers, Real};
use crate::{Error, Result};
use safetensors::Dtype;

macro_rules! values {
    ($($(#[$about:meta])* $variant:ident($element:ty),)+) => {
        /// The numbers of an array, in row-major order.
        ///
        /// Two are equal when they are of one type and the same bit for bit: a NaN equals itself and `0.0` does not equal
        /// `-0.0`.
        #[derive(Debug, Clone)]
        pub enum Values {
            $($(#[$about])* $variant(Vec<$element>)),+
        }

        impl Values {
            /// How many there are.
            pub fn len(&self) -> usize {
                match self {
                    $(Self::$variant(values) => values.len()),+
                }
            }

            /// The type of one value, in the words of safetensors.
            pub(super) fn dtype(&self) -> Dtype {
                match self {
                    $(Self::$variant(_) => Dtype::$variant),+
                }
            }
        }

        impl PartialEq for Values {
            fn eq(&self, other: &Self) -> bool {
                match (self, other) {
                    $((Self::$variant(a), Self::$variant(b)) => {
                        a.iter().map(|x| x.to_le_bytes()).eq(b.iter().map(|x| x.to_le_bytes()))
                    })+
                    _ => false,
                }
            }
        }

        $(impl From<Vec<$element>> for Values {
            fn from(values: Vec<$element>) -> Self {
                Self::$variant(values)
            }
        })+
    };
}

values! {
    /// 32-bit floats.
    F32(f32),
    /// 64-bit floats.
    F64(f64),
    /// 32-bit unsigned integers.
    U32(u32),
    /// Bytes.
    U8(u8),
}

impl Values {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The numbers of an element type; none where the values are of another.
    pub fn into_numbers<T: Real>(self) -> Option<Vec<T>> {
        match self {
            Self::F32(values) => T::unwrap(Numbers::F32(values)),
            Self::F64(values) => T::unwrap(Numbers::F64(values)),
            _ => None,
        }
    }
}

impl Eq for Values {}

impl From<Numbers> for Values {
    fn from(numbers: Numbers) -> Self {
        match numbers {
            Numbers::F32(values) => Self::F32(values),
            Numbers::F64(values) => Self::F64(values),
        }
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
            let expected = "a name of at least one character other than \"__metadata__\"";
            return Err(Error::argument("the name of an array", format!("{:?}", self.name), expected));
        }
        let product = self.shape.iter().copied().try_fold(1, usize::checked_mul);
        if product != Some(self.values.len()) {
            let what = format!("the shape of array {:?}", self.name);
            let found = format!("{:?} for {} values", self.shape, self.values.len());
            return Err(Error::argument(what, found, "dimensions whose product is the number of values"));
        }
        Ok(())
    }
}
