//! The built program on tables, images and messages, from end to end: what it answers, checked against the library and
//! closed forms, and what bad input gets.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ascribe::attribution::influence::{Influence, Options};
use ascribe::data::{Encoding, EncodingOptions, Table, Task, read_npy};
use ascribe::engine::Workers;
use ascribe::models::network::{NetworkFunctional, NetworkSettings};
use ascribe::objective::{CompiledFunctional, Derivatives, Layout};
use ascribe::session::{Attributor, Context, Dataset, Model, Monitor, compare_with_retraining};
use ascribe::tensor::Array;
use serde_json::Value;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_ascribe");

fn table(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/tables").join(name)
}

/// A line as typed; `IRIS` and `CANCER` stand for the tables of the crate.
pub fn ascribe(folder: &Path, line: &str) -> Output {
    let word = |word: &str| match word {
        "IRIS" => table("iris.csv").into_os_string(),
        "CANCER" => table("breast_cancer.csv").into_os_string(),
        word => word.replace('_', " ").into(),
    };
    let words: Vec<_> = line.split_whitespace().map(word).collect();
    Command::new(PROGRAM).args(words).current_dir(folder).output().unwrap()
}

#[track_caller]
pub fn said(folder: &Path, line: &str) -> String {
    let output = ascribe(folder, line);
    assert!(output.status.success() && output.stderr.is_empty(), "{line}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
pub fn object(folder: &Path, line: &str) -> Value {
    let value: Value = serde_json::from_str(&said(folder, &format!("{line} --json"))).unwrap();
    assert_eq!(value["command"], line.split(' ').next().unwrap());
    value
}

#[track_caller]
pub fn refused(folder: &Path, line: &str, parts: &[&str]) -> String {
    let output = ascribe(folder, line);
    let error = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!((output.status.code(), error.lines().count()), (Some(1), 1), "{line}: {output:?}");
    assert!(output.stdout.is_empty() && error.starts_with("ascribe: error: "), "{line}: {output:?}");
    for part in parts {
        assert!(error.contains(part), "{line}: {error:?} does not say {part:?}");
    }
    error
}

pub fn temporary() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A table of 40 rows: y is about 1 + 2a − b, with noise that a formula makes; c is constant and d = a + b.
pub fn regression(columns: &str) -> String {
    let mut text = format!("{columns},y\n");
    for row in 0..40 {
        let (a, b) = (f64::from(row % 7) - 3.0, f64::from((row * row) % 11) * 0.5);
        let noise = (f64::from(row) * 12.9898).sin();
        for column in columns.split(',') {
            let value = match column {
                "a" => a,
                "b" => b,
                "c" => 4.0,
                _ => a + b,
            };
            text += &format!("{value},");
        }
        text += &format!("{}\n", 1.0 + 2.0 * a - b + noise);
    }
    text
}

fn numbers(list: &Value, field: &str) -> Vec<f64> {
    list.as_array().unwrap().iter().map(|entry| entry[field].as_f64().unwrap()).collect()
}

#[test]
fn scores_are_those_of_the_library() {
    let folder = temporary();
    let folder = folder.path();
    let trained =
        object(folder, "train --table CANCER --label target --model logistic --standardize --l2 0.01 --out R");
    assert_eq!((&trained["result"]["converged"], &trained["data"]["examples"]), (&true.into(), &569.into()));
    let answer = object(folder, "explain R --test CANCER --test-rows 3,0 -k 4 --scores S.npy");
    assert_eq!((&answer["method"], &answer["functional"]), (&"influence".into(), &"loss".into()));
    assert_eq!(answer["unit"], "removal");

    let run = Model::load(&folder.join("R")).unwrap();
    let read = Table::read(&table("breast_cancer.csv")).unwrap();
    let options = EncodingOptions { standardize: true, ..EncodingOptions::default() };
    let encoding = Encoding::learn(&read, "target", Task::Classes, &options).unwrap();
    let data = encoding.encode(&read).unwrap();
    assert_eq!(*run.data().unwrap().samples().unwrap(), data);
    let network: &NetworkSettings = run.family().downcast().unwrap();
    let context = Workers::single();
    let inputs = Arc::new(network.inputs::<f64>(&data).unwrap());
    let objective = Arc::new(network.objective().unwrap());
    let layout = Layout::new(&objective.graph, None).unwrap();
    let scalars = CompiledFunctional::new(&network.functional(NetworkFunctional::Loss).unwrap(), &layout).unwrap();
    let parameters = parameters(&run);
    let derivatives = Derivatives::new(&context, objective, parameters, inputs.clone(), None, None, 1 << 30).unwrap();
    let mut influence = Influence::fit(derivatives, &Options { queries: 2, ..Options::default() }).unwrap();
    let found = influence.solve_queries(&scalars, inputs.select(&[3, 0]).unwrap()).unwrap();
    let scores = influence.scores(&found).unwrap();
    let saved = read_npy(&folder.join("S.npy")).unwrap();
    assert_eq!(saved.shape(), [2, 569]);
    assert_eq!(saved.values(), scores.values);
    for (query, row) in [3, 0].into_iter().enumerate() {
        let asked = &answer["queries"][query];
        assert_eq!((&asked["row"], asked["value"].as_f64()), (&row.into(), Some(found.values[query])));
        let (raising, lowering) = scores.extremes(query, 4);
        for (list, examples) in [("raising", raising), ("lowering", lowering)] {
            let changes: Vec<f64> = examples.iter().map(|example| scores.row(query)[*example]).collect();
            assert_eq!(numbers(&asked[list], "change"), changes);
            assert_eq!(numbers(&asked[list], "score"), changes);
            let corrected = influence.leave_one_out(&found, &examples).unwrap();
            let expected: Vec<f64> = corrected.iter().map(|leverage| leverage.scores[query]).collect();
            for (a, b) in numbers(&asked[list], "corrected_change").iter().zip(expected) {
                assert!((a - b).abs() <= 1e-12 * b.abs(), "{a} {b}");
            }
        }
    }
    // The same by features.
    let inputs = object(folder, "explain R --test CANCER --test-rows 3 -k 1 --inputs");
    assert!(inputs["queries"][0]["raising"][0]["inputs"][0]["feature"].is_string());
    assert_eq!(run.parameters(), 2);
}

/// Scores, error bounds, leave-one-out scores and effects of inputs for the same queries are of one solve.
#[test]
fn queries_are_solved_for_once() {
    let folder = temporary();
    object(folder.path(), "train --table IRIS --label target --model softmax --out R");
    let run = Model::load(&folder.path().join("R")).unwrap();
    let (context, options) = (Arc::new(Context::default()), ascribe::Options::new().with("solver", "cg"));
    let made = Attributor::new(&context, &run, Some("influence"), None, &options, &Monitor::none()).unwrap();
    let steps = Arc::new(AtomicUsize::new(0));
    let counted = steps.clone();
    let monitor = Monitor::none().with_listener(move |now| {
        counted.fetch_add(usize::from(now.phase == c"solving"), Ordering::Relaxed);
        ControlFlow::Continue(())
    });
    let solving = |work: &dyn Fn(&Monitor)| {
        steps.store(0, Ordering::Relaxed);
        work(&monitor);
        steps.load(Ordering::Relaxed)
    };
    let data = run.data().unwrap();
    let (queries, others) = (data.select(&[7, 70]).unwrap(), data.select(&[70, 7]).unwrap());
    let explain = |queries, functional| solving(&|monitor| drop(made.explain(queries, functional, monitor).unwrap()));
    assert!(explain(&queries, None) > 0);
    // What training left is solved for, roughly, and not the queries again.
    let bounds = solving(&|monitor| drop(made.error_bounds(&queries, None, &[1, 2], monitor).unwrap()));
    assert!(bounds > 0);
    assert_eq!(solving(&|monitor| drop(made.input_effects(&queries, None, None, &[1], monitor).unwrap())), 0);
    // What each example needs of its own is solved for all the same.
    let own = solving(&|monitor| drop(made.leave_one_out(&queries, None, &[1], monitor).unwrap()));
    assert_eq!(explain(&queries, None), 0);
    assert!(explain(&others, None) > 0 && explain(&others, Some("margin")) > 0);
    let again = solving(&|monitor| drop(made.leave_one_out(&queries, None, &[1], monitor).unwrap()));
    assert!(own > 0 && again > own, "{own} {again}");
}

#[test]
fn a_comparison_wants_the_attributor_of_the_model() {
    let folder = temporary();
    let folder = folder.path();
    object(folder, "train --table IRIS --label target --model softmax --l2 0.01 --out R");
    object(folder, "train --table IRIS --label target --model softmax --l2 0.1 --out S");
    let [one, same, other] = ["R", "R", "S"].map(|run| Model::load(&folder.join(run)).unwrap());
    let (context, monitor, none) = (Arc::new(Context::default()), Monitor::none(), ascribe::Options::new());
    let query = one.data().unwrap().select(&[70]).unwrap();
    let some = one.data().unwrap().select(&(0..149).collect::<Vec<_>>()).unwrap();
    let compare = |of: &Model, data: Option<&Dataset>| {
        let made = Attributor::new(&context, of, Some("influence"), data, &none, &monitor).unwrap();
        compare_with_retraining(&context, &one, &made, (&query, None), &[vec![3]], &monitor)
    };
    assert_eq!(compare(&same, None).unwrap(), compare(&one, one.data().ok()).unwrap());
    for (of, data, expected) in [
        (&other, None, "the attributor is of a model with other values of the parameters"),
        (&one, Some(&some), "the attributor is over other examples than the model was trained on"),
    ] {
        let error = compare(of, data).unwrap_err().to_string();
        assert!(error.starts_with(expected) && error.ends_with("of it, without other data"), "{error}");
    }
}

#[test]
fn an_option_is_left_open_by_its_own_word_only() {
    let folder = temporary();
    let folder = folder.path();
    object(folder, "train --table IRIS --label target --model softmax --batch auto --out R");
    for line in
        ["train --table IRIS --label target --model softmax --batch all --out S", "explain R --self --solver all"]
    {
        assert_eq!(ascribe(folder, line).status.code(), Some(2), "{line}");
    }
    object(folder, "explain R --self --solver auto --parameters all -k 1");
    refused(folder, "explain R --self --parameters auto", &["auto"]);
}

/// The parameters of a run.
fn parameters(run: &Model) -> Vec<Array<f64>> {
    let one = |place| {
        let shape = run.parameter_shape(place).unwrap();
        let mut values = vec![0.0; shape.iter().product()];
        run.read_parameter(place, &mut values).unwrap();
        Array::new(shape, values).unwrap()
    };
    (0..run.parameters()).map(one).collect()
}

/// Least squares against closed forms: leaving row i out changes its own residual to e/(1 − h).
#[test]
fn a_linear_regression_agrees_with_the_closed_form() {
    let folder = temporary();
    let folder = folder.path();
    fs::write(folder.join("t.csv"), regression("a,b")).unwrap();
    object(folder, "train --table t.csv --label y --model linear --l2 0 --gradient-tolerance 1e-12 --out R");
    // The normal equations of columns 1, a, b.
    let text = regression("a,b");
    let rows: Vec<[f64; 4]> = text
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
            [1.0, cells[0], cells[1], cells[2]]
        })
        .collect();
    let mut system = [[0.0; 4]; 3];
    for row in &rows {
        for (i, line) in system.iter_mut().enumerate() {
            line.iter_mut().enumerate().for_each(|(j, sum)| *sum += row[i] * row[j]);
        }
    }
    let solve = |mut m: [[f64; 4]; 3]| {
        for i in 0..3 {
            for k in 0..3 {
                if k != i {
                    let factor = m[k][i] / m[i][i];
                    (0..4).for_each(|j| m[k][j] -= factor * m[i][j]);
                }
            }
        }
        [m[0][3] / m[0][0], m[1][3] / m[1][1], m[2][3] / m[2][2]]
    };
    let beta = solve(system);
    for place in [0, 17, 39] {
        let x = rows[place];
        let mut own = system;
        own.iter_mut().zip(x).for_each(|(line, x)| line[3] = x);
        let solved = solve(own);
        let leverage: f64 = (0..3).map(|i| x[i] * solved[i]).sum();
        let e = x[3] - (0..3).map(|i| x[i] * beta[i]).sum::<f64>();
        let truth = 0.5 * (e / (1.0 - leverage)).powi(2) - 0.5 * e * e;
        let line = format!("whatif R --test t.csv --test-rows {place} --remove {place} --until retrained");
        let answer = object(folder, &line);
        let change = answer["queries"][0]["change"].as_f64().unwrap();
        assert!((change - truth).abs() <= 1e-9 * truth.abs().max(1e-3), "{change} {truth}");
        // The output moves by −he/(1 − h) against the target; leverage correction is exact, the first order is he.
        let shown = object(folder, &format!("explain R --test t.csv --test-rows {place} -k 40 --functional output"));
        let own = ["raising", "lowering"].iter().flat_map(|list| shown["queries"][0][list].as_array().unwrap());
        let own = own.clone().find(|effect| effect["row"] == place).unwrap();
        let values = ["change", "corrected_change", "leverage"].map(|field| own[field].as_f64().unwrap());
        let expected = [-leverage * e, -leverage * e / (1.0 - leverage), leverage];
        for (value, expected) in values.iter().zip(expected) {
            assert!((value - expected).abs() <= 1e-9 * expected.abs(), "{values:?} {expected:?}");
        }
    }
    let verified = object(folder, "verify R --test t.csv --test-rows 5 -k 4");
    let slope = verified["corrected_fidelity"]["slope"].as_f64().unwrap();
    assert!(verified["converged"] == true && (slope - 1.0).abs() < 0.2, "{verified}");
}

