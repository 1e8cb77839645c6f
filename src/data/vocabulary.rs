//! Names and the dense numbers that stand for them.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use crate::error::similarity;
use crate::{Error, Result};

/// The most names a vocabulary holds. The largest number is thus never an id, and ids and their
/// count both fit a `u32`.
const CAPACITY: usize = u32::MAX as usize - 1;

/// How many similar names an error suggests.
const SUGGESTIONS: usize = 3;

/// A list of distinct names, each with its place in the list as its id.
///
/// Ids are dense and follow the order in which names were first met, so the same input always
/// gives the same ids.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    names: Vec<Arc<str>>,
    /// Only ever asked for one name: its order is random and must not reach a result.
    ids: HashMap<Arc<str>, u32>,
}

impl Vocabulary {
    /// A vocabulary without names.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The vocabulary of `names`, whose ids are their places in the list.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] if a name occurs twice.
    pub fn from_names(names: Vec<String>) -> Result<Self> {
        let mut vocabulary = Self::new();
        for (place, name) in names.iter().enumerate() {
            if let Some(first) = vocabulary.id(name) {
                return Err(Error::argument(
                    "the list of names",
                    format!("one with {name:?} at places {first} and {place}"),
                    "each name once",
                ));
            }
            vocabulary.insert(name, CAPACITY).ok_or_else(|| {
                Error::argument(
                    "the list of names",
                    format!("{} long", names.len()),
                    format!("at most {CAPACITY} names"),
                )
            })?;
        }
        Ok(vocabulary)
    }

    /// The id of `name`, which is added if it is new.
    ///
    /// # Panics
    ///
    /// If the vocabulary already holds 2^32 - 2 other names.
    pub fn intern(&mut self, name: &str) -> u32 {
        self.insert(name, CAPACITY).expect("a vocabulary holds at most 2^32 - 2 names")
    }

    /// As [`intern`](Self::intern), but nothing if the name is new and `capacity` names are held.
    pub(crate) fn insert(&mut self, name: &str, capacity: usize) -> Option<u32> {
        if let Some(id) = self.id(name) {
            return Some(id);
        }
        if self.names.len() >= capacity.min(CAPACITY) {
            return None;
        }
        let id = u32::try_from(self.names.len()).ok()?;
        let name: Arc<str> = name.into();
        self.names.push(Arc::clone(&name));
        self.ids.insert(name, id);
        Some(id)
    }

    /// The id of `name`, if it is known.
    #[must_use]
    pub fn id(&self, name: &str) -> Option<u32> {
        self.ids.get(name).copied()
    }

    /// The id of `name`, or an error that suggests the most similar names.
    ///
    /// # Errors
    ///
    /// [`Error::Unknown`] with `kind`, for example `entity`, and at most three names: first those
    /// that differ in case only, then by Jaro-Winkler similarity regardless of case, which favors
    /// a common beginning, and names equally similar in the order of their characters. Names with
    /// nothing in common are left out.
    pub fn require(&self, kind: &'static str, name: &str) -> Result<u32> {
        self.id(name).ok_or_else(|| Error::Unknown { kind, name: name.to_owned(), nearest: self.nearest(name) })
    }

    /// At most three similar names, as [`require`](Self::require) suggests them.
    pub(crate) fn nearest(&self, name: &str) -> Vec<String> {
        nearest(self.iter(), name)
    }

    /// The name with this id, if there is one.
    #[must_use]
    pub fn name(&self, id: u32) -> Option<&str> {
        self.names.get(id as usize).map(AsRef::as_ref)
    }

    /// How many names there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are no names.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The names in the order of their ids.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> + DoubleEndedIterator + Clone {
        self.names.iter().map(AsRef::as_ref)
    }
}

/// At most three of the names, the most similar first.
fn nearest<'n>(names: impl Iterator<Item = &'n str>, wanted: &str) -> Vec<String> {
    let mut ranked: Vec<_> = names
        .map(|name| (Reverse(similarity(name, wanted).to_bits()), name))
        .filter(|(Reverse(similarity), _)| *similarity > 0)
        .collect();
    ranked.sort_unstable();
    ranked.into_iter().take(SUGGESTIONS).map(|(_, name)| name.to_owned()).collect()
}

/// Vocabularies are equal if they have the same names in the same order.
impl PartialEq for Vocabulary {
    fn eq(&self, other: &Self) -> bool {
        self.names == other.names
    }
}

impl Eq for Vocabulary {}

#[cfg(test)]
mod tests {
    use super::*;
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
    fn a_full_vocabulary_takes_known_names_only() {
        let mut vocabulary = of(&["uk", "usa"]);
        assert_eq!(vocabulary.insert("ussr", 2), None);
        assert_eq!(vocabulary.insert("usa", 2), Some(1));
        assert_eq!(vocabulary.insert("ussr", 3), Some(2));
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
}
