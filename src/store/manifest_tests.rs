use super::*;
use serde_json::json;

fn entry(stem: &str) -> Entry {
    Entry::new(stem, &Summed::new(io::sink()))
}

fn manifest() -> Manifest {
    let content = json!({"z": 0.1, "a": [1, -0.0, 1e300, u64::MAX, "ö\n"]});
    Manifest::new("run", vec![entry("model"), entry("data")], content)
}

fn decode(bytes: &[u8]) -> Result<Manifest> {
    Manifest::decode(bytes, Path::new("r/run.json"), "run")
}

/// What is said of a manifest that was changed by `change` and sealed again.
fn told(change: impl FnOnce(&mut Manifest)) -> String {
    let mut manifest = manifest();
    change(&mut manifest);
    manifest.crc32 = manifest.checksum();
    decode(&manifest.encode().unwrap()).unwrap_err().to_string()
}

#[test]
fn it_reads_what_it_wrote() {
    let bytes = manifest().encode().unwrap();
    assert_eq!(decode(&bytes).unwrap(), manifest());
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.starts_with("{\n  \"format\": \"ascribe run\",\n  \"version\": 2,\n"), "{text}");
    assert!(text.find("\"a\": [").unwrap() < text.find("\"z\": 0.1").unwrap(), "{text}");
    assert!(manifest().names("data-00000000.safetensors"));
    assert!(!manifest().names("data"));
}

#[test]
fn layout_does_not_matter_and_content_does() {
    let text = String::from_utf8(manifest().encode().unwrap()).unwrap();
    let flat: String = text.split('\n').map(str::trim).collect();
    assert_eq!(decode(flat.as_bytes()).unwrap(), manifest());
    for (from, to) in [("\"z\": 0.1", "\"z\": 0.2"), ("\"bytes\": 0", "\"bytes\": 1")] {
        let error = decode(text.replacen(from, to, 1).as_bytes()).unwrap_err();
        assert!(error.to_string().starts_with("r/run.json: the file is damaged or was edited: "), "{error}");
        assert!(error.to_string().ends_with("; restore it from a copy or write the run again"), "{error}");
    }
}

#[test]
fn bytes_that_are_no_manifest_are_told() {
    let told = |bytes: &[u8]| decode(bytes).unwrap_err().to_string();
    let bytes = manifest().encode().unwrap();
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
    let bytes = manifest().encode().unwrap();
    let error = Manifest::decode(&bytes, Path::new("r/run.json"), "index").unwrap_err();
    assert_eq!(
        error.to_string(),
        "r/run.json: the format is \"ascribe run\", expected \"ascribe index\"; name the \
         index folder that was written"
    );
}

#[test]
fn other_versions_are_told() {
    for (version, hint) in [(0, "write the run again with"), (3, "use a newer build")] {
        // Nothing else of another version is known.
        let text = format!("{{\"format\": \"ascribe run\", \"version\": {version}, \"x\": 1}}");
        let error = decode(text.as_bytes()).unwrap_err();
        assert!(matches!(error, Error::Version { .. }), "{error}");
        let start = format!("r/run.json has format version {version}, this build reads version 1 to 2; {hint}");
        assert!(error.to_string().starts_with(&start), "{error}");
    }
}

#[test]
fn names_cannot_leave_the_folder() {
    for name in ["../x-00000000.safetensors", "/etc/passwd", "a\\b", ".."] {
        let told = told(|m| m.files[0].file = name.into());
        assert!(told.contains(&format!("the file {name:?} is outside the folder")), "{told}");
    }
    let told_of_stem = told(|m| {
        m.files[0].stem = "../x".into();
        m.files[0].file = "../x-00000000.safetensors".into();
    });
    assert!(told_of_stem.contains("outside the folder"));
    // Not outside, but not a data file either: a commit would delete it later.
    let other = told(|m| m.files[0].file = "notes.txt".into());
    assert!(other.contains("is not named after its stem"), "{other}");
    let empty = told(|m| {
        m.files[0].crc32 = String::new();
        m.files[0].file = "model-.safetensors".into();
    });
    assert!(empty.contains("is not named after its stem"), "{empty}");
}

#[test]
fn what_no_commit_writes_is_told() {
    assert!(told(|m| m.content = json!([])).contains("the content is not a JSON object"));
    assert!(told(|m| m.files.push(entry("data"))).contains("the stem \"data\" occurs twice"));
}

#[test]
fn what_is_not_a_folder_of_ours_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let told = |path: &Path| read(path, "run").unwrap_err().to_string();
    let absent = folder.path().join("absent");
    let error = read(&absent, "run").unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error}");
    assert!(error.to_string().contains("absent: "), "{error}");
    assert!(error.to_string().ends_with("check the path"), "{error}");
    assert!(told(folder.path()).contains("this is not a run folder: it holds no file run.json"));
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    assert!(told(&file).contains("this is not a folder; name the run folder"));
}
