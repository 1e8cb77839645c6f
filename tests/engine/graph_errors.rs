//! Shape errors name the nodes, the operation and both shapes, for every operation of the builder.
#![allow(clippy::unwrap_used)]

use ascribe::graph::{Graph, NodeId};
use ascribe::{Error, Result};

struct Leaves {
    /// Shared `[4, 3]`.
    table: NodeId,
    /// Per-example `[3]`.
    x: NodeId,
    /// Per-example `[2]`.
    y: NodeId,
    /// Shared `[]`.
    scalar: NodeId,
    /// Ids `[2]`.
    ids: NodeId,
}

type Wrong = fn(&mut Graph, &Leaves) -> Result<NodeId>;

/// What is wrong, the operation's name, the names of the nodes, the left and the right shape, and part of the reason.
type Row = (Wrong, &'static str, &'static [&'static str], &'static str, &'static str, &'static str);

const X: &str = "per-example [3]";
const Y: &str = "per-example [2]";
const IDS: &str = "per-example ids [2]";
const TABLE: &str = "shared [4, 3]";
const NUMBERS: &str = "a value of numbers";

const CASES: &[Row] = &[
    (|g, l| g.add(l.x, l.y), "add", &["x", "y"], X, Y, "sizes 3 and 2 differ"),
    (|g, l| g.sub(l.table, l.y), "sub", &["table", "y"], TABLE, Y, "sizes 3 and 2 differ"),
    (|g, l| g.mul(l.y, l.x), "mul", &["y", "x"], Y, X, "sizes 2 and 3 differ"),
    (|g, l| g.div(l.x, l.ids), "power", &["ids"], IDS, NUMBERS, "looked up or picked"),
    (|g, l| g.add(l.x, l.ids), "add", &["ids"], IDS, NUMBERS, "looked up or picked"),
    (|g, l| g.scale(l.ids, 2.0), "scale", &["ids"], IDS, NUMBERS, "looked up"),
    (|g, l| g.neg(l.ids), "scale", &["ids"], IDS, NUMBERS, "looked up"),
    (|g, l| g.shift(l.ids, 2.0), "shift", &["ids"], IDS, NUMBERS, "looked up"),
    (|g, l| g.power(l.ids, 2.0), "power", &["ids"], IDS, NUMBERS, "looked up"),
    (|g, l| g.exp(l.ids), "exp", &["ids"], IDS, NUMBERS, "looked up"),
    (|g, l| g.log(l.ids), "log", &["ids"], IDS, NUMBERS, "looked up"),
    (|g, l| g.tanh(l.ids), "tanh", &["ids"], IDS, NUMBERS, "looked up"),
    (|g, l| g.sigmoid(l.ids), "sigmoid", &["ids"], IDS, NUMBERS, "looked up"),
    (|g, l| g.softplus(l.ids), "softplus", &["ids"], IDS, NUMBERS, "looked up"),
    (|g, l| g.relu(l.ids), "relu", &["ids"], IDS, NUMBERS, "looked up"),
    (|g, l| g.step(l.ids), "step", &["ids"], IDS, NUMBERS, "looked up"),
    (|g, l| g.erf(l.ids), "erf", &["ids"], IDS, NUMBERS, "looked up"),
    (|g, l| g.gelu(l.ids), "scale", &["ids"], IDS, NUMBERS, "looked up"),
    (|g, l| g.gelu_tanh(l.ids), "power", &["ids"], IDS, NUMBERS, "looked up"),
    (|g, l| g.sin(l.ids), "sin", &["ids"], IDS, NUMBERS, "looked up"),
    (|g, l| g.cos(l.ids), "cos", &["ids"], IDS, NUMBERS, "looked up"),
    (|g, l| g.abs(l.ids), "abs", &["ids"], IDS, NUMBERS, "looked up"),
    (|g, l| g.sign(l.ids), "sign", &["ids"], IDS, NUMBERS, "looked up"),
    (|g, l| g.einsum("d,cd->c", l.y, l.table), "einsum", &["y", "table"], Y, TABLE, "has 2 elements but axis 1"),
    (|g, l| g.einsum("cd,cd->c", l.x, l.table), "einsum", &["x", "table"], X, TABLE, "names 2 axes of the left"),
    (|g, l| g.einsum("d,d->c", l.x, l.x), "einsum", &["x"], X, X, "the letter c of the result stands in no"),
    (|g, l| g.einsum("d,c->c", l.x, l.y), "einsum", &["x", "y"], X, Y, "in the left operand only; sum that"),
    (|g, l| g.einsum("d,c->d", l.x, l.y), "einsum", &["x", "y"], X, Y, "in the right operand only"),
    (|g, l| g.einsum("dd,d->", l.table, l.x), "einsum", &["table", "x"], TABLE, X, "the letter d stands twice"),
    (|g, l| g.einsum("d,d", l.x, l.x), "einsum", &["x"], X, X, "is not of the form"),
    (|g, l| g.einsum("d->d", l.x, l.x), "einsum", &["x"], X, X, "is not of the form"),
    (|g, l| g.einsum("D,D->", l.x, l.x), "einsum", &["x"], X, X, "is not of the form"),
    (|g, l| g.einsum("d,d->", l.ids, l.y), "einsum", &["ids"], IDS, NUMBERS, "looked up"),
    (
        |g, l| g.contract_over_batch("cd,cd->", l.table, l.table),
        "einsum",
        &["table"],
        TABLE,
        TABLE,
        "no batch to sum over",
    ),
    (|g, l| g.sum(l.x, 1), "sum", &["x"], X, "axis 1", "the value has 1 axes"),
    (|g, l| g.sum(l.ids, 0), "sum", &["ids"], IDS, NUMBERS, "looked up"),
    (|g, l| g.sum_all(l.ids), "reshape", &["ids"], IDS, NUMBERS, "looked up"),
    (|g, l| g.expand(l.x, 2, 4), "expand", &["x"], X, "a new axis 2 of size 4", "the value has 1 axes"),
    (|g, l| g.expand(l.x, 0, 0), "expand", &["x"], X, "a new axis 0 of size 0", "needs a size"),
    (|g, l| g.log_sum_exp(l.scalar, 0), "log_sum_exp", &["scalar"], "shared []", "axis 0", "has 0 axes"),
    (|g, l| g.softmax(l.table, 2), "log_sum_exp", &["table"], TABLE, "axis 2", "has 2 axes"),
    (|g, l| g.batch_sum(l.table), "batch_sum", &["table"], TABLE, "a per-example value", "broadcast_batch it first"),
    (|g, l| g.batch_sum(l.ids), "batch_sum", &["ids"], IDS, NUMBERS, "looked up"),
    (|g, l| g.broadcast_batch(l.ids), "broadcast_batch", &["ids"], IDS, NUMBERS, "looked up"),
    (
        |g, l| g.reshape(l.table, &[5, 2]),
        "reshape",
        &["table"],
        TABLE,
        "the shape [5, 2]",
        "12 elements cannot become 10",
    ),
    (|g, l| g.permute(l.table, &[0]), "permute", &["table"], TABLE, "the axes [0]", "the value has 2 axes"),
    (|g, l| g.permute(l.table, &[1, 1]), "permute", &["table"], TABLE, "the axes [1, 1]", "must be named once"),
    (|g, l| g.permute(l.table, &[0, 2]), "permute", &["table"], TABLE, "the axes [0, 2]", "must be named once"),
    (|g, l| g.permute(l.ids, &[0]), "permute", &["ids"], IDS, NUMBERS, "looked up"),
    (|g, l| g.argmax_mask(l.x, 1), "argmax_mask", &["x"], X, "axis 1", "the value has 1 axes"),
    (|g, l| g.max(l.table, 2), "max", &["table"], TABLE, "axis 2", "the value has 2 axes"),
    (|g, l| g.max(l.ids, 0), "max", &["ids"], IDS, NUMBERS, "looked up"),
    (|g, l| g.slice(l.table, 2, 0, 1), "slice", &["table"], TABLE, "axis 2", "has 2 axes"),
    (|g, l| g.slice(l.table, 1, 2, 2), "slice", &["table"], TABLE, "2 places from 2 on", "axis 1 has 3 places"),
    (|g, l| g.slice(l.x, 0, 1, 0), "slice", &["x"], X, "0 places from 1 on", "at least one must be kept"),
    (|g, l| g.slice(l.x, 0, usize::MAX, 2), "slice", &["x"], X, "2 places from 18446744073709551615 on", "3 places"),
    (|g, l| g.pad(l.x, 0, 1, 3), "pad", &["x"], X, "an axis of 3", "3 places from 1 on do not lie in 3"),
    (|g, l| g.pad(l.x, 1, 0, 3), "pad", &["x"], X, "axis 1", "has 1 axes"),
    (|g, l| g.concatenate(l.table, l.x, 0), "concatenate", &["table", "x"], TABLE, X, "all axes but axis 0"),
    (|g, l| g.concatenate(l.x, l.scalar, 0), "concatenate", &["scalar"], "shared []", "axis 0", "has 0 axes"),
    (|g, l| g.gather_rows(l.table, l.x), "gather_rows", &["table", "x"], TABLE, X, "must hold ids"),
    (|g, l| g.gather_rows(l.scalar, l.ids), "gather_rows", &["scalar"], "shared []", "axis 0", "has 0 axes"),
    (|g, l| g.gather_rows(l.ids, l.ids), "gather_rows", &["ids"], IDS, NUMBERS, "looked up"),
    (
        |g, l| g.scatter_rows(l.x, l.ids, 4),
        "scatter_rows",
        &["x", "ids"],
        X,
        IDS,
        "leading axes must be those of the ids",
    ),
    (|g, l| g.scatter_rows(l.scalar, l.ids, 4), "scatter_rows", &["scalar", "ids"], "shared []", IDS, "leading axes"),
    (|g, l| g.scatter_over_batch(l.y, l.x, 4), "scatter_rows", &["y", "x"], Y, X, "must hold ids"),
    (|g, l| g.gather(l.table, l.ids), "gather", &["table", "ids"], TABLE, IDS, "shape without its last axis"),
    (|g, l| g.gather(l.scalar, l.ids), "gather", &["scalar", "ids"], "shared []", IDS, "shape without its last axis"),
    (|g, l| g.gather(l.x, l.y), "gather", &["x", "y"], X, Y, "must hold ids"),
    (|g, l| g.scatter(l.x, l.ids, 4), "scatter", &["x", "ids"], X, IDS, "the labels must have the value's shape"),
    (|g, l| g.scatter(l.y, l.ids, 0), "scatter", &["y", "ids"], Y, IDS, "the new axis a size"),
];

#[test]
fn every_operation_says_what_does_not_fit() {
    let mut g = Graph::new();
    let leaves = Leaves {
        table: g.parameter("table", &[4, 3]).unwrap(),
        x: g.input("x", &[3]).unwrap(),
        y: g.input("y", &[2]).unwrap(),
        scalar: g.shared_input("scalar", &[]).unwrap(),
        ids: g.indices("ids", &[2]).unwrap(),
    };
    for (number, (wrong, operation, nodes, left, right, reason)) in CASES.iter().enumerate() {
        let before = g.len();
        let error = wrong(&mut g, &leaves).unwrap_err();
        let what = format!("case {number} ({operation}): {error:?}");
        assert_eq!(g.len(), before, "nothing was added, {what}");
        let Error::Shape { node, operation: found, left: a, right: b, reason: why } = &error else {
            panic!("{what}");
        };
        assert_eq!((*found, a.as_str(), b.as_str()), (*operation, *left, *right), "{what}");
        for name in *nodes {
            let leaf = [leaves.table, leaves.x, leaves.y, leaves.scalar, leaves.ids]
                .into_iter()
                .find(|id| g.name(*id) == Some(name))
                .unwrap();
            assert!(node.contains(&g.describe(leaf)), "{name} is named, {what}");
        }
        assert!(why.contains(reason), "{what}");
        let message = error.to_string();
        for part in [node, *operation, *left, *right, reason] {
            assert!(message.contains(part), "{part:?} stands in {message:?}");
        }
    }
}

#[test]
fn leaves_that_cannot_be_are_refused() {
    let mut g = Graph::new();
    let scalar = g.parameter("p", &[]).unwrap();
    let x = g.input("x", &[2]).unwrap();
    let errors = [
        (g.parameter("p", &[1]), "the name of a new parameter is \"p\", which is taken"),
        (g.input("p", &[1]), "the name of a new input is \"p\", which is taken"),
        (g.indices("x", &[]), "the name of a new input is \"x\", which is taken"),
        (g.input("empty", &[3, 0]), "the shape of empty is [3, 0], expected sizes of at least one"),
        (g.patched(scalar), "the table to patch, %0 (p) is parameter, expected a parameter with rows"),
        (g.patched(x), "the table to patch, %1 (x) is input, expected a parameter with rows"),
    ];
    for (result, message) in errors {
        let error = result.unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
    }
}

const IMAGE: &str = "per-example [6, 5, 2]";
const WEIGHTS: &str = "shared [4, 3, 2, 2]";
const WINDOWS: &str = "per-example [4, 4, 3, 2, 2]";
const HUGE: usize = usize::MAX;

struct Images {
    image: NodeId,
    weights: NodeId,
    windows: NodeId,
    /// As large as can be: `[2⁵⁵, 1, 1]`.
    tall: NodeId,
    ids: NodeId,
}

type WrongImage = (fn(&mut Graph, &Images) -> Result<NodeId>, &'static str, &'static str, &'static str, &'static str);

const IMAGES: &[WrongImage] = &[
    (|g, l| g.unfold(l.weights, [1, 1], [1, 1]), "unfold", WEIGHTS, "three axes", "an image has the axes"),
    (|g, l| g.unfold(l.ids, [1, 1], [1, 1]), "unfold", "per-example ids [6, 5, 2]", NUMBERS, "looked up"),
    (
        |g, l| g.unfold(l.image, [7, 1], [1, 1]),
        "unfold",
        IMAGE,
        "windows of [7, 1] with a stride of [1, 1]",
        "must lie within [6, 5]",
    ),
    (
        |g, l| g.unfold(l.image, [1, 6], [1, 1]),
        "unfold",
        IMAGE,
        "windows of [1, 6] with a stride of [1, 1]",
        "must lie within [6, 5]",
    ),
    (
        |g, l| g.unfold(l.image, [2, 0], [1, 1]),
        "unfold",
        IMAGE,
        "windows of [2, 0] with a stride of [1, 1]",
        "at least one",
    ),
    (
        |g, l| g.unfold(l.image, [2, 2], [0, 1]),
        "unfold",
        IMAGE,
        "windows of [2, 2] with a stride of [0, 1]",
        "at least one",
    ),
    (
        |g, l| g.unfold(l.tall, [1 << 54, 1], [1, 1]),
        "unfold",
        "shared [36028797018963968, 1, 1]",
        "a result of [18014398509481985, 1, 18014398509481984, 1, 1]",
        "more elements than memory can hold",
    ),
    (|g, l| g.fold(l.image, 6, 5, [1, 1]), "fold", IMAGE, "five axes", "windows have the axes"),
    (|g, l| g.fold(l.windows, 7, 5, [1, 1]), "fold", WINDOWS, "an image of [7, 5]", "has [5, 4] windows of [3, 2]"),
    (
        |g, l| g.fold(l.windows, 2, 5, [1, 1]),
        "fold",
        WINDOWS,
        "windows of [3, 2] with a stride of [1, 1]",
        "must lie within [2, 5]",
    ),
    (
        |g, l| g.fold(l.windows, 6, 5, [1, 0]),
        "fold",
        WINDOWS,
        "windows of [3, 2] with a stride of [1, 0]",
        "at least one",
    ),
    (
        |g, l| g.fold(l.windows, 3 + 3 * (HUGE / 4), 5, [HUGE / 4, 1]),
        "fold",
        WINDOWS,
        "a result of [13835058055282163712, 5, 2]",
        "more elements than memory can hold",
    ),
    (|g, l| g.convolve2d(l.windows, l.weights, [1, 1], [0, 0]), "convolve2d", WINDOWS, "three axes", "an image has"),
    (|g, l| g.convolve2d(l.image, l.image, [1, 1], [0, 0]), "convolve2d", IMAGE, "four axes", "weights have the axes"),
    (
        |g, l| g.convolve2d(l.tall, l.weights, [1, 1], [0, 0]),
        "convolve2d",
        "shared [36028797018963968, 1, 1]",
        WEIGHTS,
        "the image has 1 channels and the weights have 2",
    ),
    (
        |g, l| g.convolve2d(l.image, l.weights, [1, 0], [0, 0]),
        "convolve2d",
        IMAGE,
        "windows of [3, 2] with a stride of [1, 0]",
        "at least one",
    ),
    (
        |g, l| g.convolve2d(l.image, l.weights, [1, 1], [HUGE / 2, 0]),
        "convolve2d",
        IMAGE,
        "a padding of [9223372036854775807, 0]",
        "more elements than memory can hold",
    ),
    (
        |g, l| g.convolve2d(l.image, l.weights, [1, 1], [1 << 60, 0]),
        "convolve2d",
        IMAGE,
        "a result of [2305843009213693958, 5, 2]",
        "more elements than memory can hold",
    ),
    (
        |g, l| g.max_pool2d(l.image, [8, 1], [1, 1]),
        "max_pool2d",
        IMAGE,
        "windows of [8, 1] with a stride of [1, 1]",
        "must lie within [6, 5]",
    ),
    (
        |g, l| g.average_pool2d(l.image, [2, 2], [1, 0]),
        "average_pool2d",
        IMAGE,
        "windows of [2, 2] with a stride of [1, 0]",
        "at least one",
    ),
    (|g, l| g.average_pool2d(l.weights, [2, 2], [1, 1]), "average_pool2d", WEIGHTS, "three axes", "an image has"),
];

#[test]
fn every_operation_on_images_says_what_does_not_fit() {
    let mut g = Graph::new();
    let leaves = Images {
        image: g.input("image", &[6, 5, 2]).unwrap(),
        weights: g.parameter("weights", &[4, 3, 2, 2]).unwrap(),
        windows: g.input("windows", &[4, 4, 3, 2, 2]).unwrap(),
        tall: g.parameter("tall", &[1 << 55, 1, 1]).unwrap(),
        ids: g.indices("ids", &[6, 5, 2]).unwrap(),
    };
    for (number, (wrong, operation, left, right, reason)) in IMAGES.iter().enumerate() {
        let before = g.len();
        let error = wrong(&mut g, &leaves).unwrap_err();
        let what = format!("case {number} ({operation}): {error:?}");
        assert_eq!(g.len(), before, "nothing was added, {what}");
        let Error::Shape { operation: found, left: a, right: b, reason: why, .. } = &error else { panic!("{what}") };
        assert_eq!((*found, a.as_str(), b.as_str()), (*operation, *left, *right), "{what}");
        assert!(why.contains(reason), "{what}");
    }
}

/// Rows of a matrix that a contraction with a number made.
#[test]
fn rows_of_a_scaled_matrix_are_found() {
    let mut g = Graph::new();
    let table = g.input("table", &[4, 3]).unwrap();
    let number = g.input("number", &[]).unwrap();
    let i = g.indices("i", &[2]).unwrap();
    for (spec, a, b, width) in
        [("cd,->cd", table, number, 3), ("cd,->dc", table, number, 4), (",cd->cd", number, table, 3)]
    {
        let scaled = g.einsum(spec, a, b).unwrap();
        let rows = g.gather_rows(scaled, i).unwrap();
        assert_eq!(g.shape(rows).sizes(), [2, width], "{spec}");
    }
}

#[test]
fn shapes_whose_number_of_elements_wraps_around_are_refused() {
    let mut graph = Graph::new();
    for sizes in [&[(1 << 62) + 256, 4][..], &[usize::MAX], &[1 << 32, 1 << 32]] {
        assert!(graph.parameter("table", sizes).is_err(), "{sizes:?}");
        assert!(graph.input("values", sizes).is_err(), "{sizes:?}");
    }
    assert!(graph.parameter("table", &[1 << 20, 1 << 10]).is_ok());
}
