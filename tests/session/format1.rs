//! Folders of format 1, as 0.1.0 wrote them, answer what that build answered.

use std::fs;
use std::path::{Path, PathBuf};

use ascribe::attribution::rollback::ExplainOptions;
use ascribe::engine::Monitor;
use ascribe::session::{Dataset, Influence, InfluenceOptions, Model, Rollback};
use serde_json::Value;

use crate::common::assert_close;
use crate::fixtures::context;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/session/format1").join(name)
}

/// What that build said of a folder.
fn said(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(folder(&format!("{name}.json"))).unwrap()).unwrap()
}

/// The effects in some lists, with a number of each, ascending by the example.
fn listed(answer: &Value, lists: [&str; 2], (example, number): (&str, &str)) -> (Vec<u64>, Vec<f64>) {
    let effects = lists.iter().flat_map(|list| answer[*list].as_array().unwrap());
    let one = |effect: &Value| (effect[example].as_u64().unwrap(), effect[number].as_f64().unwrap());
    let mut found: Vec<(u64, f64)> = effects.map(one).collect();
    found.sort_by_key(|effect| effect.0);
    found.into_iter().unzip()
}

fn loaded(name: &str) -> (Model, Dataset) {
    let model = Model::load(&folder(name)).unwrap();
    let data = model.data().unwrap().clone();
    (model, data)
}

#[test]
fn triples_answer_as_they_did() {
    for name in ["triples", "triples-f32"] {
        let (model, data) = loaded(name);
        let answer = said(name);
        let query = data.query("anna", "likes", "bert").unwrap();
        let rollback = Rollback::new(&context(), &model, Some("probability")).unwrap();
        let found = rollback.explain(&query, &ExplainOptions::default(), &Monitor::none()).unwrap();
        assert_eq!(found.value(0).unwrap(), answer["value"].as_f64().unwrap(), "{name}");
        let (examples, changes): (Vec<u64>, Vec<f64>) = found.scores(0).unwrap().iter().copied().unzip();
        let expected = listed(&answer, ["supporting", "opposing"], ("example", "change"));
        assert_eq!((examples, changes), expected, "{name}");
    }
}

#[test]
fn rows_answer_as_they_did() {
    let (other, data) = loaded("rows-f32");
    assert_eq!(other.evaluate(&context(), &data, None).unwrap().len(), 24);
    let (model, data) = loaded("rows");
    let answer = said("rows");
    let asked = answer["queries"].as_array().unwrap();
    let rows: Vec<usize> = asked.iter().map(|query| query["row"].as_u64().unwrap() as usize).collect();
    let queries = data.select(&rows).unwrap();
    let influence = Influence::new(&context(), &model, None, &InfluenceOptions::default(), &Monitor::none()).unwrap();
    let found = influence.explain(&queries, Some("loss"), &Monitor::none()).unwrap();
    for (query, asked) in asked.iter().enumerate() {
        assert_close(&[found.value(query).unwrap()], &[asked["value"].as_f64().unwrap()], 1e-15, "the value");
        let (examples, expected) = listed(asked, ["raising", "lowering"], ("row", "change"));
        let scores = found.scores(query).unwrap();
        let changes: Vec<f64> = examples.iter().map(|example| scores[*example as usize].1).collect();
        assert_close(&changes, &expected, 1e-15, "the changes");
    }
}
