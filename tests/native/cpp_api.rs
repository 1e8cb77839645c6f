//! The C++ headers: every C function is called by them, they compile strictly in every way they may be included, and the
//! programs of tests/cpp pass, under valgrind as well, and those of examples/cpp run.
#![allow(clippy::unwrap_used)]

use crate::native;

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use native::{STRICT, compile_c, functions, have, header, library_folder, root, run, workspace};

fn headers() -> Vec<PathBuf> {
    let include = root().join("bindings/cpp/include");
    let mut files = vec![include.join("ascribe.hpp")];
    files.extend(fs::read_dir(include.join("ascribe")).unwrap().map(|entry| entry.unwrap().path()));
    files.sort();
    files
}

/// The compilers that are there: the one that is asked for, or the usual two.
fn compilers() -> Vec<String> {
    match env::var("CXX") {
        Ok(compiler) => vec![compiler],
        Err(_) => ["g++", "clang++"].into_iter().filter(|name| have(name)).map(Into::into).collect(),
    }
}

fn compiler(name: &str) -> Command {
    let mut command = Command::new(name);
    command.args(STRICT);
    command.args(["-Wconversion", "-Wsign-conversion", "-Wshadow", "-Wold-style-cast"]);
    command.arg("-I").arg(root().join("include")).arg("-I").arg(root().join("bindings/cpp/include"));
    command
}

/// Compiles files of tests/cpp or examples/cpp to one program.
fn build(name: &str, sources: &[&str], standard: &str) -> PathBuf {
    let program = workspace(&format!("cpp-{name}-{standard}")).join(name);
    let library = library_folder();
    let mut rpath = OsString::from("-Wl,-rpath,");
    rpath.push(library);
    let mut command = compiler(&compilers()[0]);
    command.arg(format!("-std={standard}")).args(["-g", "-O1", "-isystem", "/usr/include/eigen3"]);
    command.args(sources.iter().map(|file| {
        let file = if file.contains('/') { file.to_string() } else { format!("tests/cpp/{file}") };
        root().join(file)
    }));
    command.arg("-o").arg(&program).arg("-L").arg(library).arg(rpath);
    run(command.args(["-lascribe", "-lpthread"]));
    program
}

fn passes(name: &str, sources: &[&str], standard: &str) -> String {
    let program = build(name, sources, standard);
    let work = program.parent().unwrap();
    let output = run(Command::new(&program).arg(root().join("data")).arg(work).env("RUST_BACKTRACE", "0"));
    let said = String::from_utf8(output.stdout).unwrap();
    print!("{said}");
    under_valgrind(&program, work);
    said
}

/// Once more, for what no test sees.
fn under_valgrind(program: &Path, work: &Path) {
    if !have("valgrind") {
        return;
    }
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--leak-check=full", "--error-exitcode=99"]);
    command.args(["--show-leak-kinds=all", "--errors-for-leak-kinds=definite,indirect,possible"]);
    command.arg(format!("--suppressions={}", root().join("tests/c/valgrind.supp").display()));
    run(command.arg(program).arg(root().join("data")).arg(work).env("RUST_BACKTRACE", "0"));
}

/// Runs a program of examples/cpp and gives the lines it says, which are those of the same program in C.
fn story(name: &str) -> Vec<String> {
    let file = format!("examples/cpp/{name}.cpp");
    let lines = fs::read_to_string(root().join(&file)).unwrap().lines().count();
    assert!(lines < 60, "{file} has {lines} lines: a story is told in fewer than sixty");
    let output = run(Command::new(build(name, &[&file], "c++17")).arg(root().join("data")));
    let c = compile_c(&root().join(format!("examples/c/{name}.c")), &workspace(&format!("cpp-{name}-c")));
    assert_eq!(run(Command::new(c).arg(root().join("data"))).stdout, output.stdout, "{name} in C and in C++");
    String::from_utf8(output.stdout).unwrap().lines().map(Into::into).collect()
}

/// A program that trains in its own loop, without the ratings as well that the explanation names.
#[test]
fn a_training_of_ones_own_is_explained() {
    let program = build("bring_your_training", &["examples/cpp/bring_your_training.cpp"], "c++17");
    let said = String::from_utf8(run(Command::new(program).arg(root().join("data"))).stdout).unwrap();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 4, "{said}");
    number(lines[0], "prediction ");
    for line in &lines[1..] {
        let (predicted, truth) = line.split_once(", truly ").unwrap();
        let predicted = number(predicted.split_once(": ").unwrap().1, "predicted ");
        let ratio = number(truth, "") / predicted;
        // Nothing was trained by this library: right in size because the ledger has curvatures.
        assert!((0.7..1.4).contains(&ratio), "{line}");
    }
}