#[test]
fn blocks_of_queries_give_the_same_bytes_as_all_at_once() {
    let folder = temporary();
    let folder = folder.path();
    object(folder, "train --table IRIS --label target --model softmax --out R");
    let all = object(folder, "explain R --test IRIS --test-rows 0-148 --scores all.npy -k 3");
    // Room for three queries and a bit: 8 (150 + 8 · 14) bytes each, of which a quarter of the memory is for them.
    let some = object(folder, "explain R --test IRIS --test-rows 0-148 --scores some.npy -k 3 --memory 30000");
    assert!(fs::read(folder.join("all.npy")).unwrap() == fs::read(folder.join("some.npy")).unwrap());
    for (one, other) in all["queries"].as_array().unwrap().iter().zip(some["queries"].as_array().unwrap()) {
        for list in ["raising", "lowering"] {
            // Bounds come from residuals, which are nothing but rounding here and differ with the block.
            assert_eq!(numbers(&one[list], "change"), numbers(&other[list], "change"));
            assert_eq!(numbers(&one[list], "row"), numbers(&other[list], "row"));
        }
        assert_eq!((&one["row"], &one["value"]), (&other["row"], &other["value"]));
        assert_eq!((&one["solve"]["converged"], &other["solve"]["converged"]), (&true.into(), &true.into()));
    }
    assert_eq!(all["queries"].as_array().unwrap().len(), 149);
    object(folder, "explain R --test IRIS --test-rows 7,9-10 --scores s.csv --threads 1");
    let text = fs::read_to_string(folder.join("s.csv")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("row,0,1,") && lines[0].ends_with(",149") && lines.len() == 4, "{}", lines[0]);
    assert!(lines[1].starts_with("7,") && lines[3].starts_with("10,"));
    let matrix = read_npy(&folder.join("all.npy")).unwrap();
    let cells: Vec<f64> = lines[1].split(',').skip(1).map(|cell| cell.parse().unwrap()).collect();
    for (a, b) in cells.iter().zip(matrix.row(7)) {
        assert!((a - b).abs() <= 1e-12 * b.abs().max(1e-12), "{a} {b}");
    }
}

