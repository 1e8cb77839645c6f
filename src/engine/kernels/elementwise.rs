//! Functions applied element by element.

use crate::graph::Unary;
use crate::tensor::Real;

use super::{Operand, vectorized};

/// Below this many elements the loop is shorter than choosing its vector width.
const SHORT: usize = 64;

/// Runs a loop over so many elements with wide vectors where that pays.
macro_rules! long {
    ($elements:expr, || $work:expr) => {
        if $elements < SHORT { $work } else { vectorized!(|| $work) }
    };
}

pub(super) fn copy<T: Real>(out: &mut [T], len: usize, examples: usize, a: Operand<'_, T>) {
    if a.stride == len {
        out[..len * examples].copy_from_slice(&a.values[..len * examples]);
    } else {
        for (example, out) in out.chunks_exact_mut(len).take(examples).enumerate() {
            out.copy_from_slice(a.of(example, len));
        }
    }
}

pub(super) fn unary<T: Real>(unary: Unary, out: &mut [T], len: usize, examples: usize, a: Operand<'_, T>) {
    let one = T::ONE;
    match unary {
        Unary::Scale(c) => {
            let c = T::from_f64(c.value());
            map(out, len, examples, a, |x| c * x)
        }
        Unary::Shift(c) => {
            let c = T::from_f64(c.value());
            map(out, len, examples, a, |x| x + c)
        }
        Unary::Power(c) => match c.value() {
            -1.0 => map(out, len, examples, a, |x| one / x),
            -2.0 => map(out, len, examples, a, |x| one / (x * x)),
            0.5 => map(out, len, examples, a, T::sqrt),
            2.0 => map(out, len, examples, a, |x| x * x),
            3.0 => map(out, len, examples, a, |x| x * x * x),
            c => {
                let c = T::from_f64(c);
                map(out, len, examples, a, |x| x.powf(c))
            }
        },
        Unary::Exp => map(out, len, examples, a, T::exp),
        Unary::Log => map(out, len, examples, a, T::ln),
        Unary::Tanh => map(out, len, examples, a, T::tanh),
        Unary::Sigmoid => map(out, len, examples, a, |x| {
            // The exponent is never positive, so nothing overflows.
            let e = (-x.abs()).exp();
            let numerator = if x < T::ZERO { e } else { one };
            numerator / (one + e)
        }),
        Unary::Softplus => map(out, len, examples, a, |x| {
            let positive = if x < T::ZERO { T::ZERO } else { x };
            positive + (-x.abs()).exp().ln_1p()
        }),
        Unary::Relu => map(out, len, examples, a, |x| if x < T::ZERO { T::ZERO } else { x }),
        Unary::Step => map(out, len, examples, a, |x| if x > T::ZERO { one } else { T::ZERO }),
        Unary::Erf => map(out, len, examples, a, T::erf),
        Unary::Sin => map(out, len, examples, a, T::sin),
        Unary::Cos => map(out, len, examples, a, T::cos),
        Unary::Abs => map(out, len, examples, a, T::abs),
        Unary::Sign => map(out, len, examples, a, |x| {
            if x > T::ZERO {
                one
            } else if x < T::ZERO {
                -one
            } else {
                T::ZERO
            }
        }),
    }
}

#[inline(always)]
fn map<T: Real>(out: &mut [T], len: usize, examples: usize, a: Operand<'_, T>, f: impl Fn(T) -> T) {
    if a.stride == len || examples == 1 {
        let (out, a) = (&mut out[..len * examples], &a.values[..len * examples]);
        long!(len * examples, || {
            for (out, x) in out.iter_mut().zip(a) {
                *out = f(*x);
            }
        });
    } else {
        for (example, out) in out.chunks_exact_mut(len).take(examples).enumerate() {
            for (out, x) in out.iter_mut().zip(a.of(example, len)) {
                *out = f(*x);
            }
        }
    }
}

#[inline(always)]
pub(super) fn binary<T: Real>(
    out: &mut [T],
    len: usize,
    examples: usize,
    a: Operand<'_, T>,
    b: Operand<'_, T>,
    f: impl Fn(T, T) -> T,
) {
    if examples == 1 || (a.stride == len && b.stride == len) {
        let total = len * examples;
        let (out, a, b) = (&mut out[..total], &a.values[..total], &b.values[..total]);
        long!(total, || {
            for ((out, x), y) in out.iter_mut().zip(a).zip(b) {
                *out = f(*x, *y);
            }
        });
    } else {
        long!(len * examples, || {
            for (example, out) in out.chunks_exact_mut(len).take(examples).enumerate() {
                for ((out, x), y) in out.iter_mut().zip(a.of(example, len)).zip(b.of(example, len)) {
                    *out = f(*x, *y);
                }
            }
        });
    }
}
