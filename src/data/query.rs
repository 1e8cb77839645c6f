//! Questions to a knowledge graph, as typed on a command line.

use crate::data::{Triple, TripleSet};
use crate::{Error, Result};

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
        let Some(relation) = relation else { return Err(refuse("which leaves the relation open".into())) };
        let (name, side) = match (head, tail) {
            (Some(head), None) => (head, Side::Tail),
            (None, Some(tail)) => (tail, Side::Head),
            (None, None) => return Err(refuse("which leaves both ends open".into())),
            (Some(head), Some(tail)) => {
                let instead = format!("which leaves neither end open: ask {head},{relation},? with --target {tail}");
                return Err(refuse(instead));
            }
        };
        let known = set.entities.require("entity", name)?;
        Ok(Self { known, relation: set.relations.require("relation", relation)?, side })
    }

    /// The triple that states `answer` to this query.
    pub fn triple(self, answer: u32) -> Triple {
        let (head, tail) = match self.side {
            Side::Head => (answer, self.known),
            Side::Tail => (self.known, answer),
        };
        Triple { head, relation: self.relation, tail }
    }
}

/// The parts of a query without NUL characters: names, and none for what is asked for.
fn split(text: &str) -> Vec<Option<String>> {
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
                (true, _) => Some(field.to_owned()),
                (false, "?") => None,
                (false, name) => Some(name.to_owned()),
            }
        })
        .collect()
}
