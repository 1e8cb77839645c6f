//! The scripts of this repository: where Julia comes from, waiting for apt, and no pipe that is closed while it is written to.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn script(name: &str) -> Command {
    let mut command = Command::new("bash");
    command.arg(root().join(".ci").join(name));
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A folder like /etc/apt with these files.
fn apt_folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("sources.list.d")).unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn mirror(files: &[(&str, &str)]) -> Output {
    let folder = apt_folder(files);
    script("install_julia.sh").arg("--mirror").env("APT_FOLDER", folder.path()).output().unwrap()
}

const OWN: (&str, &str) =
    ("sources.list.d/julia-of-bullseye.list", "deb [trusted=yes] http://old.example/debian bullseye main\n");
const SOURCES: (&str, &str) = (
    "sources.list.d/debian.sources",
    "# deb http://comment.example/debian\nTypes: deb\nURIs: http://security.example/debian-security\nSuites: a\n\n\
     Enabled: no\nTypes: deb\nURIs: http://off.example/debian\n\n\
     Types: deb-src\nURIs: http://source.example/debian\n\n\
     Types: deb deb-src\nURIs: http://one.example/debian http://two.example/debian\nSigned-By: /a/key.gpg\n",
);

/// Ended nine times of ten with 141 and no word when several files had an entry: `head` left while the second was written.
#[test]
fn julia_comes_from_the_first_mirror_however_many_there_are() {
    let lists: Vec<(String, String)> = (0..8)
        .map(|place| {
            let name = format!("sources.list.d/mirror-{place}.list");
            (
                name,
                format!(
                    "# a comment\ndeb-src http://s.example/debian a main\ndeb http://m{place}.example/debian a main\n"
                ),
            )
        })
        .collect();
    let mut files: Vec<(&str, &str)> = lists.iter().map(|(name, text)| (&name[..], &text[..])).collect();
    files.extend([OWN, SOURCES]);
    for _ in 0..30 {
        let output = mirror(&files);
        assert!(output.status.success(), "{}: {}", output.status, text(&output.stderr));
        assert_eq!(text(&output.stdout), "\thttp://m0.example/debian\n");
    }
}

#[test]
fn an_entry_for_julia_keeps_its_options_and_is_not_what_an_earlier_run_wrote() {
    let cases: [(&[(&str, &str)], &str); 3] = [
        (&[OWN, SOURCES], "[signed-by=/a/key.gpg]\thttp://one.example/debian\n"),
        (
            &[OWN, ("sources.list", "deb [arch=amd64 signed-by=/k] https://m.example/debian/ bookworm main\n")],
            "[arch=amd64 signed-by=/k]\thttps://m.example/debian/\n",
        ),
        (
            &[("sources.list", "deb http://security.example/debian-security a main\n"), SOURCES],
            "[signed-by=/a/key.gpg]\thttp://one.example/debian\n",
        ),
    ];
    for (files, expected) in cases {
        let output = mirror(files);
        assert_eq!((text(&output.stdout), text(&output.stderr)), (expected.to_owned(), String::new()));
    }
    let none = mirror(&[OWN, ("sources.list.d/other.list", "deb http://packages.example/ubuntu a main\n")]);
    assert!(!none.status.success() && text(&none.stderr).contains("install julia"), "{}", text(&none.stderr));
}

/// Runs `.ci/apt_get.sh` with an apt-get (and a sudo) that says this on its first calls and succeeds afterwards.
fn apt_get(failures: u32, says: &str, limit: &str) -> (Output, u32) {
    let folder = tempfile::tempdir().unwrap();
    let program = |name: &str, lines: &str| {
        let path = folder.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n{lines}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    };
    let calls = folder.path().join("calls");
    let lines = format!(
        "echo call >>'{calls}'\n[ $(wc -l <'{calls}') -gt {failures} ] && exit 0\ncat >&2 <<'END'\n{says}\nEND\nexit 100",
        calls = calls.display()
    );
    program("apt-get", &lines);
    program("sudo", "exec \"$@\"");
    let mut path = std::ffi::OsString::from(folder.path());
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap());
    let mut command = script("apt_get.sh");
    command.arg("update").env("PATH", path).env("ASCRIBE_APT_WAIT", limit).env("ASCRIBE_APT_PAUSE", "0.05");
    let output = command.output().unwrap();
    let calls = fs::read_to_string(calls).unwrap().lines().count() as u32;
    (output, calls)
}

