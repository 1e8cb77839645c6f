//! Holds the rules of `docs/architecture.md`: a module of `src/` uses only modules below it, `unsafe`
//! stays in the modules named here, and no file grows beyond one thing.
//!
//! The scanner reads tokens, not the compiler's tree, so it covers code of every feature and of
//! unit tests alike. It knows comments, literals, inline modules and `use` groups; it does not
//! expand macros.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The modules, top to bottom: each may use itself and those after it.
const MODULES: &[&str] = &[
    "bin",
    "cli",
    "capi",
    "session",
    "attribution",
    "train",
    "models",
    "objective",
    "solve",
    "engine",
    "autodiff",
    "graph",
    "data",
    "store",
    "tensor",
    "options",
    "error",
];

/// Modules that may use less than all that stands below them.
const NARROW: &[(&str, &[&str])] = &[("data", &["tensor", "options", "error"]), ("store", &["tensor", "error"])];

/// The files that may contain `unsafe`, relative to `src/`; with a `/` at its end, a folder of them.
const UNSAFE_ALLOWED: &[&str] = &["engine/forks.rs", "engine/kernels/matmul.rs", "capi/"];

/// A file with more lines than this is probably two things.
const MAX_LINES: usize = 600;

#[test]
fn the_rules_hold() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = BTreeMap::new();
    collect(&source, "", &mut files);
    let front = files.get("lib.rs").expect("src/lib.rs exists");
    let exports = root_exports(front);
    let broken: Vec<String> = files.iter().flat_map(|(file, text)| violations(file, text, &exports)).collect();
    assert!(broken.is_empty(), "{} rules broken:\n{}", broken.len(), broken.join("\n"));
}

/// Reads every file under `folder` into `files`, named relative to `src/` with `/` between parts.
fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("a folder under src/ can be listed") {
        let entry = entry.expect("a folder under src/ can be listed");
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let path = entry.path();
        if path.is_dir() {
            collect(&path, &format!("{name}/"), files);
        } else {
            let bytes = fs::read(&path).expect("a file under src/ can be read");
            files.insert(name, String::from_utf8_lossy(&bytes).into_owned());
        }
    }
}

/// Every rule that `file` breaks, one message each. `exports` tells the module of each name that
/// `lib.rs` re-exports.
fn violations(file: &str, text: &str, exports: &BTreeMap<String, String>) -> Vec<String> {
    let mut broken = Vec::new();
    let module = module_of(file);
    if file != "lib.rs" && !MODULES.contains(&module) {
        broken.push(format!(
            "src/{file}: {module} is no module; add it to docs/architecture.md and to MODULES in tests/architecture/modules.rs"
        ));
    }
    if !file.ends_with(".rs") {
        return broken;
    }
    let lines = text.lines().count();
    if lines > MAX_LINES {
        broken.push(format!("src/{file}: {lines} lines, more than {MAX_LINES}; ask what two things it is"));
    }
    let code = code_only(text);
    let tokens = tokens(&code);
    let allowed = |place: &&str| if place.ends_with('/') { file.starts_with(*place) } else { file == *place };
    if !UNSAFE_ALLOWED.iter().any(allowed) {
        for token in tokens.iter().filter(|token| token.text == "unsafe") {
            broken.push(format!(
                "src/{file}:{}: unsafe outside the modules of UNSAFE_ALLOWED in tests/architecture/modules.rs",
                token.line
            ));
        }
    }
    // The front page re-exports from wherever it likes, and a program stands above all modules.
    if file == "lib.rs" || module == "bin" || !MODULES.contains(&module) {
        return broken;
    }
    for import in crate_paths(file, &tokens) {
        let place = format!("src/{file}:{}", import.line);
        let first = import.path.first().map_or("*", String::as_str);
        let used = exports.get(first).map_or(first, String::as_str);
        if first == "*" {
            broken.push(format!("{place}: {module} may not use the crate root as a whole; name the module"));
        } else if !MODULES.contains(&used) {
            broken.push(format!(
                "{place}: {module} may not use {first}, which is neither a module nor re-exported from one by lib.rs"
            ));
        } else if !may_use(module, used) {
            broken.push(format!("{place}: {module} may not use {used}"));
        }
    }
    // A group of several names from one module is one violation.
    broken.dedup();
    broken
}

