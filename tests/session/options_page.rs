//! `docs/options.md` is what the tables of options say.
//!
//! `BLESS=1 cargo test --test session options_page` writes it anew.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use ascribe::options::{OptionSpec, Table};
use ascribe::session::{FunctionalInfo, functionals, tables};

/// Tables whose options are no flags: nothing on the command line attacks a training set, or holds a graph.
const WITHOUT_FLAGS: [&str; 2] = ["attack", "custom"];
/// Options that commands give themselves.
const GIVEN_BY_COMMANDS: [&str; 1] = ["queries"];

const OPENING: &str = "\
# Options

<!-- Written from the tables in src/ by tests/session/options_page.rs: BLESS=1 cargo test --test session options_page -->

Every option there is, with its default. An option is declared once, in the table below that has it, and is the same
everywhere:

| | how an option is given | how the tables are listed |
|---|---|---|
| command line | `--learning-rate 0.01` | `ascribe options training` |
| Rust | `Options::new().with(\"learning_rate\", 0.01)` | `session::describe_options` |
| C | `ascribe_options_set_number(options, \"learning_rate\", 0.01, &error)` | `ascribe_options_describe` |
| C++ | `{{\"learning_rate\", 0.01}}` | `Options::describe` |
| Julia | `learning_rate=0.01` | `options(:training)` |

Every value may be given as text as well: `\"0.01\"`, `\"2G\"`, `\"true\"`. Lists are text with commas between their members.
Where the default is `auto` the option is decided by what it goes with, as the description says; `auto` (or `all`) may be
given too. An unknown name is refused with the nearest ones, an option of another table with the name of that table, and a
value out of range with the range.
";

/// Text within a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// Words as code, with commas between them.
fn code<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn flag(table: &Table, option: &OptionSpec) -> String {
    match WITHOUT_FLAGS.contains(&table.name) || GIVEN_BY_COMMANDS.contains(&option.name) {
        true => "none".into(),
        false => code([format!("--{}", option.name.replace('_', "-")).as_str()]),
    }
}

fn page() -> String {
    let mut page = OPENING.to_owned();
    for table in tables() {
        write!(page, "\n## {}\n\n{}\n\n", table.name, table.about).unwrap();
        page += "| option | flag | type | default | values | what it is |\n|---|---|---|---|---|---|\n";
        for option in table.options {
            let words = option.words();
            let values = if words.is_empty() { option.range().unwrap_or_default().to_owned() } else { code(words) };
            let (name, flag, default) = (code([option.name]), flag(table, option), code([option.default]));
            let (kind, about) = (option.kind.name(), option.about);
            let cells = [&name, &flag, kind, &default, &values, about].map(cell);
            writeln!(page, "| {} |", cells.join(" | ").replace("|  |", "| |")).unwrap();
        }
    }
    page += "\n## Functionals\n\nThe number that is explained, by its name (`--functional`); the first of a kind of model is its default. \
             Graphs of\none's own have `loss` and what they name.\n\n| of | functional | what it is |\n|---|---|---|\n";
    for FunctionalInfo { family, name, about } in functionals() {
        writeln!(page, "| {family} | {} | {} |", code([name]), cell(about)).unwrap();
    }
    page
}

/// What the header says of functionals by hand is what there is.
#[test]
fn the_header_names_every_functional() {
    let header = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("include/ascribe.h")).unwrap();
    let chapter = header.split("FUNCTIONALS AND SCORES").nth(1).unwrap().split("TEXTS AND ARRAYS").next().unwrap();
    for FunctionalInfo { name, .. } in functionals() {
        assert!(chapter.contains(&format!("\"{name}\"")), "{name}");
    }
}

#[test]
fn the_committed_page_is_what_the_tables_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/options.md");
    let generated = page();
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &generated).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    let differ = committed.lines().zip(generated.lines()).position(|(one, other)| one != other);
    let line = differ.unwrap_or_else(|| committed.lines().count().min(generated.lines().count()));
    assert!(
        committed == generated,
        "docs/options.md and the tables of options differ from line {} on; write it by: \
         BLESS=1 cargo test --test session options_page\ncommitted: {}\ngenerated: {}",
        line + 1,
        committed.lines().nth(line).unwrap_or("(its end)"),
        generated.lines().nth(line).unwrap_or("(its end)"),
    );
}
