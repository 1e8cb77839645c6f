//! `include/ascribe.h` is what cbindgen makes of `src/capi`, compiles on its own everywhere, and documents everything.
//!
//! `BLESS=1 cargo test --test native header` writes it anew.
#![allow(clippy::unwrap_used)]

use crate::native;

use std::fs;
use std::process::Command;

use native::{Function, functions, have, header, root, run, workspace};

fn generated() -> String {
    let config = cbindgen::Config::from_file(root().join("cbindgen.toml")).unwrap();
    let bindings = cbindgen::Builder::new().with_config(config).with_src(root().join("src/capi/mod.rs")).generate();
    let mut bytes = Vec::new();
    bindings.unwrap().write(&mut bytes);
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_committed_header_is_the_generated_one() {
    let path = root().join("include/ascribe.h");
    let generated = generated();
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &generated).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    let differ = committed.lines().zip(generated.lines()).position(|(one, other)| one != other);
    let line = differ.unwrap_or_else(|| committed.lines().count().min(generated.lines().count()));
    assert!(
        committed == generated,
        "include/ascribe.h and src/capi differ from line {} on; write it by: BLESS=1 cargo test --test native header\n\
         committed: {}\ngenerated: {}",
        line + 1,
        committed.lines().nth(line).unwrap_or("(its end)"),
        generated.lines().nth(line).unwrap_or("(its end)"),
    );
}

#[test]
fn it_compiles_alone_as_c_and_as_cpp() {
    let folder = workspace("header");
    let include = root().join("include");
    let once = "#include <ascribe.h>\n";
    let one =
        format!("{once}{once}int other(void);\nint main(void) {{ return (int)ascribe_abi_version() + other(); }}\n");
    let two = format!("{once}int other(void);\nint other(void) {{ return ASCRIBE_OK; }}\n");
    for (compiler, standard, extension) in [
        ("gcc", "c99", "c"),
        ("gcc", "c17", "c"),
        ("clang", "c99", "c"),
        ("g++", "c++17", "cpp"),
        ("clang++", "c++17", "cpp"),
    ] {
        if !have(compiler) {
            continue;
        }
        // Alone, as a file that includes nothing else; and twice in one file and again in another, linked into one program.
        let mut objects = Vec::new();
        for (name, text) in [("alone", once), ("one", &one), ("two", &two)] {
            let source = folder.join(format!("{name}.{extension}"));
            let object = folder.join(format!("{name}-{compiler}-{standard}.o"));
            fs::write(&source, text).unwrap();
            let mut command = Command::new(compiler);
            command.args([&format!("-std={standard}"), "-c", "-I"]).arg(&include).args(native::STRICT);
            command.arg(&source).arg("-o").arg(&object);
            run(&mut command);
            objects.push(object);
        }
        let mut command = Command::new(compiler);
        command.args(&objects[1..]).arg("-o").arg(folder.join(format!("program-{compiler}-{standard}")));
        run(command.arg("-L").arg(native::library_folder()).arg("-lascribe"));
    }
}

/// The program that the header opens with does what the text around it says.
#[test]
fn the_opening_program_runs() {
    let header = header();
    let lines = header.lines().skip_while(|line| *line != " *     #include <ascribe.h>");
    let program: String = lines
        .map_while(|line| {
            let line = line.strip_prefix(" *")?;
            (line.is_empty() || line.starts_with("     ")).then(|| format!("{}\n", line.get(5..).unwrap_or_default()))
        })
        .collect();
    let folder = workspace("opening");
    let source = folder.join("opening.c");
    fs::write(&source, &program).unwrap();
    let output = run(Command::new(native::compile_c(&source, &folder)).current_dir(root()));
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said.lines().count(), 5, "{said}");
    assert!(said.lines().all(|line| line.contains(" the probability would change by ")), "{said}");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The sentences on threads, of which each function has one.
fn thread_phrases(comment: &str, parameters: &[String]) -> usize {
    let mut found = comment.matches("May be called from any thread at the same time.").count();
    found += comment.matches("Safe from a signal handler.").count();
    for parameter in parameters {
        let name = Function::parameter_name(parameter);
        found += comment.matches(&format!("Needs exclusive access to `{name}`.")).count();
    }
    found
}

