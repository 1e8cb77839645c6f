//! Minimising a smooth function of one vector to a small gradient.

use std::ops::ControlFlow;

use crate::curvature::{Curvature, Derivatives};
use crate::error::Result;
use crate::solve::Block;
use crate::tensor::Real;

/// A function with a gradient, and products with its Hessian.
pub trait Smooth {
    /// The numbers in a point.
    fn dimension(&self) -> usize;

    /// The value at a point, and the gradient there into `gradient`.
    ///
    /// # Errors
    /// What computing it may meet.
    fn value_and_gradient(&mut self, point: &[f64], gradient: &mut [f64]) -> Result<f64>;

    /// Writes the products of the Hessian at a point with directions.
    ///
    /// # Errors
    /// What computing them may meet.
    fn products(&mut self, point: &[f64], directions: &Block, products: &mut Block) -> Result<()>;
}

/// How far to go, and whom to tell.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The largest part of the gradient at which a point counts as the minimum.
    pub gradient: f64,
    /// The most steps.
    pub most_iterations: usize,
    /// The pairs of steps and gradient changes that L-BFGS remembers.
    pub memory: usize,
    /// Called after each step, on the calling thread; it may ask to stop.
    pub progress: Option<&'a dyn Fn(&Progress) -> ControlFlow<()>>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { gradient: 1e-8, most_iterations: 1000, memory: 20, progress: None }
    }
}

/// How far minimising has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Steps done.
    pub iteration: usize,
    /// The value there.
    pub value: f64,
    /// The largest part of the gradient there.
    pub gradient: f64,
}

/// Where minimising ended.
#[derive(Clone, Debug)]
pub struct Minimum {
    /// The point.
    pub x: Vec<f64>,
    /// The value there.
    pub value: f64,
    /// The largest part of the gradient there.
    pub gradient: f64,
    /// Steps done.
    pub iterations: usize,
    /// Evaluations of value and gradient.
    pub evaluations: usize,
    /// Products with the Hessian.
    pub products: usize,
    /// Whether the gradient is as small as was asked for.
    pub converged: bool,
}

/// Minimises by Newton's method.
///
/// # Errors
/// What the function reports.
pub fn newton(_function: &mut dyn Smooth, _start: &[f64], _options: &Options) -> Result<Minimum> {
    unimplemented!()
}

impl<T: Real> Smooth for Derivatives<'_, T> {
    fn dimension(&self) -> usize {
        Derivatives::dimension(self)
    }

    fn value_and_gradient(&mut self, point: &[f64], gradient: &mut [f64]) -> Result<f64> {
        self.move_to(point)?;
        Derivatives::value_and_gradient(self, gradient)
    }

    fn products(&mut self, point: &[f64], directions: &Block, products: &mut Block) -> Result<()> {
        self.move_to(point)?;
        Derivatives::products(self, Curvature::Hessian, directions, products)
    }
}
