//! What can be typed: a flag for every option, and what does not go together.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)]

use std::process::{Command, Output};

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
