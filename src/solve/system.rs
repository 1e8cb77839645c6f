//! A damped operator that counts its products and refuses numbers that are not finite.

use std::sync::Arc;

use crate::error::{Error, Result};

use super::dense;
use super::{Block, Operator, Preconditioner, Products};

/// The count that a product is spent on.
pub(super) type Purpose = fn(&mut Products) -> &mut usize;

pub(super) struct System<'a> {
    operator: &'a mut dyn Operator,
    pub damping: f64,
    pub products: Products,
}

impl<'a> System<'a> {
    pub fn new(operator: &'a mut dyn Operator, damping: f64) -> Self {
        Self { operator, damping, products: Products::default() }
    }

    pub fn dimension(&self) -> usize {
        self.operator.dimension()
    }

    /// What the operator knows of its inverse.
    pub fn blocks(&mut self) -> Result<Option<Arc<dyn Preconditioner>>> {
        self.operator.blocks(self.damping)
    }

    pub fn apply(&mut self, purpose: Purpose, directions: &Block, products: &mut Block) -> Result<()> {
        self.apply_undamped(purpose, directions, products)?;
        if self.damping != 0.0 {
            dense::add(self.damping, directions.values(), products.values_mut());
        }
        Ok(())
    }

    pub fn apply_undamped(&mut self, purpose: Purpose, directions: &Block, products: &mut Block) -> Result<()> {
        if directions.count() == 0 {
            return Ok(());
        }
        self.operator.apply(directions, products)?;
        self.account(purpose, directions.count(), products)
    }

    /// Estimates of the products with A alone.
    pub fn apply_sample(&mut self, draw: u64, directions: &Block, products: &mut Block) -> Result<()> {
        if directions.count() == 0 {
            return Ok(());
        }
        self.operator.apply_sample(draw, directions, products)?;
        self.account(|spent| &mut spent.iterating, directions.count(), products)
    }

    /// Writes b − (A + damping) x.
    pub fn residual(&mut self, right: &Block, x: &Block, residual: &mut Block) -> Result<()> {
        self.apply(|spent| &mut spent.checking, x, residual)?;
        for (residual, right) in residual.values_mut().iter_mut().zip(right.values()) {
            *residual = right - *residual;
        }
        Ok(())
    }

    fn account(&mut self, purpose: Purpose, count: usize, products: &Block) -> Result<()> {
        *purpose(&mut self.products) += count;
        let total = self.products.total();
        finite(products, || format!("product {total} with the curvature"))
    }
}

fn finite(block: &Block, place: impl Fn() -> String) -> Result<()> {
    // A sum of zeros is not finite as soon as one term is not, and costs less than looking at each.
    let sum: f64 = block.values().iter().map(|value| value * 0.0).sum();
    if sum == 0.0 {
        return Ok(());
    }
    match block.values().iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(at) => Err(Error::NotFinite {
            what: "a product of the curvature",
            value: block.values()[at],
            place: format!("coordinate {} in {}", at % block.dimension(), place()),
            hint: "look for parameters or data that are not finite, or for losses that overflow".into(),
        }),
    }
}

/// Refuses right-hand sides that do not fit or are not finite, and damping that is no number.
pub(super) fn check(operator: &dyn Operator, damping: f64, right: &Block) -> Result<()> {
    if right.dimension() != operator.dimension() {
        let expected = format!("{}, the dimension of the operator", operator.dimension());
        return Err(Error::argument("the dimension of the right-hand sides", right.dimension(), expected));
    }
    check_damping(damping)?;
    match right.values().iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(at) => Err(Error::NotFinite {
            what: "a right-hand side",
            value: right.values()[at],
            place: format!("coordinate {} of number {}", at % right.dimension(), at / right.dimension()),
            hint: "look at the functional whose gradient it is".into(),
        }),
    }
}

pub(super) fn check_damping(damping: f64) -> Result<()> {
    if damping.is_finite() && damping >= 0.0 {
        return Ok(());
    }
    Err(Error::argument("the damping", damping, "a finite number, zero or more"))
}
