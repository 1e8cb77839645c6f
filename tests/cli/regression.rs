//! Networks of numbers, what a run says of itself, and which labels are the same, from end to end.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::rows::{object, refused, said, temporary};

/// Sixty rows of a price that is about 100 · size + 30 · rooms, times a scale; `of` gives whole prices that are few.
fn prices(scale: f64) -> String {
    let mut text = "size,rooms,price\n".to_owned();
    for row in 0..60 {
        let (size, rooms) = (f64::from(row * 7 % 23), f64::from(row % 5));
        let noise = (f64::from(row) * 12.9898).sin();
        writeln!(text, "{size},{rooms},{}", scale * (5000.0 + 100.0 * size + 30.0 * rooms + 20.0 * noise)).unwrap();
    }
    text
}

fn train(folder: &Path, more: &str) -> Value {
    object(folder, &format!("train --table t.csv --label price --model mlp --hidden 6 --standardize {more}"))
}

#[test]
fn a_price_is_predicted_as_a_number_at_any_scale() {
    let folder = temporary();
    let folder = folder.path();
    fs::write(folder.join("u.csv"), prices(1e7)).unwrap();
    fs::write(folder.join("t.csv"), prices(1.0)).unwrap();
    let steps = "--epochs 100 --learning-rate 0.02 --l2 0.0001";
    let one = train(folder, &format!("--out R {steps}"));
    assert_eq!((&one["model"]["loss"], &one["model"]["outputs"]), (&"squared".into(), &1.into()));
    assert!(one["result"]["loss"].as_f64().unwrap() < 0.05, "{one}");
    let line = "train --table u.csv --label price --model mlp --hidden 6 --standardize --out U";
    let other = object(folder, &format!("{line} {steps}"));
    let loss = |trained: &Value| trained["result"]["loss"].as_f64().unwrap();
    assert!((loss(&one) / loss(&other) - 1.0).abs() < 1e-6, "{one} {other}");
    let shown = said(folder, "info R");
    assert!(shown.contains("predictions are in the units of the targets"), "{shown}");

    let answer = object(folder, "explain R --test t.csv --test-rows 3 --functional prediction -k 2");
    let query = &answer["queries"][0];
    let (target, predicted) = (query["target"].as_f64().unwrap(), query["predicted"].as_f64().unwrap());
    assert!((target - predicted).abs() < 300.0 && query["value"].as_f64() == Some(predicted), "{answer}");
    for method in ["influence", "replay", "tracin", "tracincp", "gas", "graddot", "gradcos"] {
        for functional in ["loss", "prediction"] {
            let line = format!("explain R --test t.csv --test-rows 3 --functional {functional} --method {method} -k 1");
            assert!(object(folder, &line)["queries"][0]["value"].is_number(), "{line}");
        }
    }
    object(folder, "explain R --self -k 2");
    object(folder, "whatif R --test t.csv --test-rows 3 --relabel 5=90000");
    refused(folder, "whatif R --test t.csv --test-rows 3 --relabel 5=dear", &["the label of row 5", "a finite number"]);
    let verified = object(folder, "verify R --test t.csv --test-rows 3 -k 3 --method replay --functional prediction");
    assert!(verified["fidelity"]["pearson"].is_number(), "{verified}");
    for functional in ["probability", "margin"] {
        let line = format!("explain R --test t.csv --test-rows 3 --functional {functional}");
        refused(folder, &line, &[functional, "one of loss, prediction, output"]);
    }
    refused(folder, "train --table t.csv --model linear --standardize-target false --out S", &["one of mlp, cnn"]);
}

#[test]
fn what_numbers_are_is_guessed_said_and_chosen() {
    let folder = temporary();
    let folder = folder.path();
    let table = |of: &dyn Fn(usize) -> usize| {
        let row = |row: usize| format!("{},{},{}\n", row % 7, row % 3, of(row));
        "a,b,y\n".to_owned() + &(0..60).map(row).collect::<String>()
    };
    let tell = |text: String, more: &str| {
        fs::write(folder.join("g.csv"), text).unwrap();
        let line = format!("train --table g.csv --model mlp --hidden 3 --epochs 1 {more} --out G");
        let trained = object(folder, &line);
        let warnings = trained["data"]["read"]["warnings"].to_string();
        (trained["model"]["loss"].as_str().unwrap().to_owned(), warnings.contains("task numbers"))
    };
    // Few prices, far apart, are no names of classes.
    assert_eq!(tell(table(&|row| 50 + 100 * (row % 4)), ""), ("squared".into(), false));
    assert_eq!(tell(table(&|row| row % 3), ""), ("softmax".into(), true));
    assert_eq!(tell(table(&|row| 10 * (row % 2)), ""), ("logistic".into(), false));
    assert_eq!(tell(table(&|row| row % 3), "--task numbers"), ("squared".into(), false));
    assert_eq!(tell(table(&|row| row % 3), "--loss squared"), ("squared".into(), false));
    assert_eq!(tell(table(&|row| 50 + 100 * (row % 4)), "--task classes"), ("softmax".into(), false));
    refused(
        folder,
        "train --table g.csv --model mlp --task classes --loss squared --out G",
        &["the targets is classes", "numbers"],
    );
}