#[test]
fn what_if_takes_several_changes_and_rows_keep_their_numbers() {
    let folder = temporary();
    let folder = folder.path();
    let trained =
        object(folder, "train --table IRIS --label target --model logistic --classes 1,2 --precision f64 --out R");
    assert_eq!(trained["data"]["examples"], 100);
    let line = "whatif R --test IRIS --test-rows 133,70 --remove 50,52-53 --relabel 106=1 --reweight 60=0.5,61=2";
    let answer = object(folder, &format!("{line} --until retrained"));
    let rows: Vec<u64> = answer["changes"].as_array().unwrap().iter().map(|c| c["row"].as_u64().unwrap()).collect();
    assert_eq!(rows, [50, 52, 53, 106, 60, 61]);
    let names: Vec<&str> = answer["levels"].as_array().unwrap().iter().map(|l| l["level"].as_str().unwrap()).collect();
    assert_eq!(names, ["first-order", "second-order", "newton", "retrained"]);
    let level = |place: usize| answer["levels"][place]["changes"][0].as_f64().unwrap();
    assert!((level(2) - level(3)).abs() < (level(0) - level(3)).abs(), "{answer}");
    assert_eq!((&answer["reached"], &answer["converged"]), (&true.into(), &true.into()));
    let text = said(folder, line);
    assert!(text.contains("row 106 has the label 1 (now 2)") && text.contains("certificate:"), "{text}");
    refused(folder, &format!("{line} --remove 106"), &["106, changed twice"]);
    refused(folder, "whatif R --test IRIS --remove 3", &["a row to remove is 3", "rows 50 to 149"]);
    refused(folder, "whatif R --test IRIS --relabel 60=setosa", &["row 60", "1, 2"]);
    refused(folder, "explain R --test IRIS --test-rows 4", &["row 4 of", "1, 2"]);
    // Rows of other classes are passed over where none was asked for by its number.
    assert_eq!(object(folder, "explain R --test IRIS -k 1")["queries"].as_array().unwrap().len(), 100);
}

