//! Parquet files: what another writer made is read as the same table in text, and what cannot be read is refused.
//!
//! The files are made by parquet/make.py.

use std::fs;

use crate::dialects::{load, rows, samples, summary};

fn file(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/data/parquet/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

const OPTIONS: [&str; 3] = ["missing=fill", "dates=expand", "label=grade"];

#[test]
fn tables_are_those_that_are_written_as_text() {
    let text = load(&file("table.csv"), &OPTIONS).unwrap();
    assert_eq!((text.len(), text.feature_names().len()), (60, 25));
    for name in ["snappy", "zstd", "gzip", "none", "index"] {
        let data = load(&file(&format!("{name}.parquet")), &OPTIONS).unwrap();
        assert_eq!(data.feature_names(), text.feature_names(), "{name}");
        assert_eq!(rows(&data), rows(&text), "{name}");
        assert_eq!(samples(&data).targets, samples(&text).targets, "{name}");
        let (found, expected) = (summary(&data), summary(&text));
        assert_eq!((&found.filled, &found.categorical), (&expected.filled, &expected.categorical), "{name}");
        assert!(found.sentences().iter().all(|sentence| !sentence.contains("separator")), "{name}");
    }
    let index = load(&file("index.parquet"), &OPTIONS).unwrap();
    let left_out = "left out \"__index_level_0__\", where data frames keep the numbers of their rows".to_owned();
    assert_eq!(summary(&index).warnings, [left_out]);
}

#[test]
fn the_options_of_tables_mean_the_same() {
    let plain = load(&file("snappy.parquet"), &OPTIONS).unwrap();
    // How numbers are written in text does not matter, and the options that do are obeyed.
    let comma = load(&file("snappy.parquet"), &[&OPTIONS[..], &["decimal=comma", "header=false"]].concat()).unwrap();
    assert_eq!(rows(&comma), rows(&plain));
    let options = ["missing=drop", "label=price", "columns=single,double", "index_column=true"];
    let (found, expected) = (load(&file("zstd.parquet"), &options), load(&file("table.csv"), &options));
    let (found, expected) = (found.unwrap(), expected.unwrap());
    assert_eq!(rows(&found), rows(&expected));
    assert_eq!(samples(&found).targets, samples(&expected).targets);
    assert_eq!(summary(&found).dropped, summary(&expected).dropped);
    let options = ["exclude=day,nanoseconds,milliseconds,color", "label=grade"];
    let error = load(&file("snappy.parquet"), &options).unwrap_err();
    assert!(error.starts_with("t.csv: row 3, column \"double\": "), "{error}");
    let error = load(&file("snappy.parquet"), &["label=grades"]).unwrap_err();
    assert!(error.starts_with("t.csv: there is no column \"grades\"; did you mean \"grade\""), "{error}");
    let error = load(&file("snappy.parquet"), &["missing=fill", "label=grade"]).unwrap_err();
    assert!(error.contains("t.csv: row 0, column \"day\""), "{error}");
}

#[test]
fn what_cannot_be_read_is_refused() {
    let error = load(&file("lists.parquet"), &[]).unwrap_err();
    assert!(error.starts_with("t.csv: columns that hold lists or structures: \"a\""), "{error}");
    let error = load(&file("empty.parquet"), &[]).unwrap_err();
    assert!(error.starts_with("t.csv: there are no rows"), "{error}");
    let error = load(&file("lz4.parquet"), &OPTIONS).unwrap_err();
    assert!(
        error.contains("compressed with lz4, ") && error.contains("compressed with snappy, gzip or zstd"),
        "{error}"
    );
    // Cut off or changed anywhere: an error, or a table of other values, and no panic that gets out.
    let whole = file("snappy.parquet");
    for end in (4..whole.len()).step_by(97) {
        let error = load(&whole[..end], &OPTIONS).unwrap_err();
        assert!(error.starts_with("t.csv: the Parquet file cannot be read: "), "{end}: {error}");
    }
    for place in (4..whole.len()).step_by(31) {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x55;
        if let Err(error) = load(&bytes, &OPTIONS) {
            assert!(error.starts_with("t.csv: "), "{place}: {error}");
        }
    }
}
