//! Optimizers on parameters that are cut into rows.
//!
//! Every method moves a row by `rate ⊙ momentum`, where the momentum is linear in the gradients that made it: the plain
//! gradient for SGD and Adagrad, a decaying mean for Adam. That form is what a ledger needs to say which example moved
//! what.

use crate::engine::vectorized;
use crate::error::{Error, Result};
use crate::tensor::Real;

use super::plan::TableShape;

/// An optimizer with its constants.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Optimizer {
    /// Stochastic gradient descent.
    Sgd,
    /// Gradient descent with the heavy-ball momentum of Polyak, "Some methods of speeding up the convergence of iteration methods"
    /// (1964): m ← decay · m + g, θ ← θ − rate · m. Only the rows of the step move.
    Momentum {
        /// The decay of the sum of gradients.
        decay: f64,
    },
    /// Adagrad: Duchi, Hazan and Singer, "Adaptive subgradient methods" (2011).
    Adagrad {
        /// Added to the root of the summed squares.
        epsilon: f64,
    },
    /// Adam: Kingma and Ba, "Adam: a method for stochastic optimization" (2015).
    Adam {
        /// The decay of the mean of gradients.
        beta1: f64,
        /// The decay of the mean of squares.
        beta2: f64,
        /// Added to the root of the mean of squares.
        epsilon: f64,
        /// Whether every row that was ever touched moves in each step; otherwise only the rows of the step do.
        dense: bool,
        /// Decoupled weight decay, as in AdamW (Loshchilov and Hutter, "Decoupled weight decay regularization", 2019): before it
        /// moves, a row shrinks by the learning rate times this number.
        #[serde(default, skip_serializing_if = "is_zero")]
        weight_decay: f64,
    },
}

impl Optimizer {
    /// Adam with its usual constants.
    pub const fn adam(dense: bool) -> Self {
        Self::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, dense, weight_decay: 0.0 }
    }

    /// Adam with its usual constants and decoupled weight decay.
    pub const fn adamw(dense: bool, weight_decay: f64) -> Self {
        Self::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, dense, weight_decay }
    }

    /// Momentum with its usual constant.
    pub const fn momentum() -> Self {
        Self::Momentum { decay: 0.9 }
    }

    /// Adagrad with its usual constant.
    pub const fn adagrad() -> Self {
        Self::Adagrad { epsilon: 1e-10 }
    }

    /// The decay of the momentum: zero for methods without.
    pub fn momentum_decay(self) -> f64 {
        match self {
            Self::Adam { beta1, .. } => beta1,
            Self::Momentum { decay } => decay,
            _ => 0.0,
        }
    }

    /// What of a gradient enters the momentum.
    pub fn gradient_share(self) -> f64 {
        if let Self::Adam { beta1, .. } = self { 1.0 - beta1 } else { 1.0 }
    }

    /// The part of a row that a step leaves of it before it moves.
    pub fn kept(self, learning_rate: f64) -> f64 {
        if let Self::Adam { weight_decay, .. } = self { 1.0 - learning_rate * weight_decay } else { 1.0 }
    }

    /// The weight that gradients have had in the moving averages after a step: what they are divided by.
    pub fn weight_of_averages(self, step: u64) -> [f64; 2] {
        let power = step.min(i32::MAX as u64) as i32;
        match self {
            Self::Adam { beta1, beta2, .. } => [beta1, beta2].map(|beta| 1.0 - beta.powi(power)),
            _ => [1.0; 2],
        }
    }

    /// Whether steps depend on the squares of earlier gradients.
    pub fn has_second_moment(self) -> bool {
        matches!(self, Self::Adagrad { .. } | Self::Adam { .. })
    }

    /// Whether rows without a gradient move too.
    pub fn moves_all_rows(self) -> bool {
        matches!(self, Self::Adam { dense: true, .. })
    }

    /// Checks the constants.
    ///
    /// # Errors
    /// [`Error::Argument`] for a decay outside [0, 1) or an epsilon that is not a positive number.
    pub fn check(self) -> Result<()> {
        let (decays, epsilon) = match self {
            Self::Sgd => return Ok(()),
            Self::Momentum { decay } => ([decay, 0.0], 1.0),
            Self::Adagrad { epsilon } => ([0.0, 0.0], epsilon),
            Self::Adam { beta1, beta2, epsilon, .. } => ([beta1, beta2], epsilon),
        };
        for decay in decays {
            if !(0.0..1.0).contains(&decay) {
                return Err(Error::argument("a decay of the optimizer", decay, "a number from 0 to below 1"));
            }
        }
        if let Self::Adam { weight_decay, .. } = self
            && !(weight_decay >= 0.0 && weight_decay.is_finite())
        {
            return Err(Error::argument("the weight decay", weight_decay, "zero or a positive number"));
        }
        if !(epsilon > 0.0 && epsilon.is_finite()) {
            return Err(Error::argument("the optimizer's epsilon", epsilon, "a positive number"));
        }
        Ok(())
    }
}

