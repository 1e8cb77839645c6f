//! Which rows of a file are used.
#![allow(clippy::unwrap_used)]

use ascribe::data::{RowRange, Samples, Targets};
use ascribe::tensor::Array;

#[test]
fn rows_keep_their_order_and_come_once() {
    let mut data = Samples::new(Array::zeros(&[4, 1]), Targets::None).unwrap();
    data.rows = vec![2, 3, 5, 9];
    let places = |text: &str| {
        let rows: Vec<RowRange> = text.split(',').map(|rows| rows.parse().unwrap()).collect();
        RowRange::places(&rows, &data, &[], "a row")
    };
    assert_eq!(places("9,2-5,3").unwrap(), [3, 0, 1, 2]);
    assert!(places("4").unwrap_err().to_string().contains("a row is 4, expected one of the 4 rows between 2 and 9"));
    assert!(places("6-8").is_err());
    let range = ["2-9".parse().unwrap()];
    assert_eq!(RowRange::places(&range, &data, &[1, 3], "a row").unwrap(), [0, 2]);
    for text in ["", "x", "3-1", "-1", "1-"] {
        assert!(text.parse::<RowRange>().is_err(), "{text}");
    }
}
