//! What each example of a batch adds to the gradient of which rows.

use crate::tensor::Real;

/// One example's gradient by one row.
#[derive(Clone, Copy, Debug)]
pub struct Contribution {
    /// The example's place in the batch.
    pub position: u32,
    /// The parameter.
    pub parameter: u32,
    /// Its row.
    pub row: u32,
    /// The slot of the row if the example owns it, counted in the objective's list of owned rows.
    pub slot: Option<u32>,
    start: usize,
}

/// The gradients of a batch's examples by the rows they read, example after example; a row that an example reads twice is
/// one contribution.
#[derive(Debug)]
pub struct Contributions<T> {
    list: Vec<Contribution>,
    gradients: Vec<T>,
    /// The curvature along each number of a gradient, where that is followed.
    curvatures: Vec<T>,
    /// The weighted means of slopes behind them.
    means: Vec<T>,
    widths: Vec<usize>,
    /// For each row of each parameter: the number of the example that read it last, and its contribution.
    seen: Vec<Vec<(u64, u32)>>,
    /// Where each example's contributions begin.
    starts: Vec<usize>,
    current: u64,
}

impl<T: Real> Contributions<T> {
    pub(super) fn new(tables: &[super::plan::TableShape]) -> Self {
        Self {
            list: Vec::new(),
            gradients: Vec::new(),
            curvatures: Vec::new(),
            means: Vec::new(),
            widths: tables.iter().map(|t| t.width).collect(),
            seen: tables.iter().map(|t| vec![(0, 0); t.rows]).collect(),
            starts: Vec::new(),
            current: 0,
        }
    }

    /// All contributions, example after example.
    pub fn iter(&self) -> impl Iterator<Item = &Contribution> {
        self.list.iter()
    }

    /// The gradient of a contribution.
    #[inline]
    pub fn gradient(&self, contribution: &Contribution) -> &[T] {
        &self.gradients[contribution.start..][..self.widths[contribution.parameter as usize]]
    }

    /// The curvature of the example's loss along each number of a contribution; empty where that is not followed.
    #[inline]
    pub fn curvature(&self, contribution: &Contribution) -> &[T] {
        let range = contribution.start..contribution.start + self.widths[contribution.parameter as usize];
        self.curvatures.get(range).unwrap_or(&[])
    }

    pub(super) fn clear(&mut self) {
        self.list.clear();
        self.gradients.clear();
        self.curvatures.clear();
        self.means.clear();
        self.starts.clear();
    }

    pub(super) fn begin_example(&mut self) {
        self.current += 1;
        self.starts.push(self.list.len());
    }

    /// Adds to the example's gradient by a row.
    #[inline(always)]
    pub(super) fn add(&mut self, position: u32, parameter: usize, row: u32, gradient: &[T]) {
        let (example, number) = self.seen[parameter][row as usize];
        if example == self.current {
            let start = self.list[number as usize].start;
            for (sum, x) in self.gradients[start..][..gradient.len()].iter_mut().zip(gradient) {
                *sum += *x;
            }
        } else {
            self.insert(position, parameter, row);
            self.gradients.extend_from_slice(gradient);
        }
    }

    #[inline(always)]
    fn insert(&mut self, position: u32, parameter: usize, row: u32) {
        self.seen[parameter][row as usize] = (self.current, self.list.len() as u32);
        let start = self.gradients.len();
        self.list.push(Contribution { position, parameter: parameter as u32, row, slot: None, start });
    }

    /// Marks a row as the example's own; the first slot that names a row keeps it.
    #[inline(always)]
    pub(super) fn own(&mut self, position: u32, parameter: usize, row: u32, slot: u32) {
        if self.seen[parameter][row as usize].0 != self.current {
            self.insert(position, parameter, row);
            let len = self.gradients.len() + self.widths[parameter];
            self.gradients.resize(len, T::ZERO);
        }
        let number = self.seen[parameter][row as usize].1;
        self.list[number as usize].slot.get_or_insert(slot);
    }

    /// Makes room for the curvatures of all contributions so far.
    pub(super) fn begin_curvatures(&mut self) {
        self.curvatures.resize(self.gradients.len(), T::ZERO);
        self.means.resize(self.gradients.len(), T::ZERO);
    }

    /// Adds to the weighted squares of slopes, or their mean, of the example that was begun last along a row that it
    /// contributes to.
    #[inline(always)]
    pub(super) fn add_curvature(&mut self, parameter: usize, row: u32, values: &[T], of_mean: bool) {
        let (example, number) = self.seen[parameter][row as usize];
        if example == self.current {
            let start = self.list[number as usize].start;
            let sums = if of_mean { &mut self.means } else { &mut self.curvatures };
            sums[start..][..values.len()].iter_mut().zip(values).for_each(|(sum, x)| *sum += *x);
        }
    }

    /// Takes the squares of the means off the squares of the example that was begun last, and multiplies by its share.
    #[inline(always)]
    pub(super) fn end_curvatures(&mut self, share: T) {
        let Some(Contribution { start, .. }) = self.starts.last().and_then(|first| self.list.get(*first)) else {
            return;
        };
        let start = *start;
        for (curvature, mean) in self.curvatures[start..].iter_mut().zip(&self.means[start..]) {
            // A variance; rounding must not make it negative.
            let variance = *curvature - *mean * *mean;
            *curvature = if variance > T::ZERO { share * variance } else { T::ZERO };
        }
    }

    /// Adds to the curvature along a row that is the example's own, found by its slot.
    pub(super) fn add_own_curvature(&mut self, position: u32, slot: u32, curvature: &[T]) {
        if let Some(start) = self.of_example(position).iter().find(|c| c.slot == Some(slot)).map(|c| c.start) {
            for (sum, x) in self.curvatures[start..][..curvature.len()].iter_mut().zip(curvature) {
                *sum += *x;
            }
        }
    }

    fn of_example(&self, position: u32) -> &[Contribution] {
        let start = self.starts[position as usize];
        let end = self.starts.get(position as usize + 1).copied().unwrap_or(self.list.len());
        &self.list[start..end]
    }

    /// Adds to a gradient that is the example's own, found by its slot.
    pub(super) fn add_own(&mut self, position: u32, slot: u32, gradient: &[T]) {
        if let Some(start) = self.of_example(position).iter().find(|c| c.slot == Some(slot)).map(|c| c.start) {
            for (sum, x) in self.gradients[start..][..gradient.len()].iter_mut().zip(gradient) {
                *sum += *x;
            }
        }
    }
}
