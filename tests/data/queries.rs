//! Queries as they are typed: what is read, and what is refused with which words.
#![allow(clippy::unwrap_used)]

use ascribe::Error;
use ascribe::data::{Query, Side, Triple, TripleSet, Vocabulary};
use proptest::prelude::*;

/// What a query looks like, in messages.
const FORM: &str = "HEAD,RELATION,? or ?,RELATION,TAIL, with double quotes around a name that \
                    holds a comma and no spaces around them";

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
