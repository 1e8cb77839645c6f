//! What the built program reads: weights and names of rows, dates, arrays of NumPy, and what it says of the reading.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::rows::{object, refused, said, temporary};

/// Twelve rows with weights and names; y is about 2a − b.
fn weighted() -> String {
    let mut text = "name,a,b,w,y\n".to_owned();
    for row in 0..12 {
        let (a, b) = (f64::from(row % 5) - 2.0, f64::from(row * row % 7) * 0.5);
        let noise = (f64::from(row) * 12.9898).sin();
        text += &format!("n{row},{a},{b},{},{}\n", 0.5 + f64::from(row % 3), 2.0 * a - b + noise);
    }
    text
}

fn put(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    fs::write(folder.join(name), bytes).unwrap();
}

#[test]
fn rows_have_weights_and_names() {
    let folder = temporary();
    let folder = folder.path();
    put(folder, "t.csv", weighted());
    let train =
        "train --table t.csv --label y --weights w --id name --model linear --l2 0.1 --gradient-tolerance 1e-12";
    let trained = object(folder, &format!("{train} --precision f64 --out R"));
    assert_eq!(trained["data"]["weighted"], true);
    assert_eq!((&trained["data"]["read"]["weights"], &trained["data"]["read"]["id"]), (&json!("w"), &json!("name")));
    let text = said(folder, &format!("{train} --precision f64 --out R"));
    assert!(text.contains("trained linear on 12 rows of 2 features\ncolumns: 2 of numbers; weights from \"w\"; names of rows from \"name\"\n"), "{text}");
    let answer = object(folder, "explain R --test t.csv --test-rows 4 -k 3");
    let query = &answer["queries"][0];
    assert_eq!((&query["row"], &query["id"]), (&json!(4), &json!("n4")));
    for effect in query["raising"].as_array().unwrap() {
        assert_eq!(effect["id"], format!("n{}", effect["row"]));
    }
    let text = said(folder, "explain R --test t.csv --test-rows 4 -k 3");
    assert!(text.contains("row 4 (n4): target"), "{text}");
    assert!(text.lines().any(|line| line.split_whitespace().take(3).eq(["row", "id", "target"])), "{text}");
    // Training again is with the weights of the others, and first order is near it.
    let verified = object(folder, "verify R --test t.csv --test-rows 4 -k 4");
    for pair in verified["queries"][0]["rows"].as_array().unwrap() {
        let [predicted, truth] = ["corrected_change", "true_change"].map(|field| pair[field].as_f64().unwrap());
        assert!((predicted - truth).abs() < 0.5 * truth.abs(), "{pair}");
        assert_eq!(pair["id"], format!("n{}", pair["row"]));
    }
    let text = said(folder, "verify R --test t.csv --test-rows 4 -k 4");
    assert!(text.contains("of them together"), "{text}");
    // Half of a row's weight goes about half of the way, and its own weight nowhere.
    let change = |weight: f64| {
        let line = format!("whatif R --test t.csv --test-rows 4 --reweight 5={weight} --until retrained");
        object(folder, &line)["queries"][0]["change"].as_f64().unwrap()
    };
    assert!(change(2.5).abs() < 1e-12 && change(1.0).abs() > 1e-6);
    put(folder, "bad.csv", weighted().replace("n3,1,1,0.5", "n3,1,1,-0.5"));
    refused(
        folder,
        &train.replace("t.csv", "bad.csv").replace("1e-12", "1e-12 --out S"),
        &["bad.csv, line 5: row 3, column \"w\": \"-0.5\" is no weight", "--weights"],
    );
}

#[test]
fn what_was_read_of_the_rows_asked_about_is_said() {
    let folder = temporary();
    let folder = folder.path();
    let mut text = "color,a,y\n".to_owned();
    (0..20).for_each(|row| text += &format!("{},{},{}\n", ["red", "blue"][row % 2], row % 7, row * row % 5));
    put(folder, "t.csv", &text);
    object(folder, "train --table t.csv --label y --task numbers --model linear --missing drop --out R");
    let mut other = "color,a,y\n".to_owned();
    (0..20).for_each(|row| other += &format!("{},{},{}\n", if row < 8 { "green" } else { "red" }, row, row));
    put(folder, "o.csv", other);
    for line in ["explain R -k 2", "verify R -k 2", "whatif R --remove 3"] {
        let answer = object(folder, &format!("{line} --test o.csv --test-rows 2-9"));
        assert_eq!((&answer["left_out"], &answer["read"]["rows"]), (&json!(6), &json!(20)), "{line}");
        let dropped = &answer["read"]["dropped"][0];
        assert_eq!((&dropped["count"], &dropped["rows"]), (&json!(8), &json!([0, 1, 2, 3, 4])), "{line}");
        assert_eq!(object(folder, &format!("{line} --test o.csv --test-rows 8,10-11"))["left_out"], 0, "{line}");
    }
    assert_eq!(object(folder, "explain R -k 2 --test o.csv")["left_out"], 8);
    // Nothing was read of training rows.
    assert_eq!(object(folder, "whatif R --remove 3").get("read"), None);
    let text = said(folder, "explain R -k 2 --test o.csv --test-rows 8");
    assert!(text.contains("left out 8 of 20 rows: "), "{text}");
}