fn is_zero(number: &f64) -> bool {
    *number == 0.0
}

/// What an optimizer carries from one step to the next for the rows of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TableState<T> {
    /// Empty for methods without momentum.
    momentum: Vec<T>,
    second: Vec<T>,
    ever: Vec<u32>,
}

impl<T> TableState<T> {
    pub fn new(momentum: Vec<T>, second: Vec<T>, ever: Vec<u32>) -> Self {
        Self { momentum, second, ever }
    }

    /// The rows that ever had a gradient, in the order they were met.
    pub fn rows(&self) -> &[u32] {
        &self.ever
    }

    /// Momentum and second moment; empty for methods without.
    pub fn moments(&self) -> (&[T], &[T]) {
        (&self.momentum, &self.second)
    }

    /// The bytes it takes.
    pub fn bytes(&self) -> usize {
        (self.momentum.len() + self.second.len()) * size_of::<T>() + self.ever.len() * size_of::<u32>()
    }
}

/// A parameter's rows with the state of the optimizer and the gradient of the batch.
#[derive(Debug)]
pub(super) struct Table<T> {
    shape: TableShape,
    gradient: Vec<T>,
    /// The batch's curvature along each number; empty where that is not followed.
    curvature: Vec<T>,
    momentum: Vec<T>,
    second: Vec<T>,
    rate: Vec<T>,
    /// The rows that have a gradient in this batch, in the order they were met, with the number of examples.
    touched: Vec<u32>,
    sharers: Vec<u32>,
    /// The rows that ever had one, in the order they were met.
    ever: Vec<u32>,
    ever_touched: Vec<bool>,
}

/// How the rows of a parameter moved in a step.
#[derive(Debug)]
pub struct Moved<'a, T> {
    table: &'a Table<T>,
    all: bool,
}

impl<T> Clone for Moved<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Moved<'_, T> {}

impl<'a, T: Real> Moved<'a, T> {
    pub(super) fn new(table: &'a Table<T>, method: Optimizer) -> Self {
        Self { table, all: method.moves_all_rows() }
    }

    /// The rows that moved: those of the batch, or every row ever touched.
    #[inline]
    pub fn rows(&self) -> &'a [u32] {
        if self.all { &self.table.ever } else { &self.table.touched }
    }

    /// The rows that have a gradient in this batch.
    #[inline]
    pub fn touched(&self) -> &'a [u32] {
        &self.table.touched
    }

    /// The numbers in a row.
    #[inline]
    pub fn width(&self) -> usize {
        self.table.shape.width
    }

    /// What the momentum of a row was multiplied by, elementwise, to give the movement.
    #[inline]
    pub fn rate(&self, row: u32) -> &'a [T] {
        self.slice(&self.table.rate, row)
    }

    /// The momentum of a row, this batch's gradient included.
    #[inline]
    pub fn momentum(&self, row: u32) -> &'a [T] {
        self.slice(&self.table.momentum, row)
    }

    /// The batch's gradient by a row: the sum over its examples.
    #[inline]
    pub fn gradient(&self, row: u32) -> &'a [T] {
        self.slice(&self.table.gradient, row)
    }

    /// The optimizer's second moment of a row, this batch's gradient included; empty for methods without one.
    #[inline]
    pub fn second(&self, row: u32) -> &'a [T] {
        if self.table.second.is_empty() { &[] } else { self.slice(&self.table.second, row) }
    }

    /// The curvature of the batch's loss along each number of a row: the sum over its examples; empty where that is not followed.
    #[inline]
    pub fn curvature(&self, row: u32) -> &'a [T] {
        if self.table.curvature.is_empty() { &[] } else { self.slice(&self.table.curvature, row) }
    }

    /// All rates and all momenta, row after row, where every row moves in each step.
    #[inline]
    pub fn whole(&self) -> Option<(&'a [T], &'a [T])> {
        self.all.then_some((&self.table.rate, &self.table.momentum))
    }

    /// How many of the batch's examples have a gradient by a row.
    #[inline]
    pub fn sharers(&self, row: u32) -> u32 {
        self.table.sharers[row as usize]
    }

    #[inline(always)]
    fn slice(&self, values: &'a [T], row: u32) -> &'a [T] {
        let width = self.table.shape.width;
        &values[row as usize * width..][..width]
    }
}

