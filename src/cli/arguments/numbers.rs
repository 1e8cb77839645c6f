//! Lists of rows, sizes in bytes, and changes of rows as they are typed.

use crate::data::Samples;
use crate::error::{Error, Result as Checked};
use crate::run::dense::place_of;

/// Rows of a file as typed: `5`, or `10-19` with both ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Rows {
    first: u64,
    last: u64,
}

impl std::str::FromStr for Rows {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refuse = |_| format!("{text:?} is no row: expected a number from 0, or two with - between them");
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let (first, last) = (first.trim().parse().map_err(refuse)?, last.trim().parse().map_err(refuse)?);
        if first > last {
            return Err(format!("{text:?} ends before it begins"));
        }
        Ok(Self { first, last })
    }
}

impl Rows {
    /// The places of rows in data, in the order typed; a row that is typed twice comes once. Of a range, rows that the
    /// data does not have and those of the `passed` places, ascending, are passed over, as long as one is left.
    ///
    /// # Errors
    /// [`Error::Argument`] for a row, or a whole range, that is not there.
    pub fn places(rows: &[Self], data: &Samples, passed: &[usize], what: &str) -> Checked<Vec<usize>> {
        let mut chosen = vec![false; data.len()];
        let mut places = Vec::new();
        for Self { first, last } in rows {
            let found: Vec<usize> = match first == last {
                true => vec![place_of(data, *first, what)?],
                false => {
                    let asked = |place: &usize| (*first..=*last).contains(&data.rows[*place]);
                    (0..data.len()).filter(|place| asked(place) && passed.binary_search(place).is_err()).collect()
                }
            };
            if found.is_empty() {
                return Err(Error::argument(what, format!("{first}-{last}"), "a range that holds a row there is"));
            }
            for place in found {
                if !std::mem::replace(&mut chosen[place], true) {
                    places.push(place);
                }
            }
        }
        Ok(places)
    }
}

/// How many of the `passed` places, which [`Rows::places`] passes over, lie in the ranges typed.
pub(in crate::cli) fn passed_over(rows: &[Rows], data: &Samples, passed: &[usize]) -> usize {
    let asked = |place: &&usize| rows.iter().any(|rows| (rows.first..=rows.last).contains(&data.rows[**place]));
    passed.iter().filter(asked).count()
}

/// `2G`, `512M`, `64K` or a number of bytes.
pub(super) fn bytes(text: &str) -> Result<usize, String> {
    let refuse = || format!("{text:?} is no size: expected a number of bytes, or one with K, M, G or T behind it");
    let (number, unit) = match text.char_indices().next_back() {
        Some((at, letter)) if letter.is_ascii_alphabetic() => (&text[..at], letter.to_ascii_uppercase()),
        _ => (text, 'B'),
    };
    let power = "BKMGT".find(unit).ok_or_else(refuse)?;
    let number: f64 = number.trim().parse().map_err(|_| refuse())?;
    let size = number * 1024f64.powi(power as i32);
    if size >= 1.0 && size <= (usize::MAX / 2) as f64 { Ok(size as usize) } else { Err(refuse()) }
}

/// `5=spam`: a row and what it gets.
pub(super) fn assignment(text: &str) -> Result<(u64, String), String> {
    let refuse = || format!("{text:?} is no change: expected a row, = and what it gets, such as 5=spam");
    let (row, value) = text.split_once('=').ok_or_else(refuse)?;
    Ok((row.trim().parse().map_err(|_| refuse())?, value.trim().to_owned()))
}

/// `4=0.5`: a row and its weight.
pub(super) fn weight(text: &str) -> Result<(u64, f64), String> {
    let (row, value) = assignment(text)?;
    let weight = value.parse().map_err(|_| format!("{value:?} is no weight: expected a number, such as 0.5"))?;
    Ok((row, weight))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Targets;
    use crate::tensor::Array;

    #[test]
    fn sizes_are_read() {
        let sizes = ["7", "2k", "1.5M", "2G"].map(|text| bytes(text).unwrap());
        assert_eq!(sizes, [7, 2048, 3 << 19, 2 << 30]);
        for text in ["", "G", "2X", "-1", "0", "nan", "1e300", "2é"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn rows_keep_their_order_and_come_once() {
        let mut data = Samples::new(Array::zeros(&[4, 1]), Targets::None).unwrap();
        data.rows = vec![2, 3, 5, 9];
        let places = |text: &str| {
            let rows: Vec<Rows> = text.split(',').map(|rows| rows.parse().unwrap()).collect();
            Rows::places(&rows, &data, &[], "a row")
        };
        assert_eq!(places("9,2-5,3").unwrap(), [3, 0, 1, 2]);
        assert!(
            places("4").unwrap_err().to_string().contains("a row is 4, expected one of the 4 rows between 2 and 9")
        );
        assert!(places("6-8").is_err());
        let range = ["2-9".parse().unwrap()];
        assert_eq!(Rows::places(&range, &data, &[1, 3], "a row").unwrap(), [0, 2]);
        for text in ["", "x", "3-1", "-1", "1-"] {
            assert!(text.parse::<Rows>().is_err(), "{text}");
        }
    }

    #[test]
    fn changes_are_read() {
        assert_eq!(assignment("5=a=b").unwrap(), (5, "a=b".to_owned()));
        assert_eq!(weight("4=0.5").unwrap(), (4, 0.5));
        assert!(assignment("spam").is_err() && assignment("x=1").is_err() && weight("1=x").is_err());
    }
}
