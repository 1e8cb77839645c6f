//! Tables: what is read, what becomes of it, and what is refused with which words.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Write;

use ascribe::data::{Dataset, Encoding, EncodingOptions, Missing, Samples, Table, Targets, Task, Unseen};
use ascribe::options::Options;
use ascribe::tensor::Array;
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

fn table(text: &str) -> Table {
    Table::from_text("t.csv", text).unwrap()
}

fn refused(text: &str) -> String {
    Table::from_text("t.csv", text).unwrap_err().to_string()
}

fn learn(text: &str, task: Task, options: &EncodingOptions) -> Result<Encoding, String> {
    Encoding::learn(&table(text), "y", task, options).map_err(|error| error.to_string())
}

fn numbers(text: &str) -> Encoding {
    learn(text, Task::Numbers, &EncodingOptions::default()).unwrap()
}

fn with(missing: Missing) -> EncodingOptions {
    EncodingOptions { missing, ..EncodingOptions::default() }
}

fn file(name: &str, bytes: &[u8]) -> Result<Table, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    fs::write(&path, bytes).unwrap();
    Table::read(&path).map_err(|error| error.to_string().replace(dir.path().to_str().unwrap(), "DIR"))
}

/// With options of tables, each `name=value`.
fn file_as(name: &str, bytes: &[u8], options: &[&str]) -> Result<Dataset, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    fs::write(&path, bytes).unwrap();
    let mut given = Options::new();
    options.iter().filter_map(|option| option.split_once('=')).for_each(|(name, value)| given.set(name, value));
    let data = Dataset::load("table", &[path], &given);
    data.map_err(|error| error.to_string().replace(dir.path().to_str().unwrap(), "DIR"))
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

const CELLS: &str = "a,b,y\n1,red,0\n 2.5 ,\"dark, \"\"blue\"\"\",1\n-3e2,red,0\n";

#[test]
fn cells_names_kinds_and_lines_are_read() {
    let table = table(CELLS);
    assert_eq!(table.rows(), 3);
    assert!(table.names().iter().eq(["a", "b", "y"]));
    assert_eq!([0, 1, 2, 3].map(|column| table.is_numeric(column)), [true, false, true, false]);
    assert_eq!(table.cell(1, 0), Some("2.5"));
    assert_eq!(table.cell(1, 1), Some("dark, \"blue\""));
    assert_eq!(table.cell(3, 0).or(table.cell(0, 3)), None);
    assert_eq!([0, 1, 2, 3].map(|row| table.line(row)), [Some(2), Some(3), Some(4), None]);
}

#[test]
fn line_ends_blank_lines_the_mark_and_compression_make_no_difference() {
    let cells = |table: &Table| -> Vec<String> {
        (0..table.rows())
            .flat_map(|row| (0..3).map(move |column| table.cell(row, column).unwrap().to_owned()))
            .collect()
    };
    let plain = table(CELLS);
    for (name, bytes, lines) in [
        ("t.csv", CELLS.replace('\n', "\r\n").into_bytes(), [2, 3, 4]),
        ("t.csv", CELLS.replace('\n', "\r").into_bytes(), [2, 3, 4]),
        ("t.csv", CELLS.replace('\n', "\n\n").into_bytes(), [3, 5, 7]),
        ("t.csv", CELLS.replace('\n', "\r\n \t\r\n").into_bytes(), [3, 5, 7]),
        ("t.csv", format!("\u{feff}{}", CELLS.trim_end()).into_bytes(), [2, 3, 4]),
        ("t.csv.gz", gzip(CELLS), [2, 3, 4]),
    ] {
        let other = file(name, &bytes).unwrap();
        assert_eq!(cells(&other), cells(&plain));
        assert!(other.names().iter().eq(["a", "b", "y"]));
        assert_eq!([0, 1, 2].map(|row| other.line(row).unwrap()), lines);
    }
    // A cell may hold line ends, which count as lines and not as rows.
    let table = table("a,y\n\"x\nz\",1\nw,2\n");
    assert_eq!((table.rows(), table.cell(0, 0), table.line(1)), (2, Some("x\nz"), Some(4)));
}

