//! What all iterations share: residuals computed from the solution itself, and a new start where these disagree with what
//! the iteration believed.

use crate::error::{Error, Result};

use super::dense::{add, norm, scale};
use super::lanczos::{Probe, probe_system};
use super::options::Options;
use super::system::System;
use super::{Block, Certificate, Solution, Spectrum};

pub(super) struct Run {
    /// What to add to the solution.
    pub correction: Block,
    pub iterations: usize,
    /// The lowest negative Rayleigh quotient of A + damping.
    pub negative_curvature: Option<f64>,
}

#[derive(Clone, Copy)]
pub(super) struct Task<'a> {
    /// Residuals to be taken away.
    pub right: &'a Block,
    /// The length wanted of each residual.
    pub targets: &'a [f64],
    /// The lengths of the right-hand sides themselves; one for those that are zero.
    pub lengths: &'a [f64],
    pub max_iterations: usize,
    pub done: usize,
    pub options: &'a Options,
}

impl Task<'_> {
    /// Reports a step. `residuals` are lengths.
    pub fn report(&self, iteration: usize, residuals: &[f64]) -> Result<()> {
        let worst = residuals.iter().zip(self.lengths).map(|(residual, length)| residual / length).fold(0.0, f64::max);
        self.options.report(c"solving", self.done + iteration, None, worst)
    }
}

/// Runs an iteration until the true residuals are small, it gets no further, or steps run out.
pub(super) fn refine(
    system: &mut System,
    right: &Block,
    options: &Options,
    spectrum: Option<Spectrum>,
    mut run: impl FnMut(&mut System, &Task) -> Result<Run>,
) -> Result<Solution> {
    // In units that leave squares far from overflow and from nothing; powers of two round nothing.
    let units: Vec<f64> = right.vectors().map(|vector| power_of_two(norm(vector))).collect();
    let mut right = right.clone();
    for (number, unit) in units.iter().enumerate() {
        scale(1.0 / unit, right.vector_mut(number));
    }
    let right = &right;
    let mut lengths = lengths(right);
    // A little less, so that rounding does not cost a new start.
    let targets: Vec<f64> = lengths.iter().map(|length| 0.95 * options.tolerance * length).collect();
    let max_iterations = options.max_iterations;
    let task = Task { right, targets: &targets, lengths: &lengths, max_iterations, done: 0, options };
    let first = run(system, &task)?;
    let (mut x, mut iterations, mut negative_curvature) =
        (first.correction, first.iterations, first.negative_curvature);
    let mut residual = Block::zeros(right.dimension(), right.count());
    system.residual(right, &x, &mut residual)?;
    let mut worst = worst_of(&residual, &lengths);
    while worst > options.tolerance && iterations < options.max_iterations && negative_curvature.is_none() {
        let left = max_iterations - iterations;
        let next = run(system, &Task { right: &residual, max_iterations: left, done: iterations, ..task })?;
        if next.iterations == 0 {
            break;
        }
        iterations += next.iterations;
        negative_curvature = next.negative_curvature;
        let mut candidate = x.clone();
        add(1.0, next.correction.values(), candidate.values_mut());
        let mut changed = Block::zeros(right.dimension(), right.count());
        system.residual(right, &candidate, &mut changed)?;
        let improved = worst_of(&changed, &lengths);
        if improved < worst {
            (x, residual) = (candidate, changed);
        }
        // Rounding sets the limit: another start would not get below it.
        if improved > 0.5 * worst {
            break;
        }
        worst = improved;
    }
    for (number, unit) in units.iter().enumerate() {
        scale(*unit, x.vector_mut(number));
        scale(*unit, residual.vector_mut(number));
        lengths[number] *= unit;
    }
    Ok(certified(system, options, x, &residual, &lengths, Findings { iterations, negative_curvature, spectrum }))
}

/// The lengths that residuals are compared with: those of right-hand sides, and one for zeros.
pub(super) fn lengths(right: &Block) -> Vec<f64> {
    right.vectors().map(norm).map(|length| if length > 0.0 { length } else { 1.0 }).collect()
}

