//! Folders of format 1, as 0.1.0 wrote them, answer what that build answered.

use std::fs;
use std::path::{Path, PathBuf};

use ascribe::Error;
use ascribe::engine::Monitor;
use ascribe::session::{Attribution, Attributor, Dataset, Model, Options, true_changes};
use ascribe::store::{commit, open};
use ascribe::tensor::Precision;
use serde_json::{Value, json};

use crate::common::{assert_close, seal};
use crate::fixtures::{assert_same, context, inputs, ledger, machine, of_triples, parameters, refused, steps, triples};

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

fn explained(model: &Model, method: &str, queries: &Dataset, functional: &str) -> Attribution {
    let (options, monitor) = (Options::new(), Monitor::none());
    let attributor = Attributor::new(&context(), model, Some(method), None, &options, &monitor).unwrap();
    attributor.explain(queries, Some(functional), &monitor).unwrap()
}

#[test]
fn triples_answer_as_they_did() {
    for name in ["triples", "triples-f32"] {
        let (model, data) = loaded(name);
        let answer = said(name);
        let query = data.query("anna", "likes", "bert").unwrap();
        let found = explained(&model, "rollback", &query, "probability");
        // Exponentials were the C library's then, which rounds some of them otherwise.
        let tolerance = if name.ends_with("f32") { 1e-6 } else { 1e-14 };
        assert_close(&[found.value(0).unwrap()], &[answer["value"].as_f64().unwrap()], tolerance, name);
        let (examples, changes): (Vec<u64>, Vec<f64>) = found.scores(0).unwrap().iter().copied().unzip();
        let expected = listed(&answer, ["supporting", "opposing"], ("example", "change"));
        assert_eq!(examples, expected.0, "{name}");
        assert_close(&changes, &expected.1, tolerance, name);
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
    let found = explained(&model, "influence", &queries, "loss");
    for (query, asked) in asked.iter().enumerate() {
        assert_close(&[found.value(query).unwrap()], &[asked["value"].as_f64().unwrap()], 1e-15, "the value");
        let (examples, expected) = listed(asked, ["raising", "lowering"], ("row", "change"));
        let scores = found.scores(query).unwrap();
        let changes: Vec<f64> = examples.iter().map(|example| scores[*example as usize].1).collect();
        assert_close(&changes, &expected, 1e-15, "the changes");
    }
}

/// Saved again, a folder is one of today, and what it answers and says of itself stays.
#[test]
fn they_are_saved_as_folders_of_today() {
    for name in ["triples", "triples-f32", "rows", "rows-f32"] {
        let (model, data) = loaded(name);
        let again = tempfile::tempdir().unwrap();
        model.save(again.path()).unwrap();
        let read = Model::load(again.path()).unwrap();
        assert_same(&parameters(&read), &parameters(&model), name);
        let values = |model: &Model| model.evaluate(&context(), &data, None).unwrap();
        assert_same(&values(&read), &values(&model), name);
        let described = model.describe().unwrap();
        assert_eq!(Model::inspect(again.path()).unwrap(), described, "{name}");
        assert_eq!(Model::inspect(&folder(name)).unwrap(), described, "{name}");
        assert_eq!(described["precision"], if name.ends_with("f32") { "f32" } else { "f64" });
        let former: Value = serde_json::from_str(&fs::read_to_string(folder(name).join("run.json")).unwrap()).unwrap();
        let former = &former["content"];
        if name.starts_with("triples") {
            assert_eq!(described["kind"], "distmult");
            assert_eq!(described["outcome"], former["outcome"]);
            assert_eq!(described["validation"], former["validation"]);
            let epochs = former["outcome"]["epochs"].as_array().unwrap();
            assert_eq!(described["result"]["epochs"], epochs.len());
            assert_eq!(described["result"]["steps"], epochs.last().unwrap()["steps"]);
        } else {
            assert_eq!(described["kind"], former["job"]["model"]);
            assert_eq!(described["data"]["classes"], former["classes"]);
            assert_eq!(described["data"]["files"], former["origin"]["files"]);
            assert_eq!(described["result"]["objective"], former["fitted"]["value"]);
            assert_eq!(described["result"]["gradient_norm"], former["fitted"]["gradient"]);
            assert_eq!(described["result"]["converged"], former["fitted"]["converged"]);
            let losses = former["fitted"]["epochs"].as_array().unwrap();
            assert_eq!(described["result"]["epochs"], losses.len());
        }
    }
}

/// The options that were saved, and the initial values of the seed, train to what was saved.
#[test]
fn they_are_trained_again_to_what_they_are() {
    for name in ["triples", "triples-f32", "rows", "rows-f32"] {
        let (model, data) = loaded(name);
        let mut options = Options::new();
        for (name, value) in model.describe().unwrap()["training"].as_object().unwrap() {
            match value {
                Value::String(text) => options.set(name, text.as_str()),
                Value::Bool(flag) => options.set(name, *flag),
                number if number.is_u64() => options.set(name, number.as_u64().unwrap()),
                number => options.set(name, number.as_f64().unwrap()),
            }
        }
        let seed = model.describe().unwrap()["seed"].as_u64().unwrap();
        let mut again = Model::of_family(model.kind(), model.family().clone(), model.precision(), seed).unwrap();
        again.fit(&context(), &data, &options, &Monitor::none()).unwrap();
        // Two points at which the relative gradient is within 1e-8 are as far apart as the lowest curvature allows.
        let tolerance = if name.ends_with("f32") { 1e-5 } else { 1e-7 };
        assert_close(&parameters(&again), &parameters(&model), tolerance, name);
        let (found, expected) = (again.training().unwrap(), model.training().unwrap());
        assert_eq!((found.epochs, found.best_epoch), (expected.epochs, expected.best_epoch), "{name}");
        assert!(found.finished && expected.finished, "{name}");
    }
}

/// Turns a folder that was just committed into one of version 1: another number in the manifest and in the marks of its files,
/// and the checksums of that.
fn date_back(path: &Path, kind: &str) {
    let read = |file: &str| fs::read(path.join(file)).unwrap();
    let mut manifest: Value = serde_json::from_slice(&read("run.json")).unwrap();
    for entry in manifest["files"].as_array_mut().unwrap() {
        let file = entry["file"].as_str().unwrap().to_owned();
        let mut bytes = read(&file);
        let mark = format!("\"ascribe\":\"{kind} 2\"");
        let at = bytes.windows(mark.len()).position(|window| window == mark.as_bytes()).unwrap() + mark.len() - 2;
        bytes[at] = b'1';
        let sum = format!("{:08x}", crc32fast::hash(&bytes));
        let renamed = format!("{}-{sum}.safetensors", entry["stem"].as_str().unwrap());
        fs::remove_file(path.join(file)).unwrap();
        fs::write(path.join(&renamed), bytes).unwrap();
        (entry["file"], entry["crc32"]) = (renamed.into(), sum.into());
    }
    manifest["version"] = 1.into();
    seal(path, manifest);
}

/// How a program other than the command line described a training then; the seed of the model is not that of the training.
fn remarks(seed: u64, method: Value) -> Value {
    json!({
        "seed": seed,
        "options": {
            "descent": method, "learning_rate": 0.05, "schedule": "constant", "epochs": 4, "batch": 3, "track": true,
            "attribution": "momentum", "stopping": null, "gradient": 1e-10, "iterations": 1000, "polish": false, "seed": 8,
        },
        "training": {
            "steps": 0, "epochs": 4, "loss": 0.5, "objective": null, "gradient": null, "converged": false,
            "finished": true, "best_epoch": null, "remedy": "train longer",
        },
    })
}

#[test]
fn graphs_lay_in_folders_of_their_own_kind() {
    for (precision, method, optimizer) in [
        (Precision::F64, json!({"steps": "sgd"}), "sgd"),
        (Precision::F32, json!({"steps": "sgd"}), "sgd"),
        (Precision::F64, json!("minimise"), "minimize"),
    ] {
        let mut model = machine(precision);
        model
            .fit(&context(), &inputs(), &steps(optimizer).with("gradient_tolerance", 1e-10), &Monitor::none())
            .unwrap();
        let (today, former) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        model.save(today.path()).unwrap();
        let mut contents = open(today.path(), "run").unwrap();
        let manifest = std::mem::take(&mut contents.manifest);
        let trained = &manifest["trained"];
        contents.manifest = json!({
            "precision": manifest["precision"],
            "graph": manifest["model"],
            "objective": manifest["objective"],
            "examples": 40,
            "data": ["a", "b", "y"],
            "ledger": trained["ledger"],
            "outcome": trained["outcome"],
            "trained": remarks(4, method),
        });
        commit(former.path(), "graph", &contents).unwrap();
        // With the number of today it is no folder of today.
        let error = machine(precision).restore(former.path()).unwrap_err();
        assert!(matches!(error, Error::Format { .. }) && error.to_string().contains("train again"), "{error}");
        date_back(former.path(), "graph");

        let error = Model::load(former.path()).unwrap_err().to_string();
        assert!(error.contains("build the same graph"), "{error}");
        assert!(model.save(former.path()).is_err(), "another kind of folder is not replaced");
        let mut restored = machine(precision);
        restored.restore(former.path()).unwrap();
        assert_same(&parameters(&restored), &parameters(&model), optimizer);
        assert_eq!(restored.training().unwrap().hint.as_deref(), Some("train longer"));
        if optimizer == "sgd" {
            assert_same(&ledger(&restored), &ledger(&model), "the ledger");
        }
        let truth = |model: &Model| {
            let (data, removals) = (inputs().select(&[2, 3]).unwrap(), [vec![], vec![1, 7]]);
            true_changes(&context(), model, &data, Some("score"), &removals, &Monitor::none()).unwrap()
        };
        assert_same(&truth(&restored), &truth(&model), "training again");
        let described = Model::inspect(former.path()).unwrap();
        assert_eq!(described, restored.describe().unwrap());
        assert_eq!((&described["family"], &described["training"]["optimizer"]), (&json!("custom"), &json!(optimizer)));
        let mut other = machine(if precision == Precision::F32 { Precision::F64 } else { Precision::F32 });
        refused(other.restore(former.path()), "the precision of the model");
    }
}

/// Programs other than the command line said how they had trained; the initial values were those of the seed of the training,
/// or in the folder.
#[test]
fn triples_of_programs_said_how_they_were_trained() {
    for trained_before in [false, true] {
        let (data, options) = (triples(), steps("sgd"));
        let mut model = of_triples(Precision::F64);
        if trained_before {
            model.fit(&context(), &data, &options, &Monitor::none()).unwrap();
        }
        model.fit(&context(), &data, &options, &Monitor::none()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        model.save(folder.path()).unwrap();
        let mut contents = open(folder.path(), "run").unwrap();
        let manifest = std::mem::take(&mut contents.manifest);
        let (trained, family) = (&manifest["trained"], &manifest["model"]);
        contents.manifest = json!({
            "settings": {
                "model": family["scorer"], "dimension": family["dimension"], "initial": family["initial"],
                "loss": family["loss"], "sides": family["sides"], "candidates": family["candidates"],
                "optimizer": "sgd", "learning_rate": 0.05, "schedule": "constant", "batch": 3, "epochs": 4,
                "stopping": null, "seed": if trained_before { 8 } else { 5 }, "attribution": "momentum",
                "precision": "f64",
            },
            "entities": trained["data"]["entities"],
            "relations": trained["data"]["relations"],
            "outcome": trained["outcome"],
            "validation": null,
            "remarks": remarks(5, json!({"steps": "sgd"})),
        });
        for (file, arrays) in &mut contents.files {
            if file == "data" {
                *file = "triples".into();
            }
            arrays.retain(|array| array.name != "rows");
            for array in arrays {
                for (place, table) in ["entities", "relations"].into_iter().enumerate() {
                    array.name = match array.name.as_str() {
                        name if name == format!("parameter.{place}") => table.into(),
                        name if name == format!("initial.{place}") => format!("initial.{table}"),
                        name if name == format!("remainder.{place}") => format!("remainder.{table}"),
                        name => name.into(),
                    };
                }
            }
        }
        let former = tempfile::tempdir().unwrap();
        commit(former.path(), "run", &contents).unwrap();
        refused(Model::load(former.path()), "train again");
        date_back(former.path(), "run");
        let loaded = Model::load(former.path()).unwrap();
        assert_same(&parameters(&loaded), &parameters(&model), "parameters");
        assert_same(&ledger(&loaded), &ledger(&model), "the ledger");
        assert_eq!(loaded.training().unwrap().hint.as_deref(), Some("train longer"));
        let truth = |model: &Model| {
            let queries = data.select(&[2, 3]).unwrap();
            true_changes(&context(), model, &queries, None, &[vec![], vec![1, 7]], &Monitor::none()).unwrap()
        };
        assert_same(&truth(&loaded), &truth(&model), "training again");
        // A folder of the same family is replaced, whatever its version.
        loaded.save(former.path()).unwrap();
        assert_eq!(Model::inspect(former.path()).unwrap(), loaded.describe().unwrap());
    }
}
