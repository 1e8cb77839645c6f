//! Newton's method: with the matrix itself where there are few parameters, otherwise by conjugate gradients.

use crate::engine::Monitor;
use crate::error::{Error, Result};
use crate::solve::{Block, Cholesky, DenseMatrix, assemble};

use super::descent::{Descent, End, HessianAt, Place, add, dot, norm};
use super::lbfgs::Memory;
use super::line_search::search;
use super::{FEW, Minimum, Options, Smooth};

/// How many unit vectors are multiplied at once.
const TOGETHER: usize = 64;
/// How many steps in a row may gain nothing.
const PATIENCE: usize = 10;
/// A factor that brought the gradient down to this share of what it was is used again.
const STILL_GOOD: f64 = 0.1;
/// The least damping of a singular matrix, by its largest diagonal element.
const LEAST_DAMPING: f64 = 1e-10;
/// The most conjugate-gradient steps for a direction.
const MAX_INNER: usize = 1000;
/// How many steps tell whether the minimum is at infinity.
const WATCHED: usize = 6;
/// The largest relative residual that a direction may leave.
const MAX_FORCING: f64 = 0.5;

/// Minimizes by Newton's method: with the factored Hessian up to 600 parameters, otherwise by conjugate gradients as far as
/// each step is worth it (Eisenstat and Walker, 1996), preconditioned by what the step before learnt of the curvature
/// (Morales and Nocedal, 2000). Of negative curvature it goes down.
///
/// A point that is not as good as was asked for is no error: [`Minimum::converged`] says so, and
/// [`Minimum::hint`] what to do.
///
/// # Errors
/// [`Error::Argument`] for a start of another dimension or a gradient that is not positive; [`Error::NotFinite`] when the
/// function is not finite at the start; [`Error::Canceled`] when the caller asks to stop; what the function reports.
pub fn newton(function: &mut dyn Smooth, start: &[f64], options: &Options) -> Result<Minimum> {
    let (mut descent, mut place) = Descent::start(function, start, options)?;
    let mut directions = if place.x.len() <= FEW {
        Directions::Factored { factor: None, damping: 0.0 }
    } else {
        Directions::Iterated { memory: Memory::new(options.memory), forcing: MAX_FORCING, before: f64::NAN }
    };
    let mut end = None;
    let mut trace = Trace::default();
    while end.is_none() && !descent.converged(&place) && !descent.exhausted() {
        let direction = directions.next(&mut descent, &place)?;
        let Some(next) = step(&mut descent, &place, &direction, &mut directions)? else {
            end = Some(End::Stalled);
            continue;
        };
        directions.judge(next.gradient_norm() / place.gradient_norm());
        trace.note(&place, &next);
        place = next;
        end = descent.step(&place, PATIENCE)?;
    }
    if descent.converged(&place) {
        end = None;
    }
    if trace.is_runaway(&place) {
        end = Some(End::Runaway);
    }
    Ok(descent.finish(place, end))
}

/// The next point: along the direction, or down the gradient where that leads nowhere.
fn step(descent: &mut Descent, place: &Place, direction: &[f64], directions: &mut Directions) -> Result<Option<Place>> {
    if let Some(next) = search(descent, place, direction, 1.0)? {
        return Ok(Some(next));
    }
    // Where values are all rounding, a smaller gradient is what counts.
    let mut x = place.x.clone();
    add(1.0, direction, &mut x);
    let full = descent.evaluate(x)?;
    let close = (full.value - place.value).abs() <= 1e3 * descent.noise(place.value);
    if full.is_finite() && close && full.gradient_norm() < place.gradient_norm() {
        return Ok(Some(full));
    }
    if directions.renew() {
        let direction = directions.next(descent, place)?;
        if let Some(next) = search(descent, place, &direction, 1.0)? {
            return Ok(Some(next));
        }
    }
    let down: Vec<f64> = place.gradient.iter().map(|x| -x).collect();
    let first = (1.0 / norm(&down)).min(1.0);
    search(descent, place, &down, first)
}

