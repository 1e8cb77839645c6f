//! Row patches: a patched table is, for each example, a table that really has those rows.
#![allow(clippy::unwrap_used)]

use crate::common;

use ascribe::Result;
use ascribe::engine::{Execution, Operands, Program, RowPatches, Workers};
use ascribe::graph::{Graph, NodeId, Rewriter};
use ascribe::tensor::Array;
use common::{array, ids, numbers};

const ROWS: usize = 7;
const WIDTH: usize = 5;
const COUNT: usize = 4;

struct Leaves {
    /// The table, patched or not.
    table: NodeId,
    w: NodeId,
    x: NodeId,
    square: NodeId,
    ids: NodeId,
    label: NodeId,
}

type Case = fn(&mut Graph, &Leaves) -> Result<NodeId>;

const CASES: &[(&str, Case)] = &[
    ("the table itself", |g, l| g.broadcast_batch(l.table)),
    ("gather_rows of several rows", |g, l| g.gather_rows(l.table, l.ids)),
    ("gather_rows of one row", |g, l| g.gather_rows(l.table, l.label)),
    ("contraction with the table on the left", |g, l| g.einsum("cd,d->c", l.table, l.x)),
    ("contraction with the table on the right", |g, l| g.einsum("d,cd->c", l.x, l.table)),
    ("contraction with a shared vector", |g, l| {
        let scores = g.einsum("d,cd->c", l.w, l.table)?;
        g.broadcast_batch(scores)
    }),
    ("contraction of matrices, rows last", |g, l| g.einsum("kd,cd->kc", l.square, l.table)),
    ("contraction of matrices, rows first", |g, l| g.einsum("kd,cd->ck", l.square, l.table)),
    ("contraction of matrices, the table on the left", |g, l| g.einsum("cd,kd->kc", l.table, l.square)),
    ("contraction that keeps every axis", |g, l| g.einsum("cd,k->ckd", l.table, l.x)),
    ("contraction that keeps an axis of both", |g, l| g.einsum("d,cd->dc", l.x, l.table)),
    ("contraction that sums the rows", |g, l| {
        let scores = g.einsum("cd,d->c", l.table, l.x)?;
        g.einsum("c,cd->d", scores, l.table)
    }),
    ("contraction with rows kept in both", |g, l| {
        let scores = g.einsum("cd,d->c", l.table, l.x)?;
        g.einsum("c,cd->cd", scores, l.table)
    }),
    ("contraction of the table with itself", |g, l| {
        let square = g.einsum("cd,ed->ce", l.table, l.table)?;
        g.broadcast_batch(square)
    }),
    ("sum over the batch of a contraction", |g, l| g.contract_over_batch("cd,d->c", l.table, l.x)),
    ("sum over the batch of a gather_rows", |g, l| {
        let rows = g.gather_rows(l.table, l.ids)?;
        g.batch_sum(rows)
    }),
    ("squared distances from every row", |g, l| {
        let apart = g.sub(l.table, l.x)?;
        let squares = g.power(apart, 2.0)?;
        let distance = g.sum(squares, 1)?;
        g.neg(distance)
    }),
    ("another shape", |g, l| {
        let flat = g.reshape(l.table, &[WIDTH, ROWS])?;
        let part = g.slice(flat, 1, 2, 3)?;
        g.broadcast_batch(part)
    }),
    ("reductions of the table", |g, l| {
        let total = g.log_sum_exp(l.table, 0)?;
        let sum = g.sum(l.table, 0)?;
        let both = g.concatenate(total, sum, 0)?;
        g.broadcast_batch(both)
    }),
    ("scatter_rows of the table's rows", |g, l| {
        let rows = g.slice(l.table, 0, 1, COUNT)?;
        g.scatter_rows(rows, l.ids, ROWS)
    }),
    ("softmax probability, as in explanations", |g, l| {
        let own = g.gather_rows(l.table, l.label)?;
        let query = g.mul(own, l.w)?;
        let scores = g.einsum("d,cd->c", query, l.table)?;
        let probabilities = g.softmax(scores, 0)?;
        g.gather(probabilities, l.label)
    }),
];

#[derive(Clone)]
struct Data {
    parameters: Vec<Array<f64>>,
    reals: Vec<Vec<f64>>,
    indices: Vec<Vec<u32>>,
    patches: RowPatches<f64>,
}

impl Operands<f64> for Data {
    fn parameter(&self, slot: usize) -> &[f64] {
        self.parameters[slot].values()
    }

    fn real(&self, slot: usize) -> &[f64] {
        &self.reals[slot]
    }

    fn index(&self, slot: usize) -> &[u32] {
        &self.indices[slot]
    }

    fn patches(&self, parameter: usize) -> Option<&RowPatches<f64>> {
        (parameter == 0).then_some(&self.patches)
    }
}

