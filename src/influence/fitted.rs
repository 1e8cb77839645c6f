//! The objective where the model stands, and solving with its curvature.

use crate::curvature::{Curvature, CurvatureOperator, Derivatives};
use crate::error::{Error, Result};
use crate::solve::{self, Block, Certificate, Factor, Method, Operator, Probe, Products, Solution, Spectrum};
use crate::tensor::Real;

use super::options::Options;
use super::plan::plan_for;

/// The lowest share of the highest eigenvalue below which a Gauss-Newton matrix's lowest is taken for rounding.
const ROUNDING: f64 = 1e-10;

/// Where the objective stands, which decides what scores are worth.
#[derive(Clone, Debug)]
pub struct Standing {
    /// n: the number of examples.
    pub examples: usize,
    /// p: the number of parameters that may move.
    pub parameters: usize,
    /// The curvature that is used.
    pub curvature: Curvature,
    /// δ.
    pub damping: f64,
    /// The objective's value R(θ).
    pub value: f64,
    /// The largest part of its gradient.
    pub gradient: f64,
    /// The gradient's length.
    pub gradient_length: f64,
    /// Whether that counts as a minimum.
    pub stationary: bool,
    /// The ends of the curvature's spectrum, without damping.
    pub spectrum: Spectrum,
    /// The solver in words, with the reason for it.
    pub solver: String,
}

/// An objective at its minimum, ready to be asked.
#[derive(Debug)]
pub struct Influence<'a, T> {
    pub(super) derivatives: Derivatives<'a, T>,
    pub(super) options: Options,
    pub(super) standing: Standing,
    pub(super) method: Method,
    pub(super) factor: Option<Factor>,
}

impl<'a, T: Real> Influence<'a, T> {
    /// Looks at the objective where the derivatives stand and prepares to solve with its curvature.
    ///
    /// # Errors
    /// [`Error::NotStationary`] when the Hessian is asked for away from a minimum; [`Error::Indefinite`] when the curvature
    /// has negative eigenvalues that damping does not cover and the solver needs none; [`Error::Singular`] when it has
    /// directions without curvature; [`Error::NotFinite`] when the objective is not finite; [`Error::Argument`] for options
    /// that make no sense.
    pub fn fit(mut derivatives: Derivatives<'a, T>, options: &Options) -> Result<Self> {
        options.check()?;
        let mut gradient = vec![0.0; derivatives.dimension()];
        let value = derivatives.value_and_gradient(&mut gradient)?;
        let steepest = gradient.iter().fold(0.0f64, |m, x| if x.abs() > m || x.is_nan() { x.abs() } else { m });
        if !value.is_finite() || !steepest.is_finite() {
            return Err(Error::NotFinite {
                what: "the objective or its gradient",
                value: if value.is_finite() { steepest } else { value },
                place: "the model's parameters".into(),
                remedy: "train again with a smaller learning rate or a penalty".into(),
            });
        }
        let stationary = steepest <= options.stationary;
        let curvature = match options.curvature {
            Some(Curvature::Hessian) if !stationary => {
                return Err(Error::NotStationary { gradient: steepest, bound: options.stationary });
            }
            Some(curvature) => curvature,
            None if stationary || derivatives.objective().outputs.is_none() => Curvature::Hessian,
            None => Curvature::GaussNewton,
        };
        let gradient_length = gradient.iter().map(|x| x * x).sum::<f64>().sqrt();
        let (dimension, examples) = (derivatives.dimension(), derivatives.inputs().count());
        let (method, solver) = choose(&derivatives, options, curvature)?;
        let mut operator = CurvatureOperator::new(&mut derivatives, curvature);
        let (factor, spectrum) = match method {
            Method::Direct => {
                let matrix = solve::assemble(&mut operator, 32)?;
                let factor = Factor::new(matrix, options.damping)?;
                let spectrum = factor.spectrum()?;
                (Some(factor), spectrum)
            }
            _ => {
                let spectrum = solve::spectrum(&mut operator, &Probe { seed: options.seed, ..Probe::default() })?;
                (None, spectrum)
            }
        };
        let needs_positive = !matches!(method, Method::MinimalResidual | Method::Direct);
        if needs_positive && spectrum.lowest + options.damping < -ROUNDING * spectrum.highest.abs() {
            return Err(solve::indefinite(spectrum.lowest, options.damping));
        }
        let standing = Standing {
            examples,
            parameters: dimension,
            curvature,
            damping: options.damping,
            value,
            gradient: steepest,
            gradient_length,
            stationary,
            spectrum,
            solver,
        };
        Ok(Self { derivatives, options: options.clone(), standing, method, factor })
    }

