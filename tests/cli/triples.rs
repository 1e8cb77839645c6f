//! The built program from end to end: what it answers, what it refuses and how, and that nothing is left half-done.
#![cfg(feature = "cli")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_ascribe");

fn nations() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/nations")
}

/// A line as typed: words between spaces, with `_` for a space within a word and `NATIONS` for the data folder.
fn words(line: &str) -> Vec<String> {
    let nations = nations();
    let word = |word: &str| match word {
        "NATIONS" => nations.to_str().expect("a path that is text").to_owned(),
        word => word.replace('_', " "),
    };
    line.split_whitespace().map(word).collect()
}

fn ascribe(folder: &Path, line: &str) -> Output {
    Command::new(PROGRAM).args(words(line)).current_dir(folder).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

/// Standard output of a line that succeeds without a word on standard error.
#[track_caller]
fn said(folder: &Path, line: &str) -> String {
    let output = ascribe(folder, line);
    assert!(output.status.success() && output.stderr.is_empty(), "{line}: {output:?}");
    text(&output.stdout)
}

/// The one JSON object of a line that succeeds.
#[track_caller]
fn object(folder: &Path, line: &str) -> Value {
    let out = said(folder, &format!("{line} --json"));
    let value: Value = serde_json::from_str(&out).expect("one JSON value and nothing else");
    assert!(value.is_object(), "{line}: {out}");
    assert_eq!(value["command"], line.split(' ').next().unwrap_or_default());
    value
}

/// The line of standard error of a line that fails as it should.
#[track_caller]
fn refused(folder: &Path, line: &str) -> String {
    let output = ascribe(folder, line);
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{line}: {output:?}");
    assert!(output.stdout.is_empty(), "{line}: {output:?}");
    assert_eq!((error.lines().count(), error.contains("panicked")), (1, false), "{line}: {error}");
    assert!(error.starts_with("ascribe: error: "), "{line}: {error}");
    error
}

fn temporary() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// A folder with a run `R` of few epochs.
fn trained(options: &str) -> TempDir {
    let folder = temporary();
    said(folder.path(), &format!("train --triples NATIONS --out R --epochs 2 {options}"));
    folder
}

/// Every file below a folder with its bytes, sorted.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder can be listed") {
        let path = entry.expect("the folder can be listed").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let bytes = fs::read(&path).expect("the file can be read");
            found.push((path.strip_prefix(folder).expect("below it").to_owned(), bytes));
        }
    }
    found.sort();
    found
}

/// The changes of a list of facts.
fn changes(facts: &Value, field: &str) -> Vec<f64> {
    facts.as_array().expect("a list").iter().map(|fact| fact[field].as_f64().expect("a number")).collect()
}

#[test]
fn training_is_described_and_can_be_asked_for_again() {
    let folder = temporary();
    let folder = folder.path();
    let train = "train --triples NATIONS --epochs 3 --patience 2 --learning-rate 0.01 --out R";
    let answer = object(folder, train);
    for (field, count) in [("examples", 1592), ("valid", 199), ("test", 201), ("entities", 14), ("relations", 55)] {
        assert_eq!(answer["data"][field], count, "{field}");
    }
    assert_eq!(answer["training"]["learning_rate"], 0.01);
    assert!(answer["outcome"]["best_epoch"].is_u64(), "{answer}");
    assert!(answer["validation"]["mrr"].as_f64().is_some_and(|mrr| mrr > 0.3), "{answer}");
    let info = object(folder, "info R");
    for (field, value) in answer.as_object().unwrap().iter().filter(|(field, _)| *field != "command") {
        assert_eq!(info[field], *value, "{field}");
    }
    assert!(said(folder, train).contains("validation: MRR 0."));
    let shown = said(folder, "info R");
    assert!(shown.contains("14 entities, 55 relations"), "{shown}");
    let rate = shown.lines().find(|line| line.contains("learning rate")).unwrap();
    assert!(rate.ends_with(" 0.01"), "{rate}");
}

