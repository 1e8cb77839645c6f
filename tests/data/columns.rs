//! Columns that are no plain features: weights, names of rows, and dates.

use crate::dialects::{load, rows, samples, summary};

const TABLE: &[u8] = b"k,w,a,y\nfirst,1,2,0.5\nsecond,2.5,3,1.5\n\"third, too\",0,4,2\n";

#[test]
fn weights_and_names_are_no_features() {
    let data = load(TABLE, &["weights=w", "id=k", "task=numbers"]).unwrap();
    assert_eq!(data.feature_names(), ["a"]);
    assert_eq!(data.weights(), Some(&[1.0, 2.5, 0.0][..]));
    assert_eq!(samples(&data).ids.as_deref(), Some(&["first".to_owned(), "second".into(), "third, too".into()][..]));
    assert!(summary(&data).excluded.is_empty());
    let sentence = "columns: 1 of numbers; weights from \"w\"; names of rows from \"k\"";
    assert_eq!(summary(&data).sentences()[0], sentence);
    // Where it is the last column, the one before it is predicted.
    let data = load(b"a,y,w\n1,2,3\n2,3,4\n", &["weights=w", "task=numbers"]).unwrap();
    assert_eq!((data.feature_names(), data.weights()), (vec!["a".to_owned()], Some(&[3.0, 4.0][..])));
    // Rows that are chosen or left out take theirs along.
    let text = b"k,w,a,y\np,1,2,1\nq,,3,2\nr,4,,2\ns,5,6,1\n";
    let data = load(text, &["weights=w", "id=k", "missing=drop", "task=numbers"]).unwrap();
    assert_eq!((data.weights(), &samples(&data).rows), (Some(&[1.0, 5.0][..]), &vec![0, 3]));
    let data = load(TABLE, &["weights=w", "id=k", "task=numbers", "rows=1-2"]).unwrap();
    assert_eq!((data.weights(), samples(&data).ids.as_ref().unwrap()[0].as_str()), (Some(&[2.5, 0.0][..]), "second"));
    let data = load(text, &["weights=w", "id=k", "missing=drop", "decimal=comma", "task=numbers"]).unwrap();
    assert_eq!(data.weights(), Some(&[1.0, 5.0][..]));
}

