//! The Julia package: its own tests, as a user would run them, and its examples.

#[path = "common/julia.rs"]
mod running;

use running::{julia, root, succeeding};

/// The tests are those of bindings/julia/test; what they print is seen with `--nocapture`, or when they fail.
#[test]
fn the_tests_of_the_package_pass() {
    let Some(mut command) = julia() else { return };
    command.args(["-e", "using Pkg; Pkg.test()"]);
    let output = succeeding(command);
    println!("{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn the_examples_run_and_are_short() {
    for story in ["why_this_prediction", "find_the_wrong_labels", "write_your_own_model"] {
        let path = root().join(format!("examples/julia/{story}.jl"));
        let lines = std::fs::read_to_string(&path).expect("an example").lines().count();
        assert!(lines < 60, "{story} has {lines} lines");
        let Some(mut command) = julia() else { return };
        command.arg(path).arg("data");
        let output = succeeding(command);
        assert!(output.stdout.len() > 50 && output.stderr.is_empty(), "{story}: {output:?}");
    }
}

#[test]
fn a_library_that_is_not_there_is_named() {
    let Some(mut command) = julia() else { return };
    command.env("ASCRIBE_LIB", "/nowhere/libascribe.so").args(["-e", "using Ascribe"]);
    let output = command.output().expect("julia starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("/nowhere/libascribe.so"), "{said}");
}
