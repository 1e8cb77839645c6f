//! The three stories of `examples`, which say the same in every language, byte for byte; and the program of a page. C++ is
//! compared with C where its other tests are (`cpp_api`).
#![allow(clippy::unwrap_used)]

use crate::julia;
use crate::native;
use crate::python;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use native::{compile_c, is_ci, root, run, workspace};

/// What the program in Rust says. Cargo builds examples with the tests, but not for one file of tests alone.
fn in_rust(name: &str) -> Option<Vec<u8>> {
    let test = std::env::current_exe().unwrap();
    let program = test.parent().unwrap().parent().unwrap().join("examples").join(name);
    if !program.is_file() {
        assert!(!is_ci(), "{} is not there: run all tests, or cargo build --examples", program.display());
        eprintln!("{} is not there: its part of this test is left out", program.display());
        return None;
    }
    Some(run(Command::new(program).arg(root().join("data"))).stdout)
}

fn in_c(name: &str) -> Vec<u8> {
    let source = root().join(format!("examples/c/{name}.c"));
    let program = compile_c(&source, &workspace(&format!("story-{name}")));
    run(Command::new(program).arg(root().join("data"))).stdout
}

fn in_julia(name: &str) -> Option<Vec<u8>> {
    let mut command = julia::julia()?;
    command.arg(root().join(format!("examples/julia/{name}.jl"))).arg(root().join("data"));
    let output = run(&mut command);
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(output.stdout)
}

fn in_python(name: &str) -> Option<Vec<u8>> {
    let mut command = python::python()?;
    command.arg(root().join(format!("examples/python/{name}.py"))).arg(root().join("data"));
    let output = run(&mut command);
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(output.stdout)
}

fn story(name: &str) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let said = text(in_c(name));
    assert!(said.lines().count() >= 7, "{said}");
    if let Some(other) = in_rust(name) {
        assert_eq!(said, text(other), "{name} in C and in Rust");
    }
    if let Some(other) = in_julia(name) {
        assert_eq!(said, text(other), "{name} in C and in Julia");
    }
    if let Some(other) = in_python(name) {
        assert_eq!(said, text(other), "{name} in C and in Python");
    }
}

#[test]
fn why_this_prediction() {
    story("why_this_prediction");
}

#[test]
fn find_the_wrong_labels() {
    story("find_the_wrong_labels");
}

#[test]
fn write_your_own_model() {
    story("write_your_own_model");
}

#[test]
fn they_are_short() {
    for name in ["why_this_prediction", "find_the_wrong_labels", "write_your_own_model"] {
        for (folder, extension) in [("c", "c"), ("cpp", "cpp"), ("julia", "jl"), ("python", "py")] {
            let file: PathBuf = root().join(format!("examples/{folder}/{name}.{extension}"));
            let lines = fs::read_to_string(&file).unwrap().lines().count();
            assert!(lines < 60, "{} has {lines} lines", file.display());
        }
    }
}

/// docs/port_your_model.md quotes what its program prints.
#[test]
fn the_page_on_porting_quotes_its_program() {
    let said = String::from_utf8(in_c("port_your_model")).unwrap();
    let page = fs::read_to_string(root().join("docs/port_your_model.md")).unwrap();
    let quoted: String = said.lines().map(|line| format!("    {line}\n")).collect();
    assert!(said.lines().count() > 5 && page.contains(&quoted), "{said}");
}
