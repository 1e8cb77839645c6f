use super::*;

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    fs::write(folder.join(name), bytes).unwrap();
}

fn marked(mark: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    tensors::encode(&[], mark, &mut bytes).unwrap();
    bytes
}

#[test]
fn folders_within_folders_are_created() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("a/b/c");
    create(&deep).unwrap();
    assert!(deep.is_dir());
    create(&deep).unwrap();
}

#[test]
fn the_path_in_the_way_is_named() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "file", b"x");
    let file = folder.path().join("file");
    for path in [file.clone(), file.join("a/b")] {
        let Err(Error::Io { path, source, .. }) = create(&path) else {
            panic!("created {}", path.display());
        };
        assert_eq!((path, source.kind()), (file.clone(), ErrorKind::NotADirectory));
    }
    let Err(Error::Io { path, .. }) = create(Path::new("")) else {
        panic!("created nothing");
    };
    assert_eq!(path, Path::new(""));
}

#[test]
fn a_folder_can_be_checked_without_being_touched() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for fine in [folder.to_path_buf(), folder.join("a/b")] {
        check(&fine, "run").unwrap();
    }
    assert_eq!(names(folder).unwrap(), [""; 0]);
    write(folder, "file", b"x");
    for wrong in [folder.to_path_buf(), folder.join("file"), folder.join("file/a/b")] {
        assert!(check(&wrong, "run").is_err(), "{}", wrong.display());
    }
    assert_eq!(names(folder).unwrap(), ["file"]);
}

#[test]
fn what_is_committed_can_be_removed_and_nothing_else() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("run");
    let contents = crate::store::Contents { manifest: serde_json::json!({}), files: vec![("model".into(), vec![])] };
    crate::store::commit(&folder, "run", &contents).unwrap();
    assert!(matches!(remove(&folder, "graph"), Err(Error::Format { .. })));
    write(&folder, "notes.txt", b"x");
    remove(&folder, "run").unwrap();
    assert_eq!(names(&folder).unwrap(), ["notes.txt"]);
    assert!(matches!(remove(&folder, "run"), Err(Error::Format { .. })));
    assert_eq!(names(&folder).unwrap(), ["notes.txt"]);
    fs::remove_file(folder.join("notes.txt")).unwrap();
    crate::store::commit(&folder, "run", &contents).unwrap();
    remove(&folder, "run").unwrap();
    assert!(!folder.exists());
}

#[test]
fn a_folder_of_others_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert_eq!(previous(folder, "run").unwrap(), None);
    write(folder, "thesis.tex", b"x");
    write(folder, "zebra", b"x");
    let error = previous(folder, "run").unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{}: the folder is not a run folder and holds \"thesis.tex\"; choose another --out or \
             empty it",
            folder.display()
        )
    );
}

#[test]
fn a_damaged_or_other_manifest_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for text in [
        "{}",
        "{\"format\": \"ascribe run\", \"vers",
        "{\"format\": \"ascribe index\", \"version\": 1}",
        "{\"format\": \"ascribe run\", \"version\": 3}",
    ] {
        write(folder, manifest::FILE, text.as_bytes());
        let error = previous(folder, "run").unwrap_err().to_string();
        assert!(error.ends_with("; choose another --out or empty it"), "{error}");
        assert!(error.contains("run.json"), "{error}");
    }
}

#[test]
fn what_a_killed_commit_left_is_swept() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    drop(lock(folder).unwrap());
    write(folder, ".ascribe-12-0.tmp", b"half");
    write(folder, "model-00c0ffee.safetensors", &marked("run 1"));
    // With nothing else the folder is as good as empty.
    assert_eq!(previous(folder, "run").unwrap(), None);
    let others: [(&str, &[u8]); 5] = [
        ("model-12345678.safetensors", &marked("index 1")),
        ("model-backup.safetensors", &marked("run 1")),
        ("data-00c0ffee.safetensors", b"of another program"),
        (".ascribe-12-0.tmp.orig", b"x"),
        ("notes.tmp", b"x"),
    ];
    for (name, bytes) in others {
        write(folder, name, bytes);
        assert!(previous(folder, "run").is_err(), "{name}");
        sweep(folder, "run", None).unwrap();
        assert_eq!(names(folder).unwrap(), {
            let mut left = [LOCK, name];
            left.sort();
            left
        });
        fs::remove_file(folder.join(name)).unwrap();
    }
    fs::create_dir(folder.join(".ascribe-1-0.tmp")).unwrap();
    previous(folder, "run").unwrap_err();
    sweep(folder, "run", None).unwrap();
    assert!(folder.join(".ascribe-1-0.tmp").is_dir());
}

#[test]
fn the_lock_excludes() {
    let folder = tempfile::tempdir().unwrap();
    let held = lock(folder.path()).unwrap();
    let other = File::open(folder.path().join(LOCK)).unwrap();
    assert!(other.try_lock().is_err());
    drop(held);
    other.try_lock().unwrap();
}

#[test]
fn temporaries_differ() {
    assert_ne!(temporary(Path::new("a")), temporary(Path::new("a")));
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_text_is_of_others() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(OsStr::from_bytes(b"\xff.tmp"));
    // There are file systems that refuse such a name, and the test has no object there.
    if fs::write(&path, b"x").is_ok() {
        previous(folder.path(), "run").unwrap_err();
        sweep(folder.path(), "run", None).unwrap();
        assert!(path.exists());
    }
}
