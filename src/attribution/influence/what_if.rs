//! What a functional would be on another training set: from the first order to training again.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::objective::Inputs;
use crate::objective::{CompiledFunctional, CurvatureOperator, Derivatives, gradients_of, parameters_in_f64};
use crate::solve::{self, Block, Cholesky, dot};
use crate::tensor::Real;
use crate::train::minimize::{self, Smooth};

use super::change::Edit;
use super::fitted::Influence;

/// Up to this many parameters the changed curvature is assembled; above, it is solved with by iteration.
const ASSEMBLED: usize = 512;

/// How a prediction was made, cheapest first.
#[derive(serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// vᵀΔθ with Δθ = −M⁻¹ Σ Δwᵢ gᵢ: the sum of the scores.
    FirstOrder,
    /// The same with what the changed examples do to the curvature, to its first order:
    /// Δθ = −M⁻¹ΔG + M⁻¹ ΔM M⁻¹ΔG.
    SecondOrder,
    /// One example removed, with its own share of the curvature taken out exactly; see
    /// [`Influence::corrected`](super::Influence::corrected).
    Leverage,
    /// One step of Newton's method on the changed training set, and the functional evaluated there.
    Newton,
    /// The optimum of the changed training set, found from there, and the functional evaluated there.
    Retrained,
}

/// A prediction at one level.
#[derive(Clone, Debug)]
pub struct Step {
    /// How it was made.
    pub level: Level,
    /// The predicted change of the functional for each query.
    pub changes: Vec<f64>,
    /// An estimate of what the prediction is off by, for each query: how far the functional still moves when it is evaluated
    /// and two more, cheaper, Newton steps are made from where the prediction ended, up and down added.
    pub errors: Vec<f64>,
    /// The chosen parameters at the end.
    pub parameters: Vec<f64>,
    /// The largest part of the changed objective's gradient there, without what training had left of it before.
    pub gradient: f64,
}

/// How far to go.
#[derive(Clone, Copy, Debug)]
pub struct WhatIfOptions {
    /// The last level that is tried.
    pub until: Level,
    /// If given, the ladder of levels ends at the first whose estimated error is within it for every query.
    pub tolerance: Option<f64>,
    /// The largest part of the gradient at which training again ends.
    pub gradient: f64,
    /// The most steps of training again.
    pub max_iterations: usize,
}

impl Default for WhatIfOptions {
    fn default() -> Self {
        Self { until: Level::Newton, tolerance: None, gradient: 1e-10, max_iterations: 200 }
    }
}

/// Predictions for a changed training set.
#[derive(Clone, Debug)]
pub struct WhatIf {
    /// The functional for each query as it is now.
    pub before: Vec<f64>,
    /// The levels, cheapest first.
    pub steps: Vec<Step>,
    /// Whether the last level is within the tolerance asked for; true where none was.
    pub reached: bool,
}

impl WhatIf {
    /// The best prediction.
    pub fn last(&self) -> Option<&Step> {
        self.steps.last()
    }
}

