//! Triples: what is read of a folder or a text, and what is refused with which words.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{ErrorKind, Write};

use ascribe::Error;
use ascribe::data::{Triple, TripleSet};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use tempfile::TempDir;

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(dir.path().join(name), bytes).unwrap();
    }
    dir
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn read(files: &[(&str, &[u8])]) -> TripleSet {
    TripleSet::read(folder(files).path()).unwrap()
}

fn train(bytes: impl AsRef<[u8]>) -> TripleSet {
    read(&[("train.tsv", bytes.as_ref())])
}

/// The message for these files, with the folder written as `DIR`.
fn refused(files: &[(&str, &[u8])]) -> String {
    let dir = folder(files);
    let error = TripleSet::read(dir.path()).unwrap_err();
    error.to_string().replace(dir.path().to_str().unwrap(), "DIR")
}

fn triple(head: u32, relation: u32, tail: u32) -> Triple {
    Triple { head, relation, tail }
}

#[test]
fn ids_follow_the_reading_order_of_the_splits() {
    let set = read(&[
        ("test.txt", b"new\tnear\tuk\n"),
        ("valid.tsv", b"cuba\tfar\tusa"),
        ("train.tsv", b"usa\tnear\tuk\nuk\tnear\tusa\n"),
    ]);
    assert!(set.entities.iter().eq(["usa", "uk", "cuba", "new"]));
    assert!(set.relations.iter().eq(["near", "far"]));
    assert_eq!(set.train, [triple(0, 0, 1), triple(1, 0, 0)]);
    assert_eq!(set.valid, [triple(2, 1, 0)]);
    assert_eq!(set.test, [triple(3, 0, 1)]);
    assert_eq!(set.describe(set.valid[0]), "cuba far usa");
    assert_eq!(set.describe(triple(9, 1, 0)), "#9 far usa");
}

#[test]
fn validation_and_test_are_optional() {
    let set = train("a\tr\tb\n");
    assert_eq!(set.train.len(), 1);
    assert!(set.valid.is_empty() && set.test.is_empty());
}

#[test]
fn text_is_read_like_files() {
    let files = [("train.tsv", "a\tr\tb\n"), ("valid.tsv", "b\tr\tc\n"), ("test.tsv", "c\tr\ta\n")];
    let set = TripleSet::from_text(files[0].1, files[1].1, files[2].1).unwrap();
    assert_eq!(set, read(&files.map(|(name, text)| (name, text.as_bytes()))));
    assert_eq!(TripleSet::from_text(files[0].1, "", "").unwrap(), train(files[0].1));
    let error = TripleSet::from_text("a\tr\tb\n", "a\tr\n", "").unwrap_err();
    assert!(error.to_string().starts_with("valid, line 1: found 2 columns"), "{error}");
}

#[test]
fn repeated_triples_stay_separate_examples() {
    assert_eq!(train("a\tr\tb\na\tr\tb\n").train, [triple(0, 0, 1); 2]);
}

#[test]
fn names_are_taken_as_they_are() {
    let set = train(" Washington,  D.C. \t\"capital of\"\tÅland\u{feff}\n\u{feff}x\t\"capital of\"\tÅland\u{feff}\n");
    assert!(set.entities.iter().eq([" Washington,  D.C. ", "Åland\u{feff}", "\u{feff}x"]));
    assert!(set.relations.iter().eq(["\"capital of\""]));
}

#[test]
fn line_ends_blank_lines_and_the_mark_make_no_difference() {
    let plain = train("a\tr\tb\nb\tr\ta\n");
    for text in [
        "a\tr\tb\r\nb\tr\ta\r\n",
        "a\tr\tb\nb\tr\ta",
        "a\tr\tb\r\nb\tr\ta\r",
        "\u{feff}a\tr\tb\nb\tr\ta\n",
        "\n\na\tr\tb\n\r\n   \nb\tr\ta\n\n\n",
        "\u{feff}\r\na\tr\tb\nb\tr\ta\n",
    ] {
        assert_eq!(train(text), plain, "{text:?}");
    }
}

