//! Models as their users write them: which rows can be owned, which values explained and differentiated.
#![allow(clippy::unwrap_used)]

use ascribe::session::Definition;

#[test]
fn only_rows_named_by_one_id_can_be_owned() {
    let mut definition = Definition::new();
    let graph = definition.graph_mut();
    let table = graph.parameter("table", &[3, 2]).unwrap();
    let bias = graph.parameter("bias", &[]).unwrap();
    let id = graph.indices("id", &[]).unwrap();
    let pair = graph.indices("pair", &[2]).unwrap();
    let x = graph.input("x", &[]).unwrap();
    assert!(definition.own(table, id).is_ok());
    for (parameter, ids) in [(table, id), (bias, id), (x, id), (table, pair), (table, x), (table, table)] {
        assert!(definition.own(parameter, ids).is_err());
    }
    assert_eq!(definition.owned(), [(table, id)]);
}

#[test]
fn functionals_have_names_of_their_own_and_are_scalars_of_examples() {
    let mut definition = Definition::new();
    let graph = definition.graph_mut();
    let x = graph.input("x", &[]).unwrap();
    let wide = graph.input("wide", &[2]).unwrap();
    let shared = graph.parameter("shared", &[]).unwrap();
    let id = graph.indices("id", &[]).unwrap();
    assert!(definition.functional("prediction", x).is_ok());
    for (name, node) in [("prediction", x), ("loss", x), ("", x), ("a", wide), ("a", shared), ("a", id)] {
        assert!(definition.functional(name, node).is_err(), "{name}");
    }
    assert_eq!(definition.functionals(), [("prediction".to_owned(), x)]);
}

#[test]
fn gradients_of_shared_and_per_example_scalars() {
    let mut definition = Definition::new();
    let graph = definition.graph_mut();
    let w = graph.parameter("w", &[2]).unwrap();
    let unread = graph.parameter("unread", &[3]).unwrap();
    let x = graph.input("x", &[2]).unwrap();
    let penalty = graph.einsum("d,d->", w, w).unwrap();
    let score = graph.einsum("d,d->", w, x).unwrap();
    let found = definition.gradient(penalty, &[w, unread]).unwrap();
    assert_eq!(definition.graph().value_type(found[0]).to_string(), "shared [2]");
    assert_eq!(definition.graph().value_type(found[1]).to_string(), "shared [3]");
    let found = definition.gradient(score, &[w]).unwrap();
    assert_eq!(definition.graph().value_type(found[0]).to_string(), "shared [2]");
    assert!(definition.gradient(w, &[w]).is_err());
    assert!(definition.gradient(score, &[x]).is_err());
}
