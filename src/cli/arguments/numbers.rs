//! Sizes in bytes, and changes of rows as they are typed.

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

    #[test]
    fn sizes_are_read() {
        let sizes = ["7", "2k", "1.5M", "2G"].map(|text| bytes(text).unwrap());
        assert_eq!(sizes, [7, 2048, 3 << 19, 2 << 30]);
        for text in ["", "G", "2X", "-1", "0", "nan", "1e300", "2é"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn changes_are_read() {
        assert_eq!(assignment("5=a=b").unwrap(), (5, "a=b".to_owned()));
        assert_eq!(weight("4=0.5").unwrap(), (4, 0.5));
        assert!(assignment("spam").is_err() && assignment("x=1").is_err() && weight("1=x").is_err());
    }
}
