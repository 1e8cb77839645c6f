//! The Python package: its own tests, as a user would run them.

use crate::native::run;
use crate::python::python;

/// The tests are those of bindings/python/tests; what they print is seen with `--nocapture`, or when they fail.
#[test]
fn the_tests_of_the_python_package_pass() {
    let Some(mut command) = python() else { return };
    command.args(["-W", "error", "-m", "unittest", "discover", "--verbose"]);
    command.args(["--start-directory", "bindings/python/tests"]);
    let output = run(&mut command);
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

/// A script that trains in its own loop, without the facts as well that the explanation names.
#[test]
fn a_training_of_a_script_is_explained() {
    let Some(mut command) = python() else { return };
    command.args(["-W", "error", "examples/python/bring_your_training.py", "data"]);
    let output = run(&mut command);
    let said = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines.len() == 4 && lines[0].starts_with("probability "), "{said}");
    for line in &lines[1..] {
        let (_, numbers) = line.split_once(": predicted ").expect("what is predicted");
        let (predicted, truth) = numbers.split_once(", truly ").expect("what is true");
        let ratio = truth.parse::<f64>().expect("a number") / predicted.parse::<f64>().expect("a number");
        assert!((0.7..1.4).contains(&ratio), "{line}");
    }
}
