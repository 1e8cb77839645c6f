//! Random numbers that are a function of what they are for, not of what was drawn before.
//!
//! Every [`Stream`] is keyed by a seed, a purpose, an epoch and an example. Training that starts
//! again at epoch seven, or that leaves one example out, draws for every other example exactly
//! the numbers it drew before, on any number of threads: no generator state is handed along.
//!
//! The generator is Philox4x32-10 of J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw,
//! "Parallel random numbers: as easy as 1, 2, 3" (2011): a keyed bijection of 128-bit counters.
//! It is meant for simulation, not for secrets.
//!
//! ```
//! use ascribe::tensor::random::{Purpose, Stream};
//!
//! let mut negatives = Stream::new(42, Purpose::Negative, 3, 1_591);
//! let entity = negatives.below(14);
//! assert!(entity < 14);
//! // The same key gives the same numbers, whatever happened in between.
//! assert_eq!(Stream::new(42, Purpose::Negative, 3, 1_591).below(14), entity);
//! ```

/// The multipliers of the two halves of a round, table 2 of the paper.
const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
/// What the key words grow by from round to round: the golden ratio and the square root of three.
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: u32 = 10;
/// Words in one block.
const WORDS: u32 = 4;

/// What a stream's numbers are for; streams of different purposes have nothing in common.
///
/// The discriminants are part of the key: changing one changes every number drawn for it, so
/// recorded runs can no longer be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u32)]
pub enum Purpose {
    /// The initial values of parameters.
    Initial = 1,
    /// The order in which an epoch visits the examples.
    Order = 2,
    /// The corrupted triples that an example is contrasted with.
    Negative = 3,
    /// The random vectors that estimate a trace or a curvature.
    Probe = 4,
    /// The making of synthetic data and the choice of subsets.
    Data = 5,
}

/// A stream of random numbers, determined by its key alone.
///
/// # How a key becomes a stream
///
/// A key has 192 bits and a purpose, one Philox call takes 64 bits of key and 128 of counter, so
/// two calls share the work:
///
/// 1. The seed is the key of a first call, the counter holds `major` and the purpose. Its 128
///    bits of output are the subkey. For one seed the call is a bijection: two streams that
///    differ in purpose or `major` never have the same subkey.
/// 2. The numbers are the outputs under the first half of the subkey. `minor` fills one half of
///    the counter; the other half counts the blocks drawn, from the second half of the subkey on.
///
/// Streams that differ in `minor` only use counters that cannot meet. Any other two streams share
/// numbers only where two halves of a subkey coincide in the first 64 bits and come, in the
/// second, within the number of blocks drawn: for n blocks, a chance of about n in 2^127. A
/// stream repeats after 2^66 words.
#[derive(Clone, Debug)]
pub struct Stream {
    key: [u32; 2],
    minor: u64,
    /// The counter half of the next block.
    next: u64,
    block: [u32; WORDS as usize],
    /// How many words of `block` were handed out.
    used: u32,
    /// The second value of the last Box-Muller pair.
    spare: Option<f64>,
}

impl Stream {
    /// The stream for `purpose` at `major`, usually an epoch, and `minor`, usually an example id.
    #[inline]
    pub fn new(seed: u64, purpose: Purpose, major: u64, minor: u64) -> Self {
        let [major_low, major_high] = halves(major);
        // The last word is left for a further part of the key; zero keeps today's streams.
        let subkey = philox(halves(seed), [major_low, major_high, purpose as u32, 0]);
        Self {
            key: [subkey[0], subkey[1]],
            minor,
            next: join(subkey[2], subkey[3]),
            block: [0; WORDS as usize],
            used: WORDS,
            spare: None,
        }
    }

    /// The next 32 random bits.
    #[inline]
    pub fn next_u32(&mut self) -> u32 {
        if self.used == WORDS {
            self.refill();
        }
        // The remainder changes nothing, a refill leaves `used` at zero; it spares a bounds check.
        let word = self.block[(self.used % WORDS) as usize];
        self.used += 1;
        word
    }

    /// The next 64 random bits: two words, the low one first.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        let low = self.next_u32();
        join(low, self.next_u32())
    }

    /// A whole number from zero up to but not including `bound`, each with the same probability.
    ///
    /// This is D. Lemire's "Fast random integer generation in an interval" (2019): it takes one
    /// word, and another one in the rare case that the word would have favored a number.
    ///
    /// # Panics
    /// If `bound` is zero, as there is no such number.
    #[inline]
    pub fn below(&mut self, bound: u32) -> u32 {
        assert!(bound > 0, "no number is below zero");
        let mut product = u64::from(self.next_u32()) * u64::from(bound);
        if (product as u32) < bound {
            // 2^32 mod bound, so many words are one too many. The division is rarely reached.
            let surplus = bound.wrapping_neg() % bound;
            while (product as u32) < surplus {
                product = u64::from(self.next_u32()) * u64::from(bound);
            }
        }
        (product >> 32) as u32
    }

    /// A number in [0, 1): a multiple of 2^-53, each with the same probability.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        const STEP: f64 = 1.0 / (1u64 << 53) as f64;
        (self.next_u64() >> 11) as f64 * STEP
    }

    /// A number in [−`half_width`, `half_width`): what initial values are drawn by.
    #[inline]
    pub fn within(&mut self, half_width: f64) -> f64 {
        (2.0 * self.uniform() - 1.0) * half_width
    }

    /// A number of the normal distribution with mean zero and variance one.
    ///
    /// By the Box-Muller transform, whose second value is kept for the next call. It goes through
    /// the system's logarithm, sine and cosine, so the last bits may differ between platforms.
    #[inline]
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        // From (0, 1], as the logarithm of zero is not a number to work with.
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        let (sine, cosine) = (std::f64::consts::TAU * self.uniform()).sin_cos();
        self.spare = Some(radius * sine);
        radius * cosine
    }

    #[inline]
    fn refill(&mut self) {
        let [minor_low, minor_high] = halves(self.minor);
        let [next_low, next_high] = halves(self.next);
        self.block = philox(self.key, [minor_low, minor_high, next_low, next_high]);
        self.next = self.next.wrapping_add(1);
        self.used = 0;
    }
}

/// Philox4x32-10, section 4.3 of the paper.
#[inline]
fn philox(mut key: [u32; 2], mut counter: [u32; 4]) -> [u32; 4] {
    for _ in 0..ROUNDS {
        let [left_low, left_high] = halves(u64::from(MULTIPLIERS[0]) * u64::from(counter[0]));
        let [right_low, right_high] = halves(u64::from(MULTIPLIERS[1]) * u64::from(counter[2]));
        counter = [right_high ^ counter[1] ^ key[0], right_low, left_high ^ counter[3] ^ key[1], left_low];
        key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
    }
    counter
}

/// The low and the high word.
#[inline]
fn halves(value: u64) -> [u32; 2] {
    [value as u32, (value >> 32) as u32]
}

#[inline]
fn join(low: u32, high: u32) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn philox_gives_the_published_answers() {
        // The lines `philox4x32 10` of `kat_vectors` in Random123, the authors' own code.
        for (counter, key, answer) in [
            ([0; 4], [0; 2], [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8]),
            ([u32::MAX; 4], [u32::MAX; 2], [0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD]),
            (
                [0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344],
                [0xA409_3822, 0x299F_31D0],
                [0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1],
            ),
        ] {
            assert_eq!(philox(key, counter), answer);
        }
    }
}
