//! Programs and executions: threads, chunks, repeated runs, and what they refuse.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::sync::Arc;

use ascribe::Result;
use ascribe::autodiff::{gradient, hessian_vector_product};
use ascribe::engine::Operands;
use ascribe::engine::{Execution, Program, RowPatches, Values, Workers};
use ascribe::graph::{Graph, NodeId};
use ascribe::tensor::{Array, Real};
use common::{array, assert_close, bits, flat, ids, numbers};

const ROWS: usize = 48;
const WIDTH: usize = 12;
const COUNT: usize = 3;

/// Per-example outputs first, then shared ones.
struct Network {
    graph: Graph,
    outputs: Vec<NodeId>,
}

/// A loss with lookups, whole-table products and a softmax; its values, its gradients and the products of its Hessian.
fn network() -> Result<Network> {
    let mut g = Graph::new();
    let p = g.parameter("table", &[ROWS, WIDTH])?;
    let w = g.parameter("weights", &[WIDTH])?;
    let x = g.input("features", &[WIDTH])?;
    let i = g.indices("rows", &[COUNT])?;
    let j = g.indices("label", &[])?;
    let v = g.shared_input("table direction", &[ROWS, WIDTH])?;
    let u = g.shared_input("weights direction", &[WIDTH])?;
    let rows = g.gather_rows(p, i)?;
    let context = g.sum(rows, 0)?;
    let scaled = g.mul(x, w)?;
    let mixed = g.add(context, scaled)?;
    let hidden = g.tanh(mixed)?;
    let scores = g.einsum("cd,d->c", p, hidden)?;
    let total = g.log_sum_exp(scores, 0)?;
    let own = g.gather(scores, j)?;
    let loss = g.sub(total, own)?;
    let scattered = g.scatter_rows(rows, i, ROWS)?;
    let mut outputs = vec![loss, hidden, scores, scattered];
    outputs.push(g.batch_sum(loss)?);
    outputs.push(g.scatter_over_batch(rows, i, ROWS)?);
    outputs.extend(gradient(&mut g, loss, &[p, w])?);
    outputs.extend(hessian_vector_product(&mut g, loss, &[p, w], &[v, u])?);
    Ok(Network { graph: g, outputs })
}

/// Everything a network runs on.
#[derive(Clone)]
struct Data<T> {
    parameters: Vec<Array<T>>,
    x: Vec<T>,
    i: Vec<u32>,
    j: Vec<u32>,
    directions: [Vec<T>; 2],
}

impl<T: Real> Data<T> {
    fn new(examples: usize, seed: u64) -> Self {
        let real = |seed, len| numbers(seed, len).into_iter().map(T::from_f64).collect();
        Self {
            parameters: vec![array(&[ROWS, WIDTH], seed), array(&[WIDTH], seed + 1)],
            x: real(seed + 2, examples * WIDTH),
            i: ids(seed + 3, examples * COUNT, ROWS),
            j: ids(seed + 4, examples, ROWS),
            directions: [real(seed + 5, ROWS * WIDTH), real(seed + 6, WIDTH)],
        }
    }

    fn examples(&self) -> usize {
        self.j.len()
    }

    fn values(&self) -> Values<'_, T> {
        Values::new(&self.parameters)
            .with_real(0, &self.x)
            .with_index(1, &self.i)
            .with_index(2, &self.j)
            .with_real(3, &self.directions[0])
            .with_real(4, &self.directions[1])
    }

    /// The examples at these places.
    fn select(&self, places: impl Iterator<Item = usize> + Clone) -> Self {
        Self {
            x: places.clone().flat_map(|n| self.x[n * WIDTH..][..WIDTH].to_vec()).collect(),
            i: places.clone().flat_map(|n| self.i[n * COUNT..][..COUNT].to_vec()).collect(),
            j: places.map(|n| self.j[n]).collect(),
            ..self.clone()
        }
    }
}

