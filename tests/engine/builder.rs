//! The builder against whatever arguments: it refuses, it never panics, and what it makes can be run.
#![allow(clippy::unwrap_used)]

use ascribe::Error;
use ascribe::Result;
use ascribe::autodiff::{gradient, jvp_many, vjp};
use ascribe::engine::{Execution, Operands, Program, Workers};
use ascribe::graph::{Constant, Element, Graph, NodeId, Op, Rewriter, Shape, Unary};
use proptest::prelude::*;

/// Arguments drawn one after the other from a list that does not end.
struct Draw<'a> {
    numbers: &'a [u64],
    next: usize,
}

impl Draw<'_> {
    fn number(&mut self, below: usize) -> usize {
        let number = self.numbers[self.next % self.numbers.len()].rotate_left((self.next / self.numbers.len()) as u32);
        self.next += 1;
        (number % below as u64) as usize
    }

    /// Mostly a small size, sometimes one that makes no sense.
    fn size(&mut self) -> usize {
        const ABSURD: [usize; 9] =
            [0, 1000, 1 << 20, 1 << 32, 1 << 59, 1 << 60, isize::MAX as usize, usize::MAX - 1, usize::MAX];
        match self.number(8) {
            0 => ABSURD[self.number(ABSURD.len())],
            _ => 1 + self.number(4),
        }
    }

    fn sizes(&mut self) -> Vec<usize> {
        match self.number(40) {
            0 => vec![1; 1000],
            1 => vec![2; 63],
            _ => (0..self.number(5)).map(|_| self.size()).collect(),
        }
    }

    fn axis(&mut self) -> usize {
        match self.number(8) {
            0 => self.size(),
            _ => self.number(4),
        }
    }

    fn constant(&mut self) -> f64 {
        const ALL: [f64; 12] =
            [0.0, -0.0, 1.0, -1.0, 2.0, 0.5, -3.0, 1e300, 1e-300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
        ALL[self.number(ALL.len())]
    }

    fn node(&mut self, known: &[NodeId], foreign: &[NodeId]) -> NodeId {
        let from = if known.is_empty() || self.number(20) == 0 { foreign } else { known };
        // Those made last more often, so that graphs grow deep.
        let place = self.number(from.len()).max(self.number(from.len()));
        from[place]
    }

    fn pair(&mut self) -> [usize; 2] {
        [self.size(), self.size()]
    }

    fn spec(&mut self) -> String {
        const SPECS: [&str; 16] = [
            "ab,bc->ac",
            "a,a->",
            "a,b->ab",
            "ab,b->a",
            ",->",
            "a,->a",
            ",a->a",
            "abc,abc->",
            "ab,ab->ab",
            "",
            "->",
            "aa,a->a",
            "a,b",
            "ab,c->",
            "é,a->a",
            "abcdefghijklmnopqrstuvwxyz,a->bcdefghijklmnopqrstuvwxyz",
        ];
        SPECS[self.number(SPECS.len())].to_owned()
    }
}

const METHODS: usize = 49;

