//! Contractions: planned once into loops around a matrix product.

use crate::graph::{Contraction, Shape};
use crate::tensor::Real;

use super::super::operands::RowPatches;
use super::matmul::{Matrix, multiply};
use super::reduce::fold;
use super::vectorized;

/// A loop and how far it moves in each operand. A size of zero is the number of examples, known at the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Loop {
    size: usize,
    a: usize,
    b: usize,
    out: usize,
}

impl Loop {
    const ONCE: Self = Self { size: 1, a: 0, b: 0, out: 0 };
    const EXAMPLES: usize = 0;

    /// This loop around `inner` as one loop, where the strides allow it.
    fn around(self, inner: Self) -> Option<Self> {
        let joins = |outer: usize, stride: usize| outer == stride * inner.size;
        let fits = inner.size != Self::EXAMPLES
            && joins(self.a, inner.a)
            && joins(self.b, inner.b)
            && joins(self.out, inner.out);
        fits.then_some(Self { size: self.size, ..inner }).map(|joined| Self {
            // The number of examples times a fixed size is written as a multiple of the examples.
            size: if self.size == Self::EXAMPLES { Self::EXAMPLES } else { self.size * inner.size },
            ..joined
        })
    }
}

/// A contraction as loops around a product of an m × k and a k × n matrix.
#[derive(Clone, Debug)]
pub(in crate::engine) struct ContractionPlan {
    /// Loops around the product; those that sum come last.
    outer: Vec<Loop>,
    /// The first of the outer loops that sums.
    summing: usize,
    m: Loop,
    n: Loop,
    k: Loop,
    /// What a loop over examples is multiplied by once joined with an inner loop.
    per_example: usize,
    accumulate: bool,
    patch: Option<Box<PatchPlan>>,
}

/// How to recompute one row of a patched table's part of the result.
#[derive(Clone, Debug)]
struct PatchPlan {
    row: ContractionPlan,
    row_stride: usize,
    out_len: usize,
    /// Whether the table is the left operand.
    left: bool,
    other_stride: usize,
}

/// What a letter, or the batch, is to the product.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Outer,
    Rows,
    Columns,
    Summed,
}

impl ContractionPlan {
    /// Plans a contraction of operands of these shapes, each per-example or shared.
    pub fn new(contraction: &Contraction, a: (&Shape, bool), b: (&Shape, bool)) -> Self {
        Self::build(contraction, a, b, None)
    }

    /// Plans a contraction in which the left or right operand is a table with patched rows. None when the rows do not
    /// stay rows of the result, so that a patch would change more than its own part.
    pub fn with_patches(contraction: &Contraction, a: (&Shape, bool), b: (&Shape, bool), left: bool) -> Option<Self> {
        let (table, other) = match left {
            true => (&contraction.left, &contraction.right),
            false => (&contraction.right, &contraction.left),
        };
        let row = *table.first()?;
        let kept = contraction.out.contains(&row) && !other.contains(&row) && !contraction.over_batch;
        if !kept {
            return None;
        }
        let other_shape = if left { b } else { a };
        let out_shape = contraction.shape(a.0, b.0).ok()?;
        let place = contraction.out.iter().position(|letter| *letter == row)?;
        let mut plan = Self::build(contraction, a, b, None);
        plan.patch = Some(Box::new(PatchPlan {
            row: Self::build(contraction, (a.0, false), (b.0, false), Some(row)),
            row_stride: out_shape.sizes()[place + 1..].iter().product(),
            out_len: out_shape.len(),
            left,
            other_stride: if other_shape.1 { other_shape.0.len() } else { 0 },
        }));
        Some(plan)
    }

