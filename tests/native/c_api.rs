//! The C programs of `tests/c`, each a test: compiled strictly as C99 against the committed header, linked with the shared library
//! beside this test, run, and run again under valgrind, which may find neither an error nor a leak.
#![allow(clippy::unwrap_used)]

use crate::native;

use std::fs;
use std::process::Command;

use native::{compile_c, functions, have, header, library_folder, root, run, workspace};

/// Lists the programs; each becomes a test of its name.
macro_rules! programs {
    ($($name:ident),+ $(,)?) => {
        const PROGRAMS: &[&str] = &[$(stringify!($name)),+];
        $(#[test]
        fn $name() {
            program(stringify!($name));
        })+
    };
}

programs!(
    attributor,
    basics,
    datasets,
    fork,
    graph,
    graph_misuse,
    influence,
    layout,
    ledger,
    ledger_builder,
    lifetime,
    misuse_handles,
    misuse_values,
    models,
    options,
    replay,
    retraining,
    rollback,
    saved,
    sequences,
    training,
    what_if,
);

fn program(name: &str) {
    let folder = workspace(&format!("c-{name}"));
    let source = match name {
        "layout" => {
            let source = folder.join("layout.c");
            fs::write(&source, layout_program()).unwrap();
            source
        }
        _ => root().join(format!("tests/c/{name}.c")),
    };
    let program = compile_c(&source, &folder);
    let mut command = Command::new(&program);
    // Rust prints a line for a panic that is caught as well, and with it a backtrace that takes seconds.
    command.current_dir(root()).env("RUST_BACKTRACE", "0").env("LD_LIBRARY_PATH", library_folder());
    if !cfg!(debug_assertions) {
        command.env("ASCRIBE_TEST_RELEASE", "1");
    }
    let output = run(&mut command);
    if name == "layout" {
        check_layout(&String::from_utf8(output.stdout).unwrap());
    }
    if have("valgrind") {
        let mut checked = Command::new("valgrind");
        checked.args(["--quiet", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect,possible"]);
        checked.args(["--error-exitcode=99", "--num-callers=30"]);
        checked.arg(format!("--suppressions={}", root().join("tests/c/valgrind.supp").display()));
        checked.arg(&program).current_dir(root());
        checked.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        run(&mut checked);
    }
}

#[test]
fn every_program_is_run() {
    let files = fs::read_dir(root().join("tests/c")).unwrap().map(|entry| entry.unwrap().path());
    for file in files.filter(|file| file.extension().is_some_and(|extension| extension == "c")) {
        let name = file.file_stem().unwrap().to_str().unwrap();
        assert!(PROGRAMS.contains(&name), "tests/c/{name}.c is not listed in tests/native/c_api.rs");
    }
}

#[test]
fn every_function_is_called_by_a_program() {
    let texts: Vec<String> = fs::read_dir(root().join("tests/c"))
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    let called = |name: &str| texts.iter().any(|text| text.contains(&format!("{name}(")));
    let functions = functions(&header());
    let missing: Vec<&str> =
        functions.iter().map(|function| function.name.as_str()).filter(|name| !called(name)).collect();
    assert!(missing.is_empty(), "no program of tests/c calls {}", missing.join(", "));
}

/// The structs of the header whose layout programs know, with their fields.
fn structs() -> Vec<(String, Vec<String>)> {
    let header = header();
    let mut found = Vec::new();
    let mut lines = header.lines();
    while let Some(line) = lines.next() {
        let Some(name) = line.strip_prefix("typedef struct ").and_then(|rest| rest.strip_suffix(" {")) else {
            continue;
        };
        let body = lines.by_ref().take_while(|line| !line.starts_with('}'));
        let fields = body.filter(|line| line.trim_end().ends_with(';') && !line.trim_start().starts_with('*'));
        let field = |line: &str| line.trim().trim_end_matches(';').rsplit([' ', '*']).next().unwrap().to_owned();
        found.push((name.to_owned(), fields.map(field).collect()));
    }
    found
}

/// A program that prints the size of every struct and where its fields lie.
fn layout_program() -> String {
    let mut text = String::from("#include <ascribe.h>\n#include <stdio.h>\n\nint main(void) {\n");
    for (name, fields) in structs() {
        text += &format!("  printf(\"{name} %zu\\n\", sizeof({name}));\n");
        for field in fields {
            let size = format!("sizeof(((const {name} *)0)->{field})");
            text += &format!("  printf(\"  {field} %zu %zu\\n\", offsetof({name}, {field}), {size});\n");
        }
    }
    text + "  return 0;\n}\n"
}

/// Layouts only ever grow at their ends; `BLESS=1` rewrites the list.
fn check_layout(found: &str) {
    assert!(structs().len() >= 3, "the structs of the header were not found");

    let path = root().join("tests/abi/layout.txt");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, found).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        found, expected,
        "layouts changed; if only fields were appended: BLESS=1 cargo test --test native layout"
    );
}