#[test]
fn a_training_that_diverges_is_no_success() {
    let folder = temporary();
    let folder = folder.path();
    fs::write(folder.join("t.csv"), prices(1.0)).unwrap();
    let line = "train --table t.csv --model linear --optimizer sgd --learning-rate 0.1 --epochs 10 --out R";
    refused(folder, line, &["--learning-rate", "it was 0.1"]);
    refused(
        folder,
        "train --table t.csv --model mlp --optimizer sgd --learning-rate 50 --standardize --epochs 3 --out R",
        &["--learning-rate"],
    );
    assert!(!folder.join("R").exists());
    let nations = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/nations");
    std::os::unix::fs::symlink(nations, folder.join("nations")).unwrap();
    let line = "train --triples nations --optimizer sgd --batch 1592 --precision f32 --learning-rate 100 --model complex \
                --epochs 3 --out N";
    refused(folder, line, &["--learning-rate"]);
    assert!(!folder.join("N").exists());
}

#[test]
fn a_plan_names_the_solver_that_is_taken() {
    let folder = temporary();
    let folder = folder.path();
    fs::write(folder.join("t.csv"), prices(1.0)).unwrap();
    train(folder, "--epochs 3 --out R");
    object(folder, "train --table t.csv --model mlp --hidden 300 --standardize --epochs 2 --out W");
    object(folder, "train --table t.csv --model linear --out L");
    // Of many parameters the spectrum is looked at first, which takes its time.
    for (run, cases) in [("R", 13), ("W", 5), ("L", 5)] {
        let all = [
            "--damping 0.001",
            "--memory 1M --damping 0.001",
            "--memory 12M --damping 0.001",
            "--damping 0.1",
            "--curvature gauss-newton --damping 1e-6",
            "--curvature fisher --damping 0.01",
            "--damping 0.01 --solver cg",
            "--damping 0.01 --solver cg:4",
            "--damping 0.01 --solver block-cg:4",
            "--damping 0.01 --solver direct",
            "--damping 0.01 --solver lanczos:3",
            "--damping 0.01 --solver nystrom:3",
            "--damping 0.01 --solver minres",
        ];
        for more in &all[..cases] {
            for rows in ["3", "0-9"] {
                let line = format!("explain {run} --test t.csv --test-rows {rows} {more} --solver-iterations 40 -k 1");
                let plan = object(folder, &format!("{line} --plan"));
                let found = object(folder, &line);
                let (planned, taken) =
                    (plan["candidates"][0]["solver"].as_str().unwrap(), &found["diagnostics"]["solver"]);
                let taken = taken.as_str().unwrap();
                let same = [":", ", as asked for"].iter().any(|end| taken.starts_with(&format!("{planned}{end}")));
                assert!(same, "{line}: the plan names {planned}, taken is {taken}");
                assert!(taken.ends_with(plan["reason"].as_str().unwrap()), "{line}: {plan} {taken}");
            }
        }
    }
    // What explaining refuses, planning does.
    let line = "explain R --test t.csv --test-rows 3 --curvature hessian";
    refused(folder, line, &["not at a minimum"]);
    refused(folder, &format!("{line} --plan"), &["not at a minimum"]);
}

