//! Rows by id and elements by label. The ids have been checked against their bounds before a program runs.

use crate::tensor::Real;

use super::{Operand, RowPatches};

pub(super) fn gather_rows<T: Real>(
    out: &mut [T],
    width: usize,
    examples: usize,
    table: Operand<'_, T>,
    table_len: usize,
    ids: Operand<'_, u32>,
    ids_len: usize,
) {
    for (example, out) in out.chunks_exact_mut(ids_len * width).take(examples).enumerate() {
        let table = table.of(example, table_len);
        for (out, id) in out.chunks_exact_mut(width).zip(ids.of(example, ids_len)) {
            let start = *id as usize * width;
            out.copy_from_slice(&table[start..start + width]);
        }
    }
}

pub(super) fn patch_lookup<T: Real>(
    out: &mut [T],
    width: usize,
    examples: usize,
    ids: Operand<'_, u32>,
    ids_len: usize,
    patches: &RowPatches<T>,
    first: usize,
) {
    for (example, out) in out.chunks_exact_mut(ids_len * width).take(examples).enumerate() {
        for (row, values) in patches.of(first + example) {
            for (out, id) in out.chunks_exact_mut(width).zip(ids.of(example, ids_len)) {
                if *id == row {
                    out.copy_from_slice(values);
                }
            }
        }
    }
}

pub(super) fn patch_tables<T: Real>(
    out: &mut [T],
    width: usize,
    len: usize,
    examples: usize,
    patches: &RowPatches<T>,
    first: usize,
) {
    for (example, out) in out.chunks_exact_mut(len).take(examples).enumerate() {
        for (row, values) in patches.of(first + example) {
            out[row as usize * width..][..width].copy_from_slice(values);
        }
    }
}

/// Adds rows by id. With `table` zero all examples add to one table that is not cleared first; otherwise each example has
/// a table of that many elements.
#[allow(clippy::too_many_arguments)]
pub(super) fn scatter_rows<T: Real>(
    out: &mut [T],
    width: usize,
    table: usize,
    examples: usize,
    values: Operand<'_, T>,
    values_len: usize,
    ids: Operand<'_, u32>,
    ids_len: usize,
) {
    if table > 0 {
        out[..table * examples].fill(T::ZERO);
    }
    for example in 0..examples {
        let out = &mut out[example * table..];
        let values = values.of(example, values_len);
        for (values, id) in values.chunks_exact(width).zip(ids.of(example, ids_len)) {
            for (out, x) in out[*id as usize * width..][..width].iter_mut().zip(values) {
                *out += *x;
            }
        }
    }
}

pub(super) fn gather<T: Real>(
    out: &mut [T],
    size: usize,
    examples: usize,
    a: Operand<'_, T>,
    a_len: usize,
    ids: Operand<'_, u32>,
    ids_len: usize,
) {
    for (example, out) in out.chunks_exact_mut(ids_len).take(examples).enumerate() {
        let a = a.of(example, a_len);
        for ((out, a), id) in out.iter_mut().zip(a.chunks_exact(size)).zip(ids.of(example, ids_len)) {
            *out = a[*id as usize];
        }
    }
}

pub(super) fn scatter<T: Real>(
    out: &mut [T],
    size: usize,
    examples: usize,
    a: Operand<'_, T>,
    a_len: usize,
    ids: Operand<'_, u32>,
    ids_len: usize,
) {
    for (example, out) in out.chunks_exact_mut(ids_len * size).take(examples).enumerate() {
        out.fill(T::ZERO);
        let a = a.of(example, a_len);
        for ((out, x), id) in out.chunks_exact_mut(size).zip(a).zip(ids.of(example, ids_len)) {
            out[*id as usize] = *x;
        }
    }
}
