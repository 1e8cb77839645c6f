//! Single precision against double, on six tables: where both converge, scores agree to 1e-4 of the largest.

use ascribe::engine::Monitor;
use ascribe::session::{Attributor, Dataset, Model, Options, Trainer, load};

use crate::common::beside;
use crate::fixtures::context;

/// The scores of three rows, where the model converged.
fn scores(data: &Dataset, kind: &str, l2: f64, precision: &str) -> Option<Vec<f64>> {
    let (context, none) = (context(), Monitor::none());
    let model = Model::new(&context, kind, data, &Options::new().with("l2", l2).with("precision", precision)).unwrap();
    let mut trainer = Trainer::new(&context, &model, data, &Options::new()).unwrap();
    trainer.run(&none).unwrap();
    let model = trainer.finish(&none).unwrap();
    if !model.training().unwrap().converged {
        return None;
    }
    let attributor = Attributor::new(&context, &model, Some("influence"), None, &Options::new(), &none).unwrap();
    let queries = data.select(&[0, data.len() / 2, data.len() - 1]).unwrap();
    let found = attributor.explain(&queries, Some("loss"), &none).unwrap();
    Some(
        (0..3)
            .flat_map(|query| found.scores(query).unwrap().iter().map(|(_, score)| *score).collect::<Vec<f64>>())
            .collect(),
    )
}

#[test]
fn single_precision_is_double_to_a_ten_thousandth() {
    let tables = [
        ("iris.csv", "target", "softmax"),
        ("wine.csv", "target", "softmax"),
        ("breast_cancer.csv", "target", "logistic"),
        ("breast_cancer.csv", "target", "hinge"),
        ("diabetes.csv", "target", "linear"),
        ("digits.csv", "target", "softmax"),
        ("spambase.csv.gz", "spam", "logistic"),
    ];
    let (mut compared, mut worst) = (0, (0.0_f64, String::new()));
    for (file, label, kind) in tables {
        let Some(path) = beside(&format!("tabular/{file}")) else { return };
        for standardize in [true, false] {
            let task = if kind == "linear" { "numbers" } else { "classes" };
            let options = Options::new().with("label", label).with("standardize", standardize).with("task", task);
            let data = load("table", std::slice::from_ref(&path), &options).unwrap();
            for l2 in [1.0, 1e-2, 1e-4] {
                let both = ["f32", "f64"].map(|precision| scores(&data, kind, l2, precision));
                let [Some(single), Some(double)] = both else {
                    println!(
                        "{file}, {kind}, l2 {l2}, standardized {standardize}: not converged {:?}",
                        both.map(|x| x.is_some())
                    );
                    continue;
                };
                let largest = double.iter().fold(0.0_f64, |most, score| most.max(score.abs()));
                let off = single.iter().zip(&double).map(|(a, b)| (a - b).abs() / largest).fold(0.0, f64::max);
                compared += 1;
                if off > worst.0 {
                    worst = (off, format!("{file}, {kind}, l2 {l2}, standardized {standardize}"));
                }
            }
        }
    }
    println!("{compared} runs converged in both precisions; the worst is off by {:.1e}: {}", worst.0, worst.1);
    assert!(compared >= 40 && worst.0 <= 1e-4, "of {compared}: {worst:?}");
}
