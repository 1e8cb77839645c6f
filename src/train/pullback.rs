//! How the outcome of a training answers to a step: the transposed derivative of an optimizer's step.

use crate::engine::vectorized;
use crate::tensor::Real;

use super::optimizer::Optimizer;
use super::tape::{PastRows, PastStep};

/// The derivatives of some outcomes by the parameters and the optimizer's state: for each row of each parameter one outcome
/// after the other.
#[derive(Clone, Debug)]
pub(super) struct Adjoint<T> {
    /// By the values of the parameters.
    pub values: Vec<Vec<f64>>,
    /// By the momentum; empty for optimizers without.
    momentum: Vec<Vec<f64>>,
    /// By the second moment; empty for optimizers without.
    second: Vec<Vec<f64>>,
    transposed: Transposed,
    /// What numbers without a gradient would answer.
    unused: Vec<T>,
}

/// The transposed derivative of an optimizer's step in each number of a row. With l, m and s the derivatives of an outcome
/// by value, momentum and second moment after the step:
///
/// m ← m + `to_momentum` · l, s ← s + `to_second` · l; the derivative by the batch's gradient is
/// `of_value` · l + `of_momentum` · m + `of_second` · s; then m and s decay.
#[derive(Clone, Debug, Default)]
struct Transposed {
    to_momentum: Vec<f64>,
    to_second: Vec<f64>,
    of_value: Vec<f64>,
    of_second: Vec<f64>,
    of_momentum: f64,
    momentum_decay: f64,
    second_decay: f64,
}

/// So many numbers of a row are taken back for all outcomes before the next are, so that what they have in common stays at
/// hand; the outcomes of shorter rows are taken back in one go.
const TOGETHER: usize = 512;

impl Transposed {
    /// That of a row's numbers, whose gradient, and whose momentum and second moment after the step, are given, `times` times.
    /// A second moment of zero counts as having no derivative: nothing moves there.
    #[inline(always)]
    fn set<T: Real>(
        &mut self,
        method: Optimizer,
        rate: f64,
        [first, correction]: [f64; 2],
        [gradient, momentum, second]: [&[T]; 3],
        times: usize,
    ) {
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
        for numbers in [to_momentum, to_second, of_value, of_second] {
            (1..times).for_each(|_| numbers.extend_from_within(..width));
        }
    }

    /// Takes numbers back: derivatives by value, momentum and second moment, of which the latter change and may be empty, and
    /// those by the gradient.
    #[inline(always)]
    fn apply<T: Real>(&self, values: &[f64], first: &mut [f64], second: &mut [f64], response: &mut [T]) {
        let len = values.len();
        let Self { of_momentum, momentum_decay, second_decay, .. } = self;
        let [to_momentum, to_second, of_value, of_second] =
            [&self.to_momentum, &self.to_second, &self.of_value, &self.of_second].map(|numbers| &numbers[..len]);
        let response = &mut response[..len];
        match (first.is_empty(), second.is_empty()) {
            (true, true) => {
                for place in 0..len {
                    response[place] = T::from_f64(of_value[place] * values[place]);
                }
            }
            (false, true) => {
                let first = &mut first[..len];
                for place in 0..len {
                    let m = first[place] + to_momentum[place] * values[place];
                    response[place] = T::from_f64(of_value[place] * values[place] + of_momentum * m);
                    first[place] = momentum_decay * m;
                }
            }
            (true, false) => {
                let second = &mut second[..len];
                for place in 0..len {
                    let s = second[place] + to_second[place] * values[place];
                    response[place] = T::from_f64(of_value[place] * values[place] + of_second[place] * s);
                    second[place] = second_decay * s;
                }
            }
            (false, false) => {
                let (first, second) = (&mut first[..len], &mut second[..len]);
                for place in 0..len {
                    let m = first[place] + to_momentum[place] * values[place];
                    let s = second[place] + to_second[place] * values[place];
                    let by_moments = of_momentum * m + of_second[place] * s;
                    response[place] = T::from_f64(of_value[place] * values[place] + by_moments);
                    (first[place], second[place]) = (momentum_decay * m, second_decay * s);
                }
            }
        }
    }
}

impl<T: Real> Adjoint<T> {
    /// The derivatives of outcomes that depend on the parameters alone.
    pub fn new(method: Optimizer, values: Vec<Vec<f64>>) -> Self {
        let state = |used: bool| values.iter().map(|values| vec![0.0; if used { values.len() } else { 0 }]).collect();
        let (momentum, second) = (state(method.momentum_decay() > 0.0), state(method.has_second_moment()));
        Self { values, momentum, second, transposed: Transposed::default(), unused: vec![T::ZERO; TOGETHER] }
    }

    /// Takes the adjoint of `count` outcomes back over a step as far as the optimizer goes, and writes the derivatives by
    /// the batch's gradient into `responses`, for the rows that have one.
    pub fn pull_back(&mut self, method: Optimizer, past: &PastStep<T>, count: usize, responses: &mut [Vec<T>]) {
        vectorized!(|| self.pull_rows(method, past, count, responses));
    }

    #[inline(always)]
    fn pull_rows(&mut self, method: Optimizer, past: &PastStep<T>, count: usize, responses: &mut [Vec<T>]) {
        let Self { values, momentum: firsts, second: seconds, transposed, unused } = self;
        let (kept, corrections) =
            (method.kept(past.learning_rate), method.weight_of_averages(past.step).map(f64::recip));
        for (parameter, PastRows { rows, gradient, momentum, second }) in past.moved.iter().enumerate() {
            let Some(width) = gradient.len().checked_div(rows.len()) else { continue };
            let [values, firsts, seconds] =
                [&mut *values, &mut *firsts, &mut *seconds].map(|each| &mut each[parameter]);
            let times = if count * width <= TOGETHER { count } else { 1 };
            for (place, (row, touched)) in rows.iter().enumerate() {
                for start in (0..width).step_by(TOGETHER) {
                    let end = (start + TOGETHER).min(width);
                    let range = place * width + start..place * width + end;
                    let parts = [gradient, momentum, second].map(|numbers| numbers.get(range.clone()).unwrap_or(&[]));
                    transposed.set(method, past.learning_rate, corrections, parts, times);
                    for outcome in (0..count).step_by(times) {
                        let from = (*row as usize * count + outcome) * width + start;
                        let range = from..from + times * (end - start);
                        let values = &mut values[range.clone()];
                        let first = firsts.get_mut(range.clone()).unwrap_or(&mut []);
                        let second = seconds.get_mut(range.clone()).unwrap_or(&mut []);
                        let response = if *touched { &mut responses[parameter][range] } else { &mut unused[..] };
                        transposed.apply(values, first, second, response);
                        if kept != 1.0 {
                            values.iter_mut().for_each(|l| *l *= kept);
                        }
                    }
                }
            }
        }
    }
}
