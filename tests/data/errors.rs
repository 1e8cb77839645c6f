//! What errors about data say.

use ascribe::Error;

#[test]
fn messages_name_culprit_and_remedy() {
    let error = Error::Unknown { kind: "entity", name: "germany".into(), nearest: vec!["burma".into()] };
    assert_eq!(error.to_string(), "unknown entity \"germany\"; did you mean \"burma\"?");
    let error = Error::io("read", "x.tsv")(std::io::ErrorKind::NotFound.into());
    assert!(error.to_string().starts_with("cannot read x.tsv: "), "{error}");
    assert!(error.to_string().ends_with("check the path"), "{error}");
    let error = Error::format("a.tsv", Some(3), "two columns", "write three");
    assert_eq!(error.to_string(), "a.tsv, line 3: two columns; write three");
}
