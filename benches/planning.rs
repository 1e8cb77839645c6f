//! What the plan of a solver promises and what happens: `cargo bench --bench planning`.
//!
//! Six cases, each with the plan's seconds for the solver that it chooses beside the seconds that fitting and solving take,
//! and of the iterative ones the products promised and spent. Reads ../shared/data and says so when it is absent.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use ascribe::engine::Workers;
use ascribe::{Attributor, Context, Dataset, Model, Monitor, Options, Result};

struct Case<'a> {
    name: &'a str,
    model: &'a Model,
    data: &'a Dataset,
    queries: usize,
    options: Options,
}

fn context() -> Result<Arc<Context>> {
    Ok(Arc::new(Context::new(Workers::single(), 0)))
}

fn measure(case: &Case<'_>) -> Result<()> {
    let (context, none) = (context()?, Monitor::none());
    let options = case.options.clone().with("queries", case.queries);
    let begun = Instant::now();
    let plan = Attributor::plan(&context, case.model, Some(case.data), &options, &none)?;
    let planning = begun.elapsed().as_secs_f64();
    let chosen = plan.chosen();
    let begun = Instant::now();
    let attributor = Attributor::new(&context, case.model, Some("influence"), Some(case.data), &options, &none)?;
    let prepared = begun.elapsed().as_secs_f64();
    let queries = case.data.select(&(0..case.queries).collect::<Vec<_>>())?;
    attributor.explain(&queries, None, &none)?;
    let spent = begun.elapsed().as_secs_f64();
    let promised = chosen.seconds.unwrap_or(f64::NAN);
    println!(
        "{}: {}; promised {promised:.2} s, took {spent:.2} s ({prepared:.2} s before the queries), ratio {:.2}; planning \
         {planning:.2} s",
        case.name,
        chosen.name,
        spent / promised,
    );
    for other in &plan.candidates[1..] {
        println!("    {}: {:.2} s, {} products", other.name, other.seconds.unwrap_or(f64::NAN), other.products);
    }
    Ok(())
}

fn trained(kind: &str, data: &Dataset, options: &Options, fitting: &Options) -> Result<Model> {
    let context = context()?;
    let mut model = Model::new(&context, kind, data, options)?;
    model.fit(&context, data, fitting, &Monitor::none())?;
    Ok(model)
}

fn main() -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/mnist");
    let files = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"].map(|name| folder.join(name)).to_vec();
    if !files[0].exists() {
        println!("planning: not measured: {} is absent", files[0].display());
        return Ok(());
    }
    let data = &Dataset::load("images", &files, &Options::new())?;
    let few = &data.select(&(0..5000).collect::<Vec<_>>())?;
    let plain = Options::new();
    let softmax = &trained("softmax", data, &plain, &plain)?;
    let single = &trained("softmax", few, &plain.clone().with("precision", "f32"), &plain)?;
    let mlp = &trained("mlp", few, &plain.clone().with("hidden", "32"), &plain.clone().with("epochs", 5))?;
    let damped = Options::new().with("curvature", "gauss-newton").with("damping", 0.01);
    for case in [
        Case { name: "60 000 rows, softmax, 1 query", model: softmax, data, queries: 1, options: plain.clone() },
        Case { name: "60 000 rows, softmax, 10 queries", model: softmax, data, queries: 10, options: plain.clone() },
        Case {
            name: "60 000 rows, softmax, 1 query, cg without blocks",
            model: softmax,
            data,
            queries: 1,
            options: plain.clone().with("memory", "60M"),
        },
        Case {
            name: "5 000 rows, softmax in f32, 1 query",
            model: single,
            data: few,
            queries: 1,
            options: plain.clone(),
        },
        Case {
            name: "5 000 rows, softmax in f32, 500 queries",
            model: single,
            data: few,
            queries: 500,
            options: plain,
        },
        Case { name: "5 000 rows, mlp, 1 query", model: mlp, data: few, queries: 1, options: damped.clone() },
        Case { name: "5 000 rows, mlp, 10 queries", model: mlp, data: few, queries: 10, options: damped },
    ] {
        measure(&case)?;
    }
    Ok(())
}
