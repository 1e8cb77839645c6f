//! Tables as people have them: each dialect is read right, each mistake refused with its place and the option that helps.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;

use ascribe::data::{Dataset, Samples, Summary, Targets};
use ascribe::options::Options;

/// A folder with files, and the options of a table as `name=value`.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn load(&self, bytes: &[u8], options: &[&str]) -> Result<Dataset, String> {
        let mut given = Options::new();
        for option in options {
            let (name, value) = option.split_once('=').unwrap();
            given.set(name, value);
        }
        let folder = format!("{}/", self.0.path().display());
        Dataset::load("table", &[self.put("t.csv", bytes)], &given)
            .map_err(|error| error.to_string().replace(&folder, ""))
    }
}

pub fn load(bytes: &[u8], options: &[&str]) -> Result<Dataset, String> {
    Folder::new().load(bytes, options)
}

pub fn samples(data: &Dataset) -> &Samples {
    data.samples().unwrap()
}

pub fn summary(data: &Dataset) -> &Summary {
    data.sample_set().unwrap().source().unwrap().summary.as_ref().unwrap()
}

pub fn rows(data: &Dataset) -> Vec<Vec<f64>> {
    (0..data.len()).map(|row| samples(data).features.row(row).to_vec()).collect()
}

/// What a table of a, b and the numbers y is, however it is written.
const RIGHT: [[f64; 2]; 4] = [[1.5, 1234.5], [-2.0, 0.25], [3.25, 1_000_000.0], [0.0, -12.0]];
const TARGETS: [f64; 4] = [0.5, 1.5, 2.5, 3.5];

