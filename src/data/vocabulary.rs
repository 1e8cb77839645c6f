//! Names and the dense numbers that stand for them.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use crate::error::similarity;
use crate::{Error, Result};

/// The most names a vocabulary holds. The largest number is thus never an id, and ids and their
/// count both fit a `u32`.
const CAPACITY: usize = u32::MAX as usize - 1;

const SUGGESTIONS: usize = 3;

/// A list of distinct names, each with its place in the list as its id.
///
/// Ids are dense and follow the order in which names were first met, so the same input always
/// gives the same ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vocabulary {
    names: Vec<Arc<str>>,
    /// Only ever asked for one name: its order is random and must not reach a result.
    ids: HashMap<Arc<str>, u32>,
}

impl Vocabulary {
    /// A vocabulary without names.
    pub fn new() -> Self {
        Self::default()
    }

    /// The vocabulary of `names`, whose ids are their places in the list.
    ///
    /// # Errors
    /// [`Error::Argument`] if a name occurs twice.
    pub fn from_names(names: Vec<String>) -> Result<Self> {
        let mut vocabulary = Self::new();
        for (place, name) in names.iter().enumerate() {
            if let Some(first) = vocabulary.id(name) {
                let found = format!("one with {name:?} at places {first} and {place}");
                return Err(Error::argument("the list of names", found, "each name once"));
            }
            vocabulary.insert(name, CAPACITY).ok_or_else(|| {
                let expected = format!("at most {CAPACITY} names");
                Error::argument("the list of names", format!("{} long", names.len()), expected)
            })?;
        }
        Ok(vocabulary)
    }

    pub(crate) fn to_names(&self) -> Vec<String> {
        self.iter().map(str::to_owned).collect()
    }

    /// The id of `name`, which is added if it is new.
    ///
    /// # Panics
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
    pub fn id(&self, name: &str) -> Option<u32> {
        self.ids.get(name).copied()
    }

    /// The id of `name`, or an error that suggests the most similar names.
    ///
    /// # Errors
    /// [`Error::Unknown`] with `kind`, for example `entity`, and at most three names: first those
    /// that differ in case only, then by Jaro-Winkler similarity regardless of case, which favors
    /// a common beginning, and names equally similar in the order of their characters. Names with
    /// nothing in common are left out.
    pub fn require(&self, kind: &'static str, name: &str) -> Result<u32> {
        self.id(name).ok_or_else(|| Error::Unknown { kind, name: name.to_owned(), nearest: self.nearest(name) })
    }

    /// At most three similar names, as [`require`](Self::require) suggests them.
    pub(crate) fn nearest(&self, wanted: &str) -> Vec<String> {
        let mut ranked: Vec<_> = (self.iter())
            .map(|name| (Reverse(similarity(name, wanted).to_bits()), name))
            .filter(|(Reverse(similarity), _)| *similarity > 0)
            .collect();
        ranked.sort_unstable();
        ranked.into_iter().take(SUGGESTIONS).map(|(_, name)| name.to_owned()).collect()
    }

    /// The name with this id, if there is one.
    pub fn name(&self, id: u32) -> Option<&str> {
        self.names.get(id as usize).map(AsRef::as_ref)
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are no names.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The names in the order of their ids.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> + DoubleEndedIterator + Clone {
        self.names.iter().map(AsRef::as_ref)
    }
}

/// The vocabulary of names that may repeat, each with the id that it is first met with.
impl<N: AsRef<str>> FromIterator<N> for Vocabulary {
    fn from_iter<I: IntoIterator<Item = N>>(names: I) -> Self {
        let mut vocabulary = Self::new();
        names.into_iter().for_each(|name| {
            vocabulary.intern(name.as_ref());
        });
        vocabulary
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_vocabulary_takes_known_names_only() {
        let mut vocabulary = Vocabulary::from_names(vec!["uk".into(), "usa".into()]).unwrap();
        assert_eq!(vocabulary.insert("ussr", 2), None);
        assert_eq!(vocabulary.insert("usa", 2), Some(1));
        assert_eq!(vocabulary.insert("ussr", 3), Some(2));
    }
}
