//! Images, arrays and messages: what is read, and what is refused with which words.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use ascribe::data::{Messages, NpyWriter, Pixels, Samples, Targets, WordEncoding, WordOptions, Words, read_npy};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use tempfile::TempDir;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn put(dir: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = dir.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// The message of an error, without the folder.
fn message<T>(dir: &TempDir, result: ascribe::Result<T>) -> String {
    let Err(error) = result else { panic!("nothing was refused") };
    error.to_string().replace(&format!("{}/", dir.path().to_str().unwrap()), "")
}

fn idx(magic: u32, sizes: &[u32], bytes: &[u8]) -> Vec<u8> {
    let words = std::iter::once(&magic).chain(sizes).flat_map(|word| word.to_be_bytes());
    words.chain(bytes.iter().copied()).collect()
}

#[test]
fn images_and_labels_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let pixels: Vec<u8> = vec![0, 51, 255, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    let images = put(&dir, "images.gz", &gzip(&idx(2051, &[2, 3, 2], &pixels)));
    let labels = put(&dir, "labels", &idx(2049, &[2], &[3, 1]));
    let dense = Samples::read_idx(&images, Some(&labels), Pixels::Unit).unwrap();
    assert_eq!(dense.features.shape(), [2, 3, 2, 1]);
    assert_eq!(dense.features.values()[..4], [0.0, 0.2, 1.0, 1.0 / 255.0]);
    // The numbers 0 and 2 are no classes: no image has them.
    let names = ["1", "3"].map(String::from).to_vec();
    assert_eq!(dense.targets, Targets::Classes { labels: vec![1, 0], names });
    assert_eq!(dense.rows, [0, 1]);
    let raw = Samples::read_idx(&images, None, Pixels::Raw).unwrap();
    assert_eq!(raw.features.values(), pixels.iter().map(|byte| f64::from(*byte)).collect::<Vec<_>>());
    assert_eq!(raw.targets, Targets::None);
    // A reader of one class is a matter of what is done with it.
    let labels = put(&dir, "same", &idx(2049, &[2], &[3, 3]));
    let dense = Samples::read_idx(&images, Some(&labels), Pixels::Unit).unwrap();
    let error = dense.require_targets("the training data").unwrap_err().to_string();
    assert_eq!(error, "the training data is of one class only, \"3\", expected at least two");
}

#[test]
fn image_files_that_do_not_fit_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let good = put(&dir, "images", &idx(2051, &[2, 1, 2], &[1, 2, 3, 4]));
    let labels = put(&dir, "labels", &idx(2049, &[3], &[0, 1, 2]));
    assert_eq!(
        message(&dir, Samples::read_idx(&good, Some(&labels), Pixels::Unit)),
        "labels: there are 3 labels, but images holds 2 rows; name two files that belong together"
    );
    assert_eq!(
        message(&dir, Samples::read_idx(&labels, Some(&good), Pixels::Unit)),
        "labels: the file has 1 axis, images have two to four; the file holds labels: name the images first and then them"
    );
    assert_eq!(
        message(&dir, Samples::read_idx(&good, Some(&good), Pixels::Unit)),
        "images: the file has 3 axes, labels have one, or two with the class in the first of 8 columns; the file holds images: name them first and then the labels"
    );
    let whole = gzip(&idx(2051, &[2, 1, 2], &[1, 2, 3, 4]));
    for (name, bytes, expected) in [
        ("x", vec![], "x: the file has 0 bytes only; copy the file again, it is not complete"),
        (
            "x",
            b"P5 28 28".to_vec(),
            "x: the file begins with the bytes [80, 53, 32, 50]; name an IDX file, such as those of MNIST",
        ),
        ("x", idx(2051, &[2, 1], &[]), "x: the header ends after 12 bytes; copy the file again, it is not complete"),
        (
            "x",
            idx(2051, &[2, 1, 2], &[1, 2, 3]),
            "x: 3 bytes follow the header, its sizes [2, 1, 2] make 4; copy the file again, it is not complete",
        ),
        (
            "x",
            idx(2051, &[2, 1, 2], &[1, 2, 3, 4, 5]),
            "x: more bytes follow the header than the 4 of its sizes [2, 1, 2]; the header and the data do not belong together: copy the file again",
        ),
        (
            "x",
            idx(2051, &[u32::MAX; 3], &[1]),
            "x: the header claims the sizes [4294967295, 4294967295, 4294967295]; the header is damaged: copy the file again",
        ),
        (
            "x",
            idx(2051, &[u32::MAX, u32::MAX, 1], &[1]),
            "x: 1 bytes follow the header, its sizes [4294967295, 4294967295, 1] make 18446744065119617025; copy the file again, it is not complete",
        ),
        ("x", idx(2051, &[0, 28, 28], &[]), "x: there are 0 images of 28 by 28 pixels; name a file that holds images"),
        (
            "x",
            whole.clone(),
            "x: the file does not begin as an IDX file does; the file looks compressed: add .gz to its name",
        ),
        (
            "x.gz",
            whole[..whole.len() - 5].to_vec(),
            "x.gz: the compressed data ends too early; copy or compress the file again, it is not complete",
        ),
    ] {
        let path = put(&dir, name, &bytes);
        assert_eq!(message(&dir, Samples::read_idx(&path, None, Pixels::Unit)), expected);
    }
}

