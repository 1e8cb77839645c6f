//! The folder itself: whether it is ours, its lock, and what killed commits left in it.

use super::contents::is_stem;
use super::manifest::{self, Manifest, is_crc32};
use super::tensors;
use crate::{Error, Result};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{BufReader, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The advisory lock that a commit holds; it stays, as deleting it would let two hold it.
const LOCK: &str = ".ascribe.lock";

/// The folder at the end of `folder` that is there, and those below it that are not, the deepest first.
fn existing(folder: &Path) -> Result<(&Path, Vec<&Path>)> {
    let mut absent = Vec::new();
    let mut path = folder;
    loop {
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => return Ok((path, absent)),
            Ok(_) => return Err(Error::io("create", path)(ErrorKind::NotADirectory.into())),
            // Below a file nothing can be: it is the file that is to be named.
            Err(error)
                if path != Path::new(".") && matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                absent.push(path);
                path = parent(path);
            }
            Err(error) => return Err(Error::io("read", path)(error)),
        }
    }
}

/// The folder that `path` is in; that of a relative path is empty in the end, which means here.
fn parent(path: &Path) -> &Path {
    path.parent().filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Creates `folder` and what it is in, where absent.
pub(super) fn create(folder: &Path) -> Result<()> {
    for path in existing(folder)?.1.into_iter().rev() {
        match fs::create_dir(path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(Error::io("create", path)(error)),
            _ => sync(parent(path))?,
        }
    }
    Ok(())
}

/// The manifest of the commit in `folder`, or nothing where a first commit may be made.
///
/// An error where the folder holds anything that is not ours.
pub(super) fn previous(folder: &Path, kind: &str) -> Result<Option<Manifest>> {
    const REMEDY: &str = "choose another --out or empty it";
    if fs::symlink_metadata(folder.join(manifest::FILE)).is_ok() {
        return manifest::read(folder, kind).map(Some).map_err(|mut error| {
            if let Error::Format { hint, .. } | Error::Version { hint, .. } = &mut error {
                *hint = REMEDY.into();
            }
            error
        });
    }
    for name in names(folder)? {
        let ours = name == LOCK || name == manifest::FILE || is_leftover(folder, &name, kind);
        // A commit that is under way may have taken away what was there a moment ago.
        if !ours && fs::symlink_metadata(folder.join(&name)).is_ok() {
            let problem = format!("the folder is not a {kind} folder and holds {name:?}");
            return Err(Error::format(folder, None, problem, REMEDY));
        }
    }
    Ok(None)
}

/// Whether a commit to `folder` would be accepted, as far as can be told before there is anything to write: what it
/// holds is ours, and a file can be created there, or where it is to be created.
///
/// # Errors
/// What [`commit`](super::commit) would report.
pub fn check(folder: &Path, kind: &str) -> Result<()> {
    let (existing, _) = existing(folder)?;
    if existing == folder {
        previous(folder, kind)?;
    }
    let probe = temporary(existing);
    File::create_new(&probe).map_err(Error::io("write", existing))?;
    let _ = fs::remove_file(probe);
    Ok(())
}

/// Removes what is committed to `folder`, and the folder itself if nothing else is in it.
///
/// # Errors
/// As [`commit`](super::commit) for a folder that holds something else.
pub fn remove(folder: &Path, kind: &str) -> Result<()> {
    // A folder of others must not even get a lock file.
    previous(folder, kind)?;
    let held = lock(folder)?;
    if previous(folder, kind)?.is_some() {
        let path = folder.join(manifest::FILE);
        // Without it the rest is what a killed commit would have left.
        fs::remove_file(&path).map_err(Error::io("write", path))?;
    }
    sweep(folder, kind, None)?;
    drop(held);
    let _ = fs::remove_file(folder.join(LOCK));
    let _ = fs::remove_dir(folder);
    Ok(())
}

/// Waits until no other commit to `folder` is under way; the file holds the lock until dropped.
pub(super) fn lock(folder: &Path) -> Result<File> {
    let path = folder.join(LOCK);
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    let file = options.open(&path).map_err(Error::io("create", &path))?;
    match file.lock() {
        // There are file systems without locks; two commits at once are rarer than those.
        Err(error) if error.kind() != ErrorKind::Unsupported => Err(Error::io("lock", &path)(error)),
        _ => Ok(file),
    }
}

/// Makes the names in `folder` last through a loss of power.
pub(super) fn sync(folder: &Path) -> Result<()> {
    // Elsewhere a folder cannot be opened as a file, and renames are as durable as they get.
    if cfg!(unix) {
        let file = File::open(folder).map_err(Error::io("read", folder))?;
        file.sync_all().map_err(Error::io("write", folder))?;
    }
    Ok(())
}

/// A path in `folder` that no other process and no other call is given.
pub(super) fn temporary(folder: &Path) -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    folder.join(format!(".ascribe-{}-{count}.tmp", std::process::id()))
}

/// Deletes what killed commits left; `kept` is the commit in place.
///
/// Only the holder of the lock may call this. What cannot be deleted is left to the next commit.
pub(super) fn sweep(folder: &Path, kind: &str, kept: Option<&Manifest>) -> Result<()> {
    for name in names(folder)? {
        let named = kept.zip(name.to_str()).is_some_and(|(manifest, name)| manifest.names(name));
        if !named && is_leftover(folder, &name, kind) {
            let _ = fs::remove_file(folder.join(name));
        }
    }
    Ok(())
}

/// The names in `folder`, sorted, so that messages do not depend on the file system.
fn names(folder: &Path) -> Result<Vec<OsString>> {
    let found = fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.file_name())).collect());
    let mut names: Vec<OsString> = found.map_err(Error::io("read", folder))?;
    names.sort();
    Ok(names)
}

/// Whether `name` is a temporary of ours, or a data file that was committed or about to be.
fn is_leftover(folder: &Path, name: &OsStr, kind: &str) -> bool {
    let path = folder.join(name);
    // A name that is not text is none of ours.
    let (Some(name), Ok(found)) = (name.to_str(), fs::symlink_metadata(&path)) else { return false };
    if !found.is_file() {
        return false;
    }
    if name.starts_with(".ascribe-") && name.ends_with(".tmp") {
        return true;
    }
    let parts = name.strip_suffix(".safetensors").and_then(|name| name.rsplit_once('-'));
    let Some((stem, crc32)) = parts else { return false };
    // Others write safetensors too: the header must say that it was us.
    let mark = || {
        let file = File::open(&path).ok()?;
        tensors::read_mark(&mut BufReader::new(file), found.len())
    };
    is_stem(stem) && is_crc32(crc32) && mark().is_some_and(|mark| manifest::is_mark(&mark, kind))
}
