//! An objective over its examples, whatever its precision: everything above speaks `f64`.

use std::fmt::Debug;
use std::sync::Arc;

use crate::autodiff::Curvature;
use crate::engine::{Monitor, Workers};
use crate::error::Result;
use crate::solve::{Block, DenseMatrix, Preconditioner};
use crate::tensor::{Precision, Real};

use super::any_inputs::AnyInputs;
use super::blocks::BlocksCost;
use super::compiled::{CompiledFunctional, parameters_in_f64};
use super::derivatives::Derivatives;
use super::jacobians::Jacobians;
use super::layout::Layout;
use super::objective::Objective;

/// An objective over its examples at a point, as [`Derivatives`] are of either precision.
///
/// What is computed in the model's precision is widened to `f64`. Methods without an explanation here do what the method
/// of [`Derivatives`] of the same name does, and report the same errors.
#[allow(missing_docs, clippy::missing_errors_doc)]
pub trait Evaluate: Debug + Send {
    /// The model's precision.
    fn precision(&self) -> Precision;
    fn objective(&self) -> &Arc<Objective>;
    fn layout(&self) -> &Layout;
    fn dimension(&self) -> usize {
        self.layout().dimension()
    }
    fn workers(&self) -> &Workers;
    fn set_workers(&mut self, workers: &Workers);

    /// The examples; they are shared and not copied.
    fn inputs(&self) -> AnyInputs;
    /// The number of examples.
    fn examples(&self) -> usize;
    fn weights(&self) -> Vec<f64>;
    fn total_weight(&self) -> f64;
    fn set_examples(&mut self, inputs: &AnyInputs, weights: Option<&[f64]>) -> Result<()>;
    /// The same objective at the same point over other examples, and their mean loss; a fixed penalty counts in it what it
    /// counts here.
    fn with_examples(&self, inputs: &AnyInputs, weights: &[f64], budget: usize) -> Result<Box<dyn Evaluate>>;
    /// Leaves a penalty out that no example has a share of.
    fn drop_fixed_penalty(&mut self) -> Result<()>;
    /// The same in `f64`, of the same examples before or after a change: for differences that are too small for the model's
    /// precision. Beside a fixed penalty W stays.
    fn in_f64(&self, inputs: &AnyInputs, weights: &[f64], budget: usize) -> Result<Derivatives<f64>>;

    fn point(&self) -> Vec<f64>;
    fn set_point(&mut self, point: &[f64]) -> Result<()>;
    fn move_to(&mut self, point: &[f64]) -> Result<()>;

    fn value_and_gradient(&mut self, gradient: &mut [f64]) -> Result<f64>;
    fn losses(&mut self) -> Result<Vec<f64>>;
    fn penalty_gradient(&self) -> Result<Vec<f64>>;
    /// The gradient of an example's share of the penalty; zeros where it has none.
    fn share_gradient(&self) -> Result<Vec<f64>> {
        match self.objective().shares_penalty() {
            true => self.penalty_gradient(),
            false => Ok(vec![0.0; self.dimension()]),
        }
    }
    fn directional(&mut self, directions: &Block, work: &mut dyn FnMut(usize, usize, &[f64])) -> Result<()>;
    fn products(&mut self, curvature: Curvature, directions: &Block, products: &mut Block) -> Result<()>;
    fn product_cost(&mut self, curvature: Curvature) -> Result<(f64, usize)>;
    fn matrix(&mut self, curvature: Curvature, monitor: &Monitor) -> Result<DenseMatrix>;
    fn matrix_cost(&self) -> Option<f64>;
    fn blocks(&self, curvature: Curvature, damping: f64) -> Result<Option<Arc<dyn Preconditioner>>>;
    fn blocks_cost(&self) -> Option<BlocksCost>;
    fn sample(&self, count: usize, draw: u64) -> Vec<usize>;
    fn gradients_of(&self, examples: &[usize]) -> Result<Block>;
    fn jacobians(&self, examples: &[usize]) -> Result<Jacobians>;
    fn input_effects(&self, direction: &[f64], input: usize, examples: &[usize]) -> Result<Vec<Vec<f64>>>;

    /// The functional's value for each query, at the point; see [`CompiledFunctional::values`].
    fn functional_values(&self, functional: &CompiledFunctional, queries: &AnyInputs) -> Result<Vec<f64>>;
    /// The functional's value and gradient for each query, at the point; see [`CompiledFunctional::gradients`].
    fn functional_gradients(&self, functional: &CompiledFunctional, queries: &AnyInputs) -> Result<(Vec<f64>, Block)>;
}

impl<T: Real> From<Derivatives<T>> for Box<dyn Evaluate> {
    fn from(derivatives: Derivatives<T>) -> Self {
        Box::new(derivatives)
    }
}

// Methods of `Derivatives` itself take precedence over those of the trait.
impl<T: Real> Evaluate for Derivatives<T> {
    fn precision(&self) -> Precision {
        T::PRECISION
    }