#[test]
fn a_wrong_label_stands_out_by_self_influence() {
    let folder = temporary();
    let folder = folder.path();
    let text = fs::read_to_string(table("iris.csv")).unwrap();
    let flipped: Vec<String> = text
        .lines()
        .enumerate()
        .map(|(line, text)| if line == 21 { text[..text.len() - 1].to_owned() + "2" } else { text.to_owned() })
        .collect();
    fs::write(folder.join("t.csv"), flipped.join("\n")).unwrap();
    object(folder, "train --table t.csv --label target --model softmax --out R");
    let answer = object(folder, "explain R --self -k 3 --scores S.npy");
    assert_eq!((&answer["ranking"][0]["row"], &answer["ranking"][0]["target"]), (&20.into(), &"2".into()));
    assert_eq!(read_npy(&folder.join("S.npy")).unwrap().shape(), [1, 150]);
    assert_eq!((&answer["converged"], &answer["ranking"][2]["solve"]["converged"]), (&true.into(), &true.into()));
    assert!(said(folder, "explain R --self -k 3").contains("at a minimum"));
    // Two eigenvectors of fifteen are no inverse.
    let rough = object(folder, "explain R --self -k 3 --solver lanczos:2 --damping 0.001");
    assert_eq!(rough["converged"], false);
    assert!(said(folder, "explain R --self -k 3 --solver lanczos:2 --damping 0.001").contains("NOT CONVERGED"));
}