#[test]
fn files_that_are_no_tables_are_refused() {
    for (text, message) in [
        (
            "",
            "t.csv: the file is empty; write the names of the columns into the first line and a row into each further one",
        ),
        (
            "\n\n",
            "t.csv: the file is empty; write the names of the columns into the first line and a row into each further one",
        ),
        (
            "a,y\n",
            "t.csv: there are no rows below the header; add rows; if the first line is one, add a line with the names of the columns above it, or number the columns (the option header false)",
        ),
        (
            "1,2.5\n3,4\n",
            "t.csv, line 1: the first line holds only numbers, expected the names of columns; add a line with the names of the columns above it, or number the columns (the option header false); if these are names, say so (the option header true)",
        ),
        (
            "a;y\n1,2\n",
            "t.csv, line 1: the header is one column, without a comma between cells; give all rows as many cells as the header, or name what separates them (the option separator)",
        ),
        ("a,y,a\n1,2,3\n", "t.csv, line 1: columns 1 and 3 are both called \"a\"; give each column a name of its own"),
        (
            ",a,y\n0,1,2\n",
            "t.csv, line 1: column 1 of 3 has no name; give it one, or leave it out if it only counts the rows (the option index_column)",
        ),
        (
            "a,y\n1,2\n\n3,4,5\n",
            "t.csv, line 4: row 1 has 3 cells, the header has 2; give each column one cell, and put a cell that holds a comma in double quotes",
        ),
        (
            "a,y\n1,2\n3\n",
            "t.csv, line 3: row 1 has 1 cells, the header has 2; give each column one cell, and put a cell that holds a comma in double quotes",
        ),
        (
            "a,y\n1,2\n3,\"4\n5,6\n",
            "t.csv, line 3: a double quote opens in this row and is never closed; close it, or write a quote that belongs to a cell twice and the cell in quotes",
        ),
        (
            "a,\"y\n",
            "t.csv, line 1: a double quote opens in this row and is never closed; close it, or write a quote that belongs to a cell twice and the cell in quotes",
        ),
    ] {
        assert_eq!(refused(text), message, "{text:?}");
    }
    // What looks like the row that the reader adds is a row.
    assert_eq!(table("y\nx\nend").rows(), 2);
    assert_eq!(table("y\nx\nend\n").rows(), 2);
}

#[test]
fn bytes_that_are_not_text_are_refused_with_their_place() {
    let bytes = b"a,b,y\n1,x,2\r\n1,caf\xe9,2\n";
    let message = file_as("t.csv", bytes, &["encoding=utf-8"]).unwrap_err();
    assert_eq!(
        message,
        "DIR/t.csv, line 3: the cell at row 1, column \"b\" holds the byte 0xe9, which is not valid UTF-8; save the file as UTF-8"
    );
    let table = file("t.csv", bytes).unwrap();
    assert_eq!(table.cell(1, 1), Some("café"));
    assert!(table.warning().unwrap().contains("(line 3) and was read as windows-1252"), "{:?}", table.warning());
    let message = file("t.csv", b"a,y\n1,2\n\x81,3\n").unwrap_err();
    assert!(message.contains("t.csv, line 3: the byte 0x81 is text neither in UTF-8 nor in Windows-1252"), "{message}");
    let message = file("t.csv", b"PK\x03\x04,\x00").unwrap_err();
    assert!(
        message.ends_with("the file is not text but a workbook or another archive; save the table as CSV"),
        "{message}"
    );
    let message = file("t.csv", b"\xff\xfea\x00,\x00b").unwrap_err();
    assert!(message.contains("not valid UTF-16"), "{message}");
    let message = file("t.csv", &gzip(CELLS)).unwrap_err();
    assert_eq!(message, "DIR/t.csv: the file is not text; the file looks compressed: add .gz to its name");
    let whole = gzip(CELLS);
    let message = file("t.csv.gz", &whole[..whole.len() - 9]).unwrap_err();
    assert_eq!(
        message,
        "DIR/t.csv.gz: the compressed data ends too early; copy or compress the file again, it is not complete"
    );
    let message = file("t.csv.gz", CELLS.as_bytes()).unwrap_err();
    assert!(message.contains("take .gz off its name if it is not compressed"), "{message}");
    let absent = Table::read(std::path::Path::new("absent.csv")).unwrap_err().to_string();
    assert!(absent.starts_with("cannot read absent.csv: ") && absent.ends_with("check the path"), "{absent}");
}

