//! Samples from arrays: NumPy's files and archives, and IDX files of every type.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use ascribe::data::{Dataset, Pixels, Samples, Targets};
use ascribe::options::Options;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use proptest::prelude::*;
use tempfile::TempDir;

fn put(dir: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = dir.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// A file as NumPy writes it.
fn npy(descr: &str, fortran: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let dictionary = format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}");
    let mut bytes = b"\x93NUMPY\x01\x00v\x00".to_vec();
    bytes.extend_from_slice(format!("{dictionary:<117}\n").as_bytes());
    bytes.extend_from_slice(data);
    bytes
}

fn doubles(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn load(&self, files: &[(&str, &[u8])], options: &[(&str, &str)]) -> Result<Dataset, String> {
        let mut given = Options::new();
        options.iter().for_each(|(name, value)| given.set(name, *value));
        let paths: Vec<PathBuf> = files.iter().map(|(name, bytes)| put(&self.0, name, bytes)).collect();
        let folder = format!("{}/", self.0.path().display());
        Dataset::load("npy", &paths, &given).map_err(|error| error.to_string().replace(&folder, ""))
    }
}

fn load(files: &[(&str, &[u8])], options: &[(&str, &str)]) -> Result<Dataset, String> {
    Folder::new().load(files, options)
}

fn classes(labels: &[u32], names: &[&str]) -> Targets {
    Targets::Classes { labels: labels.to_vec(), names: names.iter().map(|name| (*name).to_owned()).collect() }
}

#[test]
fn features_and_labels_come_from_two_files() {
    let features = npy("<f8", "True", "(3, 2)", &doubles(&[1.0, 3.0, 5.0, 2.0, 4.0, 6.5]));
    let labels = npy(">i2", "False", "(3,)", &[0, 7, 255, 255, 0, 7]);
    let data = load(&[("x.npy", &features), ("y.npy", &labels)], &[]).unwrap();
    let samples = data.samples().unwrap();
    assert_eq!(
        (samples.features.shape(), samples.features.values()),
        (&[3, 2][..], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.5][..])
    );
    assert_eq!(samples.targets, classes(&[1, 0, 1], &["-1", "7"]));
    assert_eq!(data.feature_names(), ["column 0", "column 1"]);
    // Integers may be meant as numbers, and numbers of floating point as classes.
    let numbers = load(&[("x.npy", &features), ("y.npy", &labels)], &[("task", "numbers")]).unwrap();
    assert_eq!(numbers.samples().unwrap().targets, Targets::Numbers(vec![7.0, -1.0, 7.0]));
    let floats = npy("<f8", "False", "(3, 1)", &doubles(&[2.0, 0.0, -0.0]));
    let of = |task| load(&[("x.npy", &features), ("y.npy", &floats)], task).unwrap().samples().unwrap().targets.clone();
    assert_eq!(of(&[]), Targets::Numbers(vec![2.0, 0.0, -0.0]));
    assert_eq!(of(&[("task", "classes")]), classes(&[1, 0, 0], &["0", "2"]));
    let truths = npy("|b1", "False", "(3,)", &[1, 0, 1]);
    let data = load(&[("x.npy", &features), ("y.npy", &truths)], &[]).unwrap();
    assert_eq!(data.samples().unwrap().targets, classes(&[1, 0, 1], &["0", "1"]));
}

#[test]
fn axes_become_rows_and_images() {
    for (shape, expected, first) in [
        ("(4,)", vec![4, 1], "column 0"),
        ("(2, 2)", vec![2, 2], "column 0"),
        ("(1, 2, 2)", vec![1, 2, 2, 1], "pixel 0,0"),
        ("(1, 1, 2, 2)", vec![1, 1, 2, 2], "pixel 0,0 channel 0"),
        ("(2, 1, 1, 1, 2)", vec![2, 2], "column 0"),
    ] {
        let data = load(&[("x.npy", &npy("|u1", "False", shape, &[1, 2, 3, 4]))], &[]).unwrap();
        let samples = data.samples().unwrap();
        assert_eq!((samples.features.shape(), &samples.targets), (&expected[..], &Targets::None), "{shape}");
        assert_eq!((samples.features.values(), data.feature_names()[0].as_str()), (&[1.0, 2.0, 3.0, 4.0][..], first));
        assert_eq!(data.feature_names().len(), data.features());
    }
}

