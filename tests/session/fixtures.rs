//! Small models of every kind, and matrices in strange orders.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ascribe::Error;
use ascribe::graph::NodeId;
use ascribe::session::{Context, CustomModel, Dataset, Definition, Model, Options};
use ascribe::tensor::{MatrixView, Precision, RowMajor};

use crate::common::{ids, numbers, random_triples};

pub const BOTH: [Precision; 2] = [Precision::F64, Precision::F32];

pub fn context() -> Arc<Context> {
    Arc::new(Context::default())
}

pub fn data(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(file)
}

/// Expects an error that says this.
#[track_caller]
pub fn refused<T>(result: ascribe::Result<T>, part: &str) -> Error {
    let error = result.err().expect("an error");
    let text = error.to_string();
    assert!(text.contains(part), "{text:?} does not say {part:?}");
    error
}

/// A matrix of which every element lies somewhere else.
pub struct Scattered<T> {
    values: Vec<T>,
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

impl<T: Copy> Scattered<T> {
    /// Copies rows into memory with gaps, column by column if asked for; gaps are `gap`.
    pub fn new(from: &[T], columns: usize, by_columns: bool, gap: T) -> Self {
        let rows = from.len() / columns;
        let (row_stride, column_stride) = if by_columns { (2, 2 * rows + 3) } else { (2 * columns + 3, 2) };
        let mut values = vec![gap; rows * row_stride + columns * column_stride];
        for (place, value) in from.iter().enumerate() {
            values[place / columns * row_stride + place % columns * column_stride] = *value;
        }
        Self { values, rows, columns, row_stride, column_stride }
    }
}

impl<T: Copy + Sync> MatrixView<T> for Scattered<T> {
    fn rows(&self) -> usize {
        self.rows
    }

    fn columns(&self) -> usize {
        self.columns
    }

    fn contiguous(&self) -> Option<&[T]> {
        None
    }

    fn read(&self, first: usize, block: &mut [T]) {
        for (place, value) in block.iter_mut().enumerate() {
            let (row, column) = (first + place / self.columns, place % self.columns);
            *value = self.values[row * self.row_stride + column * self.column_stride];
        }
    }
}

pub fn rows_of<T>(values: &[T], columns: usize) -> RowMajor<'_, T> {
    RowMajor::new(values, values.len() / columns, columns).unwrap()
}

/// Random rows of three numbers with a number as target.
pub fn numbered(rows: usize, seed: u64) -> Dataset {
    let targets = numbers(seed + 1, rows);
    Dataset::from_matrix(&rows_of(&numbers(seed, 3 * rows), 3), Some(&targets)).unwrap()
}

/// Random rows of three numbers, of three classes.
pub fn classed(rows: usize, seed: u64) -> Dataset {
    let mut data = Dataset::from_matrix(&rows_of(&numbers(seed, 3 * rows), 3), None).unwrap();
    data.set_labels(&ids(seed + 1, rows, 3), 3).unwrap();
    data
}

/// Random triples of 17 entities and 3 relations.
pub fn triples() -> Dataset {
    Dataset::of_triples(random_triples(17, 3, 80, 6))
}

/// Inputs of [`machine`]: 40 examples.
pub fn inputs() -> Dataset {
    let mut data = Dataset::of_inputs(40).unwrap();
    data.set_ids("a", &ids(1, 40, 6), 1).unwrap();
    data.set_ids("b", &ids(2, 40, 5), 1).unwrap();
    data.set_numbers("y", &rows_of(&numbers(3, 40), 1)).unwrap();
    data
}

