//! What folders hold, as far as it is not what models answer: which kind they are, what is said of them, and what damage is
//! noticed.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use ascribe::Error;
use ascribe::session::{Dataset, Model, Options, check_folder};
use ascribe::store::{Contents, NamedArray, Values, commit, open};
use ascribe::tensor::Precision;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::{random_triples, seal};
use crate::saved::{by_steps, context, fit, graph_model, ratings, rows, triple_model, triples};

/// A trained model of each family, with the values before training in its folder.
fn trained() -> [Model; 3] {
    let data = triples();
    let mut of_triples = triple_model(&data, Precision::F32);
    let mut network = Model::new(&context(), "softmax", &rows(3), &Options::new().with("l2", 0.1)).unwrap();
    let mut of_graph = graph_model(4, true, 0.5, Precision::F64);
    for _ in 0..2 {
        fit(&mut of_triples, &data, &by_steps("sgd"));
        fit(&mut network, &rows(3), &Options::new());
        fit(&mut of_graph, &ratings(), &by_steps("sgd"));
    }
    [of_triples, network, of_graph]
}

/// Reads a folder into a model like another one.
fn read_as(model: &Model, folder: &Path) -> ascribe::Result<Model> {
    if model.kind() != "custom" {
        return Model::load(folder);
    }
    let mut restored = graph_model(4, true, 0.5, Precision::F64);
    restored.restore(folder).map(|()| restored)
}

#[test]
fn kinds_of_folders_are_told_apart() {
    let (run, graph) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let data = triples();
    let mut of_triples = triple_model(&data, Precision::F64);
    let untrained = of_triples.save(run.path()).unwrap_err().to_string();
    assert_eq!(untrained, "saving a model that was not trained is not supported: train it first");
    assert_eq!(fs::read_dir(run.path()).unwrap().count(), 0);
    fit(&mut of_triples, &data, &by_steps("sgd"));
    of_triples.save(run.path()).unwrap();
    let mut of_graph = graph_model(4, true, 0.5, Precision::F64);
    fit(&mut of_graph, &ratings(), &by_steps("sgd"));
    of_graph.save(graph.path()).unwrap();

    let error = Model::load(graph.path()).unwrap_err();
    assert!(matches!(error, Error::Unsupported { .. }), "{error}");
    assert!(error.to_string().contains("build the same graph") && error.to_string().contains("restore"), "{error}");
    let error = of_triples.restore(run.path()).unwrap_err().to_string();
    assert!(error.contains("one of triples") && error.contains("loaded"), "{error}");
    assert!(matches!(of_graph.restore(run.path()), Err(Error::Format { .. })));
    // Neither replaces the other, nor what is somebody else's.
    assert!(matches!(of_triples.save(graph.path()), Err(Error::Format { .. })));
    assert!(matches!(of_graph.save(run.path()), Err(Error::Format { .. })));
    let foreign = TempDir::new().unwrap();
    fs::write(foreign.path().join("letter.txt"), "dear").unwrap();
    for model in [&of_triples, &of_graph] {
        assert!(matches!(model.save(foreign.path()), Err(Error::Format { .. })));
        assert!(matches!(check_folder(foreign.path(), model.family().name()), Err(Error::Format { .. })));
        assert!(check_folder(&foreign.path().join("new"), model.family().name()).is_ok());
    }
    assert!(matches!(check_folder(run.path(), of_graph.family().name()), Err(Error::Format { .. })));
    assert!(check_folder(run.path(), of_triples.family().name()).is_ok());
    assert!(matches!(Model::inspect(foreign.path()), Err(Error::Format { .. })));
    assert!(matches!(Model::load(foreign.path()), Err(Error::Format { .. })));
    assert!(matches!(Model::load(&foreign.path().join("none")), Err(Error::Io { .. })));
    Model::load(run.path()).unwrap();
    graph_model(4, true, 0.5, Precision::F64).restore(graph.path()).unwrap();
}

#[test]
fn no_damage_goes_unnoticed() {
    for model in trained() {
        let folder = TempDir::new().unwrap();
        model.save(folder.path()).unwrap();
        let read = || read_as(&model, folder.path()).map(|_| ());
        read().unwrap();
        let mut damaged = 0;
        for entry in fs::read_dir(folder.path()).unwrap() {
            let path = entry.unwrap().path();
            let whole = fs::read(&path).unwrap();
            if whole.is_empty() {
                continue;
            }
            for place in [0, whole.len() / 3, whole.len() / 2, whole.len() - 2] {
                let mut bytes = whole.clone();
                bytes[place] ^= 4;
                fs::write(&path, &bytes).unwrap();
                let error = read().expect_err("a flipped bit");
                assert!(matches!(error, Error::Format { .. } | Error::Version { .. }), "{error}");
                damaged += 1;
            }
            fs::write(&path, &whole[..whole.len() - 1]).unwrap();
            // The manifest's last byte is the end of its line.
            if path.extension().is_some_and(|ending| ending == "safetensors") {
                assert!(matches!(read(), Err(Error::Format { .. })));
            }
            fs::write(&path, &whole).unwrap();
        }
        assert!(damaged >= 12);
        read().unwrap();
    }
}