fn data(examples: usize) -> Data {
    let mut patches = RowPatches::new(WIDTH);
    let labels = ids(8, examples, ROWS);
    let rows = ids(9, examples * COUNT, ROWS);
    for example in 0..examples {
        let values = numbers(100 + example as u64, 3 * WIDTH);
        let mut row = |row: u32, part: usize| patches.push_row(row, values[part * WIDTH..][..WIDTH].to_vec());
        match example % 5 {
            // No patch, one that is looked up, the last row, several, and one that is overruled by a later one.
            0 => (),
            1 => row(labels[example], 0),
            2 => row(ROWS as u32 - 1, 1),
            3 => {
                let first = rows[example * COUNT];
                row(first, 0);
                row((first + 1) % ROWS as u32, 1);
                row((first + 3) % ROWS as u32, 2);
            }
            _ => {
                row(labels[example], 0);
                row(labels[example], 1);
            }
        }
        patches.end_example();
    }
    let mut rows = rows;
    // A row that is looked up twice.
    rows.chunks_mut(COUNT).for_each(|rows| rows[1] = rows[0]);
    Data {
        parameters: vec![array(&[ROWS, WIDTH], 1), array(&[WIDTH], 2)],
        reals: vec![numbers(3, examples * WIDTH), numbers(4, examples * COUNT * WIDTH)],
        indices: vec![vec![], vec![], rows, labels],
        patches,
    }
}

/// The graph of a case on the table as it is, or on the patched table.
fn graph(case: Case, patched: bool, rewritten: bool) -> (Graph, NodeId) {
    let mut g = Graph::new();
    let plain = g.parameter("table", &[ROWS, WIDTH]).unwrap();
    let w = g.parameter("weights", &[WIDTH]).unwrap();
    let x = g.input("x", &[WIDTH]).unwrap();
    let square = g.input("square", &[COUNT, WIDTH]).unwrap();
    let ids = g.indices("ids", &[COUNT]).unwrap();
    let label = g.indices("label", &[]).unwrap();
    let table = if patched && !rewritten { g.patched(plain).unwrap() } else { plain };
    let out = case(&mut g, &Leaves { table, w, x, square, ids, label }).unwrap();
    if rewritten {
        let replacement = [(plain, g.patched(plain).unwrap())];
        let out = Rewriter::new(&g, &replacement).rewrite(&mut g, out).unwrap();
        return (g, out);
    }
    (g, out)
}

/// All examples' values, or the one value that they share.
fn run(g: &Graph, out: NodeId, data: &Data, examples: usize, threads: usize) -> Vec<f64> {
    let program = Program::compile(g, &[out], &[]).unwrap();
    let mut execution = Execution::new(program, 0);
    execution.run(&Workers::new(threads).unwrap(), data, examples).unwrap();
    if !g.is_per_example(out) {
        return execution.shared(0).to_vec();
    }
    let mut values = vec![0.0; examples * g.shape(out).len()];
    execution.copy_examples(0, &mut values);
    values
}

fn check(name: &str, case: Case, examples: usize, rewritten: bool) {
    let data = data(examples);
    let (patched, patched_out) = graph(case, true, rewritten);
    let found = run(&patched, patched_out, &data, examples, 1);
    assert_eq!(found, run(&patched, patched_out, &data, examples, 8), "{name}: threads");

    let (plain, plain_out) = graph(case, false, false);
    let mut apart = Vec::new();
    for example in 0..examples {
        let mut own = data.clone();
        for (row, values) in data.patches.of(example) {
            own.parameters[0].row_mut(row as usize).copy_from_slice(values);
        }
        own.reals[0] = data.reals[0][example * WIDTH..][..WIDTH].to_vec();
        own.reals[1] = data.reals[1][example * COUNT * WIDTH..][..COUNT * WIDTH].to_vec();
        own.indices[2] = data.indices[2][example * COUNT..][..COUNT].to_vec();
        own.indices[3] = data.indices[3][example..][..1].to_vec();
        own.patches.clear();
        apart.push(run(&plain, plain_out, &own, 1, 1));
    }
    let summed = !patched.is_per_example(patched_out);
    let expected = match summed {
        true => (0..found.len()).map(|place| apart.iter().map(|values| values[place]).sum()).collect(),
        false => apart.concat(),
    };
    let tolerance = if summed { 1e-14 * examples as f64 } else { 2e-14 };
    common::assert_close(&found, &expected, tolerance, &format!("{name}, {examples} examples"));
}

#[test]
fn patched_tables_are_tables_with_those_rows() {
    // One example, a few, and more than one chunk holds.
    for examples in [1, 10, 1300] {
        for (name, case) in CASES {
            check(name, *case, examples, false);
        }
    }
}

#[test]
fn graphs_that_are_rewritten_to_patched_tables_agree() {
    for (name, case) in CASES {
        if *name != "the table itself" {
            check(name, *case, 23, true);
        }
    }
}

#[test]
fn without_patches_the_table_is_the_table() {
    let mut data = data(50);
    for _ in 0..2 {
        for (name, case) in CASES {
            let ((g, out), (plain, plain_out)) = (graph(*case, true, false), graph(*case, false, false));
            let (found, expected) = (run(&g, out, &data, 50, 1), run(&plain, plain_out, &data, 50, 1));
            if data.patches.of(1).count() == 0 {
                common::assert_close(&found, &expected, 2e-14, name);
            } else {
                assert_ne!(found, expected, "{name}: the patches of this data change every case");
            }
        }
        data.patches.clear();
        (0..50).for_each(|_| data.patches.end_example());
    }
}
