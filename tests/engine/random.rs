//! Streams of random numbers: what they were before, that keys keep them apart, and their distributions.

use std::collections::BTreeSet;

use ascribe::tensor::random::{Purpose, Stream};

const PURPOSES: [Purpose; 5] = [Purpose::Initial, Purpose::Order, Purpose::Negative, Purpose::Probe, Purpose::Data];

fn words<const N: usize>(mut stream: Stream) -> [u32; N] {
    std::array::from_fn(|_| stream.next_u32())
}

/// If this fails, recorded runs can no longer be repeated: restore the streams, do not edit
/// the numbers. They were computed by a separate program written from the documentation.
#[test]
fn streams_are_what_they_were() {
    assert_eq!(
        words(Stream::new(0, Purpose::Initial, 0, 0)),
        [0xBEC9_F402, 0x4B15_BBAB, 0x00E3_BC5D, 0xD0AD_DF85, 0x9230_EDAC, 0x3280_5022]
    );
    assert_eq!(
        words(Stream::new(42, Purpose::Negative, 3, 1591)),
        [0x3841_0E46, 0x3CCF_5C30, 0x28BC_9FFA, 0x4BAB_E17E, 0x1575_A61D, 0xA1A2_074F]
    );
    assert_eq!(
        words(Stream::new(u64::MAX, Purpose::Data, u64::MAX, u64::MAX)),
        [0x1B0F_B6C3, 0xF3DD_22F0, 0x3F1B_75DB, 0x6A61_8EA8, 0xAF87_E60E, 0x65FF_ADEA]
    );
    let stream = Stream::new(7, Purpose::Initial, 0, 0);
    let mut below = stream.clone();
    let drawn: [u32; 8] = std::array::from_fn(|_| below.below(14));
    assert_eq!(drawn, [8, 2, 12, 2, 7, 4, 3, 5]);
    let mut uniform = stream.clone();
    assert_eq!(uniform.uniform(), 0.171_236_902_856_657_38);
    assert_eq!(uniform.uniform(), 0.166_984_098_941_221_8);
    let mut normal = stream;
    assert!((normal.normal() - 0.305_388_897_925_431_67).abs() < 1e-15);
    assert!((normal.normal() - 0.531_393_911_571_577_9).abs() < 1e-15);
}

#[test]
fn every_bit_of_the_key_matters() {
    let (seed, major, minor) = (0x0123_4567_89AB_CDEF, 17, 0xFEDC_BA98);
    let mut seen = BTreeSet::new();
    for purpose in PURPOSES {
        seen.insert(words::<4>(Stream::new(seed, purpose, major, minor)));
    }
    for bit in (0..64).map(|bit| 1u64 << bit) {
        for (seed, major, minor) in [(seed ^ bit, major, minor), (seed, major ^ bit, minor), (seed, major, minor ^ bit)]
        {
            seen.insert(words::<4>(Stream::new(seed, Purpose::Negative, major, minor)));
        }
    }
    assert_eq!(seen.len(), PURPOSES.len() + 3 * 64);
}

#[test]
fn neighboring_streams_do_not_overlap() {
    let mut seen = BTreeSet::new();
    for purpose in PURPOSES {
        for major in 0..10 {
            for minor in 0..10 {
                let mut stream = Stream::new(1, purpose, major, minor);
                seen.extend((0..20).map(|_| (stream.next_u64(), stream.next_u64())));
            }
        }
    }
    assert_eq!(seen.len(), PURPOSES.len() * 10 * 10 * 20);
}

/// The statistic of a chi-square test that all counts have the same expectation.
fn chi_square(counts: &[u32]) -> f64 {
    let mean = f64::from(counts.iter().sum::<u32>()) / counts.len() as f64;
    counts.iter().map(|&count| (f64::from(count) - mean).powi(2) / mean).sum()
}

#[test]
fn below_is_uniform_along_a_stream_and_across_streams() {
    // One draw in ten thousand exceeds 27.9 at six degrees of freedom.
    let mut along = [0; 7];
    let mut stream = Stream::new(5, Purpose::Negative, 0, 0);
    let mut across = [0; 7];
    for minor in 0..70_000 {
        along[stream.below(7) as usize] += 1;
        across[Stream::new(5, Purpose::Negative, 0, minor).below(7) as usize] += 1;
    }
    assert!(chi_square(&along) < 27.9, "{along:?}");
    assert!(chi_square(&across) < 27.9, "{across:?}");
}

#[test]
fn below_favors_no_number_of_a_large_range() {
    // Four words fall on three numbers: a bare remainder would double the first third of the
    // range, a bare multiplication every third number.
    let bound = 3 << 30;
    let mut stream = Stream::new(6, Purpose::Negative, 0, 0);
    let (mut thirds, mut remainders) = ([0; 3], [0; 3]);
    for _ in 0..30_000 {
        let number = stream.below(bound);
        thirds[(number >> 30) as usize] += 1;
        remainders[(number % 3) as usize] += 1;
    }
    // One draw in ten thousand exceeds 18.4 at two degrees of freedom.
    assert!(chi_square(&thirds) < 18.4, "{thirds:?}");
    assert!(chi_square(&remainders) < 18.4, "{remainders:?}");
}

#[test]
fn below_reaches_all_of_a_range_and_no_more() {
    let mut stream = Stream::new(8, Purpose::Order, 0, 0);
    assert!((0..100).all(|_| stream.below(1) == 0));
    let drawn: BTreeSet<u32> = (0..1000).map(|_| stream.below(14)).collect();
    assert_eq!(drawn, (0..14).collect());
    assert!((0..100).any(|_| stream.below(u32::MAX) > 1 << 31));
}

#[test]
#[should_panic(expected = "no number is below zero")]
fn below_zero_is_refused() {
    Stream::new(0, Purpose::Data, 0, 0).below(0);
}

#[test]
fn uniform_fills_the_unit_interval() {
    let mut stream = Stream::new(9, Purpose::Initial, 0, 0);
    let mut counts = [0; 7];
    let mut finest = false;
    for _ in 0..70_000 {
        let number = stream.uniform();
        assert!((0.0..1.0).contains(&number));
        counts[(number * 7.0) as usize] += 1;
        // The last of 53 bits is in use.
        finest |= number * f64::from(1 << 26) * f64::from(1 << 26) % 1.0 != 0.0;
    }
    assert!(chi_square(&counts) < 27.9, "{counts:?}");
    assert!(finest);
}

#[test]
fn normal_has_the_moments_of_its_distribution() {
    let mut stream = Stream::new(10, Purpose::Probe, 0, 0);
    let count = 200_000;
    let mut sums = [0.0; 4];
    let mut neighbors = 0.0;
    let mut last = 0.0;
    for _ in 0..count {
        let number = stream.normal();
        neighbors += number * last;
        last = number;
        for (power, sum) in (1..).zip(&mut sums) {
            *sum += number.powi(power);
        }
    }
    // Each tolerance is about five standard errors.
    for (sum, expected, tolerance) in [
        (sums[0], 0.0, 0.012),
        (sums[1], 1.0, 0.016),
        (sums[2], 0.0, 0.045),
        (sums[3], 3.0, 0.11),
        (neighbors, 0.0, 0.012),
    ] {
        let found = sum / f64::from(count);
        assert!((found - expected).abs() < tolerance, "{found} {expected}");
    }
}

#[test]
fn two_normals_take_four_words() {
    let mut stream = Stream::new(11, Purpose::Probe, 0, 0);
    let fifth = words::<5>(stream.clone())[4];
    stream.normal();
    stream.normal();
    assert_eq!(stream.next_u32(), fifth);
}
