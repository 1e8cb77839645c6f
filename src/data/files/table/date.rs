//! Cells that are dates, with or without a time of day.

use super::{Dates, Table};
use crate::error::{Error, Result, shown};

/// Which of two numbers before a year is the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Order {
    DayFirst,
    MonthFirst,
}

/// A number that a date has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Part {
    Year,
    Month,
    Day,
    /// From 1 for Monday to 7 for Sunday.
    Weekday,
    /// The time of day in hours.
    Hour,
}

/// The parts, with what features are called by them.
pub(super) const PARTS: [(Part, &str); 5] = [
    (Part::Year, "year"),
    (Part::Month, "month"),
    (Part::Day, "day"),
    (Part::Weekday, "weekday"),
    (Part::Hour, "hour"),
];

/// A day as it is written: `2024-02-29`, or with the year at the end.
struct Written {
    year: u32,
    /// Month and day, or two numbers of which one is the day.
    others: [u32; 2],
    year_first: bool,
    sign: char,
}

impl Written {
    fn parse(cell: &str) -> Option<Self> {
        let day = cell.split(['T', ' ']).next().unwrap_or_default();
        ['-', '/', '.'].into_iter().find_map(|sign| {
            let parts: Vec<&str> = day.split(sign).collect();
            let [a, b, c] = parts[..] else { return None };
            let part = |text: &str, width: std::ops::RangeInclusive<usize>, most: u32| {
                let digits = width.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
                text.parse().ok().filter(|value| digits && (1..=most).contains(value))
            };
            let (year, short) = (4..=4, 1..=2);
            if let (Some(year), Some(month), Some(day)) =
                (part(a, year.clone(), 9999), part(b, short.clone(), 12), part(c, short.clone(), 31))
            {
                return Some(Self { year, others: [month, day], year_first: true, sign });
            }
            let (a, b, year) = (part(a, short.clone(), 31)?, part(b, short, 31)?, part(c, year, 9999)?);
            (a <= 12 || b <= 12).then_some(Self { year, others: [a, b], year_first: false, sign })
        })
    }
}

/// Whether a cell is a date, with or without a time: `2024-02-29`, `29.02.2024`, `2/29/2024`.
pub(super) fn is_date(cell: &str) -> bool {
    Written::parse(cell).is_some()
}

/// The order of the dates of a column: that which was named, or the only one in which all of them are dates.
pub(super) fn order(table: &Table, column: usize, rows: &[usize], dates: Dates) -> Result<Order> {
    match dates {
        Dates::DayFirst => return Ok(Order::DayFirst),
        Dates::MonthFirst => return Ok(Order::MonthFirst),
        Dates::Expand | Dates::Refuse => {}
    }
    let written = rows.iter().filter_map(|row| Some((*row, Written::parse(table.at(*row, column))?)));
    let open: Vec<(usize, Written)> = written.filter(|(_, date)| !date.year_first).collect();
    if open.iter().any(|(_, date)| date.others[0] > 12) {
        return Ok(Order::DayFirst);
    }
    if open.iter().any(|(_, date)| date.others[1] > 12) {
        return Ok(Order::MonthFirst);
    }
    match open.iter().find(|(_, date)| date.sign != '.' && date.others[0] != date.others[1]) {
        None => Ok(Order::DayFirst),
        Some((row, _)) => {
            let problem = format!("{} may begin with the day or with the month", shown(table.at(*row, column)));
            let hint = "say which (the option dates day-first, the option dates month-first)";
            Err(table.refuse(*row, column, &problem, hint))
        }
    }
}

/// A number of the date in a cell.
pub(super) fn part(table: &Table, row: usize, column: usize, part: Part, order: Order) -> Result<f64> {
    let cell = table.at(row, column);
    let parsed = || -> Option<f64> {
        let Written { year, others: [a, b], year_first, .. } = Written::parse(cell)?;
        let (month, day) = if year_first || order == Order::MonthFirst { (a, b) } else { (b, a) };
        let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
        let days = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        if day > *days.get(month as usize - 1)? {
            return None;
        }
        let hours = hours(cell)?;
        Some(match part {
            Part::Year => year.into(),
            Part::Month => month.into(),
            Part::Day => day.into(),
            Part::Weekday => weekday(year, days[..month as usize - 1].iter().sum::<u32>() + day).into(),
            Part::Hour => hours,
        })
    };
    parsed().ok_or_else(|| refuse(table, row, column))
}

fn refuse(table: &Table, row: usize, column: usize) -> Error {
    let problem = format!("{} is no date like those of its column", shown(table.at(row, column)));
    let hint = "write it as 2024-02-29 or 2024-02-29T13:45:00, say whether days come first (the option dates), list it as a word \
                for a missing value (the option missing_words), or leave the column out (the option exclude)";
    table.refuse(row, column, &problem, hint)
}

/// The day of the week of a day of a year, counted from one.
fn weekday(year: u32, day: u32) -> u32 {
    // January 1 of the year 1 of the Gregorian calendar is a Monday.
    let before = year - 1;
    let days = before * 365 + before / 4 - before / 100 + before / 400 + day - 1;
    days % 7 + 1
}

/// Whether there is a time of day in a cell.
pub(super) fn has_time(cell: &str) -> bool {
    cell.contains(':')
}

/// The time of day in hours: zero where there is none, nothing where it cannot be read. What zone it is in does not matter:
/// it is the time as written.
fn hours(cell: &str) -> Option<f64> {
    let Some((_, time)) = cell.split_once(['T', ' ']) else { return Some(0.0) };
    let time = time.trim();
    let upper = time.to_ascii_uppercase();
    let (clock, half) = match (upper.strip_suffix("AM"), upper.strip_suffix("PM")) {
        (Some(clock), _) => (clock.trim_end(), Some(0.0)),
        (_, Some(clock)) => (clock.trim_end(), Some(12.0)),
        _ => (upper.as_str(), None),
    };
    let end = clock.find(['Z', '+', '-', ' ']).unwrap_or(clock.len());
    let (clock, zone) = clock.split_at(end);
    if !zone.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-: ".contains(&byte)) {
        return None;
    }
    let parts: Vec<&str> = clock.split(':').collect();
    let ([_, _] | [_, _, _]) = parts[..] else { return None };
    let number = |text: &&str| {
        let digits =
            text.starts_with(|c: char| c.is_ascii_digit()) && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        text.parse::<f64>().ok().filter(|_| digits)
    };
    let parts = parts.iter().map(number).collect::<Option<Vec<f64>>>()?;
    let (hour, minute, second) = (parts[0], parts[1], parts.get(2).copied().unwrap_or(0.0));
    let hour = match half {
        Some(add) if (1.0..=12.0).contains(&hour) => hour % 12.0 + add,
        Some(_) => return None,
        None => hour,
    };
    (hour < 24.0 && minute < 60.0 && second < 61.0).then_some(hour + minute / 60.0 + second / 3600.0)
}
