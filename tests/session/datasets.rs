//! What datasets read, keep and refuse.

use std::fs;

use ascribe::Error;
use ascribe::session::{Dataset, Options, Part, load};

use crate::common::numbers;
use crate::fixtures::{Scattered, data, inputs, numbered, refused, rows_of, triples};

/// The cells of a table without commas inside cells, without its first line.
fn cells(file: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(data(file)).unwrap();
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn tables_are_what_their_text_says() {
    let found = load("table", &[data("tables/iris.csv")], &Options::new()).unwrap();
    let cells = cells("tables/iris.csv");
    assert_eq!((found.len(), found.features()), (cells.len(), 4));
    let classes = found.classes();
    assert_eq!(classes.len(), 3);
    for (row, label) in found.labels().unwrap().iter().enumerate() {
        assert_eq!(classes[*label as usize], cells[row][4]);
        assert_eq!(found.describe(row).unwrap(), format!("row {row}: target {}", cells[row][4]));
    }
    refused(found.targets(), "the targets is classes, expected numbers");
    // Another column as target, as numbers.
    let options = Options::new().with("label", "petal_width_cm").with("task", "numbers").with("standardize", true);
    let found = load("table", &[data("tables/iris.csv")], &options).unwrap();
    for (row, target) in found.targets().unwrap().iter().enumerate() {
        assert_eq!(target.to_string().parse::<f64>().unwrap(), cells[row][3].parse::<f64>().unwrap());
    }
    assert!(found.classes().is_empty());
    refused(found.labels(), "the targets is numbers, expected classes");
}

#[test]
fn tables_that_are_not_as_asked_are_refused() {
    let missing = load("table", &[data("tables/nothing.csv")], &Options::new());
    assert!(matches!(refused(missing, "nothing.csv"), Error::Io { .. }));
    let options = Options::new().with("label", "petal_width");
    refused(load("table", &[data("tables/iris.csv")], &options), "petal_width");
    refused(load("images", &[data("tables/iris.csv")], &Options::new()), "iris.csv");
}

#[test]
fn matrices_are_copied_and_checked() {
    let values = numbers(1, 30);
    let data = Dataset::from_matrix(&rows_of(&values, 3), Some(&values[..10])).unwrap();
    assert_eq!((data.len(), data.features(), data.targets().unwrap()), (10, 3, &values[..10]));
    assert_eq!(data.describe(2).unwrap(), format!("row 2: target {}", values[2]));
    refused(Dataset::from_matrix(&rows_of(&values, 3), Some(&values[..9])), "the number of targets is 9, expected 10");
    refused(Dataset::from_matrix(&rows_of(&values[..0], 3), None), "the matrix of features is 0 x 3");
    for by_columns in [false, true] {
        let mut wrong = values.clone();
        wrong[16] = f64::NAN;
        let error = refused(Dataset::from_matrix(&Scattered::new(&wrong, 3, by_columns, 7.0), None), "row 5");
        assert!(matches!(error, Error::NotFinite { .. }) && error.to_string().contains("column 1"), "{error}");
        // What lies between the elements is nobody's business.
        assert!(Dataset::from_matrix(&Scattered::new(&values, 3, by_columns, f64::NAN), None).is_ok());
    }
    let single: Vec<f32> = values.iter().map(|value| *value as f32).collect();
    assert_eq!(Dataset::from_matrix(&rows_of(&single, 5), None).unwrap().features(), 5);
}

#[test]
fn labels_are_classes_that_there_are() {
    let mut data = numbered(4, 1);
    let kept = data.clone();
    refused(data.set_labels(&[0, 1, 2], 3), "the number of labels is 3, expected 4, one for each row");
    refused(data.set_labels(&[0, 1, 2, 3], 3), "the label of row 3 is 3, expected a class below 3");
    refused(data.set_labels(&[0; 4], 1), "the number of classes is 1, expected at least two");
    refused(data.set_labels(&[0; 4], u32::MAX), "the number of classes is 4294967295");
    assert_eq!(data.targets().unwrap(), kept.targets().unwrap(), "what fails changes nothing");
    data.set_labels(&[0, 1, 2, 0], 3).unwrap();
    assert_eq!((data.labels().unwrap(), data.classes().len()), (&[0, 1, 2, 0][..], 3));
    assert!(kept.targets().is_ok(), "copies keep the targets they have");
    refused(triples().set_labels(&[], 3), "the dataset is of triples, expected one of samples");
}

#[test]
fn names_of_classes_stay_where_there_are_as_many() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    fs::write(&path, "x,color\n1,red\n2,blue\n3,red\n").unwrap();
    let mut data = load("table", &[path], &Options::new()).unwrap();
    let names = data.classes().to_vec();
    data.set_labels(&[1, 1, 0], 2).unwrap();
    assert_eq!(data.classes(), names);
    data.set_labels(&[1, 1, 2], 3).unwrap();
    assert_eq!(data.classes(), ["0", "1", "2"]);
}