#[rustfmt::skip]
fn call(g: &mut Graph, method: usize, draw: &mut Draw<'_>, known: &[NodeId], foreign: &[NodeId]) -> Result<NodeId> {
    let (a, b) = (draw.node(known, foreign), draw.node(known, foreign));
    let name = format!("leaf {}", if draw.number(10) == 0 { 0 } else { g.len() });
    match method {
        0 => g.parameter(&name, &draw.sizes()),
        1 => g.input(&name, &draw.sizes()),
        2 => g.shared_input(&name, &draw.sizes()),
        3 => g.indices(&name, &draw.sizes()),
        4 => g.fill(draw.constant(), &draw.sizes()),
        5 => g.patched(a),
        6 => g.exp(a), 7 => g.log(a), 8 => g.tanh(a), 9 => g.sigmoid(a), 10 => g.softplus(a), 11 => g.relu(a),
        12 => g.step(a), 13 => g.erf(a), 14 => g.sin(a), 15 => g.cos(a), 16 => g.abs(a), 17 => g.sign(a),
        18 => g.unary(Unary::Power(Constant::new(draw.constant())), a),
        19 => g.scale(a, draw.constant()),
        20 => g.shift(a, draw.constant()),
        21 => g.power(a, draw.constant()),
        22 => g.neg(a), 23 => g.gelu(a), 24 => g.gelu_tanh(a),
        25 => g.add(a, b), 26 => g.sub(a, b), 27 => g.mul(a, b), 28 => g.div(a, b),
        29 => g.einsum(&draw.spec(), a, b),
        30 => g.contract_over_batch(&draw.spec(), a, b),
        31 => g.batch_sum(a), 32 => g.broadcast_batch(a),
        33 => g.sum(a, draw.axis()),
        34 => g.sum_all(a),
        35 => g.expand(a, draw.axis(), draw.size()),
        36 => g.log_sum_exp(a, draw.axis()),
        37 => g.argmax_mask(a, draw.axis()),
        38 => g.max(a, draw.axis()),
        39 => g.softmax(a, draw.axis()),
        40 => {
            let fitting = if g.contains(a) { vec![g.shape(a).len()] } else { vec![1] };
            let sizes = if draw.number(2) == 0 { fitting } else { draw.sizes() };
            g.reshape(a, &sizes)
        }
        41 => {
            let rank = if g.contains(a) { g.shape(a).rank() } else { 2 };
            let axes: Vec<usize> = if draw.number(2) == 0 { (0..rank).rev().collect() } else { (0..rank).map(|_| draw.axis()).collect() };
            g.permute(a, &axes)
        }
        42 => g.slice(a, draw.axis(), draw.axis(), draw.size()),
        43 => g.pad(a, draw.axis(), draw.axis(), draw.size()),
        44 => g.concatenate(a, b, draw.axis()),
        45 => match draw.number(5) {
            0 => g.gather_rows(a, b),
            1 => g.scatter_rows(a, b, draw.size()),
            2 => g.scatter_over_batch(a, b, draw.size()),
            3 => g.gather(a, b),
            _ => g.scatter(a, b, draw.size()),
        },
        46 => g.unfold(a, draw.pair(), draw.pair()),
        47 => g.fold(a, draw.size(), draw.size(), draw.pair()),
        _ => match draw.number(3) {
            0 => g.convolve2d(a, b, draw.pair(), draw.pair()),
            1 => g.max_pool2d(a, draw.pair(), draw.pair()),
            _ => g.average_pool2d(a, draw.pair(), draw.pair()),
        },
    }
}

fn refused<V>(result: Result<V>, what: &str) -> Option<V> {
    match result {
        Ok(value) => Some(value),
        Err(Error::Shape { .. } | Error::Argument { .. } | Error::Unsupported { .. }) => None,
        Err(error) => panic!("{what}: {error}"),
    }
}

/// Zeros for everything, as long as it must be.
struct Zeros {
    reals: Vec<Vec<f64>>,
    ids: Vec<Vec<u32>>,
    parameters: Vec<Vec<f64>>,
}

impl Operands<f64> for Zeros {
    fn parameter(&self, slot: usize) -> &[f64] {
        &self.parameters[slot]
    }
    fn real(&self, slot: usize) -> &[f64] {
        &self.reals[slot]
    }
    fn index(&self, slot: usize) -> &[u32] {
        &self.ids[slot]
    }
}

const EXAMPLES: usize = 3;
/// The elements of a value that is still run.
const SMALL: usize = 2000;

