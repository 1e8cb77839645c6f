//! Commits: what is written is read, the old one stays or the new one comes, and what is of others stays.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use ascribe::Error;
use ascribe::store::{Contents, NamedArray, commit, open};
use serde_json::{Value, json};

use crate::store::names;

fn contents(manifest: Value, files: &[(&str, f32)]) -> Contents {
    let files = files.iter().map(|(stem, value)| {
        let arrays = [("a", vec![*value; 2]), ("b", vec![-value])]
            .map(|(name, values)| NamedArray::new(name, vec![values.len()], values).unwrap());
        (stem.to_string(), arrays.to_vec())
    });
    Contents { manifest, files: files.collect() }
}

/// The files of `folder` with their bytes, hidden ones apart.
fn listing(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.path()))
        .filter(|(name, _)| !name.starts_with('.'))
        .map(|(name, path)| (name, fs::read(path).unwrap_or_default()))
        .collect();
    files.sort();
    files
}

#[test]
fn what_is_committed_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("runs/first");
    let contents = contents(json!({"loss": 0.1}), &[("model", 1.5), ("data", -0.0)]);
    commit(&folder, "run", &contents).unwrap();
    assert_eq!(open(&folder, "run").unwrap(), contents);
    let names = names(&folder);
    assert_eq!(names.len(), 4);
    assert_eq!(names[0], ".ascribe.lock");
    assert!(names[1].starts_with("data-") && names[1].ends_with(".safetensors"));
    let crc32 = format!("{:08x}", crc32fast::hash(&fs::read(folder.join(&names[1])).unwrap()));
    assert_eq!(names[1], format!("data-{crc32}.safetensors"));
    assert_eq!(names[3], "run.json");
}

#[test]
fn the_bytes_are_the_same_each_time() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = contents(json!({"b": 1, "a": 2}), &[("model", 1.5)]);
    commit(one.path(), "run", &first).unwrap();
    commit(two.path(), "run", &contents(json!({}), &[("model", 9.0)])).unwrap();
    let mut second = contents(json!({"a": 2, "b": 1}), &[("model", 1.5)]);
    second.files[0].1.reverse();
    commit(two.path(), "run", &second).unwrap();
    assert_eq!(listing(one.path()), listing(two.path()));
}

#[test]
fn the_previous_commit_goes_and_what_is_not_ours_stays() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    commit(folder, "run", &contents(json!({}), &[("model", 1.0), ("data", 2.0)])).unwrap();
    let first = names(folder);
    let (data, model) = (&first[1], &first[2]);
    // Damage must not keep the file from being recognized as the previous commit's.
    fs::write(folder.join(model), "x").unwrap();
    fs::write(folder.join("notes.txt"), "keep").unwrap();
    fs::write(folder.join(".ascribe-1-2.tmp"), "half").unwrap();
    let second = contents(json!({}), &[("model", 3.0), ("data", 2.0)]);
    commit(folder, "run", &second).unwrap();
    let now = names(folder);
    assert_eq!(now.len(), 5, "{now:?}");
    assert!(now.contains(data) && !now.contains(model), "{now:?}");
    assert!(now.contains(&"notes.txt".to_string()), "{now:?}");
    assert_eq!(open(folder, "run").unwrap(), second);
}

#[test]
fn committing_again_mends_a_damaged_file() {
    let folder = tempfile::tempdir().unwrap();
    let contents = contents(json!({}), &[("model", 1.0)]);
    commit(folder.path(), "run", &contents).unwrap();
    let model = folder.path().join(&names(folder.path())[1]);
    fs::write(model, "x").unwrap();
    open(folder.path(), "run").unwrap_err();
    commit(folder.path(), "run", &contents).unwrap();
    assert_eq!(open(folder.path(), "run").unwrap(), contents);
}

#[test]
fn a_folder_of_others_is_left_untouched() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thesis.tex"), "x").unwrap();
    let error = commit(folder.path(), "run", &contents(json!({}), &[])).unwrap_err();
    assert!(error.to_string().contains("thesis.tex"), "{error}");
    assert_eq!(names(folder.path()), ["thesis.tex"]);
}

#[test]
fn a_commit_of_another_kind_is_left_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let run = contents(json!({}), &[("model", 1.0)]);
    commit(folder.path(), "run", &run).unwrap();
    let before = listing(folder.path());
    commit(folder.path(), "index", &run).unwrap_err();
    assert_eq!(listing(folder.path()), before);
}

#[test]
fn a_failed_commit_leaves_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let old = contents(json!({}), &[("model", 1.0), ("data", 2.0)]);
    commit(folder.path(), "run", &old).unwrap();
    // A folder where the last file is to go stops the commit when the others are in place.
    let new = contents(json!({}), &[("data", 2.0), ("other", 3.0), ("model", 4.0)]);
    let elsewhere = tempfile::tempdir().unwrap();
    commit(elsewhere.path(), "run", &new).unwrap();
    let model = names(elsewhere.path()).remove(2);
    assert!(model.starts_with("model-"));
    fs::create_dir(folder.path().join(&model)).unwrap();
    let before = names(folder.path());
    let error = commit(folder.path(), "run", &new).unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error}");
    assert!(error.to_string().contains(&model), "{error}");
    assert_eq!(names(folder.path()), before);
    assert_eq!(open(folder.path(), "run").unwrap(), old);
    fs::remove_dir(folder.path().join(&model)).unwrap();
    commit(folder.path(), "run", &new).unwrap();
    assert_eq!(open(folder.path(), "run").unwrap(), new);
}

#[test]
fn a_manifest_that_would_not_read_back_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let deep = (0..200).fold(json!(1), |inner, _| json!([inner]));
    let error = commit(folder.path(), "run", &contents(json!({"a": deep}), &[])).unwrap_err();
    assert!(error.to_string().starts_with("the manifest is"), "{error}");
    assert_eq!(names(folder.path()), [".ascribe.lock"]);
    let shallow = (0..99).fold(json!(1), |inner, _| json!([inner]));
    commit(folder.path(), "run", &contents(json!({"a": shallow}), &[])).unwrap();
}

#[test]
fn bad_contents_create_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let twice = contents(json!({}), &[("model", 1.0), ("model", 2.0)]);
    commit(&out, "run", &twice).unwrap_err();
    commit(&out, "", &contents(json!({}), &[])).unwrap_err();
    assert!(!out.exists());
}

#[test]
fn commits_at_once_do_not_mix() {
    let folder = tempfile::tempdir().unwrap();
    let path = &folder.path().join("run");
    let made = |n: u8| contents(json!({ "n": n }), &[("model", n.into()), ("same", 7.0)]);
    std::thread::scope(|scope| {
        for n in 0..4 {
            scope.spawn(move || {
                for _ in 0..10 {
                    commit(path, "run", &made(n)).unwrap();
                    let found = open(path, "run").unwrap();
                    let n = found.manifest["n"].as_u64().unwrap();
                    assert_eq!(found, made(n as u8));
                }
            });
        }
    });
    assert_eq!(names(path).len(), 4);
}

#[test]
fn a_reader_beside_a_writer_sees_whole_commits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let made = |n: u16| contents(json!({ "n": n }), &[("model", n.into()), ("data", n.into())]);
    commit(path, "run", &made(0)).unwrap();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| (1..300).for_each(|n| commit(path, "run", &made(n)).unwrap()));
        while !writer.is_finished() {
            let found = open(path, "run").unwrap();
            let n = found.manifest["n"].as_u64().unwrap();
            assert_eq!(found, made(n as u16));
        }
    });
}