#[test]
fn triples_are_what_their_text_says() {
    let parts = ["train", "valid", "test"].map(|part| data(&format!("nations/{part}.tsv")));
    let found = load("triples", &parts, &Options::new()).unwrap();
    for (part, path) in [Part::Train, Part::Valid, Part::Test].into_iter().zip(&parts) {
        let text = fs::read_to_string(path).unwrap();
        let part = found.part(part).unwrap();
        assert_eq!(part.len(), text.lines().count());
        for (place, line) in text.lines().enumerate() {
            assert_eq!(part.describe(place).unwrap(), line.replace('\t', " "));
        }
        let first: Vec<&str> = text.lines().next().unwrap().split('\t').collect();
        let query = found.query(first[0], first[1], first[2]).unwrap();
        assert_eq!(query.triple_ids().unwrap().next(), part.triple_ids().unwrap().next());
    }
    let error = refused(found.query("brasil", "embassy", "china"), "brazil");
    assert!(matches!(error, Error::Unknown { .. }), "{error}");
    assert!(matches!(refused(found.query("brazil", "embasy", "china"), "embassy"), Error::Unknown { .. }));
    refused(numbered(3, 1).query("a", "b", "c"), "the dataset is of samples, expected one of triples");
    refused(numbered(3, 1).part(Part::Test), "the dataset is of samples, expected one of triples");
    assert!(load("triples", &[data("nations/none.tsv")], &Options::new()).is_err());
    // The folder of the three is the same, and without the later ones they are empty.
    let folder = load("triples", &[data("nations")], &Options::new()).unwrap();
    for part in [Part::Train, Part::Valid, Part::Test] {
        let [one, other] = [&folder, &found].map(|data| data.part(part).unwrap());
        assert!(one.triple_ids().unwrap().eq(other.triple_ids().unwrap()));
    }
    let two = load("triples", &parts[..2], &Options::new()).unwrap();
    let counts = [Part::Train, Part::Valid, Part::Test].map(|part| two.part(part).unwrap().len());
    assert_eq!(counts, [1592, 199, 0]);
    refused(load("triples", &[], &Options::new()), "the number of files of triples is 0, expected one folder");
    refused(load("tripels", &parts, &Options::new()), "did you mean \"triples\"?");
}

#[test]
fn ids_of_triples_are_below_their_numbers() {
    let list = [[0, 1, 2], [3, 0, 1]];
    let data = Dataset::from_triples(&list, 4, 2).unwrap();
    assert_eq!(data.triple_ids().unwrap().collect::<Vec<_>>(), list);
    assert_eq!(data.describe(1).unwrap(), "3 0 1");
    assert!(data.part(Part::Valid).unwrap().is_empty());
    refused(Dataset::from_triples(&list, 3, 2), "the head of triple 1 is 3, expected an id below 3");
    refused(Dataset::from_triples(&list, 4, 1), "the relation of triple 0 is 1, expected an id below 1");
    refused(Dataset::from_triples(&[[0, 0, 4]], 4, 1), "the tail of triple 0 is 4, expected an id below 4");
    refused(Dataset::from_triples(&[], 0, 1), "the number of entities is 0");
    refused(Dataset::from_triples(&[], 1, u32::MAX), "the number of relations is 4294967295");
}

