//! Inner products and cosines of gradients.
//!
//! For a query's functional f and an example's loss L (its share of the penalty included), both at the trained parameters:
//! GradDot is ∇f · ∇L, GradCos the same over ‖∇f‖ ‖∇L‖. Neither predicts a change by removal: an example with a positive
//! score is one along whose gradient the functional rises, so a step of training on it lowers the functional. Charpiat and
//! others, "Input similarity from the neural network perspective" (2019), on losses at both ends.

use std::sync::Arc;

use crate::attribution::answer::{Attributed, Attribution};
use crate::attribution::method::{Call, Method, MethodInfo, Question, Trained, questions};
use crate::attribution::turns::Turns;
use crate::engine::Progress;
use crate::error::Result;
use crate::objective::Evaluate;
use crate::options::{Options, Table, options};
use crate::solve::{dot, norm};

/// Inner products of gradients by name.
pub(super) static GRADDOT: MethodInfo = MethodInfo {
    name: "graddot",
    unit: "inner product of gradients",
    about: "the inner product of the functional's gradient with the gradient of each example's weighted loss",
    needs: "an objective that is the same in every epoch",
    certifies: "nothing: it is no prediction of a change by removal",
    answers: &[questions::SELF_SCORES],
    table: &GradientOptions::TABLE,
    prepare: |trained, options, call| prepare(trained, options, call, &GRADDOT),
};

/// Cosines of gradients by name.
pub(super) static GRADCOS: MethodInfo = MethodInfo {
    name: "gradcos",
    unit: "cosine of gradients",
    about: "the cosine of the angle between the functional's gradient and the gradient of each example's loss",
    needs: "an objective that is the same in every epoch",
    certifies: "nothing: it is no prediction of a change by removal",
    answers: &[questions::SELF_SCORES],
    table: &GRADCOS_TABLE,
    prepare: |trained, options, call| prepare(trained, options, call, &GRADCOS),
};

options! {
    /// GradDot: inner products of gradients.
    #[table("graddot")]
    struct GradientOptions {
        /// Only the gradients by these parameters, such as "weights 2,intercept 2".
        parameters: Option<Vec<String>> = "all",
    }
}

/// The same options under the other method's name.
const GRADCOS_TABLE: Table =
    Table { name: "gradcos", about: "GradCos: cosines of gradients.", ..GradientOptions::TABLE };

/// The most queries that one pass over the examples serves.
const TOGETHER: usize = 32;
/// The most numbers of gradients that are held at once.
const HELD: usize = 1 << 24;

/// A model whose gradients are compared.
#[derive(Debug)]
struct Gradients {
    trained: Trained,
    evaluator: Turns<Box<dyn Evaluate>>,
    info: &'static MethodInfo,
}

fn prepare(
    trained: &Trained,
    options: &Options,
    call: &Call<'_>,
    info: &'static MethodInfo,
) -> Result<Box<dyn Method>> {
    let GradientOptions { parameters } = GradientOptions::read(options)?;
    let evaluator = Turns::new(trained.evaluator(call, parameters.as_deref(), 0)?);
    Ok(Box::new(Gradients { trained: trained.clone(), evaluator, info }))
}

impl Gradients {
    fn is_cosine(&self) -> bool {
        self.info.name == GRADCOS.name
    }

    /// Works on the gradients of some examples, a block of them at a time.
    fn of_examples(evaluator: &dyn Evaluate, examples: &[usize], mut work: impl FnMut(usize, &[f64])) -> Result<()> {
        let together = (HELD / evaluator.dimension().max(1)).clamp(1, 512);
        for some in examples.chunks(together) {
            evaluator.workers().check()?;
            let gradients = evaluator.gradients_of(some)?;
            some.iter().zip(gradients.vectors()).for_each(|(example, gradient)| work(*example, gradient));
        }
        Ok(())
    }
}

/// The cosine of an angle, within its range whatever rounding did; nothing points along a vector of length zero.
fn cosine(product: f64, lengths: f64) -> f64 {
    if lengths > 0.0 { (product / lengths).clamp(-1.0, 1.0) } else { 0.0 }
}

impl Method for Gradients {
    fn info(&self) -> &'static MethodInfo {
        self.info
    }

    fn explain(&self, question: &Question<'_>, call: &Call<'_>) -> Result<Attribution> {
        let queries = self.trained.queries(question)?;
        self.evaluator.with(call.monitor, |evaluator| {
            evaluator.set_workers(&call.workers);
            let functional = Arc::new(self.trained.functional(question, &**evaluator)?);
            let examples: Vec<usize> = (0..evaluator.examples()).collect();
            let (mut lengths, weights) = (vec![1.0; examples.len()], evaluator.weights());
            if self.is_cosine() {
                Self::of_examples(&**evaluator, &examples, |example, gradient| lengths[example] = norm(gradient))?;
            }
            let mut found: Vec<Attributed> = Vec::with_capacity(queries.count());
            let places: Vec<usize> = (0..queries.count()).collect();
            let together = (HELD / evaluator.dimension().max(1)).clamp(1, TOGETHER);
            for block in places.chunks(together) {
                let some = if block.len() == places.len() { queries.clone() } else { queries.select(block)? };
                let (values, gradients) = evaluator.functional_gradients(&functional, &some)?;
                let norms: Vec<f64> = gradients.vectors().map(norm).collect();
                let mut products = vec![0.0; block.len() * examples.len()];
                evaluator.directional(&gradients, &mut |example, first, slopes| {
                    for (place, slope) in slopes.iter().enumerate() {
                        products[(first + place) * examples.len() + example] = *slope;
                    }
                })?;
                for (place, (value, row)) in values.iter().zip(products.chunks(examples.len().max(1))).enumerate() {
                    let score = |(example, product): (usize, &f64)| match self.is_cosine() {
                        true => (example as u64, cosine(*product, norms[place] * lengths[example])),
                        false => (example as u64, weights[example] * product),
                    };
                    let scores = row.iter().enumerate().map(score).collect();
                    found.push(Attributed { value: *value, scores, ..Attributed::default() });
                }
                let (done, total) = (found.len() as u64, places.len() as u64);
                call.monitor.report(&Progress::new(c"explaining", done, Some(total)))?;
            }
            let (method, unit) = (self.info.name, self.info.unit);
            Ok(Attribution { method, unit, queries: found, certificate: None })
        })
    }

    fn self_scores(&self, examples: &[usize], call: &Call<'_>) -> Result<Vec<f64>> {
        self.trained.check(examples)?;
        self.evaluator.with(call.monitor, |evaluator| {
            evaluator.set_workers(&call.workers);
            let mut scores = Vec::with_capacity(examples.len());
            let weights = evaluator.weights();
            Self::of_examples(&**evaluator, examples, |example, gradient| {
                let product = dot(gradient, gradient);
                scores.push(if self.is_cosine() { cosine(product, product) } else { weights[example] * product });
            })?;
            Ok(scores)
        })
    }
}
