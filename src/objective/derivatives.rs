//! An objective over its examples at a point, and its first derivatives.

use std::sync::Arc;

use crate::autodiff::{Curvature, gradient, jvp_many};
use crate::engine::{Execution, Program, Workers};
use crate::error::{Error, Result};
use crate::objective::{Inputs, Objective};
use crate::solve::Block;
use crate::tensor::{Array, Real};

use super::layout::Layout;
use super::programs::{Draft, Point, Ready, run_once};

/// The most directions that one program sees at once.
const MAX_DIRECTIONS: usize = 32;
/// The bytes that a program may take to run, however little may be kept.
const WORKSPACE: usize = 1 << 23;
/// The most numbers that the directions of one program may have together: they are summed in every lane.
const MAX_DIRECTION_VALUES: usize = 1 << 22;

/// An objective over its examples, at a point: values, gradients and products with directions.
///
/// Programs are compiled when first needed and kept. What does not depend on a direction is kept within the budget given
/// in bytes, and computed anew after [`Derivatives::set_point`].
#[derive(Debug)]
pub struct Derivatives<T> {
    pub(super) workers: Workers,
    pub(super) objective: Arc<Objective>,
    pub(super) inputs: Arc<Inputs<T>>,
    pub(super) weights: Vec<T>,
    pub(super) total_weight: f64,
    /// What a fixed penalty counts in R; zero where examples have shares of it.
    pub(super) fixed: f64,
    /// What falls of it to each example in W R; empty where examples have shares.
    pub(super) shares: Vec<T>,
    pub(super) parameters: Vec<Array<T>>,
    pub(super) layout: Layout,
    pub(super) budget: usize,
    /// The most directions at once, as far as programs were too wide for the budget.
    most_directions: usize,
    gradient: Option<Ready<T>>,
    directional: Vec<(usize, Ready<T>)>,
    pub(super) products: Vec<Products<T>>,
}

/// A program of products with so many directions at once.
#[derive(Debug)]
pub(super) struct Products<T> {
    pub curvature: Curvature,
    pub count: usize,
    pub ready: Ready<T>,
}

impl<T: Real> Derivatives<T> {
    /// An objective over these examples, at these parameters.
    ///
    /// `weights` are the examples' weights, all one if absent. Derivatives are taken by all parameters or those named. A
    /// penalty that no example has a share of is divided by the sum of these weights, whatever examples are taken later.
    ///
    /// # Errors
    /// [`Error::Argument`] when there are no examples, weights are negative or not one for each example or all zero, a
    /// named parameter does not exist or parameters have other shapes than the graph's.
    pub fn new(
        workers: &Workers,
        objective: Arc<Objective>,
        parameters: Vec<Array<T>>,
        inputs: Arc<Inputs<T>>,
        weights: Option<&[f64]>,
        named: Option<&[String]>,
        budget: usize,
    ) -> Result<Self> {
        let layout = Layout::new(&objective.graph, named)?;
        let ids = objective.graph.parameters();
        let fits =
            |(id, array): (&crate::graph::NodeId, &Array<T>)| objective.graph.shape(*id).sizes() == array.shape();
        if ids.len() != parameters.len() || !ids.iter().zip(&parameters).all(fits) {
            let found: Vec<&[usize]> = parameters.iter().map(Array::shape).collect();
            let expected: Vec<String> = ids.iter().map(|id| objective.graph.shape(*id).to_string()).collect();
            return Err(Error::argument("the parameters' shapes", format!("{found:?}"), expected.join(", ")));
        }
        let mut derivatives = Self {
            workers: workers.clone(),
            objective,
            weights: Vec::new(),
            total_weight: 0.0,
            fixed: 0.0,
            shares: Vec::new(),
            inputs: inputs.clone(),
            parameters,
            layout,
            budget,
            most_directions: MAX_DIRECTIONS,
            gradient: None,
            directional: Vec::new(),
            products: Vec::new(),
        };
        derivatives.set_examples(inputs, weights)?;
        Ok(derivatives)
    }

    /// Takes other examples, or the same with other weights.
    ///
    /// # Errors
    /// [`Error::Argument`] when there are no examples, or weights are negative, not one for each example, or all zero.
    pub fn set_examples(&mut self, inputs: Arc<Inputs<T>>, weights: Option<&[f64]>) -> Result<()> {
        let count = inputs.count();
        if count == 0 {
            return Err(Error::argument("the number of examples", 0, "at least one"));
        }
        let weights = match weights {
            None => vec![1.0; count],
            Some(weights) if weights.len() == count => weights.to_vec(),
            Some(weights) => {
                return Err(Error::argument(
                    "the number of weights",
                    weights.len(),
                    format!("{count}, one an example"),
                ));
            }
        };
        if let Some(place) = weights.iter().position(|w| !(*w >= 0.0 && w.is_finite())) {
            let name = format!("the weight of example {place}");
            return Err(Error::argument(name, weights[place], "zero or a positive number"));
        }
        let total: f64 = weights.iter().sum();
        if total <= 0.0 {
            return Err(Error::argument("the sum of the weights", total, "a positive number: some example must count"));
        }
        self.inputs = inputs;
        self.weights = weights.into_iter().map(T::from_f64).collect();
        if self.objective.fixed_penalty().is_none() {
            self.total_weight = total;
        } else {
            if self.total_weight == 0.0 {
                (self.total_weight, self.fixed) = (total, total.recip());
            }
            self.shares = vec![T::from_f64(self.fixed * self.total_weight / count as f64); count];
        }
        self.forget();
        Ok(())
    }