#[test]
fn selections_of_selections_are_selections() {
    for data in [triples(), numbered(9, 1), inputs()] {
        let twice = data.select(&[5, 3, 5, 1]).unwrap().select(&[2, 0, 3]).unwrap();
        let once = data.select(&[5, 5, 1]).unwrap();
        assert_eq!((twice.len(), once.len()), (3, 3));
        for example in 0..3 {
            assert_eq!(twice.describe(example).unwrap(), once.describe(example).unwrap());
        }
        refused(data.select(&[0, data.len()]), "an example is");
        refused(data.select(&[5, 3]).unwrap().select(&[2]), "an example is 2, expected one of 2, counted from 0");
        refused(data.describe(data.len()), "an example is");
        assert!(data.select(&[]).unwrap().is_empty());
    }
    let data = numbered(9, 1);
    let targets = data.targets().unwrap();
    let twice = data.select(&[5, 3, 5, 1]).unwrap().select(&[2, 0, 3]).unwrap();
    assert_eq!(twice.targets().unwrap(), [targets[5], targets[5], targets[1]]);
    let ids: Vec<_> = triples().triple_ids().unwrap().collect();
    let twice = triples().select(&[5, 3, 5, 1]).unwrap().select(&[2, 0, 3]).unwrap();
    assert_eq!(twice.triple_ids().unwrap().collect::<Vec<_>>(), [ids[5], ids[5], ids[1]]);
}

#[test]
fn inputs_have_a_value_for_each_example() {
    refused(Dataset::of_inputs(0), "the number of examples is 0");
    let mut data = Dataset::of_inputs(3).unwrap();
    refused(data.set_ids("a", &[0, 1], 1), "the number of ids of input \"a\" is 2, expected 1 for each of 3 examples");
    refused(data.set_ids("a", &[], 0), "the number of ids of input \"a\" is 0");
    refused(data.set_numbers("x", &rows_of(&[1.0, 2.0], 1)), "the values of input \"x\" is 2 x 1, expected 3 rows");
    let wrong = [1.0, 2.0, 3.0, f64::INFINITY, 5.0, 6.0];
    refused(data.set_numbers("x", &rows_of(&wrong, 2)), "example 1, element 1 of \"x\"");
    refused(numbered(3, 1).set_ids("a", &[0; 3], 1), "the dataset is of samples, expected one of named columns");
}

#[test]
fn other_files_are_read_alike() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let train = file("train.csv", "size,color,kind\n1,red,small\n2,blue,large\n6,red,small\n");
    let options = Options::new().with("standardize", true);
    let trained = load("table", std::slice::from_ref(&train), &options).unwrap();
    // The classes come in another order, and one level is missing.
    let other = file("other.csv", "size,color,kind\n3,blue,large\n5,blue,small\n");
    let alike = trained.load_like(std::slice::from_ref(&other)).unwrap();
    assert_eq!(alike.classes(), trained.classes());
    let named = |data: &Dataset| -> Vec<String> {
        data.labels().unwrap().iter().map(|label| data.classes()[*label as usize].clone()).collect()
    };
    assert_eq!(named(&alike), ["large", "small"]);
    assert_eq!(alike.features(), trained.features());
    // What was read alike can be read from alike again.
    assert_eq!(named(&alike.load_like(&[train]).unwrap()), ["small", "large", "small"]);
    let foreign = file("foreign.csv", "size,color,kind\n3,blue,large\n5,blue,medium\n");
    let known = trained.load_like(std::slice::from_ref(&foreign)).unwrap();
    assert_eq!((named(&known), &known.samples().unwrap().rows[..]), (vec!["large".to_owned()], &[0][..]));
    let strict = load(
        "table",
        &[file("train.csv", "size,color,kind\n1,red,small\n2,blue,large\n6,red,small\n")],
        &options.with("unseen", "refuse"),
    )
    .unwrap();
    refused(strict.load_like(&[foreign]), "\"medium\" is a class that the training table does not have");
    let unseen = file("unseen.csv", "size,color,kind\n3,green,large\n");
    refused(trained.load_like(&[unseen]), "green");
    refused(trained.load_like(&[other.clone(), other.clone()]), "the number of files");
    let error = refused(numbered(3, 1).load_like(std::slice::from_ref(&other)), "given as a matrix");
    assert!(matches!(error, Error::Unsupported { .. }));
    refused(triples().load_like(&[other]), "the dataset is of triples, expected one of samples");

    let messages = file("messages", "good\tfine fine day\nbad\tno no day\ngood\tfine\nbad\tno\n");
    let messages = load("messages", &[messages], &Options::new()).unwrap();
    assert_eq!(messages.len(), 4);
    let alike = messages.load_like(&[file("more", "bad\tday of words that nobody knows\n")]).unwrap();
    assert_eq!((named(&alike), alike.features()), (vec!["bad".to_owned()], messages.features()));
}
