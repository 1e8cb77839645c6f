//! The shared library exports what the header declares and nothing else, under the name that programs record.
#![allow(clippy::unwrap_used)]

use crate::native;

use std::collections::BTreeSet;
use std::process::Command;

use native::{SONAME, functions, have, header, library, run};

#[test]
fn exported_names_are_those_of_the_header() {
    if !have("nm") {
        return;
    }
    let output = run(Command::new("nm").args(["-D", "--defined-only"]).arg(library()));
    let text = String::from_utf8(output.stdout).unwrap();
    let exported: BTreeSet<&str> = text.lines().filter_map(|line| line.split_whitespace().last()).collect();
    let functions = functions(&header());
    let declared: BTreeSet<&str> = functions.iter().map(|function| function.name.as_str()).collect();
    let only =
        |one: &BTreeSet<&str>, other: &BTreeSet<&str>| one.difference(other).copied().collect::<Vec<_>>().join(", ");
    assert_eq!(declared.len(), functions.len(), "a function is declared twice");
    assert_eq!(only(&exported, &declared), "", "exported, but not in the header");
    assert_eq!(only(&declared, &exported), "", "in the header, but not exported");
    assert!(exported.iter().all(|name| name.starts_with("ascribe_")));
}

#[test]
fn programs_record_the_name_with_the_interface_number() {
    // The library of the tests has none: `make symbols` looks at what is shipped.
    if std::env::var_os("ASCRIBE_LIBRARY").is_none() || !have("readelf") {
        return;
    }
    let output = run(Command::new("readelf").args(["-d", "-W"]).arg(library()));
    let text = String::from_utf8(output.stdout).unwrap();
    let soname = text.lines().find(|line| line.contains("(SONAME)")).expect("the library has a soname");
    assert!(soname.contains(&format!("[{SONAME}]")), "{soname}");
}
