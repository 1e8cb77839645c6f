//! Perturbing training examples so that a functional of other examples rises.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::objective::Inputs;
use crate::objective::{CompiledFunctional, Derivatives, input_effects};
use crate::tensor::Real;
use crate::train::minimize;

use super::fitted::Influence;
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
    /// The largest part of the gradient at which training again ends, after each round.
    pub gradient: f64,
}

/// What an attack came to.
#[derive(Clone, Debug)]
pub struct Attacked<T> {
    /// The perturbed training set.
    pub inputs: Arc<Inputs<T>>,
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
pub fn attack<T: Real>(
    mut derivatives: Derivatives<T>,
    scalars: &CompiledFunctional,
    queries: &Inputs<T>,
    attack: &Attack,
    options: &Options,
) -> Result<Attacked<T>> {
    let (low, high) = attack.range;
    let sensible = low <= high && attack.step > 0.0 && attack.step.is_finite();
    if !sensible {
        let found = format!("a step of {} in the range {low} to {high}", attack.step);
        return Err(Error::argument("the attack", found, "a positive step and a range that is not empty"));
    }
    if let Some(radius) = attack.radius.filter(|radius| radius.is_nan() || *radius < 0.0) {
        return Err(Error::argument("the attack's radius", radius, "zero or a positive number"));
    }
    let mut once = attack.examples.clone();
    once.sort_unstable();
    once.dedup();
    if once.len() != attack.examples.len() {
        return Err(Error::argument("the examples to perturb", "some of them twice", "each of them once"));
    }
    let mut hint = None;
    let original = derivatives.inputs().clone();
    let sum = |derivatives: &Derivatives<T>| -> Result<f64> {
        Ok(scalars.values(derivatives.workers(), derivatives.parameters(), queries)?.iter().sum())
    };
    let mut values = vec![sum(&derivatives)?];
    for _ in 0..attack.rounds {
        let mut influence = Influence::fit(derivatives, options)?;
        let answer = influence.ask(scalars, queries)?;
        let mut direction = vec![0.0; influence.diagnostics().parameters];
        for vector in answer.solution.x.vectors() {
            direction.iter_mut().zip(vector).for_each(|(x, s)| *x += s);
        }
        let effects = input_effects(influence.derivatives(), &direction, attack.input, &attack.examples)?;
        hint = hint.or_else(|| influence.unconverged().map(str::to_owned));
        derivatives = influence.into_derivatives();
        let mut inputs = derivatives.inputs().clone();
        let perturbed = Arc::make_mut(&mut inputs);
        for (example, effect) in attack.examples.iter().zip(&effects) {
            let before = original.numbers_of(attack.input, *example);
            let row = perturbed.numbers_of_mut(attack.input, *example);
            for ((x, effect), before) in row.iter_mut().zip(effect).zip(before) {
                // The functional changes by −sᵀ ∂ₓ∂_θ L / n: it rises against the effect.
                let sign = if *effect == 0.0 { 0.0 } else { -effect.signum() };
                let before = before.to_f64();
                let mut moved = x.to_f64() + attack.step * sign;
                if let Some(radius) = attack.radius {
                    moved = moved.clamp(before - radius, before + radius);
                }
                *x = T::from_f64(moved.clamp(low, high));
            }
        }
        let weights = derivatives.weights();
        derivatives.set_examples(inputs, Some(&weights))?;
        let start = derivatives.point();
        let settings = minimize::Options { gradient: attack.gradient, ..minimize::Options::default() };
        let found = minimize::newton(&mut derivatives, &start, &settings)?;
        if !found.converged {
            hint = hint.or(found.hint);
        }
        derivatives.set_point(&found.x)?;
        values.push(sum(&derivatives)?);
    }
    Ok(Attacked { inputs: derivatives.inputs().clone(), values, parameters: derivatives.point(), hint })
}