    fn build(contraction: &Contraction, a: (&Shape, bool), b: (&Shape, bool), without: Option<u8>) -> Self {
        let stride = |letters: &[u8], shape: &Shape, letter: u8| {
            letters.iter().position(|l| *l == letter).map(|place| shape.sizes()[place + 1..].iter().product::<usize>())
        };
        let out_sizes: Vec<usize> = contraction.out.iter().map(|l| contraction.size(*l, a.0, b.0)).collect();
        let out_shape = Shape::new(&out_sizes);
        let mut groups: [Vec<Loop>; 4] = Default::default();
        if a.1 || b.1 {
            let kept = !contraction.over_batch;
            let batch = Loop {
                size: Loop::EXAMPLES,
                a: if a.1 { a.0.len() } else { 0 },
                b: if b.1 { b.0.len() } else { 0 },
                out: if kept { out_shape.len() } else { 0 },
            };
            groups[role(a.1, b.1, kept) as usize].push(batch);
        }
        let mut letters = contraction.out.clone();
        letters.extend(contraction.left.iter().filter(|l| !contraction.out.contains(l)));
        for letter in letters.into_iter().filter(|letter| Some(*letter) != without) {
            let (in_a, in_b, in_out) = (
                stride(&contraction.left, a.0, letter),
                stride(&contraction.right, b.0, letter),
                stride(&contraction.out, &out_shape, letter),
            );
            let role = role(in_a.is_some(), in_b.is_some(), in_out.is_some());
            groups[role as usize].push(Loop {
                size: contraction.size(letter, a.0, b.0),
                a: in_a.unwrap_or(0),
                b: in_b.unwrap_or(0),
                out: in_out.unwrap_or(0),
            });
        }
        let mut per_example = 1;
        let groups = groups.map(|loops| join(loops, &mut per_example));
        let [mut outer, rows, columns, summed] = groups;
        let widest = |mut loops: Vec<Loop>, spare: &mut Vec<Loop>| {
            // The batch counts as the widest: it is the loop a matrix product gains most from.
            let width = |l: &Loop| if l.size == Loop::EXAMPLES { usize::MAX } else { l.size };
            let best = (0..loops.len()).max_by_key(|place| (width(&loops[*place]), *place));
            let chosen = best.map_or(Loop::ONCE, |place| loops.remove(place));
            spare.append(&mut loops);
            chosen
        };
        let mut spare_sums = Vec::new();
        let m = widest(rows, &mut outer);
        let n = widest(columns, &mut outer);
        let k = widest(summed, &mut spare_sums);
        let summing = outer.len();
        outer.append(&mut spare_sums);
        Self { outer, summing, m, n, k, per_example, accumulate: contraction.over_batch, patch: None }
    }

    /// The number of multiplications for one example.
    pub fn cost(&self) -> usize {
        let size = |l: &Loop| if l.size == Loop::EXAMPLES { self.per_example } else { l.size };
        self.outer.iter().chain([&self.m, &self.n, &self.k]).map(size).fold(1, usize::saturating_mul)
    }

    /// Runs the contraction over a chunk of examples.
    pub fn run<T: Real>(&self, out: &mut [T], a: &[T], b: &[T], examples: usize) {
        let cost = self.cost().saturating_mul(examples);
        if cost < 64 {
            self.descend(0, out, a, b, examples, true);
        } else {
            vectorized!(|| self.descend(0, out, a, b, examples, true));
        }
    }

    fn size(&self, l: Loop, examples: usize) -> usize {
        if l.size == Loop::EXAMPLES { examples * self.per_example } else { l.size }
    }

    #[inline(always)]
    fn descend<T: Real>(&self, depth: usize, out: &mut [T], a: &[T], b: &[T], examples: usize, first: bool) {
        match self.outer.len() - depth {
            0 => self.product(out, a, b, examples, self.accumulate || !first),
            1 => {
                let l = self.outer[depth];
                for step in 0..self.size(l, examples) {
                    let first = first && (depth < self.summing || step == 0);
                    let (out, a, b) = (&mut out[step * l.out..], &a[step * l.a..], &b[step * l.b..]);
                    self.product(out, a, b, examples, self.accumulate || !first);
                }
            }
            _ => self.descend_deep(depth, out, a, b, examples, first),
        }
    }

    fn descend_deep<T: Real>(&self, depth: usize, out: &mut [T], a: &[T], b: &[T], examples: usize, first: bool) {
        if depth == self.outer.len() {
            return self.product(out, a, b, examples, self.accumulate || !first);
        }
        let l = self.outer[depth];
        for step in 0..self.size(l, examples) {
            let first = first && (depth < self.summing || step == 0);
            let (out, a, b) = (&mut out[step * l.out..], &a[step * l.a..], &b[step * l.b..]);
            self.descend_deep(depth + 1, out, a, b, examples, first);
        }
    }

    #[inline(always)]
    fn product<T: Real>(&self, out: &mut [T], a: &[T], b: &[T], examples: usize, accumulate: bool) {
        let (m, n, k) = (self.size(self.m, examples), self.size(self.n, examples), self.size(self.k, examples));
        let broadcast = k > 1 && (self.k.a == 0 || self.k.b == 0);
        if m.min(n).min(k) >= 4 && m * n * k >= 4096 && !broadcast {
            let out = Matrix { values: out, row_stride: self.m.out, column_stride: self.n.out };
            let a = Matrix { values: a, row_stride: self.m.a, column_stride: self.k.a };
            let b = Matrix { values: b, row_stride: self.k.b, column_stride: self.n.b };
            return multiply((m, n, k), out, a, b, accumulate);
        }
        // One of three loop orders runs along contiguous memory; the longest such run is the best.
        let along_k = if self.k.a == 1 && self.k.b == 1 { k } else { 0 };
        let along_n = if self.n.b == 1 && self.n.out == 1 { n } else { 0 };
        let along_m = if self.m.a == 1 && self.m.out == 1 { m } else { 0 };
        if along_n >= along_k && along_n >= along_m && along_n > 0 {
            for i in 0..m {
                let row = &mut out[i * self.m.out..][..n];
                if !accumulate {
                    row.fill(T::ZERO);
                }
                for x in 0..k {
                    add_scaled(row, a[i * self.m.a + x * self.k.a], &b[x * self.k.b..][..n]);
                }
            }
        } else if along_m >= along_k && along_m > 0 {
            for j in 0..n {
                let column = &mut out[j * self.n.out..][..m];
                if !accumulate {
                    column.fill(T::ZERO);
                }
                for x in 0..k {
                    add_scaled(column, b[x * self.k.b + j * self.n.b], &a[x * self.k.a..][..m]);
                }
            }
        } else {
            for i in 0..m {
                for j in 0..n {
                    let (a, b) = (&a[i * self.m.a..], &b[j * self.n.b..]);
                    let sum = if along_k > 0 {
                        dot(&a[..k], &b[..k])
                    } else {
                        (0..k).map(|x| a[x * self.k.a] * b[x * self.k.b]).sum()
                    };
                    let out = &mut out[i * self.m.out + j * self.n.out];
                    *out = if accumulate { *out + sum } else { sum };
                }
            }
        }
    }

