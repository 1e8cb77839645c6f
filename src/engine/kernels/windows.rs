//! Windows over images with their channels last, and their transpose.

use crate::tensor::Real;

use super::{Operand, vectorized};

/// The windows of an image: how many there are, their sizes, and how they lie.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Windows {
    /// The image.
    pub height: usize,
    pub width: usize,
    pub channels: usize,
    /// The windows.
    pub rows: usize,
    pub columns: usize,
    pub window: [usize; 2],
    pub stride: [usize; 2],
}

impl Windows {
    fn image_len(&self) -> usize {
        self.height * self.width * self.channels
    }

    fn windows_len(&self) -> usize {
        self.rows * self.columns * self.window[0] * self.run()
    }

    /// A row of a window, which lies in one piece in both.
    fn run(&self) -> usize {
        self.window[1] * self.channels
    }

    /// Calls with the places in the windows and in the image of each window's row, in the order of the windows.
    #[inline(always)]
    fn for_each_run(&self, mut work: impl FnMut(usize, usize)) {
        let (line, run) = (self.width * self.channels, self.run());
        let mut place = 0;
        for row in 0..self.rows {
            for column in 0..self.columns {
                let corner = row * self.stride[0] * line + column * self.stride[1] * self.channels;
                for inside in 0..self.window[0] {
                    work(place, corner + inside * line);
                    place += run;
                }
            }
        }
    }

    /// Copies the windows of a chunk of images.
    pub fn unfold<T: Real>(&self, out: &mut [T], examples: usize, a: Operand<'_, T>) {
        let run = self.run();
        vectorized!(|| {
            for (example, out) in out.chunks_exact_mut(self.windows_len()).take(examples).enumerate() {
                let a = a.of(example, self.image_len());
                self.for_each_run(|place, from| copy_run(&mut out[place..place + run], &a[from..from + run]));
            }
        });
    }

    /// Sums the windows of a chunk of images, always in the order of the windows.
    pub fn fold<T: Real>(&self, out: &mut [T], examples: usize, a: Operand<'_, T>) {
        let run = self.run();
        vectorized!(|| {
            for (example, out) in out.chunks_exact_mut(self.image_len()).take(examples).enumerate() {
                let a = a.of(example, self.windows_len());
                out.fill(T::ZERO);
                self.for_each_run(|place, to| {
                    for (out, x) in out[to..to + run].iter_mut().zip(&a[place..place + run]) {
                        *out += *x;
                    }
                });
            }
        });
    }
}

/// Copies a short run without a call: pieces of a fixed size, of which the last overlaps the one before.
#[inline(always)]
fn copy_run<T: Copy>(out: &mut [T], a: &[T]) {
    match a.len() {
        0..2 => out.copy_from_slice(a),
        2..4 => copy_pieces::<T, 2>(out, a),
        4..8 => copy_pieces::<T, 4>(out, a),
        8..65 => copy_pieces::<T, 8>(out, a),
        _ => out.copy_from_slice(a),
    }
}

#[inline(always)]
fn copy_pieces<T: Copy, const N: usize>(out: &mut [T], a: &[T]) {
    for (out, a) in out.as_chunks_mut::<N>().0.iter_mut().zip(a.as_chunks::<N>().0) {
        *out = *a;
    }
    if let (Some(out), Some(a)) = (out.last_chunk_mut::<N>(), a.last_chunk::<N>()) {
        *out = *a;
    }
}