/// Where directions come from.
enum Directions {
    Factored { factor: Option<Cholesky>, damping: f64 },
    Iterated { memory: Memory, forcing: f64, before: f64 },
}

impl Directions {
    fn next(&mut self, descent: &mut Descent, place: &Place) -> Result<Vec<f64>> {
        match self {
            Self::Factored { factor, damping } => {
                let right = Block::new(place.x.len(), 1, place.gradient.iter().map(|x| -x).collect())?;
                let factor = match factor {
                    Some(factor) => factor,
                    None => factor.insert(factored(descent, &place.x, damping)?),
                };
                Ok(factor.solve(&right)?.values().to_vec())
            }
            Self::Iterated { memory, forcing, before } => {
                let length = norm(&place.gradient);
                if before.is_finite() {
                    // Eisenstat and Walker's second choice with their safeguard.
                    let wanted = 0.9 * (length / *before).powi(2);
                    let guard = 0.9 * *forcing * *forcing;
                    *forcing = wanted.max(if guard > 0.1 { guard } else { 0.0 }).min(MAX_FORCING);
                }
                *before = length;
                // No direction need be better than the gradient that is asked for.
                let enough = 0.3 * descent.options.gradient_tolerance / place.gradient_norm();
                conjugate(descent, place, memory, forcing.max(enough).min(MAX_FORCING))
            }
        }
    }

    /// Takes note of what a direction made of the gradient.
    fn judge(&mut self, ratio: f64) {
        if let Self::Factored { factor, .. } = self
            && (ratio.is_nan() || ratio > STILL_GOOD)
        {
            *factor = None;
        }
    }

    /// Forgets what was learnt elsewhere; whether there was anything.
    fn renew(&mut self) -> bool {
        match self {
            Self::Factored { factor, .. } => {
                *factor = None;
                false
            }
            Self::Iterated { memory, forcing, .. } => {
                memory.clear();
                *forcing = forcing.min(1e-3);
                true
            }
        }
    }
}

/// The factored Hessian, with as much damping as makes it positive definite.
fn factored(descent: &mut Descent, point: &[f64], damping: &mut f64) -> Result<Cholesky> {
    let matrix: DenseMatrix = assemble(&mut HessianAt { descent, point }, TOGETHER, &Monitor::none())?;
    let diagonal = (0..point.len()).map(|place| matrix.values()[place * (point.len() + 1)].abs());
    let scale = diagonal.fold(0.0, f64::max);
    let least = if scale > 0.0 { LEAST_DAMPING * scale } else { 1.0 };
    // Damping that was needed once is likely to be needed again, but less and less.
    *damping = if *damping > 0.0 { (0.1 * *damping).max(least) } else { 0.0 };
    loop {
        match Cholesky::new(matrix.clone(), *damping) {
            Ok(factor) => return Ok(factor),
            Err(Error::Singular { .. }) => *damping = (10.0 * *damping).max(least),
            Err(Error::Indefinite { lowest, .. }) => *damping = (10.0 * *damping).max(least).max(-2.0 * lowest),
            Err(other) => return Err(other),
        }
        if !damping.is_finite() {
            let hint = "start from smaller parameters".into();
            let place = format!("step {} of minimizing", descent.iterations + 1);
            return Err(Error::NotFinite { what: "the curvature", value: *damping, place, hint });
        }
    }
}