#[test]
fn every_option_of_training_works() {
    let folder = temporary();
    for options in [
        "--model complex --loss bce --sides both --precision f32 --batch 32",
        "--model transe --optimizer adagrad --learning-rate 0.1 --schedule linear --candidates once",
        "--loss full-softmax --optimizer adam-dense --schedule exponential:0.9 --checkpoint-every 0",
        "--optimizer sgd --learning-rate 0.01 --sides heads --attribution step --schedule inverse:0.5 --dimension 3",
    ] {
        let answer = object(folder.path(), &format!("train --triples NATIONS --out R --epochs 1 {options}"));
        assert_eq!(answer["outcome"]["epochs"][0]["steps"].as_u64() < Some(60), options.contains("--batch 32"));
        object(folder.path(), "explain R --query ?,embassy,uk -k 2");
    }
}

#[test]
fn an_explanation_lists_what_speaks_for_and_against() {
    let folder = trained("");
    let answer = object(folder.path(), "explain R --query usa,embassy,? -k 4");
    let (supporting, opposing) = (changes(&answer["supporting"], "change"), changes(&answer["opposing"], "change"));
    assert_eq!((supporting.len(), opposing.len()), (4, 4));
    assert!(supporting.iter().all(|c| *c < 0.0) && supporting.is_sorted(), "{supporting:?}");
    assert!(opposing.iter().all(|c| *c > 0.0) && opposing.iter().rev().is_sorted(), "{opposing:?}");
    assert_eq!(answer["prediction"]["rank"], 1);
    assert_eq!(answer["value"], answer["prediction"]["probability"]);
    let shown = said(folder.path(), "explain R --query usa,embassy,? -k 4");
    let fact = &answer["supporting"][0];
    assert!(shown.contains("without one of these facts the probability is predicted to fall:"), "{shown}");
    assert!(shown.contains("considered by rollback; unit of scores: removal"), "{shown}");
    assert_eq!((&answer["method"], &answer["unit"]), (&"rollback".into(), &"removal".into()));
    assert_eq!(changes(&answer["supporting"], "score"), supporting);
    let heading = shown.lines().position(|line| line.starts_with("supporting:")).unwrap();
    let line = shown.lines().nth(heading + 2).expect("a supporting fact");
    for field in ["example", "head", "relation", "tail"] {
        let value = fact[field].as_str().map_or_else(|| fact[field].to_string(), str::to_owned);
        assert!(line.contains(&value), "{line}: {value}");
    }
    // To first order the order of facts may differ, but it is said that the change is not exact.
    let linear = object(folder.path(), "explain R --query usa,embassy,? --effort linear --scope all");
    assert_eq!((&linear["supporting"][0]["exact"], &linear["considered"]), (&false.into(), &1592.into()));
    let fewer = object(folder.path(), "explain R --query usa,embassy,? --effort hybrid:2 --scope entities");
    assert!(fewer["considered"].as_u64() < answer["considered"].as_u64());
}

#[test]
fn taking_one_example_back_is_what_the_table_says() {
    let folder = trained("");
    let query = "explain R --query ?,embassy,uk --target usa --functional log-probability";
    let answer = object(folder.path(), query);
    assert_eq!((&answer["prediction"]["head"], &answer["prediction"]["asked"]), (&"usa".into(), &"head".into()));
    let first = &answer["supporting"][0];
    let without = object(folder.path(), &format!("{query} --without {}", first["example"]));
    let (one, other) = (first["change"].as_f64().unwrap(), without["without"]["change"].as_f64().unwrap());
    assert!((one - other).abs() < 1e-12, "{one} {other}");
    assert!(without["supporting"].is_null());
    let joint = object(folder.path(), &format!("{query} --without 3,17,3"));
    assert_eq!(changes(&joint["without"]["examples"], "example"), [3.0, 17.0]);
    assert!(said(folder.path(), &format!("{query} --without 3,17")).contains("without these together the log prob"));
}

#[test]
fn verification_compares_with_retraining() {
    let folder = trained("");
    let answer = object(folder.path(), "verify R --query usa,embassy,? -k 3");
    let (predicted, truth) = (changes(&answer["facts"], "predicted_change"), changes(&answer["facts"], "true_change"));
    assert!(predicted.iter().zip(&truth).all(|(p, t)| p.signum() == t.signum()), "{predicted:?} {truth:?}");
    assert_eq!(answer["fidelity"]["count"], 3);
    assert_eq!(answer["together"]["examples"].as_array().unwrap().len(), 3);
    let single = object(folder.path(), "verify R --query usa,embassy,? -k 1");
    assert!(single["together"].is_null() && single["fidelity"].is_null());
    assert_eq!(single["facts"][0], answer["facts"][0]);
    assert!(
        said(folder.path(), "verify R --query usa,embassy,? -k 3")
            .contains("fidelity of predicted changes over 3 single facts")
    );
}

