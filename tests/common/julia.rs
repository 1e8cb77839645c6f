//! Running Julia: the package of this tree, the library of the same build as the tests, no network and nothing written
//! outside the target folder.
#![allow(dead_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::native::root;

/// A line that ends Debian's Julia 1.5.3 with a signal; see `.ci/julia_unwind_shim.c`.
const CRASH_LINE: &str = r#"f(x) = x > 0 ? error("x") : x; g(x) = try f(x) catch e; 0 end; g(1)"#;

/// Julia, set up for one run; `None` where there is no Julia, which CI does not accept.
pub fn julia() -> Option<Command> {
    static SETUP: OnceLock<Option<Setup>> = OnceLock::new();
    let setup = SETUP.get_or_init(set_up).as_ref()?;
    let mut command = Command::new("julia");
    command.args(["--startup-file=no", "--color=no"]).arg("--project=bindings/julia").current_dir(root());
    command
        .env("ASCRIBE_LIB", crate::native::library())
        .env("RUST_BACKTRACE", "0")
        .env("JULIA_NUM_THREADS", "2")
        .env("JULIA_DEPOT_PATH", &setup.depot)
        .env("JULIA_PKG_SERVER", "")
        .env_remove("JULIA_LOAD_PATH")
        .env_remove("JULIA_PROJECT");
    if let Some(shim) = &setup.shim {
        command.env("LD_PRELOAD", shim);
    }
    Some(command)
}

struct Setup {
    depot: PathBuf,
    shim: Option<PathBuf>,
}

fn set_up() -> Option<Setup> {
    if Command::new("julia").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "no julia; .ci/install_julia.sh installs it");
        eprintln!("no julia on this machine: its package is not tested (.ci/install_julia.sh installs it)");
        return None;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("julia");
    let depot = folder.join("depot");
    // Without a registry Julia's package manager would fetch one; the package needs nothing of any.
    let registry = depot.join("registries/Empty");
    fs::create_dir_all(&registry).expect("the target folder can be written");
    let entry = "name = \"Empty\"\nuuid = \"00000000-0000-0000-0000-000000000001\"\nrepo = \"\"\n\n[packages]\n";
    fs::write(registry.join("Registry.toml"), entry).expect("the target folder can be written");
    Some(Setup { depot, shim: shim(&folder) })
}

/// What Julia has to be started with to survive its first exception, if that takes anything.
fn shim(folder: &Path) -> Option<PathBuf> {
    let survives = |shim: Option<&Path>| {
        let mut command = Command::new("julia");
        command.args(["--startup-file=no", "-e", CRASH_LINE]);
        if let Some(shim) = shim {
            command.env("LD_PRELOAD", shim);
        }
        command.output().expect("julia starts").status.success()
    };
    if survives(None) {
        return None;
    }
    let shim = folder.join("libjulia_unwind_shim.so");
    let source = root().join(".ci/julia_unwind_shim.c");
    let compiled = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&shim, &source]).status();
    assert!(compiled.expect("a C compiler").success(), "{} does not compile", source.display());
    assert!(survives(Some(&shim)), "this Julia cannot throw an exception, with or without {}", source.display());
    Some(shim)
}