#[test]
fn other_tables_may_have_weights_or_not() {
    let data = load(TABLE, &["weights=w", "id=k", "task=numbers"]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.csv");
    std::fs::write(&path, "a,y\n7,1\n").unwrap();
    let other = data.load_like(std::slice::from_ref(&path)).unwrap();
    assert_eq!((other.weights(), &samples(&other).ids), (None, &None));
    std::fs::write(&path, "y,w,a\n1,0,7\n").unwrap();
    assert_eq!(data.load_like(&[path]).unwrap().weights(), Some(&[0.0][..]));
}

#[test]
fn bad_weights_are_named() {
    let hint = "correct it, or name another column of weights (the option weights)";
    for (cell, problem) in [
        ("-1", "\"-1\" is no weight, which is zero or a positive number"),
        ("inf", "\"inf\" is no weight, which is zero or a positive number"),
        ("heavy", "\"heavy\" is no weight, which is zero or a positive number"),
        ("1e999", "\"1e999\" is no weight, which is zero or a positive number"),
    ] {
        let text = format!("w,a,y\n1,2,1\n{cell},3,2\n");
        let error = load(text.as_bytes(), &["weights=w", "task=numbers"]).unwrap_err();
        assert_eq!(error, format!("t.csv, line 3: row 1, column \"w\": {problem}; {hint}"));
    }
    for cell in ["", "NaN", "-nan"] {
        for rule in ["missing=refuse", "missing=fill"] {
            let text = format!("w,a,y\n1,2,1\n{cell},3,2\n");
            let error = load(text.as_bytes(), &["weights=w", "task=numbers", rule]).unwrap_err();
            assert!(error.starts_with("t.csv, line 3: row 1, column \"w\": "), "{cell}: {error}");
        }
    }
    let error = load(b"w,a,y\n0,2,1\n0,3,2\n", &["weights=w", "task=numbers"]).unwrap_err();
    let hint = "some row must count: correct them, or name another column of weights (the option weights)";
    assert_eq!(error, format!("t.csv: the weights in column \"w\" are all zero; {hint}"));
    let error = load(b"w,a,y\n1e308,2,1\n1e308,3,2\n", &["weights=w", "task=numbers"]).unwrap_err();
    assert_eq!(error, format!("t.csv: the weights in column \"w\" have no finite sum; {hint}"));
    for (options, part) in [
        (vec!["weights=z"], "there is no column \"z\""),
        (vec!["weights=y", "label=y"], "the option \"weights\" is \"y\", which is named as the column to predict too"),
        (vec!["weights=w", "id=w"], "the option \"id\" is \"w\", which is named as the column of weights too"),
        (vec!["weights=w", "columns=w,a"], "the option \"weights\" is \"w\", which the option columns has too"),
    ] {
        let error = load(b"w,a,y\n1,2,1\n1,3,2\n", &options).unwrap_err();
        assert!(error.contains(part), "{options:?}: {error}");
    }
}

#[test]
fn dates_become_numbers_where_that_is_asked_for() {
    let text = b"when,y\n2024-02-29,1\n2023-12-31,2\n2000-01-01,3\n1900-03-01,4\n";
    let data = load(text, &["dates=expand", "task=numbers"]).unwrap();
    assert_eq!(data.feature_names(), ["when.year", "when.month", "when.day", "when.weekday"]);
    // A Thursday, a Sunday, a Saturday and a Thursday.
    let expected =
        [[2024.0, 2.0, 29.0, 4.0], [2023.0, 12.0, 31.0, 7.0], [2000.0, 1.0, 1.0, 6.0], [1900.0, 3.0, 1.0, 4.0]];
    assert_eq!(rows(&data), expected);
    assert_eq!(summary(&data).sentences()[0], "columns: 0 of numbers, 1 of dates: \"when\"");
    let text = b"a,when,b,y\n5,2024-02-29T13:45:30Z,x,1\n6,2024-03-01 06:30,x,2\n7,2024-03-02,z,3\n8,2024-03-03 12:15 AM,z,4\n";
    let data = load(text, &["dates=expand", "task=numbers"]).unwrap();
    assert_eq!(data.feature_names()[5], "when.hour");
    let hours: Vec<f64> = rows(&data).iter().map(|row| row[5]).collect();
    assert_eq!(hours, [13.0 + 45.0 / 60.0 + 30.0 / 3600.0, 6.5, 0.0, 0.25]);
    assert_eq!((rows(&data)[1][0], rows(&data)[1][6]), (6.0, 1.0));
    // Days before months are told by a day above twelve; points stand between German dates.
    let day_month = |text: &str, option: &str| {
        let data = load(text.as_bytes(), &[option, "task=numbers"])?;
        Ok::<_, String>(rows(&data).iter().map(|row| (row[2], row[1])).collect::<Vec<_>>())
    };
    assert_eq!(day_month("t,y\n3/4/2024,1\n13/4/2024,2\n", "dates=expand").unwrap(), [(3.0, 4.0), (13.0, 4.0)]);
    assert_eq!(day_month("t,y\n3/4/2024,1\n4/13/2024,2\n", "dates=expand").unwrap(), [(4.0, 3.0), (13.0, 4.0)]);
    assert_eq!(day_month("t,y\n03.04.2024,1\n05.04.2024,2\n", "dates=expand").unwrap(), [(3.0, 4.0), (5.0, 4.0)]);
    let open = "t,y\n5/5/2024,1\n3/4/2024,2\n";
    assert_eq!(day_month(open, "dates=month-first").unwrap(), [(5.0, 5.0), (4.0, 3.0)]);
    assert_eq!(day_month(open, "dates=day-first").unwrap(), [(5.0, 5.0), (3.0, 4.0)]);
    assert_eq!(
        day_month(open, "dates=expand").unwrap_err(),
        "t.csv, line 3: row 1, column \"t\": \"3/4/2024\" may begin with the day or with the month; say which (the option dates day-first, the option dates month-first)"
    );
    let error = load(open.as_bytes(), &["task=numbers"]).unwrap_err();
    assert!(error.contains("\"5/5/2024\" is a date") && error.contains("(the option dates expand)"), "{error}");
}

#[test]
fn dates_follow_the_rules_of_numbers() {
    let text = b"t,y\n2024-01-01,1\n2026-01-03,2\n?,3\n";
    let data = load(text, &["dates=expand", "missing=fill", "standardize=true", "task=numbers"]).unwrap();
    assert_eq!(rows(&data)[2], [0.0, 1.0, 0.0, 0.0]);
    assert_eq!(summary(&data).filled[0].column, "t.year");
    let data = load(text, &["dates=expand", "missing=drop", "task=numbers"]).unwrap();
    assert_eq!(samples(&data).rows, [0, 1]);
    for (cell, options) in [
        ("2023-02-29", "dates=expand"),
        ("soon", "dates=expand"),
        ("2024-01-01 25:00", "dates=expand"),
        ("13/13/2024", "dates=expand"),
    ] {
        let text = format!("t,y\n2024-01-01,1\n2024-01-02,2\n{cell},3\n");
        let error = load(text.as_bytes(), &[options, "task=numbers"]).unwrap_err();
        let expected = format!("t.csv, line 4: row 2, column \"t\": {cell:?} is no date like those of its column; ");
        assert!(error.starts_with(&expected), "{error}");
    }
    let error = load(b"t,t.day,y\n2024-01-01,1,1\n2024-01-02,2,2\n", &["dates=expand", "task=numbers"]).unwrap_err();
    assert!(error.contains("would be called \"t.day\""), "{error}");
}

#[test]
fn signs_beside_numbers_are_told_apart() {
    let error = load(b"a,y\n5%,1\n7%,2\n", &["task=numbers"]).unwrap_err();
    let part = "row 0, column \"a\": \"5%\" is not a number; write the number alone, as 5 or as the share 0.05, in every cell of the column";
    assert!(error.contains(part), "{error}");
    let error = load(b"a,y\n$5,1\n$7,2\n", &["task=numbers"]).unwrap_err();
    assert!(error.contains("write the number alone, as 5, in every cell of the column"), "{error}");
}