fn run_what_is_small(graph: &Graph, id: NodeId) {
    let Some(program) = refused(Program::<f64>::compile(graph, &[id], &[]), "compiling") else { return };
    let mut needed = vec![false; graph.len()];
    for node in graph.ids().rev() {
        let place = graph.ids().position(|other| other == node).unwrap();
        needed[place] |= node == id;
        if needed[place] {
            if graph.shape(node).len() > SMALL {
                return;
            }
            for argument in graph.arguments(node) {
                needed[graph.ids().position(|other| other == *argument).unwrap()] = true;
            }
        }
    }
    let len = |node: &NodeId| {
        let len = graph.shape(*node).len();
        if len > SMALL { 0 } else { len * if graph.is_per_example(*node) { EXAMPLES } else { 1 } }
    };
    let is_ids = |node: &NodeId| graph.value_type(*node).element == Element::Index;
    let zeros = Zeros {
        parameters: graph.parameters().iter().map(|node| vec![0.5; len(node)]).collect(),
        reals: graph.inputs().iter().map(|node| vec![0.25; if is_ids(node) { 0 } else { len(node) }]).collect(),
        ids: graph.inputs().iter().map(|node| vec![0; if is_ids(node) { len(node) } else { 0 }]).collect(),
    };
    refused(Execution::new(program, 0).run(&Workers::single(), &zeros, EXAMPLES), "running");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn absurd_arguments_are_refused_without_panic(numbers in prop::collection::vec(any::<u64>(), 60..400)) {
        let mut other = Graph::new();
        let foreign: Vec<NodeId> = (0..400).map(|n| other.input(&format!("{n}"), &[]).unwrap()).skip(300).collect();
        let mut g = Graph::new();
        let mut known = vec![
            g.parameter("table", &[3, 2]).unwrap(),
            g.input("features", &[2]).unwrap(),
            g.indices("ids", &[]).unwrap(),
            g.input("image", &[4, 4, 2]).unwrap(),
        ];
        let mut draw = Draw { numbers: &numbers, next: 0 };
        for _ in 0..numbers.len() / 4 {
            let method = draw.number(METHODS);
            let result = call(&mut g, method, &mut draw, &known, &foreign);
            prop_assert!(g.len() < 100_000);
            if let Err(error) = &result {
                let plain = matches!(error, Error::Shape { .. } | Error::Argument { .. });
                prop_assert!(plain && !error.to_string().is_empty(), "method {}: {}", method, error);
            }
            if let Ok(id) = result {
                let sizes = g.shape(id).sizes();
                let fits = sizes.iter().try_fold(1u64, |n, size| n.checked_mul(*size as u64));
                prop_assert!(fits.is_some_and(|n| (1..=isize::MAX as u64 / 8).contains(&n)), "method {}: {:?}", method, sizes);
                prop_assert!(sizes.len() <= Shape::MAX_AXES);
                known.push(id);
            }
        }
        // Everything that was made can be differentiated and run, or is refused.
        let parameters = g.parameters().to_vec();
        for id in known.iter().rev().take(6).copied() {
            run_what_is_small(&g, id);
            let mut derived = g.clone();
            if let Some(slopes) = refused(gradient(&mut derived, id, &parameters), "a gradient") {
                slopes.iter().for_each(|slope| run_what_is_small(&derived, *slope));
            }
        }
    }
}