    /// Recomputes the parts of the result that examples' own rows of the table make.
    pub fn run_patches<T: Real>(
        &self,
        out: &mut [T],
        a: &[T],
        b: &[T],
        examples: usize,
        patches: &RowPatches<T>,
        first: usize,
    ) {
        let Some(patch) = &self.patch else { return };
        let other = if patch.left { b } else { a };
        for example in 0..examples {
            let other = &other[example * patch.other_stride..];
            for (row, values) in patches.of(first + example) {
                let out = &mut out[example * patch.out_len + row as usize * patch.row_stride..];
                match patch.left {
                    true => patch.row.run(out, values, other, 1),
                    false => patch.row.run(out, other, values, 1),
                }
            }
        }
    }
}

fn role(in_a: bool, in_b: bool, in_out: bool) -> Role {
    match (in_a, in_b, in_out) {
        (true, true, true) => Role::Outer,
        (true, false, true) => Role::Rows,
        (false, true, true) => Role::Columns,
        // Summed with one operand standing still: the batch of a sum over it, where that operand is shared.
        (_, _, false) => Role::Summed,
        (false, false, true) => unreachable!("a result's letter stands in an operand"),
    }
}

/// Joins neighboring loops that walk memory as one. `per_example` receives what the examples are multiplied by.
fn join(mut loops: Vec<Loop>, per_example: &mut usize) -> Vec<Loop> {
    let key = |l: &Loop| (l.size != Loop::EXAMPLES, std::cmp::Reverse((l.out, l.a, l.b)));
    loops.sort_by_key(key);
    let mut joined: Vec<Loop> = Vec::new();
    for inner in loops {
        match joined.last().and_then(|outer| outer.around(inner)) {
            Some(one) => {
                if one.size == Loop::EXAMPLES {
                    *per_example *= inner.size;
                }
                *joined.last_mut().expect("it was just looked at") = one;
            }
            None => joined.push(inner),
        }
    }
    joined
}

#[inline(always)]
fn add_scaled<T: Real>(out: &mut [T], c: T, values: &[T]) {
    for (out, x) in out.iter_mut().zip(values) {
        *out += c * *x;
    }
}

/// A sum of products in a fixed order that vectors of any width up to eight can follow.
#[inline(always)]
fn dot<T: Real>(a: &[T], b: &[T]) -> T {
    let mut lanes = [T::ZERO; 8];
    let (mut left, mut right) = (a.chunks_exact(8), b.chunks_exact(8));
    for (a, b) in (&mut left).zip(&mut right) {
        for ((lane, x), y) in lanes.iter_mut().zip(a).zip(b) {
            *lane += *x * *y;
        }
    }
    let rest: T = left.remainder().iter().zip(right.remainder()).map(|(x, y)| *x * *y).sum();
    if a.len() < 8 { rest } else { fold(lanes) + rest }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The three products of a convolution: the positions of all images are the rows, or the sum, of one matrix product.
    #[test]
    fn a_convolution_is_one_product_and_so_are_its_derivatives() {
        let (windows, weights, result) =
            (Shape::new(&[8, 7, 5, 4, 3]), Shape::new(&[6, 5, 4, 3]), Shape::new(&[8, 7, 6]));
        for (spec, a, b, over_batch, sizes) in [
            ("yxijc,oijc->yxo", (&windows, true), (&weights, false), false, (9 * 56, 6, 60)),
            ("yxo,yxijc->oijc", (&result, true), (&windows, true), true, (6, 60, 9 * 56)),
            ("yxo,oijc->yxijc", (&result, true), (&weights, false), false, (9 * 56, 60, 6)),
        ] {
            let plan = ContractionPlan::new(&Contraction::parse(spec, over_batch).unwrap(), a, b);
            assert_eq!(plan.outer, [], "{spec}");
            assert_eq!((plan.size(plan.m, 9), plan.size(plan.n, 9), plan.size(plan.k, 9)), sizes, "{spec}");
        }
    }
}