fn results<T: Real>(network: &Network, execution: &Execution<T>, examples: usize) -> Vec<Array<T>> {
    let read = |(place, node): (usize, &NodeId)| match network.graph.is_per_example(*node) {
        true => {
            let len = network.graph.shape(*node).len();
            let mut values = vec![T::ZERO; examples * len];
            execution.copy_examples(place, &mut values);
            Array::new(&[examples, len], values).unwrap()
        }
        false => Array::new(&[network.graph.shape(*node).len()], execution.shared(place).to_vec()).unwrap(),
    };
    network.outputs.iter().enumerate().map(read).collect()
}

fn run<T: Real>(network: &Network, program: &Arc<Program<T>>, data: &Data<T>, threads: usize) -> Vec<Array<T>> {
    let mut execution = Execution::new(program.clone(), 0);
    execution.run(&Workers::new(threads).unwrap(), &data.values(), data.examples()).unwrap();
    results(network, &execution, data.examples())
}

fn the_same_bytes_on_any_threads<T: Real>() {
    let network = network().unwrap();
    let program = Program::<T>::compile(&network.graph, &network.outputs, &[]).unwrap();
    for examples in [1, 2, 7, 16, 63, 512, 513, 1000, 4099] {
        let data = Data::<T>::new(examples, examples as u64);
        let single = run(&network, &program, &data, 1);
        assert!(flat(&single).iter().all(|x| x.is_finite()));
        for threads in [2, 8] {
            let several = run(&network, &program, &data, threads);
            assert!(bits(&single) == bits(&several), "{} of {examples} examples on {threads} threads", T::NAME);
        }
    }
}

#[test]
fn threads_change_no_bit_in_double_precision() {
    the_same_bytes_on_any_threads::<f64>();
}

#[test]
fn threads_change_no_bit_in_single_precision() {
    the_same_bytes_on_any_threads::<f32>();
}

/// Single precision against double precision, for the engine alone.
#[test]
fn single_precision_follows_double_precision() {
    let network = network().unwrap();
    let double = Program::<f64>::compile(&network.graph, &network.outputs, &[]).unwrap();
    let single = Program::<f32>::compile(&network.graph, &network.outputs, &[]).unwrap();
    let expected = run(&network, &double, &Data::new(300, 5), 1);
    let found = run(&network, &single, &Data::new(300, 5), 1);
    for (found, expected) in found.iter().zip(&expected) {
        let (found, expected) = (flat(std::slice::from_ref(found)), flat(std::slice::from_ref(expected)));
        let size = expected.iter().fold(0.0f64, |m, x| m.max(x.abs()));
        assert_close(&found, &expected, 1e-5 * size, "single against double precision");
    }
}

/// The results of `whole` are those of the parts: rows in the order of `places`, sums added.
fn assert_parts_agree(network: &Network, whole: &[Array<f64>], parts: &[Vec<Array<f64>>], places: &[usize]) {
    for (output, node) in network.outputs.iter().enumerate() {
        let (rows, width) = (whole[output].rows(), whole[output].row_width());
        let mut together = vec![0.0; whole[output].values().len()];
        if network.graph.is_per_example(*node) {
            let values = parts.iter().flat_map(|part| part[output].values().chunks(width));
            assert_eq!(places.len(), rows);
            for (place, values) in places.iter().zip(values) {
                together[place * width..][..width].copy_from_slice(values);
            }
        } else {
            for part in parts {
                together.iter_mut().zip(part[output].values()).for_each(|(sum, x)| *sum += x);
            }
        }
        let size = whole[output].values().iter().fold(1.0f64, |m, x| m.max(x.abs()));
        assert_close(&together, whole[output].values(), 1e-13 * size, &format!("output {output}"));
    }
}

