//! A model built and trained in dfdx, converted to a graph: its predictions are the same, its second derivatives exact.
//!
//! `cargo run --release --features dfdx --example dfdx_mnist [folder of the MNIST files]`

use std::error::Error;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use ascribe::engine::{Context, Execution, Program, Values};
use ascribe::model::dfdx::convert;
use dfdx::losses::cross_entropy_with_logits_loss;
use dfdx::nn::builders::{DeviceBuildExt, Linear, ReLU};
use dfdx::nn::{Module, ModuleMut, ZeroGrads};
use dfdx::optim::{Adam, AdamConfig, Optimizer};
use dfdx::shapes::Const;
use dfdx::tensor::{AsArray, Cpu, Tensor, TensorFromVec, Trace};
use dfdx::tensor_ops::Backward;

type Network = (Linear<PIXELS, 64>, ReLU, Linear<64, DIGITS>);

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

    // There: dfdx trains with its own tape and optimiser.
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
    let parameters: usize = converted.parameters.iter().map(|p| p.values().len()).sum();
    let names: Vec<&str> = converted.names().collect();
    println!("converted: {} with {parameters} values, {} nodes", names.join(", "), converted.graph.len());
    let program = Program::compile(&converted.graph, &[converted.outputs], &[])?;
    let mut execution = Execution::new(program, usize::MAX);
    let values = Values::new(&converted.parameters).with_real(0, &test_images);
    execution.run(&Context::new(2)?, &values, test_labels.len())?;
    let mut outputs = vec![0.0; test_labels.len() * DIGITS];
    execution.copy_examples(0, &mut outputs);
    let ours = best(&outputs);

    let right = |found: &[u8]| found.iter().zip(&test_labels).filter(|(found, label)| found == label).count();
    let (there, here) = (right(&theirs), right(&ours));
    let other = ours.iter().zip(&theirs).filter(|(a, b)| a != b).count();
    println!("right of {} test images: {there} by dfdx, {here} by the graph; {other} differ", test_labels.len());
    match there == here {
        true => Ok(()),
        false => Err("the converted model predicts something else than dfdx".into()),
    }
}

/// The images of a set as numbers from zero to one, one behind the other, and their labels.
fn read(folder: &Path, set: &str) -> Result<(Vec<f32>, Vec<u8>), Box<dyn Error>> {
    let content = |name: String, header: usize| -> Result<Vec<u8>, Box<dyn Error>> {
        let path = folder.join(name);
        let file = File::open(&path).map_err(|error| {
            let (path, folder) = (path.display(), folder.display());
            format!("cannot read {path}: {error}; put the four files of MNIST into {folder} or name their folder")
        })?;
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(file).read_to_end(&mut bytes)?;
        bytes.drain(..header.min(bytes.len()));
        Ok(bytes)
    };
    let images = content(format!("{set}-images-idx3-ubyte.gz"), 16)?;
    let labels = content(format!("{set}-labels-idx1-ubyte.gz"), 8)?;
    if images.len() != labels.len() * PIXELS || labels.iter().any(|label| usize::from(*label) >= DIGITS) {
        return Err(format!("{} does not hold MNIST's images and labels", folder.display()).into());
    }
    Ok((images.into_iter().map(|pixel| f32::from(pixel) / 255.0).collect(), labels))
}

fn one_hot(labels: &[u8]) -> Vec<f32> {
    let mut hot = vec![0.0; labels.len() * DIGITS];
    for (row, label) in hot.chunks_mut(DIGITS).zip(labels) {
        row[usize::from(*label)] = 1.0;
    }
    hot
}

/// The digit with the largest output, for each image.
fn best(outputs: &[f32]) -> Vec<u8> {
    let largest = |row: &[f32]| (0..DIGITS).max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap_or_default();
    outputs.chunks(DIGITS).map(|row| largest(row) as u8).collect()
}
