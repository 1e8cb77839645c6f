//! Writing a folder so that it holds the old commit or the new one at every moment.

use super::manifest::{self, Entry, Manifest};
use super::sum::Summed;
use super::{Contents, folder, tensors};
use crate::{Error, Result};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Replaces what `folder` holds by `contents`, all of it or nothing.
///
/// The folder is created where it is absent. It must be empty or hold a commit of the same `kind`,
/// and one whose manifest is damaged or of another version is refused too; other files that stand
/// beside that commit are left alone. After an error the previous commit is
/// still in place and nothing was left half-written. Another commit to the same folder that is
/// under way is waited for.
pub fn commit(folder: &Path, kind: &str, contents: &Contents) -> Result<()> {
    contents.check()?;
    if kind.is_empty() {
        return Err(Error::argument("the kind", "empty", "a word such as run"));
    }
    folder::create(folder)?;
    // Asked twice: a folder of others must not even get a lock file, and what the folder holds is
    // only known for certain under the lock.
    folder::previous(folder, kind)?;
    let _lock = folder::lock(folder)?;
    let previous = folder::previous(folder, kind)?;
    // Before anything is written, as on a full disk this is what makes room.
    folder::sweep(folder, kind, previous.as_ref())?;

    let mut pending = Pending::default();
    let mark = manifest::mark(kind, manifest::VERSION);
    let mut files = Vec::new();
    for (stem, arrays) in &contents.files {
        let temporary = pending.add(folder::temporary(folder));
        let sum = write(folder, &temporary, |out| tensors::encode(arrays, &mark, out))?;
        files.push((temporary, Entry::new(stem, &sum)));
    }
    let (temporaries, entries): (Vec<_>, Vec<_>) = files.into_iter().unzip();
    let new = Manifest::new(kind, entries, contents.manifest.clone());
    let path = folder.join(manifest::FILE);
    let temporary = pending.add(folder::temporary(folder));
    let bytes = new.encode().map_err(Error::io("write", &path))?;
    if Manifest::decode(&bytes, &path, kind).ok().as_ref() != Some(&new) {
        let expected = "at most 100 objects and arrays within each other";
        return Err(Error::argument("the manifest", "JSON that does not read back", expected));
    }
    write(folder, &temporary, |out| out.write_all(&bytes))?;

    for (temporary, entry) in temporaries.iter().zip(&new.files) {
        let path = folder.join(&entry.file);
        fs::rename(temporary, &path).map_err(Error::io("write", &path))?;
        // Where the previous commit has a file of this name, it is the same file.
        if !previous.as_ref().is_some_and(|old| old.names(&entry.file)) {
            pending.add(path);
        }
    }
    // The data must not come to light after the manifest that names it.
    folder::sync(folder)?;
    fs::rename(&temporary, &path).map_err(Error::io("write", &path))?;
    pending.keep();
    folder::sync(folder)?;
    // Only now is the previous commit past. What cannot be deleted the next commit sweeps away.
    let past = previous.into_iter().flat_map(|old| old.files);
    for entry in past.filter(|entry| !new.names(&entry.file)) {
        let _ = fs::remove_file(folder.join(entry.file));
    }
    Ok(())
}

/// Writes the file `temporary` and waits until it is on the disk.
///
/// Errors name the folder: a temporary name would tell the user nothing.
fn write(
    folder: &Path,
    temporary: &Path,
    content: impl FnOnce(&mut Summed<File>) -> io::Result<()>,
) -> Result<Summed<File>> {
    let written = File::create_new(temporary).and_then(|file| {
        let mut sum = Summed::new(file);
        content(&mut sum)?;
        sum.inner().sync_all()?;
        Ok(sum)
    });
    written.map_err(Error::io("write", folder))
}

/// Files that are deleted when a commit fails.
#[derive(Default)]
struct Pending(Vec<PathBuf>);

impl Pending {
    fn add(&mut self, path: PathBuf) -> PathBuf {
        self.0.push(path.clone());
        path
    }

    fn keep(&mut self) {
        self.0.clear();
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        for path in &self.0 {
            // Those that were renamed are gone, and an error is being returned already.
            let _ = fs::remove_file(path);
        }
    }
}