fn may_use(module: &str, used: &str) -> bool {
    let place = |name| MODULES.iter().position(|module| *module == name);
    match NARROW.iter().find(|(narrow, _)| *narrow == module) {
        _ if module == used => true,
        Some((_, allowed)) => allowed.contains(&used),
        None => place(used) > place(module),
    }
}

/// The first part of the path: `engine` for `engine/plan.rs`, `error` for `error.rs`.
fn module_of(file: &str) -> &str {
    let first = file.split('/').next().unwrap_or(file);
    first.strip_suffix(".rs").unwrap_or(first)
}

/// The modules a file stands in: `engine/plan.rs` and `engine/plan/mod.rs` are `[engine, plan]`.
fn modules_of(file: &str) -> Vec<String> {
    let stem = file.strip_suffix(".rs").unwrap_or(file);
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    stem.split('/').map(String::from).collect()
}

/// The module behind each name that `lib.rs` brings to the crate root.
fn root_exports(front: &str) -> BTreeMap<String, String> {
    let code = code_only(front);
    let tokens = tokens(&code);
    let mut imports = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        if token.text == "use" {
            read_path(&tokens, &mut (index + 1), Vec::new(), &mut imports);
        }
    }
    imports.into_iter().filter_map(|import| Some((import.name, import.path.first()?.clone()))).collect()
}

/// A path from the crate root, as written somewhere in a file.
struct Import {
    line: usize,
    /// The name it has there: the last part, or what follows `as`.
    name: String,
    /// The parts after the crate root; a glob is a last part `*`.
    path: Vec<String>,
}

