//! A model built and trained in dfdx, converted to a graph: its predictions are the same, its second derivatives exact, and
//! training images are found that a wrong prediction is due to.
//!
//! `cargo run --release --features dfdx --example dfdx_mnist [folder of the MNIST files]`

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ascribe::attribution::influence::{Influence, Options};
use ascribe::data::{Pixels, Samples, Targets};
use ascribe::engine::{Execution, Program, Values, Workers};
use ascribe::models::dfdx::{Converted, convert};
use ascribe::objective::{CompiledFunctional, Curvature, Derivatives};
use ascribe::objective::{Convention, Functional, Inputs, Objective};
use dfdx::losses::cross_entropy_with_logits_loss;
use dfdx::nn::builders::{DeviceBuildExt, Linear, ReLU};
use dfdx::nn::{Module, ModuleMut, ZeroGrads};
use dfdx::optim::{Adam, AdamConfig, Optimizer};
use dfdx::shapes::Const;
use dfdx::tensor::{AsArray, Cpu, Tensor, TensorFromVec, Trace};
use dfdx::tensor_ops::Backward;

type Network = (Linear<PIXELS, 64>, ReLU, Linear<64, DIGITS>);

/// Images one behind the other, and their labels.
type Images<'a> = (&'a [f32], &'a [u32]);

const PIXELS: usize = 28 * 28;
const DIGITS: usize = 10;
const TRAINING: usize = 10_000;
const BATCH: usize = 50;
const EPOCHS: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/mnist");
    let folder = std::env::args_os().nth(1).map_or(here, PathBuf::from);
    let (images, labels) = read(&folder, "train")?;
    let (test_images, test_labels) = read(&folder, "t10k")?;
    let (images, labels) = (&images[..TRAINING * PIXELS], &labels[..TRAINING]);

    // There: dfdx trains with its own tape and optimizer.
    let device = Cpu::seed_from_u64(0);
    let mut module = device.build_module::<Network, f32>();
    let mut gradients = module.alloc_grads();
    let mut adam = Adam::new(&module, AdamConfig::default());
    for epoch in 1..=EPOCHS {
        let mut total = 0.0;
        for (x, y) in images.chunks(BATCH * PIXELS).zip(labels.chunks(BATCH)) {
            let x: Tensor<_, f32, _> = device.tensor_from_vec(x.to_vec(), (y.len(), Const::<PIXELS>));
            let y = device.tensor_from_vec(one_hot(y), (y.len(), Const::<DIGITS>));
            let loss = cross_entropy_with_logits_loss(module.forward_mut(x.traced(gradients)), y);
            total += loss.array();
            gradients = loss.backward();
            adam.update(&mut module, &gradients).map_err(|error| format!("{error:?}"))?;
            module.zero_grads(&mut gradients);
        }
        println!("epoch {epoch}: mean loss {:.4}", total / (TRAINING / BATCH) as f32);
    }
    let x = device.tensor_from_vec(test_images.clone(), (test_labels.len(), Const::<PIXELS>));
    let theirs = best(&module.forward(x).as_vec());

    // Here: the same model as a graph.
    let converted = convert::<f32, _>(&module, &[PIXELS])?;
    let names: Vec<&str> = converted.names().collect();
    println!("converted: {}, {} nodes", names.join(", "), converted.graph.len());
    let program = Program::compile(&converted.graph, &[converted.outputs], &[])?;
    let mut execution = Execution::new(program, usize::MAX);
    let values = Values::new(&converted.parameters).with_real(0, &test_images);
    execution.run(&Workers::new(2)?, &values, test_labels.len())?;
    let mut outputs = vec![0.0; test_labels.len() * DIGITS];
    execution.copy_examples(0, &mut outputs);
    let ours = best(&outputs);

    let right = |found: &[u32]| found.iter().zip(&test_labels).filter(|(found, label)| found == label).count();
    let (there, here) = (right(&theirs), right(&ours));
    let other = ours.iter().zip(&theirs).filter(|(a, b)| a != b).count();
    println!("right of {} test images: {there} by dfdx, {here} by the graph; {other} differ", test_labels.len());
    if there != here {
        return Err("the converted model predicts something else than dfdx".into());
    }
    let wrong = ours.iter().zip(&test_labels).position(|(found, label)| found != label);
    let wrong = wrong.ok_or("no test image is told wrong")?;
    println!("test image {wrong} is a {}, the model says {}", test_labels[wrong], ours[wrong]);
    let query = (&test_images[wrong * PIXELS..][..PIXELS], &test_labels[wrong..=wrong]);
    explain(&converted, (images, labels), query)
}

