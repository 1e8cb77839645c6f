//! Sums, maxima and moves along one axis. An axis is described by how many elements lie before, along and behind it.

use crate::tensor::Real;

use super::{Operand, vectorized};

type Split = (usize, usize, usize);

pub(super) fn sum<T: Real>(out: &mut [T], (outer, size, inner): Split, examples: usize, a: Operand<'_, T>) {
    vectorized(|| {
        for example in 0..examples {
            let a = a.of(example, outer * size * inner);
            let out = &mut out[example * outer * inner..(example + 1) * outer * inner];
            if inner == 1 {
                for (out, a) in out.iter_mut().zip(a.chunks_exact(size)) {
                    *out = ordered_sum(a);
                }
            } else {
                for (out, a) in out.chunks_exact_mut(inner).zip(a.chunks_exact(size * inner)) {
                    out.copy_from_slice(&a[..inner]);
                    for a in a.chunks_exact(inner).skip(1) {
                        for (out, x) in out.iter_mut().zip(a) {
                            *out += *x;
                        }
                    }
                }
            }
        }
    });
}

/// A sum in a fixed order that vectors of any width up to eight can follow.
#[inline(always)]
pub(super) fn ordered_sum<T: Real>(values: &[T]) -> T {
    let mut lanes = [T::ZERO; 8];
    let mut chunks = values.chunks_exact(8);
    for chunk in &mut chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane += *x;
        }
    }
    let rest: T = chunks.remainder().iter().copied().sum();
    fold(lanes) + rest
}

/// Adds eight partial sums in a fixed order.
#[inline(always)]
pub(super) fn fold<T: Real>(lanes: [T; 8]) -> T {
    ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]))
}

pub(super) fn expand<T: Real>(out: &mut [T], (outer, size, inner): Split, examples: usize, a: Operand<'_, T>) {
    for example in 0..examples {
        let a = a.of(example, outer * inner);
        let out = &mut out[example * outer * size * inner..(example + 1) * outer * size * inner];
        if inner == 1 {
            for (out, x) in out.chunks_exact_mut(size).zip(a) {
                out.fill(*x);
            }
        } else {
            for (out, a) in out.chunks_exact_mut(size * inner).zip(a.chunks_exact(inner)) {
                for out in out.chunks_exact_mut(inner) {
                    out.copy_from_slice(a);
                }
            }
        }
    }
}

pub(super) fn log_sum_exp<T: Real>(out: &mut [T], (outer, size, inner): Split, examples: usize, a: Operand<'_, T>) {
    for example in 0..examples {
        let a = a.of(example, outer * size * inner);
        let out = &mut out[example * outer * inner..(example + 1) * outer * inner];
        for (place, out) in out.iter_mut().enumerate() {
            let start = place / inner * size * inner + place % inner;
            let values = || a[start..].iter().step_by(inner).take(size).copied();
            let highest = values().fold(T::NEG_INFINITY, |m, x| if x > m { x } else { m });
            // Infinite scores, and NaN (which no comparison above let through), speak for themselves.
            *out = if highest.is_finite() {
                let total: T = if inner == 1 {
                    exp_sum(&a[start..start + size], highest)
                } else {
                    values().map(|x| (x - highest).exp()).sum()
                };
                highest + total.ln()
            } else {
                values().sum()
            };
        }
    }
}

#[inline(always)]
fn exp_sum<T: Real>(values: &[T], highest: T) -> T {
    values.iter().map(|x| (*x - highest).exp()).sum()
}

/// Elements along which the largest are found together.
const ABREAST: usize = 16;

/// One at the first largest place along the axis, zero elsewhere.
pub(super) fn argmax_mask<T: Real>(out: &mut [T], (outer, size, inner): Split, examples: usize, a: Operand<'_, T>) {
    vectorized(|| {
        let len = outer * size * inner;
        for (example, out) in out.chunks_exact_mut(len).take(examples).enumerate() {
            out.fill(T::ZERO);
            let blocks = out.chunks_exact_mut(size * inner).zip(a.of(example, len).chunks_exact(size * inner));
            for (out, a) in blocks {
                for left in (0..inner).step_by(ABREAST) {
                    let count = ABREAST.min(inner - left);
                    let (mut highest, mut place) = ([T::ZERO; ABREAST], [0usize; ABREAST]);
                    highest[..count].copy_from_slice(&a[left..left + count]);
                    for step in 1..size {
                        let row = &a[step * inner + left..][..count];
                        for ((highest, place), x) in highest.iter_mut().zip(&mut place).zip(row) {
                            let higher = *x > *highest;
                            *highest = if higher { *x } else { *highest };
                            *place = if higher { step } else { *place };
                        }
                    }
                    for (along, place) in place[..count].iter().enumerate() {
                        out[place * inner + left + along] = T::ONE;
                    }
                }
            }
        }
    });
}

/// Adds the examples' values to `out`.
pub(super) fn batch_sum<T: Real>(out: &mut [T], len: usize, examples: usize, a: Operand<'_, T>) {
    vectorized(|| {
        for example in 0..examples {
            for (out, x) in out.iter_mut().zip(a.of(example, len)) {
                *out += *x;
            }
        }
    });
}

pub(super) fn slice<T: Real>(
    out: &mut [T],
    (outer, size, inner): Split,
    (start, count): (usize, usize),
    examples: usize,
    a: Operand<'_, T>,
) {
    let len = outer * count * inner;
    for example in 0..examples {
        let a = a.of(example, outer * size * inner);
        let out = &mut out[example * len..(example + 1) * len];
        for (out, a) in out.chunks_exact_mut(count * inner).zip(a.chunks_exact(size * inner)) {
            out.copy_from_slice(&a[start * inner..(start + count) * inner]);
        }
    }
}

pub(super) fn pad<T: Real>(
    out: &mut [T],
    (outer, size, inner): Split,
    (start, count): (usize, usize),
    examples: usize,
    a: Operand<'_, T>,
) {
    let len = outer * size * inner;
    for example in 0..examples {
        let a = a.of(example, outer * count * inner);
        let out = &mut out[example * len..(example + 1) * len];
        out.fill(T::ZERO);
        for (out, a) in out.chunks_exact_mut(size * inner).zip(a.chunks_exact(count * inner)) {
            out[start * inner..(start + count) * inner].copy_from_slice(a);
        }
    }
}