/// A file as NumPy 2.4.6 writes it: the dictionary, padded to 128 bytes with what is before it.
fn numpy(dictionary: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY\x01\x00v\x00".to_vec();
    bytes.extend_from_slice(format!("{dictionary:<117}\n").as_bytes());
    bytes.extend_from_slice(data);
    bytes
}

#[test]
fn arrays_that_numpy_wrote_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let read = |bytes: &[u8]| {
        let array = read_npy(&put(&dir, "x.npy", bytes)).unwrap();
        (array.shape().to_vec(), array.into_values())
    };
    // What follows the dictionaries was printed by NumPy.
    let data = b"\x00\x00\x00\x00\x00\x00\xf8?\x00\x00\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\xf8\x7f\x00\x00\x00\x00\x00\x00\x10@\x00\x00\x00\x00\x00\x00\x14@+\xe6p\x8bh\x12\x00\x00";
    let file = numpy("{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }", data);
    let (shape, values) = read(&file);
    assert_eq!(shape, [3, 2]);
    assert_eq!((&values[..2], values[2].is_nan(), &values[3..]), (&[1.5, -2.0][..], true, &[4.0, 5.0, 1e-310][..]));
    let compressed = read_npy(&put(&dir, "x.npy.gz", &gzip(&file))).unwrap();
    assert_eq!(compressed.values()[5], 1e-310);
    let data = b"\x00\x00\x00\x00\x00\x00@@\x00\x00\x80?\x00\x00\x80@\x00\x00\x00@\x00\x00\xa0@";
    let (shape, values) = read(&numpy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", data));
    assert_eq!((shape, values), (vec![2, 3], vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0]));
    let data = b"\x00\x0c\x04\x10\x08\x14\x01\r\x05\x11\t\x15\x02\x0e\x06\x12\n\x16\x03\x0f\x07\x13\x0b\x17";
    let (shape, values) = read(&numpy("{'descr': '|i1', 'fortran_order': True, 'shape': (2, 3, 4), }", data));
    assert_eq!((shape, values), (vec![2, 3, 4], (0..24).map(f64::from).collect()));
    let one = |dictionary: &str, data: &[u8]| read(&numpy(dictionary, data));
    assert_eq!(
        one("{'descr': '>i2', 'fortran_order': False, 'shape': (3,), }", b"\x00\x01\xff\xfe\x01,"),
        (vec![3], vec![1.0, -2.0, 300.0])
    );
    assert_eq!(
        one("{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2), }", b"\x00\xff"),
        (vec![1, 2], vec![0.0, 255.0])
    );
    assert_eq!(
        one("{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }", b"\x01\x00"),
        (vec![2], vec![1.0, 0.0])
    );
    assert_eq!(
        one("{'descr': '<i8', 'fortran_order': False, 'shape': (), }", b"\x03\x00\x00\x00\x00\x00\x00\x00"),
        (vec![], vec![3.0])
    );
    assert_eq!(one("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 3), }", b""), (vec![0, 3], vec![]));
    let mut second = b"\x93NUMPY\x02\x00t\x00\x00\x00".to_vec();
    second.extend_from_slice(
        format!("{:<115}\n", "{'descr': '<u4', 'fortran_order': False, 'shape': (1,), }").as_bytes(),
    );
    second.extend_from_slice(b"\x07\x00\x00\x00");
    assert_eq!(read(&second), (vec![1], vec![7.0]));
}

