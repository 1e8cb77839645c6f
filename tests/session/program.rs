//! The program reads what was embedded.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::Command;

use ascribe::engine::Monitor;
use ascribe::session::{Attributor, Model, Options, true_changes};
use ascribe::tensor::Precision;
use tempfile::TempDir;

use crate::saved::{bits, by_steps, context, fit, rows, triple_model, triples};

/// The program answers about rows that were given as arrays, as far as that takes no files.
#[test]
fn the_program_reads_what_was_embedded() {
    fn said(folder: &Path, words: &[&str]) -> (Option<i32>, String) {
        let mut program = Command::new(env!("CARGO_BIN_EXE_ascribe"));
        let output = program.args(words).current_dir(folder).output().unwrap();
        (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    }
    let folder = TempDir::new().unwrap();
    let data = rows(3);
    let mut model = Model::new(&context(), "softmax", &data, &Options::new().with("l2", 0.1)).unwrap();
    fit(&mut model, &data, &Options::new());
    model.save(&folder.path().join("rows")).unwrap();
    let (code, text) = said(folder.path(), &["info", "rows"]);
    assert!(code == Some(0) && text.contains("24 rows of 4 features (arrays)") && text.contains("softmax"), "{text}");
    let (code, text) = said(folder.path(), &["explain", "rows", "--self", "--json"]);
    assert_eq!(code, Some(0), "{text}");
    let answer: serde_json::Value = serde_json::from_str(&text).unwrap();
    let influence =
        Attributor::new(&context(), &model, Some("influence"), None, &Options::new(), &Monitor::default()).unwrap();
    let own = influence.self_scores(None, &Monitor::default()).unwrap();
    for row in answer["ranking"].as_array().unwrap() {
        let expected = own[row["row"].as_u64().unwrap() as usize];
        assert!((row["self_influence"].as_f64().unwrap() - expected).abs() <= 1e-9 * expected.abs(), "{row}");
    }
    fs::write(folder.path().join("test.csv"), "a\n1\n").unwrap();
    let (code, text) = said(folder.path(), &["explain", "rows", "--test", "test.csv"]);
    assert!(code == Some(1) && text.contains("given as arrays") && text.contains("training rows"), "{text}");

    let data = triples();
    let mut model = triple_model(&data, Precision::F64);
    (0..2).for_each(|_| fit(&mut model, &data, &by_steps("adagrad")));
    model.save(&folder.path().join("triples")).unwrap();
    let query = data.describe(0).unwrap().split(' ').take(2).collect::<Vec<_>>().join(",") + ",?";
    let (code, text) = said(folder.path(), &["verify", "triples", "--query", &query, "-k", "2", "--json"]);
    assert_eq!(code, Some(0), "{text}");
    let answer: serde_json::Value = serde_json::from_str(&text).unwrap();
    let facts = answer["facts"].as_array().unwrap();
    let removals: Vec<Vec<usize>> = facts.iter().map(|fact| vec![fact["example"].as_u64().unwrap() as usize]).collect();
    let [head, relation, tail] = ["head", "relation", "tail"].map(|part| answer["prediction"][part].as_str().unwrap());
    let query = data.query(head, relation, tail).unwrap();
    let expected = true_changes(&context(), &model, &query, None, &removals, &Monitor::default()).unwrap();
    let found: Vec<f64> = facts.iter().map(|fact| fact["true_change"].as_f64().unwrap()).collect();
    assert_eq!(bits(&found), bits(&expected));
}
