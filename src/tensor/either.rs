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

pub(crate) use either;
