//! The manifest: what it says of a commit, and what is told of one that no commit wrote.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use ascribe::Error;
use ascribe::store::{Contents, VERSION, commit, open, read_manifest};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::seal;
use crate::store::{entry, manifest, names};

const FILE: &str = "run.json";

fn content() -> Value {
    json!({"z": 0.1, "a": [1, -0.0, 1e300, u64::MAX, "ö\n"]})
}

/// A folder with a commit of two files, what was committed, and the text of the manifest.
fn committed() -> (TempDir, Contents, String) {
    let folder = tempfile::tempdir().unwrap();
    let files = ["model", "data"].map(|stem| (stem.to_owned(), vec![]));
    let contents = Contents { manifest: content(), files: files.to_vec() };
    commit(folder.path(), "run", &contents).unwrap();
    let text = fs::read_to_string(folder.path().join(FILE)).unwrap();
    (folder, contents, text)
}

/// What is said of the manifest of a folder, which is called `r`.
fn refused(folder: &Path, kind: &str) -> (Error, String) {
    let error = read_manifest(folder, kind).unwrap_err();
    let text = error.to_string().replace(folder.to_str().unwrap(), "r");
    (error, text)
}

/// What is said of a manifest of these bytes.
fn decoded(bytes: &[u8]) -> (Error, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(FILE), bytes).unwrap();
    refused(folder.path(), "run")
}

/// What is said of a manifest that was changed by `change` and sealed again.
fn told(change: impl FnOnce(&mut Value)) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut manifest = manifest("run", &[entry("model", b""), entry("data", b"")], content());
    seal(folder.path(), manifest.clone());
    assert_eq!(read_manifest(folder.path(), "run").unwrap(), (VERSION, content()));
    change(&mut manifest);
    seal(folder.path(), manifest);
    refused(folder.path(), "run").1
}

#[test]
fn it_reads_what_it_wrote() {
    let (folder, contents, text) = committed();
    assert_eq!(read_manifest(folder.path(), "run").unwrap(), (VERSION, content()));
    assert_eq!(open(folder.path(), "run").unwrap(), contents);
    assert!(text.starts_with("{\n  \"format\": \"ascribe run\",\n  \"version\": 2,\n"), "{text}");
    assert!(text.find("\"a\": [").unwrap() < text.find("\"z\": 0.1").unwrap(), "{text}");
    // Files go by their whole names.
    let named = serde_json::from_str::<Value>(&text).unwrap()["files"].as_array().unwrap().clone();
    let mut named: Vec<String> = named.iter().map(|entry| entry["file"].as_str().unwrap().to_owned()).collect();
    named.sort();
    assert_eq!(named, names(folder.path())[1..3]);
    assert!(named[0].starts_with("data-") && named[1].starts_with("model-"), "{named:?}");
}

#[test]
fn layout_does_not_matter_and_content_does() {
    let (folder, contents, text) = committed();
    let flat: String = text.split('\n').map(str::trim).collect();
    fs::write(folder.path().join(FILE), flat).unwrap();
    assert_eq!(open(folder.path(), "run").unwrap(), contents);
    assert_eq!(text.matches("\"bytes\": ").count(), 2);
    for (from, to) in [("\"z\": 0.1", "\"z\": 0.2"), ("\"bytes\": ", "\"bytes\": 1")] {
        assert!(text.contains(from));
        let (_, error) = decoded(text.replacen(from, to, 1).as_bytes());
        assert!(error.starts_with("r/run.json: the file is damaged or was edited: "), "{error}");
        assert!(error.ends_with("; restore it from a copy or write the run again"), "{error}");
    }
}

#[test]
fn bytes_that_are_no_manifest_are_told() {
    let told = |bytes: &[u8]| decoded(bytes).1;
    let bytes = committed().2.into_bytes();
    assert!(told(&bytes[..bytes.len() / 2]).contains("the file is cut short in line "));
    assert!(told(b"").contains("cut short"));
    assert!(told(b"{]").contains("the file is not JSON: "));
    assert!(told(b"\xff\xfe").contains("the file is not JSON: "));
    assert!(told(b"7").contains("there is no format, expected \"ascribe run\""));
    assert!(told(b"{\"format\": 3}").contains("there is no format"));
    assert!(told(b"{\"format\": \"ascribe run\"}").contains("there is no version number"));
    assert!(told(br#"{"format": "ascribe run", "version": 1}"#).contains("the manifest is malformed"));
    let deep = "[".repeat(100_000);
    assert!(told(deep.as_bytes()).contains("the file is not JSON: recursion limit"));
}

#[test]
fn another_kind_is_told() {
    let (folder, _, _) = committed();
    assert_eq!(
        refused(folder.path(), "index").1,
        "r/run.json: the format is \"ascribe run\", expected \"ascribe index\"; name the \
         index folder that was written"
    );
}

#[test]
fn other_versions_are_told() {
    for (version, hint) in [(0, "write the run again with"), (3, "use a newer build")] {
        // Nothing else of another version is known.
        let text = format!("{{\"format\": \"ascribe run\", \"version\": {version}, \"x\": 1}}");
        let (error, told) = decoded(text.as_bytes());
        assert!(matches!(error, Error::Version { .. }), "{error}");
        let start = format!("r/run.json has format version {version}, this build reads version 1 to 2; {hint}");
        assert!(told.starts_with(&start), "{told}");
    }
}

#[test]
fn names_cannot_leave_the_folder() {
    for name in ["../x-00000000.safetensors", "/etc/passwd", "a\\b", ".."] {
        let told = told(|m| m["files"][0]["file"] = name.into());
        assert!(told.contains(&format!("the file {name:?} is outside the folder")), "{told}");
    }
    let told_of_stem = told(|m| {
        m["files"][0]["stem"] = "../x".into();
        m["files"][0]["file"] = "../x-00000000.safetensors".into();
    });
    assert!(told_of_stem.contains("outside the folder"));
    // Not outside, but not a data file either: a commit would delete it later.
    let other = told(|m| m["files"][0]["file"] = "notes.txt".into());
    assert!(other.contains("is not named after its stem"), "{other}");
    let empty = told(|m| {
        m["files"][0]["crc32"] = "".into();
        m["files"][0]["file"] = "model-.safetensors".into();
    });
    assert!(empty.contains("is not named after its stem"), "{empty}");
}

#[test]
fn what_no_commit_writes_is_told() {
    assert!(told(|m| m["content"] = json!([])).contains("the content is not a JSON object"));
    assert!(
        told(|m| m["files"].as_array_mut().unwrap().push(entry("data", b"")))
            .contains("the stem \"data\" occurs twice")
    );
}

#[test]
fn what_is_not_a_folder_of_ours_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let told = |path: &Path| read_manifest(path, "run").unwrap_err().to_string();
    let absent = folder.path().join("absent");
    let error = read_manifest(&absent, "run").unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error}");
    assert!(error.to_string().contains("absent: "), "{error}");
    assert!(error.to_string().ends_with("check the path"), "{error}");
    assert!(told(folder.path()).contains("this is not a run folder: it holds no file run.json"));
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    assert!(told(&file).contains("this is not a folder; name the run folder"));
}
