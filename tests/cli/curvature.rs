//! What is said of curvature that has directions without any, of trainings without a minimum and of solves that fall short, and
//! whether what is said to help does.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)]

use std::fs;

use serde_json::Value;

use crate::rows::{object, refused, regression, said, temporary};

#[test]
fn curvature_that_is_singular_is_said_to_be_so_with_a_remedy_that_helps() {
    let folder = temporary();
    let folder = folder.path();
    // Without rows 0 and 1 the column x is zero.
    fs::write(folder.join("t.csv"), "x,z,y\n1,2,3\n2,1,4\n0,3,1\n0,1,2\n0,5,4\n0,2,2\n").unwrap();
    object(folder, "train --table t.csv --label y --model linear --l2 0 --out R");
    refused(folder, "whatif R --remove 0,1", &["singular", "\"x\"", "--l2"]);
    object(folder, "train --table CANCER --label target --model hinge --smoothing 0 --l2 0.1 --standardize --out H");
    refused(folder, "explain H --test CANCER --test-rows 0", &["singular", "hinge", "--smoothing"]);
}

/// Each kind of singular curvature has its own words and its own remedy, and the remedy helps.
#[test]
fn every_kind_of_singular_curvature_has_its_own_words() {
    let folder = temporary();
    let folder = folder.path();
    let noise = |row: usize, salt: usize| ((row * 7919 + salt * 104729) % 1009) as f64 / 1009.0 - 0.5;
    let write = |name: &str, header: &str, line: &dyn Fn(usize) -> String| {
        let rows: Vec<String> = (0..60).map(line).collect();
        fs::write(folder.join(name), format!("{header}\n{}\n", rows.join("\n"))).unwrap();
    };
    let asked = |file: &str, more: &str| format!("explain R --test {file} --test-rows 0{more}");
    let train = |file: &str, model: &str, more: &str| {
        object(folder, &format!("train --table {file} --label y --model {model} --out R{more}"));
    };
    // Indicators of every level, and an intercept.
    write("levels.csv", "color,size,x,y", &|row| {
        let (color, size) = (["red", "green", "blue"][row % 3], ["s", "m"][row / 3 % 2]);
        format!("{color},{size},{},{}", noise(row, 1), noise(row, 2))
    });
    train("levels.csv", "linear", " --l2 0");
    let error =
        refused(folder, &asked("levels.csv", ""), &["\"color\" (3 levels) and of \"size\" (2 levels)", "one in sum"]);
    assert!(error.contains("--drop-first-level") && error.contains("--l2") && !error.contains("\"x\""), "{error}");
    assert_eq!(error.matches("singular").count(), 1, "{error}");
    for remedy in [" --l2 0 --drop-first-level", " --l2 0.1"] {
        train("levels.csv", "linear", remedy);
        object(folder, &asked("levels.csv", ""));
    }
    // Columns that depend on each other, and one that is empty.
    write("columns.csv", "a,b,c,zero,y", &|row| {
        let (a, b) = (noise(row, 1), noise(row, 2));
        format!("{a},{b},{},0,{}", a - 2.0 * b, noise(row, 3))
    });
    train("columns.csv", "linear", " --l2 0");
    let error =
        refused(folder, &asked("columns.csv", ""), &["\"zero\" is zero in every row", "\"a\", \"b\", \"c\" depend on"]);
    assert!(error.contains("--exclude"), "{error}");
    train("columns.csv", "linear", " --l2 0 --exclude zero,c");
    object(folder, &asked("columns.csv", ""));
    // Two columns that differ in size by so much that rounding swallows the penalty beside them.
    write("sizes.csv", "a,b,y", &|row| {
        let a = 1e10 * (noise(row, 1) + 3.0);
        format!("{a},{},{}", 2.0 * a, noise(row, 2))
    });
    train("sizes.csv", "linear", " --l2 0.000001");
    refused(folder, &asked("sizes.csv", ""), &["singular", "--standardize"]);
    train("sizes.csv", "linear", " --l2 0.000001 --standardize");
    object(folder, &asked("sizes.csv", ""));
    // Classes that a plane parts: no minimum, said before anything else.
    write("parted.csv", "a,b,y", &|row| {
        format!("{},{},{}", noise(row, 1), noise(row, 2), u8::from(noise(row, 1) > 0.0))
    });
    train("parted.csv", "logistic", " --l2 0");
    let text = said(folder, &asked("parted.csv", ""));
    assert!(text.starts_with("NOT AT A MINIMUM") && text.contains("separated") && text.contains("--l2"), "{text}");
}