/// score = left[a] · right[b], of one number each, as more could be turned; the loss is half its squared distance from y, with
/// a penalty.
pub fn machine_of(definition: &mut Definition) -> (NodeId, NodeId) {
    let g = definition.graph_mut();
    let (a, b, y) = (g.indices("a", &[]).unwrap(), g.indices("b", &[]).unwrap(), g.input("y", &[]).unwrap());
    let (left, right) = (g.parameter("left", &[6, 1]).unwrap(), g.parameter("right", &[5, 1]).unwrap());
    let (one, other) = (g.gather_rows(left, a).unwrap(), g.gather_rows(right, b).unwrap());
    let score = g.einsum("d,d->", one, other).unwrap();
    let residual = g.sub(score, y).unwrap();
    let square = g.mul(residual, residual).unwrap();
    let loss = g.scale(square, 0.5).unwrap();
    let squares = [left, right].map(|table| {
        let square = g.mul(table, table).unwrap();
        g.sum_all(square).unwrap()
    });
    let sum = g.add(squares[0], squares[1]).unwrap();
    let penalty = g.scale(sum, 0.01).unwrap();
    definition.functional("score", score).unwrap();
    definition.own(left, a).unwrap();
    definition.own(right, b).unwrap();
    (loss, penalty)
}

/// The option of a precision.
pub fn made(precision: Precision) -> Options {
    Options::new().with("precision", if precision == Precision::F32 { "f32" } else { "f64" })
}

pub fn machine(precision: Precision) -> Model {
    let mut definition = Definition::new();
    let (loss, penalty) = machine_of(&mut definition);
    let graph = CustomModel::new(&definition, loss, Some(penalty), None).unwrap();
    Model::custom(&context(), graph, &made(precision).with("initial", 0.8).with("seed", 4)).unwrap()
}

pub fn of_triples(precision: Precision) -> Model {
    let options = made(precision).with("dimension", 4).with("negatives", 3).with("seed", 5);
    Model::new(&context(), "distmult", &triples(), &options).unwrap()
}

/// A linear model of numbers with a penalty.
pub fn ridge(precision: Precision) -> Model {
    Model::new(&context(), "linear", &numbered(30, 10), &made(precision).with("l2", 0.1)).unwrap()
}

/// Three classes behind a layer of four.
pub fn layered(precision: Precision) -> Model {
    let options = made(precision).with("loss", "softmax").with("layers", "dense:4,tanh").with("seed", 6);
    Model::new(&context(), "mlp", &classed(30, 20), &options).unwrap()
}

pub fn steps(optimizer: &str) -> Options {
    let options = Options::new().with("optimizer", optimizer).with("learning_rate", 0.05);
    options.with("epochs", 4).with("batch", 3).with("seed", 8)
}

pub fn to_minimum() -> Options {
    Options::new().with("optimizer", "minimize").with("gradient_tolerance", 1e-10)
}

/// A model of each kind with its data and a way of training it.
pub fn all(precision: Precision) -> Vec<(&'static str, Model, Dataset, Options)> {
    let gradient = if precision == Precision::F64 { 1e-10 } else { 1e-5 };
    let minimum = to_minimum().with("gradient_tolerance", gradient);
    vec![
        ("triples", of_triples(precision), triples(), steps("adam")),
        ("graph", machine(precision), inputs(), steps("sgd")),
        ("graph, minimized", machine(precision), inputs(), minimum.clone()),
        ("epochs of rows", layered(precision), classed(30, 20), steps("adam")),
        ("rows, minimized", ridge(precision), numbered(30, 10), minimum),
    ]
}

/// All parameters, one behind the other.
pub fn parameters(model: &Model) -> Vec<f64> {
    let one = |place| {
        let mut values = vec![0.0; model.parameter_shape(place).unwrap().iter().product()];
        model.read_parameter(place, &mut values).unwrap();
        values
    };
    (0..model.parameters()).flat_map(one).collect()
}

/// All that the ledger says.
pub fn ledger(model: &Model) -> Vec<f64> {
    let ledger = model.ledger().unwrap();
    let mut found = Vec::new();
    for example in 0..ledger.examples() as u64 {
        for slot in 0..ledger.slots(example).unwrap().len() {
            found.extend(ledger.change(example, slot).unwrap());
        }
    }
    (0..model.parameters()).for_each(|parameter| found.extend(ledger.remainder(parameter).unwrap()));
    found
}

#[track_caller]
pub fn assert_same(found: &[f64], expected: &[f64], what: &str) {
    let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(found), bits(expected), "{what}");
}
