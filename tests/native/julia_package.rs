//! The Julia package: its own tests, as a user would run them.

use crate::julia::julia;
use crate::native::run;

/// The tests are those of bindings/julia/test; what they print is seen with `--nocapture`, or when they fail.
#[test]
fn the_tests_of_the_package_pass() {
    let Some(mut command) = julia() else { return };
    command.args(["-e", "using Pkg; Pkg.test()"]);
    let output = run(&mut command);
    println!("{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_library_that_is_not_there_is_named() {
    let Some(mut command) = julia() else { return };
    command.env("ASCRIBE_LIB", "/nowhere/libascribe.so").args(["-e", "using Ascribe"]);
    let output = command.output().expect("julia starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("/nowhere/libascribe.so"), "{said}");
}