#[test]
fn compressed_files_are_read_with_all_their_members() {
    let plain = train("a\tr\tb\nb\tr\ta\n");
    let whole = gzip(b"a\tr\tb\nb\tr\ta\n");
    let joined = [gzip(b"a\tr\tb\nb\t"), gzip(b"r\ta\n")].concat();
    assert_eq!(read(&[("train.tsv.gz", &whole)]), plain);
    assert_eq!(read(&[("train.txt.gz", &joined)]), plain);
}

#[test]
fn a_missing_folder_is_a_plain_error() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("none");
    match TripleSet::read(&path) {
        Err(Error::Io { action: "read", path: found, source }) => {
            assert_eq!(found, path);
            assert_eq!(source.kind(), ErrorKind::NotFound);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_for_a_folder_and_a_folder_for_a_file_are_plain_errors() {
    let dir = folder(&[("file", b"a\tr\tb\n")]);
    let error = TripleSet::read(&dir.path().join("file"));
    assert!(matches!(error, Err(Error::Io { .. })), "{error:?}");
    for name in ["train.tsv", "train.tsv.gz"] {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join(name)).unwrap();
        match TripleSet::read(dir.path()) {
            Err(Error::Io { path, .. }) => assert!(path.ends_with(name)),
            other => panic!("{other:?}"),
        }
    }
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_not_passed_over() {
    let dir = folder(&[("train.tsv", b"a\tr\tb\n")]);
    std::os::unix::fs::symlink("nowhere", dir.path().join("valid.tsv")).unwrap();
    match TripleSet::read(dir.path()) {
        Err(Error::Io { path, .. }) => assert!(path.ends_with("valid.tsv")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_missing_training_file_is_named_in_all_its_forms() {
    assert_eq!(
        refused(&[("valid.tsv", b"a\tr\tb\n")]),
        "DIR: there are no triples to train on, looked for train.tsv, train.txt, \
         train.tsv.gz, train.txt.gz; add one of them or name the folder that holds one"
    );
}

#[test]
fn two_files_for_one_split_are_both_named() {
    let line = b"a\tr\tb\n".as_slice();
    assert_eq!(
        refused(&[("train.txt", line), ("train.tsv", line)]),
        "DIR: train.tsv and train.txt each claim to be the split train; keep one of them"
    );
    assert_eq!(
        refused(&[("train.txt", b"wrong"), ("test.tsv", line), ("test.tsv.gz", line)]),
        "DIR: test.tsv and test.tsv.gz each claim to be the split test; keep one of them"
    );
}

#[test]
fn a_file_without_triples_is_refused() {
    for text in ["", "\n \r\n", "\u{feff}"] {
        assert_eq!(
            refused(&[("train.tsv", text.as_bytes())]),
            "DIR/train.tsv: the file holds no triples; write one triple a line: head, \
             relation and tail with a tab between them, or remove the file if the split is \
             not needed"
        );
    }
    let message = refused(&[("train.tsv", b"a\tr\tb\n"), ("valid.tsv.gz", &gzip(b""))]);
    assert!(message.starts_with("DIR/valid.tsv.gz: the file holds no triples"));
}

#[test]
fn a_line_needs_exactly_three_columns() {
    for (line, found, hint) in [
        ("a\tr", "2 columns", "write one triple a line"),
        ("a\tr\tb\t", "4 columns", "write one triple a line"),
        ("a\tr\tb\tc\td", "5 columns", "write one triple a line"),
        ("a b\tr", "2 columns", "write one triple a line"),
        ("abc", "1 column", "write one triple a line"),
        ("a,r,b", "1 column", "columns are separated by tabs"),
        ("a r b", "1 column", "columns are separated by tabs"),
    ] {
        let text = format!("a\tr\tb\n\n{line}\nrest");
        let message = refused(&[("train.tsv", text.as_bytes())]);
        let expected = format!("DIR/train.tsv, line 3: found {found}, expected 3; {hint}");
        assert!(message.starts_with(&expected), "{message}");
    }
}

#[test]
fn an_empty_name_is_refused() {
    for (line, what) in
        [("\tr\tb", "head"), ("a\t\tb", "relation"), ("a\tr\t", "tail"), ("a\t \tb", "relation"), ("\t\t", "head")]
    {
        assert_eq!(
            refused(&[("train.tsv", format!("{line}\r\n").as_bytes())]),
            format!("DIR/train.tsv, line 1: the {what} is empty; give it a name or remove the line")
        );
    }
}

#[test]
fn bytes_that_are_not_utf8_are_found() {
    let latin = b"\xef\xbb\xbfa\tr\tb\na\tr\t\xe9t\xe9\n";
    for (name, bytes) in [("train.tsv", latin.to_vec()), ("train.tsv.gz", gzip(latin))] {
        assert_eq!(
            refused(&[(name, &bytes)]),
            format!(
                "DIR/{name}, line 2: the byte 0xe9 at offset 13 of the text is not valid \
                 UTF-8; save the file as UTF-8"
            )
        );
    }
    assert!(refused(&[("train.tsv", b"\xef\xbb\xbfab\xff\t")]).contains("0xff at offset 5 "));
    let utf16: Vec<u8> = "\u{feff}a\tr\tb\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(refused(&[("train.tsv", &utf16)]).ends_with("like UTF-16: save it as UTF-8"));
    let message = refused(&[("train.tsv", &gzip(b"a\tr\tb\n"))]);
    assert!(message.ends_with("looks compressed: add .gz to its name"));
}

#[test]
fn a_damaged_compressed_file_is_refused() {
    let text: String = (0..500).map(|i| format!("a{i}\tr\tb{i}\n")).collect();
    let whole = gzip(text.as_bytes());
    // All but the check sum, half, and a part of the header.
    for length in [whole.len() - 1, whole.len() - 8, whole.len() / 2, 5] {
        let message = refused(&[("train.tsv.gz", &whole[..length])]);
        assert!(message.starts_with("DIR/train.tsv.gz, line "), "{message}");
        assert!(
            message.ends_with(
                ": the compressed data ends too early; copy or compress the file again, it is \
                 not complete"
            ),
            "{message}"
        );
    }
    let mut wrong = whole.clone();
    wrong[whole.len() - 6] ^= 1;
    for bytes in [text.as_bytes(), &wrong] {
        let message = refused(&[("train.tsv.gz", bytes)]);
        assert!(message.contains(": the compressed data cannot be read: "), "{message}");
        assert!(message.ends_with("take .gz off its name if it is not compressed"), "{message}");
    }
}

/// Names as a file can hold them: no tab, no line end, not only blanks. A carriage return at
/// the end of a line and a mark at its beginning would be taken for those of the file.
fn a_name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-c]", "[ a-z,\"'?#]{1,8}", "\\PC{1,6}", Just("naïve 名前, \"x\"".to_owned())]
        .prop_filter("blank", |name| !name.trim().is_empty() && !name.contains('\u{feff}'))
}

fn rows() -> impl Strategy<Value = Vec<[String; 3]>> {
    prop::collection::vec([a_name(), a_name(), a_name()], 1..20)
}

fn written(rows: &[[String; 3]], end: &str) -> Vec<u8> {
    let lines: Vec<String> = rows.iter().map(|row| row.join("\t") + end).collect();
    lines.concat().into_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read(rows in rows()) {
        let set = train(written(&rows, "\n"));
        prop_assert_eq!(set.train.len(), rows.len());
        for (triple, row) in set.train.iter().zip(&rows) {
            prop_assert_eq!(set.describe(*triple), row.join(" "));
            prop_assert_eq!(set.entities.id(&row[0]), Some(triple.head));
            prop_assert_eq!(set.relations.id(&row[1]), Some(triple.relation));
            prop_assert_eq!(set.entities.id(&row[2]), Some(triple.tail));
        }
        prop_assert_eq!(&train(written(&rows, "\r\n")), &set);
        prop_assert_eq!(&train(written(&rows, "\r\n\r\n")), &set);
        let compressed = gzip(&written(&rows, "\n"));
        prop_assert_eq!(&read(&[("train.txt.gz", &compressed)]), &set);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(
        prop_oneof![Just(b'\t'), Just(b'\n'), Just(b'\r'), Just(b'a'), any::<u8>()], 0..60,
    )) {
        let plain = folder(&[("train.tsv", &bytes)]);
        if let Ok(set) = TripleSet::read(plain.path()) {
            prop_assert!(!set.train.is_empty());
        }
        let compressed = folder(&[("train.tsv.gz", &bytes)]);
        prop_assert!(TripleSet::read(compressed.path()).is_err());
    }
}
