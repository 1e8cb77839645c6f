//! Training written from the formulas: dense lists, one number after the other, every past gradient remembered.

use std::collections::{BTreeMap, BTreeSet};

use ascribe::data::Triple;
use ascribe::objective::{Examples, Staged};
use ascribe::tensor::{Array, Real};
use ascribe::train::Optimizer;

/// Table, row, column.
pub type Tables = Vec<Vec<Vec<f64>>>;
/// Rows by table and number.
pub type Rows = BTreeMap<(usize, usize), Vec<f64>>;
/// The loss of one example and its gradient, from the ids and numbers of its inputs.
pub type Gradient<'a> = &'a dyn Fn(&Tables, &Staged<f64>) -> (f64, Rows);

pub fn tables<T: Real>(arrays: &[Array<T>]) -> Tables {
    arrays.iter().map(|a| (0..a.rows()).map(|row| a.row(row).iter().map(|x| x.to_f64()).collect()).collect()).collect()
}

pub fn flat(tables: &Tables) -> Vec<f64> {
    tables.iter().flatten().flatten().copied().collect()
}

fn zeros(like: &Tables) -> Tables {
    like.iter().map(|t| t.iter().map(|row| vec![0.0; row.len()]).collect()).collect()
}

/// The score of a triple from its model's formula.
pub fn score(model: &str, tables: &Tables, triple: Triple) -> f64 {
    let (h, r, t) =
        (&tables[0][triple.head as usize], &tables[1][triple.relation as usize], &tables[0][triple.tail as usize]);
    let half = h.len() / 2;
    match model {
        "distmult" => (0..h.len()).map(|d| h[d] * r[d] * t[d]).sum(),
        "transe" => -(0..h.len()).map(|d| (h[d] + r[d] - t[d]).powi(2)).sum::<f64>(),
        // (a + ib)(c + id) times the conjugate of e + if, and of that the real part.
        _ => (0..half)
            .map(|d| {
                let (re, im) = (h[d] * r[d] - h[half + d] * r[half + d], h[d] * r[half + d] + h[half + d] * r[d]);
                re * t[d] + im * t[half + d]
            })
            .sum(),
    }
}

pub fn add(rows: &mut Rows, table: usize, row: u32, values: impl Iterator<Item = f64>) {
    let values: Vec<f64> = values.collect();
    let sum = rows.entry((table, row as usize)).or_insert_with(|| vec![0.0; values.len()]);
    sum.iter_mut().zip(values).for_each(|(sum, x)| *sum += x);
}

/// DistMult by cross-entropy over the candidates for the tail, of which the first is the true one.
pub fn distmult_softmax(tables: &Tables, staged: &Staged<f64>) -> (f64, Rows) {
    let inputs = &staged.ids;
    let (h, r, candidates) = (inputs[0][0], inputs[1][0], &inputs[3]);
    let (head, relation) = (&tables[0][h as usize], &tables[1][r as usize]);
    let score = |c: &u32| -> f64 { (0..head.len()).map(|d| head[d] * relation[d] * tables[0][*c as usize][d]).sum() };
    let scores: Vec<f64> = candidates.iter().map(score).collect();
    let total: f64 = scores.iter().map(|s| s.exp()).sum();
    let mut rows = Rows::new();
    add(&mut rows, 0, inputs[2][0], head.iter().map(|_| 0.0));
    for (place, c) in candidates.iter().enumerate() {
        let slope = scores[place].exp() / total - f64::from(place == 0);
        let tail = &tables[0][*c as usize];
        add(&mut rows, 0, h, (0..head.len()).map(|d| slope * relation[d] * tail[d]));
        add(&mut rows, 1, r, (0..head.len()).map(|d| slope * head[d] * tail[d]));
        add(&mut rows, 0, *c, (0..head.len()).map(|d| slope * head[d] * relation[d]));
    }
    (total.ln() - scores[0], rows)
}

/// Half the squared distance of a triple's DistMult score from a target: every row read is the example's own.
pub fn distmult_square(target: f64) -> impl Fn(&Tables, &Staged<f64>) -> (f64, Rows) {
    move |tables, staged| {
        let inputs = &staged.ids;
        let ids = [inputs[0][0], inputs[1][0], inputs[2][0]];
        let [h, r, t] = [(0, ids[0]), (1, ids[1]), (0, ids[2])].map(|(table, row)| &tables[table][row as usize]);
        let residual: f64 = (0..h.len()).map(|d| h[d] * r[d] * t[d]).sum::<f64>() - target;
        let mut rows = Rows::new();
        add(&mut rows, 0, ids[0], (0..h.len()).map(|d| residual * r[d] * t[d]));
        add(&mut rows, 1, ids[1], (0..h.len()).map(|d| residual * h[d] * t[d]));
        add(&mut rows, 0, ids[2], (0..h.len()).map(|d| residual * h[d] * r[d]));
        (0.5 * residual * residual, rows)
    }
}

/// What happened in one step.
pub struct Step {
    /// Each example of the batch with its own gradient.
    pub gradients: Vec<(usize, Rows)>,
    /// What the momentum of each row that moved was multiplied by.
    pub rates: Rows,
    /// The momentum of each row that moved.
    pub momenta: Rows,
    pub loss: f64,
}

/// Weights and the state of the optimizer.
pub struct Naive {
    pub tables: Tables,
    method: Optimizer,
    momentum: Tables,
    second: Tables,
    ever: BTreeSet<(usize, usize)>,
    steps: i32,
}

impl Naive {
    pub fn new(tables: Tables, method: Optimizer) -> Self {
        Self { momentum: zeros(&tables), second: zeros(&tables), tables, method, ever: BTreeSet::new(), steps: 0 }
    }

