//! What can be typed: a flag for every option, and what does not go together.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::process::{Command, Output};

use crate::rows::{self, object, refused, said, temporary};

fn ascribe(words: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    Command::new(env!("CARGO_BIN_EXE_ascribe")).args(words).current_dir(folder.path()).output().unwrap()
}

/// What is said of a line that is typed wrongly; nothing of one that is not.
fn wrong(line: &str) -> Option<String> {
    let output = ascribe(&line.split(' ').collect::<Vec<_>>());
    let error = String::from_utf8(output.stderr).unwrap();
    (output.status.code() == Some(2)).then_some(error)
}

#[test]
fn every_option_of_every_table_is_a_flag_of_a_command() {
    let help = |command| String::from_utf8(ascribe(&[command, "--help"]).stdout).unwrap();
    let all = ["train", "explain", "whatif", "verify", "info", "demo", "options"].map(help).concat();
    let lines = all.lines().map(str::trim_start).filter(|line| line.starts_with('-'));
    let flags: Vec<&str> = lines.filter_map(|line| line.split(' ').find_map(|word| word.strip_prefix("--"))).collect();
    for table in ascribe::session::tables().filter(|table| !["attack", "custom"].contains(&table.name)) {
        // Queries are named in other ways.
        for name in table.names().filter(|name| *name != "queries") {
            assert!(flags.contains(&name.replace('_', "-").as_str()), "{} of {}", name, table.name);
        }
    }
}

#[test]
fn what_does_not_go_together_is_refused_with_what_does() {
    for (line, expected) in [
        ("train --triples d --out r --label y", "--label goes with --table, --messages, not with --triples"),
        ("train --triples d --out r --l2 1", "--l2 goes with --table, --images, --npy, --messages, not with --triples"),
        ("train --table d --out r --dimension 3", "--dimension goes with --triples, not with --table"),
        (
            "explain r --query a,b,? --method rollback --damping 1",
            "--damping goes with --method influence, not with --method rollback",
        ),
        (
            "explain r --test f --method influence --scope all",
            "--scope goes with --method rollback, not with --method influence",
        ),
        ("explain r --self --method graddot --plan", "--plan goes with --method influence, not with --method graddot"),
    ] {
        let error = wrong(line).unwrap();
        let usage = format!("Usage: ascribe {}", line.split(' ').next().unwrap());
        assert!(error.contains(expected) && error.contains(&usage), "{line}: {error}");
    }
    for line in ["--without 1 --scores s.csv", "--without 1 --plan", "--plan --scores s.npy"] {
        let error = wrong(&format!("explain r --query a,b,? {line}")).unwrap();
        assert!(error.contains("cannot be used with"), "{line}: {error}");
    }
    // What they name is not there, but they are read.
    for line in [
        "explain r --self --method graddot --parameters weights",
        "train --triples d --out r --seed 3 --precision f32 --loss bce",
    ] {
        assert_eq!(wrong(line), None, "{line}");
    }
}

/// Whatever is wrong with a line, the usage that is shown is that of its command.
#[test]
fn the_usage_is_that_of_the_command() {
    let help = String::from_utf8(ascribe(&["--help"]).stdout).unwrap();
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // What a command does may go on in a further line.
    let listed = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let commands: Vec<String> = listed
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .filter(|name| name != "help")
        .collect();
    assert!(commands.len() >= 7, "{help}");
    let mut shown = 0;
    for command in &commands {
        for rest in [
            "",
            "--no-such-flag",
            "a b c d",
            "r --method graddot --damping 1 --self",
            "r --threads",
            "--json --query a,b,?",
        ] {
            let line = format!("{command} {rest}");
            let Some(error) = wrong(line.trim_end()) else { continue };
            for usage in error.lines().filter(|line| line.starts_with("Usage: ")) {
                shown += 1;
                assert!(usage.starts_with(&format!("Usage: ascribe {command}")), "{line}: {error}");
            }
            assert!(error.starts_with("error: "), "{line}: {error}");
        }
    }
    assert!(shown >= 2 * commands.len(), "{shown}");
    for line in ["no-such-command", "--threads 2"] {
        assert!(wrong(line).unwrap().contains("Usage: ascribe [OPTIONS] <COMMAND>"), "{line}");
    }
}