#[test]
fn every_function_is_documented_in_full() {
    let functions = functions(&header());
    assert!(functions.len() > 60, "{} functions were found", functions.len());
    let mut wrong = Vec::new();
    for function in &functions {
        let name = &function.name;
        let reads_errors = name.starts_with("ascribe_error_");
        let comment = function.comment.join("\n");
        let mut miss = |what: String| wrong.push(format!("{name}: {what}"));
        // The opening chapter says since when all others are there, and what `error` receives.
        if function.comment.iter().any(|line| line == "@since 0.1") {
            miss("@since 0.1 is what the opening chapter says of all that name no later version".into());
        }
        let phrases = thread_phrases(&comment, &function.parameters);
        if phrases != 1 {
            miss(format!("{phrases} sentences on threads, expected one of the three"));
        }
        let exclusive = comment.contains("Needs exclusive access");
        let first = function.parameters.first().map_or("", String::as_str);
        let object_changes =
            first.contains("struct ascribe_") && first.matches('*').count() == 1 && !first.contains("const ");
        if exclusive != object_changes {
            miss(format!("its sentence on threads and its first parameter `{first}` disagree"));
        }
        let documented: Vec<&str> = function
            .comment
            .iter()
            .filter_map(|line| line.strip_prefix("@param ")?.split_whitespace().next())
            .collect();
        let declared = function.parameters.iter().map(|one| Function::parameter_name(one));
        let declared: Vec<&str> = declared.filter(|one| *one != "error" || reads_errors).collect();
        if documented != declared {
            miss(format!("@param of {documented:?}, expected {declared:?}"));
        }
        let plain = matches!(function.returns.as_str(), "ascribe_status" | "void");
        let is_reader = matches!(name.as_str(), "ascribe_error_code");
        if plain == comment.contains("@return ") && !is_reader {
            miss("@return is for functions that return something else than whether they failed".into());
        }
        // An output is a pointer to what is not const, where the argument is not the object itself; the error says more.
        for (place, parameter) in function.parameters.iter().enumerate() {
            let parameter_name = Function::parameter_name(parameter);
            let handle_itself = place == 0 && object_changes && !name.ends_with("_init");
            let output = parameter.contains('*')
                && !parameter.contains("const ")
                && !handle_itself
                && !parameter.contains("user_data")
                && parameter_name != "error";
            let prefix =
                |line: &&String| line.split_whitespace().nth(1) == Some(parameter_name) && line.starts_with("@param");
            let text = function.comment.iter().find(prefix).map_or("", |line| {
                line.trim_start_matches("@param").trim_start().trim_start_matches(parameter_name).trim_start()
            });
            if output != text.starts_with("receives ") {
                miss(format!(
                    "`{parameter_name}` is described by {text:?}; outputs, and only they, begin with \"receives\""
                ));
            }
        }
        if function.returns == "ascribe_status" && !is_reader {
            let last = function.parameters.last().map_or("", String::as_str);
            if last != "struct ascribe_error **error" {
                miss(format!("its last parameter is `{last}`, expected the error"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn versions_are_those_of_the_package() {
    let header = header();
    let number = |name: &str| {
        let line = header.lines().find_map(|line| line.strip_prefix(&format!("#define ASCRIBE_{name} ")));
        line.unwrap_or_else(|| panic!("ASCRIBE_{name} is not defined")).trim().to_owned()
    };
    assert_eq!(number("VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MAJOR"));
    assert_eq!(number("VERSION_MINOR"), env!("CARGO_PKG_VERSION_MINOR"));
    assert_eq!(number("VERSION_PATCH"), env!("CARGO_PKG_VERSION_PATCH"));
    let composed = ["VERSION_MAJOR", "VERSION_MINOR", "VERSION_PATCH"].map(number).join(".");
    assert_eq!(composed, env!("CARGO_PKG_VERSION"));
    assert_eq!(native::SONAME, format!("libascribe.so.{}", number("ABI_VERSION")));
}