/// An archive of x (3 by 2 numbers of four bytes) and y (three bytes), deflated, as Python 3 writes it for `numpy.savez_compressed`.
const PYTHON: &str = "\
504b03042d000000080000002100aead807fffffffffffffffff05001400782e6e707901001000980000000000000058000000000000009bec17ea1b10\
c9c850c650ad9e925a9c5ca46ea5a06e9366a2aea3a09e965f54529498179f5f94920a12774bcc294e058a17672416a402f91ac63a0a469a3a0ab50a64\
032e0686067b060606072002e206205e00c4171c00504b03042d000000080000002100837d6029ffffffffffffffff05001400792e6e70790100100083\
0000000000000047000000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a05e9369a8aea3a09e965f54529498179f5f94920a12774bcc29\
4e058a17672416a402f91ac63a9a3a0ab50a14002e26062600504b01022d032d000000080000002100aead807f58000000980000000500000000000000\
00000000800100000000782e6e7079504b01022d032d000000080000002100837d602947000000830000000500000000000000000000008001\
8f000000792e6e7079504b05060000000002000200660000000d0100000000";

fn python() -> Vec<u8> {
    let digits: Vec<u8> = PYTHON.bytes().map(|digit| (digit as char).to_digit(16).unwrap() as u8).collect();
    digits.as_chunks::<2>().0.iter().map(|[high, low]| high << 4 | low).collect()
}

/// An archive written here: members by name, deflated or stored.
fn archive(members: &[(&str, &[u8])], deflated: bool) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in members {
        let packed = match deflated {
            true => {
                let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
                encoder.write_all(bytes).unwrap();
                encoder.finish().unwrap()
            }
            false => bytes.to_vec(),
        };
        let mut sum = flate2::Crc::new();
        sum.update(bytes);
        let mut common = vec![20, 0, 0, 0, if deflated { 8 } else { 0 }, 0, 0, 0, 0, 0];
        for number in [sum.sum(), packed.len() as u32, bytes.len() as u32] {
            common.extend(number.to_le_bytes());
        }
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        let offset = file.len() as u32;
        directory.extend(
            [b"PK\x01\x02\x14\x00".as_slice(), &common, &[0; 10], &offset.to_le_bytes(), name.as_bytes()].concat(),
        );
        file.extend([b"PK\x03\x04".as_slice(), &common, name.as_bytes(), &packed].concat());
    }
    let count = (members.len() as u16).to_le_bytes();
    let (size, start) = ((directory.len() as u32).to_le_bytes(), (file.len() as u32).to_le_bytes());
    [
        file,
        directory,
        b"PK\x05\x06\0\0\0\0".to_vec(),
        count.to_vec(),
        count.to_vec(),
        size.to_vec(),
        start.to_vec(),
        vec![0; 2],
    ]
    .concat()
}

#[test]
fn archives_hold_features_and_labels() {
    let data = load(&[("t.npz", &python())], &[]).unwrap();
    let samples = data.samples().unwrap();
    assert_eq!(
        (samples.features.shape(), samples.features.values()),
        (&[3, 2][..], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.5][..])
    );
    assert_eq!(samples.targets, classes(&[1, 0, 1], &["0", "2"]));
    let (a, b) =
        (npy("<f8", "False", "(2, 1)", &doubles(&[1.5, 2.5])), npy("<f8", "False", "(2,)", &doubles(&[3.0, 4.0])));
    for deflated in [false, true] {
        let bytes = archive(&[("first.npy", &a), ("second.npy", &b)], deflated);
        let data = load(&[("t.npz", &bytes)], &[("features", "first"), ("labels", "second")]).unwrap();
        assert_eq!(data.samples().unwrap().targets, Targets::Numbers(vec![3.0, 4.0]));
        // A comment at the end is passed over.
        let mut commented = bytes.clone();
        let end = commented.len() - 2;
        commented[end] = 5;
        commented.extend(b"PK\x05\x06!");
        assert_eq!(load(&[("t.npz", &commented)], &[("features", "first")]).unwrap().len(), 2, "it looks like an end");
        let unlabeled = load(&[("t.npz", &bytes)], &[("features", "first")]).unwrap();
        assert_eq!(unlabeled.samples().unwrap().targets, Targets::None);
        let error = load(&[("t.npz", &bytes)], &[]).unwrap_err();
        assert_eq!(
            error,
            "t.npz: no array is called features, x, X, x_train, data; name one of \"first\", \"second\" (the option features)"
        );
        let error = load(&[("t.npz", &bytes)], &[("features", "first"), ("labels", "third")]).unwrap_err();
        assert_eq!(error, "t.npz: there is no array \"third\"; name one of \"first\", \"second\" (the option labels)");
    }
}

