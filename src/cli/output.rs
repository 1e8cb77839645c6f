//! What is shown: JSON, tables, numbers, progress, and what went wrong.

use std::io::{ErrorKind, IsTerminal, Write};
use std::ops::ControlFlow;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::data::{Triple, TripleSet};
use crate::engine::Monitor;
use crate::error::{Error, Result};
use crate::models::triples::FunctionalKind;

/// Writes the whole answer to standard output.
pub(super) fn print(answer: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(answer.as_bytes()).and_then(|()| out.flush()) {
        // Whoever read it has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(Error::io("write", "standard output")),
    }
}

/// Writes one line to standard error; when that is closed too there is nobody left to tell.
pub(super) fn complain(error: &Error) {
    let _ = writeln!(std::io::stderr().lock(), "ascribe: error: {}", plain(&error.to_string()));
}

/// The text with control characters written out: a name must not move the cursor, nor a path break the line.
pub(super) fn plain(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut line, c| {
        if c.is_control() {
            line.extend(c.escape_default())
        } else {
            line.push(c)
        }
        line
    })
}

/// One JSON object and a line end.
pub(super) fn json(object: &impl Serialize) -> Result<String> {
    let text = serde_json::to_string_pretty(object)
        .map_err(|error| Error::argument("the result", error, "values that JSON can hold"))?;
    Ok(text + "\n")
}

/// A training example as it is shown.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Fact {
    pub example: u32,
    #[serde(flatten)]
    pub triple: Names,
}

/// The names of a triple.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Names {
    pub head: String,
    pub relation: String,
    pub tail: String,
}

impl Names {
    pub fn of(data: &TripleSet, triple: Triple) -> Self {
        let entity = |id| data.entities.name(id).unwrap_or_default().to_owned();
        let relation = data.relations.name(triple.relation).unwrap_or_default().to_owned();
        Self { head: entity(triple.head), relation, tail: entity(triple.tail) }
    }
}

impl Fact {
    pub fn of(data: &TripleSet, example: u32) -> Result<Self> {
        let triple = data.train.get(example as usize).ok_or_else(|| {
            let expected = format!("an example below {}", data.train.len());
            Error::argument("a training example", example, expected)
        })?;
        Ok(Self { example, triple: Names::of(data, *triple) })
    }
}

impl std::fmt::Display for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&plain(&format!("{} {} {}", self.head, self.relation, self.tail)))
    }
}

/// A number for people: three decimals, more where that gives fewer than three digits, or a power of ten.
pub(super) fn number(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || (0.1..1e6).contains(&size) || !value.is_finite() {
        format!("{value:.3}")
    } else if (0.001..0.1).contains(&size) {
        format!("{value:.*}", if size < 0.01 { 5 } else { 4 })
    } else {
        format!("{value:.2e}")
    }
}

/// A change in words.
pub(super) fn change(change: f64, value: f64) -> String {
    match change {
        change if change < 0.0 => format!("falls by {} to {}", number(-change), number(value)),
        change if change > 0.0 => format!("rises by {} to {}", number(change), number(value)),
        0.0 => "stays as it is".into(),
        _ => "cannot be told".into(),
    }
}

/// What a functional is called in a sentence.
pub(super) fn noun(kind: FunctionalKind) -> &'static str {
    match kind {
        FunctionalKind::Probability => "the probability",
        FunctionalKind::LogProbability => "the log probability",
        FunctionalKind::Score => "the score",
    }
}

/// A table with a heading for each column; columns of which the heading begins with `>` are set to the right.
pub(super) fn table<const N: usize>(headings: [&str; N], rows: &[[String; N]]) -> String {
    let length = |text: &str| text.chars().count();
    let titles = headings.map(|heading| heading.trim_start_matches('>').to_owned());
    let lines: Vec<&[String; N]> = std::iter::once(&titles).chain(rows).collect();
    let mut text = String::new();
    for line in &lines {
        let mut out = String::new();
        for (column, cell) in line.iter().enumerate() {
            let width = lines.iter().map(|line| length(&line[column])).max().unwrap_or(0);
            let gap = " ".repeat(width - length(cell));
            out.push_str("  ");
            if headings[column].starts_with('>') {
                out.push_str(&gap);
                out.push_str(cell);
            } else {
                out.push_str(cell);
                out.push_str(&gap);
            }
        }
        text.push_str(out.trim_end());
        text.push('\n');
    }
    text
}

/// A bar on standard error, if that is a terminal.
#[derive(Debug)]
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub fn new(what: &'static str, length: usize) -> Self {
        let target = match std::io::stderr().is_terminal() {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(Some(length as u64), target).with_prefix(what);
        if let Ok(style) = ProgressStyle::with_template("{prefix} [{bar:30}] {pos}/{len} {msg}") {
            bar.set_style(style);
        }
        Self(bar)
    }

    pub fn set(&self, done: usize, message: String) {
        self.0.set_message(message);
        self.0.set_position(done as u64);
    }
}

impl Progress {
    /// A monitor of a training that shows its progress here.
    pub fn monitor(&self) -> Monitor {
        let bar = self.0.clone();
        Monitor::none().with_listener(move |now| {
            let what = if now.phase == c"minimizing" { "objective" } else { "loss" };
            bar.set_message(format!("{what} {}", number(now.value)));
            bar.set_position(now.done);
            ControlFlow::Continue(())
        })
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_what_matters() {
        let shown = [0.0, 0.6123, -0.0123, 0.00123, 0.00012, 1.5e7, f64::NAN].map(number);
        assert_eq!(shown, ["0.000", "0.612", "-0.0123", "0.00123", "1.20e-4", "1.50e7", "NaN"]);
        assert_eq!(change(-0.25, 0.5), "falls by 0.250 to 0.500");
        assert_eq!(change(f64::NAN, 0.5), "cannot be told");
    }

    #[test]
    fn tables_are_aligned_by_characters() {
        let rows = [["7".into(), "Åland x".into(), "a".into()], ["12".into(), "b".into(), "c".into()]];
        assert_eq!(table([">id", "fact", "x"], &rows), "  id  fact     x\n   7  Åland x  a\n  12  b        c\n");
    }

    #[test]
    fn control_characters_are_written_out() {
        assert_eq!(plain("a\u{1b}[2J\nb é"), "a\\u{1b}[2J\\nb é");
    }
}
