//! Softmax regression on MNIST to a gradient of 1e-8: `cargo bench --bench minimize -- FOLDER [THREADS]`, the folder with the
//! IDX files. The first 55 000 images, λ = 0.01, no intercept: 7 840 parameters.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use ascribe::Result;
use ascribe::data::{Pixels, Samples};
use ascribe::engine::{Monitor, Workers};
use ascribe::models::network::{NetworkLoss, NetworkSettings};
use ascribe::objective::{Convention, Derivatives};
use ascribe::train::minimize::{Minimum, Options, Smooth, lbfgs, minimize, newton};

type Minimizer = fn(&mut dyn Smooth, &[f64], &Options) -> Result<Minimum>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let Some(folder) = arguments.first().map(PathBuf::from) else {
        println!("no folder with MNIST named: nothing measured");
        return Ok(());
    };
    let threads = arguments.get(1).and_then(|threads| threads.parse().ok()).unwrap_or(2);
    let labels = folder.join("train-labels-idx1-ubyte.gz");
    let images = Samples::read_idx(&folder.join("train-images-idx3-ubyte.gz"), Some(&labels), Pixels::Unit)?;
    let rows = images.select(&(0..images.len().min(55_000)).collect::<Vec<_>>())?;
    let settings = NetworkSettings {
        features: vec![rows.features.row_width()],
        outputs: 10,
        layers: Vec::new(),
        loss: NetworkLoss::Softmax,
        l2: 0.01,
        intercept: false,
        objective: Convention::Mean,
        target_scale: None,
    };
    let inputs = Arc::new(settings.inputs(&rows)?);
    let objective = Arc::new(settings.objective()?);
    let start = settings.initial::<f64>(0)?;
    let context = Workers::new(threads)?;
    let methods: [(&str, Minimizer); 3] = [("minimize", minimize), ("newton", newton), ("lbfgs", lbfgs)];
    for (name, method) in methods {
        if arguments.get(2).is_some_and(|only| only != name) {
            continue;
        }
        let mut derivatives =
            Derivatives::new(&context, objective.clone(), start.clone(), inputs.clone(), None, None, 1 << 30)?;
        let point = derivatives.point();
        let clock = Instant::now();
        let monitor = Monitor::none().with_listener(move |progress| {
            println!("  {:6.2} s {progress:?}", clock.elapsed().as_secs_f64());
            std::ops::ControlFlow::Continue(())
        });
        let options = Options { gradient_tolerance: 1e-8, monitor, ..Options::default() };
        let found = method(&mut derivatives, &point, &options)?;
        let Minimum { iterations, evaluations, products, gradient_norm: gradient, value, converged, .. } = found;
        println!(
            "{name}, {threads} threads: {:.1} s, {iterations} iterations, {evaluations} evaluations, {products} products, \
             value {value:.12}, gradient {gradient:.1e}, converged {converged}",
            clock.elapsed().as_secs_f64()
        );
    }
    Ok(())
}