/// The number a line begins with, after some words.
fn number(line: &str, words: &str) -> f64 {
    let rest = line.strip_prefix(words).unwrap_or_else(|| panic!("{line}: not {words}"));
    rest.split_whitespace().next().unwrap().parse().unwrap_or_else(|_| panic!("{line}: no number"))
}

#[test]
fn every_function_of_c_is_called_or_has_a_reason_why_not() {
    let text: String = headers().iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let names = |text: &str| -> BTreeSet<String> {
        text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').map(str::to_owned).collect()
    };
    let called = names(&text);
    let reasons = fs::read_to_string(root().join("tests/cpp/not_wrapped.txt")).unwrap();
    let mut excused = BTreeSet::new();
    for line in reasons.lines().filter(|line| !line.starts_with('#')) {
        let (name, reason) = line.split_once(' ').unwrap_or_else(|| panic!("{line}: no reason"));
        assert!(!reason.trim().is_empty(), "{name}: no reason");
        excused.insert(name.to_owned());
    }
    let header = header();
    let functions: BTreeSet<String> = functions(&header).into_iter().map(|function| function.name).collect();
    assert!(functions.len() > 120, "only {} functions were found in the header", functions.len());
    let missing: Vec<_> = functions.iter().filter(|name| !called.contains(*name) && !excused.contains(*name)).collect();
    assert!(missing.is_empty(), "neither called nor in tests/cpp/not_wrapped.txt: {missing:?}");
    let idle: Vec<_> = excused.iter().filter(|name| called.contains(*name) || !functions.contains(*name)).collect();
    assert!(idle.is_empty(), "in tests/cpp/not_wrapped.txt, but called or unknown: {idle:?}");

    // Constants as well: an enumerator for each, whatever it is called.
    let constants = header.lines().filter_map(|line| line.strip_prefix("#define ASCRIBE_")?.split_once(' '));
    let forgotten: Vec<_> = constants
        .map(|(name, _)| format!("ASCRIBE_{name}"))
        .filter(|name| !name.starts_with("ASCRIBE_VERSION_") && !called.contains(name))
        .collect();
    assert!(forgotten.is_empty(), "constants without an enumerator: {forgotten:?}");
}

#[test]
fn each_header_compiles_by_itself_in_every_standard() {
    let folder = workspace("cpp-alone");
    for compiler_name in compilers() {
        for standard in ["c++17", "c++20"] {
            let mut sources = Vec::new();
            for file in headers() {
                let name = file.strip_prefix(root().join("bindings/cpp/include")).unwrap().to_owned();
                let flat = name.to_string_lossy().replace('/', "_");
                let source = folder.join(format!("{flat}.cpp"));
                // Twice, so that a missing guard shows.
                fs::write(&source, format!("#include <{0}>\n#include <{0}>\n", name.display())).unwrap();
                sources.push(source);
            }
            let mut command = compiler(&compiler_name);
            command.arg(format!("-std={standard}")).args(["-fsyntax-only", "-isystem", "/usr/include/eigen3"]);
            run(command.args(sources));
        }
    }
}

#[test]
fn the_header_leaks_no_macro_and_no_stream() {
    let folder = workspace("cpp-macros");
    let source = folder.join("all.cpp");
    fs::write(&source, "#include <ascribe.hpp>\n#include <ascribe/span.hpp>\n").unwrap();
    let macros = run(compiler(&compilers()[0]).args(["-std=c++17", "-dM", "-E"]).arg(&source)).stdout;
    let known = String::from_utf8(macros).unwrap();
    let ours = |line: &&str| line.contains("ASCRIBE") || line.to_lowercase().contains("ascribe");
    let c = header();
    for line in known.lines().filter(ours) {
        let name = line.split_whitespace().nth(1).unwrap();
        let guard = name.starts_with("ASCRIBE_") && name.ends_with("_HPP");
        assert!(guard || c.contains(&format!("#define {name}")), "{line}");
    }
    let depends = run(compiler(&compilers()[0]).args(["-std=c++17", "-M"]).arg(&source)).stdout;
    let depends = String::from_utf8(depends).unwrap();
    assert!(!depends.contains("/iostream"), "a header for everyone does not make streams");
    for file in headers() {
        let text = fs::read_to_string(&file).unwrap();
        assert!(!text.contains("using namespace"), "{}", file.display());
    }
}