#[test]
fn the_demonstration_tells_predicted_and_true_change() {
    let folder = temporary();
    let answer = object(folder.path(), "demo");
    assert!(answer["predicted_change"].as_f64() < Some(0.0), "{answer}");
    assert_eq!((&answer["prediction"]["stated_in"], &answer["prediction"]["rank"]), (&"test".into(), &1.into()));
    let shown = said(folder.path(), "demo");
    assert!(shown.contains("predicted: without \"") && shown.contains("retrained: without \""), "{shown}");
    assert!(files(folder.path()).is_empty());
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let results = [1, 2, 8].map(|threads| {
        let folder = temporary();
        let lines = [
            "train --triples NATIONS --out R --epochs 1 --batch 64",
            "explain R --query usa,embassy,? --scope all",
            "verify R --query usa,embassy,? -k 3",
        ];
        let said = lines.map(|line| said(folder.path(), &format!("{line} --json --threads {threads}")));
        (said, files(&folder.path().join("R")))
    });
    assert!(results[0].1.len() > 3, "a manifest, triples, a model and a ledger");
    assert!(results[0] == results[1] && results[0] == results[2]);
}

#[test]
fn names_may_hold_spaces_commas_and_any_letters() {
    let folder = temporary();
    let triples = "Washington, D.C.\tcapital of\tÅland\r\nÅland\tcapital of\t日本\r\n-x\tcapital of\tÅland\r\n";
    fs::write(folder.path().join("train.txt"), triples).unwrap();
    said(folder.path(), "train --triples . --out R --epochs 2");
    let answer = object(folder.path(), "explain R --query \"Washington,_D.C.\",capital_of,? --target 日本");
    assert_eq!(
        (&answer["prediction"]["head"], &answer["prediction"]["tail"]),
        (&"Washington, D.C.".into(), &"日本".into())
    );
    assert_eq!(object(folder.path(), "explain R --query -x,capital_of,?")["prediction"]["head"], "-x");
    assert!(said(folder.path(), "explain R --query ?,capital_of,Åland").contains("Washington, D.C. capital of Åland"));
    assert!(object(folder.path(), "info R")["validation"].is_null());
}

#[test]
fn senseless_training_is_refused_before_anything_is_written() {
    for (options, expected) in [
        ("--dimension 0", "--dimension is 0, expected 1 or more"),
        ("--dimension 1000000000", "the dimension is 1000000000, expected 1 to 1048576"),
        ("--dimension 18446744073709551615", "the dimension is 18446744073709551615, expected 1 to 1048576"),
        ("--learning-rate nan", "--learning-rate is NaN, expected a positive number"),
        ("--learning-rate inf", "--learning-rate is inf"),
        ("--learning-rate 0", "--learning-rate is 0"),
        ("--learning-rate -1", "--learning-rate is -1"),
        ("--initial 0", "--initial is 0, expected a positive number"),
        ("--initial nan", "--initial is NaN"),
        ("--epochs 0", "--epochs is 0, expected 1 or more"),
        ("--batch 0", "--batch is 0"),
        ("--negatives 0", "--negatives is 0, expected 1 or more"),
        ("--negatives 18446744073709551615", "the number of negatives is 18446744073709551615, expected 1 to 1048576"),
        ("--loss full-softmax --negatives 3", "--negatives is given beside the loss full-softmax"),
        ("--optimizer minimize", "minimizing by a model of the family triples"),
        ("--refine", "leave refine out"),
        ("--evaluate-every 2", "--evaluate-every is given without patience, expected left out, or beside --patience"),
        ("--patience 0", "--patience is 0"),
        ("--patience 1 --evaluate-every 0", "--evaluate-every is 0"),
        ("--threads 0", "the number of threads is 0, expected at least one"),
        ("--threads 1000000", "the number of threads is 1000000, expected at most"),
        (
            "--optimizer sgd --learning-rate 1e6 --model complex",
            "at step 22 (epoch 1, example 1003); lower the learning rate",
        ),
        ("--optimizer sgd --learning-rate 1e6 --model transe", "at step 72 (epoch 1"),
    ] {
        let folder = temporary();
        let error = refused(folder.path(), &format!("train --triples NATIONS --out R {options} --json"));
        assert!(error.contains(expected), "{options}: {error}");
        assert!(files(folder.path()).is_empty(), "{options}");
    }
}

