//! All options there are, and what is refused of those that a caller gives.

use serde_json::{Value, json};

use crate::attribution::METHODS;
use crate::attribution::influence::{AttackOptions, WhatIfTable};
use crate::data::{FORMATS, SelectOptions};
use crate::error::{Error, Result, one_of};
use crate::models::custom::CustomOptions;
use crate::models::network::NetworkOptions;
use crate::models::triples::TripleOptions;
use crate::options::{Options, Table};

use super::trainer::TrainingOptions;

const OTHERS: [&Table; 7] = [
    &SelectOptions::TABLE,
    &TripleOptions::TABLE,
    &NetworkOptions::TABLE,
    &CustomOptions::TABLE,
    &TrainingOptions::TABLE,
    &WhatIfTable::TABLE,
    &AttackOptions::TABLE,
];

/// Every table of options: of reading data, of models, of training, of the methods, of what they can be asked.
pub fn tables() -> impl Iterator<Item = &'static Table> {
    let (before, after) = OTHERS.split_at(OTHERS.len() - 2);
    let read = FORMATS.iter().map(|format| format.table);
    read.chain(before.iter().copied()).chain(METHODS.iter().map(|method| method.table)).chain(after.iter().copied())
}

/// A table by its name.
///
/// # Errors
/// [`Error::Argument`] when there is none.
pub fn table(name: &str) -> Result<&'static Table> {
    tables()
        .find(|table| table.name == name)
        .ok_or_else(|| one_of("the table of options", name, tables().map(|t| t.name)))
}

/// A table of options as JSON, or the names of all tables.
///
/// # Errors
/// [`Error::Argument`] for a table that is not there.
pub fn describe_options(name: Option<&str>) -> Result<Value> {
    match name {
        Some(name) => Ok(table(name)?.describe()),
        None => Ok(json!(tables().map(|table| table.name).collect::<Vec<_>>())),
    }
}

/// Refuses the name of an option that no table has.
///
/// # Errors
/// [`Error::Argument`] with the nearest names.
pub fn check_option(name: &str) -> Result<()> {
    if tables().any(|table| table.get(name).is_some()) {
        return Ok(());
    }
    let mut names: Vec<&str> = tables().flat_map(Table::names).collect();
    names.sort_unstable();
    names.dedup();
    Err(one_of("the option", name, names.into_iter()))
}

/// Refuses options that none of the tables has: they are told where else they belong, or what is nearly the same.
///
/// # Errors
/// [`Error::Argument`] for the first of them.
pub(crate) fn accept(options: &Options, allowed: &[&Table], by: &str) -> Result<()> {
    let has = |table: &Table, name: &str| table.get(name).is_some();
    for (name, _) in options.iter() {
        if allowed.iter().any(|table| has(table, name)) {
            continue;
        }
        let elsewhere: Vec<&str> = tables().filter(|table| has(table, name)).map(|table| table.name).collect();
        if elsewhere.is_empty() {
            return Err(one_of("the option", name, allowed.iter().flat_map(|table| table.names())));
        }
        let names: Vec<&str> = allowed.iter().flat_map(|table| table.names()).collect();
        let own = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        let found = format!("one of {}, given to {by}", elsewhere.join(", "));
        return Err(Error::argument(format!("the option {name:?}"), found, format!("those of {by}: {own}")));
    }
    Ok(())
}
