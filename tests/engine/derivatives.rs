//! First and second derivatives of every operation and loss against differences, and the closure of the operations under differentiation.
//!
//! Each case builds a per-example scalar from parameters on random shapes. Its gradient, Hessian-vector product and third
//! derivative are checked against central differences of the order below, and the engine against itself on other batches.
#![allow(clippy::unwrap_used)]

mod image_cases;

use ascribe::Result;
use ascribe::autodiff::{gauss_newton_product, gradient, hessian_vector_product, jvp};
use ascribe::engine::{Execution, Program, Values, Workers};
use ascribe::graph::{Graph, NodeId, Unary};
use ascribe::tensor::Array;
use proptest::prelude::*;

/// A small deterministic stream for test data; the values do not matter, only that they are spread out.
struct Noise(u64);

impl Noise {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 11) as f64 / (1u64 << 53) as f64) * 2.0 - 1.0
    }

    fn vector(&mut self, len: usize) -> Vec<f64> {
        (0..len).map(|_| self.unit()).collect()
    }
}

/// Sizes a case may use: small and unequal, so that a mixed-up axis shows.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    rows: usize,
    width: usize,
    count: usize,
}

/// Builds the value of a case from the first parameter `p` of shape `[rows, width]`, the second `w` of shape `[width]`,
/// the per-example input `x` of shape `[width]` and ids `i` of shape `[count]`, `j` of shape `[]`.
type Case = fn(&mut Graph, Leaves, Sizes) -> Result<NodeId>;

#[derive(Clone, Copy)]
struct Leaves {
    p: NodeId,
    w: NodeId,
    x: NodeId,
    i: NodeId,
    j: NodeId,
}

/// A value between one half and three: away from kinks and poles.
fn positive(graph: &mut Graph, v: NodeId) -> Result<NodeId> {
    let sine = graph.sin(v)?;
    graph.shift(sine, 1.6)
}

fn total(graph: &mut Graph, v: NodeId) -> Result<NodeId> {
    // The sine makes every order of derivative of the total nonzero, whatever the operation before.
    let sine = graph.sin(v)?;
    let sum = graph.sum_all(sine)?;
    graph.broadcast_batch(sum)
}

fn unary(graph: &mut Graph, l: Leaves, unary: Unary) -> Result<NodeId> {
    let v = graph.mul(l.w, l.x)?;
    let v = positive(graph, v)?;
    let y = graph.unary(unary, v)?;
    total(graph, y)
}

macro_rules! unary_case {
    ($build:expr) => {
        |graph: &mut Graph, l: Leaves, _: Sizes| {
            let unary_of: fn() -> Unary = $build;
            unary(graph, l, unary_of())
        }
    };
}

fn constant(c: f64) -> ascribe::graph::Constant {
    ascribe::graph::Constant::new(c)
}