#[test]
fn unusable_triples_are_refused_with_file_and_line() {
    for (name, bytes, expected) in [
        ("other.tsv", &b"a\tr\tb\n"[..], "no triples to train on, looked for train.tsv"),
        ("train.tsv", b"", "train.tsv: the file holds no triples; write one triple a line"),
        ("train.tsv", b"a\tr\tb\na\tb\n", "train.tsv, line 2: found 2 columns, expected 3"),
        ("train.tsv", b"a\tr\t\xff\n", "train.tsv, line 1: the byte 0xff"),
        ("train.tsv", b"a\tr\ta\n", "the number of entities is 1, expected at least two"),
    ] {
        let folder = temporary();
        fs::create_dir(folder.path().join("D")).unwrap();
        fs::write(folder.path().join("D").join(name), bytes).unwrap();
        let error = refused(folder.path(), "train --triples D --out R");
        assert!(error.contains(expected), "{error}");
        assert!(!folder.path().join("R").exists());
    }
    let error = refused(temporary().path(), "train --triples absent --out R");
    assert!(error.contains("cannot read absent: ") && error.contains("check the path"), "{error}");
    let folder = temporary();
    fs::write(folder.path().join("train.tsv"), "a\tr\tb\n").unwrap();
    assert!(refused(folder.path(), "train --triples . --out R --patience 1").contains("without validation data"));
}

#[test]
fn what_cannot_be_a_run_folder_is_refused_before_training() {
    let folder = temporary();
    fs::create_dir(folder.path().join("mine")).unwrap();
    fs::write(folder.path().join("mine/thesis.tex"), "x").unwrap();
    let before = files(folder.path());
    // Triples that are not there would be found out later.
    let error = refused(folder.path(), "train --triples absent --out mine");
    assert!(error.contains("the folder is not a run folder and holds \"thesis.tex\"; choose another --out"), "{error}");
    let error = refused(folder.path(), "train --triples absent --out mine/thesis.tex/R");
    assert!(error.contains("mine/thesis.tex: "), "{error}");
    assert_eq!(files(folder.path()), before);
}

#[test]
fn impossible_questions_are_refused() {
    let folder = trained("");
    for (question, expected) in [
        ("--query germany,embassy,?", "unknown entity \"germany\"; did you mean \"burma\""),
        ("--query USA,embassy,?", "unknown entity \"USA\"; did you mean \"usa\""),
        ("--query usa,embasy,?", "unknown relation \"embasy\"; did you mean \"embassy\""),
        ("--query usa,embassy,? --target UK", "unknown entity \"UK\"; did you mean \"uk\""),
        ("--query usa", "which has 1 part, expected HEAD,RELATION,? or ?,RELATION,TAIL"),
        ("--query usa,embassy,uk", "which leaves neither end open: ask usa,embassy,? with --target uk"),
        ("--query usa,embassy,? -k 0", "-k is 0, expected at least one fact"),
    ] {
        for command in ["explain", "verify"] {
            let error = refused(folder.path(), &format!("{command} R {question} --json"));
            assert!(error.contains(expected), "{question}: {error}");
        }
    }
    let error = refused(folder.path(), "explain R --query usa,embassy,? --without 3,1592");
    assert!(error.contains("an example to remove is 1592, expected an example below 1592"), "{error}");
}

#[test]
fn damaged_runs_are_refused() {
    let folder = trained("");
    let path = folder.path();
    let explain = "explain R --query usa,embassy,?";
    assert!(refused(path, "explain absent --query usa,embassy,?").contains("absent"));
    fs::create_dir(path.join("empty")).unwrap();
    for command in ["explain empty --query usa,embassy,?", "verify empty --query usa,embassy,?", "info empty"] {
        assert!(refused(path, command).contains("empty"), "{command}");
    }
    let whole = files(&path.join("R"));
    for (name, bytes) in whole.iter().filter(|(name, _)| name.to_str() != Some(".ascribe.lock")) {
        let file = path.join("R").join(name);
        fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
        let error = refused(path, explain);
        assert!(error.contains(name.to_str().unwrap()), "{error}");
        fs::write(file, bytes).unwrap();
    }
    said(path, explain);
    let manifest = path.join("R/run.json");
    let text = fs::read_to_string(&manifest).unwrap();
    let newer = text.replacen("\"version\":2", "\"version\":3", 1).replacen("\"version\": 2", "\"version\": 3", 1);
    assert_ne!(newer, text);
    fs::write(&manifest, &newer).unwrap();
    for line in [explain, "info R", "train --triples NATIONS --out R"] {
        let error = refused(path, line);
        assert!(error.contains("version 3") && error.contains("reads version 1 to 2"), "{error}");
    }
    assert_eq!(fs::read_to_string(&manifest).unwrap(), newer);
}

