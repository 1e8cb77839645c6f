//! A curvature matrix as an operator.

use std::sync::Arc;

use crate::autodiff::{Curvature, curvature_products, gradient, jvp_many};
use crate::error::Result;
use crate::solve::{Block, Operator, Preconditioner};
use crate::tensor::Real;

use super::derivatives::{Derivatives, Products, suits};
use super::evaluate::Evaluate;
use super::programs::{Draft, Point, Ready};

/// A curvature matrix of the objective R, per unit of weight: (1/W) Σ wᵢ (…).
///
/// The penalty's own curvature is part of it whatever the curvature of the loss is taken from.
#[derive(Debug)]
pub struct CurvatureOperator<'d> {
    evaluator: &'d mut dyn Evaluate,
    curvature: Curvature,
}

impl<'d> CurvatureOperator<'d> {
    /// The curvature matrix at the evaluator's point.
    pub fn new(evaluator: &'d mut dyn Evaluate, curvature: Curvature) -> Self {
        Self { evaluator, curvature }
    }
}

impl Operator for CurvatureOperator<'_> {
    fn dimension(&self) -> usize {
        self.evaluator.dimension()
    }

    fn blocks(&mut self, damping: f64) -> Result<Option<Arc<dyn Preconditioner>>> {
        self.evaluator.blocks(self.curvature, damping)
    }

    fn apply(&mut self, directions: &Block, products: &mut Block) -> Result<()> {
        self.evaluator.products(self.curvature, directions, products)
    }
}

impl<T: Real> Derivatives<T> {
    /// Writes the products of a curvature matrix of R with the directions.
    ///
    /// # Errors
    /// [`Error::Argument`](crate::Error::Argument) when blocks have not p numbers a vector; for
    /// [`Curvature::GaussNewton`] when the objective names no outputs; what running the graph reports.
    pub fn products(&mut self, curvature: Curvature, directions: &Block, products: &mut Block) -> Result<()> {
        self.fits(directions)?;
        self.fits(products)?;
        let mut first = 0;
        while first < directions.count() {
            let left = directions.count() - first;
            let place = self.products_program(curvature, self.at_once(left))?;
            let Self { layout, products: known, parameters, inputs, weights, shares, .. } = self;
            let program = &mut known[place];
            let point = Point { parameters, inputs, weights, shares };
            layout.split(directions, first, program.count, &mut program.ready.directions);
            program.ready.run(&self.workers, point)?;
            let given = program.count.min(left);
            for number in 0..layout.slots().len() {
                let part = program.ready.execution.shared(number);
                layout.join(number, part, products, (first, given), 1.0 / self.total_weight);
            }
            first += given;
        }
        Ok(())
    }

    /// The multiplications that one product costs, about, and the bytes that what is kept between products takes.
    ///
    /// # Errors
    /// As [`Derivatives::products`].
    pub fn product_cost(&mut self, curvature: Curvature) -> Result<(f64, usize)> {
        let place = self.products_program(curvature, 1)?;
        let program = self.products[place].ready.execution.program();
        let examples = self.inputs.count();
        let kept = program.cached_bytes_per_example().saturating_mul(examples);
        Ok((program.cost() as f64 * examples as f64, if kept <= self.budget { kept } else { 0 }))
    }

    /// The place of a program that takes at least `count` directions, and not too many more.
    fn products_program(&mut self, curvature: Curvature, count: usize) -> Result<usize> {
        let fits = |known: &Products<T>| known.curvature == curvature && suits(known.count, count);
        if let Some(place) = self.products.iter().position(fits) {
            return Ok(place);
        }
        let (count, ready) = self.narrow_enough(count, |this, count| this.compile_products(curvature, count))?;
        // Two block sizes alternate in a solve at most; older programs give their memory back.
        if self.products.len() >= 2 {
            self.products.remove(0);
        }
        self.products.push(Products { curvature, count, ready });
        Ok(self.products.len() - 1)
    }

    fn compile_products(&self, curvature: Curvature, count: usize) -> Result<Ready<T>> {
        let mut draft = Draft::new(&self.objective, &self.layout, count)?;
        let Draft { graph, parameters, directions, weight, share, total, .. } = &mut draft;
        let loss = (self.objective.loss, *weight, self.objective.outputs);
        // A Hessian has the examples' shares of the penalty in it already.
        let (loss, beside) = match curvature {
            Curvature::Hessian => ((*total, *weight, None), self.objective.fixed_penalty()),
            Curvature::GaussNewton | Curvature::Fisher => (loss, self.objective.penalty),
        };
        let mut outputs = curvature_products(graph, curvature, loss, parameters, directions, count)?;
        if let Some(penalty) = beside {
            let one = graph.broadcast_batch(penalty)?;
            let penalty = graph.mul(*share, one)?;
            let slopes = gradient(graph, penalty, parameters)?;
            let tangents: Vec<_> = parameters.iter().copied().zip(directions.iter().copied()).collect();
            let bends = jvp_many(graph, &slopes, &tangents, count)?;
            for (output, bend) in outputs.iter_mut().zip(bends) {
                if let Some(bend) = bend {
                    *output = graph.add(*output, bend)?;
                }
            }
        }
        draft.compile(&self.objective, &outputs, self.budget)
    }
}