#[test]
fn every_public_declaration_is_documented() {
    if !have("doxygen") {
        return;
    }
    let folder = workspace("cpp-doxygen");
    let settings = format!(
        "INPUT = {}\nRECURSIVE = YES\nOUTPUT_DIRECTORY = {}\nQUIET = YES\nWARN_AS_ERROR = FAIL_ON_WARNINGS\n\
         WARN_IF_UNDOCUMENTED = YES\nEXTRACT_ALL = NO\nEXCLUDE_SYMBOLS = *::detail *::detail::*\n\
         GENERATE_LATEX = NO\nGENERATE_HTML = NO\nGENERATE_XML = YES\nFILE_PATTERNS = *.hpp\n\
         PREDEFINED = __cpp_lib_span\nENABLE_PREPROCESSING = YES\nMACRO_EXPANSION = NO\n",
        root().join("bindings/cpp/include").display(),
        folder.display()
    );
    fs::write(folder.join("Doxyfile"), settings).unwrap();
    run(Command::new("doxygen").arg(folder.join("Doxyfile")).current_dir(&folder));
}

#[test]
fn handles() {
    passes("handles", &["handles.cpp", "handles_too.cpp"], "c++17");
}

#[test]
fn errors() {
    passes("errors", &["errors.cpp"], "c++17");
}

#[test]
fn callbacks() {
    passes("callbacks", &["callbacks.cpp"], "c++17");
}

#[test]
fn graph() {
    passes("graph", &["graph.cpp"], "c++17");
}

#[test]
fn threads() {
    passes("threads", &["threads.cpp"], "c++17");
}

#[test]
fn surface() {
    passes("surface", &["surface.cpp"], "c++17");
}

#[test]
#[cfg(debug_assertions)]
fn panic() {
    passes("panic", &["panic.cpp"], "c++17");
}

#[test]
fn eigen() {
    if Path::new("/usr/include/eigen3/Eigen/Core").is_file() {
        passes("eigen", &["eigen.cpp"], "c++17");
    } else {
        assert!(!native::is_ci(), "libeigen3-dev is not installed");
    }
}

#[test]
fn span() {
    passes("span", &["span.cpp"], "c++17");
    assert!(passes("span", &["span.cpp"], "c++20").contains("with std::span"));
}

#[test]
fn why_this_prediction() {
    let said = story("why_this_prediction");
    assert_eq!(said.len(), 7, "{said:?}");
    let (_, probability) = said[0].split_once("probability ").unwrap();
    let probability: f64 = probability.parse().unwrap();
    let scores: Vec<f64> = said[1..6].iter().map(|line| number(line, "")).collect();
    assert!(scores.is_sorted() && scores[4] < 0.0, "{said:?}");
    // What the first of them is said to be owed is what is lost without it, but for half of it.
    let truth = number(&said[6], "true change ");
    assert!(truth < 0.5 * scores[0] && truth > 1.5 * scores[0] && -truth < probability, "{said:?}");
}

#[test]
fn find_the_wrong_labels() {
    let said = story("find_the_wrong_labels");
    assert_eq!(said.len(), 8, "{said:?}");
    // Of labels drawn by lot a tenth would be found in a tenth.
    for (line, least) in said.iter().zip([90.0, 150.0, 160.0]) {
        assert!(line.ends_with(" of 180") && number(line, &line[..5]) > least, "{said:?}");
    }
    let rows = said[3..].iter().map(|line| line.split_once(" row ").unwrap().1.parse::<u32>().unwrap());
    assert!(rows.filter(|row| row % 10 == 0).count() >= 3, "{said:?}");
}

#[test]
fn write_your_own_model() {
    let said = story("write_your_own_model");
    assert_eq!(said.len(), 12, "{said:?}");
    assert!(number(&said[0], "prediction ").is_finite());
    for line in &said[1..4] {
        assert!(number(line, "rollback ").is_finite());
    }
    // The first order, what improves on it, and the truth at the end, which each step comes closer to.
    let first = number(&said[4], "influence ");
    let words = ["first-order", "second-order", "leave-one-out", "newton", "retrained"];
    let levels: Vec<f64> = (7..).zip(words).map(|(line, word)| number(&said[line], &format!("{word} "))).collect();
    assert!((levels[0] - first).abs() < 1e-9, "{said:?}");
    let truth = levels[4];
    let off: Vec<f64> = levels.iter().map(|level| (level - truth).abs()).collect();
    assert!(off.is_sorted_by(|one, next| one >= next) && off[0] < 0.1 * truth.abs(), "{said:?}");
}
