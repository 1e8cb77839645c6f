//! LiSSA: the Neumann series of the inverse, summed step by step (Agarwal, Bullins & Hazan 2017; Koh & Liang 2017).

use crate::error::{Error, Result};

use super::dense::{add, norm, scale};
use super::lanczos::{Probe, probe_system};
use super::options::Options;
use super::refine::{Findings, certified, indefinite, lengths};
use super::system::System;
use super::{Block, Solution};

/// What damping means in the recursion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Damping {
    /// It is added to A: x ← x + (b − (A + damping) x)/scale.
    #[default]
    Added,
    /// As published: x ← b + (1 − damping) x − A x/scale, and x/scale is the answer. That solves a system with the
    /// damping **damping × scale**, which the certificate states.
    Published,
}

/// The settings of the recursion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lissa {
    /// What damping means.
    pub damping: Damping,
    /// What A is divided by, which must be above half (published: all) of its highest eigenvalue. Found by a few Lanczos steps when absent.
    pub scale: Option<f64>,
    /// Takes products from samples of the data, a new one at each step ([`Operator::apply_sample`](super::Operator)), and
    /// then makes all of [`Options::max_iterations`] steps.
    pub sampled: bool,
    /// The number of recursions whose answers are averaged, when sampled.
    pub repeats: usize,
}

impl Default for Lissa {
    fn default() -> Self {
        Self { damping: Damping::Added, scale: None, sampled: false, repeats: 1 }
    }
}

/// The residual grew by this: nothing that converges does that.
const GROWTH: f64 = 1e6;

pub(super) fn lissa(system: &mut System, right: &Block, settings: &Lissa, options: &Options) -> Result<Solution> {
    let damping = system.damping;
    let published = settings.damping == Damping::Published;
    if published && damping >= 1.0 {
        return Err(Error::argument("the damping of LiSSA as published", damping, "less than one"));
    }
    let (scale_by, spectrum) = match settings.scale {
        Some(scale) if scale > 0.0 && scale.is_finite() => (scale, None),
        Some(scale) => return Err(Error::argument("the scale of LiSSA", scale, "a positive number")),
        None => {
            let probe = Probe { steps: 15, max_steps: 15, seed: options.seed, ..Probe::default() };
            let found = probe_system(system, &probe)?;
            let damped = found.lowest + if published { damping * found.highest } else { damping };
            if damped < -1e-12 * found.highest.abs() {
                return Err(indefinite(found.lowest, damping));
            }
            let highest = found.highest + found.highest_error;
            let scale = 1.05 * if published { highest } else { highest + damping };
            (if scale > 0.0 { scale } else { 1.0 }, Some(found))
        }
    };
    // Either recursion is x ← x + (b − (A + effective) x)/scale, up to the scale of x.
    system.damping = if published { damping * scale_by } else { damping };
    let lengths = lengths(right);
    let repeats = if settings.sampled { settings.repeats.max(1) } else { 1 };
    let mut x = Block::zeros(right.dimension(), right.count());
    let mut iterations = 0;
    let mut step = Block::zeros(right.dimension(), right.count());
    for repeat in 0..repeats {
        let mut current = right.clone();
        scale(1.0 / scale_by, current.values_mut());
        for number in 0..options.max_iterations {
            if settings.sampled {
                let draw = (repeat * options.max_iterations + number) as u64;
                system.apply_sample(draw, &current, &mut step)?;
                add(system.damping, current.values(), step.values_mut());
            } else {
                system.apply(|spent| &mut spent.iterating, &current, &mut step)?;
            }
            iterations += 1;
            for (step, right) in step.values_mut().iter_mut().zip(right.values()) {
                *step = right - *step;
            }
            let worst = step.vectors().zip(&lengths).map(|(step, length)| norm(step) / length).fold(0.0, f64::max);
            if worst > GROWTH {
                return Err(Error::Diverged {
                    what: "LiSSA",
                    place: format!("step {iterations}, with a relative residual of {worst:.1e}"),
                    hint: format!(
                        "raise the scale above {scale_by:.3e}, leave it out to have it found, or use conjugate gradients"
                    ),
                });
            }
            options.report(c"solving", iterations, None, worst)?;
            if !settings.sampled && worst <= 0.95 * options.tolerance {
                break;
            }
            add(1.0 / scale_by, step.values(), current.values_mut());
        }
        add(1.0 / repeats as f64, current.values(), x.values_mut());
    }
    system.residual(right, &x, &mut step)?;
    let findings = Findings { iterations, negative_curvature: None, spectrum };
    Ok(certified(system, options, x, &step, &lengths, findings))
}
