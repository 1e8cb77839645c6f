//! What is shown: JSON, tables, numbers, progress, and what went wrong.

use std::io::{ErrorKind, IsTerminal, Write};
use std::ops::ControlFlow;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::error::{Error, Result};
use crate::session::Monitor;

use super::arguments::with_flags;

/// Writes the whole answer to standard output.
pub(super) fn print(answer: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(answer.as_bytes()).and_then(|()| out.flush()) {
        // Whoever read it has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(Error::io("write", "standard output")),
    }
}

/// Writes one line to standard error, with what is left of the work; when that is closed too there is nobody left to hear.
pub(super) fn complain(error: &Error, left: &str) {
    let between = if left.is_empty() { "" } else { "; " };
    let _ = writeln!(std::io::stderr().lock(), "ascribe: error: {}", plain(&(with_flags(error) + between + left)));
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

pub(super) fn json(object: &impl Serialize) -> Result<String> {
    let text = serde_json::to_string_pretty(object)
        .map_err(|error| Error::argument("the result", error, "values that JSON can hold"))?;
    Ok(text + "\n")
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

pub(super) fn or_unknown(value: Option<f64>) -> String {
    value.map_or_else(|| "unknown".into(), number)
}

pub(super) fn change(change: f64, value: f64) -> String {
    match change {
        change if change < 0.0 => format!("is predicted to fall by {} to {}", number(-change), number(value)),
        change if change > 0.0 => format!("is predicted to rise by {} to {}", number(change), number(value)),
        0.0 => "is predicted to stay as it is".into(),
        _ => "cannot be predicted".into(),
    }
}

/// A table under its headings; columns of which the heading begins with `>` are set to the right.
pub(super) fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let length = |text: &str| text.chars().count();
    let titles: Vec<String> = headings.iter().map(|heading| heading.trim_start_matches('>').to_owned()).collect();
    let lines: Vec<&Vec<String>> = std::iter::once(&titles).chain(rows).collect();
    let mut widths = vec![0; headings.len()];
    for line in &lines {
        widths.iter_mut().zip(line.iter()).for_each(|(width, cell)| *width = length(cell).max(*width));
    }
    let mut text = String::new();
    for line in lines {
        let mut out = String::new();
        for ((heading, width), cell) in headings.iter().zip(&widths).zip(line) {
            let gap = " ".repeat(width - length(cell));
            let (before, after) = if heading.starts_with('>') { (gap, String::new()) } else { (String::new(), gap) };
            out += &format!("  {before}{cell}{after}");
        }
        text += out.trim_end();
        text.push('\n');
    }
    text
}

/// What is going on and for how long, on standard error if that is a terminal.
#[derive(Debug)]
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// Shows that something was begun.
    pub fn new(what: &'static str) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let target = if terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target).with_prefix(what);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix} {msg} [{elapsed}]") {
            bar.set_style(style);
        }
        if terminal {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        Self(bar)
    }

    /// Says what is done now.
    pub fn at(&self, what: String) {
        self.0.set_prefix(what);
        self.0.set_message("");
    }

    /// A monitor that shows here how far a call has come.
    pub fn monitor(&self) -> Monitor {
        let bar = self.0.clone();
        Monitor::none().with_listener(move |now| {
            let of = now.total.map(|total| format!(" of {total}")).unwrap_or_default();
            let value = if now.value.is_nan() { String::new() } else { format!(", at {}", number(now.value)) };
            bar.set_message(format!("({} {}{of}{value})", now.phase.to_string_lossy(), now.done));
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
        assert_eq!(change(-0.25, 0.5), "is predicted to fall by 0.250 to 0.500");
        assert_eq!(change(f64::NAN, 0.5), "cannot be predicted");
    }

    #[test]
    fn tables_are_aligned_by_characters() {
        let rows = [["7", "Åland x", "a"], ["12", "b", "c"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(table(&[">id", "fact", "x"], &rows), "  id  fact     x\n   7  Åland x  a\n  12  b        c\n");
    }

    #[test]
    fn control_characters_are_written_out() {
        assert_eq!(plain("a\u{1b}[2J\nb é"), "a\\u{1b}[2J\\nb é");
    }
}