#[test]
fn pieces_and_permutations_agree_with_the_whole() {
    let network = network().unwrap();
    let program = Program::compile(&network.graph, &network.outputs, &[]).unwrap();
    let examples = 2500;
    let data = Data::new(examples, 1);
    let whole = run(&network, &program, &data, 2);
    let all: Vec<usize> = (0..examples).collect();
    for piece in [1, 7, 640] {
        // One execution for all pieces: the last is shorter, so it must cope with what the others left.
        let mut execution = Execution::new(program.clone(), 0);
        let mut parts = Vec::new();
        for places in all.chunks(piece) {
            let part = data.select(places.iter().copied());
            execution.run(&Workers::single(), &part.values(), part.examples()).unwrap();
            parts.push(results(&network, &execution, part.examples()));
        }
        assert_parts_agree(&network, &whole, &parts, &all);
    }
    // 1601 has no factor in common with 2500, so every place is met once.
    let places: Vec<usize> = all.iter().map(|n| (n * 1601 + 77) % examples).collect();
    let permuted = run(&network, &program, &data.select(places.iter().copied()), 2);
    assert_parts_agree(&network, &whole, &[permuted], &places);
}

#[test]
fn repeated_runs_equal_fresh_ones() {
    let network = network().unwrap();
    let varying = &network.graph.inputs()[3..];
    let split = Program::<f64>::compile(&network.graph, &network.outputs, varying).unwrap();
    let plain = Program::compile(&network.graph, &network.outputs, &[]).unwrap();
    assert!(split.cached_bytes_per_example() > 0 && plain.cached_bytes_per_example() == 0);
    let context = Workers::new(2).unwrap();
    let mut bytes: Vec<Vec<u64>> = Vec::new();
    for budget in [0, 40_000, 1 << 30] {
        let mut execution = Execution::new(split.clone(), budget);
        let mut seen = Vec::new();
        // The parameters and the number of examples change between the prepares; fewer, more and as many as before.
        for (round, examples) in [40, 3, 3000, 3000].into_iter().enumerate() {
            let mut data = Data::new(examples, 10 * round as u64);
            execution.prepare(&context, &data.values(), examples).unwrap();
            for direction in 0..3 {
                data.directions = Data::new(1, 100 + direction).directions;
                execution.repeat(&context, &data.values()).unwrap();
                let found = results(&network, &execution, examples);
                let fresh = run(&network, &plain, &data, 1);
                for (output, (found, fresh)) in found.iter().zip(&fresh).enumerate() {
                    let size = fresh.values().iter().fold(1.0f64, |m, x| m.max(x.abs()));
                    let what = format!("output {output}, {examples} examples, budget {budget}");
                    assert_close(found.values(), fresh.values(), 1e-13 * size, &what);
                }
                seen.extend(bits(&found));
            }
        }
        bytes.push(seen);
    }
    assert!(bytes[0] == bytes[1] && bytes[1] == bytes[2], "keeping values between runs changes no bit");
}

#[test]
fn varying_inputs_may_be_absent_until_they_are_needed() {
    let network = network().unwrap();
    let program = Program::compile(&network.graph, &network.outputs, &network.graph.inputs()[3..]).unwrap();
    let data = Data::<f64>::new(5, 0);
    let early = Values::new(&data.parameters).with_real(0, &data.x).with_index(1, &data.i).with_index(2, &data.j);
    let mut execution = Execution::new(program, 0);
    execution.prepare(&Workers::single(), &early, 5).unwrap();
    let error = execution.repeat(&Workers::single(), &early).unwrap_err().to_string();
    assert_eq!(error, "the number of values of the input \"table direction\" is 0, expected 576");
    execution.repeat(&Workers::single(), &data.values()).unwrap();
}

fn refused(change: impl FnOnce(&mut Data<f64>), examples: usize) -> String {
    let network = network().unwrap();
    let program = Program::compile(&network.graph, &network.outputs, &[]).unwrap();
    let mut data = Data::new(4, 0);
    change(&mut data);
    let mut execution = Execution::new(program, 0);
    execution.run(&Workers::single(), &data.values(), examples).unwrap_err().to_string()
}

