//! Questions to a knowledge graph, as typed on a command line.

use crate::data::{Triple, TripleSet};
use crate::{Error, Result};

/// What a query looks like, for messages.
const FORM: &str = "HEAD,RELATION,? or ?,RELATION,TAIL, with double quotes around a name that \
                    holds a comma and no spaces around them";

/// One of the two ends of a triple.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The entity that a triple is about.
    Head,
    /// The entity that the head has the relation to.
    Tail,
}

/// A triple of which one end is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Query {
    /// The entity that is given: the head if the tail is asked for, and the other way round.
    pub known: u32,
    /// The relation, which is given.
    pub relation: u32,
    /// The end that is asked for.
    pub side: Side,
}

impl Query {
    /// Reads `HEAD,RELATION,?` or `?,RELATION,TAIL` with names that `set` knows.
    ///
    /// Parts are written as in a CSV file: one in double quotes may hold commas, and a double
    /// quote if it is doubled. White space around a part without quotes is passed over. The question
    /// mark stands for the unknown only without quotes; `"?"` is the entity of that name.
    ///
    /// ```
    /// use ascribe::data::{Query, Side, Triple, TripleSet, Vocabulary};
    ///
    /// let set = TripleSet {
    ///     entities: Vocabulary::from_names(vec!["Washington, D.C.".into(), "USA".into()])?,
    ///     relations: Vocabulary::from_names(vec!["capital of".into()])?,
    ///     train: vec![Triple { head: 0, relation: 0, tail: 1 }],
    ///     ..TripleSet::default()
    /// };
    /// let query = Query::parse(r#""Washington, D.C.",capital of,?"#, &set)?;
    /// assert_eq!(query, Query { known: 0, relation: 0, side: Side::Tail });
    /// assert_eq!(query.triple(1), set.train[0]);
    /// # Ok::<(), ascribe::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] if there are not three parts or not exactly one end is unknown,
    /// [`Error::Unknown`] with similar names if `set` does not know an entity or the relation.
    pub fn parse(text: &str, set: &TripleSet) -> Result<Self> {
        let refuse = |reason: String| Error::argument("the query", format!("{text:?}, {reason}"), FORM);
        if text.contains('\0') {
            return Err(refuse("which holds a character that no name has".into()));
        }
        let parts = split(text);
        let [head, relation, tail] = parts.as_slice() else {
            let noun = if parts.len() == 1 { "part" } else { "parts" };
            return Err(refuse(format!("which has {} {noun}", parts.len())));
        };
        let Part::Name(relation) = relation else {
            return Err(refuse("which leaves the relation open".into()));
        };
        let (name, side) = match (head, tail) {
            (Part::Name(head), Part::Unknown) => (head, Side::Tail),
            (Part::Unknown, Part::Name(tail)) => (tail, Side::Head),
            (Part::Unknown, Part::Unknown) => {
                return Err(refuse("which leaves both ends open".into()));
            }
            (Part::Name(head), Part::Name(tail)) => {
                let instead = format!("which leaves neither end open: ask {head},{relation},? with --target {tail}");
                return Err(refuse(instead));
            }
        };
        Ok(Self {
            known: set.entities.require("entity", name)?,
            relation: set.relations.require("relation", relation)?,
            side,
        })
    }

    /// The triple that states `answer` to this query.
    #[must_use]
    pub fn triple(self, answer: u32) -> Triple {
        let (head, tail) = match self.side {
            Side::Head => (answer, self.known),
            Side::Tail => (self.known, answer),
        };
        Triple { head, relation: self.relation, tail }
    }
}

#[derive(Debug, PartialEq)]
enum Part {
    Unknown,
    Name(String),
}