impl<T: Real> Influence<T> {
    /// Predicts the functional for queries on a changed training set.
    ///
    /// # Errors
    /// [`Error::Argument`] when the edit is not one of this training set; [`Error::NotStationary`] when training again is
    /// asked for and the model is at no minimum, so that before and after cannot be compared; what solvers report.
    pub fn what_if(
        &mut self,
        scalars: &CompiledFunctional,
        queries: &Inputs<T>,
        edit: &Edit<T>,
        options: &WhatIfOptions,
    ) -> Result<WhatIf> {
        let weights = self.derivatives.weights();
        let (count, n) = (edit.inputs.count(), weights.len());
        let fits = edit.before.len() == count && edit.after.len() == count && count >= n;
        if !fits || edit.before[..n] != weights[..] || edit.before[n..].iter().any(|weight| *weight != 0.0) {
            let expected = "one made of this training set and its weights";
            return Err(Error::argument("the edit", format!("of {count} examples"), expected));
        }
        let stationary = self.diagnostics.stationary;
        if options.until == Level::Retrained && !stationary {
            return Err(Error::NotStationary { gradient: self.diagnostics.gradient, bound: self.options.stationary });
        }
        let workers = self.derivatives.workers();
        // Changes are small differences: what they are made of is computed in f64, whatever the model's precision is.
        let queries = &queries.convert::<f64>();
        let parameters = parameters_in_f64(self.derivatives.parameters());
        let (before, gradients) = scalars.gradients(workers, &parameters, queries)?;
        let mut changed = Derivatives::new(
            workers,
            self.derivatives.objective().clone(),
            parameters,
            edit.inputs.in_f64(),
            Some(&edit.before),
            Some(self.derivatives.layout().names()),
            self.options.memory,
        )?;
        let theta = changed.point();
        let mut baseline = vec![0.0; theta.len()];
        changed.value_and_gradient(&mut baseline)?;
        let total = changed.total_weight();
        baseline.iter_mut().for_each(|x| *x *= total);
        changed.set_examples(changed.inputs().clone(), Some(&edit.after))?;
        let push = gradient_change(&changed, edit)?;
        let mut ladder = Ladder { scalars, queries, before, baseline, gradients, steps: Vec::new() };

        let first: Vec<f64> = self.inverse_of(&push)?.iter().map(|x| -x / total).collect();
        if self.climb(&mut ladder, &mut changed, Level::FirstOrder, &theta, &first, options)? {
            return Ok(ladder.done(true));
        }
        if options.until >= Level::SecondOrder {
            let bend = self.curvature_change(edit, &changed, &first)?;
            let correction = self.inverse_of(&bend)?;
            let second: Vec<f64> = first.iter().zip(&correction).map(|(x, c)| x - c / total).collect();
            if self.climb(&mut ladder, &mut changed, Level::SecondOrder, &theta, &second, options)? {
                return Ok(ladder.done(true));
            }
        }
        let removed = edit.changed();
        let single =
            removed.len() == 1 && edit.after[removed[0]] == 0.0 && self.derivatives.objective().outputs.is_some();
        if options.until >= Level::Leverage && single {
            let step = self.leverage_step(removed[0])?;
            // A leverage of one leaves nothing to step by.
            if step.iter().all(|x| x.is_finite())
                && self.climb(&mut ladder, &mut changed, Level::Leverage, &theta, &step, options)?
            {
                return Ok(ladder.done(true));
            }
        }
        if options.until >= Level::Newton {
            changed.set_point(&theta)?;
            let step: Vec<f64> = self.newton_step(&mut changed, &push)?;
            if self.climb(&mut ladder, &mut changed, Level::Newton, &theta, &step, options)? {
                return Ok(ladder.done(true));
            }
            if options.until >= Level::Retrained {
                let end: Vec<f64> = theta.iter().zip(&step).map(|(x, d)| x + d).collect();
                let end = self.retrain(&mut changed, &ladder.baseline, end, options)?;
                let step: Vec<f64> = end.iter().zip(&theta).map(|(x, t)| x - t).collect();
                let within = self.climb(&mut ladder, &mut changed, Level::Retrained, &theta, &step, options)?;
                return Ok(ladder.done(within || options.tolerance.is_none()));
            }
        }
        Ok(ladder.done(options.tolerance.is_none()))
    }

    /// Adds a level; whether it is the last that is needed.
    fn climb(
        &mut self,
        ladder: &mut Ladder<'_>,
        changed: &mut Derivatives<f64>,
        level: Level,
        theta: &[f64],
        step: &[f64],
        options: &WhatIfOptions,
    ) -> Result<bool> {
        let end: Vec<f64> = theta.iter().zip(step).map(|(x, d)| x + d).collect();
        changed.set_point(&end)?;
        let (further, gradient) = self.further(ladder, changed)?;
        let (mut values, mut slopes) = ladder.functional(changed)?;
        let changes: Vec<f64> = match level {
            Level::Newton | Level::Retrained => differences(&values, &ladder.before).collect(),
            _ => ladder.gradients.vectors().map(|v| dot(v, step)).collect(),
        };
        // The way from the prediction on, piece by piece. Pieces must not cancel: each is known to its first order only, and
        // may be small for a query by chance. At the optimum only rounding is left, and one piece says so.
        let mut errors: Vec<f64> =
            differences(&values, &ladder.before).zip(&changes).map(|(value, change)| (value - change).abs()).collect();
        let mut last = further;
        if level != Level::Retrained {
            let next: Vec<f64> = end.iter().zip(&last).map(|(x, d)| x + d).collect();
            changed.set_point(&next)?;
            (last, _) = self.further(ladder, changed)?;
            let here = ladder.functional(changed)?;
            errors.iter_mut().zip(differences(&here.0, &values)).for_each(|(error, piece)| *error += piece.abs());
            (values, slopes) = here;
        }
        for (query, error) in errors.iter_mut().enumerate().take(values.len()) {
            *error += dot(slopes.vector(query), &last).abs();
        }
        let within = options.tolerance.is_some_and(|tolerance| errors.iter().all(|error| *error <= tolerance));
        ladder.steps.push(Step { level, changes, errors, parameters: end, gradient });
        self.options.tell("what would be otherwise", ladder.steps.len())?;
        Ok(within)
    }