#[test]
fn nodes_of_another_graph_are_refused_everywhere() {
    let mut other = Graph::new();
    let foreign = (0..50).map(|n| other.input(&format!("{n}"), &[]).unwrap()).last().unwrap();
    let mut g = Graph::new();
    let own = g.input("own", &[]).unwrap();
    assert!(g.contains(own) && !g.contains(foreign));
    let numbers: Vec<u64> = (0..97).map(|n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
    for method in 5..METHODS {
        for start in 0..20 {
            let mut draw = Draw { numbers: &numbers, next: start };
            let error = call(&mut g, method, &mut draw, &[foreign], &[foreign]).unwrap_err().to_string();
            assert!(error.contains("%49"), "method {method}: {error}");
        }
    }
    let unknown =
        |result: Result<()>| assert!(result.unwrap_err().to_string().starts_with("a node is %49, expected one of the"));
    unknown(gradient(&mut g, foreign, &[]).map(drop));
    unknown(gradient(&mut g, own, &[foreign]).map(drop));
    unknown(jvp_many(&mut g, &[own], &[(own, foreign)], 1).map(drop));
    unknown(vjp(&mut g, &[(foreign, own)], &[own], ascribe::autodiff::Cotangents::Summed).map(drop));
    unknown(Program::<f64>::compile(&g, &[foreign], &[]).map(drop));
    unknown(Program::<f64>::compile(&g, &[own], &[foreign]).map(drop));
    unknown(Rewriter::new(&g, &[(foreign, own)]).rewrite(&mut g, foreign).map(drop));
    g.set_name(foreign, "nobody");
    assert_eq!((g.name(foreign), g.describe(foreign).as_str()), (None, "%49"));
}

#[test]
fn lookups_in_sums_of_shared_tables_stay_few() {
    let mut g = Graph::new();
    let ids = g.indices("ids", &[]).unwrap();
    let mut table = g.input("table", &[3, 2]).unwrap();
    for _ in 0..200 {
        let bent = g.tanh(table).unwrap();
        table = g.add(bent, table).unwrap();
    }
    let rows = g.gather_rows(table, ids).unwrap();
    assert!(g.len() < 2000);
    run_what_is_small(&g, rows);
    // Deeper than any stack: no longer taken apart, and still right.
    for _ in 0..100_000 {
        table = g.shift(table, 1.0).unwrap();
        table = g.add(table, table).unwrap();
    }
    g.gather_rows(table, ids).unwrap();
}

#[test]
fn memory_that_cannot_be_had_is_an_error() {
    let mut g = Graph::new();
    let x = g.input("x", &[]).unwrap();
    let huge = g.fill(1.0, &[1 << 59]).unwrap();
    let message = |result: Result<()>| {
        let error = result.unwrap_err().to_string();
        assert!(error.ends_with("expected no more than memory can hold"), "{error}");
    };
    let wide = g.expand(x, 0, 1 << 59).unwrap();
    let narrow = g.sum(wide, 0).unwrap();
    assert!(matches!(g.op(narrow), Op::Unary(_)), "a sum of what is the same everywhere");
    let zeros = Zeros { reals: vec![vec![0.0; EXAMPLES]], ids: vec![Vec::new()], parameters: Vec::new() };
    // Of a constant too memory is taken when it is run: a graph that is only compiled may hold one of any size.
    for output in [huge, wide, g.batch_sum(wide).unwrap(), g.exp(wide).unwrap()] {
        let program = Program::<f64>::compile(&g, &[output], &[]).unwrap();
        let mut execution = Execution::new(program, 1 << 20);
        message(execution.run(&Workers::single(), &zeros, EXAMPLES));
        message(execution.run(&Workers::single(), &zeros, EXAMPLES));
    }
    let program = Program::<f64>::compile(&g, &[x], &[]).unwrap();
    let mut execution = Execution::new(program, 0);
    assert!(execution.run(&Workers::single(), &zeros, usize::MAX).is_err());
    assert!(execution.run(&Workers::single(), &zeros, 1 << 50).is_err());
    execution.run(&Workers::single(), &zeros, EXAMPLES).unwrap();
    assert!(matches!(g.fill(f64::NAN, &[]), Err(Error::Argument { .. })));
    assert!(matches!(g.scale(x, f64::INFINITY), Err(Error::Argument { .. })));
    let twice = g.scale(x, 1e300).unwrap();
    assert!(g.scale(twice, 1e300).is_ok());
}

#[test]
fn nodes_made_after_the_rewriter_are_rewritten_too() {
    let mut graph = Graph::new();
    let (x, y) = (graph.input("x", &[2]).unwrap(), graph.input("y", &[2]).unwrap());
    let mut rewriter = Rewriter::new(&graph, &[(x, y)]);
    let later = graph.exp(x).unwrap();
    let expected = graph.exp(y).unwrap();
    assert_eq!(rewriter.rewrite(&mut graph, later).unwrap(), expected);
    assert_eq!(rewriter.rewrite(&mut graph, y).unwrap(), y);
}
