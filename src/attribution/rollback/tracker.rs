//! Keeping the ledger while training.

use crate::error::{Error, Result};
use crate::objective::{Examples, Staged};
use crate::options::words;
use crate::tensor::Real;
use crate::train::{BatchStep, Moved, Observer, Optimizer, StepPlan};

use super::credit::Credit;
use super::ledger::Ledger;
use super::refill::Refill;

words! {
    "the attribution of updates";
    /// What updates are attributed to examples. SGD and Adagrad have no momentum, and the rules step and momentum agree.
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "snake_case", deny_unknown_fields)]
    pub enum CreditRule {
        /// Each example is credited with what is left at the end of what its own gradients moved, after the later steps of the
        /// others have answered to it.
        #[default]
        Refill = "refill",
        /// Each example is credited with what its own gradients moved, in their step and through momentum in later ones.
        Momentum = "momentum",
        /// All movement of a row in an example's own step is that example's: the published rule. Examples of a batch that
        /// share a row share what momentum moved equally.
        Step = "step",
    }
}

/// An observer of a training that keeps its ledger.
#[derive(Clone, Debug)]
pub struct Tracker<T> {
    ledger: Ledger<T>,
    /// One for each parameter, where momentum is credited.
    credit: Vec<Credit>,
    /// Where credits shrink with the curvature of later steps.
    refill: Option<Refill>,
    saved: Option<Ledger<T>>,
}

impl<T: Real> Tracker<T> {
    /// A tracker for a training that has not begun.
    ///
    /// # Errors
    /// [`Error::Argument`] when examples own no rows, or one that its parameter does not have, or for the rule refill and a plan
    /// that shows no curvature; [`Error::Unsupported`] for an optimizer with weight decay.
    pub fn new<E: Examples<T> + ?Sized>(
        plan: &StepPlan<T>,
        examples: &E,
        method: Optimizer,
        attribution: CreditRule,
    ) -> Result<Self> {
        if !plan.has_contributions() {
            let expected = "their sum: only then the parts of the examples are known apart";
            return Err(Error::argument("what a step follows of the losses of a batch", "their mean", expected));
        }
        if method.kept(1.0) != 1.0 {
            return Err(Error::Unsupported {
                what: "a ledger of a training whose weights decay".into(),
                hint: "set the option ledger to false and explain by the method replay, or put a penalty into the loss"
                    .into(),
            });
        }
        let (shapes, ledger) = (plan.shapes(), empty_ledger(plan, examples)?);
        let beta = method.momentum_decay();
        let credit = match attribution {
            CreditRule::Momentum if beta > 0.0 => {
                shapes.iter().enumerate().map(|(parameter, shape)| Credit::new(parameter, *shape, method)).collect()
            }
            _ => Vec::new(),
        };
        let refill = match attribution {
            CreditRule::Refill if plan.has_curvature() => Some(Refill::new(&ledger, &shapes)),
            CreditRule::Refill => {
                let expected = "one that shows curvature, as StepPlan::with_curvature makes it";
                return Err(Error::argument("the plan of a ledger by the rule refill", "without curvature", expected));
            }
            _ => None,
        };
        Ok(Self { ledger, credit, refill, saved: None })
    }

    /// The ledger at the end.
    pub fn into_ledger(mut self) -> Ledger<T> {
        self.settle();
        if self.refill.is_some() {
            // While training, the remainder has all movement.
            self.ledger.take_changes_from_remainder();
        }
        self.ledger
    }

    fn settle(&mut self) {
        for credit in &mut self.credit {
            credit.settle(&mut self.ledger);
        }
        if let Some(refill) = &mut self.refill {
            refill.settle(&mut self.ledger);
        }
    }

    /// The share of shrinking factors that had to be clamped above zero, for the rule refill.
    pub fn clamped(&self) -> Option<f64> {
        self.refill.as_ref().map(Refill::clamped)
    }

    /// Credits what examples' gradients move, now and through momentum later.
    fn credit_momentum(&mut self, step: &BatchStep<'_, T>) {
        for contribution in step.contributions.iter() {
            if let Some(slot) = contribution.slot {
                let example = step.examples[contribution.position as usize];
                let gradient = step.contributions.gradient(contribution);
                self.credit[contribution.parameter as usize].record(example, slot, contribution.row, gradient);
            }
        }
        for (parameter, credit) in self.credit.iter_mut().enumerate() {
            let moved = step.moved(parameter);
            match moved.whole() {
                Some((rates, _)) => credit.moved_together(rates, &mut self.ledger),
                None => {
                    for row in moved.rows() {
                        credit.moved(*row, moved.rate(*row), &mut self.ledger);
                    }
                }
            }
        }
    }

