//! What can be typed: the commands with flags of their own, and a flag for every option of the tables.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, ValueParser};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Command, value_parser};

use crate::data::RowRange;
use crate::error::Error;
use crate::options::{Kind, OptionSpec, Options, Table, Value};
use crate::session::{self, methods, models};

/// The flags that name training data, each after the format that it is read as.
pub(super) const FORMATS: [&str; 5] = ["triples", "table", "images", "npy", "messages"];

/// Formats of samples: what selects rows and makes networks goes with them.
const SAMPLES: [&str; 4] = ["table", "images", "npy", "messages"];

/// Options that a command gives itself.
const OWN: [&str; 1] = ["queries"];

const TRAIN: &str = "Examples:
  ascribe train --triples data/nations --model distmult --out nations
  ascribe train --table data/tables/iris.csv --label target --model softmax --standardize --out iris
  ascribe train --npy features.npy labels.npy --model softmax --out digits
  ascribe train --messages sms.tsv --model logistic --words 2000 --l2 0.001 --out spam";
const EXPLAIN: &str = "Examples:
  ascribe explain nations --query usa,embassy,?
  ascribe explain nations --query usa,embassy,? --target uk --effort exact -k 5
  ascribe explain iris --test data/tables/iris.csv --test-rows 70,133 --scores scores.npy
  ascribe explain iris --self --method influence --damping 0.001";
const WHATIF: &str = "Examples:
  ascribe whatif nations --query usa,embassy,? --remove 3,17
  ascribe whatif iris --test data/tables/iris.csv --test-rows 70 --relabel 106=1 --until retrained";
const VERIFY: &str = "Examples:
  ascribe verify nations --query usa,embassy,? -k 3
  ascribe verify iris --test data/tables/iris.csv --test-rows 70 -k 5";

/// A line as it was typed.
#[derive(Debug)]
pub(super) struct Line {
    pub command: String,
    matches: ArgMatches,
    /// The options of tables that were given.
    pub options: Options,
}

/// A flag that does not belong to a table, with a sentence.
fn own(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).help(help)
}

fn switch(name: &'static str, help: &'static str) -> Arg {
    own(name, help).action(ArgAction::SetTrue)
}

/// A flag with a path or more.
fn path(name: &'static str, help: &'static str) -> Arg {
    own(name, help).value_name("FILE").value_parser(value_parser!(PathBuf))
}

/// A flag with values that are separated by commas.
fn list(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    own(name, help).value_name(value).value_delimiter(',').action(ArgAction::Append)
}

