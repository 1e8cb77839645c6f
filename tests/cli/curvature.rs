//! What is said of curvature that has directions without any, and whether what is said to help does.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)]

use std::fs;

use crate::rows::{object, refused, said, temporary};

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