/// Every place of a manifest below which something lies, as JSON pointers.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(map) => map.iter().for_each(|(name, value)| places(value, &format!("{at}/{name}"), found)),
        Value::Array(list) => {
            // The first of many of the same kind stands for all.
            list.iter().take(2).enumerate().for_each(|(place, value)| places(value, &format!("{at}/{place}"), found));
        }
        _ => {}
    }
}

/// Whatever a sealed manifest says, reading it is an error that a caller can act on, or a model that answers.
#[test]
fn manifests_that_say_something_else_are_refused_or_read() {
    let strange = [
        json!(null),
        json!(-1),
        json!(0),
        json!(1u64 << 62),
        json!(1e300),
        json!(""),
        json!("x"),
        json!([]),
        json!({}),
    ];
    for model in trained() {
        let folder = TempDir::new().unwrap();
        model.save(folder.path()).unwrap();
        let text = fs::read_to_string(folder.path().join("run.json")).unwrap();
        let whole: Value = serde_json::from_str(&text).unwrap();
        let mut all = Vec::new();
        places(&whole["content"], "/content", &mut all);
        assert!(all.len() > 40, "{all:?}");
        let mut refused = 0;
        for place in &all[1..] {
            for value in &strange {
                let mut manifest = whole.clone();
                *manifest.pointer_mut(place).unwrap() = value.clone();
                seal(folder.path(), manifest);
                let _ = Model::inspect(folder.path());
                match read_as(&model, folder.path()) {
                    Ok(read) => {
                        read.evaluate(&context(), read.data().unwrap(), None).unwrap();
                    }
                    Err(Error::Format { path, hint, .. }) => {
                        assert_eq!(path, folder.path());
                        assert!(!hint.is_empty());
                        refused += 1;
                    }
                    // Another precision, other names, another objective of the graph.
                    Err(Error::Argument { expected, .. }) if model.kind() == "custom" => {
                        assert!(expected.contains(folder.path().to_str().unwrap()), "{place}: {expected}");
                    }
                    // Another family.
                    Err(Error::Unsupported { .. }) if place == "/content/family" => {}
                    Err(error) => panic!("{place} as {value}: {error}"),
                }
            }
            // Something that is missing, and something that nobody knows.
            let (parent, name) = place.rsplit_once('/').unwrap();
            let mut manifest = whole.clone();
            if let Some(Value::Object(map)) = manifest.pointer_mut(parent) {
                map.remove(name);
                seal(folder.path(), manifest);
                let _ = read_as(&model, folder.path());
            }
            let mut manifest = whole.clone();
            if let Some(Value::Object(map)) = manifest.pointer_mut(place)
                && !place.starts_with("/content/trained/outcome")
            {
                map.insert("unknown".into(), json!(1));
                seal(folder.path(), manifest);
                assert!(read_as(&model, folder.path()).is_err(), "{place}");
            }
        }
        assert!(refused > 100, "{refused}");
        // What was there before is read again.
        seal(folder.path(), whole);
        read_as(&model, folder.path()).unwrap();
    }
}

fn changed(values: &Values) -> Values {
    match values {
        Values::F32(numbers) => numbers.iter().map(|x| f64::from(*x)).collect::<Vec<f64>>().into(),
        Values::F64(numbers) => numbers.iter().map(|x| *x as f32).collect::<Vec<f32>>().into(),
        Values::U32(ids) => ids.iter().map(|id| *id as u8).collect::<Vec<u8>>().into(),
        Values::U8(bytes) => bytes.iter().map(|byte| u32::from(*byte)).collect::<Vec<u32>>().into(),
    }
}