const CASES: &[(&str, Case)] = &[
    ("scale", unary_case!(|| Unary::Scale(constant(-1.7)))),
    ("shift", unary_case!(|| Unary::Shift(constant(0.3)))),
    ("power -1", unary_case!(|| Unary::Power(constant(-1.0)))),
    ("power 2", unary_case!(|| Unary::Power(constant(2.0)))),
    ("power 0.5", unary_case!(|| Unary::Power(constant(0.5)))),
    ("power 2.5", unary_case!(|| Unary::Power(constant(2.5)))),
    ("exp", unary_case!(|| Unary::Exp)),
    ("log", unary_case!(|| Unary::Log)),
    ("tanh", unary_case!(|| Unary::Tanh)),
    ("sigmoid", unary_case!(|| Unary::Sigmoid)),
    ("softplus", unary_case!(|| Unary::Softplus)),
    ("relu", unary_case!(|| Unary::Relu)),
    ("step", unary_case!(|| Unary::Step)),
    ("erf", unary_case!(|| Unary::Erf)),
    ("sin", unary_case!(|| Unary::Sin)),
    ("cos", unary_case!(|| Unary::Cos)),
    ("abs", unary_case!(|| Unary::Abs)),
    ("sign", unary_case!(|| Unary::Sign)),
    ("add", |g, l, _| {
        let y = g.add(l.p, l.x)?;
        total(g, y)
    }),
    ("sub", |g, l, _| {
        let y = g.sub(l.x, l.p)?;
        total(g, y)
    }),
    ("mul", |g, l, _| {
        let y = g.mul(l.p, l.x)?;
        let y = g.mul(y, l.w)?;
        total(g, y)
    }),
    ("div", |g, l, _| {
        let d = positive(g, l.w)?;
        let y = g.div(l.p, d)?;
        let y = g.mul(y, l.x)?;
        total(g, y)
    }),
    ("einsum vector with shared table", |g, l, _| {
        let q = g.mul(l.w, l.x)?;
        let y = g.einsum("d,cd->c", q, l.p)?;
        total(g, y)
    }),
    ("einsum per-example with per-example", |g, l, _| {
        let rows = g.gather_rows(l.p, l.i)?;
        let q = g.mul(l.w, l.x)?;
        let y = g.einsum("kd,d->k", rows, q)?;
        total(g, y)
    }),
    ("einsum outer", |g, l, _| {
        let scores = g.einsum("cd,d->c", l.p, l.x)?;
        let y = g.einsum("c,d->dc", scores, l.w)?;
        total(g, y)
    }),
    ("einsum matrices", |g, l, _| {
        let rows = g.gather_rows(l.p, l.i)?;
        let y = g.einsum("kd,cd->kc", rows, l.p)?;
        total(g, y)
    }),
    ("einsum with an axis kept in both", |g, l, _| {
        let rows = g.gather_rows(l.p, l.i)?;
        let more = g.mul(rows, l.x)?;
        let y = g.einsum("kd,kd->k", rows, more)?;
        total(g, y)
    }),
    ("sum of the first axis", |g, l, _| {
        let y = g.mul(l.p, l.x)?;
        let y = g.sum(y, 0)?;
        total(g, y)
    }),
    ("sum of the last axis", |g, l, _| {
        let y = g.mul(l.p, l.x)?;
        let y = g.sum(y, 1)?;
        total(g, y)
    }),
    ("expand", |g, l, s| {
        let y = g.mul(l.w, l.x)?;
        let y = g.expand(y, 1, s.rows)?;
        let y = g.einsum("dc,cd->d", y, l.p)?;
        total(g, y)
    }),
    ("log_sum_exp last", |g, l, _| {
        let y = g.mul(l.p, l.x)?;
        let y = g.log_sum_exp(y, 1)?;
        total(g, y)
    }),
    ("log_sum_exp first", |g, l, _| {
        let y = g.mul(l.p, l.x)?;
        let y = g.log_sum_exp(y, 0)?;
        total(g, y)
    }),
    ("softmax", |g, l, _| {
        let y = g.einsum("cd,d->c", l.p, l.x)?;
        let y = g.softmax(y, 0)?;
        total(g, y)
    }),
    ("broadcast_batch", |g, l, _| {
        let y = g.broadcast_batch(l.w)?;
        let y = g.mul(y, y)?;
        total(g, y)
    }),
    ("reshape", |g, l, s| {
        let y = g.mul(l.p, l.x)?;
        let y = g.reshape(y, &[s.width, s.rows])?;
        let y = g.mul(y, y)?;
        total(g, y)
    }),
    ("permute two axes", |g, l, _| {
        let y = g.mul(l.p, l.x)?;
        let y = g.permute(y, &[1, 0])?;
        let scores = g.einsum("cd,d->c", l.p, l.w)?;
        let y = g.einsum("dc,c->dc", y, scores)?;
        total(g, y)
    }),
    ("permute three axes", |g, l, _| {
        let y = g.mul(l.p, l.x)?;
        let y = g.einsum("cd,e->cde", y, l.w)?;
        let y = g.permute(y, &[2, 0, 1])?;
        let y = g.mul(y, l.p)?;
        total(g, y)
    }),
    ("gelu", |g, l, _| {
        let y = g.einsum("cd,d->c", l.p, l.x)?;
        let y = g.gelu(y)?;
        total(g, y)
    }),
    ("gelu by tanh", |g, l, _| {
        let y = g.einsum("cd,d->c", l.p, l.x)?;
        let y = g.gelu_tanh(y)?;
        total(g, y)
    }),
    ("slice", |g, l, s| {
        let y = g.mul(l.p, l.x)?;
        let y = g.slice(y, 1, 1, s.width - 1)?;
        let y = g.mul(y, y)?;
        total(g, y)
    }),
    ("pad", |g, l, s| {
        let y = g.mul(l.p, l.x)?;
        let y = g.pad(y, 0, 2, s.rows + 3)?;
        total(g, y)
    }),
    ("concatenate", |g, l, _| {
        let y = g.mul(l.w, l.x)?;
        let z = g.exp(l.w)?;
        let y = g.concatenate(y, z, 0)?;
        let y = g.mul(y, y)?;
        total(g, y)
    }),
    ("gather_rows", |g, l, _| {
        let y = g.gather_rows(l.p, l.i)?;
        let y = g.mul(y, l.x)?;
        total(g, y)
    }),
    ("gather_rows in a per-example table", |g, l, _| {
        let y = g.mul(l.p, l.x)?;
        let y = g.gather_rows(y, l.i)?;
        total(g, y)
    }),
    ("scatter_rows", |g, l, s| {
        let rows = g.gather_rows(l.p, l.i)?;
        let y = g.mul(rows, l.x)?;
        let y = g.scatter_rows(y, l.i, s.rows)?;
        total(g, y)
    }),
    ("gather", |g, l, _| {
        let y = g.einsum("cd,d->c", l.p, l.x)?;
        let y = g.gather(y, l.j)?;
        total(g, y)
    }),
    ("scatter", |g, l, s| {
        let y = g.einsum("d,d->", l.w, l.x)?;
        let y = g.scatter(y, l.j, s.rows)?;
        total(g, y)
    }),
    // The losses, as models use them.
    ("squared error", |g, l, _| {
        let y = g.einsum("d,d->", l.w, l.x)?;
        let y = g.shift(y, -0.4)?;
        let y = g.power(y, 2.0)?;
        g.scale(y, 0.5)
    }),
    ("logistic loss", |g, l, _| {
        let y = g.einsum("d,d->", l.w, l.x)?;
        g.softplus(y)
    }),
    ("softmax cross-entropy", |g, l, _| {
        let scores = g.einsum("cd,d->c", l.p, l.x)?;
        let normalizer = g.log_sum_exp(scores, 0)?;
        let own = g.gather(scores, l.j)?;
        g.sub(normalizer, own)
    }),
    ("binary cross-entropy over candidates", |g, l, _| {
        let rows = g.gather_rows(l.p, l.i)?;
        let q = g.mul(l.w, l.x)?;
        let scores = g.einsum("kd,d->k", rows, q)?;
        let each = g.softplus(scores)?;
        let sum = g.sum(each, 0)?;
        let own = g.slice(scores, 0, 0, 1)?;
        let own = g.reshape(own, &[])?;
        g.sub(sum, own)
    }),
    ("two-layer network", |g, l, _| {
        let hidden = g.einsum("cd,d->c", l.p, l.x)?;
        let hidden = g.tanh(hidden)?;
        let back = g.einsum("c,cd->d", hidden, l.p)?;
        let out = g.mul(back, l.w)?;
        let y = g.log_sum_exp(out, 0)?;
        g.broadcast_batch(y)
    }),
];

