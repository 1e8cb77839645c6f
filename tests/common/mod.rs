//! What several test crates share: numbers, triples, and a naive training written from the formulas.
#![allow(dead_code)]
#![allow(clippy::unwrap_used)]

pub mod dense;
pub mod naive;
pub mod triples;

use std::path::{Path, PathBuf};

use ascribe::data::{Triple, TripleSet, Vocabulary};
use ascribe::graph::Graph;
use ascribe::objective::{Convention, Objective, Owned};
use ascribe::objective::{Examples, Staged};
use ascribe::tensor::random::{Purpose, Stream};
use ascribe::tensor::{Array, Real};

/// Numbers spread evenly over (−1, 1).
pub fn numbers(seed: u64, len: usize) -> Vec<f64> {
    let mut stream = Stream::new(seed, Purpose::Data, 1, 0);
    (0..len).map(|_| 2.0 * stream.uniform() - 1.0).collect()
}

/// Ids below a bound.
pub fn ids(seed: u64, len: usize, below: usize) -> Vec<u32> {
    let mut stream = Stream::new(seed, Purpose::Data, 2, 0);
    (0..len).map(|_| stream.below(below as u32)).collect()
}

pub fn array<T: Real>(shape: &[usize], seed: u64) -> Array<T> {
    let values = numbers(seed, shape.iter().product());
    Array::new(shape, values.into_iter().map(T::from_f64).collect()).unwrap()
}

/// A graph with random triples, of which every seventh is a self-loop and every ninth repeats an earlier one.
pub fn random_triples(entities: usize, relations: usize, count: usize, seed: u64) -> TripleSet {
    let mut stream = Stream::new(seed, Purpose::Data, 3, 0);
    let mut train: Vec<Triple> = Vec::new();
    for place in 0..count {
        let mut triple = Triple {
            head: stream.below(entities as u32),
            relation: stream.below(relations as u32),
            tail: stream.below(entities as u32),
        };
        if place % 7 == 3 {
            triple.tail = triple.head;
        }
        if place % 9 == 8 {
            triple = train[place / 2];
        }
        train.push(triple);
    }
    triple_set(entities, relations, train)
}

/// A graph with these training triples and no others.
pub fn triple_set(entities: usize, relations: usize, train: Vec<Triple>) -> TripleSet {
    let names = |kind: &str, count: usize| {
        Vocabulary::from_names((0..count).map(|place| format!("{kind}{place}")).collect()).unwrap()
    };
    TripleSet { entities: names("e", entities), relations: names("r", relations), train, ..TripleSet::default() }
}

pub fn nations() -> TripleSet {
    TripleSet::read(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/data/nations"))).unwrap()
}

/// A file of the data sets that lie beside this repository. Where they do not, a stranger's clone for one, the test that asks
/// is left out with a word, but not where `ASCRIBE_REQUIRE_DATA` is 1, as in our own CI.
pub fn beside(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    if path.exists() {
        return Some(path);
    }
    assert!(
        std::env::var_os("ASCRIBE_REQUIRE_DATA").is_none_or(|value| value != "1"),
        "{} is not there, and ASCRIBE_REQUIRE_DATA=1 asks for it",
        path.display()
    );
    eprintln!("{} is not there: its part of this test is left out", path.display());
    None
}

/// Writes the manifest of a folder, with the checksum that belongs to it.
pub fn seal(folder: &Path, mut manifest: serde_json::Value) {
    // In the order in which the store writes them.
    let entry = |entry: &serde_json::Value| {
        let [stem, file, bytes, crc32] = ["stem", "file", "bytes", "crc32"].map(|name| &entry[name]);
        format!(r#"{{"stem":{stem},"file":{file},"bytes":{bytes},"crc32":{crc32}}}"#)
    };
    let files: Vec<String> = manifest["files"].as_array().unwrap().iter().map(entry).collect();
    let sealed = format!("[[{}],{}]", files.join(","), manifest["content"]);
    manifest["crc32"] = format!("{:08x}", crc32fast::hash(sealed.as_bytes())).into();
    std::fs::write(folder.join("run.json"), manifest.to_string()).unwrap();
}

/// The greatest difference, and the place where it is.
pub fn furthest(found: &[f64], expected: &[f64]) -> (f64, usize) {
    assert_eq!(found.len(), expected.len(), "as many values as expected");
    let mut worst = (0.0, 0);
    for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = (found - expected).abs();
        if error > worst.0 || error.is_nan() {
            worst = (error, place);
        }
    }
    worst
}

/// Compares values with what they should be, absolutely.
#[track_caller]
pub fn assert_close(found: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    let (error, place) = furthest(found, expected);
    assert!(
        error <= tolerance,
        "{what}: place {place} is {}, expected {}, off by {error:e}",
        found[place],
        expected[place]
    );
}

/// The numbers of several arrays, one behind the other.
pub fn flat<T: Real>(arrays: &[Array<T>]) -> Vec<f64> {
    arrays.iter().flat_map(|a| a.values().iter().map(|x| x.to_f64())).collect()
}

/// The bits of several arrays, for comparisons that tell zeros apart.
pub fn bits<T: Real>(arrays: &[Array<T>]) -> Vec<u64> {
    flat(arrays).into_iter().map(f64::to_bits).collect()
}

/// Half the squared distance of a triple's DistMult score from a target. Every row that is read is the example's own.
pub fn square_objective(entities: &[usize], relations: &[usize], target: f64) -> Objective {
    let mut g = Graph::new();
    let e = g.parameter("entities", entities).unwrap();
    let r = g.parameter("relations", relations).unwrap();
    let ids = ["head", "relation", "tail"].map(|name| g.indices(name, &[]).unwrap());
    let [head, relation, tail] = [(e, ids[0]), (r, ids[1]), (e, ids[2])].map(|(t, i)| g.gather_rows(t, i).unwrap());
    let query = g.mul(head, relation).unwrap();
    let score = g.einsum("d,d->", query, tail).unwrap();
    let residual = g.shift(score, -target).unwrap();
    let square = g.power(residual, 2.0).unwrap();
    let loss = g.scale(square, 0.5).unwrap();
    let owned = [(0, 0), (1, 1), (0, 2)].map(|(parameter, input)| Owned { parameter, input });
    Objective {
        graph: g,
        loss,
        penalty: None,
        convention: Convention::Mean,
        outputs: None,
        owned: owned.to_vec(),
        diagonal: Vec::new(),
    }
}

/// Triples without candidates, for [`square_objective`].
pub struct Plain<'a>(pub &'a [Triple]);

impl<T> Examples<T> for Plain<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn stage(&self, _: usize, example: usize, staged: &mut Staged<T>) {
        let triple = self.0[example];
        for (input, id) in staged.ids.iter_mut().zip([triple.head, triple.relation, triple.tail]) {
            input.push(id);
        }
    }
}