#[test]
fn a_label_column_that_is_not_there_is_refused_with_all_names() {
    let table = table("size,color,label\n1,red,0\n2,red,1\n");
    let error = Encoding::learn(&table, "lable", Task::Classes, &EncodingOptions::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "t.csv, line 1: there is no column \"lable\"; did you mean \"label\", \"size\", \"color\"? \
         The columns are \"size\", \"color\", \"label\""
    );
}

#[test]
fn one_class_is_refused() {
    let message = learn("a,y\n1,yes\n2,yes\n", Task::Classes, &EncodingOptions::default()).unwrap_err();
    assert!(message.starts_with("t.csv: column \"y\" has one class only, \"yes\"; "), "{message}");
    let message = learn("a,y\n1,1\n2,1.0\n", Task::Classes, &EncodingOptions::default()).unwrap_err();
    assert!(message.starts_with("t.csv: column \"y\" has one class only, \"1\"; "), "{message}");
    // Also if the other class goes with the rows that are left out.
    let message = learn("a,y\n1,1\n?,2\n", Task::Classes, &with(Missing::Drop)).unwrap_err();
    assert!(message.contains("one class only"), "{message}");
}

#[test]
fn values_that_cannot_be_used_are_refused_with_row_and_column() {
    let hint = "give it, leave out rows with missing values, or fill in features (the option missing drop, the option missing fill)";
    for cell in ["", "?", "NA", "nan", "NaN", "null", " ", "-nan", "NAN"] {
        let message =
            learn(&format!("a,b,y\n1,2,3\n4,{cell},6\n"), Task::Numbers, &EncodingOptions::default()).unwrap_err();
        let cell = cell.trim();
        assert_eq!(message, format!("t.csv, line 3: row 1, column \"b\": the value is missing ({cell:?}); {hint}"));
    }
    for cell in ["inf", "-Infinity", "1e999"] {
        for rule in [Missing::Refuse, Missing::Drop, Missing::Fill] {
            let message = learn(&format!("a,y\n1,2\n{cell},3\n"), Task::Numbers, &with(rule)).unwrap_err();
            let start = format!("t.csv, line 3: row 1, column \"a\": {cell:?} is not a finite number; ");
            assert!(message.starts_with(&start), "{message}");
            let message = learn(&format!("a,y\n1,2\n3,{cell}\n"), Task::Numbers, &with(rule)).unwrap_err();
            let start = format!("t.csv, line 3: row 1, column \"y\": {cell:?} is not a finite number; ");
            assert!(message.starts_with(&start), "{message}");
        }
    }
    // The label is never filled in, and has to be a number where a number is learned.
    for task in [Task::Numbers, Task::Classes] {
        let message = learn("a,y\n1,2\n3,?\n", task, &with(Missing::Fill)).unwrap_err();
        assert!(message.starts_with("t.csv, line 3: row 1, column \"y\": the value is missing"), "{message}");
    }
    let message = learn("a,y\n1,2\n3,high\n", Task::Numbers, &EncodingOptions::default()).unwrap_err();
    assert!(message.starts_with("t.csv, line 3: row 1, column \"y\": \"high\" is not a number; "), "{message}");
    let message = learn("a,y\n?,2\n3,?\n", Task::Numbers, &with(Missing::Drop)).unwrap_err();
    assert!(message.starts_with("t.csv: a value is missing in every row; "), "{message}");
    let message = learn("a,y\n?,2\nNA,3\n", Task::Numbers, &with(Missing::Fill)).unwrap_err();
    assert!(message.starts_with("t.csv: column \"a\" has no values; "), "{message}");
    let message = learn("a,y\n1e308,2\n-1e308,3\n", Task::Numbers, &EncodingOptions::default()).unwrap_err();
    assert!(message.contains("column \"a\" are too far apart"), "{message}");
    let message = learn("y\n1\n2\n", Task::Numbers, &EncodingOptions::default()).unwrap_err();
    assert_eq!(message, "t.csv, line 1: \"y\" is the only column; add columns to predict it from");
}

