//! Axes in another order.

use crate::tensor::Real;

use super::Operand;

/// The side of the squares in which two axes change places: both sides' cache lines are used up while they are at hand.
const SQUARE: usize = 16;

/// A reordering of axes, planned as few loops as possible around copies of runs.
#[derive(Clone, Debug)]
pub(in crate::engine) struct PermutePlan {
    /// The loops in the order of the result: size and how far a step moves in the argument.
    loops: Vec<(usize, usize)>,
    /// The elements that stay neighbors.
    run: usize,
}

impl PermutePlan {
    /// Plans the axes of a value of these sizes in this order.
    pub fn new(sizes: &[usize], axes: &[usize]) -> Self {
        let stride = |axis: usize| sizes[axis + 1..].iter().product::<usize>();
        let mut loops: Vec<(usize, usize)> = Vec::new();
        for axis in axes.iter().copied().filter(|axis| sizes[*axis] != 1) {
            let (size, stride) = (sizes[axis], stride(axis));
            match loops.last_mut() {
                // This axis lies within the last one in the argument too: one loop for both.
                Some(outer) if outer.1 == size * stride => *outer = (outer.0 * size, stride),
                _ => loops.push((size, stride)),
            }
        }
        let run = loops.pop_if(|last| last.1 == 1).map_or(1, |last| last.0);
        Self { loops, run }
    }

    /// Runs the reordering of values of `len` elements over a chunk of examples.
    pub fn run<T: Real>(&self, out: &mut [T], len: usize, examples: usize, a: Operand<'_, T>) {
        for (example, out) in out.chunks_exact_mut(len).take(examples).enumerate() {
            self.descend(&self.loops, out, a.of(example, len));
        }
    }

    fn descend<T: Real>(&self, loops: &[(usize, usize)], out: &mut [T], a: &[T]) {
        match *loops {
            [] => out.copy_from_slice(&a[..self.run]),
            [(size, stride)] => self.runs(size, stride, out, a),
            [(rows, 1), (columns, stride)] if self.run == 1 => transpose((rows, columns), stride, out, a),
            [(_, stride), ref inner @ ..] => {
                let len = inner.iter().map(|inner| inner.0).product::<usize>() * self.run;
                for (step, out) in out.chunks_exact_mut(len).enumerate() {
                    self.descend(inner, out, &a[step * stride..]);
                }
            }
        }
    }

    fn runs<T: Real>(&self, size: usize, stride: usize, out: &mut [T], a: &[T]) {
        if self.run == 1 {
            for (out, x) in out[..size].iter_mut().zip(a.iter().step_by(stride)) {
                *out = *x;
            }
        } else {
            for (step, out) in out.chunks_exact_mut(self.run).enumerate() {
                out.copy_from_slice(&a[step * stride..][..self.run]);
            }
        }
    }
}

/// out[r, c] = a[c · stride + r], in squares.
fn transpose<T: Real>((rows, columns): (usize, usize), stride: usize, out: &mut [T], a: &[T]) {
    for top in (0..rows).step_by(SQUARE) {
        for left in (0..columns).step_by(SQUARE) {
            let right = columns.min(left + SQUARE);
            for row in top..rows.min(top + SQUARE) {
                let out = &mut out[row * columns + left..row * columns + right];
                for (out, x) in out.iter_mut().zip(a[left * stride + row..].iter().step_by(stride)) {
                    *out = *x;
                }
            }
        }
    }
}