    /// Moves to another point: the values of the chosen parameters.
    ///
    /// # Errors
    /// [`Error::Argument`] when the vector has another length.
    pub fn set_point(&mut self, point: &[f64]) -> Result<()> {
        self.layout.unflatten(point, &mut self.parameters)?;
        self.forget();
        Ok(())
    }

    /// Moves to a point, unless it is where the derivatives are.
    ///
    /// # Errors
    /// As [`Derivatives::set_point`].
    pub fn move_to(&mut self, point: &[f64]) -> Result<()> {
        if self.layout.is_at(point, &self.parameters) { Ok(()) } else { self.set_point(point) }
    }

    /// Lets a penalty that no example has a share of count so much in R, and W be the sum of some weights.
    pub(super) fn set_penalty(&mut self, fixed: f64, total: f64) -> Result<()> {
        (self.fixed, self.total_weight) = (fixed, total);
        let (inputs, weights) = (self.inputs.clone(), self.weights());
        self.set_examples(inputs, Some(&weights))
    }

    fn forget(&mut self) {
        let directional = self.directional.iter_mut().map(|(_, ready)| ready);
        let products = self.products.iter_mut().map(|products| &mut products.ready);
        for ready in self.gradient.iter_mut().chain(directional).chain(products) {
            ready.prepared = false;
        }
    }

    /// The point: the chosen parameters as one vector.
    pub fn point(&self) -> Vec<f64> {
        self.layout.flatten(&self.parameters)
    }

    /// All parameters.
    pub fn parameters(&self) -> &[Array<T>] {
        &self.parameters
    }

    /// Which parameters derivatives are taken by.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The objective.
    pub fn objective(&self) -> &Arc<Objective> {
        &self.objective
    }

    /// The examples.
    pub fn inputs(&self) -> &Arc<Inputs<T>> {
        &self.inputs
    }

    /// The examples' weights.
    pub fn weights(&self) -> Vec<f64> {
        self.weights.iter().map(|w| w.to_f64()).collect()
    }

    /// W: the sum of the examples' weights; beside a penalty that stays as it is, that of the first examples.
    pub fn total_weight(&self) -> f64 {
        self.total_weight
    }

    /// p: the number of parameters that derivatives are taken by.
    pub fn dimension(&self) -> usize {
        self.layout.dimension()
    }

    /// The threads.
    pub fn workers(&self) -> &Workers {
        &self.workers
    }

    /// Takes other threads, or the same with another flag to stop by. What was computed stays.
    pub fn set_workers(&mut self, workers: &Workers) {
        self.workers = workers.clone();
    }

    /// The objective's value R(θ), and its gradient into `gradient`.
    ///
    /// # Errors
    /// [`Error::Argument`] when `gradient` has not p numbers; what running the graph reports.
    pub fn value_and_gradient(&mut self, gradient: &mut [f64]) -> Result<f64> {
        if gradient.len() != self.dimension() {
            return Err(Error::argument("the length of a gradient", gradient.len(), self.dimension().to_string()));
        }
        let execution = self.first_order()?;
        let (value, parts) = (execution.shared(0)[0].to_f64(), execution.program().outputs() - 2);
        let mut start = 0;
        for part in 0..parts {
            let part = execution.shared(2 + part);
            for (value, x) in gradient[start..].iter_mut().zip(part) {
                *value = x.to_f64();
            }
            start += part.len();
        }
        let weight = self.total_weight;
        gradient.iter_mut().for_each(|x| *x /= weight);
        Ok(value / weight)
    }

    /// Each example's loss, without penalty and weight.
    ///
    /// # Errors
    /// What running the graph reports.
    pub fn losses(&mut self) -> Result<Vec<f64>> {
        let examples = self.inputs.count();
        let execution = self.first_order()?;
        Ok((0..examples).map(|example| execution.example(1, example)[0].to_f64()).collect())
    }

    /// Runs the program of value, losses and gradient.
    fn first_order(&mut self) -> Result<&Execution<T>> {
        if self.gradient.is_none() {
            let mut draft = Draft::new(&self.objective, &self.layout, 1)?;
            // Nothing varies here: the directions are not read.
            draft.directions.clear();
            let value = draft.graph.batch_sum(draft.weighted)?;
            let mut outputs = vec![value, self.objective.loss];
            outputs.extend(gradient(&mut draft.graph, draft.weighted, &draft.parameters)?);
            self.gradient = Some(draft.compile(&self.objective, &outputs, 0)?);
        }
        let Self { parameters, inputs, weights, shares, gradient, .. } = self;
        let point = Point { parameters, inputs, weights, shares };
        let ready = gradient.as_mut().expect("it was just made");
        ready.run(&self.workers, point)?;
        Ok(&ready.execution)
    }

