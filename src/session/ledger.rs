//! The ledger of a model, in either precision.

use std::sync::Arc;

use crate::attribution::{AnyLedger, rollback};
use crate::error::{Error, Result};
use crate::tensor::{Real, either, map_either};

use super::Model;
use super::model::State;

/// For every example and every row that it owns, how much the example's own steps moved the row.
#[derive(Clone, Debug)]
pub struct Ledger {
    held: AnyLedger,
}

/// A row that an example owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    place: usize,
    /// The parameter.
    pub parameter: usize,
    /// The row of it.
    pub row: u64,
    /// The numbers in the row.
    pub width: usize,
}

fn ledger_of<T: Real>(model: &Model, state: &State<T>) -> Result<Arc<rollback::Ledger<T>>> {
    model.training()?;
    state.ledger.clone().ok_or_else(|| Error::Unsupported {
        what: "the ledger of a model without one".into(),
        hint: rollback::NO_LEDGER.into(),
    })
}

impl Model {
    /// The ledger of the training.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a model without one.
    pub fn ledger(&self) -> Result<Ledger> {
        Ok(Ledger { held: map_either!(&self.state, state => ledger_of(self, state)?) })
    }
}

impl Ledger {
    /// The number of examples.
    pub fn examples(&self) -> usize {
        either!(&self.held, ledger => ledger.examples())
    }

    /// The rows that an example owns.
    ///
    /// # Errors
    /// [`Error::Argument`] for an example that is not there.
    pub fn slots(&self, example: u64) -> Result<Vec<Slot>> {
        let example = self.check(example)?;
        Ok(either!(&self.held, ledger => {
            let slots = ledger.slots(example);
            slots
                .map(|(place, parameter, row)| {
                    Slot { place, parameter, row: row.into(), width: ledger.change(example, place).len() }
                })
                .collect()
        }))
    }

    /// One of the rows that an example owns.
    ///
    /// # Errors
    /// [`Error::Argument`] for an example or a slot that is not there.
    pub fn slot(&self, example: u64, slot: usize) -> Result<Slot> {
        let slots = self.slots(example)?;
        slots.get(slot).copied().ok_or_else(|| Error::missing("a slot", slot, slots.len()))
    }

    /// How much an example's own steps moved a row that it owns.
    ///
    /// # Errors
    /// [`Error::Argument`] for an example or a slot that is not there.
    pub fn change(&self, example: u64, slot: usize) -> Result<Vec<f64>> {
        let place = self.slot(example, slot)?.place;
        let example = self.check(example)?;
        Ok(either!(&self.held, ledger => wide(ledger.change(example, place))))
    }

    /// How much of a parameter's movement no example owns.
    ///
    /// # Errors
    /// [`Error::Argument`] for a parameter that is not there.
    pub fn remainder(&self, parameter: usize) -> Result<Vec<f64>> {
        either!(&self.held, ledger => {
            let remainder = ledger.remainder();
            let found = remainder.get(parameter);
            Ok(wide(found.ok_or_else(|| Error::missing("a parameter", parameter, remainder.len()))?.values()))
        })
    }

    fn check(&self, example: u64) -> Result<usize> {
        let found = usize::try_from(example).ok().filter(|example| *example < self.examples());
        found.ok_or_else(|| Error::missing("an example", example, self.examples()))
    }
}

fn wide<T: Real>(values: &[T]) -> Vec<f64> {
    values.iter().map(|value| value.to_f64()).collect()
}