    /// The cheaper Newton step from where the changed objective stands, with the old curvature; and the largest part of the
    /// gradient there.
    fn further(&mut self, ladder: &Ladder<'_>, changed: &mut Derivatives<f64>) -> Result<(Vec<f64>, f64)> {
        let mut gradient = vec![0.0; changed.dimension()];
        changed.value_and_gradient(&mut gradient)?;
        let weight = changed.total_weight();
        // What pulls the parameters on: the changed gradient without what was there before any change.
        let rest: Vec<f64> = gradient.iter().zip(&ladder.baseline).map(|(g, b)| g * weight - b).collect();
        let steepest = solve::largest_part(&rest) / weight;
        let total = self.derivatives.total_weight();
        Ok((self.inverse_of(&rest)?.iter().map(|x| -x / total).collect(), steepest))
    }

    /// The optimum of the changed training set, from a point near it.
    ///
    /// With the curvature at hand each step costs a gradient and a solve, and what is left falls by the share of the
    /// curvature that the changes are. Where that is not fast, Newton's method goes on with the changed curvature.
    ///
    /// The gradient that the model was left with stays: it is part of what is compared with, not of the change.
    fn retrain(
        &mut self,
        changed: &mut Derivatives<f64>,
        baseline: &[f64],
        start: Vec<f64>,
        options: &WhatIfOptions,
    ) -> Result<Vec<f64>> {
        const STEPS: usize = 20;
        let weight = changed.total_weight();
        let mut tilted = Tilted { tilt: baseline.iter().map(|x| x / weight).collect(), changed };
        let mut point = start;
        let mut gradient = vec![0.0; point.len()];
        let mut last = f64::INFINITY;
        for _ in 0..STEPS {
            tilted.value_and_gradient(&point, &mut gradient)?;
            let steepest = solve::largest_part(&gradient);
            if steepest <= options.gradient {
                return Ok(point);
            }
            if steepest.is_nan() || steepest > 0.5 * last {
                break;
            }
            last = steepest;
            let share = weight / self.derivatives.total_weight();
            let step = self.inverse_of(&gradient)?;
            point.iter_mut().zip(step).for_each(|(x, d)| *x -= share * d);
        }
        let settings = minimize::Options {
            gradient: options.gradient,
            max_iterations: options.max_iterations,
            ..minimize::Options::default()
        };
        let found = minimize::newton(&mut tilted, &point, &settings)?;
        if !found.converged {
            self.remember(found.hint.unwrap_or_else(|| "allow more steps of training again".into()));
        }
        Ok(found.x)
    }

    /// (H + δI)⁻¹ times one vector.
    fn inverse_of(&mut self, vector: &[f64]) -> Result<Vec<f64>> {
        let block = Block::new(vector.len(), 1, vector.to_vec())?;
        Ok(self.inverse(&block)?.x.values().to_vec())
    }

    /// ΔM times a vector, M being the sum of the weighted curvatures and damping.
    fn curvature_change(&self, edit: &Edit<T>, changed: &Derivatives<f64>, vector: &[f64]) -> Result<Vec<f64>> {
        let damping = self.diagnostics.damping * (changed.total_weight() - self.derivatives.total_weight());
        let mut bend: Vec<f64> = vector.iter().map(|x| x * damping).collect();
        let difference = edit.difference();
        for sign in [1.0, -1.0] {
            let some: Vec<usize> = (0..difference.len()).filter(|i| sign * difference[*i] > 0.0).collect();
            if some.is_empty() {
                continue;
            }
            let weights: Vec<f64> = some.iter().map(|i| difference[*i].abs()).collect();
            let mut part = Derivatives::new(
                self.derivatives.workers(),
                self.derivatives.objective().clone(),
                self.derivatives.parameters().to_vec(),
                Arc::new(edit.inputs.select(&some)?),
                Some(&weights),
                Some(self.derivatives.layout().names()),
                0,
            )?;
            let mut product = Block::zeros(vector.len(), 1);
            part.products(self.diagnostics.curvature, &Block::new(vector.len(), 1, vector.to_vec())?, &mut product)?;
            let factor = sign * part.total_weight();
            bend.iter_mut().zip(product.values()).for_each(|(x, p)| *x += factor * p);
        }
        Ok(bend)
    }