/// Arrays that are missing, of another type, of another size, or that hold what cannot be.
#[test]
fn arrays_that_do_not_fit_are_refused() {
    for model in trained() {
        let folder = TempDir::new().unwrap();
        model.save(folder.path()).unwrap();
        let whole = open(folder.path(), "run").unwrap();
        let refused = |contents: Contents, what: String| {
            commit(folder.path(), "run", &contents).unwrap();
            match read_as(&model, folder.path()) {
                Err(Error::Format { path, .. }) => assert_eq!(path, folder.path(), "{what}"),
                other => panic!("{what}: {other:?}"),
            }
        };
        for (file, (stem, arrays)) in whole.files.iter().enumerate() {
            for (place, array) in arrays.iter().enumerate() {
                let name = format!("{} of {stem} of {}", array.name, model.kind());
                let with = |array: NamedArray| {
                    let mut contents = whole.clone();
                    contents.files[file].1[place] = array;
                    contents
                };
                let mut missing = whole.clone();
                missing.files[file].1.remove(place);
                let only_initial = array.name == "initial.0" && model.kind() != "custom";
                if !only_initial {
                    refused(missing, format!("without {name}"));
                }
                refused(with(NamedArray { values: changed(&array.values), ..array.clone() }), format!("{name}, type"));
                // One row less, and another shape of as many numbers.
                let len = array.values.len();
                let row = len / array.shape[0].max(1);
                let shorter = match &array.values {
                    Values::F32(numbers) => Values::F32(numbers[row..].to_vec()),
                    Values::F64(numbers) => Values::F64(numbers[row..].to_vec()),
                    Values::U32(ids) => Values::U32(ids[row..].to_vec()),
                    Values::U8(bytes) => Values::U8(bytes[row..].to_vec()),
                };
                if len > 0 {
                    let mut shape = array.shape.clone();
                    shape[0] -= 1;
                    let fewer = NamedArray::new(array.name.clone(), shape, shorter).unwrap();
                    refused(with(fewer), format!("{name}, a row less"));
                }
                match &array.values {
                    // Samples may be of any row of their file.
                    Values::U32(ids) if len > 0 && (stem, array.name.as_str()) != (&"data".into(), "rows") => {
                        let mut ids = ids.clone();
                        ids[0] = 1 << 30;
                        let array = NamedArray { values: ids.into(), ..array.clone() };
                        refused(with(array), format!("{name}, an id that is not there"));
                    }
                    Values::F64(numbers) if stem == "data" => {
                        let mut numbers = numbers.clone();
                        numbers[0] = f64::NAN;
                        let array = NamedArray { values: numbers.into(), ..array.clone() };
                        refused(with(array), format!("{name}, no number"));
                    }
                    _ => {}
                }
            }
        }
        commit(folder.path(), "run", &whole).unwrap();
        read_as(&model, folder.path()).unwrap();
    }
}

#[test]
fn what_is_said_of_a_folder_is_what_its_model_says() {
    let text = |value: &Value| serde_json::to_string_pretty(value).unwrap();
    for mut model in trained() {
        let folder = TempDir::new().unwrap();
        model.save(folder.path()).unwrap();
        let described = model.describe().unwrap();
        let inspected = Model::inspect(folder.path()).unwrap();
        assert_eq!(text(&inspected), text(&described));
        let again = read_as(&model, folder.path()).unwrap().describe().unwrap();
        assert_eq!(text(&again), text(&described));
        let names = ["data", "family", "kind", "ledger", "model", "outcome", "precision", "result", "seed", "training"];
        let found: Vec<&String> = described.as_object().unwrap().keys().collect();
        assert!(names.iter().all(|name| found.iter().any(|found| found == name)), "{found:?}");
        assert_eq!(described["data"]["examples"], model.data().unwrap().len());
        assert!(described["training"]["optimizer"].is_string());
        // The arrays are not looked at.
        for entry in fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.extension().is_some_and(|ending| ending == "safetensors") {
                fs::remove_file(entry).unwrap();
            }
        }
        assert_eq!(text(&Model::inspect(folder.path()).unwrap()), text(&described));
        // Without a training there is nothing to say of one.
        let values = vec![0.5; model.parameter_shape(0).unwrap().iter().product()];
        model.set_parameter(0, &values).unwrap();
        let bare = model.describe().unwrap();
        assert_eq!((&bare["kind"], &bare["model"]), (&described["kind"], &described["model"]));
        assert!(["training", "result", "outcome", "ledger", "data"].iter().all(|name| bare[name].is_null()), "{bare}");
    }
}

#[test]
fn long_lists_of_names_are_not_said() {
    let data = Dataset::of_triples(random_triples(300, 3, 400, 5));
    let mut model = triple_model(&data, Precision::F64);
    fit(&mut model, &data, &by_steps("sgd"));
    let described = model.describe().unwrap();
    assert_eq!((&described["data"]["entities"], &described["data"]["kind"]), (&json!(300), &json!("triples")));
    assert!(described.to_string().len() < 3000, "{described}");
}
