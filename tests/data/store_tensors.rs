//! Data files: every bit of an array comes back, and no bytes are taken for what they are not.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::sync::LazyLock;

use ascribe::Result;
use ascribe::store::{NamedArray, Values, check, open};
use proptest::prelude::*;

use crate::store::{committed, data_file, problem, vouch};

fn array(name: &str, shape: &[usize], values: impl Into<Values>) -> NamedArray {
    NamedArray::new(name, shape.to_vec(), values).unwrap()
}

/// The data file that is written of these arrays.
fn encoded(arrays: &[NamedArray]) -> Vec<u8> {
    fs::read(committed(arrays).1).unwrap()
}

/// What is read of a data file of these bytes, which the manifest vouches for.
fn decoded(bytes: &[u8]) -> Result<Vec<NamedArray>> {
    let folder = tempfile::tempdir().unwrap();
    vouch(folder.path(), "run", bytes);
    open(folder.path(), "run").map(|mut contents| contents.files.remove(0).1)
}

fn sample() -> Vec<NamedArray> {
    vec![
        array("bytes", &[5], vec![0u8, 1, 2, 254, 255]),
        array("counts", &[3], vec![0u32, 7, u32::MAX]),
        array("empty", &[0, 4], Vec::<f64>::new()),
        array("naïve \"name\"\n", &[2, 1], vec![1f32, 2.0]),
        array(
            "odd",
            &[6],
            vec![f64::NAN, f64::from_bits(0xfff0_dead_beef_0001), f64::INFINITY, f64::NEG_INFINITY, -0.0, 5e-324],
        ),
        array("odder", &[2], vec![f32::from_bits(0x7f80_0001), -0.0]),
        array("scalar", &[], vec![42f64]),
    ]
}

#[test]
fn every_bit_comes_back() {
    assert_eq!(decoded(&encoded(&sample())).unwrap(), sample());
    assert_eq!(decoded(&encoded(&[])).unwrap(), []);
}

#[test]
fn arrays_longer_than_a_block_come_back() {
    // So many bytes are converted at a time.
    const BLOCK: usize = 1 << 16;
    let count = BLOCK / 4 * 2 + 3;
    let long = vec![array("long", &[count], (0..count as u32).collect::<Vec<_>>())];
    assert_eq!(decoded(&encoded(&long)).unwrap(), long);
}

#[test]
fn the_crate_reads_what_is_written() {
    let bytes = encoded(&sample());
    let read = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(read.len(), 7);
    let counts = read.tensor("counts").unwrap();
    assert_eq!(counts.shape(), [3]);
    assert_eq!(counts.data()[4..8], 7u32.to_le_bytes());
    // The widest first and the header padded: every array can be mapped into memory as it is.
    let size = u64::from_le_bytes(bytes[..8].try_into().unwrap());
    assert_eq!(size % 8, 0);
}

#[test]
fn the_bytes_do_not_depend_on_the_order() {
    let mut reversed = sample();
    reversed.reverse();
    assert_eq!(encoded(&sample()), encoded(&reversed));
    // Hash maps differ within a process too: several tries would show a difference.
    assert!((0..20).all(|_| encoded(&sample()) == encoded(&reversed)));
}

#[test]
fn a_mark_is_read_and_required() {
    let bytes = encoded(&sample());
    let (_, header) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
    assert_eq!(header.metadata().as_ref().unwrap()["ascribe"], "run 2");
    let folder = tempfile::tempdir().unwrap();
    vouch(folder.path(), "index", &bytes);
    let error = open(folder.path(), "index").unwrap_err();
    assert_eq!(problem(error), "the header is marked Some(\"run 2\"), expected \"index 2\"");
    // By its mark a file that a killed commit left is known for one of ours.
    let left = tempfile::tempdir().unwrap();
    fs::write(left.path().join("model-00c0ffee.safetensors"), &bytes).unwrap();
    check(left.path(), "run").unwrap();
    check(left.path(), "index").unwrap_err();
    fs::write(left.path().join("model-00c0ffee.safetensors"), b"short").unwrap();
    check(left.path(), "run").unwrap_err();
}

#[test]
fn malformed_headers_are_told() {
    const REMARK: &str = r#""__metadata__":{"ascribe":"run 2"}"#;
    let told = |bytes: &[u8]| problem(decoded(bytes).unwrap_err());
    assert_eq!(told(b""), "the header is longer than the file");
    assert_eq!(told(&[9; 20]), "the header is longer than the file");
    assert!(told(&data_file("{", b"")).starts_with("the header is malformed: "));
    let of = |fields: &str, data: &[u8]| told(&data_file(&format!("{{{REMARK},{fields}}}"), data));
    assert_eq!(
        of(r#""a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}"#, &[0; 8]),
        "array \"a\" has dtype I64, expected F32, F64, U32 or U8"
    );
    assert_eq!(
        of(r#""a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#, &[0; 8]),
        "the header describes 4 bytes of arrays, found 8"
    );
    assert!(
        of(r#""":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#, &[0; 4]).contains("the name of an array is \"\"")
    );
}

#[test]
fn sizes_that_wrap_round_are_told() {
    // Eight arrays that end just below 2^64, so that the length of the file overflows.
    let mut header = r#"{"__metadata__":{"ascribe":"run 2"}"#.to_string();
    let size = u64::MAX / 8;
    for index in 0..8 {
        let (start, end) = (index * size, (index + 1) * size);
        header += &format!(r#","a{index}":{{"dtype":"BOOL","shape":[{size}],"data_offsets":[{start},{end}]}}"#);
    }
    let told = problem(decoded(&data_file(&(header + "}"), b"")).unwrap_err());
    assert!(told.starts_with("the header describes"), "{told}");
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decoded(&bytes);
    }

    #[test]
    fn no_damage_panics(at in any::<prop::sample::Index>(), bits in 1u8..) {
        static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| encoded(&sample()));
        let mut bytes = WHOLE.clone();
        let at = at.index(bytes.len());
        bytes[at] ^= bits;
        let _ = decoded(&bytes);
    }
}
