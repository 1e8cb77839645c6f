//! A ledger that is written by whoever trains.

use std::collections::HashMap;

use crate::error::{Error, Result};
use crate::objective::Examples;
use crate::tensor::Real;
use crate::train::StepPlan;

use super::ledger::Ledger;
use super::refill::Refill;
use super::tracker::{CreditRule, empty_ledger};

/// The ledger of a training that is run elsewhere, step by step.
#[derive(Clone, Debug)]
pub struct LedgerBuilder<T> {
    rule: CreditRule,
    shapes: Vec<(usize, usize)>,
    /// By the rule refill its remainder has all movement until the end.
    ledger: Ledger<T>,
    refill: Option<Refill>,
    /// What was recorded in the step under way, by the rule refill.
    pending: Vec<Pending>,
    /// Where of it each example's change of a row is, by example, parameter and row.
    known: HashMap<(usize, usize, u32), usize>,
    /// Its changes and curvatures, one after the other.
    numbers: Vec<T>,
    /// The curvature along each row that the step moves, in the order in which they were recorded.
    sums: Vec<T>,
    /// Where the sum of a row begins, for each row of each parameter: the step in which it was begun, counted from one, and the
    /// place.
    places: Vec<Vec<(u64, usize)>>,
    /// How much was recorded in the step under way.
    open: usize,
    steps: u64,
    epochs: u64,
}

/// A change in the step under way.
#[derive(Clone, Copy, Debug)]
struct Pending {
    example: usize,
    /// None of a row that the example does not own.
    slot: Option<usize>,
    parameter: usize,
    row: u32,
    /// Where its numbers begin.
    start: usize,
}

impl<T: Real> LedgerBuilder<T> {
    /// A ledger without changes.
    ///
    /// # Errors
    /// [`Error::Argument`] when examples own no rows, or one that its parameter does not have.
    pub fn new<E: Examples<T> + ?Sized>(plan: &StepPlan<T>, examples: &E, rule: CreditRule) -> Result<Self> {
        let shapes = plan.shapes();
        let ledger = empty_ledger(plan, examples)?;
        let refill = (rule == CreditRule::Refill).then(|| Refill::new(&ledger, &shapes));
        let places = match refill {
            Some(_) => shapes.iter().map(|(rows, _)| vec![(0, 0); *rows]).collect(),
            None => Vec::new(),
        };
        let (pending, known, numbers, sums) = (Vec::new(), HashMap::new(), Vec::new(), Vec::new());
        Ok(Self { rule, shapes, ledger, refill, pending, known, numbers, sums, places, open: 0, steps: 0, epochs: 0 })
    }