#[test]
fn dates_are_expanded_when_asked() {
    let folder = temporary();
    let folder = folder.path();
    let mut text = "when,y\n".to_owned();
    (1..25).for_each(|day| text += &format!("2024-{:02}-{day:02},{}\n", 1 + day % 12, day * 7 % 10));
    put(folder, "t.csv", text);
    let line = "train --table t.csv --label y --task numbers --model linear --out R";
    refused(folder, line, &["t.csv, line 2: row 0, column \"when\": \"2024-02-01\" is a date", "--dates expand"]);
    let trained = object(folder, &format!("{line} --dates expand"));
    assert_eq!((&trained["data"]["features"], &trained["data"]["read"]["dates"]), (&json!([4]), &json!(["when"])));
    let answer = object(folder, "explain R --test t.csv --test-rows 3 -k 1 --inputs");
    let features: Vec<&Value> = answer["queries"][0]["raising"][0]["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|input| &input["feature"])
        .collect();
    assert!(features.contains(&&json!("when.weekday")), "{features:?}");
}

fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let dictionary = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    [b"\x93NUMPY\x01\x00v\x00".as_slice(), format!("{dictionary:<117}\n").as_bytes(), data].concat()
}

#[test]
fn arrays_of_numpy_train_and_explain() {
    let folder = temporary();
    let folder = folder.path();
    let rows = 24_u8;
    let features: Vec<u8> =
        (0..rows).flat_map(|row| [f32::from(row % 5), f32::from(row % 3)]).flat_map(f32::to_le_bytes).collect();
    put(folder, "x.npy", npy("<f4", "(24, 2)", &features));
    put(folder, "y.npy", npy("|u1", "(24,)", &(0..rows).map(|row| 3 + row % 2).collect::<Vec<_>>()));
    let trained = object(folder, "train --npy x.npy y.npy --model logistic --l2 0.1 --out R");
    assert_eq!((&trained["data"]["format"], &trained["data"]["classes"]), (&json!("npy"), &json!(["3", "4"])));
    let answer = object(folder, "explain R --test x.npy y.npy --test-rows 5 -k 2 --inputs");
    assert_eq!((&answer["queries"][0]["target"], &answer["queries"][0]["row"]), (&json!("4"), &json!(5)));
    // Without labels what is predicted stands for them; the model decides what labels are.
    object(folder, "explain R --test x.npy --test-rows 5 -k 2");
    let trained = object(folder, "train --npy x.npy y.npy --model linear --l2 0.1 --out S");
    assert_eq!((&trained["data"]["classes"], &trained["result"]["converged"]), (&Value::Null, &json!(true)));
    // The run finds its files again where it holds no copy.
    object(folder, "train --npy x.npy y.npy --model linear --l2 0.1 --reference-data --out T");
    assert_eq!(object(folder, "explain T --self")["ranking"], object(folder, "explain S --self")["ranking"]);
    let images: Vec<u8> = (0..rows).flat_map(|row| [row % 2; 48]).collect();
    put(folder, "i.npy", npy("|u1", "(24, 4, 4, 3)", &images));
    let trained = object(folder, "train --npy i.npy y.npy --model cnn --layers conv:2x2,relu --epochs 2 --out C");
    assert_eq!(trained["data"]["features"], json!([4, 4, 3]));
    refused(folder, "train --npy x.npy --model linear --out U", &["without targets"]);
    put(folder, "o.npy", npy("|O", "(24,)", &[0; 192]));
    refused(folder, "train --npy x.npy o.npy --model linear --out U", &["o.npy: the elements are of the type \"|O\""]);
    put(folder, "p.npy", npy("|u1", "(23,)", &[0; 23]));
    refused(
        folder,
        "train --npy x.npy p.npy --model linear --out U",
        &["there are 23 labels, but x.npy holds 24 rows"],
    );
}
