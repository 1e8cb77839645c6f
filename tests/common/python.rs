//! Running Python: the package of this tree, the library of the same build as the tests, and nothing written beside the sources.
#![allow(dead_code)]

use std::env;
use std::ffi::OsString;
use std::process::Command;
use std::sync::OnceLock;

use crate::native::root;

/// What a Python must be to serve: new enough, and with NumPy.
const PROBE: &str = "import sys, numpy; sys.exit(sys.version_info < (3, 9))";

/// Python, set up for one run; `None` where there is none with NumPy, which CI does not accept.
pub fn python() -> Option<Command> {
    static PYTHON: OnceLock<Option<OsString>> = OnceLock::new();
    let python = PYTHON.get_or_init(find).as_ref()?;
    let mut command = Command::new(python);
    command
        .current_dir(root())
        .env("ASCRIBE_LIBRARY", crate::native::library())
        .env("PYTHONPATH", root().join("bindings/python/src"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONIOENCODING", "utf-8")
        .env("RUST_BACKTRACE", "0")
        .env_remove("PYTHONHOME");
    Some(command)
}

/// The interpreter that `ASCRIBE_PYTHON` names, or the first with NumPy of those there are: that of the search path, and that of the
/// system, which is another one where a version manager stands before it.
fn find() -> Option<OsString> {
    let serves = |python: &OsString| {
        Command::new(python).args(["-c", PROBE]).output().is_ok_and(|output| output.status.success())
    };
    if let Some(python) = env::var_os("ASCRIBE_PYTHON") {
        assert!(serves(&python), "ASCRIBE_PYTHON is {}, expected a Python from 3.9 on with NumPy", python.display());
        return Some(python);
    }
    let found = ["python3", "/usr/bin/python3", "python"].into_iter().map(OsString::from).find(serves);
    if found.is_none() {
        assert!(!crate::native::is_ci(), "no python3 with NumPy; .ci/setup.sh installs both");
        eprintln!("no python3 with NumPy on this machine: its package is not tested (.ci/setup.sh installs both)");
    }
    found
}
