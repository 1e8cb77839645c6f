//! Data value embeddings: the derivative of a training by SGD with the empirical Fisher matrix of each batch for its Hessian. Wang,
//! Song, Zou, Mittal and Jia, "Capturing the temporal dependence of training data influence" (2024).
//!
//! The embedding of an example in a step is what is left, at the end, of the step's movement that was due to it:
//! e = η (1 − η F)…(1 − η F) g over the later steps. Its score, the inner product of e with the functional's gradient at the end,
//! is found for all examples at once by walking that gradient back through the training instead, as replay does.

use crate::attribution::method::{MethodInfo, REMOVAL, questions};
use crate::error::Error;
use crate::options::{Bytes, options};
use crate::tensor::either;
use crate::train::{Optimizer, StepCurvature};

use super::{NEEDS, Replay};

/// Data value embeddings by name.
pub(in crate::attribution) static DVEMB: MethodInfo = MethodInfo {
    name: "dvemb",
    unit: REMOVAL,
    about: "data value embeddings: replay of a training by SGD, with the empirical Fisher matrix of each batch for its Hessian",
    needs: NEEDS,
    certifies: "nothing: how far the Fisher matrix is from the Hessian it does not know; replay has the Hessian, and growth",
    answers: &[questions::WHAT_IFS],
    table: &DvembOptions::TABLE,
    prepare: |trained, options, _| {
        let memory = DvembOptions::read(options)?.memory;
        let trajectory = trained.trajectory()?;
        if either!(&trajectory, trajectory => trajectory.spec.options.method) != Optimizer::Sgd {
            return Err(Error::Unsupported {
                what: "data value embeddings of a training by another optimizer than sgd".into(),
                hint: "use the method replay, which has all of them".into(),
            });
        }
        let replay = Replay::new(&DVEMB, trained, trajectory, memory);
        Ok(Box::new(Replay { curvature: StepCurvature::Fisher, ..replay }))
    },
};

options! {
    /// Data value embeddings: the derivative of a training by SGD with Fisher matrices.
    #[table("dvemb")]
    struct DvembOptions {
        /// The memory for checkpoints and steps of the training while it is walked back, such as 2G.
        memory: Bytes = "2G",
    }
}