#[test]
fn other_arrays_are_read_like_those_of_training() {
    let folder = Folder::new();
    let features = npy("<f8", "False", "(3, 1)", &doubles(&[1.0, 2.0, 3.0]));
    let data = folder.load(&[("x.npy", &features), ("y.npy", &npy("|i1", "False", "(3,)", &[4, 2, 4]))], &[]).unwrap();
    let other = put(&folder.0, "z.npy", &npy("<f8", "False", "(3,)", &doubles(&[4.0, 4.0, 2.0])));
    let read = data.load_like(&[folder.0.path().join("x.npy"), other]).unwrap();
    assert_eq!(read.samples().unwrap().targets, classes(&[1, 1, 0], &["2", "4"]));
    let foreign = put(&folder.0, "f.npy", &npy("|i1", "False", "(3,)", &[4, 9, 2]));
    let error = data.load_like(&[folder.0.path().join("x.npy"), foreign]).unwrap_err().to_string();
    assert!(error.contains("the class of row 1 is unknown"), "{error}");
}

#[test]
fn arrays_that_do_not_fit_are_refused() {
    let good = npy("<f8", "False", "(2, 1)", &doubles(&[1.0, 2.0]));
    let labels = |data: &[u8]| npy("|i1", "False", &format!("({},)", data.len()), data);
    let plain = "save a plain array of floating-point numbers, integers or booleans with numpy.save";
    let cut = python()[..200].to_vec();
    let mut changed = python();
    changed[60] ^= 1;
    let mut lying = archive(&[("x.npy", &good)], true);
    let size = lying.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap() + 24;
    lying[size..size + 4].copy_from_slice(&u32::MAX.to_le_bytes()[..]);
    lying[size] = 0;
    type Files = Vec<(&'static str, Vec<u8>)>;
    let cases: Vec<(Files, String)> = vec![
        (vec![("x.npy", good.clone()), ("y.npy", labels(&[1, 2, 3]))], "y.npy: there are 3 labels, but x.npy holds 2 rows; name two files that belong together".into()),
        (vec![("x.npy", good.clone()), ("y.npy", npy("|O", "False", "(2,)", &[0; 16]))], format!("y.npy: the elements are of the type \"|O\"; {plain}")),
        (vec![("x.npy", good.clone()), ("y.npy", npy("<f8", "False", "(1, 2)", &[0; 16]))], "y.npy: the labels have the shape [1, 2]; save one label for each row: an array with one axis".into()),
        (vec![("x.npy", good.clone()), ("y.npy", npy("<f8", "False", "(2,)", &doubles(&[1.0, f64::NAN])))], "y.npy: the label of row 1 is NaN; give it a finite number".into()),
        (vec![("x.npy", good[..140].to_vec())], "x.npy: 1 elements follow the header, its shape [2, 1] makes 2; copy the file again, it is not complete".into()),
        (vec![("x.npy", npy("<f8", "False", "(2, 2)", &doubles(&[1.0, 2.0, f64::INFINITY, 3.0])))], "x.npy: number 0 of row 1 (both counted from 0) is inf; leave the row out or give it a number".into()),
        (vec![("x.npy", npy("<f8", "False", "()", &doubles(&[1.0])))], "x.npy: the features have the shape []; name a file with a row of numbers for each example".into()),
        (vec![("x.npz", cut)], "x.npz: the archive has no directory at its end; the archive is damaged: write it again with numpy.savez".into()),
        (vec![("x.npz", lying)], "x.npz/x.npy: the array claims more bytes than there can be; the archive is damaged: write it again with numpy.savez".into()),
        (vec![("x.npz", python()), ("y.npy", labels(&[1, 2, 3]))], "x.npz: the file is an archive, beside another file; name the archive alone, and its arrays (the option features, the option labels)".into()),
        (vec![], "the number of files to read samples from is 0, expected one .npz archive, or an .npy file of features and, behind it, one of labels".into()),
    ];
    for (files, expected) in cases {
        let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
        assert_eq!(load(&files, &[]).unwrap_err(), expected);
    }
    let error = load(&[("x.npz", &changed)], &[]).unwrap_err();
    assert!(error.starts_with("x.npz/x.npy: "), "{error}");
    let halves = npy("<f8", "False", "(2,)", &doubles(&[1.0, 0.5]));
    assert_eq!(
        load(&[("x.npy", &good), ("y.npy", &halves)], &[("task", "classes")]).unwrap_err(),
        "y.npy: the label of row 1 is 0.5, and classes are whole numbers; correct it, or take the labels for numbers (the option task numbers)"
    );
    let error = load(&[("x.npy", &good)], &[("labels", "y")]).unwrap_err();
    assert_eq!(error, "the option \"labels\" is given for x.npy, expected an archive (.npz) to find it in");
}

/// The features and targets of IDX files, whose elements are given as bytes.
fn idx(dir: &TempDir, images: (u8, &[u32], &[u8]), labels: (u8, &[u32], &[u8])) -> Result<Samples, String> {
    let file = |name: &str, (kind, sizes, bytes): (u8, &[u32], &[u8])| {
        let mut all = vec![0, 0, kind, sizes.len() as u8];
        sizes.iter().for_each(|size| all.extend(size.to_be_bytes()));
        all.extend(bytes);
        put(dir, name, &all)
    };
    let (images, labels) = (file("images", images), file("labels", labels));
    let folder = format!("{}/", dir.path().display());
    Samples::read_idx(&images, Some(&labels), Pixels::Unit).map_err(|error| error.to_string().replace(&folder, ""))
}

#[test]
fn idx_files_of_every_type_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let floats: Vec<u8> = [1.5_f32, -2.0].iter().flat_map(|value| value.to_be_bytes()).collect();
    let doubles: Vec<u8> = [1.5_f64, -2.0].iter().flat_map(|value| value.to_be_bytes()).collect();
    let labels: (u8, &[u32], &[u8]) = (0x08, &[2], &[3, 1]);
    for (kind, bytes, expected) in [
        (0x08, vec![255, 0], [1.0, 0.0]),
        (0x09, vec![255, 127], [-1.0, 127.0]),
        (0x0b, vec![0xff, 0xfe, 1, 0], [-2.0, 256.0]),
        (0x0c, vec![0, 1, 0, 0, 0x80, 0, 0, 0], [65536.0, -2_147_483_648.0]),
        (0x0d, floats.clone(), [1.5, -2.0]),
        (0x0e, doubles.clone(), [1.5, -2.0]),
    ] {
        let samples = idx(&dir, (kind, &[2, 1, 1], &bytes), labels).unwrap();
        assert_eq!(
            (samples.features.shape(), samples.features.values()),
            (&[2, 1, 1, 1][..], &expected[..]),
            "{kind:#x}"
        );
        assert_eq!(samples.targets, classes(&[1, 0], &["1", "3"]));
    }
    let samples = idx(&dir, (0x08, &[2, 1, 1, 3], &[255, 0, 51, 0, 255, 0]), labels).unwrap();
    assert_eq!(samples.features.shape(), [2, 1, 1, 3]);
    assert_eq!(samples.features.row(0), [1.0, 0.0, 0.2]);
    assert_eq!(idx(&dir, (0x0d, &[2, 1], &floats), labels).unwrap().features.shape(), [2, 1]);
    // QMNIST: eight integers a row, the first of which is the class.
    let rows: Vec<u8> = [[5_u32, 9, 9, 9, 9, 9, 9, 9], [0, 8, 8, 8, 8, 8, 8, 8]]
        .as_flattened()
        .iter()
        .flat_map(|x| x.to_be_bytes())
        .collect();
    let samples = idx(&dir, (0x08, &[2, 1, 1], &[1, 2]), (0x0c, &[2, 8], &rows)).unwrap();
    assert_eq!(samples.targets, classes(&[1, 0], &["0", "5"]));
    let samples = idx(&dir, (0x08, &[2, 1, 1], &[1, 2]), (0x0d, &[2], &floats)).unwrap();
    assert_eq!(samples.targets, Targets::Numbers(vec![1.5, -2.0]));
    let nan: Vec<u8> = [1.0, f32::NAN].iter().flat_map(|value| value.to_be_bytes()).collect();
    let error = idx(&dir, (0x0d, &[2, 1, 1], &nan), labels).unwrap_err();
    assert_eq!(error, "images: number 0 of row 1 (both counted from 0) is NaN; leave the row out or give it a number");
    let error = idx(&dir, (0x0a, &[2, 1, 1], &[1, 2]), labels).unwrap_err();
    assert_eq!(error, "images: the file begins with the bytes [0, 0, 10, 3]; name an IDX file, such as those of MNIST");
    let error = idx(&dir, (0x0e, &[u32::MAX, u32::MAX, 1], &[1]), labels).unwrap_err();
    assert_eq!(
        error,
        "images: the header claims the sizes [4294967295, 4294967295, 1]; the header is damaged: copy the file again"
    );
    let error = idx(&dir, (0x0c, &[2, 1, 1], &[1; 7]), labels).unwrap_err();
    assert_eq!(
        error,
        "images: 7 bytes follow the header, its sizes [2, 1, 1] make 8; copy the file again, it is not complete"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_bytes_make_an_archive_panic(
        deflated in any::<bool>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = archive(&[("x.npy", &npy("<f8", "False", "(2, 1)", &[0; 16])), ("y.npy", &npy("|i1", "False", "(2,)", &[1, 2]))], deflated);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = load(&[("t.npz", &bytes)], &[]);
        prop_assert!(load(&[("t.npz", &bytes[..cut.index(bytes.len())])], &[]).is_err());
    }
}