#[test]
fn rows_that_are_dropped_leave_the_numbers_of_the_others() {
    let text = "a,b,y\n1,red,no\n?,red,yes\n3,NA,yes\n4,blue,null\n5,green,yes\n";
    let encoding = learn(text, Task::Classes, &with(Missing::Drop)).unwrap();
    assert_eq!(encoding.feature_names(), ["a", "b=red", "b=green"]);
    let dense = encoding.encode(&table(text)).unwrap();
    assert_eq!(dense.rows, [0, 4]);
    assert_eq!(dense.features.values(), [1.0, 1.0, 0.0, 5.0, 0.0, 1.0]);
    assert_eq!(dense.targets, Targets::Classes { labels: vec![0, 1], names: vec!["no".into(), "yes".into()] });
    assert_eq!(table(text).rows_with_missing(), [1, 2, 3]);
}

#[test]
fn missing_values_are_filled_from_the_training_table() {
    let text = "a,b,y\n1,red,0\n,NA,1\n4,?,2\n";
    let encoding = learn(text, Task::Numbers, &with(Missing::Fill)).unwrap();
    assert_eq!(encoding.feature_names(), ["a", "b=red", "b=?"]);
    let dense = encoding.encode(&table(text)).unwrap();
    assert_eq!(dense.features.values(), [1.0, 1.0, 0.0, 2.5, 0.0, 1.0, 4.0, 0.0, 1.0]);
    let other = encoding.encode(&table("a,b,y\nnull,,0\n100,red,0\n")).unwrap();
    assert_eq!(other.features.values(), [2.5, 0.0, 1.0, 100.0, 1.0, 0.0]);
}

#[test]
fn classes_that_are_numbers_are_sorted_and_others_come_as_they_appear() {
    let classes = |text: &str| {
        let encoding = learn(text, Task::Classes, &EncodingOptions::default()).unwrap();
        let Targets::Classes { labels, names } = encoding.encode(&table(text)).unwrap().targets else { panic!() };
        assert_eq!(encoding.classes().unwrap(), names);
        (labels, names)
    };
    let (labels, names) = classes("a,y\n1,10\n1,9\n1,-1\n1,9.0\n1,1e1\n");
    assert_eq!((labels, names), (vec![2, 1, 0, 1, 2], vec!["-1".into(), "9".into(), "10".into()]));
    let (labels, names) = classes("a,y\n1,0\n1,-0\n1,1\n");
    assert_eq!((labels, names), (vec![0, 0, 1], vec!["0".into(), "1".into()]));
    let (labels, names) = classes("a,y\n1,spam\n1,ham\n1,spam\n1,9\n");
    assert_eq!((labels, names), (vec![0, 1, 0, 2], vec!["spam".into(), "ham".into(), "9".into()]));
}

