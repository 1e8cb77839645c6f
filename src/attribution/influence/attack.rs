//! Perturbing training examples so that a functional of other examples rises.

use crate::error::{Error, Result};
use crate::objective::{AnyInputs, CompiledFunctional, Evaluate};
use crate::train::minimize;

use super::influence::Influence;
use super::options::Options;

/// Which training examples may be perturbed, and how.
#[derive(Clone, Debug)]
pub struct Attack {
    /// The examples that may be perturbed.
    pub examples: Vec<usize>,
    /// The slot of the input that is perturbed.
    pub input: usize,
    /// By how much a number moves in a round.
    pub step: f64,
    /// How many rounds.
    pub rounds: usize,
    /// The range that numbers are kept in.
    pub range: (f64, f64),
    /// If given, the most by which a number may differ from what it was; the range comes first.
    pub radius: Option<f64>,
    /// The relative gradient at which training again ends, after each round.
    pub gradient_tolerance: f64,
}

/// What an attack came to.
#[derive(Clone, Debug)]
pub struct Attacked {
    /// The perturbed training set.
    pub inputs: AnyInputs,
    /// The sum of the functional over the queries: before, and after training again in each round.
    pub values: Vec<f64>,
    /// The chosen parameters at the end.
    pub parameters: Vec<f64>,
    /// What to do about solves or trainings that did not converge; none when all did. Where there is something, the
    /// values are those of what was reached.
    pub hint: Option<String>,
}

/// Perturbs training examples so that the sum of a functional over the queries rises (Koh and Liang, 2017, section 5.2): in
/// each round x ← Π(x + α · sign(−sᵀ ∂ₓ∂_θ L)), with s the solved gradient of the functional, and the model is trained again
/// from where it stands.
///
/// # Errors
/// [`Error::Argument`] for an attack on examples or an input that is not there, a range that is empty or a negative radius;
/// what fitting and training report.
pub fn attack(
    evaluator: impl Into<Box<dyn Evaluate>>,
    functional: &CompiledFunctional,
    queries: impl Into<AnyInputs>,
    attack: &Attack,
    options: &Options,
) -> Result<Attacked> {
    let (mut evaluator, queries) = (evaluator.into(), queries.into());
    let (low, high) = attack.range;
    let sensible = low <= high && attack.step > 0.0 && attack.step.is_finite();
    if !sensible {
        let found = format!("a step of {} in the range {low} to {high}", attack.step);
        return Err(Error::argument("the attack", found, "a positive step and a range that is not empty"));
    }
    if let Some(radius) = attack.radius.filter(|radius| radius.is_nan() || *radius < 0.0) {
        return Err(Error::argument("the attack's radius", radius, "zero or a positive number"));
    }
    let mut distinct = attack.examples.clone();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() != attack.examples.len() {
        return Err(Error::argument("the examples to perturb", "some of them twice", "each of them once"));
    }
    let mut hint = None;
    let original = evaluator.inputs();
    let sum = |evaluator: &dyn Evaluate| -> Result<f64> {
        Ok(evaluator.functional_values(functional, &queries)?.iter().sum())
    };
    let mut values = vec![sum(&*evaluator)?];
    for _ in 0..attack.rounds {
        let mut influence = Influence::fit(evaluator, options)?;
        let solved = influence.solve_queries(functional, &queries)?;
        let mut direction = vec![0.0; influence.diagnostics().parameters];
        for vector in solved.solution.x.vectors() {
            direction.iter_mut().zip(vector).for_each(|(x, s)| *x += s);
        }
        let effects = influence.evaluator().input_effects(&direction, attack.input, &attack.examples)?;
        hint = hint.or_else(|| influence.unconverged().map(str::to_owned));
        evaluator = influence.into_evaluator();
        let mut inputs = evaluator.inputs();
        for (example, effect) in attack.examples.iter().zip(&effects) {
            let before = original.numbers_of(attack.input, *example);
            let mut row = inputs.numbers_of(attack.input, *example);
            for ((x, effect), before) in row.iter_mut().zip(effect).zip(before) {
                // The functional changes by −sᵀ ∂ₓ∂_θ L / n: it rises against the effect.
                let sign = if *effect == 0.0 { 0.0 } else { -effect.signum() };
                let mut moved = *x + attack.step * sign;
                if let Some(radius) = attack.radius {
                    moved = moved.clamp(before - radius, before + radius);
                }
                *x = moved.clamp(low, high);
            }
            inputs.set_numbers_of(attack.input, *example, &row);
        }
        let weights = evaluator.weights();
        evaluator.set_examples(&inputs, Some(&weights))?;
        let settings = minimize::Options {
            gradient_tolerance: attack.gradient_tolerance,
            // From nearly at the minimum, whatever the model.
            convex: false,
            monitor: options.monitor.clone(),
            ..minimize::Options::default()
        };
        let found = minimize::relative_minimum(&mut *evaluator, minimize::newton, &settings)?;
        if !found.converged {
            hint = hint.or(found.hint);
        }
        values.push(sum(&*evaluator)?);
    }
    Ok(Attacked { inputs: evaluator.inputs(), values, parameters: evaluator.point(), hint })
}
