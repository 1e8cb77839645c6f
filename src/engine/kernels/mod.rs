//! The loops that do the work.

mod einsum;
mod elementwise;
mod matmul;
mod permute;
mod reduce;
mod rows;
mod windows;

pub(super) use einsum::ContractionPlan;
pub(super) use permute::PermutePlan;
pub(super) use windows::Windows;

use super::operands::RowPatches;
use crate::graph::Unary;
use crate::tensor::Real;

/// What is done with one chunk.
#[derive(Clone, Debug)]
pub(super) enum Kernel {
    Copy,
    Unary(Unary),
    Add,
    Sub,
    Mul,
    Einsum(Box<ContractionPlan>),
    Sum {
        outer: usize,
        size: usize,
        inner: usize,
    },
    Expand {
        outer: usize,
        size: usize,
        inner: usize,
    },
    LogSumExp {
        outer: usize,
        size: usize,
        inner: usize,
    },
    Softmax {
        outer: usize,
        size: usize,
        inner: usize,
    },
    BatchSum,
    Permute(Box<PermutePlan>),
    Unfold(Box<Windows>),
    Fold(Box<Windows>),
    ArgmaxMask {
        outer: usize,
        size: usize,
        inner: usize,
    },
    Slice {
        outer: usize,
        size: usize,
        inner: usize,
        start: usize,
        count: usize,
    },
    Pad {
        outer: usize,
        size: usize,
        inner: usize,
        start: usize,
        count: usize,
    },
    GatherRows {
        width: usize,
    },
    ScatterRows {
        width: usize,
        over_batch: bool,
    },
    Gather {
        size: usize,
    },
    Position {
        size: usize,
    },
    /// The table with each example's rows patched in, in full.
    PatchTable {
        width: usize,
    },
}

/// A kernel's operand for one chunk: its values, and how far the next example's lie.
#[derive(Clone, Copy)]
pub(super) struct Operand<'a, E> {
    pub values: &'a [E],
    /// Zero when all examples share the value.
    pub stride: usize,
}

impl<'a, E> Operand<'a, E> {
    pub(super) const EMPTY: Self = Self { values: &[], stride: 0 };

    /// One example's value.
    #[inline(always)]
    fn of(self, example: usize, len: usize) -> &'a [E] {
        let start = example * self.stride;
        &self.values[start..start + len]
    }
}

/// Everything a kernel reads.
pub(super) struct Reads<'a, T> {
    pub a: Operand<'a, T>,
    pub a_len: usize,
    pub b: Operand<'a, T>,
    pub ids: Operand<'a, u32>,
    pub ids_len: usize,
    /// The row patches of the operand that is a patched table, and the first example of the chunk.
    pub patches: Option<(&'a RowPatches<T>, usize)>,
}

/// Runs a kernel over `examples` examples. `len` is the size of one example's result. A kernel that sums over the batch
/// adds to `out`; every other one overwrites it.
pub(super) fn run<T: Real>(kernel: &Kernel, out: &mut [T], len: usize, examples: usize, reads: &Reads<'_, T>) {
    let Reads { a, b, ids, a_len, ids_len, patches } = *reads;
    match kernel {
        Kernel::Copy => elementwise::copy(out, len, examples, a),
        Kernel::Unary(unary) => elementwise::unary(*unary, out, len, examples, a),
        Kernel::Add => elementwise::binary(out, len, examples, a, b, |x, y| x + y),
        Kernel::Sub => elementwise::binary(out, len, examples, a, b, |x, y| x - y),
        Kernel::Mul => elementwise::binary(out, len, examples, a, b, |x, y| x * y),
        Kernel::Einsum(plan) => {
            plan.run(out, a.values, b.values, examples);
            if let Some((patches, first)) = patches {
                plan.run_patches(out, a.values, b.values, examples, patches, first);
            }
        }
        Kernel::Sum { outer, size, inner } => reduce::sum(out, (*outer, *size, *inner), examples, a),
        Kernel::Expand { outer, size, inner } => reduce::expand(out, (*outer, *size, *inner), examples, a),
        Kernel::LogSumExp { outer, size, inner } => reduce::log_sum_exp(out, (*outer, *size, *inner), examples, a),
        Kernel::Softmax { outer, size, inner } => reduce::softmax(out, (*outer, *size, *inner), examples, a),
        Kernel::BatchSum => reduce::batch_sum(out, len, examples, a),
        Kernel::Permute(plan) => plan.run(out, len, examples, a),
        Kernel::Unfold(windows) => windows.unfold(out, examples, a),
        Kernel::Fold(windows) => windows.fold(out, examples, a),
        Kernel::ArgmaxMask { outer, size, inner } => reduce::argmax_mask(out, (*outer, *size, *inner), examples, a),
        Kernel::Slice { outer, size, inner, start, count } => {
            reduce::slice(out, (*outer, *size, *inner), (*start, *count), examples, a)
        }
        Kernel::Pad { outer, size, inner, start, count } => {
            reduce::pad(out, (*outer, *size, *inner), (*start, *count), examples, a)
        }
        Kernel::GatherRows { width } => {
            rows::gather_rows(out, *width, examples, a, a_len, ids, ids_len);
            if let Some((patches, first)) = patches {
                rows::patch_lookup(out, *width, examples, ids, ids_len, patches, first);
            }
        }
        Kernel::ScatterRows { width, over_batch } => {
            let table = if *over_batch { 0 } else { len };
            rows::scatter_rows(out, *width, table, examples, a, a_len, ids, ids_len)
        }
        Kernel::Gather { size } => rows::gather(out, *size, examples, a, a_len, ids, ids_len),
        Kernel::Position { size } => rows::scatter(out, *size, examples, a, a_len, ids, ids_len),
        Kernel::PatchTable { width } => {
            elementwise::copy(out, len, examples, a);
            if let Some((patches, first)) = patches {
                rows::patch_tables(out, *width, len, examples, patches, first);
            }
        }
    }
}

/// Runs a loop compiled for the widest vectors this processor has. Results do not depend on the width: the loops fix the
/// order of every sum, and nothing is contracted. A macro, because a closure that is not inlined would be compiled for the
/// narrowest; one that may be called twice is called through a function that no attribute reaches.
macro_rules! vectorized {
    (|| $work:expr) => {{
        let once = $crate::engine::Once;
        pulp::Arch::new().dispatch(
            #[inline(always)]
            || {
                let _given = once;
                $work
            },
        )
    }};
}

/// What a closure can give away only once.
#[derive(Debug)]
pub(crate) struct Once;

pub(crate) use vectorized;