    /// Records that an example moved a row in the step under way.
    ///
    /// # Errors
    /// [`Error::Argument`] for an example, a parameter or a row that is not there, another number of numbers than the row has,
    /// and a curvature that is negative, lacking, or not asked for; [`Error::NotFinite`].
    pub fn record(
        &mut self,
        example: u64,
        parameter: usize,
        row: u64,
        change: &[f64],
        curvature: Option<&[f64]>,
    ) -> Result<()> {
        let (examples, parameters) = (self.ledger.examples(), self.shapes.len());
        let known = usize::try_from(example).ok().filter(|known| *known < examples);
        let example = known.ok_or_else(|| Error::missing("the example that moved a row", example, examples))?;
        let shape = self.shapes.get(parameter).copied();
        let (rows, width) = shape.ok_or_else(|| Error::missing("the parameter that moved", parameter, parameters))?;
        let known = u32::try_from(row).ok().filter(|known| (*known as usize) < rows);
        let row =
            known.ok_or_else(|| Error::missing(&format!("the row of parameter {parameter} that moved"), row, rows))?;
        let check = |what: &'static str, values: &[f64]| {
            if values.len() != width {
                let expected = format!("{width}, the width of the rows of parameter {parameter}");
                return Err(Error::argument(format!("the length of {what}"), values.len(), expected));
            }
            match values.iter().position(|value| !T::from_f64(*value).is_finite()) {
                None => Ok(()),
                Some(place) => Err(Error::NotFinite {
                    what,
                    value: values[place],
                    place: format!("number {place} of row {row} of parameter {parameter}, example {example}"),
                    hint: "record finite numbers; a training that diverged has no ledger".into(),
                }),
            }
        };
        check("a change", change)?;
        if let Some(curvature) = curvature {
            check("a curvature", curvature)?;
            if let Some(value) = curvature.iter().find(|value| **value < 0.0) {
                return Err(Error::argument(
                    "a curvature",
                    value,
                    "zero or more: the diagonal of a Gauss-Newton matrix",
                ));
            }
        }
        if self.refill.is_some() != curvature.is_some() {
            let (found, expected) = match self.refill {
                Some(_) => ("left out", "given with each change, as the rule refill needs it"),
                None => ("given", "left out, or the rule refill, which uses it"),
            };
            return Err(Error::argument("the curvature of a change", found, expected));
        }
        let slot = self.ledger.slots(example).find(|(_, of, owned)| (*of, *owned) == (parameter, row));
        let slot = slot.map(|(slot, ..)| slot);
        match curvature {
            Some(curvature) => self.hold(Pending { example, slot, parameter, row, start: 0 }, change, curvature)?,
            None => {
                let to = match slot {
                    Some(slot) => self.ledger.change_mut(example, slot),
                    None => self.ledger.remainder_mut(parameter).row_mut(row as usize),
                };
                to.iter_mut().zip(change).for_each(|(to, change)| *to += T::from_f64(*change));
            }
        }
        self.open += 1;
        Ok(())
    }

    /// Keeps a change until the end of its step, whose curvature is that of all its changes. Of a row that an example moves
    /// again in the same step there is one change, the sum.
    fn hold(&mut self, pending: Pending, change: &[f64], curvature: &[f64]) -> Result<()> {
        let key = (pending.example, pending.parameter, pending.row);
        if let Some(start) = self.known.get(&key) {
            let held = &mut self.numbers[*start..][..2 * change.len()];
            held.iter_mut().zip(change.iter().chain(curvature)).for_each(|(held, more)| *held += T::from_f64(*more));
            return Ok(());
        }
        let room = self.pending.try_reserve(1).and_then(|()| self.numbers.try_reserve(2 * change.len()));
        let room = room.and_then(|()| self.known.try_reserve(1));
        let room = room.and_then(|()| self.sums.try_reserve(self.numbers.len() / 2 + change.len()));
        room.map_err(|_| {
            let expected = "no more than memory can hold: end steps as they end";
            Error::argument("the number of changes in a step", self.open, expected)
        })?;
        self.known.insert(key, self.numbers.len());
        self.pending.push(Pending { start: self.numbers.len(), ..pending });
        self.numbers.extend(change.iter().chain(curvature).map(|value| T::from_f64(*value)));
        Ok(())
    }

    /// Ends the step under way.
    ///
    /// # Errors
    /// [`Error::Argument`] for a learning rate that is negative or not finite.
    pub fn end_step(&mut self, learning_rate: f64) -> Result<()> {
        if !(learning_rate.is_finite() && learning_rate >= 0.0) {
            return Err(Error::argument("the learning rate of a step", learning_rate, "zero or a positive number"));
        }
        if let Some(refill) = &mut self.refill {
            let step = self.steps + 1;
            for pending in &self.pending {
                let width = self.shapes[pending.parameter].1;
                let own = &self.numbers[pending.start + width..][..width];
                let place = &mut self.places[pending.parameter][pending.row as usize];
                if place.0 == step {
                    let sum = &mut self.sums[place.1..][..width];
                    sum.iter_mut().zip(own).for_each(|(sum, own)| *sum += *own);
                } else {
                    *place = (step, self.sums.len());
                    self.sums.extend_from_slice(own);
                }
            }
            for Pending { parameter, row, .. } in &self.pending {
                let place = &mut self.places[*parameter][*row as usize];
                // Once for each row, by the first that names it.
                if place.0 == step {
                    place.0 = 0;
                    let curvature = &self.sums[place.1..][..self.shapes[*parameter].1];
                    let units = std::iter::repeat_n(learning_rate, curvature.len());
                    refill.shrink(*parameter, *row, units, curvature, &mut self.ledger);
                }
            }
            for Pending { example, slot, parameter, row, start } in self.pending.drain(..) {
                let width = self.shapes[parameter].1;
                let (change, own) = self.numbers[start..][..2 * width].split_at(width);
                let rest = self.ledger.remainder_mut(parameter).row_mut(row as usize);
                rest.iter_mut().zip(change).for_each(|(rest, change)| *rest += *change);
                let Some(slot) = slot else { continue };
                let all = &self.sums[self.places[parameter][row as usize].1..][..width];
                let credit = self.ledger.change_mut(example, slot);
                refill.book(credit, (parameter, row), |place| {
                    (learning_rate, all[place].to_f64(), own[place].to_f64(), change[place].to_f64())
                });
            }
            self.known.clear();
            self.numbers.clear();
            self.sums.clear();
        }
        (self.open, self.steps) = (0, self.steps + 1);
        Ok(())
    }

    /// Counts an epoch.
    ///
    /// # Errors
    /// [`Error::Argument`] while a step is under way.
    pub fn end_epoch(&mut self) -> Result<()> {
        self.check_closed()?;
        self.epochs += 1;
        Ok(())
    }

    fn check_closed(&self) -> Result<()> {
        match self.open {
            0 => Ok(()),
            open => {
                Err(Error::argument("how many changes are of a step that was not ended", open, "0: end the step first"))
            }
        }
    }

    /// What was recorded so far.
    ///
    /// # Errors
    /// [`Error::Argument`] while a step is under way.
    pub fn ledger(&self) -> Result<Ledger<T>> {
        self.check_closed()?;
        let mut ledger = self.ledger.clone();
        if let Some(refill) = &self.refill {
            refill.clone().settle(&mut ledger);
            ledger.take_changes_from_remainder();
        }
        Ok(ledger)
    }

    /// What changes are credited by.
    pub fn rule(&self) -> CreditRule {
        self.rule
    }

    /// The steps that were ended.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The epochs that were ended.
    pub fn epochs(&self) -> u64 {
        self.epochs
    }

    /// The share of shrinking factors that had to be clamped above zero, by the rule refill.
    pub fn clamped(&self) -> Option<f64> {
        self.refill.as_ref().map(Refill::clamped)
    }
}