struct Point {
    parameters: Vec<Array<f64>>,
    x: Vec<f64>,
    i: Vec<u32>,
    j: Vec<u32>,
    examples: usize,
}

fn point(sizes: Sizes, examples: usize, noise: &mut Noise) -> Point {
    let id = |noise: &mut Noise| ((noise.unit() + 1.0) * 0.5 * sizes.rows as f64) as u32 % sizes.rows as u32;
    Point {
        parameters: vec![
            Array::new(&[sizes.rows, sizes.width], noise.vector(sizes.rows * sizes.width)).unwrap(),
            Array::new(&[sizes.width], noise.vector(sizes.width)).unwrap(),
        ],
        x: noise.vector(sizes.width * examples),
        i: (0..sizes.count * examples).map(|_| id(noise)).collect(),
        j: (0..examples).map(|_| id(noise)).collect(),
        examples,
    }
}

fn leaves(graph: &mut Graph, sizes: Sizes) -> Leaves {
    Leaves {
        p: graph.parameter("p", &[sizes.rows, sizes.width]).unwrap(),
        w: graph.parameter("w", &[sizes.width]).unwrap(),
        x: graph.input("x", &[sizes.width]).unwrap(),
        i: graph.indices("i", &[sizes.count]).unwrap(),
        j: graph.indices("j", &[]).unwrap(),
    }
}