pub(super) fn definition() -> Command {
    let samples = "a table, images or arrays (with their labels behind them) or messages, as the run was trained on";
    let run = || {
        Arg::new("run")
            .value_name("RUN")
            .required(true)
            .value_parser(value_parser!(PathBuf))
            .help("The folder of the run")
    };
    let query = || {
        [
            own("query", "HEAD,RELATION,? or ?,RELATION,TAIL, with double quotes around a name that holds a comma")
                .value_name("QUERY")
                .allow_hyphen_values(true),
            own("target", "The answer to ask about; the one of highest score if absent")
                .value_name("NAME")
                .allow_hyphen_values(true)
                .requires("query")
                .conflicts_with("test"),
            path("test", "").help(format!("The rows to ask about: {samples}")).num_args(1..=2).conflicts_with("query"),
            list(
                "test-rows",
                "ROWS",
                "Ask about these rows of the file only, such as 1,5,9 or 0-99; rows count from 0",
            )
            .alias("rows")
            .value_parser(value_parser!(RowRange))
            .requires("test"),
            own("functional", "").help(functionals_in_words()).value_name("NAME"),
        ]
    };
    let method = || {
        let names = PossibleValuesParser::new(methods().iter().map(|method| method.name));
        let help = "How examples are scored; if absent rollback where the training kept a ledger, otherwise influence";
        own("method", help).value_name("NAME").value_parser(names)
    };
    let count = |default: &'static str, help: &'static str| {
        Arg::new("k").short('k').value_name("N").default_value(default).value_parser(value_parser!(usize)).help(help)
    };
    let of_methods = || tables(methods().iter().map(|method| method.name));
    let asked = |names: &[&'static str]| ArgGroup::new("asked").args(names.iter().copied()).required(true);
    let train = Command::new("train")
        .about("Train a model of triples, rows, images or messages, and keep what explaining it needs")
        .after_help(TRAIN)
        .args([
            path("triples", "Triples: the folder with train.tsv and, if there are any, valid.tsv and test.tsv (.txt and .gz are read too), or these files")
                .value_name("DIR")
                .num_args(1..=3),
            path("table", "Rows: a table as text, such as CSV (.gz is read too)"),
            path("images", "Images and their labels, in the IDX format of the MNIST files").num_args(2).value_names(["IMAGES", "LABELS"]),
            path("npy", "Arrays of NumPy: an .npz archive, or an .npy file of features and, behind it, one of labels")
                .num_args(1..=2)
                .value_names(["FEATURES", "LABELS"]),
            path("messages", "Messages: a file with label<TAB>message in each line, or a table with a column of texts (--text)"),
            path("out", "The folder to save the run to; an older run there is replaced once the new one is whole")
                .value_name("RUN")
                .required(true),
            own("model", "").help(format!("The model: {} (the first if absent); of rows, images and messages {}", models("triples").join(", "), models("table").join(", ")))
                .value_name("NAME")
                .hide_possible_values(true)
                .value_parser(PossibleValuesParser::new(models("triples").into_iter().chain(models("table")))),
            own("checkpoint-every", "Save the run every so many epochs beside RUN, in RUN.partial, so that it is there should a later one fail; 0: only at the end")
                .value_name("N")
                .default_value("1")
                .value_parser(value_parser!(usize)),
            switch("reference-data", "Keep path and checksum of the data in the run instead of a copy: explaining reads the files again"),
        ])
        .group(ArgGroup::new("data").args(FORMATS).required(true))
        .args(flags(&tables(["training", "triples", "network", "table", "images", "npy", "messages", "select"])));
    let explain = Command::new("explain")
        .about("Say which training examples speak for and against a prediction")
        .after_help(EXPLAIN)
        .args([run(), method(), count("10", "How many examples to show for and against")])
        .args(query())
        .args([
            switch("self", "Rank all training examples by self-influence: how much each one's own loss would rise without it")
                .conflicts_with_all(["query", "test", "test-rows", "target", "functional"]),
            list("without", "EXAMPLES", "Examples to remove together, such as 3,17, instead of one by one")
                .value_parser(value_parser!(RowRange))
                .conflicts_with_all(["test", "self", "scores", "plan", "leverage", "inputs"]),
            switch("plan", "Show what solving would cost, with each solver, and do not solve").conflicts_with("scores"),
            switch("leverage", "Take the own curvature of the examples shown into account (leave-one-out); without it that is done where it costs little").conflicts_with("self"),
            switch("inputs", "Show which features of the examples shown matter most").conflicts_with("self"),
            path("scores", "Write all scores, a row for each query and a column for each training example, to this file: .npy or .csv"),
        ])
        .group(asked(&["query", "test", "self"]))
        .args(flags(&of_methods()));
    let whatif = Command::new("whatif")
        .about("Say what a prediction would be on another training set: without examples, with other labels or weights")
        .after_help(WHATIF)
        .args([run(), method()])
        .args(query())
        .mut_arg("test", |test| {
            test.help(format!(
                "The rows to ask about: {samples}; if absent the training rows that change, each as it was trained on"
            ))
        })
        .args([
            list("remove", "EXAMPLES", "Take these training examples out, such as 3,17")
                .value_parser(value_parser!(RowRange)),
            own("relabel", "Give a training row another label, such as 5=spam; may be given several times")
                .value_name("ROW=LABEL")
                .action(ArgAction::Append)
                .value_parser(assignment),
            list(
                "reweight",
                "EXAMPLE=WEIGHT",
                "Give training examples another weight, such as 4=0.5; the others keep theirs, 1 unless the data has weights",
            )
            .value_parser(weight),
        ])
        .group(ArgGroup::new("change").args(["remove", "relabel", "reweight"]).required(true).multiple(true))
        .args(flags(&[of_methods(), tables(["what-if"])].concat()));
    let verify = Command::new("verify")
        .about("Train again without the most important examples and compare the true changes with the predicted ones")
        .after_help(VERIFY)
        .args([run(), method(), count("5", "How many examples to train without, those of greatest effect first")])
        .args(query())
        .arg(
            switch("smoothness", "Ask before any prediction whether attribution can work: train three times with nudged weights of all examples")
                .conflicts_with_all(["query", "test", "test-rows", "target", "functional"]),
        )
        .group(asked(&["query", "test", "smoothness"]))
        .args(flags(&of_methods()));
    let names = PossibleValuesParser::new(session::tables().map(|table| table.name));
    let options = Command::new("options")
        .about("Show the options there are: of one thing, or of which things")
        .arg(Arg::new("table").value_name("TABLE").value_parser(names).help("Of what"));
    Command::new("ascribe")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Which training examples a prediction is due to, and what would change without them")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .args([
            switch("json", "Write exactly one JSON object to standard output; docs/json.md describes it").global(true),
            own("threads", "How many threads to use: all cores if absent; the results are the same for any number")
                .value_name("N")
                .value_parser(value_parser!(usize))
                .global(true),
        ])
        .subcommands([
            train,
            explain,
            whatif,
            verify,
            Command::new("info").about("Show the settings of a run, its sizes and how it went").arg(run()),
            Command::new("demo")
                .about("Train on a small graph of countries, explain a prediction and check the explanation"),
            options,
        ])
}

