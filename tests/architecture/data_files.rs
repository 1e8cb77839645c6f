//! The data that comes with the crate, read as a user would read it.

use std::fs;
use std::io::Write;
use std::path::Path;

use ascribe::data::{Known, Query, Side, Triple, TripleSet};
use flate2::Compression;
use flate2::write::GzEncoder;

fn nations_folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/data/nations"))
}

fn nations() -> TripleSet {
    TripleSet::read(nations_folder()).expect("the data of the crate is readable")
}

#[test]
fn nations_has_the_counts_its_readme_states() {
    let set = nations();
    assert_eq!((set.train.len(), set.valid.len(), set.test.len()), (1592, 199, 201));
    assert_eq!((set.entities.len(), set.relations.len()), (14, 55));
    // No triple occurs twice, within a split or between them.
    let mut all = [set.train.clone(), set.valid.clone(), set.test.clone()].concat();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 1592 + 199 + 201);
    // All entities and relations are met in training.
    let met = |id: fn(&Triple) -> u32| set.train.iter().map(id).max();
    assert_eq!(met(|t| t.head.max(t.tail)), Some(13));
    assert_eq!(met(|t| t.relation), Some(54));
}

#[test]
fn nations_begins_with_the_first_line_of_its_file() {
    let set = nations();
    assert_eq!(set.describe(set.train[0]), "netherlands militaryalliance uk");
    assert_eq!(set.train[..2], [Triple { head: 0, relation: 0, tail: 1 }, Triple { head: 2, relation: 1, tail: 3 }]);
}

#[test]
fn every_triple_of_nations_answers_its_own_questions() {
    let set = nations();
    let known = Known::new(&set);
    for triple in set.train.iter().chain(&set.valid).chain(&set.test) {
        let tails = known.tails(triple.head, triple.relation);
        assert!(tails.binary_search(&triple.tail).is_ok());
        let heads = known.heads(triple.relation, triple.tail);
        assert!(heads.binary_search(&triple.head).is_ok());
        let name = |id| set.entities.name(id).expect("every id has a name");
        let relation = set.relations.name(triple.relation).expect("every id has a name");
        let query =
            Query::parse(&format!("{},{relation},?", name(triple.head)), &set).expect("known names can be asked for");
        assert_eq!(query.side, Side::Tail);
        assert_eq!(query.triple(triple.tail), *triple);
        let query =
            Query::parse(&format!("?,{relation},{}", name(triple.tail)), &set).expect("known names can be asked for");
        assert_eq!(query.side, Side::Head);
        assert_eq!(query.triple(triple.head), *triple);
    }
}

#[test]
fn nations_is_the_same_compressed_and_with_other_line_ends() {
    let copy = tempfile::tempdir().expect("a temporary folder");
    let text =
        |split: &str| fs::read_to_string(nations_folder().join(split)).expect("the data of the crate is readable");
    let mut file = GzEncoder::new(Vec::new(), Compression::default());
    file.write_all(text("train.tsv").as_bytes()).expect("memory takes everything");
    let bytes = file.finish().expect("memory takes everything");
    fs::write(copy.path().join("train.tsv.gz"), bytes).expect("a writable folder");
    let other = text("valid.tsv").replace('\n', "\r\n");
    fs::write(copy.path().join("valid.txt"), other).expect("a writable folder");
    let other = format!("\u{feff}{}", text("test.tsv").trim_end());
    fs::write(copy.path().join("test.txt"), other).expect("a writable folder");
    assert_eq!(TripleSet::read(copy.path()).expect("the copy is readable"), nations());
}
