//! `ascribe options`: what can be chosen.

use crate::session::{describe_options, table, tables};

use super::arguments::Line;
use super::{Outcome, output};

pub(super) fn options(line: &Line) -> Outcome {
    let name = line.text("table");
    if line.has("json") {
        let described = describe_options(name)?;
        return Ok(output::json(&serde_json::json!({ "command": "options", "options": described }))?);
    }
    let Some(name) = name else {
        let rows: Vec<_> = tables().map(|table| vec![table.name.to_owned(), table.about.to_owned()]).collect();
        return Ok(output::table(&["table", "what it is of"], &rows));
    };
    let table = table(name)?;
    let mut text = format!("{}: {}\n", table.name, table.about);
    for option in table.options {
        let words = option.words();
        let kind = if words.is_empty() { option.kind.name().to_owned() } else { words.join(", ") };
        let range = if option.range.is_empty() { String::new() } else { format!(", {}", option.range) };
        text += &format!("\n{} ({kind}{range}; default {})\n  {}\n", option.name, option.default, option.about);
    }
    Ok(text)
}