#[test]
fn divergence_leaves_the_last_checkpoint() {
    let folder = temporary();
    let path = folder.path();
    let train = "train --triples NATIONS --out R --optimizer sgd --learning-rate 0.5 --epochs 6";
    let error = refused(path, train);
    assert!(
        error.contains(" at step ") && error.contains("the run as it was after epoch 1 is in R.partial"),
        "{error}"
    );
    assert!(!path.join("R").exists());
    let info = object(path, "info R.partial");
    assert_eq!(info["outcome"]["epochs"].as_array().map(Vec::len), Some(1));
    object(path, "explain R.partial --query usa,embassy,?");
    // Retraining ends where the checkpoint does: otherwise it would diverge as well.
    object(path, "verify R.partial --query usa,embassy,? -k 1");
    let before = files(&path.join("R.partial"));
    assert!(!refused(path, &format!("{train} --checkpoint-every 0")).contains("the run as it was"));
    assert_eq!(files(&path.join("R.partial")), before);
}

#[test]
fn a_finished_run_is_replaced_by_a_whole_one_only() {
    let folder = trained("");
    let path = folder.path();
    let before = files(&path.join("R"));
    let error = refused(path, "train --triples NATIONS --out R --optimizer sgd --learning-rate 0.5 --epochs 6");
    assert!(error.contains("is in R.partial"), "{error}");
    assert_eq!(files(&path.join("R")), before);
    // A training that ends well takes away what it left beside it.
    said(path, "train --triples NATIONS --out R --epochs 3");
    assert!(!path.join("R.partial").exists());
    assert_ne!(files(&path.join("R")), before);
    // What is somebody else's stays, and is found before the work.
    fs::create_dir(path.join("R.partial")).unwrap();
    fs::write(path.join("R.partial/thesis.tex"), "x").unwrap();
    let error = refused(path, "train --triples absent --out R");
    assert!(error.contains("R.partial") && error.contains("thesis.tex"), "{error}");
    said(path, "train --triples NATIONS --out R --epochs 2 --checkpoint-every 0");
    assert_eq!(fs::read_to_string(path.join("R.partial/thesis.tex")).unwrap(), "x");
}