/// Every path that starts at `crate`, `super` or `self`, resolved.
fn crate_paths(file: &str, tokens: &[Token]) -> Vec<Import> {
    let mut imports = Vec::new();
    let mut modules = modules_of(file);
    // The brace depth, and the depths at which inline modules were opened.
    let (mut depth, mut opened) = (0_usize, Vec::new());
    let text = |index: usize| tokens.get(index).map_or("", |token| token.text);
    let mut at = 0;
    while at < tokens.len() {
        match text(at) {
            "{" => {
                depth += 1;
                if at >= 2 && text(at - 2) == "mod" {
                    modules.push(text(at - 1).to_owned());
                    opened.push(depth);
                }
            }
            "}" => {
                if opened.last() == Some(&depth) {
                    opened.pop();
                    modules.pop();
                }
                depth = depth.saturating_sub(1);
            }
            "crate" | "super" | "self" if matches!(text(at + 1), "::" | "as") && (at == 0 || text(at - 1) != "::") => {
                read_path(tokens, &mut at, modules.clone(), &mut imports);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    imports
}

/// Reads one path, with its groups, from `tokens[*at]` on; `path` is where it starts from.
fn read_path(tokens: &[Token], at: &mut usize, mut path: Vec<String>, imports: &mut Vec<Import>) {
    let text = |index: usize| tokens.get(index).map_or("", |token| token.text);
    let line = tokens.get(*at).map_or(0, |token| token.line);
    loop {
        match text(*at) {
            "{" => {
                *at += 1;
                while !matches!(text(*at), "}" | "") {
                    let before = *at;
                    if text(*at) != "," {
                        read_path(tokens, at, path.clone(), imports);
                    }
                    if *at == before {
                        *at += 1;
                    }
                }
                *at += 1;
                return;
            }
            "crate" => path.clear(),
            "self" => {}
            "super" => drop(path.pop()),
            "*" => path.push("*".into()),
            word if is_word(word) => path.push(word.into()),
            _ => break,
        }
        *at += 1;
        if text(*at) != "::" {
            break;
        }
        *at += 1;
    }
    let mut name = path.last().cloned().unwrap_or_default();
    if text(*at) == "as" && is_word(text(*at + 1)) {
        name = text(*at + 1).to_owned();
        *at += 2;
    }
    imports.push(Import { line, name, path });
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// A word, `::`, or any other single character.
struct Token<'a> {
    line: usize,
    text: &'a str,
}

fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    for (number, mut rest) in code.lines().enumerate() {
        while let Some(first) = rest.chars().next() {
            let length = if is_word(rest) {
                rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            let (text, tail) = rest.split_at(length);
            if !first.is_whitespace() {
                let line = number + 1;
                found.push(Token { line, text });
            }
            rest = tail;
        }
    }
    found
}

/// The source with comments and literals blanked out; lines keep their numbers.
fn code_only(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut code = String::with_capacity(source.len());
    let mut at = 0;
    while at < chars.len() {
        let end = skipped(&chars, at).min(chars.len());
        if end == at {
            code.push(chars[at]);
            at += 1;
        } else {
            let blank = |c: &char| if *c == '\n' { '\n' } else { ' ' };
            code.extend(chars[at..end].iter().map(blank));
            at = end;
        }
    }
    code
}

/// Where the comment or literal that starts at `at` ends; `at` itself if none starts there.
fn skipped(chars: &[char], at: usize) -> usize {
    let char_at = |index: usize| chars.get(index).copied().unwrap_or('\0');
    let after_word = at > 0 && (char_at(at - 1).is_alphanumeric() || char_at(at - 1) == '_');
    match (char_at(at), char_at(at + 1)) {
        ('/', '/') => (at..chars.len()).find(|&index| chars[index] == '\n').unwrap_or(chars.len()),
        ('/', '*') => end_of_block_comment(chars, at),
        ('"', _) => end_of_quoted(chars, at, '"'),
        ('\'', '\\') => end_of_quoted(chars, at, '\''),
        // Anything else after a quote is a lifetime or a label.
        ('\'', _) if char_at(at + 2) == '\'' => at + 3,
        ('b' | 'c', 'r') if !after_word => end_of_raw(chars, at + 2).unwrap_or(at),
        ('r', _) if !after_word => end_of_raw(chars, at + 1).unwrap_or(at),
        _ => at,
    }
}

fn end_of_block_comment(chars: &[char], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0);
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

fn end_of_quoted(chars: &[char], start: usize, quote: char) -> usize {
    let mut at = start + 1;
    while at < chars.len() && chars[at] != quote {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// The end of a raw string whose `#`s or quote stand at `at`; `None` for a raw identifier.
fn end_of_raw(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars[at..].iter().take_while(|c| **c == '#').count();
    let open = at + hashes;
    if chars.get(open) != Some(&'"') {
        return None;
    }
    let closes = |index: usize| {
        chars[index] == '"' && chars[index + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes
    };
    let close = (open + 1..chars.len()).find(|&index| closes(index));
    Some(close.map_or(chars.len(), |close| close + 1 + hashes))
}

/// The scanner itself: what it must flag, and what it must let pass.
mod scanner {
    use super::*;

    fn scan(file: &str, text: &str) -> Vec<String> {
        let exports = root_exports("mod error;\npub use error::{Error, Result};\npub use graph::Node as N;");
        violations(file, text, &exports)
    }

    #[track_caller]
    fn flagged(file: &str, text: &str, expected: &[&str]) {
        assert_eq!(scan(file, text), expected, "{file}: {text}");
    }

    #[test]
    fn upward_paths_are_flagged_in_every_spelling() {
        let upward = &["src/tensor/view.rs:1: tensor may not use graph"];
        for text in [
            "use crate::graph::Node;",
            "use crate::graph;",
            "use crate::graph as g;",
            "use crate::graph::*;",
            "use crate::{graph::{Node, Shape}};",
            "use crate::{error::Error, graph};",
            "use crate::N;",
            "pub(crate) use super::super::graph::Node;",
            "use super::super::{error, graph};",
            "fn f() { crate::graph::run::<u8>() }",
            "fn f(x: &'static crate::graph::Node) {}",
            "fn f() -> char { let _ = '\"'; crate::graph::G }",
            "macro_rules! m { () => { $crate::graph::Node } }",
            "mod inner { use super::super::super::graph; }",
            "mod inner {} use super::super::graph;",
            "mod a { mod b { fn f() {} } use super::super::super::graph; }",
        ] {
            flagged("tensor/view.rs", text, upward);
        }
        flagged("error.rs", "\n\nuse super::tensor::T;", &["src/error.rs:3: error may not use tensor"]);
        flagged("engine/mod.rs", "use super::{graph,\n  models};", &["src/engine/mod.rs:2: engine may not use models"]);
        flagged(
            "graph/mod.rs",
            "use crate::{models::{A, B},\n engine};",
            &["src/graph/mod.rs:1: graph may not use models", "src/graph/mod.rs:2: graph may not use engine"],
        );
    }

    #[test]
    fn downward_and_own_paths_pass() {
        for text in [
            "use crate::graph::{self, Node};\nuse crate::{Error, Result, N};",
            "use crate::engine::plan::{self as p, *};",
            "use super::super::tensor::{Real, view::View};",
            "use super::kernels;",
            "mod tests { use super::*; use super::super::*; }",
            "pub(crate) fn f(&self) { self.crate_model(self) }",
            "pub(in crate::engine) struct A;",
            "pub(super) struct A;",
            "extern crate std;",
            "fn f<'a>(x: &'a str) -> &'a str { r#type(x) }",
            "use rayon::models; use std::train::X; fn f() { graph::models() }",
        ] {
            flagged("engine/plan.rs", text, &[]);
        }
        flagged("capi/model.rs", "use crate::{attribution, store, models};", &[]);
        flagged("bin/ascribe.rs", "use ascribe::{cli, error::Error};", &[]);
        flagged("lib.rs", "pub use crate::cli::run; pub use models::M;", &[]);
    }

    #[test]
    fn store_uses_tensor_and_error_only() {
        flagged("store/mod.rs", "use crate::{Error, store::x, error};", &[]);
        flagged("store/mod.rs", "use crate::tensor::T;", &[]);
        flagged("store/mod.rs", "use crate::graph::G;", &["src/store/mod.rs:1: store may not use graph"]);
        flagged("attribution/mod.rs", "use crate::store::Folder;", &[]);
        flagged("data/mod.rs", "use crate::store::Folder;", &["src/data/mod.rs:1: data may not use store"]);
    }

    #[test]
    fn the_root_and_what_is_no_module_are_flagged() {
        for text in ["use crate::*;", "use crate as root;", "use crate::{self as root};", "use super::*;"] {
            flagged(
                "cli/mod.rs",
                text,
                &["src/cli/mod.rs:1: cli may not use the crate root as a whole; name the module"],
            );
        }
        flagged(
            "cli/mod.rs",
            "crate::shortcut!();",
            &[
                "src/cli/mod.rs:1: cli may not use shortcut, which is neither a module nor re-exported from one by lib.rs",
            ],
        );
    }

    #[test]
    fn comments_and_literals_are_not_code() {
        for text in [
            "// use crate::models;",
            "/// use crate::models;\n//! unsafe",
            "/* use crate::models; /* unsafe */ crate::models */",
            "const A: &str = \"crate::models \\\" unsafe\";",
            "const A: &str = r#\"crate::models \" unsafe\"#;",
            "const A: &[u8] = br##\"unsafe \"# unsafe\"##;",
            "const A: &[u8] = b\"unsafe\";",
            "const A: [char; 3] = ['\\'', '\"', 'x']; // \" unsafe",
        ] {
            flagged("graph/mod.rs", text, &[]);
        }
        flagged(
            "graph/mod.rs",
            "/* a\n */ \"b\n \\\" \"; r\"\n\"; use crate::models;",
            &["src/graph/mod.rs:4: graph may not use models"],
        );
    }

    #[test]
    fn unsafe_code_is_flagged_outside_its_modules() {
        let text = "#![deny(unsafe_code)]\nfn f() { unsafe { g() } }";
        flagged(
            "tensor/view.rs",
            text,
            &["src/tensor/view.rs:2: unsafe outside the modules of UNSAFE_ALLOWED in tests/architecture/modules.rs"],
        );
        flagged(UNSAFE_ALLOWED[0], text, &[]);
        flagged("capi/graph/mod.rs", text, &[]);
    }

    #[test]
    fn unknown_modules_are_flagged() {
        for (file, name) in [("utils/mod.rs", "utils"), ("common.rs", "common"), ("a/b.css", "a")] {
            let expected = format!(
                "src/{file}: {name} is no module; add it to docs/architecture.md and to MODULES in tests/architecture/modules.rs"
            );
            flagged(file, "", &[&expected]);
        }
    }

    #[test]
    fn long_files_are_flagged() {
        flagged("graph/mod.rs", &"\n".repeat(600), &[]);
        flagged("session/page.css", &"\n".repeat(601), &[]);
        flagged(
            "graph/mod.rs",
            &"\n".repeat(601),
            &["src/graph/mod.rs: 601 lines, more than 600; ask what two things it is"],
        );
    }
}