#[test]
fn arrays_that_are_damaged_or_of_another_kind_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let dictionary =
        |descr: &str, shape: &str| format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}");
    let good = numpy(&dictionary("'<f8'", "(2,)"), &[0; 16]);
    let mut long = good.clone();
    long[6] = 2;
    long[8..12].copy_from_slice(&[0xff; 4]);
    let mut version = good.clone();
    version[6] = 9;
    let plain = "save a plain array of floating-point numbers, integers or booleans with numpy.save";
    let cases = [
        (b"1,2\n3,4\n".to_vec(), "x.npy: the file does not begin as an .npy file does; write it with numpy.save".to_owned()),
        (vec![], "x.npy: the file does not begin as an .npy file does; write it with numpy.save".into()),
        (gzip(&good), "x.npy: the file does not begin as an .npy file does; the file looks compressed: add .gz to its name".into()),
        (version, "x.npy: the version of the format is 9.0; write it with numpy.save, whose versions 1.0 to 3.0 are read".into()),
        (long, "x.npy: the header claims to be 4294967295 bytes long; the file is damaged or holds records: save a plain array of numbers".into()),
        (good[..60].to_vec(), "x.npy: the file ends within its header; copy the file again, it is not complete".into()),
        (good[..141].to_vec(), "x.npy: 1 elements follow the header, its shape [2] makes 2; copy the file again, it is not complete".into()),
        ([good.clone(), vec![0]].concat(), "x.npy: more bytes follow the header than its shape [2] makes; the file is damaged: save it again".into()),
        (numpy(&dictionary("'<f8'", "(1152921504606846976,)"), &[0; 8]), "x.npy: 1 elements follow the header, its shape [1152921504606846976] makes 1152921504606846976; copy the file again, it is not complete".into()),
        (numpy(&dictionary("'<f8'", "(2305843009213693952,)"), &[0; 8]), "x.npy: the header claims the shape [2305843009213693952]; the file is damaged: save it again".into()),
        (numpy(&dictionary("'<f8'", "(0, 1099511627776, 1099511627776)"), &[]), "x.npy: the header claims the shape [0, 1099511627776, 1099511627776]; the file is damaged: save it again".into()),
        (numpy(&dictionary("[('a', '<i4'), ('b', '<f8')]", "(1,)"), &[0; 12]), format!("x.npy: the elements are records of several fields; {plain}")),
        (numpy(&dictionary("'<c16'", "(1,)"), &[0; 16]), format!("x.npy: the elements are of the type \"<c16\"; {plain}")),
        (numpy(&dictionary("'|O'", "(1,)"), &[0; 8]), format!("x.npy: the elements are of the type \"|O\"; {plain}")),
        (numpy(&dictionary("'<f8'", "(-1,)"), &[]), format!("x.npy: the header is not the dictionary that it should be; {plain}")),
        (numpy(&"(".repeat(117), &[]), format!("x.npy: the header is not the dictionary that it should be; {plain}")),
        (numpy("{'descr': '<f8'}", &[]), format!("x.npy: the header is not the dictionary that it should be; {plain}")),
        (numpy(&dictionary("'<i8'", "(2,)"), b"\x00\x00\x00\x00\x00\x00 \x00\x01\x00\x00\x00\x00\x00 \x00"), "x.npy: the integer at place 1 cannot be held exactly as f64; save the array as float64 if the nearest number will do".into()),
    ];
    for (bytes, expected) in cases {
        assert_eq!(message(&dir, read_npy(&put(&dir, "x.npy", &bytes))), expected);
    }
}