/// Prints which training images the loss of a test image is due to.
fn explain(model: &Converted<f32>, training: Images, query: Images) -> Result<(), Box<dyn Error>> {
    let mut graph = model.graph.clone();
    let label = graph.indices("label", &[])?;
    let (own, all) = (graph.gather(model.outputs, label)?, graph.log_sum_exp(model.outputs, 0)?);
    let loss = graph.sub(all, own)?;
    let functional = Functional { graph: graph.clone(), value: loss, scores: model.outputs, reads: Vec::new() };
    let objective = Objective {
        graph,
        loss,
        penalty: None,
        convention: Convention::Mean,
        outputs: Some(model.outputs),
        owned: Vec::new(),
        diagonal: Vec::new(),
    };
    let inputs = |(images, labels): Images| -> ascribe::Result<Inputs<f32>> {
        Inputs::new(labels.len()).with_numbers(0, images.to_vec())?.with_ids(1, labels.to_vec())
    };
    let (context, parameters) = (Workers::new(2)?, model.parameters.clone());
    let examples = Arc::new(inputs(training)?);
    let derivatives = Derivatives::new(&context, Arc::new(objective), parameters, examples, None, None, 1 << 30)?;
    let scalars = CompiledFunctional::new(&functional, derivatives.layout())?;
    // Three epochs end at no minimum: Gauss-Newton has no negative curvature, damping covers the directions without any.
    let curvature = Some(Curvature::GaussNewton);
    let options = Options { curvature, damping: Some(0.01), tolerance: Some(1e-4), ..Options::default() };
    let mut influence = Influence::fit(derivatives, &options)?;
    let asked = Arc::new(inputs(query)?).into();
    let answer = influence.solve_queries(&scalars, &inputs(query)?)?;
    let (certificate, gradient) = (&answer.solution.certificate, influence.diagnostics().gradient_norm);
    let (residual, steps) = (certificate.relative_residuals[0], certificate.iterations);
    println!("gradient {gradient:.1e}; solved in {steps} steps to a relative residual of {residual:.1e}");
    let scores = influence.scores(&answer)?;
    let (helpful, harmful) = scores.extremes(0, 5);
    println!("its loss is {:.4}; without a training image it is predicted to change by", answer.values[0]);
    for (kind, some) in [("helpful", helpful), ("harmful", harmful)] {
        let bounds = influence.error_bounds((&scalars, &asked), &answer, &some)?;
        for (example, bound) in some.into_iter().zip(bounds.into_iter().flatten()) {
            let (score, digit) = (scores.row(0)[example], training.1[example]);
            let bound = bound.map_or("unknown".into(), |bound| format!("{bound:.0e}"));
            println!("  {score:+.6}  {kind}: image {example}, a {digit} (the solve is off by {bound} at most)");
        }
    }
    Ok(())
}

/// The images of a set as numbers from zero to one, one behind the other, and their labels.
fn read(folder: &Path, set: &str) -> Result<(Vec<f32>, Vec<u32>), Box<dyn Error>> {
    let file = |what: &str| folder.join(format!("{set}-{what}-ubyte.gz"));
    let found = Samples::read_idx(&file("images-idx3"), Some(&file("labels-idx1")), Pixels::Unit)?;
    match found.targets {
        Targets::Classes { labels, names } if names.len() == DIGITS && found.features.row_width() == PIXELS => {
            Ok((found.features.values().iter().map(|x| *x as f32).collect(), labels))
        }
        _ => Err(format!("{} does not hold MNIST's images and labels", folder.display()).into()),
    }
}

fn one_hot(labels: &[u32]) -> Vec<f32> {
    let mut hot = vec![0.0; labels.len() * DIGITS];
    for (row, label) in hot.chunks_mut(DIGITS).zip(labels) {
        row[*label as usize] = 1.0;
    }
    hot
}

/// The digit with the largest output, for each image.
fn best(outputs: &[f32]) -> Vec<u32> {
    let largest = |row: &[f32]| (0..DIGITS).max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap_or_default();
    outputs.chunks(DIGITS).map(|row| largest(row) as u32).collect()
}
