//! The same bits in every language: what `tests/conformance/README.md` asks for, made with the library's own modules, and by
//! programs in C, C++, Julia and Python that know only the interface.
#![allow(clippy::unwrap_used)]

#[path = "../conformance/expected.rs"]
mod expected;
use crate::julia;
use crate::native;
use crate::python;

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use native::{compile_c, is_ci, library_folder, root, run, workspace};

/// The lines that every language must write.
fn expected() -> &'static str {
    static LINES: OnceLock<String> = OnceLock::new();
    LINES.get_or_init(|| expected::lines(&root().join("data")).unwrap())
}

/// Compares what a program wrote, and names the first line that differs.
#[track_caller]
fn check(language: &str, found: &[u8]) {
    let found = std::str::from_utf8(found).unwrap();
    if let Some(difference) = difference(expected(), found) {
        panic!("{language} and the library differ: {difference}");
    }
}

fn difference(expected: &str, found: &str) -> Option<String> {
    if expected == found {
        return None;
    }
    let differing = expected.lines().zip(found.lines()).filter(|(one, other)| one != other).count();
    let first = expected.lines().zip(found.lines()).position(|(one, other)| one != other);
    let (one, other) = (expected.lines().count(), found.lines().count());
    let line = first.unwrap_or(one.min(other));
    let of = |text: &str| match text.lines().nth(line) {
        Some(line) => match line.rsplit_once(' ').map(|(_, bits)| u64::from_str_radix(bits, 16)) {
            Some(Ok(bits)) => format!("{line:?} ({:e})", f64::from_bits(bits)),
            _ => format!("{line:?}"),
        },
        None => "nothing".into(),
    };
    let all = format!("{differing} lines differ, of {one} and {other}");
    Some(format!("line {} is {}, expected {} ({all})", line + 1, of(found), of(expected)))
}

/// Whether a binding is in this tree; on CI it must be.
fn there(what: &[&str]) -> bool {
    let missing = what.iter().find(|path| !root().join(path).exists());
    if let Some(path) = missing {
        assert!(!is_ci(), "{path} is not there, and CI leaves nothing out");
        eprintln!("{path} is not there: its part of this test is left out");
    }
    missing.is_none()
}

fn run_native(program: &Path) -> Vec<u8> {
    let mut command = Command::new(program);
    run(command.arg(root().join("data")).env("LD_LIBRARY_PATH", library_folder())).stdout
}

#[test]
fn c() {
    let folder = workspace("conformance-c");
    check("C", &run_native(&compile_c(&root().join("tests/conformance/conformance.c"), &folder)));
}

#[test]
fn cpp() {
    let (headers, source) = ("bindings/cpp/include", "tests/conformance/conformance.cpp");
    if !there(&[headers, source]) {
        return;
    }
    let program = workspace("conformance-cpp").join("conformance");
    let library = library_folder();
    let mut command = Command::new(std::env::var_os("CXX").unwrap_or_else(|| "c++".into()));
    command.args(["-std=c++17", "-g", "-O1"]).args(native::STRICT);
    command.arg("-I").arg(root().join("include")).arg("-I").arg(root().join(headers));
    command.arg(root().join(source)).arg("-o").arg(&program).arg("-L").arg(library);
    run(command.args(["-lascribe", "-lm", "-lpthread"]));
    check("C++", &run_native(&program));
}

#[test]
fn jl() {
    let source = "tests/conformance/conformance.jl";
    if !there(&["bindings/julia/Project.toml", source]) {
        return;
    }
    let Some(mut command) = julia::julia() else { return };
    command.arg(root().join(source)).arg(root().join("data"));
    check("Julia", &run(&mut command).stdout);
}

#[test]
fn py() {
    let source = "tests/conformance/conformance.py";
    if !there(&["bindings/python/pyproject.toml", source]) {
        return;
    }
    let Some(mut command) = python::python() else { return };
    command.arg(root().join(source)).arg(root().join("data"));
    check("Python", &run(&mut command).stdout);
}

#[test]
fn lines_are_named_once_and_finite() {
    let mut names = std::collections::BTreeSet::new();
    for line in expected().lines() {
        if line.starts_with("options ") {
            assert!(names.insert(line), "{line} stands there twice");
            continue;
        }
        let (name, bits) = line.split_once(' ').unwrap();
        assert!(names.insert(name), "{name} stands there twice");
        let value = f64::from_bits(u64::from_str_radix(bits, 16).unwrap());
        assert!(value.is_finite(), "{name} is {value}");
    }
    // Who compares zeros with zeros finds no difference.
    let zeros = expected().lines().filter(|line| line.ends_with("0000000000000000")).count();
    assert!(10 * zeros < names.len(), "{zeros} of {} are zero", names.len());
}

#[test]
fn the_first_difference_is_named() {
    let (one, two) = ("a 3ff0000000000000\n", "b 4000000000000000\n");
    assert_eq!(difference(one, one), None);
    let text = difference(&[one, two].concat(), &[one, "b 4000000000000001\n"].concat()).unwrap();
    let expected = "line 2 is \"b 4000000000000001\" (2.0000000000000004e0), expected \"b 4000000000000000\" (2e0)";
    assert!(text.starts_with(expected), "{text}");
    let text = difference(&[one, two].concat(), one).unwrap();
    assert!(text.starts_with("line 2 is nothing, expected \"b 4000000000000000\" (2e0)"), "{text}");
    let text = difference(one, &[one, two].concat()).unwrap();
    assert!(text.starts_with("line 2 is \"b 4000000000000000\" (2e0), expected nothing"), "{text}");
}