#[test]
fn columns_that_depend_on_each_other_are_named() {
    let folder = temporary();
    let folder = folder.path();
    for (columns, named) in [("a,c", vec!["\"c\"", "\"the intercept\""]), ("a,b,d", vec!["\"a\", \"b\", \"d\""])] {
        fs::write(folder.join("t.csv"), regression(columns)).unwrap();
        object(folder, "train --table t.csv --label y --model linear --l2 0 --out R");
        refused(
            folder,
            "explain R --test t.csv --test-rows 0",
            &[&named[..], &["depend on each other", "--l2"]].concat(),
        );
        object(folder, "explain R --test t.csv --test-rows 0 --damping 0.001");
    }
    object(
        folder,
        "train --table IRIS --label target --model softmax --l2 0 --gradient-tolerance 0.001 --max-iterations 20 --out S",
    );
    refused(folder, "explain S --test IRIS --test-rows 0 --gradient-tolerance 1", &["a softmax", "--l2"]);
}

#[test]
fn a_solve_that_does_not_converge_is_marked() {
    let folder = temporary();
    let folder = folder.path();
    object(folder, "train --table CANCER --label target --model logistic --l2 0.0001 --standardize --out R");
    let line = "explain R --test CANCER --test-rows 3 -k 2 --solver cg --solver-iterations 2";
    let answer = object(folder, line);
    let solve = &answer["queries"][0]["solve"];
    assert_eq!((&answer["converged"], &solve["converged"]), (&false.into(), &false.into()));
    assert!(solve["relative_residual"].as_f64().unwrap() > 1e-8 && solve["hint"].is_string(), "{answer}");
    let text = said(folder, line);
    assert!(text.contains("NOT CONVERGED: relative residual") && text.contains("partial"), "{text}");
    let enough = object(folder, "explain R --test CANCER --test-rows 3 -k 2 --solver cg");
    assert_eq!(enough["converged"], true);
    for solver in ["direct", "block-cg", "cg:8", "minres", "lanczos:31", "nystrom:31"] {
        let other = object(folder, &format!("explain R --test CANCER --test-rows 3 -k 2 --solver {solver}"));
        let change = |answer: &Value| answer["queries"][0]["raising"][0]["change"].as_f64().unwrap();
        assert!((change(&other) - change(&enough)).abs() < 1e-5 * change(&enough), "{solver}: {other}");
    }
    let plan = said(folder, "explain R --test CANCER --plan");
    assert!(plan.contains("direct") && plan.contains("products") && plan.contains("minres") || plan.contains("MINRES"));
    assert_eq!(object(folder, "explain R --test CANCER --test-rows 1 --plan")["parameters"], 31);
}

#[test]
fn a_training_without_a_minimum_is_never_presented_at_one() {
    let folder = temporary();
    let folder = folder.path();
    fs::write(folder.join("s.csv"), "x,class\n-2,a\n-1,a\n-1.5,a\n1,b\n2,b\n1.5,b\n").unwrap();
    let trained = object(folder, "train --table s.csv --label class --model logistic --l2 0 --out R");
    assert_eq!(trained["result"]["converged"], false);
    let line = "explain R --test s.csv --test-rows 0 --damping 0.001";
    let diagnostics = object(folder, line)["diagnostics"].clone();
    assert_eq!(diagnostics["at_minimum"], false);
    assert!(diagnostics["training_hint"].as_str().unwrap().contains("penalty"), "{diagnostics}");
    let text = said(folder, line);
    assert!(text.contains("NOT AT A MINIMUM") && text.contains("penalty"), "{text}");
    refused(folder, "verify R --test s.csv -k 2 --damping 0.001", &["not at a minimum", "penalty"]);
    refused(folder, "whatif R --remove 0 --until retrained --damping 0.001", &["not at a minimum", "penalty"]);
    object(folder, "whatif R --remove 0 --damping 0.001");
}

#[test]
fn single_precision_converges_by_default() {
    let folder = temporary();
    let folder = folder.path();
    let train = "train --table CANCER --label target --model logistic --standardize --precision f32 --out R";
    assert_eq!(object(folder, train)["result"]["converged"], true);
    for line in ["explain R --test CANCER --test-rows 0-9 -k 2", "explain R --self -k 2", "whatif R --remove 3,17"] {
        let answer = object(folder, line);
        assert_eq!(
            (&answer["converged"], &answer["diagnostics"]["at_minimum"]),
            (&true.into(), &true.into()),
            "{line}"
        );
    }
    assert_eq!(object(folder, "verify R --test CANCER --test-rows 3 -k 2")["converged"], true);
}