/// The parts of a query without NUL characters.
fn split(text: &str) -> Vec<Part> {
    // The parser passes over a byte order mark, so it must not hide a quote further down.
    let text = text.trim_start_matches('\u{feff}');
    // A query is one record, and a second one must not go unnoticed: so the terminator is one
    // that does not occur, and a line end is a character like others.
    let fields: csv::StringRecord = csv::ReaderBuilder::new()
        .has_headers(false)
        .terminator(csv::Terminator::Any(0))
        .from_reader(text.as_bytes())
        .records()
        .next()
        .and_then(std::result::Result::ok)
        .unwrap_or_default();
    // The parser does not tell which fields had quotes, the raw text does. Every comma in it is
    // either between two fields or kept in the field that it belongs to, so counting the commas
    // of a field tells how many pieces of raw text it came from.
    let mut pieces = text.split(',');
    fields
        .iter()
        .map(|field| {
            let quoted = pieces.next().is_some_and(|piece| piece.starts_with('"'));
            for _ in field.matches(',') {
                pieces.next();
            }
            match (quoted, field.trim()) {
                (true, _) => Part::Name(field.to_owned()),
                (false, "?") => Part::Unknown,
                (false, name) => Part::Name(name.to_owned()),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Vocabulary;
    use proptest::prelude::*;

    fn graph(entities: &[&str], relations: &[&str]) -> TripleSet {
        let names = |names: &[&str]| Vocabulary::from_names(names.iter().map(ToString::to_string).collect()).unwrap();
        TripleSet { entities: names(entities), relations: names(relations), ..TripleSet::default() }
    }

    fn sample() -> TripleSet {
        graph(&["uk", "Washington, D.C.", "?", "the \"rock\"", "\"rock\"", " x "], &["near", "?", "is, was"])
    }

    fn asked(known: u32, relation: u32, side: Side) -> Query {
        Query { known, relation, side }
    }

    #[test]
    fn both_forms_and_all_ways_of_quoting_are_read() {
        use Side::{Head, Tail};
        let set = sample();
        for (text, query) in [
            ("uk,near,?", asked(0, 0, Tail)),
            ("?,near,uk", asked(0, 0, Head)),
            ("\"uk\",\"near\",?", asked(0, 0, Tail)),
            (" uk , near , ? ", asked(0, 0, Tail)),
            ("uk,near,?\r\n", asked(0, 0, Tail)),
            ("\"Washington, D.C.\",near,?", asked(1, 0, Tail)),
            ("?,\"is, was\",\"Washington, D.C.\"", asked(1, 2, Head)),
            ("\"?\",near,?", asked(2, 0, Tail)),
            ("?,near,\"?\"", asked(2, 0, Head)),
            ("\"?\",\"?\",?", asked(2, 1, Tail)),
            ("?,\"?\",\"Washington, D.C.\"", asked(1, 1, Head)),
            ("?,\"is, was\",\"?\"", asked(2, 2, Head)),
            ("\u{feff}\"?\",near,?", asked(2, 0, Tail)),
            // Quotes inside a name do not have to be doubled if it does not begin with one.
            ("the \"rock\",near,?", asked(3, 0, Tail)),
            ("\"the \"\"rock\"\"\",near,?", asked(3, 0, Tail)),
            ("?,near,\"\"\"rock\"\"\"", asked(4, 0, Head)),
            ("\" x \",near,?", asked(5, 0, Tail)),
        ] {
            assert_eq!(Query::parse(text, &set).unwrap(), query, "{text}");
        }
    }

    #[test]
    fn other_forms_are_refused_with_the_reason() {
        let set = sample();
        for (text, reason) in [
            ("", "which has 0 parts"),
            ("uk", "which has 1 part"),
            ("uk,near", "which has 2 parts"),
            ("uk,near,?,", "which has 4 parts"),
            ("uk,near,?\nuk,near,?", "which has 5 parts"),
            ("Washington, D.C.,near,?", "which has 4 parts"),
            ("\"uk,near,?", "which has 1 part"),
            ("?,near,?", "which leaves both ends open"),
            ("uk,near,uk", "which leaves neither end open: ask uk,near,? with --target uk"),
            ("uk,near,\"?\"", "which leaves neither end open: ask uk,near,? with --target ?"),
            ("uk,?,uk", "which leaves the relation open"),
            ("uk,?,?", "which leaves the relation open"),
            ("uk,near,?\0,?", "which holds a character that no name has"),
        ] {
            let error = Query::parse(text, &set).unwrap_err();
            assert!(matches!(error, Error::Argument { .. }), "{error:?}");
            assert_eq!(error.to_string(), format!("the query is {text:?}, {reason}, expected {FORM}"));
        }
    }

    #[test]
    fn unknown_names_come_with_similar_ones() {
        let set = graph(&["Germany", "burma"], &["treaties"]);
        let message = |text| Query::parse(text, &set).unwrap_err().to_string();
        assert_eq!(message("germany,treaties,?"), "unknown entity \"germany\"; did you mean \"Germany\", \"burma\"?");
        assert_eq!(message("?,treatise,Germany"), "unknown relation \"treatise\"; did you mean \"treaties\"?");
        // A relation's name is no entity's.
        assert!(message("?,treaties,treaties").starts_with("unknown entity \"treaties\""));
    }

    #[test]
    fn an_answer_completes_the_triple() {
        let triple = |head, tail| Triple { head, relation: 1, tail };
        assert_eq!(asked(2, 1, Side::Tail).triple(3), triple(2, 3));
        assert_eq!(asked(2, 1, Side::Head).triple(3), triple(3, 2));
    }

    fn quoted(name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    proptest! {
        #[test]
        fn every_name_can_be_asked_for_in_quotes(
            entity in "[ab ,?\"]{0,6}|[^\\x00]{1,6}",
            relation in "[ab ,?\"]{0,6}|[^\\x00]{1,6}",
        ) {
            let set = graph(&[&entity], &[&relation]);
            let (entity, relation) = (quoted(&entity), quoted(&relation));
            prop_assert_eq!(
                Query::parse(&format!("{entity},{relation},?"), &set).unwrap(),
                asked(0, 0, Side::Tail)
            );
            prop_assert_eq!(
                Query::parse(&format!("?,{relation},{entity}"), &set).unwrap(),
                asked(0, 0, Side::Head)
            );
        }

        #[test]
        fn plain_names_need_no_quotes(
            entity in "[a-zé_.][a-zé_. \"?]{0,6}[a-z?]",
            relation in "[a-z/]{1,6}",
        ) {
            let set = graph(&[&entity], &[&relation]);
            prop_assert_eq!(
                Query::parse(&format!("{entity},{relation},?"), &set).unwrap(),
                asked(0, 0, Side::Tail)
            );
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[ab,?\" \u{0}\u{feff}\r\n]{0,12}|\\PC{0,12}") {
            let set = graph(&["a", "?", ""], &["b", "a", ""]);
            if let Ok(query) = Query::parse(&text, &set) {
                prop_assert!(query.known < 3 && query.relation < 3);
                prop_assert!(text.contains('?'));
            }
        }
    }
}
