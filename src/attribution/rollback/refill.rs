//! Crediting updates with what the other examples' later steps make of them.
//!
//! When an example's update of a row is taken back, later steps of the others answer: along coordinate c each shrinks what is
//! left of the change by the factor 1 − a h, with a = η D the step that the optimizer takes for a unit of gradient (D = 1 for
//! SGD) and h the diagonal of the Gauss-Newton matrix of the step's loss. The factor is the same for all examples, so a ledger
//! keeps one running product Π for each number of a table and books credit / Π; at the end credits are Π times what was booked.
//! An example's own later steps would be gone too, so its credit is not shrunk by its own part of h. What is credited is
//! −a g, the gradient's whole eventual movement, in momentum too.

use crate::tensor::Real;
use crate::train::{BatchStep, Optimizer};

use super::ledger::Ledger;

/// What a factor is clamped to. Below, nearly nothing is left of older credits, and 1 − a h is no longer what a step does.
const LOWEST_FACTOR: f64 = 1e-6;
/// What a running product may fall to in `f64` and in `f32` before the credits of its row are settled.
const LOWEST_PRODUCT: [f64; 2] = [1e-100, 1e-20];

/// The running products of a training, and where credits are booked.
#[derive(Clone, Debug)]
pub(super) struct Refill {
    /// Π of each parameter, row after row.
    products: Vec<Vec<f64>>,
    /// The examples with their slots that own the rows of each parameter.
    owners: Vec<Owners>,
    /// How many factors were clamped to [`LOWEST_FACTOR`], of how many.
    clamped: (u64, u64),
}

/// Lists of examples and slots, one for each row.
#[derive(Clone, Debug)]
struct Owners {
    starts: Vec<u32>,
    list: Vec<(u32, u32)>,
}

impl Refill {
    pub fn new<T: Real>(ledger: &Ledger<T>, shapes: &[(usize, usize)]) -> Self {
        let products = shapes.iter().map(|(rows, width)| vec![1.0; rows * width]).collect();
        let owners = shapes.iter().enumerate().map(|(parameter, (rows, _))| Owners::new(ledger, parameter, *rows));
        Self { products, owners: owners.collect(), clamped: (0, 0) }
    }

    /// The share of factors that were clamped: where it is not small, steps were too large for what is booked.
    pub fn clamped(&self) -> f64 {
        self.clamped.0 as f64 / self.clamped.1.max(1) as f64
    }

    pub fn step<T: Real>(&mut self, step: &BatchStep<'_, T>, ledger: &mut Ledger<T>) {
        // From the rate of a step to the eventual movement: without the correction of the first moment, with all of momentum.
        let scale = match step.method {
            Optimizer::Adam { .. } => -step.method.weight_of_averages(step.step)[0],
            Optimizer::Momentum { decay } => -1.0 / (1.0 - decay),
            _ => -1.0,
        };
        for parameter in 0..step.parameters() {
            let moved = step.moved(parameter);
            for row in moved.touched() {
                let units = moved.rate(*row).iter().map(|rate| scale * rate.to_f64());
                self.shrink(parameter, *row, units, moved.curvature(*row), ledger);
            }
        }
        for contribution in step.contributions.iter() {
            let Some(slot) = contribution.slot else { continue };
            let example = step.examples[contribution.position as usize] as usize;
            let (parameter, row) = (contribution.parameter as usize, contribution.row);
            let moved = step.moved(parameter);
            let (rate, curvature) = (moved.rate(row), moved.curvature(row));
            let (own, gradient) =
                (step.contributions.curvature(contribution), step.contributions.gradient(contribution));
            let change = ledger.change_mut(example, slot as usize);
            self.book(change, (parameter, row), |place| {
                let unit = scale * rate[place].to_f64();
                (unit, curvature[place].to_f64(), own[place].to_f64(), -(unit * gradient[place].to_f64()))
            });
        }
    }

    /// Shrinks what is credited along a row by a step: `units` are the steps for a unit of gradient, and `curvature` that of
    /// the step's loss.
    #[inline(always)]
    pub fn shrink<T: Real>(
        &mut self,
        parameter: usize,
        row: u32,
        units: impl Iterator<Item = f64>,
        curvature: &[T],
        ledger: &mut Ledger<T>,
    ) {
        let lowest = LOWEST_PRODUCT[usize::from(size_of::<T>() == 4)];
        let width = curvature.len();
        let products = &mut self.products[parameter][row as usize * width..][..width];
        let (mut clamped, mut least) = (0, f64::INFINITY);
        for ((product, unit), curvature) in products.iter_mut().zip(units).zip(curvature) {
            let factor = 1.0 - unit * curvature.to_f64();
            clamped += u64::from(factor < LOWEST_FACTOR);
            *product *= factor.max(LOWEST_FACTOR);
            least = least.min(*product);
        }
        self.clamped = (self.clamped.0 + clamped, self.clamped.1 + width as u64);
        if least < lowest {
            self.owners[parameter].settle(row, products, ledger);
            products.fill(1.0);
        }
    }

    /// Books a credit in the step whose shrinking was done. At each place of the row: the step for a unit of gradient, the
    /// curvature of the step's loss, the example's own part of it, and the change to credit.
    #[inline(always)]
    pub fn book<T: Real>(
        &self,
        credit: &mut [T],
        (parameter, row): (usize, u32),
        at: impl Fn(usize) -> (f64, f64, f64, f64),
    ) {
        let products = &self.products[parameter][row as usize * credit.len()..][..credit.len()];
        for (place, credit) in credit.iter_mut().enumerate() {
            let (unit, all, own, change) = at(place);
            let factor = (1.0 - unit * all).max(LOWEST_FACTOR);
            let others = (1.0 - unit * (all - own)).max(LOWEST_FACTOR);
            *credit = T::from_f64(credit.to_f64() * (others / factor) + change / products[place]);
        }
    }

    /// Turns what was booked into credits, and begins anew.
    pub fn settle<T: Real>(&mut self, ledger: &mut Ledger<T>) {
        for (products, owners) in self.products.iter_mut().zip(&self.owners) {
            let rows = owners.starts.len() - 1;
            let width = products.len() / rows.max(1);
            for row in 0..rows {
                owners.settle(row as u32, &products[row * width..][..width], ledger);
            }
            products.fill(1.0);
        }
    }
}

impl Owners {
    fn new<T: Real>(ledger: &Ledger<T>, parameter: usize, rows: usize) -> Self {
        let slots = || {
            let each =
                |example| ledger.slots(example).map(move |(slot, of, row)| (example as u32, slot as u32, of, row));
            (0..ledger.examples()).flat_map(each).filter(|(_, _, of, _)| *of == parameter)
        };
        let mut starts = vec![0u32; rows + 1];
        slots().for_each(|(.., row)| starts[row as usize + 1] += 1);
        (0..rows).for_each(|row| starts[row + 1] += starts[row]);
        let mut next = starts.clone();
        let mut list = vec![(0, 0); starts[rows] as usize];
        for (example, slot, _, row) in slots() {
            list[next[row as usize] as usize] = (example, slot);
            next[row as usize] += 1;
        }
        Self { starts, list }
    }

    /// Multiplies what was booked for a row by its running products.
    fn settle<T: Real>(&self, row: u32, products: &[f64], ledger: &mut Ledger<T>) {
        let range = self.starts[row as usize] as usize..self.starts[row as usize + 1] as usize;
        for (example, slot) in &self.list[range] {
            let change = ledger.change_mut(*example as usize, *slot as usize);
            for (change, product) in change.iter_mut().zip(products) {
                *change = T::from_f64(change.to_f64() * product);
            }
        }
    }
}
