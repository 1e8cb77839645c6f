//! What training minimizes.

use crate::error::{Error, Result};
use crate::graph::{Graph, NodeId};
use crate::options::words;
use crate::tensor::{Array, Real};

/// How the losses of a batch become what a step follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reduction {
    /// Their sum. Weights of examples are one, or zero: such examples are skipped.
    Sum,
    /// Their sum, each loss times the weight of its example; those of weight zero are skipped.
    WeightedSum,
    /// Their mean over all examples that the batch has in the full training, each loss times the weight of its example. One
    /// of weight zero leaves the size of the batch, and so the part that the others have in it, as it is.
    Mean,
}

words! {
    "the objective";
    /// Whose the penalty P is, in an objective of losses ℓᵢ and weights wᵢ with the sum W.
    #[derive(Default, serde::Deserialize, serde::Serialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum Convention {
        /// (1/W) Σ wᵢ (ℓᵢ + P): every example has its share of the penalty, and takes it along when it goes.
        #[default]
        Mean = "mean",
        /// (1/W) (Σ wᵢ ℓᵢ + P): the penalty stays as it is when an example goes, and W stands for what it was.
        Sum = "sum",
    }
}

impl Convention {
    /// Whether examples have shares of the penalty.
    pub fn is_mean(&self) -> bool {
        *self == Self::Mean
    }
}

/// A row that an example owns: the row of a parameter that an input names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owned {
    /// The slot of the parameter.
    pub parameter: usize,
    /// The slot of the input, which holds one id for each example.
    pub input: usize,
}

/// The diagonal of an example's Gauss-Newton matrix, as far as it belongs to the rows of a parameter: the weighted squares of
/// the slopes of the example's outputs by each number, without the square of their weighted mean. Of a row that is read
/// several times, squares and means are summed first.
#[derive(Clone, Copy, Debug)]
pub struct Diagonal {
    /// The slot of the parameter.
    pub parameter: usize,
    /// The slot of the input that names the rows; none where all rows are meant.
    pub input: Option<usize>,
    /// The weighted sum of squares: a per-example value with as many numbers for each of the rows as it has.
    pub squares: NodeId,
    /// The weighted mean of slopes, of the same shape; none where nothing is to be taken off.
    pub mean: Option<NodeId>,
}

/// A per-example loss and the rows an example owns: all that training knows of a model.
#[derive(Clone, Debug)]
pub struct Objective {
    /// The graph, whose parameters are those that training changes.
    pub graph: Graph,
    /// The loss of one example, without the penalty.
    pub loss: NodeId,
    /// A shared scalar of the parameters: a share of every example, or one beside the sum of all losses.
    pub penalty: Option<NodeId>,
    /// Whose the penalty is.
    pub convention: Convention,
    /// The per-example value through which the loss depends on the parameters: what a Gauss-Newton matrix is taken at.
    pub outputs: Option<NodeId>,
    /// The rows an example owns, in the order of the ledger's slots.
    pub owned: Vec<Owned>,
    /// How strongly an example's loss is curved along each number that it reads, where the model knows that; otherwise empty.
    pub diagonal: Vec<Diagonal>,
}

impl Objective {
    /// Whether examples have shares of a penalty.
    pub fn shares_penalty(&self) -> bool {
        self.penalty.is_some() && self.convention.is_mean()
    }

    /// The penalty that is no example's, if there is one.
    pub fn fixed_penalty(&self) -> Option<NodeId> {
        self.penalty.filter(|_| !self.convention.is_mean())
    }

    /// Adds what training minimizes of one example, its loss and its share of the penalty, to a copy of the graph.
    ///
    /// # Errors
    /// What the graph's operations report of a loss that is no per-example scalar.
    pub fn total(&self, graph: &mut Graph) -> Result<NodeId> {
        match self.penalty.filter(|_| self.shares_penalty()) {
            Some(penalty) => graph.add(self.loss, penalty),
            None => Ok(self.loss),
        }
    }

    /// Checks that parameters have the number and the shapes of the graph's.
    ///
    /// # Errors
    /// [`Error::Argument`] when they have not.
    pub fn check_parameters<T: Real>(&self, parameters: &[Array<T>]) -> Result<()> {
        let expected: Vec<&[usize]> = self.graph.parameters().iter().map(|id| self.graph.shape(*id).sizes()).collect();
        let found: Vec<&[usize]> = parameters.iter().map(Array::shape).collect();
        if found == expected {
            return Ok(());
        }
        Err(Error::argument("the parameters' shapes", format!("{found:?}"), format!("{expected:?}")))
    }
}