#[test]
fn info_lists_what_had_a_part() {
    let folder = temporary();
    let folder = folder.path();
    fs::write(folder.join("t.csv"), prices(1.0)).unwrap();
    let listed = |run: &str| -> Vec<String> {
        let options = object(folder, &format!("info {run}"))["training"].as_object().unwrap().clone();
        options.keys().cloned().collect()
    };
    object(folder, "train --table t.csv --model linear --standardize --missing drop --out L");
    assert_eq!(listed("L"), ["gradient_tolerance", "max_iterations", "optimizer"]);
    let shown = said(folder, "info L");
    for (title, value) in [("standardize", "true"), ("missing", "drop"), ("label", "price"), ("task", "numbers")] {
        let line = shown.lines().find(|line| line.trim_start().starts_with(title));
        assert!(line.is_some_and(|line| line.trim_end().ends_with(value)), "{title}: {shown}");
    }
    assert!(!shown.contains("learning rate") && !shown.contains("ledger"), "{shown}");
    let steps = ["batch", "epochs", "learning_rate", "optimizer", "schedule", "seed"];
    train(folder, "--epochs 2 --out M");
    assert_eq!(listed("M"), steps);
    train(folder, "--epochs 2 --optimizer adamw --out M");
    assert_eq!(listed("M"), [&steps[..], &["weight_decay"]].concat());
    train(folder, "--epochs 2 --record 1M --out M");
    assert_eq!(listed("M"), ["batch", "epochs", "learning_rate", "optimizer", "record", "schedule", "seed"]);
    train(folder, "--epochs 2 --refine --max-iterations 3 --out M");
    let mut refined = [&steps[..], &["gradient_tolerance", "max_iterations", "refine"]].concat();
    refined.sort_unstable();
    assert_eq!(listed("M"), refined);
    fs::write(folder.join("train.tsv"), "a\tr\tb\nb\tr\tc\nc\tr\ta\n").unwrap();
    object(folder, "train --triples train.tsv --dimension 2 --epochs 1 --out T");
    assert_eq!(
        listed("T"),
        ["attribution", "batch", "epochs", "learning_rate", "ledger", "optimizer", "schedule", "seed"]
    );
    object(folder, "train --triples train.tsv --dimension 2 --epochs 1 --ledger false --out T");
    assert_eq!(listed("T"), ["batch", "epochs", "learning_rate", "ledger", "optimizer", "schedule", "seed"]);
}

#[test]
fn labels_are_what_they_mean() {
    let folder = temporary();
    let folder = folder.path();
    let rows = |names: [&str; 2], label: bool| {
        let mut text = if label { "a,b,y\n" } else { "a,b\n" }.to_owned();
        for row in 0..24 {
            let (a, b) = (f64::from(row % 5), f64::from(row * row % 7));
            let class = usize::from(a + 0.5 * b + (f64::from(row) * 7.7).sin() > 3.5);
            writeln!(text, "{a},{b},{}", names[class]).unwrap();
        }
        text
    };
    for (trained, asked) in [
        (["0", "1"], ["0.0", "1.0"]),
        (["0.0", "1.0"], ["0", "1"]),
        (["0", "1"], ["-0", "1e0"]),
        (["False", "True"], ["FALSE", "TRUE"]),
        (["false", "true"], ["False", "True"]),
        (["TRUE", "FALSE"], ["true", "false"]),
    ] {
        fs::write(folder.join("t.csv"), rows(trained, true)).unwrap();
        fs::write(folder.join("q.csv"), rows(asked, true)).unwrap();
        object(folder, "train --table t.csv --model logistic --out R");
        for line in [
            "explain R --test FILE -k 2",
            "verify R --test FILE --test-rows 3,5 -k 2",
            "whatif R --test FILE --test-rows 3,5 --remove 7",
        ] {
            let [own, other] = ["t.csv", "q.csv"].map(|file| object(folder, &line.replace("FILE", file)));
            assert_eq!(own["queries"], other["queries"], "{trained:?} {asked:?} {line}");
            assert_eq!(own["left_out"], 0);
        }
        // A label that is typed is one of them too.
        let [own, other] = [trained, asked]
            .map(|names| object(folder, &format!("whatif R --test t.csv --test-rows 3 --relabel 7={}", names[0])));
        assert_eq!(own["queries"], other["queries"], "{trained:?} {asked:?} relabeled");
    }
    refused(folder, "whatif R --relabel 7=maybe", &["the label of row 7", "TRUE, FALSE"]);
}

#[test]
fn what_is_scored_of_an_example_itself_is_said() {
    let folder = temporary();
    let folder = folder.path();
    fs::write(folder.join("t.csv"), prices(1.0)).unwrap();
    for (l2, penalty, functional) in
        [("0.01", true, "own loss with its share of the penalty"), ("0", false, "own loss")]
    {
        object(folder, &format!("train --table t.csv --model linear --standardize --l2 {l2} --out R"));
        let answer = object(folder, "explain R --self -k 2");
        assert_eq!(
            (&answer["functional"], &answer["unit"], &answer["penalty"]),
            (&functional.into(), &"removal".into(), &penalty.into())
        );
        assert!(answer["sign"].as_str().unwrap().contains("rise without the example"), "{answer}");
        let shown = said(folder, "explain R --self -k 2");
        assert!(shown.contains(&format!("scored is the row's {functional}; unit of scores: removal")), "{shown}");
        let shown = said(folder, "explain R --test t.csv --test-rows 3 -k 2");
        assert_eq!(shown.contains("an example counts with its share of the penalty"), penalty, "{shown}");
        let answer = object(folder, "explain R --test t.csv --test-rows 3 -k 2");
        assert_eq!((&answer["penalty"], &answer["functional"]), (&penalty.into(), &"loss".into()));
    }
    let answer = object(folder, "explain R --self -k 2 --method graddot");
    assert!(answer["sign"].as_str().unwrap().contains("squared length"), "{answer}");
}
