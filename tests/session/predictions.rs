//! What a model answers as it is asked by name or by number, and what its kind makes of the data.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use ascribe::data::RowRange;
use ascribe::engine::Monitor;
use ascribe::session::{Context, Dataset, Model, Options, load_for, models};

#[test]
fn a_query_is_answered_by_the_highest_score_or_the_target() {
    let data = Dataset::parse_triples("a\tr\tb\nb\tr\tc\nc\tr\ta\n", "", "a\tr\tc\n").unwrap();
    let context = Arc::new(Context::default());
    let mut model = Model::new(&context, models("triples")[0], &data, &Options::new()).unwrap();
    model.fit(&context, &data, &Options::new(), &Monitor::none()).unwrap();
    let first = model.answer(&context, "a,r,?", None).unwrap();
    assert_eq!((first.head.as_str(), first.asked, first.rank, first.candidates), ("a", "tail", 1, 3));
    let mut total = 0.0;
    for (name, stated) in [("a", None), ("b", Some("train")), ("c", Some("test"))] {
        let answer = model.answer(&context, "a,r,?", Some(name)).unwrap();
        assert_eq!((answer.tail.as_str(), answer.stated_in), (name, stated));
        assert!(answer.probability <= first.probability);
        let value = model.evaluate(&context, &answer.query, Some(&answer.functional(None))).unwrap();
        assert_eq!(value, [answer.probability]);
        total += answer.probability;
    }
    assert!((total - 1.0).abs() < 1e-12, "{total}");
    let head = model.answer(&context, "?,r,c", Some("b")).unwrap();
    assert_eq!((head.asked, head.functional(Some("score"))), ("head", "head-score".to_owned()));
    assert!(model.answer(&context, "a,r,?", Some("d")).is_err());
    let numbers = |text: &str| {
        let ranges: Vec<RowRange> = text.split(',').map(|range| range.parse().unwrap()).collect();
        model.examples(&ranges, "an example").map_err(|error| error.to_string())
    };
    assert_eq!(numbers("2,0-1,2"), Ok(vec![0, 1, 2]));
    assert_eq!(numbers("1-9"), Ok(vec![1, 2]));
    assert_eq!(numbers("3"), Err("an example is 3, expected an example below 3".into()));
    assert!(model.own_queries(&context, &[0]).is_err());
}

#[test]
fn the_kind_of_model_says_what_an_open_column_holds() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.csv");
    let rows: String = (0..20).map(|row| format!("{}.5,{}\n", row % 7, row % 2)).collect();
    std::fs::write(&file, "x,y\n".to_owned() + &rows).unwrap();
    let of = |kind: &str, options: &Options| {
        let data = load_for(kind, "table", std::slice::from_ref(&file), options).unwrap();
        data.classes().len()
    };
    // Options of other things are passed over.
    let open = Options::new().with("epochs", 3).with("task", "auto");
    assert_eq!(["linear", "logistic", "mlp"].map(|kind| of(kind, &open)), [0, 2, 2]);
    assert_eq!(of("mlp", &Options::new().with("loss", "squared")), 0);
    assert_eq!(of("mlp", &Options::new().with("task", "numbers")), 0);
}
