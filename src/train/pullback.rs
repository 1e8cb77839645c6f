//! How the outcome of a training answers to a step: the transposed derivative of an optimizer's step.

use std::ops::Range;

use crate::engine::vectorized;
use crate::tensor::Real;

use super::optimizer::Optimizer;
use super::tape::{PastRows, PastStep};

/// The derivatives of an outcome by the parameters and the optimizer's state, for some outcomes at once: for each
/// parameter one vector after the other.
#[derive(Clone, Debug)]
pub(super) struct Adjoint {
    /// By the values of the parameters.
    pub values: Vec<Vec<f64>>,
    /// By the momentum; empty for optimizers without.
    momentum: Vec<Vec<f64>>,
    /// By the second moment; empty for optimizers without.
    second: Vec<Vec<f64>>,
}

/// The transposed derivative of an optimizer's step in each number of a row. With l, m and s the derivatives of an outcome
/// by value, momentum and second moment after the step:
///
/// m ← m + `to_momentum` · l, s ← s + `to_second` · l; the derivative by the batch's gradient is
/// `of_value` · l + `of_momentum` · m + `of_second` · s; then m and s decay.
#[derive(Debug, Default)]
struct Transposed {
    to_momentum: Vec<f64>,
    to_second: Vec<f64>,
    of_value: Vec<f64>,
    of_second: Vec<f64>,
    of_momentum: f64,
    momentum_decay: f64,
    second_decay: f64,
}

impl Transposed {
    /// That of a row whose gradient, and whose momentum and second moment after the step, are given. A second moment of
    /// zero counts as having no derivative: nothing moves there.
    #[inline(always)]
    fn set<T: Real>(&mut self, method: Optimizer, (rate, step): (f64, u64), [gradient, momentum, second]: [&[T]; 3]) {
        let width = gradient.len();
        let Self { to_momentum, to_second, of_value, of_second, .. } = self;
        for numbers in [&mut *to_momentum, &mut *to_second, &mut *of_value, &mut *of_second] {
            numbers.clear();
            numbers.resize(width, 0.0);
        }
        match method {
            Optimizer::Sgd => of_value.fill(-rate),
            Optimizer::Momentum { decay } => {
                to_momentum.fill(-rate);
                (self.of_momentum, self.momentum_decay) = (1.0, decay);
            }
            Optimizer::Adagrad { epsilon } => {
                for place in 0..width {
                    let (gradient, root) = (gradient[place].to_f64(), second[place].to_f64().sqrt());
                    let divisor = root + epsilon;
                    if root > 0.0 {
                        to_second[place] = rate * gradient / (2.0 * root * divisor * divisor);
                    }
                    of_value[place] = -rate / divisor;
                    of_second[place] = 2.0 * gradient;
                }
                self.second_decay = 1.0;
            }
            Optimizer::Adam { beta1, beta2, epsilon, .. } => {
                let power = step.min(i32::MAX as u64) as i32;
                let (first, correction) = (1.0 / (1.0 - beta1.powi(power)), 1.0 / (1.0 - beta2.powi(power)));
                for place in 0..width {
                    let moment = second[place].to_f64() * correction;
                    if moment > 0.0 {
                        let root = moment.sqrt();
                        let divisor = root + epsilon;
                        to_momentum[place] = -rate * first / divisor;
                        let movement = rate * first * momentum[place].to_f64();
                        to_second[place] = movement * correction / (2.0 * root * divisor * divisor);
                    }
                    of_second[place] = 2.0 * (1.0 - beta2) * gradient[place].to_f64();
                }
                (self.of_momentum, self.momentum_decay, self.second_decay) = (1.0 - beta1, beta1, beta2);
            }
        }
    }