impl<T: Real> Table<T> {
    pub(super) fn new(shape: TableShape, method: Optimizer, curved: bool) -> Self {
        let len = shape.rows * shape.width;
        let state = |used: bool| if used { vec![T::ZERO; len] } else { Vec::new() };
        Self {
            shape,
            gradient: vec![T::ZERO; len],
            curvature: state(curved),
            momentum: vec![T::ZERO; len],
            second: state(method.has_second_moment()),
            rate: vec![T::ZERO; len],
            touched: Vec::with_capacity(shape.rows.min(1024)),
            sharers: vec![0; shape.rows],
            ever: Vec::with_capacity(shape.rows),
            ever_touched: vec![false; shape.rows],
        }
    }

    /// What later steps depend on.
    pub(super) fn state(&self, method: Optimizer) -> TableState<T> {
        let momentum = if method.momentum_decay() > 0.0 { self.momentum.clone() } else { Vec::new() };
        TableState { momentum, second: self.second.clone(), ever: self.ever.clone() }
    }

    /// Whether a state is one of such a table.
    pub(super) fn fits(&self, state: &TableState<T>, method: Optimizer) -> bool {
        let momentum = if method.momentum_decay() > 0.0 { self.momentum.len() } else { 0 };
        (state.momentum.len(), state.second.len()) == (momentum, self.second.len())
            && state.ever.iter().all(|row| (*row as usize) < self.shape.rows)
    }

    /// Goes on from a state that fits.
    pub(super) fn set_state(&mut self, state: &TableState<T>) {
        self.clear();
        if !state.momentum.is_empty() {
            self.momentum.clone_from(&state.momentum);
        }
        self.second.clone_from(&state.second);
        self.ever.clone_from(&state.ever);
        self.ever_touched.fill(false);
        state.ever.iter().for_each(|row| self.ever_touched[*row as usize] = true);
    }

    /// Forgets the last batch.
    pub(super) fn clear(&mut self) {
        let width = self.shape.width;
        for row in self.touched.drain(..) {
            self.gradient[row as usize * width..][..width].fill(T::ZERO);
            if !self.curvature.is_empty() {
                self.curvature[row as usize * width..][..width].fill(T::ZERO);
            }
            self.sharers[row as usize] = 0;
        }
    }

    /// Adds to the batch's gradient by a row.
    #[inline(always)]
    pub(super) fn add(&mut self, row: u32, gradient: &[T]) {
        let place = row as usize;
        self.touch(place);
        let width = self.shape.width;
        for (sum, x) in self.gradient[place * width..][..width].iter_mut().zip(gradient) {
            *sum += *x;
        }
    }

    #[inline(always)]
    fn touch(&mut self, place: usize) {
        if self.sharers[place] == 0 {
            self.touched.push(place as u32);
            if !self.ever_touched[place] {
                self.ever_touched[place] = true;
                self.ever.push(place as u32);
            }
        }
        self.sharers[place] += 1;
    }

    /// Adds to the batch's curvature along the numbers of a row.
    #[inline(always)]
    pub(super) fn add_curvature(&mut self, row: u32, curvature: &[T]) {
        let width = self.shape.width;
        for (sum, x) in self.curvature[row as usize * width..][..width].iter_mut().zip(curvature) {
            *sum += *x;
        }
    }

    /// Adds a curvature along the whole parameter.
    pub(super) fn add_whole_curvature(&mut self, curvature: &[T]) {
        self.curvature.iter_mut().zip(curvature).for_each(|(sum, x)| *sum += *x);
    }

    /// Adds a gradient by the whole parameter, to which `examples` contributed.
    pub(super) fn add_whole(&mut self, gradient: &[T], examples: u32) {
        for place in 0..self.shape.rows {
            self.touch(place);
            self.sharers[place] = examples.max(1);
        }
        for (sum, x) in self.gradient.iter_mut().zip(gradient) {
            *sum += *x;
        }
    }