#[test]
fn messages_and_small_networks_train_and_explain() {
    let folder = temporary();
    let folder = folder.path();
    let spam = ["win a prize now", "you won a prize", "prize money now", "win money"];
    let ham = ["see you at lunch", "are you at home", "lunch at home", "see you now at home"];
    let mut text = String::new();
    for (a, b) in ham.iter().zip(spam) {
        text += &format!("ham\t{a}\nspam\t{b}\n");
    }
    fs::write(folder.join("m.tsv"), &text).unwrap();
    fs::write(folder.join("q.tsv"), "a prize\nsee you at home\n").unwrap();
    object(folder, "train --messages m.tsv --words 10 --model logistic --l2 0.1 --out R");
    let answer = object(folder, "explain R --test q.tsv -k 2 --functional probability");
    assert_eq!((&answer["queries"][0]["predicted"], &answer["queries"][0]["target"]), (&"spam".into(), &Value::Null));
    assert_eq!(answer["queries"][1]["predicted"], "ham");
    object(
        folder,
        "train --messages m.tsv --words hash:8 --model hinge --l2 0.1 --smoothing 0.5 --precision f32 --out H",
    );
    object(folder, "explain H --test m.tsv --test-rows 1 --functional margin");
    // A network is at no minimum after a few epochs: said, and Gauss-Newton taken.
    let network = "train --table IRIS --model mlp --hidden 4 --standardize --epochs 5 --learning-rate 0.01";
    object(folder, &format!("{network} --out N"));
    let answer = object(folder, "explain N --test IRIS --test-rows 70 --damping 0.01 -k 2");
    assert!(answer["diagnostics"]["gradient_norm"].as_f64() > Some(1e-4), "{answer}");
    assert_eq!(
        (&answer["diagnostics"]["at_minimum"], &answer["diagnostics"]["curvature"]),
        (&false.into(), &"gauss-newton".into())
    );
    assert!(said(folder, "explain N --test IRIS --test-rows 70").contains("NOT AT A MINIMUM"));
    refused(folder, "explain N --test IRIS --test-rows 70 --curvature hessian", &["not at a minimum"]);
    let named = ["explain", "N", "--test", "IRIS", "--parameters", "weights 2,intercept 2", "--json"];
    let named = named.map(|word| if word == "IRIS" { table("iris.csv").into_os_string() } else { word.into() });
    let output = Command::new(PROGRAM).args(named).current_dir(folder).output().unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["diagnostics"]["parameters"], 14);
}

