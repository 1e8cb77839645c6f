//! How well predicted changes agree with true ones.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Agreement of predicted with true changes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fidelity {
    /// The number of pairs that were compared.
    pub count: usize,
    /// Pearson's correlation; absent when one side does not vary.
    pub pearson: Option<f64>,
    /// Spearman's rank correlation, ties with their mean rank; absent when one side does not vary.
    pub spearman: Option<f64>,
    /// The least-squares slope of the true change by the predicted one, with an intercept: one where all predictions have the
    /// right size, but over predictions that hardly differ a slope near one says nothing of size; [`Fidelity::ratio`] does.
    pub slope: Option<f64>,
    /// The ratio of true to predicted changes, by least squares through the origin: what to multiply predictions by. Absent when
    /// every prediction is zero.
    pub ratio: Option<f64>,
    /// The greatest absolute difference.
    pub maximum_error: f64,
}

impl Fidelity {
    /// Compares predicted with true changes, pair by pair; those without a true one, which is NaN, are left out.
    ///
    /// # Errors
    /// [`Error::Argument`] when the lengths differ or there are no pairs.
    pub fn of(predicted: &[f64], truth: &[f64]) -> Result<Self> {
        if predicted.len() != truth.len() || truth.is_empty() {
            let expected = format!("{}, and at least one", truth.len());
            return Err(Error::argument("the number of predicted changes", predicted.len(), expected));
        }
        let known = predicted.iter().zip(truth).filter(|(_, truth)| !truth.is_nan());
        let (predicted, truth): (Vec<f64>, Vec<f64>) = known.unzip();
        if truth.is_empty() {
            return Err(Error::argument("the true changes", "all NaN", "at least one that is known"));
        }
        let (predicted, truth) = (predicted.as_slice(), truth.as_slice());
        let error = predicted.iter().zip(truth).map(|(p, t)| (p - t).abs());
        Ok(Self {
            count: truth.len(),
            pearson: correlation(predicted, truth).map(|(r, _)| r),
            spearman: correlation(&ranks(predicted), &ranks(truth)).map(|(r, _)| r),
            slope: correlation(predicted, truth).map(|(_, slope)| slope),
            ratio: ratio(predicted, truth),
            maximum_error: error.fold(0.0, f64::max),
        })
    }
}

impl Fidelity {
    /// What the agreement says of the predictions: whether their direction and their sizes can be used.
    pub fn verdict(&self) -> String {
        /// From this correlation on predictions say which examples matter, and from that on also how much.
        const RANKED: f64 = 0.3;
        const RELIABLE: f64 = 0.8;
        let (Some(ratio), Some(pearson)) = (self.ratio, self.pearson) else {
            return "predictions or changes do not vary: nothing can be said of them".into();
        };
        let times = |factor: f64| if factor < 10.0 { format!("{factor:.1}") } else { format!("{factor:.0}") };
        let sizes = match ratio {
            _ if ratio <= 0.0 => return "wrong direction on the whole: do not use the predictions".into(),
            _ if ratio < 0.5 => Some(format!("{} times too large", times(1.0 / ratio))),
            _ if ratio > 2.0 => Some(format!("{} times too small", times(ratio))),
            _ => None,
        };
        match (pearson, sizes) {
            (..RANKED, None) => "no agreement: do not use the predictions".into(),
            (..RANKED, Some(sizes)) => format!("no agreement, and {sizes}: do not use the predictions"),
            (..RELIABLE, None) => "right direction and size on the whole, single predictions may be far off".into(),
            (_, None) => "right direction and size".into(),
            (_, Some(sizes)) => format!("right direction, {sizes}: do not use the sizes"),
        }
    }
}

/// Pearson's correlation and the slope of `y` by `x`.
fn correlation(x: &[f64], y: &[f64]) -> Option<(f64, f64)> {
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let (x_mean, y_mean) = (mean(x), mean(y));
    let product = |a: &[f64], a_mean: f64, b: &[f64], b_mean: f64| -> f64 {
        a.iter().zip(b).map(|(a, b)| (a - a_mean) * (b - b_mean)).sum()
    };
    let (xx, yy) = (product(x, x_mean, x, x_mean), product(y, y_mean, y, y_mean));
    let xy = product(x, x_mean, y, y_mean);
    (xx > 0.0 && yy > 0.0).then(|| (xy / (xx.sqrt() * yy.sqrt()), xy / xx))
}

/// The factor c for which c · x is nearest to `y`.
fn ratio(x: &[f64], y: &[f64]) -> Option<f64> {
    let square: f64 = x.iter().map(|x| x * x).sum();
    (square > 0.0).then(|| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>() / square)
}

/// Ranks from one, ties with their mean.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let mut end = start + 1;
        while end < order.len() && values[order[end]] == values[order[start]] {
            end += 1;
        }
        for place in &order[start..end] {
            ranks[*place] = (start + end + 1) as f64 / 2.0;
        }
        start = end;
    }
    ranks
}
