//! What a functional would be on another training set: from the first order to training again.

use crate::engine::Monitor;
use crate::error::{Error, Result};
use crate::objective::{
    AnyInputs, CompiledFunctional, CurvatureOperator, Derivatives, Evaluate, gradient_scale, relative_norm,
};
use crate::solve::{self, Block, Cholesky, dot};
use crate::train::minimize::{self, Scaled, Smooth};

use super::change::Edit;
use super::influence::Influence;
use super::levels::{Level, Step, WhatIf, WhatIfOptions};

/// Up to this many parameters the changed curvature is assembled; above, it is solved with by iteration.
const ASSEMBLED: usize = 512;

impl Influence {
    /// Predicts the functional for queries on a changed training set.
    ///
    /// # Errors
    /// [`Error::Argument`] when the edit is not one of this training set; [`Error::NotStationary`] when training again is
    /// asked for and the model is at no minimum, so that before and after cannot be compared; [`Error::Undetermined`] and
    /// [`Error::Singular`] when the changed objective has no minimum; what solvers report;
    /// [`Error::Canceled`].
    pub fn what_if(
        &mut self,
        functional: &CompiledFunctional,
        queries: impl Into<AnyInputs>,
        edit: &Edit,
        options: &WhatIfOptions,
    ) -> Result<WhatIf> {
        let mut refinement = self.refinement(functional, &queries.into(), edit, *options)?;
        let within = self.refine(&mut refinement, edit)?;
        let Refinement { before, steps, .. } = refinement;
        Ok(WhatIf { before, steps, reached: within || options.tolerance.is_none() })
    }

