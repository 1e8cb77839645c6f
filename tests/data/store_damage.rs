//! Whatever happens to the bytes of a folder, it is an error or what was committed.

use ascribe::store::{Contents, NamedArray, Values, commit, open};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|e| e != "lock"))
        .collect();
    paths.sort();
    paths
}

/// Opens `folder` after `what` happened to `file`.
fn verify(folder: &Path, file: &Path, expected: &Contents, what: &str) {
    let file = file.file_name().expect("a file name").to_string_lossy();
    match open(folder, "run") {
        // White space in the manifest may change; nothing in a data file may.
        Ok(found) => {
            assert_eq!(found, *expected, "{what} of {file} went unnoticed");
            assert_eq!(file, "run.json", "{what} of {file} was accepted");
        }
        Err(error) => assert!(error.to_string().contains("; "), "no hint in {error}"),
    }
}

fn small() -> Contents {
    let arrays = vec![
        NamedArray::new("a", vec![2], vec![1f32, 2.0]),
        NamedArray::new("b", vec![1, 1], vec![f64::NAN]),
        NamedArray::new("c", vec![0], Vec::<u32>::new()),
    ];
    Contents {
        manifest: json!({"name": "x\u{e9}", "loss": 0.25, "steps": [1, 20], "done": true, "n": null}),
        files: vec![
            ("model".into(), arrays.into_iter().collect::<Result<_, _>>().expect("valid arrays")),
            ("data".into(), vec![]),
        ],
    }
}

#[test]
fn a_flip_in_every_byte_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    commit(folder.path(), "run", &small()).unwrap();
    let committed = open(folder.path(), "run").unwrap();
    for file in files(folder.path()) {
        let bytes = fs::read(&file).unwrap();
        for at in 0..bytes.len() {
            // Digits become others, and letters change case.
            for bit in [0, 2, 5] {
                let mut bytes = bytes.clone();
                bytes[at] ^= 1 << bit;
                fs::write(&file, bytes).unwrap();
                verify(folder.path(), &file, &committed, &format!("bit {bit} of byte {at}"));
            }
        }
        fs::write(&file, bytes).unwrap();
    }
    assert_eq!(open(folder.path(), "run").unwrap(), committed);
}

#[test]
fn every_truncation_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    commit(folder.path(), "run", &small()).unwrap();
    let committed = open(folder.path(), "run").unwrap();
    for file in files(folder.path()) {
        let bytes = fs::read(&file).unwrap();
        for length in 0..bytes.len() {
            fs::write(&file, &bytes[..length]).unwrap();
            verify(folder.path(), &file, &committed, &format!("truncation to {length}"));
        }
        fs::write(&file, bytes).unwrap();
    }
}

fn values() -> impl Strategy<Value = Values> {
    // Bits rather than numbers, so that every NaN occurs.
    prop_oneof![
        prop::collection::vec(any::<u32>().prop_map(f32::from_bits), 0..20).prop_map(Values::F32),
        prop::collection::vec(any::<u64>().prop_map(f64::from_bits), 0..20).prop_map(Values::F64),
        prop::collection::vec(any::<u32>(), 0..20).prop_map(Values::U32),
        prop::collection::vec(any::<u8>(), 0..20).prop_map(Values::U8),
    ]
}

fn manifest() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..4).prop_map(|map| map.into_iter().collect()),
        ]
    });
    prop::collection::btree_map(any::<String>(), value, 0..4).prop_map(|map| map.into_iter().collect())
}

fn contents() -> impl Strategy<Value = Contents> {
    let arrays = prop::collection::btree_map(".+", values(), 0..4).prop_map(|arrays| {
        let arrays = arrays.into_iter();
        let arrays = arrays.map(|(name, values)| NamedArray::new(name, vec![values.len()], values));
        arrays.collect::<Result<Vec<_>, _>>().expect("valid arrays")
    });
    let files = prop::collection::btree_map("[a-z0-9_-]{1,8}", arrays, 0..3);
    (manifest(), files).prop_map(|(manifest, files)| Contents { manifest, files: files.into_iter().collect() })
}

#[derive(Debug, Clone)]
enum Damage {
    Flip(u8),
    Cut,
    Insert(Vec<u8>),
    Remove(usize),
    Overwrite(Vec<u8>),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        (1u8..).prop_map(Damage::Flip),
        Just(Damage::Cut),
        prop::collection::vec(any::<u8>(), 1..5).prop_map(Damage::Insert),
        (1usize..40).prop_map(Damage::Remove),
        prop::collection::vec(any::<u8>(), 1..9).prop_map(Damage::Overwrite),
    ]
}

fn damaged(mut bytes: Vec<u8>, at: usize, damage: &Damage) -> Vec<u8> {
    match damage {
        Damage::Flip(bits) => bytes[at] ^= bits,
        Damage::Cut => bytes.truncate(at),
        Damage::Insert(new) => drop(bytes.splice(at..at, new.iter().copied())),
        Damage::Remove(count) => drop(bytes.drain(at..(at + count).min(bytes.len()))),
        Damage::Overwrite(new) => {
            let end = (at + new.len()).min(bytes.len());
            drop(bytes.splice(at..end, new.iter().copied()));
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_damage_is_noticed(
        contents in contents(),
        damages in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), damage()), 20),
    ) {
        let folder = tempfile::tempdir().unwrap();
        commit(folder.path(), "run", &contents).unwrap();
        prop_assert_eq!(&open(folder.path(), "run").unwrap(), &contents);
        let files = files(folder.path());
        for (file, at, damage) in damages {
            let file = file.get(&files);
            let bytes = fs::read(file).unwrap();
            let new = damaged(bytes.clone(), at.index(bytes.len()), &damage);
            if new != bytes {
                fs::write(file, new).unwrap();
                verify(folder.path(), file, &contents, &format!("{damage:?}"));
                fs::write(file, bytes).unwrap();
            }
        }
    }
}
