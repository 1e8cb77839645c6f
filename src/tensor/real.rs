//! The element types: `f32` and `f64` behind one trait.

use std::fmt::{Debug, Display};
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

use crate::options::words;

use super::exponential;

words! {
    "the precision";
    /// The element types by name.
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Precision {
        /// Double precision.
        #[default]
        F64 = "f64",
        /// Single precision.
        F32 = "f32",
    }
}

impl Precision {
    /// What is one thing in single precision and another in double precision.
    pub fn choose<V>(self, single: V, double: V) -> V {
        match self {
            Self::F32 => single,
            Self::F64 => double,
        }
    }
}

/// Numbers of either element type.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    /// In single precision.
    F32(Vec<f32>),
    /// In double precision.
    F64(Vec<f64>),
}

/// A floating-point element, `f32` or `f64`.
///
/// The trait holds what kernels, optimizers and solvers need and nothing else. Every operation is IEEE 754 arithmetic
/// without contraction, so the same inputs give the same bits whatever vector width the processor has.
pub trait Real:
    Copy
    + Debug
    + Display
    + Default
    + PartialEq
    + PartialOrd
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + std::iter::Sum
{
    /// Zero.
    const ZERO: Self;
    /// One.
    const ONE: Self;
    /// Negative infinity, the neutral element of a maximum.
    const NEG_INFINITY: Self;
    /// The type's name: `f32` or `f64`.
    const NAME: &'static str;
    /// Its name among the precisions.
    const PRECISION: Precision;
    /// The numbers as those of either element type.
    fn wrap(values: Vec<Self>) -> Numbers;
    /// The numbers, if they are of this type.
    fn unwrap(values: Numbers) -> Option<Vec<Self>>;
    /// The numbers themselves, if they are of the type wanted.
    fn same<T: Real>(values: &[T]) -> Option<&[Self]>;
    /// The numbers, if they are `f32`.
    fn singles(values: &[Self]) -> Option<&[f32]>;
    /// The numbers, if they are `f64`.
    fn doubles(values: &[Self]) -> Option<&[f64]>;
    /// The nearest value to `x`.
    fn from_f64(x: f64) -> Self;
    /// The value as `f64`, exactly.
    fn to_f64(self) -> f64;
    /// e to the power of `self`.
    fn exp(self) -> Self;
    /// The natural logarithm.
    fn ln(self) -> Self;
    /// ln(1 + `self`), accurate near zero.
    fn ln_1p(self) -> Self;
    /// The square root.
    fn sqrt(self) -> Self;
    /// The hyperbolic tangent.
    fn tanh(self) -> Self;
    /// The error function.
    fn erf(self) -> Self;
    /// The sine.
    fn sin(self) -> Self;
    /// The cosine.
    fn cos(self) -> Self;
    /// The absolute value.
    fn abs(self) -> Self;
    /// `self` to the power of `exponent`.
    fn powf(self, exponent: Self) -> Self;
    /// Whether the value is neither NaN nor infinite.
    fn is_finite(self) -> bool;
}

macro_rules! real {
    ($type:ident, $precision:ident, $exp:path, $erf:path, $own:ident, ($singles:expr, $doubles:expr)) => {
        real! {
            $type, { ln() ln_1p() sqrt() tanh() sin() cos() abs() powf(exponent: Self) },
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const NEG_INFINITY: Self = $type::NEG_INFINITY;
            const NAME: &'static str = stringify!($type);
            const PRECISION: Precision = Precision::$precision;
            fn wrap(values: Vec<Self>) -> Numbers {
                Numbers::$precision(values)
            }
            fn unwrap(values: Numbers) -> Option<Vec<Self>> {
                if let Numbers::$precision(values) = values { Some(values) } else { None }
            }
            fn same<T: Real>(values: &[T]) -> Option<&[Self]> {
                T::$own(values)
            }
            fn singles(values: &[Self]) -> Option<&[f32]> {
                $singles(values)
            }
            fn doubles(values: &[Self]) -> Option<&[f64]> {
                $doubles(values)
            }
            #[inline(always)]
            fn from_f64(x: f64) -> Self {
                x as $type
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                self as f64
            }
            #[inline(always)]
            fn exp(self) -> Self {
                $exp(self)
            }
            #[inline(always)]
            fn erf(self) -> Self {
                $erf(self)
            }
            #[inline(always)]
            fn is_finite(self) -> bool {
                $type::is_finite(self)
            }
        }
    };
    // The functions that the type itself has.
    ($type:ident, { $($function:ident($($argument:ident: Self)?))+ }, $($rest:tt)+) => {
        impl Real for $type {
            $($rest)+
            $(#[inline(always)]
            fn $function(self $(, $argument: Self)?) -> Self {
                $type::$function(self $(, $argument)?)
            })+
        }
    };
}

real!(f32, F32, exponential::expf, libm::erff, singles, (Some, |_| None));
real!(f64, F64, exponential::exp, libm::erf, doubles, (|_| None, Some));