#[test]
fn what_if_asks_the_changed_rows_and_blocks_agree() {
    let folder = temporary();
    let folder = folder.path();
    object(folder, "train --table CANCER --label target --model logistic --standardize --out R");
    let own = object(folder, "whatif R --remove 3,17");
    let named = object(folder, "whatif R --test CANCER --test-rows 3,17 --remove 3,17");
    assert_eq!(own["queries"], named["queries"]);
    assert!(own["diagnostics"]["residual"].as_f64().unwrap() < 1e-8, "{own}");
    for line in ["--until retrained", "--until retrained --target-error 0.001"] {
        let line = format!("whatif R --test CANCER --remove 3,17 {line} --solver cg");
        let (all, some) = (object(folder, &line), object(folder, &format!("{line} --memory 100K")));
        assert_eq!((&all["queries"], &all["reached"]), (&some["queries"], &some["reached"]), "{line}");
        let names = |answer: &Value| -> Vec<Value> {
            answer["levels"].as_array().unwrap().iter().map(|level| level["level"].clone()).collect()
        };
        assert_eq!(names(&all), names(&some));
    }
    let text = said(folder, "whatif R --remove 0-560 --reweight 565=1e300 --until first-order");
    assert!(text.len() < 200_000 && text.contains("552 more are changed (562 in all)"), "{}", text.len());
    let text = said(folder, "whatif R --reweight 565=1e300 --until first-order");
    assert!(text.contains("the weight 1e300"), "{text}");
    refused(folder, "verify R --test CANCER --test-rows 0 -k 569", &["-k is 569", "fewer than the 569"]);
    refused(folder, "explain R --test CANCER -k 0", &["at least one row"]);
}

/// An IDX file of images or labels.
fn idx(path: &Path, sizes: &[u32], bytes: &[u8]) {
    let mut content = (0x800 + sizes.len() as u32).to_be_bytes().to_vec();
    sizes.iter().for_each(|size| content.extend(size.to_be_bytes()));
    content.extend(bytes);
    fs::write(path, content).unwrap();
}

#[test]
fn images_train_and_files_that_disagree_are_refused() {
    let folder = temporary();
    let folder = folder.path();
    let pixels: Vec<u8> = (0..20 * 36).map(|place: u32| (place * 7919 % 251) as u8).collect();
    let labels: Vec<u8> = (0..20).map(|row| [1, 7, 3][row % 3]).collect();
    idx(&folder.join("i"), &[20, 6, 6], &pixels);
    idx(&folder.join("l"), &[20], &labels);
    idx(&folder.join("few"), &[19], &labels[..19]);
    idx(&folder.join("small"), &[20, 6, 5], &pixels[..600]);
    refused(folder, "train --images i few --model softmax --out R", &["19 labels", "20 rows", "belong together"]);
    let trained = object(folder, "train --images i l --model logistic --classes 1,7 --limit 10 --out R");
    assert_eq!(trained["data"]["classes"], serde_json::json!(["1", "7"]));
    assert_eq!(object(folder, "explain R --test i l --test-rows 0-4 -k 2")["left_out"], 1);
    assert_eq!(object(folder, "explain R --test i l -k 2")["left_out"], 6);
    assert!(said(folder, "explain R --test i l -k 2").contains("6 rows of classes that the run does not know"));
    refused(folder, "explain R --test small l", &["the shape of a row of small", "[6, 6, 1]"]);
    let cnn = "train --images i l --model cnn --layers conv:2x3,tanh,max:2 --epochs 2 --out C";
    object(folder, cnn);
    object(folder, "explain C --test i l --test-rows 2 --damping 0.1 -k 2");
    assert!(said(folder, "info C").contains("conv"), "{}", said(folder, "info C"));
}