    /// −M'⁻¹ ΔG with the curvature of the changed training set.
    fn newton_step(&mut self, changed: &mut Derivatives<f64>, push: &[f64]) -> Result<Vec<f64>> {
        let total = changed.total_weight();
        let right = Block::new(push.len(), 1, push.iter().map(|x| -x / total).collect())?;
        let damping = self.diagnostics.damping;
        if changed.dimension() <= ASSEMBLED && self.factor().is_some() {
            let factor = Cholesky::new(changed.matrix(self.diagnostics.curvature)?, damping)?;
            return Ok(factor.solve(&right)?.values().to_vec());
        }
        let mut operator = CurvatureOperator::new(changed, self.diagnostics.curvature);
        // The old matrix differs in the changed examples only, so it is nearly the inverse that is needed.
        let (method, exact) = self.nearby();
        let mut options = self.options.solving();
        if exact {
            options.tolerance = 1e-13;
        }
        let solution = solve::solve(&mut operator, damping, &right, &method, &options)?;
        // Preconditioned by the old factor it goes as far as rounding lets it, which may be short of its own goal.
        if !exact {
            self.note(&solution.certificate);
        }
        Ok(solution.x.values().to_vec())
    }
}

/// ΔG = Σ Δwᵢ gᵢ over the changed examples.
fn gradient_change<T: Real>(changed: &Derivatives<f64>, edit: &Edit<T>) -> Result<Vec<f64>> {
    const TOGETHER: usize = 64;
    let difference = edit.difference();
    let mut push = vec![0.0; changed.dimension()];
    for some in edit.changed().chunks(TOGETHER) {
        let gradients = gradients_of(changed, some)?;
        for (example, gradient) in some.iter().zip(gradients.vectors()) {
            push.iter_mut().zip(gradient).for_each(|(x, g)| *x += difference[*example] * g);
        }
    }
    Ok(push)
}

fn differences(a: &[f64], b: &[f64]) -> impl Iterator<Item = f64> {
    a.iter().zip(b).map(|(a, b)| a - b)
}

/// A changed objective without the gradient that the model was left with.
struct Tilted<'c> {
    changed: &'c mut Derivatives<f64>,
    tilt: Vec<f64>,
}

impl Smooth for Tilted<'_> {
    fn dimension(&self) -> usize {
        self.tilt.len()
    }

    fn value_and_gradient(&mut self, point: &[f64], gradient: &mut [f64]) -> Result<f64> {
        let value = Smooth::value_and_gradient(self.changed, point, gradient)?;
        gradient.iter_mut().zip(&self.tilt).for_each(|(x, tilt)| *x -= tilt);
        Ok(value - dot(&self.tilt, point))
    }

    fn products(&mut self, point: &[f64], directions: &Block, products: &mut Block) -> Result<()> {
        Smooth::products(self.changed, point, directions, products)
    }
}

/// The levels so far, and what they are measured against.
struct Ladder<'s> {
    scalars: &'s CompiledFunctional,
    queries: &'s Inputs<f64>,
    before: Vec<f64>,
    /// W∇R(θ): what remained of the gradient before any change.
    baseline: Vec<f64>,
    gradients: Block,
    steps: Vec<Step>,
}

impl Ladder<'_> {
    /// The functional's values and gradients where the changed objective stands.
    fn functional(&self, changed: &Derivatives<f64>) -> Result<(Vec<f64>, Block)> {
        self.scalars.gradients(changed.workers(), changed.parameters(), self.queries)
    }

    fn done(self, reached: bool) -> WhatIf {
        WhatIf { before: self.before, steps: self.steps, reached }
    }
}
