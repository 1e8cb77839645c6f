//! Layers made of layers.

use ::dfdx::nn::builders::Reshape;
use ::dfdx::nn::modules::{Dropout, DropoutOneIn, GeneralizedResidual, Repeated, Residual};
use ::dfdx::shapes::ConstShape;

use crate::error::Result;

use super::{Builder, Layer, Value};

macro_rules! tuple {
    ($($name:ident $place:tt),+) => {
        impl<T, $($name: Layer<T>),+> Layer<T> for ($($name,)+) {
            /// One behind the other.
            fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value> {
                let value = input;
                $(let value = builder.layer(stringify!($place), &self.$place, value)?;)+
                Ok(value)
            }
        }
    };
}

tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);

macro_rules! identity {
    ($([$($generics:tt)*] $module:ty;)*) => {
        $(impl<T, $($generics)*> Layer<T> for $module {
            /// Nothing.
            fn add_to(&self, _: &mut Builder<T>, input: Value) -> Result<Value> {
                Ok(input)
            }
        })*
    };
}

identity! {
    [] ();
    [] Dropout;
    [const N: usize] DropoutOneIn<N>;
}

impl<T, F: Layer<T>> Layer<T> for Residual<F> {
    /// F(x) + x.
    fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value> {
        let inside = builder.layer("0", &self.0, input)?;
        builder.add(inside, input)
    }
}

impl<T, F: Layer<T>, R: Layer<T>> Layer<T> for GeneralizedResidual<F, R> {
    /// F(x) + R(x).
    fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value> {
        let inside = builder.layer("f", &self.f, input)?;
        let beside = builder.layer("r", &self.r, input)?;
        builder.add(inside, beside)
    }
}

impl<T, L: Layer<T>, const N: usize> Layer<T> for Repeated<L, N> {
    /// One behind the other, each with parameters of its own.
    fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value> {
        let mut value = input;
        for (place, layer) in self.modules.iter().enumerate() {
            value = builder.layer(&place.to_string(), layer, value)?;
        }
        Ok(value)
    }
}

impl<T, S: ConstShape> Layer<T> for Reshape<S> {
    /// To the shape of one example: a model that reshapes whole batches has another shape here and does not fit.
    fn add_to(&self, builder: &mut Builder<T>, input: Value) -> Result<Value> {
        let x = builder.node(input)?;
        Ok(builder.graph().reshape(x, S::default().concrete().as_ref())?.into())
    }
}
