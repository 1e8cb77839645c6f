//! Opening: every byte is verified, and what is wrong is told with a hint.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;

use ascribe::Error;
use ascribe::store::{Contents, NamedArray, VERSION, commit, open, read_manifest};
use serde_json::json;
use tempfile::TempDir;

use crate::store::{self, data_file, vouch};

/// A folder with one data file, and that file.
fn committed() -> (TempDir, PathBuf) {
    store::committed(&[NamedArray::new("weights", vec![2, 2], vec![1f32, f32::NAN, -0.0, 1e-45]).unwrap()])
}

fn told(folder: &TempDir) -> String {
    let error = open(folder.path(), "run").unwrap_err();
    assert!(matches!(error, Error::Format { .. }), "{error}");
    let text = error.to_string();
    let hint = "; restore it from a copy or write the run again";
    assert!(text.ends_with(hint), "{text}");
    text
}

#[test]
fn the_manifest_alone_needs_no_data() {
    let (folder, file) = committed();
    fs::remove_file(file).unwrap();
    let manifest = read_manifest(folder.path(), "run").unwrap();
    assert_eq!(manifest, (VERSION, json!({"steps": 3})));
    read_manifest(folder.path(), "index").unwrap_err();
}

#[test]
fn arrays_come_in_the_order_of_their_names() {
    let folder = tempfile::tempdir().unwrap();
    // By name and by type the orders differ, and the files are in no order.
    let arrays = vec![
        NamedArray::new("b", vec![1], vec![1f64]).unwrap(),
        NamedArray::new("c", vec![1], vec![1u32]).unwrap(),
        NamedArray::new("a", vec![1], vec![1f32]).unwrap(),
    ];
    let contents = Contents { manifest: json!({}), files: vec![("z".into(), arrays), ("y".into(), vec![])] };
    commit(folder.path(), "run", &contents).unwrap();
    let found = open(folder.path(), "run").unwrap();
    let names: Vec<_> = found.files[0].1.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(found.files[1].0, "y");
}

#[test]
fn a_missing_file_is_told() {
    let (folder, file) = committed();
    fs::remove_file(&file).unwrap();
    let text = told(&folder);
    let start = format!("{}: the file is missing, run.json names it", file.display());
    assert!(text.starts_with(&start), "{text}");
}

#[test]
fn another_length_is_told() {
    let (folder, file) = committed();
    let mut bytes = fs::read(&file).unwrap();
    let length = bytes.len();
    bytes.push(0);
    fs::write(&file, &bytes).unwrap();
    let text = told(&folder);
    let found = format!("too long: found {} bytes, expected {length}", length + 1);
    assert!(text.contains(&found), "{text}");
    fs::write(&file, &bytes[..10]).unwrap();
    let text = told(&folder);
    let found = format!("cut short: found 10 bytes, expected {length}");
    assert!(text.contains(&found), "{text}");
}

#[test]
fn damage_is_told_as_such_in_header_and_data() {
    let (folder, file) = committed();
    let bytes = fs::read(&file).unwrap();
    for at in [0, 7, 9, bytes.len() - 1] {
        let mut bytes = bytes.clone();
        bytes[at] ^= 4;
        fs::write(&file, bytes).unwrap();
        let text = told(&folder);
        assert!(text.contains("the file is damaged: its crc32 is "), "{text}");
    }
}

#[test]
fn a_malformed_header_is_told_although_the_checksum_fits() {
    let (folder, file) = committed();
    fs::remove_file(file).unwrap();
    vouch(folder.path(), "run", b"\x05\0\0\0\0\0\0\0{]");
    let text = told(&folder);
    assert!(text.contains("the header is longer than the file"), "{text}");
}

#[test]
fn an_unexpected_type_is_told() {
    let (folder, file) = committed();
    let header = r#"{"__metadata__":{"ascribe":"run 2"},"a":{"dtype":"I64","shape":[0],"data_offsets":[0,0]}}"#;
    fs::remove_file(file).unwrap();
    vouch(folder.path(), "run", &data_file(header, b""));
    let text = told(&folder);
    assert!(text.contains("array \"a\" has dtype I64, expected F32, F64, U32 or U8"), "{text}");
}

#[test]
fn a_folder_in_place_of_a_file_is_told() {
    let (folder, file) = committed();
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert!(told(&folder).contains("this is not a file"));
}