#[test]
fn bad_data_is_refused_by_name() {
    let folder = temporary();
    let folder = folder.path();
    fs::write(folder.join("t.csv"), regression("a,b")).unwrap();
    let linear = "train --table t.csv --model linear --out R --label";
    refused(folder, &format!("{linear} z"), &["there is no column \"z\"", "\"a\", \"b\", \"y\""]);
    fs::write(folder.join("one.csv"), "a,class\n1,x\n2,x\n").unwrap();
    refused(folder, "train --table one.csv --label class --model logistic --out R", &["one class only", "\"x\""]);
    refused(folder, "train --table IRIS --label target --model logistic --out R", &["3 (0, 1, 2)", "--classes"]);
    refused(
        folder,
        "train --table IRIS --label target --model softmax --rows 0-9 --out R",
        &["one class only", "\"0\""],
    );
    fs::write(folder.join("nan.csv"), "a,b,y\n1,2,3\n4,NaN,6\n").unwrap();
    refused(folder, "train --table nan.csv --label y --model linear --out R", &["row 1", "\"b\""]);
    object(folder, &format!("{linear} y"));
    refused(folder, "explain R --test nan.csv", &["row 1", "\"b\""]);
    fs::write(folder.join("wide.csv"), "a,b,extra\n1,2,3\n").unwrap();
    refused(folder, "explain R --test wide.csv", &["columns that the training table does not have: \"extra\""]);
    fs::write(folder.join("narrow.csv"), "a,y\n1,2\n").unwrap();
    refused(folder, "explain R --test narrow.csv", &["lacks: \"b\""]);
    fs::write(folder.join("blank.csv"), "a,b\n1,2\n").unwrap();
    refused(folder, "explain R --test blank.csv", &["missing", "--functional prediction"]);
    object(folder, "explain R --test blank.csv --functional output");
    refused(folder, "explain R --test t.csv --test-rows 40", &["a row to ask about is 40", "rows 0 to 39"]);
    refused(folder, "explain R --test t.csv --functional score", &["--functional for a run of rows is score"]);
    refused(
        folder,
        "explain R --test t.csv --functional probability",
        &["--functional for a run of rows is probability", "one of loss, prediction, output"],
    );
    refused(folder, "explain R --test t.csv --scores s.txt", &[".npy or .csv"]);
    refused(folder, "explain R --test t.csv --method rollback", &["rollback of a model without a ledger"]);
    // What a remedy names can be typed.
    fs::write(folder.join("gap.csv"), "a,b,y\n1,2,3\n4,?,6\n2,2,1\n").unwrap();
    let gap = "train --table gap.csv --model linear --out G";
    refused(folder, gap, &["row 1", "\"b\"", "--missing drop", "--missing fill"]);
    assert_eq!(object(folder, &format!("{gap} --missing drop"))["data"]["examples"], 2);
    refused(folder, "explain R --query a,b,?", &["a run of rows", "--test"]);
}

