//! How large gradients are, so that whether one is small does not depend on the units of features and targets.

use crate::error::{Error, Result};
use crate::solve::max_norm;

use super::Evaluate;

/// How many numbers of gradients of single examples are looked at, and how many are held at once.
const LOOKED_AT: usize = 1 << 22;
const HELD: usize = 1 << 18;
/// The examples that are looked at however many numbers they have.
const FEWEST: usize = 128;
/// What rounding leaves of a gradient that should vanish, as a share of the examples' gradients at parameters of zero and
/// of the tolerances that go with a precision.
const ROUNDING: [f64; 2] = [0.8, 1.5e-6];

/// The least size of a coordinate, by the median of all: what a dead unit of a network passes on is rounding in either precision.
const LEAST: [f64; 2] = [1e-3, 1e-9];
/// A share of what examples contribute below which they differ by rounding alone.
const ALIKE: f64 = 1e-5;

/// A size for each coordinate of the gradient: by how much single examples differ in what they contribute to the mean, as a root
/// mean square, and √(2 R λ) for a penalty of curvature λ. Features and targets in other units change gradient and size alike.
/// At a point where examples contribute nearly nothing, because all are fitted, the size is what rounding leaves.
///
/// Of many examples as many are looked at, evenly spread, as a bounded memory holds; coordinates without a size of their own
/// have the median of the others.
///
/// # Errors
/// What computing gradients reports.
pub fn gradient_scale(at: &mut dyn Evaluate) -> Result<Vec<f64>> {
    let weights = at.weights();
    let present: Vec<usize> = (0..weights.len()).filter(|example| weights[*example] != 0.0).collect();
    let most = (LOOKED_AT / at.dimension().max(1)).max(FEWEST).min(present.len());
    let together = (HELD / at.dimension().max(1)).max(1);
    let sample: Vec<usize> = (0..most).map(|place| present[place * present.len() / most]).collect();
    let mut sizes = deviations(at, &sample, &weights, together)?;
    let (point, value) = (at.point(), at.value_and_gradient(&mut vec![0.0; sizes.len()])?);
    let penalized = at.penalty_gradient()?;
    // A step of one in every coordinate: differences of the slopes are the curvature of a quadratic penalty.
    at.move_to(&point.iter().map(|x| x + 1.0).collect::<Vec<f64>>())?;
    let beside = at.penalty_gradient();
    at.move_to(&vec![0.0; point.len()])?;
    let unfitted = deviations(at, &sample, &weights, together);
    at.move_to(&point)?;
    for ((size, slope), beside) in sizes.iter_mut().zip(&penalized).zip(finite(beside, point.len())?) {
        let penalty = 2.0 * value * (beside - slope);
        *size = if penalty > 0.0 && penalty.is_finite() { libm::hypot(*size, penalty.sqrt()) } else { *size };
    }
    // Where zeros are no point of the model, as under a logarithm of parameters, there is nothing to go by.
    let share = at.precision().choose(ROUNDING[0], ROUNDING[1]);
    let unfitted = finite(unfitted, point.len())?;
    for (size, unfitted) in sizes.iter_mut().zip(unfitted).filter(|(_, unfitted)| unfitted.is_finite()) {
        *size = libm::hypot(*size, share * unfitted);
    }
    let is_size = |size: f64| size > 0.0 && size.is_finite();
    let median = median(sizes.iter().copied().filter(|size| is_size(*size)).collect());
    let least = at.precision().choose(LEAST[0], LEAST[1]) * median;
    sizes.iter_mut().for_each(|size| *size = if is_size(*size) { size.max(least) } else { median });
    Ok(sizes)
}

/// What was computed at another point; nothing where it is not finite there.
fn finite(found: Result<Vec<f64>>, dimension: usize) -> Result<Vec<f64>> {
    match found {
        Err(Error::NotFinite { .. }) => Ok(vec![f64::NAN; dimension]),
        found => found,
    }
}

/// The standard deviation over examples of each coordinate of their gradients; zero where they differ by rounding alone. Of a
/// single example the gradient itself.
fn deviations(at: &dyn Evaluate, sample: &[usize], weights: &[f64], together: usize) -> Result<Vec<f64>> {
    let dimension = at.dimension();
    let (mut largest, mut means, mut squares) = (vec![0.0_f64; dimension], vec![0.0; dimension], vec![0.0; dimension]);
    let mut total = 0.0;
    for some in sample.chunks(together) {
        let gradients = at.gradients_of(some)?;
        for (example, gradient) in some.iter().zip(gradients.vectors()) {
            let weight = weights[*example].abs();
            total += weight;
            for (place, x) in gradient.iter().enumerate() {
                let before = x - means[place];
                means[place] += weight / total * before;
                squares[place] += weight * before * (x - means[place]);
                largest[place] = largest[place].max(x.abs());
            }
        }
    }
    if sample.len() == 1 {
        return Ok(largest);
    }
    let size = |(square, largest): (&f64, &f64)| {
        let deviation = (square / total).sqrt();
        if deviation > ALIKE * largest { deviation } else { 0.0 }
    };
    Ok(squares.iter().zip(&largest).map(size).collect())
}

/// The median size; one where there is none.
pub(crate) fn median(mut sizes: Vec<f64>) -> f64 {
    sizes.sort_by(f64::total_cmp);
    sizes.get(sizes.len() / 2).copied().unwrap_or(1.0)
}

/// The relative gradient: the largest coordinate, each by its size.
pub fn relative_norm(gradient: &[f64], scale: &[f64]) -> f64 {
    let relative: Vec<f64> = gradient.iter().zip(scale).map(|(x, scale)| x / scale).collect();
    max_norm(&relative)
}