#[test]
fn another_table_is_read_as_the_training_table_was() {
    let refuse = EncodingOptions { unseen: Unseen::Refuse, ..EncodingOptions::default() };
    let encoding = learn("code,b,y\n01,x,1\n1,z,2\nA,x,3\n", Task::Numbers, &refuse).unwrap();
    assert_eq!(encoding.feature_names(), ["code=01", "code=1", "code=A", "b=x", "b=z"]);
    // A column of digits only is still one of categories, and its text counts.
    let dense = encoding.encode(&table("b,code\nz,01\nx,1\n")).unwrap();
    assert_eq!(dense.features.values(), [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0]);
    assert_eq!((dense.targets, dense.rows), (Targets::None, vec![0, 1]));

    let refused = |text: &str| encoding.encode(&table(text)).unwrap_err().to_string();
    assert_eq!(
        refused("b,code\nx,1\nw,01\n"),
        "t.csv, line 3: row 1, column \"b\": \"w\" is a category that the training table does not have; \
         correct it, leave the row out (the option unseen drop), or let unseen categories be zeros (the option unseen zeros)"
    );
    assert_eq!(
        refused("b,color,y\nx,1,2\n"),
        "t.csv, line 1: the training table has columns that this one lacks: \"code\"; columns that the training \
         table does not have: \"color\"; give it the same columns; only the label may be left out"
    );
    let encoding = numbers("a,y\n1,1\n2,2\n");
    let error = encoding.encode(&table("a,y\n1,1\nlow,2\n")).unwrap_err().to_string();
    assert!(error.starts_with("t.csv, line 3: row 1, column \"a\": \"low\" is not a number; "), "{error}");
    let error = encoding.encode(&table("a\n?\n")).unwrap_err().to_string();
    assert!(error.starts_with("t.csv, line 2: row 0, column \"a\": the value is missing"), "{error}");
    for (text, class) in [("a,y\n1,no\n2,yes\n", "maybe"), ("a,y\n1,0\n2,1\n", "2")] {
        let encoding = learn(text, Task::Classes, &refuse).unwrap();
        let names = encoding.classes().unwrap();
        let error = encoding.encode(&table(&format!("a,y\n1,{class}\n"))).unwrap_err().to_string();
        assert_eq!(
            error,
            format!(
                "t.csv, line 2: row 0, column \"y\": {class:?} is a class that the training table does not have; \
                 correct it or leave the row out (the option unseen drop); the classes are {:?}, {:?}",
                names[0], names[1]
            )
        );
    }
}