    /// Credits what moved in an example's own step.
    fn credit_step(&mut self, step: &BatchStep<'_, T>) {
        let new = T::from_f64(step.method.gradient_share());
        for contribution in step.contributions.iter() {
            let Some(slot) = contribution.slot else { continue };
            let example = step.examples[contribution.position as usize] as usize;
            let (parameter, row) = (contribution.parameter as usize, contribution.row);
            let moved = step.moved(parameter);
            let sharers = moved.sharers(row);
            let own = step.contributions.gradient(contribution);
            let change = self.ledger.change_mut(example, slot as usize);
            let (rates, momenta, gradients) = (moved.rate(row), moved.momentum(row), moved.gradient(row));
            if sharers == 1 {
                add_products(change, rates, momenta, T::ONE);
                let rest = self.ledger.remainder_mut(parameter).row_mut(row as usize);
                add_products(rest, rates, momenta, -T::ONE);
                continue;
            }
            let share = T::from_f64(1.0 / f64::from(sharers));
            for place in 0..own.len() {
                let older = momenta[place] - new * gradients[place];
                let credited = rates[place] * (new * own[place] + share * older);
                self.ledger.change_mut(example, slot as usize)[place] += credited;
                self.ledger.remainder_mut(parameter).row_mut(row as usize)[place] += -credited;
            }
        }
    }

    /// Adds every movement to the remainder, from which what is credited is taken back.
    fn add_movements(&mut self, parameter: usize, moved: Moved<'_, T>) {
        let rest = self.ledger.remainder_mut(parameter);
        match moved.whole() {
            Some((rates, momenta)) => {
                crate::engine::vectorized!(|| add_products(rest.values_mut(), rates, momenta, T::ONE))
            }
            None => {
                for row in moved.rows() {
                    add_products(rest.row_mut(*row as usize), moved.rate(*row), moved.momentum(*row), T::ONE);
                }
            }
        }
    }
}

/// A ledger without changes for the examples of a training.
pub(super) fn empty_ledger<T: Real, E: Examples<T> + ?Sized>(plan: &StepPlan<T>, examples: &E) -> Result<Ledger<T>> {
    let owned = plan.owned().to_vec();
    let mut rows = Vec::with_capacity(owned.len() * examples.len());
    if owned.is_empty() {
        let expected = "one at least: without rows of its own no example has anything in a ledger";
        return Err(Error::argument("the number of rows that an example owns", 0, expected));
    }
    let mut staged = Staged::new(plan.inputs());
    for example in 0..examples.len() {
        staged.clear();
        examples.stage(0, example, &mut staged);
        for owned in &owned {
            let row = staged.ids[owned.input].first();
            rows.push(*row.ok_or_else(|| {
                let name = format!("the input {} of example {example}", owned.input);
                Error::argument(name, "without an id", "one id, which names a row that the example owns")
            })?);
        }
    }
    Ledger::new(owned, rows, &plan.shapes())
}

#[inline(always)]
fn add_products<T: Real>(out: &mut [T], a: &[T], b: &[T], sign: T) {
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out += sign * (*a * *b);
    }
}

impl<T: Real> Observer<T> for Tracker<T> {
    fn step(&mut self, step: &BatchStep<'_, T>) {
        for parameter in 0..step.parameters() {
            self.add_movements(parameter, step.moved(parameter));
        }
        if let Some(refill) = &mut self.refill {
            refill.step(step, &mut self.ledger);
        } else if self.credit.is_empty() {
            self.credit_step(step);
        } else {
            self.credit_momentum(step);
        }
    }

    fn save(&mut self) {
        self.settle();
        match &mut self.saved {
            Some(saved) => saved.clone_from(&self.ledger),
            None => self.saved = Some(self.ledger.clone()),
        }
    }

    fn restore(&mut self) {
        if let Some(saved) = self.saved.take() {
            // What was pending belongs to steps that are now undone.
            self.settle();
            self.ledger = saved;
        }
    }
}
