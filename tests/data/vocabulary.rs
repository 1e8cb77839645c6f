//! Names and their ids, and what is suggested where a name is not known.
#![allow(clippy::unwrap_used)]

use ascribe::Error;
use ascribe::data::Vocabulary;
use proptest::prelude::*;

fn of(names: &[&str]) -> Vocabulary {
    Vocabulary::from_names(names.iter().map(ToString::to_string).collect()).unwrap()
}

fn suggested(names: &[&str], wanted: &str) -> Vec<String> {
    match of(names).require("entity", wanted) {
        Err(Error::Unknown { kind: "entity", name, nearest }) if name == wanted => nearest,
        other => panic!("{other:?}"),
    }
}

#[test]
fn ids_follow_first_occurrence() {
    let mut vocabulary = Vocabulary::new();
    assert!(vocabulary.is_empty());
    let ids: Vec<u32> = ["uk", "usa", "uk", "", "usa", "UK"].map(|name| vocabulary.intern(name)).into();
    assert_eq!(ids, [0, 1, 0, 2, 1, 3]);
    assert_eq!(vocabulary.len(), 4);
    assert!(!vocabulary.is_empty());
    assert_eq!(vocabulary.iter().collect::<Vec<_>>(), ["uk", "usa", "", "UK"]);
    assert_eq!(vocabulary.id("usa"), Some(1));
    assert_eq!(vocabulary.id("us"), None);
    assert_eq!(vocabulary.name(3), Some("UK"));
    assert_eq!(vocabulary.name(4), None);
    assert_eq!(vocabulary.require("entity", "UK").unwrap(), 3);
}

#[test]
fn a_repeated_name_is_refused() {
    let error = Vocabulary::from_names(vec!["uk".into(), "usa".into(), "uk".into()]);
    assert_eq!(
        error.unwrap_err().to_string(),
        "the list of names is one with \"uk\" at places 0 and 2, expected each name once"
    );
}

#[test]
fn suggestions_put_another_case_first_and_stop_at_three() {
    let names = ["usable", "usage", "uses", "USA", "Usa"];
    assert_eq!(suggested(&names, "usa"), ["USA", "Usa", "usage"]);
}

#[test]
fn suggestions_find_a_slip_and_a_beginning() {
    let names = ["poland", "Washington, D.C.", "netherlands", "Neverland"];
    assert_eq!(suggested(&names, "nehterlands")[0], "netherlands");
    assert_eq!(suggested(&names, "washington")[0], "Washington, D.C.");
    assert_eq!(suggested(&["ecole", "école"], "ÉCOLE")[0], "école");
    assert_eq!(suggested(&["ecole", "ÉCOLE"], "école")[0], "ÉCOLE");
}

#[test]
fn equally_similar_names_come_in_their_own_order() {
    for names in [["ab", "ac", "ad", "ae"], ["ae", "ad", "ac", "ab"]] {
        assert_eq!(suggested(&names, "ax"), ["ab", "ac", "ad"]);
    }
}

#[test]
fn nothing_similar_is_not_suggested() {
    assert!(suggested(&["xyz", "xyy"], "abc").is_empty());
    assert!(suggested(&[], "abc").is_empty());
}

proptest! {
    #[test]
    fn names_and_ids_are_each_others_inverse(names in prop::collection::vec("\\PC{0,3}", 0..50)) {
        let mut vocabulary = Vocabulary::new();
        let ids: Vec<u32> = names.iter().map(|name| vocabulary.intern(name)).collect();
        let mut distinct: Vec<String> = Vec::new();
        for (name, id) in names.iter().zip(ids) {
            prop_assert_eq!(vocabulary.name(id), Some(name.as_str()));
            prop_assert_eq!(vocabulary.require("entity", name).unwrap(), id);
            if !distinct.contains(name) {
                distinct.push(name.clone());
            }
        }
        prop_assert!(vocabulary.iter().eq(distinct.iter().map(String::as_str)));
        prop_assert_eq!(vocabulary, Vocabulary::from_names(distinct).unwrap());
    }
}