#[test]
fn triples_have_what_ifs_and_influence() {
    let folder = trained("--candidates once");
    let path = folder.path();
    let query = "R --query usa,embassy,?";
    let without = object(path, &format!("explain {query} --without 3,17"));
    let removed = object(path, &format!("whatif {query} --remove 3,17"));
    assert_eq!(removed["queries"][0]["change"], without["without"]["change"]);
    assert_eq!((&removed["levels"][0]["level"], &removed["method"]), (&"rollback".into(), &"rollback".into()));
    assert!(removed["queries"][0]["estimated_error"].is_null() && removed["queries"][0]["tail"].is_string());
    assert_eq!(changes(&removed["changes"], "example"), [3.0, 17.0]);
    assert!(said(path, &format!("whatif {query} --remove 3")).contains("if fact 3 ("));
    assert!(refused(path, &format!("whatif {query} --reweight 3=0.5")).contains("influence has them"));
    // The Hessian is no positive matrix after two epochs, nor are the tables determined but for rotations.
    let answer = object(path, &format!("explain {query} --method influence --damping 0.01 -k 3"));
    assert_eq!((&answer["diagnostics"]["curvature"], &answer["converged"]), (&"gauss-newton".into(), &true.into()));
    assert_eq!(answer["considered"], 1592);
    assert!(answer["scope"].is_null() && answer["solve"]["converged"] == true, "{answer}");
    assert!(answer["supporting"][0]["error_bound"].is_number(), "{answer}");
    let half =
        object(path, &format!("whatif {query} --method influence --damping 0.01 --reweight 3=0.5 --until first-order"));
    let gone =
        object(path, &format!("whatif {query} --method influence --damping 0.01 --remove 3 --until first-order"));
    let change = |answer: &Value| answer["queries"][0]["change"].as_f64().unwrap();
    assert!((change(&half) - 0.5 * change(&gone)).abs() <= 1e-9 * change(&gone).abs(), "{half} {gone}");
    let verified = object(path, &format!("verify {query} --method influence --damping 0.01 -k 3"));
    assert_eq!((&verified["method"], &verified["fidelity"]["count"]), (&"influence".into(), &3.into()));
    assert!(verified["facts"][0]["corrected_change"].is_number() && verified["facts"][0]["retrained"] == true);
    let rollback = object(path, &format!("verify {query} -k 3"));
    assert!(rollback["facts"][0]["corrected_change"].is_null() && rollback["corrected_fidelity"].is_null());
    let own = object(path, "explain R --self --method influence --damping 0.01 -k 2 --scores self.csv");
    assert!(own["ranking"][0]["self_influence"].as_f64() > Some(0.0) && own["ranking"][0]["head"].is_string(), "{own}");
    let scores = object(path, &format!("explain {query} --scores one.csv"));
    let text = fs::read_to_string(path.join("one.csv")).unwrap();
    let cells: Vec<&str> = text.lines().nth(1).unwrap().split(',').collect();
    let first = &scores["supporting"][0];
    let cell = cells[1 + first["example"].as_u64().unwrap() as usize];
    assert_eq!(cell.parse::<f64>().ok(), first["change"].as_f64());
    // What rollback did not consider has no score.
    let unknown = cells.iter().filter(|cell| **cell == "NaN").count();
    assert_eq!(unknown as u64, 1592 - scores["considered"].as_u64().unwrap());
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_old_run() {
    let folder = trained("");
    let before = files(&folder.path().join("R"));
    // A limit on the size of files stands in for the full disk: a write past it fails in the same place.
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"", PROGRAM])
        .args(words("train --triples NATIONS --out R --epochs 1"))
        .current_dir(folder.path())
        .output()
        .unwrap();
    let error = text(&output.stderr);
    assert_eq!((output.status.code(), error.lines().count()), (Some(1), 1), "{output:?}");
    assert!(error.contains("cannot write R: ") && error.contains("free some space"), "{error}");
    assert_eq!(files(&folder.path().join("R")), before);
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_is_no_failure() {
    let folder = trained("");
    // More than a pipe holds, so that the program must notice.
    for line in ["explain R --query usa,embassy,? --scope all -k 2000 --json", "--help"] {
        let mut command = Command::new(PROGRAM);
        command.args(words(line)).current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{line}: {output:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_is_a_failure() {
    let folder = trained("");
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = Command::new(PROGRAM);
    let output = command.args(["info", "R"]).current_dir(folder.path()).stdout(full).output().unwrap();
    let error = text(&output.stderr);
    assert_eq!((output.status.code(), error.lines().count()), (Some(1), 1), "{output:?}");
    assert!(error.starts_with("ascribe: error: cannot write standard output: "), "{error}");
}

#[test]
fn wrong_usage_has_its_own_exit_code() {
    let folder = temporary();
    for line in [
        "",
        "fly",
        "train --triples NATIONS",
        "train --triples NATIONS --out R --model none",
        "train --triples NATIONS --out R --epochs many",
        "train --triples NATIONS --out R --schedule sometimes",
        "train --triples NATIONS --out R --schedule exponential:2",
        "train --triples NATIONS --out R --schedule inverse:nan",
        "train --triples NATIONS --out R --dimension -1",
        "explain R",
        "explain R --query usa,embassy,? --without three",
        "explain R --query usa,embassy,? --effort hybrid:x",
        "info R --threads two",
    ] {
        let output = ascribe(folder.path(), line);
        assert_eq!(output.status.code(), Some(2), "{line}: {output:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{line}: {output:?}");
        assert!(!text(&output.stderr).contains("panicked"), "{line}: {output:?}");
    }
    assert!(files(folder.path()).is_empty());
    assert!(said(folder.path(), "--help").contains("demo"));
    assert!(said(folder.path(), "--version").starts_with("ascribe "));
}