/// Runs outputs of a graph; directions are the shared inputs 3 and 4.
fn evaluate(
    graph: &Graph,
    outputs: &[NodeId],
    at: &Point,
    directions: &[Vec<f64>],
    threads: usize,
    budget: Option<usize>,
) -> Vec<Vec<f64>> {
    let mut values = Values::new(&at.parameters).with_real(0, &at.x).with_index(1, &at.i).with_index(2, &at.j);
    for (place, direction) in directions.iter().enumerate() {
        values.set_real(3 + place, direction);
    }
    let varying: Vec<NodeId> = match budget {
        Some(_) => graph.inputs()[3..].to_vec(),
        None => Vec::new(),
    };
    let program = Program::compile(graph, outputs, &varying).unwrap();
    let mut execution = Execution::new(program, budget.unwrap_or(0));
    let context = Workers::new(threads).unwrap();
    execution.run(&context, &values, at.examples).unwrap();
    (0..outputs.len())
        .map(|output| {
            if graph.is_per_example(outputs[output]) {
                let mut all = vec![0.0; at.examples * graph.shape(outputs[output]).len()];
                execution.copy_examples(output, &mut all);
                all
            } else {
                execution.shared(output).to_vec()
            }
        })
        .collect()
}

/// Moves the parameters along the directions and takes the central difference of some shared outputs.
fn difference(
    graph: &Graph,
    outputs: &[NodeId],
    at: &Point,
    directions: &[Vec<f64>],
    inputs: &[Vec<f64>],
) -> Vec<Vec<f64>> {
    // Two step sizes and Richardson's extrapolation: the error is of fourth order, so larger steps lose fewer digits.
    let slope = |h: f64| {
        let side = |sign: f64| {
            let mut moved = Point {
                parameters: at.parameters.clone(),
                x: at.x.clone(),
                i: at.i.clone(),
                j: at.j.clone(),
                examples: at.examples,
            };
            for (parameter, direction) in moved.parameters.iter_mut().zip(directions) {
                for (value, d) in parameter.values_mut().iter_mut().zip(direction) {
                    *value += sign * h * d;
                }
            }
            evaluate(graph, outputs, &moved, inputs, 1, None)
        };
        let (above, below) = (side(1.0), side(-1.0));
        above
            .iter()
            .zip(&below)
            .map(|(a, b)| a.iter().zip(b).map(|(a, b)| (a - b) / (2.0 * h)).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    let (coarse, fine) = (slope(2e-3), slope(1e-3));
    coarse.iter().zip(&fine).map(|(c, f)| c.iter().zip(f).map(|(c, f)| (4.0 * f - c) / 3.0).collect()).collect()
}

fn norm(values: &[Vec<f64>]) -> f64 {
    values.iter().flatten().map(|x| x * x).sum::<f64>().sqrt()
}

fn relative(found: &[Vec<f64>], expected: &[Vec<f64>]) -> f64 {
    let apart: Vec<Vec<f64>> =
        found.iter().zip(expected).map(|(a, b)| a.iter().zip(b).map(|(a, b)| a - b).collect()).collect();
    norm(&apart) / norm(expected).max(1.0)
}

fn dot(a: &[Vec<f64>], b: &[Vec<f64>]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>()).sum()
}

fn check(name: &str, case: Case, sizes: Sizes, examples: usize, seed: u64) {
    let mut noise = Noise(seed);
    let at = point(sizes, examples, &mut noise);
    let directions: Vec<Vec<f64>> = at.parameters.iter().map(|p| noise.vector(p.values().len())).collect();
    let others: Vec<Vec<f64>> = at.parameters.iter().map(|p| noise.vector(p.values().len())).collect();

    let mut graph = Graph::new();
    let l = leaves(&mut graph, sizes);
    let parameters = [l.p, l.w];
    let loss = case(&mut graph, l, sizes).unwrap();
    let sum = graph.batch_sum(loss).unwrap();
    let first = gradient(&mut graph, loss, &parameters).unwrap();

    // Order one: the gradient along the direction against differences of the sum.
    let gradients = evaluate(&graph, &first, &at, &[], 1, None);
    let slope = difference(&graph, &[sum], &at, &directions, &[]);
    let found = dot(&gradients, &directions);
    assert!((found - slope[0][0]).abs() <= 1e-6 * found.abs().max(1.0), "{name}: gradient {found} v {}", slope[0][0]);

    // The Hessian-vector product against differences of the gradient.
    let expected = difference(&graph, &first, &at, &directions, &[]);
    let v = [
        graph.shared_input("v", graph.shape(l.p).clone().sizes()).unwrap(),
        graph.shared_input("vw", graph.shape(l.w).clone().sizes()).unwrap(),
    ];
    let second = hessian_vector_product(&mut graph, loss, &parameters, &v).unwrap();
    let product = evaluate(&graph, &second, &at, &directions, 1, None);
    let error = relative(&product, &expected);
    assert!(error <= 1e-6, "{name}: Hessian-vector product off by {error:e}");

    // The Hessian is symmetric.
    let other = evaluate(&graph, &second, &at, &others, 1, None);
    let (left, right) = (dot(&others, &product), dot(&directions, &other));
    let scale = norm(&others) * norm(&product);
    assert!((left - right).abs() <= 1e-12 * scale.max(1.0), "{name}: uHv = {left}, vHu = {right}");

    // Reverse over forward must agree with forward over reverse.
    let tangents: Vec<_> = parameters.iter().copied().zip(v).collect();
    let along = jvp(&mut graph, &[loss], &tangents).unwrap()[0];
    if let Some(along) = along {
        let backwards = gradient(&mut graph, along, &parameters).unwrap();
        let product_again = evaluate(&graph, &backwards, &at, &directions, 1, None);
        let error = relative(&product_again, &product);
        assert!(error <= 1e-11, "{name}: reverse over forward off by {error:e}");
    }

    // The rules apply to what they emit: the third derivative against differences of the second.
    let third: Vec<NodeId> = jvp(&mut graph, &second, &tangents)
        .unwrap()
        .iter()
        .zip(&parameters)
        .map(|(t, p)| t.unwrap_or_else(|| graph.fill(0.0, graph.shape(*p).clone().sizes()).unwrap()))
        .collect();
    let expected = difference(&graph, &second, &at, &directions, &directions);
    let found = evaluate(&graph, &third, &at, &directions, 1, None);
    let error = relative(&found, &expected);
    assert!(error <= 1e-5, "{name}: third derivative off by {error:e}");

    // The same bytes for any number of threads and with or without caching what does not vary.
    for threads in [2, 8] {
        assert_eq!(product, evaluate(&graph, &second, &at, &directions, threads, None), "{name}: {threads} threads");
    }
    for budget in [0, 1 << 30] {
        let split = evaluate(&graph, &second, &at, &directions, 2, Some(budget));
        let error = relative(&split, &product);
        assert!(error <= 1e-13, "{name}: split program off by {error:e} with a budget of {budget}");
    }
}

#[test]
fn every_operation_and_loss() {
    for (name, case) in CASES.iter().chain(image_cases::CASES) {
        check(name, *case, Sizes { rows: 5, width: 3, count: 4 }, 3, 7);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn every_operation_and_loss_on_random_shapes(
        rows in 2usize..9, width in 2usize..7, count in 1usize..6, examples in 1usize..40, seed in any::<u64>(),
    ) {
        for (name, case) in CASES.iter().chain(image_cases::CASES) {
            check(name, *case, Sizes { rows, width, count }, examples, seed);
        }
    }
}

/// A loss of scores, named.
type LossOf = fn(&mut Graph, NodeId, NodeId) -> Result<NodeId>;

const CONVEX_LOSSES: &[(&str, LossOf)] = &[
    ("softmax cross-entropy", |g, scores, label| {
        let total = g.log_sum_exp(scores, 0)?;
        let own = g.gather(scores, label)?;
        g.sub(total, own)
    }),
    ("logistic", |g, scores, label| {
        let each = g.softplus(scores)?;
        let sum = g.sum(each, 0)?;
        let own = g.gather(scores, label)?;
        g.sub(sum, own)
    }),
    ("squared error", |g, scores, label| {
        let own = g.gather(scores, label)?;
        let apart = g.shift(own, -0.7)?;
        let square = g.power(apart, 2.0)?;
        g.scale(square, 0.5)
    }),
];

/// The generalized Gauss-Newton matrix is symmetric and positive semidefinite, and the Hessian of a linear model.
#[test]
fn gauss_newton_is_positive_and_the_hessian_of_linear_models() {
    let sizes = Sizes { rows: 5, width: 4, count: 2 };
    for (name, loss_of) in CONVEX_LOSSES {
        for linear in [true, false] {
            let mut noise = Noise(11);
            let at = point(sizes, 30, &mut noise);
            let mut graph = Graph::new();
            let l = leaves(&mut graph, sizes);
            let mut scores = graph.einsum("cd,d->c", l.p, l.x).unwrap();
            if !linear {
                let q = graph.mul(l.w, l.x).unwrap();
                let hidden = graph.tanh(q).unwrap();
                scores = graph.einsum("cd,d->c", l.p, hidden).unwrap();
            }
            let loss = loss_of(&mut graph, scores, l.j).unwrap();
            let parameters = [l.p, l.w];
            let v = [
                graph.shared_input("v", graph.shape(l.p).clone().sizes()).unwrap(),
                graph.shared_input("vw", graph.shape(l.w).clone().sizes()).unwrap(),
            ];
            let product = gauss_newton_product(&mut graph, loss, scores, &parameters, &v).unwrap();
            let hessian = hessian_vector_product(&mut graph, loss, &parameters, &v).unwrap();
            let mut directions =
                || -> Vec<Vec<f64>> { at.parameters.iter().map(|p| noise.vector(p.values().len())).collect() };
            for _ in 0..20 {
                let (one, other) = (directions(), directions());
                let (g_one, g_other) =
                    (evaluate(&graph, &product, &at, &one, 1, None), evaluate(&graph, &product, &at, &other, 1, None));
                let scale = norm(&one) * norm(&g_one);
                assert!(dot(&one, &g_one) >= -1e-12 * scale, "{name}: not positive semidefinite");
                let apart = (dot(&other, &g_one) - dot(&one, &g_other)).abs();
                assert!(apart <= 1e-12 * norm(&other) * norm(&g_one).max(1.0), "{name}: not symmetric: {apart:e}");
                let h_one = evaluate(&graph, &hessian, &at, &one, 1, None);
                let error = relative(&g_one, &h_one);
                if linear {
                    assert!(error <= 1e-10, "{name}: the Hessian of a linear model off by {error:e}");
                } else {
                    assert!(error > 1e-3, "{name}: the outputs are bent, so the matrices must differ");
                }
            }
        }
    }
}