#[test]
fn apt_is_waited_for_while_another_process_holds_a_lock() {
    for lock in [
        "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 77 (apt-get)\n\
         E: Unable to lock directory /var/lib/apt/lists/",
        "E: Could not get lock /var/lib/dpkg/lock-frontend - open (11: Resource temporarily unavailable)\n\
         E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?",
    ] {
        let (output, calls) = apt_get(3, lock, "60");
        assert!(output.status.success(), "{}", text(&output.stderr));
        let said = text(&output.stderr);
        assert_eq!((calls, said.matches("waiting for another process").count()), (4, 1), "{said}");
        assert!(said.contains("Could not get lock"), "{said}");
    }
}

#[test]
fn apt_is_not_waited_for_without_end_nor_for_anything_else() {
    let (output, calls) = apt_get(1000, "E: Could not get lock /var/lib/apt/lists/lock", "3");
    let said = text(&output.stderr);
    assert!(output.status.code() == Some(100) && calls > 1, "{calls}: {said}");
    assert!(said.contains("another process has held apt's lock for 3 seconds"), "{said}");

    let (output, calls) = apt_get(1000, "E: Unable to locate package nowhere", "60");
    let said = text(&output.stderr);
    assert_eq!((output.status.code(), calls), (Some(100), 1), "{said}");
    assert!(said.contains("Unable to locate package nowhere"), "{said}");
}

/// The scripts and Makefiles of this repository.
fn scripts() -> Vec<PathBuf> {
    let mut files = vec![root().join("Makefile"), root().join("tests/make-project/Makefile")];
    for folder in [".ci", "bindings/cpp", "bindings/python"] {
        files.extend(fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path()).filter(|path| {
            let name = path.file_name().unwrap();
            name == "run" || path.extension().is_some_and(|extension| extension == "sh")
        }));
    }
    files
}

/// Lines in which a command that leaves before the end of its input stands behind a pipe. The one that still writes is ended by
/// a signal, and under `pipefail` so is the script, now and then and without a word.
fn early_closers(script: &str) -> Vec<usize> {
    let closes = |command: &str| {
        let mut words = command.trim_start_matches([' ', '{', '(']).split_whitespace();
        match words.next() {
            Some("head") => true,
            Some("grep") => words.take_while(|word| word.starts_with('-') && *word != "--").any(|word| {
                word == "--quiet" || word.starts_with("-m") || !word.starts_with("--") && word.contains('q')
            }),
            Some("sed") => command.contains(";q}") || command.contains(";q;"),
            Some("awk") => command.contains("exit"),
            _ => false,
        }
    };
    let lines = script.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#'));
    let piped = lines.filter(|(_, line)| line.replace("||", " ").split('|').skip(1).any(closes));
    piped.map(|(place, _)| place + 1).collect()
}

#[test]
fn no_script_reads_from_a_pipe_that_it_closes_early() {
    let bad = "a | head -n 1\nx=$(b |grep -Eq c)\n# d | head\ne || head\nf | grep -v q\ng | tail -n 1\nh | sed 's/a/b/p;q;'\n\
               i | grep -qF j && k\nl | awk '{ print; exit }'\nm | { grep -q n; }\n";
    assert_eq!(early_closers(bad), [1, 2, 7, 8, 9, 10]);
    for file in scripts() {
        let found = early_closers(&fs::read_to_string(&file).unwrap());
        assert!(found.is_empty(), "{}, lines {found:?}: a command behind a pipe leaves early", file.display());
    }
}