#[test]
fn a_matrix_is_written_as_numpy_writes_it_and_whole_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.npy");
    let mut file = NpyWriter::<f64>::create(&path, 3, 2).unwrap();
    file.write(&[1.5, -2.0]).unwrap();
    let error = file.write(&[1.0]).unwrap_err().to_string();
    assert_eq!(error, "a block of rows is of 1 values, expected whole rows of 2 values, at most 4 values in all");
    assert!(file.write(&[0.0; 6]).is_err());
    assert!(!path.exists());
    file.write(&[3.0, 4.0, 5.0, 1e-310]).unwrap();
    file.finish().unwrap();
    let data = b"\x00\x00\x00\x00\x00\x00\xf8?\x00\x00\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x08@\x00\x00\x00\x00\x00\x00\x10@\x00\x00\x00\x00\x00\x00\x14@+\xe6p\x8bh\x12\x00\x00";
    assert_eq!(fs::read(&path).unwrap(), numpy("{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }", data));

    let mut file = NpyWriter::<f32>::create(&path, 2, 1).unwrap();
    file.write(&[1.0]).unwrap();
    assert_eq!(
        file.finish().unwrap_err().to_string(),
        "the matrix is 1 values short, expected all rows that were announced"
    );
    drop(NpyWriter::<f32>::create(&path, 2, 1).unwrap());
    let names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["x.npy"]);
    assert_eq!(read_npy(&path).unwrap().shape(), [3, 2]);
    let error = NpyWriter::<f32>::create(&dir.path().join("no/x.npy"), 1, 1).unwrap_err().to_string();
    assert!(error.contains("cannot write") && error.contains("check the path"), "{error}");
}

#[test]
fn messages_are_split_at_the_first_tab() {
    let messages =
        Messages::from_text("m", "\u{feff}ham\tSay \"hi\",\tyou\r\n\r\nspam\t\nham\tx\nham\tx\nspam\tx").unwrap();
    assert_eq!(messages.len(), 5);
    assert_eq!((messages.label(0), messages.text(0)), (Some("ham"), Some("Say \"hi\",\tyou")));
    assert_eq!((messages.label(1), messages.text(1)), (Some("spam"), Some("")));
    assert_eq!((messages.label(5), messages.text(5)), (None, None));
    assert_eq!(messages.distinct(), [0, 1, 2, 4]);

    let dir = tempfile::tempdir().unwrap();
    let form = "write the label, a tab and the message";
    for (name, bytes, expected) in [
        ("m.tsv", b"ham\tx\nham x\n".to_vec(), format!("m.tsv, line 2: there is no tab; {form}")),
        ("m.tsv", b" \thello\n".to_vec(), format!("m.tsv, line 1: there is no label before the tab; {form}")),
        ("m.tsv", b"\n \n".to_vec(), "m.tsv: the file holds no messages; write one into each line".into()),
        (
            "m.tsv",
            b"ham\tx\nham\tcaf\xe9\n".to_vec(),
            "m.tsv, line 2: the byte 0xe9 at offset 13 of the text is not valid UTF-8; save the file as UTF-8".into(),
        ),
        (
            "m.tsv.gz",
            gzip(b"ham\tx\n")[..12].to_vec(),
            "m.tsv.gz, line 1: the compressed data ends too early; copy or compress the file again, it is not complete"
                .into(),
        ),
    ] {
        let path = put(&dir, name, &bytes);
        assert_eq!(message(&dir, Messages::read(&path)), expected);
    }
}

