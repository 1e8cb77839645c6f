//! The exponential function, the same bits on every machine and without a call, so that loops over it become vectors.

/// Added to a small number, it leaves the nearest whole number in the last bits.
const SHIFT: f64 = 6_755_399_441_055_744.0;

/// e to the power of `x`, within one unit in the last place.
#[inline(always)]
pub(super) fn exp(x: f64) -> f64 {
    // ln 2 in two parts, the first with so few digits that its multiples are exact.
    const HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
    const LOW: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);
    let x = clamped::<-760, 720>(x);
    let whole = (x * std::f64::consts::LOG2_E + SHIFT) - SHIFT;
    let rest = (x - whole * HIGH) - whole * LOW;
    // 2^k as a product of two, because k may lie beyond the exponents of normal numbers.
    let first = whole * 0.5 + SHIFT;
    let second = (whole - (first - SHIFT)) + SHIFT;
    power(first) * series::<13>(rest) * power(second)
}

/// The same in `f32`, rounded once from `f64`.
#[inline(always)]
pub(super) fn expf(x: f32) -> f32 {
    let x = clamped::<-200, 200>(f64::from(x));
    let shifted = x * std::f64::consts::LOG2_E + SHIFT;
    let rest = x - (shifted - SHIFT) * std::f64::consts::LN_2;
    (power(shifted) * series::<8>(rest)) as f32
}

/// Beyond these bounds powers are infinite or zero. NaN stays what it is.
#[inline(always)]
fn clamped<const LEAST: i16, const MOST: i16>(x: f64) -> f64 {
    let (least, most) = (f64::from(LEAST), f64::from(MOST));
    let x = if x > most { most } else { x };
    if x < least { least } else { x }
}

/// 2 to the power of the whole number that [`SHIFT`] was added to.
#[inline(always)]
fn power(shifted: f64) -> f64 {
    f64::from_bits(shifted.to_bits().wrapping_sub(SHIFT.to_bits()).wrapping_add(1023) << 52)
}

/// The first terms of the power series, for |x| ≤ ln 2 / 2; the smallest are added first.
#[inline(always)]
fn series<const DEGREE: usize>(x: f64) -> f64 {
    const INVERSE: [f64; 14] = {
        let (mut found, mut factorial, mut n) = ([1.0; 14], 1.0, 1);
        while n < 14 {
            factorial *= n as f64;
            found[n] = 1.0 / factorial;
            n += 1;
        }
        found
    };
    let mut sum = INVERSE[DEGREE];
    let mut place = DEGREE - 1;
    while place > 1 {
        sum = sum * x + INVERSE[place];
        place -= 1;
    }
    1.0 + (x + x * x * sum)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ends_and_special_values() {
        for x in [0.0, -0.0] {
            assert_eq!((exp(x), expf(x as f32)), (1.0, 1.0));
        }
        assert!(exp(f64::NAN).is_nan() && expf(f32::NAN).is_nan());
        assert_eq!((exp(f64::INFINITY), exp(f64::NEG_INFINITY)), (f64::INFINITY, 0.0));
        assert_eq!((expf(f32::INFINITY), expf(f32::NEG_INFINITY)), (f32::INFINITY, 0.0));
        assert_eq!((exp(709.8), exp(1e300), exp(-746.0), exp(-1e300)), (f64::INFINITY, f64::INFINITY, 0.0, 0.0));
        assert!(exp(709.7).is_finite() && exp(-744.4) > 0.0);
        assert_eq!(exp(-744.4), 5e-324);
        assert_eq!((expf(88.8), expf(-104.0)), (f32::INFINITY, 0.0));
    }

    proptest! {
        /// Against the C library's, which is within one unit itself.
        #[test]
        fn agrees_with_the_c_library(x in -745.0..709.7_f64, y in -103.0..88.7_f32) {
            let (ours, theirs) = (exp(x), libm::exp(x));
            prop_assert!(ours.to_bits().abs_diff(theirs.to_bits()) <= 2, "exp({x}) = {ours}, {theirs}");
            let (ours, theirs) = (expf(y), libm::exp(f64::from(y)) as f32);
            prop_assert!(ours.to_bits().abs_diff(theirs.to_bits()) <= 1, "exp({y}) = {ours}, {theirs}");
        }
    }
}
