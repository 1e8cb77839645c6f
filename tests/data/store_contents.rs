//! What a folder can hold: names, shapes, values and a manifest that can be read back.
#![allow(clippy::unwrap_used)]

use ascribe::store::{Contents, NamedArray, Values, commit};
use serde_json::{Value, json};

fn refusal(manifest: Value, files: Vec<(&str, Vec<NamedArray>)>) -> String {
    let files = files.into_iter().map(|(stem, a)| (stem.into(), a));
    let contents = Contents { manifest, files: files.collect() };
    let folder = tempfile::tempdir().unwrap();
    commit(folder.path(), "run", &contents).unwrap_err().to_string()
}

#[test]
fn what_cannot_be_written_is_refused() {
    let array = |name| NamedArray::new(name, vec![1], vec![1u32]).unwrap();
    assert_eq!(refusal(json!([1]), vec![]), "the manifest is a JSON array, expected a JSON object");
    assert!(refusal(json!(null), vec![]).starts_with("the manifest is null"));
    for stem in ["", "..", "a/b", "a\\b", "Model", "a.b"] {
        assert!(refusal(json!({}), vec![(stem, vec![])]).starts_with("the stem of a file is"));
    }
    assert!(refusal(json!({}), vec![("m", vec![]), ("m", vec![])]).contains("is \"m\" twice"), "two files of one stem");
    assert!(
        refusal(json!({}), vec![("m", vec![array("a"), array("a")])])
            .contains("the name of an array in \"m\" is \"a\" twice")
    );
    // The fields are public: an array may have changed since it was made.
    let mut changed = array("a");
    changed.shape.push(2);
    assert!(refusal(json!({}), vec![("m", vec![changed])]).contains("the shape of array"));
    let same_name = vec![("m".into(), vec![array("a")]), ("n".into(), vec![array("a")])];
    let contents = Contents { manifest: json!({}), files: same_name };
    commit(tempfile::tempdir().unwrap().path(), "run", &contents).unwrap();
}

#[test]
fn the_shape_must_fit_the_values() {
    assert!(NamedArray::new("a", vec![2, 3], vec![0f32; 6]).is_ok());
    assert!(NamedArray::new("a", vec![], vec![0f32]).is_ok());
    assert!(NamedArray::new("a", vec![4, 0], Vec::<u32>::new()).is_ok());
    let error = NamedArray::new("a", vec![2, 3], vec![0f64; 5]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the shape of array \"a\" is [2, 3] for 5 values, expected dimensions whose product \
         is the number of values"
    );
    // A product that wraps round to the right number.
    assert!(NamedArray::new("a", vec![1 << 63, 2], Vec::<u32>::new()).is_err());
    assert!(NamedArray::new("a", vec![], Vec::<u32>::new()).is_err());
}

#[test]
fn names_must_be_usable() {
    for name in ["", "__metadata__"] {
        let error = NamedArray::new(name, vec![1], vec![0f32]).unwrap_err();
        assert!(error.to_string().contains("the name of an array"));
    }
}

#[test]
fn equality_is_bitwise() {
    let quiet = Values::from(vec![f64::NAN]);
    assert_eq!(quiet, quiet.clone());
    assert_ne!(quiet, vec![f64::from_bits(f64::NAN.to_bits() | 1)].into());
    assert_ne!(Values::from(vec![0f32]), vec![-0f32].into());
    assert_ne!(Values::from(vec![0f32]), vec![0u32].into());
    assert_ne!(Values::from(vec![0f32]), vec![0f32, 0.0].into());
}