#[test]
fn words_are_counted_by_frequency_and_then_by_text() {
    let messages = Messages::from_text("m", "ham\tDon't STOP, don't; ÄRGER 4get\nspam\tstop ärger_x\n").unwrap();
    let learn =
        |words, binary, normalize| WordEncoding::learn(&messages, &WordOptions { words, binary, normalize }).unwrap();
    let all = learn(Words::Vocabulary { most: 100, least_count: 1 }, false, false);
    assert_eq!(all.feature_names(), ["don", "stop", "t", "ärger", "4get", "x"]);
    let dense = all.encode(&messages).unwrap();
    assert_eq!(dense.features.values(), [2.0, 1.0, 2.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
    assert_eq!(dense.targets, Targets::Classes { labels: vec![0, 1], names: vec!["ham".into(), "spam".into()] });
    let few = learn(Words::Vocabulary { most: 3, least_count: 2 }, true, false);
    assert_eq!(few.feature_names(), ["don", "stop", "t"]);
    assert_eq!(few.encode(&messages).unwrap().features.values(), [1.0, 1.0, 1.0, 0.0, 1.0, 0.0]);
    let unit = learn(Words::Vocabulary { most: 3, least_count: 2 }, false, true);
    assert_eq!(unit.encode(&messages).unwrap().features.values(), [2.0 / 3.0, 1.0 / 3.0, 2.0 / 3.0, 0.0, 1.0, 0.0]);

    // FNV-1a of "a" is 0xaf63dc4c8601ec8c, of "foobar" 0x85944171f73967e8: published test vectors.
    let hashed = learn(Words::Hashing { buckets: 100 }, false, false);
    let other = Messages::from_text("m", "ham\tfoobar A foobar\n").unwrap();
    let row = hashed.encode(&other).unwrap().features.values().to_vec();
    let (a, foobar) = ((0xaf63_dc4c_8601_ec8c_u64 % 100) as usize, (0x8594_4171_f739_67e8_u64 % 100) as usize);
    assert_eq!((row[a], row[foobar], row.iter().sum::<f64>()), (1.0, 2.0, 3.0));
    assert_eq!((hashed.width(), hashed.feature_names()[7].as_str()), (100, "bucket 7"));
    for encoding in [all, few, unit, hashed] {
        let saved = serde_json::to_string(&encoding).unwrap();
        let back: WordEncoding = serde_json::from_str(&saved).unwrap();
        assert_eq!(back.encode(&messages).unwrap(), encoding.encode(&messages).unwrap());
        assert_eq!(back, encoding);
    }
}

#[test]
fn messages_that_cannot_be_learned_from_are_refused() {
    let learn = |text: &str, words| {
        let messages = Messages::from_text("m", text).unwrap();
        WordEncoding::learn(&messages, &WordOptions { words, ..WordOptions::default() }).unwrap_err().to_string()
    };
    let words = Words::Vocabulary { most: 9, least_count: 2 };
    assert_eq!(
        learn("ham\ta a\nham\tb\n", words),
        "m: there is one class only, \"ham\"; classes can be told apart only if there are two: add messages of another one"
    );
    assert_eq!(learn("ham\ta\nspam\tb !\n", words), "m: no word occurs 2 times; ask for a smaller count");
    assert_eq!(
        learn("ham\ta\nspam\tb\n", Words::Vocabulary { most: 0, least_count: 1 }),
        "most is 0, expected at least 1"
    );
    assert_eq!(learn("ham\ta\nspam\tb\n", Words::Hashing { buckets: 0 }), "buckets is 0, expected from 1 to 16777216");

    let dir = tempfile::tempdir().unwrap();
    let path = put(&dir, "queries.txt", b"free prize\nno\ttab needed\n");
    let queries = Messages::read_unlabeled(&path).unwrap();
    assert_eq!(
        message(&dir, WordEncoding::learn(&queries, &WordOptions::default())),
        "queries.txt: the messages have no labels; read messages with labels to learn from"
    );
    let messages = Messages::from_text("m", "ham\tfree\nspam\tfree tab\n").unwrap();
    let encoding = WordEncoding::learn(
        &messages,
        &WordOptions { words: Words::Vocabulary { most: 9, least_count: 1 }, ..WordOptions::default() },
    )
    .unwrap();
    let dense = encoding.encode(&queries).unwrap();
    assert_eq!((dense.features.values(), dense.targets), (&[1.0, 0.0, 0.0, 1.0][..], Targets::None));
    let other = Messages::from_text("m", "ham\tx\n\neggs\tx\n").unwrap();
    assert_eq!(
        encoding.encode(&other).unwrap_err().to_string(),
        "m, line 3: row 1: \"eggs\" is a class that the training messages do not have; correct it or leave the row out; the classes are \"ham\", \"spam\""
    );
}

proptest! {
    #[test]
    fn matrices_are_read_as_they_were_written(
        columns in 1usize..5,
        bits in prop::collection::vec(any::<u64>(), 0..40),
        block in 1usize..4,
    ) {
        let dir = tempfile::tempdir().unwrap();
        let rows = bits.len() / columns;
        let bits = &bits[..rows * columns];
        // A reader that passes through f64 may quieten a signaling NaN of f32.
        let wide: Vec<f64> = bits.iter().map(|bits| f64::from_bits(*bits)).collect();
        let narrow: Vec<f32> = bits.iter().map(|bits| f32::from_bits(*bits as u32)).map(|x| if x.is_nan() { f32::NAN } else { x }).collect();
        let mut file = NpyWriter::create(&dir.path().join("wide.npy"), rows, columns).unwrap();
        for block in wide.chunks(block * columns) {
            file.write(block).unwrap();
        }
        file.finish().unwrap();
        let mut file = NpyWriter::create(&dir.path().join("narrow.npy"), rows, columns).unwrap();
        for block in narrow.chunks(block * columns) {
            file.write(block).unwrap();
        }
        file.finish().unwrap();
        let back = read_npy(&dir.path().join("wide.npy")).unwrap();
        prop_assert_eq!(back.shape(), [rows, columns]);
        prop_assert!(back.values().iter().map(|x| x.to_bits()).eq(bits.iter().copied()));
        let back = read_npy(&dir.path().join("narrow.npy")).unwrap();
        prop_assert!(back.values().iter().map(|x| (*x as f32).to_bits()).eq(narrow.iter().map(|x| x.to_bits())));
    }

    #[test]
    fn no_bytes_make_a_reader_panic(
        start in prop::sample::select(vec![numpy("{'descr': '<f8', 'fortran_order': True, 'shape': (2, 2), }", &[1; 32]), idx(2051, &[2, 2, 1], &[1; 4])]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let mut bytes = start;
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let whole = put(&dir, "whole", &bytes);
        let part = put(&dir, "part", &bytes[..cut.index(bytes.len())]);
        for path in [&whole, &part] {
            if let Ok(array) = read_npy(path) {
                let _ = Samples::new(array, Targets::None);
            }
            let _ = Samples::read_idx(path, None, Pixels::Unit);
        }
        prop_assert!(read_npy(&part).is_err());
    }
}

mod shared_data {
    use super::*;
    use crate::common::beside;
    use ascribe::data::{Encoding, EncodingOptions, Missing, Table, Task};

    fn counts(targets: &Targets) -> Vec<usize> {
        let Targets::Classes { labels, names } = targets else { panic!("no classes") };
        (0..names.len()).map(|class| labels.iter().filter(|label| **label as usize == class).count()).collect()
    }

    #[test]
    fn tables_have_the_counts_their_readme_states() {
        for (name, label, columns, expected) in [
            ("digits.csv", "target", 64, vec![178, 182, 177, 183, 181, 182, 181, 179, 174, 180]),
            ("breast_cancer.csv", "target", 30, vec![212, 357]),
            ("iris.csv", "target", 4, vec![50, 50, 50]),
            ("wine.csv", "target", 13, vec![59, 71, 48]),
            ("spambase.csv.gz", "spam", 57, vec![2788, 1813]),
        ] {
            let Some(path) = beside(&format!("tabular/{name}")) else { continue };
            let table = Table::read(&path).unwrap();
            let encoding = Encoding::learn(&table, label, Task::Classes, &EncodingOptions::default()).unwrap();
            let dense = encoding.encode(&table).unwrap();
            assert_eq!((dense.features.row_width(), counts(&dense.targets)), (columns, expected), "{name}");
            if name == "digits.csv" {
                assert!(dense.features.values().iter().all(|x| (0.0..=16.0).contains(x) && x.fract() == 0.0));
                assert_eq!(encoding.constant(), ["pixel_0_0", "pixel_4_0", "pixel_4_7"]);
            }
        }
        let Some(path) = beside("tabular/diabetes.csv") else { return };
        let table = Table::read(&path).unwrap();
        let encoding = Encoding::learn(&table, "target", Task::Numbers, &EncodingOptions::default()).unwrap();
        let dense = encoding.encode(&table).unwrap();
        let Targets::Numbers(numbers) = dense.targets else { panic!("no numbers") };
        let most = numbers.iter().copied().fold(0.0, f64::max);
        let least = numbers.iter().copied().fold(most, f64::min);
        assert_eq!((numbers.len(), dense.features.row_width(), least, most), (442, 10, 25.0, 346.0));
    }

    #[test]
    fn adult_is_read_with_its_missing_values() {
        let (Some(train), Some(test)) = (beside("tabular/adult_train.csv.gz"), beside("tabular/adult_test.csv.gz"))
        else {
            return;
        };
        let (train, test) = (Table::read(&train).unwrap(), Table::read(&test).unwrap());
        assert_eq!((train.rows(), test.rows()), (32_561, 16_281));
        assert_eq!((train.rows_with_missing().len(), test.rows_with_missing().len()), (2399, 1221));
        assert_eq!((0..14).filter(|column| train.is_numeric(*column)).count(), 6);
        let refused = Encoding::learn(&train, "income", Task::Classes, &EncodingOptions::default()).unwrap_err();
        let row = train.rows_with_missing()[0];
        let place = format!(", line {}: row {row}, column \"native_country\": the value is missing (\"?\")", row + 2);
        assert!(refused.to_string().contains(&place), "{refused}");
        for (missing, rows) in [(Missing::Drop, (32_561 - 2399, 16_281 - 1221)), (Missing::Fill, (32_561, 16_281))] {
            let options = EncodingOptions { missing, ..EncodingOptions::default() };
            let encoding = Encoding::learn(&train, "income", Task::Classes, &options).unwrap();
            assert_eq!(encoding.classes().unwrap(), ["<=50K", ">50K"]);
            let (train, test) = (encoding.encode(&train).unwrap(), encoding.encode(&test).unwrap());
            assert_eq!((train.len(), test.len()), rows);
            // Each row has six numbers and one indicator for each of eight columns.
            let names = encoding.feature_names();
            for row in 0..test.len() {
                let ones = test.features.row(row).iter().zip(&names).filter(|(_, name)| name.contains('='));
                assert_eq!(ones.map(|(value, _)| *value).sum::<f64>(), 8.0);
            }
            if missing == Missing::Fill {
                assert_eq!((counts(&train.targets), counts(&test.targets)), (vec![24_720, 7841], vec![12_435, 3846]));
            }
        }
    }

    #[test]
    fn mnist_has_the_counts_its_readme_states() {
        for (split, count) in [("train", 60_000), ("t10k", 10_000)] {
            let (Some(images), Some(labels)) = (
                beside(&format!("mnist/{split}-images-idx3-ubyte.gz")),
                beside(&format!("mnist/{split}-labels-idx1-ubyte.gz")),
            ) else {
                return;
            };
            let dense = Samples::read_idx(&images, Some(&labels), Pixels::Unit).unwrap();
            assert_eq!(dense.features.shape(), [count, 28, 28, 1]);
            let counts = counts(&dense.targets);
            assert_eq!((counts.len(), counts.iter().sum::<usize>()), (10, count));
            let most = dense.features.values().iter().copied().fold(0.0, f64::max);
            assert_eq!(most, 1.0);
            let Targets::Classes { labels, .. } = &dense.targets else { panic!() };
            // The first digits that every introduction to the set shows.
            let first = if split == "train" { [5, 0, 4, 1, 9] } else { [7, 2, 1, 0, 4] };
            assert_eq!(labels[..5], first);
        }
    }

    #[test]
    fn messages_have_the_counts_their_readme_states() {
        let Some(path) = beside("sms-spam/sms_spam.tsv.gz") else { return };
        let messages = Messages::read(&path).unwrap();
        assert_eq!((messages.len(), messages.distinct().len()), (5574, 5171));
        let words = Words::Vocabulary { most: 200, least_count: 5 };
        let encoding = WordEncoding::learn(&messages, &WordOptions { words, ..WordOptions::default() }).unwrap();
        assert_eq!(encoding.classes(), ["ham", "spam"]);
        let dense = encoding.encode(&messages).unwrap();
        assert_eq!((dense.features.shape(), counts(&dense.targets)), (&[5574, 200][..], vec![4827, 747]));
        let distinct = dense.select(&messages.distinct()).unwrap();
        assert_eq!(distinct.len(), 5171);
        // Columns are sorted by their sums.
        let sums: Vec<f64> =
            (0..200).map(|column| (0..5574).map(|row| dense.features.row(row)[column]).sum()).collect();
        assert!(sums.is_sorted_by(|a, b| a >= b), "{sums:?}");
    }
}