    /// Moves the weights. `step` counts from one.
    pub(super) fn apply(&mut self, method: Optimizer, learning_rate: f64, step: u64, weights: &mut [T]) {
        match method {
            Optimizer::Sgd => self.each_touched(weights, |_, rate, momentum, gradient, weights| {
                let eta = T::from_f64(-learning_rate);
                for (((rate, momentum), g), w) in rate.iter_mut().zip(momentum).zip(gradient).zip(weights) {
                    *rate = eta;
                    *momentum = *g;
                    *w += eta * *g;
                }
            }),
            Optimizer::Momentum { decay } => {
                let decay = T::from_f64(decay);
                self.each_touched(weights, |_, rate, momentum, gradient, weights| {
                    let eta = T::from_f64(-learning_rate);
                    for (((rate, momentum), g), w) in rate.iter_mut().zip(momentum).zip(gradient).zip(weights) {
                        *rate = eta;
                        *momentum = decay * *momentum + *g;
                        *w += eta * *momentum;
                    }
                });
            }
            Optimizer::Adagrad { epsilon } => {
                let (eta, epsilon) = (T::from_f64(-learning_rate), T::from_f64(epsilon));
                self.each_touched(weights, |second, rate, momentum, gradient, weights| {
                    let state = second.iter_mut().zip(rate).zip(momentum);
                    for ((((s, rate), momentum), g), w) in state.zip(gradient).zip(weights) {
                        *s += *g * *g;
                        *rate = eta / (s.sqrt() + epsilon);
                        *momentum = *g;
                        *w += *rate * *g;
                    }
                });
            }
            Optimizer::Adam { beta1, beta2, epsilon, dense, .. } => {
                let kept = method.kept(learning_rate);
                if kept != 1.0 {
                    self.shrink(dense, T::from_f64(kept), weights);
                }
                let [first_weight, second_weight] = method.weight_of_averages(step);
                let adam = Adam {
                    beta1: T::from_f64(beta1),
                    beta2: T::from_f64(beta2),
                    new1: T::from_f64(1.0 - beta1),
                    new2: T::from_f64(1.0 - beta2),
                    eta: T::from_f64(-learning_rate / first_weight),
                    correction: T::from_f64(1.0 / second_weight),
                    epsilon: T::from_f64(epsilon),
                };
                if dense {
                    // A row never touched has no momentum and stays where it is, so one run over the table serves.
                    let Self { second, rate, momentum, gradient, .. } = self;
                    vectorized!(|| adam.step(second, rate, momentum, gradient, weights));
                } else {
                    self.each_touched(weights, |second, rate, momentum, gradient, weights| {
                        adam.step(second, rate, momentum, gradient, weights)
                    });
                }
            }
        }
    }

    /// Multiplies the rows that are about to move.
    fn shrink(&self, dense: bool, factor: T, weights: &mut [T]) {
        let width = self.shape.width;
        for row in if dense { &self.ever } else { &self.touched } {
            weights[*row as usize * width..][..width].iter_mut().for_each(|w| *w *= factor);
        }
    }

    /// Calls `work` with the second moment, rate, momentum, gradient and weights of each row of the batch.
    #[inline(always)]
    fn each_touched(&mut self, weights: &mut [T], work: impl Fn(&mut [T], &mut [T], &mut [T], &[T], &mut [T])) {
        let Self { shape, gradient, momentum, second, rate, touched, .. } = self;
        let width = shape.width;
        vectorized!(|| {
            for row in touched.iter() {
                let range = *row as usize * width..(*row as usize + 1) * width;
                let second = if second.is_empty() { &mut [][..] } else { &mut second[range.clone()] };
                work(
                    second,
                    &mut rate[range.clone()],
                    &mut momentum[range.clone()],
                    &gradient[range.clone()],
                    &mut weights[range],
                );
            }
        });
    }
}

/// The constants of one step of Adam.
struct Adam<T> {
    beta1: T,
    beta2: T,
    new1: T,
    new2: T,
    eta: T,
    correction: T,
    epsilon: T,
}

impl<T: Real> Adam<T> {
    #[inline(always)]
    fn step(&self, second: &mut [T], rate: &mut [T], momentum: &mut [T], gradient: &[T], weights: &mut [T]) {
        let state = second.iter_mut().zip(rate).zip(momentum);
        for ((((s, rate), m), g), w) in state.zip(gradient).zip(weights) {
            *m = self.beta1 * *m + self.new1 * *g;
            *s = self.beta2 * *s + self.new2 * (*g * *g);
            // Where no gradient has ever been there is no momentum either; a rate of zero keeps sums of rates small.
            let divisor = (*s * self.correction).sqrt() + self.epsilon;
            *rate = if *s == T::ZERO { T::ZERO } else { self.eta / divisor };
            *w += *rate * *m;
        }
    }
}