    /// Takes one row back: derivatives by value, momentum and second moment, of which the latter change and may be empty, and
    /// that by the gradient, which may be empty too.
    #[inline(always)]
    fn row<T: Real>(&self, values: &[f64], first: &mut [f64], second: &mut [f64], response: &mut [T]) {
        let width = values.len();
        let Self { to_momentum, to_second, of_value, of_second, of_momentum, momentum_decay, second_decay } = self;
        let (to_momentum, to_second) = (&to_momentum[..width], &to_second[..width]);
        let (of_value, of_second) = (&of_value[..width], &of_second[..width]);
        let respond = |response: &mut [T], place: usize, m: f64, s: f64| {
            if let Some(response) = response.get_mut(place) {
                *response = T::from_f64(of_value[place] * values[place] + of_momentum * m + of_second[place] * s);
            }
        };
        match (first.len() == width, second.len() == width) {
            (true, true) => {
                for place in 0..width {
                    let m = first[place] + to_momentum[place] * values[place];
                    let s = second[place] + to_second[place] * values[place];
                    respond(response, place, m, s);
                    (first[place], second[place]) = (momentum_decay * m, second_decay * s);
                }
            }
            (true, false) => {
                for place in 0..width {
                    let m = first[place] + to_momentum[place] * values[place];
                    respond(response, place, m, 0.0);
                    first[place] = momentum_decay * m;
                }
            }
            (false, _) => {
                for place in 0..width {
                    let mut s = 0.0;
                    if let Some(second) = second.get_mut(place) {
                        s = *second + to_second[place] * values[place];
                        *second = second_decay * s;
                    }
                    respond(response, place, 0.0, s);
                }
            }
        }
    }
}

impl Adjoint {
    /// The derivatives of outcomes that depend on the parameters alone.
    pub fn new(method: Optimizer, values: Vec<Vec<f64>>) -> Self {
        let state = |used: bool| values.iter().map(|values| vec![0.0; if used { values.len() } else { 0 }]).collect();
        let (momentum, second) = (state(method.momentum_decay() > 0.0), state(method.has_second_moment()));
        Self { values, momentum, second }
    }

    /// Takes the adjoint of `count` outcomes back over a step as far as the optimizer goes, and writes the derivatives by
    /// the batch's gradient into `responses`, for the rows that have one.
    pub fn pull_back<T: Real>(
        &mut self,
        method: Optimizer,
        past: &PastStep<T>,
        count: usize,
        responses: &mut [Vec<T>],
    ) {
        vectorized(|| self.pull_rows(method, past, count, responses));
    }

    #[inline(always)]
    fn pull_rows<T: Real>(&mut self, method: Optimizer, past: &PastStep<T>, count: usize, responses: &mut [Vec<T>]) {
        let mut transposed = Transposed::default();
        for (parameter, PastRows { rows, gradient, momentum, second }) in past.moved.iter().enumerate() {
            let Some(width) = gradient.len().checked_div(rows.len()) else { continue };
            let size = self.values[parameter].len() / count;
            for (place, (row, touched)) in rows.iter().enumerate() {
                let range = place * width..(place + 1) * width;
                let parts = [gradient, momentum, second].map(|numbers| numbers.get(range.clone()).unwrap_or(&[]));
                transposed.set(method, (past.learning_rate, past.step), parts);
                let kept = method.kept(past.learning_rate);
                for outcome in 0..count {
                    let start = outcome * size + *row as usize * width;
                    let range = start..start + width;
                    let response = touched.then(|| &mut responses[parameter][range.clone()]);
                    self.pull_row(parameter, range.clone(), &transposed, response);
                    if kept != 1.0 {
                        self.values[parameter][range].iter_mut().for_each(|l| *l *= kept);
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn pull_row<T: Real>(
        &mut self,
        parameter: usize,
        range: Range<usize>,
        by: &Transposed,
        response: Option<&mut [T]>,
    ) {
        let values = &self.values[parameter][range.clone()];
        let first = self.momentum[parameter].get_mut(range.clone()).unwrap_or(&mut []);
        let second = self.second[parameter].get_mut(range).unwrap_or(&mut []);
        let mut none = [];
        let response = response.unwrap_or(&mut none);
        by.row(values, first, second, response);
    }
}