#[test]
fn twenty_dialects_are_read_right() {
    let utf16 = |text: &str, big: bool| -> Vec<u8> {
        let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    let plain = "a,b,y\n1.5,1234.5,0.5\n-2,0.25,1.5\n3.25,1000000,2.5\n0,-12,3.5\n";
    let semicolons = "a;b;y\n1,5;1234,5;0,5\n-2;0,25;1,5\n3,25;1000000;2,5\n0;-12;3,5\n";
    let quoted = |line: &str| line.split(',').map(|cell| format!("\"{}\"", cell.replace('.', ","))).collect::<Vec<_>>();
    let in_quotes: String = plain.lines().map(|line| quoted(line).join(",") + "\n").collect();
    let comma = "decimal=comma";
    let cases: Vec<(&str, Vec<u8>, Vec<&str>)> = vec![
        ("commas", plain.into(), vec![]),
        ("semicolons found", plain.replace(',', ";").into(), vec![]),
        ("semicolons named", plain.replace(',', ";").into(), vec!["separator=semicolon"]),
        ("tabs", plain.replace(',', "\t").into(), vec![]),
        ("bars", plain.replace(',', "|").into(), vec![]),
        ("another sign", plain.replace(',', "#").into(), vec!["separator=#"]),
        ("spaces", plain.replace(',', " ").into(), vec!["separator= "]),
        ("decimal commas", semicolons.into(), vec![comma]),
        ("decimal commas, tabs", semicolons.replace(';', "\t").into(), vec![comma]),
        ("decimal commas in quotes", in_quotes.into(), vec![comma]),
        ("grouped by commas", plain.replace("1234.5", "\"1,234.5\"").replace("1000000", "\"1,000,000\"").into(), vec!["thousands=comma"]),
        ("grouped by points", semicolons.replace("1234,5", "1.234,5").replace("1000000", "1.000.000").into(), vec![comma, "thousands=point"]),
        ("grouped by spaces", semicolons.replace("1234,5", "1 234,5").replace("1000000", "1\u{a0}000\u{202f}000").into(), vec![comma, "thousands=space"]),
        ("grouped by apostrophes", plain.replace("1234.5", "1'234.5").replace("1000000", "1\u{2019}000'000").into(), vec!["thousands=apostrophe"]),
        ("no header", plain["a,b,y\n".len()..].into(), vec!["header=false"]),
        ("index column without a name", plain.lines().enumerate().map(|(row, line)| if row == 0 { format!(",{line}\n") } else { format!("{row},{line}\n") }).collect::<String>().into(), vec!["index_column=true"]),
        ("index column without a header", plain.lines().skip(1).enumerate().map(|(row, line)| format!("{row},{line}\n")).collect::<String>().into(), vec!["index_column=true", "header=false"]),
        ("UTF-8 with a mark", format!("\u{feff}{plain}").into(), vec![]),
        ("UTF-16, little end first", utf16(plain, false), vec![]),
        ("UTF-16, big end first", utf16(plain, true), vec![]),
        ("CRLF and blank lines", plain.replace('\n', "\r\n\r\n").into(), vec![]),
        ("columns in another order", "id,y,b,a\nu,0.5,1234.5,1.5\nv,1.5,0.25,-2\nw,2.5,1000000,3.25\nx,3.5,-12,0\n".into(), vec!["label=y", "exclude=id"]),
        ("columns that are taken", "day,a,w,b,y\n2024-01-01,1.5,9,1234.5,0.5\n2024-01-02,-2,9,0.25,1.5\n2024-01-03,3.25,9,1000000,2.5\n2024-01-04,0,9,-12,3.5\n".into(), vec!["columns=a,b"]),
    ];
    assert!(cases.len() >= 20);
    for (name, bytes, options) in cases {
        let data = load(&bytes, &options).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut found = rows(&data);
        if name == "columns in another order" {
            found.iter_mut().for_each(|row| row.reverse());
        }
        assert_eq!(found, RIGHT, "{name}");
        assert_eq!(samples(&data).targets, Targets::Numbers(TARGETS.to_vec()), "{name}");
        let names = if name.ends_with("header") { ["x1", "x2"] } else { ["a", "b"] };
        let mut found = data.feature_names();
        found.sort_unstable();
        assert_eq!(found, names, "{name}");
        assert!(summary(&data).warnings.is_empty(), "{name}");
    }
}

#[test]
fn letters_are_those_of_the_encoding() {
    let text = b"y,a,st\xe4dt\nno,1,K\xf6ln\nyes,2,\x80\nno,3,K\xf6ln\n";
    let data = load(text, &["label=y"]).unwrap();
    assert_eq!(data.feature_names(), ["a", "städt=Köln", "städt=€"]);
    assert_eq!(summary(&data).encoding.as_deref(), Some("windows-1252"));
    assert!(summary(&data).warnings[0].contains("line 1"), "{:?}", summary(&data).warnings);
    let data = load(text, &["label=y", "encoding=windows-1252"]).unwrap();
    assert!(summary(&data).warnings.is_empty());
    assert_eq!(load(text, &["label=y", "encoding=latin-1"]).unwrap().feature_names()[2], "städt=\u{80}");
}

#[test]
fn thirty_bad_tables_are_refused_with_their_place_and_the_option_that_helps() {
    let column = |cells: &[&str]| {
        cells
            .iter()
            .enumerate()
            .fold("a,b,y\n".to_owned(), |text, (row, cell)| text + &format!("{row}.5,{cell},{row}\n"))
    };
    let many = |cell: &str| {
        let cells: Vec<String> =
            (0..40).map(|row| if row == 7 { cell.to_owned() } else { format!("{row}.25") }).collect();
        column(&cells.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let cases: Vec<(String, &[&str], Vec<&str>)> = vec![
        (
            many("x"),
            &[],
            vec!["line 9", "row 7, column \"b\"", "\"x\" is not a number", "option missing_words", "option categories"],
        ),
        (many("unknown"), &[], vec!["line 9", "\"unknown\" is not a number", "option missing_words"]),
        (many("1 234"), &[], vec!["line 9", "column \"b\"", "option thousands space", "1234"]),
        (many("\"7,25\""), &[], vec!["line 9", "column \"b\"", "option decimal comma if it is 7.25"]),
        (many("\"1,234\""), &[], vec!["option thousands comma if it is 1234", "option decimal comma if it is 1.234"]),
        (many("$7.25"), &[], vec!["line 9", "\"$7.25\" is not a number", "write the number alone"]),
        (many("12%"), &[], vec!["line 9", "\"12%\" is not a number", "write the number alone"]),
        (many("O.5"), &[], vec!["line 9", "\"O.5\" is not a number"]),
        (many("1.2.3"), &[], vec!["line 9", "\"1.2.3\" is not a number"]),
        (many("1e"), &[], vec!["line 9", "\"1e\" is not a number"]),
        (
            many("N/A"),
            &[],
            vec![
                "line 9",
                "column \"b\"",
                "the value is missing (\"N/A\")",
                "option missing drop",
                "option missing fill",
            ],
        ),
        (many("-"), &[], vec!["line 9", "the value is missing (\"-\")", "option missing drop"]),
        (many("inf"), &[], vec!["line 9", "column \"b\"", "not a finite number"]),
        (
            column(&["\"14,210\"", "\"9,490\"", "\"37,159\""]),
            &[],
            vec!["line 2", "column \"b\"", "option thousands comma"],
        ),
        (
            column(&["\"1,5\"", "\"2,5\"", "\"1,5\"", "\"2,5\""]),
            &[],
            vec!["line 2", "column \"b\"", "option decimal comma"],
        ),
        (
            column(&["1.5", "2.5", "\"1,5\""]),
            &["decimal=comma"],
            vec!["line 2", "column \"a\"", "option decimal point"],
        ),
        (
            column(&["1", "\"12,34\"", "3"]),
            &["thousands=comma"],
            vec!["line 3", "column \"b\"", "\"12,34\" is not a number"],
        ),
        (
            column(&["2024-01-31", "2024-02-29", "2023-12-01"]),
            &[],
            vec!["line 2", "column \"b\"", "is a date", "option exclude", "option categories"],
        ),
        (
            column(&["2024-01-31 10:00:00", "2024-02-29T11:30", "?"]),
            &["missing=fill"],
            vec!["line 2", "is a date", "option exclude"],
        ),
        (column(&["31.12.2024", "1.2.2024", "3.4.2025"]), &[], vec!["line 2", "is a date"]),
        (
            column(&["red", "blue", "1"]),
            &["numbers=b"],
            vec!["line 2", "column \"b\"", "\"red\" is not a number", "option categories"],
        ),
        (
            "a;b,c\n1;2,3\n4;5,6\n".into(),
            &[],
            vec!["line 1", "separated by comma (2 of them) or by semicolon (2 of them)", "option separator"],
        ),
        ("a;b;y\n1;2;3\n1;2\n".into(), &[], vec!["line 3", "row 1 has 2 cells, the header has 3", "semicolon"]),
        (
            "5.1,3.5,setosa\n4.9,3.0,setosa\n6.2,3.4,virginica\n".into(),
            &[],
            vec!["line 1", "looks like a row", "\"5.1\"", "option header false"],
        ),
        ("1,0,3\n0,1,2\n".into(), &[], vec!["line 1", "only numbers", "option header false"]),
        ("1,0,3,male\n0,1,2,female\n".into(), &[], vec!["line 1", "looks like a row", "option header false"]),
        (",a,y\n0,1,2\n".into(), &[], vec!["line 1", "column 1 of 3 has no name", "option index_column"]),
        ("a,,y\n0,1,2\n".into(), &[], vec!["line 1", "column 2 of 3 has no name", "give it one"]),
        (
            "a,b,y\n1,2,3\n2,3,4\n".into(),
            &["exclude=c"],
            vec!["line 1", "there is no column \"c\"", "\"a\", \"b\", \"y\""],
        ),
        ("a,b,y\n1,2,3\n2,3,4\n".into(), &["exclude=y"], vec!["option \"exclude\"", "the column to predict"]),
        ("a,b,y\n1,2,3\n2,3,4\n".into(), &["exclude=a,b"], vec!["line 1", "no column is left beside \"y\""]),
        (
            "a,b,y\n1,2,3\n2,3,4\n".into(),
            &["numbers=a", "categories=a"],
            vec!["option \"numbers\"", "option categories"],
        ),
        (
            "a,b,y\n1,2,3\n2,3,4\n".into(),
            &["columns=a", "categories=b"],
            vec!["option \"categories\"", "\"b\", which is no feature"],
        ),
        (
            "a,b,y\n1,2,3\n".into(),
            &["decimal=comma", "thousands=comma"],
            vec!["option \"thousands\"", "option decimal"],
        ),
        ("a,b,y\n1,2,3\n".into(), &["separator=ab"], vec!["option \"separator\"", "comma, semicolon, tab, pipe"]),
        ("y\n1\n2\n".into(), &["index_column=true"], vec!["line 1", "one column only", "option index_column"]),
    ];
    assert!(cases.len() >= 30);
    for (text, options, parts) in cases {
        let error = load(text.as_bytes(), options).map(|data| rows(&data)).unwrap_err();
        for part in parts {
            assert!(error.contains(part), "{text}\n{error}\nlacks {part:?}");
        }
        assert!(!error.contains("line") || error.starts_with("t.csv"), "{error}");
    }
}

#[test]
fn few_levels_that_look_like_numbers_stay_categories() {
    let levels = |cells: [&str; 8]| {
        let text =
            cells.iter().enumerate().fold("b,y\n".to_owned(), |text, (row, cell)| text + &format!("{cell},{row}\n"));
        load(text.as_bytes(), &[]).map(|data| data.feature_names())
    };
    assert_eq!(levels(["0", "1", "2", "3+", "0", "1", "2", "0"]).unwrap(), ["b=0", "b=1", "b=2", "b=3+"]);
    assert_eq!(levels(["A1", "1", "B2", "C3", "2", "A1", "B2", "C3"]).unwrap(), ["b=A1", "b=1", "b=B2", "b=C3", "b=2"]);
    assert_eq!(levels(["+", "-", "+", "-", "-", "+", "+", "-"]).unwrap(), ["b=+", "b=-"]);
    assert!(levels(["0", "1", "2", "3+", "4", "5", "6", "7"]).is_err());
    // Categories by force, where that is asked for.
    let data =
        load(b"b,c,y\n1,2024-01-01,1\n2,2024-01-02,2\nx,?,3\n4,2024-01-02,4\n", &["categories=b,c", "missing=fill"]);
    assert_eq!(data.unwrap().feature_names(), ["b=1", "b=2", "b=x", "b=4", "c=2024-01-01", "c=2024-01-02", "c=?"]);
}

#[test]
fn every_word_for_a_missing_value_is_one_in_every_column() {
    for word in ["", "?", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "-", "#N/A"] {
        let text = format!("a,b,y\n1,red,1\n{word},blue,2\n3,{word},3\n5,red,\"{word}\"\n4,red,4\n");
        let data = load(text.as_bytes(), &["missing=drop"]).unwrap();
        assert_eq!(samples(&data).rows, [0, 4], "{word:?}");
        assert_eq!(data.feature_names(), ["a", "b=red"], "{word:?}");
        let dropped = &summary(&data).dropped[0];
        assert_eq!((dropped.count, dropped.rows.as_slice()), (3, &[1, 2, 3][..]), "{word:?}");
        assert!(load(text.as_bytes(), &[]).unwrap_err().contains("the value is missing"), "{word:?}");
    }
    let text = "a,y\n1,1\n-999,2\nunknown,3\n5,4\n3,5\n";
    let data = load(text.as_bytes(), &["missing=fill", "missing_words=-999,unknown"]).unwrap();
    assert_eq!(rows(&data).concat(), [1.0, 3.0, 3.0, 5.0, 3.0]);
    let filled = &summary(&data).filled[0];
    assert_eq!((filled.column.as_str(), filled.cells), ("a", 2));
    assert!(filled.with.ends_with("training table, 3"), "{}", filled.with);
}

#[test]
fn rows_of_another_table_with_something_unseen_are_left_out_and_named() {
    let folder = Folder::new();
    let train = b"a,color,y\n1,red,good\n2,blue,bad\n3,red,bad\n";
    let test = folder.put("test.csv", b"a,color,y\n1,red,good\n2,purple,bad\n3,red,ugly\n4,blue,bad\n5,purple,bad\n");
    let data = folder.load(train, &[]).unwrap();
    let other = data.load_like(std::slice::from_ref(&test)).unwrap();
    assert_eq!(samples(&other).rows, [0, 3]);
    assert_eq!(rows(&other), [[1.0, 1.0, 0.0], [4.0, 0.0, 1.0]]);
    assert_eq!(
        summary(&other).notes(),
        [
            "left out 2 of 5 rows: the training data has no category \"purple\" in \"color\" (rows 1, 4)",
            "left out 1 of 5 rows: the training data has no class \"ugly\" (row 2)"
        ]
    );
    let zeros = folder.load(train, &["unseen=zeros"]).unwrap().load_like(std::slice::from_ref(&test)).unwrap();
    assert_eq!(samples(&zeros).rows, [0, 1, 3, 4]);
    assert_eq!(rows(&zeros)[1], [2.0, 0.0, 0.0]);
    let error = folder.load(train, &["unseen=refuse"]).unwrap().load_like(&[test]).unwrap_err().to_string();
    assert!(error.contains("line 3: row 1, column \"color\": \"purple\" is a category"), "{error}");
    let none = folder.put("none.csv", b"a,color\n1,purple\n");
    let error = data.load_like(&[none]).unwrap_err().to_string();
    assert!(error.contains("no row is left") && error.contains("\"purple\""), "{error}");
    // Excluded columns may be there or not.
    let data = folder.load(b"id,a,y\nu,1,2.5\nv,2,3.5\n", &["exclude=id"]).unwrap();
    for text in ["a,y\n5,1.5\n", "y,id,a\n1.5,w,5\n"] {
        let other = data.load_like(&[folder.put("o.csv", text.as_bytes())]).unwrap();
        assert_eq!(rows(&other), [[5.0]], "{text}");
    }
}

#[test]
fn labels_that_are_the_same_are_one_class() {
    let classes = |text: &str, options: &[&str]| {
        let data = load(text.as_bytes(), options).unwrap();
        (data.labels().unwrap().to_vec(), data.classes().to_vec())
    };
    let text = "a,y\n1,True\n2,FALSE\n3,true\n4,False\n5,TRUE\n";
    assert_eq!(classes(text, &[]), (vec![0, 1, 0, 1, 0], vec!["True".into(), "FALSE".into()]));
    let text = "a,y\n1,0\n2,1.0\n3,0.0\n4,1\n";
    assert_eq!(classes(text, &[]), (vec![0, 1, 0, 1], vec!["0".into(), "1.0".into()]));
    assert_eq!(classes("a,y\n1,+\n2,-\n3,+\n", &[]), (vec![0, 1, 0], vec!["+".into(), "-".into()]));
    // Classes without rows are none.
    let text = "a,y\n1,u\n2,v\n3,w\n4,w\n";
    assert_eq!(classes(text, &["rows=0,2-3"]), (vec![0, 1, 1], vec!["u".into(), "w".into()]));
    assert_eq!(classes(text, &["limit=2"]), (vec![0, 1], vec!["u".into(), "v".into()]));
    let data = load(text.as_bytes(), &["rows=0,2-3"]).unwrap();
    assert_eq!(summary(&data).empty_classes, ["v"]);
}

#[test]
fn what_was_read_is_summed_up() {
    let data = load(b"d;a;b;y\n1;2;red;1\n1;?;blue;2\n1;6;red;3\n", &["missing=fill", "exclude=d"]).unwrap();
    assert_eq!(
        summary(&data).sentences(),
        [
            "filled 1 missing cell of \"a\" with the mean of the training table, 4",
            "columns: 1 of numbers, 1 of categories with so many levels: \"b\" (2); left out \"d\"",
            "read with the separator semicolon and the encoding utf-8"
        ]
    );
    let saved = serde_json::to_string(summary(&data)).unwrap();
    assert_eq!(serde_json::from_str::<Summary>(&saved).unwrap(), *summary(&data));
}

#[test]
fn messages_stay_short() {
    let long = "x".repeat(75_000);
    let cells: String = (0..40).map(|row| format!("{row}.5,{}\n", if row == 9 { &long } else { "1" })).collect();
    let classes: String = (0..5000).map(|class| format!("{class},class number {class}\n")).collect();
    let cases: [(String, &[&str]); 6] = [
        (format!("a,{long}\n1,2\n3\n"), &[]),
        (format!("{long},{long}\n1,2\n"), &[]),
        (format!("a,y\n{cells}"), &["task=numbers"]),
        (format!("{long},y\n{}", cells.replace(",1\n", ",red\n").replace(".5,red", "red,1")), &["label=z"]),
        (format!("a,y\n{classes}"), &["classes=none"]),
        (format!("a,y\n{classes}"), &["label=b"]),
    ];
    for (text, options) in cases {
        let error = load(text.as_bytes(), options).map(|data| data.len()).unwrap_err();
        assert!(error.len() < 1500, "{} bytes: {}", error.len(), &error[..200]);
    }
}

#[test]
fn messages_are_read_from_columns_with_a_header() {
    let folder = Folder::new();
    let load = |text: &str, options: &[(&str, &str)]| {
        let mut given = Options::new();
        options.iter().for_each(|(name, value)| given.set(name, *value));
        let data = Dataset::load("messages", &[folder.put("m.csv", text.as_bytes())], &given);
        data.map_err(|error| error.to_string().replace(&format!("{}/", folder.0.path().display()), ""))
    };
    let lines = load("good\tfine, fine\nbad\tno no\ngood\tfine\n", &[]).unwrap();
    let commas = "kind,day,body\ngood,1,\"fine, fine\"\nbad,2,no no\ngood,3,fine\n";
    let both = [("text", "body"), ("label", "kind")];
    for text in [commas.to_owned(), commas.replace(',', ";").replace("fine;", "fine,")] {
        let columns = load(&text, &both).unwrap();
        assert_eq!(rows(&columns), rows(&lines));
        assert_eq!(samples(&columns).targets, samples(&lines).targets);
        assert_eq!(columns.feature_names(), ["fine", "no"]);
        // Another file is read alike: with labels or without, and without rows of labels that are unknown.
        let other = columns.load_like(&[folder.put("o.tsv", b"body\tkind\nno fine\tbad\nfine\tugly\n")]).unwrap();
        assert_eq!((rows(&other), &samples(&other).rows[..]), (vec![vec![1.0, 1.0]], &[0][..]));
        assert_eq!(summary(&other).notes(), ["left out 1 of 2 rows: the training data has no class \"ugly\" (row 1)"]);
        let bare = columns.load_like(&[folder.put("o.csv", b"body\nno\n")]).unwrap();
        assert_eq!((rows(&bare), &samples(&bare).targets), (vec![vec![0.0, 1.0]], &Targets::None));
    }
    let two = load("body\tkind\nfine fine\tgood\nno no\tbad\n", &[("text", "body")]).unwrap();
    assert_eq!(two.classes(), ["good", "bad"]);
    for (text, options, parts) in [
        (commas, &both[..1], &["line 1", "several columns", "option label", "\"kind\", \"day\", \"body\""][..]),
        (commas, &both[1..], &["option \"label\"", "option text"]),
        (commas, &[("text", "bodi")], &["line 1", "no column \"bodi\"", "\"body\""]),
        ("kind,body\n,a a\nx,b b\n", &[("text", "body")], &["line 2", "row 0: there is no label"]),
        ("body\na a\n", &[("text", "body")], &["line 1", "no column beside"]),
    ] {
        let error = load(text, options).map(|data| data.len()).unwrap_err();
        parts.iter().for_each(|part| assert!(error.contains(part), "{error}\nlacks {part:?}"));
    }
}