    /// Where refinement starts: the objective of the changed training set at the model, in `f64` whatever the model's
    /// precision is, because changes are small differences.
    fn refinement<'s>(
        &self,
        functional: &'s CompiledFunctional,
        queries: &AnyInputs,
        edit: &Edit,
        options: WhatIfOptions,
    ) -> Result<Refinement<'s>> {
        let weights = self.evaluator.weights();
        let (count, n) = (edit.inputs.count(), weights.len());
        let fits = edit.before.len() == count && edit.after.len() == count && count >= n;
        if !fits || edit.before[..n] != weights[..] || edit.before[n..].iter().any(|weight| *weight != 0.0) {
            let expected = "one made of this training set and its weights";
            return Err(Error::argument("the edit", format!("of {count} examples"), expected));
        }
        if options.until == Level::Retrained && !self.diagnostics.at_minimum {
            let (gradient, bound) = (self.diagnostics.gradient_norm, self.options.gradient_tolerance);
            return Err(Error::NotStationary { gradient, bound });
        }
        let gradient_tolerance = options.gradient_tolerance(self.evaluator.precision())?;
        let queries = AnyInputs::F64(queries.to());
        let (before, gradients) = self.evaluator.functional_gradients(functional, &queries)?;
        let mut changed = self.evaluator.in_f64(&edit.inputs, &edit.before, self.options.memory / 4)?;
        let start = changed.point();
        let mut residual_gradient = vec![0.0; start.len()];
        let objective = changed.value_and_gradient(&mut residual_gradient)?;
        let total = changed.total_weight();
        residual_gradient.iter_mut().for_each(|x| *x *= total);
        changed.set_examples(changed.inputs().clone(), Some(&edit.after))?;
        Ok(Refinement {
            functional,
            queries,
            options,
            gradient_tolerance,
            changed,
            start,
            total,
            objective,
            before,
            gradients,
            residual_gradient,
            steps: Vec::new(),
        })
    }

    /// Adds levels up to the last that is wanted; whether that is within the tolerance.
    fn refine(&mut self, refinement: &mut Refinement<'_>, edit: &Edit) -> Result<bool> {
        let (until, total) = (refinement.options.until, refinement.total);
        let gradient_change = gradient_change(&refinement.changed, edit)?;
        let first: Vec<f64> = self.inverse_of(&gradient_change)?.iter().map(|x| -x / total).collect();
        if self.add_level(refinement, Level::FirstOrder, &first)? {
            return Ok(true);
        }
        if until >= Level::SecondOrder {
            let hessian_change = self.hessian_change(edit, &refinement.changed, &first)?;
            let correction = self.inverse_of(&hessian_change)?;
            let second: Vec<f64> = first.iter().zip(&correction).map(|(x, c)| x - c / total).collect();
            if self.add_level(refinement, Level::SecondOrder, &second)? {
                return Ok(true);
            }
        }
        let removed = edit.changed();
        let single =
            removed.len() == 1 && edit.after[removed[0]] == 0.0 && self.evaluator.objective().outputs.is_some();
        if until >= Level::LeaveOneOut && single {
            let step = self.leave_one_out_step(removed[0])?;
            // A leverage of one leaves nothing to step by.
            if step.iter().all(|x| x.is_finite()) && self.add_level(refinement, Level::LeaveOneOut, &step)? {
                return Ok(true);
            }
        }
        if until < Level::Newton {
            return Ok(false);
        }
        refinement.changed.set_point(&refinement.start)?;
        let step = self.newton_step(&mut refinement.changed, &gradient_change).map_err(|error| match error {
            Error::Indefinite { lowest, damping, hint } => {
                Error::Indefinite { lowest, damping, hint: format!("it is that of the changed training set; {hint}") }
            }
            error => error,
        })?;
        if self.add_level(refinement, Level::Newton, &step)? {
            return Ok(true);
        }
        if until < Level::Retrained {
            return Ok(false);
        }
        let end = self.retrain(refinement, sum(&refinement.start, &step))?;
        let step: Vec<f64> = differences(&end, &refinement.start).collect();
        self.add_level(refinement, Level::Retrained, &step)
    }

    /// Adds a level that moves the parameters by a step; whether its estimated errors are within the tolerance.
    fn add_level(&mut self, refinement: &mut Refinement<'_>, level: Level, step: &[f64]) -> Result<bool> {
        let end = sum(&refinement.start, step);
        refinement.changed.set_point(&end)?;
        let (mut correction, measured) = self.newton_correction(refinement)?;
        let (mut values, mut slopes) = refinement.functional()?;
        let changes: Vec<f64> = match level {
            Level::Newton | Level::Retrained => differences(&values, &refinement.before).collect(),
            _ => refinement.gradients.vectors().map(|v| dot(v, step)).collect(),
        };
        // The error estimate is the sum of the absolute increments of up to two further Newton steps. Increments must not
        // cancel: each is known to its first order only, and may be small for a query by chance. At the optimum only rounding
        // is left, and one increment says so.
        let increments = differences(&values, &refinement.before).zip(&changes);
        let mut errors: Vec<f64> = increments.map(|(value, change)| (value - change).abs()).collect();
        if level != Level::Retrained {
            refinement.changed.set_point(&sum(&end, &correction))?;
            (correction, _) = self.newton_correction(refinement)?;
            let next = refinement.functional()?;
            errors.iter_mut().zip(differences(&next.0, &values)).for_each(|(error, more)| *error += more.abs());
            (values, slopes) = next;
        }
        for (query, error) in errors.iter_mut().enumerate().take(values.len()) {
            *error += dot(slopes.vector(query), &correction).abs();
        }
        let within = |tolerance| errors.iter().all(|error| *error <= tolerance);
        let within = refinement.options.tolerance.is_some_and(within);
        let Measured { value, norm: gradient_norm, .. } = measured;
        if level == Level::Retrained && refinement.objective > 0.0 && value < VANISHING * refinement.objective {
            // Where the change leaves no minimum, what single examples contribute vanishes with the gradient.
            refinement.changed.set_point(&end)?;
            let scale = gradient_scale(&mut refinement.changed)?;
            let beside = self.change_gradient(refinement, &scale)?.norm;
            if beside > BY_ROUNDING * refinement.gradient_tolerance {
                return Err(no_minimum());
            }
        }
        let at_minimum = gradient_norm <= refinement.gradient_tolerance;
        refinement.steps.push(Step { level, changes, errors, parameters: end, gradient_norm, at_minimum });
        self.options.report(c"what-if", refinement.steps.len(), refinement.options.until as usize + 1)?;
        Ok(within)
    }

    /// The changed objective where it is, its gradient measured by a scale.
    fn change_gradient(&self, refinement: &mut Refinement<'_>, scale: &[f64]) -> Result<Measured> {
        let changed = &mut refinement.changed;
        let mut gradient = vec![0.0; changed.dimension()];
        let value = changed.value_and_gradient(&mut gradient)?;
        let weight = changed.total_weight();
        let residual = gradient.iter().zip(&refinement.residual_gradient);
        let gradient: Vec<f64> = residual.map(|(g, residual)| g * weight - residual).collect();
        let norm = relative_norm(&gradient, scale) / weight;
        Ok(Measured { value, gradient, norm })
    }

    /// A Newton step from where the changed objective is, with the curvature before the change, and the relative
    /// gradient there without what training had left of it.
    fn newton_correction(&mut self, refinement: &mut Refinement<'_>) -> Result<(Vec<f64>, Measured)> {
        let measured = self.change_gradient(refinement, &self.scale)?;
        let total = self.evaluator.total_weight();
        Ok((self.inverse_of(&measured.gradient)?.iter().map(|x| -x / total).collect(), measured))
    }

    /// The optimum of the changed training set, from a point near it.
    ///
    /// With the curvature prepared each step costs a gradient and a solve, and the gradient falls by the ratio of the changes'
    /// curvature to the whole. Where that is not fast, Newton's method goes on with the changed curvature.
    ///
    /// The gradient that the model was left with stays: it is part of what is compared with, not of the change.
    fn retrain(&mut self, refinement: &mut Refinement<'_>, start: Vec<f64>) -> Result<Vec<f64>> {
        const STEPS: usize = 20;
        let Refinement { changed, residual_gradient, gradient_tolerance, options, .. } = refinement;
        let (gradient_tolerance, weight) = (*gradient_tolerance, changed.total_weight());
        let linear_term = residual_gradient.iter().map(|x| x / weight).collect();
        let mut objective = WithoutLinearTerm { linear_term, objective: changed };
        let mut point = start;
        let mut gradient = vec![0.0; point.len()];
        let mut last = f64::INFINITY;
        for _ in 0..STEPS {
            objective.value_and_gradient(&point, &mut gradient)?;
            let norm = relative_norm(&gradient, &self.scale);
            if norm <= gradient_tolerance {
                return Ok(point);
            }
            if norm.is_nan() || norm > 0.5 * last {
                break;
            }
            last = norm;
            let ratio = weight / self.evaluator.total_weight();
            let step = self.inverse_of(&gradient)?;
            point.iter_mut().zip(step).for_each(|(x, d)| *x -= ratio * d);
        }
        let settings = minimize::Options {
            gradient_tolerance,
            max_iterations: options.max_iterations,
            monitor: self.options.monitor.clone(),
            ..minimize::Options::default()
        };
        let mut scaled = Scaled { function: &mut objective, scale: &self.scale };
        let start = scaled.scaled(&point);
        let found = minimize::newton(&mut scaled, &start, &settings)?;
        let point = scaled.point(&found.x);
        if found.unbounded {
            return Err(no_minimum());
        }
        if !found.converged {
            self.record_hint(found.hint.unwrap_or_else(|| "allow more steps of training again".into()));
        }
        Ok(point)
    }

    fn inverse_of(&mut self, vector: &[f64]) -> Result<Vec<f64>> {
        let block = Block::new(vector.len(), 1, vector.to_vec())?;
        Ok(self.inverse(&block)?.x.values().to_vec())
    }

    /// ΔM times a vector, M being the sum of the weighted curvatures and damping.
    fn hessian_change(&self, edit: &Edit, changed: &Derivatives<f64>, vector: &[f64]) -> Result<Vec<f64>> {
        let damping = self.diagnostics.damping * (changed.total_weight() - self.evaluator.total_weight());
        let mut change: Vec<f64> = vector.iter().map(|x| x * damping).collect();
        let difference = edit.difference();
        for sign in [1.0, -1.0] {
            let some: Vec<usize> = (0..difference.len()).filter(|i| sign * difference[*i] > 0.0).collect();
            if some.is_empty() {
                continue;
            }
            let weights: Vec<f64> = some.iter().map(|i| difference[*i].abs()).collect();
            let mut part = self.evaluator.with_examples(&edit.inputs.select(&some)?, &weights, 0)?;
            part.drop_fixed_penalty()?;
            let mut product = Block::zeros(vector.len(), 1);
            part.products(self.diagnostics.curvature, &Block::new(vector.len(), 1, vector.to_vec())?, &mut product)?;
            let factor = sign * part.total_weight();
            change.iter_mut().zip(product.values()).for_each(|(x, p)| *x += factor * p);
        }
        Ok(change)
    }

    /// −M'⁻¹ ΔG with the curvature of the changed training set.
    fn newton_step(&mut self, changed: &mut Derivatives<f64>, gradient_change: &[f64]) -> Result<Vec<f64>> {
        let total = changed.total_weight();
        let right = Block::new(gradient_change.len(), 1, gradient_change.iter().map(|x| -x / total).collect())?;
        let (damping, curvature) = (self.diagnostics.damping, self.diagnostics.curvature);
        if changed.dimension() <= ASSEMBLED && self.factor().is_some() {
            let factor = Cholesky::new(changed.matrix(curvature, &Monitor::none())?, damping)?;
            return Ok(factor.solve(&right)?.values().to_vec());
        }
        // The old matrix differs in the changed examples only, so it is nearly the inverse that is needed.
        let (solver, exact) = self.nearby();
        let mut options = self.options.solving(self.evaluator.precision());
        if exact {
            options.tolerance = 1e-13;
        }
        let solution =
            solve::solve(&mut CurvatureOperator::new(changed, curvature), damping, &right, &solver, &options)?;
        // Preconditioned by the old factor it goes as far as rounding lets it, which may be short of its own goal.
        if !exact {
            self.record(&solution.certificate);
        }
        Ok(solution.x.values().to_vec())
    }
}

