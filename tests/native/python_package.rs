//! The Python package: its own tests, as a user would run them.

use crate::python::{python, succeeding};

/// The tests are those of bindings/python/tests; what they print is seen with `--nocapture`, or when they fail.
#[test]
fn the_tests_of_the_python_package_pass() {
    let Some(mut command) = python() else { return };
    command.args(["-W", "error", "-m", "unittest", "discover", "--verbose"]);
    command.args(["--start-directory", "bindings/python/tests"]);
    let output = succeeding(command);
    let said = String::from_utf8_lossy(&output.stderr);
    println!("{said}");
    // Nothing was found where nothing is looked for.
    assert!(said.matches(" ... ok").count() > 50, "{said}");
}

#[test]
fn a_library_that_is_not_there_is_named_by_python() {
    let Some(mut command) = python() else { return };
    command.env("ASCRIBE_LIBRARY", "/nowhere/libascribe.so").args(["-c", "import ascribe"]);
    let output = command.output().expect("python starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("/nowhere/libascribe.so"), "{said}");
}