#[test]
fn a_run_keeps_its_data_or_refuses_files_that_changed() {
    let folder = temporary();
    let folder = folder.path();
    let text = regression("a,b");
    fs::write(folder.join("t.csv"), &text).unwrap();
    fs::write(folder.join("q.csv"), &text).unwrap();
    object(folder, "train --table t.csv --label y --model linear --out R");
    object(folder, "train --table t.csv --label y --model linear --reference-data --out P");
    let question = |run: &str| object(folder, &format!("explain {run} --test q.csv --test-rows 3"))["queries"].clone();
    let before = question("R");
    assert_eq!(question("P"), before);
    fs::write(folder.join("t.csv"), text.replace("-3,", "-4,")).unwrap();
    assert_eq!(question("R"), before);
    refused(folder, "explain P --test q.csv --test-rows 3", &["t.csv", "has changed", "train again"]);
    fs::remove_file(folder.join("t.csv")).unwrap();
    refused(folder, "explain P --test q.csv --test-rows 3", &["cannot read", "t.csv"]);
    assert!(said(folder, "info P").contains("holds no copy"));
    // A byte of any file is not to be lost unnoticed.
    for entry in fs::read_dir(folder.join("R")).unwrap() {
        let path = entry.unwrap().path();
        let mut bytes = fs::read(&path).unwrap();
        if path.extension().is_none_or(|ending| ending != "safetensors" && ending != "json") {
            continue;
        }
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, &bytes).unwrap();
        refused(folder, "explain R --test q.csv", &["R"]);
        bytes[middle] ^= 1;
        fs::write(&path, &bytes).unwrap();
    }
    assert_eq!(question("R"), before);
}

#[test]
fn runs_of_triples_and_of_rows_are_told_apart() {
    let folder = temporary();
    let folder = folder.path();
    let nations = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/nations");
    let train = ["train", "--epochs", "1", "--out", "T", "--triples"].map(std::ffi::OsString::from);
    let output = Command::new(PROGRAM).args(train).arg(nations).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    refused(folder, "explain T --test IRIS", &["a run of triples", "--query"]);
    refused(folder, "explain T --self", &["self scores by the method rollback", "influence"]);
    refused(folder, "verify T --test IRIS", &["a run of triples"]);
    refused(folder, "whatif T --test IRIS --remove 3", &["a run of triples", "--query"]);
    assert_eq!(object(folder, "info T")["family"], "triples");
    object(folder, "explain T --query usa,embassy,? --method rollback");
    refused(
        folder,
        "explain T --query usa,embassy,? --method influence",
        &["--candidates once", "--loss full-softmax"],
    );
    // One kind replaces the other.
    object(folder, "train --table IRIS --label target --model softmax --out T");
    assert_eq!(object(folder, "info T")["family"], "network");
}

#[test]
fn methods_go_by_name_and_say_their_unit() {
    let folder = temporary();
    let folder = folder.path();
    // The last column is the one to predict, and what it is the model says.
    object(folder, "train --table CANCER --model logistic --standardize --out R");
    let line = "explain R --test CANCER --test-rows 3,8 -k 2 --method";
    let influence = object(folder, &format!("{line} influence"));
    assert_eq!(influence, object(folder, "explain R --test CANCER --test-rows 3,8 -k 2"));
    for (method, unit) in [("graddot", "inner product of gradients"), ("gradcos", "cosine of gradients")] {
        let answer = object(folder, &format!("{line} {method} --scores {method}.npy"));
        assert_eq!((&answer["method"], &answer["unit"]), (&method.into(), &unit.into()));
        let first = &answer["queries"][1]["raising"][0];
        assert!(first["score"].as_f64() > Some(0.0) && first["change"].is_null(), "{answer}");
        assert!(answer["diagnostics"].is_null() && answer["queries"][0]["solve"].is_null());
        let matrix = read_npy(&folder.join(format!("{method}.npy"))).unwrap();
        let highest = matrix.row(1).iter().copied().fold(f64::NEG_INFINITY, f64::max);
        assert_eq!(first["score"].as_f64(), Some(highest));
        let shown = said(folder, &format!("{line} {method}"));
        assert!(shown.contains(unit) && !shown.contains("predicted to"), "{shown}");
        refused(folder, &format!("verify R --test CANCER --test-rows 3 --method {method}"), &[unit, "removal"]);
    }
    let cosines = read_npy(&folder.join("gradcos.npy")).unwrap();
    assert!(cosines.values().iter().all(|cosine| cosine.abs() <= 1.0 + 1e-12));
    let own = object(folder, "explain R --self --method gradcos -k 1");
    assert!((own["ranking"][0]["self_influence"].as_f64().unwrap() - 1.0).abs() < 1e-12, "{own}");
    assert_eq!(said(folder, &format!("{line} influence")).matches("is predicted to fall").count(), 2);
}