/// ΔG = Σ Δwᵢ gᵢ over the changed examples.
fn gradient_change(changed: &Derivatives<f64>, edit: &Edit) -> Result<Vec<f64>> {
    const TOGETHER: usize = 64;
    let difference = edit.difference();
    let mut change = vec![0.0; changed.dimension()];
    for some in edit.changed().chunks(TOGETHER) {
        let gradients = changed.gradients_of(some)?;
        for (example, gradient) in some.iter().zip(gradients.vectors()) {
            change.iter_mut().zip(gradient).for_each(|(x, g)| *x += difference[*example] * g);
        }
    }
    Ok(change)
}

fn differences(a: &[f64], b: &[f64]) -> impl Iterator<Item = f64> {
    a.iter().zip(b).map(|(a, b)| a - b)
}

fn sum(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

/// A changed objective less the linear term whose gradient is what training had left: at the minimum of this one the
/// changed objective has the gradient that the model was left with.
struct WithoutLinearTerm<'c> {
    objective: &'c mut Derivatives<f64>,
    linear_term: Vec<f64>,
}

impl Smooth for WithoutLinearTerm<'_> {
    fn dimension(&self) -> usize {
        self.linear_term.len()
    }

    fn value_and_gradient(&mut self, point: &[f64], gradient: &mut [f64]) -> Result<f64> {
        let value = Smooth::value_and_gradient(self.objective, point, gradient)?;
        gradient.iter_mut().zip(&self.linear_term).for_each(|(x, slope)| *x -= slope);
        Ok(value - dot(&self.linear_term, point))
    }

    fn products(&mut self, point: &[f64], directions: &Block, products: &mut Block) -> Result<()> {
        Smooth::products(self.objective, point, directions, products)
    }
}

