//! Values of either element type, and code that is the same for each.

/// Something of either element type.
#[derive(Clone, Copy, Debug)]
pub enum Either<A, B> {
    /// In `f32`.
    Single(A),
    /// In `f64`.
    Double(B),
}

/// Evaluates the same expression for either element type.
macro_rules! either {
    ($value:expr, $name:ident => $body:expr) => {
        match $value {
            $crate::tensor::Either::Single($name) => $body,
            $crate::tensor::Either::Double($name) => $body,
        }
    };
}

/// Makes of something of either element type something else of the same type.
macro_rules! map_either {
    ($value:expr, $name:ident => $body:expr) => {
        match $value {
            $crate::tensor::Either::Single($name) => $crate::tensor::Either::Single($body),
            $crate::tensor::Either::Double($name) => $crate::tensor::Either::Double($body),
        }
    };
}

pub(crate) use {either, map_either};