/// Which functionals there are, each with what it is. Which end one of triples is of, the query says.
fn functionals_in_words() -> String {
    let of = |family: &str| {
        let all = session::functionals();
        let those = all.iter().filter(|one| one.family == family && !one.name.starts_with("head-"));
        those.map(|one| format!("{}: {}", one.name, one.about)).collect::<Vec<_>>().join("; ")
    };
    let [triples, rows] = ["triples", "network"].map(of);
    format!("The number whose change is predicted, the first if absent. Of triples: {triples}. Of rows: {rows}")
}

fn tables<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<&'static Table> {
    names.into_iter().filter_map(|name| session::table(name).ok()).collect()
}

/// `learning_rate` as it is typed.
fn dashed(name: &str) -> String {
    name.replace('_', "-")
}

/// A flag for every option of some tables, under a heading for each table; options of one name are one flag.
fn flags(tables: &[&'static Table]) -> Vec<Arg> {
    let mut flags: Vec<Arg> = Vec::new();
    for table in tables {
        for option in table.options.iter().filter(|option| !OWN.contains(&option.name)) {
            if flags.iter().all(|flag| flag.get_id() != option.name) {
                let of = tables.iter().filter_map(|table| Some((*table, table.get(option.name)?)));
                flags.push(flag(option.name, &of.collect::<Vec<_>>()));
            }
        }
    }
    flags
}

/// The flag for options of one name.
fn flag(name: &'static str, all: &[(&'static Table, &'static OptionSpec)]) -> Arg {
    let (table, first) = all[0];
    let same = |of: fn(&OptionSpec) -> &'static str| all.iter().all(|(_, option)| of(option) == of(first));
    let words = |table: &Table, option: &OptionSpec| {
        let default =
            if same(|option| option.default) { String::new() } else { format!(" [default: {}]", option.default) };
        format!("{}{default} ({})", option.about, with(table).join(", "))
    };
    let mut help = match same(|option| option.about) && same(|option| option.default) {
        true => first.about.to_owned(),
        false => all.iter().map(|(table, option)| words(table, option)).collect::<Vec<_>>().join("; "),
    };
    if same(|option| option.default) {
        help += &format!(" [default: {}]", first.default);
    }
    let partners = with(table);
    let heading = match partners.as_slice() {
        [] => format!("Options of {}", table.name),
        partners => format!("Options of {}: with {}", table.name, partners.join(", ")),
    };
    let arg = Arg::new(name).long(dashed(name)).help(help).help_heading(heading);
    let mut known: Vec<&'static str> = Vec::new();
    for word in all.iter().flat_map(|(_, option)| option.words()) {
        if !known.contains(&word) {
            known.push(word);
        }
    }
    match first.kind {
        Kind::Flag => arg
            .value_name("BOOL")
            .num_args(0..=1)
            .default_missing_value("true")
            .value_parser(PossibleValuesParser::new(["true", "false"])),
        Kind::Word(_) => arg.value_name("WORD").value_parser(PossibleValuesParser::new(known)),
        Kind::Number => arg.value_name("X").allow_negative_numbers(true).value_parser(checked(all)),
        Kind::Integer => arg.value_name("N").allow_negative_numbers(true).value_parser(checked(all)),
        Kind::Text => arg.value_name("TEXT").value_parser(checked(all)),
    }
}

/// Accepts what one of the options can read: what is out of range the library refuses, with the reason.
fn checked(all: &[(&'static Table, &'static OptionSpec)]) -> ValueParser {
    let all = all.to_vec();
    ValueParser::from(move |text: &str| {
        let problem = |(_, option): &(&Table, &OptionSpec)| (option.check)(&text.into()).err();
        match all.iter().map(problem).collect::<Option<Vec<String>>>() {
            Some(problems) => Err(format!("expected {}", problems.join(", or "))),
            None => Ok(text.to_owned()),
        }
    })
}

/// A value as its option's type has it; what is left open, lists and words are text.
fn value(kind: Kind, text: &str) -> Value {
    match kind {
        Kind::Number => text.parse().map_or_else(|_| text.into(), Value::Number),
        Kind::Integer => text.parse().map_or_else(|_| text.into(), Value::Integer),
        Kind::Flag | Kind::Text | Kind::Word(_) => text.into(),
    }
}

/// What the options of a table go with: training data of a format, or a method; nothing for those that go with all.
fn with(table: &Table) -> Vec<String> {
    let formats = |formats: &[&str]| formats.iter().map(|format| format!("--{format}")).collect();
    match table.name {
        "network" | "select" => formats(&SAMPLES),
        "what-if" => vec!["--method influence".into()],
        name if FORMATS.contains(&name) => formats(&[name]),
        name if methods().iter().any(|method| method.name == name) => vec![format!("--method {name}")],
        _ => Vec::new(),
    }
}

/// What a flag goes with; one list for each table that has it.
fn partners(flag: &str) -> Vec<Vec<String>> {
    match flag {
        "leverage" | "inputs" | "plan" => vec![vec!["--method influence".into()]],
        "checkpoint-every" => vec![vec!["--triples".into()]],
        "reference-data" => vec![SAMPLES.iter().map(|format| format!("--{format}")).collect()],
        name => session::tables().filter(|table| table.get(name).is_some()).map(with).collect(),
    }
}

impl Line {
    /// Reads the arguments of the program, the first of which is its name.
    pub fn read<I, S>(arguments: I) -> Result<Self, clap::Error>
    where
        I: IntoIterator<Item = S>,
        S: Into<OsString> + Clone,
    {
        let mut matches = definition().try_get_matches_from(arguments)?;
        let Some((command, matches)) = matches.remove_subcommand() else {
            return Err(definition().error(ErrorKind::MissingSubcommand, "name a command"));
        };
        let mut line = Self { command, matches, options: Options::new() };
        for name in line.given() {
            let option = session::tables().find_map(|table| table.get(&name));
            if let (Some(option), Some(text)) = (option, line.text(&name)) {
                let value = value(option.kind, text);
                line.options.set(&name, value);
            }
        }
        if let Some(format) = line.format() {
            line.check(&format!("--{format}"))?;
        }
        if let Some(method) = line.text("method") {
            line.check(&format!("--method {method}"))?;
        }
        Ok(line)
    }

    /// The names of everything that was typed.
    fn given(&self) -> Vec<String> {
        let typed = |name: &&str| self.matches.value_source(name) == Some(ValueSource::CommandLine);
        self.matches.ids().map(clap::Id::as_str).filter(typed).map(str::to_owned).collect()
    }

    /// Refuses flags that do not go with something that was chosen: `--table`, or `--method influence`.
    pub fn check(&self, chosen: &str) -> Result<(), clap::Error> {
        let kind = |partner: &str| partner.starts_with("--method ");
        for name in self.given() {
            let all = partners(&name);
            let alike = |of: &Vec<String>| -> Vec<String> {
                of.iter().filter(|partner| kind(partner) == kind(chosen)).cloned().collect()
            };
            let mut alike: Vec<Vec<String>> = all.iter().map(alike).collect();
            if alike.iter().any(|partners| partners.is_empty() || partners.iter().any(|partner| partner == chosen)) {
                continue;
            }
            let mut partners: Vec<String> = alike.drain(..).flatten().collect();
            partners.dedup();
            if !partners.is_empty() {
                let problem = format!("--{} goes with {}, not with {chosen}", dashed(&name), partners.join(", "));
                return Err(self.wrong(problem));
            }
        }
        Ok(())
    }

    pub fn wrong(&self, problem: String) -> clap::Error {
        let mut all = definition();
        all.build();
        match all.find_subcommand_mut(&self.command) {
            Some(command) => command.error(ErrorKind::ArgumentConflict, problem),
            None => all.error(ErrorKind::ArgumentConflict, problem),
        }
    }

    /// The format of the training data.
    pub fn format(&self) -> Option<&'static str> {
        FORMATS.into_iter().find(|format| self.has(format))
    }

    /// Whether a flag was typed.
    pub fn has(&self, name: &str) -> bool {
        // Not every command has every flag.
        self.matches.try_contains_id(name).unwrap_or(false)
            && self.matches.value_source(name) == Some(ValueSource::CommandLine)
    }

    /// The value of a flag that has text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.matches.try_get_one::<String>(name).ok().flatten().map(String::as_str)
    }

    /// The value that an option of a table has: what was typed, or its default.
    pub fn in_force(&self, table: &Table, name: &str) -> Option<String> {
        Some(self.text(name).unwrap_or(table.get(name)?.default).to_owned())
    }

    /// The value of a flag that has a number.
    pub fn number(&self, name: &str) -> Option<usize> {
        self.matches.try_get_one(name).ok().flatten().copied()
    }

    /// The one path of a flag that is required.
    pub fn path(&self, name: &str) -> PathBuf {
        self.list(name).unwrap_or_default().pop().unwrap_or_default()
    }

    /// The values of a flag that has several.
    pub fn list<T: Clone + Send + Sync + 'static>(&self, name: &str) -> Option<Vec<T>> {
        let found = self.matches.try_get_many::<T>(name).ok().flatten()?;
        Some(found.cloned().collect())
    }
}

