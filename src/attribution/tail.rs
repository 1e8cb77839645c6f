//! How heavy the upper tail of scores is: what a training-set attack leaves in the scores of its target. Hammoudeh and Lowd,
//! "Identifying a training-set attack's target using renormalized influence estimation" (2022).

/// The `count`-th largest of some numbers, less their median, over their spread Q_n; none where fewer than two differ enough for a
/// spread. Of fewer numbers than `count` the smallest counts.
pub(super) fn upper_tail(mut numbers: Vec<f64>, count: usize) -> Option<f64> {
    numbers.sort_unstable_by(f64::total_cmp);
    let len = numbers.len();
    let spread = spread(&numbers).filter(|spread| *spread > 0.0)?;
    let median = (numbers[(len - 1) / 2] + numbers[len / 2]) / 2.0;
    Some((numbers[len - count.clamp(1, len)] - median) / spread)
}

/// The estimator Q_n of the standard deviation, for normal numbers in ascending order, without a correction for few of them:
/// 2.2219 times the k-th smallest distance of two numbers, k = h (h − 1) / 2, h = n / 2 + 1. Rousseeuw and Croux, "Alternatives to the
/// median absolute deviation" (1993). None for fewer than two numbers, or those that are not finite.
fn spread(sorted: &[f64]) -> Option<f64> {
    let [first, .., last] = sorted else { return None };
    if !(last - first).is_finite() {
        return None;
    }
    let half = (sorted.len() / 2 + 1) as u64;
    let wanted = half * (half - 1) / 2;
    // How many pairs are at most so far apart.
    let within = |distance: f64| {
        let mut start = 0;
        let mut pairs = 0;
        for (place, number) in sorted.iter().enumerate() {
            while number - sorted[start] > distance {
                start += 1;
            }
            pairs += (place - start) as u64;
        }
        pairs
    };
    // The bits of numbers that are not negative are in the order of the numbers.
    let (mut low, mut high) = (0, (last - first).to_bits());
    while low < high {
        let middle = low + (high - low) / 2;
        match within(f64::from_bits(middle)) >= wanted {
            true => high = middle,
            false => low = middle + 1,
        }
    }
    Some(2.2219 * f64::from_bits(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pair looked at.
    fn by_pairs(sorted: &[f64]) -> f64 {
        let mut distances = Vec::new();
        for (place, x) in sorted.iter().enumerate() {
            distances.extend(sorted[..place].iter().map(|y| x - y));
        }
        distances.sort_by(f64::total_cmp);
        let half = sorted.len() / 2 + 1;
        2.2219 * distances[half * (half - 1) / 2 - 1]
    }

    #[test]
    fn the_spread_is_that_of_all_pairs() {
        for len in 2..60_u32 {
            let mut numbers: Vec<f64> =
                (0..len).map(|place| f64::from(place * place * 7919 % 101) / 8.0 - 3.0).collect();
            numbers.sort_by(f64::total_cmp);
            assert_eq!(spread(&numbers), Some(by_pairs(&numbers)), "{len} numbers");
        }
    }

    #[test]
    fn few_large_numbers_make_a_heavy_tail() {
        let mut numbers: Vec<f64> = (0..100).map(f64::from).collect();
        let light = upper_tail(numbers.clone(), 5).unwrap();
        assert_eq!(light, (95.0 - 49.5) / by_pairs(&numbers));
        numbers.extend([1000.0; 5]);
        assert!(upper_tail(numbers.clone(), 5).unwrap() > 10.0 * light);
        assert!(upper_tail(numbers.clone(), 6).unwrap() < 2.0 * light);
        assert!(upper_tail(numbers, 1000).unwrap() < 0.0);
        for none in [vec![], vec![1.0], vec![2.0; 9], vec![0.0, f64::NAN], vec![0.0, f64::INFINITY, 1.0]] {
            assert_eq!(upper_tail(none.clone(), 1), None, "{none:?}");
        }
    }
}