    fn objective(&self) -> &Arc<Objective> {
        self.objective()
    }

    fn layout(&self) -> &Layout {
        self.layout()
    }

    fn workers(&self) -> &Workers {
        self.workers()
    }

    fn set_workers(&mut self, workers: &Workers) {
        self.set_workers(workers);
    }

    fn inputs(&self) -> AnyInputs {
        self.inputs().into()
    }

    fn examples(&self) -> usize {
        self.inputs().count()
    }

    fn weights(&self) -> Vec<f64> {
        self.weights()
    }

    fn total_weight(&self) -> f64 {
        self.total_weight()
    }

    fn set_examples(&mut self, inputs: &AnyInputs, weights: Option<&[f64]>) -> Result<()> {
        self.set_examples(inputs.to(), weights)
    }

    fn with_examples(&self, inputs: &AnyInputs, weights: &[f64], budget: usize) -> Result<Box<dyn Evaluate>> {
        let (workers, objective) = (self.workers(), self.objective().clone());
        let (parameters, names) = (self.parameters().to_vec(), Some(self.layout().names()));
        let mut of = Derivatives::new(workers, objective, parameters, inputs.to::<T>(), Some(weights), names, budget)?;
        let total = of.total_weight;
        of.set_penalty(self.fixed, total)?;
        Ok(of.into())
    }

    fn drop_fixed_penalty(&mut self) -> Result<()> {
        self.set_penalty(0.0, self.total_weight)
    }

    fn in_f64(&self, inputs: &AnyInputs, weights: &[f64], budget: usize) -> Result<Derivatives<f64>> {
        let (workers, objective) = (self.workers(), self.objective().clone());
        let (parameters, names) = (parameters_in_f64(self.parameters()), Some(self.layout().names()));
        let mut of = Derivatives::new(workers, objective, parameters, inputs.to(), Some(weights), names, budget)?;
        of.set_penalty(self.fixed, self.total_weight)?;
        Ok(of)
    }

    fn point(&self) -> Vec<f64> {
        self.point()
    }

    fn set_point(&mut self, point: &[f64]) -> Result<()> {
        self.set_point(point)
    }

    fn move_to(&mut self, point: &[f64]) -> Result<()> {
        self.move_to(point)
    }

    fn value_and_gradient(&mut self, gradient: &mut [f64]) -> Result<f64> {
        self.value_and_gradient(gradient)
    }

    fn losses(&mut self) -> Result<Vec<f64>> {
        self.losses()
    }

    fn penalty_gradient(&self) -> Result<Vec<f64>> {
        self.penalty_gradient()
    }

    fn directional(&mut self, directions: &Block, work: &mut dyn FnMut(usize, usize, &[f64])) -> Result<()> {
        let mut widened = Vec::new();
        self.directional(directions, |example, first, slopes| match T::doubles(slopes) {
            Some(slopes) => work(example, first, slopes),
            None => {
                widened.clear();
                widened.extend(slopes.iter().map(|slope| slope.to_f64()));
                work(example, first, &widened);
            }
        })
    }

    fn products(&mut self, curvature: Curvature, directions: &Block, products: &mut Block) -> Result<()> {
        self.products(curvature, directions, products)
    }

    fn product_cost(&mut self, curvature: Curvature) -> Result<(f64, usize)> {
        self.product_cost(curvature)
    }

    fn matrix(&mut self, curvature: Curvature, monitor: &Monitor) -> Result<DenseMatrix> {
        self.matrix(curvature, monitor)
    }

    fn matrix_cost(&self) -> Option<f64> {
        self.matrix_cost()
    }

    fn blocks(&self, curvature: Curvature, damping: f64) -> Result<Option<Arc<dyn Preconditioner>>> {
        self.blocks(curvature, damping)
    }

    fn blocks_cost(&self) -> Option<BlocksCost> {
        self.blocks_cost()
    }

    fn sample(&self, count: usize, draw: u64) -> Vec<usize> {
        self.sample(count, draw)
    }

    fn gradients_of(&self, examples: &[usize]) -> Result<Block> {
        self.gradients_of(examples)
    }

    fn jacobians(&self, examples: &[usize]) -> Result<Jacobians> {
        self.jacobians(examples)
    }

    fn input_effects(&self, direction: &[f64], input: usize, examples: &[usize]) -> Result<Vec<Vec<f64>>> {
        self.input_effects(direction, input, examples)
    }

    fn functional_values(&self, functional: &CompiledFunctional, queries: &AnyInputs) -> Result<Vec<f64>> {
        functional.values(self.workers(), self.parameters(), queries)
    }

    fn functional_gradients(&self, functional: &CompiledFunctional, queries: &AnyInputs) -> Result<(Vec<f64>, Block)> {
        functional.gradients(self.workers(), self.parameters(), queries)
    }
}