    /// What the penalty counts in R.
    pub(super) fn penalty_factor(&self) -> f64 {
        if self.objective.fixed_penalty().is_some() { self.fixed } else { 1.0 }
    }

    /// The gradient of the penalty as it counts in R: that of every example's share where they have shares. Zeros without a
    /// penalty.
    ///
    /// # Errors
    /// What running the graph reports.
    pub fn penalty_gradient(&self) -> Result<Vec<f64>> {
        let mut found = Block::zeros(self.dimension(), 1);
        let Some(penalty) = self.objective.penalty else { return Ok(found.values().to_vec()) };
        let mut draft = Draft::new(&self.objective, &self.layout, 1)?;
        let each = draft.graph.broadcast_batch(penalty)?;
        let slopes = gradient(&mut draft.graph, each, &draft.parameters)?;
        let program = Program::compile(&draft.graph, &slopes, &[])?;
        let one = self.inputs.select(&[0])?;
        let point = Point { parameters: &self.parameters, inputs: &one, weights: &[T::ONE], shares: &[] };
        let execution = run_once(&self.workers, program, point, self.objective.graph.inputs().len(), &[])?;
        for number in 0..self.layout.slots().len() {
            self.layout.join(number, execution.shared(number), &mut found, (0, 1), self.penalty_factor());
        }
        Ok(found.values().to_vec())
    }

    /// How many directions one program sees at once.
    pub(super) fn at_once(&self, count: usize) -> usize {
        count.min(self.most_directions).min((MAX_DIRECTION_VALUES / self.dimension()).max(1))
    }

    /// Calls `work` with each example's directional derivatives of its loss and its share of the penalty: example, first direction, and the
    /// derivatives along it and those that follow. Weights do not enter.
    ///
    /// One forward pass over the examples serves up to 32 directions.
    ///
    /// # Errors
    /// [`Error::Argument`] when directions have not p numbers; what running the graph reports.
    pub fn directional(&mut self, directions: &Block, mut work: impl FnMut(usize, usize, &[T])) -> Result<()> {
        self.fits(directions)?;
        let mut first = 0;
        while first < directions.count() {
            let left = directions.count() - first;
            let place = self.directional_program(self.at_once(left))?;
            let Self { parameters, inputs, weights, shares, .. } = self;
            let point = Point { parameters, inputs, weights, shares };
            let (count, ready) = &mut self.directional[place];
            let given = left.min(*count);
            self.layout.split(directions, first, *count, &mut ready.directions);
            ready.run(&self.workers, point)?;
            for example in 0..self.inputs.count() {
                work(example, first, &ready.execution.example(0, example)[..given]);
            }
            first += given;
        }
        Ok(())
    }

    /// The place of a program that takes at least `count` directions, and not too many more.
    fn directional_program(&mut self, count: usize) -> Result<usize> {
        if let Some(place) = self.directional.iter().position(|(known, _)| suits(*known, count)) {
            return Ok(place);
        }
        let ready = self.narrow_enough(count, Self::compile_directional)?;
        // Two block sizes alternate at most; older programs give their memory back.
        self.directional.truncate(1);
        self.directional.insert(0, ready);
        Ok(0)
    }

    /// A program of `count` directions, or of fewer where it would take more memory to run than what may be kept, but for
    /// a few megabytes.
    pub(super) fn narrow_enough(
        &mut self,
        mut count: usize,
        compile: impl Fn(&Self, usize) -> Result<Ready<T>>,
    ) -> Result<(usize, Ready<T>)> {
        loop {
            let ready = compile(self, count)?;
            if count == 1 || ready.execution.workspace(self.inputs.count()) <= self.budget.max(WORKSPACE) {
                return Ok((count, ready));
            }
            count = count.div_ceil(2);
            self.most_directions = self.most_directions.min(count);
        }
    }

    fn compile_directional(&self, count: usize) -> Result<Ready<T>> {
        let mut draft = Draft::new(&self.objective, &self.layout, count)?;
        let tangents = draft.tangents();
        let moved = match jvp_many(&mut draft.graph, &[draft.total], &tangents, count)?[0] {
            Some(moved) => moved,
            None => draft.graph.fill(0.0, &[count])?,
        };
        let moved = draft.graph.broadcast_batch(moved)?;
        draft.compile(&self.objective, &[moved], self.budget)
    }

    pub(super) fn fits(&self, directions: &Block) -> Result<()> {
        if directions.dimension() == self.dimension() {
            return Ok(());
        }
        let expected = format!("{}, one for each parameter", self.dimension());
        Err(Error::argument("the length of a direction", directions.dimension(), expected))
    }
}

/// Whether a program of `known` directions may serve for `count`, the rest being zeros.
pub(super) fn suits(known: usize, count: usize) -> bool {
    (count..=count + count / 2).contains(&known)
}