/// Refuses a change of the training set after which there is no answer.
pub(super) fn undetermined(problem: &str, hint: &str) -> Error {
    Error::Undetermined { what: format!("after this change of the training set {problem}"), hint: hint.into() }
}

fn no_minimum() -> Error {
    let problem =
        "the objective has no minimum: it falls forever along some direction, as when classes can be separated";
    undetermined(problem, "train with a penalty (the option l2)")
}

/// A share of the objective that is left only where the changed examples were what it consisted of.
const VANISHING: f64 = 0.5;

/// How much more than the tolerance rounding may leave by the new sizes.
const BY_ROUNDING: f64 = 1e4;

/// A changed objective at a point.
struct Measured {
    value: f64,
    /// W' times the gradient, without what training had left of it.
    gradient: Vec<f64>,
    /// The relative gradient by a scale.
    norm: f64,
}

/// The levels so far, and what they are measured against.
struct Refinement<'s> {
    functional: &'s CompiledFunctional,
    queries: AnyInputs,
    options: WhatIfOptions,
    gradient_tolerance: f64,
    changed: Derivatives<f64>,
    start: Vec<f64>,
    /// W: the sum of the weights before the change.
    total: f64,
    /// R(θ) before the change.
    objective: f64,
    /// The functional's values and gradients before the change.
    before: Vec<f64>,
    gradients: Block,
    /// W∇R(θ): what training had left of the gradient.
    residual_gradient: Vec<f64>,
    steps: Vec<Step>,
}

impl Refinement<'_> {
    /// The functional's values and gradients where the changed objective is.
    fn functional(&self) -> Result<(Vec<f64>, Block)> {
        self.changed.functional_gradients(self.functional, &self.queries)
    }
}