#[test]
fn wrong_usage_has_its_own_exit_code() {
    let folder = temporary();
    for line in [
        "train --table IRIS --label target --out R",
        "train --table IRIS --label target --model distmult --out R",
        "train --table IRIS --label target --model softmax --triples x --out R",
        "train --table IRIS --label target --model softmax --dimension 3 --out R",
        "train --table IRIS --label target --model mlp --layers what --out R",
        "train --table IRIS --label target --model softmax --precision f16 --out R",
        "train --table IRIS --label target --model softmax --intercept no --out R",
        "train --messages m --exclude target --model softmax --out R",
        "train --table IRIS --model softmax --words 10 --out R",
        "train --table IRIS --model softmax --checkpoint-every 2 --out R",
        "train --triples x --model softmax --out R",
        "train --triples x --l2 0.1 --out R",
        "train --triples x --reference-data --out R",
        "explain R --test IRIS --solver qr",
        "explain R --test IRIS --self",
        "explain R --test IRIS --memory lots",
        "explain R --test IRIS --method trak",
        "explain R --query a,b,? --method rollback --solver cg",
        "explain R --test IRIS --method influence --scope all",
        "explain R --test IRIS --method gradcos --damping 0.1",
        "explain R --test IRIS --method graddot --leverage",
        "explain R --test IRIS --without 3",
        "whatif R --test IRIS",
        "whatif R --query a,b,? --remove 3 --method rollback --until newton",
        "explain R --self --test-rows 3",
        "explain R --self --functional margin",
        "explain R --test IRIS --target x",
        "whatif R --remove 3 --test-rows 3",
        "whatif R --test IRIS --relabel spam",
    ] {
        let output = rows::ascribe(folder.path(), line);
        let error = String::from_utf8(output.stderr.clone()).unwrap();
        assert_eq!(output.status.code(), Some(2), "{line}: {output:?}");
        assert!(output.stdout.is_empty() && error.starts_with("error: "), "{line}: {output:?}");
        // The usage shown is that of the command.
        let usage = error.lines().find(|line| line.starts_with("Usage: "));
        let own = format!("Usage: ascribe {} ", line.split(' ').next().unwrap());
        assert!(usage.is_none_or(|usage| usage.starts_with(&own)), "{line}: {error}");
    }
    // Which model has an option, the data may have to say; nothing is written all the same.
    for (line, expected) in [
        (
            "train --table IRIS --model softmax --hidden 3 --out R",
            "--hidden is given for the model softmax, expected one of mlp",
        ),
        ("train --table IRIS --model mlp --epochs 0 --out R", "--epochs is 0, expected 1 or more, or auto"),
        ("train --table IRIS --model mlp --hidden 3 --layers relu --out R", "--hidden is given beside layers"),
        ("train --table IRIS --model softmax --patience 2 --out R", "leave patience out"),
        ("train --table IRIS --model softmax --l2 -1 --out R", "--l2 is -1, expected zero or a positive number"),
    ] {
        refused(folder.path(), line, &[expected]);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn options_are_listed_as_their_tables_have_them() {
    let folder = temporary();
    let folder = folder.path();
    let all = object(folder, "options");
    for name in all["options"].as_array().unwrap() {
        let name = name.as_str().unwrap();
        let table = object(folder, &format!("options {name}"));
        assert_eq!(table["options"]["table"], name);
        let shown = said(folder, &format!("options {name}"));
        for option in table["options"]["options"].as_array().unwrap() {
            assert!(shown.contains(option["name"].as_str().unwrap()), "{name}: {option}");
        }
    }
    // Help wraps, groups flags and has examples.
    for command in ["train", "explain", "whatif", "verify"] {
        let help = said(folder, &format!("{command} --help"));
        assert!(help.contains("Examples:") && help.contains("Options of "), "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 150), "{help}");
    }
}

#[test]
fn files_that_cannot_be_written_are_refused_before_the_work() {
    let folder = temporary();
    let folder = folder.path();
    object(folder, "train --table IRIS --model softmax --out R");
    for question in ["--test IRIS", "--self"] {
        // The damping would be refused first if the work had begun.
        let line = format!("explain R {question} --damping -1 --scores");
        refused(folder, &format!("{line} no/s.npy"), &["cannot write no/s.npy"]);
        refused(folder, &format!("{line} s.csv"), &["--damping"]);
    }
    assert!(!folder.join("s.csv").exists() && !folder.join("s.csv.part").exists());
}