/// A direction by preconditioned conjugate gradients, up to a relative residual or the first negative curvature.
fn conjugate(descent: &mut Descent, place: &Place, memory: &mut Memory, forcing: f64) -> Result<Vec<f64>> {
    let dimension = place.x.len();
    let mut residual: Vec<f64> = place.gradient.iter().map(|x| -x).collect();
    let target = forcing * norm(&residual);
    let mut image = residual.clone();
    memory.apply(&mut image);
    let mut search = Block::new(dimension, 1, image.clone())?;
    let mut product = Block::zeros(dimension, 1);
    let mut square = dot(&residual, &image);
    let mut found = vec![0.0; dimension];
    let mut learnt = Sampled::new(descent.options.memory);
    for inner in 0..MAX_INNER.min(2 * dimension) {
        HessianAt { descent, point: &place.x }.multiply(&search, &mut product)?;
        let curvature = dot(search.values(), product.values());
        if curvature.is_nan() || curvature <= 1e-14 * norm(search.values()) * norm(product.values()) {
            // Down along the curvature that is not positive, or as far as positive curvature led before it.
            if inner == 0 {
                found.copy_from_slice(search.values());
            }
            break;
        }
        learnt.offer(&search, &product);
        let length = square / curvature;
        add(length, search.values(), &mut found);
        add(-length, product.values(), &mut residual);
        if norm(&residual) <= target {
            break;
        }
        image.copy_from_slice(&residual);
        memory.apply(&mut image);
        let new = dot(&residual, &image);
        let ratio = new / square;
        square = new;
        for (direction, image) in search.values_mut().iter_mut().zip(&image) {
            *direction = image + ratio * *direction;
        }
    }
    learnt.into_memory(memory);
    Ok(found)
}

impl HessianAt<'_, '_, '_> {
    fn multiply(&mut self, directions: &Block, products: &mut Block) -> Result<()> {
        use crate::solve::Operator;
        self.apply(directions, products)?;
        match products.values().iter().find(|x| !x.is_finite()) {
            None => Ok(()),
            Some(value) => Err(Error::NotFinite {
                what: "a product of the curvature",
                value: *value,
                place: format!("step {} of minimizing", self.descent.iterations + 1),
                hint: "start from smaller parameters, or look for losses that overflow".into(),
            }),
        }
    }
}

/// Directions and products spread evenly over a run of conjugate gradients, however long it gets.
struct Sampled {
    pairs: Vec<(Vec<f64>, Vec<f64>)>,
    most: usize,
    stride: usize,
    offered: usize,
}

impl Sampled {
    fn new(most: usize) -> Self {
        Self { pairs: Vec::new(), most: most.max(2), stride: 1, offered: 0 }
    }

    fn offer(&mut self, direction: &Block, product: &Block) {
        if self.offered.is_multiple_of(self.stride) {
            if self.pairs.len() == self.most {
                let mut place = 0;
                self.pairs.retain(|_| {
                    place += 1;
                    place % 2 == 1
                });
                self.stride *= 2;
            }
            if self.offered.is_multiple_of(self.stride) {
                self.pairs.push((direction.values().to_vec(), product.values().to_vec()));
            }
        }
        self.offered += 1;
    }

    /// Replaces what was known before, if a few pairs are there to do so.
    fn into_memory(self, memory: &mut Memory) {
        if self.pairs.len() >= 3.min(self.most) {
            memory.clear();
            self.pairs.into_iter().for_each(|(step, change)| memory.push(step, change));
        }
    }
}

/// Whether steps stay as long as they are while the gradient vanishes: then the minimum is at infinity.
#[derive(Default)]
struct Trace {
    /// The lengths of the last steps and the max-norm of the gradient before each.
    last: Vec<(f64, f64)>,
}

impl Trace {
    fn note(&mut self, from: &Place, to: &Place) {
        if self.last.len() == WATCHED {
            self.last.remove(0);
        }
        let step: Vec<f64> = to.x.iter().zip(&from.x).map(|(new, old)| new - old).collect();
        self.last.push((norm(&step), from.gradient_norm()));
    }

    fn is_runaway(&self, place: &Place) -> bool {
        let [(first, gradient), .., (last, _)] = self.last[..] else { return false };
        // Near a minimum Newton's steps shrink with the gradient; where a loss decays for ever each leaves a share of 1/e.
        self.last.len() == WATCHED && place.gradient_norm() <= 0.02 * gradient && last >= 0.5 * first
    }
}