#[test]
fn unseen_categories_and_first_levels_can_be_zeros() {
    let options = EncodingOptions { unseen: Unseen::Zeros, drop_first_level: true, ..EncodingOptions::default() };
    let encoding = learn("a,b,y\nu,x,1\nv,x,2\nw,z,3\n", Task::Numbers, &options).unwrap();
    assert_eq!(encoding.feature_names(), ["a=v", "a=w", "b=z"]);
    let dense = encoding.encode(&table("a,b\nu,z\nw,x\nq,q\n")).unwrap();
    assert_eq!(dense.features.values(), [0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
    let options = EncodingOptions { most_levels: 2, ..EncodingOptions::default() };
    let message = learn("a,y\nu,1\nv,2\nw,3\n", Task::Numbers, &options).unwrap_err();
    assert!(message.starts_with("t.csv: column \"a\" has 3 levels, at most 2 are allowed; "), "{message}");
}

#[test]
fn constant_columns_are_named_and_left_as_they_are() {
    let options = EncodingOptions { standardize: true, ..EncodingOptions::default() };
    let text = "a,b,c,d,y\n0.1,1,u,v,1\n0.1,3,u,w,2\n0.1,5,u,v,3\n";
    let encoding = learn(text, Task::Numbers, &options).unwrap();
    assert_eq!(encoding.constant(), ["a", "c"]);
    let dense = encoding.encode(&table(text)).unwrap();
    // The deviation of 1, 3, 5 over n is sqrt(8/3).
    let b = 2.0 / (8.0f64 / 3.0).sqrt();
    let expected = [0.1, -b, 1.0, 1.0, 0.0, 0.1, 0.0, 1.0, 0.0, 1.0, 0.1, b, 1.0, 1.0, 0.0];
    for (found, expected) in dense.features.values().iter().zip(expected) {
        assert!((found - expected).abs() <= 1e-15, "{found} {expected}");
    }
    // Another table is standardized by the training table's numbers.
    let other = encoding.encode(&table("a,b,c,d\n7,3,u,w\n")).unwrap();
    assert_eq!(other.features.values()[..2], [7.0, 0.0]);
}

#[test]
fn standardizing_survives_huge_and_tiny_numbers() {
    let options = EncodingOptions { standardize: true, ..EncodingOptions::default() };
    for size in ["1e300", "1e-300", "1e-305", "1"] {
        let text = format!("a,y\n-{size},1\n0,1\n{size},2\n");
        let dense = learn(&text, Task::Numbers, &options).unwrap().encode(&table(&text)).unwrap();
        let b = 1.5f64.sqrt();
        for (found, expected) in dense.features.values().iter().zip([-b, 0.0, b]) {
            assert!((found - expected).abs() <= 1e-14, "{size}: {found} {expected}");
        }
    }
    let encoding = learn("a,y\n1e-320,1\n2e-320,2\n", Task::Numbers, &options).unwrap();
    let error = encoding.encode(&table("a\n1\n")).unwrap_err().to_string();
    assert!(
        error.starts_with("t.csv, line 2: row 0, column \"a\": \"1\" becomes inf when it is standardized"),
        "{error}"
    );
}

#[test]
fn rows_are_selected_and_split_the_same_every_time() {
    let text: String = (0..50).map(|row| format!("{row},{}\n", row % 3)).collect();
    let text = format!("a,y\n{text}");
    let dense = learn(&text, Task::Classes, &EncodingOptions::default()).unwrap().encode(&table(&text)).unwrap();
    let few = dense.select(&[7, 3, 7]).unwrap();
    assert_eq!((few.rows.clone(), few.features.values()), (vec![7, 3, 7], &[7.0, 3.0, 7.0][..]));
    assert_eq!(
        few.targets,
        Targets::Classes { labels: vec![1, 0, 1], names: vec!["0".into(), "1".into(), "2".into()] }
    );
    assert_eq!(
        dense.select(&[50]).unwrap_err().to_string(),
        "a place is 50, expected one of the 50 rows, counted from 0"
    );

    let (stay, taken) = dense.split(20, 3).unwrap();
    assert_eq!((stay.len(), taken.len()), (30, 20));
    let mut all = [stay.rows.clone(), taken.rows.clone()].concat();
    all.sort_unstable();
    assert_eq!(all, (0..50).collect::<Vec<u64>>());
    assert!(stay.rows.is_sorted() && taken.rows.is_sorted());
    assert_eq!(dense.split(20, 3).unwrap(), (stay.clone(), taken.clone()));
    assert_ne!(dense.split(20, 4).unwrap().1.rows, taken.rows);
    assert!(dense.split(51, 3).is_err());
    assert_eq!(taken.features.values(), taken.rows.iter().map(|row| *row as f64).collect::<Vec<_>>());
}

#[test]
fn arrays_become_rows_if_they_fit() {
    let features = |values: &[f64]| Array::new(&[2, 2], values.to_vec()).unwrap();
    let error = Samples::new(features(&[1.0, 2.0, 3.0, f64::NAN]), Targets::None).unwrap_err().to_string();
    assert!(error.starts_with("a feature is NaN at row 1, column 1 (both counted from 0); "), "{error}");
    let plain = features(&[1.0, 2.0, 3.0, 4.0]);
    let error = Samples::new(plain.clone(), Targets::Numbers(vec![0.0, f64::INFINITY])).unwrap_err().to_string();
    assert!(error.starts_with("a target is inf at row 1 (counted from 0); "), "{error}");
    let error = Samples::new(plain.clone(), Targets::Numbers(vec![0.0])).unwrap_err().to_string();
    assert_eq!(error, "the number of targets is 1, expected 2, one for each row of features");
    let classes = |labels: &[u32]| Targets::Classes { labels: labels.to_vec(), names: vec!["a".into(), "b".into()] };
    assert!(Samples::new(plain.clone(), classes(&[0, 2])).is_err());
    let dense = Samples::new(plain.clone(), classes(&[1, 1])).unwrap();
    let error = dense.require_targets("the training data").unwrap_err().to_string();
    assert_eq!(error, "the training data is of one class only, \"b\", expected at least two");
    assert!(Samples::new(plain, classes(&[1, 0])).unwrap().require_targets("it").is_ok());
}

fn names(count: usize) -> impl Strategy<Value = Vec<String>> {
    prop::collection::btree_set("[a-z][ -:<-{}~é]{0,4}[a-z]", count)
        .prop_map(|names| names.into_iter().collect::<Vec<_>>())
        .prop_shuffle()
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        (names, cells) in (1usize..5).prop_flat_map(|columns| (
            names(columns),
            prop::collection::vec(prop::collection::vec("([!-~é][ -~é\n\",]{0,5}[!-~é])?", columns), 1..8),
        )),
        crlf: bool,
    ) {
        let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new().terminator(terminator).from_writer(Vec::new());
        writer.write_record(&names).unwrap();
        for row in &cells {
            writer.write_record(row).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let table = Table::from_text("t.csv", &text).unwrap();
        prop_assert!(table.names().iter().eq(names.iter().map(String::as_str)));
        prop_assert_eq!(table.rows(), cells.len());
        for (row, expected) in cells.iter().enumerate() {
            for (column, cell) in expected.iter().enumerate() {
                prop_assert_eq!(table.cell(row, column), Some(cell.as_str()));
            }
        }
    }

    #[test]
    fn numbers_are_read_bit_for_bit_and_encodings_are_saved_exactly(
        values in prop::collection::vec(-1e150..1e150f64, 2..20),
        small in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::ZERO, 2..20),
        standardize: bool,
    ) {
        let rows = values.len().min(small.len());
        let mut text = "a,b,c,y\n".to_owned();
        for row in 0..rows {
            text += &format!("{:e},{},{}\u{3bb},{row}\n", values[row], small[row] / 4.0, row % 3);
        }
        let table = Table::from_text("t.csv", &text).unwrap();
        let options = EncodingOptions { standardize, missing: Missing::Fill, ..EncodingOptions::default() };
        let encoding = Encoding::learn(&table, "y", Task::Numbers, &options).unwrap();
        let dense = encoding.encode(&table).unwrap();
        if standardize {
            let column: Vec<f64> = (0..rows).map(|row| dense.features.row(row)[0]).collect();
            let mean = column.iter().sum::<f64>() / rows as f64;
            let square = column.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / rows as f64;
            prop_assert!(mean.abs() < 1e-12 && (square - 1.0).abs() < 1e-12, "{} {}", mean, square);
        } else {
            for row in 0..rows {
                prop_assert_eq!(dense.features.row(row)[0].to_bits(), values[row].to_bits());
                prop_assert_eq!(dense.features.row(row)[1].to_bits(), (small[row] / 4.0).to_bits());
            }
        }
        let saved = serde_json::to_string(&encoding).unwrap();
        let back: Encoding = serde_json::from_str(&saved).unwrap();
        prop_assert_eq!(serde_json::to_string(&back).unwrap(), saved);
        prop_assert_eq!(back.encode(&table).unwrap(), dense);
        prop_assert_eq!(back, encoding);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[a-c1?,\"\n\r \t.\u{feff}-]{0,60}", standardize: bool, rule in 0..3) {
        if let Ok(table) = Table::from_text("t.csv", &text) {
            let missing = [Missing::Refuse, Missing::Drop, Missing::Fill][rule as usize];
            let options = EncodingOptions { missing, standardize, ..EncodingOptions::default() };
            for name in table.names().iter() {
                for task in [Task::Classes, Task::Numbers] {
                    if let Ok(encoding) = Encoding::learn(&table, name, task, &options) {
                        let dense = encoding.encode(&table).unwrap();
                        prop_assert!(dense.features.values().iter().all(|value| value.is_finite()));
                        prop_assert_eq!(dense.features.row_width(), encoding.feature_names().len());
                    }
                }
            }
        }
    }
}
