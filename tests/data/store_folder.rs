//! The folder itself: what is made, what is refused and left alone, and what killed commits left in it.
#![allow(clippy::unwrap_used)]

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use ascribe::Error;
use ascribe::store::{Contents, check, commit, remove};
use serde_json::json;

use crate::store::{marked, names};

const LOCK: &str = ".ascribe.lock";

/// Contents without files.
fn nothing() -> Contents {
    Contents { manifest: json!({}), files: vec![] }
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    fs::write(folder.join(name), bytes).unwrap();
}

#[test]
fn folders_within_folders_are_created() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("a/b/c");
    commit(&deep, "run", &nothing()).unwrap();
    assert!(deep.is_dir());
    commit(&deep, "run", &nothing()).unwrap();
}

#[test]
fn the_path_in_the_way_is_named() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "file", b"x");
    let file = folder.path().join("file");
    for path in [file.clone(), file.join("a/b")] {
        let Err(Error::Io { path, source, .. }) = commit(&path, "run", &nothing()) else {
            panic!("created {}", path.display());
        };
        assert_eq!((path, source.kind()), (file.clone(), ErrorKind::NotADirectory));
    }
    let Err(Error::Io { path, .. }) = commit(Path::new(""), "run", &nothing()) else {
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
    assert_eq!(names(folder), [""; 0]);
    write(folder, "file", b"x");
    for wrong in [folder.to_path_buf(), folder.join("file"), folder.join("file/a/b")] {
        assert!(check(&wrong, "run").is_err(), "{}", wrong.display());
    }
    assert_eq!(names(folder), ["file"]);
}

#[test]
fn what_is_committed_can_be_removed_and_nothing_else() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("run");
    let contents = Contents { manifest: json!({}), files: vec![("model".into(), vec![])] };
    commit(&folder, "run", &contents).unwrap();
    assert!(matches!(remove(&folder, "graph"), Err(Error::Format { .. })));
    write(&folder, "notes.txt", b"x");
    remove(&folder, "run").unwrap();
    assert_eq!(names(&folder), ["notes.txt"]);
    assert!(matches!(remove(&folder, "run"), Err(Error::Format { .. })));
    assert_eq!(names(&folder), ["notes.txt"]);
    fs::remove_file(folder.join("notes.txt")).unwrap();
    commit(&folder, "run", &contents).unwrap();
    remove(&folder, "run").unwrap();
    assert!(!folder.exists());
}

#[test]
fn a_folder_of_others_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    check(folder, "run").unwrap();
    write(folder, "thesis.tex", b"x");
    write(folder, "zebra", b"x");
    let error = check(folder, "run").unwrap_err();
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
        write(folder, "run.json", text.as_bytes());
        let error = check(folder, "run").unwrap_err().to_string();
        assert!(error.ends_with("; choose another --out or empty it"), "{error}");
        assert!(error.contains("run.json"), "{error}");
    }
}

#[test]
fn what_a_killed_commit_left_is_swept() {
    /// Leaves what a commit that was killed would have left.
    fn kill(folder: &Path) {
        write(folder, LOCK, b"");
        write(folder, ".ascribe-12-0.tmp", b"half");
        write(folder, "model-00c0ffee.safetensors", &marked("run 1"));
    }
    let others: [(&str, &[u8]); 5] = [
        ("model-12345678.safetensors", &marked("index 1")),
        ("model-backup.safetensors", &marked("run 1")),
        ("data-00c0ffee.safetensors", b"of another program"),
        (".ascribe-12-0.tmp.orig", b"x"),
        ("notes.tmp", b"x"),
    ];
    // With nothing else the folder is as good as empty.
    let empty = tempfile::tempdir().unwrap();
    let empty = empty.path();
    kill(empty);
    check(empty, "run").unwrap();
    let ours = tempfile::tempdir().unwrap();
    let ours = ours.path();
    commit(ours, "run", &nothing()).unwrap();
    for (name, bytes) in others {
        write(empty, name, bytes);
        assert!(check(empty, "run").is_err(), "{name}");
        fs::remove_file(empty.join(name)).unwrap();
        // Beside a commit it stays, and only what was left goes.
        kill(ours);
        write(ours, name, bytes);
        commit(ours, "run", &nothing()).unwrap();
        assert_eq!(names(ours), {
            let mut left = [LOCK, name, "run.json"];
            left.sort();
            left
        });
        fs::remove_file(ours.join(name)).unwrap();
    }
    for folder in [empty, ours] {
        fs::create_dir(folder.join(".ascribe-1-0.tmp")).unwrap();
    }
    check(empty, "run").unwrap_err();
    commit(ours, "run", &nothing()).unwrap();
    assert!(ours.join(".ascribe-1-0.tmp").is_dir());
    fs::remove_dir(empty.join(".ascribe-1-0.tmp")).unwrap();
    commit(empty, "run", &nothing()).unwrap();
    assert_eq!(names(empty), [LOCK, "run.json"]);
}

#[test]
fn the_lock_excludes() {
    let folder = tempfile::tempdir().unwrap();
    let other = File::create(folder.path().join(LOCK)).unwrap();
    other.lock().unwrap();
    std::thread::scope(|scope| {
        let commit = scope.spawn(|| commit(folder.path(), "run", &nothing()));
        std::thread::sleep(Duration::from_millis(200));
        assert!(!commit.is_finished() && !folder.path().join("run.json").exists());
        other.unlock().unwrap();
        commit.join().unwrap().unwrap();
    });
    // A process that another test is just starting shares the file until it has begun, and the lock with it.
    let free = || {
        other.try_lock().is_ok() || {
            std::thread::sleep(Duration::from_millis(20));
            false
        }
    };
    assert!((0..500).any(|_| free()));
}

/// A check makes a temporary without waiting for others, and one of the same name would be an error.
#[test]
fn temporaries_differ() {
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..100).for_each(|_| check(folder.path(), "run").unwrap()));
        }
    });
    assert_eq!(names(folder.path()), [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_text_is_of_others() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let (folder, ours) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    commit(ours.path(), "run", &nothing()).unwrap();
    let name = OsStr::from_bytes(b"\xff.tmp");
    // There are file systems that refuse such a name, and the test has no object there.
    if fs::write(folder.path().join(name), b"x").is_ok() {
        check(folder.path(), "run").unwrap_err();
        fs::write(ours.path().join(name), b"x").unwrap();
        commit(ours.path(), "run", &nothing()).unwrap();
        assert!(ours.path().join(name).exists());
    }
}