/// The power of two at or below a length; one for zero and what is hardly more.
fn power_of_two(length: f64) -> f64 {
    const EXPONENT: u64 = 0x7ff << 52;
    if length < 1e-300 { 1.0 } else { f64::from_bits(length.to_bits() & EXPONENT) }
}

pub(super) struct Findings {
    pub iterations: usize,
    pub negative_curvature: Option<f64>,
    pub spectrum: Option<Spectrum>,
}

/// The solution with its certificate; `lengths` are those of the right-hand sides.
pub(super) fn certified(
    system: &System,
    options: &Options,
    x: Block,
    residual: &Block,
    lengths: &[f64],
    findings: Findings,
) -> Solution {
    let residuals: Vec<f64> = residual.vectors().map(norm).collect();
    let relative: Vec<f64> = residuals.iter().zip(lengths).map(|(residual, length)| residual / length).collect();
    let converged: Vec<bool> = relative.iter().map(|relative| *relative <= options.tolerance).collect();
    let hint = hint(&converged, &relative, options, &findings);
    let certificate = Certificate {
        damping: system.damping,
        residuals,
        relative_residuals: relative,
        converged,
        tolerance: options.tolerance,
        iterations: findings.iterations,
        products: system.products,
        spectrum: findings.spectrum,
        negative_curvature: findings.negative_curvature,
        hint,
    };
    Solution { x, certificate }
}

fn hint(converged: &[bool], relative: &[f64], options: &Options, findings: &Findings) -> Option<String> {
    let missed = converged.iter().filter(|converged| !**converged).count();
    if missed == 0 {
        return None;
    }
    let worst = relative.iter().fold(0.0, |worst: f64, relative| worst.max(*relative));
    let advice = if findings.iterations >= options.max_iterations {
        "allow more steps (the option solver_iterations), add damping (the option damping), or precondition (the option \
         solver cg:R)"
    } else {
        "add damping (the option damping), or ask for a tolerance that rounding allows"
    };
    let count = converged.len();
    Some(format!(
        "{missed} of {count} right-hand sides did not reach {:e} (worst {worst:.1e}): {advice}",
        options.tolerance
    ))
}

fn worst_of(residual: &Block, lengths: &[f64]) -> f64 {
    residual.vectors().zip(lengths).map(|(residual, length)| norm(residual) / length).fold(0.0, f64::max)
}

/// Looks at the spectrum before conjugate gradients, unless it is known to be positive.
///
/// # Errors
/// [`Error::Indefinite`] when A + damping is seen not to be positive.
pub(super) fn refuse_indefinite(system: &mut System, options: &Options) -> Result<Option<Spectrum>> {
    if options.semidefinite || system.dimension() == 0 {
        return Ok(None);
    }
    let found = probe_system(system, &Probe { seed: options.seed, max_steps: 30, ..Probe::default() })?;
    // Rounding makes eigenvalues of zero a little negative.
    if found.lowest + system.damping < -1e-12 * found.highest.abs().max(found.lowest.abs()) {
        return Err(met_negative(system, options, found.lowest + system.damping));
    }
    Ok(Some(found))
}

/// The error for a direction whose Rayleigh quotient of A + damping is this low. Looks for the lowest eigenvalue, so
/// that the message can say how much damping is needed.
pub(super) fn met_negative(system: &mut System, options: &Options, quotient: f64) -> Error {
    let damping = system.damping;
    let probe = Probe { seed: options.seed, ..Probe::default() };
    match probe_system(system, &probe) {
        Ok(found) => indefinite(found.lowest.min(quotient - damping), damping),
        Err(error) => error,
    }
}

/// An indefinite operator, with the hints there are.
pub(crate) fn indefinite(lowest: f64, damping: f64) -> Error {
    let above = -lowest.min(0.0) * 1.01;
    // Two digits that can be typed, rounded up.
    let unit = 10f64.powf(above.log10().floor() - 1.0);
    let enough = if unit > 0.0 { (above / unit).ceil() * unit } else { above };
    let hint = format!(
        "use Gauss-Newton curvature (the option curvature gauss-newton), a damping above {above:.3e} (the option damping \
         {enough:.1e}), MINRES (the option solver minres), or train on to the optimum"
    );
    Error::Indefinite { lowest, damping, hint }
}