#[test]
fn wrong_operands_are_named() {
    assert_eq!(refused(|_| (), 0), "the number of examples is 0, expected at least one");
    assert_eq!(
        refused(|d| d.x.truncate(47), 4),
        "the number of values of the input \"features\" is 47, expected 48 for 4 examples"
    );
    assert_eq!(refused(|d| d.i.truncate(11), 4), "the number of ids of the input \"rows\" is 11, expected 12");
    assert_eq!(refused(|d| d.j.push(0), 4), "the number of ids of the input \"label\" is 5, expected 4");
    assert_eq!(refused(|d| d.i[7] = 48, 4), "id 7 of the input \"rows\" is 48, expected an id below 48");
    assert_eq!(refused(|d| d.j[3] = u32::MAX, 4), "id 3 of the input \"label\" is 4294967295, expected an id below 48");
    let error = refused(|d| d.parameters[0] = array(&[47, WIDTH], 0), 4);
    assert_eq!(error, "the number of values of the parameter \"table\" is 564, expected 576");
    let error = refused(|d| d.directions[1].push(0.0), 4);
    assert_eq!(error, "the number of values of the input \"weights direction\" is 13, expected 12");
    let error = Workers::new(0).unwrap_err().to_string();
    assert_eq!(error, "the number of threads is 0, expected at least one");
    let network = network().unwrap();
    let program = Program::<f64>::compile(&network.graph, &network.outputs, &[]).unwrap();
    let error = Execution::new(program, 0).repeat(&Workers::single(), &Data::new(4, 0).values()).unwrap_err();
    assert_eq!(error.to_string(), "the execution is not prepared, expected a call of prepare first");
}

/// An id is checked against the shortest axis it is used on.
#[test]
fn ids_are_checked_against_every_use() {
    let mut g = Graph::new();
    let (long, short) = (g.parameter("long", &[9]).unwrap(), g.parameter("short", &[4]).unwrap());
    let i = g.indices("i", &[]).unwrap();
    let (a, b) = (g.gather_rows(long, i).unwrap(), g.gather(short, i).unwrap());
    let parameters = [array(&[9], 0), array::<f64>(&[4], 1)];
    let values = Values::new(&parameters).with_index(0, &[5]);
    for (outputs, fits) in [(vec![a], true), (vec![b], false), (vec![a, b], false), (vec![b, a], false)] {
        let program = Program::compile(&g, &outputs, &[]).unwrap();
        assert_eq!(Execution::new(program, 0).run(&Workers::single(), &values, 1).is_ok(), fits);
    }
}

#[test]
fn what_would_need_a_second_pass_is_refused() {
    let mut g = Graph::new();
    let x = g.input("x", &[2]).unwrap();
    let sum = g.batch_sum(x).unwrap();
    let apart = g.sub(x, sum).unwrap();
    let error = Program::<f64>::compile(&g, &[apart], &[]).unwrap_err().to_string();
    let node = g.describe(apart);
    assert!(error.starts_with(&format!("sub at {node}, which depends on a sum over the batch")), "{error}");
    assert!(error.ends_with("compute the sum first and give it as a shared input"), "{error}");
    // A sum of what depends on a sum, and a shared function of a sum, which is no trouble.
    let square = g.mul(sum, sum).unwrap();
    assert!(Program::<f64>::compile(&g, &[square, sum, x], &[]).is_ok());
    let again = g.contract_over_batch("a,a->", x, sum).unwrap();
    g.set_name(again, "broadcast_batch");
    let error = Program::<f64>::compile(&g, &[again], &[]).unwrap_err().to_string();
    assert!(
        error.starts_with(&format!("einsum at {} (broadcast_batch)", g.describe(again).split(' ').next().unwrap())),
        "{error}"
    );
    let i = g.indices("i", &[]).unwrap();
    let error = Program::<f64>::compile(&g, &[i], &[]).unwrap_err().to_string();
    assert!(error.contains("(i) is ids, expected a value of numbers"), "{error}");
}

