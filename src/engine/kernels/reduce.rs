//! Sums, maxima and moves along one axis. An axis is described by how many elements lie before, along and behind it.

use crate::tensor::Real;

use super::{Operand, vectorized};

type Split = (usize, usize, usize);

pub(super) fn sum<T: Real>(out: &mut [T], (outer, size, inner): Split, examples: usize, a: Operand<'_, T>) {
    vectorized!(|| {
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
    vectorized!(|| {
        for example in 0..examples {
            let a = a.of(example, outer * size * inner);
            let out = &mut out[example * outer * inner..(example + 1) * outer * inner];
            for (place, out) in out.iter_mut().enumerate() {
                let start = place / inner * size * inner + place % inner;
                if inner == 1 {
                    *out = log_sum_exp_of(&a[start..start + size]);
                    continue;
                }
                let values = || a[start..].iter().step_by(inner).take(size).copied();
                let highest = values().fold(T::NEG_INFINITY, larger);
                *out = match highest.is_finite() {
                    true => highest + values().map(|x| (x - highest).exp()).sum::<T>().ln(),
                    false => values().sum(),
                };
            }
        }
    });
}

/// Of a NaN and a number the number.
#[inline(always)]
fn larger<T: Real>(m: T, x: T) -> T {
    if x > m { x } else { m }
}

/// The largest of some values.
#[inline(always)]
fn largest<T: Real>(values: &[T]) -> T {
    let (chunks, rest) = values.as_chunks::<ABREAST>();
    let mut last = [T::NEG_INFINITY; ABREAST];
    last[..rest.len()].copy_from_slice(rest);
    for chunk in chunks {
        for (lane, x) in last.iter_mut().zip(chunk) {
            *lane = larger(*lane, *x);
        }
    }
    last.iter().fold(T::NEG_INFINITY, |m, x| larger(m, *x))
}

#[inline(always)]
fn log_sum_exp_of<T: Real>(values: &[T]) -> T {
    let highest = largest(values);
    // Infinite scores, and NaN (which no comparison above let through), speak for themselves.
    if !highest.is_finite() {
        return values.iter().copied().sum();
    }
    let (chunks, rest) = values.as_chunks::<ABREAST>();
    // What is missing counts as scores of −∞, which add nothing.
    let mut last = [T::NEG_INFINITY; ABREAST];
    last[..rest.len()].copy_from_slice(rest);
    let mut lanes = [T::ZERO; ABREAST];
    for chunk in chunks.iter().chain(std::iter::once(&last)) {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane += (*x - highest).exp();
        }
    }
    highest + ordered_sum(&lanes).ln()
}

/// exp(a − lse a) along the axis, as shares of the exponentials below the largest, which sum to one.
pub(super) fn softmax<T: Real>(out: &mut [T], (outer, size, inner): Split, examples: usize, a: Operand<'_, T>) {
    vectorized!(|| {
        let len = outer * size * inner;
        let strided = if inner == 1 { 0 } else { size };
        let (mut scores, mut shares) = (vec![T::ZERO; strided], vec![T::ZERO; strided]);
        for (example, out) in out.chunks_exact_mut(len).take(examples).enumerate() {
            let a = a.of(example, len);
            if inner == 1 {
                for (out, a) in out.chunks_exact_mut(size).zip(a.chunks_exact(size)) {
                    softmax_of(out, a);
                }
                continue;
            }
            for place in 0..outer * inner {
                let start = place / inner * size * inner + place % inner;
                for (score, x) in scores.iter_mut().zip(a[start..].iter().step_by(inner)) {
                    *score = *x;
                }
                softmax_of(&mut shares, &scores);
                for (out, share) in out[start..].iter_mut().step_by(inner).zip(&shares) {
                    *out = *share;
                }
            }
        }
    });
}

#[inline(always)]
fn softmax_of<T: Real>(out: &mut [T], a: &[T]) {
    let highest = largest(a);
    // As the logarithm of their sum: infinite scores, and NaN, speak for themselves.
    let shift = if highest.is_finite() { highest } else { a.iter().copied().sum() };
    for (out, x) in out.iter_mut().zip(a) {
        *out = (*x - shift).exp();
    }
    if highest.is_finite() {
        let total = ordered_sum(out);
        out.iter_mut().for_each(|share| *share = *share / total);
    }
}

/// Elements that are looked at together.
const ABREAST: usize = 16;

/// One at the first largest place along the axis, zero elsewhere.
pub(super) fn argmax_mask<T: Real>(out: &mut [T], (outer, size, inner): Split, examples: usize, a: Operand<'_, T>) {
    vectorized!(|| {
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
    vectorized!(|| {
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