/// The message of an error with the flags of this program for the names of options.
pub(super) fn with_flags(error: &Error) -> String {
    with_flag_names(&error.to_string())
}

/// A message with the flags of this program for the names of options.
pub(super) fn with_flag_names(message: &str) -> String {
    const OPTION: &str = "the option ";
    let mut parts = message.split(OPTION);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let bare = part.trim_start_matches('"');
        let end = bare.find(|c: char| !c.is_ascii_lowercase() && c != '_' && !c.is_ascii_digit()).unwrap_or(bare.len());
        match session::check_option(&bare[..end]) {
            Ok(()) => text += &format!("--{}{}", dashed(&bare[..end]), bare[end..].trim_start_matches('"')),
            Err(_) => text += &format!("{OPTION}{part}"),
        }
    }
    text
}

/// `5=spam`: a row and what it gets.
fn assignment(text: &str) -> Result<(u64, String), String> {
    let refuse = || format!("{text:?} is no change: expected a row, = and what it gets, such as 5=spam");
    let (row, value) = text.split_once('=').ok_or_else(refuse)?;
    Ok((row.trim().parse().map_err(|_| refuse())?, value.trim().to_owned()))
}

/// `4=0.5`: a row and its weight.
fn weight(text: &str) -> Result<(u64, f64), String> {
    let (row, value) = assignment(text)?;
    let weight = value.parse().map_err(|_| format!("{value:?} is no weight: expected a number, such as 0.5"))?;
    Ok((row, weight))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Line, String> {
        Line::read(line.split_whitespace()).map_err(|error| error.to_string())
    }

    #[test]
    fn the_definition_is_sound() {
        definition().debug_assert();
    }

    #[test]
    fn an_option_is_there_under_its_name_alone() {
        let line =
            read("ascribe train --table t --out r --model mlp --learning-rate -1 --refine --intercept false").unwrap();
        let given: Vec<(&str, String)> = line.options.iter().map(|(name, value)| (name, value.to_string())).collect();
        assert_eq!(
            given,
            [("intercept", "\"false\"".into()), ("learning_rate", "-1".into()), ("refine", "\"true\"".into())]
        );
        assert!(read("ascribe train --triples d --out r").unwrap().options.is_empty());
    }

    #[test]
    fn changes_are_read() {
        assert_eq!(assignment("5=a=b").unwrap(), (5, "a=b".to_owned()));
        assert_eq!(weight("4=0.5").unwrap(), (4, 0.5));
        assert!(assignment("spam").is_err() && assignment("x=1").is_err() && weight("1=x").is_err());
    }

    #[test]
    fn messages_name_flags() {
        let error = Error::argument("the option \"learning_rate\"", 0, "a positive number");
        assert_eq!(with_flags(&error), "--learning-rate is 0, expected a positive number");
        let error =
            Error::argument("the classes", 3, "two: take them with the option classes, or the option of another");
        let expected = "the classes is 3, expected two: take them with --classes, or the option of another";
        assert_eq!(with_flags(&error), expected);
    }
}
