//! The element types, and code that is the same for each.

use crate::run::{Precision, Stored};

/// An element type of views and models: `f32` or `f64`.
pub trait Number: Stored {
    /// Its name among the precisions.
    const PRECISION: Precision;

    /// The numbers themselves, if they are of the type wanted.
    fn same<T: Number>(values: &[T]) -> Option<&[Self]>;
    /// The numbers, if they are `f32`.
    fn singles(values: &[Self]) -> Option<&[f32]>;
    /// The numbers, if they are `f64`.
    fn doubles(values: &[Self]) -> Option<&[f64]>;
}

impl Number for f32 {
    const PRECISION: Precision = Precision::F32;

    fn same<T: Number>(values: &[T]) -> Option<&[Self]> {
        T::singles(values)
    }
    fn singles(values: &[Self]) -> Option<&[f32]> {
        Some(values)
    }
    fn doubles(_: &[Self]) -> Option<&[f64]> {
        None
    }
}

impl Number for f64 {
    const PRECISION: Precision = Precision::F64;

    fn same<T: Number>(values: &[T]) -> Option<&[Self]> {
        T::doubles(values)
    }
    fn singles(_: &[Self]) -> Option<&[f32]> {
        None
    }
    fn doubles(values: &[Self]) -> Option<&[f64]> {
        Some(values)
    }
}

/// Something of either element type.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Either<A, B> {
    /// In `f32`.
    Single(A),
    /// In `f64`.
    Double(B),
}

/// Evaluates the same expression for either element type.
macro_rules! either {
    ($value:expr, $name:ident => $body:expr) => {
        match $value {
            $crate::embed::number::Either::Single($name) => $body,
            $crate::embed::number::Either::Double($name) => $body,
        }
    };
}

pub(crate) use either;
