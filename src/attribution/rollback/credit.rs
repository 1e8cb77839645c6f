//! Crediting momentum: each past gradient's share of every later movement.
//!
//! A row moves by aₜ ⊙ mₜ with mₜ = (1 − β) Σ_{s ≤ t} βᵗ⁻ˢ gₛ, where t counts the row's movements and aₜ is the rate. For a
//! frozen second moment the movement is linear in the gradients, and gₛ is credited with (1 − β) gₛ ⊙ Σ_{t ≥ s} βᵗ⁻ˢ aₜ.
//! With the running sum Pₜ = Σ_{u ≤ t} βᵘ aᵤ that is (1 − β) β⁻ˢ gₛ ⊙ (P_now − P_{s−1}), so a gradient costs its own
//! width once when it is recorded and once when it is settled, however many movements lie between. Counting starts anew
//! after a segment of movements, before powers of β grow too small to subtract.

use crate::tensor::Real;
use crate::train::Optimizer;

use super::ledger::Ledger;

/// What βᵗ may fall to within a segment: twelve of sixteen digits remain.
const SEGMENT_FLOOR: f64 = 1e-4;
/// What a gradient's share may fall to before it is no longer followed.
const SHARE_FLOOR: f64 = 1e-16;

/// Gradients that still move the rows of one parameter.
#[derive(Clone, Debug)]
pub(super) struct Credit {
    parameter: usize,
    width: usize,
    /// βᵏ and (1 − β) β⁻ᵏ for each movement of a segment.
    powers: Vec<(f64, f64)>,
    /// P, row after row.
    sums: Vec<f64>,
    /// The movements of the segment: of each row, or of all rows at once.
    moves: Vec<u32>,
    pending: Vec<Pending>,
    /// The movements for which a gradient is followed.
    lifetime: u32,
}

/// The gradients pending for one row.
#[derive(Clone, Debug)]
struct Pending {
    entries: Vec<Entry>,
    /// For each entry the scaled gradient and then P before its own movement.
    values: Vec<f64>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    example: u32,
    slot: u32,
    /// The movements it was settled for.
    age: u32,
}

impl Credit {
    /// No gradients yet.
    pub(super) fn new(parameter: usize, (rows, width): (usize, usize), method: Optimizer) -> Self {
        let (beta, share) = (method.momentum_decay(), method.gradient_share());
        let segment = (SEGMENT_FLOOR.ln() / beta.ln()).ceil().clamp(1.0, 4096.0) as i32;
        let power = |k: i32| (beta.powi(k), share * beta.powi(-k));
        Self {
            parameter,
            width,
            powers: (0..=segment).map(power).collect(),
            sums: vec![0.0; rows * width],
            moves: vec![0; if method.moves_all_rows() { 1 } else { rows }],
            pending: vec![Pending { entries: Vec::new(), values: Vec::new() }; rows],
            lifetime: (SHARE_FLOOR.ln() / beta.ln()).ceil().clamp(1.0, u32::MAX.into()) as u32,
        }
    }

    #[inline(always)]
    fn moves(&self, row: u32) -> usize {
        self.moves[if self.moves.len() == 1 { 0 } else { row as usize }] as usize
    }

    /// Records an example's gradient by a row, before the row's movement of the same step.
    #[inline(always)]
    pub(super) fn record<T: Real>(&mut self, example: u32, slot: u32, row: u32, gradient: &[T]) {
        let scale = self.powers[self.moves(row)].1;
        let pending = &mut self.pending[row as usize];
        pending.entries.push(Entry { example, slot, age: 0 });
        pending.values.extend(gradient.iter().map(|g| scale * g.to_f64()));
        pending.values.extend_from_slice(&self.sums[row as usize * self.width..][..self.width]);
    }

    /// Records a row's movement by its rate.
    #[inline(always)]
    pub(super) fn moved<T: Real>(&mut self, row: u32, rate: &[T], ledger: &mut Ledger<T>) {
        let power = self.powers[self.moves(row)].0;
        let sums = &mut self.sums[row as usize * self.width..][..self.width];
        for (sum, a) in sums.iter_mut().zip(rate) {
            *sum += power * a.to_f64();
        }
        self.moves[row as usize] += 1;
        if self.moves[row as usize] as usize + 1 == self.powers.len() {
            self.settle_row(row, ledger);
            self.moves[row as usize] = 0;
        }
    }

    pub(super) fn moved_together<T: Real>(&mut self, rates: &[T], ledger: &mut Ledger<T>) {
        let power = self.powers[self.moves[0] as usize].0;
        let sums = &mut self.sums;
        crate::engine::vectorized!(|| {
            for (sum, a) in sums.iter_mut().zip(rates) {
                *sum += power * a.to_f64();
            }
        });
        self.moves[0] += 1;
        if self.moves[0] as usize + 1 == self.powers.len() {
            self.settle(ledger);
        }
    }

    pub(super) fn settle<T: Real>(&mut self, ledger: &mut Ledger<T>) {
        for row in 0..self.pending.len() as u32 {
            self.settle_row(row, ledger);
        }
        self.moves.fill(0);
    }

    /// Credits a row's pending gradients up to now and begins a segment; the caller resets the count.
    fn settle_row<T: Real>(&mut self, row: u32, ledger: &mut Ledger<T>) {
        let moves = self.moves(row);
        let passed = self.powers[moves].0;
        let (width, parameter, lifetime) = (self.width, self.parameter, self.lifetime);
        let sums = &mut self.sums[row as usize * width..][..width];
        let Pending { entries, values } = &mut self.pending[row as usize];
        let mut kept = 0;
        for place in 0..entries.len() {
            let mut entry = entries[place];
            let value = &mut values[place * 2 * width..][..2 * width];
            let (gradient, before) = value.split_at_mut(width);
            let change = ledger.change_mut(entry.example as usize, entry.slot as usize);
            for (((change, g), before), sum) in change.iter_mut().zip(&mut *gradient).zip(before).zip(&*sums) {
                let credited = *g * (*sum - *before);
                *change += T::from_f64(credited);
                // From here on the gradient counts by what of it is left, from a running sum of zero.
                *before = credited;
                *g *= passed;
            }
            let remainder = ledger.remainder_mut(parameter).row_mut(row as usize);
            for (rest, credited) in remainder.iter_mut().zip(&mut values[place * 2 * width + width..][..width]) {
                *rest += T::from_f64(-*credited);
                *credited = 0.0;
            }
            entry.age += moves as u32;
            if entry.age < lifetime {
                entries[kept] = entry;
                values.copy_within(place * 2 * width..(place + 1) * 2 * width, kept * 2 * width);
                kept += 1;
            }
        }
        entries.truncate(kept);
        values.truncate(kept * 2 * width);
        sums.fill(0.0);
    }
}
