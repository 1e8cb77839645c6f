//! The library as other languages get it: the shared object beside the running test, its header, and the compilers.
#![allow(dead_code)]

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The soname that `make build` gives, under which programs look for the library.
pub const SONAME: &str = "libascribe.so.0";

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The header as it is committed.
pub fn header() -> String {
    fs::read_to_string(root().join("include/ascribe.h")).expect("include/ascribe.h is there; BLESS=1 writes it")
}

/// The shared library of the same build as this test, which the example `ascribe_shared` is. Or the one that
/// `ASCRIBE_LIBRARY` names, to look at what is shipped.
pub fn library() -> PathBuf {
    if let Some(library) = env::var_os("ASCRIBE_LIBRARY") {
        return fs::canonicalize(&library).unwrap_or_else(|error| panic!("{}: {error}", library.display()));
    }
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(build).clone()
}

/// Links the library, unless it is up to date as it is when all tests are run: a test alone would meet an older one.
fn build() -> PathBuf {
    let test = env::current_exe().expect("a test knows where it is");
    let profile = test.ancestors().nth(2).expect("cargo puts tests two folders below their profile's");
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--locked", "--all-features", "--profile", "test", "--example", "ascribe_shared"]);
    cargo.current_dir(root()).arg("--target-dir").arg(profile.parent().expect("a profile has a folder"));
    run(&mut cargo);
    let library = profile.join("examples/libascribe_shared.so");
    assert!(library.is_file(), "{} is not there", library.display());
    library
}

/// A folder of this test's own, empty at first; it is left for whoever wants to look.
pub fn workspace(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

/// A folder with the library under the names that linking and running ask for.
pub fn library_folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        // Tests of other files do the same at the same time.
        let test = env::current_exe().expect("a test knows where it is");
        let folder = workspace(&format!("library-{}", test.file_stem().unwrap_or_default().display()));
        for name in ["libascribe.so", SONAME] {
            std::os::unix::fs::symlink(library(), folder.join(name)).expect("a link can be made");
        }
        folder
    })
}

/// Whether this is a machine on which nothing may be left out.
pub fn is_ci() -> bool {
    env::var("CI").is_ok_and(|value| value == "true" || value == "1")
}

/// Whether a program is there; on CI it must be.
pub fn have(program: &str) -> bool {
    let there = Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    assert!(there || !is_ci(), "{program} is not installed, and CI leaves nothing out");
    if !there {
        eprintln!("{program} is not installed: its part of this test is left out");
    }
    there
}

/// Runs a command and asks that it succeeds.
#[track_caller]
pub fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{out}{err}", output.status);
    output
}

/// The flags under which everything of ours compiles.
pub const STRICT: [&str; 4] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];

/// Compiles a C program against the library, strictly, and gives the executable.
pub fn compile_c(source: &Path, folder: &Path) -> PathBuf {
    let program = folder.join(source.file_stem().unwrap_or(OsStr::new("program")));
    let library = library_folder();
    // Found before what LD_LIBRARY_PATH names: cargo names its own folders there, where an older library may lie.
    let mut rpath = std::ffi::OsString::from("-Wl,--disable-new-dtags,-rpath,");
    rpath.push(library);
    let mut command = Command::new(env::var_os("CC").unwrap_or_else(|| "cc".into()));
    command.args(["-std=c99", "-D_POSIX_C_SOURCE=200809L", "-g", "-O1"]).args(STRICT);
    command.arg("-I").arg(root().join("include")).arg("-I").arg(root().join("tests/c"));
    command.arg(source).arg("-o").arg(&program).arg("-L").arg(library).arg(rpath);
    run(command.args(["-lascribe", "-lm", "-lpthread"]));
    program
}

/// A function of the header.
pub struct Function {
    /// Its name.
    pub name: String,
    /// What stands before its name.
    pub returns: String,
    /// The declarations of its parameters.
    pub parameters: Vec<String>,
    /// The lines of its comment, without their stars.
    pub comment: Vec<String>,
}

impl Function {
    /// The name of a parameter.
    pub fn parameter_name(declaration: &str) -> &str {
        declaration.rsplit([' ', '*']).next().unwrap_or_default()
    }
}

/// Every function that a header declares, in its order, with the comment before it.
pub fn functions(header: &str) -> Vec<Function> {
    let mut found = Vec::new();
    let mut comment = Vec::new();
    let mut lines = header.lines();
    while let Some(line) = lines.next() {
        if line.trim_start().starts_with("/**") || line.trim_start().starts_with("/*") {
            comment.clear();
            let mut line = line;
            while !line.contains("*/") {
                comment.push(line.trim().trim_start_matches(['/', '*']).trim().to_owned());
                line = lines.next().unwrap_or("*/");
            }
            continue;
        }
        if line.starts_with("typedef") || line.starts_with('#') || line.starts_with("extern") {
            continue;
        }
        let Some(open) = line.find('(').filter(|_| line.contains("ascribe_") && !line.starts_with(' ')) else {
            continue;
        };
        let mut text = line.to_owned();
        while !text.trim_end().ends_with(';') {
            text.push(' ');
            text.push_str(lines.next().expect("a declaration ends").trim());
        }
        let start = text[..open].rfind([' ', '*']).map_or(0, |place| place + 1);
        let close = text.rfind(')').expect("a declaration has a list of parameters");
        let parameters = text[open + 1..close].split(',').map(|one| one.trim().to_owned());
        found.push(Function {
            name: text[start..open].to_owned(),
            returns: text[..start].trim().to_owned(),
            parameters: parameters.filter(|one| one != "void" && !one.is_empty()).collect(),
            comment: std::mem::take(&mut comment),
        });
    }
    found
}