    /// Where the objective stands.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// The objective's derivatives at the model.
    pub fn derivatives(&self) -> &Derivatives<'a, T> {
        &self.derivatives
    }

    /// Whether the curvature was factored, so that every further solve is cheap and exact but for rounding.
    pub fn is_factored(&self) -> bool {
        self.factor.is_some()
    }

    /// Gives the derivatives back.
    pub fn into_derivatives(self) -> Derivatives<'a, T> {
        self.derivatives
    }

    /// (H + δI)⁻¹ times each vector, with a certificate.
    ///
    /// A solve that does not converge is no error: its certificate says what was reached.
    ///
    /// # Errors
    /// [`Error::Argument`] when vectors have not p numbers; what products and solver report.
    pub fn inverse(&mut self, vectors: &Block) -> Result<Solution> {
        let damping = self.standing.damping;
        let mut operator = CurvatureOperator::new(&mut self.derivatives, self.standing.curvature);
        let Some(factor) = &self.factor else {
            let options = solve::Options {
                tolerance: self.options.tolerance,
                most_iterations: self.options.most_iterations,
                seed: self.options.seed,
                // The probe at the beginning has looked already.
                semidefinite: true,
                progress: None,
            };
            let mut solution = solve::solve(&mut operator, damping, vectors, &self.method, &options)?;
            solution.certificate.spectrum.get_or_insert(self.standing.spectrum);
            return Ok(solution);
        };
        let x = factor.solve(vectors)?;
        let certificate =
            self::certify(&mut operator, damping, vectors, &x, self.options.tolerance, self.standing.spectrum)?;
        Ok(Solution { x, certificate })
    }
}

/// The certificate of a solution that a factor gave, from one more product a vector.
pub(super) fn certify(
    operator: &mut dyn Operator,
    damping: f64,
    right: &Block,
    x: &Block,
    tolerance: f64,
    spectrum: Spectrum,
) -> Result<Certificate> {
    let mut products = Block::zeros(right.dimension(), right.count());
    operator.apply(x, &mut products)?;
    let (mut residuals, mut relative_residuals) = (Vec::new(), Vec::new());
    for number in 0..right.count() {
        let (right, x, product) = (right.vector(number), x.vector(number), products.vector(number));
        let square: f64 = right.iter().zip(x).zip(product).map(|((b, x), ax)| (b - ax - damping * x).powi(2)).sum();
        let length = right.iter().map(|b| b * b).sum::<f64>().sqrt();
        residuals.push(square.sqrt());
        relative_residuals.push(if length > 0.0 { square.sqrt() / length } else { 0.0 });
    }
    let converged: Vec<bool> = relative_residuals.iter().map(|residual| *residual <= tolerance).collect();
    let remedy = converged
        .contains(&false)
        .then(|| "rounding limits this solve: use f64, add damping, or accept a larger tolerance".to_owned());
    Ok(Certificate {
        damping,
        residuals,
        relative_residuals,
        converged,
        tolerance,
        iterations: 0,
        products: Products { checking: right.count(), ..Products::default() },
        spectrum: Some(spectrum),
        negative_curvature: None,
        remedy,
    })
}

/// The solver that was asked for, or the one that suits, with the reason.
fn choose<T: Real>(
    derivatives: &Derivatives<'_, T>,
    options: &Options,
    curvature: Curvature,
) -> Result<(Method, String)> {
    if let Some(method) = &options.solver {
        return Ok((method.clone(), format!("{}, as asked for", in_words(method))));
    }
    let plan = plan_for(derivatives, &Options { curvature: Some(curvature), ..options.clone() });
    Ok((plan.chosen().method.clone(), format!("{}: {}", plan.chosen().name, plan.reason)))
}

fn in_words(method: &Method) -> String {
    match method {
        Method::Direct => "direct".into(),
        Method::ConjugateGradient(_) => "conjugate gradients".into(),
        Method::BlockConjugateGradient(_) => "block conjugate gradients".into(),
        Method::MinimalResidual => "MINRES".into(),
        Method::Lissa(_) => "LiSSA".into(),
        Method::Lanczos { rank } => format!("Lanczos, rank {rank}"),
        Method::Nystrom { rank } => format!("Nyström, rank {rank}"),
    }
}