    /// One step with learning rate `eta`.
    pub fn step(&mut self, gradients: Vec<(usize, Rows)>, loss: f64, eta: f64) -> Step {
        self.steps += 1;
        let mut sum = Rows::new();
        for (_, rows) in &gradients {
            for ((table, row), values) in rows {
                add(&mut sum, *table, *row as u32, values.iter().copied());
            }
        }
        self.ever.extend(sum.keys());
        let moving: Vec<_> = match self.method {
            Optimizer::Adam { dense: true, .. } => self.ever.iter().copied().collect(),
            _ => sum.keys().copied().collect(),
        };
        let (mut rates, mut momenta) = (Rows::new(), Rows::new());
        for (table, row) in moving {
            for d in 0..self.tables[table][row].len() {
                let g = sum.get(&(table, row)).map_or(0.0, |values| values[d]);
                let (m, v) = (&mut self.momentum[table][row][d], &mut self.second[table][row][d]);
                let rate = match self.method {
                    Optimizer::Sgd => {
                        *m = g;
                        -eta
                    }
                    Optimizer::Momentum { decay } => {
                        *m = decay * *m + g;
                        -eta
                    }
                    Optimizer::Adagrad { epsilon } => {
                        *m = g;
                        *v += g * g;
                        -eta / (v.sqrt() + epsilon)
                    }
                    Optimizer::Adam { beta1, beta2, epsilon, .. } => {
                        *m = beta1 * *m + (1.0 - beta1) * g;
                        *v = beta2 * *v + (1.0 - beta2) * g * g;
                        let corrected = *v / (1.0 - beta2.powi(self.steps));
                        -eta / (1.0 - beta1.powi(self.steps)) / (corrected.sqrt() + epsilon)
                    }
                };
                rates.entry((table, row)).or_default().push(rate);
                momenta.entry((table, row)).or_default().push(*m);
                self.tables[table][row][d] *= self.method.kept(eta);
                self.tables[table][row][d] += rate * *m;
            }
        }
        Step { gradients, rates, momenta, loss }
    }
}

/// How a naive training goes.
pub struct Plan<'a> {
    pub method: Optimizer,
    pub batch: usize,
    /// The order of each epoch.
    pub orders: &'a [Vec<u32>],
    /// The learning rate at a time in epochs.
    pub rate: &'a dyn Fn(f64) -> f64,
    pub left_out: &'a [usize],
}

/// Trains and gives the weights with every step.
pub fn train(
    initial: Tables,
    plan: &Plan<'_>,
    inputs: usize,
    examples: &dyn Examples<f64>,
    gradient: Gradient<'_>,
) -> (Tables, Vec<Step>) {
    let mut naive = Naive::new(initial, plan.method);
    let mut steps = Vec::new();
    for (epoch, order) in plan.orders.iter().enumerate() {
        for (number, members) in order.chunks(plan.batch).enumerate() {
            let (mut gradients, mut loss) = (Vec::new(), 0.0);
            for example in members.iter().map(|e| *e as usize).filter(|e| !plan.left_out.contains(e)) {
                let mut staged = Staged::new(inputs);
                examples.stage(epoch, example, &mut staged);
                let (own, rows) = gradient(&naive.tables, &staged);
                loss += own;
                gradients.push((example, rows));
            }
            if !gradients.is_empty() {
                let time = epoch as f64 + (number * plan.batch) as f64 / order.len() as f64;
                steps.push(naive.step(gradients, loss, (plan.rate)(time)));
            }
        }
    }
    (naive.tables, steps)
}

/// What each example's own gradients moved, in their step and, by their share of the momentum, in every later one.
pub fn momentum_changes(
    steps: &[Step],
    method: Optimizer,
    owns: &dyn Fn(usize, (usize, usize)) -> bool,
) -> BTreeMap<usize, Rows> {
    let mut changes: BTreeMap<usize, Rows> = BTreeMap::new();
    let mut shares: Vec<(usize, (usize, usize), Vec<f64>)> = Vec::new();
    for step in steps {
        for (_, row, share) in &mut shares {
            if step.rates.contains_key(row) {
                share.iter_mut().for_each(|x| *x *= method.momentum_decay());
            }
        }
        for (example, rows) in &step.gradients {
            for (row, g) in rows.iter().filter(|(row, _)| owns(*example, **row)) {
                shares.push((*example, *row, g.iter().map(|g| method.gradient_share() * g).collect()));
            }
        }
        for (example, row, share) in &shares {
            if let Some(rate) = step.rates.get(row) {
                let moved = rate.iter().zip(share).map(|(rate, m)| rate * m);
                add(changes.entry(*example).or_default(), row.0, row.1 as u32, moved);
            }
        }
    }
    changes
}

/// All movement of a row in an example's own step; what older momentum moved is shared equally by those who share a row.
pub fn step_changes(
    steps: &[Step],
    method: Optimizer,
    owns: &dyn Fn(usize, (usize, usize)) -> bool,
) -> BTreeMap<usize, Rows> {
    let mut changes: BTreeMap<usize, Rows> = BTreeMap::new();
    for step in steps {
        for (example, rows) in &step.gradients {
            for (row, own) in rows.iter().filter(|(row, _)| owns(*example, **row)) {
                let all: Vec<&Vec<f64>> = step.gradients.iter().filter_map(|(_, rows)| rows.get(row)).collect();
                let moved = (0..own.len()).map(|d| {
                    let gradient: f64 = all.iter().map(|g| g[d]).sum();
                    let older = step.momenta[row][d] - method.gradient_share() * gradient;
                    step.rates[row][d] * (method.gradient_share() * own[d] + older / all.len() as f64)
                });
                add(changes.entry(*example).or_default(), row.0, row.1 as u32, moved);
            }
        }
    }
    changes
}