struct Patched<'a>(&'a [Array<f64>], &'a [u32], RowPatches<f64>);

impl Operands<f64> for Patched<'_> {
    fn parameter(&self, slot: usize) -> &[f64] {
        self.0[slot].values()
    }

    fn index(&self, _: usize) -> &[u32] {
        self.1
    }

    fn patches(&self, _: usize) -> Option<&RowPatches<f64>> {
        Some(&self.2)
    }
}

#[test]
fn patches_that_do_not_fit_are_refused() {
    let mut g = Graph::new();
    let p = g.parameter("table", &[5, 2]).unwrap();
    let i = g.indices("i", &[]).unwrap();
    let table = g.patched(p).unwrap();
    let row = g.gather_rows(table, i).unwrap();
    let program = Program::compile(&g, &[row], &[]).unwrap();
    let parameters = [array(&[5, 2], 0)];
    let run = |width: usize, row: u32, examples: usize| {
        let mut patches = RowPatches::new(width);
        for _ in 0..examples {
            patches.push_row(row, vec![1.0; width]);
            patches.end_example();
        }
        Execution::new(program.clone(), 0).run(&Workers::single(), &Patched(&parameters, &[0, 1], patches), 2)
    };
    assert!(run(2, 4, 2).is_ok());
    for (width, row, examples) in [(2, 5, 2), (2, 4, 1), (2, 4, 3), (3, 0, 2), (1, 0, 0)] {
        let error = run(width, row, examples).unwrap_err().to_string();
        assert!(error.starts_with("the row patches of \"table\" is for "), "{error}");
    }
}

#[test]
fn what_could_not_be_prepared_is_not_repeated() {
    let mut graph = Graph::new();
    let fixed = graph.parameter("fixed", &[2]).unwrap();
    let varying = graph.shared_input("varying", &[2]).unwrap();
    let power = graph.exp(fixed).unwrap();
    let product = graph.mul(power, varying).unwrap();
    let program = Program::<f64>::compile(&graph, &[product], &[varying]).unwrap();
    let mut execution = Execution::new(program, 1 << 20);
    let workers = Workers::single();
    let (short, whole) = ([Array::zeros(&[1])], [Array::zeros(&[2])]);
    let operands = Values::new(&whole).with_real(0, &[3.0, 4.0]);
    assert!(execution.prepare(&workers, &Values::new(&short), 1).is_err());
    assert!(execution.repeat(&workers, &operands).is_err());
    execution.prepare(&workers, &operands, 1).unwrap();
    execution.repeat(&workers, &operands).unwrap();
    assert_eq!(execution.shared(0), [3.0, 4.0]);
}

/// In f32 the logarithm of a sum of exponentials is off by 1e-4 at scores of some thousands; shares are not.
#[test]
fn a_softmax_of_large_scores_sums_to_one() {
    let scores: Vec<f32> =
        (0..40).map(|place| 2683.0 + 0.37 * place as f32 * if place % 3 == 0 { -40.0 } else { 1.0 }).collect();
    for axis in [0, 1] {
        let mut graph = Graph::new();
        let input = graph.input("scores", if axis == 0 { &[40, 1] } else { &[1, 40] }).unwrap();
        let softmax = graph.softmax(input, axis).unwrap();
        let mut execution = Execution::new(Program::<f32>::compile(&graph, &[softmax], &[]).unwrap(), 0);
        let operands = Values::new(&[]).with_real(0, &scores);
        execution.run(&Workers::single(), &operands, 1).unwrap();
        let total: f64 = execution.example(0, 0).iter().map(|share| f64::from(*share)).sum();
        assert!((total - 1.0).abs() < 1e-6, "{total}");
    }
}
